//! `mkafka produce` with inputs of megabytes, which several of its threads send piece by piece.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::Sandbox;
use crate::produce::{consumed, produce, produced};

const LINES: u32 = 120_000;

fn line(number: u32) -> String {
    format!("{number} {}\n", "x".repeat((number % 71) as usize))
}

/// Some five megabytes.
fn lines() -> Vec<u8> {
    (0..LINES).flat_map(|number| line(number).into_bytes()).collect()
}

fn started(sandbox: &Sandbox, args: &[&str]) -> (Child, ChildStdin) {
    let mut command = sandbox.command(&[&["produce"], args].concat());
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    (child, stdin)
}

#[test]
fn keyless_lines_go_round_one_by_one_however_they_are_sent() {
    let input = lines();
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path().join("input"), &input).unwrap();
    for (topic, args) in [("piped", "piped"), ("file", "file --file input"), ("packed", "packed -z zstd")] {
        sandbox.ok(&format!("topics create {topic} --partitions 3"));
        produced(&sandbox, args, if topic == "file" { b"" } else { &input });
        for partition in 0..3 {
            let expected = (partition..LINES).step_by(3).flat_map(|number| line(number).into_bytes());
            assert!(
                expected.eq(consumed(&sandbox, topic, Some(partition as usize))),
                "{topic}, partition {partition}"
            );
        }
    }
}

#[test]
fn records_of_a_key_keep_their_order() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 4");
    let input: Vec<u8> =
        (0..LINES).flat_map(|number| format!("key {}:{}", number % 997, line(number)).into_bytes()).collect();
    produced(&sandbox, "t -K : -X acks=all", &input);
    let output = sandbox
        .command(&["consume", "t", "--from-beginning", "--exit-at-end", "-q", "-f", "%p %k|%s\n"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut last: HashMap<&str, (&str, u32)> = HashMap::new();
    for record in text.lines() {
        let (place, value) = record.split_once('|').unwrap();
        let (partition, key) = place.split_once(' ').unwrap();
        let number = value.split(' ').next().unwrap().parse().unwrap();
        let before = last.insert(key, (partition, number));
        assert!(before.is_none_or(|(p, n)| p == partition && n < number), "{record} behind {before:?}");
        assert_eq!(format!("key {}", number % 997), key);
    }
    assert_eq!((text.lines().count() as u32, last.len()), (LINES, 997));
}

#[test]
fn a_bad_line_far_into_the_input_is_named_and_what_comes_before_it_is_in() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let bad = 90_011;
    let input: Vec<u8> = (0..LINES)
        .flat_map(|number| {
            if number + 1 == bad { line(number) } else { format!("k\t{}", line(number)) }.into_bytes()
        })
        .collect();
    let message = produce(&sandbox, "t --property parse.key=true", &input).failed(1);
    let shown = line(bad - 1);
    assert_eq!(
        message,
        format!(
            "No key separator found on line number {bad}: '{}'; the first {} records of the input are produced: go \
             on with --skip {}",
            shown.trim_end_matches('\n'),
            bad - 1,
            bad - 1
        )
    );
    let expected = (0..bad - 1).flat_map(|number| line(number).into_bytes());
    assert!(expected.eq(consumed(&sandbox, "t", None)));
    // A record that is too large is named by its line as well, and a line of any length is read.
    sandbox.ok("topics create small --config max.message.bytes=20000");
    let mut input = lines();
    input.extend(vec![b'y'; 30_000]);
    input.push(b'\n');
    input.extend(lines());
    let message =
        produce(&sandbox, "small -z gzip", &[&input[..], &vec![b'z'; 3_000_000]].concat()).failed(1);
    assert!(message.contains(&format!("line {}", 2 * LINES + 2)), "{message}");
    assert!(consumed(&sandbox, "small", None) == input);
}

/// Waits until the topic holds as many bytes as lines.
fn until_there_are(sandbox: &Sandbox, bytes: usize) {
    let begun = Instant::now();
    while consumed(sandbox, "t", None).len() < bytes {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{} of {bytes}",
            consumed(sandbox, "t", None).len()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_input_that_pauses_is_in_the_topic_at_once() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let (mut child, mut stdin) = started(&sandbox, &["t"]);
    let input = lines();
    let mut length = 0;
    for _ in 0..3 {
        stdin.write_all(&input).unwrap();
        length += input.len();
        until_there_are(&sandbox, length);
        // A line may come in two.
        stdin.write_all(b"one ").unwrap();
        std::thread::sleep(Duration::from_millis(20));
        stdin.write_all(b"line\n").unwrap();
        length += 9;
        until_there_are(&sandbox, length);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert!(consumed(&sandbox, "t", None) == [&input[..], b"one line\n"].concat().repeat(3));
}

#[test]
fn who_is_interrupted_has_produced_a_part_from_the_front() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let (child, mut stdin) = started(&sandbox, &["t", "-X", "acks=all"]);
    let pid = Pid::from_child(&child);
    let input = lines().repeat(4);
    let all = input.clone();
    // Until nobody reads any more.
    let writer = std::thread::spawn(move || while stdin.write_all(&all).is_ok() {});
    until_there_are(&sandbox, 1);
    kill_process(pid, Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let there = consumed(&sandbox, "t", None);
    assert!(
        there.ends_with(b"\n") && input.iter().cycle().zip(&there).all(|(a, b)| a == b),
        "a prefix, in order"
    );
}

#[test]
fn several_at_a_time_each_keep_their_order() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=3000000");
    std::thread::scope(|scope| {
        for name in ["a", "b", "c"] {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let input: Vec<u8> =
                    (0..LINES).flat_map(|number| format!("{name} {}", line(number)).into_bytes()).collect();
                produced(sandbox, "t", &input);
            });
        }
    });
    let all = String::from_utf8(consumed(&sandbox, "t", None)).unwrap();
    for name in ["a ", "b ", "c "] {
        let of_it = all.lines().filter_map(|record| record.strip_prefix(name));
        assert!(of_it.eq((0..LINES).map(line).collect::<String>().lines()), "{name}");
    }
    assert_eq!(sandbox.run("verify t").status, 0);
}
