//! Kafka's producer configs, from options, properties and files.

use std::time::Duration;

use crate::cli::produce::{BatchingArgs, PartitionerArg};
use crate::commands::{UsageError, properties_in};
use crate::input::Serializer;
use crate::producer::{Acks, KeylessPlacement, ProducerConfig, ProducerTopic};
use crate::record::Compression;
use crate::spelling;
use crate::store::{DataDir, Topic, TopicCompression, TopicPartition, TransactionalId};

/// The configs that do something.
pub(in crate::commands) const NAMES: &[&str] = &[
    "acks",
    "batch.size",
    "buffer.memory",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.type",
    "compression.zstd.level",
    "enable.idempotence",
    "key.serializer",
    "linger.ms",
    "max.request.size",
    "partitioner.class",
    "partitioner.ignore.keys",
    "transaction.timeout.ms",
    "transactional.id",
    "value.serializer",
];

/// The configs that only make sense with a broker: accepted so that scripts carry over, and without effect.
const OF_A_BROKER: &[&str] = &[
    "auto.include.jmx.reporter",
    "client.dns.lookup",
    "client.id",
    "connections.max.idle.ms",
    "delivery.timeout.ms",
    "enable.metrics.push",
    "max.block.ms",
    "max.in.flight.requests.per.connection",
    "metadata.max.age.ms",
    "metadata.max.idle.ms",
    "metadata.recovery.strategy",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "partitioner.adaptive.partitioning.enable",
    "partitioner.availability.timeout.ms",
    "receive.buffer.bytes",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "request.timeout.ms",
    "retries",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "send.buffer.bytes",
    "socket.connection.setup.timeout.max.ms",
    "socket.connection.setup.timeout.ms",
];

/// What Kafka's configs come to.
#[derive(Debug, Default)]
pub(in crate::commands) struct Configs {
    pub(super) producer: ProducerConfig,
    pub(super) linger: Option<Duration>,
    /// `max.request.size`: bytes that a record may take at the most.
    pub(super) max_request_size: Option<usize>,
    pub(super) key_serializer: Serializer,
    pub(super) value_serializer: Serializer,
    /// The levels that were given for each codec.
    levels: Vec<(Compression, i32)>,
    acks_given: bool,
    /// `enable.idempotence`, if it is given.
    idempotence: Option<bool>,
    /// `transactional.id`.
    pub(super) transactional_id: Option<TransactionalId>,
    /// `transaction.timeout.ms`: how long a transaction may be open.
    pub(super) transaction_timeout: Option<Duration>,
}

impl Configs {
    /// What `args` ask for. An option counts more than a property, and that more than one in a file.
    pub(super) fn from_args(args: &BatchingArgs) -> anyhow::Result<Self> {
        let mut configs = Self::default();
        if let Some(path) = &args.producer_config {
            for (name, value) in properties_in(path)? {
                let set = configs.set(&name, &value);
                set.map_err(|message| UsageError(format!("{}: {message}", path.display())))?;
            }
        }
        for property in &args.producer_properties {
            configs.set(&property.key, &property.value).map_err(UsageError)?;
        }
        let number = |n: Option<usize>| n.map(|n| n.to_string());
        for (name, value) in [
            ("acks", args.acks.clone()),
            ("batch.size", number(args.batch_size)),
            ("buffer.memory", number(args.max_memory_bytes)),
            ("linger.ms", args.linger_ms.map(|ms| ms.to_string())),
            ("compression.type", args.compression_codec.clone()),
        ] {
            if let Some(value) = value {
                configs.set(name, &value).map_err(UsageError)?;
            }
        }
        if let Some(partitioner) = args.partitioner {
            configs.producer.placement = match partitioner {
                PartitionerArg::RoundRobin => KeylessPlacement::RoundRobin,
                PartitionerArg::Sticky => KeylessPlacement::Sticky,
            };
        }
        configs.settle_idempotence(args.transaction)?;
        Ok(configs)
    }

    /// Those that ask for nothing but `acks`.
    ///
    /// # Errors
    /// When there is no such thing.
    pub(in crate::commands) fn with_acks(acks: &str) -> Result<Self, UsageError> {
        let mut configs = Self::default();
        configs.set("acks", acks).map_err(UsageError)?;
        Ok(configs)
    }

    /// Whether everything is one transaction.
    pub(super) fn is_transactional(&self, args: &BatchingArgs) -> bool {
        args.transaction || self.transactional_id.is_some()
    }

    /// What idempotence asks for of the other configs (`ProducerConfig.postProcessAndValidateIdempotenceConfigs`).
    fn settle_idempotence(&mut self, transaction: bool) -> anyhow::Result<()> {
        let is_transactional = transaction || self.transactional_id.is_some();
        let refuse = |message: &str| Err(UsageError(message.to_owned()).into());
        if is_transactional && self.idempotence == Some(false) {
            return refuse("Cannot set a transactional.id without also enabling idempotence.");
        }
        if is_transactional || self.idempotence == Some(true) {
            if self.acks_given && self.producer.acks != Acks::All {
                return refuse("Must set acks to all in order to use the idempotent producer.");
            }
            self.producer.acks = Acks::All;
        }
        Ok(())
    }

    /// Sets a producer config by Kafka's name (`ProducerConfig`).
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let value = value.trim();
        let bad = |expected: &str| format!("invalid value '{value}' for {name}: {expected}");
        let number = || value.parse::<usize>().map_err(|_| bad("a number of bytes is needed"));
        let flag = || match value.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(bad("valid are true and false")),
        };
        match name {
            "acks" => {
                self.producer.acks = match value {
                    "0" => Acks::None,
                    "1" => Acks::Leader,
                    "all" | "-1" => Acks::All,
                    _ => return Err(bad("valid are 0, 1 and all")),
                };
                self.acks_given = true;
            }
            "batch.size" => self.producer.batch_size = Some(number()?),
            "buffer.memory" => self.producer.buffer_memory = number()?,
            "compression.type" => {
                self.producer.compression = value.parse().map_err(|e| bad(&format!("{e}")))?;
            }
            "compression.gzip.level" | "compression.lz4.level" | "compression.zstd.level" => {
                self.set_level(name, value).map_err(|expected| bad(&expected))?;
            }
            "enable.idempotence" => self.idempotence = Some(flag()?),
            "key.serializer" => self.key_serializer = Serializer::named(value)?,
            "value.serializer" => self.value_serializer = Serializer::named(value)?,
            "linger.ms" => {
                let ms = value.parse().map_err(|_| bad("a number of milliseconds is needed"))?;
                self.linger = Some(Duration::from_millis(ms));
            }
            "max.request.size" => self.max_request_size = Some(number()?),
            "partitioner.class" => self.set_partitioner(value).map_err(|expected| bad(&expected))?,
            "partitioner.ignore.keys" => self.producer.ignore_keys = flag()?,
            "bootstrap.servers" => {
                return Err(
                    "bootstrap.servers: mkafka works on the files of a data directory (see --data-dir); \
                            clusters come in a later version"
                        .to_owned(),
                );
            }
            "transactional.id" => {
                self.transactional_id = Some(TransactionalId::new(value).map_err(|e| e.to_string())?);
            }
            "transaction.timeout.ms" => {
                let ms = value.parse::<u64>().ok().filter(|ms| (1..=i32::MAX as u64).contains(ms));
                let ms = ms.ok_or_else(|| bad("a number of milliseconds from 1 to 2147483647 is needed"))?;
                self.transaction_timeout = Some(Duration::from_millis(ms));
            }
            known if OF_A_BROKER.contains(&known) => {}
            known
                if known.starts_with("sasl.")
                    || known.starts_with("ssl.")
                    || known == "security.protocol" => {}
            unknown => return Err(no_such(unknown)),
        }
        Ok(())
    }

    /// Sets the level of the codec that is named between the dots of `name`.
    fn set_level(&mut self, name: &str, value: &str) -> Result<(), String> {
        let codec = match name.split('.').nth(1) {
            Some("gzip") => Compression::Gzip,
            Some("lz4") => Compression::Lz4,
            _ => Compression::Zstd,
        };
        let level = value.parse().map_err(|_| "a number is needed".to_owned())?;
        codec.check_level(level).map_err(|error| error.to_string())?;
        self.levels.push((codec, level));
        Ok(())
    }

    /// Kafka's partitioners by the names of their classes.
    fn set_partitioner(&mut self, class: &str) -> Result<(), String> {
        let (placement, ignore_keys) = match class.rsplit('.').next().unwrap_or_default() {
            "" | "null" | "DefaultPartitioner" | "BuiltInPartitioner" => (KeylessPlacement::Sticky, false),
            "UniformStickyPartitioner" => (KeylessPlacement::Sticky, true),
            "RoundRobinPartitioner" => (KeylessPlacement::RoundRobin, true),
            _ => {
                return Err(
                    "valid are DefaultPartitioner, UniformStickyPartitioner and RoundRobinPartitioner"
                        .to_owned(),
                );
            }
        };
        self.producer.placement = placement;
        self.producer.ignore_keys = ignore_keys;
        Ok(())
    }

    /// The producer's view of `topic`, whose configs may choose codec and timestamps.
    pub(in crate::commands) fn for_topic(
        &self,
        data_dir: &DataDir,
        topic: &Topic,
    ) -> anyhow::Result<(ProducerTopic, ProducerConfig)> {
        let missing = (0..topic.partition_count).find(|p| topic.partitions.binary_search(p).is_err());
        if let Some(missing) = missing {
            anyhow::bail!(
                "topic '{}' cannot be produced to: its partition {missing} is not in this data directory",
                topic.name
            );
        }
        let mut config = self.producer.clone();
        let given = self.levels.iter().rev().find(|(codec, _)| *codec == config.compression);
        // A broker would compress anew what comes in another codec than the topic's.
        let (codec, level) = match topic.config.compression() {
            TopicCompression::Producer => (config.compression, given.map(|(_, level)| *level)),
            TopicCompression::Uncompressed => (Compression::None, None),
            TopicCompression::Gzip(level) => (Compression::Gzip, Some(level)),
            TopicCompression::Snappy => (Compression::Snappy, None),
            TopicCompression::Lz4(level) => (Compression::Lz4, Some(level)),
            TopicCompression::Zstd(level) => (Compression::Zstd, Some(level)),
        };
        config.compression = codec;
        config.compression_level = level;
        let folder = |partition| data_dir.partition_path(&TopicPartition::new(topic.name.clone(), partition));
        let folders = (0..topic.partition_count).map(folder).collect();
        let mut producer_topic = ProducerTopic::new(folders, &topic.config);
        if !topic.known_to_us {
            // How long its records are to be kept is known to the broker that wrote it, not here.
            producer_topic.upkeep = None;
        }
        Ok((producer_topic, config))
    }
}

/// The message for a config that there is not. Those that only a broker has a use for are not listed, but one may have
/// been meant.
fn no_such(name: &str) -> String {
    let known = || NAMES.iter().chain(OF_A_BROKER).copied();
    match spelling::nearest(name, known()) {
        Some(_) => spelling::unknown("producer property", name, known()),
        None => spelling::unknown("producer property", name, NAMES.iter().copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(properties: &[(&str, &str)]) -> Result<Configs, String> {
        let mut configs = Configs::default();
        for (name, value) in properties {
            configs.set(name, value)?;
        }
        Ok(configs)
    }

    #[test]
    fn kafkas_names_and_values_are_understood() {
        let configs = set(&[
            ("acks", "-1"),
            ("batch.size", "100"),
            ("compression.type", "lz4"),
            ("compression.lz4.level", "3"),
            ("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"),
            ("max.request.size", "1000"),
            ("key.serializer", "org.apache.kafka.common.serialization.IntegerSerializer"),
            ("retries", "3"),
            ("ssl.truststore.location", "/x"),
        ])
        .expect("known configs");
        assert_eq!(configs.producer.acks, Acks::All);
        assert_eq!(configs.producer.batch_size, Some(100));
        assert_eq!(configs.levels, [(Compression::Lz4, 3)]);
        assert!(configs.producer.ignore_keys);
        assert_eq!(configs.producer.placement, KeylessPlacement::RoundRobin);
        assert_eq!((configs.max_request_size, configs.key_serializer), (Some(1000), Serializer::Integer));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (name, value, expected) in [
            ("linger", "1", "unknown producer property 'linger'; known are acks"),
            ("linger.m", "1", "unknown producer property 'linger.m'; did you mean 'linger.ms'?"),
            ("acks", "2", "invalid value '2' for acks: valid are 0, 1 and all"),
            ("batch.size", "x", "invalid value 'x' for batch.size: a number of bytes is needed"),
            (
                "enable.idempotence",
                "yes",
                "invalid value 'yes' for enable.idempotence: valid are true and false",
            ),
            ("transactional.id", "", "the transactional.id is invalid: the empty string is not allowed"),
            (
                "transaction.timeout.ms",
                "0",
                "invalid value '0' for transaction.timeout.ms: a number of milliseconds from 1 to 2147483647",
            ),
            (
                "partitioner.class",
                "com.example.Mine",
                "invalid value 'com.example.Mine' for partitioner.class",
            ),
            ("value.serializer", "Avro", "unknown serializer 'Avro'"),
        ] {
            let message = set(&[(name, value)]).expect_err(name);
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
