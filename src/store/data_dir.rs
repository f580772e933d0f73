//! The data directory: where it is, and how it is opened.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::listing::Listing;
use super::metadata::{self, MetadataPaths, TopicMetadata};
use super::{CONSUMER_OFFSETS, StoreError, TopicConfig, TopicId, TopicName, TopicPartition, checkpoint};
use crate::fs::{self, FileLock, IoContext as _};
use crate::record::Offset;

/// Where the data directory is, and whether a person said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDirLocation {
    /// The folder.
    pub path: PathBuf,
    /// Whether it is the default place. That it does not exist means only that nothing has been
    /// stored yet, while a place that somebody named should be there.
    pub is_default: bool,
}

impl DataDirLocation {
    /// Finds the data directory: `chosen` (`--data-dir`, or `$MKAFKA_DATA_DIR`), else
    /// `$XDG_DATA_HOME/mkafka`, else `~/.local/share/mkafka`. `variable` looks up an environment
    /// variable; empty ones count as unset, and so does an XDG_DATA_HOME or HOME that is no absolute path
    /// (XDG Base Directory Specification).
    pub fn resolve(
        chosen: Option<&Path>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, StoreError> {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(path) = chosen.map(Path::to_owned).or_else(|| set("MKAFKA_DATA_DIR")) {
            return Ok(Self { path, is_default: false });
        }
        let data_home = set("XDG_DATA_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| set("HOME").filter(|path| path.is_absolute()).map(|home| home.join(".local/share")))
            .ok_or(StoreError::NoDefaultDataDir)?;
        Ok(Self { path: data_home.join("mkafka"), is_default: true })
    }
}

/// The log start offset of each partition that has one noted.
pub type LogStartOffsets = BTreeMap<TopicPartition, Offset>;

/// The log start offset that is noted for partition `of` among `noted`; 0 where none is.
pub fn noted_log_start(noted: &LogStartOffsets, of: &TopicPartition) -> Offset {
    noted.get(of).copied().unwrap_or(Offset::ZERO)
}

/// A data directory, open for reading. Nothing in it is created, changed or locked through this type,
/// and no permission to write is needed. It may be the log folder of a Kafka broker.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
    pub(super) metadata: MetadataPaths,
}

/// A data directory that topics may be created in and deleted from, and whose logs may be appended to.
#[derive(Debug, Clone)]
pub struct WritableDataDir {
    dir: DataDir,
}

impl Deref for WritableDataDir {
    type Target = DataDir;

    fn deref(&self) -> &DataDir {
        &self.dir
    }
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: TopicName,
    /// Its id; `None` when only its folders tell of it and they have none that can be read.
    pub id: Option<TopicId>,
    /// How many partitions it has. Of a topic that a broker wrote only the folders are known, so that
    /// it is the highest number + 1.
    pub partition_count: i32,
    /// The partitions that have a folder, ascending. A broker holds only some of a topic's partitions,
    /// and those of `__consumer_offsets` are created when they are first needed.
    pub partitions: Vec<i32>,
    /// Of a topic that mkafka has taken over from a broker, the partitions that had no folder here then, ascending:
    /// other brokers may have them.
    pub elsewhere: Vec<i32>,
    /// What it sets itself. Of a topic that a broker wrote nothing is known.
    pub config: TopicConfig,
    /// Whether mkafka created it.
    pub known_to_us: bool,
}

impl Topic {
    /// The partitions that have no folder here; none of `__consumer_offsets`, which get theirs when they are needed.
    pub fn without_folder(&self) -> impl Iterator<Item = TopicPartition> {
        let count = if self.name.as_str() == CONSUMER_OFFSETS { 0 } else { self.partition_count };
        let numbers = (0..count).filter(|number| self.partitions.binary_search(number).is_err());
        numbers.map(|number| TopicPartition::new(self.name.clone(), number))
    }

    /// The partitions whose folders somebody has removed: they were here when mkafka made the topic or took it over.
    /// What a broker's topic lacks here, another broker may have.
    pub fn lost(&self) -> Vec<TopicPartition> {
        if !self.known_to_us {
            return Vec::new();
        }
        let was_here = |of: &TopicPartition| self.elsewhere.binary_search(&of.partition).is_err();
        self.without_folder().filter(was_here).collect()
    }

    /// The error for a partition that it does not have here.
    pub fn no_partition(&self, partition: impl Into<i64>) -> StoreError {
        let partition = partition.into();
        match self.lost().into_iter().find(|of| i64::from(of.partition) == partition) {
            Some(lost) => StoreError::LostPartition(lost),
            None => StoreError::UnknownPartition {
                topic: self.name.clone(),
                partition,
                count: self.partition_count,
            },
        }
    }
}

impl DataDir {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), metadata: MetadataPaths::new(path) }
    }

    /// Opens the data directory `path`, which must be there, for reading.
    pub fn open_for_reading(path: &Path) -> Result<Self, StoreError> {
        match std::fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(StoreError::NotAFolder(path.to_owned())),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NoDataDir(path.to_owned()));
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(StoreError::NotAFolder(path.to_owned()));
            }
            Err(e) => return Err(e).context_io("open the data directory", path).map_err(StoreError::from),
        }
        let dir = Self::new(path);
        metadata::check_data_dir_version(&dir.metadata.meta())?;
        Ok(dir)
    }

    /// Opens the data directory `path` for writing. It is created, with what mkafka keeps in it, where
    /// there is none. Refused while a Kafka broker runs on it.
    pub fn open_for_writing(path: &Path) -> Result<WritableDataDir, StoreError> {
        let dir = match Self::open_for_reading(path) {
            Err(StoreError::NoDataDir(_)) => Self::new(path),
            other => other?,
        };
        if fs::broker_is_live(path)? {
            return Err(StoreError::BrokerIsLive(path.to_owned()));
        }
        dir.create().map_err(|e| dir.not_writable(e))?;
        Ok(WritableDataDir { dir })
    }

    /// Makes what is missing of the data directory itself.
    fn create(&self) -> Result<(), StoreError> {
        if self.metadata.meta().exists() && self.metadata.topics().is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.metadata.topics())?;
        let mut lock = FileLock::open(&self.metadata.topics_lock())?;
        let _guard = lock.acquire()?;
        self.metadata.remove_temporary_files()?;
        metadata::write_data_dir_version(&self.metadata.meta())?;
        fs::sync_dir(&self.path)?;
        Ok(())
    }

    /// Says of a refusal to write that it concerns the data directory as a whole, and leaves every
    /// other error as it is.
    pub(super) fn not_writable(&self, error: StoreError) -> StoreError {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        match error {
            StoreError::File(source) if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem) => {
                StoreError::NotWritable { path: self.path.clone(), source }
            }
            other => other,
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where consumer groups keep who is in them; each has a folder in it. It may be removed while no consumer
    /// runs: what is lost with it is that the last reset of a group can be taken back.
    pub fn groups_folder(&self) -> PathBuf {
        self.metadata.groups()
    }

    /// The folder in which a name comes, goes or changes whenever a topic does: for those who watch.
    pub fn topics_folder(&self) -> PathBuf {
        let ours = self.metadata.topics();
        if ours.is_dir() { ours } else { self.path.clone() }
    }

    /// The folder of a partition, whether it is there or not.
    pub fn partition_path(&self, partition: &TopicPartition) -> PathBuf {
        self.path.join(partition.folder_name())
    }

    /// The log start offsets that are noted in the data directory's root: by a broker, or because records were deleted
    /// up to an offset. A log's own first segment may begin below. Empty where there is no such checkpoint.
    pub fn log_start_offsets(&self) -> Result<LogStartOffsets, StoreError> {
        checkpoint::read_offsets(&self.path.join(checkpoint::LOG_START_OFFSET_CHECKPOINT))
    }

    /// Reads which topics and partition folders there are: one listing of the data directory and one of
    /// `.mkafka/topics`, without looking at any single file.
    pub fn listing(&self) -> Result<Listing, StoreError> {
        Listing::read(&self.path, &self.metadata)
    }

    /// The names of all topics, sorted.
    pub fn topics(&self) -> Result<Vec<TopicName>, StoreError> {
        Ok(self.listing()?.topics().cloned().collect())
    }

    /// The topic `name`; an [`StoreError::UnknownTopic`] with the nearest name when there is none.
    pub fn topic(&self, name: &TopicName) -> Result<Topic, StoreError> {
        match TopicMetadata::read(&self.metadata.topic(name), name)? {
            Some(metadata) => Ok(self.known_topic(metadata)),
            None => self.topic_in(&self.listing()?, name),
        }
    }

    /// The topic `name` of a [`Self::listing`]: for all topics at once, where [`Self::topic`] would
    /// read the data directory again and again.
    pub fn topic_in(&self, listing: &Listing, name: &TopicName) -> Result<Topic, StoreError> {
        if !listing.contains(name) {
            return Err(listing.unknown(name));
        }
        if let Some(metadata) = TopicMetadata::read(&self.metadata.topic(name), name)? {
            return Ok(self.known_topic(metadata));
        }
        if !listing.has_only_folders(name) {
            // It had a file when the listing was read, and has been deleted since.
            return Err(listing.unknown(name));
        }
        let partitions = listing.partitions(name).to_vec();
        Ok(Topic {
            name: name.clone(),
            id: partitions.first().and_then(|first| self.id_in_folder(name, *first)),
            partition_count: partitions.last().map_or(0, |last| last.saturating_add(1)),
            partitions,
            elsewhere: Vec::new(),
            config: TopicConfig::default(),
            known_to_us: false,
        })
    }

    fn known_topic(&self, metadata: TopicMetadata) -> Topic {
        let has_folder = |partition: &i32| {
            self.partition_path(&TopicPartition::new(metadata.name.clone(), *partition)).is_dir()
        };
        Topic {
            id: Some(metadata.id),
            partition_count: metadata.partitions,
            partitions: (0..metadata.partitions).filter(has_folder).collect(),
            elsewhere: metadata.elsewhere,
            config: metadata.configs,
            known_to_us: true,
            name: metadata.name,
        }
    }

    /// The id in a partition's folder. Damage counts as none: it must not keep anybody from the records.
    fn id_in_folder(&self, topic: &TopicName, partition: i32) -> Option<TopicId> {
        let folder = self.partition_path(&TopicPartition::new(topic.clone(), partition));
        checkpoint::read_partition_metadata(&folder).ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(chosen: Option<&str>, variables: &[(&str, &str)]) -> Result<DataDirLocation, StoreError> {
        DataDirLocation::resolve(chosen.map(Path::new), |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_data_directory_is_found_in_the_documented_order() {
        let all = [("MKAFKA_DATA_DIR", "/env"), ("XDG_DATA_HOME", "/xdg"), ("HOME", "/home/me")];
        let at = |path: &str, is_default| DataDirLocation { path: path.into(), is_default };
        assert_eq!(location(Some("/flag"), &all).unwrap(), at("/flag", false));
        assert_eq!(location(None, &all).unwrap(), at("/env", false));
        assert_eq!(location(None, &all[1..]).unwrap(), at("/xdg/mkafka", true));
        assert_eq!(location(None, &all[2..]).unwrap(), at("/home/me/.local/share/mkafka", true));
        let useless = [("MKAFKA_DATA_DIR", ""), ("XDG_DATA_HOME", "relative"), ("HOME", "/home/me")];
        assert_eq!(location(None, &useless).unwrap(), at("/home/me/.local/share/mkafka", true));
        assert!(matches!(location(None, &[]), Err(StoreError::NoDefaultDataDir)));
    }

    #[test]
    fn reading_creates_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let absent = temp.path().join("absent");
        assert!(matches!(DataDir::open_for_reading(&absent), Err(StoreError::NoDataDir(_))));
        assert!(!absent.exists());
        let dir = DataDir::open_for_reading(temp.path()).unwrap();
        assert_eq!(dir.topics().unwrap(), []);
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_is_no_data_directory() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("file");
        std::fs::write(&file, b"x").unwrap();
        for path in [file.clone(), file.join("below")] {
            assert!(matches!(DataDir::open_for_reading(&path), Err(StoreError::NotAFolder(_))));
            assert!(matches!(DataDir::open_for_writing(&path), Err(StoreError::NotAFolder(_))));
        }
    }

    #[test]
    fn a_newer_format_is_refused_for_reading_and_writing() {
        let temp = tempfile::tempdir().unwrap();
        DataDir::open_for_writing(temp.path()).unwrap();
        DataDir::open_for_writing(temp.path()).unwrap();
        std::fs::write(temp.path().join(".mkafka/meta.json"), b"{\"version\":2}").unwrap();
        assert!(matches!(DataDir::open_for_reading(temp.path()), Err(StoreError::NewerVersion { .. })));
        assert!(matches!(DataDir::open_for_writing(temp.path()), Err(StoreError::NewerVersion { .. })));
        std::fs::write(temp.path().join(".mkafka/meta.json"), b"nonsense").unwrap();
        assert!(matches!(DataDir::open_for_reading(temp.path()), Err(StoreError::BadMetadata { .. })));
    }

    #[test]
    fn a_brokers_folder_is_read_with_its_holes() {
        let temp = tempfile::tempdir().unwrap();
        for folder in ["orders-1", "orders-4", "dash-7-0", "__cluster_metadata-0", "gone-0.x-delete", "plain"]
        {
            std::fs::create_dir(temp.path().join(folder)).unwrap();
        }
        std::fs::write(temp.path().join("file-0"), b"").unwrap();
        let metadata = "version: 0\ntopic_id: esFLRoZNTDWK2RWYiwDlBg";
        std::fs::write(temp.path().join("orders-1/partition.metadata"), metadata).unwrap();
        let dir = DataDir::open_for_reading(temp.path()).unwrap();
        let name = |text: &str| TopicName::new(text).unwrap();
        assert_eq!(dir.topics().unwrap(), [name("dash-7"), name("orders")]);
        let topic = dir.topic(&name("orders")).unwrap();
        assert_eq!((topic.partition_count, topic.partitions), (5, vec![1, 4]));
        assert_eq!(topic.id.unwrap().to_string(), "esFLRoZNTDWK2RWYiwDlBg");
        assert!(!topic.known_to_us);
        assert_eq!(
            dir.topic(&name("order")).unwrap_err().to_string(),
            "Topic 'order' does not exist as expected; did you mean 'orders'?"
        );
        assert!(!temp.path().join(".mkafka").exists());
    }
}
