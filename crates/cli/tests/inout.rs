//! Sheets in and out by commands.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use ledger::{AccountRow, AgencyRow, Store};
use sheets::{Bounds, Cell, read};
use terms::GovernmentCode;

fn fazhi(data: &Path, asked: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fazhi"));
    command.args(asked).arg("--data").arg(data).env_remove("FAZHI_DATA").output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A ledger with one agency and a data steward.
fn ledger(folder: &Path) {
    let county: GovernmentCode = "632222".parse().unwrap();
    let store = store::sqlite::open(folder, &store::Options::default()).unwrap();
    let mut tx = store.begin(&county).unwrap();
    let (government, place) = (county.clone(), county.clone());
    tx.put_agency(&AgencyRow { government, code: "justice".into(), name: "县司法局".into(), place }).unwrap();
    for (name, post) in [("chen", "data_steward"), ("wang", "handler")] {
        tx.put_account(&AccountRow {
            government: county.clone(),
            name: name.into(),
            shown: name.into(),
            agency: "justice".into(),
            posts: vec![post.into()],
            password: String::new(),
        })
        .unwrap();
    }
    tx.commit().unwrap();
}

#[test]
fn a_sheet_is_made_filled_tried_brought_in_and_written_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("county");
    ledger(&data);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let blank = fazhi(&data, &["template", "--line", "officer", "--act", "import_cert", "--out", &at("blank.xlsx")]);
    assert_eq!(blank.status.code(), Some(0), "{}", said(&blank));
    let grid = read(&std::fs::read(at("blank.xlsx")).unwrap(), Bounds::default()).unwrap();
    let titles: Vec<String> = grid.rows[0].cells.iter().map(|(_, cell)| cell.shown()).collect();
    assert!(titles.iter().any(|title| title == "执法证号"), "{titles:?}");

    let rows = "补录持证人员：日期,姓名,执法单位,职务,执法证号,证件种类,执法类别,执法区域,发证日期,有效期至,导入令\n\
                2020-07-01,王某,县司法局,科员,A001,行政执法证,司法行政,祁连县,2020.6.1,2025.5.31,旧台账\n\
                2020-07-01,李某,县司法局,科员,A001,行政执法证,司法行政,祁连县,2020.6.1,2025.5.31,旧台账\n";
    let head: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
    let unknown: Vec<&&str> = head.iter().filter(|title| !titles.contains(&(**title).to_owned())).collect();
    // The title of the last column is the line's own.
    let own = titles.iter().find(|title| title.contains("依据")).cloned().unwrap_or_default();
    assert!(unknown.len() <= 2, "{unknown:?} of {titles:?}");
    std::fs::write(at("rows.csv"), rows.replacen("导入令", &own, 1)).unwrap();
    let import = |more: &[&str]| {
        let (file, verdicts) = (at("rows.csv"), at("verdicts.xlsx"));
        let asked = [
            "import",
            "--line",
            "officer",
            "--act",
            "import_cert",
            "--file",
            &file,
            "--verdicts",
            &verdicts,
            "--order-source",
            "旧台账",
            "--approved-by",
            "局长",
        ];
        fazhi(&data, &[asked.as_slice(), more].concat())
    };
    let tried = import(&["--by", "chen", "--dry-run"]);
    assert_eq!(tried.status.code(), Some(1), "{}", said(&tried));
    assert!(said(&tried).contains("nothing was written: this was a trial"), "{}", said(&tried));
    let verdicts = read(&std::fs::read(at("verdicts.xlsx")).unwrap(), Bounds::default()).unwrap();
    assert_eq!(verdicts.rows[1].get(11), Some(&Cell::Text("可以导入".to_owned())));
    let none = import(&["--by", "chen"]);
    assert!(said(&none).contains("nothing was written"), "{}", said(&none));
    let clerk = import(&["--by", "wang", "--only-good"]);
    assert_eq!(clerk.status.code(), Some(2), "{}", said(&clerk));
    let good = import(&["--by", "chen", "--only-good"]);
    assert!(said(&good).contains("1 came in, 0 had come in before, 1 left out"), "{}", said(&good));
    let again = import(&["--by", "chen", "--only-good"]);
    assert!(said(&again).contains("0 came in, 1 had come in before, 1 left out"), "{}", said(&again));

    let out = fazhi(&data, &["export", "--by", "chen", "--line", "officer", "--out", &at("list.csv")]);
    assert!(said(&out).contains("1 records"), "{}", said(&out));
    assert!(std::fs::read_to_string(at("list.csv")).unwrap().contains("A001"));
    let table = ["table", "--name", "disclosure_annual", "--place", "632222", "--year", "2020", "--out", &at("t.xlsx")];
    let table = fazhi(&data, &table);
    assert_eq!(table.status.code(), Some(0), "{}", said(&table));
    assert!(read(&std::fs::read(at("t.xlsx")).unwrap(), Bounds::default()).is_ok());
    let verified = fazhi(&data, &["verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
}
