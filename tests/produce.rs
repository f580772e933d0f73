//! `mkafka produce`, as its users rely on it.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};

use crate::common::{Ran, Sandbox};

/// Runs `mkafka produce` with the words of `line`, and `input` as its standard input.
pub(crate) fn produce(sandbox: &Sandbox, line: &str, input: &[u8]) -> Ran {
    produce_args(sandbox, &line.split_whitespace().collect::<Vec<_>>(), input)
}

/// Runs `mkafka produce` with `args`, and `input` as its standard input.
pub(crate) fn produce_args(sandbox: &Sandbox, args: &[&str], input: &[u8]) -> Ran {
    let mut command = sandbox.command(&[&["produce"], args].concat());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // It may end before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input).is_ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran::new(output)
}

#[track_caller]
pub(crate) fn produced(sandbox: &Sandbox, line: &str, input: &[u8]) {
    let ran = produce(sandbox, line, input);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "produce {line}");
}

/// The bytes that `consume` prints of `topic`, or of one partition of it.
pub(crate) fn consumed(sandbox: &Sandbox, topic: &str, partition: Option<usize>) -> Vec<u8> {
    let number = partition.map(|p| p.to_string());
    let mut args = vec!["consume", topic, "--from-beginning", "--exit-at-end", "--quiet"];
    args.extend(number.iter().flat_map(|n| ["--partition", n]));
    let output = sandbox.command(&args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// Everything below the data directory, to see that nothing changed.
fn everything(sandbox: &Sandbox, topic: &str) -> Vec<(String, Vec<u8>)> {
    let folder = sandbox.data_dir().join(format!("{topic}-0"));
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn awkward_lines() -> Vec<u8> {
    let mut input = b"plain\n\n\r\nCR LF\r\n\xff\xfe\x00binary\n\xc3(\n  spaces \ttab\n".to_vec();
    input.extend(
        (0..50_000u32).flat_map(|i| format!("line {i} {}\n", "x".repeat((i % 83) as usize)).into_bytes()),
    );
    input.extend_from_slice(&vec![b'y'; 700_000]);
    input.push(b'\n');
    input
}

#[test]
fn bytes_come_back_through_one_partition_in_every_codec() {
    let input = awkward_lines();
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t --config segment.bytes=1100000");
        produced(&sandbox, &format!("t --compression-codec {codec}"), &input);
        assert!(consumed(&sandbox, "t", None) == input, "{codec}");
    }
}

#[test]
fn keyless_records_go_round_the_partitions_across_processes() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 4");
    let input = awkward_lines();
    let (first, second) = input.split_at(b"plain\n\n\r\n".len());
    produced(&sandbox, "t", first);
    produced(&sandbox, "t --batch-size 5000", second);
    let lines: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    for partition in 0..4 {
        let expected: Vec<u8> = lines.iter().skip(partition).step_by(4).copied().flatten().copied().collect();
        assert!(consumed(&sandbox, "t", Some(partition)) == expected, "partition {partition}");
    }
}

#[test]
fn keyed_records_go_where_kafkas_hash_says() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 6");
    // toPositive(murmur2(key)) % 6, from Kafka's own Utils.murmur2 vectors.
    let places = [("21", -973_932_308i32), ("foobar", -790_332_482), ("abc", 479_470_107)];
    let input: String = places.iter().map(|(key, _)| format!("{key}:v\n")).collect();
    produced(&sandbox, "t --property parse.key=true --property key.separator=:", input.as_bytes());
    for (key, hash) in places {
        let partition = usize::try_from((hash & 0x7fff_ffff) % 6).unwrap();
        let args = format!("consume t -p {partition} --from-beginning -e -q --property print.key=true");
        let out = sandbox.ok(&args);
        assert!(out.lines().any(|line| line == format!("{key}\tv")), "{key}: {out}");
    }
}

#[test]
fn sticky_records_stay_while_a_batch_lasts() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 3");
    produced(&sandbox, "t --partitioner sticky", b"a\nb\nc\n");
    assert_eq!(consumed(&sandbox, "t", Some(0)), b"a\nb\nc\n");
    // Each partition gets whole batches: no record is left over in the one before.
    let sandbox = Sandbox::new();
    sandbox.ok("topics create u --partitions 3");
    let lines: String = (100..400).map(|i| format!("{i}\n")).collect();
    let ran = produce(&sandbox, "u --partitioner sticky --batch-size 500 --print-offsets", lines.as_bytes());
    let mut sizes: Vec<i64> = Vec::new();
    for line in ran.stdout.lines() {
        let fields: Vec<i64> = line.split(':').skip(1).map(|n| n.parse().unwrap()).collect();
        sizes.push(fields[2] - fields[1] + 1);
    }
    sizes.pop();
    assert!(sizes.len() > 3 && sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
}

#[test]
fn files_are_read_one_after_the_other_and_a_last_line_needs_no_newline() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path().join("a"), "1\n2").unwrap();
    std::fs::write(sandbox.path().join("b"), "3\n").unwrap();
    sandbox.ok("topics create t");
    produced(&sandbox, "--topic t --file a --file b --acks all", b"");
    assert_eq!(consumed(&sandbox, "t", None), b"1\n2\n3\n");
    let message = produce(&sandbox, "t --file nowhere", b"").failed(1);
    assert_eq!(message, "cannot open nowhere: no such file or directory");
}

#[test]
fn a_refused_producer_does_not_make_the_data_directory() {
    let sandbox = Sandbox::new();
    for line in ["t --no-auto-create", "a/b", "t --property x=y"] {
        assert_ne!(produce(&sandbox, line, b"x\n").status, 0, "produce {line}");
        assert!(!sandbox.data_dir().exists(), "produce {line}");
    }
}

#[test]
fn a_topic_is_created_on_demand_unless_told_not_to() {
    let sandbox = Sandbox::new();
    let ran = produce(&sandbox, "new", b"x\n");
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (0, "topic 'new' did not exist: created it with 1 partition\n")
    );
    let message = produce(&sandbox, "nwe --no-auto-create", b"x\n").failed(1);
    assert_eq!(message, "Topic 'nwe' does not exist as expected; did you mean 'new'?");
    assert_eq!(sandbox.ok("topics list"), "new\n");
}

#[test]
fn a_record_that_is_too_large_is_named_and_those_before_it_are_there() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config max.message.bytes=1000");
    let input = format!("one\ntwo\n{}\nfour\n", "x".repeat(980));
    let message = produce(&sandbox, "t", input.as_bytes()).failed(1);
    assert!(message.starts_with("standard input, line 3: the record takes "), "{message}");
    assert!(message.contains("max.message.bytes (1000)"), "{message}");
    assert_eq!(consumed(&sandbox, "t", None), b"one\ntwo\n");
    let before = everything(&sandbox, "t");
    let message = produce(&sandbox, "t", "y".repeat(5000).as_bytes()).failed(1);
    assert!(message.contains("line 1 is longer than 1000 bytes"), "{message}");
    assert_eq!(everything(&sandbox, "t"), before);
}

/// Text that no codec makes much smaller, the same each time.
fn noise(bytes: usize, seed: u32) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from(b'!' + u8::try_from(state % 94).unwrap())
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn a_record_that_stays_too_large_when_compressed_is_named_and_none_comes_after_it() {
    for acks in ["0", "1", "all"] {
        for config in ["max.message.bytes", "segment.bytes"] {
            let sandbox = Sandbox::new();
            sandbox.ok(&format!("topics create t --partitions 2 --config {config}=1000"));
            let input = format!("one\ntwo\n{}\nfour\nfive\n", noise(3000, 7));
            let line = format!("t --compression-codec gzip --acks {acks}");
            let message = produce(&sandbox, &line, input.as_bytes()).failed(1);
            assert!(message.starts_with("standard input, line 3: the record takes "), "{message}");
            assert!(message.contains(&format!("more than {config} (1000)")), "{message}");
            let mut there: Vec<u8> = consumed(&sandbox, "t", Some(0));
            there.extend(consumed(&sandbox, "t", Some(1)));
            let mut there: Vec<&str> = std::str::from_utf8(&there).unwrap().lines().collect();
            there.sort_unstable();
            assert_eq!(there, ["one", "two"], "acks={acks}");
        }
    }
}

#[test]
fn batches_that_do_not_compress_fit_small_segments_all_the_same() {
    let lines =
        |count: u32| -> String { (0..count).map(|n| noise(60 + n as usize % 150, n) + "\n").collect() };
    // Snappy's blocks grow by a few bytes each, and one batch in ten is filled to the last of them.
    let few = lines(150);
    let many = lines(45_000);
    let cases = ["gzip", "snappy", "lz4", "zstd"].map(|codec| (codec, 400, &few)).into_iter();
    for (codec, bytes, input) in cases.chain([("snappy", 100_000, &many)]) {
        let sandbox = Sandbox::new();
        sandbox.ok(&format!("topics create t --config segment.bytes={bytes}"));
        let args = format!("t --compression-codec {codec} --batch-size 900000");
        produced(&sandbox, &args, input.as_bytes());
        assert!(consumed(&sandbox, "t", None) == input.as_bytes(), "{codec}, {bytes}");
    }
}

#[test]
fn five_megabytes_in_a_line_fit_a_topic_that_allows_them() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config max.message.bytes=6000000");
    let mut line = vec![b'z'; 5_000_000];
    line.push(b'\n');
    produced(&sandbox, "t", &line);
    assert!(consumed(&sandbox, "t", None) == line);
}

#[test]
fn bad_lines_and_properties_are_one_clear_line() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let keyed = "t --property parse.key=true --property key.separator=:";
    let message = produce(&sandbox, keyed, b"a:1\nnokey\n").failed(1);
    assert_eq!(
        message,
        "No key separator found on line number 2: 'nokey'; the first record of the input is produced: go on with --skip 1"
    );
    assert_eq!(consumed(&sandbox, "t", None), b"1\n");
    for (line, expected) in [
        ("t --property parse.keys=true", "unknown reader property 'parse.keys'; did you mean 'parse.key'?"),
        ("t --producer-property ack=1", "unknown producer property 'ack'; did you mean 'acks'?"),
        ("t --producer-property acks=2", "invalid value '2' for acks: valid are 0, 1 and all"),
    ] {
        assert_eq!(produce(&sandbox, line, b"").failed(2), expected);
    }
    let message = produce(&sandbox, "t --partition 7", b"x\n").failed(1);
    assert_eq!(message, "topic 't' has no partition 7: it has 1, numbered from 0");
    let message = produce(&sandbox, "a/b", b"").failed(1);
    assert!(message.starts_with("Topic name is invalid: 'a/b'"), "{message}");
}

#[test]
fn the_offsets_given_are_printed_on_request() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2");
    let ran = produce(&sandbox, "t --partition 1 --print-offsets", b"a\nb\nc\n");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "t:1:0:2\n"));
}

/// What `child` prints of `wanted` bytes; waits for them.
fn read_exactly(child: &mut Child, wanted: usize) -> String {
    let mut bytes = vec![0; wanted];
    child.stdout.as_mut().unwrap().read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_pipe_that_pauses_shows_up_at_once_in_a_follower() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=200");
    let spawn =
        |args: &[&str]| sandbox.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut follower = spawn(&["consume", "t", "--from-beginning", "--quiet"]);
    let mut producer = spawn(&["produce", "t", "--quiet"]);
    // Several segments' worth, each line waited for while the pipe stays open.
    for i in 10..40 {
        let line = format!("line number {i}\n");
        producer.stdin.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
        assert_eq!(read_exactly(&mut follower, line.len()), line);
    }
    drop(producer.stdin.take());
    assert!(producer.wait().unwrap().success());
    let pid = rustix::process::Pid::from_child(&follower);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(follower.wait().unwrap().code(), Some(143));
}

#[test]
fn a_signal_ends_in_good_order_with_everything_appended() {
    use rustix::process::Signal;
    // timeout(1) sends each to the process, and again to its group.
    let hangup = (!ignores_hangup(std::process::id())).then_some((Signal::HUP, 129, 1));
    let others = [(Signal::INT, 130, 1), (Signal::TERM, 143, 1), (Signal::TERM, 143, 2)];
    for (signal, status, times) in others.into_iter().chain(hangup) {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t");
        let mut command = sandbox.command(&["produce", "t", "--linger-ms", "600000", "--print-offsets"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(b"held back\nby linger\n").unwrap();
        // A third line that is read proves that the first two were.
        let fifo = child.stdin.as_ref().unwrap();
        while rustix::io::ioctl_fionread(fifo).unwrap() > 0 {
            std::thread::yield_now();
        }
        for _ in 0..times {
            rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).unwrap();
        }
        assert_eq!(child.wait().unwrap().code(), Some(status));
        assert_eq!(consumed(&sandbox, "t", None), b"held back\nby linger\n");
    }
}

/// Whether a process was told to outlive its terminal, as by nohup(1).
fn ignores_hangup(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 == 1
}

#[test]
fn who_shall_outlive_the_terminal_does() {
    use rustix::process::{Pid, Signal, kill_process};
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" produce t --quiet", env!("CARGO_BIN_EXE_mkafka")]);
    command.env("MKAFKA_DATA_DIR", sandbox.data_dir()).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"before\n").unwrap();
    let count = || sandbox.ok("count t").trim().to_owned();
    while !count().ends_with('1') {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(ignores_hangup(child.id()));
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    child.stdin.take().unwrap().write_all(b"behind\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(consumed(&sandbox, "t", None), b"before\nbehind\n");
}
