//! The names of the assignors.

use std::fmt;
use std::str::FromStr;

use crate::spelling::did_you_mean;

/// How partitions are assigned (what Kafka's `partition.assignment.strategy` names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssignmentStrategy {
    /// Of each topic a range of partitions to each subscriber (`RangeAssignor`).
    Range,
    /// One partition after the other to one subscriber after the other (`RoundRobinAssignor`).
    RoundRobin,
    /// As even as can be, with as many partitions as can be where they are (`CooperativeStickyAssignor`).
    CooperativeSticky,
}

/// Where Kafka's assignors live. A class is named with this before it, or by its own name alone.
const PACKAGE: &str = "org.apache.kafka.clients.consumer.";

impl AssignmentStrategy {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Range, Self::RoundRobin, Self::CooperativeSticky];

    /// The name by which the members of a group agree on it (`ConsumerPartitionAssignor.name`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::CooperativeSticky => "cooperative-sticky",
        }
    }

    /// The name of Kafka's class, without its package.
    fn class(self) -> &'static str {
        match self {
            Self::Range => "RangeAssignor",
            Self::RoundRobin => "RoundRobinAssignor",
            Self::CooperativeSticky => "CooperativeStickyAssignor",
        }
    }
}

/// A text that names no assignor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no assignor '{name}': range, roundrobin and cooperative-sticky are{}", did_you_mean(Some(.nearest))
)]
pub struct UnknownAssignmentStrategy {
    /// The text.
    pub name: String,
    /// What was probably meant.
    pub nearest: AssignmentStrategy,
}

impl FromStr for AssignmentStrategy {
    type Err = UnknownAssignmentStrategy;

    /// Reads a name, or a class as Kafka's `partition.assignment.strategy` has it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        let class = name.strip_prefix(PACKAGE).unwrap_or(name);
        let known = Self::ALL.into_iter().find(|known| known.name() == name || known.class() == class);
        known.ok_or_else(|| UnknownAssignmentStrategy { name: text.to_owned(), nearest: nearest(class) })
    }
}

/// The assignor whose name is most like `unknown`.
fn nearest(unknown: &str) -> AssignmentStrategy {
    let unknown = unknown.to_ascii_lowercase();
    let distance = |known: &AssignmentStrategy| {
        // Kafka's StickyAssignor assigns the same partitions as the cooperative one.
        let short = known.name().rsplit('-').next().unwrap_or_default();
        [
            known.name().to_owned(),
            known.class().to_ascii_lowercase(),
            short.to_owned(),
            format!("{short}assignor"),
        ]
        .map(|name| strsim::damerau_levenshtein(&name, &unknown))
        .into_iter()
        .min()
    };
    AssignmentStrategy::ALL.into_iter().min_by_key(distance).unwrap_or(AssignmentStrategy::Range)
}

impl serde::Serialize for AssignmentStrategy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for AssignmentStrategy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for AssignmentStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_classes_are_read() {
        for strategy in AssignmentStrategy::ALL {
            for text in
                [strategy.to_string(), strategy.class().to_owned(), format!("{PACKAGE}{}", strategy.class())]
            {
                assert_eq!(text.parse(), Ok(strategy), "{text}");
            }
        }
        assert_eq!(" range ".parse(), Ok(AssignmentStrategy::Range));
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest() {
        let nearest = |text: &str| text.parse::<AssignmentStrategy>().unwrap_err().nearest;
        assert_eq!(nearest("sticky"), AssignmentStrategy::CooperativeSticky);
        assert_eq!(
            nearest("org.apache.kafka.clients.consumer.StickyAssignor"),
            AssignmentStrategy::CooperativeSticky
        );
        assert_eq!(nearest("round-robin"), AssignmentStrategy::RoundRobin);
        assert_eq!(nearest("RANGE"), AssignmentStrategy::Range);
        assert_eq!(nearest("com.example.RoundRobinAssigner"), AssignmentStrategy::RoundRobin);
        assert_eq!(
            "rnage".parse::<AssignmentStrategy>().unwrap_err().to_string(),
            "there is no assignor 'rnage': range, roundrobin and cooperative-sticky are; did you mean 'range'?"
        );
    }
}
