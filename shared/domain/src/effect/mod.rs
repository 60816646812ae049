//! The life of one external effect, as a pure state machine.
//!
//! An *intent* is the committed record that a call to the outside may have been made. It is written
//! before the first byte leaves, claimed under a fence by one worker at a time, and ends in a final
//! or held phase. This module decides; `yam_store::intents` persists; a function makes the call.
//!
//! Rules (reliability notes, section 1):
//! * a lease saves work, it is not what makes us safe: when it dies the next worker *settles*;
//! * only a definite refusal or "not one byte left" allows a second send on a wire that does not
//!   deduplicate;
//! * a miss in a look-up proves absence only after the quiet time;
//! * an intent that is neither final nor held has a due time, and so a due row.

mod policy;
mod state;
#[cfg(test)]
mod tests;

pub use policy::{Backoff, Policy, Power};
pub use state::{CallClass, EffectState, LookUpClass, Phase, Resolution, Step};
