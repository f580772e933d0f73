//! A log's life: how long records stay, and what is done to them meanwhile.

mod admin;
mod carry;
mod configs;
mod lost;
mod mend;
mod wait;

use std::io::Write as _;
use std::process::Stdio;

use crate::common::{Ran, Sandbox};

/// Produces the lines of `input`, with keys in front of a colon if `keyed`.
fn produce(sandbox: &Sandbox, topic: &str, keyed: bool, input: &str) -> Ran {
    produce_with(sandbox, &["--batch-size", "300"], topic, keyed, input)
}

fn produce_with(sandbox: &Sandbox, more: &[&str], topic: &str, keyed: bool, input: &str) -> Ran {
    let keys =
        ["--property", "parse.key=true", "--property", "key.separator=:", "--property", "null.marker=~"];
    let mut args = vec!["produce", topic];
    args.extend(more);
    args.extend(keys.iter().filter(|_| keyed));
    let mut command = sandbox.command(&args);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A producer that refuses its first line does not read the others.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran::new(child.wait_with_output().unwrap())
}

/// Produces, which must succeed and say nothing.
#[track_caller]
fn produce_ok(sandbox: &Sandbox, topic: &str, keyed: bool, input: &str) {
    let ran = produce(sandbox, topic, keyed, input);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
}

fn consume(sandbox: &Sandbox, topic: &str) -> Vec<String> {
    let text = sandbox.ok(&format!("consume {topic} --from-beginning --exit-at-end --quiet"));
    text.lines().map(str::to_owned).collect()
}

/// Sizes of the files of a partition with this ending, by name.
fn sizes(sandbox: &Sandbox, partition: &str, ending: &str) -> Vec<(String, u64)> {
    let folder = sandbox.data_dir().join(partition);
    let names = sandbox.entries(partition).into_iter().filter(|name| name.ends_with(ending));
    names.map(|name| (name.clone(), std::fs::metadata(folder.join(name)).unwrap().len())).collect()
}

fn numbered(range: std::ops::Range<i32>) -> String {
    range.map(|n| format!("record number {n} with some more text behind it\n")).collect()
}

#[test]
fn compaction_keeps_the_newest_of_each_key() {
    let sandbox = Sandbox::new();
    // Never dirty enough for the producer to compact it, which is another test.
    sandbox.ok("topics create t --config cleanup.policy=compact --config segment.bytes=2000 \
         --config min.cleanable.dirty.ratio=1");
    let input: String = (0..400).map(|n| format!("key{}:value {n}\n", n % 10)).collect();
    produce_ok(&sandbox, "t", true, &input);
    let foretold = sandbox.run("clean t --force --dry-run --output json");
    let ran = sandbox.run("clean t --force --output json");
    assert_eq!((ran.status, foretold.status), (0, 0), "{}", ran.stderr);
    let json = |ran: &Ran| serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap();
    assert_eq!(json(&foretold)["compaction"], json(&ran)["compaction"]);
    assert!(json(&ran)["freedBytes"].as_u64().unwrap() > 5000, "{}", ran.stdout);
    let left = consume(&sandbox, "t");
    assert!(left.len() < 60 && left.len() >= 10, "{}", left.len());
    for n in 390..400 {
        assert!(left.contains(&format!("value {n}")), "{n}");
    }
    assert_eq!(sandbox.ok("count t").trim(), left.len().to_string());
    assert_eq!(sandbox.ok("topics offsets t").trim(), "t:0:400");
    let verified = sandbox.run("verify t");
    assert_eq!((verified.status, verified.stdout.as_str()), (0, ""), "{}", verified.stderr);
    // Nothing is dirty any more.
    let again = json(&sandbox.run("clean t --output json --force"));
    assert_eq!(again["compaction"], serde_json::Value::Null);
}

#[test]
fn a_producer_compacts_what_it_writes() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config cleanup.policy=compact --config segment.bytes=2000");
    let input: String = (0..20_000).map(|n| format!("key{}:value {n}\n", n % 10)).collect();
    produce_ok(&sandbox, "t", true, &input);
    // What is still dirty when it ends is left to the next one, or to a clean.
    let left = consume(&sandbox, "t");
    assert!(left.len() < 20_000, "{}", left.len());
    for n in 19_990..20_000 {
        assert!(left.contains(&format!("value {n}")), "{n}");
    }
    assert_eq!(sandbox.run("verify t").status, 0);
}

#[test]
fn a_producer_keeps_a_topic_near_its_size() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.bytes=60000 --config segment.bytes=20000 \
         --config file.delete.delay.ms=0");
    let mut child =
        sandbox.command(&["produce", "t", "--batch-size", "1000"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for round in 0..40 {
        input.write_all(numbered(round * 200..round * 200 + 200).as_bytes()).unwrap();
        input.flush().unwrap();
    }
    drop(input);
    assert!(child.wait().unwrap().success());
    let bytes: u64 = sizes(&sandbox, "t-0", ".log").iter().map(|(_, len)| len).sum();
    assert!((60_000..60_000 + 20_000 + 1000).contains(&bytes), "{bytes}");
    assert!(sandbox.entries("t-0").iter().all(|name| !name.ends_with(".deleted")));
    let end: i64 = sandbox.ok("topics offsets t").trim().rsplit(':').next().unwrap().parse().unwrap();
    let start: i64 =
        sandbox.ok("topics offsets t --time earliest").trim().rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(end, 8000);
    assert!(start > 6000, "{start}");
    assert_eq!(sandbox.ok("count t").trim(), (end - start).to_string());
}

#[test]
fn when_all_records_are_too_old_offsets_go_on() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.ms=60000");
    produce_ok(&sandbox, "t", false, &numbered(0..50));
    let kept = sandbox.run("clean t");
    assert!(kept.stderr.contains("freed 0 B"), "{}", kept.stderr);
    sandbox.ok("configs alter t --add-config retention.ms=0,file.delete.delay.ms=0");
    // Until the clock has gone on by a millisecond.
    while sandbox.ok("topics offsets t --time earliest") != "t:0:50\n" {
        assert_eq!(sandbox.run("clean t").status, 0);
    }
    assert_eq!(sandbox.ok("count t"), "0\n");
    assert_eq!(sizes(&sandbox, "t-0", ".log"), [("00000000000000000050.log".to_owned(), 0)]);
    sandbox.ok("configs alter t --delete-config retention.ms");
    produce_ok(&sandbox, "t", false, "next\n");
    let read = sandbox.ok("consume t --from-beginning --exit-at-end --quiet --property print.offset=true");
    assert_eq!(read, "Offset:50\tnext\n");
}

#[test]
fn a_brokers_topic_is_not_cleaned_unasked() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=2000");
    produce_ok(&sandbox, "t", false, &numbered(0..200));
    // Without what mkafka knows of it, it is as a broker would have written it.
    std::fs::remove_file(sandbox.data_dir().join(".mkafka/topics/t.json")).unwrap();
    let message = sandbox.fails(1, "clean t");
    assert!(message.contains("configs alter t"), "{message}");
    let before = sizes(&sandbox, "t-0", "");
    assert_eq!(sandbox.run("clean").status, 0);
    produce_ok(&sandbox, "t", false, "x\n");
    assert!(
        sizes(&sandbox, "t-0", ".log").len() >= before.iter().filter(|(n, _)| n.ends_with(".log")).count()
    );
    let adopted = sandbox.run("configs alter t --add-config retention.ms=-1");
    assert!(adopted.stderr.contains("from now on mkafka looks after it"), "{}", adopted.stderr);
    assert_eq!(sandbox.run("clean t").status, 0);
}
