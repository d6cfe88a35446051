//! In and out: sheets become acts through the same door as everybody's, and records, lists and figures become sheets.
//!
//! [`Columns`] are what a line's sheet can hold, [`form()`] the empty sheet made of them. An [`Order`] says what comes in;
//! [`open`] matches a file with the columns, [`Opened::preview`] tries every row in a transaction that is dropped, and
//! [`Opened::run`] brings them in. A mirrored line (`mirror`) comes in from the export of another system, again and again.
//! [`list`] writes a list of any length, [`table`] an official table with its sums checked.

mod cell;
mod columns;
mod door;
mod form;
mod list;
mod mirror;
mod open;
mod row;
mod table;
mod told;

pub use columns::{Column, Columns, Part, Slot};
pub use door::{Outcome, Take};
pub use form::form;
pub use list::{ListWrong, list};
pub use open::{OpenWrong, Opened, Order, open};
pub use table::{TableWrong, Told, board, table};
pub use told::{Judgement, RowVerdict, Why, count, head_wrong, unreadable, verdict_sheet};
