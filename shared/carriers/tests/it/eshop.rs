//! EShop SOAP without faults.

use jiff::civil::date;
use yam_carriers::iran_post::eshop::codes::{PayType, ServiceType};
use yam_carriers::iran_post::eshop::wire::{NewStuff, PriceRequest};
use yam_carriers::{CallOutcome, Carrier, LookUpOutcome, RefusalKind};
use yam_domain::weight::Grams;

use crate::bench::{Bench, account, account_with, consignment, kind_of, quote, rial};

#[tokio::test]
async fn a_login_is_verified_and_told_from_a_closed_gateway() {
    let bench = Bench::new().await;
    assert_eq!(bench.post.verify(&account("eshop", "demo-shop")).await, CallOutcome::Done(()));
    for wrong in [account_with("eshop", "demo-shop", "wrong-pass"), account("eshop", "inactive-shop")] {
        let CallOutcome::Refused(error) = bench.post.verify(&wrong).await else { panic!("{wrong:?}") };
        assert_eq!((error.code.as_str(), error.kind), ("-1", RefusalKind::Credentials));
    }
    let outcome = bench.post.verify(&account("eshop", "gateway-off")).await;
    let CallOutcome::Busy { error, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.code.as_str(), error.kind), ("-10", RefusalKind::AccountInactive));
    assert!(error.message.contains("the user name and password are right"));
}

#[tokio::test]
async fn live_prices_are_those_of_the_table() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    for (region, city, grams) in
        [("تهران", "تهران", 400), ("قم", "قم", 1_500), ("فارس", "شیراز", 800), ("فارس", "شیراز", 12_300)]
    {
        let quote = quote(region, city, grams);
        let live = bench.post.quote(&account, &quote).await.unwrap();
        let table = bench.post.table_rates(&account.settings, &quote).unwrap();
        assert_eq!(live.len(), 2, "{city}");
        for (live, table) in live.iter().zip(&table) {
            assert_eq!(live.service, table.service);
            let live = live.postage.amount() + live.vat.amount();
            let table = table.postage.amount() + table.vat.amount() + table.insurance.unwrap().amount();
            assert_eq!((live + 999) / 1_000 * 1_000, table, "{city}, {grams} g");
        }
    }
}

#[tokio::test]
async fn only_the_services_asked_for_are_quoted() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let mut quote = quote("فارس", "شیراز", 800);
    quote.services = vec!["sefareshi".into(), "vizhe".into()];
    let rates = bench.post.quote(&account, &quote).await.unwrap();
    assert_eq!(rates.iter().map(|rate| rate.service.as_str()).collect::<Vec<_>>(), ["sefareshi"]);
    quote.services = vec!["vizhe".into()];
    let Err(CallOutcome::Refused(error)) = bench.post.quote(&account, &quote).await else {
        panic!("refused")
    };
    assert_eq!(error.kind, RefusalKind::Service);
}

#[tokio::test]
async fn a_quote_that_cannot_be_is_refused_without_a_call() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    for (grams, refused) in [
        (249, true),
        (250, true),
        (251, false),
        (30_000, false),
        (30_001, true),
        (49_999, true),
        (50_001, true),
    ] {
        let outcome = bench.post.quote(&account, &quote("فارس", "شیراز", grams)).await;
        match outcome {
            Ok(_) => assert!(!refused, "{grams} g"),
            Err(CallOutcome::Refused(error)) => {
                assert!(refused, "{grams} g");
                assert_eq!(error.kind, RefusalKind::Weight);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    let Err(CallOutcome::Refused(error)) = bench.post.quote(&account, &quote("فارس", "Atlantis", 800)).await
    else {
        panic!("refused")
    };
    assert_eq!(error.kind, RefusalKind::City);
    let Err(CallOutcome::Refused(error)) =
        bench.post.quote(&account_with("eshop", "demo-shop", "wrong"), &quote("فارس", "شیراز", 800)).await
    else {
        panic!("refused")
    };
    assert_eq!(error.kind, RefusalKind::Credentials);
}

#[tokio::test]
async fn a_parcel_is_registered_as_given() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let outcome = bench.register(&account, &consignment(), None).await;
    let CallOutcome::Done(registered) = outcome else { panic!("{outcome:?}") };
    assert_eq!(registered.code.as_str().len(), 20);
    assert!(registered.postage.unwrap() > rial(0));
    assert_eq!(bench.parcels().await, [registered.code.as_str()]);
    let parcel = bench.items("parcel").await.remove(0);
    assert_eq!(parcel["amount"], 1_000_000);
    let recipient = parcel["recipient"].to_string();
    for part in ["آزمایشی <&>", "[Y-7K2M]", "09170000000", "7134467891", "پلاک 1"] {
        assert!(recipient.contains(part), "{part}: {recipient}");
    }
}

#[tokio::test]
async fn products_are_registered_once() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let mut consignment = consignment();
    consignment.items.push(consignment.items[0].clone());
    let first = bench.prepared(&account, &consignment).await;
    assert_eq!((first.0.len(), bench.references.len()), (2, 2));
    assert_eq!(bench.prepared(&account, &consignment).await, first);
    assert_eq!(bench.items("product").await.len(), 2);
}

#[tokio::test]
async fn a_discount_is_taken_off_the_order() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let mut cheaper = consignment();
    cheaper.discount = rial(250_000);
    assert_eq!(kind_of(&bench.register(&account, &cheaper, None).await), "done");
    assert_eq!(bench.items("parcel").await[0]["amount"], 750_000);
}

#[tokio::test]
async fn payment_and_service_codes_are_understood() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let mut collects = Vec::new();
    for (cod, by_merchant) in [(true, false), (true, true), (false, false)] {
        let mut consignment = consignment();
        (consignment.cod, consignment.postage_by_merchant) = (cod, by_merchant);
        assert_eq!(kind_of(&bench.register(&account, &consignment, None).await), "done");
        let items = bench.items("parcel").await;
        collects.push(items.last().unwrap()["detail"]["collect"].as_i64().unwrap_or(0));
    }
    let [cash, free, online] = collects[..] else { panic!("{collects:?}") };
    assert!(cash > 1_000_000, "goods and postage: {cash}");
    assert_eq!((free, online), (1_000_000, 0));
}

#[tokio::test]
async fn ready_is_repeatable_and_takes_a_jalali_date() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let parcel = bench.parcel(&account, None).await;
    let day = Some(date(2030, 1, 2));
    for _ in 0..2 {
        assert_eq!(kind_of(&bench.post.ready(&account, &parcel, day).await), "done");
    }
    assert_eq!(bench.items("ready").await.len(), 1);
    assert_eq!(bench.post.eshop.status(&account, parcel.code.as_str()).await, CallOutcome::Done(2));
    let undated = bench.parcel(&account, None).await;
    assert_eq!(kind_of(&bench.post.ready(&account, &undated, None).await), "done");
}

#[tokio::test]
async fn what_the_wire_lacks_is_said() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let parcel = bench.parcel(&account, None).await;
    let CallOutcome::Refused(error) = bench.post.cancel(&account, &parcel).await else { panic!("refused") };
    assert_eq!(error.kind, RefusalKind::State);
    assert!(error.message.contains("withdraw the parcel in the panel"));
    assert!(matches!(bench.look_up(&account, Some(1)).await, LookUpOutcome::Failed(_)));
}

#[tokio::test]
async fn lists_and_the_lesser_operations() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    let CallOutcome::Done(states) = bench.post.eshop.states(&account).await else { panic!("states") };
    assert_eq!(states.len(), 31);
    let CallOutcome::Done(cities) = bench.post.eshop.cities(&account, 5).await else { panic!("cities") };
    assert!(cities.iter().any(|city| city.code == 71));
    let request = PriceRequest {
        city_code: 71,
        price: 900_000,
        weight: 800,
        service: ServiceType::Pishtaz,
        pay: PayType::CashOnDelivery,
    };
    let CallOutcome::Done(prices) = bench.post.eshop.delivery_multi_price(&account, &request).await else {
        panic!("multi price")
    };
    assert!(prices.len() >= 2, "{prices:?}");
    let stuff = |name: &str| NewStuff { name: name.into(), price: 50_000, weight: 300, count: 5 };
    let outcome = bench.post.eshop.add_stuffs(&account, &[stuff("یک"), stuff("دو")]).await;
    let CallOutcome::Done(added) = outcome else { panic!("{outcome:?}") };
    assert_eq!(added.iter().map(|named| named.name.as_str()).collect::<Vec<_>>(), ["یک", "دو"]);
}

#[tokio::test]
async fn the_strict_service_takes_our_requests() {
    let bench = Bench::new().await;
    bench.settings(serde_json::json!({"strict": true})).await;
    let account = account("eshop", "demo-shop");
    assert_eq!(
        bench.post.quote(&account, &quote("فارس", "شیراز", 800)).await.map(|rates| rates.len()),
        Ok(2)
    );
    let parcel = bench.parcel(&account, None).await;
    assert_eq!(kind_of(&bench.post.ready(&account, &parcel, Some(date(2030, 1, 2))).await), "done");
}

#[tokio::test]
async fn a_refused_postal_code_goes_with_the_citys() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    bench.fault(serde_json::json!({"mode": "code", "code": -6, "operation": "AddParcel"})).await;
    let mut consignment = consignment();
    let CallOutcome::Refused(error) = bench.register(&account, &consignment, None).await else {
        panic!("refused")
    };
    assert_eq!(error.kind, RefusalKind::PostalCode);
    let reference = bench.post.reference_postal_code(&consignment);
    assert_eq!(reference.as_deref(), Some("7111111111"));
    consignment.consignee.postal_code = reference;
    assert_eq!(kind_of(&bench.register(&account, &consignment, None).await), "done");
    assert_eq!(bench.parcels().await.len(), 1);
}

#[tokio::test]
async fn weights_of_products_at_their_bounds() {
    let bench = Bench::new().await;
    let account = account("eshop", "demo-shop");
    for (grams, fits) in
        [(249, false), (250, false), (251, true), (30_000, true), (30_001, false), (50_001, false)]
    {
        let mut consignment = consignment();
        consignment.items.truncate(1);
        consignment.items[0].quantity = 1;
        consignment.items[0].weight = Grams::new(grams);
        consignment.weight = Grams::new(grams);
        let checked = bench.post.check(&account.settings, &consignment);
        assert_eq!(checked.is_ok(), fits, "{grams} g");
        if let Err(error) = checked {
            assert_eq!(error.kind, RefusalKind::Weight);
        }
    }
}
