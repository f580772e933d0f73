//! What somebody has removed or damaged is said by those who work without it.

use super::{consume, numbered, produce_ok};
use crate::common::{Ran, Sandbox};

/// Topics `t`, of three partitions with one record each, of which the middle one's folder has been removed, and
/// `whole`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 3");
    sandbox.ok("topics create whole --partitions 2");
    std::fs::write(sandbox.path().join("one"), "x\n").unwrap();
    for partition in 0..3 {
        sandbox.ok(&format!("produce t --partition {partition} --file one"));
    }
    sandbox.ok("produce whole --file one");
    std::fs::remove_dir_all(sandbox.data_dir().join("t-1")).unwrap();
    sandbox
}

#[track_caller]
fn assert_ran(ran: &Ran, status: i32, stdout: &str, stderr: &str) {
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (status, stdout, stderr));
}

#[test]
fn a_partition_whose_folder_is_gone_is_not_passed_over_in_silence() {
    let sandbox = sandbox();
    // A sum that is not whole is none.
    let not_counted = "mkafka: partition t-1 is not in this data directory; its records are not counted\n";
    assert_ran(&sandbox.run("count t"), 1, "", not_counted);
    assert_ran(&sandbox.run("count t --by-partition"), 1, "t:0:1\nt:2:1\n", not_counted);
    assert_ran(&sandbox.run("count t whole"), 1, "whole:1\n", not_counted);
    assert_eq!(sandbox.ok("count t --partition 2"), "1\n");

    let not_read = "mkafka: partition t-1 is not in this data directory; its records are not read\n";
    assert_ran(&sandbox.run("consume t --from-beginning --exit-at-end --quiet"), 1, "x\nx\n", not_read);
    let by_pattern = "consume --include .* --from-beginning --exit-at-end --quiet";
    assert_ran(&sandbox.run(by_pattern), 1, "x\nx\nx\n", not_read);
    let grouped = sandbox.run("consume t --group g --from-beginning --exit-at-end --quiet");
    assert_ran(&grouped, 1, "x\nx\n", not_read);
    assert_eq!(sandbox.ok("consume t --partition 0 --from-beginning --exit-at-end --quiet"), "x\n");
    assert_eq!(consume(&sandbox, "whole"), ["x"]);

    assert_eq!(
        sandbox.fails(1, "export t t.tar"),
        "topic 't' cannot be exported: its partition 1 is not in this data directory"
    );
    assert!(!sandbox.path().join("t.tar").exists());
    assert_eq!(sandbox.run("export whole whole.tar").status, 0);
}

/// What is said of the partition that is gone, and that this means.
fn gone(meaning: &str) -> String {
    format!("mkafka: partition t-1 is not in this data directory; {meaning}\n")
}

#[test]
fn who_looks_after_partitions_says_which_are_gone_and_does_the_others() {
    let sandbox = sandbox();
    let refused = "partition t-1 is not in this data directory";
    let perf = sandbox.run("perf consume t --messages 2 --hide-header");
    assert_eq!((perf.status, perf.stderr), (1, gone("its records are not read")));
    assert_eq!(perf.stdout.lines().count(), 1, "{}", perf.stdout);
    assert_eq!(sandbox.fails(1, "consume t --partition 1 -e"), refused);
    assert_eq!(sandbox.fails(1, "count t --partition 1"), refused);

    let not_known = gone("its offsets are not known");
    assert_ran(&sandbox.run("topics offsets t"), 1, "t:0:1\nt:2:1\n", &not_known);
    assert_ran(&sandbox.run("topics offsets t whole --partitions 1"), 1, "whole:1:0\n", &not_known);
    assert_ran(&sandbox.run("topics offsets --topic-partitions t:1"), 1, "", &not_known);
    assert_eq!(sandbox.ok("topics offsets t --partitions 0,2"), "t:0:1\nt:2:1\n");

    let stats = sandbox.run("topics stats t --output json");
    assert_eq!((stats.status, stats.stderr), (1, gone("its records are not counted")));
    let stats: serde_json::Value = serde_json::from_str(&stats.stdout).unwrap();
    assert_eq!(stats["partitions"].as_array().unwrap().len(), 2, "{stats}");

    for line in ["clean t", "clean", "clean --dry-run"] {
        let cleaned = sandbox.run(line);
        assert_eq!(cleaned.status, 1, "{line}");
        assert!(cleaned.stderr.starts_with(&gone("it is not cleaned")), "{line}: {}", cleaned.stderr);
        let partitions = if line == "clean t" { 2 } else { 4 };
        assert!(cleaned.stderr.contains(&format!(" in {partitions} partition(s)")), "{}", cleaned.stderr);
    }
    assert_eq!(sandbox.run("clean whole").status, 0);

    let heading = "Executing records delete operation\nRecords delete operation completed:\n";
    let deleted = |rows: &str| format!("{heading}{rows}");
    assert_eq!(sandbox.fails(1, "topics delete-records t --partition 1 --offset end"), refused);
    let file =
        r#"{"partitions":[{"topic":"t","partition":1,"offset":1},{"topic":"t","partition":0,"offset":0}]}"#;
    std::fs::write(sandbox.path().join("offsets.json"), file).unwrap();
    let by_file = sandbox.run("topics delete-records --offset-json-file offsets.json");
    assert_ran(&by_file, 1, &deleted("partition: t-0\tlow_watermark: 0\n"), &format!("mkafka: {refused}\n"));
    let rows = "partition: t-0\tlow_watermark: 1\npartition: t-2\tlow_watermark: 1\n";
    let all = sandbox.run("topics delete-records t --offset end");
    assert_ran(&all, 1, &deleted(rows), &gone("its records are not deleted"));
}

#[test]
fn a_group_does_not_pass_over_a_partition_that_is_gone() {
    let sandbox = sandbox();
    let folder = sandbox.data_dir().join("t-1");
    std::fs::create_dir(&folder).unwrap();
    let begun = sandbox.run("groups reset-offsets g --topic t --topic whole --to-earliest --execute");
    assert_eq!(begun.status, 0);
    std::fs::remove_dir(&folder).unwrap();

    let not_known = gone("its lag is not known");
    for (line, rows) in [("groups describe g", 5), ("groups describe g --totals --output json", 1)] {
        let described = sandbox.run(line);
        assert_eq!(described.status, 1, "{line}");
        assert!(described.stderr.contains(&not_known), "{line}: {}", described.stderr);
        let lines = described.stdout.lines().filter(|line| line.contains('g'));
        assert_eq!(lines.count(), rows, "{line}: {}", described.stdout);
    }
    assert_ran(&sandbox.run("groups list --min-lag 1"), 1, "g\n", &not_known);
    assert_eq!(sandbox.run("groups list").status, 0);

    let stays = gone("what is committed for it stays");
    for which in ["--topic t", "--all-topics"] {
        for done in ["--dry-run", "--execute"] {
            let reset =
                sandbox.run(&format!("groups reset-offsets g {which} --to-latest {done} --output json"));
            assert_eq!((reset.status, &reset.stderr), (1, &stays), "{which} {done}");
            assert!(reset.stdout.contains("\"partition\":2"), "{}", reset.stdout);
            assert!(!reset.stdout.contains("\"topic\":\"t\",\"partition\":1"), "{}", reset.stdout);
        }
    }
    let refused = "partition t-1 is not in this data directory";
    assert_eq!(sandbox.fails(1, "groups reset-offsets g --topic t:1 --to-latest --execute"), refused);

    // All that is left is read: that is said, and that it is not all.
    let waited = sandbox.run("wait t --group g --timeout-ms 0");
    assert_ran(&waited, 1, "", &gone("its records are not waited for"));
    assert_ran(&sandbox.run("wait whole --group g --timeout-ms 0"), 0, "", "");
    assert_eq!(sandbox.ok("wait t --timeout-ms 0"), "");
    assert_eq!(sandbox.fails(1, "wait t --partition 1 --offset 1 --timeout-ms 0"), refused);
    let which = "topic 't' has 3 partitions: --partition tells which is to reach the offset";
    assert_eq!(sandbox.fails(1, "wait t --offset 1 --timeout-ms 0"), which);
    assert_eq!(sandbox.run("ps t").status, 0, "nobody uses what is gone");
}

/// A broker holds only some partitions of a topic: that is how it should be.
#[test]
fn the_partitions_that_a_broker_does_not_hold_are_no_loss_but_no_whole_topic_either() {
    let sandbox = sandbox();
    std::fs::remove_file(sandbox.data_dir().join(".mkafka/topics/t.json")).unwrap();
    assert_eq!(sandbox.ok("count t"), "2\n");
    assert_eq!(consume(&sandbox, "t"), ["x", "x"]);
    sandbox.fails(1, "export t t.tar");

    // Nor does mkafka miss what was not there when it took the topic over.
    assert_eq!(sandbox.run("configs alter t --add-config retention.bytes=1000000").status, 0);
    assert_eq!(sandbox.ok("count t"), "2\n");
    assert_eq!(consume(&sandbox, "t"), ["x", "x"]);
    assert_eq!((sandbox.run("verify t").status, sandbox.run("clean t").status), (0, 0));
    let described = sandbox.ok("topics describe t");
    assert!(described.contains("PartitionCount: 3"), "{described}");
    assert_eq!(described.matches("Leader: 1").count(), 2, "{described}");
    assert!(!described.contains("Partition: 1"), "{described}");
    sandbox.fails(1, "export t t.tar");
    std::fs::remove_dir_all(sandbox.data_dir().join("t-2")).unwrap();
    let not_counted = "mkafka: partition t-2 is not in this data directory; its records are not counted\n";
    assert_ran(&sandbox.run("count t"), 1, "", not_counted);
}

#[test]
fn a_topic_whose_own_file_is_damaged_keeps_no_other_from_being_checked() {
    let sandbox = sandbox();
    sandbox.ok("topics create u");
    produce_ok(&sandbox, "u", false, &numbered(0..50));
    let file = sandbox.data_dir().join(".mkafka/topics/t.json");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    for line in ["verify", "verify t whole u", "verify --regex .*"] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        assert!(ran.stdout.starts_with(&format!("{}: ", file.display())), "{}", ran.stdout);
        assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
        assert!(ran.stderr.contains("checked 3 partition(s), 3 segment(s), "), "{}", ran.stderr);
    }
    let json = sandbox.run("verify --output json").stdout;
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found["file"], file.display().to_string());
    // The others are still mended.
    let log = sandbox.data_dir().join("u-0/00000000000000000000.log");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes[70] ^= 1;
    std::fs::write(&log, bytes).unwrap();
    let mended = sandbox.run("verify --repair");
    assert_eq!((mended.status, mended.stdout.lines().count()), (1, 2), "{}", mended.stdout);
    assert!(mended.stdout.contains("u-0/00000000000000000000.log: damaged"), "{}", mended.stdout);
    std::fs::write(&file, whole).unwrap();
    assert_eq!(sandbox.run("verify u whole").status, 0);

    // What was taken out can be looked at under the name that it was kept by.
    let kept = sandbox.entries("u-0").into_iter().find(|name| name.contains(".damaged-")).unwrap();
    let dumped = sandbox.run_args(&["dump-log-segments", &format!("data/u-0/{kept}")]);
    assert_eq!(dumped.status, 1, "it is still damaged");
    assert!(dumped.stdout.contains("baseOffset: 0 lastOffset: "), "{}", dumped.stdout);
    assert!(dumped.stderr.contains("its checksum is "), "{}", dumped.stderr);
    assert_eq!(sandbox.run("dump-log-segments data/u-0").status, 0, "a folder stands for what is in use");
}
