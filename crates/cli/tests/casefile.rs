//! A record printed by the built program, or how to get a program that prints.
#![allow(clippy::unwrap_used, reason = "what fails here is the test")]

use std::path::Path;
use std::process::{Command, Output};

fn fazhi(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fazhi")).arg("--data").arg(data).args(arguments).output().unwrap()
}

#[cfg(not(feature = "press"))]
#[test]
fn a_program_without_the_press_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("file.pdf");
    let printed = fazhi(folder.path(), &["casefile", "--record", "1", "--out", out.to_str().unwrap()]);
    let told = String::from_utf8(printed.stderr).unwrap();
    assert_eq!(printed.status.code(), Some(2), "{told}");
    assert!(told.contains("--features press") && !out.exists(), "{told}");
}

#[cfg(feature = "press")]
mod printed {
    use std::fs;

    use platform::Answer;
    use terms::{Party, PartyKind, Value};
    use testkit::{Bench, DEMO, person, small_with};

    use super::*;

    const DOCUMENT: &str = r#"
[document.notice]
title = { zh = "受理通知书", en = "Notice of acceptance" }
on = "accept"
law = "行政复议法 30.1"
"#;
    /// Longer than any line of the cover's table.
    const NAME: &str = "某某某某·某某某某某某·某某某某·某某某某某某某·某某某某某某某某·某某某某某某某";

    #[test]
    fn a_record_is_printed() {
        let line = format!("{DEMO}\n{DOCUMENT}");
        let templates = [("demo/notice", "% title 受理通知书\n{{申请人}}:本机关于{{日期}}受理{{事项}}。")];
        let catalog = small_with(&[("demo/2024", &line)], &templates).unwrap();
        let bench = Bench::new(&catalog, "2026-06-01T09:00:00".parse().unwrap()).unwrap();
        let officer = person(&"632222".parse().unwrap(), "ma", "justice", &["reconsideration_officer"]);
        let (kind, name) = (PartyKind::Person, NAME.to_owned());
        let applicant = Value::Party(Box::new(Party { kind, name, number: None, phone: None, address: None }));
        let inputs = [("applicant", applicant), ("matter", Value::Text("不服处罚".into()))];
        let does =
            |record, act, inputs: &[_]| match bench.submit(bench.act(&officer, "demo", record, act, inputs)).unwrap() {
                Answer::Done(done) => done.record,
                other => panic!("{other:?}"),
            };
        let record = does(None, "receive", &inputs);
        does(Some(record), "accept", &[]);
        let Bench { platform, temp, .. } = bench;
        drop(platform);
        let folder = temp.close();

        let out = folder.path().join("file.pdf");
        let number = record.to_string();
        let asked = ["casefile", "--place", "632222", "--record", &number, "--out", out.to_str().unwrap()];
        let printed = fazhi(folder.path(), &asked);
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        if let Some(path) = std::env::var_os("KEEP") {
            fs::copy(&out, path).unwrap();
        }
        let read = Command::new("pdftotext").arg(&out).arg("-").output();
        let read = read.expect("pdftotext reads what was printed (Debian: apt install poppler-utils)");
        let text: String = String::from_utf8(read.stdout).unwrap().split_whitespace().collect();
        for word in [NAME, "受理通知书", "《行政复议法》第三十条第一款", "2026年6月1日", "不服处罚"]
        {
            assert!(text.contains(word), "{word} is not in\n{text}");
        }

        let none = fazhi(folder.path(), &["casefile", "--record", "999", "--out", out.to_str().unwrap()]);
        assert_eq!(none.status.code(), Some(2));
        assert!(String::from_utf8(none.stderr).unwrap().contains("no record 999"));
    }
}
