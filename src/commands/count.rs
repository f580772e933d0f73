//! `mkafka count`: how many records there are.

use anyhow::Result;

use super::{data_dir_location, select};
use crate::cli::count::{CountArgs, IsolationLevel};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::count::count_records;
use crate::output::Ui;
use crate::store::DataDir;

/// Runs `mkafka count`.
pub fn run(global: &GlobalArgs, args: &CountArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let floors = dir.log_start_offsets()?;
    let choice = args.topics.choice();
    let topics = select::readable_topics(&dir, &choice, ui)?;
    // Whoever names one topic knows which it is.
    let with_name = choice.is_regex || topics.len() > 1;
    let committed_only = args.isolation_level == IsolationLevel::ReadCommitted;
    for topic in topics {
        let (mut total, mut is_whole) = (0, true);
        let mut partitions = select::partitions(&dir, &topic, &floors);
        if let Some(number) = args.partition {
            partitions.retain(|partition| partition.of.partition == number);
            if partitions.is_empty() {
                return Err(topic.no_partition(number).into());
            }
        }
        if args.partition.is_none() {
            let lost = topic.lost();
            select::tell_lost(&lost, "its records are not counted", ui);
            is_whole = lost.is_empty();
        }
        for partition in partitions {
            let records = match count_records(&partition.dir, partition.floor, committed_only) {
                Ok(records) => records,
                Err(error) => {
                    ui.error(&format!("{}: {error}", partition.of));
                    is_whole = false;
                    continue;
                }
            };
            total += records;
            let number = partition.of.partition;
            if args.output == OutputFormat::Json {
                let json = serde_json::json!({
                    "v": 1, "topic": topic.name, "partition": number, "records": records,
                });
                ui.print_json(&json)?;
            } else if args.by_partition {
                ui.print_line(&format!("{}:{number}:{records}", topic.name))?;
            }
        }
        // A number that is not the whole truth is none.
        if args.output == OutputFormat::Text && !args.by_partition && is_whole {
            ui.print_line(&match with_name {
                true => format!("{}:{total}", topic.name),
                false => total.to_string(),
            })?;
        }
    }
    Ok(())
}
