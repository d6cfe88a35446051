//! A part of a document as a small tree: what is not touched is written as it was read.

use quick_xml::Reader;
use quick_xml::events::Event;

/// A piece of XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// An element.
    Element(Element),
    /// Text, with its entities resolved.
    Text(String),
    /// Anything else, as it was written.
    Other(String),
}

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name with its prefix: `w:p`.
    pub name: String,
    /// Name and attributes, as they were written.
    pub tag: String,
    /// What is in it.
    pub children: Vec<Node>,
}

/// How deep elements may lie in one another: what walks the tree calls itself.
const DEEPEST: usize = 256;

impl Element {
    /// An element without attributes.
    pub(crate) fn bare(name: &str, children: Vec<Node>) -> Element {
        Element { name: name.to_owned(), tag: name.to_owned(), children }
    }
}

/// Reads a part; says what is wrong with it where it is no XML.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Node>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not written in UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = Vec::new();
    let mut top = Vec::new();
    let wrong = |why: &dyn std::fmt::Display| format!("it is no XML: {why}");
    loop {
        let node = match reader.read_event().map_err(|why| wrong(&why))? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err("its elements lie too deep in one another".to_owned());
                }
                open.push(begun(&start));
                continue;
            }
            Event::End(_) => match open.pop() {
                Some(element) => Node::Element(element),
                None => return Err("it is no XML: an element ends that never began".to_owned()),
            },
            Event::Empty(start) => Node::Element(begun(&start)),
            Event::Text(text) => Node::Text(text.to_string()),
            Event::CData(data) => Node::Text(data.to_string()),
            Event::GeneralRef(named) => {
                let character = named.resolve_char_ref().map_err(|why| wrong(&why))?;
                let name: &str = &named;
                let known = match name {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                match character.or(known) {
                    Some(one) => Node::Text(one.to_string()),
                    None => return Err(format!("it uses an entity of its own, &{name};")),
                }
            }
            Event::Comment(_) => continue,
            Event::Decl(decl) => Node::Other(format!("<?{}?>", &*decl)),
            Event::PI(pi) => Node::Other(format!("<?{}?>", &*pi)),
            // A document type can name files and grow without end; no text processor writes one.
            Event::DocType(_) => return Err("it declares a document type".to_owned()),
            Event::Eof => break,
        };
        let list = open.last_mut().map_or(&mut top, |element| &mut element.children);
        match (list.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(more)) => before.push_str(&more),
            (_, node) => list.push(node),
        }
    }
    if open.is_empty() { Ok(top) } else { Err("it is no XML: it ends inside an element".to_owned()) }
}

fn begun(start: &quick_xml::events::BytesStart<'_>) -> Element {
    let tag: &str = start;
    let tag = tag.trim_end();
    let name = tag.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
    Element { name: name.to_owned(), tag: tag.to_owned(), children: Vec::new() }
}

/// Writes nodes.
pub(crate) fn write(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => escape(text, out),
            Node::Other(text) => out.push_str(text),
            Node::Element(element) => {
                out.push('<');
                out.push_str(&element.tag);
                if element.children.is_empty() {
                    out.push_str("/>");
                } else {
                    out.push('>');
                    write(&element.children, out);
                    out.push_str("</");
                    out.push_str(&element.name);
                    out.push('>');
                }
            }
        }
    }
}

/// Text as it may stand between tags; what XML cannot hold at all is left out.
pub(crate) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || ('\u{fffe}'..='\u{ffff}').contains(&c) => {}
            c => out.push(c),
        }
    }
}
