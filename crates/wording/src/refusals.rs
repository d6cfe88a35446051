//! Refusals, warnings and gaps in words.

use kernel::{Gap, GapKind, Refusal, Warning};
use procedure::{Language, Line};

use crate::{article, list, say};

/// A refusal in words; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalText {
    /// What was not done, with the code.
    pub head: String,
    /// Why.
    pub why: String,
    /// What is lacking, each part.
    pub lacking: Vec<String>,
    /// The articles.
    pub basis: Vec<String>,
    /// The lawful way.
    pub next: String,
}

impl RefusalText {
    /// As a terminal prints it, one paragraph to a line.
    pub fn text(&self, language: Language) -> String {
        let mut lines = vec![format!("{}  {}", self.head, self.why)];
        if !self.lacking.is_empty() {
            lines.push(say(language, "refusal-lacking", &[("parts", list(language, &self.lacking))]));
        }
        if !self.basis.is_empty() {
            lines.push(say(language, "refusal-basis", &[("articles", list(language, &self.basis))]));
        }
        lines.push(say(language, "refusal-next", &[("next", self.next.clone())]));
        lines.join("\n")
    }
}

/// A refusal of the act with this title.
pub fn refusal(language: Language, act_title: &str, refusal: &Refusal) -> RefusalText {
    let day = refusal.day.map(|day| day.date().to_string()).unwrap_or_default();
    let own = |code: String| say(language, &code, &[("day", day.clone())]);
    let code = refusal.code.to_owned();
    RefusalText {
        head: say(language, "refusal-head", &[("act", act_title.to_owned()), ("code", code.clone())]),
        why: match &refusal.why {
            Some(why) => sentence(language, why.get(language)),
            None => own(format!("refusal-{code}")),
        },
        lacking: refusal.lacking.iter().map(|part| part.get(language).to_owned()).collect(),
        basis: refusal.law.iter().map(|law| article(language, law)).collect(),
        next: match &refusal.instead {
            Some(instead) => sentence(language, instead.get(language)),
            None => own(format!("refusal-{code}-next")),
        },
    }
}

/// The catalogue's words with a full stop.
fn sentence(language: Language, text: &str) -> String {
    let ends = text.ends_with(['。', '.', '！', '!', '；', ';', '？', '?']);
    match (ends, language) {
        (true, _) => text.to_owned(),
        (false, Language::Zh) => format!("{text}。"),
        (false, Language::En) => {
            let mut letters = text.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}.", letters.as_str())
        }
    }
}

/// A warning in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningText {
    /// The rule, under which the reason is given.
    pub rule: String,
    /// Why.
    pub why: String,
    /// The articles.
    pub basis: Vec<String>,
    /// The reading that it rests on.
    pub reading: Option<String>,
}

/// A rule or limit that wants the officer's reason.
pub fn warning(language: Language, line: &Line, warning: &Warning) -> WarningText {
    let limit = line.limit_id(&warning.rule).map(|id| line.limit(id).title.get(language));
    let why = match (&warning.why, limit) {
        (Some(why), _) => sentence(language, why.get(language)),
        (None, Some(limit)) => format!("{limit}: {}", say(language, "warning-limit", &[])),
        (None, None) => say(language, "warning-limit", &[]),
    };
    let reading = warning
        .reading
        .as_ref()
        .map(|reading| say(language, "warning-reading", &[("reading", sentence(language, reading.get(language)))]));
    WarningText {
        rule: warning.rule.to_string(),
        why,
        basis: warning.law.iter().map(|law| article(language, law)).collect(),
        reading,
    }
}

/// The code of a kind of gap.
pub fn gap_code(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Missing => "gap-missing",
        GapKind::WrongType => "gap-wrong-type",
        GapKind::UnknownChoice => "gap-unknown-choice",
        GapKind::NotAsked => "gap-not-asked",
        GapKind::NoReason => "gap-no-reason",
        GapKind::NothingToCorrect => "gap-nothing-to-correct",
    }
}

/// Something missing or wrong in the form.
pub fn gap(language: Language, line: &Line, gap: &Gap) -> String {
    let title = line.field_id(&gap.field).map(|id| line.field(id).title.get(language).to_owned());
    say(language, gap_code(gap.kind), &[("field", title.unwrap_or_else(|| gap.field.to_string()))])
}
