//! Lists: `?limit=&cursor=` in, `{"items":[],"next_cursor":null}` out.

use serde::Deserialize;
use serde_json::{Value, json};
use yam_domain::limits::{DEFAULT_PAGE, MAX_PAGE};
use yam_platform::problem::{Fault, FieldError};
use yam_platform::secrets::Cipher;
use yam_platform::{IdGen, Problem};

/// The query of a list.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageQuery {
    /// Entries wanted.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Entries in the page.
    #[must_use]
    pub fn limit(&self) -> u32 {
        let most = u32::try_from(MAX_PAGE).unwrap_or(200);
        let usual = u32::try_from(DEFAULT_PAGE).unwrap_or(50);
        self.limit.unwrap_or(usual).clamp(1, most)
    }

    /// The sort key behind which the page starts. Cursors are sealed for one list of one merchant.
    ///
    /// # Errors
    /// 422 when the cursor is not one of this list.
    pub fn after(&self, cipher: &Cipher, list: &str) -> Result<Option<String>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let opened = cipher.open(&format!("cursor/{list}"), cursor);
        opened.map(Some).map_err(|_| {
            let fault = Fault::Other("is not a cursor of this list; start again without it".into());
            Problem::validation(vec![FieldError::new("/cursor", fault)])
        })
    }

    /// The answer.
    #[must_use]
    pub fn answer(
        items: Vec<Value>,
        next: Option<String>,
        cipher: &Cipher,
        list: &str,
        ids: &dyn IdGen,
    ) -> Value {
        let next = next.and_then(|sk| cipher.seal(&format!("cursor/{list}"), &sk, ids).ok());
        json!({"items": items, "next_cursor": next})
    }
}
