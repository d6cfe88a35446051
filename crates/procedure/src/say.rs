//! Every condition prints itself, in Chinese and in English.

use crate::{Compare, Expr, Field, FieldType, Line, Said, Term, Value};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Said {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// A value as a person reads it; `field` gives choices their titles.
pub fn say_value(value: &Value, field: Option<&Field>, language: Language) -> String {
    let title = |code: &str| {
        let choice = field.and_then(|field| field.choice(code));
        choice.map_or_else(|| code.to_owned(), |choice| choice.title.get(language).to_owned())
    };
    let join = |items: &[terms::Code]| {
        let words: Vec<String> = items.iter().map(|item| title(item)).collect();
        words.join(if language == Language::Zh { "、" } else { ", " })
    };
    match value {
        Value::Bool(true) => if language == Language::Zh { "是" } else { "yes" }.to_owned(),
        Value::Bool(false) => if language == Language::Zh { "否" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Money(fen) => match language {
            Language::Zh => fen.zh(),
            Language::En => format!("¥{fen}"),
        },
        Value::Date(date) => date.to_string(),
        Value::Moment(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
        Value::Text(_) if field.is_some_and(|field| field.kind == FieldType::Figures) => {
            if language == Language::Zh { "已固定" } else { "kept as told" }.to_owned()
        }
        Value::Text(text) => text.clone(),
        Value::Choice(code) | Value::Key(code) => title(code),
        Value::Choices(codes) | Value::Keys(codes) => join(codes),
        Value::Party(party) => party.name.clone(),
        Value::Link(record) => record.to_string(),
    }
}

struct Speaker<'a> {
    line: &'a Line,
    language: Language,
}

impl Expr {
    /// The condition as a sentence part.
    pub fn say(&self, line: &Line, language: Language) -> String {
        Speaker { line, language }.expr(self)
    }
}

impl Speaker<'_> {
    fn either(&self, zh: String, en: String) -> String {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    fn join(&self, parts: &[Expr], zh: &str, en: &str) -> String {
        let said: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Expr::And(_) | Expr::Or(_) => {
                    self.either(format!("（{}）", self.expr(part)), format!("({})", self.expr(part)))
                }
                _ => self.expr(part),
            })
            .collect();
        said.join(if self.language == Language::Zh { zh } else { en })
    }

    fn expr(&self, expr: &Expr) -> String {
        let l = self.language;
        match expr {
            Expr::Always(true) => self.either("总是".into(), "always".into()),
            Expr::Always(false) => self.either("从不".into(), "never".into()),
            Expr::And(parts) => self.join(parts, "，且", " and "),
            Expr::Or(parts) => self.join(parts, "，或者", " or "),
            Expr::Not(inner) => self.negated(inner),
            Expr::Compare(compare, left, right) => {
                let sign = self.sign(*compare, self.is_day(left) || self.is_day(right));
                format!("{}{sign}{}", self.term(left), self.right(left, right))
            }
            Expr::In(term, items) => {
                let items: Vec<String> = items.iter().map(|item| self.right(term, item)).collect();
                self.either(
                    format!("{}为{}之一", self.term(term), items.join("、")),
                    format!("{} is one of {}", self.term(term), items.join(", ")),
                )
            }
            Expr::Has(field, code) => {
                let field = self.line.field(*field);
                let choice = field.choice(code).map_or(code.as_str(), |choice| choice.title.get(l));
                self.either(format!("{}包含{choice}", field.title.zh), format!("{} has {choice}", field.title.en))
            }
            Expr::IsTrue(term) => {
                self.either(format!("{}为是", self.term(term)), format!("{} is yes", self.term(term)))
            }
            Expr::Done(act) => {
                let title = &self.line.act(*act).title;
                self.either(format!("已{}", title.zh), format!("“{}” was done", title.en))
            }
            Expr::Lapsed(limit) => {
                let title = &self.line.limit(*limit).title;
                self.either(format!("{}已届满", title.zh), format!("{} has passed", title.en))
            }
            Expr::Filled(field) => {
                let title = &self.line.field(*field).title;
                self.either(format!("已填写{}", title.zh), format!("{} is given", title.en))
            }
            Expr::Found(lookup) => {
                let title = &self.line.lookups[lookup.index()].title;
                self.either(format!("查到{}", title.zh), format!("{} found", title.en))
            }
            Expr::Every(lookup) => {
                let title = &self.line.lookups[lookup.index()].title;
                self.either(format!("每一项均查到{}", title.zh), format!("{} found for each", title.en))
            }
            Expr::Stage(track, stages) => {
                let all = self.line.stages_of(*track);
                let names: Vec<&str> = stages.iter().map(|stage| all[stage.index()].title.get(l)).collect();
                self.either(format!("处于“{}”阶段", names.join("”“")), format!("it stands in {}", names.join(" or ")))
            }
            Expr::Within(from, to, period) => self.either(
                format!("{}在{}后{}内", self.term(to), self.term(from), period.zh()),
                format!("{} is within {} of {}", self.term(to), period.en(), self.term(from)),
            ),
            Expr::Heavier(left, right) => {
                let (left, right) = (&self.line.field(*left).title, &self.line.field(*right).title);
                self.either(format!("{}重于{}", left.zh, right.zh), format!("{} is heavier than {}", left.en, right.en))
            }
        }
    }

    fn negated(&self, inner: &Expr) -> String {
        match inner {
            Expr::Done(act) => {
                let title = &self.line.act(*act).title;
                self.either(format!("未{}", title.zh), format!("“{}” was not done", title.en))
            }
            Expr::Found(lookup) => {
                let title = &self.line.lookups[lookup.index()].title;
                self.either(format!("没有{}", title.zh), format!("no {} found", title.en))
            }
            Expr::IsTrue(term) => self.either(format!("{}为否", self.term(term)), format!("{} is no", self.term(term))),
            Expr::Lapsed(limit) => {
                let title = &self.line.limit(*limit).title;
                self.either(format!("{}未届满", title.zh), format!("{} has not passed", title.en))
            }
            Expr::Filled(field) => {
                let title = &self.line.field(*field).title;
                self.either(format!("未填写{}", title.zh), format!("{} is not given", title.en))
            }
            Expr::Stage(..) => {
                let said = self.expr(inner);
                let en = said.replacen("it stands in", "it does not stand in", 1);
                self.either(format!("不{said}"), en)
            }
            _ => self.either(format!("并非{}", self.expr(inner)), format!("not {}", self.expr(inner))),
        }
    }

    fn is_day(&self, term: &Term) -> bool {
        match term {
            Term::Today | Term::Day(_) | Term::Later(..) | Term::Earlier(..) => true,
            Term::Literal(value) => matches!(value, Value::Date(_) | Value::Moment(_)),
            Term::Field(field) => matches!(self.line.field(*field).kind, FieldType::Date | FieldType::Moment),
            _ => false,
        }
    }

    /// A day is earlier or later, not less or more.
    fn sign(&self, compare: Compare, days: bool) -> &'static str {
        let (zh, en) = match compare {
            Compare::Less if days => ("早于", " is before "),
            Compare::AtMost if days => ("不晚于", " is not after "),
            Compare::More if days => ("晚于", " is after "),
            Compare::AtLeast if days => ("不早于", " is not before "),
            Compare::Equal => ("为", " is "),
            Compare::Unequal => ("不为", " is not "),
            Compare::Less => ("小于", " < "),
            Compare::AtMost => ("不超过", " ≤ "),
            Compare::More => ("超过", " > "),
            Compare::AtLeast => ("不少于", " ≥ "),
        };
        if self.language == Language::Zh { zh } else { en }
    }

    /// The right side of a comparison; a choice takes its title from the field on the left.
    fn right(&self, left: &Term, right: &Term) -> String {
        match (left, right) {
            (Term::Field(field), Term::Literal(value)) => {
                say_value(value, Some(self.line.field(*field)), self.language)
            }
            (Term::KindOf(_), Term::Literal(Value::Choice(kind))) => match kind.as_str() {
                "person" => self.either("公民".into(), "a person".into()),
                "day" => self.either("日".into(), "a day".into()),
                "month" => self.either("月".into(), "a month".into()),
                "quarter" => self.either("季度".into(), "a quarter".into()),
                "year" => self.either("年度".into(), "a year".into()),
                _ => self.either("法人或者其他组织".into(), "an organisation".into()),
            },
            _ => self.term(right),
        }
    }

    fn term(&self, term: &Term) -> String {
        let act = |id: &crate::ActId| &self.line.act(*id).title;
        let field = |id: &crate::FieldId| &self.line.field(*id).title;
        match term {
            Term::Literal(value) => say_value(value, None, self.language),
            Term::Field(id) => field(id).get(self.language).to_owned(),
            Term::This(_) | Term::ThisAgency => self.either("本案所填".into(), "what this record says".into()),
            Term::Named(id) => self.line.values[id.index()].title.get(self.language).to_owned(),
            Term::Today => self.either("办理当日".into(), "the day of the act".into()),
            Term::Day(id) => self.either(format!("{}之日", act(id).zh), format!("the day of “{}”", act(id).en)),
            Term::Times(id) => self.either(format!("{}次数", act(id).zh), format!("the number of “{}”", act(id).en)),
            Term::Found(id) => {
                let title = &self.line.lookups[id.index()].title;
                self.either(format!("查到的{}数", title.zh), format!("the number of {} found", title.en))
            }
            Term::Answer(id, code) => {
                let title = &self.line.lookups[id.index()].title;
                self.either(format!("{}的{code}", title.zh), format!("{code} of {}", title.en))
            }
            Term::Size(id) => self.either(format!("{}数量", field(id).zh), format!("the number of {}", field(id).en)),
            Term::KindOf(id) => self.either(format!("{}类型", field(id).zh), format!("the kind of {}", field(id).en)),
            Term::LastDay(id) => {
                self.either(format!("{}的最后一日", field(id).zh), format!("the last day of {}", field(id).en))
            }
            Term::Actor => self.either("办理人".into(), "whoever acts".into()),
            Term::ActorOf(id) => {
                self.either(format!("{}的办理人", act(id).zh), format!("whoever did “{}”", act(id).en))
            }
            Term::Agency => self.either("承办机关".into(), "the agency".into()),
            Term::Later(term, period) => self.either(
                format!("{}后{}", self.term(term), period.zh()),
                format!("{} after {}", period.en(), self.term(term)),
            ),
            Term::Earlier(term, period) => self.either(
                format!("{}前{}", self.term(term), period.zh()),
                format!("{} before {}", period.en(), self.term(term)),
            ),
            Term::Plus(left, right) => self.either(
                format!("{}与{}之和", self.term(left), self.term(right)),
                format!("{} + {}", self.term(left), self.term(right)),
            ),
            Term::Minus(left, right) => self.either(
                format!("{}减{}", self.term(left), self.term(right)),
                format!("{} − {}", self.term(left), self.term(right)),
            ),
        }
    }
}
