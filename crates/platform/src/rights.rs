//! Who sees what: a person and the catalogue make a [`Sight`] once; lists, counts, search and a single record ask it.

use catalog::{Post, Terms};
use ledger::{Above, Fault, LookRow, Narrowing, Near, Read, RecordQuery, RecordRow, Sight, Wide};
use procedure::{Line, PartyKind, Record, Sees, Value};
use terms::{Calendar, Code, DateTime, GovernmentCode, Level, Mask, RecordId};

use crate::{Person, Platform};

/// How somebody sees a record that they see at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Only after stating a reason: a superior's view.
    ForReason,
    /// With personal content masked: who need not know it.
    Masked,
    /// As a whole.
    Whole,
}

/// The posts each of which alone makes whoever holds it need to know what is personal in a record.
pub(crate) fn need_to_know(line: &Line, record: &Record, calendar: &Calendar) -> Vec<Code> {
    let mut named = line.sees_of(record, calendar).filter(|sees| !sees.personal.is_empty());
    let mut posts = match named.next() {
        Some(first) => first.personal.clone(),
        None => line.acts.iter().flat_map(|act| act.by.iter().chain(&act.sign)).cloned().collect(),
    };
    for sees in named {
        posts.retain(|post| sees.personal.contains(post));
    }
    posts.sort();
    posts.dedup();
    posts
}

/// What stands for a personal value that no mask can shorten.
const BOX: &str = "□";

impl Platform {
    /// What a person sees of the records of their own government.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn sight(&self, person: &Person) -> Result<Sight, Fault> {
        self.sight_of(self.store.read()?.as_mut(), person, &person.government)
    }

    /// What a person sees of the records of any government: nothing, unless it is their own or lies below it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn sight_in(&self, person: &Person, government: &GovernmentCode) -> Result<Sight, Fault> {
        self.sight_of(self.store.read()?.as_mut(), person, government)
    }

    pub(crate) fn sight_of(
        &self,
        read: &mut dyn Read,
        person: &Person,
        government: &GovernmentCode,
    ) -> Result<Sight, Fault> {
        let below = self.is_below(government, &person.government);
        sight(read, &self.catalog.terms, person, government, below)
    }

    /// Whether a government lies below another.
    fn is_below(&self, government: &GovernmentCode, above: &GovernmentCode) -> bool {
        // Most ask for their own government: the tree need not be walked for that.
        government != above
            && self.catalog.regions.subtree(above, self.now().date()).iter().any(|region| region.code == *government)
    }

    /// The governments below a person's own of which a post lets them see records, by code with their names.
    pub fn below(&self, person: &Person) -> Vec<(GovernmentCode, String)> {
        let terms = &self.catalog.terms;
        let posts = || person.posts.iter().filter_map(|post| terms.post(post));
        let sees = posts().any(|post| post.below > procedure::Above::Figures);
        if !sees || posts().any(|post| post.administers.is_some()) {
            return Vec::new();
        }
        let (regions, today) = (&self.catalog.regions, self.now().date());
        let mut all: Vec<(GovernmentCode, String)> = regions
            .subtree(&person.government, today)
            .iter()
            .filter(|region| region.code != person.government)
            .filter(|region| region.level <= Level::County)
            .map(|region| (region.code.clone(), region.name.clone()))
            .collect();
        all.sort();
        all
    }

    /// Whether a person sees a record at all.
    pub(crate) fn sees(&self, read: &mut dyn Read, person: &Person, row: &RecordRow) -> Result<bool, Fault> {
        Ok(self.sight_of(read, person, &row.government)?.sees(row))
    }

    /// The query of everything that a person sees of a government.
    pub(crate) fn query(
        &self,
        read: &mut dyn Read,
        person: &Person,
        government: &GovernmentCode,
    ) -> Result<RecordQuery, Fault> {
        let sight = self.sight_of(read, person, government)?;
        Ok(RecordQuery { government: Some(government.clone()), sight: Some(sight), ..RecordQuery::default() })
    }

    /// How a person sees a record; `None`: not at all. `row` and `record` are of the same record.
    pub(crate) fn seen(
        &self,
        read: &mut dyn Read,
        person: &Person,
        row: &RecordRow,
        line: &Line,
        record: &Record,
    ) -> Result<Option<Seen>, Fault> {
        if !self.sight_of(read, person, &row.government)?.sees(row) {
            return Ok(None);
        }
        if row.government == person.government && self.needs_to_know(person, line, record) {
            return Ok(Some(Seen::Whole));
        }
        // Whoever stated today why they look sees the rest of the day.
        let since = terms::micros_of(DateTime::from_parts(self.now().date(), terms::Time::midnight()));
        let looks = read.looks(&row.government, row.id)?;
        let account = looker(person, &row.government);
        if looks.iter().any(|look| look.account == account && look.at >= since && !look.reason.is_empty()) {
            return Ok(Some(Seen::Whole));
        }
        let posts = person.posts.iter().filter_map(|post| self.catalog.terms.post(post));
        let most = posts.map(|post| above(post.below)).max().unwrap_or_default().min(row.narrowing.above);
        let asks = row.government != person.government && most < Above::Records;
        Ok(Some(if asks { Seen::ForReason } else { Seen::Masked }))
    }

    /// Whether somebody who sees a record needs to know what is personal in it: whoever handles it, and the posts that
    /// the line names; where it names none, those that act or sign in it.
    fn needs_to_know(&self, person: &Person, line: &Line, record: &Record) -> bool {
        let stand_in = record.stand_in.as_ref().filter(|(_, until)| *until >= self.now().date());
        let handles = record.handler.as_ref() == Some(&person.account)
            || stand_in.is_some_and(|(account, _)| *account == person.account);
        let covers = |post: &Code| {
            let across = self.catalog.terms.post(post).is_some_and(|post| post.across);
            person.posts.contains(post) && (record.agency == person.agency || across)
        };
        let calendar = &self.catalog.calendar;
        let named: Vec<&Sees> = line.sees_of(record, calendar).filter(|sees| !sees.personal.is_empty()).collect();
        if handles || !named.is_empty() {
            return handles || named.iter().all(|sees| sees.personal.iter().any(covers));
        }
        line.acts.iter().flat_map(|act| act.by.iter().chain(&act.sign)).any(covers)
    }

    /// Notes why somebody looks at a record whose personal content they need not know, and gives whether there is such
    /// a record for them to see. From then on they see it whole until the day ends.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn look(
        &self,
        person: &Person,
        government: &GovernmentCode,
        id: RecordId,
        reason: &str,
    ) -> Result<bool, Fault> {
        let reason = reason.trim();
        let seen = {
            let mut read = self.store.read()?;
            let Some(row) = read.record(government, id)? else { return Ok(false) };
            !reason.is_empty() && self.sight_of(read.as_mut(), person, government)?.sees(&row)
        };
        if seen {
            let mut tx = self.store.begin(government)?;
            let account = looker(person, government);
            let (_, at) = self.clock.now();
            tx.note_look(government, &LookRow { record: id, account, at, reason: reason.to_owned() })?;
            tx.commit()?;
        }
        Ok(seen)
    }
}

/// What a person sees of the records of a government: their own, or one `below` it.
pub(crate) fn sight(
    read: &mut dyn Read,
    terms: &Terms,
    person: &Person,
    government: &GovernmentCode,
    below: bool,
) -> Result<Sight, Fault> {
    let posts: Vec<&Post> = person.posts.iter().filter_map(|post| terms.post(post)).collect();
    let mut sight = Sight::nothing(government.clone());
    // Who administers does no business, whatever else the account may hold.
    if posts.iter().any(|post| post.administers.is_some()) {
        return Ok(sight);
    }
    let wide = |reaches: fn(&Post) -> bool, above: bool| {
        let by: Vec<Code> = posts.iter().filter(|post| reaches(post)).map(|post| post.code.clone()).collect();
        (!by.is_empty()).then_some(Wide { by, above })
    };
    if *government == person.government {
        let by = person.posts.iter().cloned().chain([at(&person.account)]).collect();
        sight.near = Some(Near { agency: person.agency.clone(), by });
        sight.wide = wide(|post| post.across, false);
    } else if below {
        sight.wide = wide(|post| post.below > procedure::Above::Figures, true);
    }
    let agency = read.agencies(&person.government)?.into_iter().find(|agency| agency.code == person.agency);
    sight.names = vec![person.account.clone(), person.shown.as_str().into(), person.agency.clone()];
    sight.names.extend(agency.map(|agency| agency.name.as_str().into()));
    sight.names.retain(|name| !name.is_empty());
    sight.names.sort();
    sight.names.dedup();
    Ok(sight)
}

/// An account as it looks at a government's records: of another government it is named with its own.
pub(crate) fn looker(person: &Person, government: &GovernmentCode) -> Code {
    if person.government == *government {
        return person.account.clone();
    }
    format!("{}@{}", person.account, person.government).as_str().into()
}

fn above(above: procedure::Above) -> Above {
    match above {
        procedure::Above::Figures => Above::Figures,
        procedure::Above::Reason => Above::Reason,
        procedure::Above::Records => Above::Records,
    }
}

/// An account among posts.
fn at(account: &Code) -> Code {
    format!("@{account}").as_str().into()
}

/// What a record's line lets be seen of it, for its row.
pub(crate) fn narrowing(line: &Line, record: &Record, calendar: &Calendar) -> Narrowing {
    let mut narrowing = Narrowing::default();
    let mut only: Option<Vec<Code>> = None;
    for sees in line.sees_of(record, calendar) {
        if !sees.only.is_empty() {
            only = Some(match only {
                None => sees.only.clone(),
                Some(posts) => posts.into_iter().filter(|post| sees.only.contains(post)).collect(),
            });
        }
        for field in &sees.hidden_from {
            narrowing.hidden.extend(record.get(*field).map(names_in).unwrap_or_default());
        }
        narrowing.above = sees.above.map_or(narrowing.above, |most| narrowing.above.min(above(most)));
    }
    if let Some(posts) = only {
        let stand_in = record.stand_in.as_ref().map(|(account, _)| account);
        let own = record.handler.iter().chain(stand_in).map(at);
        narrowing.only = posts.into_iter().chain(own).collect();
        if narrowing.only.is_empty() {
            // Nobody is left who sees it; an empty list would mean everybody.
            narrowing.only.push("@".into());
        }
    }
    for list in [&mut narrowing.only, &mut narrowing.hidden] {
        list.sort();
        list.dedup();
    }
    narrowing
}

/// Whom a value names.
fn names_in(value: &Value) -> Vec<Code> {
    let texts: Vec<&str> = match value {
        Value::Text(text) => text.split(['、', '，', ',', '；', ';', '\n']).collect(),
        // An organ is named with its government.
        Value::Key(code) | Value::Choice(code) => {
            code.split_once('/').map(|(_, agency)| agency).into_iter().chain([code.as_str()]).collect()
        }
        Value::Keys(codes) | Value::Choices(codes) => codes.iter().map(Code::as_str).collect(),
        Value::Party(party) => vec![party.name.as_str()],
        _ => Vec::new(),
    };
    texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).map(Code::new).collect()
}

/// A record for somebody who need not know what is personal in it.
pub(crate) fn masked(line: &Line, record: &Record) -> Record {
    let mut masked = record.clone();
    for (id, field) in line.fields_with_ids().filter(|(_, field)| field.personal) {
        if let Some(Some(value)) = masked.fields.get_mut(id.index()) {
            *value = masked_value(field, value);
        }
    }
    if let Some(proposal) = &mut masked.proposal {
        for (id, value) in &mut proposal.changes {
            let field = line.field(*id);
            if field.personal {
                *value = masked_value(field, value);
            }
        }
    }
    masked
}

/// A personal value as somebody sees it who need not know it.
pub(crate) fn masked_value(field: &procedure::Field, value: &Value) -> Value {
    match value {
        Value::Party(party) => {
            let mut party = party.clone();
            let hide = |text: &mut Option<String>| {
                if let Some(text) = text {
                    *text = BOX.to_owned();
                }
            };
            if party.kind == PartyKind::Person {
                party.name = field.mask.unwrap_or(Mask::Surname).apply(&party.name);
                hide(&mut party.number);
                hide(&mut party.address);
            }
            hide(&mut party.phone);
            Value::Party(party)
        }
        Value::Text(text) => Value::Text(field.mask.unwrap_or(Mask::Hide).apply(text)),
        _ => Value::Text(BOX.to_owned()),
    }
}
