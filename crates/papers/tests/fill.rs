//! What a template becomes.
#![allow(clippy::unwrap_used, reason = "what fails here is the test")]

use std::io::{Cursor, Read, Write};

use papers::{FlawKind, NoTemplate, Template, sheet};

/// A document with this body, and further files.
fn packed(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let document = format!("<w:document xmlns:w=\"urn:w\"><w:body>{body}</w:body></w:document>");
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("word/document.xml", document.as_str())].iter().chain(more) {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn facts(name: &str) -> Option<Vec<String>> {
    let one = |text: &str| Some(vec![text.to_owned()]);
    match name {
        "当事人" => one("欧阳<建国>&\"子\""),
        "理由" => one("第一行\n第二行\r\n第三行"),
        "种类" => Some(vec!["警告".to_owned(), "罚款".to_owned()]),
        "空" => Some(Vec::new()),
        "空白" => one(" "),
        "长" => one(&"法".repeat(5_000)),
        "坏字" => one("甲\u{0}\u{b}乙\u{ffff}丙"),
        _ => None,
    }
}

/// The body of the document that a body becomes.
fn filled(body: &str) -> String {
    let bytes = Template::read(&packed(body, &[])).unwrap().fill(&facts).unwrap();
    let text = part(&bytes, "word/document.xml");
    text.split_once("<w:body>").unwrap().1.split_once("</w:body>").unwrap().0.replace(" xml:space=\"preserve\"", "")
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn a_value_is_escaped() {
    assert_eq!(filled(&p("致:{{当事人}}。")), p("致:欧阳&lt;建国&gt;&amp;\"子\"。"));
}

#[test]
fn what_a_text_processor_cut_apart_is_found_all_the_same() {
    let body = "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>甲{</w:t></w:r>\
                <w:proofErr w:type=\"spellStart\"/><w:r><w:t>{当</w:t></w:r><w:r><w:t>事</w:t></w:r><w:smartTag><w:r>\
                <w:t>人}</w:t></w:r></w:smartTag><w:r><w:t>}乙</w:t></w:r></w:p>";
    let now = filled(body);
    assert!(now.contains("<w:b/></w:rPr><w:t>甲欧阳&lt;建国&gt;&amp;\"子\"</w:t>"), "{now}");
    assert!(now.contains("<w:t>乙</w:t>") && !now.contains("当事人") && !now.contains('{'), "{now}");
}

#[test]
fn a_new_line_is_a_line_break() {
    let expected = "<w:p><w:r><w:t>因第一行</w:t><w:br/><w:t>第二行</w:t><w:br/><w:t>第三行。</w:t></w:r></w:p>";
    assert_eq!(filled(&p("因{{ 理由 }}。")), expected);
}

#[test]
fn long_values_and_letters_that_xml_cannot_hold() {
    assert_eq!(filled(&p("{{长}}")), p(&"法".repeat(5_000)));
    assert_eq!(filled(&p("{{坏字}}")), p("甲乙丙"));
}

#[test]
fn several_are_told_together_or_one_by_one() {
    assert_eq!(filled(&p("处以{{种类}}。")), p("处以警告、罚款。"));
    assert_eq!(filled(&p("{{#种类}}({{.}}){{/种类}}完")), p("(警告)(罚款)完"));
    let body = [p("头"), p("{{#种类}}"), p("一项:{{.}}"), p("{{/种类}}"), p("尾")].concat();
    assert_eq!(filled(&body), [p("头"), p("一项:警告"), p("一项:罚款"), p("尾")].concat());
}

#[test]
fn a_part_is_there_only_where_there_is_something() {
    let body = [p("{{#空}}"), p("不见{{空}}"), p("{{/空}}"), p("{{^空}}"), p("没有"), p("{{/空}}")].concat();
    assert_eq!(filled(&body), p("没有"));
    assert_eq!(filled(&p("甲{{#空}}乙{{#种类}}丙{{/种类}}{{/空}}{{^空白}}丁{{/空白}}")), p("甲丁"));
    let cell = format!("<w:tbl><w:tr><w:tc>{}{}{}</w:tc></w:tr></w:tbl>", p("{{#空}}"), p("不见"), p("{{/空}}"));
    assert_eq!(filled(&cell), "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>", "a cell keeps a paragraph");
}

#[test]
fn a_text_box_has_paragraphs_of_its_own() {
    let body = format!(
        "<w:p><w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r><w:r><w:t>外{{{{种类}}}}</w:t></w:r></w:p>",
        p("内{{当事人}}")
    );
    let now = filled(&body);
    assert!(now.contains("内欧阳") && now.contains("外警告、罚款"), "{now}");
}

#[test]
fn the_same_is_the_same_to_the_byte() {
    let template = Template::read(&sheet("% title 决定\n{{当事人}}\n| 甲 | {{种类}}\n")).unwrap();
    assert_eq!(template.fill(&facts).unwrap(), template.fill(&facts).unwrap());
    assert_eq!(sheet("甲"), sheet("甲"));
}

#[test]
fn nothing_to_write_is_told_and_no_blank_is_made() {
    let template = Template::read(&packed(&[p("{{空}}{{当事人}}{{空白}}"), p("{{没有的}}")].concat(), &[])).unwrap();
    let lacking = template.fill(&facts).unwrap_err();
    let told: Vec<(&str, bool)> = lacking.iter().map(|lack| (lack.name.as_str(), lack.known)).collect();
    assert_eq!(told, [("空", true), ("空白", true), ("没有的", false)]);
}

#[test]
fn headers_and_footers_are_filled_too() {
    let footer = format!("<w:ftr xmlns:w=\"urn:w\">{}</w:ftr>", p("{{当事人}}印"));
    let template = Template::read(&packed(&p("文"), &[("word/footer1.xml", &footer)])).unwrap();
    assert_eq!(template.lines(), ["文", "{{当事人}}印"]);
    assert!(part(&template.fill(&facts).unwrap(), "word/footer1.xml").contains("&lt;建国&gt;"));
}

#[test]
fn wrong_marks_are_told_with_their_paragraph() {
    let body = [p("{{当事人"), p("{{}}"), p("{{#空}}"), p("{{/种类}}甲{{/空}}"), p("{{.}}{{#a}}")].concat();
    let template = Template::read(&packed(&body, &[])).unwrap();
    let told: Vec<(usize, &FlawKind)> = template.flaws().iter().map(|flaw| (flaw.paragraph, &flaw.kind)).collect();
    let expected = [
        (0, FlawKind::Unfinished),
        (1, FlawKind::Nameless),
        (3, FlawKind::NeverBegan("种类".into())),
        (3, FlawKind::NeverBegan("空".into())),
        (4, FlawKind::NeverEnds("a".into())),
        (2, FlawKind::NeverEnds("空".into())),
    ];
    for (paragraph, kind) in &expected {
        assert!(told.contains(&(*paragraph, kind)), "{kind:?} not in {told:?}");
    }
}

#[test]
fn what_is_no_template_is_refused() {
    let wrong = |bytes: &[u8]| Template::read(bytes).unwrap_err();
    assert_eq!(wrong(b"no zip"), NoTemplate::NotPacked);
    assert_eq!(wrong(&packed("", &[])), NoTemplate::NoText);
    let body = p("文");
    assert_eq!(
        wrong(&packed(&body, &[("word/vbaProject.bin", "x")])),
        NoTemplate::Program("word/vbaProject.bin".into())
    );
    let types = "<Types><Override ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/></Types>";
    let refused = wrong(&packed(&body, &[("[Content_Types].xml", types)]));
    assert_eq!(refused, NoTemplate::Program("[Content_Types].xml".into()));
    let fetches = "<Relationships><Relationship Type=\"urn:/attachedTemplate\" Target=\"http://evil.example/a.dotm\" \
                   TargetMode=\"External\"/></Relationships>";
    let refused = wrong(&packed(&body, &[("word/_rels/settings.xml.rels", fetches)]));
    assert_eq!(refused, NoTemplate::Fetches("http://evil.example/a.dotm".into()));
    let link = fetches.replace("attachedTemplate", "hyperlink");
    assert!(Template::read(&packed(&body, &[("word/_rels/document.xml.rels", &link)])).is_ok());
    let grows = "<!DOCTYPE a [<!ENTITY b \"c\">]><w:ftr/>";
    assert!(matches!(wrong(&packed(&body, &[("word/footer1.xml", grows)])), NoTemplate::Part(..)));
    let deep = "<w:a>".repeat(100_000);
    assert!(matches!(wrong(&packed(&deep, &[])), NoTemplate::Part(..)));
    let large = "x".repeat(33 << 20);
    assert_eq!(wrong(&packed(&body, &[("word/media/a.xml", &large)])), NoTemplate::TooLarge);
}
