//! What an act costs with ten thousand records in the ledger, and with many more.

use std::time::Instant;

use ledger::Store;
use platform::Request;
use terms::RecordId;

use crate::desk::{Desk, done, folder};
use crate::{Measured, Res};

const FEW: u64 = 10_000;
const BATCH: usize = 256;
/// Acts measured at each size: half of them open a record, half continue one of those that are there.
const ACTS: u64 = 8_192;

/// What an act cost.
struct Cost {
    statements: f64,
    pages: f64,
    micros: f64,
}

/// Fills the ledger, measuring on the way.
pub fn measure(many: u64) -> Res<Vec<Measured>> {
    let folder = folder("growth")?;
    let desk = Desk::open(&folder)?;
    let mut records = Vec::new();
    fill(&desk, &mut records, FEW)?;
    let few = acts(&desk, &mut records)?;
    fill(&desk, &mut records, many)?;
    let more = acts(&desk, &mut records)?;
    drop(desk);
    std::fs::remove_dir_all(&folder)?;
    let row = |what: &str, few: f64, more: f64, bound: &'static str, most: f64| {
        let ratio = more / few;
        let value = format!("{few:.2} {more:.2} ({ratio:.2})");
        Measured::bound(format!("{what} at {FEW} and {many} records"), value, bound, ratio <= most)
    };
    Ok(vec![
        row("statements per act", few.statements, more.statements, "equal (1 %)", 1.01),
        row("pages per act", few.pages, more.pages, "<= 1.5", 1.5),
        row("microseconds per act", few.micros, more.micros, "<= 1.5", 1.5),
    ])
}

fn fill(desk: &Desk, records: &mut Vec<RecordId>, up_to: u64) -> Res<()> {
    let mut n = records.len() as u64;
    while n < up_to {
        let until = up_to.min(n + 4_096);
        let requests: Vec<Request> = (n..until).map(|n| desk.propose(n)).collect();
        for answer in desk.platform.submit_all(&desk.person.government, requests, BATCH)? {
            records.push(done(&answer)?);
        }
        n = until;
    }
    Ok(())
}

fn acts(desk: &Desk, records: &mut Vec<RecordId>) -> Res<Cost> {
    let there = records.len() as u64;
    // Spread over all records, none twice: a step that has no common factor with their number.
    let step = (there / 2 + 1..).find(|step| common(*step, there) == 1).unwrap_or(1);
    let requests: Vec<Request> = (0..ACTS)
        .map(|n| match n % 2 {
            0 => desk.propose(there + n / 2),
            _ => {
                let pick = usize::try_from((n / 2).wrapping_mul(step) % there).unwrap_or(0);
                desk.step((1 << 40) | (there + n), records[pick], 1)
            }
        })
        .collect();
    let before = desk.store.effort();
    let began = Instant::now();
    let answers = desk.platform.submit_all(&desk.person.government, requests, BATCH)?;
    let took = began.elapsed();
    let after = desk.store.effort();
    for (n, answer) in answers.iter().enumerate() {
        let record = done(answer)?;
        if n % 2 == 0 {
            records.push(record);
        }
    }
    let each = |amount: f64| amount / ACTS as f64;
    Ok(Cost {
        statements: each((after.statements - before.statements) as f64),
        pages: each((after.pages - before.pages) as f64),
        micros: each(took.as_secs_f64() * 1e6),
    })
}

fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}
