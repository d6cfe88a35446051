//! The door: one command after another inside one transaction, each judged on the state its predecessors left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use catalog::Catalog;
use kernel::{Ask, Command, Event, Kind, Opening, Question, Refusal, Standing, Verdict, judge, lapses};
use ledger::{
    Attached, CommandRow, ContentRow, DueRow, Envelope, EventRow, Fault, Head, KeyRow, Landing, NOTHING, RecordRow,
    Store, Transaction,
};
use procedure::{ActKind, Actor, Binds, FieldType, General, LimitId, Line, Pending, Record, Series, SeriesId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use terms::{Code, CommandId, Date, DateTime, Deadline, Digest, GovernmentCode, MessageId, RecordId, Value};

use crate::{
    Answer, Clock, Definitions, Receipt, Request, RequestAsk, TellError, attachments,
    history::History,
    kept,
    lookups::{self, Asking},
    papers, publish, rights, translate, waiting,
};

/// Makes the nonces that seal contents.
pub(crate) struct Nonces(ChaCha20Rng);

impl Nonces {
    pub(crate) fn new(seed: [u8; 32]) -> Nonces {
        Nonces(ChaCha20Rng::from_seed(seed))
    }
    fn next(&mut self) -> [u8; 16] {
        let mut nonce = [0; 16];
        self.0.fill_bytes(&mut nonce);
        nonce
    }
}

/// A record as the batch has it. Its row is without the state, which `record` is.
struct Loaded {
    row: RecordRow,
    line: Arc<Line>,
    record: Record,
    /// As the store has it, where it moves to another version with what is written next: from that came what is derived.
    stood: Option<(Arc<Line>, Record)>,
}

impl Loaded {
    /// The state from which what is derived was made.
    fn derived_from(&self) -> (&Line, &Record) {
        self.stood.as_ref().map_or((&self.line, &self.record), |(line, record)| (line, record))
    }
}

/// Records as the last batch left them, so that the next need not read them again. They hold as long as the log's head
/// is where that batch left it: another program's writing moves it.
#[derive(Default)]
pub(crate) struct Kept {
    head: Option<Head>,
    loaded: HashMap<RecordId, Loaded>,
    /// How many times this program had rebuilt something: that moves no head.
    pub(crate) rebuilds: u64,
}

impl Kept {
    /// How many records are kept at most.
    pub(crate) const MOST: usize = 2_000;
}

/// Commands that become durable together.
pub struct Batch<'a> {
    pub(crate) tx: Box<dyn Transaction + 'a>,
    pub(crate) catalog: &'a Catalog,
    pub(crate) definitions: &'a Definitions,
    nonces: &'a Mutex<Nonces>,
    clock: &'a dyn Clock,
    pub(crate) government: GovernmentCode,
    pub(crate) head: Head,
    /// Something was sent that is to be handed over.
    pub(crate) posted: bool,
    loaded: HashMap<RecordId, Loaded>,
    /// The first answers to commands, as far as they were asked for.
    answered: HashMap<CommandId, Option<CommandRow>>,
    /// Definitions that the batch freezes: they are known to be kept once it stands.
    frozen: Vec<(Digest, Arc<Line>)>,
    /// Templates that this batch has seen to be kept.
    kept_templates: Vec<Digest>,
}

/// A record's state from its derived row.
pub(crate) fn decode_state(bytes: &[u8]) -> Option<Record> {
    serde_json::from_slice(bytes).ok()
}

/// A record's state for its derived row.
pub(crate) fn encode_state(record: &Record) -> Vec<u8> {
    // A record is made of structs, lists and texts: nothing in it can fail to be written.
    serde_json::to_vec(record).unwrap_or_else(|why| unreachable!("a record writes as JSON: {why}"))
}

impl<'a> Batch<'a> {
    pub(crate) fn begin(
        store: &'a dyn Store,
        catalog: &'a Catalog,
        definitions: &'a Definitions,
        nonces: &'a Mutex<Nonces>,
        clock: &'a dyn Clock,
        government: &GovernmentCode,
        kept: Kept,
    ) -> Result<Batch<'a>, Fault> {
        let mut tx = store.begin(government)?;
        let head = tx.head(government)?;
        let government = government.clone();
        let loaded = if kept.head == Some(head) { kept.loaded } else { HashMap::new() };
        Ok(Batch {
            tx,
            catalog,
            definitions,
            nonces,
            clock,
            government,
            head,
            posted: false,
            loaded,
            answered: HashMap::new(),
            frozen: Vec::new(),
            kept_templates: Vec::new(),
        })
    }

    /// Reads together what these commands will ask for one by one: where a database is asked over a network, that is
    /// most of the time of an act.
    ///
    /// # Errors
    /// Where the store fails: then the whole batch must be dropped.
    pub fn expect<'r>(&mut self, requests: impl Iterator<Item = &'r Request> + Clone) -> Result<(), Fault> {
        let ids: Vec<CommandId> = requests.clone().map(|request| request.id).collect();
        self.answered.extend(ids.iter().map(|id| (*id, None)));
        let found = self.tx.commands(&self.government, &ids)?;
        self.answered.extend(found.into_iter().map(|row| (row.id, Some(row))));
        let mut records: Vec<RecordId> = requests.filter_map(|request| request.record).collect();
        records.sort_unstable();
        records.dedup();
        records.retain(|id| !self.loaded.contains_key(id));
        for row in self.tx.records_of(&self.government, &records)? {
            let id = row.id;
            let loaded = self.decoded(row)?;
            self.loaded.insert(id, loaded);
        }
        Ok(())
    }

    /// The first answer to a command.
    fn first_answer(&mut self, id: CommandId) -> Result<Option<CommandRow>, Fault> {
        match self.answered.get(&id) {
            Some(known) => Ok(known.clone()),
            None => self.tx.command(&self.government, id),
        }
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// Where the store fails: then nothing of the batch stands.
    pub fn commit(self) -> Result<(), Fault> {
        self.tx.commit()?;
        self.definitions.keep(&self.frozen);
        Ok(())
    }

    /// Commits, and keeps so many records at hand; nobody may be told before the landing says that it is durable.
    pub(crate) fn commit_early(self, at_hand: usize) -> Result<(Box<dyn Landing>, Kept), Fault> {
        let landing = self.tx.commit_early()?;
        self.definitions.keep(&self.frozen);
        let loaded = if self.loaded.len() > at_hand { HashMap::new() } else { self.loaded };
        Ok((landing, Kept { head: Some(self.head), loaded, rebuilds: 0 }))
    }

    /// A record as the batch has it, under the version of its last event.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn peek(&mut self, id: RecordId) -> Result<Option<(Arc<Line>, Record)>, Fault> {
        if let Some(loaded) = self.loaded.get(&id) {
            return Ok(Some((loaded.line.clone(), loaded.record.clone())));
        }
        Ok(self.stored(id)?.map(|loaded| (loaded.line, loaded.record)))
    }

    /// Reads every record anew.
    pub(crate) fn forget(&mut self) {
        self.loaded.clear();
    }

    /// The transaction, for what is no record: accounts, agencies, notes.
    pub fn transaction(&mut self) -> &mut (dyn Transaction + 'a) {
        self.tx.as_mut()
    }

    /// Does one command. A refused one leaves nothing behind.
    ///
    /// # Errors
    /// Where the store fails: then the whole batch must be dropped.
    pub fn act(&mut self, request: &Request) -> Result<Answer, Fault> {
        self.act_for(request, None)
    }

    /// Does what a person asks, or what a message brings.
    pub(crate) fn act_for(&mut self, request: &Request, message: Option<&MessageId>) -> Result<Answer, Fault> {
        if let Some(first) = self.first_answer(request.id)? {
            return Ok(Answer::Done(self.receipt(first.record, first.position, &[], &[], true)));
        }
        // Who administers does no business, and records not even a fact.
        let administers = |post: &Code| self.catalog.terms.post(post).is_some_and(|post| post.administers.is_some());
        if request.who.posts.iter().any(administers) {
            return Ok(Answer::Unknown(request.record.map_or(request.line.to_string(), |id| id.to_string())));
        }
        let now = request.grant.map_or_else(|| self.clock.now().0, |grant| grant.time());
        let at = request.done_at.unwrap_or(now);
        if at > now {
            return Ok(Answer::WrongTime);
        }
        let (line, before) = match request.record {
            Some(id) => match self.load(id, now)? {
                Some(loaded) => (loaded.line.clone(), Some(loaded)),
                None => return Ok(Answer::Unknown(id.to_string())),
            },
            None => match self.catalog.line(&request.line, &self.government, at.date()) {
                Some(line) => (line, None),
                None => return Ok(Answer::Unknown(request.line.to_string())),
            },
        };
        if let Some(loaded) = &before
            && request.standing == Standing::Normal
            && message.is_none()
            && !self.sees(&request.who, &loaded.row)?
        {
            return Ok(Answer::Unknown(loaded.row.id.to_string()));
        }
        if let (Some(seen), Some(loaded)) = (request.seen, &before)
            && seen != loaded.row.seq
        {
            return Ok(Answer::Stale { now: loaded.row.seq });
        }
        self.decide(request, message, &line, before, at, now)
    }

    /// Whether the line of a record lets somebody see it; whom its agency and their posts let act is the kernel's. Most
    /// records are narrowed to nobody, and nothing has to be read.
    fn sees(&mut self, who: &crate::Person, row: &RecordRow) -> Result<bool, Fault> {
        if row.narrowing.only.is_empty() && row.narrowing.hidden.is_empty() {
            return Ok(true);
        }
        let terms = &self.catalog.terms;
        Ok(rights::sight(self.tx.as_mut(), terms, who, &self.government, false)?.sees(row))
    }

    /// Puts the lapses of a record through that are due before `now`; `None` where there were none.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn put_through(&mut self, id: RecordId, now: DateTime, command: CommandId) -> Result<Option<Answer>, Fault> {
        let Some(loaded) = self.load(id, now)? else { return Ok(None) };
        let (events, _) = lapses(&loaded.line, &loaded.record, &self.catalog.calendar, now);
        if events.is_empty() {
            return Ok(None);
        }
        let actor = Actor { agency: loaded.row.agency.clone(), ..Actor::default() };
        let write = Write { command, actor: &actor, now, answers: &[], files: &[], sends: true };
        let line = loaded.line.clone();
        self.write(&write, &line, Some(loaded), events).map(Some)
    }

    fn decide(
        &mut self,
        request: &Request,
        message: Option<&MessageId>,
        line: &Arc<Line>,
        before: Option<Loaded>,
        at: DateTime,
        now: DateTime,
    ) -> Result<Answer, Fault> {
        let calendar = self.catalog.calendar.clone();
        let (mut events, current) = match &before {
            Some(Loaded { record, .. }) => {
                // History comes in at its own time: only what had passed by then has passed.
                let horizon = if request.standing == Standing::Import { at } else { now };
                let (events, record) = lapses(line, record, &calendar, horizon);
                (events, Some(record))
            }
            None => (Vec::new(), None),
        };
        if let (RequestAsk::Annul { seq, .. }, Some(Loaded { row, .. })) = (&request.ask, &before)
            && self.was_sent(row.id, *seq)?
        {
            return Ok(Answer::Refused(vec![Refusal::sent()]));
        }
        let mut command = match self.command(request, message, line, at) {
            Ok(command) => command,
            Err(word) => return Ok(Answer::Unknown(word)),
        };
        if message.is_none()
            && request.standing == Standing::Normal
            && let Some(word) = self.keep_figures(line, current.as_ref(), &mut command)?
        {
            return Ok(Answer::Unknown(word));
        }
        let fact = matches!(command.ask, Ask::Act(id) if line.act(id).kind == ActKind::Fact);
        if !fact && request.standing == Standing::Normal && at != now {
            return Ok(Answer::WrongTime);
        }
        let files = match attachments::named(self.tx.as_mut(), request)? {
            Ok(files) => files,
            Err(answer) => return Ok(answer),
        };
        let actor = request.who.actor(&self.catalog.terms);
        let answers = self.answers(line, current.as_ref(), &command, &actor)?;
        let question = Question {
            line,
            record: current.as_ref(),
            answers: &answers,
            calendar: &calendar,
            actor: &actor,
            standing: request.standing,
        };
        match judge(&question, &command) {
            Verdict::Granted(granted) => events.extend(granted),
            Verdict::Refused(refusals) => return Ok(Answer::Refused(refusals)),
            Verdict::Asks(warnings) => return Ok(Answer::Asks(warnings)),
            Verdict::Incomplete(gaps) => return Ok(Answer::Incomplete(gaps)),
        }
        if request.standing == Standing::Normal {
            let (record, id) = (before.as_ref().map(|one| &one.record), RecordId(self.head.position + 1));
            if let Some(refusal) = papers::refusal(self.catalog, line, record, &events, id) {
                return Ok(Answer::Refused(vec![refusal]));
            }
        }
        let positions: Vec<(Code, u64)> = line
            .lookups
            .iter()
            .zip(&answers)
            .filter_map(|(lookup, answer)| Some((lookup.code.clone(), answer.as_ref()?.position)))
            .collect();
        // History was told elsewhere when it was made.
        let sends = request.standing == Standing::Normal;
        let write = Write { command: request.id, actor: &actor, now, answers: &positions, files: &files, sends };
        self.write(&write, line, before, events)
    }

    /// The command by position, or the word that the line does not know.
    fn command(
        &self,
        request: &Request,
        message: Option<&MessageId>,
        line: &Line,
        at: DateTime,
    ) -> Result<Command, String> {
        let general = |kind: General| {
            let act = line.acts_with_ids().find(|(_, act)| act.general == Some(kind));
            act.map(|(id, _)| id).ok_or_else(|| format!("{kind:?}"))
        };
        let ask = match &request.ask {
            RequestAsk::Act(code) => Ask::Act(line.act_id(code).ok_or_else(|| code.to_string())?),
            RequestAsk::Sign => Ask::Sign,
            RequestAsk::Return(reason) => Ask::Return(reason.clone()),
            RequestAsk::Correct { time, reason } => {
                Ask::Correct { act: general(General::Correct)?, time: *time, reason: reason.clone() }
            }
            RequestAsk::Annul { seq, reason } => {
                Ask::Annul { act: general(General::Annul)?, seq: *seq, reason: reason.clone() }
            }
            RequestAsk::HandOver { to, reason } => {
                Ask::HandOver { act: general(General::HandOver)?, to: to.clone(), reason: reason.clone() }
            }
            RequestAsk::StandIn { to, until, reason } => {
                Ask::StandIn { act: general(General::StandIn)?, to: to.clone(), until: *until, reason: reason.clone() }
            }
        };
        let mut inputs = Vec::with_capacity(request.inputs.len());
        for (code, value) in &request.inputs {
            inputs.push((line.field_id(code).ok_or_else(|| code.to_string())?, value.clone()));
        }
        let opening = request.record.is_none().then(|| Opening {
            agency: request.who.agency.clone(),
            // What a message opens lies with the agency until somebody there takes it.
            handler: match message {
                Some(_) => request.handler.clone(),
                None => Some(request.handler.clone().unwrap_or_else(|| request.who.account.clone())),
            },
            place: request.place.clone().unwrap_or_else(|| self.government.clone()),
        });
        Ok(Command { ask, at, inputs, reasons: request.reasons.clone(), opening, message: message.cloned() })
    }

    /// Where the act keeps figures, they are told now; nobody brings their own. Gives the word that is not known.
    fn keep_figures(
        &mut self,
        line: &Line,
        record: Option<&Record>,
        command: &mut Command,
    ) -> Result<Option<String>, Fault> {
        let kind = |field: &procedure::FieldId| &line.field(*field).kind;
        let keeps = |field: &procedure::FieldId| matches!(kind(field), FieldType::Figures | FieldType::Questions);
        if let Some((field, _)) = command.inputs.iter().find(|(field, _)| keeps(field)) {
            return Ok(Some(line.field(*field).code.to_string()));
        }
        let Ask::Act(act) = command.ask else { return Ok(None) };
        let fields = line.act(act).fills.iter().map(|(field, _)| *field).filter(keeps).collect::<Vec<_>>();
        if fields.is_empty() {
            return Ok(None);
        }
        let given = |id| command.inputs.iter().find(|(field, _)| *field == id).map(|(_, value)| value);
        let held = |id| given(id).or_else(|| record.and_then(|record| record.get(id)));
        let Some(period) = kept::period_of(line, held) else { return Ok(None) };
        let place = record.map(|record| &record.place).or(command.opening.as_ref().map(|opening| &opening.place));
        let Some(place) = place else { return Ok(None) };
        for field in fields {
            let read = self.tx.as_mut();
            let told = match kind(&field) {
                FieldType::Figures => {
                    kept::keep(read, self.catalog, &line.code, place, period).map(|kept| kept::written(&kept))
                }
                _ => kept::asked(read, self.catalog, place, period),
            };
            match told {
                Ok(value) => command.inputs.push((field, value)),
                Err(TellError::Fault(fault)) => return Err(fault),
                Err(why) => return Ok(Some(why.to_string())),
            }
        }
        Ok(None)
    }

    fn answers(
        &mut self,
        line: &Line,
        record: Option<&Record>,
        command: &Command,
        actor: &Actor,
    ) -> Result<Vec<Option<procedure::Answer>>, Fault> {
        let (act, inputs) = match (&command.ask, record.and_then(|record| record.proposal.as_ref())) {
            (Ask::Act(act), _) => (*act, &command.inputs),
            (Ask::Sign, Some(proposal)) => (proposal.act, &proposal.changes),
            _ => return Ok(vec![None; line.lookups.len()]),
        };
        let asked =
            line.act(act).rules.iter().flat_map(|rule| line.rules[rule.index()].is.lookups()).collect::<Vec<_>>();
        let asking = Asking {
            government: &self.government,
            line,
            record,
            inputs,
            actor,
            now: command.at,
            calendar: &self.catalog.calendar,
            regions: &self.catalog.regions,
            position: self.head.position,
        };
        lookups::answers(self.tx.as_mut(), self.definitions, &asking, &asked)
    }

    /// Loads a record under the version that applies to it now.
    fn load(&mut self, id: RecordId, now: DateTime) -> Result<Option<Loaded>, Fault> {
        // It comes back with what is written; a refused command leaves it to be read again.
        let loaded = match self.loaded.remove(&id) {
            Some(loaded) => loaded,
            None => match self.stored(id)? {
                Some(loaded) => loaded,
                None => return Ok(None),
            },
        };
        // Also within a batch: it may reach over the day on which a version takes over.
        let newer = self.catalog.line(&loaded.row.line, &self.government, now.date());
        let moves = newer.filter(|newer| newer.pending == Pending::Move && newer.version != loaded.line.version);
        let moved = moves.and_then(|newer| Some((carry_over(&loaded.line, &newer, &loaded.record)?, newer)));
        Ok(Some(match moved {
            Some((record, line)) => {
                let stood = loaded.stood.or(Some((loaded.line, loaded.record)));
                Loaded { line, record, stood, row: loaded.row }
            }
            None => loaded,
        }))
    }

    /// A record as it stands now, and the version of its line that applies to it.
    pub(crate) fn standing(&mut self, id: RecordId, now: DateTime) -> Result<Option<(Arc<Line>, Record)>, Fault> {
        let Some(loaded) = self.load(id, now)? else { return Ok(None) };
        let found = (loaded.line.clone(), loaded.record.clone());
        self.loaded.insert(id, loaded);
        Ok(Some(found))
    }

    /// A record as the store has it, under the version of its last event.
    fn stored(&mut self, id: RecordId) -> Result<Option<Loaded>, Fault> {
        match self.tx.record(&self.government, id)? {
            Some(row) => self.decoded(row).map(Some),
            None => Ok(None),
        }
    }

    fn decoded(&mut self, mut row: RecordRow) -> Result<Loaded, Fault> {
        let id = row.id;
        let line = self.definitions.line(self.tx.as_mut(), row.definition)?;
        let Some(record) = decode_state(&row.state) else {
            return Err(Fault {
                kind: ledger::FaultKind::Damaged,
                message: format!("the derived state of record {id} cannot be read; run `fazhi verify --rebuild`"),
            });
        };
        row.state = Vec::new();
        Ok(Loaded { row, line, record, stood: None })
    }

    /// Writes events and everything derived from them.
    fn write(
        &mut self,
        write: &Write<'_>,
        line: &Arc<Line>,
        before: Option<Loaded>,
        events: Vec<Event>,
    ) -> Result<Answer, Fault> {
        let (row, old) = (before.as_ref().map(|one| &one.row), before.as_ref().map(|one| &one.record));
        let stood = before.as_ref().map(Loaded::derived_from);
        let id = row.map_or(RecordId(self.head.position + 1), |row| row.id);
        let mut events = events;
        let mut numbers = Vec::new();
        let numbered = events.iter().any(|event| !papers::series(line, event).is_empty());
        if numbered {
            // A command that finds its value taken gives its number back.
            self.tx.mark()?;
        }
        for event in &mut events {
            for series in papers::series(line, event) {
                numbers.extend(self.give_number(line, event, series, old)?);
            }
        }
        let record = self.folded(line, old, row, &events, id)?;
        if let Some(taken) = self.put_keys(line, stood, &record)? {
            if numbered {
                self.tx.undo()?;
            }
            return Ok(taken);
        }
        if numbered {
            self.tx.settle()?;
        }
        let definition = self.definition(line, before.as_ref())?;
        let first = row.map_or(1, |row| row.seq + 1);
        let mut previous = row.map_or(NOTHING, |row| row.hash);
        for ((seq, event), left) in (first..).zip(&events).zip((0..events.len()).rev()) {
            // Files come with what was asked for, which is last: lapses go before it.
            let files = if left == 0 { write.files } else { &[] };
            previous = self.append(write, line, event, files, id, seq, definition, previous)?;
        }
        let due = kernel::due_days(line, &record, &self.catalog.calendar);
        let last = Last { definition, hash: previous, recorded: write.now };
        let mut new_row = row_of(&self.government, line, &record, &due, &last, &self.catalog.calendar);
        self.derive(line, stood, &record, &new_row, &due)?;
        if write.sends {
            self.send(write, line, &record, first, &events)?;
        }
        new_row.state = Vec::new();
        let position = self.head.position;
        let command = CommandRow { id: write.command, record: id, position };
        if write.command != CommandId([0; 16]) {
            self.tx.put_command(&self.government, &command)?;
            self.answered.insert(write.command, Some(command));
        }
        let done: Vec<(u32, &Event)> = (first..).zip(&events).collect();
        let mut receipt = self.receipt(id, position, &numbers, &[], false);
        receipt.events = done
            .iter()
            .map(|(seq, event)| {
                let (kind, what) = translate::kind_name(line, &event.kind);
                (kind.into(), what, *seq)
            })
            .collect();
        receipt.findings =
            events.iter().flat_map(|event| event.findings.iter().map(|(code, _)| code.clone())).collect();
        self.loaded.insert(id, Loaded { row: new_row, line: line.clone(), record, stood: None });
        Ok(Answer::Done(receipt))
    }

    /// The digest of the definition under which is written: the one that was, or another that is frozen now.
    fn definition(&mut self, line: &Arc<Line>, before: Option<&Loaded>) -> Result<Digest, Fault> {
        if let Some(Loaded { row, stood: None, .. }) = before {
            return Ok(row.definition);
        }
        if let Some(digest) = self.definitions.kept(line) {
            return Ok(digest);
        }
        if let Some((digest, _)) = self.frozen.iter().find(|(_, other)| Arc::ptr_eq(other, line)) {
            return Ok(*digest);
        }
        let bytes = catalog::frozen(line);
        let digest = ledger::hash(&bytes);
        self.tx.put_definition(digest, &line.name(), &bytes)?;
        self.frozen.push((digest, line.clone()));
        Ok(digest)
    }

    fn receipt(
        &self,
        record: RecordId,
        position: u64,
        numbers: &[String],
        findings: &[Code],
        repeated: bool,
    ) -> Receipt {
        Receipt {
            government: self.government.clone(),
            record,
            position,
            events: Vec::new(),
            findings: findings.to_vec(),
            numbers: numbers.to_vec(),
            repeated,
        }
    }

    /// The store fills in the next number of the series.
    fn give_number(
        &mut self,
        line: &Line,
        event: &mut Event,
        id: SeriesId,
        record: Option<&Record>,
    ) -> Result<Option<String>, Fault> {
        let series = &line.series[id.index()];
        if record.is_some_and(|record| record.get(series.field).is_some())
            || event.changes.iter().any(|(field, _)| *field == series.field)
        {
            return Ok(None);
        }
        let text = self.next_number(line, series, event.at.date())?;
        event.changes.push((series.field, Value::Text(text.clone())));
        Ok(Some(text))
    }

    /// The next number of a series, as it prints.
    pub(crate) fn next_number(&mut self, line: &Line, series: &Series, on: Date) -> Result<String, Fault> {
        let year = on.year();
        let number = self.tx.next_number(&self.government, &format!("{}.{}", line.code, series.code), year)?;
        let region = self.catalog.regions.get(&self.government, on);
        let short = region.map_or("", |region| region.short.as_deref().unwrap_or(&region.name));
        let text = series.format.replace("{short}", short).replace("{year}", &year.to_string());
        Ok(text.replace("{n}", &number.to_string()))
    }

    /// The record after the events; after an annulment folded anew from all of them.
    fn folded(
        &mut self,
        line: &Arc<Line>,
        old: Option<&Record>,
        row: Option<&RecordRow>,
        events: &[Event],
        id: RecordId,
    ) -> Result<Record, Fault> {
        if !events.iter().any(|event| matches!(event.kind, Kind::Annulled { .. })) {
            let mut record = old.cloned();
            let first = row.map_or(1, |row| row.seq + 1);
            for (seq, event) in (first..).zip(events) {
                record = Some(kernel::apply(line, record, event, id, seq));
            }
            return record.ok_or_else(|| nothing(id));
        }
        let stored = self.tx.events(&self.government, id)?;
        let mut history = History::read(self.tx.as_mut(), self.definitions, &stored)?;
        history.extend(line, events);
        history.fold(id)?.ok_or_else(|| nothing(id))
    }

    /// Keeps the values by which a record is found; gives the one that another record holds.
    fn put_keys(
        &mut self,
        line: &Line,
        stood: Option<(&Line, &Record)>,
        record: &Record,
    ) -> Result<Option<Answer>, Fault> {
        let keys = keys_of(line, record);
        let before = stood.map_or_else(Vec::new, |(line, old)| keys_of(line, old));
        if before == keys {
            return Ok(None);
        }
        let fault = match self.tx.put_keys(&self.government, record.id, &keys) {
            Ok(()) => return Ok(None),
            Err(fault) if fault.kind == ledger::FaultKind::Unique => fault,
            Err(fault) => return Err(fault),
        };
        for key in keys.iter().filter(|key| key.unique) {
            let value = std::slice::from_ref(&key.value);
            let held = self.tx.keyed(&self.government, &key.line, &key.field, value)?;
            if held.iter().any(|(_, other)| *other != record.id) {
                return Ok(Some(Answer::Taken { field: key.field.clone(), value: key.value.clone() }));
            }
        }
        Err(fault)
    }

    #[allow(clippy::too_many_arguments)] // an event's place in two chains
    fn append(
        &mut self,
        write: &Write<'_>,
        line: &Line,
        event: &Event,
        files: &[Attached],
        record: RecordId,
        seq: u32,
        definition: Digest,
        previous: Digest,
    ) -> Result<Digest, Fault> {
        let (kind, what) = translate::kind_name(line, &event.kind);
        let contents = self.seal(line, event, files)?;
        let digests = contents.iter().filter_map(|content| {
            let (nonce, bytes) = (content.nonce.as_ref()?, content.bytes.as_ref()?);
            Some((content.part, ledger::seal(nonce, bytes)))
        });
        let posts = match &event.kind {
            Kind::Act(id) | Kind::Proposed(id) => line.act(*id).by.as_slice(),
            Kind::Signed(id) => line.act(*id).signing(),
            _ => &[],
        };
        let post = posts.iter().find(|post| write.actor.posts.contains(post));
        let envelope = Envelope {
            government: self.government.clone(),
            record,
            seq,
            position: self.head.position + 1,
            kind: kind.into(),
            what,
            actor: event.by.clone(),
            agency: write.actor.agency.clone(),
            post: post.cloned().unwrap_or_default(),
            command: write.command,
            done_at: event.at,
            recorded_at: micros(write.now),
            definition,
            lookups: write.answers.to_vec(),
            contents: digests.collect(),
            attachments: files.iter().map(|file| file.digest).collect(),
            previous,
        };
        let bytes = envelope.encode();
        let hash = ledger::hash(&bytes);
        let head = ledger::extend_head(self.head.hash, hash);
        self.tx.append(&EventRow {
            government: self.government.clone(),
            record,
            seq,
            position: envelope.position,
            envelope: bytes,
            hash,
            head,
            contents,
        })?;
        for file in files {
            self.tx.hold_attachment(&self.government, file.digest)?;
        }
        self.head = Head { position: envelope.position, hash: head };
        Ok(hash)
    }

    fn seal(&mut self, line: &Line, event: &Event, files: &[Attached]) -> Result<Vec<ContentRow>, Fault> {
        let mut body = ledger::Body { attachments: files.to_vec(), ..translate::body_of(line, event) };
        for (code, template, bytes) in papers::issued(self.catalog, line, event) {
            if !self.kept_templates.contains(&template) {
                self.tx.put_definition(template, &format!("{}/{code}.docx", line.code), bytes)?;
                self.kept_templates.push(template);
            }
            body.papers.push((code, template));
        }
        if body == ledger::Body::default() {
            return Ok(Vec::new());
        }
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = body.split(|code| translate::is_personal(line, code));
        let row = |(part, body): (u16, ledger::Body)| ContentRow {
            part,
            nonce: Some(nonces.next()),
            bytes: Some(body.encode()),
        };
        Ok(parts.into_iter().map(row).collect())
    }

    /// Everything that follows from the record: row, due days, deltas, publications.
    fn derive(
        &mut self,
        line: &Line,
        stood: Option<(&Line, &Record)>,
        record: &Record,
        row: &RecordRow,
        due: &[(LimitId, Deadline)],
    ) -> Result<(), Fault> {
        let calendar = &self.catalog.calendar;
        self.tx.put_record(row)?;
        let rows = |line, due: &[(LimitId, Deadline)]| due_rows(&self.government, line, record.id, due);
        let before = stood.map_or_else(Vec::new, |(line, old)| rows(line, &kernel::due_days(line, old, calendar)));
        let after = rows(line, due);
        if before != after {
            self.tx.put_due(&self.government, record.id, &after)?;
        }
        let waits = |line, record, due: &[(LimitId, Deadline)]| {
            let own = own_due(line, due).map(|deadline| deadline.last.date());
            waiting::rows(line, record, own, calendar)
        };
        let waited = stood.map_or_else(Vec::new, |(line, old)| {
            // Only a proposal is put by the record's own due day, which takes time to count.
            let due = if old.proposal.is_some() { kernel::due_days(line, old, calendar) } else { Vec::new() };
            waits(line, old, &due)
        });
        let now_waits = waits(line, record, due);
        if waited != now_waits {
            self.tx.put_waiting(&self.government, record.id, &now_waits)?;
        }
        let deltas = figures::deltas(line, stood, record, calendar, &self.government, self.head.position);
        if !deltas.is_empty() {
            self.tx.add_deltas(&deltas)?;
        }
        for public in publish::changes(line, stood, record, calendar, &self.government) {
            self.tx.put_public(&public)?;
        }
        Ok(())
    }
}

pub(crate) struct Write<'w> {
    pub(crate) command: CommandId,
    pub(crate) actor: &'w Actor,
    pub(crate) now: DateTime,
    answers: &'w [(Code, u64)],
    /// What it does elsewhere is sent there.
    sends: bool,
    files: &'w [Attached],
}

pub(crate) fn nothing(id: RecordId) -> Fault {
    Fault {
        kind: ledger::FaultKind::Damaged,
        message: format!("record {id} has no event that opens it; run `fazhi verify`"),
    }
}

/// The last event of a record, as far as its row tells of it.
pub(crate) struct Last {
    pub(crate) definition: Digest,
    pub(crate) hash: Digest,
    pub(crate) recorded: DateTime,
}

/// A record as lists need it.
pub(crate) fn row_of(
    government: &GovernmentCode,
    line: &Line,
    record: &Record,
    due: &[(LimitId, Deadline)],
    last: &Last,
    calendar: &terms::Calendar,
) -> RecordRow {
    let own = own_due(line, due);
    RecordRow {
        government: government.clone(),
        id: record.id,
        line: line.code.clone(),
        definition: last.definition,
        agency: record.agency.clone(),
        handler: record.handler.clone(),
        place: record.place.clone(),
        stage: line.stages.get(record.stage.index()).map(|stage| stage.code.clone()).unwrap_or_default(),
        closed: record.closed(line),
        label: label(line, record),
        opened: record.opened().unwrap_or(last.recorded.date()),
        touched: last.recorded.date(),
        due: own.map(|deadline| deadline.last.date()),
        seq: record.seq,
        hash: last.hash,
        state: encode_state(record),
        narrowing: rights::narrowing(line, record, calendar),
    }
}

/// The earliest deadline that binds the agency.
pub(crate) fn own_due<'d>(line: &Line, due: &'d [(LimitId, Deadline)]) -> Option<&'d Deadline> {
    let own = due.iter().find(|(id, deadline)| line.limit(*id).binds == Binds::Agency && !deadline.provisional);
    own.map(|(_, deadline)| deadline)
}

/// Civil time (+08:00) as microseconds UTC.
pub(crate) fn micros(civil: DateTime) -> i64 {
    let offset = i64::from(8 * 3600);
    let seconds = terms::civil_seconds(civil) - offset;
    seconds * 1_000_000 + i64::from(civil.subsec_nanosecond()) / 1_000
}

/// The limits of a record that will pass, as rows.
pub(crate) fn due_rows(
    government: &GovernmentCode,
    line: &Line,
    record: RecordId,
    due: &[(LimitId, Deadline)],
) -> Vec<DueRow> {
    let row = |(id, deadline): &(LimitId, Deadline)| DueRow {
        government: government.clone(),
        record,
        limit: line.limit(*id).code.clone(),
        due: deadline.last.date(),
        agency: line.limit(*id).binds == Binds::Agency,
    };
    due.iter().map(row).collect()
}

/// The values by which a record is found.
pub(crate) fn keys_of(line: &Line, record: &Record) -> Vec<KeyRow> {
    let mut rows = Vec::new();
    for (id, field) in line.fields_with_ids().filter(|(_, field)| field.key || field.unique) {
        let values: Vec<Code> = match record.get(id) {
            Some(Value::Text(text)) => vec![text.as_str().into()],
            Some(Value::Key(code) | Value::Choice(code)) => vec![code.clone()],
            Some(Value::Keys(codes) | Value::Choices(codes)) => codes.clone(),
            _ => continue,
        };
        rows.extend(values.into_iter().map(|value| KeyRow {
            line: line.code.clone(),
            field: field.code.clone(),
            value,
            unique: field.unique,
        }));
    }
    rows
}

/// What a list shows of a record: its numbers, then its first words that are nobody's personal content.
pub(crate) fn label(line: &Line, record: &Record) -> String {
    let text = |id: procedure::FieldId| match record.get(id) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Key(code)) => Some(code.to_string()),
        _ => None,
    };
    let numbers = line.series.iter().filter_map(|series| text(series.field));
    let words = line
        .fields_with_ids()
        .filter(|(id, field)| {
            matches!(field.kind, FieldType::Text)
                && !field.personal
                && !line.series.iter().any(|series| series.field == *id)
        })
        .filter_map(|(id, _)| text(id));
    let parts: Vec<String> = numbers.chain(words.take(2)).collect();
    parts.join(" ")
}

/// A pending record under a newer version that takes it: by codes. `None` where the newer version lacks its stage.
pub(crate) fn carry_over(from: &Line, to: &Line, record: &Record) -> Option<Record> {
    let stage = to.stage_id(None, &from.stages.get(record.stage.index())?.code)?;
    let mut fields = vec![None; to.fields.len()];
    for (id, field) in from.fields_with_ids() {
        if let (Some(value), Some(target)) = (record.get(id), to.field_id(&field.code)) {
            fields[target.index()] = Some(value.clone());
        }
    }
    let mut done = Vec::new();
    for one in &record.done {
        let what = match one.what {
            procedure::What::Act(id) => procedure::What::Act(to.act_id(&from.act(id).code)?),
            procedure::What::Lapse(id) => procedure::What::Lapse(to.limit_id(&from.limit(id).code)?),
        };
        done.push(procedure::Done { what, ..one.clone() });
    }
    let tracks = to.tracks.iter().map(|track| {
        let code = from.track_id(&track.code).and_then(|id| {
            let stage = from.stages_of(Some(id)).get(record.stage_of(Some(id)).index());
            stage.map(|stage| stage.code.clone())
        });
        code.and_then(|code| track.stages.iter().position(|stage| stage.code == code))
            .and_then(|at| u16::try_from(at).ok())
            .map_or(procedure::StageId(0), procedure::StageId)
    });
    let tracks = tracks.collect();
    record.proposal.is_none().then(|| Record { stage, tracks, fields, done, ..record.clone() })
}
