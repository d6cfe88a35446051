//! Guards: what each says in both languages, or what is wrong with it (guards.txt); and what each answers, three-valued
//! (truths.txt). `UPDATE=1` writes what comes; review it as a diff.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use procedure::{Actor, Answer, Done, Facts, FieldId, Language, Line, Record, StageId, Truth, What, compile};
use terms::{Code, Fen, Party, PartyKind, RecordId, Value};

fn catalog() -> Arc<catalog::Catalog> {
    testkit::small(&[("guards/2024", include_str!("guards.toml"))]).unwrap()
}

fn line(catalog: &catalog::Catalog) -> Arc<Line> {
    catalog.versions("guards").remove(0)
}

/// Compares a file of this folder with what comes, or writes it.
fn compare(name: &str, got: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, got).unwrap();
        return;
    }
    let written = fs::read_to_string(path).unwrap();
    for (number, (before, after)) in written.lines().zip(got.lines()).enumerate() {
        assert_eq!(before, after, "{name}:{}", number + 1);
    }
    assert_eq!(written, got, "{name}");
}

fn left(text: &str) -> &str {
    text.split("  =>  ").next().unwrap_or(text).trim_end()
}

#[test]
fn guards_say_themselves_or_what_is_wrong() {
    let catalog = catalog();
    let line = line(&catalog);
    let mut got = String::new();
    for text in include_str!("guards.txt").lines() {
        if text.starts_with("    ") {
            continue;
        }
        writeln!(got, "{text}").unwrap();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        match compile(text, &line, None) {
            Ok(expr) => {
                writeln!(got, "    {}", expr.say(&line, Language::Zh)).unwrap();
                writeln!(got, "    {}", expr.say(&line, Language::En)).unwrap();
            }
            Err(errors) => {
                for error in errors {
                    let place = text.get(error.span.clone()).unwrap_or_default();
                    write!(got, "    {} `{place}` {}", error.code, error.message).unwrap();
                    match error.help {
                        Some(help) => writeln!(got, " ({help})").unwrap(),
                        None => got.push('\n'),
                    }
                }
            }
        }
    }
    compare("guards.txt", &got);
}

/// What a `with` line says is known.
struct Known {
    inputs: Vec<(FieldId, Value)>,
    record: Option<Record>,
    answers: Vec<Option<Answer>>,
}

fn known(line: &Line, words: &str) -> Known {
    let mut known = Known { inputs: Vec::new(), record: None, answers: vec![None] };
    for word in words.split_whitespace() {
        let (key, text) = word.split_once('=').unwrap_or((word, ""));
        let number = || text.parse::<i64>().unwrap();
        let value = match key {
            "record" => {
                known.record = Some(record(line));
                continue;
            }
            "asked" | "found" => {
                let answer = known.answers[0].get_or_insert_with(Answer::default);
                match key {
                    "asked" => answer.asked = text.parse().unwrap(),
                    _ => answer.found = (0..text.parse().unwrap()).map(RecordId).collect(),
                }
                continue;
            }
            "urgent" => Value::Bool(text == "yes"),
            "hours" => Value::Number(number()),
            "fine" => Value::Money(Fen(number() * 100)),
            "told_on" | "due_on" => Value::Date(text.parse().unwrap()),
            "kind" | "told_kind" => Value::Choice(text.into()),
            "evidence" => Value::Choices(text.split(',').map(Code::from).collect()),
            "party" => Value::Party(Box::new(Party {
                kind: PartyKind::Organisation,
                name: "某".to_owned(),
                number: None,
                phone: None,
                address: None,
            })),
            other => panic!("{other}"),
        };
        known.inputs.push((line.field_id(key).unwrap(), value));
    }
    known
}

/// Opened today by the very actor.
fn record(line: &Line) -> Record {
    let opened = Done {
        what: What::Act(line.act_id("open").unwrap()),
        at: "2026-06-01T09:00:00".parse().unwrap(),
        by: "ma".into(),
        seq: 1,
        extended: None,
    };
    Record {
        id: RecordId(1),
        agency: "justice".into(),
        handler: None,
        stand_in: None,
        place: "632222".parse().unwrap(),
        stage: StageId(0),
        tracks: vec![StageId(0); line.tracks.len()],
        fields: vec![None; line.fields.len()],
        done: vec![opened],
        seq: 1,
        proposal: None,
        origin: None,
        findings: Vec::new(),
    }
}

#[test]
fn guards_answer_yes_no_or_unknown() {
    let catalog = catalog();
    let line = line(&catalog);
    let actor = Actor { account: "ma".into(), agency: "justice".into(), ..Actor::default() };
    let (mut got, mut facts) = (String::new(), known(&line, ""));
    for text in include_str!("truths.txt").lines() {
        let guard = left(text).trim_start();
        if let Some(words) = text.strip_prefix("with") {
            facts = known(&line, words);
        }
        if !text.starts_with("  ") {
            writeln!(got, "{text}").unwrap();
            continue;
        }
        let expr = compile(guard, &line, None).unwrap_or_else(|why| panic!("{guard}: {why:?}"));
        let all = Facts {
            line: &line,
            record: facts.record.as_ref(),
            inputs: &facts.inputs,
            answers: &facts.answers,
            now: Some("2026-06-01T09:00:00".parse().unwrap()),
            actor: Some(&actor),
            calendar: &catalog.calendar,
            this: None,
        };
        let truth = match all.truth(&expr) {
            Truth::Yes => "yes",
            Truth::No => "no",
            Truth::Unknown => "unknown",
        };
        writeln!(got, "  {guard:<44}  =>  {truth}").unwrap();
    }
    compare("truths.txt", &got);
}
