//! What the public sees: the home page, the list of what is published, one publication or its stub.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use figures::Period;
use ledger::{Fault, PublicRow};
use platform::{Platform, Shown, TellError};
use procedure::{Language, Line};
use terms::{GovernmentCode, RecordId};

use crate::app::App;
use crate::desk::{Pick, lines};
use crate::frame::{Frame, page, query};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// Something published in a list.
struct PublicView {
    href: String,
    title: String,
    line: String,
    day: String,
    withdrawn: Option<String>,
    words: String,
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

fn public_view(frame: &Frame, row: &PublicRow, line: Option<&Line>) -> PublicView {
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
    }
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
    let part = |name: &str| given.get(name).map(|text| text.trim()).unwrap_or_default();
    let (line, words) = (part("line"), part("text"));
    let skip: u32 = part("skip").parse().unwrap_or(0);
    let some = |text: &'static str| Some(part(text)).filter(|text| !text.is_empty());
    let rows = platform.published(government, some("line"), some("text"), skip)?;
    let at = |skip: u32| {
        let skip = if skip == 0 { String::new() } else { skip.to_string() };
        format!("/public{}", query(&[("line", line), ("text", words), ("skip", &skip)]))
    };
    Ok(ListPage {
        next: (rows.len() >= PAGE as usize).then(|| at(skip.saturating_add(PAGE))),
        first: (skip > 0).then(|| at(0)),
        rows: rows.iter().map(|(row, line)| public_view(&frame, row, line.as_deref())).collect(),
        lines: lines(platform, &frame, line),
        text: words.to_owned(),
        filtered: !line.is_empty() || !words.is_empty(),
        f: frame,
    })
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
