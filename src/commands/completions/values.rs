//! Which values the arguments may have, as far as that can be told: from the data directory, or from tables.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, ValueCompleter};

use super::line::Line;
use crate::commands::{consume, groups, produce};
use crate::group::assignor::AssignmentStrategy;
use crate::group::view::all_groups;
use crate::input::{line_format, serializer};
use crate::output::record::text;
use crate::record::deserializer;
use crate::store::config_table::{self, ConfigType, Validator};
use crate::store::{DataDir, DataDirLocation, Listing, TopicName};

/// What the value of an argument is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A topic that is there.
    Topic,
    /// A topic, or some of its partitions: `orders:0,1`.
    TopicPartitions,
    /// A partition of the topics on the line.
    Partition,
    /// A consumer group that is there.
    Group,
    /// `name=value` of a topic's configurations.
    TopicConfig,
    /// The name of a configuration that a topic sets itself.
    TopicOverride,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, as [`Kind::Word`], from a table that has more than words.
    WordOf(fn() -> Vec<&'static str>),
    /// One of these names, with `=` and a value.
    Property(&'static [&'static str]),
}

impl Kind {
    /// Tells by the names that the help shows, of the argument and of its value.
    fn of(command: &str, arg: &Arg) -> Option<Self> {
        let value = arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str());
        Some(match (value, arg.get_id().as_str()) {
            // There are to be new ones.
            ("TOPIC", _) if matches!(command, "create" | "import") => return None,
            ("TOPIC", _) => Self::Topic,
            ("TOPIC[:N,...]", _) => Self::TopicPartitions,
            ("N,...", "partitions") | ("N", "partition") => Self::Partition,
            ("GROUP", _) => Self::Group,
            ("KEY=VALUE" | "KEY=VALUE,...", _) => Self::TopicConfig,
            ("KEY,...", "delete_config") => Self::TopicOverride,
            ("NAME=VALUE", "producer_properties") => Self::Property(produce::config::NAMES),
            ("NAME=VALUE", "consumer_properties") => Self::Property(consume::config::KNOWN),
            ("NAME=VALUE", "reader_properties") => Self::Property(line_format::PROPERTIES),
            ("NAME=VALUE", "formatter_properties") => Self::Property(text::PROPERTIES),
            ("TYPE", "entity_type") => Self::Word(&["topics"]),
            ("OFFSET", "offset") if command == "consume" => Self::Word(&["earliest", "latest"]),
            ("OFFSET", "offset") if command == "delete-records" => Self::Word(&["end", "start"]),
            ("OFFSET", "to") => Self::Word(&["end", "start"]),
            ("TIME", "time") => Self::Word(&["latest", "earliest", "max-timestamp"]),
            ("STATE,...", _) => Self::Word(&groups::STATES),
            ("TYPE,...", _) => Self::Word(&groups::TYPES),
            ("NAME", "partition_assignment_strategy") => {
                Self::WordOf(|| AssignmentStrategy::ALL.map(AssignmentStrategy::name).to_vec())
            }
            ("KIND", "key_serializer" | "value_serializer") => {
                Self::WordOf(|| serializer::SERIALIZERS.iter().map(|(name, _)| *name).collect())
            }
            ("KIND", "key_deserializer" | "value_deserializer")
            | ("CLASS", "key_decoder_class" | "value_decoder_class") => {
                Self::WordOf(|| deserializer::names().collect())
            }
            _ => return None,
        })
    }
}

/// The whole command line, with values for its arguments, to complete `line`. `without_options` hides them.
pub(super) fn command(line: &Arc<Line>, without_options: bool) -> Command {
    let mut command = crate::cli::command();
    command.build();
    let context = Arc::new(Context { line: Arc::clone(line) });
    with_values(command, &context, without_options)
}

fn with_values(command: Command, context: &Arc<Context>, without_options: bool) -> Command {
    let name = command.get_name().to_owned();
    let command = command.mut_args(|arg| {
        let is_option = !arg.is_positional();
        let arg = match Kind::of(&name, &arg) {
            Some(kind) => arg.add(ArgValueCompleter::new(Values { kind, context: Arc::clone(context) })),
            None => arg,
        };
        if is_option && without_options { arg.hide(true) } else { arg }
    });
    command.mut_subcommands(|sub| with_values(sub, context, without_options))
}

/// Finds the values of an argument.
struct Values {
    kind: Kind,
    context: Arc<Context>,
}

impl ValueCompleter for Values {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let Some(current) = current.to_str() else { return Vec::new() };
        self.context.candidates(self.kind, current).unwrap_or_default()
    }
}

/// A candidate: its text, and what is said of it where the shell shows that.
fn candidate(value: impl Into<String>, help: impl Into<String>) -> CompletionCandidate {
    let help = help.into();
    CompletionCandidate::new(value.into()).help((!help.is_empty()).then(|| help.into()))
}

/// What the values depend on.
struct Context {
    line: Arc<Line>,
}

impl Context {
    /// The candidates that begin with `current`; `None` where something cannot be read.
    fn candidates(&self, kind: Kind, current: &str) -> Option<Vec<CompletionCandidate>> {
        // Of a list that clap does not take apart, the last element is typed.
        let (before, current) = match (kind, current.rfind(',')) {
            (Kind::Topic | Kind::TopicConfig, Some(comma)) => current.split_at(comma + 1),
            _ => ("", current),
        };
        let mut found = match kind {
            Kind::Topic => self.topics(current)?,
            Kind::TopicPartitions => match current.split_once(':') {
                Some((topic, numbers)) => self.partitions_of(topic, numbers)?,
                None => self.topics(current)?,
            },
            Kind::Partition => self.partitions()?,
            Kind::Group => self.groups()?,
            Kind::TopicConfig => topic_configs(current),
            Kind::TopicOverride => self.overrides(),
            Kind::Word(words) => words.iter().map(|word| candidate(*word, "")).collect(),
            Kind::WordOf(words) => words().into_iter().map(|word| candidate(word, "")).collect(),
            Kind::Property(names) => names.iter().map(|name| candidate(format!("{name}="), "")).collect(),
        };
        found.retain(|candidate| candidate.get_value().to_string_lossy().starts_with(current));
        Some(found.into_iter().map(|candidate| candidate.add_prefix(before)).collect())
    }

    /// The data directory: what the line says, else the environment, else the default.
    fn data_dir(&self, given: &Given) -> Option<DataDir> {
        let location =
            DataDirLocation::resolve(given.data_dir.as_deref(), |name| std::env::var_os(name)).ok()?;
        DataDir::open_for_reading(&location.path).ok()
    }

    /// What stands in the word that is typed already, where that is a list.
    fn listed(&self) -> Vec<&str> {
        let (elements, _) =
            self.line.current().to_str().and_then(|word| word.rsplit_once(',')).unwrap_or_default();
        elements.split([',', '=']).collect()
    }

    /// The topics that are not on the line yet.
    fn topics(&self, current: &str) -> Option<Vec<CompletionCandidate>> {
        let given = Given::on(&self.line);
        let listing = self.data_dir(&given)?.listing().ok()?;
        // kafka-configs also takes `topics/orders`.
        let prefix = if current.starts_with("topics/") { "topics/" } else { "" };
        let listed = self.listed();
        let is_given = |name: &str| listed.contains(&name) || given.topics.iter().any(|topic| topic == name);
        let topics = listing.topics().filter(|topic| !is_given(topic.as_str()));
        let shown = |topic: &TopicName| {
            let count = listing.partitions(topic).len();
            let help = format!("{count} partition{}", if count == 1 { "" } else { "s" });
            candidate(format!("{prefix}{topic}"), help).hide(topic.is_internal())
        };
        Some(topics.map(shown).collect())
    }

    /// The partitions that every topic on the line has.
    fn partitions(&self) -> Option<Vec<CompletionCandidate>> {
        let given = Given::on(&self.line);
        let listing = self.data_dir(&given)?.listing().ok()?;
        let mut numbers: Option<Vec<i32>> = None;
        for topic in &given.topics {
            let of_topic = partitions_in(&listing, topic)?;
            match &mut numbers {
                Some(numbers) => numbers.retain(|number| of_topic.contains(number)),
                None => numbers = Some(of_topic.to_vec()),
            }
        }
        let listed = self.listed();
        let numbers = numbers?
            .into_iter()
            .map(|number| number.to_string())
            .filter(|number| !listed.contains(&number.as_str()));
        Some(numbers.map(|number| candidate(number, "")).collect())
    }

    /// `topic:` with the partitions that come next in a list of them.
    fn partitions_of(&self, topic: &str, numbers: &str) -> Option<Vec<CompletionCandidate>> {
        let listing = self.data_dir(&Given::on(&self.line))?.listing().ok()?;
        let listed = numbers.rfind(',').map_or("", |comma| &numbers[..=comma]);
        let is_new = |number: &i32| !listed.split(',').any(|other| other == number.to_string());
        let partitions = partitions_in(&listing, topic)?.iter().filter(|number| is_new(number));
        Some(partitions.map(|number| candidate(format!("{topic}:{listed}{number}"), "")).collect())
    }

    /// The groups that are not on the line yet.
    fn groups(&self) -> Option<Vec<CompletionCandidate>> {
        let given = Given::on(&self.line);
        let groups = all_groups(&self.data_dir(&given)?).ok()?;
        let shown =
            groups.into_iter().filter(|view| !given.groups.iter().any(|id| id == view.group.as_str()));
        Some(shown.map(|view| candidate(view.group.as_str(), view.phase().name())).collect())
    }

    /// What the topic on the line sets itself; everything that can be set where that cannot be told.
    fn overrides(&self) -> Vec<CompletionCandidate> {
        let given = Given::on(&self.line);
        let topic = given.topics.first().and_then(|name| TopicName::new(name).ok());
        let topic = topic.and_then(|topic| self.data_dir(&given)?.topic(&topic).ok());
        match topic {
            Some(topic) => topic.config.overrides().map(|(name, value)| candidate(name, value)).collect(),
            None => config_table::TOPIC_CONFIGS.iter().map(|row| candidate(row.name, row.doc)).collect(),
        }
    }
}

/// The partitions that `topic` has folders for.
fn partitions_in<'l>(listing: &'l Listing, topic: &str) -> Option<&'l [i32]> {
    Some(listing.partitions(&TopicName::new(topic).ok()?))
}

/// `name=` of each configuration, or `name=value` of the one that `current` names, where its values are words.
fn topic_configs(current: &str) -> Vec<CompletionCandidate> {
    let Some((name, _)) = current.split_once('=') else {
        let rows = config_table::TOPIC_CONFIGS.iter();
        return rows.map(|row| candidate(format!("{}=", row.name), row.doc)).collect();
    };
    let Some(row) = config_table::find(name) else { return Vec::new() };
    let words: &[&str] = match (row.validator, row.kind) {
        (Validator::OneOf(words), _) => words,
        (Validator::NoRemoteStorage, _) => &["false"],
        (_, ConfigType::Boolean) => &["true", "false"],
        _ => &[],
    };
    words.iter().map(|word| candidate(format!("{name}={word}"), "")).collect()
}

/// What the rest of the line has said already.
#[derive(Debug, Default)]
struct Given {
    data_dir: Option<PathBuf>,
    topics: Vec<String>,
    groups: Vec<String>,
}

impl Given {
    fn on(line: &Line) -> Self {
        let mut command = crate::cli::command().ignore_errors(true);
        command.build();
        let mut given = Self::default();
        // What is typed so far need not make sense; clap tells what it has understood.
        let Ok(matches) = command.try_get_matches_from_mut(line.others()) else { return given };
        let (mut command, mut matches) = (&command, &matches);
        loop {
            given.take(command, matches);
            match matches.subcommand().and_then(|(name, sub)| Some((command.find_subcommand(name)?, sub))) {
                Some((subcommand, sub)) => (command, matches) = (subcommand, sub),
                None => return given,
            }
        }
    }

    fn take(&mut self, command: &Command, matches: &ArgMatches) {
        if let Ok(Some(data_dir)) = matches.try_get_one::<PathBuf>("data_dir") {
            self.data_dir = Some(data_dir.clone());
        }
        for arg in command.get_arguments() {
            let into = match Kind::of(command.get_name(), arg) {
                Some(Kind::Topic | Kind::TopicPartitions) if arg.get_id() != "dead_letter" => {
                    &mut self.topics
                }
                Some(Kind::Group) => &mut self.groups,
                _ => continue,
            };
            let Ok(Some(values)) = matches.try_get_raw(arg.get_id().as_str()) else { continue };
            for value in values.filter_map(OsStr::to_str) {
                match Kind::of(command.get_name(), arg) {
                    Some(Kind::Group) => into.push(value.to_owned()),
                    _ => into.extend(value.split(',').map(topic_in)),
                }
            }
        }
    }
}

/// The topic that `orders`, `topics/orders` and `orders:0` are about.
fn topic_in(text: &str) -> String {
    let name = text.strip_prefix("topics/").unwrap_or(text);
    name.split(':').next().unwrap_or(name).to_owned()
}
