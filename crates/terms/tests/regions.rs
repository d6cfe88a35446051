//! The dated tree: a county that became a city, townships that merged, a county that moved.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own data should stop")]

use terms::{Date, Level, PlaceCode, Region, RegionError, Regions};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn code(text: &str) -> PlaceCode {
    text.parse().unwrap()
}

fn region(place: &str, name: &str, level: Level, parent: &str) -> Region {
    Region {
        code: code(place),
        name: name.to_owned(),
        name_en: None,
        short: None,
        level,
        parent: (!parent.is_empty()).then(|| code(parent)),
        from: None,
        to: None,
        heir: None,
    }
}

fn ended(region: Region, last: &str, heir: &str) -> Region {
    Region { to: Some(day(last)), heir: Some(code(heir)), ..region }
}

fn since(region: Region, first: &str) -> Region {
    Region { from: Some(day(first)), ..region }
}

/// 长垣 became a city in 2019 under a new code; 乙乡 was merged into 甲镇 in 2021; 济源 has no prefecture.
fn entries() -> Vec<Region> {
    use Level::{County, Prefecture, Province, Township, Village};
    vec![
        region("410000", "河南省", Province, ""),
        region("410700", "新乡市", Prefecture, "410000"),
        region("410721", "新乡县", County, "410700"),
        ended(region("410728", "长垣县", County, "410700"), "2019-08-29", "410783"),
        region("410782", "辉县市", County, "410700"),
        since(region("410783", "长垣市", County, "410700"), "2019-08-30"),
        since(region("410783100", "甲镇", Township, "410783"), "2019-08-30"),
        ended(since(region("410783200", "乙乡", Township, "410783"), "2019-08-30"), "2020-12-31", "410783100"),
        since(region("410783100201", "西村", Village, "410783100"), "2019-08-30"),
        region("410800", "焦作市", Prefecture, "410000"),
        region("419001", "济源市", County, "410000"),
    ]
}

fn regions() -> Regions {
    Regions::new(entries()).unwrap()
}

fn names(found: Vec<&Region>) -> Vec<&str> {
    found.into_iter().map(|region| region.name.as_str()).collect()
}

const BEFORE: &str = "2019-08-29";
const AFTER: &str = "2019-08-30";
const NOW: &str = "2026-06-01";

#[test]
fn a_code_holds_in_its_days_only() {
    let regions = regions();
    assert!(regions.get(&code("410728"), day(BEFORE)).is_some());
    assert!(regions.get(&code("410783"), day(BEFORE)).is_none());
    assert!(regions.get(&code("410728"), day(AFTER)).is_none());
    let acting = regions.acting(&code("410728"), day(NOW)).unwrap();
    assert_eq!(acting.name, "长垣市");
}

#[test]
fn the_tree_is_that_of_the_day() {
    let regions = regions();
    assert_eq!(names(regions.children(&code("410700"), day(BEFORE))), ["新乡县", "长垣县", "辉县市"]);
    assert_eq!(names(regions.children(&code("410700"), day(AFTER))), ["新乡县", "辉县市", "长垣市"]);
    assert_eq!(names(regions.subtree(&code("410783"), day(AFTER))), ["长垣市", "甲镇", "西村", "乙乡"]);
    assert_eq!(names(regions.subtree(&code("410783"), day(NOW))), ["长垣市", "甲镇", "西村"]);
    assert_eq!(names(regions.path(&code("410783100201"), day(NOW))), ["河南省", "新乡市", "长垣市", "甲镇", "西村"]);
}

#[test]
fn ranges_follow_the_heirs_and_leave_out_the_neighbours() {
    let regions = regions();
    let ranges = |place: &str, on: &str| -> Vec<String> {
        let found = regions.ranges(&code(place), day(on));
        found.iter().map(|(first, last)| format!("{first}-{last}")).collect()
    };
    assert_eq!(ranges("410783", NOW), ["410728-410728", "410783-410783200"]);
    assert_eq!(ranges("410783", AFTER), ["410728-410728", "410783-410783200"]);
    assert_eq!(ranges("410728", BEFORE), ["410728-410728"]);
    assert_eq!(ranges("410783100", NOW), ["410783100-410783200"]);
    assert_eq!(ranges("410700", NOW), ["410700-410783200"]);
    assert_eq!(ranges("410000", NOW), ["410000-419001"]);
    assert_eq!(ranges("410728", NOW), Vec::<String>::new());
}

#[test]
fn a_moved_county_counts_where_it_hangs() {
    let mut entries = entries();
    entries[2].to = Some(day("2022-12-31"));
    entries.push(since(region("410721", "新乡县", Level::County, "410800"), "2023-01-01"));
    let regions = Regions::new(entries).unwrap();
    assert_eq!(names(regions.subtree(&code("410800"), day(NOW))), ["焦作市", "新乡县"]);
    assert_eq!(regions.ranges(&code("410800"), day(NOW)).len(), 2);
    assert_eq!(names(regions.subtree(&code("410800"), day(AFTER))), ["焦作市"]);
}

#[test]
fn a_government_is_the_nearest_county_or_above() {
    let regions = regions();
    for (place, government) in
        [("410783100201", "410783"), ("410783", "410783"), ("419001", "419001"), ("410700", "410700")]
    {
        assert_eq!(regions.government(&code(place), day(NOW)), Some(code(government)));
    }
    assert_eq!(regions.government(&code("410728"), day(NOW)), None);
}

#[test]
fn a_name_finds_every_entry() {
    assert_eq!(regions().find("长垣县").len(), 1);
    assert!(regions().find("长垣").is_empty());
}

#[test]
fn everything_wrong_is_told_at_once() {
    use Level::{County, Prefecture};
    let entries = vec![
        region("410000", "河南省", Level::Province, ""),
        region("410700", "新乡市", Prefecture, "410000"),
        region("410700", "新乡市", Prefecture, "410000"),
        region("410800", "焦作市", Prefecture, "410700"),
        region("410721", "新乡县", County, "420000"),
        Region { heir: Some(code("410721")), ..region("410722", "甲县", County, "410700") },
        ended(region("410723", "乙县", County, "410700"), "2019-01-01", "410799"),
        since(ended(region("410724", "丙县", County, "410700"), "2019-01-01", "410721"), "2020-01-01"),
    ];
    let errors = Regions::new(entries).unwrap_err();
    let told: Vec<String> = errors.iter().map(|error| format!("{} {error:?}", error.code())).collect();
    for (place, kind) in [
        ("410700", "Overlap"),
        ("410800", "ParentNotAbove"),
        ("410721", "UnknownParent"),
        ("410722", "HeirOfTheLiving"),
        ("410723", "UnknownHeir"),
        ("410724", "Backwards"),
    ] {
        assert!(told.iter().any(|told| told.starts_with(&format!("{place} {kind}"))), "{place} {kind} in {told:#?}");
    }
    assert_eq!(
        RegionError::Overlap { code: code("410700") }.to_string(),
        "region 410700 has two entries for the same day: end the older on the day before the newer"
    );
}
