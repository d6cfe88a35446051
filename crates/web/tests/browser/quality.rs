//! Every kind of page: barrier-free by the rules of axe-core (WCAG 2.2 AA), quiet, still, within the screen, in large print,
//! zoomed, by keyboard alone, and on paper.
//!
//! axe-core comes from npm: `npm ci` in `tests/axe`, which `cargo xtask ci` does. It is injected into the page by the driver
//! and never served.

use super::*;

use common::government;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use ledger::{AccountRow, StandingRow};
use platform::{Answer, Request, RequestAsk, hash_password};

const ZOOMED: (u32, u32) = (640, 500);
/// Every key is a question to the browser: the walk goes over one page of each kind.
const WALKED: [&str; 16] = [
    "desk",
    "records",
    "search",
    "act",
    "record",
    "public",
    "progress",
    "report",
    "sign",
    "morning",
    "notices",
    "account",
    "campaign",
    "figure",
    "panel",
    "comparison",
];

/// A site with a record in each state, and an index.
struct Pages {
    site: Site,
    /// The pages of the officer, and those that need no account.
    paths: Vec<(String, &'static str)>,
    /// Pages of others.
    others: Vec<(&'static str, String, &'static str)>,
}

/// People with posts that the site's four do not hold.
fn more_people(site: &Site) {
    let hash = hash_password(PASSWORD, [3; 16]).unwrap();
    let administrators = [
        ("root", "系统", "system_administrator"),
        ("guard", "安全", "security_administrator"),
        ("eye", "审计", "security_auditor"),
    ];
    for (name, shown, post) in administrators {
        site.platform.appoint(&government(), (name, shown), ("office", "信息中心"), post, &hash).unwrap();
    }
    let store = site.platform.store();
    let mut tx = store.begin(&government()).unwrap();
    for (name, ..) in administrators {
        // As after the first sign-in.
        let (government, account) = (government(), name.into());
        tx.put_standing(&StandingRow { government, account, closed: None, renew: false }).unwrap();
    }
    for (name, shown, post) in [("yun", "云", "data_steward"), ("he", "何", "enforcement_supervisor")] {
        let (government, name, posts) = (government(), name.into(), vec![post.into()]);
        let (shown, agency, password) = (shown.into(), "justice".into(), hash.clone());
        tx.put_account(&AccountRow { government, name, shown, agency, posts, password }).unwrap();
    }
    tx.commit().unwrap();
}

fn issued(site: &Site, number: u8) {
    let title = Value::Text(format!("关于草原管护的通知（第{number}号）"));
    let request = Request {
        id: terms::CommandId([0xF0 | number; 16]),
        who: site.person("wang"),
        record: None,
        line: "list".into(),
        seen: None,
        ask: RequestAsk::Act("issue".into()),
        inputs: vec![("title".into(), title), ("binding".into(), Value::Bool(true))],
        reasons: Vec::new(),
        attachments: Vec::new(),
        done_at: None,
        place: None,
        handler: None,
        standing: kernel::Standing::Normal,
        grant: None,
    };
    let answer = site.platform.submit(request).unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
}

/// Pages of desks, of leaders and of administration: whose, where, and what they are called here.
fn of_others(signing: terms::RecordId, masked: terms::RecordId) -> Vec<(&'static str, String, &'static str)> {
    let to_sign = format!("/records/{signing}/sign");
    let seen = format!("/records/{masked}");
    let all = [
        ("li", "/desk", "desk-of-a-signer"),
        ("li", to_sign.as_str(), "sign"),
        ("li", "/notices", "notices"),
        ("zhao", "/morning", "morning"),
        ("zhao", "/desk?tab=agency", "desk-agency"),
        ("zhao", "/handover", "handover"),
        ("zhao", "/panel?year=2024", "panel-empty"),
        ("yun", "/imports", "imports"),
        ("he", seen.as_str(), "record-masked"),
        ("root", "/admin/people", "admin-people"),
        ("root", "/admin/people?text=没有", "admin-people-empty"),
        ("root", "/admin/people/wang", "admin-person"),
        ("root", "/admin/agencies", "admin-agencies"),
        ("guard", "/admin/people/wang", "admin-person-posts"),
        ("guard", "/admin/posts", "admin-posts"),
        ("eye", "/admin/log", "admin-log"),
        ("eye", "/admin/looks", "admin-looks"),
    ];
    all.map(|(who, path, name)| (who, path.to_owned(), name)).to_vec()
}

fn pages() -> Pages {
    let site = filled(Site::searching, &[("list/2022", testkit::LIST)]);
    more_people(&site);
    (1..4).for_each(|number| issued(&site, number));
    let id = published(&site);
    let climbing = site.received("不予公开答复不当");
    site.done("wang", climbing, "accept", &[]);
    site.done("wang", climbing, "decide", &[("outcome", Value::Choice("revoke".into()))]);
    let blocked = site.received("收费票据有误");
    site.done("wang", blocked, "accept", &[]);
    site.indexed();
    let staff = [
        ("/desk".to_owned(), "desk"),
        ("/records".to_owned(), "records"),
        ("/records?from=x&text=没有".to_owned(), "records-empty"),
        ("/search".to_owned(), "search-blank"),
        ("/search?text=决定".to_owned(), "search"),
        ("/search?text=没有这样的词".to_owned(), "search-empty"),
        ("/new".to_owned(), "new"),
        ("/new/demo/receive".to_owned(), "act"),
        ("/new/mediation/register".to_owned(), "act-long"),
        (format!("/records/{id}"), "record"),
        (format!("/records/{climbing}"), "record-climbing"),
        (format!("/records/{blocked}"), "record-blocked"),
        (format!("/records/{climbing}/return"), "return"),
        (format!("/records/{climbing}/sign"), "sign-not-yours"),
        ("/desk?tab=entries".to_owned(), "desk-entries"),
        ("/desk?tab=drafts".to_owned(), "desk-drafts"),
        ("/notices".to_owned(), "notices-empty"),
        ("/messages".to_owned(), "messages"),
        ("/campaigns".to_owned(), "campaigns"),
        ("/campaigns/list/cleanup".to_owned(), "campaign"),
        ("/imports".to_owned(), "imports-of-others"),
        ("/account".to_owned(), "account"),
        ("/password".to_owned(), "password"),
    ];
    assert!(site.platform.look(&site.person("he"), &government(), blocked, "执法检查").unwrap());
    Pages { site, paths: staff.into_iter().chain(open_to_all(id)).collect(), others: of_others(climbing, id) }
}

/// The pages that need no account.
fn open_to_all(id: terms::RecordId) -> [(String, &'static str); 13] {
    [
        ("/".to_owned(), "home"),
        ("/public".to_owned(), "public"),
        ("/public?text=维持".to_owned(), "public-search"),
        (format!("/public/{id}/decision"), "public-one"),
        ("/progress".to_owned(), "progress"),
        ("/figures?year=2026".to_owned(), "figures"),
        ("/figures/demo.received?year=2026".to_owned(), "figure"),
        ("/figures/demo.by_outcome?year=2026".to_owned(), "figure-parts"),
        ("/figures/demo.limits_share?year=2026&span=q1".to_owned(), "figure-share"),
        ("/panel?year=2026&agency=".to_owned(), "panel"),
        ("/report?year=2026".to_owned(), "report"),
        ("/comparison?year=2026".to_owned(), "comparison"),
        ("/nothing".to_owned(), "not-found"),
    ]
}

fn axe() -> String {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file)
        .unwrap_or_else(|why| panic!("{}: {why}; run `npm ci` in crates/web/tests/axe", file.display()))
}

/// Runs axe-core on the page and gives what it found, each with its places.
const RUN_AXE: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],
    }).then(
        found => done(found.violations.map(one => one.id + ': ' + one.help + ' at '
            + one.nodes.map(node => node.html.slice(0, 160) + ' (' + (node.any[0] || node.all[0] || node.none[0] || {}).message + ')').join(' | '))),
        why => done(['axe failed: ' + why]),
    );";

/// How much the page has moved by itself since it was opened.
const SHIFTED: &str = "
    const done = arguments[arguments.length - 1];
    let sum = 0;
    new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
        .observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(sum), 100);";

/// What the keyboard must reach, in order: one of a group of radio buttons stands for it.
const REACHABLE: &str = "
    const groups = new Set();
    const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]');
    window.reachable = [...all].filter(one => {
        if (one.disabled || !one.checkVisibility({ visibilityProperty: true })) return false;
        if (one.type !== 'radio') return true;
        const key = (one.form && one.form.id || '') + one.name;
        if (groups.has(key)) return false;
        groups.add(key);
        return true;
    });
    return window.reachable.length;";

/// Which of those has the focus (-1: none of them), and whether one sees it.
const FOCUSED: &str = "
    const one = document.activeElement;
    const same = other => other === one || (one.type === 'radio' && other.type === 'radio' && other.name === one.name);
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return [window.reachable.findIndex(same),
        style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.left > -50,
        one.outerHTML.slice(0, 160)];";

/// What stands out of the screen, the innermost.
const STANDS_OUT: &str = "
    const out = [...document.querySelectorAll('main *, header *, footer *')].filter(one =>
        one.getBoundingClientRect().right > document.documentElement.clientWidth);
    return out.length ? out.at(-1).outerHTML.slice(0, 300) : '';";

impl Bench {
    async fn ask(&self, script: &str) -> Json {
        self.client.execute_async(script, Vec::new()).await.unwrap()
    }

    /// With so large a window, and so many pixels to each of it.
    async fn zoom(&self, (width, height): (u32, u32), scale: u32) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.client.issue_cmd(Devtools("Emulation.setDeviceMetricsOverride", screen)).await.unwrap();
    }

    async fn media(&self, media: &str, features: Json) {
        let media = json!({ "media": media, "features": features });
        self.client.issue_cmd(Devtools("Emulation.setEmulatedMedia", media)).await.unwrap();
    }

    async fn barrier_free(&self, axe: &str, name: &str, into: &mut Vec<String>) {
        self.run(axe).await;
        let found = self.ask(RUN_AXE).await;
        into.extend(found.as_array().unwrap().iter().map(|one| format!("{name}: {}", one.as_str().unwrap())));
    }

    async fn within(&self, name: &str, into: &mut Vec<String>) {
        let wider = "const page = document.documentElement; return page.scrollWidth - page.clientWidth";
        let wider = self.run(wider).await.as_i64().unwrap();
        if wider > 0 {
            let out = self.run(STANDS_OUT).await;
            into.push(format!("{name}: {wider} pixels wider than the screen: {out}"));
        }
    }

    /// The tab key itself: keys sent to an element begin at its first part again, and a date has several.
    async fn tab(&self) {
        let keys = KeyActions::new("keys".to_owned())
            .then(KeyAction::Down { value: Key::Tab.into() })
            .then(KeyAction::Up { value: Key::Tab.into() });
        self.client.perform_actions(keys).await.unwrap();
    }

    async fn open_all(&self) {
        self.run("document.querySelectorAll('details').forEach(one => one.open = true)").await;
    }
}

/// A page is opened once for each screen, and looked at.
async fn look(bench: &Bench, axe: &str, path: &str, name: &str, wrong: &mut Vec<String>) {
    bench.zoom(WIDE, 1).await;
    bench.goto(path).await;
    let shifted = bench.ask(SHIFTED).await.as_f64().unwrap();
    if shifted >= 0.01 {
        wrong.push(format!("{name}: moved by itself ({shifted})"));
    }
    bench.open_all().await;
    bench.barrier_free(axe, name, wrong).await;
    bench.within(name, wrong).await;
    bench.picture(&format!("{name}-wide")).await;
    bench.zoom(ZOOMED, 2).await;
    bench.within(&format!("{name} at 200%"), wrong).await;
    bench.size(NARROW).await;
    bench.within(&format!("{name} on a phone"), wrong).await;
    bench.barrier_free(axe, &format!("{name} on a phone"), wrong).await;
    bench.picture(&format!("{name}-phone")).await;
    // Large print: the choice is kept in a cookie, of which the page makes a class.
    bench.run("document.documentElement.classList.add('large')").await;
    bench.within(&format!("{name} on a phone in large print"), wrong).await;
    bench.zoom(WIDE, 1).await;
    bench.within(&format!("{name} in large print"), wrong).await;
    bench.picture(&format!("{name}-large")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_barrier_free_quiet_and_still() {
    let (axe, Pages { site, paths, others }) = (axe(), pages());
    let bench = Bench::new(&site).await;
    let mut wrong = Vec::new();
    look(&bench, &axe, "/sign-in", "sign-in", &mut wrong).await;
    let answered = answered(&bench, &axe, &mut wrong);
    answered.await;
    bench.sign_in("wang").await;
    for (path, name) in &paths {
        look(&bench, &axe, path, name, &mut wrong).await;
    }
    refused(&bench, &axe, &mut wrong).await;
    let mut last = "wang";
    for (who, path, name) in &others {
        if last != *who {
            bench.zoom(WIDE, 1).await;
            bench.client.delete_all_cookies().await.unwrap();
            bench.sign_in(who).await;
            last = who;
        }
        look(&bench, &axe, path, name, &mut wrong).await;
    }
    bench.quiet_but(&["422", "404"]).await;
    bench.client.clone().close().await.unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_report_beside_records_is_barrier_free_and_within_a_phone() {
    let (axe, site) = (axe(), Site::over(testkit::repository().unwrap()));
    let bench = Bench::new(&site).await;
    let mut wrong = Vec::new();
    let asks = "?place=632222&year=2026";
    look(&bench, &axe, &format!("/comparison{asks}"), "comparison-rows", &mut wrong).await;
    bench.find("td.quote").await;
    look(&bench, &axe, &format!("/comparison/0{asks}"), "comparison-row", &mut wrong).await;
    bench.find("#t-neighbours").await;
    bench.sign_in("wang").await;
    look(&bench, &axe, &format!("/comparison{asks}"), "comparison-signed-in", &mut wrong).await;
    bench.quiet_but(&[]).await;
    bench.client.clone().close().await.unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The answer to a party, by keyboard.
async fn answered(bench: &Bench, axe: &str, wrong: &mut Vec<String>) {
    bench.size(WIDE).await;
    bench.goto("/progress").await;
    bench.types("#number", "1").await;
    bench.types("#digits", &format!("0000{}", &Key::Enter)).await;
    bench.find("#told").await;
    bench.shows("机关应当办结的期限").await;
    bench.open_all().await;
    bench.barrier_free(axe, "progress-told", wrong).await;
    bench.picture("progress-told").await;
    bench.size(NARROW).await;
    bench.within("progress-told on a phone", wrong).await;
}

/// A refusal, and a form with faults.
async fn refused(bench: &Bench, axe: &str, wrong: &mut Vec<String>) {
    bench.size(WIDE).await;
    bench.goto("/records/1/act/decide").await;
    bench.clicks("[name='f.outcome']").await;
    bench.clicks("form.form button").await;
    bench.find(".refusal").await;
    bench.barrier_free(axe, "refusal", wrong).await;
    bench.goto("/new/demo/receive").await;
    bench.clicks("form.form button").await;
    bench.find(".summary").await;
    bench.barrier_free(axe, "faults", wrong).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_reaches_everything_in_order() {
    let Pages { site, paths, others } = pages();
    let bench = Bench::new(&site).await;
    let mut wrong = Vec::new();
    let paths = paths.iter().map(|(path, name)| ("wang", path, *name));
    let all = paths.chain(others.iter().map(|(who, path, name)| (*who, path, *name)));
    let mut last = "";
    for (who, path, name) in all.filter(|(_, _, name)| WALKED.contains(name)) {
        if last != who {
            bench.client.delete_all_cookies().await.unwrap();
            bench.sign_in(who).await;
            last = who;
        }
        bench.goto(path).await;
        // From the very top, whatever had the focus when the page was opened.
        bench.run("document.activeElement.blur(); getSelection().removeAllRanges()").await;
        let all = bench.run(REACHABLE).await.as_i64().unwrap();
        let mut next = 0;
        bench
            .run("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
            .await;
        // A date has a stop for each of its parts.
        for _ in 0..all * 5 {
            bench.tab().await;
            let at = bench.run(FOCUSED).await;
            let (found, seen) = (at[0].as_i64().unwrap(), at[1].as_bool().unwrap());
            if found == next - 1 {
                continue;
            }
            if found != next || !seen {
                wrong.push(format!(
                    "{name}: after {} of {all}, number {found} has the focus, seen: {seen}: {}",
                    next, at[2]
                ));
                break;
            }
            next += 1;
            if next == all {
                break;
            }
        }
        if next < all && wrong.is_empty() {
            let at = bench.run(FOCUSED).await;
            wrong.push(format!("{name}: {next} of {all} reached, the focus stays on {}", at[2]));
        }
    }
    // The first stop skips what stands on every page.
    bench.client.delete_all_cookies().await.unwrap();
    bench.sign_in("wang").await;
    bench.goto("/desk").await;
    bench.press(&Key::Tab.to_string()).await;
    bench.find(".skip:focus").await;
    bench.press(&Key::Enter.to_string()).await;
    bench.find("main:focus").await;
    // A search by keyboard alone.
    bench.goto("/search").await;
    bench.find("#text:focus").await;
    bench.press(&format!("决定{}", &Key::Enter)).await;
    bench.find(".hits mark").await;
    bench.client.clone().close().await.unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_motion_and_large_print() {
    let Pages { site, paths, .. } = pages();
    let bench = Bench::new(&site).await;
    bench.sign_in("wang").await;
    let path = |wanted: &str| paths.iter().find(|(_, name)| *name == wanted).map(|(path, _)| path.clone()).unwrap();
    // On paper there is the page and nothing to click; what was folded is there too.
    for name in ["record", "report", "public-one"] {
        bench.zoom((720, 1000), 1).await;
        bench.goto(&path(name)).await;
        bench.media("print", json!([])).await;
        let shown = bench
            .run(
                "const seen = css => [...document.querySelectorAll(css)].filter(one => one.checkVisibility()).length;
                 return [seen('nav, .who, .skip, .filter, .next, form'), seen('h1'), seen('details'),
                         seen('details > :not(summary)')]",
            )
            .await;
        assert_eq!((&shown[0], &shown[1]), (&json!(0), &json!(1)), "{name}: {shown}");
        assert!(shown[3].as_i64() >= shown[2].as_i64(), "{name}: {shown}");
        bench.fits(name).await;
        bench.picture(&format!("{name}-paper")).await;
        bench.media("", json!([])).await;
    }
    // Whoever asked for no motion gets none.
    bench.media("", json!([{ "name": "prefers-reduced-motion", "value": "reduce" }])).await;
    bench.goto("/desk").await;
    let moves = "return [...document.querySelectorAll('*')].filter(one => {
        const style = getComputedStyle(one);
        return parseFloat(style.transitionDuration) > 0.01 || parseFloat(style.animationDuration) > 0.01
            || style.scrollBehavior === 'smooth';
    }).length";
    assert_eq!(bench.run(moves).await, json!(0));
    bench.media("", json!([])).await;
    // Large print is switched on the page, and stays.
    let size = "return parseFloat(getComputedStyle(document.body).fontSize)";
    let before = bench.run(size).await.as_f64().unwrap();
    bench.clicks("a[href^='/print/large']").await;
    bench.find("html.large a[href^='/print/usual']").await;
    bench.goto("/public").await;
    assert!(bench.run(size).await.as_f64().unwrap() >= before * 1.25);
    bench.clicks("a[href^='/print/usual']").await;
    bench.find("html:not(.large)").await;
    bench.client.clone().close().await.unwrap();
}
