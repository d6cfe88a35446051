//! Contradictions that are found, and texts that must raise none; see `audits.txt`.

use reader::{audit, read};

#[test]
fn contradictions_are_found_and_nothing_else_is_called_one() {
    let mut cases: Vec<(usize, String, Vec<String>)> = Vec::new();
    for (number, line) in include_str!("audits.txt").lines().enumerate() {
        match (line.strip_prefix("! "), cases.last_mut()) {
            (Some(expected), Some(case)) => case.2.push(expected.to_owned()),
            _ if line.is_empty() || line.starts_with('#') => {}
            _ => cases.push((number + 1, line.replace('|', "\n"), Vec::new())),
        }
    }
    let quiet = cases.iter().filter(|case| case.2.is_empty()).count();
    assert!(quiet >= 20 && cases.len() - quiet >= 12, "{quiet} of {}", cases.len());
    let mut wrong = Vec::new();
    for (number, text, expected) in &cases {
        let checks = audit(&read("synthetic-2023", text), text);
        let said = |check: &reader::Check| {
            format!("{} {} {} {}", check.kind.name(), check.formula, check.stated, check.computed)
        };
        let found: Vec<String> = checks.iter().filter(|check| !check.holds).map(said).collect();
        if found != *expected {
            wrong.push(format!("{number}: {text}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn reports_that_add_up_raise_no_alarm() {
    for (name, text) in [
        ("bureau-2023", include_str!("held/bureau-2023.txt")),
        ("county-2022", include_str!("held/county-2022.txt")),
        ("province-2024", include_str!("held/province-2024.txt")),
    ] {
        let checks = audit(&read(name, text), text);
        let wrong: Vec<_> = checks.iter().filter(|check| !check.holds).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(checks.len() >= 3, "{name}: only {} checks", checks.len());
    }
}
