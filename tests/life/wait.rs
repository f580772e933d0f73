//! Waiting: for a topic, an offset, a group.

#[cfg(target_os = "linux")]
use std::process::Child;
use std::process::Stdio;
#[cfg(target_os = "linux")]
use std::time::Duration;

use super::{numbered, produce_ok};
use crate::common::{Ran, Sandbox};

/// Until each has looked for what it waits for and found nothing: then it begins to watch, and changes nothing any more.
#[cfg(target_os = "linux")]
fn until_they_watch(waiting: &[Child]) {
    let is_watching = |id: u32| {
        let handles = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().flatten();
        handles
            .filter_map(|fd| std::fs::read_link(fd.path()).ok())
            .any(|to| to.ends_with("anon_inode:inotify"))
    };
    while !waiting.iter().all(|child| is_watching(child.id())) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn wait_ends_when_it_is_so_and_not_before() {
    let sandbox = Sandbox::new();
    let message = sandbox.fails(1, "wait t --timeout-ms 0");
    assert_eq!(message, "there is no topic 't' after 0 ms");
    let waiting = |args: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        sandbox.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let exists = waiting("wait t");
    let reached = waiting("wait t --offset 50");
    let more = waiting("wait t --more 50");
    sandbox.ok("topics create t");
    let done = |child: std::process::Child| Ran::new(child.wait_with_output().unwrap());
    assert_eq!(done(exists).status, 0);
    produce_ok(&sandbox, "t", false, &numbered(0..49));
    assert_eq!(
        sandbox.fails(1, "wait t --offset 50 --timeout-ms 1"),
        "topic 't' has not reached offset 50 after 1 ms"
    );
    produce_ok(&sandbox, "t", false, "one more\n");
    assert_eq!((done(reached).status, done(more).status), (0, 0));
    assert_eq!(sandbox.ok("wait t --offset 50 --partition 0 --timeout-ms 0"), "");
}

/// What was deleted is no lag: nobody could ever read it.
#[test]
fn wait_for_a_group_counts_no_records_that_were_deleted() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.ms=-1");
    produce_ok(&sandbox, "t", false, &numbered(0..10));
    assert_eq!(sandbox.run("groups reset-offsets g --topic t --to-earliest --execute").status, 0);
    assert_eq!(
        sandbox.fails(1, "wait t --group g --timeout-ms 0"),
        "group 'g' has not read all of topic 't' after 0 ms"
    );
    sandbox.ok("topics delete-records t --offset 9");
    sandbox.fails(1, "wait t --group g --timeout-ms 0");
    sandbox.ok("topics delete-records t --offset 10");
    sandbox.ok("wait t --group g --timeout-ms 0");
}

/// It sleeps until something happens, instead of looking all the time.
#[cfg(target_os = "linux")]
#[test]
fn wait_is_woken_by_what_happens() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.ms=-1");
    produce_ok(&sandbox, "t", false, "a\n");
    let wait = |args: &[&str]| sandbox.command(args).stderr(Stdio::piped()).spawn().unwrap();
    let mut waiting = [wait(&["wait", "t", "--group", "g"]), wait(&["wait", "t", "--more", "1"])];
    let sleeps = |id: u32| -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let switches = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        switches.unwrap().trim().parse().unwrap()
    };
    until_they_watch(&waiting);
    let before = waiting.each_ref().map(|child| sleeps(child.id()));
    std::thread::sleep(Duration::from_millis(600));
    for (child, before) in waiting.iter_mut().zip(before) {
        assert!(child.try_wait().unwrap().is_none());
        // Looking every 20 ms would be 30.
        let slept = sleeps(child.id()) - before;
        assert!(slept < 10, "it slept {slept} times");
    }
    produce_ok(&sandbox, "t", false, "b\n");
    assert_eq!(sandbox.run("groups reset-offsets g --topic t --to-latest --execute").status, 0);
    for child in waiting {
        let ran = Ran::new(child.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn waiting_ends_when_what_is_waited_for_is_deleted() {
    let sandbox = Sandbox::new();
    let wait = |line: &str| {
        let args: Vec<&str> = line.split(' ').collect();
        sandbox.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let end_with = |waiting: Vec<Child>, message: &str| {
        for child in waiting {
            assert_eq!(Ran::new(child.wait_with_output().unwrap()).failed(1), message);
        }
    };
    sandbox.ok("topics create t --partitions 2");
    sandbox.ok("topics create u");
    for topic in ["t", "u"] {
        produce_ok(&sandbox, topic, false, &numbered(0..5));
    }
    for (group, topic) in [("g", "t"), ("g", "u"), ("h", "u")] {
        let line = format!("groups reset-offsets {group} --topic {topic} --to-earliest --execute");
        assert_eq!(sandbox.run(&line).status, 0);
    }
    let for_t =
        ["wait t --more 1", "wait t --partition 0 --offset 9", "wait t --group g", "wait t --group new"]
            .map(wait);
    let for_group = [wait("wait u --group g")];
    let not_there_yet = [wait("wait new"), wait("wait new --more 1")];
    until_they_watch(&for_t);
    until_they_watch(&for_group);
    until_they_watch(&not_there_yet);
    sandbox.ok("topics delete t");
    end_with(for_t.into(), "topic 't' was deleted while it was waited for");
    sandbox.ok("groups delete g");
    end_with(for_group.into(), "group 'g' was deleted while it was waited for");

    // Another topic of that name is not what was waited for.
    let anew = [wait("wait u --more 1"), wait("wait u --group h")];
    until_they_watch(&anew);
    sandbox.ok("topics delete u");
    sandbox.ok("topics create u");
    end_with(anew.into(), "topic 'u' was deleted while it was waited for");

    // What has never been there may still come.
    sandbox.ok("topics create new");
    produce_ok(&sandbox, "new", false, "x\n");
    for child in not_there_yet {
        let ran = Ran::new(child.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    }
}
