//! `mkafka groups`: list, describe, reset and delete consumer groups.

mod delete_offsets;
mod describe;
mod logs;
mod plan;
mod reset;
mod reset_file;

use anyhow::{Result, anyhow};

use self::logs::Logs;
use super::{UsageError, data_dir_location};
use crate::cli::groups::{DeleteArgs, GroupsAction, GroupsArgs, GroupsChoice, ListArgs};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::group::GroupError;
use crate::group::state::GroupPhase;
use crate::group::view::{GroupAdmin, GroupView, all_groups};
use crate::output::Ui;
use crate::output::escape::on_one_line;
use crate::output::groups::{list_columns, list_json};
use crate::store::{DataDir, DataDirLocation, GroupId};

/// All states that Kafka's groups can be in (`GroupState`).
pub(super) const STATES: [&str; 7] =
    ["Assigning", "CompletingRebalance", "Dead", "Empty", "PreparingRebalance", "Reconciling", "Stable"];

/// Runs `mkafka groups`.
///
/// # Errors
/// When groups cannot be looked at or changed.
pub fn run(global: &GlobalArgs, args: &GroupsArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    match &args.action {
        GroupsAction::List(args) => list(&location, args, ui),
        GroupsAction::Describe(args) => describe::run(&location, args, ui),
        GroupsAction::ResetOffsets(args) => reset::run(&location, args, ui),
        GroupsAction::DeleteOffsets(args) => delete_offsets::run(&location, args, ui),
        GroupsAction::Delete(args) => delete(&location, args, ui),
    }
}

/// The group called `id`.
fn group_id(id: &str) -> Result<GroupId> {
    GroupId::new(id).map_err(|error| UsageError(error.to_string()).into())
}

/// The groups that are chosen, of which those of --all-groups exist.
fn chosen(dir: &DataDir, choice: &GroupsChoice) -> Result<Vec<GroupId>> {
    if choice.all_groups {
        return Ok(all_groups(dir)?.into_iter().map(|view| view.group).collect());
    }
    choice.names().into_iter().map(group_id).collect()
}

fn list(location: &DataDirLocation, args: &ListArgs, ui: &mut Ui) -> Result<()> {
    let wanted = args.states();
    for state in wanted.iter().flatten() {
        if !STATES.iter().any(|known| known.eq_ignore_ascii_case(state)) {
            let all = STATES.join(", ");
            return Err(UsageError(format!("Invalid state list '{state}'. Valid states are: {all}")).into());
        }
    }
    let mut views = match super::open_if_there_is_any(location)? {
        Some(dir) => all_groups(&dir)?,
        None => Vec::new(),
    };
    if let Some(wanted) = wanted.as_ref().filter(|wanted| !wanted.is_empty()) {
        views.retain(|view| wanted.iter().any(|state| view.phase().name().eq_ignore_ascii_case(state)));
    }
    if args.output == OutputFormat::Json {
        for view in &views {
            ui.print_json(&list_json(view))?;
        }
    } else if wanted.is_none() {
        for view in &views {
            ui.print_line(&on_one_line(view.group.as_str()))?;
        }
    } else if ui.stdout_is_terminal() {
        ui.print_styled(&list_columns(&views).table(0, ui.colours()))?;
    } else {
        // This one table has no empty line before it.
        ui.print_line(list_columns(&views).kafka_lines().trim_start())?;
    }
    Ok(())
}

fn delete(location: &DataDirLocation, args: &DeleteArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&location.path)?;
    let mut deleted = Vec::new();
    for group in chosen(&dir, &args.groups)? {
        let done = match delete_group(&dir, &group) {
            Ok(()) => {
                deleted.push(format!("'{group}'"));
                true
            }
            Err(error) => {
                ui.error(&super::message(&error));
                false
            }
        };
        if args.output == OutputFormat::Json {
            let json = serde_json::json!({ "v": 1, "group": group, "deleted": done });
            ui.print_json(&json)?;
        }
    }
    if args.output == OutputFormat::Text && !deleted.is_empty() {
        let deleted = deleted.join(", ");
        ui.print_line(&match ui.has_failed() {
            true => format!("These consumer groups were deleted successfully: {deleted}"),
            false => format!("Deletion of requested consumer groups ({deleted}) was successful."),
        })?;
    }
    Ok(())
}

fn delete_group(dir: &DataDir, group: &GroupId) -> Result<()> {
    let could_not = |why: &str| anyhow!("Group '{group}' could not be deleted due to: {why}");
    let not_empty = |phase: GroupPhase| could_not(&format!("The group is not empty: its state is {phase}."));
    // Looked at first without writing anything.
    let view = GroupView::find(dir, group)?;
    if view.phase() != GroupPhase::Empty {
        return Err(not_empty(view.phase()));
    }
    let mut admin = GroupAdmin::open(DataDir::open_for_writing(dir.path())?, group.clone())?;
    match admin.lock().and_then(|empty| empty.delete()) {
        Err(GroupError::NotEmpty { phase, .. }) => Err(not_empty(phase)),
        other => Ok(other?),
    }
}
