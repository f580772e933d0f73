//! `--exec`: committed means that the command was successful.

use std::process::Stdio;

use crate::common::Sandbox;

use super::{Member, numbers, produce, sandbox, until};

fn exec(sandbox: &Sandbox, command: &str, args: &str) -> crate::common::Ran {
    let line = format!("consume t --group g --quiet --from-beginning --exit-at-end {args}");
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(["--exec", command]);
    sandbox.run_args(&words)
}

#[test]
fn batches_go_to_the_command_and_count_once_it_succeeds() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 10));
    let ran = exec(&sandbox, "tr '\\n' ' '; echo", "--exec-batch 4");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "0 1 2 3 \n4 5 6 7 \n8 9 \n");
    assert_eq!(exec(&sandbox, "cat", "").stdout, "", "all is committed");
}

/// What the command leaves running keeps nothing of mkafka's open: who reads its output would wait for that.
#[test]
fn the_command_gets_no_file_of_mkafkas() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 1));
    let command = "cat >&2; ls /proc/self/fd";
    // What this process leaks itself is not mkafka's.
    let mut without = std::process::Command::new("sh");
    let without = without.args(["-c", command]).stdin(Stdio::null()).output().unwrap();
    let ran = exec(&sandbox, command, "");
    assert_eq!((ran.status, ran.stdout), (0, String::from_utf8(without.stdout).unwrap()), "{}", ran.stderr);
}

/// Programs that use select() go by it.
#[test]
fn the_command_may_have_as_many_open_files_as_mkafka_was_given() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 1));
    for limit in ["100", "hard"] {
        let script = format!(
            "ulimit -S -n {limit}; ulimit -S -n; exec \"$0\" consume t -e -q --from-beginning --exec 'cat >&2; ulimit -S -n'"
        );
        let mut command = std::process::Command::new("bash");
        command.env("MKAFKA_DATA_DIR", sandbox.data_dir());
        let output = command.args(["-c", &script, env!("CARGO_BIN_EXE_mkafka")]).output().unwrap();
        let ran = crate::common::Ran::new(output);
        let limits: Vec<&str> = ran.stdout.lines().collect();
        assert!(ran.status == 0 && limits.len() == 2 && limits[0] == limits[1], "{limits:?} {}", ran.stderr);
    }
}

#[test]
fn a_command_that_fails_stops_before_its_batch() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 10));
    let ran = exec(&sandbox, "tee -a tried | grep -v 5", "--exec-batch 1 --retries 1");
    assert_eq!(ran.status, 1);
    assert_eq!(ran.stdout, "0\n1\n2\n3\n4\n");
    let expected = "mkafka: 'tee -a tried | grep -v 5' exited with 1, for the 2 time(s) it was run: stopped before \
                    its 1 record(s)\n";
    assert!(ran.stderr.ends_with(expected), "{}", ran.stderr);
    let tried = std::fs::read_to_string(sandbox.path().join("tried")).unwrap();
    assert_eq!(tried, "0\n1\n2\n3\n4\n5\n5\n");
    // It goes on with the record that failed.
    assert_eq!(exec(&sandbox, "cat", "").stdout, "5\n6\n7\n8\n9\n");
}

#[test]
fn a_command_that_works_again_is_given_the_same_records() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 3));
    let ran = exec(&sandbox, "cat; test -e ready || { touch ready; exit 7; }", "");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "0\n1\n2\n0\n1\n2\n"));
    assert!(
        ran.stderr.contains("exited with 7: it is run again with the same 3 record(s)"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_keeps_failing_goes_to_the_dead_letter_topic() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 6));
    let ran = exec(&sandbox, "grep -v 3", "--exec-batch 2 --retries 0 --dead-letter dead");
    // The batch of 2 and 3 counts as consumed although the command printed 2 of it: grep found a line.
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "0\n1\n2\n4\n5\n"));
    let ran = exec(&sandbox, "cat", "");
    assert_eq!(ran.stdout, "");
    produce(&sandbox, "t", ["3".to_owned(), "7".to_owned()]);
    let ran = exec(&sandbox, "grep -v 3", "--exec-batch 1 --retries 0 --dead-letter dead");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "7\n"));
    assert!(ran.stderr.contains("1 record(s) went to topic 'dead'"), "{}", ran.stderr);
    let dead =
        sandbox.ok("consume dead --from-beginning --exit-at-end --quiet --property print.headers=true");
    assert_eq!(dead, "mkafka.topic:t,mkafka.partition:0,mkafka.offset:6,mkafka.error:exited with 1\t3\n");
}

#[test]
fn an_interrupted_command_does_not_count() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 1));
    let args = "t --group g --from-beginning --exec";
    let mut words: Vec<&str> = args.split_whitespace().collect();
    // As a terminal would, both are told.
    words.extend(["touch started; kill -INT $PPID; exit 130"]);
    let mut command = sandbox.command(&[&["consume"], &words[..]].concat());
    let status = command.stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(sandbox.path().join("started").exists());
    assert_eq!(exec(&sandbox, "cat", "").stdout, "0\n");
}

/// The first signal lets a command come to its end; who has no patience sends more.
#[test]
fn signals_that_are_repeated_end_it_whatever_it_waits_for() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 1));
    let mut words: Vec<&str> = "consume t --group g --from-beginning --exec".split_whitespace().collect();
    words.push("touch busy; while kill -0 $PPID; do sleep 0.01; done");
    let mut command = sandbox.command(&words);
    let mut consumer = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the command works", || sandbox.path().join("busy").exists());
    let pid = rustix::process::Pid::from_child(&consumer);
    let mut status = None;
    until("it has ended", || {
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        status = consumer.try_wait().unwrap();
        status.is_some()
    });
    assert_eq!(status.and_then(|status| status.code()), Some(130));
}

#[test]
fn partitions_move_only_when_the_command_is_done() {
    let sandbox = sandbox(2);
    produce(&sandbox, "t", numbers(0, 4));
    let command = "consume t --group g --from-beginning --exec".split_whitespace();
    // Takes its time, and has read all of its batch before it says so.
    let words: Vec<&str> = command
        .chain(["cat > batch; touch busy; while [ ! -e go ]; do sleep 0.01; done; cat batch"])
        .collect();
    let first = std::fs::File::create(sandbox.path().join("first.out")).unwrap();
    let mut slow = sandbox.command(&words).stdout(first).stderr(Stdio::null()).spawn().unwrap();
    until("the command works", || sandbox.path().join("busy").exists());
    let second = Member::start(&sandbox, "second", "t --group g --from-beginning");
    until("the second has joined", || sandbox.entries(".mkafka/groups/g/members").len() == 2);
    std::fs::write(sandbox.path().join("go"), b"").unwrap();
    produce(&sandbox, "t", numbers(4, 8));
    let all_of = || {
        let text = std::fs::read_to_string(sandbox.path().join("first.out")).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).chain(second.lines()).collect();
        lines.sort();
        lines
    };
    until("every record was delivered", || all_of().len() >= 8);
    assert_eq!(all_of(), numbers(0, 8).collect::<Vec<_>>(), "and none twice");
    slow.kill().unwrap();
    slow.wait().unwrap();
}

#[test]
fn at_most_once_commits_before_the_work_and_at_least_once_behind_it() {
    for (delivery, left) in [("at-most-once", ""), ("at-least-once", "0\n1\n2\n")] {
        let sandbox = sandbox(1);
        produce(&sandbox, "t", numbers(0, 3));
        let line = format!("consume t --group g --quiet --from-beginning --delivery {delivery} --exec");
        let mut words: Vec<&str> = line.split_whitespace().collect();
        // The consumer dies in the middle of the work.
        words.push("kill -KILL $PPID");
        let status = sandbox.command(&words).status().unwrap();
        assert_eq!(status.code(), None, "it was killed");
        assert_eq!(exec(&sandbox, "cat", "").stdout, left, "{delivery}");
    }
}

/// Without a group as with one.
#[test]
fn batches_are_as_large_as_was_asked_for_whoever_keeps_count() {
    let sandbox = sandbox(1);
    produce(&sandbox, "t", numbers(0, 10));
    for keeping in ["--group g", "--checkpoint ck", "", "--ordered", "--tail 10"] {
        let begin = if keeping.starts_with("--tail") { "" } else { "--from-beginning" };
        let line = format!("consume t {keeping} {begin} --exit-at-end --quiet --exec-batch 4 --exec");
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.push("wc -l");
        let ran = sandbox.run_args(&words);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "4\n4\n2\n"), "{keeping}: {}", ran.stderr);
    }
}

#[test]
fn dead_letters_are_kept_however_old_they_are_and_do_not_come_again() {
    let sandbox = sandbox(1);
    std::fs::write(sandbox.path().join("old"), "precious\n").unwrap();
    sandbox.ok("configs alter t --add-config retention.ms=-1");
    sandbox.ok("produce t --file old --timestamp 1000");
    let ran = exec(&sandbox, "false", "--retries 0 --dead-letter dead");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(sandbox.ok("consume dead --from-beginning --exit-at-end --quiet"), "precious\n");
    for topics in ["t", "--include t.*"] {
        let refused = sandbox.fails(2, &format!("consume {topics} --exec false --dead-letter t"));
        assert!(refused.contains("it is read too"), "{refused}");
    }
}
