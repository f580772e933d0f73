//! Topics of more partitions than a process may have files open for.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use crate::common::{Ran, Sandbox};
use crate::membership::until;

/// Far too few for all of the partitions.
const FILES: u32 = 64;
const PARTITIONS: u32 = 100;

/// The program with the words of `line`, in a process that may have no more than [`FILES`] open, nor raise that.
fn limited(sandbox: &Sandbox, line: &str) -> Command {
    let mut command = Command::new("sh");
    let script = format!("ulimit -n {FILES} && exec \"$0\" {line}");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_mkafka")]).current_dir(sandbox.path());
    command.env("MKAFKA_DATA_DIR", sandbox.data_dir());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("topics create t --partitions {PARTITIONS}"));
    sandbox
}

/// Runs the words of `line` with `input`; it must succeed and complain of nothing. Answers what it prints.
#[track_caller]
fn ok(sandbox: &Sandbox, line: &str, input: &str) -> String {
    let mut child = limited(sandbox, line).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // Who reads none of it need not take it.
        let _ = stdin.write_all(input.as_bytes());
    });
    let ran = Ran::new(child.wait_with_output().unwrap());
    writer.join().unwrap();
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{line}");
    ran.stdout
}

/// Lines from one number to before another.
fn lines(from: u32, to: u32) -> String {
    (from..to).map(|n| format!("{n}\n")).collect()
}

/// What was printed, as numbers in order.
fn sorted(printed: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = printed.lines().map(|line| line.parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

fn all(to: u32) -> Vec<u32> {
    (0..to).collect()
}

const READ_ALL: &str = "consume t --quiet --from-beginning --exit-at-end";

#[test]
fn all_partitions_are_produced_to_and_consumed() {
    let sandbox = sandbox();
    let mut next = 0;
    let mut produce = |args: &str, count: u32| {
        ok(&sandbox, &format!("produce t --quiet {args}"), &lines(next, next + count));
        next += count;
        next
    };
    produce("", 1000);
    // A partition comes to be closed many times.
    for acks in ["0", "1", "all"] {
        produce(&format!("--batch-size 1 --acks {acks}"), 350);
    }
    produce("--batch-size 300 --compression-codec lz4", 1000);
    let count = produce("--transaction", 300);
    assert_eq!(sorted(&ok(&sandbox, READ_ALL, "")), all(count));
    assert_eq!(sandbox.ok("count t").trim(), count.to_string());
    for args in ["--ordered", "--isolation-level read_committed", "--group g"] {
        assert_eq!(sorted(&ok(&sandbox, &format!("{READ_ALL} {args}"), "")), all(count), "{args}");
    }
    assert_eq!(sorted(&ok(&sandbox, &format!("{READ_ALL} --group g"), "")), all(0));
    let tail = "consume t --quiet --tail 250 --exit-at-end";
    let last = sorted(&ok(&sandbox, tail, ""));
    assert_eq!((last.len(), &last), (250, &sorted(&sandbox.ok(tail))));
}

#[test]
fn what_is_acknowledged_is_told_once_and_in_the_order_of_each_partition() {
    let sandbox = sandbox();
    for acks in ["1", "all"] {
        let args = format!("produce t --quiet --batch-size 1 --acks {acks} --print-offsets");
        let printed = ok(&sandbox, &args, &lines(0, 500));
        let mut receipts: Vec<Vec<u32>> = printed
            .lines()
            .map(|line| line.split(':').skip(1).map(|number| number.parse().unwrap()).collect())
            .collect();
        assert_eq!(receipts.len(), 500, "{acks}");
        receipts.sort_by_key(|receipt| receipt[0]);
        for of_partition in receipts.chunk_by(|a, b| a[0] == b[0]) {
            let first = of_partition[0][1];
            assert!(of_partition.iter().map(|receipt| receipt[1]).eq(first..first + 5), "{of_partition:?}");
        }
    }
}

#[test]
fn keys_keep_their_order() {
    let sandbox = sandbox();
    let keyed: String = (0..3000).map(|n| format!("{}\t{n}\n", n % 170)).collect();
    ok(&sandbox, "produce t --quiet --batch-size 100 --property parse.key=true", &keyed);
    let printed = ok(&sandbox, &format!("{READ_ALL} --property print.key=true"), "");
    let mut seen = vec![Vec::new(); 170];
    for line in printed.lines() {
        let (key, value) = line.split_once('\t').unwrap();
        seen[key.parse::<usize>().unwrap()].push(value.parse::<usize>().unwrap());
    }
    for (key, values) in seen.into_iter().enumerate() {
        assert!((key..3000).step_by(170).eq(values), "key {key}");
    }
}

/// A consumer that follows, and the lines that it prints.
struct Follower {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Follower {
    fn start(sandbox: &Sandbox, line: &str) -> Self {
        let mut child = limited(sandbox, line).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next so many lines, as numbers in order.
    fn next(&mut self, count: u32) -> Vec<u32> {
        let mut numbers: Vec<u32> =
            (0..count).map(|_| self.lines.next().unwrap().unwrap().parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn all_partitions_are_followed() {
    for args in ["", "--ordered", "--group g", "--isolation-level read_committed"] {
        let sandbox = sandbox();
        // Their logs go on in new segments.
        sandbox.ok("configs alter t --add-config segment.bytes=300");
        ok(&sandbox, "produce t --quiet", &lines(0, 300));
        let mut follower = Follower::start(&sandbox, &format!("consume t --quiet --from-beginning {args}"));
        assert_eq!(follower.next(300), all(300), "{args}");
        for round in 1..5 {
            ok(&sandbox, "produce t --quiet --batch-size 1", &lines(round * 300, round * 300 + 300));
            assert!((round * 300..round * 300 + 300).eq(follower.next(300)), "{args}");
        }
    }
}

/// That its files are closed makes nobody take another topic for the one that was read.
#[test]
fn a_topic_that_was_made_again_is_not_read_on_in() {
    let sandbox = sandbox();
    ok(&sandbox, "produce t --quiet", &lines(0, 300));
    let mut follower = Follower::start(&sandbox, "consume t --quiet --from-beginning");
    assert_eq!(follower.next(300), all(300));
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&follower.child),
        rustix::process::Signal::STOP,
    )
    .unwrap();
    sandbox.ok("topics delete t --yes");
    sandbox.ok(&format!("topics create t --partitions {PARTITIONS}"));
    ok(&sandbox, "produce t --quiet", &lines(0, 600));
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&follower.child),
        rustix::process::Signal::CONT,
    )
    .unwrap();
    assert!(follower.lines.next().is_none(), "nothing of the other one");
    let mut said = String::new();
    std::io::Read::read_to_string(&mut follower.child.stderr.take().unwrap(), &mut said).unwrap();
    assert!(said.contains("was deleted while it was in use"), "{said}");
    until("it ends", || follower.child.try_wait().unwrap().is_some());
    assert_eq!(follower.child.wait().unwrap().code(), Some(1));
}

/// What goes over all partitions without reading on in them.
#[test]
fn other_commands_need_no_more_files() {
    let sandbox = sandbox();
    ok(&sandbox, "produce t --quiet", &lines(0, 1000));
    ok(&sandbox, &format!("{READ_ALL} --group g"), "");
    for line in [
        "count t",
        "topics offsets t",
        "topics describe t",
        "topics stats t",
        "verify t",
        "clean t",
        "groups describe g",
        "wait t --group g",
        "groups reset-offsets g --topic t --to-earliest --execute",
        "groups reset-offsets g --undo --execute",
        "topics delete-records t --offset 1 --yes",
        "export t copy.tar",
        "import copy.tar --as u",
        "topics delete t --yes",
    ] {
        let ran = Ran::new(limited(&sandbox, line).stdin(Stdio::null()).output().unwrap());
        assert_eq!(ran.status, 0, "{line}: {}", ran.stderr);
    }
    assert_eq!(sandbox.ok("count u").trim(), "900");
}
