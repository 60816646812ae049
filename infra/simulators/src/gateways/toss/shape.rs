//! Payments and errors as they stand on the wire.

use http::StatusCode;
use serde_json::{Value, json};

use super::widget::moment;
use super::{Payment, State, json as read};
use crate::gateways::card;
use crate::pipeline::Answer;

pub(super) fn status(payment: &Payment) -> &'static str {
    match payment.state {
        State::Open => "READY",
        State::Authenticated => "IN_PROGRESS",
        State::AwaitingDeposit => "WAITING_FOR_DEPOSIT",
        State::Refunded => "CANCELED",
        // An account nobody paid into that the shop gave up, or a payer who left.
        State::Cancelled if payment.text("method") == "virtual_account" => "CANCELED",
        State::Failed | State::Cancelled => "ABORTED",
        State::Expired => "EXPIRED",
        _ if payment.refunded > 0 => "PARTIAL_CANCELED",
        _ => "DONE",
    }
}

/// The whole payment, version 2022-11-16.
pub(super) fn payment(payment: &Payment) -> Value {
    let by_account = payment.text("method") == "virtual_account";
    let base = payment.text("base");
    let done = payment.verified.is_some();
    let tax = payment.amount - payment.amount * 10 / 11;
    let failure = payment.reason.as_deref().filter(|_| payment.state == State::Failed);
    json!({
        "version": "2022-11-16", "paymentKey": payment.id, "type": "NORMAL", "orderId": payment.our_id,
        "orderName": payment.text("description"), "mId": payment.account, "currency": "KRW",
        "method": payment.paid.map(|_| if by_account { "가상계좌" } else { "카드" }),
        "totalAmount": payment.amount, "balanceAmount": if done { payment.left() } else { payment.amount },
        "suppliedAmount": payment.amount - tax, "vat": tax, "status": status(payment),
        "requestedAt": moment(payment.created), "approvedAt": payment.verified.map(moment),
        "lastTransactionKey": payment.receipt, "secret": payment.text("secret"),
        "cancels": payment.detail["cancels"],
        "card": payment.card.as_deref().filter(|_| !by_account).map(|number| json!({
            "amount": payment.amount, "number": card::masked(number, 6), "issuerCode": "61", "acquirerCode": "31",
            "installmentPlanMonths": 0, "isInterestFree": false, "approveNo": "00000000", "cardType": "신용",
            "ownerType": "개인", "acquireStatus": "READY", "useCardPoint": false,
        })),
        "virtualAccount": by_account.then(|| json!({
            "accountType": "일반", "accountNumber": "X6505636518308", "bankCode": "20", "customerName": "예시",
            "dueDate": payment.due.map(moment), "refundStatus": "NONE", "expired": payment.state == State::Expired,
            "settlementStatus": if done { "COMPLETED" } else { "INCOMPLETED" },
        })),
        "receipt": {"url": format!("{base}/toss/payer/{}", payment.id)},
        "checkout": {"url": format!("{base}/toss/payer/{}", payment.id)},
        "failure": failure.map(|code| json!({"code": code, "message": message(code)})),
    })
}

/// An error by its word.
pub(super) fn error(code: &str) -> Answer {
    let status = match code {
        "UNAUTHORIZED_KEY" => StatusCode::UNAUTHORIZED,
        "NOT_FOUND_PAYMENT" | "NOT_FOUND_PAYMENT_SESSION" => StatusCode::NOT_FOUND,
        "FORBIDDEN_REQUEST"
        | "INCORRECT_BASIC_AUTH_FORMAT"
        | "NOT_CANCELABLE_AMOUNT"
        | "NOT_CANCELABLE_PAYMENT"
        | "REJECT_CARD_COMPANY" => StatusCode::FORBIDDEN,
        "TOO_MANY_REQUESTS" => StatusCode::TOO_MANY_REQUESTS,
        "FAILED_INTERNAL_SYSTEM_PROCESSING" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    read::answer(status, &json!({"code": code, "message": message(code)}))
}

/// An error by its HTTP status.
pub(super) fn error_of(status: i32) -> Answer {
    error(match status {
        401 => "UNAUTHORIZED_KEY",
        403 => "FORBIDDEN_REQUEST",
        404 => "NOT_FOUND_PAYMENT",
        429 => "TOO_MANY_REQUESTS",
        500..=599 => "FAILED_INTERNAL_SYSTEM_PROCESSING",
        _ => "PROVIDER_ERROR",
    })
}

pub(super) fn message(code: &str) -> &'static str {
    match code {
        "UNAUTHORIZED_KEY" => "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.",
        "INCORRECT_BASIC_AUTH_FORMAT" => "잘못된 요청입니다. ':' 를 포함해 인코딩해주세요.",
        "ALREADY_PROCESSED_PAYMENT" => "이미 처리된 결제 입니다.",
        "NOT_FOUND_PAYMENT" => "존재하지 않는 결제 입니다.",
        "NOT_FOUND_PAYMENT_SESSION" => "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.",
        "DUPLICATED_ORDER_ID" => "이미 승인 및 취소가 진행된 중복된 주문번호 입니다.",
        "EXPIRED_PAYMENT" => "결제 가능 시간이 지났습니다.",
        "PAY_PROCESS_CANCELED" => "사용자에 의해 결제가 취소되었습니다.",
        "ALREADY_CANCELED_PAYMENT" => "이미 취소된 결제 입니다.",
        "NOT_CANCELABLE_AMOUNT" => "취소 할 수 없는 금액 입니다.",
        "NOT_CANCELABLE_PAYMENT" => "취소 할 수 없는 결제 입니다.",
        "REJECT_CARD_COMPANY" => "결제 승인이 거절되었습니다.",
        "PROVIDER_ERROR" => "일시적인 오류가 발생했습니다. 잠시 후 다시 시도해주세요.",
        _ => "잘못된 요청입니다.",
    }
}
