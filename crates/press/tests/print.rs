//! What is printed, read back from the PDF.
#![allow(clippy::unwrap_used, reason = "what fails here is the test")]

use std::process::Command;

use platform::{CaseDocument, CaseEvent, CaseFile};

/// Words that Typst would take for markup, were they any.
const MARKUP: &str = "#panic(\"x\") *粗* _斜_ $x^2$ `代码` [括号] @引用 <标签> \\ // 注释 #include \"/etc/passwd\"";

fn file(events: usize) -> CaseFile {
    let event = |seq: usize| CaseEvent {
        seq: u32::try_from(seq).unwrap(),
        title: format!("第{seq}次办理"),
        done_at: "2026年3月2日 10:00".into(),
        recorded_at: "2026年3月2日 10:01".into(),
        actor: "欧阳建国".into(),
        post: "执法人员".into(),
        law: "《行政处罚法》第五十四条第一款".into(),
        changes: vec![("认定的事实".into(), format!("{MARKUP}\n第二行"))],
        findings: vec![("超过期限".into(), "大雪封路".into())],
        reason: String::new(),
        annulled: seq == 2,
        documents: vec!["行政处罚决定书".into()],
        hash: "ab".repeat(32),
    };
    CaseFile {
        government: "祁连县".into(),
        agency: "县市场监督管理局".into(),
        line: "行政处罚".into(),
        number: "4711".into(),
        label: "祁罚决〔2026〕3号".into(),
        cover: vec![("机关".into(), "县市场监督管理局".into())],
        fields: vec![("当事人".into(), MARKUP.into()), ("长".into(), "法".repeat(5_000))],
        events: (1..=events).map(event).collect(),
        documents: vec![CaseDocument {
            seq: 1,
            title: "行政处罚决定书".into(),
            day: "2026年3月2日".into(),
            lines: vec!["一、违法事实和证据".into(), MARKUP.into()],
            digest: "cd".repeat(32),
        }],
        attachments: vec![("现场照片.jpg".into(), "ef".repeat(32))],
        hash: "0123456789abcdef".repeat(4),
        synthetic: true,
    }
}

/// The text of each page without any spaces, as another program reads it.
fn pages(pdf: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pdf");
    std::fs::write(&path, pdf).unwrap();
    let read = Command::new("pdftotext").arg(&path).arg("-").output();
    let read = read.expect("pdftotext reads what was printed (Debian: apt install poppler-utils)");
    assert!(read.status.success() && read.stderr.is_empty(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    text.strip_suffix('\u{c}').unwrap().split('\u{c}').map(bare).collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

#[test]
fn everything_can_be_read_back() {
    let pdf = press::print(&file(3)).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    if let Some(path) = std::env::var_os("KEEP") {
        std::fs::write(path, &pdf).unwrap();
    }
    let text = pages(&pdf).concat();
    for word in [
        "祁连县",
        "案卷编号4711",
        "祁罚决〔2026〕3号",
        "欧阳建国",
        "《行政处罚法》第五十四条第一款",
        "超过期限（理由：大雪封路）",
        "3.第3次办理",
        "2.第2次办理（已撤销）",
        "现场照片.jpg",
        "本卷全部为合成的示范数据",
        &"cd".repeat(32),
        &"ef".repeat(32),
        &"0123456789abcdef".repeat(4),
    ] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
    assert!(text.matches("法").count() >= 5_000);
}

#[test]
fn what_people_wrote_is_no_markup() {
    let text = pages(&press::print(&file(1)).unwrap()).concat();
    // Once among the fields, once in the event, once in the document.
    assert_eq!(text.matches(&bare(MARKUP)).count(), 3, "{text}");
}

#[test]
fn the_contents_tell_the_pages_on_which_things_stand() {
    let pages = pages(&press::print(&file(40)).unwrap());
    let all = pages.len();
    // Only the pages of the contents have dots that lead to a number.
    let contents: String = pages.iter().skip(1).take_while(|page| page.contains("....")).cloned().collect();
    assert!(contents.contains("目录"), "{contents}");
    for title in ["40.第40次办理", "17.第17次办理", "校验"] {
        let at = 1 + pages.iter().rposition(|page| page.contains(title)).unwrap();
        let entry = contents.split(title).nth(1).unwrap().trim_start_matches('.');
        let told: String = entry.chars().take_while(char::is_ascii_digit).collect();
        assert!(told.starts_with(&at.to_string()), "{title} stands on page {at}, the contents say {told}");
        assert!(pages[at - 1].contains(&format!("第{at}页共{all}页")), "{}", pages[at - 1]);
    }
}

#[test]
fn the_same_is_the_same_to_the_byte() {
    assert_eq!(press::print(&file(2)).unwrap(), press::print(&file(2)).unwrap());
}
