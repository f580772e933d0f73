//! How many different keys there are, in a few kilobytes (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier, 2007).

use std::hash::{BuildHasher as _, RandomState};

/// Registers: 2¹⁴ of them are off by 0.8 % as a rule.
const BITS: u32 = 14;

/// Estimates how many different keys it was shown.
#[derive(Debug)]
pub(super) struct Distinct {
    registers: Vec<u8>,
    hasher: RandomState,
}

impl Distinct {
    pub(super) fn new() -> Self {
        Self { registers: vec![0; 1 << BITS], hasher: RandomState::new() }
    }

    /// Takes note of `key`, and answers its hash.
    pub(super) fn add(&mut self, key: &[u8]) -> u64 {
        let hash = self.hasher.hash_one(key);
        let register = (hash >> (64 - BITS)) as usize;
        let rank = ((hash << BITS).leading_zeros() + 1).min(64 - BITS + 1) as u8;
        self.registers[register] = self.registers[register].max(rank);
        hash
    }

    /// The estimate.
    pub(super) fn estimate(&self) -> u64 {
        let m = self.registers.len() as f64;
        let sum: f64 = self.registers.iter().map(|rank| f64::from(-i32::from(*rank)).exp2()).sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        // Few keys leave registers empty, and these tell more exactly.
        let estimate = if raw <= 2.5 * m && empty > 0 { m * (m / empty as f64).ln() } else { raw };
        estimate.round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_close() {
        for count in [0u64, 1, 100, 10_000, 300_000] {
            let mut distinct = Distinct::new();
            for _ in 0..2 {
                for key in 0..count {
                    distinct.add(&key.to_be_bytes());
                }
            }
            let estimate = distinct.estimate();
            assert!(estimate.abs_diff(count) as f64 <= count as f64 * 0.05 + 0.5, "{count}: {estimate}");
        }
    }
}
