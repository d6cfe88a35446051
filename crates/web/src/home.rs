//! What the public sees: the home page, the list of what is published, one publication or its stub.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use figures::Period;
use ledger::{Fault, PublicRow};
use platform::{FoundPublic, Platform, Results, Shown, TellError, Wanted};
use procedure::{Language, Line};
use terms::{GovernmentCode, RecordId};

use crate::app::App;
use crate::desk::{Pick, lines};
use crate::frame::{Frame, page, query};
use crate::search::{Asked, ExcerptView, excerpts, remarks, short};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// Something published in a list.
pub(crate) struct PublicView {
    pub href: String,
    pub title: String,
    pub line: String,
    pub day: String,
    pub withdrawn: Option<String>,
    pub words: String,
    pub excerpts: Vec<ExcerptView>,
}

struct NumberView {
    href: String,
    title: String,
    value: String,
    unit: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    f: Frame,
    numbers: Vec<NumberView>,
    numbers_title: String,
    latest: Vec<PublicView>,
}

/// So many figures and publications stand on the home page.
const NUMBERS: usize = 8;
const LATEST: usize = 6;
/// As many as the platform gives at once.
const PAGE: u32 = 50;

/// The home page.
pub(crate) async fn home(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let government = app.options.government.clone();
    let frame = visitor.told().await?.within("home");
    let title = frame.t1("site-of", "place", &frame.place);
    let frame = frame.named(title);
    page(&app.ask(move |platform| front(platform, frame, &government)).await?)
}

fn front(platform: &Platform, frame: Frame, government: &GovernmentCode) -> Result<HomePage, Fault> {
    // The newest year that anything was recorded in: this year's, once it has begun to fill.
    let year = platform.latest_year(government)?;
    let told = Period::year(year).map(|period| platform.figures(government, period));
    let told = match told {
        Some(Err(TellError::Fault(fault))) => return Err(fault),
        Some(Ok(told)) => told,
        _ => Vec::new(),
    };
    let numbers = told.into_iter().filter(|figure| figure.part.is_none() && figure.opens);
    let numbers = numbers.filter_map(|figure| {
        let value = figure.value.filter(|value| !value.is_zero())?;
        Some(NumberView {
            href: format!("/figures/{}{}", figure.code, query(&[("year", &year.to_string())])),
            title: frame.said(&figure.title),
            value: value.to_string(),
            unit: figure.unit,
        })
    });
    let latest = platform.published(government, None, None, 0)?;
    Ok(HomePage {
        numbers: numbers.take(NUMBERS).collect(),
        numbers_title: frame.t1("home-figures", "year", year),
        latest: latest.iter().take(LATEST).map(|(row, line)| public_view(&frame, row, line.as_deref())).collect(),
        f: frame,
    })
}

pub(crate) fn public_view(frame: &Frame, row: &PublicRow, line: Option<&Line>) -> PublicView {
    let publication = line.and_then(|line| line.publications.iter().find(|one| one.code == row.publication));
    let title = publication.map_or_else(|| row.publication.to_string(), |one| frame.said(&one.title));
    let shown = Shown::read(&row.shown);
    let words: Vec<String> = shown.iter().take(4).map(|one| text(frame, &one.text).to_owned()).collect();
    PublicView {
        href: format!("/public/{}/{}", row.record, row.publication),
        title,
        line: line.map_or_else(|| row.line.to_string(), |line| frame.said(&line.title)),
        day: row.published.to_string(),
        withdrawn: row.withdrawn.map(|day| frame.t1("public-withdrawn", "day", day)),
        words: words.join(" · "),
        excerpts: Vec::new(),
    }
}

/// A publication that was found, with where in it.
fn found_view(frame: &Frame, found: FoundPublic) -> PublicView {
    let (row, line) = &found.published;
    let view = public_view(frame, row, line.as_deref());
    let words = if found.excerpts.is_empty() { view.words } else { String::new() };
    PublicView { words, excerpts: excerpts(frame, found.excerpts), ..view }
}

fn text<'a>(frame: &Frame, both: &'a (String, String)) -> &'a str {
    match frame.language {
        Language::Zh => &both.0,
        Language::En => &both.1,
    }
}

#[derive(Template)]
#[template(path = "public.html")]
struct ListPage {
    f: Frame,
    rows: Vec<PublicView>,
    lines: Vec<Pick>,
    text: String,
    from: String,
    to: String,
    /// Whether there is an index of words.
    searches: bool,
    notes: Vec<String>,
    total: Option<String>,
    filtered: bool,
    next: Option<String>,
    first: Option<String>,
}

/// The list of what is published.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let government = app.options.government.clone();
    let frame = visitor.told().await?.titled("public-title").within("public");
    page(&app.ask(move |platform| listed(platform, frame, &government, &given)).await?)
}

fn listed(
    platform: &Platform,
    frame: Frame,
    government: &GovernmentCode,
    given: &HashMap<String, String>,
) -> Result<ListPage, Fault> {
    let asked = Asked::read(given);
    let mut notes = Vec::new();
    let wanted = asked.wanted(&frame, &mut notes);
    if (wanted.from.is_some() || wanted.to.is_some()) && asked.text.is_empty() {
        notes.push(frame.t("public-dates-need-words"));
    }
    let mut made = ListPage {
        lines: lines(platform, &frame, asked.line),
        text: short(asked.text),
        from: wanted.from.map(|day| day.to_string()).unwrap_or_default(),
        to: wanted.to.map(|day| day.to_string()).unwrap_or_default(),
        searches: platform.searches(),
        notes: Vec::new(),
        total: None,
        filtered: !asked.line.is_empty() || !asked.text.is_empty(),
        rows: Vec::new(),
        next: None,
        first: asked.first("/public"),
        f: frame,
    };
    let results = if asked.text.is_empty() { None } else { platform.search_public(government, &wanted)? };
    match results {
        Some(results) => searched(&mut made, &asked, results, &mut notes),
        None => newest(platform, &mut made, government, &asked, &wanted)?,
    }
    made.notes = notes;
    Ok(made)
}

/// What was found, the best first.
fn searched(made: &mut ListPage, asked: &Asked<'_>, results: Results<FoundPublic>, notes: &mut Vec<String>) {
    let frame = &made.f;
    remarks(frame, &results, notes);
    made.total = Some(frame.t1("search-total", "count", results.total));
    made.next = results.next.map(|skip| asked.at("/public", skip));
    made.rows = results.found.into_iter().map(|found| found_view(frame, found)).collect();
}

/// What is published, newest first; without an index, words are looked for as they stand.
fn newest(
    platform: &Platform,
    made: &mut ListPage,
    government: &GovernmentCode,
    asked: &Asked<'_>,
    wanted: &Wanted,
) -> Result<(), Fault> {
    let text = Some(made.text.as_str()).filter(|text| !text.is_empty());
    let rows = platform.published(government, wanted.line.as_deref(), text, wanted.skip)?;
    made.next = (rows.len() >= PAGE as usize).then(|| asked.at("/public", wanted.skip.saturating_add(PAGE)));
    made.rows = rows.iter().map(|(row, line)| public_view(&made.f, row, line.as_deref())).collect();
    Ok(())
}

#[derive(Template)]
#[template(path = "public_one.html")]
struct OnePage {
    f: Frame,
    line: String,
    record: String,
    day: String,
    withdrawn: Option<String>,
    shown: Vec<(String, String)>,
    digest: String,
    articles: String,
}

/// One publication, or its stub.
pub(crate) async fn one(
    State(app): State<App>,
    visitor: Visitor,
    Path((record, publication)): Path<(String, String)>,
) -> Result<Response, Wrong> {
    let record: RecordId = record.parse().map_err(|_| Wrong::NotFound)?;
    let government = app.options.government.clone();
    let found = app.ask(move |platform| platform.published_one(&government, record, &publication)).await?;
    let (row, line) = found.ok_or(Wrong::NotFound)?;
    let frame = visitor.told().await?.within("public");
    page(&opened(frame, &row, line))
}

fn opened(frame: Frame, row: &PublicRow, line: Option<Arc<Line>>) -> OnePage {
    let publication = line.as_ref().and_then(|line| line.publications.iter().find(|one| one.code == row.publication));
    let title = publication.map_or_else(|| row.publication.to_string(), |one| frame.said(&one.title));
    let law = publication.map(|one| one.ground.law.as_slice()).unwrap_or_default();
    let law: Vec<String> = law.iter().map(|law| wording::article(frame.language, law)).collect();
    let withdrawn = row.withdrawn.map(|day| frame.t1("public-withdrawn", "day", day));
    let shown = if withdrawn.is_some() { Vec::new() } else { Shown::read(&row.shown) };
    let pair = |one: Shown| (text(&frame, &one.title).to_owned(), text(&frame, &one.text).to_owned());
    OnePage {
        line: line.as_ref().map_or_else(|| row.line.to_string(), |line| frame.said(&line.title)),
        record: row.record.to_string(),
        day: row.published.to_string(),
        withdrawn,
        shown: shown.into_iter().map(pair).collect(),
        digest: row.digest.to_string(),
        articles: wording::list(frame.language, &law),
        f: frame.named(title),
    }
}
