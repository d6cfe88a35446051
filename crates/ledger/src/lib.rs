//! Event bytes, chains, the log, proofs, and the store's trait. No I/O.
//!
//! An event is an [`Envelope`], which is never erased, and a [`Body`] in parts, of which the personal ones can be.
//! The envelope holds only digests of the parts; each record's events are chained by their hashes, and all events of
//! a government by the head of its log. [`check_chain`] recomputes all of it.

mod body;
mod cbor;
mod chain;
mod envelope;
mod erased;
mod store;

pub use body::{Body, Opening};
pub use cbor::DecodeError;
pub use chain::{Difference, Hashing, Links, What, check_chain, check_record, extend_head, hash, seal};
pub use envelope::Envelope;
pub use erased::Erasures;
pub use store::*;

/// The digest before the first: `previous` of a record's first event, the head of an empty log.
pub const NOTHING: terms::Digest = terms::Digest([0; 32]);
