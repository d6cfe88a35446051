//! Runs a case through the whole door: a platform on a store of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Catalog;
use kernel::Standing;
use ledger::{Envelope, Fault};
use platform::{Answer, Receipt, RecordView, Request, RequestAsk};
use procedure::{Act, General, Line, Pending, What};
use terms::{Code, Date, DateTime, GovernmentCode, RecordId, Value};

use super::{Case, CaseError, Deed, Pair, Register, Step, lay, register::course, tell, tell::Seen, value};
use crate::{Bench, person};

/// The agency of whoever names none.
pub(super) const AGENCY: &str = "agency";
/// The reason of whoever gives none.
const REASON: &str = "案例";

/// Runs a case and gives its text with the right sides as they come.
///
/// # Errors
/// Where the case names what the catalogue does not know, or the store fails.
pub fn run(catalog: &Arc<Catalog>, case: &Case) -> Result<String, CaseError> {
    let mut world = ready(catalog, case)?;
    let mut rights = Vec::with_capacity(case.steps.len());
    for step in &case.steps {
        rights.push(world.step(step)?);
    }
    Ok(lay::lay(case, &rights))
}

/// A platform with the records that a case registers, and no step done; with their ids.
///
/// # Errors
/// Where they cannot be registered.
pub fn prepare(catalog: &Arc<Catalog>, case: &Case) -> Result<(Bench, Vec<RecordId>), CaseError> {
    let world = ready(catalog, case)?;
    Ok((world.bench, world.registered))
}

fn ready<'a>(catalog: &'a Arc<Catalog>, case: &'a Case) -> Result<World<'a>, CaseError> {
    let first = case.steps.first().ok_or_else(|| CaseError::new(1, "there is no dated line"))?;
    let mut world = World::new(catalog, case, first)?;
    world.check_version(first)?;
    let day = first.at.date().yesterday().unwrap_or(first.at.date());
    for (number, register) in (1..).zip(&case.registers) {
        let id = world.register(register, day, number)?;
        world.registered.push(id);
    }
    Ok(world)
}

pub(super) struct World<'a> {
    catalog: &'a Arc<Catalog>,
    pub(super) case: &'a Case,
    pub(super) bench: Bench,
    pub(super) home: GovernmentCode,
    /// Where the step at hand is done, and the record that it concerns there.
    government: GovernmentCode,
    record: Option<RecordId>,
    /// The record that a step concerns, in each government.
    pub(super) records: BTreeMap<GovernmentCode, RecordId>,
    registered: Vec<RecordId>,
}

pub(super) fn fault(line: usize) -> impl Fn(Fault) -> CaseError {
    move |why| CaseError::new(line, format!("the store failed: {why}"))
}

/// What a step asks, and what it fills in.
struct Asked {
    ask: RequestAsk,
    inputs: Vec<(Code, Value)>,
    opens: bool,
    done_at: Option<DateTime>,
}

impl<'a> World<'a> {
    fn new(catalog: &'a Arc<Catalog>, case: &'a Case, first: &Step) -> Result<World<'a>, CaseError> {
        let government = catalog.regions.government(&case.place, first.at.date());
        let government = government
            .ok_or_else(|| CaseError::new(1, format!("{} lies under no government on that day", case.place)))?;
        let bench = Bench::new(catalog, first.at).map_err(fault(first.line))?;
        let records = BTreeMap::new();
        let mut world = World {
            catalog,
            case,
            bench,
            home: government.clone(),
            government,
            record: None,
            records,
            registered: Vec::new(),
        };
        world.people()?;
        Ok(world)
    }

    fn in_force(&self, code: &str, day: Date, line: usize) -> Result<Arc<Line>, CaseError> {
        let found = self.catalog.line(code, &self.government, day);
        found.ok_or_else(|| CaseError::new(line, format!("no version of `{code}` is in force on {day}")))
    }

    fn check_version(&self, first: &Step) -> Result<(), CaseError> {
        let line = self.in_force(&self.case.line, first.at.date(), first.line)?;
        let national = line.version.split('+').next().unwrap_or_default();
        match self.case.version.as_deref() {
            Some(version) if version != national && version != line.version => Err(CaseError::new(
                first.line,
                format!("version {} is in force on {}, not {version}", line.version, first.at.date()),
            )),
            _ => Ok(()),
        }
    }

    fn view(&self, id: RecordId, line: usize) -> Result<RecordView, CaseError> {
        let view = self.bench.platform.record_of(&self.government, id).map_err(fault(line))?;
        view.ok_or_else(|| CaseError::new(line, format!("record {id} is gone")))
    }

    /// The version under which the next act on a record is judged.
    fn judged_by(&self, view: &RecordView, at: DateTime) -> Arc<Line> {
        let newer = self.catalog.line(&view.line.code, &self.government, at.date());
        let moves = newer.filter(|newer| newer.pending == Pending::Move && newer.version != view.line.version);
        moves.unwrap_or_else(|| view.line.clone())
    }

    fn step(&mut self, step: &Step) -> Result<String, CaseError> {
        self.bench.clock.set(step.at);
        let named = step.deed.as_ref().and_then(|deed| deed.government.clone());
        self.government = named.unwrap_or_else(|| self.home.clone());
        self.record = self.records.get(&self.government).copied();
        let said = self.here(step)?;
        if let Some(record) = self.record {
            self.records.insert(self.government.clone(), record);
        }
        let elsewhere = self.elsewhere(step.line)?;
        Ok(std::iter::once(said).chain(elsewhere).collect::<Vec<_>>().join(" | "))
    }

    fn here(&mut self, step: &Step) -> Result<String, CaseError> {
        // The scheduler of the night before has been at the registered records; the case's own is put through by the
        // act itself, so that the case shows it.
        let Some(deed) = &step.deed else { return self.pass(step) };
        let view = self.record.map(|id| self.view(id, step.line)).transpose()?;
        let ours = |line: &Arc<Line>| line.act_id(&deed.act).is_some() || line.code == self.case.line;
        let judged = view.as_ref().map(|view| self.judged_by(view, step.at));
        let general = |line: &Arc<Line>| line.acts.iter().all(|act| act.code != deed.act.as_str() || is_general(act));
        let line = match judged.filter(|line| ours(line) || general(line)) {
            Some(line) => line,
            None => self.in_force(&self.case.line, step.at.date(), step.line)?,
        };
        let asked = self.asked(step, deed, &line, view.as_ref())?;
        let own = if asked.opens { None } else { view };
        let mut receipts = Vec::new();
        let answer = self.submit(step, deed, &asked, own.as_ref())?;
        if let Some(no) = tell::no(&answer) {
            return Ok(no);
        }
        let id = done(answer, &mut receipts).or(own.as_ref().map(|view| view.row.id));
        let id = id.ok_or_else(|| CaseError::new(step.line, "nothing was done"))?;
        self.record = Some(id);
        if deed.signed
            && let Some(no) = self.signatures(step, id, &mut receipts)?
        {
            return Ok(no);
        }
        let before = own.as_ref().map(Seen::of);
        let after = self.view(id, step.line)?;
        if deed.signed {
            for receipt in &mut receipts {
                receipt.events.retain(|(kind, _, _)| !matches!(kind.as_str(), "propose" | "sign"));
            }
        }
        if deed.act == "sign" && receipts.iter().all(|receipt| receipt.events.iter().all(|event| event.0 == "act")) {
            receipts.iter_mut().for_each(|receipt| receipt.events.push(("sign".into(), Code::default(), 0)));
        }
        let said = tell::outcome(before.as_ref(), &after, &receipts);
        Ok(format!("-> {}", if said.is_empty() { "done" } else { &said }))
    }

    /// A date alone: what has passed is put through.
    fn pass(&mut self, step: &Step) -> Result<String, CaseError> {
        let before = self.record.map(|id| self.view(id, step.line)).transpose()?;
        for government in std::iter::once(&self.home).chain(&self.case.governments) {
            self.bench.platform.put_through(government, None).map_err(fault(step.line))?;
        }
        let Some(before) = before else { return Ok("-> nothing".to_owned()) };
        let after = self.view(before.row.id, step.line)?;
        let events = self.events_after(&before, step.line)?;
        let receipt = Receipt {
            government: self.government.clone(),
            record: before.row.id,
            position: 0,
            events,
            findings: Vec::new(),
            numbers: Vec::new(),
            repeated: false,
        };
        let said = tell::outcome(Some(&Seen::of(&before)), &after, &[receipt]);
        Ok(format!("-> {}", if said.is_empty() { "nothing" } else { &said }))
    }

    /// The events of a record since it was looked at.
    fn events_after(&self, before: &RecordView, line: usize) -> Result<Vec<(Code, Code, u32)>, CaseError> {
        let mut read = self.bench.platform.store().read().map_err(fault(line))?;
        let rows = read.events(&self.government, before.row.id).map_err(fault(line))?;
        let mut events = Vec::new();
        for row in rows.iter().filter(|row| row.seq > before.row.seq) {
            let envelope = Envelope::decode(&row.envelope);
            let envelope = envelope.map_err(|why| CaseError::new(line, format!("an event cannot be read: {why}")))?;
            events.push((envelope.kind, envelope.what, envelope.seq));
        }
        Ok(events)
    }

    fn submit(
        &self,
        step: &Step,
        deed: &Deed,
        asked: &Asked,
        record: Option<&RecordView>,
    ) -> Result<Answer, CaseError> {
        let agency = deed.agency.as_deref().unwrap_or(AGENCY);
        let who = person(&self.government, &deed.account, agency, &[&deed.post]);
        let record = record.map(|view| view.row.id);
        let request = Request {
            inputs: asked.inputs.clone(),
            reasons: deed.reasons.clone(),
            done_at: asked.done_at,
            place: (self.government == self.home).then(|| self.case.place.clone()),
            standing: if deed.imported { Standing::Import } else { Standing::Normal },
            ..self.bench.request(&who, &self.case.line, record, asked.ask.clone())
        };
        self.bench.submit(request).map_err(fault(step.line))
    }

    /// All signatures at once, by the posts that the line names.
    fn signatures(&self, step: &Step, id: RecordId, receipts: &mut Vec<Receipt>) -> Result<Option<String>, CaseError> {
        loop {
            let view = self.view(id, step.line)?;
            let Some(proposal) = &view.record.proposal else { return Ok(None) };
            let posts = &view.line.act(proposal.act).sign;
            let Some(post) = posts.get(usize::from(proposal.signed)) else { return Ok(None) };
            let who = person(&self.government, post, AGENCY, &[post]);
            let request = self.bench.request(&who, &self.case.line, Some(id), RequestAsk::Sign);
            let answer = self.bench.submit(request).map_err(fault(step.line))?;
            if let Some(no) = tell::no(&answer) {
                return Ok(Some(no));
            }
            done(answer, receipts);
        }
    }

    fn asked(&self, step: &Step, deed: &Deed, line: &Line, view: Option<&RecordView>) -> Result<Asked, CaseError> {
        let own = line.acts.iter().find(|act| act.code == deed.act.as_str() && !is_general(act));
        let Some(act) = own else {
            let ask = general(step, deed, view)?;
            let skip = |pair: &&Pair| !matches!(pair.key.as_str(), "event" | "at" | "until");
            let correct = matches!(ask, RequestAsk::Correct { .. });
            let pairs: Vec<&Pair> = deed.pairs.iter().filter(|pair| correct && skip(pair)).collect();
            return Ok(Asked { ask, inputs: self.inputs(line, &pairs)?, opens: false, done_at: None });
        };
        if let Some(word) = deed.words.first() {
            return Err(CaseError::new(step.line, format!("`{word}` is no field=value")));
        }
        let told = |pair: &&Pair| pair.key == "done_at" && line.field_id("done_at").is_none();
        let done_at = deed.pairs.iter().find(told).map(|pair| moment(&pair.value, step.line)).transpose()?;
        let given: Vec<&Pair> = deed.pairs.iter().filter(|pair| !told(pair) && !pair.value.is_empty()).collect();
        let mut inputs = self.inputs(line, &given)?;
        let record = view.filter(|_| !act.opens);
        let number = act.number.map(|series| line.series[series.index()].field);
        // An act that is done again says anew what it fills in.
        let done = |view: &RecordView| view.line.act_id(&act.code).is_some_and(|id| view.record.times(id) > 0);
        let again = record.is_some_and(done);
        for (id, must) in &act.fills {
            let field = line.field(*id);
            let named = deed.pairs.iter().any(|pair| field.code == pair.key.as_str());
            let held = record.and_then(|view| view.record.get(view.line.field_id(&field.code)?));
            if !*must || named || (held.is_some() && !again) || number == Some(*id) {
                continue;
            }
            let set = self.case.set.iter().rev().find(|pair| field.code == pair.key.as_str());
            match (set, held) {
                (Some(pair), _) => inputs.extend(self.inputs(line, &[pair])?),
                (None, Some(held)) => inputs.push((field.code.clone(), held.clone())),
                (None, None) => {
                    inputs.extend(value::plain(field, step.at, 0).map(|value| (field.code.clone(), value)));
                }
            }
        }
        Ok(Asked { ask: RequestAsk::Act(act.code.clone()), inputs, opens: act.opens, done_at })
    }

    fn inputs(&self, line: &Line, pairs: &[&Pair]) -> Result<Vec<(Code, Value)>, CaseError> {
        let read = |pair: &&Pair| {
            let id = line
                .field_id(&pair.key)
                .ok_or_else(|| CaseError::new(pair.line, format!("{} has no field `{}`", line.name(), pair.key)))?;
            let value = value::read(line.field(id), &pair.value, &self.registered);
            Ok((line.field(id).code.clone(), value.map_err(|why| CaseError::new(pair.line, why))?))
        };
        pairs.iter().map(read).collect()
    }

    /// A record of a line, as history.
    fn register(&self, register: &Register, day: Date, number: usize) -> Result<RecordId, CaseError> {
        let at = day.at(9, 0, 0, 0);
        self.bench.clock.set(at);
        let line = self.in_force(&register.of, day, register.line)?;
        let pairs: Vec<&Pair> = register.pairs.iter().collect();
        let given = self.inputs(&line, &pairs)?;
        let to = match &register.stage {
            Some(code) => Some(
                line.stage_id(None, code)
                    .ok_or_else(|| CaseError::new(register.line, format!("{} has no stage `{code}`", line.name())))?,
            ),
            None => None,
        };
        let wanted: Vec<&str> = given.iter().map(|(code, _)| code.as_str()).collect();
        let filled =
            |code: &&str| line.acts.iter().any(|act| act.fills.iter().any(|(id, _)| line.field(*id).code == **code));
        if let Some(code) = wanted.iter().find(|code| !filled(code)) {
            return Err(CaseError::new(register.line, format!("no act of {} fills in `{code}`", line.name())));
        }
        let course = course(&line, to, &wanted)
            .ok_or_else(|| CaseError::new(register.line, "no course of acts reaches that stage with these fields"))?;
        let mut record = None;
        let mut held: Vec<Code> = Vec::new();
        for id in course {
            let act = line.act(id);
            let inputs = history(&line, act, &given, &mut held, at, number);
            let post = act.by.first().cloned().unwrap_or_default();
            let who = person(&self.government, &post, register.agency.as_deref().unwrap_or(AGENCY), &[&post]);
            let request = Request {
                inputs,
                standing: Standing::Import,
                ..self.bench.request(&who, &line.code, record, RequestAsk::Act(act.code.clone()))
            };
            match self.bench.submit(request).map_err(fault(register.line))? {
                Answer::Done(receipt) => record = Some(receipt.record),
                other => {
                    let no = tell::no(&other).unwrap_or_default();
                    return Err(CaseError::new(register.line, format!("`{}` cannot come in: {no}", act.code)));
                }
            }
        }
        record.ok_or_else(|| CaseError::new(register.line, "nothing was registered"))
    }
}

/// What an act of history fills in: what is given, and plain values for what it must fill besides.
fn history(
    line: &Line,
    act: &Act,
    given: &[(Code, Value)],
    held: &mut Vec<Code>,
    at: DateTime,
    number: usize,
) -> Vec<(Code, Value)> {
    let series = act.number.map(|series| line.series[series.index()].field);
    let mut inputs = Vec::new();
    for (id, must) in &act.fills {
        let field = line.field(*id);
        let known = given.iter().find(|(code, _)| *code == field.code).map(|(_, value)| value.clone());
        let needed = *must && !held.contains(&field.code) && series != Some(*id);
        let plain = || if needed { value::plain(field, at, number) } else { None };
        if let Some(value) = known.or_else(plain) {
            inputs.push((field.code.clone(), value));
            held.push(field.code.clone());
        }
    }
    inputs
}

fn done(answer: Answer, receipts: &mut Vec<Receipt>) -> Option<RecordId> {
    let Answer::Done(receipt) = answer else { return None };
    let id = receipt.record;
    receipts.push(receipt);
    Some(id)
}

fn is_general(act: &Act) -> bool {
    matches!(act.general, Some(General::Correct | General::Annul | General::HandOver | General::StandIn))
}

/// The acts of every record, by their names here.
fn general(step: &Step, deed: &Deed, view: Option<&RecordView>) -> Result<RequestAsk, CaseError> {
    let pair = |key: &str| deed.pairs.iter().find(|pair| pair.key == key).map(|pair| pair.value.as_str());
    let reason = deed.reason.clone().unwrap_or_else(|| REASON.to_owned());
    let word = || {
        let word = deed.words.first().map(|word| Code::from(word.as_str()));
        word.ok_or_else(|| CaseError::new(step.line, format!("`{}` needs an account", deed.act)))
    };
    Ok(match deed.act.as_str() {
        "sign" => RequestAsk::Sign,
        "return" => RequestAsk::Return(reason),
        "correct" => {
            let time = match (pair("event"), pair("at")) {
                (Some(event), Some(at)) => Some((event_of(event, step, view)?, moment(at, step.line)?)),
                _ => None,
            };
            RequestAsk::Correct { time, reason }
        }
        "annul" => {
            let seq = match deed.words.first() {
                Some(word) => event_of(word, step, view)?,
                None => last_act(view).ok_or_else(|| CaseError::new(step.line, "there is no act to annul"))?,
            };
            RequestAsk::Annul { seq, reason }
        }
        "hand_over" => RequestAsk::HandOver { to: word()?, reason },
        "stand_in" => {
            let until = pair("until").and_then(|day| day.parse().ok());
            let until = until.ok_or_else(|| CaseError::new(step.line, "`stand_in account until=2026-06-30`"))?;
            RequestAsk::StandIn { to: word()?, until, reason }
        }
        other => return Err(CaseError::new(step.line, format!("the line has no act `{other}`"))),
    })
}

fn last_act(view: Option<&RecordView>) -> Option<u32> {
    let done = view?.record.done.iter().rev().find(|done| matches!(done.what, What::Act(_)))?;
    Some(done.seq)
}

/// An event by its number, or by the code of an act: the last time it was done.
fn event_of(word: &str, step: &Step, view: Option<&RecordView>) -> Result<u32, CaseError> {
    if let Ok(seq) = word.parse() {
        return Ok(seq);
    }
    let seq = view.and_then(|view| {
        let act = view.line.act_id(word)?;
        view.record.last(act).map(|done| done.seq)
    });
    seq.ok_or_else(|| CaseError::new(step.line, format!("`{word}` is no event of the record")))
}

fn moment(text: &str, line: usize) -> Result<DateTime, CaseError> {
    let day = text.parse::<Date>().ok().map(|day| day.at(9, 0, 0, 0));
    let time = if text.contains('T') { text.parse().ok() } else { day };
    time.ok_or_else(|| CaseError::new(line, format!("`{text}` is no time: 2026-06-01 or 2026-06-01T14:30")))
}
