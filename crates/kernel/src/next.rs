//! What may be done to a record now, by whom, and what each act still lacks.

use procedure::{ActId, ActKind};
use terms::DateTime;

use crate::{
    Ask, Command, Question, Refusal, Warning,
    judge::{Judge, is_general},
};

/// An act as it stands for one person now.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    /// The act.
    pub act: ActId,
    /// Why it is not lawful now; empty: it is, once its form is filled in.
    pub refusals: Vec<Refusal>,
    /// What it will want a reason for.
    pub warnings: Vec<Warning>,
}

/// The acts of the line for this actor: the lawful ones first, then those that lack something. Acts of other posts
/// and of other stages are left out.
pub fn next_acts(question: &Question<'_>, now: DateTime) -> Vec<Next> {
    let mut acts: Vec<Next> = question
        .line
        .acts_with_ids()
        .filter(|(_, act)| act.kind != ActKind::Deemed && act.opens == question.record.is_none())
        .filter_map(|(id, act)| {
            let command = Command {
                ask: Ask::Act(id),
                at: now,
                inputs: Vec::new(),
                reasons: Vec::new(),
                opening: None,
                message: None,
            };
            let (mut refusals, warnings) = Judge::new(question, &command, id).outlook();
            let handler =
                question.record.is_some_and(|record| record.handler.as_ref() == Some(&question.actor.account));
            if is_general(act) && handler {
                refusals.retain(|refusal| refusal.code != "R103");
            }
            let elsewhere = refusals.iter().any(|refusal| matches!(refusal.code, "R103" | "R104" | "R201" | "R210"));
            let out_of_place = question.record.is_some_and(|record| {
                !act.from.is_empty() && !act.from.contains(&record.stage_of(act.track))
                    || act.from.is_empty() && record.closed(question.line)
            });
            (!elsewhere && !out_of_place).then_some(Next { act: id, refusals, warnings })
        })
        .collect();
    acts.sort_by_key(|next| (!next.refusals.is_empty(), is_general(question.line.act(next.act)), next.act));
    acts
}
