//! What a line's sheet can hold: the fields of the act that opens a record, and the days and fields of further acts.

use std::collections::HashMap;
use std::sync::Arc;

use procedure::{Act, ActKind, FieldType, Language, Line, Said};
use sheets::plain;
use terms::Code;

use crate::told::say;

/// Part of a field that a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// All of it; of a party, the name.
    Whole,
    /// Person or organisation.
    Kind,
    /// The number of a party.
    Number,
    /// The telephone of a party.
    Phone,
    /// The address of a party.
    Address,
}

impl Part {
    /// As catalogue files write it after a point.
    pub(crate) fn of(word: &str) -> Option<Part> {
        let at = catalog::PARTY_PARTS.iter().position(|part| *part == word)?;
        Some([Part::Kind, Part::Number, Part::Phone, Part::Address][at])
    }

    fn code(self) -> Option<&'static str> {
        Some(match self {
            Part::Whole => return None,
            Part::Kind => "kind",
            Part::Number => "number",
            Part::Phone => "phone",
            Part::Address => "address",
        })
    }
}

/// What a column is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The agency whose record it is.
    Agency,
    /// The account that handles it.
    Handler,
    /// The day of an act.
    Day(Code),
    /// A field that an act fills in.
    Field(Code, Code, Part),
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// What it is for.
    pub slot: Slot,
    /// Its code: `applicant`, `applicant.number`, `@receive`, `accept.major`.
    pub code: String,
    /// Its title.
    pub title: Said,
    /// Whether each row needs it.
    pub must: bool,
}

/// The columns of a line.
#[derive(Clone, Debug)]
pub struct Columns {
    /// All of them, in the order in which a record lives.
    pub all: Vec<Column>,
    /// The act that opens a record.
    pub opening: Code,
    by_title: HashMap<String, usize>,
}

impl Columns {
    /// The columns for the act that opens a record and, where history comes in, for every further act; of all versions, the
    /// newest first. `None` where no such act opens a record of the line.
    pub fn of(versions: &[Arc<Line>], opening: Option<&str>, history: bool) -> Option<Columns> {
        let newest = versions.last()?;
        let opens =
            |act: &&Act| act.opens && act.kind != ActKind::Deemed && opening.is_none_or(|code| act.code == code);
        let code = versions.iter().rev().find_map(|line| line.acts.iter().find(opens))?.code.clone();
        let mut columns = Columns { all: Vec::new(), opening: code.clone(), by_title: HashMap::new() };
        columns.push(Slot::Day(code.clone()), newest, history);
        for line in versions.iter().rev() {
            columns.act(line, &code, true);
        }
        columns.push(Slot::Agency, newest, false);
        columns.push(Slot::Handler, newest, false);
        if history {
            for line in versions.iter().rev() {
                let further =
                    line.acts.iter().filter(|act| !act.opens && act.general.is_none() && act.kind != ActKind::Deemed);
                for act in further {
                    columns.push(Slot::Day(act.code.clone()), line, false);
                    columns.act(line, &act.code, false);
                }
            }
        }
        columns.settle();
        Some(columns)
    }

    /// The fields that an act of a version fills in, with the number that it is given.
    fn act(&mut self, line: &Line, code: &Code, opening: bool) {
        let Some(act) = line.act_id(code).map(|id| line.act(id)) else { return };
        let numbered = act.number.map(|series| line.series[series.index()].field);
        let filled = act.fills.iter().copied().filter(|(id, _)| Some(*id) != numbered);
        for (id, must) in filled.chain(numbered.map(|id| (id, false))) {
            let field = line.field(id);
            let slot = |part| Slot::Field(code.clone(), field.code.clone(), part);
            self.push(slot(Part::Whole), line, must && opening);
            if field.kind == FieldType::Party {
                for part in [Part::Kind, Part::Number, Part::Phone, Part::Address] {
                    self.push(slot(part), line, false);
                }
            }
        }
    }

    fn push(&mut self, slot: Slot, line: &Line, must: bool) {
        if self.all.iter().any(|column| column.slot == slot) {
            return;
        }
        let both = |code: &str| Said { zh: say(Language::Zh, code, &[]), en: say(Language::En, code, &[]) };
        let act_title = |code: &str| line.act_id(code).map(|id| line.act(id).title.clone()).unwrap_or_default();
        let join = |left: &Said, right: &Said| Said {
            zh: format!("{}：{}", left.zh, right.zh),
            en: format!("{}: {}", left.en, right.en),
        };
        let (code, title) = match &slot {
            Slot::Agency => ("@agency".to_owned(), both("intake-agency")),
            Slot::Handler => ("@handler".to_owned(), both("intake-handler")),
            Slot::Day(act) => (format!("@{act}"), join(&act_title(act), &both("intake-day"))),
            Slot::Field(act, field, part) => {
                let mut title = line.field_id(field).map(|id| line.field(id).title.clone()).unwrap_or_default();
                let mut code = field.to_string();
                if let Some(part) = part.code() {
                    code = format!("{code}.{part}");
                    title = join(&title, &both(&format!("intake-part-{part}")));
                }
                if *act != self.opening {
                    code = format!("{act}.{code}");
                    title = join(&act_title(act), &title);
                }
                (code, title)
            }
        };
        self.all.push(Column { slot, code, title, must });
    }

    /// Titles that two columns share are told apart by their codes; the first keeps the bare title too.
    fn settle(&mut self) {
        let same = |left: &str, right: &str| plain(left) == plain(right);
        let twin =
            |other: &Column, one: &Column| same(&other.title.zh, &one.title.zh) || same(&other.title.en, &one.title.en);
        let shares = |(index, one): &(usize, &Column)| self.all[..*index].iter().any(|other| twin(other, one));
        let twins: Vec<usize> = self.all.iter().enumerate().filter(shares).map(|(index, _)| index).collect();
        for index in twins {
            let column = &mut self.all[index];
            column.title.zh = format!("{}（{}）", column.title.zh, column.code);
            column.title.en = format!("{} ({})", column.title.en, column.code);
        }
        for title in [|column: &Column| column.title.zh.clone(), |column: &Column| column.title.en.clone()] {
            for (index, column) in self.all.iter().enumerate() {
                self.by_title.entry(plain(&title(column))).or_insert(index);
            }
        }
        for (index, column) in self.all.iter().enumerate() {
            self.by_title.entry(plain(&column.code)).or_insert(index);
            // A party is often kept by its name alone: 申请人姓名.
            if let Slot::Field(act, _, Part::Whole) = &column.slot
                && *act == self.opening
            {
                for word in ["姓名", "名称"] {
                    self.by_title.entry(plain(&format!("{}{word}", column.title.zh))).or_insert(index);
                }
            }
        }
    }

    /// The column with a title, in either language, or a code.
    pub fn find(&self, title: &str) -> Option<usize> {
        let exact = self.all.iter().position(|column| column.code == title);
        exact.or_else(|| self.by_title.get(&plain(title)).copied())
    }

    /// The place of a column that is for this.
    pub fn place(&self, slot: &Slot) -> Option<usize> {
        self.all.iter().position(|column| column.slot == *slot)
    }
}
