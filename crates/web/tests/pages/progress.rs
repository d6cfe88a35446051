//! A party asks how the record stands.

use super::*;

/// The page with the number that was typed left out.
fn without(page: &Page, number: &str) -> String {
    page.text.replace(number, "#")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_learns_how_it_stands_and_nothing_else() {
    let site = Site::new();
    let id = site.received("对道路封闭决定不服").to_string();
    let mut visitor = Visitor::new(&site);
    visitor.get("/").await.has("href=\"/progress\"");
    visitor.get("/progress").await.has("办件进度查询").lacks("收到日期");
    let page = visitor.post("/progress", &[("number", &id), ("digits", "0000")]).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("示范").has("收到").has("县司法局").has("2026-03-02").has("2026-03-09").has("第三十条");
    for other in ["欧阳", "建国", "13900000000", "道路封闭", "王明", "wang"] {
        page.lacks(other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_and_wrong_digits_get_the_same_answer() {
    let site = Site::new();
    let id = site.received("对道路封闭决定不服").to_string();
    let mut visitor = Visitor::new(&site);
    let digits = visitor.post("/progress", &[("number", &id), ("digits", "9999")]).await;
    let number = visitor.post("/progress", &[("number", "31415"), ("digits", "0000")]).await;
    assert_eq!((digits.status, number.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    let value = format!("value=\"{id}\"");
    assert_eq!(without(&digits, &value), without(&number, "value=\"31415\""));
    digits.has("没有查到").lacks("9999");
    let page = visitor.post("/progress", &[("number", &id), ("digits", "")]).await;
    page.has("请填写办件编号");
    let page = visitor.post("/progress", &[("number", "<script>"), ("digits", "0000")]).await;
    page.has("没有查到").lacks("<script>");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_digits_is_slowed_down_for_each_number_and_each_address() {
    let site = Site::new();
    let id = site.received("对道路封闭决定不服").to_string();
    let other = site.received("另一件").to_string();
    let asks = |number: String, digits: &'static str, from: &'static str| {
        let request = Request::post("/progress")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", format!("203.0.113.9, {from}"));
        (request, Body::from(format!("number={number}&digits={digits}")))
    };
    let mut visitor = Visitor::new(&site);
    for _ in 0..5 {
        let (request, body) = asks(id.clone(), "1111", "198.51.100.1");
        visitor.send(request, body).await.has("没有查到");
    }
    // Not even the right digits are looked at now, wherever they come from.
    let (request, body) = asks(id.clone(), "0000", "198.51.100.2");
    visitor.send(request, body).await.has("请在1分钟后再试").lacks("县司法局");
    let (request, body) = asks(other, "0000", "198.51.100.1");
    visitor.send(request, body).await.has("县司法局");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_print_is_kept() {
    let site = Site::new();
    let mut visitor = Visitor::new(&site);
    let page = visitor.get("/public").await;
    page.lacks("class=\"large\"").has("href=\"/print/large?back=/public\"");
    assert_eq!(visitor.get("/print/large?back=/public").await.location, "/public");
    visitor.get("/public").await.has("<html lang=\"zh-CN\" class=\"large\">").has("/print/usual");
    assert_eq!(visitor.get("/print/usual?back=//elsewhere").await.location, "/");
    visitor.get("/public").await.lacks("class=\"large\"");
    assert_eq!(visitor.get("/print/huge").await.status, StatusCode::NOT_FOUND);
}
