use super::limits::check_timestamp;
use super::*;
use crate::fs::seam::looks::listings;
use crate::log::LogError;
use crate::record::{Compression, Timestamp};

#[test]
fn timestamps_must_be_near_the_clock() {
    let now = Timestamp(10_000);
    let check = |timestamp, before, after| check_timestamp(Timestamp(timestamp), (before, after), now);
    assert!(check(9_000, 1000, 0).is_ok() && check(10_000, 0, 0).is_ok() && check(12_000, 0, 2000).is_ok());
    assert!(check(-1, 0, 0).is_ok(), "no timestamp is none that could be wrong");
    assert!(check(i64::MAX, 0, i64::MAX).is_ok() && check(0, i64::MAX, 0).is_ok());
    let error = check(8_999, 1000, 0).unwrap_err().to_string();
    assert!(error.starts_with(
        "Timestamp 8999 of message is out of range. The timestamp should be within [9000, 10000]"
    ));
    assert!(matches!(check(10_001, 0, 0), Err(ProduceError::TimestampOutOfRange { .. })));
}

#[test]
fn the_limits_hold_for_what_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let config = TopicConfig::new([("message.timestamp.before.max.ms", "1000")]).unwrap();
    let topic = ProducerTopic::new(vec![dir.path().to_owned()], &config);
    let mut producer = Producer::new(topic, ProducerConfig::default()).unwrap();
    let record = |timestamp| NewRecord { timestamp, key: None, value: Some(&b"v"[..]), headers: &[] };
    assert!(producer.send(&record(Timestamp(5)), None).is_err());
    assert!(producer.send(&record(Timestamp::now()), None).is_ok());
    let config = TopicConfig::new([
        ("message.timestamp.before.max.ms", "1000"),
        ("message.timestamp.type", "LogAppendTime"),
    ])
    .unwrap();
    let topic = ProducerTopic::new(vec![dir.path().to_owned()], &config);
    assert_eq!(topic.timestamp_range_ms, None, "the log's own time is never wrong");
}

/// Retention and cleaning may take a share of a producer's time, and no more.
#[test]
fn upkeep_waits_for_its_share() {
    let dir = tempfile::tempdir().unwrap();
    let config = TopicConfig::new([
        ("segment.bytes", "300"),
        ("retention.bytes", "600"),
        ("file.delete.delay.ms", "0"),
    ])
    .unwrap();
    let mut topic = ProducerTopic::new(vec![dir.path().to_owned()], &config);
    topic.log.segment_bytes = 300;
    let mut producer = Producer::new(topic, ProducerConfig::default()).unwrap();
    // Its share of an hour is more than this takes on any machine.
    locked(&producer.dispatch.sender).upkeep().unwrap().grow_old(Duration::from_secs(3600));
    let record = NewRecord { timestamp: Timestamp(5), key: None, value: Some(&[b'v'; 150]), headers: &[] };
    for _ in 0..20 {
        producer.send(&record, None).unwrap();
        producer.flush().unwrap();
    }
    let segments = || crate::log::segment::SegmentList::read(dir.path()).unwrap().logs.len();
    // Each record has a segment of its own, of 222 bytes and the batch's header.
    assert!(segments() <= 5, "{}", segments());
    locked(&producer.dispatch.sender).upkeep().unwrap().spend(Duration::from_secs(3600));
    for _ in 0..20 {
        producer.send(&record, None).unwrap();
        producer.flush().unwrap();
    }
    assert!(segments() > 20, "its time is spent: {}", segments());
    producer.close().unwrap();
    assert!(segments() <= 5, "what it has filled itself it leaves tidy: {}", segments());
    assert!(producer.take_news().upkeep_failures.is_empty());
}

/// To list a folder takes longer the more segments there are: neither retention nor compaction does it once more.
#[test]
fn who_adds_one_record_to_a_compacted_topic_lists_its_folder_once() {
    let dir = tempfile::tempdir().unwrap();
    let config = TopicConfig::new([("cleanup.policy", "compact,delete")]).unwrap();
    let record = NewRecord { timestamp: Timestamp::now(), key: Some(b"k"), value: Some(b"v"), headers: &[] };
    let listings_for_one = || {
        let before = listings();
        let topic = ProducerTopic::new(vec![dir.path().to_owned()], &config);
        let mut producer = Producer::new(topic, ProducerConfig::default()).unwrap();
        producer.send(&record, None).unwrap();
        producer.close().unwrap();
        assert!(producer.take_news().upkeep_failures.is_empty());
        listings() - before
    };
    // There is no segment yet that could be found.
    listings_for_one();
    assert_eq!(listings_for_one(), 1);
}

/// The values in a partition's log, whose offsets must be 0, 1, 2 and so on.
pub(super) fn values_in(dir: &std::path::Path) -> Vec<u64> {
    let mut reader = crate::log::LogReader::new(dir, Offset::ZERO);
    let mut decoder = crate::record::RecordDecoder::new();
    let mut values = Vec::new();
    while let Some(batch) = reader.next().unwrap() {
        let mut records = decoder.records(&batch).unwrap();
        while let Some(record) = records.next().unwrap() {
            assert_eq!(record.offset, Offset(values.len() as i64));
            values.push(std::str::from_utf8(record.value.unwrap()).unwrap().trim().parse().unwrap());
        }
    }
    values
}

/// A topic of `count` partitions, each of which has the folder of its number.
pub(super) fn topic_in(root: &std::path::Path, count: usize) -> ProducerTopic {
    let dirs: Vec<PathBuf> = (0..count).map(|number| root.join(number.to_string())).collect();
    dirs.iter().for_each(|dir| std::fs::create_dir(dir).unwrap());
    let mut topic = ProducerTopic::new(dirs, &TopicConfig::new([("segment.bytes", "1048576")]).unwrap());
    // The records are from 1970, and all to be kept.
    topic.upkeep = None;
    topic
}

/// Whether batches are compressed and appended by threads or not, each partition has its records in the order in
/// which they were sent, and each is acknowledged once.
#[test]
fn what_goes_through_many_threads_keeps_its_order() {
    for compression in [Compression::None, Compression::Lz4, Compression::Zstd] {
        for acks in [Acks::None, Acks::Leader, Acks::All] {
            let root = tempfile::tempdir().unwrap();
            let config = ProducerConfig { batch_size: Some(3000), compression, acks, ..Default::default() };
            let mut producer = Producer::new(topic_in(root.path(), 3), config).unwrap();
            let mut acknowledged = [0; 3];
            let mut note = |producer: &mut Producer| {
                for receipt in producer.take_news().receipts {
                    let seen = &mut acknowledged[receipt.partition as usize];
                    assert_eq!(receipt.offsets.first, Offset(*seen), "in order, and once");
                    *seen = receipt.offsets.end.0;
                }
            };
            const COUNT: u64 = 30_000;
            for number in 0..COUNT {
                // Many to the first partition, few to the last.
                let partition = [0, 0, 0, 1, 1, 2][number as usize % 6];
                let value = format!("{number:50}");
                let record = NewRecord {
                    timestamp: Timestamp(5),
                    key: None,
                    value: Some(value.as_bytes()),
                    headers: &[],
                };
                producer.send(&record, Some(partition)).unwrap();
                note(&mut producer);
            }
            assert!(
                producer.dispatch.has_pipeline() || std::thread::available_parallelism().unwrap().get() == 1
            );
            producer.flush().unwrap();
            assert!(!producer.is_unsettled());
            note(&mut producer);
            producer.close().unwrap();
            for (partition, count) in acknowledged.into_iter().enumerate() {
                let values = values_in(&root.path().join(partition.to_string()));
                assert_eq!(values.len() as i64, count, "{compression} {acks:?}");
                let sent = (0..COUNT).filter(|n| [0, 0, 0, 1, 1, 2][*n as usize % 6] == partition);
                assert!(sent.eq(values), "{compression} {acks:?}");
            }
        }
    }
}

/// After a batch that cannot be appended none behind it is, so that no record is missing in between.
#[test]
fn a_failure_leaves_no_gap() {
    for compression in [Compression::None, Compression::Zstd] {
        let root = tempfile::tempdir().unwrap();
        let config = ProducerConfig { batch_size: Some(3000), compression, ..Default::default() };
        let topic = topic_in(root.path(), 2);
        let gone = topic.partitions[1].clone();
        let mut producer = Producer::new(topic, config).unwrap();
        let mut failed = None;
        for number in 0..200_000_u64 {
            if number == 10_000 {
                std::fs::rename(&gone, root.path().join("gone")).unwrap();
            }
            let value = format!("{number:50}");
            let record =
                NewRecord { timestamp: Timestamp(5), key: None, value: Some(value.as_bytes()), headers: &[] };
            if let Err(error) = producer.send(&record, Some((number % 2) as i32)) {
                failed = Some((number, error.to_string()));
                break;
            }
        }
        let (number, error) = failed.expect("it shows");
        assert!((10_000..200_000).contains(&number), "{number}");
        assert!(error.starts_with("partition 1: "), "{error}");
        // What was sent to the other partition before is in. What is left for this one fails as well.
        let _ = producer.close();
        let values = values_in(&root.path().join("0"));
        assert!((0..number).step_by(2).eq(values), "{compression}");
        assert!(!gone.exists(), "{compression}");
    }
}

/// Whichever way records take, and however many partitions there are.
#[test]
fn a_partition_that_is_not_there_is_refused() {
    for count in [1, 2] {
        let root = tempfile::tempdir().unwrap();
        let mut producer = Producer::new(topic_in(root.path(), count), ProducerConfig::default()).unwrap();
        let like = NewRecord { timestamp: Timestamp(0), key: None, value: Some(b"v"), headers: &[] };
        let mut fields = [Fields { key: None, value: Some(b"v") }; 3].into_iter();
        let errors =
            [producer.send(&like, Some(5)).map(drop), producer.send_fields(&like, &mut fields, Some(5))];
        for error in errors {
            assert!(matches!(error, Err(ProduceError::UnknownPartition { partition: 5, .. })), "{error:?}");
        }
    }
}

/// What was appended to a topic that was deleted and made again meanwhile is acknowledged by nobody.
#[test]
fn records_of_a_topic_that_was_made_again_are_not_acknowledged() {
    let root = tempfile::tempdir().unwrap();
    let topic = topic_in(root.path(), 1);
    let dir = topic.partitions[0].clone();
    let config = ProducerConfig { acks: Acks::All, batch_size: Some(1), ..Default::default() };
    let mut producer = Producer::new(topic, config).unwrap();
    let send = |producer: &mut Producer, value: &str| {
        let record =
            NewRecord { timestamp: Timestamp(0), key: None, value: Some(value.as_bytes()), headers: &[] };
        producer.send(&record, None)
    };
    send(&mut producer, "1").unwrap();
    send(&mut producer, "2").unwrap();
    std::fs::rename(&dir, root.path().join("deleted")).unwrap();
    std::fs::create_dir(&dir).unwrap();
    assert_eq!(values_in(&root.path().join("deleted")), [1]);
    let error = producer.flush().unwrap_err();
    assert!(matches!(error, ProduceError::Log { source: LogError::Gone(_), .. }), "{error}");
    assert_eq!(producer.take_news().receipts, []);
}

/// That its log is another one shows when old segments are looked for, before anything more is appended.
#[test]
fn records_of_a_log_that_was_replaced_are_not_waited_for() {
    for behind in [0, 5] {
        let root = tempfile::tempdir().unwrap();
        let topic = topic_in(root.path(), 1);
        let dir = topic.partitions[0].clone();
        let config = ProducerConfig { acks: Acks::All, batch_size: Some(1), ..Default::default() };
        let mut producer = Producer::new(topic, config).unwrap();
        let record = NewRecord { timestamp: Timestamp(0), key: None, value: Some(b"1"), headers: &[] };
        producer.send(&record, None).unwrap();
        producer.send(&record, None).unwrap();
        assert_eq!(values_in(&dir), [1]);
        std::fs::rename(&dir, root.path().join("deleted")).unwrap();
        std::fs::create_dir(&dir).unwrap();
        let other =
            ProducerTopic { upkeep: None, ..ProducerTopic::new(vec![dir.clone()], &TopicConfig::default()) };
        let mut other = Producer::new(other, ProducerConfig::default()).unwrap();
        (0..behind).for_each(|_| other.send(&record, None).map(drop).unwrap());
        other.close().unwrap();
        let mut sender = locked(&producer.dispatch.sender);
        assert_eq!(sender.log_end_offset(0).unwrap(), Offset(behind));
        let error = sender.settle().unwrap_err();
        assert!(matches!(error, ProduceError::Log { source: LogError::Gone(_), .. }), "{error}");
        assert_eq!(sender.take_news().receipts, []);
        sender.settle().unwrap();
    }
}
