//! Who sees what: the same for a list and for one record, narrowed by a line, masked for whoever need not know, and held
//! by posts from a day to a day.
#![allow(clippy::unwrap_used)] // what fails here is the test

use ledger::{AccountRow, AgencyRow, HoldingRow};
use platform::{Answer, Filter, OfficeError, Person, RequestAsk, Seen, hash_password};
use terms::{GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{Bench, DEMO, person};

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

/// The demonstration line, with accusations that only their receivers see, and never whoever is accused.
fn line() -> String {
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
"#
}

fn bench() -> Bench {
    let catalog = testkit::small(&[("demo/2024", &line())]).unwrap();
    let bench = Bench::new(&catalog, "2026-03-02T10:00:00".parse().unwrap()).unwrap();
    let store = bench.platform.store();
    let mut tx = store.begin(&county()).unwrap();
    for (code, name) in [("justice", "县司法局"), ("forestry", "县林草局")] {
        let (government, code, name) = (county(), code.into(), name.to_owned());
        tx.put_agency(&AgencyRow { government, code, name, place: county() }).unwrap();
    }
    tx.commit().unwrap();
    bench
}

fn received(bench: &Bench, who: &Person, matter: &str, class: Option<&str>, accused: Option<&str>) -> Answer {
    let party = Party {
        kind: PartyKind::Person,
        name: "欧阳建国".to_owned(),
        number: None,
        phone: Some("13900000000".to_owned()),
        address: None,
    };
    let mut inputs = vec![("applicant", Value::Party(Box::new(party))), ("matter", Value::Text(matter.to_owned()))];
    inputs.extend(class.map(|class| ("class", Value::Choice(class.into()))));
    inputs.extend(accused.map(|accused| ("accused", Value::Text(accused.to_owned()))));
    bench.submit(bench.act(who, "demo", None, "receive", &inputs)).unwrap()
}

fn receive(bench: &Bench, who: &Person, matter: &str, class: Option<&str>, accused: Option<&str>) -> RecordId {
    match received(bench, who, matter, class, accused) {
        Answer::Done(receipt) => receipt.record,
        other => panic!("{other:?}"),
    }
}

fn sees(bench: &Bench, who: &Person, id: RecordId) -> bool {
    let one = bench.platform.record(who, id).unwrap().is_some();
    let page = bench.platform.list(who, &Filter::default()).unwrap();
    assert_eq!(page.rows.iter().any(|(row, _)| row.id == id), one, "list and record differ for {who:?}");
    assert_eq!(page.total as usize, page.rows.len());
    one
}

#[test]
fn an_accusation_is_seen_by_its_receivers_and_never_by_the_accused() {
    let bench = bench();
    let officer = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let plain = receive(&bench, &officer, "a", Some("request"), None);
    let hidden = receive(&bench, &officer, "b", Some("accusation"), Some("赵刚、县林草局"));
    let unsorted = receive(&bench, &officer, "c", None, None);
    let who = |account: &str, agency: &str, post: &str| person(&county(), account, agency, &[post]);
    for (person, sees_plain, sees_hidden) in [
        (officer.clone(), true, true),
        (who("li", "justice", "reconsideration_officer"), true, true),
        (who("li", "justice", "head_of_office"), true, false),
        (who("li", "justice", "head_of_government"), true, false),
        (who("li", "forestry", "reconsideration_officer"), false, false),
        (Person { shown: "赵刚".to_owned(), ..who("zhao", "justice", "head_of_agency") }, true, false),
        (who("sun", "justice", "head_of_agency"), true, true),
    ] {
        assert_eq!(sees(&bench, &person, plain), sees_plain, "{person:?}");
        assert_eq!(sees(&bench, &person, hidden), sees_hidden, "{person:?}");
        // As long as nobody has said what it is, it is kept as what may be seen least.
        let narrowed = sees_hidden || person.shown == "赵刚";
        assert_eq!(sees(&bench, &person, unsorted), narrowed, "{person:?}");
    }
    // Who may not see it is told the same as if there were none, whatever they ask for.
    let accused = Person { shown: "赵刚".to_owned(), ..who("zhao", "justice", "reconsideration_officer") };
    let answer = bench.submit(bench.act(&accused, "demo", Some(hidden), "accept", &[])).unwrap();
    assert_eq!(answer, Answer::Unknown(hidden.to_string()));
    assert!(!bench.platform.look(&accused, &county(), hidden, "督查").unwrap());
}

#[test]
fn a_list_and_single_answers_agree_for_everybody() {
    let bench = bench();
    let officers = ["justice", "forestry"].map(|agency| person(&county(), "ma", agency, &["reconsideration_officer"]));
    let classes = [None, Some("request"), Some("accusation")];
    let accused = [None, Some("li"), Some("forestry"), Some("县司法局"), Some("无此人")];
    let mut all = Vec::new();
    for n in 0..30 {
        let who = &officers[n % 2];
        all.push(receive(&bench, who, &format!("m{n}"), classes[n % 3], accused[n % 5]));
    }
    let posts = ["reconsideration_officer", "head_of_agency", "head_of_government", "security_auditor", "handler"];
    let (mut yes, mut no) = (0, 0);
    for account in ["ma", "li", "zhao"] {
        for agency in ["justice", "forestry", "none"] {
            for mask in 0..1_u32 << posts.len() {
                let held: Vec<&str> =
                    posts.iter().enumerate().filter(|(n, _)| mask & 1 << n != 0).map(|(_, post)| *post).collect();
                let who = person(&county(), account, agency, &held);
                let sight = bench.platform.sight(&who).unwrap();
                let page = bench.platform.list(&who, &Filter::default()).unwrap();
                let mut listed: Vec<RecordId> = page.rows.iter().map(|(row, _)| row.id).collect();
                listed.sort();
                let mut read = bench.platform.store().read().unwrap();
                let mut single = all.clone();
                single.retain(|id| sight.sees(&read.record(&county(), *id).unwrap().unwrap()));
                single.sort();
                assert_eq!(listed, single, "{who:?}");
                assert_eq!(page.total as usize, listed.len());
                if held.contains(&"security_auditor") {
                    assert!(listed.is_empty(), "who administers sees records: {who:?}");
                }
                yes += listed.len();
                no += all.len() - listed.len();
            }
        }
    }
    assert!(yes > 100 && no > 100, "{yes} {no}");
}

#[test]
fn personal_content_is_masked_until_a_reason_is_stated() {
    let bench = bench();
    let officer = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let id = receive(&bench, &officer, "a", Some("request"), None);
    let name = |who: &Person| {
        let view = bench.platform.record(who, id).unwrap().unwrap();
        let field = view.line.field_id("applicant").unwrap();
        let Some(Value::Party(party)) = view.record.get(field).cloned() else { panic!() };
        let told = view.timeline[0].changes.iter().any(|(_, text)| text.zh.contains("建国"));
        assert_eq!(told, view.seen == Seen::Whole, "the timeline says what the record hides");
        (view.seen, party.name, party.phone.unwrap())
    };
    let looks = || {
        // The note goes through the writer; the next command's answer comes after it is on disk.
        let next = bench.request(&officer, "demo", Some(id), platform::RequestAsk::Sign);
        assert!(!matches!(bench.platform.submit(next).unwrap(), platform::Answer::Done(_)));
        let looks = bench.platform.store().read().unwrap().looks(&county(), id).unwrap();
        looks.into_iter().map(|look| (look.account.to_string(), look.reason)).collect::<Vec<_>>()
    };
    let supervisor = person(&county(), "he", "forestry", &["enforcement_supervisor"]);
    let printed = |who: &Person| {
        let file = bench.platform.case_file(who, id, &|code: &str, _: &[(&str, String)]| code.to_owned()).unwrap();
        file.map(|file| file.fields.iter().any(|(_, value)| value == "欧阳建国"))
    };
    assert_eq!(name(&supervisor), (Seen::Masked, "欧阳某".to_owned(), "□".to_owned()));
    assert_eq!(printed(&supervisor), None, "no case file with masks");
    assert!(looks().is_empty(), "nothing personal was shown");
    assert!(!bench.platform.look(&supervisor, &county(), id, "  ").unwrap(), "no reason");
    assert!(bench.platform.look(&supervisor, &county(), id, "执法检查").unwrap());
    for _ in 0..3 {
        assert_eq!(name(&supervisor), (Seen::Whole, "欧阳建国".to_owned(), "13900000000".to_owned()));
        assert_eq!(name(&officer).0, Seen::Whole);
    }
    assert_eq!((printed(&supervisor), printed(&officer)), (Some(true), Some(true)));
    let told = [("he".to_owned(), "执法检查".to_owned()), ("ma".to_owned(), String::new())];
    assert_eq!(looks(), told, "once a day each");
    bench.clock.set("2026-03-03T09:00:00".parse().unwrap());
    assert_eq!(name(&supervisor).0, Seen::Masked, "a reason holds for its day");
    assert_eq!(name(&officer).0, Seen::Whole);
    assert_eq!(looks().len(), 3, "another day, another look");
}

#[test]
fn a_superior_sees_what_post_and_line_allow() {
    let bench = bench();
    let officer = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let plain = receive(&bench, &officer, "a", Some("request"), None);
    let accusation = receive(&bench, &officer, "b", Some("accusation"), None);
    // 海北藏族自治州, to which the county belongs.
    let above: GovernmentCode = "632200".parse().unwrap();
    let seen = |who: &Person, id| bench.platform.record_in(who, &county(), id).unwrap().map(|view| view.seen);
    let supervisor = person(&above, "he", "justice", &["enforcement_supervisor"]);
    assert_eq!(seen(&supervisor, plain), Some(Seen::ForReason));
    assert_eq!(seen(&supervisor, accusation), None, "its line lets superiors see figures");
    let view = bench.platform.record_in(&supervisor, &county(), plain).unwrap().unwrap();
    assert!(view.timeline.is_empty() && view.next.is_empty() && view.public.is_empty());
    let filter = Filter { government: Some(county()), ..Filter::default() };
    let listed = |who: &Person| bench.platform.list(who, &filter).unwrap().rows.len();
    assert_eq!(listed(&supervisor), 1);
    assert!(bench.platform.look(&supervisor, &county(), plain, "督办").unwrap());
    assert_eq!(seen(&supervisor, plain), Some(Seen::Whole));
    let clerk = person(&above, "he", "justice", &["reconsideration_officer"]);
    assert_eq!((seen(&clerk, plain), listed(&clerk)), (None, 0), "an equal agency's code opens nothing below");
    let sideways = person(&"410700".parse().unwrap(), "he", "justice", &["enforcement_supervisor"]);
    assert_eq!((seen(&sideways, plain), listed(&sideways)), (None, 0), "nor does another city's post");
    let below = Filter { government: Some(above), ..Filter::default() };
    let up = person(&county(), "he", "justice", &["enforcement_supervisor"]);
    assert_eq!(bench.platform.list(&up, &below).unwrap().rows.len(), 0, "nobody sees upwards");
}

#[test]
fn posts_are_read_from_their_past() {
    let bench = bench();
    let account = AccountRow {
        government: county(),
        name: "ma".into(),
        shown: "马".to_owned(),
        agency: "justice".into(),
        posts: vec!["handler".into()],
        password: hash_password("correct horse", [1; 16]).unwrap(),
    };
    let mut tx = bench.platform.store().begin(&county()).unwrap();
    tx.put_account(&account).unwrap();
    tx.commit().unwrap();
    let posts = |day: &str| bench.platform.person_on(&county(), "ma", day.parse().unwrap()).unwrap().unwrap().posts;
    assert_eq!(posts("2020-01-01"), ["handler"], "nobody wrote down since when");
    let mut tx = bench.platform.store().begin(&county()).unwrap();
    for (post, since, until) in
        [("handler", "2024-01-01", Some("2025-12-31")), ("reconsideration_officer", "2026-01-01", None)]
    {
        let until = until.map(|day| day.parse().unwrap());
        let (government, since) = (county(), since.parse().unwrap());
        tx.put_holding(&HoldingRow { government, account: "ma".into(), post: post.into(), since, until }).unwrap();
    }
    tx.commit().unwrap();
    assert_eq!(posts("2023-12-31").len(), 0);
    assert_eq!(posts("2025-12-31"), ["handler"]);
    assert_eq!(posts("2026-03-02"), ["reconsideration_officer"]);
    let today = bench.platform.person(&county(), "ma").unwrap().unwrap();
    receive(&bench, &today, "a", Some("request"), None);
}

#[test]
fn three_administrators_check_each_other() {
    let bench = bench();
    let platform = &bench.platform;
    let hash = hash_password("correct horse", [1; 16]).unwrap();
    for (name, post) in
        [("root", "system_administrator"), ("guard", "security_administrator"), ("eye", "security_auditor")]
    {
        platform.appoint(&county(), (name, name), ("office", "信息中心"), post, &hash).unwrap();
    }
    let who = |name: &str| platform.person(&county(), name).unwrap().unwrap();
    let (root, guard, eye) = (who("root"), who("guard"), who("eye"));
    let today = "2026-03-02".parse().unwrap();
    assert!(matches!(platform.make_account(&guard, "chen", "陈", "justice", &hash), Err(OfficeError::NotYours)));
    assert!(matches!(platform.make_account(&eye, "chen", "陈", "justice", &hash), Err(OfficeError::NotYours)));
    platform.make_account(&root, "chen", "陈", "justice", &hash).unwrap();
    assert!(matches!(platform.grant_post(&root, "chen", "handler", today, None), Err(OfficeError::NotYours)));
    platform.grant_post(&guard, "chen", "handler", today, None).unwrap();
    let refused = |done: Result<(), OfficeError>, code: &str| match done {
        Err(OfficeError::Refused(found)) => assert_eq!(found, code),
        other => panic!("{other:?} and not {code}"),
    };
    refused(platform.grant_post(&guard, "guard", "handler", today, None), "office-own");
    refused(platform.grant_post(&guard, "root", "handler", today, None), "office-apart");
    refused(platform.grant_post(&guard, "eye", "system_administrator", today, None), "office-apart");
    refused(platform.grant_post(&guard, "chen", "security_auditor", today, None), "office-apart");
    refused(platform.grant_post(&guard, "chen", "handler", today, None), "office-held");
    let before = "2026-03-01".parse().unwrap();
    refused(platform.grant_post(&guard, "chen", "mediator", before, None), "office-past");
    refused(platform.close_account(&root, "root"), "office-own");
    refused(platform.reset_password(&root, "root", &hash), "office-own");
    refused(platform.make_account(&root, "chen", "陈", "justice", &hash), "office-taken");
    refused(platform.make_account(&root, "'; DROP TABLE account; --", "陈", "justice", &hash), "office-bad-code");
    refused(platform.end_agency(&root, "justice"), "office-busy");
    assert_eq!(who("chen").posts, ["handler"]);
    platform.close_account(&root, "chen").unwrap();
    assert!(platform.person(&county(), "chen").unwrap().is_none());
    assert_eq!(platform.person_on(&county(), "chen", before).unwrap().unwrap().posts.len(), 0);
    refused(platform.grant_post(&guard, "chen", "handler", today, None), "office-closed");
    for other in [&root, &guard] {
        assert!(matches!(platform.office_log(other, None, 9), Err(OfficeError::NotYours)));
        assert!(matches!(platform.all_looks(other, None, i64::MAX, 9), Err(OfficeError::NotYours)));
    }
    let log = platform.office_log(&eye, None, 99).unwrap();
    let told: Vec<(u64, &str, &str)> =
        log.iter().rev().map(|row| (row.n, row.account.as_str(), row.what.as_str())).collect();
    let expected = [
        (1, "@operator", "account-made"),
        (2, "@operator", "post-granted"),
        (3, "@operator", "account-made"),
        (4, "@operator", "post-granted"),
        (5, "@operator", "account-made"),
        (6, "@operator", "post-granted"),
        (7, "root", "account-made"),
        (8, "guard", "post-granted"),
        (9, "root", "account-closed"),
    ];
    assert_eq!(told, expected);
    // None of them does business, and none sees a record.
    let officer = person(&county(), "ma", "justice", &["reconsideration_officer"]);
    let id = receive(&bench, &officer, "a", Some("request"), None);
    for administrator in [&root, &guard, &eye] {
        assert!(!sees(&bench, administrator, id));
        let answer = received(&bench, administrator, &administrator.account, Some("request"), None);
        assert_eq!(answer, Answer::Unknown("demo".to_owned()), "not even a fact");
        let accept = bench.request(administrator, "demo", Some(id), RequestAsk::Act("accept".into()));
        assert!(!matches!(bench.submit(accept).unwrap(), Answer::Done(_)));
    }
}
