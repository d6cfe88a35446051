//! Texts that are no case: the line, and what to write.
#![allow(clippy::unwrap_used)]

use testkit::cases::{check, parse};
use testkit::{DEMO, small};

const HEAD: &str = "case a\nline demo\n";

#[test]
fn a_text_that_is_no_case_says_where_and_what() {
    let texts = [
        ("line demo\n2026-06-01\n", "line 1: write `case name` and `line code` first"),
        ("case a\nline demo\n", "line 2: there is no dated line: write what happens"),
        (
            "case a\nlime demo\n",
            "line 2: a header line is case, line, place, scope, also, governments, set or register, with its words",
        ),
        ("case a\nline demo\n2026-06-31\n", "line 3: `2026-06-31` is no day: 2026-06-01"),
        (
            "case a\nline demo\n2026-06-02\n2026-06-01\n",
            "line 4: this is earlier than the line before it: dates go forward",
        ),
        ("case a\nline demo\n2026-06-01 handler\n", "line 3: after the date comes a post and an act, or nothing"),
        ("case a\nline demo\nset a=\"b\n2026-06-01\n", "line 3: a quote or bracket is not closed"),
        (
            "case a\nline demo\nplace 12\n",
            "line 3: `12` is no code of a place: write 6 digits (county or above), 9 (township) or 12 (village)",
        ),
    ];
    for (text, why) in texts {
        assert_eq!(parse(text).unwrap_err().to_string(), why, "{text}");
    }
}

#[test]
fn a_case_that_the_catalogue_does_not_know_says_so() {
    let catalog = small(&[("demo/2024", DEMO)]).unwrap();
    let texts = [
        ("2026-06-01 handler acept", "line 3: the line has no act `acept`"),
        ("2026-06-01 applicant receive mater=a", "line 3: demo@2024 has no field `mater`"),
        (
            "2026-06-01 applicant receive valid_to=soon",
            "line 3: `soon` is no value for `valid_to`: write a day, as in 2026-06-01",
        ),
        ("register demo @opened\n2026-06-01", "line 3: demo@2024 has no stage `opened`"),
        (
            "register demo @received outcome=uphold\n2026-06-01",
            "line 3: no course of acts reaches that stage with these fields",
        ),
        ("2020-06-01 applicant receive", "line 3: no version of `demo` is in force on 2020-06-01"),
    ];
    for (text, why) in texts {
        assert_eq!(check(&catalog, &format!("{HEAD}{text}\n")).unwrap_err().to_string(), why, "{text}");
    }
}

#[test]
fn right_sides_comments_and_widths_stand_in_their_columns() {
    let catalog = small(&[("demo/2024", DEMO)]).unwrap();
    let text = format!("{HEAD}# why\n\n2026-06-01  applicant  receive matter=\"草场\"   # told\n2026-06-02\n");
    let outcome = check(&catalog, &text).unwrap();
    let expected = format!(
        "{HEAD}# why\n\n2026-06-01  applicant  receive matter=\"草场\"  -> stage received; review by 2026-06-08    # told\n\
         2026-06-02                                    -> nothing\n"
    );
    assert_eq!(outcome.got, expected);
    assert!(!outcome.passed && outcome.diff.contains("+ 2026-06-02"), "{}", outcome.diff);
    assert!(check(&catalog, &outcome.got).unwrap().passed, "a blessed case stays as it is");
}
