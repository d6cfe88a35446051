//! The real program, and where its records lie.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

use ledger::{AccountRow, AgencyRow};
use terms::GovernmentCode;

/// Everybody's password, in the demonstration too.
pub const PASSWORD: &str = "fazhi-demo";

/// Runs a command of the program to its end.
pub fn fazhi(data: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fazhi")).args(["--data", data]).args(arguments).output().unwrap()
}

/// Builds the demonstration.
pub fn demonstration(data: &str) {
    let built = fazhi(data, &["demo", "--no-serve", "--only", "632222"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

/// Makes a government with the demonstration's accounts and no records: on a database server that is far quicker.
pub fn government(data: &str) {
    let store = store::open(&data.parse().unwrap(), &store::Options::default()).unwrap();
    let government: GovernmentCode = "632222".parse().unwrap();
    let password = platform::hash_password(PASSWORD, [3; 16]).unwrap();
    let mut tx = store.begin(&government).unwrap();
    for (agency, account, post) in [
        ("sfj", "sfj-review", "reconsideration_officer"),
        ("bbz", "bbz-clerk", "mediator"),
        ("scj", "scj-clerk", "mediator"),
        ("gaj", "gaj-clerk", "mediator"),
    ] {
        let (government, code, name) = (government.clone(), agency.into(), agency.to_owned());
        tx.put_agency(&AgencyRow { government: government.clone(), code, name, place: government.clone() }).unwrap();
        tx.put_account(&AccountRow {
            government,
            name: account.into(),
            shown: account.to_owned(),
            agency: agency.into(),
            posts: vec![post.into()],
            password: password.clone(),
        })
        .unwrap();
    }
    tx.put_note("synthetic", "yes").unwrap();
    tx.commit().unwrap();
}

/// Every hash, state, due day and figure.
pub fn verified(data: &str) {
    let told = fazhi(data, &["verify"]);
    let [out, err] = [&told.stdout, &told.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert_eq!(told.status.code(), Some(0), "{out}{err}");
}

/// A program that serves; killed when it is dropped.
pub struct Program {
    child: Child,
    pub address: String,
    log: Receiver<String>,
    /// Its own index: of two programs on one database, neither has the other's.
    _index: tempfile::TempDir,
}

impl Program {
    /// Starts it on a free port and waits for the line that says where.
    pub fn start(data: &str) -> Program {
        let index = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_fazhi"))
            .args(["--data", data, "serve", "--port", "0", "--log-level", "debug", "--index"])
            .arg(index.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (says, log) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || lines.lines().map_while(Result::ok).all(|line| says.send(line).is_ok()));
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("http://").and_then(|line| line.split([' ', '/']).next()).map(str::to_owned);
        let Some(address) = address else {
            // Its log ends with it.
            child.kill().unwrap();
            panic!("{line}{}", log.iter().collect::<Vec<_>>().join("\n"))
        };
        Program { child, address, log, _index: index }
    }

    /// Waits for a line of the log that says one of these.
    pub fn says(&self, words: &[&str]) -> String {
        let mut said = self.log.iter();
        said.find(|line| words.iter().any(|word| line.contains(word))).unwrap_or_else(|| panic!("no line {words:?}"))
    }

    /// What the log said so far; of a program that was killed, all the rest.
    pub fn said(&self) -> Vec<String> {
        self.log.try_iter().collect()
    }

    /// SIGKILL: no handler runs, nothing is written any more.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that was killed already is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
