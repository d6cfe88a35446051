//! The commands of docs/api.md, sent as they stand there to a site that really listens.

use std::path::Path;
use std::process::Command;

use crate::client::token;
use crate::common::Site;

/// The commands of the guide, each with the lines that follow it: what it prints, as far as it is told.
fn commands(text: &str) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let Some(code) = line.strip_prefix("    ") else {
            goes_on = false;
            continue;
        };
        match code.strip_prefix("$ ") {
            Some(command) => {
                all.push((command.trim_end_matches('\\').to_owned(), Vec::new()));
                goes_on = command.ends_with('\\');
            }
            None if goes_on => {
                all.last_mut().unwrap().0.push_str(code.trim_end_matches('\\'));
                goes_on = code.ends_with('\\');
            }
            None => {
                if let Some((_, printed)) = all.last_mut() {
                    printed.push(code.to_owned());
                }
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_guide_print_what_it_says() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md")).unwrap();
    let commands = commands(&text);
    assert!(commands.len() >= 8, "{commands:?}");
    let site = Site::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
    let served = tokio::spawn(web::serve(site.router(), listener, std::future::pending()));
    let token = token(&site, "wang", true);
    for (command, printed) in commands {
        let (base, token, shown) = (base.clone(), token.clone(), command.clone());
        let output = tokio::task::spawn_blocking(move || {
            Command::new("sh").args(["-c", &command]).env("FAZHI", base).env("TOKEN", token).output().unwrap()
        });
        let output = output.await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap().replace('\r', "");
        assert!(output.status.success(), "{shown}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        let mut rest = said.as_str();
        for part in printed.iter().flat_map(|line| line.split('…')).map(str::trim).filter(|part| !part.is_empty()) {
            let at = rest.find(part).unwrap_or_else(|| panic!("{shown}\nshould go on with `{part}`:\n{said}"));
            rest = &rest[at + part.len()..];
        }
    }
    served.abort();
}
