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
