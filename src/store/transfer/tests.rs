use super::*;
use crate::log::{Durability, LogAppender};
use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Timestamp};
use crate::store::DeleteUpTo;

#[test]
fn what_retention_takes_during_an_export_leaves_no_gap_in_it() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(&temp.path().join("data")).unwrap();
    let name = TopicName::new("t").unwrap();
    dir.create_topic(&NewTopic::named(name.clone())).unwrap();
    // Two batches fill a segment.
    let configs = [("segment.bytes", "150"), ("file.delete.delay.ms", "0")];
    let topic = dir.alter_configs(&name, &configs, &[""; 0]).unwrap();
    let of = TopicPartition::new(name, 0);
    let identity = dir.topic_identity(&of).unwrap().unwrap();
    let folder = dir.partition_path(&of);
    let mut appender = LogAppender::open(&folder, LogConfig::from(&topic.config)).unwrap();
    for _ in 0..6 {
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord {
            timestamp: Timestamp::now(),
            key: None,
            value: Some(b"value"),
            headers: &[],
        });
        let mut batch = EncodedBatch::default();
        let mut compressor = Compressor::new(Compression::None, None).unwrap();
        builder.finish(&mut compressor, None, &mut batch).unwrap();
        appender.append(&mut batch, Durability::Written).unwrap();
    }
    let mut is_first = true;
    let mut watch = |_| {
        // The first segment is being copied.
        if std::mem::take(&mut is_first) {
            dir.delete_records(&of, identity, DeleteUpTo::Offset(Offset(4))).unwrap();
        }
    };
    let to = temp.path().join("export");
    let manifest = dir.export_topic(&topic, &to, &mut watch).unwrap();
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert!(names.contains(&"00000000000000000004.log"), "{names:?}");
    assert!(
        !names.iter().any(|name| name.starts_with("0000000000000000000") && !name.contains("4.")),
        "{names:?}"
    );
    assert_eq!(sorted_names(&to.join("t-0")).unwrap().len(), names.len() + 1, "and the topic's id");
}
