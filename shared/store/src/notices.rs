//! What a shop settled about notifications, what it pays for them, and its messages by what wakes and pays them.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use yam_domain::ids::MerchantId;
use yam_domain::notice::{Channel, PriceList};

use crate::error::StoreError;
use crate::items::Merchant;
use crate::items::notices::{
    NoticeBalance, NoticePrices, NoticeSettings, OptOut, OptOutSource, balance_currency,
};
use crate::keys::{Key, merchant_partition, notice_prices, of_merchant, sk};
use crate::store::Store;
use crate::table::{Condition, Read, Table};
use crate::txn::Txn;

/// How often a change is tried against others.
const TRIES: usize = 6;

/// A shop's settings; those of a new shop when it has none. 1 read unit, 2 without settings.
///
/// # Errors
/// The table does not answer.
pub async fn settings(store: &Store, merchant: &MerchantId) -> Result<NoticeSettings, StoreError> {
    let key = of_merchant(merchant, sk::NOTICES);
    match store.table.get(&key, Read::Consistent).await? {
        Some(settings) => Ok(settings),
        None => Ok(NoticeSettings::usual(&country(store, merchant).await?)),
    }
}

/// A shop's money; none where it never had any. 1 read unit, 2 without money.
///
/// # Errors
/// The table does not answer.
pub async fn balance(store: &Store, merchant: &MerchantId) -> Result<NoticeBalance, StoreError> {
    let key = of_merchant(merchant, sk::BALANCE);
    match store.table.get(&key, Read::Consistent).await? {
        Some(balance) => Ok(balance),
        None => Ok(NoticeBalance::none(balance_currency(&country(store, merchant).await?))),
    }
}

/// The hub's prices, and how often they were changed. Up to 50 read units: keep them for some minutes.
///
/// # Errors
/// The table does not answer.
pub async fn prices(store: &Store) -> Result<(PriceList, u64), StoreError> {
    let stored: Option<NoticePrices> = store.table.get(&notice_prices(), Read::Eventual).await?;
    Ok(stored.map_or_else(|| (PriceList::usual(), 0), |prices| (prices.list, prices.rev)))
}

/// No more messages to somebody on these channels, on all where none is named. Two who say so at once both count.
///
/// # Errors
/// The table does not answer.
pub async fn opt_out(
    store: &Store,
    key: &Key,
    channels: &BTreeSet<Channel>,
    source: OptOutSource,
) -> Result<OptOut, StoreError> {
    for _ in 0..TRIES {
        let known: Option<OptOut> = store.table.get(key, Read::Consistent).await?;
        let out = OptOut::joined(known.as_ref(), channels, source, store.clock.now());
        if known.as_ref().is_some_and(|known| known.channels == out.channels) {
            return Ok(out);
        }
        let mut txn = Txn::new();
        match &known {
            None => txn.insert("opt-out", &store.table, key, &out),
            // Written before changes were counted.
            Some(known) if known.rev == 0 => {
                txn.put("opt-out", &store.table, key, &out, Some(("attribute_not_exists(rev)", &[])));
            }
            Some(known) => txn.replace("opt-out", &store.table, key, &out, known.rev),
        }
        match txn.commit(&store.table).await {
            Ok(()) => return Ok(out),
            Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

/// The messages under a prefix that share a due row and are not at rest. The whole prefix is read: 1 read unit per
/// 4 KB.
///
/// # Errors
/// As [`Table::keys_where`].
pub async fn sharing(table: &Table, prefix: &Key) -> Result<Vec<Key>, StoreError> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let condition = Condition {
        expression: "#row = :yes AND #eff.#phase IN (:planned, :calling, :settling)",
        names: &[("#row", "shares_row"), ("#eff", "eff"), ("#phase", "phase")],
        values: &[
            (":yes", AttributeValue::Bool(true)),
            (":planned", text("planned")),
            (":calling", text("calling")),
            (":settling", text("settling")),
        ],
    };
    table.keys_where(&prefix.pk, (&prefix.sk, &format!("{}~", prefix.sk)), &condition).await
}

/// The messages from `first` to `last` whose price is held in a block. All between them are read: for a block whose
/// worker died.
///
/// # Errors
/// As [`Table::keys_where`].
pub async fn held_in(
    table: &Table,
    merchant: &MerchantId,
    block: &str,
    (first, last): (&str, &str),
) -> Result<Vec<Key>, StoreError> {
    let condition = Condition {
        expression: "#work.#block = :block",
        names: &[("#work", "work"), ("#block", "block")],
        values: &[(":block", AttributeValue::S(block.to_owned()))],
    };
    table.keys_where(&merchant_partition(merchant), (first, last), &condition).await
}

/// The country a shop was made for, ISO alpha-2.
async fn country(store: &Store, merchant: &MerchantId) -> Result<String, StoreError> {
    let found: Option<Merchant> =
        store.table.get(&of_merchant(merchant, sk::MERCHANT), Read::Eventual).await?;
    Ok(found.map(|merchant| merchant.country).unwrap_or_default())
}
