//! The CSV of `--export` and `--from-file`: `topic,partition,offset`, or with the group before it.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::output::groups::ResetOffset;
use crate::record::Offset;
use crate::store::{GroupId, TopicName, TopicPartition};

/// What a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResetFile {
    rows: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// `None` in a file that is about one group.
    group: Option<String>,
    of: TopicPartition,
    offset: Offset,
}

impl ResetFile {
    /// Reads the file `path`, or standard input where that is `-`.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        let read = match name.as_str() {
            "-" => std::io::stdin().lock().read_to_end(&mut bytes),
            _ => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
        };
        read.with_context(|| format!("cannot read {name}"))?;
        Self::parse(&bytes, &name)
    }

    fn parse(bytes: &[u8], name: &str) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| anyhow!("{name}: it is no CSV: {error}"))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(row(&record).with_context(|| format!("{name}, line {line}"))?);
        }
        Ok(Self { rows })
    }

    /// What it says of `group`; `is_only` when that is the only group that is asked for.
    pub(super) fn offsets_of(&self, group: &GroupId, is_only: bool) -> Result<Vec<(TopicPartition, Offset)>> {
        let is_meant = |row: &&Row| row.group.as_deref().map_or(is_only, |named| named == group.as_str());
        let offsets: Vec<_> =
            self.rows.iter().filter(is_meant).map(|row| (row.of.clone(), row.offset)).collect();
        if offsets.is_empty() {
            bail!("No reset plan for group {group} found");
        }
        Ok(offsets)
    }
}

fn row(record: &csv::StringRecord) -> Result<Row> {
    let fields: Vec<&str> = record.iter().collect();
    let (group, topic, partition, offset) = match fields[..] {
        [topic, partition, offset] => (None, topic, partition, offset),
        [group, topic, partition, offset] => (Some(group.to_owned()), topic, partition, offset),
        _ => bail!("it is neither topic,partition,offset nor group,topic,partition,offset"),
    };
    let partition = partition.parse().ok().filter(|partition| *partition >= 0);
    let partition = partition.ok_or_else(|| anyhow!("the partition is no number from 0"))?;
    let offset = offset.parse().map_err(|_| anyhow!("the offset is no number"))?;
    Ok(Row { group, of: TopicPartition::new(TopicName::new(topic)?, partition), offset: Offset(offset) })
}

/// The CSV of `resets`, without the end of its last line; with the group where there may be several.
pub(super) fn csv_of(resets: &[ResetOffset], with_group: bool) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for reset in resets {
        // What is to be taken back has no offset that could be set.
        let Some(new) = reset.new else { continue };
        let group = with_group.then(|| reset.group.as_str().to_owned());
        let rest = [reset.of.topic.to_string(), reset.of.partition.to_string(), new.to_string()];
        writer.write_record(group.into_iter().chain(rest))?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow!("{error}"))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reset(group: &str, partition: i32, new: i64) -> ResetOffset {
        let of = TopicPartition::new(TopicName::new("orders").unwrap(), partition);
        ResetOffset { group: GroupId::new(group).unwrap(), of, old: None, new: Some(Offset(new)) }
    }

    #[test]
    fn what_is_exported_is_read_again() {
        let resets = [reset("a,\"b\"", 0, 5), reset("a,\"b\"", 1, 7), reset("c", 0, 9)];
        let csv = csv_of(&resets, true).unwrap();
        assert_eq!(csv, "\"a,\"\"b\"\"\",orders,0,5\n\"a,\"\"b\"\"\",orders,1,7\nc,orders,0,9");
        let file = ResetFile::parse(csv.as_bytes(), "f").unwrap();
        for group in ["a,\"b\"", "c"] {
            let expected: Vec<_> = resets
                .iter()
                .filter(|reset| reset.group.as_str() == group)
                .map(|reset| (reset.of.clone(), reset.new.unwrap()))
                .collect();
            assert_eq!(file.offsets_of(&GroupId::new(group).unwrap(), false).unwrap(), expected);
        }
        let other = file.offsets_of(&GroupId::new("d").unwrap(), true).unwrap_err();
        assert_eq!(other.to_string(), "No reset plan for group d found");

        let csv = csv_of(&resets[..2], false).unwrap();
        assert_eq!(csv, "orders,0,5\norders,1,7");
        let file = ResetFile::parse(csv.as_bytes(), "f").unwrap();
        assert_eq!(file.offsets_of(&GroupId::new("any").unwrap(), true).unwrap().len(), 2);
        assert!(file.offsets_of(&GroupId::new("any").unwrap(), false).is_err());
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let fault = |text: &str| format!("{:#}", ResetFile::parse(text.as_bytes(), "f").unwrap_err());
        assert_eq!(fault("orders,0,1\norders,x,1\n"), "f, line 2: the partition is no number from 0");
        assert_eq!(fault("orders,-1,1\n"), "f, line 1: the partition is no number from 0");
        assert_eq!(fault("orders,0,\n"), "f, line 1: the offset is no number");
        assert!(fault("a/b,0,1\n").starts_with("f, line 1: Topic name is invalid"));
        assert!(fault("orders\n").starts_with("f, line 1: it is neither"));
    }

    proptest::proptest! {
        #[test]
        fn hostile_bytes_do_no_harm(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = ResetFile::parse(&bytes, "f");
        }
    }
}
