//! `mkafka topics`: create, list, describe, alter and delete topics.

mod create;
mod delete;
mod delete_records;
mod describe;

use anyhow::Result;

use super::select::{self, Purpose};
use super::{data_dir_location, open_for_all};
use crate::cli::topics::{AlterArgs, ListArgs, TopicsAction, TopicsArgs};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::output::Ui;
use crate::store::{DataDir, DataDirLocation, StoreError, TopicName};

/// Runs `mkafka topics`.
pub fn run(global: &GlobalArgs, args: &TopicsArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    match &args.action {
        TopicsAction::Create(args) => create::run(&location, args, ui),
        TopicsAction::List(args) => list(&location, args, ui),
        TopicsAction::Describe(args) => describe::run(&location, args, ui),
        TopicsAction::Alter(args) => alter(&location, args, ui),
        TopicsAction::Delete(args) => delete::run(&location, args, ui),
        TopicsAction::Offsets(args) => super::offsets::offsets(global, args, ui),
        TopicsAction::DeleteRecords(args) => delete_records::run(global, args, ui),
        TopicsAction::Stats(args) => super::stats::run(global, args, ui),
    }
}

/// Tells programs whether something was done about a topic. People are told nothing when all is well.
fn done(topic: &TopicName, what: &str, is_done: bool, output: OutputFormat, ui: &mut Ui) -> Result<()> {
    if output == OutputFormat::Json {
        ui.print_json(&serde_json::json!({ "v": 1, "topic": topic, what: is_done }))?;
    }
    Ok(())
}

fn list(location: &DataDirLocation, args: &ListArgs, ui: &mut Ui) -> Result<()> {
    let choice = args.topics.choice();
    let Some(dir) = open_for_all(location, choice.is_all())? else { return Ok(()) };
    let listing = dir.listing()?;
    for topic in select::names(&listing, &choice, Purpose::Look)? {
        if !listing.contains(&topic) {
            // One that is not there must not hide the others.
            ui.error(&listing.unknown(&topic).to_string());
            continue;
        }
        if args.exclude_internal && topic.is_internal() {
            continue;
        }
        match args.output {
            OutputFormat::Text => ui.print_line(topic.as_str())?,
            OutputFormat::Json => {
                let json = serde_json::json!({ "v": 1, "topic": topic, "internal": topic.is_internal() });
                ui.print_json(&json)?;
            }
        }
    }
    Ok(())
}

fn alter(location: &DataDirLocation, args: &AlterArgs, ui: &mut Ui) -> Result<()> {
    let name = TopicName::new(args.topic.name())?;
    if args.partitions < 1 {
        return Err(StoreError::NoPartitions.into());
    }
    // A mistyped name must not make a data directory.
    let known = DataDir::open_for_reading(&location.path).and_then(|dir| dir.topic(&name));
    match known {
        Err(StoreError::UnknownTopic { .. } | StoreError::NoDataDir(_)) if args.if_exists => {
            return done(&name, "altered", false, args.output, ui);
        }
        other => other?,
    };
    DataDir::open_for_writing(&location.path)?.add_partitions(&name, args.partitions)?;
    done(&name, "altered", true, args.output, ui)
}
