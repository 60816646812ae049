//! Behpardakht Mellat: refunds.

use super::mellat::elements;
use crate::support::World;

impl World {
    async fn mellat_refund(&self, order: &str, sale_order: &str, sale: &str, amount: &str) -> String {
        let parameters = [
            ("terminalId", "1234"),
            ("userName", "demo"),
            ("userPassword", "demo"),
            ("orderId", order),
            ("saleOrderId", sale_order),
            ("saleReferenceId", sale),
            ("refundAmount", amount),
        ];
        self.mellat("bpRefundRequest", &elements(&parameters, &[])).await
    }
}

#[tokio::test]
async fn refunds_have_numbers_of_their_own_and_a_bound() {
    let world = World::in_memory().await;
    let sale = world.sale(1).await;
    world.mellat_of("bpVerifyRequest", 1, &sale).await;
    assert_eq!(world.mellat_refund("11", "1", &sale, "1000").await, "46");
    world.mellat_of("bpSettleRequest", 1, &sale).await;
    let answer = world.mellat_refund("11", "1", &sale, "50000").await;
    let reference = answer.strip_prefix("0,").unwrap().to_owned();
    assert_eq!(world.mellat_refund("11", "1", &sale, "50000").await, "41", "one number, one refund");
    assert_eq!(world.mellat_refund("12", "1", &sale, "200001").await, "12");
    assert!(world.mellat_refund("13", "1", &sale, "200000").await.starts_with("0,"));
    assert_eq!(world.mellat_refund("14", "1", &sale, "1").await, "12");
    let inquiry = |order: &str| {
        let parameters = [
            ("terminalId", "1234"),
            ("userName", "demo"),
            ("userPassword", "demo"),
            ("orderId", "99"),
            ("refundOrderId", order),
            ("refundReferenceId", reference.as_str()),
        ];
        elements(&parameters, &[])
    };
    assert_eq!(world.mellat("bpRefundInquiryRequest", &inquiry("11")).await, "0");
    assert_eq!(world.mellat("bpRefundInquiryRequest", &inquiry("12")).await, "49");
    let refunded: Vec<_> = world
        .rows("mellat")
        .await
        .into_iter()
        .filter(|(kind, _)| kind == "refunded")
        .map(|(_, sum)| sum)
        .collect();
    assert_eq!(refunded, [50_000, 200_000]);
}
