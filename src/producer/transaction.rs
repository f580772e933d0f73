//! A producer's batches as parts of one transaction (Kafka's `TransactionManager`).

use super::{Acks, ProduceError, Producer, number};
use crate::record::BatchProducer;
use crate::record::header::increment_sequence;
use crate::store::{TopicName, TopicPartition, Transaction};

/// The transaction that a producer is in.
#[derive(Debug)]
pub(super) struct InTransaction {
    transaction: Transaction,
    topic: TopicName,
    /// The sequence number of the next record of each partition; `None` before its first.
    sequences: Vec<Option<i32>>,
    /// Whether something that was to be in it is not: it can only be aborted.
    has_failed: bool,
}

impl InTransaction {
    /// Takes note that a batch of `count` records is in the log of the `at`-th partition.
    pub(super) fn appended(&mut self, at: usize, count: i32) {
        if let Some(Some(sequence)) = self.sequences.get_mut(at) {
            *sequence = increment_sequence(*sequence, count);
        }
    }

    /// Takes note that a batch could not be appended.
    pub(super) fn fail(&mut self) {
        self.has_failed = true;
    }
}

impl Producer {
    /// Makes everything that is sent from now on a part of `transaction`; `topic` is the one that this produces to.
    /// Syncs wait until it is committed.
    pub fn begin_transaction(&mut self, transaction: Transaction, topic: TopicName) {
        let sequences = vec![None; self.partitions.len()];
        // A failure must not be hidden.
        self.config.acks = Acks::All;
        self.transaction = Some(Box::new(InTransaction { transaction, topic, sequences, has_failed: false }));
    }

    /// Whether there is a transaction that is to be ended.
    pub fn is_in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Appends what is pending, puts it on the disk, and commits the transaction. If it cannot be committed it is
    /// aborted.
    ///
    /// # Errors
    /// When it was not committed, or that has not come to its end: the error says which.
    pub fn commit_transaction(&mut self) -> Result<(), ProduceError> {
        let ready = self.flush().and_then(|()| self.sync_transaction());
        if let Err(error) = ready {
            // What is aborted later is aborted too, by whoever comes next.
            let _ = self.abort_transaction();
            return Err(error);
        }
        match self.transaction.take() {
            Some(ended) => Ok(ended.transaction.commit().inspect_err(|_| self.receipts.clear())?),
            None => Ok(()),
        }
    }

    /// Aborts the transaction, and drops what is pending.
    ///
    /// # Errors
    /// When it has not come to its end: whoever comes next aborts it.
    pub fn abort_transaction(&mut self) -> Result<(), ProduceError> {
        for pending in &mut self.partitions {
            pending.builder.clear();
        }
        self.pending_bytes = 0;
        self.pending_since = None;
        self.receipts.clear();
        match self.transaction.take() {
            Some(ended) => Ok(ended.transaction.abort()?),
            None => Ok(()),
        }
    }

    /// Puts all that is in the transaction on the disk.
    fn sync_transaction(&mut self) -> Result<(), ProduceError> {
        let Some(transaction) = &self.transaction else { return Ok(()) };
        if transaction.has_failed {
            return Err(ProduceError::TransactionFailed);
        }
        for (at, pending) in self.partitions.iter_mut().enumerate() {
            if let Some(appender) = &mut pending.appender {
                appender.sync_all().map_err(|source| ProduceError::Log { partition: number(at), source })?;
            }
        }
        Ok(())
    }

    /// Makes the batch that is finished next, that of the `at`-th partition, a part of the transaction. Before the
    /// first one the transaction takes note of the partition.
    pub(super) fn join_transaction(&mut self, at: usize) -> Result<(), ProduceError> {
        let Some(transaction) = &mut self.transaction else { return Ok(()) };
        let pending = &mut self.partitions[at];
        let in_log = |source| ProduceError::Log { partition: number(at), source };
        let sequence = match transaction.sequences[at] {
            Some(sequence) => sequence,
            None => {
                let noted = pending
                    .appender(&self.topic.partitions[at], self.topic.log)
                    .and_then(|appender| appender.log_end_offset())
                    .map_err(in_log)
                    .and_then(|end| {
                        let of = TopicPartition::new(transaction.topic.clone(), number(at));
                        Ok(transaction.transaction.add_partition(&of, end)?)
                    });
                if let Err(error) = noted {
                    transaction.has_failed = true;
                    pending.builder.clear();
                    return Err(error);
                }
                *transaction.sequences[at].insert(0)
            }
        };
        let (id, epoch) = (transaction.transaction.producer_id(), transaction.transaction.producer_epoch());
        pending.builder.set_producer(BatchProducer::in_transaction(id, epoch, sequence));
        Ok(())
    }
}
