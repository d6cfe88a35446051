//! Files that go out: a list as long as it may be, streamed; an official table.

use std::collections::HashMap;
use std::io::{self, Write};

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use figures::Period;
use intake::{ListWrong, TableWrong};
use sheets::FileKind;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{StreamExt, once};

use crate::app::App;
use crate::desk::filter_of;
use crate::figures::Asked;
use crate::frame::{encoded, query};
use crate::session::Visitor;
use crate::wrong::Wrong;

/// Bytes as a file to keep.
pub(crate) fn attachment(name: &str, kind: FileKind, body: impl Into<Body>) -> Response {
    let named = format!("attachment; filename*=UTF-8''{}", encoded(name));
    let named = HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind.media())), (header::CONTENT_DISPOSITION, named)];
    (headers, body.into()).into_response()
}

/// So much is written at once, and so many such parts wait for a slow reader: whatever the length of a list, no more of it
/// is in memory.
const PART: usize = 64 << 10;
const PARTS: usize = 4;

/// What is written goes to whoever reads; it waits for them, and ends where they have gone.
struct Outgoing(Sender<io::Result<Bytes>>);

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes))).map_err(gone)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The list of a page as a file.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let language = visitor.frame.language;
    let kind = match given.get("as").map(String::as_str) {
        Some("csv") => FileKind::Csv,
        Some("xlsx") => FileKind::Xlsx,
        _ => return Err(Wrong::NotFound),
    };
    let filter = filter_of(&given).0;
    let mut asked: Vec<(&str, &str)> = given.iter().map(|(name, text)| (name.as_str(), text.trim())).collect();
    asked.retain(|(name, _)| *name != "as" && *name != "after");
    asked.sort_unstable();
    let asked = query(&asked);
    let (sender, receiver) = channel(PARTS);
    let platform = app.platform.clone();
    tokio::task::spawn_blocking(move || {
        let out = io::BufWriter::with_capacity(PART, Outgoing(sender.clone()));
        match intake::list(&platform, &person, &filter, (kind, language, &asked), out) {
            Ok(_) => {}
            Err(ListWrong::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(ListWrong::Write(error)) => {
                tracing::error!(kind = "sheet", place = "list", "fault");
                let _ = sender.blocking_send(Err(error));
            }
            Err(ListWrong::Fault(fault)) => {
                tracing::error!(kind = fault.kind.name(), told = fault.for_log(), place = "list", "fault");
                let _ = sender.blocking_send(Err(io::Error::other("the store failed")));
            }
        }
    });
    let name = given.get("line").map(|line| line.trim()).filter(|line| !line.is_empty()).unwrap_or("records");
    Ok(attachment(&format!("{name}.{}", kind.ending()), kind, begun(receiver).await?))
}

/// The body, once its first part is there: what fails before that is still an error and no broken file.
async fn begun(mut receiver: Receiver<io::Result<Bytes>>) -> Result<Body, Wrong> {
    match receiver.recv().await {
        Some(Ok(first)) => Ok(Body::from_stream(once(Ok(first)).chain(ReceiverStream::new(receiver)))),
        Some(Err(_)) | None => Err(Wrong::broken("list")),
    }
}

/// An official table of a place and a year.
pub(crate) async fn table(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
    Query(given): Query<HashMap<String, String>>,
) -> Result<Response, Wrong> {
    let asked = Asked::of(&app, &given);
    let language = visitor.frame.language;
    let year = asked.period.to.year();
    // A table is of a whole year.
    Period::year(year).ok_or(Wrong::NotFound)?;
    let name = format!("{code}-{year}.xlsx");
    let bytes = app
        .ask(move |platform| match intake::table(platform, &code, &asked.place, year) {
            Ok(told) => intake::board(&told, language).bytes().map_err(|_| Wrong::broken("sheet")),
            Err(TableWrong::Tell(why)) => Err(why.into()),
            Err(TableWrong::Unknown(_) | TableWrong::Year(_)) => Err(Wrong::NotFound),
        })
        .await?;
    Ok(attachment(&name, FileKind::Xlsx, bytes))
}
