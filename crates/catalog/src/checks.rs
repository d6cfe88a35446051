//! What figures should be to each other: the rules that become questions when a report is signed off.

use std::collections::BTreeSet;

use procedure::{Bound, Chosen, FigureRule, Line, Should};
use terms::Code;

use crate::figures::COUNTED;
use crate::finding::{Findings, Spot, error};
use crate::near::meant_or_list;
use crate::read::{self, Word};
use crate::report::{exists, no_figure};
use crate::schema::{code, keys, wrong_type};
use crate::tree::{Entry, Table, Tree};

const KEYS: [&str; 12] =
    ["why", "part", "whole", "left", "right", "of", "every", "except", "at_most", "leap", "spreads", "least"];

/// Reads the rules of all files; `known` are the figures that there are, `code/choice` those that are broken down.
pub(crate) fn read(files: &[Table], lines: &[&Line], known: &[Code], findings: &mut Findings<'_>) -> Vec<FigureRule> {
    let figures = || lines.iter().flat_map(|line| &line.figures);
    let percent: BTreeSet<&str> =
        figures().filter(|figure| figure.counted.in_percent()).map(|figure| figure.code.as_str()).collect();
    let mut all: Vec<FigureRule> = Vec::new();
    for file in files {
        keys(file, &["check"], "", findings);
        if let Some(node) = file.get("check")
            && !matches!(node.value, Tree::Table(_))
        {
            wrong_type(node, "check", "a table", findings);
        }
        for (entry, table) in file.elements("check") {
            code(&entry.key, &entry.spot, findings);
            keys(table, &KEYS, &format!("check.{}", entry.key), findings);
            if all.iter().any(|rule| rule.code == entry.key) {
                findings.add(&entry.spot, error("D202", format!("there are two rules `{}`", entry.key)));
            }
            let mut reader = Reader { entry, table, known, percent: &percent, findings };
            all.extend(reader.rule());
        }
    }
    all
}

struct Reader<'a, 's, 'f> {
    entry: &'a Entry,
    table: &'a Table,
    known: &'a [Code],
    /// Figures in percent, by which places can be compared.
    percent: &'a BTreeSet<&'a str>,
    findings: &'f mut Findings<'s>,
}

/// The keys of which one says what is compared, and those that stand beside it.
const WAYS: [(&str, &[&str]); 5] = [
    ("part", &["whole"]),
    ("left", &["right"]),
    ("at_most", &["of", "every", "except"]),
    ("leap", &["of", "every", "except", "least"]),
    ("spreads", &["of", "every", "except", "least"]),
];

impl Reader<'_, '_, '_> {
    fn rule(&mut self) -> Option<FigureRule> {
        if self.table.get("why").is_none() {
            read::missing(self.entry, "why", "why = { zh = \"…\", en = \"…\" }", self.findings);
        }
        let why = read::said(self.table, "why", self.findings).unwrap_or_default();
        let written: Vec<_> = WAYS.into_iter().filter(|(key, _)| self.table.get(key).is_some()).collect();
        let [(way, beside)] = written.as_slice() else {
            let names: Vec<&str> = WAYS.iter().map(|(key, _)| *key).collect();
            let draft = error("D200", format!("rule `{}` needs one thing to compare", self.entry.key));
            self.findings.add(&self.entry.spot, draft.help(format!("write one of {}", names.join(", "))));
            return None;
        };
        for other in &self.table.entries {
            if other.key != "why"
                && other.key != *way
                && !beside.contains(&other.key.as_str())
                && KEYS.contains(&&*other.key)
            {
                let draft = error("D200", format!("`{}` means nothing beside `{way}`", other.key));
                self.findings.add(&other.spot, draft.help(format!("beside `{way}` stand {}", beside.join(", "))));
            }
        }
        let should = match *way {
            "part" => Should::NotExceed { part: self.one("part")?, whole: self.one("whole")? },
            "left" => Should::Agree { left: self.some("left")?, right: self.some("right")? },
            "at_most" => Should::StayWithin { at_most: self.bound("at_most", 0)?, of: self.chosen(false)? },
            "leap" => {
                Should::NotLeap { percent: self.bound("leap", 1)?, least: self.least(true)?, of: self.chosen(false)? }
            }
            _ => Should::StayInLine {
                spreads: self.bound("spreads", 1)?,
                least: self.least(false)?,
                of: self.chosen(true)?,
            },
        };
        Some(FigureRule { code: self.entry.key.as_str().into(), why, should })
    }

    fn one(&mut self, key: &str) -> Option<Bound> {
        if self.table.get(key).is_none() {
            read::missing(self.entry, key, &format!("{key} = \"mediation.found\""), self.findings);
        }
        let word = read::text(self.table, key, self.findings)?;
        self.figure(&word)
    }

    fn some(&mut self, key: &str) -> Option<Vec<Bound>> {
        let words = read::list(self.table, key, self.findings);
        if words.is_empty() {
            read::missing(self.entry, key, &format!("{key} = [\"mediation.found\"]"), self.findings);
            return None;
        }
        words.iter().map(|word| self.figure(word)).collect()
    }

    fn figure(&mut self, word: &Word) -> Option<Bound> {
        match word.text.parse::<Bound>() {
            Ok(bound) if !bound.own => {
                exists(&bound, word, self.known, self.findings);
                Some(bound)
            }
            _ => {
                no_figure(word, &word.text, self.findings);
                None
            }
        }
    }

    /// A number that is no less than this.
    fn bound(&mut self, key: &str, least: i64) -> Option<i64> {
        let number = read::number(self.table, key, self.findings)?;
        if number < least
            && let Some(node) = self.table.get(key)
        {
            let draft = error("D203", format!("`{key}` is {number}, which everything or nothing would pass"));
            self.findings.add(&node.spot, draft.help(format!("write a number from {least} on")));
        }
        Some(number)
    }

    fn least(&mut self, must: bool) -> Option<i64> {
        match self.table.get("least") {
            Some(_) => self.bound("least", 0),
            None if must => {
                read::missing(self.entry, "least", "least = 10", self.findings);
                None
            }
            None => Some(0),
        }
    }

    fn chosen(&mut self, percent: bool) -> Option<Chosen> {
        let mut chosen = Chosen::default();
        for word in read::list(self.table, "of", self.findings) {
            let Some(bound) = self.figure(&word) else { continue };
            if bound.previous {
                let draft = error("D201", format!("`{}` is of another period", word.text));
                self.findings.add(&word.spot, draft.help("write it without `@previous`"));
            }
            if percent && self.known.contains(&bound.name()) && !self.percent.contains(bound.figure.as_str()) {
                self.count(&word.spot, &word.text);
            }
            chosen.named.push(bound);
        }
        for word in read::list(self.table, "every", self.findings) {
            if !COUNTED.contains(&word.text.as_str()) {
                let draft = error("D005", format!("`{}` is no value of `every`", word.text));
                self.findings.add(&word.spot, draft.help_opt(meant_or_list(&word.text, COUNTED)));
            } else if percent && !["ratio", "year_on_year"].contains(&word.text.as_str()) {
                self.count(&word.spot, &word.text);
            }
            chosen.every.push(word.text.into());
        }
        for word in read::list(self.table, "except", self.findings) {
            chosen.except.extend(self.figure(&word).map(|bound| bound.figure));
        }
        if chosen.named.is_empty() && chosen.every.is_empty() {
            read::missing(self.entry, "of", "of = [\"mediation.settled_rate\"]", self.findings);
            return None;
        }
        Some(chosen)
    }

    fn count(&mut self, spot: &Spot, name: &str) {
        let draft = error("D201", format!("`{name}` is no share: places differ in size"));
        self.findings.add(spot, draft.help("compare a `ratio`, or the count's `year_on_year`"));
    }
}
