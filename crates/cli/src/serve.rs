//! `fazhi serve`: the pages on this machine.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use platform::Platform;

use crate::args::{At, Serve};
use crate::failure::{Failure, Found};
use crate::{open, show};

/// Serves the ledger in the data folder.
pub fn run(at: &At, asked: &Serve) -> Result<Found, Failure> {
    let listener = listen(asked.port)?;
    let platform = Arc::new(open::writing(at)?);
    serve(platform, listener, "")
}

/// Takes the port first: nothing is built for a program that cannot serve.
pub fn listen(port: u16) -> Result<TcpListener, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        Failure::new(
            format!("port {port} of this machine cannot be used: {error}"),
            "stop the program that has it, or choose another with --port",
        )
    })
}

/// Serves until it is stopped; `greeting` is printed once it listens.
pub fn serve(platform: Arc<Platform>, listener: TcpListener, greeting: &str) -> Result<Found, Failure> {
    let _ = (platform, &listener);
    show::say(greeting)?;
    Err(Failure::new("this build has no pages yet", "build with --no-serve and use the other commands"))
}
