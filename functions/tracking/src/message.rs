//! What the queue holds: keys from due rows, and buckets to poll.

use serde::{Deserialize, Serialize};
use yam_domain::ids::CarrierId;
use yam_store::items::PollPlace;
use yam_store::tracking::Slot;
use yam_store::{Key, Message};

/// A bucket to poll in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Poll {
    /// Operator.
    pub(crate) carrier: CarrierId,
    /// Bucket.
    pub(crate) place: PollPlace,
    /// Slot; claimed by the first message of it.
    pub(crate) slot: i64,
    /// Goes on behind this code, without a claim: the message's sender had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

impl Poll {
    pub(crate) fn of(slot: Slot) -> Self {
        Poll { carrier: slot.bucket.carrier, place: slot.bucket.place, slot: slot.slot, after: None }
    }

    /// As a message.
    pub(crate) fn body(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What a message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    Keys(Vec<Key>),
    Poll(Poll),
}

impl Work {
    pub(crate) fn parse(body: &str) -> Option<Self> {
        if let Ok(poll) = serde_json::from_str(body) {
            return Some(Work::Poll(poll));
        }
        Message::parse(body).ok().map(Work::Keys)
    }
}

#[cfg(test)]
mod tests {
    use yam_domain::ids::{AccountId, MerchantId};
    use yam_store::items::PollOwner;

    use super::*;

    #[test]
    fn polls_and_keys_are_told_apart() {
        let owner =
            PollOwner::Account(MerchantId::parse("demo").unwrap(), AccountId::parse("korea-post").unwrap());
        let poll = Poll {
            carrier: CarrierId::KoreaPost,
            place: PollPlace { owner, bucket: 2 },
            slot: 7,
            after: Some("6912345678901".to_owned()),
        };
        assert_eq!(Work::parse(&poll.body()), Some(Work::Poll(poll)));
        assert_eq!(
            Work::parse(r#"{"keys":[["demo","PARCEL#1"]]}"#),
            Some(Work::Keys(vec![Key { pk: "M#demo".into(), sk: "PARCEL#1".into() }]))
        );
        for foreign in ["", "{}", r#"{"poll":1}"#, r#"{"keys":[["demo"]]}"#] {
            assert_eq!(Work::parse(foreign), None, "{foreign}");
        }
    }
}
