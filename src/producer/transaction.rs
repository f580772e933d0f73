//! A producer's batches as parts of one transaction (Kafka's `TransactionManager`).

use super::dispatch::Dispatch;
use super::{Acks, ProduceError, Producer, locked, number};
use crate::record::header::increment_sequence;
use crate::record::{BatchBuilder, BatchProducer};
use crate::store::{TopicName, TopicPartition, Transaction};

/// The transaction that a producer is in.
#[derive(Debug)]
pub(super) struct InTransaction {
    transaction: Transaction,
    topic: TopicName,
    /// The sequence number of the next record of each partition; `None` before its first.
    sequences: Vec<Option<i32>>,
    /// The partition and first sequence number of the batch that left last.
    last: Option<(usize, i32)>,
    /// Whether something that was to be in it is not: it can only be aborted.
    has_failed: bool,
}

impl Producer {
    /// Makes everything that is sent from now on a part of `transaction`; `topic` is the one that this produces to.
    pub fn begin_transaction(&mut self, transaction: Transaction, topic: TopicName) {
        let sequences = vec![None; self.accumulator.partitions()];
        // What is committed must be on the disk, and no failure be hidden.
        self.dispatch.acks = Acks::All;
        locked(&self.dispatch.sender).ask_for_the_disk();
        let begun = InTransaction { transaction, topic, sequences, last: None, has_failed: false };
        self.dispatch.transaction = Some(Box::new(begun));
    }

    /// Whether there is a transaction that is to be ended.
    pub fn is_in_transaction(&self) -> bool {
        self.dispatch.transaction.is_some()
    }

    /// Appends what is pending, puts it on the disk, and commits the transaction. If it cannot be committed it is
    /// aborted.
    ///
    /// # Errors
    /// When it was not committed, or that has not come to its end: the error says which.
    pub fn commit_transaction(&mut self) -> Result<(), ProduceError> {
        if let Err(error) = self.flush().and_then(|()| self.dispatch.settle_transaction()) {
            // If that fails too, whoever comes next does it.
            let _ = self.abort_transaction();
            return Err(error);
        }
        match self.dispatch.transaction.take() {
            Some(ended) => {
                Ok(ended.transaction.commit().inspect_err(|_| self.dispatch.news.receipts.clear())?)
            }
            None => Ok(()),
        }
    }

    /// Aborts the transaction, and drops what is pending.
    ///
    /// # Errors
    /// When it has not come to its end: whoever comes next aborts it.
    pub fn abort_transaction(&mut self) -> Result<(), ProduceError> {
        self.accumulator.clear();
        // Nothing of it may come behind its marker. What has failed is aborted like the rest.
        let _ = self.dispatch.wait_for_pipeline();
        self.dispatch.news.receipts.clear();
        match self.dispatch.transaction.take() {
            Some(ended) => Ok(ended.transaction.abort()?),
            None => Ok(()),
        }
    }
}

impl Dispatch {
    /// Makes sure that all that is in the transaction is on the disk.
    fn settle_transaction(&mut self) -> Result<(), ProduceError> {
        let mut sender = locked(&self.sender);
        let settled = sender.settle();
        self.news.extend(sender.take_news());
        drop(sender);
        match &self.transaction {
            Some(transaction) if transaction.has_failed => settled.and(Err(ProduceError::TransactionFailed)),
            _ => settled,
        }
    }

    /// Makes `builder`, the batch of the `at`-th partition, which is leaving, a part of the transaction, if there is
    /// one. Before the first one the transaction takes note of the partition.
    pub(super) fn join_transaction(
        &mut self,
        at: usize,
        builder: &mut BatchBuilder,
    ) -> Result<(), ProduceError> {
        let Some(transaction) = &mut self.transaction else { return Ok(()) };
        let sequence = match transaction.sequences[at] {
            Some(sequence) => sequence,
            None => {
                let end = locked(&self.sender).log_end_offset(at);
                let of = TopicPartition::new(transaction.topic.clone(), number(at));
                let noted = end.and_then(|end| Ok(transaction.transaction.add_partition(&of, end)?));
                if noted.is_err() {
                    transaction.has_failed = true;
                    builder.clear();
                    return noted;
                }
                0
            }
        };
        transaction.sequences[at] = Some(increment_sequence(sequence, builder.count()));
        transaction.last = Some((at, sequence));
        let (id, epoch) = (transaction.transaction.producer_id(), transaction.transaction.producer_epoch());
        builder.set_producer(BatchProducer::in_transaction(id, epoch, sequence));
        Ok(())
    }

    /// Takes note in the transaction that something could not be appended, if that is the outcome.
    pub(super) fn note_outcome(&mut self, outcome: Result<(), ProduceError>) -> Result<(), ProduceError> {
        if let (Err(_), Some(transaction)) = (&outcome, &mut self.transaction) {
            transaction.has_failed = true;
        }
        outcome
    }

    /// Takes note in the transaction that the batch of the `at`-th partition that left last was refused: a record
    /// that is too large, which the caller can do without, has taken no sequence number.
    pub(super) fn note_refused(&mut self, at: usize, failure: &ProduceError) {
        let Some(transaction) = &mut self.transaction else { return };
        match (failure, transaction.last) {
            (ProduceError::RecordTooLarge { .. }, Some((last, sequence))) if last == at => {
                transaction.sequences[at] = Some(sequence);
            }
            _ => transaction.has_failed = true,
        }
    }
}
