//! `mkafka groups`: list, describe, reset and delete consumer groups.

mod delete_offsets;
mod describe;
mod logs;
mod plan;
mod progress;
mod reset;
mod reset_file;

use anyhow::{Result, anyhow};

use self::logs::Logs;
use self::progress::progress;
use super::consent::{self, Question};
use super::{UsageError, data_dir_location, open_for_all, select};
use crate::cli::groups::{DeleteArgs, GroupsAction, GroupsArgs, GroupsChoice, ListArgs};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::group::GroupError;
use crate::group::state::GroupPhase;
use crate::group::view::{GroupAdmin, GroupView, all_groups};
use crate::output::Ui;
use crate::output::escape::on_one_line;
use crate::output::group_totals::total_lag;
use crate::output::groups::{GROUP_TYPE, list_columns, list_json};
use crate::store::{DataDir, DataDirLocation, GroupId};

/// All states that Kafka's groups can be in (`GroupState`).
pub(super) const STATES: [&str; 7] =
    ["Assigning", "CompletingRebalance", "Dead", "Empty", "PreparingRebalance", "Reconciling", "Stable"];

/// All types that Kafka's groups can be of (`GroupType`).
pub(super) const TYPES: [&str; 3] = ["Classic", "Consumer", "Share"];

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

/// The groups that are chosen, of which those of --all-groups exist.
fn chosen(dir: &DataDir, choice: &GroupsChoice) -> Result<Vec<GroupId>> {
    if choice.all_groups {
        return Ok(all_groups(dir)?.into_iter().map(|view| view.group).collect());
    }
    select::groups(dir, &choice.names(), choice.regex)
}

fn list(location: &DataDirLocation, args: &ListArgs, ui: &mut Ui) -> Result<()> {
    let (types, states) = (args.types(), args.states());
    check_words("types", types.as_deref(), &TYPES)?;
    check_words("state", states.as_deref(), &STATES)?;
    let names = args.names();
    let views = match open_for_all(location, names.is_empty())? {
        Some(dir) => listed(&dir, &names, args, ui)?,
        None => Vec::new(),
    };
    if args.output == OutputFormat::Json {
        for (view, lag) in &views {
            let mut json = list_json(view);
            if args.min_lag.is_some() {
                json["totalLag"] = (*lag).into();
            }
            ui.print_json(&json)?;
        }
        return Ok(());
    }
    let views: Vec<GroupView> = views.into_iter().map(|(view, _)| view).collect();
    if types.is_none() && states.is_none() {
        for view in &views {
            ui.print_line(&on_one_line(view.group.as_str()))?;
        }
        return Ok(());
    }
    let columns = list_columns(&views, types.is_some(), states.is_some());
    Ok(match ui.stdout_is_terminal() {
        true => ui.print_styled(&columns.table(0, ui.colours())),
        // This one table has no empty line before it.
        false => ui.print_line(columns.kafka_lines().trim_start()),
    }?)
}

/// Refuses words that are none of those there are, in Kafka's words.
fn check_words(what: &str, given: Option<&[&str]>, known: &[&str]) -> Result<()> {
    let is_known = |word: &&&str| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    match given.into_iter().flatten().find(|word| !is_known(word)) {
        None => Ok(()),
        Some(word) => {
            let all = known.join(", ");
            let what =
                format!("Invalid {what} list '{word}'. Valid {}s are: {all}", what.trim_end_matches('s'));
            Err(UsageError(what).into())
        }
    }
}

/// The groups that `args` ask for, with the records that each has still to read where that matters.
fn listed(
    dir: &DataDir,
    names: &[&str],
    args: &ListArgs,
    ui: &mut Ui,
) -> Result<Vec<(GroupView, Option<i64>)>> {
    let mut views = Vec::new();
    if names.is_empty() {
        views = all_groups(dir)?;
    }
    for group in select::groups(dir, names, args.regex)? {
        match GroupView::find(dir, &group) {
            Ok(view) => views.push(view),
            // One that is not there must not hide the others.
            Err(error) => ui.error(&error.to_string()),
        }
    }
    let is_one_of = |wanted: Option<Vec<&str>>, word: &str| {
        let wanted = wanted.unwrap_or_default();
        wanted.is_empty() || wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(word))
    };
    views.retain(|view| is_one_of(args.states(), view.phase().name()) && is_one_of(args.types(), GROUP_TYPE));
    let Some(least) = args.min_lag else {
        return Ok(views.into_iter().map(|view| (view, None)).collect());
    };
    let logs = Logs::new(dir)?;
    let mut errors = Vec::new();
    let with_lag = |view: GroupView| {
        let lag = total_lag(&progress(&view, &logs, &mut errors));
        (view, lag)
    };
    let mut views: Vec<_> = views.into_iter().map(with_lag).collect();
    views.retain(|(_, lag)| lag.is_some_and(|lag| lag >= least));
    errors.iter().for_each(|error| ui.error(error));
    Ok(views)
}

fn delete(location: &DataDirLocation, args: &DeleteArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&location.path)?;
    let mut deleted = Vec::new();
    let groups = chosen(&dir, &args.groups)?;
    consent::ask(&args.consent, ui, || Ok(question(&dir, &groups)))?;
    for group in groups {
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

/// About those of `groups` that can be deleted.
fn question(dir: &DataDir, groups: &[GroupId]) -> Question {
    let views = groups.iter().filter_map(|group| GroupView::find(dir, group).ok());
    let loss = |view: GroupView| {
        format!("group '{}': what it has committed for {} partition(s)", view.group, view.offsets.len())
    };
    let losses: Vec<String> = views.filter(|view| view.phase() == GroupPhase::Empty).map(loss).collect();
    let text = format!("Delete {} group(s)?", losses.len());
    Question { losses, text }
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
