//! The morning of somebody who leads: five lines, each opening into its cause.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ledger::Fault;
use platform::{Change, Morning, Person, Platform, Waiting};
use terms::Code;

use crate::app::App;
use crate::desk::{RowView, heading, waiting_view};
use crate::frame::{Frame, encoded, page, query};
use crate::record::finding_title;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// So many causes stand beside a line; the rest is a tap away.
const SHOWN: usize = 5;

struct AgencyView {
    href: String,
    name: String,
    count: u64,
}

struct FoundView {
    href: String,
    label: String,
    line: String,
    title: String,
    agency: String,
}

struct ChangeView {
    href: String,
    title: String,
    value: String,
    unit: String,
    year: Option<Direction>,
    month: Option<Direction>,
    month_value: String,
}

/// Up or down, in a word and a sign, never by colour alone.
struct Direction {
    sign: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "morning.html")]
struct MorningPage {
    f: Frame,
    lead: String,
    signing: Vec<RowView>,
    signing_count: usize,
    overdue: Vec<AgencyView>,
    overdue_count: u64,
    soon: Vec<AgencyView>,
    soon_count: u64,
    soon_title: String,
    found: Vec<FoundView>,
    found_count: usize,
    found_title: String,
    changes: Vec<ChangeView>,
}

/// The page.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    if !visitor.frame.leads {
        return Err(Wrong::NotFound);
    }
    let frame = visitor.told().await?.titled("morning-title").within("morning");
    page(&app.ask(move |platform| build(platform, frame, &person)).await?)
}

fn build(platform: &Platform, frame: Frame, person: &Person) -> Result<MorningPage, Fault> {
    let morning: Morning = platform.morning(person)?;
    let directory = platform.directory(&person.government)?;
    let today = platform.now().date();
    let row = |one: &Waiting| {
        let mut view = waiting_view(&frame, &directory, today, one);
        view.href = format!("{}/sign", view.href);
        view
    };
    let agencies = |list: &[(Code, u64)]| -> Vec<AgencyView> {
        let one = |(code, count): &(Code, u64)| AgencyView {
            href: format!("/desk{}", query(&[("tab", "agency"), ("agency", code.as_str())])),
            name: directory.agency(code),
            count: *count,
        };
        list.iter().map(one).collect()
    };
    let total = |list: &[(Code, u64)]| list.iter().map(|(_, count)| count).sum();
    let found = morning.found.iter().take(SHOWN).map(|one| FoundView {
        href: format!("/records/{}", one.row.id),
        label: heading(&frame, &one.row, &one.line),
        line: frame.said(&one.line.title),
        title: finding_title(&frame, &one.line, &one.found.code),
        agency: directory.agency(&one.found.agency),
    });
    let lead = [("day", today.to_string()), ("agency", directory.agency(&person.agency))];
    Ok(MorningPage {
        lead: wording::say(frame.language, "morning-lead", &lead),
        signing: morning.signing.iter().take(SHOWN).map(row).collect(),
        signing_count: morning.signing.len(),
        overdue_count: total(&morning.overdue),
        overdue: agencies(&morning.overdue),
        soon_count: total(&morning.soon),
        soon: agencies(&morning.soon),
        soon_title: frame.t1("morning-soon", "day", morning.soon_until),
        found: found.collect(),
        found_count: morning.found.len(),
        found_title: frame.t1("morning-found", "day", morning.found_since),
        changes: morning.changes.iter().map(|change| change_view(&frame, change)).collect(),
        f: frame,
    })
}

fn change_view(frame: &Frame, change: &Change) -> ChangeView {
    let (from, to) = (change.year.from.to_string(), change.year.to.to_string());
    ChangeView {
        href: format!("/figures/{}{}", encoded(&change.figure), query(&[("from", &from), ("to", &to)])),
        title: frame.said(&change.title),
        value: change.value.to_string(),
        unit: change.unit.clone(),
        year: direction(frame, "morning-year", change.value, change.year_ago),
        month: direction(frame, "morning-month", change.month, change.month_ago),
        month_value: change.month.to_string(),
    }
}

fn direction(frame: &Frame, code: &str, now: figures::Amount, then: figures::Amount) -> Option<Direction> {
    let (sign, word) = match now.compare(then)? {
        std::cmp::Ordering::Greater => ("▲", "more"),
        std::cmp::Ordering::Less => ("▼", "less"),
        std::cmp::Ordering::Equal => return None,
    };
    let by = if word == "more" { now.minus(then)? } else { then.minus(now)? };
    let args = [("then", then.to_string()), ("by", by.to_string())];
    Some(Direction { sign, text: wording::say(frame.language, &format!("{code}-{word}"), &args) })
}
