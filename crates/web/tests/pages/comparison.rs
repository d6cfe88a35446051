//! A published report beside our records, the neighbours and the years: sent to be looked at, brought in, or the site's own.

use ledger::AgencyRow;
use platform::{Answer, Person, Request as Asks};
use terms::{CommandId, GovernmentCode};
use web::{Options, PublishedReport};

use super::*;

const REPORT: &str = "祁连县2026年法治政府建设年度报告\n全年开展法治宣传教育活动8场次，发放宣传资料60份，行政复议案件办理0件，法律援助案件办理196件。\n";

/// So many activities of a county's publicity.
fn activities(site: &Site, code: &str, count: u8) {
    let government: GovernmentCode = code.parse().unwrap();
    let store = site.platform.store();
    let mut tx = store.begin(&government).unwrap();
    let place = government.clone();
    tx.put_agency(&AgencyRow {
        government: government.clone(), code: "justice".into(), name: "司法局".into(), place
    })
    .unwrap();
    tx.commit().unwrap();
    let who: Person = testkit::person(&government, "ma", "justice", &["publicity_officer"]);
    for number in 0..count {
        let text = |text: &str| Value::Text(text.to_owned());
        let inputs = [
            ("title", text(&format!("第{number}场"))),
            ("kind", Value::Choice("lecture".into())),
            ("site", text("县城")),
            ("audience_kinds", Value::Choices(vec!["youth".into()])),
            ("audience", Value::Number(30)),
            ("materials", Value::Number(10)),
            ("gifts", Value::Number(0)),
        ];
        let mut id = [number; 16];
        id[..6].copy_from_slice(code.as_bytes());
        let asked = Asks {
            id: CommandId(id),
            who: who.clone(),
            record: None,
            line: "publicity_activity".into(),
            seen: None,
            ask: RequestAsk::Act("record".into()),
            inputs: inputs.iter().map(|(code, value)| ((*code).into(), value.clone())).collect(),
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: None,
            place: None,
            handler: None,
            standing: kernel::Standing::Normal,
            grant: None,
        };
        let answer = site.platform.submit(asked).unwrap();
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }
}

fn neighbours() -> Site {
    let site = Site::over(testkit::repository().unwrap());
    for (code, count) in [("632222", 6), ("632223", 9), ("632224", 2)] {
        activities(&site, code, count);
    }
    site
}

/// Sends a file with the page's form.
async fn sent(visitor: &mut Visitor, fields: &[(&str, &str)], file: &str) -> Page {
    let token = visitor.get("/comparison").await.input("token");
    let mut body = String::new();
    for (name, value) in fields.iter().chain(&[("token", token.as_str())]) {
        body += &format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"qilian.txt\"\r\n";
    body += &format!("content-type: text/plain\r\n\r\n{file}\r\n--cut--\r\n");
    let request = Request::post("/comparison").header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    visitor.send(request, Body::from(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_sent_stands_beside_records_neighbours_and_years() {
    let site = neighbours();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = sent(&mut visitor, &[("reporter", "632222"), ("year", "2026")], REPORT).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let at = page.location;
    let page = visitor.get(&at).await;
    page.has("法治宣传教育活动8场次").has("第2行").has("不一致").has("+2").has("一致").has("祁连县");
    // 海晏 9, 刚察 2, 门源 nothing.
    page.has("2 – 9（2个地区）").has("把握（0–100）").has("1个数不是本平台的指标");
    let row = visitor.get(&format!("{at}/0")).await;
    row.has("data-of=\"t-neighbours\"").has("海晏县").has("data-value=\"9\"").has("报告所写").has("近五年同期");
    row.has(&format!("{at}/0-neighbours.csv"));
    visitor.get(&format!("{at}/0-neighbours.csv")).await.has("海晏县,9\r\n").has("刚察县,2\r\n").has("报告所写,8\r\n");
    let all = visitor.get(&format!("{at}/table.csv")).await;
    all.has("publicity_activity.held").has("海晏县").has("2025年").has("不一致");
    visitor.file(&format!("{at}/table.xlsx")).await;
    for gone in [format!("{at}/99"), format!("{at}/0-nothing.csv"), "/comparison/sent/00".to_owned()] {
        assert_eq!(visitor.get(&gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
    // What one has sent is nobody else's to see.
    assert_ne!(Visitor::new(&site).get(&at).await.status, StatusCode::OK);
    assert_eq!(Visitor::signed_in(&site, "li").await.get(&at).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_compared_is_said() {
    let site = neighbours();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    for (fields, file, says) in [
        ([("reporter", "某县"), ("year", "2026")], REPORT, "请填写该年度在用的政府代码和四位年份"),
        ([("reporter", "632222"), ("year", "2026")], "没有数字。", "没有读到数字"),
    ] {
        let page = sent(&mut visitor, &fields, file).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.has(says);
    }
    visitor.get("/comparison?year=2019").await.has("没有该地区该年度的公开报告");
    visitor.get("/imports").await.lacks("formaction=\"/comparison\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_sees_the_sites_own_report_without_small_neighbours() {
    let site = neighbours();
    let published = PublishedReport { year: 2026, name: "年度报告".to_owned(), text: REPORT.to_owned() };
    let options = Options { published_reports: vec![published], ..common::options() };
    let mut public = Visitor { router: web::router(site.platform.clone(), options), cookies: Vec::new() };
    public.get("/report?year=2026").await.has("/comparison?place=632222&amp;year=2026").has("把握（0–100）");
    let page = public.get("/comparison?place=632222&year=2026").await;
    page.has("年度报告").has("法治宣传教育活动8场次").lacks("name=\"token\"").lacks("只作对照");
    let row = public.get("/comparison/0?place=632222&year=2026").await;
    row.has("不显示").has("少于五件的分项不向社会显示").lacks("data-value=\"2\"").has("data-value=\"6\"");
    public.get("/comparison/0-neighbours.csv?place=632222&year=2026").await.has("不显示").lacks("刚察县,2");
}
