//! Event bytes, chains, the log, proofs, and the store's trait. No I/O.
//!
//! An event is an [`Envelope`], which is never erased, and a [`Body`] in parts, of which the personal ones can be.
//! The envelope holds only digests of the parts; each record's events are chained by their hashes, and all events of
//! a government by the head of its log. [`check_chain`] recomputes all of it.

mod attachments;
mod body;
mod cbor;
mod chain;
mod desk;
mod envelope;
mod erased;
mod intake;
mod message;
mod office;
mod sight;
mod store;
mod tokens;

pub use attachments::{AttachmentRow, Attachments, Bytes, HoldAttachments, ReadAttachments};
pub use body::{Attached, Body, Opening};
pub use cbor::DecodeError;
pub use chain::{Difference, Hashing, Links, What, check_chain, check_record, extend_head, hash, seal};
pub use desk::{DraftRow, FoundRow, NoticeRow, ReadDesk, RemarkRow, WaitingKind, WaitingQuery, WaitingRow, WriteDesk};
pub use envelope::Envelope;
pub use erased::Erasures;
pub use intake::{ExchangeRow, ReadExchanges, StagedRow, Staging, WriteExchanges};
pub use message::{MessageRow, MessageState, ReadMessages, WriteMessages};
pub use office::*;
pub use sight::{Above, Narrowing, Near, Sight, Wide, column, words};
pub use store::*;
pub use tokens::{TokenRow, Tokens};

/// The digest before the first: `previous` of a record's first event, the head of an empty log.
pub const NOTHING: terms::Digest = terms::Digest([0; 32]);
