//! Full-text search over the records that a person may see.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use ledger::{Fault, RecordRow};
use platform::{Excerpt, Filter, FoundRecord, Marked, Person, Platform, Results, Wanted};
use procedure::Line;

use crate::app::App;
use crate::desk::{Pick, RowView, lines, row_view};
use crate::frame::{Frame, page, query};
use crate::input;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// Where something was found.
pub(crate) struct ExcerptView {
    pub title: String,
    /// `None`: in personal content, which is read in the record.
    pub text: Option<Marked>,
}

struct HitView {
    row: RowView,
    excerpts: Vec<ExcerptView>,
}

/// What was asked of a search page, as it was typed.
pub(crate) struct Asked<'g> {
    pub text: &'g str,
    pub line: &'g str,
    from: &'g str,
    to: &'g str,
    skip: u32,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    f: Frame,
    text: String,
    lines: Vec<Pick>,
    from: String,
    to: String,
    notes: Vec<String>,
    asked: bool,
    total: String,
    hits: Vec<HitView>,
    next: Option<String>,
    first: Option<String>,
}

/// The page, empty or with what was found.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("search-title").within("search");
    page(&app.ask(move |platform| searched(platform, frame, &person, &given)).await?)
}

impl<'g> Asked<'g> {
    pub fn read(given: &'g HashMap<String, String>) -> Asked<'g> {
        let part = |name: &str| given.get(name).map(|text| text.trim()).unwrap_or_default();
        let skip = part("skip").parse().unwrap_or(0);
        Asked { text: part("text"), line: part("line"), from: part("from"), to: part("to"), skip }
    }

    /// What to look for; a date that is none is told.
    pub fn wanted(&self, frame: &Frame, notes: &mut Vec<String>) -> Wanted {
        let mut day = |written: &str| {
            let day = input::date(written);
            if day.is_none() && !written.is_empty() {
                notes.push(frame.t1("filter-bad-date", "text", short(written)));
            }
            day
        };
        Wanted {
            text: self.text.to_owned(),
            line: Some(self.line).filter(|line| !line.is_empty()).map(Into::into),
            from: day(self.from),
            to: day(self.to),
            skip: self.skip,
        }
    }

    /// The same page further on; 0: its beginning.
    pub fn at(&self, path: &str, skip: u32) -> String {
        let skip = if skip == 0 { String::new() } else { skip.to_string() };
        let text = short(self.text);
        let parts =
            [("text", text.as_str()), ("line", self.line), ("from", self.from), ("to", self.to), ("skip", &skip)];
        format!("{path}{}", query(&parts))
    }

    /// Where the first page is, on any other.
    pub fn first(&self, path: &str) -> Option<String> {
        (self.skip > 0).then(|| self.at(path, 0))
    }
}

/// As much of what was typed as is shown again.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

/// What is to be said of a search besides what it found.
pub(crate) fn remarks<T>(frame: &Frame, results: &Results<T>, notes: &mut Vec<String>) {
    if results.empty {
        notes.push(frame.t("search-nothing-asked"));
    }
    if results.cut {
        notes.push(frame.t("search-cut"));
    }
    if results.behind > 0 {
        notes.push(frame.t1("search-behind", "count", results.behind));
    }
}

pub(crate) fn excerpts(frame: &Frame, found: Vec<Excerpt>) -> Vec<ExcerptView> {
    found.into_iter().map(|one| ExcerptView { title: frame.said(&one.title), text: one.text }).collect()
}

fn searched(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    given: &HashMap<String, String>,
) -> Result<SearchPage, Fault> {
    let asked = Asked::read(given);
    let mut notes = Vec::new();
    let wanted = asked.wanted(&frame, &mut notes);
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let mut made = SearchPage {
        text: short(asked.text),
        lines: lines(platform, &frame, asked.line),
        from: short(asked.from),
        to: short(asked.to),
        notes: Vec::new(),
        asked: !asked.text.is_empty(),
        total: String::new(),
        hits: Vec::new(),
        next: None,
        first: asked.first("/search"),
        f: frame.clone(),
    };
    if made.asked {
        let view = |found: FoundRecord| HitView {
            row: row_view(&frame, &directory, today, &found.row, &found.line),
            excerpts: excerpts(&frame, found.excerpts),
        };
        if let Some(results) = platform.search(person, &wanted)? {
            remarks(&frame, &results, &mut notes);
            made.total = frame.t1("search-total", "count", results.total);
            made.next = results.next.map(|skip| asked.at("/search", skip));
            made.hits = results.found.into_iter().map(view).collect();
        } else {
            notes.push(frame.t("search-no-index"));
            let (line, from, to) = (wanted.line, wanted.from, wanted.to);
            let filter = Filter { line, from, to, text: Some(short(asked.text)), ..Filter::default() };
            let found = platform.list(person, &filter)?;
            made.total = frame.t1("search-total", "count", found.total);
            let none = |row: &RecordRow, line: &Arc<Line>| HitView {
                row: row_view(&frame, &directory, today, row, line),
                excerpts: Vec::new(),
            };
            made.hits = found.rows.iter().map(|(row, line)| none(row, line)).collect();
        }
    }
    made.notes = notes;
    Ok(made)
}
