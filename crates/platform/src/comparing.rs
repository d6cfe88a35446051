//! A published report beside our records: what each of its figures is of ours, how surely, and whether both say the same.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use catalog::Names;
use figures::{Amount, Period};
use procedure::{Counted, Figure, Line};
use reader::{Change, Decimal, Qualifier};
use terms::{Code, Date, PlaceCode, Stretch};

use crate::matching::{Candidate, Kind, Matcher, Named, SURE, Stated};
use crate::telling::{amount, figure_lines};
use crate::{Asker, FigureValue, Platform, Reported, TellError, Whose, for_the_public};

/// A published figure beside ours.
#[derive(Clone, Debug)]
pub struct Compared {
    /// As published.
    pub published: reader::Figure,
    /// Ours.
    pub ours: FigureValue,
    /// How surely it is ours, from 70 to 100; none where a person put it to it.
    pub score: Option<u8>,
    /// The figure that it is next most surely, with its own score.
    pub next: Option<(Code, u8)>,
    /// Theirs less ours.
    pub difference: Option<Amount>,
}

/// A published report beside our records.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The figures that both know, in the order of the report.
    pub both: Vec<Compared>,
    /// Those that are no figure of ours.
    pub theirs: Vec<reader::Figure>,
}

/// What a published figure is of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Figure.
    pub code: Code,
    /// Choice, for one part of a breakdown.
    pub part: Option<Code>,
    /// Of the agencies at the place itself alone.
    pub own: bool,
    /// The period that it tells of.
    pub period: Period,
    /// How surely, from 70 to 100.
    pub score: u8,
    /// The figure that it is next most surely (with its part), with its own score.
    pub next: Option<(Code, u8)>,
}

impl Compared {
    /// Whether our figure is what the report says: 余 and 以上 mean no less, 近 and 以内 no more, each within a tenth.
    pub fn agrees(&self) -> bool {
        let (Some(difference), Some(ours)) = (self.difference, self.ours.value) else { return false };
        let small = Amount { units: difference.units.saturating_mul(10).saturating_abs(), ..difference };
        let small = small.compare(ours.magnitude()).is_some_and(|order| order.is_le());
        match self.published.qualifier {
            Qualifier::Exact => difference.is_zero(),
            Qualifier::Over => difference.units <= 0 && small,
            Qualifier::AtLeast => difference.units <= 0,
            Qualifier::Nearly => difference.units >= 0 && small,
            Qualifier::AtMost => difference.units >= 0,
            Qualifier::Approx => small,
        }
    }

    /// What the report says; a fall as a minus, as we tell it.
    pub fn theirs(&self) -> Option<Amount> {
        theirs(&self.published)
    }
}

/// A published report's text.
///
/// # Errors
/// Where the file gives none, with what it is.
pub fn text_of(name: &str, bytes: &[u8]) -> Result<String, TellError> {
    reader::open(name, bytes).map_err(TellError::Unread)
}

fn theirs(published: &reader::Figure) -> Option<Amount> {
    let told = amount(&published.value.to_string())?;
    let falls = published.change == Change::YoyDown;
    Some(if falls { Amount { units: -told.units, ..told } } else { told })
}

impl Platform {
    /// A published report beside our records, as whoever asks may see them.
    ///
    /// # Errors
    /// Where the place is unknown in that year or the store cannot be read.
    pub fn compare(
        &self,
        asker: Asker<'_>,
        place: &PlaceCode,
        year: i16,
        report: &str,
        text: &str,
    ) -> Result<Comparison, TellError> {
        // The place must be there, also where the report says nothing of ours.
        self.place(place, period_of(year, place)?.to)?;
        let public = matches!(asker, Asker::Public);
        let mut told: BTreeMap<(bool, Date, Date), Vec<FigureValue>> = BTreeMap::new();
        let mut comparison = Comparison::default();
        for (published, matched) in self.matched(place, year, report, text)? {
            // The public is told of a place with all below it: the rest could be computed from the two.
            let Some(one) = matched.filter(|one| !(public && one.own)) else {
                comparison.theirs.push(published);
                continue;
            };
            let values = match told.entry((one.own, one.period.from, one.period.to)) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(space) => {
                    let whose = if one.own { Whose::own(place) } else { Whose::from(place) };
                    let mut values = match self.figures(whose, one.period) {
                        Ok(values) => values,
                        Err(TellError::Fault(fault)) => return Err(fault.into()),
                        // A year in which the place was not there under this code.
                        Err(_) => Vec::new(),
                    };
                    if public {
                        for_the_public(&mut values, self.whole(place, one.period));
                    }
                    space.insert(values)
                }
            };
            let Some(ours) = values.iter().find(|value| value.code == one.code && value.part == one.part) else {
                comparison.theirs.push(published);
                continue;
            };
            let difference = theirs(&published).zip(ours.value).and_then(|(theirs, ours)| theirs.minus(ours));
            let (score, next, ours) = (Some(one.score), one.next, ours.clone());
            comparison.both.push(Compared { published, ours, score, next, difference });
        }
        Ok(comparison)
    }

    /// What published reports say of a place and a year, as it was brought in, beside our records: a comparison for each
    /// report, by its name. Who reported what is for those who work with it.
    ///
    /// # Errors
    /// Where the place is unknown in that year or the store cannot be read.
    pub fn compare_reported(&self, place: &PlaceCode, year: i16) -> Result<BTreeMap<String, Comparison>, TellError> {
        let period = period_of(year, place)?;
        let told = self.figures(place, period)?;
        let mut all: BTreeMap<String, Comparison> = BTreeMap::new();
        for one in self.reported(place, Stretch::Year(year))? {
            let Some((report, line)) = one.published.clone() else { continue };
            let comparison = all.entry(report.clone()).or_default();
            let published = published_of(&one, report, line);
            let (code, part) = match one.quantity.split_once('/') {
                Some((code, part)) => (code, Some(part)),
                None => (one.quantity.as_str(), None),
            };
            match told.iter().find(|value| value.code == code && value.part.as_deref() == part) {
                Some(ours) => {
                    let difference = ours.value.and_then(|ours| one.amount.minus(ours));
                    let ours = ours.clone();
                    comparison.both.push(Compared { published, ours, score: None, next: None, difference });
                }
                None => comparison.theirs.push(published),
            }
        }
        Ok(all)
    }

    /// The figures of a published report, each with the one of ours that it is; `None` for those that are none.
    ///
    /// # Errors
    /// Where the year is none.
    pub fn matched(
        &self,
        place: &PlaceCode,
        year: i16,
        report: &str,
        text: &str,
    ) -> Result<Vec<(reader::Figure, Option<Matched>)>, TellError> {
        let period = period_of(year, place)?;
        let lines = figure_lines(&self.catalog, place, period.to);
        let names = &self.catalog.names;
        let named = lines.iter().flat_map(|line| line.figures.iter().flat_map(|figure| named(names, line, figure)));
        let matcher = Matcher::new(names, named.collect());
        Ok(matched(&matcher, names, year, reader::read(report, text)))
    }
}

fn period_of(year: i16, place: &PlaceCode) -> Result<Period, TellError> {
    Period::year(year).ok_or_else(|| TellError::UnknownPlace(place.clone()))
}

/// A reported number as the report that it was read from states it.
fn published_of(one: &Reported, report: String, line: u32) -> reader::Figure {
    let qualifiers = [Qualifier::AtLeast, Qualifier::AtMost, Qualifier::Nearly, Qualifier::Over, Qualifier::Approx];
    let exact = qualifiers.into_iter().find(|one_of| one.qualifier_code == one_of.name());
    reader::Figure {
        report,
        line,
        column: 0,
        quote: one.evidence.clone(),
        before: String::new(),
        subject: one.name.clone(),
        value: Decimal::new(one.amount.units, u32::from(one.amount.scale)),
        unit: one.unit.clone(),
        qualifier: exact.unwrap_or(Qualifier::Exact),
        change: Change::None,
    }
}

/// Each figure of a report with what it is of ours.
fn matched(
    matcher: &Matcher,
    names: &Names,
    year: i16,
    published: Vec<reader::Figure>,
) -> Vec<(reader::Figure, Option<Matched>)> {
    let mut all: Vec<(reader::Figure, Option<Matched>)> = Vec::new();
    let (mut beside, mut line): (Vec<(Code, Decimal)>, u32) = (Vec::new(), 0);
    for figure in published {
        if figure.line != line {
            (beside, line) = (Vec::new(), figure.line);
        }
        let mut scope = Scope::of(&figure.subject, year);
        scope.own |= at_its_own_level(names, &figure.before);
        let stated = Stated {
            subject: &scope.subject,
            value: figure.value,
            unit: &figure.unit,
            change: figure.change,
            before: &figure.before,
        };
        let found = matcher.find(stated, &beside);
        let one = found.first().filter(|best| best.score >= SURE).and_then(|best| {
            let named = matcher.named().get(best.at)?;
            let next = found.get(1).and_then(|next| Some((name_of(matcher, next)?, next.score)));
            let period = scope.period(named.kind == Kind::Stock)?;
            let (code, part) = (named.code.clone(), named.part.clone());
            Some(Matched { code, part, own: scope.own, period, score: best.score, next })
        });
        if let Some(one) = &one {
            beside.push((one.code.clone(), figure.value));
        }
        all.push((figure, one));
    }
    once(&mut all);
    all
}

/// Whether a sentence, as far as it goes, last spoke of the level itself and not of all that lies below.
fn at_its_own_level(names: &Names, before: &str) -> bool {
    let sentence = before.rsplit('。').next().unwrap_or_default();
    let last = |words: &[String]| words.iter().filter_map(|word| sentence.rfind(word.as_str())).max();
    last(&names.own) > last(&names.all)
}

/// A figure of a place and a period has one number: where a report seems to state two, the less sure one is another
/// figure, and of two as sure the later.
fn once(all: &mut [(reader::Figure, Option<Matched>)]) {
    for at in 0..all.len() {
        let Some((figure, Some(one))) = all.get(at) else { continue };
        let same = |other: &Matched| {
            (&other.code, &other.part, other.own, other.period) == (&one.code, &one.part, one.own, one.period)
        };
        let surer = all.iter().enumerate().any(|(there, (other, matched))| {
            let sure = |matched: &Matched| matched.score > one.score || matched.score == one.score && there < at;
            other.value != figure.value && matched.as_ref().is_some_and(|matched| same(matched) && sure(matched))
        });
        if surer && let Some((_, matched)) = all.get_mut(at) {
            *matched = None;
        }
    }
}

fn name_of(matcher: &Matcher, candidate: &Candidate) -> Option<Code> {
    let named = matcher.named().get(candidate.at)?;
    Some(match &named.part {
        Some(part) => format!("{}/{part}", named.code).into(),
        None => named.code.clone(),
    })
}

/// A figure as reports may name it, whole and by its parts.
fn named(names: &Names, line: &Line, figure: &Figure) -> Vec<Named> {
    let kind = match &figure.counted {
        Counted::YearOnYear(_) => Kind::Change,
        Counted::Ratio(..) => Kind::Share,
        Counted::Agencies(_) | Counted::Difference(..) => Kind::Stock,
        counted if counted.stands() => Kind::Stock,
        _ => Kind::Flow,
    };
    let own = figure.code.split_once('.').map_or(figure.code.as_str(), |(_, own)| own);
    let of = |key: &str| names.of(&line.code, key).to_vec();
    let mut all_names = vec![figure.title.zh.clone()];
    all_names.extend(figure.also.iter().cloned().chain(of(own)));
    let whole = Named {
        line: line.code.clone(),
        code: figure.code.clone(),
        part: None,
        kind,
        unit: figure.unit.clone(),
        names: all_names,
        part_name: String::new(),
        part_names: Vec::new(),
        of: if let Counted::Ratio(part, whole) = &figure.counted { Some((part.clone(), whole.clone())) } else { None },
    };
    let choices = figure.by.map(|by| line.field(by).choices()).unwrap_or_default();
    let part = |choice: &procedure::Choice| Named {
        part: Some(choice.code.clone()),
        part_name: choice.title.zh.clone(),
        part_names: of(&format!("{own}/{}", choice.code)),
        ..whole.clone()
    };
    let mut all: Vec<Named> = choices.iter().map(part).collect();
    // A figure that takes another one apart counts what that one counts, and is known by its parts alone.
    let counts = |figure: &Figure| (figure.counted.clone(), figure.filter.clone(), figure.per_matter);
    let apart =
        figure.by.is_some() && line.figures.iter().any(|other| other.by.is_none() && counts(other) == counts(figure));
    if !apart {
        all.insert(0, whole);
    }
    all
}

/// A subject and what its brackets say of it.
struct Scope {
    /// With a part of the whole, where the brackets name one.
    subject: String,
    /// Of the level itself: 本级.
    own: bool,
    /// The report's year, and what the brackets say of time.
    year: i16,
    when: When,
}

/// When a figure of a report was.
enum When {
    Year(i16),
    Since(i16),
    /// Before something was changed in the year.
    Before,
    /// At a time that is no year of ours.
    Unknown,
}

impl Scope {
    fn of(subject: &str, year: i16) -> Scope {
        let (head, inside) = match subject.split_once('（') {
            Some((head, inside)) => (head, inside.trim_end_matches('）')),
            None => (subject, ""),
        };
        let mut scope = Scope { subject: head.to_owned(), own: false, year, when: When::Year(year) };
        if let Some(rest) = head.strip_prefix("上年") {
            rest.clone_into(&mut scope.subject);
            scope.when = When::Year(year - 1);
        }
        for piece in inside.split('，').filter(|piece| !piece.is_empty()) {
            if piece.ends_with("本级") {
                scope.own = true;
            } else if let Some(of) = piece.strip_suffix("年以来") {
                scope.when = of.parse().map_or(When::Unknown, When::Since);
            } else if let Some(span) = piece.strip_suffix("年来") {
                scope.when = years(span).map_or(When::Unknown, |years| When::Since(year - years + 1));
            } else if let Some(of) = piece.strip_suffix('年') {
                scope.when = of.parse().map_or(When::Unknown, When::Year);
            } else if piece.ends_with('前') {
                scope.when = When::Before;
            } else if !piece.ends_with('后') {
                scope.subject.push_str(piece);
            }
        }
        scope
    }

    /// The days of ours that are meant; none where they are not known.
    fn period(&self, stock: bool) -> Option<Period> {
        let whole = Period::year(self.year)?;
        let found = match self.when {
            When::Year(year) => Period::year(year),
            When::Since(year) => Some(Period { from: Period::year(year)?.from, to: whole.to }),
            // What stood before a change of this year stood at the end of the last.
            When::Before if stock => Some(whole.previous()),
            When::Before => Some(whole),
            When::Unknown => None,
        };
        found.filter(|period| period.from <= period.to && period.to <= whole.to)
    }
}

/// `五`: so many years.
fn years(span: &str) -> Option<i16> {
    let at = "一二三四五六七八九十".chars().position(|sign| span == sign.to_string())?;
    i16::try_from(at + 1).ok()
}
