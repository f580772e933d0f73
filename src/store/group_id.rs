//! Names of consumer groups.

use std::fmt;
use std::str::FromStr;

use super::topic_selection::{InvalidPattern, of_whole_name};

/// The id of a consumer group: any text that is not empty and fits into a field of Kafka's protocol.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(String);

/// Java's `String.hashCode`.
pub(crate) fn java_string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// Why a text is no group id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGroupId {
    /// It has no characters (`InvalidGroupIdException`).
    #[error("the group id is invalid: the empty string is not allowed")]
    Empty,
    /// It has more than [`GroupId::MAX_BYTES`].
    #[error("the group id is invalid: it has {0} bytes, and the limit is {max}", max = GroupId::MAX_BYTES)]
    TooLong(usize),
}

impl GroupId {
    /// What a string of Kafka's protocol can hold, in bytes.
    pub const MAX_BYTES: usize = 32_767;

    /// Checks `id`.
    pub fn new(id: &str) -> Result<Self, InvalidGroupId> {
        match id.len() {
            0 => Err(InvalidGroupId::Empty),
            length if length > Self::MAX_BYTES => Err(InvalidGroupId::TooLong(length)),
            _ => Ok(Self(id.to_owned())),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one of `candidates`, other than the id itself, that was probably meant, if any comes close.
    pub fn nearest<'a>(&self, candidates: impl IntoIterator<Item = &'a Self>) -> Option<&'a Self> {
        crate::spelling::nearest(&self.0, candidates)
    }

    /// The partition of `__consumer_offsets` that keeps this group's offsets, out of `count`
    /// (`GroupCoordinator.partitionFor`: the absolute value of Java's `String.hashCode`).
    pub fn offsets_partition(&self, count: i32) -> i32 {
        let hash = java_string_hash(&self.0);
        // Utils.abs: the one number that has no absolute value counts as 0.
        hash.checked_abs().unwrap_or(0) % count.max(1)
    }

    /// The name of a folder that is this group's alone.
    pub fn folder_name(&self) -> String {
        file_name_of(&self.0)
    }
}

/// A regular expression that the whole of a group's id must match. A comma in it is a comma: ids may have some.
#[derive(Debug, Clone)]
pub struct GroupPattern(regex::Regex);

impl GroupPattern {
    /// Whether it matches the whole of `group`.
    pub fn matches(&self, group: &GroupId) -> bool {
        self.0.is_match(&group.0)
    }
}

impl FromStr for GroupPattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        of_whole_name(text, text).map(Self)
    }
}

/// The name of a file or folder that is `id`'s alone: the id where that is a good name for one, else with what is
/// not percent-encoded; the end of a long one is replaced by a checksum of the whole.
pub(super) fn file_name_of(id: &str) -> String {
    const LONGEST: usize = 200;
    let mut name = String::with_capacity(id.len());
    for (at, byte) in id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && at > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    if name.len() > LONGEST {
        let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, id.as_bytes());
        name.truncate(LONGEST);
        name.push_str(&format!("%{}", hash.simple()));
    }
    name
}

impl AsRef<str> for GroupId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for GroupId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromStr for GroupId {
    type Err = InvalidGroupId;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        Self::new(id)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> GroupId {
        GroupId::new(text).unwrap()
    }

    #[test]
    fn partitions_are_kafkas() {
        // "polygenelubricants" has Java's only hash code without an absolute value.
        for (group, partition) in [("polygenelubricants", 0), ("g1", 42), ("billing", 9), ("", 0)] {
            match GroupId::new(group) {
                Ok(group) => assert_eq!(group.offsets_partition(50), partition, "{group}"),
                Err(error) => assert_eq!(error, InvalidGroupId::Empty),
            }
        }
        assert_eq!(id("console-consumer-1").offsets_partition(1), 0);
    }

    #[test]
    fn folder_names_are_legal_and_unlike() {
        assert_eq!(id("billing-2.eu_x").folder_name(), "billing-2.eu_x");
        assert_eq!(id("a/b").folder_name(), "a%2Fb");
        assert_eq!(id("..").folder_name(), "%2E.");
        assert_eq!(id("é%").folder_name(), "%C3%A9%25");
        let (one, other) = (id(&"x".repeat(500)).folder_name(), id(&"x".repeat(501)).folder_name());
        assert!(one.len() <= 255 && other.len() <= 255 && one != other);
    }

    #[test]
    fn a_pattern_matches_whole_ids() {
        let pattern: GroupPattern = "a,b|bill.*".parse().unwrap();
        for (group, expected) in [("a,b", true), ("billing", true), ("a", false), ("my-billing", false)] {
            assert_eq!(pattern.matches(&id(group)), expected, "{group}");
        }
        let error = "a(".parse::<GroupPattern>().unwrap_err().to_string();
        assert_eq!(error, "'a(' is not a valid regular expression: unclosed group");
    }

    #[test]
    fn what_kafka_cannot_write_is_refused() {
        assert_eq!(GroupId::new(""), Err(InvalidGroupId::Empty));
        assert_eq!(GroupId::new(&"x".repeat(32_768)), Err(InvalidGroupId::TooLong(32_768)));
    }
}
