//! How fast records may follow one another.

use std::time::{Duration, Instant};

use crate::cli::rate::RateArg;
use crate::commands::interrupt::Interrupt;
use crate::producer::{ProduceError, Producer};

/// How far ahead of the rate records may be before they are held back: the waits between records of a high rate
/// would be too short for a clock, and batches would have one record each.
const AHEAD: Duration = Duration::from_millis(5);
/// The longest wait that a clock can be asked for; nobody waits that long for one record.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Holds records back so that they keep to one rate or several.
#[derive(Debug)]
pub(super) struct Pace {
    limits: Vec<Limit>,
    /// Whether what was not used up before is made up for, so that the rates hold on the average since the beginning.
    makes_up: bool,
}

#[derive(Debug)]
struct Limit {
    rate: RateArg,
    /// When the next record is due.
    due: Instant,
}

impl Pace {
    /// Keeps to all of `rates`; `None` where there are none.
    pub(super) fn new(rates: &[RateArg]) -> Option<Self> {
        let due = Instant::now();
        let limits: Vec<Limit> = rates.iter().map(|rate| Limit { rate: *rate, due }).collect();
        (!limits.is_empty()).then_some(Self { limits, makes_up: false })
    }

    /// Keeps to `rates` on the average: a wait for the disk, for one, is made up for behind it.
    pub(super) fn on_average(rates: &[RateArg]) -> Option<Self> {
        Self::new(rates).map(|pace| Self { makes_up: true, ..pace })
    }

    /// How long the next record has to wait at `now`; `None` when it may go.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let ahead = self.limits.iter().map(|limit| limit.due.saturating_duration_since(now)).max();
        ahead.filter(|ahead| *ahead >= AHEAD)
    }

    /// A record of so many bytes has gone at `now`.
    pub(super) fn spend(&mut self, bytes: usize, now: Instant) {
        let makes_up = self.makes_up;
        for limit in &mut self.limits {
            let seconds = match limit.rate {
                RateArg::Records(rate) => 1.0 / rate,
                RateArg::Bytes(rate) => bytes as f64 / rate,
            };
            let cost = Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST);
            // What was not used up before is not made up for, unless that is wanted.
            let from = if makes_up { limit.due } else { limit.due.max(now) };
            limit.due = from + cost;
        }
    }
}

/// Lets `wait` pass, or less, between two records that keep to a rate: has `producer` append and acknowledge what has
/// waited for others as long as `linger` says, or else sleeps. Answers whether there was something to append.
///
/// # Errors
/// When that cannot be appended or put on the disk.
pub(super) fn rest(
    producer: &mut Producer,
    linger: Option<Duration>,
    wait: Duration,
    now: Instant,
    interrupt: &Interrupt,
) -> Result<bool, ProduceError> {
    let linger_left = match (producer.pending_since(), linger) {
        (Some(since), Some(linger)) => Some(linger.saturating_sub(now.duration_since(since))),
        (Some(_), None) => Some(Duration::ZERO),
        // Appended, and not acknowledged before a flush.
        (None, _) => producer.is_unsettled().then_some(Duration::ZERO),
    };
    if linger_left == Some(Duration::ZERO) {
        return producer.flush().map(|()| true);
    }
    let due = linger_left.into_iter().chain(producer.sync_due_in()).min();
    interrupt.sleep(due.map_or(wait, |due| due.min(wait)));
    producer.sync_due().map(|()| false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many records of `bytes` go in the first `seconds`, where nothing else takes time.
    fn gone(rates: &[RateArg], bytes: usize, seconds: u64) -> u64 {
        let mut pace = Pace::new(rates).expect("a rate");
        let start = Instant::now();
        let (mut now, mut count) = (start, 0);
        loop {
            if let Some(wait) = pace.wait(now) {
                now += wait;
            }
            if now.duration_since(start) >= Duration::from_secs(seconds) {
                return count;
            }
            pace.spend(bytes, now);
            count += 1;
        }
    }

    #[test]
    fn the_rate_is_kept() {
        for (rates, expected) in [
            (&[RateArg::Records(2.0)][..], 20),
            (&[RateArg::Records(1000.0)], 10_000),
            (&[RateArg::Bytes(5000.0)], 500),
            (&[RateArg::Records(10.0), RateArg::Bytes(5000.0)], 100),
            (&[RateArg::Records(1000.0), RateArg::Bytes(5000.0)], 500),
        ] {
            let count = gone(rates, 100, 10);
            // What is let go ahead comes on top of it.
            assert!((expected..=expected + 10).contains(&count), "{rates:?}: {count}");
        }
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let mut pace = Pace::new(&[RateArg::Records(10.0)]).expect("a rate");
        let later = Instant::now() + Duration::from_secs(60);
        pace.spend(1, later);
        assert_eq!(pace.wait(later), Some(Duration::from_millis(100)));
        assert_eq!(pace.wait(later + Duration::from_millis(100)), None);
    }

    #[test]
    fn on_the_average_a_pause_is_made_up_for() {
        let mut pace = Pace::on_average(&[RateArg::Records(10.0)]).expect("a rate");
        let later = Instant::now() + Duration::from_secs(60);
        let mut gone = 0;
        while pace.wait(later).is_none() {
            pace.spend(1, later);
            gone += 1;
        }
        // Those of a minute, and the one that goes ahead.
        assert!((600..=602).contains(&gone), "{gone}");
    }

    #[test]
    fn the_slowest_rate_is_no_trouble() {
        let mut pace = Pace::new(&[RateArg::Records(f64::MIN_POSITIVE)]).expect("a rate");
        pace.spend(1, Instant::now());
        assert!(pace.wait(Instant::now()).is_some());
    }
}
