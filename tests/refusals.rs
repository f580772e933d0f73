//! What becomes of running processes when the system refuses them something, their folder goes, their clock
//! jumps, or signals come that mean nothing to them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Ran, Sandbox};

fn spawn(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs a shell's script with the program as its `$0`.
fn bash(sandbox: &Sandbox, script: &str) -> Ran {
    let mut command = Command::new("bash");
    command.env("MKAFKA_DATA_DIR", sandbox.data_dir());
    Ran::new(command.args(["-c", script, env!("CARGO_BIN_EXE_mkafka")]).output().unwrap())
}

/// Appends one line to each partition, which nothing must have been left to mend in.
fn nothing_is_left_to_mend(sandbox: &Sandbox, partitions: usize) {
    for partition in 0..partitions {
        let mut child = spawn(sandbox, &["produce", "t", "--partition", &partition.to_string()]);
        child.stdin.take().unwrap().write_all(b"after\n").unwrap();
        let ran = Ran::new(child.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    }
}

#[test]
fn too_many_open_files_are_an_error_and_what_was_acknowledged_is_there() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 20");
    let ran = bash(&sandbox, "ulimit -n 20; seq 1 200 | \"$0\" produce t --batch-size 1 --print-offsets");
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let (what, _) = ran.stderr.split_once("; the first ").unwrap();
    let reason = "too many open files (`ulimit -n` tells how many there may be, and raises it)";
    assert!(what.ends_with(reason), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    // t:PARTITION:FIRST:LAST, here of one record each.
    let mut acknowledged: Vec<String> = ran
        .stdout
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .map(|fields| format!("Partition:{}\tOffset:{}", fields[1], fields[2]))
        .collect();
    assert!(acknowledged.len() > 1, "{}", ran.stdout);
    let places = ["--property", "print.partition=true", "--property", "print.offset=true"];
    let there = sandbox
        .run_args(&[&["consume", "t", "--from-beginning", "--exit-at-end", "--quiet"], &places[..]].concat());
    let mut there: Vec<&str> = there.stdout.lines().map(|line| line.rsplit_once('\t').unwrap().0).collect();
    there.sort_unstable();
    acknowledged.sort_unstable();
    assert_eq!(there, acknowledged);
    nothing_is_left_to_mend(&sandbox, 20);
    let reader = bash(&sandbox, "ulimit -n 10; \"$0\" consume t --from-beginning --exit-at-end > /dev/null");
    assert_eq!(reader.status, 1);
    assert!(reader.stderr.trim_end().ends_with(reason), "{}", reader.stderr);
}

#[test]
fn a_partitions_folder_that_somebody_removes_ends_those_who_use_it() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut producer = spawn(&sandbox, &["produce", "t", "--print-offsets"]);
    let mut offsets = BufReader::new(producer.stdout.take().unwrap()).lines();
    producer.stdin.as_mut().unwrap().write_all(b"one\n").unwrap();
    assert_eq!(offsets.next().unwrap().unwrap(), "t:0:0:0");
    let mut follower = spawn(&sandbox, &["consume", "t", "--from-beginning", "--quiet"]);
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "one");
    std::fs::remove_dir_all(sandbox.data_dir().join("t-0")).unwrap();
    producer.stdin.as_mut().unwrap().write_all(b"two\n").unwrap();
    drop(producer.stdin.take());
    assert!(offsets.next().is_none(), "it was acknowledged, and is nowhere");
    assert!(lines.next().is_none());
    for child in [producer, follower] {
        let message = Ran::new(child.wait_with_output().unwrap()).failed(1);
        let what = message.split("; the first record of the input is produced").next().unwrap();
        assert!(what.ends_with("t-0 was deleted while it was in use"), "{message}");
    }
    assert!(!sandbox.data_dir().join("t-0").exists(), "nobody made it again");
}

#[test]
fn files_from_the_future_are_as_good_as_others() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=300");
    nothing_is_left_to_mend(&sandbox, 1);
    let mut follower = spawn(&sandbox, &["consume", "t", "--from-beginning", "--quiet"]);
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "after");
    // The clock was an age ahead when all this was written, and is right again now.
    let future = SystemTime::now() + Duration::from_secs(100 * 365 * 24 * 3600);
    let folder = sandbox.data_dir().join("t-0");
    for name in sandbox.entries("t-0") {
        std::fs::File::open(folder.join(name)).unwrap().set_modified(future).unwrap();
    }
    std::fs::File::open(&folder).unwrap().set_modified(future).unwrap();
    for _ in 0..10 {
        nothing_is_left_to_mend(&sandbox, 1);
        assert_eq!(lines.next().unwrap().unwrap(), "after");
    }
    assert!(sandbox.entries("t-0").iter().filter(|name| name.ends_with(".log")).count() > 2, "it rolled");
    kill_process(Pid::from_child(&follower), Signal::INT).unwrap();
    assert_eq!(follower.wait().unwrap().code(), Some(130));
}

/// Each interrupts whatever call the process is in: one that is caught and means nothing to it, and a stop.
#[test]
fn signals_that_mean_nothing_disturb_nobody() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=20000");
    let mut follower = spawn(&sandbox, &["consume", "t", "--from-beginning", "--quiet"]);
    let mut seen = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut producers: Vec<Child> = (0..2)
        .map(|_| {
            let args = ["produce", "t", "--batch-size", "500", "--acks", "all", "--print-offsets"];
            let mut child = spawn(&sandbox, &args);
            let mut input = child.stdin.take().unwrap();
            std::thread::spawn(move || (0..2000).all(|n| writeln!(input, "{n}").is_ok()));
            // Once it has appended, it has taken over the first of these signals.
            let mut receipts = BufReader::new(child.stdout.take().unwrap()).lines();
            assert!(receipts.next().is_some());
            std::thread::spawn(move || receipts.count());
            child
        })
        .collect();
    // The same of the consumer.
    assert!(seen.next().is_some());
    let mut sent = 0;
    while producers.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        for child in producers.iter().chain([&follower]) {
            for signal in [Signal::XFSZ, Signal::STOP, Signal::CONT] {
                let _ = kill_process(Pid::from_child(child), signal);
                sent += 1;
            }
        }
    }
    for producer in producers {
        let ran = Ran::new(producer.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    }
    for _ in 1..4000 {
        assert!(seen.next().is_some());
    }
    println!("{sent} signals");
    kill_process(Pid::from_child(&follower), Signal::TERM).unwrap();
    assert_eq!(follower.wait().unwrap().code(), Some(143));
}

#[test]
fn a_producer_whose_receipts_nobody_reads_goes_on_quietly_and_loses_nothing() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let ran = bash(
        &sandbox,
        "(seq 1 100; sleep 0.2; seq 101 100000) | \"$0\" produce t --batch-size 1 --print-offsets | head -n 3; \
         exit ${PIPESTATUS[1]}",
    );
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "t:0:0:0\nt:0:1:1\nt:0:2:2\n");
    let there = sandbox.run("consume t --from-beginning --exit-at-end --quiet").stdout;
    let count = there.lines().count();
    assert!(there.lines().map(|line| line.parse::<usize>().unwrap()).eq(1..=count), "each whole, in order");
    assert_eq!(count, 100_000);
    nothing_is_left_to_mend(&sandbox, 1);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_done() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    for time in ["1969-12-31T23:59:59.999Z", "1960-01-01", "900000h"] {
        let message = sandbox.fails(2, &format!("produce t --timestamp {time}"));
        assert_eq!(message, "--timestamp: no record can be from before 1970");
    }
    let message = sandbox.fails(1, "export t -");
    assert_eq!(
        message,
        "an export has to have a name: that of a new folder, or of an archive that ends with .tar"
    );
    let pipe = bash(&sandbox, "cat < /dev/null | \"$0\" import /dev/stdin --as u").failed(1);
    assert!(pipe.starts_with("/dev/stdin is no file: an archive is read twice"), "{pipe}");
    for (line, option) in
        [("consume t --max-messages -1", "--max-messages"), ("produce t -p -1", "--partition")]
    {
        let message = sandbox.fails(2, line);
        assert!(message.contains("'-1'") && message.contains(option), "{message}");
    }
    assert_eq!(sandbox.ok("count t").trim(), "0");
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::new();
    for line in ["--help", "-h", "help", "help produce", "produce --help", "--version"] {
        let ran = bash(&sandbox, &format!("\"$0\" {line} > /dev/full"));
        assert_eq!(ran.failed(1), "cannot write to standard output: no space left on device", "{line}");
        assert_eq!(bash(&sandbox, &format!("\"$0\" {line} | true")).stderr, "", "{line}");
    }
}
