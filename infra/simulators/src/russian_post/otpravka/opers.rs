//! Operations as the sending service names them (section 3.2).

/// Names by type, from 1 on.
const NAMES: [&str; 46] = [
    "ACCEPTING",
    "GIVING",
    "RETURNING",
    "DELIVERING",
    "SKIPPING",
    "STORING",
    "HOLDING",
    "PROCESSING",
    "IMPORTING",
    "EXPORTING",
    "CUSTOM_ACCEPTING",
    "TRYING",
    "REGISTERING",
    "CUSTOM_LEGALIZING",
    "DELIGATING",
    "DESTROYING",
    "ACCOUNTING",
    "LOSS_REGISTRATION",
    "CUSTOM_DUTY_RECEIVING",
    "DM_REGISTRATION",
    "DM_DELIVERING",
    "DM_NON_DELIVERING",
    "TEMPORARY_STORING_ARRIVING",
    "PROLONGATION_CUSTOM_STORING",
    "OPENING",
    "CANCELLATION",
    "ELECTRONIC_REGISTRATION_RECEIVED",
    "ID_ASSIGNMENT",
    "REGISTRATION_PASSAGE_IN_MMPO",
    "SRM_DISPATCH",
    "CARRIER_PROCESSING",
    "APO_RECEIPT",
    "INTERNATIONAL_PROCESSING",
    "ELECTRONIC_NOTIFICATION_UPLOADED",
    "REFUSED_COURIER_DELIVERY",
    "CLARIFICATION_DELIVERY_PAYMENT_TYPE",
    "PRE_FORMALIZATION",
    "RETAINED_FOR_CLARIFICATION_FROM_SENDER",
    "PRELIMINARY_CUSTOMS_DECLARATION",
    "CUSTOMS_CONTROL",
    "CUSTOMS_CHARGES_PROCESSING",
    "SECOND_UNSUCCESSFUL_DELIVERY_ATTEMPT",
    "DELIVERY_PERMITTED",
    "ACCEPTANCE_REJECTED",
    "ELECTRONIC_NOTIFICATION_REFUSED",
    "ID_ASSIGNMENT_CANCELATION",
];

/// The name of a type, if the service has one.
pub(super) fn name(kind: u16) -> Option<&'static str> {
    match kind {
        48 => Some("PARTIAL_DELIVERY"),
        49 => Some("EXTEND_SHELF_LIFE_REFUSED"),
        _ => NAMES.get(usize::from(kind.checked_sub(1)?)).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_names() {
        assert_eq!((name(1), name(28)), (Some("ACCEPTING"), Some("ID_ASSIGNMENT")));
        assert_eq!(
            (name(42), name(46)),
            (Some("SECOND_UNSUCCESSFUL_DELIVERY_ATTEMPT"), Some("ID_ASSIGNMENT_CANCELATION"))
        );
        assert_eq!((name(0), name(47), name(999)), (None, None, None));
    }
}
