//! The store on PostgreSQL: many programs, one database. Plain tables and types, so that its relatives can keep it too.

mod check;
#[cfg(test)]
mod distributed;
mod erased;
mod handle;
mod open;
mod read;
mod rows;
mod schema;
mod scrub;
mod signed_in;
mod statement;
mod write;

pub use open::{PostgresStore, migrate, open, open_read_only};
