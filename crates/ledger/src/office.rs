//! Who works here, from when until when, and what administrators did about it. Beside the ledger, in the same
//! transactions.

use terms::{Code, Date, GovernmentCode, PlaceCode};

use crate::{Fault, LookRow};

/// A post held from a day to a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingRow {
    /// Government.
    pub government: GovernmentCode,
    /// Account.
    pub account: Code,
    /// Post.
    pub post: Code,
    /// First day.
    pub since: Date,
    /// Last day; before the first: it was taken back before it began.
    pub until: Option<Date>,
}

impl HoldingRow {
    /// Whether it is held on a day.
    pub fn holds(&self, on: Date) -> bool {
        self.since <= on && self.until.is_none_or(|until| on <= until)
    }
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingRow {
    /// Government.
    pub government: GovernmentCode,
    /// Account.
    pub account: Code,
    /// The day from which it is closed.
    pub closed: Option<Date>,
    /// Its password has to be changed before anything else.
    pub renew: bool,
}

/// What an agency was from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyPast {
    /// Government.
    pub government: GovernmentCode,
    /// Code.
    pub code: Code,
    /// First day.
    pub since: Date,
    /// The last day on which there was such an agency.
    pub until: Option<Date>,
    /// Name.
    pub name: String,
    /// Where it worked.
    pub place: PlaceCode,
}

/// Something that an administrator did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeRow {
    /// Government.
    pub government: GovernmentCode,
    /// 1, 2, 3 ... in the government.
    pub n: u64,
    /// When: microseconds, UTC.
    pub at: i64,
    /// Who.
    pub account: Code,
    /// What, as a code.
    pub what: Code,
    /// To which account or agency.
    pub subject: Code,
    /// How it stood.
    pub before: String,
    /// How it stands. Never a password.
    pub after: String,
}

/// Reading of it.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be read
pub trait OfficeRead {
    /// The posts that an account held, holds and will hold, by post and day.
    fn holdings(&mut self, government: &GovernmentCode, account: &str) -> Result<Vec<HoldingRow>, Fault>;
    /// The posts held on a day, by account and post.
    fn holders(&mut self, government: &GovernmentCode, on: Date) -> Result<Vec<HoldingRow>, Fault>;
    /// How an account stands; `None`: it was never closed, nor its password reset.
    fn standing(&mut self, government: &GovernmentCode, account: &str) -> Result<Option<StandingRow>, Fault>;
    /// How those accounts stand of which there is something to tell, by name.
    fn standings(&mut self, government: &GovernmentCode) -> Result<Vec<StandingRow>, Fault>;
    /// What agencies were called, by code and day.
    fn agencies_past(&mut self, government: &GovernmentCode) -> Result<Vec<AgencyPast>, Fault>;
    /// What administrators did, newest first, from before a number.
    fn office(&mut self, government: &GovernmentCode, before: Option<u64>, limit: u32)
    -> Result<Vec<OfficeRow>, Fault>;
    /// Who looked at personal data, of whichever record, newest first, before a moment; `account` narrows it.
    fn all_looks(
        &mut self,
        government: &GovernmentCode,
        account: Option<&str>,
        before: i64,
        limit: u32,
    ) -> Result<Vec<LookRow>, Fault>;
}

/// Writing of it.
#[allow(clippy::missing_errors_doc)] // every method: where the store cannot be written
pub trait OfficeWrite {
    /// Grants a post from a day, or sets the day on which what was granted ends.
    fn put_holding(&mut self, row: &HoldingRow) -> Result<(), Fault>;
    /// Says how an account stands.
    fn put_standing(&mut self, row: &StandingRow) -> Result<(), Fault>;
    /// Says what an agency is from a day on.
    fn put_agency_past(&mut self, row: &AgencyPast) -> Result<(), Fault>;
    /// Notes what an administrator did; its number is the one after the last.
    fn note_office(&mut self, row: &OfficeRow) -> Result<(), Fault>;
}
