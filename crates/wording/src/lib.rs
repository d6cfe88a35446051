//! Every sentence that a person sees, by code, in Chinese and in English.
//!
//! The sentences stand in `text/zh.ftl` and `text/en.ftl`, one file per language with the same codes: a third language
//! is a third file. The words of the law itself are the catalogue's ([`procedure::Said`]).

mod dates;
mod refusals;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use procedure::{Article, Language};
use unic_langid::LanguageIdentifier;

pub use dates::{Step, state, why};
pub use refusals::{RefusalText, WarningText, gap, gap_code, refusal, warning};

/// The texts that are built in: the language, its tag, its sentences.
const TEXTS: [(Language, &str, &str); 2] =
    [(Language::Zh, "zh-CN", include_str!("../text/zh.ftl")), (Language::En, "en", include_str!("../text/en.ftl"))];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<(Language, Bundle)>> =
    LazyLock::new(|| TEXTS.iter().map(|(language, tag, text)| (*language, bundle(tag, text))).collect());

fn bundle(tag: &str, text: &str) -> Bundle {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    // A sentence that cannot be read is missing, and the test that compares the files says which.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The sentence with this code; the code itself where there is none, so that nobody reads an empty line.
pub fn say(language: Language, code: &str, args: &[(&str, String)]) -> String {
    let Some((_, bundle)) = BUNDLES.iter().find(|(other, _)| *other == language) else { return code.to_owned() };
    let Some(pattern) = bundle.get_message(code).and_then(|message| message.value()) else { return code.to_owned() };
    let mut given = FluentArgs::new();
    for (name, value) in args {
        given.set(*name, value.clone());
    }
    bundle.format_pattern(pattern, Some(&given), &mut Vec::new()).into_owned()
}

/// Whether a sentence has this code.
pub fn has(language: Language, code: &str) -> bool {
    BUNDLES.iter().any(|(other, bundle)| *other == language && bundle.has_message(code))
}

/// The codes of a language, in the order of its file.
pub fn codes(language: Language) -> Vec<&'static str> {
    let text = TEXTS.iter().find(|(other, ..)| *other == language).map_or("", |(_, _, text)| text);
    let code = |line: &'static str| line.split_once(" = ").map(|(code, _)| code).filter(|code| !code.starts_with('#'));
    text.lines().filter_map(code).collect()
}

/// The language's tag, as HTML and HTTP know it.
pub fn tag(language: Language) -> &'static str {
    TEXTS.iter().find(|(other, ..)| *other == language).map_or("zh-CN", |(_, tag, _)| tag)
}

/// A citation in a language.
pub fn article(language: Language, article: &Article) -> String {
    match language {
        Language::Zh => article.zh(),
        Language::En => article.en(),
    }
}

/// Words in a row: 甲、乙; a, b.
pub fn list(language: Language, words: &[String]) -> String {
    words.join(if language == Language::Zh { "、" } else { ", " })
}
