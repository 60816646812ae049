//! What the hub's own parcels taught about a way: counters per carrier, region and route (D3).

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use yam_domain::tracking::dwell::{DwellLesson, DwellStats};

use crate::error::{StoreError, other};
use crate::keys;
use crate::store::Store;
use crate::table::{Read, to_item};

/// Attempts of one write against other containers'.
const ATTEMPTS: u32 = 4;

/// The counters under a key of `yam_domain::tracking::dwell::dwell_keys`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Dwell {
    stats: DwellStats,
    rev: u64,
}

/// The experience under a key, possibly some seconds old; none when there is none yet. Half a read unit.
///
/// # Errors
/// The table does not answer, or the counters cannot be read.
pub async fn experience(store: &Store, key: &str) -> Result<Option<DwellStats>, StoreError> {
    let found: Option<Dwell> = store.table.get(&keys::dwell(key), Read::Eventual).await?;
    Ok(found.map(|dwell| dwell.stats))
}

/// Takes lessons into the experience under a key. A read unit and a write unit, however many lessons; what
/// does not get through after four attempts is forgotten: these are statistics.
///
/// # Errors
/// The table does not answer.
pub async fn teach(store: &Store, key: &str, lessons: &[DwellLesson]) -> Result<(), StoreError> {
    let at = keys::dwell(key);
    for _ in 0..ATTEMPTS {
        let known: Dwell = store.table.get(&at, Read::Consistent).await?.unwrap_or_default();
        let mut next = Dwell { rev: known.rev.saturating_add(1), ..known.clone() };
        for lesson in lessons {
            next.stats.learn(lesson);
        }
        let written = store
            .table
            .client
            .put_item()
            .table_name(&store.table.name)
            .set_item(Some(to_item(&at, &next)?))
            .condition_expression("attribute_not_exists(pk) OR rev = :rev")
            .expression_attribute_values(":rev", AttributeValue::N(known.rev.to_string()))
            .send()
            .await;
        match written {
            Ok(_) => return Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {}
            Err(error) => return Err(other(error)),
        }
    }
    Ok(())
}
