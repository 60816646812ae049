//! How much is read.

/// Limits of a table that is read. What is over one is refused, never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the file.
    pub bytes: usize,
    /// Most bytes of everything it unpacks to, and of all text in the table. A workbook may name one long text in
    /// every cell, so the second is not bounded by the first.
    pub unpacked: usize,
    /// Most lines that hold anything.
    pub rows: usize,
    /// Most columns.
    pub columns: usize,
}

impl Limits {
    /// Most cells.
    pub(crate) fn cells(&self) -> usize {
        self.rows.saturating_mul(self.columns)
    }
}
