use super::*;
use crate::fs::seam::faults::{Fault, inject};
use crate::log::{Durability, LogAppender, LogConfig, LogError, LogReader};
use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Offset, Timestamp};
use crate::store::log_start::DeleteUpTo;
use crate::store::{DataDir, NewTopic, TopicIdentity};

fn name(text: &str) -> TopicName {
    TopicName::new(text).unwrap()
}

fn with_topic(partitions: i32) -> (tempfile::TempDir, WritableDataDir) {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    dir.create_topic(&NewTopic { partitions, ..NewTopic::named(name("orders")) }).unwrap();
    (temp, dir)
}

const NONE: [(&str, &str); 0] = [];

fn configs(topic: &Topic) -> Vec<(&str, &str)> {
    topic.config.overrides().collect()
}

#[test]
fn configs_are_set_changed_and_deleted_together() {
    let (_temp, dir) = with_topic(2);
    let no = [""; 0];
    let topic = dir.alter_configs(&name("orders"), &[("retention.ms", "5"), ("segment.bytes", "999")], &no);
    let topic = topic.unwrap();
    assert_eq!(configs(&topic), [("retention.ms", "5"), ("segment.bytes", "999")]);
    let topic = dir.alter_configs(&name("orders"), &[("retention.ms", "6")], &["segment.bytes"]).unwrap();
    assert_eq!(configs(&topic), [("retention.ms", "6")]);
    assert_eq!(dir.topic(&name("orders")).unwrap(), topic);
    for (set, delete, message) in [
        (&[("retention.mss", "1")][..], &no[..], "Unknown topic config name: retention.mss; did you mean"),
        (&[("retention.ms", "x")], &no, "Not a number of type LONG"),
        (&NONE, &["segment.bytes"], "Invalid config(s): segment.bytes"),
        (&[("min.compaction.lag.ms", "9"), ("max.compaction.lag.ms", "8")], &no, "conflict topic config"),
    ] {
        let error = dir.alter_configs(&name("orders"), set, delete).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(dir.topic(&name("orders")).unwrap(), topic, "nothing has changed");
    }
    assert!(matches!(dir.alter_configs(&name("other"), &NONE, &no), Err(StoreError::UnknownTopic { .. })));
}

#[test]
fn a_brokers_topic_is_taken_over() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::create_dir(temp.path().join("theirs-0")).unwrap();
    let metadata = "version: 0\ntopic_id: esFLRoZNTDWK2RWYiwDlBg";
    std::fs::write(temp.path().join("theirs-0/partition.metadata"), metadata).unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let topic = dir.alter_configs(&name("theirs"), &[("retention.ms", "5")], &[""; 0]).unwrap();
    assert_eq!((topic.partition_count, topic.known_to_us), (1, true));
    assert_eq!(topic.id.unwrap().to_string(), "esFLRoZNTDWK2RWYiwDlBg");
}

#[test]
fn what_a_broker_did_not_hold_of_its_topic_is_no_loss_once_it_is_ours() {
    let temp = tempfile::tempdir().unwrap();
    let folder = |number: i32| temp.path().join(format!("theirs-{number}"));
    [1, 3].iter().for_each(|number| std::fs::create_dir(folder(*number)).unwrap());
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    dir.alter_configs(&name("theirs"), &[("retention.ms", "5")], &[""; 0]).unwrap();
    let topic = dir.add_partitions(&name("theirs"), 5).unwrap();
    assert_eq!((&topic.partitions[..], &topic.elsewhere[..]), (&[1, 3, 4][..], &[0, 2][..]));
    assert_eq!(topic.lost(), []);
    assert!(matches!(topic.no_partition(2), StoreError::UnknownPartition { partition: 2, count: 5, .. }));
    // What was here is lost when it goes, and so is what mkafka has made since.
    [3, 4].iter().for_each(|number| std::fs::remove_dir_all(folder(*number)).unwrap());
    let topic = dir.alter_configs(&name("theirs"), &NONE, &["retention.ms"]).unwrap();
    assert_eq!(topic.lost(), [3, 4].map(|number| TopicPartition::new(name("theirs"), number)));
    assert!(matches!(topic.no_partition(3), StoreError::LostPartition(_)));
}

#[test]
fn more_folders_than_a_topic_can_have_are_not_taken_over() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::create_dir(temp.path().join("theirs-2147483646")).unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let error = dir.alter_configs(&name("theirs"), &[("retention.ms", "5")], &[""; 0]).unwrap_err();
    assert!(matches!(error, StoreError::TooManyPartitions { partitions: i32::MAX, .. }), "{error}");
    assert!(!dir.topic(&name("theirs")).unwrap().known_to_us);
}

/// Where a group's offsets are depends on how many partitions there are, not on how many a broker holds.
#[test]
fn committed_offsets_are_found_after_a_brokers_topic_of_them_is_taken_over() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::create_dir(temp.path().join("__consumer_offsets-9")).unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let topic = dir.alter_configs(&name("__consumer_offsets"), &[("segment.ms", "5")], &[""; 0]).unwrap();
    assert_eq!((topic.partition_count, topic.lost()), (50, Vec::new()));
}

#[test]
fn partitions_only_become_more() {
    let (_temp, dir) = with_topic(2);
    let message = |n| dir.add_partitions(&name("orders"), n).unwrap_err().to_string();
    assert_eq!(message(1), "The topic orders currently has 2 partition(s); 1 would not be an increase.");
    assert_eq!(message(2), "Topic already has 2 partition(s).");
    assert!(message(MAX_PARTITIONS + 1).contains("the limit is"));
    let topic = dir.add_partitions(&name("orders"), 4).unwrap();
    assert_eq!((topic.partition_count, topic.partitions), (4, vec![0, 1, 2, 3]));
}

#[test]
fn adding_partitions_may_fail_or_die_anywhere() {
    let (_temp, dir) = with_topic(1);
    let all = inject(None, || dir.add_partitions(&name("orders"), 3)).operations;
    for number in 0..all {
        for fault in [Fault::Error(28), Fault::Death] {
            let (_temp, dir) = with_topic(1);
            let done = inject(Some((number, fault)), || dir.add_partitions(&name("orders"), 3)).result;
            let there = dir.topic(&name("orders")).unwrap().partition_count;
            assert!(there == 1 || there == 3, "{fault:?} at {number}");
            if let Some(Ok(_)) = done {
                assert_eq!(there, 3);
            }
            let topic = if there == 3 {
                dir.topic(&name("orders")).unwrap()
            } else {
                dir.add_partitions(&name("orders"), 3).unwrap()
            };
            assert_eq!(topic.partitions, [0, 1, 2], "{fault:?} at {number}");
            for partition in 0..3 {
                let folder = dir.partition_path(&TopicPartition::new(name("orders"), partition));
                assert!(LogAppender::open(&folder, LogConfig::default()).unwrap().log_end_offset().is_ok());
            }
        }
    }
}

fn append(dir: &WritableDataDir, records: i32) {
    let folder = dir.partition_path(&TopicPartition::new(name("orders"), 0));
    let config = LogConfig { segment_bytes: 300, ..LogConfig::default() };
    let mut appender = LogAppender::open(&folder, config).unwrap();
    for _ in 0..records {
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord { timestamp: Timestamp(1), key: None, value: Some(b"v"), headers: &[] });
        let mut batch = EncodedBatch::default();
        builder.finish(&mut Compressor::new(Compression::None, None).unwrap(), None, &mut batch).unwrap();
        appender.append(&mut batch, Durability::Written).unwrap();
    }
}

#[test]
fn records_are_deleted_up_to_an_offset_which_a_broker_would_find() {
    let (temp, dir) = with_topic(1);
    append(&dir, 10);
    let identity = TopicIdentity::from(dir.topic(&name("orders")).unwrap().id);
    let of = TopicPartition::new(name("orders"), 0);
    let bounds = || {
        let floor = dir.log_start_offsets().unwrap().get(&of).copied().unwrap_or(Offset::ZERO);
        LogReader::new(&dir.partition_path(&of), floor).bounds().unwrap()
    };
    let delete = |up_to| dir.delete_records(&of, identity, DeleteUpTo::Offset(Offset(up_to)));
    assert_eq!(delete(7).unwrap(), Offset(7));
    assert_eq!(bounds(), (Offset(7), Offset(10)));
    let checkpoint = std::fs::read(temp.path().join("log-start-offset-checkpoint")).unwrap();
    assert_eq!(checkpoint, b"0\n1\norders 0 7\n");
    assert!(!dir.partition_path(&of).join("00000000000000000000.log").exists());
    assert_eq!(delete(3).unwrap(), Offset(7), "it never goes back");
    let error = delete(11).unwrap_err().to_string();
    assert_eq!(
        error,
        "orders-0: offset 11 is out of range: the partition holds 7 to 10 (the end not included)"
    );
    assert!(matches!(
        dir.delete_records(&TopicPartition::new(name("orders"), 1), identity, DeleteUpTo::End),
        Err(StoreError::UnknownPartition { partition: 1, .. })
    ));
    assert_eq!(dir.delete_records(&of, identity, DeleteUpTo::End).unwrap(), Offset(10));
    assert_eq!(bounds(), (Offset(10), Offset(10)));
    append(&dir, 1);
    assert_eq!(bounds(), (Offset(10), Offset(11)));

    // A new topic of that name begins at 0.
    dir.delete_topic(&name("orders")).unwrap();
    assert_eq!(std::fs::read(temp.path().join("log-start-offset-checkpoint")).unwrap(), b"0\n0\n");
    dir.create_topic(&NewTopic::named(name("orders"))).unwrap();
    assert_eq!(bounds(), (Offset(0), Offset(0)));
    append(&dir, 3);
    let error = dir.delete_records(&of, identity, DeleteUpTo::End).unwrap_err();
    assert!(matches!(error, StoreError::Log { source: LogError::Gone(_), .. }), "{error}");
    assert_eq!(bounds(), (Offset(0), Offset(3)));
}
