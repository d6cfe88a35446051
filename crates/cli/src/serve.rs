//! `fazhi serve`: the pages on this machine, and the scheduler beside them.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use platform::{Platform, WayOut};
use terms::GovernmentCode;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use web::{Options, PublishedReport, Site};

use crate::args::{At, Serve};
use crate::failure::{Failure, Found};
use crate::out::Teller;
use crate::running::Running;
use crate::{casefile, open, read, running, searching, show};

/// Between two rounds of the scheduler.
const HOUR: Duration = Duration::from_secs(3_600);
/// So long a request that is under way may take when the program is stopped.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves the ledger in the data folder.
pub fn run(at: &At, asked: &Serve) -> Result<Found, Failure> {
    let doors = doors(asked.port, &asked.running)?;
    let published = published(&asked.published)?;
    let platform = open::writing(at)?;
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let ways = asked.out.ways()?;
    let beside = None::<fn(Arc<Platform>)>;
    serve(at, platform, doors, government, published, "", at.data.spool(), ways, &asked.running, beside)
}

/// Reports as they were published, each with the year that its name ends with.
pub fn published(files: &[std::path::PathBuf]) -> Result<Vec<PublishedReport>, Failure> {
    let mut all = Vec::new();
    for file in files {
        let (name, text) = read::text_of(file)?;
        let year = name.rsplit('-').next().and_then(|year| year.parse().ok()).ok_or_else(|| {
            Failure::new(
                format!("{} does not say of which year it is", file.display()),
                "let its name end with the year: qilian-2020.txt",
            )
        })?;
        all.push(PublishedReport { year, name, text });
    }
    Ok(all)
}

/// Where the program is asked.
pub struct Doors {
    pages: TcpListener,
    metrics: Option<TcpListener>,
}

/// Takes the ports first: nothing is built for a program that cannot serve.
pub fn doors(port: u16, running: &Running) -> Result<Doors, Failure> {
    let pages = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        Failure::new(
            format!("port {port} of this machine cannot be used: {error}"),
            "stop the program that has it, or choose another with --port",
        )
    })?;
    let metrics = running.metrics.map(|address| {
        TcpListener::bind(address).map_err(|error| {
            Failure::new(
                format!("metrics cannot be served at {address}: {error}"),
                "stop the program that has the address, or choose another with --metrics",
            )
        })
    });
    Ok(Doors { pages, metrics: metrics.transpose()? })
}

/// A listener as the runtime needs it.
fn ready(listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// Serves until it is stopped; files lie in the folder `spool` while they come in; `greeting` is printed once it listens,
/// before the line that says what was started; `beside` runs in a thread of its own meanwhile, and ends when the platform
/// is closed.
#[allow(clippy::too_many_arguments)] // what a site is made of
pub fn serve(
    at: &At,
    platform: Platform,
    doors: Doors,
    government: GovernmentCode,
    published_reports: Vec<PublishedReport>,
    greeting: &str,
    spool: PathBuf,
    ways: Vec<WayOut>,
    running: &Running,
    beside: Option<impl FnOnce(Arc<Platform>) + Send + 'static>,
) -> Result<Found, Failure> {
    running.begin_log();
    let broken = |error: io::Error| {
        Failure::new(format!("the pages cannot be served: {error}"), "start the program again, or use another --port")
    };
    let platform = platform.with_session_times(running.session_times());
    let (platform, searching, said) = searching::begin(platform, at, running.index.as_deref());
    let address = doors.pages.local_addr().map_err(broken)?;
    let options = Options {
        address,
        government,
        published_reports,
        secure_cookies: false,
        attachment_limit: running.attachment_limit(),
        spool,
        printer: casefile::printer(),
    };
    let holder = holder()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    let greeting = format!("{greeting}{said}{}", calendars(&platform, &holder));
    let site = Site::new(platform.clone(), options);
    // Asks the store, which may block and so has no place inside the runtime.
    let line = running::started(&platform, address)?;
    carry_over(platform.clone()).map_err(broken)?;
    if let Some(beside) = beside {
        let platform = platform.clone();
        std::thread::Builder::new().name("beside".to_owned()).spawn(move || beside(platform)).map_err(broken)?;
    }
    let teller = Teller::begin(platform.clone(), ways, holder.clone()).map_err(broken)?;
    let served = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let rounds = tokio::spawn(every_hour(platform.clone(), holder.clone()));
        let served = until_stopped(&site, doors, &mut signals, || {
            show::say(&format!("{greeting}{line}")).map_err(|failure| io::Error::other(failure.to_string()))
        });
        let served = served.await;
        rounds.abort();
        served
    });
    searching.stop();
    drop(teller);
    close(runtime, &platform, &holder);
    served.map_err(broken)?;
    show::say("stopped: every act that was answered is on disk\n")?;
    Ok(Found::Nothing)
}

/// Serves pages and metrics until a signal comes; then takes nothing new, and waits for what is under way.
async fn until_stopped(
    site: &Site,
    doors: Doors,
    signals: &mut Signals,
    begun: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let metrics = doors.metrics.map(ready).transpose()?;
    let pages = web::serve(site.pages(), ready(doors.pages)?, told(stopped.clone()));
    let watching = async {
        match metrics {
            Some(listener) => web::serve(site.watching(), listener, told(stopped)).await,
            None => Ok(()),
        }
    };
    let serving = async { tokio::try_join!(pages, watching).map(|_| ()) };
    tokio::pin!(serving);
    begun()?;
    let signal = tokio::select! {
        served = &mut serving => return served,
        signal = signals.next() => signal,
    };
    tracing::info!(signal, "stopping");
    stop.send_replace(true);
    tokio::select! {
        served = &mut serving => served,
        () = tokio::time::sleep(PATIENCE) => {
            tracing::warn!("requests under way were left");
            Ok(())
        }
        // Whoever asks twice does not want to wait.
        _ = signals.next() => Ok(()),
    }
}

/// Ends when the program is to stop.
async fn told(mut stopped: watch::Receiver<bool>) {
    // It also ends where nobody is left to say so.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Answers the commands that wait, gives the scheduler's duty back, and ends the runtime.
fn close(runtime: Runtime, platform: &Platform, holder: &str) {
    platform.close();
    let governments = platform.store().read().and_then(|mut read| read.governments());
    for government in governments.unwrap_or_default() {
        if let Err(fault) = platform.give_up_rounds(&government, holder) {
            tracing::warn!(kind = fault.kind.name(), told = fault.for_log(), place = "scheduler", "fault");
        }
    }
    runtime.shutdown_timeout(PATIENCE);
    tracing::info!("stopped");
}

/// What asks the program to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "terminate",
            _ = tokio::signal::ctrl_c() => "interrupt",
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> &'static str {
        let _ = tokio::signal::ctrl_c().await;
        "interrupt"
    }
}

/// Names this program among those on a store: machine, process, and a random part, because processes are counted anew
/// after a restart and machines may share a name.
fn holder() -> Result<String, Failure> {
    let random = getrandom::u64().map_err(|error| {
        Failure::new(
            format!("the system gives no randomness: {error}"),
            "start the program where /dev/urandom is there",
        )
    })?;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    Ok(format!("{} {} {random:016x}", host.trim(), std::process::id()))
}

/// Brings due days to the calendar that was loaded, before anything is served; says in one line what changed. What fails
/// is told and stops nothing: the next start tries again.
fn calendars(platform: &Platform, holder: &str) -> String {
    let governments = platform.store().read().and_then(|mut read| read.governments());
    let mut said = String::new();
    for government in governments.unwrap_or_default() {
        match platform.take_calendar(&government, holder) {
            Ok(None | Some(0)) => {}
            Ok(Some(records)) => {
                tracing::info!(government = government.as_str(), records, "due days by another calendar");
                said.push_str(&format!(
                    "{government}: another calendar is loaded; due days of {records} open records were counted anew\n"
                ));
            }
            Err(why) => {
                let (kind, told) = (why.kind.name(), why.for_log());
                tracing::error!(government = government.as_str(), kind, told, place = "calendar", "fault");
                said.push_str(&format!("{government}: due days could not be counted by the calendar loaded: {why}\n"));
            }
        }
    }
    said
}

/// Between two looks at what is to be handed over to other governments, where nothing rings.
const POST: Duration = Duration::from_secs(15);

/// Hands over what goes to other governments, in a thread of its own, until the platform takes no more commands. Where it
/// fails it says so and tries again.
fn carry_over(platform: Arc<Platform>) -> io::Result<()> {
    let carry = move || {
        while !platform.closed() {
            match platform.deliver(None) {
                Ok(0) => {}
                Ok(messages) => tracing::info!(messages, "handed over"),
                Err(why) => {
                    tracing::error!(kind = why.kind.name(), told = why.for_log(), place = "messages", "fault");
                }
            }
            platform.await_post(POST);
        }
    };
    std::thread::Builder::new().name("messages".to_owned()).spawn(carry).map(drop)
}

/// Puts through the limits that have passed: at the start, and from then on every hour, so that none waits for an act.
async fn every_hour(platform: Arc<Platform>, holder: String) {
    let mut hours = tokio::time::interval(HOUR);
    loop {
        hours.tick().await;
        let (platform, holder) = (platform.clone(), holder.clone());
        // A panic has been logged by its place; the next hour tries again.
        let _ = tokio::task::spawn_blocking(move || rounds(&platform, &holder)).await;
    }
}

/// A round for each government of the store; what fails for one stops no other.
fn rounds(platform: &Platform, holder: &str) {
    let fault = |government: &str, fault: &ledger::Fault| {
        tracing::error!(government, kind = fault.kind.name(), told = fault.for_log(), place = "scheduler", "fault");
    };
    let governments = match platform.store().read().and_then(|mut read| read.governments()) {
        Ok(governments) => governments,
        Err(why) => return fault("", &why),
    };
    for government in &governments {
        match platform.round(government, holder) {
            Ok(Some(records)) => tracing::info!(government = government.as_str(), records, "round"),
            Ok(None) => tracing::debug!(government = government.as_str(), "round of another program"),
            Err(why) => fault(government.as_str(), &why),
        }
    }
}
