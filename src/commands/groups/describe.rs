//! `mkafka groups describe`, once or again and again.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::progress::progress;
use super::{Logs, chosen};
use crate::cli::OutputFormat;
use crate::cli::groups::{DescribeArgs, TotalsBy};
use crate::commands::interrupt::Interrupt;
use crate::commands::{EndedBySignal, UsageError, open_for_all};
use crate::group::state::GroupPhase;
use crate::group::view::{GroupView, all_groups};
use crate::output::group_totals::{GroupTotals, totals_columns, totals_json};
use crate::output::groups::{
    Details, PartitionProgress, describe_json, group_heading, members_columns, offsets_columns, state_columns,
};
use crate::output::table::Columns;
use crate::output::{StdoutError, Ui};
use crate::store::{DataDir, DataDirLocation, GroupId};

/// What is said of groups at one moment.
#[derive(Debug, Default)]
struct Picture {
    /// For stderr.
    notes: Vec<String>,
    /// For stderr; the command fails.
    errors: Vec<String>,
    /// For stdout, ready to be shown.
    text: Vec<String>,
    /// For stdout.
    json: Vec<serde_json::Value>,
    /// What is summed up, for text and JSON.
    totals: Vec<GroupTotals>,
}

/// In which form, as far as that is not the arguments' to say.
#[derive(Debug, Clone, Copy)]
struct Form {
    for_a_person: bool,
    colours: bool,
}

pub(super) fn run(location: &DataDirLocation, args: &DescribeArgs, ui: &mut Ui) -> Result<()> {
    let form = Form {
        for_a_person: ui.stdout_is_terminal() && args.output == OutputFormat::Text,
        colours: ui.colours(),
    };
    match args.watch {
        Some(interval) => watch(location, args, form, interval, ui),
        None => {
            let picture = picture(location, args, form)?;
            picture.notes.iter().for_each(|note| ui.note(note));
            picture.errors.iter().for_each(|error| ui.error(error));
            Ok(picture.print(ui)?)
        }
    }
}

/// Shows it until a signal ends it. A group that is not there may still come.
fn watch(
    location: &DataDirLocation,
    args: &DescribeArgs,
    form: Form,
    interval: Duration,
    ui: &mut Ui,
) -> Result<()> {
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    // Writing to a pipe that nobody reads may keep this thread from noticing.
    let this_thread = std::thread::current();
    interrupt.end_soon(move || this_thread.unpark())?;
    loop {
        let picture = picture(location, args, form)?;
        let mut said = picture.notes.iter().chain(&picture.errors);
        if form.for_a_person {
            ui.clear_screen();
            said.try_for_each(|text| ui.print_line(text))?;
        } else {
            said.for_each(|note| ui.note(note));
        }
        picture.print(ui)?;
        ui.flush()?;
        let shown = Instant::now();
        loop {
            if let Some(status) = interrupt.status() {
                return Err(EndedBySignal(status).into());
            }
            match interval.checked_sub(shown.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::park_timeout(left),
                _ => break,
            }
        }
    }
}

/// Looks at the groups.
fn picture(location: &DataDirLocation, args: &DescribeArgs, form: Form) -> Result<Picture> {
    let mut picture = Picture::default();
    let Some(dir) = open_for_all(location, args.groups.all_groups)? else { return Ok(picture) };
    let logs = Logs::new(&dir)?;
    if args.groups.all_groups {
        for view in all_groups(&dir)? {
            picture.add(&view, &logs, args, form)?;
        }
    } else {
        for group in picture.chosen(&dir, args)? {
            match GroupView::find(&dir, &group) {
                Ok(view) => picture.add(&view, &logs, args, form)?,
                // One group that cannot be described must not hide the others.
                Err(error) => picture.errors.push(error.to_string()),
            }
        }
    }
    if let Some(by) = args.totals {
        picture.add_totals(by, args.output, form);
    }
    Ok(picture)
}

impl Picture {
    /// The groups that are chosen. Where they are watched, those that a pattern matches may still come.
    fn chosen(&mut self, dir: &DataDir, args: &DescribeArgs) -> Result<Vec<GroupId>> {
        match chosen(dir, &args.groups) {
            Err(error) if args.watch.is_some() && !error.is::<UsageError>() => {
                self.errors.push(crate::commands::message(&error));
                Ok(Vec::new())
            }
            other => other,
        }
    }

    fn print(&self, ui: &mut Ui) -> Result<(), StdoutError> {
        self.text.iter().try_for_each(|text| ui.print_styled(text))?;
        self.json.iter().try_for_each(|json| ui.print_json(json))
    }

    fn add(&mut self, view: &GroupView, logs: &Logs<'_>, args: &DescribeArgs, form: Form) -> Result<()> {
        let group = &view.group;
        let mut rows = match args.members || args.state {
            true => Vec::new(),
            false => progress(view, logs, &mut self.errors),
        };
        if let Some(by) = args.totals {
            let totals = GroupTotals::new(view, &rows, by == TotalsBy::Topic, args.min_lag);
            self.totals.extend(totals);
            return Ok(());
        }
        if let Some(least) = args.min_lag {
            rows.retain(|row| row.left().is_some_and(|left| left >= least));
            if rows.is_empty() {
                return Ok(());
            }
        }
        if args.output == OutputFormat::Text {
            match view.phase() {
                GroupPhase::Empty => {
                    self.notes.push(format!("Consumer group '{group}' has no active members."));
                }
                GroupPhase::Reconciling => {
                    self.notes.push(format!("Warning: Consumer group '{group}' is rebalancing."));
                }
                GroupPhase::Stable => {}
            }
        }
        if args.output == OutputFormat::Json {
            let details = match (args.members, args.state) {
                (true, _) => Details::Members,
                (_, true) => Details::State,
                _ => Details::Offsets(&rows),
            };
            self.json.push(describe_json(view, details));
            return Ok(());
        }
        let columns = match (args.members, args.state) {
            (true, _) => members_columns(view, args.verbose),
            (_, true) => state_columns(view, args.verbose),
            // As in Kafka, a group without a partition has no table.
            _ if rows.is_empty() && !form.for_a_person => return Ok(()),
            _ => offsets_columns(group, &rows, args.verbose),
        };
        self.add_table(view, &rows, &columns, form);
        Ok(())
    }

    /// One table, or an object each, of the sums of all groups.
    fn add_totals(&mut self, by: TotalsBy, output: OutputFormat, form: Form) {
        if output == OutputFormat::Json {
            self.json.extend(self.totals.iter().map(totals_json));
        } else if !self.totals.is_empty() {
            let columns = totals_columns(&self.totals, by == TotalsBy::Topic);
            let table = || columns.table(0, form.colours);
            self.text.push(if form.for_a_person { table() } else { columns.kafka_lines() });
        }
    }

    fn add_table(&mut self, view: &GroupView, rows: &[PartitionProgress], columns: &Columns, form: Form) {
        if form.for_a_person {
            self.text.push(group_heading(view, rows, form.colours));
            self.text.push(columns.table(1, form.colours));
            self.text.push(String::new());
        } else {
            self.text.push(columns.kafka_lines());
        }
    }
}
