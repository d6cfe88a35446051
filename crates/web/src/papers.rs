//! Documents that acts issued, and the case file, to be taken away.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use composer::{Kind, Letter};
use platform::Made;
use procedure::Language;
use serde::Deserialize;
use terms::{PlaceCode, RecordId, Stretch};

use crate::app::App;
use crate::frame::{Frame, encoded};
use crate::session::Visitor;
use crate::wrong::Wrong;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Why there is nothing to take away.
#[derive(Template)]
#[template(path = "no_document.html")]
struct Nothing {
    f: Frame,
    id: String,
    what: String,
    parts: Vec<String>,
    next: String,
}

fn nothing(page: &Nothing, status: StatusCode) -> Result<Response, Wrong> {
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.render()?).into_response())
}

/// A file to be kept under a name.
fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let name = name.replace('/', "-");
    let told = format!("attachment; filename*=UTF-8''{}", encoded(&name));
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, told)], bytes).into_response()
}

/// A document that an act of a record issued.
pub(crate) async fn document(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, seq, name)): Path<(String, u32, String)>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let record: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let code = name.strip_suffix(".docx").ok_or(Wrong::NotFound)?.to_owned();
    let made = app.ask(move |platform| platform.document(&person, record, seq, &code)).await?.ok_or(Wrong::NotFound)?;
    match made {
        Made::Document { name, bytes, .. } => Ok(file(DOCX, &format!("{name}.docx"), bytes)),
        Made::Lacking(parts) => {
            let f = visitor.told().await?.titled("no-document");
            let parts = parts.iter().map(|part| f.said(part)).collect();
            let (what, next) = (f.t("no-document-lacking"), f.t("no-document-lacking-next"));
            nothing(&Nothing { f, id, what, parts, next }, StatusCode::CONFLICT)
        }
    }
}

/// The case file of a record, as PDF.
pub(crate) async fn case_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let record: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    let printer = app.options.printer;
    let made = app
        .ask(move |platform| {
            let says = |code: &str, args: &[(&str, String)]| wording::say(Language::Zh, code, args);
            let told = platform.case_file(&person, record, &says)?;
            // It is composed where it does not hold up others.
            Ok::<_, ledger::Fault>(
                told.map(|told| (format!("{}-{}.pdf", told.line, told.number), printer.map(|p| (p.case_file)(&told)))),
            )
        })
        .await?;
    let (name, printed) = made.ok_or(Wrong::NotFound)?;
    match printed {
        Some(Ok(bytes)) => Ok(file("application/pdf", &name, bytes)),
        Some(Err(why)) => {
            tracing::error!(kind = "press", told = why, place = "page", "fault");
            let f = visitor.told().await?.titled("no-document");
            let (what, next) = (f.t("no-casefile-failed"), f.t("no-casefile-failed-next"));
            nothing(&Nothing { f, id, what, parts: Vec::new(), next }, StatusCode::INTERNAL_SERVER_ERROR)
        }
        None => {
            let f = visitor.told().await?.titled("no-document");
            let (what, next) = (f.t("no-casefile"), f.t("no-casefile-next"));
            nothing(&Nothing { f, id, what, parts: Vec::new(), next }, StatusCode::NOT_IMPLEMENTED)
        }
    }
}

/// Which report, and what whoever numbers letters gives it.
#[derive(Deserialize)]
pub(crate) struct Which {
    place: Option<String>,
    period: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    signer: String,
}

impl Which {
    /// What is wrong with the number.
    fn misnumbered(&self) -> Option<&'static str> {
        let number = self.number.trim();
        (!number.is_empty() && !composer::is_number(number)).then_some("no-letter-number")
    }
}

/// Why there is no letter, and what to do.
async fn no_letter(visitor: Visitor, what: &str, next: &str, status: StatusCode) -> Result<Response, Wrong> {
    let f = visitor.told().await?.titled("no-document");
    let (what, next) = (f.t(what), f.t(next));
    nothing(&Nothing { f, id: String::new(), what, parts: Vec::new(), next }, status)
}

/// A report as an official letter, for a text processor.
pub(crate) async fn letter_docx(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Which>,
) -> Result<Response, Wrong> {
    if let Some(wrong) = asked.misnumbered() {
        return no_letter(visitor, wrong, "no-letter-number-next", StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (name, letter) = composed(&app, &visitor, asked).await?;
    Ok(file(DOCX, &format!("{name}.docx"), papers::sheet(&letter.page())))
}

/// The same, printed.
pub(crate) async fn letter_pdf(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Which>,
) -> Result<Response, Wrong> {
    if let Some(wrong) = asked.misnumbered() {
        return no_letter(visitor, wrong, "no-letter-number-next", StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (name, letter) = composed(&app, &visitor, asked).await?;
    let Some(printer) = app.options.printer else {
        return no_letter(visitor, "no-letter", "no-letter-next", StatusCode::NOT_IMPLEMENTED).await;
    };
    // Composing takes a moment: it is done where it does not hold up others.
    match app.ask(move |_| Ok::<_, ledger::Fault>((printer.letter)(&letter))).await? {
        Ok(bytes) => Ok(file("application/pdf", &format!("{name}.pdf"), bytes)),
        Err(why) => {
            tracing::error!(kind = "press", told = why, place = "page", "fault");
            no_letter(visitor, "no-letter-failed", "no-casefile-failed-next", StatusCode::INTERNAL_SERVER_ERROR).await
        }
    }
}

/// The letter, and the name of its file: its title.
async fn composed(app: &App, visitor: &Visitor, asked: Which) -> Result<(String, Letter), Wrong> {
    let place: PlaceCode = match asked.place {
        Some(place) => place.parse().map_err(|_| Wrong::NotFound)?,
        None => app.options.government.clone(),
    };
    let period: Stretch = asked.period.parse().map_err(|_| Wrong::NotFound)?;
    let (number, signer) = (asked.number.trim().to_owned(), asked.signer.trim().to_owned());
    let person = visitor.frame.person.clone();
    let letter = app
        .ask(move |platform| platform.report_letter(person.as_ref().into(), &place, period, &number, &signer))
        .await?;
    let title = letter.lines.iter().find(|line| line.kind == Kind::Title);
    Ok((title.map(|line| line.text.clone()).unwrap_or_default(), letter))
}
