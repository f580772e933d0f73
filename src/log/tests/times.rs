//! Finding a record by its time.

use std::time::SystemTime;

use super::*;
use crate::log::segment::SegmentList;
use crate::log::time_index::{note_largest_timestamp, noted_largest_timestamp};
use crate::log::time_search::offset_of_max_timestamp;

/// A log of a record for each of `timestamps`, in segments of two or three.
fn log_of(timestamps: &[i64]) -> tempfile::TempDir {
    let config = LogConfig { segment_bytes: 200, ..LogConfig::default() };
    let (dir, mut appender) = partition(config);
    for timestamp in timestamps {
        appender.append(&mut one_at("a value", *timestamp), Durability::Written).expect("appended");
    }
    dir
}

fn segments(dir: &Path) -> Vec<SegmentPath> {
    let list = SegmentList::read(dir).expect("listed");
    list.logs.into_iter().map(|base| SegmentPath::new(dir, base)).collect()
}

/// The largest timestamps that are noted of the segments.
fn noted(dir: &Path) -> Vec<Option<i64>> {
    segments(dir).iter().map(|segment| noted_largest_timestamp(segment).map(|at| at.0)).collect()
}

/// Makes the time indexes look as a broker, or who copies files, leaves them.
fn forget(dir: &Path) {
    for segment in segments(dir) {
        let index = std::fs::File::options().append(true).open(segment.time_index()).expect("opened");
        index.set_modified(SystemTime::now()).expect("set");
    }
}

#[test]
fn sealed_segments_have_it_noted_and_the_active_one_has_not() {
    let dir = log_of(&[10, 30, 20, 5, 6, 7]);
    let bases: Vec<i64> = segments(dir.path()).iter().map(|segment| segment.base_offset().0).collect();
    assert_eq!(bases, [0, 2, 4]);
    assert_eq!(noted(dir.path()), [Some(30), Some(20), None]);
}

#[test]
fn what_is_written_into_an_index_takes_the_note_away() {
    let dir = log_of(&[10, 30, 20, 5, 6, 7]);
    let index = LogFile::open(&segments(dir.path())[0].time_index()).expect("opened");
    let len = index.len().expect("its length");
    index.write_all_at(&[0; 12], len).expect("written");
    assert_eq!(noted(dir.path()), [None, Some(20), None]);
    index.truncate(len).expect("cut off");
    assert_eq!(noted(dir.path()), [None, Some(20), None]);
    let found = offset_for_time(dir.path(), Offset(0), Timestamp(25)).expect("readable");
    assert_eq!(found, Some((Offset(1), Timestamp(30))));
}

#[test]
fn times_that_file_systems_may_not_have_are_not_noted() {
    let dir = log_of(&[-1, -1, i64::MAX, i64::MAX, 1 << 42, 1 << 42, (1 << 42) - 1, 0, 0]);
    assert_eq!(noted(dir.path()), [None, None, None, Some((1 << 42) - 1), None]);
    let found = |time| offset_for_time(dir.path(), Offset(0), Timestamp(time)).expect("readable");
    assert_eq!(found(i64::MAX), Some((Offset(2), Timestamp(i64::MAX))));
    assert_eq!(found(0), Some((Offset(2), Timestamp(i64::MAX))));
}

/// One that is noted and not there, as after a loss of power, does not end the search.
#[test]
fn a_segment_that_lacks_what_is_noted_is_passed_over() {
    let dir = log_of(&[10, 30, 20, 5, 40, 7]);
    let index = LogFile::open(&segments(dir.path())[0].time_index()).expect("opened");
    note_largest_timestamp(&index, Timestamp(50));
    assert_eq!(noted(dir.path())[0], Some(50));
    let found = offset_for_time(dir.path(), Offset(0), Timestamp(35)).expect("readable");
    assert_eq!(found, Some((Offset(4), Timestamp(40))));
    let largest = offset_of_max_timestamp(dir.path(), Offset(0)).expect("readable");
    assert_eq!(largest, Some((Offset(4), Timestamp(40))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// With notes or without: the first record that is late enough.
    #[test]
    fn the_first_that_is_late_enough_is_found(
        timestamps in proptest::collection::vec(0i64..40, 1..40),
        floor in 0i64..40,
    ) {
        let dir = log_of(&timestamps);
        let of = |offset: i64| usize::try_from(offset).expect("not negative");
        for _ in 0..2 {
            for time in 0..41 {
                let expected = (floor..timestamps.len() as i64).find(|offset| timestamps[of(*offset)] >= time);
                let expected = expected.map(|offset| (Offset(offset), Timestamp(timestamps[of(offset)])));
                let found = offset_for_time(dir.path(), Offset(floor), Timestamp(time)).expect("readable");
                prop_assert_eq!(found, expected, "{} in {:?} from {}", time, &timestamps, floor);
            }
            forget(dir.path());
        }
    }
}
