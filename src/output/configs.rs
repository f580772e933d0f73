//! How configurations are shown: as kafka-configs does.

use serde_json::{Map, Value, json};

use crate::store::config_table::{ConfigDef, TOPIC_CONFIGS};
use crate::store::{Topic, TopicConfig};

/// kafka-configs' lines about a topic; with `all` what is not set is shown too.
pub fn config_lines(topic: &Topic, all: bool) -> Vec<String> {
    let mut lines = vec![if all {
        format!("All configs for topic {} are:", topic.name)
    } else {
        format!("Dynamic configs for topic {} are:", topic.name)
    }];
    lines.extend(shown(&topic.config, all).map(|(row, value, is_set)| {
        let mut synonyms = Vec::new();
        if is_set {
            synonyms.push(format!("DYNAMIC_TOPIC_CONFIG:{}={value}", row.name));
        }
        if let Some(broker) = broker_name(row.name) {
            synonyms.push(format!("DEFAULT_CONFIG:{broker}={}", row.default));
        }
        format!("  {}={value} sensitive=false synonyms={{{}}}", row.name, synonyms.join(", "))
    }));
    lines
}

/// A topic's configurations as one JSON object.
pub fn config_json(topic: &Topic, all: bool) -> Value {
    let configs: Map<String, Value> = shown(&topic.config, all)
        .map(|(row, value, is_set)| {
            let entry = json!({ "value": value, "isDefault": !is_set, "default": row.default });
            (row.name.to_owned(), entry)
        })
        .collect();
    json!({ "v": 1, "topic": topic.name, "configs": configs })
}

/// The configurations to be shown, in the order of their names: row of the table, value, whether it is set.
fn shown(config: &TopicConfig, all: bool) -> impl Iterator<Item = (&'static ConfigDef, &str, bool)> {
    TOPIC_CONFIGS.iter().filter_map(move |row| {
        let is_set = config.overrides().any(|(name, _)| name == row.name);
        let value = config.get(row.name)?;
        (all || is_set).then_some((row, value, is_set))
    })
}

/// What a broker calls the default of a topic's configuration (`ServerTopicConfigSynonyms`).
fn broker_name(name: &str) -> Option<String> {
    let other = match name {
        "cleanup.policy" | "index.interval.bytes" | "preallocate" | "retention.bytes" | "segment.bytes" => {
            return Some(format!("log.{name}"));
        }
        "message.timestamp.type"
        | "message.timestamp.before.max.ms"
        | "message.timestamp.after.max.ms"
        | "message.downconversion.enable" => return Some(format!("log.{name}")),
        "compression.type"
        | "compression.gzip.level"
        | "compression.lz4.level"
        | "compression.zstd.level"
        | "min.insync.replicas"
        | "unclean.leader.election.enable" => name,
        "delete.retention.ms" => "log.cleaner.delete.retention.ms",
        "file.delete.delay.ms" => "log.segment.delete.delay.ms",
        "flush.messages" => "log.flush.interval.messages",
        "max.compaction.lag.ms" => "log.cleaner.max.compaction.lag.ms",
        "max.message.bytes" => "message.max.bytes",
        "min.cleanable.dirty.ratio" => "log.cleaner.min.cleanable.ratio",
        "min.compaction.lag.ms" => "log.cleaner.min.compaction.lag.ms",
        "segment.index.bytes" => "log.index.size.max.bytes",
        // A broker has these defaults in other units or without a value.
        _ => return None,
    };
    Some(other.to_owned())
}
