//! `fazhi copy`: a whole ledger to another place or another engine, with the proof. And `fazhi migrate`.

use indicatif::{ProgressBar, ProgressStyle};
use store::copy::{Copying, Proof, Sum};
use store::{Address, Options};

use crate::args::{At, Copy, Migrate};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Copies or, where it is asked to prove alone, compares.
pub fn run(asked: &Copy) -> Result<Found, Failure> {
    let from = open::store_at(&asked.from)?;
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut progress = |at: Copying<'_>| {
        bar.set_message(format!("{} {}", if at.proving { "proving" } else { "copying" }, at.government));
        bar.set_length(at.of);
        bar.set_position(at.done);
    };
    let (proof, missed) = if asked.prove {
        let to = open::store_at(&asked.to)?;
        (store::copy::prove(&*from, &*to, &mut progress)?, 0)
    } else {
        let to = store::open(&asked.to, &Options::default())?;
        let copied = store::copy::copy(&*from, &*to, &mut progress)?;
        (copied.proof, copied.missed)
    };
    bar.finish_and_clear();
    show::say(&told(&proof, &asked.from, &asked.to))?;
    if missed > 0 {
        show::complain(&format!(
            "fazhi: {missed} events were written to {} while it was copied, and the copy does not have them\n  \
             do this: stop the program that writes to it, and copy again into a new place",
            asked.from
        ));
    }
    Ok(Found::when(missed > 0 || !proof.holds()))
}

/// The proof as a table, and what follows from it.
fn told(proof: &Proof, from: &Address, to: &Address) -> String {
    let equal = |equal: bool| if equal { "yes" } else { "NO" }.to_owned();
    let digest = |sum: &Sum| sum.digest.to_string().chars().take(16).collect::<String>();
    let row = |(kind, from, to): &(store::copy::Kind, Sum, Sum)| {
        let rows = if from.rows == to.rows { from.rows.to_string() } else { format!("{} / {}", from.rows, to.rows) };
        let digests = if from == to { digest(from) } else { format!("{} / {}", digest(from), digest(to)) };
        vec![kind.to_string(), rows, digests, equal(from == to)]
    };
    let mut text = show::table(&["kind", "rows", "digest", "equal"], proof.kinds.iter().map(row).collect(), &[1]);
    text.push('\n');
    for (government, from, to) in &proof.heads {
        let chain = proof.chains.iter().find(|(wrong, _)| wrong == government);
        let state = match chain {
            Some((_, difference)) => format!("the chain is broken at {difference}"),
            None if from == to => "the chain holds".to_owned(),
            None => format!("NOT the head of {to_position} {to_hash}", to_position = to.position, to_hash = to.hash),
        };
        text.push_str(&format!("{government}: {} events, head {}: {state}\n", from.position, from.hash));
    }
    text.push_str(&if proof.holds() {
        format!("{from} and {to} hold the same\n")
    } else {
        format!(
            "{from} and {to} do not hold the same\n  do this: verify both (fazhi verify --data <place>), remove the \
             copy, and copy again; keep {from} until a copy is proven\n"
        )
    });
    text
}

/// Brings the schema up to date.
pub fn migrate(at: &At, asked: &Migrate) -> Result<Found, Failure> {
    let schema = store::migrate(&at.data, asked.citus)?;
    show::say(&if schema.before == schema.now {
        format!("{}: schema {}, up to date\n", at.data, schema.now)
    } else {
        format!("{}: schema {} is now {}\n", at.data, schema.before, schema.now)
    })?;
    Ok(Found::Nothing)
}
