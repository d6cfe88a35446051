//! The kernel alone: a penalty from the clue to the archive, judged and applied in memory.

use std::time::{Duration, Instant};

use kernel::{Ask, Command, Opening, Question, Standing, Verdict, apply, judge, lapses};
use procedure::{Actor, Answer, Line, Record};
use terms::{Calendar, Date, RecordId};

use crate::desk::{COUNTY, catalog};
use crate::lawful::{Step, steps};
use crate::{Measured, Res};

const BOUND: f64 = 200_000.0;

/// Runs the case again and again for some seconds.
pub fn measure() -> Res<Vec<Measured>> {
    let catalog = catalog()?;
    // With the province's amounts laid over it: without them every fine would carry the right to a hearing.
    let line = catalog.line("penalty", &COUNTY.parse()?, Date::constant(2026, 7, 6)).ok_or("no line `penalty`")?;
    let steps = steps(&line)?;
    let plain = rate(|| case(&line, &steps, &catalog.calendar, false))?;
    let whole = rate(|| case(&line, &steps, &catalog.calendar, true))?;
    let acts = steps.len();
    Ok(vec![
        Measured::bound(
            format!("acts/s judged and applied, a penalty of {acts} acts"),
            format!("{plain:.0}"),
            ">= 200000",
            plain >= BOUND,
        ),
        Measured::plain("the same, with the lapses put through before each act", format!("{whole:.0}")),
    ])
}

fn rate(mut run: impl FnMut() -> Res<usize>) -> Res<f64> {
    let mut best: f64 = 0.0;
    for _ in 0..3 {
        let began = Instant::now();
        let mut acts = 0;
        while began.elapsed() < Duration::from_secs(1) {
            acts += run()?;
        }
        best = best.max(acts as f64 / began.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn case(line: &Line, steps: &[Step], calendar: &Calendar, with_lapses: bool) -> Res<usize> {
    let mut record: Option<Record> = None;
    for step in steps {
        if with_lapses && let Some(before) = &record {
            record = Some(lapses(line, before, calendar, step.command.at).1);
        }
        record = Some(act(line, record, step, calendar)?);
    }
    if record.is_some_and(|record| record.closed(line)) {
        Ok(steps.len())
    } else {
        Err("the case did not close".into())
    }
}

fn act(line: &Line, record: Option<Record>, step: &Step, calendar: &Calendar) -> Res<Record> {
    let question = Question {
        line,
        record: record.as_ref(),
        answers: &step.answers,
        calendar,
        actor: &step.actor,
        standing: Standing::Normal,
    };
    match judge(&question, &step.command) {
        Verdict::Granted(events) => {
            let mut record = record;
            for event in &events {
                let seq = record.as_ref().map_or(1, |record| record.seq + 1);
                record = Some(apply(line, record, event, RecordId(1), seq));
            }
            record.ok_or_else(|| "no event".into())
        }
        other => Err(format!("{}: {other:?}", step.name).into()),
    }
}

/// A command of the case.
pub fn command(ask: Ask, at: terms::DateTime, inputs: Vec<(procedure::FieldId, terms::Value)>, opens: bool) -> Command {
    let place = COUNTY.parse().ok();
    let opening = place.filter(|_| opens).map(|place| Opening { agency: "market".into(), handler: None, place });
    Command { ask, at, inputs, reasons: Vec::new(), opening, message: None }
}

/// Somebody with a post.
pub fn actor(post: &str) -> Actor {
    Actor { account: post.into(), agency: "market".into(), posts: vec![post.into()], ..Actor::default() }
}

/// A register's answer: every key asked for was found, or none.
pub fn answer(asked: usize, found: bool) -> Answer {
    let found = if found { (1..=asked as u64).map(RecordId).collect() } else { Vec::new() };
    Answer { asked, found, ..Answer::default() }
}
