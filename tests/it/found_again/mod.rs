//! Registration at the posts that find a parcel by our number: Korea Post and Russian Post's sending service, under
//! lost, cut, late, doubled and refused answers, crashes and outages (F1, F2, F3, F7, F8). After each, the post has
//! one parcel for each order and the hub knows it.

mod crashes;
mod cuts;
mod korea;
mod late;
mod outages;
mod russia;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use yam_tests::{Options, World, order_to_petersburg, order_to_seoul, russian_sender};

/// A wire under test.
#[derive(Debug, Clone, Copy)]
struct Post {
    /// The simulated system.
    system: &'static str,
    /// Its operation that registers.
    register: &'static str,
    /// Those that find.
    look_ups: &'static [&'static str],
    order: fn(&str) -> Value,
}

const KOREA: Post = Post {
    system: "korea_post_ship",
    register: "InsertOrder",
    look_ups: &["GetResInfo"],
    order: |number| {
        let mut order = order_to_seoul(number);
        order["dispatch"] = json!("on_created");
        order
    },
};

const RUSSIA: Post = Post {
    system: "russian_post_otpravka",
    register: "create",
    look_ups: &["search_backlog", "search_shipment"],
    order: order_to_petersburg,
};

/// What a post may do with a number it has seen.
const POLICIES: [&str; 3] = ["reject", "return_existing", "issue_new"];

/// A shop at a post, and the waybills it has.
struct Scene {
    world: World,
    post: Post,
    orders: u32,
    waybills: Vec<String>,
}

impl Scene {
    async fn new(post: Post) -> Self {
        Self::with(post, Options::default()).await
    }

    async fn with(post: Post, options: Options) -> Self {
        let world = World::new(options).await;
        if post.system == KOREA.system {
            world.contract("seoul", None).await;
        } else {
            let (status, answer) =
                world.call("PUT", "/v1/settings/carriers/sender", Some(russian_sender())).await;
            assert!(status.is_success(), "{answer}");
        }
        Scene { world, post, orders: 0, waybills: Vec::new() }
    }

    async fn switch(&self, settings: Value) {
        self.world.simulator(Method::POST, &format!("{}/settings", self.post.system), Some(settings)).await;
    }

    /// A fault in place of those that were set.
    async fn only(&self, faults: &[Value]) {
        self.world.heal(self.post.system).await;
        for fault in faults {
            self.world.fault(self.post.system, fault.clone()).await;
        }
    }

    /// The post works again, and whoever asked it knows.
    async fn well(&self) {
        self.world.heal(self.post.system).await;
    }

    /// Places an order under faults and lets its first call be made.
    async fn order(&mut self, faults: &[Value]) -> Value {
        self.only(faults).await;
        self.orders += 1;
        let order = self.world.place((self.post.order)(&format!("F-{}", self.orders))).await;
        self.world.drain().await;
        order
    }

    /// The order has its waybill, the only one that is new at the post.
    async fn has_its_waybill(&mut self, order: &Value, what: &str) {
        let parcel = self.world.parcel_of(order).await;
        assert_eq!(parcel["state"], "registered", "{}, {what}: {parcel}", self.post.system);
        assert_eq!(parcel["task"], Value::Null, "{what}: {parcel}");
        self.waybills.push(parcel["tracking_code"].as_str().expect("a code").to_owned());
        self.waybills.sort();
        assert_eq!(self.world.live(self.post.system).await, self.waybills, "{}, {what}", self.post.system);
    }

    /// Places an order under faults; after so many minutes it has its waybill.
    async fn survives(&mut self, what: &str, faults: &[Value], minutes: i64) {
        let order = self.order(faults).await;
        self.world.advance(SignedDuration::from_mins(minutes)).await;
        self.has_its_waybill(&order, what).await;
    }
}

/// A fault at an operation, once.
fn once(mode: &str, operation: &str) -> Value {
    json!({"mode": mode, "operation": operation, "times": 1})
}
