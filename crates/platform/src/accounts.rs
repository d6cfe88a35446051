//! Accounts: who signs in, for which agency, with which posts.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use catalog::Terms;
use ledger::{AccountRow, Fault};
use terms::{Code, GovernmentCode};

use crate::Platform;

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

impl From<AccountRow> for Person {
    fn from(account: AccountRow) -> Person {
        Person {
            government: account.government,
            account: account.name,
            shown: account.shown,
            agency: account.agency,
            posts: account.posts,
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
        Ok(fits.then_some(account).map(Person::from))
    }

    /// The person of an account, as it stands now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn person(&self, government: &GovernmentCode, name: &str) -> Result<Option<Person>, Fault> {
        Ok(self.store.read()?.account(government, name)?.map(Person::from))
    }
}
