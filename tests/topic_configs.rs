//! What a topic's configs make of what is produced to it, and data directories that cannot be used.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use crate::common::{Ran, Sandbox};

fn produce(sandbox: &Sandbox, args: &[&str], input: &str) -> Ran {
    let mut command = sandbox.command(&[&["produce", "t"], args].concat());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran::new(child.wait_with_output().unwrap())
}

#[track_caller]
fn produced(sandbox: &Sandbox, args: &[&str], input: &str) {
    let ran = produce(sandbox, args, input);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
}

fn segments(sandbox: &Sandbox) -> Vec<String> {
    sandbox.entries("t-0").into_iter().filter(|name| name.ends_with(".log")).collect()
}

/// What `dump-log-segments` says of the batches of the first segment.
fn batches(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.data_dir().join("t-0/00000000000000000000.log");
    let dump = sandbox.run_args(&["dump-log-segments", "--files", log.to_str().unwrap()]);
    dump.stdout.lines().filter(|line| line.starts_with("baseOffset:")).map(str::to_owned).collect()
}

fn field<'a>(batch: &'a str, name: &str) -> &'a str {
    batch.split_once(&format!(" {name}: ")).unwrap().1.split(' ').next().unwrap()
}

#[test]
fn the_topics_codec_counts_more_than_the_producers() {
    for (config, asked_for, written) in [
        ("producer", "lz4", "lz4"),
        ("gzip", "none", "gzip"),
        ("zstd", "lz4", "zstd"),
        ("uncompressed", "gzip", "none"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.ok(&format!("topics create t --config compression.type={config}"));
        produced(&sandbox, &["--compression-codec", asked_for], &"the same again\n".repeat(50));
        let batches = batches(&sandbox);
        assert!(!batches.is_empty());
        for batch in batches {
            assert_eq!(field(&batch, "compresscodec"), written, "{config}: {batch}");
        }
    }
}

#[test]
fn the_logs_own_time_replaces_the_records() {
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    for (kind, has_own) in [("CreateTime", false), ("LogAppendTime", true)] {
        let sandbox = Sandbox::new();
        sandbox.ok(&format!("topics create t --config message.timestamp.type={kind}"));
        let before = now();
        produced(&sandbox, &[], "one\ntwo\n");
        let after = now();
        let seen = sandbox.run("consume t --from-beginning --exit-at-end --property print.timestamp=true");
        for line in seen.stdout.lines() {
            let (said, rest) = line.split_once(':').unwrap();
            assert_eq!(said, kind, "{line}");
            let time: u128 = rest.split('\t').next().unwrap().parse().unwrap();
            assert!((before..=after).contains(&time), "{line}");
        }
        assert_eq!(seen.stdout.lines().count(), 2);
        // Bit 3 of the attributes, as it lies on the disk.
        let log = std::fs::read(sandbox.data_dir().join("t-0/00000000000000000000.log")).unwrap();
        assert_eq!(log[22] & 0b1000 != 0, has_own, "{kind}");
    }
}

#[test]
fn segments_roll_when_their_time_is_over() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.ms=1000");
    produced(&sandbox, &[], "one\n");
    produced(&sandbox, &[], "two\n");
    let early = segments(&sandbox).len();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    produced(&sandbox, &[], "three\n");
    assert!(segments(&sandbox).len() > early, "{:?}", segments(&sandbox));
    assert_eq!(sandbox.run("consume t --from-beginning --exit-at-end").stdout, "one\ntwo\nthree\n");
}

#[test]
fn a_follower_goes_from_segment_to_segment() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=300");
    let mut follower = sandbox
        .command(&["consume", "t", "--from-beginning", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    for n in 0..30 {
        produced(&sandbox, &[], &format!("line {n}\n"));
        // Each is seen before the next is there.
        assert_eq!(lines.next().unwrap().unwrap(), format!("line {n}"));
    }
    assert!(segments(&sandbox).len() > 5, "{:?}", segments(&sandbox));
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn a_newer_data_directory_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    std::fs::write(sandbox.data_dir().join(".mkafka/meta.json"), b"{\"version\":99}").unwrap();
    for message in [
        produce(&sandbox, &[], "one\n").failed(1),
        sandbox.fails(1, "consume t --from-beginning --exit-at-end"),
    ] {
        assert!(message.ends_with("a newer mkafka is needed"), "{message}");
    }
    assert_eq!(batches(&sandbox), [""; 0]);
}

/// Runs the program as one who may not write: root may, whatever the permissions say, so that root becomes
/// somebody else for it.
fn as_somebody(sandbox: &Sandbox, args: &[&str]) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = sandbox.command(args);
    if rustix::process::geteuid().is_root() {
        const NOBODY: u32 = 65534;
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

#[test]
fn what_may_only_be_read_is_read_and_not_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produced(&sandbox, &[], "one\n");
    let all = |mode: u32| {
        let data = sandbox.data_dir();
        for folder in ["", "t-0", ".mkafka", ".mkafka/topics"].map(|name| data.join(name)) {
            for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_file() {
                    let allowed = std::fs::Permissions::from_mode(mode & 0o666);
                    std::fs::set_permissions(entry, allowed).unwrap();
                }
            }
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    all(0o555);
    std::fs::set_permissions(sandbox.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_mkafka"));
    let can_run = as_somebody(&sandbox, &["--version"]).output().is_ok_and(|output| output.status.success());
    if !can_run {
        println!("{} cannot be run by others than root here: nothing was tried", program.display());
        all(0o755);
        return;
    }
    let mut reader = as_somebody(&sandbox, &["consume", "t", "--from-beginning", "--exit-at-end", "-q"]);
    let read = Ran::new(reader.output().unwrap());
    assert_eq!((read.status, read.stdout.as_str()), (0, "one\n"), "{}", read.stderr);
    let mut writer = as_somebody(&sandbox, &["produce", "t"]);
    let message = Ran::new(writer.stdin(Stdio::null()).output().unwrap());
    assert_eq!(message.status, 0, "nothing to write is no error: {}", message.stderr);
    let mut writer = as_somebody(&sandbox, &["produce", "t"]);
    let mut writer =
        writer.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let _ = writer.stdin.take().unwrap().write_all(b"two\n");
    let message = Ran::new(writer.wait_with_output().unwrap()).failed(1);
    assert!(message.contains("permission denied") || message.contains("read-only"), "{message}");
    all(0o755);
    assert_eq!(sandbox.run("consume t --from-beginning --exit-at-end").stdout, "one\n");
}
