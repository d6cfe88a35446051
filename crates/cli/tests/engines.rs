//! The built program on both engines: the same demonstration, and a ledger that moves between them.

#![allow(clippy::unwrap_used)] // in a test, a panic is the message

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use pgserver::Server;

fn fazhi(data: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fazhi")).args(["--data", data]).args(arguments).output().unwrap()
}

/// How it ended and what it said.
fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(false).unwrap())
}

/// The demonstration at a place.
fn build(place: &str) {
    let (code, out, err) = told(&fazhi(place, &["demo", "--no-serve", "--only", "632222"]));
    assert_eq!(code, Some(0), "{out}{err}");
}

/// The demonstration in a folder, built once; nobody writes to it.
fn demo() -> &'static str {
    static DEMO: OnceLock<String> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo-engines");
        let _ = fs::remove_dir_all(&folder);
        let folder = folder.display().to_string();
        build(&folder);
        folder
    })
}

/// A published report that differs in one figure.
fn report() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("another-2020.txt");
    fs::write(&report, "今年,全县各级调解组织共排查矛盾纠纷553件,成功调处541件。\n").unwrap();
    let report = report.display().to_string();
    (folder, report)
}

/// What is told of a ledger in several ways, each with its exit code.
fn answers(place: &str) -> Vec<(Option<i32>, String, String)> {
    let (_folder, report) = report();
    let of = ["--place", "632222", "--year", "2020"];
    let with = |command: &str, more: &[&str]| told(&fazhi(place, &[&[command], &of[..], more].concat()));
    vec![
        with("figures", &["--format", "tsv"]),
        told(&fazhi(place, &["figures", "--place", "632222100", "--year", "2019", "--format", "tsv"])),
        with("recount", &[]),
        with("compare", &[&report]),
        with("report", &[]),
    ]
}

#[test]
fn demonstration_is_the_same_on_postgres() {
    let database = server().database("demo").unwrap();
    build(&database);
    assert_eq!(answers(&database), answers(demo()));
    // Built at another moment: the heads may differ, what they stand over does not.
    let verified = |place: &str| {
        let (code, out, err) = told(&fazhi(place, &["verify"]));
        assert_eq!(code, Some(0), "{out}{err}");
        out.split("; head").next().unwrap().to_owned()
    };
    assert_eq!(verified(&database), verified(demo()));
    let (code, out, _) = told(&fazhi(&database, &["demo", "--no-serve", "--only", "632222"]));
    assert_eq!(code, Some(0));
    assert!(out.contains("is used again") && !out.contains("secret"), "{out}");
}

#[test]
fn copied_ledger_tells_the_same_as_the_original() {
    let database = server().database("copied").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let back = folder.path().join("back").display().to_string();
    for (from, to) in [(demo(), database.as_str()), (database.as_str(), back.as_str())] {
        let (code, out, err) = told(&fazhi("nowhere", &["copy", "--from", from, "--to", to]));
        assert_eq!(code, Some(0), "{out}{err}");
        assert!(out.contains("hold the same") && out.contains("the chain holds"), "{out}");
        assert!(!out.lines().any(|line| line.ends_with("NO")) && !out.contains("secret"), "{out}");
        assert_eq!(answers(to), answers(demo()));
        assert_eq!(told(&fazhi(to, &["verify"])), told(&fazhi(demo(), &["verify"])));
        let (code, _, err) = told(&fazhi("nowhere", &["copy", "--from", from, "--to", to]));
        assert_eq!(code, Some(2));
        assert!(err.contains("a ledger lies at the target already"), "{err}");
    }
    server().sql(&database, "UPDATE record SET label = 'another' WHERE id = 1").unwrap();
    let (code, out, _) = told(&fazhi("nowhere", &["copy", "--prove", "--from", demo(), "--to", &database]));
    assert_eq!(code, Some(1));
    assert!(out.contains("do not hold the same"), "{out}");
    assert_eq!(out.lines().filter(|line| line.ends_with("NO")).count(), 1, "{out}");
}

#[test]
fn half_a_copy_is_not_served() {
    let database = server().database("half").unwrap();
    assert_eq!(fazhi(&database, &["migrate"]).status.code(), Some(0));
    server().sql(&database, "INSERT INTO note VALUES ('copy', 'incomplete')").unwrap();
    for command in [&["serve", "--port", "0"][..], &["verify"]] {
        let (code, _, err) = told(&fazhi(&database, command));
        assert_eq!(code, Some(2), "{command:?}");
        assert!(err.contains("a copy that was not finished"), "{err}");
    }
}

#[test]
fn migrate_says_which_schema_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    let (code, _, err) = told(&fazhi(&place, &["migrate"]));
    assert_eq!(code, Some(2));
    assert!(err.contains("holds no ledger"), "{err}");
    let database = server().database("migrate").unwrap();
    let (_, out, _) = told(&fazhi(&database, &["migrate"]));
    assert!(out.contains("schema 0 is now ") && !out.contains("secret"), "{out}");
    let (code, out, _) = told(&fazhi(&database, &["migrate"]));
    assert!(code == Some(0) && out.contains("up to date"), "{out}");
    let (code, _, err) = told(&fazhi(demo(), &["migrate", "--citus"]));
    assert_eq!(code, Some(2));
    assert!(err.contains("leave --citus away"), "{err}");
}
