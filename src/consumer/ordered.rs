//! All partitions merged by timestamp.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::{BatchFacts, ConsumeError, Consumer, ConsumerRecord, Poll};
use crate::record::OwnedRecord;
use crate::store::TopicPartition;

/// Reads partitions at the same time, and hands out their records in the order of their timestamps. The
/// records of one partition stay in the order of their offsets.
///
/// What is there comes in order. At the end, where partitions are followed, no later record can be waited for
/// that may never come: what is appended is handed out as it is found.
#[derive(Debug, Default)]
pub struct OrderedConsumer {
    partitions: Vec<Lane>,
}

/// A partition, and what has been read of it and not handed out.
#[derive(Debug)]
struct Lane {
    consumer: Consumer,
    queue: VecDeque<Queued>,
    is_finished: bool,
}

/// What a [`ConsumerRecord`] is made of.
#[derive(Debug)]
struct Queued {
    topic_partition: TopicPartition,
    batch: BatchFacts,
    record: OwnedRecord,
}

impl OrderedConsumer {
    /// Reads no partition yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to be read.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    /// Takes over the partitions that `consumer` reads, where it stands.
    pub fn take_over(&mut self, consumer: &mut Consumer) {
        for mut consumer in consumer.split() {
            // A batch at a time is enough to know what is next.
            consumer.set_turn_bytes(1);
            self.partitions.push(Lane { consumer, queue: VecDeque::new(), is_finished: false });
        }
    }

    /// Makes what has been delivered of a partition all that is read of it.
    pub fn finish(&mut self, topic_partition: &TopicPartition) {
        for lane in &mut self.partitions {
            let mut positions = lane.consumer.positions();
            if positions.any(|(of, _)| of == topic_partition) {
                lane.queue.clear();
                lane.is_finished = true;
            }
        }
    }

    /// Hands one record after the other to `deliver`, until it breaks off or nothing is left for now.
    ///
    /// # Errors
    /// As [`Consumer::poll`].
    pub fn poll(
        &mut self,
        deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
    ) -> Result<Poll, ConsumeError> {
        let mut to_fill: Vec<usize> = (0..self.partitions.len()).collect();
        loop {
            for at in to_fill.drain(..) {
                self.partitions[at].fill()?;
            }
            let Some(at) = self.next() else { break };
            let lane = &mut self.partitions[at];
            let Some(queued) = lane.queue.pop_front() else { break };
            if lane.queue.is_empty() {
                to_fill.push(at);
            }
            if queued.deliver(deliver).is_break() {
                return Ok(Poll::Stopped);
            }
        }
        let is_finished = self.partitions.iter().all(|lane| lane.is_finished);
        Ok(if is_finished { Poll::Finished } else { Poll::CaughtUp })
    }

    /// The partition whose first record comes next: the earliest, and among equals that of the first partition.
    fn next(&self) -> Option<usize> {
        let firsts = self.partitions.iter().enumerate();
        let timestamps =
            firsts.filter_map(|(at, lane)| Some((lane.queue.front()?.record.as_ref().timestamp, at)));
        timestamps.min().map(|(_, at)| at)
    }
}

impl Lane {
    /// Reads on until there is a record, or none for now.
    fn fill(&mut self) -> Result<(), ConsumeError> {
        while self.queue.is_empty() && !self.is_finished {
            let queue = &mut self.queue;
            let poll = self.consumer.poll(&mut |record| {
                queue.push_back(Queued {
                    topic_partition: record.topic_partition.clone(),
                    batch: *record.batch,
                    record: OwnedRecord::from(record.record),
                });
                ControlFlow::Continue(())
            })?;
            match poll {
                Poll::Progress | Poll::Pause | Poll::Stopped => {}
                Poll::CaughtUp => break,
                Poll::Finished => self.is_finished = true,
            }
        }
        Ok(())
    }
}

impl Queued {
    fn deliver(&self, deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let Self { topic_partition, batch, record } = self;
        deliver(&ConsumerRecord { topic_partition, batch, record: &record.as_ref() })
    }
}
