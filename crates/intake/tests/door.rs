//! Rows through the door: tried, brought in, and never twice.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use intake::{Columns, OpenWrong, Opened, Order, RowVerdict, Take, open, verdict_sheet};
use ledger::{AccountRow, AgencyRow, Store};
use platform::{Filter, Person, RequestAsk};
use procedure::Language;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use sheets::{Bounds, Cell, read};
use terms::{DateTime, GovernmentCode, Value};
use testkit::{Bench, person};

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn steward() -> Person {
    person(&county(), "chen", "justice", &["data_steward", "reconsideration_officer"])
}

fn bench() -> Bench {
    over(&testkit::small(&[("demo/2024", testkit::DEMO)]).unwrap())
}

fn over(catalog: &Arc<catalog::Catalog>) -> Bench {
    let bench = Bench::new(catalog, "2026-03-02T10:00:00".parse().unwrap()).unwrap();
    let store = bench.temp.store();
    let mut tx = store.begin(&county()).unwrap();
    for (code, name) in [("justice", "县司法局"), ("market", "县市场监督管理局")] {
        let (government, place) = (county(), county());
        tx.put_agency(&AgencyRow { government, code: code.into(), name: name.into(), place }).unwrap();
    }
    for (name, shown) in [("chen", "陈某"), ("sun", "孙某"), ("sun2", "孙某")] {
        let account = AccountRow {
            government: county(),
            name: name.into(),
            shown: shown.into(),
            agency: "market".into(),
            posts: Vec::new(),
            password: String::new(),
        };
        tx.put_account(&account).unwrap();
    }
    tx.commit().unwrap();
    bench
}

fn order() -> Order {
    Order {
        who: steward(),
        line: "demo".into(),
        opening: None,
        mirror: None,
        history: true,
        source: "纸质登记簿".to_owned(),
        approver: "局长".to_owned(),
        language: Language::Zh,
    }
}

fn opened(bench: &Bench, order: Order, csv: &str) -> Opened {
    open(&bench.platform, order, csv.as_bytes(), Bounds::default()).map_err(|why| why.text(Language::Zh)).unwrap()
}

fn words(verdicts: &[RowVerdict]) -> Vec<String> {
    verdicts.iter().map(|verdict| verdict.judgement.word(Language::Zh)).collect()
}

fn records(bench: &Bench) -> u32 {
    bench.platform.list(&steward(), &Filter::default()).unwrap().total
}

const HEAD: &str = "收到申请：日期,申请人,申请人：类别,事项\n";

#[test]
fn a_trial_leaves_nothing_and_the_rows_come_in_once() {
    let bench = bench();
    let csv = format!("{HEAD}2025年7月15日,张某,公民,甲\n2025.7.16,某公司,法人,乙\n20250717,李某,个人,丙\n");
    let sheet = opened(&bench, order(), &csv);
    assert_eq!(words(&sheet.preview(&bench.platform).unwrap()), ["可以导入"; 3]);
    assert_eq!((records(&bench), bench.platform.position(&county()).unwrap()), (0, 0));
    let outcome = sheet.run(&bench.platform, Take::All, "旧.csv").unwrap();
    let noted = outcome.noted.unwrap();
    assert_eq!((noted.rows, noted.came, noted.repeated, noted.left_out), (3, 3, 0, 0));
    assert_eq!((noted.first, noted.last), (0, 3));
    assert_eq!(records(&bench), 3);
    bench.clock.set("2026-03-03T10:00:00".parse().unwrap());
    // The same rows in another file, in another order, with a further one: it alone comes in.
    let csv = "事项,备注,申请人,申请人：类别,收到申请：日期\n乙,x,某公司,法人,2025.7.16\n丁,,王某,公民,2025-07-18\n";
    let sheet = opened(&bench, order(), csv);
    assert!(sheet.notes[0].contains("备注"), "a column that is not known is told");
    let outcome = sheet.run(&bench.platform, Take::All, "新.csv").unwrap();
    assert_eq!(words(&outcome.verdicts), ["此前已导入", "可以导入"]);
    assert_eq!(records(&bench), 4);
    let files = bench.platform.exchanges(&county(), 9).unwrap();
    assert_eq!(files.iter().map(|row| (row.came, row.repeated)).collect::<Vec<_>>(), [(1, 1), (3, 0)]);
    assert_eq!((files[0].source.as_str(), files[0].approver.as_str()), ("纸质登记簿", "局长"));
    // What came in verifies, and is dated as the sheet says.
    bench.platform.verify(&county()).unwrap().unwrap();
    let list = bench.platform.list(&steward(), &Filter::default()).unwrap();
    assert_eq!(list.rows.last().unwrap().0.opened.to_string(), "2025-07-15");
}

#[test]
fn all_or_none_and_only_the_good() {
    let bench = bench();
    let csv = format!(
        "{HEAD}2025-07-15,张某,公民,甲\n昨天,李某,公民,乙\n2025-07-15,张某,公民,甲\n2025-07-16,,公民,丙\n2027-01-01,王某,公民,丁\n2025-07-17,赵某,公民,甲\n"
    );
    let sheet = opened(&bench, order(), &csv);
    let outcome = sheet.run(&bench.platform, Take::All, "a.csv").unwrap();
    assert!(outcome.noted.is_none());
    assert_eq!(records(&bench), 0);
    let told = ["可以导入", "不完整", "与第 2 行相同", "不完整", "不完整", "不予办理"];
    assert_eq!(words(&outcome.verdicts), told);
    assert_eq!(outcome.verdicts[1].why[0].column, Some(0), "the cell is known");
    assert!(outcome.verdicts[5].reasons().contains("已被另一案卷使用"), "{}", outcome.verdicts[5].reasons());
    let noted = sheet.run(&bench.platform, Take::Good, "a.csv").unwrap().noted.unwrap();
    assert_eq!((noted.came, noted.left_out, records(&bench)), (1, 5, 1));
    let bytes = verdict_sheet(&sheet, &outcome.verdicts).unwrap();
    let back = read(&bytes, Bounds::default()).unwrap();
    assert_eq!(back.rows[0].get(4), Some(&Cell::Text("结论".to_owned())));
    assert_eq!(back.rows[2].get(4), Some(&Cell::Text("不完整".to_owned())));
}

#[test]
fn history_comes_with_its_further_acts_and_whole_or_not_at_all() {
    let bench = bench();
    let head = "收到申请：日期,申请人,申请人：类别,事项,受理：日期,决定：日期,决定：结果,决定：文号\n";
    let rows = "2025-07-01,张某,公民,甲,2025-07-03,2025-07-20,维持,祁复决〔2025〕3号\n\
                2025-07-01,李某,公民,乙,2025-07-03,2025-07-20,,\n\
                2025-07-05,王某,公民,丙,2025-07-04,,,\n\
                2025-07-01,赵某,公民,丁,2025-07-03,,,\n";
    let sheet = opened(&bench, order(), &format!("{head}{rows}"));
    let noted = sheet.run(&bench.platform, Take::Good, "a.csv").unwrap();
    // The second lacks its outcome after two acts were written, the third was accepted before it came: neither leaves anything.
    assert_eq!(words(&noted.verdicts), ["可以导入", "不完整", "不予办理", "可以导入"]);
    assert!(noted.verdicts[1].reasons().contains("结果"), "{}", noted.verdicts[1].reasons());
    assert!(noted.verdicts[2].reasons().contains("R211"), "{}", noted.verdicts[2].reasons());
    assert_eq!(records(&bench), 2);
    let id = noted.verdicts[0].record.unwrap();
    let view = bench.platform.record_of(&county(), id).unwrap().unwrap();
    let days: Vec<String> = view.timeline.iter().map(|entry| entry.done_at.date().to_string()).collect();
    assert!(days.ends_with(&["2025-07-20".to_owned()]) && days.len() >= 3, "{days:?}");
    assert_eq!(view.row.label, "祁复决〔2025〕3号 甲", "history brings its own number");
    bench.platform.verify(&county()).unwrap().unwrap();
}

#[test]
fn what_excel_does_to_cells() {
    let bench = bench();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy/m/d");
    for (column, title) in (0..).zip([
        "收到申请：日期",
        "申请人",
        "申请人：证件号码或者统一社会信用代码",
        "事项",
        "有效期至",
        "机关",
        "承办人",
    ]) {
        sheet.write_string(0, column, title).unwrap();
    }
    let person = terms::with_citizen_check("63222219900101001").unwrap();
    let company = terms::with_uscc_check("91632222MA7580000").unwrap();
    sheet.write_datetime_with_format(1, 0, ExcelDateTime::from_ymd(2025, 7, 15).unwrap(), &day).unwrap();
    sheet.write_string(1, 1, "张某").unwrap();
    sheet.write_string(1, 2, &person).unwrap();
    sheet.write_number(1, 3, 1_001.0).unwrap();
    sheet.write_number(1, 4, 46_388.0).unwrap();
    sheet.write_string(1, 5, "县市场监督管理局").unwrap();
    sheet.write_number(2, 0, 45_853.0).unwrap();
    sheet.write_string(2, 1, "某公司").unwrap();
    sheet.write_string(2, 2, company.to_lowercase()).unwrap();
    sheet.write_string(2, 3, "第二件").unwrap();
    sheet.write_number(3, 0, 20_250_717.0).unwrap();
    sheet.write_string(3, 1, "李某").unwrap();
    sheet.write_number(3, 2, 632_222_199_001_010_000.0).unwrap();
    sheet.write_string(3, 3, "第三件").unwrap();
    sheet.write_string(3, 5, "县税务局").unwrap();
    sheet.write_string(3, 6, "孙某").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let sheet =
        open(&bench.platform, order(), &bytes, Bounds::default()).map_err(|why| why.text(Language::Zh)).unwrap();
    let outcome = sheet.run(&bench.platform, Take::Good, "a.xlsx").unwrap();
    assert_eq!(words(&outcome.verdicts), ["可以导入", "可以导入", "不完整"]);
    let told = outcome.verdicts[2].reasons();
    for part in ["第十五位以后的数字已经丢失", "没有名为“县税务局”的机关", "不止一位"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(outcome.verdicts[2].why.iter().map(|why| why.column).collect::<Vec<_>>(), [Some(5), Some(6), Some(2)]);
    let first = bench.platform.record_of(&county(), outcome.verdicts[0].record.unwrap()).unwrap().unwrap();
    assert_eq!((first.row.opened.to_string().as_str(), first.row.agency.as_str()), ("2025-07-15", "market"));
    let held = |code: &str| first.record.get(first.line.field_id(code).unwrap()).cloned().unwrap();
    assert_eq!(held("matter"), Value::Text("1001".to_owned()));
    assert_eq!(held("valid_to"), Value::Date("2027-01-01".parse().unwrap()));
    let Value::Party(party) = held("applicant") else { panic!() };
    assert_eq!((party.kind, party.number.as_deref()), (terms::PartyKind::Person, Some(person.as_str())));
}

#[test]
fn as_of_today_rows_are_judged_like_forms() {
    let bench = bench();
    let order = Order { history: false, source: String::new(), approver: String::new(), ..order() };
    let sheet = opened(&bench, order, "申请人,申请人：类别,事项\n张某,公民,甲\n");
    let outcome = sheet.run(&bench.platform, Take::All, "a.csv").unwrap();
    let view = bench.platform.record_of(&county(), outcome.verdicts[0].record.unwrap()).unwrap().unwrap();
    assert_eq!(view.timeline[0].done_at, "2026-03-02T10:00:00".parse::<DateTime>().unwrap());
    assert_eq!(bench.platform.exchanges(&county(), 9).unwrap()[0].standing, "normal");
}

#[test]
fn who_may_and_what_is_no_order() {
    let bench = bench();
    let csv = format!("{HEAD}2025-07-15,张某,公民,甲\n");
    let wrong = |order: Order, csv: &str| match open(&bench.platform, order, csv.as_bytes(), Bounds::default()) {
        Ok(_) => panic!("it was opened"),
        Err(why) => why,
    };
    let clerk = Order { who: person(&county(), "wang", "justice", &["handler"]), ..order() };
    assert!(matches!(wrong(clerk, &csv), OpenWrong::NotAllowed));
    assert!(matches!(wrong(Order { approver: " ".to_owned(), ..order() }, &csv), OpenWrong::NoOrder));
    assert!(matches!(wrong(Order { line: "nothing".into(), ..order() }, &csv), OpenWrong::Unknown(_)));
    assert!(matches!(wrong(order(), "甲,乙\n1,2\n"), OpenWrong::Head(_)));
    let OpenWrong::Lacks(titles) = wrong(order(), "申请人,事项\n1,2\n") else { panic!() };
    assert_eq!(titles, ["收到申请：日期"]);
    assert!(matches!(wrong(order(), "%PDF-"), OpenWrong::Unreadable(_)));
}

/// The first record of a line freezes its definition; where it was only tried, the next that comes in must freeze it again.
#[test]
fn a_definition_that_was_only_tried_is_kept_when_it_is_needed() {
    let bench = bench();
    let csv = format!("{HEAD}2025-07-15,张某,公民,甲\n");
    opened(&bench, order(), &csv).preview(&bench.platform).unwrap();
    let party = Value::Party(Box::new(terms::Party {
        kind: terms::PartyKind::Person,
        name: "李某".to_owned(),
        number: None,
        phone: None,
        address: None,
    }));
    let inputs = [("applicant", party), ("matter", Value::Text("乙".to_owned()))];
    let request = bench.act(&steward(), "demo", None, "receive", &inputs);
    assert!(matches!(request.ask, RequestAsk::Act(_)));
    bench.submit(request).unwrap();
    assert_eq!(bench.temp.store().read().unwrap().definitions().unwrap().len(), 1);
}

#[test]
fn an_empty_sheet_is_read_as_the_columns_it_was_made_of() {
    let catalog = testkit::repository().unwrap();
    let bench = over(&catalog);
    for (code, history) in [("officer", false), ("reconsideration", true), ("disclosure", true), ("penalty", true)] {
        let line = bench.platform.line_today(&county(), code).unwrap();
        let columns = Columns::of(std::slice::from_ref(&line), None, history).unwrap();
        let agencies = vec!["县司法局".to_owned()];
        for language in [Language::Zh, Language::En] {
            let bytes = intake::form(&line, &columns, &agencies, language).unwrap();
            let mut grid = read(&bytes, Bounds::default()).unwrap();
            assert_eq!(grid.rows.len(), 1, "{code}: no example row");
            let heads = sheets::heads(&mut grid, |title| columns.find(title).is_some()).unwrap();
            let found: Vec<Option<usize>> = heads.columns.iter().map(|(_, title)| columns.find(title)).collect();
            assert_eq!(found, (0..columns.all.len()).map(Some).collect::<Vec<_>>(), "{code} {language:?}");
        }
    }
}
