//! From a timestamp to an offset (`UnifiedLog.fetchOffsetByTimestamp`).

use std::path::Path;

use super::batch_reader::{Advance, BatchReader, Check};
use super::bounds::log_start;
use super::error::LogError;
use super::offset_index::OffsetIndex;
use super::segment::{Position, SegmentList, SegmentPath};
use super::time_index::{ENTRY_LEN, TimeEntry};
use crate::fs::{FileError, IoContext as _};
use crate::record::{Batch, BatchError, Offset, RecordDecoder, Timestamp};

/// The offset of the first record in the partition in `dir`, from `floor` on, whose timestamp is `target` or
/// later; `None` when there is none. Takes no lock; what is appended meanwhile may be seen or not.
///
/// # Errors
/// When the files cannot be read, or the batch that holds the record not be decoded.
pub fn offset_for_time(dir: &Path, floor: Offset, target: Timestamp) -> Result<Option<Offset>, LogError> {
    let list = SegmentList::read(dir)?;
    let start = log_start(&list, floor);
    for (nth, &base) in list.logs.iter().enumerate() {
        let next = list.logs.get(nth + 1);
        if next.is_some_and(|next| *next <= start) {
            continue;
        }
        let segment = SegmentPath::new(dir, base);
        let entries = match time_entries(&segment) {
            // Retention may take a segment at any time.
            Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            entries => entries?,
        };
        // The last entry of a segment that was rolled has its largest timestamp.
        if next.is_some() && entries.last().is_some_and(|last| last.timestamp < target) {
            continue;
        }
        let before = entries.partition_point(|entry| entry.timestamp < target);
        // No record up to this offset is as late as that.
        let from = before.checked_sub(1).map(|at| entries[at].offset.next());
        if let Some(found) = search_segment(&segment, from.unwrap_or(base).max(start), target)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The entries of a segment's time index, without the zeros that a live broker preallocates behind them.
fn time_entries(segment: &SegmentPath) -> Result<Vec<TimeEntry>, FileError> {
    let path = segment.time_index();
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => read.context_io("read", &path)?,
    };
    let mut entries: Vec<TimeEntry> = Vec::with_capacity(bytes.len() / ENTRY_LEN);
    for entry in bytes.as_chunks::<ENTRY_LEN>().0 {
        let entry = TimeEntry::decode(entry, segment.base_offset());
        if entries.last().is_some_and(|last| entry.timestamp <= last.timestamp || entry.offset < last.offset)
        {
            break;
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// The first record of a segment from offset `from` on that is as late as `target`.
fn search_segment(
    segment: &SegmentPath,
    from: Offset,
    target: Timestamp,
) -> Result<Option<Offset>, LogError> {
    let mut reader = match BatchReader::open(&segment.log()) {
        Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        reader => reader?,
    };
    let index = OffsetIndex::open(&segment.index(), segment.base_offset())?;
    let entry = index.map(|index| index.lookup(from)).transpose()?.flatten();
    let mut position = entry.map_or(Position(0), |entry| entry.position);
    // An index that points into the middle of a batch, or at another offset, is not to be believed.
    let is_sound = |header: Option<(crate::record::BatchHeader, usize)>| {
        header.is_some_and(|(header, _)| header.base_offset <= from)
    };
    if position != Position(0) && !is_sound(reader.header_at(position)?) {
        position = Position(0);
    }
    reader.seek(position);
    let mut decoder = RecordDecoder::new();
    while let Advance::Batch(at) = reader.advance(Check::Checksums)? {
        let Some(batch) = reader.batch() else { break };
        if batch.last_offset() < from || batch.header().max_timestamp < target {
            continue;
        }
        match first_in_batch(&batch, from, target, &mut decoder) {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(error) => {
                return Err(LogError::corrupt(reader.path(), at, batch.header().base_offset, &error));
            }
        }
    }
    Ok(None)
}

fn first_in_batch(
    batch: &Batch<'_>,
    from: Offset,
    target: Timestamp,
    decoder: &mut RecordDecoder,
) -> Result<Option<Offset>, BatchError> {
    let mut records = decoder.records(batch)?;
    while let Some(record) = records.next()? {
        if record.offset >= from && record.timestamp >= target {
            return Ok(Some(record.offset));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::{Durability, LogAppender, LogConfig};
    use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord};

    /// A log of batches with these timestamps, in segments that hold but a few of them.
    fn log_of(batches: &[Vec<i64>], codec: Compression) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        let config = LogConfig { segment_bytes: 600, index_interval_bytes: 100, ..LogConfig::default() };
        let mut appender = LogAppender::open(dir.path(), config).expect("a log");
        let mut compressor = Compressor::new(codec, None).expect("a codec");
        let mut encoded = EncodedBatch::default();
        for timestamps in batches {
            let mut builder = BatchBuilder::new();
            for timestamp in timestamps {
                let timestamp = Timestamp(*timestamp);
                builder.push(&NewRecord { timestamp, key: None, value: Some(&[b'x'; 20]), headers: &[] });
            }
            builder.finish(&mut compressor, None, &mut encoded).expect("it finishes");
            appender.append(&mut encoded, Durability::Written).expect("it is appended");
        }
        dir
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_first_record_that_is_as_late_is_found(
            batches in proptest::collection::vec(proptest::collection::vec(0i64..50, 1..4), 1..25),
            target in 0i64..60,
            floor in 0i64..20,
            codec in 0u8..2,
        ) {
            let all: Vec<i64> = batches.concat();
            let floor = floor.min(all.len() as i64);
            let dir = log_of(&batches, Compression::from_id(codec).expect("a codec"));
            let expected = (floor..all.len() as i64).find(|at| all[usize::try_from(*at).expect("positive")] >= target);
            let search = || offset_for_time(dir.path(), Offset(floor), Timestamp(target)).expect("readable");
            prop_assert_eq!(search(), expected.map(Offset));
            // The indexes only make it quick.
            for entry in std::fs::read_dir(dir.path()).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.extension().is_some_and(|extension| extension == "timeindex" || extension == "index") {
                    std::fs::remove_file(path).expect("removed");
                }
            }
            prop_assert_eq!(search(), expected.map(Offset));
        }
    }
}
