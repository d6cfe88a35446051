//! What is said to whoever watches over the platform: whether it can work, what it counts, who is signed in; and that
//! stopping answers everybody.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Barrier};

use ledger::{AccountRow, Store};
use platform::{Answer, Outcome, Platform, Request, Session, SessionTimes, SignIn, Unready, hash_password};
use terms::{DateTime, GovernmentCode, Party, PartyKind, Value};
use testkit::{Bench, DEMO, person, small};

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn bench() -> Bench {
    Bench::new(&small(&[("demo/2024", DEMO)]).unwrap(), time("2026-06-01T09:00:00")).unwrap()
}

/// Another program on the same store.
fn another(bench: &Bench) -> Platform {
    Platform::new(bench.temp.store(), bench.platform.catalog().clone(), bench.clock.clone(), [8; 32])
}

fn session(platform: &Platform, token: &str) -> Option<Session> {
    platform.visit(Some((&county(), token))).unwrap().session
}

fn receive(bench: &Bench, matter: &str) -> Request {
    let who = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let party = Party { kind: PartyKind::Person, name: "张三".into(), number: None, phone: None, address: None };
    let inputs = [("applicant", Value::Party(Box::new(party))), ("matter", Value::Text(matter.into()))];
    bench.act(&who, "demo", None, "receive", &inputs)
}

fn account(bench: &Bench, name: &str) {
    let store = bench.temp.store();
    let mut tx = store.begin(&county()).unwrap();
    tx.put_account(&AccountRow {
        government: county(),
        name: name.into(),
        shown: "马".into(),
        agency: "justice".into(),
        posts: Vec::new(),
        password: hash_password("right", [3; 16]).unwrap(),
    })
    .unwrap();
    tx.commit().unwrap();
}

#[test]
fn commands_are_counted_by_what_came_of_them() {
    let bench = bench();
    let first = receive(&bench, "甲");
    assert!(matches!(bench.platform.submit(first.clone()).unwrap(), Answer::Done(_)));
    assert!(matches!(bench.platform.submit(first.clone()).unwrap(), Answer::Done(_)));
    let unknown = Request { line: "nothing".into(), ..receive(&bench, "乙") };
    assert!(matches!(bench.platform.submit(unknown).unwrap(), Answer::Unknown(_)));
    let bare = Request { inputs: Vec::new(), ..receive(&bench, "丙") };
    assert!(matches!(bench.platform.submit(bare).unwrap(), Answer::Incomplete(_)));
    let counts = bench.platform.watch().of(&county());
    let told: Vec<(&str, u64)> = Outcome::ALL.map(|one| (one.name(), counts.answered(one))).into();
    let told: Vec<_> = told.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(told, [("done", 1), ("repeated", 1), ("incomplete", 1), ("unknown", 1)]);
    assert_eq!((counts.waiting(), counts.batches().sum, counts.commits().count()), (0, 4, 4));
    assert!(!counts.failing());
}

#[test]
fn it_is_ready_while_it_can_read_and_write() {
    let bench = bench();
    assert_eq!(bench.platform.ready(&county()), Ok(()));
    bench.platform.submit(receive(&bench, "甲")).unwrap();
    assert_eq!(bench.platform.ready(&county()), Ok(()));
    bench.platform.close();
    assert_eq!(bench.platform.ready(&county()), Err(Unready::Stopping));
}

#[test]
fn stopping_answers_everybody_and_takes_nothing_new() {
    const MANY: usize = 40;
    let bench = bench();
    let requests: Vec<Request> = (0..MANY).map(|n| receive(&bench, &format!("第{n}件"))).collect();
    let (platform, gate) = (&bench.platform, Barrier::new(MANY + 1));
    let done = std::thread::scope(|scope| {
        let sent: Vec<_> = requests
            .into_iter()
            .map(|request| {
                let gate = &gate;
                scope.spawn(move || {
                    gate.wait();
                    platform.submit(request)
                })
            })
            .collect();
        gate.wait();
        platform.close();
        let answers = sent.into_iter().map(|thread| thread.join().unwrap());
        answers.filter(|answer| matches!(answer, Ok(Answer::Done(_)))).count()
    });
    // Whoever came in time was answered, and every act that was answered stands; the others were told to come again.
    let position = bench.temp.store().read().unwrap().head(&county()).unwrap().position;
    assert_eq!(position, done as u64);
    let fault = platform.submit(receive(&bench, "晚")).unwrap_err();
    assert!(fault.message.contains("being stopped"), "{fault}");
    platform.close();
}

#[test]
fn of_two_programs_one_puts_through() {
    let bench = bench();
    let other = another(&bench);
    bench.platform.submit(receive(&bench, "甲")).unwrap();
    bench.clock.set(time("2026-06-20T01:00:00"));
    assert_eq!(bench.platform.pulses().unwrap()[0].overdue, 1);
    assert_eq!(bench.platform.round(&county(), "one").unwrap(), Some(1));
    assert_eq!(other.round(&county(), "two").unwrap(), None, "the first has the duty");
    assert_eq!(bench.platform.pulses().unwrap()[0].overdue, 0);
    assert_eq!(bench.platform.watch().of(&county()).put_through(), 1);
    bench.clock.set(time("2026-06-20T02:00:00"));
    assert_eq!(bench.platform.round(&county(), "one").unwrap(), Some(0), "and keeps it");
    assert_eq!(other.round(&county(), "two").unwrap(), None);
    // Stopped in good order, it leaves the duty to the other at once; gone without a word, after its turn.
    bench.platform.give_up_rounds(&county(), "one").unwrap();
    assert_eq!(other.round(&county(), "two").unwrap(), Some(0));
    assert_eq!(bench.platform.round(&county(), "one").unwrap(), None);
    bench.clock.set(time("2026-06-20T04:00:00"));
    assert_eq!(bench.platform.round(&county(), "one").unwrap(), Some(0));
}

#[test]
fn a_session_in_use_ends_after_twelve_hours() {
    let bench = bench();
    account(&bench, "ma");
    let who = bench.platform.person(&county(), "ma").unwrap().unwrap();
    bench.platform.session_begin(&who, "token", "secret").unwrap();
    let other = another(&bench);
    let stands = |at: &str| {
        bench.clock.set(time(at));
        session(&other, "token").map(|session| session.person.account.to_string())
    };
    assert_eq!(stands("2026-06-01T09:30:00").as_deref(), Some("ma"));
    assert_eq!(session(&bench.platform, "another"), None);
    for hour in 10..=20 {
        assert!(stands(&format!("2026-06-01T{hour}:00:00")).is_some(), "{hour}");
        assert!(stands(&format!("2026-06-01T{hour}:30:00")).is_some(), "{hour}");
    }
    assert!(stands("2026-06-01T21:00:00").is_some());
    assert!(stands("2026-06-01T21:00:01").is_none(), "twelve hours");
    assert_eq!(bench.platform.sessions(&county()).unwrap(), 0);
    assert_eq!(bench.platform.sessions_sweep(&county()).unwrap(), 1);
}

#[test]
fn the_last_use_of_a_session_is_written_once_a_minute() {
    let bench = bench();
    account(&bench, "ma");
    let who = bench.platform.person(&county(), "ma").unwrap().unwrap();
    let (platform, store) = (&bench.platform, bench.temp.store());
    platform.session_begin(&who, "token", "secret").unwrap();
    let seen = || store.session(&county(), ledger::hash(b"token")).unwrap().unwrap().seen;
    let begun = seen();
    bench.clock.set(time("2026-06-01T09:00:59"));
    session(platform, "token").unwrap();
    assert_eq!(seen(), begun);
    bench.clock.set(time("2026-06-01T09:01:00"));
    session(platform, "token").unwrap();
    assert_eq!(seen() - begun, 60_000_000);
}

#[test]
fn what_is_to_be_said_is_said_where_the_session_goes_on() {
    let bench = bench();
    account(&bench, "ma");
    let who = bench.platform.person(&county(), "ma").unwrap().unwrap();
    bench.platform.session_begin(&who, "token", "secret").unwrap();
    let lines = ["已办理\n两行".to_owned(), "\"引号\"".to_owned()];
    bench.platform.session_tell(&county(), "token", &lines).unwrap();
    let other = another(&bench);
    assert_eq!(session(&other, "token").unwrap().told, lines);
    other.session_tell(&county(), "token", &[]).unwrap();
    assert!(session(&bench.platform, "token").unwrap().told.is_empty());
    other.session_end(&county(), "token").unwrap();
    assert_eq!(session(&bench.platform, "token"), None);
}

#[test]
fn times_of_sessions_can_be_set() {
    let bench = bench();
    account(&bench, "ma");
    let times = SessionTimes { idle_minutes: 5, whole_hours: 1 };
    let platform = another(&bench).with_session_times(times);
    let who = platform.person(&county(), "ma").unwrap().unwrap();
    platform.session_begin(&who, "token", "secret").unwrap();
    bench.clock.set(time("2026-06-01T09:05:01"));
    assert_eq!(session(&platform, "token"), None);
}

#[test]
fn guessing_waits_longer_each_time() {
    let bench = bench();
    account(&bench, "ma");
    let other = another(&bench);
    let guess = |at: &str| {
        bench.clock.set(time(at));
        other.sign_in(&county(), "ma", "wrong").unwrap()
    };
    for _ in 0..5 {
        assert_eq!(guess("2026-06-01T09:00:00"), SignIn::No);
    }
    assert_eq!(guess("2026-06-01T09:00:30"), SignIn::Wait { minutes: 1 });
    assert_eq!(guess("2026-06-01T09:01:00"), SignIn::No);
    assert_eq!(guess("2026-06-01T09:01:00"), SignIn::Wait { minutes: 2 });
    let right = |platform: &Platform| platform.sign_in(&county(), "ma", "right").unwrap();
    assert_eq!(right(&bench.platform), SignIn::Wait { minutes: 2 }, "in every program, and for whoever it is");
    assert_eq!(bench.platform.sign_in(&county(), "li", "x").unwrap(), SignIn::No, "another name");
    bench.clock.set(time("2026-06-01T09:03:00"));
    assert!(matches!(right(&bench.platform), SignIn::In(_)));
    assert_eq!(guess("2026-06-01T09:03:00"), SignIn::No, "counted anew");
}

#[test]
fn attempts_at_once_gain_nothing() {
    let bench = bench();
    account(&bench, "ma");
    let platform: &Arc<Platform> = &bench.platform;
    let looked = std::thread::scope(|scope| {
        let guesses: Vec<_> =
            (0..20).map(|_| scope.spawn(|| platform.sign_in(&county(), "ma", "wrong").unwrap())).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).filter(|one| *one == SignIn::No).count()
    });
    assert!(looked <= 5, "{looked} passwords were looked at");
}
