//! All partitions merged by timestamp.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::{BatchFacts, ConsumeError, Consumer, ConsumerRecord, Poll};
use crate::log::batch_reader::CHUNK;
use crate::record::{RecordQueue, Timestamp};
use crate::store::TopicPartition;

/// What the partitions may read ahead together, in bytes; and each of them at the least.
const READ_AHEAD: usize = 16 << 20;
const READ_AHEAD_LEAST: usize = 64 << 10;

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
    /// Records of one batch.
    queue: RecordQueue,
    /// Whose they are, and what their batch says of them.
    origin: Option<(TopicPartition, BatchFacts)>,
    is_finished: bool,
}

/// Where a lane stands among the others: the one whose first record is the earliest comes first, and among equals the
/// first lane.
type Place = (Timestamp, usize);

impl OrderedConsumer {
    /// Reads no partition yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to be read.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    /// As [`Consumer::is_in_doubt`].
    pub fn is_in_doubt(&self) -> bool {
        self.partitions.iter().any(|lane| lane.consumer.is_in_doubt())
    }

    /// Takes over the partitions that `consumer` reads, where it stands.
    pub fn take_over(&mut self, consumer: &mut Consumer) {
        let lanes = self.partitions.len() + consumer.positions().count();
        let keeps_nothing_open = lanes > consumer.open_max;
        let read_ahead = (READ_AHEAD / lanes.max(1)).clamp(READ_AHEAD_LEAST, CHUNK);
        for mut consumer in consumer.split(read_ahead) {
            // A batch at a time is enough to know what is next.
            consumer.set_turn_bytes(1);
            let queue = RecordQueue::default();
            self.partitions.push(Lane { consumer, queue, origin: None, is_finished: false });
        }
        if keeps_nothing_open {
            self.partitions.iter_mut().for_each(|lane| lane.consumer.keep_nothing_open());
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
        for lane in &mut self.partitions {
            lane.fill()?;
        }
        let heads = self.partitions.iter().enumerate().filter_map(|(at, lane)| lane.place(at));
        let mut heads: BinaryHeap<Reverse<Place>> = heads.map(Reverse).collect();
        while let Some(Reverse((_, at))) = heads.pop() {
            let limit = heads.peek().map(|Reverse(place)| *place);
            let lane = &mut self.partitions[at];
            // As long as no other lane comes first.
            while limit.is_none_or(|limit| lane.place(at) < Some(limit)) {
                if lane.deliver_first(deliver).is_break() {
                    return Ok(Poll::Stopped);
                }
                if lane.queue.is_empty() {
                    lane.fill()?;
                    break;
                }
            }
            heads.extend(lane.place(at).map(Reverse));
        }
        let is_finished = self.partitions.iter().all(|lane| lane.is_finished);
        Ok(if is_finished { Poll::Finished } else { Poll::CaughtUp })
    }
}

impl Lane {
    /// Reads on until there is a record, or none for now.
    fn fill(&mut self) -> Result<(), ConsumeError> {
        while self.queue.is_empty() && !self.is_finished {
            let (queue, origin) = (&mut self.queue, &mut self.origin);
            let poll = self.consumer.poll(&mut |record| {
                if queue.is_empty() {
                    *origin = Some((record.topic_partition.clone(), *record.batch));
                }
                queue.push(record.record);
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

    /// Where it stands as the `at`-th lane; `None` while it has no record.
    fn place(&self, at: usize) -> Option<Place> {
        Some((self.queue.first()?.timestamp, at))
    }

    /// Hands out its first record.
    fn deliver_first(
        &mut self,
        deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (Some(record), Some((topic_partition, batch))) = (self.queue.first(), &self.origin) else {
            return ControlFlow::Continue(());
        };
        let flow = deliver(&ConsumerRecord { topic_partition, batch, record: &record });
        self.queue.remove_first();
        flow
    }
}
