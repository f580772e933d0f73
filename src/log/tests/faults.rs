//! What must not happen when a step fails or a process dies half way, when files go away under those that
//! have them open, and when indexes say what is not so.

use std::os::unix::fs::MetadataExt as _;

use super::*;
use crate::record::LeaderEpoch;

/// A batch of one record that fills it to about `size` bytes.
fn sized(size: usize) -> EncodedBatch {
    batch_of(&[vec![b'x'; size.saturating_sub(70)]], 1000, Compression::None)
}

fn offsets(dir: &Path) -> Vec<i64> {
    read_all(dir).iter().map(|(offset, _)| *offset).collect()
}

#[test]
fn an_appender_does_not_write_to_the_files_of_a_log_that_was_replaced() {
    let parent = tempfile::tempdir().expect("a folder");
    let dir = parent.path().join("t-0");
    std::fs::create_dir(&dir).expect("created");
    let mut a = LogAppender::open(&dir, LogConfig::default()).expect("open");
    append(&mut a, "old");
    std::fs::remove_dir_all(&dir).expect("removed");
    std::fs::create_dir(&dir).expect("created");
    // A log of the same length takes its place.
    let mut b = LogAppender::open(&dir, LogConfig::default()).expect("open");
    append(&mut b, "new");
    assert_eq!(append(&mut a, "after"), Offset(1));
    assert_eq!(read_all(&dir), [(0, "new".to_owned()), (1, "after".to_owned())]);
}
