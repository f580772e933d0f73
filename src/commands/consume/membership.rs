//! A consumer that takes part in a group: what it reads is what the group gives it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::assigned::consumer_partition;
use super::config::{AutoOffsetReset, ConsumerConfig};
use crate::consumer::{ConsumeError, Consumer, ConsumerPartition, FolderWatch, StartPosition, Waiter};
use crate::group::{Change, GroupError, GroupMember, MemberConfig, Positions};
use crate::log::LogError;
use crate::output::Ui;
use crate::record::Offset;
use crate::store::{CommittedOffset, GroupId, TopicName, TopicPartition, TopicSelection, WritableDataDir};

/// Membership in a group.
pub(super) struct Membership {
    dir: WritableDataDir,
    member: GroupMember,
    selection: TopicSelection,
    reset: AutoOffsetReset,
    group_watches: Vec<FolderWatch>,
    topics_watch: FolderWatch,
    /// Whether it has been said that there is nothing to do.
    told_idle: bool,
    quiet: bool,
    committed: Positions,
    commits_by_itself: bool,
    commit_interval: Duration,
    last_commit: Instant,
}

impl Membership {
    /// Joins `group`.
    pub(super) fn begin(
        dir: WritableDataDir,
        group: GroupId,
        selection: TopicSelection,
        config: &ConsumerConfig,
        waiter: &mut Waiter,
    ) -> anyhow::Result<Self> {
        // Watching begins before the first look, so that nothing falls between the two.
        let topics_watch = waiter.watch_folder(&dir.topics_folder());
        let member_config = MemberConfig {
            group,
            client_id: config.client_id.clone(),
            selection: selection.clone(),
            strategies: config.strategies.clone(),
            max_poll_interval: config.max_poll_interval,
        };
        let member = GroupMember::join(dir.clone(), member_config)?;
        let group_watches = member.watched_folders().iter().map(|dir| waiter.watch_folder(dir)).collect();
        Ok(Self {
            dir,
            member,
            selection,
            reset: config.reset.unwrap_or(AutoOffsetReset::Latest),
            group_watches,
            topics_watch,
            told_idle: false,
            quiet: false,
            committed: Positions::new(),
            commits_by_itself: config.auto_commit,
            commit_interval: config.commit_interval,
            last_commit: Instant::now(),
        })
    }

    /// Says nothing of having nothing to do.
    pub(super) fn be_quiet(&mut self) {
        self.quiet = true;
    }

    /// Gives `consumer` what has become this member's, and answers what it has to give up first, if anything.
    /// To be called again after that.
    pub(super) fn tend(
        &mut self,
        consumer: &mut Consumer,
        waiter: &mut Waiter,
        ui: &mut Ui,
    ) -> anyhow::Result<Option<BTreeSet<TopicPartition>>> {
        let is_stirred = self.group_watches.iter_mut().fold(false, |any, watch| watch.take() | any);
        if is_stirred {
            self.member.stir();
        }
        let mut topics_changed = self.topics_watch.take();
        loop {
            match self.member.poll(std::mem::take(&mut topics_changed))? {
                None => break,
                Some(Change::Release(partitions)) => return Ok(Some(partitions)),
                Some(Change::Claimed(claimed)) => {
                    self.told_idle = false;
                    // Records may have been deleted since this member joined.
                    let floors = self.dir.log_start_offsets()?;
                    let mut begun = BTreeSet::new();
                    for (of, committed) in claimed {
                        let partition = consumer_partition(&self.dir, &floors, of.clone());
                        if self.add(consumer, waiter, partition, committed, ui)? {
                            begun.insert(of);
                        }
                    }
                    self.commit_starts(consumer, &begun)?;
                }
            }
        }
        self.tell_if_idle(ui);
        Ok(None)
    }

    fn tell_if_idle(&mut self, ui: &mut Ui) {
        let is_idle = self.member.target_size() == 0;
        if is_idle && !self.told_idle && !self.quiet {
            ui.note(&format!(
                "group '{}': no partition is left for this member; it waits until another one leaves",
                self.member.group()
            ));
        }
        self.told_idle = is_idle;
    }

    /// Reads `partition`, which has been claimed, from what the group has committed, or from where it is to begin. Does
    /// not when its topic is gone by now: the group will notice. Answers whether it begins where nothing is committed yet.
    fn add(
        &mut self,
        consumer: &mut Consumer,
        waiter: &mut Waiter,
        partition: ConsumerPartition,
        committed: Option<CommittedOffset>,
        ui: &mut Ui,
    ) -> anyhow::Result<bool> {
        if !partition.dir.is_dir() {
            // Its topic is being deleted, or this is a broker's directory that lacks it.
            return Ok(false);
        }
        let (of, dir) = (partition.topic_partition.clone(), partition.dir.clone());
        waiter.watch_log(&dir);
        let is_at_start = match self.read(consumer, partition, committed, ui) {
            Err(error) if error.downcast_ref().is_some_and(|error| self.outlives(error)) => {
                waiter.forget_log(&dir);
                return Ok(false);
            }
            added => added?,
        };
        if self.member.has_been_replaced(&of)? {
            // Which of the two is read nobody can say.
            consumer.remove(&of);
            waiter.forget_log(&dir);
            return Ok(false);
        }
        Ok(is_at_start)
    }

    /// Gives `partition` to `consumer`; answers whether reading begins at some start, and not at what is committed.
    fn read(
        &self,
        consumer: &mut Consumer,
        partition: ConsumerPartition,
        committed: Option<CommittedOffset>,
        ui: &mut Ui,
    ) -> anyhow::Result<bool> {
        let of = partition.topic_partition.clone();
        let Some(committed) = committed else {
            let start = self.start_over(&of, "there is no committed offset")?;
            consumer.add(partition, start, None)?;
            return Ok(true);
        };
        match consumer.add(partition.clone(), StartPosition::At(committed.offset), None) {
            Err(ConsumeError { source: LogError::OffsetOutOfRange { offset, start, end }, .. }) => {
                let why = format!("the committed offset {offset} is out of range ({start} to {end})");
                let start = self.start_over(&of, &why)?;
                ui.warn(&format!("{of}: {why}: going on {}", place(start)));
                consumer.add(partition, start, None)?;
                Ok(true)
            }
            other => Ok(other.map(|()| false)?),
        }
    }

    /// Where reading begins without an offset that could be used.
    fn start_over(&self, of: &TopicPartition, why: &str) -> anyhow::Result<StartPosition> {
        self.reset.start().ok_or_else(|| anyhow!("{of}: {why}, and auto.offset.reset is none"))
    }

    /// Commits where reading begins: from the end on means from this moment on, for whoever reads the partition next.
    fn commit_starts(&mut self, consumer: &Consumer, begun: &BTreeSet<TopicPartition>) -> anyhow::Result<()> {
        if begun.is_empty() || !self.commits_by_itself {
            return Ok(());
        }
        let starts = consumer.positions().filter(|(of, _)| begun.contains(*of));
        let starts: Positions = starts.map(|(of, offset)| (of.clone(), offset)).collect();
        Ok(self.member.commit(&starts)?)
    }

    /// Whether this member may still deliver what it has read.
    pub(super) fn may_deliver(&mut self) -> bool {
        self.member.is_in()
    }

    /// Whether it has all that it shall have.
    pub(super) fn is_settled(&self) -> bool {
        self.member.is_settled()
    }

    /// Whether the next commit is due.
    pub(super) fn is_commit_due(&self) -> bool {
        self.commits_by_itself && self.last_commit.elapsed() >= self.commit_interval
    }

    /// The longest time until [`Self::tend`] or a commit is due.
    pub(super) fn next_due(&self) -> Duration {
        let tend = self.member.next_poll();
        if !self.commits_by_itself {
            return tend;
        }
        tend.min(self.commit_interval.saturating_sub(self.last_commit.elapsed()))
    }

    /// Commits `positions` if they are new.
    pub(super) fn commit(&mut self, positions: &Positions) -> Result<(), GroupError> {
        self.last_commit = Instant::now();
        if !self.commits_by_itself || self.committed == *positions {
            return Ok(());
        }
        self.member.commit(positions)?;
        self.committed.clone_from(positions);
        Ok(())
    }

    /// Gives up `partitions`, having delivered everything below `delivered`.
    pub(super) fn release(
        &mut self,
        partitions: &BTreeSet<TopicPartition>,
        delivered: &Positions,
        consumer: &mut Consumer,
        waiter: &mut Waiter,
    ) -> Result<(), GroupError> {
        for of in partitions {
            consumer.remove(of);
            waiter.forget_log(&self.dir.partition_path(of));
        }
        // Another topic's partition may be claimed under the same name, and read as far.
        self.committed.retain(|(of, _)| !partitions.contains(of));
        let released = |(of, _): &&(TopicPartition, Offset)| partitions.contains(of);
        let positions: Positions = match self.commits_by_itself {
            true => delivered.iter().filter(released).cloned().collect(),
            false => Positions::new(),
        };
        self.member.release(partitions, &positions)
    }

    /// Joins again, owning nothing, after the others have taken this member out.
    pub(super) fn rejoin(
        &mut self,
        consumer: &mut Consumer,
        waiter: &mut Waiter,
        ui: &mut Ui,
    ) -> anyhow::Result<()> {
        if !self.quiet {
            ui.warn(&format!("{}; joining again", GroupError::Fenced(self.member.group().clone())));
        }
        let all: Vec<TopicPartition> = consumer.positions().map(|(of, _)| of.clone()).collect();
        for of in all {
            consumer.remove(&of);
            waiter.forget_log(&self.dir.partition_path(&of));
        }
        self.committed.clear();
        Ok(self.member.rejoin()?)
    }

    /// The topic among those asked for by name that is no longer there. That another has its name is no help: nobody
    /// has asked for that one.
    pub(super) fn deleted_topic(&self) -> Option<&TopicName> {
        match &self.selection {
            TopicSelection::Topics(topics) => topics.iter().find(|topic| {
                let is_replaced = |of| self.member.has_been_replaced(of).unwrap_or(false);
                self.dir.topic(topic).is_err() || self.member.owned_of(topic).any(is_replaced)
            }),
            TopicSelection::Pattern(_) => None,
        }
    }

    /// Whether `error` is but that a topic was deleted which was there by chance: a pattern takes what there is, and
    /// another that has the name by now in its turn.
    pub(super) fn outlives(&self, error: &ConsumeError) -> bool {
        let of = &error.topic_partition;
        matches!(self.selection, TopicSelection::Pattern(_))
            && matches!(error.source, LogError::Gone(_))
            && (self.dir.topic(&of.topic).is_err() || self.member.has_been_replaced(of).unwrap_or(false))
    }

    /// Leaves the group, having delivered everything below `delivered`.
    pub(super) fn leave(self, delivered: &Positions) -> Result<(), GroupError> {
        let nothing = Positions::new();
        match self.member.leave(if self.commits_by_itself { delivered } else { &nothing }) {
            // Taken out in the last moment: what it has not committed, another delivers again.
            Err(GroupError::Fenced(_)) => Ok(()),
            other => other,
        }
    }
}

/// Where `start` is, behind "going on".
pub(super) fn place(start: StartPosition) -> &'static str {
    match start {
        StartPosition::Latest => "at the end",
        _ => "at the earliest record",
    }
}
