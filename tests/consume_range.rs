//! Where `mkafka consume` begins and ends, what it leaves out, and in which order it reads.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

use bytes::{Bytes, BytesMut};
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, Record,
    RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};

use crate::common::Sandbox;
use crate::produce::produced;

/// A topic of 3 partitions with 300 records whose values are their timestamps, 1000 to 1299, in small segments.
fn times() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .ok("topics create t --partitions 3 --config retention.ms=-1 --config segment.bytes=2000 --config index.interval.bytes=200");
    let lines: String = (1000..1300)
        .map(|time| format!("{{\"value\":\"{time}\",\"timestamp\":{time},\"partition\":{}}}\n", time % 3))
        .collect();
    produced(&sandbox, "t --format json --batch-size 200", lines.as_bytes());
    sandbox
}

/// The values that consume prints, in the order in which it does.
fn consume(sandbox: &Sandbox, args: &str) -> Vec<u32> {
    let out = sandbox.ok(&format!("consume t --quiet {args}"));
    out.lines().map(|line| line.parse().unwrap()).collect()
}

fn sorted(mut values: Vec<u32>) -> Vec<u32> {
    values.sort_unstable();
    values
}

#[test]
fn times_bound_what_is_read() {
    let sandbox = times();
    let range = |from: u32, to: u32| (from..to).collect::<Vec<u32>>();
    assert_eq!(sorted(consume(&sandbox, "--from-timestamp 1250 -e")), range(1250, 1300));
    assert_eq!(sorted(consume(&sandbox, "--from-timestamp 1970-01-01T00:00:01.250Z -e")), range(1250, 1300));
    // The end that lies in the past is an end even without --exit-at-end.
    assert_eq!(sorted(consume(&sandbox, "--from-beginning --to-timestamp 1037")), range(1000, 1037));
    assert_eq!(sorted(consume(&sandbox, "--from-timestamp @1.1 --until @1.2")), range(1100, 1200));
    assert_eq!(sorted(consume(&sandbox, "--since 1s -e")), [0; 0]);
    assert_eq!(consume(&sandbox, "--from-timestamp 5000 -e"), [0; 0]);
    assert_eq!(consume(&sandbox, "-p 1 --from-beginning --to-timestamp 1001"), [1000]);
    assert_eq!(consume(&sandbox, "-p 1 --from-beginning --until-offset 3"), [1000, 1003, 1006]);
    assert_eq!(consume(&sandbox, "-p 1 --offset 2 --until-offset 2"), [0; 0]);
    for (args, expected) in [
        ("--from-timestamp yesterday", "valid are milliseconds since 1970"),
        ("--from-timestamp 5 --offset 3", "cannot be used with"),
        ("--tail 3 --group g", "cannot be used with"),
    ] {
        let stderr = sandbox.fails(2, &format!("consume t {args}"));
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn an_offset_that_is_not_there_yet_is_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.ms=-1");
    produced(&sandbox, "t", b"a\n");
    let mut command = sandbox.command(&["consume", "t", "--from-beginning", "--until-offset", "3", "-q"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "a");
    // The end lies within a batch.
    produced(&sandbox, "t", b"b\nc\nd\n");
    assert_eq!(lines.map(Result::unwrap).collect::<Vec<_>>(), ["b", "c"]);
    assert!(child.wait().unwrap().success());
}

#[test]
fn partitions_are_merged_by_time() {
    let sandbox = times();
    assert_eq!(consume(&sandbox, "--from-beginning -e --ordered"), (1000..1300).collect::<Vec<_>>());
    assert_eq!(consume(&sandbox, "--from-timestamp 1290 -e --ordered -c 4"), [1290, 1291, 1292, 1293]);
    let mut command = sandbox.command(&["consume", "t", "--from-timestamp", "1299", "--ordered", "-q"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "1299");
    // What comes later is read as it comes.
    for value in ["x", "y"] {
        produced(&sandbox, "t", format!("{value}\n").as_bytes());
        assert_eq!(lines.next().unwrap().unwrap(), value);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_newest_of_all_partitions_together() {
    let sandbox = times();
    assert_eq!(consume(&sandbox, "--tail 5 -e"), [1295, 1296, 1297, 1298, 1299]);
    assert_eq!(consume(&sandbox, "--tail 0 -e"), [0; 0]);
    assert_eq!(consume(&sandbox, "--tail 1000 -e").len(), 300);
    // One partition has all of the newest.
    let lines: String = (2000..2010)
        .map(|time| format!("{{\"value\":\"{time}\",\"timestamp\":{time},\"partition\":1}}\n"))
        .collect();
    produced(&sandbox, "t --format json", lines.as_bytes());
    assert_eq!(consume(&sandbox, "-n 11 -e"), [vec![1299], (2000..2010).collect()].concat());
    assert_eq!(consume(&sandbox, "-n 2 -p 0,2 -e"), [1298, 1299]);
}

#[test]
fn sizes_and_statuses() {
    let sandbox = times();
    assert_eq!(consume(&sandbox, "-p 0 --from-beginning --max-bytes 9").len(), 3);
    // A time-out is an end like others, unless a number of records was waited for.
    let ran = sandbox.run("consume t --timeout-ms 20");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "Processed a total of 0 messages\n"));
    let ran = sandbox.run("consume t -p 0 --offset 99 --timeout-ms 20 --max-messages 2");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "1299\n"));
    assert_eq!(
        ran.stderr,
        "Processed a total of 1 messages\nmkafka: no record has come for 20 ms, and 1 of 2 have\n"
    );
    let ran = sandbox.run("consume t -p 0 --offset 99 -e --max-messages 2");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "Processed a total of 1 messages\n"));
    sandbox.ok("topics create empty");
    let ran = sandbox.run("consume empty --from-beginning -e");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "Processed a total of 0 messages\n"));
}

/// Appends a batch of one record to a log, as a broker would have it.
pub(crate) struct BrokersLog {
    log: std::fs::File,
    next: i64,
}

impl BrokersLog {
    pub(crate) fn create(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let log = std::fs::File::create(folder.join("00000000000000000000.log")).unwrap();
        Self { log, next: 0 }
    }

    /// A record of `producer`'s transaction, or of none.
    pub(crate) fn record(&mut self, producer: Option<i64>, value: &'static str) {
        self.append(producer, None, Bytes::from_static(value.as_bytes()));
    }

    /// The marker that ends `producer`'s transaction, of a coordinator in its epoch 7.
    pub(crate) fn end(&mut self, producer: i64, commits: bool) {
        let key = Bytes::copy_from_slice(&[0, 0, 0, u8::from(commits)]);
        self.append(Some(producer), Some(key), Bytes::from_static(&[0, 0, 0, 0, 0, 7]));
    }

    fn append(&mut self, producer: Option<i64>, control_key: Option<Bytes>, value: Bytes) {
        let record = Record {
            transactional: producer.is_some(),
            control: control_key.is_some(),
            partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
            producer_id: producer.unwrap_or(NO_PRODUCER_ID),
            producer_epoch: if producer.is_some() { 5 } else { NO_PRODUCER_EPOCH },
            timestamp_type: TimestampType::Creation,
            offset: self.next,
            sequence: NO_SEQUENCE,
            timestamp: 1_700_000_000_000 + self.next,
            key: control_key,
            value: Some(value),
            headers: Default::default(),
        };
        let options = RecordEncodeOptions { version: 2, compression: Compression::None };
        let mut bytes = BytesMut::new();
        RecordBatchEncoder::encode(&mut bytes, [&record], &options).unwrap();
        self.log.write_all(&bytes).unwrap();
        self.next += 1;
    }
}

#[test]
fn only_what_was_committed() {
    let sandbox = Sandbox::new();
    let mut log = BrokersLog::create(&sandbox.data_dir().join("t-0"));
    log.record(Some(1), "aborted a");
    log.record(Some(2), "committed a");
    log.record(None, "plain a");
    log.record(Some(1), "aborted b");
    log.end(1, false);
    log.record(Some(1), "committed b");
    log.end(2, true);
    log.end(1, true);
    log.record(Some(3), "open");
    log.record(None, "behind what is open");

    let all = "consume t --from-beginning -e -q";
    assert_eq!(sandbox.ok(all).lines().count(), 7);
    let committed = "committed a\nplain a\ncommitted b\n";
    assert_eq!(sandbox.ok(&format!("{all} --isolation-level read_committed")), committed);
    assert_eq!(sandbox.ok(&format!("{all} --consumer-property isolation.level=read_committed")), committed);
    assert_eq!(sandbox.ok(&format!("{all} --isolation-level read_committed --ordered")), committed);

    // A follower goes on once it is decided.
    let args = ["consume", "t", "--offset", "5", "-q", "--isolation-level", "read_committed", "-c", "3"];
    let mut child = sandbox.command(&args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "committed b");
    log.end(3, true);
    assert_eq!(lines.map(Result::unwrap).collect::<Vec<_>>(), ["open", "behind what is open"]);
    assert!(child.wait().unwrap().success());
}
