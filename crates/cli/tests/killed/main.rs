//! The real program, killed under load: every act that was answered is there afterwards, none is there twice, and no
//! number is missing. `KILLS=50` kills it fifty times instead of three.
#![allow(clippy::unwrap_used)] // what fails here is the test

mod check;
mod client;
mod http;
mod place;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use client::{Client, Dice, Stopped};
use pgserver::Server;
use place::{Program, demonstration, government, verified};

/// How often the program is killed.
fn kills() -> u32 {
    std::env::var("KILLS").map_or(3, |text| text.parse().expect("KILLS is a number"))
}

/// Lets everybody work until so many forms are answered, then strikes, and tells how each one stopped.
fn load(clients: &mut [Client], programs: &[String], acts: usize, strike: impl FnOnce(&AtomicBool)) -> Vec<Stopped> {
    let (answered, answers) = channel();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let work = |client| {
            let (answered, stop): (_, &AtomicBool) = (answered.clone(), &stop);
            scope.spawn(move || Client::work(client, programs, &answered, stop))
        };
        let threads: Vec<_> = clients.iter_mut().map(work).collect();
        drop(answered);
        assert_eq!(answers.iter().take(acts).count(), acts, "everybody stopped before");
        strike(&stop);
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Checks what is there, sends every form again that got no answer and one of each person's that did, and checks that
/// each stands there once.
fn settle(data: &str, program: &str, clients: &mut [Client], told: &str) {
    let unanswered = clients.iter().filter(|client| client.sent.is_some()).count();
    let there = check::ledger(data, clients);
    for client in clients.iter_mut() {
        assert_eq!(client.send(program), Ok(()), "a form sent again");
        if let Some(one) = client.any_done().map(|done| done.form.command()) {
            let done = client.done.iter().find(|done| done.form.command() == one).unwrap();
            client.repeat(program, done);
            let page = client.page(program, done.record);
            assert_eq!(page.status, 200, "{}", page.body);
        }
    }
    check::ledger(data, clients);
    verified(data);
    let answered: usize = clients.iter().map(|client| client.done.len()).sum();
    println!("{told}: {answered} acts answered so far; {unanswered} forms cut off, {there} of them done");
}

/// Kills the program again and again, each time after another number of answers.
fn killed(engine: &str, data: &str) {
    let mut dice = Dice(20_261_124);
    let mut program = Program::start(data);
    let mut clients = client::all(&program.address, 1_000);
    for kill in 1..=kills() {
        let programs = [program.address.clone()];
        let stopped = load(&mut clients, &programs, 20 + dice.below(60), |_| program.kill());
        assert!(stopped.iter().all(|why| *why == Stopped::Gone), "{stopped:?}{:?}", program.said());
        program = Program::start(data);
        settle(data, &program.address, &mut clients, &format!("{engine}, kill {kill}"));
    }
}

/// A server of PostgreSQL; one test has it at a time.
fn postgres() -> MutexGuard<'static, Server> {
    static POSTGRES: OnceLock<Mutex<Server>> = OnceLock::new();
    // A kill takes nothing out of the system's hands, so nothing need reach the disk for it.
    let server = POSTGRES.get_or_init(|| Mutex::new(Server::start(false).unwrap()));
    server.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database with a small government.
fn database(server: &Server, name: &str) -> String {
    let data = server.database(name).unwrap();
    government(&data);
    data
}

#[test]
fn a_killed_program_loses_and_doubles_nothing_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    demonstration(data);
    killed("SQLite", data);
}

#[test]
fn a_killed_program_loses_and_doubles_nothing_in_postgres() {
    let postgres = postgres();
    killed("PostgreSQL", &database(&postgres, "program"));
}

/// The database server dies; the program lives on and works again as soon as the server does.
#[test]
fn a_killed_database_server_loses_and_doubles_nothing() {
    if std::env::var_os("FAZHI_TEST_POSTGRES").is_some() {
        eprintln!("skipped: the server of FAZHI_TEST_POSTGRES is not ours to kill");
        return;
    }
    let postgres = postgres();
    let data = database(&postgres, "server");
    let mut dice = Dice(20_261_125);
    let program = Program::start(&data);
    let mut clients = client::all(&program.address, 2_000);
    for kill in 1..=kills() {
        let programs = [program.address.clone()];
        let acts = 20 + dice.below(60);
        let stopped = load(&mut clients, &programs, acts, |_| postgres.stop_hard().unwrap());
        assert!(stopped.iter().all(|why| *why == Stopped::Fault), "{stopped:?}");
        postgres.start_again().unwrap();
        settle(&data, &program.address, &mut clients, &format!("PostgreSQL, kill {kill} of the server"));
    }
}

/// Everybody's forms go to either of two programs; then one of them is killed, and the other has it all.
#[test]
fn two_programs_on_one_database_double_nothing() {
    let postgres = postgres();
    let data = database(&postgres, "two");
    let [mut first, second] = [Program::start(&data), Program::start(&data)];
    let rounds = [first.says(&["round"]), second.says(&["round"])];
    let idle = rounds.iter().filter(|line| line.contains("round of another program")).count();
    assert_eq!(idle, 1, "one of them has the scheduler's duty: {rounds:?}");
    let mut clients = client::all(&second.address, 3_000);
    let both = [first.address.clone(), second.address.clone()];
    let stopped = load(&mut clients, &both, 120, |stop| stop.store(true, Ordering::Relaxed));
    assert!(stopped.iter().all(|why| *why == Stopped::Asked), "{stopped:?}");
    settle(&data, &first.address, &mut clients, "two programs");
    load(&mut clients, &both, 60, |_| first.kill());
    settle(&data, &second.address, &mut clients, "two programs, one killed");
}
