//! Both languages say the same things, and nothing that the program answers is without words.

use kernel::GapKind;
use procedure::Language;

/// Every code that kernel/src/refusal.rs lists.
const REFUSALS: [&str; 18] = [
    "R101", "R102", "R103", "R104", "R201", "R202", "R203", "R204", "R205", "R206", "R207", "R208", "R209", "R210",
    "R211", "R212", "R213", "R214",
];

#[test]
fn both_languages_have_the_same_codes() {
    let (zh, en) = (wording::codes(Language::Zh), wording::codes(Language::En));
    assert_eq!(zh, en);
    for code in zh {
        assert!(wording::has(Language::Zh, code), "zh.ftl: `{code}` cannot be read");
        assert!(wording::has(Language::En, code), "en.ftl: `{code}` cannot be read");
    }
}

#[test]
fn codes_are_said_once() {
    let mut codes = wording::codes(Language::Zh);
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all);
}

#[test]
fn every_refusal_has_words_and_a_remedy() {
    for code in REFUSALS {
        for language in [Language::Zh, Language::En] {
            assert!(wording::has(language, &format!("refusal-{code}")), "{code}");
            assert!(wording::has(language, &format!("refusal-{code}-next")), "{code}");
        }
    }
}

#[test]
fn the_list_of_refusals_is_the_kernels() {
    let source = include_str!("../../kernel/src/refusal.rs");
    let listed = source.lines().filter(|line| line.contains("///")).flat_map(|line| line.split([' ', '·']));
    let code = |word: &&str| word.len() == 4 && word.starts_with('R') && word[1..].bytes().all(|b| b.is_ascii_digit());
    let listed: Vec<&str> = listed.filter(code).collect();
    assert_eq!(listed, REFUSALS);
}

#[test]
fn every_gap_and_every_answer_has_words() {
    let gaps = [
        GapKind::Missing,
        GapKind::WrongType,
        GapKind::UnknownChoice,
        GapKind::NotAsked,
        GapKind::NoReason,
        GapKind::NothingToCorrect,
    ];
    let answers = ["done", "refused", "asks", "incomplete", "stale", "unknown", "taken", "no-attachment", "wrong-time"];
    let codes = gaps.map(|kind| wording::gap_code(kind).to_owned()).into_iter();
    for code in codes.chain(answers.map(|answer| format!("answer-{answer}"))) {
        assert!(wording::has(Language::Zh, &code) && wording::has(Language::En, &code), "{code}");
    }
}

#[test]
fn every_file_that_is_not_read_is_told_what_to_do() {
    for code in reader::Closed::CODES {
        let code = format!("imports-read-{code}");
        assert!(wording::has(Language::Zh, &code) && wording::has(Language::En, &code), "{code}");
    }
}

#[test]
fn arguments_are_filled_in() {
    let said = wording::say(Language::Zh, "refusal-R204-next", &[("day", "2026-09-15".to_owned())]);
    assert_eq!(said, "请最迟于2026-09-15（含当日）办结。");
}

#[test]
fn a_refusal_reads_as_the_house_style_shows_it() {
    let refusal = kernel::Refusal {
        code: "R204",
        rule: None,
        law: vec!["行政复议法 62.1".parse().unwrap()],
        why: None,
        instead: None,
        lacking: Vec::new(),
        day: Some("2026-09-15T23:59:59".parse().unwrap()),
    };
    let text = wording::refusal(Language::Zh, "延长", &refusal).text(Language::Zh);
    assert_eq!(
        text,
        "未能“延长”（R204）  可延长的期限已经用完，不能再延长。\n依据：行政复议法 第六十二条第一款\n\
         下一步：请最迟于2026-09-15（含当日）办结。"
    );
}
