//! Any bytes and any text are read or refused: nothing panics, and what is read points into the text.

use proptest::prelude::*;
use reader::{audit, decode, read, to_json, to_tsv};

/// What the reader looks for, set off by bars.
const PIECES: &str = "办理|案件|12|3.5|万|亿|余|多|件|%|率|达|同比增长|由|压减到|其中|(|)|（|）|“|”|《|》|〔|〕|2021|年|月|日|第|三|百|千|两|分之|-|—|至|、|，|。|;|\
    \n| |\t|內(nèi)|名|个|人次|没有|无|零|事故|1/4|,123|.|1,234|９|/|A4|全年|共|以来|本级|分别|和|占|99999999999999999999|的|整合为|连续|提前|\r\n|\u{200B}|🙂|\u{FEFF}|成|0|为";

/// Text made of those pieces, in any order.
fn shuffled() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = PIECES.split('|').collect();
    prop::collection::vec(prop::sample::select(pieces), 0..80).prop_map(|pieces| pieces.concat())
}

fn sound(text: &str) -> Result<(), TestCaseError> {
    let figures = read("any", text);
    let lines: Vec<&str> = text.split('\n').collect();
    for figure in &figures {
        let line = lines.get(figure.line as usize - 1).expect("the line is one of the text's");
        prop_assert!(line.chars().count() >= figure.column as usize);
        prop_assert!(!figure.unit.is_empty());
    }
    prop_assert_eq!(to_tsv(&figures).lines().count(), figures.len() + 1);
    prop_assert!(to_json(&figures).starts_with('['));
    prop_assert_eq!(read("any", text), figures.clone());
    let _ = audit(&figures, text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_words_are_read_without_panic(text in shuffled()) {
        sound(&text)?;
    }

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        sound(&text)?;
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = decode("any", &bytes) {
            sound(&text)?;
        }
    }

    #[test]
    fn text_cut_anywhere_is_decoded_or_refused_with_its_place(text in shuffled(), cut in 0_usize..400) {
        let bytes = &text.as_bytes()[..cut.min(text.len())];
        match decode("cut.txt", bytes) {
            Ok(text) => sound(&text)?,
            Err(error) => {
                prop_assert!(error.position <= bytes.len());
                prop_assert!(error.to_string().contains("cut.txt"));
            }
        }
    }
}

#[test]
fn text_without_stops_is_read_in_time() {
    let figures = read("long", &"办理案件12件".repeat(20_000));
    assert_eq!(figures.len(), 20_000);
    assert!(read("long", &"1".repeat(300_000)).is_empty());
    let rates = "率9%".repeat(20_000);
    let _ = audit(&read("long", &rates), &rates);
    let _ = read("long", &"(".repeat(100_000));
    let _ = read("long", &"“".repeat(100_000));
    let _ = read("long", &"没有".repeat(50_000));
}
