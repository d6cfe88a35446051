//! The parts of a line that refer to acts and fields: rules, limits, extensions, lookups, values, publications.

use procedure::{
    ActId, ActKind, Allow, Binds, Campaign, Extension, FieldId, FieldType, Lapse, Limit, Line, Lookup, NamedValue,
    Publication, Rule, RuleId, Series, Severity, StageId, Start, Strictness,
};
use terms::{Code, Period, Unit};

use crate::finding::{Findings, Spot, error};
use crate::lower::{LookupSpots, Lower, known, nothing, typed};
use crate::near::meant_or_list;
use crate::read::{self, missing};
use crate::tree::{Entry, Table};

const BINDS: [(&str, Binds); 3] = [("agency", Binds::Agency), ("party", Binds::Party), ("other", Binds::Other)];
const STRICT: [(&str, Strictness); 3] =
    [("notes", Strictness::Notes), ("warns", Strictness::Warns), ("forbids", Strictness::Forbids)];

impl Lower<'_, '_> {
    pub fn lookups(&mut self) {
        for (entry, table) in self.elements("lookup") {
            self.note_spot("lookup", &entry);
            for (key, example) in
                [("line", "line = \"officer\""), ("asks", "asks = \"officers\""), ("by", "by = \"key\"")]
            {
                if table.get(key).is_none() {
                    missing(&entry, key, example, self.findings);
                }
            }
            let title = read::title(&entry, &table, self.findings);
            let line = read::text(&table, "line", self.findings).map_or_else(
                || self.line.code.clone(),
                |word| known(&word, "line", self.world.lines, "D104", self.findings),
            );
            let asks = self.optional_id(&table, "asks", "field", Line::field_id).unwrap_or(FieldId(0));
            self.asks_key(&table, asks);
            let by = read::text(&table, "by", self.findings);
            let is = read::text(&table, "is", self.findings);
            let by_spot = by.as_ref().map_or_else(|| entry.spot.clone(), |word| word.spot.clone());
            self.line.lookups.push(Lookup {
                code: entry.key.as_str().into(),
                title,
                line,
                asks,
                below: read::flag(&table, "below", self.findings).unwrap_or(false),
                by: by.map_or_else(Code::default, |word| word.text.as_str().into()),
                is: is.as_ref().map(|word| word.text.clone()),
            });
            self.out.lookups.push(LookupSpots { by: by_spot, is });
        }
    }

    fn asks_key(&mut self, table: &Table, asks: FieldId) {
        let Some(field) = self.line.fields.get(asks.index()) else { return };
        let keeps = matches!(
            field.kind,
            FieldType::Key(_)
                | FieldType::Keys(_)
                | FieldType::Text
                | FieldType::Choice(_)
                | FieldType::Party
                | FieldType::Organ
                | FieldType::Period
        );
        if !keeps && let Some(node) = table.get("asks") {
            let draft = error("D134", format!("`{}` holds no key to look up", field.code));
            self.findings.add(&node.spot, draft.help("ask by a field of type key, keys, text or choice"));
        }
    }

    pub fn series(&mut self) {
        for (entry, table) in self.elements("series") {
            self.note_spot("series", &entry);
            for (key, example) in
                [("format", "format = \"{short}政复决〔{year}〕{n}号\""), ("field", "field = \"decision_number\"")]
            {
                if table.get(key).is_none() {
                    missing(&entry, key, example, self.findings);
                }
            }
            let format = read::text(&table, "format", self.findings);
            if let Some(word) = &format {
                series_format(word, self.findings);
            }
            let field = self.optional_id(&table, "field", "field", Line::field_id);
            if let Some(kept) = field
                && !matches!(self.line.field(kept).kind, FieldType::Text)
                && let Some(node) = table.get("field")
            {
                self.findings.add(&node.spot, error("D134", "a number is kept in a text field"));
            }
            self.line.series.push(Series {
                code: entry.key.as_str().into(),
                format: format.map_or_else(String::new, |word| word.text),
                field: field.unwrap_or(FieldId(0)),
            });
        }
    }

    pub fn values(&mut self) {
        let types = ["money", "number", "date", "text", "bool"].map(|name| (name, name));
        for (entry, table) in self.elements("value") {
            self.note_spot("value", &entry);
            let title = read::title(&entry, &table, self.findings);
            if table.get("type").is_none() {
                missing(&entry, "type", "type = \"money\"", self.findings);
            }
            let kind = read::one_of(&table, "type", &types, self.findings).unwrap_or("money");
            let said = table.get("is");
            let mut value = typed(kind, said.map(|node| &node.value));
            if let (Some(node), None) = (said, &value) {
                let example = match kind {
                    "money" => "\"5000 yuan\"",
                    "number" => "10",
                    "date" => "2024-01-01",
                    "bool" => "true",
                    _ => "\"…\"",
                };
                self.findings.add(
                    &node.spot,
                    error("D003", format!("`is` should be {kind}, and is {}", node.value.name()))
                        .help(format!("write `is = {example}`")),
                );
                value = typed(kind, None);
            }
            if said.is_none() {
                self.unset.push(self.line.values.len());
            }
            let ground = self.ground(&entry, &table, "value", None);
            self.line.values.push(NamedValue { code: entry.key.as_str().into(), title, value, ground });
        }
    }

    pub fn rules(&mut self) {
        for (entry, table) in self.elements("requires") {
            self.note_spot("requires", &entry);
            let acts = self.bound_acts(&entry, &table);
            let severity = self.severity(&entry, &table);
            for (key, example) in [("is", "is = \"done(hear_parties)\""), ("why", "why = { zh = \"…\", en = \"…\" }")]
            {
                if table.get(key).is_none() {
                    missing(&entry, key, example, self.findings);
                }
            }
            if acts.is_empty() && entry.spot.file.starts_with("general/") {
                continue;
            }
            let is = self.guard(&table, "is").unwrap_or(procedure::Expr::Always(true));
            let why = read::said(&table, "why", self.findings).unwrap_or_default();
            let instead = read::said(&table, "instead", self.findings);
            let ground = self.ground(&entry, &table, "rule", None);
            let id = RuleId(u16::try_from(self.line.rules.len()).unwrap_or(u16::MAX));
            self.line.rules.push(Rule { code: entry.key.as_str().into(), is, severity, why, instead, ground });
            for act in acts {
                self.line.acts[act.index()].rules.push(id);
            }
        }
    }

    fn bound_acts(&mut self, entry: &Entry, table: &Table) -> Vec<ActId> {
        let mut acts = self.ids(table, "of", "act", Line::act_id);
        for word in read::list(table, "of_kinds", self.findings) {
            let kind = if word.text == "opens" { "opens".into() } else { self.act_kind(&word) };
            let meant: Vec<ActId> = self
                .line
                .acts_with_ids()
                .filter(|(_, act)| act.kinds.contains(&kind) || (kind == "opens" && act.opens))
                .map(|(id, _)| id)
                .collect();
            if meant.is_empty() && !entry.spot.file.starts_with("general/") {
                let draft = error("D136", format!("no act of this line is of kind `{}`", word.text));
                self.findings.add(&word.spot, draft.help("name acts with `of`, or give an act this kind"));
            }
            acts.extend(meant);
        }
        if table.get("of").is_none() && table.get("of_kinds").is_none() {
            missing(entry, "of", "of = [\"decide\"]", self.findings);
        }
        acts.sort();
        acts.dedup();
        acts
    }

    fn severity(&mut self, entry: &Entry, table: &Table) -> Severity {
        let forbids = read::flag(table, "forbids", self.findings).unwrap_or(false);
        let warns = read::flag(table, "warns", self.findings).unwrap_or(false);
        if forbids == warns {
            let what = if forbids { "both forbids and warns" } else { "neither forbids nor warns" };
            let draft = error("D135", format!("rule `{}` {what}", entry.key));
            let help = "write `forbids = true` where the law forbids; 一般 and the like warn: `warns = true`";
            self.findings.add(&entry.spot, draft.help(help));
        }
        if forbids { Severity::Forbids } else { Severity::Warns }
    }

    /// Limits by name only, so that guards can ask whether one has passed.
    pub fn limits_named(&mut self) {
        for (entry, table) in self.elements("limit") {
            self.note_spot("limit", &entry);
            let title = read::title(&entry, &table, self.findings);
            self.line.limits.push(Limit {
                code: entry.key.as_str().into(),
                title,
                starts: Vec::new(),
                ends: Vec::new(),
                allow: Allow::AtMost(Period::new(1, Unit::Days)),
                when: None,
                binds: Binds::Agency,
                rolls: true,
                stops: Vec::new(),
                resumes: Vec::new(),
                told: None,
                lapse: Lapse::Noted,
                strictness: Strictness::Notes,
                ground: nothing(),
            });
        }
    }

    pub fn limits(&mut self) {
        for (index, (entry, table)) in self.elements("limit").into_iter().enumerate() {
            let (allow, period) = self.allow(&entry, &table);
            let minimum = matches!(allow, Allow::AtLeast(_));
            let (key, other) = if minimum { ("early", "late") } else { ("late", "early") };
            if let Some(wrong) = table.entry(other) {
                let what = if minimum { "a minimum (`at_least`)" } else { "a limit that allows a time at most" };
                let draft = error("D137", format!("`{other}` means nothing for {what}"));
                self.findings.add(&wrong.spot, draft.help(format!("write `{key}`")));
            }
            let default = if minimum { Strictness::Forbids } else { Strictness::Notes };
            let strictness = read::one_of(&table, key, &STRICT, self.findings).unwrap_or(default);
            let starts = self.starts(&entry, &table, &allow);
            let ends = self.ids(&table, "ends", "act", Line::act_id);
            let stops = self.ids(&table, "stops", "act", Line::act_id);
            let resumes = self.ids(&table, "resumes", "act", Line::act_id);
            if !stops.is_empty() && resumes.is_empty() {
                let draft = error("D124", format!("limit `{}` stands still and nothing lets it run again", entry.key));
                self.findings.add(&entry.spot, draft.help("write `resumes = [\"resume\"]`"));
            }
            let told = self.optional_id(&table, "told", "field", Line::field_id);
            self.day_field(&table, "told", told);
            let lapse = self.lapse(&table);
            if ends.is_empty() && table.get("ends").is_none() && lapse == Lapse::Noted {
                let draft =
                    error("D124", format!("nothing meets limit `{}`, and nothing follows its lapse", entry.key));
                self.findings.add(&entry.spot, draft.help("write `ends = [\"…\"]`, the acts that meet it"));
            }
            let when = self.guard(&table, "when");
            let ground = self.ground(&entry, &table, "limit", period.clone());
            if let Some((period, spot)) = &period {
                self.unit(*period, spot, &ground);
            }
            let rolls = read::flag(&table, "rolls", self.findings).unwrap_or_else(|| self.rolls(&ground));
            let binds = read::one_of(&table, "binds", &BINDS, self.findings).unwrap_or(Binds::Agency);
            let limit = &mut self.line.limits[index];
            let (code, title) = (limit.code.clone(), limit.title.clone());
            *limit = Limit {
                code,
                title,
                starts,
                ends,
                allow,
                when,
                binds,
                rolls,
                stops,
                resumes,
                told,
                lapse,
                strictness,
                ground,
            };
        }
    }

    fn allow(&mut self, entry: &Entry, table: &Table) -> (Allow, Option<(Period, Spot)>) {
        let written: Vec<&str> =
            ["allow", "at_least", "until", "yearly"].into_iter().filter(|key| table.get(key).is_some()).collect();
        if written.len() != 1 {
            let draft =
                error("D137", format!("limit `{}` needs one of `allow`, `at_least`, `until`, `yearly`", entry.key));
            let help = "`allow = \"60 days\"`: at most; `at_least = \"7 working days\"`: not before; \
                        `until = \"paid_by\"`: until the day a field holds; `yearly = \"03-01\"`: until the next 1 March";
            self.findings.add(&entry.spot, draft.help(help));
        }
        let Some(&key) = written.first() else { return (Allow::AtMost(Period::new(1, Unit::Days)), None) };
        if key == "until" {
            let field = self.optional_id(table, key, "field", Line::field_id);
            self.day_field(table, key, field);
            return (Allow::Until(field.unwrap_or(FieldId(0))), None);
        }
        if key == "yearly" {
            return (self.yearly(table), None);
        }
        let period: Option<Period> = read::parsed(table, key, self.findings);
        let spot = table.get(key).map(|node| node.spot.clone());
        let (allow, given) = match period {
            Some(period) => (period, spot.map(|spot| (period, spot))),
            None => (Period::new(1, Unit::Days), None),
        };
        (if key == "allow" { Allow::AtMost(allow) } else { Allow::AtLeast(allow) }, given)
    }

    /// `03-01`: a day that every year has.
    fn yearly(&mut self, table: &Table) -> Allow {
        let Some(word) = read::text(table, "yearly", self.findings) else { return Allow::Yearly(1, 1) };
        let parts = word.text.split_once('-').filter(|_| word.text.len() == 5);
        let parsed = parts.and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
        match parsed.filter(|(month, day)| terms::Date::new(2021, *month, *day).is_ok()) {
            Some((month, day)) => Allow::Yearly(month, day),
            None => {
                let draft = error("D137", format!("`{}` is no day of every year", word.text));
                self.findings.add(&word.spot, draft.help("write month and day: `yearly = \"03-01\"`"));
                Allow::Yearly(1, 1)
            }
        }
    }

    fn day_field(&mut self, table: &Table, key: &str, field: Option<FieldId>) {
        if let Some(field) = field
            && !matches!(self.line.field(field).kind, FieldType::Date | FieldType::Moment)
            && let Some(node) = table.get(key)
        {
            let draft = error("D134", format!("`{}` holds no date", self.line.field(field).code));
            self.findings.add(&node.spot, draft.help("name a field of type date or moment"));
        }
    }

    fn starts(&mut self, entry: &Entry, table: &Table, allow: &Allow) -> Vec<Start> {
        let mut starts = Vec::new();
        for word in read::list(table, "starts", self.findings) {
            if let Some(act) = self.line.act_id(&word.text) {
                starts.push(Start::Act(act));
            } else if let Some(field) = self.id(&word, "act or date field", Line::field_id) {
                if !matches!(self.line.field(field).kind, FieldType::Date | FieldType::Moment | FieldType::Period) {
                    let draft = error("D134", format!("`{}` holds no date", word.text));
                    self.findings.add(&word.spot, draft.help("a limit starts with an act or with a date"));
                }
                starts.push(Start::Field(field));
            }
        }
        if table.get("starts").is_none() && !matches!(allow, Allow::Until(_)) {
            missing(entry, "starts", "starts = [\"receive\"]", self.findings);
        }
        starts
    }

    fn lapse(&mut self, table: &Table) -> Lapse {
        let Some(act) = self.optional_id(table, "lapse", "act", Line::act_id) else { return Lapse::Noted };
        if self.line.act(act).kind != ActKind::Deemed
            && let Some(node) = table.get("lapse")
        {
            let draft = error("D126", format!("a lapse does `{}`, which is no deemed act", self.line.act(act).code));
            self.findings.add(&node.spot, draft.help("write `kind = \"deemed\"` in the act"));
        }
        Lapse::Does(act)
    }

    /// Days are counted as the statute says that the number is counted.
    fn unit(&mut self, period: Period, spot: &Spot, ground: &procedure::Ground) {
        if !matches!(period.unit, Unit::Days | Unit::WorkingDays) || ground.reading.is_some() {
            return;
        }
        let mut rule = None;
        for article in &ground.law {
            let version = self.world.statutes.version(&article.statute, self.line.from);
            match version.and_then(|version| version.counting.as_ref()) {
                Some(counting) if counting.unit_of(period.n) != period.unit => rule = rule.or(Some(counting)),
                _ => return,
            }
        }
        if let Some(counting) = rule {
            let right = Period::new(period.n, counting.unit_of(period.n));
            let draft = error("D106", format!("{period} are not what the statute counts"));
            let days = if right.unit == Unit::Days { "calendar days" } else { "working days" };
            let text = format!("{} counts {} days as {days}", counting.article, period.n);
            self.findings.add(spot, draft.note(text).help(format!("write \"{right}\"")));
        }
    }

    /// Whether a last day off moves: as the leading statute says, else yes [民法典 203.1].
    fn rolls(&self, ground: &procedure::Ground) -> bool {
        let leading =
            ground.law.first().and_then(|article| self.world.statutes.version(&article.statute, self.line.from));
        leading.and_then(|version| version.counting.as_ref()).is_none_or(|counting| counting.rolls)
    }

    pub fn extensions(&mut self) {
        for (entry, table) in self.elements("extend") {
            let word = read::Word { text: entry.key.clone(), spot: entry.spot.clone() };
            let Some(limit) = self.id(&word, "limit", Line::limit_id) else { continue };
            let act = self.optional_id(&table, "act", "act", Line::act_id);
            if table.get("act").is_none() {
                let draft = error("D133", format!("no act extends limit `{}`", entry.key));
                self.findings.add(&entry.spot, draft.help("write `act = \"extend\"`"));
            }
            if table.get("at_most").is_none() {
                missing(&entry, "at_most", "at_most = \"30 days\"", self.findings);
            }
            let period: Option<Period> = read::parsed(&table, "at_most", self.findings);
            let by = self.optional_id(&table, "by", "field", Line::field_id);
            if let Some(by) = by
                && !matches!(self.line.field(by).kind, FieldType::Number(_))
                && let Some(node) = table.get("by")
            {
                self.findings.add(&node.spot, error("D134", "an extension's length is a number field"));
            }
            let times = read::number(&table, "times", self.findings).and_then(|times| u8::try_from(times).ok());
            let given = period.zip(table.get("at_most").map(|node| node.spot.clone()));
            let ground = self.ground(&entry, &table, "extension", given.clone());
            if let Some((period, spot)) = &given {
                // The reading of an extension concerns `times`; its length is the law's.
                self.unit(*period, spot, &procedure::Ground { reading: None, ..ground.clone() });
            }
            if let (Some(act), Some(at_most)) = (act, period) {
                self.line.extensions.push(Extension { limit, act, at_most, times, by, ground });
            }
        }
    }

    pub fn publications(&mut self) {
        for (entry, table) in self.elements("publish") {
            self.note_spot("publish", &entry);
            for (key, example) in [("on", "on = [\"publish_decision\"]"), ("shows", "shows = [\"outcome\"]")] {
                if table.get(key).is_none() {
                    missing(&entry, key, example, self.findings);
                }
            }
            let mut shows = Vec::new();
            for word in read::list(&table, "shows", self.findings) {
                let Some(field) = self.id(&word, "field", Line::field_id) else { continue };
                let held = self.line.field(field);
                if held.personal && held.mask.is_none() {
                    let draft = error("D130", format!("`{}` is personal and is published without a mask", word.text));
                    let help = format!(
                        "write `mask = \"surname\"` (or hide, county, year, \"tail 4\") in `[field.{}]`",
                        word.text
                    );
                    self.findings.add(&word.spot, draft.help(help));
                }
                shows.push(field);
            }
            let publication = Publication {
                code: entry.key.as_str().into(),
                title: read::title(&entry, &table, self.findings),
                on: self.ids(&table, "on", "act", Line::act_id),
                withdraws: self.ids(&table, "withdraw", "act", Line::act_id),
                when: self.guard(&table, "when"),
                shows,
                ground: self.ground(&entry, &table, "publication", None),
            };
            self.line.publications.push(publication);
        }
    }

    pub fn campaigns(&mut self) {
        for (entry, table) in self.elements("campaign") {
            self.note_spot("campaign", &entry);
            let examples = [
                ("from", "from = [\"in_force\"]"),
                ("verdicts", "verdicts = [\"keep\", \"repeal\"]"),
                ("shares", "shares = [\"decision_number\"]"),
            ];
            for (key, example) in examples {
                if table.get(key).is_none() {
                    missing(&entry, key, example, self.findings);
                }
            }
            let words = read::list(&table, "from", self.findings);
            let from: Vec<_> = words.iter().filter_map(|word| self.stage(word, None)).collect();
            let verdicts = self.verdicts(&table, &from);
            let shares = self.shared(&table, &verdicts);
            let number = self.optional_id(&table, "number", "series", Line::series_id);
            if let (Some(series), Some(node)) = (number, table.get("number"))
                && !shares.contains(&self.line.series[series.index()].field)
            {
                let draft = error("D195", "the decision's number is not among what is filled in for all");
                self.findings.add(&node.spot, draft.help("name the field that keeps it in `shares`"));
            }
            let campaign = Campaign {
                code: entry.key.as_str().into(),
                title: read::title(&entry, &table, self.findings),
                from,
                verdicts,
                shares,
                number,
                ground: self.ground(&entry, &table, "campaign", None),
            };
            self.line.campaigns.push(campaign);
        }
    }

    /// Acts that can be done to every record of the campaign.
    fn verdicts(&mut self, table: &Table, from: &[StageId]) -> Vec<ActId> {
        let mut verdicts = Vec::new();
        for word in read::list(table, "verdicts", self.findings) {
            let Some(id) = self.id(&word, "act", Line::act_id) else { continue };
            let act = self.line.act(id);
            let main = act.track.is_none();
            if act.opens || main && !act.from.is_empty() && from.iter().any(|stage| !act.from.contains(stage)) {
                let draft = error("D194", format!("`{}` cannot be done to every record of the campaign", word.text));
                self.findings.add(&word.spot, draft.help("let the act come `from` all stages of the campaign"));
            }
            verdicts.push(id);
        }
        verdicts
    }

    /// Fields that every verdict fills in.
    fn shared(&mut self, table: &Table, verdicts: &[ActId]) -> Vec<FieldId> {
        let mut shares = Vec::new();
        for word in read::list(table, "shares", self.findings) {
            let Some(field) = self.id(&word, "field", Line::field_id) else { continue };
            let lacks = |id: &&ActId| self.line.act(**id).fills.iter().all(|(filled, _)| *filled != field);
            if let Some(id) = verdicts.iter().find(lacks) {
                let draft = error("D195", format!("`{}` does not fill `{}`", self.line.act(*id).code, word.text));
                self.findings.add(&word.spot, draft.help("let each verdict fill it in"));
            }
            shares.push(field);
        }
        shares
    }
}

fn series_format(word: &read::Word, findings: &mut Findings<'_>) {
    const PLACES: [&str; 3] = ["short", "year", "n"];
    let mut rest = word.text.as_str();
    let mut numbered = false;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        numbered |= name == "n";
        if !PLACES.contains(&name) {
            let draft = error("D138", format!("`{{{name}}}` has no meaning in a number"));
            findings.add(&word.spot, draft.help_opt(meant_or_list(name, PLACES)));
        }
        rest = after;
    }
    if !numbered {
        let draft = error("D138", "the format has no `{n}`, so all its numbers are the same");
        findings.add(&word.spot, draft.help("write `{n}` where the number stands"));
    }
}
