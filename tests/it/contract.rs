//! The published contract and the routers say the same.

use http::StatusCode;
use yam_tests::{Options, World};

/// Every documented route exists: without a key it answers 401 (or is public), never 404 or 405.
#[tokio::test]
async fn every_documented_route_exists() {
    let world = World::new(Options::default()).await;
    let (status, contract) = world.call_as("", "GET", "/openapi.json", &[], None).await;
    assert_eq!(status, StatusCode::OK);
    let mut routes = 0;
    for (path, verbs) in contract["paths"].as_object().unwrap() {
        // Its address is its permission, so what is not ours is not found: `buyer_page` shows that it is there.
        if path.contains("{token}") {
            continue;
        }
        let mut filled = path.clone();
        for parameter in ["{id}", "{merchant}", "{order}", "{refund_id}", "{version}", "{name}", "{provider}"]
        {
            filled = filled.replace(parameter, "x");
        }
        for (verb, operation) in verbs.as_object().unwrap() {
            let (status, _) = world.call_as("", &verb.to_uppercase(), &filled, &[], None).await;
            let public = operation["security"].as_array().is_some_and(Vec::is_empty);
            let expected = if public { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
            assert_eq!(status, expected, "{verb} {path}");
            routes += 1;
        }
    }
    assert!(routes > 40, "{routes} routes");
}
