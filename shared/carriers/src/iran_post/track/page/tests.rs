//! What pages mean: the example of the protocol notes, and pages nobody would serve.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use proptest::prelude::*;
use yam_domain::tracking::{Snapshot, dictionary};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;

use super::document::Document;
use super::{cookies, form, verdict};
use crate::tracker::TrackOutcome;

const CODE: &str = "29999000711000000012";

/// Section 9.1 of the notes, with an older day below, a link in a cell, Persian digits and the facts.
const PAGE: &str = "<html><head><title>رهگیری</title></head><body><form>\
    <div id=\"pnlResult\"><div class=\"row\"><div class=\"newtdheader col-lg-6\">سه شنبه 12 تیر 1403</div></div>\
    <div class=\"row newrowdata\"><div class=\"newtddata\">3</div><div class=\"newtddata\">مرسوله تحویل گیرنده گردیده است<a href='#'>جزئیات</a></div><div class=\"newtddata\">فارس،شیراز،ناحیه 1</div><div class=\"newtddata\">11:42</div></div>\
    <div class=\"row\"><div class=\"newtdheader\">دوشنبه ۱۱ تیر ۱۴۰۳</div></div>\
    <div class=\"row newrowdata\"><div class=\"newtddata\">۲</div><div class=\"newtddata\">تحویل به نامه رسان</div><div class=\"newtddata\">فارس،شیراز</div><div class=\"newtddata\">۰۸:۰۵</div></div>\
    <div class=\"row newrowdata\"><div class=\"newtddata\">۱</div><div class=\"newtddata\">قبول مرسوله</div><div class=\"newtddata\"></div><div class=\"newtddata\">07:00</div></div>\
    </div><div id=\"pParcelInfo\"><div class=\"newrowdatacol\"><div class=\"newcolheader\">مقصد :</div><div class=\"newcoldata\">فارس - شیراز</div></div></div>\
    </form></body></html>";

/// The search form before anything was asked.
const SEARCH: &str = "<form><input type=\"hidden\" name=\"__VIEWSTATE\" value=\"a+b/c=&amp;\" /><input type='hidden' name='__VIEWSTATEGENERATOR' value='BBBC20B8'>\
    <input type=hidden name=__EVENTVALIDATION value=ev><input type=\"hidden\" name=\"other\" value=\"x\"><input name=\"txtbSearch\"><div id=\"pnlResult\"></div></form>";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked_at() -> Timestamp {
    at("2024-07-04T00:00:00Z")
}

fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let media = HeaderValue::from_static("text/html; charset=utf-8");
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, media)]),
        body: body.into(),
        complete: true,
    }
}

fn outcome(body: impl Into<Bytes>) -> TrackOutcome<Snapshot> {
    verdict(&answer(200, body), asked_at())
}

fn row(number: &str, event: &str, time: &str) -> String {
    format!(
        "<div class='row newrowdata'><div class='newtddata'>{number}</div><div class='newtddata'>{event}</div>\
         <div class='newtddata'>تهران</div><div class='newtddata'>{time}</div></div>"
    )
}

fn page(rows: &str) -> String {
    format!("<div id='pnlResult'><div class='newtdheader'>سه شنبه 12 تیر 1403</div>{rows}</div>")
}

#[test]
fn the_timeline_of_the_notes_oldest_first() {
    let outcome = outcome(PAGE);
    let TrackOutcome::Answer(snapshot) = &outcome else { panic!("{}", outcome.describe()) };
    let [accepted, with_postman, delivered] = snapshot.scans.as_slice() else { panic!("three scans") };
    assert_eq!(accepted.happened_at, at("2024-07-01T03:30:00Z"));
    assert_eq!(accepted.office, None);
    assert_eq!(with_postman.happened_at, at("2024-07-01T04:35:00Z"));
    assert_eq!(with_postman.raw.code, "تحویل به نامه رسان");
    assert_eq!(delivered.happened_at, at("2024-07-02T08:12:00Z"));
    assert_eq!(delivered.raw.code, "مرسوله تحویل گیرنده گردیده است", "without the link");
    assert_eq!(delivered.reading, dictionary::iran_post_phrase("مرسوله تحویل گیرنده گردیده است"));
    let place = delivered.office.as_ref().and_then(|office| office.name.as_deref());
    assert_eq!(place, Some("فارس،شیراز،ناحیه 1"));
    let destination = snapshot.destination.as_ref().and_then(|office| office.name.as_deref());
    assert_eq!(destination, Some("فارس - شیراز"));
    assert_eq!((snapshot.taken_at, snapshot.known, snapshot.unreadable), (asked_at(), true, 0));
}

#[test]
fn only_the_pages_own_words_are_not_found() {
    for body in [
        "<form><div class='alert alert-danger'>کد مرسوله یافت نشد</div></form>",
        "<form><p>مرسوله\u{200c}ای يافت نشد</p></form>",
        "<form><div class='alert-warning'>اطلاعاتی موجود نیست</div></form>",
        "<div id='pnlResult'><p>موردی یافت نشد</p></div>",
    ] {
        assert_eq!(outcome(body), TrackOutcome::NotFound, "{body}");
    }
}

#[test]
fn a_refused_captcha_is_never_success_and_never_not_found() {
    for body in [
        "<div id='pnlResult'></div>",
        "<div id='pnlResult'> <div class='row'> </div></div><input name='txtCaptcha'>",
        "<div class='alert-danger'>کد امنیتی اشتباه است</div>",
        SEARCH,
    ] {
        let outcome = outcome(body);
        let captcha = matches!(&outcome, TrackOutcome::Failed(words) if words.contains("captcha"));
        assert!(captcha, "{}", outcome.describe());
    }
    let blocked = outcome("<title>403 Forbidden</title><p>یافت نشد</p>");
    assert!(matches!(blocked, TrackOutcome::Failed(_)));
}

#[test]
fn a_page_of_another_shape_is_told() {
    for body in [
        "",
        "<html><body>سلام</body></html>",
        "<div id='pnlResult'><table><tr><td>5 تیر</td></tr></table></div>",
        "<div id='pnlResult'><div class='newrowdata'><div class='newtddata'>1</div></div></div>",
    ] {
        assert!(matches!(outcome(body), TrackOutcome::ShapeChanged(_)), "{body}");
    }
    assert!(matches!(verdict(&answer(503, "<html/>"), asked_at()), TrackOutcome::Maintenance(_)));
    assert!(matches!(verdict(&answer(403, "<html/>"), asked_at()), TrackOutcome::Failed(_)));
    assert!(matches!(verdict(&answer(500, PAGE), asked_at()), TrackOutcome::Failed(_)));
    let mut cut = answer(200, PAGE);
    cut.complete = false;
    assert!(matches!(verdict(&cut, asked_at()), TrackOutcome::Failed(_)));
}

#[test]
fn one_bad_row_never_loses_the_others() {
    let good = row("1", "قبول", "10:00");
    for bad in [row("2", "قبول", "25:00"), row("2", "", "10:00"), "<div class='newrowdata'></div>".to_owned()]
    {
        let outcome = outcome(page(&format!("{bad}{good}")));
        let TrackOutcome::Answer(snapshot) = &outcome else { panic!("{bad}: {}", outcome.describe()) };
        assert_eq!((snapshot.scans.len(), snapshot.unreadable), (1, 1), "{bad}");
    }
}

#[test]
fn rows_without_numbers_are_turned_round() {
    let outcome = outcome(page(&format!("{}{}", row("", "رهسپار", "11:00"), row("1", "قبول", "10:00"))));
    let TrackOutcome::Answer(snapshot) = &outcome else { panic!("{}", outcome.describe()) };
    let events: Vec<&str> = snapshot.scans.iter().map(|scan| scan.raw.code.as_str()).collect();
    assert_eq!(events, ["قبول", "رهسپار"]);
}

#[test]
fn the_form_goes_back_as_a_browser_sends_it() {
    let code = WaybillNumber::try_from(CODE.to_owned()).unwrap();
    assert_eq!(
        form(&Document::read(SEARCH), &code),
        "__EVENTTARGET=btnSearch&__EVENTARGUMENT=&__LASTFOCUS=&__VIEWSTATE=a%2Bb%2Fc%3D%26&__VIEWSTATEGENERATOR=BBBC20B8\
         &__EVENTVALIDATION=ev&txtbSearch=29999000711000000012&CustomerMob=&txtVoteReason=&txtVoteTel=&txtCaptcha="
    );
}

#[test]
fn cookies_go_back_without_their_attributes() {
    let mut headers = HeaderMap::new();
    assert_eq!(cookies(&headers), None);
    headers.append(header::SET_COOKIE, HeaderValue::from_static("ASP.NET_SessionId=abc; path=/; HttpOnly"));
    headers.append(header::SET_COOKIE, HeaderValue::from_static("nonsense"));
    headers.append(header::SET_COOKIE, HeaderValue::from_static("b=2"));
    assert_eq!(cookies(&headers), Some(HeaderValue::from_static("ASP.NET_SessionId=abc; b=2")));
}

#[test]
fn a_cut_page_never_panics() {
    for end in 0..PAGE.len() {
        let _total = outcome(PAGE.as_bytes()[..end].to_vec());
    }
    let _deep = outcome("<div>".repeat(100_000));
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(body in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!matches!(outcome(body), TrackOutcome::Answer(_)));
    }

    #[test]
    fn odd_cells_break_nothing(number in "\\PC{0,12}", event in "\\PC{0,20}", time in "\\PC{0,12}") {
        let _total = outcome(page(&row(&number, &event, &time)));
    }
}
