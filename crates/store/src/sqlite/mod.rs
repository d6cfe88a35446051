//! The store on SQLite.

mod handle;
mod log;
mod open;
mod read;
mod rows;
mod signed_in;
mod write;

pub use open::{Options, SqliteStore, migrate, open, open_read_only};
