//! Retention takes segments while others work on the log without any lock: at every one of their steps, and none of
//! them may take notice but by what is left.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::bounds::LogBounds;
use super::tests::one_at;
use super::*;
use crate::fs::schedule::{Limits, Sabotage, Task, Violation, explore};
use crate::record::{Offset, Timestamp};

/// Two batches fill a segment.
fn config() -> LogConfig {
    LogConfig { segment_bytes: 150, index_interval_bytes: 0, ..LogConfig::default() }
}

/// Records in the log; the timestamp of each is 1000 and its offset.
const RECORDS: i64 = 6;
/// Where the log starts once retention has taken what it may.
const START: Offset = Offset(4);

fn log_of_three_segments() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let mut appender = LogAppender::open(dir.path(), config()).expect("open");
    for offset in 0..RECORDS {
        appender.append(&mut one_at("value", 1000 + offset), Durability::Written).expect("appended");
    }
    dir
}

/// Takes all segments but the active one.
fn take_segments(dir: &Path) {
    let config = RetentionConfig { retention_ms: None, retention_bytes: None, file_delete_delay_ms: 0 };
    let mut appender = LogAppender::open(dir, self::config()).expect("open");
    let taken = retention::apply(&mut appender, &config, START, Timestamp(5000)).expect("taken");
    assert_eq!(taken.start, START);
}

/// Does `work` while segments are taken, in every order of their steps.
#[track_caller]
fn while_segments_are_taken(what: &str, work: fn(&Path)) {
    let limits = Limits {
        switches: 1,
        mishaps: 0,
        clock_is_fine: false,
        is_thorough: false,
        sabotage: Sabotage::None,
    };
    let tasks = || {
        let dir = log_of_three_segments();
        let (one, other): (PathBuf, PathBuf) = (dir.path().to_owned(), dir.path().to_owned());
        let task = |code: Box<dyn FnOnce() + Send>| Task { is_mortal: false, code };
        let taker = task(Box::new(move || take_segments(&one)));
        (dir, vec![task(Box::new(move || work(&other))), taker])
    };
    let explored = explore(limits, tasks, drop);
    let explored = explored.unwrap_or_else(|Violation { message, ways, runs }| {
        panic!("{what}, after {runs} interleavings: {message}\nthe ways taken: {ways:?}")
    });
    println!("{what}: {} interleavings", explored.runs);
    assert!(explored.runs > 1, "{what}");
}

#[test]
fn bounds_are_found_while_segments_are_taken() {
    while_segments_are_taken("bounds", |dir| {
        let bounds = LogBounds::read(dir, Offset::ZERO).expect("bounds");
        assert_eq!(bounds.end, Offset(RECORDS));
        let (_, end) = LogReader::new(dir, Offset::ZERO).bounds().expect("bounds");
        assert_eq!(end, Offset(RECORDS));
    });
}

#[test]
fn records_are_counted_while_segments_are_taken() {
    for committed_only in [false, true] {
        let work: fn(&Path) = match committed_only {
            true => |dir| assert!(count::count_records(dir, Offset::ZERO, true).expect("counted") >= 2),
            false => |dir| assert!(count::count_records(dir, Offset::ZERO, false).expect("counted") >= 2),
        };
        while_segments_are_taken("a count", work);
    }
}

#[test]
fn times_are_looked_for_while_segments_are_taken() {
    while_segments_are_taken("the first record", |dir| {
        let found = offset_for_time(dir, Offset::ZERO, Timestamp(1005)).expect("searched");
        assert_eq!(found, Some((Offset(5), Timestamp(1005))));
    });
    while_segments_are_taken("the newest record", |dir| {
        let found = time_search::offset_of_max_timestamp(dir, Offset::ZERO).expect("searched");
        assert_eq!(found, Some((Offset(5), Timestamp(1005))));
    });
}

#[test]
fn a_reader_finds_a_place_while_segments_are_taken() {
    while_segments_are_taken("a seek", |dir| {
        let mut reader = LogReader::new(dir, Offset::ZERO);
        match reader.seek(Offset(1)) {
            Ok(()) => assert!(reader.next().expect("readable").is_some()),
            Err(LogError::OffsetOutOfRange { start, end, .. }) => {
                assert!(start > Offset(1) && end == Offset(RECORDS), "{start} to {end}");
            }
            Err(error) => panic!("{error}"),
        }
    });
}

#[test]
fn a_log_is_verified_while_segments_are_taken() {
    while_segments_are_taken("a check", |dir| {
        // A finding shows that a file went; a second look clears it.
        verify::verify(dir, false, &mut |_| ControlFlow::Continue(())).expect("verified");
    });
}

#[test]
fn open_transactions_are_looked_for_while_segments_are_taken() {
    while_segments_are_taken("open transactions", |dir| {
        assert_eq!(transaction::open_before(dir, Offset(RECORDS)).expect("looked for").first(), None);
    });
}

#[test]
fn a_log_is_cleaned_while_segments_are_taken() {
    fn cleaner(dir: &Path) -> LogCleaner {
        let config = CleanerConfig { log: config(), file_delete_delay_ms: 0, ..CleanerConfig::default() };
        LogCleaner::new(
            dir,
            CleanerConfig { max_compaction_lag_ms: 1000, min_compaction_lag_ms: 1, ..config },
        )
    }
    let now = Timestamp(5000);
    while_segments_are_taken("dirtiness", |dir| {
        cleaner(dir).dirtiness(Timestamp(5000)).expect("looked at");
    });
    while_segments_are_taken("a rehearsal", |dir| {
        cleaner(dir).dry_run(Timestamp(5000), &mut |_| ControlFlow::Continue(())).expect("rehearsed");
    });
    while_segments_are_taken("a cleaning", |dir| {
        cleaner(dir).clean(Timestamp(5000), &mut |_| ControlFlow::Continue(())).expect("cleaned");
    });
    // What was left undone is done by the next one.
    let dir = log_of_three_segments();
    let mut asked = 0;
    let mut take_once = |_| {
        asked += 1;
        if asked == 1 {
            take_segments(dir.path());
        }
        ControlFlow::Continue(())
    };
    assert!(!cleaner(dir.path()).clean(now, &mut take_once).expect("cleaned").is_complete);
    let again = cleaner(dir.path()).clean(now, &mut |_| ControlFlow::Continue(())).expect("cleaned");
    assert!(again.is_complete);
}

#[test]
fn what_would_be_taken_is_told_while_segments_are_taken() {
    while_segments_are_taken("a forecast", |dir| {
        let config =
            RetentionConfig { retention_ms: Some(1), retention_bytes: Some(100), file_delete_delay_ms: 0 };
        // A segment whose indexes have gone looks younger than it is.
        let retained = retention::foretell(dir, &config, Offset::ZERO, Timestamp(5000)).expect("foretold");
        assert!(retained.start <= Offset(RECORDS), "{}", retained.start);
    });
}
