//! What somebody looks for, as a query. Rights are conditions of it: nothing is left out of a page afterwards.

use std::ops::Bound;

use ledger::{Above, Fault, Sight};
use platform::{Among, Hit, Hits, Knowing, Sought};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::tokenizer::TokenStream;
use tantivy::{Searcher, TantivyDocument, Term};
use terms::{Code, RecordId};

use crate::fields::{EVERYBODY, Fields, PUBLIC, RECORD, Texts, at, number, parted, words};
use crate::grams::pairs;
use crate::index::failed;
use crate::words::{Asked, Unit, read, telling};

type Part = Box<dyn Query>;

/// A phrase says more than its words.
const PHRASE: f32 = 2.0;

pub(crate) fn find(searcher: &Searcher, fields: &Fields, sought: &Sought<'_>) -> Result<Hits, Fault> {
    let Asked { units, cut } = read(sought.text);
    if units.is_empty() {
        return Ok(Hits { empty: true, cut, ..Hits::default() });
    }
    let (mut all, mut marks) = (conditions(fields, sought), Vec::new());
    for unit in &units {
        let unit = unit.cut();
        let mut either = vec![unit.query(fields.open)];
        if let Among::Records { knowing: Some(knowing), .. } = &sought.among {
            either.push(both(vec![known(fields, knowing), unit.query(fields.personal)]));
        }
        all.push(Box::new(BooleanQuery::union(either)));
        marks.extend(unit.marks());
    }
    let query = both(all);
    let page = TopDocs::with_limit(sought.limit.max(1) as usize).and_offset(sought.skip as usize);
    let (total, best) = searcher.search(&query, &(Count, page.order_by_score())).map_err(failed)?;
    let mut hits = Vec::new();
    for (_, address) in best {
        let document: TantivyDocument = searcher.doc(address).map_err(failed)?;
        let record = document.get_first(fields.record).and_then(|value| value.as_u64()).unwrap_or_default();
        let publication = document.get_first(fields.publication).and_then(|value| value.as_str());
        hits.push(Hit { record: RecordId(record), publication: publication.map(Into::into) });
    }
    Ok(Hits { hits, total: total as u64, marks, empty: false, cut })
}

fn both(parts: Vec<Part>) -> Part {
    Box::new(BooleanQuery::intersection(parts))
}

fn term(field: Field, text: &str) -> Part {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

/// A condition, which makes nothing better or worse.
fn only(part: Part) -> Part {
    Box::new(ConstScoreQuery::new(part, 0.0))
}

fn any(parts: Vec<Part>) -> Part {
    only(Box::new(BooleanQuery::union(parts)))
}

/// Government, kind, line, days, and what is within reach.
fn conditions(fields: &Fields, sought: &Sought<'_>) -> Vec<Part> {
    let (kind, mut all) = match &sought.among {
        Among::Published => (PUBLIC, Vec::new()),
        Among::Records { sight, .. } => (RECORD, vec![seen(fields, sight)]),
    };
    all.push(only(term(fields.government, sought.government.as_str())));
    all.push(only(term(fields.kind, kind)));
    if let Some(line) = &sought.line {
        all.push(only(term(fields.line, line)));
    }
    if sought.from.is_some() || sought.to.is_some() {
        let bound = |day: Option<_>| {
            day.map_or(Bound::Unbounded, |day| Bound::Included(Term::from_field_u64(fields.day, number(day))))
        };
        all.push(only(Box::new(RangeQuery::new(bound(sought.from), bound(sought.to)))));
    }
    all
}

/// What a [`Sight`] sees: the same answer that it gives for a row, and that a store gives under it.
fn seen(fields: &Fields, sight: &Sight) -> Part {
    let lets = |by: &[Code]| {
        let by = by.iter().map(Code::as_str).chain([EVERYBODY]);
        any(by.map(|one| term(fields.only, one)).collect())
    };
    let mut views = Vec::new();
    if let Some(near) = &sight.near {
        views.push(both(vec![term(fields.agency, &near.agency), lets(&near.by)]));
    }
    if let Some(wide) = &sight.wide {
        let mut view = vec![lets(&wide.by)];
        if wide.above {
            view.push(from(fields.above, Above::Reason.number().unsigned_abs()));
        }
        views.push(both(view));
    }
    let mut all = vec![(Occur::Must, any(views)), (Occur::Must, term(fields.government, sight.government.as_str()))];
    all.extend(sight.names.iter().map(|name| (Occur::MustNot, term(fields.hidden, name))));
    only(Box::new(BooleanQuery::new(all)))
}

/// Records of which somebody need know what is personal.
fn known(fields: &Fields, knowing: &Knowing) -> Part {
    let posts = |posts: &[Code]| posts.iter().map(|post| term(fields.known, post)).collect::<Vec<_>>();
    let stands_in = vec![term(fields.stand_in, &knowing.account), from(fields.until, number(knowing.today))];
    let mut views = posts(&knowing.across);
    views.push(term(fields.known, &at(&knowing.account)));
    views.push(both(stands_in));
    views.push(both(vec![term(fields.agency, &knowing.agency), any(posts(&knowing.posts))]));
    any(views)
}

/// So much or more.
fn from(field: Field, least: u64) -> Part {
    only(Box::new(RangeQuery::new(Bound::Included(Term::from_field_u64(field, least)), Bound::Unbounded)))
}

/// A unit, cut into words where it has any.
struct Cut {
    /// All letters of it.
    part: String,
    words: Option<Vec<String>>,
}

impl Unit {
    fn cut(&self) -> Cut {
        match self {
            Unit::Part(part) => Cut { part: part.clone(), words: None },
            Unit::Words(text) => {
                let text = parted(text);
                let (mut words, mut found) = (words(false), Vec::new());
                words.token_stream(&text).process(&mut |token| found.push(token.text.clone()));
                Cut { part: platform::plain(&text), words: Some(telling(found)) }
            }
        }
    }
}

impl Cut {
    /// Its words in any order, or its letters in a row.
    fn query(&self, texts: Texts) -> Part {
        let row = in_a_row(texts.grams, &self.part);
        let Some(found) = self.words.as_ref().filter(|words| !words.is_empty()) else { return row };
        let found = both(found.iter().map(|word| term(texts.words, word)).collect());
        Box::new(BooleanQuery::union(vec![found, Box::new(BoostQuery::new(row, PHRASE))]))
    }

    /// What to mark of it.
    fn marks(self) -> Vec<String> {
        let mut marks = vec![self.part];
        marks.extend(self.words.unwrap_or_default());
        marks
    }
}

/// Letters one after the other.
fn in_a_row(grams: Field, part: &str) -> Part {
    let mut terms: Vec<Term> = pairs(part).iter().map(|pair| Term::from_field_text(grams, pair)).collect();
    match (terms.len(), part.chars().next()) {
        (0, None) => Box::new(EmptyQuery),
        // A single letter: whatever pair begins with it.
        (0, Some(letter)) => {
            let next = char::from_u32(u32::from(letter) + 1).unwrap_or(char::MAX);
            let bound = |letter: char| Term::from_field_text(grams, letter.encode_utf8(&mut [0; 4]));
            only(Box::new(RangeQuery::new(Bound::Included(bound(letter)), Bound::Excluded(bound(next)))))
        }
        (1, _) => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}
