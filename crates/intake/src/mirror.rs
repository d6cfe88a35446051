//! A row of another system's export against what is on record: new acts are appended, the same does nothing, and what
//! contradicts is told.

use ledger::Fault;
use platform::Batch;
use procedure::{Line, Record, What, say_value};
use terms::{RecordId, Value};

use crate::columns::{Part, Slot};
use crate::open::Opened;
use crate::row::{Intent, Step};
use crate::told::{Why, say};

/// A row against what is on record.
pub(crate) enum Against<'i> {
    /// Nothing is on record of it.
    New,
    /// It is on record, and these acts are not yet.
    Known(RecordId, Vec<&'i Step>),
    /// It is on record otherwise.
    Contradicts(RecordId, Vec<Why>),
}

impl Opened {
    /// The other system's number of a row.
    pub(crate) fn number_of(&self, intent: &Intent) -> Option<String> {
        let mirror = self.mirror.as_ref()?;
        let opening = intent.steps.first()?;
        let (_, value) = opening.inputs.iter().find(|(field, _)| *field == mirror.number)?;
        match value {
            Value::Text(number) => Some(number.clone()),
            _ => None,
        }
    }

    pub(crate) fn against<'i>(&self, batch: &mut Batch<'_>, intent: &'i Intent) -> Result<Against<'i>, Fault> {
        let (Some(mirror), Some(number)) = (&self.mirror, self.number_of(intent)) else { return Ok(Against::New) };
        let government = &self.order.who.government;
        let found = batch.transaction().keyed(government, &mirror.line, &mirror.number, &[number.as_str().into()])?;
        let Some((_, id)) = found.first() else { return Ok(Against::New) };
        let Some((line, record)) = batch.peek(*id)? else { return Ok(Against::New) };
        let (mut fresh, mut wrong) = (Vec::new(), Vec::new());
        for step in &intent.steps {
            let act = line.act_id(&step.act);
            let done = record.done.iter().rev().find(|done| act.is_some_and(|act| done.what == What::Act(act)));
            match done {
                None => fresh.push(step),
                Some(done) if step.at.is_some_and(|at| at.date() != done.at.date()) => {
                    let slot = Slot::Day(step.act.clone());
                    let theirs = step.at.map(|at| at.date().to_string()).unwrap_or_default();
                    wrong.push(self.contradiction(&slot, &done.at.date().to_string(), &theirs));
                }
                Some(_) => self.compare(&line, &record, step, &mut wrong),
            }
        }
        // What is on record of this system and no longer in its export.
        for done in &record.done {
            let What::Act(act) = done.what else { continue };
            let code = &line.act(act).code;
            let told = intent.steps.iter().any(|step| step.act == *code);
            if mirror.tells_of(code) && !told && !done.by.is_empty() {
                let slot = Slot::Day(code.clone());
                wrong.push(self.contradiction(&slot, &done.at.date().to_string(), "—"));
            }
        }
        Ok(if wrong.is_empty() { Against::Known(*id, fresh) } else { Against::Contradicts(*id, wrong) })
    }

    fn compare(&self, line: &Line, record: &Record, step: &Step, wrong: &mut Vec<Why>) {
        for (code, theirs) in &step.inputs {
            let Some(id) = line.field_id(code) else { continue };
            let ours = record.get(id);
            if ours == Some(theirs) {
                continue;
            }
            let language = self.order.language;
            let said = |value: &Value| say_value(value, Some(line.field(id)), language);
            let slot = Slot::Field(step.act.clone(), code.clone(), Part::Whole);
            wrong.push(self.contradiction(&slot, &ours.map(said).unwrap_or_default(), &said(theirs)));
        }
    }

    fn contradiction(&self, slot: &Slot, ours: &str, theirs: &str) -> Why {
        let language = self.order.language;
        let args = [("field", self.title(slot)), ("ours", ours.to_owned()), ("theirs", theirs.to_owned())];
        let text = say(language, "intake-contradiction", &args);
        Why { text, remedy: say(language, "intake-contradiction-next", &[]), ..self.why(slot, String::new()) }
    }
}
