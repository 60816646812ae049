//! The public tracking page.

use serde_json::json;

use crate::support::{World, add_parcel, tag};

async fn search(world: &World, code: &str, captcha: &str) -> (u16, String) {
    let url = format!("{}/iran_post/tracking/search.aspx", world.base);
    let page = world.client().get(&url).send().await.unwrap().text().await.unwrap();
    let state = page.split("name=\"__VIEWSTATE\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [
        ("__EVENTTARGET", "btnSearch"),
        ("__VIEWSTATE", state),
        ("txtbSearch", code),
        ("txtCaptcha", captcha),
    ];
    let response = world.client().post(&url).form(&form).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_parcel_is_shown_newest_first() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let path = format!("/_local/simulators/iran_post/parcels/{code}/events");
    for (status, at) in
        [("accepted", "2024-07-01T09:30:00+03:30"), ("delivered", "2024-07-02T11:42:00+03:30")]
    {
        world.post(&path, &json!({"status": status, "at": at, "office": "فارس،شیراز،ناحیه 1"})).await;
    }
    let (_, page) = search(&world, &code, "").await;
    let wanted = "<div class=\"newtddata\">2</div><div class=\"newtddata\">مرسوله تحویل گیرنده گردیده است</div>\
                  <div class=\"newtddata\">فارس،شیراز،ناحیه 1</div><div class=\"newtddata\">11:42</div>";
    assert!(page.contains(wanted), "{page}");
    assert!(page.find("سه شنبه 12 تیر 1403").unwrap() < page.find("دو شنبه 11 تیر 1403").unwrap());
    let (_, page) = search(&world, "29999000711999999999", "").await;
    assert!(page.contains("یافت نشد") && !page.contains("pnlResult"));
}

#[tokio::test]
async fn a_wrong_captcha_leaves_the_result_empty() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let path = format!("/_local/simulators/iran_post/parcels/{code}/events");
    world.post(&path, &json!({"status": "accepted"})).await;
    world.settings(json!({"captcha": true})).await;
    let (status, page) = search(&world, &code, "0000").await;
    assert_eq!(status, 200);
    assert!(page.contains("<div id=\"pnlResult\"></div>"));
    assert!(search(&world, &code, "4321").await.1.contains("newrowdata"));
    let image = world.client().get(format!("{}/iran_post/tracking/search.aspx?captcha=1&t=5", world.base));
    assert_eq!(image.send().await.unwrap().headers()["content-type"], "image/png");
    world.fault("iran_post_tracking", json!({"mode": "html"})).await;
    assert!(search(&world, &code, "4321").await.1.contains("/login"));
    let url = format!("{}/iran_post/tracking/search.aspx", world.base);
    assert_eq!(world.client().post(url).form(&[("txtbSearch", &code)]).send().await.unwrap().status(), 500);
}
