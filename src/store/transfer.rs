//! Carrying a topic from one data directory to another: its partition folders, and a manifest with the
//! checksum of each file.
//!
//! ```text
//! mkafka-export.json            the manifest
//! orders-0/0000….log …          as in a data directory
//! log-start-offset-checkpoint   where a partition starts in the middle of a segment
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checkpoint::{LOG_START_OFFSET_CHECKPOINT, offsets_to_bytes};
use super::{
    DataDir, LogStartOffsets, MAX_PARTITIONS, NewTopic, StoreError, Topic, TopicConfig, TopicId, TopicName,
    TopicPartition, WritableDataDir,
};
use crate::fs::{self, HeldFolder, IoContext as _, LogFile};
use crate::log::bounds::LogBounds;
use crate::log::checkpoint::LEADER_EPOCH_CHECKPOINT;
use crate::log::segment::SegmentList;
use crate::log::{
    CleanerConfig, LogCleaner, LogConfig, LogError, SegmentPath, rebuild_indexes, repair, transaction,
};
use crate::record::Offset;

/// The name of the manifest.
pub const MANIFEST: &str = "mkafka-export.json";
/// The newest version of the manifest that is known.
const VERSION: u64 = 1;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    version: u64,
    /// The topic's name.
    pub topic: TopicName,
    topic_id: Option<TopicId>,
    partitions: i32,
    configs: TopicConfig,
    /// Where partitions start, if not at the beginning of their first segment.
    log_start_offsets: Vec<(i32, i64)>,
    files: Vec<ManifestFile>,
}

/// A file of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Partition and name.
    partition: i32,
    name: String,
    bytes: u64,
    /// CRC-32C of all of it.
    crc32c: u32,
}

impl Manifest {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When it is none, or of a newer version, or names files that no export has.
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = |reason: String| StoreError::BadMetadata { path: path.to_owned(), reason };
        let manifest: Self = serde_json::from_slice(bytes).map_err(|e| damaged(e.to_string()))?;
        if manifest.version > VERSION {
            let path = path.to_owned();
            return Err(StoreError::NewerVersion { path, found: manifest.version, known: VERSION });
        }
        let partitions = 0..manifest.partitions;
        if !(1..=MAX_PARTITIONS).contains(&manifest.partitions) {
            return Err(damaged(format!(
                "it says that there are {} partitions; there can be 1 to {MAX_PARTITIONS}",
                manifest.partitions
            )));
        }
        for (number, offset) in &manifest.log_start_offsets {
            if !partitions.contains(number) || *offset < 0 {
                return Err(damaged(format!("it says that partition {number} begins at offset {offset}")));
            }
        }
        for file in &manifest.files {
            // A name must not lead out of the partition's folder.
            let is_plain =
                file.name == LEADER_EPOCH_CHECKPOINT || SegmentPath::parse_base_offset(&file.name).is_some();
            if !is_plain || file.name.contains('/') || !partitions.contains(&file.partition) {
                return Err(damaged(format!(
                    "it names the file {:?}, which is none of a partition",
                    file.name
                )));
            }
        }
        Ok(manifest)
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The files by the paths that they have in an export.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|file| self.path_of(file))
    }

    fn path_of(&self, file: &ManifestFile) -> PathBuf {
        let folder = TopicPartition::new(self.topic.clone(), file.partition).folder_name();
        Path::new(&folder).join(&file.name)
    }
}

impl DataDir {
    /// Copies `topic` into the new folder `to`. `watch` is told of the bytes copied.
    ///
    /// # Errors
    /// When a file cannot be read or written; what was written is left.
    pub fn export_topic(
        &self,
        topic: &Topic,
        to: &Path,
        watch: &mut dyn FnMut(u64),
    ) -> Result<Manifest, StoreError> {
        fs::create_dir_all(to)?;
        let floors = self.log_start_offsets()?;
        let mut manifest = Manifest {
            version: VERSION,
            topic: topic.name.clone(),
            topic_id: topic.id,
            partitions: topic.partition_count,
            configs: topic.config.clone(),
            log_start_offsets: Vec::new(),
            files: Vec::new(),
        };
        let mut checkpoint = LogStartOffsets::new();
        for &number in &topic.partitions {
            let of = TopicPartition::new(topic.name.clone(), number);
            let (from, target) = (self.partition_path(&of), to.join(of.folder_name()));
            fs::create_dir_all(&target)?;
            // Nobody compacts meanwhile, as far as that can be seen to; retention takes whole segments only.
            let cleaner = LogCleaner::new(&from, CleanerConfig::from(&topic.config));
            let copied = cleaner.while_idle(|| copy_partition(&from, &target, &topic.config, watch));
            copied.map_err(|source| StoreError::Log { partition: of.clone(), source })?;
            if let Some(floor) = floors.get(&of) {
                manifest.log_start_offsets.push((number, floor.0));
                checkpoint.insert(of, *floor);
            }
            for name in sorted_names(&target)? {
                let (bytes, crc32c) = checksum(&target.join(&name))?;
                manifest.files.push(ManifestFile { partition: number, name, bytes, crc32c });
            }
            if let Some(id) = topic.id {
                let metadata = super::checkpoint::partition_metadata_to_bytes(id);
                fs::write_new(&target.join(super::checkpoint::PARTITION_METADATA), &metadata)?;
            }
            fs::sync_dir(&target)?;
        }
        if !checkpoint.is_empty() {
            fs::write_new(&to.join(LOG_START_OFFSET_CHECKPOINT), &offsets_to_bytes(&checkpoint))?;
        }
        fs::write_new(&to.join(MANIFEST), &manifest.to_bytes())?;
        fs::sync_dir(to)?;
        Ok(manifest)
    }
}

/// Copies the log of one partition as it is now. Where retention takes a segment that is about to be copied, it has
/// taken those before as well, and what has been copied of them is given up.
fn copy_partition(
    from: &Path,
    to: &Path,
    config: &TopicConfig,
    watch: &mut dyn FnMut(u64),
) -> Result<(), LogError> {
    SegmentList::with(from, |list| {
        for name in fs::list_folder(to)? {
            fs::remove_file(&to.join(name))?;
        }
        copy_listed(from, list, to, config, watch)
    })
}

fn copy_listed(
    from: &Path,
    list: &SegmentList,
    to: &Path,
    config: &TopicConfig,
    watch: &mut dyn FnMut(u64),
) -> Result<(), LogError> {
    for &base in &list.logs {
        let is_active = list.logs.last() == Some(&base);
        let (source, target) = (SegmentPath::new(from, base), SegmentPath::new(to, base));
        let limit = if is_active { repair::valid_length(&source)? } else { u64::MAX };
        copy_file(&source.log(), &target.log(), limit, watch)?;
        if source.txn_index().exists() {
            copy_file(&source.txn_index(), &target.txn_index(), u64::MAX, watch)?;
        }
        if source.snapshot().exists() {
            copy_file(&source.snapshot(), &target.snapshot(), u64::MAX, watch)?;
        }
        if is_active || !source.index().exists() || !source.time_index().exists() {
            rebuild_indexes(&target, LogConfig::from(config).index_interval_bytes)?;
        } else {
            copy_file(&source.index(), &target.index(), u64::MAX, watch)?;
            copy_file(&source.time_index(), &target.time_index(), u64::MAX, watch)?;
        }
    }
    let epochs = from.join(LEADER_EPOCH_CHECKPOINT);
    if epochs.exists() {
        copy_file(&epochs, &to.join(LEADER_EPOCH_CHECKPOINT), u64::MAX, watch)?;
    }
    Ok(())
}

/// Copies up to `limit` bytes of a file, and puts the copy on the disk.
fn copy_file(from: &Path, to: &Path, limit: u64, watch: &mut dyn FnMut(u64)) -> Result<(), fs::FileError> {
    let mut source = fs::open_read(from)?.take(limit);
    copy_from(&mut source, from, to, watch).map(drop)
}

/// Copies what `source` has, which was opened as `from`; answers its length and checksum.
fn copy_from(
    source: &mut dyn Read,
    from: &Path,
    to: &Path,
    watch: &mut dyn FnMut(u64),
) -> Result<(u64, u32), fs::FileError> {
    let target = LogFile::create(to)?;
    let mut piece = vec![0; 1 << 20];
    let (mut at, mut crc) = (0, 0);
    loop {
        let read = source.read(&mut piece).context_io("read", from)?;
        if read == 0 {
            target.sync_data()?;
            return Ok((at, crc));
        }
        target.write_all_at(&piece[..read], at)?;
        crc = crc32c::crc32c_append(crc, &piece[..read]);
        at += read as u64;
        watch(read as u64);
    }
}

fn checksum(path: &Path) -> Result<(u64, u32), fs::FileError> {
    let mut file: File = fs::open_read(path)?;
    let mut piece = vec![0; 1 << 20];
    let (mut bytes, mut crc) = (0, 0);
    loop {
        let read = file.read(&mut piece).context_io("read", path)?;
        if read == 0 {
            return Ok((bytes, crc));
        }
        crc = crc32c::crc32c_append(crc, &piece[..read]);
        bytes += read as u64;
    }
}

fn sorted_names(folder: &Path) -> Result<Vec<String>, fs::FileError> {
    let names = fs::list_folder(folder)?.into_iter();
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// A topic that is being taken in: its files are collected and checked in a folder of `.mkafka` before the
/// topic is made from them with one rename.
#[derive(Debug)]
pub struct TopicImport<'d> {
    dir: &'d WritableDataDir,
    manifest: Manifest,
    staging: HeldFolder,
    /// The files of the manifest that have not come yet: where they stand in it, by their paths in the export.
    missing: BTreeMap<PathBuf, usize>,
}

/// What the names of staging folders begin with.
const STAGING_PREFIX: &str = "import-";

impl WritableDataDir {
    /// Begins to take in what `manifest` tells of.
    ///
    /// # Errors
    /// When the folder for it cannot be made.
    pub fn begin_import(&self, manifest: Manifest) -> Result<TopicImport<'_>, StoreError> {
        self.remove_dead_imports()?;
        let root = self.metadata.root();
        let staging = HeldFolder::new(|| root.join(format!("{STAGING_PREFIX}{}", TopicId::random())))?;
        for number in 0..manifest.partitions {
            fs::create_dir(&staging.path().join(number.to_string()))?;
        }
        let missing = manifest.paths().zip(0..).collect();
        Ok(TopicImport { dir: self, manifest, staging, missing })
    }

    /// Removes what imports have left whose process died.
    fn remove_dead_imports(&self) -> Result<(), StoreError> {
        let root = self.metadata.root();
        for name in sorted_names(root)?.into_iter().filter(|name| name.starts_with(STAGING_PREFIX)) {
            HeldFolder::remove_if_dead(&root.join(name))?;
        }
        Ok(())
    }
}

impl TopicImport<'_> {
    /// What is being taken in.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Takes in the file that has `path` in the export, which was opened as `opened_as`. Files that the manifest
    /// does not name are passed over.
    ///
    /// # Errors
    /// When its length or checksum is not what the manifest says.
    pub fn add(
        &mut self,
        path: &Path,
        source: &mut dyn Read,
        opened_as: &Path,
        watch: &mut dyn FnMut(u64),
    ) -> Result<(), StoreError> {
        let Some(&at) = self.missing.get(path) else { return Ok(()) };
        let file = &self.manifest.files[at];
        let target = self.staging.path().join(file.partition.to_string()).join(&file.name);
        let (bytes, crc) = copy_from(source, opened_as, &target, watch)?;
        if (bytes, crc) != (file.bytes, file.crc32c) {
            return Err(StoreError::BadMetadata {
                path: opened_as.join(path),
                reason: format!(
                    "it has {bytes} bytes and the checksum {crc:08x}; when it was exported it had {} and {:08x}",
                    file.bytes, file.crc32c
                ),
            });
        }
        self.missing.remove(path);
        Ok(())
    }

    /// Makes the topic, called `name`, of what was taken in.
    ///
    /// # Errors
    /// When a file is missing, or there is such a topic.
    pub fn finish(mut self, name: TopicName) -> Result<Topic, StoreError> {
        if let Some((path, _)) = self.missing.pop_first() {
            return Err(StoreError::BadMetadata { path, reason: "it is missing in the export".into() });
        }
        let new = NewTopic {
            partitions: self.manifest.partitions,
            config: self.manifest.configs.clone(),
            ..NewTopic::named(name.clone())
        };
        // A copy under another name is another topic.
        let id = self.manifest.topic_id.filter(|_| name == self.manifest.topic);
        let id = id.unwrap_or_else(TopicId::random);
        for number in 0..self.manifest.partitions {
            let folder = self.staging.path().join(number.to_string());
            // A transaction that was open when it was exported is nobody's here.
            transaction::abort_all(&folder, LogConfig::from(&self.manifest.configs)).map_err(|source| {
                StoreError::Log { partition: TopicPartition::new(name.clone(), number), source }
            })?;
            let metadata = super::checkpoint::partition_metadata_to_bytes(id);
            fs::write_new(&folder.join(super::checkpoint::PARTITION_METADATA), &metadata)?;
            fs::sync_dir(&folder)?;
        }
        let fill = |number: i32, folder: &Path| {
            fs::rename_unsynced(&self.staging.path().join(number.to_string()), folder)?;
            // Before there is a topic: nobody is to read what was deleted where it comes from.
            self.note_start(TopicPartition::new(name.clone(), number), folder)
        };
        self.dir.create_topic_from(&new, id, &fill)
    }

    /// Notes where the log of partition `of`, whose folder is `folder`, starts, if the manifest says so.
    fn note_start(&self, of: TopicPartition, folder: &Path) -> Result<(), StoreError> {
        let starts = self.manifest.log_start_offsets.iter();
        let Some(start) = starts.filter(|(number, _)| *number == of.partition).map(|(_, start)| *start).max()
        else {
            return Ok(());
        };
        let bounds = LogBounds::read(folder, Offset::ZERO);
        let end = bounds.map_err(|source| StoreError::Log { partition: of.clone(), source })?.end;
        if Offset(start) > end {
            return Err(StoreError::BadMetadata {
                path: MANIFEST.into(),
                reason: format!("it says that {of} begins at offset {start}, and it ends at {end}"),
            });
        }
        self.dir.note_log_start(&of, Offset(start))
    }
}

#[cfg(test)]
mod tests;
