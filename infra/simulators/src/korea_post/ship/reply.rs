//! Replies: `<xsync>` with what was asked for, or with an error (sections 3.4 and 3.8).

use crate::korea_post::sheet::Sheet;
use crate::pipeline::{Answer, View};

/// A refusal: the code, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) code: String,
    pub(super) about: String,
}

impl Refused {
    pub(super) fn new(code: &str, about: &str) -> Self {
        Self { code: code.to_owned(), about: about.to_owned() }
    }

    /// The reply that says so.
    pub(super) fn answer(&self, view: &View<'_>) -> Answer {
        let mut reply = Reply::open(view);
        error(&mut reply.sheet, &self.code, &format!("{} [{}]", text(&self.code), self.about));
        reply.answer()
    }
}

/// What a call brings: a reply, or a refusal.
pub(super) type Outcome = Result<Reply, Refused>;

/// A reply being written.
pub(super) struct Reply {
    sheet: Sheet,
    manual_names: bool,
}

impl Reply {
    pub(super) fn open(view: &View<'_>) -> Self {
        let settings = view.shared.korea_post.ship.settings.get();
        let mut sheet = Sheet::new(settings.cdata, settings.euc_kr);
        sheet.open("xsync");
        Self { sheet, manual_names: settings.manual_names }
    }

    /// An element with a text; some names have two spellings.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        let name = match name {
            "regiPoNm" if self.manual_names => "regipoNm",
            "canceledYn" if self.manual_names => "canceledyn",
            "notCancelReason" if self.manual_names => "notcancelreason",
            _ => name,
        };
        self.sheet.leaf(name, text);
    }

    /// Elements inside another one.
    pub(super) fn group(&mut self, name: &str, leaves: &[(&str, &str)]) {
        self.sheet.open(name);
        for (name, text) in leaves {
            self.leaf(name, text);
        }
        self.sheet.close(name);
    }

    pub(super) fn answer(mut self) -> Answer {
        self.sheet.close("xsync");
        self.sheet.answer()
    }
}

/// An error without any settings: for faults.
pub(super) fn plain_error(code: &str) -> Answer {
    let mut sheet = Sheet::new(true, false);
    sheet.open("xsync");
    error(&mut sheet, code, text(code));
    sheet.close("xsync");
    sheet.answer()
}

fn error(sheet: &mut Sheet, code: &str, message: &str) {
    sheet.open("error");
    sheet.leaf("error_code", code);
    sheet.leaf("message", message);
    sheet.close("error");
}

/// The words beside a code; they are ours.
fn text(code: &str) -> &'static str {
    match code {
        "ERR-111" => "필수 입력값이 없습니다.",
        "ERR-123" => "신청 내역이 존재하지 않습니다.",
        "ERR-125" => "조회된 결과가 없습니다.",
        "ERR-131" => "이용량이 많아 서비스가 제한되었습니다.",
        "ERR-225" => "등록되지 않은 주문번호입니다.",
        "ERR-226" => "이미 등록되어 있습니다.",
        "ERR-311" => "필수 항목이 누락되었습니다.",
        "ERR-511" => "인증키 또는 보안키를 확인하시기 바랍니다.",
        "ERR-522" => "항목의 형식이 올바르지 않습니다.",
        "ERR-523" => "코드값이 올바르지 않습니다.",
        _ => "처리 중 오류가 발생하였습니다.",
    }
}
