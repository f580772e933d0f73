//! The command line: which arguments there are and what they mean. Nothing is done here, so that manual
//! pages and completions can be made from it.

mod alone;
pub mod clean;
pub mod completions;
pub mod configs;
pub mod consume;
pub mod consume_range;
pub mod consume_view;
pub mod count;
pub mod delete_records;
pub mod dump;
pub mod groups;
pub mod groups_reset;
mod kafka_forms;
pub mod manual;
pub mod offsets;
pub mod perf;
pub mod positions;
pub mod produce;
pub mod range;
pub mod rate;
pub mod refusal;
pub mod stats;
pub mod time;
pub mod topic_choice;
pub mod topics;
pub mod transfer;
pub mod verify;
pub mod wait;

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

/// Kafka-style logs for the shell, straight on Apache Kafka's own files.
///
/// Topics, partitions, records and offsets as Kafka has them, in a data directory that any number of
/// processes on one machine share. There is no broker and no daemon: each command reads or appends to the
/// files itself, and locks them for as long as it takes.
#[derive(Debug, Parser)]
#[command(
    name = "mkafka",
    version,
    max_term_width = HELP_WIDTH_MAX,
    override_usage = "mkafka [OPTIONS] <COMMAND> ...",
    after_help = "Examples:
  Keep the lines of a file as records, and print them again:
      mkafka produce orders < orders.txt
      mkafka consume orders --from-beginning --exit-at-end
  Follow a topic in one terminal while others write to it:
      mkafka consume logs
      tail -F app.log | mkafka produce logs
  Read the files of a Kafka broker, without changing anything:
      mkafka --data-dir /var/lib/kafka/data topics list"
)]
pub struct Cli {
    /// What all subcommands take.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// What all subcommands take.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or
    /// ~/.local/share/mkafka]
    // It is looked up where it is needed: clap would take the variable for an argument, and a command that has one
    // would not show its help.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub data_dir: Option<PathBuf>,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub color: ColorChoice,

    /// Refused: Kafka's tools need it, mkafka has no server
    #[arg(long, short = 'b', global = true, value_name = "HOST:PORT", hide = true, value_parser = no_cluster)]
    bootstrap_server: Option<String>,
}

fn no_cluster(_server: &str) -> Result<String, String> {
    Err("mkafka works on the files of a data directory (see --data-dir); clusters come in a later version"
        .into())
}

/// What the tools of Kafka take to reach a cluster, and those of ours refuse that would take it for nothing.
#[derive(Debug, Args)]
pub struct ConnectionArgs {
    /// Refused: there is no connection that it could be about
    #[arg(long, global = true, value_name = "FILE", hide = true, value_parser = no_connection)]
    command_config: Option<String>,
}

fn no_connection(_file: &str) -> Result<String, String> {
    Err("mkafka connects to nothing that it could configure; leave it out".into())
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is.
    #[default]
    Auto,
    /// Also into pipes and files.
    Always,
    /// Nowhere.
    Never,
}

impl From<ColorChoice> for clap::ColorChoice {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => Self::Auto,
            ColorChoice::Always => Self::Always,
            ColorChoice::Never => Self::Never,
        }
    }
}

/// What `--color` says, for the help.
fn color_asked_for(args: &[OsString]) -> ColorChoice {
    let args: Vec<&str> = args.iter().map_while(|arg| arg.to_str()).take_while(|arg| *arg != "--").collect();
    let joined = args.iter().find_map(|arg| arg.strip_prefix("--color="));
    let apart = || args.windows(2).find(|pair| pair[0] == "--color").map(|pair| pair[1]);
    let choice = joined.or_else(apart).and_then(|choice| ColorChoice::from_str(choice, false).ok());
    choice.unwrap_or_default()
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Tables on a terminal, Kafka's own lines elsewhere.
    Text,
    /// One JSON value a line.
    Json,
}

/// The one topic that a command is about: `mkafka consume orders` and `--topic orders` are the same.
#[derive(Debug, Args)]
pub struct TopicArgs {
    /// The topic
    #[arg(value_name = "TOPIC", conflicts_with = "topic", required_unless_present = "topic")]
    name: Option<String>,

    /// The topic, in the form of Kafka's tools
    #[arg(long, short = 't', value_name = "TOPIC")]
    topic: Option<String>,
}

impl TopicArgs {
    /// The topic's name as it was given, in whichever form.
    pub fn name(&self) -> &str {
        self.name.as_deref().or(self.topic.as_deref()).unwrap_or_default()
    }
}

/// Whether somebody agrees beforehand that something is destroyed.
#[derive(Debug, Args)]
pub struct ConsentArgs {
    /// Do not ask before anything is destroyed, which is done only where input and messages are on a terminal
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// What an option such as `--property` or `--config` takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// What stands before the first `=`, never empty.
    pub key: String,
    /// What stands behind it, possibly empty.
    pub value: String,
}

impl FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                Ok(Self { key: key.trim().to_owned(), value: value.to_owned() })
            }
            _ => Err("it must be in the format \"key=val\"".to_owned()),
        }
    }
}

/// The subcommands. What each is for stands at its arguments, from where clap takes the help.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a comment here would replace the longer one at the arguments")]
pub enum Command {
    Topics(topics::TopicsArgs),
    Configs(configs::ConfigsArgs),
    Produce(Box<produce::ProduceArgs>),
    Consume(Box<consume::ConsumeArgs>),
    Count(count::CountArgs),
    Wait(wait::WaitArgs),
    Clean(clean::CleanArgs),
    Verify(verify::VerifyArgs),
    Export(transfer::ExportArgs),
    Import(transfer::ImportArgs),
    Ps(wait::PsArgs),
    Groups(groups::GroupsArgs),
    #[command(alias = "dump-log")]
    DumpLogSegments(dump::DumpLogSegmentsArgs),
    Perf(perf::PerfArgs),
    Completions(completions::CompletionsArgs),
}

/// The subcommands as the help of the program groups them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Topics", &["topics", "configs"]),
    ("Records", &["produce", "consume", "count", "wait"]),
    ("Consumer groups", &["groups"]),
    ("Files", &["clean", "verify", "export", "import", "ps", "dump-log-segments"]),
    ("Other", &["perf", "completions", "help"]),
];

/// The whole command line as clap has it: what parses, and what help, manual pages and completions show.
pub fn command() -> clap::Command {
    let command = Cli::command();
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let template = help_template(&command, help_width());
    command.after_long_help(examples + &manual::as_help()).help_template(template)
}

/// Columns that help takes at the most.
const HELP_WIDTH_MAX: usize = 100;

/// Columns for help: those of the terminal, else of COLUMNS, as clap itself goes by.
fn help_width() -> usize {
    let of_terminal = || Some(usize::from(terminal_size::terminal_size()?.0.0));
    let of_environment = || std::env::var("COLUMNS").ok()?.parse().ok();
    of_terminal().or_else(of_environment).map_or(HELP_WIDTH_MAX, |width: usize| width.min(HELP_WIDTH_MAX))
}

/// `text` in lines of at most `width` columns as far as its words allow, each but the first behind `indent` blanks.
/// It is ASCII.
fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut used = indent;
    for word in text.split(' ') {
        if used > indent && used + 1 + word.len() > width {
            wrapped.push_str(&format!("\n{:indent$}", ""));
            used = indent;
        } else if used > indent {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += word.len();
    }
    wrapped
}

/// clap shows subcommands as one list. This is its own form of help, but for that.
fn help_template(command: &clap::Command, width: usize) -> String {
    /// Where what a subcommand does begins: behind the longest name.
    const COLUMN: usize = 21;
    let mut text = String::from("{before-help}{about-with-newline}\n{usage-heading} {usage}");
    for (title, names) in GROUPS {
        let about = |name: &str| {
            let subcommand = command.find_subcommand(name);
            let about = subcommand.and_then(clap::Command::get_about).map(ToString::to_string);
            about.or_else(|| (name == "help").then(|| "Show this, or the help of a subcommand".to_owned()))
        };
        let lines: Vec<String> = names
            .iter()
            .filter_map(|name| {
                // Where there is hardly room for a word beside the name, what it does goes below it.
                let (start, indent) = match width < 3 * COLUMN {
                    true => (format!("\n  {name}\n{:6}", ""), 6),
                    false => (format!("\n  {name:w$}", w = COLUMN - 2), COLUMN),
                };
                about(name).map(|about| start + &wrapped(&about, width, indent))
            })
            .collect();
        if !lines.is_empty() {
            text.push_str(&format!("\n\n{title}:{}", lines.concat()));
        }
    }
    text + "\n\nOptions:\n{options}{after-help}"
}

impl Cli {
    /// Reads a command line, whose first element is the program's name. Besides what clap accepts, the
    /// actions of Kafka's tools may stand anywhere (`topics --topic orders --create`).
    pub fn from_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let args: Vec<OsString> = args.into_iter().collect();
        // Before the arguments are understood there may be something to say of them.
        let color = color_asked_for(&args);
        let args = kafka_forms::action_first(args)?;
        let alone = kafka_forms::subcommand_at(&args).and_then(|at| alone::with_only(args[at].to_str()?));
        let matches = alone.and_then(|command| command.try_get_matches_from(&args).ok());
        if let Some(cli) = matches.and_then(|matches| Self::from_arg_matches(&matches).ok()) {
            return Ok(cli);
        }
        let mut command = command().color(color.into());
        let matches = command.try_get_matches_from_mut(args)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_fault_with_the_arguments() {
        command().debug_assert();
    }

    #[test]
    fn subcommands_are_listed_in_the_width_there_is() {
        for width in [30, 62, 63, 80, 100] {
            let text = help_template(&Cli::command(), width);
            let lines = text.lines().filter(|line| line.starts_with("  "));
            assert!(lines.clone().count() >= 15);
            lines.for_each(|line| assert!(line.len() <= width, "{width}: {line}"));
        }
        assert_eq!(wrapped("a bb ccc", 7, 2), "a bb\n  ccc");
        assert_eq!(wrapped("longer a", 4, 2), "longer\n  a");
    }

    #[test]
    fn help_has_the_colours_that_are_asked_for() {
        let asked = |line: &str| color_asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(asked("mkafka --color never --help"), ColorChoice::Never);
        assert_eq!(asked("mkafka topics --color=always"), ColorChoice::Always);
        assert_eq!(asked("mkafka --color sometimes"), ColorChoice::Auto);
        assert_eq!(asked("mkafka produce -- --color never"), ColorChoice::Auto);
    }

    #[test]
    fn every_subcommand_is_in_a_group() {
        for subcommand in Cli::command().get_subcommands() {
            let name = subcommand.get_name();
            assert!(GROUPS.iter().any(|(_, names)| names.contains(&name)), "{name} is in no group");
        }
    }

    /// What a command prints can be read by programs: --output json is everywhere but where nothing is printed, or a
    /// script.
    #[test]
    fn every_subcommand_speaks_json() {
        fn check(command: &clap::Command) {
            let name = command.get_name();
            if command.has_subcommands() {
                return command.get_subcommands().for_each(check);
            }
            let output = command.get_arguments().find(|argument| argument.get_id() == "output");
            let forms = output.map(clap::Arg::get_possible_values).unwrap_or_default();
            let has_json = forms.iter().any(|form| form.get_name() == "json");
            assert!(has_json != ["completions", "wait"].contains(&name), "{name}");
        }
        check(&Cli::command());
    }

    /// Examples are shown as they are, so they must fit a terminal; manual pages tell by the indentation
    /// what is explained and what is to be typed.
    #[test]
    fn every_subcommand_has_examples_that_fit_a_terminal() {
        fn check(command: &clap::Command) {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.strip_prefix("Examples:\n").unwrap_or_else(|| panic!("{name} has none"));
            for line in examples.lines() {
                let indent = line.len() - line.trim_start().len();
                assert!(line.chars().count() < 80, "{name}: {line}");
                assert!(indent >= 6 || (indent == 2 && line.ends_with(':')), "{name}: {line}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
