//! Rules over figures ask where something is not as it should be, and nowhere else.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, OnceLock};

use figures::{Against, Amount, Doubt, Figures, Values, bounds, doubts};
use procedure::{Bound, Chosen, FigureRule, Line, Should};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use terms::PlaceCode;

fn line() -> &'static Line {
    static LINE: OnceLock<Arc<Line>> = OnceLock::new();
    LINE.get_or_init(|| testkit::small(&[("demo/2024", testkit::DEMO)]).unwrap().versions("demo").remove(0))
}

fn rule(should: Should) -> FigureRule {
    FigureRule { code: "rule".into(), why: procedure::Said::default(), should }
}

fn bound(text: &str) -> Bound {
    text.parse().unwrap()
}

fn of(names: &[&str]) -> Chosen {
    Chosen { named: names.iter().map(|name| bound(name)).collect(), ..Chosen::default() }
}

fn values(all: &[(&str, i64)]) -> Values {
    all.iter().map(|(name, units)| (bound(name), Amount::whole(*units))).collect()
}

fn asked(should: Should, known: &Values, below: &[(PlaceCode, Values)]) -> Vec<Doubt> {
    let figures = Figures::new(std::iter::once(line()));
    let rule = rule(should);
    let found = doubts(&rule, &figures, known, below);
    // Whoever gathers what a rule names has all that it asks about.
    let (own, below) = bounds(&rule, &figures);
    for doubt in &found {
        let among = if doubt.place.is_some() { &below } else { &own };
        assert!(doubt.figures.iter().all(|(bound, _)| among.contains(bound)));
    }
    found
}

fn places(rates: &[i64]) -> Vec<(PlaceCode, Values)> {
    let place = |n: usize| format!("6322{:02}", 21 + n).parse().unwrap();
    rates.iter().enumerate().map(|(n, rate)| (place(n), values(&[("demo.rate", *rate)]))).collect()
}

#[test]
fn two_cases_more_are_no_leap() {
    let leap = |then: i64, now: i64| {
        let known = values(&[("demo.received", now), ("demo.received@previous", then)]);
        let should = Should::NotLeap { of: of(&["demo.received"]), percent: 50, least: 10 };
        asked(should, &known, &[]).pop().map(|doubt| match doubt.against {
            Against::Before { change, .. } => change.map(|change| change.to_string()),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(leap(2, 5), None);
    assert_eq!(leap(100, 149), None);
    assert_eq!(leap(100, 150), Some(Some("50".to_owned())));
    assert_eq!(leap(100, 40), Some(Some("-60".to_owned())));
    assert_eq!(leap(0, 9), None);
    assert_eq!(leap(0, 12), Some(None));
    assert_eq!(leap(0, 0), None);
}

#[test]
fn every_figure_of_a_kind_but_one() {
    let known = values(&[("demo.received", 200), ("demo.open", 300), ("demo.by_outcome", 400)]);
    let every = Chosen { every: vec!["flow".into()], except: vec!["demo.by_outcome".into()], ..Chosen::default() };
    let found = asked(Should::StayWithin { of: every, at_most: 100 }, &known, &[]);
    let named: Vec<&str> = found.iter().map(|doubt| doubt.figures[0].0.figure.as_str()).collect();
    assert_eq!(named, ["demo.received"], "a stock is no flow, and the other is excepted");
}

#[test]
fn sums_are_compared_where_all_of_them_are_known() {
    let sums = || Should::Agree { left: vec![bound("demo.a"), bound("demo.b@previous")], right: vec![bound("demo.c")] };
    assert_eq!(asked(sums(), &values(&[("demo.a", 2), ("demo.b@previous", 3), ("demo.c", 5)]), &[]), []);
    assert_eq!(asked(sums(), &values(&[("demo.a", 2), ("demo.c", 5)]), &[]), []);
    let found = asked(sums(), &values(&[("demo.a", 2), ("demo.b@previous", 3), ("demo.c", 6)]), &[]);
    let Against::Sum { own, other, .. } = &found[0].against else { panic!("{found:?}") };
    assert_eq!((own.to_string(), other.to_string()), ("5".to_owned(), "6".to_owned()));
}

#[test]
fn one_county_is_out_of_line() {
    let line = |rates: &[i64]| {
        let should = Should::StayInLine { of: of(&["demo.rate"]), spreads: 4, least: 5 };
        let found = asked(should, &Values::new(), &places(rates));
        found.into_iter().map(|doubt| doubt.place.unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(line(&[95, 94, 96, 97, 93, 40]), ["632226"]);
    assert!(line(&[95, 94, 96, 97, 40]).is_empty(), "of five, each has but four others");
    assert!(line(&[95, 95, 95, 95, 95, 99]).is_empty(), "however alike the others are, four points are few");
    assert!(line(&[20, 40, 60, 80, 100, 10, 90]).is_empty(), "where all differ, none stands out");
}

proptest! {
    #![proptest_config(Config {
        cases: 500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_102),
        ..Config::default()
    })]

    /// A part is asked about exactly where it is greater, a bound where it is passed.
    #[test]
    fn asked_exactly_where_it_is_not_so(part in -5i64..200, whole in -5i64..200, most in 0i64..200) {
        let known = values(&[("demo.a", part), ("demo.b", whole)]);
        let should = Should::NotExceed { part: bound("demo.a"), whole: bound("demo.b") };
        prop_assert_eq!(asked(should, &known, &[]).len(), usize::from(part > whole));
        let should = Should::StayWithin { of: of(&["demo.a"]), at_most: most };
        prop_assert_eq!(asked(should, &known, &[]).len(), usize::from(part > most));
    }

    /// A leap up is a leap, whatever the unit: ten times as much of everything, asked with ten times the least, is the same.
    #[test]
    fn a_leap_is_relative(now in 0i64..5_000, then in 0i64..5_000, percent in 1i64..300, least in 0i64..100) {
        let leaps = |times: i64| {
            let known = values(&[("demo.a", now * times), ("demo.a@previous", then * times)]);
            asked(Should::NotLeap { of: of(&["demo.a"]), percent, least: least * times }, &known, &[]).len()
        };
        prop_assert_eq!(leaps(1), leaps(10));
        let by = (now - then).abs();
        prop_assert_eq!(leaps(1), usize::from(by > 0 && by >= least && by * 100 >= percent * then));
    }

    /// Which place is out of line hangs neither on the order of places nor on where nought lies; one that is in line stays
    /// so when another moves still further out.
    #[test]
    fn out_of_line_is_robust(rates in proptest::collection::vec(0i64..100, 6..12), further in 0i64..10_000) {
        let out = |rates: &[i64]| {
            let should = Should::StayInLine { of: of(&["demo.rate"]), spreads: 4, least: 5 };
            let found = asked(should, &Values::new(), &places(rates));
            let at = |doubt: &Doubt| places(rates).iter().position(|(place, _)| Some(place) == doubt.place.as_ref());
            found.iter().map(|doubt| at(doubt).unwrap()).collect::<Vec<_>>()
        };
        let found = out(&rates);
        let moved: Vec<i64> = rates.iter().map(|rate| rate + 1_000).collect();
        prop_assert_eq!(&out(&moved), &found);
        let turned: Vec<i64> = rates.iter().rev().copied().collect();
        let mut back: Vec<usize> = out(&turned).iter().map(|at| rates.len() - 1 - at).collect();
        back.sort_unstable();
        prop_assert_eq!(&back, &found);
        // The greatest moves further up: it alone is asked about anew, if anything.
        let greatest = (0..rates.len()).max_by_key(|at| rates[*at]).unwrap();
        let mut wider = rates.clone();
        wider[greatest] += further;
        let newly: Vec<usize> = out(&wider).into_iter().filter(|at| !found.contains(at)).collect();
        prop_assert!(newly.iter().all(|at| *at == greatest), "{newly:?}");
    }
}
