//! The page of a figure and the panel: what staff read, what the public reads, what goes out as files.

use super::*;

/// So many decided one way, so many the other.
fn decided_so(uphold: usize, revoke: usize) -> Site {
    let site = Site::new();
    for n in 0..uphold + revoke {
        decided_of(&site, &format!("第{n}件"), if n < uphold { "uphold" } else { "revoke" });
    }
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_stands_beside_itself_with_tables_and_files() {
    let site = decided_so(2, 1);
    let mut visitor = Visitor::signed_in(&site, "wang").await;
    let page = visitor.get("/figures/demo.by_outcome?year=2026").await;
    page.has("近五年同期").has("近十二个月").has("分项").has("按机关").has("县司法局").has("比上年同期（0）多3");
    page.has("件数和金额不排位次")
        .lacks("位次</th>")
        .has("id=\"t-parts\"")
        .has("data-chart=\"rows\" data-of=\"t-parts\"");
    // The script is the page's own, and nothing is written into the page.
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let script = visitor.router.clone().oneshot(Request::get("/assets/charts.js").body(Body::empty()).unwrap());
    let script = script.await.unwrap();
    assert_eq!(script.headers()[header::CONTENT_ENCODING], "gzip");
    let other = visitor.get("/figures").await;
    assert!(!other.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src"));
    let file = visitor.get("/figures/demo.by_outcome/parts.csv?year=2026").await;
    file.has("分项,决定数（件）\r\n").has("维持,2\r\n").has("撤销,1\r\n");
    assert_eq!(visitor.get("/figures/demo.by_outcome/nothing.csv").await.status, StatusCode::NOT_FOUND);
    let quarter = visitor.get("/figures/demo.by_outcome?year=2026&span=q1").await;
    quarter.has("2026年第1季度").has("2025年第1季度").has("比上一时段（0）多3");
    visitor.get("/figures/demo.by_outcome?year=2026&span=q5").await.has("已改用默认值");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_is_not_shown_small_parts_by_any_way() {
    let site = decided_so(2, 1);
    let mut public = Visitor::new(&site);
    let page = public.get("/figures/demo.by_outcome?year=2026").await;
    page.has("<p class=\"bignumber\">3<small>").has("少于五件的分项不向社会显示").has("所依据的日志及其摘要");
    page.lacks("data-of=\"t-parts\"").lacks(">维持 </span>2<");
    for path in ["part=uphold&year=2026", "year=2026&span=m3", "from=2026-03-01&to=2026-03-05"] {
        public.get(&format!("/figures/demo.by_outcome?{path}")).await.has("<p class=\"bignumber\">不显示</p>");
    }
    public.get("/figures/demo.by_outcome/parts.csv?year=2026").await.has("维持,不显示").has("撤销,不显示");
    public.get("/figures/demo.by_outcome/agencies.csv?year=2026").await.has("不显示").lacks(",3\r\n");
    public.get("/figures?year=2026").await.has("不显示");
    // Where both ways are many, both are shown.
    let site = decided_so(5, 6);
    let page = Visitor::new(&site).get("/figures/demo.by_outcome?year=2026").await;
    page.has(">维持 </span>5<").has(">撤销 </span>6<").has("data-of=\"t-parts\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_few_were_late_does_not_follow_from_how_many_were_in_time() {
    let site = Site::new();
    for n in 0..6 {
        let id = site.received(&format!("甲{n}"));
        site.done("wang", id, "accept", &[]);
    }
    site.received("乙");
    site.received("丙");
    site.at("2026-03-20T10:00:00");
    site.platform.put_through(&common::government(), None).unwrap();
    let mut leader = Visitor::signed_in(&site, "zhao").await;
    leader.get("/figures/demo.limits_in_time/months.csv?year=2026").await.has(",6\r\n");
    leader.get("/figures/demo.limits_share/months.csv?year=2026").await.has(",75\r\n");
    let mut public = Visitor::new(&site);
    // The year is told as its report tells it; of a month, an agency or a line it is known how many limits ended, and not
    // how many of them in time.
    public.get("/figures/demo.limits_in_time?year=2026").await.has("<p class=\"bignumber\">6<small>");
    for table in ["months", "agencies"] {
        public.get(&format!("/figures/demo.limits_ended/{table}.csv?year=2026")).await.has(",8\r\n");
        public.get(&format!("/figures/demo.limits_in_time/{table}.csv?year=2026")).await.has("不显示").lacks(",6\r\n");
        public.get(&format!("/figures/demo.limits_share/{table}.csv?year=2026")).await.has("不显示").lacks(",75");
    }
    public.get("/panel/lines.csv?year=2026").await.lacks("75");
    // In a stretch that somebody chose the share goes with what it is of.
    let month = public.get("/api/v1/figures?from=2026-03-01&to=2026-03-31").await;
    month.lacks("\"75\"");
    public.get("/figures?from=2026-03-01&to=2026-03-31").await.lacks(">75<");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_says_what_is_overdue_to_whom() {
    let site = Site::new();
    let id = site.received("甲");
    site.done("wang", id, "accept", &[]);
    site.received("乙");
    // The second was not looked at within its five working days.
    site.at("2026-03-20T10:00:00");
    site.platform.put_through(&common::government(), None).unwrap();
    let mut leader = Visitor::signed_in(&site, "zhao").await;
    let page = leader.get("/panel?year=2026&agency=").await;
    page.has("有超期未结").has("▲").has("50%").has("县司法局").has("/figures/demo.limits_share?from=2026-01-01");
    page.has("各地区").has("下载");
    let officer = Visitor::signed_in(&site, "sun").await.get("/panel?year=2026").await;
    officer.has("县市场监督管理局").has("没有期限届满").has("本级政府全部机关");
    let mut public = Visitor::new(&site);
    // The whole is told as it is; what it breaks down into is small.
    let page = public.get("/panel?year=2026").await;
    page.has("50%")
        .has("少于五件的分项不向社会显示")
        .lacks("/panel?from=2026-01-01&amp;to=2026-12-31&amp;place=632222&amp;agency=justice");
    public.get("/panel/lines.csv?year=2026").await.has("不显示").lacks("50%");
    // A stretch of days, or a place below, that somebody chose is a part too, also in the files.
    for asked in ["from=2026-03-01&to=2026-03-20", "year=2026&place=632222100"] {
        public.get(&format!("/panel?{asked}")).await.lacks("50%").lacks("<td class=\"number\">2<");
        public.get(&format!("/panel/tree.csv?{asked}")).await.lacks("50%").lacks(",2,");
    }
    let file = leader.get("/panel/lines.csv?year=2026&agency=").await;
    file.has("名称,状态,期限内办结率,到期或者办结,超期未结,在办\r\n").has("有超期未结,50%,2,1,2\r\n");
}
