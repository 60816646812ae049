//! What payers see: pages without scripts, in four languages, quick on a cheap phone.

pub(crate) mod carried;
pub(crate) mod form;
mod frame;
mod html;
mod leave;
mod picture;
pub(crate) mod posted;
pub(crate) mod shop;
mod slip;
pub(crate) mod status;
mod steps;
mod trouble;
mod words;
