//! Figures held against what the catalogue says they should be to each other. Pure: what is compared comes in, what is
//! not as it should be goes out, with all that somebody needs who is asked about it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use procedure::{Bound, Chosen, FigureRule, Should};
use terms::PlaceCode;

use crate::{Amount, Figures};

/// Values of a period and of the one before; what cannot be told is not among them.
pub type Values = BTreeMap<Bound, Amount>;

/// With fewer others nobody can say what is usual.
pub const FEWEST_OTHERS: usize = 5;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The figures asked about.
    pub figures: Vec<(Bound, Amount)>,
    /// The place below, where it is about one.
    pub place: Option<PlaceCode>,
    /// What they were held against.
    pub against: Against,
}

/// What figures were held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// The whole, which is less than the part.
    Whole(Bound, Amount),
    /// Another sum, which is not the same.
    Sum {
        /// What the figures add up to.
        own: Amount,
        /// The figures on the other side.
        others: Vec<(Bound, Amount)>,
        /// What they add up to.
        other: Amount,
    },
    /// A bound, which is less.
    Most(Amount),
    /// The same period a year before.
    Before {
        /// The figure then.
        then: Bound,
        /// Its value.
        value: Amount,
        /// The change in percent; `None` where it was nothing.
        change: Option<Amount>,
    },
    /// The other places.
    Places {
        /// Their middle.
        middle: Amount,
        /// The middle of their distances from it.
        spread: Amount,
        /// The others.
        others: Vec<(PlaceCode, Amount)>,
    },
}

/// The figures that a rule compares: those to know of the place itself, with those of the period before, and those to
/// know of each place below.
pub fn bounds(rule: &FigureRule, figures: &Figures<'_>) -> (Vec<Bound>, Vec<Bound>) {
    match &rule.should {
        Should::NotExceed { part, whole } => (vec![part.clone(), whole.clone()], Vec::new()),
        Should::Agree { left, right } => (left.iter().chain(right).cloned().collect(), Vec::new()),
        Should::StayWithin { of, .. } => (chosen(of, figures), Vec::new()),
        Should::NotLeap { of, .. } => {
            let now = chosen(of, figures);
            let then = now.iter().map(before);
            (now.iter().cloned().chain(then).collect(), Vec::new())
        }
        Should::StayInLine { of, .. } => (Vec::new(), chosen(of, figures)),
    }
}

/// All that a rule asks about these values. `below` are the values of each place one level below.
pub fn doubts(rule: &FigureRule, figures: &Figures<'_>, values: &Values, below: &[(PlaceCode, Values)]) -> Vec<Doubt> {
    let one = |bound: &Bound| values.get(bound).copied();
    match &rule.should {
        Should::NotExceed { part, whole } => {
            let (Some(some), Some(all)) = (one(part), one(whole)) else { return Vec::new() };
            let more = some.compare(all) == Some(Ordering::Greater);
            let against = Against::Whole(whole.clone(), all);
            let doubt = Doubt { figures: vec![(part.clone(), some)], place: None, against };
            if more { vec![doubt] } else { Vec::new() }
        }
        Should::Agree { left, right } => disagree(left, right, values).into_iter().collect(),
        Should::StayWithin { of, at_most } => {
            let most = Amount::whole(*at_most);
            let over = |bound: Bound| {
                let value = one(&bound).filter(|value| value.compare(most) == Some(Ordering::Greater))?;
                Some(Doubt { figures: vec![(bound, value)], place: None, against: Against::Most(most) })
            };
            chosen(of, figures).into_iter().filter_map(over).collect()
        }
        Should::NotLeap { of, percent, least } => {
            let leap = |bound: Bound| leap(bound, values, *percent, *least);
            chosen(of, figures).into_iter().filter_map(leap).collect()
        }
        Should::StayInLine { of, spreads, least } => {
            chosen(of, figures).iter().flat_map(|bound| out_of_line(bound, below, *spreads, *least)).collect()
        }
    }
}

/// The figures that are meant, in the order of their lines.
fn chosen(of: &Chosen, figures: &Figures<'_>) -> Vec<Bound> {
    let every = figures.iter().filter(|(_, figure)| of.every.iter().any(|word| word == figure.counted.word()));
    let every = every.map(|(_, figure)| Bound::whole(&figure.code));
    let mut all: Vec<Bound> = of.named.clone();
    for bound in every {
        if !all.contains(&bound) {
            all.push(bound);
        }
    }
    all.retain(|bound| !of.except.contains(&bound.figure));
    all
}

fn before(bound: &Bound) -> Bound {
    Bound { previous: true, ..bound.clone() }
}

/// Both sums, where every figure of both can be told.
fn disagree(left: &[Bound], right: &[Bound], values: &Values) -> Option<Doubt> {
    let side = |bounds: &[Bound]| -> Option<(Vec<(Bound, Amount)>, Amount)> {
        let all: Vec<(Bound, Amount)> =
            bounds.iter().map(|bound| Some((bound.clone(), *values.get(bound)?))).collect::<Option<_>>()?;
        let sum = all.iter().try_fold(Amount::whole(0), |sum, (_, amount)| sum.plus(*amount))?;
        Some((all, sum))
    };
    let ((figures, own), (others, other)) = (side(left)?, side(right)?);
    let against = Against::Sum { own, others, other };
    (own.compare(other) != Some(Ordering::Equal)).then_some(Doubt { figures, place: None, against })
}

fn leap(bound: Bound, values: &Values, percent: i64, least: i64) -> Option<Doubt> {
    let then = before(&bound);
    let (now, value) = (*values.get(&bound)?, *values.get(&then)?);
    let moved = now.minus(value)?;
    let by = moved.magnitude();
    if by.is_zero() || by.compare(Amount::whole(least))? == Ordering::Less {
        return None;
    }
    if by.times(100)?.compare(value.magnitude().times(percent)?)? == Ordering::Less {
        return None;
    }
    let change = Amount::percent(moved, value.magnitude());
    Some(Doubt { figures: vec![(bound, now)], place: None, against: Against::Before { then, value, change } })
}

/// The places in which a figure is far from what it is in the others. The middle and the spread are medians: one place far
/// out moves neither.
fn out_of_line(bound: &Bound, below: &[(PlaceCode, Values)], spreads: i64, least: i64) -> Vec<Doubt> {
    let all: Vec<(&PlaceCode, Amount)> =
        below.iter().filter_map(|(place, values)| Some((place, *values.get(bound)?))).collect();
    let one = |(place, value): &(&PlaceCode, Amount)| {
        let others: Vec<(PlaceCode, Amount)> =
            all.iter().filter(|(other, _)| other != place).map(|(other, value)| ((*other).clone(), *value)).collect();
        if others.len() < FEWEST_OTHERS {
            return None;
        }
        let values: Vec<Amount> = others.iter().map(|(_, value)| *value).collect();
        let middle = Amount::median(&values)?;
        let far = |value: Amount| Some(value.minus(middle)?.magnitude());
        let spread = Amount::median(&values.iter().map(|value| far(*value)).collect::<Option<Vec<_>>>()?)?;
        let own = far(*value)?;
        let out = own.compare(spread.times(spreads)?)? == Ordering::Greater
            && own.compare(Amount::whole(least))? != Ordering::Less;
        let against = Against::Places { middle, spread, others };
        out.then(|| Doubt { figures: vec![(bound.clone(), *value)], place: Some((*place).clone()), against })
    };
    all.iter().filter_map(one).collect()
}
