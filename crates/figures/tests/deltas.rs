//! What the events of a record add up to is what the record contributes, whatever was corrected or taken back.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use figures::{contributions, deltas};
use kernel::{Event, Kind, Opening, replay};
use procedure::{Line, Record};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use terms::{Code, Date, DateTime, Fen, GovernmentCode, RecordId, Value};

/// Limits that ended, beside the figures that the line has.
const LIMITS: &str = r#"
[figure.limits_ended]
title = { zh = "到期或者办结", en = "Ended" }
unit = "项"
ended = "agency"
[figure.limits_in_time]
title = { zh = "按期", en = "In time" }
unit = "项"
in_time = "agency"
[figure.limits_overdue]
title = { zh = "超期未结", en = "Overdue" }
unit = "项"
overdue = "agency"
"#;

fn catalog() -> std::sync::Arc<catalog::Catalog> {
    testkit::small(&[("demo/2024", &format!("{}{LIMITS}", with_times()))]).unwrap()
}

const ACTS: [&str; 9] = ["accept", "suspend", "resume", "notify", "hear", "decide", "pay", "publish", "close"];

fn day(n: i64) -> DateTime {
    let first: Date = "2026-01-05".parse().unwrap();
    first.checked_add(jiff::Span::new().days(n)).unwrap().at(10, 0, 0, 0)
}

/// One random event: an act with what it fills in, a correction of a field or a time, or an annulment.
fn event(line: &Line, record: &Record, what: u8, n: i64, at: DateTime) -> Event {
    let bare = |kind| Event::bare(kind, at, "ma".into());
    let last = record.done.last().map_or(1, |done| done.seq);
    let field = |code: &str| line.field_id(code).unwrap();
    let outcome = Value::Choice(if n % 2 == 0 { "uphold" } else { "revoke" }.into());
    let amount = Value::Money(Fen(n * 100));
    match usize::from(what) {
        act if act < ACTS.len() => {
            let changes = match ACTS[act] {
                "pay" => vec![(field("amount"), amount)],
                "decide" => vec![(field("outcome"), outcome)],
                _ => Vec::new(),
            };
            Event { changes, ..bare(Kind::Act(line.act_id(ACTS[act]).unwrap())) }
        }
        9 => Event { changes: vec![(field("amount"), amount)], ..bare(Kind::Corrected { time: None }) },
        10 => Event { changes: vec![(field("outcome"), outcome)], ..bare(Kind::Corrected { time: None }) },
        11 => bare(Kind::Corrected { time: Some((last, day(n))) }),
        _ if record.done.len() > 1 => bare(Kind::Annulled { seq: last }),
        _ => bare(Kind::HandedOver { to: "li".into() }),
    }
}

/// The demonstration's line with a figure that counts an act as often as it is done.
fn with_times() -> String {
    let times = r#"
[figure.suspensions]
title = { zh = "中止次数", en = "Suspensions" }
unit = "次"
times = ["suspend"]
"#;
    format!("{}{times}", testkit::DEMO)
}

#[test]
fn an_act_that_is_done_twice_counts_twice_and_its_record_once() {
    let catalog = testkit::small(&[("demo/2024", &with_times())]).unwrap();
    let line = catalog.versions("demo").remove(0);
    let opening = Opening { agency: "justice".into(), handler: None, place: "632222".parse().unwrap() };
    let act = |code: &str, at: i64| Event::bare(Kind::Act(line.act_id(code).unwrap()), day(at), "ma".into());
    let mut events = vec![Event { opening: Some(opening), ..act("receive", 0) }];
    events.extend([act("accept", 1), act("suspend", 2), act("resume", 3), act("suspend", 5)]);
    let record = replay(&line, &events, RecordId(1)).unwrap();
    let sums = told(&line, &record, &catalog.calendar);
    let of = |code: &str| sums.iter().filter(|((figure, ..), _)| figure == code).map(|(_, sum)| sum).sum::<i64>();
    assert_eq!(of("demo.suspensions"), 2);
    assert_eq!(of("demo.received"), 1);
}

type Sums = BTreeMap<(Code, Date, Code), i64>;

fn told(line: &Line, record: &Record, calendar: &terms::Calendar) -> Sums {
    let mut sums = Sums::new();
    for one in contributions(line, record, calendar) {
        *sums.entry((line.figures[one.figure].code.clone(), one.day, one.part)).or_insert(0) += one.amount;
    }
    sums.retain(|_, amount| *amount != 0);
    sums
}

proptest! {
    #![proptest_config(Config {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_200_715),
        ..Config::default()
    })]

    #[test]
    fn deltas_add_up_to_what_the_record_contributes(steps in proptest::collection::vec((0u8..13, 0i64..60), 1..20)) {
        let catalog = catalog();
        let line = catalog.versions("demo").remove(0);
        let county: GovernmentCode = "632222".parse().unwrap();
        let opening = Opening { agency: "justice".into(), handler: None, place: county.clone() };
        let receive = Kind::Act(line.act_id("receive").unwrap());
        let mut events = vec![Event { opening: Some(opening), ..Event::bare(receive, day(0), "ma".into()) }];
        let mut record = replay(&line, &events, RecordId(1)).unwrap();
        let mut sums = Sums::new();
        let mut add = |before: Option<&Record>, after: &Record| {
            for row in deltas(&line, before.map(|before| (&*line, before)), after, &catalog.calendar, &county, 1) {
                *sums.entry((row.figure, row.day, row.part)).or_insert(0) += row.amount;
            }
            sums.retain(|_, amount| *amount != 0);
            sums.clone()
        };
        prop_assert_eq!(add(None, &record), told(&line, &record, &catalog.calendar));
        for (step, (what, n)) in (1..).zip(steps) {
            events.push(event(&line, &record, what, n, day(step)));
            let next = replay(&line, &events, RecordId(1)).unwrap();
            prop_assert_eq!(add(Some(&record), &next), told(&line, &next, &catalog.calendar));
            record = next;
        }
    }
}

/// A limit that passed counts on the day it passed, also once it was met; one that is met in time, on that day.
#[test]
fn limits_count_when_they_end() {
    let catalog = catalog();
    let line = catalog.versions("demo").remove(0);
    let county: GovernmentCode = "632222".parse().unwrap();
    let opening = || Some(Opening { agency: "justice".into(), handler: None, place: county.clone() });
    let act = |code: &str, at: i64| Event::bare(Kind::Act(line.act_id(code).unwrap()), day(at), "ma".into());
    let received = Event { opening: opening(), ..act("receive", 0) };
    let counted = |record: &Record| {
        let all = told(&line, record, &catalog.calendar);
        let of = |code: &str| {
            let days = all.iter().filter(|((figure, ..), _)| figure.as_str() == format!("demo.limits_{code}"));
            days.map(|((_, day, _), amount)| (day.to_string(), *amount)).collect::<Vec<_>>()
        };
        (of("ended"), of("in_time"))
    };
    let met = replay(&line, &[received.clone(), act("accept", 1)], RecordId(1)).unwrap();
    let on = |day: &str| vec![(day.to_owned(), 1)];
    assert_eq!(counted(&met), (on("2026-01-06"), on("2026-01-06")));
    let opened = replay(&line, std::slice::from_ref(&received), RecordId(1)).unwrap();
    assert_eq!(counted(&opened), (vec![], vec![]), "it runs");
    let (lapses, _) = kernel::lapses(&line, &opened, &catalog.calendar, day(20));
    let passed: Vec<Event> = std::iter::once(received).chain(lapses).collect();
    let passed = replay(&line, &passed, RecordId(1)).unwrap();
    assert_eq!(counted(&passed), (on("2026-01-12"), vec![]));
    let overdue = |record: &Record| {
        let all = told(&line, record, &catalog.calendar);
        let all = all.iter().filter(|((figure, ..), _)| figure.as_str() == "demo.limits_overdue");
        all.map(|((_, day, _), amount)| (day.to_string(), *amount)).collect::<Vec<_>>()
    };
    assert_eq!(overdue(&met), []);
    assert_eq!(overdue(&passed), on("2026-01-12"));
    let late = Event::bare(Kind::Act(line.act_id("accept").unwrap()), day(21), "ma".into());
    let late = kernel::apply(&line, Some(passed), &late, RecordId(1), 9);
    assert_eq!(overdue(&late), [("2026-01-12".to_owned(), 1), ("2026-01-26".to_owned(), -1)]);
}
