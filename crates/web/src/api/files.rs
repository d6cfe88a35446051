//! Files of records: taken in before an act names them, and given out again.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::StreamExt;
use platform::Attaching;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Reader, Writer};
use super::taking::Parameters;
use super::trouble::{self, Flaw, Place, Problem, Trouble, both};
use super::words::record_id;
use crate::app::App;
use crate::file;
use crate::sent::{self, MOST_FILES};
use crate::spool::Spool;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put))
}

/// What is given as it is, and not as JSON.
pub(super) fn given_out() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NewFile {
    /// What it is called, with its ending.
    #[param(example = "decision.pdf")]
    name: String,
}

/// A file that was taken in, as an act names it.
#[derive(Serialize, ToSchema)]
struct TakenFile {
    /// SM3 of its bytes.
    digest: String,
    /// What it is called: the given name without a path.
    name: String,
    /// Its bytes.
    size: u64,
}

/// A file that comes with an act.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedFile {
    /// Its digest, as it was answered when it was taken in.
    digest: String,
    /// What it is called in this record.
    name: String,
}

/// The files that an act names, as the door knows them.
pub(super) fn named(files: &[NamedFile], flaws: &mut Vec<Flaw>) -> Vec<Attaching> {
    if files.len() > MOST_FILES {
        let args = vec![("most", both(MOST_FILES.to_string()))];
        flaws.push(Flaw::new(Place::Pointer("/files".to_owned()), "file-too-many", args));
    }
    let mut all = Vec::new();
    for (n, file) in files.iter().enumerate() {
        match file.digest.parse() {
            Ok(digest) => all.push(Attaching { digest, name: file.name.clone() }),
            Err(_) => {
                let place = Place::Pointer(format!("/files/{n}/digest"));
                flaws.push(Flaw::new(place, "answer-no-attachment", vec![("name", both(&file.name))]));
            }
        }
    }
    all
}

/// Takes in a file: its bytes are the body. What it is, is told by its content. Name it in an act within a day.
#[utoipa::path(post, path = "/files", tag = "records", operation_id = "putFile",
    params(NewFile),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 201, body = TakenFile), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<App>,
    writer: Writer,
    Parameters(NewFile { name }): Parameters<NewFile>,
    body: Body,
) -> Result<(StatusCode, Json<TakenFile>), Trouble> {
    let mut spool = Spool::new(&app)?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        if !spool.push(&piece.map_err(|_| trouble::MALFORMED)?)? {
            return Err(flawed(trouble::TOO_LARGE, sent::too_large(&app, &name)));
        }
    }
    match spool.stage(&app, &writer.person, &name).await? {
        Ok((one, size)) => {
            let taken = TakenFile { digest: one.digest.to_string(), name: one.name, size };
            Ok((StatusCode::CREATED, Json(taken)))
        }
        Err(problem) => Err(flawed(trouble::INCOMPLETE, sent::told(&name, &problem))),
    }
}

fn flawed(kind: trouble::Kind, sent::Told(code, args): sent::Told) -> Trouble {
    let args = args.into_iter().map(|(name, text)| (name, both(text))).collect();
    Trouble::flawed(kind, vec![Flaw::new(Place::Pointer(String::new()), code, args)])
}

/// Gives a file of a record, or the range that is asked for.
#[utoipa::path(get, path = "/records/{id}/files/{digest}", tag = "records", operation_id = "getFile",
    params(("id" = u64, Path, description = "The record's number."),
        ("digest" = String, Path, description = "SM3 of the file."),
        ("Range" = Option<String>, Header, description = "One range of bytes.")),
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = Problem), (status = 416, description = "There is no such range.")))]
async fn get(
    State(app): State<App>,
    reader: Reader,
    Path((id, digest)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let id = record_id(&id).ok_or(trouble::NOT_FOUND)?;
    Ok(file::answer(app, &reader.person, (id, &digest), true, &headers).await?)
}
