//! Accounts: who signs in, for which agency, with which posts.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use catalog::Terms;
use ledger::{AccountRow, Fault, HoldingRow, Read};
use terms::{Code, Date, GovernmentCode};

use crate::Platform;
use crate::office::held;

/// A person at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Government.
    pub government: GovernmentCode,
    /// Account.
    pub account: Code,
    /// Name to show.
    pub shown: String,
    /// Agency.
    pub agency: Code,
    /// Posts.
    pub posts: Vec<Code>,
}

impl Person {
    /// The actor that the kernel knows.
    pub(crate) fn actor(&self, terms: &Terms) -> procedure::Actor {
        let reaches = |post: &&Code| terms.post(post).is_some_and(|post| post.across);
        procedure::Actor {
            account: self.account.clone(),
            agency: self.agency.clone(),
            posts: self.posts.clone(),
            across: self.posts.iter().filter(reaches).cloned().collect(),
        }
    }
}

impl Person {
    /// Whoever has an account, with the posts that it holds on a day.
    fn of(account: AccountRow, holdings: &[HoldingRow], on: Date) -> Person {
        let posts = held(&account, holdings, on);
        Person {
            government: account.government,
            account: account.name,
            shown: account.shown,
            agency: account.agency,
            posts,
        }
    }
}

/// A password as it is kept: argon2id, in PHC form. `salt` is 16 random bytes.
///
/// # Errors
/// Where the hash function refuses the password (it is longer than 4 GiB).
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|why| why.to_string())
}

impl Platform {
    /// The person behind a name and password; `None` where they do not fit together.
    pub(crate) fn fitting(
        &self,
        government: &GovernmentCode,
        name: &str,
        password: &str,
    ) -> Result<Option<Person>, Fault> {
        let account = self.store.read()?.account(government, name)?;
        let Some(account) = account.filter(|account| !account.password.is_empty()) else { return Ok(None) };
        let fits = PasswordHash::new(&account.password)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        if fits { self.person(government, name) } else { Ok(None) }
    }

    /// The person of an account, with the posts that it holds today; `None` where there is none, or it is closed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn person(&self, government: &GovernmentCode, name: &str) -> Result<Option<Person>, Fault> {
        self.person_on(government, name, self.now().date())
    }

    /// The person of an account, with the posts that it held on a day.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn person_on(&self, government: &GovernmentCode, name: &str, on: Date) -> Result<Option<Person>, Fault> {
        let mut read = self.store.read()?;
        Ok(standing_person(read.as_mut(), government, name, on)?.map(|(person, _)| person))
    }
}

/// The person of an account on a day, with whether the password has to be changed first.
pub(crate) fn standing_person(
    read: &mut dyn Read,
    government: &GovernmentCode,
    name: &str,
    on: Date,
) -> Result<Option<(Person, bool)>, Fault> {
    let Some(account) = read.account(government, name)? else { return Ok(None) };
    let standing = read.standing(government, name)?;
    if standing.as_ref().and_then(|standing| standing.closed).is_some_and(|closed| closed <= on) {
        return Ok(None);
    }
    let holdings = read.holdings(government, name)?;
    Ok(Some((Person::of(account, &holdings, on), standing.is_some_and(|standing| standing.renew))))
}
