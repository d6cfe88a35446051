//! What closed accounts left behind: open records that somebody else has to take over.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ledger::Fault;

use crate::app::App;
use crate::frame::{Frame, page, query};
use crate::session::Visitor;
use crate::wrong::Wrong;

struct LeftView {
    who: String,
    agency: String,
    closed: String,
    open: String,
    all: String,
    rows: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "handover.html")]
struct HandoverPage {
    f: Frame,
    left: Vec<LeftView>,
}

/// So many of each account's records stand on the page; the list has them all.
const EACH: u32 = 20;

/// The open records of closed accounts, as far as somebody sees them.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?.titled("handover-title").within("records");
    let made = app
        .ask(move |platform| {
            let directory = platform.directory(&person.government)?;
            let mut left = Vec::new();
            for (one, rows) in platform.left_behind(&person, EACH)? {
                let open = if one.open > 1_000 { frame.t("records-more") } else { one.open.to_string() };
                let row = |row: &ledger::RecordRow| {
                    let label = if row.label.is_empty() { row.id.to_string() } else { row.label.clone() };
                    (format!("/records/{}", row.id), label)
                };
                left.push(LeftView {
                    who: format!("{} ({})", one.shown, one.account),
                    agency: directory.agency(&one.agency),
                    closed: frame.t1("admin-closed", "day", one.closed),
                    open: frame.t1("records-total", "count", open),
                    all: format!("/records{}", query(&[("handler", &one.account), ("state", "open")])),
                    rows: rows.iter().map(row).collect(),
                });
            }
            Ok::<_, Fault>(HandoverPage { left, f: frame })
        })
        .await?;
    page(&made)
}
