//! As much of HTTP as a form needs: one request, one connection.

use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back, whole.
pub struct Answer {
    pub status: u16,
    pub body: String,
    head: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// `None` where the connection broke before all of it was there. The head alone is enough of a redirect: what it
    /// says is on disk.
    fn read(text: &str) -> Option<Answer> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let answer = Answer { status, body: body.to_owned(), head: head.to_owned() };
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        (status == 303 || answer.body.len() >= length).then_some(answer)
    }
}

/// Asks a program; `None` where it died before it had answered.
pub fn ask(address: &str, cookie: &str, path: &str, form: Option<&[(String, String)]>) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    let method = if form.is_some() { "POST" } else { "GET" };
    let body = form.map(encoded).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    // What came before the end counts, however it ended.
    let _ = stream.read_to_end(&mut bytes);
    Answer::read(&String::from_utf8_lossy(&bytes))
}

fn encoded(form: &[(String, String)]) -> String {
    let escape = |text: &str| -> String {
        let one = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(one).collect()
    };
    let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}
