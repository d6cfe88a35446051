//! A report as an official letter, in docx and in PDF, each beside an empty one by the same library.

use std::time::{Duration, Instant};

use composer::{Head, Letter, Piece, Report, Section};
use procedure::Language;

use crate::{Measured, Res};

const TIMED: usize = 9;
/// The report takes at most so many times an empty document.
const BOUND: f64 = 20.0;

/// Writes the report and an empty letter, in turns.
pub fn measure() -> Res<Vec<Measured>> {
    let (full, empty) = (report(), Letter::default());
    let letters: usize = full.lines.iter().map(|line| line.text.chars().count()).sum();
    let mut rows = vec![Measured::plain("letters of the report", letters.to_string())];
    rows.extend(beside("docx", &full, &empty, &|letter| {
        let written = papers::sheet(&letter.page());
        if written.is_empty() { Err("the docx is empty".into()) } else { Ok(()) }
    })?);
    #[cfg(feature = "press")]
    rows.extend(beside("PDF", &full, &empty, &|letter| {
        let printed = press::letter(letter)?;
        if printed.is_empty() { Err("the PDF is empty".into()) } else { Ok(()) }
    })?);
    Ok(rows)
}

fn beside(what: &str, full: &Letter, empty: &Letter, write: &dyn Fn(&Letter) -> Res<()>) -> Res<Vec<Measured>> {
    let (mut of_full, mut of_empty) = (Vec::new(), Vec::new());
    // The first of each does not count: fonts are read then.
    for turn in 0..=TIMED {
        for (letter, times) in [(full, &mut of_full), (empty, &mut of_empty)] {
            let began = Instant::now();
            write(letter)?;
            if turn > 0 {
                times.push(began.elapsed());
            }
        }
    }
    of_full.sort();
    of_empty.sort();
    let (of_full, of_empty) = (of_full[TIMED / 2], of_empty[TIMED / 2]);
    let ratio = of_full.as_secs_f64() / of_empty.as_secs_f64();
    let millis = |took: Duration| format!("{:.2}", took.as_secs_f64() * 1e3);
    Ok(vec![
        Measured::plain(format!("report as {what}, milliseconds"), millis(of_full)),
        Measured::plain(format!("an empty {what}, milliseconds"), millis(of_empty)),
        Measured::bound("  times as long", format!("{ratio:.1}"), "<= 20", ratio <= BOUND),
    ])
}

/// A report of the usual length: some twelve pages.
fn report() -> Letter {
    let sentence = |n: usize| {
        vec![
            Piece::Text(format!("第{n}项工作按年度计划推进，全年办理事项")),
            Piece::Text((n * 37 % 1_000).to_string()),
            Piece::Text(
                "件，其中在法定期限内办结的占绝大多数，未办结的已经逐件说明理由并明确责任人和完成时限。".to_owned(),
            ),
        ]
    };
    let section = |n: usize| Section {
        title: format!("第{n}方面的主要举措和成效"),
        sentences: (0..20).map(|m| sentence(n * 20 + m)).collect(),
        ..Section::default()
    };
    let report = Report {
        title: "某县2020年法治政府建设年度报告".into(),
        language: Language::Zh,
        sections: (1..=6).map(section).collect(),
    };
    report.letter(&Head {
        organ: "某县人民政府".into(),
        number: "某政〔2021〕3号".into(),
        signer: "王某某".into(),
        to: "某州人民政府".into(),
        day: "2021年2月26日".into(),
        remarks: vec!["本件为合成数据".into()],
        copies: "某州司法局".into(),
    })
}
