//! The API over HTTP: the three calls that any case system serves (make a case, change its status, list a hundred) in
//! requests a CPU second of the server; and pages and lists beside a bare read by the primary key.
//!
//! The client is a process of its own, so that its work is not counted as the server's.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use ledger::{AccountRow, AgencyRow};
use terms::RecordId;
use tower::ServiceExt;

use crate::desk::{COUNTY, Desk, Engine};
use crate::{Measured, Res};

/// The first word of the client's process.
pub const CLIENT: &str = "http-client";
const CONNECTIONS: u64 = 16;
/// A page or a list takes at most so many times a bare read.
const BOUND: f64 = 20.0;
/// Reads, pages and lists that are timed.
const TIMED: u64 = 400;
/// The kernel counts CPU time in hundredths of a second, on every Linux.
const TICKS: f64 = 100.0;

/// Serves `records` records, and measures.
pub fn measure(engine: Engine, records: u64) -> Res<Vec<Measured>> {
    let ground = engine.ground("http")?;
    let desk = Desk::open(&ground)?;
    staff(&desk)?;
    fill(&desk, records)?;
    ground.settle()?;
    let token = "fazhi_benchmark";
    desk.platform.token_make(&desk.person, token, "benchmark", true, 1)?;
    let router = web::router(
        desk.platform.clone(),
        web::Options {
            address: ([127, 0, 0, 1], 0).into(),
            government: COUNTY.parse()?,
            published_reports: Vec::new(),
            secure_cookies: false,
            attachment_limit: 2_000_000,
            spool: std::env::temp_dir(),
            printer: None,
        },
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rows = vec![Measured::plain("records in the ledger", records.to_string())];
    rows.extend(beside_a_read(&runtime, &desk, &router, records)?);
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = runtime.spawn(web::serve(router, listener, async move {
        let _ = stopped.await;
    }));
    let calls = (records / 10).clamp(320, 4_000);
    for (what, kind, calls) in [
        ("make a case: POST /records", "open", calls),
        ("change its status: POST /records/{id}/acts", "act", calls),
        ("list a hundred: GET /records?limit=100", "list", calls / 4),
    ] {
        let (cpu, wall) = from_outside(address, token, kind, calls)?;
        let each = |took: Duration| format!("{:.0}", calls as f64 / took.as_secs_f64().max(0.01));
        rows.push(Measured::plain(format!("{what}, requests a CPU second"), each(cpu)));
        rows.push(Measured::plain(format!("  the same a second, {CONNECTIONS} connections"), each(wall)));
    }
    // The receiver is gone only where the server failed, which is told below.
    let _ = stop.send(());
    runtime.block_on(served)??;
    Ok(rows)
}

/// The account and the agency of the desk's person.
fn staff(desk: &Desk) -> Res<()> {
    let person = &desk.person;
    let mut tx = desk.store.begin(&person.government)?;
    tx.put_agency(&AgencyRow {
        government: person.government.clone(),
        code: person.agency.clone(),
        name: "县司法局".to_owned(),
        place: person.government.clone(),
    })?;
    tx.put_account(&AccountRow {
        government: person.government.clone(),
        name: person.account.clone(),
        shown: person.shown.clone(),
        agency: person.agency.clone(),
        posts: person.posts.clone(),
        password: String::new(),
    })?;
    Ok(tx.commit()?)
}

fn fill(desk: &Desk, records: u64) -> Res<()> {
    let mut n = 1;
    while n <= records {
        let last = (n + 4_095).min(records);
        desk.platform.submit_all(&desk.person.government, (n..=last).map(|n| desk.propose(n)).collect(), 256)?;
        n = last + 1;
    }
    Ok(())
}

/// A record's page, the same over the API, and lists, each beside a read by the primary key; all within the server.
fn beside_a_read(runtime: &tokio::runtime::Runtime, desk: &Desk, router: &Router, records: u64) -> Res<Vec<Measured>> {
    desk.platform.session_begin(&desk.person, "benchmark", "secret")?;
    // Records all over the ledger, in an order that no page of the database follows.
    let picked = |n: u64| RecordId(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % records + 1);
    let county = &desk.person.government;
    let read = median(TIMED, |n| {
        let row = desk.store.read()?.record(county, picked(n))?;
        if row.is_some() { Ok(()) } else { Err(format!("record {} is missing", picked(n)).into()) }
    })?;
    let ask = |path: String| -> Res<()> {
        let request = Request::get(path).header("cookie", "fazhi=benchmark").body(Body::empty())?;
        runtime.block_on(async {
            let response = router.clone().oneshot(request).await?;
            if !response.status().is_success() {
                return Err(format!("the server answered {}", response.status()).into());
            }
            to_bytes(response.into_body(), 1 << 24).await?;
            Ok(())
        })
    };
    let mut rows = vec![Measured::plain("a read by the primary key, p50, microseconds", micros(read))];
    let asked: [(&str, &dyn Fn(u64) -> String); 4] = [
        ("a record's page", &|n| format!("/records/{}", picked(n))),
        ("a record over the API", &|n| format!("/api/v1/records/{}", picked(n))),
        ("a list of 50 under rights, page", &|_| "/records".to_owned()),
        ("a list of 50 under rights, API", &|_| "/api/v1/records".to_owned()),
    ];
    for (what, path) in asked {
        let took = median(TIMED, |n| ask(path(n)))?;
        let ratio = took.as_secs_f64() / read.as_secs_f64();
        rows.push(Measured::plain(format!("{what}, p50, microseconds"), micros(took)));
        rows.push(Measured::bound("  times the read", format!("{ratio:.1}"), "<= 20", ratio <= BOUND));
    }
    Ok(rows)
}

fn micros(took: Duration) -> String {
    took.as_micros().to_string()
}

/// The middle of many times; what is done first, before anything is warm, does not count.
fn median(times: u64, mut run: impl FnMut(u64) -> Res<()>) -> Res<Duration> {
    let mut all = Vec::new();
    for n in 0..times + times / 10 {
        let began = Instant::now();
        run(n)?;
        if n >= times / 10 {
            all.push(began.elapsed());
        }
    }
    all.sort();
    Ok(all[all.len() / 2])
}

/// CPU time of this process so far.
fn cpu() -> Res<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the name, which stands in brackets and may hold anything: the 12th and 13th are user and system time.
    let after = stat.rsplit_once(") ").ok_or("/proc/self/stat has another form")?.1;
    let ticks: u64 = after.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Duration::from_secs_f64(ticks as f64 / TICKS))
}

/// Calls from another process: the CPU time that this one spent on them, and the time that passed.
fn from_outside(address: SocketAddr, token: &str, kind: &str, calls: u64) -> Res<(Duration, Duration)> {
    let (before, began) = (cpu()?, Instant::now());
    let words = [CLIENT, &address.to_string(), token, kind, &calls.to_string()].map(str::to_owned);
    let status = Command::new(env::current_exe()?).args(words).status()?;
    let (after, wall) = (cpu()?, began.elapsed());
    if status.success() { Ok((after - before, wall)) } else { Err(format!("the client of `{kind}` failed").into()) }
}

/// The client's process: address, token, kind and number of calls.
pub fn client(words: &[String]) -> ExitCode {
    match calls(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn calls(words: &[String]) -> Result<(), String> {
    let [address, token, kind, calls] = words else { return Err("address, token, kind, calls".to_owned()) };
    let address: SocketAddr = address.parse().map_err(|_| "bad address")?;
    let calls: u64 = calls.parse().map_err(|_| "bad number")?;
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let one = || -> Result<(), String> {
            let mut connection = Connection::open(address).map_err(|why| why.to_string())?;
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= calls {
                    return Ok(());
                }
                let request = request(token, kind, n);
                let (status, body) = connection.call(&request).map_err(|why| why.to_string())?;
                if !matches!(status, 200 | 201) {
                    return Err(format!("{status}: {body}"));
                }
            }
        };
        let all: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(one)).collect();
        all.into_iter().try_for_each(|one| one.join().map_err(|_| "a connection panicked".to_owned())?)
    })
}

/// The `n`th call of a kind. Status changes go to the records that were there from the start.
fn request(token: &str, kind: &str, n: u64) -> String {
    let json = |path: &str, number: u64, more: &str, body: &str| {
        format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {number:032x}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    match kind {
        "open" => {
            let body = format!(
                "{{\"line\":\"power_item\",\"act\":\"propose\",\"inputs\":{{\"item_code\":\"H{n:09}\",\
                 \"name\":\"对未取得许可擅自从事经营活动的处罚\",\"kind\":\"penalty\",\"basis_rank\":\"law\",\
                 \"basis\":\"某法第十条第一款、第二十三条\",\"mode\":\"own\"}}}}"
            );
            json("/records", (1 << 60) + n, "", &body)
        }
        "act" => {
            let body = "{\"act\":\"check_legality\",\"inputs\":{\"legality\":\"依据充分\"}}";
            let path = format!("/records/{}/acts", n + 1);
            json(&path, (2 << 60) + n, "If-Match: \"1\"\r\n", body)
        }
        _ => format!("GET /api/v1/records?limit=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"),
    }
}

/// A connection that is kept.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Connection(BufReader::new(stream)))
    }

    fn call(&mut self, request: &str) -> std::io::Result<(u16, String)> {
        self.0.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let (name, value) = line.trim_end().split_once(':').unwrap_or((line.trim_end(), ""));
            match name.to_ascii_lowercase().as_str() {
                "" => break,
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "transfer-encoding" => chunked = value.trim() == "chunked",
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                line.clear();
                self.0.read_line(&mut line)?;
                let size = usize::from_str_radix(line.trim(), 16).unwrap_or(0);
                let mut chunk = vec![0; size + 2];
                self.0.read_exact(&mut chunk)?;
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else {
            body.resize(length, 0);
            self.0.read_exact(&mut body)?;
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
