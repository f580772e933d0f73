#![expect(clippy::print_stdout, reason = "the seed and what it came to are for whoever runs it")]
//! A group under a steady stream of records, whose members join, leave, are killed and are stopped at random;
//! then the full history is checked. `MKAFKA_GROUP_SECONDS` makes it longer, `MKAFKA_GROUP_SEED` chooses the
//! same dice again; the seed is printed.
//!
//! All members append to one file, which keeps what they wrote in the order in which they wrote it: that order
//! is the time against which it is checked who delivered from which partition.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};

use super::until;
use crate::common::Sandbox;

const PARTITIONS: u32 = 4;
const MEMBERS_MAX: usize = 5;
/// How long a stopped member is waited for by the others.
const POLL_INTERVAL: Duration = Duration::from_millis(1500);

/// Dice whose whole state is a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }
}

/// What may happen to members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Violence {
    /// They join and leave.
    None,
    /// They are killed and stopped as well.
    Kills,
}

struct Fleet<'a> {
    sandbox: &'a Sandbox,
    strategy: &'static str,
    /// Where nobody is stopped, nobody is to be taken out because the machine is busy.
    poll_interval: Duration,
    members: Vec<(String, Child)>,
    started: u32,
    /// Members that were killed or stopped, each with the length of the output just before.
    harmed: Vec<(String, u64)>,
    kills: u32,
    stops: u32,
}

impl Fleet<'_> {
    fn output(&self) -> PathBuf {
        self.sandbox.path().join("output")
    }

    fn join(&mut self) {
        let name = format!("m{}", self.started);
        self.started += 1;
        let separator = format!("key.separator= {name} ");
        let max_poll = format!("max.poll.interval.ms={}", self.poll_interval.as_millis());
        let args =
            ["consume", "t", "--group", "g", "--from-beginning", "--commit-interval-ms", "50", "--quiet"];
        let more = ["--partition-assignment-strategy", self.strategy, "--consumer-property", &max_poll];
        let form = [
            "--property",
            "print.partition=true",
            "--property",
            "print.offset=true",
            "--property",
            &separator,
        ];
        let output: File = OpenOptions::new().create(true).append(true).open(self.output()).unwrap();
        let errors = File::create(self.sandbox.path().join(format!("{name}.err"))).unwrap();
        let child = self
            .sandbox
            .command(&[&args[..], &more, &form].concat())
            .stdout(output)
            .stderr(errors)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        self.members.push((name, child));
    }

    fn note_harm(&mut self, name: &str) {
        let length = std::fs::metadata(self.output()).unwrap().len();
        self.harmed.push((name.to_owned(), length));
    }

    fn kill(&mut self, at: usize) {
        let (name, mut child) = self.members.remove(at);
        self.note_harm(&name);
        child.kill().unwrap();
        child.wait().unwrap();
        self.kills += 1;
    }

    fn leave(&mut self, at: usize, signal: Signal) {
        let (name, mut child) = self.members.remove(at);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let status = child.wait().unwrap();
        let expected = if signal == Signal::INT { 130 } else { 143 };
        let errors = std::fs::read_to_string(self.sandbox.path().join(format!("{name}.err"))).unwrap();
        assert_eq!(status.code(), Some(expected), "{name} left badly: {errors}");
    }

    fn stop_for(&mut self, at: usize, duration: Duration) {
        let (name, pid) = (self.members[at].0.clone(), Pid::from_child(&self.members[at].1));
        self.note_harm(&name);
        kill_process(pid, Signal::STOP).unwrap();
        std::thread::sleep(duration);
        kill_process(pid, Signal::CONT).unwrap();
        self.stops += 1;
    }

    fn something_happens(&mut self, dice: &mut Dice, violence: Violence) {
        let count = self.members.len();
        let at = dice.below(count);
        let choices = if violence == Violence::None { 5 } else { 9 };
        match dice.below(choices) {
            0..=2 if count < MEMBERS_MAX => self.join(),
            0..=3 if count > 1 => self.leave(at, Signal::TERM),
            4 if count > 1 => self.leave(at, Signal::INT),
            5 | 6 if count > 1 => self.kill(at),
            7 => self.stop_for(at, POLL_INTERVAL * 4 / 3),
            // Shorter than the others wait.
            8 => self.stop_for(at, POLL_INTERVAL / 4),
            _ => self.join(),
        }
    }
}

/// A line of the output.
struct Delivered {
    member: String,
    partition: u32,
    offset: i64,
    value: u32,
    /// Where in the output it begins.
    at: u64,
}

/// Lines are `Partition:P NAME Offset:N NAME VALUE`.
fn read_output(text: &str) -> Vec<Delivered> {
    let mut at = 0;
    let mut delivered = Vec::new();
    for line in text.split_inclusive('\n') {
        let fields: Vec<&str> = line.trim_end().split(' ').collect();
        let [partition, member, offset, _, value] = fields[..] else { panic!("not a line: {line:?}") };
        delivered.push(Delivered {
            member: member.to_owned(),
            partition: partition.strip_prefix("Partition:").unwrap().parse().unwrap(),
            offset: offset.strip_prefix("Offset:").unwrap().parse().unwrap(),
            value: value.parse().unwrap(),
            at,
        });
        at += line.len() as u64;
    }
    delivered
}

fn values(fleet: &Fleet<'_>) -> BTreeSet<u32> {
    let text = std::fs::read_to_string(fleet.output()).unwrap();
    // The last line may be under way.
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    read_output(whole).into_iter().map(|delivered| delivered.value).collect()
}

/// Checks what the members wrote; answers how many records came twice.
fn check(delivered: &[Delivered], fleet: &Fleet<'_>, violence: Violence, seed: u64) -> usize {
    let mut by_partition: BTreeMap<u32, Vec<&Delivered>> = BTreeMap::new();
    delivered.iter().for_each(|line| by_partition.entry(line.partition).or_default().push(line));
    let mut repeated = 0;
    for (partition, lines) in by_partition {
        let mut highest = -1;
        // Of each member, the offset that it delivered last; and of the whole partition, who did last.
        let mut last_of: HashMap<&str, (i64, u64)> = HashMap::new();
        let mut owner: Option<&Delivered> = None;
        for line in lines {
            let what =
                format!("seed {seed}, partition {partition}, {} at offset {}", line.member, line.offset);
            assert!(line.offset <= highest + 1, "{what}: offsets from {} on were left out", highest + 1);
            if violence == Violence::None {
                assert_eq!(line.offset, highest + 1, "{what}: delivered before");
            }
            repeated += usize::from(line.offset <= highest);
            let is_handover = owner.is_some_and(|owner| owner.member != line.member);
            if let (Some(owner), true, Some((mine, at))) = (owner, is_handover, last_of.get(&*line.member)) {
                // It has had the partition before: then whoever had it in between must have given it up in good
                // order, and it goes on behind that one, or some member was harmed meanwhile.
                let was_harmed = |(name, when): &(String, u64)| {
                    (*name == line.member || *name == owner.member) && *when >= *at && *when <= line.at
                };
                let is_excused = fleet.harmed.iter().any(was_harmed);
                assert!(
                    line.offset > owner.offset || is_excused,
                    "{what}: went on from its own {mine} while {} was at {}",
                    owner.member,
                    owner.offset
                );
            }
            if let Some((mine, _)) = last_of.get(&*line.member).filter(|_| !is_handover) {
                let was_harmed = fleet.harmed.iter().any(|(name, _)| *name == line.member);
                assert!(line.offset > *mine || was_harmed, "{what}: after its own {mine}");
            }
            last_of.insert(&line.member, (line.offset, line.at));
            highest = highest.max(line.offset);
            owner = Some(line);
        }
    }
    repeated
}

fn run(violence: Violence, strategy: &'static str) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("MKAFKA_GROUP_SECONDS").unwrap_or(4);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number("MKAFKA_GROUP_SEED").unwrap_or(u64::from(now.subsec_nanos()));
    println!("MKAFKA_GROUP_SEED={seed} MKAFKA_GROUP_SECONDS={seconds}");
    let mut dice = Dice(seed);
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("topics create t --partitions {PARTITIONS}"));
    let mut producer = sandbox.command(&["produce", "t", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = producer.stdin.take().unwrap();
    let started = Instant::now();
    let length = Duration::from_secs(seconds);
    let feeder = std::thread::spawn(move || {
        let mut next = 0_u32;
        while started.elapsed() < length {
            let text: String = (next..next + 10).map(|n| format!("{n}\n")).collect();
            input.write_all(text.as_bytes()).unwrap();
            next += 10;
            std::thread::sleep(Duration::from_millis(5));
        }
        next
    });
    let mut fleet = Fleet {
        sandbox: &sandbox,
        strategy,
        poll_interval: if violence == Violence::None { Duration::from_secs(300) } else { POLL_INTERVAL },
        members: Vec::new(),
        started: 0,
        harmed: Vec::new(),
        kills: 0,
        stops: 0,
    };
    fleet.join();
    let mut events = 0_u32;
    while started.elapsed() < length {
        std::thread::sleep(Duration::from_millis(20 + dice.below(180) as u64));
        fleet.something_happens(&mut dice, violence);
        events += 1;
    }
    let count = feeder.join().unwrap();
    assert!(producer.wait().unwrap().success());
    until("every record has been delivered", || values(&fleet) == (0..count).collect());
    while !fleet.members.is_empty() {
        fleet.leave(0, Signal::TERM);
    }
    let delivered = read_output(&std::fs::read_to_string(fleet.output()).unwrap());
    let repeated = check(&delivered, &fleet, violence, seed);
    println!(
        "{violence:?}, {strategy}: {events} events, {} members, {} kills, {} stops, {count} records, 0 lost, \
         {repeated} repeated",
        fleet.started, fleet.kills, fleet.stops
    );
    assert_eq!(sandbox.entries(".mkafka/groups/g/members"), Vec::<String>::new(), "all have left");
}

#[test]
fn without_a_kill_every_record_is_delivered_exactly_once() {
    run(Violence::None, "range");
}

#[test]
fn with_kills_every_record_is_delivered_at_least_once_and_by_one_member_at_a_time() {
    run(Violence::Kills, "cooperative-sticky");
}
