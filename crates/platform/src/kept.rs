//! Figures that are kept as they were told: what is signed stands as it was signed, whatever is counted later.

use catalog::{Bound, Catalog, Outline, OutlineSection, Sentence};
use figures::{Amount, Period};
use ledger::Read;
use procedure::{Counted, FieldType, Figure, Language, Line, Record, Said};
use serde::{Deserialize, Serialize};
use terms::{Code, Date, PlaceCode, Stretch, Value};

use crate::telling::{self, TellError};

/// The figures of a place and a period as they were told, with the sentences in which they stand. It is written with the
/// act that keeps them: no definition, place or outline of a later day can change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Of which place.
    pub place: PlaceCode,
    /// Of which period, as it is written.
    pub period: String,
    /// Log positions as of which they were told.
    pub as_of: Vec<(String, u64)>,
    /// The definitions by which they were counted: line and digest of its version.
    pub definitions: Vec<(Code, String)>,
    /// The figures.
    pub figures: Vec<KeptFigure>,
    /// The sentences of the outline as it was.
    pub sections: Vec<KeptSection>,
}

/// A figure that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFigure {
    /// Which.
    #[serde(rename = "f")]
    pub code: Code,
    /// Its part, of one that is broken down.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Code>,
    /// Told of the agencies at the place itself alone.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// Its value.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Its value a year before.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// A section of the outline as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSection {
    /// Heading, in Chinese and English.
    pub title: (String, String),
    /// The field in which people wrote their own.
    pub prose: Option<Code>,
    /// Sentences with their figures in braces, in Chinese and English.
    pub sentences: Vec<(String, String)>,
}

/// A figure whose line counts it otherwise from a day within the period: what was counted before and after is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redefined {
    /// Which.
    pub code: Code,
    /// Its title.
    pub title: Said,
    /// First day of the newer definition.
    pub on: Date,
}

impl Kept {
    /// What a field holds.
    pub fn read(value: &Value) -> Option<Kept> {
        match value {
            Value::Text(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    /// What the record keeps.
    pub fn of(line: &Line, record: &Record) -> Option<Kept> {
        let (id, _) = line.fields_with_ids().find(|(_, field)| field.kind == FieldType::Figures)?;
        Kept::read(record.get(id)?)
    }

    /// The value of a figure as it was kept; the outer `None`: it was not.
    pub fn value(&self, code: &str, part: Option<&str>, previous: bool) -> Option<Option<Amount>> {
        self.held(code, part, previous, false)
    }

    fn held(&self, code: &str, part: Option<&str>, previous: bool, own: bool) -> Option<Option<Amount>> {
        let hit = self.figures.iter().find(|one| one.code == code && one.part.as_deref() == part && one.own == own)?;
        let text = if previous { &hit.before } else { &hit.value };
        Some(text.as_deref().and_then(telling::amount))
    }

    /// The outline as it was.
    pub fn outline(&self, now: &Outline) -> Outline {
        let said = |(zh, en): &(String, String)| Said { zh: zh.clone(), en: en.clone() };
        let sentence = |text: &(String, String)| Sentence { text: said(text), needs: Vec::new(), figures: Vec::new() };
        let section = |one: &KeptSection| OutlineSection {
            title: said(&one.title),
            prose: one.prose.clone(),
            periods: Vec::new(),
            sentences: one.sentences.iter().map(sentence).collect(),
        };
        Outline { sections: self.sections.iter().map(section).collect(), ..now.clone() }
    }

    /// What a bound figure was.
    pub fn tell(&self, bound: &Bound) -> Option<Amount> {
        self.held(&bound.figure, bound.choice.as_deref(), bound.previous, bound.own).flatten()
    }

    /// Its sentences, as the public reads them: the figures as they were signed.
    pub(crate) fn text(&self, language: Language) -> String {
        let Ok(period) = self.period.parse::<Stretch>() else { return String::new() };
        let asked = composer::Asked { title: String::new(), language, period, whole: false };
        let empty = Outline {
            code: Code::default(),
            title: Said::default(),
            shorter: Said::default(),
            levels: Vec::new(),
            line: None,
            quantities: None,
            sections: Vec::new(),
        };
        let mut tell = |bound: &Bound| Ok::<_, std::convert::Infallible>(self.tell(bound));
        match composer::compose(&self.outline(&empty), asked, &|_| None, &mut tell) {
            Ok(report) => report.text().trim().to_owned(),
            Err(never) => match never {},
        }
    }
}

/// Tells all figures of a place and period, to be kept with an act on a record of this line.
pub(crate) fn keep(
    read: &mut dyn Read,
    catalog: &Catalog,
    line: &Code,
    place: &PlaceCode,
    stretch: Stretch,
) -> Result<Kept, TellError> {
    let period = Period { from: stretch.first(), to: stretch.last() };
    let at = telling::place(catalog, place, period.to)?;
    let lines = telling::figure_lines(catalog, place, period.to);
    let as_of = telling::as_of(read, &at.governments)?;
    let now = telling::told(read, &lines, &at, period, &as_of, None)?;
    let then = telling::told(read, &lines, &at, period.previous(), &as_of, None)?;
    let mut figures = Vec::new();
    for value in &now {
        let before = then.iter().find(|one| one.code == value.code && one.part == value.part);
        let [value_told, before] =
            [value.value, before.and_then(|one| one.value)].map(|told| told.map(|told| told.to_string()));
        figures.push(KeptFigure {
            code: value.code.clone(),
            part: value.part.clone(),
            own: false,
            value: value_told,
            before,
        });
    }
    let outline = catalog.reports.iter().find(|outline| outline.line.as_ref() == Some(line));
    if outline.is_some_and(|outline| has_own(outline, catalog, place, period.to)) {
        let at = telling::own_level(catalog, read, place, period.to)?;
        for value in telling::told(read, &lines, &at, period, &as_of, None)? {
            let told = value.value.map(|told| told.to_string());
            figures.push(KeptFigure { code: value.code, part: value.part, own: true, value: told, before: None });
        }
    }
    let digest = |line: &Line| (line.code.clone(), ledger::hash(&catalog::frozen(line)).to_string());
    let mut kept = Kept {
        place: place.clone(),
        period: stretch.to_string(),
        as_of: as_of.iter().map(|(government, position)| (government.to_string(), *position)).collect(),
        definitions: lines.iter().filter(|line| !line.figures.is_empty()).map(|line| digest(line)).collect(),
        figures,
        sections: Vec::new(),
    };
    if let Some(outline) = outline {
        kept.sections = sections(&named(outline, catalog, place, period.to), stretch, &kept);
    }
    // Parts of nought are told by the figure: they would be most of the bytes. Of the place itself what its sentences say
    // is kept.
    let bound: Vec<Bound> = outline_figures(&kept);
    kept.figures.retain(|one| {
        let nought = |text: &Option<String>| text.as_deref().is_none_or(|text| text == "0");
        !one.own && (one.part.is_none() || !(nought(&one.value) && nought(&one.before)))
            || bound.iter().any(|bound| bound.figure == one.code && bound.choice == one.part && bound.own == one.own)
    });
    Ok(kept)
}

/// The questions that the figures ask, by their keys.
pub(crate) fn asked(
    read: &mut dyn Read,
    catalog: &Catalog,
    place: &PlaceCode,
    stretch: Stretch,
) -> Result<Value, TellError> {
    let period = Period { from: stretch.first(), to: stretch.last() };
    let questions = crate::questions::questions(catalog, read, place, period)?;
    Ok(Value::Keys(questions.into_iter().map(|question| question.key.into()).collect()))
}

/// The figures in the sentences that are kept.
fn outline_figures(kept: &Kept) -> Vec<Bound> {
    let texts = kept.sections.iter().flat_map(|section| section.sentences.iter().map(|(zh, _)| zh));
    texts.flat_map(|text| catalog::bound(text).unwrap_or_default()).collect()
}

/// Whether an outline tells of the place itself apart from what lies below it: where there is something below.
pub(crate) fn has_own(outline: &Outline, catalog: &Catalog, place: &PlaceCode, on: Date) -> bool {
    let mut bound = outline.sections.iter().flat_map(|section| &section.sentences).flat_map(|one| &one.figures);
    bound.any(|bound| bound.own)
        && catalog.regions.government(place, on).is_some_and(|own| own == *place)
        && !catalog.regions.below(place, on).is_empty()
}

/// An outline with what the level of a place is called: 盟本级.
pub(crate) fn named(outline: &Outline, catalog: &Catalog, place: &PlaceCode, on: Date) -> Outline {
    const LEVELS: [&str; 9] = ["自治区", "地区", "省", "市", "州", "盟", "县", "旗", "区"];
    let name = catalog.regions.get(place, on).map(|region| region.name.as_str()).unwrap_or_default();
    let level = LEVELS.iter().find(|level| name.ends_with(**level)).copied().unwrap_or_default();
    let word = format!("{{{}}}", catalog::OWN_WORD);
    let mut outline = outline.clone();
    for sentence in outline.sections.iter_mut().flat_map(|section| &mut section.sentences) {
        sentence.text.zh = sentence.text.zh.replace(&word, &format!("{level}本级"));
    }
    outline
}

/// The sections of the outline, with the sentences that have something to say.
fn sections(outline: &Outline, stretch: Stretch, kept: &Kept) -> Vec<KeptSection> {
    let known = |bound: &Bound| kept.tell(bound);
    let says = |sentence: &&Sentence| {
        sentence.needs.iter().all(|need| known(need).is_some_and(|amount| !amount.is_zero()))
            && sentence.figures.iter().all(|bound| known(bound).is_some())
    };
    let here = |one: &&OutlineSection| one.periods.is_empty() || one.periods.iter().any(|kind| kind == stretch.kind());
    let both = |said: &Said| (said.zh.clone(), said.en.clone());
    let section = |one: &OutlineSection| KeptSection {
        title: both(&one.title),
        prose: one.prose.clone(),
        sentences: one.sentences.iter().filter(says).map(|sentence| both(&sentence.text)).collect(),
    };
    outline.sections.iter().filter(here).map(section).collect()
}

/// The figures that a newer version of their line counts otherwise from a day within the period.
pub(crate) fn redefined(catalog: &Catalog, period: Period) -> Vec<Redefined> {
    let mut found = Vec::new();
    for code in catalog.codes() {
        for pair in catalog.versions(&code).windows(2) {
            let [old, new] = pair else { continue };
            if new.from <= period.from || new.from > period.to {
                continue;
            }
            for figure in &new.figures {
                let before = old.figures.iter().find(|other| other.code == figure.code);
                if before.is_some_and(|before| counts(old, before) != counts(new, figure)) {
                    found.push(Redefined { code: figure.code.clone(), title: figure.title.clone(), on: new.from });
                }
            }
        }
    }
    found
}

/// How a figure is counted, in words that two versions share.
fn counts(line: &Line, figure: &Figure) -> String {
    let acts = |ids: &[procedure::ActId]| {
        let mut codes: Vec<&str> = ids.iter().map(|id| line.act(*id).code.as_str()).collect();
        codes.sort_unstable();
        codes.join(" ")
    };
    let counted = match &figure.counted {
        Counted::Flow(of) => format!("flow {}", acts(of)),
        Counted::Times(of) => format!("times {}", acts(of)),
        Counted::Sum(of, field) => format!("sum {} {}", line.field(*field).code, acts(of)),
        Counted::Stock(stages) => {
            let mut codes: Vec<&str> = stages.iter().map(|id| line.stages[id.index()].code.as_str()).collect();
            codes.sort_unstable();
            format!("stock {}", codes.join(" "))
        }
        Counted::Lapses(limit) => format!("lapses {}", line.limit(*limit).code),
        Counted::Ended(limits) | Counted::InTime(limits) | Counted::Overdue(limits) => {
            let codes: Vec<&str> = limits.iter().map(|id| line.limit(*id).code.as_str()).collect();
            format!("{} {}", figure.counted.word(), codes.join(" "))
        }
        Counted::Agencies(of) => format!("agencies {of}"),
        Counted::Ratio(part, whole) => format!("ratio {part} {whole}"),
        Counted::Difference(left, right) => format!("difference {left} {right}"),
        Counted::YearOnYear(of) => format!("year_on_year {of}"),
    };
    let filter = figure.filter.as_ref().map(|filter| filter.say(line, Language::En)).unwrap_or_default();
    format!("{counted} | {filter} | {} | {}", figure.unit, figure.per_matter)
}

/// The period of a record, with what an act fills in.
pub(crate) fn period_of<'v>(line: &Line, held: impl Fn(procedure::FieldId) -> Option<&'v Value>) -> Option<Stretch> {
    let (id, _) = line.fields_with_ids().find(|(_, field)| field.kind == FieldType::Period)?;
    match held(id)? {
        Value::Key(period) => period.parse().ok(),
        _ => None,
    }
}

/// As text, for the field.
pub(crate) fn written(kept: &Kept) -> Value {
    let text = serde_json::to_string(kept);
    // Made of texts and lists: nothing in it can fail to be written.
    Value::Text(text.unwrap_or_else(|why| unreachable!("kept figures write as JSON: {why}")))
}
