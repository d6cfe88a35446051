//! The same bytes by prepared inserts, row by row, in commits of the same size and durability.

mod postgres;
mod sqlite;

use terms::Date;

pub use self::postgres::{postgres, transactions};
pub use self::sqlite::sqlite;

fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// Ids of commands are random: these spread the same way.
fn command(position: i64) -> Vec<u8> {
    position.wrapping_mul(-7_046_029_254_386_353_131).to_be_bytes().repeat(2)
}
