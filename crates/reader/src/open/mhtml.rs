//! A web page saved as one file: a message of several parts, of which the page with the report is read.

use mailparse::ParsedMail;

use super::{Closed, head, html};

const KIND: &str = "a web page saved as one file";

/// How many pages of one file are looked at: frames are pages of their own.
const MOST: usize = 30;

/// Whether bytes begin as such a file does.
pub fn is_one(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(head(bytes, 4096)).to_ascii_lowercase();
    let field = start.trim_start_matches('\u{feff}').trim_start().split(':').next().unwrap_or("");
    let begins =
        matches!(field, "from" | "mime-version" | "content-type" | "subject" | "date" | "snapshot-content-location");
    begins && start.contains("content-type:") && (start.contains("multipart/") || start.contains("text/html"))
}

/// The text of the page that says most.
pub fn text(bytes: &[u8]) -> Result<String, Closed> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let file = mailparse::parse_mail(bytes).map_err(|_| Closed::Damaged(KIND))?;
    let page = |part: &ParsedMail| {
        let body = part.get_body_raw().ok()?;
        html::text(&body, part.ctype.params.get("charset").map(String::as_str)).ok()
    };
    let pages = file.parts().filter(|part| part.ctype.mimetype == "text/html").take(MOST);
    pages.filter_map(page).max_by_key(String::len).ok_or(Closed::NoText(KIND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_among_the_parts_is_read_in_either_transfer() {
        let body = "全年共办理行政复议案件36件，审结34件，按期结案率达到百分之百。";
        let page = format!("<html><head><meta charset=gb2312></head><body><p>{body}</p></body></html>");
        let (bytes, _, _) = encoding_rs::GB18030.encode(&page);
        let quoted: String = bytes
            .iter()
            .map(|byte| format!("={byte:02X}"))
            .collect::<Vec<_>>()
            .chunks(20)
            .map(|line| line.concat() + "=\r\n")
            .collect();
        let file = |coding: &str, body: &str| {
            format!(
                "From: <Saved by a browser>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\
                 \ttype=\"text/html\";\r\n\tboundary=\"--edge\"\r\n\r\n----edge\r\nContent-Type: text/html\r\n\
                 Content-Transfer-Encoding: {coding}\r\n\r\n{body}\r\n----edge\r\nContent-Type: image/png\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----edge--\r\n"
            )
        };
        let file = file("quoted-printable", &quoted);
        assert!(is_one(file.as_bytes()));
        assert_eq!(text(file.as_bytes()).unwrap(), format!("{body}\n"));
    }

    #[test]
    fn a_letter_of_plain_text_is_none() {
        assert!(!is_one("From: 某县\n办理3件。".as_bytes()));
        assert!(!is_one("办理3件。".as_bytes()));
    }
}
