//! How long many things have taken.

use std::time::Duration;

use crate::output::perf::LatencyFigures;

/// Counts durations in buckets, as an HDR histogram does: those of less than 256 µs by the microsecond, all others in
/// 128 buckets for each doubling. So it takes 59 kB however many there are, and a percentile is at most 1 % too long.
#[derive(Debug)]
pub(in crate::commands) struct Latencies {
    buckets: Vec<u64>,
    count: u64,
    micros: u128,
    longest: Duration,
}

/// Bits of a duration that tell its bucket among those of its doubling.
const BITS: u32 = 7;
/// Buckets for all that 64 bits of microseconds can be.
const BUCKETS: usize = ((64 - BITS as usize) << BITS) + (1 << BITS);

impl Latencies {
    /// None yet.
    pub(in crate::commands) fn new() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, micros: 0, longest: Duration::ZERO }
    }

    /// Adds `count` things that have each taken `duration`.
    pub(in crate::commands) fn add(&mut self, duration: Duration, count: u64) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket_of(micros)] += count;
        self.count += count;
        self.micros += u128::from(micros) * u128::from(count);
        self.longest = self.longest.max(duration);
    }

    /// Forgets all of them.
    pub(in crate::commands) fn clear(&mut self) {
        self.buckets.fill(0);
        (self.count, self.micros, self.longest) = (0, 0, Duration::ZERO);
    }

    /// What is told of them.
    pub(in crate::commands) fn figures(&self) -> LatencyFigures {
        let average = if self.count == 0 { 0.0 } else { self.micros as f64 / self.count as f64 };
        LatencyFigures {
            average_ms: average / 1000.0,
            max: self.longest,
            p50: self.percentile(500),
            p95: self.percentile(950),
            p99: self.percentile(990),
            p999: self.percentile(999),
        }
    }

    /// The shortest duration that `permille` of a thousand do not pass, or a little more.
    fn percentile(&self, permille: u64) -> Duration {
        let rank = (u128::from(self.count) * u128::from(permille)).div_ceil(1000);
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
            seen += u128::from(*count);
            if seen >= rank {
                return Duration::from_micros(longest_in(bucket)).min(self.longest);
            }
        }
        Duration::ZERO
    }
}

fn bucket_of(micros: u64) -> usize {
    let shift = (u64::BITS - micros.leading_zeros()).saturating_sub(BITS + 1);
    ((shift as usize) << BITS) + usize::try_from(micros >> shift).unwrap_or(usize::MAX)
}

/// The longest duration that falls into `bucket`, in microseconds.
fn longest_in(bucket: usize) -> u64 {
    let shift = (bucket >> BITS).saturating_sub(1);
    let part = (bucket - (shift << BITS)) as u64;
    // The last one ends where 64 bits do.
    ((u128::from(part + 1) << shift) - 1).try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn micros(duration: Duration) -> u128 {
        duration.as_micros()
    }

    #[test]
    fn short_ones_are_told_exactly() {
        let mut latencies = Latencies::new();
        for micros in 1..=100 {
            latencies.add(Duration::from_micros(micros), 2);
        }
        let figures = latencies.figures();
        assert_eq!(figures.average_ms, 0.0505);
        let told = [figures.p50, figures.p95, figures.p99, figures.p999, figures.max].map(micros);
        assert_eq!(told, [50, 95, 99, 100, 100]);
    }

    #[test]
    fn a_few_long_ones_show_only_where_they_belong() {
        let mut latencies = Latencies::new();
        latencies.add(Duration::from_micros(10), 989);
        latencies.add(Duration::from_secs(2), 11);
        let figures = latencies.figures();
        assert_eq!([figures.p50, figures.p95].map(micros), [10, 10]);
        assert_eq!([figures.p99, figures.p999, figures.max], [Duration::from_secs(2); 3]);
        latencies.clear();
        assert_eq!(latencies.figures(), Latencies::new().figures());
        assert_eq!((latencies.figures().average_ms, latencies.figures().p999), (0.0, Duration::ZERO));
    }

    proptest! {
        #[test]
        fn a_bucket_holds_what_differs_by_a_hundredth(micros in any::<u64>(), shift in 0_u32..64) {
            let micros = micros >> shift;
            let bucket = bucket_of(micros);
            prop_assert!(bucket < BUCKETS);
            let longest = longest_in(bucket);
            prop_assert!(longest >= micros && longest - micros <= micros / 100, "{micros}: {longest}");
            prop_assert_eq!(bucket_of(longest), bucket);
        }
    }
}
