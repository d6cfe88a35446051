//! Figures of a place and a period, each opening into its records.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use figures::{Amount, Period};
use ledger::Sight;
use platform::{Behind, FigureValue, Platform, TellError};
use procedure::{Counted, FieldType, Language, Line};
use serde::{Deserialize, Serialize};
use terms::{GovernmentCode, PlaceCode};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Anyone, Reader};
use super::public;
use super::taking::{Cursor, Parameters, bad_parameter, day_of, limit_of};
use super::trouble::{self, Problem, Trouble};
use super::words::{PlaceName, Words, record_id};
use crate::app::App;
use crate::figures::definition;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(records))
}

/// Place and period.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// Code of a place; the government's own if not said.
    #[param(example = "632222")]
    place: Option<String>,
    /// A calendar year; this one if no period is said.
    #[param(minimum = 1, maximum = 9998)]
    year: Option<i16>,
    /// First day, instead of a year.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day, instead of a year.
    #[param(format = Date)]
    to: Option<String>,
}

/// A place and a period that were understood.
#[derive(Clone)]
pub(super) struct Told {
    pub place: PlaceCode,
    pub period: Period,
}

/// The place of a parameter.
pub(super) fn place_of(app: &App, place: Option<&str>) -> Result<PlaceCode, Trouble> {
    match place {
        None => Ok(app.options.government.clone()),
        Some(text) => text.parse().map_err(|_| bad_parameter("place", "problem-place")),
    }
}

/// The year of a parameter.
pub(super) fn year_of(app: &App, year: Option<i16>) -> Result<Period, Trouble> {
    let year = year.unwrap_or_else(|| app.platform.now().year());
    // A year has one before it, with which it is compared.
    let year = (1..=9_998).contains(&year).then(|| Period::year(year)).flatten();
    year.ok_or_else(|| bad_parameter("year", "bad-number"))
}

fn told(app: &App, given: &Where) -> Result<Told, Trouble> {
    let mut period = year_of(app, given.year)?;
    let (from, to) = (day_of("from", given.from.as_deref())?, day_of("to", given.to.as_deref())?);
    if given.year.is_some() && (from.is_some() || to.is_some()) {
        return Err(bad_parameter("year", "problem-year-and-days"));
    }
    period = match (from, to) {
        (Some(from), Some(to)) => Period { from, to },
        (Some(from), None) => Period { from, to: Period::year(from.year()).map_or(from, |year| year.to) },
        (None, Some(to)) => Period { from: Period::year(to.year()).map_or(to, |year| year.from), to },
        (None, None) => period,
    };
    if period.from > period.to || period.from.year() < 1 {
        return Err(bad_parameter("from", "problem-period"));
    }
    Ok(Told { place: place_of(app, given.place.as_deref())?, period })
}

/// A period, first and last day.
#[derive(Serialize, ToSchema)]
pub(super) struct PeriodView {
    #[schema(format = Date)]
    pub from: String,
    #[schema(format = Date)]
    pub to: String,
}

impl From<Period> for PeriodView {
    fn from(period: Period) -> PeriodView {
        PeriodView { from: period.from.to_string(), to: period.to.to_string() }
    }
}

/// How far a government's log was counted: told as of the same positions, a figure is the same for ever.
#[derive(Serialize, ToSchema)]
struct Position {
    government: String,
    position: u64,
}

/// A figure told.
#[derive(Serialize, ToSchema)]
struct FigureView {
    code: String,
    title: Words,
    line: String,
    unit: String,
    /// For one part of a breakdown: the choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// The value, exact, in decimal digits; none where it cannot be told, or where nobody has signed in and it is so small a
    /// count of a breakdown that it would point at somebody.
    #[schema(examples("5", "99.13"))]
    value: Option<String>,
    /// It is counted from records and opens into them.
    opens: bool,
    href: String,
}

impl FigureView {
    fn new(told: &Told, figure: &FigureValue) -> FigureView {
        let part = figure.part.as_deref();
        FigureView {
            code: figure.code.to_string(),
            title: (&figure.title).into(),
            line: figure.line.to_string(),
            unit: figure.unit.clone(),
            part: figure.part.as_ref().map(ToString::to_string),
            value: figure.value.map(|value| value.to_string()),
            opens: figure.opens,
            href: href(&figure.code, part, &told.place, told.period),
        }
    }
}

/// Where a figure is told.
pub(super) fn href(code: &str, part: Option<&str>, place: &PlaceCode, period: Period) -> String {
    let (from, to) = (period.from.to_string(), period.to.to_string());
    let parts = [("part", part.unwrap_or_default()), ("from", &from), ("to", &to), ("place", place.as_str())];
    format!("/api/v1/figures/{code}{}", crate::frame::query(&parts))
}

/// All figures of a place and a period.
#[derive(Serialize, ToSchema)]
struct FigureList {
    place: PlaceName,
    period: PeriodView,
    as_of: Vec<Position>,
    figures: Vec<FigureView>,
}

fn positions(figures: &[FigureValue]) -> Vec<Position> {
    let as_of = figures.first().map(|figure| figure.as_of.iter()).into_iter().flatten();
    as_of.map(|(government, position)| Position { government: government.to_string(), position: *position }).collect()
}

/// Lists every figure of a place and a period; a breakdown follows its figure, part by part. Nobody needs to sign in.
#[utoipa::path(get, path = "/figures", tag = "figures", operation_id = "listFigures", params(Where),
    responses((status = 200, body = FigureList)))]
async fn list(
    State(app): State<App>,
    caller: Anyone,
    Parameters(given): Parameters<Where>,
) -> Result<Response, Trouble> {
    let told = told(&app, &given)?;
    let asked = told.clone();
    let figures = tell(&app, &asked, &caller).await?;
    Ok(shared(
        caller.who.is_none(),
        Json(FigureList {
            place: PlaceName::of(&app.platform, &told.place, told.period.to),
            period: told.period.into(),
            as_of: positions(&figures),
            figures: figures.iter().map(|figure| FigureView::new(&told, figure)).collect(),
        }),
    ))
}

/// What everybody is told may be kept on the way; what only some are told may not.
pub(super) fn shared(everybody: bool, answer: impl IntoResponse) -> Response {
    if everybody { public(answer) } else { answer.into_response() }
}

/// The figures; of what nobody has signed in for, small counts of a breakdown are left out.
async fn tell(app: &App, told: &Told, caller: &Anyone) -> Result<Vec<FigureValue>, Trouble> {
    let Told { place, period } = told.clone();
    // An unknown place is the caller's to mend, so it is told before anything is lost of it.
    if app.platform.catalog().regions.get(&place, period.to).is_none() {
        return Err(TellError::UnknownPlace(place).into());
    }
    let everybody = caller.who.is_none();
    let asked = app.ask(move |platform| {
        let mut all = platform.figures(&place, period)?;
        if everybody {
            platform::for_the_public(&mut all, platform.whole(&place, period));
        }
        Ok::<_, TellError>(all)
    });
    Ok(asked.await?)
}

/// A figure with its definition.
#[derive(Serialize, ToSchema)]
struct FigureDetail {
    #[serde(flatten)]
    figure: FigureView,
    place: PlaceName,
    period: PeriodView,
    as_of: Vec<Position>,
    /// How it is counted, in your language.
    definition: Vec<String>,
    /// The parts of its breakdown.
    parts: Vec<FigureView>,
}

#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichFigure {
    /// One part of a breakdown: the choice.
    part: Option<String>,
    /// Code of a place; the government's own if not said.
    #[param(example = "632222")]
    place: Option<String>,
    /// A calendar year; this one if no period is said.
    #[param(minimum = 1, maximum = 9998)]
    year: Option<i16>,
    /// First day, instead of a year.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day, instead of a year.
    #[param(format = Date)]
    to: Option<String>,
}

/// Tells one figure, how it is counted, and its parts. Nobody needs to sign in.
#[utoipa::path(get, path = "/figures/{code}", tag = "figures", operation_id = "getFigure",
    params(("code" = String, Path, description = "Code of the figure.", example = "demo.received"), WhichFigure),
    responses((status = 200, body = FigureDetail), (status = 404, body = Problem)))]
async fn one(
    State(app): State<App>,
    caller: Anyone,
    Path(code): Path<String>,
    Parameters(given): Parameters<WhichFigure>,
) -> Result<Response, Trouble> {
    let WhichFigure { part, place, year, from, to } = given;
    let told = told(&app, &Where { place, year, from, to })?;
    let all = tell(&app, &told, &caller).await?;
    let part = part.filter(|part| !part.is_empty());
    let figure = all.iter().find(|figure| figure.code == code && figure.part.as_deref() == part.as_deref());
    let figure = figure.ok_or(trouble::NOT_FOUND)?;
    let parts = all.iter().filter(|other| other.code == code && other.part.is_some() && part.is_none());
    Ok(shared(
        caller.who.is_none(),
        Json(FigureDetail {
            figure: FigureView::new(&told, figure),
            place: PlaceName::of(&app.platform, &told.place, told.period.to),
            period: told.period.into(),
            as_of: positions(&all),
            definition: counted(&app.platform, caller.language, figure, &told),
            parts: parts.map(|part| FigureView::new(&told, part)).collect(),
        }),
    ))
}

fn counted(platform: &Platform, language: Language, figure: &FigureValue, told: &Told) -> Vec<String> {
    let line = platform.catalog().line(&figure.line, &told.place, told.period.to);
    let line = line.or_else(|| platform.catalog().versions(&figure.line).last().cloned());
    let found = line.as_ref().and_then(|line| Some((line, line.figures.iter().find(|one| one.code == figure.code)?)));
    found.map(|(line, figure)| definition(language, platform, line, figure)).unwrap_or_default()
}

/// A record behind a figure.
#[derive(Serialize, ToSchema)]
struct BehindView {
    /// Its number; none where it is not yours to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    opened: Option<String>,
    /// What it adds, exact, in decimal digits.
    adds: String,
}

/// A page of the records behind a figure.
#[derive(Serialize, ToSchema)]
struct BehindList {
    records: Vec<BehindView>,
    /// Where the next page begins: give it as `cursor`. None on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BehindQuery {
    /// One part of a breakdown: the choice.
    part: Option<String>,
    /// Code of a place; the government's own if not said.
    #[param(example = "632222")]
    place: Option<String>,
    /// A calendar year; this one if no period is said.
    #[param(minimum = 1, maximum = 9998)]
    year: Option<i16>,
    /// First day, instead of a year.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day, instead of a year.
    #[param(format = Date)]
    to: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// How many, 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Lists the records behind a figure: exactly those whose amounts add up to it. Those that are not yours to see keep their
/// amount and nothing else.
#[utoipa::path(get, path = "/figures/{code}/records", tag = "figures", operation_id = "listFigureRecords",
    params(("code" = String, Path, description = "Code of the figure.", example = "demo.received"), BehindQuery),
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = BehindList), (status = 404, body = Problem)))]
async fn records(
    State(app): State<App>,
    reader: Reader,
    Path(code): Path<String>,
    Parameters(given): Parameters<BehindQuery>,
) -> Result<Json<BehindList>, Trouble> {
    let BehindQuery { part, place, year, from, to, cursor, limit } = given;
    let told = told(&app, &Where { place, year, from, to })?;
    let limit = limit_of(limit, 50, 200)?;
    let after = match Cursor::open(cursor.as_deref())? {
        Some(Cursor(text)) => Some(record_id(&text).ok_or_else(Cursor::wrong)?),
        None => None,
    };
    if app.platform.catalog().regions.get(&told.place, told.period.to).is_none() {
        return Err(TellError::UnknownPlace(told.place).into());
    }
    let part = part.filter(|part| !part.is_empty());
    let money = app.platform.catalog().lines().any(|line| in_fen(line, &code));
    let person = reader.person.clone();
    let (place, period) = (told.place, told.period);
    let asked = app.ask(move |platform| {
        let rows = platform.behind(&place, period, &code, part.as_deref(), after, limit)?;
        let mut sights: HashMap<GovernmentCode, Sight> = HashMap::new();
        for row in &rows {
            if !sights.contains_key(&row.row.government) {
                let sight = platform.sight_in(&person, &row.row.government)?;
                sights.insert(row.row.government.clone(), sight);
            }
        }
        Ok::<_, TellError>((rows, sights))
    });
    let (rows, sights) = asked.await?;
    let next = (rows.len() >= limit as usize).then(|| rows.last()).flatten();
    let next = next.map(|last| Cursor(last.row.id.to_string()).sealed());
    let printed = |amount: i64| if money { Amount::fen(amount) } else { Amount::whole(amount) };
    let records = rows.iter().map(|row| behind(&sights, row, printed(row.amount))).collect();
    Ok(Json(BehindList { records, next }))
}

/// Whether a line's figure adds up money.
fn in_fen(line: &Line, code: &str) -> bool {
    let of = |figure: &&procedure::Figure| figure.code == code;
    line.figures.iter().find(of).is_some_and(|figure| match &figure.counted {
        Counted::Sum(_, field) => line.field(*field).kind == FieldType::Money,
        _ => false,
    })
}

fn behind(sights: &HashMap<GovernmentCode, Sight>, behind: &Behind, adds: Amount) -> BehindView {
    let sees = sights.get(&behind.row.government).is_some_and(|sight| sight.sees(&behind.row));
    BehindView {
        record: sees.then_some(behind.row.id.0),
        label: sees.then(|| behind.row.label.clone()),
        opened: sees.then(|| behind.row.opened.to_string()),
        adds: adds.to_string(),
    }
}
