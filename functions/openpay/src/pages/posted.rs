//! A form as a browser posts it: fields alone, or fields and the picture of a slip.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures_util::stream;
use multer::Multipart;
use yam_api::BODY_LIMIT;
use yam_gateways::Fields;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};

/// Most bytes of a form with a picture: more than a picture may have, so that one too large is told beside its
/// field, with all that was typed; and what a function is handed at all (6 MB, in base64).
pub(crate) const MOST_POSTED: usize = 4 * 1024 * 1024;
/// Field of the picture.
const PICTURE: &str = "picture";
/// Most bytes of any other field: the sealed one is the longest.
const LONGEST_FIELD: usize = 64 * 1024;
/// Most fields; a form of ours has less than twelve.
const MOST_FIELDS: usize = 40;

/// What was posted.
#[derive(Debug, Clone, Default)]
pub(super) struct Posted {
    pub(super) fields: Fields,
    /// The picture as it came, where a file was chosen.
    pub(super) picture: Option<Bytes>,
}

impl Posted {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Kind::TooLarge`], or a form that is broken or not one of ours.
    pub(super) async fn read(headers: &HeaderMap, body: Bytes) -> Result<Posted, Problem> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let Ok(boundary) = multer::parse_boundary(content_type) else {
            if body.len() > BODY_LIMIT {
                return Err(Problem::new(Kind::TooLarge).with(BODY_LIMIT.to_string()));
            }
            return Ok(Posted { fields: Fields::parse(&body), picture: None });
        };
        let whole = stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
        let mut parts = Multipart::new(whole, boundary);
        let mut fields = Vec::new();
        let mut picture = None;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or("").to_owned();
            let content = part.bytes().await.map_err(broken)?;
            if name == PICTURE {
                // Browsers send an empty file where none was chosen.
                picture = picture.or(Some(content).filter(|content| !content.is_empty()));
                continue;
            }
            if content.len() > LONGEST_FIELD || fields.len() >= MOST_FIELDS {
                return Err(Problem::new(Kind::TooLarge).with(LONGEST_FIELD.to_string()));
            }
            fields.push((name, String::from_utf8_lossy(&content).into_owned()));
        }
        Ok(Posted { fields: Fields::new(fields), picture })
    }
}

fn broken(error: impl std::fmt::Display) -> Problem {
    Problem::validation(vec![FieldError::new("", Fault::Other(format!("the form cannot be read: {error}")))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(content_type: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())])
    }

    const FORM: &str = "multipart/form-data; boundary=cut";

    #[tokio::test]
    async fn fields_and_a_picture_are_told_apart() {
        let body = "--cut\r\nContent-Disposition: form-data; name=\"number\"\r\n\r\n۱۲۳۴\r\n\
                    --cut\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.jpg\"\r\n\
                    Content-Type: image/jpeg\r\n\r\nlight\r\n--cut--\r\n";
        let posted = Posted::read(&headers(FORM), Bytes::from(body)).await.unwrap();
        assert_eq!(posted.fields.get("number"), Some("۱۲۳۴"));
        assert_eq!(posted.picture.as_deref(), Some(&b"light"[..]));
        let none = body.replace("light", "");
        assert_eq!(Posted::read(&headers(FORM), Bytes::from(none)).await.unwrap().picture, None);
        assert!(Posted::read(&headers(FORM), Bytes::from("--cut\r\nnot a form")).await.is_err());
    }

    #[tokio::test]
    async fn a_form_without_files_is_as_before_and_as_small() {
        let plain = headers("application/x-www-form-urlencoded");
        let posted = Posted::read(&plain, Bytes::from("number=12&step=slip")).await.unwrap();
        assert_eq!(posted.fields.get("step"), Some("slip"));
        let large = Bytes::from(vec![b'a'; BODY_LIMIT + 1]);
        assert_eq!(Posted::read(&plain, large).await.unwrap_err().kind(), Kind::TooLarge);
    }
}
