//! What is hidden of a breakdown cannot be computed from what is shown.
#![allow(clippy::unwrap_used)]

use figures::{SMALLEST, Shown, shown, shown_within};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

const HIDDEN: Shown = Shown::Hidden;

fn all(parts: &[i64]) -> Vec<Shown> {
    shown(parts.iter().sum(), parts)
}

#[test]
fn a_small_count_takes_another_with_it() {
    let count = Shown::Count;
    assert_eq!(all(&[120, 30, 3, 0]), [count(120), HIDDEN, HIDDEN, count(0)]);
    assert_eq!(all(&[120, 30, 3, 4]), [count(120), count(30), HIDDEN, HIDDEN]);
    assert_eq!(all(&[120, 30, 1, 1, 1]), [count(120), HIDDEN, HIDDEN, HIDDEN, HIDDEN], "three ones are three");
    assert_eq!(all(&[120, 30]), [count(120), count(30)]);
    assert_eq!(all(&[4, 0, 0]), [HIDDEN; 3], "of four, nobody says what the four were");
    assert_eq!(shown(122, &[120, 0]), [HIDDEN, count(0)], "two stand in no part, and would follow");
    assert_eq!(all(&[0, 0]), [count(0), count(0)]);
}

#[test]
fn what_is_left_of_a_whole_is_hidden_like_a_count() {
    let count = Shown::Count;
    let within = |parts: &[(i64, i64)]| {
        let total = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        shown_within(total, parts)
    };
    assert_eq!(within(&[(120, 120), (40, 50)]), [count(120), count(40)], "ten late, all in one place");
    assert_eq!(within(&[(120, 120), (40, 42)]), [HIDDEN; 2], "two late, of whom nothing is broken down");
    assert_eq!(
        within(&[(120, 130), (40, 42), (90, 90)]),
        [HIDDEN; 3],
        "two late take others with them, until they are not alone"
    );
    assert_eq!(within(&[(120, 130), (40, 42), (50, 59)]), [count(120), HIDDEN, HIDDEN]);
}

/// The least and the most that each hidden count can be, for somebody who knows the total, the rule, and that counts are
/// no less than nought.
fn bounds(total: i64, parts: &[i64], told: &[Shown]) -> Vec<(i64, i64)> {
    let known: i64 = told.iter().map(|one| if let Shown::Count(count) = one { *count } else { 0 }).sum();
    let left = total - known;
    let hidden = parts.iter().zip(told).filter(|(_, one)| **one == HIDDEN).count();
    let rest = i64::from(parts.iter().sum::<i64>() != total);
    let others = i64::try_from(hidden).unwrap() + rest - 1;
    (0..hidden).map(|_| (if others == 0 { left } else { 1.min(left) }, left - others)).collect()
}

proptest! {
    #![proptest_config(Config {
        cases: 2_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_101),
        ..Config::default()
    })]

    #[test]
    fn nothing_hidden_follows(parts in proptest::collection::vec(prop_oneof![0i64..8, 0i64..60], 1..9), rest in 0i64..8) {
        let total = parts.iter().sum::<i64>() + rest;
        let told = shown(total, &parts);
        prop_assert_eq!(told.len(), parts.len());
        for (part, told) in parts.iter().zip(&told) {
            // What is shown is true, and never small.
            if let Shown::Count(count) = told {
                prop_assert_eq!(count, part);
                prop_assert!(*count == 0 || *count >= SMALLEST);
            }
        }
        let small = total > 0 && total < SMALLEST;
        for (least, most) in bounds(total, &parts, &told) {
            // No hidden count is the only one that it can be; a small total alone says so much of itself.
            prop_assert!(least < most || small, "{parts:?} and {rest}: {told:?}");
        }
        // Nothing is hidden without need.
        if !small && rest == 0 && parts.iter().all(|part| *part == 0 || *part >= SMALLEST) {
            prop_assert!(told.iter().all(|one| *one != HIDDEN));
        }
    }

    #[test]
    fn nothing_hidden_is_left_over(
        parts in proptest::collection::vec((0i64..60, prop_oneof![Just(0i64), 0i64..30]), 1..9),
    ) {
        let parts: Vec<(i64, i64)> = parts.into_iter().map(|(count, left)| (count, count + left)).collect();
        let total = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let told = shown_within(total, &parts);
        let (mut counts, mut lefts, mut hidden) = (0, 0, 0);
        for ((part, of), told) in parts.iter().zip(&told) {
            match *told {
                // Neither what is shown nor what is left of its whole is small.
                Shown::Count(count) => {
                    prop_assert_eq!(count, *part);
                    prop_assert!((count == 0 || count >= SMALLEST) && (of - part == 0 || of - part >= SMALLEST));
                }
                HIDDEN => {
                    counts += part;
                    lefts += of - part;
                    hidden += 1;
                }
            }
        }
        // What the hidden ones add up to follows from the totals: it is not small, nor is there one alone. Where all are
        // hidden, the totals are all that is told.
        if hidden > 0 && hidden < parts.len() {
            prop_assert!(hidden > 1 && counts >= SMALLEST, "{parts:?}: {told:?}");
            prop_assert!(lefts == 0 || lefts >= SMALLEST, "{parts:?}: {told:?}");
        }
    }
}
