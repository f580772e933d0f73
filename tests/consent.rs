//! What is asked on a terminal before something is destroyed. The other tests, which have none, are never asked.

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::common::{Ran, Sandbox};

/// How long something may take to appear, in milliseconds.
const PATIENCE: u64 = 60_000;

/// A data directory with the topics orders, of two partitions and three records, and notes, and the group billing.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --partitions 2");
    sandbox.ok("topics create notes");
    std::fs::write(sandbox.path().join("lines"), "1\n2\n3\n").unwrap();
    sandbox.ok("produce orders --partition 0 --file lines");
    let reset = sandbox.run("groups reset-offsets billing --topic orders --to-latest --execute");
    assert_eq!(reset.status, 0, "{}", reset.stderr);
    sandbox
}

fn start(sandbox: &Sandbox, line: &str) -> PtySession {
    let args: Vec<&str> = line.split_whitespace().collect();
    let mut command = sandbox.command(&args);
    command.env("TERM", "dumb");
    spawn_command(command, Some(PATIENCE)).unwrap()
}

/// The rest of what the terminal shows, and the exit status.
fn end(mut terminal: PtySession) -> (String, i32) {
    let rest = terminal.exp_eof().unwrap();
    match terminal.process().wait().unwrap() {
        WaitStatus::Exited(_, status) => (rest, status),
        other => panic!("{other:?}: {rest}"),
    }
}

/// Answers the question of `line`; what came before it, what comes behind it, and the exit status.
#[track_caller]
fn answered(sandbox: &Sandbox, line: &str, answer: &str) -> (String, String, i32) {
    let mut terminal = start(sandbox, line);
    let before = terminal.exp_string(" [y/N] ").unwrap();
    terminal.send_line(answer).unwrap();
    let (rest, status) = end(terminal);
    (before, rest, status)
}

#[test]
fn what_will_be_lost_is_told_and_only_yes_goes_on() {
    let sandbox = sandbox();
    for (line, losses, question) in [
        (
            "topics delete orders notes",
            "topic 'orders': 2 partition(s), up to 3 record(s), ",
            "Delete 2 topic(s) with all records?",
        ),
        (
            "topics delete --regex .*",
            "topic 'notes': 1 partition(s), up to 0 record(s), 0 B",
            "Delete 2 topic(s)",
        ),
        (
            "topics delete-records orders --partition 0 --offset 2",
            "partition orders-0: offsets 0 to 1",
            "Delete 2 record(s) at most?",
        ),
        (
            "groups delete billing",
            "group 'billing': what it has committed for 2 partition(s)",
            "Delete 1 group(s)?",
        ),
        (
            "groups delete-offsets billing --topic orders",
            "partition orders-0: offset 3 is committed",
            "Take back 2 offset(s) of group 'billing'?",
        ),
        (
            "groups reset-offsets billing --topic orders --to-earliest --execute",
            "group 'billing', partition orders-0: 3 becomes 0",
            "Set 1 offset(s)? --undo takes it back.",
        ),
    ] {
        for answer in ["", "n", "yesterday", "N", "delete"] {
            let (before, rest, status) = answered(&sandbox, line, answer);
            assert!(before.contains(losses) && before.contains(question), "{line}: {before}");
            assert!(rest.contains("mkafka: nothing was done: the answer was not yes"), "{line}: {rest}");
            assert_eq!(status, 1, "{line}");
        }
    }
    assert_eq!(sandbox.ok("topics list --exclude-internal"), "notes\norders\n");
    assert_eq!(sandbox.ok("count orders"), "3\n");
    let offsets = sandbox.run("groups reset-offsets billing --all-topics --to-current --export").stdout;
    assert_eq!(offsets, "orders,0,3\norders,1,0\n");

    let (_, rest, status) =
        answered(&sandbox, "groups reset-offsets billing --topic orders --to-offset 1 --execute", "y");
    assert_eq!(status, 0, "{rest}");
    let (_, rest, status) =
        answered(&sandbox, "topics delete-records orders --partition 0 --offset 2", "Yes");
    assert!(status == 0 && rest.contains("low_watermark: 2"), "{rest}");
    for line in
        ["groups delete-offsets billing --topic orders:0", "groups delete billing", "topics delete orders"]
    {
        let (_, rest, status) = answered(&sandbox, line, "yes");
        assert_eq!(status, 0, "{line}: {rest}");
    }
    assert_eq!(sandbox.ok("topics list --exclude-internal"), "notes\n");
    assert_eq!(sandbox.ok("groups list"), "");
}

#[test]
fn ctrl_d_and_ctrl_c_mean_no() {
    let sandbox = sandbox();
    for (key, expected) in [('d', 1), ('c', 130)] {
        let mut terminal = start(&sandbox, "topics delete orders");
        terminal.exp_string(" [y/N] ").unwrap();
        terminal.send_control(key).unwrap();
        let (rest, status) = end(terminal);
        assert!(rest.contains("\nmkafka: nothing was done: the answer was not yes"), "{rest:?}");
        assert_eq!(status, expected);
    }
    assert_eq!(sandbox.ok("count orders"), "3\n");
}

#[test]
fn nobody_is_asked_who_has_agreed_or_loses_nothing_or_is_not_there() {
    let sandbox = sandbox();
    for line in [
        "topics delete nosuch --if-exists",
        "groups reset-offsets billing --topic orders --to-current --execute",
        "groups reset-offsets billing --topic orders --to-earliest --dry-run",
        "topics delete-records orders --partition 0 --offset 1 -y",
        "topics delete notes --yes",
        "groups delete-offsets billing --topic orders:1 --yes",
        "groups delete billing -y",
    ] {
        let (shown, status) = end(start(&sandbox, line));
        assert!(status == 0 && !shown.contains("[y/N]"), "{line}: {shown}");
    }
    // What cannot be is refused without a question.
    let (shown, status) = end(start(&sandbox, "topics delete nosuch"));
    assert!(status == 1 && shown.contains("does not exist") && !shown.contains("[y/N]"), "{shown}");

    // Where either of both is no terminal, as in most scripts.
    for redirection in ["< /dev/null", "2> errors", "2>&1 | cat"] {
        let mut shell = std::process::Command::new("sh");
        let script =
            format!("\"$0\" topics create x --output json > /dev/null; \"$0\" topics delete x {redirection}");
        shell.env("MKAFKA_DATA_DIR", sandbox.data_dir()).current_dir(sandbox.path());
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_mkafka")]);
        let (shown, status) = end(spawn_command(shell, Some(PATIENCE)).unwrap());
        assert_eq!((shown.as_str(), status), ("", 0), "{redirection}");
        assert_eq!(sandbox.ok("topics list --exclude-internal"), "orders\n");
    }
    let piped = Ran::new(sandbox.command(&["topics", "delete", "orders"]).output().unwrap());
    assert_eq!(piped.status, 0);
}
