//! `mkafka topics describe`.

use std::path::Path;

use anyhow::Result;

use crate::cli::OutputFormat;
use crate::cli::topics::{DescribeArgs, PartitionFilter};
use crate::commands::select::{self, Purpose};
use crate::commands::{UsageError, open_if_there_is_any};
use crate::log::LogError;
use crate::log::bounds::LogBounds;
use crate::output::Ui;
use crate::output::topics::{
    PartitionFacts, kafka_partition_line, kafka_topic_line, topic_json, topic_table,
};
use crate::record::{Offset, Timestamp};
use crate::store::{
    DataDir, DataDirLocation, LogStartOffsets, StoreError, Topic, TopicId, TopicPartition, noted_log_start,
};

pub(super) fn run(location: &DataDirLocation, args: &DescribeArgs, ui: &mut Ui) -> Result<()> {
    let choice = args.topics.choice().if_exists(args.if_exists);
    let id = args.topic_id.as_deref().map(str::parse::<TopicId>).transpose();
    let id = id.map_err(|e| UsageError(e.to_string()))?;
    let is_search = choice.is_search();
    let Some(dir) = (match open_if_there_is_any(location)? {
        None if !choice.is_all() && !args.if_exists => {
            return Err(StoreError::NoDataDir(location.path.clone()).into());
        }
        found => found,
    }) else {
        return Ok(());
    };

    let listing = dir.listing()?;
    let names = select::names(&listing, &choice, Purpose::Look)?;
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
    let filter = args.partition_filter();
    let shown = shown_partitions(topic, filter);
    if filter.is_some() && shown.is_empty() {
        return Ok(());
    }
    if args.output == OutputFormat::Text && (!for_a_person || args.topics_with_overrides) {
        // As in Kafka, those that are picked out stand alone.
        if filter.is_none() {
            ui.print_line(&kafka_topic_line(topic))?;
        }
        if !args.topics_with_overrides {
            for partition in shown {
                ui.print_line(&kafka_partition_line(topic, partition, is_there(topic, partition)))?;
            }
        }
        return Ok(());
    }
    let mut partitions = Vec::new();
    for partition in shown {
        let mut facts = PartitionFacts { partition, ..PartitionFacts::default() };
        if topic.partitions.binary_search(&partition).is_ok() {
            let of = TopicPartition::new(topic.name.clone(), partition);
            let floor = noted_log_start(floors, &of);
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

/// The partitions that a description shows: all of a topic of ours, but for those that other brokers may have; of one
/// that a broker wrote, those that it has here. Of them, those that pass `filter`.
fn shown_partitions(topic: &Topic, filter: Option<PartitionFilter>) -> Vec<i32> {
    let is_elsewhere = |number: &i32| {
        topic.elsewhere.binary_search(number).is_ok() && topic.partitions.binary_search(number).is_err()
    };
    let mut partitions: Vec<i32> = match topic.known_to_us {
        true => (0..topic.partition_count).filter(|number| !is_elsewhere(number)).collect(),
        false => topic.partitions.clone(),
    };
    if let Some(filter) = filter {
        partitions.retain(|partition| passes(topic, *partition, filter));
    }
    partitions
}

/// Whether a partition has its folder, or needs none yet.
fn is_there(topic: &Topic, partition: i32) -> bool {
    // Those of `__consumer_offsets` get theirs when they are first needed.
    topic.name.is_internal() || topic.partitions.binary_search(&partition).is_ok()
}

/// What `TopicCommand.PartitionDescription` asks: the one copy that there can be is in sync where it is there.
fn passes(topic: &Topic, partition: i32, filter: PartitionFilter) -> bool {
    let copies = i32::from(is_there(topic, partition));
    let least = || topic.config.min_insync_replicas();
    match filter {
        PartitionFilter::UnderReplicated | PartitionFilter::Unavailable => copies == 0,
        PartitionFilter::UnderMinIsr => copies == 0 || copies < least(),
        PartitionFilter::AtMinIsr => copies == least(),
    }
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
