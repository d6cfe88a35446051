//! Four working days on one case: the clerk at the window, the handler, the leader on a telephone, and the citizen.

use serde_json::json;

use super::{Bench, NARROW, WIDE, site};

/// Chooses a radio or fills in a control of the form at hand.
async fn fills(bench: &Bench, controls: &[(&str, &str)]) {
    for (css, text) in controls {
        let control = bench.find(css).await;
        if text.is_empty() {
            control.click().await.unwrap();
        } else {
            control.send_keys(text).await.unwrap();
        }
    }
}

async fn sends(bench: &Bench) {
    bench.clicks("main form.form .actions button").await;
    bench.find(".flash").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_working_days_on_one_case() {
    let site = site();
    let bench = Bench::new(&site).await;

    // The clerk: takes an application in, with the paper that came along.
    bench.sign_in("wang").await;
    bench.clicks("a[href='/new']").await;
    bench.clicks("a[href='/new/demo/receive']").await;
    let paper = std::env::temp_dir().join(format!("application-{}.txt", std::process::id()));
    std::fs::write(&paper, "申请书(示例)").unwrap();
    fills(
        &bench,
        &[
            ("[name='f.applicant.kind'][value='person']", ""),
            ("[name='f.applicant.name']", "欧阳建国"),
            ("[name='f.applicant.phone']", "13900001234"),
            ("[name='f.matter']", "道路积水无人处理"),
            ("#file", paper.to_str().unwrap()),
        ],
    )
    .await;
    sends(&bench).await;
    std::fs::remove_file(&paper).unwrap();
    bench.shows("已办理").await;
    bench.shows("application-").await;
    let record = bench.client.current_url().await.unwrap().path().to_owned();
    bench.picture("day-clerk").await;

    // The handler: accepts it, remarks, and proposes the decision, which climbs.
    bench.clicks("a[href$='/act/accept']").await;
    sends(&bench).await;
    bench.shows("为什么是这一天").await;
    bench.types("[name='remark']", "@李华 请过目").await;
    bench.clicks("#remarks form button").await;
    bench.clicks("a[href$='/act/decide']").await;
    fills(&bench, &[("[name='f.outcome'][value='revoke']", "")]).await;
    sends(&bench).await;
    bench.shows("李华").await;
    bench.picture("day-handler").await;
    bench.quiet_console().await;
    bench.clicks(".who form button").await;
    bench.find("a[href='/sign-in']").await;

    // The leader: the morning on a telephone, one tap to the case, one to sign.
    site.platform.tell_news(&super::common::government(), "test").unwrap();
    bench.size(NARROW).await;
    bench.sign_in("li").await;
    bench.find(".morning").await;
    bench.fits("/morning").await;
    bench.picture("day-leader").await;
    bench.clicks(&format!("a[href='{record}/sign']")).await;
    bench.clicks(".signing .sticky button").await;
    bench.find(".flash").await;
    bench.shows("已签批").await;
    bench.quiet_console().await;
    bench.clicks(".who form button").await;
    bench.find("a[href='/sign-in']").await;

    // The citizen: asks by number and telephone who has it and until when; a stranger's digits get nothing.
    bench.size(WIDE).await;
    let number = record.rsplit('/').next().unwrap();
    for (digits, told) in [("9999", false), ("1234", true)] {
        bench.goto("/progress").await;
        fills(&bench, &[("#number", number), ("#digits", digits)]).await;
        bench.clicks("main form button").await;
        bench.find(if told { "#told" } else { ".summary" }).await;
        let page = bench.text().await;
        assert_eq!(page.contains("县司法局"), told, "{page}");
        assert!(!page.contains("欧阳建国") && !page.contains("13900001234"), "{page}");
    }
    bench.picture("day-citizen").await;
    let shifted = bench.run("return performance.getEntriesByType('layout-shift').length").await;
    assert_eq!(shifted, json!(0));
    bench.quiet_console().await;
    bench.client.clone().close().await.unwrap();
}
