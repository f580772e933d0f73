//! How topics are shown.

use serde_json::{Value, json};

use super::table::{or_missing, table, time};
use crate::store::Topic;

/// Kafka's id of "no topic", which it shows for topics from before there were ids.
const NO_TOPIC_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// What there is to tell of a partition. `None` is what is not known, or what an empty partition has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartitionFacts {
    /// Its number.
    pub partition: i32,
    /// The offset of the first record.
    pub start_offset: Option<i64>,
    /// The offset that the next record gets.
    pub end_offset: Option<i64>,
    /// How many segments its log has.
    pub segments: u64,
    /// How many bytes the segments' logs have together.
    pub bytes: u64,
    /// The timestamp of the first record, in milliseconds since 1970.
    pub first_timestamp: Option<i64>,
    /// The largest timestamp of any record, in milliseconds since 1970.
    pub last_timestamp: Option<i64>,
}

/// Kafka's line about a topic (`TopicCommand.TopicDescription.printDescription`), without its end.
pub fn kafka_topic_line(topic: &Topic) -> String {
    format!(
        "Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: 1\tConfigs: {}",
        topic.name,
        topic.id.map_or_else(|| NO_TOPIC_ID.to_owned(), |id| id.to_string()),
        topic.partition_count,
        configs(topic)
    )
}

/// Kafka's line about a partition (`TopicCommand.PartitionDescription.printDescription`), without its
/// end: there is one broker, number 1, and it leads where it has the partition.
pub fn kafka_partition_line(topic: &Topic, partition: i32, is_there: bool) -> String {
    let (leader, isr) = if is_there { ("1", "1") } else { ("none", "") };
    format!(
        "\tTopic: {}\tPartition: {partition}\tLeader: {leader}\tReplicas: 1\tIsr: {isr}\tElr: \tLastKnownElr: ",
        topic.name
    )
}

/// A topic as one JSON object.
pub fn topic_json(topic: &Topic, partitions: &[PartitionFacts]) -> Value {
    let partitions: Vec<Value> = partitions
        .iter()
        .map(|facts| {
            json!({
                "partition": facts.partition,
                "startOffset": facts.start_offset,
                "endOffset": facts.end_offset,
                "segments": facts.segments,
                "bytes": facts.bytes,
                "firstTimestamp": facts.first_timestamp,
                "lastTimestamp": facts.last_timestamp,
            })
        })
        .collect();
    json!({
        "v": 1,
        "topic": topic.name,
        "topicId": topic.id,
        "internal": topic.name.is_internal(),
        "partitionCount": topic.partition_count,
        "replicationFactor": 1,
        "configs": topic.config,
        "partitions": partitions,
    })
}

/// A topic for a person: a heading, and a table of its partitions.
pub fn topic_table(topic: &Topic, partitions: &[PartitionFacts], colours: bool) -> String {
    let (bold, plain) = if colours { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut text = format!("{bold}{}{plain}", topic.name);
    if let Some(id) = topic.id {
        text.push_str(&format!("  TopicId: {id}"));
    }
    text.push_str(&format!("  PartitionCount: {}\n", topic.partition_count));
    if !topic.config.is_empty() {
        text.push_str(&format!("Configs: {}\n", configs(topic)));
    }
    let heading =
        ["PARTITION", "START-OFFSET", "END-OFFSET", "SEGMENTS", "BYTES", "FIRST-TIMESTAMP", "LAST-TIMESTAMP"];
    let row = |facts: &PartitionFacts| {
        vec![
            facts.partition.to_string(),
            or_missing(facts.start_offset),
            or_missing(facts.end_offset),
            facts.segments.to_string(),
            facts.bytes.to_string(),
            or_missing(facts.first_timestamp.map(time)),
            or_missing(facts.last_timestamp.map(time)),
        ]
    };
    text.push_str(&table(&heading, partitions.iter().map(row), colours));
    text
}

fn configs(topic: &Topic) -> String {
    let pairs: Vec<String> =
        topic.config.overrides().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{TopicConfig, TopicName};

    fn topic() -> Topic {
        Topic {
            name: TopicName::new("orders.v1-eu_west").unwrap(),
            id: Some("esFLRoZNTDWK2RWYiwDlBg".parse().unwrap()),
            partition_count: 2,
            partitions: vec![0, 1],
            config: TopicConfig::new([("segment.bytes", "1073741824"), ("retention.ms", "-1")]).unwrap(),
            elsewhere: Vec::new(),
            known_to_us: true,
        }
    }

    fn facts() -> Vec<PartitionFacts> {
        vec![
            PartitionFacts {
                partition: 0,
                start_offset: Some(0),
                end_offset: Some(134),
                segments: 2,
                bytes: 16_961,
                first_timestamp: Some(1_700_000_000_000),
                last_timestamp: Some(i64::MAX),
            },
            PartitionFacts { partition: 1, ..PartitionFacts::default() },
        ]
    }

    /// The lines of `kafka-topics.sh --describe` of a real broker.
    #[test]
    fn lines_are_kafkas_own() {
        assert_eq!(
            kafka_topic_line(&topic()),
            "Topic: orders.v1-eu_west\tTopicId: esFLRoZNTDWK2RWYiwDlBg\tPartitionCount: 2\tReplicationFactor: 1\t\
             Configs: retention.ms=-1,segment.bytes=1073741824"
        );
        assert_eq!(
            kafka_partition_line(&topic(), 1, true),
            "\tTopic: orders.v1-eu_west\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: "
        );
    }

    #[test]
    fn what_is_gone_has_no_leader() {
        assert_eq!(
            kafka_partition_line(&topic(), 1, false),
            "\tTopic: orders.v1-eu_west\tPartition: 1\tLeader: none\tReplicas: 1\tIsr: \tElr: \tLastKnownElr: "
        );
    }

    #[test]
    fn json_has_all_there_is() {
        assert_eq!(
            topic_json(&topic(), &facts()).to_string(),
            "{\"v\":1,\"topic\":\"orders.v1-eu_west\",\"topicId\":\"esFLRoZNTDWK2RWYiwDlBg\",\"internal\":false,\
             \"partitionCount\":2,\"replicationFactor\":1,\
             \"configs\":{\"retention.ms\":\"-1\",\"segment.bytes\":\"1073741824\"},\"partitions\":[\
             {\"partition\":0,\"startOffset\":0,\"endOffset\":134,\"segments\":2,\"bytes\":16961,\
             \"firstTimestamp\":1700000000000,\"lastTimestamp\":9223372036854775807},\
             {\"partition\":1,\"startOffset\":null,\"endOffset\":null,\"segments\":0,\"bytes\":0,\
             \"firstTimestamp\":null,\"lastTimestamp\":null}]}"
        );
    }

    #[test]
    fn the_table_is_for_people() {
        let table = topic_table(&topic(), &facts(), false);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "orders.v1-eu_west  TopicId: esFLRoZNTDWK2RWYiwDlBg  PartitionCount: 2");
        assert_eq!(lines[1], "Configs: retention.ms=-1,segment.bytes=1073741824");
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(lines[2])[..3], ["PARTITION", "START-OFFSET", "END-OFFSET"]);
        assert_eq!(
            words(lines[3]),
            ["0", "0", "134", "2", "16961", "2023-11-14T22:13:20.000Z", "9223372036854775807"]
        );
        assert_eq!(words(lines[4]), ["1", "-", "-", "0", "0", "-", "-"]);
        assert!(!table.contains('\u{1b}'));
        assert!(topic_table(&topic(), &facts(), true).contains("\u{1b}[1m"));
    }
}
