//! Groups as seen from outside: what `groups list` and `groups describe` show, and changes to groups that
//! have no members.

use std::collections::BTreeSet;

use super::GroupError;
use super::folder::{GroupFolder, LockedGroup, is_out};
use super::presence::Moment;
use super::state::{GroupPhase, GroupState};
use crate::store::{
    CommittedOffset, DataDir, GroupId, GroupOffsets, OffsetsLog, TopicPartition, WritableDataDir,
};

/// A group, as it is at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Its id.
    pub group: GroupId,
    /// Its members that are alive, and what they have agreed on. Of a group that a broker left there is none.
    pub state: GroupState,
    /// What it has committed.
    pub offsets: GroupOffsets,
}

impl GroupView {
    /// Looks at `group`; `None` when there is no such group: nobody is in it, and it has committed nothing.
    /// Takes no lock, and needs no permission to write.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn read(dir: &DataDir, group: &GroupId) -> Result<Option<Self>, GroupError> {
        let offsets = dir.group_offsets(group)?;
        let state = live_state(dir, group)?;
        if state.is_none() && offsets.is_empty() {
            return Ok(None);
        }
        let state = state.unwrap_or_else(|| GroupState::new(group.as_str()));
        Ok(Some(Self { group: group.clone(), state, offsets }))
    }

    /// How far the group is.
    pub fn phase(&self) -> GroupPhase {
        self.state.phase()
    }
}

/// All groups, sorted by id.
///
/// # Errors
/// When their files cannot be read.
pub fn all_groups(dir: &DataDir) -> Result<Vec<GroupView>, GroupError> {
    let mut groups: std::collections::BTreeMap<GroupId, GroupOffsets> =
        dir.all_group_offsets()?.into_iter().collect();
    for group in GroupFolder::list(dir)? {
        groups.entry(group).or_default();
    }
    groups
        .into_iter()
        .map(|(group, offsets)| {
            let state = live_state(dir, &group)?.unwrap_or_else(|| GroupState::new(group.as_str()));
            Ok(GroupView { group, state, offsets })
        })
        .collect()
}

/// The state of `group` without the members that are dead.
fn live_state(dir: &DataDir, group: &GroupId) -> Result<Option<GroupState>, GroupError> {
    let folder = GroupFolder::of(dir, group);
    let Some(mut state) = folder.read_state()? else { return Ok(None) };
    let now = Moment::now();
    let mut dead = BTreeSet::new();
    for (id, member) in &state.members {
        if is_out(folder.sign_of(id)?, now, member.max_poll_interval_ms) {
            dead.insert(id.clone());
        }
    }
    state.members.retain(|id, _| !dead.contains(id));
    Ok(Some(state))
}

/// A group that is kept empty while it is changed from outside: it is locked, and nobody can join.
pub struct EmptyGroup<'a> {
    locked: LockedGroup<'a>,
    folder: &'a GroupFolder,
    offsets: OffsetsLog,
}

/// What a change of a group needs to have open.
pub struct GroupAdmin {
    dir: WritableDataDir,
    group: GroupId,
    folder: GroupFolder,
    lock: crate::fs::FileLock,
}

impl GroupAdmin {
    /// Opens `group`, which may be new, to change it.
    ///
    /// # Errors
    /// When its files cannot be made.
    pub fn open(dir: WritableDataDir, group: GroupId) -> Result<Self, GroupError> {
        let folder = GroupFolder::of(&dir, &group);
        folder.create()?;
        let lock = folder.lock()?;
        Ok(Self { dir, group, folder, lock })
    }

    /// Locks the group.
    ///
    /// # Errors
    /// [`GroupError::NotEmpty`] when it has members.
    pub fn lock(&mut self) -> Result<EmptyGroup<'_>, GroupError> {
        let mut locked = LockedGroup::new(&mut self.lock, &self.folder, &self.dir, &self.group)?;
        locked.take_out_the_dead(None)?;
        locked.write()?;
        if !locked.state.members.is_empty() {
            let phase = locked.state.phase();
            return Err(GroupError::NotEmpty { group: self.group.clone(), phase });
        }
        let offsets = OffsetsLog::new(self.dir.clone(), self.group.clone());
        Ok(EmptyGroup { locked, folder: &self.folder, offsets })
    }
}

impl EmptyGroup<'_> {
    /// What the group has committed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn offsets(&self) -> Result<GroupOffsets, GroupError> {
        Ok(self.offsets.read()?)
    }

    /// Commits `offsets`, all or none; `None` takes back what was committed for a partition.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn commit<'a>(
        &mut self,
        offsets: impl IntoIterator<Item = (&'a TopicPartition, Option<&'a CommittedOffset>)>,
    ) -> Result<(), GroupError> {
        Ok(self.offsets.commit(offsets)?)
    }

    /// Deletes the group: all that it has committed, and what is known of it.
    ///
    /// # Errors
    /// When that cannot be done to the end.
    pub fn delete(mut self) -> Result<(), GroupError> {
        let committed = self.offsets.read()?;
        self.offsets.commit(committed.keys().map(|of| (of, None)))?;
        self.folder.remove_state()?;
        drop(self.locked);
        Ok(())
    }
}
