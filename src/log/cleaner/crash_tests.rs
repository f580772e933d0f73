//! A cleaning under failing disks, dying processes and losses of power: every operation is made to fail in
//! turn, and what is left is held against what was promised.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use super::tests::{NOW, assert_sound, config, keyed, read};
use super::*;
use crate::fs::power::Chance;
use crate::fs::seam::faults::{Fault, Injected, inject};
use crate::log::Durability;
use crate::log::tail::BootId;
use crate::record::Compression;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// Room for so few keys that there are several passes.
fn cleaner_config(delay_ms: i64) -> CleanerConfig {
    CleanerConfig { map_bytes: 24 * 20, file_delete_delay_ms: delay_ms, ..config() }
}

/// What a run was told: each record that was acknowledged, and how many of them were synced by then.
#[derive(Debug, Default)]
struct Told {
    acknowledged: Vec<(i64, String, String)>,
    durable: usize,
}

/// Appends and cleans by turns.
fn run(dir: &Path, delay_ms: i64, told: &mut Told) {
    let mut appender = None;
    for i in 0..40 {
        if appender.is_none() {
            appender = LogAppender::open(dir, config().log).ok();
        }
        let (key, value) = (format!("k{}", i * 7 % 24), format!("value {i}"));
        let durability = if i % 9 == 8 { Durability::Synced } else { Durability::Written };
        let mut batch = keyed(&[(&key, Some(&value))], 1000 + i, Compression::None);
        match appender.as_mut().map(|a| a.append(&mut batch, durability)) {
            Some(Ok(offsets)) => {
                told.acknowledged.push((offsets.first.0, key, value));
                if durability == Durability::Synced {
                    told.durable = told.acknowledged.len();
                }
            }
            _ => appender = None,
        }
        if i == 19 || i == 32 || i == 39 {
            let cleaner = LogCleaner::new(dir, cleaner_config(delay_ms));
            let _ = cleaner.clean(NOW, &mut |_| ControlFlow::Continue(()));
        }
    }
}

/// Of each key the newest promised record must be there, or one that is newer; nothing may be there that
/// was never appended; and after a cleaning that nothing disturbs all is in order.
fn check(dir: &Path, promised: &[(i64, String, String)], all: &[(i64, String, String)], what: &str) {
    let mut next = LogAppender::open(dir, config().log).expect("open");
    let mut batch = keyed(&[("afterwards", Some("x"))], 1, Compression::None);
    let at = next.append(&mut batch, Durability::Written).expect(what).first;
    for cleaned in [false, true] {
        if cleaned {
            let cleaner = LogCleaner::new(dir, cleaner_config(0));
            let report = cleaner.clean(NOW, &mut |_| ControlFlow::Continue(())).expect(what);
            assert!(report.is_complete, "{what}");
            assert_sound(dir, what);
        }
        let records = read(dir);
        assert!(records.is_sorted_by(|a, b| a.0 < b.0), "{what}: {records:?}");
        assert_eq!(records.last().map(|r| r.0), Some(at.0), "{what}");
        assert!(promised.iter().all(|(offset, ..)| *offset < at.0), "{what}: an offset was given out twice");
        let mut newest: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
        for (offset, _, key, value) in &records {
            newest.insert(key.as_deref().expect("a key"), (*offset, value.as_deref().expect("a value")));
        }
        let mut due: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
        for (offset, key, value) in promised {
            due.insert(key, (*offset, value));
        }
        for (key, (offset, value)) in due {
            let found = newest.get(key).unwrap_or_else(|| panic!("{what}: {key} is lost of {records:?}"));
            assert!(found.0 > offset || *found == (offset, value), "{what}: {key} is {found:?}, was {value}");
        }
        for (offset, _, key, value) in records.iter().filter(|record| record.0 != at.0) {
            let known = (*offset, key.clone().expect("a key"), value.clone().expect("a value"));
            let is_told = all.contains(&known);
            // A batch whose writer died before the answer may be there as well.
            let may_be = !all.iter().any(|(o, ..)| *o == known.0);
            assert!(is_told || may_be, "{what}: {known:?} was never appended there");
        }
    }
}

fn operations(delay_ms: i64) -> usize {
    let dir = folder();
    let mut told = Told::default();
    let Injected { operations, .. } = inject(None, || run(dir.path(), delay_ms, &mut told));
    assert_eq!(told.acknowledged.len(), 40);
    assert!(read(dir.path()).len() < 30, "it was cleaned");
    operations
}

#[test]
fn every_operation_of_a_cleaning_may_fail() {
    for number in 0..operations(0) {
        for fault in [Fault::Error(28), Fault::Error(5), Fault::Short(28)] {
            let dir = folder();
            let mut told = Told::default();
            inject(Some((number, fault)), || run(dir.path(), 0, &mut told));
            let what = format!("{fault:?} at operation {number}");
            check(dir.path(), &told.acknowledged, &told.acknowledged, &what);
        }
    }
}

#[test]
fn a_cleaner_may_die_before_every_operation() {
    for delay_ms in [0, 60_000] {
        for number in 0..operations(delay_ms) {
            let dir = folder();
            let mut told = Told::default();
            let death = inject(Some((number, Fault::Death)), || run(dir.path(), delay_ms, &mut told));
            assert!(death.result.is_none(), "it died");
            let what = format!("death before operation {number}, delay {delay_ms}");
            // What is there is whole for a reader too, before any writer has mended it.
            let records = read(dir.path());
            assert!(records.is_sorted_by(|a, b| a.0 < b.0), "{what}: {records:?}");
            for (offset, key, _) in &told.acknowledged {
                let newer = |r: &&super::tests::Found| r.2.as_ref() == Some(key) && r.0 >= *offset;
                assert!(records.iter().any(|r| newer(&r)), "{what}: {key} is lost of {records:?}");
            }
            check(dir.path(), &told.acknowledged, &told.acknowledged, &what);
        }
    }
}

#[test]
fn power_may_be_lost_before_every_operation_of_a_cleaning() {
    for number in 0..=operations(0) {
        let dir = folder();
        let mut told = Told::default();
        let death = Some((number, Fault::Death));
        let Injected { journal, .. } = inject(death, || run(dir.path(), 0, &mut told));
        for seed in 0..2 {
            let after = folder();
            let mut chance = Chance(seed * 1_000_003 + number as u64);
            journal.after_loss_of_power(dir.path(), after.path(), &mut chance);
            let _boot = BootId::pretend_another();
            let what = format!("power lost before operation {number}, seed {seed}");
            check(after.path(), &told.acknowledged[..told.durable], &told.acknowledged, &what);
        }
    }
}

/// The map gets full within the first batch of a segment: what it has of that batch by then makes older records go,
/// and must outlive a loss of power as all does that others go for.
#[test]
fn nothing_goes_for_the_sake_of_a_batch_that_is_not_on_the_disk() {
    let config = CleanerConfig {
        map_bytes: 0,
        log: LogConfig { segment_bytes: 350, ..config().log },
        ..cleaner_config(0)
    };
    let old: Vec<String> = (0..12).map(|n| format!("k{n}")).collect();
    let batches: [Vec<&str>; 3] =
        [old.iter().map(String::as_str).collect(), vec!["k3", "k4", "a", "b", "c"], vec!["last"; 12]];
    let run = |dir: &Path, told: &mut Told| {
        let mut appender = LogAppender::open(dir, config.log).expect("open");
        for (n, keys) in batches.iter().enumerate() {
            let value = format!("value {n}");
            let records: Vec<_> = keys.iter().map(|key| (*key, Some(value.as_str()))).collect();
            let durability = if n == 0 { Durability::Synced } else { Durability::Written };
            let mut batch = keyed(&records, 1000, Compression::None);
            let Ok(appended) = appender.append(&mut batch, durability) else { return };
            let all = (appended.first.0..).zip(keys);
            told.acknowledged.extend(all.map(|(offset, key)| (offset, (*key).to_owned(), value.clone())));
            told.durable = told.durable.max(if n == 0 { keys.len() } else { 0 });
        }
        let _ = LogCleaner::new(dir, config).clean(NOW, &mut |_| ControlFlow::Continue(()));
    };
    let dir = folder();
    let mut told = Told::default();
    let Injected { operations, .. } = inject(None, || run(dir.path(), &mut told));
    assert!(read(dir.path()).iter().all(|found| found.0 != 3 && found.0 != 4), "it was cleaned");
    for number in 0..=operations {
        let dir = folder();
        let mut told = Told::default();
        let death = Some((number, Fault::Death));
        let Injected { journal, .. } = inject(death, || run(dir.path(), &mut told));
        for seed in 0..4 {
            let after = folder();
            journal.after_loss_of_power(dir.path(), after.path(), &mut Chance(seed * 1_000_003));
            let _boot = BootId::pretend_another();
            let what = format!("power lost before operation {number}, seed {seed}");
            check(after.path(), &told.acknowledged[..told.durable], &told.acknowledged, &what);
        }
    }
}
