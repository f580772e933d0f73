use super::*;
use crate::fs::seam::looks::listings;
use crate::log::{Durability, LogConfig, LogReader};
use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord};

fn config() -> LogConfig {
    LogConfig { segment_bytes: 1000, ..LogConfig::default() }
}

fn keep() -> RetentionConfig {
    RetentionConfig { retention_ms: None, retention_bytes: None, file_delete_delay_ms: 0 }
}

/// Appends records of 268 bytes with the batch around them: three to a segment.
fn append(appender: &mut LogAppender, timestamps: impl IntoIterator<Item = i64>) {
    for timestamp in timestamps {
        let mut builder = BatchBuilder::new();
        let value = [b'v'; 198];
        builder.push(&NewRecord {
            timestamp: Timestamp(timestamp),
            key: None,
            value: Some(&value),
            headers: &[],
        });
        let mut batch = EncodedBatch::default();
        builder.finish(&mut Compressor::new(Compression::None, None).unwrap(), None, &mut batch).unwrap();
        assert_eq!(batch.bytes().len(), 268);
        appender.append(&mut batch, Durability::Written).unwrap();
    }
}

fn bases(dir: &Path) -> Vec<i64> {
    SegmentList::read(dir).unwrap().logs.iter().map(|base| base.0).collect()
}

/// Looks ahead, applies, and makes sure that both say the same.
fn applied(
    appender: &mut LogAppender,
    dir: &Path,
    config: &RetentionConfig,
    start: i64,
    now: i64,
) -> Retained {
    let foretold = foretell(dir, config, Offset(start), Timestamp(now)).unwrap();
    let retained = apply(appender, config, Offset(start), Timestamp(now)).unwrap();
    assert_eq!(foretold, retained);
    retained
}

#[test]
fn segments_go_by_their_largest_timestamp() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, [100, 300, 200, 400, 100, 100, 500, 500]);
    let age = RetentionConfig { retention_ms: Some(1000), ..keep() };
    assert_eq!(applied(&mut appender, dir.path(), &age, 0, 1300).segments(), 0, "not above the limit yet");
    let retained = applied(&mut appender, dir.path(), &age, 0, 1301);
    assert_eq!((retained.segments_by_age, retained.bytes, retained.start), (1, 3 * 268, Offset(3)));
    assert_eq!(bases(dir.path()), [3, 6]);
    assert_eq!(LogReader::new(dir.path(), Offset(0)).bounds().unwrap(), (Offset(3), Offset(8)));
}

#[test]
fn records_without_a_timestamp_are_as_old_as_their_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, [-1, -1, -1, -1]);
    let age = RetentionConfig { retention_ms: Some(1000), ..keep() };
    let modified =
        std::fs::metadata(SegmentPath::new(dir.path(), Offset(3)).log()).unwrap().modified().unwrap();
    let now = timestamp_of(modified).0;
    assert_eq!(applied(&mut appender, dir.path(), &age, 0, now).segments(), 0);
    assert_eq!(applied(&mut appender, dir.path(), &age, 0, now + 1001).segments(), 2);
}

#[test]
fn a_young_segment_keeps_the_older_ones_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, [9000, 100, 100, 100, 100, 100, 100]);
    let age = RetentionConfig { retention_ms: Some(1000), ..keep() };
    assert_eq!(applied(&mut appender, dir.path(), &age, 0, 5000).segments(), 0);
}

#[test]
fn when_all_goes_no_offset_is_given_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, [1, 2, 3, 4, 5]);
    let mut other = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut other, [6]);
    let age = RetentionConfig { retention_ms: Some(10), ..keep() };
    let retained = applied(&mut appender, dir.path(), &age, 0, 100);
    assert_eq!((retained.segments(), retained.start, retained.bytes), (2, Offset(6), 6 * 268));
    assert_eq!(bases(dir.path()), [6]);
    assert_eq!(applied(&mut appender, dir.path(), &age, 0, 100).segments(), 0, "the empty segment stays");
    append(&mut other, [7]);
    append(&mut LogAppender::open(dir.path(), config()).unwrap(), [8]);
    assert_eq!(LogReader::new(dir.path(), Offset(0)).bounds().unwrap(), (Offset(6), Offset(8)));
}

#[test]
fn the_log_keeps_its_size_and_tells_when_to_look_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    let size = RetentionConfig { retention_bytes: Some(2000), ..keep() };
    append(&mut appender, 0..9);
    // Three segments of 804 bytes: without the first there would be 1608.
    let retained = applied(&mut appender, dir.path(), &size, 0, 100);
    assert_eq!((retained.segments(), retained.next_at), (0, Some(2000 + 804 - 1608)));
    append(&mut appender, 9..11);
    let retained = applied(&mut appender, dir.path(), &size, 0, 100);
    assert_eq!((retained.segments_by_size, retained.bytes), (1, 3 * 268), "2948 - 804 is above 2000");
    assert_eq!(applied(&mut appender, dir.path(), &size, 0, 100).segments(), 0);
    // What is kept is never below the limit, and as soon as it is said to look again there is something to do.
    for n in 11..200 {
        append(&mut appender, [n]);
        let foretold = foretell(dir.path(), &size, Offset(0), Timestamp(0)).unwrap();
        let retained = applied(&mut appender, dir.path(), &size, 0, 100);
        let left: u64 = bases(dir.path())
            .iter()
            .map(|base| std::fs::metadata(SegmentPath::new(dir.path(), Offset(*base)).log()).unwrap().len())
            .sum();
        assert!((2000..2000 + 804).contains(&left), "{n}: {left}");
        let (_, active) = appender.active_segment().unwrap();
        assert!(retained.next_at.is_none_or(|at| active.0 < at) && foretold.start == retained.start);
    }
}

#[test]
fn what_lies_below_the_log_start_goes_whatever_the_policy() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, 0..8);
    let retained = applied(&mut appender, dir.path(), &keep(), 5, 100);
    assert_eq!((retained.segments_by_start, retained.start), (1, Offset(5)));
    assert_eq!(bases(dir.path()), [3, 6]);
    assert_eq!(applied(&mut appender, dir.path(), &keep(), 6, 100).segments_by_start, 1);
    assert_eq!(bases(dir.path()), [6]);
}

#[test]
fn deleted_files_stay_for_their_time() {
    let dir = tempfile::tempdir().unwrap();
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, 0..5);
    let config = RetentionConfig { retention_ms: Some(10), file_delete_delay_ms: 60_000, ..keep() };
    apply(&mut appender, &config, Offset(0), Timestamp(1000)).unwrap();
    let there = dir.path().join("00000000000000000000.log.deleted");
    assert!(there.exists());
    let swept = sweep(dir.path(), 60_000, false).unwrap();
    assert_eq!(swept.removed_bytes, 0);
    assert!(swept.waiting_bytes >= 5 * 268 && there.exists());
    let waiting = swept.waiting_bytes;
    assert_eq!(sweep(dir.path(), 0, true).unwrap().removed_bytes, waiting);
    assert_eq!(sweep(dir.path(), 0, false).unwrap().removed_bytes, waiting);
    assert!(!there.exists());
    assert_eq!(sweep(dir.path(), 0, false).unwrap(), Swept::default());
}

#[test]
fn epochs_that_ended_are_forgotten() {
    use crate::log::checkpoint::{EpochEntry, read_leader_epochs, write_leader_epochs};
    use crate::record::LeaderEpoch;
    let dir = tempfile::tempdir().unwrap();
    let entry = |epoch, offset| EpochEntry { epoch: LeaderEpoch(epoch), start_offset: Offset(offset) };
    write_leader_epochs(dir.path(), &[entry(0, 0), entry(2, 2), entry(5, 7)]).unwrap();
    checkpoint::forget_epochs_before(dir.path(), Offset(1)).unwrap();
    assert_eq!(read_leader_epochs(dir.path()).unwrap().unwrap().len(), 3);
    checkpoint::forget_epochs_before(dir.path(), Offset(4)).unwrap();
    assert_eq!(read_leader_epochs(dir.path()).unwrap().unwrap(), [entry(2, 4), entry(5, 7)]);
}

/// Retention under failing disks, dying processes and losses of power: records are a run without a gap in any
/// case, and no offset is given out twice.
#[test]
fn every_operation_may_fail_or_be_the_last() {
    use crate::fs::power::Chance;
    use crate::fs::seam::faults::{Fault, inject};
    use crate::log::tail::BootId;
    let keep_little = RetentionConfig {
        retention_ms: Some(1000),
        retention_bytes: Some(900),
        file_delete_delay_ms: 60_000,
    };
    let run = |dir: &Path| {
        let mut appender = LogAppender::open(dir, config()).unwrap();
        for round in 0..3i64 {
            append(&mut appender, (0..7).map(|n| round * 1000 + n));
            let _ = apply(&mut appender, &keep_little, Offset::ZERO, Timestamp(round * 1000));
        }
        // All of it is too old now.
        let _ = apply(&mut appender, &keep_little, Offset::ZERO, Timestamp(1_000_000));
    };
    let check = |dir: &Path, least_end: i64, what: &str| {
        let mut next = LogAppender::open(dir, config()).unwrap();
        append(&mut next, [5]);
        let mut reader = LogReader::new(dir, Offset::ZERO);
        let mut before: Option<i64> = None;
        while let Some(batch) = reader.next().unwrap() {
            let offset = batch.header().base_offset.0;
            assert!(before.is_none_or(|before| before + 1 == offset), "{what}: {before:?}, {offset}");
            before = Some(offset);
        }
        assert!(before.unwrap() >= least_end, "{what}: {before:?} is below {least_end}");
    };
    let dir = tempfile::tempdir().unwrap();
    let all = inject(None, || run(dir.path())).operations;
    check(dir.path(), 21, "undisturbed");
    for number in 0..all {
        let dir = tempfile::tempdir().unwrap();
        let death = inject(Some((number, Fault::Death)), || run(dir.path()));
        for seed in 0..2 {
            let after = tempfile::tempdir().unwrap();
            death.journal.after_loss_of_power(
                dir.path(),
                after.path(),
                &mut Chance(seed + 1000 * number as u64),
            );
            let _boot = BootId::pretend_another();
            // Nothing was synced, so that any end will do.
            check(after.path(), 0, &format!("power lost before operation {number}, seed {seed}"));
        }
        check(dir.path(), 0, &format!("death before operation {number}"));
        let dir = tempfile::tempdir().unwrap();
        let failed = std::panic::catch_unwind(|| {
            inject(Some((number, Fault::Error(5))), || {
                let mut appender = LogAppender::open(dir.path(), config()).ok()?;
                for _ in 0..3 {
                    let _ = apply(&mut appender, &keep_little, Offset::ZERO, Timestamp(1_000_000));
                }
                Some(())
            });
        });
        assert!(failed.is_ok());
        check(dir.path(), 0, &format!("failure of operation {number}"));
    }
}

/// What a producer does after its first append.
fn looked_after(appender: &mut LogAppender, config: &RetentionConfig, now: i64) -> Retained {
    let mut listed = appender.take_listing();
    look_after(appender, &mut listed, config, Timestamp(now)).unwrap()
}

#[test]
fn who_adds_one_record_lists_the_folder_once() {
    let dir = tempfile::tempdir().unwrap();
    append(&mut LogAppender::open(dir.path(), config()).unwrap(), 1..=9);
    std::fs::write(dir.path().join("00000000000000000000.log.deleted"), b"waits").unwrap();
    let limits = RetentionConfig { retention_ms: Some(1000), retention_bytes: Some(3000), ..keep() };
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    let before = listings();
    // The segments are full: to the next appender the one that this one begins is there already.
    append(&mut appender, [10]);
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    let one = listings();
    assert_eq!(one - before, 1);
    append(&mut appender, [11]);
    let retained = looked_after(&mut appender, &limits, 12);
    assert_eq!(listings() - one, 1);
    assert_eq!(retained, applied(&mut appender, dir.path(), &limits, 0, 12));
    assert_eq!((retained.segments(), retained.next_at), (0, Some(3000 - 6 * 268)));
    assert_eq!(sweep(dir.path(), 0, true).unwrap(), Swept::default(), "what waited is gone");
}

#[test]
fn what_was_listed_is_not_believed_where_something_goes_or_has_gone() {
    let dir = tempfile::tempdir().unwrap();
    append(&mut LogAppender::open(dir.path(), config()).unwrap(), 1..=13);
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, [14]);
    // Another one takes the oldest meanwhile, and its sizes cannot be looked at any more.
    let mut other = LogAppender::open(dir.path(), config()).unwrap();
    let age = RetentionConfig { retention_ms: Some(1000), ..keep() };
    assert_eq!(applied(&mut other, dir.path(), &age, 0, 1004).segments(), 1);
    let size = RetentionConfig { retention_bytes: Some(100_000), ..keep() };
    let retained = looked_after(&mut appender, &size, 15);
    assert_eq!((retained.segments(), retained.next_at), (0, Some(100_000 + 268 * 3 - 9 * 268)));
    // Something goes at the first look.
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    append(&mut appender, [15]);
    assert_eq!(looked_after(&mut appender, &age, 1007).start, Offset(6));
    assert_eq!(bases(dir.path()), [6, 9, 12]);
    // What another has begun since was not listed; nor is a listing good for a second look.
    let mut appender = LogAppender::open(dir.path(), config()).unwrap();
    assert_eq!(appender.log_end_offset().unwrap(), Offset(15));
    append(&mut other, [1500; 4]);
    append(&mut appender, [1500]);
    assert_eq!(looked_after(&mut appender, &age, 2000).start, Offset(15));
    assert_eq!(bases(dir.path()), [15, 18]);
}
