//! What must not happen when a step fails or a process dies half way, when files go away under those that
//! have them open, and when indexes say what is not so.

use std::os::unix::fs::MetadataExt as _;

use super::*;
use crate::record::LeaderEpoch;

/// A batch of one record that fills it to about `size` bytes.
fn sized(size: usize) -> EncodedBatch {
    batch_of(&[vec![b'x'; size.saturating_sub(70)]], 1000, Compression::None)
}

fn offsets(dir: &Path) -> Vec<i64> {
    read_all(dir).iter().map(|(offset, _)| *offset).collect()
}

#[test]
fn after_a_roll_that_failed_half_way_no_offset_is_given_out_twice() {
    let (dir, mut a) = partition(small_segments());
    let mut b = open(dir.path(), small_segments());
    append(&mut a, "one");
    append(&mut b, "two");
    a.append(&mut sized(1700), Durability::Written).expect("appended");
    // The new segment is there, and then the epochs cannot be read.
    let epochs = dir.path().join(checkpoint::LEADER_EPOCH_CHECKPOINT);
    let kept = dir.path().join("kept");
    std::fs::rename(&epochs, &kept).expect("moved");
    std::fs::create_dir(&epochs).expect("created");
    a.append(&mut sized(500), Durability::Written).expect_err("the epochs are a folder");
    std::fs::remove_dir(&epochs).expect("removed");
    std::fs::rename(&kept, &epochs).expect("moved");
    // A process that was running all the time, then one that has just begun.
    append(&mut b, "three");
    append(&mut a, "four");
    let mut fresh = open(dir.path(), small_segments());
    append(&mut fresh, "five");
    assert_eq!(offsets(dir.path()), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_roll_that_a_kill_cut_short_is_noticed_by_those_that_run() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut b = open(dir.path(), small_segments());
    for i in 0..5 {
        append(&mut b, &format!("{i}"));
    }
    // What was done up to the kill: the note was marked, the new segment's files made.
    let lock = LogFile::open(&dir.path().join(appender::LOCK_FILE)).expect("the lock file");
    let (tail, boot) = Tail::read(&lock, 200).expect("readable").expect("a tail");
    tail.mark_as_rolling(&lock, boot).expect("written");
    for extension in ["index", "timeindex", "log"] {
        std::fs::write(dir.path().join(format!("{:020}.{extension}", 5)), b"").expect("written");
    }
    append(&mut b, "five");
    let mut fresh = open(dir.path(), small_segments());
    append(&mut fresh, "six");
    assert_eq!(offsets(dir.path()), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(files(dir.path(), "log").len(), 2);
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    reader.seek(Offset(5)).expect("in range");
    let batch = reader.next().expect("readable").expect("a batch");
    assert_eq!(batch.header().base_offset, Offset(5));
}

#[test]
fn an_appender_does_not_write_to_the_files_of_a_log_that_was_replaced() {
    let parent = tempfile::tempdir().expect("a folder");
    let dir = parent.path().join("t-0");
    std::fs::create_dir(&dir).expect("created");
    let mut a = open(&dir, LogConfig::default());
    append(&mut a, "old");
    std::fs::remove_dir_all(&dir).expect("removed");
    std::fs::create_dir(&dir).expect("created");
    // A log of the same length takes its place.
    let mut b = open(&dir, LogConfig::default());
    append(&mut b, "new");
    assert_eq!(append(&mut a, "after"), Offset(1));
    assert_eq!(read_all(&dir), [(0, "new".to_owned()), (1, "after".to_owned())]);
}

#[test]
fn a_batch_whose_index_entry_cannot_be_written_is_never_seen() {
    let config = LogConfig { index_interval_bytes: 0, ..LogConfig::default() };
    let (dir, mut appender) = partition(config);
    append(&mut appender, "first");
    drop(appender);
    let log = files(dir.path(), "log").remove(0);
    let index = files(dir.path(), "index").remove(0);
    std::fs::remove_file(&index).expect("removed");
    std::os::unix::fs::symlink("/dev/full", &index).expect("linked");
    let mut appender = open(dir.path(), config);
    appender.log_end_offset().expect("the end");
    let before = std::fs::metadata(&log).expect("a log");
    std::thread::sleep(std::time::Duration::from_millis(20));
    let refused = appender.append(&mut one("second"), Durability::Written);
    assert!(matches!(refused, Err(LogError::File(_))), "{refused:?}");
    let after = std::fs::metadata(&log).expect("a log");
    assert_eq!(after.len(), before.len());
    assert_eq!(
        (after.mtime(), after.mtime_nsec()),
        (before.mtime(), before.mtime_nsec()),
        "readers could see a batch that vanished"
    );
}

#[test]
fn syncing_does_not_bring_back_segments_that_were_deleted() {
    let (dir, mut appender) = filled(small_segments(), 80);
    let gone = files(dir.path(), "index").remove(0);
    std::fs::remove_file(&gone).expect("removed");
    appender.append(&mut one("synced"), Durability::Synced).expect("appended");
    assert!(!gone.exists(), "{} is back, empty", gone.display());
}

#[test]
fn searching_hostile_bytes_for_a_batch_takes_bounded_time() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("hostile.log");
    // A plausible frame of a megabyte at every 17th byte, with an offset that could come next.
    let mut frame = [0u8; 17];
    frame[7] = 9;
    frame[8..12].copy_from_slice(&(1i32 << 20).to_be_bytes());
    frame[16] = 2;
    let bytes: Vec<u8> = frame.iter().copied().cycle().take(8 << 20).collect();
    std::fs::write(&path, bytes).expect("written");
    let file = std::fs::File::open(&path).expect("open");
    let expected = Offset(5);
    let found = batch_reader::find_valid_batch(&file, &path, Position(0), Some(expected)).expect("readable");
    // Checking all of them would take minutes: it was given up.
    assert_eq!(found, batch_reader::Found::TooMuch);
}

#[test]
fn offsets_do_not_wrap() {
    let dir = tempfile::tempdir().expect("a folder");
    let near_the_end = Offset(i64::MAX - 3);
    let mut batch = one("x");
    batch.assign(near_the_end, LeaderEpoch(0));
    std::fs::write(SegmentPath::new(dir.path(), near_the_end).log(), batch.bytes()).expect("written");
    let mut appender = open(dir.path(), LogConfig::default());
    let five = || batch_of(&vec![b"a".to_vec(); 5], 1000, Compression::None);
    let refused = appender.append(&mut five(), Durability::Written);
    assert!(matches!(refused, Err(LogError::OffsetsExhausted(_))), "{refused:?}");
    assert_eq!(append(&mut appender, "y"), Offset(i64::MAX - 2));
    assert_eq!(offsets(dir.path()), [i64::MAX - 3, i64::MAX - 2]);
}

#[test]
fn an_index_entry_into_the_middle_of_a_batch_misleads_nobody() {
    let config = LogConfig { index_interval_bytes: 0, ..LogConfig::default() };
    let (dir, mut appender) = partition(config);
    append(&mut appender, "0");
    // A record whose bytes look like a batch's header.
    let mut inner = one("inner");
    inner.assign(Offset(0), LeaderEpoch(0));
    let mut header = inner.bytes().to_vec();
    header[30] ^= 1;
    let mut batch = batch_of(&[header], 1000, Compression::None);
    appender.append(&mut batch, Durability::Written).expect("appended");
    append(&mut appender, "2");
    append(&mut appender, "3");
    let log = std::fs::read(files(dir.path(), "log").remove(0)).expect("read");
    let inside = memchr::memmem::find(&log[1..], &inner.bytes()[..20]).expect("it is in there") + 1;
    let index = files(dir.path(), "index").remove(0);
    let mut entries = std::fs::read(&index).expect("read");
    let inside = u32::try_from(inside).expect("small").to_be_bytes();
    for entry in entries.chunks_exact_mut(8) {
        entry[4..].copy_from_slice(&inside);
    }
    std::fs::write(&index, &entries).expect("written");
    let bounds = LogBounds::read(dir.path(), Offset::ZERO).expect("bounds");
    assert_eq!(bounds.end, Offset(4));
    for offset in 0..4 {
        let mut reader = LogReader::new(dir.path(), Offset::ZERO);
        reader.seek(Offset(offset)).expect("in range");
        let batch = reader.next().expect("readable").expect("a batch");
        assert_eq!(batch.header().base_offset, Offset(offset));
    }
}

#[test]
fn an_index_is_the_same_whichever_of_its_writes_was_the_last() {
    let config = LogConfig { index_interval_bytes: 100, ..LogConfig::default() };
    let (dir, mut appender) = partition(config);
    for i in 0..20 {
        let mut batch = batch_of(&[format!("{i}").into_bytes()], 1000 + i, Compression::None);
        appender.append(&mut batch, Durability::Written).expect("appended");
    }
    drop(appender);
    let time_index = files(dir.path(), "timeindex").remove(0);
    let whole = std::fs::read(&time_index).expect("read");
    // Killed before the last time entry was written.
    std::fs::write(&time_index, &whole[..whole.len() - 12]).expect("written");
    std::fs::write(dir.path().join(appender::LOCK_FILE), b"").expect("written");
    let mut next = open(dir.path(), config);
    next.log_end_offset().expect("the end");
    assert_eq!(std::fs::read(&time_index).expect("read"), whole);
}

#[test]
fn a_reader_does_not_go_on_in_a_log_that_took_the_place_of_its_own() {
    let parent = tempfile::tempdir().expect("a folder");
    let dir = parent.path().join("t-0");
    std::fs::create_dir(&dir).expect("created");
    let fill = |what: &str| {
        let mut appender = open(&dir, small_segments());
        for i in 0..60 {
            append(&mut appender, &format!("{what} {i}"));
        }
    };
    fill("old");
    let mut reader = LogReader::new(&dir, Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    std::fs::rename(&dir, parent.path().join("t-0-deleted")).expect("set aside");
    std::fs::create_dir(&dir).expect("created");
    fill("new");
    let gone = loop {
        match reader.next() {
            Ok(Some(batch)) => {
                let text = String::from_utf8_lossy(batch.bytes()).into_owned();
                assert!(text.contains("old"), "{text:?} is of another log");
            }
            Ok(None) => panic!("it waits for a log that is gone"),
            Err(error) => break error,
        }
    };
    assert!(matches!(gone, LogError::Gone(_)), "{gone:?}");
}

#[test]
fn a_reader_at_the_end_notices_that_the_log_was_set_aside() {
    let parent = tempfile::tempdir().expect("a folder");
    let dir = parent.path().join("t-0");
    std::fs::create_dir(&dir).expect("created");
    let mut appender = open(&dir, LogConfig::default());
    append(&mut appender, "x");
    let mut reader = LogReader::new(&dir, Offset::ZERO);
    assert!(reader.next().expect("readable").is_some());
    std::fs::rename(&dir, parent.path().join("t-0-deleted")).expect("set aside");
    assert!(matches!(reader.next().map(|_| ()), Err(LogError::Gone(_))));
}

#[test]
fn after_a_failed_sync_no_other_is_believed() {
    let (dir, mut appender) = filled(small_segments(), 80);
    // What is no file cannot be synced.
    let index = files(dir.path(), "index").remove(0);
    let kept = dir.path().join("kept");
    std::fs::rename(&index, &kept).expect("moved");
    std::os::unix::fs::symlink("/dev/full", &index).expect("linked");
    appender.append(&mut one("x"), Durability::Synced).expect_err("it cannot be synced");
    std::fs::rename(&kept, &index).expect("moved");
    let refused = appender.append(&mut one("y"), Durability::Synced);
    assert!(matches!(refused, Err(LogError::SyncFailed(_))), "{refused:?}");
}

#[test]
fn indexes_without_a_log_are_removed_by_the_next_writer() {
    let (dir, mut appender) = partition(LogConfig::default());
    append(&mut appender, "x");
    // A roll was interrupted.
    for extension in ["index", "timeindex"] {
        std::fs::write(dir.path().join(format!("{:020}.{extension}", 1)), b"").expect("written");
    }
    let mut next = open(dir.path(), LogConfig::default());
    append(&mut next, "y");
    assert_eq!((files(dir.path(), "index").len(), files(dir.path(), "timeindex").len()), (1, 1));
}

#[test]
fn after_a_loss_of_power_indexes_of_sound_segments_are_looked_at_too() {
    let (dir, _) = filled(small_segments(), 100);
    let (index, times) = (files(dir.path(), "index").remove(1), files(dir.path(), "timeindex").remove(2));
    let good = [std::fs::read(&index).expect("read"), std::fs::read(&times).expect("read")];
    std::fs::write(&index, vec![0; good[0].len()]).expect("written");
    std::fs::write(&times, b"").expect("written");
    reboot(dir.path());
    let mut fresh = open(dir.path(), small_segments());
    assert_eq!(append(&mut fresh, "goes on"), Offset(100));
    assert_eq!(fresh.take_repairs().len(), 2);
    assert_eq!([std::fs::read(&index).expect("read"), std::fs::read(&times).expect("read")], good);
}

/// A broker's index is as large as `segment.index.bytes`, mostly zeros, until it is closed: its size is no fault.
#[test]
fn after_a_loss_of_power_a_large_index_is_cut_to_what_it_must_have() {
    for is_synced in [false, true] {
        let (dir, mut appender) = filled(small_segments(), 100);
        if is_synced {
            appender.sync_all().expect("synced");
        }
        append(&mut appender, "noted where it is on the disk");
        drop(appender);
        let indexes = [files(dir.path(), "index"), files(dir.path(), "timeindex")].concat();
        let good: Vec<_> = indexes.iter().map(|path| std::fs::read(path).expect("read")).collect();
        for path in &indexes {
            LogFile::open(path).and_then(|file| file.truncate(100 << 20)).expect("made long");
        }
        reboot(dir.path());
        let mut fresh = open(dir.path(), small_segments());
        assert_eq!(append(&mut fresh, "goes on"), Offset(101));
        let active = [files(dir.path(), "index").pop(), files(dir.path(), "timeindex").pop()];
        for (path, good) in indexes.iter().zip(good) {
            let is_active = active.contains(&Some(path.clone()));
            if is_active || !is_synced {
                let now = std::fs::read(path).expect("read");
                assert!(now.starts_with(&good) && now.len() <= good.len() + 12, "{}", path.display());
            }
        }
    }
}

/// A compacted log may come from elsewhere, without word of what is on the disk.
#[test]
fn after_a_loss_of_power_gaps_that_were_there_before_are_no_lost_data() {
    let (dir, appender) = filled(small_segments(), 100);
    drop(appender);
    let ending = |name: &Path, ending: &str| name.with_extension(ending);
    let log = files(dir.path(), "log").remove(1);
    for path in [ending(&log, "log"), ending(&log, "index"), ending(&log, "timeindex")] {
        std::fs::remove_file(path).expect("removed");
    }
    std::fs::remove_file(dir.path().join(appender::LOCK_FILE)).expect("removed");
    let before = read_all(dir.path());
    assert_eq!(append(&mut open(dir.path(), small_segments()), "one more"), Offset(100));
    reboot(dir.path());
    let mut fresh = open(dir.path(), small_segments());
    assert_eq!(append(&mut fresh, "goes on"), Offset(101));
    assert_eq!(fresh.take_repairs(), []);
    assert_eq!(read_all(dir.path())[..before.len()], before);
}

/// Retention by another process: the oldest segments go while a reader is at work among them.
#[test]
fn segments_that_are_deleted_under_a_reader_are_passed_over() {
    let (dir, _) = filled(small_segments(), 400);
    let logs = files(dir.path(), "log");
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    let mut last = -1;
    for deleted in [1..4, 4..10, 10..logs.len() - 1] {
        for _ in 0..3 {
            let batch = reader.next().expect("readable").expect("a batch");
            assert!(batch.header().base_offset.0 > last);
            last = batch.last_offset().0;
        }
        for log in &logs[deleted] {
            std::fs::remove_file(log).expect("removed");
        }
    }
    while let Some(batch) = reader.next().expect("readable") {
        assert!(batch.header().base_offset.0 > last);
        last = batch.last_offset().0;
    }
    assert_eq!(last, 399);
}

/// A segment that has been rewritten, as compaction does, while a reader is in it.
#[test]
fn a_segment_that_is_replaced_under_a_reader_is_gone_on_with() {
    let (dir, appender) = filled(LogConfig::default(), 4);
    let mut reader = LogReader::new(dir.path(), Offset::ZERO);
    for _ in 0..4 {
        reader.next().expect("readable").expect("a batch");
    }
    let log = files(dir.path(), "log").remove(0);
    let copy = dir.path().join("00000000000000000000.log.swap");
    std::fs::copy(&log, &copy).expect("copied");
    std::fs::rename(&copy, &log).expect("replaced");
    drop(appender);
    let mut appender = open(dir.path(), LogConfig::default());
    append(&mut appender, "4");
    let batch = reader.next().expect("readable").expect("a batch");
    assert_eq!(batch.header().base_offset, Offset(4));
}

#[test]
fn temporary_files_of_the_dead_are_removed_by_the_next_writer() {
    let (dir, appender) = filled(LogConfig::default(), 1);
    drop(appender);
    let left = dir.path().join(".tmpAbCdEf");
    std::fs::write(&left, b"half a checkpoint").expect("written");
    assert_eq!(read_all(dir.path()).len(), 1);
    assert!(left.exists(), "a reader removed something");
    append(&mut open(dir.path(), LogConfig::default()), "next");
    assert!(!left.exists());
}

/// After a loss of power only that is read which nobody had put on the disk: damage before that place, which
/// no loss of power can have done, is not even seen.
#[test]
fn after_a_loss_of_power_what_was_on_the_disk_is_not_read_again() {
    for segment_bytes in [1 << 20, 2000] {
        let config = LogConfig { segment_bytes, ..small_segments() };
        let (dir, mut appender) = partition(config);
        appender.writeback_bytes = 3000;
        for i in 0..100 {
            append(&mut appender, &format!("value number {i}"));
        }
        let logs = files(dir.path(), "log");
        let mut bytes = std::fs::read(&logs[0]).expect("read");
        bytes[100] ^= 1;
        std::fs::write(&logs[0], &bytes).expect("written");
        // The last append but a few is what was not on the disk.
        let newest = logs.last().expect("a log");
        let length = std::fs::metadata(newest).expect("there").len();
        LogFile::open(newest).expect("open").truncate(length - 10).expect("cut");
        reboot(dir.path());
        let mut fresh = open(dir.path(), config);
        assert_eq!(append(&mut fresh, "goes on"), Offset(99));
        let repairs = fresh.take_repairs();
        // The batch that was cut off may have had an index entry, which goes with it.
        let concern = |repair: &Repair| match repair {
            Repair::TornTail { path, .. }
            | Repair::IndexRebuilt { path, .. }
            | Repair::SegmentDropped { path, .. } => path == newest,
        };
        assert!(matches!(repairs.first(), Some(Repair::TornTail { .. })), "{repairs:?}");
        assert!(repairs.iter().all(concern), "{repairs:?}");
    }
}

#[test]
fn who_comes_for_one_record_each_moves_the_recovery_point_too() {
    let (dir, _) = filled(small_segments(), 100);
    let point = || {
        let lock = LogFile::open(&dir.path().join(appender::LOCK_FILE)).expect("the lock file");
        Tail::read(&lock, 200).expect("readable").expect("a tail").0.recovery_point
    };
    assert_eq!(point().base_offset, Offset(0));
    let mut one_more = open(dir.path(), small_segments());
    one_more.writeback_bytes = 3000;
    append(&mut one_more, "one more");
    assert_eq!(point().base_offset, Offset(0), "nothing is claimed before it is so");
    one_more.close().expect("closed");
    assert_eq!(point().end_offset, Offset(101));
}
