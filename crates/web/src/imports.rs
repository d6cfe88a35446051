//! Sheets that come in: an empty sheet, a file sent, its rows tried, and then brought in.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use intake::{Columns, OpenWrong, Opened, Order, RowVerdict, Take, count};
use ledger::{ExchangeRow, Fault};
use platform::{Person, Platform, PublishedSheet, TellError};
use serde::{Deserialize, Serialize};
use sheets::{Bounds, FileKind, address};
use terms::{Digest, PlaceCode};

use crate::app::App;
use crate::desk::Pick;
use crate::download::attachment;
use crate::frame::{Frame, page};
use crate::input::Posted;
use crate::session::{self, Visitor, random};
use crate::wrong::Wrong;

/// So many files are listed.
const LISTED: u32 = 100;
/// So many rows that are not good are shown.
const SHOWN: usize = 200;

/// A file that came in or went out.
struct FileView {
    at: String,
    direction: String,
    line: String,
    file: String,
    digest: String,
    source: String,
    approver: String,
    counts: String,
    by: String,
}

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    f: Frame,
    may: bool,
    problems: Vec<String>,
    templates: Vec<Pick>,
    choices: Vec<Pick>,
    history: bool,
    source: String,
    approver: String,
    rows: Vec<FileView>,
}

/// The page of files in and out.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("imports-title").within("imports");
    page(&app.ask(move |platform| overview(platform, frame, &person, &About::default(), Vec::new())).await?)
}

fn overview(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    about: &About,
    problems: Vec<String>,
) -> Result<ImportsPage, Fault> {
    let may = platform.may_import(person);
    let files = if may { platform.exchanges(&person.government, LISTED)? } else { Vec::new() };
    let directory = platform.directory(&person.government)?;
    let templates = sheets_of(platform, &frame, person, &about.what);
    let mirrors = platform.catalog().mirrors.iter().map(|mirror| {
        let code = format!("{MIRROR}{}", mirror.code);
        Pick { title: frame.t1("imports-mirror", "title", frame.said(&mirror.title)), chosen: code == about.what, code }
    });
    Ok(ImportsPage {
        may,
        problems,
        choices: sheets_of(platform, &frame, person, &about.what).into_iter().chain(mirrors).collect(),
        templates,
        history: about.history,
        source: about.source.clone(),
        approver: about.approver.clone(),
        rows: files.iter().map(|row| file_view(platform, &frame, row, directory.person(&row.account))).collect(),
        f: frame,
    })
}

/// A sheet for each act that opens a record: `officer/enrol`.
fn sheets_of(platform: &Platform, frame: &Frame, person: &Person, chosen: &str) -> Vec<Pick> {
    let mut picks = Vec::new();
    for code in platform.catalog().codes() {
        let Some(line) = platform.line_today(&person.government, &code) else { continue };
        for act in line.acts.iter().filter(|act| act.opens && act.kind != procedure::ActKind::Deemed) {
            let code = format!("{}/{}", line.code, act.code);
            let title = format!("{}{}{}", frame.said(&line.title), frame.colon(), frame.said(&act.title));
            picks.push(Pick { chosen: code == chosen, code, title });
        }
    }
    picks
}

/// The line and the opening act of such a choice.
fn line_and_act(what: &str) -> (&str, Option<&str>) {
    what.split_once('/').map_or((what, None), |(line, act)| (line, Some(act)))
}

fn file_view(platform: &Platform, frame: &Frame, row: &ExchangeRow, by: String) -> FileView {
    let line = platform.catalog().lines().find(|line| line.code == row.line).map(|line| frame.said(&line.title));
    let counts = if row.inward {
        let args = [("rows", row.rows), ("came", row.came), ("repeated", row.repeated), ("left", row.left_out)];
        let args: Vec<(&str, String)> = args.iter().map(|(name, number)| (*name, number.to_string())).collect();
        wording::say(frame.language, "imports-counts-in", &args)
    } else {
        frame.t1("imports-counts-out", "rows", row.came)
    };
    FileView {
        at: crate::record::civil(row.at),
        direction: frame.t(if row.inward { "imports-in" } else { "imports-out" }),
        line: line.unwrap_or_else(|| frame.t("all-lines")),
        file: if row.inward { row.file.clone() } else { row.standing.to_string() },
        digest: if row.inward { row.digest.to_string().chars().take(16).collect() } else { String::new() },
        source: row.source.clone(),
        approver: row.approver.clone(),
        counts,
        by,
    }
}

/// A code of a choice that is a mirror and no line.
const MIRROR: &str = "mirror:";

/// What was said beside a file, as it is kept until the file comes in.
#[derive(Clone, Serialize, Deserialize)]
struct About {
    what: String,
    history: bool,
    source: String,
    approver: String,
    file: String,
}

impl Default for About {
    fn default() -> About {
        About {
            what: String::new(),
            history: true,
            source: String::new(),
            approver: String::new(),
            file: String::new(),
        }
    }
}

impl About {
    fn order(&self, who: Person, frame: &Frame) -> Order {
        let mirror = self.what.strip_prefix(MIRROR);
        let (line, act) = if mirror.is_some() { ("", None) } else { line_and_act(&self.what) };
        Order {
            who,
            line: line.into(),
            opening: act.map(Into::into),
            mirror: mirror.map(Into::into),
            history: self.history,
            source: self.source.clone(),
            approver: self.approver.clone(),
            language: frame.language,
        }
    }
}

/// The empty sheet of a line.
pub(crate) async fn template(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let language = visitor.frame.language;
    let what = given.get("what").cloned().unwrap_or_default();
    let history = given.get("history").is_some_and(|text| text == "1");
    let name = what.replace('/', "-");
    let bytes = app
        .ask(move |platform| {
            if !platform.may_import(&person) {
                return Err(Wrong::NotFound);
            }
            let (code, act) = line_and_act(&what);
            let line = platform.line_today(&person.government, code).ok_or(Wrong::NotFound)?;
            let mut versions = platform.catalog().versions(code);
            if let Some(newest) = versions.last_mut() {
                *newest = line.clone();
            }
            let columns = Columns::of(&versions, act, history).ok_or(Wrong::NotFound)?;
            let agencies = platform.directory(&person.government)?.agencies;
            let agencies: Vec<String> = agencies.into_iter().map(|(_, name)| name).collect();
            intake::form(&line, &columns, &agencies, language).map_err(|_| Wrong::broken("sheet"))
        })
        .await?;
    Ok(attachment(&format!("{name}.xlsx"), FileKind::Xlsx, bytes))
}

/// A file as it was sent: what was said beside it, and its bytes.
async fn sent(mut parts: Multipart) -> Result<(Posted, Option<(String, Vec<u8>)>), MultipartError> {
    let (mut posted, mut file) = (Posted::default(), None);
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(called) => {
                let bytes = part.bytes().await?;
                if !bytes.is_empty() {
                    // Some browsers send the whole path.
                    let called = called.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                    file = Some((called, bytes.to_vec()));
                }
            }
            None => posted.0.push((name, part.text().await?)),
        }
    }
    Ok((posted, file))
}

/// What somebody sent who is signed in.
pub(crate) struct Sent {
    pub posted: Posted,
    /// What the file is called.
    pub called: String,
    pub bytes: Vec<u8>,
    pub person: Person,
    pub frame: Frame,
}

/// What was sent, or the answer where it is not taken.
pub(crate) async fn taken(visitor: Visitor, parts: Multipart) -> Result<Result<Sent, Response>, Wrong> {
    let (posted, file) = match sent(parts).await {
        Ok(sent) => sent,
        // Too large, or broken off: the answer says which.
        Err(error) => return Ok(Err(error.into_response())),
    };
    if visitor.frame.person.is_none() {
        return session::ended(visitor.frame, Vec::new()).map(Err);
    }
    visitor.check(posted.get("token"))?;
    let person = visitor.person()?;
    let (called, bytes) = file.unwrap_or_default();
    let frame = visitor.frame.titled("imports-title").within("imports");
    Ok(Ok(Sent { posted, called, bytes, person, frame }))
}

/// On to the preview, or the page again with what is wrong.
fn went(made: Result<String, Box<ImportsPage>>) -> Result<Response, Wrong> {
    match made {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(made) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page(made.as_ref())?).into_response()),
    }
}

/// The sheet as a file.
fn csv(sheet: &PublishedSheet) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut lines = sheets::lines(sheets::FileKind::Csv, &mut bytes)?;
    for line in std::iter::once(&sheet.heads).chain(&sheet.rows) {
        lines.line(line)?;
    }
    lines.finish()?;
    Ok(bytes)
}

/// Takes a file, and goes on to its preview.
pub(crate) async fn send(State(app): State<App>, visitor: Visitor, parts: Multipart) -> Result<Response, Wrong> {
    let Sent { posted, called, bytes, person, frame } = match taken(visitor, parts).await? {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let about = About {
        what: posted.text("what").to_owned(),
        history: posted.text("as") != "today",
        source: posted.text("source").to_owned(),
        approver: posted.text("approver").to_owned(),
        file: called,
    };
    let id = ledger::hash(random()?.as_bytes());
    let made = app
        .ask(move |platform| {
            let order = about.order(person.clone(), &frame);
            let problem = if bytes.is_empty() {
                Some(frame.t("imports-no-file"))
            } else {
                match intake::open(platform, order, &bytes, Bounds::default()) {
                    Ok(_) => None,
                    Err(OpenWrong::Fault(fault)) => return Err(fault.into()),
                    Err(why) => why.text(frame.language),
                }
            };
            if let Some(problem) = problem {
                return Ok(Err(Box::new(overview(platform, frame, &person, &about, vec![problem])?)));
            }
            let text = serde_json::to_string(&about).map_err(|_| Wrong::broken("stage"))?;
            platform.keep_sheet(&person, id, text, bytes)?;
            Ok::<_, Wrong>(Ok(format!("/imports/{id}")))
        })
        .await?;
    went(made)
}

/// Takes a report as it was published: its numbers become rows of a sheet, and go on to their preview.
pub(crate) async fn read(State(app): State<App>, visitor: Visitor, parts: Multipart) -> Result<Response, Wrong> {
    let Sent { posted, called, bytes, person, frame } = match taken(visitor, parts).await? {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let (place, year) = (posted.text("reporter").parse::<PlaceCode>(), posted.text("year").parse::<i16>());
    let id = ledger::hash(random()?.as_bytes());
    let made = app
        .ask(move |platform| {
            if !platform.may_import(&person) {
                return Err(Wrong::NotFound);
            }
            let sheet = match (&place, &year) {
                (Ok(place), Ok(year)) => match platform.published_sheet(place, *year, &called, &bytes) {
                    Ok(Some(sheet)) if !sheet.rows.is_empty() => Ok(sheet),
                    Ok(_) => Err(frame.t("imports-read-nothing")),
                    Err(TellError::Unread(file)) => Err(frame.t(&format!("imports-read-{}", file.why.code()))),
                    Err(TellError::Fault(fault)) => return Err(fault.into()),
                    Err(_) => Err(frame.t("imports-read-place")),
                },
                _ => Err(frame.t("imports-read-place")),
            };
            let mut about = About { history: false, source: called.clone(), file: called, ..About::default() };
            let sheet = match sheet {
                Ok(sheet) => sheet,
                Err(problem) => return Ok(Err(Box::new(overview(platform, frame, &person, &about, vec![problem])?))),
            };
            about.what = format!("{}/{}", sheet.line, sheet.act);
            let text = serde_json::to_string(&about).map_err(|_| Wrong::broken("stage"))?;
            let bytes = csv(&sheet).map_err(|_| Wrong::broken("stage"))?;
            platform.keep_sheet(&person, id, text, bytes)?;
            Ok::<_, Wrong>(Ok(format!("/imports/{id}")))
        })
        .await?;
    went(made)
}

struct WhyView {
    cell: String,
    text: String,
    articles: String,
}

struct VerdictView {
    number: u32,
    word: String,
    why: Vec<WhyView>,
    remedy: String,
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage {
    f: Frame,
    lead: String,
    notes: Vec<String>,
    counts: Vec<String>,
    here: String,
    rows: Vec<VerdictView>,
    more: bool,
    good: usize,
}

/// A file that waits, opened again; its columns were known when it was sent.
fn waiting(platform: &Platform, frame: &Frame, person: &Person, id: Digest) -> Result<(About, Opened), Wrong> {
    let staged = platform.sheet(person, id)?.ok_or(Wrong::NotFound)?;
    let about: About = serde_json::from_str(&staged.about).map_err(|_| Wrong::NotFound)?;
    let order = about.order(person.clone(), frame);
    match intake::open(platform, order, &staged.bytes, Bounds::default()) {
        Ok(opened) => Ok((about, opened)),
        Err(OpenWrong::Fault(fault)) => Err(fault.into()),
        Err(_) => Err(Wrong::NotFound),
    }
}

fn named(id: &str) -> Result<Digest, Wrong> {
    id.parse().map_err(|_| Wrong::NotFound)
}

/// What would become of each row.
pub(crate) async fn preview(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Wrong> {
    let (person, id) = (visitor.person()?, named(&id)?);
    let frame = visitor.told().await?.titled("imports-preview-title").within("imports");
    let made = app
        .ask(move |platform| {
            let (about, opened) = waiting(platform, &frame, &person, id)?;
            let verdicts = opened.preview(platform)?;
            Ok::<_, Wrong>(previewed(frame, &about, &opened, &verdicts, id))
        })
        .await?;
    page(&made)
}

fn previewed(frame: Frame, about: &About, opened: &Opened, verdicts: &[RowVerdict], id: Digest) -> PreviewPage {
    let args = [("line", opened.line_title()), ("file", about.file.clone()), ("rows", opened.rows().to_string())];
    let lead = wording::say(frame.language, "imports-preview-lead", &args);
    let mut codes: Vec<&'static str> = Vec::new();
    for verdict in verdicts {
        if !codes.contains(&verdict.judgement.code()) {
            codes.push(verdict.judgement.code());
        }
    }
    let counts = codes.iter().map(|code| {
        let word = wording::say(frame.language, code, &[("number", "…".to_owned())]);
        let args = [("word", word), ("count", count(verdicts, code).to_string())];
        wording::say(frame.language, "imports-count", &args)
    });
    let counts = counts.collect();
    let bad: Vec<&RowVerdict> = verdicts.iter().filter(|verdict| !verdict.judgement.good()).collect();
    let view = |verdict: &&RowVerdict| VerdictView {
        number: verdict.row,
        word: verdict.judgement.word(frame.language),
        why: verdict
            .why
            .iter()
            .map(|why| WhyView {
                cell: why.column.map(|column| address(verdict.row, column)).unwrap_or_default(),
                text: why.text.clone(),
                articles: why.articles.clone(),
            })
            .collect(),
        remedy: verdict.remedies(),
    };
    PreviewPage {
        lead,
        notes: opened.notes.clone(),
        counts,
        here: format!("/imports/{id}"),
        rows: bad.iter().take(SHOWN).map(view).collect(),
        more: bad.len() > SHOWN,
        good: verdicts.len() - bad.len(),
        f: frame,
    }
}

/// The sheet that came, with its verdicts.
pub(crate) async fn verdicts(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Wrong> {
    let (person, id) = (visitor.person()?, named(&id)?);
    let frame = visitor.frame;
    let bytes = app
        .ask(move |platform| {
            let (_, opened) = waiting(platform, &frame, &person, id)?;
            let verdicts = opened.preview(platform)?;
            intake::verdict_sheet(&opened, &verdicts).map_err(|_| Wrong::broken("sheet"))
        })
        .await?;
    Ok(attachment("verdicts.xlsx", FileKind::Xlsx, bytes))
}

/// Brings the rows in, or puts the file aside.
pub(crate) async fn take(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    if visitor.frame.person.is_none() {
        return session::ended(visitor.frame, typed);
    }
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let (person, id) = (visitor.person()?, named(&id)?);
    let frame = visitor.frame.clone();
    let take = match posted.text("take") {
        "all" => Some(Take::All),
        "good" => Some(Take::Good),
        _ => None,
    };
    let said = app
        .ask(move |platform| {
            if platform.sheet(&person, id)?.is_none() {
                return Ok(frame.t("imports-gone"));
            }
            let Some(take) = take else {
                platform.end_sheet(&person, id)?;
                return Ok(frame.t("imports-dropped"));
            };
            let (about, opened) = waiting(platform, &frame, &person, id)?;
            let outcome = opened.run(platform, take, &about.file)?;
            let Some(row) = outcome.noted else { return Ok(frame.t("imports-nothing")) };
            platform.end_sheet(&person, id)?;
            let args = [("came", row.came), ("repeated", row.repeated), ("left", row.left_out)];
            let args: Vec<(&str, String)> = args.iter().map(|(name, number)| (*name, number.to_string())).collect();
            Ok::<_, Wrong>(wording::say(frame.language, "imports-done", &args))
        })
        .await?;
    visitor.tell(vec![said]).await?;
    Ok(Redirect::to("/imports").into_response())
}
