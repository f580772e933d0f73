use std::path::Path;

use super::*;
use crate::fs::power::Chance;
use crate::fs::seam::faults::{EIO, Fault, Injected, inject};
use crate::producer::tests::{topic_in, values_in};
use crate::producer::{Acks, ProducerConfig, ProducerTopic, Receipt};
use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Timestamp};

/// A sender to `topic` that has no more than so many partitions open.
fn sender(topic: &ProducerTopic, acks: Acks, most: usize) -> Sender {
    let mut sender = Sender::new(topic, &ProducerConfig { acks, ..Default::default() });
    sender.set_open_max(most);
    sender
}

fn batch(number: u64) -> EncodedBatch {
    let mut builder = BatchBuilder::new();
    let value = number.to_string();
    let value = Some(value.as_bytes());
    builder.push(&NewRecord { timestamp: Timestamp(5), key: None, value, headers: &[] });
    let mut compressor = Compressor::new(Compression::None, None).unwrap();
    let mut batch = EncodedBatch::default();
    builder.finish(&mut compressor, None, &mut batch).unwrap();
    batch
}

fn receipts(sender: &mut Sender) -> Vec<Receipt> {
    sender.take_news().receipts
}

#[test]
fn no_more_are_open_than_may_be_and_nothing_is_lost() {
    const PARTITIONS: usize = 7;
    for acks in [Acks::None, Acks::Leader, Acks::All] {
        for most in [1, 3, PARTITIONS] {
            let root = tempfile::tempdir().unwrap();
            let mut sender = sender(&topic_in(root.path(), PARTITIONS), acks, most);
            let mut sent = [0; PARTITIONS];
            let mut told = Vec::new();
            // Each in turn, one of them much more often, and some from both ends.
            for step in 0..100 {
                for at in [step % PARTITIONS, 2, PARTITIONS - 1 - step % 3] {
                    sender.append(at, &mut batch(sent[at])).unwrap();
                    sent[at] += 1;
                    let open = sender.partitions.iter().filter(|p| p.log.appender.is_some()).count();
                    assert_eq!(open, sender.open.len());
                    assert!(open <= most, "{open} of {most}");
                    told.extend(receipts(&mut sender));
                }
            }
            assert!(sender.open.len() == most, "as many as may be");
            sender.settle().unwrap();
            told.extend(receipts(&mut sender));
            sender.close().unwrap();
            for (at, count) in sent.into_iter().enumerate() {
                assert!((0..count).eq(values_in(&root.path().join(at.to_string()))), "{acks:?}");
                let of_it = told.iter().filter(|receipt| receipt.partition == number(at));
                assert!((0..count).eq(of_it.map(|receipt| receipt.offsets.first.0 as u64)), "{acks:?}");
            }
        }
    }
}

/// One that is used again and again is not the one to be closed.
#[test]
fn who_is_used_stays() {
    let root = tempfile::tempdir().unwrap();
    let mut sender = sender(&topic_in(root.path(), 20), Acks::Leader, 4);
    for (step, at) in (1..20).enumerate() {
        for at in [0, at] {
            let was_open = sender.partitions[at].log.appender.is_some();
            assert_eq!(was_open, at == 0 && step > 0, "partition {at}");
            sender.append(at, &mut batch(0)).unwrap();
        }
    }
}

/// What a failed sync may have lost no later sync makes good: the partition stays refused, however often it is closed.
#[test]
fn a_disk_that_has_refused_is_not_asked_again() {
    let run = |root: &Path, fault| {
        let topic = topic_in(root, 3);
        let mut sender = sender(&topic, Acks::All, 1);
        let mut errors = Vec::new();
        let Injected { operations, .. } = inject(fault, || {
            for at in [0, 1, 2, 0, 1] {
                errors.push((at, sender.append(at, &mut batch(0))));
            }
        });
        (operations, sender, errors)
    };
    let root = tempfile::tempdir().unwrap();
    let (operations, ..) = run(root.path(), None);
    let mut refused = 0;
    for operation in 0..operations {
        let root = tempfile::tempdir().unwrap();
        let (_, mut sender, results) = run(root.path(), Some((operation, Fault::Error(EIO))));
        sender.resume();
        let failed = results.iter().find_map(|(at, result)| match result {
            Err(ProduceError::Log { partition, source: LogError::File(error) }) => {
                Some((*at, *partition, error.operation))
            }
            _ => None,
        });
        // While another one was appended to, so that the batch that it was about had been taken.
        let Some((_, of, "sync")) = failed.filter(|(at, of, _)| number(*at) != *of) else { continue };
        refused += 1;
        let told = receipts(&mut sender);
        let before = told.iter().filter(|receipt| receipt.partition == of).count();
        let at = usize::try_from(of).unwrap();
        for other in [at, (at + 1) % 3, at] {
            let result = sender.append(other, &mut batch(0));
            let is_refused = matches!(result, Err(ProduceError::Log { source: LogError::SyncFailed(_), .. }));
            assert_eq!(is_refused, other == at, "operation {operation}: {result:?}");
            sender.resume();
        }
        sender.settle().unwrap();
        assert!(before < 2 && receipts(&mut sender).iter().all(|receipt| receipt.partition != of));
    }
    assert!(refused >= 3, "a sync of each file: {refused}");
}

/// Who comes after it would not know that it is due.
#[test]
fn what_is_to_be_synced_later_is_synced_before_a_partition_is_closed() {
    for (messages, ms) in [(10, i64::MAX), (i64::MAX, 3_600_000)] {
        let root = tempfile::tempdir().unwrap();
        let Injected { journal, .. } = inject(None, || {
            let dirs: Vec<_> = ["0", "1"].map(|name| root.path().join(name)).into();
            dirs.iter().for_each(|dir| crate::fs::create_dir(dir).unwrap());
            crate::fs::sync_dir(root.path()).unwrap();
            let mut topic = ProducerTopic::new(dirs, &crate::store::TopicConfig::default());
            topic.upkeep = None;
            topic.log.flush_messages = messages;
            topic.log.flush_ms = ms;
            let mut sender = sender(&topic, Acks::Leader, 1);
            sender.append(0, &mut batch(7)).unwrap();
            sender.append(1, &mut batch(8)).unwrap();
            assert_eq!(sender.sync_due_in().is_some(), ms < i64::MAX);
        });
        for seed in 0..20 {
            let after = tempfile::tempdir().unwrap();
            journal.after_loss_of_power(root.path(), after.path(), &mut Chance(seed));
            assert_eq!(values_in(&after.path().join("0")), [7], "{messages} {ms}, seed {seed}");
        }
    }
}
