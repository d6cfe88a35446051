//! Notices on their way out: to another program as CloudEvents over HTTP, to mailboxes over SMTP. A thread of its own, so
//! that a slow receiver holds up nobody; what is sent says ids, a kind and a day, and nothing of what a record holds.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Args;
use hmac::{Hmac, KeyInit, Mac};
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Message, SmtpTransport, Transport};
use platform::{Deliver, Outgoing, Platform, WayOut};
use procedure::Language;
use serde_json::json;
use sha2::Sha256;

use crate::failure::Failure;

/// Between two looks at what is new.
const BEAT: Duration = Duration::from_secs(1);
/// So long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where notices go beside the pages.
#[derive(Args, Clone, Default)]
pub struct Out {
    /// Send each notice to this address as a CloudEvent; its secret stands in FAZHI_HOOK_SECRET
    #[arg(long, value_name = "URL", env = "FAZHI_HOOK")]
    pub hook: Option<String>,
    /// The secret with which what is sent to the hook is signed
    #[arg(long, value_name = "SECRET", env = "FAZHI_HOOK_SECRET", hide = true, hide_env_values = true)]
    pub hook_secret: Option<String>,
    /// Send each notice by this mail server: smtp://host:25, smtps://user:password@host
    #[arg(
        long,
        value_name = "URL",
        env = "FAZHI_MAIL",
        hide_env_values = true,
        requires = "mail_from",
        requires = "mail_domain"
    )]
    pub mail: Option<String>,
    /// From whom mail comes
    #[arg(long, value_name = "ADDRESS", env = "FAZHI_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// The domain of the mailboxes: an account's is its sign-in name there
    #[arg(long, value_name = "DOMAIN", env = "FAZHI_MAIL_DOMAIN")]
    pub mail_domain: Option<String>,
}

impl Out {
    /// The ways out that are asked for.
    pub fn ways(&self) -> Result<Vec<WayOut>, Failure> {
        let mut ways = Vec::new();
        if let Some(address) = &self.hook {
            let secret = self.hook_secret.as_ref().filter(|secret| !secret.is_empty()).ok_or_else(|| {
                Failure::new(
                    "a hook is asked for without a secret",
                    "put one into the environment as FAZHI_HOOK_SECRET; the receiver needs the same",
                )
            })?;
            ways.push(WayOut::new(Box::new(Hook::new(address, secret))));
        }
        if let (Some(server), Some(from), Some(domain)) = (&self.mail, &self.mail_from, &self.mail_domain) {
            ways.push(WayOut::new(Box::new(Mail::new(server, from, domain)?)));
        }
        Ok(ways)
    }
}

/// Another program that is told over HTTP.
pub struct Hook {
    address: String,
    secret: String,
    agent: ureq::Agent,
}

impl Hook {
    /// A receiver at an address, with the secret that both know.
    pub fn new(address: &str, secret: &str) -> Hook {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build();
        Hook { address: address.to_owned(), secret: secret.to_owned(), agent: config.into() }
    }
}

/// A notice as a CloudEvent: JSON, structured mode, version 1.0.
pub fn cloud_event(outgoing: &Outgoing) -> String {
    let notice = &outgoing.notice;
    let time = jiff::Timestamp::from_microsecond(notice.at).unwrap_or_default();
    json!({
        "specversion": "1.0",
        "id": outgoing.id,
        "source": format!("/governments/{}", outgoing.government),
        "type": format!("fazhi.notice.{}", notice.kind),
        "subject": format!("records/{}", notice.record),
        "time": time.to_string(),
        "datacontenttype": "application/json",
        "data": {
            "account": notice.account.as_str(),
            "kind": notice.kind.as_str(),
            "line": notice.line.as_str(),
            "record": notice.record.to_string(),
            "what": notice.what.as_str(),
            "due": notice.due.map(|day| day.to_string()),
        },
    })
    .to_string()
}

/// HMAC-SHA256 over the bytes that are sent, in hexadecimal digits.
pub fn signature(secret: &str, body: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Deliver for Hook {
    fn name(&self) -> &str {
        "hook"
    }

    fn deliver(&self, notice: &Outgoing) -> Result<(), String> {
        let body = cloud_event(notice);
        let sent = self
            .agent
            .post(&self.address)
            .header("content-type", "application/cloudevents+json; charset=utf-8")
            .header("fazhi-signature", format!("sha256={}", signature(&self.secret, &body)))
            .send(body.as_str());
        match sent {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(format!("the receiver answered {}", response.status().as_u16())),
            // What the library says may quote the address, which may hold a password.
            Err(ureq::Error::StatusCode(code)) => Err(format!("the receiver answered {code}")),
            Err(ureq::Error::Timeout(_)) => Err("the receiver did not answer in time".to_owned()),
            Err(_) => Err("the receiver cannot be reached".to_owned()),
        }
    }
}

/// Mailboxes.
pub struct Mail {
    server: SmtpTransport,
    from: Mailbox,
    domain: String,
}

impl Mail {
    /// A mail server.
    pub fn new(server: &str, from: &str, domain: &str) -> Result<Mail, Failure> {
        let wrong = |what: &str, help: &str| Failure::new(what.to_owned(), help);
        let server = SmtpTransport::from_url(server)
            .map_err(|_| {
                wrong(
                    "the mail server's address cannot be read",
                    "write it as smtp://host:25 or smtps://user:password@host",
                )
            })?
            .timeout(Some(PATIENCE))
            .build();
        let from =
            from.parse().map_err(|_| wrong("the sender is no mail address", "write it as fazhi@example.gov.cn"))?;
        let mail = Mail { server, from, domain: domain.trim_start_matches('@').to_owned() };
        if mail.to("someone").is_none() {
            return Err(wrong("the domain of the mailboxes cannot be one", "write it as example.gov.cn"));
        }
        Ok(mail)
    }

    fn to(&self, account: &str) -> Option<Mailbox> {
        format!("{account}@{}", self.domain).parse().ok()
    }

    fn message(&self, outgoing: &Outgoing, to: Mailbox) -> Option<Message> {
        let notice = &outgoing.notice;
        let day = notice.due.map(|day| day.to_string()).unwrap_or_default();
        let args = [("kind", wording::say(Language::Zh, &format!("mail-{}", notice.kind), &[])), ("day", day)];
        let code = if notice.due.is_some() { "mail-subject-due" } else { "mail-subject" };
        let subject = wording::say(Language::Zh, code, &args);
        let body = wording::say(Language::Zh, "mail-body", &[("id", notice.record.to_string())]);
        let built = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{}@{}>", outgoing.id, self.domain)))
            .header(ContentType::TEXT_PLAIN)
            .body(body);
        built.ok()
    }
}

impl Deliver for Mail {
    fn name(&self) -> &str {
        "mail"
    }

    fn deliver(&self, outgoing: &Outgoing) -> Result<(), String> {
        // An account whose name is no mailbox gets no mail; the next is not kept waiting for it.
        let message = self.to(&outgoing.notice.account).and_then(|to| self.message(outgoing, to));
        let Some(message) = message else { return Ok(()) };
        match self.server.send(&message) {
            Ok(_) => Ok(()),
            // The server will never take this one: of no use to try again.
            Err(error) if error.is_permanent() => {
                tracing::warn!(way = "mail", id = outgoing.id, "refused for good");
                Ok(())
            }
            Err(_) => Err("the mail server does not take it".to_owned()),
        }
    }
}

/// The thread that makes notices and sends them; it ends when it is dropped.
pub struct Teller {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Teller {
    /// Begins.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn begin(platform: Arc<Platform>, ways: Vec<WayOut>, holder: String) -> std::io::Result<Teller> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("teller".to_owned())
            .spawn(move || beats(&platform, ways, &holder, &stopped))?;
        Ok(Teller { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic has been logged by its place.
            let _ = thread.join();
        }
    }
}

fn beats(platform: &Platform, mut ways: Vec<WayOut>, holder: &str, stopped: &Receiver<()>) {
    loop {
        beat(platform, &mut ways, holder);
        match stopped.recv_timeout(BEAT) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Makes what is new known, and sends what was not sent.
fn beat(platform: &Platform, ways: &mut [WayOut], holder: &str) {
    let fault = |government: &str, fault: &ledger::Fault| {
        tracing::error!(government, kind = fault.kind.name(), told = fault.for_log(), place = "notices", "fault");
    };
    let governments = match platform.store().read().and_then(|mut read| read.governments()) {
        Ok(governments) => governments,
        Err(why) => return fault("", &why),
    };
    for government in &governments {
        if let Err(why) = platform.tell_news(government, holder) {
            fault(government.as_str(), &why);
        }
        for way in ways.iter_mut() {
            match way.round(platform, government, holder) {
                Ok(done) => {
                    if let Some(why) = done.failed {
                        tracing::warn!(government = government.as_str(), way = way.name(), why, "not delivered");
                    }
                }
                Err(why) => fault(government.as_str(), &why),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // what fails here is the test
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    use ledger::{NoticeRow, Store};
    use terms::{GovernmentCode, RecordId};
    use testkit::{Bench, DEMO, small};

    use super::*;

    fn county() -> GovernmentCode {
        "632222".parse().unwrap()
    }

    fn notice(source: &str) -> NoticeRow {
        NoticeRow {
            n: 0,
            account: "li".into(),
            source: source.into(),
            kind: "soon".into(),
            record: RecordId(7),
            line: "demo".into(),
            what: "review".into(),
            by: "ma".into(),
            due: Some("2026-06-08".parse().unwrap()),
            at: 1_780_276_200_000_000,
            read: None,
        }
    }

    /// A receiver on this machine that gives these answers, and what it was sent: signature and body.
    fn receiver(answers: &'static [u16]) -> (String, JoinHandle<Vec<(String, String)>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/notices", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            answers
                .iter()
                .map(|answer| {
                    let (stream, _) = listener.accept().unwrap();
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    let (mut length, mut signature, mut kind) = (0, String::new(), String::new());
                    loop {
                        let mut line = String::new();
                        reader.read_line(&mut line).unwrap();
                        let (name, value) = line.trim().split_once(':').unwrap_or((line.trim(), ""));
                        match name.to_ascii_lowercase().as_str() {
                            "" => break,
                            "content-length" => length = value.trim().parse().unwrap(),
                            "fazhi-signature" => value.trim().clone_into(&mut signature),
                            "content-type" => value.trim().clone_into(&mut kind),
                            _ => {}
                        }
                    }
                    assert_eq!(kind, "application/cloudevents+json; charset=utf-8");
                    let mut body = vec![0; length];
                    reader.read_exact(&mut body).unwrap();
                    let mut stream = stream;
                    write!(stream, "HTTP/1.1 {answer} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
                    (signature, String::from_utf8(body).unwrap())
                })
                .collect()
        });
        (address, thread)
    }

    #[test]
    fn a_hook_that_fails_twice_gets_each_notice_in_order() {
        let catalog = small(&[("demo/2024", DEMO)]).unwrap();
        let bench = Bench::new(&catalog, "2026-06-01T09:00:00".parse().unwrap()).unwrap();
        let (address, received) = receiver(&[500, 503, 204, 200]);
        let mut way = WayOut::new(Box::new(Hook::new(&address, "secret")));
        let mut round = |at: &str| {
            bench.clock.set(at.parse().unwrap());
            way.round(&bench.platform, &county(), "test").unwrap()
        };
        round("2026-06-01T09:00:00");
        let store = bench.temp.store();
        let mut tx = store.begin(&county()).unwrap();
        tx.add_notices(&county(), &[notice("a"), notice("b")]).unwrap();
        tx.commit().unwrap();
        assert_eq!(round("2026-06-01T09:00:01").failed.as_deref(), Some("the receiver answered 500"));
        assert_eq!(round("2026-06-01T09:00:02").failed.as_deref(), Some("the receiver answered 503"));
        let done = round("2026-06-01T09:00:04");
        assert_eq!((done.sent, done.failed), (2, None));
        let received = received.join().unwrap();
        let ids: Vec<String> = received
            .iter()
            .map(|(signed, body)| {
                assert_eq!(*signed, format!("sha256={}", signature("secret", body)));
                let event: serde_json::Value = serde_json::from_str(body).unwrap();
                assert_eq!((&event["specversion"], &event["type"]), (&json!("1.0"), &json!("fazhi.notice.soon")));
                assert_eq!(event["source"], json!("/governments/632222"));
                assert_eq!(event["time"], json!("2026-06-01T01:10:00Z"));
                let data = json!({ "account": "li", "kind": "soon", "line": "demo", "record": "7", "what": "review",
                    "due": "2026-06-08" });
                assert_eq!(event["data"], data);
                event["id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids, ["632222-1", "632222-1", "632222-1", "632222-2"]);
    }

    /// A mail server on this machine, as far as RFC 5321 asks of a receiver: it answers each letter's recipient with one of
    /// these, and gives what it took: recipient and letter.
    fn mail_server(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<(String, String)>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut answers, mut taken) = (answers.iter(), Vec::new());
            while answers.len() > 0 {
                let (mut stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let mut say = |text: &str| write!(stream, "{text}\r\n").unwrap();
                say("220 mail.example.gov.cn");
                let mut to = String::new();
                while let Some(Ok(line)) = lines.next() {
                    match line.split([' ', ':']).next().unwrap().to_ascii_uppercase().as_str() {
                        "EHLO" => say("250 mail.example.gov.cn"),
                        "MAIL" | "RSET" | "NOOP" => say("250 ok"),
                        "RCPT" => {
                            line.clone_into(&mut to);
                            say(answers.next().unwrap());
                        }
                        "DATA" => {
                            say("354 go on");
                            let letter = lines.by_ref().map(Result::unwrap).take_while(|line| line != ".");
                            taken.push((to.clone(), letter.collect::<Vec<_>>().join("\n")));
                            say("250 taken");
                        }
                        "QUIT" => {
                            say("221 bye");
                            break;
                        }
                        other => panic!("{other}"),
                    }
                }
            }
            taken
        });
        (address, thread)
    }

    #[test]
    fn mail_that_is_put_off_goes_out_later_and_what_is_refused_for_good_stops_nobody() {
        let catalog = small(&[("demo/2024", DEMO)]).unwrap();
        let bench = Bench::new(&catalog, "2026-06-01T09:00:00".parse().unwrap()).unwrap();
        let (server, taken) = mail_server(&["451 later", "550 no such mailbox", "250 ok"]);
        let mail = Mail::new(&server, "fazhi@example.gov.cn", "example.gov.cn").unwrap();
        let mut way = WayOut::new(Box::new(mail));
        let mut round = |at: &str| {
            bench.clock.set(at.parse().unwrap());
            way.round(&bench.platform, &county(), "test").unwrap()
        };
        round("2026-06-01T09:00:00");
        let store = bench.temp.store();
        let mut tx = store.begin(&county()).unwrap();
        let gone = NoticeRow { account: "gone".into(), ..notice("a") };
        tx.add_notices(&county(), &[gone, notice("b")]).unwrap();
        tx.commit().unwrap();
        assert_eq!(round("2026-06-01T09:00:01").failed.as_deref(), Some("the mail server does not take it"));
        let done = round("2026-06-01T09:00:05");
        assert_eq!((done.sent, done.failed), (2, None));
        drop(way);
        let taken = taken.join().unwrap();
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert!(taken[0].0.contains("<li@example.gov.cn>"), "{taken:?}");
        assert!(taken[0].1.contains("Message-ID: <632222-2@example.gov.cn>"), "{taken:?}");
    }

    #[test]
    fn the_signature_is_the_one_that_others_compute() {
        // RFC 4231, the second case.
        let signed = signature("Jefe", "what do ya want for nothing?");
        assert_eq!(signed, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_hook_without_a_secret_and_a_server_that_is_none_are_refused() {
        let hook = Out { hook: Some("http://127.0.0.1:9/".to_owned()), ..Out::default() };
        assert!(hook.ways().is_err());
        let mail = |server: &str, from: &str| Out {
            mail: Some(server.to_owned()),
            mail_from: Some(from.to_owned()),
            mail_domain: Some("example.gov.cn".to_owned()),
            ..Out::default()
        };
        assert!(mail("not a server", "fazhi@example.gov.cn").ways().is_err());
        assert!(mail("smtp://127.0.0.1:25", "nobody").ways().is_err());
        assert_eq!(mail("smtp://127.0.0.1:25", "fazhi@example.gov.cn").ways().unwrap().len(), 1);
    }

    #[test]
    fn a_letter_says_no_more_than_that_there_is_something() {
        let mail = Mail::new("smtp://127.0.0.1:25", "fazhi@example.gov.cn", "@example.gov.cn").unwrap();
        let outgoing =
            Outgoing { id: "632222-1".to_owned(), government: county(), notice: NoticeRow { n: 1, ..notice("a") } };
        let letter = mail.message(&outgoing, mail.to("li").unwrap()).unwrap();
        let text = String::from_utf8(letter.formatted()).unwrap();
        assert!(
            text.contains("To: li@example.gov.cn") && text.contains("Message-ID: <632222-1@example.gov.cn>"),
            "{text}"
        );
        assert!(mail.to("no mailbox").is_none());
    }
}
