//! The store on PostgreSQL: many programs, one database. Plain tables and types, so that its relatives can keep it too.

mod attachments;
mod check;
mod desk;
#[cfg(test)]
mod distributed;
mod erased;
mod handle;
mod intake;
mod message;
mod office;
mod open;
mod read;
mod rows;
mod schema;
mod scrub;
mod signed_in;
mod statement;
mod tokens;
mod write;

pub use open::{PostgresStore, migrate, open, open_read_only};
