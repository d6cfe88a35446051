//! A form as it is sent: texts alone, or texts and files. Files go to the disk as they come, and never lie in memory
//! whole; what a sender says about their length is not believed.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures_util::Stream;
use platform::{Attaching, FileKind, FileProblem};

use crate::app::App;
use crate::frame::Frame;
use crate::input::Posted;
use crate::session::Visitor;
use crate::spool::Spool;
use crate::wrong::Wrong;

/// The most files that come with one form.
pub(crate) const MOST_FILES: usize = 10;
/// The most bytes of all texts of a form.
const MOST_TEXT: usize = 1 << 20;
/// The most texts of a form.
const MOST_TEXTS: usize = 2_000;
/// The most bytes that come in before any of them is understood: the head of a part.
const MOST_HEAD: usize = 1 << 20;
/// So many times what is allowed is read and thrown away, so that a browser gets the page that says so.
const PATIENCE: u64 = 4;

/// A form's control for files.
pub(crate) const FILE: &str = "file";
/// A file that came before: its digest, `/`, its name.
pub(crate) const ATTACHED: &str = "attached";
/// The digest of a file that came before and is to be left out.
const DROP: &str = "drop";

/// A form, with what is wrong with its files.
pub(crate) struct Sent {
    pub posted: Posted,
    pub problems: Vec<String>,
}

impl Sent {
    /// Reads a form. Files are taken in only for somebody who is signed in, and only after the form's token was seen.
    pub async fn read(app: &App, visitor: &Visitor, request: Request) -> Result<Sent, Wrong> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let mut sent = if kind.trim_start().starts_with("multipart/form-data") {
            parts(app, visitor, request).await?
        } else {
            let (parts, body) = request.into_parts();
            let bytes = axum::body::to_bytes(body, MOST_TEXT).await;
            let bytes = bytes.map_err(|_| Wrong::Unread(StatusCode::PAYLOAD_TOO_LARGE))?;
            let request = Request::from_parts(parts, Body::from(bytes));
            let typed = Form::from_request(request, app).await;
            let Form(typed) = typed.map_err(|why| Wrong::Unread(why.into_response().status()))?;
            Sent { posted: Posted(typed), problems: Vec::new() }
        };
        sent.settle();
        Ok(sent)
    }

    /// Leaves out the files that are to be dropped, and those that came twice.
    fn settle(&mut self) {
        let dropped: Vec<String> = self.posted.all(DROP).into_iter().map(str::to_owned).collect();
        let mut seen = Vec::new();
        self.posted.0.retain(|(name, text)| {
            if name != ATTACHED {
                return name != DROP;
            }
            let Some((digest, _)) = text.split_once('/') else { return false };
            let first = !seen.contains(&digest.to_owned());
            seen.push(digest.to_owned());
            first && !dropped.iter().any(|other| other == digest)
        });
    }
}

/// The files that a form names.
pub(crate) fn attached(posted: &Posted) -> Vec<Attaching> {
    let one = |text: &str| {
        let (digest, name) = text.split_once('/')?;
        Some(Attaching { digest: digest.parse().ok()?, name: name.to_owned() })
    };
    posted.all(ATTACHED).into_iter().filter_map(one).collect()
}

/// The kinds that are taken, as people are told, each once.
pub(crate) fn kinds() -> String {
    let mut endings: Vec<&str> = FileKind::ALL.into_iter().flat_map(|kind| kind.endings()).copied().collect();
    endings.dedup();
    endings.join(" ")
}

/// Why a form cannot be read. Where it breaks off, or a bound of ours ends it, that is not our failure.
fn unread(status: StatusCode) -> Wrong {
    Wrong::Unread(if status.is_server_error() { StatusCode::BAD_REQUEST } else { status })
}

async fn parts(app: &App, visitor: &Visitor, request: Request) -> Result<Sent, Wrong> {
    let unseen = Arc::new(AtomicUsize::new(0));
    let counted = unseen.clone();
    let request = request.map(|body| {
        Body::from_stream(Pieces { body: Box::pin(body.into_data_stream()), yields: false, unseen: counted })
    });
    let mut form = Multipart::from_request(request, app).await.map_err(|why| unread(why.status()))?;
    let mut sent = Sent { posted: Posted::default(), problems: Vec::new() };
    let mut reading = Reading { app, visitor, unseen: &unseen, text: 0, thrown: 0, files: 0 };
    while let Some(field) = form.next_field().await.map_err(|why| unread(why.status()))? {
        unseen.store(0, Ordering::Relaxed);
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            // A control for files in which none was chosen.
            Some(file) if file.is_empty() => reading.throw_away(field).await?,
            Some(file) => reading.file(&mut sent, field, file).await?,
            None => {
                let text = reading.text(field).await?;
                sent.posted.0.push((name, text));
                if sent.posted.0.len() > MOST_TEXTS {
                    return Err(Wrong::Unread(StatusCode::PAYLOAD_TOO_LARGE));
                }
            }
        }
    }
    Ok(sent)
}

/// How far a form has been read.
struct Reading<'a> {
    app: &'a App,
    visitor: &'a Visitor,
    unseen: &'a AtomicUsize,
    /// Bytes of texts.
    text: usize,
    /// Bytes thrown away.
    thrown: u64,
    /// Files, taken or not.
    files: usize,
}

impl Reading<'_> {
    async fn next(&self, field: &mut Field<'_>) -> Result<Option<Bytes>, Wrong> {
        let piece = field.chunk().await.map_err(|why| unread(why.status()))?;
        self.unseen.store(0, Ordering::Relaxed);
        Ok(piece)
    }

    async fn text(&mut self, mut field: Field<'_>) -> Result<String, Wrong> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.next(&mut field).await? {
            self.text += piece.len();
            if self.text > MOST_TEXT {
                return Err(Wrong::Unread(StatusCode::PAYLOAD_TOO_LARGE));
            }
            bytes.extend_from_slice(&piece);
        }
        String::from_utf8(bytes).map_err(|_| Wrong::Unread(StatusCode::BAD_REQUEST))
    }

    /// Reads what is not kept, up to a bound.
    async fn throw_away(&mut self, mut field: Field<'_>) -> Result<(), Wrong> {
        while let Some(piece) = self.next(&mut field).await? {
            self.thrown += piece.len() as u64;
            if self.thrown > self.app.options.attachment_limit.saturating_mul(PATIENCE) {
                return Err(Wrong::Unread(StatusCode::PAYLOAD_TOO_LARGE));
            }
        }
        Ok(())
    }

    /// A file: taken in, or what is wrong with it.
    async fn file(&mut self, sent: &mut Sent, field: Field<'_>, name: String) -> Result<(), Wrong> {
        // Whoever is not signed in gets a form to sign in, which keeps texts and no files.
        let Some(person) = self.visitor.frame.person.clone() else { return self.throw_away(field).await };
        self.visitor.check(sent.posted.get("token"))?;
        let frame = &self.visitor.frame;
        self.files += 1;
        if self.files > MOST_FILES || attached(&sent.posted).len() >= MOST_FILES {
            let sentence = frame.t1("file-too-many", "most", MOST_FILES);
            if !sent.problems.contains(&sentence) {
                sent.problems.push(sentence);
            }
            return self.throw_away(field).await;
        }
        let Some(file) = self.spooled(field).await? else {
            sent.problems.push(too_large(self.app, &name).in_words(frame));
            return Ok(());
        };
        match file.stage(self.app, &person, &name).await? {
            Ok((one, _)) => sent.posted.0.push((ATTACHED.to_owned(), format!("{}/{}", one.digest, one.name))),
            Err(problem) => sent.problems.push(told(&name, &problem).in_words(frame)),
        }
        Ok(())
    }

    /// Writes a file to the disk as it comes; nothing where it is too large.
    async fn spooled(&mut self, mut field: Field<'_>) -> Result<Option<Spool>, Wrong> {
        let mut spool = Spool::new(self.app)?;
        while let Some(piece) = self.next(&mut field).await? {
            if !spool.push(&piece)? {
                self.thrown += spool.size();
                self.throw_away(field).await?;
                return Ok(None);
            }
        }
        Ok(Some(spool))
    }
}

/// As much of a name as a sentence bears.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// What is wrong with a file: a sentence with what is filled in.
pub(crate) struct Told(pub &'static str, pub Vec<(&'static str, String)>);

impl Told {
    fn in_words(self, frame: &Frame) -> String {
        wording::say(frame.language, self.0, &self.1)
    }
}

/// Why a file is not taken.
pub(crate) fn told(name: &str, problem: &FileProblem) -> Told {
    let name = ("name", short(name));
    match problem {
        FileProblem::Empty => Told("file-empty", vec![name]),
        FileProblem::Active => Told("file-active", vec![name]),
        FileProblem::Unknown => Told("file-unknown", vec![name, ("kinds", kinds())]),
        FileProblem::NotWhatItSays { is, says } => {
            Told("file-not-what-it-says", vec![name, ("is", is.endings()[0].to_owned()), ("says", says.clone())])
        }
    }
}

/// That a file is larger than what is taken.
pub(crate) fn too_large(app: &App, name: &str) -> Told {
    let megabytes = app.options.attachment_limit / 1_000_000;
    Told("file-too-large", vec![("name", short(name)), ("most", megabytes.to_string())])
}

/// The pieces of a body, one at a time: who reads them gets to its own work between two, and the head of a part cannot
/// grow for ever.
struct Pieces<S> {
    body: Pin<Box<S>>,
    yields: bool,
    /// Bytes that came since anything of them was understood.
    unseen: Arc<AtomicUsize>,
}

impl<S: Stream<Item = Result<Bytes, axum::Error>>> Stream for Pieces<S> {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.yields) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = self.body.as_mut().poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &next {
            self.yields = true;
            let before = self.unseen.fetch_add(piece.len(), Ordering::Relaxed);
            if before > MOST_HEAD {
                return Poll::Ready(Some(Err(axum::Error::new("the head of a part does not end"))));
            }
        }
        next
    }
}
