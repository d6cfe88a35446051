//! A PostgreSQL to test against, and ways to hurt a connection.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use pgserver::Server;
use postgres::{Client, NoTls};

/// The server of this test program; it does not sync.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(false).unwrap())
}

/// Whether the server is ours to kill, with the users that we know.
pub fn is_ours() -> bool {
    std::env::var_os("FAZHI_TEST_POSTGRES").is_none()
}

/// A fresh database.
pub fn database(name: &str) -> String {
    server().database(name).unwrap()
}

pub fn client(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

/// One number that a statement asks for.
pub fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}

/// An address with another host, user, password or port.
pub fn changed(url: &str, from: &str, to: &str) -> String {
    let changed = url.replacen(from, to, 1);
    assert_ne!(changed, url, "{url} has no {from}");
    changed
}

pub fn port(url: &str) -> u16 {
    url.parse::<postgres::Config>().unwrap().get_ports()[0]
}

/// The address of a new role that owns nothing and has these privileges on every table.
pub fn stranger(url: &str, owner: &mut Client, privileges: &str) -> String {
    let database = number(owner, "SELECT oid::bigint FROM pg_database WHERE datname = current_database()");
    let name = format!("stranger_{database}");
    let sql = format!(
        "CREATE ROLE {name} LOGIN PASSWORD 'secret'; GRANT {privileges} ON ALL TABLES IN SCHEMA public TO {name}"
    );
    owner.batch_execute(&sql).unwrap();
    let config: postgres::Config = url.parse().unwrap();
    let (user, password) = (config.get_user().unwrap(), config.get_password().unwrap());
    let password = std::str::from_utf8(password).unwrap();
    changed(url, &format!("//{user}:{password}@"), &format!("//{name}:secret@"))
}

/// Where a proxy cuts the connection.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Cut {
    Nowhere,
    /// The server never hears of the commit.
    BeforeCommit,
    /// The server has committed; its answer is lost.
    AfterCommit,
}

/// Stands between a store and its server, and cuts the next connection that commits.
pub struct Proxy {
    pub url: String,
    cut: Arc<AtomicU8>,
}

impl Proxy {
    pub fn before(url: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (to, own) = (port(url), listener.local_addr().unwrap().port());
        let cut = Arc::new(AtomicU8::new(Cut::Nowhere as u8));
        let shared = Arc::clone(&cut);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", to)).unwrap());
                let lost = Arc::new(AtomicU8::new(0));
                let (answers_to, asks) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (cut, swallow) = (Arc::clone(&shared), Arc::clone(&lost));
                std::thread::spawn(move || forward(client, server, |bytes| sent(bytes, &cut, &swallow)));
                std::thread::spawn(move || forward(asks, answers_to, |_| lost.load(Ordering::SeqCst) == 0));
            }
        });
        Proxy { url: changed(url, &format!(":{to}/"), &format!(":{own}/")), cut }
    }

    pub fn cut(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }
}

/// Whether what the client sent may pass; a lost answer is noted before the server hears the question.
fn sent(bytes: &[u8], cut: &AtomicU8, swallow: &AtomicU8) -> bool {
    if !bytes.windows(6).any(|window| window == b"COMMIT") {
        return true;
    }
    let cut = cut.swap(Cut::Nowhere as u8, Ordering::SeqCst);
    swallow.store(u8::from(cut == Cut::AfterCommit as u8), Ordering::SeqCst);
    cut != Cut::BeforeCommit as u8
}

fn forward(mut from: TcpStream, mut to: TcpStream, pass: impl Fn(&[u8]) -> bool) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(n) = from.read(&mut buffer)
        && n > 0
        && pass(&buffer[..n])
        && to.write_all(&buffer[..n]).is_ok()
    {}
    for side in [&from, &to] {
        // The other thread may have been quicker.
        let _ = side.shutdown(Shutdown::Both);
    }
}
