//! The proof that two ledgers hold the same: a digest over each kind of row, in the order of the walk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ledger::{DeltaSum, EventRow, Fault, Head, Links, MessageRow, NOTHING, Store, check_chain, extend_head, hash};
use terms::{Digest, GovernmentCode};

use super::Copying;
use super::walk::{Desk, Office, Part, Walk, Whole};

/// What two ledgers hold, side by side.
#[derive(Debug, PartialEq, Eq)]
pub struct Proof {
    /// Each government's log: its head in the first ledger and in the second.
    pub heads: Vec<(GovernmentCode, Head, Head)>,
    /// What is wrong with the chains of the second.
    pub chains: Vec<(GovernmentCode, String)>,
    /// Each kind of row: in the first ledger and in the second.
    pub kinds: Vec<(Kind, Sum, Sum)>,
}

impl Proof {
    /// Both hold the same, and the chains of the second are whole.
    pub fn holds(&self) -> bool {
        self.chains.is_empty()
            && self.heads.iter().all(|(_, from, to)| from == to)
            && self.kinds.iter().all(|(_, from, to)| from == to)
    }
}

/// Rows of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    /// A digest over all of them, in the order of the walk.
    pub digest: Digest,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum { rows: 0, digest: NOTHING }
    }
}

/// The kinds of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is the trait's row of that name
pub enum Kind {
    Event,
    Content,
    Command,
    Definition,
    Series,
    Record,
    Due,
    Waiting,
    Key,
    Delta,
    /// Sums of deltas, today and at half of the log: a delta that hangs on no record shows here.
    Figure,
    Public,
    Look,
    /// Messages between records.
    Message,
    Account,
    Agency,
    Holding,
    Standing,
    AgencyPast,
    Office,
    Draft,
    Remark,
    Notice,
    Found,
    Reached,
    Exchange,
    Note,
    /// Files that events name, each with the SM3 of the bytes that are there.
    Attachment,
}

impl Kind {
    /// All, in the order in which they are told.
    pub const ALL: [Kind; 28] = [
        Kind::Event,
        Kind::Content,
        Kind::Command,
        Kind::Definition,
        Kind::Series,
        Kind::Record,
        Kind::Due,
        Kind::Waiting,
        Kind::Key,
        Kind::Delta,
        Kind::Figure,
        Kind::Public,
        Kind::Look,
        Kind::Message,
        Kind::Account,
        Kind::Agency,
        Kind::Holding,
        Kind::Standing,
        Kind::AgencyPast,
        Kind::Office,
        Kind::Draft,
        Kind::Remark,
        Kind::Notice,
        Kind::Found,
        Kind::Reached,
        Kind::Exchange,
        Kind::Note,
        Kind::Attachment,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Event => "events",
            Kind::Content => "contents",
            Kind::Command => "commands",
            Kind::Definition => "definitions",
            Kind::Series => "series",
            Kind::Record => "records",
            Kind::Due => "due days",
            Kind::Waiting => "what waits",
            Kind::Key => "keys",
            Kind::Delta => "deltas",
            Kind::Figure => "sums",
            Kind::Public => "publications",
            Kind::Look => "looks",
            Kind::Message => "messages",
            Kind::Account => "accounts",
            Kind::Agency => "agencies",
            Kind::Holding => "posts held",
            Kind::Standing => "standings of accounts",
            Kind::AgencyPast => "names of agencies",
            Kind::Office => "acts of administrators",
            Kind::Draft => "drafts",
            Kind::Remark => "remarks",
            Kind::Notice => "notices",
            Kind::Found => "findings",
            Kind::Reached => "places reached",
            Kind::Exchange => "files in and out",
            Kind::Note => "notes",
            Kind::Attachment => "files",
        })
    }
}

/// What a walk has come by.
#[derive(Default)]
pub(super) struct Tally {
    kinds: BTreeMap<Kind, Sum>,
    heads: BTreeMap<GovernmentCode, Head>,
}

/// A row as bytes: every number has eight, and every text its length before it, so that no two rows are alike.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(mut self, number: impl Into<i128>) -> Bytes {
        self.0.extend(number.into().to_be_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Bytes {
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
        self
    }

    fn text(self, text: impl fmt::Display) -> Bytes {
        self.bytes(text.to_string().as_bytes())
    }

    fn maybe<T>(self, value: Option<T>, put: impl FnOnce(Bytes, T) -> Bytes) -> Bytes {
        match value {
            None => self.number(0),
            Some(value) => put(self.number(1), value),
        }
    }
}

impl Tally {
    /// Takes in one more row of a kind.
    fn row(&mut self, kind: Kind, bytes: Bytes) {
        let sum = self.kinds.entry(kind).or_default();
        sum.rows += 1;
        sum.digest = extend_head(sum.digest, hash(&bytes.0));
    }

    pub(super) fn add(&mut self, government: &GovernmentCode, part: &Part) {
        let own = || Bytes::default().text(government);
        match part {
            Part::Government { agencies, accounts, series, waiting, office, exchanges } => {
                waiting.iter().for_each(|row| self.message(row));
                self.office(government, office);
                for row in exchanges {
                    let bytes = own().bytes(&row.id.0).number(row.at).number(i64::from(row.inward)).text(&row.account);
                    let bytes = bytes.text(&row.line).text(&row.source).text(&row.approver).text(&row.standing);
                    let bytes = bytes.text(&row.file).bytes(&row.digest.0).number(row.rows).number(row.came);
                    let bytes = bytes.number(row.repeated).number(row.left_out).number(row.first).number(row.last);
                    self.row(Kind::Exchange, bytes);
                }
                self.heads.entry(government.clone()).or_insert(Head { position: 0, hash: NOTHING });
                for row in agencies {
                    self.row(Kind::Agency, own().text(&row.code).text(&row.name).text(&row.place));
                }
                for row in accounts {
                    let bytes = own().text(&row.name).text(&row.shown).text(&row.agency).text(&row.password);
                    self.row(Kind::Account, row.posts.iter().fold(bytes, Bytes::text));
                }
                for row in series {
                    self.row(Kind::Series, own().text(&row.series).number(row.year).number(row.last));
                }
            }
            Part::Log { events, commands } => {
                events.iter().for_each(|event| self.event(event));
                for row in commands {
                    self.row(Kind::Command, own().bytes(&row.id.0).number(row.record.0).number(row.position));
                }
            }
            Part::Records(wholes) => wholes.iter().for_each(|whole| self.whole(government, whole)),
            Part::Files(files) => {
                for (row, found) in files {
                    let bytes = own().bytes(&row.digest.0).number(row.size).text(&row.kind).number(row.uses);
                    self.row(Kind::Attachment, bytes.maybe(*found, |bytes, found| bytes.bytes(&found.0)));
                }
            }
            Part::Desk(desk) => self.desk(government, desk),
            Part::Sums(sums) => {
                for (figure, sums) in sums {
                    let bytes = own().text(figure);
                    let put = |bytes: Bytes, sum: &DeltaSum| bytes.text(&sum.key).number(sum.amount);
                    self.row(Kind::Figure, sums.iter().fold(bytes, put));
                }
            }
            Part::Shared { definitions, notes } => {
                for (digest, name, bytes) in definitions {
                    self.row(Kind::Definition, Bytes::default().bytes(&digest.0).text(name).bytes(bytes));
                }
                for (name, text) in notes {
                    self.row(Kind::Note, Bytes::default().text(name).text(text));
                }
            }
        }
    }

    fn office(&mut self, government: &GovernmentCode, office: &Office) {
        let own = || Bytes::default().text(government);
        for row in &office.holdings {
            let bytes = own().text(&row.account).text(&row.post).text(row.since);
            self.row(Kind::Holding, bytes.maybe(row.until, Bytes::text));
        }
        for row in &office.standings {
            self.row(Kind::Standing, own().text(&row.account).maybe(row.closed, Bytes::text).number(row.renew));
        }
        for row in &office.agencies {
            let bytes = own().text(&row.code).text(row.since).maybe(row.until, Bytes::text);
            self.row(Kind::AgencyPast, bytes.text(&row.name).text(&row.place));
        }
        for row in &office.done {
            let bytes = own().number(row.n).number(row.at).text(&row.account).text(&row.what).text(&row.subject);
            self.row(Kind::Office, bytes.text(&row.before).text(&row.after));
        }
    }

    fn event(&mut self, event: &EventRow) {
        let own = || Bytes::default().text(&event.government).number(event.position);
        let bytes = own().number(event.record.0).number(event.seq).bytes(&event.envelope).bytes(&event.hash.0);
        self.row(Kind::Event, bytes.bytes(&event.head.0));
        for part in &event.contents {
            let bytes = own().number(part.part).maybe(part.nonce, |bytes, nonce| bytes.bytes(&nonce));
            self.row(Kind::Content, bytes.maybe(part.bytes.as_deref(), Bytes::bytes));
        }
        let head = Head { position: event.position, hash: event.head };
        self.heads.insert(event.government.clone(), head);
    }

    fn whole(&mut self, government: &GovernmentCode, whole: &Whole) {
        let own = || Bytes::default().text(government).number(whole.record.0);
        if let Some(row) = &whole.row {
            let bytes = own().text(&row.line).bytes(&row.definition.0).text(&row.agency);
            let bytes = bytes.maybe(row.handler.as_ref(), Bytes::text).text(&row.place).text(&row.stage);
            let bytes = bytes.number(row.closed).text(&row.label).text(row.opened).text(row.touched);
            let bytes = bytes.maybe(row.due, Bytes::text).number(row.seq).bytes(&row.hash.0).bytes(&row.state);
            let bytes = bytes.text(ledger::column(&row.narrowing.only)).text(ledger::column(&row.narrowing.hidden));
            self.row(Kind::Record, bytes.number(row.narrowing.above.number()));
        }
        for row in &whole.due {
            self.row(Kind::Due, own().text(&row.limit).text(row.due).number(row.agency));
        }
        for row in &whole.waiting {
            let bytes = own().text(row.kind.name()).text(&row.what).text(&row.who);
            self.row(Kind::Waiting, bytes.text(&row.agency).text(row.day));
        }
        for row in &whole.keys {
            self.row(Kind::Key, own().text(&row.line).text(&row.field).text(&row.value).number(row.unique));
        }
        for row in &whole.deltas {
            let bytes = own().text(&row.figure).text(row.day).number(row.position).text(&row.agency);
            self.row(Kind::Delta, bytes.text(&row.place).text(&row.part).number(row.amount));
        }
        for row in &whole.public {
            let bytes = own().text(&row.line).text(&row.publication).text(row.published);
            let bytes = bytes.maybe(row.withdrawn, Bytes::text).bytes(&row.shown).bytes(&row.digest.0);
            self.row(Kind::Public, bytes);
        }
        for look in &whole.looks {
            self.row(Kind::Look, own().text(&look.account).number(look.at).text(&look.reason));
        }
        whole.messages.iter().for_each(|row| self.message(row));
    }

    fn message(&mut self, row: &MessageRow) {
        let bytes = Bytes::default().text(&row.government).number(row.sent).text(row.id.to_string());
        let bytes = bytes.maybe(row.record.map(|record| record.to_string()), Bytes::text).number(row.seq);
        let bytes = bytes.maybe(row.other.as_ref(), Bytes::text).text(&row.line);
        let bytes = bytes.maybe(row.there.map(|record| record.to_string()), Bytes::text).text(&row.addressee);
        let bytes = bytes.text(row.state.name()).text(&row.told).bytes(&row.bytes).number(row.at);
        self.row(Kind::Message, bytes);
    }

    fn desk(&mut self, government: &GovernmentCode, desk: &Desk) {
        let own = || Bytes::default().text(government);
        for row in &desk.drafts {
            let bytes = own().text(&row.account).bytes(&row.id.0).number(row.record.map_or(0, |record| record.0));
            self.row(Kind::Draft, bytes.text(&row.line).text(&row.act).bytes(&row.typed).number(row.at));
        }
        for row in &desk.remarks {
            let bytes = own().number(row.n).bytes(&row.id.0).number(row.record.0).text(&row.account).number(row.at);
            self.row(Kind::Remark, bytes.text(&row.text).maybe(row.withdrawn, Bytes::number));
        }
        for row in &desk.notices {
            let bytes = own().number(row.n).text(&row.account).text(&row.source).text(&row.kind).number(row.record.0);
            let bytes = bytes.text(&row.line).text(&row.what).text(&row.by).maybe(row.due, Bytes::text);
            self.row(Kind::Notice, bytes.number(row.at).maybe(row.read, Bytes::number));
        }
        for row in &desk.found {
            let bytes = own().number(row.position).text(&row.code).number(row.record.0);
            self.row(Kind::Found, bytes.text(&row.agency).text(row.day));
        }
        for (what, position) in &desk.reached {
            self.row(Kind::Reached, own().text(what).number(*position));
        }
    }

    /// Walks the other ledger, with its chains, and puts both side by side.
    pub(super) fn against(self, other: &dyn Store, progress: &mut dyn FnMut(Copying<'_>)) -> Result<Proof, Fault> {
        let mut has = Tally::default();
        let mut chains = Chains::default();
        let mut read = other.read()?;
        Walk { read: &mut *read, store: other, proving: true, progress }.all(&mut |government, part| {
            has.add(government, part);
            if let Part::Log { events, .. } = part {
                chains.follow(government, events);
            }
            Ok(())
        })?;
        let none = Head { position: 0, hash: NOTHING };
        let governments: BTreeSet<&GovernmentCode> = self.heads.keys().chain(has.heads.keys()).collect();
        let mut heads = Vec::new();
        for government in governments {
            let head = |tally: &Tally| tally.heads.get(government).copied().unwrap_or(none);
            // The head that the other store tells is that of its last event, or it is not the same.
            let told = read.head(government)?;
            let theirs = if told == head(&has) { told } else { none };
            heads.push((government.clone(), head(&self), theirs));
        }
        let sum = |tally: &Tally, kind| tally.kinds.get(&kind).copied().unwrap_or_default();
        let kinds = Kind::ALL.into_iter().map(|kind| (kind, sum(&self, kind), sum(&has, kind))).collect();
        Ok(Proof { heads, chains: chains.wrong, kinds })
    }
}

/// The chains of a ledger while it is walked.
#[derive(Default)]
struct Chains {
    /// Where the log under way stands, and its records.
    at: Option<(GovernmentCode, Head, Links)>,
    wrong: Vec<(GovernmentCode, String)>,
}

impl Chains {
    fn follow(&mut self, government: &GovernmentCode, events: &[EventRow]) {
        if self.wrong.iter().any(|(wrong, _)| wrong == government) {
            return;
        }
        let fresh = || (government.clone(), Head { position: 0, hash: NOTHING }, Links::new());
        let (own, head, mut links) = self.at.take().filter(|(own, ..)| own == government).unwrap_or_else(fresh);
        match check_chain(government, head, &mut links, events) {
            Ok(head) => self.at = Some((own, head, links)),
            Err(difference) => self.wrong.push((own, difference.to_string())),
        }
    }
}
