//! The store on SQLite.

mod attachments;
mod backup;
mod desk;
mod erased;
#[cfg(test)]
mod failing;
mod handle;
mod intake;
mod log;
mod message;
mod office;
mod open;
mod read;
mod rows;
mod signed_in;
mod tokens;
mod write;

pub(crate) use attachments::{other_bytes, spool, unknown};
pub use backup::{Kept, Manifest, backup, restore};
#[cfg(test)]
pub(crate) use open::MIGRATIONS;
pub use open::{Options, SqliteStore, migrate, open, open_read_only};
