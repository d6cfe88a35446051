//! The site in a real browser: `cargo test -p web --features browser --test browser`.
//!
//! With `FAZHI_SCREENSHOTS` naming a folder, it leaves pictures of the pages there.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;
#[path = "browser/days.rs"]
mod days;
#[path = "browser/quality.rs"]
mod quality;
#[path = "browser/report.rs"]
mod report;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use common::{PASSWORD, Site};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value as Json, json};
use terms::Value;

const PACKAGES: &str = "install Debian's chromium, chromium-driver and fonts-noto-cjk";
const WIDE: (u32, u32) = (1280, 1000);
const PHONE: (u32, u32) = (390, 844);
const NARROW: (u32, u32) = (360, 740);

/// A browser, its driver, and the site that it looks at.
struct Bench {
    client: Client,
    address: String,
    driver: Child,
    folder: Option<PathBuf>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

/// The messages of the browser's console.
#[derive(Debug)]
struct Console;

impl WebDriverCompatibleCommand for Console {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }
    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

impl Bench {
    async fn new(site: &Site) -> Bench {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(web::serve(site.router(), listener, std::future::pending()));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|why| panic!("chromedriver did not start ({why}): {PACKAGES}"));
        let client = connect(port).await;
        let folder = std::env::var_os("FAZHI_SCREENSHOTS").map(PathBuf::from);
        let bench = Bench { client, address, driver, folder };
        bench.size(WIDE).await;
        bench
    }

    async fn size(&self, (width, height): (u32, u32)) {
        // A window is never narrower than 500 pixels, a screen may be.
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.client.issue_cmd(Devtools("Emulation.setDeviceMetricsOverride", screen)).await.unwrap();
    }

    async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.address)).await.unwrap();
    }

    async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|why| panic!("{css}: {why}"))
    }

    /// Types into an element of the page that is coming in, which may still be replacing the one before.
    async fn types(&self, css: &str, text: &str) {
        self.steady(css, async |element| element.send_keys(text).await).await;
    }

    /// Clicks on an element of the page that is coming in.
    async fn clicks(&self, css: &str) {
        self.steady(css, async |element| element.click().await).await;
    }

    /// What is done to an element that goes meanwhile is done again.
    async fn steady(&self, css: &str, done: impl AsyncFn(Element) -> Result<(), CmdError>) {
        for _ in 0..20 {
            match done(self.find(css).await).await {
                Err(why) if why.is_stale_element_reference() => {}
                done => return done.unwrap_or_else(|why| panic!("{css}: {why}")),
            }
        }
        panic!("{css} does not stay");
    }

    async fn text(&self) -> String {
        self.find("body").await.text().await.unwrap()
    }

    /// Waits until the page says so: what was there before may be just about to go.
    async fn shows(&self, words: &str) {
        let mut text = String::new();
        for _ in 0..100 {
            if let Ok(found) = self.client.execute("return document.body.innerText", Vec::new()).await {
                text = found.as_str().unwrap_or_default().to_owned();
            }
            if text.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("`{words}` is not on the page:\n{text}");
    }

    async fn run(&self, script: &str) -> Json {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    async fn press(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// The page is no wider than the screen.
    async fn fits(&self, path: &str) {
        let wider =
            self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
        assert!(wider.as_i64().unwrap() <= 0, "{path} is {wider} pixels wider than the screen");
    }

    async fn quiet_console(&self) {
        // A form that comes back with errors is a 422, which Chromium logs as a failed load.
        self.quiet_but(&["422"]).await;
    }

    /// The console holds no error but those about these answers.
    async fn quiet_but(&self, answers: &[&str]) {
        let messages = self.client.issue_cmd(Console).await.unwrap();
        let severe: Vec<&Json> = messages
            .as_array()
            .unwrap()
            .iter()
            .filter(|message| message["level"] == "SEVERE")
            .filter(|message| !answers.iter().any(|answer| message["message"].to_string().contains(answer)))
            .collect();
        assert!(severe.is_empty(), "{severe:?}");
    }

    async fn picture(&self, name: &str) {
        let Some(folder) = &self.folder else { return };
        let shot = self.client.issue_cmd(Devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true })));
        let shot = shot.await.unwrap();
        let png = base64(shot["data"].as_str().unwrap());
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    async fn sign_in(&self, name: &str) {
        self.goto("/sign-in").await;
        self.types("#name", name).await;
        self.types("#password", PASSWORD).await;
        self.clicks("main button").await;
        self.find(".who form").await;
    }
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct Devtools(&'static str, Json);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }
    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

fn base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| LETTERS.iter().position(|letter| *letter == byte));
    let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::new());
    for digit in digits {
        bits = bits << 6 | u32::try_from(digit).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    bytes
}

async fn connect(port: u16) -> Client {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
    ];
    let mut wants = Capabilities::new();
    wants.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
    wants.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    let driver = format!("http://127.0.0.1:{port}");
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(wants);
    let mut last = String::new();
    for _ in 0..100 {
        match builder.connect(&driver).await {
            Ok(client) => return client,
            Err(why) => last = why.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no browser session ({last}): {PACKAGES}");
}

/// The demonstration line beside a real one.
fn site() -> Site {
    filled(Site::over, &[])
}

fn filled(over: impl FnOnce(std::sync::Arc<catalog::Catalog>) -> Site, more: &[(&str, &str)]) -> Site {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/lines/mediation");
    let mut lines = vec![("demo/2024".to_owned(), testkit::DEMO.to_owned())];
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        lines.push((format!("mediation/{name}"), std::fs::read_to_string(&path).unwrap()));
    }
    let lines = lines.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let lines: Vec<(&str, &str)> = lines.chain(more.iter().copied()).collect();
    let site = over(testkit::small(&lines).unwrap());
    for (at, matter) in
        [("02-24", "请求撤销林地确权决定"), ("02-27", "不服行政处罚决定"), ("03-02", "要求公开征地批复文件")]
    {
        site.at(&format!("2026-{at}T09:30:00")).received(matter);
    }
    site.at("2026-03-02T10:00:00");
    site
}

/// A record decided, paid and published.
fn published(site: &Site) -> terms::RecordId {
    let id = site.received("对道路封闭决定不服");
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    for who in ["li", "zhao"] {
        site.does(who, Some(id), platform::RequestAsk::Sign, &[]);
    }
    site.done("wang", id, "pay", &[("amount", Value::Money(terms::Fen(300_050)))]);
    site.done("wang", id, "publish", &[]);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_work() {
    let site = site();
    let bench = Bench::new(&site).await;

    // Keyboard alone: the name has the focus, tab goes on, enter sends.
    bench.goto("/sign-in").await;
    bench.picture("sign-in").await;
    bench.find("[name='name']:focus").await;
    bench.press("wang").await;
    bench.press(&Key::Tab.to_string()).await;
    bench.find("[name='password']:focus").await;
    bench.press(PASSWORD).await;
    bench.press(&Key::Enter.to_string()).await;
    bench.find(".group").await;
    bench.shows("王明").await;
    bench.shows("演示数据，均为合成").await;
    bench.picture("desk").await;

    // A record, an act, its timeline.
    bench.clicks(".list td.name a").await;
    bench.find(".acts a.button").await;
    bench.shows("为什么是这一天").await;
    bench.run("document.querySelectorAll('details').forEach(d => d.open = true)").await;
    bench.picture("record").await;
    bench.clicks("a[href$='/act/accept']").await;
    bench.clicks("form.form button").await;
    bench.find(".flash").await;
    bench.shows("已办理：受理").await;
    let entries = bench.client.find_all(Locator::Css(".timeline .entry")).await.unwrap();
    assert!(entries.len() >= 2);
    bench.picture("record-after").await;

    // A form with faults keeps what was typed, and the first fault has the focus.
    bench.goto("/new/demo/receive").await;
    bench.types("[name='f.applicant.name']", "张三").await;
    bench.clicks("form.form button").await;
    bench.find(".summary").await;
    let kept = bench.find("[name='f.applicant.name']").await.prop("value").await.unwrap();
    assert_eq!(kept.as_deref(), Some("张三"));
    let focused = bench.run("return document.activeElement.name").await;
    assert_eq!(focused, json!("f.applicant.kind"));
    bench.picture("form-error").await;

    // The language switch comes back to the same page.
    bench.goto("/records").await;
    bench.picture("records").await;
    bench.clicks("a[hreflang=en]").await;
    bench.find("html[lang='en']").await;
    bench.shows("Records").await;
    bench.picture("records-en").await;
    bench.quiet_console().await;
    bench.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_fits_a_phone_too() {
    let site = site();
    let bench = Bench::new(&site).await;
    bench.sign_in("wang").await;
    bench.goto("/records/1/act/decide").await;
    bench.clicks("[name='f.outcome']").await;
    bench.clicks("form.form button").await;
    bench.find(".refusal").await;
    bench.shows("R201").await;
    bench.size(NARROW).await;
    bench.fits("a refusal").await;
    bench.picture("refusal-phone").await;
    bench.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_a_phone() {
    let site = site();
    let id = published(&site);
    let bench = Bench::new(&site).await;
    bench.sign_in("wang").await;
    let climbing = site.received("不予公开答复不当");
    site.done("wang", climbing, "accept", &[]);
    site.done("wang", climbing, "decide", &[("outcome", Value::Choice("revoke".into()))]);
    let blocked = site.received("收费票据有误");
    site.done("wang", blocked, "accept", &[]);
    let record = format!("/records/{id}");
    let climbing = format!("/records/{climbing}");
    let blocked = format!("/records/{blocked}");
    let public = format!("/public/{id}/decision");
    let pages = [
        ("/", "home"),
        ("/desk", "desk"),
        ("/records", "records"),
        ("/new", "new"),
        ("/new/mediation/register", "mediation"),
        (&record, "record"),
        (&climbing, "climbing"),
        (&blocked, "blocked"),
        ("/public", "public"),
        (&public, "public-one"),
        ("/figures", "figures"),
        ("/figures/demo.received", "figure"),
        ("/report?year=2026", "report"),
        ("/nothing", "not-found"),
    ];
    for (path, name) in pages {
        bench.size(NARROW).await;
        bench.goto(path).await;
        bench.run("document.querySelectorAll('details').forEach(d => d.open = true)").await;
        bench.fits(path).await;
        bench.size(PHONE).await;
        bench.picture(&format!("{name}-phone")).await;
        bench.size(WIDE).await;
        bench.fits(path).await;
        bench.picture(&format!("{name}-wide")).await;
    }
    bench.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_signed_on_a_phone() {
    let site = site();
    let long = "关于不服县自然资源和规划局对某某乡某某村草原承包经营权确权登记所作行政处理决定并一并请求审查其所依据规范性文件的申请";
    let name = "某某某某民族自治地方农牧业综合开发有限责任公司第二分公司（筹备组）";
    let inputs = [("applicant", common::party(name)), ("matter", Value::Text(long.to_owned()))];
    let answer = site.does("wang", None, platform::RequestAsk::Act("receive".into()), &inputs);
    let platform::Answer::Done(receipt) = answer else { panic!("{answer:?}") };
    let id = receipt.record;
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    let wang = site.person("wang");
    let text = "@李华 请看第三步，网址 https://example.test/一个很长很长的地址/不含空格/也要能够折行显示而不撑开页面";
    site.platform.remark(&wang, id, terms::CommandId([99; 16]), text).unwrap();
    site.platform.tell_news(&common::government(), "test").unwrap();

    let bench = Bench::new(&site).await;
    bench.size(NARROW).await;
    bench.sign_in("li").await;
    bench.find(".morning").await;
    bench.shows("待我签批").await;
    bench.fits("/morning").await;
    bench.picture("morning-phone").await;
    bench.clicks(&format!("a[href='/records/{id}/sign']")).await;
    bench.find(".signing .sticky button").await;
    bench.fits("a page to sign on").await;
    bench.picture("sign-phone").await;
    // One tap: the button is in sight before anything is scrolled.
    let sight = "const box = document.querySelector('.sticky button').getBoundingClientRect();
        return box.top >= 0 && box.bottom <= window.innerHeight && box.height >= 44;";
    assert_eq!(bench.run(sight).await, json!(true));
    for path in ["/notices", "/desk", "/desk?tab=agency", "/desk?tab=entries", "/desk?tab=drafts"] {
        bench.goto(path).await;
        bench.fits(path).await;
        bench.picture(&format!("{}-phone", path.replace(['/', '?', '='], "-").trim_matches('-'))).await;
    }
    bench.goto(&format!("/records/{id}")).await;
    bench.run("document.querySelectorAll('details').forEach(d => d.open = true)").await;
    bench.fits("a case with long names").await;
    bench.picture("case-phone").await;
    bench.size(WIDE).await;
    bench.fits("a case with long names").await;
    bench.picture("case-wide").await;
    bench.size(NARROW).await;
    bench.goto(&format!("/records/{id}/sign")).await;
    bench.clicks(".sticky button").await;
    bench.find(".flash").await;
    bench.shows("已签批").await;
    bench.quiet_console().await;
    bench.client.clone().close().await.unwrap();
}
