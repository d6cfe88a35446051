//! Which figure of ours a published one is, and how surely: by the words of both, weighed, and by what such a number can
//! be at all. The words are the catalogue's (`names.toml`, titles, `also`); nothing here knows a report.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Names;
use reader::{Change, Decimal};
use terms::Code;

/// Scores from 0 to 100; a published figure that reaches this with none is no figure of ours.
pub const SURE: u8 = 70;

/// A figure of ours, whole or a part of it, and what reports may call it.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its line.
    pub line: Code,
    /// Figure.
    pub code: Code,
    /// Choice, for one part of a breakdown.
    pub part: Option<Code>,
    /// What its number can be.
    pub kind: Kind,
    /// Unit.
    pub unit: String,
    /// Names of the figure; for a part they hold where the part is said of the number too.
    pub names: Vec<String>,
    /// What the part is called.
    pub part_name: String,
    /// Names of the part that say it otherwise.
    pub part_names: Vec<String>,
    /// Of a share: of what, and of how many.
    pub of: Option<(Code, Code)>,
}

/// What a number can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// So many came in a period.
    Flow,
    /// So many stand at its end.
    Stock,
    /// A share in percent.
    Share,
    /// Against the year before, in percent.
    Change,
}

/// A number as a report states it, in one form of characters.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'t> {
    /// What is counted, without its scope.
    pub subject: &'t str,
    /// The number.
    pub value: Decimal,
    /// Base unit.
    pub unit: &'t str,
    /// A level, or a change of which kind.
    pub change: Change,
    /// The words of its paragraph before it.
    pub before: &'t str,
}

/// A figure of ours that a published one may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its place among [`Matcher::named`].
    pub at: usize,
    /// From 0 to 100.
    pub score: u8,
}

/// Published figures found, by what they are called.
pub struct Matcher {
    named: Vec<Named>,
    tokens: Vec<Tokens>,
    words: Words,
    units: Vec<Vec<String>>,
}

/// A figure's names in words.
struct Tokens {
    names: Vec<Vec<Token>>,
    part_names: Vec<Vec<Token>>,
    part: Vec<Token>,
    /// Of which one must be said.
    matter: BTreeSet<Word>,
}

/// A word that is known, by its group, or a pair of characters between two that are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Known(usize),
    Pair(char, Option<char>),
}

#[derive(Clone, Copy, Debug)]
struct Token {
    word: Word,
    worth: u32,
    foreign: bool,
}

/// What a word is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// It says what is counted.
    Says,
    /// It stands in many names.
    Plain,
    /// It says nothing.
    Empty,
    /// It is the matter of somebody else.
    Foreign,
}

#[derive(Default)]
struct Words {
    /// The longest of each beginning first.
    by_first: BTreeMap<char, Vec<(Vec<char>, usize, Sort)>>,
    /// Groups so far.
    groups: usize,
    /// Matters of lines, and of others.
    matters: BTreeSet<Word>,
}

impl Matcher {
    /// Over these figures, by the catalogue's words.
    pub fn new(names: &Names, named: Vec<Named>) -> Matcher {
        let mut words = Words::default();
        names.alike.iter().for_each(|group| words.add(group, Sort::Says));
        for (list, sort) in [(&names.plain, Sort::Plain), (&names.empty, Sort::Empty), (&names.foreign, Sort::Foreign)]
        {
            list.iter().for_each(|word| words.add(std::slice::from_ref(word), sort));
        }
        let matters = names.lines.values().flat_map(|line| &line.matter);
        for word in matters.chain(named.iter().map(|named| &named.part_name)) {
            words.add(std::slice::from_ref(word), Sort::Says);
        }
        for word in names.lines.values().flat_map(|line| &line.matter).chain(&names.foreign) {
            let word = words.first(word);
            words.matters.extend(word);
        }
        let tokens = named.iter().map(|one| tokens(&words, names.matter(&one.line), one)).collect();
        Matcher { named, tokens, words, units: names.units.clone() }
    }

    /// The figures.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// The figures that a number may be, the surest first. `beside`: those of ours that its paragraph stated before it,
    /// with their numbers.
    pub fn find(&self, stated: Stated<'_>, beside: &[(Code, Decimal)]) -> Vec<Candidate> {
        let said = self.said(stated);
        let mut found: Vec<(u32, u32, Candidate)> = Vec::new();
        for (at, (named, tokens)) in self.named.iter().zip(&self.tokens).enumerate() {
            let score = if self.can_be(named, stated) { tokens.score(&said) } else { 0 };
            if score > 0 {
                // Of those as sure: what stands beside it, then the very name, then a part before its whole.
                let mut own = named.names.iter().filter(|_| named.part.is_none()).chain(&named.part_names);
                let exact = u32::from(own.any(|name| name == stated.subject));
                let second = 4 * kin(named, stated.value, beside) + 2 * exact + u32::from(named.part.is_some());
                let candidate = Candidate { at, score: u8::try_from(score.min(100)).unwrap_or(100) };
                found.push((score, second, candidate));
            }
        }
        found.sort_by_key(|(score, second, candidate)| (std::cmp::Reverse((*score, *second)), candidate.at));
        found.into_iter().map(|(.., candidate)| candidate).collect()
    }

    /// Whether a number can be this figure at all: by its unit, and by whether it is a level.
    fn can_be(&self, named: &Named, stated: Stated<'_>) -> bool {
        match (named.kind, stated.change) {
            (Kind::Change, Change::YoyUp | Change::YoyDown) | (Kind::Share, Change::None) => stated.unit == "%",
            (Kind::Flow, Change::None | Change::Added | Change::Cut) | (Kind::Stock, Change::None) => {
                let has = |group: &Vec<String>, unit: &str| group.iter().any(|one| one == unit);
                let alike = |group: &Vec<String>| has(group, stated.unit) && has(group, &named.unit);
                stated.unit == named.unit || self.units.iter().any(alike)
            }
            _ => false,
        }
    }

    fn said(&self, stated: Stated<'_>) -> Said {
        let sentence = stated.before.rsplit('。').next().unwrap_or_default();
        let clause = self.words.tokens(sentence.rsplit([',', ';']).next().unwrap_or_default());
        // Its unit says already what kind of number it is.
        let mut subject = self.words.tokens(stated.subject.strip_suffix(stated.unit).unwrap_or(stated.subject));
        in_its_own_words(&mut subject, &clause);
        // The deed is said last, and it is what tells one figure of a matter from another.
        if let Some(last) = subject.iter_mut().rev().find(|token| token.worth > PLAIN) {
            last.worth += last.worth / 2;
        }
        let before = self.words.tokens(stated.before);
        let nearest = before.iter().rev().map(|token| token.word).find(|word| self.words.matters.contains(word));
        let words = |text: &str| self.words.tokens(text).iter().map(|token| token.word).collect::<BTreeSet<_>>();
        Said {
            nearest,
            clause: clause.iter().map(|token| token.word).collect(),
            sentence: words(sentence),
            before: before.iter().map(|token| token.word).collect(),
            subject,
        }
    }
}

/// Puts the deed that stands right before the number in place of what the subject makes of it: 成功调处 is no 调解.
fn in_its_own_words(subject: &mut [Token], clause: &[Token]) {
    let said = |token: &Token| clause.iter().any(|other| other.word == token.word);
    let deed = clause.last().filter(|deed| deed.worth > PLAIN && !deed.foreign && matches!(deed.word, Word::Known(_)));
    let (Some(deed), Some(made)) = (deed, subject.iter().rposition(|token| token.worth > PLAIN)) else { return };
    if subject.iter().all(|token| token.word != deed.word) && !said(&subject[made]) && !subject[made].foreign {
        subject[made] = *deed;
    }
}

/// What a report says of a number, in words.
struct Said {
    subject: Vec<Token>,
    /// The matter last named before it.
    nearest: Option<Word>,
    clause: BTreeSet<Word>,
    sentence: BTreeSet<Word>,
    before: BTreeSet<Word>,
}

impl Said {
    fn says(&self, word: Word) -> bool {
        self.subject.iter().any(|token| token.word == word)
    }
}

fn tokens(words: &Words, matter: &[String], named: &Named) -> Tokens {
    let all: BTreeSet<Word> = matter.iter().filter_map(|word| words.first(word)).collect();
    // A name that leaves its matter to the line is said with it.
    let full = |name: &String| {
        let mut tokens = words.tokens(name);
        if !tokens.iter().any(|token| all.contains(&token.word)) {
            tokens.extend(matter.first().map(|word| words.tokens(word)).unwrap_or_default());
        }
        tokens
    };
    let part = words.tokens(&named.part_name);
    let whole = |name: &String| [full(name), part.clone()].concat();
    Tokens {
        names: named.names.iter().map(whole).collect(),
        part_names: named.part_names.iter().map(full).collect(),
        part,
        matter: all,
    }
}

impl Tokens {
    fn score(&self, said: &Said) -> u32 {
        let direct = self.matter.iter().any(|word| said.says(*word));
        let near = said.nearest.is_some_and(|word| self.matter.contains(&word));
        if !direct && !near {
            return 0;
        }
        // Of a matter that is somebody else's only what a name of ours names too.
        let strange: Vec<Word> = said.subject.iter().filter(|token| token.foreign).map(|token| token.word).collect();
        let may = |name: &&Vec<Token>| strange.iter().all(|word| name.iter().any(|token| token.word == *word));
        let whole = self.part.iter().all(|token| token.worth == 0 || said.says(token.word));
        let names: &[Vec<Token>] = if whole { &self.names } else { &[] };
        let scores = names.iter().chain(&self.part_names).filter(may).map(|name| self.alike(name, direct, said));
        scores.max().unwrap_or(0)
    }

    /// How much of all that a name and a subject say is said by both, in percent. What the name says beyond the subject may
    /// be said before it, for less.
    fn alike(&self, name: &[Token], direct: bool, said: &Said) -> u32 {
        let (mut shared, mut all) = (0, 0);
        let least = |shared: u32, all: u32| shared >= LEAST * all;
        for token in name {
            let word = token.word;
            let percent = match self.matter.contains(&word) {
                _ if said.says(word) => 100,
                true if direct => 70,
                true => 80,
                false if said.clause.contains(&word) => 90,
                false if said.sentence.contains(&word) => 60,
                false if said.before.contains(&word) => 30,
                false => 0,
            };
            shared += token.worth * percent;
            all += token.worth;
        }
        let (of_name, of_all) = (shared, all);
        for token in &said.subject {
            let percent = match name.iter().any(|other| other.word == token.word) {
                true => 100,
                false if self.matter.contains(&token.word) => 70,
                false => 0,
            };
            shared += token.worth * percent;
            all += token.worth;
        }
        let both = least(of_name, of_all) && least(shared - of_name, all - of_all);
        if both { shared.checked_div(all).unwrap_or(0) } else { 0 }
    }
}

/// So much, in percent, of the name and of the subject each must be said by the other.
const LEAST: u32 = 60;

/// A share is of what stands beside it: how much of it does, and whether it comes to that.
fn kin(named: &Named, value: Decimal, beside: &[(Code, Decimal)]) -> u32 {
    let Some((part, whole)) = &named.of else { return 0 };
    let of = |code: &Code| beside.iter().rev().find(|(other, _)| other == code).map(|(_, value)| *value);
    let share = match (of(part), of(whole)) {
        (Some(part), Some(whole)) => part.checked_div(whole).and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED)),
        (None, None) => return 0,
        _ => return 1,
    };
    let comes_to = share.is_some_and(|share| (share - value).abs() <= Decimal::new(1, value.scale()));
    if comes_to { 3 } else { 2 }
}

/// What a plain word is worth, and each character of one that says something.
const PLAIN: u32 = 4;
const CHARACTER: u32 = 10;
/// A pair of characters that is no known word overlaps the next.
const PAIR: u32 = 15;

impl Words {
    /// Adds words for one another; one that is known already stays what it is.
    fn add(&mut self, group: &[String], sort: Sort) {
        self.groups += 1;
        for word in group {
            let signs: Vec<char> = signs(word).collect();
            let Some(first) = signs.first() else { continue };
            let list = self.by_first.entry(*first).or_default();
            if !list.iter().any(|(other, ..)| *other == signs) {
                list.push((signs, self.groups, sort));
                list.sort_by_key(|(signs, ..)| std::cmp::Reverse(signs.len()));
            }
        }
    }

    /// The word with which a text begins.
    fn first(&self, text: &str) -> Option<Word> {
        self.tokens(text).first().map(|token| token.word)
    }

    /// A text as words: at each place the longest that is known, and between them every pair of characters.
    fn tokens(&self, text: &str) -> Vec<Token> {
        let signs: Vec<char> = signs(text).collect();
        let (mut tokens, mut unknown): (Vec<Token>, Vec<char>) = (Vec::new(), Vec::new());
        let mut rest = signs.as_slice();
        while let Some((sign, tail)) = rest.split_first() {
            let known = self.by_first.get(sign).and_then(|list| list.iter().find(|(word, ..)| rest.starts_with(word)));
            if let Some((word, group, sort)) = known {
                pairs(&mut unknown, &mut tokens);
                tokens.extend(Token::known(*group, *sort, word.len()));
                rest = rest.get(word.len()..).unwrap_or_default();
                continue;
            }
            if sign.is_alphabetic() {
                unknown.push(*sign);
            } else {
                pairs(&mut unknown, &mut tokens);
            }
            rest = tail;
        }
        pairs(&mut unknown, &mut tokens);
        tokens
    }
}

impl Token {
    fn known(group: usize, sort: Sort, length: usize) -> Option<Token> {
        let worth = match sort {
            Sort::Empty => return None,
            Sort::Plain => PLAIN,
            Sort::Says | Sort::Foreign => CHARACTER * u32::try_from(length.min(4)).unwrap_or(4),
        };
        Some(Token { word: Word::Known(group), worth, foreign: sort == Sort::Foreign })
    }
}

/// Makes tokens of characters that are no word.
fn pairs(unknown: &mut Vec<char>, tokens: &mut Vec<Token>) {
    let mut add = |word, worth| tokens.push(Token { word, worth, foreign: false });
    match unknown.as_slice() {
        [] => {}
        [one] => add(Word::Pair(*one, None), CHARACTER),
        all => all.windows(2).for_each(|two| add(Word::Pair(two[0], Some(two[1])), PAIR)),
    }
    unknown.clear();
}

/// The characters of a text but for its quotation marks.
fn signs(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|sign| !"“”‘’《》\"' ".contains(*sign))
}
