//! `--checkpoint FILE`: the positions of a consumer that keeps them itself.
//!
//! ```text
//! {"version":1,"offsets":{"orders":{"0":17,"1":4}},"topics":{"orders":"Fj-O1hvAQJStmFBW87sLEg"}}
//! ```
//!
//! An older mkafka has written no ids of topics, and takes no notice of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::consumer::ConsumeError;
use crate::fs;
use crate::log::LogError;
use crate::record::Offset;
use crate::store::{TopicIdentity, TopicName, TopicPartition};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    /// Of each topic's partitions, the offset of the next record wanted.
    offsets: BTreeMap<TopicName, BTreeMap<i32, i64>>,
    /// Which topics they are of, as far as that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    topics: BTreeMap<TopicName, TopicIdentity>,
}

/// A file of positions.
#[derive(Debug)]
pub(super) struct PositionFile {
    path: PathBuf,
    /// All that is in it, of topics that are not read now too.
    offsets: BTreeMap<TopicPartition, Offset>,
    /// The topics that it has positions of, as far as it is known which they are.
    topics: BTreeMap<TopicName, TopicIdentity>,
    is_written: bool,
}

impl PositionFile {
    /// Reads the file at `path`; where there is none, nothing has been read yet.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let (offsets, topics) = (BTreeMap::new(), BTreeMap::new());
        let mut file = Self { path: path.to_owned(), offsets, topics, is_written: true };
        let Some(bytes) = fs::read_if_present(path)? else {
            // That it cannot be written is better known before anything is read.
            file.is_written = false;
            file.save(&[])?;
            return Ok(file);
        };
        let name = path.display();
        let content: Content = serde_json::from_slice(&bytes)
            .with_context(|| format!("{name} is no file of positions that --checkpoint has written"))?;
        if content.version != VERSION {
            bail!("{name} has version {}, and this mkafka knows version {VERSION}", content.version);
        }
        file.topics = content.topics;
        for (topic, partitions) in content.offsets {
            for (partition, offset) in partitions {
                file.offsets.insert(TopicPartition::new(topic.clone(), partition), Offset(offset));
            }
        }
        Ok(file)
    }

    /// Which topic of the name `topic` it has positions of.
    pub(super) fn topic_identity(&self, topic: &TopicName) -> TopicIdentity {
        self.topics.get(topic).copied().unwrap_or_default()
    }

    /// Takes note that `topic`, which is to be read, is the one of this `identity`. Answers whether the file had positions
    /// of another of that name; it has none any more.
    pub(super) fn begin_topic(&mut self, topic: &TopicName, identity: TopicIdentity) -> bool {
        let noted = self.topics.insert(topic.clone(), identity).unwrap_or_default();
        self.is_written &= noted == identity;
        let is_another = !noted.is_still(identity);
        if is_another {
            self.offsets.retain(|of, _| of.topic != *topic);
        }
        is_another
    }

    /// The position in `of`, if there is one.
    pub(super) fn position(&self, of: &TopicPartition) -> Option<Offset> {
        self.offsets.get(of).copied()
    }

    /// Whether `error` is about a position of this file that its log does not have.
    pub(super) fn is_at_fault(&self, error: &anyhow::Error) -> bool {
        error.downcast_ref().is_some_and(|error: &ConsumeError| {
            matches!(error.source, LogError::OffsetOutOfRange { offset, .. }
                if self.position(&error.topic_partition) == Some(offset))
        })
    }

    /// The file, for messages.
    pub(super) fn name(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// Replaces the file by one with these positions, if anything is new.
    ///
    /// # Errors
    /// When it cannot be written; it is as it was then.
    pub(super) fn save(&mut self, positions: &[(TopicPartition, Offset)]) -> anyhow::Result<()> {
        for (of, offset) in positions {
            self.is_written &= self.offsets.insert(of.clone(), *offset) == Some(*offset);
        }
        if self.is_written {
            return Ok(());
        }
        let mut offsets: BTreeMap<TopicName, BTreeMap<i32, i64>> = BTreeMap::new();
        for (of, offset) in &self.offsets {
            offsets.entry(of.topic.clone()).or_default().insert(of.partition, offset.0);
        }
        let known = self.topics.iter().filter(|(_, identity)| !identity.is_unknown());
        let topics = known.map(|(topic, identity)| (topic.clone(), *identity)).collect();
        let mut bytes = serde_json::to_vec(&Content { version: VERSION, offsets, topics })?;
        bytes.push(b'\n');
        fs::write_atomically(&self.path, &bytes)?;
        self.is_written = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_back_and_those_of_other_topics_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("positions.json");
        let of = |topic: &str, partition| TopicPartition::new(TopicName::new(topic).unwrap(), partition);
        let mut file = PositionFile::open(&path).unwrap();
        assert_eq!(file.position(&of("t", 0)), None);
        file.save(&[(of("t", 0), Offset(5)), (of("u", 1), Offset(7))]).unwrap();
        let mut again = PositionFile::open(&path).unwrap();
        again.save(&[(of("t", 0), Offset(6))]).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "{\"version\":1,\"offsets\":{\"t\":{\"0\":6},\"u\":{\"1\":7}}}\n"
        );
        let mut again = PositionFile::open(&path).unwrap();
        assert_eq!(again.position(&of("u", 1)), Some(Offset(7)));
        let id = |text: &str| TopicIdentity::from(Some(text.parse().unwrap()));
        let (first, second) = (id("esFLRoZNTDWK2RWYiwDlBg"), id("Fj-O1hvAQJStmFBW87sLEg"));
        assert!(!again.begin_topic(&of("u", 1).topic, first), "which it was nobody knew");
        again.save(&[]).unwrap();
        let mut again = PositionFile::open(&path).unwrap();
        assert!(!again.begin_topic(&of("u", 1).topic, first));
        assert_eq!(again.position(&of("u", 1)), Some(Offset(7)));
        assert!(again.begin_topic(&of("u", 1).topic, second));
        assert_eq!((again.position(&of("u", 1)), again.position(&of("t", 0))), (None, Some(Offset(6))));
        again.save(&[]).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "{\"version\":1,\"offsets\":{\"t\":{\"0\":6}},\"topics\":{\"u\":\"Fj-O1hvAQJStmFBW87sLEg\"}}\n"
        );
        for bad in
            ["", "{}", "[1]", "{\"version\":2,\"offsets\":{}}", "{\"version\":1,\"offsets\":{\"a/b\":{}}}"]
        {
            std::fs::write(&path, bad).unwrap();
            let message = format!("{:#}", PositionFile::open(&path).unwrap_err());
            assert!(message.contains("positions.json"), "{message}");
        }
    }
}
