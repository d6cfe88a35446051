//! Calls made up from the API's description by schemathesis, against a served demonstration: nothing may fail inside,
//! every answer is as described, nothing is done without leave. A folder of its own holds the tool; the seed is fixed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use crate::step::{Outcome, cargo, root, run};

/// The tool's version: another makes up other calls.
const TOOL: &str = "schemathesis==4.32.5";
/// What the generator of calls begins with.
const SEED: &str = "20260401";
/// Where the demonstration is served.
const ADDRESS: &str = "127.0.0.1:8429";
const PORT: &str = "8429";
/// Whose calls they are: the head of the office of the department of justice, who sees and signs a good deal.
const ACCOUNT: &str = "sfj-office";

/// Tries every operation with up to `most` calls.
pub fn api_fuzz(most: &str) -> Outcome {
    if most.parse::<u32>().is_err() {
        return Err(format!("`{most}` is no number of calls"));
    }
    let folder = folder()?;
    let tool = tool(&folder)?;
    // With the features of the tests, so that nothing is compiled a second time.
    cargo("program", &["build", "--quiet", "--workspace", "--features", "web/browser"], &[])?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let program = target.join("debug/fazhi");
    let mut served = Served::begin(&program, &folder)?;
    let authorization = format!("Authorization: Bearer {}", token()?);
    let config = root().join("xtask/schemathesis.toml");
    let (config, base) = (config.to_string_lossy(), format!("http://{ADDRESS}/api/v1/openapi.json"));
    let arguments = [
        "--config-file",
        &config,
        "run",
        &base,
        "--seed",
        SEED,
        "--max-examples",
        most,
        "--header",
        &authorization,
        "--phases",
        "examples,coverage,fuzzing",
        "--no-color",
    ];
    let outcome = run("made-up calls", &tool.to_string_lossy(), &arguments, &[]);
    served.still_serves()?;
    outcome
}

/// The folder that is kept from run to run.
fn folder() -> Result<PathBuf, String> {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).ok_or("HOME is not set")?;
    let folder = cache.join("fazhi-api-fuzz");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    Ok(folder)
}

/// The tool, installed where it is not yet.
fn tool(folder: &Path) -> Result<PathBuf, String> {
    let venv = folder.join("venv");
    let (tool, stamp) = (venv.join("bin/schemathesis"), venv.join("version"));
    if tool.exists() && fs::read_to_string(&stamp).is_ok_and(|version| version == TOOL) {
        return Ok(tool);
    }
    run("Python environment", "python3", &["-m", "venv", "--clear", &venv.to_string_lossy()], &[])?;
    let pip = venv.join("bin/pip");
    run("schemathesis", &pip.to_string_lossy(), &["install", "--quiet", TOOL], &[])?;
    fs::write(stamp, TOOL).map_err(|why| why.to_string())?;
    Ok(tool)
}

/// The demonstration, being served; ended when it is dropped.
struct Served(Child);

impl Served {
    fn begin(program: &Path, folder: &Path) -> Result<Served, String> {
        let data = folder.join("demo");
        if data.exists() {
            fs::remove_dir_all(&data).map_err(|why| format!("{}: {why}", data.display()))?;
        }
        let mut command = Command::new(program);
        command.args(["--data"]).arg(&data).args(["demo", "--only", "632222", "--port", PORT]).current_dir(root());
        let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn();
        let child = child.map_err(|why| format!("{} does not start: {why}", program.display()))?;
        let mut served = Served(child);
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(600) {
            if curl(&["/ready"]).is_ok() {
                return Ok(served);
            }
            if let Ok(Some(status)) = served.0.try_wait() {
                return Err(format!("the demonstration ended ({status})"));
            }
            thread::sleep(Duration::from_millis(500));
        }
        Err("the demonstration did not come up in ten minutes".to_owned())
    }

    fn still_serves(&mut self) -> Outcome {
        curl(&["/ready"]).map(|_| ()).map_err(|why| format!("the program serves no more: {why}"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the site answers to a path, with its headers.
fn curl(arguments: &[&str]) -> Result<String, String> {
    let [path, rest @ ..] = arguments else { return Err("no path".to_owned()) };
    let url = format!("http://{ADDRESS}{path}");
    let output = Command::new("curl").args(["--silent", "--fail", "--include"]).args(rest).arg(url).output();
    let output = output.map_err(|why| format!("curl does not start: {why}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{path}: {}", output.status))
    }
}

/// An access token of one of the demonstration's people, made as they would make it: on the page of the account.
fn token() -> Result<String, String> {
    let body = format!("{{\"name\":\"{ACCOUNT}\",\"password\":\"fazhi-demo\"}}");
    let answer = curl(&["/api/v1/session", "--header", "Content-Type: application/json", "--data", &body])?;
    let cookie =
        answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).and_then(|line| line.split(';').next());
    let secret = answer.split("\"secret\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let (cookie, secret) = cookie.zip(secret).ok_or("no session began")?;
    let form = format!("token={secret}&label=api-fuzz&days=7&writes=yes");
    let page = curl(&["/account/tokens", "--cookie", cookie, "--data", &form])?;
    let token = page.split("<code id=\"fresh\">").nth(1).and_then(|rest| rest.split('<').next());
    token.map(str::to_owned).ok_or("no token was made".to_owned())
}
