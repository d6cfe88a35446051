//! Messages between records: down and back, each once, in order, and what becomes of one that cannot be applied.
#![allow(clippy::unwrap_used)]

use ledger::{AccountRow, AgencyRow, MessageRow, MessageState};
use platform::{Answer, Person, RecordView};
use terms::{DateTime, GovernmentCode, RecordId, Value};
use testkit::{Bench, TASK, person, small};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn government(code: &str) -> GovernmentCode {
    code.parse().unwrap()
}

fn officer(of: &str) -> Person {
    person(&government(of), &format!("li{of}"), "xfj", &["handler"])
}

/// A platform on which these governments have an office with one handler.
fn bench(hosted: &[&str]) -> Bench {
    let bench = Bench::new(&small(&[("task/2022", TASK)]).unwrap(), time("2026-06-01T09:00:00")).unwrap();
    hosted.iter().for_each(|code| host(&bench, code, "xfj", "handler"));
    bench
}

fn host(bench: &Bench, code: &str, agency: &str, post: &str) {
    let mut batch = bench.platform.batch(&government(code)).unwrap();
    let tx = batch.transaction();
    let (government, place) = (government(code), government(code));
    tx.put_agency(&AgencyRow { government: government.clone(), code: agency.into(), name: agency.into(), place })
        .unwrap();
    tx.put_account(&AccountRow {
        government,
        name: format!("li{code}{agency}").into(),
        shown: "某".into(),
        agency: agency.into(),
        posts: vec![post.into()],
        password: String::new(),
    })
    .unwrap();
    batch.commit().unwrap();
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn done(answer: Answer) -> RecordId {
    match answer {
        Answer::Done(receipt) => receipt.record,
        other => panic!("not done: {other:?}"),
    }
}

fn act(bench: &Bench, of: &str, record: Option<RecordId>, act: &str, inputs: &[(&str, Value)]) -> RecordId {
    done(bench.submit(bench.act(&officer(of), "task", record, act, inputs)).unwrap())
}

/// A task of `from`, given to somebody.
fn given(bench: &Bench, from: &str, to: &str) -> RecordId {
    let record = act(bench, from, None, "register", &[("matter", text("道路积水"))]);
    act(bench, from, Some(record), "give", &[("given_to", Value::Key(to.into()))])
}

fn view(bench: &Bench, of: &str, record: RecordId) -> RecordView {
    bench.platform.record_of(&government(of), record).unwrap().unwrap()
}

fn messages(bench: &Bench, of: &str, sent: bool, state: MessageState) -> Vec<MessageRow> {
    bench.platform.store().read().unwrap().messages(&government(of), sent, state, 100).unwrap()
}

/// The one record of a government.
fn only(bench: &Bench, of: &str) -> RecordView {
    let query = ledger::RecordQuery { government: Some(government(of)), limit: 10, ..ledger::RecordQuery::default() };
    let rows = bench.platform.store().read().unwrap().records(&query).unwrap();
    assert_eq!(rows.len(), 1, "{of} has one record");
    view(bench, of, rows[0].id)
}

fn stage(view: &RecordView) -> &str {
    &view.row.stage
}

#[test]
fn three_levels_down_and_back() {
    let bench = bench(&["630000", "632200", "632222"]);
    let top = given(&bench, "630000", "632200/xfj");
    assert_eq!(bench.platform.deliver(None).unwrap(), 2, "what opens, and that it was taken over");
    let middle = only(&bench, "632200").row.id;
    assert!(view(&bench, "632200", middle).row.handler.is_none(), "it lies with the agency until somebody takes it");
    act(&bench, "632200", Some(middle), "give", &[("given_to", Value::Key("632222".into()))]);
    bench.platform.deliver(None).unwrap();
    let bottom = only(&bench, "632222").row.id;
    act(&bench, "632222", Some(bottom), "reply", &[("answer", text("已经疏通"))]);
    bench.platform.deliver(None).unwrap();
    for (code, record) in [("630000", top), ("632200", middle), ("632222", bottom)] {
        let seen = view(&bench, code, record);
        assert_eq!(stage(&seen), "ended", "{code}");
        let answer = seen.line.field_id("answer").unwrap();
        assert_eq!(seen.record.get(answer), Some(&text("已经疏通")), "{code}");
    }
    assert_eq!(bench.platform.deliver(None).unwrap(), 0, "nothing goes in circles");
    for code in ["630000", "632200", "632222"] {
        let found = bench.platform.verify(&government(code)).unwrap();
        assert!(found.is_ok(), "{code}: {found:?}");
    }
}

#[test]
fn a_matter_counts_once_over_all_levels() {
    let bench = bench(&["630000", "632200"]);
    given(&bench, "630000", "632200/xfj");
    bench.platform.deliver(None).unwrap();
    let sum = |figure: &str| {
        let query = ledger::DeltaQuery {
            figure: figure.into(),
            to: Some(time("2026-12-31T00:00:00").date()),
            ..ledger::DeltaQuery::default()
        };
        let sums = bench.platform.store().read().unwrap().sums(&query, ledger::GroupBy::Nothing).unwrap();
        sums.iter().map(|sum| sum.amount).sum::<i64>()
    };
    assert_eq!((sum("task.received"), sum("task.matters")), (2, 1));
}

#[test]
fn down_the_thread_after_it_was_opened() {
    let bench = bench(&["630000", "632200"]);
    let top = given(&bench, "630000", "632200/xfj");
    act(&bench, "630000", Some(top), "urge", &[]);
    act(&bench, "630000", Some(top), "urge", &[]);
    bench.platform.deliver(None).unwrap();
    let below = only(&bench, "632200");
    let urged = below.line.act_id("urged").unwrap();
    assert_eq!(below.record.times(urged), 2, "both, after what opened the record");
}

#[test]
fn a_message_that_comes_twice_is_done_once() {
    let bench = bench(&["630000", "632200"]);
    given(&bench, "630000", "632200/xfj");
    let sent = messages(&bench, "630000", true, MessageState::Queued);
    bench.platform.deliver(None).unwrap();
    // As if the sender had been killed before it wrote down that the message was taken.
    let mut batch = bench.platform.batch(&government("630000")).unwrap();
    sent.iter().for_each(|row| batch.transaction().put_message(row).unwrap());
    batch.commit().unwrap();
    bench.platform.deliver(None).unwrap();
    assert_eq!(only(&bench, "632200").row.seq, 1);
    assert!(messages(&bench, "630000", true, MessageState::Queued).is_empty());
}

#[test]
fn in_the_wrong_order_it_waits_for_the_one_before() {
    let bench = bench(&["630000", "632200"]);
    let top = given(&bench, "630000", "632200/xfj");
    act(&bench, "630000", Some(top), "urge", &[]);
    let first = messages(&bench, "630000", true, MessageState::Queued).remove(0);
    assert_eq!(first.id.n, 1);
    // Only the second can be found.
    let put = |row: &MessageRow| {
        let mut batch = bench.platform.batch(&government("630000")).unwrap();
        batch.transaction().put_message(row).unwrap();
        batch.commit().unwrap();
    };
    put(&MessageRow { state: MessageState::Returned, ..first.clone() });
    assert_eq!(bench.platform.deliver(None).unwrap(), 0);
    put(&first);
    assert_eq!(bench.platform.deliver(None).unwrap(), 3);
    assert_eq!(only(&bench, "632200").row.seq, 2);
}

#[test]
fn who_has_no_platform_gets_paper() {
    let bench = bench(&["630000"]);
    let top = given(&bench, "630000", "632200/xfj");
    let named = given(&bench, "630000", "某某协会");
    bench.platform.deliver(None).unwrap();
    let paper = messages(&bench, "630000", true, MessageState::Paper);
    assert_eq!(paper.len(), 2);
    assert!(paper.iter().all(|row| row.bytes.is_empty()), "nothing personal stays in the outbox");
    // Its receipt is a fact that somebody records.
    act(&bench, "630000", Some(top), "taken", &[]);
    act(&bench, "630000", Some(named), "urge", &[]);
    assert!(messages(&bench, "630000", true, MessageState::Queued).is_empty(), "nobody there could hear it");
}

#[test]
fn what_finds_no_agency_waits_at_both_ends_until_a_person_assigns_it() {
    let bench = bench(&["630000", "632200"]);
    let top = given(&bench, "630000", "632200/zjj");
    act(&bench, "630000", Some(top), "urge", &[]);
    bench.platform.deliver(None).unwrap();
    let here = messages(&bench, "632200", false, MessageState::Waits);
    assert_eq!((here.len(), here[0].told.as_str()), (1, "agency zjj"));
    assert_eq!(messages(&bench, "630000", true, MessageState::Waits).len(), 1);
    assert_eq!(messages(&bench, "630000", true, MessageState::Queued).len(), 1, "what comes after waits with it");
    let who = officer("632200");
    assert_eq!(bench.platform.waiting_messages(&who).unwrap().0.len(), 1);
    let stranger = person(&government("632200"), "wu", "xfj", &["mediator"]);
    assert!(bench.platform.waiting_messages(&stranger).unwrap().0.is_empty());
    assert_eq!(bench.platform.take_up(&stranger, &here[0].id, Some("xfj".into())).unwrap().as_deref(), Some("gone"));
    assert_eq!(
        bench.platform.take_up(&who, &here[0].id, Some("nobody".into())).unwrap().as_deref(),
        Some("agency nobody")
    );
    assert_eq!(bench.platform.take_up(&who, &here[0].id, Some("xfj".into())).unwrap(), None);
    assert_eq!(only(&bench, "632200").row.seq, 2, "opened, and then urged");
    assert!(messages(&bench, "630000", true, MessageState::Waits).is_empty());
}

#[test]
fn what_is_sent_back_comes_with_its_reason_and_can_then_be_annulled() {
    let bench = bench(&["630000", "632200"]);
    let top = given(&bench, "630000", "632200/zjj");
    let seq = view(&bench, "630000", top).row.seq;
    let annul = || {
        let ask = platform::RequestAsk::Annul { seq, reason: "送错了".into() };
        bench.submit(bench.request(&officer("630000"), "task", Some(top), ask)).unwrap()
    };
    bench.platform.deliver(None).unwrap();
    let Answer::Refused(refusals) = annul() else { panic!("another organ has it") };
    assert_eq!(refusals[0].code, "R213");
    let here = messages(&bench, "632200", false, MessageState::Waits);
    assert!(bench.platform.send_back(&officer("632200"), &here[0].id, "不属于本机关").unwrap());
    let back = messages(&bench, "630000", true, MessageState::Returned);
    assert_eq!((back.len(), back[0].told.as_str()), (1, "不属于本机关"));
    assert_eq!(bench.platform.waiting_messages(&officer("630000")).unwrap().1.len(), 1);
    assert!(matches!(annul(), Answer::Done(_)), "nobody has it now");
}

#[test]
fn history_that_comes_in_is_not_sent_again() {
    let bench = bench(&["630000", "632200"]);
    let record = act(&bench, "630000", None, "register", &[("matter", text("旧事"))]);
    let inputs = [("given_to", Value::Key("632200/xfj".into()))];
    let old = platform::Request {
        standing: kernel::Standing::Import,
        ..bench.act(&officer("630000"), "task", Some(record), "give", &inputs)
    };
    done(bench.submit(old).unwrap());
    assert_eq!(bench.platform.deliver(None).unwrap(), 0);
}

#[test]
fn of_several_agencies_the_one_that_is_called_as_ours_takes_it() {
    let bench = bench(&["630000", "632200"]);
    host(&bench, "632200", "zjj", "handler");
    given(&bench, "630000", "632200");
    bench.platform.deliver(None).unwrap();
    assert_eq!(only(&bench, "632200").row.agency, "xfj");
}
