//! A party asks how the record stands: only with the right digits, not too often, and learns no more than that.
#![allow(clippy::unwrap_used)]

use platform::{Answer, Inquiry, Person, Progress};
use terms::{GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, person, small};

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn bench() -> Bench {
    Bench::new(&small(&[("demo/2024", DEMO)]).unwrap(), "2026-06-01T09:00:00".parse().unwrap()).unwrap()
}

fn officer() -> Person {
    person(&county(), "ma", "justice", &["reconsideration_officer"])
}

fn received(bench: &Bench, matter: &str) -> RecordId {
    let party = Party {
        kind: PartyKind::Person,
        name: "张三丰".to_owned(),
        number: Some("63222219900101001X".to_owned()),
        phone: Some("13900004321".to_owned()),
        address: None,
    };
    let inputs = [("applicant", Value::Party(Box::new(party))), ("matter", Value::Text(matter.to_owned()))];
    match bench.submit(bench.act(&officer(), "demo", None, "receive", &inputs)).unwrap() {
        Answer::Done(receipt) => receipt.record,
        other => panic!("{other:?}"),
    }
}

fn ask(bench: &Bench, address: &str, number: &str, digits: &str) -> Inquiry {
    bench.platform.inquire(&county(), address, number, digits).unwrap()
}

fn found(answer: Inquiry) -> Progress {
    match answer {
        Inquiry::Found(progress) => *progress,
        other => panic!("{other:?}"),
    }
}

fn minutes(answer: &Inquiry) -> Option<u32> {
    match answer {
        Inquiry::Wait { minutes } => Some(*minutes),
        _ => None,
    }
}

#[test]
fn a_party_learns_who_has_it_and_until_when() {
    let bench = bench();
    let id = received(&bench, "〔2026〕7号");
    for (number, digits) in [
        (id.to_string().as_str(), "4321"),
        ("〔2026〕7号", "13900004321"),
        ("[2026] 7号", "001X"),
        (" （２０２６）7号 ", "00１x"),
    ] {
        let progress = found(ask(&bench, "a", number, digits));
        assert_eq!((progress.stage.zh.as_str(), progress.agency.as_str()), ("收到", "justice"), "{number} {digits}");
        assert_eq!(progress.received.to_string(), "2026-06-01");
        assert!(!progress.closed && progress.clocks.iter().any(|clock| clock.why.is_some()));
    }
}

#[test]
fn nothing_fits_but_number_and_last_digits_together() {
    let bench = bench();
    let id = received(&bench, "x").to_string();
    let long = "1".repeat(10_000);
    for (number, digits) in [
        (id.as_str(), "4322"),
        (&id, "321"),
        (&id, ""),
        (&id, "1390"),
        (&id, "张三丰"),
        ("99", "4321"),
        ("", "4321"),
        ("'", "' OR 1=1"),
        (&long, "4321"),
        (&id, &long),
    ] {
        // Each from elsewhere and after a while, so that none waits for the one before.
        bench.clock.set(bench.platform.now().saturating_add(std::time::Duration::from_secs(7_200)));
        let answer = ask(&bench, "a", number, digits);
        assert!(matches!(answer, Inquiry::No), "{digits}: {answer:?}");
    }
}

#[test]
fn after_five_wrong_answers_a_number_waits_whether_it_exists_or_not() {
    let bench = bench();
    let id = received(&bench, "x").to_string();
    let other = received(&bench, "y").to_string();
    for number in [id.as_str(), "4711"] {
        for n in 0..5 {
            assert!(matches!(ask(&bench, &format!("{number}{n}"), number, "0000"), Inquiry::No));
        }
        assert_eq!(minutes(&ask(&bench, "elsewhere", number, "4321")), Some(1), "{number}");
    }
    found(ask(&bench, "a", &other, "4321"));
    bench.clock.set("2026-06-01T09:01:01".parse().unwrap());
    found(ask(&bench, "a", &id, "4321"));
    // A right answer forgives the wrong ones.
    for _ in 0..4 {
        assert!(matches!(ask(&bench, "b", &id, "0000"), Inquiry::No));
    }
    found(ask(&bench, "a", &id, "4321"));
}

#[test]
fn an_address_waits_after_thirty_and_right_answers_do_not_count() {
    let bench = bench();
    let id = received(&bench, "x").to_string();
    for n in 0..30 {
        found(ask(&bench, "hall", &id, "4321"));
        assert!(matches!(ask(&bench, "hall", &format!("1000{n}"), "0000"), Inquiry::No), "{n}");
    }
    assert_eq!(minutes(&ask(&bench, "hall", &id, "4321")), Some(1));
    found(ask(&bench, "home", &id, "4321"));
    bench.clock.set("2026-06-01T11:00:00".parse().unwrap());
    found(ask(&bench, "hall", &id, "4321"));
}
