//! A day's work: what waits by due day, lists with filters, what can be opened.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use ledger::{Fault, RecordRow};
use platform::{Directory, Filter, Light, Person, Platform};
use procedure::Line;
use terms::{Date, RecordId};

use crate::app::App;
use crate::frame::{Frame, LightView, encoded, page, query};
use crate::input;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// A record in a list.
pub(crate) struct RowView {
    pub href: String,
    pub label: String,
    pub line: String,
    pub stage: String,
    pub closed: bool,
    pub agency: String,
    pub handler: String,
    pub opened: String,
    pub due: String,
    pub light: Option<LightView>,
    pub mine: bool,
}

/// What a record is called in a heading: its number or subject, or its line and id.
pub(crate) fn heading(frame: &Frame, row: &RecordRow, line: &Line) -> String {
    if !row.label.is_empty() {
        return row.label.clone();
    }
    let args = [("line", frame.said(&line.title)), ("id", row.id.to_string())];
    wording::say(frame.language, "no-label", &args)
}

/// A row as a list shows it.
pub(crate) fn row_view(frame: &Frame, directory: &Directory, today: Date, row: &RecordRow, line: &Line) -> RowView {
    let stage = line.stages.iter().find(|stage| stage.code == row.stage);
    let due = row.due.filter(|_| !row.closed);
    let mine = frame.person.as_ref().is_some_and(|person| row.handler.as_ref() == Some(&person.account));
    RowView {
        href: format!("/records/{}", row.id),
        label: heading(frame, row, line),
        line: frame.said(&line.title),
        stage: stage.map_or_else(|| row.stage.to_string(), |stage| frame.said(&stage.title)),
        closed: row.closed,
        agency: directory.agency(&row.agency),
        handler: row.handler.as_ref().map(|handler| directory.person(handler)).unwrap_or_default(),
        opened: row.opened.to_string(),
        due: due.map(|due| due.to_string()).unwrap_or_default(),
        light: due.map(|due| LightView::of(frame, Light::of(due, today), Some((due, today)))),
        mine,
    }
}

struct Group {
    class: &'static str,
    title: String,
    rows: Vec<RowView>,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    f: Frame,
    lead: String,
    groups: Vec<Group>,
}

/// As much as a day's work shows.
pub(crate) const INBOX: u32 = 200;
/// So many open records are looked through for signatures.
pub(crate) const SIGNATURES: u32 = 500;

/// What waits for me, by due day.
pub(crate) async fn desk(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("desk-title").within("desk");
    page(&app.ask(move |platform| day(platform, frame, &person)).await?)
}

fn day(platform: &Platform, frame: Frame, person: &Person) -> Result<DeskPage, Fault> {
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let sign = platform.awaiting_signature(person, SIGNATURES)?;
    let view = |row: &RecordRow, line: &Arc<Line>| row_view(&frame, &directory, today, row, line);
    let mut groups = vec![Group {
        class: "sign",
        title: frame.t("desk-sign"),
        rows: sign.iter().map(|(row, line)| view(row, line)).collect(),
    }];
    let items = platform.inbox(person, INBOX)?;
    for (class, light) in [("late", Light::Late), ("soon", Light::Soon), ("fine", Light::Fine)] {
        let items = items.iter().filter(|item| item.light == Some(light));
        let rows = items.map(|item| view(&item.row, &item.line)).collect();
        groups.push(Group { class, title: frame.t(&format!("desk-{class}")), rows });
    }
    // A provisional date is no due day yet: such a record waits here.
    let mine = platform.list(person, &Filter { closed: Some(false), mine: true, ..Filter::default() })?;
    let undated = mine.rows.iter().filter(|(row, _)| row.due.is_none());
    let rows = undated.map(|(row, line)| view(row, line)).collect();
    groups.push(Group { class: "undated", title: frame.t("desk-undated"), rows });
    groups.retain(|group| !group.rows.is_empty());
    let lead = frame.t1("desk-lead", "agency", directory.agency(&person.agency));
    Ok(DeskPage { lead, groups, f: frame })
}

/// One of the choices of a filter.
pub(crate) struct Pick {
    pub code: String,
    pub title: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "records.html")]
struct ListPage {
    f: Frame,
    rows: Vec<RowView>,
    total: String,
    lines: Vec<Pick>,
    stages: Vec<Pick>,
    agencies: Vec<Pick>,
    state: String,
    from: String,
    to: String,
    text: String,
    mine: bool,
    notes: Vec<String>,
    next: Option<String>,
    first: Option<String>,
}

/// Lists with filters.
pub(crate) async fn records(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("records-title").within("records");
    page(&app.ask(move |platform| list(platform, frame, &person, &given)).await?)
}

fn list(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    given: &HashMap<String, String>,
) -> Result<ListPage, Fault> {
    let text = |name: &str| given.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut notes = Vec::new();
    let mut day = |name: &str| {
        let written = text(name);
        let day = input::date(written);
        if day.is_none() && !written.is_empty() {
            notes.push(frame.t1("filter-bad-date", "text", written));
        }
        day
    };
    let some = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let filter = Filter {
        line: some("line").map(Into::into),
        agency: some("agency").map(Into::into),
        stage: some("stage").map(Into::into),
        closed: match text("state") {
            "open" => Some(false),
            "closed" => Some(true),
            _ => None,
        },
        from: day("from"),
        to: day("to"),
        text: some("text").map(str::to_owned),
        mine: text("mine") == "1",
        after: some("after").and_then(position),
        ..Filter::default()
    };
    let found = platform.list(person, &filter)?;
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let same: Vec<(&str, &str)> = ["line", "agency", "stage", "state", "from", "to", "text", "mine"]
        .into_iter()
        .map(|name| (name, text(name)))
        .collect();
    let next = found.next.and_then(|(day, id)| {
        let after = format!("{}.{id}", day?);
        let parts: Vec<(&str, &str)> = same.iter().copied().chain([("after", after.as_str())]).collect();
        Some(format!("/records{}", query(&parts)))
    });
    let total = if found.total > 1_000 { frame.t("records-more") } else { found.total.to_string() };
    Ok(ListPage {
        rows: found.rows.iter().map(|(row, line)| row_view(&frame, &directory, today, row, line)).collect(),
        total: frame.t1("records-total", "count", total),
        lines: lines(platform, &frame, text("line")),
        stages: stages(platform, &frame, text("line"), text("stage")),
        agencies: agencies(&directory, text("agency")),
        state: text("state").to_owned(),
        from: text("from").to_owned(),
        to: text("to").to_owned(),
        text: text("text").to_owned(),
        mine: filter.mine,
        notes,
        next,
        first: filter.after.map(|_| format!("/records{}", query(&same))),
        f: frame,
    })
}

/// Where the page before ended: `2026-03-01.17`.
fn position(text: &str) -> Option<(Option<Date>, RecordId)> {
    let (day, id) = text.split_once('.')?;
    Some((Some(input::date(day)?), id.parse().ok()?))
}

/// The lines to choose from.
pub(crate) fn lines(platform: &Platform, frame: &Frame, chosen: &str) -> Vec<Pick> {
    let pick = |line: &Arc<Line>| Pick {
        code: line.code.to_string(),
        title: frame.said(&line.title),
        chosen: line.code == chosen,
    };
    platform.catalog().lines().map(pick).collect()
}

fn stages(platform: &Platform, frame: &Frame, line: &str, chosen: &str) -> Vec<Pick> {
    let versions = platform.catalog().versions(line);
    let mut picks: Vec<Pick> = Vec::new();
    for stage in versions.iter().rev().flat_map(|line| &line.stages) {
        if picks.iter().all(|pick| pick.code != stage.code.as_str()) {
            let code = stage.code.to_string();
            picks.push(Pick { chosen: code == chosen, code, title: frame.said(&stage.title) });
        }
    }
    picks
}

fn agencies(directory: &Directory, chosen: &str) -> Vec<Pick> {
    let pick = |(code, name): &(terms::Code, String)| Pick {
        code: code.to_string(),
        title: name.clone(),
        chosen: code == chosen,
    };
    directory.agencies.iter().map(pick).collect()
}

struct OpenView {
    title: String,
    acts: Vec<(String, String)>,
    articles: String,
}

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    f: Frame,
    lines: Vec<OpenView>,
}

/// What a person can open.
pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("new-title").within("new");
    let made = app
        .ask(move |platform| {
            let lines = platform.openable(&person)?;
            Ok::<_, Fault>(NewPage { lines: lines.iter().map(|one| open_view(&frame, one)).collect(), f: frame })
        })
        .await?;
    page(&made)
}

fn open_view(frame: &Frame, (line, next): &(Arc<Line>, Vec<kernel::Next>)) -> OpenView {
    let law: Vec<String> = line.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let act = |next: &kernel::Next| {
        let act = line.act(next.act);
        (format!("/new/{}/{}", line.code, encoded(&act.code)), frame.said(&act.title))
    };
    OpenView {
        title: frame.said(&line.title),
        acts: next.iter().map(act).collect(),
        articles: wording::list(frame.language, &law),
    }
}
