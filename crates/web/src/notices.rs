//! What a person is told: a list, read and unread.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::Fault;
use platform::{Directory, Notice, Person, Platform};

use crate::app::App;
use crate::desk::heading;
use crate::frame::{Frame, page};
use crate::input::Posted;
use crate::record::civil;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// So many stand on a page.
const PAGE: u32 = 50;

/// A notice in a list.
struct NoticeView {
    n: u64,
    kind: String,
    text: String,
    about: String,
    line: String,
    at: String,
    read: bool,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    f: Frame,
    rows: Vec<NoticeView>,
    last: u64,
    unread: bool,
    next: Option<String>,
    first: Option<String>,
}

/// The list, newest first.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let before = given.get("before").and_then(|text| text.parse().ok());
    let frame = visitor.told().await?.titled("notices-title").within("notices");
    page(&app.ask(move |platform| listed(platform, frame, &person, before)).await?)
}

fn listed(platform: &Platform, frame: Frame, person: &Person, before: Option<u64>) -> Result<NoticesPage, Fault> {
    let notices = platform.notices(person, before, PAGE)?;
    let directory = platform.directory(&person.government)?;
    let more = notices.len() >= PAGE as usize;
    Ok(NoticesPage {
        last: notices.first().map_or(0, |notice| notice.row.n),
        unread: frame.unread > 0,
        next: notices.last().filter(|_| more).map(|notice| format!("/notices?before={}", notice.row.n)),
        first: before.map(|_| "/notices".to_owned()),
        rows: notices.iter().map(|notice| view(&frame, &directory, notice)).collect(),
        f: frame,
    })
}

fn view(frame: &Frame, directory: &Directory, notice: &Notice) -> NoticeView {
    let row = &notice.row;
    let what = notice.about.as_ref().and_then(|(line, _)| {
        let act = line.act_id(&row.what).map(|id| frame.said(&line.act(id).title));
        act.or_else(|| line.limit_id(&row.what).map(|id| frame.said(&line.limit(id).title)))
    });
    let args = [
        ("what", what.unwrap_or_default()),
        ("name", if row.by.is_empty() { String::new() } else { directory.person(&row.by) }),
        ("day", row.due.map(|day| day.to_string()).unwrap_or_default()),
    ];
    let (about, line) = match &notice.about {
        Some((line, record)) => (heading(frame, record, line), frame.said(&line.title)),
        None => (frame.t1("notice-hidden", "id", row.record), String::new()),
    };
    NoticeView {
        n: row.n,
        kind: row.kind.to_string(),
        text: wording::say(frame.language, &format!("notice-{}", row.kind), &args),
        about,
        line,
        at: civil(row.at),
        read: row.read.is_some(),
    }
}

/// Opens what a notice is about; from then on it is read.
pub(crate) async fn open(
    State(app): State<App>,
    visitor: Visitor,
    Path(n): Path<u64>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    visitor.check(Posted(typed).get("token"))?;
    let to = app
        .ask(move |platform| {
            let notices = platform.notices(&person, Some(n.saturating_add(1)), 1)?;
            let Some(row) = notices.into_iter().map(|notice| notice.row).find(|row| row.n == n) else {
                return Ok::<_, Fault>(None);
            };
            platform.read_notices(&person, n, true)?;
            Ok(Some(match row.kind.as_str() {
                "sign" => format!("/records/{}/sign", row.record),
                "mentioned" => format!("/records/{}#remarks", row.record),
                _ => format!("/records/{}", row.record),
            }))
        })
        .await?;
    Ok(Redirect::to(&to.ok_or(Wrong::NotFound)?).into_response())
}

/// Everything up to the newest that the page showed is read.
pub(crate) async fn read_all(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let n = posted.text("last").parse().unwrap_or(0);
    app.ask(move |platform| platform.read_notices(&person, n, false)).await?;
    Ok(Redirect::to("/notices").into_response())
}
