//! Campaigns: one decision over many records, all of them or none.
#![allow(clippy::unwrap_used)]

use platform::{Answer, Decision, Person};
use procedure::Line;
use std::sync::Arc;
use terms::{Code, CommandId, GovernmentCode, RecordId, Value};
use testkit::{Bench, LIST, person, small};

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn officer() -> Person {
    person(&county(), "ma", "office", &["handler"])
}

struct Held {
    bench: Bench,
    line: Arc<Line>,
    records: Vec<RecordId>,
}

/// So many documents in force; the last `weak` of them are based on nothing.
fn held(many: usize, weak: usize) -> Held {
    let catalog = small(&[("list/2022", LIST)]).unwrap();
    let bench = Bench::new(&catalog, "2026-06-01T09:00:00".parse().unwrap()).unwrap();
    let line = catalog.line("list", &county(), "2026-06-01".parse().unwrap()).unwrap();
    let records = (0..many).map(|at| {
        let inputs = [("title", Value::Text(format!("文件{at}"))), ("binding", Value::Bool(at < many - weak))];
        match bench.submit(bench.act(&officer(), "list", None, "issue", &inputs)).unwrap() {
            Answer::Done(receipt) => receipt.record,
            other => panic!("{other:?}"),
        }
    });
    let records = records.collect();
    Held { bench, line, records }
}

fn decision(held: &Held, verdict: impl Fn(usize) -> &'static str) -> Decision {
    let verdicts = held.records.iter().enumerate().map(|(at, record)| (*record, Code::from(verdict(at))));
    Decision {
        id: CommandId([9; 16]),
        line: "list".into(),
        campaign: "cleanup".into(),
        shared: Vec::new(),
        reasons: Vec::new(),
        verdicts: verdicts.collect(),
        tried: false,
    }
}

fn seqs(held: &Held) -> Vec<u32> {
    let seq = |id: &RecordId| held.bench.platform.record_of(&county(), *id).unwrap().unwrap().row.seq;
    held.records.iter().map(seq).collect()
}

#[test]
fn one_decision_and_one_number_over_fifty_four_documents() {
    let held = held(54, 0);
    let asked = decision(&held, |at| if at < 20 { "keep" } else { "end" });
    let came = held.bench.platform.decide_campaign(&officer(), &asked).unwrap().unwrap();
    assert!(came.stands, "{:?}", came.answers);
    assert_eq!(came.number.as_deref(), Some("祁连政清〔2026〕1号"));
    // What climbs its signatures waits for the one that decides, and is signed at once.
    let mayor = person(&county(), "bai", "government", &["head_of_government"]);
    let campaign = &held.line.campaigns[0];
    let waits = held.bench.platform.campaign_proposals(&mayor, &held.line, campaign).unwrap();
    assert_eq!(waits.len(), 1);
    assert_eq!((waits[0].0.as_str(), waits[0].1.len()), ("祁连政清〔2026〕1号", 34));
    let ids: Vec<RecordId> = waits[0].1.iter().map(|row| row.id).collect();
    assert!(held.bench.platform.sign_all(&mayor, CommandId([8; 16]), &ids).unwrap().stands);
    let left = held.bench.platform.campaign_records(&officer(), &held.line, campaign).unwrap();
    assert_eq!(left.len(), 20, "those that were kept can be part of the next one");
    let found = held.bench.platform.store().read().unwrap();
    drop(found);
    let key = [Code::from("祁连政清〔2026〕1号")];
    let found = held.bench.platform.store().read().unwrap().keyed(&county(), "list", "decision", &key).unwrap();
    assert_eq!(found.len(), 54, "every one is found by the decision");
}

#[test]
fn one_that_is_refused_leaves_nothing_done_and_no_number_spent() {
    let held = held(5, 1);
    let asked = decision(&held, |_| "keep");
    let before = seqs(&held);
    let came = held.bench.platform.decide_campaign(&officer(), &asked).unwrap().unwrap();
    assert!(!came.stands);
    let refused: Vec<RecordId> =
        came.answers.iter().filter(|(_, answer)| matches!(answer, Answer::Refused(_))).map(|(id, _)| *id).collect();
    assert_eq!(refused, [held.records[4]], "and it is told which");
    assert_eq!(seqs(&held), before);
    let mended = decision(&held, |at| if at == 4 { "end" } else { "keep" });
    let came = held.bench.platform.decide_campaign(&officer(), &mended).unwrap().unwrap();
    assert_eq!(came.number.as_deref(), Some("祁连政清〔2026〕1号"), "numbers have no gap");
}

#[test]
fn tried_it_writes_nothing_and_sent_twice_it_is_done_once() {
    let held = held(3, 0);
    let asked = decision(&held, |_| "keep");
    let before = seqs(&held);
    let tried = Decision { tried: true, ..asked.clone() };
    let came = held.bench.platform.decide_campaign(&officer(), &tried).unwrap().unwrap();
    assert!(!came.stands && came.answers.iter().all(|(_, answer)| matches!(answer, Answer::Done(_))));
    assert_eq!(seqs(&held), before);
    for _ in 0..2 {
        assert!(held.bench.platform.decide_campaign(&officer(), &asked).unwrap().unwrap().stands);
    }
    assert_eq!(seqs(&held), before.iter().map(|seq| seq + 1).collect::<Vec<_>>());
}

#[test]
fn only_its_verdicts_by_those_who_may() {
    let held = held(2, 0);
    let other = Decision { verdicts: vec![(held.records[0], "issue".into())], ..decision(&held, |_| "keep") };
    assert!(held.bench.platform.decide_campaign(&officer(), &other).unwrap().is_none());
    let stranger = person(&county(), "wu", "office", &["mediator"]);
    let came = held.bench.platform.decide_campaign(&stranger, &decision(&held, |_| "keep")).unwrap().unwrap();
    assert!(!came.stands);
    assert_eq!(
        (held.bench.platform.campaigns(&officer()).len(), held.bench.platform.campaigns(&stranger).len()),
        (1, 0)
    );
}
