//! Transactions of several producers in one log, and what their ends leave.

use super::super::crash_tests::{assert_sound, folder};
use super::super::segment::SegmentPath;
use super::super::txn_index::{AbortedTxn, entries};
use super::super::verify::verify;
use super::*;
use crate::fs::power::Chance;
use crate::fs::seam::faults::{FAULTS, Fault, Injected, inject};
use crate::log::Durability;
use crate::record::{BatchBuilder, BatchProducer, Compression, Compressor, EncodedBatch, NewRecord};

/// A batch of `producer` with one record, which is the `sequence`-th of it.
fn data(producer: i64, sequence: i32) -> EncodedBatch {
    let mut builder = BatchBuilder::new();
    let value = format!("producer {producer}, record {sequence}");
    let record =
        NewRecord { timestamp: Timestamp(1000), key: None, value: Some(value.as_bytes()), headers: &[] };
    builder.push(&record);
    if producer >= 0 {
        builder.set_producer(BatchProducer::in_transaction(producer, 0, sequence));
    }
    let mut batch = EncodedBatch::default();
    let mut compressor = Compressor::new(Compression::None, None).expect("none");
    builder.finish(&mut compressor, None, &mut batch).expect("it finishes");
    batch
}

fn end_of(producer_id: i64, commits: bool) -> EndMarker {
    EndMarker { producer_id, producer_epoch: 0, coordinator_epoch: COORDINATOR_EPOCH, commits }
}

/// Small enough that transactions reach over several segments.
fn config() -> LogConfig {
    LogConfig { segment_bytes: 500, index_interval_bytes: 100, ..LogConfig::default() }
}

fn append(appender: &mut LogAppender, producer: i64, sequence: i32) -> Offset {
    appender.append(&mut data(producer, sequence), Durability::Written).expect("appended").first
}

/// What the indexes of all segments have, and what they must have by the log.
fn indexed(dir: &Path) -> (Vec<AbortedTxn>, Vec<AbortedTxn>) {
    let list = SegmentList::read(dir).expect("a folder");
    let summary = LogSummary::read(dir, &list.logs, &mut |_| ControlFlow::Continue(())).expect("readable");
    let mut by_log = summary.expect("whole").aborted;
    by_log.sort_by_key(|aborted| aborted.last_offset);
    let mut found = Vec::new();
    for &base in &list.logs {
        let of_segment = entries(&SegmentPath::new(dir, base)).expect("readable").0;
        let next = list.after(base).unwrap_or(Offset(i64::MAX));
        assert!(of_segment.iter().all(|aborted| (base..next).contains(&aborted.last_offset)));
        found.extend(of_segment);
    }
    (found, by_log)
}

#[test]
fn the_indexes_are_what_kafka_would_make_of_the_log() {
    for seed in 0..40 {
        let dir = folder();
        let mut chance = Chance(seed);
        let mut appenders: Vec<LogAppender> =
            (0..2).map(|_| LogAppender::open(dir.path(), config()).expect("a partition")).collect();
        // Of each producer where it began to look, and how many records its transaction has.
        let mut open: [Option<(Offset, i32)>; 4] = [None; 4];
        for _ in 0..60 {
            let appender = &mut appenders[chance.below(2)];
            let producer = chance.below(4);
            let id = i64::try_from(producer).expect("small") + 100;
            match (chance.below(4), open[producer]) {
                (0, _) => drop(append(appender, -1, 0)),
                (1, Some(_)) => {
                    let oldest = open.iter().flatten().map(|(from, _)| *from).min().expect("one is open");
                    let marker = end_of(id, chance.below(3) == 0);
                    assert!(appender.end_transaction(&marker, oldest).expect("ended").is_some());
                    assert_eq!(appender.end_transaction(&marker, oldest).expect("nothing to do"), None);
                    open[producer] = None;
                }
                (_, began) => {
                    let (from, count) = began.unwrap_or((appender.log_end_offset().expect("an end"), 0));
                    append(appender, id, count);
                    open[producer] = Some((from, count + 1));
                }
            }
        }
        let (found, by_log) = indexed(dir.path());
        assert_eq!(found, by_log, "seed {seed}");
        assert_sound(dir.path(), "with transactions");
        let left = open.iter().flatten().count();
        assert_eq!(abort_all(dir.path(), config()).expect("aborted"), left);
        assert_eq!(abort_all(dir.path(), config()).expect("nothing is left"), 0);
        let (found, by_log) = indexed(dir.path());
        assert_eq!(found, by_log, "seed {seed}");
    }
}

#[test]
fn a_known_open_transaction_is_committed_without_looking() {
    let dir = folder();
    let mut appender = LogAppender::open(dir.path(), config()).expect("a partition");
    append(&mut appender, 7, 0);
    let appended = appender.commit_open_transaction(&end_of(7, true)).expect("committed");
    assert_eq!(appended, Appended { first: Offset(1), end: Offset(2) });
    assert_eq!(appender.end_transaction(&end_of(7, false), Offset(0)).expect("nothing is open"), None);
    assert!(!SegmentPath::new(dir.path(), Offset(0)).txn_index().exists(), "nothing was aborted");
}

/// Two transactions, of which one is aborted over a roll and the other committed behind.
fn run(dir: &Path) -> Option<()> {
    let mut appender = LogAppender::open(dir, config()).ok()?;
    for sequence in 0..2 {
        appender.append(&mut data(1, sequence), Durability::Written).ok()?;
        appender.append(&mut data(2, sequence), Durability::Written).ok()?;
    }
    appender.end_transaction(&end_of(1, false), Offset(0)).ok()?;
    appender.append(&mut data(2, 2), Durability::Written).ok()?;
    appender.end_transaction(&end_of(2, true), Offset(0)).ok()?;
    appender.append(&mut data(3, 0), Durability::Written).ok()?;
    appender.end_transaction(&end_of(3, false), Offset(0)).ok()?;
    appender.sync_all().ok()
}

/// After whatever has happened the transactions can be ended, and no marker is without its entry.
fn check(dir: &Path, what: &str) {
    let mut appender = LogAppender::open(dir, config()).expect(what);
    appender.log_end_offset().expect(what);
    abort_all(dir, config()).expect(what);
    appender.append(&mut data(-1, 0), Durability::Written).expect(what);
    let (found, by_log) = indexed(dir);
    assert_eq!(found, by_log, "{what}");
    assert_sound(dir, what);
}

#[test]
fn every_operation_may_fail_or_be_the_last_or_power_be_lost_there() {
    let dir = folder();
    let Injected { operations, result, .. } = inject(None, || run(dir.path()));
    assert_eq!(result, Some(Some(())));
    check(dir.path(), "nothing has happened");
    for number in 0..operations {
        for fault in FAULTS {
            let dir = folder();
            inject(Some((number, fault)), || run(dir.path()));
            check(dir.path(), &format!("{fault:?} at operation {number}"));
        }
        for seed in 0..4 {
            let (dir, after) = (folder(), folder());
            let Injected { journal, .. } = inject(Some((number, Fault::Death)), || run(dir.path()));
            journal.after_loss_of_power(dir.path(), after.path(), &mut Chance(seed));
            let _later = crate::log::tail::BootId::pretend_another();
            check(after.path(), &format!("power lost before operation {number}, seed {seed}"));
        }
    }
}

/// As `config`, but a marker of today belongs to the segment of a record of long ago.
fn at_any_time(config: LogConfig) -> LogConfig {
    LogConfig { segment_ms: i64::MAX, ..config }
}

/// What `verify` says of the indexes of aborted transactions.
fn findings(dir: &Path) -> Vec<String> {
    let verified = verify(dir, false, &mut |_| ControlFlow::Continue(())).expect("readable");
    verified.findings.into_iter().map(|finding| finding.problem).collect()
}

/// Writes `entry` as the only one of the segment at `base`.
fn set_entry(dir: &Path, base: i64, entry: &AbortedTxn) {
    std::fs::write(SegmentPath::new(dir, Offset(base)).txn_index(), entry.encode()).expect("written");
}

#[test]
fn a_last_stable_offset_is_what_a_leader_or_a_follower_has_written() {
    let dir = folder();
    let mut appender = LogAppender::open(dir.path(), at_any_time(LogConfig::default())).expect("a partition");
    append(&mut appender, 1, 0);
    appender.end_transaction(&end_of(1, false), Offset(0)).expect("aborted");
    append(&mut appender, -1, 0);
    append(&mut appender, 2, 0);
    append(&mut appender, 1, 1);
    let entry = entries(&SegmentPath::new(dir.path(), Offset(0))).expect("readable").0[0];
    assert_eq!((entry.last_offset, entry.last_stable_offset), (Offset(1), Offset(2)));
    assert_eq!(findings(dir.path()), [""; 0]);
    // A follower that got all of that at once has seen the next transaction of another producer.
    for (said, is_found) in [(3, false), (-1, true), (0, true), (1, true), (4, true), (5, true), (99, true)] {
        set_entry(dir.path(), 0, &AbortedTxn { last_stable_offset: Offset(said), ..entry });
        assert_eq!(!findings(dir.path()).is_empty(), is_found, "{said}");
    }
    // But none where one was open that has begun before.
    let dir = folder();
    let mut appender = LogAppender::open(dir.path(), at_any_time(LogConfig::default())).expect("a partition");
    append(&mut appender, 2, 0);
    append(&mut appender, 1, 0);
    appender.end_transaction(&end_of(1, false), Offset(0)).expect("aborted");
    append(&mut appender, 3, 0);
    let entry = entries(&SegmentPath::new(dir.path(), Offset(0))).expect("readable").0[0];
    assert_eq!((entry.last_offset, entry.last_stable_offset), (Offset(2), Offset(0)));
    assert_eq!(findings(dir.path()), [""; 0]);
    for said in [1, 2, 3] {
        set_entry(dir.path(), 0, &AbortedTxn { last_stable_offset: Offset(said), ..entry });
        let said = format!("was {said}, but that was 0");
        assert!(findings(dir.path())[0].ends_with(&said), "{said}");
    }
}

#[test]
fn what_the_log_has_lost_its_indexes_may_know() {
    let dir = folder();
    let mut appender = LogAppender::open(dir.path(), at_any_time(config())).expect("a partition");
    for producer in [1, 2] {
        append(&mut appender, producer, 0);
    }
    while appender.active_segment().expect("a segment").0 == Offset(0) {
        append(&mut appender, -1, 0);
    }
    let start = appender.active_segment().expect("a segment").0;
    append(&mut appender, 1, 1);
    for producer in [1, 2] {
        appender.end_transaction(&end_of(producer, false), Offset(0)).expect("aborted");
    }
    assert_eq!(findings(dir.path()), [""; 0]);
    for file in SegmentPath::new(dir.path(), Offset(0)).files() {
        let _ = std::fs::remove_file(file);
    }
    // The first of 1 and all of 2 are gone, and with it that 2 was open when 1 was aborted.
    let segment = SegmentPath::new(dir.path(), start);
    let known = entries(&segment).expect("readable").0;
    let stable: Vec<i64> = known.iter().map(|entry| entry.last_stable_offset.0).collect();
    assert_eq!((known.len(), stable[0]), (2, 1));
    assert_eq!(findings(dir.path()), [""; 0]);
    // What is not lost is not believed: 2 has begun nothing there.
    set_entry(dir.path(), start.0, &AbortedTxn { first_offset: start, ..known[1] });
    let found = findings(dir.path());
    assert!(found.iter().any(|problem| problem.ends_with("the log has none such")), "{found:?}");
}
