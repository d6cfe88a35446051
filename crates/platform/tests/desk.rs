//! Desks: what waits for whom, drafts, remarks, notices that are made once, ways out that lose nothing, a leader's
//! morning, and corrections that take two.
#![allow(clippy::unwrap_used)] // what fails here is the test

use std::sync::{Arc, Mutex};

use ledger::{AccountRow, AgencyRow, Store};
use platform::{Answer, Deliver, Draft, Outgoing, Person, Receipt, Remarked, RequestAsk, WayOut};
use terms::{Code, CommandId, Date, DateTime, Fen, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, small};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

const PEOPLE: [(&str, &str, &str, &[&str]); 6] = [
    ("ma", "马一", "justice", &["reconsideration_officer", "publisher"]),
    ("li", "李华", "justice", &["head_of_office"]),
    ("zhao", "赵刚", "justice", &["head_of_agency"]),
    ("qian", "钱芳", "justice", &["head_of_agency"]),
    ("sun", "孙丽", "market", &["head_of_office", "reconsideration_officer"]),
    ("gao", "高远", "office", &["head_of_government"]),
];

/// The demonstration line, in which publishing is a publication, and one more line, which is a register.
fn bench() -> Bench {
    let published = DEMO.replace(
        "[act.publish]\ntitle = { zh = \"公开\", en = \"Publish\" }\n",
        "[act.publish]\ntitle = { zh = \"公开\", en = \"Publish\" }\nkinds = [\"publication\"]\n",
    );
    assert_ne!(published, DEMO);
    let register = published.replace("habit = \"case\"", "habit = \"register\"");
    let register = register.replace("[figure.", "[figure.r_");
    let register = without(&without(&register, "[act.deem_accepted]", "[act.suspend]"), "[limit.review]", "[series.");
    let catalog = small(&[("demo/2024", &published), ("book/2024", &register)]).unwrap();
    let bench = Bench::new(&catalog, time("2026-06-01T09:00:00")).unwrap();
    let store = bench.temp.store();
    let mut tx = store.begin(&county()).unwrap();
    for (code, name) in [("justice", "司法局"), ("market", "市场监管局"), ("office", "政府办")] {
        let agency = AgencyRow { government: county(), code: code.into(), name: name.into(), place: county() };
        tx.put_agency(&agency).unwrap();
    }
    for (name, shown, agency, posts) in PEOPLE {
        let account = AccountRow {
            government: county(),
            name: name.into(),
            shown: shown.into(),
            agency: agency.into(),
            posts: posts.iter().map(|post| Code::from(*post)).collect(),
            password: String::new(),
        };
        tx.put_account(&account).unwrap();
    }
    tx.commit().unwrap();
    drop(store);
    bench
}

/// A text without what stands from one word up to another.
fn without(text: &str, from: &str, to: &str) -> String {
    let (before, rest) = text.split_once(from).unwrap();
    format!("{before}{}", &rest[rest.find(to).unwrap()..])
}

fn who(bench: &Bench, name: &str) -> Person {
    bench.platform.person(&county(), name).unwrap().unwrap()
}

/// How many notices somebody has not read, as their pages say it.
fn unread(bench: &Bench, name: &str) -> u32 {
    let token = format!("session of {name}");
    bench.platform.session_begin(&who(bench, name), &token, "secret").unwrap();
    let unread = bench.platform.visit(Some((&county(), &token))).unwrap().session.unwrap().unread;
    bench.platform.session_end(&county(), &token).unwrap();
    unread
}

fn done(answer: Answer) -> Receipt {
    match answer {
        Answer::Done(receipt) => receipt,
        other => panic!("not done: {other:?}"),
    }
}

fn opened(bench: &Bench, line: &str, name: &str, matter: &str) -> RecordId {
    let party = Value::Party(Box::new(Party {
        kind: PartyKind::Person,
        name: "张三丰".to_owned(),
        number: None,
        phone: None,
        address: None,
    }));
    let inputs = [("applicant", party), ("matter", Value::Text(matter.to_owned()))];
    done(bench.submit(bench.act(&who(bench, name), line, None, "receive", &inputs)).unwrap()).record
}

fn act(bench: &Bench, name: &str, id: RecordId, act: &str, inputs: &[(&str, Value)]) {
    done(bench.submit(bench.act(&who(bench, name), "demo", Some(id), act, inputs)).unwrap());
}

fn asks(bench: &Bench, name: &str, id: RecordId, ask: RequestAsk) -> Answer {
    bench.submit(bench.request(&who(bench, name), "demo", Some(id), ask)).unwrap()
}

fn proposed(bench: &Bench, matter: &str) -> RecordId {
    let id = opened(bench, "demo", "ma", matter);
    act(bench, "ma", id, "accept", &[]);
    act(bench, "ma", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    id
}

fn published(bench: &Bench, matter: &str) -> RecordId {
    let id = proposed(bench, matter);
    done(asks(bench, "li", id, RequestAsk::Sign));
    done(asks(bench, "zhao", id, RequestAsk::Sign));
    act(bench, "ma", id, "pay", &[("amount", Value::Money(Fen(100)))]);
    act(bench, "ma", id, "publish", &[]);
    id
}

fn signing(bench: &Bench, name: &str) -> Vec<u64> {
    let waiting = bench.platform.awaiting_signature(&who(bench, name)).unwrap();
    waiting.iter().map(|one| one.row.id.0).collect()
}

/// What an account is told and has not read, but for limits that come: kind and record, newest first.
fn told(bench: &Bench, name: &str) -> Vec<String> {
    let mut told = all_told(bench, name);
    told.retain(|one| !one.starts_with("soon"));
    told
}

fn all_told(bench: &Bench, name: &str) -> Vec<String> {
    let notices = bench.platform.notices(&who(bench, name), None, 50).unwrap();
    let told = notices.iter().filter(|one| one.row.read.is_none());
    told.map(|one| format!("{} {}", one.row.kind, one.row.record)).collect()
}

fn news(bench: &Bench) -> Option<u64> {
    bench.platform.tell_news(&county(), "test").unwrap()
}

fn sound(bench: &Bench) {
    let verified = bench.platform.verify(&county()).unwrap();
    assert!(verified.is_ok(), "{}", verified.err().map(|why| why.to_string()).unwrap_or_default());
}

#[test]
fn what_waits_for_a_signature_follows_the_ladder() {
    let bench = bench();
    let (one, two) = (proposed(&bench, "a"), proposed(&bench, "b"));
    assert_eq!(signing(&bench, "li"), [one.0, two.0]);
    assert_eq!((signing(&bench, "zhao"), signing(&bench, "sun")), (vec![], vec![]), "not yet, and not that agency's");
    done(asks(&bench, "li", one, RequestAsk::Sign));
    assert_eq!((signing(&bench, "li"), signing(&bench, "qian")), (vec![two.0], vec![one.0]));
    done(asks(&bench, "zhao", one, RequestAsk::Sign));
    done(asks(&bench, "li", two, RequestAsk::Return("理由".into())));
    assert_eq!((signing(&bench, "li"), signing(&bench, "zhao")), (vec![], vec![]));
    sound(&bench);
}

#[test]
fn an_index_of_what_waits_is_made_anew() {
    let bench = bench();
    let id = proposed(&bench, "a");
    let store = bench.temp.store();
    let mut tx = store.begin(&county()).unwrap();
    tx.put_waiting(&county(), id, &[]).unwrap();
    tx.commit().unwrap();
    assert_eq!(signing(&bench, "li"), [0; 0]);
    assert!(bench.platform.verify(&county()).unwrap().is_err_and(|why| why.to_string().contains("waits for")));
    // A ledger of before is brought up to date by the next start.
    bench.platform.take_calendar(&county(), "test").unwrap();
    assert_eq!(signing(&bench, "li"), [id.0]);
    let mut tx = store.begin(&county()).unwrap();
    tx.put_waiting(&county(), id, &[]).unwrap();
    tx.commit().unwrap();
    assert_eq!(bench.platform.rebuild(&county()).unwrap().waiting, 1);
    sound(&bench);
}

#[test]
fn a_desk_holds_what_needs_doing() {
    let bench = bench();
    let case = opened(&bench, "demo", "ma", "case");
    let entry = opened(&bench, "book", "ma", "entry");
    let ids = |items: Vec<platform::InboxItem>| items.iter().map(|item| item.row.id.0).collect::<Vec<_>>();
    let ma = who(&bench, "ma");
    assert_eq!(ids(bench.platform.mine(&ma).unwrap()), [case.0]);
    assert_eq!(ids(bench.platform.entries_of(&ma).unwrap()), [entry.0]);
    // A limit that passed is overdue until it is met, also once its due day is gone.
    bench.clock.set(time("2026-06-10T09:00:00"));
    bench.platform.put_through(&county(), None).unwrap();
    act(&bench, "ma", case, "suspend", &[("ground", Value::Choice("expert".into()))]);
    let overdue = bench.platform.overdue(&ma, true, None).unwrap();
    assert_eq!(overdue.iter().map(|one| (one.row.id, one.day)).collect::<Vec<_>>(), [(case, day("2026-06-08"))]);
    assert!(bench.platform.overdue(&who(&bench, "sun"), false, None).unwrap().is_empty(), "another agency's");
    // Whoever stands in has it on the desk, until that day.
    let until = day("2026-06-12");
    let stand_in = RequestAsk::StandIn { to: "li".into(), until, reason: "休假".into() };
    done(asks(&bench, "zhao", case, stand_in));
    let standing = |name| bench.platform.standing_in(&who(&bench, name)).unwrap().len();
    assert_eq!((standing("li"), standing("ma")), (1, 0));
    bench.clock.set(time("2026-06-13T09:00:00"));
    assert_eq!(standing("li"), 0);
    sound(&bench);
}

#[test]
fn a_draft_is_its_authors_and_goes_with_its_act() {
    let bench = bench();
    let (ma, li) = (who(&bench, "ma"), who(&bench, "li"));
    let request = bench.act(
        &ma,
        "demo",
        None,
        "receive",
        &[
            (
                "applicant",
                Value::Party(Box::new(Party {
                    kind: PartyKind::Person,
                    name: "甲".into(),
                    number: None,
                    phone: None,
                    address: None,
                })),
            ),
            ("matter", Value::Text("事".into())),
        ],
    );
    let draft = |id: CommandId| Draft {
        id,
        record: None,
        line: "demo".into(),
        act: "receive".into(),
        typed: vec![("f.matter".to_owned(), "半句".to_owned())],
        at: 0,
    };
    assert!(bench.platform.put_aside(&ma, &draft(request.id)).unwrap());
    assert!(bench.platform.put_aside(&ma, &draft(CommandId([9; 16]))).unwrap());
    assert_eq!(bench.platform.draft(&li, request.id).unwrap(), None, "another's");
    assert!(bench.platform.drafts(&li).unwrap().is_empty());
    let mine = bench.platform.drafts(&ma).unwrap();
    assert_eq!(mine.len(), 2);
    assert!(mine.iter().all(|one| one.typed == [("f.matter".to_owned(), "半句".to_owned())]));
    // The act was done, and the program fell before it could throw the draft away.
    done(bench.submit(request.clone()).unwrap());
    let left = bench.platform.drafts(&ma).unwrap();
    assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [CommandId([9; 16])]);
    assert_eq!(bench.platform.draft(&ma, request.id).unwrap(), None);
    assert!(!bench.platform.end_draft(&li, CommandId([9; 16])).unwrap());
    bench.clock.set(time("2026-09-15T09:00:00"));
    assert_eq!(bench.platform.sweep_drafts(&county()).unwrap(), 1);
    assert!(bench.platform.drafts(&ma).unwrap().is_empty());
}

#[test]
fn a_remark_is_for_those_who_see_the_record() {
    let bench = bench();
    let id = opened(&bench, "demo", "ma", "a");
    let (ma, li, sun) = (who(&bench, "ma"), who(&bench, "li"), who(&bench, "sun"));
    let say = |person: &Person, n: u8, text: &str| bench.platform.remark(person, id, CommandId([n; 16]), text).unwrap();
    assert_eq!(say(&ma, 1, " 请@李华核对，@孙丽也看看 "), Remarked::Done);
    assert_eq!(say(&ma, 1, "再发一次"), Remarked::Done);
    assert_eq!((say(&ma, 2, "  "), say(&ma, 3, &"长".repeat(2_001))), (Remarked::Empty, Remarked::Long));
    assert_eq!(say(&sun, 4, "看得到吗"), Remarked::Unknown);
    assert!(bench.platform.remarks(&sun, id).unwrap().is_empty());
    let remarks = bench.platform.remarks(&li, id).unwrap();
    assert_eq!(remarks.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["请@李华核对，@孙丽也看看"]);
    news(&bench);
    assert_eq!(told(&bench, "li"), [format!("mentioned {id}")]);
    assert_eq!(told(&bench, "sun"), [""; 0], "who does not see the record is not told of it");
    assert!(!bench.platform.withdraw_remark(&li, remarks[0].n).unwrap());
    assert!(bench.platform.withdraw_remark(&ma, remarks[0].n).unwrap());
    let stub = &bench.platform.remarks(&li, id).unwrap()[0];
    assert!(stub.text.is_empty() && stub.withdrawn.is_some());
    say(&ma, 5, "身份证号");
    assert_eq!(bench.platform.erase_beside(&county(), id).unwrap(), 1);
    assert!(bench.platform.remarks(&ma, id).unwrap().iter().all(|one| one.text.is_empty()));
}

#[test]
fn news_is_told_once_to_whom_it_concerns() {
    let bench = bench();
    let id = proposed(&bench, "a");
    assert!(news(&bench).unwrap() > 0);
    assert_eq!(told(&bench, "li"), [format!("sign {id}")]);
    assert_eq!((told(&bench, "zhao"), told(&bench, "sun")), (vec![], vec![]));
    assert_eq!(news(&bench), None, "nothing is new");
    done(asks(&bench, "li", id, RequestAsk::Sign));
    news(&bench);
    assert_eq!(told(&bench, "li"), [""; 0], "what is signed waits no more");
    assert_eq!((told(&bench, "zhao"), told(&bench, "qian")), (vec![format!("sign {id}")], vec![format!("sign {id}")]));
    done(asks(&bench, "zhao", id, RequestAsk::Return("依据不足".into())));
    news(&bench);
    assert_eq!(told(&bench, "ma"), [format!("returned {id}")]);
    assert_eq!(told(&bench, "qian"), [""; 0]);
    act(&bench, "ma", id, "decide", &[("outcome", Value::Choice("revoke".into()))]);
    done(asks(&bench, "li", id, RequestAsk::Sign));
    done(asks(&bench, "qian", id, RequestAsk::Sign));
    news(&bench);
    assert_eq!(told(&bench, "ma"), [format!("granted {id}"), format!("returned {id}")]);
    let hand_over = RequestAsk::HandOver { to: "li".into(), reason: "调岗".into() };
    done(asks(&bench, "zhao", id, hand_over));
    news(&bench);
    assert_eq!(told(&bench, "li"), [format!("handed-over {id}")]);
    assert_eq!(unread(&bench, "ma"), 3, "with the day for serving, which is near");
    let newest = bench.platform.notices(&who(&bench, "ma"), None, 1).unwrap()[0].row.n;
    bench.platform.read_notices(&who(&bench, "ma"), newest, false).unwrap();
    assert_eq!(unread(&bench, "ma"), 0);
}

#[test]
fn news_after_a_crash_is_told_once_too() {
    let bench = bench();
    let id = proposed(&bench, "a");
    news(&bench);
    // The place it came to was lost with the power, and what it told was not.
    let store = bench.temp.store();
    let mut tx = store.begin(&county()).unwrap();
    tx.reach(&county(), "notices", 0).unwrap();
    tx.commit().unwrap();
    assert_eq!(news(&bench), Some(0));
    assert_eq!(told(&bench, "li"), [format!("sign {id}")]);
    // Many at once, more than one stretch reads.
    for n in 0..200 {
        proposed(&bench, &format!("x{n}"));
    }
    assert_eq!(news(&bench), Some(200));
    assert_eq!(unread(&bench, "li"), 100, "counted up to a hundred");
    let mut read = store.read().unwrap();
    let all = read.notices_after(&county(), 0, 1_000).unwrap();
    assert!(all.iter().map(|row| row.n).eq(1..=201));
}

#[test]
fn limits_are_told_of_before_and_after() {
    let bench = bench();
    // Due on Monday the 8th: on Monday the 1st that is five working days away.
    let id = opened(&bench, "demo", "ma", "a");
    news(&bench);
    assert_eq!(all_told(&bench, "ma"), [""; 0]);
    bench.clock.set(time("2026-06-03T08:00:00"));
    news(&bench);
    assert_eq!(all_told(&bench, "ma"), [format!("soon {id}")], "by the day, without an event");
    assert_eq!(news(&bench), None);
    bench.clock.set(time("2026-06-09T08:00:00"));
    bench.platform.put_through(&county(), None).unwrap();
    news(&bench);
    assert_eq!(told(&bench, "ma")[0], format!("passed {id}"));
    let found = bench.temp.store().read().unwrap().found(&county(), day("2026-06-08"), None, 9).unwrap();
    assert_eq!(found.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["review"]);
}

#[test]
fn history_makes_no_noise() {
    let bench = bench();
    let mut request = bench.act(
        &who(&bench, "ma"),
        "demo",
        None,
        "receive",
        &[
            (
                "applicant",
                Value::Party(Box::new(Party {
                    kind: PartyKind::Person,
                    name: "甲".into(),
                    number: None,
                    phone: None,
                    address: None,
                })),
            ),
            ("matter", Value::Text("旧事".into())),
        ],
    );
    request.grant = Some(platform::ClockGrant::at(time("2026-01-05T09:00:00")));
    done(bench.submit(request).unwrap());
    bench.platform.put_through(&county(), Some(platform::ClockGrant::at(time("2026-02-05T09:00:00")))).unwrap();
    news(&bench);
    assert_eq!(told(&bench, "ma"), [""; 0]);
}

/// A receiver that fails as often as it is told to.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<(u32, Vec<String>)>>);

impl Deliver for Receiver {
    fn name(&self) -> &str {
        "test"
    }
    fn deliver(&self, notice: &Outgoing) -> Result<(), String> {
        let mut inner = self.0.lock().unwrap();
        if inner.0 > 0 {
            inner.0 -= 1;
            return Err("down".to_owned());
        }
        inner.1.push(notice.id.clone());
        Ok(())
    }
}

#[test]
fn a_receiver_that_is_down_loses_nothing() {
    let bench = bench();
    proposed(&bench, "before");
    news(&bench);
    let receiver = Receiver::default();
    let mut way = WayOut::new(Box::new(receiver.clone()));
    let round = |way: &mut WayOut| way.round(&bench.platform, &county(), "test").unwrap();
    assert_eq!(round(&mut way).sent, 0, "it begins with what comes from now on");
    proposed(&bench, "a");
    proposed(&bench, "b");
    news(&bench);
    receiver.0.lock().unwrap().0 = 2;
    assert_eq!(round(&mut way).failed.as_deref(), Some("down"));
    assert_eq!(round(&mut way), platform::Delivered::default(), "it pauses");
    bench.clock.set(time("2026-06-01T09:00:01"));
    assert_eq!(round(&mut way).failed.as_deref(), Some("down"));
    bench.clock.set(time("2026-06-01T09:00:02"));
    assert_eq!(round(&mut way), platform::Delivered::default(), "longer each time");
    bench.clock.set(time("2026-06-01T09:00:03"));
    assert_eq!(round(&mut way).sent, 2);
    assert_eq!(receiver.0.lock().unwrap().1, ["632222-2", "632222-3"], "in order");
    // Another program goes on where this one was.
    proposed(&bench, "c");
    news(&bench);
    let mut other = WayOut::new(Box::new(receiver.clone()));
    assert_eq!(round(&mut other).sent, 1);
    assert_eq!(receiver.0.lock().unwrap().1.len(), 3);
}

#[test]
fn what_was_published_is_put_right_by_two() {
    let bench = bench();
    let id = published(&bench, "a");
    let correct = || RequestAsk::Correct { time: None, reason: "数额有误".into() };
    let mut request = bench.request(&who(&bench, "ma"), "demo", Some(id), correct());
    request.inputs = vec![("amount".into(), Value::Money(Fen(200)))];
    let receipt = done(bench.submit(request.clone()).unwrap());
    assert_eq!(receipt.events.iter().map(|(kind, ..)| kind.as_str()).collect::<Vec<_>>(), ["propose"]);
    let amount = |bench: &Bench| {
        let view = bench.platform.record(&who(bench, "li"), id).unwrap().unwrap();
        view.record.get(view.line.field_id("amount").unwrap()).cloned()
    };
    assert_eq!(amount(&bench), Some(Value::Money(Fen(100))), "it is proposed only");
    sound(&bench);
    // One at a time; and nobody of another agency signs.
    let mut again = request.clone();
    again.id = bench.command();
    assert!(matches!(bench.submit(again).unwrap(), Answer::Refused(refusals) if refusals[0].code == "R207"));
    assert!(
        matches!(asks(&bench, "sun", id, RequestAsk::Sign), Answer::Refused(refusals) if refusals[0].code == "R104")
    );
    assert_eq!(signing(&bench, "li"), [id.0]);
    news(&bench);
    assert_eq!(told(&bench, "zhao")[0], format!("sign {id}"));
    done(asks(&bench, "li", id, RequestAsk::Sign));
    assert_eq!(amount(&bench), Some(Value::Money(Fen(200))));
    assert_eq!(signing(&bench, "zhao"), [0; 0]);
    sound(&bench);

    // Whoever proposed it cannot be the second.
    let seq = bench.platform.record(&who(&bench, "li"), id).unwrap().unwrap().record.done.last().unwrap().seq;
    let annul = || RequestAsk::Annul { seq, reason: "误操作".into() };
    done(asks(&bench, "li", id, annul()));
    assert_eq!((signing(&bench, "li"), signing(&bench, "zhao")), (vec![], vec![id.0]));
    assert!(
        matches!(asks(&bench, "li", id, RequestAsk::Sign), Answer::Refused(refusals) if refusals[0].code == "R212")
    );
    done(asks(&bench, "zhao", id, RequestAsk::Return("不撤".into())));
    done(asks(&bench, "li", id, annul()));
    done(asks(&bench, "zhao", id, RequestAsk::Sign));
    let view = bench.platform.record(&who(&bench, "li"), id).unwrap().unwrap();
    assert!(view.record.proposal.is_none());
    assert!(view.public.iter().all(|row| row.withdrawn.is_some()), "what was published by it is withdrawn");
    sound(&bench);
    // Nothing was served or published any more: one is enough.
    let seq = view.record.done.last().unwrap().seq;
    let receipt = done(asks(&bench, "li", id, RequestAsk::Annul { seq, reason: "误录".into() }));
    assert_eq!(receipt.events[0].0, "annul");
    assert_eq!(bench.platform.rebuild(&county()).unwrap().first, []);
}

#[test]
fn an_annulment_tells_what_it_restates() {
    let bench = bench();
    let id = opened(&bench, "demo", "ma", "a");
    act(&bench, "ma", id, "accept", &[]);
    let id = published(&bench, "b");
    let li = who(&bench, "li");
    let view = bench.platform.record(&li, id).unwrap().unwrap();
    let seq_of = |code: &str| view.record.last(view.line.act_id(code).unwrap()).unwrap().seq;
    let said = |person: &Person, seq| -> Vec<String> {
        let restated = bench.platform.restated(person, id, seq).unwrap();
        restated.iter().map(|one| format!("{} {} {} {}", one.figure, one.year, one.before, one.after)).collect()
    };
    assert_eq!(said(&li, seq_of("pay")), ["demo.paid 2026 1 0"]);
    let limits = ["demo.limits_ended 2026 4 3", "demo.limits_in_time 2026 4 3"];
    assert_eq!(said(&li, seq_of("publish")), limits, "what was paid stays, and is not told");
    assert_eq!(said(&who(&bench, "sun"), seq_of("pay")), [""; 0], "not to who does not see the record");
}

#[test]
fn a_signature_is_tried_before_it_is_given() {
    let bench = bench();
    let id = proposed(&bench, "a");
    let outlook = |name: &str| {
        let person = who(&bench, name);
        let view = bench.platform.record(&person, id).unwrap().unwrap();
        bench.platform.outlook(&person, &view).unwrap().unwrap()
    };
    assert!(outlook("li").mine && !outlook("li").last && !outlook("zhao").mine);
    done(asks(&bench, "li", id, RequestAsk::Sign));
    let last = outlook("zhao");
    assert!(last.mine && last.last && last.refusals.is_empty());
    // Meanwhile the record left the stage from which the act may be done.
    act(&bench, "ma", id, "notify", &[("hearing_on", Value::Date(day("2026-06-20")))]);
    assert_eq!(outlook("zhao").refusals.iter().map(|one| one.code).collect::<Vec<_>>(), ["R201"]);
}

#[test]
fn a_morning_tells_five_things_under_the_leaders_rights() {
    let bench = bench();
    for (at, matter) in [("2025-03-03", "y1"), ("2025-03-04", "y2"), ("2026-05-06", "m1")] {
        bench.clock.set(time(&format!("{at}T09:00:00")));
        opened(&bench, "demo", "ma", matter);
    }
    bench.clock.set(time("2026-06-01T09:00:00"));
    bench.platform.put_through(&county(), None).unwrap();
    let id = proposed(&bench, "a");
    let theirs = opened(&bench, "demo", "sun", "theirs");
    bench.clock.set(time("2026-06-04T09:00:00"));
    opened(&bench, "demo", "ma", "today");
    news(&bench);
    let morning = |name: &str| bench.platform.morning(&who(&bench, name)).unwrap();
    assert!(bench.platform.leads(&who(&bench, "li")) && !bench.platform.leads(&who(&bench, "ma")));
    let li = morning("li");
    assert_eq!(li.signing.iter().map(|one| one.row.id).collect::<Vec<_>>(), [id]);
    assert_eq!(li.overdue, [(Code::from("justice"), 3)]);
    assert_eq!(li.soon_until, day("2026-06-09"));
    assert_eq!(li.soon, [], "sixty days are far, and today's is due on the eleventh");
    let all = morning("gao");
    assert_eq!(all.overdue, [(Code::from("justice"), 3)]);
    assert_eq!(all.soon, [(Code::from("market"), 1)], "record {theirs}, of another agency");
    let received = li.changes.iter().find(|change| change.figure == "demo.received").unwrap();
    assert_eq!((received.value.to_string(), received.year_ago.to_string()), ("3".to_owned(), "2".to_owned()));
    assert_eq!((received.month.to_string(), received.month_ago.to_string()), ("2".to_owned(), "0".to_owned()));
    let of_all = all.changes.iter().find(|change| change.figure == "demo.received").unwrap();
    assert_eq!(of_all.value.to_string(), "4");
    // What is found today is told today and tomorrow.
    bench.clock.set(time("2026-06-09T08:00:00"));
    bench.platform.put_through(&county(), None).unwrap();
    news(&bench);
    let found = |name: &str| -> Vec<RecordId> { morning(name).found.iter().map(|one| one.row.id).collect() };
    assert_eq!((found("gao"), found("li")), (vec![theirs], vec![]));
}
