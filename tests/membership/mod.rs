//! Consumer groups, as real processes that join, leave, die and stop.

mod exec;
mod fleet;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::Sandbox;

/// Waits until `condition` holds; a test that waits for more than a minute is stuck.
#[track_caller]
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60), "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A consumer process whose output and messages go to files.
pub(crate) struct Member {
    pub(super) child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Member {
    /// Starts `mkafka consume` with `args`; `name` is for its files.
    pub(super) fn start(sandbox: &Sandbox, name: &str, args: &str) -> Self {
        let out = sandbox.path().join(format!("{name}.out"));
        let err = sandbox.path().join(format!("{name}.err"));
        let create = |path: &PathBuf| Stdio::from(std::fs::File::create(path).unwrap());
        let args: Vec<&str> = ["consume"].into_iter().chain(args.split_whitespace()).collect();
        let mut command: Command = sandbox.command(&args);
        let child = command.stdout(create(&out)).stderr(create(&err)).stdin(Stdio::null()).spawn().unwrap();
        Self { child, out, err }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        std::fs::read_to_string(&self.out).unwrap().lines().map(str::to_owned).collect()
    }

    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(&self.err).unwrap()
    }

    pub(super) fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Stops it at a moment when it does not hold the lock of group `group`: whoever is stopped with that in hand
    /// keeps all others waiting until it goes on, as with any lock.
    fn stop(&self, sandbox: &Sandbox, group: &str) {
        let lock =
            std::fs::File::open(sandbox.data_dir().join(".mkafka/groups").join(group).join("lock")).unwrap();
        let state = format!("/proc/{}/stat", self.child.id());
        until("it is stopped without the lock", || {
            self.send(Signal::STOP);
            until("it is stopped", || std::fs::read_to_string(&state).unwrap().contains(") T "));
            let is_free = fs2::FileExt::try_lock_exclusive(&lock).is_ok();
            let _ = fs2::FileExt::unlock(&lock);
            if !is_free {
                self.send(Signal::CONT);
            }
            is_free
        });
    }

    /// Ends it in good order, and answers its exit status.
    pub(super) fn leave(&mut self) -> i32 {
        self.send(Signal::TERM);
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Appends `lines` to `topic`, round-robin.
pub(crate) fn produce(sandbox: &Sandbox, topic: &str, lines: impl IntoIterator<Item = String>) {
    let mut child = sandbox.command(&["produce", topic, "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}

pub(crate) fn numbers(from: u32, to: u32) -> impl Iterator<Item = String> {
    (from..to).map(|n| n.to_string())
}

fn sandbox(partitions: u32) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("topics create t --partitions {partitions}"));
    sandbox
}

/// The numbers that members have printed, sorted.
fn printed(members: &[&Member]) -> Vec<u32> {
    let lines = members.iter().flat_map(|member| member.lines());
    let mut numbers: Vec<u32> = lines.map(|line| line.parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

fn all(to: u32) -> Vec<u32> {
    (0..to).collect()
}

/// What a group consumes in one go, from where it left off.
fn consume_rest(sandbox: &Sandbox, args: &str) -> Vec<u32> {
    let out = sandbox.ok(&format!("consume t --quiet --exit-at-end --from-beginning {args}"));
    let mut numbers: Vec<u32> = out.lines().map(|line| line.parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn members_share_the_partitions_and_the_surplus_waits() {
    let sandbox = sandbox(2);
    produce(&sandbox, "t", numbers(0, 100));
    let args = "t --group g --from-beginning --commit-interval-ms 20";
    let mut first = Member::start(&sandbox, "first", args);
    until("the first has read all", || first.lines().len() == 100);
    let second = Member::start(&sandbox, "second", args);
    let third = Member::start(&sandbox, "third", args);
    until("one of three is told to wait", || {
        [&first, &second, &third].iter().filter(|m| m.said().contains("no partition is left")).count() == 1
    });
    produce(&sandbox, "t", numbers(100, 200));
    until("all is read", || printed(&[&first, &second, &third]) == all(200));
    // Another group reads all of it for itself.
    assert_eq!(consume_rest(&sandbox, "--group other"), all(200));
    assert_eq!(first.leave(), 143);
    produce(&sandbox, "t", numbers(200, 300));
    until("two are left, and have all", || printed(&[&first, &second, &third]) == all(300));
    assert!(second.lines().len() > 25 && third.lines().len() > 25, "both took part");
}

#[test]
fn a_group_goes_on_where_it_left_off() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 10));
    // Without anything committed, from the end on; which is committed too.
    assert_eq!(sandbox.ok("consume t --group late --quiet --exit-at-end"), "");
    let first = sandbox.ok("consume t --group g --quiet --from-beginning --max-messages 3");
    assert_eq!(first, "0\n1\n2\n");
    assert_eq!(consume_rest(&sandbox, "--group g"), [3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(consume_rest(&sandbox, "--group g"), Vec::<u32>::new());
    produce(&sandbox, "t", numbers(10, 12));
    assert_eq!(consume_rest(&sandbox, "--group late"), [10, 11]);
    assert_eq!(consume_rest(&sandbox, "--consumer-property group.id=g"), [10, 11]);
    // Nothing is committed that nobody wants committed.
    for _ in 0..2 {
        let never = "--group never --consumer-property enable.auto.commit=false";
        assert_eq!(consume_rest(&sandbox, never), all(12));
    }
    let message =
        sandbox.fails(1, "consume t --group new --consumer-property auto.offset.reset=none --quiet");
    assert_eq!(message, "t-0: there is no committed offset, and auto.offset.reset is none");
}

#[test]
fn an_offset_out_of_range_is_reset_as_was_asked_for() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 10));
    for group in ["a", "b", "c"] {
        assert_eq!(consume_rest(&sandbox, &format!("--group {group}")).len(), 10);
    }
    // The topic is emptied behind the groups' backs.
    let log = sandbox.data_dir().join("t-0");
    for file in ["00000000000000000000.log", "00000000000000000000.index", "00000000000000000000.timeindex"] {
        std::fs::File::create(log.join(file)).unwrap();
    }
    std::fs::write(log.join(".lock"), b"").unwrap();
    produce(&sandbox, "t", numbers(0, 2));
    let ran = sandbox.run("consume t --group a --from-beginning --exit-at-end");
    assert_eq!(ran.stdout, "0\n1\n");
    assert!(ran.stderr.contains("t-0: the committed offset 10 is out of range (0 to 2)"), "{}", ran.stderr);
    assert_eq!(sandbox.run("consume t --group b --exit-at-end").stdout, "");
    let none = "consume t --group c --consumer-property auto.offset.reset=none --exit-at-end";
    assert!(sandbox.fails(1, none).contains("out of range"), "{none}");
}

#[test]
fn a_dead_members_partitions_are_taken_over() {
    let sandbox = sandbox(2);
    let args = "t --group g --from-beginning --commit-interval-ms 10";
    let mut first = Member::start(&sandbox, "first", args);
    let second = Member::start(&sandbox, "second", args);
    let mut from = 0;
    until("both take part", || {
        produce(&sandbox, "t", numbers(from, from + 2));
        from += 2;
        !first.lines().is_empty() && !second.lines().is_empty()
    });
    first.kill();
    produce(&sandbox, "t", numbers(from, from + 100));
    until("the second has the rest", || {
        let mut seen = printed(&[&first, &second]);
        // What the first had not committed is read again.
        seen.dedup();
        seen == all(from + 100)
    });
}

#[test]
fn a_stopped_member_loses_its_partitions_and_what_it_had_not_printed() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 10));
    // Sticky: who has the partition keeps it when another one comes.
    let args = "t --group g --from-beginning --commit-interval-ms 10 \
                --partition-assignment-strategy cooperative-sticky \
                --consumer-property max.poll.interval.ms=2000";
    let stuck = Member::start(&sandbox, "stuck", args);
    until("it has read", || stuck.lines().len() == 10);
    let heir = Member::start(&sandbox, "heir", args);
    until("the heir waits", || heir.said().contains("no partition is left"));
    stuck.stop(&sandbox, "g");
    produce(&sandbox, "t", numbers(10, 20));
    until("the heir has the partition", || heir.lines().len() >= 10);
    stuck.send(Signal::CONT);
    until("it notices", || stuck.said().contains("has been taken out of group 'g'"));
    produce(&sandbox, "t", numbers(20, 30));
    until("the heir has gone on", || heir.lines().last().is_some_and(|line| line == "29"));
    assert_eq!(printed(&[&stuck]), all(10), "it printed nothing that it no longer owned");
}

#[test]
fn a_member_that_nobody_reads_from_loses_its_partitions() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", (0..20_000).map(|n| format!("{n:050}")));
    let args: Vec<&str> =
        "consume t --group g --from-beginning --consumer-property max.poll.interval.ms=2000"
            .split_whitespace()
            .collect();
    let mut blocked = sandbox.command(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = blocked.stdout.take().unwrap();
    // Once there is something in the pipe it has read, and is blocked soon.
    let mut first = [0; 10];
    std::io::Read::read_exact(&mut output, &mut first).unwrap();
    let heir = Member::start(&sandbox, "heir", &args[1..].join(" "));
    until("the heir has all", || heir.lines().len() == 20_000);
    // The blocked one goes on now; it finishes the record that it was writing, and no more.
    let mut rest = Vec::new();
    let reader = std::thread::spawn(move || {
        let _ = std::io::Read::read_to_end(&mut output, &mut rest);
        rest
    });
    kill_process(Pid::from_child(&blocked), Signal::TERM).unwrap();
    blocked.wait().unwrap();
    let text = [&first[..], &reader.join().unwrap()].concat();
    assert!(text.ends_with(b"\n"), "a record was cut in two");
    assert!(text.len() < 51 * 20_000, "it printed what it no longer owned");
}

#[test]
fn new_topics_and_partitions_are_picked_up_by_a_pattern() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders-eu");
    let args = "--include orders-.* --group g --from-beginning --partition-assignment-strategy roundrobin";
    let first = Member::start(&sandbox, "first", args);
    let second = Member::start(&sandbox, "second", args);
    produce(&sandbox, "orders-eu", numbers(0, 5));
    until("the first topic is read", || printed(&[&first, &second]) == all(5));
    sandbox.ok("topics create orders-us --partitions 3");
    sandbox.ok("topics create payments");
    produce(&sandbox, "payments", numbers(100, 105));
    produce(&sandbox, "orders-us", numbers(5, 35));
    until("the second too, and no other", || printed(&[&first, &second]) == all(35));
    assert!(!first.lines().is_empty() && !second.lines().is_empty());
}

#[test]
fn members_that_cannot_agree_on_a_strategy_are_told() {
    let sandbox = sandbox(1);
    let _first = Member::start(&sandbox, "first", "t --group g --partition-assignment-strategy range");
    until("it has joined", || sandbox.entries(".mkafka/groups/g/members").len() == 1);
    let other = "consume t --group g --partition-assignment-strategy cooperative-sticky";
    assert_eq!(
        sandbox.fails(1, other),
        "group 'g' assigns partitions by range, which this consumer's --partition-assignment-strategy does not have"
    );
}

#[test]
fn contradicting_arguments_are_refused_in_kafkas_words() {
    let sandbox = sandbox(1);
    for (args, expected) in [
        ("--group g --partition 0", "Options group and partition cannot be specified together."),
        (
            "--from-beginning --consumer-property auto.offset.reset=latest",
            "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest', please remove one option",
        ),
        ("--group a --consumer-property group.id=b", "do not match. Detected group ids: 'a', 'b'"),
        (
            "--consumer-property auto.ofset.reset=x",
            "unknown consumer property 'auto.ofset.reset'; did you mean 'auto.offset.reset'?",
        ),
        ("--group g --partition-assignment-strategy stiky", "did you mean 'cooperative-sticky'?"),
        ("--delivery at-most-once", "need a --group"),
    ] {
        let message = sandbox.fails(2, &format!("consume t {args}"));
        assert!(message.contains(expected), "{args}: {message}");
    }
}

#[test]
fn a_deleted_topic_ends_its_group_and_takes_its_offsets_along() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 5));
    let mut member = Member::start(&sandbox, "m", "t --group g --from-beginning");
    until("it has read", || member.lines().len() == 5);
    sandbox.ok("topics delete t");
    until("it has ended", || member.child.try_wait().unwrap().is_some());
    assert_eq!(member.child.wait().unwrap().code(), Some(1));
    assert!(member.said().contains("deleted"), "{}", member.said());
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 3));
    assert_eq!(consume_rest(&sandbox, "--group g"), all(3));
}

/// A pattern takes what there is: that one of its topics goes, while much of it is left to be read, is no reason to end.
#[test]
fn a_pattern_outlives_one_of_its_topics() {
    let sandbox = sandbox(1);
    sandbox.ok("topics create tt");
    produce(&sandbox, "tt", numbers(0, 300_000));
    let mut member = Member::start(&sandbox, "m", "--include t.* --group g --from-beginning");
    until("it reads", || !member.lines().is_empty());
    sandbox.ok("topics delete tt");
    let before = member.lines().len();
    produce(&sandbox, "t", numbers(7_000_000, 7_000_003));
    until("it reads the other", || {
        member.lines().iter().filter(|line| line.starts_with("700000")).count() == 3
    });
    assert!(before <= 300_000 && member.child.try_wait().unwrap().is_none(), "{}", member.said());
    assert_eq!(member.leave(), 143);
    assert!(sandbox.run("groups describe g").stdout.lines().all(|line| !line.contains(" tt ")));
}

/// However long it takes until the group lets it: what was printed is committed.
#[test]
fn a_member_that_is_asked_to_end_commits_what_it_has_printed() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 5));
    let mut member = Member::start(&sandbox, "m", "t --group g --from-beginning");
    until("it has read", || member.lines().len() == 5);
    let lock = std::fs::File::open(sandbox.data_dir().join(".mkafka/groups/g/lock")).unwrap();
    fs2::FileExt::lock_exclusive(&lock).unwrap();
    member.send(Signal::TERM);
    // Longer than it would be given to write what nobody reads.
    std::thread::sleep(Duration::from_millis(1500));
    assert!(member.child.try_wait().unwrap().is_none(), "{}", member.said());
    fs2::FileExt::unlock(&lock).unwrap();
    assert_eq!(member.child.wait().unwrap().code(), Some(143));
    assert_eq!(consume_rest(&sandbox, "--group g"), Vec::<u32>::new());
}

#[test]
fn positions_can_be_kept_in_a_file() {
    let sandbox = sandbox(2);
    produce(&sandbox, "t", numbers(0, 10));
    let rest = |args: &str| consume_rest(&sandbox, &format!("--checkpoint positions.json {args}"));
    assert_eq!(rest(""), all(10));
    assert_eq!(rest(""), Vec::<u32>::new());
    produce(&sandbox, "t", numbers(10, 14));
    assert_eq!(rest("--partition 0").len(), 2);
    assert_eq!(rest("").len(), 2);
    let file = std::fs::read_to_string(sandbox.path().join("positions.json")).unwrap();
    let metadata = std::fs::read_to_string(sandbox.data_dir().join("t-0/partition.metadata")).unwrap();
    let id = metadata.split_once("topic_id: ").unwrap().1;
    let expected = format!(
        "{{\"version\":1,\"offsets\":{{\"t\":{{\"0\":7,\"1\":7}}}},\"topics\":{{\"t\":\"{id}\"}}}}\n"
    );
    assert_eq!(file, expected);
    std::fs::write(sandbox.path().join("positions.json"), b"nonsense").unwrap();
    let message = sandbox.fails(1, "consume t --checkpoint positions.json");
    assert!(message.starts_with("positions.json is no file of positions"), "{message}");
}

#[test]
fn waiting_ends_when_a_group_has_read_all() {
    let sandbox = sandbox(2);
    produce(&sandbox, "t", numbers(0, 10));
    let message = sandbox.fails(1, "wait t --group g --timeout-ms 10");
    assert_eq!(message, "group 'g' has not read all of topic 't' after 10 ms");
    let mut waiting = sandbox.command(&["wait", "t", "--group", "g"]).spawn().unwrap();
    assert_eq!(consume_rest(&sandbox, "--group g").len(), 10);
    assert!(waiting.wait().unwrap().success());
}

/// A process that dies while it joins leaves a file that no one has ever heard of.
#[test]
fn who_joins_removes_what_others_left_that_died_joining() {
    let sandbox = sandbox(2);
    let members = sandbox.data_dir().join(".mkafka/groups/g/members");
    let names = || sandbox.entries(".mkafka/groups/g/members");
    std::fs::create_dir_all(&members).unwrap();
    std::fs::write(members.join("ghost-1"), "").unwrap();
    std::fs::write(members.join("ghost-2"), "00000000000000000042\n").unwrap();
    let _first = Member::start(&sandbox, "first", "t --group g -X client.id=first");
    until("the first is the only one", || names().len() == 1 && names()[0].starts_with("first-"));
    std::fs::write(members.join("ghost-3"), "").unwrap();
    let _second = Member::start(&sandbox, "second", "t --group g -X client.id=second");
    until("there are two, which live", || {
        names().len() == 2 && names()[0].starts_with("first-") && names()[1].starts_with("second-")
    });
}
