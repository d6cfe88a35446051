//! A line of business begun: a definition to fill in, and a first case.

use std::fs;
use std::path::Path;

use crate::step::{Outcome, root};

/// Writes `catalog/lines/<code>/<year>.toml` and `cases/<code>/lawful.case`.
pub fn new_line(code: &str, year: Option<&str>) -> Outcome {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !code.starts_with(|c: char| c.is_ascii_lowercase()) || !code.chars().all(letters) {
        return Err(format!("`{code}` is no code: small letters, digits and _, a letter first"));
    }
    let year = year.unwrap_or("2026");
    if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("`{year}` is no year"));
    }
    let fill = |template: &str| template.replace("CODE", code).replace("YEAR", year);
    let root = root();
    write(&root, &format!("catalog/lines/{code}/{year}.toml"), &fill(LINE))?;
    write(&root, &format!("cases/{code}/lawful.case"), &fill(CASE))?;
    println!(
        "next: cite the law, then `cargo run -- check`, then `cargo xtask bless`; docs/adding-a-line.md goes along"
    );
    Ok(())
}

fn write(root: &Path, path: &str, text: &str) -> Outcome {
    let file = root.join(path);
    if file.exists() {
        return Err(format!("{path} is there already"));
    }
    let told = |why: std::io::Error| format!("{path}: {why}");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    fs::write(&file, text).map_err(told)?;
    println!("{path}");
    Ok(())
}

const LINE: &str = r#"# What this line is, which law it rests on, and what is left out. Keys: docs/catalog.md.

[line]
title = { zh = "名称", en = "Title" }
habit = "case"                       # case | register | journal
from = YEAR-01-01                    # the day from which this text of the law holds
law = ["法律简称 1"]                  # the articles that lay the duty; with `power = "…"` those that give the power

[stage.open]
title = { zh = "办理中", en = "Open" }
[stage.closed]
title = { zh = "已办结", en = "Closed" }
closed = true

[field.subject]
title = { zh = "事项", en = "Subject" }
type = "text"

[act.receive]
title = { zh = "收到", en = "Receive" }
kind = "fact"                        # a fact is never refused; a power is
opens = true
to = "open"
by = "window_clerk"
fills = ["subject"]
law = "法律简称 1"

[act.decide]
title = { zh = "作出决定", en = "Decide" }
from = "open"
to = "closed"
by = "handler"
law = "法律简称 2"

[limit.decide]
title = { zh = "办理期限", en = "Decide" }
starts = "receive"
ends = "decide"
allow = "30 days"                    # as the article writes it: days, working days, months, years
law = "法律简称 2"

[figure.received]
title = { zh = "收件数", en = "Received" }
unit = "件"
flow = "receive"
"#;

const CASE: &str = r#"case  lawful
line  CODE @YEAR
set   subject="试一试"

YEAR-03-02  window_clerk  receive
YEAR-03-10  handler  decide
"#;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catalog::{Source, load, render};

    use super::{CASE, LINE};
    use crate::step::root;

    #[test]
    fn what_it_begins_loads_and_runs_once_the_law_is_cited() {
        let fill = |text: &str| text.replace("CODE", "begun").replace("YEAR", "2026").replace("法律简称", "行政处罚法");
        let begun = ("lines/begun/2026.toml".to_owned(), fill(LINE));
        let source = Source::from_dir(&root().join("catalog")).unwrap().with_texts([begun]);
        let (catalog, findings) = load(&source);
        let catalog = catalog.unwrap_or_else(|| panic!("{}", render(&findings, &source, false)));
        let outcome = testkit::cases::check(&Arc::new(catalog), &fill(CASE)).unwrap_or_else(|why| panic!("{why}"));
        assert!(outcome.got.contains("decide met"), "{}", outcome.got);
    }
}
