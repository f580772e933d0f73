//! A live member of a group: joins, keeps to its target assignment, commits, leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::GroupError;
use super::assignor::{AssignmentStrategy, MemberId};
use super::folder::{GroupFolder, LockedGroup, is_out};
use super::presence::{Moment, Presence};
use super::state::MemberState;
use crate::fs::FileLock;
use crate::record::{LeaderEpoch, Offset, Timestamp};
use crate::store::{
    CommittedOffset, GroupId, OffsetChange, OffsetChanges, OffsetsLog, StoreError, TopicIdentity, TopicName,
    TopicPartition, TopicSelection, WritableDataDir,
};

/// How a member takes part.
#[derive(Debug, Clone)]
pub struct MemberConfig {
    /// The group (`group.id`).
    pub group: GroupId,
    /// What the member calls itself (`client.id`).
    pub client_id: String,
    /// The topics that it wants.
    pub selection: TopicSelection,
    /// The ways of assigning partitions that it agrees to, best first.
    pub strategies: Vec<AssignmentStrategy>,
    /// The longest time between two polls (`max.poll.interval.ms`).
    pub max_poll_interval: Duration,
}

/// The offset of the next record wanted, of some partitions.
pub type Positions = Vec<(TopicPartition, Offset)>;

/// What has changed for a member.
#[derive(Debug)]
pub enum Change {
    /// These are to be given up: with [`GroupMember::release`], once all that was read of them is dealt with.
    Release(BTreeSet<TopicPartition>),
    /// These are this member's now, each with what the group has committed for it.
    Claimed(Vec<(TopicPartition, Option<CommittedOffset>)>),
}

/// How often a member looks after the others even if nothing tells it to.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// After a sign that something has changed, when to look: the kernel tells of a file being closed a moment
/// before it drops the lock on it.
const LOOK_AGAIN: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(25),
    Duration::from_millis(100),
];

/// A member of a group. Dropped without [`GroupMember::leave`], it is dead to the others.
#[derive(Debug)]
pub struct GroupMember {
    dir: WritableDataDir,
    config: MemberConfig,
    folder: GroupFolder,
    lock: FileLock,
    id: MemberId,
    presence: Presence,
    offsets: OffsetsLog,
    /// What it owns, each with the topic that it was of when it was claimed; `None` where it was being deleted.
    owned: BTreeMap<TopicPartition, Option<TopicIdentity>>,
    shall_own: usize,
    last_check: Moment,
    /// When something has changed, and how often it has been looked for since.
    stirred: Option<(Moment, usize)>,
}

impl GroupMember {
    /// Joins the group.
    ///
    /// # Errors
    /// [`GroupError::Inconsistent`] when its members assign partitions in a way that this one does not know.
    pub fn join(dir: WritableDataDir, config: MemberConfig) -> Result<Self, GroupError> {
        let folder = GroupFolder::of(&dir, &config.group);
        folder.create()?;
        let mut lock = folder.lock()?;
        let (id, presence) = enter(&dir, &config, &folder, &mut lock)?;
        let offsets = OffsetsLog::new(dir.clone(), config.group.clone());
        let now = Moment::now();
        Ok(Self {
            dir,
            config,
            folder,
            lock,
            id,
            presence,
            offsets,
            owned: BTreeMap::new(),
            shall_own: 0,
            last_check: now,
            stirred: Some((now, 0)),
        })
    }

    /// Joins again after [`GroupError::Fenced`], as a new member that owns nothing.
    ///
    /// # Errors
    /// As [`GroupMember::join`].
    pub fn rejoin(&mut self) -> Result<(), GroupError> {
        self.folder.create()?;
        (self.id, self.presence) = enter(&self.dir, &self.config, &self.folder, &mut self.lock)?;
        self.owned.clear();
        self.shall_own = 0;
        self.stir();
        Ok(())
    }

    /// The group.
    pub fn group(&self) -> &GroupId {
        &self.config.group
    }

    /// This member's id; another after each [`GroupMember::rejoin`].
    pub fn id(&self) -> &MemberId {
        &self.id
    }

    /// The folders in which names change when the group does: its own, and its members'.
    pub fn watched_folders(&self) -> [PathBuf; 2] {
        [self.folder.path().to_owned(), self.folder.members()]
    }

    /// How many partitions this member shall own by now; it may not have come to own them yet.
    pub fn target_size(&self) -> usize {
        self.shall_own
    }

    /// Whether this member owns all that it shall.
    pub fn is_settled(&self) -> bool {
        self.owned.len() == self.shall_own
    }

    /// Whether partition `of`, which it owns, is of another topic by now than when it was claimed. What is there now is
    /// another partition, which it does not own before it has given up this one.
    ///
    /// # Errors
    /// When that cannot be looked up.
    pub fn has_been_replaced(&self, of: &TopicPartition) -> Result<bool, StoreError> {
        let Some(claimed) = self.owned.get(of) else { return Ok(false) };
        let is_still = |now| claimed.is_some_and(|claimed| claimed.is_still(now));
        Ok(self.dir.topic_identity(of)?.is_some_and(|now| !is_still(now)))
    }

    /// What it owns of `topic`, or of another of that name.
    pub fn owned_of(&self, topic: &TopicName) -> impl Iterator<Item = &TopicPartition> {
        self.owned.keys().filter(move |of| of.topic == *topic)
    }

    /// Says that something in [`GroupMember::watched_folders`] has changed.
    pub fn stir(&mut self) {
        self.stirred = Some((Moment::now(), 0));
    }

    /// The longest time until the next [`GroupMember::poll`] is due.
    pub fn next_poll(&self) -> Duration {
        let regular = CHECK_INTERVAL.min(self.sign_interval());
        match self.stirred {
            Some((since, looks)) => {
                let due = LOOK_AGAIN.get(looks).copied().unwrap_or(CHECK_INTERVAL);
                due.saturating_sub(Moment::now().since(since)).min(regular)
            }
            None => regular,
        }
    }

    fn sign_interval(&self) -> Duration {
        (self.config.max_poll_interval / 10).min(CHECK_INTERVAL)
    }

    /// Whether the others cannot have taken this member out yet, from the time alone.
    fn is_surely_in(&self) -> bool {
        Moment::now().since(self.presence.last_poll()) < self.config.max_poll_interval
    }

    /// Whether this member is still in its group: what it owns it may deliver from.
    pub fn is_in(&mut self) -> bool {
        if self.is_surely_in() {
            return true;
        }
        let Ok(group) = LockedGroup::new(&mut self.lock, &self.folder, &self.dir, &self.config.group) else {
            return false;
        };
        group.state.members.contains_key(&self.id) && self.presence.poll(Moment::now()).is_ok()
    }

    /// Gives a sign of life, and answers what has changed for this member since the last call; `None` when
    /// nothing has. To be called in time, and again until it answers `None`. `topics_changed` says that topics
    /// may have come, grown or gone.
    ///
    /// # Errors
    /// [`GroupError::Fenced`] when the others have taken it out.
    pub fn poll(&mut self, topics_changed: bool) -> Result<Option<Change>, GroupError> {
        let now = Moment::now();
        if self.is_surely_in() && now.since(self.presence.last_poll()) >= self.sign_interval() {
            self.presence.poll_in_time(now, self.config.max_poll_interval)?;
        }
        let in_time = self.is_surely_in();
        let look = match self.stirred {
            Some((since, looks)) => LOOK_AGAIN.get(looks).is_some_and(|due| now.since(since) >= *due),
            None => false,
        };
        let regular = now.since(self.last_check) >= CHECK_INTERVAL;
        if in_time && !look && !regular && !topics_changed {
            return Ok(None);
        }
        self.last_check = now;
        // One that is late, or has just been stirred, cannot tell by looking at the others alone.
        let first_look = matches!(self.stirred, Some((_, 0)));
        if let Some((_, looks)) = &mut self.stirred {
            *looks += 1;
            if *looks >= LOOK_AGAIN.len() {
                self.stirred = None;
            }
        }
        if in_time && !topics_changed && !first_look && self.others_are_well(now)? {
            return Ok(None);
        }
        self.reconcile(topics_changed || regular)
    }

    /// Whether the state is as this member knows it and all members are alive, as far as can be seen without
    /// the lock.
    fn others_are_well(&self, now: Moment) -> Result<bool, GroupError> {
        let Some(state) = self.folder.read_state()? else { return Ok(false) };
        let Some(me) = state.members.get(&self.id) else { return Ok(false) };
        if me.owned != me.target || !me.bygone.is_empty() || me.owned.iter().ne(self.owned.keys()) {
            return Ok(false);
        }
        for (id, member) in state.members.iter().filter(|(id, _)| **id != self.id) {
            if is_out(self.folder.sign_of(id)?, now, member.max_poll_interval_ms) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn reconcile(&mut self, look_at_topics: bool) -> Result<Option<Change>, GroupError> {
        let mut group = LockedGroup::new(&mut self.lock, &self.folder, &self.dir, &self.config.group)?;
        if !group.state.members.contains_key(&self.id) {
            return Err(GroupError::Fenced(self.config.group.clone()));
        }
        self.presence.poll(Moment::now())?;
        group.take_out_the_dead(Some(&self.id))?;
        group.rebalance_if_due(look_at_topics)?;
        self.shall_own = group.state.members.get(&self.id).map_or(0, |member| member.target.len());
        let leaving = group.state.to_release(&self.id);
        if !leaving.is_empty() {
            group.write()?;
            return Ok(Some(Change::Release(leaving)));
        }
        let claimed = group.state.claim(&self.id);
        if claimed.is_empty() {
            group.write()?;
            return Ok(None);
        }
        let mut topics = Vec::with_capacity(claimed.len());
        for of in &claimed {
            topics.push(self.dir.topic_identity(of)?);
        }
        // Under the lock: whoever had them has committed in the same step in which it released them. What is
        // read before the state is written is read again by somebody else if that fails. And behind the look at the
        // topics: what was committed for one that had the name before has been taken back by then.
        let committed = self.offsets.read()?;
        group.write()?;
        self.owned.extend(claimed.iter().cloned().zip(topics));
        let with_offset = |of: TopicPartition| (of.clone(), committed.get(&of).cloned());
        Ok(Some(Change::Claimed(claimed.into_iter().map(with_offset).collect())))
    }

    /// Commits `positions`, each the offset of the next record wanted.
    ///
    /// # Errors
    /// [`GroupError::Fenced`] when this member does not own all of them any longer; nothing is committed then.
    pub fn commit(&mut self, positions: &Positions) -> Result<(), GroupError> {
        self.with_group(positions, |_, _| Ok(()))
    }

    /// Gives up `partitions`, and commits `positions` in the same step.
    ///
    /// # Errors
    /// As [`GroupMember::commit`].
    pub fn release(
        &mut self,
        partitions: &BTreeSet<TopicPartition>,
        positions: &Positions,
    ) -> Result<(), GroupError> {
        self.with_group(positions, |group, id| {
            group.state.release(id, partitions);
            Ok(())
        })?;
        self.owned.retain(|of, _| !partitions.contains(of));
        self.stir();
        Ok(())
    }

    /// Leaves the group, and commits `positions` in the same step.
    ///
    /// # Errors
    /// As [`GroupMember::commit`].
    pub fn leave(mut self, positions: &Positions) -> Result<(), GroupError> {
        self.with_group(positions, |group, id| {
            group.remove_member(id)?;
            group.take_out_the_dead(None)?;
            Ok(group.rebalance_if_due(false)?)
        })
    }

    /// Commits `positions` and changes the group, in one step under the group's lock.
    fn with_group(
        &mut self,
        positions: &Positions,
        change: impl FnOnce(&mut LockedGroup<'_>, &MemberId) -> Result<(), GroupError>,
    ) -> Result<(), GroupError> {
        let mut group = LockedGroup::new(&mut self.lock, &self.folder, &self.dir, &self.config.group)?;
        let is_member = group.state.members.contains_key(&self.id);
        if !is_member || !group.state.owns(&self.id, positions.iter().map(|(of, _)| of)) {
            return Err(GroupError::Fenced(self.config.group.clone()));
        }
        let commit_timestamp = Timestamp::now();
        let mut changes = OffsetChanges::new();
        for (of, offset) in positions {
            // Of a topic that was being deleted when it was claimed there is nothing to commit.
            let Some(topic) = self.owned.get(of).copied().flatten() else { continue };
            let (leader_epoch, metadata) = (LeaderEpoch(-1), String::new());
            let committed = CommittedOffset { offset: *offset, leader_epoch, metadata, commit_timestamp };
            changes.insert(of.clone(), OffsetChange { topic, committed: Some(committed) });
        }
        self.offsets.commit(&changes)?;
        change(&mut group, &self.id)?;
        Ok(group.write()?)
    }
}

/// Makes a new member of the group.
fn enter(
    dir: &WritableDataDir,
    config: &MemberConfig,
    folder: &GroupFolder,
    lock: &mut FileLock,
) -> Result<(MemberId, Presence), GroupError> {
    let id = MemberId::new(format!("{}-{}", config.client_id, uuid::Uuid::new_v4()));
    let mut group = LockedGroup::new(lock, folder, dir, &config.group)?;
    group.take_out_the_dead(None)?;
    group.remove_strays()?;
    if !group.state.accepts(&config.strategies) {
        let theirs = group.state.strategy.unwrap_or(AssignmentStrategy::Range);
        group.write()?;
        return Err(GroupError::Inconsistent { group: config.group.clone(), theirs });
    }
    let presence = Presence::begin(&folder.member(&id))?;
    let max_poll_interval_ms = u64::try_from(config.max_poll_interval.as_millis()).unwrap_or(u64::MAX);
    let member = MemberState::new(
        &config.client_id,
        config.selection.clone(),
        config.strategies.clone(),
        max_poll_interval_ms,
    );
    group.state.members.insert(id.clone(), member);
    group.members_changed();
    group.rebalance_if_due(true)?;
    group.write()?;
    Ok((id, presence))
}
