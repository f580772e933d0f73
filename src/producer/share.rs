//! How much of what is appended to a producer's partitions is its own.
//!
//! A producer that is alone uses every core. Where several append to the same partitions, their threads would only
//! wait for each other, and use more memory than the cores' caches have room for: on two cores, eight producers of two
//! threads each took 0.22 seconds where eight of one thread took 0.17. So each takes what is its share of the cores. What
//! it appends tells of its threads, though, so that a producer that comes later gets those that the others leave over.

/// After so many appends what came before them counts half.
const HALF_LIFE: u32 = 8;

/// Bytes that were appended to a producer's partitions since it has been appending to them.
#[derive(Debug, Default)]
pub(super) struct Share {
    own: u64,
    others: u64,
    appends: u32,
    /// Whether there have been enough of them to tell.
    is_known: bool,
}

impl Share {
    /// Takes note of an append of `own` bytes, to where others have appended `others` since the one before.
    pub(super) fn note(&mut self, own: u64, others: u64) {
        self.own = self.own.saturating_add(own);
        self.others = self.others.saturating_add(others);
        self.appends += 1;
        if self.appends == HALF_LIFE {
            *self = Self { own: self.own / 2, others: self.others / 2, appends: 0, is_known: true };
        }
    }

    /// What falls to this producer of so many cores: one at the least, and no more as long as too little is known.
    pub(super) fn of(&self, cores: usize) -> usize {
        let (own, others) = (u128::from(self.own), u128::from(self.others));
        let (all, cores) = (own + others, cores as u128);
        let share = if self.is_known && all > 0 { (2 * cores * own + all) / (2 * all) } else { 1 };
        usize::try_from(share.clamp(1, cores.max(1))).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What falls to a producer of eight cores once it has appended so often, between so many of others.
    fn of_eight(share: &mut Share, own: u64, others: u64) -> usize {
        (0..100).for_each(|_| share.note(own, others));
        share.of(8)
    }

    #[test]
    fn who_is_alone_has_all_cores() {
        let mut share = Share::default();
        for _ in 0..HALF_LIFE {
            assert_eq!((share.of(8), share.of(0)), (1, 1), "too little is known");
            share.note(500, 0);
        }
        assert_eq!((share.of(8), share.of(1), share.of(0)), (8, 1, 1));
    }

    #[test]
    fn cores_are_shared_by_what_is_appended() {
        let share = |own, others| of_eight(&mut Share::default(), own, others);
        assert_eq!((share(5000, 5000), share(5000, 35_000), share(5000, 500_000)), (4, 1, 1));
        assert_eq!(share(5000, 3), 8, "somebody who appends a little now and then");
        assert_eq!((share(u64::MAX, 0), share(1, u64::MAX)), (8, 1));
    }

    #[test]
    fn who_is_gone_is_forgotten() {
        let mut share = Share::default();
        assert_eq!(of_eight(&mut share, 4000, 28_000), 1);
        assert_eq!(of_eight(&mut share, 4000, 0), 8);
        assert_eq!(of_eight(&mut share, 4000, 28_000), 1);
    }
}
