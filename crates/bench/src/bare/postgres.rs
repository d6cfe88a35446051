//! Bare inserts on PostgreSQL.

use std::thread;
use std::time::{Duration, Instant};

use postgres::types::ToSql;
use postgres::{Client, NoTls, Statement};

use super::{command, day};
use crate::Res;
use crate::acts::Written;
use crate::desk::COUNTY;

/// As small as tables can be: one primary key each, no guards, no further index.
const TABLES: &str = "
    CREATE TABLE event (g text, p bigint, r bigint, s bigint, h bytea, d bytea, e bytea, PRIMARY KEY (g, p));
    CREATE TABLE content (g text, p bigint, n bigint, o bytea, b bytea, PRIMARY KEY (g, p, n));
    CREATE TABLE record (g text, i bigint, l text, d bytea, a text, h text, pl text, s text, c bigint, la text,
        o bigint, t bigint, du bigint, q bigint, ha bytea, st bytea, PRIMARY KEY (g, i));
    CREATE TABLE due (g text, r bigint, l text, d bigint, a bigint, PRIMARY KEY (g, r, l));
    CREATE TABLE key (g text, l text, f text, v text, r bigint, u bigint, PRIMARY KEY (g, l, f, v, r));
    CREATE TABLE delta (g text, f text, d bigint, p bigint, n bigint, r bigint, a text, pl text, pa text, m bigint,
        PRIMARY KEY (g, f, d, p, n));
    CREATE TABLE public (g text, r bigint, p text, l text, d bigint, w bigint, s bytea, h bytea,
        PRIMARY KEY (g, r, p));
    CREATE TABLE command (g text, i bytea, r bigint, p bigint, PRIMARY KEY (g, i));";

/// The statements, prepared.
struct Inserts {
    event: Statement,
    content: Statement,
    record: Statement,
    due: Statement,
    key: Statement,
    delta: Statement,
    public: Statement,
    command: Statement,
}

impl Inserts {
    fn prepare(raw: &mut Client) -> Res<Inserts> {
        Ok(Inserts {
            event: raw.prepare("INSERT INTO event VALUES ($1, $2, $3, $4, $5, $6, $7)")?,
            content: raw.prepare("INSERT INTO content VALUES ($1, $2, $3, $4, $5)")?,
            record: raw.prepare(
                "INSERT INTO record VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
                 ON CONFLICT (g, i) DO UPDATE SET s = excluded.s, c = excluded.c, la = excluded.la, t = excluded.t, \
                 du = excluded.du, q = excluded.q, ha = excluded.ha, st = excluded.st",
            )?,
            due: raw.prepare(
                "INSERT INTO due VALUES ($1, $2, $3, $4, $5) ON CONFLICT (g, r, l) DO UPDATE SET d = excluded.d",
            )?,
            key: raw.prepare("INSERT INTO key VALUES ($1, $2, $3, $4, $5, $6)")?,
            delta: raw.prepare("INSERT INTO delta VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")?,
            public: raw.prepare(
                "INSERT INTO public VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (g, r, p) DO UPDATE SET s = excluded.s, h = excluded.h",
            )?,
            command: raw.prepare("INSERT INTO command VALUES ($1, $2, $3, $4)")?,
        })
    }

    fn event(&self, raw: &mut Client, row: &Written) -> Res<()> {
        let (event, record) = (&row.event, &row.record);
        let (position, id) = (i64::try_from(event.position)?, i64::try_from(event.record.0)?);
        let (hash, head) = (event.hash.0.as_slice(), event.head.0.as_slice());
        let seq = i64::from(event.seq);
        raw.execute(&self.event, &[&COUNTY, &position, &id, &seq, &hash, &head, &event.envelope])?;
        let handler = record.handler.as_ref().map(|handler| handler.as_str());
        let values: [&(dyn ToSql + Sync); 16] = [
            &COUNTY,
            &id,
            &record.line.as_str(),
            &record.definition.0.as_slice(),
            &record.agency.as_str(),
            &handler,
            &record.place.as_str(),
            &record.stage.as_str(),
            &i64::from(record.closed),
            &record.label,
            &day(record.opened),
            &day(record.touched),
            &record.due.map(day),
            &seq,
            &hash,
            &record.state,
        ];
        raw.execute(&self.record, &values)?;
        Ok(())
    }

    fn rest(&self, raw: &mut Client, row: &Written) -> Res<()> {
        let (position, id) = (i64::try_from(row.event.position)?, i64::try_from(row.event.record.0)?);
        for part in &row.contents {
            let nonce = part.nonce.as_ref().map(<[u8; 16]>::as_slice);
            raw.execute(&self.content, &[&COUNTY, &position, &i64::from(part.part), &nonce, &part.bytes])?;
        }
        for due in &row.due {
            raw.execute(&self.due, &[&COUNTY, &id, &due.limit.as_str(), &day(due.due), &i64::from(due.agency)])?;
        }
        for key in &row.keys {
            let (line, field, value) = (key.line.as_str(), key.field.as_str(), key.value.as_str());
            raw.execute(&self.key, &[&COUNTY, &line, &field, &value, &id, &i64::from(key.unique)])?;
        }
        for (n, delta) in row.deltas.iter().enumerate() {
            let n = i64::try_from(n)?;
            let (figure, agency) = (delta.figure.as_str(), delta.agency.as_str());
            let (place, part) = (delta.place.as_str(), delta.part.as_str());
            let values: [&(dyn ToSql + Sync); 10] =
                [&COUNTY, &figure, &day(delta.day), &position, &n, &id, &agency, &place, &part, &delta.amount];
            raw.execute(&self.delta, &values)?;
        }
        for public in &row.public {
            let (publication, line) = (public.publication.as_str(), public.line.as_str());
            let (published, withdrawn) = (day(public.published), public.withdrawn.map(day));
            let digest = public.digest.0.as_slice();
            let values: [&(dyn ToSql + Sync); 8] =
                [&COUNTY, &id, &publication, &line, &published, &withdrawn, &public.shown, &digest];
            raw.execute(&self.public, &values)?;
        }
        raw.execute(&self.command, &[&COUNTY, &command(position), &id, &position])?;
        Ok(())
    }
}

/// Writes the rows in commits of `batch` acts.
pub fn postgres(url: &str, rows: &[Written], batch: usize) -> Res<Duration> {
    let mut raw = Client::connect(url, NoTls)?;
    raw.batch_execute(TABLES)?;
    let inserts = Inserts::prepare(&mut raw)?;
    let began = Instant::now();
    for some in rows.chunks(batch) {
        raw.batch_execute("BEGIN")?;
        for row in some {
            inserts.event(&mut raw, row)?;
            inserts.rest(&mut raw, row)?;
        }
        raw.batch_execute("COMMIT")?;
    }
    Ok(began.elapsed())
}

/// Event and record alone, each act in a transaction of its own, by some clients at once.
pub fn transactions(url: &str, rows: &[Written], clients: usize) -> Res<Duration> {
    Client::connect(url, NoTls)?.batch_execute(TABLES)?;
    let share = rows.len().div_ceil(clients);
    let began = Instant::now();
    thread::scope(|scope| {
        let work = |some: &[Written]| -> Result<(), String> {
            let told = |why: Box<dyn std::error::Error>| why.to_string();
            let mut raw = Client::connect(url, NoTls).map_err(|why| why.to_string())?;
            let inserts = Inserts::prepare(&mut raw).map_err(told)?;
            for row in some {
                raw.batch_execute("BEGIN").map_err(|why| why.to_string())?;
                inserts.event(&mut raw, row).map_err(told)?;
                raw.batch_execute("COMMIT").map_err(|why| why.to_string())?;
            }
            Ok(())
        };
        let all: Vec<_> = rows.chunks(share).map(|some| scope.spawn(move || work(some))).collect();
        let mut outcomes = all.into_iter().map(|one| one.join().unwrap_or_else(|_| Err("a client panicked".into())));
        outcomes.find_map(Result::err).map_or(Ok(()), Err)
    })?;
    Ok(began.elapsed())
}
