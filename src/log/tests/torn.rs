//! What a writer leaves that dies while it appends a record in which batches lie.

use super::*;
use crate::log::error::Repair;
use crate::log::{repair, verify};
use crate::record::LeaderEpoch;

/// A batch of one record, a log of three batches that begins at `inner`; `due` is its own offset.
fn log_in_a_record(inner: i64, due: i64) -> EncodedBatch {
    let mut value = Vec::new();
    for offset in inner..inner + 3 {
        let mut batch = one("a batch in a record, as when a log is produced as a file");
        batch.assign(Offset(offset), LeaderEpoch(0));
        value.extend_from_slice(batch.bytes());
    }
    let mut outer = batch_of(&[value, vec![b'y'; 100]], 1000, Compression::None);
    outer.assign(Offset(due), LeaderEpoch(0));
    outer
}

/// A log of five records, and the beginning of a batch behind them whose record holds batches from offset `inner` on.
fn torn(inner: i64) -> (tempfile::TempDir, LogAppender) {
    let (dir, appender) = filled(LogConfig::default(), 5);
    let outer = log_in_a_record(inner, 5);
    let log = files(dir.path(), "log").remove(0);
    let mut bytes = std::fs::read(&log).expect("read");
    bytes.extend_from_slice(&outer.bytes()[..outer.bytes().len() - 30]);
    std::fs::write(&log, &bytes).expect("written");
    (dir, appender)
}

#[test]
fn a_reader_waits_for_the_next_writer() {
    for inner in [0, 5, 6, 90] {
        let (dir, _appender) = torn(inner);
        let mut reader = LogReader::new(dir.path(), Offset::ZERO);
        for _ in 0..5 {
            assert!(reader.next().expect("readable").is_some());
        }
        for look in 0..4 {
            assert!(reader.next().expect("no damage").is_none(), "look {look}, {inner}");
        }
        reader.check_end().expect("no damage");
    }
}

#[test]
fn the_next_writer_cuts_it_off() {
    for inner in [0, 5, 6, 90] {
        let (dir, mut appender) = torn(inner);
        if inner % 2 == 0 {
            appender = open(dir.path(), LogConfig::default());
        }
        assert_eq!(append(&mut appender, "5"), Offset(5));
        assert!(matches!(appender.take_repairs()[..], [Repair::TornTail { .. }]), "{inner}");
        assert_eq!(read_all(dir.path()).len(), 6);
    }
}

#[test]
fn it_is_found_and_mended_as_a_torn_end() {
    let (dir, _appender) = torn(90);
    let mut go_on = |_| std::ops::ControlFlow::Continue(());
    let found = verify::verify(dir.path(), false, &mut go_on).expect("readable").findings;
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert_eq!(finding.remedy, verify::Remedy::NextWriter, "{found:?}");
    repair::repair(dir.path(), LogConfig::default(), &mut Vec::new()).expect("mended");
    assert_eq!(read_all(dir.path()).len(), 5);
    assert_eq!(append(&mut open(dir.path(), LogConfig::default()), "5"), Offset(5));
}

/// Damage is told from it: a length that says too much, where the log goes on.
#[test]
fn a_damaged_batch_is_none() {
    let (dir, _appender) = filled(LogConfig::default(), 5);
    let log = files(dir.path(), "log").remove(0);
    let mut bytes = std::fs::read(&log).expect("read");
    let second = 12 + u32::from_be_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
    bytes[second + 9] = 0x70;
    std::fs::write(&log, &bytes).expect("written");
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    assert!(reader.check_end().is_err());
    let refused = open(dir.path(), LogConfig::default()).append(&mut one("5"), Durability::Written);
    assert!(matches!(refused, Err(LogError::Corrupt { .. })), "{refused:?}");
}
