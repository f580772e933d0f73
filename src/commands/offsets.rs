//! `mkafka topics offsets` and `mkafka topics delete-records`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::data_dir_location;
use super::select::{self, Purpose};
use crate::cli::offsets::{DeleteRecordsArgs, OffsetsArgs, TimeArg};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::bounds::LogBounds;
use crate::log::{LogError, time_search};
use crate::output::Ui;
use crate::record::{Offset, Timestamp};
use crate::store::{DataDir, DeleteUpTo, StoreError, Topic, TopicName, TopicPartition};

/// Runs `mkafka topics offsets`.
pub(super) fn offsets(global: &GlobalArgs, args: &OffsetsArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let floors = dir.log_start_offsets()?;
    let mut is_any = false;
    let choice = args.topics.choice();
    let is_named = !choice.is_all() && !choice.is_regex;
    for topic in select::topics(&dir, &choice, Purpose::Look)? {
        if args.exclude_internal_topics && topic.name.is_internal() {
            continue;
        }
        // Of topics that nobody has named, one may have fewer partitions than another.
        let missing = args.partitions.iter().filter(|number| topic.partitions.binary_search(number).is_err());
        for number in missing.filter(|_| is_named) {
            is_any = true;
            ui.error(&topic.no_partition(*number).to_string());
        }
        for partition in select::partitions(&dir, &topic, &floors) {
            let number = partition.of.partition;
            if !args.partitions.is_empty() && !args.partitions.contains(&number) {
                continue;
            }
            is_any = true;
            // One partition that cannot be read must not hide the others.
            match offset_at(&partition, args.time) {
                Ok(None) => {}
                Ok(Some((offset, timestamp))) => match args.output {
                    OutputFormat::Text => ui.print_line(&format!("{}:{number}:{offset}", topic.name))?,
                    OutputFormat::Json => {
                        let json = serde_json::json!({
                            "v": 1, "topic": topic.name, "partition": number, "offset": offset.0,
                            "timestamp": timestamp.map(|t| t.0),
                        });
                        ui.print_json(&json)?;
                    }
                },
                Err(error) => ui.error(&format!("{}: {error}", partition.of)),
            }
        }
    }
    if !is_any {
        bail!("Could not match any topic-partitions with the specified filters");
    }
    Ok(())
}

/// The offset that was asked for, with the timestamp of its record where that was looked at.
fn offset_at(
    partition: &select::PartitionDir,
    time: TimeArg,
) -> Result<Option<(Offset, Option<Timestamp>)>, LogError> {
    let (dir, floor) = (&partition.dir, partition.floor);
    let of_record = |(offset, timestamp)| (offset, Some(timestamp));
    Ok(match time {
        TimeArg::Latest => Some((LogBounds::read(dir, floor)?.end, None)),
        TimeArg::Earliest => Some((LogBounds::read(dir, floor)?.start, None)),
        TimeArg::MaxTimestamp => time_search::offset_of_max_timestamp(dir, floor)?.map(of_record),
        TimeArg::At(time) => time_search::offset_for_time(dir, floor, Timestamp(time))?.map(of_record),
    })
}

/// kafka-delete-records' file.
#[derive(Debug, Deserialize)]
struct OffsetFile {
    partitions: Vec<OffsetFileEntry>,
    #[serde(default = "version_1")]
    version: i64,
}

fn version_1() -> i64 {
    1
}

#[derive(Debug, Deserialize)]
struct OffsetFileEntry {
    topic: String,
    partition: i32,
    offset: i64,
}

/// Runs `mkafka topics delete-records`.
pub(super) fn delete_records(global: &GlobalArgs, args: &DeleteRecordsArgs, ui: &mut Ui) -> Result<()> {
    let path = data_dir_location(global)?.path;
    let reading = DataDir::open_for_reading(&path)?;
    let orders = match &args.offset_json_file {
        Some(file) => {
            let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            orders_in(&bytes).with_context(|| format!("cannot use {}", file.display()))?
        }
        None => {
            let topic = reading.topic(&TopicName::new(args.name())?)?;
            let numbers = args.partition.map_or_else(|| topic.partitions.clone(), |number| vec![number]);
            let there = select::partitions(&reading, &topic, &reading.log_start_offsets()?);
            let time = args.time.map(|time| TimeArg::At(time.millis(Timestamp::now().0)));
            let offset = |number: i32| -> Result<i64> {
                let partition = there.iter().find(|there| there.of.partition == number);
                let Some((partition, time)) = partition.zip(time) else {
                    return Ok(args.offset.unwrap_or(-1));
                };
                let first = offset_at(partition, time).with_context(|| partition.of.to_string())?;
                Ok(first.map_or(-1, |(offset, _)| offset.0))
            };
            let order = |number| Ok((TopicPartition::new(topic.name.clone(), number), offset(number)?));
            numbers.into_iter().map(order).collect::<Result<_>>()?
        }
    };
    let dir = DataDir::open_for_writing(&path)?;
    if args.output == OutputFormat::Text {
        ui.print_line("Executing records delete operation")?;
        ui.print_line("Records delete operation completed:")?;
    }
    for (partition, offset) in orders {
        let up_to = if offset == -1 { DeleteUpTo::End } else { DeleteUpTo::Offset(Offset(offset)) };
        let done = dir
            .topic(&partition.topic)
            .and_then(|topic: Topic| dir.delete_records(&topic, partition.partition, up_to));
        match done {
            Ok(start) if args.output == OutputFormat::Json => ui.print_json(&serde_json::json!({
                "v": 1, "topic": partition.topic, "partition": partition.partition, "lowWatermark": start.0,
            }))?,
            Ok(start) => ui.print_line(&format!("partition: {partition}\tlow_watermark: {start}"))?,
            Err(error) => ui.error(&in_kafkas_words(&partition, error)),
        }
    }
    Ok(())
}

fn in_kafkas_words(partition: &TopicPartition, error: StoreError) -> String {
    match error {
        StoreError::Log { source: LogError::OffsetOutOfRange { offset, end, .. }, .. } => format!(
            "Cannot increment the log start offset to {offset} of partition {partition} since it is larger than \
             the high watermark {end}"
        ),
        other => other.to_string(),
    }
}

fn orders_in(bytes: &[u8]) -> Result<Vec<(TopicPartition, i64)>> {
    let file: OffsetFile =
        serde_json::from_slice(bytes).context("it is not what kafka-delete-records wants")?;
    if file.version != 1 {
        bail!("Not supported version field value {}", file.version);
    }
    let mut seen = BTreeSet::new();
    let mut orders = Vec::new();
    for entry in file.partitions {
        let partition = TopicPartition::new(TopicName::new(&entry.topic)?, entry.partition);
        if !seen.insert(partition.clone()) {
            bail!("Offset json file contains duplicate topic partitions: {partition}");
        }
        if entry.offset < -1 {
            bail!("{partition} has the offset {}; it must be -1 or more", entry.offset);
        }
        orders.push((partition, entry.offset));
    }
    Ok(orders)
}
