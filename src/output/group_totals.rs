//! How far consumer groups have come, summed up.

use serde_json::{Value, json};

use super::groups::PartitionProgress;
use super::table::{Columns, or_missing};
use crate::group::state::GroupPhase;
use crate::group::view::GroupView;
use crate::store::{GroupId, TopicName};

/// What some partitions of a group come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Their topic, where they are of one.
    pub topic: Option<TopicName>,
    /// How many there are.
    pub partitions: usize,
    /// How many records are still to be read of those that something is committed for; `None` where that is none of
    /// them. A log that has become shorter than what was committed counts as read.
    pub lag: Option<i64>,
}

impl Totals {
    fn of<'a>(topic: Option<TopicName>, rows: impl Iterator<Item = &'a PartitionProgress>) -> Self {
        let mut totals = Self { topic, partitions: 0, lag: None };
        for row in rows {
            totals.partitions += 1;
            if let Some(left) = row.left() {
                totals.lag = Some(totals.lag.unwrap_or(0).saturating_add(left));
            }
        }
        totals
    }
}

/// How many records a group has still to read, as [`Totals::lag`] has it.
pub fn total_lag(rows: &[PartitionProgress]) -> Option<i64> {
    Totals::of(None, rows.iter()).lag
}

/// A group with its sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTotals {
    group: GroupId,
    phase: GroupPhase,
    members: usize,
    by_topic: bool,
    totals: Vec<Totals>,
}

impl GroupTotals {
    /// Sums up `rows`, which are sorted, as one or for each topic; leaves out what has less than `min_lag`. `None` when
    /// that leaves nothing.
    pub fn new(
        view: &GroupView,
        rows: &[PartitionProgress],
        by_topic: bool,
        min_lag: Option<i64>,
    ) -> Option<Self> {
        let mut totals: Vec<Totals> = match by_topic {
            true => rows
                .chunk_by(|a, b| a.of.topic == b.of.topic)
                .map(|rows| Totals::of(rows.first().map(|row| row.of.topic.clone()), rows.iter()))
                .collect(),
            false => vec![Totals::of(None, rows.iter())],
        };
        if let Some(least) = min_lag {
            totals.retain(|totals| totals.lag.is_some_and(|lag| lag >= least));
            if totals.is_empty() {
                return None;
            }
        }
        let members = view.state.members.len();
        Some(Self { group: view.group.clone(), phase: view.phase(), members, by_topic, totals })
    }
}

/// `groups describe --totals`: a row for each group, or for each of its topics.
pub fn totals_columns(groups: &[GroupTotals], by_topic: bool) -> Columns {
    let heading: &[(&str, usize)] = match by_topic {
        true => &[("GROUP", 15), ("TOPIC", 15), ("#PARTITIONS", 15), ("TOTAL-LAG", 0)],
        false => &[("GROUP", 15), ("STATE", 20), ("#MEMBERS", 15), ("#PARTITIONS", 15), ("TOTAL-LAG", 0)],
    };
    let mut columns = Columns::new(heading);
    for group in groups {
        for totals in &group.totals {
            let mut cells = vec![group.group.as_str().to_owned()];
            match &totals.topic {
                Some(topic) => cells.push(topic.to_string()),
                None => cells.extend([group.phase.to_string(), group.members.to_string()]),
            }
            cells.extend([totals.partitions.to_string(), or_missing(totals.lag)]);
            columns.push(cells);
        }
    }
    columns
}

/// `groups describe --totals --output json`, one group.
pub fn totals_json(group: &GroupTotals) -> Value {
    let mut json = json!({
        "v": 1,
        "group": group.group,
        "state": group.phase.name(),
        "memberCount": group.members,
    });
    let sums =
        |totals: &Totals| [("partitionCount", totals.partitions.into()), ("totalLag", totals.lag.into())];
    if group.by_topic {
        let one = |totals: &Totals| {
            let mut topic = json!({ "topic": totals.topic });
            sums(totals).into_iter().for_each(|(name, value): (_, Value)| topic[name] = value);
            topic
        };
        json["topics"] = group.totals.iter().map(one).collect();
    } else {
        let fields = group.totals.iter().flat_map(sums);
        fields.for_each(|(name, value): (_, Value)| json[name] = value);
    }
    json
}
