//! The program where its surroundings are wrong: each time it says what is wrong and what to do, and harms nothing.
//! And its backup, taken while it serves.

#![allow(clippy::unwrap_used)] // in a test, a panic is the message

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

fn fazhi(data: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fazhi")).arg("--data").arg(data).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Ends with 2 and says these words; never with the trace of a panic, nor with a password.
fn refuses(output: &Output, words: &[&str]) {
    let said = err(output);
    assert_eq!(output.status.code(), Some(2), "{}{said}", out(output));
    for word in words {
        assert!(said.contains(word), "`{word}` is not said: {said}");
    }
    assert!(!said.contains("panicked") && !said.contains("secret"), "{said}");
}

/// The demonstration, built once for all tests; nobody writes to it.
fn demo() -> &'static Path {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("environment-demo");
        let _ = fs::remove_dir_all(&folder);
        let built = fazhi(&folder, &["demo", "--no-serve", "--only", "632222"]);
        assert!(built.status.success(), "{}", err(&built));
        folder
    })
}

/// A copy of it that a test may spoil, made as an operator would.
fn copy() -> TempDir {
    let (backup, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let to = backup.path().to_str().unwrap();
    let taken = fazhi(demo(), &["backup", "--to", to]);
    assert!(taken.status.success(), "{}", err(&taken));
    let restored = fazhi(folder.path(), &["restore", "--from", to]);
    assert!(restored.status.success(), "{}{}", out(&restored), err(&restored));
    assert!(out(&restored).contains("hold; head"), "it verifies, and says so: {}", out(&restored));
    folder
}

/// A program that serves, and is killed at the end.
struct Serving(Child);

impl Serving {
    fn start(data: &Path) -> Serving {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fazhi"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--port", "0", "--log-level", "error"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://"), "{line}");
        Serving(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn backup_beside_a_server_is_the_ledger_and_a_second_server_is_refused() {
    let folder = copy();
    let serving = Serving::start(folder.path());
    refuses(&fazhi(folder.path(), &["serve", "--port", "0"]), &["another program has the ledger", "stop it first"]);
    let (to, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = to.path().to_str().unwrap();
    let taken = fazhi(folder.path(), &["backup", "--to", place]);
    assert!(taken.status.success(), "{}", err(&taken));
    let restored = fazhi(other.path(), &["restore", "--from", place]);
    assert_eq!(restored.status.code(), Some(0), "{}{}", out(&restored), err(&restored));
    let verified = fazhi(folder.path(), &["verify"]);
    assert!(out(&restored).contains(&out(&verified)), "{}{}", out(&restored), out(&verified));
    refuses(&fazhi(folder.path(), &["backup", "--to", place]), &["holds a backup already", "name a new folder"]);
    refuses(&fazhi(folder.path(), &["restore", "--from", place]), &["another program has the ledger"]);
    drop(serving);
    refuses(&fazhi(folder.path(), &["restore", "--from", place]), &["holds a ledger already", "empty folder"]);
}

#[test]
fn spoiled_backups_are_told() {
    let (to, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = to.path().to_str().unwrap();
    assert!(fazhi(demo(), &["backup", "--to", place]).status.success());
    let path = to.path().join("backup.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    refuses(&fazhi(other.path(), &["restore", "--from", place]), &["SM3", "take another backup"]);
    fs::remove_file(to.path().join("backup.json")).unwrap();
    refuses(&fazhi(other.path(), &["restore", "--from", place]), &["not finished", "take another"]);
    refuses(&fazhi(other.path(), &["verify"]), &["holds no ledger"]);
}

#[test]
fn data_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "a file").unwrap();
    for command in [&["demo", "--no-serve", "--only", "632222"][..], &["serve", "--port", "0"]] {
        refuses(&fazhi(file.join("county"), command), &["county", "can't be used", "--data"]);
    }
    refuses(&fazhi(&file, &["serve", "--port", "0"]), &["file", "can't be used", "--data"]);
}

#[test]
fn ledger_of_a_newer_version_is_left_alone() {
    let folder = copy();
    let raw = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let (to, data) = (tempfile::tempdir().unwrap(), folder.path());
    let to = to.path().to_str().unwrap();
    for command in [&["serve", "--port", "0"][..], &["verify"], &["backup", "--to", to]] {
        refuses(&fazhi(data, command), &["schema 99", "newer version", "install that one"]);
    }
}

#[test]
fn damaged_file_is_told() {
    let folder = copy();
    let file = folder.path().join("ledger.db");
    fs::write(&file, "garbage ".repeat(2000)).unwrap();
    let to = tempfile::tempdir().unwrap();
    let to = to.path().to_str().unwrap();
    for command in [&["serve", "--port", "0"][..], &["verify"], &["backup", "--to", to]] {
        refuses(&fazhi(folder.path(), command), &["damaged", "put back the last backup"]);
    }
    assert!(fs::read(&file).unwrap().starts_with(b"garbage"), "it is kept as it is");
}

#[test]
fn address_of_an_unknown_scheme_is_told() {
    for command in [&["serve", "--port", "0"][..], &["verify"], &["backup", "--to", "x"]] {
        refuses(&fazhi("mysql://fazhi:secret@db/city", command), &["mysql", "name a folder", "postgres://", "--data"]);
    }
}

#[test]
fn database_that_is_not_there_is_told() {
    // A port that is free now; nobody listens on it.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let silent = format!("postgres://fazhi:secret@127.0.0.1:{port}/city");
    for command in [&["serve", "--port", "0"][..], &["verify"]] {
        refuses(&fazhi(&silent, command), &["does not answer", "check that the server runs"]);
    }
    for command in [&["backup", "--to", "x"][..], &["restore", "--from", "x"]] {
        refuses(&fazhi(&silent, command), &["pg_dump", "pg_basebackup", "docs/operations.md"]);
    }
}

#[test]
fn database_that_refuses_is_told() {
    let server = pgserver::Server::start(false).unwrap();
    let there = server.database("environment").unwrap();
    let wrong = there.replacen("tester:secret@", "tester:wrong@", 1);
    let missing = format!("{}_missing", there);
    for command in [&["serve", "--port", "0"][..], &["verify"]] {
        refuses(&fazhi(&wrong, command), &["refuses the sign-in", "check user and password"]);
        refuses(&fazhi(&missing, command), &["is not there", "create it, or correct its name"]);
    }
}

/// The system refuses what would make a file larger than it may be, as it would on a full disk.
#[cfg(unix)]
#[test]
fn disk_that_takes_no_more_is_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let limited = |blocks: u32, rest: &str| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --data \"$1\" {rest}");
        Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_fazhi"), data]).output().unwrap()
    };
    refuses(&limited(4_000, "demo --no-serve --only 632222"), &["the disk", "ulimit -f", "room"]);
    let verified = fazhi(data, &["verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}{}", out(&verified), err(&verified));
    let to = tempfile::tempdir().unwrap();
    let to = to.path().to_str().unwrap();
    refuses(&limited(100, &format!("backup --to {to}")), &["can't be written", "make room", "the ledger is as it was"]);
    let taken = fazhi(data, &["backup", "--to", to]);
    assert!(taken.status.success(), "once there is room: {}", err(&taken));
}

#[test]
fn file_that_a_record_does_not_have_is_not_erased() {
    let folder = copy();
    let file = "0".repeat(64);
    refuses(&fazhi(folder.path(), &["erase", "1", &file]), &["record 1 of 632222 has no file", "lists its files"]);
    refuses(&fazhi(folder.path(), &["erase", "1", "x"]), &["write 64 digits"]);
    assert!(out(&fazhi(folder.path(), &["verify"])).contains("0 files hold; head"));
}
