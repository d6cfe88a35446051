//! A year's report over three levels: county, prefecture, province, each drafted, signed by two, and sent up.

use fantoccini::key::Key;
use ledger::{AccountRow, AgencyRow};
use platform::hash_password;
use terms::GovernmentCode;

use super::common::{PASSWORD, Site};
use super::{Bench, NARROW, WIDE};

/// One office with a clerk and the two who sign.
fn office(site: &Site, code: &str) {
    let government: GovernmentCode = code.parse().unwrap();
    let store = site.platform.store();
    let mut tx = store.begin(&government).unwrap();
    let place = government.clone();
    let agency = AgencyRow { government: government.clone(), code: "justice".into(), name: "司法局".into(), place };
    tx.put_agency(&agency).unwrap();
    let password = hash_password(PASSWORD, [3; 16]).unwrap();
    for (name, shown, post) in
        [("clerk", "周敏", "handler"), ("chief", "吴强", "head_of_agency"), ("mayor", "郑华", "head_of_government")]
    {
        tx.put_account(&AccountRow {
            government: government.clone(),
            name: name.into(),
            shown: shown.into(),
            agency: "justice".into(),
            posts: vec![post.into()],
            password: password.clone(),
        })
        .unwrap();
    }
    tx.commit().unwrap();
}

/// Signs in as somebody of a government, whoever was there before.
async fn as_of(bench: &Bench, name: &str, code: &str) {
    bench.client.delete_all_cookies().await.unwrap();
    bench.sign_in(&format!("{name}@{code}")).await;
}

async fn sends(bench: &Bench) {
    bench.clicks("main form.form .actions button").await;
}

/// The clerk begins the report and writes its sections; gives the record's path.
async fn drafted(bench: &Bench, code: &str, level: &str) -> String {
    as_of(bench, "clerk", code).await;
    bench.goto("/new/annual_report/open").await;
    bench.types("[name='f.reporter']", code).await;
    bench.types("[name='f.period']", "2025").await;
    bench.clicks(&format!("[name='f.level'][value='{level}']")).await;
    sends(bench).await;
    bench.find(".flash").await;
    let record = bench.client.current_url().await.unwrap().path().to_owned();
    bench.clicks(&format!("a[href='{record}/report']")).await;
    for (section, text) in [(1, "推进依法行政。"), (2, "基层力量不足。"), (3, "主持研究部署。"), (4, "加强培训。")]
    {
        bench.types(&format!("#section-{section}-own"), text).await;
        bench.clicks(&format!("#section-{section} form button")).await;
        bench.find(".flash").await;
        bench.shows(text).await;
    }
    record
}

/// The two signatures, the first on a telephone and by the keyboard alone.
async fn signed(bench: &Bench, code: &str, record: &str) {
    bench.size(NARROW).await;
    as_of(bench, "chief", code).await;
    bench.goto(&format!("{record}/report")).await;
    bench.find("#sign .signatures").await;
    bench.fits(&format!("{record}/report")).await;
    bench.picture(&format!("report-phone-{code}")).await;
    bench.goto(&format!("{record}/sign")).await;
    let button = ".signing .sticky button";
    bench.find(button).await;
    bench.run(&format!("document.querySelector(\"{button}\").focus()")).await;
    bench.press(&Key::Enter.to_string()).await;
    bench.find(".flash").await;
    bench.size(WIDE).await;
    as_of(bench, "mayor", code).await;
    bench.goto(&format!("{record}/sign")).await;
    bench.clicks(button).await;
    bench.find(".flash").await;
}

async fn sent_up(site: &Site, bench: &Bench, code: &str, record: &str, to: &[&str]) {
    as_of(bench, "clerk", code).await;
    bench.goto(&format!("{record}/act/report_up")).await;
    for recipient in to {
        bench.clicks(&format!("[name='f.sent_to'][value='{recipient}']")).await;
    }
    sends(bench).await;
    bench.find(".flash").await;
    site.platform.deliver(None).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_years_report_climbs_three_levels() {
    let site = Site::over(testkit::repository().unwrap());
    site.at("2026-02-02T09:00:00");
    for code in ["632222", "632200", "630000"] {
        office(&site, code);
    }
    let bench = Bench::new(&site).await;
    let up = ["party_committee", "congress", "superior"];

    // The county: drafted by section, signed by two, sent up.
    let county = drafted(&bench, "632222", "county").await;
    bench.picture("report-county").await;
    bench.clicks("#sign a.button").await;
    sends(&bench).await;
    bench.find(".proposal").await;
    signed(&bench, "632222", &county).await;
    sent_up(&site, &bench, "632222", &county, &up).await;
    bench.goto(&format!("{county}/report")).await;
    bench.shows("2026-02-02已签发").await;

    // The prefecture: three counties have not sent theirs, and whoever signs says why.
    let prefecture = drafted(&bench, "632200", "prefecture").await;
    bench.shows("下一级政府中还有3个没有报来").await;
    bench.shows("未使用平台").await;
    bench.picture("report-prefecture").await;
    bench.clicks("#sign a.button").await;
    sends(&bench).await;
    bench.types(".reason textarea", "其余三县以纸质报送").await;
    sends(&bench).await;
    bench.find(".proposal").await;
    signed(&bench, "632200", &prefecture).await;
    sent_up(&site, &bench, "632200", &prefecture, &up).await;

    // The province: it has the prefecture's report, with the figures that were signed.
    let province = drafted(&bench, "630000", "province").await;
    bench.shows("海北藏族自治州").await;
    bench.clicks("#below a").await;
    bench.shows("推进依法行政。").await;
    bench.goto(&format!("{province}/report")).await;
    bench.clicks("#sign a.button").await;
    sends(&bench).await;
    bench.types(".reason textarea", "其余市州以纸质报送").await;
    sends(&bench).await;
    bench.find(".proposal").await;
    signed(&bench, "630000", &province).await;
    sent_up(&site, &bench, "630000", &province, &["party_committee", "congress", "centre"]).await;
    bench.goto(&format!("{province}/report")).await;
    bench.shows("2026-02-02已签发").await;

    // Those below side by side: what came up stands as it was signed, and who has no number is named.
    let below = "/report/below?period=2025&place=630000";
    bench.size(NARROW).await;
    bench.goto(below).await;
    bench.shows("签发报告").await;
    bench.shows("没有数字的政府").await;
    bench.fits(below).await;
    bench.size(WIDE).await;
    bench.picture("report-below").await;

    // The text's states, letter by letter: what came after the first.
    bench.goto(&format!("{province}/report?from=2")).await;
    bench.find("#versions select[name='from']").await;
    bench.find("#versions ins").await;
    bench.client.clone().close().await.unwrap();
}
