//! Files in and out, asked as a browser asks them.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod common;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use common::{PASSWORD, Site, government};
use http_body_util::BodyExt;
use ledger::AccountRow;
use platform::{Filter, hash_password};
use sheets::{Bounds, Cell, read};
use tower::ServiceExt;

/// A browser with its session.
struct Browser {
    router: Router,
    cookie: String,
}

struct Page {
    status: StatusCode,
    location: String,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Page {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    fn has(&self, words: &str) -> &Page {
        assert!(self.text().contains(words), "`{words}` is not on the page ({}):\n{}", self.status, self.text());
        self
    }
    fn lacks(&self, words: &str) -> &Page {
        assert!(!self.text().contains(words), "`{words}` is on the page:\n{}", self.text());
        self
    }
    fn token(&self) -> String {
        let text = self.text();
        let rest = text.rsplit_once("name=\"token\" value=\"").unwrap().1;
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    async fn of(site: &Site, name: &str) -> Browser {
        let mut browser = Browser { router: site.router(), cookie: String::new() };
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        let page = browser.post("/sign-in", &form).await;
        assert_eq!(page.location, "/desk");
        let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path), Body::empty()).await
    }

    async fn post(&self, path: &str, form: &str) -> Page {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(form.to_owned())).await
    }

    /// Sends a file with what stands beside it.
    async fn sends(&self, fields: &[(&str, &str)], file: &[u8]) -> Page {
        let mut body = Vec::new();
        for (name, text) in fields {
            let part = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
            body.extend(part.as_bytes());
        }
        let part = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\台账.csv\"\r\n\r\n";
        body.extend(part.as_bytes());
        body.extend(file);
        body.extend(b"\r\n--cut--\r\n");
        let request = Request::post("/imports").header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        self.ask(request, Body::from(body)).await
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> Page {
        let request = request.header(header::COOKIE, &self.cookie).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let location = headers.get(header::LOCATION).map(|at| at.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Page { status, location, headers, bytes }
    }
}

fn site() -> Site {
    let site = Site::new();
    let account = AccountRow {
        government: government(),
        name: "chen".into(),
        shown: "陈某".into(),
        agency: "justice".into(),
        posts: vec!["data_steward".into()],
        password: hash_password(PASSWORD, [3; 16]).unwrap(),
    };
    let store = site.platform.store();
    let mut tx = store.begin(&government()).unwrap();
    tx.put_account(&account).unwrap();
    tx.commit().unwrap();
    site
}

fn records(site: &Site) -> u32 {
    site.platform.list(&site.person("chen"), &Filter::default()).unwrap().total
}

const ROWS: &str = "收到申请：日期,申请人,申请人：类别,事项\n2025-07-15,张某,公民,甲\n昨天,李某,公民,乙\n";

const FIELDS: [(&str, &str); 4] =
    [("what", "demo/receive"), ("as", "history"), ("source", "旧登记簿"), ("approver", "局长")];

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_previewed_mended_and_brought_in() {
    let site = site();
    let browser = Browser::of(&site, "chen").await;
    let page = browser.get("/imports").await;
    page.has("还没有导入或者导出过").has("示范：收到申请").has("href=\"/imports\"");
    let token = page.token();
    let fields: Vec<(&str, &str)> = FIELDS.into_iter().chain([("token", token.as_str())]).collect();
    let page = browser.sends(&fields, ROWS.as_bytes()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let here = page.location;
    let preview = browser.get(&here).await;
    preview.has("可以导入：1 行").has("不完整：1 行").has("<code>A3</code>").has("不是有效日期").has("台账.csv");
    preview.lacks("value=\"all\"").has("value=\"good\"");
    assert_eq!(records(&site), 0, "a preview writes nothing");

    let sheet = browser.get(&format!("{here}/verdicts.xlsx")).await;
    let grid = read(&sheet.bytes, Bounds::default()).unwrap();
    assert_eq!(grid.rows[2].get(4), Some(&Cell::Text("不完整".to_owned())));

    let token = preview.token();
    let page = browser.post(&here, &format!("token={token}&take=good")).await;
    assert_eq!(page.location, "/imports");
    browser.get("/imports").await.has("已导入 1 行").has("旧登记簿 · 局长").has("台账.csv");
    assert_eq!(records(&site), 1);
    assert_eq!(browser.get(&here).await.status, StatusCode::NOT_FOUND, "it has come in");
    browser.post(&here, &format!("token={token}&take=good")).await;
    browser.get("/imports").await.has("已经导入、放弃或者过期");
    assert_eq!(records(&site), 1);

    // The whole sheet again, mended.
    let fields: Vec<(&str, &str)> = FIELDS.into_iter().chain([("token", token.as_str())]).collect();
    let page = browser.sends(&fields, ROWS.replace("昨天", "2025年7月16日").as_bytes()).await;
    browser.get(&page.location).await.has("所有行都可以导入").has("此前已导入：1 行").has("value=\"all\"");
    browser.post(&page.location, &format!("token={token}&take=all")).await;
    assert_eq!(records(&site), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_come_in_is_told_on_the_page_and_keeps_what_was_typed() {
    let site = site();
    let browser = Browser::of(&site, "chen").await;
    let token = browser.get("/imports").await.token();
    let fields = |approver: &'static str| {
        let token = token.as_str();
        [("what", "demo/receive"), ("as", "history"), ("source", "旧登记簿"), ("approver", approver), ("token", token)]
    };
    for (approver, file, told) in [
        ("", ROWS.as_bytes(), "请写明数据来源和批准人"),
        ("局长", b"%PDF-1.7".as_slice(), "该文件不是表格"),
        ("局长", b"".as_slice(), "请选择文件"),
        ("局长", "甲,乙\n1,2\n".as_bytes(), "没有认得的列标题"),
        ("局长", "申请人,事项\n张某,甲\n".as_bytes(), "缺少下列必填列：收到申请：日期"),
    ] {
        let page = browser.sends(&fields(approver), file).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.has(told).has("value=\"旧登记簿\"");
    }
    let page = browser.sends(&[("what", "demo/receive"), ("token", "forged")], ROWS.as_bytes()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let large = vec![b'a'; 22 << 20];
    assert_eq!(browser.sends(&fields("局长"), &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(records(&site), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_than_the_steward_brings_in_nothing_and_sees_no_file() {
    let site = site();
    let steward = Browser::of(&site, "chen").await;
    let token = steward.get("/imports").await.token();
    let fields: Vec<(&str, &str)> = FIELDS.into_iter().chain([("token", token.as_str())]).collect();
    let here = steward.sends(&fields, ROWS.as_bytes()).await.location;

    let clerk = Browser::of(&site, "wang").await;
    let page = clerk.get("/imports").await;
    page.has("只有数据管理员可以导入").lacks("multipart");
    clerk.get("/desk").await.lacks("href=\"/imports\"");
    let token = page.token();
    let fields: Vec<(&str, &str)> = FIELDS.into_iter().chain([("token", token.as_str())]).collect();
    assert_eq!(clerk.sends(&fields, ROWS.as_bytes()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in [here.clone(), format!("{here}/verdicts.xlsx"), "/imports/template?what=demo/receive".to_owned()] {
        assert_eq!(clerk.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    clerk.post(&here, &format!("token={token}&take=good")).await;
    assert_eq!(records(&site), 0);
    let nobody = Browser { router: site.router(), cookie: String::new() };
    assert!(nobody.get("/imports").await.location.starts_with("/sign-in"));
    assert!(nobody.get("/records/export?as=csv").await.location.starts_with("/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_sheet_is_made_for_the_line() {
    let site = site();
    let browser = Browser::of(&site, "chen").await;
    let page = browser.get("/imports/template?what=demo/receive&history=1").await;
    assert!(page.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("demo-receive.xlsx"));
    let grid = read(&page.bytes, Bounds::default()).unwrap();
    let titles: Vec<String> = grid.rows[0].cells.iter().map(|(_, cell)| cell.shown()).collect();
    assert!(titles.contains(&"收到申请：日期".to_owned()) && titles.contains(&"决定：结果".to_owned()), "{titles:?}");
    assert_eq!(browser.get("/imports/template?what=nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_out_as_its_page_shows_it() {
    let site = site();
    site.received("甲");
    site.received("=乙");
    let browser = Browser::of(&site, "wang").await;
    browser
        .get("/records?line=demo&text=%E7%94%B2")
        .await
        .has("/records/export?line=demo&#38;text=%E7%94%B2&#38;as=csv");
    let page = browser.get("/records/export?line=demo&as=csv").await;
    assert_eq!(page.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(page.bytes.starts_with(b"\xEF\xBB\xBF"));
    page.has("欧阳").lacks("欧阳建国").has("'=乙");
    let page = browser.get("/records/export?line=demo&text=%E7%94%B2&as=xlsx").await;
    assert_eq!(read(&page.bytes, Bounds::default()).unwrap().rows.len(), 2);
    let other = Browser::of(&site, "sun").await;
    let page = other.get("/records/export?as=csv").await;
    assert_eq!(read(&page.bytes, Bounds::default()).unwrap().rows.len(), 1, "another agency's records are not hers");
    assert_eq!(browser.get("/records/export?as=pdf").await.status, StatusCode::NOT_FOUND);
    let steward = Browser::of(&site, "chen").await;
    steward.get("/imports").await.has("导出").has("王明");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_table_is_a_link_on_the_page_of_figures() {
    let site = Site::over(testkit::repository().unwrap());
    let browser = Browser::of(&site, "wang").await;
    let page = browser.get("/figures?from=2020-01-01&to=2020-12-31").await;
    page.has("/tables/disclosure_annual?year=2020");
    let page = browser.get("/tables/disclosure_annual?year=2020").await;
    let grid = read(&page.bytes, Bounds::default()).unwrap();
    assert!(grid.rows[0].cells[0].1.shown().contains("2020年"));
    assert_eq!(browser.get("/tables/nothing?year=2020").await.status, StatusCode::NOT_FOUND);
}
