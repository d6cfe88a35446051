//! Who is signed in. Sessions lie in the store, so that every program on it knows them and a restart ends none.

use ledger::{Attempts, Fault, SessionRow};
use terms::{Digest, GovernmentCode};

use crate::accounts::standing_person;
use crate::directory::notes;
use crate::{MOST_UNREAD, Person, Platform};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A session's last use is written down at most this often.
const NOTED: i64 = MINUTE;
/// So many attempts may fail before one has to wait.
const FREE: u32 = 5;
/// The wait doubles with each further attempt, up to so many minutes: guessing is hopeless, and nobody can keep
/// somebody else out for long.
const LONGEST: u32 = 15;
/// Failed attempts are forgotten after a while without one.
const FORGOTTEN: i64 = HOUR;

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimes {
    /// Minutes without a request after which it ends.
    pub idle_minutes: u32,
    /// Hours after which it ends in any case.
    pub whole_hours: u32,
}

impl Default for SessionTimes {
    fn default() -> Self {
        SessionTimes { idle_minutes: 30, whole_hours: 12 }
    }
}

impl SessionTimes {
    /// The earliest moments at which a session that still stands began and was used.
    fn since(self, now: i64) -> (i64, i64) {
        (now - i64::from(self.whole_hours) * HOUR, now - i64::from(self.idle_minutes) * MINUTE)
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who it is, as the account stands now.
    pub person: Person,
    /// The password has to be changed before anything else.
    pub renew: bool,
    /// What a form of the session carries.
    pub secret: String,
    /// What the next page says.
    pub told: Vec<String>,
    /// How many notices the person has not read, counted up to [`MOST_UNREAD`] and one.
    pub unread: u32,
}

/// Who comes to a page, and what every page says of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Who is signed in.
    pub session: Option<Session>,
    /// The data are synthetic.
    pub synthetic: bool,
    /// Which governments' records are still coming in; empty where all are there.
    pub coming: String,
}

/// What came of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Name and password fit together.
    In(Person),
    /// They do not.
    No,
    /// Too many attempts failed.
    Wait {
        /// For so long.
        minutes: u32,
    },
}

/// How long one waits after so many failed attempts, in minutes.
fn wait(failed: u32, free: u32) -> u32 {
    match failed.checked_sub(free) {
        None => 0,
        Some(further) => 1_u32.checked_shl(further).unwrap_or(LONGEST).min(LONGEST),
    }
}

impl Platform {
    /// Sign-in with name and password. The attempt is counted before the password is looked at, so that many at once
    /// gain nothing; a good one wipes the count.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn sign_in(&self, government: &GovernmentCode, name: &str, password: &str) -> Result<SignIn, Fault> {
        let digest = ledger::hash(name.as_bytes());
        if let Some(minutes) = self.attempt(government, digest, FREE)? {
            return Ok(SignIn::Wait { minutes });
        }
        let person = self.fitting(government, name, password)?;
        if person.is_some() {
            self.store.attempts_end(government, digest)?;
        }
        Ok(person.map_or(SignIn::No, SignIn::In))
    }

    /// Counts an attempt at something that is guarded by its number, before it is looked at; gives how many minutes to wait
    /// where there were more than `free` in vain.
    pub(crate) fn attempt(&self, government: &GovernmentCode, digest: Digest, free: u32) -> Result<Option<u32>, Fault> {
        const TRIES: usize = 4;
        let (_, now) = self.clock.now();
        for _ in 0..TRIES {
            let stands = self.store.attempts(government, digest)?;
            let failed = if now - stands.last > FORGOTTEN { 0 } else { stands.failed };
            let until = stands.last + i64::from(wait(failed, free)) * MINUTE;
            if failed >= free && now < until {
                let minutes = (until - now + MINUTE - 1) / MINUTE;
                return Ok(Some(u32::try_from(minutes).unwrap_or(LONGEST)));
            }
            let counted = Attempts { failed: failed + 1, last: now };
            if self.store.attempts_put(government, digest, stands.failed, counted)? {
                return Ok(None);
            }
        }
        Ok(Some(1))
    }

    /// An attempt that was not in vain counts no more, those before it do.
    pub(crate) fn attempt_fitted(&self, government: &GovernmentCode, digest: Digest) -> Result<(), Fault> {
        let stands = self.store.attempts(government, digest)?;
        let fewer = Attempts { failed: stands.failed.saturating_sub(1), last: stands.last };
        // Where another attempt was quicker, one too many is counted.
        self.store.attempts_put(government, digest, stands.failed, fewer).map(|_| ())
    }

    /// Begins a session. Token and secret are random; of the token only the digest is kept.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn session_begin(&self, person: &Person, token: &str, secret: &str) -> Result<(), Fault> {
        let (_, now) = self.clock.now();
        self.store.session_begin(&SessionRow {
            government: person.government.clone(),
            token: ledger::hash(token.as_bytes()),
            account: person.account.clone(),
            secret: secret.to_owned(),
            begun: now,
            seen: now,
            told: String::new(),
        })
    }

    /// Who comes, by the government and token of a session, and what everybody is told of the data. No session: there is
    /// none of that token, it has ended, or its account is gone.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn visit(&self, session: Option<(&GovernmentCode, &str)>) -> Result<Visit, Fault> {
        let row = match session {
            Some((government, token)) => self.store.session(government, ledger::hash(token.as_bytes()))?,
            None => None,
        };
        let (_, now) = self.clock.now();
        let (begun, seen) = self.session_times.since(now);
        let stands = row.filter(|row| row.begun >= begun && row.seen >= seen);
        let mut read = self.store.read()?;
        let (synthetic, coming) = notes(read.as_mut())?;
        let Some(row) = stands else { return Ok(Visit { session: None, synthetic, coming }) };
        let person = standing_person(read.as_mut(), &row.government, &row.account, self.now().date())?;
        let Some((person, renew)) = person else { return Ok(Visit { session: None, synthetic, coming }) };
        let unread = read.unread(&person.government, &person.account, MOST_UNREAD + 1)?;
        drop(read);
        if now - row.seen >= NOTED {
            self.store.session_seen(&row.government, row.token, now)?;
        }
        let told = serde_json::from_str(&row.told).unwrap_or_default();
        let session = Session { person, renew, secret: row.secret, told, unread };
        Ok(Visit { session: Some(session), synthetic, coming })
    }

    /// Keeps what the session's next page says; nothing takes it back.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn session_tell(&self, government: &GovernmentCode, token: &str, told: &[String]) -> Result<(), Fault> {
        let text = if told.is_empty() { String::new() } else { serde_json::Value::from(told).to_string() };
        self.store.session_tell(government, ledger::hash(token.as_bytes()), &text)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn session_end(&self, government: &GovernmentCode, token: &str) -> Result<(), Fault> {
        self.store.session_end(government, ledger::hash(token.as_bytes()))
    }

    /// How many are signed in.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn sessions(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        let (begun, seen) = self.session_times.since(self.clock.now().1);
        self.store.sessions(government, begun, seen)
    }

    /// Clears away sessions and failed attempts that count no more; gives how many sessions.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn sessions_sweep(&self, government: &GovernmentCode) -> Result<u64, Fault> {
        let (_, now) = self.clock.now();
        let (begun, seen) = self.session_times.since(now);
        self.store.sessions_sweep(government, begun, seen, now - FORGOTTEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_end() {
        let waits: Vec<u32> = (3..=12).map(|failed| wait(failed, FREE)).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 15, 15, 15, 15]);
        assert_eq!(wait(u32::MAX, FREE), LONGEST);
    }
}
