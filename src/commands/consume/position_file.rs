//! `--checkpoint FILE`: the positions of a consumer that keeps them itself.
//!
//! ```text
//! {"version":1,"offsets":{"orders":{"0":17,"1":4}}}
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::consumer::ConsumeError;
use crate::fs;
use crate::log::LogError;
use crate::record::Offset;
use crate::store::{TopicName, TopicPartition};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    /// Of each topic's partitions, the offset of the next record wanted.
    offsets: BTreeMap<TopicName, BTreeMap<i32, i64>>,
}

/// A file of positions.
#[derive(Debug)]
pub(super) struct PositionFile {
    path: PathBuf,
    /// All that is in it, of topics that are not read now too.
    offsets: BTreeMap<TopicPartition, Offset>,
    is_written: bool,
}

impl PositionFile {
    /// Reads the file at `path`; where there is none, nothing has been read yet.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let mut file = Self { path: path.to_owned(), offsets: BTreeMap::new(), is_written: true };
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
        for (topic, partitions) in content.offsets {
            for (partition, offset) in partitions {
                file.offsets.insert(TopicPartition::new(topic.clone(), partition), Offset(offset));
            }
        }
        Ok(file)
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
        let mut bytes = serde_json::to_vec(&Content { version: VERSION, offsets })?;
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
        assert_eq!(PositionFile::open(&path).unwrap().position(&of("u", 1)), Some(Offset(7)));
        for bad in
            ["", "{}", "[1]", "{\"version\":2,\"offsets\":{}}", "{\"version\":1,\"offsets\":{\"a/b\":{}}}"]
        {
            std::fs::write(&path, bad).unwrap();
            let message = format!("{:#}", PositionFile::open(&path).unwrap_err());
            assert!(message.contains("positions.json"), "{message}");
        }
    }
}
