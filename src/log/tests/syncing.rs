//! What `flush.messages`, `flush.ms` and `preallocate` do to the disk.

use super::*;
use crate::fs::power::Chance;
use crate::fs::seam::faults::inject;

/// How many of three records are left after a loss of power, with the least luck of some.
fn survivors(config: LogConfig, between: impl Fn(&mut LogAppender)) -> usize {
    let dir = tempfile::tempdir().expect("a folder");
    let run = inject(None, || {
        let mut appender = LogAppender::open(dir.path(), config).expect("open");
        for i in 0..3 {
            append(&mut appender, &format!("value {i}"));
            between(&mut appender);
        }
    });
    let left = |seed| {
        let after = tempfile::tempdir().expect("a folder");
        run.journal.after_loss_of_power(dir.path(), after.path(), &mut Chance(seed));
        let _boot = BootId::pretend_another();
        let mut next = LogAppender::open(after.path(), config).expect("open");
        usize::try_from(next.log_end_offset().expect("an end").0).expect("a count")
    };
    (0..40).map(left).min().unwrap_or(0)
}

#[test]
fn flush_messages_puts_every_so_many_records_on_the_disk() {
    let with = |flush_messages| LogConfig { flush_messages, ..LogConfig::default() };
    assert_eq!(survivors(with(i64::MAX), |_| {}), 0);
    assert_eq!(survivors(with(2), |_| {}), 2);
    assert_eq!(survivors(with(1), |_| {}), 3);
}

#[test]
fn flush_ms_puts_on_the_disk_what_has_waited() {
    let with = |flush_ms| LogConfig { flush_ms, ..LogConfig::default() };
    assert_eq!(survivors(with(0), |_| {}), 3, "at once");
    // Much later: not by itself, but when the producer ends.
    assert_eq!(survivors(with(3_600_000), |appender| appender.sync_if_due(false).expect("nothing")), 0);
    assert_eq!(survivors(with(3_600_000), |appender| appender.sync_if_due(true).expect("synced")), 3);
    let dir = tempfile::tempdir().expect("a folder");
    let mut appender = LogAppender::open(dir.path(), with(3_600_000)).expect("open");
    assert_eq!(appender.sync_due_in(), None);
    append(&mut appender, "x");
    assert!(appender.sync_due_in().is_some_and(|left| left.as_secs() > 3000));
    appender.sync_if_due(true).expect("synced");
    assert_eq!(appender.sync_due_in(), None);
}

#[test]
fn preallocate_takes_room_without_making_the_file_longer() {
    use std::os::unix::fs::MetadataExt as _;
    let room = |path: &Path| std::fs::metadata(path).expect("a file").blocks() * 512;
    let dir = tempfile::tempdir().expect("a folder");
    let probe = LogFile::create(&dir.path().join("probe")).expect("a file");
    probe.preallocate(0, 1 << 20).expect("room");
    if room(probe.path()) < 1 << 20 {
        return; // This file system takes no room beforehand.
    }
    let config = LogConfig { segment_bytes: 1 << 20, preallocate: true, ..LogConfig::default() };
    let mut appender = LogAppender::open(dir.path(), config).expect("open");
    append(&mut appender, "x");
    let first = SegmentPath::new(dir.path(), Offset(0)).log();
    assert!(room(&first) >= 1 << 20);
    let length = std::fs::metadata(&first).expect("a file").len();
    assert!(length < 200, "a reader of Kafka's would take zeros for damage");
    appender.with_lock(|log| log.roll_and_note()).expect("rolled");
    assert_eq!(std::fs::metadata(&first).expect("a file").len(), length);
    assert!(room(&first) < 1 << 20, "what was not needed is given back");
    append(&mut appender, "y");
    assert!(room(&SegmentPath::new(dir.path(), Offset(1)).log()) >= 1 << 20);
}

/// Who appends much takes room for more, which nobody sees, and gives back what was left.
#[test]
fn room_that_was_taken_ahead_is_given_back() {
    use std::os::unix::fs::MetadataExt as _;
    let dir = tempfile::tempdir().expect("a folder");
    let path = SegmentPath::new(dir.path(), Offset(0)).log();
    let left_over = || {
        let metadata = std::fs::metadata(&path).expect("a file");
        (metadata.blocks() * 512).saturating_sub(metadata.len()) >> 20
    };
    let mut appender = LogAppender::open(dir.path(), LogConfig::default()).expect("open");
    let value = "x".repeat(1_000_000);
    for _ in 0..6 {
        append(&mut appender, &value);
    }
    if !LogFile::open(&path).expect("the log").gains_from_room(16 << 20) {
        assert_eq!(left_over(), 0);
        return;
    }
    assert!((2..=16).contains(&left_over()), "{}", left_over());
    let mut another = LogAppender::open(dir.path(), LogConfig::default()).expect("open");
    append(&mut another, &value);
    let length = std::fs::metadata(&path).expect("a file").len();
    appender.close().expect("closed");
    assert_eq!((left_over(), std::fs::metadata(&path).expect("a file").len()), (0, length));
    for _ in 0..12 {
        append(&mut another, &value);
    }
    assert!((2..=16).contains(&left_over()), "{}", left_over());
    another.with_lock(|log| log.roll_and_note()).expect("rolled");
    assert_eq!(left_over(), 0);
}

/// Makes `work` while no sync of the partition in `dir`, which has several segments, can succeed.
fn while_syncs_fail<T>(dir: &Path, work: impl FnOnce() -> T) -> T {
    let (index, kept) = (files(dir, "index").remove(0), dir.join("kept"));
    std::fs::rename(&index, &kept).expect("moved");
    // What is no file cannot be synced.
    std::os::unix::fs::symlink("/dev/full", &index).expect("linked");
    let done = work();
    std::fs::rename(&kept, &index).expect("moved");
    done
}

/// The kernel may have dropped what it could not write, and calls the next sync a success.
#[test]
fn a_sync_that_has_failed_is_not_made_a_success() {
    let (dir, mut appender) = filled(LogConfig { flush_ms: 3_600_000, ..small_segments() }, 80);
    while_syncs_fail(dir.path(), || appender.sync_if_due(true)).expect_err("it cannot be synced");
    for _ in 0..2 {
        let refused = appender.sync_if_due(true);
        assert!(matches!(refused, Err(LogError::SyncFailed(_))), "{refused:?}");
    }
    let refused = appender.sync_work().map(drop);
    assert!(matches!(refused, Err(LogError::SyncFailed(_))), "{refused:?}");

    // One that began before another failed cannot know of that.
    let (dir, mut appender) = filled(small_segments(), 80);
    let work = appender.sync_work().expect("open").expect("something");
    while_syncs_fail(dir.path(), || appender.sync_all()).expect_err("it cannot be synced");
    let outcome = work.run();
    let refused = appender.note_sync(&work, outcome);
    assert!(matches!(refused, Err(LogError::SyncFailed(_))), "{refused:?}");
}

/// Of a failure in the background the next append is told, which has not begun then.
#[test]
fn a_failed_sync_in_the_background_leaves_the_next_batch_out() {
    let (dir, mut appender) = filled(small_segments(), 80);
    appender.writeback_bytes = 1;
    assert_eq!(while_syncs_fail(dir.path(), || append(&mut appender, "begins it")), Offset(80));
    let failed = appender.append(&mut one("x"), Durability::Written);
    assert!(matches!(failed, Err(LogError::File(_))), "{failed:?}");
    let refused = appender.append(&mut one("y"), Durability::Written);
    assert!(matches!(refused, Err(LogError::SyncFailed(_))), "{refused:?}");
    assert_eq!(open(dir.path(), small_segments()).log_end_offset().expect("an end"), Offset(81));
}
