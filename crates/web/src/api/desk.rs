//! A day's work: what waits for you, by due day.

use axum::Json;
use axum::extract::State;
use platform::{Directory, Person, Platform};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Reader;
use super::records::RecordRowView;
use super::trouble::Trouble;
use super::words::Asked;
use crate::app::App;
use crate::desk::INBOX;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(desk))
}

/// What waits for you.
#[derive(Serialize, ToSchema)]
struct Desk {
    /// Records whose proposal has its next signature from you.
    to_sign: Vec<RecordRowView>,
    /// Open records that you may see and on which something is due, earliest first, at most 200.
    due: Vec<RecordRowView>,
}

/// Lists what waits for you: what you are to sign, and what is due, earliest first.
#[utoipa::path(get, path = "/desk", tag = "records", operation_id = "getDesk",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Desk)))]
async fn desk(State(app): State<App>, reader: Reader) -> Result<Json<Desk>, Trouble> {
    Ok(Json(app.ask(move |platform| day(platform, &reader.person)).await?))
}

fn day(platform: &Platform, person: &Person) -> Asked<Desk> {
    let directory: Directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let sign = platform.awaiting_signature(person)?;
    let due = platform.inbox(person, INBOX)?;
    Ok(Desk {
        to_sign: sign.iter().map(|one| RecordRowView::new(&directory, today, &one.row, &one.line)).collect(),
        due: due.iter().map(|item| RecordRowView::new(&directory, today, &item.row, &item.line)).collect(),
    })
}
