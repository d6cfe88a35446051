//! People at work: each opens records and goes on with its own, form by form, until the program is gone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use terms::{CommandId, RecordId};

use crate::http::{Answer, ask};
use crate::place::PASSWORD;

/// What somebody does on a line: the act that opens a record, then the rest in order, the last one again and again.
pub struct Script {
    pub line: &'static str,
    pub acts: &'static [(&'static str, &'static [(&'static str, &'static str)])],
}

const RECONSIDERATION: Script = Script {
    line: "reconsideration",
    acts: &[
        (
            "receive",
            &[
                ("f.applicant.kind", "person"),
                ("f.applicant.name", "合成人员·甲"),
                ("f.applicant_count", "1"),
                ("f.respondent", "祁连县自然资源局"),
                ("f.respondent_kind", "own_department"),
                ("f.channel", "counter"),
                ("f.act_title", "不予登记告知(演示)"),
                ("f.act_kind", "resource_right"),
                ("f.stat_kind", "resource_right"),
                ("f.area", "natural_resources"),
                ("f.requests", "revoke"),
                ("f.norm_asked", "no"),
                ("f.compensation_asked", "no"),
            ],
        ),
        ("ask_correction", &[("f.correction_items", "身份证明(演示)")]),
    ],
};

const MEDIATION: Script = Script {
    line: "mediation",
    acts: &[
        (
            "register",
            &[
                ("f.committee", "八宝镇人民调解委员会"),
                ("f.committee_kind", "town"),
                ("f.source", "screening"),
                ("f.dispute_kind", "neighbour"),
                ("f.party_a.kind", "person"),
                ("f.party_a.name", "合成人员·甲一"),
                ("f.party_b.kind", "person"),
                ("f.party_b.name", "合成人员·甲二"),
                ("f.people", "2"),
            ],
        ),
        ("assign", &[("f.mediators", "1"), ("f.accepted_by_parties", "yes")]),
        ("hold_session", &[("f.session_note", "双方陈述(演示)"), ("f.in_public", "yes")]),
    ],
};

/// Accounts and what they do; agencies share the mediators' series.
const PEOPLE: [(&str, &Script); 12] = [
    ("sfj-review", &RECONSIDERATION),
    ("sfj-review", &RECONSIDERATION),
    ("sfj-review", &RECONSIDERATION),
    ("sfj-review", &RECONSIDERATION),
    ("bbz-clerk", &MEDIATION),
    ("bbz-clerk", &MEDIATION),
    ("bbz-clerk", &MEDIATION),
    ("scj-clerk", &MEDIATION),
    ("scj-clerk", &MEDIATION),
    ("gaj-clerk", &MEDIATION),
    ("gaj-clerk", &MEDIATION),
    ("gaj-clerk", &MEDIATION),
];

/// A filled form.
#[derive(Clone)]
pub struct Form {
    path: String,
    fields: Vec<(String, String)>,
    pub act: &'static str,
    /// Which act of the script it is.
    step: usize,
}

impl Form {
    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    pub fn command(&self) -> CommandId {
        self.field("command").parse().unwrap()
    }
}

/// A form that was answered with its record.
pub struct Done {
    pub form: Form,
    pub record: RecordId,
}

/// Why somebody stopped.
#[derive(Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Asked to.
    Asked,
    /// The program was gone.
    Gone,
    /// The program answered that it cannot work now.
    Fault,
}

/// Somebody signed in.
pub struct Client {
    pub account: &'static str,
    script: &'static Script,
    cookie: String,
    dice: Dice,
    /// Records with the act that comes next.
    open: Vec<(RecordId, usize)>,
    pub done: Vec<Done>,
    /// The form that was sent and not answered.
    pub sent: Option<Form>,
}

/// Signs everybody in.
pub fn all(address: &str, seed: u64) -> Vec<Client> {
    (seed..).zip(PEOPLE).map(|(seed, (account, script))| Client::new(address, account, script, seed)).collect()
}

impl Client {
    fn new(address: &str, account: &'static str, script: &'static Script, seed: u64) -> Client {
        let form = [("name", account), ("password", PASSWORD), ("back", "/desk")];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = ask(address, "", "/sign-in", Some(&form)).unwrap();
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        let cookie = cookie.unwrap_or_else(|| panic!("{account} is not let in: {}", answer.body));
        Client { account, script, cookie, dice: Dice(seed), open: Vec::new(), done: Vec::new(), sent: None }
    }

    /// Fills form after form, each at one of the programs, and tells each answer.
    pub fn work(&mut self, programs: &[String], answered: &Sender<()>, stop: &AtomicBool) -> Stopped {
        while !stop.load(Ordering::Relaxed) {
            let program = &programs[self.dice.below(programs.len())];
            let form = match self.form(program) {
                Ok(form) => form,
                Err(stopped) => return stopped,
            };
            self.sent = Some(form);
            let program = &programs[self.dice.below(programs.len())];
            if let Err(stopped) = self.send(program) {
                return stopped;
            }
            // Nobody counts any more once the program is killed.
            let _ = answered.send(());
        }
        Stopped::Asked
    }

    /// Opens a form and fills it.
    fn form(&mut self, program: &str) -> Result<Form, Stopped> {
        let goes_on = !self.open.is_empty() && self.dice.below(3) > 0;
        let (path, step) = if goes_on {
            let (record, step) = self.open[self.dice.below(self.open.len())];
            (format!("/records/{record}/act/{}", self.script.acts[step].0), step)
        } else {
            (format!("/new/{}/{}", self.script.line, self.script.acts[0].0), 0)
        };
        let page = self.answered(ask(program, &self.cookie, &path, None))?;
        assert_eq!(page.status, 200, "{} {path}: {}", self.account, page.body);
        let (act, typed) = self.script.acts[step];
        let mut fields: Vec<_> =
            ["token", "command", "seen"].map(|name| (name.to_owned(), hidden(&page.body, name).to_owned())).into();
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Ok(Form { path, fields, act, step })
    }

    /// Sends the form at hand, also for the second time.
    pub fn send(&mut self, program: &str) -> Result<(), Stopped> {
        let Some(form) = &self.sent else { return Ok(()) };
        let record = self.post(program, form)?;
        let Some(form) = self.sent.take() else { return Ok(()) };
        self.open.retain(|(other, _)| *other != record);
        let next = form.step + 1;
        if next < self.script.acts.len() {
            self.open.push((record, next));
        }
        self.done.push(Done { form, record });
        Ok(())
    }

    /// Posts a form and tells its record.
    fn post(&self, program: &str, form: &Form) -> Result<RecordId, Stopped> {
        let answer = self.answered(ask(program, &self.cookie, &form.path, Some(&form.fields)))?;
        let record = answer.header("location").and_then(|to| to.strip_prefix("/records/"));
        match (answer.status, record.and_then(|record| record.parse().ok())) {
            (303, Some(record)) => Ok(record),
            (status, _) => panic!("{} {}: {status} {:?} {}", self.account, form.path, record, answer.body),
        }
    }

    /// Sends a form again that was answered: it must get the same record.
    pub fn repeat(&self, program: &str, done: &Done) {
        let again = self.post(program, &done.form).unwrap();
        assert_eq!(again, done.record, "{}: {} was done again", self.account, done.form.command());
    }

    /// One of the answered forms.
    pub fn any_done(&mut self) -> Option<&Done> {
        let all = self.done.len();
        (all > 0).then(|| self.dice.below(all)).map(|one| &self.done[one])
    }

    /// The page of a record, as the site shows it.
    pub fn page(&self, program: &str, record: RecordId) -> Answer {
        ask(program, &self.cookie, &format!("/records/{record}"), None).unwrap()
    }

    fn answered(&self, answer: Option<Answer>) -> Result<Answer, Stopped> {
        match answer {
            None => Err(Stopped::Gone),
            Some(answer) if answer.status >= 500 => Err(Stopped::Fault),
            Some(answer) => Ok(answer),
        }
    }
}

/// The value of a hidden control.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&start).unwrap_or_else(|| panic!("no control `{name}`: {page}")).1;
    rest.split('"').next().unwrap_or_default()
}

/// Numbers from a seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}
