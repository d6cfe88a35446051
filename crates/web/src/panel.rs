//! How a region stands, for whoever leads it, for an agency, for the public: limits met in time, overdue, open, as a tree of
//! places with lights, by line and by agency.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use platform::{Beacon, Cell, Directory, Panel, PlaceStanding, Platform, Standing, TellError};
use terms::Code;

use crate::app::App;
use crate::download::attachment;
use crate::figures::{Asked, Span, href, spans};
use crate::frame::{Frame, LightView, page, query};
use crate::session::Visitor;
use crate::unfold::{self, Of, Table, TableRow, with_charts};
use crate::wrong::Wrong;

/// A standing as it is read.
struct StandingView {
    light: Option<LightView>,
    share: String,
    ended: String,
    overdue: String,
    open: String,
}

struct PlaceView {
    name: String,
    href: Option<String>,
    standing: StandingView,
    below: Vec<PlaceView>,
}

struct LineView {
    title: String,
    standing: StandingView,
    share: Option<String>,
    overdue: Option<String>,
    open: Option<String>,
}

struct AgencyView {
    name: String,
    href: Option<String>,
    standing: StandingView,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelPage {
    f: Frame,
    asked: Asked,
    spans: Vec<Span>,
    lead: String,
    period_name: String,
    place_name: String,
    /// The agency that it is of; empty: all of the government.
    agency: String,
    agency_name: String,
    /// The way to all of the government, or to one's own agency.
    other: Option<(String, String)>,
    whole: StandingView,
    tree: Vec<PlaceView>,
    lines: Vec<LineView>,
    agencies: Vec<AgencyView>,
    tables: Vec<Table>,
    hides: bool,
    csv: [String; 3],
    xlsx: [String; 3],
}

/// What is asked for, and of whom.
struct Asks {
    asked: Asked,
    agency: Option<Code>,
    own: Option<Code>,
    public: bool,
}

impl Asks {
    fn of(app: &App, visitor: &Visitor, given: &HashMap<String, String>) -> Asks {
        let asked = Asked::of(app, given);
        let person = visitor.frame.person.as_ref().filter(|_| !visitor.frame.administers);
        // Somebody of an agency begins with it; all of the government is a step away, since figures are nobody's secret.
        let own = person.and_then(|person| app.platform.agency_of(person));
        let named = given.get("agency").map(|code| code.trim());
        let agency = match named {
            Some("") => None,
            Some(code) if person.is_some() => Some(Code::from(code)),
            _ => own.clone(),
        };
        Asks { asked, agency, own, public: person.is_none() }
    }

    /// An address with place, period and agency.
    fn address(&self, path: &str, agency: Option<&str>) -> String {
        let (from, to) = (self.asked.period.from.to_string(), self.asked.period.to.to_string());
        let place = self.asked.place.as_str();
        let asks = query(&[("from", &from), ("to", &to), ("place", place), ("agency", agency.unwrap_or_default())]);
        // An agency that is named but empty is all of the government.
        if agency == Some("") { format!("{path}{asks}&agency=") } else { format!("{path}{asks}") }
    }

    fn files(&self, table: &str, kind: &str) -> String {
        self.address(&format!("/panel/{table}.{kind}"), Some(self.agency.as_deref().unwrap_or_default()))
    }

    fn told(&self, platform: &Platform) -> Result<Panel, TellError> {
        platform.panel(&self.asked.place, self.asked.period, self.agency.as_ref(), self.public)
    }
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asks = Asks::of(&app, &visitor, &given);
    let frame = visitor.told().await?.titled("panel-title").within("panel");
    Ok(with_charts(page(&app.ask(move |platform| build(platform, frame, asks)).await?)?))
}

fn build(platform: &Platform, frame: Frame, asks: Asks) -> Result<PanelPage, TellError> {
    let panel = asks.told(platform)?;
    let directory = directory(platform, &panel)?;
    let at = &asks.asked;
    let named = |code: Option<&Code>| code.map(|code| href(code, None, &at.place, at.period));
    let line = |line: &platform::LineStanding| LineView {
        title: frame.said(&line.title),
        standing: standing(&frame, &line.standing),
        share: named(line.share.as_ref()),
        overdue: named(line.overdue.as_ref()),
        open: named(line.open.as_ref()),
    };
    let agency = |(code, one): &(Code, Standing)| AgencyView {
        name: agency_name(directory.as_ref(), code),
        href: (!asks.public).then(|| asks.address("/panel", Some(code))),
        standing: standing(&frame, one),
    };
    let other = match (&asks.agency, &asks.own) {
        (Some(_), _) => Some((asks.address("/panel", Some("")), frame.t("panel-all"))),
        (None, Some(own)) => Some((asks.address("/panel", Some(own)), agency_name(directory.as_ref(), own))),
        (None, None) => None,
    };
    let audience = match (asks.public, &asks.agency) {
        (true, _) => "panel-lead-public",
        (false, Some(_)) => "panel-lead-agency",
        (false, None) => "panel-lead",
    };
    let period_name = unfold::period_name(&frame, at.period);
    let files = |table: &str, kind: &str| asks.files(table, kind);
    let all = |kind: &str| ["lines", "tree", "agencies"].map(|table| asks.files(table, kind));
    Ok(PanelPage {
        spans: spans(&frame, at),
        lead: frame.t(audience),
        place_name: unfold::place_name(&frame, platform, &at.place, at.period.to),
        agency: asks.agency.as_ref().map(ToString::to_string).unwrap_or_default(),
        agency_name: asks.agency.as_ref().map(|code| agency_name(directory.as_ref(), code)).unwrap_or_default(),
        other,
        whole: standing(&frame, &panel.whole.standing),
        tree: panel.whole.below.iter().map(|place| place_view(&frame, &asks, place)).collect(),
        lines: panel.lines.iter().map(line).collect(),
        agencies: panel.agencies.iter().map(agency).collect(),
        tables: shares(&frame, &panel, &files),
        hides: asks.public && hides(&panel),
        csv: all("csv"),
        xlsx: all("xlsx"),
        period_name,
        asked: asks.asked,
        f: frame,
    })
}

/// The names of agencies, where they are of one government.
fn directory(platform: &Platform, panel: &Panel) -> Result<Option<Directory>, TellError> {
    Ok(match &*panel.as_of {
        [(government, _)] => Some(platform.directory(government)?),
        _ => None,
    })
}

fn agency_name(directory: Option<&Directory>, code: &Code) -> String {
    directory.map_or_else(|| code.to_string(), |directory| directory.agency(code))
}

/// The share met in time by line, greatest first: a share is the one thing by which lines and places can be ranked.
fn shares(frame: &Frame, panel: &Panel, files: &dyn Fn(&str, &str) -> String) -> Vec<Table> {
    let title = frame.t("panel-share");
    let of = Of { title: &title, unit: "%", files };
    let row = |label: String, standing: &Standing| {
        let share = standing.share().map_or(Cell::Unknown, Cell::Value);
        let drawn = share.value().map(|value| value.to_string()).unwrap_or_default();
        TableRow { label, href: None, value: unfold::cell(frame, share), drawn, rank: None }
    };
    let told = |standing: &Standing| standing.share().is_some();
    let lines = panel.lines.iter().filter(|line| told(&line.standing));
    let lines = lines.map(|line| row(frame.said(&line.title), &line.standing)).collect::<Vec<_>>();
    let places = panel.whole.below.iter().filter(|place| told(&place.standing));
    let places = places.map(|place| row(frame.said(&place.name), &place.standing)).collect::<Vec<_>>();
    let mut all = Vec::new();
    for (code, rows) in [("share-lines", lines), ("share-places", places)] {
        if rows.len() > 1 {
            all.push(Table::new(frame, code, "rows", &of, rows));
        }
    }
    all
}

fn hides(panel: &Panel) -> bool {
    let hidden = |one: &Standing| [one.ended, one.in_time, one.overdue, one.open].contains(&None);
    fn any(place: &PlaceStanding, hidden: &dyn Fn(&Standing) -> bool) -> bool {
        hidden(&place.standing) || place.below.iter().any(|below| any(below, hidden))
    }
    any(&panel.whole, &hidden)
        || panel.lines.iter().any(|line| hidden(&line.standing))
        || panel.agencies.iter().any(|(_, one)| hidden(one))
}

fn standing(frame: &Frame, one: &Standing) -> StandingView {
    let count = |count: Option<i64>| count.map_or_else(|| frame.t("figure-hidden-value"), |count| count.to_string());
    let light = one.beacon().map(|beacon| {
        let (class, shape, word) = match beacon {
            Beacon::Overdue => ("late", "▲", "beacon-overdue"),
            Beacon::Passed => ("soon", "◆", "beacon-passed"),
            Beacon::InTime => ("fine", "●", "beacon-in-time"),
            Beacon::Quiet => ("quiet", "–", "beacon-quiet"),
        };
        LightView { class, shape, word: frame.t(word), left: String::new() }
    });
    let hidden = one.ended.is_none() || one.in_time.is_none();
    let share = match one.share() {
        Some(share) => format!("{share}%"),
        None if hidden => frame.t("figure-hidden-value"),
        None => "–".to_owned(),
    };
    StandingView { light, share, ended: count(one.ended), overdue: count(one.overdue), open: count(one.open) }
}

fn place_view(frame: &Frame, asks: &Asks, place: &PlaceStanding) -> PlaceView {
    let asked = Asked { place: place.place.clone(), ..asks.asked.clone() };
    let below = Asks { asked, agency: asks.agency.clone(), own: None, public: asks.public };
    PlaceView {
        name: frame.said(&place.name),
        href: (!place.below.is_empty()).then(|| below.address("/panel", asks.agency.as_deref())),
        standing: standing(frame, &place.standing),
        below: place.below.iter().map(|place| place_view(frame, asks, place)).collect(),
    }
}

/// A table of the page as a file.
pub(crate) async fn file(
    State(app): State<App>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asks = Asks::of(&app, &visitor, &given);
    let (wanted, kind) = unfold::kind_of(&name).map(|(code, kind)| (code.to_owned(), kind)).ok_or(Wrong::NotFound)?;
    let named = format!("{wanted}-{}-{}.{}", asks.asked.place, asks.asked.period.to, kind.ending());
    let frame = visitor.frame.clone();
    let lines = app.ask(move |platform| lines(platform, &frame, &asks, &wanted)).await?;
    Ok(attachment(&named, kind, unfold::file(kind, &lines)?))
}

fn lines(platform: &Platform, frame: &Frame, asks: &Asks, wanted: &str) -> Result<Vec<Vec<String>>, TellError> {
    let panel = asks.told(platform)?;
    let directory = directory(platform, &panel)?;
    let mut rows: Vec<(String, Standing)> = Vec::new();
    match wanted {
        "lines" | "share-lines" => {
            rows.extend(panel.lines.iter().map(|line| (frame.said(&line.title), line.standing)));
        }
        "agencies" => {
            rows.extend(panel.agencies.iter().map(|(code, one)| (agency_name(directory.as_ref(), code), *one)));
        }
        "tree" | "share-places" => walk(frame, &panel.whole, "", &mut rows),
        _ => return Err(TellError::UnknownFigure(wanted.to_owned())),
    }
    let head = ["panel-of", "panel-light", "panel-share", "panel-ended", "panel-overdue", "panel-open"];
    let mut all = vec![head.map(|code| frame.t(code)).to_vec()];
    all.extend(rows.into_iter().map(|(name, one)| {
        let view = standing(frame, &one);
        let light = view.light.map(|light| light.word).unwrap_or_default();
        vec![name, light, view.share, view.ended, view.overdue, view.open]
    }));
    Ok(all)
}

fn walk(frame: &Frame, place: &PlaceStanding, above: &str, rows: &mut Vec<(String, Standing)>) {
    let name = format!("{above}{}", frame.said(&place.name));
    rows.push((name.clone(), place.standing));
    place.below.iter().for_each(|below| walk(frame, below, &format!("{name} / "), rows));
}
