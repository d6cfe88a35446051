//! Laws of clocks, over random days: a later start never ends earlier, standing still and extensions never shorten, a
//! minimum and a maximum count the same days, and folding again gives the same.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, OnceLock};

use catalog::Catalog;
use kernel::{ClockState, Event, Kind, Opening, apply, clock, due_days, lapses, replay, why};
use procedure::{Line, Record, What};
use proptest::prelude::*;
use proptest::test_runner::Config;
use terms::{Date, DateTime, RecordId, Value};

fn catalog() -> &'static Arc<Catalog> {
    static CATALOG: OnceLock<Arc<Catalog>> = OnceLock::new();
    CATALOG.get_or_init(|| testkit::small(&[("demo/2024", testkit::DEMO)]).unwrap())
}

fn line() -> Arc<Line> {
    catalog().versions("demo").remove(0)
}

fn day(n: i64) -> DateTime {
    let first: Date = "2024-01-02".parse().unwrap();
    first.checked_add(jiff::Span::new().days(n)).unwrap().at(10, 0, 0, 0)
}

fn act(line: &Line, code: &str, at: DateTime) -> Event {
    Event::bare(Kind::Act(line.act_id(code).unwrap()), at, "ma".into())
}

fn fold(line: &Line, events: &[Event]) -> Record {
    replay(line, events, RecordId(1)).unwrap()
}

fn opened(line: &Line, at: DateTime) -> Event {
    let opening = Opening { agency: "justice".into(), handler: None, place: "632222".parse().unwrap() };
    Event { opening: Some(opening), ..act(line, "receive", at) }
}

fn ends(line: &Line, record: &Record, limit: &str) -> Option<DateTime> {
    match clock(line, record, line.limit_id(limit).unwrap(), &catalog().calendar)?.state {
        ClockState::Runs(deadline) => Some(deadline.last),
        _ => None,
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_601),
        ..Config::default()
    })]

    #[test]
    fn a_later_start_never_ends_earlier(start in 0i64..900, later in 0i64..40) {
        let line = line();
        for limit in ["review", "decide"] {
            let end = |at| {
                let events = [opened(&line, day(at)), act(&line, "accept", day(at))];
                let kept = if limit == "review" { &events[..1] } else { &events[..] };
                ends(&line, &fold(&line, kept), limit).unwrap()
            };
            prop_assert!(end(start) <= end(start + later));
        }
    }

    #[test]
    fn standing_still_and_extensions_never_shorten(
        start in 0i64..800, stop in 0i64..20, still in 0i64..90, by in 1u32..31,
    ) {
        let line = line();
        let plain = vec![opened(&line, day(start)), act(&line, "accept", day(start))];
        let mut stopped = plain.clone();
        stopped.push(act(&line, "suspend", day(start + stop)));
        prop_assert_eq!(ends(&line, &fold(&line, &stopped), "decide"), None, "it stands still");
        stopped.push(act(&line, "resume", day(start + stop + still)));
        let mut extended = stopped.clone();
        extended.push(Event { extended: Some(by), ..act(&line, "extend", day(start + stop + still)) });
        let end = |events: &[Event]| ends(&line, &fold(&line, events), "decide").unwrap();
        prop_assert!(end(&plain) <= end(&stopped));
        prop_assert!(end(&stopped) <= end(&extended));
        let whole = end(&stopped).date() >= end(&plain).date().checked_add(jiff::Span::new().days(still - 9)).unwrap();
        prop_assert!(whole, "the days that stood still come back, but for a roll");
    }

    #[test]
    fn a_working_day_is_the_last(start in 0i64..900) {
        let line = line();
        let record = fold(&line, &[opened(&line, day(start))]);
        let last = ends(&line, &record, "review").unwrap().date();
        prop_assert!(catalog().calendar.is_working(last));
        prop_assert_eq!(catalog().calendar.working_days_between(day(start).date(), last), 5);
    }

    #[test]
    fn a_minimum_leaves_clear_days(start in 0i64..900) {
        let line = line();
        let notify = Event {
            changes: vec![(line.field_id("hearing_on").unwrap(), Value::Date(day(start + 30).date()))],
            ..act(&line, "notify", day(start))
        };
        let events = [opened(&line, day(start)), act(&line, "accept", day(start)), notify];
        let last = ends(&line, &fold(&line, &events), "notice").unwrap().date();
        prop_assert_eq!(catalog().calendar.working_days_between(day(start).date(), last), 5);
    }

    #[test]
    fn what_passes_is_dated_at_its_limit_and_folds_again(start in 0i64..700, wait in 0i64..200) {
        let line = line();
        let calendar = &catalog().calendar;
        let mut events = vec![opened(&line, day(start))];
        let record = fold(&line, &events);
        let due = due_days(&line, &record, calendar);
        let now = day(start + wait);
        let (passed, after) = lapses(&line, &record, calendar, now);
        prop_assert_eq!(passed.is_empty(), due[0].1.last >= now);
        prop_assert!(passed.iter().all(|event| event.at < now && event.by.is_empty()));
        prop_assert!(passed.windows(2).all(|pair| pair[0].at <= pair[1].at));
        events.extend(passed);
        let mut stepped = None;
        for (seq, event) in (1..).zip(&events) {
            stepped = Some(apply(&line, stepped, event, RecordId(1), seq));
        }
        prop_assert_eq!(stepped.as_ref(), Some(&after));
        let again = fold(&line, &events);
        prop_assert_eq!(due_days(&line, &again, calendar), due_days(&line, &after, calendar));
        prop_assert_eq!(again, after);
        prop_assert!(lapses(&line, &fold(&line, &events), calendar, now).0.is_empty(), "nothing passes twice");
    }

    #[test]
    fn an_annulment_gives_back_what_was(start in 0i64..800, later in 0i64..4) {
        let line = line();
        let mut events = vec![opened(&line, day(start))];
        let before = fold(&line, &events);
        events.push(act(&line, "accept", day(start + later)));
        events.push(Event::bare(Kind::Annulled { seq: 2 }, day(start + later), "li".into()));
        let after = fold(&line, &events);
        prop_assert_eq!(after.seq, 3);
        prop_assert_eq!(Record { seq: 1, ..after.clone() }, before);
        prop_assert!(after.done.iter().all(|done| !matches!(done.what, What::Lapse(_))));
    }

    #[test]
    fn the_account_of_a_limit_ends_where_the_clock_does(start in 0i64..900) {
        let line = line();
        let record = fold(&line, &[opened(&line, day(start))]);
        let id = line.limit_id("review").unwrap();
        let account = why(&line, &record, id, &catalog().calendar).unwrap();
        let clock = clock(&line, &record, id, &catalog().calendar).unwrap();
        prop_assert_eq!(account.state, clock.state);
        let last = account.steps.iter().rev().find_map(|step| match step {
            kernel::WhyStep::Ends(at, _) => Some(*at),
            _ => None,
        });
        prop_assert_eq!(last, ends(&line, &record, "review"));
    }
}
