//! How far the records that were sent are acknowledged, whichever batches and partitions they went to.

use std::collections::VecDeque;

use super::Receipt;

/// Keeps account of which records are acknowledged, counted in the order in which they were sent.
#[derive(Debug)]
pub(super) struct Ledger {
    /// How many records have been sent.
    sent: u64,
    /// The first record of each batch that is not acknowledged, in the order of its partition.
    open: Vec<VecDeque<u64>>,
    /// How many of the receipts at hand have been noted.
    noted: usize,
    /// Whether an append has failed: its batch stays open, and receipts that come later are others'.
    is_closed: bool,
}

impl Ledger {
    /// For so many partitions.
    pub(super) fn new(partitions: usize) -> Self {
        Self { sent: 0, open: vec![VecDeque::new(); partitions], noted: 0, is_closed: false }
    }

    /// Records were added to a batch that has been begun.
    #[inline]
    pub(super) fn add(&mut self, records: u64) {
        self.sent += records;
    }

    /// A record was the first one of a batch for the `at`-th partition.
    pub(super) fn begin_batch(&mut self, at: usize) {
        self.open[at].push_back(self.sent);
        self.sent += 1;
    }

    /// These batches were made of the next `records` records: for which partition each, and how many of the records come
    /// before its first one.
    pub(super) fn begin_batches(&mut self, batches: impl Iterator<Item = (usize, u64)>, records: u64) {
        for (at, first) in batches {
            self.open[at].push_back(self.sent + first);
        }
        self.sent += records;
    }

    /// Notes the receipts at hand that are new. After one failure nothing more is noted: what is missing must be
    /// sent again, at the risk of having some of it twice.
    pub(super) fn note(&mut self, receipts: &[Receipt], has_failed: bool) {
        for receipt in receipts.get(self.noted..).unwrap_or_default() {
            let open = usize::try_from(receipt.partition).ok().and_then(|at| self.open.get_mut(at));
            if let Some(open) = open.filter(|_| !self.is_closed) {
                open.pop_front();
            }
        }
        self.noted = receipts.len();
        self.is_closed |= has_failed;
    }

    /// The receipts at hand are being taken away.
    pub(super) fn forget_receipts(&mut self) {
        self.noted = 0;
    }

    /// How many records from the first on are acknowledged without a gap.
    pub(super) fn acknowledged(&self) -> u64 {
        self.open.iter().filter_map(VecDeque::front).min().copied().unwrap_or(self.sent)
    }

    /// Whether all are.
    pub(super) fn has_all(&self) -> bool {
        self.open.iter().all(VecDeque::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Appended;
    use crate::record::Offset;

    fn receipt(partition: i32) -> Receipt {
        Receipt { partition, offsets: Appended { first: Offset(0), end: Offset(1) }, bytes: 1 }
    }

    #[test]
    fn the_first_gap_counts() {
        let mut ledger = Ledger::new(2);
        ledger.begin_batch(0);
        ledger.add(2);
        ledger.begin_batch(1);
        ledger.begin_batch(0);
        assert_eq!((ledger.acknowledged(), ledger.has_all()), (0, false));
        ledger.note(&[receipt(1)], false);
        assert_eq!(ledger.acknowledged(), 0);
        ledger.note(&[receipt(1), receipt(0)], false);
        assert_eq!(ledger.acknowledged(), 4);
        ledger.forget_receipts();
        ledger.note(&[receipt(0)], false);
        assert_eq!((ledger.acknowledged(), ledger.has_all()), (5, true));
    }

    #[test]
    fn batches_that_were_made_together_count_each() {
        let mut ledger = Ledger::new(2);
        ledger.begin_batches([(0, 0), (1, 2), (0, 7)].into_iter(), 10);
        ledger.begin_batches([(1, 0)].into_iter(), 5);
        ledger.note(&[receipt(0)], false);
        assert_eq!(ledger.acknowledged(), 2);
        ledger.note(&[receipt(0), receipt(1)], false);
        assert_eq!(ledger.acknowledged(), 7);
        ledger.note(&[receipt(0), receipt(1), receipt(0)], false);
        assert_eq!(ledger.acknowledged(), 10);
    }

    #[test]
    fn what_comes_behind_a_failure_is_no_part_of_it() {
        let mut ledger = Ledger::new(1);
        ledger.begin_batch(0);
        ledger.begin_batch(0);
        ledger.begin_batch(0);
        // The second is lost, the third is appended all the same.
        ledger.note(&[receipt(0)], true);
        ledger.note(&[receipt(0), receipt(0)], false);
        assert_eq!((ledger.acknowledged(), ledger.has_all()), (1, false));
    }
}
