//! Groups as seen from outside: what `groups list` and `groups describe` show, and changes to groups that
//! have no members.

use std::collections::{BTreeMap, BTreeSet};

use super::GroupError;
use super::folder::{GroupFolder, LockedGroup, is_out};
use super::presence::Moment;
use super::state::{GroupPhase, GroupState};
use super::undo;
use crate::fs;
use crate::store::{
    DataDir, GroupId, GroupOffsets, OffsetChange, OffsetChanges, OffsetsLog, WritableDataDir,
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
        let found = Self::of(dir, group.clone(), dir.group_offsets(group)?)?;
        Ok(Some(found).filter(Self::is_there))
    }

    fn of(dir: &DataDir, group: GroupId, offsets: GroupOffsets) -> Result<Self, GroupError> {
        let state = live_state(dir, &group)?.unwrap_or_else(|| GroupState::new(group.as_str()));
        Ok(Self { group, state, offsets })
    }

    /// Whether anybody is in it, or anything was committed.
    fn is_there(&self) -> bool {
        !self.state.members.is_empty() || !self.offsets.is_empty()
    }

    /// As [`Self::read`], of a group that is to be there.
    ///
    /// # Errors
    /// [`GroupError::Unknown`], with the group that comes closest, when it is not.
    pub fn find(dir: &DataDir, group: &GroupId) -> Result<Self, GroupError> {
        if let Some(found) = Self::read(dir, group)? {
            return Ok(found);
        }
        // A broker may have left nothing of a group but that it knew it.
        let mut groups = all_groups(dir)?;
        if let Some(known) = groups.iter().position(|other| other.group == *group) {
            return Ok(groups.swap_remove(known));
        }
        let suggestion = group.nearest(groups.iter().map(|other| &other.group)).cloned();
        Err(GroupError::Unknown { group: group.clone(), suggestion })
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
    let committed = dir.all_group_offsets()?.into_iter();
    let mut groups = committed
        .map(|(group, offsets)| Ok((group.clone(), GroupView::of(dir, group, offsets)?)))
        .collect::<Result<BTreeMap<_, _>, GroupError>>()?;
    for group in GroupFolder::list(dir)? {
        if !groups.contains_key(&group) {
            let found = GroupView::of(dir, group.clone(), GroupOffsets::default())?;
            groups.extend(found.is_there().then_some((group, found)));
        }
    }
    Ok(groups.into_values().collect())
}

/// What the last reset of `group` replaced; `None` when there was none.
///
/// # Errors
/// [`GroupError::BadUndo`] when the record of it is damaged.
pub fn last_replaced(dir: &DataDir, group: &GroupId) -> Result<Option<OffsetChanges>, GroupError> {
    undo::read(&GroupFolder::of(dir, group), group)
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
    group: &'a GroupId,
    locked: LockedGroup<'a>,
    folder: &'a GroupFolder,
    offsets: OffsetsLog,
}

/// What a change of a group needs to have open.
pub struct GroupAdmin {
    dir: WritableDataDir,
    group: GroupId,
    folder: GroupFolder,
    lock: fs::FileLock,
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
        Ok(EmptyGroup { group: &self.group, locked, folder: &self.folder, offsets })
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

    /// Commits `changes`, all or none, but for topics that have been deleted.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn commit(&mut self, changes: &OffsetChanges) -> Result<(), GroupError> {
        Ok(self.offsets.commit(changes)?)
    }

    /// What the last [`Self::replace`] replaced; `None` when there was none.
    ///
    /// # Errors
    /// [`GroupError::BadUndo`] when the record of it is damaged.
    pub fn last_replaced(&self) -> Result<Option<OffsetChanges>, GroupError> {
        undo::read(self.folder, self.group)
    }

    /// As [`Self::commit`], and keeps what `changes` replace, in place of what was kept before.
    ///
    /// # Errors
    /// When they cannot be written; what was kept before is kept then.
    pub fn replace(&mut self, changes: &OffsetChanges) -> Result<(), GroupError> {
        let committed = self.offsets.read()?;
        let mut replaced = changes.clone();
        for (of, change) in &mut replaced {
            change.committed = committed.get(of).cloned();
        }
        let path = self.folder.undo();
        let before = fs::read_if_present(&path)?;
        fs::write_atomically(&path, &undo::to_bytes(self.group, &replaced))?;
        let done = self.commit(changes);
        if done.is_err() {
            // The error itself matters more than any that this may run into.
            let _ = match before {
                Some(bytes) => fs::write_atomically(&path, &bytes),
                None => fs::remove_file(&path),
            };
        }
        done
    }

    /// Deletes the group: all that it has committed, and what is known of it.
    ///
    /// # Errors
    /// When that cannot be done to the end.
    pub fn delete(mut self) -> Result<(), GroupError> {
        let committed = self.offsets.read()?;
        self.offsets.commit(&committed.into_keys().map(|of| (of, OffsetChange::TAKE_BACK)).collect())?;
        self.folder.remove_state()?;
        drop(self.locked);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LeaderEpoch, Offset, Timestamp};
    use crate::store::{CommittedOffset, NewTopic, TopicIdentity, TopicName, TopicPartition};

    fn to(offset: Option<i64>) -> OffsetChanges {
        let committed = |offset| CommittedOffset {
            offset: Offset(offset),
            leader_epoch: LeaderEpoch(-1),
            metadata: String::new(),
            commit_timestamp: Timestamp(0),
        };
        let change = OffsetChange { topic: TopicIdentity::UNKNOWN, committed: offset.map(committed) };
        [(TopicPartition::new(TopicName::new("t").unwrap(), 0), change)].into()
    }

    /// What the last reset replaced, without the time at which it would be committed.
    fn replaced(dir: &DataDir, group: &GroupId) -> Option<OffsetChanges> {
        let mut replaced = last_replaced(dir, group).unwrap()?;
        let committed = replaced.values_mut().filter_map(|change| change.committed.as_mut());
        committed.for_each(|committed| committed.commit_timestamp = Timestamp(0));
        Some(replaced)
    }

    #[test]
    fn what_is_replaced_is_kept_unless_replacing_fails() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open_for_writing(temp.path()).unwrap();
        dir.create_topic(&NewTopic::named(TopicName::new("t").unwrap())).unwrap();
        let group = GroupId::new("billing").unwrap();
        let reset = |offset| {
            let mut admin = GroupAdmin::open(dir.clone(), group.clone()).unwrap();
            admin.lock().unwrap().replace(&to(offset))
        };
        assert_eq!(replaced(&dir, &group), None);
        reset(Some(5)).unwrap();
        assert_eq!(replaced(&dir, &group), Some(to(None)));
        reset(Some(7)).unwrap();
        assert_eq!(replaced(&dir, &group), Some(to(Some(5))));

        // Nobody can append where the lock cannot be opened; reading needs none.
        let lock = temp.path().join("__consumer_offsets-9/.lock");
        std::fs::remove_file(&lock).unwrap();
        std::fs::create_dir(&lock).unwrap();
        reset(Some(9)).unwrap_err();
        assert_eq!(replaced(&dir, &group), Some(to(Some(5))));
        std::fs::remove_dir(&lock).unwrap();

        let mut admin = GroupAdmin::open(dir.clone(), group.clone()).unwrap();
        admin.lock().unwrap().delete().unwrap();
        assert_eq!((replaced(&dir, &group), GroupView::read(&dir, &group).unwrap()), (None, None));
    }

    #[test]
    fn a_group_that_is_not_there_is_told_with_the_nearest() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open_for_writing(temp.path()).unwrap();
        let group = GroupId::new("billing").unwrap();
        let find = |id: &str| GroupView::find(&dir, &GroupId::new(id).unwrap()).map(|view| view.group);
        let message = find("billing").unwrap_err().to_string();
        assert_eq!(
            message,
            "Consumer group 'billing' does not exist; `mkafka groups list` shows the groups there are"
        );
        dir.create_topic(&NewTopic::named(TopicName::new("t").unwrap())).unwrap();
        let mut admin = GroupAdmin::open(dir.clone(), group.clone()).unwrap();
        admin.lock().unwrap().replace(&to(Some(1))).unwrap();
        assert_eq!(find("billing").unwrap(), group);
        let message = find("biling").unwrap_err().to_string();
        assert_eq!(message, "Consumer group 'biling' does not exist; did you mean 'billing'?");
    }
}
