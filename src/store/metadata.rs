//! What `.mkafka` knows: the version of the data directory, and a file for each topic.
//!
//! ```text
//! .mkafka/meta.json             {"version":1}
//! .mkafka/topics/<topic>.json   {"version":1,"name":…,"id":…,"partitions":3,"configs":{…}}
//! .mkafka/topics/<topic>.undo   the same, of a topic that is not there: being created or deleted
//! ```
//!
//! The file of a topic that was a broker's may have `"elsewhere":[0,2]` as well: its partitions that had no folder here
//! when it became ours.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::topic_admin::MAX_PARTITIONS;
use super::{StoreError, TopicConfig, TopicId, TopicName};
use crate::fs::{self, FileError};

/// The newest format version of meta.json and of a topic's file that this code reads, and what it writes.
pub(super) const VERSION: u64 = 1;

/// What is common to all versions of all these files.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// A topic as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct TopicMetadata {
    version: u64,
    /// The topic's name; the file is called by it.
    pub(super) name: TopicName,
    /// Its id; a topic that is deleted and created again gets another.
    pub(super) id: TopicId,
    /// How many partitions it has, 1 to [`MAX_PARTITIONS`].
    pub(super) partitions: i32,
    /// What it sets itself.
    pub(super) configs: TopicConfig,
    /// The partitions that were not here when it was taken over from a broker, ascending.
    #[serde(default)]
    pub(super) elsewhere: Vec<i32>,
}

impl TopicMetadata {
    /// The metadata of a new topic, with a new id.
    pub(super) fn new(name: TopicName, partitions: i32, configs: TopicConfig) -> Self {
        Self::with_id(name, TopicId::random(), partitions, configs)
    }

    /// The metadata of a topic that has an id already.
    pub(super) fn with_id(name: TopicName, id: TopicId, partitions: i32, configs: TopicConfig) -> Self {
        Self { version: VERSION, name, id, partitions, configs, elsewhere: Vec::new() }
    }

    /// The bytes of its file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut json = serde_json::json!({
            "version": self.version,
            "name": self.name,
            "id": self.id,
            "partitions": self.partitions,
            "configs": self.configs,
        });
        if !self.elsewhere.is_empty() {
            json["elsewhere"] = self.elsewhere.clone().into();
        }
        format!("{json}\n").into_bytes()
    }

    /// Reads the file of `topic` at `path`; `None` when there is none.
    pub(super) fn read(path: &Path, topic: &TopicName) -> Result<Option<Self>, StoreError> {
        let Some(metadata) = read_versioned::<Self>(path)? else { return Ok(None) };
        if metadata.name != *topic {
            return Err(damaged(path, format!("it is about the topic '{}'", metadata.name)));
        }
        if !(1..=MAX_PARTITIONS).contains(&metadata.partitions) {
            return Err(damaged(path, format!("no topic has {} partitions", metadata.partitions)));
        }
        if !metadata.elsewhere.is_sorted() {
            return Err(damaged(path, "the partitions that are elsewhere are not sorted".to_owned()));
        }
        Ok(Some(metadata))
    }
}

/// Checks the version of the data directory whose meta.json is `path`; answers whether there is one.
pub(super) fn check_data_dir_version(path: &Path) -> Result<bool, StoreError> {
    Ok(read_versioned::<serde::de::IgnoredAny>(path)?.is_some())
}

/// Writes meta.json, under the lock of [`MetadataPaths::topics_lock`].
pub(super) fn write_data_dir_version(path: &Path) -> Result<(), StoreError> {
    Ok(fs::write_atomically(path, format!("{{\"version\":{VERSION}}}\n").as_bytes())?)
}

/// Reads a JSON file whose `version` comes first of all: a newer version may look like anything else.
pub(super) fn read_versioned<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, StoreError> {
    let Some(bytes) = fs::read_if_present(path)? else { return Ok(None) };
    let version =
        serde_json::from_slice::<Versioned>(&bytes).map_err(|e| damaged(path, e.to_string()))?.version;
    if version > VERSION {
        return Err(StoreError::NewerVersion { path: path.to_owned(), found: version, known: VERSION });
    }
    if version == 0 {
        return Err(damaged(path, "there is no version 0".to_owned()));
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|e| damaged(path, e.to_string()))
}

fn damaged(path: &Path, reason: String) -> StoreError {
    StoreError::BadMetadata { path: path.to_owned(), reason }
}

/// Where the files of `.mkafka` are.
#[derive(Debug, Clone)]
pub(super) struct MetadataPaths {
    root: PathBuf,
}

/// What a topic's file ends in. With the longest name it is 254 bytes long, one less than a name may be.
const TOPIC_SUFFIX: &str = ".json";
/// What the file of an unfinished topic ends in; no longer than [`TOPIC_SUFFIX`] for the same reason.
const UNDO_SUFFIX: &str = ".undo";

impl MetadataPaths {
    /// Those of the data directory `data_dir`.
    pub(super) fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.join(".mkafka") }
    }

    /// `.mkafka` itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// `.mkafka/meta.json`.
    pub(super) fn meta(&self) -> PathBuf {
        self.root.join("meta.json")
    }

    /// Removes what processes that died while they wrote meta.json have left of it. The caller holds the
    /// lock of [`Self::topics_lock`], under which it is written.
    pub(super) fn remove_temporary_files(&self) -> Result<(), FileError> {
        for name in fs::list_folder(&self.root)? {
            if name.to_str().is_some_and(fs::is_temporary_name) {
                fs::remove_file(&self.root.join(name))?;
            }
        }
        Ok(())
    }

    /// `.mkafka/topics`.
    pub(super) fn topics(&self) -> PathBuf {
        self.root.join("topics")
    }

    /// `.mkafka/groups`.
    pub(super) fn groups(&self) -> PathBuf {
        self.root.join("groups")
    }

    /// `.mkafka/transactions`.
    pub(super) fn transactions(&self) -> PathBuf {
        self.root.join("transactions")
    }

    /// `.mkafka/topics.lock`, held exclusively to create, alter or delete a topic.
    pub(super) fn topics_lock(&self) -> PathBuf {
        self.root.join("topics.lock")
    }

    /// `.mkafka/checkpoints.lock`, held exclusively to change a checkpoint in the data directory's root.
    pub(super) fn checkpoints_lock(&self) -> PathBuf {
        self.root.join("checkpoints.lock")
    }

    /// The file whose presence makes `topic` exist.
    pub(super) fn topic(&self, topic: &TopicName) -> PathBuf {
        self.topics().join(format!("{topic}{TOPIC_SUFFIX}"))
    }

    /// The file whose presence says that folders of `topic` are rubbish: it was not created to the end,
    /// or not deleted to the end.
    pub(super) fn undo(&self, topic: &TopicName) -> PathBuf {
        self.topics().join(format!("{topic}{UNDO_SUFFIX}"))
    }
}

/// What the name of a file in `.mkafka/topics` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TopicFile {
    /// This topic exists.
    Exists(TopicName),
    /// This topic is being created or deleted, or was when its process died.
    Unfinished(TopicName),
}

impl TopicFile {
    /// Reads the name of a file; `None` for any other (such as a temporary one).
    pub(super) fn from_file_name(file: &str) -> Option<Self> {
        let name = |topic: &str| TopicName::new(topic).ok();
        match file.strip_suffix(TOPIC_SUFFIX) {
            Some(topic) => name(topic).map(Self::Exists),
            None => file.strip_suffix(UNDO_SUFFIX).and_then(name).map(Self::Unfinished),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &[u8]) -> Result<Option<TopicMetadata>, StoreError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("orders.json");
        std::fs::write(&path, json).unwrap();
        TopicMetadata::read(&path, &TopicName::new("orders").unwrap())
    }

    #[test]
    fn metadata_goes_both_ways() {
        let config = TopicConfig::new([("retention.ms", "5"), ("cleanup.policy", "compact")]).unwrap();
        let metadata = TopicMetadata::new(TopicName::new("orders").unwrap(), 3, config);
        let bytes = metadata.to_bytes();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            format!(
                "{{\"version\":1,\"name\":\"orders\",\"id\":\"{}\",\"partitions\":3,\
                 \"configs\":{{\"cleanup.policy\":\"compact\",\"retention.ms\":\"5\"}}}}\n",
                metadata.id
            )
        );
        assert_eq!(read(&bytes).unwrap(), Some(metadata.clone()));

        let metadata = TopicMetadata { elsewhere: vec![0, 2], ..metadata };
        let bytes = metadata.to_bytes();
        assert!(String::from_utf8_lossy(&bytes).contains(",\"elsewhere\":[0,2]"));
        assert_eq!(read(&bytes).unwrap(), Some(metadata));
    }

    #[test]
    fn damage_is_named_with_its_file() {
        let message = |json: &str| {
            let text = read(json.as_bytes()).unwrap_err().to_string();
            assert!(text.contains("orders.json"), "{text}");
            text
        };
        let with = |version: u64, name: &str, partitions: i32, configs: &str| {
            format!(
                "{{\"version\":{version},\"name\":\"{name}\",\"id\":\"esFLRoZNTDWK2RWYiwDlBg\",\
                 \"partitions\":{partitions},\"configs\":{configs}}}"
            )
        };
        assert!(read(with(1, "orders", 1, "{}").as_bytes()).unwrap().is_some());
        assert!(message("").contains("is damaged"));
        assert!(message("{\"version\":1").contains("is damaged"));
        assert!(message(&with(2, "orders", 1, "{}")).contains("a newer mkafka is needed"));
        assert!(message("{\"version\":7,\"all\":\"else\"}").contains("a newer mkafka is needed"));
        assert!(message(&with(0, "orders", 1, "{}")).contains("is damaged"));
        assert!(message(&with(1, "payments", 1, "{}")).contains("'payments'"));
        assert!(message(&with(1, "a/b", 1, "{}")).contains("Topic name is invalid"));
        assert!(message(&with(1, "orders", 0, "{}")).contains("0 partitions"));
        assert!(message(&with(1, "orders", i32::MAX, "{}")).contains("2147483647 partitions"));
        assert!(message(&with(1, "orders", 3, "{},\"elsewhere\":[2,0]")).contains("are not sorted"));
        assert!(message(&with(1, "orders", 1, "{\"colour\":\"red\"}")).contains("Unknown topic config name"));
    }

    #[test]
    fn every_topic_name_fits_into_a_file_name() {
        let longest = TopicName::new(&"x".repeat(249)).unwrap();
        let paths = MetadataPaths::new(Path::new("/d"));
        for path in [paths.topic(&longest), paths.undo(&longest)] {
            assert!(path.file_name().unwrap().len() <= 255);
        }
        assert_eq!(
            TopicFile::from_file_name("a.json.undo"),
            TopicName::new("a.json").ok().map(TopicFile::Unfinished)
        );
        assert_eq!(TopicFile::from_file_name(".tmpAbCdEf"), None);
    }

    proptest! {
        #[test]
        fn hostile_bytes_are_an_error_and_no_more(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&bytes).is_err());
        }
    }
}
