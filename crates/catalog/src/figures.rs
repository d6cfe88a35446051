//! What is counted: figures of a line, and the figures they are computed from.

use std::collections::BTreeMap;

use procedure::{Allow, Binds, Counted, FieldType, Figure, Limit, LimitId, Line, StageId};
use terms::Code;

use crate::finding::{Findings, Spot, error};
use crate::lower::{Lower, Lowered};
use crate::near::meant;
use crate::read::{self, missing};
use crate::tree::{Entry, Table, Tree};

/// The ways of counting.
pub(crate) const COUNTED: [&str; 12] = [
    "flow",
    "times",
    "sum",
    "stock",
    "lapses",
    "ended",
    "in_time",
    "overdue",
    "agencies",
    "ratio",
    "difference",
    "year_on_year",
];

impl Lower<'_, '_> {
    pub fn figures(&mut self) {
        for (entry, table) in self.elements("figure") {
            self.note_spot("figure", &entry);
            let code: Code = format!("{}.{}", self.line.code, entry.key).into();
            let title = read::title(&entry, &table, self.findings);
            if table.get("unit").is_none() {
                missing(&entry, "unit", "unit = \"件\"", self.findings);
            }
            let unit = read::text(&table, "unit", self.findings).map_or_else(String::new, |word| word.text);
            let counted = self.counted(&code, &entry, &table);
            let filter = self.filter(&table);
            let by = self.optional_id(&table, "by", "field", Line::field_id);
            if let Some(by) = by
                && self.line.field(by).choices().is_empty()
                && let Some(node) = table.get("by")
            {
                self.findings.add(&node.spot, error("D134", "a figure is broken down by a choice field"));
            }
            let per_matter =
                read::one_of(&table, "once", &[("record", false), ("matter", true)], self.findings).unwrap_or(false);
            let also = read::list(&table, "also", self.findings).into_iter().map(|word| word.text).collect();
            self.out.figures.push((code.clone(), entry.spot.clone()));
            if let Some(counted) = counted {
                self.line.figures.push(Figure { code, title, unit, counted, filter, per_matter, by, also });
            }
        }
    }

    fn filter(&mut self, table: &Table) -> Option<procedure::Expr> {
        let filter = self.guard(table, "where")?;
        if filter.of_the_moment()
            && let Some(node) = table.get("where")
        {
            let draft = error("D142", "a figure asks the record as it stands, not the day, the actor or a lookup");
            self.findings
                .add(&node.spot, draft.help("keep the answer in a field when the act is done, and ask the field"));
        }
        Some(filter)
    }

    fn counted(&mut self, code: &Code, entry: &Entry, table: &Table) -> Option<Counted> {
        let written: Vec<&str> = COUNTED.into_iter().filter(|key| table.get(key).is_some()).collect();
        let [key] = written.as_slice() else {
            let draft = error("D143", format!("figure `{}` needs one way of counting", entry.key));
            self.findings.add(&entry.spot, draft.help(format!("write one of {}", COUNTED.join(", "))));
            return None;
        };
        match *key {
            "flow" => Some(Counted::Flow(self.ids(table, key, "act", Line::act_id))),
            "times" => Some(Counted::Times(self.ids(table, key, "act", Line::act_id))),
            "sum" => self.sum(table),
            "overdue" => Some(Counted::Overdue(self.limits_of(table, key))),
            "stock" if table.text(key) == Some("open") && self.line.stage_id(None, "open").is_none() => {
                let stages = (0_u16..).map(StageId).zip(&self.line.stages);
                Some(Counted::Stock(stages.filter(|(_, stage)| !stage.closed).map(|(id, _)| id).collect()))
            }
            "stock" => {
                let words = read::list(table, key, self.findings);
                Some(Counted::Stock(words.iter().filter_map(|word| self.stage(word, None)).collect()))
            }
            "lapses" => self.optional_id(table, key, "limit", Line::limit_id).map(Counted::Lapses),
            "ended" => Some(Counted::Ended(self.limits_of(table, key))),
            "in_time" => Some(Counted::InTime(self.limits_of(table, key))),
            "agencies" => self.other(code, table, key).map(Counted::Agencies),
            "year_on_year" => self.other(code, table, key).map(Counted::YearOnYear),
            _ => {
                let two = self.others(code, table, key);
                let [one, other] = two.as_slice() else {
                    let node = table.get(key)?;
                    let draft = error("D143", format!("`{key}` takes two figures, and has {}", two.len()));
                    self.findings.add(&node.spot, draft.help(format!("write `{key} = [\"settled\", \"found\"]`")));
                    return None;
                };
                let (one, other) = (one.clone(), other.clone());
                Some(if *key == "ratio" { Counted::Ratio(one, other) } else { Counted::Difference(one, other) })
            }
        }
    }

    /// Limits by name, or `agency`: all that bind the agency. A minimum is no limit that could be met late.
    fn limits_of(&mut self, table: &Table, key: &str) -> Vec<LimitId> {
        let ends = |limit: &Limit| !matches!(limit.allow, Allow::AtLeast(_));
        if table.text(key) == Some("agency") {
            let own = |limit: &Limit| limit.binds == Binds::Agency && ends(limit);
            return self.line.limits_with_ids().filter(|(_, limit)| own(limit)).map(|(id, _)| id).collect();
        }
        let ids = self.ids(table, key, "limit", Line::limit_id);
        if let Some(node) = table.get(key)
            && let Some(id) = ids.iter().find(|id| !ends(self.line.limit(**id)))
        {
            let code = self.line.limit(*id).code.clone();
            let draft = error("D144", format!("limit `{code}` is a minimum, which nobody can miss by being late"));
            self.findings.add(&node.spot, draft.help("count limits that have `allow` or `until`"));
        }
        ids
    }

    fn sum(&mut self, table: &Table) -> Option<Counted> {
        let node = table.get("sum")?;
        let Tree::Table(inner) = &node.value else {
            crate::schema::wrong_type(node, "sum", "{ of = \"field\", at = [\"act\"] }", self.findings);
            return None;
        };
        let inner = inner.clone();
        crate::schema::keys(&inner, &["of", "at"], "sum", self.findings);
        let acts = self.ids(&inner, "at", "act", Line::act_id);
        let field = self.optional_id(&inner, "of", "field", Line::field_id)?;
        if !matches!(self.line.field(field).kind, FieldType::Number(_) | FieldType::Money)
            && let Some(node) = inner.get("of")
        {
            self.findings.add(&node.spot, error("D134", "a sum is of a number or money field"));
        }
        Some(Counted::Sum(acts, field))
    }

    fn other(&mut self, code: &Code, table: &Table, key: &str) -> Option<Code> {
        self.others(code, table, key).into_iter().next()
    }

    /// Other figures; a name without a point belongs to this line. Whether they are there is asked when all are.
    fn others(&mut self, code: &Code, table: &Table, key: &str) -> Vec<Code> {
        let words = read::list(table, key, self.findings);
        let full = |name: &str| -> Code {
            if name.contains('.') { name.into() } else { format!("{}.{name}", self.line.code).into() }
        };
        let found: Vec<(Code, Spot)> = words.iter().map(|word| (full(&word.text), word.spot.clone())).collect();
        self.out.computed.extend(found.iter().map(|(other, spot)| (code.clone(), other.clone(), spot.clone())));
        found.into_iter().map(|(other, _)| other).collect()
    }
}

/// The parts of figures that are broken down: `power_item.by_kind/licence`.
pub(crate) fn parts(line: &Line) -> Vec<Code> {
    let of = |figure: &Figure| -> Vec<Code> {
        let choices = figure.by.map(|by| line.field(by).choices()).unwrap_or_default();
        choices.iter().map(|choice| format!("{}/{}", figure.code, choice.code).into()).collect()
    };
    line.figures.iter().flat_map(of).collect()
}

/// Checks that computed figures find theirs, and that none is computed from itself.
pub(crate) fn check(lowered: &[&Lowered], known: &[Code], findings: &mut Findings<'_>) {
    let mut from: BTreeMap<&str, Vec<(&str, &Spot)>> = BTreeMap::new();
    for (code, other, spot) in lowered.iter().flat_map(|line| &line.computed) {
        if known.contains(other) {
            from.entry(code).or_default().push((other, spot));
        } else {
            let draft = error("D140", format!("there is no figure `{other}`"));
            findings.add(spot, draft.help_opt(meant(other, known.iter().map(Code::as_str))));
        }
    }
    for start in from.keys() {
        if let Some(spot) = round(&from, start) {
            findings.add(spot, error("D141", format!("figure `{start}` is computed from itself")));
        }
    }
}

/// The first step of a way from a figure back to itself.
fn round<'a>(from: &BTreeMap<&'a str, Vec<(&'a str, &'a Spot)>>, start: &str) -> Option<&'a Spot> {
    let mut open: Vec<(&str, &Spot)> = from.get(start)?.clone();
    let mut seen = Vec::new();
    while let Some((at, first)) = open.pop() {
        if at == start {
            return Some(first);
        }
        if !seen.contains(&at) {
            seen.push(at);
            open.extend(from.get(at).into_iter().flatten().map(|(next, _)| (*next, first)));
        }
    }
    None
}
