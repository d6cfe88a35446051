//! Search pages, for staff and for everybody.

use super::*;

fn searching() -> Site {
    Site::searching(testkit::small(&[("demo/2024", testkit::DEMO)]).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_is_marked_and_escaped() {
    let site = searching();
    site.received("草场<b>纠纷</b>");
    site.indexed();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get("/desk").await.has("href=\"/search\"");
    visitor.get("/search").await.has("全文检索").lacks("条结果");
    let page = visitor.get(&format!("/search?text={}", quoted("草场"))).await;
    page.has("共1条结果").has("<mark>草场</mark>").has("&#60;b&#62;").lacks("<b>纠纷");
    // Personal content is looked through and not shown.
    let page = visitor.get(&format!("/search?text={}", quoted("欧阳建国"))).await;
    page.has("共1条结果").has("个人信息中有此内容").lacks("<mark>欧阳");
    let page = visitor.get(&format!("/search?text={}&from=2026-03-03&line=demo", quoted("草场"))).await;
    page.has("共0条结果").has("没有找到").has("value=\"2026-03-03\"");
    let page = visitor.get("/search?text=a&from=tomorrow").await;
    page.has("tomorrow");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_searches_the_records_of_others() {
    let site = searching();
    site.received("草场纠纷");
    site.indexed();
    let path = format!("/search?text={}", quoted("草场"));
    assert!(Visitor::new(&site).get(&path).await.location.starts_with("/sign-in"));
    let mut visitor = Visitor::signed_in(&site, "sun").await;
    visitor.get(&path).await.has("共0条结果").lacks("草场纠纷");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_there_is_a_page() {
    let site = searching();
    site.received("草场纠纷");
    site.indexed();
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let long = "a".repeat(10_000);
    let typed =
        ["", "*", "\"", "AND OR (", "<script>alert(1)</script>", "'; DROP TABLE event; --", "\u{0}", "😀", &long];
    for text in typed {
        for path in ["/search", "/public"] {
            let page = visitor.get(&format!("{path}?text={}&skip=99999999999&line=%00", quoted(text))).await;
            assert_eq!(page.status, StatusCode::OK, "{path} {text}");
            page.lacks("<script>alert");
        }
    }
    visitor.get("/search?text=*%3F").await.has("没有文字或数字");
    visitor.get(&format!("/search?text={long}")).await.has("检索词过长");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_index_yet_is_told() {
    let site = searching();
    site.received("草场纠纷");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    visitor.get(&format!("/search?text={}", quoted("草场"))).await.has("另有1条最新记录尚未编入检索");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_index_names_are_searched_and_it_is_told() {
    let site = Site::new();
    site.received("草场纠纷");
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get(&format!("/search?text={}", quoted("草场"))).await;
    page.has("未启用全文检索").has("共1条结果").has("草场纠纷");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_searches_what_is_published() {
    let site = searching();
    let id = site.received("征地批复文件");
    site.done("wang", id, "accept", &[]);
    site.done("wang", id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
    for who in ["li", "zhao"] {
        site.does(who, Some(id), RequestAsk::Sign, &[]);
    }
    site.done("wang", id, "pay", &[("amount", Value::Money(terms::Fen(100)))]);
    site.done("wang", id, "publish", &[]);
    site.indexed();
    let mut visitor = Visitor::new(&site);
    let page = visitor.get(&format!("/public?text={}", quoted("欧阳某"))).await;
    page.has("共1条结果").has("<mark>欧阳某</mark>").has(&format!("/public/{id}/decision"));
    for hidden in ["欧阳建国", "征地", "13900000000"] {
        visitor.get(&format!("/public?text={}", quoted(hidden))).await.has("共0条结果");
    }
    let page = visitor.get(&format!("/public?text={}&from=2026-03-03", quoted("维持"))).await;
    page.has("共0条结果");
    visitor.get("/public?from=2026-03-03").await.has("须与检索词一并使用").has(&format!("/public/{id}/decision"));
}
