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

/// A broker holds only some partitions of a topic: that is how it should be.
#[test]
fn the_partitions_that_a_broker_does_not_hold_are_no_loss_but_no_whole_topic_either() {
    let sandbox = sandbox();
    std::fs::remove_file(sandbox.data_dir().join(".mkafka/topics/t.json")).unwrap();
    assert_eq!(sandbox.ok("count t"), "2\n");
    assert_eq!(consume(&sandbox, "t"), ["x", "x"]);
    sandbox.fails(1, "export t t.tar");

    // Nor does mkafka miss what was not there when it took the topic over.
    sandbox.ok("configs alter t --add-config retention.bytes=1000000");
    assert_eq!(sandbox.ok("count t"), "2\n");
    assert_eq!(consume(&sandbox, "t"), ["x", "x"]);
    assert_eq!(sandbox.ok("verify t"), "");
    assert!(sandbox.ok("clean t").contains("t-2"));
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
