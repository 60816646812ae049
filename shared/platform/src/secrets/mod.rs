//! Secrets at rest: merchants' credentials sealed with an authenticated cipher.
//!
//! Envelope encryption: a data key per secret, wrapped by KMS in AWS and by a key file elsewhere;
//! merchant and purpose are bound in, so a sealed text copied to another item does not open.

mod cipher;
mod file_key;
mod kms_key;
mod sealer;

pub use cipher::{Cipher, CipherError};
pub use file_key::FileKey;
pub use kms_key::KmsKey;
pub use sealer::{Context, DataKey, KeyWrapper, SealError, Sealed, Sealer};
pub use secrecy::{ExposeSecret, SecretString};
pub use zeroize::Zeroizing;
