//! What a page draws, as runs of text with their places.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::content::UntypedIter;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::{Page, Resources};

use super::font::Font;
use super::{Closed, numbers, unpacked};

/// How deep drawings may lie in one another.
const DEEPEST: usize = 8;

/// How many steps all pages together may take.
const STEPS: usize = 20_000_000;

/// How many runs all pages together may give.
const RUNS: usize = 2_000_000;

/// Text drawn in one go: as it lies when the page is turned so that most of its text runs from left to right.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Where it begins and ends on its line.
    pub from: f64,
    /// The end.
    pub to: f64,
    /// The height of its line, upward.
    pub up: f64,
    /// The size of its letters.
    pub size: f64,
    /// Its direction in quarters of a turn.
    turn: usize,
}

/// What all pages drew together.
#[derive(Default)]
pub struct Drawn {
    /// How many pictures.
    pub pictures: usize,
    /// How many codes whose meaning is known.
    pub known: usize,
    /// How many whose meaning nothing tells.
    pub unknown: usize,
    fonts: HashMap<ObjectIdentifier, Rc<Font>>,
    steps: usize,
    runs: usize,
}

type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// How text is drawn at the moment.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    spacing: f64,
    word_spacing: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// A page while it is drawn.
struct Pen {
    state: State,
    kept: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// Marked parts that are open, and since how many of them the page's own frame is drawn.
    marked: usize,
    frame: Option<usize>,
    runs: Vec<Run>,
}

impl Drawn {
    /// The runs of a page, in the order they are drawn.
    pub fn page(&mut self, page: &Page<'_>) -> Result<Vec<Run>, Closed> {
        let mut bytes = Vec::new();
        let mut add = |stream: Stream<'_>| {
            bytes.extend(unpacked(&stream).unwrap_or_default());
            bytes.push(b'\n');
        };
        match page.raw().get::<Object<'_>>("Contents") {
            Some(Object::Stream(stream)) => add(stream),
            Some(Object::Array(parts)) => parts.iter::<Stream<'_>>().take(1_000).for_each(add),
            _ => {}
        }
        let state = State {
            page: IDENTITY,
            font: None,
            size: 0.0,
            spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let mut pen =
            Pen { state, kept: Vec::new(), text: IDENTITY, line: IDENTITY, marked: 0, frame: None, runs: Vec::new() };
        self.draw(&bytes, page.resources(), &mut pen, 0)?;
        // The direction most of the text runs in is the page's; a stamp across it is none of its text.
        let mut signs = [0_usize; 4];
        for run in &pen.runs {
            signs[run.turn % 4] += run.text.chars().count();
        }
        let most = (0..4).max_by_key(|&turn| (signs[turn], 4 - turn)).unwrap_or(0);
        pen.runs.retain(|run| run.turn == most);
        Ok(pen.runs)
    }

    fn draw(&mut self, bytes: &[u8], resources: &Resources<'_>, pen: &mut Pen, depth: usize) -> Result<(), Closed> {
        let mut steps = UntypedIter::new(bytes);
        let kept = pen.kept.len();
        while let Some(step) = steps.next() {
            self.steps += 1;
            if self.steps > STEPS || self.runs > RUNS {
                return Err(Closed::TooLarge);
            }
            let operands: Vec<&Object<'_>> = step.operands().collect();
            let number = |at: usize| match operands.get(at) {
                Some(Object::Number(number)) => number.as_f64(),
                _ => 0.0,
            };
            let string = |at: usize| match operands.get(at) {
                Some(Object::String(text)) => text.as_bytes().to_vec(),
                _ => Vec::new(),
            };
            let operator: &[u8] = step.operator;
            if pen.moves(operator, number) {
                continue;
            }
            match operator {
                b"q" if pen.kept.len() < 512 => pen.kept.push(pen.state.clone()),
                b"Q" if pen.kept.len() > kept => pen.state = pen.kept.pop().unwrap_or_else(|| pen.state.clone()),
                b"Tf" => {
                    pen.state.size = number(1);
                    if let Some(Object::Name(name)) = operands.first() {
                        pen.state.font = resources.get_font(name).map(|font| self.font(&font));
                    }
                }
                b"Tj" => self.show(&string(0), pen),
                b"'" => {
                    pen.next_line(0.0, -pen.state.leading);
                    self.show(&string(0), pen);
                }
                b"\"" => {
                    (pen.state.word_spacing, pen.state.spacing) = (number(0), number(1));
                    pen.next_line(0.0, -pen.state.leading);
                    self.show(&string(2), pen);
                }
                b"TJ" => {
                    if let Some(Object::Array(parts)) = operands.first() {
                        for part in parts.iter::<Object<'_>>() {
                            match part {
                                Object::String(text) => self.show(text.as_bytes(), pen),
                                Object::Number(back) => {
                                    let by = -back.as_f64() / 1000.0 * pen.state.size * pen.state.stretch;
                                    pen.text = times([1.0, 0.0, 0.0, 1.0, by, 0.0], pen.text);
                                }
                                _ => {}
                            }
                        }
                    }
                }
                b"BDC" => {
                    pen.marked += 1;
                    let artifact = matches!(operands.first(), Some(Object::Name(name)) if &**name == b"Artifact");
                    if artifact && matches!(operands.get(1), Some(Object::Dict(marks)) if is_frame(marks)) {
                        pen.frame.get_or_insert(pen.marked);
                    }
                }
                b"BI" => self.pictures += 1,
                b"Do" => {
                    if let Some(Object::Name(name)) = operands.first()
                        && let Some(drawing) = resources.get_x_object(name)
                    {
                        self.drawing(&drawing, resources, pen, depth)?;
                    }
                }
                _ => {}
            }
        }
        pen.kept.truncate(kept);
        Ok(())
    }

    /// A picture, or a drawing that draws.
    fn drawing(
        &mut self,
        drawing: &Stream<'_>,
        resources: &Resources<'_>,
        pen: &mut Pen,
        depth: usize,
    ) -> Result<(), Closed> {
        let dict = drawing.dict();
        if dict.get::<Name<'_>>("Subtype").as_deref() != Some(b"Form") {
            self.pictures += 1;
            return Ok(());
        }
        if depth >= DEEPEST {
            return Ok(());
        }
        let before = (pen.state.clone(), pen.text, pen.line);
        let matrix = dict.get::<Array<'_>>("Matrix").map(|matrix| numbers(&matrix));
        if let Some(&[a, b, c, d, e, f]) = matrix.as_deref() {
            pen.state.page = times([a, b, c, d, e, f], pen.state.page);
        }
        let bytes = unpacked(drawing).unwrap_or_default();
        // Each time it is drawn it is unpacked: that is a step for each thousand bytes.
        self.steps = self.steps.saturating_add(bytes.len() / 1_000);
        match dict.get::<Dict<'_>>("Resources") {
            Some(own) => self.draw(&bytes, &Resources::new(own), pen, depth + 1)?,
            None => self.draw(&bytes, resources, pen, depth + 1)?,
        }
        (pen.state, pen.text, pen.line) = before;
        Ok(())
    }

    fn font(&mut self, font: &Dict<'_>) -> Rc<Font> {
        let Some(id) = font.obj_id() else { return Rc::new(Font::of(font)) };
        Rc::clone(self.fonts.entry(id).or_insert_with(|| Rc::new(Font::of(font))))
    }

    fn show(&mut self, bytes: &[u8], pen: &mut Pen) {
        let Some(font) = pen.state.font.clone() else { return };
        let (mut known, mut unknown) = (0, 0);
        let before = pen.runs.len();
        font.codes(bytes, |code| {
            match &code.text {
                Some(text) => {
                    known += 1;
                    pen.set(text, code.width);
                }
                None => unknown += 1,
            }
            let state = &pen.state;
            let word = if code.blank { state.word_spacing } else { 0.0 };
            let by = (code.width * state.size + state.spacing + word) * state.stretch;
            pen.text = times([1.0, 0.0, 0.0, 1.0, by, 0.0], pen.text);
        });
        self.runs += pen.runs.len() - before;
        self.steps += bytes.len() / 4;
        self.known += known;
        self.unknown += unknown;
    }
}

/// Whether a marked part is a page's head or foot.
fn is_frame(marks: &Dict<'_>) -> bool {
    marks.get::<Name<'_>>("Type").as_deref() == Some(b"Pagination")
}

impl Pen {
    /// Takes a step that only says where or how text is set; whether it was one.
    fn moves(&mut self, operator: &[u8], number: impl Fn(usize) -> f64) -> bool {
        let six = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        let state = &mut self.state;
        match operator {
            b"cm" => state.page = times(six(), state.page),
            b"BT" => (self.text, self.line) = (IDENTITY, IDENTITY),
            b"Tc" => state.spacing = number(0),
            b"Tw" => state.word_spacing = number(0),
            b"Tz" => state.stretch = number(0) / 100.0,
            b"TL" => state.leading = number(0),
            b"Ts" => state.rise = number(0),
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"Tm" => (self.text, self.line) = (six(), six()),
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"BMC" => self.marked += 1,
            b"EMC" => {
                if self.frame == Some(self.marked) {
                    self.frame = None;
                }
                self.marked = self.marked.saturating_sub(1);
            }
            _ => return false,
        }
        true
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    /// Sets one sign where the pen stands.
    fn set(&mut self, text: &str, width: f64) {
        if self.frame.is_some() {
            return;
        }
        let state = &self.state;
        let all = times(times([1.0, 0.0, 0.0, 1.0, 0.0, state.rise], self.text), state.page);
        let (along, across) = ((all[0], all[1]), (all[2], all[3]));
        let size = across.0.hypot(across.1) * state.size.abs();
        let long = along.0.hypot(along.1) * state.size.abs() * state.stretch.abs() * width;
        // Text may be drawn mirrored by its size; what is slanted across the page is a stamp.
        let (a, b) = (along.0 * state.size.signum(), along.1 * state.size.signum());
        let turn = if b.abs() <= a.abs() * 0.2 {
            usize::from(a < 0.0) * 2
        } else if a.abs() <= b.abs() * 0.2 {
            if b > 0.0 { 1 } else { 3 }
        } else {
            return;
        };
        let (from, up) = match turn {
            0 => (all[4], all[5]),
            1 => (all[5], -all[4]),
            2 => (-all[4], -all[5]),
            _ => (-all[5], all[4]),
        };
        if !(from.is_finite() && up.is_finite() && size.is_finite() && long.is_finite()) || size <= 0.0 {
            return;
        }
        if let Some(last) = self.runs.last_mut()
            && last.turn == turn
            && (last.up - up).abs() < size * 0.05
            && (last.size - size).abs() < size * 0.05
            && (from - last.to).abs() < size * 0.15
            && last.text.len() < 4_096
        {
            last.text.push_str(text);
            last.to = from + long;
            return;
        }
        // A paragraph that is indented by blanks begins behind them.
        if text.trim().is_empty() {
            return;
        }
        self.runs.push(Run { text: text.to_owned(), from, to: from + long, up, size, turn });
    }
}
