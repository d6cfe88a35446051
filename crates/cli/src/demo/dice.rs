//! Seeded chance: the same seed makes the same county.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A source of chance.
pub struct Dice(ChaCha20Rng);

impl Dice {
    /// Chance for one thing of many, independent of the order in which they are made.
    pub fn new(seed: u64, name: &str, number: u64) -> Dice {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        // Folds the name in, byte after byte (FNV-1a).
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        key[16..24].copy_from_slice(&hash.to_le_bytes());
        Dice(ChaCha20Rng::from_seed(key))
    }

    /// A number below `n`; 0 where there is none.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0.next_u64().checked_rem(n).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).map_or(0, |span| span + 1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// One of these.
    pub fn pick<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        let index = usize::try_from(self.below(all.len() as u64)).ok()?;
        all.get(index)
    }

    /// An index, likelier where the weight is greater.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        let mut left = self.below(all);
        for (index, weight) in weights.iter().enumerate() {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        0
    }

    /// Sixteen bytes.
    pub fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// Puts things into a chance order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or(0);
            all.swap(last, other);
        }
    }

    /// Parts of a whole by weight, every part at least one where the whole allows.
    pub fn parts(&mut self, whole: u64, weights: &[u32]) -> Vec<u64> {
        let count = weights.len() as u64;
        let least = u64::from(whole >= count);
        let spare = whole - least * count;
        let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum::<u64>().max(1);
        let mut parts: Vec<u64> = weights.iter().map(|weight| least + spare * u64::from(*weight) / all).collect();
        let mut left = whole - parts.iter().sum::<u64>();
        while left > 0 {
            let index = self.weighted(weights);
            parts[index] += 1;
            left -= 1;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn parts_add_up_and_leave_nobody_out() {
        let mut dice = Dice::new(7, "parts", 0);
        let parts = dice.parts(57, &[9; 57]);
        assert!(parts.iter().all(|part| *part == 1));
        let parts = dice.parts(15_263, &[1, 2, 3, 400]);
        assert_eq!(parts.iter().sum::<u64>(), 15_263);
        assert_eq!(dice.parts(2, &[1, 1, 1]).iter().sum::<u64>(), 2);
    }

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |number| Dice::new(1, "x", number).below(1_000_000);
        assert_eq!(throw(1), throw(1));
        assert_ne!(throw(1), throw(2));
    }
}
