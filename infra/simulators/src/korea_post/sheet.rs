//! XML as the operator's services write it.

use std::fmt::Write as _;

use bytes::Bytes;
use http::StatusCode;

use super::euc_kr;
use crate::pipeline::Answer;
use crate::xml::escaped;

/// A document being written.
pub(super) struct Sheet {
    text: String,
    cdata: bool,
    euc_kr: bool,
}

impl Sheet {
    /// An empty one.
    pub(super) fn new(cdata: bool, euc_kr: bool) -> Self {
        let encoding = if euc_kr { "EUC-KR" } else { "UTF-8" };
        Self { text: format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>"), cdata, euc_kr }
    }

    pub(super) fn open(&mut self, name: &str) {
        let _ = write!(self.text, "<{name}>");
    }

    pub(super) fn close(&mut self, name: &str) {
        let _ = write!(self.text, "</{name}>");
    }

    /// An element with a text.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        let _ = if self.cdata {
            // The end of a section cannot stand in one.
            write!(self.text, "<{name}><![CDATA[{} ]]></{name}>", text.replace("]]>", ""))
        } else {
            write!(self.text, "<{name}>{}</{name}>", escaped(text))
        };
    }

    /// The finished document.
    pub(super) fn answer(self) -> Answer {
        let (content_type, body) = if self.euc_kr {
            ("text/xml; charset=euc-kr", Bytes::from(euc_kr::encode(&self.text)))
        } else {
            ("text/xml; charset=utf-8", Bytes::from(self.text))
        };
        Answer { status: StatusCode::OK, content_type, body }
    }
}
