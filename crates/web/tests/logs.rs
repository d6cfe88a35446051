//! No log line holds what somebody wrote. A program of its own: what is logged is gathered from every thread.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use common::{PASSWORD, Site, options};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;

/// Telling words: whoever reads one of them in a log knows whose record it is.
const TELLING: [&str; 9] = [
    "诸葛轶名",
    "11010119900307793",
    "13812345678",
    "某某街道九十九号",
    "征地补偿之事由",
    "wang",
    "王明",
    PASSWORD,
    "jinmi-passw0rd",
];

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Log;
    fn make_writer(&'w self) -> Log {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sends a request with a cookie; gives the answer's cookie, where it sends the browser, and its page.
async fn ask(router: &Router, cookie: &str, path: &str, form: Option<&[(&str, &str)]>) -> (String, String, String) {
    let request = match form {
        Some(_) => Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        None => Request::get(path),
    };
    let pairs = form.unwrap_or_default().iter().map(|(name, value)| format!("{}={}", quoted(name), quoted(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    let request = request.header(header::COOKIE, cookie).body(Body::from(body)).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let (cookie, location) = (text(header::SET_COOKIE), text(header::LOCATION));
    let bytes = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, location, String::from_utf8(bytes.to_vec()).unwrap())
}

fn input(page: &str, name: &str) -> String {
    let rest = page.split_once(&format!("name=\"{name}\"")).unwrap().1;
    rest.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_line_holds_what_somebody_wrote() {
    let log = Log::default();
    let all = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    tracing::subscriber::set_global_default(all).unwrap();
    let site = Site::new();
    let web = web::Site::new(site.platform.clone(), options());
    let router = web.pages();

    ask(&router, "", "/sign-in", Some(&[("name", "wang"), ("password", "jinmi-passw0rd")])).await;
    let (cookie, ..) = ask(&router, "", "/sign-in", Some(&[("name", "wang"), ("password", PASSWORD)])).await;
    let (.., page) = ask(&router, &cookie, "/new/demo/receive", None).await;
    let (token, command) = (input(&page, "token"), input(&page, "command"));
    let mut form = vec![
        ("token", token.as_str()),
        ("command", command.as_str()),
        ("f.applicant.kind", "person"),
        ("f.applicant.name", "诸葛轶名"),
        ("f.applicant.number", "110101199003077930"),
        ("f.applicant.phone", "13812345678"),
        ("f.applicant.address", "某某街道九十九号"),
        ("f.matter", "征地补偿之事由"),
    ];
    // Once with a number that is wrong, once right.
    let (.., page) = ask(&router, &cookie, "/new/demo/receive", Some(&form)).await;
    assert!(page.contains("校验位不符"), "{page}");
    form[4].1 = "110101199003077934";
    let (_, location, page) = ask(&router, &cookie, "/new/demo/receive", Some(&form)).await;
    assert!(location.starts_with("/records/"), "{page}");
    let (.., page) = ask(&router, &cookie, &location, None).await;
    assert!(page.contains("诸葛轶名"), "{page}");
    for path in ["/records?text=", "/public?text=", "/nothing/", "/sign-in?back=/"] {
        ask(&router, &cookie, &format!("{path}{}", quoted("诸葛轶名")), None).await;
    }
    ask(&router, &cookie, &format!("{location}/act/accept"), Some(&[("token", &token), ("reason", "诸葛轶名")])).await;
    site.at("2026-03-20T10:00:00").platform.round(&common::government(), "here").unwrap();
    site.platform.close();
    // A failure too: nothing is taken any more.
    let (cookie, ..) = ask(&router, "", "/sign-in", Some(&[("name", "wang"), ("password", PASSWORD)])).await;
    let (.., page) = ask(&router, &cookie, "/new/demo/receive", None).await;
    let (token, command) = (input(&page, "token"), input(&page, "command"));
    (form[0].1, form[1].1) = (&token, &command);
    ask(&router, &cookie, "/new/demo/receive", Some(&form)).await;

    let text = log.text();
    for expected in
        ["\"route\":\"/new/{line}/{act}\"", "\"committed\"", "\"fault\"", "\"unavailable\"", "\"status\":422"]
    {
        assert!(text.contains(expected), "{expected} is not logged:\n{text}");
    }
    let id = location.trim_start_matches("/records/");
    let own = [format!("/records/{id}"), quoted("诸葛轶名"), cookie, token];
    for telling in TELLING.iter().map(|word| (*word).to_owned()).chain(own) {
        let line = text.lines().find(|line| line.contains(&telling));
        assert_eq!(line, None, "`{telling}` is logged");
    }
}
