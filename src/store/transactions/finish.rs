//! Ending transactions in all their partitions, be it for a producer that died.

use super::state::{OpenState, TransactionFiles, TransactionPhase};
use crate::fs::{self, HeldLock};
use crate::log::transaction::COORDINATOR_EPOCH;
use crate::log::{LogAppender, LogConfig, LogError, Repair};
use crate::record::Offset;
use crate::record::control::EndMarker;
use crate::store::{StoreError, TopicPartition, WritableDataDir};

/// A transaction that was ended for a producer that died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedTransaction {
    /// Whose it was.
    pub producer_id: i64,
    /// The transactional id of that producer, if it has one.
    pub transactional_id: Option<String>,
    /// Whether it was committed, or else aborted.
    pub committed: bool,
    /// What opening its partitions has mended.
    pub repairs: Vec<Repair>,
}

/// How it is known where a transaction is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It is in all its partitions.
    KnownOpen,
    /// The logs tell.
    InTheLog,
}

/// Ends the transaction `state` in all its partitions, on the disk.
pub(super) fn end(
    dir: &WritableDataDir,
    files: &TransactionFiles,
    state: &OpenState,
    lookup: Lookup,
) -> Result<(), StoreError> {
    end_noting_repairs(dir, files, state, lookup, &mut Vec::new())
}

fn end_noting_repairs(
    dir: &WritableDataDir,
    files: &TransactionFiles,
    state: &OpenState,
    lookup: Lookup,
    repairs: &mut Vec<Repair>,
) -> Result<(), StoreError> {
    let marker = EndMarker {
        producer_id: state.producer_id,
        producer_epoch: state.producer_epoch,
        coordinator_epoch: COORDINATOR_EPOCH,
        commits: state.phase == TransactionPhase::PrepareCommit,
    };
    let others = OtherStates::read(files, state)?;
    for added in &state.partitions {
        let of = added.topic_partition();
        let topic = match dir.topic(&of.topic) {
            Ok(topic) => topic,
            // There is nobody left to be told.
            Err(StoreError::UnknownTopic { .. }) => continue,
            Err(error) => return Err(error),
        };
        let oldest = if topic.known_to_us {
            others.oldest_from(&of, added.from)
        } else {
            // A broker that is gone may have left transactions open that only the log tells of.
            0
        };
        let ended = LogAppender::open(&dir.partition_path(&of), LogConfig::from(&topic.config)).and_then(
            |mut appender| {
                match lookup {
                    Lookup::KnownOpen => drop(appender.commit_open_transaction(&marker)?),
                    Lookup::InTheLog => drop(appender.end_transaction(&marker, Offset(oldest))?),
                }
                repairs.extend(appender.take_repairs());
                appender.sync_all()
            },
        );
        match ended {
            Err(LogError::Gone(_)) => {}
            other => other.map_err(|source| StoreError::Log { partition: of, source })?,
        }
    }
    Ok(())
}

/// The open transactions of other producers.
struct OtherStates {
    readable: Vec<OpenState>,
    /// Whether there are some that cannot be read, so that nobody knows where they have begun.
    has_damaged: bool,
}

impl OtherStates {
    /// Reads those of others than the producer of `state`. One that comes to be after this look begins behind this one's.
    fn read(files: &TransactionFiles, state: &OpenState) -> Result<Self, StoreError> {
        let mut others = Self { readable: Vec::new(), has_damaged: false };
        for producer_id in files.producers_with_state()?.into_iter().filter(|id| *id != state.producer_id) {
            match files.read_state(producer_id) {
                Ok(found) => others.readable.extend(found),
                // Whoever ends that one complains about it.
                Err(_) => others.has_damaged = true,
            }
        }
        Ok(others)
    }

    /// Where the first of them that has to do with partition `of` may begin there, if that is before `from`.
    fn oldest_from(&self, of: &TopicPartition, from: i64) -> i64 {
        if self.has_damaged {
            // The log tells of all of them.
            return 0;
        }
        let all = self.readable.iter().flat_map(|state| &state.partitions);
        let in_it = all.filter(|added| added.topic == of.topic && added.partition == of.partition);
        in_it.map(|added| added.from).fold(from, i64::min)
    }
}

/// Removes the files of producers that died before they had a transaction. The caller holds the lock.
pub(super) fn sweep(files: &TransactionFiles) -> Result<(), StoreError> {
    for producer_id in files.producers()? {
        let presence = HeldLock::try_new(&files.presence(producer_id))?;
        if presence.is_some() && !files.has_state(producer_id)? {
            files.forget_state(producer_id)?;
            fs::remove_if_present(&files.presence(producer_id))?;
        }
    }
    Ok(())
}

/// What became of the transactions whose producers have died.
#[derive(Debug, Default)]
pub struct EndOfTheDead {
    /// Those that were ended.
    pub ended: Vec<EndedTransaction>,
    /// Why each of the others stays open.
    pub failures: Vec<StoreError>,
}

/// Ends the transactions whose producers have died.
pub(super) fn end_dead(dir: &WritableDataDir) -> Result<EndOfTheDead, StoreError> {
    let files = TransactionFiles::of(dir);
    let mut end = EndOfTheDead::default();
    if files.producers_with_state()?.is_empty() {
        return Ok(end);
    }
    let mut lock = files.lock()?;
    let _guard = lock.acquire()?;
    for producer_id in files.producers_with_state()? {
        match end_if_dead(dir, &files, producer_id) {
            Ok(found) => end.ended.extend(found),
            Err(error) => end.failures.push(error),
        }
    }
    Ok(end)
}

fn end_if_dead(
    dir: &WritableDataDir,
    files: &TransactionFiles,
    producer_id: i64,
) -> Result<Option<EndedTransaction>, StoreError> {
    let Some(_presence) = HeldLock::try_new(&files.presence(producer_id))? else { return Ok(None) };
    let mut repairs = Vec::new();
    let state = files.read_state(producer_id)?;
    if let Some(state) = &state {
        end_noting_repairs(dir, files, state, Lookup::InTheLog, &mut repairs)?;
    }
    files.forget_state(producer_id)?;
    fs::remove_if_present(&files.presence(producer_id))?;
    Ok(state.map(|state| EndedTransaction {
        producer_id,
        transactional_id: state.transactional_id,
        committed: state.phase == TransactionPhase::PrepareCommit,
        repairs,
    }))
}
