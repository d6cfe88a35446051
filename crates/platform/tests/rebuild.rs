//! What is derived can be made again from the events, and only from events that hold.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use catalog::{Catalog, Source};
use ledger::{DeltaRow, FaultKind, RecordRow, Store, Transaction};
use platform::{Answer, Platform, Rebuilt};
use terms::{DateTime, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, FixedClock, TempStore, person, small};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn act(bench: &Bench, record: Option<RecordId>, act: &str, inputs: &[(&str, Value)]) -> RecordId {
    let posts = ["reconsideration_officer", "head_of_office", "head_of_agency", "publisher"];
    let who = person(&county(), "ma", "justice", &posts);
    match bench.submit(bench.act(&who, "demo", record, act, inputs)).unwrap() {
        Answer::Done(receipt) => receipt.record,
        other => panic!("{act}: {other:?}"),
    }
}

fn opened(bench: &Bench, matter: &str) -> RecordId {
    let party = Party { kind: PartyKind::Person, name: "张三".to_owned(), number: None, phone: None, address: None };
    let inputs = [("applicant", Value::Party(Box::new(party))), ("matter", Value::Text(matter.to_owned()))];
    act(bench, None, "receive", &inputs)
}

/// The demonstration line, on which a decision is done at once, so that a record is soon published.
fn line() -> String {
    let text = DEMO.replace("sign = [\"head_of_office\", \"head_of_agency\"]\n", "");
    assert_ne!(text, DEMO);
    text
}

fn published(bench: &Bench) -> RecordId {
    let id = opened(bench, "公开的");
    act(bench, Some(id), "accept", &[]);
    act(bench, Some(id), "decide", &[("outcome", Value::Choice("uphold".into()))]);
    act(bench, Some(id), "pay", &[("amount", Value::Money(terms::Fen(100)))]);
    act(bench, Some(id), "publish", &[]);
    id
}

/// Two records under way and one that is published.
fn bench() -> (Bench, RecordId, RecordId, RecordId) {
    let bench = Bench::new(&small(&[("demo/2024", &line())]).unwrap(), time("2026-09-18T09:00:00")).unwrap();
    let (first, second) = (opened(&bench, "一"), opened(&bench, "二"));
    let third = published(&bench);
    (bench, first, second, third)
}

fn writes(store: &dyn Store, write: impl FnOnce(&mut dyn Transaction)) {
    let mut tx = store.begin(&county()).unwrap();
    write(tx.as_mut());
    tx.commit().unwrap();
}

fn said(platform: &Platform) -> String {
    platform.verify(&county()).unwrap().err().map(|mismatch| mismatch.to_string()).unwrap_or_default()
}

/// What was damaged is found under this name, mended, and found no more.
fn mended(bench: &Bench, name: &str) -> Rebuilt {
    let found = said(&bench.platform);
    assert!(found.contains(name), "{name}: {found}");
    let rebuilt = bench.platform.rebuild(&county()).unwrap();
    assert!(rebuilt.differed());
    assert_eq!(said(&bench.platform), "");
    assert_eq!(again(bench), Rebuilt { events: rebuilt.events, records: rebuilt.records, ..Rebuilt::default() });
    rebuilt
}

fn again(bench: &Bench) -> Rebuilt {
    bench.platform.rebuild(&county()).unwrap()
}

fn row(bench: &Bench, id: RecordId) -> RecordRow {
    bench.temp.store().read().unwrap().record(&county(), id).unwrap().unwrap()
}

#[test]
fn a_sound_ledger_is_left_alone() {
    let (bench, ..) = bench();
    assert_eq!(said(&bench.platform), "");
    assert!(!again(&bench).differed());
}

#[test]
fn a_damaged_row_is_mended() {
    let (bench, first, second, _) = bench();
    let sound = row(&bench, first);
    let closed = RecordRow { closed: true, label: "other".into(), ..sound.clone() };
    writes(bench.temp.store().as_ref(), |tx| tx.put_record(&closed).unwrap());
    let rebuilt = mended(&bench, "`closed`");
    assert_eq!((rebuilt.rows, rebuilt.due, rebuilt.first), (1, 0, vec![first]));
    assert_eq!(row(&bench, first), sound);
    let unreadable = RecordRow { state: b"{".to_vec(), ..row(&bench, second) };
    writes(bench.temp.store().as_ref(), |tx| tx.put_record(&unreadable).unwrap());
    assert_eq!(mended(&bench, "its state").first, [second]);
}

#[test]
fn lost_due_days_come_back() {
    let (bench, first, ..) = bench();
    let sound = bench.temp.store().read().unwrap().due_of(&county(), first).unwrap();
    writes(bench.temp.store().as_ref(), |tx| tx.put_due(&county(), first, &[]).unwrap());
    assert_eq!(mended(&bench, "due days").due, 1);
    assert_eq!(bench.temp.store().read().unwrap().due_of(&county(), first).unwrap(), sound);
}

#[test]
fn swapped_unique_keys_find_their_records() {
    let (bench, first, second, _) = bench();
    writes(bench.temp.store().as_ref(), |tx| {
        let (one, two) = (tx.keys(&county(), first).unwrap(), tx.keys(&county(), second).unwrap());
        tx.put_keys(&county(), first, &[]).unwrap();
        tx.put_keys(&county(), second, &one).unwrap();
        tx.put_keys(&county(), first, &two).unwrap();
    });
    mended(&bench, "keys");
    let mut read = bench.platform.store().read().unwrap();
    let held = read.keyed(&county(), "demo", "matter", &["一".into(), "二".into()]).unwrap();
    assert!(held.contains(&("一".into(), first)) && held.contains(&("二".into(), second)), "{held:?}");
}

#[test]
fn a_publication_shows_what_its_record_shows() {
    let (bench, .., third) = bench();
    let sound = bench.temp.store().read().unwrap().public_of(&county(), third).unwrap();
    let mut other = sound[0].clone();
    other.shown = b"[]".to_vec();
    writes(bench.temp.store().as_ref(), |tx| tx.put_public(&other).unwrap());
    assert_eq!(mended(&bench, "published").public, 1);
    assert_eq!(bench.temp.store().read().unwrap().public_of(&county(), third).unwrap(), sound);
    act(&bench, Some(third), "withdraw", &[]);
    assert_eq!(said(&bench.platform), "");
    let stub = bench.temp.store().read().unwrap().public_of(&county(), third).unwrap().remove(0);
    assert_eq!((stub.shown.len(), stub.digest), (0, sound[0].digest), "a stub keeps the digest of what was shown");
    assert!(!again(&bench).differed());
}

#[test]
fn a_wrong_sum_is_mended_by_a_further_delta() {
    let (bench, first, ..) = bench();
    let sound = bench.temp.store().read().unwrap().deltas_of(&county(), first).unwrap();
    let head = bench.temp.store().read().unwrap().head(&county()).unwrap().position;
    let wrong = DeltaRow { position: head, amount: 5, ..sound[0].clone() };
    writes(bench.temp.store().as_ref(), |tx| tx.add_deltas(std::slice::from_ref(&wrong)).unwrap());
    assert_eq!(mended(&bench, "figures").deltas, 1);
    let now = bench.temp.store().read().unwrap().deltas_of(&county(), first).unwrap();
    assert_eq!(now.len(), sound.len() + 2, "nothing that was told is taken back");
    let last = now.last().unwrap();
    assert_eq!((last.position, last.amount), (head, -5));
}

#[test]
fn the_writer_does_not_work_on_what_was_mended() {
    let (bench, first, ..) = bench();
    let who = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    // The writer reads a damaged state, and keeps it for its next batch.
    let mut damaged = row(&bench, first);
    damaged.state = String::from_utf8(damaged.state).unwrap().replace("一", "九").into_bytes();
    let id = damaged.id;
    writes(bench.temp.store().as_ref(), |tx| tx.put_record(&damaged).unwrap());
    bench.platform.submit(bench.act(&who, "demo", Some(id), "accept", &[])).unwrap();
    again(&bench);
    let inputs = [("ground", Value::Choice("expert".into()))];
    let answer = bench.platform.submit(bench.act(&who, "demo", Some(id), "suspend", &inputs)).unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    assert_eq!(said(&bench.platform), "");
}

#[test]
fn from_a_damaged_event_nothing_is_derived() {
    let (bench, first, ..) = bench();
    let bytes = bench.temp.store().read().unwrap().events(&county(), first).unwrap().remove(0).envelope;
    let spoiled = RecordRow { label: "spoiled".into(), ..row(&bench, first) };
    writes(bench.temp.store().as_ref(), |tx| tx.put_record(&spoiled).unwrap());
    let Bench { platform, temp, clock, .. } = bench;
    let catalog = platform.catalog().clone();
    // Its writer has the ledger open, and what it wrote lies in the log until the last connection is closed.
    platform.close();
    drop(platform);
    let folder = temp.close();
    let file = folder.path().join("ledger.db");
    let mut all = std::fs::read(&file).unwrap();
    let places: Vec<usize> =
        (0..all.len() - bytes.len()).filter(|at| all[*at..*at + bytes.len()] == bytes[..]).collect();
    assert!(!places.is_empty());
    for at in places {
        all[at + bytes.len() / 2] ^= 1;
    }
    std::fs::write(&file, all).unwrap();
    let temp = TempStore::reopen(folder).unwrap();
    let platform = Platform::new(temp.store(), catalog, clock, [9; 32]);
    let fault = platform.rebuild(&county()).unwrap_err();
    assert!(fault.kind == FaultKind::Damaged && fault.message.contains("nothing was rebuilt"), "{fault}");
    let row = temp.store().read().unwrap().record(&county(), first).unwrap().unwrap();
    assert_eq!(row.label, "spoiled");
}

/// The same catalogue with another notice for 2026: its autumn holiday begins two days earlier.
fn another_calendar() -> Arc<Catalog> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let all = Source::from_dir(&folder).unwrap();
    let kept = ["calendars/", "regions/", "statutes.toml", "terms.toml", "general/acts.toml"];
    let base = all.files().filter(|(path, _)| kept.iter().any(|kept| path.starts_with(kept)));
    let base = base.map(|(path, text)| {
        let text = if path == "calendars/2026.toml" {
            text.replace("first = 2026-09-25", "first = 2026-09-23")
        } else {
            text.to_owned()
        };
        (path.to_owned(), text)
    });
    let own = [("lines/demo/2024.toml".to_owned(), line())];
    let source = Source::from_texts(base.chain(own));
    let (catalog, findings) = catalog::load(&source);
    Arc::new(catalog.unwrap_or_else(|| panic!("{}", catalog::render(&findings, &source, false))))
}

#[test]
fn another_calendar_moves_due_days_of_open_records_and_nothing_else() {
    let (bench, first, _, third) = bench();
    act(&bench, Some(third), "close", &[]);
    let before = row(&bench, first);
    let closed = row(&bench, third);
    let head = bench.temp.store().read().unwrap().head(&county()).unwrap();
    let clock = Arc::new(FixedClock::new(time("2026-09-19T09:00:00")));
    let platform = Platform::new(bench.temp.store(), another_calendar(), clock, [9; 32]);
    assert!(said(&platform).contains("due days"), "{}", said(&platform));
    assert_eq!(platform.take_calendar(&county(), "one").unwrap(), Some(2));
    assert_eq!(platform.take_calendar(&county(), "two").unwrap(), None, "it is noted");
    assert_eq!(said(&platform), "");
    assert!(!platform.rebuild(&county()).unwrap().differed());
    let after = row(&bench, first);
    assert!(after.due > before.due, "{:?} {:?}", after.due, before.due);
    assert_eq!(RecordRow { due: before.due, ..after }, before);
    assert_eq!(row(&bench, third), closed);
    assert_eq!(bench.temp.store().read().unwrap().head(&county()).unwrap(), head);
}

#[test]
fn a_full_rebuild_moves_due_days_as_well() {
    let (bench, ..) = bench();
    let clock = Arc::new(FixedClock::new(time("2026-09-19T09:00:00")));
    let platform = Platform::new(bench.temp.store(), another_calendar(), clock, [9; 32]);
    let rebuilt = platform.rebuild(&county()).unwrap();
    assert_eq!((rebuilt.due, rebuilt.keys, rebuilt.public, rebuilt.deltas), (2, 0, 0, 0));
    assert_eq!(said(&platform), "");
}
