//! What a consumer is told by options and by properties of Kafka's names.

use std::path::Path;
use std::time::Duration;

use crate::cli::KeyValue;
use crate::cli::consume::{ConsumeArgs, DeliveryArg};
use crate::cli::consume_range::IsolationLevelArg;
use crate::commands::{UsageError, properties_in};
use crate::consumer::StartPosition;
use crate::group::assignor::AssignmentStrategy;
use crate::spelling;
use crate::store::GroupId;

/// Where reading begins when there is no committed offset, or one that is out of range (`auto.offset.reset`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AutoOffsetReset {
    Earliest,
    Latest,
    /// That is an error.
    None,
}

impl AutoOffsetReset {
    /// Where reading begins then; `None` where it does not.
    pub(super) fn start(self) -> Option<StartPosition> {
        match self {
            Self::Earliest => Some(StartPosition::Earliest),
            Self::Latest => Some(StartPosition::Latest),
            Self::None => None,
        }
    }
}

/// How a consumer works.
#[derive(Debug)]
pub(super) struct ConsumerConfig {
    pub(super) group: Option<GroupId>,
    pub(super) client_id: String,
    /// `None` where nobody said.
    pub(super) reset: Option<AutoOffsetReset>,
    pub(super) auto_commit: bool,
    pub(super) commit_interval: Duration,
    pub(super) max_poll_interval: Duration,
    pub(super) strategies: Vec<AssignmentStrategy>,
    pub(super) delivery: DeliveryArg,
    /// `isolation.level=read_committed`.
    pub(super) committed_only: bool,
}

/// Configs of Kafka's consumer that have an effect here.
pub(in crate::commands) const KNOWN: &[&str] = &[
    "group.id",
    "client.id",
    "auto.offset.reset",
    "enable.auto.commit",
    "auto.commit.interval.ms",
    "max.poll.interval.ms",
    "partition.assignment.strategy",
    "isolation.level",
];

/// Configs of Kafka's consumer that are about brokers, networks and threads, of which there are none.
const WITHOUT_EFFECT: &[&str] = &[
    "allow.auto.create.topics",
    "check.crcs",
    "client.dns.lookup",
    "client.rack",
    "connections.max.idle.ms",
    "default.api.timeout.ms",
    "enable.metrics.push",
    "exclude.internal.topics",
    "fetch.max.bytes",
    "fetch.max.wait.ms",
    "fetch.min.bytes",
    "group.instance.id",
    "group.protocol",
    "group.remote.assignor",
    "heartbeat.interval.ms",
    "interceptor.classes",
    "max.partition.fetch.bytes",
    "max.poll.records",
    "metadata.max.age.ms",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "receive.buffer.bytes",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "request.timeout.ms",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "send.buffer.bytes",
    "session.timeout.ms",
];

impl ConsumerConfig {
    /// Reads the arguments; options win over properties.
    ///
    /// # Errors
    /// Those of Kafka's console consumer where it has one, in its words.
    pub(super) fn new(args: &ConsumeArgs) -> anyhow::Result<Self> {
        let mut config = Self::of_client("console-consumer");
        config.delivery = args.delivery.unwrap_or_default();
        config.read(args.consumer_config.as_deref(), &args.consumer_properties)?;
        if !args.partition_assignment_strategy.is_empty() {
            let names = args.partition_assignment_strategy.join(",");
            config.set("partition.assignment.strategy", &names).map_err(UsageError)?;
        }
        if let Some(ms) = args.commit_interval_ms {
            config.commit_interval = Duration::from_millis(ms);
        }
        if let Some(level) = args.range.isolation_level {
            config.committed_only = level == IsolationLevelArg::ReadCommitted;
        }
        config.set_group(args.group.as_deref())?;
        if args.range.from_beginning && config.reset.is_none() {
            config.reset = Some(AutoOffsetReset::Earliest);
        }
        config.check(args).map_err(|text| UsageError(text.to_owned()))?;
        Ok(config)
    }

    /// What holds where nobody has said anything, for a client that calls itself so.
    pub(super) fn of_client(client_id: &str) -> Self {
        Self {
            group: None,
            client_id: client_id.to_owned(),
            reset: None,
            auto_commit: true,
            commit_interval: Duration::from_secs(5),
            max_poll_interval: Duration::from_secs(300),
            // Kafka's default: range, and a way to change to cooperative-sticky member by member.
            strategies: vec![AssignmentStrategy::Range, AssignmentStrategy::CooperativeSticky],
            delivery: DeliveryArg::default(),
            committed_only: false,
        }
    }

    /// Takes the configs in `file`, and `properties`, which count more.
    ///
    /// # Errors
    /// When one of them is unknown or has no meaning, or the file cannot be read.
    pub(super) fn read(&mut self, file: Option<&Path>, properties: &[KeyValue]) -> anyhow::Result<()> {
        if let Some(path) = file {
            for (name, value) in properties_in(path)? {
                let set = self.set(&name, value.trim());
                set.map_err(|message| UsageError(format!("{}: {message}", path.display())))?;
            }
        }
        for property in properties {
            self.set(&property.key, property.value.trim()).map_err(UsageError)?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let bad = |expected: &str| format!("invalid value '{value}' for {name}: {expected}");
        let milliseconds = || match value.parse() {
            Ok(ms) => Ok(Duration::from_millis(ms)),
            Err(_) => Err(bad("a number of milliseconds is needed")),
        };
        match name {
            "group.id" => self.group = Some(GroupId::new(value).map_err(|e| e.to_string())?),
            "client.id" if is_good_client_id(value) => self.client_id = value.to_owned(),
            "client.id" => return Err(bad("1 to 100 of letters, digits, '.', '_' and '-' are needed")),
            "auto.offset.reset" => {
                self.reset = Some(match value.to_ascii_lowercase().as_str() {
                    "earliest" => AutoOffsetReset::Earliest,
                    "latest" => AutoOffsetReset::Latest,
                    "none" => AutoOffsetReset::None,
                    _ => return Err(bad("valid are earliest, latest and none")),
                });
            }
            "enable.auto.commit" => {
                self.auto_commit =
                    value.to_ascii_lowercase().parse().map_err(|_| bad("valid are true and false"))?;
            }
            "auto.commit.interval.ms" => self.commit_interval = milliseconds()?,
            "max.poll.interval.ms" => {
                self.max_poll_interval = milliseconds()?;
                if self.max_poll_interval < SHORTEST_POLL_INTERVAL {
                    return Err(bad("it must be 100 or more"));
                }
            }
            "partition.assignment.strategy" => {
                let strategies = value.split(',').map(str::parse).collect::<Result<Vec<_>, _>>();
                self.strategies = strategies
                    .map_err(|e: crate::group::assignor::UnknownAssignmentStrategy| e.to_string())?;
            }
            "isolation.level" => {
                self.committed_only = match value.to_ascii_lowercase().as_str() {
                    "read_committed" => true,
                    "read_uncommitted" => false,
                    _ => return Err(bad("valid are read_uncommitted and read_committed")),
                };
            }
            _ if WITHOUT_EFFECT.contains(&name) => {}
            _ => {
                let all = KNOWN.iter().chain(WITHOUT_EFFECT).copied();
                return Err(match spelling::nearest(name, all.clone()) {
                    Some(_) => spelling::unknown("consumer property", name, all),
                    None => spelling::unknown("consumer property", name, KNOWN.iter().copied()),
                });
            }
        }
        Ok(())
    }

    /// Takes the group that an option names.
    ///
    /// # Errors
    /// When it is none, or a property names another one.
    pub(super) fn set_group(&mut self, group: Option<&str>) -> Result<(), UsageError> {
        let Some(group) = group else { return Ok(()) };
        let group = GroupId::new(group).map_err(|e| UsageError(e.to_string()))?;
        if let Some(other) = self.group.as_ref().filter(|other| **other != group) {
            return Err(UsageError(format!(
                "The group ids provided in different places (directly using '--group' and via \
                 '--consumer-property') do not match. Detected group ids: '{group}', '{other}'"
            )));
        }
        self.group = Some(group);
        Ok(())
    }

    fn check(&self, args: &ConsumeArgs) -> Result<(), &'static str> {
        if args.range.from_beginning && self.reset == Some(AutoOffsetReset::Latest) {
            return Err(
                "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest', please remove one option",
            );
        }
        if self.group.is_some() {
            if !args.partition.is_empty() {
                return Err("Options group and partition cannot be specified together.");
            }
            if !args.range.offset.is_empty() {
                return Err(
                    "Options group and offset cannot be specified together: `mkafka groups reset-offsets` \
                            moves a group",
                );
            }
            // clap sees these only beside --group, not beside group.id.
            let range = &args.range;
            let unfit = [
                (args.checkpoint.is_some(), "Options group and checkpoint cannot be specified together."),
                (
                    range.from_timestamp.is_some(),
                    "Options group and from-timestamp cannot be specified together.",
                ),
                (
                    range.to_timestamp.is_some(),
                    "Options group and to-timestamp cannot be specified together.",
                ),
                (
                    range.until_offset.is_some(),
                    "Options group and until-offset cannot be specified together.",
                ),
                (range.tail.is_some(), "Options group and tail cannot be specified together."),
                (range.ordered, "Options group and ordered cannot be specified together."),
                (
                    range.max_messages_per_partition.is_some(),
                    "Options group and max-messages-per-partition cannot be specified together.",
                ),
            ];
            if let Some((_, message)) = unfit.into_iter().find(|(is_given, _)| *is_given) {
                return Err(message);
            }
        }
        let with_group = args.delivery.is_some()
            || args.commit_interval_ms.is_some()
            || !args.partition_assignment_strategy.is_empty();
        if self.group.is_none() && args.checkpoint.is_none() && with_group {
            return Err(
                "--delivery, --commit-interval-ms and --partition-assignment-strategy need a --group",
            );
        }
        Ok(())
    }
}

/// Below this, an ordinary pause of the machine would look like a member that is stuck.
const SHORTEST_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A client id is part of a file's name.
fn is_good_client_id(id: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=100).contains(&id.len()) && !id.starts_with('.') && id.chars().all(good)
}
