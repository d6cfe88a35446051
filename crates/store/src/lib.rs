//! The store's trait on SQLite, one file in one folder for a government without operators, and on PostgreSQL, for many
//! programs on one database.
//!
//! Statements are plain SQL with `$1` parameters, so that another database can use them as they are; the migrations
//! lie in `migrations/`, numbered alike for every database, and `tests/contract/main.rs` runs the same suite on each.

mod address;
pub mod copy;
pub mod postgres;
mod query;
pub mod sqlite;

pub use address::{Address, Schema, migrate, open, open_read_only};
pub use sqlite::Options;
