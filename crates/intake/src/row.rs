//! A row of a sheet as the acts that it tells of.

use std::sync::Arc;

use platform::{Person, Platform};
use procedure::{FieldType, Line};
use sheets::{Cell, Row};
use terms::{Code, DateTime, Digest, Value};

use crate::cell::{PartyCells, Reading, lost};
use crate::columns::{Part, Slot};
use crate::open::{Opened, digest};
use crate::told::{Why, say};

/// An act that a row tells of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub act: Code,
    /// When, where the row says so.
    pub at: Option<DateTime>,
    pub inputs: Vec<(Code, Value)>,
}

/// A row, read.
#[derive(Clone, Debug)]
pub(crate) struct Intent {
    /// Number of the row.
    pub number: u32,
    /// Digest of what it says.
    pub content: Digest,
    pub who: Person,
    pub handler: Option<Code>,
    /// The version under which it is opened.
    pub line: Arc<Line>,
    /// What was done, the opening first, then in the order of the days.
    pub steps: Vec<Step>,
}

impl Opened {
    /// A row as what it tells of, or everything that is wrong with its cells.
    pub(crate) fn intent(&self, platform: &Platform, row: &Row) -> Result<Intent, Vec<Why>> {
        let mut wrong = Vec::new();
        let who = self.person(row, &mut wrong);
        let handler = self.handler(row, &mut wrong);
        let opened = self.day(row, &self.columns.opening.clone(), &mut wrong);
        let now = platform.now();
        if opened.is_none() && wrong.is_empty() && self.order.history {
            let slot = Slot::Day(self.columns.opening.clone());
            wrong.push(self.why(&slot, say(self.order.language, "gap-missing", &[("field", self.title(&slot))])));
        }
        let day = opened.unwrap_or(now).date();
        let line = platform.catalog().line(&self.order.line, &self.order.who.government, day);
        let Some(line) = line else {
            let args = [("day", day.to_string())];
            wrong.push(
                self.why(
                    &Slot::Day(self.columns.opening.clone()),
                    say(self.order.language, "intake-no-version", &args),
                ),
            );
            return Err(wrong);
        };
        let mut steps = Vec::new();
        let mut acts: Vec<Code> = vec![self.columns.opening.clone()];
        for column in &self.columns.all {
            if let Slot::Day(act) = &column.slot
                && *act != self.columns.opening
            {
                acts.push(act.clone());
            }
        }
        for act in acts {
            let opens = act == self.columns.opening;
            let at = if opens { opened } else { self.day(row, &act, &mut wrong) };
            let before = wrong.len();
            let mut inputs = self.inputs(row, &line, &act, &mut wrong);
            if !opens && at.is_none() {
                // A field without its day says that something was done, and not when.
                if wrong.len() == before && !inputs.is_empty() {
                    let slot = Slot::Day(act.clone());
                    let text = say(self.order.language, "gap-missing", &[("field", self.title(&slot))]);
                    wrong.push(self.why(&slot, text));
                }
                continue;
            }
            self.given(&line, &act, &mut inputs);
            steps.push(Step { act, at, inputs });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        // Within a day, the order of the line.
        steps[1..].sort_by_key(|step| step.at);
        Ok(Intent { number: row.number, content: self.content(row), who, handler, line, steps })
    }

    pub(crate) fn cell<'r>(&self, row: &'r Row, slot: &Slot) -> Option<&'r Cell> {
        row.get(self.at[self.columns.place(slot)?]?)
    }

    /// The title of a column.
    pub(crate) fn title(&self, slot: &Slot) -> String {
        let place = self.columns.place(slot);
        place.map(|at| self.columns.all[at].title.get(self.order.language).to_owned()).unwrap_or_default()
    }

    /// Something wrong with the cell of a column.
    pub(crate) fn why(&self, slot: &Slot, text: String) -> Why {
        let column = self.columns.place(slot).and_then(|at| self.at[at]);
        Why { column, text, remedy: say(self.order.language, "intake-mend-cell", &[]), articles: String::new() }
    }

    /// The words of another system for what a column holds.
    fn reading(&self, slot: &Slot) -> Reading<'_> {
        let words = self.mirror.as_ref().and_then(|mirror| {
            let Slot::Field(act, field, part) = slot else { return None };
            let column = mirror.columns.iter().find(|column| {
                let of = column.act.as_ref().unwrap_or(&self.columns.opening);
                let named = column.field.as_deref().unwrap_or_default();
                let (whole, rest) = named
                    .split_once('.')
                    .map_or((named, Part::Whole), |(whole, rest)| (whole, Part::of(rest).unwrap_or(Part::Whole)));
                of == act && whole == field && rest == *part
            })?;
            Some(column.words.as_slice())
        });
        Reading { language: self.order.language, since_1904: self.grid.since_1904, words: words.unwrap_or_default() }
    }

    fn day(&self, row: &Row, act: &Code, wrong: &mut Vec<Why>) -> Option<DateTime> {
        let slot = Slot::Day(act.clone());
        let cell = self.cell(row, &slot)?;
        let at = self.reading(&slot).moment(cell);
        if at.is_none() {
            wrong.push(self.why(&slot, say(self.order.language, "bad-date", &[("field", self.title(&slot))])));
        }
        at
    }

    /// Whoever brings it in, for the agency that the row names.
    fn person(&self, row: &Row, wrong: &mut Vec<Why>) -> Person {
        let who = self.order.who.clone();
        let Some(cell) = self.cell(row, &Slot::Agency) else { return who };
        let shown = cell.shown();
        let found = self.directory.agencies.iter().find(|(code, name)| *code == shown || *name == shown);
        match found {
            Some((agency, _)) => Person { agency: agency.clone(), ..who },
            None => {
                let text = say(self.order.language, "intake-no-agency", &[("name", shown)]);
                wrong.push(self.why(&Slot::Agency, text));
                who
            }
        }
    }

    fn handler(&self, row: &Row, wrong: &mut Vec<Why>) -> Option<Code> {
        let shown = self.cell(row, &Slot::Handler)?.shown();
        let found: Vec<&Code> = self
            .directory
            .people
            .iter()
            .filter(|(account, name, _)| *account == shown || *name == shown)
            .map(|(account, ..)| account)
            .collect();
        match found.as_slice() {
            [account] => return Some((*account).clone()),
            [] => {
                wrong.push(self.why(&Slot::Handler, say(self.order.language, "intake-no-handler", &[("name", shown)])))
            }
            _ => wrong
                .push(self.why(&Slot::Handler, say(self.order.language, "intake-two-handlers", &[("name", shown)]))),
        }
        None
    }

    /// What an act of a version fills in, as far as the row says it.
    fn inputs(&self, row: &Row, line: &Line, act: &Code, wrong: &mut Vec<Why>) -> Vec<(Code, Value)> {
        let mut inputs = Vec::new();
        for column in &self.columns.all {
            let Slot::Field(of, code, Part::Whole) = &column.slot else { continue };
            if of != act {
                continue;
            }
            let slot = |part| Slot::Field(of.clone(), code.clone(), part);
            let cell = |part| self.cell(row, &slot(part));
            let parts = [Part::Whole, Part::Kind, Part::Number, Part::Phone, Part::Address];
            if parts.iter().all(|part| cell(*part).is_none()) {
                continue;
            }
            let fills = |id| {
                line.act_id(act).is_some_and(|act| {
                    let act = line.act(act);
                    let numbered = act.number.map(|series| line.series[series.index()].field);
                    numbered == Some(id) || act.fills.iter().any(|(field, _)| *field == id)
                })
            };
            let Some(id) = line.field_id(code).filter(|id| fills(*id)) else {
                let args = [("field", self.title(&column.slot)), ("version", line.version.to_string())];
                wrong.push(self.why(&column.slot, say(self.order.language, "intake-not-in-version", &args)));
                continue;
            };
            let field = line.field(id);
            if field.kind == FieldType::Party {
                let cells = PartyCells {
                    name: cell(Part::Whole),
                    kind: cell(Part::Kind),
                    number: cell(Part::Number),
                    phone: cell(Part::Phone),
                    address: cell(Part::Address),
                };
                let reading = self.reading(&slot(Part::Kind));
                match reading.party(field, cells) {
                    Ok(value) => inputs.push((code.clone(), value)),
                    Err(text) => {
                        // The cell to be mended: the number, where it would read without.
                        let number = cells.number.is_some_and(lost)
                            || reading.party(field, PartyCells { number: None, ..cells }).is_ok();
                        wrong.push(self.why(&slot(if number { Part::Number } else { Part::Whole }), text));
                    }
                }
                continue;
            }
            let Some(cell) = cell(Part::Whole) else { continue };
            match self.reading(&column.slot).value(line, field, cell) {
                Ok(value) => inputs.push((code.clone(), value)),
                Err(text) => wrong.push(self.why(&column.slot, text)),
            }
        }
        inputs
    }

    /// What the other system implies without a column for it, as far as the version knows it.
    fn given(&self, line: &Line, act: &Code, inputs: &mut Vec<(Code, Value)>) {
        let Some(mirror) = &self.mirror else { return };
        for given in mirror.given.iter().filter(|given| given.act == *act) {
            let fills =
                |id| line.act_id(act).is_some_and(|act| line.act(act).fills.iter().any(|(field, _)| *field == id));
            let Some(id) = line.field_id(&given.field).filter(|id| fills(*id)) else { continue };
            if inputs.iter().any(|(field, _)| *field == given.field) {
                continue;
            }
            let field = line.field(id);
            // A choice that this version does not have is left out.
            let words = given
                .value
                .split(',')
                .map(str::trim)
                .filter(|word| field.choices().is_empty() || field.choice(word).is_some());
            let cell = Cell::Text(words.collect::<Vec<_>>().join(","));
            let reading = Reading { language: self.order.language, since_1904: false, words: &[] };
            inputs.extend(reading.value(line, field, &cell).ok().map(|value| (given.field.clone(), value)));
        }
    }

    /// What a row says, so that the same row comes in once: its known cells by their columns, in whatever order they stand.
    fn content(&self, row: &Row) -> Digest {
        let cells = self.columns.all.iter().zip(&self.at);
        let mut said: Vec<String> =
            cells.filter_map(|(column, at)| Some(format!("{}={}", column.code, row.get((*at)?)?.shown()))).collect();
        said.sort_unstable();
        let parts: Vec<&str> = said.iter().map(String::as_str).collect();
        digest("row", &parts)
    }
}
