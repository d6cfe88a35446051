//! Access tokens: a person makes one for a program, which then acts as that person until it is taken back or expires.

use ledger::{Fault, TokenRow};
use terms::{Digest, GovernmentCode};

use crate::{Person, Platform};

const MINUTE: i64 = 60 * 1_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Use is written down at most this often.
const NOTED: i64 = MINUTE;
/// An expired token is shown to its maker for so long, and then cleared away.
const SHOWN: i64 = 30 * DAY;

/// The longest life of a token, in days.
pub const TOKEN_DAYS: u32 = 366;
/// As many tokens as one account may have.
pub const TOKENS: usize = 20;

/// Who shows a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The person, as the account stands now.
    pub person: Person,
    /// The token allows to act, and not only to read.
    pub writes: bool,
}

/// What came of asking for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenMade {
    /// It stands.
    Made,
    /// The account has as many as it may.
    TooMany,
    /// A token lives from one day to [`TOKEN_DAYS`].
    BadDays,
}

impl Platform {
    /// Keeps a new token of a person. `token` is random, and only its digest is kept.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn token_make(
        &self,
        person: &Person,
        token: &str,
        label: &str,
        writes: bool,
        days: u32,
    ) -> Result<TokenMade, Fault> {
        if days == 0 || days > TOKEN_DAYS {
            return Ok(TokenMade::BadDays);
        }
        let (_, now) = self.clock.now();
        let standing = self.tokens(person)?.into_iter().filter(|row| row.expires > now).count();
        if standing >= TOKENS {
            return Ok(TokenMade::TooMany);
        }
        self.store.token_put(&TokenRow {
            government: person.government.clone(),
            token: ledger::hash(token.as_bytes()),
            account: person.account.clone(),
            label: label.to_owned(),
            writes,
            made: now,
            expires: now + i64::from(days) * DAY,
            used: 0,
        })?;
        Ok(TokenMade::Made)
    }

    /// The tokens of a person, newest first; also those that expired a short while ago.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn tokens(&self, person: &Person) -> Result<Vec<TokenRow>, Fault> {
        self.store.tokens_of(&person.government, &person.account)
    }

    /// Takes back a token of a person, by its digest; gives whether there was one.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn token_end(&self, person: &Person, token: Digest) -> Result<bool, Fault> {
        self.store.token_end(&person.government, &person.account, token)
    }

    /// Who shows a token; `None` where it is unknown, has expired, or its account is gone.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn bearer(&self, government: &GovernmentCode, token: &str) -> Result<Option<Bearer>, Fault> {
        let digest = ledger::hash(token.as_bytes());
        let (_, now) = self.clock.now();
        let Some(row) = self.store.token(government, digest)?.filter(|row| row.expires > now) else { return Ok(None) };
        let Some(person) = self.person(government, &row.account)? else { return Ok(None) };
        if now - row.used >= NOTED {
            self.store.token_used(government, digest, now)?;
        }
        Ok(Some(Bearer { person, writes: row.writes }))
    }

    /// Clears away tokens that expired long ago; gives how many.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn tokens_sweep(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        self.store.tokens_sweep(government, self.clock.now().1 - SHOWN)
    }
}
