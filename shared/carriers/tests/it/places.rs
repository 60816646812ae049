//! What the adapter says of itself and of settings, and the probes.

use yam_carriers::{Carrier, Carriers, ClientId, RefusalKind, Support};
use yam_domain::effect::Power;
use yam_domain::ids::CarrierId;

use crate::bench::{Bench, account, quote};

#[tokio::test]
async fn capabilities_differ_by_wire() {
    let bench = Bench::new().await;
    let (eshop, rest) = (account("eshop", "demo-shop").settings, account("rest", "demo-shop").settings);
    assert_eq!(bench.post.capabilities(&eshop).client_id, ClientId::None);
    assert_eq!(bench.post.capabilities(&eshop).cancel, Support::BeforeRegistration);
    assert_eq!(bench.post.capabilities(&rest).client_id, ClientId::Counter);
    assert_eq!(bench.post.capabilities(&rest).cancel, Support::Yes);
    assert_eq!(bench.post.registration_policy("eshop").power, Power::Hold);
    assert!(matches!(bench.post.registration_policy("rest").power, Power::LookUp { misses: 3, .. }));
    assert_eq!(bench.post.id(), CarrierId::IranPost);
    assert!(Carriers::of(vec![std::sync::Arc::new(bench.post.clone())]).get(CarrierId::IranPost).is_some());
    let names: Vec<&str> =
        ["en", "fa-IR", "ru", "ko", "xx"].into_iter().map(|l| bench.post.name(l)).collect();
    assert_eq!(names[0], names[4]);
    assert_eq!(names[1], "شرکت ملی پست");
}

#[tokio::test]
async fn settings_are_checked_by_field() {
    let bench = Bench::new().await;
    let good = account("rest", "demo-shop").settings;
    assert!(bench.post.check_settings(&good).is_empty());
    let fields = |edit: &dyn Fn(&mut yam_carriers::account::AccountSettings)| {
        let mut settings = good.clone();
        edit(&mut settings);
        bench.post.check_settings(&settings).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    assert_eq!(fields(&|s| s.wire = "soap".into()), ["wire"]);
    assert_eq!(fields(&|s| s.tariff = Some("t9".into())), ["tariff"]);
    assert_eq!(fields(&|s| s.origin_city = Some(2)), ["origin_city"]);
    assert_eq!(fields(&|s| s.origin_city = Some(71)), ["origin_city"]);
    assert_eq!(
        fields(&|s| (s.origin_state, s.origin_city) = (Some(99), None)),
        ["origin_state", "origin_state"]
    );
    assert_eq!(fields(&|s| (s.origin_state, s.origin_city) = (None, None)), ["origin_state"]);
    assert!(fields(&|s| (s.origin_state, s.origin_city, s.tariff) = (None, None, None)).is_empty());
    assert_eq!(
        fields(&|s| (s.origin_state, s.origin_city, s.tariff) = (Some(5), Some(71), Some("t4".into()))),
        ["tariff"]
    );
}

#[tokio::test]
async fn table_rates_need_no_network() {
    let mut bench = Bench::new().await;
    bench.stop().await;
    let mut settings = account("eshop", "demo-shop").settings;
    let shiraz = quote("فارس", "شیراز", 2_000);
    settings.tariff = Some("t4".into());
    let rates = bench.post.table_rates(&settings, &shiraz).unwrap();
    assert_eq!(rates.iter().map(|rate| rate.service.as_str()).collect::<Vec<_>>(), ["pishtaz"]);
    assert_eq!(rates[0].cod_fee.map(|fee| fee.amount()), Some(9_000 + 37_000));
    settings.tariff = None;
    assert_eq!(bench.post.table_rates(&settings, &shiraz), Ok(Vec::new()));
    settings.tariff = Some("t2".into());
    let heavy = bench.post.table_rates(&settings, &quote("فارس", "شیراز", 30_001));
    assert_eq!(heavy.map_err(|error| error.kind), Err(RefusalKind::Weight));
}

#[tokio::test]
async fn a_destination_has_one_canonical_form() {
    let bench = Bench::new().await;
    for city in ["شیراز", "شيراز", "Shiraz", "شیراز-فارس"] {
        assert_eq!(
            bench.post.canonical_destination(&quote("فارس", city, 1)).as_deref(),
            Ok("ir:71"),
            "{city}"
        );
    }
    let error = bench.post.canonical_destination(&quote("فارس", "Atlantis", 1)).unwrap_err();
    assert_eq!(error.kind, RefusalKind::City);
}

#[tokio::test]
async fn probes_say_what_they_saw() {
    let mut bench = Bench::new().await;
    let without = bench.post.probe(None).await;
    assert_eq!(
        without.iter().map(|r| (r.wire, r.operation)).collect::<Vec<_>>(),
        [("iran_post_eshop", "WSDL"), ("iran_post_rest", "token")]
    );
    for wire in ["eshop", "rest"] {
        let with = bench.post.probe(Some(&account(wire, "demo-shop"))).await;
        assert_eq!(with.len(), 1);
        assert!(with[0].works && with[0].seen.contains("31"), "{with:?}");
    }
    assert!(without.iter().all(|report| report.works), "{without:?}");
    assert!(bench.items("parcel").await.is_empty() && bench.items("product").await.is_empty());
    bench.stop().await;
    let gone = bench.post.probe(None).await;
    assert!(gone.iter().all(|report| !report.works && report.seen.contains("not sent")), "{gone:?}");
}
