//! Decides a command.

use procedure::{
    Act, ActId, ActKind, Actor, Allow, Answer, Done, Expr, Facts, FieldId, FieldType, General, Line, Mend, Proposal,
    Record, Rule, Said, StageId, Strictness, Truth, What,
};
use terms::{Calendar, Code, Date, DateTime, MessageId, RecordId, Value};

use crate::{ClockState, Event, Gap, GapKind, Kind, Opening, Refusal, Warning, apply, clock::clock};

/// What is asked, of which record, by whom.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The resolved line.
    pub line: &'a Line,
    /// The record, with the lapses due before `now` put through; `None` to open one.
    pub record: Option<&'a Record>,
    /// Answers to the line's lookups, by position.
    pub answers: &'a [Option<Answer>],
    /// Working days.
    pub calendar: &'a Calendar,
    /// Who acts.
    pub actor: &'a Actor,
    /// Normal, or an import order.
    pub standing: Standing,
}

/// Under what title a command comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A person at work.
    Normal,
    /// History under an import order: everything comes in as a fact.
    Import,
}

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What is asked.
    pub ask: Ask,
    /// When it was done, as claimed.
    pub at: DateTime,
    /// What the act fills in.
    pub inputs: Vec<(FieldId, Value)>,
    /// Reasons for rules that warn, by the rule's code.
    pub reasons: Vec<(Code, String)>,
    /// For an opening act.
    pub opening: Option<Opening>,
    /// The message that brings it.
    pub message: Option<MessageId>,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// An act of the line.
    Act(ActId),
    /// The next signature under the proposal.
    Sign,
    /// The proposal back, with a reason.
    Return(String),
    /// A field, or the claimed time of an event, put right by this general act.
    Correct {
        /// The general act.
        act: ActId,
        /// The event whose time is wrong, and the right time.
        time: Option<(u32, DateTime)>,
        /// Why.
        reason: String,
    },
    /// The last act taken back.
    Annul {
        /// The general act.
        act: ActId,
        /// The event of the act.
        seq: u32,
        /// Why.
        reason: String,
    },
    /// The record given to another handler.
    HandOver {
        /// The general act.
        act: ActId,
        /// The account.
        to: Code,
        /// Why.
        reason: String,
    },
    /// Somebody to act for the handler.
    StandIn {
        /// The general act.
        act: ActId,
        /// The account.
        to: Code,
        /// The last day.
        until: Date,
        /// Why.
        reason: String,
    },
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// These events.
    Granted(Vec<Event>),
    /// The law says no.
    Refused(Vec<Refusal>),
    /// The law wants a reason on the record.
    Asks(Vec<Warning>),
    /// The form is incomplete or wrong.
    Incomplete(Vec<Gap>),
}

/// Decides a command. Every fault of the form is told at once; then every reason why the law forbids it.
pub fn judge(question: &Question<'_>, command: &Command) -> Verdict {
    match &command.ask {
        Ask::Act(act) => Judge::new(question, command, *act).act(),
        Ask::Sign => sign(question, command),
        Ask::Return(reason) => give_back(question, command, reason),
        Ask::Correct { act, .. } | Ask::Annul { act, .. } | Ask::HandOver { act, .. } | Ask::StandIn { act, .. } => {
            Judge::new(question, command, *act).general()
        }
    }
}

pub(crate) struct Judge<'a> {
    question: &'a Question<'a>,
    command: &'a Command,
    id: ActId,
    act: &'a Act,
    refusals: Vec<Refusal>,
    warnings: Vec<Warning>,
    findings: Vec<(Code, Option<String>)>,
    /// A second person has signed it.
    seconded: bool,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(question: &'a Question<'a>, command: &'a Command, id: ActId) -> Judge<'a> {
        let act = question.line.act(id);
        Judge {
            question,
            command,
            id,
            act,
            refusals: Vec::new(),
            warnings: Vec::new(),
            findings: Vec::new(),
            seconded: false,
        }
    }

    fn facts(&self) -> Facts<'a> {
        Facts {
            line: self.question.line,
            record: self.question.record,
            inputs: &self.command.inputs,
            answers: self.question.answers,
            now: Some(self.command.at),
            actor: Some(self.question.actor),
            calendar: self.question.calendar,
            this: None,
        }
    }

    /// A fact is taken whatever the law says of it; under an import order everything is a fact.
    fn is_fact(&self) -> bool {
        self.act.kind == ActKind::Fact || self.question.standing == Standing::Import
    }

    fn act(mut self) -> Verdict {
        let gaps = self.gaps();
        if !gaps.is_empty() {
            return Verdict::Incomplete(gaps);
        }
        self.standing();
        self.stage();
        if self.refusals.is_empty() {
            self.rules();
            self.limits();
        }
        let extended = self.extended();
        if !self.refusals.is_empty() {
            return Verdict::Refused(self.refusals);
        }
        if !self.warnings.is_empty() {
            return Verdict::Asks(self.warnings);
        }
        let climbs = !self.act.sign.is_empty() && !self.is_fact();
        let kind = if climbs { Kind::Proposed(self.id) } else { Kind::Act(self.id) };
        Verdict::Granted(vec![Event {
            changes: self.command.inputs.clone(),
            findings: self.findings,
            extended,
            number: if climbs { None } else { self.act.number },
            opening: if self.question.record.is_none() { self.command.opening.clone() } else { None },
            message: self.command.message.clone(),
            ..Event::bare(kind, self.command.at, self.question.actor.account.clone())
        }])
    }

    fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let line = self.question.line;
        // What was given once stands; an act that is done again says anew what it fills in.
        let again = self.question.record.is_some_and(|record| record.times(self.id) > 0);
        let held = |field| !again && self.facts().field(field).is_some();
        for (field, must) in &self.act.fills {
            let given = self.command.inputs.iter().any(|(id, _)| id == field);
            if *must && !given && !held(*field) && !self.numbered(*field) {
                gaps.push(Gap { field: line.field(*field).code.clone(), kind: GapKind::Missing });
            }
        }
        for (field, value) in &self.command.inputs {
            // History brings the number that it was given in its day.
            let brought = self.question.standing == Standing::Import && self.numbered(*field);
            let kind = match brought || self.act.fills.iter().any(|(id, _)| id == field) {
                false => Some(GapKind::NotAsked),
                true => mismatch(&line.field(*field).kind, value),
            };
            gaps.extend(kind.map(|kind| Gap { field: line.field(*field).code.clone(), kind }));
        }
        gaps
    }

    /// The store fills in the field that keeps the act's number.
    fn numbered(&self, field: FieldId) -> bool {
        self.act.number.is_some_and(|series| self.question.line.series[series.index()].field == field)
    }

    /// Whether the record is there, and whether this actor may do this to it.
    fn standing(&mut self) {
        let act_law = self.act.ground.law.clone();
        match (self.question.record, self.act.opens) {
            (None, false) => self.refusals.push(Refusal::new("R101").law(&act_law)),
            (Some(_), true) => self.refusals.push(Refusal::new("R102").law(&act_law)),
            _ => {}
        }
        if self.act.kind == ActKind::Deemed && self.question.standing == Standing::Normal {
            self.refusals.push(Refusal::new("R210").law(&act_law));
        }
        let actor = self.question.actor;
        let has_post = self.act.by.iter().any(|post| actor.posts.contains(post));
        let across = self.act.by.iter().any(|post| actor.across.contains(post));
        let own = across || self.question.record.is_none_or(|record| record.agency == actor.agency);
        if self.is_fact() {
            // Whoever of the agency keeps the file may put a fact on it; a party may do so from outside.
            if !own && !has_post {
                self.refusals.push(Refusal::new("R104"));
            }
        } else if !has_post {
            self.refusals.push(Refusal::new("R103").law(&act_law));
        } else if !own {
            self.refusals.push(Refusal::new("R104"));
        }
        if let Some(opened) = self.question.record.and_then(|record| record.done.first())
            && self.command.at < opened.at
        {
            self.refusals.push(Refusal::new("R211").law(&act_law).day(opened.at));
        }
        let under_way = self.question.record.is_some_and(|record| record.proposal.is_some());
        if !self.act.sign.is_empty() && !self.is_fact() && under_way {
            self.refusals.push(Refusal::new("R207").law(&act_law));
        }
    }

    fn stage(&mut self) {
        let Some(record) = self.question.record else { return };
        let stage = record.stage_of(self.act.track);
        let line = self.question.line;
        let there = self.act.from.contains(&stage);
        let anywhere = self.act.from.is_empty() && !record.closed(line);
        if there || anywhere || (self.act.opens && self.question.standing == Standing::Import) {
            return;
        }
        if self.is_fact() {
            self.findings.push(("out_of_order".into(), None));
            return;
        }
        let from: Vec<StageId> = self.act.from.clone();
        let lacking = Expr::Stage(self.act.track, from);
        let refusal = Refusal::new("R201").rule(&self.act.code).law(&self.act.ground.law);
        let lacking = if self.act.from.is_empty() { Vec::new() } else { vec![said(&lacking, line)] };
        self.refusals.push(Refusal { lacking, ..refusal });
    }

    fn rules(&mut self) {
        let facts = self.facts();
        for id in &self.act.rules {
            let rule = &self.question.line.rules[id.index()];
            if facts.truth(&rule.is) != Truth::Yes {
                self.broken(rule, &facts);
            }
        }
    }

    fn broken(&mut self, rule: &'a Rule, facts: &Facts<'a>) {
        if self.is_fact() {
            self.findings.push((rule.code.clone(), None));
        } else if rule.forbids() {
            let lacking = facts.lacking(&rule.is).into_iter().map(|part| said(part, self.question.line)).collect();
            let refusal = Refusal::new("R202").rule(&rule.code).law(&rule.ground.law);
            self.refusals.push(Refusal {
                why: Some(rule.why.clone()),
                instead: rule.instead.clone(),
                lacking,
                ..refusal
            });
        } else {
            self.warn(&rule.code, &rule.ground, Some(&rule.why));
        }
    }

    /// With a reason the act goes on, and the reason is on the record; without one it is asked for.
    fn warn(&mut self, code: &Code, ground: &procedure::Ground, why: Option<&Said>) {
        let reason = self.command.reasons.iter().find(|(rule, text)| rule == code && !text.trim().is_empty());
        match reason {
            Some((_, reason)) => self.findings.push((code.clone(), Some(reason.clone()))),
            None => self.warnings.push(Warning {
                rule: code.clone(),
                law: ground.law.clone(),
                why: why.cloned(),
                reading: ground.reading.clone(),
            }),
        }
    }

    /// Limits that this act meets: too late, or before the minimum has passed.
    fn limits(&mut self) {
        let opened = self.opened();
        let Some(record) = self.question.record.or(opened.as_ref()) else { return };
        let (line, act) = (self.question.line, self.id);
        for (id, limit) in line.limits_with_ids().filter(|(_, limit)| limit.ends.contains(&act)) {
            let Some(clock) = clock(line, record, id, self.question.calendar) else { continue };
            let (deadline, code) = match (limit.allow, clock.state) {
                (Allow::AtLeast(_), ClockState::Runs(deadline)) if self.command.at <= deadline.last => {
                    (deadline, "R205")
                }
                (Allow::AtLeast(_), _) => continue,
                (_, ClockState::Passed(deadline) | ClockState::Runs(deadline)) if self.command.at > deadline.last => {
                    (deadline, "R203")
                }
                (_, ClockState::Met { at, deadline }) if opened.is_some() && at > deadline.last => (deadline, "R203"),
                _ => continue,
            };
            if deadline.provisional && code == "R203" {
                continue;
            }
            match limit.strictness {
                _ if self.is_fact() => self.findings.push((limit.code.clone(), None)),
                Strictness::Notes => self.findings.push((limit.code.clone(), None)),
                Strictness::Forbids if !limit.ground.only_warns() => {
                    let refusal = Refusal::new(code).rule(&limit.code).law(&limit.ground.law);
                    self.refusals.push(refusal.day(deadline.last));
                }
                _ => self.warn(&limit.code, &limit.ground, None),
            }
        }
    }

    /// The record as the act at hand would open it: a date in its own form may start a limit that the act meets.
    fn opened(&self) -> Option<Record> {
        let opening = self.command.opening.clone().filter(|_| self.question.record.is_none())?;
        let event = Event {
            changes: self.command.inputs.clone(),
            opening: Some(opening),
            ..Event::bare(Kind::Act(self.id), self.command.at, self.question.actor.account.clone())
        };
        Some(apply(self.question.line, None, &event, RecordId(0), 1))
    }

    /// By how much the act extends a limit, if it does: before it has passed, within what is left.
    fn extended(&mut self) -> Option<u32> {
        let line = self.question.line;
        let extension = line.extensions.iter().find(|extension| extension.act == self.id)?;
        let limit = line.limit(extension.limit);
        let by = match extension.by.and_then(|field| self.facts().field(field)) {
            Some(Value::Number(by)) => u32::try_from(*by).unwrap_or(u32::MAX),
            _ => extension.at_most.n,
        };
        let clock =
            self.question.record.and_then(|record| clock(line, record, extension.limit, self.question.calendar));
        let running = clock.as_ref().map(|clock| (clock.state, clock.extensions.as_slice()));
        let refusal = |code| Refusal::new(code).rule(&limit.code).law(&extension.ground.law);
        let Some((ClockState::Runs(deadline), before)) = running else {
            self.refuse_or_find(refusal("R206"), &limit.code);
            return Some(by);
        };
        if self.command.at > deadline.last {
            self.refuse_or_find(refusal("R206").day(deadline.last), &limit.code);
        }
        let spent: u32 = before.iter().map(|(_, by)| *by).sum();
        if by == 0 || spent.saturating_add(by) > extension.at_most.n {
            self.refuse_or_find(refusal("R204").day(deadline.last), &limit.code);
        } else if extension.times.is_some_and(|times| before.len() >= usize::from(times)) {
            if extension.ground.only_warns() {
                if self.is_fact() {
                    self.findings.push((limit.code.clone(), None));
                } else {
                    self.warn(&limit.code, &extension.ground, None);
                }
            } else {
                self.refuse_or_find(refusal("R204").day(deadline.last), &limit.code);
            }
        }
        Some(by)
    }

    fn refuse_or_find(&mut self, refusal: Refusal, code: &Code) {
        if self.is_fact() {
            self.findings.push((code.clone(), None));
        } else {
            self.refusals.push(refusal);
        }
    }

    /// Correct, annul, hand over, stand in.
    fn general(mut self) -> Verdict {
        let Some(record) = self.question.record else {
            return Verdict::Refused(vec![Refusal::new("R101").law(&self.act.ground.law)]);
        };
        self.standing();
        // The handler answers for the file, whatever posts the general act names.
        let account = &self.question.actor.account;
        if record.handler.as_ref() == Some(account) {
            self.refusals.retain(|refusal| refusal.code != "R103");
        }
        let (kind, reason) = match &self.command.ask {
            Ask::Correct { time, reason, .. } => (Kind::Corrected { time: *time }, reason),
            Ask::Annul { seq, reason, .. } => (Kind::Annulled { seq: *seq }, reason),
            Ask::HandOver { to, reason, .. } => (Kind::HandedOver { to: to.clone() }, reason),
            Ask::StandIn { to, until, reason, .. } => (Kind::StoodIn { to: to.clone(), until: *until }, reason),
            Ask::Act(_) | Ask::Sign | Ask::Return(_) => return self.act(),
        };
        let mut gaps = self.general_gaps(record, &kind);
        if reason.trim().is_empty() {
            gaps.push(Gap { field: Code::default(), kind: GapKind::NoReason });
        }
        if !gaps.is_empty() {
            return Verdict::Incomplete(gaps);
        }
        // A line may close its records to a general act: what was signed is restated, and not corrected.
        if self.refusals.is_empty() {
            self.rules();
        }
        if let Kind::Annulled { seq } = kind {
            let last = record.done.iter().rev().find(|done| matches!(done.what, What::Act(_)));
            // Without the act that opened it there is no record; a lapse after it does not make it the last.
            let opened = record.done.first().is_some_and(|first| first.seq == seq);
            if opened || last.is_none_or(|done| done.seq != seq || done.by.is_empty()) {
                self.refusals.push(Refusal::new("R209").law(&self.act.ground.law));
            }
        }
        let kind = match self.needs_second(record, &kind, reason) {
            Some(mend) => {
                if record.proposal.is_some() {
                    self.refusals.push(Refusal::new("R207").law(&self.act.ground.law));
                }
                Kind::ProposedMend { act: self.id, mend }
            }
            None => kind,
        };
        if !self.refusals.is_empty() {
            return Verdict::Refused(self.refusals);
        }
        Verdict::Granted(vec![Event {
            changes: self.command.inputs.clone(),
            reason: Some(reason.clone()),
            ..Event::bare(kind, self.command.at, account.clone())
        }])
    }

    /// What a second person has to sign, where the act needs one: what others rely on is not put right by one alone. They
    /// rely on what stood when the record was last served or published, and on that act itself.
    fn needs_second(&self, record: &Record, kind: &Kind, reason: &str) -> Option<Mend> {
        let second = self.act.second.as_ref().filter(|_| !self.seconded)?;
        if self.question.standing != Standing::Normal {
            return None;
        }
        let act_of = |done: &Done| match done.what {
            What::Act(act) => Some(act),
            What::Lapse(_) => None,
        };
        let relied_on = record.done.iter().filter(|done| act_of(done).is_some_and(|act| second.after.contains(&act)));
        let until = relied_on.map(|done| done.seq).max()?;
        let line = self.question.line;
        let stood = |field: &FieldId| {
            let before = record.done.iter().filter(|done| done.seq <= until).filter_map(act_of);
            before.flat_map(|act| &line.act(act).fills).any(|(filled, _)| filled == field)
        };
        let reason = reason.to_owned();
        match kind {
            Kind::Corrected { time } => {
                let field = self.command.inputs.iter().any(|(field, _)| stood(field));
                let step = time.is_some_and(|(seq, _)| seq <= until);
                (field || step).then_some(Mend::Correct { time: *time, reason })
            }
            Kind::Annulled { seq } if *seq <= until => Some(Mend::Annul { seq: *seq, reason }),
            _ => None,
        }
    }

    fn general_gaps(&self, record: &Record, kind: &Kind) -> Vec<Gap> {
        let line = self.question.line;
        let Kind::Corrected { time } = kind else { return Vec::new() };
        let gap = |field: Code, kind| Gap { field, kind };
        let mut gaps: Vec<Gap> = self
            .command
            .inputs
            .iter()
            .filter_map(|(id, value)| {
                let field = line.field(*id);
                mismatch(&field.kind, value).map(|kind| gap(field.code.clone(), kind))
            })
            .collect();
        let known = time.is_none_or(|(seq, _)| record.done.iter().any(|done| done.seq == seq && !done.by.is_empty()));
        if !known || (time.is_none() && self.command.inputs.is_empty()) {
            gaps.push(gap(Code::default(), GapKind::NothingToCorrect));
        }
        gaps
    }

    /// What stands in the way before anything is filled in, for [`crate::next_acts`].
    pub(crate) fn outlook(mut self) -> (Vec<Refusal>, Vec<Warning>) {
        self.standing();
        self.stage();
        if self.refusals.is_empty() {
            let facts = self.facts();
            for id in &self.act.rules {
                let rule = &self.question.line.rules[id.index()];
                if facts.truth(&rule.is) != Truth::Yes && !self.may_still_hold(&rule.is) {
                    self.broken(rule, &facts);
                }
            }
            if self.act.general.is_none() {
                self.limits();
            }
            if self.question.line.extensions.iter().any(|extension| extension.act == self.id && extension.by.is_none())
            {
                self.extended();
            }
        }
        (self.refusals, self.warnings)
    }

    /// The rule reads something that this very act fills in.
    fn may_still_hold(&self, rule: &Expr) -> bool {
        let fills = |field: &FieldId| self.act.fills.iter().any(|(id, _)| id == field);
        let asks = |lookup: &procedure::LookupId| fills(&self.question.line.lookups[lookup.index()].asks);
        rule.fields().iter().any(fills) || rule.lookups().iter().any(asks)
    }
}

fn said(expr: &Expr, line: &Line) -> Said {
    Said { zh: expr.say(line, procedure::Language::Zh), en: expr.say(line, procedure::Language::En) }
}

fn mismatch(kind: &FieldType, value: &Value) -> Option<GapKind> {
    let known = |choices: &procedure::Choices, code: &Code| choices.choices.iter().any(|choice| choice.code == *code);
    let right = match (kind, value) {
        (FieldType::Period, Value::Key(period)) => period.parse::<terms::Stretch>().is_ok(),
        (FieldType::Choice(all), Value::Choice(code)) => {
            return (!known(all, code)).then_some(GapKind::UnknownChoice);
        }
        (FieldType::Choices(all), Value::Choices(codes)) => {
            return codes.iter().any(|code| !known(all, code)).then_some(GapKind::UnknownChoice);
        }
        (FieldType::Bool, Value::Bool(_))
        | (FieldType::Number(_), Value::Number(_))
        | (FieldType::Money, Value::Money(_))
        | (FieldType::Date, Value::Date(_))
        | (FieldType::Moment, Value::Moment(_))
        | (FieldType::Text | FieldType::Figures, Value::Text(_))
        | (FieldType::Key(_) | FieldType::Organ, Value::Key(_))
        | (FieldType::Keys(_) | FieldType::Questions, Value::Keys(_))
        | (FieldType::Party, Value::Party(_))
        | (FieldType::Link(_), Value::Link(_)) => true,
        _ => false,
    };
    (!right).then_some(GapKind::WrongType)
}

/// A signature: the act is judged again as it stands now, and counts from the last one.
fn sign(question: &Question<'_>, command: &Command) -> Verdict {
    let Some((record, proposal)) = question.record.and_then(|record| Some((record, record.proposal.as_ref()?))) else {
        return Verdict::Refused(vec![Refusal::new("R208")]);
    };
    let act = question.line.act(proposal.act);
    let held = |post: &&Code| question.actor.posts.contains(*post);
    let posts: Vec<&Code> = act.signers(proposal.signed).iter().filter(held).collect();
    if posts.is_empty() {
        return Verdict::Refused(vec![Refusal::new("R103").law(&act.ground.law)]);
    }
    if record.agency != question.actor.agency && !posts.iter().any(|post| question.actor.across.contains(*post)) {
        return Verdict::Refused(vec![Refusal::new("R104")]);
    }
    if let Some(mend) = &proposal.mend {
        return second(question, command, record, proposal, mend);
    }
    let signature = Event::bare(Kind::Signed(proposal.act), command.at, question.actor.account.clone());
    if usize::from(proposal.signed) + 1 < act.sign.len() {
        return Verdict::Granted(vec![signature]);
    }
    let without = Record { proposal: None, ..record.clone() };
    let proposer = Actor {
        account: proposal.by.clone(),
        agency: record.agency.clone(),
        posts: act.by.clone(),
        across: Vec::new(),
    };
    let again = Question { record: Some(&without), actor: &proposer, ..*question };
    let inner = Command {
        ask: Ask::Act(proposal.act),
        at: command.at,
        inputs: proposal.changes.clone(),
        reasons: proposal.reasons.clone(),
        opening: None,
        message: None,
    };
    match Judge::new(&again, &inner, proposal.act).act() {
        Verdict::Granted(events) => {
            // The act is the proposer's; whose the last signature is stands in an event of its own.
            let done =
                events.into_iter().map(|event| Event { kind: Kind::Act(proposal.act), number: act.number, ..event });
            Verdict::Granted(std::iter::once(signature).chain(done).collect())
        }
        other => other,
    }
}

/// The signature of a second person under a correction or an annulment, which is judged again as it stands now.
fn second(question: &Question<'_>, command: &Command, record: &Record, proposal: &Proposal, mend: &Mend) -> Verdict {
    let act = question.line.act(proposal.act);
    if proposal.by == question.actor.account {
        return Verdict::Refused(vec![Refusal::new("R212").law(&act.ground.law)]);
    }
    let without = Record { proposal: None, ..record.clone() };
    let proposer = Actor {
        account: proposal.by.clone(),
        agency: record.agency.clone(),
        posts: act.by.clone(),
        across: Vec::new(),
    };
    let again = Question { record: Some(&without), actor: &proposer, ..*question };
    let ask = match mend.clone() {
        Mend::Correct { time, reason } => Ask::Correct { act: proposal.act, time, reason },
        Mend::Annul { seq, reason } => Ask::Annul { act: proposal.act, seq, reason },
    };
    let inner = Command {
        ask,
        at: command.at,
        inputs: proposal.changes.clone(),
        reasons: Vec::new(),
        opening: None,
        message: None,
    };
    let mut judge = Judge::new(&again, &inner, proposal.act);
    judge.seconded = true;
    match judge.general() {
        Verdict::Granted(events) => {
            let signature = Event::bare(Kind::Signed(proposal.act), command.at, question.actor.account.clone());
            Verdict::Granted(std::iter::once(signature).chain(events).collect())
        }
        other => other,
    }
}

/// A proposal returned by whoever should sign next, or taken back by whoever made it.
fn give_back(question: &Question<'_>, command: &Command, reason: &str) -> Verdict {
    let Some(proposal) = question.record.and_then(|record| record.proposal.as_ref()) else {
        return Verdict::Refused(vec![Refusal::new("R208")]);
    };
    let act = question.line.act(proposal.act);
    let next = act.signers(proposal.signed);
    let actor = question.actor;
    let own = question.record.is_some_and(|record| record.agency == actor.agency);
    let signs = next.iter().any(|post| actor.posts.contains(post) && (own || actor.across.contains(post)));
    let may = signs || (own && proposal.by == actor.account);
    if !may {
        return Verdict::Refused(vec![Refusal::new("R103").law(&act.ground.law)]);
    }
    if reason.trim().is_empty() {
        return Verdict::Incomplete(vec![Gap { field: Code::default(), kind: GapKind::NoReason }]);
    }
    let event = Event::bare(Kind::Returned(proposal.act), command.at, question.actor.account.clone());
    Verdict::Granted(vec![Event { reason: Some(reason.to_owned()), ..event }])
}

/// Whether an act is one of the general acts.
pub(crate) fn is_general(act: &Act) -> bool {
    matches!(act.general, Some(General::Correct | General::Annul | General::HandOver | General::StandIn))
}
