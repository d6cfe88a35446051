//! A day's work: what waits by due day, lists with filters, what can be opened.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use ledger::{Fault, RecordRow};
use platform::{Directory, Filter, InboxItem, Light, Person, Platform, Waiting};
use procedure::Line;
use terms::{Date, RecordId};

use crate::app::App;
use crate::drafts::{self, DraftView};
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

/// The page of a record; of another government's than the visitor's own, with its code.
pub(crate) fn record_href(frame: &Frame, row: &RecordRow) -> String {
    let own = frame.person.as_ref().is_none_or(|person| person.government == row.government);
    let of = if own { "" } else { row.government.as_str() };
    format!("/records/{}{}", row.id, query(&[("of", of)]))
}

/// A row as a list shows it.
pub(crate) fn row_view(frame: &Frame, directory: &Directory, today: Date, row: &RecordRow, line: &Line) -> RowView {
    let stage = line.stages.iter().find(|stage| stage.code == row.stage);
    let due = row.due.filter(|_| !row.closed);
    let mine = frame.person.as_ref().is_some_and(|person| row.handler.as_ref() == Some(&person.account));
    RowView {
        href: record_href(frame, row),
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

/// A row that waits: where a limit has passed, with the day on which it did.
pub(crate) fn waiting_view(frame: &Frame, directory: &Directory, today: Date, one: &Waiting) -> RowView {
    row_view(frame, directory, today, &one.row, &one.line)
}

fn late_view(frame: &Frame, directory: &Directory, today: Date, one: &Waiting) -> RowView {
    let limit = one.line.limit_id(&one.what).map(|id| frame.said(&one.line.limit(id).title));
    let light = LightView::of(frame, Light::Late, Some((one.day, today)));
    let due = format!("{} {}", limit.unwrap_or_default(), one.day);
    RowView { due: due.trim().to_owned(), light: Some(light), ..waiting_view(frame, directory, today, one) }
}

struct Group {
    class: &'static str,
    title: String,
    rows: Vec<RowView>,
}

struct Tab {
    href: &'static str,
    title: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    f: Frame,
    lead: String,
    empty: String,
    tabs: Vec<Tab>,
    groups: Vec<Group>,
    drafts: Vec<DraftView>,
}

/// As much as a day's work shows.
pub(crate) const INBOX: u32 = 200;

/// What waits for me, by due day.
pub(crate) async fn desk(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("desk-title").within("desk");
    page(&app.ask(move |platform| day(platform, frame, &person, &given)).await?)
}

/// The parts of a desk, by the word in the address.
const TABS: [(&str, &str); 4] =
    [("", "/desk"), ("agency", "/desk?tab=agency"), ("entries", "/desk?tab=entries"), ("drafts", "/desk?tab=drafts")];

fn day(platform: &Platform, frame: Frame, person: &Person, given: &HashMap<String, String>) -> Result<DeskPage, Fault> {
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let word = given.get("tab").map(String::as_str).unwrap_or_default();
    let tab = TABS.iter().map(|(tab, _)| *tab).find(|tab| *tab == word).unwrap_or_default();
    let name = if tab.is_empty() { "mine" } else { tab };
    let drafts = drafts::views(platform, &frame, person)?;
    let making = Making { platform, frame: &frame, directory: &directory, person, today };
    let mut groups = match tab {
        "agency" => making.agency(given.get("agency").filter(|code| !code.is_empty()).map(|code| code.as_str()))?,
        "entries" => making.entries()?,
        "drafts" => Vec::new(),
        _ => making.mine()?,
    };
    groups.retain(|group| !group.rows.is_empty());
    let titled = |(tab, href): &(&str, &'static str)| {
        let code = if tab.is_empty() { "mine" } else { tab };
        let title = frame.t(&format!("desk-tab-{code}"));
        let count = if *tab == "drafts" && !drafts.is_empty() { format!(" {}", drafts.len()) } else { String::new() };
        Tab { href, title: format!("{title}{count}"), here: code == name }
    };
    Ok(DeskPage {
        lead: frame.t1(&format!("desk-lead-{name}"), "agency", directory.agency(&person.agency)),
        empty: frame.t(&format!("desk-empty-{name}")),
        tabs: TABS.iter().map(titled).collect(),
        groups,
        drafts: if tab == "drafts" { drafts } else { Vec::new() },
        f: frame,
    })
}

/// What making a desk needs to know.
struct Making<'a> {
    platform: &'a Platform,
    frame: &'a Frame,
    directory: &'a Directory,
    person: &'a Person,
    today: Date,
}

impl Making<'_> {
    fn group(&self, class: &'static str, rows: Vec<RowView>) -> Group {
        Group { class, title: self.frame.t(&format!("desk-{class}")), rows }
    }

    fn rows<'r>(&self, items: impl Iterator<Item = &'r InboxItem>) -> Vec<RowView> {
        items.map(|item| row_view(self.frame, self.directory, self.today, &item.row, &item.line)).collect()
    }

    fn waiting(&self, all: &[Waiting]) -> Vec<RowView> {
        all.iter().map(|one| waiting_view(self.frame, self.directory, self.today, one)).collect()
    }

    /// What passed, then what runs by the light of its day. What passed is not told again by another limit.
    fn by_light(&self, overdue: &[Waiting], items: &[InboxItem]) -> Vec<Group> {
        let late = overdue.iter().map(|one| late_view(self.frame, self.directory, self.today, one));
        let mut late: Vec<RowView> = late.collect();
        let rest = |light: Light| {
            let items = items.iter().filter(move |item| item.light == Some(light));
            self.rows(items.filter(|item| overdue.iter().all(|one| one.row.id != item.row.id)))
        };
        late.extend(rest(Light::Late));
        vec![self.group("late", late), self.group("soon", rest(Light::Soon)), self.group("fine", rest(Light::Fine))]
    }

    /// What I have to do.
    fn mine(&self) -> Result<Vec<Group>, Fault> {
        let mut sign = self.waiting(&self.platform.awaiting_signature(self.person)?);
        sign.iter_mut().for_each(|row| row.href.push_str("/sign"));
        let mut groups = vec![self.group("sign", sign)];
        let overdue = self.platform.overdue(self.person, true, None)?;
        let items = self.platform.mine(self.person)?;
        groups.extend(self.by_light(&overdue, &items));
        groups.push(self.group("stand-in", self.waiting(&self.platform.standing_in(self.person)?)));
        // A provisional date is no due day yet: such a case waits here.
        let undated = items.iter().filter(|item| item.light.is_none());
        let undated = undated.filter(|item| overdue.iter().all(|one| one.row.id != item.row.id));
        groups.push(self.group("undated", self.rows(undated)));
        Ok(groups)
    }

    /// What has a limit in the agency, whoever handles it.
    fn agency(&self, agency: Option<&str>) -> Result<Vec<Group>, Fault> {
        let overdue = self.platform.overdue(self.person, false, agency.map(terms::Code::from).as_ref())?;
        let mut items = self.platform.inbox(self.person, INBOX)?;
        items.retain(|item| agency.is_none_or(|agency| item.row.agency == agency));
        Ok(self.by_light(&overdue, &items))
    }

    /// Registers and journals, line by line.
    fn entries(&self) -> Result<Vec<Group>, Fault> {
        let mut groups: Vec<Group> = Vec::new();
        for item in self.platform.entries_of(self.person)? {
            let title = self.frame.said(&item.line.title);
            let row = row_view(self.frame, self.directory, self.today, &item.row, &item.line);
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.rows.push(row),
                None => groups.push(Group { class: "undated", title, rows: vec![row] }),
            }
        }
        Ok(groups)
    }
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
    /// Governments below whose records may be seen.
    below: Vec<Pick>,
    state: String,
    from: String,
    to: String,
    text: String,
    mine: bool,
    notes: Vec<String>,
    next: Option<String>,
    first: Option<String>,
    export: [(String, String); 2],
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
    let (filter, wrong) = filter_of(given);
    let notes = wrong.iter().map(|written| frame.t1("filter-bad-date", "text", written)).collect();
    let found = platform.list(person, &filter)?;
    let directory = platform.directory(filter.government.as_ref().unwrap_or(&person.government))?;
    let today = platform.now().date();
    let below = platform.below(person).into_iter();
    let below = below.map(|(code, title)| Pick { chosen: code.as_str() == text("of"), code: code.to_string(), title });
    let same: Vec<(&str, &str)> = ["of", "handler", "line", "agency", "stage", "state", "from", "to", "text", "mine"]
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
        below: below.collect(),
        state: text("state").to_owned(),
        from: text("from").to_owned(),
        to: text("to").to_owned(),
        text: text("text").to_owned(),
        mine: filter.mine,
        notes,
        next,
        first: filter.after.map(|_| format!("/records{}", query(&same))),
        export: ["csv", "xlsx"].map(|kind| {
            let parts: Vec<(&str, &str)> = same.iter().copied().chain([("as", kind)]).collect();
            (kind.to_uppercase(), format!("/records/export{}", query(&parts)))
        }),
        f: frame,
    })
}

/// The filter that a page was asked for, and days that cannot be read.
pub(crate) fn filter_of(given: &HashMap<String, String>) -> (Filter, Vec<String>) {
    let text = |name: &str| given.get(name).map(|text| text.trim()).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut day = |name: &str| {
        let written = text(name);
        let day = input::date(written);
        if day.is_none() && !written.is_empty() {
            wrong.push(written.to_owned());
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
        handler: some("handler").map(Into::into),
        government: some("of").and_then(|code| code.parse().ok()),
        after: some("after").and_then(position),
        ..Filter::default()
    };
    (filter, wrong)
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
