//! A record lives under the law that applies to it; and a ledger that was touched says so.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::Arc;

use platform::{Answer, Platform, RecordView};
use terms::{DateTime, GovernmentCode, RecordId, Value};
use testkit::{Bench, DEMO, FixedClock, TempStore, person, small};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn opened(bench: &Bench) -> RecordId {
    let who = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let party = terms::Party {
        kind: terms::PartyKind::Person,
        name: "张三".to_owned(),
        number: None,
        phone: None,
        address: None,
    };
    let inputs = [("applicant", Value::Party(Box::new(party))), ("matter", Value::Text("草场界线".to_owned()))];
    match bench.submit(bench.act(&who, "demo", None, "receive", &inputs)).unwrap() {
        Answer::Done(receipt) => receipt.record,
        other => panic!("{other:?}"),
    }
}

/// A version in force from 2026-06-03, under which `accept` leads to the same stage and `review` allows more days.
fn newer(pending: &str) -> String {
    format!(
        "[line]\nfrom = 2026-06-03\nextends = \"2024\"\npending = \"{pending}\"\n[limit.review]\nallow = \"7 working days\"\n"
    )
}

/// Opens a record under the old version, loads the newer one, acts; the record before and after.
fn across(pending: &str) -> (RecordView, RecordView) {
    let bench = Bench::new(&small(&[("demo/2024", DEMO)]).unwrap(), time("2026-06-01T09:00:00")).unwrap();
    let id = opened(&bench);
    let before = bench.platform.record_of(&county(), id).unwrap().unwrap();
    let catalog = small(&[("demo/2024", DEMO), ("demo/2026", &newer(pending))]).unwrap();
    let clock = Arc::new(FixedClock::new(time("2026-06-04T09:00:00")));
    let platform = Platform::new(bench.temp.store(), catalog, clock, [9; 32]);
    let who = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let accept = bench.act(&who, "demo", Some(id), "accept", &[]);
    let answers = platform.submit_all(&county(), vec![accept], 1).unwrap();
    assert!(matches!(answers.as_slice(), [Answer::Done(_)]), "{answers:?}");
    let verified = platform.verify(&county()).unwrap();
    assert!(verified.is_ok(), "{:?}", verified.err());
    (before, platform.record_of(&county(), id).unwrap().unwrap())
}

#[test]
fn a_pending_record_stays_under_its_version() {
    let (before, after) = across("stay");
    assert_eq!(before.row.definition, after.row.definition);
    assert_eq!(*before.line, *after.line);
    assert_eq!(after.line.version, "2024");
}

#[test]
fn a_pending_record_moves_where_the_newer_version_takes_it() {
    let (before, after) = across("move");
    assert_ne!(before.row.definition, after.row.definition);
    assert_eq!(after.line.version, "2026");
    assert_eq!(after.row.stage, "accepted");
    assert_eq!(before.record.fields, after.record.fields);
}

/// Flips one byte of the first event's stored bytes that `choose` picks out of them.
fn flipped(choose: impl Fn(&ledger::EventRow) -> Vec<u8>) -> String {
    let catalog = small(&[("demo/2024", DEMO)]).unwrap();
    let bench = Bench::new(&catalog, time("2026-06-01T09:00:00")).unwrap();
    let id = opened(&bench);
    let rows = bench.platform.store().read().unwrap().events(&county(), id).unwrap();
    let needle = choose(&rows[0]);
    let Bench { platform, temp, clock, .. } = bench;
    drop(platform);
    let folder = temp.close();
    let file = folder.path().join("ledger.db");
    let mut bytes = fs::read(&file).unwrap();
    let at: Vec<usize> =
        (0..bytes.len() - needle.len()).filter(|at| bytes[*at..*at + needle.len()] == needle[..]).collect();
    assert!(!at.is_empty(), "the bytes lie in the file as they are hashed");
    for at in at {
        bytes[at + needle.len() / 2] ^= 1;
    }
    fs::write(&file, bytes).unwrap();
    let temp = TempStore::reopen(folder).unwrap();
    let platform = Platform::new(temp.store(), catalog, clock, [9; 32]);
    match platform.verify(&county()) {
        Ok(Ok(verified)) => panic!("nobody saw it: {verified:?}"),
        Ok(Err(mismatch)) => mismatch.to_string(),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn a_flipped_byte_is_found() {
    let envelope = flipped(|row| row.envelope.clone());
    assert!(envelope.contains('1'), "{envelope}");
    let content = flipped(|row| row.contents[0].bytes.clone().unwrap());
    assert!(content.contains('1'), "{content}");
    let personal = flipped(|row| row.contents[1].bytes.clone().unwrap());
    assert!(personal.contains('1'), "{personal}");
}

/// A version under which `accept` leads elsewhere and a figure counts other stages.
const OTHERWISE: &str = r#"[line]
from = 2026-06-03
extends = "2024"
pending = "move"
[act.accept]
to = "noticed"
[limit.review]
allow = "7 working days"
[figure.open]
stock = ["received"]
"#;

#[test]
fn what_the_older_version_counted_is_taken_back_by_its_own_measure() {
    let bench = Bench::new(&small(&[("demo/2024", DEMO)]).unwrap(), time("2026-06-01T09:00:00")).unwrap();
    let id = opened(&bench);
    assert!(matches!(bench.submit(bench.act(&officer(), "demo", Some(id), "accept", &[])).unwrap(), Answer::Done(_)));
    let catalog = small(&[("demo/2024", DEMO), ("demo/2026", OTHERWISE)]).unwrap();
    let clock = Arc::new(FixedClock::new(time("2026-06-04T09:00:00")));
    let platform = Platform::new(bench.temp.store(), catalog, clock, [9; 32]);
    let suspend = bench.act(&officer(), "demo", Some(id), "suspend", &[("ground", Value::Choice("expert".into()))]);
    let seq = platform::RequestAsk::Annul { seq: 3, reason: "误录".to_owned() };
    for request in [suspend, bench.request(&officer(), "demo", Some(id), seq)] {
        let answers = platform.submit_all(&county(), vec![request], 1).unwrap();
        assert!(matches!(answers.as_slice(), [Answer::Done(_)]), "{answers:?}");
        let verified = platform.verify(&county()).unwrap();
        assert!(verified.is_ok(), "{}", verified.err().map(|why| why.to_string()).unwrap_or_default());
        let row = platform.store().read().unwrap().record(&county(), id).unwrap().unwrap();
        assert_eq!(row.stage, "accepted", "an act that was done led where its own version said");
    }
    assert!(!platform.rebuild(&county()).unwrap().differed());
}

fn officer() -> platform::Person {
    person(&county(), "ma", "justice", &["reconsideration_officer", "head_of_office", "head_of_agency"])
}
