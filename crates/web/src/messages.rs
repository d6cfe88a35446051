//! Messages between records: what a record's page shows of them, and the page on which somebody looks after those that wait.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::{Fault, MessageRow, MessageState};
use platform::{Person, Platform};
use terms::{GovernmentCode, MessageId};

use crate::app::App;
use crate::frame::{Frame, page};
use crate::input::Posted;
use crate::record::civil;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// A message as its page and a record's page show it.
pub(crate) struct MessageView {
    pub id: String,
    pub sent: bool,
    pub what: String,
    pub who: String,
    pub at: String,
    pub state: String,
    /// Something is to be done about it.
    pub open: bool,
    pub why: Option<String>,
    /// The record here.
    pub href: Option<String>,
    /// The record there, where it is of the same government.
    pub there: Option<String>,
}

/// The messages of a record, in order.
pub(crate) fn of_record(
    platform: &Platform,
    frame: &Frame,
    government: &GovernmentCode,
    record: terms::RecordId,
) -> Result<Vec<MessageView>, Fault> {
    let rows = platform.messages_of(government, record)?;
    Ok(rows.iter().map(|row| view(platform, frame, row)).collect())
}

fn view(platform: &Platform, frame: &Frame, row: &MessageRow) -> MessageView {
    let today = platform.now().date();
    let region = |code: &GovernmentCode| {
        let found = platform.catalog().regions.get(code, today);
        found.map_or_else(|| code.to_string(), |region| region.name.clone())
    };
    let line = platform.line_today(&row.government, &row.line);
    let line = line.map_or_else(|| row.line.to_string(), |line| frame.said(&line.title));
    let opens = row.id.n == 1 && !row.id.back;
    let code = match (row.sent, opens) {
        (true, true) => "message-sent-opens",
        (true, false) => "message-sent-tells",
        (false, true) => "message-came-opens",
        (false, false) => "message-came-tells",
    };
    let who = match &row.other {
        Some(other) => region(other),
        None if row.addressee.is_empty() => frame.t("message-nobody"),
        None => row.addressee.clone(),
    };
    let own = row.other.as_ref() == Some(&row.government);
    MessageView {
        id: row.id.to_string(),
        sent: row.sent,
        what: frame.t1(code, "line", line),
        who,
        at: civil(row.at),
        state: frame.t(&format!("message-{}", row.state.name())),
        open: matches!(row.state, MessageState::Waits | MessageState::Returned),
        why: (!row.told.is_empty()).then(|| why(frame, row)),
        href: row.record.map(|record| format!("/records/{record}")),
        there: row.there.filter(|_| own).map(|record| format!("/records/{record}")),
    }
}

/// Why a message waits, in words; why it was sent back, as somebody wrote it.
fn why(frame: &Frame, row: &MessageRow) -> String {
    if row.state == MessageState::Returned {
        return frame.t1("message-returned-why", "reason", &row.told);
    }
    let (code, rest) = row.told.split_once(' ').unwrap_or((&row.told, ""));
    let known = ["unknown", "agency", "no_record", "refused", "asks", "incomplete", "taken", "wrong_time"];
    match known.contains(&code) {
        true => frame.t1(&format!("message-why-{}", code.replace('_', "-")), "what", rest),
        false => row.told.clone(),
    }
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    f: Frame,
    came: Vec<MessageView>,
    sent: Vec<MessageView>,
    agencies: Vec<(String, String)>,
}

/// What waits for a person: messages that could not be applied here, and those of own records that wait elsewhere or came
/// back.
pub(crate) async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("messages-title").within("desk");
    page(&app.ask(move |platform| waiting(platform, frame, &person)).await?)
}

fn waiting(platform: &Platform, frame: Frame, person: &Person) -> Result<MessagesPage, Fault> {
    let (came, sent) = platform.waiting_messages(person)?;
    let views = |rows: Vec<MessageRow>| rows.iter().map(|row| view(platform, &frame, row)).collect::<Vec<_>>();
    let (came, sent) = (views(came), views(sent));
    let agencies = platform.directory(&person.government)?.agencies;
    let agencies = agencies.into_iter().map(|(code, name)| (code.to_string(), name)).collect();
    Ok(MessagesPage { came, sent, agencies, f: frame })
}

/// Takes a message up, with the agency that is to have it, or sends it back with a reason.
pub(crate) async fn settle(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let id: MessageId = posted.text("message").parse().map_err(|_| Wrong::NotFound)?;
    let frame = &visitor.frame;
    let said = if posted.text("do") == "back" {
        let reason = posted.text("reason").to_owned();
        if reason.is_empty() {
            frame.t("message-reason-missing")
        } else {
            let done = app.ask(move |platform| platform.send_back(&person, &id, &reason)).await?;
            frame.t(if done { "message-sent-back" } else { "message-gone" })
        }
    } else {
        let agency = posted.get("agency").filter(|agency| !agency.is_empty()).map(Into::into);
        let left = app.ask(move |platform| platform.take_up(&person, &id, agency)).await?;
        frame.t(match left.as_deref() {
            None => "message-taken",
            Some("gone") => "message-gone",
            Some(_) => "message-still-waits",
        })
    };
    visitor.tell(vec![said]).await?;
    Ok(Redirect::to("/messages").into_response())
}
