//! What a document of the index is made of.

use platform::Document;
use tantivy::schema::{
    Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{StopWordFilter, TextAnalyzer};
use tantivy::{TantivyDocument, Term};
use tantivy_jieba::JiebaTokenizer;
use terms::{Date, GovernmentCode, RecordId};

use crate::grams::Grams;

/// Counted up with every change of what a document holds: an index of another number is made anew.
pub(crate) const VERSION: u32 = 2;
/// Names of the tokenizers.
const WORDS: &str = "words";
const GRAMS: &str = "grams";

/// The fields. No text is stored; personal texts have fields of their own, which only those queries touch that may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// Government and record: what is replaced together.
    pub(crate) of: Field,
    pub(crate) government: Field,
    /// `record` or `public`.
    pub(crate) kind: Field,
    pub(crate) record: Field,
    pub(crate) publication: Field,
    pub(crate) line: Field,
    pub(crate) agency: Field,
    pub(crate) day: Field,
    /// Who alone sees it, or [`EVERYBODY`].
    pub(crate) only: Field,
    pub(crate) hidden: Field,
    /// What a superior government sees of it.
    pub(crate) above: Field,
    /// Who need know what is personal in it: posts, and the handler with `@`.
    pub(crate) known: Field,
    pub(crate) stand_in: Field,
    /// The last day of the stand-in.
    pub(crate) until: Field,
    pub(crate) open: Texts,
    pub(crate) personal: Texts,
}

/// The same texts twice: by words, and by every two letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    pub(crate) words: Field,
    pub(crate) grams: Field,
}

/// In the place of who alone sees a record, where that is nobody in particular; no post is called so.
pub(crate) const EVERYBODY: &str = "*";
/// What a document is of.
pub(crate) const RECORD: &str = "record";
/// What a document is of.
pub(crate) const PUBLIC: &str = "public";

fn texts(builder: &mut SchemaBuilder, name: &str) -> Texts {
    let mut text = |tokenizer: &str, option| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
        builder.add_text_field(&format!("{name}_{tokenizer}"), TextOptions::default().set_indexing_options(indexing))
    };
    Texts {
        words: text(WORDS, IndexRecordOption::WithFreqs),
        grams: text(GRAMS, IndexRecordOption::WithFreqsAndPositions),
    }
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Fields) {
        let mut builder = Schema::builder();
        let fields = Fields {
            of: builder.add_text_field("of", STRING),
            government: builder.add_text_field("government", STRING),
            kind: builder.add_text_field("kind", STRING),
            record: builder.add_u64_field("record", STORED),
            publication: builder.add_text_field("publication", STORED),
            line: builder.add_text_field("line", STRING),
            agency: builder.add_text_field("agency", STRING),
            day: builder.add_u64_field("day", INDEXED),
            only: builder.add_text_field("only", STRING),
            hidden: builder.add_text_field("hidden", STRING),
            above: builder.add_u64_field("above", INDEXED),
            known: builder.add_text_field("known", STRING),
            stand_in: builder.add_text_field("stand_in", STRING),
            until: builder.add_u64_field("until", INDEXED),
            open: texts(&mut builder, "open"),
            personal: texts(&mut builder, "personal"),
        };
        (builder.build(), fields)
    }

    /// The term of all documents of a record.
    pub(crate) fn of_record(&self, government: &GovernmentCode, record: RecordId) -> Term {
        Term::from_field_text(self.of, &format!("{government}/{record}"))
    }

    fn rights(&self, document: &Document, made: &mut TantivyDocument) {
        let (narrowing, known) = (&document.narrowing, &document.known);
        if narrowing.only.is_empty() {
            made.add_text(self.only, EVERYBODY);
        }
        for one in &narrowing.only {
            made.add_text(self.only, one);
        }
        for name in &narrowing.hidden {
            made.add_text(self.hidden, name);
        }
        made.add_u64(self.above, narrowing.above.number().unsigned_abs());
        for post in &known.posts {
            made.add_text(self.known, post);
        }
        if let Some(handler) = &known.handler {
            made.add_text(self.known, at(handler));
        }
        if let Some((account, until)) = &known.stand_in {
            made.add_text(self.stand_in, account);
            made.add_u64(self.until, number(*until));
        }
    }

    pub(crate) fn document(&self, document: &Document) -> TantivyDocument {
        let mut made = TantivyDocument::default();
        made.add_text(self.of, format!("{}/{}", document.government, document.record));
        made.add_text(self.government, &document.government);
        made.add_text(self.kind, if document.publication.is_some() { PUBLIC } else { RECORD });
        made.add_u64(self.record, document.record.0);
        if let Some(publication) = &document.publication {
            made.add_text(self.publication, publication);
        }
        made.add_text(self.line, &document.line);
        made.add_text(self.agency, &document.agency);
        made.add_u64(self.day, number(document.day));
        if document.publication.is_none() {
            self.rights(document, &mut made);
        }
        for (texts, into) in [(&document.open, self.open), (&document.personal, self.personal)] {
            for text in texts {
                made.add_text(into.words, parted(text));
                made.add_text(into.grams, text);
            }
        }
        made
    }
}

/// An account among posts.
pub(crate) fn at(account: &str) -> String {
    format!("@{account}")
}

/// A day as a number that sorts: 20200715.
pub(crate) fn number(day: Date) -> u64 {
    let part = |part: i8| u64::from(part.unsigned_abs());
    u64::from(day.year().unsigned_abs()) * 10_000 + part(day.month()) * 100 + part(day.day())
}

/// A text for the tokenizer of words: plain letters, with a blank for whatever stood between them.
pub(crate) fn parted(text: &str) -> String {
    let letters = text.chars().map(|c| {
        let plain = platform::plain(c.encode_utf8(&mut [0; 4]));
        plain.chars().next().unwrap_or(' ')
    });
    letters.collect()
}

/// Words of Chinese as a dictionary cuts them. An index also holds the words within long words, a query does not.
pub(crate) fn words(within: bool) -> TextAnalyzer {
    let jieba = JiebaTokenizer::with_search_mode(within);
    TextAnalyzer::builder(jieba).filter(StopWordFilter::remove([" ".to_owned()])).build()
}

pub(crate) fn register(index: &tantivy::Index) {
    index.tokenizers().register(WORDS, words(true));
    index.tokenizers().register(GRAMS, TextAnalyzer::from(Grams));
}
