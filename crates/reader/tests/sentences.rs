//! Sentences of the genre with the figures they hold; see `sentences.txt`.

use reader::read;

/// A sentence (it may have several lines) and the figures expected of it.
struct Case {
    at: usize,
    text: String,
    expected: Vec<String>,
}

fn cases(file: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in file.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if let Some(expected) = line.strip_prefix("= ") {
            let case = cases.last_mut().expect("an expected figure follows a sentence");
            case.expected.push(expected.to_owned());
            continue;
        }
        match cases.last_mut() {
            Some(open) if open.expected.is_empty() && !open.text.ends_with(['。', '次']) => {
                open.text.push('\n');
                open.text.push_str(line);
            }
            _ => cases.push(Case { at: number + 1, text: line.to_owned(), expected: Vec::new() }),
        }
    }
    cases
}

#[test]
fn sentences_give_their_figures_and_no_others() {
    let cases = cases(include_str!("sentences.txt"));
    assert!(cases.len() >= 40, "{} sentences", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let found: Vec<String> = read("synthetic", &case.text)
            .iter()
            .map(|f| format!("{} {} {} {}", f.value, f.unit, f.qualifier.name(), f.change.name()))
            .collect();
        if found != case.expected {
            wrong.push(format!("{}: {}\n  expected {:?}\n  found    {:?}", case.at, case.text, case.expected, found));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn subjects_name_the_thing_and_the_deed() {
    for (text, subject) in [
        ("全年办理行政复议案件12件。", "行政复议案件办理数"),
        ("共排查矛盾纠纷300件,成功化解290件,化解率96.7%。", "矛盾纠纷排查数|矛盾纠纷化解数|矛盾纠纷化解率"),
        ("全市26个行政执法单位参加案卷交叉评查。", "参加案卷交叉评查行政执法单位数"),
        ("选聘行政执法监督员30名。", "行政执法监督员数"),
        ("权力事项由120项压减到90项。", "权力事项数（压减前）|权力事项数（压减后）"),
        (
            "办理法律援助案件30件(刑事10件,民事20件)。",
            "法律援助案件办理数|法律援助案件办理数（刑事）|法律援助案件办理数（民事）",
        ),
        ("2016年以来,共审查协议9件。", "协议审查数（2016年以来）"),
        ("投诉举报总量同比下降20%。", "投诉举报总量同比降幅"),
    ] {
        let found: Vec<String> = read("synthetic-2021", text).into_iter().map(|figure| figure.subject).collect();
        assert_eq!(found.join("|"), subject, "{text}");
    }
}
