//! `mkafka groups delete-offsets`.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};

use crate::cli::OutputFormat;
use crate::cli::groups::{DeleteOffsetsArgs, TopicPartitionsArg};
use crate::commands::UsageError;
use crate::commands::consent::{self, Question};
use crate::group::GroupError;
use crate::group::state::GroupPhase;
use crate::group::view::{GroupAdmin, GroupView};
use crate::output::Ui;
use crate::output::groups::{deleted_offset_json, deleted_offsets_columns};
use crate::record::Offset;
use crate::spelling::did_you_mean;
use crate::store::{
    DataDir, DataDirLocation, GroupId, GroupOffsets, OffsetChange, TopicName, TopicPartition,
};

/// Of each partition that is asked for, what is committed.
type Found = BTreeMap<TopicPartition, Option<Offset>>;

pub(super) fn run(location: &DataDirLocation, args: &DeleteOffsetsArgs, ui: &mut Ui) -> Result<()> {
    let group = GroupId::new(args.group()).map_err(|error| UsageError(error.to_string()))?;
    let dir = DataDir::open_for_reading(&location.path)?;
    let forbidden =
        || anyhow!("Deleting offsets of a consumer group '{group}' is forbidden if the group is not empty.");
    // Looked at first without writing anything.
    let view = GroupView::find(&dir, &group)?;
    if view.phase() != GroupPhase::Empty {
        return Err(forbidden());
    }
    let found = committed_for(&group, &view.offsets, &args.topics)?;
    consent::ask(&args.consent, ui, || Ok(question(&group, &found)))?;
    let mut admin = GroupAdmin::open(DataDir::open_for_writing(&location.path)?, group.clone())?;
    let mut empty = match admin.lock() {
        Err(GroupError::NotEmpty { .. }) => return Err(forbidden()),
        other => other?,
    };
    let found = committed_for(&group, &empty.offsets()?, &args.topics)?;
    let doomed = found.iter().filter(|(_, committed)| committed.is_some());
    empty.commit(&doomed.map(|(of, _)| (of.clone(), OffsetChange::TAKE_BACK)).collect())?;
    drop(empty);

    for (of, _) in found.iter().filter(|(_, committed)| committed.is_none()) {
        ui.error(&format!("group '{group}' has committed nothing for partition {of}"));
    }
    if args.output == OutputFormat::Json {
        for (of, committed) in &found {
            ui.print_json(&deleted_offset_json(&group, of, *committed))?;
        }
        return Ok(());
    }
    let found: Vec<(TopicPartition, Option<Offset>)> = found.into_iter().collect();
    let columns = deleted_offsets_columns(&found);
    let text = if ui.stdout_is_terminal() { columns.table(0, ui.colours()) } else { columns.kafka_lines() };
    Ok(ui.print_styled(&text)?)
}

fn question(group: &GroupId, found: &Found) -> Question {
    let loss = |(of, committed): (&TopicPartition, &Option<Offset>)| {
        committed.map(|offset| format!("partition {of}: offset {offset} is committed"))
    };
    let losses: Vec<String> = found.iter().filter_map(loss).collect();
    let text = format!("Take back {} offset(s) of group '{group}'?", losses.len());
    Question { losses, text }
}

/// What is committed for the partitions that `args` name. The topics need not exist any longer.
fn committed_for(group: &GroupId, offsets: &GroupOffsets, args: &[TopicPartitionsArg]) -> Result<Found> {
    let mut found = Found::new();
    for arg in args {
        let topic = TopicName::new(&arg.topic)?;
        if arg.partitions.is_empty() {
            let mut of_topic = offsets.iter().filter(|(of, _)| of.topic == topic).peekable();
            let has_none = of_topic.peek().is_none();
            found.extend(of_topic.map(|(of, committed)| (of.clone(), Some(committed.offset))));
            if has_none {
                let meant = topic.nearest(offsets.keys().map(|of| &of.topic));
                let meant = did_you_mean(meant);
                bail!("group '{group}' has committed nothing for topic '{topic}'{meant}");
            }
        }
        for number in &arg.partitions {
            let of = TopicPartition::new(topic.clone(), *number);
            let committed = offsets.get(&of).map(|committed| committed.offset);
            found.insert(of, committed);
        }
    }
    Ok(found)
}
