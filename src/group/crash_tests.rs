//! Joining, committing, giving up partitions and leaving, under failing disks and dying processes.

use std::path::Path;
use std::time::Duration;

use super::assignor::AssignmentStrategy;
use super::view::GroupView;
use super::{Change, GroupMember, MemberConfig};
use crate::fs::seam::faults::{FAULTS, Injected, inject};
use crate::record::Offset;
use crate::store::{DataDir, GroupId, NewTopic, TopicName, TopicPartition, TopicSelection, WritableDataDir};

fn partition(number: i32) -> TopicPartition {
    TopicPartition::new(TopicName::new("t").expect("a name"), number)
}

fn group() -> GroupId {
    GroupId::new("g").expect("an id")
}

fn data_dir(path: &Path) -> WritableDataDir {
    let dir = DataDir::open_for_writing(path).expect("a data directory");
    let new = NewTopic { partitions: 2, ..NewTopic::named(partition(0).topic) };
    dir.create_topic(&new).expect("created");
    dir
}

fn config() -> MemberConfig {
    MemberConfig {
        group: group(),
        client_id: "c".to_owned(),
        selection: TopicSelection::Topics([partition(0).topic].into()),
        strategies: vec![AssignmentStrategy::Range],
        max_poll_interval: Duration::from_secs(300),
    }
}

/// What a member gets in its first polls, with what is committed.
fn claimed(member: &mut GroupMember) -> Option<Vec<(TopicPartition, Option<Offset>)>> {
    loop {
        match member.poll(false).ok()? {
            Some(Change::Claimed(claimed)) => {
                let offset = |(of, at): (TopicPartition, Option<crate::store::CommittedOffset>)| {
                    (of, at.map(|committed| committed.offset))
                };
                return Some(claimed.into_iter().map(offset).collect());
            }
            Some(Change::Release(_)) => return None,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// What of partition 0 may be committed: what was told to be, and what was being committed when it ended.
#[derive(Debug, Default)]
struct Told {
    committed: Option<i64>,
    under_way: Option<i64>,
}

impl Told {
    fn step(&mut self, offset: i64, commit: impl FnOnce(i64) -> bool) -> bool {
        self.under_way = Some(offset);
        let done = commit(offset);
        if done {
            self.committed = Some(offset);
            self.under_way = None;
        }
        done
    }
}

/// A member's life: it joins, commits twice, gives a partition up while committing, and leaves.
fn run(dir: &WritableDataDir, told: &mut Told) {
    let at = |offset| vec![(partition(0), Offset(offset)), (partition(1), Offset(offset))];
    let Ok(mut member) = GroupMember::join(dir.clone(), config()) else { return };
    if claimed(&mut member).is_none() {
        return;
    }
    let is_fine = told.step(5, |offset| member.commit(&at(offset)).is_ok())
        && told.step(6, |offset| member.commit(&at(offset)).is_ok())
        && told.step(7, |offset| member.release(&[partition(1)].into(), &at(offset)).is_ok());
    if is_fine {
        told.step(8, |offset| member.leave(&vec![(partition(0), Offset(offset))]).is_ok());
    }
}

/// Nothing that was told to be committed is lost, and the group goes on without a manual step.
fn check(dir: &WritableDataDir, told: &Told, what: &str) {
    let mut heir = GroupMember::join(dir.clone(), config()).expect(what);
    let claimed = claimed(&mut heir).unwrap_or_else(|| panic!("{what}: nothing was claimed"));
    assert_eq!(claimed.len(), 2, "{what}: a partition is still somebody else's");
    let committed = claimed.iter().find(|(of, _)| *of == partition(0)).and_then(|(_, offset)| *offset);
    let committed = committed.map(|offset| offset.0);
    assert!(committed == told.committed || committed == told.under_way, "{what}: {committed:?}, {told:?}");
    heir.commit(&vec![(partition(0), Offset(100))]).expect(what);
    let view = GroupView::read(dir, &group()).expect(what).unwrap_or_else(|| panic!("{what}: no group"));
    assert_eq!(view.offsets[&partition(0)].offset, Offset(100), "{what}");
    assert_eq!(view.state.members.len(), 1, "{what}: {:?}", view.state.members);
    heir.leave(&Vec::new()).expect(what);
}

#[test]
fn every_operation_of_a_members_life_may_fail() {
    let mut points = 0;
    let mut operation = 0;
    loop {
        let mut is_past_the_end = false;
        for fault in FAULTS {
            let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
            let dir = data_dir(temp.path());
            let mut told = Told::default();
            let Injected { operations, .. } = inject(Some((operation, fault)), || run(&dir, &mut told));
            is_past_the_end |= operation >= operations;
            check(&dir, &told, &format!("{fault:?} at operation {operation}"));
            points += 1;
        }
        if is_past_the_end {
            break;
        }
        operation += 1;
    }
    assert!(operation > 30, "only {operation} operations");
    println!("a member's life: {points} operations × faults, 0 commits lost");
}
