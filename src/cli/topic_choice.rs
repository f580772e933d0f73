//! Which topics a command is about, as they are typed: names, lists of them, or regular expressions.

use clap::{ArgGroup, Args};

/// Topics as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicChoice<'a> {
    /// Each a name or a list with commas, or else a regular expression, in which a comma means "or". None means all
    /// topics.
    pub texts: Vec<&'a str>,
    /// Whether they are regular expressions.
    pub is_regex: bool,
    /// Whether nothing is wrong when there is none of them.
    pub if_exists: bool,
}

impl<'a> TopicChoice<'a> {
    /// Those of arguments and of options.
    pub(super) fn new(names: &'a [String], topics: &'a [String], is_regex: bool) -> Self {
        Self { texts: names.iter().chain(topics).map(String::as_str).collect(), is_regex, if_exists: false }
    }

    /// The names in the lists, as far as they are names.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.texts.iter().flat_map(|text| text.split(',')).map(str::trim)
    }

    /// Whether all topics are meant: none is named.
    pub fn is_all(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether nobody has said which topics exactly.
    pub fn is_search(&self) -> bool {
        self.is_all() || self.is_regex
    }

    /// The same, where it `is` no mistake that there are none of them.
    pub fn if_exists(self, is: bool) -> Self {
        Self { if_exists: is, ..self }
    }
}

/// Topics, or all there are.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("named").args(["names", "topics"]).multiple(true)))]
pub struct AnyTopicsArgs {
    /// The topics; all when none is given
    #[arg(value_name = "TOPIC")]
    names: Vec<String>,

    /// The topics, with commas between them, in the form of Kafka's tools
    #[arg(long = "topic", short = 't', value_name = "TOPIC")]
    topics: Vec<String>,

    /// Take them for regular expressions, each of which must match the whole of a name; a comma means "or"
    #[arg(long, requires = "named")]
    pub regex: bool,
}

/// Topics, one at least.
#[derive(Debug, Args)]
pub struct SomeTopicsArgs {
    /// The topics
    #[arg(value_name = "TOPIC", required_unless_present = "topics")]
    names: Vec<String>,

    /// The topics, with commas between them, in the form of Kafka's tools
    #[arg(long = "topic", short = 't', value_name = "TOPIC")]
    topics: Vec<String>,

    /// Take them for regular expressions, each of which must match the whole of a name; a comma means "or"
    #[arg(long)]
    regex: bool,
}

impl AnyTopicsArgs {
    /// The topics, in whichever form they were given.
    pub fn choice(&self) -> TopicChoice<'_> {
        TopicChoice::new(&self.names, &self.topics, self.regex)
    }
}

impl SomeTopicsArgs {
    /// The topics, in whichever form they were given.
    pub fn choice(&self) -> TopicChoice<'_> {
        TopicChoice::new(&self.names, &self.topics, self.regex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_taken_apart() {
        let (names, topics) = (["a, b".to_owned()], ["c".to_owned()]);
        let choice = TopicChoice::new(&names, &topics, false);
        assert_eq!(choice.names().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(!choice.is_all() && TopicChoice::new(&[], &[], false).is_all());
        assert!(choice.if_exists(true).if_exists);
    }
}
