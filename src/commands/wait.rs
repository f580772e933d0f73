//! `mkafka wait`: until a topic exists or has grown.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::{UsageError, data_dir_location, interrupt::Interrupt, select};
use crate::cli::GlobalArgs;
use crate::cli::wait::WaitArgs;
use crate::consumer::Waiter;
use crate::group::GroupError;
use crate::group::view::GroupView;
use crate::log::LogError;
use crate::log::bounds::LogBounds;
use crate::output::Ui;
use crate::record::Offset;
use crate::spelling::did_you_mean;
use crate::store::{
    DataDir, GroupId, StoreError, Topic, TopicId, TopicName, TopicPartition, noted_log_start,
};

/// How often it is looked where there is nothing yet that could be watched.
const INTERVAL: Duration = Duration::from_millis(20);

/// Runs `mkafka wait`.
pub fn run(global: &GlobalArgs, args: &WaitArgs, ui: &mut Ui) -> Result<()> {
    let condition = Condition {
        path: data_dir_location(global)?.path,
        name: TopicName::new(args.topic.name())?,
        partition: args.partition,
        offset: args.offset,
        group: args.group.as_deref().map(GroupId::new).transpose().map_err(|e| UsageError(e.to_string()))?,
    };
    if args.partition.is_some() && args.offset.is_none() && args.more.is_none() {
        return Err(UsageError("--partition goes with --offset or --more".to_owned()).into());
    }
    let interrupt = Interrupt::install()?;
    let mut watch = Watch { waiter: Waiter::new()?, folders: BTreeSet::new() };
    let waker = watch.waiter.waker();
    interrupt.when_asked(move |_| waker.wake())?;
    let begun = Instant::now();
    let mut first_seen = None;
    let mut seen = Seen::default();
    loop {
        if let Some(ends) = condition.ends(&mut seen)? {
            let first = *first_seen.get_or_insert(ends);
            let is_met = match (args.offset, args.more) {
                _ if condition.group.is_some() => condition.lag(&mut seen)? == Some(0),
                (Some(offset), _) => ends >= offset,
                (_, Some(more)) => ends.saturating_sub(first) >= i64::try_from(more).unwrap_or(i64::MAX),
                (None, None) => true,
            };
            if is_met {
                if condition.is_about_records(args) {
                    select::tell_lost(&seen.lost, "its records are not waited for", ui);
                }
                return Ok(());
            }
        } else if args.more.is_some() && first_seen.is_none() {
            // Everything in a topic that is not there yet will have been appended from now on.
            first_seen = Some(0);
        }
        if let Some(status) = interrupt.status() {
            return Err(super::EndedBySignal(status).into());
        }
        let left = args.timeout_ms.map(|ms| Duration::from_millis(ms).saturating_sub(begun.elapsed()));
        if left == Some(Duration::ZERO) {
            let ms = args.timeout_ms.unwrap_or_default();
            bail!("{} after {ms} ms{}", condition.unmet(args), condition.meant().unwrap_or_default());
        }
        watch.wait(&condition, left)?;
    }
}

/// What may tell that it has come.
struct Watch {
    waiter: Waiter,
    /// What is watched.
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    /// Waits until something has changed that `condition` may have to do with, `timeout` at the longest. Comes back at
    /// once when there is something new to watch, which may have changed before.
    fn wait(&mut self, condition: &Condition, timeout: Option<Duration>) -> Result<()> {
        let (names, logs) = condition.folders()?;
        let waiter = &mut self.waiter;
        self.folders.retain(|folder| {
            let is_there = folder.is_dir();
            if !is_there {
                waiter.forget_log(folder);
            }
            is_there
        });
        let mut has_new = false;
        for folder in names.iter().filter(|folder| self.folders.insert((*folder).clone())) {
            has_new = true;
            // That it has changed is all there is to know: whoever waits looks at everything.
            drop(self.waiter.watch_folder(folder));
        }
        for folder in logs.iter().filter(|folder| self.folders.insert((*folder).clone())) {
            has_new = true;
            self.waiter.watch_log(folder);
        }
        if self.folders.is_empty() {
            // Nobody has made the data directory yet.
            self.waiter.wait(Some(timeout.map_or(INTERVAL, |timeout| timeout.min(INTERVAL))));
        } else if !has_new {
            self.waiter.wait(timeout);
        }
        Ok(())
    }
}

/// Of partitions, log start and log end offset.
type Ends = Vec<(TopicPartition, Offset, Offset)>;

fn deleted(kind: &str, name: &str) -> anyhow::Error {
    anyhow!("{kind} '{name}' was deleted while it was waited for")
}

/// What is waited for.
struct Condition {
    path: PathBuf,
    name: TopicName,
    partition: Option<i32>,
    offset: Option<i64>,
    group: Option<GroupId>,
}

/// What was there when it was looked for. Once that is deleted it is waited for in vain.
#[derive(Debug, Default)]
struct Seen {
    topic: bool,
    /// The topic's id, if it has one: another topic may get its name.
    id: Option<TopicId>,
    /// Whether the group had committed anything.
    group: bool,
    /// Of the partitions that are meant, those that somebody has removed.
    lost: Vec<TopicPartition>,
}

impl Condition {
    /// Whether more is waited for than that the topic exists.
    fn is_about_records(&self, args: &WaitArgs) -> bool {
        self.group.is_some() || args.offset.is_some() || args.more.is_some()
    }

    /// How many records of the topic the group has not committed yet; `None` while the topic is not there. What
    /// a partition has from which nothing was committed counts in full.
    fn lag(&self, seen: &mut Seen) -> Result<Option<i64>> {
        let Some(group) = &self.group else { return Ok(None) };
        // The ends are looked up first: what is committed up to them meanwhile only makes the lag smaller.
        let Some(ends) = self.ends_of_partitions(seen)? else { return Ok(None) };
        let dir = DataDir::open_for_reading(&self.path)?;
        let committed = dir.group_offsets(group)?;
        seen.group |= !committed.is_empty();
        if committed.is_empty() && seen.group && GroupView::read(&dir, group)?.is_none() {
            // With a topic goes what was committed for it.
            return Err(if self.has_topic() {
                deleted("group", group.as_str())
            } else {
                self.topic_deleted()
            });
        }
        let lag = ends.into_iter().map(|(of, start, end)| {
            // What was deleted nobody can read any more.
            let from = committed.get(&of).map_or(start, |committed| committed.offset.max(start));
            end.since(from).max(0)
        });
        Ok(Some(lag.sum()))
    }

    /// The folders in which names come and go, and those of logs, in which it shows that this is met; none while there
    /// is no data directory.
    fn folders(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
        let dir = match DataDir::open_for_reading(&self.path) {
            Ok(dir) => dir,
            Err(StoreError::NoDataDir(_)) => return Ok((Vec::new(), Vec::new())),
            Err(error) => return Err(error.into()),
        };
        // Partitions of topics that are there already come into the data directory itself.
        let names = BTreeSet::from([dir.topics_folder(), dir.path().to_owned()]);
        let mut logs = match &self.group {
            Some(group) => dir.group_offsets_folders(group)?,
            None => Vec::new(),
        };
        if let Ok(topic) = dir.topic(&self.name) {
            let of = |number: &i32| TopicPartition::new(self.name.clone(), *number);
            logs.extend(topic.partitions.iter().map(|number| dir.partition_path(&of(number))));
        }
        Ok((names.into_iter().collect(), logs))
    }

    /// The log end offset of the partition that is meant, or of all together; `None` while there is no such
    /// topic.
    fn ends(&self, seen: &mut Seen) -> Result<Option<i64>> {
        let ends = self.ends_of_partitions(seen)?;
        Ok(ends.map(|ends| ends.into_iter().map(|(_, _, end)| end.0).sum()))
    }

    /// Log start and log end offset of each partition that is meant; `None` while there is no such topic.
    ///
    /// # Errors
    /// Also when the topic has been `seen` and is no more.
    fn ends_of_partitions(&self, seen: &mut Seen) -> Result<Option<Ends>> {
        match self.present_ends(seen) {
            // Whatever it was that could not be read: it was about to go.
            Ok(None) | Err(_) if seen.topic && !self.has_topic() => Err(self.topic_deleted()),
            other => other,
        }
    }

    /// Whether the topic is there, as far as can be told.
    fn has_topic(&self) -> bool {
        let found = DataDir::open_for_reading(&self.path).and_then(|dir| dir.topic(&self.name));
        !matches!(found, Err(StoreError::UnknownTopic { .. } | StoreError::NoDataDir(_)))
    }

    fn topic_deleted(&self) -> anyhow::Error {
        deleted("topic", self.name.as_str())
    }

    fn present_ends(&self, seen: &mut Seen) -> Result<Option<Ends>> {
        let found = DataDir::open_for_reading(&self.path).and_then(|dir| {
            let topic = dir.topic(&self.name)?;
            Ok((topic, dir.log_start_offsets()?))
        });
        let (topic, floors) = match found {
            Ok(found) => found,
            Err(StoreError::UnknownTopic { .. } | StoreError::NoDataDir(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if seen.id.is_some() && topic.id.is_some() && topic.id != seen.id {
            return Err(self.topic_deleted());
        }
        (seen.topic, seen.id) = (true, topic.id.or(seen.id));
        seen.lost = if self.partition.is_none() { topic.lost() } else { Vec::new() };
        let mut ends = Vec::new();
        for number in self.partitions(&topic)? {
            let of = TopicPartition::new(self.name.clone(), number);
            let floor = noted_log_start(&floors, &of);
            match LogBounds::read(&self.path.join(of.folder_name()), floor) {
                Ok(bounds) => ends.push((of, bounds.start, bounds.end)),
                Err(LogError::Gone(_)) => return Ok(None),
                Err(LogError::File(e)) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(ends))
    }

    fn partitions(&self, topic: &Topic) -> Result<Vec<i32>> {
        match self.partition {
            Some(number) if topic.partitions.contains(&number) => Ok(vec![number]),
            Some(number) => Err(topic.no_partition(number).into()),
            None if self.offset.is_some() => match (&topic.partitions[..], &topic.lost()[..]) {
                ([only], []) => Ok(vec![*only]),
                ([], [lost]) => Err(topic.no_partition(lost.partition).into()),
                (here, lost) => bail!(
                    "topic '{}' has {} partitions: --partition tells which is to reach the offset",
                    self.name,
                    here.len() + lost.len()
                ),
            },
            None => Ok(topic.partitions.clone()),
        }
    }

    /// The topic or group that was probably meant, if the one that was named is not there.
    fn meant(&self) -> Option<String> {
        let dir = DataDir::open_for_reading(&self.path).ok()?;
        let suggestion = match (dir.topic(&self.name), &self.group) {
            (Err(StoreError::UnknownTopic { suggestion, .. }), _) => suggestion?.to_string(),
            (Ok(_), Some(group)) => match GroupView::find(&dir, group) {
                Err(GroupError::Unknown { suggestion, .. }) => suggestion?.to_string(),
                _ => return None,
            },
            _ => return None,
        };
        Some(did_you_mean(Some(suggestion)))
    }

    fn unmet(&self, args: &WaitArgs) -> String {
        match (args.offset, args.more) {
            _ if self.group.is_some() => {
                let group = args.group.as_deref().unwrap_or_default();
                format!("group '{group}' has not read all of topic '{}'", self.name)
            }
            (Some(offset), _) => format!("topic '{}' has not reached offset {offset}", self.name),
            (_, Some(more)) => format!("topic '{}' has not grown by {more} records", self.name),
            (None, None) => format!("there is no topic '{}'", self.name),
        }
    }
}
