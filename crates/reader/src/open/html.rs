//! A saved web page: the report in it, without what the site puts around it.
//!
//! The page becomes a small tree (`Tree`), the tree a list of blocks, each a
//! paragraph or a row of a table, with how much of it is links. The report is
//! where the sentences are: everything below the element that holds them all is
//! read, in order, but for menus, lists of links and what is named as a frame.

use std::collections::{HashMap, HashSet};

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use super::{Closed, LONGEST, head};
use crate::furniture::is_furniture;
use crate::normal::is_han;

const KIND: &str = "a web page";

/// How deep elements lie in one another: deeper ones are read as lying here. No page needs it, and who walks calls itself.
const DEEPEST: usize = 300;

/// How many elements and pieces of text a page has at most.
const NODES: usize = 2_000_000;

/// Whether bytes that begin no other kind are a web page.
pub fn is_one(bytes: &[u8]) -> bool {
    let start: Vec<u8> = head(bytes, 4096).iter().filter(|&&byte| byte != 0).map(u8::to_ascii_lowercase).collect();
    let begin = start.iter().position(|&byte| byte == b'<').unwrap_or(start.len());
    // Marks of byte order and blanks may stand before the first tag, and no word.
    let tagged = start.get(..begin).is_some_and(|lead| lead.iter().all(|byte| !byte.is_ascii_graphic()));
    let holds = |word: &[u8]| start.windows(word.len()).any(|here| here == word);
    let tags: &[&[u8]] =
        &[b"<html", b"<!doctype html", b"<head", b"<body", b"<meta", b"<div", b"<p>", b"<p ", b"<table"];
    tagged && tags.iter().any(|tag| holds(tag))
}

/// The text of a page's report; `hint` is the encoding that came with it.
pub fn text(bytes: &[u8], hint: Option<&str>) -> Result<String, Closed> {
    let page = decoded(bytes, hint);
    let tree = Tree::of(&page).ok_or(Closed::TooLarge)?;
    article(&tree).filter(|text| !text.trim().is_empty()).ok_or(Closed::NoText(KIND))
}

/// A page's bytes as text: by its mark of byte order; as UTF-8 where they are, whatever the page says; as it says.
fn decoded(bytes: &[u8], hint: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let said = hint.map(str::to_owned).or_else(|| said_encoding(bytes));
    let encoding = match said.and_then(|label| Encoding::for_label(label.as_bytes())) {
        // Pages that say GB2312 or GBK hold characters of its larger sister.
        Some(encoding) if encoding == GBK => GB18030,
        // Said in letters that UTF-16 has not: not so.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => GB18030,
        // One that says UTF-8 and is not may be cut in the middle; it may also have been saved in another.
        Some(encoding) if encoding == UTF_8 => {
            let (text, _, _) = UTF_8.decode(bytes);
            let lost = text.chars().filter(|&sign| sign == '\u{FFFD}').count();
            let kept = text.chars().filter(|&sign| is_han(sign)).count();
            if lost * 20 > kept { GB18030 } else { UTF_8 }
        }
        Some(encoding) if encoding.is_single_byte() => GB18030,
        Some(encoding) => encoding,
        None => GB18030,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The encoding a page's head names.
fn said_encoding(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(head(bytes, 8192)).to_ascii_lowercase();
    let (_, rest) = start.split_once("charset=")?;
    let label = rest.trim_start_matches(['"', '\'', ' ']);
    Some(label.chars().take_while(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_')).collect())
}

/// A piece of a page.
#[derive(Debug)]
enum Node {
    Element { tag: String, frame: bool, children: Vec<usize> },
    Text(String),
}

/// A page as a tree: nodes by number, the first of them the root.
struct Tree {
    nodes: Vec<Node>,
    /// In which element each lies; the root in itself.
    parents: Vec<usize>,
    /// The headline that the head or the first heading gives.
    headline: String,
}

/// Elements without an end.
const VOID: &[&str] =
    &["br", "hr", "img", "meta", "link", "input", "col", "area", "base", "embed", "source", "track", "wbr", "param"];

/// Elements whose content is no text of the page.
const UNREAD: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "button", "title",
    "del", "rt", "rp", "map", "audio", "video", "canvas",
];

/// Elements that begin a paragraph and end one.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "nav",
    "aside",
    "center",
    "form",
    "fieldset",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "address",
    "body",
    "hr",
];

impl Tree {
    /// `None`: it has more elements than any page.
    fn of(page: &str) -> Option<Tree> {
        let root = Node::Element { tag: "body".to_owned(), frame: false, children: Vec::new() };
        let mut tree = Tree { nodes: vec![root], parents: vec![0], headline: String::new() };
        let mut open: Vec<(usize, String)> = vec![(0, "body".to_owned())];
        // Elements inside one that is not read, and elements too deep to open.
        let mut unread: Option<(String, usize)> = None;
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
            if tree.nodes.len() > NODES {
                return None;
            }
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    if let Some((waiting, depth)) = &mut unread {
                        *depth += usize::from(*waiting == name && !tag.self_closing);
                        continue;
                    }
                    if name == "meta" {
                        tree.meta(&tag);
                    }
                    if (UNREAD.contains(&name.as_str()) || is_hidden(&tag)) && !VOID.contains(&name.as_str()) {
                        unread = (!tag.self_closing).then_some((name, 1));
                        continue;
                    }
                    close_implied(&mut open, &name);
                    let parent = open.last().map_or(0, |(node, _)| *node);
                    let frame = is_frame(&name, &tag);
                    let node = tree.push(parent, Node::Element { tag: name.clone(), frame, children: Vec::new() });
                    if !VOID.contains(&name.as_str()) && open.len() < DEEPEST {
                        open.push((node, name));
                    }
                }
                Token::EndTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    if let Some((waiting, depth)) = &mut unread {
                        *depth -= usize::from(*waiting == name);
                        if *depth == 0 {
                            unread = None;
                        }
                        continue;
                    }
                    // An end that answers no beginning inside its cell is none.
                    let cell = |(_, tag): &(usize, String)| matches!(tag.as_str(), "td" | "th" | "table");
                    let found = open.iter().rposition(|(_, tag)| *tag == name).filter(|&at| at > 0);
                    let crossed = found.is_some_and(|at| open.iter().skip(at + 1).any(cell));
                    let structure = matches!(name.as_str(), "table" | "tr" | "tbody" | "thead" | "td" | "th" | "body");
                    if let Some(at) = found.filter(|_| structure || !crossed) {
                        open.truncate(at);
                    }
                }
                Token::String(text) if unread.is_none() => {
                    let parent = open.last().map_or(0, |(node, _)| *node);
                    tree.push(parent, Node::Text(String::from_utf8_lossy(&text).into_owned()));
                }
                _ => {}
            }
        }
        Some(tree)
    }

    /// The elements in which a node lies, itself first.
    fn around(&self, node: usize) -> impl Iterator<Item = usize> {
        let up = |&node: &usize| self.parents.get(node).copied().filter(|_| node > 0);
        std::iter::successors(Some(node), up)
    }

    fn tag(&self, node: usize) -> &str {
        match self.nodes.get(node) {
            Some(Node::Element { tag, .. }) => tag,
            _ => "",
        }
    }

    fn push(&mut self, parent: usize, node: Node) -> usize {
        let number = self.nodes.len();
        self.nodes.push(node);
        self.parents.push(parent);
        if let Some(Node::Element { children, .. }) = self.nodes.get_mut(parent) {
            children.push(number);
        }
        number
    }

    /// The headline, as government sites put it into their heads.
    fn meta(&mut self, tag: &StartTag<()>) {
        let value = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value));
        if value("name").is_some_and(|name| name.eq_ignore_ascii_case("ArticleTitle"))
            && let Some(title) = value("content")
        {
            self.headline = title.trim().to_owned();
        }
    }
}

/// Ends the elements that the beginning of another ends without saying so.
fn close_implied(open: &mut Vec<(usize, String)>, name: &str) {
    let (ends, within): (&[&str], &[&str]) = match name {
        "li" => (&["li"], &["ul", "ol", "table"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl", "table"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tr" => (&["tr"], &["table"]),
        _ if BLOCKS.contains(&name) => (&["p"], &["div", "td", "th", "li", "table", "section", "article", "center"]),
        _ => return,
    };
    let stop = open.iter().rposition(|(_, tag)| within.contains(&tag.as_str())).unwrap_or(0);
    if let Some(at) = open.iter().rposition(|(_, tag)| ends.contains(&tag.as_str())).filter(|&at| at > stop) {
        open.truncate(at);
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> String {
    tag.attributes
        .get(name.as_bytes())
        .map(|value| String::from_utf8_lossy(value).to_ascii_lowercase())
        .unwrap_or_default()
}

/// Whether an element is not shown.
fn is_hidden(tag: &StartTag<()>) -> bool {
    let style: String = attribute(tag, "style").chars().filter(|sign| !sign.is_whitespace()).collect();
    let hidden = ["display:none", "visibility:hidden", "mso-hide:all"].iter().any(|word| style.contains(word));
    hidden || tag.attributes.contains_key(b"hidden".as_slice())
}

/// Words by which sites name what stands around an article.
const FRAMES: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "footer",
    "foot",
    "sidebar",
    "aside",
    "share",
    "bdshare",
    "crumb",
    "crumbs",
    "breadcrumb",
    "breadcrumbs",
    "dqwz",
    "copyright",
    "related",
    "relnews",
    "recommend",
    "xgyd",
    "xglj",
    "tuijian",
    "pagination",
    "pager",
    "toolbar",
    "search",
    "login",
    "comment",
    "comments",
    "qrcode",
    "ewm",
    "friendlink",
    "links",
    "yqlj",
    "banner",
    "topbar",
];

/// Whether an element is named as a part of the site and not of the article.
fn is_frame(name: &str, tag: &StartTag<()>) -> bool {
    if matches!(name, "nav" | "footer" | "aside") {
        return true;
    }
    let named = format!("{} {}", attribute(tag, "class"), attribute(tag, "id"));
    named.split(|sign: char| !sign.is_ascii_alphabetic()).any(|word| FRAMES.contains(&word))
}

/// A paragraph or a row of a table.
#[derive(Debug, Default)]
struct Block {
    text: String,
    /// How many of its signs are in links.
    linked: usize,
    /// The element it lies in.
    node: usize,
}

impl Block {
    /// Whether it says something, as sentences do and rows of numbers.
    fn says(&self) -> bool {
        let signs = self.signs();
        let sentence = self.text.contains('。') && signs >= 20;
        let counted = |pair: &[char]| pair[0].is_ascii_digit() && "件人名项起%％次家个份条场万".contains(pair[1]);
        let row = self.text.contains('\t') && self.text.chars().collect::<Vec<_>>().windows(2).any(counted);
        (sentence || row) && self.linked * 2 < signs
    }

    fn signs(&self) -> usize {
        self.text.chars().filter(|sign| !sign.is_whitespace()).count()
    }

    /// Whether it is a link or a list of links.
    fn is_links(&self) -> bool {
        self.linked > 0 && self.linked * 10 >= self.signs() * 8 && !self.text.contains('。')
    }
}

/// Walks the tree into blocks.
struct Walk<'t> {
    tree: &'t Tree,
    /// The blocks begun and not ended.
    inside: Vec<usize>,
    blocks: Vec<Block>,
    open: Block,
    link: bool,
    kept: bool,
    first_heading: String,
}

impl Walk<'_> {
    fn walk(&mut self, number: usize) {
        let tree = self.tree;
        match tree.nodes.get(number) {
            Some(Node::Text(text)) => self.add(text),
            Some(Node::Element { tag, children, .. }) if tag == "tr" => self.row(number, children),
            Some(Node::Element { tag, children, .. }) => {
                let block = BLOCKS.contains(&tag.as_str());
                if block || tag == "br" {
                    self.flush();
                }
                let before = (self.link, self.kept, self.blocks.len());
                self.link |= tag == "a";
                self.kept |= tag == "pre";
                if block {
                    self.inside.push(number);
                }
                for &child in children {
                    self.walk(child);
                }
                if block {
                    self.flush();
                    self.inside.pop();
                }
                (self.link, self.kept) = (before.0, before.1);
                if tag == "h1" && self.first_heading.is_empty() {
                    let lines = self.blocks.get(before.2..).unwrap_or_default();
                    self.first_heading = lines.iter().map(|block| block.text.trim()).collect();
                }
            }
            None => {}
        }
    }

    /// A row: one block where each cell holds a line, else its cells one after the other.
    fn row(&mut self, number: usize, cells: &[usize]) {
        self.flush();
        self.inside.push(number);
        let from = self.blocks.len();
        let mut single = true;
        for &cell in cells {
            let begun = self.blocks.len();
            self.walk(cell);
            self.flush();
            single &= self.blocks.len() <= begun + 1;
        }
        self.inside.pop();
        if single && self.blocks.len() > from + 1 {
            let lines = self.blocks.split_off(from);
            let text = lines.iter().map(|block| block.text.trim()).collect::<Vec<_>>().join("\t");
            let linked = lines.iter().map(|block| block.linked).sum();
            self.blocks.push(Block { text, linked, node: number });
        }
    }

    fn add(&mut self, text: &str) {
        for sign in text.chars() {
            if sign == '\n' && self.kept {
                self.flush();
                continue;
            }
            // What HTML takes for one blank; the wide ones with which Chinese paragraphs begin are kept.
            let blank = matches!(sign, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if blank && (self.open.text.is_empty() || self.open.text.ends_with(' ')) {
                continue;
            }
            self.open.text.push(if blank { ' ' } else { sign });
            self.open.linked += usize::from(self.link && !sign.is_whitespace());
        }
    }

    fn flush(&mut self) {
        let mut block = std::mem::take(&mut self.open);
        block.text.truncate(block.text.trim_end().len());
        if !block.text.is_empty() {
            block.node = self.inside.last().copied().unwrap_or(0);
            self.blocks.push(block);
        }
    }
}

/// Elements that hold no more than a paragraph.
const PARAGRAPHS: &[&str] =
    &["p", "tr", "li", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "span", "font", "b", "strong", "i", "em", "a"];

/// The text of the article of a page.
fn article(tree: &Tree) -> Option<String> {
    let mut walk = Walk {
        tree,
        inside: Vec::new(),
        blocks: Vec::new(),
        open: Block::default(),
        link: false,
        kept: false,
        first_heading: String::new(),
    };
    walk.walk(0);
    walk.flush();
    let blocks = &walk.blocks;
    let is_frame = |node: &usize| matches!(tree.nodes.get(*node), Some(Node::Element { frame: true, .. }));
    // A frame that holds most of what is said is none, whatever it is called.
    let said: usize = blocks.iter().filter(|block| block.says()).map(Block::signs).sum();
    let mut in_frame: HashMap<usize, usize> = HashMap::new();
    for block in blocks.iter().filter(|block| block.says()) {
        for node in tree.around(block.node).filter(is_frame) {
            *in_frame.entry(node).or_default() += block.signs();
        }
    }
    let framed = |block: &Block| {
        let mine = |node: &usize| in_frame.get(node).is_none_or(|&inside| inside * 2 < said);
        tree.around(block.node).any(|node| is_frame(&node) && mine(&node))
    };
    let speaking = || blocks.iter().filter(|block| block.says() && !framed(block));
    // The element that holds all that is said; around a single paragraph, what lies beside it.
    let first = speaking().next().or_else(|| blocks.iter().find(|block| !framed(block) && !block.is_links()))?;
    let mut shared: Vec<usize> = tree.around(first.node).collect();
    for block in speaking() {
        let here: HashSet<usize> = tree.around(block.node).collect();
        let up = shared.iter().position(|node| here.contains(node)).unwrap_or(0);
        shared.drain(..up);
    }
    let inline = |node: &&usize| PARAGRAPHS.contains(&tree.tag(**node));
    let inside = shared.iter().find(|node| !inline(node)).copied().unwrap_or(0);
    let mut out = String::new();
    let lies = |block: &&Block| tree.around(block.node).any(|node| node == inside);
    let mine = blocks.iter().filter(lies).filter(|block| !framed(block) && !block.is_links());
    for block in mine {
        // Told from the report where it is met again, too; here it would only shift the lines.
        let short = block.text.split_whitespace().collect::<String>();
        if !is_furniture(&short) {
            out.push_str(&block.text);
            out.push('\n');
        }
        if out.len() > LONGEST {
            return None;
        }
    }
    let headline = if tree.headline.is_empty() { walk.first_heading } else { tree.headline.clone() };
    if !headline.is_empty() && !out.contains(&headline) {
        out.insert_str(0, &format!("{headline}\n"));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "全县各行政机关全年共办理行政复议案件36件，审结34件，按期结案率达到百分之百。";

    #[test]
    fn the_article_is_read_and_the_site_is_not() {
        let page = format!(
            "<!DOCTYPE html><html><head><meta charset=utf-8><title>某县政府网</title>\
             <meta name='ArticleTitle' content='某县2023年法治政府建设报告'><style>p{{}}</style></head><body>\
             <div class='top-nav'><ul><li><a href=/>首页</a><li><a href=/x>政务公开</a></ul></div>\
             <table><tr><td><div id=zoom><p>　　{BODY}<p>　　其中：<br>刑事 <b>3</b>件；<p>附表<table>\
             <tr><th>事项<th>件数</tr><tr><td><p>许可</p></td><td>12件</td></tr></table></div></td></tr></table>\
             <div><a href=1>上一篇：某县召开会议部署2024年重点工作任务落实推进情况</a></div>\
             <script>var a = '<p>办理9件。</p>';</script>\
             <div class=footer>主办：某县人民政府 今日访问12人。全站累计访问34567人次，感谢您的关注与支持。</div></body></html>"
        );
        let text = article(&Tree::of(&page).unwrap()).unwrap();
        let expected =
            format!("某县2023年法治政府建设报告\n　　{BODY}\n　　其中：\n刑事 3件；\n附表\n事项\t件数\n许可\t12件\n");
        assert_eq!(text, expected);
    }

    #[test]
    fn an_article_in_a_part_with_the_name_of_a_frame_is_read() {
        let page = format!(
            "<html><body><form class=search><div class=nav>{}</div></form>",
            format!("<p>{BODY}</p>").repeat(3)
        );
        assert_eq!(article(&Tree::of(&page).unwrap()).unwrap().lines().count(), 3);
    }

    #[test]
    fn the_encoding_is_the_one_the_bytes_have() {
        let page =
            |said: &str| format!("<html><head><meta charset=\"{said}\"></head><body><p>{BODY}</p></body></html>");
        for said in ["gb2312", "gbk", "gb18030", "utf-8", "nothing"] {
            let page = page(said);
            let (bytes, _, _) = GB18030.encode(&page);
            assert_eq!(text(&bytes, None).unwrap(), format!("{BODY}\n"), "{said}");
            assert_eq!(text(page.as_bytes(), None).unwrap(), format!("{BODY}\n"), "{said}");
        }
        let wide: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(page("x").encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(is_one(&wide));
        assert_eq!(text(&wide, None).unwrap(), format!("{BODY}\n"));
    }

    #[test]
    fn a_page_without_a_report_is_said_to_be_one() {
        assert_eq!(text(b"<html><body><script>load()</script></body></html>", None), Err(Closed::NoText(KIND)));
    }

    #[test]
    fn deep_and_unended_pages_are_read_in_time() {
        for piece in ["<div>", "<p><b>", "<table><tr><td>", "<a href=", "<ul><li>", "</p>", "<!--"] {
            let page = format!("<html>{}<p>{BODY}", piece.repeat(100_000));
            let _ = article(&Tree::of(&page).unwrap());
        }
    }
}
