//! `mkafka topics delete-records`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::cli::delete_records::DeleteRecordsArgs;
use crate::cli::positions::PositionArg;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::commands::consent::{self, Question};
use crate::commands::data_dir_location;
use crate::commands::select::{self, PartitionDir};
use crate::log::bounds::{LogBounds, before_end, so_many_behind};
use crate::log::{LogError, offset_for_time};
use crate::output::Ui;
use crate::record::{Offset, Timestamp};
use crate::store::{
    DataDir, DeleteUpTo, StoreError, TopicIdentity, TopicName, TopicPartition, noted_log_start,
};

/// Of a partition, where its records are to begin.
struct Order {
    of: TopicPartition,
    /// Of the topic that was meant when that was said.
    topic: TopicIdentity,
    up_to: DeleteUpTo,
}

impl Order {
    fn new(dir: &DataDir, of: TopicPartition, up_to: DeleteUpTo) -> Result<Self, StoreError> {
        // What is not there now is refused later.
        let topic = dir.topic_identity(&of)?.unwrap_or_default();
        Ok(Self { of, topic, up_to })
    }
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
pub(super) fn run(global: &GlobalArgs, args: &DeleteRecordsArgs, ui: &mut Ui) -> Result<()> {
    let path = data_dir_location(global)?.path;
    let reading = DataDir::open_for_reading(&path)?;
    let orders = match &args.offset_json_file {
        Some(file) => {
            let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            orders_in(&reading, &bytes).with_context(|| format!("cannot use {}", file.display()))?
        }
        None => orders_of(&reading, args, ui)?,
    };
    consent::ask(&args.consent, ui, || question(&reading, &orders))?;
    let dir = DataDir::open_for_writing(&path)?;
    if args.output == OutputFormat::Text {
        ui.print_line("Executing records delete operation")?;
        ui.print_line("Records delete operation completed:")?;
    }
    for Order { of: partition, topic, up_to } in orders {
        match dir.delete_records(&partition, topic, up_to) {
            Ok(start) if args.output == OutputFormat::Json => ui.print_json(&serde_json::json!({
                "v": 1, "topic": partition.topic, "partition": partition.partition, "lowWatermark": start.0,
            }))?,
            Ok(start) => ui.print_line(&format!("partition: {partition}\tlow_watermark: {start}"))?,
            Err(error) => ui.error(&in_kafkas_words(&partition, error)),
        }
    }
    Ok(())
}

/// What the arguments ask for, of each partition.
fn orders_of(dir: &DataDir, args: &DeleteRecordsArgs, ui: &mut Ui) -> Result<Vec<Order>> {
    let floors = dir.log_start_offsets()?;
    let now = Timestamp::now().0;
    let mut orders = Vec::new();
    for topic in select::topics(dir, &args.choice())? {
        let mut partitions = select::partitions(dir, &topic, &floors);
        match args.partition {
            None => select::tell_lost(&topic.lost(), "its records are not deleted", ui),
            Some(number) => {
                partitions.retain(|partition| partition.of.partition == number);
                if partitions.is_empty() {
                    return Err(topic.no_partition(number).into());
                }
            }
        }
        for partition in partitions {
            let mut order = Order::new(dir, partition.of.clone(), DeleteUpTo::End)?;
            let up_to = up_to(&partition, args.position(), now);
            order.up_to = up_to.with_context(|| partition.of.to_string())?;
            orders.push(order);
        }
    }
    Ok(orders)
}

/// What `position` means in `partition`.
fn up_to(partition: &PartitionDir, position: PositionArg, now: i64) -> Result<DeleteUpTo, LogError> {
    let bounds = || LogBounds::read(&partition.dir, partition.floor).map(|bounds| (bounds.start, bounds.end));
    Ok(match position {
        PositionArg::Start => DeleteUpTo::Offset(bounds()?.0),
        PositionArg::End => DeleteUpTo::End,
        PositionArg::At(offset) => DeleteUpTo::Offset(Offset(offset)),
        // Beyond the end it is refused, as an offset is that is given as such.
        PositionArg::AfterStart(count) => DeleteUpTo::Offset(so_many_behind(bounds()?.0, count)),
        PositionArg::BeforeEnd(count) => DeleteUpTo::Offset(before_end(bounds()?, count)),
        PositionArg::Time(time) => {
            let time = Timestamp(time.millis(now));
            // The end as it is now: nobody has looked at what is appended meanwhile.
            let end = bounds()?.1;
            let first = offset_for_time(&partition.dir, partition.floor, time)?;
            DeleteUpTo::Offset(first.map_or(end, |(offset, _)| offset))
        }
    })
}

fn question(dir: &DataDir, orders: &[Order]) -> Result<Question> {
    let floors = dir.log_start_offsets()?;
    let (mut losses, mut lost) = (Vec::new(), 0);
    for Order { of, up_to, .. } in orders {
        let floor = noted_log_start(&floors, of);
        // What cannot be read, or reaches beyond the end, is refused later.
        let Ok(bounds) = LogBounds::read(&dir.partition_path(of), floor) else { continue };
        let start = match up_to {
            DeleteUpTo::End => bounds.end,
            DeleteUpTo::Offset(offset) => *offset,
        };
        if start > bounds.start && start <= bounds.end {
            lost += start.since(bounds.start);
            losses.push(format!("partition {of}: offsets {} to {}", bounds.start, start.0 - 1));
        }
    }
    Ok(Question { losses, text: format!("Delete {lost} record(s) at most?") })
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

fn orders_in(dir: &DataDir, bytes: &[u8]) -> Result<Vec<Order>> {
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
        // As Kafka has it: -1 is the high watermark.
        let up_to =
            if entry.offset == -1 { DeleteUpTo::End } else { DeleteUpTo::Offset(Offset(entry.offset)) };
        orders.push(Order::new(dir, partition, up_to)?);
    }
    Ok(orders)
}
