//! Every two neighbouring letters of a text, in order: what is found by part is a phrase of them.

use platform::plain;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Cuts plain text into pairs of letters; the last letter stands alone, so that a single one is found too.
#[derive(Clone, Default)]
pub(crate) struct Grams;

/// The pairs of a text.
pub(crate) struct Pairs {
    letters: Vec<char>,
    next: usize,
    token: Token,
}

impl Tokenizer for Grams {
    type TokenStream<'a> = Pairs;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pairs {
        Pairs { letters: plain(text).chars().collect(), next: 0, token: Token::default() }
    }
}

impl TokenStream for Pairs {
    fn advance(&mut self) -> bool {
        let Some(rest) = self.letters.get(self.next..).filter(|rest| !rest.is_empty()) else { return false };
        self.token.text = rest.iter().take(2).collect();
        self.token.position = self.next;
        self.token.position_length = 1;
        (self.token.offset_from, self.token.offset_to) = (self.next, self.next + 1);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// The pairs that stand one after the other where a part of a text does; the part has two letters at least.
pub(crate) fn pairs(part: &str) -> Vec<String> {
    let letters: Vec<char> = part.chars().collect();
    letters.windows(2).map(|pair| pair.iter().collect()).collect()
}
