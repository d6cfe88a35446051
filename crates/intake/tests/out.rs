//! Lists and official tables, and a mirrored line that comes in again and again.
#![allow(clippy::unwrap_used)]

use intake::{Judgement, Opened, Order, RowVerdict, Take, board, list, open, table};
use platform::{Filter, Person};
use procedure::Language;
use sheets::{Bounds, Cell, FileKind, read};
use terms::GovernmentCode;
use testkit::{Bench, person};

fn county() -> GovernmentCode {
    "632222".parse().unwrap()
}

fn steward() -> Person {
    person(&county(), "chen", "justice", &["data_steward"])
}

fn bench() -> Bench {
    Bench::new(&testkit::repository().unwrap(), "2024-06-03T10:00:00".parse().unwrap()).unwrap()
}

fn order(line: &str, opening: Option<&str>, mirror: Option<&str>) -> Order {
    Order {
        who: steward(),
        line: line.into(),
        opening: opening.map(Into::into),
        mirror: mirror.map(Into::into),
        history: true,
        source: "旧台账".to_owned(),
        approver: "局长".to_owned(),
        language: Language::Zh,
    }
}

fn opened(bench: &Bench, order: Order, csv: &str) -> Opened {
    open(&bench.platform, order, csv.as_bytes(), Bounds::default()).map_err(|why| why.text(Language::Zh)).unwrap()
}

fn comes_in(bench: &Bench, order: Order, csv: &str) -> Vec<RowVerdict> {
    opened(bench, order, csv).run(&bench.platform, Take::Good, "a.csv").unwrap().verdicts
}

const PLATFORM: &str = "平台案件编号,收到申请日期,申请人,申请人类型,申请人数,被申请人,申请方式,被申请行政行为,行政行为种类,统计类别,\
                        管理领域,复议请求,附带审查规范性文件,应当转送,受理日期,副本发送日期,答复日期,提交证据,决定日期,决定结果,责令重作,\
                        重大决定,更为不利,采用自行收集证据,告知诉权,备注\n";

fn case(number: &str, further: &str) -> String {
    format!(
        "{number},2020-07-01,张某,自然人,1,某镇政府,现场,某决定书,行政处罚,政府信息公开,公安,撤销、变更,否,否,{further}\n"
    )
}

#[test]
fn a_mirrored_case_grows_with_each_export() {
    let bench = bench();
    let mirror = || order("", None, Some("reconsideration_platform"));
    let first = format!("{PLATFORM}{}{}", case("P-1", "2020-07-02,,,,,,,,,,,x"), case("P-2", ",,,,,,,,,,,"));
    let told = comes_in(&bench, mirror(), &first);
    assert_eq!(told.iter().map(|one| &one.judgement).collect::<Vec<_>>(), [&Judgement::Good; 2], "{told:?}");
    let id = told[0].record.unwrap();
    let events = |id| bench.platform.record_of(&county(), id).unwrap().unwrap().record.seq;
    let before = events(id);

    let same = comes_in(&bench, mirror(), &first);
    assert_eq!(same.iter().map(|one| &one.judgement).collect::<Vec<_>>(), [&Judgement::Same; 2], "{same:?}");
    assert_eq!(events(id), before);

    let decided = "2020-07-02,2020-07-05,2020-07-10,是,2020-08-03,撤销行政行为,否,否,否,否,是,";
    let later = comes_in(&bench, mirror(), &format!("{PLATFORM}{}", case("P-1", decided)));
    assert_eq!(later[0].judgement, Judgement::Adds(3), "{later:?}");
    assert_eq!(later[0].record, Some(id));
    let view = bench.platform.record_of(&county(), id).unwrap().unwrap();
    assert_eq!(view.row.stage, "decided");
    let out_of_order = view.record.findings.iter().any(|(_, code)| code == "out_of_order");
    assert!(!out_of_order, "{:?}", view.record.findings);

    let otherwise = decided.replace("撤销行政行为", "维持行政行为").replace("2020-07-05", "2020-07-06");
    let against = comes_in(&bench, mirror(), &format!("{PLATFORM}{}", case("P-1", &otherwise)));
    assert_eq!(against[0].judgement, Judgement::Contradicts);
    let reasons = against[0].reasons();
    assert!(reasons.contains("“2020-07-05”，在导出表中为“2020-07-06”") && reasons.contains("“维持”"), "{reasons}");
    let withdrawn = comes_in(&bench, mirror(), &format!("{PLATFORM}{}", case("P-1", "2020-07-02,,,,,,,,,,,")));
    assert_eq!(withdrawn[0].judgement, Judgement::Contradicts, "what is gone from the export is told");
    assert_eq!(events(id), view.record.seq, "what contradicts changes nothing");
    bench.platform.verify(&county()).unwrap().unwrap();
}

/// Applications of 2020 with their outcomes, and one carried over from 2019.
fn applications(bench: &Bench) {
    let head = "收到申请：日期,申请人,申请人：类别,申请人类别,联系方式,提交方式,所需信息的名称、文号或者特征描述,要求的提供形式,\
                存在阅读困难或者视听障碍,登记审核：日期,登记审核：申请内容明确,@disclose,disclose.outcome,disclose.open_mode,\
                disclose.access,disclose.third_interest,disclose.involves_others,disclose.reviewed\n";
    let row = |day: &str, kind: &str, what: &str, answered: &str| {
        let answer = if answered.is_empty() {
            ",,,,,,".to_owned()
        } else {
            format!("{answered},予以公开,提供该政府信息,见附件,否,否,是")
        };
        format!("{day},某人{what},公民,{kind},13900000000,当面提交,{what},纸质,否,{day},是,{answer}\n")
    };
    let rows = [
        row("2019-12-20", "自然人", "甲", "2020-01-10"),
        row("2020-03-02", "自然人", "乙", "2020-03-10"),
        row("2020-04-01", "商业企业", "丙", "2020-04-10"),
        row("2020-12-20", "商业企业", "丁", ""),
    ];
    let told = comes_in(bench, order("disclosure", Some("receive"), None), &format!("{head}{}", rows.concat()));
    assert!(told.iter().all(|one| one.judgement == Judgement::Good), "{told:#?}");
}

#[test]
fn the_yearly_table_is_told_and_adds_up() {
    let bench = bench();
    applications(&bench);
    let told = table(&bench.platform, "disclosure_annual", &county(), 2020).map_err(|why| format!("{why:?}")).unwrap();
    assert!(told.wrong.is_empty(), "{:?}", told.wrong);
    let row = |code: &str| {
        let at = told.form.parts[0].rows.iter().position(|row| row.code == code).unwrap();
        told.numbers[0][at].clone()
    };
    // Natural persons, enterprises, four further kinds, in all.
    assert_eq!(row("received"), [1, 2, 0, 0, 0, 0, 3]);
    assert_eq!(row("carried"), [1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(row("open"), [2, 1, 0, 0, 0, 0, 3]);
    assert_eq!(row("secret"), [0; 7]);
    assert_eq!(row("concluded"), [2, 1, 0, 0, 0, 0, 3]);
    assert_eq!(row("pending"), [0, 1, 0, 0, 0, 0, 1]);

    let grid = read(&board(&told, Language::Zh).bytes().unwrap(), Bounds::default()).unwrap();
    let titles: Vec<String> = grid.rows.iter().map(|row| row.cells[0].1.shown()).collect();
    assert!(titles[0].starts_with("祁连县2020年"), "{titles:?}");
    let received = grid.rows.iter().find(|row| row.cells[0].1.shown().starts_with("一、")).unwrap();
    let numbers: Vec<&Cell> =
        received.cells.iter().map(|(_, cell)| cell).filter(|cell| matches!(cell, Cell::Number(_))).collect();
    assert_eq!(numbers, [1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 3.0].map(Cell::Number).iter().collect::<Vec<_>>());
    let all =
        grid.rows.iter().flat_map(|row| row.cells.iter().map(|(_, cell)| cell.shown())).collect::<Vec<_>>().join(" ");
    for title in ["法人或其他组织", "8.属于行政查询事项", "未经复议直接起诉", "（七）总计", "四、政府信息公开行政复议"]
    {
        assert!(all.contains(title), "{title}: {all}");
    }
    assert!(table(&bench.platform, "nothing", &county(), 2020).is_err());
}

#[test]
fn cases_about_information_stand_in_the_fourth_part() {
    let bench = bench();
    let decided = "2020-07-02,2020-07-05,2020-07-10,是,2020-08-03,撤销行政行为,否,否,否,否,是,";
    let csv =
        format!("{PLATFORM}{}{}", case("P-1", decided), case("P-2", "2020-07-02,2020-07-05,2020-07-10,是,,,,,,,,"));
    comes_in(&bench, order("", None, Some("reconsideration_platform")), &csv);
    let told = table(&bench.platform, "disclosure_annual", &county(), 2020).map_err(|why| format!("{why:?}")).unwrap();
    let numbers = &told.numbers[1][0];
    assert_eq!(numbers[..5], [0, 1, 0, 1, 2], "corrected, pending, in all");
    assert_eq!(numbers[5..], [0; 10]);
}

#[test]
fn a_list_goes_out_masked_and_is_noted() {
    let bench = bench();
    applications(&bench);
    let filter = Filter { line: Some("disclosure".into()), ..Filter::default() };
    let mut bytes = Vec::new();
    let how = (FileKind::Csv, Language::Zh, "?line=disclosure");
    let rows = list(&bench.platform, &steward(), &filter, how, &mut bytes).map_err(|why| format!("{why:?}")).unwrap();
    assert_eq!(rows, 4);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.starts_with('\u{feff}') && !text.contains("13900000000"), "{text}");
    let grid = read(&bytes, Bounds::default()).unwrap();
    let titles: Vec<String> = grid.rows[0].cells.iter().map(|(_, cell)| cell.shown()).collect();
    assert!(titles.contains(&"申请人类别".to_owned()) && titles.contains(&"记录编号".to_owned()), "{titles:?}");
    let mut sheet = Vec::new();
    let how = (FileKind::Xlsx, Language::Zh, "?line=disclosure");
    list(&bench.platform, &steward(), &filter, how, &mut sheet).map_err(|why| format!("{why:?}")).unwrap();
    let other = read(&sheet, Bounds::default()).unwrap();
    assert_eq!(other.rows.len(), grid.rows.len());
    let noted = bench.platform.exchanges(&county(), 9).unwrap();
    let out: Vec<_> = noted.iter().filter(|row| !row.inward).collect();
    assert_eq!(out.len(), 2);
    assert!(out.iter().all(|row| row.came == 4 && row.source == "?line=disclosure" && row.account == "chen"));

    // Another agency's clerk lists nothing of it.
    let clerk = person(&county(), "sun", "market", &["handler"]);
    let rows = list(&bench.platform, &clerk, &filter, how, &mut Vec::new()).map_err(|why| format!("{why:?}")).unwrap();
    assert_eq!(rows, 0);
}

/// However long a list is, it is read in stretches and written as it is read.
#[test]
fn a_list_longer_than_a_stretch_loses_nothing() {
    let bench = bench();
    let head = "收到申请：日期,申请人,申请人：类别,申请人类别,联系方式,提交方式,所需信息的名称、文号或者特征描述,要求的提供形式,存在阅读困难或者视听障碍\n";
    let rows: String = (0..1_203)
        .map(|n| format!("2020-0{}-15,某人{n},公民,自然人,1390000{n:04},当面提交,第{n}件,纸质,否\n", 1 + n % 9))
        .collect();
    let told = comes_in(&bench, order("disclosure", Some("receive"), None), &format!("{head}{rows}"));
    assert!(told.iter().all(|one| one.judgement == Judgement::Good));
    let mut bytes = Vec::new();
    let how = (FileKind::Csv, Language::Zh, "");
    let rows = list(&bench.platform, &steward(), &Filter::default(), how, &mut bytes)
        .map_err(|why| format!("{why:?}"))
        .unwrap();
    assert_eq!(rows, 1_203);
    let grid = read(&bytes, Bounds::default()).unwrap();
    let mut ids: Vec<String> = grid.rows[1..].iter().map(|row| row.cells[0].1.shown()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1_203);
}
