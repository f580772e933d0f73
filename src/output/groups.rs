//! How consumer groups are shown: Kafka's lines for pipes, tables for people, JSON for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::escape::on_one_line;
use super::group_totals::total_lag;
use super::table::{Columns, MISSING, or_missing};
use crate::group::assignor::{AssignmentStrategy, MemberId};
use crate::group::state::{GroupPhase, MemberState};
use crate::group::view::GroupView;
use crate::record::Offset;
use crate::store::{CommittedOffset, GroupId, TopicPartition};

/// Where members are, in the form in which Kafka shows a consumer on the broker's own machine.
const HOST: &str = "/127.0.0.1";

/// A partition of a group: one that it has committed for, or that a member of it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionProgress {
    /// Which.
    pub of: TopicPartition,
    /// What is committed; `None` where nothing is.
    pub committed: Option<CommittedOffset>,
    /// The log end offset; `None` where there is no such partition here.
    pub log_end_offset: Option<Offset>,
    /// The member that has it.
    pub owner: Option<(MemberId, MemberState)>,
}

impl PartitionProgress {
    /// How many records lie between what is committed and the end of the log. Below 0 where the log has become
    /// shorter than what was committed, as that of a topic that was deleted and created again.
    pub fn lag(&self) -> Option<i64> {
        Some(self.log_end_offset?.since(self.committed.as_ref()?.offset))
    }

    /// How many records are still to be read, as [`Self::lag`] tells it: none where that is below 0. So a sum hides
    /// nothing that is left to read in other partitions.
    pub fn left(&self) -> Option<i64> {
        self.lag().map(|lag| lag.max(0))
    }
}

/// The heading of one group, for a person.
pub fn group_heading(view: &GroupView, rows: &[PartitionProgress], colours: bool) -> String {
    let (bold, plain) = if colours { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let strategy = strategy(view).map(|strategy| format!("  {strategy}")).unwrap_or_default();
    let lag = total_lag(rows).unwrap_or(0);
    let lag = if rows.is_empty() { String::new() } else { format!("  LAG: {lag}") };
    let id = on_one_line(view.group.as_str());
    format!("{bold}{id}{plain}  {}  #MEMBERS: {}{strategy}{lag}", view.phase(), view.state.members.len())
}

/// How partitions are assigned. In a group without members it is for the next one to say.
fn strategy(view: &GroupView) -> Option<AssignmentStrategy> {
    view.state.strategy.filter(|_| view.phase() != GroupPhase::Empty)
}

/// What a consumer group of mkafka is to Kafka (`GroupType`): its members share the partitions out among themselves.
pub const GROUP_TYPE: &str = "Classic";

/// `groups list --type --state`, or either.
pub fn list_columns(views: &[GroupView], with_type: bool, with_state: bool) -> Columns {
    let longest = views.iter().map(|view| on_one_line(view.group.as_str()).width()).max().unwrap_or(0);
    let mut heading = vec![("GROUP", longest.max(15) + 10)];
    heading.extend(with_type.then_some(("TYPE", 20)));
    heading.extend(with_state.then_some(("STATE", 20)));
    let mut columns = Columns::new(&heading);
    for view in views {
        let kind = with_type.then(|| GROUP_TYPE.to_owned());
        let state = with_state.then(|| view.phase().to_string());
        columns.push([Some(view.group.as_str().to_owned()), kind, state].into_iter().flatten());
    }
    columns
}

/// `groups list --output json`, one group.
pub fn list_json(view: &GroupView) -> Value {
    json!({
        "v": 1,
        "group": view.group,
        "type": GROUP_TYPE,
        "state": view.phase().name(),
        "members": view.state.members.len(),
        "committedPartitions": view.offsets.len(),
    })
}

/// `groups describe --offsets`: one row a partition.
pub fn offsets_columns(group: &GroupId, rows: &[PartitionProgress], verbose: bool) -> Columns {
    let mut heading = vec![("GROUP", 15), ("TOPIC", 15), ("PARTITION", 10)];
    if verbose {
        heading.push(("LEADER-EPOCH", 15));
    }
    heading.extend([("CURRENT-OFFSET", 15), ("LOG-END-OFFSET", 15), ("LAG", 15)]);
    heading.extend([("CONSUMER-ID", 15), ("HOST", 15), ("CLIENT-ID", 0)]);
    let mut columns = Columns::new(&heading);
    for row in rows {
        let committed = row.committed.as_ref();
        let owner = row.owner.as_ref();
        let mut cells =
            vec![group.as_str().to_owned(), row.of.topic.to_string(), row.of.partition.to_string()];
        if verbose {
            let epoch = committed.map(|committed| committed.leader_epoch.0).filter(|epoch| *epoch >= 0);
            cells.push(or_missing(epoch));
        }
        cells.extend([
            or_missing(committed.map(|committed| committed.offset.0)),
            or_missing(row.log_end_offset.map(|end| end.0)),
            or_missing(row.lag()),
            or_missing(owner.map(|(id, _)| id.as_str())),
            or_missing(owner.map(|_| HOST)),
            or_missing(owner.map(|(_, member)| &member.client_id)),
        ]);
        columns.push(cells);
    }
    columns
}

/// `groups describe --members`: one row a member, with those that have most partitions first, as in Kafka.
pub fn members_columns(view: &GroupView, verbose: bool) -> Columns {
    let mut heading =
        vec![("GROUP", 15), ("CONSUMER-ID", 15), ("HOST", 15), ("CLIENT-ID", 15), ("#PARTITIONS", 15)];
    if verbose {
        heading.extend([("CURRENT-EPOCH", 15), ("CURRENT-ASSIGNMENT", 20)]);
        heading.extend([("TARGET-EPOCH", 15), ("TARGET-ASSIGNMENT", 20), ("PID", 0)]);
    }
    let mut columns = Columns::new(&heading);
    let mut members: Vec<(&MemberId, &MemberState)> = view.state.members.iter().collect();
    members.sort_by_key(|(_, member)| std::cmp::Reverse(member.owned.len()));
    for (id, member) in members {
        let mut cells = vec![
            view.group.as_str().to_owned(),
            id.as_str().to_owned(),
            HOST.to_owned(),
            member.client_id.clone(),
            member.owned.len().to_string(),
        ];
        if verbose {
            cells.extend([
                member.epoch.to_string(),
                assignment(&member.owned),
                view.state.epoch.to_string(),
                assignment(&member.target),
                member.pid.to_string(),
            ]);
        }
        columns.push(cells);
    }
    columns
}

/// `topic:0,1;topic2:0`, as kafka-consumer-groups shows an assignment.
fn assignment<'a>(partitions: impl IntoIterator<Item = &'a TopicPartition>) -> String {
    let mut topics: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for of in partitions {
        topics.entry(of.topic.as_str()).or_default().push(of.partition.to_string());
    }
    let topics: Vec<String> =
        topics.into_iter().map(|(topic, numbers)| format!("{topic}:{}", numbers.join(","))).collect();
    if topics.is_empty() { MISSING.to_owned() } else { topics.join(";") }
}

/// `groups describe --state`: one row. There is no coordinator.
pub fn state_columns(view: &GroupView, verbose: bool) -> Columns {
    let mut heading =
        vec![("GROUP", 15), ("COORDINATOR (ID)", 25), ("ASSIGNMENT-STRATEGY", 20), ("STATE", 20)];
    if verbose {
        heading.extend([("GROUP-EPOCH", 15), ("TARGET-ASSIGNMENT-EPOCH", 25)]);
    }
    heading.push(("#MEMBERS", 0));
    let mut columns = Columns::new(&heading);
    let mut cells = vec![
        view.group.as_str().to_owned(),
        MISSING.to_owned(),
        or_missing(strategy(view)),
        view.phase().to_string(),
    ];
    if verbose {
        // The assignment is computed in the step in which the epoch grows.
        cells.extend([view.state.epoch.to_string(), view.state.epoch.to_string()]);
    }
    cells.push(view.state.members.len().to_string());
    columns.push(cells);
    columns
}

/// What `groups describe --output json` has besides the group's state.
#[derive(Debug, Clone, Copy)]
pub enum Details<'a> {
    /// Each partition.
    Offsets(&'a [PartitionProgress]),
    /// Each member.
    Members,
    /// Nothing.
    State,
}

/// `groups describe --output json`, one group.
pub fn describe_json(view: &GroupView, details: Details<'_>) -> Value {
    let mut group = json!({
        "v": 1,
        "group": view.group,
        "state": view.phase().name(),
        "assignmentStrategy": strategy(view).map(AssignmentStrategy::name),
        "groupEpoch": view.state.epoch,
        "memberCount": view.state.members.len(),
    });
    match details {
        Details::Offsets(rows) => {
            group["partitions"] = rows.iter().map(partition_json).collect();
        }
        Details::Members => {
            group["members"] =
                view.state.members.iter().map(|(id, member)| member_json(id, member)).collect();
        }
        Details::State => {}
    }
    group
}

fn partition_json(row: &PartitionProgress) -> Value {
    let committed = row.committed.as_ref();
    let owner = row.owner.as_ref();
    json!({
        "topic": row.of.topic,
        "partition": row.of.partition,
        "currentOffset": committed.map(|committed| committed.offset.0),
        "logEndOffset": row.log_end_offset.map(|end| end.0),
        "lag": row.lag(),
        "leaderEpoch": committed.map(|committed| committed.leader_epoch.0).filter(|epoch| *epoch >= 0),
        "metadata": committed.map(|committed| committed.metadata.as_str()),
        "commitTimestamp": committed.map(|committed| committed.commit_timestamp.0),
        "consumerId": owner.map(|(id, _)| id.as_str()),
        "host": owner.map(|_| HOST),
        "clientId": owner.map(|(_, member)| member.client_id.as_str()),
        "pid": owner.map(|(_, member)| member.pid),
    })
}

fn member_json(id: &MemberId, member: &MemberState) -> Value {
    let partitions = |set: &std::collections::BTreeSet<TopicPartition>| -> Value {
        set.iter().map(|of| json!({ "topic": of.topic, "partition": of.partition })).collect()
    };
    json!({
        "consumerId": id.as_str(),
        "clientId": member.client_id,
        "host": HOST,
        "pid": member.pid,
        "joined": member.joined,
        "epoch": member.epoch,
        "assignment": partitions(&member.owned),
        "targetAssignment": partitions(&member.target),
        "maxPollIntervalMs": member.max_poll_interval_ms,
    })
}

/// An offset that a reset sets, or would set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetOffset {
    /// The group.
    pub group: GroupId,
    /// The partition.
    pub of: TopicPartition,
    /// What was committed; `None` where nothing was.
    pub old: Option<Offset>,
    /// What is to be committed; `None` where what was is taken back.
    pub new: Option<Offset>,
}

/// `groups reset-offsets`: Kafka's columns, and the old offset behind them.
pub fn reset_columns(resets: &[ResetOffset]) -> Columns {
    let mut columns = Columns::new(&[
        ("GROUP", 30),
        ("TOPIC", 30),
        ("PARTITION", 10),
        ("NEW-OFFSET", 15),
        ("OLD-OFFSET", 0),
    ]);
    for reset in resets {
        columns.push([
            reset.group.as_str().to_owned(),
            reset.of.topic.to_string(),
            reset.of.partition.to_string(),
            or_missing(reset.new.map(|new| new.0)),
            or_missing(reset.old.map(|old| old.0)),
        ]);
    }
    columns
}

/// `groups reset-offsets --output json`, one partition.
pub fn reset_json(reset: &ResetOffset, executed: bool) -> Value {
    json!({
        "v": 1,
        "group": reset.group,
        "topic": reset.of.topic,
        "partition": reset.of.partition,
        "oldOffset": reset.old.map(|old| old.0),
        "newOffset": reset.new.map(|new| new.0),
        "executed": executed,
    })
}

/// `groups delete-offsets`: Kafka's columns; of each partition, whether something was committed for it.
pub fn deleted_offsets_columns(partitions: &[(TopicPartition, Option<Offset>)]) -> Columns {
    let mut columns = Columns::new(&[("TOPIC", 30), ("PARTITION", 15), ("STATUS", 0)]);
    for (of, committed) in partitions {
        let status = if committed.is_some() { "Successful" } else { "Error: nothing is committed" };
        columns.push([of.topic.to_string(), of.partition.to_string(), status.to_owned()]);
    }
    columns
}

/// `groups delete-offsets --output json`, one partition.
pub fn deleted_offset_json(group: &GroupId, of: &TopicPartition, committed: Option<Offset>) -> Value {
    json!({
        "v": 1,
        "group": group,
        "topic": of.topic,
        "partition": of.partition,
        "oldOffset": committed.map(|offset| offset.0),
        "deleted": committed.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::state::GroupState;
    use crate::record::{LeaderEpoch, Timestamp};
    use crate::store::{GroupOffsets, TopicName, TopicSelection};

    fn of(topic: &str, partition: i32) -> TopicPartition {
        TopicPartition::new(TopicName::new(topic).unwrap(), partition)
    }

    fn member(owned: &[TopicPartition]) -> MemberState {
        let all = TopicSelection::Pattern(".*".parse().unwrap());
        let mut member = MemberState::new("c\u{1b}", all, Vec::new(), 300_000);
        member.pid = 42;
        member.owned = owned.iter().cloned().collect();
        member.target = member.owned.clone();
        member
    }

    fn view() -> GroupView {
        let mut state = GroupState::new("payments.consumer_1");
        state.members.insert(MemberId::new("a"), member(&[of("dash-7", 0)]));
        state
            .members
            .insert(MemberId::new("b"), member(&[of("orders", 2), of("orders", 10), of("dash-7", 1)]));
        GroupView { group: GroupId::new("payments.consumer_1").unwrap(), state, offsets: GroupOffsets::new() }
    }

    fn rows() -> Vec<PartitionProgress> {
        let committed = CommittedOffset {
            offset: Offset(300),
            leader_epoch: LeaderEpoch(4),
            metadata: "m".to_owned(),
            commit_timestamp: Timestamp(7),
        };
        let row = |partition, committed, end: Option<i64>, owner| PartitionProgress {
            of: of("orders.v1-eu_west", partition),
            committed,
            log_end_offset: end.map(Offset),
            owner,
        };
        vec![
            row(0, Some(committed.clone()), Some(134), None),
            row(1, None, Some(5), Some((MemberId::new("a"), member(&[])))),
            row(2, Some(committed), None, None),
        ]
    }

    /// Widths and order are those of a real kafka-consumer-groups.
    #[test]
    fn lines_are_kafkas_own() {
        let group = GroupId::new("payments.consumer_1").unwrap();
        insta::assert_snapshot!(offsets_columns(&group, &rows(), false).kafka_lines(), @r"

        GROUP               TOPIC             PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
        payments.consumer_1 orders.v1-eu_west 0          300             134             -166            -               -               -
        payments.consumer_1 orders.v1-eu_west 1          -               5               -               a               /127.0.0.1      c\u{1b}
        payments.consumer_1 orders.v1-eu_west 2          300             -               -               -               -               -
        ");
        insta::assert_snapshot!(offsets_columns(&group, &rows(), true).kafka_lines(), @r"

        GROUP               TOPIC             PARTITION  LEADER-EPOCH    CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
        payments.consumer_1 orders.v1-eu_west 0          4               300             134             -166            -               -               -
        payments.consumer_1 orders.v1-eu_west 1          -               -               5               -               a               /127.0.0.1      c\u{1b}
        payments.consumer_1 orders.v1-eu_west 2          4               300             -               -               -               -               -
        ");
        insta::assert_snapshot!(members_columns(&view(), false).kafka_lines(), @r"

        GROUP               CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS
        payments.consumer_1 b               /127.0.0.1      c\u{1b}         3
        payments.consumer_1 a               /127.0.0.1      c\u{1b}         1
        ");
        insta::assert_snapshot!(members_columns(&view(), true).kafka_lines(), @r"

        GROUP               CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT    PID
        payments.consumer_1 b               /127.0.0.1      c\u{1b}         3               0               dash-7:1;orders:2,10 0               dash-7:1;orders:2,10 42
        payments.consumer_1 a               /127.0.0.1      c\u{1b}         1               0               dash-7:0             0               dash-7:0             42
        ");
        insta::assert_snapshot!(state_columns(&view(), false).kafka_lines(), @r"

        GROUP               COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS
        payments.consumer_1 -                         -                    Stable               2
        ");
    }

    #[test]
    fn tables_are_for_people() {
        let table = offsets_columns(&view().group, &rows(), false).table(1, false);
        insta::assert_snapshot!(table, @r"
        TOPIC              PARTITION  CURRENT-OFFSET  LOG-END-OFFSET   LAG  CONSUMER-ID  HOST        CLIENT-ID
        orders.v1-eu_west          0             300             134  -166  -            -           -
        orders.v1-eu_west          1               -               5     -  a            /127.0.0.1  c\u{1b}
        orders.v1-eu_west          2             300               -     -  -            -           -
        ");
        insta::assert_snapshot!(group_heading(&view(), &rows(), false), @r"payments.consumer_1  Stable  #MEMBERS: 2  LAG: 0");
        assert!(offsets_columns(&view().group, &rows(), false).table(1, true).contains("\u{1b}[1m"));
    }

    #[test]
    fn json_has_all_there_is() {
        let rows = rows();
        insta::assert_snapshot!(describe_json(&view(), Details::Offsets(&rows[1..2])), @r#"{"v":1,"group":"payments.consumer_1","state":"Stable","assignmentStrategy":null,"groupEpoch":0,"memberCount":2,"partitions":[{"topic":"orders.v1-eu_west","partition":1,"currentOffset":null,"logEndOffset":5,"lag":null,"leaderEpoch":null,"metadata":null,"commitTimestamp":null,"consumerId":"a","host":"/127.0.0.1","clientId":"c\u001b","pid":42}]}"#);
        insta::assert_snapshot!(describe_json(&view(), Details::State), @r#"{"v":1,"group":"payments.consumer_1","state":"Stable","assignmentStrategy":null,"groupEpoch":0,"memberCount":2}"#);
        let members = describe_json(&view(), Details::Members);
        assert_eq!(members["members"][1]["assignment"][0], json!({ "topic": "dash-7", "partition": 1 }));
        assert_eq!(members["members"][0]["pid"], 42);
    }
}
