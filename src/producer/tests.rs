use super::*;

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
    locked(&producer.sender).upkeep().unwrap().grow_old(Duration::from_secs(3600));
    let record = NewRecord { timestamp: Timestamp(5), key: None, value: Some(&[b'v'; 150]), headers: &[] };
    for _ in 0..20 {
        producer.send(&record, None).unwrap();
        producer.flush().unwrap();
    }
    let segments = || crate::log::segment::SegmentList::read(dir.path()).unwrap().logs.len();
    // Each record has a segment of its own, of 222 bytes and the batch's header.
    assert!(segments() <= 5, "{}", segments());
    locked(&producer.sender).upkeep().unwrap().spend(Duration::from_secs(3600));
    for _ in 0..20 {
        producer.send(&record, None).unwrap();
        producer.flush().unwrap();
    }
    assert!(segments() > 20, "its time is spent: {}", segments());
    producer.close().unwrap();
    assert!(producer.take_upkeep_failures().is_empty());
}
