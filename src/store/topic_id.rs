//! The id of a topic, which tells it from another that had its name before.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// A topic's id as Kafka has it: a UUID, written as 22 characters of URL-safe base64 without padding
/// (Kafka's `Uuid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicId(Uuid);

/// A text that is no topic id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a topic id: it should be 22 characters of URL-safe base64, as describe shows it")]
pub struct InvalidTopicId(String);

impl TopicId {
    /// A new id: a random (version 4) UUID that does not begin with a dash, so that it can be given
    /// on a command line, nor is one of those that Kafka keeps for itself (`Uuid.randomUuid`).
    pub fn random() -> Self {
        loop {
            let id = Self(Uuid::new_v4());
            if !id.is_reserved() && !id.to_string().starts_with('-') {
                return id;
            }
        }
    }

    /// Whether it means "none" (0) or the cluster's metadata (1) rather than a topic (`Uuid.RESERVED`).
    fn is_reserved(self) -> bool {
        self.0.as_u128() <= 1
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl FromStr for TopicId {
    type Err = InvalidTopicId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        match bytes.map(|bytes| Self(Uuid::from_bytes(bytes))) {
            Some(id) if !id.is_reserved() => Ok(id),
            _ => Err(InvalidTopicId(text.to_owned())),
        }
    }
}

impl serde::Serialize for TopicId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TopicId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_kafka_writes_them() {
        for text in ["esFLRoZNTDWK2RWYiwDlBg", "Fj-O1hvAQJStmFBW87sLEg", "2nwXlZWcQHacV2PPslhc_g"] {
            let id: TopicId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(id.0.get_version_num(), 4);
        }
        for bad in
            ["", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ", "esFLRoZNTDWK2RWYiwDlBg==", "short"]
        {
            assert!(bad.parse::<TopicId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn random_ids_do_not_look_like_options() {
        for _ in 0..1000 {
            let id = TopicId::random().to_string();
            assert_eq!(id.len(), 22);
            assert!(!id.starts_with('-'));
        }
    }
}
