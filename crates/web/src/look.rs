//! A look at personal content by somebody who need not know it: first a reason, which is kept.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use platform::{Platform, RecordView};
use serde::Deserialize;
use terms::{GovernmentCode, RecordId};

use crate::app::App;
use crate::desk::heading;
use crate::frame::{Frame, page, query};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// The longest reason that is kept, in characters.
const LONGEST: usize = 500;

/// The page that asks why somebody looks.
#[derive(Template)]
#[template(path = "look.html")]
pub(crate) struct LookPage {
    f: Frame,
    id: String,
    of: String,
    line: String,
    agency: String,
    wrong: Option<String>,
}

impl LookPage {
    /// For a record that opens only for a reason.
    pub fn new(platform: &Platform, frame: Frame, view: &RecordView) -> Result<LookPage, ledger::Fault> {
        let own = frame.person.as_ref().is_some_and(|person| person.government == view.row.government);
        Ok(LookPage {
            id: view.row.id.to_string(),
            of: if own { String::new() } else { view.row.government.to_string() },
            line: frame.said(&view.line.title),
            agency: platform.directory(&view.row.government)?.agency(&view.row.agency),
            wrong: None,
            f: frame.clone().named(heading(&frame, &view.row, &view.line)).within("records"),
        })
    }
}

/// What is sent.
#[derive(Deserialize)]
pub(crate) struct Given {
    #[serde(default)]
    token: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    of: String,
}

/// The government that a page names; the visitor's own where it names none.
pub(crate) fn government_of(own: &GovernmentCode, of: &str) -> Result<GovernmentCode, Wrong> {
    if of.is_empty() { Ok(own.clone()) } else { of.parse().map_err(|_| Wrong::NotFound) }
}

/// Keeps the reason and shows the record.
pub(crate) async fn look(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    visitor.check(Some(&given.token))?;
    let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let government = government_of(&person.government, &given.of)?;
    let reason = given.reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST {
        let wrong = Some(visitor.frame.t1("look-reason-wrong", "count", LONGEST));
        let frame = visitor.frame;
        let made = app
            .ask(move |platform| {
                let view = platform.record_in(&person, &government, id)?;
                view.map(|view| LookPage::new(platform, frame, &view)).transpose()
            })
            .await?;
        let made = LookPage { wrong, ..made.ok_or(Wrong::NotFound)? };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&made)?).into_response());
    }
    let back = format!("/records/{id}{}", query(&[("of", &given.of)]));
    let reason = reason.to_owned();
    let noted = app.ask(move |platform| platform.look(&person, &government, id, &reason)).await?;
    if noted { Ok(Redirect::to(&back).into_response()) } else { Err(Wrong::NotFound) }
}
