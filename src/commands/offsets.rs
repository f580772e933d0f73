//! `mkafka topics offsets`.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::data_dir_location;
use super::select;
use crate::cli::offsets::{OffsetsArgs, TimeArg};
use crate::cli::topic_choice::TopicChoice;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::bounds::LogBounds;
use crate::log::{LogError, time_search};
use crate::output::Ui;
use crate::record::{Offset, Timestamp};
use crate::store::{DataDir, Topic};

/// Runs `mkafka topics offsets`.
pub(super) fn offsets(global: &GlobalArgs, args: &OffsetsArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let floors = dir.log_start_offsets()?;
    let asked = match args.topic_partitions.is_empty() {
        true => by_topic(&dir, args, ui)?,
        false => by_rule(&dir, args, ui)?,
    };
    let mut is_any = ui.has_failed();
    for (topic, numbers) in &asked {
        if args.exclude_internal_topics && topic.name.is_internal() {
            continue;
        }
        let lost: Vec<_> = topic.lost().into_iter().filter(|of| numbers.contains(&of.partition)).collect();
        select::tell_lost(&lost, "its offsets are not known", ui);
        is_any |= !lost.is_empty();
        for partition in select::partitions(&dir, topic, &floors) {
            let number = partition.of.partition;
            if !numbers.contains(&number) {
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

/// Topics, and which of their partitions.
type Asked = Vec<(Topic, BTreeSet<i32>)>;

/// The partitions that `topic` has here, or should have.
fn numbers_of(topic: &Topic) -> BTreeSet<i32> {
    let lost = topic.lost().into_iter().map(|of| of.partition);
    topic.partitions.iter().copied().chain(lost).collect()
}

/// The partitions of --partitions, or all, of the topics that are chosen.
fn by_topic(dir: &DataDir, args: &OffsetsArgs, ui: &mut Ui) -> Result<Asked> {
    let choice = args.topics.choice();
    let mut asked = Asked::new();
    for topic in select::readable_topics(dir, &choice, ui)? {
        let mut numbers = numbers_of(&topic);
        // Of topics that nobody has named, one may have fewer partitions than another.
        if !choice.is_search() {
            for missing in args.partitions.iter().filter(|number| !numbers.contains(number)) {
                ui.error(&topic.no_partition(*missing).to_string());
            }
        }
        numbers.retain(|number| args.partitions.is_empty() || args.partitions.contains(number));
        asked.push((topic, numbers));
    }
    Ok(asked)
}

/// The partitions of --topic-partitions.
fn by_rule(dir: &DataDir, args: &OffsetsArgs, ui: &mut Ui) -> Result<Asked> {
    let mut asked = Asked::new();
    for rule in &args.topic_partitions {
        let choice = TopicChoice {
            texts: rule.topic.as_deref().into_iter().collect(),
            is_regex: args.topics.regex,
            if_exists: false,
        };
        for topic in select::readable_topics(dir, &choice, ui)? {
            let mut numbers = numbers_of(&topic);
            numbers.retain(|number| rule.includes(*number));
            if rule.is_single && numbers.is_empty() && !choice.is_search() {
                ui.error(&topic.no_partition(rule.from).to_string());
            }
            match asked.iter_mut().find(|(known, _)| known.name == topic.name) {
                Some((_, known)) => known.extend(numbers),
                None => asked.push((topic, numbers)),
            }
        }
    }
    Ok(asked)
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
