//! Names of topics and of the folders of their partitions.

use std::fmt;
use std::str::FromStr;

use crate::spelling;

/// The most characters a topic's name may have (Kafka's `Topic.MAX_NAME_LENGTH`): with a dash and five
/// digits behind it, it still fits into the 255 bytes of a file name.
pub const MAX_NAME_LENGTH: usize = 249;

/// Where committed offsets live.
pub const CONSUMER_OFFSETS: &str = "__consumer_offsets";
/// Where a KRaft broker keeps its metadata: a partition folder by its looks, but not a topic.
pub(super) const CLUSTER_METADATA: &str = "__cluster_metadata";
/// The topics that Kafka itself writes (`Topic.INTERNAL_TOPICS`).
const INTERNAL_TOPICS: [&str; 3] = [CONSUMER_OFFSETS, "__share_group_state", "__transaction_state"];

/// A legal topic name: 1 to 249 of `[a-zA-Z0-9._-]`, neither `.` nor `..` (Kafka's `Topic.validate`).
///
/// It may therefore be put into a path as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(String);

/// Why a text is not a topic name, in Kafka's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTopicName {
    /// It has no characters.
    #[error("Topic name is invalid: the empty string is not allowed")]
    Empty,
    /// It is `.` or `..`, which mean folders.
    #[error("Topic name is invalid: '{0}' is not allowed")]
    Dots(String),
    /// It has more than [`MAX_NAME_LENGTH`] characters.
    #[error(
        "Topic name is invalid: the length of '{0}' is longer than the max allowed length {MAX_NAME_LENGTH}"
    )]
    TooLong(String),
    /// It has a character that no name may have.
    #[error(
        "Topic name is invalid: '{0}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    )]
    IllegalCharacter(String),
}

impl TopicName {
    /// Checks `name`, in the order in which Kafka does.
    pub fn new(name: &str) -> Result<Self, InvalidTopicName> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.is_empty() {
            Err(InvalidTopicName::Empty)
        } else if name == "." || name == ".." {
            Err(InvalidTopicName::Dots(name.to_owned()))
        } else if name.chars().count() > MAX_NAME_LENGTH {
            Err(InvalidTopicName::TooLong(name.to_owned()))
        } else if !name.chars().all(legal) {
            Err(InvalidTopicName::IllegalCharacter(name.to_owned()))
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the topics that Kafka itself writes (`Topic.isInternal`).
    pub fn is_internal(&self) -> bool {
        INTERNAL_TOPICS.contains(&self.as_str())
    }

    /// Whether it has a `.` or `_`, which Kafka warns of: in names of metrics the two are the same
    /// (`Topic.hasCollisionChars`).
    pub fn has_collision_chars(&self) -> bool {
        self.0.contains(['.', '_'])
    }

    /// Whether both would be the same name of a metric (`Topic.hasCollision`). Every name collides
    /// with itself.
    pub fn collides_with(&self, other: &Self) -> bool {
        let unified =
            |name: &Self| name.0.bytes().map(|b| if b == b'.' { b'_' } else { b }).collect::<Vec<_>>();
        unified(self) == unified(other)
    }

    /// The one of `candidates`, other than the name itself, that was probably meant, if any comes close.
    pub fn nearest<'a>(&self, candidates: impl IntoIterator<Item = &'a Self>) -> Option<&'a Self> {
        spelling::nearest(&self.0, candidates)
    }
}

impl AsRef<str> for TopicName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for TopicName {
    type Err = InvalidTopicName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for TopicName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for TopicName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::new(&name).map_err(serde::de::Error::custom)
    }
}

/// One partition of a topic; it prints as the name of its folder, `<topic>-<n>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic.
    pub topic: TopicName,
    /// The partition's number, from 0. Never negative in one read from a folder's name.
    pub partition: i32,
}

impl TopicPartition {
    /// Partition `partition` of `topic`.
    pub fn new(topic: TopicName, partition: i32) -> Self {
        Self { topic, partition }
    }

    /// The name of its folder (`UnifiedLog.logDirName`).
    pub fn folder_name(&self) -> String {
        self.to_string()
    }

    /// Reads a folder's name: what stands before the *last* dash is the topic. `None` when the folder
    /// is no partition, as those that Kafka has set aside (`…-delete`, `…-future`, `…-stray`), or when
    /// the number is not written as [`Self::folder_name`] would write it.
    pub fn from_folder_name(folder: &str) -> Option<Self> {
        let (topic, digits) = folder.rsplit_once('-')?;
        let canonical = digits == "0" || !digits.starts_with(['0', '+']);
        if !canonical || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self { topic: TopicName::new(topic).ok()?, partition: digits.parse().ok()? })
    }

    /// The name to which Kafka renames the folder of a deleted partition: `<topic>-<n>.<unique>-delete`,
    /// the topic cut so that all of it fits into 255 bytes (`UnifiedLog.logDeleteDirName`).
    pub(super) fn delete_folder_name(&self) -> String {
        let suffix = format!("-{}.{}{DELETE_SUFFIX}", self.partition, uuid::Uuid::new_v4().simple());
        let kept = self.topic.0.len().min(255 - suffix.len());
        format!("{}{suffix}", &self.topic.0[..kept])
    }
}

impl serde::Serialize for TopicPartition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.folder_name())
    }
}

impl<'de> serde::Deserialize<'de> for TopicPartition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::from_folder_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("'{name}' is no partition")))
    }
}

/// What the name of a folder that only waits to be removed ends in (`UnifiedLog.DELETE_DIR_SUFFIX`).
const DELETE_SUFFIX: &str = "-delete";

/// Whether `folder` is what [`TopicPartition::delete_folder_name`] makes, and so waits to be removed.
pub(super) fn is_delete_folder_name(folder: &str) -> bool {
    let Some((before, unique)) = folder.strip_suffix(DELETE_SUFFIX).and_then(|rest| rest.rsplit_once('.'))
    else {
        return false;
    };
    let is_unique = unique.len() == 32 && unique.bytes().all(|b| b.is_ascii_hexdigit());
    is_unique && TopicPartition::from_folder_name(before).is_some()
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> TopicName {
        TopicName::new(text).unwrap()
    }

    #[test]
    fn illegal_names_are_refused_in_kafkas_words() {
        let message = |text: &str| TopicName::new(text).unwrap_err().to_string();
        assert_eq!(message(""), "Topic name is invalid: the empty string is not allowed");
        assert_eq!(message("."), "Topic name is invalid: '.' is not allowed");
        assert_eq!(message(".."), "Topic name is invalid: '..' is not allowed");
        assert_eq!(
            message("a/b"),
            "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        );
        let long = "x".repeat(250);
        assert_eq!(
            message(&long),
            format!(
                "Topic name is invalid: the length of '{long}' is longer than the max allowed length 249"
            )
        );
        assert!(TopicName::new(&"x".repeat(249)).is_ok());
        assert!(TopicName::new("ü").is_err());
        assert!(TopicName::new("...").is_ok());
    }

    #[test]
    fn a_folder_is_read_at_its_last_dash() {
        let read =
            |folder: &str| TopicPartition::from_folder_name(folder).map(|tp| (tp.topic.0, tp.partition));
        assert_eq!(read("dash-7-0"), Some(("dash-7".into(), 0)));
        assert_eq!(read("a--1"), Some(("a-".into(), 1)));
        assert_eq!(read("orders-delete-3"), Some(("orders-delete".into(), 3)));
        assert_eq!(read("x-2147483647"), Some(("x".into(), i32::MAX)));
        for not_one in [
            "orders",
            "orders-",
            "-0",
            "orders-00",
            "orders-+1",
            "orders-01",
            "orders-2147483648",
            "orders-0.0123456789abcdef0123456789abcdef-delete",
            "orders-0.0123456789abcdef0123456789abcdef-future",
            "orders-0.0123456789abcdef0123456789abcdef-stray",
            "a b-0",
            ".mkafka",
            "..-0",
        ] {
            assert_eq!(read(not_one), None, "{not_one}");
        }
    }

    #[test]
    fn a_deleted_folder_fits_into_a_file_name() {
        let long = TopicPartition::new(name(&"x".repeat(249)), 9999);
        let folder = long.delete_folder_name();
        assert_eq!(folder.len(), 255);
        assert!(is_delete_folder_name(&folder));
        assert!(TopicPartition::from_folder_name(&folder).is_none());
        assert!(!is_delete_folder_name("orders-delete"));
        assert!(!is_delete_folder_name("orders-0.mine-delete"));
    }

    #[test]
    fn dots_and_underscores_collide() {
        assert!(name("a.b").collides_with(&name("a_b")));
        assert!(!name("a.b").collides_with(&name("a-b")));
        assert!(!name("ab").has_collision_chars());
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = [name("orders"), name("payments"), name("orders2")];
        assert_eq!(name("ordrs").nearest(&known), Some(&known[0]));
        assert_eq!(name("oders2").nearest(&known), Some(&known[2]));
        assert_eq!(name("xyz").nearest(&known), None);
    }

    proptest! {
        #[test]
        fn folder_names_go_both_ways(topic in "[a-zA-Z0-9._-]{1,249}", partition in 0..=i32::MAX) {
            prop_assume!(topic != "." && topic != "..");
            let partition = TopicPartition::new(name(&topic), partition);
            prop_assert_eq!(TopicPartition::from_folder_name(&partition.folder_name()), Some(partition.clone()));
            let set_aside = partition.delete_folder_name();
            prop_assert!(set_aside.len() <= 255);
            prop_assert_eq!(TopicPartition::from_folder_name(&set_aside), None);
        }

        #[test]
        fn what_is_read_as_a_partition_is_written_the_same(folder in "\\PC{0,20}-?[0-9+-]{0,12}") {
            if let Some(partition) = TopicPartition::from_folder_name(&folder) {
                prop_assert_eq!(partition.folder_name(), folder);
            }
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,300}") {
            if let Ok(topic) = TopicName::new(&text) {
                prop_assert!(!topic.as_str().contains('/'));
            }
        }
    }
}
