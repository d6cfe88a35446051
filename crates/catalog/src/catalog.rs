//! The catalogue: every line in every version, resolved for every place.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use procedure::{FigureRule, Line, Mark};
use terms::{Calendar, Code, Date, PlaceCode, Regions};

use crate::lower::Cited;
use crate::templates::{Paper, Templates};
use crate::{FormTable, Mirror, Names, Outline, Source, Statutes, Terms};

/// A catalogue without errors.
#[derive(Debug)]
pub struct Catalog {
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// Places.
    pub regions: Regions,
    /// Statutes, their texts in force and how they count.
    pub statutes: Statutes,
    /// Posts, kinds of act, kinds of power.
    pub terms: Terms,
    /// What published reports call what we count.
    pub names: Names,
    /// Report outlines.
    pub reports: Vec<Outline>,
    /// Official tables.
    pub tables: Vec<FormTable>,
    /// What figures should be to each other.
    pub checks: Vec<FigureRule>,
    /// Exports of other systems that come in as records.
    pub mirrors: Vec<Mirror>,
    pub(crate) lines: BTreeMap<Code, Vec<Arc<Line>>>,
    /// Versions with overlays on them, by code and version.
    pub(crate) resolved: HashMap<(Code, Code), Arc<Line>>,
    pub(crate) overlays: Vec<OverlayDays>,
    pub(crate) cited: Vec<Cited>,
    pub(crate) marks: BTreeMap<Code, Vec<Mark>>,
    pub(crate) templates: Templates,
    pub(crate) source: Source,
}

/// Where and when an overlay holds.
#[derive(Clone, Debug)]
pub(crate) struct OverlayDays {
    pub line: Code,
    pub place: PlaceCode,
    pub from: Date,
    pub to: Option<Date>,
}

impl OverlayDays {
    fn holds(&self, line: &str, place: &PlaceCode, on: Date) -> bool {
        self.line == line && self.place == *place && self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// The version in force on a day, of versions in their order. One without a last day lasts until the next begins: its
/// bytes, and so its digest, stay the same when a newer one comes.
pub(crate) fn in_force<T>(versions: &[T], on: Date, days: impl Fn(&T) -> (Date, Option<Date>)) -> Option<&T> {
    versions
        .iter()
        .rev()
        .find(|version| days(version).0 <= on)
        .filter(|version| days(version).1.is_none_or(|to| on <= to))
}

/// The name of a version with the overlays of a path of places on it, province first.
pub(crate) fn label(version: &str, places: &[PlaceCode]) -> Code {
    places.iter().fold(version.to_owned(), |name, place| format!("{name}+local/{place}")).into()
}

impl Catalog {
    /// The newest national version of every line, by code.
    pub fn lines(&self) -> impl Iterator<Item = &Arc<Line>> {
        self.lines.values().filter_map(|versions| versions.last())
    }

    /// The codes of all lines.
    pub fn codes(&self) -> Vec<Code> {
        self.lines.keys().cloned().collect()
    }

    /// The national versions of a line, oldest first.
    pub fn versions(&self, code: &str) -> Vec<Arc<Line>> {
        self.lines.get(code).cloned().unwrap_or_default()
    }

    /// The version of a line in force on a day for the government of a place, with the overlays of the place and of
    /// every place above it.
    pub fn line(&self, code: &str, place: &PlaceCode, on: Date) -> Option<Arc<Line>> {
        let national = in_force(self.lines.get(code)?, on, |line| (line.from, line.to))?;
        let laid = self.overlaid(code, place, on);
        if laid.is_empty() {
            return Some(national.clone());
        }
        self.resolved.get(&(national.code.clone(), label(&national.version, &laid))).cloned()
    }

    /// The places from the root down to `place` whose overlays on a line hold on a day.
    fn overlaid(&self, code: &str, place: &PlaceCode, on: Date) -> Vec<PlaceCode> {
        let path = self.regions.path(place, on).into_iter().map(|region| region.code.clone());
        path.filter(|place| self.overlays.iter().any(|overlay| overlay.holds(code, place, on))).collect()
    }

    /// A version by its full name, with or without overlays: `2023`, `2023+local/632222`.
    pub fn version(&self, code: &str, version: &str) -> Option<Arc<Line>> {
        let national = self.lines.get(code)?.iter().find(|line| line.version == version);
        national.or_else(|| self.resolved.get(&(code.into(), version.into()))).cloned()
    }

    /// Every figure of the newest national versions.
    pub fn figures(&self) -> impl Iterator<Item = &procedure::Figure> {
        self.lines().flat_map(|line| &line.figures)
    }

    /// The official table with this code.
    pub fn table(&self, code: &str) -> Option<&FormTable> {
        self.tables.iter().find(|table| table.code == code)
    }

    /// The mirror with this code.
    pub fn mirror(&self, code: &str) -> Option<&Mirror> {
        self.mirrors.iter().find(|mirror| mirror.code == code)
    }

    /// The template of a document of a line, as it is today.
    pub fn paper(&self, line: &str, template: &str) -> Option<&Arc<Paper>> {
        self.templates.get(line, template)
    }

    /// The texts that it was read from.
    pub fn source(&self) -> &Source {
        &self.source
    }
}

/// How surely the rules of a line were read: the number of its rules by mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The line.
    pub line: Code,
    /// Read in the full text.
    pub v: usize,
    /// Read in an excerpt.
    pub vx: usize,
    /// From knowledge (only in overlays).
    pub k: usize,
}

/// Counts the marks of every line: its newest national version and its overlays' own rules.
pub fn tally(catalog: &Catalog) -> Vec<Tally> {
    let count = |marks: &[Mark], mark: Mark| marks.iter().filter(|other| **other == mark).count();
    let tally = |(line, marks): (&Code, &Vec<Mark>)| Tally {
        line: line.clone(),
        v: count(marks, Mark::V),
        vx: count(marks, Mark::Vx),
        k: count(marks, Mark::K),
    };
    catalog.marks.iter().map(tally).collect()
}

/// A version as bytes that stay the same for the same version: what the ledger hashes and keeps.
pub fn frozen(line: &Line) -> Vec<u8> {
    // A line is made of structs, lists and texts: nothing in it can fail to be written.
    serde_json::to_vec(line).unwrap_or_else(|why| unreachable!("a line writes as JSON: {why}"))
}

/// The version that was frozen.
///
/// # Errors
/// Where the bytes are no frozen version.
pub fn thaw(bytes: &[u8]) -> Result<Line, serde_json::Error> {
    serde_json::from_slice(bytes)
}
