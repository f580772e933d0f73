use super::*;
use proptest::prelude::*;

fn message(name: &str, value: &str) -> String {
    TopicConfig::new([(name, value)]).unwrap_err().to_string()
}

#[test]
fn unset_configs_have_kafkas_defaults() {
    let config = TopicConfig::default();
    assert_eq!(config.segment_bytes(), 1 << 30);
    assert_eq!(config.segment_ms(), 7 * 24 * 3600 * 1000);
    assert_eq!(config.segment_index_bytes(), 10 << 20);
    assert_eq!(config.index_interval_bytes(), 4096);
    assert_eq!(config.max_message_bytes(), (1 << 20) + 12);
    assert_eq!(config.retention_ms(), Some(7 * 24 * 3600 * 1000));
    assert_eq!(config.retention_bytes(), None);
    assert_eq!(config.cleanup_policy(), CleanupPolicy { compact: false, delete: true });
    assert_eq!(config.compression(), TopicCompression::Producer);
    assert_eq!(config.message_timestamp_type(), TimestampType::CreateTime);
    assert_eq!(config.flush_messages(), i64::MAX);
    assert_eq!(config.max_compaction_lag_ms(), i64::MAX);
    assert!((config.min_cleanable_dirty_ratio() - 0.5).abs() < f64::EPSILON);
    assert_eq!(config.get("no.such"), None);
}

#[test]
fn set_values_are_read_back() {
    let config = TopicConfig::new([
        ("segment.bytes", "14"),
        ("retention.ms", "-1"),
        ("cleanup.policy", " compact , delete"),
        ("compression.type", "zstd"),
        ("compression.zstd.level", "-5"),
        ("preallocate", "TRUE"),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("max.message.bytes", " 10000000 "),
        ("max.message.bytes", "20000000"),
        ("message.timestamp.type", "LogAppendTime"),
        ("leader.replication.throttled.replicas", "0:1,1:2"),
    ])
    .unwrap();
    assert_eq!(config.segment_bytes(), 14);
    assert_eq!(config.retention_ms(), None);
    assert_eq!(config.cleanup_policy(), CleanupPolicy { compact: true, delete: true });
    assert_eq!(config.compression(), TopicCompression::Zstd(-5));
    assert!(config.preallocate());
    assert_eq!(config.max_message_bytes(), 20_000_000);
    assert_eq!(config.message_timestamp_type(), TimestampType::LogAppendTime);
    assert_eq!(config.overrides().next(), Some(("cleanup.policy", "compact , delete")));
    let no_policy = TopicConfig::new([("cleanup.policy", "")]).unwrap().cleanup_policy();
    assert_eq!(no_policy, CleanupPolicy { compact: false, delete: false });
}

#[test]
fn mistakes_are_named_in_kafkas_words() {
    assert_eq!(
        message("retention.mss", "1"),
        "Unknown topic config name: retention.mss; did you mean 'retention.ms'?"
    );
    assert_eq!(message("colour", "1"), "Unknown topic config name: colour");
    assert_eq!(
        message("retention.ms", "abc"),
        "Invalid value abc for configuration retention.ms: Not a number of type LONG"
    );
    assert_eq!(
        message("segment.bytes", "2147483648"),
        "Invalid value 2147483648 for configuration segment.bytes: Not a number of type INT"
    );
    assert_eq!(
        message("retention.ms", "-2"),
        "Invalid value -2 for configuration retention.ms: Value must be at least -1"
    );
    assert_eq!(
        message("segment.bytes", "13"),
        "Invalid value 13 for configuration segment.bytes: Value must be at least 14"
    );
    assert_eq!(
        message("compression.lz4.level", "18"),
        "Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17"
    );
    assert_eq!(
        message("compression.gzip.level", "0"),
        "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1"
    );
    assert_eq!(
        message("min.cleanable.dirty.ratio", "2"),
        "Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1"
    );
    assert_eq!(
        message("min.cleanable.dirty.ratio", "NaN"),
        "Invalid value NaN for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE"
    );
    assert_eq!(
        message("cleanup.policy", "compact,z"),
        "Invalid value z for configuration cleanup.policy: String must be one of: compact, delete"
    );
    assert_eq!(
        message("preallocate", "yes"),
        "Invalid value yes for configuration preallocate: Expected value to be either true or false"
    );
    assert!(message("leader.replication.throttled.replicas", "1").contains("must be the literal '*'"));
    assert!(message("remote.storage.enable", "true").starts_with("Tiered Storage functionality is disabled"));
    let conflict = TopicConfig::new([("min.compaction.lag.ms", "5"), ("max.compaction.lag.ms", "4")]);
    assert_eq!(
        conflict.unwrap_err().to_string(),
        "conflict topic config setting min.compaction.lag.ms (5) > max.compaction.lag.ms (4)"
    );
}

proptest! {
    /// Whatever passes the check can be read with every getter, and survives being written as JSON.
    #[test]
    fn accepted_values_are_kept(at in 0..TOPIC_CONFIGS.len(), value in "[ 0-9a-zA-Z,:*.+-]{0,20}") {
        let name = TOPIC_CONFIGS[at].name;
        if let Ok(config) = TopicConfig::new([(name, &value)]) {
            let json = serde_json::to_string(&config).unwrap();
            prop_assert_eq!(serde_json::from_str::<TopicConfig>(&json).unwrap(), config.clone());
            match TOPIC_CONFIGS[at].kind {
                ConfigType::Int => prop_assert!(config.get(name).unwrap().parse::<i32>().is_ok()),
                ConfigType::Long => prop_assert!(config.get(name).unwrap().parse::<i64>().is_ok()),
                _ => {}
            }
        }
    }
}
