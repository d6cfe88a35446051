//! Administration: people, posts, agencies, and what was done about them. Whoever administers nothing finds no page here.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use catalog::Administers;
use ledger::HoldingRow;
use platform::{ALWAYS, AccountFile, Directory, OfficeError, Person, Platform, hash_password};
use terms::{Code, Date};

use crate::app::App;
use crate::desk::Pick;
use crate::frame::{Frame, encoded, page, query};
use crate::input::{self, Posted};
use crate::record::civil;
use crate::session::{Visitor, random, random_bytes};
use crate::wrong::Wrong;

/// How many lines of a log stand on a page.
const PAGE: u32 = 100;

impl From<OfficeError> for Wrong {
    fn from(error: OfficeError) -> Wrong {
        match error {
            OfficeError::NotYours | OfficeError::Unknown => Wrong::NotFound,
            // A page that asks for nothing cannot be refused.
            OfficeError::Refused(_) => Wrong::broken("office"),
            OfficeError::Fault(fault) => fault.into(),
        }
    }
}

/// The parts of a query.
type Given = Query<HashMap<String, String>>;
type Typed = Form<Vec<(String, String)>>;

fn has(platform: &Platform, person: &Person, duty: Administers) -> bool {
    platform.administers(person).contains(&duty)
}

fn text<'g>(given: &'g HashMap<String, String>, name: &str) -> &'g str {
    given.get(name).map(|text| text.trim()).unwrap_or_default()
}

/// The page that somebody's duty begins with.
pub(crate) async fn home(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let to = match app.platform.administers(&person).first() {
        Some(Administers::Accounts | Administers::Posts) => "/admin/people",
        Some(Administers::Log) => "/admin/log",
        None => return Err(Wrong::NotFound),
    };
    Ok(Redirect::to(to).into_response())
}

struct PersonRow {
    href: String,
    name: String,
    shown: String,
    agency: String,
    posts: String,
    state: String,
}

#[derive(Template)]
#[template(path = "admin_people.html")]
struct PeoplePage {
    f: Frame,
    text: String,
    rows: Vec<PersonRow>,
    makes: bool,
    agencies: Vec<Pick>,
}

fn post_titles(platform: &Platform, frame: &Frame, posts: impl Iterator<Item = Code>) -> String {
    let terms = &platform.catalog().terms;
    let title = |post: Code| terms.post(&post).map_or_else(|| post.to_string(), |post| frame.said(&post.title));
    let titles: Vec<String> = posts.map(title).collect();
    titles.join(if frame.chinese() { "、" } else { ", " })
}

fn agencies(directory: &Directory, chosen: &str) -> Vec<Pick> {
    let pick =
        |(code, name): &(Code, String)| Pick { code: code.to_string(), title: name.clone(), chosen: code == chosen };
    directory.agencies.iter().map(pick).collect()
}

fn state(frame: &Frame, file: &AccountFile) -> String {
    match (file.closed, file.renew) {
        (Some(day), _) => frame.t1("admin-closed", "day", day),
        (None, true) => frame.t("admin-renew"),
        (None, false) => String::new(),
    }
}

/// The accounts.
pub(crate) async fn people(State(app): State<App>, visitor: Visitor, Query(given): Given) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("admin-people").within("admin-people");
    let made = app
        .ask(move |platform| {
            let files = platform.accounts(&person)?;
            let directory = platform.directory(&person.government)?;
            let text = text(&given, "text").to_owned();
            let like = |file: &&AccountFile| {
                file.account.name.contains(&text)
                    || file.account.shown.contains(&text)
                    || directory.agency(&file.account.agency).contains(&text)
            };
            let row = |file: &AccountFile| PersonRow {
                href: format!("/admin/people/{}", encoded(&file.account.name)),
                name: file.account.name.to_string(),
                shown: file.account.shown.clone(),
                agency: directory.agency(&file.account.agency),
                posts: post_titles(platform, &frame, file.holdings.iter().map(|row| row.post.clone())),
                state: state(&frame, file),
            };
            Ok::<_, OfficeError>(PeoplePage {
                rows: files.iter().filter(like).map(row).collect(),
                makes: has(platform, &person, Administers::Accounts),
                agencies: agencies(&directory, ""),
                text,
                f: frame,
            })
        })
        .await?;
    page(&made)
}

struct HeldRow {
    post: String,
    title: String,
    since: String,
    since_code: String,
    until: String,
    /// It can still end.
    ends: bool,
}

#[derive(Template)]
#[template(path = "admin_person.html")]
struct PersonPage {
    f: Frame,
    name: String,
    shown: String,
    agency: String,
    state: String,
    closed: bool,
    rows: Vec<HeldRow>,
    /// May change and close it.
    makes: bool,
    /// May grant posts.
    grants: bool,
    own: bool,
    handles: String,
    agencies: Vec<Pick>,
    posts: Vec<Pick>,
    today: String,
}

fn since(frame: &Frame, row: &HoldingRow) -> String {
    if row.since == ALWAYS { frame.t("admin-always") } else { row.since.to_string() }
}

fn person_page(platform: &Platform, frame: Frame, by: &Person, name: &str) -> Result<PersonPage, OfficeError> {
    let file = platform.account_file(by, name)?;
    let directory = platform.directory(&by.government)?;
    let today = platform.now().date();
    let handles = platform.handles(by, name)?;
    let row = |row: &HoldingRow| HeldRow {
        post: row.post.to_string(),
        title: post_titles(platform, &frame, std::iter::once(row.post.clone())),
        since: since(&frame, row),
        since_code: row.since.to_string(),
        until: row.until.map(|day| day.to_string()).unwrap_or_default(),
        ends: row.until.is_none_or(|until| until >= today),
    };
    let posts = platform.catalog().terms.posts().iter().filter(|post| post.role == catalog::PostRole::Post);
    let pick =
        |post: &catalog::Post| Pick { code: post.code.to_string(), title: frame.said(&post.title), chosen: false };
    let many = if handles > 1_000 { frame.t("records-more") } else { handles.to_string() };
    Ok(PersonPage {
        name: file.account.name.to_string(),
        shown: file.account.shown.clone(),
        agency: directory.agency(&file.account.agency),
        state: state(&frame, &file),
        closed: file.closed.is_some(),
        rows: file.holdings.iter().map(row).collect(),
        makes: has(platform, by, Administers::Accounts),
        grants: has(platform, by, Administers::Posts) && file.closed.is_none(),
        own: by.account == name,
        handles: if handles == 0 { String::new() } else { frame.t1("admin-handles", "count", many) },
        agencies: agencies(&directory, &file.account.agency),
        posts: posts.map(pick).collect(),
        today: today.to_string(),
        f: frame.clone().named(format!("{} {}", file.account.shown, file.account.name)),
    })
}

/// One account with its past.
pub(crate) async fn person(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Wrong> {
    let by = visitor.person()?;
    let frame = visitor.told().await?.within("admin-people");
    page(&app.ask(move |platform| person_page(platform, frame, &by, &name)).await?)
}

#[derive(Template)]
#[template(path = "admin_given.html")]
struct GivenPage {
    f: Frame,
    name: String,
    password: String,
    back: String,
}

/// A password for one sign-in: sixteen hexadecimal digits, in fours.
fn first_password() -> Result<String, Wrong> {
    let digits: Vec<char> = random()?.chars().take(16).collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// Whoever administers something; for everybody else there is no such page, whatever they send.
fn administrator(app: &App, visitor: &Visitor) -> Result<Person, Wrong> {
    let person = visitor.person()?;
    if app.platform.administers(&person).is_empty() { Err(Wrong::NotFound) } else { Ok(person) }
}

/// What an act came to: said on the page one comes back to. What is refused is said there too.
async fn said(visitor: Visitor, done: Result<(), OfficeError>, code: &str, back: &str) -> Result<Response, Wrong> {
    let sentence = match done {
        Ok(()) => visitor.frame.t(code),
        Err(OfficeError::Refused(code)) => visitor.frame.t(code),
        Err(other) => return Err(other.into()),
    };
    visitor.tell(vec![sentence]).await?;
    Ok(Redirect::to(back).into_response())
}

fn checked(visitor: &Visitor, typed: Vec<(String, String)>) -> Result<Posted, Wrong> {
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    Ok(posted)
}

/// Makes an account, and shows its first password this once.
pub(crate) async fn make(State(app): State<App>, visitor: Visitor, Form(typed): Typed) -> Result<Response, Wrong> {
    let by = administrator(&app, &visitor)?;
    let posted = checked(&visitor, typed)?;
    let name = posted.text("name").to_owned();
    let made = move |platform: &Platform, hash: &str| {
        let (name, shown) = (posted.text("name"), posted.text("shown"));
        platform.make_account(&by, name, shown, posted.text("agency"), hash)
    };
    with_password(app, visitor, name, made).await
}

async fn with_password(
    app: App,
    visitor: Visitor,
    name: String,
    act: impl FnOnce(&Platform, &str) -> Result<(), OfficeError> + Send + 'static,
) -> Result<Response, Wrong> {
    let (password, salt) = (first_password()?, random_bytes()?);
    let first = password.clone();
    let done = app
        .ask(move |platform| {
            // Whether it may be is told as an answer; only a failure of ours is an error.
            Ok::<_, Wrong>(match hash_password(&first, salt) {
                Ok(hash) => act(platform, &hash),
                Err(_) => Err(OfficeError::Refused("password-long")),
            })
        })
        .await?;
    let back = format!("/admin/people/{}", encoded(&name));
    match done {
        Ok(()) => {
            let f = visitor.told().await?.titled("admin-given").within("admin-people");
            page(&GivenPage { f, name, password, back })
        }
        Err(OfficeError::Refused(code)) => said(visitor, Err(OfficeError::Refused(code)), "", "/admin/people").await,
        Err(other) => Err(other.into()),
    }
}

/// Something done to an account.
pub(crate) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    Path((name, act)): Path<(String, String)>,
    Form(typed): Typed,
) -> Result<Response, Wrong> {
    let by = administrator(&app, &visitor)?;
    let posted = checked(&visitor, typed)?;
    if act == "reset" {
        let subject = name.clone();
        return with_password(app, visitor, name, move |platform, hash| platform.reset_password(&by, &subject, hash))
            .await;
    }
    let back = format!("/admin/people/{}", encoded(&name));
    let day = |name: &str| input::date(posted.text(name));
    let (since, until) = (day("since"), day("until"));
    let no_until = posted.text("until").is_empty();
    let done = app
        .ask(move |platform| {
            let post = posted.text("post");
            let done = match act.as_str() {
                "change" => platform.change_account(&by, &name, posted.text("shown"), posted.text("agency")),
                "close" => platform.close_account(&by, &name),
                "grant" => match (since, until) {
                    (Some(since), until) if until.is_some() || no_until => {
                        platform.grant_post(&by, &name, post, since, until)
                    }
                    _ => Err(OfficeError::Refused("office-bad-day")),
                },
                "end" => match (since, until) {
                    (Some(since), Some(until)) => platform.end_post(&by, &name, post, since, until),
                    _ => Err(OfficeError::Refused("office-bad-day")),
                },
                _ => Err(OfficeError::Unknown),
            };
            Ok::<_, Wrong>(done)
        })
        .await?;
    said(visitor, done, "admin-done", &back).await
}

struct AgencyView {
    code: String,
    name: String,
    place: String,
    past: Vec<String>,
    over: bool,
}

#[derive(Template)]
#[template(path = "admin_agencies.html")]
struct AgenciesPage {
    f: Frame,
    rows: Vec<AgencyView>,
    makes: bool,
    government: String,
}

/// The agencies with their past.
pub(crate) async fn agencies_page(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let by = visitor.person()?;
    let frame = visitor.told().await?.titled("admin-agencies").within("admin-agencies");
    let made = app
        .ask(move |platform| {
            let (agencies, past) = platform.agencies(&by)?;
            let today = platform.now().date();
            let rows = agencies.into_iter().map(|agency| {
                let own: Vec<&ledger::AgencyPast> = past.iter().filter(|past| past.code == agency.code).collect();
                let told = |past: &&ledger::AgencyPast| {
                    let from = if past.since == ALWAYS { frame.t("admin-always") } else { past.since.to_string() };
                    let until = past.until.map(|day| day.to_string()).unwrap_or_default();
                    format!("{from} – {until} {} {}", past.name, past.place)
                };
                let last = own.last();
                AgencyView {
                    past: own.iter().map(told).collect(),
                    over: last.is_some_and(|past| past.until.is_some_and(|until| until < today)),
                    code: agency.code.to_string(),
                    name: agency.name.clone(),
                    place: agency.place.to_string(),
                }
            });
            Ok::<_, OfficeError>(AgenciesPage {
                rows: rows.collect(),
                makes: has(platform, &by, Administers::Accounts),
                government: by.government.to_string(),
                f: frame.clone(),
            })
        })
        .await?;
    page(&made)
}

/// Makes an agency, gives one another name, or ends one.
pub(crate) async fn change_agency(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Typed,
) -> Result<Response, Wrong> {
    let by = administrator(&app, &visitor)?;
    let posted = checked(&visitor, typed)?;
    let done = app
        .ask(move |platform| {
            let code = posted.text("code");
            let done = match (posted.text("act"), posted.text("place").parse()) {
                ("end", _) => platform.end_agency(&by, code),
                (_, Ok(place)) => platform.put_agency(&by, code, posted.text("name"), &place),
                (_, Err(_)) => Err(OfficeError::Refused("office-elsewhere")),
            };
            Ok::<_, Wrong>(done)
        })
        .await?;
    said(visitor, done, "admin-done", "/admin/agencies").await
}

struct HolderRow {
    post: String,
    person: String,
    agency: String,
    since: String,
    until: String,
}

#[derive(Template)]
#[template(path = "admin_posts.html")]
struct PostsPage {
    f: Frame,
    day: String,
    rows: Vec<HolderRow>,
}

/// Who held which post on a day.
pub(crate) async fn posts(State(app): State<App>, visitor: Visitor, Query(given): Given) -> Result<Response, Wrong> {
    let by = visitor.person()?;
    let frame = visitor.told().await?.titled("admin-posts").within("admin-posts");
    let made = app
        .ask(move |platform| {
            let day: Date = input::date(text(&given, "day")).unwrap_or_else(|| platform.now().date());
            let directory = platform.directory(&by.government)?;
            let agency = |account: &str| {
                let found = directory.people.iter().find(|(name, ..)| name == account);
                found.map(|(_, _, agency)| directory.agency(agency)).unwrap_or_default()
            };
            let row = |row: &HoldingRow| HolderRow {
                post: post_titles(platform, &frame, std::iter::once(row.post.clone())),
                person: format!("{} ({})", directory.person(&row.account), row.account),
                agency: agency(&row.account),
                since: since(&frame, row),
                until: row.until.map(|day| day.to_string()).unwrap_or_default(),
            };
            let rows = platform.holders(&by, day)?.iter().map(row).collect();
            Ok::<_, OfficeError>(PostsPage { rows, day: day.to_string(), f: frame.clone() })
        })
        .await?;
    page(&made)
}

struct LogRow {
    at: String,
    who: String,
    what: String,
    subject: String,
    before: String,
    after: String,
}

#[derive(Template)]
#[template(path = "admin_log.html")]
struct LogPage {
    f: Frame,
    /// Looks at personal data, and not what administrators did.
    looks: bool,
    account: String,
    rows: Vec<LogRow>,
    next: Option<String>,
}

/// What administrators did.
pub(crate) async fn log(State(app): State<App>, visitor: Visitor, Query(given): Given) -> Result<Response, Wrong> {
    let by = visitor.person()?;
    let frame = visitor.told().await?.titled("admin-log").within("admin-log");
    let made = app
        .ask(move |platform| {
            let done = platform.office_log(&by, text(&given, "before").parse().ok(), PAGE)?;
            let next = done.last().filter(|_| done.len() >= PAGE as usize).map(|row| row.n.to_string());
            let row = |row: &ledger::OfficeRow| LogRow {
                at: civil(row.at),
                who: row.account.to_string(),
                what: frame.t(&format!("office-{}", row.what)),
                subject: row.subject.to_string(),
                before: row.before.clone(),
                after: row.after.clone(),
            };
            Ok::<_, OfficeError>(LogPage {
                looks: false,
                account: String::new(),
                rows: done.iter().map(row).collect(),
                next: next.map(|before| format!("/admin/log{}", query(&[("before", &before)]))),
                f: frame.clone(),
            })
        })
        .await?;
    page(&made)
}

/// Who looked at personal data.
pub(crate) async fn looks(State(app): State<App>, visitor: Visitor, Query(given): Given) -> Result<Response, Wrong> {
    let by = visitor.person()?;
    let frame = visitor.told().await?.titled("admin-looks").within("admin-looks");
    let made = app
        .ask(move |platform| {
            let account = text(&given, "account").to_owned();
            let only = Some(account.as_str()).filter(|account| !account.is_empty());
            let before = text(&given, "before").parse().unwrap_or(i64::MAX);
            let looks = platform.all_looks(&by, only, before, PAGE)?;
            let next = looks.last().filter(|_| looks.len() >= PAGE as usize).map(|look| look.at.to_string());
            let row = |look: &ledger::LookRow| LogRow {
                at: civil(look.at),
                who: look.account.to_string(),
                what: String::new(),
                subject: look.record.to_string(),
                before: String::new(),
                after: look.reason.clone(),
            };
            Ok::<_, OfficeError>(LogPage {
                looks: true,
                rows: looks.iter().map(row).collect(),
                next: next
                    .map(|before| format!("/admin/looks{}", query(&[("account", &account), ("before", &before)]))),
                account,
                f: frame.clone(),
            })
        })
        .await?;
    page(&made)
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    f: Frame,
    must: bool,
    wrong: Option<String>,
}

/// The page for one's own password.
pub(crate) async fn password(visitor: Visitor) -> Result<Response, Wrong> {
    visitor.anybody()?;
    let must = visitor.renew;
    let f = visitor.told().await?.titled("password-title").within("password");
    page(&PasswordPage { f, must, wrong: None })
}

/// Changes it.
pub(crate) async fn change_password(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Typed,
) -> Result<Response, Wrong> {
    let person = visitor.anybody()?;
    let posted = checked(&visitor, typed)?;
    // As they were typed: a space at an end belongs to a password.
    let typed = |name: &str| posted.0.iter().find(|(other, _)| other == name).map(|(_, text)| text.clone());
    let [old, new, again] = ["old", "new", "again"].map(|name| typed(name).unwrap_or_default());
    let salt = random_bytes()?;
    let done = if new == again {
        app.ask(move |platform| Ok::<_, Wrong>(platform.change_password(&person, &old, &new, salt))).await?
    } else {
        Err(OfficeError::Refused("password-differ"))
    };
    match done {
        Err(OfficeError::Refused(code)) => {
            let wrong = Some(visitor.frame.t1(code, "count", platform::SHORTEST));
            let must = visitor.renew;
            let f = visitor.frame.titled("password-title").within("password");
            let made = page(&PasswordPage { f, must, wrong })?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, made).into_response())
        }
        done => said(visitor, done, "password-changed", "/password").await,
    }
}
