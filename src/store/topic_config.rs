//! The configuration of a topic: what was set, checked as Kafka checks it, and the defaults behind it.

use std::collections::BTreeMap;

use super::config_table::{self, ConfigDef, ConfigType, TOPIC_CONFIGS, Validator};
use crate::log::{CleanerConfig, LogConfig, RetentionConfig};
use crate::record::TimestampType;
use crate::spelling;

/// What a topic sets itself; all else has its default.
///
/// Every value in it has been checked, so that reading one cannot fail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TopicConfig {
    overrides: BTreeMap<&'static str, String>,
}

/// Why a configuration is refused, in Kafka's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Kafka knows no topic configuration of this name.
    #[error("Unknown topic config name: {name}{}", spelling::did_you_mean(*.suggestion))]
    UnknownName {
        /// The name that was given.
        name: String,
        /// The known name that comes closest.
        suggestion: Option<&'static str>,
    },
    /// The value is of the wrong type or out of range.
    #[error("Invalid value {value} for configuration {name}: {reason}")]
    InvalidValue {
        /// The configuration.
        name: &'static str,
        /// The value, or the element of a list, that was given.
        value: String,
        /// What it should be.
        reason: String,
    },
    /// The two limits of compaction contradict one another (`LogConfig.validateValues`).
    #[error("conflict topic config setting min.compaction.lag.ms ({min}) > max.compaction.lag.ms ({max})")]
    CompactionLagConflict {
        /// min.compaction.lag.ms.
        min: i64,
        /// max.compaction.lag.ms.
        max: i64,
    },
    /// Tiered storage was asked for.
    #[error(
        "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log \
         storage: leave out remote.storage.enable=true"
    )]
    NoRemoteStorage,
}

/// The codec that a topic asks for (`BrokerCompressionType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicCompression {
    /// Whatever the producer chose.
    Producer,
    /// None.
    Uncompressed,
    /// gzip, level 1 to 9, or −1 for the codec's own default.
    Gzip(i32),
    /// snappy.
    Snappy,
    /// lz4, level 1 to 17.
    Lz4(i32),
    /// zstd, level −131072 to 22.
    Zstd(i32),
}

/// What happens to old segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanupPolicy {
    /// Whether the log is compacted: the last record of each key is kept.
    pub compact: bool,
    /// Whether old segments are deleted by retention.
    pub delete: bool,
}

impl From<&TopicConfig> for LogConfig {
    fn from(config: &TopicConfig) -> Self {
        Self {
            segment_bytes: config.segment_bytes().into(),
            segment_ms: config.max_segment_ms(),
            segment_jitter_ms: config.segment_jitter_ms(),
            segment_index_bytes: config.segment_index_bytes().into(),
            index_interval_bytes: config.index_interval_bytes().into(),
            max_message_bytes: config.max_message_bytes() as usize,
            flush_messages: config.flush_messages(),
            flush_ms: config.flush_ms(),
            preallocate: config.preallocate(),
        }
    }
}

impl From<&TopicConfig> for CleanerConfig {
    fn from(config: &TopicConfig) -> Self {
        Self {
            log: config.into(),
            delete_retention_ms: config.delete_retention_ms(),
            min_compaction_lag_ms: config.min_compaction_lag_ms(),
            max_compaction_lag_ms: config.max_compaction_lag_ms(),
            min_cleanable_dirty_ratio: config.min_cleanable_dirty_ratio(),
            file_delete_delay_ms: config.file_delete_delay_ms(),
            ..Self::default()
        }
    }
}

impl From<&TopicConfig> for RetentionConfig {
    fn from(config: &TopicConfig) -> Self {
        let deletes = config.cleanup_policy().delete;
        Self {
            retention_ms: config.retention_ms().filter(|_| deletes),
            retention_bytes: config.retention_bytes().filter(|_| deletes),
            file_delete_delay_ms: config.file_delete_delay_ms(),
        }
    }
}

impl TopicConfig {
    /// Checks names and values of `overrides` and how they agree. A name given twice has its last value.
    pub fn new<N: AsRef<str>, V: AsRef<str>>(
        overrides: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        for (name, value) in overrides {
            config.insert(name.as_ref(), value.as_ref())?;
        }
        config.check_agreement()?;
        Ok(config)
    }

    fn insert(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        let row = config_table::find(name).ok_or_else(|| unknown(name))?;
        check_value(row, value)?;
        self.overrides.insert(row.name, java_trim(value).to_owned());
        Ok(())
    }

    fn check_agreement(&self) -> Result<(), ConfigError> {
        let (min, max) = (self.min_compaction_lag_ms(), self.max_compaction_lag_ms());
        if min > max {
            return Err(ConfigError::CompactionLagConflict { min, max });
        }
        Ok(())
    }

    /// What the topic sets itself, sorted by name.
    pub fn overrides(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.overrides.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Whether the topic sets nothing itself.
    pub fn is_empty(&self) -> bool {
        self.overrides.is_empty()
    }

    /// The value of the configuration called `name` as text, set or default; `None` for an unknown name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let row = config_table::find(name)?;
        Some(self.overrides.get(row.name).map_or(row.default, String::as_str))
    }

    /// The number that `name` stands for. Names are those of the table and values have been checked,
    /// so neither fallback is ever taken.
    fn number<T: std::str::FromStr + Default>(&self, name: &'static str) -> T {
        debug_assert!(config_table::find(name).is_some(), "{name}");
        self.get(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    fn is_true(&self, name: &'static str) -> bool {
        self.get(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// segment.bytes: a new segment is begun before the log's file would grow beyond it. At least 14.
    pub fn segment_bytes(&self) -> u32 {
        self.number("segment.bytes")
    }

    /// segment.ms: the age in milliseconds at which a new segment is begun. At least 1.
    pub fn segment_ms(&self) -> i64 {
        self.number("segment.ms")
    }

    /// segment.jitter.ms: the most that is randomly taken off [`Self::segment_ms`]. At least 0.
    pub fn segment_jitter_ms(&self) -> i64 {
        self.number("segment.jitter.ms")
    }

    /// The age in milliseconds at which a segment must be rolled: segment.ms, but not above
    /// max.compaction.lag.ms for a compacted topic (`LogConfig.maxSegmentMs`).
    pub fn max_segment_ms(&self) -> i64 {
        if self.cleanup_policy().compact {
            self.segment_ms().min(self.max_compaction_lag_ms())
        } else {
            self.segment_ms()
        }
    }

    /// segment.index.bytes: the largest size of an index file. At least 4.
    pub fn segment_index_bytes(&self) -> u32 {
        self.number("segment.index.bytes")
    }

    /// index.interval.bytes: an index entry for every so many bytes of log.
    pub fn index_interval_bytes(&self) -> u32 {
        self.number("index.interval.bytes")
    }

    /// max.message.bytes: the largest batch, after compression, from its base offset on.
    pub fn max_message_bytes(&self) -> u32 {
        self.number("max.message.bytes")
    }

    /// retention.ms: the age in milliseconds above which segments are deleted; `None` for no limit.
    pub fn retention_ms(&self) -> Option<i64> {
        Some(self.number("retention.ms")).filter(|ms| *ms >= 0)
    }

    /// retention.bytes: the size of a partition above which segments are deleted; `None` for no limit.
    pub fn retention_bytes(&self) -> Option<i64> {
        Some(self.number("retention.bytes")).filter(|bytes| *bytes >= 0)
    }

    /// delete.retention.ms: how long compaction keeps a tombstone, in milliseconds.
    pub fn delete_retention_ms(&self) -> i64 {
        self.number("delete.retention.ms")
    }

    /// file.delete.delay.ms: how long a deleted segment stays on the disk.
    pub fn file_delete_delay_ms(&self) -> i64 {
        self.number("file.delete.delay.ms")
    }

    /// min.compaction.lag.ms: how long a record stays uncompacted at least.
    pub fn min_compaction_lag_ms(&self) -> i64 {
        self.number("min.compaction.lag.ms")
    }

    /// max.compaction.lag.ms: how long a record may stay uncompacted at most. At least 1.
    pub fn max_compaction_lag_ms(&self) -> i64 {
        self.number("max.compaction.lag.ms")
    }

    /// min.cleanable.dirty.ratio: the uncompacted share of the log, 0 to 1, above which it is compacted.
    pub fn min_cleanable_dirty_ratio(&self) -> f64 {
        self.number("min.cleanable.dirty.ratio")
    }

    /// cleanup.policy.
    pub fn cleanup_policy(&self) -> CleanupPolicy {
        let has = |word| {
            self.get("cleanup.policy").is_some_and(|list| elements(list).any(|element| element == word))
        };
        CleanupPolicy { compact: has("compact"), delete: has("delete") }
    }

    /// compression.type, with the level that goes with it.
    pub fn compression(&self) -> TopicCompression {
        match self.get("compression.type") {
            Some("uncompressed") => TopicCompression::Uncompressed,
            Some("gzip") => TopicCompression::Gzip(self.number("compression.gzip.level")),
            Some("snappy") => TopicCompression::Snappy,
            Some("lz4") => TopicCompression::Lz4(self.number("compression.lz4.level")),
            Some("zstd") => TopicCompression::Zstd(self.number("compression.zstd.level")),
            _ => TopicCompression::Producer,
        }
    }

    /// message.timestamp.type: [`TimestampType::CreateTime`] or [`TimestampType::LogAppendTime`].
    pub fn message_timestamp_type(&self) -> TimestampType {
        match self.get("message.timestamp.type") {
            Some("LogAppendTime") => TimestampType::LogAppendTime,
            _ => TimestampType::CreateTime,
        }
    }

    /// message.timestamp.before.max.ms: how far a record's timestamp may lie before the clock.
    pub fn message_timestamp_before_max_ms(&self) -> i64 {
        self.number("message.timestamp.before.max.ms")
    }

    /// message.timestamp.after.max.ms: how far a record's timestamp may lie after the clock.
    pub fn message_timestamp_after_max_ms(&self) -> i64 {
        self.number("message.timestamp.after.max.ms")
    }

    /// flush.messages: fsync after so many records; `i64::MAX` leaves it to the operating system.
    pub fn flush_messages(&self) -> i64 {
        self.number("flush.messages")
    }

    /// flush.ms: fsync after so many milliseconds; `i64::MAX` leaves it to the operating system.
    pub fn flush_ms(&self) -> i64 {
        self.number("flush.ms")
    }

    /// min.insync.replicas. At least 1.
    pub fn min_insync_replicas(&self) -> i32 {
        self.number("min.insync.replicas")
    }

    /// preallocate: whether a new segment's file gets its full size at once.
    pub fn preallocate(&self) -> bool {
        self.is_true("preallocate")
    }
}

impl serde::Serialize for TopicConfig {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.overrides())
    }
}

impl<'de> serde::Deserialize<'de> for TopicConfig {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let overrides = <BTreeMap<String, String> as serde::Deserialize>::deserialize(deserializer)?;
        Self::new(overrides).map_err(serde::de::Error::custom)
    }
}

fn unknown(name: &str) -> ConfigError {
    let suggestion = spelling::nearest(name, TOPIC_CONFIGS.iter().map(|row| row.name));
    ConfigError::UnknownName { name: name.to_owned(), suggestion }
}

/// What Java's `String.trim` takes off: everything up to the space, control characters included.
fn java_trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(java_trim).filter(|_| !list.is_empty())
}

/// Checks `text` as a value of `row` (`ConfigDef.parseType`, then the validator).
pub(super) fn check_value(row: &'static ConfigDef, text: &str) -> Result<(), ConfigError> {
    let trimmed = java_trim(text);
    let refuse = |value: &str, reason: String| {
        Err(ConfigError::InvalidValue { name: row.name, value: value.to_owned(), reason })
    };
    let not_a_number = || refuse(text, format!("Not a number of type {}", row.kind.name()));
    match row.kind {
        ConfigType::Boolean => {
            if trimmed.eq_ignore_ascii_case("true") && row.validator == Validator::NoRemoteStorage {
                return Err(ConfigError::NoRemoteStorage);
            }
            if !trimmed.eq_ignore_ascii_case("true") && !trimmed.eq_ignore_ascii_case("false") {
                return refuse(text, "Expected value to be either true or false".into());
            }
        }
        ConfigType::Int | ConfigType::Long => {
            let parsed = match row.kind {
                ConfigType::Int => trimmed.parse::<i32>().map(i64::from),
                _ => trimmed.parse::<i64>(),
            };
            let Ok(number) = parsed else { return not_a_number() };
            if let Some(reason) = out_of_range(row.validator, number) {
                return refuse(&number.to_string(), reason);
            }
        }
        ConfigType::Double => {
            // Kafka lets NaN pass, which then is neither above nor below any ratio.
            let Some(number) = trimmed.parse::<f64>().ok().filter(|n| !n.is_nan()) else {
                return not_a_number();
            };
            if let Validator::Between(min, max) = row.validator {
                // The bounds of the table are small whole numbers, which a double holds exactly.
                if number < min as f64 {
                    return refuse(&format!("{number:?}"), format!("Value must be at least {min}"));
                }
                if number > max as f64 {
                    return refuse(&format!("{number:?}"), format!("Value must be no more than {max}"));
                }
            }
        }
        ConfigType::String => {
            if let Validator::OneOf(words) = row.validator
                && !words.contains(&trimmed)
            {
                return refuse(trimmed, one_of(words));
            }
        }
        ConfigType::List => return check_list(row, trimmed),
    }
    Ok(())
}

fn check_list(row: &'static ConfigDef, list: &str) -> Result<(), ConfigError> {
    let refuse = |value: &str, reason: String| {
        Err(ConfigError::InvalidValue { name: row.name, value: value.to_owned(), reason })
    };
    match row.validator {
        Validator::OneOf(words) => match elements(list).find(|element| !words.contains(element)) {
            Some(element) => refuse(element, one_of(words)),
            None => Ok(()),
        },
        Validator::ThrottledReplicas if list != "*" && !elements(list).all(is_partition_and_broker) => {
            refuse(
                list,
                format!(
                    "{} must be the literal '*' or a list of replicas in the following format: \
                 [partitionId]:[brokerId],[partitionId]:[brokerId],...",
                    row.name
                ),
            )
        }
        _ => Ok(()),
    }
}

fn is_partition_and_broker(text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.is_empty()
        || text.split_once(':').is_some_and(|(partition, broker)| number(partition) && number(broker))
}

fn one_of(words: &[&str]) -> String {
    format!("String must be one of: {}", words.join(", "))
}

fn out_of_range(validator: Validator, number: i64) -> Option<String> {
    match validator {
        Validator::AtLeast(min) | Validator::Between(min, _) if number < min => {
            Some(format!("Value must be at least {min}"))
        }
        Validator::Between(_, max) if number > max => Some(format!("Value must be no more than {max}")),
        Validator::BetweenOr(min, max, other) if number != other && !(min..=max).contains(&number) => {
            Some(format!("Value must be between {min} and {max} or equal to {other}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
