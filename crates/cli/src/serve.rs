//! `fazhi serve`: the pages on this machine.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use platform::Platform;
use terms::GovernmentCode;
use web::{Options, PublishedReport};

use crate::args::{At, Serve};
use crate::failure::{Failure, Found};
use crate::{open, read, show};

/// Serves the ledger in the data folder.
pub fn run(at: &At, asked: &Serve) -> Result<Found, Failure> {
    let listener = listen(asked.port)?;
    let published = published(&asked.published)?;
    let platform = Arc::new(open::writing(at)?);
    let government = open::only_government(&platform, asked.place.as_ref())?;
    let greeting = format!("http://127.0.0.1:{}  (stop with Ctrl-C)\n", asked.port);
    serve(platform, listener, government, published, &greeting)
}

/// Reports as they were published, each with the year that its name ends with.
pub fn published(files: &[std::path::PathBuf]) -> Result<Vec<PublishedReport>, Failure> {
    let mut all = Vec::new();
    for file in files {
        let (name, text) = read::text_of(file)?;
        let year = name.rsplit('-').next().and_then(|year| year.parse().ok()).ok_or_else(|| {
            Failure::new(
                format!("{} does not say of which year it is", file.display()),
                "let its name end with the year: qilian-2020.txt",
            )
        })?;
        all.push(PublishedReport { year, name, text });
    }
    Ok(all)
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
pub fn serve(
    platform: Arc<Platform>,
    listener: TcpListener,
    government: GovernmentCode,
    published_reports: Vec<PublishedReport>,
    greeting: &str,
) -> Result<Found, Failure> {
    let broken = |error: std::io::Error| {
        Failure::new(format!("the pages cannot be served: {error}"), "start the program again, or use another --port")
    };
    listener.set_nonblocking(true).map_err(broken)?;
    let address: SocketAddr = listener.local_addr().map_err(broken)?;
    let options = Options { address, government, published_reports, secure_cookies: false };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
        tokio::spawn(every_hour(platform.clone(), options.government.clone()));
        let listener = tokio::net::TcpListener::from_std(listener).map_err(broken)?;
        show::say(greeting)?;
        tokio::select! {
            served = web::serve(platform, listener, options) => served.map_err(broken),
            stopped = tokio::signal::ctrl_c() => stopped.map_err(broken),
        }
    })?;
    Ok(Found::Nothing)
}

/// Puts through the limits that have passed: at the start, and from then on every hour, so that none waits for an act.
async fn every_hour(platform: Arc<Platform>, government: GovernmentCode) {
    let mut hours = tokio::time::interval(std::time::Duration::from_secs(3_600));
    loop {
        hours.tick().await;
        let (platform, government) = (platform.clone(), government.clone());
        let put_through = tokio::task::spawn_blocking(move || platform.put_through(&government, None)).await;
        if let Ok(Err(fault)) = put_through {
            show::complain(&format!("fazhi: limits that passed could not be put through: {fault}"));
        }
    }
}
