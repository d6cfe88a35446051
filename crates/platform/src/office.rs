//! Administration: three who check each other. One makes accounts and agencies, one grants posts, one reads what the
//! other two did. None of them does business, and everything they do is in a log that nobody alters.

use catalog::Administers;
use ledger::{
    AccountRow, AgencyPast, AgencyRow, Fault, HoldingRow, LookRow, OfficeRow, RecordQuery, RecordRow, StandingRow,
    Transaction,
};
use terms::{Code, Date, GovernmentCode, PlaceCode};

use crate::{Person, Platform, SignIn, hash_password};

/// The first day of what was held before anybody wrote down from when.
pub const ALWAYS: Date = Date::constant(1, 1, 1);
/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
/// The most: what is longer is no password but an attempt to keep the program busy.
pub const LONGEST: usize = 200;

/// Why an administrator's act was not done.
#[derive(Debug)]
pub enum OfficeError {
    /// It is not for this person to do; they are not told whether there is anything to do it to.
    NotYours,
    /// There is no such account, agency or post.
    Unknown,
    /// It may not be so; the code of the sentence that says why.
    Refused(&'static str),
    /// The store failed.
    Fault(Fault),
}

impl From<Fault> for OfficeError {
    fn from(fault: Fault) -> OfficeError {
        OfficeError::Fault(fault)
    }
}

type Done = Result<(), OfficeError>;

/// An account with all that administrators see of it.
#[derive(Clone, Debug)]
pub struct AccountFile {
    /// The account, without its password.
    pub account: AccountRow,
    /// The day from which it is closed.
    pub closed: Option<Date>,
    /// Its password has to be changed first.
    pub renew: bool,
    /// The posts it held, holds and will hold.
    pub holdings: Vec<HoldingRow>,
}

/// An account that left, and how many open records it still handles, exact up to 1,000 (then 1,001).
#[derive(Clone, Debug)]
pub struct Left {
    /// The account.
    pub account: Code,
    /// Name to show.
    pub shown: String,
    /// Its agency.
    pub agency: Code,
    /// The day from which it is closed.
    pub closed: Date,
    /// Open records.
    pub open: u32,
}

/// What is wrong with a new password, as the code of a sentence.
///
/// # Errors
/// Where it may not be used.
pub fn check_password(account: &str, password: &str) -> Result<(), &'static str> {
    let length = password.chars().count();
    let first = password.chars().next();
    if length < SHORTEST {
        Err("password-short")
    } else if length > LONGEST {
        Err("password-long")
    } else if password.to_lowercase().contains(&account.to_lowercase()) {
        Err("password-name")
    } else if password.chars().all(|c| Some(c) == first) || password.chars().all(|c| c.is_ascii_digit()) {
        Err("password-plain")
    } else {
        Ok(())
    }
}

/// Whether a text can be a code that people sign in with or agencies are called by.
fn is_code(text: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 60 && text.chars().all(good)
}

/// Whether a text can be a name to show.
fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control)
}

/// An administrator's act inside its transaction: what is written, and its line in the log.
struct Desk<'a> {
    tx: Box<dyn Transaction + 'a>,
    government: GovernmentCode,
    by: Code,
    at: i64,
    today: Date,
}

impl Desk<'_> {
    fn account(&mut self, name: &str) -> Result<AccountRow, OfficeError> {
        self.tx.account(&self.government, name)?.ok_or(OfficeError::Unknown)
    }

    fn standing(&mut self, name: &str) -> Result<StandingRow, Fault> {
        let stands = self.tx.standing(&self.government, name)?;
        Ok(stands.unwrap_or_else(|| StandingRow {
            government: self.government.clone(),
            account: name.into(),
            closed: None,
            renew: false,
        }))
    }

    fn agency(&mut self, code: &str) -> Result<AgencyRow, OfficeError> {
        let all = self.tx.agencies(&self.government)?;
        let ended = self.tx.agencies_past(&self.government)?;
        let today = self.today;
        let over = ended.iter().rev().find(|past| past.code == code && past.since <= today);
        if over.is_some_and(|past| past.until.is_some_and(|until| until < today)) {
            return Err(OfficeError::Refused("office-agency-over"));
        }
        all.into_iter().find(|agency| agency.code == code).ok_or(OfficeError::Unknown)
    }

    /// Brings the posts in the account's row to what it holds today.
    fn refresh(&mut self, name: &str) -> Done {
        let holdings = self.tx.holdings(&self.government, name)?;
        let account = self.account(name)?;
        let posts = held(&account, &holdings, self.today);
        if posts != account.posts {
            self.tx.put_account(&AccountRow { posts, ..account })?;
        }
        Ok(())
    }

    /// Writes down what an account holds without anybody having written from when.
    fn write_down(&mut self, account: &AccountRow) -> Result<Vec<HoldingRow>, OfficeError> {
        let holdings = self.tx.holdings(&self.government, &account.name)?;
        if !holdings.is_empty() {
            return Ok(holdings);
        }
        for post in &account.posts {
            self.tx.put_holding(&HoldingRow {
                government: self.government.clone(),
                account: account.name.clone(),
                post: post.clone(),
                since: ALWAYS,
                until: None,
            })?;
        }
        Ok(self.tx.holdings(&self.government, &account.name)?)
    }

    fn done(mut self, what: &str, subject: &str, before: String, after: String) -> Done {
        let last = self.tx.office(&self.government, None, 1)?;
        let row = OfficeRow {
            government: self.government,
            n: last.first().map_or(0, |row| row.n) + 1,
            at: self.at,
            account: self.by,
            what: what.into(),
            subject: subject.into(),
            before,
            after,
        };
        self.tx.note_office(&row)?;
        Ok(self.tx.commit()?)
    }
}

/// What an account holds on a day: as its past says, and where nobody wrote one down, as its row says.
pub(crate) fn held(account: &AccountRow, holdings: &[HoldingRow], on: Date) -> Vec<Code> {
    if holdings.is_empty() {
        return account.posts.clone();
    }
    let mut posts: Vec<Code> = holdings.iter().filter(|row| row.holds(on)).map(|row| row.post.clone()).collect();
    posts.sort();
    posts.dedup();
    posts
}

fn told(account: &AccountRow) -> String {
    format!("{} {}", account.shown, account.agency)
}

fn days(row: &HoldingRow) -> String {
    format!("{} {} … {}", row.post, row.since, row.until.map(|day| day.to_string()).unwrap_or_default())
}

impl Platform {
    /// What a person administers.
    pub fn administers(&self, person: &Person) -> Vec<Administers> {
        let posts = person.posts.iter().filter_map(|post| self.catalog.terms.post(post));
        posts.filter_map(|post| post.administers).collect()
    }

    fn desk(&self, by: &Person, duty: Administers) -> Result<Desk<'_>, OfficeError> {
        // As it stands now, and not when the session began.
        let by = self.person(&by.government, &by.account)?.ok_or(OfficeError::NotYours)?;
        if !self.administers(&by).contains(&duty) {
            return Err(OfficeError::NotYours);
        }
        self.desk_of(&by.government, by.account)
    }

    fn desk_of(&self, government: &GovernmentCode, by: Code) -> Result<Desk<'_>, OfficeError> {
        let (now, at) = self.clock.now();
        Ok(Desk { tx: self.store.begin(government)?, government: government.clone(), by, at, today: now.date() })
    }

    fn may_read(&self, by: &Person, duties: &[Administers]) -> Done {
        let has = self.administers(by).iter().any(|duty| duties.contains(duty));
        if has { Ok(()) } else { Err(OfficeError::NotYours) }
    }

    /// Makes an account without posts; its password has to be changed at the first sign-in.
    ///
    /// # Errors
    /// Where it may not be made.
    pub fn make_account(&self, by: &Person, name: &str, shown: &str, agency: &str, password: &str) -> Done {
        let mut desk = self.desk(by, Administers::Accounts)?;
        if !is_code(name) {
            return Err(OfficeError::Refused("office-bad-code"));
        }
        if !is_name(shown) {
            return Err(OfficeError::Refused("office-bad-name"));
        }
        if desk.tx.account(&desk.government.clone(), name)?.is_some() {
            return Err(OfficeError::Refused("office-taken"));
        }
        desk.agency(agency)?;
        let row = AccountRow {
            government: desk.government.clone(),
            name: name.into(),
            shown: shown.trim().to_owned(),
            agency: agency.into(),
            posts: Vec::new(),
            password: password.to_owned(),
        };
        desk.tx.put_account(&row)?;
        let standing = StandingRow { renew: true, ..desk.standing(name)? };
        desk.tx.put_standing(&standing)?;
        desk.done("account-made", name, String::new(), told(&row))
    }

    /// Changes the name that is shown and the agency. Posts are of an agency: whoever moves loses theirs.
    ///
    /// # Errors
    /// Where it may not be changed.
    pub fn change_account(&self, by: &Person, name: &str, shown: &str, agency: &str) -> Done {
        let mut desk = self.desk(by, Administers::Accounts)?;
        if !is_name(shown) {
            return Err(OfficeError::Refused("office-bad-name"));
        }
        let account = desk.account(name)?;
        desk.agency(agency)?;
        if account.agency != agency {
            self.end_all(&mut desk, &account)?;
        }
        let account = desk.account(name)?;
        let changed = AccountRow { shown: shown.trim().to_owned(), agency: agency.into(), ..account.clone() };
        if changed == account {
            return Ok(());
        }
        desk.tx.put_account(&changed)?;
        desk.done("account-changed", name, told(&account), told(&changed))
    }

    /// Ends every post of an account with yesterday; what was to begin does not.
    fn end_all(&self, desk: &mut Desk<'_>, account: &AccountRow) -> Done {
        let yesterday = desk.today.yesterday().unwrap_or(desk.today);
        for row in desk.write_down(account)? {
            if row.until.is_none_or(|until| until > yesterday) {
                desk.tx.put_holding(&HoldingRow { until: Some(yesterday), ..row })?;
            }
        }
        desk.refresh(&account.name)
    }

    /// Closes an account: from now on nobody signs in with it, and it holds nothing. It is never deleted.
    ///
    /// # Errors
    /// Where it may not be closed.
    pub fn close_account(&self, by: &Person, name: &str) -> Done {
        let mut desk = self.desk(by, Administers::Accounts)?;
        if by.account == name {
            return Err(OfficeError::Refused("office-own"));
        }
        let account = desk.account(name)?;
        let standing = desk.standing(name)?;
        if standing.closed.is_some() {
            return Err(OfficeError::Refused("office-closed"));
        }
        self.end_all(&mut desk, &account)?;
        let account = desk.account(name)?;
        desk.tx.put_account(&AccountRow { password: String::new(), ..account.clone() })?;
        let closed = StandingRow { closed: Some(desk.today), ..standing };
        desk.tx.put_standing(&closed)?;
        let after = desk.today.to_string();
        desk.done("account-closed", name, told(&account), after)
    }

    /// Gives an account another password, which has to be changed at the next sign-in; a closed one is open again, with
    /// no posts.
    ///
    /// # Errors
    /// Where it may not be given.
    pub fn reset_password(&self, by: &Person, name: &str, password: &str) -> Done {
        let mut desk = self.desk(by, Administers::Accounts)?;
        if by.account == name {
            return Err(OfficeError::Refused("office-own"));
        }
        let account = desk.account(name)?;
        let standing = desk.standing(name)?;
        desk.tx.put_account(&AccountRow { password: password.to_owned(), ..account })?;
        let before = standing.closed.map(|day| day.to_string()).unwrap_or_default();
        let what = if standing.closed.is_some() { "account-opened" } else { "password-reset" };
        desk.tx.put_standing(&StandingRow { closed: None, renew: true, ..standing })?;
        desk.done(what, name, before, String::new())
    }

    /// Grants a post from a day on, until a day where one is named.
    ///
    /// # Errors
    /// Where it may not be granted.
    pub fn grant_post(&self, by: &Person, name: &str, post: &str, since: Date, until: Option<Date>) -> Done {
        let desk = self.desk(by, Administers::Posts)?;
        if by.account == name {
            return Err(OfficeError::Refused("office-own"));
        }
        self.grant(desk, name, post, since, until)
    }

    fn grant(&self, mut desk: Desk<'_>, name: &str, post: &str, since: Date, until: Option<Date>) -> Done {
        let terms = &self.catalog.terms;
        let known = terms.post(post).filter(|post| post.role == catalog::PostRole::Post).ok_or(OfficeError::Unknown)?;
        let account = desk.account(name)?;
        if desk.standing(name)?.closed.is_some() {
            return Err(OfficeError::Refused("office-closed"));
        }
        if since < desk.today || until.is_some_and(|until| until < since) {
            return Err(OfficeError::Refused("office-past"));
        }
        let meets =
            |row: &HoldingRow| row.until.is_none_or(|end| end >= since) && until.is_none_or(|end| row.since <= end);
        for row in desk.write_down(&account)?.iter().filter(|row| meets(row)) {
            let administers = terms.post(&row.post).and_then(|post| post.administers);
            if row.post == post {
                return Err(OfficeError::Refused("office-held"));
            }
            // An administrator does no business, and no two duties of administration are in one hand.
            if administers.is_some() || known.administers.is_some() {
                return Err(OfficeError::Refused("office-apart"));
            }
        }
        let row =
            HoldingRow { government: desk.government.clone(), account: name.into(), post: post.into(), since, until };
        if desk.tx.holdings(&desk.government.clone(), name)?.iter().any(|old| old.post == post && old.since == since) {
            // It was taken back before it began; what was granted can only end.
            return Err(OfficeError::Refused("office-again"));
        }
        desk.tx.put_holding(&row)?;
        desk.refresh(name)?;
        desk.done("post-granted", name, String::new(), days(&row))
    }

    /// Ends a post with a day, yesterday at the earliest: then it is held no more from now on.
    ///
    /// # Errors
    /// Where it may not end so.
    pub fn end_post(&self, by: &Person, name: &str, post: &str, since: Date, until: Date) -> Done {
        let mut desk = self.desk(by, Administers::Posts)?;
        if by.account == name {
            return Err(OfficeError::Refused("office-own"));
        }
        let account = desk.account(name)?;
        let holdings = desk.write_down(&account)?;
        let row = holdings.into_iter().find(|row| row.post == post && row.since == since);
        let row = row.ok_or(OfficeError::Unknown)?;
        let yesterday = desk.today.yesterday().unwrap_or(desk.today);
        if until < yesterday || row.until.is_some_and(|end| end < yesterday || end <= until) {
            return Err(OfficeError::Refused("office-past"));
        }
        let ended = HoldingRow { until: Some(until), ..row.clone() };
        desk.tx.put_holding(&ended)?;
        desk.refresh(name)?;
        desk.done("post-ended", name, days(&row), days(&ended))
    }

    /// Makes an agency, or gives one another name or place from today on.
    ///
    /// # Errors
    /// Where it may not be so.
    pub fn put_agency(&self, by: &Person, code: &str, name: &str, place: &PlaceCode) -> Done {
        let mut desk = self.desk(by, Administers::Accounts)?;
        if !is_code(code) {
            return Err(OfficeError::Refused("office-bad-code"));
        }
        if !is_name(name) {
            return Err(OfficeError::Refused("office-bad-name"));
        }
        let regions = &self.catalog.regions;
        if regions.government(place, desk.today).as_ref() != Some(&desk.government) {
            return Err(OfficeError::Refused("office-elsewhere"));
        }
        let (government, today) = (desk.government.clone(), desk.today);
        let old = desk.tx.agencies(&government)?.into_iter().find(|agency| agency.code == code);
        let name = name.trim().to_owned();
        if old.as_ref().is_some_and(|old| old.name == name && old.place == *place) {
            return Ok(());
        }
        let past = |since, until, name: &str, place: &PlaceCode| AgencyPast {
            government: government.clone(),
            code: code.into(),
            since,
            until,
            name: name.to_owned(),
            place: place.clone(),
        };
        let known = desk.tx.agencies_past(&government)?.into_iter().rfind(|past| past.code == code);
        if let Some(old) = &old {
            // What it was until now, from when it is known, or from ever.
            let since = known.map_or(ALWAYS, |known| known.since);
            if since < today {
                desk.tx.put_agency_past(&past(since, today.yesterday().ok(), &old.name, &old.place))?;
            }
        }
        desk.tx.put_agency_past(&past(today, None, &name, place))?;
        desk.tx.put_agency(&AgencyRow {
            government: government.clone(),
            code: code.into(),
            name: name.clone(),
            place: place.clone(),
        })?;
        let what = if old.is_some() { "agency-changed" } else { "agency-made" };
        let before = old.map(|old| format!("{} {}", old.name, old.place)).unwrap_or_default();
        desk.done(what, code, before, format!("{name} {place}"))
    }

    /// Ends an agency with today, where nobody works there and no record of it is open any more.
    ///
    /// # Errors
    /// Where it may not end.
    pub fn end_agency(&self, by: &Person, code: &str) -> Done {
        let mut desk = self.desk(by, Administers::Accounts)?;
        let agency = desk.agency(code)?;
        let government = desk.government.clone();
        let closed: Vec<Code> = desk
            .tx
            .standings(&government)?
            .into_iter()
            .filter(|standing| standing.closed.is_some())
            .map(|standing| standing.account)
            .collect();
        let works = |account: &AccountRow| account.agency == code && !closed.contains(&account.name);
        let open = RecordQuery {
            government: Some(government.clone()),
            agencies: vec![code.into()],
            closed: Some(false),
            ..RecordQuery::default()
        };
        if desk.tx.accounts(&government)?.iter().any(works) || desk.tx.count(&open, 1)? > 0 {
            return Err(OfficeError::Refused("office-busy"));
        }
        let known = desk.tx.agencies_past(&government)?.into_iter().rfind(|past| past.code == code);
        let since = known.map_or(ALWAYS, |known| known.since);
        let until = desk.today.yesterday().ok();
        let told = agency.name.clone();
        let (name, place) = (agency.name, agency.place);
        desk.tx.put_agency_past(&AgencyPast { government, code: code.into(), since, until, name, place })?;
        let after = until.map(|day| day.to_string()).unwrap_or_default();
        desk.done("agency-ended", code, told, after)
    }

    /// Changes one's own password; the old one is tried as at sign-in, with the same waits.
    ///
    /// # Errors
    /// Where the old one does not fit or the new one may not be used.
    pub fn change_password(&self, person: &Person, old: &str, new: &str, salt: [u8; 16]) -> Done {
        check_password(&person.account, new).map_err(OfficeError::Refused)?;
        if old == new {
            return Err(OfficeError::Refused("password-same"));
        }
        match self.sign_in(&person.government, &person.account, old)? {
            SignIn::In(_) => {}
            SignIn::No => return Err(OfficeError::Refused("password-wrong")),
            SignIn::Wait { .. } => return Err(OfficeError::Refused("password-wait")),
        }
        let password = hash_password(new, salt).map_err(|_| OfficeError::Refused("password-long"))?;
        let mut desk = self.desk_of(&person.government, person.account.clone())?;
        let account = desk.account(&person.account)?;
        desk.tx.put_account(&AccountRow { password, ..account })?;
        let standing = StandingRow { renew: false, ..desk.standing(&person.account)? };
        desk.tx.put_standing(&standing)?;
        desk.done("password-changed", &person.account, String::new(), String::new())
    }

    /// Makes an administrator by whoever runs the program: the way to the first ones. The account is made where there is
    /// none.
    ///
    /// # Errors
    /// Where it may not be made.
    pub fn appoint(
        &self,
        government: &GovernmentCode,
        (name, shown): (&str, &str),
        (agency, agency_name): (&str, &str),
        post: &str,
        password: &str,
    ) -> Done {
        if self.catalog.terms.post(post).is_none_or(|post| post.administers.is_none()) {
            return Err(OfficeError::Unknown);
        }
        if !is_code(name) || !is_code(agency) {
            return Err(OfficeError::Refused("office-bad-code"));
        }
        if !is_name(shown) || !is_name(agency_name) {
            return Err(OfficeError::Refused("office-bad-name"));
        }
        let operator = Code::from("@operator");
        let mut desk = self.desk_of(government, operator.clone())?;
        if desk.tx.account(government, name)?.is_some() {
            return Err(OfficeError::Refused("office-taken"));
        }
        if !desk.tx.agencies(government)?.iter().any(|row| row.code == agency) {
            desk.tx.put_agency(&AgencyRow {
                government: government.clone(),
                code: agency.into(),
                name: agency_name.to_owned(),
                place: government.clone(),
            })?;
        }
        let row = AccountRow {
            government: government.clone(),
            name: name.into(),
            shown: shown.to_owned(),
            agency: agency.into(),
            posts: Vec::new(),
            password: password.to_owned(),
        };
        desk.tx.put_account(&row)?;
        let standing = StandingRow { renew: true, ..desk.standing(name)? };
        desk.tx.put_standing(&standing)?;
        desk.done("account-made", name, String::new(), told(&row))?;
        let desk = self.desk_of(government, operator)?;
        let today = desk.today;
        self.grant(desk, name, post, today, None)
    }

    /// The accounts of a government, for whoever administers.
    ///
    /// # Errors
    /// Where they may not be read.
    pub fn accounts(&self, by: &Person) -> Result<Vec<AccountFile>, OfficeError> {
        self.may_read(by, &[Administers::Accounts, Administers::Posts, Administers::Log])?;
        let (mut read, today) = (self.store.read()?, self.now().date());
        let holders = read.holders(&by.government, today)?;
        let standings = read.standings(&by.government)?;
        let mut files = Vec::new();
        for account in read.accounts(&by.government)? {
            let mut holdings: Vec<HoldingRow> =
                holders.iter().filter(|row| row.account == account.name).cloned().collect();
            if holdings.is_empty() {
                // Nothing today; of old accounts nobody wrote down from when they hold what they hold.
                holdings = self.unwritten(read.as_mut(), &account)?;
            }
            let standing = standings.iter().find(|row| row.account == account.name);
            let (closed, renew) = standing.map_or((None, false), |row| (row.closed, row.renew));
            files.push(AccountFile {
                account: AccountRow { password: String::new(), ..account },
                closed,
                renew,
                holdings,
            });
        }
        Ok(files)
    }

    fn unwritten(&self, read: &mut dyn ledger::Read, account: &AccountRow) -> Result<Vec<HoldingRow>, Fault> {
        if account.posts.is_empty() || !read.holdings(&account.government, &account.name)?.is_empty() {
            return Ok(Vec::new());
        }
        let row = |post: &Code| HoldingRow {
            government: account.government.clone(),
            account: account.name.clone(),
            post: post.clone(),
            since: ALWAYS,
            until: None,
        };
        Ok(account.posts.iter().map(row).collect())
    }

    /// One account with its past.
    ///
    /// # Errors
    /// Where it may not be read, or there is none.
    pub fn account_file(&self, by: &Person, name: &str) -> Result<AccountFile, OfficeError> {
        self.may_read(by, &[Administers::Accounts, Administers::Posts, Administers::Log])?;
        let mut read = self.store.read()?;
        let account = read.account(&by.government, name)?.ok_or(OfficeError::Unknown)?;
        let mut holdings = read.holdings(&by.government, name)?;
        if holdings.is_empty() {
            holdings = self.unwritten(read.as_mut(), &account)?;
        }
        let standing = read.standing(&by.government, name)?;
        let (closed, renew) = standing.map_or((None, false), |row| (row.closed, row.renew));
        Ok(AccountFile { account: AccountRow { password: String::new(), ..account }, closed, renew, holdings })
    }

    /// Who held which post on a day.
    ///
    /// # Errors
    /// Where it may not be read.
    pub fn holders(&self, by: &Person, on: Date) -> Result<Vec<HoldingRow>, OfficeError> {
        self.may_read(by, &[Administers::Posts, Administers::Log])?;
        let mut read = self.store.read()?;
        let mut all = read.holders(&by.government, on)?;
        for account in read.accounts(&by.government)? {
            all.extend(self.unwritten(read.as_mut(), &account)?);
        }
        all.sort_by(|a, b| (&a.post, &a.account, a.since).cmp(&(&b.post, &b.account, b.since)));
        Ok(all)
    }

    /// The agencies, and what they were called before.
    ///
    /// # Errors
    /// Where they may not be read.
    pub fn agencies(&self, by: &Person) -> Result<(Vec<AgencyRow>, Vec<AgencyPast>), OfficeError> {
        self.may_read(by, &[Administers::Accounts, Administers::Posts, Administers::Log])?;
        let mut read = self.store.read()?;
        Ok((read.agencies(&by.government)?, read.agencies_past(&by.government)?))
    }

    /// What administrators did, newest first, for the auditor.
    ///
    /// # Errors
    /// Where it may not be read.
    pub fn office_log(&self, by: &Person, before: Option<u64>, limit: u32) -> Result<Vec<OfficeRow>, OfficeError> {
        self.may_read(by, &[Administers::Log])?;
        Ok(self.store.read()?.office(&by.government, before, limit)?)
    }

    /// Who looked at personal data, newest first, for the auditor.
    ///
    /// # Errors
    /// Where it may not be read.
    pub fn all_looks(
        &self,
        by: &Person,
        account: Option<&str>,
        before: i64,
        limit: u32,
    ) -> Result<Vec<LookRow>, OfficeError> {
        self.may_read(by, &[Administers::Log])?;
        Ok(self.store.read()?.all_looks(&by.government, account, before, limit)?)
    }

    /// The records of closed accounts that are still open, as far as a person sees them: they are to be handed over.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn left_behind(&self, person: &Person, limit: u32) -> Result<Vec<(Left, Vec<RecordRow>)>, Fault> {
        let mut read = self.store.read()?;
        let all = self.query(read.as_mut(), person, &person.government)?;
        let mut left = Vec::new();
        for standing in read.standings(&person.government)? {
            let Some(closed) = standing.closed else { continue };
            let Some(account) = read.account(&person.government, &standing.account)? else { continue };
            let query =
                RecordQuery { handler: Some(standing.account.clone()), closed: Some(false), limit, ..all.clone() };
            let rows = read.records(&query)?;
            if !rows.is_empty() {
                let open = read.count(&query, crate::views::EXACT + 1)?;
                let (shown, agency) = (account.shown, account.agency);
                left.push((Left { account: standing.account, shown, agency, closed, open }, rows));
            }
        }
        Ok(left)
    }

    /// How many open records an account handles, whoever may see them, exact up to 1,000 (then 1,001).
    ///
    /// # Errors
    /// Where it may not be read.
    pub fn handles(&self, by: &Person, name: &str) -> Result<u32, OfficeError> {
        self.may_read(by, &[Administers::Accounts, Administers::Posts, Administers::Log])?;
        let query = RecordQuery {
            government: Some(by.government.clone()),
            handler: Some(name.into()),
            closed: Some(false),
            ..RecordQuery::default()
        };
        Ok(self.store.read()?.count(&query, crate::views::EXACT + 1)?)
    }

    /// Brings the posts in each account's row to what it holds today; part of a scheduler's round. Gives how many
    /// changed.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) fn refresh_posts(&self, government: &GovernmentCode) -> Result<usize, Fault> {
        let today = self.now().date();
        let changed = {
            let mut read = self.store.read()?;
            let mut changed = Vec::new();
            for account in read.accounts(government)? {
                let posts = held(&account, &read.holdings(government, &account.name)?, today);
                if posts != account.posts {
                    changed.push(account.name);
                }
            }
            changed
        };
        if !changed.is_empty() {
            let mut tx = self.store.begin(government)?;
            for name in &changed {
                let holdings = tx.holdings(government, name)?;
                if let Some(account) = tx.account(government, name)? {
                    let posts = held(&account, &holdings, today);
                    tx.put_account(&AccountRow { posts, ..account })?;
                }
            }
            tx.commit()?;
        }
        Ok(changed.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_a_rule() {
        for (password, wrong) in [
            ("short", "password-short"),
            ("123456789012", "password-plain"),
            ("aaaaaaaaaaaa", "password-plain"),
            ("my-ZHANG-password", "password-name"),
            ("ab".repeat(101).as_str(), "password-long"),
        ] {
            assert_eq!(check_password("zhang", password), Err(wrong), "{password}");
        }
        assert_eq!(check_password("zhang", "河湟谷地的春天来得晚"), Ok(()));
    }
}
