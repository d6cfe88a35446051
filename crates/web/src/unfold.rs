//! The tables of a figure's page, each with its chart and its files: the table is the content, the chart is drawn from it by
//! whoever runs scripts.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use figures::{Amount, Period};
use platform::{Cell, Directory, Platform, Sheet, TellError, Unfolded};
use sheets::FileKind;
use terms::Date;

use crate::app::App;
use crate::download::attachment;
use crate::figures::Asked;
use crate::frame::Frame;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// A row of a table.
pub(crate) struct TableRow {
    pub label: String,
    pub href: Option<String>,
    /// As it is read.
    pub value: String,
    /// As it is drawn; empty: it is not.
    pub drawn: String,
    pub rank: Option<usize>,
}

/// A table with its chart.
pub(crate) struct Table {
    /// Its name in addresses: `years`.
    pub code: &'static str,
    pub title: String,
    /// What its rows are.
    pub head: String,
    pub unit: String,
    pub rows: Vec<TableRow>,
    /// How it is drawn: `line`, `bar`, `rows`; none where nothing could be seen.
    pub chart: Option<&'static str>,
    /// How much room the chart takes, so that nothing moves when it is drawn.
    pub room: &'static str,
    /// What the chart shows, in words.
    pub says: String,
    /// The rows have ranks.
    pub ranked: bool,
    /// Something is hidden.
    pub hides: bool,
    pub notes: Vec<String>,
    /// The same as files.
    pub csv: String,
    pub xlsx: String,
}

/// What a table's values are of.
pub(crate) struct Of<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    /// The address of the files, up to the code of the table.
    pub files: &'a dyn Fn(&str, &str) -> String,
}

impl Table {
    /// A table of rows, drawn where at least two have a value.
    pub fn new(frame: &Frame, code: &'static str, chart: &'static str, of: &Of<'_>, rows: Vec<TableRow>) -> Table {
        let title = frame.t(&format!("table-{code}"));
        let drawn = rows.iter().filter(|row| !row.drawn.is_empty()).count();
        let room = match rows.len() {
            _ if chart != "rows" => "high",
            0..=4 => "low",
            5..=9 => "high",
            10..=18 => "higher",
            _ => "highest",
        };
        let says = [("figure", of.title.to_owned()), ("table", title.clone()), ("rows", told(frame, &rows, of.unit))];
        Table {
            says: wording::say(frame.language, "chart-says", &says),
            head: frame.t(&format!("table-{code}-head")),
            title,
            unit: of.unit.to_owned(),
            chart: (drawn > 1).then_some(chart),
            room,
            ranked: rows.iter().any(|row| row.rank.is_some()),
            hides: false,
            notes: Vec::new(),
            csv: (of.files)(code, "csv"),
            xlsx: (of.files)(code, "xlsx"),
            rows,
            code,
        }
    }

    pub fn noting(mut self, frame: &Frame, hides: bool, fair: Option<bool>) -> Table {
        self.hides = hides;
        if hides {
            self.notes.push(frame.t("table-hides"));
        }
        match fair {
            Some(false) => self.notes.push(frame.t("table-not-ranked")),
            Some(true) if !self.ranked => self.notes.push(frame.t("table-too-few")),
            _ => {}
        }
        self
    }
}

/// The rows in words, for whoever hears the page: the first ones, since the table says all.
fn told(frame: &Frame, rows: &[TableRow], unit: &str) -> String {
    let one = |row: &TableRow| format!("{} {} {unit}", row.label, row.value);
    let few: Vec<String> = rows.iter().filter(|row| !row.drawn.is_empty()).take(12).map(one).collect();
    wording::list(frame.language, &few)
}

/// A value as it is read.
pub(crate) fn cell(frame: &Frame, cell: Cell) -> String {
    match cell {
        Cell::Value(value) => value.to_string(),
        Cell::Unknown => frame.t("figure-unknown-value"),
        Cell::Hidden => frame.t("figure-hidden-value"),
    }
}

pub(crate) fn row(frame: &Frame, label: String, href: Option<String>, one: Cell, rank: Option<usize>) -> TableRow {
    let drawn = one.value().map_or_else(String::new, |value| value.to_string());
    TableRow { label, href, value: cell(frame, one), drawn, rank }
}

/// A period as a person names it: a year, a quarter, a month, else its days.
pub(crate) fn period_name(frame: &Frame, period: Period) -> String {
    let (year, from, to) = (period.from.year(), period.from, period.to);
    let whole = from.day() == 1 && to == to.last_of_month() && to.year() == year;
    let said =
        |code: &str, n: i8| wording::say(frame.language, code, &[("year", year.to_string()), ("n", n.to_string())]);
    match (whole, to.month() - from.month() + 1) {
        (true, 12) => frame.t1("period-year", "year", year),
        (true, 3) if from.month() % 3 == 1 => said("period-quarter", (from.month() + 2) / 3),
        (true, 1) => said("period-month", from.month()),
        _ => format!("{from} – {to}"),
    }
}

/// Whose tables are made.
pub(crate) struct Making<'a> {
    pub frame: &'a Frame,
    pub platform: &'a Platform,
    pub asked: &'a Asked,
    pub code: &'a str,
    pub part: Option<&'a str>,
    pub of: Of<'a>,
}

impl Making<'_> {
    fn address(&self, part: Option<&str>, period: Period, place: &terms::PlaceCode) -> Option<String> {
        Some(crate::figures::href(self.code, part.or(self.part), place, period))
    }

    fn periods(&self, rows: &[Unfolded<Period>]) -> Vec<TableRow> {
        let one = |one: &Unfolded<Period>| {
            let href = self.address(None, one.of, &self.asked.place);
            row(self.frame, period_name(self.frame, one.of), href, one.cell, None)
        };
        rows.iter().map(one).collect()
    }

    /// All tables of a figure that have rows.
    pub fn tables(&self, sheet: &Sheet, directory: Option<&Directory>) -> Vec<Table> {
        let (frame, of) = (self.frame, &self.of);
        let hides = |mut cells: &mut dyn Iterator<Item = Cell>| Iterator::any(&mut cells, |cell| cell == Cell::Hidden);
        let years = hides(&mut sheet.years.iter().map(|row| row.cell));
        let months = hides(&mut sheet.months.iter().map(|row| row.cell));
        let mut all = vec![
            Table::new(frame, "years", "bar", of, self.periods(&sheet.years)).noting(frame, years, None),
            Table::new(frame, "months", "line", of, self.periods(&sheet.months)).noting(frame, months, None),
        ];
        if !sheet.parts.is_empty() {
            let one = |one: &Unfolded<(terms::Code, procedure::Said)>| {
                let href = self.address(Some(&one.of.0), self.asked.period, &self.asked.place);
                row(frame, frame.said(&one.of.1), href, one.cell, None)
            };
            let rows = sheet.parts.iter().map(one).collect();
            let hidden = hides(&mut sheet.parts.iter().map(|row| row.cell));
            all.push(Table::new(frame, "parts", "rows", of, rows).noting(frame, hidden, None));
        }
        if !sheet.places.is_empty() {
            let one = |one: &Unfolded<terms::PlaceCode>| {
                let own = one.of == self.asked.place;
                let href = if own { None } else { self.address(None, self.asked.period, &one.of) };
                let name = if own { frame.t("place-itself") } else { self.place(&one.of) };
                row(frame, name, href, one.cell, one.rank)
            };
            let rows = by_rank(sheet.places.iter().map(one).collect());
            let hidden = hides(&mut sheet.places.iter().map(|row| row.cell));
            all.push(Table::new(frame, "places", "rows", of, rows).noting(frame, hidden, Some(sheet.fair)));
        }
        if !sheet.agencies.is_empty() {
            let one = |one: &Unfolded<terms::Code>| {
                let name = directory.map_or_else(|| one.of.to_string(), |directory| directory.agency(&one.of));
                row(frame, name, None, one.cell, one.rank)
            };
            let rows = by_rank(sheet.agencies.iter().map(one).collect());
            let hidden = hides(&mut sheet.agencies.iter().map(|row| row.cell));
            all.push(Table::new(frame, "agencies", "rows", of, rows).noting(frame, hidden, Some(sheet.fair)));
        }
        all
    }

    fn place(&self, code: &terms::PlaceCode) -> String {
        place_name(self.frame, self.platform, code, self.asked.period.to)
    }
}

/// What a place is called.
pub(crate) fn place_name(frame: &Frame, platform: &Platform, code: &terms::PlaceCode, on: Date) -> String {
    let region = platform.catalog().regions.get(code, on);
    let name = region.map(|region| match (&region.name_en, frame.chinese()) {
        (Some(name), false) => name.clone(),
        _ => region.name.clone(),
    });
    name.unwrap_or_else(|| code.to_string())
}

fn by_rank(mut rows: Vec<TableRow>) -> Vec<TableRow> {
    if rows.iter().any(|row| row.rank.is_some()) {
        rows.sort_by_key(|row| row.rank.unwrap_or(usize::MAX));
    }
    rows
}

/// By how much a value differs from another: a sign for the eye, words for everybody.
pub(crate) fn change(frame: &Frame, code: &str, now: Cell, then: Cell, unit: &str) -> Option<(&'static str, String)> {
    let (now, then) = (now.value()?, then.value()?);
    let moved = now.minus(then)?;
    let (sign, word) = match now.compare(then)? {
        std::cmp::Ordering::Greater => ("▲", "more"),
        std::cmp::Ordering::Less => ("▼", "less"),
        std::cmp::Ordering::Equal => ("–", "same"),
    };
    let percent = Amount::percent(moved.magnitude(), then.magnitude());
    // A share changes by points; how many percent that is of a percentage would only confuse.
    let percent = percent.filter(|_| unit != "%").map_or_else(String::new, |percent| format!(" {percent}%"));
    let unit = if unit == "%" { frame.t("points") } else { unit.to_owned() };
    let args = [("then", then.to_string()), ("by", format!("{} {unit}{percent}", moved.magnitude()))];
    Some((sign, wording::say(frame.language, &format!("{code}-{word}"), &args)))
}

/// The policy of a page with charts: its own script, and still nothing from elsewhere and nothing written into the page.
const WITH_CHARTS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
                           base-uri 'none'; frame-ancestors 'none'";

/// A page on which charts are drawn.
pub(crate) fn with_charts(page: Response) -> Response {
    let mut page = page;
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WITH_CHARTS));
    page
}

/// What draws them: Apache ECharts with the few kinds that are used, as `cargo xtask charts` packed it.
pub(crate) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CONTENT_ENCODING, "gzip"),
        (header::CACHE_CONTROL, "max-age=86400"),
    ];
    (headers, include_bytes!("../assets/charts.js.gz").as_slice()).into_response()
}

/// Lines of texts as a file.
pub(crate) fn file(kind: FileKind, lines: &[Vec<String>]) -> Result<Vec<u8>, Wrong> {
    let mut bytes = Vec::new();
    let written = sheets::lines(kind, &mut bytes).and_then(|mut file| {
        lines.iter().try_for_each(|line| file.line(line))?;
        file.finish()
    });
    written.map_err(|_| Wrong::broken("sheet"))?;
    Ok(bytes)
}

/// Which kind of file an address asks for.
pub(crate) fn kind_of(name: &str) -> Option<(&str, FileKind)> {
    match name.rsplit_once('.')? {
        (code, "csv") => Some((code, FileKind::Csv)),
        (code, "xlsx") => Some((code, FileKind::Xlsx)),
        _ => None,
    }
}

/// A table of a figure as a file.
pub(crate) async fn table(
    State(app): State<App>,
    visitor: Visitor,
    Path((code, name)): Path<(String, String)>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given);
    let part = given.get("part").filter(|part| !part.is_empty()).cloned();
    let (wanted, kind) = kind_of(&name).map(|(code, kind)| (code.to_owned(), kind)).ok_or(Wrong::NotFound)?;
    let frame = visitor.frame.clone();
    let named = format!("{code}-{wanted}-{}-{}.{}", asked.place, asked.period.to, kind.ending());
    let found = app
        .ask(move |platform| {
            let (told, tables) = crate::figures::unfolded(platform, &frame, &asked, &code, part.as_deref())?;
            let table = tables.into_iter().find(|table| table.code == wanted);
            let table = table.ok_or(TellError::UnknownFigure(wanted))?;
            let value = format!("{}（{}）", told, table.unit);
            let place = place_name(&frame, platform, &asked.place, asked.period.to);
            let mut head = vec![table.head.clone(), value];
            head.extend(table.ranked.then(|| frame.t("rank")));
            let mut lines = vec![head];
            lines.extend(table.rows.iter().map(|row| {
                let mut cells = vec![row.label.clone(), row.value.clone()];
                if table.ranked {
                    cells.push(row.rank.map(|rank| rank.to_string()).unwrap_or_default());
                }
                cells
            }));
            lines.push(vec![format!("{place} {}", period_name(&frame, asked.period))]);
            lines.extend(table.notes.into_iter().map(|note| vec![note]));
            Ok::<_, TellError>(lines)
        })
        .await?;
    // The lines of a text file have as many cells as its titles.
    let width = found.first().map_or(0, Vec::len);
    let lines: Vec<Vec<String>> = found
        .into_iter()
        .map(|mut line| {
            line.resize(width, String::new());
            line
        })
        .collect();
    Ok(attachment(&named, kind, file(kind, &lines)?))
}
