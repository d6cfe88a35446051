//! The index of words: tantivy with a Chinese tokenizer, in a folder of its own. Everything in it follows from the
//! ledger; deleting the folder loses nothing.
//!
//! * [`Index`] is the folder: it answers what the platform looks for, and is brought up to the log;
//! * [`Follower`] is the thread that does so while a program serves;
//! * a document holds no text that could be shown: what is shown is the record as it stands.

mod fields;
mod find;
mod follow;
mod grams;
mod index;
mod words;

pub use follow::Follower;
pub use index::{CaughtUp, Index};
