//! Access tokens: what a program shows to act for a person. None of it is part of the ledger, and each call stands by
//! itself.

use terms::{Code, Digest, GovernmentCode};

use crate::Fault;

/// An access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Government.
    pub government: GovernmentCode,
    /// SM3 of the token, which only its holder has.
    pub token: Digest,
    /// Account for which it acts.
    pub account: Code,
    /// What its maker calls it.
    pub label: String,
    /// It may also act, and not only read.
    pub writes: bool,
    /// When it was made: microseconds, UTC.
    pub made: i64,
    /// From when on it is worth nothing.
    pub expires: i64,
    /// When it was last used, to the minute or so; 0: never.
    pub used: i64,
}

/// Access tokens in a store.
pub trait Tokens {
    /// Keeps a new token. Stands once it is answered.
    ///
    /// # Errors
    /// Where the store cannot be written, or the token exists.
    fn token_put(&self, row: &TokenRow) -> Result<(), Fault>;
    /// A token, expired or not.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn token(&self, government: &GovernmentCode, token: Digest) -> Result<Option<TokenRow>, Fault>;
    /// The tokens of an account, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn tokens_of(&self, government: &GovernmentCode, account: &str) -> Result<Vec<TokenRow>, Fault>;
    /// Notes that a token was used; an earlier moment changes nothing. May be lost with the power.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn token_used(&self, government: &GovernmentCode, token: Digest, at: i64) -> Result<(), Fault>;
    /// Takes back a token of an account; gives whether there was one. Stands once it is answered.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn token_end(&self, government: &GovernmentCode, account: &str, token: Digest) -> Result<bool, Fault>;
    /// Clears away the tokens that expired before a moment; gives how many.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn tokens_sweep(&self, government: &GovernmentCode, before: i64) -> Result<u64, Fault>;
}
