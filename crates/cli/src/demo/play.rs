//! Plays the scripts: every step of every record in the order of time, through the door that people use.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use indicatif::ProgressBar;
use kernel::Standing;
use ledger::Fault;
use platform::{Answer, Bulk, ClockGrant, Person, Platform, Request, RequestAsk};
use procedure::{Act, ActKind, General, Pending};
use terms::{Code, CommandId, DateTime, GovernmentCode, Value};

use super::data::{County, Step};
use super::fill::{Filler, Kept};
use super::plan::Plan;
use super::staff::Staff;
use crate::failure::Failure;

/// Acts that share one durable commit.
const BATCH: usize = 1_000;

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Played {
    pub acts: u64,
    pub refused: u64,
    pub records: u64,
}

impl Played {
    /// This and that together.
    pub fn and(self, other: Played) -> Played {
        Played {
            acts: self.acts + other.acts,
            refused: self.refused + other.refused,
            records: self.records + other.records,
        }
    }
}

/// The players and the stage.
pub struct Play<'a> {
    pub platform: &'a Platform,
    pub government: &'a GovernmentCode,
    pub county: &'a County,
    pub staff: &'a Staff,
    pub kept: Kept,
    pub bar: &'a ProgressBar,
    pub played: Played,
}

enum Tried {
    Done,
    Skipped,
}

impl<'a> Play<'a> {
    /// Plays all plans to their end; not to their end where the platform is closed meanwhile.
    pub fn all(&mut self, plans: &mut [Plan<'a>]) -> Result<bool, Failure> {
        let mut waiting: BinaryHeap<Reverse<(DateTime, usize)>> = BinaryHeap::new();
        waiting.extend(plans.iter().enumerate().map(|(index, plan)| Reverse((plan.recorded_at, index))));
        let mut bulk = self.platform.bulk(self.government, BATCH)?;
        let now = self.platform.now();
        while let Some(Reverse((_, index))) = waiting.pop() {
            let plan = &mut plans[index];
            if plan.recorded_at > now {
                self.end(plan);
                continue;
            }
            let step = self.step(&mut bulk, plan);
            step.map_err(|why| {
                Failure::new(
                    format!(
                        "the demonstration's script `{}` in {}, record {}, {}: {why}",
                        plan.script.name,
                        self.government,
                        plan.number,
                        shown(plan)
                    ),
                    "mend the script in demo/, or the line that it plays",
                )
            })?;
            let ended = plan.signing.is_none() && plan.step >= plan.script.step.len();
            if ended {
                self.end(plan);
            } else {
                waiting.push(Reverse((plan.recorded_at, index)));
            }
            if bulk.at_the_turn() && self.platform.closed() {
                bulk.finish()?;
                return Ok(false);
            }
        }
        bulk.finish()?;
        Ok(true)
    }

    fn end(&mut self, plan: &Plan<'_>) {
        self.played.records += 1;
        self.bar.inc(1);
        if let (Some([tag, _]), Some(key)) = (&plan.script.keeps, &plan.key) {
            self.kept.keep(tag, &plan.agency.code, key.clone());
        }
    }

    /// One step or signature, and the time of the next.
    fn step(&mut self, bulk: &mut Bulk<'_>, plan: &mut Plan<'a>) -> Result<(), String> {
        let calendar = self.platform.catalog().calendar.clone();
        self.move_line(plan);
        if let Some((act, signed)) = plan.signing {
            self.sign(bulk, plan, plan.line.clone().act(act), signed)?;
            let more = signed + 1 < plan.line.act(act).sign.len();
            plan.signing = more.then_some((act, signed + 1));
            if more {
                plan.sign_soon();
                return Ok(());
            }
            plan.step += 1;
            return plan.go_on(&calendar);
        }
        let script = plan.script;
        let step = &script.step[plan.step];
        let done = self.act(bulk, plan, step)?;
        let waits = plan.line.act_id(&step.act).filter(|id| {
            let act = plan.line.act(*id);
            let climbs = !act.sign.is_empty() && act.kind == ActKind::Power && !script.import;
            climbs && step.answer.is_none() && matches!(done, Tried::Done)
        });
        match waits {
            Some(id) => {
                plan.signing = Some((id, 0));
                plan.sign_soon();
                Ok(())
            }
            None => {
                plan.step += 1;
                plan.go_on(&calendar)
            }
        }
    }

    /// A pending record goes over to a version that takes it, as the platform does.
    fn move_line(&self, plan: &mut Plan<'_>) {
        let newer = self.platform.catalog().line(&plan.line.code, self.government, plan.recorded_at.date());
        if let Some(newer) = newer.filter(|line| line.pending == Pending::Move && plan.record.is_some()) {
            plan.line = newer;
        }
    }

    fn sign(&mut self, bulk: &mut Bulk<'_>, plan: &mut Plan<'_>, act: &Act, signed: usize) -> Result<(), String> {
        let post = act.sign.get(signed).ok_or("there is no further signature")?;
        let who = self.staff.holder(&plan.agency.code, std::slice::from_ref(post));
        let who = who.ok_or_else(|| format!("nobody has the post `{post}`"))?.clone();
        let request = request(plan, who, RequestAsk::Sign, Vec::new(), Vec::new());
        let answer = bulk.act(&request).map_err(failed)?;
        self.expect(plan, None, answer)
    }

    fn act(&mut self, bulk: &mut Bulk<'_>, plan: &mut Plan<'_>, step: &Step) -> Result<Tried, String> {
        let line = plan.line.clone();
        let general = |kind: General| line.acts.iter().find(|act| act.general == Some(kind));
        let own = line.act_id(&step.act).map(|id| line.act(id)).filter(|act| act.general.is_none());
        let (act, general) = match (own, step.act.as_str()) {
            (Some(act), _) => (act, None),
            (None, "correct") => match general(General::Correct) {
                Some(act) => (act, Some(General::Correct)),
                None => return Ok(Tried::Skipped),
            },
            (None, "annul") => match general(General::Annul) {
                Some(act) => (act, Some(General::Annul)),
                None => return Ok(Tried::Skipped),
            },
            (None, other) => return Err(format!("line {} has no act `{other}`", line.name())),
        };
        let who = self.who(plan, step, act)?;
        let inputs = self.inputs(plan, step, act, general)?;
        let reason = plan.dice.pick(self.county.words.get("reason").map_or(&[], Vec::as_slice)).cloned();
        let reason = reason.unwrap_or_else(|| "更正".to_owned());
        let ask = match general {
            Some(General::Correct) => RequestAsk::Correct { time: None, reason },
            Some(_) => RequestAsk::Annul { seq: plan.last, reason },
            None => RequestAsk::Act(act.code.clone()),
        };
        let reasons = step.reasons.iter().map(|(rule, text)| (rule.as_str().into(), text.clone())).collect();
        plan.opener.get_or_insert_with(|| who.clone());
        let filled: Vec<Code> = inputs.iter().map(|(field, _)| field.clone()).collect();
        let key =
            plan.script.keeps.as_ref().and_then(|[_, field]| {
                inputs.iter().find(|(code, _)| code == field).and_then(|(_, value)| key_of(value))
            });
        let request = request(plan, who, ask, inputs, reasons);
        let answer = bulk.act(&request).map_err(failed)?;
        self.expect(plan, step.answer.as_deref(), answer)?;
        if step.answer.is_none() {
            plan.held.extend(filled);
            plan.key = key.or(plan.key.take());
        }
        Ok(Tried::Done)
    }

    /// Who does it: the post that the step names, else the act's posts, else whoever keeps the file.
    fn who(&self, plan: &Plan<'_>, step: &Step, act: &Act) -> Result<Person, String> {
        if let Some(post) = &step.post {
            let holder = self.staff.holder(&plan.agency.code, std::slice::from_ref(post));
            return holder.cloned().ok_or_else(|| format!("nobody has the post `{post}`"));
        }
        if act.general.is_some()
            && let Some(opener) = &plan.opener
        {
            return Ok(opener.clone());
        }
        let holder = self.staff.holder(&plan.agency.code, &act.by);
        let keeper = || self.staff.keeper(&plan.agency.code).filter(|_| act.kind == ActKind::Fact);
        let who = holder.or_else(keeper);
        who.cloned().ok_or_else(|| format!("nobody has one of the posts {:?} of `{}`", act.by, act.code))
    }

    fn inputs(
        &self,
        plan: &mut Plan<'_>,
        step: &Step,
        act: &Act,
        general: Option<General>,
    ) -> Result<Vec<(Code, Value)>, String> {
        let line = plan.line.clone();
        let mut inputs = Vec::new();
        if general == Some(General::Annul) {
            return Ok(inputs);
        }
        if general == Some(General::Correct) {
            for (code, said) in &step.set {
                let id = line.field_id(code).ok_or_else(|| format!("there is no field `{code}`"))?;
                let value = self.value(plan, line.field(id), Some(said))?;
                inputs.push((code.as_str().into(), value));
            }
            return Ok(inputs);
        }
        if let Some(unknown) = step
            .set
            .keys()
            .find(|code| line.field_id(code).is_none_or(|id| !act.fills.iter().any(|(field, _)| *field == id)))
        {
            return Err(format!("`{}` does not fill in `{unknown}`", act.code));
        }
        let numbered = act.number.map(|series| line.series[series.index()].field);
        for (id, must) in act.fills.iter().filter(|(id, _)| Some(*id) != numbered) {
            let field = line.field(*id);
            let here = step.set.get(field.code.as_str());
            let anywhere = plan.script.set.get(field.code.as_str()).filter(|_| !plan.held.contains(&field.code));
            let said = here.or(anywhere);
            if said.is_some() || (*must && !plan.held.contains(&field.code)) {
                inputs.push((field.code.clone(), self.value(plan, field, said)?));
            }
        }
        Ok(inputs)
    }

    fn value(
        &self,
        plan: &mut Plan<'_>,
        field: &procedure::Field,
        said: Option<&toml::Value>,
    ) -> Result<Value, String> {
        let filler = Filler {
            county: self.county,
            calendar: &self.platform.catalog().calendar,
            kept: &self.kept,
            agency: &plan.agency.code,
            unit: &plan.agency.name,
            place: &plan.place_name,
            number: plan.number,
            play: plan.script.play,
            at: plan.done_at,
            share: plan.shares.get(field.code.as_str()).copied(),
        };
        match said {
            Some(said) => filler.said(&mut plan.dice, field, said),
            None => filler.fitting(&mut plan.dice, field),
        }
    }

    /// Compares the answer with what the script expects.
    fn expect(&mut self, plan: &mut Plan<'_>, expected: Option<&str>, answer: Answer) -> Result<(), String> {
        match (expected, answer) {
            (None, Answer::Done(receipt)) => {
                self.played.acts += 1;
                plan.record = Some(receipt.record);
                plan.last = receipt.events.last().map_or(plan.last, |(_, _, seq)| *seq);
                Ok(())
            }
            (Some("asks"), Answer::Asks(_)) | (Some("incomplete"), Answer::Incomplete(_)) => {
                self.played.refused += 1;
                Ok(())
            }
            (Some(code), Answer::Refused(all)) if all.iter().any(|refusal| refusal.code == code) => {
                self.played.refused += 1;
                Ok(())
            }
            (expected, answer) => Err(format!("expected {}, and got {}", expected.unwrap_or("done"), short(&answer))),
        }
    }
}

/// By chance, but in the order of time: whoever asks whether a command was there finds its neighbours at hand.
fn command(plan: &mut Plan<'_>) -> CommandId {
    let mut id = plan.dice.bytes();
    let seconds = plan.recorded_at.duration_since(DateTime::constant(2000, 1, 1, 0, 0, 0, 0)).as_secs();
    id[..8].copy_from_slice(&seconds.to_be_bytes());
    CommandId(id)
}

fn request(
    plan: &mut Plan<'_>,
    who: Person,
    ask: RequestAsk,
    inputs: Vec<(Code, Value)>,
    reasons: Vec<(Code, String)>,
) -> Request {
    let late = plan.done_at != plan.recorded_at;
    Request {
        id: command(plan),
        who,
        record: plan.record,
        line: plan.script.line.clone(),
        seen: None,
        ask,
        inputs,
        reasons,
        attachments: Vec::new(),
        done_at: late.then_some(plan.done_at),
        place: Some(plan.place.clone()),
        handler: None,
        standing: if plan.script.import { Standing::Import } else { Standing::Normal },
        grant: Some(ClockGrant::at(plan.recorded_at)),
    }
}

fn key_of(value: &Value) -> Option<Code> {
    match value {
        Value::Text(text) => Some(text.as_str().into()),
        Value::Key(key) | Value::Choice(key) => Some(key.clone()),
        _ => None,
    }
}

fn failed(fault: Fault) -> String {
    fault.to_string()
}

fn shown(plan: &Plan<'_>) -> String {
    let step = plan.script.step.get(plan.step).map_or("end", |step| step.act.as_str());
    let sign = if plan.signing.is_some() { " (signature)" } else { "" };
    format!("`{step}`{sign} of {} at {}", plan.line.name(), plan.recorded_at)
}

/// An answer in one line, for the author of a script.
fn short(answer: &Answer) -> String {
    match answer {
        Answer::Done(_) => "done".to_owned(),
        Answer::Refused(all) => {
            let one = |refusal: &kernel::Refusal| {
                let rule = refusal.rule.as_deref().unwrap_or_default();
                let lacking: Vec<&str> = refusal.lacking.iter().map(|said| said.en.as_str()).collect();
                format!("{} {rule} ({})", refusal.code, lacking.join("; "))
            };
            format!("refused: {}", all.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        Answer::Asks(all) => {
            let rules: Vec<&str> = all.iter().map(|warning| warning.rule.as_str()).collect();
            format!("asks for reasons: {}", rules.join(", "))
        }
        Answer::Incomplete(gaps) => format!("incomplete: {gaps:?}"),
        other => format!("{other:?}"),
    }
}
