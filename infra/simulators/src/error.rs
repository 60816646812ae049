//! What can go wrong while opening or running the simulators.

/// A failure of the simulators themselves; never a simulated one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store's file could not be opened, read or written.
    #[error("simulator store: {0}")]
    Store(#[from] rusqlite::Error),
    /// A value kept in the store as JSON could not be read back or written.
    #[error("simulator store holds an unreadable value: {0}")]
    Value(#[from] serde_json::Error),
    /// The bundled place lists are not what they should be.
    #[error("bundled place data: {0}")]
    Places(String),
    /// The socket could not be served.
    #[error("simulator socket: {0}")]
    Io(#[from] std::io::Error),
    /// A number left its range (serials, clock offsets).
    #[error("out of range: {0}")]
    Range(&'static str),
}

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
