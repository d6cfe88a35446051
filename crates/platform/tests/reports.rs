//! Reports: what is signed stands, a restatement says why, those below are told, and reported numbers stand apart.
#![allow(clippy::unwrap_used)] // what fails here is the test

use composer::Piece;
use figures::Amount;
use kernel::Standing;
use ledger::{AgencyRow, Store};
use platform::{Answer, Asker, Origin, Person, ReportTold, Request, RequestAsk, TellError};
use procedure::Language;
use terms::{DateTime, GovernmentCode, RecordId, Stretch, Value};
use testkit::{Bench, person, repository};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn government(code: &str) -> GovernmentCode {
    code.parse().unwrap()
}

fn bench() -> Bench {
    Bench::new(&repository().unwrap(), time("2021-01-11T09:00:00")).unwrap()
}

/// Everybody who is needed, of one agency of a government.
fn staff(code: &str, account: &str, posts: &[&str]) -> Person {
    person(&government(code), account, "justice", posts)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn key(text: &str) -> Value {
    Value::Key(text.into())
}

#[track_caller]
fn done(bench: &Bench, request: Request) -> RecordId {
    match bench.submit(request).unwrap() {
        Answer::Done(receipt) => receipt.record,
        other => panic!("{other:?}"),
    }
}

/// An activity of a county's legal publicity, told on some day.
fn activity(bench: &Bench, on: &str) {
    done(bench, of_an_activity(bench, on));
}

fn of_an_activity(bench: &Bench, on: &str) -> Request {
    let who = staff("632222", "ma", &["publicity_officer"]);
    let inputs = [
        ("title", text("宪法宣传")),
        ("kind", Value::Choice("lecture".into())),
        ("site", text("县城")),
        ("audience_kinds", Value::Choices(vec!["youth".into()])),
        ("audience", Value::Number(30)),
        ("materials", Value::Number(10)),
        ("gifts", Value::Number(0)),
    ];
    let request = bench.act(&who, "publicity_activity", None, "record", &inputs);
    Request { done_at: Some(time(on)), ..request }
}

fn clerk(code: &str) -> Person {
    staff(code, "wang", &["handler"])
}

fn begun(bench: &Bench, code: &str, period: &str, level: &str) -> RecordId {
    let inputs = [("reporter", key(code)), ("period", key(period)), ("level", Value::Choice(level.into()))];
    let id = done(bench, bench.act(&clerk(code), "annual_report", None, "open", &inputs));
    let prose = [
        ("measures", text("本年度推进依法行政。")),
        ("shortcomings", text("力量不足。")),
        ("leaders", text("主持研究。")),
        ("plans", text("加强培训。")),
    ];
    done(bench, bench.act(&clerk(code), "annual_report", Some(id), "draft", &prose));
    id
}

/// The two signatures over a proposal.
fn signed(bench: &Bench, code: &str, id: RecordId) {
    for (account, post) in [("li", "head_of_agency"), ("zhao", "head_of_government")] {
        let who = staff(code, account, &[post]);
        done(bench, bench.request(&who, "annual_report", Some(id), RequestAsk::Sign));
    }
}

fn signed_off(bench: &Bench, code: &str, id: RecordId) {
    done(bench, bench.act(&clerk(code), "annual_report", Some(id), "sign_off", &[]));
    signed(bench, code, id);
}

fn told(bench: &Bench, code: &str, period: Stretch) -> ReportTold {
    bench.platform.report(Asker::Operator, &government(code), period, Language::Zh).unwrap()
}

fn number(told: &ReportTold, figure: &str) -> Option<String> {
    let pieces = told.report.sections.iter().flat_map(|section| section.sentences.iter().flatten());
    pieces.into_iter().find_map(|piece| match piece {
        Piece::Number { bound, text } if bound.figure == figure && !bound.previous => Some(text.clone()),
        _ => None,
    })
}

const HELD: &str = "publicity_activity.held";

#[test]
fn a_signed_period_is_frozen_and_a_restatement_says_why() {
    let bench = bench();
    activity(&bench, "2020-12-04T10:00:00");
    let year = Stretch::Year(2020);
    assert_eq!(number(&told(&bench, "632222", year), HELD).as_deref(), Some("1"));
    let id = begun(&bench, "632222", "2020", "county");
    signed_off(&bench, "632222", id);

    // What was forgotten comes in later: the report stands, and today's number stands beside it.
    activity(&bench, "2020-12-05T10:00:00");
    let after = told(&bench, "632222", year);
    assert_eq!(number(&after, HELD).as_deref(), Some("1"));
    let held = after.signed.unwrap();
    assert_eq!((held.record, held.on.to_string().as_str()), (id, "2021-01-11"));
    let differs = held.differs.iter().find(|one| one.code == HELD).unwrap();
    assert_eq!((differs.signed, differs.today), (Some(Amount::whole(1)), Some(Amount::whole(2))));
    assert!(held.said.is_empty(), "{:?}", held.said);
    // A year that nobody signed is told as it is counted.
    assert!(told(&bench, "632222", Stretch::Year(2019)).signed.is_none());

    // It is restated with the reason and both signatures; before the last one the old figures stand.
    let why = [("restated_why", text("补报一场活动"))];
    done(&bench, bench.act(&clerk("632222"), "annual_report", Some(id), "restate", &why));
    assert_eq!(number(&told(&bench, "632222", year), HELD).as_deref(), Some("1"));
    signed(&bench, "632222", id);
    let restated = told(&bench, "632222", year);
    assert_eq!(number(&restated, HELD).as_deref(), Some("2"));
    let held = restated.signed.unwrap();
    assert!(held.differs.is_empty(), "{:?}", held.differs);
    assert_eq!(held.said.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>(), ["补报一场活动"]);

    // Both signed states are there, each with its own figures.
    let reader = clerk("632222");
    let report = bench.platform.record_report(&reader, &government("632222"), id, Language::Zh).unwrap().unwrap();
    let kept: Vec<_> = report.versions.iter().filter_map(|version| version.kept.as_ref()).collect();
    let held = |at: usize| kept[at].value(HELD, None, false).unwrap().unwrap();
    assert_eq!((kept.len(), held(0), held(1)), (2, Amount::whole(1), Amount::whole(2)));
    assert_eq!(kept[0].as_of.len(), 1);
    assert!(kept[0].as_of[0].1 < kept[1].as_of[0].1);
    assert!(kept[0].definitions.iter().any(|(line, digest)| line == "publicity_activity" && digest.len() == 64));
    bench.platform.verify(&government("632222")).unwrap().unwrap();
}

#[test]
fn figures_that_are_signed_hold_what_was_done_in_the_same_commit() {
    let bench = bench();
    let id = begun(&bench, "632222", "2020", "county");
    let mut batch = bench.platform.batch(&government("632222")).unwrap();
    let proposed = bench.act(&clerk("632222"), "annual_report", Some(id), "sign_off", &[]);
    for request in [of_an_activity(&bench, "2020-12-04T10:00:00"), proposed] {
        assert!(matches!(batch.act(&request).unwrap(), Answer::Done(_)));
    }
    batch.commit().unwrap();
    signed(&bench, "632222", id);
    let told = told(&bench, "632222", Stretch::Year(2020));
    assert_eq!(number(&told, HELD).as_deref(), Some("1"));
    assert!(told.signed.unwrap().differs.is_empty());
}

#[test]
fn a_letter_is_numbered_and_signed_by_whoever_signed_the_report() {
    let bench = bench();
    let place = government("632222");
    let store = bench.temp.store();
    for (account, shown) in [("li", "李强"), ("zhao", "赵敏")] {
        let mut tx = store.begin(&place).unwrap();
        tx.put_account(&ledger::AccountRow {
            government: place.clone(),
            name: account.into(),
            shown: shown.into(),
            agency: "justice".into(),
            posts: Vec::new(),
            password: String::new(),
        })
        .unwrap();
        tx.commit().unwrap();
    }
    let page = |asker, period: &str| {
        let letter = bench.platform.report_letter(asker, &place, period.parse().unwrap(), "青政〔2020〕99号", "王芳");
        letter.unwrap().page()
    };
    // Nobody has signed: what whoever numbers letters gives stands.
    assert!(page(Asker::Operator, "2020").contains("% upward 青政〔2020〕99号|签发人：王芳\n"));
    let id = begun(&bench, "632222", "2020", "county");
    signed_off(&bench, "632222", id);
    let told = page(Asker::Operator, "2020");
    assert!(told.contains("% upward 祁连政报〔2021〕1号|签发人：赵敏\n"), "{told}");
    assert!(told.contains("% to 海北藏族自治州人民政府："), "{told}");
    // The next has the next number; a restatement keeps its own.
    let quarter = begun(&bench, "632222", "2020Q3", "county");
    signed_off(&bench, "632222", quarter);
    assert!(page(Asker::Operator, "2020Q3").contains("祁连政报〔2021〕2号"));
    done(&bench, bench.act(&clerk("632222"), "annual_report", Some(id), "restate", &[("restated_why", text("补报"))]));
    let first = staff("632222", "li", &["head_of_agency"]);
    done(&bench, bench.request(&first, "annual_report", Some(id), RequestAsk::Sign));
    assert!(
        page(Asker::Operator, "2020").contains("祁连政报〔2021〕1号|签发人：赵敏"),
        "half a restatement changes nothing"
    );
    let last = staff("632222", "zhao", &["head_of_government"]);
    done(&bench, bench.request(&last, "annual_report", Some(id), RequestAsk::Sign));
    assert!(page(Asker::Operator, "2020").contains("祁连政报〔2021〕1号|签发人：赵敏"));
    // The public reads the number of what was published, and no signer.
    let publisher = staff("632222", "sun", &["publisher"]);
    let how = [("published_in", Value::Choices(vec!["website".into()])), ("secrecy_checked", Value::Bool(true))];
    done(&bench, bench.act(&publisher, "annual_report", Some(id), "publish", &how));
    let told = page(Asker::Public, "2020");
    assert!(told.contains("% ruled 祁连政报〔2021〕1号\n") && !told.contains("赵敏"), "{told}");
}

#[test]
fn nobody_brings_figures_of_their_own() {
    let bench = bench();
    let id = begun(&bench, "632222", "2020", "county");
    let forged = [("figures", text("{}"))];
    for request in [
        bench.act(&clerk("632222"), "annual_report", Some(id), "sign_off", &forged),
        bench.act(&clerk("632222"), "annual_report", Some(id), "draft", &[("questions", Value::Keys(Vec::new()))]),
    ] {
        let answer = bench.submit(request).unwrap();
        assert!(matches!(&answer, Answer::Unknown(word) if word == "figures" || word == "questions"), "{answer:?}");
    }
}

#[test]
fn the_text_has_a_state_for_each_time_somebody_wrote() {
    let bench = bench();
    let id = begun(&bench, "632222", "2020", "county");
    let who = clerk("632222");
    let more = [("measures", text("本年度推进依法行政,成效明显。"))];
    done(&bench, bench.act(&who, "annual_report", Some(id), "draft", &more));
    let report = bench.platform.record_report(&who, &government("632222"), id, Language::Zh).unwrap().unwrap();
    let measures: Vec<&str> = report.versions.iter().map(|version| version.prose[0].1.as_str()).collect();
    assert_eq!(measures, ["本年度推进依法行政。", "本年度推进依法行政,成效明显。"]);
    // What was not written again stands.
    assert_eq!(report.versions[1].prose[1].1, "力量不足。");
    // Nobody of another agency sees it, and another line's record is no report.
    let other = person(&government("632222"), "sun", "water", &["handler"]);
    assert!(bench.platform.record_report(&other, &government("632222"), id, Language::Zh).unwrap().is_none());
}

#[test]
fn four_periods_by_one_outline() {
    let bench = bench();
    activity(&bench, "2020-07-15T10:00:00");
    activity(&bench, "2020-08-20T10:00:00");
    let says = |period: &str, words: &str, count: &str| {
        let told = told(&bench, "632222", period.parse().unwrap());
        assert_eq!(number(&told, HELD).as_deref(), Some(count), "{period}");
        assert!(told.report.text().contains(words), "{period}: {}", told.report.text());
    };
    says("2020", "全年开展法治宣传教育活动2场次", "2");
    says("2020Q3", "本季度开展法治宣传教育活动2场次", "2");
    says("2020-07", "本月开展法治宣传教育活动1场次", "1");
    says("2020-07-15", "当日开展法治宣传教育活动1场次", "1");
    assert!(
        told(&bench, "632222", Stretch::Quarter(2020, 3)).report.title.contains("2020年第三季度法治政府建设情况报告")
    );
    // A month has fewer sections than a year.
    let id = begun(&bench, "632222", "2020-07", "county");
    let report = |id| {
        let who = clerk("632222");
        bench.platform.record_report(&who, &government("632222"), id, Language::Zh).unwrap().unwrap().report
    };
    let whole = begun(&bench, "632222", "2020", "county");
    assert!(report(id).sections.len() < report(whole).sections.len());
}

#[test]
fn a_code_of_another_year_and_a_changed_definition_are_told() {
    let bench = bench();
    let report =
        |code: &str, period: Stretch| bench.platform.report(Asker::Operator, &government(code), period, Language::Zh);
    let why = report("410728", Stretch::Year(2020)).unwrap_err();
    assert!(matches!(&why, TellError::AnotherTime { .. }), "{why}");
    assert!(why.to_string().contains("410783"), "{why}");
    assert!(report("410783", Stretch::Year(2020)).is_ok() && report("410728", Stretch::Year(2018)).is_ok());
    assert!(matches!(report("999999", Stretch::Year(2020)), Err(TellError::UnknownPlace(_))));
    // 信访工作条例 took over in May 2022: its figures before and after do not compare in that year.
    let changed = told(&bench, "632222", Stretch::Year(2022)).redefined;
    let petition = changed.iter().find(|one| one.code.starts_with("petition.")).unwrap();
    assert_eq!(petition.on.to_string(), "2022-05-01");
    let quiet = told(&bench, "632222", Stretch::Quarter(2022, 3)).redefined;
    assert!(quiet.iter().all(|one| !one.code.starts_with("petition.")), "{quiet:?}");
}

#[test]
fn reported_numbers_stand_apart_and_contradictions_are_marked() {
    let bench = bench();
    let keeper = clerk("632200");
    let enter = [
        ("code", text("penalty.decided")),
        ("name", text("行政处罚决定")),
        ("unit", text("件")),
        ("definition", text("作出的行政处罚决定")),
    ];
    done(&bench, bench.act(&keeper, "quantity", None, "enter", &enter));
    let report = |amount: i64, standing: Standing| {
        let inputs = [
            ("quantity", key("penalty.decided")),
            ("reporter", key("632223")),
            ("period", key("2020")),
            ("amount", Value::Number(amount)),
            ("places", Value::Number(1)),
            ("qualifier", Value::Choice("exact".into())),
            ("source", Value::Choice("sheet".into())),
            ("evidence", text("海晏县报表")),
        ];
        done(&bench, Request { standing, ..bench.act(&keeper, "reported_quantity", None, "report", &inputs) });
    };
    report(3125, Standing::Normal);
    let year = Stretch::Year(2020);
    let place = government("632223");
    let all = bench.platform.reported(&place, year).unwrap();
    let one = &all[0];
    assert_eq!((all.len(), one.name.as_str(), one.unit.as_str()), (1, "行政处罚决定", "件"));
    assert_eq!((one.amount.to_string().as_str(), one.contradicts), ("312.5", false));
    assert_eq!(one.source.as_ref().unwrap().zh, "表格导入");
    // It is in no figure that is counted from records, of the county or of the prefecture above.
    for code in ["632223", "632200"] {
        let span = figures::Period { from: year.first(), to: year.last() };
        let counted = bench.platform.figures(&government(code), span).unwrap();
        let decided = counted.iter().find(|value| value.code == "penalty.decided" && value.part.is_none()).unwrap();
        assert_eq!(decided.value, Some(Amount::whole(0)));
    }
    // History brings a second number: both are shown, and that they contradict each other.
    report(3126, Standing::Import);
    let all = bench.platform.reported(&place, year).unwrap();
    assert_eq!(all.iter().map(|one| one.contradicts).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn a_published_report_becomes_rows_that_say_where_they_stand() {
    let bench = bench();
    let place = government("632223");
    let text = "海晏县2020年法治政府建设年度报告\n一、主要举措和成效\n全年作出行政处罚决定312件。\n如上,作出行政处罚决定312件。\n";
    let sheet = bench.platform.published_sheet(&place, 2020, "海晏县报告.txt", text.as_bytes()).unwrap().unwrap();
    assert_eq!((sheet.line.as_str(), sheet.act.as_str(), sheet.rows.len()), ("reported_quantity", "report", 1));
    let row = &sheet.rows[0];
    assert_eq!(row[..7], ["penalty.decided", "632223", "2020", "312", "0", "exact", "published"]);
    let digest = ledger::hash(text.as_bytes()).to_string();
    assert_eq!(row[8..], ["海晏县报告.txt", &digest, "3"]);
    // A page saved from a site is read like the text; what gives no text says what it is.
    let page =
        format!("<html><body><ul><li><a href=/>首页</a></ul><p>{}</p></body></html>", text.replace('\n', "<br>"));
    let same = bench.platform.published_sheet(&place, 2020, "海晏县报告.txt", page.as_bytes()).unwrap().unwrap();
    assert_eq!((same.rows.len(), &same.rows[0][..7]), (1, &row[..7]));
    let old =
        bench.platform.published_sheet(&place, 2020, "报告.docx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap_err();
    assert!(matches!(&old, TellError::Unread(why) if why.why.code() == "old-word"));
    let why = bench.platform.published_sheet(&government("410728"), 2020, "某县报告", text.as_bytes()).unwrap_err();
    assert!(matches!(why, TellError::AnotherTime { .. }));
}

#[test]
fn numbers_that_were_brought_in_are_compared_by_the_report_they_stand_in() {
    let bench = bench();
    let keeper = clerk("632200");
    for (code, name, unit) in [("penalty.decided", "行政处罚决定", "件"), ("other.thing", "别的事", "项")] {
        let enter = [("code", text(code)), ("name", text(name)), ("unit", text(unit)), ("definition", text(name))];
        done(&bench, bench.act(&keeper, "quantity", None, "enter", &enter));
    }
    for (code, source, at) in [("penalty.decided", "published", 3), ("other.thing", "published", 4)] {
        let inputs = [
            ("quantity", key(code)),
            ("reporter", key("632223")),
            ("period", key("2020")),
            ("amount", Value::Number(312)),
            ("places", Value::Number(0)),
            ("qualifier", Value::Choice("over".into())),
            ("source", Value::Choice(source.into())),
            ("evidence", text("作出行政处罚决定312余件")),
            ("document", text("海晏县报告.txt")),
            ("document_digest", text(&"0".repeat(64))),
            ("document_line", Value::Number(at)),
        ];
        done(&bench, bench.act(&keeper, "reported_quantity", None, "report", &inputs));
    }
    let all = bench.platform.compare_reported(&government("632223"), 2020).unwrap();
    let told = &all["海晏县报告.txt"];
    let one = &told.both[0];
    assert_eq!((one.ours.code.as_str(), one.published.line, one.score), ("penalty.decided", 3, None));
    assert_eq!((one.theirs(), one.difference), (Some(Amount::whole(312)), Some(Amount::whole(312))));
    assert_eq!((one.published.qualifier.name(), one.agrees()), ("over", false));
    assert_eq!(told.theirs.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), ["别的事"]);
    // The neighbours of a county are the others of its prefecture, and the years have what was reported.
    let around = bench.platform.around(Asker::Operator, &government("632223"), &[&one.ours]).unwrap();
    let places: Vec<&str> = around[0].neighbours.iter().map(|one| one.of.as_str()).collect();
    assert_eq!(places, ["632221", "632222", "632224"]);
    let reported: Vec<Option<Amount>> = around[0].years.iter().map(|(_, told)| *told).collect();
    assert_eq!(reported, [None, None, None, None, Some(Amount::whole(312))]);
}

#[test]
fn what_was_signed_is_read_by_who_may_and_by_everybody_once_it_is_public() {
    let bench = bench();
    (0..7).for_each(|n| activity(&bench, &format!("2020-12-04T10:0{n}:00")));
    let (place, year) = (government("632222"), Stretch::Year(2020));
    let stranger = person(&government("410700"), "ma", "justice", &["handler"]);
    let own = clerk("632222");
    let asks = |asker| {
        let told = bench.platform.report(asker, &place, year, Language::Zh).unwrap();
        let letter = bench.platform.report_letter(asker, &place, year, "", "").unwrap();
        let signed = bench.platform.signed_of(asker, &place, year).unwrap().is_some();
        assert_eq!(signed, told.signed.is_some());
        (signed, told.report.text().contains("推进依法行政"), letter.page().contains("推进依法行政"))
    };
    let id = begun(&bench, "632222", "2020", "county");
    signed_off(&bench, "632222", id);
    let (read, nothing) = ((true, true, true), (false, false, false));
    assert_eq!(asks(Asker::Person(&own)), read);
    assert_eq!(asks(Asker::Operator), read);
    for asker in [Asker::Public, Asker::Person(&stranger)] {
        assert_eq!(asks(asker), nothing, "{asker:?} reads what is not public");
    }
    // Withheld as secret it stays so; its figures are those of the records.
    let why = [("withheld_why", text("涉密"))];
    let publisher = staff("632222", "bai", &["publisher"]);
    done(&bench, bench.act(&publisher, "annual_report", Some(id), "withhold", &why));
    done(
        &bench,
        bench.request(&staff("632222", "li", &["head_of_agency"]), "annual_report", Some(id), RequestAsk::Sign),
    );
    assert_eq!(asks(Asker::Public), nothing);

    let earlier = begun(&bench, "632222", "2019", "county");
    signed_off(&bench, "632222", earlier);
    let how = [("published_in", Value::Choices(vec!["website".into()])), ("secrecy_checked", Value::Bool(true))];
    done(&bench, bench.act(&publisher, "annual_report", Some(earlier), "publish", &how));
    let told = bench.platform.report(Asker::Public, &place, Stretch::Year(2019), Language::Zh).unwrap();
    assert!(told.signed.is_some() && told.report.text().contains("推进依法行政"));
}

#[test]
fn small_counts_of_a_short_period_are_not_told_to_the_public() {
    let bench = bench();
    (0..3).for_each(|n| activity(&bench, &format!("2020-12-04T10:0{n}:00")));
    let asks = |asker, code: &str, period: &str| {
        let period = period.parse().unwrap();
        let told = bench.platform.report(asker, &government(code), period, Language::Zh).unwrap();
        number(&told, HELD)
    };
    for period in ["2020", "2020Q4", "2020-12", "2020-12-04"] {
        assert_eq!(asks(Asker::Operator, "632222", period).as_deref(), Some("3"), "{period}");
        let public = asks(Asker::Public, "632222", period);
        assert_eq!(public.is_some(), period == "2020", "{period}: {public:?}");
    }
    (3..6).for_each(|n| activity(&bench, &format!("2020-12-04T10:0{n}:00")));
    assert_eq!(asks(Asker::Public, "632222", "2020-12-04").as_deref(), Some("6"));
}

#[test]
fn those_below_are_told_by_where_their_reports_are() {
    let bench = bench();
    let store = bench.temp.store();
    for code in ["632222", "632200"] {
        let mut tx = store.begin(&government(code)).unwrap();
        let place = government(code);
        tx.put_agency(&AgencyRow {
            government: place.clone(), code: "justice".into(), name: "司法局".into(), place
        })
        .unwrap();
        tx.put_account(&ledger::AccountRow {
            government: government(code),
            name: "wang".into(),
            shown: "王芳".into(),
            agency: "justice".into(),
            posts: vec!["handler".into()],
            password: String::new(),
        })
        .unwrap();
        tx.commit().unwrap();
    }
    let state = |name: &str| {
        let all = bench.platform.reports_below(&government("632200"), Stretch::Year(2020)).unwrap();
        assert_eq!(all.len(), 4);
        let one = all.into_iter().find(|one| one.name.starts_with(name)).unwrap();
        let received = one
            .received
            .map(|received| (received.stage.zh, received.source.map(|source| source.zh), received.kept.is_some()));
        (one.here, one.stage.map(|stage| stage.zh), received)
    };
    assert_eq!(state("祁连"), (true, None, None));
    assert_eq!(state("海晏"), (false, None, None));
    let id = begun(&bench, "632222", "2020", "county");
    assert_eq!(state("祁连"), (true, Some("起草".to_owned()), None));
    signed_off(&bench, "632222", id);
    let to = [("sent_to", Value::Choices(["party_committee", "congress", "superior"].map(Into::into).to_vec()))];
    done(&bench, bench.act(&clerk("632222"), "annual_report", Some(id), "report_up", &to));
    bench.platform.deliver(None).unwrap();
    let came = Some(("已收到".to_owned(), None, true));
    assert_eq!(state("祁连"), (true, Some("已签发".to_owned()), came));
    let paper = [
        ("reporter", key("632223")),
        ("period", key("2020")),
        ("source", Value::Choice("published".into())),
        ("evidence", text("县政府网站")),
    ];
    done(&bench, bench.act(&clerk("632200"), "report_received", None, "receive_otherwise", &paper));
    let noted = Some(("已收到".to_owned(), Some("读取其公开的报告".to_owned()), false));
    assert_eq!(state("海晏"), (false, None, noted));
}

#[test]
fn those_below_stand_side_by_side_each_with_where_it_is_from() {
    let bench = bench();
    let store = bench.temp.store();
    for code in ["632221", "632222", "632200"] {
        let mut tx = store.begin(&government(code)).unwrap();
        let place = government(code);
        tx.put_agency(&AgencyRow {
            government: place.clone(), code: "justice".into(), name: "司法局".into(), place
        })
        .unwrap();
        tx.put_account(&ledger::AccountRow {
            government: government(code),
            name: "wang".into(),
            shown: "王芳".into(),
            agency: "justice".into(),
            posts: vec!["handler".into()],
            password: String::new(),
        })
        .unwrap();
        tx.commit().unwrap();
    }
    let year = Stretch::Year(2020);
    let table = |asker: Asker<'_>| {
        let told = bench.platform.abreast(asker, &government("632200"), year).unwrap();
        let row = told.rows.into_iter().find(|row| row.code == HELD).unwrap();
        let of = |(column, value): (platform::Column, Option<(Amount, Origin)>)| {
            let value = value.map(|(amount, origin)| (amount.to_string(), origin.code()));
            (column.government.to_string(), column.origin.map(Origin::code), value)
        };
        told.columns.into_iter().zip(row.values).map(of).collect::<Vec<_>>()
    };
    let row = |code: &str, origin, value: Option<(&str, &'static str)>| {
        (code.to_owned(), origin, value.map(|(number, origin)| (number.to_owned(), origin)))
    };
    activity(&bench, "2020-12-04T10:00:00");
    let two_here = [
        row("632221", Some("records"), Some(("0", "records"))),
        row("632222", Some("records"), Some(("1", "records"))),
        row("632223", None, None),
        row("632224", None, None),
    ];
    assert_eq!(table(Asker::Operator), two_here);
    // What came up as it was signed stands, whatever is recorded later; what was reported stands for those without the
    // platform.
    let id = begun(&bench, "632222", "2020", "county");
    signed_off(&bench, "632222", id);
    let to = [("sent_to", Value::Choices(["party_committee", "congress", "superior"].map(Into::into).to_vec()))];
    done(&bench, bench.act(&clerk("632222"), "annual_report", Some(id), "report_up", &to));
    bench.platform.deliver(None).unwrap();
    activity(&bench, "2020-12-05T10:00:00");
    let entry =
        [("code", text(HELD)), ("name", text("活动场次")), ("unit", text("场次")), ("definition", text("场次"))];
    done(&bench, bench.act(&clerk("632200"), "quantity", None, "enter", &entry));
    let number = [
        ("quantity", key(HELD)),
        ("reporter", key("632223")),
        ("period", key("2020")),
        ("amount", Value::Number(30)),
        ("qualifier", Value::Choice("exact".into())),
        ("source", Value::Choice("form".into())),
        ("evidence", text("县报表")),
    ];
    done(&bench, bench.act(&clerk("632200"), "reported_quantity", None, "report", &number));
    let all_kinds = [
        row("632221", Some("records"), Some(("0", "records"))),
        row("632222", Some("signed"), Some(("1", "signed"))),
        row("632223", Some("reported"), Some(("30", "reported"))),
        row("632224", None, None),
    ];
    assert_eq!(table(Asker::Operator), all_kinds);
    let clerk_above = clerk("632200");
    assert_eq!(table(Asker::Person(&clerk_above)), all_kinds);
    // Who may not read what came up is told what the records tell.
    let other = person(&government("632200"), "sun", "water", &["handler"]);
    assert_eq!(table(Asker::Person(&other))[1], row("632222", Some("records"), Some(("2", "records"))));

    // The report as data says the same of itself: as signed, by which definition, of which days.
    let told = bench.platform.report_figures(Asker::Operator, &government("632222"), year).unwrap();
    let held = told.iter().find(|one| one.code == HELD).unwrap();
    assert_eq!((held.value, held.origin, held.unit.as_str()), (Amount::whole(1), Origin::Signed, "场次"));
    assert!(held.definition.as_ref().is_some_and(|digest| digest.len() == 64), "{held:?}");
    assert_eq!((held.period.from.to_string(), held.period.to.to_string()), ("2020-01-01".into(), "2020-12-31".into()));
    // The public reads figures of the period as they are counted, and no number that somebody reported.
    let told = bench.platform.report_figures(Asker::Public, &government("632223"), year).unwrap();
    assert!(told.iter().all(|one| one.origin == Origin::Records), "{told:?}");
    let told = bench.platform.report_figures(Asker::Operator, &government("632223"), year).unwrap();
    assert!(told.iter().any(|one| one.code == HELD && one.origin == Origin::Reported), "{told:?}");
}
