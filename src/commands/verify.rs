//! `mkafka verify`: reads everything and checks it.

use std::ops::ControlFlow;

use anyhow::Result;

use super::{data_dir_location, interrupt::Interrupt, open_for_all, select};
use crate::cli::verify::VerifyArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::bounds::LogBounds;
use crate::log::verify::{Finding, Remedy, Verified, verify};
use crate::log::{LogConfig, repair};
use crate::output::Ui;
use crate::output::progress::{Progress, human_bytes};
use crate::store::checkpoint::{
    CLEANER_OFFSET_CHECKPOINT, LOG_START_OFFSET_CHECKPOINT, RECOVERY_POINT_OFFSET_CHECKPOINT, read_offsets,
    read_partition_metadata,
};
use crate::store::{DataDir, Topic};

/// Runs `mkafka verify`.
pub fn run(global: &GlobalArgs, args: &VerifyArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    let choice = args.topics.choice();
    let Some(dir) = open_for_all(&location, choice.is_all())? else { return Ok(()) };
    for file in [LOG_START_OFFSET_CHECKPOINT, CLEANER_OFFSET_CHECKPOINT, RECOVERY_POINT_OFFSET_CHECKPOINT] {
        if let Err(error) = read_offsets(&dir.path().join(file)) {
            let problem = error.to_string();
            report(&Finding { path: dir.path().join(file), problem, remedy: Remedy::None }, false, args, ui)?;
        }
    }
    let topics = select::topics(&dir, &choice, select::Purpose::Look)?;
    if args.repair {
        DataDir::open_for_writing(&location.path)?;
    }
    let floors = dir.log_start_offsets().unwrap_or_default();
    let partitions: Vec<_> = topics
        .iter()
        .flat_map(|topic| select::partitions(&dir, topic, &floors).into_iter().map(move |p| (topic, p)))
        .collect();
    let bytes = |p: &select::PartitionDir| LogBounds::read(&p.dir, p.floor).map_or(0, |bounds| bounds.bytes);
    let mut progress = Progress::reading(Some(partitions.iter().map(|(_, p)| bytes(p)).sum()), true, ui);
    let interrupt = Interrupt::install()?;
    let (mut done, mut all) = (0, Verified::default());
    for (topic, partition) in &partitions {
        let mut watch = |bytes: u64| {
            done += bytes;
            progress.set(done);
            if interrupt.status().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let mut verified = match verify(&partition.dir, &mut watch) {
            Ok(verified) => verified,
            Err(error) => {
                ui.error(&format!("{}: {error}", partition.of));
                continue;
            }
        };
        if let Some(status) = interrupt.status() {
            return Err(super::EndedBySignal(status).into());
        }
        verified.findings.extend(check_topic_id(topic, partition));
        let mut mended = Vec::new();
        if args.repair && verified.findings.iter().any(|finding| finding.remedy != Remedy::None) {
            match repair::repair(&partition.dir, LogConfig::from(&topic.config)) {
                Ok(done) => mended = done,
                Err(error) => ui.error(&format!("{}: {error}", partition.of)),
            }
            // What is left says whether it is mended.
            let left = verify(&partition.dir, &mut |_| ControlFlow::Continue(()))?.findings;
            for finding in std::mem::take(&mut verified.findings) {
                let is_left = finding.remedy == Remedy::None || left.contains(&finding);
                report(&finding, !is_left, args, ui)?;
            }
        }
        for finding in &verified.findings {
            report(finding, false, args, ui)?;
        }
        for mended in mended {
            ui.note(&format!("mkafka: {}: {}", mended.path.display(), mended.what));
        }
        all.segments += verified.segments;
        all.batches += verified.batches;
        all.records += verified.records;
        all.bytes += verified.bytes;
    }
    progress.finish();
    if args.output == OutputFormat::Text {
        ui.note(&format!(
            "checked {} partition(s), {} segment(s), {} batch(es), {} record(s), {}",
            partitions.len(),
            all.segments,
            all.batches,
            all.records,
            human_bytes(all.bytes)
        ));
    }
    Ok(())
}

/// Whether the id in the partition's folder is the topic's.
fn check_topic_id(topic: &Topic, partition: &select::PartitionDir) -> Option<Finding> {
    let path = partition.dir.join(crate::store::checkpoint::PARTITION_METADATA);
    let problem = match read_partition_metadata(&partition.dir) {
        Err(error) => error.to_string(),
        Ok(Some(id)) if topic.id.is_some_and(|known| known != id) => {
            format!("it has the topic id {id}, and the topic has another")
        }
        Ok(_) => return None,
    };
    Some(Finding { path, problem, remedy: Remedy::None })
}

/// Tells a finding; one that is not mended makes the command fail.
fn report(finding: &Finding, is_mended: bool, args: &VerifyArgs, ui: &mut Ui) -> Result<()> {
    if !is_mended {
        ui.fail();
    }
    let remedy = if is_mended { "mended" } else { finding.remedy.describe() };
    Ok(match args.output {
        OutputFormat::Text => {
            ui.print_line(&format!("{}: {}; {remedy}", finding.path.display(), finding.problem))
        }
        OutputFormat::Json => ui.print_json(&serde_json::json!({
            "v": 1,
            "file": finding.path.display().to_string(),
            "problem": finding.problem,
            "remedy": finding.remedy.describe(),
            "mended": is_mended,
        })),
    }?)
}
