//! Remarks beside a record.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::Fault;
use platform::{Directory, LONGEST_REMARK, Person, Platform, Remarked};
use terms::{CommandId, RecordId};

use crate::app::App;
use crate::frame::Frame;
use crate::input::Posted;
use crate::record::civil;
use crate::session::{self, Visitor};
use crate::wrong::Wrong;

/// A remark on a record's page.
pub(crate) struct RemarkView {
    pub n: u64,
    pub name: String,
    pub at: String,
    pub text: String,
    pub withdrawn: Option<String>,
    pub mine: bool,
}

/// The remarks beside a record.
pub(crate) fn views(
    platform: &Platform,
    frame: &Frame,
    directory: &Directory,
    person: &Person,
    id: RecordId,
) -> Result<Vec<RemarkView>, Fault> {
    let view = |row: ledger::RemarkRow| RemarkView {
        n: row.n,
        name: directory.person(&row.account),
        at: civil(row.at),
        withdrawn: row.withdrawn.map(|at| frame.t1("remark-withdrawn", "at", civil(at))),
        text: row.text,
        mine: row.account == person.account,
    };
    Ok(platform.remarks(person, id)?.into_iter().map(view).collect())
}

type Typed = Form<Vec<(String, String)>>;

/// Writes a remark.
pub(crate) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(typed): Typed,
) -> Result<Response, Wrong> {
    let record: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    if visitor.frame.person.is_none() {
        let frame = Frame { path: format!("/records/{record}"), ..visitor.frame.clone() };
        return session::ended(frame, typed);
    }
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let command: CommandId = posted.text("command").parse().map_err(|_| Wrong::NotFound)?;
    let text = posted.text("remark").to_owned();
    let made = app.ask(move |platform| platform.remark(&person, record, command, &text)).await?;
    let said = match made {
        Remarked::Done => visitor.frame.t("remark-done"),
        Remarked::Empty => visitor.frame.t("remark-empty"),
        Remarked::Long => visitor.frame.t1("remark-long", "most", LONGEST_REMARK),
        Remarked::Unknown => return Err(Wrong::NotFound),
    };
    visitor.tell(vec![said]).await?;
    Ok(Redirect::to(&format!("/records/{record}#remarks")).into_response())
}

/// Withdraws one of the person's own.
pub(crate) async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, n)): Path<(String, u64)>,
    Form(typed): Typed,
) -> Result<Response, Wrong> {
    let record: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let person = visitor.person()?;
    visitor.check(Posted(typed).get("token"))?;
    if app.ask(move |platform| platform.withdraw_remark(&person, n)).await? {
        visitor.tell(vec![visitor.frame.t("remark-gone")]).await?;
    }
    Ok(Redirect::to(&format!("/records/{record}#remarks")).into_response())
}
