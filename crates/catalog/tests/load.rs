//! A small catalogue that is right: versions, general rules, overlays, freezing, statute texts.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own data should stop")]

mod common;

use std::path::Path;

use catalog::{Catalog, Source, StatuteLibrary, check_statutes, frozen, load, render, tally, thaw};
use procedure::{Allow, Rests, Severity};
use terms::{Date, Period, PlaceCode, Unit};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn place(text: &str) -> PlaceCode {
    text.parse().unwrap()
}

fn loaded(text: &str) -> Catalog {
    let (source, _) = common::over_base(text);
    let (catalog, findings) = load(&source);
    catalog.unwrap_or_else(|| panic!("{}", render(&findings, &source, false)))
}

const GOOD: &str = r#"
[line]
extends = "base"
from = 2024-01-01
removes = ["requires.accepted_first"]
[stage.accepted]
title = { zh = "已受理", en = "Taken" }
[stage.heard]
title = { zh = "听取意见", en = "Heard" }
[act.hear]
title = { zh = "听取意见", en = "Hear" }
from = "accepted"
to = "heard"
by = "handler"
kinds = ["enforcement"]
law = "示例法 13"
[act.decide]
from = ["received", "accepted", "heard"]
[limit.decide]
allow = "10 working days"
#@ general/two_officers.toml
[general]
title = { zh = "两人执法", en = "Two officers" }
applies = "kind:enforcement"
law = "示例法 42"
[fills.officers]
kinds = "enforcement"
field = "officers"
required = true
[field.officers]
title = { zh = "执法人员", en = "Not the line's own" }
type = "text"
[lookup.certified]
title = { zh = "持证人员", en = "Certified officers" }
line = "officer"
asks = "officers"
by = "certificate"
is = "stage = certified and valid_to >= today"
[requires.two_officers]
of_kinds = "enforcement"
is = "count(officers) >= 2 and every(certified)"
forbids = true
why = { zh = "两名以上持证人员", en = "two certified officers" }
[act.correct]
title = { zh = "更正", en = "Correct" }
from = "*"
by = "handler"
general = "correct"
#@ local/990000/demo.toml
[overlay]
title = { zh = "省规定", en = "The province's rules" }
from = 2024-06-01
law = "省政办〔2024〕1号"
mark = "K"
[limit.decide]
allow = "7 working days"
[field.outcome.choices]
partly = { zh = "部分准予", en = "Granted in part", counts_as = "granted" }
#@ local/990101/demo.toml
[overlay]
title = { zh = "县规定", en = "The county's rules" }
from = 2025-01-01
law = "县政办〔2025〕3号"
mark = "K"
[requires.reviewed]
of = "decide"
is = """
done(accept)
  and outcome != partly"""
warns = true
why = { zh = "先审后定", en = "review first" }
"#;

#[test]
fn a_version_starts_from_its_ancestor() {
    let catalog = loaded(GOOD);
    let lines = catalog.versions("demo");
    let [old, new] = lines.as_slice() else { panic!("two versions") };
    assert_eq!((old.version.as_str(), new.version.as_str()), ("base", "2024"));
    let stages: Vec<&str> = new.stages.iter().map(|stage| stage.code.as_str()).collect();
    assert_eq!(
        stages,
        ["received", "accepted", "heard", "closed"],
        "a new stage follows the one it follows in the file"
    );
    assert_eq!(new.stages[1].title.en, "Taken");
    assert_eq!(new.limits[0].allow, Allow::AtMost(Period::new(10, Unit::WorkingDays)));
    assert_eq!(old.limits[0].allow, Allow::AtMost(Period::new(60, Unit::Days)));
    assert!(old.rules.iter().any(|rule| rule.code == "accepted_first"));
    assert!(new.rules.iter().all(|rule| rule.code != "accepted_first"));
    assert_eq!(new.rests, Rests::Power("penalty".into()));
    assert_eq!(new.to, None, "the last day is not inherited");
}

#[test]
fn the_version_is_that_of_the_day() {
    let catalog = loaded(GOOD);
    let version = |on: &str| catalog.line("demo", &place("990100"), day(on)).map(|line| line.version.to_string());
    assert_eq!(version("2019-12-31"), None);
    assert_eq!(version("2023-12-31").as_deref(), Some("base"));
    assert_eq!(version("2024-01-01").as_deref(), Some("2024"));
}

#[test]
fn a_general_file_attaches_itself() {
    let catalog = loaded(GOOD);
    let line = &catalog.versions("demo")[1];
    let act = line.act(line.act_id("hear").unwrap());
    let officers = line.field_id("officers").unwrap();
    assert_eq!(act.fills, [(officers, true)]);
    assert_eq!(line.field(officers).title.en, "Officers", "the line's own field wins");
    let rule = &line.rules[act.rules[0].index()];
    assert_eq!((rule.code.as_str(), rule.severity), ("two_officers", Severity::Forbids));
    assert_eq!(rule.ground.law[0].to_string(), "示例法 42");
    assert!(line.act_id("correct").is_some());
    let base = &catalog.versions("demo")[0];
    assert!(base.act_id("correct").is_none(), "no act of that kind in the older version");
}

#[test]
fn overlays_lie_on_each_other_province_first() {
    let catalog = loaded(GOOD);
    let at = |code: &str, on: &str| catalog.line("demo", &place(code), day(on)).unwrap();
    assert_eq!(at("990101", "2024-05-31").version, "2024");
    let province = at("990100", "2024-06-01");
    assert_eq!(province.version, "2024+local/990000");
    assert_eq!(province.limits[0].allow, Allow::AtMost(Period::new(7, Unit::WorkingDays)));
    assert_eq!(province.limits[0].ground.law[0].zh(), "省政办〔2024〕1号");
    let county = at("990101", "2025-01-01");
    assert_eq!(county.version, "2024+local/990000+local/990101");
    assert!(county.rules.iter().any(|rule| rule.code == "reviewed"), "its guard knows the province's choice");
    assert_eq!(county.field(county.field_id("outcome").unwrap()).choices().len(), 3);
}

#[test]
fn what_is_frozen_thaws() {
    let catalog = loaded(GOOD);
    let line = catalog.line("demo", &place("990101"), day("2025-01-01")).unwrap();
    let bytes = frozen(&line);
    assert_eq!(thaw(&bytes).unwrap(), *line);
    assert_eq!(bytes, frozen(&thaw(&bytes).unwrap()));
    assert!(thaw(b"{}").is_err());
}

#[test]
fn marks_are_tallied() {
    let tallies = tally(&loaded(GOOD));
    let demo = tallies.iter().find(|tally| tally.line == "demo").unwrap();
    assert_eq!((demo.v, demo.vx, demo.k), (8, 0, 2));
}

#[test]
fn the_built_in_catalogue_is_there() {
    assert!(Source::built_in().text("catalog/statutes.toml").is_some());
}

#[test]
fn the_catalogue_of_the_repository_has_no_error() {
    let source = Source::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog")).unwrap();
    let (catalog, findings) = load(&source);
    assert!(catalog.is_some(), "{}", render(&findings, &source, false));
}

#[test]
fn its_citations_stand_in_the_statutes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let texts = root.join("../shared/statutes");
    if !texts.is_dir() {
        println!("skipped: no statute texts beside the repository");
        return;
    }
    let library = StatuteLibrary::from_dir(&texts).unwrap();
    let words = |citation: &str, text: &str| library.words(&citation.parse().unwrap(), day(text)).unwrap();
    assert!(words("行政复议法 62.1", "2023-09-01").contains("六十日"));
    assert!(words("行政处罚法 42.1", "2021-01-22").contains("两人"));
    assert!(words("行政复议法 11.1.1", "2023-09-01").starts_with("（一）"));
    let source = Source::from_dir(&root.join("catalog")).unwrap();
    let Some(catalog) = load(&source).0 else { panic!("the catalogue does not load") };
    let wrong: Vec<_> = check_statutes(&catalog, &library)
        .into_iter()
        .filter(|finding| finding.severity == catalog::Severity::Error)
        .collect();
    assert!(wrong.is_empty(), "{}", render(&wrong, &source, false));
}
