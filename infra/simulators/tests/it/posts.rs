//! Small clients of the posts' tracking services and of what scripts them.

use serde_json::{Value, json};

use crate::support::{World, tag};

/// Tells a scan and gives what the control surface answered.
pub(crate) async fn tell(world: &World, carrier: &str, code: &str, event: Value) -> Value {
    let path = format!("/_local/simulators/{carrier}/parcels/{code}/events");
    let (status, answer) = world.post(&path, &event).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Tells what a parcel is.
pub(crate) async fn describe(world: &World, carrier: &str, code: &str, facts: Value) {
    let (status, answer) = world.post(&format!("/_local/simulators/{carrier}/parcels/{code}"), &facts).await;
    assert_eq!(status, 200, "{answer}");
}

/// Changes switches of a post.
pub(crate) async fn switch(world: &World, carrier: &str, change: Value) -> Value {
    let (status, answer) = world.post(&format!("/_local/simulators/{carrier}/settings"), &change).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Takes a scan away, as if it had never been made.
pub(crate) async fn vanish(world: &World, carrier: &str, code: &str, id: &Value) -> u16 {
    let url = format!("{}/_local/simulators/{carrier}/parcels/{code}/events/{id}", world.base);
    world.client().delete(url).send().await.unwrap().status().as_u16()
}

/// Edits a scan.
pub(crate) async fn edit(
    world: &World,
    carrier: &str,
    code: &str,
    id: &Value,
    change: Value,
) -> (u16, Value) {
    let url = format!("{}/_local/simulators/{carrier}/parcels/{code}/events/{id}", world.base);
    let response = world.client().patch(url).json(&change).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Sets the clock to a moment that no test's real time has reached.
pub(crate) async fn set_clock(world: &World, to: &str) {
    let (status, answer) = world.post("/_local/clock", &json!({"set": to})).await;
    assert_eq!(status, 200, "{answer}");
}

/// Adds a client of Russian Post.
pub(crate) async fn client(world: &World, account: Value) {
    let (status, answer) = world.post("/_local/simulators/russian_post/accounts", &account).await;
    assert_eq!(status, 201, "{answer}");
}

/// A message as the protocol's example has it.
pub(crate) fn soap12(body: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:oper=\"http://russianpost.org/operationhistory\" \
         xmlns:data=\"http://russianpost.org/operationhistory/data\" \
         xmlns:d1=\"http://www.russianpost.org/RTM/DataExchangeESPP/Data\" \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\n <soap:Header/>\n \
         <soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

/// `login password`, as the single service wants it.
pub(crate) fn authorization(login: &str) -> String {
    let (login, password) = login.split_once(' ').unwrap();
    format!(
        "<data:AuthorizationHeader soapenv:mustUnderstand=\"1\"><data:login>{login}</data:login>\
         <data:password>{password}</data:password></data:AuthorizationHeader>"
    )
}

pub(crate) const CONTRACT: &str = "demo-track demo-pass";

/// Posts a message to single access.
pub(crate) async fn rtm34(world: &World, message: String) -> Result<(u16, String), reqwest::Error> {
    let request = world
        .client()
        .post(format!("{}/russian_post/tracking/rtm34", world.base))
        .header("content-type", "application/soap+xml; charset=utf-8")
        .body(message);
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

/// `getOperationHistory` of a client.
pub(crate) fn history_request(login: &str, barcode: &str, language: &str) -> String {
    soap12(&format!(
        "<oper:getOperationHistory><data:OperationHistoryRequest><data:Barcode>{barcode}</data:Barcode>\
         <data:MessageType>0</data:MessageType><data:Language>{language}</data:Language>\
         </data:OperationHistoryRequest>{}</oper:getOperationHistory>",
        authorization(login)
    ))
}

/// The history of a number.
pub(crate) async fn history(world: &World, barcode: &str) -> String {
    let (status, text) = rtm34(world, history_request(CONTRACT, barcode, "RUS")).await.unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

/// Type and attribute of each record of a history.
pub(crate) fn operations(history: &str) -> Vec<(u16, u16)> {
    let ids = |name: &str| -> Vec<u16> {
        let wanted = format!("<ns3:{name}><ns3:Id>");
        let found = history.split(&wanted).skip(1);
        found.map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect()
    };
    ids("OperType").into_iter().zip(ids("OperAttr")).collect()
}

/// Posts a message to batch access.
pub(crate) async fn fc(world: &World, body: &str) -> Result<(u16, String), reqwest::Error> {
    let message = format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:pos=\"http://fclient.russianpost.org/postserver\" \
         xmlns:fcl=\"http://fclient.russianpost.org\"><soapenv:Header/><soapenv:Body>\n{body}</soapenv:Body>\
         </soapenv:Envelope>"
    );
    let request = world
        .client()
        .post(format!("{}/russian_post/tracking/fc", world.base))
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "")
        .body(message);
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

fn signed(login: &str) -> String {
    let (login, password) = login.split_once(' ').unwrap();
    format!("<login>{login}</login><password>{password}</password>")
}

/// `getTicket`.
pub(crate) fn ticket_request(login: &str, codes: &[&str], language: &str) -> String {
    let items: String = codes.iter().map(|code| format!("<fcl:Item Barcode=\"{code}\"/>")).collect();
    format!(
        "<pos:ticketRequest><request>{items}</request>{}<language>{language}</language></pos:ticketRequest>",
        signed(login)
    )
}

/// `getResponseByTicket`.
pub(crate) fn response_request(login: &str, ticket: &str) -> String {
    format!(
        "<pos:answerByTicketRequest><ticket>{ticket}</ticket>{}</pos:answerByTicketRequest>",
        signed(login)
    )
}

/// The body of an answer of batch access.
pub(crate) async fn batch(world: &World, body: &str) -> String {
    let (status, text) = fc(world, body).await.unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

/// A ticket for these numbers.
pub(crate) async fn ticket(world: &World, codes: &[&str]) -> String {
    tag(&batch(world, &ticket_request(CONTRACT, codes, "RUS")).await, "value")
}

/// What a ticket brings.
pub(crate) async fn response(world: &World, ticket: &str) -> String {
    batch(world, &response_request(CONTRACT, ticket)).await
}

/// The error of the whole request, if there is one.
pub(crate) fn batch_error(answer: &str) -> Option<u16> {
    let rest = answer.split("<error ErrorTypeID=\"").nth(1)?;
    rest.split('"').next()?.parse().ok()
}

pub(crate) const REGKEY: &str = "demotracekey000000000000000001";
pub(crate) const SERVICE_KEY: &str = "demo%2BService%2FKey%3D%3D";

/// Asks the portal; `more` begins with `&` if there is more to say.
pub(crate) async fn portal(world: &World, target: &str, number: &str, more: &str) -> (u16, String) {
    let query = format!("regkey={REGKEY}&target={target}&query={number}{more}");
    get(world, &format!("/korea_post/trace/KpostPortal/openapi?{query}")).await
}

/// Asks the public-data gateway for `Domestic` or `Combined`.
pub(crate) async fn gateway(world: &World, service: &str, key: &str, number: &str) -> (u16, String) {
    let name = if service == "Domestic" { "Longitudinal" } else { "LongitudinalCombined" };
    let folder = format!("retrieve{name}Service");
    let path = format!("/korea_post/trace/trace/{folder}/{folder}/getLongitudinal{service}List");
    get(world, &format!("{path}?serviceKey={key}&rgist={number}")).await
}

pub(crate) async fn get(world: &World, path: &str) -> (u16, String) {
    let response = world.client().get(format!("{}{path}", world.base)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// What Iran Post's public page shows of a code.
pub(crate) async fn page(world: &World, code: &str) -> String {
    let url = format!("{}/iran_post/tracking/search.aspx", world.base);
    let form = get(world, "/iran_post/tracking/search.aspx").await.1;
    let state = form.split("name=\"__VIEWSTATE\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("__EVENTTARGET", "btnSearch"), ("__VIEWSTATE", state), ("txtbSearch", code)];
    world.client().post(url).form(&fields).send().await.unwrap().text().await.unwrap()
}

/// An example of a protocol page without its line breaks and indents.
pub(crate) fn flat(example: &str) -> String {
    example.lines().map(str::trim).collect()
}
