//! Forms, made from the line: one control for each field that an act fills in.

use askama::Template;
use platform::{Attaching, Platform};
use procedure::{Act, Field, FieldType, Line, Record, Said, say_value};
use wording::{RefusalText, WarningText};

use crate::frame::Frame;
use crate::input::{Errors, Posted, control};
use crate::record::EntryView;
use crate::sent::{FILE, MOST_FILES, attached, kinds};

/// How a control looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Line,
    Area,
    Number,
    Date,
    Moment,
    Radio,
    Select,
    Checks,
    Keys,
    Party,
}

/// One of the choices of a control.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub code: String,
    pub title: String,
    pub chosen: bool,
}

/// The parts of a party, as typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyParts {
    pub kind: String,
    pub name: String,
    pub number: String,
    pub phone: String,
    pub address: String,
}

/// One control of a form.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    pub name: String,
    pub title: String,
    pub hint: Option<String>,
    pub held: Option<String>,
    pub required: bool,
    pub look: Look,
    pub unit: String,
    pub value: String,
    pub choices: Vec<Choice>,
    /// Keys to choose from, with their labels.
    pub known: Vec<(String, String)>,
    pub party: PartyParts,
    pub error: Option<String>,
    /// The first wrong control takes the focus.
    pub first: bool,
}

impl Control {
    /// A plain control with what was typed in it.
    pub fn plain(name: &str, title: String, look: Look, required: bool, posted: &Posted, errors: &Errors) -> Control {
        Control {
            name: name.to_owned(),
            title,
            hint: None,
            held: None,
            required,
            look,
            unit: String::new(),
            value: posted.text(name).to_owned(),
            choices: Vec::new(),
            known: Vec::new(),
            party: PartyParts::default(),
            error: errors.of(name).map(str::to_owned),
            first: false,
        }
    }

    /// With these to choose from.
    pub fn choosing(mut self, choices: impl IntoIterator<Item = (String, String)>) -> Control {
        let chosen = self.value.clone();
        self.choices =
            choices.into_iter().map(|(code, title)| Choice { chosen: code == chosen, code, title }).collect();
        self
    }

    /// With a hint.
    pub fn hinted(mut self, hint: String) -> Control {
        self.hint = Some(hint);
        self
    }

    /// For ids: the name without points.
    pub fn id(&self) -> String {
        self.name.replace('.', "-")
    }

    /// What describes the control, for `aria-describedby`.
    pub fn described(&self) -> String {
        let hint = (self.hint.is_some() || self.held.is_some()).then(|| format!("{}-hint", self.id()));
        let error = self.error.is_some().then(|| format!("{}-error", self.id()));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    pub fn is(&self, look: &str) -> bool {
        matches!(
            (self.look, look),
            (Look::Line, "line")
                | (Look::Area, "area")
                | (Look::Number, "number")
                | (Look::Date, "date")
                | (Look::Moment, "moment")
                | (Look::Radio, "radio")
                | (Look::Select, "select")
                | (Look::Checks, "checks")
                | (Look::Keys, "keys")
                | (Look::Party, "party")
        )
    }

    /// Controls of several inputs are a group with a legend.
    pub fn grouped(&self) -> bool {
        matches!(self.look, Look::Radio | Look::Checks | Look::Party)
    }
}

/// What a form needs to know beside the line.
pub(crate) struct Making<'a> {
    pub frame: &'a Frame,
    pub platform: &'a Platform,
    pub posted: &'a Posted,
    pub errors: &'a Errors,
}

/// As many choices as are shown all at once.
const RADIOS: usize = 5;
/// As many keys as are offered.
const KEYS: u32 = 200;

impl Making<'_> {
    /// The controls of an act, in the order of the line.
    pub fn of_act(&self, line: &Line, act: &Act, record: Option<&Record>) -> Result<Vec<Control>, ledger::Fault> {
        let numbered = act.number.map(|series| line.series[series.index()].field);
        let asked = |id: procedure::FieldId| {
            Some(id) != numbered && !matches!(line.field(id).kind, FieldType::Figures | FieldType::Questions)
        };
        let mut controls = Vec::new();
        for (id, must) in act.fills.iter().filter(|(id, _)| asked(*id)) {
            let held = record.and_then(|record| record.get(*id));
            let mut control = self.of_field(line.field(*id), *must && held.is_none())?;
            control.held = held.map(|value| {
                let said = say_value(value, Some(line.field(*id)), self.frame.language);
                self.frame.t1("form-held", "value", said)
            });
            controls.push(control);
        }
        Ok(controls)
    }

    /// The control of a field.
    pub fn of_field(&self, field: &Field, required: bool) -> Result<Control, ledger::Fault> {
        let name = control(&field.code);
        let look = match &field.kind {
            FieldType::Bool => Look::Radio,
            FieldType::Number(_) | FieldType::Money | FieldType::Link(_) => Look::Number,
            FieldType::Date => Look::Date,
            FieldType::Moment => Look::Moment,
            FieldType::Text if field.key || field.unique => Look::Line,
            FieldType::Text => Look::Area,
            FieldType::Choice(all) if all.choices.len() <= RADIOS => Look::Radio,
            FieldType::Choice(_) => Look::Select,
            FieldType::Choices(_) => Look::Checks,
            FieldType::Key(_) | FieldType::Organ | FieldType::Period | FieldType::Figures => Look::Line,
            FieldType::Keys(_) | FieldType::Questions => Look::Keys,
            FieldType::Party => Look::Party,
        };
        let title = self.frame.said(&field.title);
        let mut made = Control::plain(&name, title, look, required, self.posted, self.errors);
        made.hint = field.hint.as_ref().map(|hint| self.frame.said(hint));
        match &field.kind {
            FieldType::Bool => {
                let both = [("yes", "yes"), ("no", "no")].map(|(code, word)| (code.to_owned(), self.frame.t(word)));
                made = made.choosing(both);
            }
            FieldType::Number(unit) => made.unit = unit.clone().unwrap_or_default(),
            FieldType::Money => made.unit = self.frame.t("form-money-unit"),
            FieldType::Choice(_) | FieldType::Choices(_) => {
                let chosen = self.posted.all(&name);
                let choice = |choice: &procedure::Choice| Choice {
                    code: choice.code.to_string(),
                    title: self.frame.said(&choice.title),
                    chosen: chosen.contains(&choice.code.as_str()),
                };
                made.choices = field.choices().iter().map(choice).collect();
            }
            FieldType::Key(line) | FieldType::Keys(line) => made.known = self.known(line)?,
            FieldType::Organ => made.known = self.organs()?,
            FieldType::Party => made.party = self.party(&name),
            FieldType::Period if made.hint.is_none() => made.hint = Some(self.frame.t("holds-period")),
            _ => {}
        }
        if look == Look::Keys && made.hint.is_none() {
            made.hint = Some(self.frame.t("form-keys-hint"));
        }
        // An optional radio needs a way back to nothing.
        if look == Look::Radio && !required {
            let unset =
                Choice { code: String::new(), title: self.frame.t("form-unset"), chosen: made.value.is_empty() };
            made.choices.push(unset);
        }
        Ok(made)
    }

    fn known(&self, line: &str) -> Result<Vec<(String, String)>, ledger::Fault> {
        let Some(person) = &self.frame.person else { return Ok(Vec::new()) };
        let keys = self.platform.keys_to_choose(person, line, KEYS)?;
        Ok(keys.into_iter().map(|(key, label)| (key.to_string(), label)).collect())
    }

    fn organs(&self) -> Result<Vec<(String, String)>, ledger::Fault> {
        Ok(self.platform.organs()?.into_iter().map(|(code, name)| (code.to_string(), name)).collect())
    }

    fn party(&self, name: &str) -> PartyParts {
        let part = |part: &str| self.posted.text(&format!("{name}.{part}")).to_owned();
        PartyParts {
            kind: part("kind"),
            name: part("name"),
            number: part("number"),
            phone: part("phone"),
            address: part("address"),
        }
    }
}

/// A rule that wants a reason, and the reason as typed.
pub(crate) struct Reason {
    pub text: WarningText,
    pub control: Control,
}

/// The files of a form: those that came before, and the control for more.
pub(crate) struct Files {
    /// What the form sends again, digest and name of each.
    pub attached: Vec<(String, String, String)>,
    pub accept: String,
    pub hint: String,
    pub error: bool,
}

impl Files {
    /// As they were sent.
    pub fn of(frame: &Frame, posted: &Posted, errors: &Errors) -> Files {
        let one = |one: Attaching| (format!("{}/{}", one.digest, one.name), one.digest.to_string(), one.name);
        let megabytes = frame.attachment_limit / 1_000_000;
        let args = [("kinds", kinds()), ("most", MOST_FILES.to_string()), ("size", megabytes.to_string())];
        Files {
            attached: attached(posted).into_iter().map(one).collect(),
            accept: kinds().split(' ').map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(","),
            hint: wording::say(frame.language, "form-files-hint", &args),
            error: errors.of(FILE).is_some(),
        }
    }
}

/// A figure before and after.
pub(crate) struct RestateView {
    pub title: String,
    pub year: i16,
    pub before: String,
    pub after: String,
    pub unit: String,
}

/// A form page.
#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct FormPage {
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the record is; none for a new one.
    pub back: String,
    pub about: String,
    pub articles: String,
    pub climbs: Option<String>,
    pub notice: Option<String>,
    pub refusals: Vec<RefusalText>,
    /// What happened meanwhile.
    pub since: Vec<EntryView>,
    pub reasons: Vec<Reason>,
    pub controls: Vec<Control>,
    pub done_at: Option<Control>,
    pub files: Files,
    pub command: String,
    pub seen: u32,
    pub submit: String,
    /// Chosen on a step before, to be sent along.
    pub along: Vec<(String, String)>,
    /// Nothing to send yet: the form only chooses.
    pub chooses: bool,
    /// Figures that would change.
    pub restates: Vec<RestateView>,
    /// What is wrong: id of the control (empty: none) and the sentence.
    pub problems: Vec<(String, String)>,
}

impl FormPage {
    /// Lists what is wrong and gives the first wrong control the focus.
    pub fn with_problems(mut self, errors: &Errors) -> FormPage {
        let all = self.reasons.iter_mut().map(|reason| &mut reason.control);
        let all = all.chain(&mut self.controls).chain(&mut self.done_at);
        let mut known = vec![(FILE.to_owned(), FILE.to_owned())];
        let mut first = true;
        for control in all {
            if control.error.is_some() {
                control.first = std::mem::take(&mut first);
            }
            known.push((control.name.clone(), control.id()));
        }
        let id = |name: &String| known.iter().find(|(other, _)| other == name).map(|(_, id)| id.clone());
        self.problems = errors.0.iter().map(|(name, text)| (id(name).unwrap_or_default(), text.clone())).collect();
        self
    }
}

/// The titles of posts, in order.
pub(crate) fn posts(frame: &Frame, platform: &Platform, codes: &[terms::Code]) -> Vec<String> {
    let title = |code: &terms::Code| {
        let said: Option<&Said> = platform.catalog().terms.post(code).map(|post| &post.title);
        said.map_or_else(|| code.to_string(), |said| frame.said(said))
    };
    codes.iter().map(title).collect()
}
