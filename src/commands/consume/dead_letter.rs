//! `--dead-letter TOPIC`: records that a command keeps failing for.

use anyhow::Context as _;

use crate::commands::produce::Configs;
use crate::consumer::ConsumerRecord;
use crate::producer::{Producer, RecordSink as _};
use crate::record::{Header, NewRecord, Timestamp};
use crate::store::{NewTopic, StoreError, TopicConfig, TopicName, TopicPartition, WritableDataDir};

/// The records of a batch, to be sent to a topic if need be.
pub(super) struct DeadLetters {
    dir: WritableDataDir,
    topic: TopicName,
    kept: Vec<KeptRecord>,
}

struct KeptRecord {
    from: TopicPartition,
    offset: i64,
    timestamp: Timestamp,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl DeadLetters {
    /// To `topic`, which is created with one partition, to keep its records however old they are, if it is not there
    /// when it is first needed.
    pub(super) fn new(dir: WritableDataDir, topic: TopicName) -> Self {
        Self { dir, topic, kept: Vec::new() }
    }

    /// The topic.
    pub(super) fn topic(&self) -> &TopicName {
        &self.topic
    }

    /// Keeps a copy of `record` until the batch is over.
    pub(super) fn keep(&mut self, record: &ConsumerRecord<'_>) {
        let (from, record) = (record.topic_partition.clone(), &record.record);
        let header = |header: Header<'_>| (header.key.to_vec(), header.value.map(<[u8]>::to_vec));
        self.kept.push(KeptRecord {
            from,
            offset: record.offset.0,
            timestamp: record.timestamp,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: record.headers.iter().map(header).collect(),
        });
    }

    /// Forgets the batch.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// Sends all that is kept, with headers that say where it was and that the command `failure` for it.
    ///
    /// # Errors
    /// When it cannot be produced.
    pub(super) fn send(&mut self, failure: &str) -> anyhow::Result<()> {
        let what = || format!("cannot produce to the dead-letter topic '{}'", self.topic);
        let topic = match self.dir.topic(&self.topic) {
            Err(StoreError::UnknownTopic { .. }) => {
                let config = TopicConfig::new([("retention.ms", "-1")]).with_context(what)?;
                match self.dir.create_topic(&NewTopic { config, ..NewTopic::named(self.topic.clone()) }) {
                    Err(StoreError::TopicExists(_)) => self.dir.topic(&self.topic),
                    created => created,
                }
            }
            found => found,
        };
        let (topic, config) = Configs::default().for_topic(&self.dir, &topic.with_context(what)?)?;
        let mut producer = Producer::new(topic, config).with_context(what)?;
        for record in &self.kept {
            let (partition, offset) = (record.from.partition.to_string(), record.offset.to_string());
            let mut headers: Vec<Header<'_>> =
                record.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
            headers.extend([
                Header { key: b"mkafka.topic", value: Some(record.from.topic.as_str().as_bytes()) },
                Header { key: b"mkafka.partition", value: Some(partition.as_bytes()) },
                Header { key: b"mkafka.offset", value: Some(offset.as_bytes()) },
                Header { key: b"mkafka.error", value: Some(failure.as_bytes()) },
            ]);
            let (key, value) = (record.key.as_deref(), record.value.as_deref());
            let new = NewRecord { timestamp: record.timestamp, key, value, headers: &headers };
            producer.send(&new, None).with_context(what)?;
        }
        producer.flush().with_context(what)?;
        Ok(())
    }
}
