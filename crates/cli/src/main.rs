//! `fazhi`: the program. The only place that picks a store and reads the system's clock.
//!
//! Ends with 0 where all is well, 1 where it found something (a wrong definition, a difference), 2 where it could not
//! run; then it says what happened, where, and what to do.

mod appoint;
mod args;
mod backup;
mod case;
mod casefile;
mod check;
mod clock;
mod compare;
mod copy;
mod coverage;
mod demo;
mod erase;
mod explain;
mod failure;
mod figures;
mod inout;
mod open;
mod out;
mod read;
mod report;
mod running;
mod scope;
mod searching;
mod serve;
mod show;
mod verify;

use std::process::ExitCode;

use args::{Arguments, Command};
use failure::{Failure, Found};

/// An act is many small allocations: with the system's own allocator they were an eighth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Arguments::read().and_then(|arguments| run(&arguments)) {
        Ok(Found::Nothing) => ExitCode::SUCCESS,
        Ok(Found::Something) => ExitCode::from(1),
        Err(failure) => {
            show::complain(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<Found, Failure> {
    let at = &arguments.at;
    match &arguments.command {
        Command::Demo(demo) => demo::run(at, demo),
        Command::Serve(serve) => serve::run(at, serve),
        Command::Check(check) => check::run(at, check),
        Command::Figures(figures) => figures::run(at, figures),
        Command::Recount(recount) => figures::recount(at, recount),
        Command::Read(read) => read::run(read),
        Command::Coverage(coverage) => coverage::run(at, coverage),
        Command::Report(report) => report::run(at, report),
        Command::Compare(compare) => compare::run(at, compare),
        Command::Verify(verify) => verify::run(at, verify),
        Command::Backup(asked) => backup::run(at, asked),
        Command::Restore(asked) => backup::restore(at, asked),
        Command::Case(case) => case::run(at, case),
        Command::Erase(asked) => erase::run(at, asked),
        Command::Explain(explain) => explain::run(at, explain),
        Command::Casefile(casefile) => casefile::run(at, casefile),
        Command::Scope(scope) => scope::run(at, scope),
        Command::Copy(copy) => copy::run(copy),
        Command::Template(asked) => inout::template(at, asked),
        Command::Import(asked) => inout::import(at, asked),
        Command::Export(asked) => inout::export(at, asked),
        Command::Table(asked) => inout::table(at, asked),
        Command::Migrate(migrate) => copy::migrate(at, migrate),
        Command::Search(asked) => searching::run(at, asked),
        Command::Appoint(asked) => appoint::run(at, asked),
    }
}
