//! `mkafka produce`: records of an input into a topic.

pub(super) mod config;
mod form;
mod lines;
mod pace;
pub(super) mod perf;
mod prompt;
mod rehearsal;
mod session;
mod tee;
mod transaction;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, anyhow, bail};

pub(super) use self::config::Configs;
use self::form::RecordExtras;
use self::pace::Pace;
use self::rehearsal::Rehearsal;
use self::session::Session;
pub(super) use self::session::warn_of;
use self::tee::Tee;
use super::dead_transactions::end_dead_transactions;
use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location};
use crate::cli::produce::ProduceArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::fs::broker_is_live;
use crate::input::{InputForm, LineContent};
use crate::output::Ui;
use crate::output::produced::ProduceReport;
use crate::producer::{Producer, ProducerConfig, ProducerTopic};
use crate::record::Compression;
use crate::store::{DataDir, NewTopic, StoreError, Topic, TopicName, TopicPartition, WritableDataDir};

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
    if args.report.tee && args.report.output == OutputFormat::Json {
        return Err(
            UsageError("--tee and --output json would both print to standard output".to_owned()).into()
        );
    }
    crate::fs::raise_open_files_limit();
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let path = data_dir_location(global)?.path;
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    session::check_files(&args.input.files)?;
    let is_transactional = configs.is_transactional(&args.batching) && !args.dry_run;
    if is_transactional && args.report.tee {
        let why = "nothing is acknowledged before the input has ended";
        return Err(UsageError(format!("--tee passes nothing on in a transaction: {why}")).into());
    }
    let (data_dir, (producer_topic, mut config)) = match args.dry_run {
        true => (None, topic_to_be(&path, name.clone(), args, &configs, ui)?),
        false => {
            let (data_dir, topic) = topic(&path, name.clone(), args.no_auto_create, &configs, ui)?;
            (Some(data_dir), topic)
        }
    };
    config.is_rehearsal = args.dry_run;
    let count = producer_topic.partitions.len();
    if let Some(partition) = args.record.partition.filter(|p| *p as usize >= count) {
        return Err(anyhow!("topic '{name}' has no partition {partition}: it has {count}, numbered from 0"));
    }
    let report = match args.dry_run {
        true => ProduceReport::of_rehearsal(name.to_string(), args.report.output),
        false => ProduceReport::new(name.to_string(), args.report.print_offsets, args.report.output),
    };
    let says_summary = !args.report.quiet && (args.report.verbose || ui.stderr_is_terminal());
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
        skipped: 0,
        left: args.input.max_messages,
        pace: Pace::new(&args.input.rate),
        tee: args.report.tee.then(Tee::default),
        rehearsal: args.dry_run.then(Rehearsal::default),
        report,
        input_bytes: 0,
        has_read_file: false,
        interrupt,
        ui,
    };
    if let Some(data_dir) = data_dir.filter(|_| is_transactional) {
        let transaction = data_dir.begin_transaction(configs.transactional_id.as_ref())?;
        session.producer.begin_transaction(transaction, name);
    }
    run_session(session, args, says_summary)
}

/// Produces all that there is, and says in the end what came of it.
fn run_session(mut session: Session<'_>, args: &ProduceArgs, says_summary: bool) -> anyhow::Result<()> {
    let is_transactional = session.producer.is_in_transaction();
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
    let unprinted = session.tee.as_mut().and_then(Tee::take_failure).or(session.report.take_failure());
    let acknowledged = session.acknowledged();
    // Of a transaction there is all or nothing.
    let can_resume = acknowledged > 0 && session.rehearsal.is_none() && !is_transactional;
    let status = match result.and_then(|status| flushed.map(|()| status)) {
        Err(error) if can_resume => {
            let message = super::message(&error);
            bail!("{message}; {}", resumption(acknowledged));
        }
        other => other?,
    };
    unprinted.map_or(Ok(()), Err)?;
    // A signal that comes once it is committed is too late.
    match session.interrupt.status().filter(|_| !is_committed).unwrap_or(status) {
        0 => Ok(()),
        status => {
            if can_resume && session.has_read_file && !session.quiet {
                session.ui.note(&format!("mkafka: stopped; {}", resumption(acknowledged)));
            }
            Err(EndedBySignal(status).into())
        }
    }
}

/// Where another run is to go on, after one that has produced so many records of the input.
fn resumption(acknowledged: u64) -> String {
    let records = match acknowledged {
        1 => "the first record of the input is".to_owned(),
        count => format!("the first {count} records of the input are"),
    };
    format!("{records} produced: go on with --skip {acknowledged}")
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

/// The topic to produce to, created if there is none and that is allowed, and what was left open is ended.
pub(super) fn topic(
    path: &Path,
    name: TopicName,
    no_auto_create: bool,
    configs: &Configs,
    ui: &mut Ui,
) -> anyhow::Result<(WritableDataDir, (ProducerTopic, ProducerConfig))> {
    if no_auto_create {
        // Before the data directory is opened for writing, and thereby made where there is none.
        DataDir::open_for_reading(path)?.topic(&name)?;
    }
    let data_dir = DataDir::open_for_writing(path)?;
    end_dead_transactions(&data_dir, ui);
    let topic = open_topic(&data_dir, name, no_auto_create, ui)?;
    let configured = configs.for_topic(&data_dir, &topic)?;
    Ok((data_dir, configured))
}

/// The topic that would be produced to, without writing anything.
fn topic_to_be(
    path: &Path,
    name: TopicName,
    args: &ProduceArgs,
    configs: &Configs,
    ui: &mut Ui,
) -> anyhow::Result<(ProducerTopic, ProducerConfig)> {
    if broker_is_live(path)? {
        return Err(StoreError::BrokerIsLive(path.to_owned()).into());
    }
    let found = DataDir::open_for_reading(path).and_then(|dir| dir.topic(&name).map(|topic| (dir, topic)));
    match found {
        Ok((data_dir, topic)) => configs.for_topic(&data_dir, &topic),
        Err(StoreError::UnknownTopic { .. } | StoreError::NoDataDir(_)) if !args.no_auto_create => {
            ui.note(&format!("topic '{name}' does not exist: it would be created with 1 partition"));
            let new = NewTopic::named(name);
            new.check()?;
            let folder = path.join(TopicPartition::new(new.name, 0).to_string());
            Ok((ProducerTopic::new(vec![folder], &new.config), configs.producer.clone()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The topic, created if there is none and that is allowed.
fn open_topic(
    data_dir: &WritableDataDir,
    name: TopicName,
    no_auto_create: bool,
    ui: &mut Ui,
) -> anyhow::Result<Topic> {
    let missing = match data_dir.topic(&name) {
        Err(missing @ StoreError::UnknownTopic { .. }) => missing,
        found => return Ok(found?),
    };
    if no_auto_create {
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
