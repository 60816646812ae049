//! A small client of Korea Post's contract parcels.

use crate::seed::{BLOCK, Seed};
use crate::support::World;

pub(crate) const KEY: &str = "demoshipkey0000000000000000001";
pub(crate) const SECURITY_KEY: &str = "demoSecurityKey01";
pub(crate) const CUSTOMER: &str = "0001234567";
pub(crate) const APPROVAL: &str = "1234567890";

/// Fields in a cipher in hex.
pub(crate) fn sealed(plain: &str, security_key: &str) -> String {
    let key: [u8; BLOCK] = security_key.as_bytes()[..BLOCK].try_into().unwrap();
    Seed::new(key).encrypt(plain.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `a=1&b=2` from pairs, with those replaced that are named again; an empty value leaves its field out.
fn joined(base: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let changed = |name: &str| changes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let more = changes.iter().filter(|(name, _)| base.iter().all(|(known, _)| known != name));
    let all = base.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).chain(more.copied());
    all.filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}

/// `InsertOrder` in the manual's order, with some fields replaced.
pub(crate) fn order(changes: &[(&str, &str)]) -> String {
    let base = [
        ("custNo", CUSTOMER),
        ("apprNo", APPROVAL),
        ("payType", "1"),
        ("reqType", "1"),
        ("officeSer", "01"),
        ("weight", "2"),
        ("volume", "60"),
        ("microYn", "N"),
        ("orderNo", "HUB-1"),
        ("ordCompNm", "예시몰"),
        ("ordNm", "예시상점"),
        ("recNm", "홍길동"),
        ("recZip", "04526"),
        ("recAddr1", "서울특별시 중구 보기로 1"),
        ("recAddr2", "101호"),
        ("recTel", "01000000000"),
        ("recMob", "01000000000"),
        ("contCd", "025"),
        ("goodsNm", "옷"),
        ("printYn", "N"),
    ];
    joined(&base, changes)
}

/// Posts a message as a form.
pub(crate) async fn send(world: &World, message: &str, plain: &str) -> Result<(u16, String), reqwest::Error> {
    let data = sealed(plain, SECURITY_KEY);
    let form = [("key", KEY), ("regData", data.as_str())];
    let url = format!("{}/korea_post/ship/api.{message}.jparcel", world.base);
    let response = world.client().post(url).form(&form).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

/// The reply to a message.
pub(crate) async fn ask(world: &World, message: &str, plain: &str) -> String {
    let (status, text) = send(world, message, plain).await.unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

/// The text of an element, out of its section.
pub(crate) fn leaf(reply: &str, name: &str) -> String {
    leaves(reply, name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {reply}"))
}

/// The texts of all elements of a name.
pub(crate) fn leaves(reply: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inner = reply.split(open.as_str()).skip(1).map(|rest| rest.split(close.as_str()).next().unwrap());
    inner.map(|text| text.trim_start_matches("<![CDATA[").trim_end_matches("]]>").trim().to_owned()).collect()
}

/// The code of an error, and what it is about.
pub(crate) fn error(reply: &str) -> Option<(String, String)> {
    let code = leaves(reply, "error_code").into_iter().next()?;
    let about = leaf(reply, "message").split('[').nth(1).unwrap_or_default().trim_end_matches(']').to_owned();
    Some((code, about))
}

/// A code without what it is about.
pub(crate) fn code(reply: &str) -> Option<String> {
    error(reply).map(|(code, _)| code)
}

/// What `GetResInfo` knows of an order.
pub(crate) async fn look_up(world: &World, order_no: &str, day: &str) -> String {
    let plain = format!("custNo={CUSTOMER}&reqType=1&orderNo={order_no}&reqYmd={day}");
    ask(world, "GetResInfo", &plain).await
}

/// Cancels what a reply of `InsertOrder` made.
pub(crate) async fn cancel(world: &World, made: &str, regi_no: &str, deletes: &str) -> String {
    let (req_no, res_no) = (leaf(made, "reqNo"), leaf(made, "resNo"));
    let day = &req_no[..8];
    let plain = format!(
        "custNo={CUSTOMER}&apprNo={APPROVAL}&reqType=1&reqNo={req_no}&resNo={res_no}&regiNo={regi_no}\
         &reqYmd={day}&delYn={deletes}"
    );
    ask(world, "GetResCancelCmd", &plain).await
}
