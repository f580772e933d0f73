//! Transactions over several partitions under failing disks, dying processes and losses of power: what a
//! `read_committed` consumer may see afterwards is all or nothing, and nothing keeps it waiting.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::fs::power::Chance;
use crate::fs::seam::faults::{FAULTS, Fault, Injected, inject};
use crate::log::LogReader;
use crate::record::control::ControlType;
use crate::record::{Offset, RecordDecoder, Timestamp};
use crate::store::{
    DataDir, NewTopic, StoreError, TopicName, TopicPartition, TransactionalId, WritableDataDir,
};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

fn topic() -> TopicName {
    TopicName::new("t").expect("a name")
}

const PARTITIONS: i32 = 2;

/// How the transaction of a run is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    Abort,
}

/// What a run was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Told {
    /// It never came to the end, or that is not certain.
    #[default]
    Nothing,
    Committed,
    Aborted,
}

/// How many of the partitions a producer may have open.
const ALL: usize = PARTITIONS as usize;

fn producer(dir: &WritableDataDir) -> Producer {
    let found = dir.topic(&topic()).expect("the topic");
    let folder = |partition| dir.partition_path(&TopicPartition::new(topic(), partition));
    let to = ProducerTopic::new((0..PARTITIONS).map(folder).collect(), &found.config);
    Producer::new(to, ProducerConfig::default()).expect("a producer")
}

/// A record of the partition, in a batch of its own.
fn send(producer: &mut Producer, partition: i32, value: &str) -> Result<(), ProduceError> {
    let record =
        NewRecord { timestamp: Timestamp::now(), key: None, value: Some(value.as_bytes()), headers: &[] };
    producer.send(&record, Some(partition))?;
    producer.flush()
}

/// A topic with a record in each partition that is in no transaction. Their segments are small: the transaction
/// reaches over several.
fn prepare(path: &Path) -> WritableDataDir {
    let dir = DataDir::open_for_writing(path).expect("a data directory");
    let config = TopicConfig::new([("segment.bytes", "250")]).expect("configs");
    dir.create_topic(&NewTopic { partitions: PARTITIONS, config, ..NewTopic::named(topic()) })
        .expect("created");
    let mut plain = producer(&dir);
    for partition in 0..PARTITIONS {
        send(&mut plain, partition, "before").expect("sent");
    }
    plain.close().expect("closed");
    dir
}

/// A transaction over all partitions, of which as many may be open as `open_max` says.
fn run(dir: &WritableDataDir, end: End, open_max: usize, told: &mut Told) {
    let id = TransactionalId::new("id").expect("an id");
    let Ok(transaction) = dir.begin_transaction(Some(&id)) else { return };
    let mut producer = producer(dir);
    locked(&producer.dispatch.sender).set_open_max(open_max);
    producer.begin_transaction(transaction, topic());
    for n in 0..3 {
        for partition in 0..PARTITIONS {
            if send(&mut producer, partition, &format!("record {n}")).is_err() {
                if producer.abort_transaction().is_ok() {
                    *told = Told::Aborted;
                }
                return;
            }
        }
    }
    let unended = |error: &ProduceError| {
        let ProduceError::Transaction(error) = error else { return false };
        matches!(error, StoreError::TransactionInDoubt(_))
    };
    *told = match end {
        End::Commit => match producer.commit_transaction() {
            Ok(()) => Told::Committed,
            Err(error) if unended(&error) => Told::Nothing,
            Err(ProduceError::Transaction(StoreError::TransactionUnfinished { committed: true, .. })) => {
                Told::Committed
            }
            Err(_) => Told::Aborted,
        },
        End::Abort => {
            let _ = producer.abort_transaction();
            Told::Aborted
        }
    };
}

/// What a partition has to show to a `read_committed` consumer that nothing keeps waiting.
fn committed(dir: &DataDir, partition: i32) -> Vec<String> {
    let path = dir.partition_path(&TopicPartition::new(topic(), partition));
    let mut reader = LogReader::new(&path, Offset::ZERO);
    let mut decoder = RecordDecoder::new();
    let mut values: Vec<(i64, String)> = Vec::new();
    let mut open: BTreeMap<i64, (i32, Vec<(i64, String)>)> = BTreeMap::new();
    while let Some(batch) = reader.next().expect("readable") {
        let header = *batch.header();
        let mut records = decoder.records(&batch).expect("records");
        while let Some(record) = records.next().expect("a record") {
            if header.attributes.is_control() {
                let (_, ended) = open.remove(&header.producer_id).expect("a marker ends what is open");
                if ControlType::of(&record) == Ok(ControlType::Commit) {
                    values.extend(ended);
                }
                continue;
            }
            let value = String::from_utf8(record.value.expect("a value").to_vec()).expect("text");
            if !header.attributes.is_transactional() {
                values.push((record.offset.0, value));
                continue;
            }
            let (next, held) = open.entry(header.producer_id).or_default();
            assert_eq!(header.base_sequence, *next, "sequence numbers are dense");
            *next += header.count;
            held.push((record.offset.0, value));
        }
    }
    assert!(open.is_empty(), "an open transaction keeps readers waiting: {open:?}");
    values.sort();
    values.into_iter().map(|(_, value)| value).collect()
}

/// Whoever comes next ends what was left; then every partition has all of the transaction or none has any of it.
fn check(path: &Path, told: Told, what: &str) {
    let dir = DataDir::open_for_writing(path).expect(what);
    let failures = dir.end_dead_transactions().expect(what).failures;
    assert!(failures.is_empty(), "{what}: {failures:?}");
    assert!(!dir.has_open_transactions().expect(what), "{what}");
    let found: Vec<Vec<String>> = (0..PARTITIONS).map(|partition| committed(&dir, partition)).collect();
    let all = ["before", "record 0", "record 1", "record 2"];
    let is_all = found.iter().all(|values| *values == all);
    let is_none = found.iter().all(|values| values == &all[..1]);
    let is_right = match told {
        Told::Nothing => is_all || is_none,
        Told::Committed => is_all,
        Told::Aborted => is_none,
    };
    assert!(is_right, "{what}: told {told:?}, found {found:?}");
    // The same transactional id goes on, and leaves nothing behind.
    let mut again = Told::Nothing;
    run(&dir, End::Commit, ALL, &mut again);
    assert_eq!(again, Told::Committed, "{what}");
    for (partition, before) in (0..PARTITIONS).zip(found) {
        let now = committed(&dir, partition);
        assert_eq!(now[..before.len()], before, "{what}");
        assert_eq!(now[before.len()..], all[1..], "{what}");
    }
    let left = std::fs::read_dir(path.join(".mkafka/transactions/open")).expect("a folder").count();
    assert_eq!(left, 0, "{what}: files of a transaction are left");
}

#[test]
fn every_operation_may_fail_or_be_the_last() {
    for (end, open_max) in [(End::Commit, ALL), (End::Abort, ALL), (End::Commit, 1)] {
        let dir = folder();
        let data = prepare(dir.path());
        let mut told = Told::Nothing;
        let Injected { operations, .. } = inject(None, || run(&data, end, open_max, &mut told));
        let expected = if end == End::Commit { Told::Committed } else { Told::Aborted };
        assert_eq!(told, expected);
        check(dir.path(), told, "nothing has happened");
        println!("transactions, {end:?}, {open_max} open: {} points", operations * FAULTS.len());
        for number in 0..operations {
            for fault in FAULTS {
                let dir = folder();
                let data = prepare(dir.path());
                let mut told = Told::Nothing;
                inject(Some((number, fault)), || run(&data, end, open_max, &mut told));
                let what = format!("{end:?}, {open_max} open: {fault:?} at operation {number}");
                check(dir.path(), told, &what);
            }
        }
    }
}

#[test]
fn power_may_be_lost_before_every_operation() {
    let dir = folder();
    let before = inject(None, || drop(prepare(dir.path()))).operations;
    for open_max in [ALL, 1] {
        let dir = folder();
        let mut told = Told::Nothing;
        let all = inject(None, || run(&prepare(dir.path()), End::Commit, open_max, &mut told)).operations;
        println!("transactions, {open_max} open: {} losses of power", (all - before + 1) * 4);
        for number in before..=all {
            let dir = folder();
            let mut told = Told::Nothing;
            let death = Some((number, Fault::Death));
            let run = || run(&prepare(dir.path()), End::Commit, open_max, &mut told);
            let Injected { journal, .. } = inject(death, run);
            for seed in 0..4 {
                let after = folder();
                let mut chance = Chance(seed * 7919 + number as u64);
                journal.after_loss_of_power(dir.path(), after.path(), &mut chance);
                let _later = crate::log::BootId::pretend_another();
                let what = format!("{open_max} open: power lost before operation {number}, seed {seed}");
                check_after_loss(after.path(), told, &what);
            }
        }
    }
}

/// As [`check`], but for the records that nobody has put on the disk.
fn check_after_loss(path: &Path, told: Told, what: &str) {
    let dir = DataDir::open_for_writing(path).expect(what);
    let failures = dir.end_dead_transactions().expect(what).failures;
    assert!(failures.is_empty(), "{what}: {failures:?}");
    let mut plain = producer(&dir);
    for partition in 0..PARTITIONS {
        send(&mut plain, partition, "after").expect(what);
    }
    plain.close().expect(what);
    let found: Vec<Vec<String>> = (0..PARTITIONS)
        .map(|partition| {
            let mut values = committed(&dir, partition);
            assert_eq!(values.pop().as_deref(), Some("after"), "{what}");
            values.retain(|value| value != "before");
            values
        })
        .collect();
    let all = ["record 0", "record 1", "record 2"];
    let is_all = found.iter().all(|values| *values == all);
    let is_none = found.iter().all(Vec::is_empty);
    assert!(is_all || (is_none && told != Told::Committed), "{what}: told {told:?}, found {found:?}");
}
