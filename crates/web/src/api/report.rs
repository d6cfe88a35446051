//! The year's report, with every number an address, beside the one that was published.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use composer::{Piece, Section};
use figures::Period;
use platform::{Asker, Compared, Platform, ReportFigure, TellError};
use procedure::Language;
use serde::{Deserialize, Serialize};
use terms::{PlaceCode, Stretch};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Anyone;
use super::figures::{href, place_of, shared, year_of};
use super::taking::{self, Parameters};
use super::trouble::{Problem, Trouble};
use super::words::{PlaceName, Words};
use crate::app::{App, PublishedReport};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(report_figures))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichReport {
    /// The year; this one if not said.
    #[param(minimum = 1, maximum = 9998)]
    year: Option<i16>,
    /// A year, a quarter, a month or a day instead: `2020`, `2020Q3`, `2020-07`, `2020-07-15`.
    #[param(example = "2020Q3")]
    period: Option<String>,
    /// Code of a place; the government's own if not said.
    #[param(example = "632222")]
    place: Option<String>,
}

/// A piece of a sentence: words, or a number with where it is told.
#[derive(Serialize, ToSchema)]
struct PieceView {
    text: String,
    /// Where the number is told; of one that counts the place itself alone there is no such address.
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
}

/// A section of the report.
#[derive(Serialize, ToSchema)]
struct SectionView {
    title: String,
    /// Its sentences, each in pieces.
    sentences: Vec<Vec<PieceView>>,
    /// What people wrote themselves, by paragraph.
    prose: Vec<String>,
}

/// A published number beside ours.
#[derive(Serialize, ToSchema)]
struct ComparedView {
    /// The words of the report.
    quote: String,
    /// Our figure.
    title: Words,
    /// How surely it is that figure, from 70 to 100.
    score: Option<u8>,
    figure: String,
    unit: String,
    theirs: String,
    ours: Option<String>,
    /// Theirs less ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    /// Ours is what the report says, as exactly as it says it.
    agrees: bool,
}

/// A report as it was published, for the numbers that our figures know.
#[derive(Serialize, ToSchema)]
struct PublishedView {
    name: String,
    compared: Vec<ComparedView>,
}

/// A figure that was signed and is counted otherwise today.
#[derive(Serialize, ToSchema)]
struct DiffersView {
    title: Words,
    figure: String,
    unit: String,
    /// As it was signed.
    signed: Option<String>,
    /// As it is counted today.
    today: Option<String>,
}

/// Where a report was signed: its figures stand.
#[derive(Serialize, ToSchema)]
struct SignedView {
    government: String,
    record: u64,
    #[schema(format = Date)]
    on: String,
    differs: Vec<DiffersView>,
}

/// A number that is reported and not counted from records. It is never added to one that is counted.
#[derive(Serialize, ToSchema)]
struct ReportedView {
    quantity: String,
    name: String,
    value: String,
    unit: String,
    /// Another number of the same quantity says otherwise.
    contradicts: bool,
}

/// The report of a place and a period.
#[derive(Serialize, ToSchema)]
struct ReportView {
    place: PlaceName,
    year: i16,
    /// The period as it is written.
    period: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<SignedView>,
    reported: Vec<ReportedView>,
    /// In your language.
    title: String,
    sections: Vec<SectionView>,
    published: Vec<PublishedView>,
}

/// Composes the year's report in your language. Nobody needs to sign in.
#[utoipa::path(get, path = "/report", tag = "figures", operation_id = "getReport", params(WhichReport),
    responses((status = 200, body = ReportView), (status = 404, body = Problem)))]
async fn report(
    State(app): State<App>,
    caller: Anyone,
    Parameters(given): Parameters<WhichReport>,
) -> Result<Response, Trouble> {
    let (place, stretch) = which(&app, &given)?;
    let (options, language) = (app.options.clone(), caller.language);
    let person = caller.who.map(|(person, _)| person);
    let everybody = person.is_none();
    let made = app
        .ask(move |platform| {
            // The published reports are those of the site's own government.
            let own = place == options.government;
            let published: &[PublishedReport] = if own { &options.published_reports } else { &[] };
            composed(platform, person.as_ref().into(), language, &place, stretch, published)
        })
        .await?;
    Ok(shared(everybody, Json(made)))
}

/// A figure of a report as data.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportRow {
    /// The figure, or the quantity that was reported, with its part: `power_item.by_kind/licence`.
    code: String,
    name: Words,
    place: String,
    /// `own`: of the agencies at the place itself alone; `all`: with what lies below it.
    level: String,
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    to: String,
    value: String,
    unit: String,
    /// `exact`, `over`, `at_least`, `nearly`, `at_most` or `approx`.
    qualifier: String,
    /// `signed`, `records`, or `reported`: not counted from records.
    origin: String,
    /// SM3 of the definition by which it was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<String>,
}

impl ReportRow {
    /// As data.
    pub fn of(one: &ReportFigure) -> ReportRow {
        ReportRow {
            code: one.code.to_string(),
            name: (&one.name).into(),
            place: one.place.to_string(),
            level: if one.own { "own" } else { "all" }.to_owned(),
            from: one.period.from.to_string(),
            to: one.period.to.to_string(),
            value: one.value.to_string(),
            unit: one.unit.clone(),
            qualifier: one.qualifier.to_string(),
            origin: one.origin.code().to_owned(),
            definition: one.definition.clone(),
        }
    }
}

/// The figures that a report states, as rows of data: with each its period, unit and definition. Nobody needs to sign in; who
/// does reads the numbers that were reported too.
#[utoipa::path(get, path = "/report/figures", tag = "figures", operation_id = "getReportFigures", params(WhichReport),
    responses((status = 200, body = Vec<ReportRow>), (status = 404, body = Problem)))]
async fn report_figures(
    State(app): State<App>,
    caller: Anyone,
    Parameters(given): Parameters<WhichReport>,
) -> Result<Response, Trouble> {
    let (place, stretch) = which(&app, &given)?;
    let person = caller.who.map(|(person, _)| person);
    let everybody = person.is_none();
    let all = app.ask(move |platform| platform.report_figures(person.as_ref().into(), &place, stretch)).await?;
    Ok(shared(everybody, Json(all.iter().map(ReportRow::of).collect::<Vec<_>>())))
}

/// The place and the period that are asked for.
fn which(app: &App, given: &WhichReport) -> Result<(PlaceCode, Stretch), Trouble> {
    let place = place_of(app, given.place.as_deref())?;
    let stretch = match &given.period {
        Some(text) => text.parse::<Stretch>().map_err(|_| taking::bad_parameter("period", "problem-stretch"))?,
        None => Stretch::Year(year_of(app, given.year)?.to.year()),
    };
    if app.platform.catalog().regions.get(&place, stretch.last()).is_none() {
        return Err(TellError::UnknownPlace(place).into());
    }
    Ok((place, stretch))
}

fn composed(
    platform: &Platform,
    asker: Asker<'_>,
    language: Language,
    place: &PlaceCode,
    stretch: Stretch,
    reports: &[PublishedReport],
) -> Result<ReportView, TellError> {
    let period = Period { from: stretch.first(), to: stretch.last() };
    let year = period.to.year();
    let told = platform.report(asker, place, stretch, language)?;
    let report = told.report;
    let said = |amount: Option<figures::Amount>| amount.map(|amount| amount.to_string());
    let signed = told.signed.map(|signed| SignedView {
        government: signed.government.to_string(),
        record: signed.record.0,
        on: signed.on.to_string(),
        differs: signed
            .differs
            .iter()
            .map(|one| DiffersView {
                title: (&one.title).into(),
                figure: href(&one.code, one.part.as_deref(), place, period),
                unit: one.unit.clone(),
                signed: said(one.signed),
                today: said(one.today),
            })
            .collect(),
    });
    let reported = told.reported.into_iter().map(|one| ReportedView {
        quantity: one.quantity.to_string(),
        name: one.name,
        value: one.amount.to_string(),
        unit: one.unit,
        contradicts: one.contradicts,
    });
    let mut published = Vec::new();
    for report in reports.iter().filter(|report| report.year == year) {
        let compared = platform.compare(asker, place, year, &report.name, &report.text)?;
        let compared = compared.both.iter().map(|one| compared_view(place, one)).collect();
        published.push(PublishedView { name: report.name.clone(), compared });
    }
    Ok(ReportView {
        place: PlaceName::of(platform, place, period.to),
        year,
        period: stretch.to_string(),
        signed,
        reported: reported.collect(),
        title: report.title,
        sections: report.sections.into_iter().map(|section| section_view(section, place, period)).collect(),
        published,
    })
}

fn section_view(section: Section, place: &PlaceCode, period: Period) -> SectionView {
    let piece = |piece: Piece| match piece {
        Piece::Text(text) => PieceView { text, figure: None },
        Piece::Number { bound, text } => {
            let period = if bound.previous { period.previous() } else { period };
            let told = || href(&bound.figure, bound.choice.as_deref(), place, period);
            PieceView { text, figure: (!bound.own).then(told) }
        }
    };
    let sentences = section.sentences.into_iter().map(|sentence| sentence.into_iter().map(piece).collect());
    SectionView { title: section.title, sentences: sentences.collect(), prose: section.prose }
}

fn compared_view(place: &PlaceCode, one: &Compared) -> ComparedView {
    ComparedView {
        quote: one.published.quote.clone(),
        title: (&one.ours.title).into(),
        figure: href(&one.ours.code, one.ours.part.as_deref(), place, one.ours.period),
        unit: one.ours.unit.clone(),
        theirs: one.theirs().map_or_else(|| one.published.value.to_string(), |value| value.to_string()),
        score: one.score,
        ours: one.ours.value.map(|value| value.to_string()),
        difference: one.difference.map(|difference| difference.to_string()),
        agrees: one.agrees(),
    }
}
