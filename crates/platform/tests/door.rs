//! The door: what a command meets on its way into the ledger.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use kernel::{GapKind, Standing};
use ledger::Envelope;
use platform::{Answer, ClockGrant, Person, Receipt, Request, RequestAsk};
use terms::{DateTime, Fen, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, person, small};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn bench() -> Bench {
    Bench::new(&small(&[("demo/2024", DEMO)]).unwrap(), time("2026-06-01T09:00:00")).unwrap()
}

fn officer() -> Person {
    person(&county(), "ma", "justice", &["reconsideration_officer", "publisher"])
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn somebody(name: &str) -> Value {
    let (number, phone) = (Some("632222199001010018".to_owned()), Some("13900000000".to_owned()));
    Value::Party(Box::new(Party { kind: PartyKind::Person, name: name.to_owned(), number, phone, address: None }))
}

fn receive(bench: &Bench, matter: &str) -> Request {
    let inputs = [("applicant", somebody("张三丰")), ("matter", text(matter))];
    bench.act(&officer(), "demo", None, "receive", &inputs)
}

fn done(answer: Answer) -> Receipt {
    match answer {
        Answer::Done(receipt) => receipt,
        other => panic!("not done: {other:?}"),
    }
}

fn act(bench: &Bench, who: &Person, record: RecordId, act: &str, inputs: &[(&str, Value)]) -> Answer {
    bench.submit(bench.act(who, "demo", Some(record), act, inputs)).unwrap()
}

/// Proposed and signed twice; the receipt of the last signature.
fn decide(bench: &Bench, record: RecordId) -> Receipt {
    done(act(bench, &officer(), record, "decide", &[("outcome", Value::Choice("uphold".into()))]));
    let sign = |post: &str| {
        let who = person(&county(), post, "justice", &[post]);
        done(bench.submit(bench.request(&who, "demo", Some(record), RequestAsk::Sign)).unwrap())
    };
    sign("head_of_office");
    sign("head_of_agency")
}

fn opened(bench: &Bench, matter: &str) -> RecordId {
    done(bench.submit(receive(bench, matter)).unwrap()).record
}

fn sound(bench: &Bench) {
    let verified = bench.platform.verify(&county()).unwrap();
    assert!(verified.is_ok(), "{}", verified.err().map(|why| why.to_string()).unwrap_or_default());
}

#[test]
fn a_repeated_command_gets_the_first_answer() {
    let bench = bench();
    let request = receive(&bench, "a");
    let first = done(bench.submit(request.clone()).unwrap());
    let again = done(bench.submit(request.clone()).unwrap());
    assert!(again.repeated && !first.repeated);
    assert_eq!((again.record, again.position), (first.record, first.position));
    let mut both = bench.platform.submit_all(&county(), vec![receive(&bench, "b"), request], 8).unwrap();
    assert!(done(both.pop().unwrap()).repeated);
    sound(&bench);
}

#[test]
fn a_load_goes_through_the_door_batch_after_batch() {
    let bench = bench();
    let mut bulk = bench.platform.bulk(&county(), 2).unwrap();
    let mut records = Vec::new();
    for matter in ["a", "b", "c", "d", "e"] {
        let record = done(bulk.act(&receive(&bench, matter)).unwrap()).record;
        // What hangs on an answer follows it at once, also into the next batch.
        let accept = bench.act(&officer(), "demo", Some(record), "accept", &[]);
        done(bulk.act(&accept).unwrap());
        assert!(done(bulk.act(&accept).unwrap()).repeated);
        records.push(record);
    }
    let refused = bulk.act(&bench.act(&officer(), "demo", Some(records[0]), "accept", &[])).unwrap();
    assert!(matches!(refused, Answer::Refused(_)), "{refused:?}");
    bulk.finish().unwrap();
    for record in records {
        let row = bench.platform.store().read().unwrap().record(&county(), record).unwrap().unwrap();
        assert_eq!((row.seq, row.stage.as_str()), (2, "accepted"));
    }
    sound(&bench);
}

#[test]
fn a_repeated_command_in_one_batch_is_done_once() {
    let bench = bench();
    let request = receive(&bench, "a");
    let answers = bench.platform.submit_all(&county(), vec![request.clone(), request], 8).unwrap();
    let receipts: Vec<Receipt> = answers.into_iter().map(done).collect();
    assert_eq!(receipts[0].record, receipts[1].record);
    assert!(receipts[1].repeated);
    sound(&bench);
}

#[test]
fn somebody_was_quicker() {
    let bench = bench();
    let id = opened(&bench, "a");
    let accept = || bench.act(&officer(), "demo", Some(id), "accept", &[]);
    let stale = Request { seen: Some(7), ..accept() };
    assert_eq!(bench.submit(stale).unwrap(), Answer::Stale { now: 1 });
    let first = Request { seen: Some(1), ..accept() };
    let second = Request { seen: Some(1), ..accept() };
    let answers = bench.platform.submit_all(&county(), vec![first, second], 8).unwrap();
    assert!(matches!(answers.as_slice(), [Answer::Done(_), Answer::Stale { now: 2 }]), "{answers:?}");
}

#[test]
fn a_unique_value_is_taken_once() {
    let bench = bench();
    let (first, second) = (receive(&bench, "a"), receive(&bench, "a"));
    let answers = bench.platform.submit_all(&county(), vec![first, second, receive(&bench, "b")], 8).unwrap();
    let taken = Answer::Taken { field: "matter".into(), value: "a".into() };
    assert!(matches!(&answers[0], Answer::Done(_)) && answers[1] == taken && matches!(&answers[2], Answer::Done(_)));
    sound(&bench);
}

#[test]
fn a_correction_cannot_take_what_another_holds() {
    let bench = bench();
    let (first, _) = (opened(&bench, "a"), opened(&bench, "b"));
    let ask = RequestAsk::Correct { time: None, reason: "抄错".to_owned() };
    let correct = bench.request(&officer(), "demo", Some(first), ask);
    let answer = bench.submit(Request { inputs: vec![("matter".into(), text("b"))], ..correct }).unwrap();
    assert!(matches!(answer, Answer::Taken { .. }), "{answer:?}");
    sound(&bench);
}

#[test]
fn numbers_have_no_gaps() {
    let bench = bench();
    let mut numbers = Vec::new();
    for matter in ["a", "b", "c"] {
        let id = opened(&bench, matter);
        done(act(&bench, &officer(), id, "accept", &[]));
        done(act(&bench, &officer(), id, "decide", &[("outcome", Value::Choice("uphold".into()))]));
        let wrong = person(&county(), "x", "justice", &["publisher"]);
        let sign = bench.request(&wrong, "demo", Some(id), RequestAsk::Sign);
        assert!(matches!(bench.submit(sign).unwrap(), Answer::Refused(_)));
        let back = bench.request(&officer(), "demo", Some(id), RequestAsk::Return("再议".to_owned()));
        done(bench.submit(back).unwrap());
        numbers.extend(decide(&bench, id).numbers);
    }
    assert_eq!(numbers, ["祁连政复决〔2026〕1号", "祁连政复决〔2026〕2号", "祁连政复决〔2026〕3号"]);
    sound(&bench);
}

/// A line whose numbered act fills in a unique value too.
const NUMBERED: &str = r#"
[line]
title = { zh = "编号", en = "Numbered" }
habit = "register"
from = 2024-01-01
law = ["行政复议法 4.1"]
[stage.kept]
title = { zh = "登记", en = "Kept" }
[stage.gone]
title = { zh = "注销", en = "Gone" }
[field.key]
title = { zh = "代码", en = "Key" }
type = "text"
unique = true
[field.number]
title = { zh = "文号", en = "Number" }
type = "text"
[act.keep]
title = { zh = "登记", en = "Keep" }
opens = true
to = "kept"
by = ["publisher"]
fills = ["key"]
number = "kept"
law = "行政复议法 30.1"
[act.go]
title = { zh = "注销", en = "Go" }
from = "kept"
to = "gone"
by = ["publisher"]
law = "行政复议法 30.1"
[series.kept]
format = "第{n}号"
field = "number"
"#;

#[test]
fn a_number_goes_back_when_the_value_is_taken() {
    let catalog = small(&[("numbered/2024", NUMBERED)]).unwrap();
    let bench = Bench::new(&catalog, time("2026-06-01T09:00:00")).unwrap();
    let keep = |key: &str| bench.act(&officer(), "numbered", None, "keep", &[("key", text(key))]);
    let answers = bench.platform.submit_all(&county(), vec![keep("a"), keep("a"), keep("b")], 8).unwrap();
    assert!(matches!(&answers[1], Answer::Taken { .. }), "{answers:?}");
    let Answer::Done(last) = &answers[2] else { panic!("{answers:?}") };
    assert_eq!(last.numbers, ["第2号"]);
    sound(&bench);
}

#[test]
fn sixty_four_at_once_leave_no_gap() {
    let bench = bench();
    let records: Vec<Option<RecordId>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..64)
            .map(|number| {
                let platform = bench.platform.clone();
                // Every eighth is refused, and must spoil nobody else's.
                let matter = if number % 8 == 7 { "taken".to_owned() } else { format!("m{number}") };
                let request = receive(&bench, &matter);
                scope.spawn(move || match platform.submit(request).unwrap() {
                    Answer::Done(receipt) => Some(receipt.record),
                    Answer::Taken { .. } => None,
                    other => panic!("{other:?}"),
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let acknowledged: BTreeSet<RecordId> = records.iter().flatten().copied().collect();
    assert_eq!(acknowledged.len(), 57, "56 of their own matter, one of those who share");
    let mut read = bench.platform.store().read().unwrap();
    assert_eq!(read.head(&county()).unwrap().position, 57);
    for id in &acknowledged {
        assert!(read.record(&county(), *id).unwrap().is_some(), "{id} was acknowledged and is not there");
    }
    let positions: Vec<u64> = read.log(&county(), 0, 1_000).unwrap().iter().map(|row| row.position).collect();
    assert_eq!(positions, (1..=57).collect::<Vec<u64>>());
    sound(&bench);
}

/// A line that asks the demonstration line.
const ASKING: &str = r#"
[line]
title = { zh = "查证", en = "Asking" }
habit = "journal"
from = 2024-01-01
law = ["行政复议法 4.1"]
[stage.kept]
title = { zh = "登记", en = "Kept" }
[field.about]
title = { zh = "事项", en = "About" }
type = "key"
of = "demo"
[act.ask]
title = { zh = "查证", en = "Ask" }
opens = true
to = "kept"
by = ["publisher"]
fills = ["about"]
law = "行政复议法 30.1"
[lookup.matter]
title = { zh = "在办事项", en = "open matters" }
line = "demo"
asks = "about"
by = "matter"
is = "stage = received and agency = this.agency"
[requires.known]
of = ["ask"]
is = "found(matter)"
forbids = true
law = "行政复议法 30.1"
why = { zh = "事项应当在办", en = "the matter has to be open" }
"#;

#[test]
fn lookups_see_what_the_batch_did_before() {
    let catalog = small(&[("demo/2024", DEMO), ("asking/2024", ASKING)]).unwrap();
    let bench = Bench::new(&catalog, time("2026-06-01T09:00:00")).unwrap();
    let ask = || bench.act(&officer(), "asking", None, "ask", &[("about", Value::Key("a".into()))]);
    let accept = bench.act(&officer(), "demo", Some(RecordId(1)), "accept", &[]);
    let all = vec![ask(), receive(&bench, "a"), ask(), accept, ask()];
    // Record 1 is the first event of the log, which the refused question before it left free.
    let answers = bench.platform.submit_all(&county(), all, 8).unwrap();
    let kinds: Vec<bool> = answers.iter().map(|answer| matches!(answer, Answer::Done(_))).collect();
    assert_eq!(kinds, [false, true, true, true, false], "{answers:?}");
    let events = bench.platform.store().read().unwrap().events(&county(), RecordId(2)).unwrap();
    let envelope = Envelope::decode(&events[0].envelope).unwrap();
    assert_eq!(envelope.lookups, [("matter".into(), 1)], "the position read stands in the event");
}

#[test]
fn personal_content_lies_in_a_part_of_its_own() {
    let bench = bench();
    let id = opened(&bench, "草场");
    let mut read = bench.platform.store().read().unwrap();
    let events = read.events(&county(), id).unwrap();
    let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    assert!(events[0].contents.len() >= 2);
    for content in &events[0].contents {
        let bytes = content.bytes.as_ref().unwrap();
        for word in ["张三丰", "632222199001010018", "13900000000"] {
            assert_eq!(holds(bytes, word), content.part > 0, "part {} and {word}", content.part);
        }
        assert_eq!(holds(bytes, "草场"), content.part == 0);
    }
    assert!(!holds(&events[0].envelope, "张三丰"));
    assert!(!read.record(&county(), id).unwrap().unwrap().label.contains("张三丰"));
}

#[test]
fn what_is_published_is_masked_and_a_withdrawal_leaves_a_stub() {
    let bench = bench();
    let id = opened(&bench, "a");
    done(act(&bench, &officer(), id, "accept", &[]));
    decide(&bench, id);
    done(act(&bench, &officer(), id, "pay", &[("amount", Value::Money(Fen(300_000)))]));
    done(act(&bench, &officer(), id, "publish", &[]));
    let published = || bench.platform.published(&county(), None, None, 0).unwrap();
    let shown = String::from_utf8(published()[0].0.shown.clone()).unwrap();
    assert!(shown.contains('张') && !shown.contains("三丰") && !shown.contains("632222199001010018"), "{shown}");
    assert!(shown.contains("祁连政复决〔2026〕1号"));
    done(act(&bench, &officer(), id, "withdraw", &[]));
    let stub = &published()[0].0;
    assert!(stub.shown.is_empty() && stub.withdrawn.is_some());
    let view = bench.platform.record_of(&county(), id).unwrap().unwrap();
    let Some(Value::Party(party)) = view.record.get(view.line.field_id("applicant").unwrap()) else { panic!() };
    assert_eq!(party.name, "张三丰", "the original is untouched");
    sound(&bench);
}

#[test]
fn nobody_claims_another_time_for_a_power() {
    let bench = bench();
    let earlier = Some(time("2026-05-30T09:00:00"));
    let id = done(bench.submit(Request { done_at: earlier, ..receive(&bench, "a") }).unwrap()).record;
    let accept = bench.act(&officer(), "demo", Some(id), "accept", &[]);
    assert_eq!(bench.submit(Request { done_at: earlier, ..accept.clone() }).unwrap(), Answer::WrongTime);
    let future = Some(time("2026-06-02T09:00:00"));
    assert_eq!(bench.submit(Request { done_at: future, ..receive(&bench, "b") }).unwrap(), Answer::WrongTime);
    done(bench.submit(accept).unwrap());
    done(act(&bench, &officer(), id, "decide", &[("outcome", Value::Choice("uphold".into()))]));
    let head = person(&county(), "head", "justice", &["head_of_office"]);
    let sign = bench.request(&head, "demo", Some(id), RequestAsk::Sign);
    assert_eq!(bench.submit(Request { done_at: earlier, ..sign }).unwrap(), Answer::WrongTime, "a signature neither");
    let granted = Request {
        standing: Standing::Import,
        grant: Some(ClockGrant::at(time("2024-03-01T09:00:00"))),
        ..receive(&bench, "old")
    };
    done(bench.submit(granted).unwrap());
}

#[test]
fn a_signature_is_on_record_with_its_signer() {
    let bench = bench();
    let id = opened(&bench, "a");
    done(act(&bench, &officer(), id, "accept", &[]));
    decide(&bench, id);
    let view = bench.platform.record_of(&county(), id).unwrap().unwrap();
    let told: Vec<(&str, &str)> =
        view.timeline.iter().map(|entry| (entry.kind.as_str(), entry.actor.as_str())).collect();
    let expected = [
        ("act", "ma"),
        ("act", "ma"),
        ("propose", "ma"),
        ("sign", "head_of_office"),
        ("sign", "head_of_agency"),
        ("act", "ma"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn everybody_sees_what_the_post_allows() {
    let bench = bench();
    let id = opened(&bench, "a");
    let seen = |account: &str, agency: &str, post: &str| {
        let who = person(&county(), account, agency, &[post]);
        bench.platform.record(&who, id).unwrap().is_some()
    };
    assert!(seen("li", "justice", "handler"));
    assert!(!seen("li", "forestry", "handler"));
    assert!(seen("li", "forestry", "head_of_government"), "a post that reaches over the government");
    let stranger = person(&"410700".parse().unwrap(), "x", "justice", &["head_of_government"]);
    assert!(bench.platform.record(&stranger, id).unwrap().is_none(), "another government's");
}

#[test]
fn a_look_at_personal_data_is_noted() {
    let bench = bench();
    let id = opened(&bench, "a");
    let reader = person(&county(), "li", "justice", &["handler"]);
    assert!(bench.platform.record(&reader, id).unwrap().is_some());
    // The note goes through the writer; the next command's answer comes after it is on disk.
    done(bench.platform.submit(receive(&bench, "b")).unwrap());
    let looks = bench.platform.store().read().unwrap().looks(&county(), id).unwrap();
    assert_eq!(looks.iter().map(|look| look.account.as_str()).collect::<Vec<_>>(), ["li"]);
}

#[test]
fn the_form_tells_all_its_gaps_at_once() {
    let bench = bench();
    let request =
        bench.act(&officer(), "demo", None, "receive", &[("matter", Value::Number(1)), ("outcome", text("x"))]);
    let Answer::Incomplete(gaps) = bench.submit(request).unwrap() else { panic!() };
    let told: Vec<(&str, GapKind)> = gaps.iter().map(|gap| (gap.field.as_str(), gap.kind)).collect();
    let expected = [("applicant", GapKind::Missing), ("matter", GapKind::WrongType), ("outcome", GapKind::NotAsked)];
    assert_eq!(told, expected);
    let unknown = bench.act(&officer(), "demo", None, "receive", &[("nothing", text("x"))]);
    assert_eq!(bench.submit(unknown).unwrap(), Answer::Unknown("nothing".to_owned()));
    let nowhere = bench.act(&officer(), "nothing", None, "receive", &[]);
    assert_eq!(bench.submit(nowhere).unwrap(), Answer::Unknown("nothing".to_owned()));
    assert_eq!(bench.platform.verify(&county()).unwrap().unwrap().events, 0);
}

#[test]
fn a_refused_command_leaves_the_batch_as_it_was() {
    let bench = bench();
    let id = opened(&bench, "a");
    let hear = bench.act(&officer(), "demo", Some(id), "hear", &[]);
    let accept = bench.act(&officer(), "demo", Some(id), "accept", &[]);
    let answers = bench.platform.submit_all(&county(), vec![hear, accept], 8).unwrap();
    assert!(matches!(answers.as_slice(), [Answer::Refused(_), Answer::Done(_)]), "{answers:?}");
    assert_eq!(bench.platform.verify(&county()).unwrap().unwrap().events, 2);
}

#[test]
fn the_scheduler_puts_through_what_passed() {
    let bench = bench();
    let id = opened(&bench, "a");
    bench.clock.set(time("2026-06-09T03:00:00"));
    assert_eq!(bench.platform.put_through(&county(), None).unwrap(), 1);
    assert_eq!(bench.platform.put_through(&county(), None).unwrap(), 0);
    let view = bench.platform.record_of(&county(), id).unwrap().unwrap();
    let times: Vec<(&str, DateTime)> = view.timeline.iter().map(|entry| (entry.kind.as_str(), entry.done_at)).collect();
    assert_eq!(times[1..], [("lapse", time("2026-06-08T23:59:59")), ("act", time("2026-06-08T23:59:59"))]);
    sound(&bench);
}

#[test]
fn figures_told_before_are_told_again() {
    let bench = bench();
    opened(&bench, "甲");
    let period = figures::Period::year(2026).unwrap();
    let before = bench.platform.figures(&county(), period).unwrap();
    assert!(before.iter().any(|figure| figure.value.is_some_and(|value| !value.is_zero())), "{before:?}");
    let as_of = before[0].as_of.clone();
    assert_eq!(as_of.len(), 1);
    opened(&bench, "乙");
    assert_eq!(bench.platform.figures_as_of(&county(), period, &as_of).unwrap(), before);
    let after = bench.platform.figures(&county(), period).unwrap();
    assert_ne!(after[0].positions(), before[0].positions());
    assert_ne!(
        after.iter().map(|figure| figure.value).collect::<Vec<_>>(),
        before.iter().map(|f| f.value).collect::<Vec<_>>()
    );
}
