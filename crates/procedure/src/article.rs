//! Citations: `行政复议法 62.1` is article 62, paragraph 1; `行政复议法 39.1.6` its item 6.

use serde::{Deserialize, Serialize, de, ser};
use std::{fmt, str::FromStr};
use terms::Code;

use crate::Said;

/// One article of a statute, down to paragraph and item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Article {
    /// The statute's short name, as `statutes.toml` lists it.
    pub statute: Code,
    /// Article number (条); 0 is the whole instrument, as an overlay cites a local one.
    pub article: u16,
    /// The inserted article's number (第十七条之一 is 17, 1).
    pub inserted: Option<u8>,
    /// Paragraph (款), from 1.
    pub paragraph: Option<u8>,
    /// Item (项), from 1.
    pub item: Option<u8>,
}

/// Text that is no citation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleError(pub String);

impl fmt::Display for ArticleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no citation: write the statute's short name, a space and the article, as in `行政复议法 62.1`",
            self.0
        )
    }
}
impl std::error::Error for ArticleError {}

impl FromStr for Article {
    type Err = ArticleError;
    fn from_str(text: &str) -> Result<Self, ArticleError> {
        let bad = || ArticleError(text.to_owned());
        let (statute, place) = text.trim().rsplit_once(' ').ok_or_else(bad)?;
        let mut parts = place.split('.');
        let (article, inserted) = match parts.next().ok_or_else(bad)?.split_once('-') {
            Some((article, inserted)) => (article, Some(inserted.parse().map_err(|_| bad())?)),
            None => (place.split('.').next().ok_or_else(bad)?, None),
        };
        let mut next = || parts.next().map(|part| part.parse().map_err(|_| bad())).transpose();
        let (paragraph, item) = (next()?, next()?);
        if statute.is_empty() || parts.next().is_some() {
            return Err(bad());
        }
        Ok(Article {
            statute: statute.trim().into(),
            article: article.parse().map_err(|_| bad())?,
            inserted,
            paragraph,
            item,
        })
    }
}

impl fmt::Display for Article {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.statute, self.article)?;
        if let Some(inserted) = self.inserted {
            write!(f, "-{inserted}")?;
        }
        if let Some(paragraph) = self.paragraph {
            write!(f, ".{paragraph}")?;
        }
        if let Some(item) = self.item {
            write!(f, ".{item}")?;
        }
        Ok(())
    }
}

impl Article {
    /// As a document prints it: 行政复议法 第六十二条第一款.
    pub fn zh(&self) -> String {
        if self.article == 0 {
            return self.statute.to_string();
        }
        let mut text = format!("{} 第{}条", self.statute, chinese(self.article));
        if let Some(inserted) = self.inserted {
            text.push_str(&format!("之{}", chinese(inserted.into())));
        }
        if let Some(paragraph) = self.paragraph {
            text.push_str(&format!("第{}款", chinese(paragraph.into())));
        }
        if let Some(item) = self.item {
            text.push_str(&format!("第{}项", chinese(item.into())));
        }
        text
    }

    /// In English: 行政复议法, art. 62(1).
    pub fn en(&self) -> String {
        if self.article == 0 {
            return self.statute.to_string();
        }
        let mut text = format!("{}, art. {}", self.statute, self.article);
        if let Some(inserted) = self.inserted {
            text.push_str(&format!("-{inserted}"));
        }
        for part in [self.paragraph, self.item].into_iter().flatten() {
            text.push_str(&format!("({part})"));
        }
        text
    }
}

impl Serialize for Article {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Article {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// 1..=9999 in Chinese numerals.
pub fn chinese(number: u16) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    const PLACES: [&str; 4] = ["", "十", "百", "千"];
    let digits: Vec<usize> = number.to_string().bytes().map(|byte| usize::from(byte - b'0')).collect();
    let mut text = String::new();
    let mut gap = false;
    for (index, &digit) in digits.iter().enumerate() {
        let place = digits.len() - 1 - index;
        if digit == 0 {
            gap = true;
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        if !(digit == 1 && place == 1 && index == 0) {
            text.push(DIGITS[digit]);
        }
        text.push_str(PLACES[place.min(3)]);
    }
    text
}

/// How surely the text behind a rule was read when it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mark {
    /// The article was read in the full text.
    V,
    /// Only an excerpt or a summary was seen.
    Vx,
    /// From knowledge; stands only in an overlay.
    K,
}

/// What a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// The articles, the leading one first.
    pub law: Vec<Article>,
    /// Where the rule goes beyond the words: what we read into them.
    pub reading: Option<Said>,
    /// The authority that adopted the reading; from then on the rule forbids.
    pub adopted: Option<String>,
    /// How surely the text was read.
    pub mark: Mark,
}

impl Ground {
    /// A reading that nobody with authority has adopted only warns.
    pub fn only_warns(&self) -> bool {
        self.reading.is_some() && self.adopted.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_read_and_print() {
        for text in ["行政复议法 62.1", "行政复议法 39.1.6", "刑法 120-1", "民事诉讼法 85"] {
            assert_eq!(text.parse::<Article>().unwrap().to_string(), text);
        }
        assert_eq!("行政复议法 62.1".parse::<Article>().unwrap().zh(), "行政复议法 第六十二条第一款");
        assert_eq!("刑法 120-1".parse::<Article>().unwrap().zh(), "刑法 第一百二十条之一");
        for text in ["", "行政复议法", "行政复议法62", "行政复议法 x", "行政复议法 1.2.3.4"] {
            assert!(text.parse::<Article>().is_err(), "{text}");
        }
    }

    #[test]
    fn numerals() {
        for (number, text) in [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (105, "一百零五"),
            (110, "一百一十"),
            (1003, "一千零三"),
        ] {
            assert_eq!(chinese(number), text);
        }
    }
}
