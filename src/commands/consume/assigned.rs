//! A consumer that says itself which partitions it reads, as `KafkaConsumer.assign` does.

use std::collections::BTreeSet;

use super::membership::place;
use super::position_file::PositionFile;
use super::range::Ranges;
use crate::commands::select::tell_lost;
use crate::consumer::{
    ConsumeError, Consumer, ConsumerPartition, EndPosition, FolderWatch, StartPosition, Waiter,
};
use crate::log::LogError;
use crate::output::Ui;
use crate::record::Offset;
use crate::store::{
    DataDir, LogStartOffsets, StoreError, Topic, TopicIdentity, TopicPartition, TopicSelection,
    noted_log_start,
};

/// Which partitions are read, and where reading begins.
pub(super) struct Assignment {
    data_dir: DataDir,
    selection: TopicSelection,
    /// The numbers of the partitions; none for all that there are, and all that come.
    wanted: Vec<u32>,
    ranges: Ranges,
    /// What there is to read at the beginning.
    first: FirstLook,
    /// What is read already.
    assigned: BTreeSet<TopicPartition>,
    /// Where reading begins instead of at an offset that is out of range, which is an error otherwise.
    reset: Option<StartPosition>,
}

/// What partitions are read with.
struct Reading<'a> {
    consumer: &'a mut Consumer,
    waiter: &'a mut Waiter,
    /// Where positions are kept.
    positions: Option<&'a mut PositionFile>,
    ui: &'a mut Ui,
}

impl Assignment {
    pub(super) fn new(
        data_dir: DataDir,
        selection: TopicSelection,
        wanted: Vec<u32>,
        ranges: Ranges,
        first: FirstLook,
    ) -> Self {
        Self { data_dir, selection, wanted, ranges, first, assigned: BTreeSet::new(), reset: None }
    }

    /// Has reading begin at `start` where an offset is out of range; `None` makes that an error.
    pub(super) fn with_reset(mut self, start: Option<StartPosition>) -> Self {
        self.reset = start;
        self
    }

    /// Gives `consumer` what there is to read now. Where `positions` has one, reading begins there.
    pub(super) fn begin(
        &mut self,
        consumer: &mut Consumer,
        waiter: &mut Waiter,
        mut positions: Option<&mut PositionFile>,
        ui: &mut Ui,
    ) -> anyhow::Result<()> {
        let topics = std::mem::take(&mut self.first.topics);
        for topic in &topics {
            self.ranges
                .named_of(topic.name.as_str())
                .try_for_each(|wanted| number(topic, wanted).map(drop))?;
        }
        let ranges = self.ranges.clone();
        let reading = Reading { consumer, waiter, positions: positions.as_deref_mut(), ui };
        let assigned = self.assign(topics.iter(), reading, |of, position| {
            let (start, end) = ranges.of(of);
            (position.map_or(start, StartPosition::At), end)
        });
        assigned.map_err(|error| match positions.filter(|file| file.is_at_fault(&error)) {
            Some(file) => error.context(format!("{}: the position cannot be gone on from", file.name())),
            None => error,
        })
    }

    /// Picks up topics and partitions that have come to be since, from their beginning: all that is in them
    /// came after reading began.
    pub(super) fn pick_up_new(
        &mut self,
        consumer: &mut Consumer,
        waiter: &mut Waiter,
        positions: Option<&mut PositionFile>,
        ui: &mut Ui,
    ) -> anyhow::Result<()> {
        if !self.first.watch.as_mut().is_some_and(FolderWatch::take) {
            return Ok(());
        }
        let topics = self.selection.existing(&self.data_dir)?;
        let reading = Reading { consumer, waiter, positions, ui };
        self.assign(topics.values(), reading, |_, _| (StartPosition::Earliest, None))
    }

    /// Has what is not read yet of `topics` read, from and to what `range` says of a partition and its position.
    fn assign<'t>(
        &mut self,
        topics: impl Iterator<Item = &'t Topic>,
        mut reading: Reading<'_>,
        range: impl Fn(&TopicPartition, Option<Offset>) -> (StartPosition, Option<EndPosition>),
    ) -> anyhow::Result<()> {
        let mut floors: Option<LogStartOffsets> = None;
        for topic in topics {
            for partition in self.partitions(topic)? {
                let of = TopicPartition::new(topic.name.clone(), partition);
                if self.assigned.contains(&of) {
                    continue;
                }
                let floors = match &mut floors {
                    Some(floors) => floors,
                    none => none.insert(self.data_dir.log_start_offsets()?),
                };
                let identity = self.begin_topic(&of, &mut reading)?;
                let read = consumer_partition(&self.data_dir, floors, of.clone());
                reading.waiter.watch_log(&read.dir);
                let position = reading.positions.as_ref().and_then(|file| file.position(&of));
                let (start, end) = range(&of, position);
                self.begin_reading(read, start, end, &mut reading)?;
                if let Some(identity) = identity
                    && !self.data_dir.is_still_of(&of, identity)?
                {
                    return Err(self.gone(of).into());
                }
                self.assigned.insert(of);
            }
        }
        Ok(())
    }

    /// Has `read` read from `start` to `end`; or, where there is no such offset, from where else that was asked for.
    fn begin_reading(
        &self,
        read: ConsumerPartition,
        start: StartPosition,
        end: Option<EndPosition>,
        reading: &mut Reading<'_>,
    ) -> Result<(), ConsumeError> {
        let of = read.topic_partition.clone();
        match (reading.consumer.add(read.clone(), start, end), self.reset) {
            (
                Err(ConsumeError {
                    source: LogError::OffsetOutOfRange { offset, start: first, end: last },
                    ..
                }),
                Some(reset),
            ) if start == StartPosition::At(offset) => {
                let why = format!("offset {offset} is out of range ({first} to {last})");
                reading.ui.warn(&format!("{of}: {why}: going on {}", place(reset)));
                reading.consumer.add(read, reset, end)
            }
            (added, _) => added,
        }
    }

    /// Has the positions, where they are kept, begin with the topic of partition `of`; answers which it is.
    fn begin_topic(
        &self,
        of: &TopicPartition,
        reading: &mut Reading<'_>,
    ) -> anyhow::Result<Option<TopicIdentity>> {
        let Some(file) = &mut reading.positions else { return Ok(None) };
        let identity = self.data_dir.topic_identity(of)?.ok_or_else(|| self.gone(of.clone()))?;
        let is_read = self.assigned.iter().any(|known| known.topic == of.topic);
        if is_read && !file.topic_identity(&of.topic).is_still(identity) {
            return Err(self.gone(of.clone()).into());
        }
        if file.begin_topic(&of.topic, identity) {
            let (name, topic) = (file.name(), &of.topic);
            let text =
                format!("{name}: topic '{topic}' has been created anew since: its positions are left out");
            reading.ui.warn(&text);
        }
        Ok(Some(identity))
    }

    fn gone(&self, of: TopicPartition) -> ConsumeError {
        let source = LogError::Gone(self.data_dir.partition_path(&of));
        ConsumeError { topic_partition: of, source }
    }

    fn partitions(&self, topic: &Topic) -> Result<Vec<i32>, StoreError> {
        if self.wanted.is_empty() {
            return Ok(topic.partitions.clone());
        }
        let numbers =
            self.wanted.iter().map(|wanted| number(topic, *wanted)).collect::<Result<BTreeSet<_>, _>>()?;
        Ok(numbers.into_iter().collect())
    }
}

/// The partition of `topic` with the number `wanted`.
fn number(topic: &Topic, wanted: u32) -> Result<i32, StoreError> {
    match i32::try_from(wanted) {
        Ok(number) if topic.partitions.binary_search(&number).is_ok() => Ok(number),
        _ => Err(topic.no_partition(wanted)),
    }
}

/// What a consumer needs to know of partition `of`; `floors` are the log start offsets that are noted.
pub(in crate::commands) fn consumer_partition(
    data_dir: &DataDir,
    floors: &LogStartOffsets,
    of: TopicPartition,
) -> ConsumerPartition {
    let floor = noted_log_start(floors, &of);
    ConsumerPartition { dir: data_dir.partition_path(&of), topic_partition: of, floor }
}

/// The topics that are asked for as they were when reading began.
pub(super) struct FirstLook {
    topics: Vec<Topic>,
    /// Tells of topics and partitions that come later, where those are read too. Watching has begun before the look, so
    /// that nothing falls between the two.
    watch: Option<FolderWatch>,
}

impl FirstLook {
    /// Looks at the topics of `selection`, of which the first that is named and not there is an error.
    pub(super) fn new(
        data_dir: &DataDir,
        selection: &TopicSelection,
        watch: Option<FolderWatch>,
    ) -> Result<Self, StoreError> {
        let topics = match selection {
            TopicSelection::Topics(names) => {
                names.iter().map(|name| data_dir.topic(name)).collect::<Result<_, _>>()?
            }
            TopicSelection::Pattern(_) => selection.existing(data_dir)?.into_values().collect(),
        };
        Ok(Self { topics, watch })
    }

    /// Says of which partitions there is nothing to read, because somebody has removed their folders.
    pub(super) fn tell_lost(&self, ui: &mut Ui) {
        let lost: Vec<TopicPartition> = self.topics.iter().flat_map(Topic::lost).collect();
        tell_lost(&lost, "its records are not read", ui);
    }
}
