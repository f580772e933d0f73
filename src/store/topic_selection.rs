//! Which topics somebody wants: by name, or by a regular expression that names yet to come may match too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{DataDir, Listing, StoreError, Topic, TopicName};
use crate::spelling;

/// A regular expression that the whole of a topic's name must match (Kafka's `IncludeList`: a comma means "or").
#[derive(Debug, Clone)]
pub struct TopicPattern {
    text: String,
    regex: regex::Regex,
}

/// Why a text is no [`TopicPattern`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{pattern}' is not a valid regular expression: {reason}")]
pub struct InvalidPattern {
    pattern: String,
    reason: String,
}

impl FromStr for TopicPattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let regex = of_whole_name(&text.trim().replace(',', "|"), text)?;
        Ok(Self { text: text.to_owned(), regex })
    }
}

/// What matches the whole of a name where `expression` does; `typed` is what is told of when that is none.
pub(super) fn of_whole_name(expression: &str, typed: &str) -> Result<regex::Regex, InvalidPattern> {
    regex::Regex::new(&format!("^(?:{expression})$"))
        .map_err(|error| InvalidPattern { pattern: typed.to_owned(), reason: spelling::regex_fault(&error) })
}

impl TopicPattern {
    /// Whether it matches the whole of `topic`.
    pub fn matches(&self, topic: &TopicName) -> bool {
        self.regex.is_match(topic.as_str())
    }
}

impl fmt::Display for TopicPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for TopicPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for TopicPattern {}

impl Serialize for TopicPattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for TopicPattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The topics that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TopicSelection {
    /// These.
    Topics(BTreeSet<TopicName>),
    /// All that match, now and later; internal topics never do (`exclude.internal.topics`).
    Pattern(TopicPattern),
}

impl TopicSelection {
    /// Whether `topic` is among them.
    pub fn wants(&self, topic: &TopicName) -> bool {
        match self {
            Self::Topics(topics) => topics.contains(topic),
            Self::Pattern(pattern) => !topic.is_internal() && pattern.matches(topic),
        }
    }

    /// Those of the wanted topics that exist.
    ///
    /// # Errors
    /// When the data directory cannot be read.
    pub fn existing(&self, dir: &DataDir) -> Result<BTreeMap<TopicName, Topic>, StoreError> {
        match self {
            Self::Topics(topics) => existing(topics.iter().cloned(), |topic| dir.topic(topic)),
            Self::Pattern(_) => {
                let listing: Listing = dir.listing()?;
                let wanted: Vec<TopicName> =
                    listing.topics().filter(|topic| self.wants(topic)).cloned().collect();
                existing(wanted.into_iter(), |topic| dir.topic_in(&listing, topic))
            }
        }
    }
}

fn existing(
    topics: impl Iterator<Item = TopicName>,
    look_up: impl Fn(&TopicName) -> Result<Topic, StoreError>,
) -> Result<BTreeMap<TopicName, Topic>, StoreError> {
    let mut found = BTreeMap::new();
    for topic in topics {
        match look_up(&topic) {
            Ok(known) => drop(found.insert(topic, known)),
            Err(StoreError::UnknownTopic { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TopicName {
        TopicName::new(text).unwrap()
    }

    #[test]
    fn a_pattern_matches_whole_names_and_a_comma_means_or() {
        let pattern: TopicPattern = "orders.*,pay".parse().unwrap();
        for (topic, expected) in
            [("orders", true), ("orders-eu", true), ("pay", true), ("payments", false), ("my-orders", false)]
        {
            assert_eq!(pattern.matches(&name(topic)), expected, "{topic}");
        }
        assert_eq!(pattern.to_string(), "orders.*,pay");
        let error = "a(".parse::<TopicPattern>().unwrap_err().to_string();
        assert_eq!(error, "'a(' is not a valid regular expression: unclosed group");
    }

    #[test]
    fn internal_topics_match_no_pattern_but_can_be_named() {
        let all = TopicSelection::Pattern(".*".parse().unwrap());
        assert!(!all.wants(&name("__consumer_offsets")));
        assert!(all.wants(&name("orders")));
        assert!(
            TopicSelection::Topics([name("__consumer_offsets")].into()).wants(&name("__consumer_offsets"))
        );
    }

    #[test]
    fn selections_survive_json() {
        for selection in [
            TopicSelection::Topics([name("a"), name("b")].into()),
            TopicSelection::Pattern("a|b".parse().unwrap()),
        ] {
            let json = serde_json::to_string(&selection).unwrap();
            assert_eq!(serde_json::from_str::<TopicSelection>(&json).unwrap(), selection, "{json}");
        }
        assert!(serde_json::from_str::<TopicSelection>("{\"pattern\":\"(\"}").is_err());
    }

    #[test]
    fn what_exists_is_found_by_name_and_by_pattern() {
        let temp = tempfile::tempdir().unwrap();
        for folder in ["orders-0", "orders-1", "pay-0", "__consumer_offsets-3"] {
            std::fs::create_dir(temp.path().join(folder)).unwrap();
        }
        let dir = DataDir::open_for_reading(temp.path()).unwrap();
        let found = |selection: TopicSelection| -> Vec<String> {
            selection.existing(&dir).unwrap().keys().map(ToString::to_string).collect()
        };
        assert_eq!(found(TopicSelection::Pattern(".*".parse().unwrap())), ["orders", "pay"]);
        assert_eq!(found(TopicSelection::Topics([name("pay"), name("gone")].into())), ["pay"]);
    }
}
