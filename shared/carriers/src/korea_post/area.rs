//! The delivery-area code (집배코드) of an address, which a label printed by the merchant carries (protocol
//! notes, section 6.3). The public service's answer as XML.

use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Token, mended};

use crate::errors::outline;
use crate::outcome::CallOutcome;
use crate::tracker::words;

/// Where a parcel is sorted to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryArea {
    /// Hub it arrives at (`arrCnpoNm`).
    pub hub: String,
    /// Delivery office (`delivPoNm`).
    pub office: String,
    /// Area (`delivAreaCd`).
    pub area: String,
    /// Course, where told (`courseNo`).
    pub course: Option<String>,
}

/// Reads `DelivAreaCdResponse` and the KpostPortal's `delivArea`; none when no area is known.
#[must_use]
pub fn delivery_area(answer: &Answer) -> CallOutcome<Option<DeliveryArea>> {
    if !answer.status.is_success() || !answer.complete {
        return CallOutcome::Unknown(outline(answer, "no whole answer"));
    }
    let body = mended(&answer.body);
    let mut pull = Pull::new(body.as_deref().unwrap_or(&answer.body));
    let mut found = DeliveryArea::default();
    let mut open: Vec<String> = Vec::new();
    loop {
        match pull.token() {
            Token::Open(tag) => open.push(tag.name().to_ascii_lowercase()),
            Token::Close(text) => match open.pop().as_deref() {
                Some("arrcnponm") => found.hub = words(&text),
                Some("delivponm") => found.office = words(&text),
                Some("delivareacd") => found.area = words(&text),
                Some("courseno") => found.course = Some(words(&text)).filter(|course| !course.is_empty()),
                _ => {}
            },
            Token::End => break,
            Token::Stop(why) => return CallOutcome::Unknown(outline(answer, why)),
        }
    }
    CallOutcome::Done(Some(found).filter(|found| !found.area.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};

    fn read(body: &str) -> CallOutcome<Option<DeliveryArea>> {
        let body = body.to_owned().into();
        delivery_area(&Answer { status: StatusCode::OK, headers: HeaderMap::new(), body, complete: true })
    }

    #[test]
    fn an_area_is_read_and_its_absence_told_apart() {
        let body = "<DelivAreaCdResponse><cmmMsgHeader/><delivAreaCdList><arrCnpoNm>광주M</arrCnpoNm>\
            <delivPoNm>나주</delivPoNm><delivAreaCd>광15290507</delivAreaCd><courseNo>054</courseNo></delivAreaCdList></DelivAreaCdResponse>";
        let expected = DeliveryArea {
            hub: "광주M".into(),
            office: "나주".into(),
            area: "광15290507".into(),
            course: Some("054".into()),
        };
        assert_eq!(read(body), CallOutcome::Done(Some(expected)));
        assert_eq!(read("<DelivAreaCdResponse/>"), CallOutcome::Done(None));
        assert!(matches!(read("<html>"), CallOutcome::Unknown(_)));
    }
}
