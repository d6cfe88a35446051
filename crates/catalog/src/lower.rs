//! A merged tree -> a line: first every name, then what refers to names.

use std::collections::HashMap;

use procedure::{
    Act, ActId, ActKind, Article, Choice, Choices, Expr, Field, FieldType, General, Ground, Habit, Line, Mark, Pending,
    Rests, Second, Stage, StageId, Track, TrackId, Value,
};
use terms::{Code, Date, Period};

use crate::finding::{Findings, Spot, error};
use crate::messages::MessageSpots;
use crate::near::meant_or_list;
use crate::read::{self, Word, missing};
use crate::statutes::{Statutes, citations, is_local};
use crate::templates::Templates;
use crate::terms_file::Terms;
use crate::tree::{Entry, Table, Tree, inside};

/// What a line may refer to.
pub(crate) struct World<'a> {
    pub statutes: &'a Statutes,
    pub terms: &'a Terms,
    pub lines: &'a [Code],
    pub templates: &'a Templates,
}

/// A line, and what is needed to check it against other lines and against the statutes' texts.
#[derive(Clone, Debug)]
pub(crate) struct Lowered {
    pub line: Line,
    pub guards: Vec<Word>,
    pub lookups: Vec<LookupSpots>,
    pub messages: MessageSpots,
    pub cited: Vec<Cited>,
    /// Figures that figures of this line are computed from: by which, which, where.
    pub computed: Vec<(Code, Code, Spot)>,
    pub figures: Vec<(Code, Spot)>,
    pub marks: Vec<Mark>,
}

/// The places of a lookup's words.
#[derive(Clone, Debug)]
pub(crate) struct LookupSpots {
    pub by: Spot,
    pub is: Option<Word>,
}

/// The citations of one element, and the period that they should state.
#[derive(Clone, Debug)]
pub(crate) struct Cited {
    pub what: String,
    pub on: Date,
    pub articles: Vec<(Article, Spot)>,
    pub period: Option<(Period, Spot)>,
    pub reading: bool,
}

pub(crate) struct Lower<'a, 's> {
    pub tree: &'a Table,
    pub world: &'a World<'a>,
    pub findings: &'a mut Findings<'s>,
    pub line: Line,
    pub out: Lowered,
    /// Where each element of a section was named.
    pub spots: HashMap<(&'static str, Code), Spot>,
    /// Values without a value, which guards are typed by.
    pub unset: Vec<usize>,
}

const HABITS: [(&str, Habit); 3] = [("case", Habit::Case), ("register", Habit::Register), ("journal", Habit::Journal)];
const PENDING: [(&str, Pending); 2] = [("stay", Pending::Stay), ("move", Pending::Move)];
const ACT_KINDS: [(&str, ActKind); 3] =
    [("power", ActKind::Power), ("fact", ActKind::Fact), ("deemed", ActKind::Deemed)];
const GENERALS: [(&str, General); 4] = [
    ("correct", General::Correct),
    ("annul", General::Annul),
    ("hand_over", General::HandOver),
    ("stand_in", General::StandIn),
];
const TYPES: [&str; 16] = [
    "bool",
    "number",
    "money",
    "date",
    "moment",
    "text",
    "choice",
    "choices",
    "key",
    "keys",
    "party",
    "link",
    "organ",
    "period",
    "figures",
    "questions",
];

/// Lowers a merged tree. `None` where it has no readable head.
pub(crate) fn lower(
    code: &Code,
    version: &str,
    tree: &Table,
    world: &World<'_>,
    findings: &mut Findings<'_>,
) -> Option<Lowered> {
    let head_entry = tree.entry("line")?;
    let head = tree.table("line")?;
    let from = read::date(head, "from", findings);
    if head.get("from").is_none() {
        missing(head_entry, "from", "from = 2024-01-01", findings);
    }
    let from = from?;
    let to = read::date(head, "to", findings);
    if to.is_some_and(|to| to < from) {
        findings.add(&head_entry.spot, error("D150", "the last day in force lies before the first"));
    }
    if head.get("habit").is_none() {
        missing(head_entry, "habit", "habit = \"case\"", findings);
    }
    let power = read::text(head, "power", findings);
    let rests = match &power {
        Some(word) => Rests::Power(known(word, "kind of power", world.terms.powers(), "D104", findings)),
        None => Rests::Duty,
    };
    let line = Line {
        code: code.clone(),
        version: version.into(),
        title: read::title(head_entry, head, findings),
        habit: read::one_of(head, "habit", &HABITS, findings).unwrap_or(Habit::Case),
        from,
        to,
        rests,
        law: Vec::new(),
        pending: read::one_of(head, "pending", &PENDING, findings).unwrap_or(Pending::Stay),
        stages: Vec::new(),
        tracks: Vec::new(),
        fields: Vec::new(),
        acts: Vec::new(),
        rules: Vec::new(),
        limits: Vec::new(),
        extensions: Vec::new(),
        lookups: Vec::new(),
        series: Vec::new(),
        values: Vec::new(),
        publications: Vec::new(),
        sees: Vec::new(),
        figures: Vec::new(),
        effects: Vec::new(),
        hears: Vec::new(),
        campaigns: Vec::new(),
        documents: Vec::new(),
    };
    let out = Lowered {
        line: line.clone(),
        guards: Vec::new(),
        lookups: Vec::new(),
        messages: MessageSpots::default(),
        cited: Vec::new(),
        computed: Vec::new(),
        figures: Vec::new(),
        marks: Vec::new(),
    };
    let mut lower = Lower { tree, world, findings, line, out, spots: HashMap::new(), unset: Vec::new() };
    lower.line.law = lower.ground(head_entry, head, "line", None).law;
    lower.run();
    let Lower { line, mut out, .. } = lower;
    out.line = line;
    Some(out)
}

/// The word as a code, which one of `all` should be.
pub(crate) fn known<'a>(
    word: &Word,
    what: &str,
    all: impl IntoIterator<Item = &'a Code>,
    code: &'static str,
    findings: &mut Findings<'_>,
) -> Code {
    let all: Vec<&str> = all.into_iter().map(Code::as_str).collect();
    if !all.contains(&word.text.as_str()) {
        let draft = error(code, format!("there is no {what} `{}`", word.text));
        findings.add(&word.spot, draft.help_opt(meant_or_list(&word.text, all)));
    }
    word.text.as_str().into()
}

impl Lower<'_, '_> {
    fn run(&mut self) {
        self.stages();
        self.fields();
        self.acts_named();
        self.limits_named();
        self.lookups();
        self.series();
        self.values();
        self.confusable();
        self.acts();
        self.seconds();
        self.general_fills();
        self.rules();
        self.limits();
        self.extensions();
        self.publications();
        self.sees();
        self.documents();
        self.figures();
        self.effects();
        self.hears();
        self.campaigns();
        for index in std::mem::take(&mut self.unset) {
            self.line.values[index].value = None;
        }
        crate::graph::check(self);
    }

    /// The elements of a section, copied out so that `self` stays free.
    pub fn elements(&self, section: &str) -> Vec<(Entry, Table)> {
        self.tree.elements(section).map(|(entry, table)| (entry.clone(), table.clone())).collect()
    }

    pub fn note_spot(&mut self, section: &'static str, entry: &Entry) {
        self.spots.insert((section, entry.key.as_str().into()), entry.spot.clone());
    }

    pub fn spot(&self, section: &'static str, code: &Code) -> Option<Spot> {
        self.spots.get(&(section, code.clone())).cloned()
    }

    /// Names of this line in a list, turned into positions; unknown ones are findings.
    pub fn ids<T>(&mut self, table: &Table, key: &str, what: &str, find: fn(&Line, &str) -> Option<T>) -> Vec<T> {
        let words = read::list(table, key, self.findings);
        words.iter().filter_map(|word| self.id(word, what, find)).collect()
    }

    /// A name of this line, turned into its position.
    pub fn id<T>(&mut self, word: &Word, what: &str, find: fn(&Line, &str) -> Option<T>) -> Option<T> {
        let found = find(&self.line, &word.text);
        if found.is_none() {
            let section = if what == "date field" { "field" } else { what };
            let names: Vec<&str> = match what {
                "act or date field" => self.names("act").chain(self.names("field")).collect(),
                _ => self.names(section).collect(),
            };
            let draft = error("D101", format!("there is no {what} `{}`", word.text));
            let help = meant_or_list(&word.text, names);
            self.findings.add(&word.spot, draft.help_opt(help));
        }
        found
    }

    fn names(&self, section: &str) -> impl Iterator<Item = &str> {
        self.tree.table(section).into_iter().flat_map(|table| &table.entries).map(|entry| entry.key.as_str())
    }

    pub fn optional_id<T>(
        &mut self,
        table: &Table,
        key: &str,
        what: &str,
        find: fn(&Line, &str) -> Option<T>,
    ) -> Option<T> {
        let word = read::text(table, key, self.findings)?;
        self.id(&word, what, find)
    }

    /// A guard under a key, typed against the line.
    pub fn guard(&mut self, table: &Table, key: &str) -> Option<Expr> {
        let word = read::text(table, key, self.findings)?;
        self.out.guards.push(word.clone());
        match procedure::compile(&word.text, &self.line, None) {
            Ok(expr) => Some(expr),
            Err(errors) => {
                report_guard(&word, errors, self.findings);
                None
            }
        }
    }

    /// What an element rests on.
    pub fn ground(&mut self, entry: &Entry, table: &Table, section: &str, period: Option<(Period, Spot)>) -> Ground {
        let mark = self.mark(table);
        let found = citations(table, self.line.from, mark == Mark::K, self.world.statutes, self.findings);
        let reading = read::said(table, "reading", self.findings);
        read::one_of(table, "local", &[("may_loosen", ())], self.findings);
        let what = if section == "line" { "the line".to_owned() } else { format!("{section} `{}`", entry.key) };
        if table.get("law").is_none() && reading.is_none() {
            let draft = error("D105", format!("{what} rests on no article"));
            let help = "cite one (`law = \"行政复议法 62.1\"`), or own up to a `reading = { zh = \"…\", en = \"…\" }`";
            self.findings.add(&entry.spot, draft.help(help));
        }
        let adopted = read::text(table, "adopted", self.findings).map(|word| word.text);
        self.out.marks.push(mark);
        self.out.cited.push(Cited {
            what,
            on: self.line.from,
            articles: found.iter().map(|citation| (citation.article.clone(), citation.spot.clone())).collect(),
            period,
            reading: reading.is_some(),
        });
        Ground { law: found.into_iter().map(|citation| citation.article).collect(), reading, adopted, mark }
    }

    fn mark(&mut self, table: &Table) -> Mark {
        let marks = [("V", Mark::V), ("Vx", Mark::Vx), ("K", Mark::K)];
        let mark = read::one_of(table, "mark", &marks, self.findings).unwrap_or(Mark::V);
        if mark == Mark::K
            && let Some(node) = table.get("mark")
            && !is_local(&node.spot.file)
        {
            let draft = error("D112", "`K` (from knowledge) stands only in an overlay");
            self.findings.add(&node.spot, draft.help("read the article and mark the rule `V`, or `Vx` for an excerpt"));
        }
        mark
    }

    fn stages(&mut self) {
        self.line.stages = stages(self.tree, self.findings);
        for (entry, _) in self.elements("stage") {
            self.note_spot("stage", &entry);
        }
        if self.line.stages.is_empty()
            && let Some(entry) = self.tree.entry("line")
        {
            self.findings.add(
                &entry.spot,
                error("D004", "the line has no stage").help("write `[stage.received]` with a title, and where it ends"),
            );
        }
        for (entry, table) in self.elements("track") {
            let stages = stages(&table, self.findings);
            if stages.is_empty() {
                missing(&entry, "stage", &format!("[track.{}.stage.open]", entry.key), self.findings);
            }
            let title = read::title(&entry, &table, self.findings);
            self.note_spot("track", &entry);
            self.line.tracks.push(Track { code: entry.key.as_str().into(), title, stages });
        }
    }

    fn fields(&mut self) {
        for (entry, table) in self.elements("field") {
            let field = self.field(&entry, &table);
            self.note_spot("field", &entry);
            self.line.fields.push(field);
        }
    }

    fn field(&mut self, entry: &Entry, table: &Table) -> Field {
        let title = read::title(entry, table, self.findings);
        if table.get("type").is_none() {
            missing(entry, "type", "type = \"text\"", self.findings);
        }
        let known = TYPES.map(|name| (name, name));
        let name = read::one_of(table, "type", &known, self.findings).unwrap_or("text");
        let kind = self.field_type(name, entry, table);
        let flag = |key: &str, findings: &mut Findings<'_>| read::flag(table, key, findings).unwrap_or(false);
        let unique = flag("unique", self.findings);
        let key = flag("find", self.findings) || unique;
        if key && !matches!(kind, FieldType::Text | FieldType::Key(_) | FieldType::Organ | FieldType::Period) {
            let spot = table.get("find").or_else(|| table.get("unique")).map_or(&entry.spot, |node| &node.spot);
            self.findings.add(spot, error("D134", "only a text, key, organ or period field can be found by"));
        }
        let inquiry = flag("inquiry", self.findings);
        if inquiry && kind != FieldType::Party {
            let spot = table.get("inquiry").map_or(&entry.spot, |node| &node.spot);
            let draft = error("D134", format!("`inquiry` means nothing in a {name} field"));
            self.findings.add(spot, draft.help("only a party asks how a record stands: it belongs to the type party"));
        }
        Field {
            code: entry.key.as_str().into(),
            title,
            personal: matches!(kind, FieldType::Party) || flag("personal", self.findings),
            kind,
            mask: read::parsed(table, "mask", self.findings),
            key,
            unique,
            inquiry,
            hint: read::said(table, "hint", self.findings),
        }
    }

    fn field_type(&mut self, name: &str, entry: &Entry, table: &Table) -> FieldType {
        for (key, types) in [
            ("choices", ["choice", "choices"].as_slice()),
            ("ordered", &["choice", "choices"]),
            ("unit", &["number"]),
            ("of", &["key", "keys", "link"]),
        ] {
            if let Some(found) = table.entry(key)
                && !types.contains(&name)
            {
                let draft = error("D134", format!("`{key}` means nothing in a {name} field"));
                self.findings.add(&found.spot, draft.help(format!("it belongs to the types {}", types.join(", "))));
            }
        }
        match name {
            "bool" => FieldType::Bool,
            "number" => FieldType::Number(read::text(table, "unit", self.findings).map(|word| word.text)),
            "money" => FieldType::Money,
            "date" => FieldType::Date,
            "moment" => FieldType::Moment,
            "choice" => FieldType::Choice(self.choices(entry, table)),
            "choices" => FieldType::Choices(self.choices(entry, table)),
            "party" => FieldType::Party,
            "key" => FieldType::Key(self.of(entry, table)),
            "keys" => FieldType::Keys(self.of(entry, table)),
            "link" => FieldType::Link(self.of(entry, table)),
            "organ" => FieldType::Organ,
            "period" => FieldType::Period,
            "figures" => FieldType::Figures,
            "questions" => FieldType::Questions,
            _ => FieldType::Text,
        }
    }

    fn of(&mut self, entry: &Entry, table: &Table) -> Code {
        match read::text(table, "of", self.findings) {
            Some(word) => known(&word, "line", self.world.lines, "D104", self.findings),
            None => {
                missing(entry, "of", "of = \"officer\"", self.findings);
                self.line.code.clone()
            }
        }
    }

    fn choices(&mut self, entry: &Entry, table: &Table) -> Choices {
        let mut choices = Vec::new();
        for (choice, inner) in table.elements("choices") {
            let title = read::said_of(inner, &choice.spot, &choice.key, self.findings).unwrap_or_default();
            let counts_as = read::text(inner, "counts_as", self.findings);
            if let Some(word) = &counts_as
                && table.table("choices").and_then(|all| all.get(&word.text)).is_none()
            {
                let others = table.elements("choices").map(|(entry, _)| entry.key.as_str());
                let help = meant_or_list(&word.text, others);
                let draft = error("D101", format!("there is no choice `{}` to count as", word.text));
                self.findings.add(&word.spot, draft.help_opt(help));
            }
            let counts_as = counts_as.map(|word| word.text.as_str().into());
            choices.push(Choice { code: choice.key.as_str().into(), title, counts_as });
        }
        if choices.is_empty() {
            let example = format!("[field.{}.choices]", entry.key);
            missing(entry, "choices", &example, self.findings);
        }
        Choices { choices, ordered: read::flag(table, "ordered", self.findings).unwrap_or(false) }
    }

    /// Acts by name only, so that guards and limits can find them.
    fn acts_named(&mut self) {
        for (entry, table) in self.elements("act") {
            let title = read::title(&entry, &table, self.findings);
            self.note_spot("act", &entry);
            self.line.acts.push(Act {
                code: entry.key.as_str().into(),
                title,
                kind: read::one_of(&table, "kind", &ACT_KINDS, self.findings).unwrap_or(ActKind::Power),
                opens: read::flag(&table, "opens", self.findings).unwrap_or(false),
                track: None,
                from: Vec::new(),
                to: None,
                by: Vec::new(),
                sign: Vec::new(),
                kinds: Vec::new(),
                fills: Vec::new(),
                rules: Vec::new(),
                number: None,
                general: None,
                second: None,
                ground: nothing(),
            });
        }
    }

    fn acts(&mut self) {
        for (index, (entry, table)) in self.elements("act").into_iter().enumerate() {
            let track = self.optional_id(&table, "track", "track", Line::track_id);
            let (kind, opens) = (self.line.acts[index].kind, self.line.acts[index].opens);
            let from = self.from(&table, track, opens);
            let to = read::text(&table, "to", self.findings).and_then(|word| self.stage(&word, track));
            let (by, sign) = (self.posts(&table, "by"), self.posts(&table, "sign"));
            let general = read::one_of(&table, "general", &GENERALS, self.findings);
            if kind == ActKind::Power && by.is_empty() && table.get("by").is_none() {
                let draft = error("D127", format!("nobody may do `{}`", entry.key));
                let help = "say who: `by = [\"handler\"]`; what merely happens is `kind = \"fact\"`";
                self.findings.add(&entry.spot, draft.help(help));
            }
            if let Some(node) = table.entry("general")
                && !node.spot.file.starts_with("general/")
            {
                let draft = error("D002", "a general act is declared only in catalog/general");
                self.findings.add(&node.spot, draft);
            }
            let words = read::list(&table, "kinds", self.findings);
            let kinds = words.iter().map(|word| self.act_kind(word)).collect();
            let fills = self.fills(&table);
            let ground = self.ground(&entry, &table, "act", None);
            let number = self.optional_id(&table, "number", "series", Line::series_id);
            let act = &mut self.line.acts[index];
            *act = Act { track, from, to, by, sign, kinds, fills, number, general, ground, ..act.clone() };
        }
    }

    /// General acts that need a second person, once every act has its kinds.
    fn seconds(&mut self) {
        for (index, (entry, table)) in self.elements("act").into_iter().enumerate() {
            let words = read::list(&table, "second_after", self.findings);
            let by = self.posts(&table, "second_by");
            if words.is_empty() && by.is_empty() {
                continue;
            }
            if words.is_empty() || by.is_empty() || self.line.acts[index].general.is_none() {
                let draft = error("D002", format!("`{}` cannot need a second person like this", entry.key));
                let help = "`second_after` (kinds of act) and `second_by` (posts) stand together, on a general act";
                self.findings.add(&entry.spot, draft.help(help));
                continue;
            }
            let kinds: Vec<Code> = words.iter().map(|word| self.act_kind(word)).collect();
            let of_kind = |(_, act): &(ActId, &Act)| act.kinds.iter().any(|kind| kinds.contains(kind));
            let after: Vec<ActId> = self.line.acts_with_ids().filter(of_kind).map(|(id, _)| id).collect();
            // A line in which nothing is served or published has no use for it.
            self.line.acts[index].second = (!after.is_empty()).then_some(Second { after, by });
        }
    }

    pub fn act_kind(&mut self, word: &Word) -> Code {
        known(word, "kind of act", self.world.terms.kinds(), "D103", self.findings)
    }

    pub fn posts(&mut self, table: &Table, key: &str) -> Vec<Code> {
        let words = read::list(table, key, self.findings);
        let world = self.world;
        for word in &words {
            if world.terms.post(&word.text).is_some_and(|post| post.administers.is_some()) {
                let draft = error("D102", format!("`{}` administers, and does no business", word.text));
                self.findings.add(&word.spot, draft.help("name a post of business"));
            }
        }
        words.iter().map(|word| known(word, "post", world.terms.post_codes(), "D102", self.findings)).collect()
    }

    fn from(&mut self, table: &Table, track: Option<TrackId>, opens: bool) -> Vec<StageId> {
        let words = read::list(table, "from", self.findings);
        if opens && let Some(node) = table.entry("from") {
            let draft = error("D002", "an opening act comes from no stage");
            self.findings.add(&node.spot, draft.help("take `from` away, or `opens`"));
            return Vec::new();
        }
        if words.len() == 1 && words[0].text == "*" {
            return (0u16..).map(StageId).take(self.line.stages_of(track).len()).collect();
        }
        words.iter().filter_map(|word| self.stage(word, track)).collect()
    }

    pub fn stage(&mut self, word: &Word, track: Option<TrackId>) -> Option<StageId> {
        let found = self.line.stage_id(track, &word.text);
        if found.is_none() {
            let names: Vec<&str> = self.line.stages_of(track).iter().map(|stage| stage.code.as_str()).collect();
            let of = track.map(|track| format!(" of track `{}`", self.line.tracks[track.index()].code));
            let draft = error("D101", format!("there is no stage `{}`{}", word.text, of.unwrap_or_default()));
            let help = meant_or_list(&word.text, names);
            self.findings.add(&word.spot, draft.help_opt(help));
        }
        found
    }

    fn fills(&mut self, table: &Table) -> Vec<(procedure::FieldId, bool)> {
        let mut fills: Vec<(procedure::FieldId, bool)> = Vec::new();
        for (key, must) in [("fills", true), ("may_fill", false)] {
            for word in read::list(table, key, self.findings) {
                let Some(field) = self.id(&word, "field", Line::field_id) else { continue };
                if fills.iter().any(|(other, _)| *other == field) {
                    let draft = error("D128", format!("the act fills `{}` twice", word.text));
                    self.findings.add(&word.spot, draft.help("name it once, in `fills` or in `may_fill`"));
                } else {
                    fills.push((field, must));
                }
            }
        }
        fills
    }

    /// Fields that general files add to acts by kind; what an act fills of its own stays as it is.
    fn general_fills(&mut self) {
        for (entry, table) in self.elements("fills") {
            let words = read::list(&table, "kinds", self.findings);
            let kinds: Vec<Code> = words
                .iter()
                .map(|word| if word.text == "opens" { "opens".into() } else { self.act_kind(word) })
                .collect();
            if table.get("field").is_none() {
                missing(&entry, "field", &format!("field = \"{}\"", entry.key), self.findings);
            }
            let Some(field) = self.optional_id(&table, "field", "field", Line::field_id) else { continue };
            let required = read::flag(&table, "required", self.findings).unwrap_or(false);
            for act in &mut self.line.acts {
                let meant = kinds.iter().any(|kind| act.kinds.contains(kind) || (kind == "opens" && act.opens));
                if meant && act.fills.iter().all(|(other, _)| *other != field) {
                    act.fills.push((field, required));
                }
            }
        }
    }

    /// Names that a guard or a refusal could take for one another.
    fn confusable(&mut self) {
        const RESERVED: [&str; 12] =
            ["today", "actor", "agency", "yes", "no", "stage", "always", "never", "this", "value", "and", "or"];
        let pairs: [(&'static str, &'static str, &str); 4] = [
            ("field", "track", "a guard reads both as a name of its own"),
            ("lookup", "field", "`count` takes either"),
            ("lookup", "act", "`count` takes either"),
            ("requires", "limit", "a refusal names either by its code"),
        ];
        for (one, other, why) in pairs {
            for (entry, _) in self.elements(one) {
                if self.tree.table(other).and_then(|table| table.entry(&entry.key)).is_some() {
                    let message = format!("`{}` names a {} and a {}", entry.key, name_of(one), name_of(other));
                    self.findings.add(&entry.spot, error("D132", message).note(why).help("rename one of them"));
                }
            }
        }
        for section in ["field", "lookup", "track"] {
            for (entry, _) in self.elements(section) {
                if RESERVED.contains(&entry.key.as_str()) {
                    let message = format!("`{}` has a meaning of its own in guards", entry.key);
                    self.findings.add(&entry.spot, error("D132", message).help("give it another code"));
                }
            }
        }
    }
}

fn name_of(section: &str) -> &str {
    if section == "requires" { "rule" } else { section }
}

/// Hands the errors of a guard in, each at its own bytes of the file.
pub(crate) fn report_guard(word: &Word, errors: Vec<procedure::ExprError>, findings: &mut Findings<'_>) {
    for wrong in errors {
        let text = findings.source.text(&word.spot.file).unwrap_or_default();
        let spot = inside(text, &word.spot, &wrong.span);
        findings.add(&spot, error(wrong.code, wrong.message).help_opt(wrong.help));
    }
}

fn stages(table: &Table, findings: &mut Findings<'_>) -> Vec<Stage> {
    let of = |(entry, inner): (&Entry, &Table)| Stage {
        code: entry.key.as_str().into(),
        title: read::title(entry, inner, findings),
        closed: read::flag(inner, "closed", findings).unwrap_or(false),
    };
    table.elements("stage").map(of).collect()
}

/// The ground of something whose ground is read later.
pub(crate) fn nothing() -> Ground {
    Ground { law: Vec::new(), reading: None, adopted: None, mark: Mark::V }
}

/// A value of this type, for guards to be typed by where a value is not set yet.
pub(crate) fn typed(kind: &str, said: Option<&Tree>) -> Option<Value> {
    match (kind, said) {
        ("money", None) => Some(Value::Money(terms::Fen::ZERO)),
        ("number", None) => Some(Value::Number(0)),
        ("date", None) => Some(Value::Date(Date::MIN)),
        ("text", None) => Some(Value::Text(String::new())),
        ("bool", None) => Some(Value::Bool(false)),
        ("money", Some(Tree::Text(text))) => {
            text.strip_suffix(" yuan").and_then(|amount| amount.parse().ok()).map(Value::Money)
        }
        ("number", Some(Tree::Int(number))) => Some(Value::Number(*number)),
        ("date", Some(Tree::Date(date))) => Some(Value::Date(*date)),
        ("text", Some(Tree::Text(text))) => Some(Value::Text(text.clone())),
        ("bool", Some(Tree::Bool(yes))) => Some(Value::Bool(*yes)),
        _ => None,
    }
}
