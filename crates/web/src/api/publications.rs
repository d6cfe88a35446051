//! What is published, for everybody: masked copies, and stubs of what was withdrawn.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::PublicRow;
use platform::{Published, Shown};
use procedure::Line;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Anyone;
use super::public;
use super::taking::{Cursor, Parameters, limit_of};
use super::trouble::{self, Problem, Trouble};
use super::words::{Named, Words, articles, record_id};
use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one))
}

/// A published field, masked.
#[derive(Serialize, ToSchema)]
struct ShownView {
    field: String,
    title: Words,
    text: Words,
}

/// Something published, or the stub of what was withdrawn.
#[derive(Serialize, ToSchema)]
struct PublicationOf {
    /// The record.
    record: u64,
    /// The publication within the record's line.
    publication: Named,
    line: Named,
    #[schema(format = Date)]
    published: String,
    /// From this day on only the stub is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    withdrawn: Option<String>,
    /// What is shown; nothing of what was withdrawn.
    shown: Vec<ShownView>,
    /// SM3 of what was shown.
    digest: String,
    /// The articles on which it is published.
    articles: Vec<Words>,
    href: String,
}

impl PublicationOf {
    fn new((row, line): &Published) -> PublicationOf {
        let line: Option<&Line> = line.as_deref();
        let one = line.and_then(|line| line.publications.iter().find(|one| one.code == row.publication));
        let shown = if row.withdrawn.is_some() { Vec::new() } else { Shown::read(&row.shown) };
        let named = |code: &str, title: Option<Words>| Named {
            code: code.to_owned(),
            title: title.unwrap_or_else(|| Words::same(code)),
        };
        let both = |(zh, en): (String, String)| Words { zh, en };
        PublicationOf {
            record: row.record.0,
            publication: named(&row.publication, one.map(|one| (&one.title).into())),
            line: named(&row.line, line.map(|line| (&line.title).into())),
            published: row.published.to_string(),
            withdrawn: row.withdrawn.map(|day| day.to_string()),
            shown: shown
                .into_iter()
                .map(|one| ShownView { field: one.field.to_string(), title: both(one.title), text: both(one.text) })
                .collect(),
            digest: row.digest.to_string(),
            articles: one.map(|one| articles(&one.ground.law)).unwrap_or_default(),
            href: href(row),
        }
    }
}

fn href(row: &PublicRow) -> String {
    format!("/api/v1/publications/{}/{}", row.record, row.publication)
}

/// A page of what is published.
#[derive(Serialize, ToSchema)]
struct PublicationList {
    publications: Vec<PublicationOf>,
    /// Where the next page begins: give it as `cursor`. None on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PublicQuery {
    /// Code of a line.
    line: Option<String>,
    /// Part of what is shown.
    text: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// How many, 50 if not said.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// As many as the platform gives at once.
const PAGE: u32 = 50;

/// Lists what is published, newest first; nobody needs to sign in.
#[utoipa::path(get, path = "/publications", tag = "publications", operation_id = "listPublications", params(PublicQuery),
    responses((status = 200, body = PublicationList)))]
async fn list(
    State(app): State<App>,
    _: Anyone,
    Parameters(query): Parameters<PublicQuery>,
) -> Result<Response, Trouble> {
    let limit = limit_of(query.limit, PAGE, PAGE)?;
    let skip: u32 = match Cursor::open(query.cursor.as_deref())? {
        Some(Cursor(text)) => text.parse().map_err(|_| Cursor::wrong())?,
        None => 0,
    };
    let government = app.options.government.clone();
    let rows = app
        .ask(move |platform| {
            let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
            platform.published(&government, some(&query.line).as_deref(), some(&query.text).as_deref(), skip)
        })
        .await?;
    let more = rows.len() > limit as usize || rows.len() >= PAGE as usize;
    Ok(public(Json(PublicationList {
        publications: rows.iter().take(limit as usize).map(PublicationOf::new).collect(),
        next: more.then(|| Cursor(skip.saturating_add(limit).to_string()).sealed()),
    })))
}

/// Gives one publication of a record, or its stub.
#[utoipa::path(get, path = "/publications/{record}/{publication}", tag = "publications",
    operation_id = "getPublication",
    params(("record" = u64, Path, description = "The record's number."),
        ("publication" = String, Path, description = "Code of the publication.")),
    responses((status = 200, body = PublicationOf), (status = 404, body = Problem)))]
async fn one(
    State(app): State<App>,
    _: Anyone,
    Path((record, publication)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let record = record_id(&record).ok_or(trouble::NOT_FOUND)?;
    let government = app.options.government.clone();
    let found = app.ask(move |platform| platform.published_one(&government, record, &publication)).await?;
    Ok(public(Json(PublicationOf::new(&found.ok_or(trouble::NOT_FOUND)?))))
}
