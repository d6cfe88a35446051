//! A report as an official letter: what stands on its pages, line by line, in the order and with the parts of GB/T
//! 9704-2012. How it looks is the business of who prints it.

use serde::Serialize;

use crate::{Piece, Report};

/// What a letter has besides its text. A part that is empty is left out with its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Who writes, in full: 祁连县人民政府.
    pub organ: String,
    /// Its number: 祁政〔2021〕3号. Without one it is a draft and has neither red head nor rule.
    pub number: String,
    /// Who signed it, for a letter that goes upward.
    pub signer: String,
    /// Whom it is addressed to.
    pub to: String,
    /// The day of signature, in words: 2021年2月26日.
    pub day: String,
    /// Remarks in brackets below the day.
    pub remarks: Vec<String>,
    /// Who gets a copy.
    pub copies: String,
}

/// Whether this is the number of an official letter: who, the full year in 〔〕, and a number without noughts before it
/// (GB/T 9704-2012): 祁政〔2021〕3号.
pub fn is_number(text: &str) -> bool {
    let Some((who, rest)) = text.split_once('〔') else { return false };
    let Some((year, rest)) = rest.split_once('〕') else { return false };
    let Some(number) = rest.strip_suffix('号') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let han = |letter: char| ('\u{3400}'..='\u{9fff}').contains(&letter);
    (1..=20).contains(&who.chars().count())
        && who.chars().all(han)
        && year.len() == 4
        && digits(year)
        && (year.starts_with("19") || year.starts_with("20"))
        && digits(number)
        && !number.starts_with('0')
}

/// What a line of a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The red head.
    Mark,
    /// The number, in the middle above the red rule.
    Number,
    /// The number to the left, and behind a `|` who signed, to the right.
    Upward,
    /// The title.
    Title,
    /// The addressee.
    To,
    /// A heading of the first level: 一、
    Heading,
    /// A heading of the second level: （一）
    Subheading,
    /// A paragraph.
    Text,
    /// Who signs, and behind a `|` the day.
    Signed,
    /// A remark below the day.
    Remark,
    /// At the foot of the last page: who gets a copy.
    Copies,
    /// Below that: who has it printed, and behind a `|` when.
    Issued,
}

/// A line of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// Its words, in one line.
    pub text: String,
}

/// A letter: its lines, from the top.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// The lines.
    pub lines: Vec<Line>,
}

impl Report {
    /// The report as a letter.
    pub fn letter(&self, head: &Head) -> Letter {
        let mut letter = Letter::default();
        if !head.number.is_empty() {
            letter.add(Kind::Mark, &format!("{}文件", head.organ));
            match head.signer.as_str() {
                "" => letter.add(Kind::Number, &head.number),
                signer => letter.add(Kind::Upward, &format!("{}|签发人：{signer}", head.number)),
            }
        }
        letter.add(Kind::Title, &self.title);
        if !head.to.is_empty() {
            letter.add(Kind::To, &format!("{}：", head.to));
        }
        for (number, section) in (1u16..).zip(&self.sections) {
            letter.add(Kind::Heading, &format!("{}{}", self.number(number), section.title));
            for sentence in &section.sentences {
                letter.add(Kind::Text, &sentence.iter().map(Piece::text).collect::<String>());
            }
            for paragraph in &section.prose {
                letter.add(Kind::Text, paragraph);
            }
        }
        if !head.organ.is_empty() && !head.day.is_empty() {
            letter.add(Kind::Signed, &format!("{}|{}", head.organ, head.day));
        }
        for remark in &head.remarks {
            letter.add(Kind::Remark, &format!("（{remark}）"));
        }
        if !head.copies.is_empty() {
            letter.add(Kind::Copies, &format!("抄送：{}。", head.copies));
        }
        if !head.number.is_empty() {
            letter.add(Kind::Issued, &format!("{}办公室|{}印发", head.organ, head.day));
        }
        letter
    }
}

impl Letter {
    /// A line; what was broken over several is one.
    fn add(&mut self, kind: Kind, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.lines.push(Line { kind, text });
    }

    /// The page of plain text of which `papers` makes a `.docx`.
    pub fn page(&self) -> String {
        let mut page = String::new();
        for line in &self.lines {
            let mark = match line.kind {
                Kind::Mark => "% mark ",
                Kind::Number => "% ruled ",
                Kind::Upward => "% upward ",
                Kind::Title => "% headline ",
                Kind::To => "\n% to ",
                Kind::Heading => "# ",
                Kind::Subheading => "## ",
                Kind::Text | Kind::Remark => "",
                Kind::Signed => "\n\n% signed ",
                Kind::Copies => "% copies ",
                Kind::Issued => "% issued ",
            };
            page.push_str(mark);
            page.push_str(&line.text);
            page.push('\n');
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use procedure::Language;

    use super::*;
    use crate::Section;

    fn report() -> Report {
        let sentence = vec![Piece::Text("办理3件。\n续".into())];
        Report {
            title: "某县2020年法治政府建设年度报告".into(),
            language: Language::Zh,
            sections: vec![Section {
                title: "主要举措".into(),
                sentences: vec![sentence],
                prose: vec!["自己写的。".into()],
                ..Section::default()
            }],
        }
    }

    #[test]
    fn a_number_is_written_as_the_standard_says() {
        assert!(is_number("祁政〔2021〕3号") && is_number("内政办发〔2025〕120号"));
        for wrong in [
            "",
            "祁政[2021]3号",
            "祁政（2021）3号",
            "祁政〔2021〕03号",
            "祁政〔21〕3号",
            "祁政〔2021〕第3号",
            "〔2021〕3号",
            "祁政〔2021〕3",
        ] {
            assert!(!is_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_draft_has_no_red_head() {
        let letter = report().letter(&Head { organ: "某县人民政府".into(), ..Head::default() });
        let kinds: Vec<Kind> = letter.lines.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [Kind::Title, Kind::Heading, Kind::Text, Kind::Text]);
        assert_eq!(letter.lines[2].text, "办理3件。 续", "a paragraph is one line");
    }

    #[test]
    fn a_letter_upward_names_its_signer_beside_the_number() {
        let head = Head {
            organ: "某县人民政府".into(),
            number: "某政〔2021〕3号".into(),
            signer: "王某".into(),
            to: "某州人民政府".into(),
            day: "2021年2月26日".into(),
            ..Head::default()
        };
        let page = report().letter(&head).page();
        let want = "% mark 某县人民政府文件\n% upward 某政〔2021〕3号|签发人：王某\n% headline 某县2020年法治政府建设年度报告\n\n\
                    % to 某州人民政府：\n# 一、主要举措\n办理3件。 续\n自己写的。\n\n\n% signed 某县人民政府|2021年2月26日\n\
                    % issued 某县人民政府办公室|2021年2月26日印发\n";
        assert_eq!(page, want);
    }
}
