//! How a serving program is watched over: its options, its log, and what it says of itself when it starts.

use std::net::SocketAddr;
use std::panic;
use std::path::PathBuf;

use catalog::Catalog;
use clap::{Args, ValueEnum};
use platform::{Platform, SessionTimes};
use terms::Date;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::Failure;
use crate::open;

/// What may write a log line: ours alone, because others may log a path with what somebody typed.
const OURS: [&str; 4] = ["fazhi", "platform", "search", "web"];

/// Options of a program that serves.
#[derive(Args)]
pub struct Running {
    /// Where Prometheus may ask for figures (/metrics), such as 127.0.0.1:8430; without it, nowhere
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics: Option<SocketAddr>,
    /// How the log is written, on standard error
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub log: LogForm,
    /// How much is logged
    #[arg(long, value_enum, value_name = "LEVEL", env = "FAZHI_LOG_LEVEL", default_value = "info")]
    pub log_level: LogLevel,
    /// After so many minutes without a request one signs in again
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub session_minutes: u32,
    /// After so many hours one signs in again in any case
    #[arg(long, value_name = "HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=168))]
    pub session_hours: u32,
    /// Where the index of full-text search lies, a folder for each program; without it, `search` in the data folder, or
    /// for a database `fazhi-search` here
    #[arg(long, value_name = "FOLDER")]
    pub index: Option<PathBuf>,
    /// The largest file that comes with an act, in MB
    #[arg(long, value_name = "MB", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    pub attachment_megabytes: u32,
}

/// How the log is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// How much is logged.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Failures alone.
    Error,
    /// And what will fail.
    Warn,
    /// And each request, each round of the scheduler, start and stop.
    Info,
    /// And each commit.
    Debug,
}

impl Running {
    /// How long sessions live.
    pub fn session_times(&self) -> SessionTimes {
        SessionTimes { idle_minutes: self.session_minutes, whole_hours: self.session_hours }
    }

    /// The most bytes of a file that comes with an act.
    pub fn attachment_limit(&self) -> u64 {
        u64::from(self.attachment_megabytes) * 1_000_000
    }

    /// Begins the log. A panic is logged by its place alone: what it says may quote what somebody wrote.
    pub fn begin_log(&self) {
        let level = match self.log_level {
            LogLevel::Error => Level::ERROR,
            LogLevel::Warn => Level::WARN,
            LogLevel::Info => Level::INFO,
            LogLevel::Debug => Level::DEBUG,
        };
        let ours = Targets::new().with_targets(OURS.map(|target| (target, level)));
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
        let lines = match self.log {
            LogForm::Text => lines.with_ansi(false).compact().boxed(),
            LogForm::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        };
        // A log that has begun goes on.
        let _ = tracing_subscriber::registry().with(lines.with_filter(ours)).try_init();
        panic::set_hook(Box::new(|what| {
            let place = what.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
            tracing::error!(kind = "panic", place, "fault");
        }));
    }
}

/// The catalogue as one can name it: how many lines, and the first digits of the SM3 over its files.
fn catalogue(catalog: &Catalog) -> String {
    let mut bytes = Vec::new();
    for (path, text) in catalog.source().files() {
        for part in [path, text] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
    }
    let digest = ledger::hash(&bytes).to_string();
    let digest: String = digest.chars().take(12).collect();
    format!("{digest} ({} lines)", catalog.codes().len())
}

/// Says in one line what starts: address, governments, engine, catalogue, how far the holidays are known.
pub fn started(platform: &Platform, address: SocketAddr) -> Result<String, Failure> {
    let governments: Vec<String> = open::governments(platform)?.iter().map(ToString::to_string).collect();
    let (governments, engine) = (governments.join(" "), platform.store().engine());
    let (catalogue, known) = (catalogue(platform.catalog()), platform.catalog().calendar.known_until());
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(
        version,
        %address,
        governments,
        engine,
        catalogue,
        calendar_until = %known,
        "started"
    );
    if let Some(warning) = calendar_warning(platform.now().date(), known) {
        tracing::warn!(calendar_until = %known, "{warning}");
    }
    Ok(format!(
        "http://{address}  government {governments}, {engine}, catalogue {catalogue}, holidays known until {known}  \
         (stop with Ctrl-C)\n"
    ))
}

/// What the operator has to know about the holidays: the notice for a year comes in the November before.
fn calendar_warning(today: Date, known: Date) -> Option<&'static str> {
    if known < today {
        Some("no notice on holidays is loaded for today: every date is provisional, and nothing is called late")
    } else if today.month() >= 11 && known.year() <= today.year() {
        Some("the notice on next year's holidays is not loaded: add catalog/calendars/<year>.toml when it comes")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_asked_for_in_november() {
        let known = Date::constant(2026, 12, 31);
        assert_eq!(calendar_warning(Date::constant(2026, 10, 31), known), None);
        assert!(calendar_warning(Date::constant(2026, 11, 1), known).is_some_and(|text| text.contains("next year")));
        assert!(calendar_warning(Date::constant(2027, 1, 1), known).is_some_and(|text| text.contains("provisional")));
        assert_eq!(calendar_warning(Date::constant(2026, 12, 1), Date::constant(2027, 12, 31)), None);
    }
}
