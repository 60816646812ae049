//! Tables as people send and want them: CSV and XLSX, read within limits and written without formulas.
//!
//! Reading gives text. A number is written out as a person would read it, a day as `2026-11-22`, so that what
//! follows need not care which of the two a table came in. A file is judged by its first bytes; what the sender
//! calls it must agree.

mod kind;
mod limits;
mod read;
mod unpacked;
mod wanted;
mod workbook;
mod write;

pub use kind::{Kind, NotATable};
pub use limits::Limits;
pub use read::{Row, Unreadable, read};
pub use wanted::Wanted;
pub use write::{Cell, File, Sheet, WriteError};
