//! A log under failing disks, dying processes and losses of power: every operation of a run over append,
//! roll and recovery is made to fail in turn, and what is left is held against what was promised.

use std::path::Path;

use super::tail::BootId;
use super::tests::{one, one_at, read_all};
use super::*;
use crate::fs::LogFile;
use crate::fs::power::Chance;
use crate::fs::seam::faults::{EDQUOT, EIO, EMFILE, ENOSPC, Fault, Injected, inject};
use crate::record::{Offset, Timestamp};

/// What befalls each operation in turn. Where a call cannot give such an error it does no harm to act as if.
const FAULTS: [Fault; 6] = [
    Fault::Error(ENOSPC),
    Fault::Error(EIO),
    Fault::Error(EMFILE),
    Fault::Error(EDQUOT),
    Fault::Short(ENOSPC),
    Fault::Short(EDQUOT),
];

/// A folder in memory where the system has such: thousands of syncs are made here.
pub(super) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// Small enough that the run rolls several times.
fn config() -> LogConfig {
    LogConfig { segment_bytes: 400, index_interval_bytes: 100, ..LogConfig::default() }
}

/// What a run was told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    /// Values whose append was acknowledged, with the offsets given.
    acknowledged: Vec<(i64, String)>,
    /// How many of these a synced append has put on the disk.
    durable: usize,
    /// Values whose append failed.
    refused: Vec<String>,
}

/// Which appends of a run are synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncs {
    None,
    /// Every seventh: what comes between is put on the disk together with it.
    Some,
    All,
    /// None but those that go on behind the appenders, in segments that are larger than what these wait for.
    Behind,
}

impl Syncs {
    fn config(self) -> LogConfig {
        match self {
            Self::Behind => LogConfig { segment_bytes: 2000, ..config() },
            Self::None | Self::Some | Self::All => config(),
        }
    }
}

/// Appends by turns through two appenders, which are opened anew now and then, and goes on after failures.
/// What is acknowledged is added to `told` at once, so that it is known after a death too.
fn run(dir: &Path, syncs: Syncs, told: &mut Told) {
    let mut first = None;
    let mut second = None;
    for i in 0..24 {
        let durability = match syncs {
            Syncs::All => Durability::Synced,
            Syncs::Some if i % 7 == 6 => Durability::Synced,
            Syncs::None | Syncs::Some | Syncs::Behind => Durability::Written,
        };
        // Of different sizes: a full segment may still have room for the next.
        let value = format!("value number {i} {}", "x".repeat(i * 37 % 150));
        let appender = if i % 3 == 0 { &mut second } else { &mut first };
        if i % 6 == 0 {
            *appender = None;
        }
        if appender.is_none() {
            *appender = LogAppender::open(dir, syncs.config()).ok();
            // What is not synced at once is soon, behind the appender.
            appender.iter_mut().for_each(|appender| appender.writeback_bytes = 500);
        }
        // By a clock that jumps back now and then.
        let timestamp = 1000 + i64::try_from(i * 10 % 170).expect("small");
        let appended = appender.as_mut().map(|a| a.append(&mut one_at(&value, timestamp), durability));
        match appended {
            Some(Ok(offsets)) => {
                told.acknowledged.push((offsets.first.0, value));
                if durability == Durability::Synced {
                    told.durable = told.acknowledged.len();
                }
            }
            _ => {
                told.refused.push(value);
                // A process that fails ends.
                *appender = None;
            }
        }
    }
}

/// Holds what is in `dir` against what was told, and appends one more record.
fn check(dir: &Path, promised: &[(i64, String)], what: &str) {
    check_seen(dir, promised, &[], what);
}

/// As [`check`]; and what a reader has `seen` must still be there.
fn check_seen(dir: &Path, promised: &[(i64, String)], seen: &[(i64, String)], what: &str) {
    let mut next = LogAppender::open(dir, config()).expect("open");
    let appended = next.append(&mut one("afterwards"), Durability::Written).expect(what);
    let records = read_all(dir);
    assert!(records.iter().map(|(offset, _)| *offset).eq(0..records.len() as i64), "{what}: {records:?}");
    assert_eq!(records.last(), Some(&(appended.first.0, "afterwards".to_owned())), "{what}");
    assert!(records.starts_with(seen), "{what}: what a reader saw has vanished: {seen:?}, now {records:?}");
    for record in promised {
        assert!(records.contains(record), "{what}: {record:?} is lost of {records:?}");
    }
    // A batch whose sync failed, or whose writer died before the answer, may be there: once.
    for (_, value) in &records {
        assert_eq!(records.iter().filter(|(_, v)| v == value).count(), 1, "{what}: {value} is there twice");
    }
    assert_sound(dir, what);
}

/// Every file is what Kafka wants: indexes in order and leading to their batches, nothing behind the
/// last batch.
pub(super) fn assert_sound(dir: &Path, what: &str) {
    let list = segment::SegmentList::read(dir).expect("a folder");
    assert_eq!(list.temporary_files, [""; 0].map(std::path::PathBuf::from), "{what}");
    assert_eq!((&list.logs, &list.logs), (&list.indexes, &list.time_indexes), "{what}");
    for &base in &list.logs {
        let segment = SegmentPath::new(dir, base);
        let mut batches = BatchReader::open(&segment.log()).expect("a log");
        let (mut starts, mut times) = (Vec::new(), Vec::new());
        loop {
            match batches.next(batch_reader::Check::Checksums).expect("readable") {
                Step::Batch(at, batch) => {
                    starts.push((at, batch.last_offset()));
                    times.push((batch.header().max_timestamp, batch.last_offset()));
                }
                Step::End => break,
                other => panic!("{what}: {} ends with {other:?}", segment.log().display()),
            }
        }
        let index =
            offset_index::OffsetIndex::open(&segment.index(), base).expect("readable").expect("there");
        for n in 0..index.len() {
            let entry = index.entry(n).expect("readable");
            assert!(
                starts.contains(&(entry.position, entry.offset)),
                "{what}: {} has {entry:?} and batches {starts:?}",
                segment.index().display()
            );
        }
        let length = std::fs::metadata(segment.index()).expect("there").len();
        assert_eq!(length, index.len() * offset_index::ENTRY_LEN as u64, "{what}");
        assert_times_sound(&segment, &times, what);
    }
}

/// A time index grows in time and in offsets, and each entry is the first batch so far that has its time;
/// `batches` has the time and last offset of each.
fn assert_times_sound(segment: &SegmentPath, batches: &[(Timestamp, Offset)], what: &str) {
    let file = LogFile::open(&segment.time_index()).expect("there");
    let entries = file.len().expect("a length") / time_index::ENTRY_LEN as u64;
    assert_eq!(file.len().expect("a length"), entries * time_index::ENTRY_LEN as u64, "{what}");
    let mut last = Timestamp(0);
    for n in 0..entries {
        let behind = Position((n + 1) * time_index::ENTRY_LEN as u64);
        let entry = time_index::entry_before(&file, behind, segment.base_offset()).expect("readable");
        let entry = entry.expect("an entry");
        assert!(entry.timestamp > last, "{what}: {} goes back at {entry:?}", segment.time_index().display());
        last = entry.timestamp;
        let first = batches.iter().find(|(time, _)| *time >= entry.timestamp);
        assert_eq!(first, Some(&(entry.timestamp, entry.offset)), "{what}: {batches:?}");
    }
}

/// How many operations the run comes to when nothing fails.
fn operations(syncs: Syncs) -> usize {
    let dir = folder();
    let mut told = Told::default();
    let Injected { operations, .. } = inject(None, || run(dir.path(), syncs, &mut told));
    assert_eq!((told.acknowledged.len(), told.refused.len()), (24, 0));
    assert!(segment::SegmentList::read(dir.path()).expect("a folder").logs.len() > 1, "it rolls");
    operations
}

#[test]
fn every_operation_may_fail() {
    let mut covered = 0;
    for syncs in [Syncs::None, Syncs::All] {
        for number in 0..operations(syncs) {
            for fault in FAULTS {
                covered += 1;
                let dir = folder();
                let mut told = Told::default();
                inject(Some((number, fault)), || run(dir.path(), syncs, &mut told));
                let what = format!("{fault:?} at operation {number}, syncs: {syncs:?}");
                assert!(told.refused.len() <= 2, "{what}: one failure refused {:?}", told.refused);
                check_seen(dir.path(), &told.acknowledged, &read_all(dir.path()), &what);
            }
        }
    }
    println!("append, roll, recovery: {covered} points of failure (operation x fault)");
}

#[test]
fn the_process_may_die_before_every_operation() {
    let mut covered = 0;
    for syncs in [Syncs::None, Syncs::All] {
        for number in 0..operations(syncs) {
            let dir = folder();
            let mut told = Told::default();
            covered += 1;
            let death = inject(Some((number, Fault::Death)), || run(dir.path(), syncs, &mut told));
            assert!(death.result.is_none(), "it died");
            check(
                dir.path(),
                &told.acknowledged,
                &format!("death before operation {number}, syncs: {syncs:?}"),
            );
        }
    }
    println!("append, roll, recovery: {covered} points of death");
}

/// A process that had the partition open before another one died goes on, and so does one that opens it
/// then: both must agree on where the log ends, whatever the dead one was at.
#[test]
fn others_go_on_after_a_death_before_every_operation() {
    let operations = operations(Syncs::None);
    println!("append, roll, recovery: {operations} points of death with others going on");
    for number in 0..operations {
        let dir = folder();
        let mut told = Told::default();
        let mut survivor = LogAppender::open(dir.path(), config()).expect("open");
        let first = survivor.append(&mut one("before"), Durability::Written).expect("appended").first;
        told.acknowledged.push((first.0, "before".to_owned()));
        inject(Some((number, Fault::Death)), || run(dir.path(), Syncs::None, &mut told));
        let mut newcomer = LogAppender::open(dir.path(), config()).expect("open");
        let what = format!("death before operation {number}");
        for i in 0..8 {
            let value = format!("{i}");
            let who = if i % 2 == 1 { &mut newcomer } else { &mut survivor };
            let offset = who.append(&mut one(&value), Durability::Written).expect(&what).first;
            told.acknowledged.push((offset.0, value));
        }
        check_seen(dir.path(), &told.acknowledged, &read_all(dir.path()), &what);
    }
}

/// What was acknowledged as synced, and all that was acknowledged before it, survives whatever the disk
/// kept of the rest. (What a reader sees of the rest before a writer has mended the log may go.)
#[test]
fn power_may_be_lost_before_every_operation() {
    let (tries, mut covered) = (8, 0);
    for syncs in [Syncs::Some, Syncs::All, Syncs::Behind] {
        for number in 0..=operations(syncs) {
            let dir = folder();
            let mut told = Told::default();
            let death = Some((number, Fault::Death));
            let Injected { journal, .. } = inject(death, || run(dir.path(), syncs, &mut told));
            for seed in 0..tries {
                let after = folder();
                let mut chance = Chance(seed * 1_000_003 + number as u64);
                journal.after_loss_of_power(dir.path(), after.path(), &mut chance);
                let _boot = BootId::pretend_another();
                let what = format!("power lost before operation {number}, seed {seed}, syncs: {syncs:?}");
                check(after.path(), &told.acknowledged[..told.durable], &what);
            }
            covered += tries;
        }
    }
    println!("append, roll, recovery: {covered} losses of power");
}

/// Leaves what the worst of deaths leave, all at once, and goes on.
fn run_over_damage(dir: &Path, told: &mut Told) {
    run(dir, Syncs::All, told);
    let list = segment::SegmentList::read(dir).expect("a folder");
    let (Some(&first), Some(&last)) = (list.logs.first(), list.logs.last()) else { return };
    // Through the seam, so that the disk of the model has it too; each of these may be what fails.
    let torn = SegmentPath::new(dir, last).log();
    let _ = LogFile::open(&torn).and_then(|log| log.write_all_at(&one("torn").bytes()[..50], log.len()?));
    let _ = crate::fs::remove_file(&SegmentPath::new(dir, first).time_index());
    let _ = LogFile::create(&SegmentPath::new(dir, Offset(1_000)).index());
    let _ = LogFile::create(&dir.join(".tmpLeft"));
    for value in ["mended", "and gone on"] {
        let appended = LogAppender::open(dir, config())
            .and_then(|mut appender| appender.append(&mut one(value), Durability::Synced));
        match appended {
            Ok(offsets) => {
                told.acknowledged.push((offsets.first.0, value.to_owned()));
                told.durable = told.acknowledged.len();
            }
            Err(_) => told.refused.push(value.to_owned()),
        }
    }
}

#[test]
fn every_operation_of_mending_may_fail_or_be_the_last() {
    let dir = folder();
    let mut told = Told::default();
    let Injected { operations: all, .. } = inject(None, || run_over_damage(dir.path(), &mut told));
    assert_eq!((told.acknowledged.len(), told.refused.len()), (26, 0));
    // What comes before is covered by the other tests.
    let from = operations(Syncs::All);
    let (mut covered, mut losses) = (0, 0);
    for number in from..all {
        for fault in FAULTS.into_iter().chain([Fault::Death]) {
            covered += 1;
            let dir = folder();
            let mut told = Told::default();
            let Injected { journal, .. } =
                inject(Some((number, fault)), || run_over_damage(dir.path(), &mut told));
            let what = format!("{fault:?} at operation {number} of mending");
            check_seen(dir.path(), &told.acknowledged, &read_all(dir.path()), &what);
            if fault != Fault::Death {
                continue;
            }
            for seed in 0..8 {
                losses += 1;
                let after = folder();
                let mut chance = Chance(seed * 1_000_003 + number as u64);
                journal.after_loss_of_power(dir.path(), after.path(), &mut chance);
                let _boot = BootId::pretend_another();
                check(
                    after.path(),
                    &told.acknowledged[..told.durable],
                    &format!("{what}, power lost, seed {seed}"),
                );
            }
        }
    }
    println!("recovery: {covered} points (operation x fault), {losses} losses of power");
}
