//! `mkafka clean`: retention and compaction on demand.

use std::ops::ControlFlow;

use anyhow::{Result, bail};

use super::dead_transactions::end_dead_transactions;
use super::select::{self, PartitionDir};
use super::{data_dir_location, interrupt::Interrupt, open_for_all};
use crate::cli::clean::CleanArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::{
    CleanReport, CleanerConfig, LogCleaner, LogConfig, LogError, Retained, RetentionConfig, retention,
};
use crate::output::Ui;
use crate::output::clean::{CleanedPartition, clean_table};
use crate::output::progress::{Progress, human_bytes};
use crate::record::Timestamp;
use crate::store::{DataDir, StoreError, Topic, TopicIdentity};

/// A partition whose turn is to come.
struct Work {
    topic: Topic,
    partition: PartitionDir,
    /// Of the topic as it was looked up: what is to be kept of another one's records nobody knows here.
    identity: TopicIdentity,
}

/// Runs `mkafka clean`.
pub fn run(global: &GlobalArgs, args: &CleanArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    let choice = args.topics.choice();
    let is_search = choice.is_search();
    let Some(dir) = open_for_all(&location, choice.is_all())? else { return report(&[], args, ui) };
    let topics = select::readable_topics(&dir, &choice, ui)?;
    let floors = dir.log_start_offsets()?;
    let mut work = Vec::new();
    for topic in topics {
        if topic.known_to_us {
            select::tell_lost(&topic.lost(), "it is not cleaned", ui);
            for partition in select::partitions(&dir, &topic, &floors) {
                match dir.topic_identity(&partition.of) {
                    Ok(Some(identity)) => work.push(Work { topic: topic.clone(), partition, identity }),
                    // Deleted since the listing.
                    Ok(None) => {}
                    Err(error) => ui.error(&format!("{}: {error}", partition.of)),
                }
            }
        } else if !is_search {
            bail!(
                "topic '{0}' was written by a broker, whose configuration is not known here; set what it is to \
                 have with `mkafka configs alter {0} --add-config`",
                topic.name
            );
        }
    }
    if !args.dry_run && (!work.is_empty() || dir.has_open_transactions()?) {
        // What is open keeps compaction from going on behind it.
        end_dead_transactions(&DataDir::open_for_writing(&location.path)?, ui);
    }
    let interrupt = Interrupt::install()?;
    let total = work.iter().map(|work| work_bytes(&work.topic, &work.partition, args.force)).sum();
    let mut progress = Progress::reading(Some(total), true, ui);
    let mut done = 0;
    let mut cleaned = Vec::new();
    for work in &work {
        let mut watch = |bytes: u64| {
            done += bytes;
            progress.set(done);
            if interrupt.status().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        match clean(&dir, work, args, &mut watch) {
            Ok(partition) => cleaned.push(partition),
            // Deleted since the listing.
            Err(StoreError::Log { source: LogError::Gone(_), .. }) if is_search => {}
            // What cannot be cleaned keeps nobody from cleaning the others.
            Err(error) => ui.error(&error.to_string()),
        }
        if interrupt.status().is_some() {
            break;
        }
    }
    progress.finish();
    report(&cleaned, args, ui)?;
    match interrupt.status() {
        Some(status) => Err(super::EndedBySignal(status).into()),
        None => Ok(()),
    }
}

fn report(cleaned: &[CleanedPartition], args: &CleanArgs, ui: &mut Ui) -> Result<()> {
    if args.output == OutputFormat::Json {
        for partition in cleaned {
            ui.print_json(&partition.json(args.dry_run))?;
        }
        return Ok(());
    }
    ui.print_styled(&clean_table(cleaned, ui.colours()))?;
    let sum = |of: fn(&CleanedPartition) -> u64| cleaned.iter().map(of).sum::<u64>();
    let (freed, waiting) = (sum(CleanedPartition::freed), sum(|partition| partition.swept.waiting_bytes));
    let verb = if args.dry_run { "would free" } else { "freed" };
    ui.note(&format!("{verb} {} in {} partition(s)", human_bytes(freed), cleaned.len()));
    if waiting > 0 {
        ui.note(&format!(
            "{} of deleted files wait for file.delete.delay.ms: the next clean removes them",
            human_bytes(waiting)
        ));
    }
    Ok(())
}

/// Bytes that compaction is going to read of a partition: for the map, and to write it anew.
fn work_bytes(topic: &Topic, partition: &PartitionDir, force: bool) -> u64 {
    if !topic.config.cleanup_policy().compact {
        return 0;
    }
    let cleaner = LogCleaner::new(&partition.dir, CleanerConfig::from(&topic.config));
    match (cleaner.dirtiness(Timestamp::now()), is_wanted(&cleaner, force)) {
        (Ok(dirtiness), Ok(true)) => dirtiness.clean_bytes + 2 * dirtiness.dirty_bytes,
        _ => 0,
    }
}

fn is_wanted(cleaner: &LogCleaner, force: bool) -> Result<bool, LogError> {
    let now = Timestamp::now();
    if force { Ok(cleaner.dirtiness(now)?.dirty_bytes > 0) } else { cleaner.is_due(now) }
}

fn clean(
    data_dir: &DataDir,
    work: &Work,
    args: &CleanArgs,
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<CleanedPartition, StoreError> {
    let Work { topic, partition: PartitionDir { of, dir, floor }, identity } = work;
    let in_log = |source| StoreError::Log { partition: of.clone(), source };
    let config = RetentionConfig::from(&topic.config);
    let now = Timestamp::now();
    let retained: Retained = if args.dry_run {
        retention::foretell(dir, &config, *floor, now).map_err(in_log)?
    } else {
        data_dir.apply_retention(of, *identity, LogConfig::from(&topic.config), &config, now)?
    };
    let mut compacted: Option<CleanReport> = None;
    if topic.config.cleanup_policy().compact {
        let cleaner = LogCleaner::new(dir, CleanerConfig::from(&topic.config));
        if is_wanted(&cleaner, args.force).map_err(in_log)? {
            let done = if args.dry_run { cleaner.dry_run(now, watch) } else { cleaner.clean(now, watch) };
            compacted = Some(done.map_err(in_log)?);
        }
    }
    let swept = retention::sweep(dir, config.file_delete_delay_ms, args.dry_run).map_err(in_log)?;
    Ok(CleanedPartition { partition: of.clone(), retained, compacted, swept })
}
