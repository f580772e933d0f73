//! A name is not a topic: topics that are deleted and created again behind somebody's back.

use std::path::Path;
use std::process::{Child, Stdio};

use crate::common::{Ran, Sandbox};
use crate::membership::{Member, numbers, produce, until};

/// Whether process `child` has the file `path` open.
fn has_open(child: &Child, path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    let Ok(open) = std::fs::read_dir(format!("/proc/{}/fd", child.id())) else { return false };
    open.flatten().any(|entry| std::fs::read_link(entry.path()).is_ok_and(|target| target == path))
}

/// Takes the lock file `path` until what is answered is dropped.
fn lock(path: &Path) -> std::fs::File {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    fs2::FileExt::lock_exclusive(&file).unwrap();
    file
}

fn spawn(sandbox: &Sandbox, line: &str) -> Child {
    let words: Vec<&str> = line.split_whitespace().collect();
    sandbox.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end_of(child: Child) -> Ran {
    Ran::new(child.wait_with_output().unwrap())
}

/// Makes another topic that is called as one that there is, with these records.
fn recreate(sandbox: &Sandbox, topic: &str, records: u32) {
    sandbox.ok(&format!("topics delete {topic} --yes"));
    sandbox.ok(&format!("topics create {topic}"));
    produce(sandbox, topic, numbers(0, records));
}

/// Appends a thousand records, of which many segments are made if these are small.
fn produce_in_small_batches(sandbox: &Sandbox, topic: &str) {
    let file = sandbox.path().join("thousand.txt");
    std::fs::write(&file, numbers(0, 1000).map(|line| line + "\n").collect::<String>()).unwrap();
    sandbox.ok(&format!("produce {topic} --batch-size 500 --file thousand.txt"));
}

fn read_all(sandbox: &Sandbox, args: &str) -> (usize, String) {
    let ran = sandbox.run(&format!("consume t --quiet --from-beginning --exit-at-end {args}"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    (ran.stdout.lines().count(), ran.stderr)
}

/// Consumes with a command that takes its time: until `go` is made, once it has read its records and made `busy`.
fn consume_slowly(sandbox: &Sandbox, args: &str) -> Child {
    let line = format!("consume {args} --quiet --exec");
    let command = "cat > batch; touch busy; while [ ! -e go ]; do sleep 0.01; done; cat batch >> done.out";
    let words: Vec<&str> = line.split_whitespace().chain([command]).collect();
    let child = sandbox.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("the command works", || sandbox.path().join("busy").exists());
    child
}

fn let_go(sandbox: &Sandbox) {
    std::fs::write(sandbox.path().join("go"), b"").unwrap();
}

/// What a note in the data directory says of a log is no longer so when its turn comes.
#[test]
fn cleaning_deletes_nothing_of_a_topic_that_it_has_not_seen() {
    for named in [false, true] {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create a");
        if named {
            // Nor is what is to be kept of the records of a topic what is to be kept of the next one's.
            sandbox.ok("topics create b --config retention.ms=1");
        } else {
            sandbox.ok("topics create b --config segment.bytes=1000");
        }
        produce_in_small_batches(&sandbox, "b");
        sandbox.ok("topics delete-records b --offset 900 --yes");
        let path = sandbox.data_dir().join("a-0/.lock");
        let held = lock(&path);
        let clean = spawn(&sandbox, if named { "clean a b" } else { "clean" });
        until("it waits for the first topic", || has_open(&clean, &path));
        sandbox.ok("topics delete b --yes");
        sandbox.ok("topics create b --config segment.bytes=1000");
        produce_in_small_batches(&sandbox, "b");
        drop(held);
        let ran = end_of(clean);
        assert_eq!(sandbox.ok("count b").trim(), "1000", "{}", ran.stderr);
        assert_eq!(ran.status, i32::from(named), "{}", ran.stderr);
        assert_eq!(ran.stderr.contains("b-0 was deleted while it was in use"), named, "{}", ran.stderr);
    }
}

#[test]
fn a_log_start_is_noted_for_the_log_that_it_was_found_in() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    let path = sandbox.data_dir().join(".mkafka/checkpoints.lock");
    let held = lock(&path);
    let deleting = spawn(&sandbox, "topics delete-records t --offset 8 --yes");
    until("it is about to note the start", || has_open(&deleting, &path));
    let mut gone = spawn(&sandbox, "topics delete t --yes");
    // Either nothing keeps it from being deleted, or it waits.
    let log = sandbox.data_dir().join("t-0/.lock");
    until("it is deleted, or waits", || gone.try_wait().unwrap().is_some() || has_open(&gone, &log));
    drop(held);
    let (ran, gone) = (end_of(deleting), end_of(gone));
    assert_eq!((ran.status, gone.status), (0, 0), "{} {}", ran.stderr, gone.stderr);
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    assert_eq!(read_all(&sandbox, "").0, 10);
}

#[test]
fn a_group_commits_nothing_for_the_next_topic_of_a_name() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    let member = consume_slowly(&sandbox, "t --group g --from-beginning");
    recreate(&sandbox, "t", 30);
    let_go(&sandbox);
    let ran = end_of(member);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("deleted while it was"), "{}", ran.stderr);
    assert_eq!(read_all(&sandbox, "--group g"), (30, String::new()));
}

/// What a pattern matches may go, and another may come for it: neither is a reason to end.
#[test]
fn a_pattern_goes_on_with_the_next_topic_of_a_name() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    let mut member = consume_slowly(&sandbox, "--include t.* --group g --from-beginning");
    // As many as before: how far the group is with the one says nothing of the other.
    recreate(&sandbox, "t", 10);
    let_go(&sandbox);
    let done =
        || std::fs::read_to_string(sandbox.path().join("done.out")).unwrap_or_default().lines().count();
    until("it reads the next one, or has ended", || done() == 20 || member.try_wait().unwrap().is_some());
    assert_eq!(done(), 20);
    until("that is committed", || sandbox.run("wait t --group g --timeout-ms 10").status == 0);
    assert!(member.try_wait().unwrap().is_none());
    member.kill().unwrap();
    member.wait().unwrap();
}

#[test]
fn a_reset_of_a_deleted_topic_is_not_taken_back_for_the_next() {
    let sandbox = Sandbox::new();
    for topic in ["t", "u"] {
        sandbox.ok(&format!("topics create {topic}"));
        produce(&sandbox, topic, numbers(0, 100));
    }
    sandbox.ok("consume --include [tu] --group g --quiet --from-beginning --exit-at-end");
    sandbox.ok("groups reset-offsets g --all-topics --to-earliest --execute");
    recreate(&sandbox, "t", 100);
    let ran = sandbox.run("groups reset-offsets g --undo --execute");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("topic 't' has been created anew since: t-0 is left out"), "{}", ran.stderr);
    assert!(ran.stdout.contains(" u ") && !ran.stdout.contains(" t "), "{}", ran.stdout);
    assert_eq!(read_all(&sandbox, "--group g").0, 100);
}

#[test]
fn an_undo_file_without_topic_ids_can_be_taken_back() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    read_all(&sandbox, "--group g");
    sandbox.ok("groups reset-offsets g --all-topics --to-earliest --execute");
    let path = sandbox.data_dir().join(".mkafka/groups/g/undo.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(",\"topicId\":\"").unwrap();
    std::fs::write(&path, format!("{before}{}", rest.split_once('"').unwrap().1)).unwrap();
    sandbox.ok("groups reset-offsets g --undo --execute");
    assert_eq!(read_all(&sandbox, "--group g").0, 0);
}

#[test]
fn positions_in_a_file_are_those_of_a_topic_and_not_of_the_next() {
    let sandbox = Sandbox::new();
    for topic in ["t", "u"] {
        sandbox.ok(&format!("topics create {topic}"));
        produce(&sandbox, topic, numbers(0, 10));
    }
    let read = |args: &str| {
        let ran = sandbox.run(&format!(
            "consume --include {args} --checkpoint p.json --quiet --from-beginning --exit-at-end"
        ));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        (ran.stdout.lines().count(), ran.stderr)
    };
    assert_eq!(read("[tu]"), (20, String::new()));
    recreate(&sandbox, "t", 30);
    let warning =
        "mkafka: warning: p.json: topic 't' has been created anew since: its positions are left out\n";
    assert_eq!(read("[tu]"), (30, warning.to_owned()));
    assert_eq!(read("[tu]"), (0, String::new()));

    // One that knows no ids is believed, and knows them from then on.
    let path = sandbox.path().join("p.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, topics) = text.split_once(",\"topics\":{").unwrap();
    assert!(topics.starts_with("\"t\":\"") && topics.contains("\"u\":\""), "{text}");
    std::fs::write(&path, format!("{before}}}\n")).unwrap();
    assert_eq!(read("t"), (0, String::new()));
    recreate(&sandbox, "t", 5);
    assert_eq!(read("t"), (5, warning.to_owned()));
}

/// The positions that are written behind a topic's end are still its own.
#[test]
fn positions_are_written_for_the_topic_that_was_read() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    let consumer = consume_slowly(&sandbox, "t --checkpoint p.json --from-beginning");
    recreate(&sandbox, "t", 30);
    let_go(&sandbox);
    let ran = end_of(consumer);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert_eq!(read_all(&sandbox, "--checkpoint p.json").0, 30);
}

/// Not a matter of another topic, but of another start of the log.
#[test]
fn who_takes_over_a_partition_reads_no_records_that_were_deleted_meanwhile() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce(&sandbox, "t", numbers(0, 10));
    // Sticky: who has the partition keeps it when another one comes.
    let args = "t --group g --from-beginning --partition-assignment-strategy cooperative-sticky";
    let mut owner = consume_slowly(&sandbox, args);
    let heir = Member::start(&sandbox, "heir", args);
    until("the heir waits", || heir.said().contains("no partition is left"));
    sandbox.ok("topics delete-records t --offset 8 --yes");
    owner.kill().unwrap();
    owner.wait().unwrap();
    until("the heir reads", || heir.lines().len() >= 2);
    let_go(&sandbox);
    assert_eq!(heir.lines(), ["8", "9"]);
}
