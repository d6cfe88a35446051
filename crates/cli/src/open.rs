//! Catalogue, store and platform, opened for a command.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{Catalog, Source, StatuteLibrary};
use ledger::Store;
use platform::Platform;
use store::copy::check_whole;
use store::{Address, Options};
use terms::{Date, GovernmentCode, PlaceCode};

use crate::args::At;
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::show;

/// The texts of the catalogue.
pub fn source(at: &At) -> Result<Source, Failure> {
    let source = match &at.catalog {
        None => Source::built_in(),
        Some(folder) => Source::from_dir(folder).map_err(|error| {
            Failure::new(
                format!("the catalogue {} cannot be read: {error}", folder.display()),
                "name a folder of .toml files with --catalog, or leave it away for the built-in catalogue",
            )
        })?,
    };
    let Some(folder) = documents(at) else { return Ok(source) };
    source.with_own_templates(&folder).map_err(|error| {
        Failure::new(
            format!("the templates in {} cannot be read: {error}", folder.display()),
            "let the program read the folder, or name another with --documents",
        )
    })
}

/// The folder of an agency's own templates: as named, or beside a ledger that lies in a folder.
fn documents(at: &At) -> Option<PathBuf> {
    match (&at.documents, &at.data) {
        (Some(folder), _) => Some(folder.clone()),
        (None, Address::Folder(folder)) => Some(folder.join("documents")),
        (None, _) => None,
    }
}

/// The catalogue, where it has no errors.
pub fn catalog(at: &At) -> Result<Arc<Catalog>, Failure> {
    let source = source(at)?;
    let (catalog, findings) = catalog::load(&source);
    match catalog {
        Some(catalog) => Ok(Arc::new(catalog)),
        None => {
            show::complain(&catalog::render(&findings, &source, false));
            Err(Failure::new("the catalogue has errors, listed above", "mend them; `fazhi check` lists them again"))
        }
    }
}

/// A folder of statute texts.
pub fn statutes(folder: &Path) -> Result<StatuteLibrary, Failure> {
    StatuteLibrary::from_dir(folder).map_err(|error| {
        Failure::new(
            format!("the statute texts in {} cannot be read: {error}", folder.display()),
            "name a folder with files such as 行政复议法(2024-01-01).txt",
        )
    })
}

/// Refuses a folder without a ledger.
fn holds_a_ledger(place: &Address) -> Result<(), Failure> {
    if let Address::Folder(folder) = place
        && !folder.join("ledger.db").exists()
    {
        return Err(Failure::new(
            format!("{} holds no ledger", folder.display()),
            "name the folder with --data, or build the demonstration there: fazhi demo",
        ));
    }
    Ok(())
}

/// The store for reading, also while another program writes.
pub fn store_for_reading(at: &At) -> Result<Box<dyn Store>, Failure> {
    let store = store_at(&at.data)?;
    check_whole(&mut *store.read()?)?;
    Ok(store)
}

/// The same at any address, and whether or not what lies there is whole.
pub fn store_at(place: &Address) -> Result<Box<dyn Store>, Failure> {
    holds_a_ledger(place)?;
    Ok(store::open_read_only(place, &Options::default())?)
}

/// The platform for reading, also while another program writes.
pub fn reading(at: &At) -> Result<Platform, Failure> {
    let store = store_for_reading(at)?;
    if store.read()?.note("demo")?.as_deref() == Some("building") {
        show::complain("fazhi: this demonstration is not complete; `fazhi demo` builds it anew");
    }
    platform(store.into(), catalog(at)?)
}

/// The platform for writing; on a folder one program at a time.
pub fn writing(at: &At) -> Result<Platform, Failure> {
    let catalog = catalog(at)?;
    let store = store::open(&at.data, &Options::default())?;
    check_whole(&mut *store.read()?)?;
    platform(store.into(), catalog)
}

/// The platform for mending what is there; an empty ledger is not made.
pub fn mending(at: &At) -> Result<Platform, Failure> {
    holds_a_ledger(&at.data)?;
    writing(at)
}

/// The platform for building a demonstration: the same seed makes the same ledger on the same day, byte
/// for byte. Nothing that its
/// nonces seal is anybody's.
pub fn building(at: &At, seed: [u8; 32]) -> Result<Platform, Failure> {
    let catalog = catalog(at)?;
    let store = store::open(&at.data, &Options::default())?;
    Ok(Platform::new(store.into(), catalog, Arc::new(SystemClock), seed))
}

/// The platform over a store, with the system's clock and randomness.
pub fn platform(store: Arc<dyn Store>, catalog: Arc<Catalog>) -> Result<Platform, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        Failure::new(
            format!("the system gives no randomness: {error}"),
            "start the program where /dev/urandom is there",
        )
    })?;
    Ok(Platform::new(store, catalog, Arc::new(SystemClock), seed))
}

/// The governments that a ledger keeps, and never none.
pub fn governments(platform: &Platform) -> Result<Vec<GovernmentCode>, Failure> {
    let all = platform.store().read()?.governments()?;
    if all.is_empty() {
        return Err(Failure::new("the ledger is empty", "build the demonstration: fazhi demo"));
    }
    Ok(all)
}

/// The government that was named, or the only one there is.
pub fn only_government(platform: &Platform, named: Option<&PlaceCode>) -> Result<GovernmentCode, Failure> {
    if let Some(place) = named {
        return Ok(place.clone());
    }
    let mut all = governments(platform)?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(Failure::new("the ledger keeps several governments", "name one with --place")),
    }
}

/// Refuses a place that the ledger cannot tell of, and says which it can.
pub fn know_place(platform: &Platform, place: &PlaceCode, on: Date) -> Result<(), Failure> {
    let regions = &platform.catalog().regions;
    if regions.get(place, on).is_some() {
        return Ok(());
    }
    if regions.all().iter().any(|region| region.code == *place) {
        let now = regions.acting(place, on);
        let now = now.map_or_else(
            || "catalog/regions tells when it is".to_owned(),
            |region| format!("on that day {} ({}) stands in its place", region.name, region.code),
        );
        return Err(Failure::new(format!("the code {place} is not in use on {on}"), now));
    }
    let name = |code: &GovernmentCode| {
        let name = regions.get(code, on).map_or("", |region| region.name.as_str());
        format!("{code} {name}")
    };
    let kept: Vec<String> = platform.store().read()?.governments()?.iter().map(name).collect();
    Err(Failure::new(
        format!("there is no place {place} on {on}"),
        format!("this ledger keeps {}; other places are in catalog/regions", kept.join(", ")),
    ))
}
