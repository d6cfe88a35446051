//! The year's report with every number a link, the published one beside it, and the two compared.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use composer::{Piece, Section};
use figures::Period;
use platform::{Compared, Platform, TellError};
use terms::PlaceCode;

use crate::app::{App, PublishedReport};
use crate::figures::{Asked, href, href_of};
use crate::frame::{Frame, page};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// A piece of a sentence: words, or a number with its address.
struct PieceView {
    text: String,
    href: Option<String>,
}

struct SectionView {
    title: String,
    sentences: Vec<Vec<PieceView>>,
}

struct ComparedView {
    quote: String,
    title: String,
    theirs: String,
    ours: String,
    unit: String,
    href: String,
    difference: String,
    same: bool,
}

struct PublishedView {
    name: String,
    paragraphs: Vec<String>,
    compared: Vec<ComparedView>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    f: Frame,
    year: i16,
    sections: Vec<SectionView>,
    empty: String,
    published: Vec<PublishedView>,
}

/// The report of a year.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given);
    let frame = visitor.told().await?.titled("report-title").within("report");
    let options = app.options.clone();
    let made = app
        .ask(move |platform| {
            // The published reports are those of the site's own government.
            let own = asked.place == options.government;
            composed(platform, frame, &asked, if own { &options.published_reports } else { &[] })
        })
        .await?;
    page(&made)
}

fn composed(
    platform: &Platform,
    frame: Frame,
    asked: &Asked,
    reports: &[PublishedReport],
) -> Result<ReportPage, TellError> {
    let (place, year) = (&asked.place, asked.period.to.year());
    let period = asked.period;
    let (title, sections, empty) = match platform.report(place, year, frame.language) {
        Ok(report) => (Some(report.title), report.sections, frame.t("report-empty")),
        Err(TellError::NoOutline) => (None, Vec::new(), frame.t("report-no-outline")),
        Err(other) => return Err(other),
    };
    let whole = Period::year(year).unwrap_or(period);
    let mut published = Vec::new();
    for report in reports.iter().filter(|report| report.year == year) {
        let compared = platform.compare(place, year, &report.name, &report.text)?;
        published.push(PublishedView {
            name: report.name.clone(),
            paragraphs: report.text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            compared: compared.iter().map(|one| compared_view(&frame, place, one)).collect(),
        });
    }
    let title = title.unwrap_or_else(|| frame.t("report-title"));
    Ok(ReportPage {
        year,
        sections: sections.into_iter().map(|section| section_view(section, place, whole)).collect(),
        empty,
        published,
        f: frame.named(title),
    })
}

fn section_view(section: Section, place: &PlaceCode, period: Period) -> SectionView {
    let piece = |piece: Piece| match piece {
        Piece::Text(text) => PieceView { text, href: None },
        Piece::Number { bound, text } => {
            let period = if bound.previous { period.previous() } else { period };
            PieceView { text, href: Some(href(&bound.figure, bound.choice.as_deref(), place, period)) }
        }
    };
    let sentences = section.sentences.into_iter().map(|sentence| sentence.into_iter().map(piece).collect());
    SectionView { title: section.title, sentences: sentences.collect() }
}

fn compared_view(frame: &Frame, place: &PlaceCode, one: &Compared) -> ComparedView {
    let difference = one.difference.map(|difference| difference.to_string());
    ComparedView {
        quote: one.published.quote.clone(),
        title: frame.said(&one.ours.title),
        theirs: one.published.value.to_string(),
        ours: one.ours.value.map_or_else(|| frame.t("figure-unknown-value"), |value| value.to_string()),
        unit: one.ours.unit.clone(),
        href: href_of(&one.ours, place),
        same: one.agrees(),
        difference: difference.unwrap_or_default(),
    }
}
