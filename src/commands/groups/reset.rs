//! `mkafka groups reset-offsets`: shown, exported or carried out.

use anyhow::{Result, anyhow};

use super::plan::{Plan, Target};
use super::reset_file::{ResetFile, csv_of};
use super::{Logs, chosen};
use crate::cli::OutputFormat;
use crate::cli::groups_reset::ResetOffsetsArgs;
use crate::commands::consent::{self, Question};
use crate::group::GroupError;
use crate::group::state::GroupPhase;
use crate::group::view::{GroupAdmin, GroupView, all_groups, last_replaced};
use crate::output::Ui;
use crate::output::groups::{ResetOffset, reset_columns, reset_json};
use crate::output::table::or_missing;
use crate::spelling::did_you_mean;
use crate::store::{
    CommittedOffset, DataDir, DataDirLocation, GroupId, GroupOffsets, OffsetChange, OffsetChanges,
    TopicPartition,
};

/// What a reset is asked to do, the same for each group.
enum Task {
    /// Partitions to somewhere; `None` means those that the group has committed for.
    To(Target, Option<Vec<TopicPartition>>),
    /// To what a file says.
    File(ResetFile),
    /// To what the last reset replaced.
    Undo,
}

/// What is to become of a group.
struct Outcome {
    changes: OffsetChanges,
    resets: Vec<ResetOffset>,
    warnings: Vec<String>,
    errors: Vec<String>,
}

impl Outcome {
    /// Says what is to be said of it.
    fn tell(&self, ui: &mut Ui) {
        self.warnings.iter().for_each(|warning| ui.warn(warning));
        self.errors.iter().for_each(|error| ui.error(error));
    }
}

pub(super) fn run(location: &DataDirLocation, args: &ResetOffsetsArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&location.path)?;
    let groups = chosen(&dir, &args.groups)?;
    let task = task(&dir, args)?;
    let is_only = groups.len() == 1 && !args.groups.all_groups;
    if args.execute {
        consent::ask(&args.consent, ui, || Ok(question(&dir, &groups, &task, is_only)))?;
    }
    let mut all = Vec::new();
    for group in &groups {
        let done = match args.execute {
            true => execute(&dir, group, &task, is_only, ui),
            false => dry_run(&dir, group, &task, is_only, ui),
        };
        match done {
            Ok(resets) => all.extend(resets),
            // One group that cannot be reset must not keep the others from it.
            Err(error) => ui.error(&crate::commands::message(&error)),
        }
    }
    show(&all, args, is_only, ui)?;
    if !args.execute && !args.dry_run && !args.export && !all.is_empty() {
        // Behind what it is about.
        ui.flush()?;
        ui.note("No action was performed: that takes --execute.");
    }
    Ok(())
}

fn task(dir: &DataDir, args: &ResetOffsetsArgs) -> Result<Task> {
    if let Some(path) = &args.to.from_file {
        return Ok(Task::File(ResetFile::read(path)?));
    }
    let Some(target) = Target::new(&args.to) else { return Ok(Task::Undo) };
    let partitions = match args.all_topics {
        true => None,
        false => Some(Logs::new(dir)?.partitions(&args.topics)?),
    };
    Ok(Task::To(target, partitions))
}

/// What `task` makes of `group`, of which `committed` and `replaced` by the last reset are known.
fn outcome(
    dir: &DataDir,
    group: &GroupId,
    task: &Task,
    is_only: bool,
    committed: &GroupOffsets,
    replaced: impl FnOnce() -> Result<Option<OffsetChanges>, GroupError>,
) -> Result<Outcome> {
    let logs = Logs::new(dir)?;
    let mut plan = Plan::default();
    match task {
        Task::Undo => {
            let nothing = || anyhow!("group '{group}' has had no reset that could be taken back");
            for (of, change) in replaced()?.ok_or_else(nothing)? {
                plan.add_replaced(of, change, &logs)?;
            }
        }
        Task::To(target, partitions) => {
            let committed_for = || committed.keys().cloned().collect();
            for of in partitions.clone().unwrap_or_else(committed_for) {
                plan.add(of, *target, committed, &logs)?;
            }
            if partitions.is_none() && committed.is_empty() {
                plan.warnings.push(format!(
                    "group '{group}' has committed nothing: --topic tells which partitions to set"
                ));
            }
        }
        Task::File(file) => {
            for (of, offset) in file.offsets_of(group, is_only)? {
                if logs.bounds(&of)?.is_none() {
                    // Says which topic was probably meant, if it is the topic that is not there.
                    return Err(dir.topic(&of.topic)?.no_partition(of.partition).into());
                }
                plan.add(of, Target::To(offset), committed, &logs)?;
            }
        }
    }
    let Plan { changes, warnings, errors } = plan;
    let offset_of = |committed: &CommittedOffset| committed.offset;
    let one = |(of, new): (&TopicPartition, &OffsetChange)| ResetOffset {
        group: group.clone(),
        of: of.clone(),
        old: committed.get(of).map(offset_of),
        new: new.committed.as_ref().map(offset_of),
    };
    let resets = changes.iter().map(one).collect();
    Ok(Outcome { changes, resets, warnings, errors })
}

fn is_active(group: &GroupId, phase: GroupPhase) -> anyhow::Error {
    anyhow!(
        "Assignments can only be reset if the group '{group}' is inactive, but the current state is {phase}."
    )
}

/// What a group that is to be reset has committed, without writing anything; `None` when it is new.
fn look(dir: &DataDir, group: &GroupId, task: &Task) -> Result<Option<GroupOffsets>> {
    let may_be_new = matches!(task, Task::To(_, Some(_)) | Task::File(_));
    let view = match GroupView::find(dir, group) {
        Err(GroupError::Unknown { .. }) if may_be_new => return Ok(None),
        other => other?,
    };
    match view.phase() {
        GroupPhase::Empty => Ok(Some(view.offsets)),
        phase => Err(is_active(group, phase)),
    }
}

/// About what a reset that is executed would replace.
fn question(dir: &DataDir, groups: &[GroupId], task: &Task, is_only: bool) -> Question {
    let outcome_of = |group: &GroupId| -> Result<Outcome> {
        let committed = look(dir, group, task)?.unwrap_or_default();
        outcome(dir, group, task, is_only, &committed, || last_replaced(dir, group))
    };
    // What cannot be reset is told when that is tried.
    let resets = groups.iter().filter_map(|group| outcome_of(group).ok()).flat_map(|outcome| outcome.resets);
    let loss = |reset: ResetOffset| {
        let [old, new] = [reset.old, reset.new].map(or_missing);
        format!("group '{}', partition {}: {old} becomes {new}", reset.group, reset.of)
    };
    let losses: Vec<String> = resets.filter(|reset| reset.old != reset.new).map(loss).collect();
    let text = format!("Set {} offset(s)? --undo takes it back.", losses.len());
    Question { losses, text }
}

fn dry_run(
    dir: &DataDir,
    group: &GroupId,
    task: &Task,
    is_only: bool,
    ui: &mut Ui,
) -> Result<Vec<ResetOffset>> {
    let found = look(dir, group, task)?;
    let is_new = found.is_none();
    let committed = found.unwrap_or_default();
    let outcome = outcome(dir, group, task, is_only, &committed, || last_replaced(dir, group))?;
    if is_new {
        let known = all_groups(dir)?;
        let meant = group.nearest(known.iter().map(|view| &view.group));
        let meant = did_you_mean(meant);
        ui.warn(&format!("group '{group}' does not exist: to execute this would create it{meant}"));
    }
    outcome.tell(ui);
    Ok(outcome.resets)
}

fn execute(
    dir: &DataDir,
    group: &GroupId,
    task: &Task,
    is_only: bool,
    ui: &mut Ui,
) -> Result<Vec<ResetOffset>> {
    let found = look(dir, group, task)?;
    let is_new = found.is_none();
    // What cannot be done makes no group.
    outcome(dir, group, task, is_only, &found.unwrap_or_default(), || last_replaced(dir, group))?;
    let mut admin = GroupAdmin::open(DataDir::open_for_writing(dir.path())?, group.clone())?;
    let mut empty = match admin.lock() {
        Err(GroupError::NotEmpty { phase, .. }) => return Err(is_active(group, phase)),
        other => other?,
    };
    // Once more, now that nobody can join or commit.
    let committed = empty.offsets()?;
    let outcome = outcome(dir, group, task, is_only, &committed, || empty.last_replaced())?;
    if !outcome.changes.is_empty() {
        empty.replace(&outcome.changes)?;
    }
    if is_new {
        ui.note(&format!("group '{group}' did not exist: created it"));
    }
    outcome.tell(ui);
    Ok(outcome.resets)
}

fn show(resets: &[ResetOffset], args: &ResetOffsetsArgs, is_only: bool, ui: &mut Ui) -> Result<()> {
    if resets.is_empty() {
        return Ok(());
    }
    if args.export {
        ui.print_line(&csv_of(resets, !is_only)?)?;
    } else if args.output == OutputFormat::Json {
        for reset in resets {
            ui.print_json(&reset_json(reset, args.execute))?;
        }
    } else if ui.stdout_is_terminal() {
        ui.print_styled(&reset_columns(resets).table(0, ui.colours()))?;
    } else {
        ui.print_line(&reset_columns(resets).kafka_lines())?;
    }
    Ok(())
}
