//! The `.txnindex` of a segment: the aborted transactions whose markers are in it (Kafka's `TransactionIndex`).
//!
//! An entry is written before the marker that it tells of, for a reader of Kafka's that finds the marker without
//! the entry would take the transaction for a committed one. An entry whose marker never came is written over by
//! the one that tells of the marker that did.

use super::cleaner::LogSummary;
use super::segment::SegmentPath;
use crate::fs::{self, FileError, LogFile};
use crate::record::Offset;
use crate::record::header::array;

/// A transaction that was aborted, as a `.txnindex` has it (Kafka's `AbortedTxn`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AbortedTxn {
    pub(super) producer_id: i64,
    /// Of its first batch.
    pub(super) first_offset: Offset,
    /// Of its abort marker.
    pub(super) last_offset: Offset,
    /// Up to where all transactions were decided once it was.
    pub(super) last_stable_offset: Offset,
}

impl AbortedTxn {
    /// Bytes of an entry.
    pub(super) const LEN: usize = 34;

    /// Whether both tell of the same end of a transaction.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        (self.producer_id, self.last_offset) == (other.producer_id, other.last_offset)
    }

    /// The bytes of its entry: a version, and the fields in order.
    pub(super) fn encode(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        let fields = [self.producer_id, self.first_offset.0, self.last_offset.0, self.last_stable_offset.0];
        for (n, field) in fields.iter().enumerate() {
            out[2 + 8 * n..10 + 8 * n].copy_from_slice(&field.to_be_bytes());
        }
        out
    }

    /// Reads an entry. There is one version only.
    fn decode(bytes: &[u8; Self::LEN]) -> Self {
        let long = |n: usize| i64::from_be_bytes(array(bytes, 2 + 8 * n));
        Self {
            producer_id: long(0),
            first_offset: Offset(long(1)),
            last_offset: Offset(long(2)),
            last_stable_offset: Offset(long(3)),
        }
    }
}

/// Notes in the index of `segment` that `aborted` is about to end there, and puts that on the disk.
///
/// # Errors
/// When the index cannot be read or written.
pub(super) fn note(segment: &SegmentPath, aborted: &AbortedTxn) -> Result<(), FileError> {
    let path = segment.txn_index();
    let is_new = !path.exists();
    let file = LogFile::open(&path)?;
    let whole = file.len()? / AbortedTxn::LEN as u64;
    let same = match whole.checked_sub(1) {
        Some(last) => entry_at(&file, last)?.is_some_and(|entry| {
            (entry.producer_id, entry.first_offset) == (aborted.producer_id, aborted.first_offset)
        }),
        None => false,
    };
    let entries = whole - u64::from(same);
    file.write_all_at(&aborted.encode(), entries * AbortedTxn::LEN as u64)?;
    file.sync_data()?;
    if is_new && let Some(dir) = path.parent() {
        fs::sync_dir(dir)?;
    }
    Ok(())
}

/// Drops the entries of `segment` that tell of markers at `end` or behind, which are not there
/// (`TransactionIndex.truncateTo`).
///
/// # Errors
/// When the index cannot be read or cut.
pub(super) fn truncate_to(segment: &SegmentPath, end: Offset) -> Result<(), FileError> {
    let path = segment.txn_index();
    if !path.exists() {
        return Ok(());
    }
    let file = LogFile::open(&path)?;
    let length = file.len()?;
    let mut kept = length / AbortedTxn::LEN as u64;
    while let Some(last) = kept.checked_sub(1)
        && entry_at(&file, last)?.is_some_and(|entry| entry.last_offset >= end)
    {
        kept = last;
    }
    if kept * (AbortedTxn::LEN as u64) < length {
        file.truncate(kept * AbortedTxn::LEN as u64)?;
    }
    Ok(())
}

/// The entry of number `n`, from 0.
fn entry_at(file: &LogFile, n: u64) -> Result<Option<AbortedTxn>, FileError> {
    let mut bytes = [0; AbortedTxn::LEN];
    let read = file.read_at(&mut bytes, n * AbortedTxn::LEN as u64)?;
    Ok((read == AbortedTxn::LEN).then(|| AbortedTxn::decode(&bytes)))
}

/// All entries of `segment`, and whether there is nothing else: neither a part of an entry, nor one of a version that
/// does not exist.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn entries(segment: &SegmentPath) -> Result<(Vec<AbortedTxn>, bool), FileError> {
    let bytes = fs::read_if_present(&segment.txn_index())?.unwrap_or_default();
    let (whole, rest) = bytes.as_chunks::<{ AbortedTxn::LEN }>();
    let known = whole.iter().filter(|entry| entry[..2] == [0; 2]);
    let entries: Vec<AbortedTxn> = known.map(AbortedTxn::decode).collect();
    let is_whole = rest.is_empty() && entries.len() == whole.len();
    Ok((entries, is_whole))
}

/// Which of the transactions that were aborted with their markers in `segment`, as `summary` of the log has it, lack an
/// entry there, or have another than they should.
pub(super) fn missing(
    segment: &SegmentPath,
    next: Option<Offset>,
    summary: &LogSummary,
    entries: &[AbortedTxn],
) -> Vec<AbortedTxn> {
    let is_there = |aborted: &&AbortedTxn| entries.iter().any(|entry| summary.agrees(aborted, entry));
    summary.aborted_in(segment.base_offset(), next).filter(|aborted| !is_there(aborted)).copied().collect()
}

/// Adds what the index of `segment`, behind which the one at `next` comes, lacks of what was aborted, puts right what is
/// wrong, and drops what is no entry; whether there was anything to do.
///
/// # Errors
/// When the index cannot be read or written.
pub(super) fn mend(
    segment: &SegmentPath,
    next: Option<Offset>,
    summary: &LogSummary,
) -> Result<bool, FileError> {
    let (mut entries, is_whole) = entries(segment)?;
    let missing = missing(segment, next, summary, &entries);
    if missing.is_empty() && is_whole {
        return Ok(false);
    }
    entries.retain(|entry| !missing.iter().any(|right| entry.is_of_same(right)));
    entries.extend(missing);
    entries.sort_by_key(|entry| entry.last_offset);
    let bytes: Vec<u8> = entries.iter().flat_map(AbortedTxn::encode).collect();
    fs::write_atomically(&segment.txn_index(), &bytes)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aborted(producer_id: i64, first: i64, last: i64) -> AbortedTxn {
        AbortedTxn {
            producer_id,
            first_offset: Offset(first),
            last_offset: Offset(last),
            last_stable_offset: Offset(last + 1),
        }
    }

    fn all(segment: &SegmentPath) -> Vec<AbortedTxn> {
        entries(segment).expect("readable").0
    }

    #[test]
    fn what_the_log_tells_is_added_and_what_is_there_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let segment = SegmentPath::new(dir.path(), Offset(0));
        let by_log = [aborted(1, 0, 5), aborted(2, 3, 9), aborted(3, 4, 12)];
        note(&segment, &AbortedTxn { last_stable_offset: Offset(3), ..aborted(2, 3, 9) }).expect("noted");
        let mut summary = LogSummary::default();
        summary.aborted = by_log.to_vec();
        let mend = || mend(&segment, None, &summary).expect("mended");
        assert!(mend());
        let kept = AbortedTxn { last_stable_offset: Offset(3), ..aborted(2, 3, 9) };
        assert_eq!(all(&segment), [by_log[0], kept, by_log[2]]);
        assert!(!mend());
        let torn = std::fs::read(segment.txn_index()).expect("there")[..80].to_vec();
        std::fs::write(segment.txn_index(), torn).expect("written");
        assert_eq!((all(&segment).len(), entries(&segment).expect("readable").1), (2, false));
        assert!(mend());
        assert_eq!(all(&segment), [by_log[0], kept, by_log[2]]);
        // A beginning behind the one that the log has, and a version that does not exist.
        let mut bytes = std::fs::read(segment.txn_index()).expect("there");
        bytes[AbortedTxn::LEN + 17] += 1;
        bytes[2 * AbortedTxn::LEN + 1] = 1;
        std::fs::write(segment.txn_index(), bytes).expect("written");
        assert!(mend());
        assert_eq!(all(&segment), by_log);
    }

    #[test]
    fn entries_are_added_replaced_and_dropped() {
        let dir = tempfile::tempdir().expect("a folder");
        let segment = SegmentPath::new(dir.path(), Offset(0));
        truncate_to(&segment, Offset(0)).expect("nothing to do");
        assert!(!segment.txn_index().exists());
        note(&segment, &aborted(1, 0, 5)).expect("noted");
        note(&segment, &aborted(2, 3, 9)).expect("noted");
        // Its marker did not come there, but later.
        note(&segment, &aborted(2, 3, 12)).expect("noted");
        assert_eq!(all(&segment), [aborted(1, 0, 5), aborted(2, 3, 12)]);
        truncate_to(&segment, Offset(13)).expect("cut");
        assert_eq!(all(&segment).len(), 2);
        truncate_to(&segment, Offset(12)).expect("cut");
        assert_eq!(all(&segment), [aborted(1, 0, 5)]);
        // What is no whole entry counts for nothing.
        std::fs::write(segment.txn_index(), [&aborted(1, 0, 5).encode()[..], &[0; 7]].concat()).expect("ok");
        note(&segment, &aborted(3, 6, 20)).expect("noted");
        assert_eq!(all(&segment), [aborted(1, 0, 5), aborted(3, 6, 20)]);
    }
}
