//! What an act did, as the right side of a case says it.

use std::collections::BTreeMap;

use kernel::ClockState;
use platform::{Answer, Receipt, RecordView};
use procedure::{Allow, Lapse};
use terms::{Code, Date, DateTime, Deadline};

/// A limit as a case sees it.
#[derive(Clone, Debug, PartialEq)]
enum Stand {
    Runs(String),
    Still,
    Passed,
    Met { at: DateTime },
}

/// A record as a case sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    stage: Code,
    tracks: Vec<(Code, Code)>,
    limits: Vec<(Code, Stand)>,
    findings: usize,
    public: BTreeMap<Code, (Option<Date>, Vec<u8>)>,
}

impl Seen {
    /// The record now.
    pub(crate) fn of(view: &RecordView) -> Seen {
        let (line, record) = (&view.line, &view.record);
        let tracks = line.tracks.iter().enumerate().map(|(at, track)| {
            let stage = record.tracks.get(at).and_then(|stage| track.stages.get(stage.index()));
            (track.code.clone(), stage.map(|stage| stage.code.clone()).unwrap_or_default())
        });
        let closed = record.closed(line);
        let limits = view.clocks.iter().filter_map(|clock| {
            let limit = line.limit(clock.limit);
            let stand = match clock.clock.state {
                ClockState::Runs(_) if closed => return None,
                ClockState::Runs(deadline) => Stand::Runs(until(&limit.allow, deadline)),
                ClockState::StandsStill if closed => return None,
                ClockState::StandsStill => Stand::Still,
                ClockState::Passed(_) => Stand::Passed,
                ClockState::Met { at, .. } => Stand::Met { at },
            };
            Some((limit.code.clone(), stand))
        });
        let public = view.public.iter().map(|row| (row.publication.clone(), (row.withdrawn, row.shown.clone())));
        Seen {
            stage: view.row.stage.clone(),
            tracks: tracks.collect(),
            limits: limits.collect(),
            findings: record.findings.len(),
            public: public.collect(),
        }
    }

    fn limit(&self, code: &Code) -> Option<&Stand> {
        self.limits.iter().find(|(limit, _)| limit == code).map(|(_, stand)| stand)
    }
}

fn until(allow: &Allow, deadline: Deadline) -> String {
    let provisional = if deadline.provisional { " provisional" } else { "" };
    let (day, time) = (deadline.last.date(), deadline.last.time());
    if let (Allow::AtLeast(_), Ok(first)) = (allow, day.tomorrow()) {
        return format!("not before {first}{provisional}");
    }
    let end = (time.hour(), time.minute(), time.second()) == (23, 59, 59);
    let time = if end { String::new() } else { format!(" {:02}:{:02}", time.hour(), time.minute()) };
    format!("by {day}{time}{provisional}")
}

/// What happened between two looks at a record, with the receipts of what was done.
pub(crate) fn outcome(before: Option<&Seen>, view: &RecordView, receipts: &[Receipt]) -> String {
    let blank = Seen::default();
    let (old, new) = (before.unwrap_or(&blank), Seen::of(view));
    let mut said = lapses(view, receipts);
    if before.is_none() || old.stage != new.stage {
        said.push(format!("stage {}", new.stage));
    }
    for (track, stage) in &new.tracks {
        let first = view.line.track_id(track).and_then(|id| view.line.stages_of(Some(id)).first());
        let was = old.tracks.iter().find(|(code, _)| code == track).map(|(_, stage)| stage);
        if was.or(first.map(|stage| &stage.code)) != Some(stage) {
            said.push(format!("{track}={stage}"));
        }
    }
    limits(old, &new, &mut said);
    said.extend(view.record.findings.iter().skip(old.findings).map(|(_, code)| format!("finding {code}")));
    said.extend(receipts.iter().flat_map(|receipt| &receipt.numbers).map(|number| format!("number {number}")));
    public(old, &new, &mut said);
    said.extend(kinds(receipts));
    said.join("; ")
}

/// Limits that passed, each with what the law deems done.
fn lapses(view: &RecordView, receipts: &[Receipt]) -> Vec<String> {
    let mut said = Vec::new();
    let mut deemed: Option<Code> = None;
    for (kind, what, _) in receipts.iter().flat_map(|receipt| &receipt.events) {
        match kind.as_str() {
            "lapse" => {
                said.push(format!("lapsed {what}"));
                deemed = view.line.limit_id(what).and_then(|id| match view.line.limit(id).lapse {
                    Lapse::Does(act) => Some(view.line.act(act).code.clone()),
                    Lapse::Noted => None,
                });
            }
            "act" if deemed.take().as_ref() == Some(what) => said.push(format!("does {what}")),
            _ => deemed = None,
        }
    }
    said
}

fn limits(old: &Seen, new: &Seen, said: &mut Vec<String>) {
    for (code, stand) in &new.limits {
        let was = old.limit(code);
        match (was, stand) {
            (Some(was), now) if was == now => {}
            (_, Stand::Runs(until)) => said.push(format!("{code} {until}")),
            (_, Stand::Still) => said.push(format!("{code} stands still")),
            (_, Stand::Passed) => {}
            (Some(Stand::Passed), Stand::Met { .. }) => said.push(format!("{code} met late")),
            (Some(Stand::Met { .. }), Stand::Met { .. }) => {}
            (_, Stand::Met { .. }) => said.push(format!("{code} met")),
        }
    }
    for (code, stand) in &old.limits {
        if matches!(stand, Stand::Runs(_) | Stand::Still) && new.limit(code).is_none() {
            said.push(format!("{code} falls away"));
        }
    }
}

fn public(old: &Seen, new: &Seen, said: &mut Vec<String>) {
    for (code, (withdrawn, shown)) in &new.public {
        let before = old.public.get(code);
        if before == Some(&(*withdrawn, shown.clone())) {
            continue;
        }
        said.push(match withdrawn {
            Some(_) => format!("withdrawn {code}"),
            None => format!("published {code}"),
        });
    }
}

/// What is no act of the line.
fn kinds(receipts: &[Receipt]) -> Vec<String> {
    let word = |kind: &str| match kind {
        "propose" => Some("proposed"),
        "sign" => Some("signed"),
        "return" => Some("returned"),
        "correct" => Some("corrected"),
        "annul" => Some("annulled"),
        "hand_over" => Some("handed over"),
        "stand_in" => Some("stood in"),
        _ => None,
    };
    let events = receipts.iter().flat_map(|receipt| &receipt.events);
    let mut words: Vec<String> = events.filter_map(|(kind, _, _)| word(kind)).map(str::to_owned).collect();
    words.dedup();
    words
}

/// A no, as a case says it; `None` for what was done.
pub(crate) fn no(answer: &Answer) -> Option<String> {
    Some(match answer {
        Answer::Done(_) => return None,
        Answer::Refused(refusals) => {
            let one = |refusal: &kernel::Refusal| match &refusal.rule {
                Some(rule) => format!("{} {rule}", refusal.code),
                None => refusal.code.to_owned(),
            };
            format!("x  {}", refusals.iter().map(one).collect::<Vec<_>>().join("; "))
        }
        Answer::Asks(warnings) => {
            format!("?  {}", warnings.iter().map(|warning| warning.rule.as_str()).collect::<Vec<_>>().join("; "))
        }
        Answer::Incomplete(gaps) => format!("!  {}", gaps.iter().map(gap).collect::<Vec<_>>().join("; ")),
        Answer::Stale { now } => format!("x  stale {now}"),
        Answer::Unknown(word) => format!("!  unknown {word}"),
        Answer::Taken { field, value } => format!("x  taken {field}={value}"),
        Answer::NoAttachment { name } => format!("!  no file {name}"),
        Answer::WrongTime => "x  wrong_time".to_owned(),
    })
}

fn gap(gap: &kernel::Gap) -> String {
    use kernel::GapKind;
    let kind = match gap.kind {
        GapKind::Missing => "missing",
        GapKind::WrongType => "wrong type",
        GapKind::UnknownChoice => "unknown choice",
        GapKind::NotAsked => "not asked",
        GapKind::NoReason => "no reason",
        GapKind::NothingToCorrect => "nothing to correct",
    };
    if gap.field.is_empty() { kind.to_owned() } else { format!("{} {kind}", gap.field) }
}
