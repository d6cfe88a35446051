//! Campaigns: the records that one decision is about, a verdict for each, what the door says to all of them, and the
//! signature under the whole.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::{Fault, RecordRow};
use platform::{Answer, Decided, Decision, Person, Platform};
use procedure::Line;
use terms::{Code, CommandId, RecordId, Value};

use crate::app::App;
use crate::form::{Control, Making};
use crate::frame::{Frame, page};
use crate::input::{self, Errors, Posted};
use crate::session::{Visitor, random};
use crate::wrong::Wrong;

/// A record of a campaign, with the verdict on it and what the door says to that.
struct Row {
    id: String,
    label: String,
    opened: String,
    verdict: String,
    said: Vec<String>,
}

/// A decision that waits for a signature.
struct Waits {
    name: String,
    records: String,
    rows: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "campaign.html")]
struct CampaignPage {
    f: Frame,
    action: String,
    command: String,
    articles: String,
    numbered: Option<String>,
    controls: Vec<Control>,
    verdicts: Vec<(String, String)>,
    rows: Vec<Row>,
    waits: Vec<Waits>,
    notice: Option<String>,
    tried: bool,
}

#[derive(Template)]
#[template(path = "campaigns.html")]
struct CampaignsPage {
    f: Frame,
    all: Vec<(String, String, String)>,
}

/// What somebody can decide over many records.
pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("campaigns-title").within("new");
    let all = app.platform.campaigns(&person);
    let all = all.iter().map(|(line, at)| {
        let campaign = &line.campaigns[*at];
        let href = format!("/campaigns/{}/{}", line.code, campaign.code);
        (href, frame.said(&campaign.title), frame.said(&line.title))
    });
    page(&CampaignsPage { all: all.collect(), f: frame })
}

/// A campaign that this person can take part in.
fn found(platform: &Platform, person: &Person, line: &str, code: &str) -> Option<(Arc<Line>, usize)> {
    let all = platform.campaigns(person);
    all.into_iter().find(|(found, at)| found.code == line && found.campaigns[*at].code == code)
}

/// The page of a campaign.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path((line, code)): Path<(String, String)>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let (frame, command) = (visitor.told().await?, random()?);
    let made = app.ask(move |platform| {
        let Some((line, at)) = found(platform, &person, &line, &code) else { return Ok(None) };
        let shown = Shown { posted: Posted::default(), errors: Errors::default(), decided: None, command };
        build(platform, frame, &person, &line, at, shown).map(Some)
    });
    page(&made.await?.ok_or(Wrong::NotFound)?)
}

/// What was typed, and what came of it.
struct Shown {
    posted: Posted,
    errors: Errors,
    decided: Option<Decided>,
    command: String,
}

fn build(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    line: &Arc<Line>,
    at: usize,
    shown: Shown,
) -> Result<CampaignPage, Fault> {
    let campaign = &line.campaigns[at];
    let Shown { posted, errors, decided, command } = shown;
    let rows = platform.campaign_records(person, line, campaign)?;
    let making = Making { frame: &frame, platform, posted: &posted, errors: &errors };
    let number = campaign.number.map(|series| line.series[series.index()].field);
    let mut controls = Vec::new();
    for field in campaign.shares.iter().filter(|field| Some(**field) != number) {
        controls.push(making.of_field(line.field(*field), true)?);
    }
    let answers: HashMap<RecordId, &Answer> =
        decided.iter().flat_map(|one| &one.answers).map(|(id, answer)| (*id, answer)).collect();
    let row = |row: &RecordRow| Row {
        id: row.id.to_string(),
        label: label(row),
        opened: row.opened.to_string(),
        verdict: posted.text(&format!("verdict.{}", row.id)).to_owned(),
        said: answers.get(&row.id).map_or_else(Vec::new, |answer| said(&frame, line, answer)),
    };
    let waits = platform.campaign_proposals(person, line, campaign)?;
    let waits = waits.iter().map(|(name, rows)| Waits {
        name: name.clone(),
        records: rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>().join(","),
        rows: rows.iter().map(|row| (format!("/records/{}", row.id), label(row))).collect(),
    });
    let law: Vec<String> = campaign.ground.law.iter().map(|law| wording::article(frame.language, law)).collect();
    let tried =
        decided.as_ref().is_some_and(|one| one.answers.iter().all(|(_, answer)| matches!(answer, Answer::Done(_))));
    let notice = decided.as_ref().map(|_| frame.t(if tried { "campaign-tried" } else { "campaign-refused" }));
    Ok(CampaignPage {
        action: format!("/campaigns/{}/{}", line.code, campaign.code),
        command,
        articles: wording::list(frame.language, &law),
        numbered: number.map(|field| frame.t1("campaign-numbered", "field", frame.said(&line.field(field).title))),
        controls,
        verdicts: campaign
            .verdicts
            .iter()
            .map(|id| (line.act(*id).code.to_string(), frame.said(&line.act(*id).title)))
            .collect(),
        rows: rows.iter().map(row).collect(),
        waits: waits.collect(),
        notice: errors.0.first().map(|(_, sentence)| sentence.clone()).or(notice),
        tried,
        f: {
            let title = frame.said(&campaign.title);
            frame.named(title)
        },
    })
}

fn label(row: &RecordRow) -> String {
    if row.label.is_empty() { row.id.to_string() } else { row.label.clone() }
}

/// What the door says to one verdict.
fn said(frame: &Frame, line: &Line, answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Done(_) => Vec::new(),
        Answer::Refused(refusals) => refusals
            .iter()
            .map(|refusal| {
                let act = refusal.rule.as_ref().map_or("", |rule| rule.as_str());
                let told = wording::refusal(frame.language, act, refusal);
                format!("{} {} {}", told.why, told.next, wording::list(frame.language, &told.basis))
            })
            .collect(),
        Answer::Asks(warnings) => {
            warnings.iter().map(|warning| wording::warning(frame.language, line, warning).why).collect()
        }
        Answer::Incomplete(gaps) => gaps.iter().map(|gap| wording::gap(frame.language, line, gap)).collect(),
        _ => vec![frame.t("campaign-other")],
    }
}

/// Tries a decision, or makes it.
pub(crate) async fn decide(
    State(app): State<App>,
    visitor: Visitor,
    Path((line, code)): Path<(String, String)>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let frame = visitor.frame.clone();
    let (line_code, campaign_code) = (line.clone(), code.clone());
    let made = app.ask(move |platform| {
        let Some((line, at)) = found(platform, &person, &line_code, &campaign_code) else { return Ok(None) };
        decided(platform, frame, &person, &line, at, posted).map(Some)
    });
    match made.await?.ok_or(Wrong::NotFound)? {
        Ok(number) => {
            let said = match number {
                Some(number) => visitor.frame.t1("campaign-done-numbered", "number", number),
                None => visitor.frame.t("campaign-done"),
            };
            visitor.tell(vec![said]).await?;
            Ok(Redirect::to(&format!("/campaigns/{line}/{code}")).into_response())
        }
        Err(made) => Ok((StatusCode::UNPROCESSABLE_ENTITY, page(made.as_ref())?).into_response()),
    }
}

/// The number of a decision that stands, or the page again.
type Came = Result<Option<String>, Box<CampaignPage>>;

fn decided(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    line: &Arc<Line>,
    at: usize,
    posted: Posted,
) -> Result<Came, Fault> {
    let campaign = &line.campaigns[at];
    let number = campaign.number.map(|series| line.series[series.index()].field);
    let mut errors = Errors::default();
    let mut shared: Vec<(Code, Value)> = Vec::new();
    for id in campaign.shares.iter().filter(|id| Some(**id) != number) {
        let field = line.field(*id);
        match input::value(&frame, field, &posted) {
            Ok(Some(value)) => shared.push((field.code.clone(), value)),
            Ok(None) => {
                errors.add(&input::control(&field.code), frame.t1("gap-missing", "field", frame.said(&field.title)));
            }
            Err(sentence) => errors.add(&input::control(&field.code), sentence),
        }
    }
    let mut verdicts = Vec::new();
    for (name, verdict) in &posted.0 {
        let Some(Ok(record)) = name.strip_prefix("verdict.").map(str::parse::<RecordId>) else { continue };
        if !verdict.is_empty() {
            verdicts.push((record, Code::from(verdict.as_str())));
        }
    }
    if verdicts.is_empty() {
        errors.add("", frame.t("campaign-no-verdict"));
    }
    let command = posted.text("command").to_owned();
    let id: CommandId = command.parse().unwrap_or(CommandId([0; 16]));
    let mut came = None;
    if errors.0.is_empty() {
        let tried = posted.text("do") != "decide";
        let reason = posted.text("reason").trim().to_owned();
        let rules = line.rules.iter().map(|rule| rule.code.clone());
        let reasons = if reason.is_empty() { Vec::new() } else { rules.map(|rule| (rule, reason.clone())).collect() };
        let decision =
            Decision { id, line: line.code.clone(), campaign: campaign.code.clone(), shared, reasons, verdicts, tried };
        came = platform.decide_campaign(person, &decision)?;
        if let Some(Decided { stands: true, number, .. }) = came {
            return Ok(Ok(number));
        }
    }
    let shown = Shown { posted, errors, decided: came, command };
    build(platform, frame, person, line, at, shown).map(|made| Err(Box::new(made)))
}

/// Signs a decision as a whole.
pub(crate) async fn sign(
    State(app): State<App>,
    visitor: Visitor,
    Path((line, code)): Path<(String, String)>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let id: CommandId = posted.text("command").parse().map_err(|_| Wrong::NotFound)?;
    let records: Vec<RecordId> = posted.text("records").split(',').filter_map(|id| id.parse().ok()).collect();
    let to = format!("/campaigns/{line}/{code}");
    let many = records.len();
    let came = app.ask(move |platform| {
        let Some((line, at)) = found(platform, &person, &line, &code) else { return Ok(None) };
        // Only what still waits for this person under this campaign.
        let waits = platform.campaign_proposals(&person, &line, &line.campaigns[at])?;
        let waits: Vec<RecordId> = waits.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.id)).collect();
        if records.is_empty() || !records.iter().all(|id| waits.contains(id)) {
            return Ok(None);
        }
        platform.sign_all(&person, id, &records).map(Some)
    });
    let said = match came.await? {
        Some(Decided { stands: true, .. }) => visitor.frame.t1("campaign-signed", "count", many),
        Some(_) => visitor.frame.t("campaign-sign-refused"),
        None => visitor.frame.t("campaign-sign-gone"),
    };
    visitor.tell(vec![said]).await?;
    Ok(Redirect::to(&to).into_response())
}
