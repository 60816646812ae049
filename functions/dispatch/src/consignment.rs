//! From order and parcel to what an operator is told.

use yam_carriers::{Consignee, Consignment, Stuff};
use yam_domain::money::Money;
use yam_domain::order::PostagePayer;
use yam_platform::secrets::Cipher;
use yam_store::StoreError;
use yam_store::items::{Order, OrderLine, Parcel, Recipient};

/// Opens the recipient of a parcel: its own after an edit, else the order's.
pub(crate) fn recipient(cipher: &Cipher, order: &Order, parcel: &Parcel) -> Result<Recipient, StoreError> {
    let opened = match &parcel.recipient {
        Some(own) => cipher.open(&Parcel::purpose(&parcel.id), own),
        None => cipher.open(&Order::purpose(&order.id), &order.recipient),
    };
    opened.map_err(|_| StoreError::Secret(format!("recipient of parcel {}", parcel.id)))
}

/// The lines of an order that are in a parcel.
fn lines<'a>(order: &'a Order, parcel: &'a Parcel) -> Vec<(&'a OrderLine, u32)> {
    if parcel.lines.is_empty() {
        return order.lines.iter().map(|line| (line, line.quantity)).collect();
    }
    let find = |id: &str| order.lines.iter().find(|line| line.line_id == id);
    parcel.lines.iter().filter_map(|l| Some((find(&l.line_id)?, l.quantity))).collect()
}

/// Builds the consignment.
pub(crate) fn build(
    order: &Order,
    parcel: &Parcel,
    to: Recipient,
    marker: Option<String>,
    postal_code: Option<String>,
) -> Consignment {
    let items = lines(order, parcel).into_iter().map(|(line, quantity)| Stuff {
        name: line.title.clone(),
        quantity,
        weight: line.weight_g,
        price: line.price,
        dimensions: line.dimensions_mm,
        content_code: line.content_code.clone(),
        vat_code: line.vat_code.clone(),
    });
    // A discount is for the whole order: it goes with its only parcel, else it is the shop's affair.
    let discount = if order.parcels.len() == 1 {
        order.invoice.discount
    } else {
        Money::zero(order.invoice.goods.currency())
    };
    let buyer_ip = to.buyer_ip.clone();
    Consignment {
        parcel: parcel.id.clone(),
        marker,
        consignee: Consignee {
            first_name: to.first_name,
            last_name: to.last_name,
            middle_name: to.middle_name,
            phone: to.phone,
            phone2: to.phone2,
            email: to.email,
            country: to.country,
            region: to.region,
            city: to.city,
            postal_code: postal_code.or(to.postal_code),
            address: to.address,
            address2: None,
        },
        items: items.collect(),
        weight: parcel.weight_g,
        dimensions: parcel.dimensions_mm,
        service: parcel.service.as_str().to_owned(),
        cod: order.cod,
        cod_amount: order.cod_amount.filter(|_| order.parcels.len() == 1),
        declared_value: order.declared_value.filter(|_| order.parcels.len() == 1),
        postage_on_delivery: order.postage_payer == PostagePayer::OnDelivery,
        postage_by_merchant: order.postage_payer == PostagePayer::Merchant,
        discount,
        buyer_ip,
        delivery_note: to.delivery_note,
    }
}
