//! `mkafka topics`: create, list, describe, alter and delete topics.

use std::path::Path;

use anyhow::Result;

use super::{UsageError, data_dir_location, open_if_there_is_any};
use crate::cli::topics::{
    AlterArgs, CreateArgs, DeleteArgs, DescribeArgs, ListArgs, TopicsAction, TopicsArgs,
};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::LogError;
use crate::log::bounds::LogBounds;
use crate::output::Ui;
use crate::output::topics::{
    PartitionFacts, kafka_partition_line, kafka_topic_line, topic_json, topic_table,
};
use crate::record::{Offset, Timestamp};
use crate::store::{
    DataDir, DataDirLocation, LogStartOffsets, NewTopic, StoreError, Topic, TopicConfig, TopicId, TopicName,
    TopicPartition,
};

/// Kafka's warning about names that its metrics cannot tell apart.
const COLLISION_WARNING: &str = "WARNING: Due to limitations in metric names, topics with a period ('.') or \
     underscore ('_') could collide. To avoid issues it is best to use either, but not both.";

/// Runs `mkafka topics`.
pub fn run(global: &GlobalArgs, args: &TopicsArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    match &args.action {
        TopicsAction::Create(args) => create(&location, args, ui),
        TopicsAction::List(args) => list(&location, args, ui),
        TopicsAction::Describe(args) => describe(&location, args, ui),
        TopicsAction::Alter(args) => alter(&location, args, ui),
        TopicsAction::Delete(args) => delete(&location, args, ui),
        TopicsAction::Offsets(args) => super::offsets::offsets(global, args, ui),
        TopicsAction::DeleteRecords(args) => super::offsets::delete_records(global, args, ui),
        TopicsAction::Stats(args) => super::stats::run(global, args, ui),
    }
}

fn create(location: &DataDirLocation, args: &CreateArgs, ui: &mut Ui) -> Result<()> {
    let new = NewTopic {
        name: TopicName::new(args.topic.name())?,
        partitions: args.partitions,
        replication_factor: args.replication_factor,
        config: TopicConfig::new(args.configs.iter().map(|set| (&set.key, &set.value)))?,
    };
    // Before the data directory is opened, and thereby made where there is none.
    new.check()?;
    match DataDir::open_for_writing(&location.path)?.create_topic(&new) {
        Err(StoreError::TopicExists(_)) if args.if_not_exists => {
            return done(&new.name, "created", false, args.output, ui);
        }
        other => other?,
    };
    if new.name.has_collision_chars() {
        ui.note(COLLISION_WARNING);
    }
    match args.output {
        OutputFormat::Text => Ok(ui.print_line(&format!("Created topic {}.", new.name))?),
        OutputFormat::Json => done(&new.name, "created", true, args.output, ui),
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
    let Some(dir) = open_if_there_is_any(location)? else { return Ok(()) };
    for topic in dir.topics()? {
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

fn describe(location: &DataDirLocation, args: &DescribeArgs, ui: &mut Ui) -> Result<()> {
    let names = args.topics().map(TopicName::new).collect::<Result<Vec<_>, _>>()?;
    let id = args.topic_id.as_deref().map(str::parse::<TopicId>).transpose();
    let id = id.map_err(|e| UsageError(e.to_string()))?;
    let is_search = names.is_empty();
    let Some(dir) = (match open_if_there_is_any(location)? {
        None if !is_search && !args.if_exists => {
            return Err(StoreError::NoDataDir(location.path.clone()).into());
        }
        found => found,
    }) else {
        return Ok(());
    };

    let listing = dir.listing()?;
    let names = if is_search { listing.topics().cloned().collect() } else { names };
    let floors = dir.log_start_offsets()?;
    let mut found_id = false;
    for name in names {
        if args.exclude_internal && name.is_internal() {
            continue;
        }
        // One topic that cannot be described must not hide the others.
        let topic = match dir.topic_in(&listing, &name) {
            Ok(topic) => topic,
            // In a search it has been deleted since the listing.
            Err(StoreError::UnknownTopic { .. }) if args.if_exists || is_search => continue,
            Err(error) => {
                ui.error(&error.to_string());
                continue;
            }
        };
        if id.is_some_and(|id| topic.id != Some(id)) {
            continue;
        }
        found_id = true;
        if args.topics_with_overrides && topic.config.is_empty() {
            continue;
        }
        describe_topic(&dir, &topic, &floors, args, ui)?;
    }
    match id {
        Some(id) if !found_id && !args.if_exists => Err(StoreError::UnknownTopicId(id).into()),
        _ => Ok(()),
    }
}

fn describe_topic(
    dir: &DataDir,
    topic: &Topic,
    floors: &LogStartOffsets,
    args: &DescribeArgs,
    ui: &mut Ui,
) -> Result<()> {
    let for_a_person = ui.stdout_is_terminal() && args.output == OutputFormat::Text;
    if args.output == OutputFormat::Text && (!for_a_person || args.topics_with_overrides) {
        ui.print_line(&kafka_topic_line(topic))?;
        if !args.topics_with_overrides {
            for partition in shown_partitions(topic) {
                ui.print_line(&kafka_partition_line(topic, partition))?;
            }
        }
        return Ok(());
    }
    let mut partitions = Vec::new();
    for partition in shown_partitions(topic) {
        let mut facts = PartitionFacts { partition, ..PartitionFacts::default() };
        if topic.partitions.binary_search(&partition).is_ok() {
            let of = TopicPartition::new(topic.name.clone(), partition);
            let floor = floors.get(&of).copied().unwrap_or(Offset::ZERO);
            match partition_facts(&dir.partition_path(&of), partition, floor) {
                Ok(found) => facts = found,
                Err(error) => ui.error(&error.to_string()),
            }
        }
        partitions.push(facts);
    }
    if for_a_person {
        ui.print_styled(&topic_table(topic, &partitions, ui.colours()))?;
        return Ok(ui.print_line("")?);
    }
    Ok(ui.print_json(&topic_json(topic, &partitions))?)
}

/// The partitions that a description shows: all of a topic of ours; of one that a broker wrote, those
/// that it has here.
fn shown_partitions(topic: &Topic) -> Vec<i32> {
    if topic.known_to_us { (0..topic.partition_count).collect() } else { topic.partitions.clone() }
}

/// What the files of a partition tell.
fn partition_facts(path: &Path, partition: i32, floor: Offset) -> Result<PartitionFacts, LogError> {
    let bounds = LogBounds::read(path, floor)?;
    let known = |timestamp: Timestamp| (timestamp != Timestamp::NONE).then_some(timestamp.0);
    Ok(PartitionFacts {
        partition,
        start_offset: Some(bounds.start.0),
        end_offset: Some(bounds.end.0),
        segments: bounds.segments as u64,
        bytes: bounds.bytes,
        first_timestamp: known(bounds.first_timestamp),
        last_timestamp: known(bounds.last_timestamp),
    })
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

fn delete(location: &DataDirLocation, args: &DeleteArgs, ui: &mut Ui) -> Result<()> {
    let names = args.topics().map(TopicName::new).collect::<Result<Vec<_>, _>>()?;
    let mut not_there = |name: &TopicName| done(name, "deleted", false, args.output, ui);
    let dir = match DataDir::open_for_reading(&location.path) {
        Err(StoreError::NoDataDir(_)) if args.if_exists => return names.iter().try_for_each(not_there),
        other => other?,
    };
    // All are looked up before any is deleted, and before anything is written.
    let mut doomed = Vec::new();
    for name in names {
        match dir.topic(&name) {
            Err(StoreError::UnknownTopic { .. }) if args.if_exists => not_there(&name)?,
            Err(error @ StoreError::UnknownTopic { .. }) => return Err(error.into()),
            // A topic whose file is damaged can still be deleted.
            _ if doomed.contains(&name) => {}
            _ => doomed.push(name),
        }
    }
    if doomed.is_empty() {
        return Ok(());
    }
    let dir = DataDir::open_for_writing(&location.path)?;
    for name in doomed {
        let is_deleted = match dir.delete_topic(&name) {
            Err(StoreError::UnknownTopic { .. }) if args.if_exists => false,
            other => other.map(|_| true)?,
        };
        done(&name, "deleted", is_deleted, args.output, ui)?;
    }
    Ok(())
}
