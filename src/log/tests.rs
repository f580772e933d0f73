//! The log as a whole: what several appenders and readers of one partition do to each other, and what
//! the next one makes of what a crash left.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::bounds::LogBounds;
use super::tail::{BootId, Tail};
use super::*;
use crate::fs::LogFile;
use crate::record::{
    Batch, BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Offset, RecordDecoder, Timestamp,
};

mod altered;
mod faults;
mod syncing;
mod times;
mod torn;

fn batch_of(values: &[Vec<u8>], timestamp: i64, codec: Compression) -> EncodedBatch {
    let mut builder = BatchBuilder::new();
    for value in values {
        builder.push(&NewRecord {
            timestamp: Timestamp(timestamp),
            key: None,
            value: Some(value),
            headers: &[],
        });
    }
    let mut batch = EncodedBatch::default();
    let mut compressor = Compressor::new(codec, None).expect("a codec");
    builder.finish(&mut compressor, None, &mut batch).expect("it finishes");
    batch
}

pub(super) fn one(value: &str) -> EncodedBatch {
    one_at(value, 1000)
}

pub(super) fn one_at(value: &str, timestamp: i64) -> EncodedBatch {
    batch_of(&[value.as_bytes().to_vec()], timestamp, Compression::None)
}

fn small_segments() -> LogConfig {
    LogConfig { segment_bytes: 2000, index_interval_bytes: 200, ..LogConfig::default() }
}

fn open(dir: &Path, config: LogConfig) -> LogAppender {
    LogAppender::open(dir, config).expect("a partition")
}

/// A partition in a folder of its own, and one who has it open.
fn partition(config: LogConfig) -> (tempfile::TempDir, LogAppender) {
    let dir = tempfile::tempdir().expect("a folder");
    let appender = open(dir.path(), config);
    (dir, appender)
}

/// As [`partition`], with as many batches of one record each: "value number 0" and so on.
fn filled(config: LogConfig, batches: usize) -> (tempfile::TempDir, LogAppender) {
    let (dir, mut appender) = partition(config);
    for i in 0..batches {
        append(&mut appender, &format!("value number {i}"));
    }
    (dir, appender)
}

/// Makes it look as if the machine had been started again since the last append.
fn reboot(dir: &Path) {
    let lock = LogFile::open(&dir.join(appender::LOCK_FILE)).expect("the lock file");
    let (tail, _) = Tail::read(&lock, 200).expect("readable").expect("a tail");
    tail.write(&lock, BootId::of_another_boot()).expect("written");
}

fn append(appender: &mut LogAppender, value: &str) -> Offset {
    appender.append(&mut one(value), Durability::Written).expect("appended").first
}

pub(super) fn read_all(dir: &Path) -> Vec<(i64, String)> {
    let mut reader = LogReader::new(dir, Offset::ZERO);
    let mut decoder = RecordDecoder::new();
    let mut out = Vec::new();
    while let Some(batch) = reader.next().expect("readable") {
        let mut records = decoder.records(&batch).expect("records");
        while let Some(record) = records.next().expect("a record") {
            let value = String::from_utf8(record.value.expect("a value").to_vec()).expect("text");
            out.push((record.offset.0, value));
        }
    }
    out
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

#[test]
fn two_appenders_and_a_reader_share_a_partition_across_rolls() {
    let (dir, mut a) = partition(small_segments());
    let mut b = open(dir.path(), small_segments());
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    assert!(reader.next().expect("an empty partition").is_none());
    for i in 0..200 {
        let appender = if i % 3 == 0 { &mut a } else { &mut b };
        assert_eq!(append(appender, &format!("value number {i}")), Offset(i));
        let batch = reader.next().expect("readable").expect("what was appended just now");
        assert_eq!(batch.header().base_offset, Offset(i));
        if i % 7 == 0 {
            assert!(reader.next().expect("readable").is_none());
        }
    }
    assert!(a.take_repairs().is_empty() && b.take_repairs().is_empty());
    assert!(files(dir.path(), "log").len() > 5, "it rolled");
    let expected: Vec<_> = (0..200).map(|i| (i, format!("value number {i}"))).collect();
    assert_eq!(read_all(dir.path()), expected);
    let bounds = LogBounds::read(dir.path(), Offset::ZERO).expect("bounds");
    assert_eq!((bounds.start, bounds.end), (Offset(0), Offset(200)));
    assert_eq!(bounds.last_timestamp, Timestamp(1000));
}

#[test]
fn every_offset_can_be_sought() {
    let (dir, mut appender) = partition(small_segments());
    for i in 0..60 {
        let values: Vec<_> = (0..=i % 4).map(|j| format!("{i}.{j}").into_bytes()).collect();
        let mut batch = batch_of(&values, 1000 + i, Compression::None);
        appender.append(&mut batch, Durability::Written).expect("appended");
    }
    let end = appender.log_end_offset().expect("the end");
    for index_is_there in [true, false] {
        for offset in 0..end.0 {
            let mut reader = LogReader::new(dir.path(), Offset::ZERO);
            reader.seek(Offset(offset)).expect("in range");
            let batch = reader.next().expect("readable").expect("a batch");
            let range = batch.header().base_offset..=batch.last_offset();
            assert!(range.contains(&Offset(offset)), "{offset} in {range:?}");
        }
        let mut reader = LogReader::new(dir.path(), Offset::ZERO);
        reader.seek(end).expect("the end itself");
        assert!(reader.next().expect("readable").is_none());
        for wrong in [-1, end.0 + 1] {
            let refused = reader.seek(Offset(wrong));
            assert!(matches!(refused, Err(LogError::OffsetOutOfRange { .. })), "{wrong}: {refused:?}");
        }
        if index_is_there {
            files(dir.path(), "index").iter().for_each(|f| std::fs::remove_file(f).expect("removed"));
        }
    }
}

/// What is on disk of a log after each of `appends` batches has been appended by an appender of its own
/// must be the same as after one appender has done it all: index entries do not depend on who appends.
#[test]
fn indexes_do_not_depend_on_how_often_the_partition_is_opened() {
    let (one_dir, mut only) = partition(small_segments());
    let many_dir = tempfile::tempdir().expect("a folder");
    for i in 0..100i64 {
        let timestamp = 5000 + (i * 7919) % 101;
        let values = vec![vec![b'x'; usize::try_from(i * 13 % 97).expect("small")]];
        only.append(&mut batch_of(&values, timestamp, Compression::None), Durability::Written)
            .expect("appended");
        let mut fresh = LogAppender::open(many_dir.path(), small_segments()).expect("open");
        fresh
            .append(&mut batch_of(&values, timestamp, Compression::None), Durability::Written)
            .expect("appended");
        assert!(fresh.take_repairs().is_empty());
    }
    for extension in ["log", "index", "timeindex"] {
        let (a, b) = (files(one_dir.path(), extension), files(many_dir.path(), extension));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(std::fs::read(a).expect("read"), std::fs::read(b).expect("read"), "{}", a.display());
        }
    }
}

#[test]
fn missing_and_broken_indexes_are_rebuilt_as_they_were() {
    let (dir, _) = filled(small_segments(), 80);
    let before: Vec<_> = ["index", "timeindex"]
        .iter()
        .flat_map(|e| files(dir.path(), e))
        .map(|f| (f.clone(), std::fs::read(f).expect("read")))
        .collect();
    for (n, (file, good)) in before.iter().enumerate() {
        if n % 2 == 0 {
            std::fs::remove_file(file).expect("removed");
        } else if file == &before[before.len() / 2 - 1].0 {
            std::fs::write(file, vec![7; good.len()]).expect("overwritten");
        } else {
            continue;
        }
        let mut next = open(dir.path(), small_segments());
        next.log_end_offset().expect("the end");
        let repairs = next.take_repairs();
        assert!(matches!(repairs[..], [Repair::IndexRebuilt { .. }]), "{}: {repairs:?}", file.display());
        assert_eq!(&std::fs::read(file).expect("read"), good, "{}", file.display());
    }
}

#[test]
fn a_torn_tail_is_cut_by_the_next_writer_and_not_seen_by_readers() {
    let (dir, mut appender) = partition(LogConfig::default());
    append(&mut appender, "first");
    append(&mut appender, "second");
    let log = files(dir.path(), "log").remove(0);
    let whole = std::fs::read(&log).expect("read");
    let mut third = one("third");
    third.assign(Offset(2), crate::record::LeaderEpoch(0));
    for cut in 1..third.bytes().len() {
        let mut torn = whole.clone();
        torn.extend_from_slice(&third.bytes()[..cut]);
        std::fs::write(&log, &torn).expect("written");
        assert_eq!(read_all(dir.path()).len(), 2);
        assert_eq!(std::fs::read(&log).expect("read"), torn, "a reader repaired something");
        // One that had it open already, and one that opens it now.
        let mut fresh = open(dir.path(), LogConfig::default());
        let who = if cut % 2 == 0 { &mut appender } else { &mut fresh };
        assert_eq!(who.log_end_offset().expect("the end"), Offset(2), "cut at {cut}");
        let repairs = who.take_repairs();
        assert!(
            matches!(repairs[..], [Repair::TornTail { bytes, .. }] if bytes == cut as u64),
            "{repairs:?}"
        );
        assert_eq!(std::fs::read(&log).expect("read"), whole);
    }
    assert_eq!(append(&mut appender, "third"), Offset(2));
}

#[test]
fn damage_with_valid_data_behind_it_is_reported_and_kept() {
    let (dir, mut appender) = partition(LogConfig::default());
    for i in 0..5 {
        append(&mut appender, &format!("value {i}"));
    }
    let log = files(dir.path(), "log").remove(0);
    let mut bytes = std::fs::read(&log).expect("read");
    let size = bytes.len() / 5;
    bytes[2 * size + 65] ^= 0x40;
    std::fs::write(&log, &bytes).expect("written");
    let mut fresh = open(dir.path(), LogConfig::default());
    let refused = fresh.append(&mut one("more"), Durability::Written);
    assert!(
        matches!(&refused, Err(LogError::Corrupt { position, offset: Offset(2), .. }) if position.0 == 2 * size as u64),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(&log).expect("read"), bytes, "nothing was thrown away");
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    assert!(reader.next().expect("readable").is_some());
    // The first look may be at a write that is going on.
    let looks = [reader.next().map(|b| b.is_some()), reader.next().map(|b| b.is_some())];
    assert!(matches!(looks, [Ok(false), Err(LogError::Corrupt { .. })]), "{looks:?}");
}

#[test]
fn a_batch_that_is_too_large_is_refused_and_nothing_changes() {
    let config = LogConfig { max_message_bytes: 200, segment_bytes: 150, ..LogConfig::default() };
    let (_dir, mut appender) = partition(config);
    append(&mut appender, "small");
    let refused = appender.append(&mut one(&"x".repeat(200)), Durability::Written);
    assert!(matches!(refused, Err(LogError::MessageTooLarge { limit: 200, .. })), "{refused:?}");
    let refused = appender.append(&mut one(&"x".repeat(100)), Durability::Written);
    assert!(matches!(refused, Err(LogError::SegmentTooSmall { limit: 150, .. })), "{refused:?}");
    assert_eq!(append(&mut appender, "small"), Offset(1));
}

#[test]
fn after_a_loss_of_power_what_was_not_synced_is_looked_at_again() {
    let (dir, _) = filled(small_segments(), 100);
    let logs = files(dir.path(), "log");
    // The machine comes back: an old segment has a page of zeros, and the boot is another one.
    let torn = &logs[2];
    let mut bytes = std::fs::read(torn).expect("read");
    let len = bytes.len();
    bytes[len / 2..].fill(0);
    std::fs::write(torn, &bytes).expect("written");
    reboot(dir.path());

    let mut fresh = open(dir.path(), small_segments());
    let end = fresh.log_end_offset().expect("the end");
    let repairs = fresh.take_repairs();
    assert!(
        repairs.iter().any(|r| matches!(r, Repair::TornTail { path, .. } if path == torn)),
        "{repairs:?}"
    );
    let dropped = repairs.iter().filter(|r| matches!(r, Repair::SegmentDropped { .. })).count();
    assert_eq!(dropped, logs.len() - 3);
    assert_eq!(append(&mut fresh, "goes on"), end);
    let left = read_all(dir.path());
    assert_eq!(left.len() as i64, end.0 + 1);
    assert!(left[..left.len() - 1].iter().all(|(i, v)| v == &format!("value number {i}")));
}

#[test]
fn a_partition_that_was_deleted_is_gone_for_writers_and_readers() {
    let parent = tempfile::tempdir().expect("a folder");
    let dir = parent.path().join("t-0");
    std::fs::create_dir(&dir).expect("created");
    let mut appender = open(&dir, LogConfig::default());
    append(&mut appender, "x");
    let mut reader = LogReader::new(&dir, Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    std::fs::remove_dir_all(&dir).expect("removed");
    assert!(matches!(reader.next().map(|_| ()), Err(LogError::Gone(_))));
    assert!(matches!(appender.append(&mut one("y"), Durability::Written), Err(LogError::Gone(_))));
    assert!(matches!(LogAppender::open(&dir, LogConfig::default()).map(|_| ()), Err(LogError::Gone(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_was_appended_is_read_and_indexed_the_same_after_recovery(
        batches in proptest::collection::vec(
            (proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 1..6), 0i64..2000, 0u8..5),
            1..40,
        ),
        segment_bytes in 700u64..5000,
        interval in 0u64..1000,
    ) {
        let dir = tempfile::tempdir().expect("a folder");
        let config = LogConfig { segment_bytes, index_interval_bytes: interval, ..LogConfig::default() };
        let mut appender = open(dir.path(), config);
        let mut expected = Vec::new();
        for (values, timestamp, codec) in &batches {
            let codec = Compression::from_id(*codec).expect("a codec");
            let mut batch = batch_of(values, *timestamp, codec);
            if batch.bytes().len() as u64 <= segment_bytes {
                appender.append(&mut batch, Durability::Written).expect("appended");
                expected.extend(values.iter().cloned());
            }
        }
        let mut reader = LogReader::new(dir.path(), Offset::ZERO);
        let mut decoder = RecordDecoder::new();
        let mut got = Vec::new();
        while let Some(batch) = reader.next().expect("readable") {
            let batch: Batch<'_> = batch;
            let mut records = decoder.records(&batch).expect("records");
            while let Some(record) = records.next().expect("a record") {
                prop_assert_eq!(record.offset, Offset(got.len() as i64));
                got.push(record.value.expect("a value").to_vec());
            }
        }
        prop_assert_eq!(&got, &expected);
        if expected.is_empty() {
            return Ok(());
        }

        let indexes: Vec<_> = ["index", "timeindex"].iter().flat_map(|e| files(dir.path(), e)).collect();
        let before: Vec<_> = indexes.iter().map(|f| std::fs::read(f).expect("read")).collect();
        indexes.iter().for_each(|f| std::fs::remove_file(f).expect("removed"));
        let mut fresh = open(dir.path(), config);
        prop_assert_eq!(fresh.log_end_offset().expect("the end"), Offset(expected.len() as i64));
        for (file, before) in indexes.iter().zip(&before) {
            prop_assert_eq!(&std::fs::read(file).expect("read"), before, "{}", file.display());
        }
    }
}
