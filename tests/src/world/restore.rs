//! A table put back to what it was.

use std::sync::Arc;

use axum::body::Bytes;
use serde_json::{Value, json};
use yam_platform::{Clock as _, Config, Platform};
use yam_store::hooks::Hooks;

use super::{Functions, World};

impl World {
    /// Everything that stands in the table.
    pub async fn copy_of_the_table(&self) -> Vec<Value> {
        let scan = json!({"TableName": "yam", "ConsistentRead": true});
        let page = self.execute("Scan", &scan).await;
        assert!(page["LastEvaluatedKey"].is_null(), "a copy is one page");
        page["Items"].as_array().cloned().expect("items")
    }

    /// The hub over an older copy of its table, told so; what was in its queues is lost.
    pub async fn restore(&mut self, copy: Vec<Value>) {
        for item in self.copy_of_the_table().await {
            let key = json!({"pk": item["pk"], "sk": item["sk"]});
            self.execute("DeleteItem", &json!({"TableName": "yam", "Key": key})).await;
        }
        for item in copy {
            self.execute("PutItem", &json!({"TableName": "yam", "Item": item})).await;
        }
        for queue in super::queues::QUEUES {
            self.sqs.purge(queue).await.expect("queue");
        }
        self.deploy("YAM_RESTORED_AT", &self.clock.now().to_string());
    }

    /// New functions with another setting, and without crash points.
    fn deploy(&mut self, name: &str, value: &str) {
        let known = &self.platform.config;
        let setting = |other: &str| Some(if other == name { value } else { known.text(other) }.to_owned());
        let config = Config::from_lookup(setting).expect("settings");
        self.platform = Platform { config: Arc::new(config), ..self.platform.clone() };
        let Functions { routers, dispatch, sync, relay, tracking, openpay, notify } =
            Functions::new(&self.platform, &Hooks::default());
        self.routers = routers;
        self.dispatch = dispatch;
        self.sync = sync;
        self.relay = relay;
        self.tracking = tracking;
        self.openpay = openpay;
        self.notify = notify;
    }

    async fn execute(&self, operation: &str, request: &Value) -> Value {
        let body = Bytes::from(request.to_string());
        let answer = self.dynamo.primary().execute(operation, body, None).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.is_success(), "{operation}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }
}
