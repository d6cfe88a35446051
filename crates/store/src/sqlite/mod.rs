//! The store on SQLite.

mod backup;
mod erased;
#[cfg(test)]
mod failing;
mod handle;
mod log;
mod open;
mod read;
mod rows;
mod signed_in;
mod write;

pub use backup::{Kept, Manifest, backup, restore};
pub use open::{Options, SqliteStore, migrate, open, open_read_only};
