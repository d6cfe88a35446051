//! An official letter, printed and made as a text processor opens it, and measured as another program reads it.
#![allow(clippy::unwrap_used, reason = "what fails here is the test")]

use std::path::Path;
use std::process::Command;

use composer::{Head, Letter, Piece, Report, Section};
use procedure::Language;

/// Points in a millimetre.
const MM: f64 = 72.0 / 25.4;

/// A line of a page: its words without spaces, and where they stand in points from the upper left corner.
#[derive(Debug)]
struct Line {
    text: String,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// The lines of each page, from the top.
fn lines(pdf: &Path) -> Vec<Vec<Line>> {
    let read = Command::new("pdftotext").args(["-bbox-layout"]).arg(pdf).arg("-").output();
    let read = read.expect("pdftotext reads what was printed (Debian: apt install poppler-utils)");
    let told = String::from_utf8(read.stdout).unwrap();
    let page = |page: &str| {
        let mut lines: Vec<Line> = page.split("<line ").skip(1).map(line).collect();
        lines.sort_by(|a, b| a.top.total_cmp(&b.top));
        lines
    };
    told.split("<page ").skip(1).map(page).collect()
}

fn line(told: &str) -> Line {
    let at = |name: &str| {
        let rest = told.split_once(&format!("{name}=\"")).unwrap().1;
        rest.split('"').next().unwrap().parse::<f64>().unwrap()
    };
    let word = |word: &str| word.split_once('>').and_then(|(_, rest)| rest.split_once("</word>")).unwrap().0.to_owned();
    Line {
        text: told.split("<word ").skip(1).map(word).collect(),
        left: at("xMin"),
        top: at("yMin"),
        right: at("xMax"),
        bottom: at("yMax"),
    }
}

/// A report of three pages and more, one letter over and over: what breaks a line is its width alone.
fn report() -> Letter {
    let long = |letters: usize| vec![Piece::Text("法".repeat(letters))];
    let section =
        |title: &str, letters| Section { title: title.into(), sentences: vec![long(letters)], ..Section::default() };
    let report = Report {
        title: "某县2020年法治政府建设年度报告".into(),
        language: Language::Zh,
        sections: vec![section("主要举措和成效", 28 * 50 - 2), section("存在的不足和原因", 20)],
    };
    report.letter(&Head {
        organ: "某县人民政府".into(),
        number: "某政〔2021〕3号".into(),
        signer: "王某某".into(),
        to: "某州人民政府".into(),
        day: "2021年2月26日".into(),
        remarks: vec!["本件为合成数据".into()],
        copies: "某州司法局，某县人大常委会".into(),
    })
}

/// What the standard measures, within a millimetre. `leading` is the space that belongs to the first and the last line, in
/// points: a text processor gives every line its own.
fn measure(pages: &[Vec<Line>], leading: f64) {
    let near = |what: &str, measured: f64, want: f64| {
        assert!((measured - want).abs() <= 1.0, "{what}: {measured:.2} mm, and {want} mm are right");
    };
    let foot = |page: &[Line]| page.iter().position(|line| line.text.starts_with('—')).unwrap();
    // The second page is full of text.
    let second = &pages[1];
    let text: Vec<&Line> = second.iter().filter(|line| line.text.starts_with('法')).collect();
    assert_eq!(text.len(), 22, "lines of a page");
    assert!(text.iter().all(|line| line.text.chars().count() == 28), "letters of a line: {text:?}");
    let (first, last) = (text[0], text[21]);
    near("left edge", first.left / MM, 28.0);
    near("right edge", first.right / MM, 184.0);
    // From the middle of the first line to that of the last, and a letter.
    let middle = |line: &Line| (line.top + line.bottom) / 2.0;
    near("height of the text", (middle(last) - middle(first) + 15.75 + leading) / MM, 225.0);
    // Within its line a text processor sets a letter higher or lower, as its face says.
    let top = (middle(first) - 15.75 / 2.0) / MM;
    assert!((36.0..=38.0 + leading / MM).contains(&top), "top edge: {top:.2} mm, and 37 mm are right");
    // Its number stands to the left, that of the first page to the right.
    let number = &second[foot(second)];
    assert_eq!(number.text, "—2—");
    near("left page number", number.left / MM, 28.0 + 14.0 / MM);
    let number = &pages[0][foot(&pages[0])];
    assert_eq!(number.text, "—1—");
    near("right page number", number.right / MM, 184.0 - 14.0 / MM);

    let find = |page: usize, text: &str| pages[page].iter().find(|line| line.text.contains(text)).unwrap();
    let mark = find(0, "人民政府文件");
    let centre = |line: &Line| (line.left + line.right) / 2.0 / MM;
    near("middle of the red head", centre(mark), 106.0);
    near("middle of the title", centre(find(0, "年度报告")), 106.0);
    let upward = pages[0].iter().filter(|line| line.text.contains("3号") || line.text.contains("签发人"));
    let (left, right) = upward.fold((f64::MAX, 0.0_f64), |(l, r), line| (l.min(line.left), r.max(line.right)));
    near("number of a letter upward", left / MM, 28.0 + 15.75 / MM);
    near("who signed", right / MM, 184.0 - 15.75 / MM);
    let end = pages.len() - 1;
    let (who, day) = (find(end, "某县人民政府"), find(end, "2021年2月26日"));
    near("the day ends four letters from the edge", day.right / MM, 184.0 - 4.0 * 15.75 / MM);
    if leading == 0.0 {
        // LibreOffice keeps a space between 年 and a digit, and lets a table that floats stay with the text.
        near("the name stands above the middle of the day", centre(who), centre(day));
        let issued = pages[end].iter().find(|line| line.text.contains("办公室")).unwrap();
        assert!(issued.bottom / MM > 250.0 && issued.bottom / MM < 262.5, "at the foot: {}", issued.bottom / MM);
    }
}

#[test]
fn a_printed_letter_measures_what_the_standard_says() {
    let pdf = press::letter(&report()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.pdf");
    std::fs::write(&path, &pdf).unwrap();
    if let Some(kept) = std::env::var_os("KEEP_LETTER") {
        std::fs::write(kept, &pdf).unwrap();
    }
    measure(&lines(&path), 0.0);
    assert!(press::letter_faces().iter().all(Option::is_some));
    assert_eq!(press::letter(&report()).unwrap(), pdf, "the same is the same to the byte");
}

/// Where LibreOffice opens what Word and WPS open.
#[test]
fn a_letter_in_a_text_processor_measures_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.docx");
    std::fs::write(&path, papers::sheet(&report().page())).unwrap();
    let home = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let mut office = Command::new("soffice");
    office.arg(home).args(["--headless", "--convert-to", "pdf", "--outdir"]).arg(folder.path()).arg(&path);
    let done = office.output().expect("LibreOffice opens it (Debian: apt install libreoffice-writer-nogui)");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let pdf = folder.path().join("letter.pdf");
    if let Some(kept) = std::env::var_os("KEEP_DOCX_LETTER") {
        std::fs::copy(&pdf, kept).unwrap();
    }
    measure(&lines(&pdf), 28.95 - 15.75);
}
