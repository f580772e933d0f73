//! `mkafka produce`: records of an input into a topic.

mod config;
mod form;
mod lines;
mod prompt;
mod session;
mod transaction;

use std::time::Instant;

use anyhow::{Context as _, anyhow};

pub(super) use self::config::Configs;
use self::form::RecordExtras;
use self::session::Session;
use super::dead_transactions::end_dead_transactions;
use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location, raise_open_files_limit};
use crate::cli::GlobalArgs;
use crate::cli::produce::ProduceArgs;
use crate::input::{InputForm, LineContent};
use crate::output::Ui;
use crate::output::produced::ProduceReport;
use crate::producer::{Producer, ProducerConfig, ProducerTopic};
use crate::record::Compression;
use crate::store::{DataDir, NewTopic, StoreError, Topic, TopicName, WritableDataDir};

/// Runs the command.
///
/// # Errors
/// When records cannot be produced; those before the one at fault are in the topic.
pub fn run(global: &GlobalArgs, args: &ProduceArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let form = form::input_form(&args.input)?;
    let configs = Configs::from_args(&args.batching)?;
    let extras = RecordExtras::new(&args.record, &configs, args.batching.partitioner.is_some())?;
    if args.record.key.is_some() && has_keys(&form) {
        return Err(UsageError("--key and parse.key=true cannot be specified together".to_owned()).into());
    }
    raise_open_files_limit();
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let path = data_dir_location(global)?.path;
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    if args.no_auto_create {
        // Before the data directory is opened for writing, and thereby made where there is none.
        DataDir::open_for_reading(&path)?.topic(&name)?;
    }
    let data_dir = DataDir::open_for_writing(&path)?;
    end_dead_transactions(&data_dir, ui);
    let topic = open_topic(&data_dir, name, args, ui)?;
    if let Some(partition) =
        args.record.partition.filter(|p| i64::from(*p) >= i64::from(topic.partition_count))
    {
        let (name, count) = (&topic.name, topic.partition_count);
        return Err(anyhow!("topic '{name}' has no partition {partition}: it has {count}, numbered from 0"));
    }
    let (producer_topic, config) = configs.for_topic(&data_dir, &topic)?;
    let says_summary = !args.report.quiet && (args.report.verbose || ui.stderr_is_terminal());
    let is_transactional = configs.is_transactional(&args.batching);
    let mut session = Session {
        record_limit: record_limit(&config, &producer_topic),
        producer: Producer::new(producer_topic, config)?,
        form,
        extras,
        // Nobody is to see a part of a transaction: there is no hurry.
        linger: configs.linger.or(is_transactional.then_some(transaction::PATIENCE)),
        deadline: configs.transaction_timeout.filter(|_| is_transactional).map(transaction::Deadline::after),
        flushed_at: None,
        sync: args.batching.sync,
        quiet: args.report.quiet,
        max_request_size: configs.max_request_size,
        skip: args.input.skip,
        report: ProduceReport::new(topic.name.to_string(), args.report.print_offsets, args.report.output),
        input_bytes: 0,
        interrupt,
        ui,
    };
    if is_transactional {
        let transaction = data_dir.begin_transaction(configs.transactional_id.as_ref())?;
        session.producer.begin_transaction(transaction, topic.name.clone());
    }
    let started = Instant::now();
    let mut result = produce(&mut session, args);
    let mut is_committed = false;
    if is_transactional {
        result = transaction::end(&mut session, result);
        is_committed = matches!(result, Ok(0));
    }
    // What came before a record at fault is produced, as it is by Kafka's tool.
    let flushed = session.producer.close().map_err(anyhow::Error::from);
    session.after_appends();
    session.finish(started, says_summary);
    let printed = session.report.take_failure().map_or(Ok(()), |failure| Err(failure.into()));
    let status = result.and_then(|status| flushed.and(printed).map(|()| status))?;
    // A signal that comes once it is committed is too late.
    match session.interrupt.status().filter(|_| !is_committed).unwrap_or(status) {
        0 => Ok(()),
        status => Err(EndedBySignal(status).into()),
    }
}

/// Produces all that there is. Answers the exit status of a signal that was typed, or 0.
fn produce(session: &mut Session<'_>, args: &ProduceArgs) -> anyhow::Result<u8> {
    match prompt::content(&session.form) {
        Some(content) if args.input.files.is_empty() && prompt::is_possible(session) => {
            prompt::run(session, &content, args.report.verbose)
        }
        _ => session.read_all(&args.input.files).map(|()| 0),
    }
}

fn has_keys(form: &InputForm) -> bool {
    matches!(form, InputForm::Lines { content: LineContent::Fields(format), .. } if format.has_keys())
}

/// The largest record that is read. Compression may make a large one fit; how well, only trying tells.
fn record_limit(config: &ProducerConfig, topic: &ProducerTopic) -> usize {
    const COMPRESSED_AT_BEST: usize = 16;
    match config.compression {
        Compression::None => topic.log.max_message_bytes,
        _ => topic.log.max_message_bytes.saturating_mul(COMPRESSED_AT_BEST),
    }
}

/// The topic, created if there is none and that is allowed.
fn open_topic(
    data_dir: &WritableDataDir,
    name: TopicName,
    args: &ProduceArgs,
    ui: &mut Ui,
) -> anyhow::Result<Topic> {
    let missing = match data_dir.topic(&name) {
        Err(missing @ StoreError::UnknownTopic { .. }) => missing,
        found => return Ok(found?),
    };
    if args.no_auto_create {
        return Err(missing.into());
    }
    match data_dir.create_topic(&NewTopic::named(name.clone())) {
        Ok(topic) => {
            ui.note(&format!("topic '{name}' did not exist: created it with 1 partition"));
            Ok(topic)
        }
        // Another producer was faster.
        Err(StoreError::TopicExists(_)) => Ok(data_dir.topic(&name)?),
        Err(error) => Err(error.into()),
    }
}
