//! Control records: what a batch with the control flag holds instead of data (KIP-98, KIP-595).

use super::Timestamp;
use super::batch_producer::BatchProducer;
use super::builder::{BatchBuilder, EncodedBatch, NewRecord};
use super::decoder::RecordRef;

/// What a control record says (`ControlRecordType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlType {
    /// The transaction was aborted.
    Abort,
    /// The transaction was committed.
    Commit,
    /// KRaft: another leader.
    LeaderChange,
    /// KRaft: a snapshot begins.
    SnapshotHeader,
    /// KRaft: a snapshot ends.
    SnapshotFooter,
    /// KRaft: the protocol's version.
    KRaftVersion,
    /// KRaft: who votes.
    KRaftVoters,
    /// A type that came later.
    Unknown(i16),
}

impl ControlType {
    /// The type in the key of a control record: `i16` version, `i16` type.
    ///
    /// # Errors
    /// A phrase saying what is wrong with the key.
    pub fn of(record: &RecordRef<'_>) -> Result<Self, &'static str> {
        let key = record.key.ok_or("it is a control record without a key")?;
        let Some((head, _)) = key.split_first_chunk::<4>() else {
            return Err("its control key is shorter than 4 bytes");
        };
        let [v0, v1, t0, t1] = *head;
        if i16::from_be_bytes([v0, v1]) < 0 {
            return Err("its control key has a negative version");
        }
        Ok(Self::from_id(i16::from_be_bytes([t0, t1])))
    }

    fn from_id(id: i16) -> Self {
        match id {
            0 => Self::Abort,
            1 => Self::Commit,
            2 => Self::LeaderChange,
            3 => Self::SnapshotHeader,
            4 => Self::SnapshotFooter,
            5 => Self::KRaftVersion,
            6 => Self::KRaftVoters,
            other => Self::Unknown(other),
        }
    }

    /// The number that stands in the key; −1 for every type that is unknown (`ControlRecordType.UNKNOWN`).
    pub fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::LeaderChange => 2,
            Self::SnapshotHeader => 3,
            Self::SnapshotFooter => 4,
            Self::KRaftVersion => 5,
            Self::KRaftVoters => 6,
            Self::Unknown(_) => -1,
        }
    }

    /// Kafka's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abort => "ABORT",
            Self::Commit => "COMMIT",
            Self::LeaderChange => "LEADER_CHANGE",
            Self::SnapshotHeader => "SNAPSHOT_HEADER",
            Self::SnapshotFooter => "SNAPSHOT_FOOTER",
            Self::KRaftVersion => "KRAFT_VERSION",
            Self::KRaftVoters => "KRAFT_VOTERS",
            Self::Unknown(_) => "UNKNOWN",
        }
    }
}

/// The epoch of the transaction coordinator in a commit or abort marker's value: `i16` version, `i32` epoch.
///
/// # Errors
/// A phrase saying what is wrong with the value.
pub fn coordinator_epoch(record: &RecordRef<'_>) -> Result<i32, &'static str> {
    let value = record.value.ok_or("it is a transaction marker without a value")?;
    let Some((head, _)) = value.split_first_chunk::<6>() else {
        return Err("its transaction marker is shorter than 6 bytes");
    };
    let [v0, v1, e0, e1, e2, e3] = *head;
    if i16::from_be_bytes([v0, v1]) < 0 {
        return Err("its transaction marker has a negative version");
    }
    Ok(i32::from_be_bytes([e0, e1, e2, e3]))
}

/// Whether a control record says what those of its type must: a reader that cannot make out a transaction's end
/// cannot go on.
///
/// # Errors
/// A phrase saying what is wrong with it.
pub fn check(record: &RecordRef<'_>) -> Result<(), &'static str> {
    match ControlType::of(record)? {
        ControlType::Abort | ControlType::Commit => coordinator_epoch(record).map(drop),
        _ => Ok(()),
    }
}

/// What ends a transaction in a partition (Kafka's `EndTransactionMarker`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndMarker {
    /// Whose transaction it is.
    pub producer_id: i64,
    /// In which epoch of that producer.
    pub producer_epoch: i16,
    /// Epoch of the transaction coordinator, from 0.
    pub coordinator_epoch: i32,
    /// Whether the transaction is committed, or else aborted.
    pub commits: bool,
}

impl EndMarker {
    /// The control batch of this marker, written at `timestamp` (`MemoryRecords.withEndTransactionMarker`).
    pub fn encode(&self, timestamp: Timestamp) -> EncodedBatch {
        let kind = if self.commits { ControlType::Commit } else { ControlType::Abort };
        let mut key = [0; 4];
        key[2..].copy_from_slice(&kind.id().to_be_bytes());
        let mut value = [0; 6];
        value[2..].copy_from_slice(&self.coordinator_epoch.to_be_bytes());
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord { timestamp, key: Some(&key), value: Some(&value), headers: &[] });
        builder.set_producer(BatchProducer::of_marker(self.producer_id, self.producer_epoch));
        let mut batch = EncodedBatch::default();
        builder.finish_uncompressed(&mut batch);
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Batch, RecordDecoder};
    use super::*;

    #[test]
    fn a_marker_is_read_back() {
        for commits in [true, false] {
            let marker = EndMarker { producer_id: 77, producer_epoch: 3, coordinator_epoch: 9, commits };
            let encoded = marker.encode(Timestamp(5));
            let batch = Batch::parse(encoded.bytes()).expect("a batch").expect("a whole one");
            batch.verify().expect("its checksum");
            let header = batch.header();
            assert!(header.attributes.is_control() && header.attributes.is_transactional());
            assert_eq!((header.producer_id, header.producer_epoch, header.base_sequence), (77, 3, -1));
            let mut decoder = RecordDecoder::new();
            let mut records = decoder.records(&batch).expect("records");
            let record = records.next().expect("readable").expect("one record");
            let kind = if commits { ControlType::Commit } else { ControlType::Abort };
            assert_eq!((ControlType::of(&record), coordinator_epoch(&record)), (Ok(kind), Ok(9)));
            assert_eq!(record.timestamp, Timestamp(5));
        }
    }
}
