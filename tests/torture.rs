//! A fleet of real processes that produce, follow, create and delete topics for a while, killed at random;
//! then the full history is checked. `MKAFKA_TORTURE_SECONDS` makes it longer, `MKAFKA_TORTURE_SEED`
//! chooses the same dice again; the seed is printed.
//!
//! What must hold in the end: offsets are dense, what was acknowledged is there exactly once and what was
//! not at most once, each producer's records are in its order, what any follower ever printed is there
//! at the same place, and every file is sound.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::common::Sandbox;

const PARTITIONS: u64 = 3;
const PRODUCERS: u64 = 4;
const FOLLOWERS: u64 = 2;

/// Dice whose whole state is a seed (SplitMix64).
#[derive(Clone, Copy)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// What the fleet has been told and has seen.
#[derive(Default)]
struct History {
    /// Values that a producer was told are in the log, with partition and offset.
    acknowledged: Mutex<Vec<((i64, i64), String)>>,
    /// Values that followers printed, by partition and offset.
    seen: Mutex<HashMap<(i64, i64), String>>,
    kills: AtomicU64,
    stop: AtomicBool,
    trouble: Mutex<Vec<String>>,
}

impl History {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn complain(&self, what: String) {
        self.trouble.lock().unwrap().push(what);
    }

    /// Kills `child` now and waits for it.
    fn kill(&self, child: &mut Child) {
        // SIGKILL: nothing of the program runs after it.
        child.kill().unwrap();
        child.wait().unwrap();
        self.kills.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs producers one after the other, each with lines of its own, and kills most of them.
fn produce(sandbox: &Sandbox, history: &History, slot: u64, mut dice: Dice) {
    for run in 0.. {
        if !history.goes_on() {
            return;
        }
        let partition = dice.below(PARTITIONS).to_string();
        let acks = if dice.below(4) == 0 { "all" } else { "1" };
        let codec =
            ["none", "none", "gzip", "snappy", "lz4", "zstd"][usize::try_from(dice.below(6)).unwrap()];
        let batch = (1 + dice.below(3000)).to_string();
        let args = ["produce", "t", "--partition", &partition, "--acks", acks, "--compression-codec", codec];
        let mut child = sandbox
            .command(&[&args[..], &["--batch-size", &batch, "--print-offsets", "--quiet"]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = 50 + dice.below(3000);
        let pad = "x".repeat(usize::try_from(dice.below(120)).unwrap());
        let value = move |line: u64| format!("{slot}-{run}-{line} {pad}");
        let mut stdin = child.stdin.take().unwrap();
        let written = value.clone();
        let writer = std::thread::spawn(move || {
            for line in 0..lines {
                // The reader may be killed at any time.
                if writeln!(stdin, "{}", written(line)).is_err() {
                    return;
                }
            }
        });
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let receipts = std::thread::spawn(move || {
            let mut places = Vec::new();
            for line in stdout.lines().map_while(Result::ok) {
                // TOPIC:PARTITION:FIRST:LAST; a kill may cut the last one off.
                let fields: Vec<i64> = line.split(':').skip(1).filter_map(|n| n.parse().ok()).collect();
                if let [partition, first, last] = fields[..] {
                    places.extend((first..=last).map(|offset| (partition, offset)));
                }
            }
            places
        });
        let is_killed = dice.below(4) != 0;
        if is_killed {
            std::thread::sleep(Duration::from_millis(dice.below(60)));
            history.kill(&mut child);
        }
        writer.join().unwrap();
        let output = child.wait_with_output().unwrap();
        let acknowledged = receipts.join().unwrap();
        let count = acknowledged.len() as u64;
        if !is_killed && (output.status.code() != Some(0) || count != lines) {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            history.complain(format!("producer: {:?}, {count} of {lines}: {stderr}", output.status));
        }
        history.acknowledged.lock().unwrap().extend(acknowledged.into_iter().zip((0..).map(value)));
    }
}

/// Takes note of records as `consume --output json` prints them; answers a complaint.
fn note(line: &str, next: &mut BTreeMap<i64, i64>, seen: &mut HashMap<(i64, i64), String>) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(line).ok()?;
    let (partition, offset) = (record["partition"].as_i64()?, record["offset"].as_i64()?);
    let value = record["value"].as_str()?.to_owned();
    let expected = next.insert(partition, offset + 1).unwrap_or(0);
    if expected != offset {
        return Some(format!("partition {partition}: offset {offset} where {expected} was due"));
    }
    match seen.insert((partition, offset), value.clone()) {
        Some(before) if before != value => Some(format!("{partition}@{offset} was {before}, then {value}")),
        _ => None,
    }
}

/// Follows the topic from its beginning, again and again, killed or ended by a signal.
fn follow(sandbox: &Sandbox, history: &History, mut dice: Dice) {
    while history.goes_on() {
        let mut child = sandbox
            .command(&["consume", "t", "--from-beginning", "--output", "json", "--quiet"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || stdout.lines().map_while(Result::ok).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(50 + dice.below(600)));
        if child.try_wait().unwrap().is_some() {
            let stderr = String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr).into_owned();
            history.complain(format!("follower ended: {stderr}"));
            return;
        }
        history.kill(&mut child);
        let mut lines = reader.join().unwrap();
        // The last line may have been cut off by the kill.
        lines.pop();
        let mut next = BTreeMap::new();
        let mut seen = history.seen.lock().unwrap();
        for trouble in lines.iter().filter_map(|line| note(line, &mut next, &mut seen)) {
            history.complain(trouble);
        }
    }
}

/// Creates and deletes other topics.
fn administer(sandbox: &Sandbox, history: &History, mut dice: Dice) {
    for n in 0.. {
        if !history.goes_on() {
            return;
        }
        let name = format!("other{}", n % 3);
        let action = if dice.below(2) == 0 { "create" } else { "delete" };
        let option = if action == "create" { "--if-not-exists" } else { "--if-exists" };
        let mut child =
            sandbox.command(&["topics", action, &name, option]).stdout(Stdio::null()).spawn().unwrap();
        if dice.below(3) == 0 {
            std::thread::sleep(Duration::from_millis(dice.below(8)));
            history.kill(&mut child);
        } else if !child.wait().unwrap().success() {
            history.complain(format!("topics {action} {name} failed"));
        }
    }
}

#[test]
fn a_fleet_that_is_killed_at_random_loses_nothing() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("MKAFKA_TORTURE_SEED").unwrap_or(u64::from(clock.subsec_nanos()));
    let time = Duration::from_secs(number("MKAFKA_TORTURE_SECONDS").unwrap_or(5));
    println!("torture: MKAFKA_TORTURE_SEED={seed}, {} seconds", time.as_secs());

    let sandbox = Arc::new(Sandbox::new());
    sandbox.ok(&format!("topics create t --partitions {PARTITIONS} --config segment.bytes=30000"));
    let history = Arc::new(History::default());
    let mut fleet = Vec::new();
    for slot in 0..PRODUCERS {
        let (sandbox, history) = (Arc::clone(&sandbox), Arc::clone(&history));
        fleet.push(std::thread::spawn(move || produce(&sandbox, &history, slot, Dice(seed + slot))));
    }
    for slot in 0..FOLLOWERS {
        let (sandbox, history) = (Arc::clone(&sandbox), Arc::clone(&history));
        fleet.push(std::thread::spawn(move || follow(&sandbox, &history, Dice(seed + 100 + slot))));
    }
    let (its_sandbox, its_history) = (Arc::clone(&sandbox), Arc::clone(&history));
    fleet.push(std::thread::spawn(move || administer(&its_sandbox, &its_history, Dice(seed + 200))));

    let started = Instant::now();
    while started.elapsed() < time && history.trouble.lock().unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(50));
    }
    history.stop.store(true, Ordering::Relaxed);
    fleet.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(*history.trouble.lock().unwrap(), Vec::<String>::new(), "seed {seed}");
    println!("torture: {}", check_history(&sandbox, &history, seed));
}

/// Checks everything that must hold in the end; answers the figures.
fn check_history(sandbox: &Sandbox, history: &History, seed: u64) -> String {
    // The next producer mends what the last kill left.
    for partition in 0..PARTITIONS {
        let ran = sandbox.command(&["produce", "t", "--partition", &partition.to_string()]);
        let mut child = { ran }.stdin(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "last").unwrap();
        assert!(child.wait().unwrap().success(), "seed {seed}");
    }
    let all = sandbox.ok("consume t --from-beginning --exit-at-end --output json --quiet");
    let (mut next, mut records) = (BTreeMap::new(), HashMap::new());
    for line in all.lines() {
        assert_eq!(note(line, &mut next, &mut records), None, "seed {seed}");
    }
    for (place, value) in history.seen.lock().unwrap().iter() {
        assert_eq!(records.get(place), Some(value), "a follower printed {place:?}; seed {seed}");
    }
    let mut places: HashMap<&str, (i64, i64)> = HashMap::new();
    for (place, value) in records.iter().filter(|(_, value)| *value != "last") {
        assert_eq!(places.insert(value, *place), None, "{value} is there twice; seed {seed}");
    }
    let acknowledged = history.acknowledged.lock().unwrap();
    for (place, value) in acknowledged.iter() {
        assert_eq!(records.get(place), Some(value), "acknowledged at {place:?}; seed {seed}");
    }
    // Each run wrote to one partition, and its records are there without a gap, in its order.
    let mut runs: HashMap<&str, Vec<(i64, u64)>> = HashMap::new();
    for (value, (_, offset)) in &places {
        let (run, line) = value.split(' ').next().unwrap().rsplit_once('-').unwrap();
        runs.entry(run).or_default().push((*offset, line.parse().unwrap()));
    }
    for (run, mut lines) in runs {
        lines.sort_unstable();
        let expected = 0..lines.len() as u64;
        assert!(lines.iter().map(|(_, line)| *line).eq(expected), "run {run} is out of order; seed {seed}");
    }
    check_files(sandbox, seed);
    format!(
        "{} kills survived, {} records in the log, {} acknowledged, 0 lost",
        history.kills.load(Ordering::Relaxed),
        records.len(),
        acknowledged.len()
    )
}

/// Every segment and index is sound by the tool's own judgement.
fn check_files(sandbox: &Sandbox, seed: u64) {
    for partition in 0..PARTITIONS {
        let folder = sandbox.data_dir().join(format!("t-{partition}"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "log" || e == "index" || e == "timeindex") {
                let args = ["dump-log-segments", "--deep-iteration", "--files", path.to_str().unwrap()];
                let output = sandbox.command(&args).output().unwrap();
                let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(0), "{}: {stderr}; seed {seed}", path.display());
            }
        }
    }
}
