//! Each configuration, and what it does to the files.

use std::process::Stdio;

use super::{consume, numbered, produce, produce_ok, produce_with, sizes};
use crate::common::Sandbox;

fn with(configs: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let configs: Vec<String> =
        configs.split_whitespace().map(|config| format!("--config {config}")).collect();
    sandbox.ok(&format!("topics create t {}", configs.join(" ")));
    sandbox
}

fn logs(sandbox: &Sandbox) -> Vec<u64> {
    sizes(sandbox, "t-0", ".log").into_iter().map(|(_, len)| len).collect()
}

#[test]
fn segment_bytes_limits_a_segment() {
    let sandbox = with("segment.bytes=4000");
    produce_ok(&sandbox, "t", false, &numbered(0..300));
    let logs = logs(&sandbox);
    assert!(logs.len() > 3 && logs.iter().all(|len| *len <= 4000), "{logs:?}");
}

#[test]
fn segment_ms_begins_a_segment_by_time() {
    let sandbox = with("segment.ms=1");
    // By the timestamps of the records, not the clock: two of them must differ.
    while logs(&sandbox).len() < 3 {
        produce_ok(&sandbox, "t", false, "x\n");
    }
    let patient = with("segment.ms=600000000");
    produce_ok(&patient, "t", false, "x\n");
    produce_ok(&patient, "t", false, "x\n");
    assert_eq!(logs(&patient).len(), 1);
}

#[test]
fn the_index_grows_by_its_interval_and_up_to_its_size() {
    let sizes_of = |configs: &str| {
        let sandbox = with(configs);
        produce_ok(&sandbox, "t", false, &numbered(0..300));
        sizes(&sandbox, "t-0", ".index").into_iter().map(|(_, len)| len).collect::<Vec<_>>()
    };
    let (coarse, fine) = (sizes_of("index.interval.bytes=4096"), sizes_of("index.interval.bytes=500"));
    assert!(coarse.len() == 1 && fine.len() == 1 && fine[0] > 3 * coarse[0], "{coarse:?} {fine:?}");
    let limited = sizes_of("index.interval.bytes=500 segment.index.bytes=64");
    assert!(limited.len() > 2 && limited.iter().all(|len| *len <= 64), "{limited:?}");
}

#[test]
fn max_message_bytes_refuses_a_record() {
    let sandbox = with("max.message.bytes=500");
    let ran = produce(&sandbox, "t", false, &format!("{}\n", "x".repeat(600)));
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("max.message.bytes (500)"), "{}", ran.stderr);
    sandbox.ok("configs alter t --add-config max.message.bytes=1000");
    produce_ok(&sandbox, "t", false, &format!("{}\n", "x".repeat(600)));
}

#[test]
fn message_timestamp_type_chooses_whose_time_it_is() {
    for kind in ["CreateTime", "LogAppendTime"] {
        let sandbox = with(&format!("message.timestamp.type={kind}"));
        produce_ok(&sandbox, "t", false, "x\n");
        let read =
            sandbox.ok("consume t --from-beginning --exit-at-end --quiet --property print.timestamp=true");
        assert!(read.starts_with(&format!("{kind}:")), "{read}");
    }
}

#[test]
fn compression_type_chooses_the_codec() {
    for (config, codec) in [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("lz4", "lz4"),
        ("snappy", "snappy"),
        ("uncompressed", "none"),
        ("producer", "gzip"),
    ] {
        let sandbox = with(&format!("compression.type={config}"));
        let ran = produce_with(&sandbox, &["--compression-codec", "gzip"], "t", false, &numbered(0..50));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let log = sandbox.data_dir().join("t-0/00000000000000000000.log");
        let dump = sandbox.ok(&format!("dump-log-segments --files {}", log.display()));
        assert!(dump.contains(&format!("compresscodec: {codec} ")), "{config}: {dump}");
        assert_eq!(consume(&sandbox, "t").len(), 50);
    }
}

/// Ten keys, written again and again over several segments.
fn keyed(rounds: i32) -> String {
    (0..rounds * 10).map(|n| format!("key{}:value {n}\n", n % 10)).collect()
}

fn cleaned(sandbox: &Sandbox, args: &str) -> usize {
    let ran = sandbox.run(&format!("clean t {args}"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    consume(sandbox, "t").len()
}

#[test]
fn cleanup_policy_says_what_is_done() {
    let input = keyed(100);
    for (policy, compacts, deletes) in
        [("compact", true, false), ("delete", false, true), ("compact,delete", true, true)]
    {
        let sandbox = with("segment.bytes=2000 retention.bytes=6000 min.cleanable.dirty.ratio=1");
        produce_ok(&sandbox, "t", true, "first:record\n");
        // What the producer did to it is not what is looked at here.
        sandbox.ok("configs alter t --add-config retention.bytes=-1");
        produce_ok(&sandbox, "t", true, &input);
        sandbox.ok(&format!("configs alter t --add-config retention.bytes=6000,cleanup.policy=[{policy}]"));
        let left = cleaned(&sandbox, "--force");
        let records = consume(&sandbox, "t");
        assert!(left < 1001, "{policy}");
        let bytes: u64 = logs(&sandbox).iter().sum();
        assert_eq!(records.contains(&"record".to_owned()), !deletes, "{policy}");
        assert_eq!(left < 150, compacts, "{policy}: {left} records, {bytes} bytes");
    }
}

#[test]
fn min_cleanable_dirty_ratio_waits_for_dirt() {
    let sandbox = with("cleanup.policy=compact segment.bytes=2000 min.cleanable.dirty.ratio=1");
    produce_ok(&sandbox, "t", true, &keyed(50));
    assert_eq!(cleaned(&sandbox, ""), 500, "no more than all can be dirty");
    sandbox.ok("configs alter t --add-config min.cleanable.dirty.ratio=0.9");
    assert!(cleaned(&sandbox, "") < 150);
}

#[test]
fn min_compaction_lag_ms_protects_the_young() {
    let sandbox = with("cleanup.policy=compact segment.bytes=2000 min.compaction.lag.ms=3600000");
    produce_ok(&sandbox, "t", true, &keyed(50));
    assert_eq!(cleaned(&sandbox, "--force"), 500);
    sandbox.ok("configs alter t --delete-config min.compaction.lag.ms");
    assert!(cleaned(&sandbox, "--force") < 150);
}

#[test]
fn delete_retention_ms_limits_the_life_of_tombstones() {
    for (retention, stays) in [("86400000", true), ("0", false)] {
        let sandbox = with(&format!(
            "cleanup.policy=compact segment.bytes=2000 min.cleanable.dirty.ratio=1 delete.retention.ms={retention}"
        ));
        produce_ok(&sandbox, "t", true, "gone:1\ngone:~\n");
        // The first cleaning sets the time, a later one finds that it is over.
        for _ in 0..2 {
            produce_ok(&sandbox, "t", true, &keyed(50));
            cleaned(&sandbox, "--force");
        }
        let keys = sandbox.ok("consume t --from-beginning --exit-at-end --quiet --property print.key=true");
        assert_eq!(keys.lines().any(|line| line == "gone\tnull"), stays, "{retention}");
        assert!(!keys.contains("gone\t1"), "what was deleted does not come back");
    }
}

#[test]
fn retention_bytes_and_file_delete_delay_ms() {
    for (delay, waits) in [("60000", true), ("0", false)] {
        let sandbox = with(&format!("segment.bytes=2000 retention.bytes=5000 file.delete.delay.ms={delay}"));
        produce_ok(&sandbox, "t", false, &numbered(0..500));
        let ran = sandbox.run("clean t --output json");
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let bytes: u64 = logs(&sandbox).iter().sum();
        assert!((5000..7300).contains(&bytes), "{bytes}");
        let deleted = sandbox.entries("t-0").iter().any(|name| name.ends_with(".deleted"));
        assert_eq!((deleted, json["waitingFileBytes"].as_u64().unwrap() > 0), (waits, waits));
    }
}

#[test]
fn flush_ms_and_messages_do_not_stand_in_the_way() {
    // That data is on the disk shows only after a loss of power: see the tests of the log. Here the producer
    // must come to its end, also with its input held open.
    let sandbox = with("flush.ms=1 flush.messages=3");
    let mut child = sandbox.command(&["produce", "t"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for n in 0..20 {
        std::io::Write::write_all(&mut input, format!("{n}\n").as_bytes()).unwrap();
        sandbox.ok(&format!("wait t --offset {} --timeout-ms 60000", n + 1));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
    assert_eq!(consume(&sandbox, "t").len(), 20);
}
