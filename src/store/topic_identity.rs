//! Which topic a partition is of. Its name does not tell: once a topic is deleted, another may be created that is
//! called the same. Who finds something out about a partition and acts on it later keeps with it which topic the
//! partition was of, and looks whether it is that one still.
//!
//! What tells them apart is the topic id in the partition's folder. The folder of a topic that is deleted is renamed
//! under the partition's lock, and then all that is noted of it elsewhere is forgotten, before another topic can get
//! the name: what is looked up under that lock, or behind a look at the identity, is of the same topic.

use serde::{Deserialize, Serialize};

use super::{DataDir, StoreError, TopicId, TopicPartition, checkpoint};

/// The identity of a topic, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TopicIdentity(Option<TopicId>);

impl TopicIdentity {
    /// Nothing tells which topic it was: brokers before Kafka 2.8 gave them no ids, and older files of mkafka
    /// do not have them.
    pub const UNKNOWN: Self = Self(None);

    /// Whether the topic that this was found of is still there, where there is `now`. What is unknown may be any.
    pub fn is_still(self, now: Self) -> bool {
        self == Self::UNKNOWN || self == now
    }

    /// Whether nothing tells which topic it was.
    pub fn is_unknown(&self) -> bool {
        *self == Self::UNKNOWN
    }
}

impl From<Option<TopicId>> for TopicIdentity {
    fn from(id: Option<TopicId>) -> Self {
        Self(id)
    }
}

impl DataDir {
    /// Which topic partition `of` is of now; `None` when there is no such partition here.
    ///
    /// # Errors
    /// When that cannot be read. Damage counts as unknown: it must not keep anybody from the records.
    pub fn topic_identity(&self, of: &TopicPartition) -> Result<Option<TopicIdentity>, StoreError> {
        let folder = self.partition_path(of);
        match checkpoint::read_partition_metadata(&folder) {
            Ok(Some(id)) => Ok(Some(TopicIdentity(Some(id)))),
            Ok(None) | Err(StoreError::Checkpoint(_)) => {
                Ok(folder.is_dir().then_some(TopicIdentity::UNKNOWN))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether partition `of` is here, and still of `topic`.
    ///
    /// # Errors
    /// As [`DataDir::topic_identity`].
    pub fn is_still_of(&self, of: &TopicPartition, topic: TopicIdentity) -> Result<bool, StoreError> {
        Ok(self.topic_identity(of)?.is_some_and(|now| topic.is_still(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{NewTopic, TopicName};

    #[test]
    fn a_topic_is_told_from_another_of_its_name() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::open_for_writing(temp.path()).unwrap();
        let of = TopicPartition::new(TopicName::new("t").unwrap(), 0);
        let new = NewTopic::named(of.topic.clone());
        assert_eq!(dir.topic_identity(&of).unwrap(), None);
        assert!(!dir.is_still_of(&of, TopicIdentity::UNKNOWN).unwrap());
        let first = TopicIdentity::from(dir.create_topic(&new).unwrap().id);
        assert_eq!(dir.topic_identity(&of).unwrap(), Some(first));
        assert!(
            dir.is_still_of(&of, first).unwrap() && dir.is_still_of(&of, TopicIdentity::UNKNOWN).unwrap()
        );
        dir.delete_topic(&of.topic).unwrap();
        assert!(!dir.is_still_of(&of, first).unwrap());
        dir.create_topic(&new).unwrap();
        assert!(!dir.is_still_of(&of, first).unwrap());
        // Its folder is made before it gets its id.
        std::fs::remove_file(dir.partition_path(&of).join(checkpoint::PARTITION_METADATA)).unwrap();
        assert_eq!(dir.topic_identity(&of).unwrap(), Some(TopicIdentity::UNKNOWN));
        assert!(!dir.is_still_of(&of, first).unwrap());
    }
}
