//! The statutes that lines cite, their versions in force, and how each counts days.

use std::sync::Arc;

use procedure::Article;
use terms::{Code, Counting, Date};

use crate::finding::{Findings, Spot, error};
use crate::near::meant;
use crate::read::{Word, date, flag, list, missing, one_of, text};
use crate::schema::keys;
use crate::tree::{Entry, Table, Tree};

/// Every listed statute.
#[derive(Clone, Debug, Default)]
pub struct Statutes {
    all: Vec<Statute>,
}

/// One statute.
#[derive(Clone, Debug)]
pub struct Statute {
    /// Short name, as citations use it.
    pub name: Code,
    /// Full title.
    pub title: String,
    /// What it is.
    pub kind: StatuteKind,
    /// Other names in use.
    pub aliases: Vec<String>,
    /// Its texts, oldest first.
    pub versions: Vec<StatuteVersion>,
}

/// The kinds of text that lines rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatuteKind {
    /// 法律.
    Law,
    /// 行政法规.
    AdministrativeRegulation,
    /// 司法解释.
    JudicialInterpretation,
    /// 党内法规.
    PartyRegulation,
    /// 规章.
    Rule,
    /// 规范性文件.
    Policy,
    /// 地方性法规, 地方政府规章.
    Local,
}

/// One text of a statute.
#[derive(Clone, Debug)]
pub struct StatuteVersion {
    /// The day of its adoption or last amendment.
    pub text: Date,
    /// First day in force.
    pub from: Date,
    /// Last day in force.
    pub to: Option<Date>,
    /// How it counts days, where it says so.
    pub counting: Option<Counting>,
}

const KINDS: [(&str, StatuteKind); 7] = [
    ("law", StatuteKind::Law),
    ("administrative_regulation", StatuteKind::AdministrativeRegulation),
    ("judicial_interpretation", StatuteKind::JudicialInterpretation),
    ("party_regulation", StatuteKind::PartyRegulation),
    ("rule", StatuteKind::Rule),
    ("policy", StatuteKind::Policy),
    ("local", StatuteKind::Local),
];

impl Statutes {
    /// Every statute, in the order of the file.
    pub fn all(&self) -> &[Statute] {
        &self.all
    }

    /// The statute with this short name.
    pub fn get(&self, name: &str) -> Option<&Statute> {
        self.all.iter().find(|statute| statute.name == name)
    }

    /// The text in force on a day.
    pub fn version(&self, name: &str, on: Date) -> Option<&StatuteVersion> {
        self.get(name)?.version(on)
    }

    /// The statute a citation names, or what is wrong with the name.
    pub(crate) fn cited(&self, name: &str) -> Result<&Statute, (String, Option<String>)> {
        let by_name: Vec<&Statute> = self.all.iter().filter(|statute| statute.name == name).collect();
        let by_alias: Vec<&Statute> =
            self.all.iter().filter(|statute| statute.aliases.iter().any(|alias| alias == name)).collect();
        match (by_name.as_slice(), by_alias.as_slice()) {
            ([one], []) => Ok(one),
            ([], []) => {
                let known = self.all.iter().flat_map(|s| std::iter::once(s.name.as_str()).chain([s.title.as_str()]));
                let help = meant(name, known)
                    .unwrap_or_else(|| "list it in `catalog/statutes.toml`, or correct the name".into());
                Err((format!("`{name}` is no listed statute"), Some(help)))
            }
            ([], [one]) => Err((
                format!("`{name}` is another name of `{}`", one.name),
                Some(format!("a citation uses the short name: write `{}`", one.name)),
            )),
            (names, aliases) => {
                let fitting: Vec<String> =
                    names.iter().chain(aliases).map(|statute| format!("`{}`", statute.name)).collect();
                Err((format!("`{name}` fits {} statutes: {}", fitting.len(), fitting.join(", ")), None))
            }
        }
    }
}

impl Statute {
    /// The text in force on a day.
    pub fn version(&self, on: Date) -> Option<&StatuteVersion> {
        self.versions.iter().find(|version| version.from <= on && version.to.is_none_or(|to| on <= to))
    }
}

/// Reads `statutes.toml`.
pub(crate) fn read(table: &Table, findings: &mut Findings<'_>) -> Statutes {
    keys(table, &["statute"], "", findings);
    let mut all = Vec::new();
    let Some(entry) = table.entry("statute") else { return Statutes::default() };
    for node in entry.node.items() {
        let Tree::Table(inner) = &node.value else { continue };
        let entry = Entry { key: "statute".into(), spot: node.spot.clone(), node: node.clone() };
        all.extend(statute(&entry, inner, findings));
    }
    let mut statutes: Vec<Statute> = Vec::new();
    for (statute, spot) in all {
        if statutes.iter().any(|other: &Statute| other.name == statute.name) {
            findings.add(&spot, error("D012", format!("`{}` is listed twice", statute.name)));
        } else {
            statutes.push(statute);
        }
    }
    Statutes { all: statutes }
}

fn statute(entry: &Entry, table: &Table, findings: &mut Findings<'_>) -> Option<(Statute, Spot)> {
    keys(table, &["name", "title", "kind", "aliases", "version"], "statute", findings);
    let Some(name) = text(table, "name", findings) else {
        missing(entry, "name", "name = \"行政复议法\"", findings);
        return None;
    };
    let title = text(table, "title", findings).map_or_else(|| name.text.clone(), |word| word.text);
    let kind = one_of(table, "kind", &KINDS, findings).unwrap_or(StatuteKind::Law);
    let mut versions = Vec::new();
    for node in table.get("version").map(|node| node.items()).unwrap_or_default() {
        if let Tree::Table(inner) = &node.value {
            versions.extend(version(&name, &node.spot, inner, findings));
        }
    }
    versions.sort_by_key(|version| version.from);
    for pair in versions.windows(2) {
        if pair[0].to.is_none_or(|to| to >= pair[1].from) {
            let what = format!("two texts of `{}` are in force on {}", name.text, pair[1].from);
            findings.add(&name.spot, error("D012", what).help("end the older on the day before the newer"));
        }
    }
    let aliases = list(table, "aliases", findings).into_iter().map(|word| word.text).collect();
    Some((Statute { name: name.text.as_str().into(), title, kind, aliases, versions }, name.spot))
}

fn version(name: &Word, spot: &Spot, table: &Table, findings: &mut Findings<'_>) -> Option<StatuteVersion> {
    keys(table, &["text", "from", "to", "counting"], "statute.version", findings);
    let (adopted, from) = (date(table, "text", findings), date(table, "from", findings));
    let to = date(table, "to", findings);
    let (Some(adopted), Some(from)) = (adopted, from) else {
        findings.add(spot, error("D004", format!("a version of `{}` needs `text` and `from`", name.text)));
        return None;
    };
    let counting = table.table("counting").map(|inner| {
        keys(inner, &["working", "rolls", "law"], "counting", findings);
        let numbers = inner.get("working").map(|node| node.items()).unwrap_or_default();
        let working = numbers.iter().filter_map(|node| match node.value {
            Tree::Int(number) => u32::try_from(number).ok(),
            _ => None,
        });
        Counting {
            working: working.collect(),
            rolls: flag(inner, "rolls", findings).unwrap_or(true),
            article: text(inner, "law", findings).map_or_else(String::new, |word| word.text),
        }
    });
    Some(StatuteVersion { text: adopted, from, to, counting })
}

/// A citation and its place.
#[derive(Clone, Debug)]
pub(crate) struct Citation {
    pub article: Article,
    pub spot: Spot,
}

/// Reads the citations of an element as they stand on `on`. In an overlay, a text that is no citation is a local
/// instrument, cited whole.
pub(crate) fn citations(
    table: &Table,
    on: Date,
    local_marked: bool,
    statutes: &Statutes,
    findings: &mut Findings<'_>,
) -> Vec<Citation> {
    let words = list(table, "law", findings);
    words.into_iter().filter_map(|word| citation(word, on, local_marked, statutes, findings)).collect()
}

fn citation(
    word: Word,
    on: Date,
    local_marked: bool,
    statutes: &Statutes,
    findings: &mut Findings<'_>,
) -> Option<Citation> {
    let local = is_local(&word.spot.file);
    let whole =
        || Article { statute: word.text.trim().into(), article: 0, inserted: None, paragraph: None, item: None };
    let article: Article = match word.text.parse() {
        Ok(article) => article,
        Err(_) if local && local_marked => return Some(Citation { article: whole(), spot: word.spot }),
        Err(_) => {
            let draft = error("D108", format!("`{}` is no citation", word.text));
            let help = if local {
                "write a citation such as \"行政复议法 62.1\", or mark the rule `K`: a local instrument is cited whole"
            } else {
                "write the statute's short name, a space and the article, as in \"行政复议法 62.1\""
            };
            findings.add(&word.spot, draft.help(help));
            return None;
        }
    };
    match statutes.cited(&article.statute) {
        Err(_) if local && local_marked => return Some(Citation { article: whole(), spot: word.spot }),
        Err((message, help)) => {
            findings.add(&word.spot, error("D108", message).help_opt(help));
            return None;
        }
        Ok(statute) if statute.version(on).is_none() => {
            let texts: Vec<String> = statute
                .versions
                .iter()
                .map(|version| match version.to {
                    Some(to) => format!("{} to {to}", version.from),
                    None => format!("from {}", version.from),
                })
                .collect();
            let draft = error("D109", format!("no text of `{}` is in force on {on}", article.statute));
            findings.add(
                &word.spot,
                draft
                    .note(format!("in force: {}", if texts.is_empty() { "never".into() } else { texts.join(", ") }))
                    .help(
                        "cite what was in force then, or give the statute its earlier text in `catalog/statutes.toml`",
                    ),
            );
            return None;
        }
        Ok(_) => {}
    }
    Some(Citation { article, spot: word.spot })
}

/// Whether a file is an overlay.
pub(crate) fn is_local(file: &Arc<str>) -> bool {
    file.starts_with("local/") || file.starts_with("sector/")
}
