//! Writes a template from a page of plain text: the first version of each template, which people then change in their
//! text processor.
//!
//! | line | becomes |
//! | --- | --- |
//! | `% red 名称` | the red head with its rule below |
//! | `% title 标题` | the title, centred |
//! | `% number 文号` | the number, centred |
//! | `% to 抬头` | flush left, as the addressee stands |
//! | `% right 署名` | to the right, as signature and date stand |
//! | `# 一、…` | a heading |
//! | `\| 甲 \| 乙` | a row of a table; rows that follow each other make one |
//! | anything else | a paragraph; a line with nothing is an empty one |
//!
//! Measures and type are those of GB/T 9704: text of 16 points in 仿宋 on lines of 28.95 points, 28 letters to a line.

use crate::packed::pack;
use crate::tree::escape;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const SPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

/// The bytes of a `.docx` with this text.
pub fn sheet(text: &str) -> Vec<u8> {
    let mut body = String::new();
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            table(&rows, &mut body);
        } else {
            paragraph(line, &mut body);
        }
    }
    let document = format!(
        "{HEAD}\n<w:document {SPACE}><w:body>{body}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1985\" w:left=\"1588\" \
         w:header=\"851\" w:footer=\"1400\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    let small = type_("宋体", 28, "");
    let (before, after) = (run("— ", &small), run(" —", &small));
    let footer = format!(
        "{HEAD}\n<w:ftr {SPACE}><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>{before}<w:r>{small}<w:fldChar \
         w:fldCharType=\"begin\"/></w:r><w:r>{small}<w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r><w:r>\
         {small}<w:fldChar w:fldCharType=\"end\"/></w:r>{after}</w:p></w:ftr>"
    );
    let files: [(&str, String); 6] = [
        (
            "[Content_Types].xml",
            format!(
                "{HEAD}\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/>{}{}{}</Types>",
                kind("document", "document.main"),
                kind("styles", "styles"),
                kind("footer1", "footer")
            ),
        ),
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "word/document.xml")])),
        ("word/document.xml", document),
        (
            "word/_rels/document.xml.rels",
            relations(&[("rId1", "styles", "styles.xml"), ("rId2", "footer", "footer1.xml")]),
        ),
        ("word/styles.xml", styles()),
        ("word/footer1.xml", footer),
    ];
    pack(files.iter().map(|(name, text)| (*name, text.as_bytes())))
}

fn kind(part: &str, kind: &str) -> String {
    format!(
        "<Override PartName=\"/word/{part}.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml\"/>"
    )
}

fn relations(all: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(
            "<Relationship Id=\"{id}\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>"
        )
    };
    let all: String = all.iter().map(one).collect();
    format!(
        "{HEAD}\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
    )
}

fn styles() -> String {
    format!(
        "{HEAD}\n<w:styles {SPACE}><w:docDefaults><w:rPrDefault>{}</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"0\" \
         w:line=\"579\" w:lineRule=\"exact\"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type=\"paragraph\" \
         w:default=\"1\" w:styleId=\"a\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style></w:styles>",
        type_("仿宋", 32, "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/>"),
    )
}

/// The look of letters: the face, the size in half points, what else.
fn type_(face: &str, size: u32, more: &str) -> String {
    // The order of the elements is fixed by the format: fonts, bold, colour, size, language.
    let (before, after) = if more.contains("w:lang") { ("", more) } else { (more, "") };
    format!(
        "<w:rPr><w:rFonts w:ascii=\"{face}\" w:hAnsi=\"{face}\" w:eastAsia=\"{face}\" w:cs=\"{face}\"/>{before}<w:sz \
         w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>{after}</w:rPr>"
    )
}

fn run(text: &str, look: &str) -> String {
    let mut escaped = String::new();
    escape(text, &mut escaped);
    format!("<w:r>{look}<w:t xml:space=\"preserve\">{escaped}</w:t></w:r>")
}

fn paragraph(line: &str, out: &mut String) {
    let plain = "<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/><w:jc w:val=\"both\"/>";
    let free = "<w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>";
    let (kind, rest) = line.strip_prefix("% ").and_then(|rest| rest.split_once(' ')).unwrap_or(("", line));
    let (text, form, look) = match kind {
        "red" => (
            rest,
            format!(
                "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"18\" w:space=\"6\" w:color=\"FF0000\"/></w:pBdr>{free}<w:jc \
                 w:val=\"center\"/>"
            ),
            type_("宋体", 62, "<w:b/><w:color w:val=\"FF0000\"/>"),
        ),
        "title" => (
            rest,
            "<w:spacing w:before=\"240\" w:after=\"120\" w:line=\"700\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>"
                .to_owned(),
            type_("宋体", 44, "<w:b/>"),
        ),
        "number" => (rest, "<w:jc w:val=\"center\"/>".to_owned(), type_("仿宋", 32, "")),
        "to" => (rest, "<w:jc w:val=\"both\"/>".to_owned(), type_("仿宋", 32, "")),
        "right" => (
            rest,
            "<w:ind w:rightChars=\"400\" w:right=\"1280\"/><w:jc w:val=\"right\"/>".to_owned(),
            type_("仿宋", 32, ""),
        ),
        _ => match line.strip_prefix("# ") {
            Some(heading) => (heading, plain.to_owned(), type_("黑体", 32, "")),
            None => (line, plain.to_owned(), type_("仿宋", 32, "")),
        },
    };
    let run = if text.is_empty() { String::new() } else { run(text, &look) };
    out.push_str(&format!("<w:p><w:pPr>{form}</w:pPr>{run}</w:p>"));
}

/// A table as wide as the text; the first cell of a row of two is narrow: it names what the other says.
fn table(rows: &[&str], out: &mut String) {
    const WIDE: usize = 8_844;
    let edge = |side: &str| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>");
    let edges: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(edge).concat();
    let cells = |row: &&str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let most = rows.iter().map(Vec::len).max().unwrap_or(1);
    let widths: Vec<usize> = (0..most)
        .map(|index| match (most, index) {
            (2, 0) => WIDE / 4,
            (2, _) => WIDE - WIDE / 4,
            _ => WIDE / most,
        })
        .collect();
    let grid: String = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect();
    out.push_str(&format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDE}\" w:type=\"dxa\"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout \
         w:type=\"fixed\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    ));
    for row in rows {
        out.push_str("<w:tr>");
        let last = row.len() - 1;
        for (index, cell) in row.iter().enumerate() {
            // A short row's last cell reaches to the edge.
            let span = if index == last { most - last } else { 1 };
            let width: usize = widths[index..index + span].iter().sum();
            let span = if span > 1 { format!("<w:gridSpan w:val=\"{span}\"/>") } else { String::new() };
            out.push_str(&format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}<w:vAlign w:val=\"center\"/></w:tcPr><w:p><w:pPr>\
                 <w:spacing w:before=\"60\" w:after=\"60\" w:line=\"480\" w:lineRule=\"exact\"/></w:pPr>{}</w:p></w:tc>",
                run(cell, &type_("仿宋", 28, ""))
            ));
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    // Two tables need something between them, and a page cannot end with one.
    out.push_str("<w:p><w:pPr><w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"exact\"/></w:pPr></w:p>");
}
