//! The dated tree of administrative divisions.
//!
//! A division is born, renamed, merged and moved; each of its states is an entry with its days. A subtree is asked
//! of the parents written there, never of a prefix of digits: a county may hang under another city than its code
//! says, and a merged place lives on under the code of its heir.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Date, PlaceCode};

/// How high a division stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省, 自治区, 直辖市.
    Province,
    /// 市, 自治州, 盟, 地区.
    Prefecture,
    /// 县, 区, 旗, 县级市.
    County,
    /// 乡, 镇, 苏木, 街道.
    Township,
    /// 村, 嘎查, 社区.
    Village,
}

impl Level {
    /// The name in definitions.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Province => "province",
            Level::Prefecture => "prefecture",
            Level::County => "county",
            Level::Township => "township",
            Level::Village => "village",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        use Level::{County, Prefecture, Province, Township, Village};
        let levels = [Province, Prefecture, County, Township, Village];
        levels.into_iter().find(|level| level.name() == text).ok_or_else(|| LevelError { text: text.to_owned() })
    }
}

/// A text that is no level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelError {
    /// What was written.
    pub text: String,
}

impl std::error::Error for LevelError {}

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no level: write province, prefecture, county, township or village", self.text)
    }
}

/// One division over the days for which all of this held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its code.
    pub code: PlaceCode,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// The short name, as in document numbers and tables.
    pub short: Option<String>,
    /// Its level.
    pub level: Level,
    /// The division above it; none for a root.
    pub parent: Option<PlaceCode>,
    /// The first day; open where it is not told.
    pub from: Option<Date>,
    /// The last day; open while it lasts.
    pub to: Option<Date>,
    /// The division that acts in its place after the last day.
    pub heir: Option<PlaceCode>,
}

impl Region {
    /// The government of the division, in full: called after its place; that of a league is an office of the region's
    /// (行政公署).
    pub fn government(&self) -> String {
        format!("{}{}", self.name, if self.name.ends_with('盟') { "行政公署" } else { "人民政府" })
    }

    /// Whether this entry holds on a day.
    pub fn holds(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.to.is_none_or(|to| on <= to)
    }

    fn meets(&self, other: &Region) -> bool {
        let starts_in_time = |a: &Region, b: &Region| match (a.from, b.to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        starts_in_time(self, other) && starts_in_time(other, self)
    }

    fn first_day(&self) -> Date {
        self.from.unwrap_or(Date::MIN)
    }
}

/// The tree, built once.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    all: Vec<Region>,
    by_code: BTreeMap<PlaceCode, Vec<usize>>,
    under: BTreeMap<PlaceCode, Vec<usize>>,
    /// From a code to those that named it as their heir.
    heirs_of: BTreeMap<PlaceCode, Vec<PlaceCode>>,
}

impl Regions {
    /// A tree of these entries, or everything that is wrong with them.
    pub fn new(mut all: Vec<Region>) -> Result<Regions, Vec<RegionError>> {
        all.sort_by(|a, b| (&a.code, a.first_day()).cmp(&(&b.code, b.first_day())));
        let mut regions = Regions { all, ..Regions::default() };
        for (i, region) in regions.all.iter().enumerate() {
            regions.by_code.entry(region.code.clone()).or_default().push(i);
            if let Some(parent) = &region.parent {
                regions.under.entry(parent.clone()).or_default().push(i);
            }
            if let Some(heir) = &region.heir {
                regions.heirs_of.entry(heir.clone()).or_default().push(region.code.clone());
            }
        }
        let errors: Vec<RegionError> = regions.all.iter().flat_map(|region| regions.faults(region)).collect();
        if errors.is_empty() { Ok(regions) } else { Err(errors) }
    }

    /// The division of a code on a day.
    pub fn get(&self, code: &PlaceCode, on: Date) -> Option<&Region> {
        self.entries(code).find(|region| region.holds(on))
    }

    /// The divisions directly under it on a day, by code.
    pub fn children(&self, code: &PlaceCode, on: Date) -> Vec<&Region> {
        let under = self.under.get(code).into_iter().flatten();
        under.map(|i| &self.all[*i]).filter(|region| region.holds(on)).collect()
    }

    /// It and everything under it on a day, each before what is under it.
    pub fn subtree(&self, code: &PlaceCode, on: Date) -> Vec<&Region> {
        let mut found = Vec::new();
        let mut open: Vec<&Region> = self.get(code, on).into_iter().collect();
        while let Some(region) = open.pop() {
            found.push(region);
            open.extend(self.children(&region.code, on).into_iter().rev());
        }
        found
    }

    /// The codes of its subtree on a day, and of the former divisions whose heirs lie in it, as inclusive pairs to
    /// compare as text. A record keeps the code of its time, so a subtree must find the old codes too.
    pub fn ranges(&self, code: &PlaceCode, on: Date) -> Vec<(PlaceCode, PlaceCode)> {
        let codes = self.with_forebears(self.subtree(code, on), on);
        let mut ranges: Vec<(PlaceCode, PlaceCode)> = Vec::new();
        let mut joined = false;
        for known in self.by_code.keys() {
            let inside = codes.contains(known);
            match ranges.last_mut() {
                Some(range) if inside && joined => range.1 = known.clone(),
                _ if inside => ranges.push((known.clone(), known.clone())),
                _ => {}
            }
            joined = inside;
        }
        ranges
    }

    /// From the root down to it, itself last; empty where the code is not known on that day.
    pub fn path(&self, code: &PlaceCode, on: Date) -> Vec<&Region> {
        let mut path = Vec::new();
        let mut next = self.get(code, on);
        while let Some(region) = next {
            path.push(region);
            next = region.parent.as_ref().and_then(|parent| self.get(parent, on));
        }
        path.reverse();
        path
    }

    /// The government it belongs to: itself, or the nearest division above it that is a county or higher.
    pub fn government(&self, code: &PlaceCode, on: Date) -> Option<PlaceCode> {
        let path = self.path(code, on);
        path.iter().rev().find(|region| region.level <= Level::County).map(|region| region.code.clone())
    }

    /// The government above a government, or above the one a place belongs to; none for a province.
    pub fn superior(&self, code: &PlaceCode, on: Date) -> Option<PlaceCode> {
        let path = self.path(code, on);
        let own = path.iter().rposition(|region| region.level <= Level::County)?;
        path[..own].last().map(|region| region.code.clone())
    }

    /// The governments directly below a government on a day, by code.
    pub fn below(&self, code: &PlaceCode, on: Date) -> Vec<PlaceCode> {
        let mut found = Vec::new();
        let mut open = self.children(code, on);
        while let Some(region) = open.pop() {
            if region.level <= Level::County {
                found.push(region.code.clone());
            } else {
                open.extend(self.children(&region.code, on));
            }
        }
        found.sort();
        found
    }

    /// The code that acts for it on a day: itself, or the last of its heirs that holds.
    pub fn acting(&self, code: &PlaceCode, on: Date) -> Option<&Region> {
        let mut seen = BTreeSet::new();
        let mut code = code;
        while seen.insert(code) {
            if let Some(region) = self.get(code, on) {
                return Some(region);
            }
            code = self.entries(code).rev().find_map(|region| region.heir.as_ref())?;
        }
        None
    }

    /// Every entry with this name, short name or English name, on whatever day.
    pub fn find(&self, name: &str) -> Vec<&Region> {
        let same = |other: &Option<String>| other.as_deref() == Some(name);
        let named = |region: &&Region| region.name == name || same(&region.short) || same(&region.name_en);
        self.all.iter().filter(named).collect()
    }

    /// Every entry, by code and first day.
    pub fn all(&self) -> &[Region] {
        &self.all
    }

    fn entries(&self, code: &PlaceCode) -> impl DoubleEndedIterator<Item = &Region> {
        self.by_code.get(code).into_iter().flatten().map(|i| &self.all[*i])
    }

    /// The codes of these divisions and of those that ended before `on` and left them their business.
    fn with_forebears<'a>(&'a self, regions: Vec<&'a Region>, on: Date) -> BTreeSet<&'a PlaceCode> {
        let mut codes = BTreeSet::new();
        let mut open: Vec<&PlaceCode> = regions.into_iter().map(|region| &region.code).collect();
        while let Some(code) = open.pop() {
            if codes.insert(code) {
                let forebears = self.heirs_of.get(code).into_iter().flatten();
                open.extend(forebears.filter(|old| self.ended(old, on)));
            }
        }
        codes
    }

    fn ended(&self, code: &PlaceCode, on: Date) -> bool {
        self.entries(code).all(|region| region.to.is_some_and(|to| to < on))
    }

    fn faults(&self, region: &Region) -> Vec<RegionError> {
        let code = || region.code.clone();
        let mut faults = Vec::new();
        if let (Some(from), Some(to)) = (region.from, region.to)
            && from > to
        {
            faults.push(RegionError::Backwards { code: code(), from, to });
        }
        if self.entries(&region.code).any(|other| other.first_day() > region.first_day() && other.meets(region))
            || self.entries(&region.code).filter(|other| other.first_day() == region.first_day()).count() > 1
        {
            faults.push(RegionError::Overlap { code: code() });
        }
        faults.extend(self.parent_fault(region));
        match &region.heir {
            Some(_) if region.to.is_none() => faults.push(RegionError::HeirOfTheLiving { code: code() }),
            Some(heir) if *heir == region.code || !self.by_code.contains_key(heir) => {
                faults.push(RegionError::UnknownHeir { code: code(), heir: heir.clone() });
            }
            _ => {}
        }
        faults
    }

    /// The level falls from each parent to its children, so there is no circle.
    fn parent_fault(&self, region: &Region) -> Option<RegionError> {
        let parent = region.parent.as_ref()?;
        let code = region.code.clone();
        let mut meeting = self.entries(parent).filter(|above| above.meets(region)).peekable();
        if meeting.peek().is_none() {
            return Some(RegionError::UnknownParent { code, parent: parent.clone() });
        }
        let above = meeting.find(|above| above.level >= region.level)?;
        Some(RegionError::ParentNotAbove { code, parent: parent.clone(), level: above.level })
    }
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionError {
    /// Its last day lies before its first.
    Backwards {
        /// The entry's code.
        code: PlaceCode,
        /// Its first day as written.
        from: Date,
        /// Its last day as written.
        to: Date,
    },
    /// Two entries of one code share a day.
    Overlap {
        /// The code.
        code: PlaceCode,
    },
    /// Its parent has no entry at any of its days.
    UnknownParent {
        /// The entry's code.
        code: PlaceCode,
        /// The parent as written.
        parent: PlaceCode,
    },
    /// Its parent is not of a higher level.
    ParentNotAbove {
        /// The entry's code.
        code: PlaceCode,
        /// The parent as written.
        parent: PlaceCode,
        /// The parent's level.
        level: Level,
    },
    /// It has an heir and no last day.
    HeirOfTheLiving {
        /// The entry's code.
        code: PlaceCode,
    },
    /// Its heir has no entry, or is itself.
    UnknownHeir {
        /// The entry's code.
        code: PlaceCode,
        /// The heir as written.
        heir: PlaceCode,
    },
}

impl RegionError {
    /// The code of the entry that is wrong.
    pub fn code(&self) -> &PlaceCode {
        match self {
            RegionError::Backwards { code, .. }
            | RegionError::Overlap { code }
            | RegionError::UnknownParent { code, .. }
            | RegionError::ParentNotAbove { code, .. }
            | RegionError::HeirOfTheLiving { code }
            | RegionError::UnknownHeir { code, .. } => code,
        }
    }
}

impl std::error::Error for RegionError {}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegionError::Backwards { code, from, to } => {
                write!(f, "region {code} ends on {to}, before it starts on {from}: exchange the dates")
            }
            RegionError::Overlap { code } => {
                write!(f, "region {code} has two entries for the same day: end the older on the day before the newer")
            }
            RegionError::UnknownParent { code, parent } => {
                write!(
                    f,
                    "region {code} hangs under {parent}, which is not there in its days: add it or correct the code"
                )
            }
            RegionError::ParentNotAbove { code, parent, level } => {
                write!(f, "region {code} hangs under {parent}, a {level}: a parent is of a higher level")
            }
            RegionError::HeirOfTheLiving { code } => {
                write!(f, "region {code} has an heir and no last day: write `to`, or take the heir away")
            }
            RegionError::UnknownHeir { code, heir } => {
                write!(
                    f,
                    "region {code} leaves its business to {heir}, which is no other region: add it or correct the code"
                )
            }
        }
    }
}
