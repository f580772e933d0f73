//! From a time to an offset (`UnifiedLog.fetchOffsetByTimestamp`, `LogSegment.findOffsetByTimestamp`).

use std::path::Path;

use super::batch_reader::{BatchReader, Check, Step};
use super::bounds::{find_position, largest_timestamp, log_start};
use super::error::LogError;
use super::segment::{SegmentList, SegmentPath};
use super::time_index::last_entry_before;
use crate::record::{Offset, RecordDecoder, Timestamp};

/// The first record of the partition in `dir` whose timestamp is `time` or later, by its offset and its
/// timestamp; `None` when there is none. The log starts at `floor` at the least.
///
/// # Errors
/// When a file cannot be read, or a batch not be decoded.
pub fn offset_for_time(
    dir: &Path,
    floor: Offset,
    time: Timestamp,
) -> Result<Option<(Offset, Timestamp)>, LogError> {
    let list = SegmentList::read(dir)?;
    let start = log_start(&list, floor);
    for &base in &list.logs {
        let segment = SegmentPath::new(dir, base);
        if largest_timestamp(&segment)? >= time
            && let Some(found) = search(&segment, start, time)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first record at `time` or later in one segment, from `start` on.
fn search(
    segment: &SegmentPath,
    start: Offset,
    time: Timestamp,
) -> Result<Option<(Offset, Timestamp)>, LogError> {
    // No record up to the offset of an entry is younger than the entry.
    let from = last_entry_before(segment, time)?.map_or(segment.base_offset(), |entry| entry.offset);
    let mut reader = BatchReader::open(&segment.log())?;
    reader.seek(find_position(segment, from.max(start))?);
    let mut decoder = RecordDecoder::new();
    while let Step::Batch(at, batch) = reader.next(Check::Checksums)? {
        if batch.header().max_timestamp < time && batch.magic() >= 2 {
            continue;
        }
        let damaged = |e| LogError::corrupt(&segment.log(), at, batch.header().base_offset, &e);
        let mut records = decoder.records(&batch).map_err(damaged)?;
        while let Some(record) = records.next().map_err(damaged)? {
            if record.timestamp >= time && record.offset >= start {
                return Ok(Some((record.offset, record.timestamp)));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Durability, LogAppender, LogConfig};
    use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord};

    /// Appends batches of records with these timestamps, in segments and index intervals of a few batches.
    fn log_of(batches: &[Vec<i64>]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let config = LogConfig { segment_bytes: 1500, index_interval_bytes: 200, ..LogConfig::default() };
        let mut appender = LogAppender::open(dir.path(), config).unwrap();
        for (n, timestamps) in batches.iter().enumerate() {
            let mut builder = BatchBuilder::new();
            for timestamp in timestamps {
                let timestamp = Timestamp(*timestamp);
                builder.push(&NewRecord { timestamp, key: None, value: Some(b"some value"), headers: &[] });
            }
            let codec = if n % 3 == 2 { Compression::Lz4 } else { Compression::None };
            let mut batch = EncodedBatch::default();
            builder.finish(&mut Compressor::new(codec, None).unwrap(), None, &mut batch).unwrap();
            appender.append(&mut batch, Durability::Written).unwrap();
        }
        dir
    }

    /// What reading everything finds.
    fn by_reading_all(batches: &[Vec<i64>], floor: i64, time: i64) -> Option<(Offset, Timestamp)> {
        let records = batches.iter().flatten().zip(0..);
        let mut found = records.filter(|(timestamp, offset)| **timestamp >= time && *offset >= floor);
        found.next().map(|(timestamp, offset)| (Offset(offset), Timestamp(*timestamp)))
    }

    #[test]
    fn the_first_record_at_a_time_or_later_is_found_in_the_middle_of_a_batch() {
        let batches: Vec<Vec<i64>> = (0..60).map(|n| vec![n * 100, n * 100 + 10, n * 100 + 20]).collect();
        let dir = log_of(&batches);
        assert!(SegmentList::read(dir.path()).unwrap().logs.len() > 3, "it rolled");
        for time in [-5, 0, 1, 10, 11, 100, 2990, 3011, 5920] {
            let expected = by_reading_all(&batches, 0, time);
            assert!(expected.is_some());
            assert_eq!(
                offset_for_time(dir.path(), Offset::ZERO, Timestamp(time)).unwrap(),
                expected,
                "{time}"
            );
        }
        assert_eq!(offset_for_time(dir.path(), Offset::ZERO, Timestamp(5921)).unwrap(), None);
        let above = offset_for_time(dir.path(), Offset(100), Timestamp(0)).unwrap();
        assert_eq!(above, by_reading_all(&batches, 100, 0));
    }

    #[test]
    fn without_indexes_the_log_itself_is_searched() {
        let batches: Vec<Vec<i64>> = (0..40).map(|n| vec![n * 7 % 100, n]).collect();
        let dir = log_of(&batches);
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "index" || kind == "timeindex") {
                std::fs::remove_file(path).unwrap();
            }
        }
        for time in 0..110 {
            let found = offset_for_time(dir.path(), Offset::ZERO, Timestamp(time)).unwrap();
            assert_eq!(found, by_reading_all(&batches, 0, time), "{time}");
        }
    }

    #[test]
    fn a_live_brokers_zeros_are_no_entries_and_an_empty_log_has_no_records() {
        let batches: Vec<Vec<i64>> = (1..40).map(|n| vec![n * 100]).collect();
        let dir = log_of(&batches);
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "index" || kind == "timeindex") {
                let mut bytes = std::fs::read(&path).unwrap();
                bytes.resize(bytes.len() + 240, 0);
                std::fs::write(path, bytes).unwrap();
            }
        }
        for time in [0, 100, 101, 2000, 3900, 3901] {
            let found = offset_for_time(dir.path(), Offset::ZERO, Timestamp(time)).unwrap();
            assert_eq!(found, by_reading_all(&batches, 0, time), "{time}");
        }
        let empty = log_of(&[]);
        assert_eq!(offset_for_time(empty.path(), Offset::ZERO, Timestamp(0)).unwrap(), None);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]
        /// Timestamps that go up and down find what reading everything finds.
        #[test]
        fn any_order_of_timestamps(
            batches in proptest::collection::vec(proptest::collection::vec(0..2000_i64, 1..4), 0..50),
            floor in 0..60_i64,
            times in proptest::collection::vec(-10..2010_i64, 1..20),
        ) {
            let dir = log_of(&batches);
            for time in times {
                let found = offset_for_time(dir.path(), Offset(floor), Timestamp(time)).unwrap();
                proptest::prop_assert_eq!(found, by_reading_all(&batches, floor, time));
            }
        }
    }
}
