//! Files of a form and of a record, asked as a browser asks.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use common::{PASSWORD, Site, government};
use futures_util::stream;
use http_body_util::BodyExt;
use terms::RecordId;
use tower::ServiceExt;

const PDF: &[u8] = b"%PDF-1.7\n0123456789";
const EDGE: &str = "----edge";

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Page {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
    fn has(&self, words: &str) -> &Page {
        assert!(self.text().contains(words), "`{words}` is not on the page ({}):\n{}", self.status, self.text());
        self
    }
    fn lacks(&self, words: &str) -> &Page {
        assert!(!self.text().contains(words), "`{words}` is on the page:\n{}", self.text());
        self
    }
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    /// The values of all inputs with this name.
    fn inputs(&self, name: &str) -> Vec<String> {
        let head = format!("name=\"{name}\" value=\"");
        let parts = self.text().split(&head).skip(1);
        let read = |text: &str| text.replace("&#60;", "<").replace("&#62;", ">");
        parts.map(|rest| read(rest.split('"').next().unwrap())).collect()
    }
}

/// Somebody who is signed in.
struct Visitor {
    router: Router,
    cookie: String,
}

/// A part of a form: a text, or a file with its name.
enum Part<'a> {
    Text(&'a str, &'a str),
    File(&'a str, &'a [u8]),
}
use Part::{File, Text};

fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let (head, bytes) = match part {
            Text(name, text) => (format!("name=\"{name}\""), text.as_bytes()),
            // What the browser says of the kind is nothing to go by.
            File(name, bytes) => {
                (format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf"), *bytes)
            }
        };
        body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{EDGE}--\r\n").bytes());
    body
}

impl Visitor {
    async fn signed_in(site: &Site, name: &str) -> Visitor {
        let mut visitor = Visitor { router: site.router(), cookie: String::new() };
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post("/sign-in").header(header::CONTENT_TYPE, kind);
        let page = visitor.send(request, Body::from(form)).await;
        visitor.cookie = page.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
        visitor
    }

    async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn part(&self, path: &str, range: &str) -> Page {
        self.send(Request::get(path).header(header::RANGE, range), Body::empty()).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Page {
        let request = request.header(header::COOKIE, &self.cookie).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Page { status, headers, bytes: response.into_body().collect().await.unwrap().to_bytes() }
    }

    async fn post(&self, path: &str, body: Body) -> Page {
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.send(Request::post(path).header(header::CONTENT_TYPE, kind), body).await
    }

    /// Sends the form of a page with further parts; what the page hides goes along.
    async fn sends(&self, path: &str, page: &Page, parts: Vec<Part<'_>>) -> Page {
        let mut hidden = Vec::new();
        for name in ["token", "command", "seen", "attached"] {
            hidden.extend(page.inputs(name).into_iter().map(|value| (name, value)));
        }
        let mut all: Vec<Part<'_>> = hidden.iter().map(|(name, value)| Text(name, value)).collect();
        all.extend(parts);
        self.post(path, Body::from(form(&all))).await
    }

    /// Opens a record with these files; gives it, and the addresses of its files.
    async fn received(&self, files: &[(&str, &[u8])]) -> (String, Vec<String>) {
        let page = self.get(RECEIVE).await;
        let mut parts = filled();
        parts.extend(files.iter().map(|(name, bytes)| File(name, bytes)));
        let page = self.sends(RECEIVE, &page, parts).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        let record = page.header(header::LOCATION).to_owned();
        let page = self.get(&record).await;
        let head = format!("href=\"{record}/files/");
        let links = page.text().split(&head).skip(1);
        let links = links.map(|rest| format!("{record}/files/{}", rest.split('"').next().unwrap()));
        (record.clone(), links.filter(|link| !link.contains('?')).collect())
    }
}

const RECEIVE: &str = "/new/demo/receive";

fn filled<'a>() -> Vec<Part<'a>> {
    vec![Text("f.applicant.kind", "person"), Text("f.applicant.name", "欧阳建国"), Text("f.matter", "草场")]
}

fn records(site: &Site) -> u64 {
    site.platform.store().read().unwrap().head(&government()).unwrap().position
}

fn staged(site: &Site, bytes: &[u8]) -> bool {
    let mut read = site.platform.store().read().unwrap();
    read.attachment(&government(), ledger::hash(bytes)).unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_with_an_act_and_are_shown_on_the_record() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get(RECEIVE).await.has("enctype=\"multipart/form-data\"").has("type=\"file\"").has("每个不超过2 MB");
    let (record, files) = visitor.received(&[("申请书.pdf", PDF), ("", b""), ("陈述.txt", "陈述".as_bytes())]).await;
    let page = visitor.get(&record).await;
    page.has("申请书.pdf").has("PDF文件").has("19 B").has("陈述.txt").has("文本");
    assert_eq!(files.len(), 2);
    let page = visitor.get(&files[0]).await;
    assert_eq!((page.status, &page.bytes[..]), (StatusCode::OK, PDF));
    assert_eq!(page.header(header::CONTENT_TYPE), "application/pdf");
    assert_eq!(page.header("content-length"), "19");
    let shown = page.header(header::CONTENT_DISPOSITION);
    assert!(shown.starts_with("inline; ") && shown.ends_with("UTF-8''%E7%94%B3%E8%AF%B7%E4%B9%A6.pdf"), "{shown}");
    let saved = visitor.get(&format!("{}?save=1", files[0])).await;
    assert!(saved.header(header::CONTENT_DISPOSITION).starts_with("attachment; "));
    // A form without files, as a program sends it, is taken as before.
    let page = visitor.get(RECEIVE).await;
    let (token, command) = (page.inputs("token").remove(0), page.inputs("command").remove(0));
    let form = format!(
        "token={token}&command={command}&seen=0&f.applicant.kind=person&f.applicant.name=%E7%8E%8B&f.matter=%E6%B0%B4"
    );
    let request = Request::post(RECEIVE).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(visitor.send(request, Body::from(form)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn file_is_kept_from_being_more_than_a_file() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let mp3 = b"ID3\x03\0\0\0\0\0\x21".as_slice();
    let (_, files) = visitor.received(&[("a.pdf", PDF), ("b.txt", b"words <script>"), ("c.mp3", mp3)]).await;
    for (file, kind, way) in [
        (&files[0], "application/pdf", "inline"),
        (&files[1], "text/plain; charset=utf-8", "inline"),
        (&files[2], "audio/mpeg", "attachment"),
    ] {
        let page = visitor.get(file).await;
        assert_eq!(page.header(header::CONTENT_TYPE), kind);
        assert!(page.header(header::CONTENT_DISPOSITION).starts_with(way), "{kind}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
        let policies: Vec<_> = page.headers.get_all("content-security-policy").iter().collect();
        assert_eq!(policies.len(), 1);
        let policy = policies[0].to_str().unwrap();
        // Browsers do not start their viewer of PDF in a sandbox.
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert_eq!(policy.contains("sandbox"), kind != "application/pdf", "{policy}");
        assert!(!policy.contains("allow-"), "{policy}");
    }
    // Every other page keeps its own.
    assert!(visitor.get("/desk").await.header("content-security-policy").contains("style-src 'self'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_file_are_given() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let mut large = PDF.to_vec();
    large.extend((0..1_000_000u32).map(|n| (n * 17 % 255) as u8));
    let (_, files) = visitor.received(&[("a.pdf", &large)]).await;
    assert!(visitor.get(&files[0]).await.bytes == large);
    let size = large.len();
    for (asked, from, to) in
        [("bytes=0-8", 0, 9), ("bytes=262140-262150", 262_140, 262_151), ("bytes=-5", size - 5, size)]
    {
        let page = visitor.part(&files[0], asked).await;
        assert_eq!(page.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(page.header(header::CONTENT_RANGE), format!("bytes {from}-{}/{size}", to - 1));
        assert_eq!(page.header(header::CONTENT_LENGTH), (to - from).to_string());
        assert!(page.bytes == large[from..to], "{asked}");
    }
    let page = visitor.part(&files[0], "bytes=9999999-").await;
    assert_eq!(page.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(page.header(header::CONTENT_RANGE), format!("bytes */{size}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_the_record_does_not_come_by_its_files() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let (record, files) = visitor.received(&[("a.pdf", PDF)]).await;
    let stranger = Visitor::signed_in(&site, "sun").await;
    assert_eq!(stranger.get(&files[0]).await.status, StatusCode::NOT_FOUND);
    let nobody = Visitor { router: site.router(), cookie: String::new() };
    let page = nobody.get(&files[0]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.header(header::LOCATION).starts_with("/sign-in"));
    for path in
        [format!("{record}/files/x"), format!("{record}/files/{}", "0".repeat(64)), files[0].replace("/1/", "/9/")]
    {
        assert_eq!(visitor.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Each look is noted, and the stranger's was none.
    let id: RecordId = record.rsplit('/').next().unwrap().parse().unwrap();
    site.at("2026-03-02T10:00:01");
    visitor.get(&files[0]).await;
    site.received("another");
    let looks = site.platform.store().read().unwrap().looks(&government(), id).unwrap();
    // Noted once a day: at the record's page, and not again at its file.
    assert_eq!(looks.iter().map(|look| look.account.as_str()).collect::<Vec<_>>(), ["wang"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn form_that_comes_back_keeps_its_files() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get(RECEIVE).await;
    // The matter is missing.
    let parts = vec![Text("f.applicant.kind", "person"), File("甲 <b>.pdf", PDF), File("乙.txt", b"words")];
    let page = visitor.sends(RECEIVE, &page, parts).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("甲 &#60;b&#62;.pdf").has("乙.txt").lacks("<b>.pdf");
    let attached = page.inputs("attached");
    assert_eq!(attached.len(), 2);
    assert_eq!(records(&site), 0);
    // Sent again without choosing anything: one is dropped, the other goes along, and a third comes.
    let digest = ledger::hash(b"words").to_string();
    let mut parts = filled();
    parts.push(Text("drop", &digest));
    parts.push(File("丙.txt", b"third"));
    let page = visitor.sends(RECEIVE, &page, parts).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let page = visitor.get(page.header(header::LOCATION)).await;
    page.has("甲 &#60;b&#62;.pdf").has("丙.txt").lacks("乙.txt");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_told_by_name_and_nothing_is_done() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let too_large = vec![b'a'; 2_000_001];
    for (name, bytes, words) in [
        ("page.pdf", b"<html><script>alert(1)</script>".as_slice(), "可能含有程序"),
        ("prog.pdf", b"MZ\x90\0\x03\0\0\0", "可能含有程序"),
        ("draw.svg", b"<svg onload=alert(1)>", "可能含有程序"),
        ("pic.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "扩展名是pdf，内容却是png"),
        ("empty.pdf", b"", "空文件"),
        ("pic.gif", b"GIF89a\x01\0", "不是可以收取的类型"),
        ("long.txt", &too_large, "超过2 MB"),
    ] {
        let page = visitor.get(RECEIVE).await;
        let mut parts = filled();
        parts.push(File(name, bytes));
        parts.push(File("good.txt", b"good"));
        let page = visitor.sends(RECEIVE, &page, parts).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        page.has(words).has(name).has("value=\"欧阳建国\"");
        assert_eq!(page.inputs("attached").len(), 1, "the good one is kept");
        assert!(!staged(&site, bytes), "{name}");
    }
    assert_eq!(records(&site), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_files_than_a_form_may_have() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get(RECEIVE).await;
    let texts: Vec<(String, String)> = (0..12).map(|n| (format!("{n}.txt"), format!("words {n}"))).collect();
    let mut parts = filled();
    parts.extend(texts.iter().map(|(name, words)| File(name, words.as_bytes())));
    let page = visitor.sends(RECEIVE, &page, parts).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("一次最多附10个文件");
    assert_eq!(page.inputs("attached").len(), 10);
    let mut parts = filled();
    parts.push(File("one-more.txt", b"one more"));
    let page = visitor.sends(RECEIVE, &page, parts).await;
    page.has("一次最多附10个文件");
}

#[tokio::test(flavor = "multi_thread")]
async fn file_of_another_is_not_named_by_its_digest() {
    let site = Site::new();
    let sun = Visitor::signed_in(&site, "sun").await;
    sun.received(&[("secret.pdf", PDF)]).await;
    let wang = Visitor::signed_in(&site, "wang").await;
    let page = wang.get(RECEIVE).await;
    let named = format!("{}/secret.pdf", ledger::hash(PDF));
    let before = records(&site);
    let mut parts = filled();
    parts.push(Text("attached", &named));
    let page = wang.sends(RECEIVE, &page, parts).await;
    assert_eq!((page.status, records(&site)), (StatusCode::UNPROCESSABLE_ENTITY, before));
    page.has("附件“secret.pdf”已不在暂存区");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_in_for_a_form_that_is_not_ours() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    // The token wrong, missing, and after the file.
    let page = visitor.get(RECEIVE).await;
    let token = page.inputs("token").remove(0);
    for parts in [
        vec![Text("token", "wrong"), File("a.pdf", PDF)],
        vec![File("a.pdf", PDF)],
        vec![File("a.pdf", PDF), Text("token", &token)],
    ] {
        let page = visitor.post(RECEIVE, Body::from(form(&parts))).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    let nobody = Visitor { router: site.router(), cookie: String::new() };
    let mut parts = filled();
    parts.push(File("a.pdf", PDF));
    let page = nobody.post(RECEIVE, Body::from(form(&parts))).await;
    // What was typed is kept for whoever signs in.
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("欧阳建国");
    assert!(!staged(&site, PDF));
}

/// A body that comes in pieces and does not say how long it is.
fn endless(head: Vec<u8>, piece: Vec<u8>, pieces: usize) -> Body {
    let piece = Bytes::from(piece);
    let rest = std::iter::repeat_n(piece, pieces);
    Body::from_stream(stream::iter(std::iter::once(Bytes::from(head)).chain(rest).map(Ok::<_, Infallible>)))
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_hold_while_the_form_comes_in() {
    let site = Site::new();
    let visitor = Visitor::signed_in(&site, "wang").await;
    let token = visitor.get(RECEIVE).await.inputs("token").remove(0);
    let begun = |head: &str| {
        let mut body = form(&[Text("token", &token)]);
        body.truncate(body.len() - EDGE.len() - 6);
        body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; {head}").bytes());
        body
    };
    let piece = vec![b'a'; 100_000];
    for (head, why) in [
        ("name=\"file\"; filename=\"a.txt\"\r\n\r\n", "a file without end"),
        ("name=\"f.matter\"\r\n\r\n", "a text without end"),
        ("name=\"f.matter\"; x=\"", "a head without end"),
    ] {
        let page = visitor.post(RECEIVE, endless(begun(head), piece.clone(), 10_000)).await;
        assert!(page.status.is_client_error(), "{why}: {}", page.status);
        assert_ne!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
    }
    // A form that breaks off is no form.
    let page = visitor.post(RECEIVE, Body::from(begun("name=\"file\"; filename=\"a.txt\"\r\n\r\nwords"))).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let request = Request::post(RECEIVE).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let page = visitor.send(request, endless(b"a=".to_vec(), piece, 20)).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(records(&site), 0);
}
