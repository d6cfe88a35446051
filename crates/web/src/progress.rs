//! A party asks who has the record and until when (办件查询), by number and last digits, without signing in.

use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::ClockState;
use platform::{ClockView, Directory, Inquiry, Progress};
use procedure::{Binds, Line};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};
use wording::Step;

use crate::app::App;
use crate::frame::{Frame, LightView, page};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// Every answer takes so long, whatever was looked up for it: the time tells nothing.
const ANSWER: Duration = Duration::from_millis(300);

/// A limit as a party reads it.
struct LimitView {
    title: String,
    state: String,
    light: Option<LightView>,
    articles: String,
    steps: Vec<Step>,
}

struct Told {
    line: String,
    number: String,
    stage: String,
    closed: bool,
    agency: String,
    received: String,
    /// What the agency has to do.
    ours: Vec<LimitView>,
    /// What the party may do.
    theirs: Vec<LimitView>,
}

#[derive(Template)]
#[template(path = "progress.html")]
struct ProgressPage {
    f: Frame,
    number: String,
    wrong: Option<String>,
    told: Option<Told>,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    number: String,
    #[serde(default)]
    digits: String,
}

fn blank(frame: Frame) -> ProgressPage {
    let f = frame.titled("progress-title").within("progress");
    ProgressPage { f, number: String::new(), wrong: None, told: None }
}

/// The empty form.
pub(crate) async fn show(visitor: Visitor) -> Result<Response, Wrong> {
    page(&blank(visitor.told().await?))
}

/// Answers. What was typed comes in the body, so that it stands in no log and no history.
pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, Wrong> {
    let until = Instant::now() + ANSWER;
    let made = blank(visitor.told().await?);
    let f = &made.f;
    if typed.number.trim().is_empty() || typed.digits.trim().is_empty() {
        let wrong = Some(f.t("progress-missing"));
        return again(ProgressPage { number: typed.number, wrong, ..made });
    }
    let (government, address) = (app.options.government.clone(), address(&headers));
    let number = typed.number.clone();
    let (answer, directory) = app
        .ask(move |platform| {
            let answer = platform.inquire(&government, &address, &typed.number, &typed.digits)?;
            Ok::<_, ledger::Fault>((answer, platform.directory(&government)?))
        })
        .await?;
    sleep_until(until).await;
    let wrong = match answer {
        Inquiry::Found(progress) => {
            let told = Some(told(&app, f, &directory, &progress));
            return page(&ProgressPage { told, number, ..made });
        }
        Inquiry::No => f.t("progress-no"),
        Inquiry::Wait { minutes } => f.t1("progress-wait", "minutes", minutes),
    };
    again(ProgressPage { number, wrong: Some(wrong), ..made })
}

fn again(made: ProgressPage) -> Result<Response, Wrong> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&made)?).into_response())
}

/// Where a question comes from: the program listens on its own machine, so a proxy before it says so, in the last entry.
fn address(headers: &HeaderMap) -> String {
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let last = lines.flat_map(|line| line.split(',')).next_back();
    last.map(|address| address.trim().to_owned()).unwrap_or_default()
}

fn told(app: &App, frame: &Frame, directory: &Directory, progress: &Progress) -> Told {
    let line = &progress.line;
    let shown = |binds: Binds| {
        let clocks = progress.clocks.iter().filter(|one| line.limit(one.limit).binds == binds);
        // What was met, or has passed without anything to do, is no news to a party.
        let open = clocks.filter(|one| matches!(one.clock.state, ClockState::Runs(_) | ClockState::StandsStill));
        open.map(|one| limit(app, frame, line, one)).collect()
    };
    Told {
        line: frame.said(&line.title),
        number: progress.number.clone(),
        stage: frame.said(&progress.stage),
        closed: progress.closed,
        agency: directory.agency(&progress.agency),
        received: progress.received.to_string(),
        ours: if progress.closed { Vec::new() } else { shown(Binds::Agency) },
        theirs: shown(Binds::Party),
    }
}

fn limit(app: &App, frame: &Frame, line: &Line, one: &ClockView) -> LimitView {
    let limit = line.limit(one.limit);
    let law: Vec<String> = limit.ground.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let today = app.platform.now().date();
    let light = match (one.light, one.clock.state) {
        (Some(light), ClockState::Runs(deadline)) => {
            Some(LightView::of(frame, light, Some((deadline.last.date(), today))))
        }
        _ => None,
    };
    LimitView {
        title: frame.said(&limit.title),
        state: wording::state(frame.language, &one.clock.state),
        light,
        articles: wording::list(frame.language, &law),
        steps: one.why.as_ref().map(|why| wording::why(frame.language, why)).unwrap_or_default(),
    }
}
