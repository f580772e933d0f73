//! Which kind of file a name means.

use std::path::Path;

use super::TextKind;
use crate::log::{DAMAGED_SUFFIX, SegmentPath};
use crate::record::Offset;

/// A kind of file that a broker leaves behind, as its name tells (Kafka's `DumpLogSegments.main`, which
/// looks at nothing else).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `.log`: record batches. The base offset, where the name has one.
    Log(Option<Offset>),
    /// `.checkpoint`: a snapshot of KRaft metadata, which is record batches too. End offset and epoch.
    MetadataSnapshot(Option<(Offset, i32)>),
    /// `bootstrap.checkpoint`: the first records of KRaft metadata.
    MetadataBootstrap,
    /// `.index`: offsets to positions.
    OffsetIndex,
    /// `.timeindex`: timestamps to offsets.
    TimeIndex,
    /// `.snapshot`: the producers known at an offset.
    ProducerSnapshot,
    /// `.txnindex`: aborted transactions.
    TxnIndex,
    /// A small text: a checkpoint, `partition.metadata`, `meta.properties`, `quorum-state`.
    Text(TextKind),
    /// Nothing that Kafka writes.
    Unknown,
}

impl FileKind {
    /// The kind of the file that `path` names.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match &*name {
            "bootstrap.checkpoint" => return Self::MetadataBootstrap,
            "leader-epoch-checkpoint" => return Self::Text(TextKind::LeaderEpochs),
            "partition.metadata" => return Self::Text(TextKind::PartitionMetadata),
            "meta.properties" => return Self::Text(TextKind::Properties),
            "quorum-state" => return Self::Text(TextKind::QuorumState),
            "recovery-point-offset-checkpoint"
            | "replication-offset-checkpoint"
            | "log-start-offset-checkpoint"
            | "cleaner-offset-checkpoint" => return Self::Text(TextKind::Offsets),
            _ => {}
        }
        match name.rsplit_once('.').map(|(_, suffix)| suffix) {
            Some("log") => Self::Log(SegmentPath::parse_base_offset(&name)),
            Some("checkpoint") => Self::MetadataSnapshot(parse_snapshot_id(&name)),
            Some("index") => Self::OffsetIndex,
            Some("timeindex") => Self::TimeIndex,
            Some("snapshot") => Self::ProducerSnapshot,
            Some("txnindex") => Self::TxnIndex,
            // It begins somewhere within the segment that the name tells of.
            _ if is_kept_piece(&name) => Self::Log(None),
            _ => Self::Unknown,
        }
    }

    /// Whether a folder that is to be dumped stands for the file `path` too: a broker wrote it. Pieces that a repair
    /// has taken out of a log are damaged, and looked at only when they are named.
    pub fn is_of_a_broker(path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self::of(path) != Self::Unknown && !is_kept_piece(&name)
    }
}

/// Whether a file of this name holds what `verify --repair` took out of a log.
fn is_kept_piece(name: &str) -> bool {
    let parts = name.split_once(DAMAGED_SUFFIX);
    parts.is_some_and(|(log, place)| log.ends_with(".log") && place.starts_with(|c: char| c.is_ascii_digit()))
}

/// End offset and epoch in the name of a metadata snapshot, `OFFSET-EPOCH.checkpoint` (Kafka's
/// `Snapshots.parse`).
fn parse_snapshot_id(name: &str) -> Option<(Offset, i32)> {
    let (offset, epoch) = name.split('.').next()?.split_once('-')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(offset) || !is_number(epoch) {
        return None;
    }
    Some((Offset(offset.parse().ok()?), epoch.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides() {
        for (name, kind) in [
            ("t-0/00000000000000000042.log", FileKind::Log(Some(Offset(42)))),
            ("copy.log", FileKind::Log(None)),
            ("00000000000000000000.index", FileKind::OffsetIndex),
            ("00000000000000000000.timeindex", FileKind::TimeIndex),
            ("00000000000000000000.txnindex", FileKind::TxnIndex),
            ("00000000000000000007.snapshot", FileKind::ProducerSnapshot),
            ("00000000000000000007-0000000003.checkpoint", FileKind::MetadataSnapshot(Some((Offset(7), 3)))),
            ("x-3.checkpoint", FileKind::MetadataSnapshot(None)),
            ("bootstrap.checkpoint", FileKind::MetadataBootstrap),
            ("leader-epoch-checkpoint", FileKind::Text(TextKind::LeaderEpochs)),
            ("cleaner-offset-checkpoint", FileKind::Text(TextKind::Offsets)),
            ("00000000000000000000.log.damaged-71", FileKind::Log(None)),
            ("00000000000000000000.log.damaged-71-2", FileKind::Log(None)),
            ("00000000000000000000.log.damaged-", FileKind::Unknown),
            ("notes.damaged-71", FileKind::Unknown),
            ("00000000000000000000.log.deleted", FileKind::Unknown),
            ("log", FileKind::Unknown),
            ("..", FileKind::Unknown),
        ] {
            assert_eq!(FileKind::of(Path::new(name)), kind, "{name}");
        }
    }
}
