//! What an act costs with ten thousand records in the ledger, and with many more.

use std::time::Instant;

use platform::Request;
use terms::RecordId;

use crate::desk::{Desk, Engine, Ground, done};
use crate::{Measured, Res};

const FEW: u64 = 10_000;
/// Acts of a commit in bulk.
const BULK: usize = 256;
/// Acts measured in bulk at each size: half of them open a record, half continue one of those that are there.
const ACTS: u64 = 8_192;
/// Acts measured in commits of their own: acts of one commit share pages, the more the smaller the ledger is.
const ALONE: u64 = 1_024;

/// What an act cost.
struct Cost {
    statements: f64,
    pages: f64,
    micros: f64,
    bulk: f64,
}

/// Fills the ledger, measuring on the way.
pub fn measure(engine: Engine, many: u64) -> Res<Vec<Measured>> {
    let ground = engine.ground("growth")?;
    let desk = Desk::open(&ground)?;
    let mut proposed = Proposed::default();
    fill(&desk, &mut proposed, FEW)?;
    let few = acts(&ground, &desk, &mut proposed)?;
    fill(&desk, &mut proposed, many)?;
    let more = acts(&ground, &desk, &mut proposed)?;
    let row = |what: &str, few: f64, more: f64, bound: &'static str, most: f64| {
        let ratio = more / few;
        let value = format!("{few:.2} {more:.2} ({ratio:.2})");
        Measured::bound(format!("{what} at {FEW} and {many} records"), value, bound, ratio <= most)
    };
    Ok(vec![
        row("statements per act", few.statements, more.statements, "equal (1 %)", 1.01),
        row("pages per act", few.pages, more.pages, "equal (10 %)", 1.1),
        row("microseconds per act in a commit of its own", few.micros, more.micros, "<= 1.5", 1.5),
        row(&format!("microseconds per act in commits of {BULK}"), few.bulk, more.bulk, "<= 1.5", 1.5),
    ])
}

/// Proposals in the ledger, and those of them that nobody has checked yet.
#[derive(Default)]
pub(crate) struct Proposed {
    all: u64,
    unchecked: Vec<RecordId>,
}

pub(crate) fn fill(desk: &Desk, proposed: &mut Proposed, up_to: u64) -> Res<()> {
    while proposed.all < up_to {
        let until = up_to.min(proposed.all + 4_096);
        let requests: Vec<Request> = (proposed.all..until).map(|n| desk.propose(n)).collect();
        for answer in desk.platform.submit_all(&desk.person.government, requests, BULK)? {
            proposed.unchecked.push(done(&answer)?);
        }
        proposed.all = until;
    }
    Ok(())
}

fn acts(ground: &Ground, desk: &Desk, proposed: &mut Proposed) -> Res<Cost> {
    ground.whole_pages(false)?;
    let before = desk.store.effort();
    timed(desk, proposed, ALONE, 1)?;
    let after = desk.store.effort();
    ground.whole_pages(true)?;
    Ok(Cost {
        statements: (after.statements - before.statements) as f64 / ALONE as f64,
        pages: (after.pages - before.pages) as f64 / ALONE as f64,
        micros: timed(desk, proposed, ALONE, 1)?,
        bulk: timed(desk, proposed, ACTS, BULK)?,
    })
}

/// Microseconds of an act, in commits of `size`.
fn timed(desk: &Desk, proposed: &mut Proposed, acts: u64, size: usize) -> Res<f64> {
    let requests = requests(desk, proposed, acts);
    let began = Instant::now();
    let answers = desk.platform.submit_all(&desk.person.government, requests, size)?;
    let took = began.elapsed();
    answers.iter().try_for_each(|answer| done(answer).map(drop))?;
    Ok(took.as_secs_f64() * 1e6 / acts as f64)
}

fn requests(desk: &Desk, proposed: &mut Proposed, acts: u64) -> Vec<Request> {
    let mut all = Vec::new();
    for n in 0..acts {
        all.push(if n % 2 == 0 {
            desk.propose(proposed.all + n / 2)
        } else {
            // Spread over all that are there, none twice.
            let pick = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
            let pick = usize::try_from(pick).unwrap_or(0) % proposed.unchecked.len();
            desk.step((1 << 40) | (proposed.all + n), proposed.unchecked.swap_remove(pick), 1)
        });
    }
    proposed.all += acts / 2;
    all
}
