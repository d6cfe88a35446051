//! Guard text -> an untyped tree with spans. Recursive descent; every error names its place.

use std::ops::Range;
use terms::{Fen, Period};

use crate::{Compare, ExprError};

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub span: Range<usize>,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Or(Vec<Node>),
    And(Vec<Node>),
    Not(Box<Node>),
    Compare(Compare, Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Node>),
    Has(Box<Node>, Box<Node>),
    Plus(Box<Node>, Box<Node>),
    Minus(Box<Node>, Box<Node>),
    /// `name` or `name.name`
    Name(String, Option<String>),
    Call(String, Vec<Node>),
    Number(i64),
    Money(Fen),
    Period(Period),
    Date(jiff::civil::Date),
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Number(String),
    Date(jiff::civil::Date),
    Text(String),
    Sign(&'static str),
}

const SIGNS: [&str; 15] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", ".", "+", "-", "$"];
const UNITS: [&str; 10] = ["hour", "hours", "day", "days", "month", "months", "year", "years", "working", "yuan"];
/// Nesting beyond this is no rule a person could read, and keeps the stack safe.
const DEPTH: usize = 64;

fn error(span: Range<usize>, message: impl Into<String>, help: Option<&str>) -> ExprError {
    ExprError { span, code: "E201", message: message.into(), help: help.map(str::to_owned) }
}

fn lex(text: &str) -> Result<Vec<(Token, Range<usize>)>, ExprError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches(['-', '.']);
            let token = match word.parse() {
                Ok(date) if word.len() == 10 => Token::Date(date),
                _ => Token::Number(word.to_owned()),
            };
            tokens.push((token, at..at + word.len()));
            at += word.len();
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            tokens.push((Token::Name(rest[..end].to_owned()), at..at + end));
            at += end;
        } else if first == '"' {
            let Some(end) = rest[1..].find('"') else {
                return Err(error(at..text.len(), "this text does not end", Some("close it with a quotation mark")));
            };
            tokens.push((Token::Text(rest[1..=end].to_owned()), at..at + end + 2));
            at += end + 2;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push((Token::Sign(sign), at..at + sign.len()));
            at += sign.len();
        } else {
            return Err(error(at..at + first.len_utf8(), format!("`{first}` has no meaning in a guard"), None));
        }
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    end: usize,
    depth: usize,
}

/// The tree of a guard's text.
pub(crate) fn parse(text: &str) -> Result<Node, ExprError> {
    let tokens = lex(text)?;
    let mut parser = Parser { tokens, at: 0, end: text.len(), depth: 0 };
    let node = parser.or()?;
    match parser.tokens.get(parser.at) {
        None => Ok(node),
        Some((_, span)) => {
            Err(error(span.clone(), "the guard should have ended here", Some("join two conditions with `and` or `or`")))
        }
    }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }
    fn here(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |(_, span)| span.clone())
    }
    fn word(&mut self, word: &str) -> bool {
        let hit = matches!(self.peek(), Some(Token::Name(name)) if name == word);
        self.at += usize::from(hit);
        hit
    }
    fn sign(&mut self, sign: &str) -> bool {
        let hit = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(hit);
        hit
    }
    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.sign(sign) { Ok(()) } else { Err(error(self.here(), format!("`{sign}` is missing here"), None)) }
    }

    fn or(&mut self) -> Result<Node, ExprError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(error(self.here(), "this guard is nested too deeply", Some("split it into several rules")));
        }
        let node = self.chain("or", Parser::and, Kind::Or);
        self.depth -= 1;
        node
    }
    fn and(&mut self) -> Result<Node, ExprError> {
        self.chain("and", Parser::not, Kind::And)
    }
    fn chain(
        &mut self,
        word: &str,
        part: fn(&mut Parser) -> Result<Node, ExprError>,
        join: fn(Vec<Node>) -> Kind,
    ) -> Result<Node, ExprError> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.word(word) {
            parts.push(part(self)?);
        }
        let span = parts[0].span.start..parts[parts.len() - 1].span.end;
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Node { span, kind: join(parts) },
        })
    }
    fn not(&mut self) -> Result<Node, ExprError> {
        let start = self.here().start;
        let mut negated = false;
        while self.word("not") {
            negated = !negated;
        }
        let node = self.comparison()?;
        let span = start..node.span.end;
        Ok(if negated { Node { span, kind: Kind::Not(Box::new(node)) } } else { node })
    }
    fn comparison(&mut self) -> Result<Node, ExprError> {
        let left = self.sum()?;
        let start = left.span.start;
        for (sign, compare) in [
            ("!=", Compare::Unequal),
            ("<=", Compare::AtMost),
            (">=", Compare::AtLeast),
            ("=", Compare::Equal),
            ("<", Compare::Less),
            (">", Compare::More),
        ] {
            if self.sign(sign) {
                let right = self.sum()?;
                let span = start..right.span.end;
                return Ok(Node { span, kind: Kind::Compare(compare, Box::new(left), Box::new(right)) });
            }
        }
        if self.word("in") {
            self.expect("[")?;
            let items = self.list("]")?;
            return Ok(Node { span: start..self.tokens[self.at - 1].1.end, kind: Kind::In(Box::new(left), items) });
        }
        if self.word("has") {
            let right = self.sum()?;
            return Ok(Node { span: start..right.span.end, kind: Kind::Has(Box::new(left), Box::new(right)) });
        }
        Ok(left)
    }
    fn list(&mut self, close: &str) -> Result<Vec<Node>, ExprError> {
        let mut items = Vec::new();
        if self.sign(close) {
            return Ok(items);
        }
        loop {
            items.push(self.or()?);
            if self.sign(close) {
                return Ok(items);
            }
            if !self.sign(",") {
                let span = self.here();
                return Err(error(span, format!("`,` or `{close}` is missing here"), None));
            }
        }
    }
    fn sum(&mut self) -> Result<Node, ExprError> {
        let mut left = self.primary()?;
        loop {
            let join: fn(Box<Node>, Box<Node>) -> Kind = if self.sign("+") {
                Kind::Plus
            } else if self.sign("-") {
                Kind::Minus
            } else {
                return Ok(left);
            };
            let right = self.primary()?;
            let span = left.span.start..right.span.end;
            left = Node { span, kind: join(Box::new(left), Box::new(right)) };
        }
    }
    fn primary(&mut self) -> Result<Node, ExprError> {
        let span = self.here();
        let Some(token) = self.peek().cloned() else {
            return Err(error(span, "the guard ends too early", None));
        };
        self.at += 1;
        let kind = match token {
            Token::Sign("(") => {
                let inner = self.or()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Sign("$") => match self.peek().cloned() {
                Some(Token::Name(name)) => {
                    self.at += 1;
                    Kind::Name(format!("${name}"), None)
                }
                _ => {
                    return Err(error(
                        span,
                        "`$` needs a name",
                        Some("`$power` is the kind of power that the line exercises"),
                    ));
                }
            },
            Token::Number(digits) => self.number(&digits, span.clone())?,
            Token::Date(date) => Kind::Date(date),
            Token::Text(text) => Kind::Text(text),
            Token::Name(name) if self.sign("(") => Kind::Call(name, self.list(")")?),
            Token::Name(name) if self.sign(".") => match self.peek().cloned() {
                Some(Token::Name(part)) => {
                    self.at += 1;
                    Kind::Name(name, Some(part))
                }
                _ => {
                    return Err(error(self.here(), "a name is missing after the point", None));
                }
            },
            Token::Name(name) => Kind::Name(name, None),
            Token::Sign(sign) => {
                return Err(error(span, format!("`{sign}` cannot stand here"), None));
            }
        };
        Ok(Node { span: span.start..self.tokens[self.at - 1].1.end, kind })
    }
    fn number(&mut self, digits: &str, span: Range<usize>) -> Result<Kind, ExprError> {
        let mut unit = String::new();
        while let Some(Token::Name(name)) = self.peek() {
            if !UNITS.contains(&name.as_str()) {
                break;
            }
            unit = format!("{unit} {name}");
            self.at += 1;
        }
        match unit.as_str() {
            "" => digits.parse().map(Kind::Number).map_err(|_| {
                let what = if digits.contains('-') { "day" } else { "whole number" };
                error(span, format!("`{digits}` is no {what}"), None)
            }),
            " yuan" => {
                digits.parse().map(Kind::Money).map_err(|_| error(span, format!("`{digits}` is no amount"), None))
            }
            _ => format!("{digits}{unit}")
                .parse::<Period>()
                .map(Kind::Period)
                .map_err(|why| error(span, why.to_string(), None)),
        }
    }
}
