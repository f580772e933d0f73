//! `mkafka topics offsets`.

use anyhow::{Result, bail};

use super::data_dir_location;
use super::select::{self, Purpose};
use crate::cli::offsets::{OffsetsArgs, TimeArg};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::bounds::LogBounds;
use crate::log::{LogError, time_search};
use crate::output::Ui;
use crate::record::{Offset, Timestamp};
use crate::store::DataDir;

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
