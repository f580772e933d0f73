//! Whoever waits for something to happen does nothing meanwhile.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::Sandbox;

/// How long nothing is to be done.
const LONG: Duration = Duration::from_secs(3);
/// How long it may take until then.
const PATIENCE: Duration = Duration::from_secs(120);

/// On a file system that tells of every change nobody looks for one now and then.
#[test]
#[cfg(target_os = "linux")]
fn who_waits_sleeps() {
    let sandbox = Sandbox::new();
    sandbox.run("topics create t --partitions 3");
    std::fs::write(sandbox.path().join("line"), "a line\n").unwrap();
    sandbox.ok("produce t --file line");
    if !is_on_a_local_file_system(&sandbox.data_dir()) {
        return;
    }
    let log = sandbox.data_dir().join("t-0/00000000000000000000.log");
    let follow = format!("dump-log-segments --follow {}", log.display());
    let waiting = [
        "consume t",
        "consume t --from-beginning --isolation-level read_committed",
        "consume t --from-beginning --ordered",
        "consume --include t.*",
        "wait t --more 1000",
        &follow,
    ];
    let mut asleep: Vec<Asleep> = waiting.iter().map(|line| Asleep::new(&sandbox, line)).collect();
    let begun = Instant::now();
    while !asleep.iter().all(|one| one.since.elapsed() >= LONG) {
        std::thread::sleep(Duration::from_millis(50));
        for (one, line) in asleep.iter_mut().zip(waiting) {
            one.look();
            assert!(
                begun.elapsed() < PATIENCE,
                "mkafka {line} has been awake at most {:?} ago",
                one.since.elapsed()
            );
        }
    }
    for mut one in asleep {
        assert_eq!(one.child.try_wait().unwrap(), None, "it has ended");
        one.child.kill().unwrap();
        one.child.wait().unwrap();
    }
}

/// A process that should be asleep.
struct Asleep {
    child: Child,
    /// When it was seen awake last.
    since: Instant,
    switches: u64,
}

impl Asleep {
    fn new(sandbox: &Sandbox, line: &str) -> Self {
        let mut command = sandbox.command(&line.split_whitespace().collect::<Vec<_>>());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, since: Instant::now(), switches: 0 }
    }

    /// Takes note of whether any of its threads has been awake since the last call.
    fn look(&mut self) {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let of = |thread: std::fs::DirEntry| {
            let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            count.map_or(0, |count| count.trim().parse::<u64>().unwrap())
        };
        let switches = threads.map(|thread| of(thread.unwrap())).sum();
        if switches != self.switches {
            (self.since, self.switches) = (Instant::now(), switches);
        }
    }
}

fn is_on_a_local_file_system(path: &Path) -> bool {
    let kind = Command::new("stat").args(["-f", "-c", "%T"]).arg(path).output().unwrap();
    let kind = String::from_utf8(kind.stdout).unwrap();
    ["ext2/ext3", "xfs", "btrfs", "f2fs", "zfs", "tmpfs"].contains(&kind.trim())
}
