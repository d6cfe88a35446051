//! Documents that acts issue: made of the record as it stood, from the template as it was.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read};
use std::sync::Arc;

use catalog::Catalog;
use platform::{Answer, Made, Person, Platform, RequestAsk};
use terms::{DateTime, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, person, small_with};

const LINES: &str = r#"
[field.notice_number]
title = { zh = "通知书文号", en = "Number of the notice" }
type = "text"
[series.notice]
format = "{short}政复通〔{year}〕{n}号"
field = "notice_number"
[document.notice]
title = { zh = "受理通知书", en = "Notice of acceptance" }
on = "accept"
series = "notice"
law = "行政复议法 30.1"
[document.decision]
title = { zh = "决定书", en = "Decision" }
on = "decide"
law = "行政复议法 61.1"
[document.receipt]
title = { zh = "缴款凭证", en = "Receipt" }
on = "pay"
law = "行政复议法 61.1"
"#;

const NOTICE: &str = "% title 受理通知书\n% number {{文号}}\n% to {{申请人}}:\n{{政府}}{{机关}}于{{日期}}受理{{事项}},期限至{{期限.审理}}。\n\
                      {{#告知的期限}}\n告知期限{{.}}\n{{/告知的期限}}\n% right {{日期.汉字}}";
const DECISION: &str =
    "% title 决定书\n% number {{文号}}\n{{申请人.电话}}:{{结果}}。{{#结果.维持}}维持原行为。{{/结果.维持}}";
const RECEIPT: &str = "缴款{{数额}},大写{{数额.大写}},有效期至{{有效期至}}。";

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

/// The small catalogue with these templates.
fn catalogue(templates: &[(&str, &str)]) -> Arc<Catalog> {
    small_with(&[("demo/2024", &format!("{DEMO}\n{LINES}"))], templates).unwrap()
}

fn all() -> Arc<Catalog> {
    catalogue(&[("demo/notice", NOTICE), ("demo/decision", DECISION), ("demo/receipt", RECEIPT)])
}

fn bench(catalog: &Arc<Catalog>) -> Bench {
    Bench::new(catalog, time("2026-06-01T09:00:00")).unwrap()
}

fn officer() -> Person {
    person(&county(), "ma", "justice", &["reconsideration_officer", "publisher"])
}

fn applicant(phone: Option<&str>) -> Value {
    let (kind, name) = (PartyKind::Person, "欧阳<建国>&".to_owned());
    Value::Party(Box::new(Party { kind, name, number: None, phone: phone.map(str::to_owned), address: None }))
}

fn does(bench: &Bench, who: &Person, record: Option<RecordId>, act: &str, inputs: &[(&str, Value)]) -> Answer {
    bench.submit(bench.act(who, "demo", record, act, inputs)).unwrap()
}

fn done(answer: Answer) -> platform::Receipt {
    match answer {
        Answer::Done(receipt) => receipt,
        other => panic!("not done: {other:?}"),
    }
}

fn received(bench: &Bench, phone: Option<&str>) -> RecordId {
    let matter = Value::Text("第一行\n<第二行>".to_owned());
    done(does(bench, &officer(), None, "receive", &[("applicant", applicant(phone)), ("matter", matter)])).record
}

fn sign(bench: &Bench, record: RecordId, post: &str) -> platform::Receipt {
    let who = person(&county(), post, "justice", &[post]);
    done(bench.submit(bench.request(&who, "demo", Some(record), RequestAsk::Sign)).unwrap())
}

/// The text of a document, paragraph by paragraph.
fn text(platform: &Platform, record: RecordId, seq: u32, code: &str) -> String {
    match platform.document(&officer(), record, seq, code).unwrap().unwrap() {
        Made::Document { bytes, .. } => papers::Template::read(&bytes).unwrap().lines().join("\n"),
        Made::Lacking(what) => panic!("lacking {what:?}"),
    }
}

#[test]
fn a_document_is_made_of_the_record_as_it_stood() {
    let bench = bench(&all());
    let record = received(&bench, Some("13900000000"));
    let accepted = done(does(&bench, &officer(), Some(record), "accept", &[]));
    assert_eq!(accepted.numbers, ["祁连政复通〔2026〕1号"], "a document has a series of its own");
    let seq = accepted.events[0].2;
    let told = text(&bench.platform, record, seq, "notice");
    let expected = "受理通知书\n祁连政复通〔2026〕1号\n欧阳<建国>&:\n祁连县人民政府";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains("于2026年6月1日受理第一行 <第二行>,期限至2026年7月31日。\n二〇二六年六月一日"), "{told}");

    // What is put right later does not change what was issued.
    let before = bench.platform.document(&officer(), record, seq, "notice").unwrap();
    let put_right = RequestAsk::Correct { time: None, reason: "笔误".to_owned() };
    let mut request = bench.request(&officer(), "demo", Some(record), put_right);
    request.inputs = vec![("matter".into(), Value::Text("另一事项".to_owned()))];
    done(bench.submit(request).unwrap());
    assert_eq!(bench.platform.document(&officer(), record, seq, "notice").unwrap(), before);

    let view = bench.platform.record(&officer(), record).unwrap().unwrap();
    let issued: Vec<(u32, &str)> =
        view.timeline.iter().flat_map(|entry| &entry.papers).map(|one| (one.seq, one.title.zh.as_str())).collect();
    assert_eq!(issued, [(seq, "受理通知书")]);
    assert!(bench.platform.verify(&county()).unwrap().is_ok());
}

#[test]
fn a_template_that_changes_changes_nothing_that_was_issued() {
    let old = bench(&all());
    let record = received(&old, None);
    let seq = done(does(&old, &officer(), Some(record), "accept", &[])).events[0].2;
    let before = old.platform.document(&officer(), record, seq, "notice").unwrap();

    let newer = catalogue(&[("demo/notice", "新版{{事项}}"), ("demo/decision", DECISION), ("demo/receipt", RECEIPT)]);
    let platform = Platform::new(
        old.platform.store().clone(),
        newer,
        Arc::new(testkit::FixedClock::new(time("2026-06-02T09:00:00"))),
        [9; 32],
    );
    assert_eq!(platform.document(&officer(), record, seq, "notice").unwrap(), before);

    let other = old.request(&officer(), "demo", None, RequestAsk::Act("receive".into()));
    let inputs = vec![("applicant".into(), applicant(None)), ("matter".into(), Value::Text("乙".to_owned()))];
    let other = done(platform.submit(platform::Request { inputs, ..other }).unwrap()).record;
    let accept = old.request(&officer(), "demo", Some(other), RequestAsk::Act("accept".into()));
    let seq = done(platform.submit(accept).unwrap()).events[0].2;
    assert_eq!(text(&platform, other, seq, "notice"), "新版乙\n—  —\n—  —");
}

#[test]
fn a_decision_with_a_blank_is_refused_before_it_is_signed() {
    let bench = bench(&all());
    let record = received(&bench, None);
    done(does(&bench, &officer(), Some(record), "accept", &[]));
    let outcome = [("outcome", Value::Choice("uphold".into()))];
    let Answer::Refused(refusals) = does(&bench, &officer(), Some(record), "decide", &outcome) else {
        panic!("not refused");
    };
    let lacking: Vec<&str> = refusals[0].lacking.iter().map(|part| part.zh.as_str()).collect();
    assert_eq!((refusals[0].code, lacking), ("R214", vec!["《决定书》中的“申请人的电话”"]));

    let mut request =
        bench.request(&officer(), "demo", Some(record), RequestAsk::Correct { time: None, reason: "补登".to_owned() });
    request.inputs = vec![("applicant".into(), applicant(Some("13900000000")))];
    done(bench.submit(request).unwrap());
    done(does(&bench, &officer(), Some(record), "decide", &outcome));
    let view = bench.platform.record(&officer(), record).unwrap().unwrap();
    assert_eq!(view.timeline.iter().filter(|entry| !entry.papers.is_empty()).count(), 1, "a proposal issues nothing");
    sign(&bench, record, "head_of_office");
    let decided = sign(&bench, record, "head_of_agency");
    let seq = decided.events.iter().find(|(kind, ..)| kind == "act").unwrap().2;
    assert_eq!(
        text(&bench.platform, record, seq, "decision"),
        "决定书\n祁连政复决〔2026〕1号\n13900000000:维持。维持原行为。\n—  —\n—  —"
    );
}

#[test]
fn a_fact_is_taken_and_its_document_says_what_it_lacks() {
    let bench = bench(&all());
    let record = received(&bench, Some("1"));
    done(does(&bench, &officer(), Some(record), "accept", &[]));
    done(does(&bench, &officer(), Some(record), "decide", &[("outcome", Value::Choice("uphold".into()))]));
    sign(&bench, record, "head_of_office");
    sign(&bench, record, "head_of_agency");
    let amount = [("amount", Value::Money(terms::Fen(300_000)))];
    let paid = done(does(&bench, &officer(), Some(record), "pay", &amount)).events[0].2;
    let made = bench.platform.document(&officer(), record, paid, "receipt").unwrap().unwrap();
    let Made::Lacking(what) = made else { panic!("{made:?}") };
    assert_eq!(what.iter().map(|one| one.zh.as_str()).collect::<Vec<_>>(), ["《缴款凭证》中的“有效期至”"]);
}

#[test]
fn nobody_else_gets_a_document() {
    let bench = bench(&all());
    let record = received(&bench, None);
    let seq = done(does(&bench, &officer(), Some(record), "accept", &[])).events[0].2;
    let stranger = person(&county(), "sun", "market", &["reconsideration_officer"]);
    assert_eq!(bench.platform.document(&stranger, record, seq, "notice").unwrap(), None);
    for (seq, code) in [(seq, "decision"), (1, "notice"), (0, "notice"), (99, "notice")] {
        assert_eq!(bench.platform.document(&officer(), record, seq, code).unwrap(), None, "{seq} {code}");
    }
    assert!(bench.platform.document(&officer(), record, seq, "notice").unwrap().is_some());
}

#[test]
fn a_case_file_tells_everything() {
    let bench = bench(&all());
    let record = received(&bench, None);
    done(does(&bench, &officer(), Some(record), "accept", &[]));
    let says = |code: &str, args: &[(&str, String)]| {
        args.first().map_or_else(|| code.to_owned(), |(_, value)| format!("{code} {value}"))
    };
    let file = bench.platform.case_file(&officer(), record, &says).unwrap().unwrap();
    assert_eq!((file.line.as_str(), file.number.as_str()), ("示范", record.to_string().as_str()));
    let events: Vec<(&str, &str)> = file.events.iter().map(|one| (one.title.as_str(), one.law.as_str())).collect();
    let law = "《行政复议法》第三十条第一款";
    assert_eq!(events, [("event-act 收到申请", law), ("event-act 受理", law)]);
    assert_eq!(file.events[1].documents, ["受理通知书"]);
    assert_eq!(file.documents[0].lines[1], "祁连政复通〔2026〕1号");
    assert!(file.fields.contains(&("申请人".to_owned(), "欧阳<建国>&".to_owned())));
    let row = bench.platform.record(&officer(), record).unwrap().unwrap().row;
    assert_eq!(file.hash, row.hash.to_string());
    let stranger = person(&county(), "sun", "market", &["reconsideration_officer"]);
    assert_eq!(bench.platform.case_file(&stranger, record, &says).unwrap(), None);
}

#[test]
fn the_bytes_are_a_document_and_always_the_same() {
    let bench = bench(&all());
    let record = received(&bench, None);
    let seq = done(does(&bench, &officer(), Some(record), "accept", &[])).events[0].2;
    let made = |_: u8| match bench.platform.document(&officer(), record, seq, "notice").unwrap().unwrap() {
        Made::Document { bytes, digest, name } => (bytes, digest, name),
        Made::Lacking(what) => panic!("{what:?}"),
    };
    let (bytes, digest, name) = made(0);
    assert_eq!((bytes.clone(), digest, name.clone()), made(1));
    assert_eq!((ledger::hash(&bytes), name.as_str()), (digest, "受理通知书-祁连政复通〔2026〕1号"));
    let mut xml = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    assert!(xml.contains("第一行</w:t><w:br/><w:t xml:space=\"preserve\">&lt;第二行&gt;"), "{xml}");
}
