//! A PostgreSQL server for tests, in a temporary folder on a free port of this machine, with a password.

use std::io::{Error, Result};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Names of databases differ.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A server that ends when it is dropped, or soon after the process that started it.
pub struct Server {
    running: Option<Running>,
    base: String,
}

/// A server of our own.
struct Running {
    bin: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    sync: bool,
}

/// Where PostgreSQL's programs are: Debian's newest.
fn programs() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let newest = found.pop().map(|(_, bin)| bin);
    newest.or_else(|| std::env::split_paths(&path).find(|bin| bin.join("initdb").exists())).ok_or_else(|| {
        Error::other("PostgreSQL's programs are missing: install the package `postgresql` (apt-get install postgresql)")
    })
}

/// Runs a program, as `postgres` where we are root, because PostgreSQL refuses to run as root.
fn run(program: &Path, args: &[&str]) -> Result<Output> {
    let root = Command::new("id").arg("-u").output()?.stdout == b"0\n";
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    let output = command.args(args).env("PGPASSWORD", "secret").current_dir("/").stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(output);
    }
    Err(Error::other(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr))))
}

/// A process of this machine.
struct Process {
    id: String,
    parent: String,
    dead: bool,
}

/// All processes, as Linux tells them: `17 (name) S 1 ...`.
fn processes() -> Result<Vec<Process>> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir("/proc")?.flatten() {
        // One that ended meanwhile has no file any more.
        let Ok(text) = std::fs::read_to_string(folder.path().join("stat")) else { continue };
        let Some((before, after)) = text.rsplit_once(") ") else { continue };
        let mut words = after.split(' ');
        let (state, parent) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let id = before.split(' ').next().unwrap_or_default().to_owned();
        found.push(Process { id, parent: parent.to_owned(), dead: matches!(state, "Z" | "X") });
    }
    Ok(found)
}

impl Server {
    /// Starts a server; `sync`: commits reach the disk. `FAZHI_TEST_POSTGRES` names a running one instead.
    ///
    /// # Errors
    /// Where PostgreSQL is not installed or does not start.
    pub fn start(sync: bool) -> Result<Server> {
        if let Ok(url) = std::env::var("FAZHI_TEST_POSTGRES") {
            let base = url.trim_end_matches('/').to_owned();
            return Ok(Server { running: None, base });
        }
        let bin = programs()?;
        let folder = tempfile::TempDir::new()?;
        let root = Command::new("id").arg("-u").output()?.stdout == b"0\n";
        std::fs::write(folder.path().join("password"), "secret\n")?;
        if root {
            let done = Command::new("chown").args(["-R", "postgres:postgres"]).arg(folder.path()).status()?;
            assert!(done.success(), "chown of the server's folder");
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = folder.path().join("data").display().to_string();
        let password = format!("--pwfile={}", folder.path().join("password").display());
        let initdb = ["-D", &data, "-U", "tester", "-A", "scram-sha-256", &password, "-E", "UTF8", "--locale=C", "-N"];
        run(&bin.join("initdb"), &initdb)?;
        let base = format!("postgres://tester:secret@127.0.0.1:{port}");
        let server = Server { running: Some(Running { bin, folder, port, sync }), base };
        server.start_again()?;
        server.watch();
        Ok(server)
    }

    fn own(&self) -> Result<&Running> {
        self.running.as_ref().ok_or_else(|| Error::other("the server of FAZHI_TEST_POSTGRES is not ours to stop"))
    }

    /// Starts the server after a stop.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start_again(&self) -> Result<()> {
        let own = self.own()?;
        let folder = own.folder.path().display();
        let sync = if own.sync { "on" } else { "off" };
        let options = format!("-p {} -h 127.0.0.1 -k {folder} -c fsync={sync} -c max_connections=400", own.port);
        let (data, log) = (format!("{folder}/data"), format!("{folder}/log"));
        let started = run(&own.bin.join("pg_ctl"), &["-D", &data, "-l", &log, "-o", &options, "-w", "start"]);
        started.map(drop).map_err(|error| {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            Error::other(format!("{error}{log}"))
        })
    }

    /// A small shell that waits for our end, however it comes, and stops the server then.
    fn watch(&self) {
        let Ok(own) = self.own() else { return };
        let script = "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done; \
                      pid=$(head -n 1 \"$2/data/postmaster.pid\" 2>/dev/null) && kill -QUIT \"$pid\"; rm -rf \"$2\"";
        let own_id = std::process::id().to_string();
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh", &own_id]).arg(own.folder.path());
        // Where no shell starts, a test that dies leaves its server behind, nothing worse.
        let _ = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    }

    /// Ends the server at once, as a crash would.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn stop_hard(&self) -> Result<()> {
        let file = self.own()?.folder.path().join("data/postmaster.pid");
        let text = std::fs::read_to_string(&file)?;
        let server = text.lines().next().unwrap_or_default().to_owned();
        let mut processes: Vec<String> =
            processes()?.into_iter().filter(|process| process.parent == server).map(|process| process.id).collect();
        processes.push(server.clone());
        run(Path::new("/bin/kill"), &["-KILL", &server])?;
        // Its children notice within moments; the next start needs them gone. One that nobody buries is gone too.
        let began = Instant::now();
        while self::processes()?.iter().any(|process| !process.dead && processes.contains(&process.id)) {
            if began.elapsed() > Duration::from_secs(60) {
                return Err(Error::other("the server's processes do not end"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // Else the next start takes a dead server that nobody buried for a living one.
        std::fs::remove_file(self.own()?.folder.path().join(format!(".s.PGSQL.{}.lock", self.own()?.port)))?;
        std::fs::remove_file(file)
    }

    /// Makes a fresh database and tells its address.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub fn database(&self, name: &str) -> Result<String> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{name}_{}_{number}", std::process::id());
        let psql = self.running.as_ref().map_or_else(|| PathBuf::from("psql"), |own| own.bin.join("psql"));
        run(&psql, &[&format!("{}/postgres", self.base), "-qc", &format!("CREATE DATABASE {name}")])?;
        Ok(format!("{}/{name}", self.base))
    }

    /// Runs a statement as the owner of a database.
    ///
    /// # Errors
    /// Where the server refuses it, with its words.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String> {
        let psql = self.running.as_ref().map_or_else(|| PathBuf::from("psql"), |own| own.bin.join("psql"));
        let output = run(&psql, &[database, "-v", "ON_ERROR_STOP=1", "-qAtc", sql])?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(own) = &self.running {
            let data = own.folder.path().join("data").display().to_string();
            // A server that was stopped already can't be stopped.
            let _ = run(&own.bin.join("pg_ctl"), &["-D", &data, "-m", "immediate", "stop"]);
        }
    }
}
