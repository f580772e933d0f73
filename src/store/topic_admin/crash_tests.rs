//! Creating and deleting topics under failing disks, dying processes and losses of power.

use std::path::Path;

use super::*;
use crate::fs::power::Chance;
use crate::fs::seam::faults::{FAULTS, Fault, Injected, inject};
use crate::store::DataDir;

/// What the run was told of each of its steps, as far as it came.
#[derive(Debug, Default)]
struct Told {
    created: Option<bool>,
    deleted: Option<bool>,
    created_again: Option<bool>,
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

fn new_topic(partitions: i32) -> NewTopic {
    NewTopic { partitions, ..NewTopic::named(TopicName::new("orders").expect("a name")) }
}

/// Creates a topic, deletes it, and creates it again with one partition more.
fn run(path: &Path, told: &mut Told) {
    let Ok(dir) = DataDir::open_for_writing(path) else { return };
    told.created = Some(dir.create_topic(&new_topic(2)).is_ok());
    told.deleted = Some(dir.delete_topic(&new_topic(2).name).is_ok());
    told.created_again = Some(dir.create_topic(&new_topic(3)).is_ok());
}

/// How many partitions the topic may have by what was told; 0 stands for no topic. A step that was under
/// way, or failed, may have had its effect or not.
fn possible(told: &Told) -> &'static [i32] {
    match (told.created, told.deleted, told.created_again) {
        (_, _, Some(true)) => &[3],
        (Some(true), None, _) | (None, ..) => &[0, 2],
        (_, Some(true), _) => &[0, 3],
        _ => &[0, 2, 3],
    }
}

/// A topic is there as a whole or not at all; and it can be deleted and created.
fn check(path: &Path, told: &Told, what: &str) {
    let name = new_topic(1).name;
    let found = match DataDir::open_for_reading(path).map(|dir| dir.topic(&name)) {
        Ok(Ok(topic)) => {
            assert!(topic.known_to_us, "{what}: {topic:?}");
            assert_eq!(
                topic.partitions.len(),
                usize::try_from(topic.partition_count).expect("a count"),
                "{what}"
            );
            topic.partition_count
        }
        Ok(Err(StoreError::UnknownTopic { .. })) | Err(StoreError::NoDataDir(_)) => 0,
        other => panic!("{what}: {other:?}"),
    };
    assert!(possible(told).contains(&found), "{what}: {found} partitions, {told:?}");
    let dir = DataDir::open_for_writing(path).expect(what);
    if found > 0 {
        dir.delete_topic(&name).expect(what);
    }
    let topic = dir.create_topic(&new_topic(4)).expect(what);
    assert_eq!(topic.partitions, [0, 1, 2, 3], "{what}");
    let left = std::fs::read_dir(path).expect("a folder").count();
    assert_eq!(left, 5, "{what}: four partitions and .mkafka, and nothing else");
    let ours =
        std::fs::read_dir(path.join(".mkafka")).expect("a folder").map(|e| e.expect("an entry").file_name());
    let temporary = ours.filter(|name| name.to_string_lossy().starts_with(".tmp")).count();
    assert_eq!(temporary, 0, "{what}: a temporary file is left in .mkafka");
}

fn operations() -> usize {
    let dir = folder();
    let mut told = Told::default();
    let Injected { operations, .. } = inject(None, || run(&dir.path().join("data"), &mut told));
    assert_eq!(possible(&told), [3]);
    operations
}

#[test]
fn every_operation_may_fail_or_be_the_last() {
    let operations = operations();
    println!("topics create and delete: {} points (operation x fault)", operations * FAULTS.len());
    for number in 0..operations {
        for fault in FAULTS {
            let dir = folder();
            let path = dir.path().join("data");
            let mut told = Told::default();
            inject(Some((number, fault)), || run(&path, &mut told));
            check(&path, &told, &format!("{fault:?} at operation {number}"));
        }
    }
}

#[test]
fn power_may_be_lost_before_every_operation() {
    let operations = operations();
    println!("topics create and delete: {} losses of power", (operations + 1) * 8);
    for number in 0..=operations {
        let dir = folder();
        let mut told = Told::default();
        let death = Some((number, Fault::Death));
        let Injected { journal, .. } = inject(death, || run(&dir.path().join("data"), &mut told));
        for seed in 0..8 {
            let after = folder();
            let mut chance = Chance(seed * 7919 + number as u64);
            journal.after_loss_of_power(dir.path(), after.path(), &mut chance);
            let what = format!("power lost before operation {number}, seed {seed}");
            check(&after.path().join("data"), &told, &what);
        }
    }
}
