//! A template: its places, and the document that it becomes.

use crate::packed::{self, NoTemplate};
use crate::tree::{self, Element, Node};
use crate::words::{Flaw, FlawKind, Mark, MarkKind, alone, marks};

/// What the names in a template stand for.
pub trait Facts {
    /// What a name stands for, one or several; nothing where it is empty, `None` where there is no such name.
    fn tell(&self, name: &str) -> Option<Vec<String>>;
}

impl<F: Fn(&str) -> Option<Vec<String>>> Facts for F {
    fn tell(&self, name: &str) -> Option<Vec<String>> {
        self(name)
    }
}

/// A name in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name.
    pub name: String,
    /// Paragraph, from 0: document first, then headers and footers.
    pub paragraph: usize,
    /// Bytes of the paragraph's text.
    pub at: std::ops::Range<usize>,
    /// Whether it only asks if there is something.
    pub asks: bool,
    /// The parts that it stands in: the name, and whether there must be something.
    pub within: Vec<(String, bool)>,
}

/// A place for which there is nothing to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The name.
    pub name: String,
    /// Whether there is such a name at all.
    pub known: bool,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Vec<Node>),
    Bytes(Vec<u8>),
}

/// A template that was read.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<(String, Part)>,
    lines: Vec<String>,
    places: Vec<Place>,
    flaws: Vec<Flaw>,
}

/// The parts of a document that people write in.
fn written_in(name: &str) -> bool {
    let Some(name) = name.strip_prefix("word/").and_then(|rest| rest.strip_suffix(".xml")) else { return false };
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    ["document", "header", "footer", "footnotes", "endnotes"].contains(&stem)
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where the bytes are none, or do what a document must not do.
    pub fn read(bytes: &[u8]) -> Result<Template, NoTemplate> {
        let mut template = Template { parts: Vec::new(), lines: Vec::new(), places: Vec::new(), flaws: Vec::new() };
        for (name, bytes) in packed::unpack(bytes)? {
            let part = if written_in(&name) {
                Part::Text(tree::read(&bytes).map_err(|why| NoTemplate::Part(name.clone(), why))?)
            } else {
                Part::Bytes(bytes)
            };
            template.parts.push((name, part));
        }
        let mut texts: Vec<(&str, &Vec<Node>)> = Vec::new();
        for (name, part) in &template.parts {
            if let Part::Text(nodes) = part {
                texts.push((name, nodes));
            }
        }
        texts.sort_by_key(|(name, _)| (*name != "word/document.xml", *name));
        if texts.first().is_none_or(|(name, _)| *name != "word/document.xml") {
            return Err(NoTemplate::NoText);
        }
        let mut survey = Survey::default();
        for (_, nodes) in texts {
            survey.list(nodes, &mut Vec::new());
        }
        if survey.lines.is_empty() {
            return Err(NoTemplate::NoText);
        }
        let Survey { lines, places, flaws } = survey;
        Ok(Template { lines, places, flaws, ..template })
    }

    /// The text of each paragraph.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Every name in it, in order.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// What is wrong with its marks; a template with flaws is not filled in.
    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    /// The names for which there would be nothing to write, each once.
    pub fn lacks(&self, facts: &dyn Facts) -> Vec<Lack> {
        let something = |name: &str| facts.tell(name).is_some_and(|values| values.iter().any(|v| !v.trim().is_empty()));
        let mut lacking: Vec<Lack> = Vec::new();
        for place in &self.places {
            let there = place.within.iter().all(|(name, yes)| something(name) == *yes);
            if !there || place.name == "." || lacking.iter().any(|lack| lack.name == place.name) {
                continue;
            }
            match facts.tell(&place.name) {
                None => lacking.push(Lack { name: place.name.clone(), known: false }),
                Some(_) if !place.asks && !something(&place.name) => {
                    lacking.push(Lack { name: place.name.clone(), known: true });
                }
                Some(_) => {}
            }
        }
        lacking
    }

    /// The document with the facts in their places.
    ///
    /// # Errors
    /// Where there is nothing to write for a name: a document has no blanks that nobody decided on.
    pub fn fill(&self, facts: &dyn Facts) -> Result<Vec<u8>, Vec<Lack>> {
        let lacking = self.lacks(facts);
        if !lacking.is_empty() {
            return Err(lacking);
        }
        let mut files = Vec::with_capacity(self.parts.len());
        for (name, part) in &self.parts {
            let bytes = match part {
                Part::Bytes(bytes) => bytes.clone(),
                Part::Text(nodes) => {
                    let mut out = String::new();
                    tree::write(&Filling { facts }.list(nodes, None), &mut out);
                    out.into_bytes()
                }
            };
            files.push((name, bytes));
        }
        Ok(packed::pack(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
    }
}

/// The text of a paragraph in pieces: of each where it begins, and whether it lies in a `w:t`.
#[derive(Default)]
struct Text {
    whole: String,
    /// Where each `w:t` begins and ends.
    runs: Vec<std::ops::Range<usize>>,
}

impl Text {
    fn of(paragraph: &Element) -> Text {
        let mut text = Text::default();
        text.collect(&paragraph.children);
        text
    }

    fn collect(&mut self, nodes: &[Node]) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            match element.name.as_str() {
                "w:t" => {
                    let from = self.whole.len();
                    for inner in &element.children {
                        if let Node::Text(text) = inner {
                            self.whole.push_str(text);
                        }
                    }
                    self.runs.push(from..self.whole.len());
                }
                "w:tab" | "w:br" | "w:cr" => self.whole.push(' '),
                // The stops of a paragraph are tabs by name; a text box has paragraphs of its own.
                "w:pPr" | "w:rPr" | "w:p" => {}
                _ => self.collect(&element.children),
            }
        }
    }
}

/// Paragraphs inside of a paragraph: text boxes.
fn inner_paragraphs<'n>(nodes: &'n [Node], found: &mut Vec<&'n [Node]>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        if element.name == "w:txbxContent" {
            found.push(&element.children);
        } else {
            inner_paragraphs(&element.children, found);
        }
    }
}

#[derive(Default)]
struct Survey {
    lines: Vec<String>,
    places: Vec<Place>,
    flaws: Vec<Flaw>,
}

impl Survey {
    /// The places of what lies at one level; `within` are the parts around it.
    fn list(&mut self, nodes: &[Node], within: &mut Vec<(String, bool)>) {
        // Parts that begin at this level, with where.
        let mut open: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
        for node in nodes {
            let Node::Element(element) = node else { continue };
            if element.name != "w:p" {
                self.list(&element.children, within);
                continue;
            }
            let text = Text::of(element).whole;
            let paragraph = self.lines.len();
            self.lines.push(text.replace(['\n', '\r', '\t'], " "));
            match alone(&text) {
                Some(mark) if mark.kind == MarkKind::Close => {
                    self.ends(&mark, paragraph, open.len(), within);
                    if open.pop().is_some() {
                        within.pop();
                    }
                }
                Some(mark) => {
                    self.place(&mark, paragraph, within, true);
                    open.push((paragraph, mark.at.clone()));
                    within.push((mark.name, mark.kind == MarkKind::Open));
                }
                None => self.inline(&text, paragraph, within),
            }
            let mut boxes = Vec::new();
            inner_paragraphs(&element.children, &mut boxes);
            for inside in boxes {
                self.list(inside, within);
            }
        }
        for (paragraph, at) in open.into_iter().rev() {
            let name = within.pop().map(|(name, _)| name).unwrap_or_default();
            self.flaws.push(Flaw { paragraph, at, kind: FlawKind::NeverEnds(name) });
        }
    }

    /// A part ends: the one that began last, of those that began here.
    fn ends(&mut self, mark: &Mark, paragraph: usize, here: usize, within: &[(String, bool)]) {
        if here == 0 || within.last().is_none_or(|(name, _)| *name != mark.name) {
            let kind = FlawKind::NeverBegan(mark.name.clone());
            self.flaws.push(Flaw { paragraph, at: mark.at.clone(), kind });
        }
    }

    fn inline(&mut self, text: &str, paragraph: usize, within: &mut Vec<(String, bool)>) {
        let (found, wrong) = marks(text);
        self.flaws.extend(wrong.into_iter().map(|(at, kind)| Flaw { paragraph, at, kind }));
        let mut open: Vec<std::ops::Range<usize>> = Vec::new();
        for mark in found {
            match mark.kind {
                MarkKind::Value => self.place(&mark, paragraph, within, false),
                MarkKind::Close => {
                    self.ends(&mark, paragraph, open.len(), within);
                    if open.pop().is_some() {
                        within.pop();
                    }
                }
                MarkKind::Open | MarkKind::OpenNot => {
                    self.place(&mark, paragraph, within, true);
                    open.push(mark.at);
                    within.push((mark.name, mark.kind == MarkKind::Open));
                }
            }
        }
        for at in open.into_iter().rev() {
            let name = within.pop().map(|(name, _)| name).unwrap_or_default();
            self.flaws.push(Flaw { paragraph, at, kind: FlawKind::NeverEnds(name) });
        }
    }

    fn place(&mut self, mark: &Mark, paragraph: usize, within: &[(String, bool)], asks: bool) {
        if mark.name == "." && (asks || !within.iter().any(|(_, yes)| *yes)) {
            self.flaws.push(Flaw { paragraph, at: mark.at.clone(), kind: FlawKind::NothingToTell });
            return;
        }
        self.places.push(Place {
            name: mark.name.clone(),
            paragraph,
            at: mark.at.clone(),
            asks,
            within: within.to_vec(),
        });
    }
}

struct Filling<'f> {
    facts: &'f dyn Facts,
}

impl Filling<'_> {
    /// What a name stands for; `one` is what is being told of several.
    fn values(&self, name: &str, one: Option<&str>) -> Vec<String> {
        match one {
            Some(one) if name == "." => vec![one.to_owned()],
            _ => {
                self.facts.tell(name).unwrap_or_default().into_iter().filter(|value| !value.trim().is_empty()).collect()
            }
        }
    }

    /// The times that a part is told, each with what is told of.
    fn rounds(&self, mark: &Mark, one: Option<&str>) -> Vec<Option<String>> {
        let values = self.values(&mark.name, one);
        match mark.kind {
            MarkKind::OpenNot if values.is_empty() => vec![one.map(str::to_owned)],
            MarkKind::OpenNot => Vec::new(),
            _ => values.into_iter().map(Some).collect(),
        }
    }

    fn list(&self, nodes: &[Node], one: Option<&str>) -> Vec<Node> {
        let mut out = Vec::with_capacity(nodes.len());
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            at += 1;
            let Node::Element(element) = node else {
                out.push(node.clone());
                continue;
            };
            if element.name != "w:p" {
                out.push(Node::Element(self.element(element, one)));
                continue;
            }
            let Some(mark) = alone(&Text::of(element).whole) else {
                out.push(Node::Element(self.paragraph(element, one)));
                continue;
            };
            let length = part_length(&nodes[at..]);
            for round in self.rounds(&mark, one) {
                out.extend(self.list(&nodes[at..at + length], round.as_deref()));
            }
            // What begins a part, the part, and what ends it.
            at += length + 1;
        }
        out
    }

    fn element(&self, element: &Element, one: Option<&str>) -> Element {
        let mut children = self.list(&element.children, one);
        // A cell of a table without a paragraph is no cell.
        if element.name == "w:tc" && !children.iter().any(|node| matches!(node, Node::Element(e) if e.name == "w:p")) {
            children.push(Node::Element(Element::bare("w:p", Vec::new())));
        }
        Element { name: element.name.clone(), tag: element.tag.clone(), children }
    }

    fn paragraph(&self, element: &Element, one: Option<&str>) -> Element {
        let text = Text::of(element);
        let (found, _) = marks(&text.whole);
        let mut written = vec![String::new(); text.runs.len()];
        self.stretch(&text, 0..text.whole.len(), &found, one, &mut written);
        let mut runs = written.into_iter();
        Element {
            children: self.runs(&element.children, &mut runs, !found.is_empty(), one),
            name: element.name.clone(),
            tag: element.tag.clone(),
        }
    }

    /// Writes a stretch of a paragraph's text into the runs that its letters came from.
    fn stretch(
        &self,
        text: &Text,
        stretch: std::ops::Range<usize>,
        found: &[Mark],
        one: Option<&str>,
        written: &mut [String],
    ) {
        let mut from = stretch.start;
        let mut at = 0;
        while let Some(mark) = found.get(at) {
            copy(text, from..mark.at.start, written);
            at += 1;
            from = mark.at.end;
            if mark.kind == MarkKind::Value {
                if let Some(run) = text.runs.iter().position(|run| run.contains(&mark.at.start)) {
                    written[run].push_str(&self.values(&mark.name, one).join("、"));
                }
                continue;
            }
            let inside = inner_marks(&found[at..]);
            let Some(end) = found.get(at + inside) else { break };
            for round in self.rounds(mark, one) {
                let inner = mark.at.end..end.at.start;
                self.stretch(text, inner, &found[at..at + inside], round.as_deref(), written);
            }
            from = end.at.end;
            at += inside + 1;
        }
        copy(text, from..stretch.end, written);
    }

    /// The children of a paragraph with their new texts.
    fn runs(
        &self,
        nodes: &[Node],
        written: &mut dyn Iterator<Item = String>,
        changed: bool,
        one: Option<&str>,
    ) -> Vec<Node> {
        let mut out = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Element(element) => match element.name.as_str() {
                    "w:t" => {
                        let text = written.next().unwrap_or_default();
                        if changed { lines(&text, &mut out) } else { out.push(node.clone()) }
                    }
                    "w:pPr" | "w:rPr" => out.push(node.clone()),
                    "w:txbxContent" => out.push(Node::Element(self.element(element, one))),
                    _ => {
                        let children = self.runs(&element.children, written, changed, one);
                        out.push(Node::Element(Element {
                            children,
                            name: element.name.clone(),
                            tag: element.tag.clone(),
                        }));
                    }
                },
                other => out.push(other.clone()),
            }
        }
        out
    }
}

/// How many nodes lie before the paragraph that ends the part that has begun.
fn part_length(nodes: &[Node]) -> usize {
    let mut depth = 0_usize;
    for (index, node) in nodes.iter().enumerate() {
        let Node::Element(element) = node else { continue };
        if element.name != "w:p" {
            continue;
        }
        match alone(&Text::of(element).whole).map(|mark| mark.kind) {
            Some(MarkKind::Close) if depth == 0 => return index,
            Some(MarkKind::Close) => depth -= 1,
            Some(_) => depth += 1,
            None => {}
        }
    }
    nodes.len()
}

/// How many marks lie before the one that ends the part that has begun.
fn inner_marks(marks: &[Mark]) -> usize {
    let mut depth = 0_usize;
    for (index, mark) in marks.iter().enumerate() {
        match mark.kind {
            MarkKind::Close if depth == 0 => return index,
            MarkKind::Close => depth -= 1,
            MarkKind::Open | MarkKind::OpenNot => depth += 1,
            MarkKind::Value => {}
        }
    }
    marks.len()
}

/// Copies a stretch of text into the runs that its letters came from.
fn copy(text: &Text, stretch: std::ops::Range<usize>, written: &mut [String]) {
    for (run, out) in text.runs.iter().zip(written) {
        let (from, to) = (run.start.max(stretch.start), run.end.min(stretch.end));
        if from < to {
            out.push_str(&text.whole[from..to]);
        }
    }
}

/// A run's text; a new line in it is a line break of the document.
fn lines(text: &str, out: &mut Vec<Node>) {
    for (index, line) in text.replace("\r\n", "\n").split(['\n', '\r']).enumerate() {
        if index > 0 {
            out.push(Node::Element(Element::bare("w:br", Vec::new())));
        }
        let inner = if line.is_empty() { Vec::new() } else { vec![Node::Text(line.to_owned())] };
        let tag = "w:t xml:space=\"preserve\"".to_owned();
        out.push(Node::Element(Element { name: "w:t".to_owned(), tag, children: inner }));
    }
}
