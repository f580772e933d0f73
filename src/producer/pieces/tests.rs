use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex};

use super::super::tests::{topic_in, values_in};
use super::super::{Acks, ProducerConfig, ProducerTopic};
use super::*;
use crate::record::{Compression, Timestamp};

/// Numbers that are the values of records.
type Numbers = std::ops::Range<u64>;

const PER_PIECE: u64 = 500;

fn plan(threads: usize) -> PiecePlan {
    PiecePlan { bytes: 0, threads, cores: threads, counts_records: false }
}

/// Pieces of the numbers below `count`.
fn numbers_below(count: u64) -> impl FnMut(&mut Numbers) -> Result<bool, String> + Send {
    let mut next = 0;
    move |piece| {
        *piece = next..(next + PER_PIECE).min(count);
        next = piece.end;
        Ok(!piece.is_empty())
    }
}

/// Sends `number` to the partition that it is to go to.
fn send(collector: &mut PieceCollector, number: u64) -> Result<(), ProduceError> {
    let value = format!("{number:50}");
    let record =
        NewRecord { timestamp: Timestamp(5), key: None, value: Some(value.as_bytes()), headers: &[] };
    collector.send(&record, Some(partition_of(number))).map(drop)
}

/// Many to the first partition, few to the last.
fn partition_of(number: u64) -> i32 {
    [0, 0, 0, 1, 1, 2][number as usize % 6]
}

fn make(numbers: &Numbers, collector: &mut PieceCollector) -> Result<u64, String> {
    for number in numbers.clone() {
        send(collector, number).map_err(|error| format!("{number}: {error}"))?;
    }
    Ok(numbers.end - numbers.start)
}

/// Whether the topic holds just the numbers below `count`, each partition in their order.
fn holds_numbers_below(count: u64, topic: &ProducerTopic) -> bool {
    topic.partitions.iter().zip(0..).all(|(dir, partition)| {
        let expected = (0..count).filter(|number| partition_of(*number) == partition);
        values_in(dir).into_iter().eq(expected)
    })
}

#[test]
fn pieces_keep_their_order_whoever_sends_them() {
    const COUNT: u64 = 40_123;
    for compression in [Compression::None, Compression::Lz4, Compression::Zstd] {
        for acks in [Acks::None, Acks::Leader, Acks::All] {
            let root = tempfile::tempdir().unwrap();
            let config = ProducerConfig { batch_size: Some(3000), compression, acks, ..Default::default() };
            let topic = topic_in(root.path(), 3);
            let mut producer = Producer::new(topic.clone(), config).unwrap();
            let mut acknowledged = 0;
            let mut note = |news: News| {
                let counts =
                    news.receipts.iter().map(|receipt| receipt.offsets.end.since(receipt.offsets.first));
                acknowledged += counts.sum::<i64>();
            };
            let met = producer.send_pieces(plan(4), numbers_below(COUNT), make, &mut note).unwrap();
            assert_eq!(met, COUNT);
            producer.close().unwrap();
            note(producer.take_news());
            assert_eq!(
                (acknowledged, producer.acknowledged()),
                (COUNT as i64, COUNT),
                "{compression} {acks:?}"
            );
            assert!(holds_numbers_below(COUNT, &topic), "{compression} {acks:?}");
        }
    }
}

/// What was sent one by one stays before the pieces, and what comes after them behind.
#[test]
fn pieces_come_in_their_place() {
    let root = tempfile::tempdir().unwrap();
    let topic = topic_in(root.path(), 1);
    let mut producer = Producer::new(topic.clone(), ProducerConfig::default()).unwrap();
    let one = |producer: &mut Producer, number: u64| {
        let value = number.to_string();
        let value = Some(value.as_bytes());
        producer.send(&NewRecord { timestamp: Timestamp(5), key: None, value, headers: &[] }, None).unwrap();
    };
    one(&mut producer, 0);
    let mut next = 1;
    let read = |piece: &mut Numbers| {
        *piece = next..next + 1;
        next += 1;
        Ok::<_, String>(next < 20)
    };
    let make = |numbers: &Numbers, collector: &mut PieceCollector| {
        let value = numbers.start.to_string();
        let value = Some(value.as_bytes());
        let record = NewRecord { timestamp: Timestamp(5), key: None, value, headers: &[] };
        collector.send(&record, None).map(|_| 1).map_err(|error| error.to_string())
    };
    assert_eq!(producer.send_pieces(plan(3), read, make, |_| ()).unwrap(), 18);
    one(&mut producer, 19);
    producer.close().unwrap();
    assert!((0..20).eq(values_in(&topic.partitions[0])));
}

#[test]
fn what_comes_before_a_fault_is_produced_and_nothing_behind_it() {
    for (bad, is_unreadable) in [(0, false), (20_007, false), (19_500, true)] {
        let root = tempfile::tempdir().unwrap();
        let topic = topic_in(root.path(), 3);
        let config = ProducerConfig { batch_size: Some(3000), ..Default::default() };
        let mut producer = Producer::new(topic.clone(), config).unwrap();
        let mut read = numbers_below(100_000);
        let read = |piece: &mut Numbers| match read(piece) {
            Ok(_) if is_unreadable && piece.contains(&bad) => Err("unreadable".to_owned()),
            other => other,
        };
        let make = |numbers: &Numbers, collector: &mut PieceCollector| {
            if numbers.contains(&bad) {
                make(&(numbers.start..bad), collector)?;
                return Err("bad".to_owned());
            }
            make(numbers, collector)
        };
        let error = producer.send_pieces(plan(4), read, make, |_| ()).unwrap_err();
        let PieceError::Piece { before, error } = error else { panic!("{error:?}") };
        assert_eq!(before, bad / PER_PIECE * PER_PIECE);
        assert_eq!(error, if is_unreadable { "unreadable" } else { "bad" });
        producer.close().unwrap();
        assert!(holds_numbers_below(bad, &topic), "{bad}");
        assert_eq!(producer.acknowledged(), bad);
    }
}

/// After a batch that cannot be appended none behind it is, so that no record is missing in between.
#[test]
fn a_failure_leaves_no_gap() {
    for acks in [Acks::None, Acks::Leader, Acks::All] {
        let root = tempfile::tempdir().unwrap();
        let topic = topic_in(root.path(), 3);
        let gone = topic.partitions[1].clone();
        let config = ProducerConfig { batch_size: Some(3000), acks, ..Default::default() };
        let mut producer = Producer::new(topic.clone(), config).unwrap();
        let mut read = numbers_below(1_000_000);
        let read = |piece: &mut Numbers| {
            let read = read(piece);
            if piece.contains(&10_000) {
                std::fs::rename(&gone, root.path().join("gone")).unwrap();
            }
            read
        };
        let error = producer.send_pieces(plan(4), read, make, |_| ()).unwrap_err();
        let PieceError::Append(error) = error else { panic!("{error:?}") };
        assert!(error.to_string().starts_with("partition 1: "), "{error}");
        let _ = producer.close();
        let acknowledged = producer.acknowledged();
        assert!(acknowledged < 1_000_000 && (acks != Acks::Leader || acknowledged > 0), "{acknowledged}");
        for (dir, partition) in [(&topic.partitions[0], 0), (&root.path().join("gone"), 1)] {
            let values = values_in(dir);
            let sent = (0..1_000_000).filter(|number| partition_of(*number) == partition);
            assert!(sent.clone().take(values.len()).eq(values.iter().copied()), "a prefix");
            let told = sent.take_while(|number| *number < acknowledged).count();
            assert!(
                told <= values.len(),
                "{told} of partition {partition} were told, {} are in",
                values.len()
            );
        }
    }
}

/// A record that is too large is the record's fault, whatever it comes to when it is compressed.
#[test]
fn a_record_that_is_too_large_is_told_of_where_it_is_made() {
    let root = tempfile::tempdir().unwrap();
    let mut topic = topic_in(root.path(), 1);
    topic.log.max_message_bytes = 2000;
    let config = ProducerConfig { compression: Compression::Lz4, ..Default::default() };
    let mut producer = Producer::new(topic.clone(), config).unwrap();
    // Hashes cannot be compressed.
    let chance: Vec<u8> =
        (0..5000_u32).map(|n| super::super::partitioner::murmur2(&n.to_le_bytes()) as u8).collect();
    let make = |numbers: &Numbers, collector: &mut PieceCollector| {
        if numbers.start < 3 * PER_PIECE {
            return make(&(0..1), collector);
        }
        let value = Some(&chance[..]);
        let record = NewRecord { timestamp: Timestamp(5), key: None, value, headers: &[] };
        collector.send(&record, Some(0)).map(|_| 1).map_err(|error| error.to_string())
    };
    let error = producer.send_pieces(plan(2), numbers_below(100_000), make, |_| ()).unwrap_err();
    let PieceError::Piece { before: 3, error } = error else { panic!("{error:?}") };
    assert!(error.contains("max.message.bytes (2000)"), "{error}");
    producer.close().unwrap();
    assert_eq!((values_in(&topic.partitions[0]), producer.acknowledged()), (vec![0; 3], 3));
}

#[test]
fn keyless_records_go_round_as_if_sent_one_by_one() {
    const COUNT: u64 = 5000;
    let root = tempfile::tempdir().unwrap();
    let topic = topic_in(root.path(), 3);
    let mut producer = Producer::new(topic.clone(), ProducerConfig::default()).unwrap();
    let send_one = |sink: &mut dyn FnMut(&NewRecord<'_>), number: u64| {
        let value = number.to_string();
        sink(&NewRecord { timestamp: Timestamp(5), key: None, value: Some(value.as_bytes()), headers: &[] });
    };
    send_one(&mut |record| assert!(producer.send(record, None).is_ok()), 0);
    let mut next = 1;
    let read = |piece: &mut Numbers| {
        *piece = next..(next + 77).min(COUNT);
        next = piece.end;
        Ok::<_, String>(!piece.is_empty())
    };
    let make = |numbers: &Numbers, collector: &mut PieceCollector| {
        collector.begin_after(numbers.start - 1);
        for number in numbers.clone() {
            send_one(&mut |record| assert!(collector.send(record, None).is_ok()), number);
        }
        Ok(1)
    };
    producer.send_pieces(plan(4), read, make, |_| ()).unwrap();
    send_one(&mut |record| assert!(producer.send(record, None).is_ok()), COUNT);
    producer.close().unwrap();
    for (dir, first) in topic.partitions.iter().zip(0..) {
        assert!((first..=COUNT).step_by(3).eq(values_in(dir)), "partition {first}");
    }
}

/// As long as somebody else appends seven times as much, a producer of four threads takes one; before and behind that
/// it takes more.
#[test]
fn threads_come_and_go_with_other_producers() {
    const CROWDED: std::ops::Range<u64> = 100..200;
    let root = tempfile::tempdir().unwrap();
    let topic = topic_in(root.path(), 1);
    let mut producer = Producer::new(topic.clone(), ProducerConfig::default()).unwrap();
    let mut other = Producer::new(topic.clone(), ProducerConfig::default()).unwrap();
    let record = NewRecord { timestamp: Timestamp(5), key: None, value: Some(b"7"), headers: &[] };
    let mut pieces = 0;
    let read = |piece: &mut u64| {
        (*piece, pieces) = (pieces, pieces + 1);
        if CROWDED.contains(piece) {
            // Each in a batch of its own, as those of the pieces are: it is bytes that count.
            for _ in 0..7 {
                assert!(other.send(&record, None).is_ok());
                other.flush().unwrap();
            }
        }
        Ok::<_, String>(*piece < 300)
    };
    // Who was at work before the crowd, in it and behind it, once that had been so for a while.
    let (seen, changed) = (Mutex::new([const { BTreeSet::new() }; 3]), Condvar::new());
    let make = |piece: &u64, collector: &mut PieceCollector| {
        let mut seen = seen.lock().unwrap();
        let phase = usize::try_from(*piece / 100).unwrap();
        if (50..).contains(&(*piece % 100)) {
            seen[phase].insert(format!("{:?}", std::thread::current().id()));
            changed.notify_all();
        }
        if phase != 1 && piece % 100 == 89 {
            // Another comes for the next piece, unless there is none.
            let patience = std::time::Duration::from_secs(60);
            drop(changed.wait_timeout_while(seen, patience, |seen| seen[phase].len() < 2).unwrap());
        }
        collector.send(&record, None).map(|_| 1).map_err(|error| error.to_string())
    };
    assert_eq!(producer.send_pieces(plan(4), read, make, |_| ()).unwrap(), 300);
    let [before, amid, behind] = seen.into_inner().unwrap();
    assert!(before.len() > 1 && amid.len() == 1 && behind.len() > 1, "{before:?} {amid:?} {behind:?}");
    producer.close().unwrap();
    other.close().unwrap();
    assert_eq!(values_in(&topic.partitions[0]).len() as u64, 300 + 7 * (CROWDED.end - CROWDED.start));
}

#[test]
fn a_panic_in_a_thread_goes_on_in_the_caller() {
    let root = tempfile::tempdir().unwrap();
    let mut producer = Producer::new(topic_in(root.path(), 3), ProducerConfig::default()).unwrap();
    let make = |numbers: &Numbers, collector: &mut PieceCollector| {
        assert!(!numbers.contains(&7000), "as it was meant to");
        make(numbers, collector)
    };
    let sends = std::panic::AssertUnwindSafe(|| {
        producer.send_pieces(plan(4), numbers_below(1_000_000), make, |_| ()).map_err(drop)
    });
    assert!(std::panic::catch_unwind(sends).is_err());
}

/// A plan is made for inputs that fill batches, and only where it pays.
#[test]
fn what_is_sent_in_pieces() {
    let root = tempfile::tempdir().unwrap();
    let topic = topic_in(root.path(), 2);
    let mut producer = Producer::new(topic, ProducerConfig::default()).unwrap();
    let cores = std::thread::available_parallelism().unwrap().get();
    assert!(producer.piece_plan(100_000).is_none(), "nothing has come yet, and not much will");
    assert_eq!(producer.piece_plan(100_000_000).is_some(), cores > 1);
    let value = [b'x'; 10_000];
    let record = NewRecord { timestamp: Timestamp(5), key: None, value: Some(&value), headers: &[] };
    for _ in 0..300 {
        producer.send(&record, None).unwrap();
    }
    assert_eq!(producer.piece_plan(0).is_some(), cores > 1);
    producer.flush().unwrap();
    assert!(producer.piece_plan(0).is_none(), "the input has paused");
    producer.close().unwrap();
}
