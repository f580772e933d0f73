//! `mkafka consume`, as its users rely on it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::common::Sandbox;

/// A topic of `partitions` partitions with the lines `0` to `count - 1`, round-robin.
fn numbers(partitions: u32, count: u32) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("topics create t --partitions {partitions} --config segment.bytes=2000"));
    let text: String = (0..count).map(|i| format!("{i}\n")).collect();
    std::fs::write(sandbox.path().join("numbers"), text).unwrap();
    sandbox.ok("produce t --file numbers --batch-size 300");
    sandbox
}

fn consume(sandbox: &Sandbox, args: &str) -> Vec<u32> {
    let out = sandbox.ok(&format!("consume t --quiet {args}"));
    out.lines().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn reading_begins_where_it_is_told() {
    let sandbox = numbers(1, 1000);
    assert_eq!(consume(&sandbox, "--from-beginning -e"), (0..1000).collect::<Vec<_>>());
    assert_eq!(consume(&sandbox, "--offset earliest --max-messages 3"), [0, 1, 2]);
    assert_eq!(consume(&sandbox, "--partition 0 --offset 997 --exit-at-end"), [997, 998, 999]);
    assert_eq!(consume(&sandbox, "--offset -2 -e"), [998, 999]);
    assert_eq!(consume(&sandbox, "--offset -5000 -c 1"), [0]);
    assert!(consume(&sandbox, "--offset latest -e").is_empty());
    assert!(consume(&sandbox, "--offset 1000 -e").is_empty());
    // Without either, only what comes later.
    assert!(consume(&sandbox, "--timeout-ms 50").is_empty());
}

#[test]
fn partitions_are_chosen_and_every_one_is_in_order() {
    let sandbox = numbers(3, 900);
    let expected: Vec<u32> = (0..900).filter(|i| i % 3 == 1).collect();
    assert_eq!(consume(&sandbox, "--partition 1 --from-beginning -e"), expected);
    let all = consume(&sandbox, "--from-beginning -e");
    for partition in 0..3 {
        let mine: Vec<u32> = all.iter().copied().filter(|i| i % 3 == partition).collect();
        assert_eq!(mine, (0..900).filter(|i| i % 3 == partition).collect::<Vec<_>>());
    }
    assert_eq!(consume(&sandbox, "-p 0,2 --offset -1 -e").len(), 2);
}

#[test]
fn what_cannot_be_read_is_one_clear_line() {
    let sandbox = numbers(2, 10);
    for (args, expected) in [
        (
            "ordrs",
            "Topic 'ordrs' does not exist as expected; `mkafka topics list` shows the topics there are",
        ),
        ("tt", "Topic 'tt' does not exist as expected; did you mean 't'?"),
        (
            "t --partition 1 --offset 6",
            "partition t-1: offset 6 is out of range: the partition holds 0 to 5 (the end not included)",
        ),
        ("t --partition 5", "topic 't' has no partition 5 here: it has 2 partition(s), numbered from 0"),
    ] {
        assert_eq!(sandbox.fails(1, &format!("consume {args} --quiet")), expected);
    }
    for args in ["t --offset x", "t --offset 1 --from-beginning", "t --property print.keys=true", ""] {
        assert_eq!(sandbox.run(&format!("consume {args}")).status, 2, "consume {args}");
    }
    let nowhere = sandbox.path().join("nowhere");
    let message = sandbox.fails(1, &format!("--data-dir {} consume t", nowhere.display()));
    assert!(
        message.starts_with(&format!("data directory {} does not exist", nowhere.display())),
        "{message}"
    );
    let file = sandbox.path().join("numbers");
    let message = sandbox.fails(1, &format!("--data-dir {} consume t", file.display()));
    assert!(message.contains("is not a folder"), "{message}");
}

#[test]
fn a_damaged_batch_is_named_after_what_came_before_it() {
    // Enough for batches behind the damaged one: a last one would be taken for torn.
    let sandbox = numbers(1, 100);
    let log = sandbox.data_dir().join("t-0/00000000000000000000.log");
    let mut bytes = std::fs::read(&log).unwrap();
    let first_batch = 12 + usize::try_from(u32::from_be_bytes(bytes[8..12].try_into().unwrap())).unwrap();
    bytes[first_batch + 70] ^= 1;
    std::fs::write(&log, bytes).unwrap();
    let ran = sandbox.run("consume t --from-beginning -e --quiet");
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.starts_with("0\n1\n"), "{}", ran.stdout);
    let expected = format!("{}: the batch at byte {first_batch} ", log.display());
    assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
}

/// The end of a log that is followed may be a batch that is just being written: it takes a second look to tell, which
/// nothing but the time gives occasion to.
#[test]
fn damage_is_found_in_a_log_that_is_followed() {
    for how in ["", "--ordered"] {
        let sandbox = numbers(1, 100);
        let log = sandbox.data_dir().join("t-0/00000000000000000000.log");
        let mut bytes = std::fs::read(&log).unwrap();
        let first_batch = 12 + usize::try_from(u32::from_be_bytes(bytes[8..12].try_into().unwrap())).unwrap();
        bytes[first_batch + 70] ^= 1;
        std::fs::write(&log, &bytes[..first_batch]).unwrap();
        let line = format!("consume t --from-beginning --quiet --timeout-ms 60000 {how}");
        let mut follower = sandbox.command(&line.split_whitespace().collect::<Vec<_>>());
        let mut follower = follower.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "0");
        let mut file = std::fs::File::options().append(true).open(&log).unwrap();
        file.write_all(&bytes[first_batch..]).unwrap();
        let ran = follower.wait_with_output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{said}");
        assert!(
            said.contains(&format!("{}: the batch at byte {first_batch} ", log.display())),
            "{how}: {said}"
        );
    }
}

#[test]
fn columns_and_json() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    std::fs::write(sandbox.path().join("in"), "h:1\tk\tv\n").unwrap();
    sandbox.ok("produce t --file in --property parse.key=true --property parse.headers=true");
    let args = "consume t --offset 0 -e -q --property print.offset=true --property print.headers=true \
                --property print.key=true --property key.separator=|";
    assert_eq!(sandbox.ok(args), "Offset:0|h:1|k|v\n");
    let json = sandbox.ok("consume t --from-beginning --exit-at-end --output json --quiet");
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    let timestamp = record["timestamp"].as_i64().unwrap();
    let json = json.replace(&timestamp.to_string(), "TIMESTAMP");
    insta::assert_snapshot!(json.trim_end(), @r#"{"v":1,"topic":"t","partition":0,"offset":0,"timestamp":TIMESTAMP,"timestampType":"CreateTime","leaderEpoch":0,"headers":[["h","1"]],"key":"k","value":"v"}"#);
}

#[test]
fn the_count_is_said_on_stderr_unless_told_not_to() {
    let sandbox = numbers(1, 3);
    let ran = sandbox.run("consume t --from-beginning -e");
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("0\n1\n2\n", "Processed a total of 3 messages\n")
    );
}

#[test]
fn a_closed_pipe_is_a_quiet_end_and_a_full_disk_is_not() {
    let sandbox = numbers(1, 100_000);
    let mut child = sandbox
        .command(&["consume", "t", "--from-beginning", "--quiet"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "0\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));

    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = sandbox.command(&["consume", "t", "--from-beginning", "-e"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, "mkafka: cannot write to standard output: no space left on device\n");
}

#[test]
fn the_end_is_what_it_was_when_reading_began() {
    let sandbox = numbers(2, 2000);
    // A producer that goes on for as long as the consumer runs.
    let mut producer = sandbox.command(&["produce", "t", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = producer.stdin.take().unwrap();
    let writer = std::thread::spawn(move || while stdin.write_all(b"99999\n").is_ok() {});
    let read = consume(&sandbox, "--from-beginning --exit-at-end");
    producer.kill().unwrap();
    producer.wait().unwrap();
    writer.join().unwrap();
    assert!(read.len() >= 2000, "{}", read.len());
}

#[test]
fn a_deleted_topic_ends_its_followers_and_producers() {
    let sandbox = numbers(1, 5);
    let mut follower = sandbox
        .command(&["consume", "t", "--from-beginning", "--quiet"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    for i in 0..5 {
        assert_eq!(lines.next().unwrap().unwrap(), i.to_string());
    }
    let mut producer = sandbox
        .command(&["produce", "t", "--print-offsets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut offsets = BufReader::new(producer.stdout.take().unwrap()).lines();
    producer.stdin.as_mut().unwrap().write_all(b"5\n").unwrap();
    assert_eq!(offsets.next().unwrap().unwrap(), "t:0:5:5");
    sandbox.ok("topics delete t");
    producer.stdin.as_mut().unwrap().write_all(b"6\n").unwrap();
    drop(producer.stdin.take());
    for child in [producer, follower] {
        let output = child.wait_with_output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{message}");
        let what = message.trim_end().split("; the first record of the input is produced").next().unwrap();
        assert!(what.ends_with("was deleted while it was in use"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn a_signal_ends_a_consumer_whose_output_nobody_reads() {
    let sandbox = numbers(1, 100_000);
    let mut child = sandbox
        .command(&["consume", "t", "--from-beginning", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Once the pipe is full, the consumer waits for its reader.
    let pipe = child.stdout.as_ref().unwrap();
    let mut held = 0;
    loop {
        let now = rustix::io::ioctl_fionread(pipe).unwrap();
        if now > 0 && now == held {
            break;
        }
        held = now;
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn several_topics_by_name_and_by_pattern_and_what_comes_later() {
    let sandbox = Sandbox::new();
    for topic in ["orders-eu", "orders-us", "payments"] {
        sandbox.ok(&format!("topics create {topic}"));
        std::fs::write(sandbox.path().join("line"), format!("{topic}\n")).unwrap();
        sandbox.ok(&format!("produce {topic} --file line"));
    }
    let sorted = |args: &str| {
        let out = sandbox.ok(&format!("consume --quiet --from-beginning -e {args}"));
        let mut lines: Vec<String> = out.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted("orders-us payments"), ["orders-us", "payments"]);
    assert_eq!(sorted("--topic orders-eu,payments"), ["orders-eu", "payments"]);
    assert_eq!(sorted("--include orders-.*"), ["orders-eu", "orders-us"]);
    assert_eq!(sorted("--include nothing"), Vec::<String>::new());
    assert_eq!(sandbox.run("consume payments --include x").status, 2);
    assert_eq!(sandbox.run("consume --include x( -e").status, 2);

    // A topic that matches and is created while the consumer runs is read from its beginning.
    let mut follower =
        sandbox.command(&["consume", "--include", "orders-.*"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    std::fs::write(sandbox.path().join("line"), "new\n").unwrap();
    sandbox.ok("topics create orders-asia --partitions 2");
    sandbox.ok("produce orders-asia --file line");
    assert_eq!(lines.next().unwrap().unwrap(), "new");
    follower.kill().unwrap();
    follower.wait().unwrap();
}
