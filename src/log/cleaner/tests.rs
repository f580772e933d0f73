//! What a cleaning leaves, held against what compaction promises.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::log::{Durability, LogReader};
use crate::record::header::{ATTRIBUTES_AT, CRC_AT, HEADER_LEN};
use crate::record::{
    Attributes, BatchBuilder, BatchHeader, Compression, Compressor, EncodedBatch, NewRecord, RecordDecoder,
};

mod transactions;

/// A record as the tests compare it: offset, timestamp, key, value.
pub(super) type Found = (i64, i64, Option<String>, Option<String>);

pub(super) const NOW: Timestamp = Timestamp(1_700_000_000_000);

pub(super) fn config() -> CleanerConfig {
    CleanerConfig {
        log: LogConfig { segment_bytes: 600, index_interval_bytes: 100, ..LogConfig::default() },
        file_delete_delay_ms: 0,
        ..CleanerConfig::default()
    }
}

/// A batch of these keys and values.
pub(super) fn keyed(records: &[(&str, Option<&str>)], timestamp: i64, codec: Compression) -> EncodedBatch {
    let mut builder = BatchBuilder::new();
    for (n, (key, value)) in records.iter().enumerate() {
        builder.push(&NewRecord {
            timestamp: Timestamp(timestamp + n as i64),
            key: (!key.is_empty()).then_some(key.as_bytes()),
            value: value.map(str::as_bytes),
            headers: &[],
        });
    }
    let mut batch = EncodedBatch::default();
    builder.finish(&mut Compressor::new(codec, None).expect("a codec"), None, &mut batch).expect("finished");
    batch
}

pub(super) fn read(dir: &Path) -> Vec<Found> {
    let mut reader = LogReader::new(dir, Offset::ZERO);
    let mut out = Vec::new();
    read_on(&mut reader, &mut out, usize::MAX);
    out
}

/// Reads up to so many batches more.
fn read_on(reader: &mut LogReader, out: &mut Vec<Found>, batches: usize) {
    let mut decoder = RecordDecoder::new();
    for _ in 0..batches {
        let Some(batch) = reader.next().expect("readable") else { return };
        if batch.header().attributes.is_control() {
            continue;
        }
        let mut records = decoder.records(&batch).expect("records");
        while let Some(r) = records.next().expect("a record") {
            let text = |b: Option<&[u8]>| b.map(|b| String::from_utf8(b.to_vec()).expect("text"));
            out.push((r.offset.0, r.timestamp.0, text(r.key), text(r.value)));
        }
    }
}

pub(super) fn clean(dir: &Path, config: CleanerConfig, now: Timestamp) -> CleanReport {
    LogCleaner::new(dir, config).clean(now, &mut |_| ControlFlow::Continue(())).expect("cleaned")
}

/// The base offset of the active segment.
pub(super) fn active(dir: &Path) -> i64 {
    SegmentList::read(dir).expect("a folder").logs.last().expect("a segment").0
}

/// What compaction leaves of `all` when everything below `bound` is cleaned, tombstones included.
fn compacted(all: &[Found], bound: i64) -> Vec<Found> {
    let mut last: HashMap<&Option<String>, i64> = HashMap::new();
    for (offset, _, key, _) in all.iter().filter(|(offset, ..)| *offset < bound) {
        last.insert(key, *offset);
    }
    let stays =
        |(offset, _, key, _): &&Found| *offset >= bound || (key.is_some() && last.get(key) == Some(offset));
    all.iter().filter(stays).cloned().collect()
}

/// Every index is the one that recovery would make, and no file is left over.
pub(super) fn assert_sound(dir: &Path, what: &str) {
    let list = SegmentList::read(dir).expect("a folder");
    assert!(!list.has_swap_files, "{what}");
    assert_eq!((&list.logs, &list.logs), (&list.indexes, &list.time_indexes), "{what}");
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        assert!(!name.ends_with(".cleaned") && !name.ends_with(".link"), "{what}: {name}");
    }
    let mut end = Offset::ZERO;
    for &base in &list.logs {
        let segment = crate::log::SegmentPath::new(dir, base);
        assert!(base >= end, "{what}: the segment at {base} overlaps the one before, which ends at {end}");
        let mut rules = crate::log::index_rules::IndexRules::new(config().log.index_interval_bytes, base);
        let mut reader = crate::log::BatchReader::open(&segment.log()).expect("a log");
        let mut index = Vec::new();
        end = base;
        loop {
            match reader.next(crate::log::batch_reader::Check::Checksums).expect("readable") {
                crate::log::Step::Batch(at, batch) => {
                    assert!(batch.header().base_offset >= end, "{what}");
                    end = batch.last_offset().next();
                    let due = rules.append(at, batch.last_offset(), batch.header().max_timestamp);
                    index.extend(due.offset.and_then(|e| e.encode(base)).into_iter().flatten());
                }
                crate::log::Step::End => break,
                other => panic!("{what}: {other:?}"),
            }
        }
        assert_eq!(std::fs::read(segment.index()).expect("an index"), index, "{what}: segment {base}");
    }
}

type Batches = Vec<(Vec<(u8, Option<u8>)>, u8)>;

fn some_batches() -> impl Strategy<Value = Batches> {
    let record = (0u8..20, proptest::option::weighted(0.9, any::<u8>()));
    proptest::collection::vec((proptest::collection::vec(record, 1..8), 0u8..5), 1..60)
}

fn append_all(dir: &Path, batches: &Batches, from: i64) {
    let mut appender = LogAppender::open(dir, config().log).expect("open");
    for (n, (records, codec)) in batches.iter().enumerate() {
        let texts: Vec<(String, Option<String>)> =
            records.iter().map(|(k, v)| (format!("k{k}"), v.map(|v| format!("v{v}")))).collect();
        let records: Vec<(&str, Option<&str>)> =
            texts.iter().map(|(k, v)| (k.as_str(), v.as_deref())).collect();
        let codec = Compression::from_id(*codec).expect("a codec");
        let mut batch = keyed(&records, from + 10 * n as i64, codec);
        appender.append(&mut batch, Durability::Written).expect("appended");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_newest_record_of_each_key_stays(
        first in some_batches(),
        second in some_batches(),
        keys_in_map in 16usize..40,
    ) {
        let dir = tempfile::tempdir().expect("a folder");
        // Room for a few keys only: several passes.
        let config = CleanerConfig { map_bytes: keys_in_map * 24, ..config() };
        append_all(dir.path(), &first, 1000);
        let mut expected = compacted(&read(dir.path()), active(dir.path()));
        let report = clean(dir.path(), config, NOW);
        prop_assert!(report.is_complete);
        prop_assert_eq!(&read(dir.path()), &expected);
        assert_sound(dir.path(), "once");

        append_all(dir.path(), &second, 9000);
        expected = compacted(&read(dir.path()), active(dir.path()));
        let cleaner = LogCleaner::new(dir.path(), config);
        let foretold = cleaner.dry_run(NOW, &mut |_| ControlFlow::Continue(())).expect("looked");
        let report = clean(dir.path(), config, NOW);
        prop_assert!(report.is_complete);
        if report.passes == 1 && foretold.is_complete {
            prop_assert_eq!(report, foretold);
        }
        prop_assert_eq!(&read(dir.path()), &expected);
        assert_sound(dir.path(), "twice");
        prop_assert_eq!(cleaner.dirtiness(NOW).expect("known").dirty_bytes, 0);
        let end = expected.last().map(|(offset, ..)| offset + 1);
        let mut next = LogAppender::open(dir.path(), config.log).expect("open");
        prop_assert_eq!(Some(next.log_end_offset().expect("known").0), end, "no offset is given out twice");
    }
}

/// Appends `records`, one to a batch, and begins a new segment.
fn append_segment(dir: &Path, records: &[(&str, Option<&str>)]) {
    let mut appender = LogAppender::open(dir, config().log).expect("open");
    for record in records {
        appender.append(&mut keyed(&[*record], 5, Compression::None), Durability::Written).expect("appended");
    }
    appender.with_lock(LockedLogExt::roll_now).expect("rolled");
}

/// Lets [`append_segment`] name a method of the log layer.
struct LockedLogExt;

impl LockedLogExt {
    fn roll_now(log: &mut crate::log::locked::LockedLog<'_>) -> Result<(), LogError> {
        log.roll()
    }
}

fn values(dir: &Path) -> Vec<(String, Option<String>)> {
    read(dir).into_iter().map(|(_, _, key, value)| (key.expect("a key"), value)).collect()
}

#[test]
fn tombstones_live_for_their_time_and_the_dead_stay_dead() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = CleanerConfig { delete_retention_ms: 1000, ..config() };
    let pair = |key: &str, value: Option<&str>| (key.to_owned(), value.map(str::to_owned));
    append_segment(dir.path(), &[("a", Some("1")), ("b", Some("1")), ("a", None)]);
    clean(dir.path(), config, NOW);
    assert_eq!(values(dir.path()), [pair("b", Some("1")), pair("a", None)]);
    let horizons = |dir: &Path| -> Vec<Option<Timestamp>> {
        let mut reader = LogReader::new(dir, Offset::ZERO);
        let mut out = Vec::new();
        while let Some(batch) = reader.next().expect("readable") {
            out.push(batch.header().delete_horizon());
        }
        out
    };
    assert_eq!(horizons(dir.path()), [None, Some(Timestamp(NOW.0 + 1000))]);

    // Cleaned again before its time: it stays, and its time does not begin anew.
    append_segment(dir.path(), &[("c", Some("1"))]);
    clean(dir.path(), config, Timestamp(NOW.0 + 999));
    assert_eq!(values(dir.path()).len(), 3);
    assert_eq!(horizons(dir.path())[1], Some(Timestamp(NOW.0 + 1000)));

    append_segment(dir.path(), &[("c", Some("2"))]);
    clean(dir.path(), config, Timestamp(NOW.0 + 1000));
    assert_eq!(values(dir.path()), [pair("b", Some("1")), pair("c", Some("2"))]);
}

#[test]
fn what_is_too_young_or_active_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    append_segment(dir.path(), &[("a", Some("1")), ("a", Some("2"))]);
    append_segment(dir.path(), &[("a", Some("3")), ("a", Some("4"))]);
    let mut appender = LogAppender::open(dir.path(), config().log).expect("open");
    for value in ["5", "6"] {
        let mut batch = keyed(&[("a", Some(value))], NOW.0, Compression::None);
        appender.append(&mut batch, Durability::Written).expect("appended");
    }
    let lag = CleanerConfig { min_compaction_lag_ms: NOW.0, ..config() };
    assert!(!LogCleaner::new(dir.path(), lag).is_due(NOW).expect("known"));
    clean(dir.path(), lag, NOW);
    assert_eq!(read(dir.path()).len(), 6, "all is younger than the lag");
    assert!(LogCleaner::new(dir.path(), config()).is_due(NOW).expect("known"));
    clean(dir.path(), config(), NOW);
    assert_eq!(read(dir.path()).iter().map(|r| r.0).collect::<Vec<_>>(), [3, 4, 5]);
}

#[test]
fn it_is_due_by_share_or_by_age() {
    let dir = tempfile::tempdir().expect("a folder");
    append_segment(dir.path(), &[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))]);
    clean(dir.path(), config(), NOW);
    append_segment(dir.path(), &[("a", Some("4"))]);
    let with = |ratio: f64, max_lag: i64| {
        let config =
            CleanerConfig { min_cleanable_dirty_ratio: ratio, max_compaction_lag_ms: max_lag, ..config() };
        LogCleaner::new(dir.path(), config).is_due(Timestamp(1000)).expect("known")
    };
    assert_eq!(LogCleaner::new(dir.path(), config()).dirtiness(NOW).expect("known").ratio(), 0.25);
    assert!(with(0.2, i64::MAX) && !with(0.25, i64::MAX) && !with(0.5, i64::MAX));
    assert!(with(0.5, 994) && !with(0.5, 995), "the record is of 5 ms, and it is 1000 now");
    clean(dir.path(), config(), NOW);
    assert!(!with(0.0, 1), "nothing is dirty");
}

#[test]
fn small_segments_become_one_and_records_without_a_key_go() {
    let dir = tempfile::tempdir().expect("a folder");
    for n in 0..6 {
        append_segment(dir.path(), &[("a", Some("1")), ("", Some("no key")), (&format!("k{n}"), Some("1"))]);
    }
    let report = clean(dir.path(), config(), NOW);
    assert_eq!((report.segments_before, report.records_before, report.without_key), (6, 18, 6));
    assert_eq!(report.records_after, 7);
    assert!(report.segments_after < 6 && report.bytes_after < report.bytes_before);
    let bases: Vec<i64> = SegmentList::read(dir.path()).expect("a folder").logs.iter().map(|o| o.0).collect();
    assert_eq!(bases.len(), report.segments_after + 1);
    assert_eq!((bases[0], bases.last()), (0, Some(&18)));
    assert_sound(dir.path(), "together");
}

#[test]
fn readers_read_on_while_segments_are_replaced() {
    let dir = tempfile::tempdir().expect("a folder");
    for n in 0..12 {
        append_segment(dir.path(), &[("a", Some("1")), (&format!("k{n}"), Some("1")), ("b", Some("1"))]);
    }
    let all = read(dir.path());
    let left = compacted(&all, active(dir.path()));
    // Each begins at another place, is there before the cleaning, and goes on afterwards.
    for batches in 0..36 {
        let copy = tempfile::tempdir().expect("a folder");
        for entry in std::fs::read_dir(dir.path()).expect("a folder") {
            let from = entry.expect("an entry").path();
            std::fs::copy(&from, copy.path().join(from.file_name().expect("a name"))).expect("copied");
        }
        let mut reader = LogReader::new(copy.path(), Offset::ZERO);
        let mut seen = Vec::new();
        read_on(&mut reader, &mut seen, batches);
        clean(copy.path(), config(), NOW);
        read_on(&mut reader, &mut seen, usize::MAX);
        assert!(seen.is_sorted_by(|a, b| a.0 < b.0), "after {batches}");
        assert!(seen.iter().all(|record| all.contains(record)));
        for record in &left {
            assert!(seen.contains(record), "after {batches} batches {record:?} was not read");
        }
    }
}

#[test]
fn only_one_cleans_and_an_interrupted_one_leaves_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    append_segment(dir.path(), &[("a", Some("1")), ("a", Some("2"))]);
    let mut lock = note::open_lock(dir.path()).expect("a lock");
    let guard = lock.acquire().expect("locked");
    assert!(clean(dir.path(), config(), NOW).was_busy);
    drop(guard);

    let value = "v".repeat(400_000);
    let large = CleanerConfig { log: LogConfig { segment_bytes: 1 << 30, ..config().log }, ..config() };
    let mut appender = LogAppender::open(dir.path(), large.log).expect("open");
    for key in 0..10 {
        let mut batch = keyed(&[(&format!("k{key}"), Some(&value))], 5, Compression::None);
        appender.append(&mut batch, Durability::Written).expect("appended");
    }
    appender.with_lock(LockedLogExt::roll_now).expect("rolled");
    let before = read(dir.path());
    for stop_at in 1..60 {
        let mut asked = 0;
        let cleaner = LogCleaner::new(dir.path(), large);
        let report = cleaner.clean(NOW, &mut |_| {
            asked += 1;
            if asked == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let is_complete = report.expect("no error").is_complete;
        assert!(is_complete || read(dir.path()) == before);
        let names: Vec<_> =
            std::fs::read_dir(dir.path()).expect("a folder").map(|e| e.expect("e").file_name()).collect();
        assert!(names.iter().all(|n| !n.to_string_lossy().contains("cleaned")), "{names:?}");
        if is_complete {
            assert!(stop_at > 3);
            return;
        }
    }
    panic!("it never ends");
}

#[test]
fn damage_is_reported_and_nothing_is_changed() {
    let dir = tempfile::tempdir().expect("a folder");
    append_segment(dir.path(), &[("a", Some("1")), ("a", Some("2"))]);
    let log = dir.path().join("00000000000000000000.log");
    let mut bytes = std::fs::read(&log).expect("a log");
    *bytes.last_mut().expect("a byte") ^= 1;
    std::fs::write(&log, &bytes).expect("written");
    let cleaner = LogCleaner::new(dir.path(), config());
    let error = cleaner.clean(NOW, &mut |_| ControlFlow::Continue(())).expect_err("damage");
    assert!(matches!(error, LogError::Corrupt { offset: Offset(1), .. }), "{error}");
    assert_eq!(std::fs::read(&log).expect("a log"), bytes);
}

#[test]
fn a_partition_that_is_deleted_meanwhile_is_gone() {
    let parent = tempfile::tempdir().expect("a folder");
    let dir = parent.path().join("t-0");
    std::fs::create_dir(&dir).expect("a folder");
    let value = "v".repeat(500_000);
    let large = CleanerConfig { log: LogConfig { segment_bytes: 1 << 30, ..config().log }, ..config() };
    let mut appender = LogAppender::open(&dir, large.log).expect("open");
    for _ in 0..8 {
        let mut batch = keyed(&[("k", Some(&value))], 5, Compression::None);
        appender.append(&mut batch, Durability::Written).expect("appended");
    }
    appender.with_lock(LockedLogExt::roll_now).expect("rolled");
    let doomed = parent.path().join("t-0.x-delete");
    let error = LogCleaner::new(&dir, large).clean(NOW, &mut |_| {
        let _ = std::fs::rename(&dir, &doomed);
        ControlFlow::Continue(())
    });
    assert!(matches!(error, Err(LogError::Gone(_))), "{error:?}");
}

#[test]
fn what_is_done_while_nobody_cleans_is_done_again_if_somebody_begins_to() {
    let dir = tempfile::tempdir().expect("a folder");
    LogAppender::open(dir.path(), config().log).expect("open");
    let before = std::fs::read_dir(dir.path()).expect("a folder").count();
    let cleaner = LogCleaner::new(dir.path(), config());
    let mut times = 0;
    cleaner.while_idle(|| times += 1);
    assert_eq!(times, 1);
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), before, "nothing is made for that");
    cleaner.while_idle(|| {
        times += 1;
        match times {
            2 => drop(clean(dir.path(), config(), NOW)),
            _ => {
                let other = LogCleaner::new(dir.path(), config());
                let refused = other.clean(NOW, &mut |_| ControlFlow::Continue(())).expect("cleaned");
                assert!(refused.was_busy, "now there is a lock");
            }
        }
    });
    assert_eq!(times, 3);
}

/// What a cleaning is putting in place is nothing that somebody who died has left.
#[test]
fn a_cleaner_that_is_at_work_is_let_be() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut appender = LogAppender::open(dir.path(), config().log).expect("a partition");
    let mut batch = keyed(&[("a", Some("1"))], NOW.0, Compression::None);
    appender.append(&mut batch, Durability::Written).expect("appended");
    std::fs::write(dir.path().join("00000000000000000000.index.swap"), "").expect("written");
    let findings = || {
        let verified = crate::log::verify::verify(dir.path(), true, &mut |_| ControlFlow::Continue(()));
        verified.expect("readable").findings.len()
    };
    let mut lock = note::open_lock(dir.path()).expect("a lock file");
    let guard = lock.acquire().expect("locked");
    assert_eq!(findings(), 0);
    drop(guard);
    assert_eq!(findings(), 1);
}
