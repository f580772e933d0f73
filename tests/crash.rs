//! What happens when processes are killed, told to stop or refused by the system in the middle of their
//! work, while others go on.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Ran, Sandbox};

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Chance that a seed repeats (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }
}

/// What one producer of the fleet did.
#[derive(Default)]
struct Deeds {
    /// Runs that succeeded: how many records each produced.
    acknowledged: Vec<(String, u64)>,
    kills: u64,
    complaints: Vec<String>,
}

/// Produces in one process after the other, killing some of them, until `deadline`.
fn produce_and_kill(sandbox: &Sandbox, slot: u64, chance: &mut Chance, deadline: Instant) -> Deeds {
    let mut deeds = Deeds::default();
    for run in 0.. {
        if Instant::now() > deadline {
            break;
        }
        let name = format!("{slot}.{run}");
        let count = chance.one_of(&[1, 5, 50, 500, 2000]);
        let batch_size = chance.one_of(&["200", "2000", "5000"]);
        let codec = chance.one_of(&["none", "none", "lz4", "gzip"]);
        let acks = chance.one_of(&["1", "1", "all"]);
        let args = ["produce", "t", "--batch-size", batch_size, "--compression-codec", codec, "--acks", acks];
        let mut child = sandbox.command(&args).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let lines: String = (0..count).map(|n| format!("{name} {n} {}\n", "x".repeat(n % 90))).collect();
        let feeder = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let dies = chance.below(10) < 6;
        if dies {
            std::thread::sleep(Duration::from_micros(chance.below(chance_to_finish(count as u64))));
            send(&child, Signal::KILL);
        }
        let ran = Ran::new(child.wait_with_output().unwrap());
        let _ = feeder.join().unwrap();
        match ran.status {
            0 => deeds.acknowledged.push((name, count as u64)),
            -1 if dies => deeds.kills += 1,
            status => deeds.complaints.push(format!("{name} ended with {status}: {}", ran.stderr)),
        }
        let is_repair = |line: &&str| line.starts_with("mkafka: warning: ");
        deeds.complaints.extend(ran.stderr.lines().filter(|l| !is_repair(l)).map(str::to_owned));
    }
    deeds
}

/// About how long a process lives that produces `count` records, in microseconds.
fn chance_to_finish(count: u64) -> u64 {
    20_000 + count * 30
}

/// `MKAFKA_TORTURE_SECONDS` makes it a long round, `MKAFKA_TORTURE_SEED` repeats the chances of another.
#[test]
fn killed_producers_lose_nothing_that_was_acknowledged() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = setting("MKAFKA_TORTURE_SEED").unwrap_or(now.as_millis() as u64);
    println!("MKAFKA_TORTURE_SEED={seed}");
    let deadline = Instant::now() + Duration::from_secs(setting("MKAFKA_TORTURE_SECONDS").unwrap_or(3));
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=6000 --config index.interval.bytes=500");
    let consume = ["consume", "t", "--from-beginning", "--property", "print.offset=true"];
    let mut follower =
        sandbox.command(&consume).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let seen = BufReader::new(follower.stdout.take().unwrap());
    let follow = std::thread::spawn(move || {
        let lines = seen.lines().map(Result::unwrap);
        lines.take_while(|line| !line.ends_with("\tlast 0 ")).collect::<Vec<String>>()
    });
    let fleet: Vec<Deeds> = std::thread::scope(|scope| {
        let producers: Vec<_> = (0..6)
            .map(|slot| {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    produce_and_kill(sandbox, slot, &mut Chance(seed.wrapping_add(slot)), deadline)
                })
            })
            .collect();
        producers.into_iter().map(|producer| producer.join().unwrap()).collect()
    });
    let complaints: Vec<_> = fleet.iter().flat_map(|deeds| &deeds.complaints).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");

    // The next process carries on, and a consumer has everything.
    let mut last = sandbox.command(&["produce", "t"]).stdin(Stdio::piped()).spawn().unwrap();
    last.stdin.take().unwrap().write_all(b"last 0 \n").unwrap();
    assert!(last.wait().unwrap().success());
    let all = sandbox.run("consume t --from-beginning --exit-at-end --property print.offset=true");
    assert_eq!(all.status, 0, "{}", all.stderr);
    let mut reached: HashMap<&str, u64> = HashMap::new();
    for (offset, line) in all.stdout.lines().enumerate() {
        let (at, record) = line.split_once('\t').unwrap();
        assert_eq!(at, format!("Offset:{offset}"));
        let mut fields = record.split(' ');
        let (name, number) = (fields.next().unwrap(), fields.next().unwrap().parse::<u64>().unwrap());
        let next = reached.entry(name).or_default();
        assert_eq!(*next, number, "the order of {name}, at offset {offset}");
        *next += 1;
    }
    for (name, count) in fleet.iter().flat_map(|deeds| &deeds.acknowledged) {
        assert_eq!(reached.get(name.as_str()), Some(count), "records of {name} that were acknowledged");
    }
    let followed = follow.join().unwrap();
    // Nobody reads it any more.
    assert_eq!(follower.wait().unwrap().code(), Some(0));
    assert_eq!(followed, all.stdout.lines().take(followed.len()).collect::<Vec<_>>());
    assert_eq!(followed.len() + 1, all.stdout.lines().count());
    let kills: u64 = fleet.iter().map(|deeds| deeds.kills).sum();
    let runs: usize = fleet.iter().map(|deeds| deeds.acknowledged.len()).sum();
    println!(
        "{kills} kills survived, {runs} runs acknowledged, {} records checked",
        all.stdout.lines().count()
    );
}

#[test]
fn a_lock_file_that_somebody_removes_costs_nothing() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=20000");
    let lock = sandbox.data_dir().join("t-0/.lock");
    let mut producers: Vec<Child> = (0..4)
        .map(|producer| {
            let mut child = sandbox
                .command(&["produce", "t", "--batch-size", "300"])
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            let lines: String = (0..4000).map(|n| format!("{producer} {n}\n")).collect();
            std::thread::spawn(move || input.write_all(lines.as_bytes()));
            child
        })
        .collect();
    while producers.iter_mut().any(|producer| producer.try_wait().unwrap().is_none()) {
        let _ = std::fs::remove_file(&lock);
        std::thread::sleep(Duration::from_millis(1));
    }
    for producer in producers {
        assert_eq!(Ran::new(producer.wait_with_output().unwrap()).status, 0);
    }
    let all = sandbox.run("consume t --from-beginning --exit-at-end");
    assert_eq!(all.status, 0, "{}", all.stderr);
    let mut reached: BTreeMap<&str, u64> = BTreeMap::new();
    for line in all.stdout.lines() {
        let (producer, number) = line.split_once(' ').unwrap();
        let next = reached.entry(producer).or_default();
        assert_eq!(*next, number.parse::<u64>().unwrap());
        *next += 1;
    }
    assert_eq!(reached.into_values().collect::<Vec<_>>(), [4000; 4]);
}

#[test]
fn a_limit_on_file_sizes_is_an_error_and_leaves_the_log_as_it_was() {
    // As it comes, and as a file, of which it is known from the start that it is much.
    for input in ["seq 1 20000 | \"$0\" produce t", "\"$0\" produce t --file numbers"] {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t");
        let numbers: String = (1..=200_000).map(|n| format!("{n}\n")).collect();
        std::fs::write(sandbox.path().join("numbers"), numbers).unwrap();
        let program = env!("CARGO_BIN_EXE_mkafka");
        let script = format!("ulimit -f 100 && {input} --batch-size 2000");
        let mut limited = Command::new("bash");
        limited.env("MKAFKA_DATA_DIR", sandbox.data_dir()).current_dir(sandbox.path());
        let message = Ran::new(limited.args(["-c", &script, program]).output().unwrap()).failed(1);
        let before = sandbox.run("consume t --from-beginning --exit-at-end").stdout;
        let count = before.lines().count();
        assert!(count > 1000);
        let expected = format!(
            "file too large; the first {count} records of the input are produced: go on with --skip {count}"
        );
        assert!(message.ends_with(&expected), "{message}");
        let mut next = sandbox.command(&["produce", "t"]);
        let mut next = next.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        next.stdin.take().unwrap().write_all(b"next\n").unwrap();
        // Nothing had to be mended.
        let ran = Ran::new(next.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        let after = sandbox.run("consume t --from-beginning --exit-at-end").stdout;
        assert_eq!(after, before + "next\n");
    }
}

/// Waits until `condition` holds.
#[track_caller]
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60), "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process has a handler for a signal.
fn catches(child: &Child, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap();
    mask & (1 << (signal.as_raw() - 1)) != 0
}

#[test]
fn sigterm_ends_a_producer_that_waits_with_everything_appended() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let args = ["produce", "t", "--linger-ms", "60000"];
    let mut child = sandbox.command(&args).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"one\ntwo\nhalf a li").unwrap();
    until("it has read its input", || rustix::io::ioctl_fionread(&input).unwrap() == 0);
    until("it is ready for the signal", || catches(&child, Signal::TERM));
    send(&child, Signal::TERM);
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), Some(128 + 15));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, "");
    assert_eq!(sandbox.run("consume t --from-beginning --exit-at-end").stdout, "one\ntwo\n");
}
