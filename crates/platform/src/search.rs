//! Finding records and published texts by words. The index is somebody else's ([`Search`]); here is what goes into it,
//! who may find what, and what is shown of what was found: always of the record as it stands, never of the index.

use std::sync::Arc;

use ledger::{Fault, Narrowing, PublicRow, Read, RecordRow, Sight};
use procedure::{FieldType, Language, Line, PartyKind, Record, Said, say_value};
use terms::{Code, Date, GovernmentCode, RecordId, Value};

use crate::excerpt::{Marked, excerpt};
use crate::{Person, Platform, Published, Seen, Shown, rights::need_to_know, rows::decode_state};

/// An index of words over the records and publications of a ledger. It is derived: whatever is in it can be made anew.
pub trait Search: Send + Sync {
    /// What fits, the best first.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn find(&self, sought: &Sought<'_>) -> Result<Hits, Fault>;
    /// How far a government's log is in it.
    fn reached(&self, government: &GovernmentCode) -> u64;
}

/// What is looked for, and by whom.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    /// Government.
    pub government: &'a GovernmentCode,
    /// Among what.
    pub among: Among,
    /// What was typed.
    pub text: &'a str,
    /// Line.
    pub line: Option<Code>,
    /// First day: opened, or published.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// How many to pass over.
    pub skip: u32,
    /// How many to give.
    pub limit: u32,
}

/// Among what somebody may search. It is part of the query: what is out of reach is neither found nor counted.
#[allow(clippy::large_enum_variant)] // made once for a question
#[derive(Clone, Debug)]
pub enum Among {
    /// What is published, as it is published.
    Published,
    /// Records.
    Records {
        /// Those that the person sees.
        sight: Sight,
        /// Of these, the ones of which the person need know what is personal; `None`: of none.
        knowing: Option<Knowing>,
    },
}

/// What makes somebody need to know personal content: that they handle a record or stand in, or a post of theirs that its
/// line names. Who stated a reason to look at one record sees that one, and searches no more than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knowing {
    /// The account.
    pub account: Code,
    /// The agency at whose records `posts` count.
    pub agency: Code,
    /// Posts.
    pub posts: Vec<Code>,
    /// Those of them that count at every agency.
    pub across: Vec<Code>,
    /// Until this day somebody has to be a stand-in to be one.
    pub today: Date,
}

/// By whom personal content of a record is looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Who handles it.
    pub handler: Option<Code>,
    /// Who stands in, and until when.
    pub stand_in: Option<(Code, Date)>,
    /// The posts that need to know.
    pub posts: Vec<Code>,
}

/// What an index found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The best first.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub total: u64,
    /// What to mark in them: parts of texts, plain.
    pub marks: Vec<String>,
    /// The query held no letter and no digit.
    pub empty: bool,
    /// The query was longer than what is looked at.
    pub cut: bool,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Record.
    pub record: RecordId,
    /// Its publication, where that was found.
    pub publication: Option<Code>,
}

/// What goes into the index of a record, or of one of its publications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Government.
    pub government: GovernmentCode,
    /// Record.
    pub record: RecordId,
    /// Its publication; `None`: the record itself.
    pub publication: Option<Code>,
    /// Line.
    pub line: Code,
    /// Agency.
    pub agency: Code,
    /// Day opened, or published.
    pub day: Date,
    /// What its line lets be seen of it.
    pub narrowing: Narrowing,
    /// Who need know what is personal in it.
    pub known: Known,
    /// Texts that are nobody's personal content.
    pub open: Vec<String>,
    /// Personal texts.
    pub personal: Vec<String>,
}

/// What somebody typed into a search page.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words, numbers, phrases in quotation marks.
    pub text: String,
    /// Line.
    pub line: Option<Code>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// How many to pass over.
    pub skip: u32,
}

/// A page of what was found.
#[derive(Clone, Debug)]
pub struct Results<T> {
    /// The best first.
    pub found: Vec<T>,
    /// How many there are.
    pub total: u64,
    /// The next page passes over so many; `None`: there is none.
    pub next: Option<u32>,
    /// How many events of the log are not in the index yet.
    pub behind: u64,
    /// The query held no letter and no digit.
    pub empty: bool,
    /// Only the beginning of the query was looked at.
    pub cut: bool,
}

/// A record that was found.
#[derive(Clone, Debug)]
pub struct FoundRecord {
    /// Its row.
    pub row: RecordRow,
    /// Its line.
    pub line: Arc<Line>,
    /// Where in it.
    pub excerpts: Vec<Excerpt>,
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Title of the field.
    pub title: Said,
    /// The text around it. Of personal content there is none: whoever wants to read it opens the record, and that is
    /// noted.
    pub text: Option<Marked>,
}

/// A publication that was found.
#[derive(Clone, Debug)]
pub struct FoundPublic {
    /// It.
    pub published: Published,
    /// Where in it.
    pub excerpts: Vec<Excerpt>,
}

/// So many on a page, so many fields told of each, and so far can one turn pages.
const PAGE: u32 = 20;
const EXCERPTS: usize = 3;
const DEEPEST: u32 = 1_000;

/// A text of a record.
struct Piece {
    title: Said,
    text: String,
    personal: bool,
}

/// What a record holds, as texts.
fn pieces(line: &Line, record: &Record) -> Vec<Piece> {
    let mut all = Vec::new();
    for (id, field) in line.fields_with_ids() {
        let Some(value) = record.get(id) else { continue };
        let mut push = |text: &str, personal: bool| {
            if !text.is_empty() {
                all.push(Piece { title: field.title.clone(), text: text.to_owned(), personal });
            }
        };
        if let Value::Party(party) = value {
            // As where it is published: the name of an organisation is not personal, nor is its credit code.
            let open = party.kind == PartyKind::Organisation && field.mask.is_some();
            push(&party.name, !open);
            push(party.number.as_deref().unwrap_or_default(), !open);
            push(party.phone.as_deref().unwrap_or_default(), true);
            push(party.address.as_deref().unwrap_or_default(), true);
        } else {
            push(&say_value(value, Some(field), Language::Zh), field.personal || field.kind == FieldType::Party);
        }
    }
    all
}

impl Platform {
    /// With an index of words.
    pub fn with_search(mut self, search: Arc<dyn Search>) -> Platform {
        self.search = Some(search);
        self
    }

    /// Whether there is an index of words.
    pub fn searches(&self) -> bool {
        self.search.is_some()
    }

    /// What a person may search: the one place where rights meet the index.
    fn reach(&self, person: &Person) -> Result<Among, Fault> {
        let across = |post: &&Code| self.catalog.terms.post(post).is_some_and(|post| post.across);
        let knowing = Knowing {
            account: person.account.clone(),
            agency: person.agency.clone(),
            posts: person.posts.clone(),
            across: person.posts.iter().filter(across).cloned().collect(),
            today: self.now().date(),
        };
        Ok(Among::Records { sight: self.sight(person)?, knowing: Some(knowing) })
    }

    /// Searches the records that a person may see; `None` where there is no index.
    ///
    /// # Errors
    /// Where index or store cannot be read.
    pub fn search(&self, person: &Person, wanted: &Wanted) -> Result<Option<Results<FoundRecord>>, Fault> {
        let Some((hits, behind)) = self.hits(&person.government, self.reach(person)?, wanted)? else {
            return Ok(None);
        };
        let mut read = self.store.read()?;
        let ids: Vec<RecordId> = hits.hits.iter().map(|hit| hit.record).collect();
        let rows = read.records_of(&person.government, &ids)?;
        let mut found = Vec::new();
        for id in ids {
            let Some(row) = rows.iter().find(|row| row.id == id) else { continue };
            let Some(record) = decode_state(&row.state) else { continue };
            let line = self.definitions.line(read.as_mut(), row.definition)?;
            // The index may be a moment behind a record that went to another agency, or whose handler changed.
            let Some(seen) = self.seen(read.as_mut(), person, row, &line, &record)? else { continue };
            let whole = seen == Seen::Whole;
            let excerpts = record_excerpts(&line, &record, &hits.marks, whole);
            if excerpts.is_empty() && !whole {
                continue;
            }
            found.push(FoundRecord { row: row.clone(), line, excerpts });
        }
        Ok(Some(results(found, &hits, behind, wanted)))
    }

    /// Searches what a government has published; `None` where there is no index.
    ///
    /// # Errors
    /// Where index or store cannot be read.
    pub fn search_public(
        &self,
        government: &GovernmentCode,
        wanted: &Wanted,
    ) -> Result<Option<Results<FoundPublic>>, Fault> {
        let Some((hits, behind)) = self.hits(government, Among::Published, wanted)? else { return Ok(None) };
        let mut read = self.store.read()?;
        let day = self.now().date();
        let mut found = Vec::new();
        for hit in &hits.hits {
            let rows = read.public_of(government, hit.record)?;
            let row = rows.into_iter().find(|row| Some(&row.publication) == hit.publication.as_ref());
            // Withdrawn a moment ago: nothing of it is shown.
            let Some(row) = row.filter(|row| row.withdrawn.is_none()) else { continue };
            let excerpts = public_excerpts(&row, &hits.marks);
            let line = self.catalog.line(&row.line, government, day);
            found.push(FoundPublic { published: (row, line), excerpts });
        }
        Ok(Some(results(found, &hits, behind, wanted)))
    }

    fn hits(&self, government: &GovernmentCode, among: Among, wanted: &Wanted) -> Result<Option<(Hits, u64)>, Fault> {
        let Some(search) = &self.search else { return Ok(None) };
        let head = self.store.read()?.head(government)?;
        let hits = search.find(&Sought {
            government,
            among,
            text: &wanted.text,
            line: wanted.line.clone(),
            from: wanted.from,
            to: wanted.to,
            skip: wanted.skip.min(DEEPEST),
            limit: PAGE,
        })?;
        Ok(Some((hits, head.position.saturating_sub(search.reached(government)))))
    }

    /// What goes into an index of some records of a government, as they stand.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn documents(
        &self,
        read: &mut dyn Read,
        government: &GovernmentCode,
        rows: &[RecordRow],
    ) -> Result<Vec<Document>, Fault> {
        let mut all = Vec::new();
        for row in rows {
            let line = self.definitions.line(read, row.definition)?;
            let mut document = Document {
                government: government.clone(),
                record: row.id,
                publication: None,
                line: row.line.clone(),
                agency: row.agency.clone(),
                day: row.opened,
                narrowing: row.narrowing.clone(),
                known: Known::default(),
                open: Vec::new(),
                personal: Vec::new(),
            };
            let public = read.public_of(government, row.id)?;
            for public in public.into_iter().filter(|public| public.withdrawn.is_none()) {
                let open = Shown::read(&public.shown).into_iter().map(|shown| shown.text.0).collect();
                let (publication, day) = (Some(public.publication), public.published);
                all.push(Document { publication, day, open, ..document.clone() });
            }
            let record = decode_state(&row.state);
            for piece in record.iter().flat_map(|record| pieces(&line, record)) {
                let into = if piece.personal { &mut document.personal } else { &mut document.open };
                into.push(piece.text);
            }
            if let Some(record) = record {
                let posts = need_to_know(&line, &record, &self.catalog.calendar);
                document.known = Known { handler: record.handler, stand_in: record.stand_in, posts };
            }
            all.push(document);
        }
        Ok(all)
    }
}

fn results<T>(found: Vec<T>, hits: &Hits, behind: u64, wanted: &Wanted) -> Results<T> {
    let next = wanted.skip.min(DEEPEST) + PAGE;
    Results {
        found,
        total: hits.total,
        next: (u64::from(next) < hits.total && next <= DEEPEST).then_some(next),
        behind,
        empty: hits.empty,
        cut: hits.cut,
    }
}

/// Where in a record; of personal content only for whoever sees it `whole`.
fn record_excerpts(line: &Line, record: &Record, marks: &[String], whole: bool) -> Vec<Excerpt> {
    let mut all: Vec<Excerpt> = Vec::new();
    for piece in pieces(line, record).into_iter().filter(|piece| whole || !piece.personal) {
        let Some(text) = excerpt(&piece.text, marks) else { continue };
        let found = Excerpt { title: piece.title, text: (!piece.personal).then_some(text) };
        // A party's name and number are told as one place.
        if !all.contains(&found) {
            all.push(found);
        }
    }
    all.truncate(EXCERPTS);
    all
}

fn public_excerpts(row: &PublicRow, marks: &[String]) -> Vec<Excerpt> {
    let shown = Shown::read(&row.shown).into_iter();
    let found = shown.filter_map(|shown| {
        let text = excerpt(&shown.text.0, marks)?;
        Some(Excerpt { title: Said { zh: shown.title.0, en: shown.title.1 }, text: Some(text) })
    });
    found.take(EXCERPTS).collect()
}
