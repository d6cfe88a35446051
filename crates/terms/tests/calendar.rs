//! The working-day calendar and the ends of periods, on the notices of 2025 and 2026.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own data should stop")]

use proptest::prelude::*;
use terms::{Calendar, CalendarError, Date, DateTime, DayKind, DayRole, Deadline, Period, Unit, Year};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn year(year: i16, notice: &str, holidays: &[(&str, &str, &str)], make_up: &[(&str, &str)]) -> Year {
    Year {
        year,
        notice: notice.to_owned(),
        holidays: holidays.iter().map(|(first, last, name)| (day(first), day(last), (*name).into())).collect(),
        make_up: make_up.iter().map(|(date, name)| (day(date), (*name).into())).collect(),
        amended: Vec::new(),
    }
}

fn year_2025() -> Year {
    year(
        2025,
        "国办发明电〔2024〕12号",
        &[
            ("2025-01-01", "2025-01-01", "元旦"),
            ("2025-01-28", "2025-02-04", "春节"),
            ("2025-04-04", "2025-04-06", "清明节"),
            ("2025-05-01", "2025-05-05", "劳动节"),
            ("2025-05-31", "2025-06-02", "端午节"),
            ("2025-10-01", "2025-10-08", "国庆节、中秋节"),
        ],
        &[
            ("2025-01-26", "春节"),
            ("2025-02-08", "春节"),
            ("2025-04-27", "劳动节"),
            ("2025-09-28", "国庆节、中秋节"),
            ("2025-10-11", "国庆节、中秋节"),
        ],
    )
}

fn year_2026() -> Year {
    year(
        2026,
        "国办发明电〔2025〕7号",
        &[
            ("2026-01-01", "2026-01-03", "元旦"),
            ("2026-02-15", "2026-02-23", "春节"),
            ("2026-04-04", "2026-04-06", "清明节"),
            ("2026-05-01", "2026-05-05", "劳动节"),
            ("2026-06-19", "2026-06-21", "端午节"),
            ("2026-09-25", "2026-09-27", "中秋节"),
            ("2026-10-01", "2026-10-07", "国庆节"),
        ],
        &[
            ("2026-01-04", "元旦"),
            ("2026-02-14", "春节"),
            ("2026-02-28", "春节"),
            ("2026-05-09", "劳动节"),
            ("2026-09-20", "国庆节"),
            ("2026-10-10", "国庆节"),
        ],
    )
}

fn calendar() -> Calendar {
    Calendar::new(vec![year_2026(), year_2025()]).unwrap()
}

fn at(text: &str) -> DateTime {
    if text.contains('T') { text.parse().unwrap() } else { day(text).at(10, 30, 0, 0) }
}

fn deadline(start: &str, period: &str, rolls: bool) -> Deadline {
    calendar().deadline(at(start), period.parse().unwrap(), rolls)
}

/// The period that starts then ends at the end of that day, for certain.
fn check(start: &str, period: &str, rolls: bool, last: &str) {
    let found = deadline(start, period, rolls);
    assert_eq!(found.last, day(last).at(23, 59, 59, 0), "{period} from {start}");
    assert!(!found.provisional, "{period} from {start}");
}

#[test]
fn periods_of_2026_end_where_they_were_computed_by_hand() {
    check("2026-09-18", "7 working days", true, "2026-09-29");
    check("2026-02-12", "5 working days", true, "2026-02-26");
    check("2026-09-21", "20 working days", true, "2026-10-26");
    check("2026-04-30", "7 working days", true, "2026-05-13");
    check("2026-06-17", "3 working days", true, "2026-06-23");
    check("2026-07-06", "90 days", true, "2026-10-08");
    check("2026-09-18", "15 days", true, "2026-10-08");
    check("2026-01-20", "30 days", false, "2026-02-19");
}

#[test]
fn a_demand_gives_ten_whole_working_days() {
    check("2026-04-27", "10 working days", true, "2026-05-13");
    assert_eq!(calendar().working_days_after(day("2026-04-27"), 11), day("2026-05-14"));
}

#[test]
fn seven_clear_working_days_lie_between_notice_and_hearing() {
    let calendar = calendar();
    assert_eq!(calendar.working_days_between(day("2026-09-29"), day("2026-10-14")), 7);
}

#[test]
fn six_months_into_a_year_without_notice_are_provisional() {
    let found = deadline("2026-08-31", "6 months", true);
    assert_eq!(found, Deadline { last: day("2027-03-01").at(23, 59, 59, 0), provisional: true });
}

#[test]
fn a_reconsideration_runs_as_its_case_says() {
    check("2026-06-01", "5 working days", true, "2026-06-08");
    check("2026-06-03", "60 days", true, "2026-08-03");
    check("2026-06-03", "60 days", false, "2026-08-02");
}

#[test]
fn a_month_without_the_day_ends_on_its_last() {
    check("2026-01-31", "1 month", false, "2026-02-28");
    check("2026-03-31", "6 months", false, "2026-09-30");
    check("2025-03-15", "1 year", false, "2026-03-15");
    let leap = calendar().advance(day("2024-02-29"), 1, Unit::Years);
    assert_eq!(leap, day("2025-02-28"));
}

#[test]
fn hours_run_through_the_holiday_and_never_roll() {
    let found = deadline("2026-09-30T16:20:05", "24 hours", true);
    assert_eq!(found, Deadline { last: at("2026-10-01T16:20:05"), provisional: false });
    let found = deadline("2026-12-31T23:00:00", "48 hours", true);
    assert_eq!(found, Deadline { last: at("2027-01-02T23:00:00"), provisional: false });
}

#[test]
fn only_what_hangs_on_an_unknown_day_is_provisional() {
    assert!(deadline("2026-12-30", "5 working days", false).provisional);
    assert!(!deadline("2026-12-30", "5 days", false).provisional);
    assert!(deadline("2026-12-30", "5 days", true).provisional);
    assert!(!deadline("2026-12-30", "1 day", true).provisional);
    assert!(deadline("2024-12-30", "5 working days", false).provisional);
    assert!(!deadline("2024-12-31", "5 working days", false).provisional);
}

#[test]
fn a_day_is_what_its_notice_makes_it() {
    let calendar = calendar();
    assert_eq!(calendar.kind(day("2026-10-03")), DayKind::Holiday("国庆节".into()));
    assert_eq!(calendar.kind(day("2026-10-10")), DayKind::MakeUp("国庆节".into()));
    assert_eq!(calendar.kind(day("2026-10-11")), DayKind::Weekend);
    assert_eq!(calendar.kind(day("2026-10-12")), DayKind::Working);
    assert_eq!(calendar.kind(day("2027-01-01")), DayKind::Working, "no notice of 2027 is loaded");
    assert_eq!(calendar.notice(2026), Some("国办发明电〔2025〕7号"));
    assert_eq!(calendar.notice(2027), None);
    assert_eq!((calendar.known_from(), calendar.known_until()), (day("2025-01-01"), day("2026-12-31")));
}

#[test]
fn the_year_2026_has_248_working_days() {
    assert_eq!(calendar().working_days_between(day("2025-12-31"), day("2026-12-31")), 248);
}

#[test]
fn a_notice_reaches_into_the_december_before_and_a_later_one_overrules_it() {
    let mut year = year(
        2019,
        "国办发明电〔2018〕15号",
        &[("2018-12-30", "2019-01-01", "元旦"), ("2019-05-01", "2019-05-04", "劳动节")],
        &[("2018-12-29", "元旦"), ("2019-05-05", "劳动节")],
    );
    year.amended = vec![(day("2019-05-01"), day("2019-05-05"), "国办发明电〔2019〕3号".to_owned())];
    let calendar = Calendar::new(vec![year]).unwrap();
    assert_eq!(calendar.kind(day("2018-12-29")), DayKind::MakeUp("元旦".into()));
    assert_eq!(calendar.notice_of(day("2018-12-31")), Some("国办发明电〔2018〕15号"));
    assert_eq!(calendar.notice_of(day("2019-05-03")), Some("国办发明电〔2019〕3号"));
    assert_eq!(calendar.notice_of(day("2019-05-06")), Some("国办发明电〔2018〕15号"));
}

#[test]
fn broken_years_are_refused() {
    let refused = |years| Calendar::new(years).unwrap_err();
    assert_eq!(refused(vec![]), CalendarError::Empty);
    assert_eq!(refused(vec![year_2026(), year_2026()]), CalendarError::Twice { year: 2026 });
    let of_2024 = year(2024, "x", &[], &[]);
    assert_eq!(refused(vec![year_2026(), of_2024]), CalendarError::Missing { year: 2025 });
    let twice = year(2026, "x", &[("2026-10-01", "2026-10-07", "国庆节"), ("2026-10-07", "2026-10-08", "重阳节")], &[]);
    assert_eq!(refused(vec![twice]), CalendarError::Overlap { day: day("2026-10-07") });
    let on_weekday = year(2026, "x", &[], &[("2026-10-12", "国庆节")]);
    assert_eq!(refused(vec![on_weekday]), CalendarError::MakeUpOnWeekday { day: day("2026-10-12") });
    let elsewhere = year(2026, "x", &[("2027-01-01", "2027-01-01", "元旦")], &[]);
    assert_eq!(refused(vec![elsewhere]), CalendarError::OutsideYear { year: 2026, day: day("2027-01-01") });
    let backwards = year(2026, "x", &[("2026-01-03", "2026-01-01", "元旦")], &[]);
    let (first, last) = (day("2026-01-03"), day("2026-01-01"));
    assert_eq!(refused(vec![backwards]), CalendarError::Backwards { first, last });
}

fn explained(start: &str, period: &str, rolls: bool) -> Vec<String> {
    let notes = calendar().explain(at(start), period.parse().unwrap(), rolls);
    let text = |note: terms::DayNote| {
        let kind = note.kind.map_or_else(|| "any".to_owned(), |kind| format!("{kind:?}"));
        let count = format!("{}-{}", note.counted_from, note.counted_to);
        format!("{} {} {:?} {kind} {count}", note.first, note.last, note.role)
    };
    notes.into_iter().map(text).collect()
}

#[test]
fn working_days_are_told_run_by_run() {
    assert_eq!(
        explained("2026-09-18", "7 working days", true),
        [
            "2026-09-18 2026-09-18 Start Working 0-0",
            "2026-09-19 2026-09-19 Skipped Weekend 0-0",
            "2026-09-20 2026-09-20 Counted MakeUp(\"国庆节\") 1-1",
            "2026-09-21 2026-09-24 Counted Working 2-5",
            "2026-09-25 2026-09-27 Skipped Holiday(\"中秋节\") 0-0",
            "2026-09-28 2026-09-29 Counted Working 6-7",
        ]
    );
}

#[test]
fn a_roll_is_told_day_by_day() {
    assert_eq!(
        explained("2026-09-18", "15 days", true),
        [
            "2026-09-18 2026-09-18 Start Working 0-0",
            "2026-09-19 2026-10-02 Counted any 1-14",
            "2026-10-03 2026-10-03 Counted Holiday(\"国庆节\") 15-15",
            "2026-10-04 2026-10-07 Rolled Holiday(\"国庆节\") 0-0",
            "2026-10-08 2026-10-08 End Working 0-0",
        ]
    );
}

fn any_day() -> impl Strategy<Value = Date> {
    // From 2023 to 2028: before, within and beyond the loaded years.
    (0i64..2192).prop_map(|n| day("2023-01-01").checked_add(jiff::Span::new().days(n)).unwrap())
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(Unit::ALL.to_vec())
}

proptest! {
    #[test]
    fn working_days_after_and_between_are_inverse(from in any_day(), n in 1u32..900) {
        let calendar = calendar();
        let end = calendar.working_days_after(from, n);
        prop_assert!(calendar.is_working(end));
        prop_assert_eq!(calendar.working_days_between(from, end), i64::from(n));
        prop_assert_eq!(calendar.elapsed(from, end, Unit::WorkingDays), n);
    }

    #[test]
    fn working_days_between_counts_every_day_once(from in any_day(), n in 0i64..400) {
        let calendar = calendar();
        let mut days = (1..=n).map(|n| from.checked_add(jiff::Span::new().days(n)).unwrap());
        let counted = days.clone().filter(|day| calendar.is_working(*day)).count();
        let until = days.next_back().unwrap_or(from);
        prop_assert_eq!(calendar.working_days_between(from, until), counted as i64);
        prop_assert_eq!(calendar.working_days_between(until, from), -(counted as i64));
    }

    #[test]
    fn a_later_start_or_a_longer_period_never_ends_sooner(
        a in any_day(), b in any_day(), n in 0u32..500, m in 0u32..500, unit in any_unit(), rolls: bool,
    ) {
        let calendar = calendar();
        let end = |from: Date, n| calendar.deadline(from.at(8, 0, 0, 0), Period::new(n, unit), rolls).last;
        prop_assert!(end(a.min(b), n) <= end(a.max(b), n));
        prop_assert!(end(a, n.min(m)) <= end(a, n.max(m)));
    }

    #[test]
    fn a_rolled_period_ends_on_a_working_day(from in any_day(), n in 1u32..500) {
        let calendar = calendar();
        let last = calendar.deadline(from.at(8, 0, 0, 0), Period::new(n, Unit::Days), true).last.date();
        prop_assert!(calendar.is_working(last));
    }

    #[test]
    fn days_and_months_are_those_of_the_library(from in any_day(), n in 0u32..5000) {
        let calendar = calendar();
        let days = from.checked_add(jiff::Span::new().days(n)).unwrap();
        prop_assert_eq!(calendar.advance(from, n, Unit::Days), days);
        prop_assert_eq!(calendar.elapsed(from, days, Unit::Days), n);
        let months = from.checked_add(jiff::Span::new().months(n)).unwrap();
        prop_assert_eq!(calendar.advance(from, n, Unit::Months), months);
    }

    #[test]
    fn an_explanation_ends_on_the_deadline(
        from in any_day(), n in 1u32..300, unit in any_unit(), rolls: bool,
    ) {
        let calendar = calendar();
        let (start, period) = (from.at(8, 0, 0, 0), Period::new(n, unit));
        let notes = calendar.explain(start, period, rolls);
        let last = notes.last().map(|note| note.last);
        prop_assert_eq!(last, Some(calendar.deadline(start, period, rolls).last.date()));
        prop_assert_eq!(notes.iter().map(|note| note.counted_to).max(), Some(n));
        prop_assert_eq!(notes[0].role, DayRole::Start);
    }
}

#[test]
fn no_day_and_no_period_overflows() {
    let calendar = calendar();
    for unit in Unit::ALL {
        for from in [Date::MIN, Date::MAX, day("2026-01-01")] {
            let found = calendar.deadline(from.at(23, 59, 59, 0), Period::new(u32::MAX, unit), true);
            assert!(found.last.date() >= from);
            assert!(calendar.elapsed(from, Date::MAX, unit) < u32::MAX);
        }
    }
}
