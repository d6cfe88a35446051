//! The steps of a lawful case, read from the case that the tests run.

use kernel::Ask;
use kernel::Command;
use procedure::{Actor, Answer, FieldId, FieldType, Line, Party, PartyKind};
use terms::{Code, Date, DateTime, Value};

use crate::Res;
use crate::judging::{actor, answer, command};

const CASE: &str = include_str!("../../../cases/penalty/fined_paid_archived.case");

/// One act, ready to be judged.
pub struct Step {
    /// Day and act, for messages.
    pub name: String,
    /// The command.
    pub command: Command,
    /// Who.
    pub actor: Actor,
    /// Answers to the line's lookups.
    pub answers: Vec<Option<Answer>>,
}

/// All steps of the case under a line. A register that the case writes answers that it has every key asked for; any
/// other that it has none.
pub fn steps(line: &Line) -> Res<Vec<Step>> {
    let mut set: Vec<(String, String)> = Vec::new();
    let mut registers: Vec<String> = Vec::new();
    let mut held: Vec<(FieldId, Value)> = Vec::new();
    let mut all: Vec<Step> = Vec::new();
    for text in CASE.lines() {
        let words = words(text);
        let Some(first) = words.first() else { continue };
        match first.as_str() {
            "set" => set.extend(words[1..].iter().filter_map(|word| pair(word))),
            "register" => registers.extend(words.get(1).cloned()),
            "case" | "line" | "place" | "scope" => {}
            day => {
                let [post, act] = words.get(1..3).ok_or("a dated line needs a post and an act")? else {
                    return Err("a dated line needs a post and an act".into());
                };
                let given: Vec<(String, String)> = words[3..].iter().filter_map(|word| pair(word)).collect();
                let step = step(line, day.parse()?, post, act, &given, &set, &mut held, &registers)?;
                // Acts of the same day follow one another.
                all.push(step);
            }
        }
    }
    Ok(all)
}

#[allow(clippy::too_many_arguments)] // a line of the case, and what stood before it
fn step(
    line: &Line,
    day: Date,
    post: &str,
    act: &str,
    given: &[(String, String)],
    set: &[(String, String)],
    held: &mut Vec<(FieldId, Value)>,
    registers: &[String],
) -> Res<Step> {
    let at: DateTime = day.at(10, 0, 0, 0);
    let (ask, inputs, opens) = if act == "sign" {
        (Ask::Sign, Vec::new(), false)
    } else {
        let id = line.act_id(act).ok_or_else(|| format!("no act `{act}`"))?;
        let act = line.act(id);
        let mut inputs = Vec::new();
        for (field, must) in &act.fills {
            let code = line.field(*field).code.as_str();
            let find =
                |list: &[(String, String)]| list.iter().find(|(key, _)| key == code).map(|(_, text)| text.clone());
            if let Some(text) = find(given).or_else(|| find(set).filter(|_| *must)) {
                inputs.push((*field, value(&line.field(*field).kind, &text)?));
            }
        }
        (Ask::Act(id), inputs, act.opens)
    };
    held.extend(inputs.iter().cloned());
    let asked = |field: FieldId| held.iter().rev().find(|(id, _)| *id == field).map(|(_, value)| keys(value));
    let answers = line
        .lookups
        .iter()
        .map(|lookup| Some(answer(asked(lookup.asks)?, registers.iter().any(|register| *register == lookup.line))))
        .collect();
    Ok(Step { name: format!("{day} {act}"), command: command(ask, at, inputs, opens), actor: actor(post), answers })
}

fn keys(value: &Value) -> usize {
    match value {
        Value::Keys(codes) | Value::Choices(codes) => codes.len(),
        _ => 1,
    }
}

fn value(kind: &FieldType, text: &str) -> Res<Value> {
    let codes = || text.split(',').map(Code::from).collect();
    Ok(match kind {
        FieldType::Bool => Value::Bool(text == "yes"),
        FieldType::Number(_) => Value::Number(text.parse()?),
        FieldType::Money => {
            let yuan = text.split(' ').next().unwrap_or(text).parse()?;
            Value::Money(terms::Fen::from_yuan(yuan).ok_or("too much money")?)
        }
        FieldType::Date => Value::Date(text.parse()?),
        FieldType::Moment => Value::Moment(text.parse()?),
        FieldType::Text | FieldType::Figures => Value::Text(text.to_owned()),
        FieldType::Choice(_) => Value::Choice(text.into()),
        FieldType::Choices(_) => Value::Choices(codes()),
        FieldType::Key(_) | FieldType::Organ | FieldType::Period => Value::Key(text.into()),
        FieldType::Keys(_) | FieldType::Questions => Value::Keys(codes()),
        FieldType::Link(_) => Value::Link(text.parse()?),
        FieldType::Party => {
            let (kind, name) = text.split_once(':').unwrap_or(("", text));
            let kind = if kind == "组织" { PartyKind::Organisation } else { PartyKind::Person };
            Value::Party(Box::new(Party { kind, name: name.to_owned(), number: None, phone: None, address: None }))
        }
    })
}

fn pair(word: &str) -> Option<(String, String)> {
    word.split_once('=').map(|(key, text)| (key.to_owned(), text.to_owned()))
}

/// The words of a line, up to its outcome; quotes hold words together.
fn words(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => break,
            c if c.is_whitespace() && !quoted => all.push(String::new()),
            c => all.last_mut().map(|word| word.push(c)).unwrap_or_default(),
        }
    }
    all.retain(|word| !word.is_empty());
    let end = all.iter().position(|word| word == "->").unwrap_or(all.len());
    all.truncate(end);
    all
}
