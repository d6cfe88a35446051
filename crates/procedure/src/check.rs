//! Guard text -> a typed expression of a line, or what is wrong with it.

use std::ops::Range;
use terms::Code;

use crate::{
    Compare, Expr, ExprError, FieldType, Line, Term, Value,
    line::{ActId, FieldId, LimitId, LookupId},
    near::meant,
    parse::{Kind, Node, parse},
};

#[derive(Clone, Debug, PartialEq)]
enum Ty {
    Bool,
    Number,
    Money,
    Date,
    Moment,
    Text,
    /// A symbol of this field's choices.
    Choice(FieldId),
    ThisChoice(FieldId),
    /// A symbol whose choices another line knows.
    Foreign,
    Account,
    Agency,
    PartyKind,
    PeriodKind,
    Key,
    Record,
}

impl Ty {
    fn name(&self) -> &'static str {
        match self {
            Ty::Bool => "yes or no",
            Ty::Number => "a number",
            Ty::Money => "money",
            Ty::Date => "a day",
            Ty::Moment => "a moment",
            Ty::Text => "text",
            Ty::Choice(_) | Ty::ThisChoice(_) | Ty::Foreign => "a choice",
            Ty::Account => "an account",
            Ty::Agency => "an agency",
            Ty::PartyKind => "a kind of party",
            Ty::PeriodKind => "a kind of period",
            Ty::Key => "a key",
            Ty::Record => "a record",
        }
    }
}

struct Checker<'a> {
    line: &'a Line,
    this: Option<&'a Line>,
    errors: Vec<ExprError>,
}

/// Types a guard against `line`; `this` is the asking line in a lookup's condition. All errors at once.
///
/// # Errors
/// Everything that is wrong, each with its place in `text`.
pub fn compile(text: &str, line: &Line, this: Option<&Line>) -> Result<Expr, Vec<ExprError>> {
    let node = parse(text).map_err(|error| vec![error])?;
    let mut checker = Checker { line, this, errors: Vec::new() };
    match checker.condition(&node) {
        Some(expr) if checker.errors.is_empty() => Ok(expr),
        _ => Err(checker.errors),
    }
}

fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a Code>) -> Option<String> {
    meant(word, among.map(Code::as_str))
}

impl Checker<'_> {
    fn fail<T>(&mut self, span: &Range<usize>, code: &'static str, message: String, help: Option<String>) -> Option<T> {
        self.errors.push(ExprError { span: span.clone(), code, message, help });
        None
    }

    fn conditions(&mut self, nodes: &[Node]) -> Option<Vec<Expr>> {
        let parts: Vec<Option<Expr>> = nodes.iter().map(|node| self.condition(node)).collect();
        parts.into_iter().collect()
    }

    fn condition(&mut self, node: &Node) -> Option<Expr> {
        match &node.kind {
            Kind::Or(parts) => self.conditions(parts).map(Expr::Or),
            Kind::And(parts) => self.conditions(parts).map(Expr::And),
            Kind::Not(inner) => self.condition(inner).map(|inner| Expr::Not(Box::new(inner))),
            Kind::Compare(compare, left, right) => self.comparison(*compare, left, right),
            Kind::In(left, items) => self.membership(left, items),
            Kind::Has(left, right) => self.has(left, right),
            Kind::Call(name, arguments) if !is_term(name) => self.atom(name, arguments, &node.span),
            Kind::Name(name, None) if name == "always" || name == "never" => Some(Expr::Always(name == "always")),
            _ => match self.term(node, None)? {
                (term, Ty::Bool) => Some(Expr::IsTrue(term)),
                (_, ty) => self.fail(
                    &node.span,
                    "E203",
                    format!("this is {}, not a condition", ty.name()),
                    Some("compare it with something".into()),
                ),
            },
        }
    }

    fn comparison(&mut self, compare: Compare, left: &Node, right: &Node) -> Option<Expr> {
        if let Kind::Name(name, None) = &left.kind
            && (name == "stage" || (self.line.field_id(name).is_none() && self.line.track_id(name).is_some()))
        {
            let stages = Expr::Stage(self.track(name), vec![self.stage(name, right)?]);
            return match compare {
                Compare::Equal => Some(stages),
                Compare::Unequal => Some(Expr::Not(Box::new(stages))),
                _ => self.fail(
                    &left.span,
                    "E203",
                    "stages have no order in a guard".into(),
                    Some("list them: `stage in [a, b]`".into()),
                ),
            };
        }
        let (left_term, ty) = self.term(left, None)?;
        self.single(left, &left_term)?;
        let (right_term, other) = self.term(right, Some(&ty))?;
        if !alike(&ty, &other) {
            return self.fail(
                &right.span,
                "E203",
                format!("{} cannot be compared with {}", ty.name(), other.name()),
                None,
            );
        }
        let ordered = matches!(ty, Ty::Number | Ty::Money | Ty::Date | Ty::Moment);
        if !ordered && !matches!(compare, Compare::Equal | Compare::Unequal) {
            return self.fail(
                &left.span,
                "E203",
                format!("{} has no order", ty.name()),
                Some("use `=`, `!=` or `heavier(a, b)`".into()),
            );
        }
        Some(Expr::Compare(compare, left_term, right_term))
    }

    fn track(&self, name: &str) -> Option<crate::TrackId> {
        if name == "stage" { None } else { self.line.track_id(name) }
    }

    fn stage(&mut self, track: &str, node: &Node) -> Option<crate::StageId> {
        let track = self.track(track);
        let Kind::Name(name, None) = &node.kind else {
            return self.fail(&node.span, "E203", "a stage is missing here".into(), None);
        };
        match self.line.stage_id(track, name) {
            Some(stage) => Some(stage),
            None => {
                let help = nearest(name, self.line.stages_of(track).iter().map(|stage| &stage.code));
                self.fail(&node.span, "E202", format!("there is no stage `{name}`"), help)
            }
        }
    }

    fn membership(&mut self, left: &Node, items: &[Node]) -> Option<Expr> {
        if let Kind::Name(name, None) = &left.kind
            && (name == "stage" || (self.line.field_id(name).is_none() && self.line.track_id(name).is_some()))
        {
            let stages: Option<Vec<_>> = items.iter().map(|item| self.stage(name, item)).collect();
            return Some(Expr::Stage(self.track(name), stages?));
        }
        let (term, ty) = self.term(left, None)?;
        self.single(left, &term)?;
        let mut found = Vec::new();
        for item in items {
            let (other, other_ty) = self.term(item, Some(&ty))?;
            if !alike(&ty, &other_ty) {
                return self.fail(
                    &item.span,
                    "E203",
                    format!("{} cannot be compared with {}", ty.name(), other_ty.name()),
                    None,
                );
            }
            found.push(other);
        }
        Some(Expr::In(term, found))
    }

    /// A field of several choices is never equal to one of them: the guard would not be known for ever.
    fn single(&mut self, node: &Node, term: &Term) -> Option<()> {
        let several =
            |field: &FieldId| matches!(self.line.field(*field).kind, FieldType::Choices(_) | FieldType::Keys(_));
        match term {
            Term::Field(field) if several(field) => {
                let help = format!("write `{} has …`", self.line.field(*field).code);
                self.fail(&node.span, "E203", "this field holds several values".into(), Some(help))
            }
            _ => Some(()),
        }
    }

    fn has(&mut self, left: &Node, right: &Node) -> Option<Expr> {
        let field = self.field(left)?;
        let FieldType::Choices(crate::Choices { choices, .. }) = &self.line.field(field).kind else {
            return self.fail(&left.span, "E203", "`has` asks a field of several choices".into(), None);
        };
        match &right.kind {
            Kind::Name(name, None) if choices.iter().any(|choice| choice.code == *name) => {
                Some(Expr::Has(field, name.into()))
            }
            Kind::Name(name, None) => {
                let help = nearest(name, choices.iter().map(|choice| &choice.code));
                self.fail(&right.span, "E202", format!("`{name}` is no choice of this field"), help)
            }
            _ => self.fail(&right.span, "E203", "one of the field's choices is missing here".into(), None),
        }
    }

    fn atom(&mut self, name: &str, arguments: &[Node], span: &Range<usize>) -> Option<Expr> {
        match (name, arguments) {
            ("done", [act]) => self.act(act).map(Expr::Done),
            ("lapsed", [limit]) => self.limit(limit).map(Expr::Lapsed),
            ("filled", [field]) => self.field(field).map(Expr::Filled),
            ("found", [lookup]) => self.lookup(lookup).map(Expr::Found),
            ("none", [lookup]) => self.lookup(lookup).map(|lookup| Expr::Not(Box::new(Expr::Found(lookup)))),
            ("every", [lookup]) => self.lookup(lookup).map(Expr::Every),
            ("heavier", [left, right]) => self.heavier(left, right),
            ("within", [from, to, period]) => {
                let from = self.day(from)?;
                let to = self.day(to)?;
                match period.kind {
                    Kind::Period(period) => Some(Expr::Within(from, to, period)),
                    _ => self.fail(
                        &period.span,
                        "E203",
                        "a period is missing here, such as `5 working days`".into(),
                        None,
                    ),
                }
            }
            ("done" | "lapsed" | "filled" | "found" | "none" | "every" | "heavier" | "within", _) => {
                self.fail(span, "E204", format!("`{name}` has the wrong number of arguments"), None)
            }
            _ => {
                let known = [
                    "done", "lapsed", "filled", "found", "none", "every", "heavier", "within", "day", "count",
                    "kind_of", "last_day", "actor_of",
                ]
                .map(Code::from);
                let help = nearest(name, known.iter());
                self.fail(span, "E202", format!("there is no function `{name}`"), help)
            }
        }
    }

    fn heavier(&mut self, left: &Node, right: &Node) -> Option<Expr> {
        let (first, second) = (self.field(left)?, self.field(right)?);
        for (field, node) in [(first, left), (second, right)] {
            if !matches!(&self.line.field(field).kind, FieldType::Choice(all) | FieldType::Choices(all) if all.ordered)
            {
                return self.fail(
                    &node.span,
                    "E203",
                    "`heavier` compares fields whose choices are `ordered`".into(),
                    None,
                );
            }
        }
        Some(Expr::Heavier(first, second))
    }

    fn day(&mut self, node: &Node) -> Option<Term> {
        match self.term(node, Some(&Ty::Date))? {
            (term, Ty::Date | Ty::Moment) => Some(term),
            (_, ty) => self.fail(&node.span, "E203", format!("this is {}, not a day", ty.name()), None),
        }
    }

    fn act(&mut self, node: &Node) -> Option<ActId> {
        let line = self.line;
        self.named(node, "act", |name| line.act_id(name), line.acts.iter().map(|act| &act.code))
    }
    fn limit(&mut self, node: &Node) -> Option<LimitId> {
        let line = self.line;
        self.named(node, "limit", |name| line.limit_id(name), line.limits.iter().map(|limit| &limit.code))
    }
    fn lookup(&mut self, node: &Node) -> Option<LookupId> {
        let line = self.line;
        self.named(node, "lookup", |name| line.lookup_id(name), line.lookups.iter().map(|lookup| &lookup.code))
    }
    fn field(&mut self, node: &Node) -> Option<FieldId> {
        let line = self.line;
        self.named(node, "field", |name| line.field_id(name), line.fields.iter().map(|field| &field.code))
    }
    fn named<'c, T>(
        &mut self,
        node: &Node,
        what: &str,
        find: impl Fn(&str) -> Option<T>,
        known: impl Iterator<Item = &'c Code>,
    ) -> Option<T> {
        let Kind::Name(name, None) = &node.kind else {
            return self.fail(&node.span, "E203", format!("the name of a {what} is missing here"), None);
        };
        match find(name) {
            Some(id) => Some(id),
            None => {
                let help = nearest(name, known);
                self.fail(&node.span, "E202", format!("there is no {what} `{name}`"), help)
            }
        }
    }

    fn term(&mut self, node: &Node, expected: Option<&Ty>) -> Option<(Term, Ty)> {
        Some(match &node.kind {
            Kind::Number(number) => (Term::Literal(Value::Number(*number)), Ty::Number),
            Kind::Money(fen) => (Term::Literal(Value::Money(*fen)), Ty::Money),
            Kind::Date(date) => (Term::Literal(Value::Date(*date)), Ty::Date),
            Kind::Text(text) => (Term::Literal(Value::Text(text.clone())), Ty::Text),
            Kind::Period(_) => {
                return self.fail(
                    &node.span,
                    "E203",
                    "a period stands only after `+` or `-`, or in `within`".into(),
                    None,
                );
            }
            Kind::Plus(left, right) => return self.sum(left, right, true),
            Kind::Minus(left, right) => return self.sum(left, right, false),
            Kind::Name(name, None) => return self.name(name, &node.span, expected),
            Kind::Name(name, Some(part)) => return self.dotted(name, part, &node.span),
            Kind::Call(name, arguments) => return self.call(name, arguments, &node.span),
            _ => match self.condition(node) {
                Some(_) => {
                    return self.fail(
                        &node.span,
                        "E203",
                        "a condition cannot be compared".into(),
                        Some("use `and`, `or`, `not`".into()),
                    );
                }
                None => return None,
            },
        })
    }

    fn sum(&mut self, left: &Node, right: &Node, plus: bool) -> Option<(Term, Ty)> {
        let (term, ty) = self.term(left, None)?;
        if let Kind::Period(period) = right.kind {
            if !matches!(ty, Ty::Date) {
                return self.fail(
                    &left.span,
                    "E203",
                    format!("a period is added to a day, and this is {}", ty.name()),
                    None,
                );
            }
            let term = Box::new(term);
            return Some((if plus { Term::Later(term, period) } else { Term::Earlier(term, period) }, Ty::Date));
        }
        let (other, other_ty) = self.term(right, Some(&ty))?;
        if ty != other_ty || !matches!(ty, Ty::Number | Ty::Money) {
            return self.fail(
                &right.span,
                "E203",
                format!("{} and {} cannot be added", ty.name(), other_ty.name()),
                None,
            );
        }
        let (term, other) = (Box::new(term), Box::new(other));
        Some((if plus { Term::Plus(term, other) } else { Term::Minus(term, other) }, ty))
    }

    fn call(&mut self, name: &str, arguments: &[Node], span: &Range<usize>) -> Option<(Term, Ty)> {
        match (name, arguments) {
            ("day", [act]) => self.act(act).map(|act| (Term::Day(act), Ty::Date)),
            ("actor_of", [act]) => self.act(act).map(|act| (Term::ActorOf(act), Ty::Account)),
            ("kind_of", [field]) => {
                let id = self.field(field)?;
                match self.line.field(id).kind {
                    FieldType::Party => Some((Term::KindOf(id), Ty::PartyKind)),
                    FieldType::Period => Some((Term::KindOf(id), Ty::PeriodKind)),
                    _ => self.fail(&field.span, "E203", "`kind_of` asks a party or a period".into(), None),
                }
            }
            ("last_day", [field]) => {
                let id = self.field(field)?;
                match self.line.field(id).kind {
                    FieldType::Period => Some((Term::LastDay(id), Ty::Date)),
                    _ => self.fail(&field.span, "E203", "`last_day` asks a period".into(), None),
                }
            }
            ("count", [thing]) => self.count(thing),
            ("day" | "actor_of" | "kind_of" | "last_day" | "count", _) => {
                self.fail(span, "E204", format!("`{name}` takes one argument"), None)
            }
            _ => {
                self.atom(name, arguments, span)?;
                self.fail(span, "E203", "a condition cannot be compared".into(), None)
            }
        }
    }

    fn count(&mut self, node: &Node) -> Option<(Term, Ty)> {
        let Kind::Name(name, None) = &node.kind else {
            return self.fail(&node.span, "E203", "`count` takes an act, a lookup or a field of several".into(), None);
        };
        if let Some(act) = self.line.act_id(name) {
            return Some((Term::Times(act), Ty::Number));
        }
        if let Some(lookup) = self.line.lookup_id(name) {
            return Some((Term::Found(lookup), Ty::Number));
        }
        let field = self.field(node)?;
        match self.line.field(field).kind {
            FieldType::Choices(_) | FieldType::Keys(_) | FieldType::Questions => Some((Term::Size(field), Ty::Number)),
            _ => self.fail(&node.span, "E203", "this field holds one value; there is nothing to count".into(), None),
        }
    }

    fn name(&mut self, name: &str, span: &Range<usize>, expected: Option<&Ty>) -> Option<(Term, Ty)> {
        if let Some(choice) = self.symbol(name, expected) {
            return Some(choice);
        }
        match name {
            "today" => return Some((Term::Today, Ty::Date)),
            "actor" => return Some((Term::Actor, Ty::Account)),
            "agency" => return Some((Term::Agency, Ty::Agency)),
            "yes" | "no" => return Some((Term::Literal(Value::Bool(name == "yes")), Ty::Bool)),
            "$power" => {
                let owner = self.this.unwrap_or(self.line);
                return match &owner.rests {
                    crate::Rests::Power(kind) => Some((Term::Literal(Value::Choice(kind.clone())), Ty::Foreign)),
                    crate::Rests::Duty => {
                        self.fail(span, "E205", "`$power` has no meaning in a line that rests on a duty".into(), None)
                    }
                };
            }
            _ => {}
        }
        if let Some(id) = self.line.field_id(name) {
            return Some((Term::Field(id), field_type(&self.line.field(id).kind, id, false)));
        }
        let help = nearest(name, self.line.fields.iter().map(|field| &field.code));
        self.fail(span, "E202", format!("there is no field `{name}`"), help)
    }

    /// A bare word on the right of a comparison is one of the left side's choices.
    fn symbol(&self, name: &str, expected: Option<&Ty>) -> Option<(Term, Ty)> {
        let choices = match expected? {
            Ty::Choice(field) => self.line.field(*field).choices(),
            Ty::ThisChoice(field) => self.this?.field(*field).choices(),
            Ty::PartyKind if matches!(name, "person" | "organisation") => {
                return Some((Term::Literal(Value::Choice(name.into())), Ty::PartyKind));
            }
            Ty::PeriodKind if terms::Stretch::KINDS.contains(&name) => {
                return Some((Term::Literal(Value::Choice(name.into())), Ty::PeriodKind));
            }
            Ty::Foreign if self.line.field_id(name).is_none() => {
                return Some((Term::Literal(Value::Choice(name.into())), Ty::Foreign));
            }
            _ => return None,
        };
        let hit = choices.iter().any(|choice| choice.code == name);
        hit.then(|| (Term::Literal(Value::Choice(name.into())), Ty::Foreign))
    }

    fn dotted(&mut self, name: &str, part: &str, span: &Range<usize>) -> Option<(Term, Ty)> {
        match name {
            "value" => match self.line.value_id(part) {
                Some(id) => {
                    let ty = match &self.line.values[id.index()].value {
                        Some(Value::Number(_)) => Ty::Number,
                        Some(Value::Bool(_)) => Ty::Bool,
                        Some(Value::Date(_)) => Ty::Date,
                        Some(Value::Text(_)) => Ty::Text,
                        _ => Ty::Money,
                    };
                    Some((Term::Named(id), ty))
                }
                None => {
                    let help = nearest(part, self.line.values.iter().map(|value| &value.code));
                    self.fail(span, "E202", format!("there is no value `{part}`"), help)
                }
            },
            "this" => {
                let Some(this) = self.this else {
                    return self.fail(span, "E205", "`this` stands only in a lookup's condition".into(), None);
                };
                if part == "agency" {
                    return Some((Term::ThisAgency, Ty::Agency));
                }
                match this.field_id(part) {
                    Some(id) => Some((Term::This(id), field_type(&this.field(id).kind, id, true))),
                    None => {
                        let help = nearest(part, this.fields.iter().map(|field| &field.code));
                        self.fail(span, "E202", format!("the asking line has no field `{part}`"), help)
                    }
                }
            }
            _ => match self.line.lookup_id(name) {
                Some(id) => Some((Term::Answer(id, part.into()), Ty::Foreign)),
                None => {
                    let help = nearest(name, self.line.lookups.iter().map(|lookup| &lookup.code));
                    self.fail(span, "E202", format!("there is no lookup `{name}`"), help)
                }
            },
        }
    }
}

fn is_term(name: &str) -> bool {
    matches!(name, "day" | "count" | "kind_of" | "last_day" | "actor_of")
}

fn alike(left: &Ty, right: &Ty) -> bool {
    let choice = |ty: &Ty| matches!(ty, Ty::Choice(_) | Ty::ThisChoice(_) | Ty::Foreign | Ty::Key | Ty::Text);
    left == right
        || (matches!(left, Ty::Foreign) || matches!(right, Ty::Foreign))
        || (choice(left) && choice(right))
        || matches!((left, right), (Ty::Date, Ty::Moment) | (Ty::Moment, Ty::Date))
}

fn field_type(kind: &FieldType, id: FieldId, this: bool) -> Ty {
    match kind {
        FieldType::Bool => Ty::Bool,
        FieldType::Number(_) => Ty::Number,
        FieldType::Money => Ty::Money,
        FieldType::Date => Ty::Date,
        FieldType::Moment => Ty::Moment,
        FieldType::Text | FieldType::Party | FieldType::Figures => Ty::Text,
        FieldType::Choice(_) | FieldType::Choices(_) if this => Ty::ThisChoice(id),
        FieldType::Choice(_) | FieldType::Choices(_) => Ty::Choice(id),
        FieldType::Key(_) | FieldType::Keys(_) | FieldType::Organ | FieldType::Period | FieldType::Questions => Ty::Key,
        FieldType::Link(_) => Ty::Record,
    }
}
