//! Documents of the kinds that are read, made of a text: each of its lines a paragraph.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use zip::write::SimpleFileOptions;

/// Text as it stands between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A packed folder of these files.
pub fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A Word document, with a head, a foot and remarks that are none of its text.
pub fn docx(text: &str) -> Vec<u8> {
    let mut body = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"w\"><w:body>");
    for line in text.lines() {
        // Runs end anywhere, as editing leaves them.
        let signs: Vec<char> = line.chars().collect();
        body.push_str("<w:p><w:pPr><w:jc w:val=\"both\"/></w:pPr>");
        for run in signs.chunks(7) {
            let run: String = run.iter().collect();
            let _ = write!(body, "<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(&run));
        }
        body.push_str("</w:p>");
    }
    body.push_str("</w:body></w:document>");
    let frame = "<w:hdr><w:p><w:r><w:t>页眉里的99件</w:t></w:r></w:p></w:hdr>";
    let types = "<Types/>";
    packed(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("word/header1.xml", frame.as_bytes()),
        ("word/comments.xml", frame.as_bytes()),
        ("word/document.xml", body.as_bytes()),
    ])
}

/// A page of a site, with what sites put around a report.
pub fn html(text: &str) -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html><head><meta http-equiv=Content-Type content=\"text/html; charset=utf-8\">\
         <script>var total = '99件';</script></head><body><div class=\"header nav\"><a href=/>首页</a>\
         <a href=/a>政务公开</a></div><div class=main><div id=zoom>\n",
    );
    for line in text.lines() {
        let _ = writeln!(page, "<p style=\"text-indent:2em\">{}</p>", escaped(line));
    }
    page.push_str(
        "</div><div><a href=/b>上一篇：关于召开2024年工作会议的通知</a></div></div><div class=footer>\
         主办：某县人民政府　网站标识码：0000000000　您是第123456位访问者，共有99人同时在线阅读本站。</div></body></html>",
    );
    page
}

/// How the fonts of a made PDF tell what their codes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// UTF-16, by the name of the encoding.
    Wide,
    /// GBK, by the name of the encoding.
    Gbk,
    /// Numbers of glyphs with a map beside the font, all of it compressed.
    Mapped,
    /// Numbers of glyphs without a map.
    Unmapped,
}

/// What stands on one line: at most so many half-width columns.
fn wrapped(text: &str) -> Vec<(bool, String)> {
    const COLUMNS: usize = 56;
    let mut lines = Vec::new();
    for paragraph in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (mut line, mut columns, mut first) = (String::new(), 4, true);
        for sign in paragraph.chars() {
            let wide = if sign.is_ascii() { 1 } else { 2 };
            if columns + wide > COLUMNS {
                lines.push((first, std::mem::take(&mut line)));
                (columns, first) = (0, false);
            }
            line.push(sign);
            columns += wide;
        }
        lines.push((first, line));
    }
    lines
}

/// A PDF with a running head and page numbers, its paragraphs indented by two signs.
pub fn pdf(text: &str, codes: Codes) -> Vec<u8> {
    let mut known: Vec<char> = Vec::new();
    let mut code = |text: &str| -> String {
        let bytes: Vec<u8> = match codes {
            Codes::Wide => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Codes::Gbk => encoding_rs::GB18030.encode(text).0.into_owned(),
            Codes::Mapped | Codes::Unmapped => {
                let number = |sign| {
                    let at = known.iter().position(|&other| other == sign).unwrap_or_else(|| {
                        known.push(sign);
                        known.len() - 1
                    });
                    u16::try_from(at + 1).unwrap()
                };
                text.chars().map(number).flat_map(u16::to_be_bytes).collect()
            }
        };
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    };
    let lines = wrapped(text);
    let mut pages = Vec::new();
    for (number, page) in lines.chunks(22).enumerate() {
        let mut drawn = format!("BT /F 9 Tf 200 800 Td <{}> Tj ET\n", code("某县人民政府文件"));
        for (row, (first, line)) in page.iter().enumerate() {
            let left = if *first { 72 + 32 } else { 72 };
            let _ = writeln!(drawn, "BT /F 16 Tf 1 0 0 1 {left} {} Tm <{}> Tj ET", 750 - 28 * row, code(line));
        }
        let foot = format!("— {} —", number + 1);
        let _ = writeln!(drawn, "q 1 0 0 1 0 20 cm BT /F 12 Tf 280 20 Td [<{}>] TJ ET Q", code(&foot));
        pages.push(drawn);
    }
    let encoding = match codes {
        Codes::Wide => "UniGB-UCS2-H",
        Codes::Gbk => "GBK-EUC-H",
        Codes::Mapped | Codes::Unmapped => "Identity-H",
    };
    let mut map = String::from("begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
    for (at, sign) in known.iter().enumerate() {
        let text: String = sign.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
        let _ = writeln!(map, "1 beginbfchar <{:04X}> <{text}> endbfchar", at + 1);
    }
    // Glyphs have widths of their own: narrow signs are half as wide.
    let narrow = known.iter().enumerate().filter(|(_, sign)| sign.is_ascii());
    let widths: String = narrow.map(|(at, _)| format!("{} [500] ", at + 1)).collect();
    let to_unicode = if codes == Codes::Mapped { "/ToUnicode 5 0 R" } else { "" };
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", 6 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".as_bytes().to_vec(),
        format!("<< /Type /Pages /Count {} /Kids [{kids}] /MediaBox [0 0 595 842] >>", pages.len()).into_bytes(),
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /{encoding} /DescendantFonts [4 0 R] {to_unicode} >>"
        )
        .into_bytes(),
        format!("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /F /DW 1000 /W [{widths}] >>").into_bytes(),
        stream(map.as_bytes(), codes == Codes::Mapped, ""),
    ];
    for (number, drawn) in pages.iter().enumerate() {
        let content = 7 + 2 * number;
        objects.push(
            format!("<< /Type /Page /Parent 2 0 R /Contents {content} 0 R /Resources << /Font << /F 3 0 R >> >> >>")
                .into_bytes(),
        );
        objects.push(stream(drawn.as_bytes(), codes == Codes::Mapped, ""));
    }
    file(&objects)
}

/// A stream object; `more` stands in its dictionary.
pub fn stream(bytes: &[u8], compressed: bool, more: &str) -> Vec<u8> {
    let mut data = bytes.to_vec();
    let mut filter = "";
    if compressed {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        data = encoder.finish().unwrap();
        filter = "/Filter /FlateDecode";
    }
    let mut out = format!("<< /Length {} {filter} {more} >>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", number + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes());
    out
}
