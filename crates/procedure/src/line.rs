//! A line of business, resolved: versions merged, overlays applied, names turned into positions.

use serde::{Deserialize, Serialize};
use terms::{Code, Date, Mask, Period};

use crate::campaign::Campaign;
use crate::message::{Effect, Hears};
use crate::{Article, Expr, Figure, Ground, Sees, Value};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u16);
        impl $name {
            /// The position as an index.
            pub fn index(self) -> usize { usize::from(self.0) }
        }
    )*};
}
ids! {
    /// A stage, by its position in [`Line::stages`] (or in its [`Track::stages`]).
    StageId,
    /// A track, by its position in [`Line::tracks`].
    TrackId,
    /// A field, by its position in [`Line::fields`].
    FieldId,
    /// An act, by its position in [`Line::acts`].
    ActId,
    /// A rule, by its position in [`Line::rules`].
    RuleId,
    /// A limit, by its position in [`Line::limits`].
    LimitId,
    /// A lookup, by its position in [`Line::lookups`].
    LookupId,
    /// A number series, by its position in [`Line::series`].
    SeriesId,
    /// A named value, by its position in [`Line::values`].
    ValueId,
}

/// The same said in Chinese and in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One version of a line of business, ready to run. Its digest stands in every event made under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Code, as the file's folder: `reconsideration`.
    pub code: Code,
    /// Version, as the file's name: `2023`; with overlays, `2023+local/632222`.
    pub version: Code,
    /// 行政复议.
    pub title: Said,
    /// What its records are.
    pub habit: Habit,
    /// First day in force.
    pub from: Date,
    /// Last day in force.
    pub to: Option<Date>,
    /// The power or the duty it rests on.
    pub rests: Rests,
    /// The articles that give the power or lay the duty.
    pub law: Vec<Article>,
    /// How this version takes records that were opened under an earlier one.
    pub pending: Pending,
    /// Stages in the order in which a record lives.
    pub stages: Vec<Stage>,
    /// Courses beside the stage.
    pub tracks: Vec<Track>,
    /// What a record holds.
    pub fields: Vec<Field>,
    /// What can be done.
    pub acts: Vec<Act>,
    /// What must be true first.
    pub rules: Vec<Rule>,
    /// Time limits.
    pub limits: Vec<Limit>,
    /// Extensions of limits.
    pub extensions: Vec<Extension>,
    /// Questions to other records.
    pub lookups: Vec<Lookup>,
    /// Number series.
    pub series: Vec<Series>,
    /// Named values, mostly set by overlays.
    pub values: Vec<NamedValue>,
    /// What is published.
    pub publications: Vec<Publication>,
    /// Who sees its records, where it is fewer than posts allow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sees: Vec<Sees>,
    /// What is counted.
    pub figures: Vec<Figure>,
    /// What its acts do elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// What is done elsewhere does here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hears: Vec<Hears>,
    /// One decision over many of its records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<Campaign>,
    /// Documents that its acts issue. Left out where there are none: versions that were frozen without stay the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
}

/// What the records of a line are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Habit {
    /// A case: opened, handled, closed.
    Case,
    /// An entry of a register: in force from a day, until a day.
    Register,
    /// A journal note: recorded once.
    Journal,
}

/// No power, no act: what a line rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rests {
    /// It exercises public power of this kind of power-list item.
    Power(Code),
    /// It carries out a duty.
    Duty,
}

/// How a version takes pending records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// They stay under the version they were opened under.
    Stay,
    /// New steps follow this version from its first day.
    Move,
}

/// A stage of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Nothing is due in it any more.
    pub closed: bool,
}

/// A course beside the stage: payment, publicity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Its stages; a record begins in the first.
    pub stages: Vec<Stage>,
}

/// Something that a record holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// What it can hold.
    pub kind: FieldType,
    /// Content of a person, which is masked where it is published and can be erased.
    pub personal: bool,
    /// How it is masked.
    pub mask: Option<Mask>,
    /// Records can be found by it.
    pub key: bool,
    /// Only one record of the line and government may hold a given value.
    pub unique: bool,
    /// The party in it may ask without signing in who has the record and until when.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inquiry: bool,
    /// One sentence for the person who fills it in.
    pub hint: Option<Said>,
}

/// The types of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number, with a unit to print.
    Number(Option<String>),
    /// Money.
    Money,
    /// A day.
    Date,
    /// A moment.
    Moment,
    /// Text.
    Text,
    /// One of the choices.
    Choice(Choices),
    /// Several of the choices.
    Choices(Choices),
    /// The key of a record of this line.
    Key(Code),
    /// Keys of records of this line.
    Keys(Code),
    /// A person or organisation.
    Party,
    /// A record of this line.
    Link(Code),
    /// An organ: an agency of a government (`632222/sfj`), a government (`632222`), or the name of one that has no
    /// platform.
    Organ,
    /// A stretch of the calendar that a report is about: `2020`, `2020Q3`, `2020-07`, `2020-07-15`.
    Period,
    /// The figures of the record's place and period as they are told when the act is done. The platform fills them in.
    Figures,
    /// What those figures ask by the rules over figures, each by its key. The platform fills it in with them.
    Questions,
}

/// The choices of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// In the order of the file.
    pub choices: Vec<Choice>,
    /// Later ones are heavier.
    pub ordered: bool,
}

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// The choice of a national code list that a local one counts as.
    pub counts_as: Option<Code>,
}

/// Something that can be done to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Power, fact, or a lapse's own act.
    pub kind: ActKind,
    /// Opens the record.
    pub opens: bool,
    /// The track it moves, or the main stage.
    pub track: Option<TrackId>,
    /// Stages from which it may be done; empty: any that is not closed.
    pub from: Vec<StageId>,
    /// The stage it leads to; `None`: the record stays where it is.
    pub to: Option<StageId>,
    /// Posts or parties that do it; whoever of the agency keeps the file may record a party's act.
    pub by: Vec<Code>,
    /// Posts that sign it, from the lowest; it counts from the last signature.
    pub sign: Vec<Code>,
    /// Kinds by which general rules find it (`adverse_decision`, `enforcement`).
    pub kinds: Vec<Code>,
    /// Fields that it fills in; the flag tells whether it must.
    pub fills: Vec<(FieldId, bool)>,
    /// Rules to hold before it, in the order of the file.
    pub rules: Vec<RuleId>,
    /// The series that numbers it.
    pub number: Option<SeriesId>,
    /// A general act that the kernel knows.
    pub general: Option<General>,
    /// When a general act needs a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Second>,
    /// What it rests on.
    pub ground: Ground,
}

/// When a general act needs a second person: whoever does it proposes it, and it counts once another has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// For what stood when one of these acts was last done on the record: it was served, or published.
    pub after: Vec<ActId>,
    /// Posts of which any may sign.
    pub by: Vec<Code>,
}

impl Act {
    /// Every post that may come to sign it.
    pub fn signing(&self) -> &[Code] {
        match &self.second {
            Some(second) if self.sign.is_empty() => &second.by,
            _ => &self.sign,
        }
    }
    /// The posts of which one signs next, once so many have signed; none: nothing is left to sign.
    pub fn signers(&self, signed: u8) -> &[Code] {
        match &self.second {
            Some(second) if self.sign.is_empty() => {
                if signed == 0 {
                    &second.by
                } else {
                    &[]
                }
            }
            _ => self.sign.get(usize::from(signed)).map_or(&[], std::slice::from_ref),
        }
    }
}

/// Who decides an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// The agency decides: refused where the law forbids it.
    Power,
    /// It happened: taken, and what was unlawful about it becomes a finding.
    Fact,
    /// Done by a lapse alone (视为受理).
    Deemed,
}

/// Acts with a meaning of their own to the kernel; declared once in `catalog/general/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum General {
    /// Puts right a field or the claimed time of an act.
    Correct,
    /// Takes back the record's last act, as if it had not been done.
    Annul,
    /// Gives the record to another handler.
    HandOver,
    /// Lets somebody act for the handler during an absence.
    StandIn,
}

/// What must be true before an act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Code, unique within the line: `heard`.
    pub code: Code,
    /// The condition; holds only where it is a clear yes.
    pub is: Expr,
    /// What follows where it does not hold.
    pub severity: Severity,
    /// Why, in our own words.
    pub why: Said,
    /// What to do instead, in our own words.
    pub instead: Option<Said>,
    /// What it rests on.
    pub ground: Ground,
}

/// What follows from breaking a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// An act of power is refused.
    Forbids,
    /// The officer says why, and it goes on the record.
    Warns,
}

impl Rule {
    /// A reading warns until an authority adopts it.
    pub fn forbids(&self) -> bool {
        self.severity == Severity::Forbids && !self.ground.only_warns()
    }
}

/// A time limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// What starts it; the latest start that no end has followed is the one that runs.
    pub starts: Vec<Start>,
    /// Acts that meet it.
    pub ends: Vec<ActId>,
    /// How long.
    pub allow: Allow,
    /// Only where this holds.
    pub when: Option<Expr>,
    /// Whose limit it is.
    pub binds: Binds,
    /// A last day that is a day off moves to the next working day.
    pub rolls: bool,
    /// Acts that make it stand still.
    pub stops: Vec<ActId>,
    /// Acts that let it run again.
    pub resumes: Vec<ActId>,
    /// A date told to a party, which binds us where it is the later one.
    pub told: Option<FieldId>,
    /// What follows when it passes.
    pub lapse: Lapse,
    /// Whether an end act outside the limit is refused or only noted.
    pub strictness: Strictness,
    /// What it rests on.
    pub ground: Ground,
}

/// What starts a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The day (for hours: the moment) of an act.
    Act(ActId),
    /// A date that the record holds.
    Field(FieldId),
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allow {
    /// Not later than.
    AtMost(Period),
    /// Not before this many clear days have passed.
    AtLeast(Period),
    /// Until the day that a field holds; it runs from when the field is filled in.
    Until(FieldId),
    /// Until the next such day of a year (month and day) after what starts it.
    Yearly(i8, i8),
}

/// Whose limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binds {
    /// The agency: passing it is late.
    Agency,
    /// A party: passing it costs a right.
    Party,
    /// A court or another authority.
    Other,
}

/// What a lapse does besides being recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lapse {
    /// Nothing more.
    Noted,
    /// The law deems an act done.
    Does(ActId),
}

/// What an end act outside its limit meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strictness {
    /// An act of power is refused.
    Forbids,
    /// It is done with a reason on the record.
    Warns,
    /// It is done, and noted as late.
    Notes,
}

/// An extension of a limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// The limit that grows.
    pub limit: LimitId,
    /// The act that extends it, before it has passed.
    pub act: ActId,
    /// All extensions together.
    pub at_most: Period,
    /// How often.
    pub times: Option<u8>,
    /// The field that says by how much, in the unit of `at_most`; without it, the whole.
    pub by: Option<FieldId>,
    /// What it rests on; a `reading` here concerns the number of times.
    pub ground: Ground,
}

/// A declared question to other records of the same government.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lookup {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// The line whose records are asked for.
    pub line: Code,
    /// The field here that holds the key or keys.
    pub asks: FieldId,
    /// What is asked for are the governments directly below the one that the field names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub below: bool,
    /// The field there, declared as a key.
    pub by: Code,
    /// What must be true of a record there, on the day of the act; `this.x` is a field here.
    pub is: Option<String>,
}

/// A gapless series of numbers, per government and year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Code.
    pub code: Code,
    /// How it prints: `{short}政复决〔{year}〕{n}号`.
    pub format: String,
    /// The field that keeps the number.
    pub field: FieldId,
}

/// A value that rules name, set here or by an overlay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedValue {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// The value; `None` until an overlay sets it.
    pub value: Option<Value>,
    /// What it rests on.
    pub ground: Ground,
}

/// Something that is published, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Acts that publish.
    pub on: Vec<ActId>,
    /// Acts that withdraw; a stub stays.
    pub withdraws: Vec<ActId>,
    /// Only where this holds.
    pub when: Option<Expr>,
    /// What is shown; personal fields masked.
    pub shows: Vec<FieldId>,
    /// What it rests on.
    pub ground: Ground,
}

/// A document that acts issue, from a template that people change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Code.
    pub code: Code,
    /// Title.
    pub title: Said,
    /// Acts that issue it.
    pub on: Vec<ActId>,
    /// Name of the template, among those of the line.
    pub template: Code,
    /// The series that numbers it; without one, the number of the act.
    pub series: Option<SeriesId>,
    /// What it rests on.
    pub ground: Ground,
}

fn find<T>(items: &[T], code: &str, key: impl Fn(&T) -> &Code) -> Option<u16> {
    items.iter().position(|item| key(item) == code).and_then(|index| u16::try_from(index).ok())
}

impl Line {
    /// The act with this code.
    pub fn act_id(&self, code: &str) -> Option<ActId> {
        find(&self.acts, code, |act| &act.code).map(ActId)
    }
    /// The field with this code.
    pub fn field_id(&self, code: &str) -> Option<FieldId> {
        find(&self.fields, code, |field| &field.code).map(FieldId)
    }
    /// The limit with this code.
    pub fn limit_id(&self, code: &str) -> Option<LimitId> {
        find(&self.limits, code, |limit| &limit.code).map(LimitId)
    }
    /// The lookup with this code.
    pub fn lookup_id(&self, code: &str) -> Option<LookupId> {
        find(&self.lookups, code, |lookup| &lookup.code).map(LookupId)
    }
    /// The series with this code.
    pub fn series_id(&self, code: &str) -> Option<SeriesId> {
        find(&self.series, code, |series| &series.code).map(SeriesId)
    }
    /// The named value with this code.
    pub fn value_id(&self, code: &str) -> Option<ValueId> {
        find(&self.values, code, |value| &value.code).map(ValueId)
    }
    /// The track with this code.
    pub fn track_id(&self, code: &str) -> Option<TrackId> {
        find(&self.tracks, code, |track| &track.code).map(TrackId)
    }
    /// The stage with this code, of the main course or of a track.
    pub fn stage_id(&self, track: Option<TrackId>, code: &str) -> Option<StageId> {
        find(self.stages_of(track), code, |stage| &stage.code).map(StageId)
    }
    /// The stages of the main course or of a track.
    pub fn stages_of(&self, track: Option<TrackId>) -> &[Stage] {
        match track {
            Some(track) => &self.tracks[track.index()].stages,
            None => &self.stages,
        }
    }
    /// The act at a position.
    pub fn act(&self, id: ActId) -> &Act {
        &self.acts[id.index()]
    }
    /// The field at a position.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }
    /// The limit at a position.
    pub fn limit(&self, id: LimitId) -> &Limit {
        &self.limits[id.index()]
    }
    /// The documents that an act issues.
    pub fn documents_of(&self, act: ActId) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(move |document| document.on.contains(&act))
    }
    /// The series that numbers a document.
    pub fn series_of(&self, document: &Document) -> Option<SeriesId> {
        document.series.or_else(|| {
            let mut numbers = document.on.iter().map(|act| self.act(*act).number);
            let first = numbers.next().flatten();
            numbers.all(|other| other == first).then_some(first).flatten()
        })
    }
    /// All acts with their positions.
    pub fn acts_with_ids(&self) -> impl Iterator<Item = (ActId, &Act)> {
        (0u16..).map(ActId).zip(&self.acts)
    }
    /// All limits with their positions.
    pub fn limits_with_ids(&self) -> impl Iterator<Item = (LimitId, &Limit)> {
        (0u16..).map(LimitId).zip(&self.limits)
    }
    /// All fields with their positions.
    pub fn fields_with_ids(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        (0u16..).map(FieldId).zip(&self.fields)
    }
    /// `reconsideration@2023`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.code, self.version)
    }
}

impl Field {
    /// The choices of a choice field.
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            FieldType::Choice(all) | FieldType::Choices(all) => &all.choices,
            _ => &[],
        }
    }
    /// The title of one of its choices.
    pub fn choice(&self, code: &str) -> Option<&Choice> {
        self.choices().iter().find(|choice| choice.code == code)
    }
}
