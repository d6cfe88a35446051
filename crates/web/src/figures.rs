//! Figures: a table by line, and every counted number opening into its records.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use figures::{Amount, Period};
use ledger::{Fault, RecordRow, Sight};
use platform::{Behind, Cell, FigureValue, Platform, Sheet, TellError, Whose};
use procedure::{Counted, Expr, Figure, Language, Line, Said};
use terms::{Date, GovernmentCode, PlaceCode, RecordId, Stretch};

use crate::app::App;
use crate::desk::{heading, record_href};
use crate::frame::{Frame, page, query};
use crate::home::{PublicView, public_view};
use crate::input;
use crate::report::SignedView;
use crate::session::Visitor;
use crate::unfold::{self, Making, Of, Table, change, with_charts};
use crate::wrong::Wrong;

/// Place and period of a page, as asked for.
#[derive(Clone)]
pub(crate) struct Asked {
    pub place: PlaceCode,
    pub period: Period,
    /// Only the agencies at the place itself.
    pub own: bool,
    /// Something could not be read and the default stands for it.
    pub mended: bool,
    /// The code that was asked for is one of another time: it, and the place that stands here instead.
    pub other_time: Option<(String, String)>,
}

impl Asked {
    /// What the query asks for; the site's own place and this year where it says nothing.
    pub fn of(app: &App, given: &HashMap<String, String>) -> Asked {
        let part = |name: &str| given.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let this_year = app.platform.now().year();
        let (mut place, mut mended) = (app.options.government.clone(), false);
        if let Some(text) = part("place") {
            match text.parse() {
                Ok(found) => place = found,
                Err(_) => mended = true,
            }
        }
        let year = part("year").map(|text| text.parse::<i16>().ok());
        let year = year.and_then(|year| {
            mended |= year.is_none();
            year
        });
        let whole = year.or(Some(this_year)).and_then(Period::year);
        let mut period = whole.unwrap_or(Period { from: Date::MIN, to: Date::MAX });
        if let Some(text) = part("span").filter(|text| *text != "year") {
            match span(period.from.year(), text) {
                Some(found) => period = found,
                None => mended = true,
            }
        }
        let (from, to) = (part("from"), part("to"));
        for (text, day) in [(from, &mut period.from), (to, &mut period.to)] {
            match text.map(input::date) {
                Some(Some(found)) => *day = found,
                Some(None) => mended = true,
                None => {}
            }
        }
        if period.from > period.to {
            mended = true;
            period.from = period.to;
        }
        if let Some(stretch) = part("period") {
            match stretch.parse::<Stretch>() {
                Ok(found) => period = Period { from: found.first(), to: found.last() },
                Err(_) => mended = true,
            }
        }
        let regions = &app.platform.catalog().regions;
        let mut other_time = None;
        if regions.get(&place, period.to).is_none() && place != app.options.government {
            let known = regions.all().iter().any(|region| region.code == place);
            let acting = regions.acting(&place, period.to).map(|region| (region.code.clone(), region.name.clone()));
            let (code, name) = acting.unwrap_or_else(|| (app.options.government.clone(), String::new()));
            if known {
                other_time = Some((place.to_string(), format!("{name} {code}")));
            } else {
                mended = true;
            }
            place = code;
        }
        Asked { place, period, own: part("level") == Some("own"), mended, other_time }
    }

    /// The public is told of a place with all below it: the rest could be computed from the two.
    fn seen_by(mut self, frame: &Frame) -> Asked {
        self.own &= frame.person.is_some();
        self
    }

    /// The same as a query, with a part.
    pub fn query(&self, part: &str) -> String {
        let (from, to) = (self.period.from.to_string(), self.period.to.to_string());
        let level = if self.own { "own" } else { "" };
        query(&[("part", part), ("from", &from), ("to", &to), ("place", self.place.as_str()), ("level", level)])
    }

    /// Of whom figures are told.
    pub fn whose(&self) -> Whose<'_> {
        if self.own { Whose::own(&self.place) } else { Whose::from(&self.place) }
    }
}

/// A part of a year: `q2`, `m11`.
fn span(year: i16, text: &str) -> Option<Period> {
    let (kind, n) = text.split_at_checked(1)?;
    let n: i8 = n.parse().ok()?;
    let (first, months) = match kind {
        "q" if (1..=4).contains(&n) => (n * 3 - 2, 2),
        "m" if (1..=12).contains(&n) => (n, 0),
        _ => return None,
    };
    let last = Date::new(year, first + months, 1).ok()?;
    Some(Period { from: Date::new(year, first, 1).ok()?, to: last.last_of_month() })
}

/// A part of a year to choose.
pub(crate) struct Span {
    pub code: String,
    pub title: String,
    pub here: bool,
}

/// The year, its quarters and its months.
pub(crate) fn spans(frame: &Frame, asked: &Asked) -> Vec<Span> {
    let year = asked.period.from.year();
    let mut all = vec![Span {
        code: "year".to_owned(),
        title: frame.t("period-whole-year"),
        here: Period::year(year) == Some(asked.period),
    }];
    for (kind, most, name) in [("q", 4, "quarter-n"), ("m", 12, "month-n")] {
        all.extend((1..=most).map(|n| {
            let code = format!("{kind}{n}");
            let here = span(year, &code) == Some(asked.period);
            Span { title: frame.t1(name, "n", n), here, code }
        }));
    }
    all
}

struct FigureRow {
    href: String,
    title: String,
    value: Option<String>,
    hidden: bool,
    unit: String,
    /// What it is broken down into.
    parts: Vec<FigureRow>,
}

struct LineGroup {
    title: String,
    rows: Vec<FigureRow>,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage {
    f: Frame,
    /// What was signed of the period, figure by figure, where today says otherwise.
    signed: Option<SignedView>,
    asked: Asked,
    groups: Vec<LineGroup>,
    as_of: String,
    place_name: String,
    /// Official tables of the year in which the period ends: title and address.
    tables: Vec<(String, String)>,
}

/// All figures of a place and a period.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given).seen_by(&visitor.frame);
    let frame = visitor.told().await?.titled("figures-title").within("figures");
    page(&app.ask(move |platform| table(platform, frame, asked)).await?)
}

fn table(platform: &Platform, frame: Frame, asked: Asked) -> Result<FiguresPage, TellError> {
    let mut all = platform.figures(asked.whose(), asked.period)?;
    if frame.person.is_none() {
        platform::for_the_public(&mut all, platform.whole(&asked.place, asked.period));
    }
    let as_of = all.first().map_or_else(String::new, |figure| as_of(&frame, figure));
    let mut groups: Vec<(terms::Code, LineGroup)> = Vec::new();
    for figure in all {
        let row = FigureRow {
            href: format!("/figures/{}{}", figure.code, asked.query(figure.part.as_deref().unwrap_or_default())),
            title: frame.said(&figure.title),
            value: figure.value.map(|value| value.to_string()),
            hidden: figure.hidden,
            parts: Vec::new(),
            unit: figure.unit,
        };
        let group = groups.iter_mut().find(|(line, _)| *line == figure.line);
        match (group, figure.part.is_some()) {
            // The parts of a figure follow it.
            (Some((_, group)), true) => group.rows.last_mut().map_or((), |whole| whole.parts.push(row)),
            (Some((_, group)), false) => group.rows.push(row),
            (None, _) => {
                let line = platform.catalog().versions(&figure.line).last().cloned();
                let title = line.map_or_else(|| figure.line.to_string(), |line| frame.said(&line.title));
                groups.push((figure.line, LineGroup { title, rows: vec![row] }));
            }
        }
    }
    let signed = match Stretch::of(asked.period.from, asked.period.to) {
        Some(period) => platform.signed_of(frame.person.as_ref().into(), &asked.place, period)?,
        None => None,
    };
    Ok(FiguresPage {
        signed: signed.as_ref().map(|signed| SignedView::of(&frame, &asked.place, asked.period, signed)),
        place_name: place_name(platform, &asked),
        tables: tables(platform, &frame, &asked),
        as_of,
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        asked,
        f: frame,
    })
}

/// The official tables of the year in which the period ends.
fn tables(platform: &Platform, frame: &Frame, asked: &Asked) -> Vec<(String, String)> {
    let year = asked.period.to.year().to_string();
    let asks = query(&[("year", year.as_str()), ("place", asked.place.as_str())]);
    let one = |table: &catalog::FormTable| {
        (format!("{} {year}", frame.said(&table.title)), format!("/tables/{}{asks}", table.code))
    };
    platform.catalog().tables.iter().map(one).collect()
}

/// As of which log positions a figure is told.
fn as_of(frame: &Frame, figure: &FigureValue) -> String {
    let key = if figure.as_of.len() > 1 { "figure-as-of-each" } else { "figure-as-of" };
    frame.t1(key, "position", figure.positions())
}

fn place_name(platform: &Platform, asked: &Asked) -> String {
    let region = platform.catalog().regions.get(&asked.place, asked.period.to);
    region.map_or_else(|| asked.place.to_string(), |region| region.name.clone())
}

struct BehindRow {
    /// None where the record is not this visitor's to see.
    href: Option<String>,
    label: String,
    opened: String,
    adds: String,
}

#[derive(Template)]
#[template(path = "figure.html")]
struct FigurePage {
    f: Frame,
    code: String,
    part: String,
    asked: Asked,
    spans: Vec<Span>,
    line: String,
    value: Option<String>,
    hidden: bool,
    unit: String,
    /// Against the period before and the year before: a sign and words.
    ways: Vec<(&'static str, String)>,
    counted: Vec<String>,
    /// Pieces, some of them links.
    formula: Vec<(String, Option<String>)>,
    articles: String,
    period_name: String,
    place_name: String,
    as_of: String,
    /// A government, and the hash over its log.
    heads: Vec<(String, String)>,
    tables: Vec<Table>,
    opens: bool,
    rows: Vec<BehindRow>,
    /// What the public may open.
    published: Vec<PublicView>,
    sum: Option<String>,
    equal: bool,
    next: Option<String>,
    first: Option<String>,
    back: String,
    signed_in: bool,
}

/// Rows on a page.
const PAGE: u32 = 50;

/// One figure with its definition and its records.
pub(crate) async fn one(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given).seen_by(&visitor.frame);
    let part = given.get("part").filter(|part| !part.is_empty()).cloned();
    let after = given.get("after").and_then(|id| id.parse().ok());
    let frame = visitor.told().await?.within("figures");
    let government = app.options.government.clone();
    let asks = move |platform: &Platform| opened(platform, frame, asked, &code, part.as_deref(), (after, &government));
    Ok(with_charts(page(&app.ask(asks).await?)?))
}

/// A figure with its line as it holds for the place.
fn declared(platform: &Platform, asked: &Asked, code: &str) -> Result<(Arc<Line>, Figure), TellError> {
    let unknown = || TellError::UnknownFigure(code.to_owned());
    let own = code.split_once('.').map_or(code, |(line, _)| line);
    let line = platform.catalog().line(own, &asked.place, asked.period.to);
    let line = line.or_else(|| platform.catalog().versions(own).last().cloned()).ok_or_else(unknown)?;
    let figure = line.figures.iter().find(|figure| figure.code == code).cloned().ok_or_else(unknown)?;
    Ok((line, figure))
}

/// What a figure is called; of a part, with the part in brackets.
fn title(frame: &Frame, line: &Line, figure: &Figure, part: Option<&str>) -> Result<String, TellError> {
    let Some(part) = part else { return Ok(frame.said(&figure.title)) };
    let choices = figure.by.map(|by| line.field(by).choices()).unwrap_or_default();
    let choice = choices.iter().find(|choice| choice.code == part);
    let choice = choice.ok_or_else(|| TellError::UnknownFigure(format!("{}/{part}", figure.code)))?;
    Ok(if frame.chinese() {
        format!("{}（{}）", figure.title.zh, choice.title.zh)
    } else {
        format!("{} ({})", figure.title.en, choice.title.en)
    })
}

/// The title of a figure, and its tables as whoever asks may see them.
pub(crate) fn unfolded(
    platform: &Platform,
    frame: &Frame,
    asked: &Asked,
    code: &str,
    part: Option<&str>,
) -> Result<(String, Vec<Table>), TellError> {
    let (line, figure) = declared(platform, asked, code)?;
    let title = title(frame, &line, &figure, part)?;
    let sheet = platform.unfold(&asked.place, asked.period, (code, part), frame.person.is_none())?;
    let made = made(platform, frame, asked, (code, part), (&title, &figure.unit), &sheet)?;
    Ok((title, made))
}

fn made(
    platform: &Platform,
    frame: &Frame,
    asked: &Asked,
    (code, part): (&str, Option<&str>),
    (title, unit): (&str, &str),
    sheet: &Sheet,
) -> Result<Vec<Table>, TellError> {
    let asks = asked.query(part.unwrap_or_default());
    let files = |table: &str, kind: &str| format!("/figures/{code}/{table}.{kind}{asks}");
    let directory = match sheet.heads.as_slice() {
        [(government, ..)] => Some(platform.directory(government)?),
        _ => None,
    };
    let making = Making { frame, platform, asked, code, part, of: Of { title, unit, files: &files } };
    Ok(making.tables(sheet, directory.as_ref()))
}

fn opened(
    platform: &Platform,
    frame: Frame,
    asked: Asked,
    code: &str,
    part: Option<&str>,
    (after, government): (Option<RecordId>, &GovernmentCode),
) -> Result<FigurePage, TellError> {
    let (line, figure) = declared(platform, &asked, code)?;
    let title = title(&frame, &line, &figure, part)?;
    let signed_in = frame.person.is_some();
    let sheet = platform.unfold(&asked.place, asked.period, (code, part), !signed_in)?;
    let own = match asked.own {
        true => own_level(platform, &asked, (code, part))?,
        false => part_or_whole(platform, &asked, &sheet, (code, part), signed_in)?,
    };
    let counted = figure.counted.from_records();
    // Records are for those who may see them; the public reads the number, how it is counted, and what is published.
    let rows = match signed_in {
        true => platform.behind(asked.whose(), asked.period, code, part, after, PAGE)?,
        false => Vec::new(),
    };
    // What is published stands on the site of its own government.
    let published = match !signed_in && counted && sheet.heads.iter().all(|(of, ..)| of == government) {
        true => platform.published_behind(&asked.place, asked.period, (code, part))?,
        false => Vec::new(),
    };
    let value = own.value();
    let money = value.is_some_and(|value| value.scale == 2) && counted;
    let printed = |amount: i64| if money { Amount::fen(amount) } else { Amount::whole(amount) };
    let sum =
        if counted && signed_in { Some(platform.behind_total(asked.whose(), asked.period, code, part)?) } else { None };
    let base = asked.query(part.unwrap_or_default());
    let next = (rows.len() >= PAGE as usize).then(|| rows.last().map(|row| row.row.id)).flatten();
    let year_ago = sheet.years.len().checked_sub(2).map_or(Cell::Unknown, |at| sheet.years[at].cell);
    let before = change(&frame, "figure-before", own, sheet.before, &figure.unit);
    let year = change(&frame, "figure-year", own, year_ago, &figure.unit);
    // Of a year the period before is the year before.
    let before = before.filter(|_| sheet.before_period != asked.period.previous());
    let positions: Vec<String> = sheet.heads.iter().map(|(of, position, _)| format!("{of}:{position}")).collect();
    let as_of = match sheet.heads.as_slice() {
        [(_, position, _)] => frame.t1("figure-as-of", "position", position),
        _ => frame.t1("figure-as-of-each", "position", positions.join(" ")),
    };
    let name = |code: &GovernmentCode| unfold::place_name(&frame, platform, code, asked.period.to);
    Ok(FigurePage {
        code: code.to_owned(),
        part: part.unwrap_or_default().to_owned(),
        spans: spans(&frame, &asked),
        line: frame.said(&line.title),
        value: value.map(|value| value.to_string()),
        hidden: own == Cell::Hidden,
        ways: year.into_iter().chain(before).collect(),
        counted: definition(frame.language, platform, &line, &figure),
        formula: formula(&frame, platform, &asked, &figure),
        articles: articles(&frame, &line, &figure),
        period_name: unfold::period_name(&frame, asked.period),
        place_name: unfold::place_name(&frame, platform, &asked.place, asked.period.to),
        as_of,
        heads: sheet.heads.iter().map(|(code, _, hash)| (name(code), hash.to_string())).collect(),
        tables: made(platform, &frame, &asked, (code, part), (&title, &figure.unit), &sheet)?,
        opens: counted || matches!(figure.counted, Counted::Agencies(_)),
        rows: behind_rows(platform, &frame, &rows, printed)?,
        published: published.iter().map(|(row, line)| public_view(&frame, row, line.as_deref())).collect(),
        equal: value.zip(sum).is_some_and(|(value, sum)| value.units == sum),
        sum: sum.map(|sum| printed(sum).to_string()),
        next: next.map(|id| format!("/figures/{code}{base}&after={id}")),
        first: after.map(|_| format!("/figures/{code}{base}")),
        back: format!("/figures{}", asked.query("")),
        signed_in,
        f: frame.clone().named(title),
        unit: figure.unit.clone(),
        asked,
    })
}

/// The value itself; of a part, as it is shown among the others.
fn part_or_whole(
    platform: &Platform,
    asked: &Asked,
    sheet: &Sheet,
    (code, part): (&str, Option<&str>),
    signed_in: bool,
) -> Result<Cell, TellError> {
    let (Some(part), false) = (part, signed_in) else { return Ok(sheet.own) };
    let whole = platform.unfold(&asked.place, asked.period, (code, None), true)?;
    let hit = whole.parts.iter().find(|one| one.of.0 == part);
    Ok(hit.map_or(Cell::Hidden, |one| one.cell))
}

/// The value of those who sit at the place itself.
fn own_level(platform: &Platform, asked: &Asked, (code, part): (&str, Option<&str>)) -> Result<Cell, TellError> {
    let told = platform.figures(asked.whose(), asked.period)?;
    let hit = told.into_iter().find(|figure| figure.code == code && figure.part.as_deref() == part);
    Ok(hit.and_then(|figure| figure.value).map_or(Cell::Unknown, Cell::Value))
}

/// How a computed figure is computed, each figure in it a link.
fn formula(frame: &Frame, platform: &Platform, asked: &Asked, figure: &Figure) -> Vec<(String, Option<String>)> {
    let named = |code: &terms::Code| {
        let found = platform.catalog().figures().find(|figure| figure.code == *code);
        let title = found.map_or_else(|| code.to_string(), |figure| frame.said(&figure.title));
        (title, Some(href(code, None, &asked.place, asked.period)))
    };
    let text = |text: &str| (text.to_owned(), None);
    match &figure.counted {
        Counted::Ratio(part, whole) => vec![named(part), text(" ÷ "), named(whole), text(" × 100%")],
        Counted::Difference(left, right) => vec![named(left), text(" − "), named(right)],
        Counted::YearOnYear(of) => {
            vec![text("( "), named(of), text(&frame.t("formula-year-on-year"))]
        }
        _ => Vec::new(),
    }
}

/// The articles under which what is counted is done.
fn articles(frame: &Frame, line: &Line, figure: &Figure) -> String {
    let acts = |ids: &[procedure::ActId]| ids.iter().map(|id| &line.act(*id).ground).collect::<Vec<_>>();
    let limits = |ids: &[procedure::LimitId]| ids.iter().map(|id| &line.limit(*id).ground).collect::<Vec<_>>();
    let grounds = match &figure.counted {
        Counted::Flow(ids) | Counted::Times(ids) | Counted::Sum(ids, _) => acts(ids),
        Counted::Lapses(limit) => limits(&[*limit]),
        Counted::Ended(ids) | Counted::InTime(ids) | Counted::Overdue(ids) => limits(ids),
        _ => Vec::new(),
    };
    let mut all: Vec<String> = Vec::new();
    for law in grounds.into_iter().flat_map(|ground| &ground.law).chain(&line.law) {
        let law = wording::article(frame.language, law);
        if !all.contains(&law) {
            all.push(law);
        }
    }
    wording::list(frame.language, &all)
}

fn behind_rows(
    platform: &Platform,
    frame: &Frame,
    rows: &[Behind],
    printed: impl Fn(i64) -> Amount,
) -> Result<Vec<BehindRow>, Fault> {
    let mut sights: HashMap<&GovernmentCode, Sight> = HashMap::new();
    if let Some(person) = &frame.person {
        for Behind { row, .. } in rows {
            if !sights.contains_key(&row.government) {
                sights.insert(&row.government, platform.sight_in(person, &row.government)?);
            }
        }
    }
    let sees = |row: &RecordRow| sights.get(&row.government).is_some_and(|sight| sight.sees(row));
    Ok(rows.iter().map(|one| behind_row(platform, frame, one, sees(&one.row), printed(one.amount))).collect())
}

fn behind_row(platform: &Platform, frame: &Frame, behind: &Behind, sees: bool, adds: Amount) -> BehindRow {
    let row = &behind.row;
    let line = platform.catalog().versions(&row.line).last().cloned();
    let label = match (sees, line) {
        (true, Some(line)) => heading(frame, row, &line),
        (true, None) => row.id.to_string(),
        (false, _) => frame.t("figure-hidden"),
    };
    BehindRow {
        href: sees.then(|| record_href(frame, row)),
        label,
        opened: if sees { row.opened.to_string() } else { String::new() },
        adds: adds.to_string(),
    }
}

/// How a figure is counted, in sentences.
pub(crate) fn definition(language: Language, platform: &Platform, line: &Line, figure: &Figure) -> Vec<String> {
    let said = |said: &Said| said.get(language).to_owned();
    let titles = |titles: Vec<String>| wording::list(language, &titles);
    let acts = |ids: &[procedure::ActId]| titles(ids.iter().map(|id| said(&line.act(*id).title)).collect());
    let limits = |ids: &[procedure::LimitId]| titles(ids.iter().map(|id| said(&line.limit(*id).title)).collect());
    let say = |code: &str, args: &[(&str, String)]| wording::say(language, code, args);
    let named = |code: &terms::Code| {
        let figure = platform.catalog().figures().find(|figure| figure.code == *code);
        figure.map_or_else(|| code.to_string(), |figure| said(&figure.title))
    };
    let mut all = vec![match &figure.counted {
        Counted::Flow(ids) => say("counted-flow", &[("acts", acts(ids))]),
        Counted::Times(ids) => say("counted-times", &[("acts", acts(ids))]),
        Counted::Sum(ids, field) => {
            say("counted-sum", &[("acts", acts(ids)), ("field", said(&line.field(*field).title))])
        }
        Counted::Stock(stages) => {
            let stages = stages.iter().filter_map(|id| line.stages.get(id.index()));
            say("counted-stock", &[("stages", titles(stages.map(|stage| said(&stage.title)).collect()))])
        }
        Counted::Lapses(limit) => say("counted-lapses", &[("limit", said(&line.limit(*limit).title))]),
        Counted::Ended(ids) => say("counted-ended", &[("limits", limits(ids))]),
        Counted::InTime(ids) => say("counted-in-time", &[("limits", limits(ids))]),
        Counted::Overdue(ids) => say("counted-overdue", &[("limits", limits(ids))]),
        Counted::Agencies(of) => say("counted-agencies", &[("of", named(of))]),
        Counted::Ratio(part, whole) => say("counted-ratio", &[("part", named(part)), ("whole", named(whole))]),
        Counted::Difference(left, right) => {
            say("counted-difference", &[("left", named(left)), ("right", named(right))])
        }
        Counted::YearOnYear(of) => say("counted-year-on-year", &[("of", named(of))]),
    }];
    if let Some(filter) = &figure.filter {
        all.push(say("counted-filter", &[("filter", Expr::say(filter, line, language))]));
    }
    if let Some(by) = figure.by {
        all.push(say("counted-by", &[("field", said(&line.field(by).title))]));
    }
    all
}

/// The page of a figure, for links from elsewhere.
pub(crate) fn href(code: &str, part: Option<&str>, place: &PlaceCode, period: Period) -> String {
    href_at(code, part, place, period, false)
}

/// The same, of the agencies at the place itself alone.
pub(crate) fn href_at(code: &str, part: Option<&str>, place: &PlaceCode, period: Period, own: bool) -> String {
    let asked = Asked { place: place.clone(), period, own, mended: false, other_time: None };
    format!("/figures/{code}{}", asked.query(part.unwrap_or_default()))
}

/// The page of a told figure.
pub(crate) fn href_of(figure: &FigureValue, place: &PlaceCode) -> String {
    href(&figure.code, figure.part.as_deref(), place, figure.period)
}
