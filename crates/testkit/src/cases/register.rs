//! The shortest course of acts by which a record comes to a stage with the fields that a case gives.

use std::collections::{HashMap, HashSet, VecDeque};

use procedure::{ActId, ActKind, General, Line, StageId};

/// Where the search stands: the stage, and which of the wanted fields are filled.
type Node = (StageId, u64);

/// The acts to do, the opening act first; `None`: no course leads there.
pub(crate) fn course(line: &Line, to: Option<StageId>, wanted: &[&str]) -> Option<Vec<ActId>> {
    let (deemed, live): (Vec<ActId>, Vec<ActId>) = usable(line).partition(|id| line.act(*id).kind == ActKind::Deemed);
    search(line, to, wanted, &live).or_else(|| {
        let all: Vec<ActId> = live.iter().chain(&deemed).copied().collect();
        search(line, to, wanted, &all)
    })
}

fn usable(line: &Line) -> impl Iterator<Item = ActId> {
    let own = |general: Option<General>| {
        !matches!(general, Some(General::Correct | General::Annul | General::HandOver | General::StandIn))
    };
    line.acts_with_ids().filter(move |(_, act)| own(act.general)).map(|(id, _)| id)
}

fn search(line: &Line, to: Option<StageId>, wanted: &[&str], acts: &[ActId]) -> Option<Vec<ActId>> {
    let all = filled(line, line.acts_with_ids().map(|(id, _)| id), wanted);
    let mut queue = VecDeque::new();
    let mut seen: HashSet<Node> = HashSet::new();
    let mut from: HashMap<Node, (Option<Node>, ActId)> = HashMap::new();
    for id in acts.iter().copied().filter(|id| line.act(*id).opens) {
        let node = (step(line, id, StageId(0)), filled(line, [id], wanted));
        if seen.insert(node) {
            from.insert(node, (None, id));
            queue.push_back(node);
        }
    }
    while let Some(node) = queue.pop_front() {
        let (stage, mask) = node;
        if mask == all && to.is_none_or(|to| to == stage) {
            return Some(back(&from, node));
        }
        for id in acts.iter().copied().filter(|id| may(line, *id, stage)) {
            let next = (step(line, id, stage), mask | filled(line, [id], wanted));
            if seen.insert(next) {
                from.insert(next, (Some(node), id));
                queue.push_back(next);
            }
        }
    }
    None
}

fn back(from: &HashMap<Node, (Option<Node>, ActId)>, mut node: Node) -> Vec<ActId> {
    let mut acts = Vec::new();
    while let Some((before, act)) = from.get(&node) {
        acts.push(*act);
        match before {
            Some(before) => node = *before,
            None => break,
        }
    }
    acts.reverse();
    acts
}

/// The stage after an act.
fn step(line: &Line, id: ActId, stage: StageId) -> StageId {
    let act = line.act(id);
    if act.track.is_some() { stage } else { act.to.unwrap_or(stage) }
}

/// Whether an act may be done in a stage. One of a track comes in as history wherever the track stands.
fn may(line: &Line, id: ActId, stage: StageId) -> bool {
    let act = line.act(id);
    let closed = line.stages.get(stage.index()).is_some_and(|stage| stage.closed);
    !act.opens && (act.track.is_some() || act.from.contains(&stage) || (act.from.is_empty() && !closed))
}

fn filled(line: &Line, acts: impl IntoIterator<Item = ActId>, wanted: &[&str]) -> u64 {
    let mut mask = 0;
    for id in acts {
        for (bit, code) in wanted.iter().enumerate().take(64) {
            if line.act(id).fills.iter().any(|(field, _)| line.field(*field).code == *code) {
                mask |= 1 << bit;
            }
        }
    }
    mask
}
