//! The folder of a group: its lock, its state, and a file for each member.
//!
//! ```text
//! .mkafka/groups/<group>/lock            held exclusively for every look at the state that may change it
//! .mkafka/groups/<group>/state.json      see `state`
//! .mkafka/groups/<group>/members/<id>    locked as long as the member lives; the time of its last poll
//! .mkafka/groups/<group>/undo.json       what the last reset replaced, see `undo`
//! ```
//!
//! All of it but undo.json is soft: nothing is lost with it but who is in, and after a reboot nobody is.

use std::path::{Path, PathBuf};

use super::assignor::MemberId;
use super::presence::{self, Moment, Sign};
use super::state::{AssignedTopic, ExistingTopics, GroupState};
use crate::fs::{self, FileError, FileLock, LockGuard};
use crate::store::{DataDir, GroupId, StoreError, TopicName, TopicSelection};

/// The folder of one group.
#[derive(Debug, Clone)]
pub(super) struct GroupFolder {
    path: PathBuf,
}

impl GroupFolder {
    /// The folder of `group` in `dir`, whether it is there or not.
    pub(super) fn of(dir: &DataDir, group: &GroupId) -> Self {
        Self { path: dir.groups_folder().join(group.folder_name()) }
    }

    /// The ids of all groups that have a folder with a state, sorted.
    pub(super) fn list(dir: &DataDir) -> Result<Vec<GroupId>, FileError> {
        let mut groups = Vec::new();
        for name in fs::names_in(&dir.groups_folder())? {
            let folder = Self { path: dir.groups_folder().join(name) };
            let state = folder.read_state()?;
            groups.extend(state.and_then(|state| GroupId::new(&state.group).ok()));
        }
        groups.sort();
        Ok(groups)
    }

    /// Makes the folder.
    pub(super) fn create(&self) -> Result<(), FileError> {
        fs::create_dir_all(&self.members())
    }

    /// Makes the group as if nobody had ever joined. The caller holds the lock, and there are no members. The
    /// folder stays, for the lock is in it.
    pub(super) fn remove_state(&self) -> Result<(), FileError> {
        for path in [self.path.join("state.json"), self.undo()] {
            fs::remove_if_present(&path)?;
        }
        Ok(())
    }

    /// The file that says what the last reset replaced.
    pub(super) fn undo(&self) -> PathBuf {
        self.path.join("undo.json")
    }

    /// The folder itself, in which the state is replaced.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where members have their files.
    pub(super) fn members(&self) -> PathBuf {
        self.path.join("members")
    }

    /// The file of a member. Ids are made by mkafka, and are good names for files.
    pub(super) fn member(&self, id: &MemberId) -> PathBuf {
        self.members().join(id.as_str())
    }

    /// Opens the lock, without taking it.
    pub(super) fn lock(&self) -> Result<FileLock, FileError> {
        FileLock::open(&self.path.join("lock"))
    }

    /// The state as it stands in its file; `None` where there is none that can be read.
    pub(super) fn read_state(&self) -> Result<Option<GroupState>, FileError> {
        let bytes = fs::read_if_present(&self.path.join("state.json"))?;
        Ok(bytes.and_then(|bytes| GroupState::from_bytes(&bytes)))
    }

    /// Replaces the state. Not put on the disk: it means nothing after a reboot.
    fn write_state(&self, state: &GroupState) -> Result<(), FileError> {
        fs::replace_unsynced(&self.path.join("state.json"), &state.to_bytes())
    }

    /// The sign of life of member `id`.
    pub(super) fn sign_of(&self, id: &MemberId) -> Result<Sign, FileError> {
        presence::look_at(&self.member(id))
    }
}

/// The state of a group, under the group's lock.
pub(super) struct LockedGroup<'a> {
    folder: &'a GroupFolder,
    dir: &'a DataDir,
    pub(super) state: GroupState,
    /// The state as it stands in the file.
    written: Option<GroupState>,
    /// Whether the target assignment is out of date.
    needs_rebalance: bool,
    _guard: LockGuard<'a>,
}

impl<'a> LockedGroup<'a> {
    /// Waits for the lock of `group`, and reads its state.
    pub(super) fn new(
        lock: &'a mut FileLock,
        folder: &'a GroupFolder,
        dir: &'a DataDir,
        group: &GroupId,
    ) -> Result<Self, FileError> {
        if !folder.path.is_dir() {
            // Somebody has removed it; whoever was in the group will notice.
            folder.create()?;
        }
        let guard = lock.acquire()?;
        let written = folder.read_state()?;
        let state = written.clone().unwrap_or_else(|| GroupState::new(group.as_str()));
        Ok(Self { folder, dir, state, written, needs_rebalance: false, _guard: guard })
    }

    /// Takes out every member whose process is gone, and every one but `me` that has not polled for longer
    /// than it may.
    pub(super) fn take_out_the_dead(&mut self, me: Option<&MemberId>) -> Result<(), FileError> {
        let now = Moment::now();
        let others: Vec<MemberId> = self.state.members.keys().filter(|id| Some(*id) != me).cloned().collect();
        for id in others {
            let sign = self.folder.sign_of(&id)?;
            if self
                .state
                .members
                .get(&id)
                .is_some_and(|member| is_out(sign, now, member.max_poll_interval_ms))
            {
                self.remove_member(&id)?;
            }
        }
        Ok(())
    }

    /// Removes the files of members that nobody has ever seen: those whose process died while it joined. Who joins has
    /// this lock until its file is locked and it is in the state.
    pub(super) fn remove_strays(&self) -> Result<(), FileError> {
        for name in fs::names_in(&self.folder.members())? {
            let id = MemberId::new(name);
            if !self.state.members.contains_key(&id) && self.folder.sign_of(&id)? == Sign::Dead {
                fs::remove_if_present(&self.folder.member(&id))?;
            }
        }
        Ok(())
    }

    /// Takes member `id` out, with its file.
    pub(super) fn remove_member(&mut self, id: &MemberId) -> Result<(), FileError> {
        self.needs_rebalance |= self.state.members.remove(id).is_some();
        fs::remove_if_present(&self.folder.member(id))
    }

    /// Makes the next [`Self::rebalance_if_due`] compute a new target assignment.
    pub(super) fn members_changed(&mut self) {
        self.needs_rebalance = true;
    }

    /// Computes a new target assignment if members have come or gone, or, with `look_at_topics`, if the topics
    /// that they want are not what they were.
    pub(super) fn rebalance_if_due(&mut self, look_at_topics: bool) -> Result<(), StoreError> {
        if !self.needs_rebalance && !look_at_topics {
            return Ok(());
        }
        let topics = existing_topics(self.dir, self.state.members.values().map(|member| &member.selection))?;
        if self.needs_rebalance || topics != self.state.topics {
            self.state.rebalance(topics);
        }
        self.needs_rebalance = false;
        Ok(())
    }

    /// Writes the state if it has changed.
    pub(super) fn write(&mut self) -> Result<(), FileError> {
        if self.written.as_ref() != Some(&self.state) {
            self.folder.write_state(&self.state)?;
            self.written = Some(self.state.clone());
        }
        Ok(())
    }
}

/// Whether a member with this sign of life is no longer one.
pub(super) fn is_out(sign: Sign, now: Moment, max_poll_interval_ms: u64) -> bool {
    match sign {
        Sign::Dead => true,
        Sign::LastPolled(at) => now.since(at).as_millis() > u128::from(max_poll_interval_ms),
    }
}

/// The topics that exist of those that somebody wants.
fn existing_topics<'a>(
    dir: &DataDir,
    selections: impl Iterator<Item = &'a TopicSelection>,
) -> Result<ExistingTopics, StoreError> {
    let mut different: Vec<&TopicSelection> = Vec::new();
    selections.for_each(|selection| {
        if !different.contains(&selection) {
            different.push(selection);
        }
    });
    let mut topics = ExistingTopics::new();
    for selection in different {
        let assigned = selection.existing(dir)?.into_values().map(|topic| {
            let assigned = AssignedTopic { id: topic.id.into(), partitions: topic.partition_count };
            (topic.name, assigned)
        });
        topics.extend::<Vec<(TopicName, AssignedTopic)>>(assigned.collect());
    }
    Ok(topics)
}
