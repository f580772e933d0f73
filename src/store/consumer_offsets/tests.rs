//! Committing and loading, over real files.

use super::*;
use crate::record::{LeaderEpoch, Offset};
use crate::store::NewTopic;

fn name(text: &str) -> TopicName {
    TopicName::new(text).unwrap()
}

fn of(topic: &str, partition: i32) -> TopicPartition {
    TopicPartition::new(name(topic), partition)
}

fn at(offset: i64) -> CommittedOffset {
    CommittedOffset {
        offset: Offset(offset),
        leader_epoch: LeaderEpoch(0),
        metadata: String::new(),
        commit_timestamp: Timestamp(1_700_000_000_000),
    }
}

fn group(text: &str) -> GroupId {
    GroupId::new(text).unwrap()
}

/// That these are to be committed, of topics that may be any; `None` is taken back.
fn changes(offsets: &[(&str, i32, Option<i64>)]) -> OffsetChanges {
    let one = |(topic, partition, offset): &(&str, i32, Option<i64>)| {
        let change = OffsetChange { topic: TopicIdentity::UNKNOWN, committed: offset.map(at) };
        (of(topic, *partition), change)
    };
    offsets.iter().map(one).collect()
}

/// A data directory with a topic `t` of four partitions.
fn with_topic() -> (tempfile::TempDir, WritableDataDir) {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    dir.create_topic(&NewTopic { partitions: 4, ..NewTopic::named(name("t")) }).unwrap();
    (temp, dir)
}

/// What a group has committed, as `t-0:5 t-1:7`.
fn shown(offsets: &GroupOffsets) -> String {
    let shown: Vec<String> = offsets.iter().map(|(of, at)| format!("{of}:{}", at.offset)).collect();
    shown.join(" ")
}

#[test]
fn the_newest_commit_of_each_partition_counts_and_groups_are_apart() {
    let (_temp, dir) = with_topic();
    let billing = group("billing");
    assert_eq!(dir.group_offsets(&billing).unwrap(), GroupOffsets::new());
    let mut log = OffsetsLog::new(dir.clone(), billing.clone());
    log.commit(&changes(&[("t", 0, Some(5)), ("t", 1, Some(7))])).unwrap();
    log.commit(&changes(&[("t", 0, Some(6))])).unwrap();
    OffsetsLog::new(dir.clone(), group("other")).commit(&changes(&[("t", 0, Some(1))])).unwrap();
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:6 t-1:7");
    assert_eq!(shown(&dir.group_offsets(&group("other")).unwrap()), "t-0:1");
    log.commit(&changes(&[("t", 0, None)])).unwrap();
    assert_eq!(shown(&log.read().unwrap()), "t-1:7");
    let all: Vec<(String, String)> =
        dir.all_group_offsets().unwrap().iter().map(|(g, o)| (g.to_string(), shown(o))).collect();
    assert_eq!(all, [("billing".to_owned(), "t-1:7".to_owned()), ("other".to_owned(), "t-0:1".to_owned())]);
}

#[test]
fn only_the_partitions_that_are_needed_have_folders() {
    let (_temp, dir) = with_topic();
    OffsetsLog::new(dir.clone(), group("billing")).commit(&changes(&[("t", 0, Some(5))])).unwrap();
    let topic = dir.topic(&name(CONSUMER_OFFSETS)).unwrap();
    assert_eq!((topic.partition_count, topic.partitions), (50, vec![9]));
    assert_eq!(topic.config, TopicConfig::new(CONFIGS).unwrap());
}

#[test]
fn a_brokers_topic_keeps_its_partitions() {
    let temp = tempfile::tempdir().unwrap();
    for folder in ["__consumer_offsets-0", "__consumer_offsets-1", "__consumer_offsets-2", "t-0"] {
        std::fs::create_dir(temp.path().join(folder)).unwrap();
    }
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let billing = group("billing");
    OffsetsLog::new(dir.clone(), billing.clone()).commit(&changes(&[("t", 0, Some(5))])).unwrap();
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:5");
    let mine = temp.path().join(format!("__consumer_offsets-{}", billing.offsets_partition(3)));
    assert!(std::fs::metadata(mine.join("00000000000000000000.log")).unwrap().len() > 0);
    assert!(!temp.path().join(".mkafka/topics/__consumer_offsets.json").exists());
}

#[test]
fn offsets_of_a_deleted_topic_go() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    for topic in ["t", "u"] {
        dir.create_topic(&NewTopic::named(name(topic))).unwrap();
    }
    for id in ["billing", "other"] {
        let both = changes(&[("t", 0, Some(5)), ("u", 0, Some(2))]);
        OffsetsLog::new(dir.clone(), group(id)).commit(&both).unwrap();
    }
    dir.delete_topic(&name("t")).unwrap();
    for id in ["billing", "other"] {
        assert_eq!(shown(&dir.group_offsets(&group(id)).unwrap()), "u-0:2");
    }
}

/// One broker of several has some of the topic's folders, and what the hash of a group's name is divided by cannot be seen
/// in them.
#[test]
fn a_group_stays_where_a_broker_has_put_it() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    for topic in ["t", "u"] {
        dir.create_topic(&NewTopic::named(name(topic))).unwrap();
    }
    let moves = |id: &GroupId| id.offsets_partition(25) != id.offsets_partition(PARTITIONS);
    let billing = (0..).map(|n| group(&format!("billing-{n}"))).find(moves).unwrap();
    let folder = |partition| temp.path().join(format!("__consumer_offsets-{partition}"));
    for partition in 0..25 {
        std::fs::create_dir(folder(partition)).unwrap();
    }
    OffsetsLog::new(dir.clone(), billing.clone()).commit(&changes(&[("t", 0, Some(5))])).unwrap();
    let mine = billing.offsets_partition(25);
    for partition in (0..25).filter(|partition| *partition != mine) {
        std::fs::remove_dir_all(folder(partition)).unwrap();
    }
    OffsetsLog::new(dir.clone(), billing.clone()).commit(&changes(&[("t", 0, Some(6))])).unwrap();
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:6");
    assert_eq!(dir.topic(&name(CONSUMER_OFFSETS)).unwrap().partitions, [mine]);
    dir.delete_topic(&name("t")).unwrap();
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "");
    // Another group goes by the hash.
    let other = (0..).map(|n| group(&format!("other-{n}"))).find(moves).unwrap();
    OffsetsLog::new(dir.clone(), other.clone()).commit(&changes(&[("u", 0, Some(7))])).unwrap();
    assert!(folder(other.offsets_partition(PARTITIONS)).is_dir());
    assert_eq!(shown(&dir.group_offsets(&other).unwrap()), "u-0:7");
}

#[test]
fn the_number_of_partitions_stays() {
    let (_temp, dir) = with_topic();
    let billing = group("billing");
    OffsetsLog::new(dir.clone(), billing.clone()).commit(&changes(&[("t", 0, Some(5))])).unwrap();
    let refused = dir.add_partitions(&name(CONSUMER_OFFSETS), 51);
    assert!(matches!(refused, Err(StoreError::FixedPartitions(_))), "{refused:?}");
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:5");
}

/// Who is about to commit when a topic goes, and gets to it behind whoever takes back what was committed.
#[test]
fn nothing_is_committed_behind_a_topic_that_goes() {
    let (_temp, dir) = with_topic();
    let billing = group("billing");
    OffsetsLog::new(dir.clone(), billing.clone()).commit(&changes(&[("t", 0, Some(1))])).unwrap();
    let lock = dir.path().join(format!("{CONSUMER_OFFSETS}-9")).join(LOCK_FILE);
    let mut lock = FileLock::open(&lock).unwrap();
    let held = lock.acquire().unwrap();
    let topic = dir.topic_identity(&of("t", 0)).unwrap().unwrap();
    std::thread::scope(|scope| {
        let committed = scope.spawn(|| {
            let mut change = changes(&[("t", 0, Some(7)), ("t", 1, None)]);
            change.values_mut().for_each(|change| change.topic = topic);
            OffsetsLog::new(dir.clone(), billing.clone()).commit(&change)
        });
        let deleted = scope.spawn(|| dir.delete_topic(&name("t")));
        while dir.partition_path(&of("t", 0)).exists() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        drop(held);
        committed.join().unwrap().unwrap();
        deleted.join().unwrap().unwrap();
    });
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "");

    // Nor for the next one of its name.
    let before = TopicIdentity::from(Some(crate::store::TopicId::random()));
    dir.create_topic(&NewTopic::named(name("t"))).unwrap();
    let now = dir.topic_identity(&of("t", 0)).unwrap().unwrap();
    let mut log = OffsetsLog::new(dir.clone(), billing.clone());
    for (topic, expected) in [(before, ""), (now, "t-0:5")] {
        let mut change = changes(&[("t", 0, Some(5))]);
        change.values_mut().for_each(|change| change.topic = topic);
        log.commit(&change).unwrap();
        assert_eq!(shown(&log.read().unwrap()), expected);
    }
}

#[test]
fn offsets_of_very_many_partitions_are_committed_at_once() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let topic = name(&"t".repeat(200));
    let partitions = 5000;
    dir.create_topic(&NewTopic { partitions, ..NewTopic::named(topic.clone()) }).unwrap();
    let billing = group("billing");
    let changes: OffsetChanges = (0..partitions)
        .map(|n| {
            let change = OffsetChange { topic: TopicIdentity::UNKNOWN, committed: Some(at(i64::from(n))) };
            (TopicPartition::new(topic.clone(), n), change)
        })
        .collect();
    OffsetsLog::new(dir.clone(), billing.clone()).commit(&changes).unwrap();
    let committed = dir.group_offsets(&billing).unwrap();
    assert!(committed.values().map(|at| at.offset.0).eq(0..i64::from(partitions)));
}

/// A batch of a transaction of producer 77, as a broker would have it in its log.
fn transactional(base: i64, is_control: bool, key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut builder = BatchBuilder::new();
    builder.push(&NewRecord { timestamp: Timestamp(1), key: Some(key), value: Some(value), headers: &[] });
    let mut batch = EncodedBatch::default();
    builder.finish(&mut Compressor::new(Compression::None, None).unwrap(), None, &mut batch).unwrap();
    batch.assign(Offset(base), LeaderEpoch(0));
    let mut bytes = batch.bytes().to_vec();
    bytes[22] = if is_control { 0x30 } else { 0x10 };
    bytes[43..51].copy_from_slice(&77_i64.to_be_bytes());
    let checksum = crate::record::checksum::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

#[test]
fn the_log_is_compacted_when_it_has_grown() {
    let (temp, dir) = with_topic();
    let mut log = OffsetsLog::new(dir.clone(), group("billing"));
    let size = || {
        let files = std::fs::read_dir(temp.path().join("__consumer_offsets-9")).unwrap();
        let logs = files
            .map(|file| file.unwrap())
            .filter(|file| file.path().extension().is_some_and(|e| e == "log"));
        logs.map(|file| file.metadata().unwrap().len()).sum::<u64>()
    };
    for offset in 0..60_000 {
        let four = [0, 1, 2, 3].map(|partition| ("t", partition, Some(offset)));
        log.commit(&changes(&four)).unwrap();
    }
    assert!(size() < 9 << 20, "{} bytes are left", size());
    assert_eq!(shown(&log.read().unwrap()), "t-0:59999 t-1:59999 t-2:59999 t-3:59999");
}

#[test]
fn what_a_transaction_commits_counts_once_it_is_committed() {
    let (temp, dir) = with_topic();
    let billing = group("billing");
    let mut log = OffsetsLog::new(dir.clone(), billing.clone());
    log.commit(&changes(&[("t", 0, Some(1))])).unwrap();
    let append = |bytes: Vec<u8>| {
        let path = temp.path().join("__consumer_offsets-9/00000000000000000000.log");
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
    };
    let commit = |base, offset| {
        let key = schema::offset_key("billing", &of("t", 0));
        transactional(base, false, &key, &schema::offset_value(&at(offset)))
    };
    let end = |base, kind: u8| transactional(base, true, &[0, 0, 0, kind], &[0; 6]);
    append(commit(1, 10));
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:1");
    append(end(2, 0));
    append(commit(3, 20));
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:1");
    append(end(4, 1));
    assert_eq!(shown(&dir.group_offsets(&billing).unwrap()), "t-0:20");
}
