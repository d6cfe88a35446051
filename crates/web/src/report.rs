//! The year's report with every number a link, the published one beside it, and the two compared.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use composer::{Piece, Section};
use figures::Period;
use platform::{Compared, Platform, Redefined, Reported, Signed, TellError};
use terms::{PlaceCode, Stretch};

use crate::app::{App, PublishedReport};
use crate::figures::{Asked, href, href_at, href_of};
use crate::frame::{Frame, page};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// A piece of a sentence: words, or a number with its address.
pub(crate) struct PieceView {
    pub text: String,
    pub href: Option<String>,
}

pub(crate) struct SectionView {
    pub title: String,
    pub sentences: Vec<Vec<PieceView>>,
    pub prose: Vec<String>,
}

/// A figure that was signed and is counted otherwise today.
pub(crate) struct DiffersView {
    pub title: String,
    pub href: String,
    pub unit: String,
    pub signed: String,
    pub today: String,
}

/// That a report was signed, and what is counted otherwise today.
pub(crate) struct SignedView {
    pub title: String,
    /// The record, for those who are signed in.
    pub href: Option<String>,
    pub said: Vec<(String, String)>,
    pub differs: Vec<DiffersView>,
}

impl SignedView {
    pub fn of(frame: &Frame, place: &PlaceCode, period: Period, signed: &Signed) -> SignedView {
        let told = |amount: Option<figures::Amount>| {
            amount.map_or_else(|| frame.t("figure-unknown-value"), |amount| amount.to_string())
        };
        let own = frame.person.as_ref().is_some_and(|person| person.government == signed.government);
        SignedView {
            title: frame.t1("report-signed", "day", signed.on),
            href: own.then(|| format!("/records/{}/report", signed.record)),
            said: signed.said.iter().map(|(title, text)| (frame.said(title), text.clone())).collect(),
            differs: signed
                .differs
                .iter()
                .map(|one| DiffersView {
                    title: frame.said(&one.title),
                    href: href(&one.code, one.part.as_deref(), place, period),
                    unit: one.unit.clone(),
                    signed: told(one.signed),
                    today: told(one.today),
                })
                .collect(),
        }
    }
}

/// A number that is reported and not counted.
pub(crate) struct ReportedView {
    pub name: String,
    pub href: Option<String>,
    pub amount: String,
    pub unit: String,
    pub qualifier: String,
    pub source: String,
    pub evidence: String,
    pub contradicts: bool,
}

/// Reported numbers as a page shows them.
pub(crate) fn reported_views(frame: &Frame, all: &[Reported]) -> Vec<ReportedView> {
    let said = |said: &Option<procedure::Said>| said.as_ref().map(|said| frame.said(said)).unwrap_or_default();
    let view = |one: &Reported| ReportedView {
        name: one.name.clone(),
        href: frame
            .person
            .as_ref()
            .filter(|person| person.government == one.government)
            .map(|_| format!("/records/{}", one.record)),
        amount: one.amount.to_string(),
        unit: one.unit.clone(),
        qualifier: said(&one.qualifier),
        source: said(&one.source),
        evidence: one.evidence.clone(),
        contradicts: one.contradicts,
    };
    all.iter().map(view).collect()
}

/// Figures whose definition changed within the period, in sentences.
pub(crate) fn redefined_views(frame: &Frame, all: &[Redefined]) -> Vec<String> {
    all.iter().map(|one| frame.t2("report-redefined", "figure", frame.said(&one.title), "day", one.on)).collect()
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
    /// How surely it is that figure of ours.
    score: String,
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
    period: Stretch,
    year: i16,
    place: String,
    /// The query that asks for this report.
    asks: String,
    other_time: Option<(String, String)>,
    signed: Option<SignedView>,
    /// The number of the letter, where it has one.
    number: String,
    redefined: Vec<String>,
    reported: Vec<ReportedView>,
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
    let period = Stretch::of(asked.period.from, asked.period.to).unwrap_or(Stretch::Year(year));
    let span = Period { from: period.first(), to: period.last() };
    let (told, empty) = match platform.report(frame.person.as_ref().into(), place, period, frame.language) {
        Ok(told) => (Some(told), frame.t("report-empty")),
        Err(TellError::NoOutline) => (None, frame.t("report-no-outline")),
        Err(other) => return Err(other),
    };
    let signed = told.as_ref().and_then(|told| told.signed.as_ref());
    let number = signed.map(|signed| signed.number.clone()).unwrap_or_default();
    let signed = signed.map(|signed| SignedView::of(&frame, place, span, signed));
    let redefined = told.as_ref().map(|told| redefined_views(&frame, &told.redefined)).unwrap_or_default();
    let reported = told.as_ref().map(|told| reported_views(&frame, &told.reported)).unwrap_or_default();
    let (title, sections) = told.map_or((None, Vec::new()), |told| (Some(told.report.title), told.report.sections));
    let mut published = Vec::new();
    for report in reports.iter().filter(|report| period == Stretch::Year(report.year)) {
        let compared = platform.compare(frame.person.as_ref().into(), place, year, &report.name, &report.text)?;
        published.push(PublishedView {
            name: report.name.clone(),
            paragraphs: report.text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            compared: compared.both.iter().map(|one| compared_view(&frame, place, one)).collect(),
        });
    }
    let title = title.unwrap_or_else(|| frame.t("report-title"));
    Ok(ReportPage {
        period,
        year,
        place: place.to_string(),
        asks: crate::report_data::asks(place, period),
        other_time: asked.other_time.clone(),
        signed,
        number,
        redefined,
        reported,
        sections: sections.into_iter().map(|section| section_view(section, place, span)).collect(),
        empty,
        published,
        f: frame.named(title),
    })
}

pub(crate) fn section_view(section: Section, place: &PlaceCode, period: Period) -> SectionView {
    let piece = |piece: Piece| match piece {
        Piece::Text(text) => PieceView { text, href: None },
        Piece::Number { bound, text } => {
            let period = if bound.previous { period.previous() } else { period };
            let href = href_at(&bound.figure, bound.choice.as_deref(), place, period, bound.own);
            PieceView { text, href: Some(href) }
        }
    };
    let sentences = section.sentences.into_iter().map(|sentence| sentence.into_iter().map(piece).collect());
    SectionView { title: section.title, sentences: sentences.collect(), prose: section.prose }
}

fn compared_view(frame: &Frame, place: &PlaceCode, one: &Compared) -> ComparedView {
    let difference = one.difference.map(|difference| difference.to_string());
    ComparedView {
        quote: one.published.quote.clone(),
        title: frame.said(&one.ours.title),
        theirs: one.theirs().map_or_else(|| one.published.value.to_string(), |value| value.to_string()),
        score: one.score.map(|score| score.to_string()).unwrap_or_default(),
        ours: one.ours.value.map_or_else(|| frame.t("figure-unknown-value"), |value| value.to_string()),
        unit: one.ours.unit.clone(),
        href: href_of(&one.ours, place),
        same: one.agrees(),
        difference: difference.unwrap_or_default(),
    }
}
