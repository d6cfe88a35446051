//! The index over a real platform and a real store: what is found, by whom, and what is found no more.
#![allow(clippy::unwrap_used)] // what fails here is the test

use std::path::Path;
use std::sync::Arc;

use ledger::FaultKind;
use platform::{Among, Answer, Filter, Person, Platform, RequestAsk, Search, Seen, Sought, Wanted};
use search::Index;
use tempfile::TempDir;
use terms::{GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, person, small};

const NAME: &str = "欧阳建国";
const COMPANY: &str = "祁连山草业有限公司";
const CREDIT_CODE: &str = "91632222MA75A2B3XK";

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn officer() -> Person {
    let posts = ["reconsideration_officer", "publisher", "head_of_office", "head_of_agency"];
    person(&county(), "wang", "justice", &posts)
}

/// A store that is written to, and a platform that searches it.
struct House {
    bench: Bench,
    folder: TempDir,
    platform: Arc<Platform>,
    index: Arc<Index>,
}

fn searching(bench: &Bench, folder: &Path) -> (Arc<Platform>, Arc<Index>) {
    let index = Arc::new(Index::open(folder).unwrap());
    let platform = Platform::new(bench.temp.store(), bench.platform.catalog().clone(), bench.clock.clone(), [9; 32]);
    (Arc::new(platform.with_search(index.clone())), index)
}

fn bench() -> Bench {
    bench_of(DEMO)
}

fn bench_of(line: &str) -> Bench {
    Bench::new(&small(&[("demo/2024", line)]).unwrap(), "2026-03-02T10:00:00".parse().unwrap()).unwrap()
}

impl House {
    fn new() -> House {
        House::of(DEMO)
    }

    fn of(line: &str) -> House {
        let (bench, folder) = (bench_of(line), tempfile::tempdir().unwrap());
        let (platform, index) = searching(&bench, folder.path());
        House { bench, folder, platform, index }
    }

    /// The program ends, and another begins.
    fn restarted(self) -> House {
        let House { bench, folder, platform, index } = self;
        drop((platform, index));
        let (platform, index) = searching(&bench, folder.path());
        House { bench, folder, platform, index }
    }

    fn catch_up(&self) -> search::CaughtUp {
        self.index.catch_up(&self.platform).unwrap()
    }

    fn does(&self, who: &Person, record: Option<RecordId>, ask: RequestAsk, inputs: &[(&str, Value)]) -> RecordId {
        let inputs = inputs.iter().map(|(code, value)| ((*code).into(), value.clone())).collect();
        let request = platform::Request { inputs, ..self.bench.request(who, "demo", record, ask) };
        match self.bench.submit(request).unwrap() {
            Answer::Done(receipt) => receipt.record,
            other => panic!("{other:?}"),
        }
    }

    fn act(&self, record: RecordId, act: &str, inputs: &[(&str, Value)]) {
        self.does(&officer(), Some(record), RequestAsk::Act(act.into()), inputs);
    }

    fn received_by(&self, who: &Person, matter: &str, applicant: Value) -> RecordId {
        let inputs = [("applicant", applicant), ("matter", Value::Text(matter.to_owned()))];
        self.does(who, None, RequestAsk::Act("receive".into()), &inputs)
    }

    fn received(&self, matter: &str) -> RecordId {
        self.received_by(&officer(), matter, somebody())
    }

    /// Decided, paid and published; its number is that of the first decision.
    fn published(&self, matter: &str) -> RecordId {
        let id = self.received(matter);
        self.act(id, "accept", &[]);
        self.act(id, "decide", &[("outcome", Value::Choice("uphold".into()))]);
        for post in ["head_of_office", "head_of_agency"] {
            self.does(&person(&county(), post, "justice", &[post]), Some(id), RequestAsk::Sign, &[]);
        }
        self.act(id, "pay", &[("amount", Value::Money(terms::Fen(100)))]);
        self.act(id, "publish", &[]);
        id
    }

    /// What a person finds, in order of ids; the count tells of no more.
    fn finds(&self, who: &Person, text: &str) -> Vec<RecordId> {
        let results = self.platform.search(who, &wanted(text)).unwrap().unwrap();
        let mut ids: Vec<RecordId> = results.found.iter().map(|found| found.row.id).collect();
        ids.sort_unstable();
        assert_eq!(results.total, ids.len() as u64, "{text}");
        ids
    }

    /// The same over all pages.
    fn all_found(&self, who: &Person, text: &str) -> Vec<RecordId> {
        let (mut ids, mut skip, mut total) = (Vec::new(), Some(0), 0);
        while let Some(from) = skip {
            let results = self.platform.search(who, &Wanted { skip: from, ..wanted(text) }).unwrap().unwrap();
            ids.extend(results.found.iter().map(|found| found.row.id));
            (skip, total) = (results.next, results.total);
        }
        assert_eq!(total, ids.len() as u64, "{text}");
        ids.sort_unstable();
        ids
    }

    /// Whether a person sees a record with its personal content. It is only asked of records that they see.
    fn sees_whole(&self, who: &Person, id: RecordId) -> bool {
        self.bench.platform.record(who, id).unwrap().unwrap().seen == Seen::Whole
    }

    fn public(&self, text: &str) -> Vec<RecordId> {
        let results = self.platform.search_public(&county(), &wanted(text)).unwrap().unwrap();
        assert_eq!(results.total, results.found.len() as u64, "{text}");
        results.found.iter().map(|found| found.published.0.record).collect()
    }
}

fn wanted(text: &str) -> Wanted {
    Wanted { text: text.to_owned(), ..Wanted::default() }
}

fn party(kind: PartyKind, name: &str, number: &str) -> Value {
    let (number, phone) = (Some(number.to_owned()), Some("13900001234".to_owned()));
    Value::Party(Box::new(Party { kind, name: name.to_owned(), number, phone, address: None }))
}

fn somebody() -> Value {
    party(PartyKind::Person, NAME, "632222199001010018")
}

#[test]
fn words_numbers_and_parts_of_numbers_are_found() {
    let house = House::new();
    let first = house.received("请求撤销林地承包经营权确权决定");
    let second =
        house.received_by(&officer(), "不服行政处罚决定", party(PartyKind::Organisation, COMPANY, CREDIT_CODE));
    let third = house.published("要求公开征地批复文件");
    house.catch_up();
    let all = [
        ("林地 确权", vec![first]),
        ("确权林地", vec![first]),
        ("决定", vec![first, second]),
        ("“撤销林地承包”", vec![first]),
        ("“林地撤销”", vec![]),
        ("\"行政处罚", vec![second]),
        ("政复决〔2026〕1号", vec![third]),
        ("[2026]1号", vec![third]),
        ("２０２６", vec![third]),
        ("2026 征地", vec![third]),
        (CREDIT_CODE, vec![second]),
        ("91632222ma75", vec![second]),
        ("A75A2B3", vec![second]),
        ("草业", vec![second]),
        ("欧阳建国", vec![first, third]),
        ("建国", vec![first, third]),
        ("1234", vec![first, second, third]),
        ("维持", vec![third]),
        ("没有这样的词", vec![]),
        ("征", vec![third]),
    ];
    for (text, expected) in all {
        assert_eq!(house.finds(&officer(), text), expected, "{text}");
    }
    // Of personal content it is told that it is there; the rest is shown with what was looked for marked.
    let results = house.platform.search(&officer(), &wanted("建国 征地")).unwrap().unwrap();
    let excerpts = &results.found[0].excerpts;
    assert_eq!((excerpts[0].title.zh.as_str(), &excerpts[0].text), ("申请人", &None));
    let marked = excerpts[1].text.clone().unwrap();
    assert_eq!(marked[1], ("征地".to_owned(), true), "{marked:?}");
}

#[test]
fn lines_and_days_narrow_it() {
    let house = House::new();
    let first = house.received("草场纠纷一");
    house.bench.clock.set("2026-03-05T10:00:00".parse().unwrap());
    let second = house.received("草场纠纷二");
    house.catch_up();
    let found = |wanted: Wanted| {
        let results = house.platform.search(&officer(), &wanted).unwrap().unwrap();
        let mut ids: Vec<RecordId> = results.found.iter().map(|found| found.row.id).collect();
        ids.sort_unstable();
        ids
    };
    let day = |text: &str| Some(text.parse().unwrap());
    let base = wanted("草场");
    assert_eq!(found(base.clone()), [first, second]);
    assert_eq!(found(Wanted { from: day("2026-03-03"), ..base.clone() }), [second]);
    assert_eq!(found(Wanted { to: day("2026-03-04"), ..base.clone() }), [first]);
    assert_eq!(found(Wanted { from: day("2026-03-05"), to: day("2026-03-05"), ..base.clone() }), [second]);
    assert_eq!(found(Wanted { line: Some("demo".into()), ..base.clone() }), [first, second]);
    assert_eq!(found(Wanted { line: Some("other".into()), ..base }), []);
}

#[test]
fn pages_lose_nothing() {
    let house = House::new();
    let all: Vec<RecordId> = (0..45).map(|n| house.received(&format!("草场纠纷第{n}件"))).collect();
    house.catch_up();
    let (mut seen, mut skip) = (Vec::new(), Some(0));
    while let Some(from) = skip {
        let results = house.platform.search(&officer(), &Wanted { skip: from, ..wanted("草场") }).unwrap().unwrap();
        assert_eq!(results.total, 45);
        seen.extend(results.found.iter().map(|found| found.row.id));
        skip = results.next;
    }
    seen.sort_unstable();
    assert_eq!(seen, all);
}

#[test]
fn nobody_finds_or_counts_what_is_out_of_reach() {
    let house = House::new();
    let ours = house.received("草场纠纷");
    let market = person(&county(), "sun", "market", &["reconsideration_officer"]);
    let theirs = house.received_by(&market, "草场广告", somebody());
    house.catch_up();
    assert_eq!(house.finds(&officer(), "草场"), [ours]);
    assert_eq!(house.finds(&market, "草场"), [theirs]);
    assert_eq!(house.finds(&market, NAME), [theirs]);
    let across = person(&county(), "head", "office", &["head_of_government"]);
    assert_eq!(house.finds(&across, "草场"), [ours, theirs]);
    assert_eq!(house.finds(&across, NAME), [], "who does not act in the line need not know");
    let elsewhere = person(&"410700".parse().unwrap(), "wang", "justice", &["head_of_government"]);
    assert_eq!(house.finds(&elsewhere, "草场"), []);
}

/// The line with accusations that only their receivers see, and never whoever is accused; of a request, only the head of
/// the agency need know what is personal.
fn narrowed() -> String {
    let filled = DEMO.replace(
        r#"may_fill = ["told_due", "valid_to"]"#,
        r#"may_fill = ["told_due", "valid_to", "class", "accused"]"#,
    );
    assert_ne!(filled, DEMO);
    filled
        + r#"
[field.class]
title = { zh = "类别", en = "Class" }
type = "choice"
[field.class.choices]
request = { zh = "申请", en = "Request" }
accusation = { zh = "检举控告", en = "Accusation" }
[field.accused]
title = { zh = "被检举人", en = "Accused" }
type = "text"

[sees.accusation]
when = "class = accusation"
only = ["reconsideration_officer", "head_of_agency"]
above = "figures"
law = "行政复议法 30.1"

[sees.accused]
hidden_from = ["accused"]
above = "reason"
law = "行政复议法 30.1"

[sees.personal]
when = "class = request"
personal = ["head_of_agency", "reconsideration_officer"]
law = "行政复议法 30.1"
[sees.signed]
when = "class = request"
personal = ["head_of_agency"]
law = "行政复议法 30.1"
"#
}

const CLASSES: [Option<&str>; 3] = [None, Some("request"), Some("accusation")];
const ACCUSED: [Option<&str>; 5] = [None, Some("li"), Some("forestry"), Some("赵刚、县林草局"), Some("无此人")];

/// A house with records of every class, of two agencies, hidden from this one and that.
fn narrowed_house() -> (House, Vec<RecordId>) {
    let house = House::of(&narrowed());
    let mut all = Vec::new();
    for n in 0..30 {
        let who = person(&county(), "wang", ["justice", "forestry"][n % 2], &["reconsideration_officer"]);
        let mut inputs = vec![("applicant", somebody()), ("matter", Value::Text(format!("草场纠纷{n}")))];
        inputs.extend(CLASSES[n % 3].map(|class| ("class", Value::Choice(class.into()))));
        inputs.extend(ACCUSED[n % 5].map(|accused| ("accused", Value::Text(accused.to_owned()))));
        all.push(house.does(&who, None, RequestAsk::Act("receive".into()), &inputs));
    }
    house.catch_up();
    (house, all)
}

#[test]
fn everybody_finds_what_they_may_list_and_personal_words_where_they_see_it_whole() {
    let (house, all) = narrowed_house();
    let posts = [
        "reconsideration_officer",
        "head_of_agency",
        "head_of_government",
        "enforcement_supervisor",
        "security_auditor",
    ];
    let (mut open, mut whole, mut masked) = (0, 0, 0);
    for (account, shown) in [("wang", "王"), ("li", "李"), ("zhao", "赵刚")] {
        for agency in ["justice", "forestry", "none"] {
            for mask in 0..1_u32 << posts.len() {
                let held: Vec<&str> =
                    posts.iter().enumerate().filter(|(n, _)| mask & 1 << n != 0).map(|(_, post)| *post).collect();
                let who = Person { shown: shown.to_owned(), ..person(&county(), account, agency, &held) };
                let filter = Filter { limit: Some(200), ..Filter::default() };
                let page = house.bench.platform.list(&who, &filter).unwrap();
                let mut listed: Vec<RecordId> = page.rows.iter().map(|(row, _)| row.id).collect();
                listed.sort_unstable();
                assert_eq!(house.all_found(&who, "草场纠纷"), listed, "{who:?}");
                let seen = |id: &&RecordId| {
                    house.bench.platform.glimpse(&who, **id).unwrap().is_some() && house.sees_whole(&who, **id)
                };
                let wholly: Vec<RecordId> = all.iter().filter(seen).copied().collect();
                for text in [NAME, "1234", "草场纠纷 欧阳", "“13900001234”"] {
                    assert_eq!(house.all_found(&who, text), wholly, "{text}: {who:?}");
                }
                (open, whole, masked) =
                    (open + listed.len(), whole + wholly.len(), masked + listed.len() - wholly.len());
            }
        }
    }
    assert!(open > 500 && whole > 200 && masked > 200, "{open} {whole} {masked}");
}

#[test]
fn of_what_is_masked_neither_word_nor_place_is_told() {
    let house = House::new();
    let id = house.received(&format!("{NAME}与邻户的草场纠纷"));
    house.catch_up();
    let supervisor = person(&county(), "he", "office", &["head_of_government"]);
    let titles = |who: &Person, text: &str| {
        let results = house.platform.search(who, &wanted(text)).unwrap().unwrap();
        assert_eq!(results.total, results.found.len() as u64);
        let excerpts = results.found.into_iter().flat_map(|found| found.excerpts);
        excerpts.map(|excerpt| excerpt.title.zh).collect::<Vec<_>>()
    };
    assert_eq!(titles(&officer(), NAME), ["申请人", "事项"]);
    assert_eq!(titles(&supervisor, NAME), ["事项"]);
    assert_eq!(titles(&supervisor, "13900001234"), Vec::<String>::new());
    // A reason stated for a record opens the record, and no search for people.
    assert!(house.bench.platform.look(&supervisor, &county(), id, "督查").unwrap());
    assert!(house.sees_whole(&supervisor, id));
    assert_eq!(titles(&supervisor, "13900001234"), Vec::<String>::new());
}

#[test]
fn a_stand_in_looks_through_personal_content_until_the_last_day() {
    let house = House::new();
    let store = house.bench.platform.store();
    let mut tx = store.begin(&county()).unwrap();
    let account = ledger::AccountRow {
        government: county(),
        name: "li".into(),
        shown: "李".to_owned(),
        agency: "justice".into(),
        posts: vec!["mediator".into()],
        password: String::new(),
    };
    tx.put_account(&account).unwrap();
    tx.commit().unwrap();
    let li = person(&county(), "li", "justice", &["mediator"]);
    let id = house.received("草场纠纷");
    house.catch_up();
    assert_eq!((house.finds(&li, "草场"), house.finds(&li, NAME)), (vec![id], vec![]));
    let until = "2026-03-05".parse().unwrap();
    let stand_in = RequestAsk::StandIn { to: "li".into(), until, reason: "休假".into() };
    house.does(&officer(), Some(id), stand_in, &[]);
    house.catch_up();
    assert_eq!(house.finds(&li, NAME), [id]);
    house.bench.clock.set("2026-03-05T23:00:00".parse().unwrap());
    assert_eq!(house.finds(&li, NAME), [id]);
    house.bench.clock.set("2026-03-06T01:00:00".parse().unwrap());
    assert_eq!((house.finds(&li, "草场"), house.finds(&li, NAME)), (vec![id], vec![]));
}

#[test]
fn from_above_is_found_what_lets_itself_be_seen_from_there() {
    let (house, all) = narrowed_house();
    let above = person(&"632200".parse().unwrap(), "he", "justice", &["enforcement_supervisor"]);
    let sight = house.bench.platform.sight_in(&above, &county()).unwrap();
    let mut read = house.bench.platform.store().read().unwrap();
    let sees = |id: &&RecordId| sight.sees(&read.record(&county(), **id).unwrap().unwrap());
    let seen: Vec<RecordId> = all.iter().filter(sees).copied().collect();
    assert!(!seen.is_empty() && seen.len() < all.len());
    let county = county();
    let find = |text: &str| {
        let among = Among::Records { sight: sight.clone(), knowing: None };
        let sought = Sought { government: &county, among, text, line: None, from: None, to: None, skip: 0, limit: 99 };
        let mut found: Vec<RecordId> = house.index.find(&sought).unwrap().hits.iter().map(|hit| hit.record).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(find("草场"), seen);
    assert_eq!(find(NAME), []);
}

#[test]
fn the_public_finds_what_is_published_as_it_is_published() {
    let house = House::new();
    house.received("草场纠纷");
    let id = house.published("要求公开征地批复文件");
    house.catch_up();
    assert_eq!(house.public("2026〕1号"), [id]);
    assert_eq!(house.public("维持"), [id]);
    assert_eq!(house.public("欧阳某"), [id]);
    for hidden in [NAME, "建国", "13900001234", "征地", "草场"] {
        assert_eq!(house.public(hidden), [], "{hidden}");
    }
    house.act(id, "withdraw", &[]);
    house.catch_up();
    assert_eq!(house.public("维持"), []);
    assert_eq!(house.finds(&officer(), "维持"), [id]);
}

#[test]
fn what_was_annulled_is_found_no_more() {
    let house = House::new();
    let id = house.received("草场纠纷");
    house.act(id, "accept", &[]);
    house.act(id, "suspend", &[("ground", Value::Choice("expert".into()))]);
    house.catch_up();
    assert_eq!(house.finds(&officer(), "鉴定"), [id]);
    house.does(&officer(), Some(id), RequestAsk::Annul { seq: 3, reason: "误录".to_owned() }, &[]);
    house.catch_up();
    assert_eq!(house.finds(&officer(), "鉴定"), []);
    assert_eq!(house.finds(&officer(), "草场"), [id]);
}

/// Every term of the index, read from its files.
fn terms_of(folder: &Path) -> Vec<String> {
    let index = tantivy::Index::open_in_dir(folder).unwrap();
    let searcher = index.reader().unwrap().searcher();
    let mut all = Vec::new();
    for segment in searcher.segment_readers() {
        for (field, entry) in index.schema().fields().filter(|(_, entry)| entry.name().contains('_')) {
            let inverted = segment.inverted_index(field).unwrap();
            let mut stream = inverted.terms().stream().unwrap();
            while let Some((term, _)) = stream.next() {
                all.push(format!("{} {}", entry.name(), String::from_utf8_lossy(term)));
            }
        }
    }
    all
}

#[test]
fn what_was_erased_is_in_none_of_its_files() {
    let house = House::new();
    let id = house.received_by(&officer(), "草场纠纷", party(PartyKind::Person, "端木青青", "632222199001010018"));
    for n in 0..5 {
        house.received(&format!("别的事项{n}"));
        house.catch_up();
    }
    assert_eq!(house.finds(&officer(), "端木青青"), [id]);
    let before = terms_of(house.folder.path());
    assert!(before.iter().any(|term| term == "personal_grams 端木"), "{before:?}");

    let store = house.bench.temp.store();
    let store: &dyn ledger::Store = store.as_ref();
    let mut transaction = store.begin(&county()).unwrap();
    transaction.erase(&county(), id.0, 1).unwrap();
    transaction.commit().unwrap();
    house.bench.platform.rebuild(&county()).unwrap();
    assert!(house.catch_up().purged);
    assert_eq!(house.finds(&officer(), "端木青青"), []);
    assert_eq!(house.finds(&officer(), "草场"), [id]);
    let after = terms_of(house.folder.path());
    assert!(!after.iter().any(|term| term.contains("端木") || term.contains("青青")), "{after:?}");
    assert!(after.iter().any(|term| term == "personal_grams 欧阳"));
    // One segment is left, and no file of another.
    let files = std::fs::read_dir(house.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let files: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    let mut segments: Vec<&str> = files.iter().filter(|name| name.len() > 32).map(|name| &name[..32]).collect();
    segments.sort_unstable();
    segments.dedup();
    assert_eq!(segments.len(), 1, "{files:?}");
    // It is done once.
    assert!(!house.catch_up().purged);
    assert!(!house.restarted().catch_up().purged);
}

#[test]
fn after_a_restart_in_the_middle_it_goes_on_where_it_was() {
    let house = House::new();
    let all: Vec<RecordId> = (0..4).map(|n| house.received(&format!("草场纠纷{n}"))).collect();
    for id in &all {
        house.act(*id, "accept", &[]);
    }
    let first = house.index.advance(&house.platform, 5).unwrap();
    assert_eq!((first.events, house.index.reached(&county())), (5, 5));
    let house = house.restarted();
    assert_eq!(house.index.reached(&county()), 5);
    let behind = house.platform.search(&officer(), &wanted("草场")).unwrap().unwrap().behind;
    assert_eq!(behind, 3);
    let rest = house.catch_up();
    assert_eq!((rest.events, rest.anew), (3, false));
    assert_eq!(house.finds(&officer(), "草场"), all);
    assert_eq!(house.catch_up(), search::CaughtUp::default());
    // Written anew, it is the same.
    house.index.begin_anew().unwrap();
    assert_eq!(house.finds(&officer(), "草场"), []);
    assert_eq!(house.catch_up().events, 8);
    assert_eq!(house.finds(&officer(), "草场"), all);
}

#[test]
fn a_damaged_foreign_or_missing_index_is_made_anew() {
    let house = House::new();
    let id = house.received("草场纠纷");
    house.catch_up();
    // A byte of a file.
    let files = std::fs::read_dir(house.folder.path()).unwrap().map(|file| file.unwrap().path());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "term")).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0xFF;
    std::fs::write(&file, bytes).unwrap();
    let house = house.restarted();
    assert_eq!(house.index.documents(), 0);
    house.catch_up();
    assert_eq!(house.finds(&officer(), "草场"), [id]);
    // What says how far it goes.
    let meta = house.folder.path().join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    std::fs::write(&meta, text.replace("\\\"version\\\":2", "\\\"version\\\":0")).unwrap();
    let house = house.restarted();
    assert_eq!(house.index.documents(), 0);
    house.catch_up();
    std::fs::write(house.folder.path().join("meta.json"), "{").unwrap();
    let house = house.restarted();
    assert_eq!((house.index.documents(), house.catch_up().events), (0, 1));
    // Another ledger.
    let House { bench: old, folder, platform, index } = house;
    drop((old, platform, index));
    let bench = bench();
    let (platform, index) = searching(&bench, folder.path());
    let house = House { bench, folder, platform, index };
    let other = house.received("牧道纠纷");
    assert!(house.catch_up().anew);
    assert_eq!((house.finds(&officer(), "草场"), house.finds(&officer(), "牧道")), (vec![], vec![other]));
    // No folder at all.
    let path = house.folder.path().to_owned();
    let House { bench, folder, platform, index } = house;
    drop((platform, index));
    std::fs::remove_dir_all(&path).unwrap();
    let (platform, index) = searching(&bench, &path);
    let house = House { bench, folder, platform, index };
    house.catch_up();
    assert_eq!(house.finds(&officer(), "牧道"), [other]);
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "mine").unwrap();
    let fault = Index::open(folder.path()).map(|_| ()).unwrap_err();
    assert!(fault.message.contains("letter.txt"), "{fault}");
    assert!(folder.path().join("letter.txt").exists());
}

#[test]
fn nothing_that_is_typed_is_wrong() {
    let house = House::new();
    house.received("草场纠纷<script>alert(1)</script>");
    house.catch_up();
    let long = "草场".repeat(5_000);
    let words = "草 场 ".repeat(500);
    let typed = [
        "",
        " ",
        "\"",
        "“”",
        "*",
        "?",
        "草*",
        "AND OR NOT",
        "open_words:草场",
        "+草场 -纠纷",
        "(草场",
        "[a TO b]",
        "草场~2",
        "^",
        "\\",
        "'; DROP TABLE event; --",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\u{0}",
        "\u{202e}草场",
        "😀",
        "%",
        "_",
        "İ",
        "ﬀ",
        "1",
        "a",
        &long,
        &words,
    ];
    for text in typed {
        let results = house.platform.search(&officer(), &wanted(text)).unwrap().unwrap();
        assert!(results.total <= 1, "{text}");
        house.platform.search_public(&county(), &wanted(text)).unwrap().unwrap();
    }
    assert!(house.platform.search(&officer(), &wanted("*?\"")).unwrap().unwrap().empty);
    assert!(house.platform.search(&officer(), &wanted(&long)).unwrap().unwrap().cut);
    let far = Wanted { skip: u32::MAX, ..wanted("草场") };
    assert!(house.platform.search(&officer(), &far).unwrap().unwrap().found.is_empty());
    assert_eq!(house.finds(&officer(), "<script>"), house.finds(&officer(), "草场"));
}

#[test]
fn two_programs_on_one_database_have_an_index_each() {
    let server = pgserver::Server::start(false).unwrap();
    let url = server.database("search").unwrap();
    let catalog = small(&[("demo/2024", DEMO)]).unwrap();
    let clock = Arc::new(testkit::FixedClock::new("2026-03-02T10:00:00".parse().unwrap()));
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let programs: Vec<(Arc<Platform>, Arc<Index>)> = (0u8..2)
        .map(|n| {
            let store = store::postgres::open(&url, &store::Options::default()).unwrap();
            let index = Arc::new(Index::open(folders[usize::from(n)].path()).unwrap());
            let platform = Platform::new(Arc::new(store), catalog.clone(), clock.clone(), [n; 32]);
            (Arc::new(platform.with_search(index.clone())), index)
        })
        .collect();
    let receive = |program: usize, matter: &str| {
        let bench = bench();
        let inputs = [("applicant", somebody()), ("matter", Value::Text(matter.to_owned()))];
        let mut request = bench.act(&officer(), "demo", None, "receive", &inputs);
        request.id = terms::CommandId([u8::try_from(matter.len()).unwrap(); 16]);
        match programs[program].0.submit(request).unwrap() {
            Answer::Done(receipt) => receipt.record,
            other => panic!("{other:?}"),
        }
    };
    let first = receive(0, "草场");
    programs[0].1.catch_up(&programs[0].0).unwrap();
    let second = receive(1, "草场纠纷");
    let found = |program: usize| {
        let results = programs[program].0.search(&officer(), &wanted("草场")).unwrap().unwrap();
        let mut ids: Vec<RecordId> = results.found.iter().map(|found| found.row.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!((found(0), found(1)), (vec![first], vec![]));
    for (platform, index) in &programs {
        index.catch_up(platform).unwrap();
    }
    assert_eq!((found(0), found(1)), (vec![first, second], vec![first, second]));
    // Erased by one program, it is gone from the index of the other.
    let mut transaction = programs[0].0.store().begin(&county()).unwrap();
    transaction.erase(&county(), first.0, 1).unwrap();
    transaction.commit().unwrap();
    programs[0].0.rebuild(&county()).unwrap();
    assert!(programs[1].1.catch_up(&programs[1].0).unwrap().purged);
    let results = programs[1].0.search(&officer(), &wanted(NAME)).unwrap().unwrap();
    assert_eq!(results.found.iter().map(|found| found.row.id).collect::<Vec<_>>(), [second]);
    // And no two share a folder.
    let fault = Index::open(folders[0].path()).map(|_| ()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::InUse);
}

#[test]
fn it_follows_until_it_is_stopped() {
    let house = House::new();
    house.received("草场纠纷");
    let follower = search::Follower::start(house.index.clone(), house.platform.clone()).unwrap();
    let head = house.bench.platform.store().read().unwrap().head(&county()).unwrap();
    while house.index.reached(&county()) < head.position {
        std::thread::yield_now();
    }
    follower.stop();
    assert_eq!(house.finds(&officer(), "草场").len(), 1);
}
