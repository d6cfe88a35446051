//! The report of a year: beside what was published, as a letter, as data, and those of the governments below side by side.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_taken_away_as_a_letter() {
    let site = Site::over(testkit::repository().unwrap());
    let printer = web::Printer {
        case_file: |_| Err("not asked for".to_owned()),
        letter: |letter| Ok(letter.page().into_bytes()),
    };
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get("/report?year=2026").await.has("公文格式").has("/report/letter.pdf");
    // 祁政〔2026〕3号, signed by 王某.
    let asked = "period=2026&number=%E7%A5%81%E6%94%BF%E3%80%942026%E3%80%953%E5%8F%B7&signer=%E7%8E%8B%E6%9F%90";
    let (headers, bytes) = visitor.file(&format!("/report/letter.docx?{asked}")).await;
    assert!(headers[header::CONTENT_TYPE].to_str().unwrap().ends_with("wordprocessingml.document"));
    let told = papers::Template::read(&bytes).unwrap().lines().join("\n");
    assert!(told.contains("祁政〔2026〕3号") && told.contains("签发人：王某"), "{told}");
    let page = visitor.get("/report/letter.pdf?period=2026").await;
    assert_eq!(page.status, StatusCode::NOT_IMPLEMENTED);
    page.has("--features press");
    // With half brackets: 祁政[2026]3号.
    let page = visitor.get("/report/letter.docx?period=2026&number=%E7%A5%81%E6%94%BF%5B2026%5D3%E5%8F%B7").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("六角括号");
    assert_eq!(visitor.get("/report/letter.docx?period=2026-W1").await.status, StatusCode::NOT_FOUND);
    let options = web::Options { printer: Some(printer), ..common::options() };
    visitor.router = web::router(site.platform.clone(), options);
    let page = visitor.get(&format!("/report/letter.pdf?{asked}")).await;
    page.has("% upward 祁政〔2026〕3号|签发人：王某")
        .has("% mark 祁连县人民政府文件")
        .has("% to 海北藏族自治州人民政府：");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_taken_away_as_data_and_those_below_stand_side_by_side() {
    let site = Site::over(testkit::repository().unwrap());
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get("/report?year=2026").await.has("/report/figures.xlsx?").has("/report/below?");
    let (headers, bytes) = visitor.file("/report/figures.xlsx?period=2026").await;
    assert!(headers[header::CONTENT_TYPE].to_str().unwrap().ends_with("spreadsheetml.sheet"));
    let sheet = sheets::read(&bytes, sheets::Bounds::default()).unwrap();
    let titles: Vec<String> = sheet.rows[0].cells.iter().map(|(_, cell)| cell.shown()).collect();
    assert_eq!(titles[..3], ["指标代码", "指标", "地点"], "{titles:?}");
    let page = visitor.get("/report/figures.json?period=2026").await;
    let all: serde_json::Value = serde_json::from_str(&page.text).unwrap();
    let one = all.as_array().unwrap().iter().find(|one| one["code"] == "reconsideration.handled").unwrap();
    assert_eq!((&one["value"], &one["unit"], &one["qualifier"]), (&"0".into(), &"件".into(), &"exact".into()), "{one}");
    assert_eq!((&one["from"], &one["origin"]), (&"2026-01-01".into(), &"records".into()), "{one}");
    assert_eq!(one["definition"].as_str().unwrap().len(), 64);
    // A program asks the same, without signing in.
    Visitor::new(&site).get("/api/v1/report/figures?period=2026").await.has("\"code\":\"reconsideration.handled\"");
    assert_eq!(visitor.get("/report/figures.exe?period=2026").await.status, StatusCode::NOT_FOUND);

    // The prefecture's four counties, of which one works here.
    let page = visitor.get("/report/below?period=2026&place=632200").await;
    page.has("下级政府数字对照表").has("祁连县").has("案卷统计").has("没有数字的政府：门源回族自治县、海晏县、刚察县");
    visitor.get("/report/below.csv?period=2026&place=632200").await.has("指标,单位,").has("来源,,没有数字,案卷统计,");
    visitor.get("/report/below?period=2026").await.has("这里没有下一级政府");
    // It is for those who are signed in.
    let mut public = Visitor::new(&site);
    assert!(public.get("/report/below?period=2026&place=632200").await.status.is_redirection());
    public.get("/report?year=2026").await.has("/report/figures.xlsx?").lacks("/report/below");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_stands_beside_the_published_one() {
    let site = Site::over(testkit::repository().unwrap());
    let mut visitor = Visitor::new(&site);
    let page = visitor.get("/report?year=2026").await;
    page.has("祁连县2026年法治政府建设年度报告").has("/figures/reconsideration.handled?from=2026-01-01");
    page.has("/figures/reconsideration.handled?from=2025-01-01").has("示范报告").has("全年办理行政复议案件5件");
    page.has("与已公开报告对照").has("公布数").has("<strong>5</strong>");
    visitor.get("/report?year=2020").await.has("没有载入该年度已公开的报告");
    visitor.get("/figures?year=2026").await.has("分为").has("无法计算");
}
