//! The door: one command after another inside one transaction, each judged on the state its predecessors left.

mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use catalog::Catalog;
use kernel::{Ask, Command, Opening, Question, Refusal, Standing, Verdict, judge, lapses};
use ledger::{CommandRow, DeltaRow, Fault, Head, Landing, RecordRow, Store, Transaction};
use procedure::{ActKind, Actor, FieldType, General, Line, Pending, Record};
use terms::{Code, CommandId, DateTime, Digest, GovernmentCode, MessageId, RecordId};

pub(crate) use self::write::{Nonces, Write};
use crate::{
    Answer, Clock, Definitions, Request, RequestAsk, TellError, attachments,
    history::carry_over,
    kept,
    lookups::{self, Asking},
    papers, rights,
    rows::decode_state,
};

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
    /// What acts of the batch add to figures, which goes in together. An act adds to it when nothing can take it back.
    deltas: Vec<DeltaRow>,
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
            deltas: Vec::new(),
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
    pub fn commit(mut self) -> Result<(), Fault> {
        self.add_deltas()?;
        self.tx.commit()?;
        self.definitions.keep(&self.frozen);
        Ok(())
    }

    /// Commits, and keeps so many records at hand; nobody may be told before the landing says that it is durable.
    pub(crate) fn commit_early(mut self, at_hand: usize) -> Result<(Box<dyn Landing>, Kept), Fault> {
        self.add_deltas()?;
        let landing = self.tx.commit_early()?;
        self.definitions.keep(&self.frozen);
        let loaded = if self.loaded.len() > at_hand { HashMap::new() } else { self.loaded };
        Ok((landing, Kept { head: Some(self.head), loaded, rebuilds: 0 }))
    }

    /// Puts down what the acts so far add to figures: before figures are asked for, and before the end.
    fn add_deltas(&mut self) -> Result<(), Fault> {
        let deltas = std::mem::take(&mut self.deltas);
        if deltas.is_empty() { Ok(()) } else { self.tx.add_deltas(&deltas) }
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
        self.add_deltas()?;
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
}
