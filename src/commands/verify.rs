//! `mkafka verify`: reads everything and checks it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::{data_dir_location, interrupt::Interrupt, open_for_all, select};
use crate::cli::verify::VerifyArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::fs::{self, FileId};
use crate::log::bounds::LogBounds;
use crate::log::verify::{Finding, Remedy, Verified, verify};
use crate::log::{LOCK_FILE, LogCleaner, LogConfig, LogError, SegmentPath, repair};
use crate::output::Ui;
use crate::output::progress::{Progress, human_bytes};
use crate::record::Offset;
use crate::store::checkpoint::{
    CLEANER_OFFSET_CHECKPOINT, LOG_START_OFFSET_CHECKPOINT, RECOVERY_POINT_OFFSET_CHECKPOINT, read_offsets,
    read_partition_metadata,
};
use crate::store::{DataDir, StoreError, Topic, TopicPartition};

/// Runs `mkafka verify`.
pub fn run(global: &GlobalArgs, args: &VerifyArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    let choice = args.topics.choice();
    let Some(dir) = open_for_all(&location, choice.is_all())? else { return Ok(()) };
    let cleaned = check_checkpoints(&dir, args, ui)?;
    let topics = readable_topics(&dir, args, ui)?;
    if args.repair {
        DataDir::open_for_writing(&location.path)?;
    }
    for finding in topics.iter().flat_map(|topic| missing_partitions(&dir, topic)) {
        report(&finding, false, args, ui)?;
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
            go_on(&interrupt)
        };
        let checked = may_have_gaps(topic, partition, cleaned.as_ref()).and_then(|may_have_gaps| {
            Ok((may_have_gaps, verify_in_use(&partition.dir, may_have_gaps, &mut watch, &interrupt)?))
        });
        let (may_have_gaps, mut verified) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                ui.error(&format!("{}: {error}", partition.of));
                continue;
            }
        };
        if let Some(status) = interrupt.status() {
            return Err(super::EndedBySignal(status).into());
        }
        verified.findings.extend(check_topic_id(topic, partition));
        verified.findings.extend(check_log_start(&dir, partition));
        if args.repair && verified.findings.iter().any(|finding| finding.remedy.is_repair()) {
            mend(topic, partition, may_have_gaps, &verified.findings, &interrupt, args, ui)?;
        } else {
            for finding in &verified.findings {
                report(finding, false, args, ui)?;
            }
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

fn go_on(interrupt: &Interrupt) -> ControlFlow<()> {
    if interrupt.status().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Verifies a partition that others may be changing meanwhile: what is found but once was under way, and a second look
/// finds it done. If the files of what it finds again are others by then, or longer, it is looked at once more.
fn verify_in_use(
    dir: &Path,
    may_have_gaps: bool,
    watch: &mut impl FnMut(u64) -> ControlFlow<()>,
    interrupt: &Interrupt,
) -> Result<Verified, LogError> {
    const LOOKS: u32 = 20;
    let mut verified = verify(dir, may_have_gaps, watch)?;
    for _ in 0..LOOKS {
        if verified.findings.is_empty() || interrupt.status().is_some() {
            break;
        }
        wait_for_writer(dir);
        let before = files_of(&verified.findings);
        let again = verify(dir, may_have_gaps, &mut |_| go_on(interrupt))?;
        verified.findings.retain(|finding| again.findings.contains(finding));
        if files_of(&verified.findings).iter().all(|(path, now)| before.get(path) == Some(now)) {
            break;
        }
    }
    Ok(verified)
}

/// Waits until whoever changes the partition in `dir` just now is done with that, or has taken longer than it should.
fn wait_for_writer(dir: &Path) {
    const PATIENCE: u32 = 1000;
    for _ in 0..PATIENCE {
        // Where that cannot be told nobody is waited for.
        if !matches!(fs::is_locked(&dir.join(LOCK_FILE)), Ok(Some(true))) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Which files the segments are made of that something was found in, or what was found itself; and how long they are.
fn files_of(findings: &[Finding]) -> BTreeMap<PathBuf, Option<(FileId, u64)>> {
    let paths = findings.iter().flat_map(|finding| {
        let name = finding.path.file_name().unwrap_or_default().to_string_lossy();
        match (finding.path.parent(), SegmentPath::parse_base_offset(&name)) {
            (Some(dir), Some(base)) => SegmentPath::new(dir, base).files().into_iter().collect(),
            _ => vec![finding.path.clone()],
        }
    });
    let found = |path: &Path| fs::look_up(path).ok().map(|metadata| (FileId::of(&metadata), metadata.len()));
    paths.map(|path| (path.clone(), found(&path))).collect()
}

/// Mends a partition of which these are the `findings`, and reports what became of each.
fn mend(
    topic: &Topic,
    partition: &select::PartitionDir,
    may_have_gaps: bool,
    findings: &[Finding],
    interrupt: &Interrupt,
    args: &VerifyArgs,
    ui: &mut Ui,
) -> Result<()> {
    let mut mended = Vec::new();
    let repaired = repair::repair(&partition.dir, LogConfig::from(&topic.config), &mut mended);
    // What is left says whether it is mended.
    let again = verify(&partition.dir, may_have_gaps, &mut |_| go_on(interrupt));
    if let Some(status) = interrupt.status() {
        return Err(super::EndedBySignal(status).into());
    }
    let left = match repaired.and(again) {
        Ok(again) => again.findings,
        Err(error) => {
            ui.error(&format!("{}: {error}", partition.of));
            findings.to_vec()
        }
    };
    for finding in findings {
        let is_left = !finding.remedy.is_repair() || left.contains(finding);
        report(finding, !is_left, args, ui)?;
    }
    for finding in left.iter().filter(|left| !findings.contains(left)) {
        report(finding, false, args, ui)?;
    }
    for mended in mended {
        ui.note(&format!("mkafka: {}: {}", mended.path.display(), mended.what));
    }
    Ok(())
}

/// The topics that are chosen, but for those whose own files are damaged, which is reported.
fn readable_topics(dir: &DataDir, args: &VerifyArgs, ui: &mut Ui) -> Result<Vec<Topic>> {
    select::topics_but(dir, &args.topics.choice(), |error| {
        match error {
            StoreError::BadMetadata { path, reason } => {
                report(&Finding { path, problem: reason, remedy: Remedy::None }, false, args, ui)?;
            }
            other => ui.error(&other.to_string()),
        }
        Ok(())
    })
}

/// Checks the checkpoints of the data directory; answers which partitions a broker has compacted, if it says so.
fn check_checkpoints(dir: &DataDir, args: &VerifyArgs, ui: &mut Ui) -> Result<Option<Cleaned>> {
    let mut cleaned = None;
    for file in [LOG_START_OFFSET_CHECKPOINT, CLEANER_OFFSET_CHECKPOINT, RECOVERY_POINT_OFFSET_CHECKPOINT] {
        let path = dir.path().join(file);
        match read_offsets(&path) {
            Ok(offsets) => {
                if file == CLEANER_OFFSET_CHECKPOINT && path.exists() {
                    cleaned = Some(offsets);
                }
            }
            Err(error) => {
                report(&Finding { path, problem: error.to_string(), remedy: Remedy::None }, false, args, ui)?;
            }
        }
    }
    Ok(cleaned)
}

/// Up to where a broker has compacted each partition.
type Cleaned = BTreeMap<TopicPartition, Offset>;

/// Whether compaction may have taken offsets out of the partition anywhere. Of a topic that a broker wrote the policy is
/// not known, only what the broker has `cleaned`.
fn may_have_gaps(
    topic: &Topic,
    partition: &select::PartitionDir,
    cleaned: Option<&Cleaned>,
) -> Result<bool, LogError> {
    let cleaner = LogCleaner::new(&partition.dir, (&topic.config).into());
    let by_broker = cleaned.map_or(!topic.known_to_us, |cleaned| cleaned.contains_key(&partition.of));
    Ok(topic.config.cleanup_policy().compact || by_broker || cleaner.has_cleaned()?)
}

/// The partitions of `topic` whose folders are gone.
fn missing_partitions(dir: &DataDir, topic: &Topic) -> Vec<Finding> {
    let finding = |of: TopicPartition| {
        let path = dir.partition_path(&of);
        Finding { path, problem: "the partition's folder is missing".into(), remedy: Remedy::None }
    };
    topic.lost().into_iter().map(finding).collect()
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

/// Whether the log start offset that a checkpoint gives lies in the log.
fn check_log_start(dir: &DataDir, partition: &select::PartitionDir) -> Option<Finding> {
    let end = LogBounds::read(&partition.dir, Offset::ZERO).ok()?.end;
    let problem =
        format!("it says that {} starts at offset {}, but that ends at {end}", partition.of, partition.floor);
    let path = dir.path().join(LOG_START_OFFSET_CHECKPOINT);
    (partition.floor > end).then_some(Finding { path, problem, remedy: Remedy::None })
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
