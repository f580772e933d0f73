//! `mkafka perf consume`: records by the way of `mkafka consume`, and how fast that goes.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Setting;
use super::assigned::Assignment;
use super::config::{AutoOffsetReset, ConsumerConfig};
use super::gauge::Gauge;
use super::membership::Membership;
use super::printer::Printer;
use super::range::Ranges;
use super::session::{Session, Source, Terms};
use crate::cli::perf::PerfConsumeArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::commands::dead_transactions::DeadTransactionsWatch;
use crate::commands::perf::more_than_zero;
use crate::commands::{EndedBySignal, UsageError};
use crate::consumer::{ReadDetails, ReadLimits, StartPosition};
use crate::format_string::TimeForm;
use crate::output::Ui;
use crate::output::perf::consumed_heading;
use crate::store::{DataDir, StoreError, TopicName, TopicSelection};

/// Runs the command.
///
/// # Errors
/// When a record cannot be read; what was read before that is told.
pub(in crate::commands) fn run(
    global: &GlobalArgs,
    args: &PerfConsumeArgs,
    ui: &mut Ui,
) -> anyhow::Result<()> {
    let wanted = more_than_zero("--messages", args.messages)?;
    let dates = TimeForm::of_java(&args.date_format)
        .map_err(|why| UsageError(format!("--date-format '{}': {why}", args.date_format)))?;
    let config = config(args)?;
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    let selection = TopicSelection::Topics(BTreeSet::from([name.clone()]));
    let Setting { path, data_dir, first, interrupt, mut waiter, .. } =
        Setting::new(global, &selection, config.group.is_none(), false)?;
    first.tell_lost(ui);
    if args.report.output == OutputFormat::Text && !args.hide_header {
        ui.print_line(&consumed_heading(args.show_detailed_stats))?;
        ui.flush()?;
    }
    let dead_transactions = config.committed_only.then(|| DeadTransactionsWatch::new(&data_dir));
    let interval = Duration::from_millis(args.report.reporting_interval);
    let interval = args.show_detailed_stats.then_some(interval);
    let gauge = Gauge::begin(name.to_string(), args.report.output, dates, interval, config.group.is_some());
    let source = match &config.group {
        Some(group) => {
            let writable = DataDir::open_for_writing(&path)?;
            Source::Member(Box::new(Membership::begin(
                writable,
                group.clone(),
                selection,
                &config,
                &mut waiter,
            )?))
        }
        None => {
            let start = config.reset.and_then(AutoOffsetReset::start).unwrap_or(StartPosition::Earliest);
            Source::Assigned(Assignment::new(data_dir, selection, Vec::new(), Ranges::from(start), first))
        }
    };
    let mut session = Session::new(ui, &interrupt, waiter, Printer::counting(wanted), terms(args, &config));
    session.dead_transactions = dead_transactions;
    session.gauge = Some(gauge);
    let result = session.run(source);
    if let Some(mut gauge) = session.gauge.take() {
        gauge.print_end(session.ui)?;
    }
    result?;
    if session.has_timed_out() && session.printer.printed() < wanted {
        session.ui.error(&format!(
            "WARNING: Exiting before consuming the expected number of messages: timeout ({} ms) exceeded. You can \
             use the --timeout option to increase the timeout.",
            args.timeout
        ));
    }
    match interrupt.status().filter(|_| session.printer.printed() < wanted) {
        Some(status) => Err(EndedBySignal(status).into()),
        None => Ok(()),
    }
}

fn config(args: &PerfConsumeArgs) -> anyhow::Result<ConsumerConfig> {
    let mut config = ConsumerConfig::of_client("perf-consumer-client");
    config.read(args.consumer_config.as_deref(), &args.consumer_properties)?;
    config.set_group(args.group.as_deref())?;
    if args.from_latest {
        config.reset = Some(AutoOffsetReset::Latest);
    }
    // Otherwise a measurement would wait for others to produce.
    config.reset.get_or_insert(AutoOffsetReset::Earliest);
    Ok(config)
}

fn terms(args: &PerfConsumeArgs, config: &ConsumerConfig) -> Terms {
    Terms {
        stop_at_end: false,
        idle_limit: Some(Duration::from_millis(args.timeout)),
        delivery: config.delivery,
        save_interval: config.commit_interval,
        limits: ReadLimits { committed_only: config.committed_only, ..ReadLimits::default() },
        details: ReadDetails::default(),
        tail: None,
        is_ordered: false,
    }
}
