//! Every configuration of a topic that Kafka 4 knows: type, default, legal values and meaning.
//!
//! Kafka's source for all of it: `LogConfig`, `TopicConfig`, `CompressionType`, `QuotaConfig`.

/// What a value is parsed as (`ConfigDef.Type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigType {
    /// `true` or `false`, in any case.
    Boolean,
    /// 32 bits, signed.
    Int,
    /// 64 bits, signed.
    Long,
    /// A floating point number.
    Double,
    /// One word.
    String,
    /// Words with commas between them; possibly none.
    List,
}

impl ConfigType {
    /// Kafka's name for it, as its messages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::Int => "INT",
            Self::Long => "LONG",
            Self::Double => "DOUBLE",
            Self::String => "STRING",
            Self::List => "LIST",
        }
    }
}

/// Which values of its type a configuration may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Validator {
    /// All.
    Any,
    /// Numbers from this one up.
    AtLeast(i64),
    /// Numbers from the first to the second, both included.
    Between(i64, i64),
    /// Numbers from the first to the second, or the third, which means the codec's own default.
    BetweenOr(i64, i64, i64),
    /// These words; of a list, each element.
    OneOf(&'static [&'static str]),
    /// `*`, or a list of `partition:broker`.
    ThrottledReplicas,
    /// `false` alone: there is no remote storage here.
    NoRemoteStorage,
}

/// One configuration of a topic.
#[derive(Debug)]
pub struct ConfigDef {
    /// Its name, as given to `--config`.
    pub name: &'static str,
    /// What its value is parsed as.
    pub kind: ConfigType,
    /// The value where a topic does not set it, as text.
    pub default: &'static str,
    /// Which values are legal.
    pub validator: Validator,
    /// What it does, in one line.
    pub doc: &'static str,
}

const LONG_MAX: &str = "9223372036854775807";

/// A row of the table.
const fn def(
    name: &'static str,
    kind: ConfigType,
    default: &'static str,
    validator: Validator,
    doc: &'static str,
) -> ConfigDef {
    ConfigDef { name, kind, default, validator, doc }
}

use ConfigType::{Boolean, Double, Int, List, Long, String as Text};
use Validator::{Any, AtLeast, Between, BetweenOr, NoRemoteStorage, OneOf, ThrottledReplicas};

/// All of them, sorted by name.
///
/// One range is wider than in Kafka 4: `segment.bytes` may be as small as Kafka 3 allowed (14 bytes, not
/// 1 MB), because segments are rolled in tests and demonstrations, and files of such topics exist.
#[rustfmt::skip]
pub static TOPIC_CONFIGS: &[ConfigDef] = &[
    def("cleanup.policy", List, "delete", OneOf(&["compact", "delete"]), "what happens to old segments: delete them, compact them (keep the last record of each key), or both"),
    def("compression.gzip.level", Int, "-1", BetweenOr(1, 9, -1), "the level when compression.type is gzip"),
    def("compression.lz4.level", Int, "9", Between(1, 17), "the level when compression.type is lz4"),
    def("compression.type", Text, "producer", OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]), "the codec of the log; producer keeps whatever the producer chose"),
    def("compression.zstd.level", Int, "3", Between(-131_072, 22), "the level when compression.type is zstd"),
    def("delete.retention.ms", Long, "86400000", AtLeast(0), "how long compaction keeps a tombstone"),
    def("file.delete.delay.ms", Long, "60000", AtLeast(0), "how long a deleted segment stays on the disk"),
    def("flush.messages", Long, LONG_MAX, AtLeast(1), "force an fsync after so many records"),
    def("flush.ms", Long, LONG_MAX, AtLeast(0), "force an fsync after so much time"),
    def("follower.replication.throttled.replicas", List, "", ThrottledReplicas, "followers whose replication is throttled; without effect on one machine"),
    def("index.interval.bytes", Int, "4096", AtLeast(0), "an index entry for every so many bytes of log"),
    def("leader.replication.throttled.replicas", List, "", ThrottledReplicas, "leaders whose replication is throttled; without effect on one machine"),
    def("local.retention.bytes", Long, "-2", AtLeast(-2), "retention.bytes of the local part of a tiered topic; without effect here"),
    def("local.retention.ms", Long, "-2", AtLeast(-2), "retention.ms of the local part of a tiered topic; without effect here"),
    def("max.compaction.lag.ms", Long, LONG_MAX, AtLeast(1), "how long a record may stay uncompacted at most"),
    def("max.message.bytes", Int, "1048588", AtLeast(0), "the largest batch of records, after compression"),
    def("message.downconversion.enable", Boolean, "true", Any, "whether old consumers are served; without effect since Kafka 4"),
    def("message.timestamp.after.max.ms", Long, LONG_MAX, AtLeast(0), "how far a record's timestamp may lie in the future"),
    def("message.timestamp.before.max.ms", Long, LONG_MAX, AtLeast(0), "how far a record's timestamp may lie in the past"),
    def("message.timestamp.type", Text, "CreateTime", OneOf(&["CreateTime", "LogAppendTime"]), "whether a record has the producer's time or that of its append"),
    def("min.cleanable.dirty.ratio", Double, "0.5", Between(0, 1), "compact once so much of the log is uncompacted"),
    def("min.compaction.lag.ms", Long, "0", AtLeast(0), "how long a record stays uncompacted at least"),
    def("min.insync.replicas", Int, "1", AtLeast(1), "how many replicas must have a record for acks=all; without effect on one machine"),
    def("preallocate", Boolean, "false", Any, "whether a new segment's file gets its full size at once"),
    def("remote.copy.lag.bytes", Long, "0", AtLeast(-1), "how much of a tiered topic may wait to be copied; without effect here"),
    def("remote.copy.lag.ms", Long, "0", AtLeast(-1), "how long a segment of a tiered topic may wait to be copied; without effect here"),
    def("remote.log.copy.disable", Boolean, "false", Any, "stops tiering; without effect here"),
    def("remote.log.delete.on.disable", Boolean, "false", Any, "deletes what was tiered; without effect here"),
    def("remote.storage.enable", Boolean, "false", NoRemoteStorage, "tiered storage, which needs a cluster"),
    def("retention.bytes", Long, "-1", Any, "the size above which old segments of a partition are deleted; negative is no limit"),
    def("retention.ms", Long, "604800000", AtLeast(-1), "the age above which segments are deleted; -1 is no limit"),
    def("segment.bytes", Int, "1073741824", AtLeast(14), "the size at which a new segment is begun"),
    def("segment.index.bytes", Int, "10485760", AtLeast(4), "the largest size of an index file"),
    def("segment.jitter.ms", Long, "0", AtLeast(0), "a random part taken off segment.ms"),
    def("segment.ms", Long, "604800000", AtLeast(1), "the age at which a new segment is begun"),
    def("unclean.leader.election.enable", Boolean, "false", Any, "whether a replica that lags may lead; without effect on one machine"),
];

/// The configuration called `name`.
pub fn find(name: &str) -> Option<&'static ConfigDef> {
    TOPIC_CONFIGS.binary_search_by(|row| row.name.cmp(name)).ok().map(|at| &TOPIC_CONFIGS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(TOPIC_CONFIGS.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(find("retention.ms").unwrap().default, "604800000");
        assert!(find("retention.mss").is_none());
    }

    #[test]
    fn every_default_is_legal() {
        for row in TOPIC_CONFIGS {
            super::super::topic_config::check_value(row, row.default).unwrap();
        }
    }
}
