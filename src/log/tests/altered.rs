//! Files that somebody has damaged, or replaced while others had them open.

use super::*;

/// The checksum does not cover where a batch stands: whoever reads on would never be told of what lies behind it.
#[test]
fn a_batch_with_another_batchs_offset_is_damage() {
    for (byte, value) in [(7, 9), (7, 0), (4, 0x80)] {
        let (dir, appender) = filled(LogConfig::default(), 6);
        drop(appender);
        let log = SegmentPath::new(dir.path(), Offset(0)).log();
        let mut bytes = std::fs::read(&log).unwrap();
        let size = bytes.len() / 6;
        bytes[2 * size + byte] = value;
        std::fs::write(&log, &bytes).unwrap();
        let mut reader = LogReader::new(dir.path(), Offset(0));
        let mut read = 0;
        let error = loop {
            match reader.next() {
                Ok(Some(_)) => read += 1,
                Ok(None) => panic!("the end, after {read} of 6"),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("do not follow those before it"), "{error}");
        // In the middle nobody can tell.
        assert!(LogReader::new(dir.path(), Offset(1)).next().is_ok());
    }
}

/// Who makes the indexes anew while another is appending takes no entry from them.
#[test]
fn an_appender_follows_indexes_that_another_has_replaced() {
    let config = LogConfig { index_interval_bytes: 100, ..LogConfig::default() };
    let (dir, mut appender) = filled(config, 10);
    let segment = SegmentPath::new(dir.path(), Offset(0));
    for path in [segment.index(), segment.time_index()] {
        std::fs::remove_file(&path).unwrap();
        let mut other = open(dir.path(), config);
        append(&mut other, "of another");
        assert!(!other.take_repairs().is_empty(), "it was made anew");
        for i in 0..10 {
            append(&mut appender, &format!("value number {i}"));
            append(&mut other, "of another");
        }
    }
    let there = std::fs::read(segment.index()).unwrap();
    recovery::rebuild_indexes(&segment, 100).unwrap();
    assert_eq!(there, std::fs::read(segment.index()).unwrap());
}
