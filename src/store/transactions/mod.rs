//! Transactions over several partitions: what a broker's transaction coordinator does, without one.
//!
//! ```text
//! .mkafka/transactions/lock                held to give out a producer id, and to end what a dead producer left
//! .mkafka/transactions/producer-ids.json   the next producer id
//! .mkafka/transactions/ids/<id>.json       the producer id and epoch of a transactional id
//! .mkafka/transactions/open/<producer id>  locked as long as the producer lives
//! .mkafka/transactions/open/<producer id>.json   its open transaction, see `state`
//! ```
//!
//! A producer notes each partition in the file of its transaction, on the disk, before its first batch goes there.
//! To commit, it puts the data on the disk, then notes the decision there: from then on the transaction is
//! committed, whatever happens. Then each partition gets its marker, and the file goes.
//!
//! The kernel gives a dead producer's lock back. Whoever comes next and finds the file of a transaction with the
//! lock free goes on from it: commits what was decided to be committed, and aborts everything else. A partition in
//! which the transaction is not open any more, as its log says, needs nothing. So it does no harm to do this again.
//!
//! A second producer with the transactional id of one that lives is refused. Kafka's coordinator would fence the
//! older one, for it cannot know whether that is alive; here the kernel tells.

mod finish;
mod state;

use std::fmt;
use std::time::{Duration, Instant};

pub use finish::{EndOfTheDead, EndedTransaction};
pub use state::TransactionPhase;
use state::{OpenState, TransactionFiles};

use super::{DataDir, StoreError, TopicPartition, WritableDataDir};
use crate::fs::{self, HeldLock};
use crate::record::Offset;

/// The name under which a producer is the same one each time that it is started (`transactional.id`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionalId(String);

/// Why a text is no transactional id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransactionalId {
    /// It has no characters.
    #[error("the transactional.id is invalid: the empty string is not allowed")]
    Empty,
    /// It has more bytes than a string of Kafka's protocol can have.
    #[error("the transactional.id is invalid: it has {0} bytes, and the limit is {max}", max = TransactionalId::MAX_BYTES)]
    TooLong(usize),
}

impl TransactionalId {
    /// What a string of Kafka's protocol can hold, in bytes.
    pub const MAX_BYTES: usize = 32_767;

    /// Checks `id`.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn new(id: &str) -> Result<Self, InvalidTransactionalId> {
        match id.len() {
            0 => Err(InvalidTransactionalId::Empty),
            length if length > Self::MAX_BYTES => Err(InvalidTransactionalId::TooLong(length)),
            _ => Ok(Self(id.to_owned())),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransactionalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A transaction that this process may add to and end. Dropped without that, or with its process, it is aborted
/// by whoever comes next.
#[derive(Debug)]
pub struct Transaction {
    dir: WritableDataDir,
    files: TransactionFiles,
    state: OpenState,
    /// The producer's sign of life.
    _presence: HeldLock,
}

/// How long a producer waits for another one of its transactional id that may just be ending.
const PATIENCE: Duration = Duration::from_secs(2);

impl WritableDataDir {
    /// Makes this process a transactional producer: with an id of its own that nobody has had before, or with that
    /// of `transactional_id` and an epoch that is one higher than the last. What the last producer of that
    /// transactional id left open is ended first.
    ///
    /// # Errors
    /// [`StoreError::TransactionalIdInUse`] when such a producer is alive; otherwise when the files cannot be
    /// written.
    pub fn begin_transaction(
        &self,
        transactional_id: Option<&TransactionalId>,
    ) -> Result<Transaction, StoreError> {
        let files = TransactionFiles::of(self);
        files.create().map_err(|e| self.not_writable(e.into()))?;
        let began = Instant::now();
        loop {
            let mut lock = files.lock()?;
            let guard = lock.acquire()?;
            finish::sweep(&files)?;
            let known = transactional_id.map(|id| files.known_producer(id)).transpose()?.flatten();
            let producer_id = match known {
                Some((producer_id, _)) => producer_id,
                None => files.next_producer_id()?,
            };
            let Some(presence) = HeldLock::try_new(&files.presence(producer_id))? else {
                drop(guard);
                match transactional_id {
                    Some(id) if began.elapsed() >= PATIENCE => {
                        return Err(StoreError::TransactionalIdInUse(id.clone()));
                    }
                    _ => std::thread::sleep(Duration::from_millis(10)),
                }
                continue;
            };
            if let Some(left) = files.read_state(producer_id)? {
                finish::end(self, &files, &left, finish::Lookup::InTheLog)?;
                files.forget_state(producer_id)?;
            }
            let last = known.map(|(_, epoch)| epoch);
            if last.is_some_and(|epoch| epoch >= i16::MAX - 1) {
                // The epochs of a producer id are used up (ProducerIdAndEpoch.isEpochExhausted).
                if let Some(id) = transactional_id {
                    files.forget_producer(id)?;
                }
                fs::remove_if_present(&files.presence(producer_id))?;
                continue;
            }
            let producer_epoch = last.map_or(0, |epoch| epoch + 1);
            if let Some(id) = transactional_id {
                files.note_producer(id, producer_id, producer_epoch)?;
            }
            let state = OpenState::new(producer_id, producer_epoch, transactional_id);
            return Ok(Transaction { dir: self.clone(), files, state, _presence: presence });
        }
    }

    /// Ends what producers have left that died: commits what was decided to be, aborts everything else. Costs one
    /// look where there is nothing open.
    ///
    /// # Errors
    /// When it cannot be told what there is.
    pub fn end_dead_transactions(&self) -> Result<EndOfTheDead, StoreError> {
        finish::end_dead(self)
    }
}

impl DataDir {
    /// Whether some transaction has not ended, be its producer alive or not.
    ///
    /// # Errors
    /// When the folder that tells of them cannot be read.
    pub fn has_open_transactions(&self) -> Result<bool, StoreError> {
        Ok(!TransactionFiles::of(self).producers_with_state()?.is_empty())
    }
}

impl Transaction {
    /// The producer's id.
    pub fn producer_id(&self) -> i64 {
        self.state.producer_id
    }

    /// The producer's epoch.
    pub fn producer_epoch(&self) -> i16 {
        self.state.producer_epoch
    }

    /// Notes, on the disk, that the transaction is going to have batches in `partition`, none of them before `from`
    /// (`AddPartitionsToTxn`).
    ///
    /// # Errors
    /// When that cannot be noted: nothing of the transaction may be appended there.
    pub fn add_partition(&mut self, partition: &TopicPartition, from: Offset) -> Result<(), StoreError> {
        self.state.add_partition(partition, from);
        self.files.write_state(&self.state).map_err(StoreError::from)
    }

    /// Commits the transaction, all batches of which are on the disk.
    ///
    /// # Errors
    /// [`StoreError::NotCommitted`] when it was aborted instead; [`StoreError::TransactionInDoubt`] and
    /// [`StoreError::TransactionUnfinished`] when whoever comes next has to go on with it.
    pub fn commit(mut self) -> Result<(), StoreError> {
        if self.state.partitions.is_empty() {
            return self.leave();
        }
        self.state.phase = TransactionPhase::PrepareCommit;
        if let Err(error) = self.files.write_state(&self.state) {
            let error = Box::new(StoreError::from(error));
            // What the file says now is what whoever comes next goes by.
            let noted = self.files.read_state(self.state.producer_id);
            let is_undecided =
                noted.is_ok_and(|state| state.is_some_and(|state| state.phase == TransactionPhase::Ongoing));
            if !is_undecided {
                return Err(StoreError::TransactionInDoubt(error));
            }
            self.state.phase = TransactionPhase::Ongoing;
            self.abort()?;
            return Err(StoreError::NotCommitted(error));
        }
        self.end(finish::Lookup::KnownOpen)
    }

    /// Aborts the transaction.
    ///
    /// # Errors
    /// [`StoreError::TransactionUnfinished`] when whoever comes next has to go on with it.
    pub fn abort(self) -> Result<(), StoreError> {
        if self.state.partitions.is_empty() {
            return self.leave();
        }
        self.end(finish::Lookup::InTheLog)
    }

    fn end(self, lookup: finish::Lookup) -> Result<(), StoreError> {
        let ended = finish::end(&self.dir, &self.files, &self.state, lookup).and_then(|()| self.leave());
        ended.map_err(|source| StoreError::TransactionUnfinished {
            committed: self.state.phase == TransactionPhase::PrepareCommit,
            source: Box::new(source),
        })
    }

    /// Removes the files of this producer.
    fn leave(&self) -> Result<(), StoreError> {
        self.files.forget_state(self.state.producer_id)?;
        Ok(fs::remove_if_present(&self.files.presence(self.state.producer_id))?)
    }
}

#[cfg(test)]
mod tests;
