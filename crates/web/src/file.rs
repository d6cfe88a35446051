//! A file of a record, for whoever may see the record. It comes with everything that keeps it from being more than a file:
//! its kind is ours and not guessed, nothing in it runs, it reaches nothing, and what a browser need not show is only saved.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use ledger::{Attached, Fault};
use platform::{FileKind, Person};
use serde::Deserialize;
use terms::{Digest, GovernmentCode, RecordId};

use crate::app::App;
use crate::frame::encoded;
use crate::session::Visitor;
use crate::wrong::Wrong;

/// How much of a file is held at once.
const PIECE: usize = 1 << 18;

/// Nothing is loaded, nothing runs, and it stands at no address: what is in it cannot act for whoever looks.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
/// A PDF is shown by a program of the browser, which keeps it apart by itself and which browsers do not start in a sandbox.
const VIEWER: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// How a file is asked for.
#[derive(Deserialize)]
pub(crate) struct How {
    /// Saved and not shown.
    save: Option<String>,
}

/// A file, or a part of it.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, digest)): Path<(String, String)>,
    Query(how): Query<How>,
    headers: HeaderMap,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let id: RecordId = id.parse().map_err(|_| Wrong::NotFound)?;
    answer(app, &person, (id, &digest), how.save.is_some(), &headers).await
}

/// A file of a record, or a part of it, for somebody who sees it; shown by a browser, or saved.
pub(crate) async fn answer(
    app: App,
    person: &Person,
    (id, digest): (RecordId, &str),
    save: bool,
    headers: &HeaderMap,
) -> Result<Response, Wrong> {
    let digest: Digest = digest.parse().map_err(|_| Wrong::NotFound)?;
    let government = person.government.clone();
    let file = app.ask(|platform| platform.attachment(person, id, digest)).await?.ok_or(Wrong::NotFound)?;
    let kind = FileKind::of(&file.kind).ok_or_else(|| Wrong::broken("kind-of-file"))?;
    let tag = format!("\"{digest}\"");
    let (status, from, to) = match range(headers, &tag, file.size) {
        Range::Whole => (StatusCode::OK, 0, file.size),
        Range::Part(from, to) => (StatusCode::PARTIAL_CONTENT, from, to),
        Range::Beyond => {
            let told = format!("bytes */{}", file.size);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, told)]).into_response());
        }
    };
    let body = Body::from_stream(pieces(app, government, digest, from, to));
    let mut response = (status, body).into_response();
    let mut put = |name, text: &str| -> Result<(), Wrong> {
        let value = HeaderValue::from_str(text).map_err(|_| Wrong::broken("header"))?;
        response.headers_mut().insert(name, value);
        Ok(())
    };
    put(header::CONTENT_TYPE, kind.media_type())?;
    put(header::CONTENT_LENGTH, &(to - from).to_string())?;
    put(header::CONTENT_DISPOSITION, &disposition(&file, kind.is_shown() && !save))?;
    put(header::CONTENT_SECURITY_POLICY, if kind == FileKind::Pdf { VIEWER } else { SANDBOX })?;
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff")?;
    put(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin")?;
    put(header::ACCEPT_RANGES, "bytes")?;
    put(header::ETAG, &tag)?;
    if status == StatusCode::PARTIAL_CONTENT {
        put(header::CONTENT_RANGE, &format!("bytes {from}-{}/{}", to - 1, file.size))?;
    }
    Ok(response)
}

/// Shown or saved, and under which name: in plain letters for old programs, and as it is.
fn disposition(file: &Attached, shown: bool) -> String {
    let plain: String =
        file.name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let way = if shown { "inline" } else { "attachment" };
    let whole = encoded(&file.name).replace('/', "%2F");
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// The bytes from one place up to another, read as they are sent.
fn pieces(
    app: App,
    government: GovernmentCode,
    digest: Digest,
    from: u64,
    to: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(from, move |at| {
        let (app, government) = (app.clone(), government.clone());
        async move {
            if at >= to {
                return Ok(None);
            }
            let most = usize::try_from(to - at).unwrap_or(PIECE).min(PIECE);
            let read = move |platform: &platform::Platform| {
                Ok::<_, Fault>(platform.store().attachment_bytes(&government, digest, at, most)?.unwrap_or_default())
            };
            match app.ask(read).await {
                Ok(bytes) if !bytes.is_empty() => {
                    let next = at + bytes.len() as u64;
                    Ok(Some((Bytes::from(bytes), next)))
                }
                // The answer has begun: it ends early, and whoever gets it notices by its length.
                wrong => {
                    let kind = if let Err(Wrong::Fault { kind, .. }) = wrong { kind } else { "missing" };
                    tracing::error!(kind, place = "file", "fault");
                    Err(io::Error::other("the file ends early"))
                }
            }
        }
    })
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    /// From the first of these bytes to before the second.
    Part(u64, u64),
    Beyond,
}

/// One range as a browser asks for it. Several at once, and what cannot be read, get the whole.
fn range(headers: &HeaderMap, tag: &str, size: u64) -> Range {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let of_this = text(header::IF_RANGE).is_none_or(|asked| asked == tag);
    let Some(asked) = text(header::RANGE).filter(|_| of_this).and_then(|asked| asked.strip_prefix("bytes=")) else {
        return Range::Whole;
    };
    let Some((first, last)) = asked.trim().split_once('-') else { return Range::Whole };
    let (from, to) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(last)) if first.is_empty() => (if last == 0 { size } else { size.saturating_sub(last) }, size),
        _ => return Range::Whole,
    };
    if from >= size { Range::Beyond } else { Range::Part(from, to) }
}

/// A size as people read it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &'static str, more: Option<&'static str>) -> Range {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(text));
        if let Some(tag) = more {
            headers.insert(header::IF_RANGE, HeaderValue::from_static(tag));
        }
        range(&headers, "\"a\"", 10)
    }

    #[test]
    fn ranges_as_browsers_ask_for_them() {
        for (text, range) in [
            ("bytes=0-", Range::Part(0, 10)),
            ("bytes=2-4", Range::Part(2, 5)),
            ("bytes=9-99", Range::Part(9, 10)),
            ("bytes=-3", Range::Part(7, 10)),
            ("bytes=-99", Range::Part(0, 10)),
            ("bytes=10-", Range::Beyond),
            ("bytes=-0", Range::Beyond),
            ("bytes=4-2", Range::Whole),
            ("bytes=0-1,4-5", Range::Whole),
            ("pages=1-2", Range::Whole),
            ("bytes=", Range::Whole),
            ("bytes=0-18446744073709551615", Range::Part(0, 10)),
        ] {
            assert_eq!(asked(text, None), range, "{text}");
        }
        assert_eq!(asked("bytes=2-4", Some("\"a\"")), Range::Part(2, 5));
        assert_eq!(asked("bytes=2-4", Some("\"b\"")), Range::Whole);
        assert_eq!(range(&HeaderMap::new(), "", 10), Range::Whole);
    }

    #[test]
    fn names_that_no_header_could_hold() {
        let name = "决定\"书\\.pdf".to_owned();
        let file = Attached { digest: Digest([0; 32]), name, kind: "pdf".into(), size: 1 };
        let told = disposition(&file, true);
        assert_eq!(told, "inline; filename=\"_____.pdf\"; filename*=UTF-8''%E5%86%B3%E5%AE%9A%22%E4%B9%A6%5C.pdf");
        assert!(disposition(&file, false).starts_with("attachment; "));
    }

    #[test]
    fn sizes_as_people_read_them() {
        assert_eq!([0, 999, 1_000, 1_001, 2_345_678].map(size), ["0 B", "999 B", "1 KB", "2 KB", "2.3 MB"]);
    }
}
