//! A site over a store in a temporary folder: two agencies, four people, one line with one of everything.
#![allow(dead_code, clippy::unwrap_used)] // each test program uses its part; what fails here is the test

use std::sync::Arc;

use catalog::Catalog;
use ledger::{AccountRow, AgencyRow, Store};
use platform::{Answer, ClockGrant, Person, Platform, Request, RequestAsk, hash_password};
use terms::{CommandId, Date, DateTime, GovernmentCode, Party, PartyKind, RecordId, Value};
use testkit::{FixedClock, TempStore};
use web::{Options, PublishedReport};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse";

/// The site's platform; the store goes with it.
pub struct Site {
    pub platform: Arc<Platform>,
    pub clock: Arc<FixedClock>,
    pub temp: TempStore,
    next: std::sync::atomic::AtomicU8,
    /// An index of words and its folder.
    index: Option<(Arc<search::Index>, tempfile::TempDir)>,
}

pub fn government() -> GovernmentCode {
    "632222".parse().unwrap()
}

pub fn options() -> Options {
    Options {
        address: "127.0.0.1:0".parse().unwrap(),
        government: government(),
        published_reports: vec![PublishedReport {
            year: 2026,
            name: "示范报告".to_owned(),
            text: "全年办理行政复议案件5件。".to_owned(),
        }],
        secure_cookies: false,
        attachment_limit: 2_000_000,
        spool: std::env::temp_dir(),
        printer: None,
    }
}

impl Site {
    /// A site with the demonstration line alone.
    pub fn new() -> Site {
        Site::over(testkit::small(&[("demo/2024", testkit::DEMO)]).unwrap())
    }

    /// A site over a catalogue.
    pub fn over(catalog: Arc<Catalog>) -> Site {
        let temp = TempStore::new().unwrap();
        let clock = Arc::new(FixedClock::new("2026-03-02T10:00:00".parse().unwrap()));
        let store = temp.store();
        people(store.as_ref());
        let platform = Arc::new(Platform::new(store, catalog, clock.clone(), [7; 32]));
        Site { platform, clock, temp, next: 1.into(), index: None }
    }

    /// A site over a catalogue with an index of words, which is brought up by [`Site::indexed`].
    pub fn searching(catalog: Arc<Catalog>) -> Site {
        let site = Site::over(catalog.clone());
        let folder = tempfile::tempdir().unwrap();
        let index = Arc::new(search::Index::open(folder.path()).unwrap());
        let platform = Platform::new(site.temp.store(), catalog, site.clock.clone(), [7; 32]);
        let platform = Arc::new(platform.with_search(index.clone()));
        Site { platform, index: Some((index, folder)), ..site }
    }

    /// Brings the index up to the log.
    pub fn indexed(&self) {
        if let Some((index, _)) = &self.index {
            index.catch_up(&self.platform).unwrap();
        }
    }

    /// Another program on the same store.
    pub fn another(&self) -> Another {
        let (store, catalog) = (self.temp.store(), self.platform.catalog().clone());
        Another(Arc::new(Platform::new(store, catalog, self.clock.clone(), [8; 32])))
    }

    pub fn router(&self) -> axum::Router {
        web::router(self.platform.clone(), options())
    }

    pub fn at(&self, moment: &str) -> &Site {
        self.clock.set(moment.parse().unwrap());
        self
    }

    pub fn person(&self, account: &str) -> Person {
        self.platform.person(&government(), account).unwrap().unwrap()
    }

    /// Does an act as somebody, whatever comes of it.
    pub fn does(&self, who: &str, record: Option<RecordId>, ask: RequestAsk, inputs: &[(&str, Value)]) -> Answer {
        let id = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let request = Request {
            id: CommandId([id; 16]),
            who: self.person(who),
            record,
            line: "demo".into(),
            seen: None,
            ask,
            inputs: inputs.iter().map(|(code, value)| ((*code).into(), value.clone())).collect(),
            reasons: Vec::new(),
            attachments: Vec::new(),
            done_at: None,
            place: None,
            handler: None,
            standing: kernel::Standing::Normal,
            grant: None::<ClockGrant>,
        };
        self.platform.submit(request).unwrap()
    }

    /// A record received by the officer of the first agency.
    pub fn received(&self, matter: &str) -> RecordId {
        let inputs = [("applicant", party("欧阳建国")), ("matter", Value::Text(matter.to_owned()))];
        match self.does("wang", None, RequestAsk::Act("receive".into()), &inputs) {
            Answer::Done(receipt) => receipt.record,
            other => panic!("{other:?}"),
        }
    }

    /// An act of the officer that must succeed.
    pub fn done(&self, who: &str, record: RecordId, act: &str, inputs: &[(&str, Value)]) {
        let answer = self.does(who, Some(record), RequestAsk::Act(act.into()), inputs);
        assert!(matches!(answer, Answer::Done(_)), "{act}: {answer:?}");
    }
}

/// A further program on a site's store.
pub struct Another(pub Arc<Platform>);

impl Another {
    pub fn router(&self) -> axum::Router {
        web::router(self.0.clone(), options())
    }
}

/// An account of the first agency with every post that there is.
pub fn with_every_post(site: &Site) {
    // Of business: who administers does none.
    let posts = site.platform.catalog().terms.posts().iter().filter(|post| post.administers.is_none());
    let posts = posts.map(|post| post.code.clone());
    let account = AccountRow {
        government: government(),
        name: "all".into(),
        shown: "多岗".into(),
        agency: "justice".into(),
        posts: posts.collect(),
        password: hash_password(PASSWORD, [3; 16]).unwrap(),
    };
    let store = site.platform.store();
    let mut tx = store.begin(&government()).unwrap();
    tx.put_account(&account).unwrap();
    tx.commit().unwrap();
}

pub fn party(name: &str) -> Value {
    Value::Party(Box::new(Party {
        kind: PartyKind::Person,
        name: name.to_owned(),
        number: None,
        phone: Some("13900000000".to_owned()),
        address: None,
    }))
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn moment(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn people(store: &dyn Store) {
    let government = government();
    let password = hash_password(PASSWORD, [3; 16]).unwrap();
    let mut tx = store.begin(&government).unwrap();
    for (code, name) in [("justice", "县司法局"), ("market", "县市场监督管理局")] {
        let place = government.clone();
        tx.put_agency(&AgencyRow { government: government.clone(), code: code.into(), name: name.into(), place })
            .unwrap();
    }
    let all = [
        ("wang", "王明", "justice", vec!["reconsideration_officer", "publisher", "mediator", "handler"]),
        ("li", "李华", "justice", vec!["head_of_office"]),
        ("zhao", "赵刚", "justice", vec!["head_of_agency"]),
        ("sun", "孙丽", "market", vec!["reconsideration_officer"]),
    ];
    for (name, shown, agency, posts) in all {
        tx.put_account(&AccountRow {
            government: government.clone(),
            name: name.into(),
            shown: shown.into(),
            agency: agency.into(),
            posts: posts.into_iter().map(Into::into).collect(),
            password: password.clone(),
        })
        .unwrap();
    }
    tx.put_note("synthetic", "yes").unwrap();
    tx.commit().unwrap();
}
