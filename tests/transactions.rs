//! `produce --transaction`: all of the input becomes visible, or nothing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Ran, Sandbox};

/// Runs the program with the words of `line`, and `input` as its standard input.
fn feed(sandbox: &Sandbox, line: &str, input: &str) -> Ran {
    let mut running = Running::start(sandbox, line);
    running.write(input);
    running.end()
}

/// A program that runs, with its input open.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
}

impl Running {
    fn start(sandbox: &Sandbox, line: &str) -> Self {
        let args: Vec<&str> = line.split_whitespace().collect();
        let mut command = sandbox.command(&args);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let input = child.stdin.take();
        Self { child, input }
    }

    fn write(&mut self, text: &str) {
        // A program that has ended does not read; what it says tells why.
        let _ = self.input.as_mut().unwrap().write_all(text.as_bytes());
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends its input, and waits for its end.
    fn end(mut self) -> Ran {
        drop(self.input.take());
        Ran::new(self.child.wait_with_output().unwrap())
    }

    /// Waits for its end, with its input open.
    fn wait(mut self) -> Ran {
        let input = self.input.take();
        let ran = Ran::new(self.child.wait_with_output().unwrap());
        drop(input);
        ran
    }
}

fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The records of a topic at an isolation level, sorted.
fn read(sandbox: &Sandbox, topic: &str, level: &str) -> Vec<String> {
    let line = format!("consume {topic} --from-beginning --exit-at-end --quiet --isolation-level {level}");
    let ran = sandbox.run(&line);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut lines: Vec<String> = ran.stdout.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn committed(sandbox: &Sandbox, topic: &str) -> Vec<String> {
    read(sandbox, topic, "read_committed")
}

/// A producer in the middle of its transaction: `records` are in the log.
fn in_the_middle(sandbox: &Sandbox, line: &str, topic: &str, records: &[&str]) -> Running {
    let before = read(sandbox, topic, "read_uncommitted").len();
    let mut running = Running::start(sandbox, &format!("{line} --sync"));
    for record in records {
        running.write(&format!("{record}\n"));
    }
    until("the records are in the log", || {
        read(sandbox, topic, "read_uncommitted").len() == before + records.len()
    });
    running
}

/// What `dump-log-segments` says of a file of partition 0 of `topic`.
fn dump(sandbox: &Sandbox, topic: &str, extension: &str) -> Vec<String> {
    let file = sandbox.data_dir().join(format!("{topic}-0/00000000000000000000.{extension}"));
    let ran = sandbox.run_args(&["dump-log-segments", "--print-data-log", "--files", file.to_str().unwrap()]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    ran.stdout.lines().map(str::to_owned).collect()
}

/// What stands behind `name: ` in a line of a dump.
fn field(line: &str, name: &str) -> i64 {
    let text = line.split_once(&format!("{name}: ")).unwrap().1;
    text.split_whitespace().next().unwrap().parse().unwrap()
}

fn markers(sandbox: &Sandbox, topic: &str) -> Vec<String> {
    let lines = dump(sandbox, topic, "log");
    let marker = |line: &String| Some(line.split_once("endTxnMarker: ")?.1.to_owned());
    lines.iter().filter_map(marker).collect()
}

#[test]
fn a_committed_transaction_is_seen_in_all_partitions() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t --partitions 3");
    let ran = feed(&sandbox, "produce t --transaction --print-offsets", "a\nb\nc\nd\ne\n");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout.lines().count(), 3, "a batch for each partition: {}", ran.stdout);
    assert_eq!(committed(&sandbox, "t"), ["a", "b", "c", "d", "e"]);
    assert_eq!(markers(&sandbox, "t"), ["COMMIT coordinatorEpoch: 0"]);
    let batches = dump(&sandbox, "t", "log");
    let data = batches.iter().find(|line| line.contains("isTransactional: true isControl: false")).unwrap();
    assert!(field(data, "producerId") >= 1 << 40 && data.contains("producerEpoch: 0"), "{data}");
    assert_eq!((field(data, "baseSequence"), field(data, "lastSequence")), (0, 1));
    assert!(!sandbox.data_dir().join("t-0/00000000000000000000.txnindex").exists());
    assert_eq!(sandbox.entries(".mkafka/transactions/open"), [""; 0]);
}

#[test]
fn nothing_is_seen_before_the_end_and_what_others_append_behind_waits_with_it() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    feed(&sandbox, "produce t", "before\n");
    let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one", "two"]);
    assert_eq!(feed(&sandbox, "produce t", "behind\n").status, 0);
    assert_eq!(read(&sandbox, "t", "read_uncommitted"), ["before", "behind", "one", "two"]);
    assert_eq!(committed(&sandbox, "t"), ["before"]);
    // Nor by who begins behind its first record.
    let behind = "consume t --offset 3 -e -q --isolation-level read_committed";
    assert_eq!(sandbox.ok(behind), "");
    let ran = running.end();
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    assert_eq!(sandbox.ok(behind), "behind\n");
    assert_eq!(committed(&sandbox, "t"), ["before", "behind", "one", "two"]);
}

#[test]
fn ctrl_c_aborts() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let running = in_the_middle(&sandbox, "produce t --transaction --print-offsets", "t", &["one", "two"]);
    feed(&sandbox, "produce t", "behind\n");
    running.signal(Signal::INT);
    let ran = running.wait();
    assert_eq!(
        (ran.status, ran.stdout.as_str(), ran.stderr.as_str()),
        (130, "", "mkafka: interrupted: the transaction is aborted\n")
    );
    assert_eq!(committed(&sandbox, "t"), ["behind"]);
    assert_eq!(markers(&sandbox, "t"), ["ABORT coordinatorEpoch: 0"]);
    let index = dump(&sandbox, "t", "txnindex");
    assert!(index[1].ends_with(" firstOffset: 0 lastOffset: 3 lastStableOffset: 4"), "{index:?}");
    assert_eq!(sandbox.entries(".mkafka/transactions/open"), [""; 0]);
}

#[test]
fn an_index_that_lacks_an_aborted_transaction_is_found_and_mended() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one", "two"]);
    running.signal(Signal::INT);
    running.wait();
    let index = sandbox.data_dir().join("t-0/00000000000000000000.txnindex");
    let sound = std::fs::read(&index).unwrap();
    assert_eq!((sound.len(), sandbox.run("verify").status), (34, 0));
    for damaged in [&[][..], &sound[..20]] {
        std::fs::write(&index, damaged).unwrap();
        let ran = sandbox.run("verify");
        assert_eq!(ran.status, 1, "{}", ran.stdout);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("that was aborted at offset 2 is not in it"), "{said}");
        assert_eq!(sandbox.run("verify --repair").status, 0);
        assert_eq!(std::fs::read(&index).unwrap(), sound);
        assert_eq!(sandbox.run("verify").status, 0);
    }
    // A reader takes nothing before the beginning that it names for aborted, and looks no further than for what was
    // stable by then.
    for (at, words) in [
        (17, "began at 255, but that was at 0"),
        (33, "was 255, but that was 3"),
        (1, "holds what is no entry"),
    ] {
        let mut damaged = sound.clone();
        damaged[at] = 255;
        std::fs::write(&index, damaged).unwrap();
        let ran = sandbox.run("verify");
        assert!(ran.status == 1 && ran.stdout.contains(words), "{}", ran.stdout);
        assert_eq!(sandbox.run("verify --repair").status, 0);
        assert_eq!(std::fs::read(&index).unwrap(), sound);
    }
    // A reader would take what that producer has committed for aborted: another's, one of the same that ended
    // elsewhere, and one that ended behind the log.
    for (at, words) in [(9, "at offset 2,"), (25, "at offset 255,"), (18, "the log has none such")] {
        let mut other = sound.clone();
        other[at] = if at == 9 { !other[at] } else { 255 };
        if at == 18 {
            other[at] = 1;
        }
        std::fs::write(&index, [other, sound.clone()].concat()).unwrap();
        let ran = sandbox.run("verify");
        assert!(ran.status == 1 && ran.stdout.contains(words), "{}", ran.stdout);
        assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
        assert_eq!(sandbox.run("verify --repair").status, 0);
        assert_eq!(std::fs::read(&index).unwrap(), sound);
    }
}

#[test]
fn an_error_in_the_input_aborts() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let line = "produce t --transaction --sync --property parse.key=true --property key.separator=:";
    let ran = feed(&sandbox, line, "k:1\nk:2\nnonsense\nk:3\n");
    assert_eq!(
        ran.failed(1),
        "the transaction is aborted: No key separator found on line number 3: 'nonsense'"
    );
    assert_eq!(read(&sandbox, "t", "read_uncommitted").len(), 2, "as they were read");
    assert_eq!(committed(&sandbox, "t"), [""; 0]);
    // What can be known before is told before: nothing is begun, and no topic made.
    let ran = feed(&sandbox, "produce new --transaction --file missing", "");
    assert_eq!(ran.failed(1), "cannot open missing: no such file or directory");
    assert_eq!(sandbox.ok("topics list"), "t\n");
}

#[test]
fn without_input_nothing_is_written() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let before = sandbox.entries("t-0");
    assert_eq!(feed(&sandbox, "produce t --transaction", "").status, 0);
    assert_eq!(sandbox.entries("t-0"), before);
    assert_eq!(sandbox.entries(".mkafka/transactions/open"), [""; 0]);
}

#[test]
fn a_consumer_that_waits_goes_on_when_a_producer_is_killed() {
    for group in ["", " --group g --consumer-property auto.offset.reset=earliest"] {
        let sandbox = Sandbox::new();
        sandbox.run("topics create t");
        let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one", "two"]);
        let start = if group.is_empty() { " --from-beginning" } else { group };
        let line = format!("consume t --isolation-level read_committed --max-messages 3{start}");
        let mut consumer = Running::start(&sandbox, &line);
        for n in 0..3 {
            feed(&sandbox, "produce t", &format!("behind {n}\n"));
        }
        assert_eq!(committed(&sandbox, "t"), [""; 0]);
        assert!(consumer.child.try_wait().unwrap().is_none());
        running.signal(Signal::KILL);
        running.wait();
        let ran = consumer.end();
        assert_eq!(
            (ran.status, ran.stdout.as_str()),
            (0, "behind 0\nbehind 1\nbehind 2\n"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("has died: its transaction is aborted"), "{}", ran.stderr);
        assert_eq!(markers(&sandbox, "t"), ["ABORT coordinatorEpoch: 0"]);
    }
}

/// A transaction that nobody can end is told of once, not at each look.
#[test]
fn what_cannot_be_ended_is_said_once() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    sandbox.run("topics create other");
    let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one"]);
    running.signal(Signal::KILL);
    running.wait();
    // Whoever wants to append cannot take the lock.
    let lock = sandbox.data_dir().join("t-0/.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let looks = Instant::now();
    let line = "consume other t --from-beginning --isolation-level read_committed --max-messages 1";
    let consumer = Running::start(&sandbox, line);
    // Long enough for several looks, which come every quarter of a second.
    until("some looks", || looks.elapsed() > Duration::from_millis(1500));
    feed(&sandbox, "produce other", "x\n");
    let ran = consumer.end();
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "x\n"));
    let told = ran.stderr.matches("a transaction that a dead producer left stays open: t-0: ").count();
    assert_eq!(told, 1, "{}", ran.stderr);
}

#[test]
fn whoever_comes_next_aborts_what_the_dead_left() {
    for next in ["produce t", "clean", "consume t --exit-at-end --quiet --isolation-level read_committed"] {
        let sandbox = Sandbox::new();
        sandbox.run("topics create t --partitions 2");
        let line = "produce t --transaction --producer-property transactional.id=loader";
        let running = in_the_middle(&sandbox, line, "t", &["one", "two", "three"]);
        running.signal(Signal::KILL);
        running.wait();
        let ran = feed(&sandbox, next, "");
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let said = "mkafka: warning: a producer with transactional.id 'loader' has died: its transaction is \
                    aborted\n";
        assert!(ran.stderr.contains(said), "{next}: {}", ran.stderr);
        assert_eq!(markers(&sandbox, "t"), ["ABORT coordinatorEpoch: 0"], "{next}");
        assert_eq!(committed(&sandbox, "t"), [""; 0]);
        // The producer of that id goes on, one epoch later.
        assert_eq!(feed(&sandbox, line, "again\nand again\n").status, 0);
        assert_eq!(committed(&sandbox, "t"), ["again", "and again"]);
        let lines = dump(&sandbox, "t", "log");
        let of = |epoch: i64| {
            lines.iter().find(|line| line.starts_with("baseOffset") && field(line, "producerEpoch") == epoch)
        };
        let (first, second) = (of(0).unwrap(), of(1).unwrap());
        assert_eq!(field(first, "producerId"), field(second, "producerId"));
        assert_eq!(field(second, "baseSequence"), 0);
    }
}

/// One damaged file is about one transaction, and keeps nobody from the others.
#[test]
fn a_damaged_file_of_a_transaction_stops_no_other() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one"]);
    running.signal(Signal::KILL);
    running.wait();
    let damaged = sandbox.data_dir().join(".mkafka/transactions/open/7.json");
    std::fs::write(&damaged, "{").unwrap();

    let ran = feed(&sandbox, "produce t --transaction", "two\n");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let told =
        format!("mkafka: warning: a transaction that a dead producer left stays open: {}", path(&damaged));
    assert_eq!(ran.stderr.matches(&told).count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("has died: its transaction is aborted"), "{}", ran.stderr);
    assert_eq!(markers(&sandbox, "t"), ["ABORT coordinatorEpoch: 0", "COMMIT coordinatorEpoch: 0"]);
    assert_eq!(committed(&sandbox, "t"), ["two"]);
    assert_eq!(std::fs::read(&damaged).unwrap(), b"{", "a person may still make something of it");
}

#[test]
fn a_transactional_id_is_one_producer_at_a_time() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let line = "produce t -X transactional.id=loader";
    let first = in_the_middle(&sandbox, line, "t", &["one"]);
    let refused = feed(&sandbox, line, "two\n").failed(1);
    assert!(
        refused.starts_with("transactional.id 'loader' is in use by a producer that is running"),
        "{refused}"
    );
    // Another id, and none, is another producer.
    assert_eq!(feed(&sandbox, "produce t -X transactional.id=other", "three\n").status, 0);
    assert_eq!(feed(&sandbox, "produce t --transaction", "four\n").status, 0);
    assert_eq!(first.end().status, 0);
    assert_eq!(committed(&sandbox, "t"), ["four", "one", "three"]);
}

#[test]
fn configs_that_do_not_fit_are_refused() {
    let sandbox = Sandbox::new();
    for (options, expected) in [
        ("--transaction --acks 1", "Must set acks to all in order to use the idempotent producer."),
        ("-X transactional.id=a -X acks=0", "Must set acks to all in order to use the idempotent producer."),
        (
            "-X transactional.id=a -X enable.idempotence=false",
            "Cannot set a transactional.id without also enabling idempotence.",
        ),
    ] {
        let stderr = feed(&sandbox, &format!("produce t {options}"), "x\n").failed(2);
        assert!(stderr.contains(expected), "{stderr}");
    }
    assert!(!sandbox.data_dir().exists());
}

#[test]
fn a_transaction_that_takes_too_long_is_aborted() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let line = "produce t --transaction --sync --producer-property transaction.timeout.ms=300";
    let mut running = Running::start(&sandbox, line);
    running.write("one\n");
    let ran = running.wait();
    assert_eq!(
        ran.failed(1),
        "the transaction is aborted: the input has not ended within transaction.timeout.ms (300)"
    );
    assert_eq!(committed(&sandbox, "t"), [""; 0]);
}

#[test]
fn transactions_and_plain_producers_share_partitions_and_topics() {
    const RUNS: usize = 6;
    let sandbox = Sandbox::new();
    for topic in ["t", "u"] {
        sandbox.run(&format!("topics create {topic} --partitions 3 --config segment.bytes=2000"));
    }
    let produce = |slot: usize| {
        for run in 0..RUNS {
            let topic = ["t", "u"][(slot + run) % 2];
            let line = |n: usize| format!("{slot}.{run} {n}\n");
            let text: String = (0..40).map(line).collect();
            let how = "--batch-size 150 --linger-ms 0";
            let aborts = slot != 0 && run % 3 == 1;
            match slot {
                0 => assert_eq!(feed(&sandbox, &format!("produce {topic} {how}"), &text).status, 0),
                _ if aborts => {
                    let properties = "--property parse.key=true --property key.separator=.";
                    let line = format!("produce {topic} --transaction {how} {properties}");
                    let ran = feed(&sandbox, &line, &format!("{text}nonsense\n"));
                    assert_eq!(ran.status, 1, "{}", ran.stderr);
                }
                _ => {
                    let ran = feed(&sandbox, &format!("produce {topic} --transaction {how}"), &text);
                    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for slot in 0..4 {
            scope.spawn(move || produce(slot));
        }
    });
    let mut found = Vec::new();
    for topic in ["t", "u"] {
        found.extend(committed(&sandbox, topic));
    }
    let mut expected: Vec<String> = (0..4)
        .flat_map(|slot| (0..RUNS).map(move |run| (slot, run)))
        .filter(|(slot, run)| *slot == 0 || run % 3 != 1)
        .flat_map(|(slot, run)| (0..40).map(move |n| format!("{slot}.{run} {n}")))
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let verified = sandbox.run("verify");
    assert_eq!(verified.status, 0, "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn compaction_does_not_take_aborted_records_for_the_last() {
    let sandbox = Sandbox::new();
    let configs = "--config cleanup.policy=compact --config segment.bytes=300 --config \
                   min.cleanable.dirty.ratio=0.01 --config delete.retention.ms=0";
    sandbox.run(&format!("topics create t {configs}"));
    let keyed = "--property parse.key=true --property key.separator=: --sync";
    feed(&sandbox, &format!("produce t {keyed}"), "a:old\nb:old\n");
    feed(&sandbox, &format!("produce t {keyed} --transaction"), "a:committed\n");
    assert_eq!(
        feed(&sandbox, &format!("produce t {keyed} --transaction"), "b:aborted\nnonsense\n").status,
        1
    );
    for n in 0..8 {
        feed(&sandbox, &format!("produce t {keyed}"), &format!("filler:{n}\n"));
    }
    let ran = sandbox.run("clean t --force");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let found = committed(&sandbox, "t");
    assert!(found.contains(&"committed".to_owned()) && found.contains(&"old".to_owned()), "{found:?}");
    assert!(!found.contains(&"aborted".to_owned()), "{found:?}");
    assert_eq!(found.iter().filter(|value| *value == "old").count(), 1, "{found:?}");
}

#[test]
fn what_is_open_when_it_is_exported_is_aborted_where_it_is_imported() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one"]);
    feed(&sandbox, "produce t", "behind\n");
    let exported: PathBuf = sandbox.path().join("exported");
    assert_eq!(sandbox.run_args(&["export", "t", path(&exported)]).status, 0);
    assert_eq!(running.end().status, 0);
    let ran = sandbox.run_args(&["import", path(&exported), "--as", "copy"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(committed(&sandbox, "t"), ["behind", "one"]);
    assert_eq!(committed(&sandbox, "copy"), ["behind"]);
    assert_eq!(markers(&sandbox, "copy"), ["ABORT coordinatorEpoch: 0"]);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn killed_again_and_again_a_loader_leaves_all_or_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t --partitions 3 --config segment.bytes=3000");
    let text = |run: usize| -> String { (0..60).map(|n| format!("{run} {n}\n")).collect() };
    for run in 0..12 {
        let line = "produce t --batch-size 200 --linger-ms 0 -X transactional.id=loader";
        let mut running = Running::start(&sandbox, line);
        running.write(&text(run));
        drop(running.input.take());
        // At any time of its life, at its end too.
        std::thread::sleep(Duration::from_millis(15 * run as u64));
        running.signal(Signal::KILL);
        let mut child = running.child;
        let mut said = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_to_string(&mut said).unwrap();
        child.wait().unwrap();
    }
    let found = committed(&sandbox, "t");
    for run in 0..12 {
        let count = found.iter().filter(|line| line.split(' ').next() == Some(&run.to_string())).count();
        assert!(count == 0 || count == 60, "run {run} left {count} of 60 records");
    }
    assert_eq!(feed(&sandbox, "produce t -X transactional.id=loader", "last\n").status, 0);
    assert_eq!(committed(&sandbox, "t").len(), found.len() + 1);
    let verified = sandbox.run("verify");
    assert_eq!(verified.status, 0, "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn consumers_that_wait_get_a_transaction_when_it_is_committed() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t");
    let mut consumer =
        Running::start(&sandbox, "consume t --from-beginning --isolation-level read_committed");
    let mut lines = BufReader::new(consumer.child.stdout.take().unwrap()).lines();
    feed(&sandbox, "produce t", "before\n");
    assert_eq!(lines.next().unwrap().unwrap(), "before");
    let running = in_the_middle(&sandbox, "produce t --transaction", "t", &["one", "two"]);
    assert_eq!(running.end().status, 0);
    assert_eq!([lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap()], ["one", "two"]);
    consumer.signal(Signal::TERM);
    consumer.wait();
}
