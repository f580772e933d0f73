//! Measurements: the records are really there, limits are kept, and what cannot be measured is an error.

use std::process::Stdio;

use serde_json::Value;

use crate::common::Sandbox;

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn matches(pattern: &str, text: &str) {
    assert!(regex::Regex::new(pattern).unwrap().is_match(text), "{text}");
}

#[test]
fn what_perf_produce_counts_is_in_the_topic() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 3");
    let printed = sandbox.ok("perf produce t --num-records 5000 --record-size 300");
    matches(
        r"^5000 records sent, \d+\.\d records/sec \(\d+\.\d\d MB/sec\), \d+\.\d\d ms avg latency, \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.\n$",
        &printed,
    );
    assert_eq!(sandbox.ok("count t"), "5000\n");
    let consumed = sandbox.run("consume t --from-beginning --exit-at-end --quiet").stdout;
    let values: Vec<&str> = consumed.lines().collect();
    let is_letters = |value: &&str| value.len() == 300 && value.bytes().all(|b| b.is_ascii_uppercase());
    assert!(values.len() == 5000 && values.iter().all(is_letters));
    assert!(values.windows(2).all(|two| two[0] != two[1]));
    assert_eq!(sandbox.run("verify t").status, 0);
}

#[test]
fn the_same_in_kafka_s_words_and_as_json() {
    let sandbox = Sandbox::new();
    let line = "perf produce --topic t --num-records 1000 --payload-monotonic --throughput -1 \
                --producer-props acks=all compression.type=zstd batch.size=2000 --output json";
    let ran = sandbox.run(line);
    assert_eq!(ran.stderr, "topic 't' did not exist: created it with 1 partition\n");
    let lines = json_lines(&ran.stdout);
    let total = lines.last().unwrap();
    assert_eq!((&total["v"], &total["type"], &total["topic"]), (&1.into(), &"total".into(), &"t".into()));
    // 10 of one digit, 90 of two, 900 of three.
    assert_eq!((&total["records"], &total["bytes"]), (&1000.into(), &2890.into()));
    let latency = |name: &str| total["latencyMs"][name].as_f64().unwrap();
    let grows = ["p50", "p95", "p99", "p999", "max"];
    assert!(grows.windows(2).all(|two| latency(two[0]) <= latency(two[1])), "{total}");
    assert!(latency("avg") > 0.0 && latency("avg") <= latency("max"), "{total}");
    let rate = total["records"].as_f64().unwrap() / total["seconds"].as_f64().unwrap();
    assert!((rate / total["recordsPerSecond"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{total}");
    let numbers: String = (0..1000).map(|number| format!("{number}\n")).collect();
    let consumed = sandbox.run("consume t --from-beginning --exit-at-end --quiet");
    assert_eq!(consumed.stdout, numbers);
    let batches = sandbox.ok("dump-log-segments --files data/t-0/00000000000000000000.log");
    assert!(batches.contains("compresscodec: zstd"), "{batches}");
}

#[test]
fn payloads_come_out_of_a_file() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    std::fs::write(sandbox.path().join("payloads"), "one;two;three").unwrap();
    sandbox.ok("perf produce t --num-records 300 --payload-file payloads --payload-delimiter ;");
    let consumed = sandbox.run("consume t --from-beginning --exit-at-end --quiet").stdout;
    let count = |value: &str| consumed.lines().filter(|line| *line == value).count();
    let counts = ["one", "two", "three"].map(count);
    assert!(counts.iter().sum::<usize>() == 300 && !counts.contains(&0), "{counts:?}");
}

/// However slow the machine is: so many records do not go in less time than the rate gives them.
#[test]
fn throughput_is_a_limit() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let line = "perf produce t --num-records 150 --record-size 10 --throughput 100 \
                --reporting-interval 200 --output json";
    let lines = json_lines(&sandbox.ok(line));
    let (total, intervals) = lines.split_last().unwrap();
    assert_eq!(total["records"], 150);
    // The first record goes at once, and up to 5 ms are let go ahead.
    assert!(total["seconds"].as_f64().unwrap() >= 1.48, "{total}");
    assert!(intervals.len() >= 2 && intervals.iter().all(|line| line["type"] == "interval"), "{intervals:?}");
    let told: u64 = intervals.iter().map(|line| line["records"].as_u64().unwrap()).sum();
    assert!(told > 0 && told <= 150, "{told}");
    let (mut records, mut seconds) = (0.0, 0.0);
    for line in intervals {
        records += line["records"].as_f64().unwrap();
        seconds += line["seconds"].as_f64().unwrap();
        assert!(records <= 100.0 * seconds + 2.0, "{records} records in {seconds} s");
    }
}

#[test]
fn perf_produce_tells_of_the_interval() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let printed = sandbox
        .ok("perf produce t --num-records 30 --record-size 10 --throughput 100 --reporting-interval 50");
    let (interval, _) = printed.split_once('\n').unwrap();
    matches(
        r"^\d+ records sent, \d+\.\d records/sec \(\d+\.\d\d MB/sec\), \d+\.\d ms avg latency, \d+\.\d ms max latency\.$",
        interval,
    );
}

#[test]
fn a_failed_send_is_a_failure() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create small --config max.message.bytes=1000");
    let ran = sandbox.run("perf produce small --num-records 10 --record-size 2000");
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.contains("record 1: the record takes 2") && ran.stderr.lines().count() == 1,
        "{ran:?}"
    );
    assert!(ran.stdout.starts_with("0 records sent, 0.0 records/sec"), "{ran:?}");
    sandbox.ok("topics create compacted --config cleanup.policy=compact");
    let ran = sandbox.run("perf produce compacted --num-records 10 --record-size 20");
    assert!(ran.status == 1 && ran.stderr.contains("record 1: "), "{ran:?}");
    assert_eq!(sandbox.ok("count small") + &sandbox.ok("count compacted"), "0\n0\n");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path().join("empty"), "").unwrap();
    for (status, line, message) in [
        (2, "perf produce t --num-records 0 --record-size 1", "--num-records should be greater than zero"),
        (2, "perf produce t --num-records -5 --record-size 1", "--num-records should be greater than zero"),
        (2, "perf produce t --num-records 1 --record-size 0", "--record-size should be greater than zero"),
        (2, "perf produce t --num-records 1", "--record-size"),
        (2, "perf produce t --num-records 1 --record-size 1 --payload-monotonic", "cannot be used with"),
        (2, "perf produce t --num-records 1 --record-size 1 --throughput 0", "-1 is no limit"),
        (2, "perf produce t --num-records 1 --record-size 1 -X acsk=1", "did you mean 'acks'?"),
        (
            2,
            "perf produce t --num-records 1 --record-size 1 -X transactional.id=x",
            "measures no transactions",
        ),
        (2, "perf produce t --num-records 1 --record-size 1 --reporting-interval 0", "--reporting-interval"),
        (1, "perf produce t --num-records 1 --payload-file empty", "empty is empty"),
        (1, "perf produce t --num-records 1 --payload-file none", "cannot open none"),
        (2, "perf consume t --messages 0", "--messages should be greater than zero"),
        (2, "perf consume t --messages 1 --date-format QQ", "--date-format 'QQ': 'Q' is not one of"),
        (2, "perf consume t --messages 1 -X group.ids=x", "did you mean 'group.id'?"),
        (2, "perf latency t --num-records 0 --record-size 1", "--num-records should be greater than zero"),
        (2, "perf latency t --num-records 1 --record-size 1 --acks 0", "--acks"),
        (2, "perf prodcue t", "did you mean 'produce'?"),
    ] {
        let told = sandbox.fails(status, line);
        assert!(told.contains(message), "{line}: {told}");
    }
    assert!(sandbox.entries("").is_empty(), "something was created all the same");
    sandbox.ok("topics create other");
    assert!(sandbox.fails(1, "perf consume othre --messages 1").contains("did you mean 'other'?"));
}

#[test]
fn perf_consume_prints_kafka_s_columns() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2");
    sandbox.ok("perf produce t --num-records 2000 --record-size 1024");
    let printed = sandbox.ok("perf consume --topic t --messages 1024");
    let (heading, line) = printed.trim_end().split_once('\n').unwrap();
    assert_eq!(
        heading,
        "start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, \
         rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec"
    );
    matches(
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}, 1\.0000, \d+\.\d{4}, 1024, \d+\.\d{4}, 0, \d+, \d+\.\d{4}, \d+\.\d{4}$",
        line,
    );
    let bare = sandbox.ok("perf consume t --num-records 2000 --hide-header --date-format yyyy");
    matches(r"^\d{4}, \d{4}, 1\.9531, [^\n]*\n$", &bare);
    let lines = json_lines(&sandbox.ok("perf consume t --messages 2000 --output json --show-detailed-stats"));
    let total = lines.last().unwrap();
    assert_eq!((&total["type"], &total["v"]), (&"total".into(), &1.into()));
    assert_eq!((&total["records"], &total["bytes"]), (&2000.into(), &(2000 * 1024).into()));
    assert!(total["startTime"].as_i64() <= total["endTime"].as_i64(), "{total}");
    let of_intervals = lines[..lines.len() - 1].iter().map(|line| line["records"].as_u64().unwrap());
    assert_eq!(of_intervals.sum::<u64>(), 2000);
}

#[test]
fn a_group_is_told_what_was_measured() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2");
    sandbox.ok("perf produce t --num-records 3000 --payload-monotonic");
    let printed = sandbox.ok("perf consume t --messages 1000 --group g --show-detailed-stats");
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].starts_with("time, threadId, data.consumed.in.MB"), "{printed}");
    let last: Vec<&str> = lines.last().unwrap().split(", ").collect();
    assert_eq!((last[1], last[4], last.len()), ("0", "1000", 10), "{printed}");
    // What it has not read is left to the next one.
    sandbox.ok("perf consume t --messages 2000 --group g");
    sandbox.ok("wait t --group g --timeout-ms 0");
    let ran = sandbox.run("perf consume t --messages 1 --group g --timeout 300");
    assert_eq!(ran.status, 1, "{ran:?}");
}

#[test]
fn too_few_records_are_a_failure() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    sandbox.ok("perf produce t --num-records 10 --payload-monotonic");
    let ran = sandbox.run("perf consume t --messages 11 --timeout 200 --hide-header");
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.stderr,
        "mkafka: WARNING: Exiting before consuming the expected number of messages: timeout (200 ms) exceeded. \
         You can use the --timeout option to increase the timeout.\n"
    );
    assert_eq!(ran.stdout.split(", ").nth(4), Some("10"), "{ran:?}");
    let ran = sandbox.run("perf consume t --messages 1 --timeout 200 --from-latest --output json");
    assert_eq!((ran.status, json_lines(&ran.stdout)[0]["records"].as_u64()), (1, Some(0)), "{ran:?}");
}

#[test]
fn perf_consume_waits_for_what_comes() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut consumer = sandbox.command(&["perf", "consume", "t", "--messages", "20", "--timeout", "60000"]);
    let consumer = consumer.stdout(Stdio::piped()).spawn().unwrap();
    sandbox.ok("perf produce t --num-records 20 --record-size 5 --throughput 200");
    let output = consumer.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().contains(", 20, "));
}

#[test]
fn latency_is_of_records_that_went_all_the_way() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2");
    let printed = sandbox.ok("perf latency t --num-records 1001 --record-size 20");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 4, "{printed}");
    matches(r"^0\t\d+\.\d{4}$", lines[0]);
    matches(r"^1000\t\d+\.\d{4}$", lines[1]);
    matches(r"^Avg latency: \d+\.\d{4} ms$", lines[2]);
    matches(r"^Percentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+$", lines[3]);
    assert_eq!(sandbox.ok("count t"), "1001\n");
    let json = "perf latency t --num-records 3 --record-size 20 --producer-acks all --output json";
    let lines = json_lines(&sandbox.ok(json));
    let total = lines.last().unwrap();
    assert_eq!((&total["type"], &total["records"]), (&"total".into(), &3.into()));
    assert!(total["latencyMs"]["avg"].as_f64().unwrap() > 0.0, "{total}");
    assert_eq!(sandbox.ok("count t"), "1004\n");
}
