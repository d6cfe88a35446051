//! Files that come with acts: only whoever brought one may name it, what no act names goes, what is erased is gone, and
//! whatever happens to the bytes is found.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use ledger::{Envelope, hash};
use platform::{Answer, Attaching, FileProblem, Mismatch, Person, Receipt, Request, RequestAsk};
use terms::{DateTime, Digest, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, person, small};

const PDF: &[u8] = b"%PDF-1.7\na paper with a name in it\n";

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

fn receive(bench: &Bench, matter: &str) -> Request {
    let (number, phone) = (Some("632222199001010018".to_owned()), Some("13900000000".to_owned()));
    let party = Party { kind: PartyKind::Person, name: "张三丰".to_owned(), number, phone, address: None };
    let inputs = [("applicant", Value::Party(Box::new(party))), ("matter", Value::Text(matter.to_owned()))];
    bench.act(&officer(), "demo", None, "receive", &inputs)
}

fn done(answer: Answer) -> Receipt {
    match answer {
        Answer::Done(receipt) => receipt,
        other => panic!("not done: {other:?}"),
    }
}

fn brought(bench: &Bench, who: &Person, name: &str, bytes: &[u8]) -> Attaching {
    bench.platform.stage(who, name, &mut Cursor::new(bytes)).unwrap().unwrap()
}

/// A record that was received with these files.
fn received(bench: &Bench, matter: &str, files: &[Attaching]) -> RecordId {
    let request = Request { attachments: files.to_vec(), ..receive(bench, matter) };
    done(bench.submit(request).unwrap()).record
}

fn sealed(bench: &Bench, record: RecordId) -> Vec<Vec<Digest>> {
    let events = bench.platform.store().read().unwrap().events(&county(), record).unwrap();
    events.iter().map(|event| Envelope::decode(&event.envelope).unwrap().attachments).collect()
}

fn names(bench: &Bench, record: RecordId) -> Vec<String> {
    let view = bench.platform.record(&officer(), record).unwrap().unwrap();
    view.timeline.iter().flat_map(|entry| &entry.attachments).map(|file| file.name.clone()).collect()
}

fn bytes(bench: &Bench, digest: Digest) -> Option<Vec<u8>> {
    bench.platform.store().attachment_bytes(&county(), digest, 0, 1 << 20).unwrap()
}

fn files(bench: &Bench) -> u64 {
    bench.platform.verify(&county()).unwrap().unwrap().files
}

#[test]
fn act_seals_the_files_that_come_with_it() {
    let bench = bench();
    let paper = brought(&bench, &officer(), "C:\\fakepath\\申请书.pdf", PDF);
    let words = brought(&bench, &officer(), "陈述", "当事人陈述".as_bytes());
    assert_eq!((paper.name.as_str(), words.name.as_str()), ("申请书.pdf", "陈述.txt"));
    // One of them twice: it is one file.
    let id = received(&bench, "a", &[paper.clone(), words.clone(), paper.clone()]);
    assert_eq!(sealed(&bench, id), [vec![paper.digest, words.digest]]);
    assert_eq!(names(&bench, id), ["申请书.pdf", "陈述.txt"]);
    assert_eq!(bytes(&bench, paper.digest).unwrap(), PDF);
    // The same file with another act is kept once, and named by both.
    let accept = bench.act(&officer(), "demo", Some(id), "accept", &[]);
    done(bench.submit(Request { attachments: vec![paper.clone()], ..accept }).unwrap());
    assert_eq!(sealed(&bench, id), [vec![paper.digest, words.digest], vec![paper.digest]]);
    assert_eq!(files(&bench), 2);
}

#[test]
fn signed_proposal_keeps_the_files_it_was_made_with() {
    let bench = bench();
    let paper = brought(&bench, &officer(), "决定书.pdf", PDF);
    let id = received(&bench, "a", &[]);
    done(bench.submit(bench.act(&officer(), "demo", Some(id), "accept", &[])).unwrap());
    let decide = bench.act(&officer(), "demo", Some(id), "decide", &[("outcome", Value::Choice("uphold".into()))]);
    done(bench.submit(Request { attachments: vec![paper.clone()], ..decide }).unwrap());
    let head = person(&county(), "head_of_office", "justice", &["head_of_office"]);
    done(bench.submit(bench.request(&head, "demo", Some(id), RequestAsk::Sign)).unwrap());
    assert_eq!(sealed(&bench, id).last().unwrap(), &[]);
    assert_eq!((names(&bench, id), files(&bench)), (vec!["决定书.pdf".to_owned()], 1));
}

#[test]
fn file_that_is_not_there_stops_the_act_and_leaves_nothing() {
    let bench = bench();
    let never = Attaching { digest: hash(b"never brought"), name: "never.pdf".into() };
    let paper = brought(&bench, &officer(), "a.pdf", PDF);
    let request = Request { attachments: vec![paper.clone(), never], ..receive(&bench, "a") };
    assert_eq!(bench.submit(request.clone()).unwrap(), Answer::NoAttachment { name: "never.pdf".into() });
    let read = bench.platform.store().read().unwrap().attachment(&county(), paper.digest).unwrap().unwrap();
    assert_eq!(read.uses, 0);
    // Mended, the same command is done.
    done(bench.submit(Request { attachments: vec![paper], ..request }).unwrap());
    assert_eq!(files(&bench), 1);
}

#[test]
fn refused_act_holds_no_file() {
    let bench = bench();
    let id = received(&bench, "a", &[]);
    let paper = brought(&bench, &officer(), "a.pdf", PDF);
    let close = bench.act(&officer(), "demo", Some(id), "decide", &[("outcome", Value::Choice("uphold".into()))]);
    let answer = bench.submit(Request { attachments: vec![paper.clone()], ..close }).unwrap();
    assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    bench.clock.set(time("2026-06-03T09:00:00"));
    bench.platform.round(&county(), "one").unwrap();
    assert_eq!(bytes(&bench, paper.digest), None);
    assert_eq!(files(&bench), 0);
}

#[test]
fn nobody_names_what_another_brought() {
    let bench = bench();
    let secret = brought(&bench, &officer(), "secret.pdf", PDF);
    received(&bench, "a", std::slice::from_ref(&secret));
    // Somebody knows the digest, from an address or a log, and has not the file.
    let other = person(&county(), "su", "market", &["reconsideration_officer"]);
    let request = Request { who: other.clone(), attachments: vec![secret.clone()], ..receive(&bench, "b") };
    assert_eq!(bench.submit(request).unwrap(), Answer::NoAttachment { name: "secret.pdf".into() });
    // Who has the file may bring it too, under another name.
    let own = brought(&bench, &other, "mine.pdf", PDF);
    assert_eq!(own.digest, secret.digest);
    let request = Request { who: other, attachments: vec![own], ..receive(&bench, "c") };
    done(bench.submit(request).unwrap());
}

#[test]
fn only_who_sees_the_record_comes_by_its_files_and_each_look_is_noted() {
    let bench = bench();
    let paper = brought(&bench, &officer(), "a.pdf", PDF);
    let id = received(&bench, "a", std::slice::from_ref(&paper));
    let without = received(&bench, "b", &[]);
    let see = |who: &Person, id| bench.platform.attachment(who, id, paper.digest).unwrap();
    let stranger = person(&county(), "su", "market", &["reconsideration_officer"]);
    let elsewhere = person(&"410700".parse().unwrap(), "ma", "justice", &["reconsideration_officer"]);
    assert_eq!((see(&stranger, id), see(&elsewhere, id)), (None, None));
    assert_eq!((see(&officer(), without), see(&officer(), RecordId(99))), (None, None), "not a file of that record");
    assert_eq!(see(&officer(), id).unwrap().name, "a.pdf");
    // A look becomes durable with the next commit.
    let looks = |next: &str| {
        bench.platform.submit(receive(&bench, next)).unwrap();
        let looks = bench.platform.store().read().unwrap().looks(&county(), id).unwrap();
        looks.iter().map(|look| look.account.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(looks("c"), ["ma"]);
    see(&officer(), id).unwrap();
    assert_eq!(looks("d"), ["ma"], "once a day");
    bench.clock.set(time("2026-06-02T09:00:00"));
    see(&officer(), id).unwrap();
    assert_eq!(looks("e"), ["ma", "ma"]);
}

#[test]
fn file_that_no_act_names_goes_after_a_day() {
    let bench = bench();
    received(&bench, "a", &[]);
    let unused = brought(&bench, &officer(), "a.pdf", PDF);
    let kept = brought(&bench, &officer(), "b.txt", b"words");
    received(&bench, "b", std::slice::from_ref(&kept));
    bench.clock.set(time("2026-06-02T09:00:00"));
    bench.platform.round(&county(), "one").unwrap();
    assert!(bytes(&bench, unused.digest).is_some(), "a day has not passed");
    bench.clock.set(time("2026-06-02T09:00:01"));
    bench.platform.round(&county(), "one").unwrap();
    assert_eq!((bytes(&bench, unused.digest), bytes(&bench, kept.digest)), (None, Some(b"words".to_vec())));
    let request = Request { attachments: vec![unused], ..receive(&bench, "c") };
    assert_eq!(bench.submit(request).unwrap(), Answer::NoAttachment { name: "a.pdf".into() });
}

#[test]
fn erased_file_is_gone_and_the_proofs_stand() {
    let bench = bench();
    let paper = brought(&bench, &officer(), "张三丰.pdf", PDF);
    let words = brought(&bench, &officer(), "b.txt", b"words");
    let first = received(&bench, "a", &[paper.clone(), words.clone()]);
    let second = received(&bench, "b", std::slice::from_ref(&paper));
    let head = bench.platform.verify(&county()).unwrap().unwrap().head;
    assert_eq!(bench.platform.erase_attachment(&county(), first, paper.digest).unwrap(), 1);
    assert_eq!((names(&bench, first), names(&bench, second)), (vec!["b.txt".into()], vec!["张三丰.pdf".into()]));
    assert!(bytes(&bench, paper.digest).is_some(), "another record has it");
    assert_eq!(bench.platform.attachment(&officer(), first, paper.digest).unwrap(), None);
    assert_eq!(bench.platform.erase_attachment(&county(), second, paper.digest).unwrap(), 1);
    assert_eq!(bytes(&bench, paper.digest), None);
    let verified = bench.platform.verify(&county()).unwrap().unwrap();
    assert_eq!((verified.head, verified.files), (head, 1));
    assert_eq!(sealed(&bench, first), [vec![paper.digest, words.digest]], "what was sealed stands");
    assert_eq!(bench.platform.erase_attachment(&county(), first, paper.digest).unwrap(), 0);
}

#[test]
fn what_is_not_taken_leaves_nothing() {
    let bench = bench();
    let refused = bench.platform.stage(&officer(), "a.pdf", &mut Cursor::new(b"<html><script>")).unwrap();
    assert_eq!(refused, Err(FileProblem::Active));
    assert_eq!(bytes(&bench, hash(b"<html><script>")), None);
}

#[test]
fn verify_finds_whatever_happens_to_the_bytes() {
    let bench = bench();
    let paper = brought(&bench, &officer(), "a.pdf", PDF);
    received(&bench, "a", std::slice::from_ref(&paper));
    assert_eq!(files(&bench), 1);
    let digest = paper.digest.to_string();
    let folder = bench.temp.folder().to_owned();
    let path: PathBuf = folder.join("attachments/632222").join(&digest[..2]).join(&digest[2..]);
    let found = || bench.platform.verify(&county()).unwrap().unwrap_err();
    let mut altered = PDF.to_vec();
    altered[20] ^= 1;
    fs::write(&path, &altered).unwrap();
    assert!(matches!(found(), Mismatch::File(found, "its bytes were altered") if found == paper.digest));
    fs::write(&path, &PDF[..9]).unwrap();
    assert!(!found().is_derived());
    fs::remove_file(&path).unwrap();
    assert!(found().to_string().contains("its bytes are missing, without a lawful erasure"), "{}", found());
    fs::write(&path, PDF).unwrap();
    assert_eq!(files(&bench), 1);
    // Released without an erasure: the record still tells of it.
    let store = bench.platform.store();
    let mut tx = store.begin(&county()).unwrap();
    tx.release_attachment(&county(), paper.digest).unwrap();
    tx.commit().unwrap();
    assert!(found().to_string().contains("it is missing, without a lawful erasure"), "{}", found());
}
