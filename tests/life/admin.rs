//! Changing and asking.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{consume, numbered, produce, produce_ok, produce_with, sizes};
use crate::common::{Ran, Sandbox};

#[test]
fn configs_are_shown_and_changed_in_kafkas_forms() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --config segment.bytes=5000");
    assert_eq!(
        sandbox.ok("configs --alter --entity-type topics --entity-name orders --add-config retention.ms=5"),
        "Completed updating config for topic orders.\n"
    );
    sandbox.ok("configs alter orders --add-config cleanup.policy=[compact,delete],max.message.bytes=777");
    assert_eq!(
        sandbox.ok("configs --describe --topic orders"),
        "Dynamic configs for topic orders are:
  cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, \
         DEFAULT_CONFIG:log.cleanup.policy=delete}
  max.message.bytes=777 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=777, \
         DEFAULT_CONFIG:message.max.bytes=1048588}
  retention.ms=5 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5}
  segment.bytes=5000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:segment.bytes=5000, \
         DEFAULT_CONFIG:log.segment.bytes=1073741824}\n"
    );
    sandbox.ok("configs alter orders --delete-config retention.ms,segment.bytes");
    let json: serde_json::Value =
        serde_json::from_str(&sandbox.ok("configs describe orders --all --output json")).unwrap();
    assert_eq!(json["configs"]["retention.ms"]["value"], "604800000");
    assert_eq!(json["configs"]["max.message.bytes"]["isDefault"], false);
    assert_eq!(sandbox.ok("configs describe topics/orders"), sandbox.ok("configs describe orders"));
    assert!(sandbox.fails(2, "configs describe brokers/1").contains("only topics"));
    let all = sandbox.ok("configs describe --topic orders --all");
    assert!(all.starts_with("All configs for topic orders are:\n") && all.lines().count() > 30, "{all}");

    assert!(sandbox.fails(2, "configs alter orders").contains("At least one of --add-config"));
    assert!(sandbox.fails(2, "configs alter orders --add-config x").contains("\"key=val\""));
    assert!(sandbox.fails(2, "configs --describe --entity-type brokers").contains("only topics"));
    assert_eq!(
        sandbox.fails(1, "configs alter orders --delete-config retention.ms"),
        "topic 'orders': Invalid config(s): retention.ms"
    );
    assert!(
        sandbox
            .fails(1, "configs alter orders --add-config retention.mss=1")
            .contains("Unknown topic config")
    );
    assert!(sandbox.fails(1, "configs alter other --add-config retention.ms=1").contains("does not exist"));
}

#[test]
fn of_several_topics_those_that_refuse_are_named_and_what_no_topic_takes_is_said_once() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create a --config min.compaction.lag.ms=1000");
    sandbox.ok("topics create b --config retention.ms=7");
    sandbox.ok("topics create c");
    let configs = || sandbox.ok("configs describe");
    let before = configs();
    for (change, message) in [
        (
            "--add-config retention.mss=1",
            "Unknown topic config name: retention.mss; did you mean 'retention.ms'?",
        ),
        (
            "--add-config retention.ms=5,retention.ms=x",
            "Invalid value x for configuration retention.ms: Not a number of type LONG",
        ),
        ("--delete-config retention.mss", "Invalid config(s): retention.mss; did you mean 'retention.ms'?"),
    ] {
        assert_eq!(sandbox.fails(1, &format!("configs alter a,b,c {change}")), message);
        assert_eq!(configs(), before);
    }
    let ran = sandbox.run("configs alter a,b,c --add-config max.compaction.lag.ms=10");
    assert_eq!((ran.status, ran.stdout.lines().count()), (1, 2), "{}", ran.stdout);
    assert_eq!(
        ran.stderr,
        "mkafka: topic 'a': conflict topic config setting min.compaction.lag.ms (1000) > max.compaction.lag.ms (10)\n"
    );
    let ran = sandbox.run("configs alter --regex . --delete-config retention.ms");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "Completed updating config for topic b.\n"));
    assert_eq!(
        ran.stderr,
        "mkafka: topic 'a': Invalid config(s): retention.ms\nmkafka: topic 'c': Invalid config(s): retention.ms\n"
    );
}

#[test]
fn partitions_are_added_and_used() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    assert_eq!(sandbox.ok("topics alter t --partitions 3"), "");
    assert_eq!(sandbox.ok("topics --alter --topic t --partitions 4"), "");
    assert_eq!(
        sandbox.fails(1, "topics alter t --partitions 2"),
        "The topic t currently has 4 partition(s); 2 would not be an increase."
    );
    assert_eq!(sandbox.fails(1, "topics alter t --partitions 4"), "Topic already has 4 partition(s).");
    assert_eq!(sandbox.ok("topics alter other --partitions 2 --if-exists"), "");
    produce_ok(&sandbox, "t", false, &numbered(0..100));
    let counts = sandbox.ok("count t --by-partition");
    assert_eq!(counts.lines().count(), 4);
    assert!(counts.lines().all(|line| !line.ends_with(":0")), "{counts}");
    assert_eq!(sandbox.ok("count t"), "100\n");
}

#[test]
fn offsets_are_told_by_time_and_records_deleted_up_to_them() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=1000");
    let before = now();
    produce_ok(&sandbox, "t", false, &numbered(0..50));
    let offsets = |time: &str| sandbox.ok(&format!("topics offsets t --time {time}"));
    assert_eq!((offsets("-1"), offsets("earliest")), ("t:0:50\n".into(), "t:0:0\n".into()));
    assert_eq!(offsets(&before.to_string()), "t:0:0\n");
    assert_eq!(offsets(&(now() + 1_000_000).to_string()), "", "no record is as young");
    let of_max = offsets("-3");
    let json = sandbox.ok("topics offsets t --time max-timestamp --output json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let timestamp = json["timestamp"].as_i64().unwrap();
    assert!((before..=now()).contains(&timestamp));
    assert_eq!(offsets(&timestamp.to_string()), of_max);
    assert!(sandbox.fails(2, "topics offsets t --time soon").contains("Malformed time argument soon"));

    assert_eq!(
        sandbox.ok("topics delete-records t --partition 0 --offset 20"),
        "Executing records delete operation\nRecords delete operation completed:\npartition: t-0\tlow_watermark: 20\n"
    );
    assert_eq!(offsets("-2"), "t:0:20\n");
    assert_eq!((sandbox.ok("count t"), consume(&sandbox, "t").len()), ("30\n".into(), 30));
    assert!(sizes(&sandbox, "t-0", ".log").iter().all(|(name, _)| !name.starts_with("00000000000000000000")));
    let file = sandbox.path().join("offsets.json");
    std::fs::write(&file, r#"{"partitions":[{"topic":"t","partition":0,"offset":-1}],"version":1}"#).unwrap();
    sandbox.ok(&format!("topics delete-records --offset-json-file {}", file.display()));
    assert_eq!(sandbox.ok("count t"), "0\n");
    let beyond = sandbox.run("topics delete-records t --offset 60");
    assert_eq!(beyond.status, 1);
    assert!(beyond.stderr.contains("larger than the high watermark 50"), "{}", beyond.stderr);
    // A topic of that name begins anew.
    sandbox.ok("topics delete t");
    sandbox.ok("topics create t");
    assert_eq!(offsets("-2"), "t:0:0\n");
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

#[test]
fn readers_and_producers_end_when_their_topic_is_deleted() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce_ok(&sandbox, "t", false, "x\n");
    let reader = sandbox
        .command(&["consume", "t", "--from-beginning"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut writer =
        sandbox.command(&["produce", "t"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = writer.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"y\n").unwrap();
    sandbox.ok("wait t --offset 2 --timeout-ms 60000");
    if cfg!(target_os = "linux") {
        let rows = sandbox.ok("ps t --output json");
        let pids: Vec<u64> = rows
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["pid"].as_u64().unwrap())
            .collect();
        assert!(pids.contains(&u64::from(writer.id())), "{rows}");
    }
    sandbox.ok("topics delete t");
    // It says so at the next record, and the reader at once.
    let begun = Instant::now();
    while writer.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(60) {
        let _ = std::io::Write::write_all(&mut input, b"z\n");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(input);
    for ended in [Ran::new(writer.wait_with_output().unwrap()), Ran::new(reader.wait_with_output().unwrap())]
    {
        assert_eq!(ended.status, 1);
        assert!(ended.stderr.contains("was deleted while it was in use"), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
    assert!(sandbox.entries("").iter().all(|name| !name.starts_with("t-")), "nothing is left");
}

#[test]
fn keyless_records_are_refused_where_the_newest_of_each_key_is_kept() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config cleanup.policy=compact");
    let ran = produce(&sandbox, "t", false, "no key\n");
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.stderr,
        "mkafka: standard input, line 1: Compacted topic cannot accept message without key in topic partition t-0\n"
    );
    let lenient = ["--property", "parse.key=true", "--property", "ignore.error=true"];
    let ran = produce_with(&sandbox, &lenient, "t", false, "k\tv\nno key\n");
    assert_eq!(
        ran.stderr,
        "mkafka: standard input, line 2: Compacted topic cannot accept message without key in topic partition t-0; \
         the first record of the input is produced: go on with --skip 1\n"
    );
}

#[test]
fn statistics_add_up() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2");
    let input: String = (0..300).map(|n| format!("key{}:{}\n", n % 30, "v".repeat(n % 7 * 10))).collect();
    produce_ok(&sandbox, "t", true, &input);
    let json: serde_json::Value = serde_json::from_str(&sandbox.ok("topics stats t --output json")).unwrap();
    assert_eq!(json["records"], 300);
    assert!((28..=32).contains(&json["distinctKeys"].as_u64().unwrap()), "{json}");
    assert_eq!(json["largestKeys"].as_array().unwrap().len(), 10);
    let sum = |list: &str| -> u64 {
        json[list].as_array().unwrap().iter().map(|bar| bar["records"].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("overTime"), sum("sizes"), sum("partitions")), (300, 300, 300));
    let text = sandbox.ok("topics stats t --keys 3");
    assert!(
        text.contains("Records over time (UTC)") && text.contains("Partitions (the largest is"),
        "{text}"
    );
}

#[test]
fn records_go_by_time() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2 --config retention.ms=-1");
    for (partition, time) in [(0, 1000), (0, 2000), (0, 3000), (1, 1000)] {
        std::fs::write(sandbox.path().join("x"), "x\n").unwrap();
        sandbox.ok(&format!("produce t --file x --partition {partition} --timestamp {time}"));
    }
    let done = sandbox.ok("topics delete-records t --time 1970-01-01T00:00:02Z");
    let expected = "partition: t-0\tlow_watermark: 1\npartition: t-1\tlow_watermark: 1\n";
    assert!(done.ends_with(expected), "{done}");
    assert_eq!(sandbox.ok("topics offsets t --time earliest"), "t:0:1\nt:1:1\n");
    assert!(sandbox.fails(2, "topics delete-records t --time 5 --offset 3").contains("--offset"));
    assert!(sandbox.fails(2, "topics delete-records t --time then").contains("valid are"));
}

/// Ten records in partition 0 with the timestamps 1000, 2000 and so on, none in partition 1.
#[test]
fn records_are_deleted_up_to_any_position() {
    let sandbox = Sandbox::new();
    let starts = || sandbox.ok("topics offsets t --time earliest");
    for (offset, expected) in [
        ("start", "t:0:0\nt:1:0\n"),
        ("-3", "t:0:7\nt:1:0\n"),
        ("-1", "t:0:9\nt:1:0\n"),
        ("-100", "t:0:0\nt:1:0\n"),
        ("@4", "t:0:3\nt:1:0\n"),
        ("@1970-01-01T00:00:05.500Z", "t:0:5\nt:1:0\n"),
        ("@1s", "t:0:10\nt:1:0\n"),
        ("end", "t:0:10\nt:1:0\n"),
    ] {
        sandbox.ok("topics create t --partitions 2 --config retention.ms=-1");
        let records: String = (1..=10)
            .map(|n| format!("{{\"value\":\"{n}\",\"partition\":0,\"timestamp\":{n}000}}\n"))
            .collect();
        std::fs::write(sandbox.path().join("x"), records).unwrap();
        sandbox.ok("produce t --file x --format json");
        sandbox.ok(&format!("topics delete-records t --offset {offset}"));
        assert_eq!(starts(), expected, "{offset}");
        sandbox.ok(&format!("topics delete-records t --partition 1 --offset {offset} --output json"));
        sandbox.ok("topics delete t");
    }
    sandbox.ok("topics create two --partitions 2 --config retention.ms=-1");
    sandbox.ok("produce two --file x --format json");
    for (offset, start) in [("4", 4), ("+4", 8)] {
        // As of Kafka's tool, one partition that refuses keeps no other from it.
        let ran = sandbox.run(&format!("topics delete-records two --offset {offset} --output json"));
        assert_eq!(ran.status, 1);
        let moved = format!("{{\"v\":1,\"topic\":\"two\",\"partition\":0,\"lowWatermark\":{start}}}\n");
        assert_eq!(ran.stdout, moved);
        assert_eq!(
            ran.stderr,
            "mkafka: Cannot increment the log start offset to 4 of partition two-1 since it is larger than the \
             high watermark 0\n"
        );
    }
    for (offset, end) in [("+2", 10), ("+0", 10)] {
        sandbox.ok(&format!("topics delete-records two --partition 0 --offset {offset}"));
        assert_eq!(sandbox.ok("topics offsets two --time earliest"), format!("two:0:{end}\ntwo:1:0\n"));
    }
    let beyond = sandbox.run("topics delete-records two --partition 0 --offset +1 --output json");
    assert!(
        beyond.failed(1).contains("to 11 of partition two-0 since it is larger than the high watermark 10")
    );
    sandbox.ok("topics delete two");
    sandbox.ok("topics create t u other");
    for topic in ["t", "u", "other"] {
        sandbox.ok(&format!("produce {topic} --file x"));
    }
    let both = sandbox.ok("topics delete-records --regex . --offset end --output json");
    assert_eq!(
        both,
        "{\"v\":1,\"topic\":\"t\",\"partition\":0,\"lowWatermark\":10}\n\
         {\"v\":1,\"topic\":\"u\",\"partition\":0,\"lowWatermark\":10}\n"
    );
    assert_eq!(sandbox.ok("count t,u,other"), "t:0\nu:0\nother:10\n");
    for bad in ["5:9", "0=5", "x", "1.5", "@never"] {
        let message = sandbox.fails(2, &format!("topics delete-records other --offset {bad}"));
        assert!(message.contains("valid are start, end, a number from 0"), "{message}");
    }
    for line in [
        "topics delete-records other",
        "topics delete-records --offset end",
        "topics delete-records other --offset-json-file x",
        "topics delete-records --offset-json-file x --offset end",
        "topics delete-records --offset-json-file x --regex",
    ] {
        sandbox.fails(2, line);
    }
    assert!(
        sandbox.fails(1, "topics delete-records other --partition 3 --offset end").contains("no partition 3")
    );
    assert_eq!(sandbox.ok("count other"), "10\n");
}

#[test]
fn partitions_that_are_not_there_are_named() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 3");
    let ran = sandbox.run("topics offsets t --partitions 1,7");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "t:1:0\n"));
    assert!(ran.stderr.contains("'t' has no partition 7"), "{}", ran.stderr);
    sandbox.ok("topics create u");
    assert_eq!(sandbox.ok("topics offsets --partitions 1"), "t:1:0\n", "nobody has named u");
}
