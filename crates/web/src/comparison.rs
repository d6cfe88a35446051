//! A published report beside our records: each of its figures with ours, how surely they are the same, the same figure of
//! the neighbours, and over the years. The report is one that this site publishes, one whose numbers were brought in, or
//! a file that somebody sent to be looked at and that is kept nowhere else.

use std::collections::HashMap;

use askama::Template;
use axum::extract::multipart::Multipart;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use figures::{Amount, Period};
use platform::{Around, Asker, Cell, Compared, Comparison, Person, Platform, TellError};
use serde::{Deserialize, Serialize};
use terms::{Digest, PlaceCode};

use crate::app::{App, PublishedReport};
use crate::download::attachment;
use crate::figures::{Asked, href_of};
use crate::frame::{Frame, LightView, page, query};
use crate::imports::{Sent, taken};
use crate::session::{Visitor, random};
use crate::unfold::{Of, Table, TableRow, cell, file, kind_of, period_name, place_name, row, with_charts};
use crate::wrong::Wrong;

/// What was said beside a report that was sent, as it is kept until it is looked at.
#[derive(Clone, Serialize, Deserialize)]
struct About {
    compare: PlaceCode,
    year: i16,
    file: String,
}

/// Which reports are compared, and who looks.
#[derive(Clone)]
struct Asks {
    place: PlaceCode,
    year: i16,
    /// A file that was sent.
    sent: Option<Digest>,
    person: Option<Person>,
    /// What the site itself publishes of the place and year.
    published: Vec<PublishedReport>,
}

impl Asks {
    fn of(app: &App, visitor: &Visitor, given: &HashMap<String, String>) -> Asks {
        let asked = Asked::of(app, given);
        let (place, year) = (asked.place, asked.period.to.year());
        // The published reports are those of the site's own government.
        let own = place == app.options.government;
        let published = app.options.published_reports.iter().filter(|report| own && report.year == year);
        let published = published.cloned().collect();
        Asks { sent: None, person: visitor.person().ok(), published, place, year }
    }

    fn of_sent(app: &App, visitor: &Visitor, id: &str) -> Result<Asks, Wrong> {
        let (person, id) = (visitor.person()?, id.parse().map_err(|_| Wrong::NotFound)?);
        let (place, published) = (app.options.government.clone(), Vec::new());
        Ok(Asks { place, year: 0, sent: Some(id), person: Some(person), published })
    }

    fn asker(&self) -> Asker<'_> {
        self.person.as_ref().into()
    }

    /// The reports by name, each beside our records. Reads place and year off what was sent.
    fn reports(&mut self, platform: &Platform) -> Result<Vec<(String, Comparison)>, Wrong> {
        if let (Some(id), Some(person)) = (self.sent, &self.person) {
            let staged = platform.sheet(person, id)?.ok_or(Wrong::NotFound)?;
            let about: About = serde_json::from_str(&staged.about).map_err(|_| Wrong::NotFound)?;
            let text = platform::text_of(&about.file, &staged.bytes)?;
            (self.place, self.year) = (about.compare, about.year);
            let told = platform.compare(self.asker(), &self.place, self.year, &about.file, &text)?;
            return Ok(vec![(about.file, told)]);
        }
        let mut all = Vec::new();
        for report in &self.published {
            let told = platform.compare(self.asker(), &self.place, self.year, &report.name, &report.text)?;
            all.push((report.name.clone(), told));
        }
        if self.person.is_some() {
            all.extend(platform.compare_reported(&self.place, self.year)?);
        }
        Ok(all)
    }

    /// The address of the page, and of what is beside it: `/comparison/3`, `/comparison/table.csv`.
    fn address(&self, part: &str) -> String {
        match self.sent {
            Some(id) => format!("/comparison/sent/{id}{part}"),
            None => {
                let year = self.year.to_string();
                format!("/comparison{part}{}", query(&[("place", self.place.as_str()), ("year", &year)]))
            }
        }
    }
}

struct RowView {
    title: String,
    /// The page of this row alone.
    href: String,
    quote: String,
    line: u32,
    scope: String,
    theirs: String,
    unit: String,
    ours: String,
    figure: String,
    light: LightView,
    score: String,
    neighbours: String,
    before: String,
}

struct ReportView {
    name: String,
    rows: Vec<RowView>,
    /// What is no figure of ours: its words and line.
    others: Vec<(String, u32)>,
}

#[derive(Template)]
#[template(path = "comparison.html")]
struct ComparisonPage {
    f: Frame,
    place: String,
    place_name: String,
    year: i16,
    signed_in: bool,
    problem: Option<String>,
    reports: Vec<ReportView>,
    csv: String,
    xlsx: String,
    filled: bool,
}

#[derive(Template)]
#[template(path = "comparison_row.html")]
struct RowPage {
    f: Frame,
    back: String,
    report: String,
    row: RowView,
    next: Option<String>,
    tables: Vec<Table>,
}

/// The reports of a place and a year.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    shown(&app, Asks::of(&app, &visitor, &given), visitor).await
}

/// A report that was sent.
pub(crate) async fn show_sent(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Wrong> {
    shown(&app, Asks::of_sent(&app, &visitor, &id)?, visitor).await
}

async fn shown(app: &App, asks: Asks, visitor: Visitor) -> Result<Response, Wrong> {
    let frame = visitor.told().await?.titled("comparison-title").within("report");
    page(&app.ask(move |platform| made(platform, frame, asks, None)).await?)
}

/// One row of the reports of a place and a year, or the rows as a file.
pub(crate) async fn part(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    parted(&app, Asks::of(&app, &visitor, &given), visitor, &name).await
}

/// One row of a report that was sent, or its rows as a file.
pub(crate) async fn part_of_sent(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Wrong> {
    parted(&app, Asks::of_sent(&app, &visitor, &id)?, visitor, &name).await
}

async fn parted(app: &App, mut asks: Asks, visitor: Visitor, name: &str) -> Result<Response, Wrong> {
    let (name, kind) = match kind_of(name) {
        Some((name, kind)) => (name, Some(kind)),
        None => (name, None),
    };
    let (at, table) = match name.split_once('-') {
        Some((at, table)) => (at, table),
        None => (name, ""),
    };
    let Some(kind) = kind else {
        let at: usize = name.parse().map_err(|_| Wrong::NotFound)?;
        let frame = visitor.told().await?.within("report");
        return Ok(with_charts(page(&app.ask(move |platform| one(platform, frame, asks, at)).await?)?));
    };
    let (frame, at, table) = (visitor.frame.clone(), at.parse::<usize>().ok(), table.to_owned());
    let named = format!("comparison-{name}.{}", kind.ending());
    let lines = app
        .ask(move |platform| match at {
            Some(at) => {
                let page = one(platform, frame, asks, at)?;
                let table = page.tables.into_iter().find(|one| one.code == table).ok_or(Wrong::NotFound)?;
                let head = vec![table.head, format!("{}（{}）", page.row.title, table.unit)];
                let rows = table.rows.into_iter().map(|row| vec![row.label, row.value]);
                Ok::<_, Wrong>(std::iter::once(head).chain(rows).collect::<Vec<_>>())
            }
            None => lines(platform, &frame, &mut asks),
        })
        .await?;
    Ok(attachment(&named, kind, file(kind, &lines)?))
}

/// Takes a report to be looked at, and goes on to its page.
pub(crate) async fn send(State(app): State<App>, visitor: Visitor, parts: Multipart) -> Result<Response, Wrong> {
    let given = HashMap::new();
    let asks = Asks::of(&app, &visitor, &given);
    let Sent { posted, called, bytes, person, frame } = match taken(visitor, parts).await? {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let frame = frame.titled("comparison-title").within("report");
    let (place, year) = (posted.text("reporter").parse::<PlaceCode>(), posted.text("year").parse::<i16>());
    let id = ledger::hash(random()?.as_bytes());
    let made = app
        .ask(move |platform| {
            let (Ok(compare), Ok(year)) = (place, year) else {
                return Ok(Err(Box::new(made(platform, frame, asks, Some("imports-read-place"))?)));
            };
            let read = platform::text_of(&called, &bytes)
                .and_then(|text| platform.compare(Asker::Person(&person), &compare, year, &called, &text));
            let problem = match read {
                Ok(told) if !(told.both.is_empty() && told.theirs.is_empty()) => None,
                Ok(_) => Some("comparison-nothing".to_owned()),
                Err(TellError::Fault(fault)) => return Err(fault.into()),
                Err(TellError::Unread(file)) => Some(format!("imports-read-{}", file.why.code())),
                Err(_) => Some("imports-read-place".to_owned()),
            };
            if let Some(problem) = &problem {
                return Ok(Err(Box::new(made(platform, frame, asks, Some(problem))?)));
            }
            let about = About { compare, year, file: called };
            let about = serde_json::to_string(&about).map_err(|_| Wrong::broken("stage"))?;
            platform.keep_sheet(&person, id, about, bytes)?;
            Ok::<_, Wrong>(Ok(id))
        })
        .await?;
    match made {
        Ok(id) => Ok(Redirect::to(&format!("/comparison/sent/{id}")).into_response()),
        Err(made) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page(made.as_ref())?).into_response()),
    }
}

fn made(platform: &Platform, frame: Frame, mut asks: Asks, problem: Option<&str>) -> Result<ComparisonPage, Wrong> {
    let all = asks.reports(platform)?;
    let (mut at, mut reports) = (0, Vec::new());
    for (name, told) in &all {
        let around = around(platform, &asks, &told.both)?;
        let mut rows = Vec::new();
        for (one, around) in told.both.iter().zip(&around) {
            rows.push(view(&frame, &asks, at, one, around));
            at += 1;
        }
        let others = told.theirs.iter().map(|one| (said(one), one.line)).collect();
        reports.push(ReportView { name: name.clone(), rows, others });
    }
    let last = Period::year(asks.year).map(|year| year.to);
    Ok(ComparisonPage {
        place_name: last.map(|on| place_name(&frame, platform, &asks.place, on)).unwrap_or_default(),
        place: asks.place.to_string(),
        year: asks.year,
        signed_in: frame.person.is_some(),
        problem: problem.map(|code| frame.t(code)),
        reports,
        csv: asks.address("/table.csv"),
        xlsx: asks.address("/table.xlsx"),
        filled: at > 0,
        f: frame,
    })
}

fn around(platform: &Platform, asks: &Asks, both: &[Compared]) -> Result<Vec<Around>, Wrong> {
    let ours: Vec<_> = both.iter().map(|one| &one.ours).collect();
    Ok(platform.around(asks.asker(), &asks.place, &ours)?)
}

/// What a report says that is no figure of ours.
fn said(one: &platform::PublishedFigure) -> String {
    format!("{} {} {}", one.subject, one.value, one.unit)
}

fn view(frame: &Frame, asks: &Asks, at: usize, one: &Compared, around: &Around) -> RowView {
    let unknown = if one.ours.hidden { "figure-hidden-value" } else { "figure-unknown-value" };
    let scope = match (one.ours.own, Period::year(asks.year) == Some(one.ours.period)) {
        (false, true) => String::new(),
        (true, true) => frame.t("comparison-own"),
        (own, false) => {
            let period = period_name(frame, one.ours.period);
            if own { format!("{} · {period}", frame.t("comparison-own")) } else { period }
        }
    };
    RowView {
        title: frame.said(&one.ours.title),
        href: asks.address(&format!("/{at}")),
        quote: one.published.quote.clone(),
        line: one.published.line,
        scope,
        theirs: theirs(one),
        unit: one.ours.unit.clone(),
        ours: one.ours.value.map_or_else(|| frame.t(unknown), |value| value.to_string()),
        figure: href_of(&one.ours, &asks.place),
        light: light(frame, one),
        score: one.score.map_or_else(|| frame.t("comparison-by-hand"), |score| score.to_string()),
        neighbours: range(frame, around),
        before: around.years.iter().rev().nth(1).map(|(year, _)| cell(frame, year.cell)).unwrap_or_default(),
    }
}

fn theirs(one: &Compared) -> String {
    one.theirs().map_or_else(|| one.published.value.to_string(), |value| value.to_string())
}

/// Whether both say the same, by colour, shape and word.
fn light(frame: &Frame, one: &Compared) -> LightView {
    match one.difference {
        None => LightView::quiet(frame, "comparison-unknown"),
        Some(_) if one.agrees() => {
            LightView { class: "fine", shape: "●", word: frame.t("report-same"), left: String::new() }
        }
        Some(difference) => {
            let sign = if difference.units > 0 { "+" } else { "" };
            LightView {
                class: "late",
                shape: "▲",
                word: frame.t("comparison-differs"),
                left: format!("{sign}{difference}"),
            }
        }
    }
}

/// From the least to the most of the neighbours, and how many are told.
fn range(frame: &Frame, around: &Around) -> String {
    let mut told: Vec<Amount> = around.neighbours.iter().filter_map(|one| one.cell.value()).collect();
    told.sort_by(|left, right| left.compare(*right).unwrap_or(std::cmp::Ordering::Equal));
    let (Some(least), Some(most)) = (told.first(), told.last()) else { return frame.t("comparison-no-neighbours") };
    let args = [("least", least.to_string()), ("most", most.to_string()), ("count", told.len().to_string())];
    wording::say(frame.language, "comparison-range", &args)
}

/// One row with its tables.
fn one(platform: &Platform, frame: Frame, mut asks: Asks, at: usize) -> Result<RowPage, Wrong> {
    let all = asks.reports(platform)?;
    let mut rows = all.iter().flat_map(|(name, told)| told.both.iter().map(move |one| (name, one)));
    let (report, one) = rows.nth(at).ok_or(Wrong::NotFound)?;
    let around = around(platform, &asks, std::slice::from_ref(one))?.into_iter().next().ok_or(Wrong::NotFound)?;
    let row = view(&frame, &asks, at, one, &around);
    let files = |table: &str, kind: &str| asks.address(&format!("/{at}-{table}.{kind}"));
    let of = Of { title: &row.title, unit: &row.unit, files: &files };
    let tables = tables(platform, &frame, &asks, one, &around, &of);
    let next = one.next.as_ref().map(|(code, score)| {
        let title = platform.figure_title(&asks.place, one.ours.period.to, code);
        let title = title.map_or_else(|| code.to_string(), |title| frame.said(&title));
        frame.t2("comparison-next", "figure", title, "score", score)
    });
    let frame = frame.named(row.title.clone());
    Ok(RowPage { back: asks.address(""), report: report.clone(), tables, next, row, f: frame })
}

/// The years as we tell them, the years as they were reported, and the neighbours, each with the report's own number.
fn tables(platform: &Platform, frame: &Frame, asks: &Asks, one: &Compared, around: &Around, of: &Of<'_>) -> Vec<Table> {
    let published = |label: String| TableRow { label, href: None, value: theirs(one), drawn: theirs(one), rank: None };
    let mut years: Vec<TableRow> = Vec::new();
    let mut reported: Vec<TableRow> = Vec::new();
    for (year, told) in &around.years {
        years.push(row(frame, period_name(frame, year.of), None, year.cell, None));
        let own = year.of == one.ours.period;
        if let Some(told) = told.filter(|_| !own) {
            reported.push(row(frame, period_name(frame, year.of), None, Cell::Value(told), None));
        } else if own {
            reported.push(published(period_name(frame, year.of)));
        }
    }
    let mut neighbours = vec![published(frame.t("comparison-this-report"))];
    neighbours.push(TableRow {
        label: frame.t1("comparison-ours", "place", place_name(frame, platform, &asks.place, one.ours.period.to)),
        href: Some(href_of(&one.ours, &asks.place)),
        value: one.ours.value.map_or_else(|| frame.t("figure-unknown-value"), |value| value.to_string()),
        drawn: one.ours.value.map(|value| value.to_string()).unwrap_or_default(),
        rank: None,
    });
    neighbours.extend(around.neighbours.iter().map(|other| {
        let name = place_name(frame, platform, &other.of, one.ours.period.to);
        let code = one.ours.part.as_deref();
        let href = crate::figures::href(&one.ours.code, code, &other.of, one.ours.period);
        row(frame, name, Some(href), other.cell, None)
    }));
    let hides = around.neighbours.iter().any(|other| other.cell == Cell::Hidden);
    let mut all = vec![Table::new(frame, "years", "bar", of, years)];
    if !reported.is_empty() {
        all.push(Table::new(frame, "reported", "bar", of, reported));
    }
    if !around.neighbours.is_empty() {
        all.push(Table::new(frame, "neighbours", "rows", of, neighbours).noting(frame, hides, None));
    }
    all
}

/// All rows as lines of a file, with a column for each year and one for each neighbour.
fn lines(platform: &Platform, frame: &Frame, asks: &mut Asks) -> Result<Vec<Vec<String>>, Wrong> {
    let all = asks.reports(platform)?;
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut head: Vec<String> = HEADS.iter().map(|code| frame.t(code)).collect();
    for (name, told) in &all {
        for (one, around) in told.both.iter().zip(around(platform, asks, &told.both)?) {
            let row = view(frame, asks, 0, one, &around);
            let figure = match &one.ours.part {
                Some(part) => format!("{}/{part}", one.ours.code),
                None => one.ours.code.to_string(),
            };
            let difference = one.difference.map(|difference| difference.to_string()).unwrap_or_default();
            let (line, next) = (row.line.to_string(), one.next.as_ref());
            let next = next.map(|(code, score)| format!("{code} {score}")).unwrap_or_default();
            let mut cells =
                vec![name.clone(), line, row.quote, row.title, figure, row.scope, row.theirs, row.ours, row.unit];
            cells.extend([difference, row.light.word, row.score, next]);
            let years = around.years.iter().map(|(year, _)| (period_name(frame, year.of), cell(frame, year.cell)));
            let reported = around.years.iter().filter_map(|(year, told)| {
                Some((frame.t1("comparison-reported-of", "period", period_name(frame, year.of)), (*told)?.to_string()))
            });
            let places = around
                .neighbours
                .iter()
                .map(|other| (place_name(frame, platform, &other.of, one.ours.period.to), cell(frame, other.cell)));
            for (title, value) in years.chain(reported).chain(places) {
                let at = head.iter().position(|other| *other == title).unwrap_or_else(|| {
                    head.push(title);
                    head.len() - 1
                });
                cells.resize(cells.len().max(at + 1), String::new());
                cells[at] = value;
            }
            lines.push(cells);
        }
    }
    lines.iter_mut().for_each(|line| line.resize(head.len(), String::new()));
    lines.insert(0, head);
    Ok(lines)
}

/// The titles of the columns before years and neighbours.
const HEADS: [&str; 13] = [
    "comparison-report",
    "comparison-line",
    "report-quote",
    "figure",
    "comparison-code",
    "comparison-scope",
    "report-theirs",
    "report-our-value",
    "unit",
    "report-difference",
    "comparison-light",
    "compare-score",
    "comparison-next-best",
];
