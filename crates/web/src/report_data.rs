//! A report as data: its figures as rows of a sheet, and those of the governments below side by side.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use platform::{Abreast, Asker, Origin, Person, Platform, ReportFigure};
use sheets::FileKind;
use terms::{PlaceCode, Stretch};

use crate::api::ReportRow;
use crate::app::App;
use crate::download::attachment;
use crate::figures::{Asked, href};
use crate::frame::{Frame, page, query};
use crate::session::Visitor;
use crate::unfold;
use crate::wrong::Wrong;

/// The period that is asked for: of the report of a whole year, where it is none of the four.
fn stretch(asked: &Asked) -> Stretch {
    Stretch::of(asked.period.from, asked.period.to).unwrap_or(Stretch::Year(asked.period.to.year()))
}

/// The query that asks for a report.
pub(crate) fn asks(place: &PlaceCode, period: Stretch) -> String {
    query(&[("period", &period.to_string()), ("place", place.as_str())])
}

/// The figures of a report as a file, `figures.xlsx`, `figures.csv` or `figures.json`; those below, `below.xlsx` or
/// `below.csv`.
pub(crate) async fn file(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given);
    let (place, period) = (asked.place.clone(), stretch(&asked));
    let signed_in = visitor.person();
    let frame = visitor.told().await?;
    let kind = match name.as_str() {
        "figures.json" => None,
        "figures.xlsx" => Some(FileKind::Xlsx),
        "figures.csv" => Some(FileKind::Csv),
        "below.xlsx" => return below_file(&app, signed_in?, frame, place, period, FileKind::Xlsx).await,
        "below.csv" => return below_file(&app, signed_in?, frame, place, period, FileKind::Csv).await,
        _ => return Err(Wrong::NotFound),
    };
    let person = frame.person.clone();
    let named = format!("report-{place}-{period}");
    let all = app.ask(move |platform| platform.report_figures(person.as_ref().into(), &place, period)).await?;
    let Some(kind) = kind else {
        return Ok(Json(all.iter().map(ReportRow::of).collect::<Vec<_>>()).into_response());
    };
    let heads =
        ["figure-code", "figure", "place", "level", "from", "to", "value", "unit", "exactness", "origin", "definition"];
    let mut lines = vec![heads.map(|head| frame.t(head)).to_vec()];
    lines.extend(all.iter().map(|one| line(&frame, one)));
    Ok(attachment(&format!("{named}.{}", kind.ending()), kind, unfold::file(kind, &lines)?))
}

fn line(frame: &Frame, one: &ReportFigure) -> Vec<String> {
    vec![
        one.code.to_string(),
        frame.said(&one.name),
        one.place.to_string(),
        frame.t(if one.own { "figures-own" } else { "figures-all" }),
        one.period.from.to_string(),
        one.period.to.to_string(),
        one.value.to_string(),
        one.unit.clone(),
        one.qualifier.to_string(),
        origin(frame, one.origin),
        one.definition.clone().unwrap_or_default(),
    ]
}

fn origin(frame: &Frame, origin: Origin) -> String {
    frame.t(match origin {
        Origin::Signed => "origin-signed",
        Origin::Records => "origin-records",
        Origin::Reported => "origin-reported",
    })
}

struct ColumnView {
    name: String,
    origin: String,
    missing: bool,
}

struct CellView {
    value: String,
    /// Where it is not from where the rest of its column is from.
    mark: String,
    href: Option<String>,
}

struct RowView {
    title: String,
    unit: String,
    cells: Vec<CellView>,
}

#[derive(Template)]
#[template(path = "report_below.html")]
struct BelowPage {
    f: Frame,
    period: Stretch,
    place: String,
    asks: String,
    columns: Vec<ColumnView>,
    missing: Vec<String>,
    rows: Vec<RowView>,
}

/// The governments below side by side.
pub(crate) async fn below(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given);
    let (place, period) = (asked.place.clone(), stretch(&asked));
    let made = told(&app, visitor.person()?, place.clone(), period).await?;
    let frame = visitor.told().await?.titled("below-table-title").within("report");
    let missing = made.columns.iter().filter(|column| column.origin.is_none());
    page(&BelowPage {
        period,
        asks: asks(&place, period),
        place: place.to_string(),
        missing: missing.map(|column| column.name.clone()).collect(),
        columns: made
            .columns
            .iter()
            .map(|column| ColumnView {
                name: column.name.clone(),
                origin: column.origin.map_or_else(|| frame.t("origin-none"), |of| origin(&frame, of)),
                missing: column.origin.is_none(),
            })
            .collect(),
        rows: rows(&frame, period, &made),
        f: frame,
    })
}

fn rows(frame: &Frame, period: Stretch, made: &Abreast) -> Vec<RowView> {
    let span = figures::Period { from: period.first(), to: period.last() };
    let row = |row: &platform::AbreastRow| RowView {
        title: frame.said(&row.title),
        unit: row.unit.clone(),
        cells: row
            .values
            .iter()
            .zip(&made.columns)
            .map(|(value, column)| {
                let other = value.filter(|(_, of)| Some(*of) != column.origin);
                let (code, part) =
                    row.code.split_once('/').map_or((row.code.as_str(), None), |(code, part)| (code, Some(part)));
                CellView {
                    value: value.map_or_else(|| "–".to_owned(), |(amount, _)| amount.to_string()),
                    mark: other.map(|(_, of)| origin(frame, of)).unwrap_or_default(),
                    href: value
                        .filter(|(_, of)| *of == Origin::Records)
                        .map(|_| href(code, part, &column.government, span)),
                }
            })
            .collect(),
    };
    made.rows.iter().map(row).collect()
}

/// The same as a file.
async fn below_file(
    app: &App,
    person: Person,
    frame: Frame,
    place: PlaceCode,
    period: Stretch,
    kind: FileKind,
) -> Result<Response, Wrong> {
    let named = format!("below-{place}-{period}.{}", kind.ending());
    let made = told(app, person, place, period).await?;
    let mut head = vec![frame.t("figure"), frame.t("unit")];
    head.extend(made.columns.iter().map(|column| column.name.clone()));
    let mut origins = vec![frame.t("origin"), String::new()];
    origins.extend(made.columns.iter().map(|column| match column.origin {
        Some(of) => origin(&frame, of),
        None => frame.t("origin-none"),
    }));
    let mut lines = vec![head, origins];
    for row in rows(&frame, period, &made) {
        let mut line = vec![row.title, row.unit];
        line.extend(row.cells.into_iter().map(|cell| match cell.mark.as_str() {
            "" => cell.value,
            mark => format!("{} {mark}", cell.value),
        }));
        lines.push(line);
    }
    Ok(attachment(&named, kind, unfold::file(kind, &lines)?))
}

/// It is for those who are signed in: the public reads each government's own report.
async fn told(app: &App, person: Person, place: PlaceCode, period: Stretch) -> Result<Abreast, Wrong> {
    let told = move |platform: &Platform| platform.abreast(Asker::Person(&person), &place, period);
    app.ask(told).await
}
