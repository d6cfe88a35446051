//! A county's platform on a disk, with one person who holds every post that the power list needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use catalog::{Catalog, Source};
use kernel::Standing;
use ledger::Store;
use platform::{Answer, Clock, Person, Platform, Request, RequestAsk};
use store::Address;
use terms::{Code, CommandId, DateTime, RecordId, Value};

use crate::Res;

/// The county.
pub const COUNTY: &str = "632222";

/// The time stands still, so that no limit passes while we measure.
struct StandsStill;

impl Clock for StandsStill {
    fn now(&self) -> (DateTime, i64) {
        (DateTime::constant(2026, 6, 1, 10, 0, 0, 0), 1_780_279_200_000_000)
    }
}

/// Platform, store, person.
pub struct Desk {
    /// The platform.
    pub platform: Arc<Platform>,
    /// Its store.
    pub store: Arc<dyn Store>,
    /// Who does everything.
    pub person: Person,
}

/// The built-in catalogue.
pub fn catalog() -> Res<Arc<Catalog>> {
    let (catalog, findings) = catalog::load(&Source::built_in());
    Ok(Arc::new(catalog.ok_or_else(|| format!("the catalogue has {} findings: run `fazhi check`", findings.len()))?))
}

/// Which database the ledger lies in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// A server of our own, on the same disk, that syncs.
    Postgres,
}

/// A place for a ledger, empty, that goes when it is dropped.
pub enum Ground {
    /// A folder.
    Folder(PathBuf),
    /// A database, and its server.
    Database(pgserver::Server, String),
}

impl Engine {
    /// A new place.
    pub fn ground(self, name: &str) -> Res<Ground> {
        match self {
            Engine::Sqlite => Ok(Ground::Folder(folder(name)?)),
            Engine::Postgres => {
                let server = pgserver::Server::start(true)?;
                let url = server.database(&name.replace('-', "_"))?;
                Ok(Ground::Database(server, url))
            }
        }
    }
}

impl Ground {
    /// Its address.
    pub fn address(&self) -> Address {
        match self {
            Ground::Folder(folder) => Address::Folder(folder.clone()),
            Ground::Database(_, url) => Address::Postgres(url.clone()),
        }
    }
}

impl Ground {
    /// Whether the server's log carries whole pages along, the first time that each is changed after a checkpoint. That
    /// hangs on when it last made one, and not on us.
    pub fn whole_pages(&self, on: bool) -> Res<()> {
        if let Ground::Database(server, url) = self {
            let on = if on { "on" } else { "off" };
            server.sql(url, &format!("ALTER SYSTEM SET full_page_writes = {on}"))?;
            server.sql(url, "SELECT pg_reload_conf()")?;
        }
        Ok(())
    }

    /// What a server does by itself within minutes of a load: it clears away, and counts what its tables hold.
    pub fn settle(&self) -> Res<()> {
        if let Ground::Database(server, url) = self {
            server.sql(url, "VACUUM (ANALYZE)")?;
        }
        Ok(())
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Ground::Folder(folder) = self {
            // What is left lies in the build folder and is cleared by the next run.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A folder on the disk on which the program was built, empty.
fn folder(name: &str) -> Res<PathBuf> {
    let beside = env::current_exe()?;
    let folder = beside.parent().unwrap_or(Path::new(".")).join("bench-data").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

impl Desk {
    /// A new platform in an empty place.
    pub fn open(ground: &Ground) -> Res<Desk> {
        Desk::with(ground, catalog()?)
    }

    /// The same with a catalogue of one's own.
    pub fn with(ground: &Ground, catalog: Arc<Catalog>) -> Res<Desk> {
        let store: Arc<dyn Store> = store::open(&ground.address(), &store::Options::default())?.into();
        let platform = Arc::new(Platform::new(store.clone(), catalog, Arc::new(StandsStill), [7; 32]));
        let posts = ["handler", "government_legal_reviewer", "list_keeper", "head_of_government", "publisher"];
        let person = Person {
            government: COUNTY.parse()?,
            account: "zhang".into(),
            shown: "张三".to_owned(),
            agency: "justice".into(),
            posts: posts.into_iter().map(Code::from).collect(),
        };
        Ok(Desk { platform, store, person })
    }

    /// A command on an item of the power list; `record` is none to propose one.
    pub fn request(&self, id: u64, record: Option<RecordId>, act: &str, inputs: &[(&str, Value)]) -> Request {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&id.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes[8..].copy_from_slice(&id.to_be_bytes());
        Request {
            id: CommandId(bytes),
            who: self.person.clone(),
            record,
            line: "power_item".into(),
            seen: None,
            ask: RequestAsk::Act(act.into()),
            inputs: inputs.iter().map(|(code, value)| (Code::from(*code), value.clone())).collect(),
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: None,
            place: None,
            handler: None,
            standing: Standing::Normal,
            grant: None,
        }
    }

    /// The proposal of the `n`th item.
    pub fn propose(&self, n: u64) -> Request {
        let text = |text: &str| Value::Text(text.to_owned());
        let inputs = [
            ("item_code", Value::Text(format!("{COUNTY}{n:08}"))),
            ("name", text("对未取得许可擅自从事经营活动的处罚")),
            ("kind", Value::Choice("penalty".into())),
            ("basis_rank", Value::Choice("law".into())),
            ("basis", text("某法第十条第一款、第二十三条")),
            ("mode", Value::Choice("own".into())),
        ];
        self.request(n, None, "propose", &inputs)
    }

    /// The step of an item's way onto the list after its proposal: 1 checked, 2 approved, 3 published.
    pub fn step(&self, id: u64, record: RecordId, step: u64) -> Request {
        let text = |text: &str| Value::Text(text.to_owned());
        match step {
            1 => self.request(id, Some(record), "check_legality", &[("legality", text("依据充分"))]),
            2 => self.request(id, Some(record), "approve", &[("approval", text("祁政〔2026〕1号"))]),
            _ => self.request(id, Some(record), "publish_item", &[]),
        }
    }
}

/// The record of an answer that must be `Done`.
pub fn done(answer: &Answer) -> Res<RecordId> {
    match answer {
        Answer::Done(receipt) => Ok(receipt.record),
        other => Err(format!("an act of the benchmark was not done: {other:?}").into()),
    }
}
