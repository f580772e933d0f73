//! `mkafka topics create`: one topic, or several of the same kind.

use anyhow::Result;
use serde_json::json;

use crate::cli::OutputFormat;
use crate::cli::topics::CreateArgs;
use crate::fs;
use crate::output::Ui;
use crate::output::table::table;
use crate::store::{
    DataDir, DataDirLocation, Listing, NewTopic, StoreError, TopicConfig, TopicName, WritableDataDir,
};

/// Kafka's warning about names that its metrics cannot tell apart.
const COLLISION_WARNING: &str = "WARNING: Due to limitations in metric names, topics with a period ('.') or \
     underscore ('_') could collide. To avoid issues it is best to use either, but not both.";

/// What became of a topic, or would.
enum Fate {
    Created,
    /// It was there already, and that is well.
    Exists,
    /// Why it cannot be created.
    Refused(StoreError),
}

/// A topic that was asked for, by whatever was typed, with what became of it.
struct Outcome<'a> {
    name: &'a str,
    fate: Fate,
}

/// Who creates topics.
enum Creator {
    /// They are created.
    Real(WritableDataDir),
    /// It is only found out whether they could be.
    Rehearsal { listing: Listing, planned: Vec<TopicName> },
}

pub(super) fn run(location: &DataDirLocation, args: &CreateArgs, ui: &mut Ui) -> Result<()> {
    let mut outcomes = Vec::new();
    let done = create_all(location, args, ui, &mut outcomes);
    // Also of those that were created before something failed.
    if is_table(args, ui) && !outcomes.is_empty() {
        let rows = outcomes.iter().map(|outcome| outcome.row(args));
        ui.print_styled(&table(&["TOPIC", "PARTITIONS", "STATUS"], rows, ui.colours()))?;
    }
    done
}

/// Creates what `args` name, and notes in `outcomes` what becomes of each.
fn create_all<'a>(
    location: &DataDirLocation,
    args: &'a CreateArgs,
    ui: &mut Ui,
    outcomes: &mut Vec<Outcome<'a>>,
) -> Result<()> {
    let config = TopicConfig::new(args.configs.iter().map(|set| (&set.key, &set.value)))?;
    let mut creator = None;
    // That nobody reads what is told is no reason to create only some of them.
    let mut told = Ok(());
    for name in args.topics() {
        if outcomes.iter().any(|outcome| outcome.name == name) {
            continue;
        }
        let created = new_topic(name, args, &config).and_then(|new| {
            // Before the data directory is opened, and thereby made where there is none.
            new.check()?;
            let creator = match &mut creator {
                Some(creator) => creator,
                none => none.insert(Creator::new(location, args.dry_run)?),
            };
            creator.create(&new)
        });
        let fate = match created {
            Ok(()) => Fate::Created,
            Err(StoreError::TopicExists(_)) if args.if_not_exists => Fate::Exists,
            Err(error) if is_about_one_topic(&error) => Fate::Refused(error),
            Err(error) => return Err(error.into()),
        };
        let outcome = Outcome { name, fate };
        // At once: it may take a while until the last is created.
        told = told.and(outcome.tell(args, ui));
        outcomes.push(outcome);
    }
    told
}

fn new_topic(name: &str, args: &CreateArgs, config: &TopicConfig) -> Result<NewTopic, StoreError> {
    Ok(NewTopic {
        name: TopicName::new(name)?,
        partitions: args.partitions,
        replication_factor: args.replication_factor,
        config: config.clone(),
    })
}

/// Whether others may still be created: nothing is wrong with what all of them are to have, or with the data
/// directory.
fn is_about_one_topic(error: &StoreError) -> bool {
    use StoreError::{InvalidTopicName, ReservedTopic, TopicCollides, TopicExists};
    matches!(error, InvalidTopicName(_) | ReservedTopic(_) | TopicExists(_) | TopicCollides { .. })
}

/// Several topics are shown to a person as a table.
fn is_table(args: &CreateArgs, ui: &Ui) -> bool {
    args.output == OutputFormat::Text && ui.stdout_is_terminal() && args.topics().nth(1).is_some()
}

impl Creator {
    fn new(location: &DataDirLocation, is_rehearsal: bool) -> Result<Self, StoreError> {
        if !is_rehearsal {
            return Ok(Self::Real(DataDir::open_for_writing(&location.path)?));
        }
        let listing = match DataDir::open_for_reading(&location.path) {
            // To create a topic would make it.
            Err(StoreError::NoDataDir(_)) => Listing::default(),
            other => other?.listing()?,
        };
        if fs::broker_is_live(&location.path)? {
            return Err(StoreError::BrokerIsLive(location.path.clone()));
        }
        Ok(Self::Rehearsal { listing, planned: Vec::new() })
    }

    fn create(&mut self, new: &NewTopic) -> Result<(), StoreError> {
        match self {
            Self::Real(dir) => dir.create_topic(new).map(drop),
            Self::Rehearsal { listing, planned } => {
                new.check_among(listing.topics().chain(planned.iter()))?;
                planned.push(new.name.clone());
                Ok(())
            }
        }
    }
}

impl Outcome<'_> {
    fn tell(&self, args: &CreateArgs, ui: &mut Ui) -> Result<()> {
        let name = self.name;
        match &self.fate {
            Fate::Created if self.name.contains(['.', '_']) => ui.note(COLLISION_WARNING),
            Fate::Refused(error) => ui.error(&error.to_string()),
            Fate::Created | Fate::Exists => {}
        }
        let is_created = matches!(self.fate, Fate::Created);
        if args.output == OutputFormat::Json {
            let mut json = json!({ "v": 1, "topic": name, "created": is_created && !args.dry_run });
            if args.dry_run {
                json["dryRun"] = true.into();
                json["wouldCreate"] = is_created.into();
            }
            if let Fate::Refused(error) = &self.fate {
                json["error"] = error.to_string().into();
            }
            return Ok(ui.print_json(&json)?);
        }
        if is_created && !is_table(args, ui) {
            ui.print_line(&match args.dry_run {
                false => format!("Created topic {name}."),
                true => format!("Would create topic {name} with {} partition(s).", args.partitions),
            })?;
            ui.flush()?;
        }
        Ok(())
    }

    fn row(&self, args: &CreateArgs) -> Vec<String> {
        let status = match self.fate {
            Fate::Created if args.dry_run => "would be created",
            Fate::Created => "created",
            Fate::Exists => "exists already",
            Fate::Refused(_) => "refused",
        };
        vec![self.name.to_owned(), args.partitions.to_string(), status.to_owned()]
    }
}
