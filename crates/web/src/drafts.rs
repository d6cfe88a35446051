//! Forms put aside: taken up again where they were left, or thrown away.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::Fault;
use platform::{Draft, Person, Platform};
use terms::{Code, CommandId};

use crate::act::{self, Case, Doing};
use crate::app::App;
use crate::frame::Frame;
use crate::input::Posted;
use crate::record::civil;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// A draft in a list.
pub(crate) struct DraftView {
    pub href: String,
    pub title: String,
    pub about: String,
    pub at: String,
}

/// The name and value of the button that puts a form aside.
pub(crate) const ASIDE: (&str, &str) = ("do", "aside");

/// What no draft keeps: the session's token, and which button was pressed.
const PASSING: [&str; 2] = ["token", "do"];

/// The draft of a form as it was sent.
pub(crate) fn draft_of(case: &Case, id: CommandId, posted: &Posted) -> Draft {
    let act = match case.doing {
        Doing::Act(id) => case.line.act(id).code.clone(),
        Doing::Return => Code::default(),
    };
    let typed = posted.0.iter().filter(|(name, text)| !PASSING.contains(&name.as_str()) && !text.is_empty());
    Draft {
        id,
        record: case.view.as_ref().map(|view| view.row.id),
        line: case.line.code.clone(),
        act,
        typed: typed.cloned().collect(),
        at: 0,
    }
}

/// A person's drafts as their list shows them.
pub(crate) fn views(platform: &Platform, frame: &Frame, person: &Person) -> Result<Vec<DraftView>, Fault> {
    let mut views = Vec::new();
    for draft in platform.drafts(person)? {
        let known = draft.record.map(|id| platform.seen_row(person, id)).transpose()?.flatten();
        let line = match &known {
            Some((_, line)) => Some(line.clone()),
            None => platform.line_today(&person.government, &draft.line),
        };
        let act = line.as_ref().and_then(|line| line.act_id(&draft.act).map(|id| frame.said(&line.act(id).title)));
        let about = match (&known, &line) {
            (Some((row, line)), _) => crate::desk::heading(frame, row, line),
            (None, Some(line)) => frame.said(&line.title),
            (None, None) => draft.line.to_string(),
        };
        views.push(DraftView {
            href: format!("/drafts/{}", draft.id),
            title: act.unwrap_or_else(|| frame.t("proposal-return")),
            about,
            at: civil(draft.at),
        });
    }
    Ok(views)
}

fn path_of(draft: &Draft) -> String {
    match (draft.record, draft.act.is_empty()) {
        (Some(record), false) => format!("/records/{record}/act/{}", draft.act),
        (Some(record), true) => format!("/records/{record}/return"),
        (None, _) => format!("/new/{}/{}", draft.line, draft.act),
    }
}

/// The form as it was left.
pub(crate) async fn resume(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let id: CommandId = id.parse().map_err(|_| Wrong::NotFound)?;
    let asks = person.clone();
    let draft = app.ask(move |platform| platform.draft(&asks, id)).await?.ok_or(Wrong::NotFound)?;
    let frame = visitor.told().await?;
    let told = frame.t1("draft-resumed", "at", civil(draft.at));
    let page = act::resumed(&app, frame, person, &path_of(&draft), Posted(draft.typed), told).await?;
    page.ok_or(Wrong::NotFound)
}

/// Throws a draft away.
pub(crate) async fn drop_one(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    visitor.check(Posted(typed).get("token"))?;
    let id: CommandId = id.parse().map_err(|_| Wrong::NotFound)?;
    let there = app.ask(move |platform| platform.end_draft(&person, id)).await?;
    if there {
        visitor.tell(vec![visitor.frame.t("draft-dropped")]).await?;
    }
    Ok(Redirect::to("/desk?tab=drafts").into_response())
}
