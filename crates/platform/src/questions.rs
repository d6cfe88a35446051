//! What the figures of a place and a period ask of whoever signs them off: each rule of the catalogue that they do not keep,
//! with the figures, and what they were held against.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use catalog::Catalog;
use figures::{Against, Amount, Doubt, FEWEST_OTHERS, Figures, Period, Values, bounds, doubts, tell};
use ledger::{Fault, Read};
use procedure::{Bound, FigureRule, Language, Said};
use terms::{Code, GovernmentCode, PlaceCode};

use crate::telling::{self, AsOf, Where, as_of, title_of};
use crate::{Platform, TellError};

/// A question to be answered before figures are signed off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name, the same whenever the same is asked of the same figures of a place: an answer is kept under it.
    pub key: String,
    /// The rule.
    pub rule: Code,
    /// What should be, in the catalogue's words.
    pub why: Said,
    /// The figures asked about.
    pub figures: Vec<Stated>,
    /// What they were held against.
    pub against: Held,
}

/// A figure as it stands in a question, with all that opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Figure.
    pub code: Code,
    /// Choice, for one part of a breakdown.
    pub part: Option<Code>,
    /// Title; of a part, with the part in brackets.
    pub title: Said,
    /// Unit.
    pub unit: String,
    /// Value.
    pub value: Amount,
    /// Place.
    pub place: PlaceCode,
    /// Period.
    pub period: Period,
}

/// What the figures of a question were held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The whole of which they are a part.
    Whole(Stated),
    /// Others that should add up to the same.
    Sum {
        /// What the figures add up to.
        own: Amount,
        /// The others.
        others: Vec<Stated>,
        /// What they add up to.
        other: Amount,
    },
    /// A bound.
    Most(Amount),
    /// The same period a year before.
    Before {
        /// The figure then.
        then: Stated,
        /// The change in percent; `None` where it was nothing.
        change: Option<Amount>,
    },
    /// The other places one level below.
    Places {
        /// Their middle.
        middle: Amount,
        /// The middle of their distances from it.
        spread: Amount,
        /// The others.
        others: Vec<Stated>,
    },
}

impl Question {
    /// The question as a sentence of the interface: its code, and what is filled in.
    pub fn sentence(&self, language: Language) -> (&'static str, Vec<(&'static str, String)>) {
        let title = |stated: &Stated| stated.title.get(language).to_owned();
        let said = |stated: &Stated| format!("{} {}", stated.value, stated.unit);
        let mut args = Vec::new();
        if let [only, ..] = self.figures.as_slice() {
            args.extend([("figure", title(only)), ("value", said(only))]);
        }
        let code = match &self.against {
            Held::Whole(whole) => {
                args.extend([("whole", title(whole)), ("other", said(whole))]);
                "question-whole"
            }
            Held::Sum { own, others, other } => {
                let names = |all: &[Stated]| all.iter().map(title).collect::<Vec<_>>().join(" + ");
                args = vec![("left", names(&self.figures)), ("right", names(others))];
                args.extend([("own", own.to_string()), ("other", other.to_string())]);
                "question-sum"
            }
            Held::Most(most) => {
                args.push(("most", most.to_string()));
                "question-most"
            }
            Held::Before { then, change: Some(change) } => {
                args.extend([("then", said(then)), ("change", change.to_string())]);
                "question-before"
            }
            Held::Before { .. } => "question-from-nothing",
            Held::Places { middle, others, .. } => {
                args.extend([("middle", middle.to_string()), ("count", others.len().to_string())]);
                "question-places"
            }
        };
        (code, args)
    }
}

/// A figure's value and those of its parts.
type Parts = Vec<(Option<Code>, Option<Amount>)>;

/// Values of one place, told once each.
struct Teller<'t> {
    read: &'t mut dyn Read,
    figures: &'t Figures<'t>,
    as_of: &'t AsOf,
    period: Period,
}

impl Teller<'_> {
    /// What these figures are in a place.
    fn values(&mut self, wanted: &BTreeSet<Bound>, at: &Where) -> Result<Values, Fault> {
        let as_of: Vec<(GovernmentCode, u64)> =
            self.as_of.iter().filter(|(government, _)| at.governments.contains(government)).cloned().collect();
        let mut told: BTreeMap<(&Code, bool), Parts> = BTreeMap::new();
        let mut values = Values::new();
        for bound in wanted {
            let key = (&bound.figure, bound.previous);
            if let Entry::Vacant(entry) = told.entry(key) {
                let period = if bound.previous { self.period.previous() } else { self.period };
                let all = tell(self.read, self.figures, &bound.figure, at.told(&as_of), period)?;
                let all = all.into_iter().map(|one| (one.part.map(|part| part.code.clone()), one.value));
                entry.insert(all.collect());
            }
            let hit = told.get(&key).and_then(|all| all.iter().find(|(part, _)| *part == bound.choice));
            if let Some((_, Some(value))) = hit {
                values.insert(bound.clone(), *value);
            }
        }
        Ok(values)
    }
}

impl Platform {
    /// What the figures of a place and a period ask, in the order of the catalogue's rules.
    ///
    /// # Errors
    /// Where the place is unknown or the store cannot be read.
    pub fn questions(&self, place: &PlaceCode, period: Period) -> Result<Vec<Question>, TellError> {
        questions(&self.catalog, self.store.read()?.as_mut(), place, period)
    }
}

/// The same, read where an act is judged.
pub(crate) fn questions(
    catalog: &Catalog,
    read: &mut dyn Read,
    place: &PlaceCode,
    period: Period,
) -> Result<Vec<Question>, TellError> {
    let at = telling::place(catalog, place, period.to)?;
    let lines = telling::figure_lines(catalog, place, period.to);
    let figures = Figures::new(lines.iter().map(AsRef::as_ref));
    let rules = &catalog.checks;
    let (mut own, mut each) = (BTreeSet::new(), BTreeSet::new());
    for rule in rules {
        let (here, below) = bounds(rule, &figures);
        own.extend(here);
        each.extend(below);
    }
    let as_of = as_of(read, &at.governments)?;
    let mut teller = Teller { read, figures: &figures, as_of: &as_of, period };
    let values = teller.values(&own, &at)?;
    let children = catalog.regions.children(place, period.to);
    let mut below = Vec::new();
    if children.len() > FEWEST_OTHERS && !each.is_empty() {
        for child in children {
            let there = telling::place(catalog, &child.code, period.to)?;
            below.push((child.code.clone(), teller.values(&each, &there)?));
        }
    }
    let asked = |rule: &FigureRule| {
        let found = doubts(rule, &figures, &values, &below);
        found.into_iter().filter_map(|doubt| question(rule, &figures, doubt, place, period)).collect::<Vec<_>>()
    };
    Ok(rules.iter().flat_map(asked).collect())
}

fn question(
    rule: &FigureRule,
    figures: &Figures<'_>,
    doubt: Doubt,
    place: &PlaceCode,
    period: Period,
) -> Option<Question> {
    let at = doubt.place.as_ref().unwrap_or(place);
    let stated = |bound: &Bound, value: Amount, place: &PlaceCode| stated(figures, bound, value, place, period);
    let all = |all: &[(Bound, Amount)]| -> Option<Vec<Stated>> {
        all.iter().map(|(bound, value)| stated(bound, *value, at)).collect()
    };
    let first = doubt.figures.first().map(|(bound, _)| bound.clone())?;
    let against = match doubt.against {
        Against::Whole(whole, value) => Held::Whole(stated(&whole, value, at)?),
        Against::Sum { own, others, other } => Held::Sum { own, others: all(&others)?, other },
        Against::Most(most) => Held::Most(most),
        Against::Before { then, value, change } => Held::Before { then: stated(&then, value, at)?, change },
        Against::Places { middle, spread, others } => {
            let others = others.iter().map(|(place, value)| stated(&first, *value, place)).collect::<Option<_>>()?;
            Held::Places { middle, spread, others }
        }
    };
    let name = match &doubt.place {
        Some(place) => format!("{}:{}@{place}", rule.code, first.name()),
        None => format!("{}:{}", rule.code, first.name()),
    };
    let (why, figures) = (rule.why.clone(), all(&doubt.figures)?);
    Some(Question { key: name, rule: rule.code.clone(), why, figures, against })
}

fn stated(figures: &Figures<'_>, bound: &Bound, value: Amount, place: &PlaceCode, period: Period) -> Option<Stated> {
    let (line, figure) = figures.get(&bound.figure)?;
    let choices = figure.by.map(|by| line.field(by).choices()).unwrap_or_default();
    let part = bound.choice.as_ref().and_then(|code| choices.iter().find(|choice| choice.code == *code));
    Some(Stated {
        code: figure.code.clone(),
        part: bound.choice.clone(),
        title: title_of(figure, part),
        unit: figure.unit.clone(),
        value,
        place: place.clone(),
        period: if bound.previous { period.previous() } else { period },
    })
}
