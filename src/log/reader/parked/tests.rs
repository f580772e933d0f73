use std::path::Path;

use crate::fs::LogFile;
use crate::log::segment::{SegmentList, SegmentPath};
use crate::log::tests::one;
use crate::log::{Durability, LogAppender, LogConfig, LogError, LogReader};
use crate::record::{Offset, RecordDecoder};

/// A segment has room for two batches.
fn config() -> LogConfig {
    LogConfig { segment_bytes: 150, index_interval_bytes: 0, ..LogConfig::default() }
}

fn appender(dir: &Path) -> LogAppender {
    LogAppender::open(dir, config()).expect("a partition")
}

fn append(appender: &mut LogAppender, numbers: std::ops::Range<i64>) {
    for number in numbers {
        appender.append(&mut one(&number.to_string()), Durability::Written).expect("appended");
    }
}

/// The numbers that are left to be read. With `lets_go` no file stays open between two batches.
fn rest(reader: &mut LogReader, lets_go: bool) -> Result<Vec<i64>, LogError> {
    let mut decoder = RecordDecoder::new();
    let mut numbers = Vec::new();
    loop {
        if lets_go {
            reader.let_files_go();
        }
        let Some(batch) = reader.next()? else { break };
        let mut records = decoder.records(&batch).expect("records");
        while let Some(record) = records.next().expect("a record") {
            let text = std::str::from_utf8(record.value.expect("a value")).expect("text");
            numbers.push(text.parse().expect("a number"));
        }
    }
    reader.let_files_go();
    Ok(numbers)
}

/// How many files of folder `dir`, itself included, this process has open.
#[cfg(target_os = "linux")]
fn open_files(dir: &Path) -> usize {
    let open = std::fs::read_dir("/proc/self/fd").expect("a folder");
    let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.starts_with(dir)).count()
}

fn newest(dir: &Path) -> SegmentPath {
    let newest = SegmentList::read(dir).expect("readable").logs.last().copied();
    SegmentPath::new(dir, newest.expect("a segment"))
}

#[test]
fn reading_goes_on_where_it_was() {
    for lets_go in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        let mut appender = appender(dir.path());
        let mut reader = LogReader::new(dir.path(), Offset::ZERO);
        let mut next = 0;
        // Within a segment, at the end of one, across several, and with nothing new.
        for count in [1, 1, 0, 1, 2, 5, 0, 7, 1, 1] {
            append(&mut appender, next..next + count);
            let read = rest(&mut reader, lets_go).expect("readable");
            assert!((next..next + count).eq(read), "{count} behind {next}");
            next += count;
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_file_stays_open_nor_is_one_opened_to_see_that_there_is_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().canonicalize().expect("a path");
    append(&mut appender(&path), 0..5);
    let mut reader = LogReader::new(&path, Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    assert!(open_files(&path) > 0);
    reader.let_files_go();
    assert_eq!(open_files(&path), 0);
    assert_eq!(rest(&mut reader, false).expect("readable"), [1, 2, 3, 4]);
    assert!(reader.next().expect("readable").is_none());
    assert_eq!(open_files(&path), 0);
    append(&mut appender(&path), 5..6);
    assert_eq!(rest(&mut reader, false).expect("readable"), [5]);
}

/// The next one may get the very ids of the files that are gone, and as much data.
#[test]
fn the_log_of_the_next_topic_of_a_name_is_not_gone_on_in() {
    let root = tempfile::tempdir().expect("a folder");
    let dir = root.path().join("t-0");
    let make = |count| {
        std::fs::create_dir(&dir).expect("created");
        append(&mut appender(&dir), 0..count);
    };
    for count in [3, 6] {
        make(3);
        let mut reader = LogReader::new(&dir, Offset::ZERO);
        assert_eq!(rest(&mut reader, false).expect("readable"), [0, 1, 2]);
        std::fs::remove_dir_all(&dir).expect("removed");
        make(count);
        let error = reader.next().expect_err("another one");
        assert!(matches!(error, LogError::Gone(_)), "{error}");
        std::fs::remove_dir_all(&dir).expect("removed");
        let error = reader.next().expect_err("none");
        assert!(matches!(error, LogError::Gone(_)), "{error}");
    }
}

#[test]
fn a_segment_that_was_replaced_is_gone_on_in() {
    for read in [1, 2] {
        let dir = tempfile::tempdir().expect("a folder");
        append(&mut appender(dir.path()), 0..5);
        let mut reader = LogReader::new(dir.path(), Offset::ZERO);
        for _ in 0..read {
            assert!(reader.next().expect("readable").is_some());
        }
        reader.let_files_go();
        // As compaction does, which has nothing to take here.
        let log = SegmentPath::new(dir.path(), Offset::ZERO).log();
        std::fs::copy(&log, dir.path().join("copy")).expect("copied");
        std::fs::rename(dir.path().join("copy"), &log).expect("renamed");
        assert!((read..5).eq(rest(&mut reader, true).expect("readable")));
    }
}

#[test]
fn what_retention_has_taken_is_passed_over() {
    let dir = tempfile::tempdir().expect("a folder");
    append(&mut appender(dir.path()), 0..6);
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    reader.let_files_go();
    std::fs::remove_file(SegmentPath::new(dir.path(), Offset::ZERO).log()).expect("removed");
    assert_eq!(rest(&mut reader, true).expect("readable"), [2, 3, 4, 5]);
}

#[test]
fn a_log_that_has_lost_all_its_segments_is_gone() {
    let dir = tempfile::tempdir().expect("a folder");
    append(&mut appender(dir.path()), 0..2);
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    assert_eq!(rest(&mut reader, false).expect("readable"), [0, 1]);
    std::fs::remove_file(newest(dir.path()).log()).expect("removed");
    let error = reader.next().expect_err("nothing is left");
    assert!(matches!(error, LogError::Gone(_)), "{error}");
}

/// A log in one segment of three records, and the place of a byte in the second one's batch.
fn of_three(dir: &Path) -> (LogFile, u64) {
    let mut appender = LogAppender::open(dir, LogConfig::default()).expect("a partition");
    append(&mut appender, 0..3);
    let log = LogFile::open(&newest(dir).log()).expect("a log");
    let len = log.len().expect("a length");
    (log, len / 3 + 20)
}

/// What is no batch is taken for damage at the second look, if there is a valid one behind it.
#[test]
fn the_second_look_is_known_for_the_second() {
    let dir = tempfile::tempdir().expect("a folder");
    let (log, at) = of_three(dir.path());
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    log.write_all_at(&[0xee; 4], at).expect("damaged");
    assert_eq!(rest(&mut reader, true).expect("perhaps it is being written"), [0]);
    assert!(reader.is_in_doubt());
    let error = rest(&mut reader, true).expect_err("it is not");
    assert!(matches!(error, LogError::Corrupt { .. }), "{error}");
}

#[test]
fn where_reading_ends_damage_is_found_all_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let (log, at) = of_three(dir.path());
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    reader.let_files_go();
    reader.check_end().expect("all is well");
    reader.let_files_go();
    log.write_all_at(&[0xee; 4], at).expect("damaged");
    let error = reader.check_end().expect_err("damage");
    assert!(matches!(error, LogError::Corrupt { .. }), "{error}");
}
