//! Durable acts a second, by 64 clients that each wait for their answer, beside the bare inserts of the same bytes
//! (`bare/`).

use std::thread;
use std::time::{Duration, Instant};

use ledger::{ContentRow, DeltaRow, DueRow, EventRow, KeyRow, PublicRow, RecordRow};
use terms::GovernmentCode;

use crate::desk::{COUNTY, Desk, Engine, Ground, done};
use crate::{Measured, Res, bare};

const CLIENTS: u64 = 64;
/// Items that each client takes from the proposal onto the list: four acts each.
const ITEMS: u64 = 40;
const ROUNDS: usize = 7;
/// Clients that each write in transactions of their own.
const ALONE: usize = 8;

/// Measures in turns, and takes the middle of the ratios.
pub fn measure(engine: Engine) -> Res<Vec<Measured>> {
    let (mut rounds, mut alone) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let ground = engine.ground(&format!("acts-{round}"))?;
        let desk = Desk::open(&ground)?;
        let ours = through_the_platform(&desk)?;
        let acts = CLIENTS * ITEMS * 4;
        let commits = desk.platform.watch().of(&desk.person.government).batches().count();
        let batch = (acts / commits.max(1)).max(1);
        let rows = same_rows(&desk)?;
        let bare = match &ground {
            Ground::Folder(folder) => bare::sqlite(&folder.join("bare.db"), &rows, usize::try_from(batch)?)?,
            Ground::Database(server, _) => bare::postgres(&server.database("bare")?, &rows, usize::try_from(batch)?)?,
        };
        let rate = |took: Duration| acts as f64 / took.as_secs_f64();
        if let Ground::Database(server, _) = &ground {
            alone.push(rate(bare::transactions(&server.database("alone")?, &rows, ALONE)?));
        }
        rounds.push((rate(ours) / rate(bare), rate(ours), rate(bare), batch));
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, ours, bare, batch) = rounds[ROUNDS / 2];
    let mut rows = vec![
        Measured::plain(format!("durable acts/s, {CLIENTS} clients waiting"), format!("{ours:.0}")),
        Measured::plain("acts in a commit, on average", batch.to_string()),
        Measured::plain("bare prepared inserts of the same bytes, acts/s", format!("{bare:.0}")),
        Measured::bound("ratio", format!("{ratio:.2}"), ">= 0.5", ratio >= 0.5),
    ];
    alone.sort_by(f64::total_cmp);
    if let Some(alone) = alone.get(alone.len() / 2) {
        let what = format!("event and record alone, a transaction each, {ALONE} clients, acts/s");
        rows.push(Measured::plain(what, format!("{alone:.0}")));
    }
    Ok(rows)
}

fn through_the_platform(desk: &Desk) -> Res<Duration> {
    let began = Instant::now();
    let failed = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || work(desk, client))).collect();
        clients.into_iter().find_map(|client| match client.join() {
            Ok(outcome) => outcome.err(),
            Err(_) => Some("a client panicked".to_owned()),
        })
    });
    match failed {
        Some(why) => Err(why.into()),
        None => Ok(began.elapsed()),
    }
}

fn work(desk: &Desk, client: u64) -> Result<(), String> {
    let act = |request| {
        let answer = desk.platform.submit(request).map_err(|why| why.to_string())?;
        done(&answer).map_err(|why| why.to_string())
    };
    for item in 0..ITEMS {
        let n = (client * ITEMS + item) * 4;
        let record = act(desk.propose(n))?;
        for step in 1..4 {
            act(desk.step(n + step, record, step))?;
        }
    }
    Ok(())
}

/// What one act wrote: the event, and what was derived from it. State, due days and publication are those of the record
/// at its end, so the bare inserts write a little more than the platform did.
pub struct Written {
    pub event: EventRow,
    pub contents: Vec<ContentRow>,
    pub record: RecordRow,
    pub due: Vec<DueRow>,
    pub keys: Vec<KeyRow>,
    pub deltas: Vec<DeltaRow>,
    pub public: Vec<PublicRow>,
}

fn same_rows(desk: &Desk) -> Res<Vec<Written>> {
    let county: GovernmentCode = COUNTY.parse()?;
    let mut read = desk.store.read()?;
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let stretch = read.log(&county, after, 2_000)?;
        let Some(last) = stretch.last() else { return Ok(all) };
        after = last.position;
        for event in stretch {
            let record = read.record(&county, event.record)?.ok_or("a record is missing")?;
            let first = event.seq == 1;
            let last = event.seq == record.seq;
            let deltas = read.deltas_of(&county, event.record)?;
            all.push(Written {
                due: if last { read.due_of(&county, event.record)? } else { Vec::new() },
                keys: if first { read.keys(&county, event.record)? } else { Vec::new() },
                deltas: deltas.into_iter().filter(|delta| delta.position == event.position).collect(),
                public: if last { read.public_of(&county, event.record)? } else { Vec::new() },
                contents: event.contents.clone(),
                record,
                event,
            });
        }
    }
}
