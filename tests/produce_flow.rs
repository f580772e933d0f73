//! How `mkafka produce` lets its input through: passed on, held back, checked only, and taken up again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Ran, Sandbox};
use crate::produce::{consumed, produce, produce_args, produced};

#[test]
fn the_input_goes_on_as_it_was() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 3");
    let input = b"a:1\n\n\r\n\xff\x00binary:\nno end".to_vec();
    for args in ["t --tee", "t -T --skip-empty", "t -T --sync", "t -T --format raw", "t -T -D ;"] {
        let args: Vec<&str> = args.split(' ').collect();
        let output = piped(&sandbox, &args, &input);
        assert_eq!((output.0, output.1), (0, input.clone()), "{args:?}");
    }
    // What the records are made of makes no difference, nor how many there are.
    let many: Vec<u8> =
        (0..200_000).flat_map(|i| format!("{{\"value\":\"{i}\", \"key\":null}}\n").into_bytes()).collect();
    assert_eq!(piped(&sandbox, &["t", "--tee", "--format", "json"], &many), (0, many.clone()));
    // Records that are passed over are not produced, and go no further.
    assert_eq!(
        piped(&sandbox, &["t", "-T", "--skip", "1", "-c", "2"], b"1\n2\n3\n4\n"),
        (0, b"2\n3\n".to_vec())
    );
    for args in ["t --tee --print-offsets", "t --tee --dry-run", "t --tee --output json"] {
        assert_eq!(produce(&sandbox, args, b"").status, 2, "{args}");
    }
}

/// The exit status of `produce` with `args`, and the bytes that it prints.
fn piped(sandbox: &Sandbox, args: &[&str], input: &[u8]) -> (i32, Vec<u8>) {
    let mut command = sandbox.command(&[&["produce"], args].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input).is_ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (output.status.code().unwrap(), output.stdout)
}

#[test]
fn what_goes_on_is_in_the_topic() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut command = sandbox.command(&["produce", "t", "--tee"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for (number, line) in ["one", "two"].into_iter().enumerate() {
        writeln!(stdin, "{line}").unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), line);
        assert_eq!(consumed(&sandbox, "t", None).split(|b| *b == b'\n').count(), number + 2);
    }
    // Of a record at fault nothing goes on, and nothing behind it.
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let ran =
        produce(&sandbox, "t --tee --format json", b"{\"value\":\"three\"}\n{}\n{\"value\":\"four\"}\n");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "{\"value\":\"three\"}\n"));
}

#[test]
fn nobody_has_to_read_what_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let input: Vec<u8> = (0..100_000).flat_map(|i| format!("line {i}\n").into_bytes()).collect();
    let mut command = sandbox.command(&["produce", "t", "--tee"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    assert_eq!(consumed(&sandbox, "t", None), input);
}

#[test]
fn a_rate_is_kept_and_an_interrupt_ends_it_at_once() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let started = Instant::now();
    produced(&sandbox, "t --rate 100,1MB", &b"x\n".repeat(50));
    // It cannot be faster than that, however slow the machine is: what goes ahead is 5 ms of it.
    assert!(started.elapsed() >= Duration::from_millis(450));
    let before = consumed(&sandbox, "t", None).len();
    produced(&sandbox, "t --rate 1MB", &vec![b'y'; 500_000]);
    assert_eq!(consumed(&sandbox, "t", None).len(), before + 500_001);

    std::fs::write(sandbox.path().join("slow"), "one\ntwo\nthree\nfour\n").unwrap();
    let mut command = sandbox.command(&["produce", "t", "--rate", "1/h", "--tee", "--file", "slow"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    // The first goes at once, and is not kept waiting for the second.
    lines.read_line(&mut first).unwrap();
    assert_eq!(first, "one\n");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(lines.read_line(&mut first).unwrap(), 0);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let expected = "mkafka: stopped; the first record of the input is produced: go on with --skip 1\n";
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(130), expected));
    for bad in ["0", "x", "5XB"] {
        assert_eq!(produce(&sandbox, &format!("t --rate {bad}"), b"").status, 2, "{bad}");
    }
}

/// Everything below the data directory, to see that nothing changed.
fn everything(sandbox: &Sandbox) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut folders = vec![sandbox.data_dir()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.clone(), std::fs::read(&path).unwrap())),
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_dry_run_checks_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let ran = produce(&sandbox, "new --dry-run", b"a\nb\n");
    let expected = "topic 'new' does not exist: it would be created with 1 partition\n\
                    would produce 2 records, 4 B; nothing was written\n  new-0: 2 records in 1 batch, 77 B\n";
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", expected));
    assert!(!sandbox.data_dir().exists());
    assert_eq!(produce(&sandbox, "new --dry-run --no-auto-create", b"a\n").status, 1);

    sandbox.ok("topics create t --partitions 3 --config max.message.bytes=1000 --config retention.ms=-1");
    sandbox.ok("topics create compacted --config cleanup.policy=compact");
    produced(&sandbox, "t", b"x\n");
    let before = everything(&sandbox);
    let ran = produce(&sandbox, "t --dry-run -K : -q", b"k1:v1\nk2:v2\n");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let ran = produce(&sandbox, "t --dry-run --output json -K : -q", b"k1:v1\nk2:v2\n");
    let receipt: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&receipt["dryRun"], &receipt["records"]), (&true.into(), &2.into()));
    let lines = format!(
        "{{\"value\":\"good\",\"partition\":1}}\nno json\n{{\"value\":\"{}\"}}\n{{\"value\":\"v\",\"partition\":3}}\n\
         {{\"value\":\"good\",\"partition\":1}}\n",
        "x".repeat(2000)
    );
    let ran = produce(&sandbox, "t --dry-run --format json", lines.as_bytes());
    let told: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(ran.status, 1);
    assert!(told[0].starts_with("mkafka: standard input, line 2: "), "{told:?}");
    assert!(told[1].starts_with("mkafka: standard input, line 3: the record takes "), "{told:?}");
    assert_eq!(
        told[2],
        "mkafka: standard input, line 4: there is no partition 3: the topic has 3, numbered from 0"
    );
    assert!(told[3].starts_with("would produce 2 records, "), "{told:?}");
    assert!(told[4].starts_with("  t-1: 2 records in 2 batches, "), "{told:?}");
    for (args, input, expected) in [
        ("compacted --dry-run", "v\n", "line 1: Compacted topic cannot accept message without key"),
        ("t --dry-run --value-serializer long", "1\nx\n", "line 2: value: "),
        ("t --dry-run -K :", "k:v\nnokey\n", "No key separator found on line number 2: 'nokey'"),
        ("t --dry-run --producer-property max.request.size=100", "v\n", ""),
        ("t --dry-run --partition 5", "v\n", "topic 't' has no partition 5"),
        ("t --dry-run --format %V{big32}%v", "\0\0", "record 1: "),
    ] {
        let ran = produce(&sandbox, args, input.as_bytes());
        assert_eq!(ran.status, i32::from(!expected.is_empty()), "{args}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{args}: {}", ran.stderr);
    }
    // No flood: a hundred are told.
    let ran = produce(&sandbox, "t --dry-run -K : -q", &b"nokey\n".repeat(150));
    assert_eq!((ran.status, ran.stderr.lines().count()), (1, 101));
    assert!(ran.stderr.ends_with("50 more records would be refused\n"), "{}", ran.stderr);
    assert!(everything(&sandbox) == before, "a dry run has written something");
}

#[test]
fn a_run_that_failed_says_where_to_go_on() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let ran = produce(&sandbox, "t -K :", b"a:1\nb:2\nnokey\nd:4\n");
    assert_eq!(
        ran.failed(1),
        "No key separator found on line number 3: 'nokey'; the first 2 records of the input are produced: go on \
         with --skip 2"
    );
    produced(&sandbox, "t -K : --skip 2", b"a:1\nb:2\nc:3\nd:4\n");
    assert_eq!(consumed(&sandbox, "t", None), b"1\n2\n3\n4\n");
    // Records that are passed over count, and so do those of the files before.
    std::fs::write(sandbox.path().join("1"), "a:1\nb:2\n").unwrap();
    std::fs::write(sandbox.path().join("2"), "c:3\nnokey\n").unwrap();
    let stderr = sandbox.fails(1, "produce t -K : --skip-records 1 --file 1 --file 2");
    assert!(
        stderr.ends_with("the first 3 records of the input are produced: go on with --skip 3"),
        "{stderr}"
    );
    // Nothing to go on from.
    let ran = produce(&sandbox, "t -K :", b"nokey\n");
    assert_eq!(ran.failed(1), "No key separator found on line number 1: 'nokey'");
}

#[test]
fn what_a_full_disk_has_not_taken_is_produced_later() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=100000000");
    let input: Vec<u8> = (0..20_000).flat_map(|i| format!("line {i}\n").into_bytes()).collect();
    std::fs::write(sandbox.path().join("input"), &input).unwrap();
    let limited = |skip: u64| {
        let script =
            format!("ulimit -f 200; exec \"$0\" produce t --file input --batch-size 4000 --skip {skip}");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_mkafka")])
            .env("MKAFKA_DATA_DIR", sandbox.data_dir())
            .current_dir(sandbox.path())
            .output();
        Ran::new(output.unwrap())
    };
    let message = limited(0).failed(1);
    let skip = message.rsplit_once("--skip ").unwrap().1;
    let there = consumed(&sandbox, "t", None);
    let skip: usize = skip.parse().unwrap();
    assert!(skip > 0 && there.iter().filter(|b| **b == b'\n').count() == skip, "{message}");
    produced(&sandbox, &format!("t --file input --resume {skip}"), b"");
    assert!(consumed(&sandbox, "t", None) == input);
}

#[test]
fn so_many_records_are_enough() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    // An input that does not end is no reason to wait.
    let mut command = sandbox.command(&["produce", "t", "-c", "2"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"1\n2\n3\n").unwrap();
    assert!(child.wait().unwrap().success());
    drop(stdin);
    produced(&sandbox, "t -c 0", b"");
    std::fs::write(sandbox.path().join("f"), "4\n").unwrap();
    let ran = produce_args(&sandbox, &["t", "--max-messages", "3", "--file", "f", "--file", "f"], b"");
    assert_eq!(ran.status, 0);
    assert_eq!(consumed(&sandbox, "t", None), b"1\n2\n4\n4\n");
}

#[test]
fn lines_are_taken_apart_by_regular_expressions() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let input = b"2026-01-31 ann: hello: you\n2026-02-01 eve: \n";
    let format = r"%t{re#[0-9-]+#} %k{re#[a-z]+#}: %v\n";
    let ran = produce_args(&sandbox, &["t", "--format", format], input);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let shown = sandbox.run_args(&["consume", "t", "-o", ":end", "-q", "-f", "%k=%v;"]);
    assert_eq!(shown.stdout, "ann=hello: you;eve=;");
    let ran = produce_args(&sandbox, &["t", "--format", "%v{re#[0-9]+#}\\n"], b"1\nx\n");
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.contains("standard input, record 2: the regular expression does not match"),
        "{}",
        ran.stderr
    );
    // What can be decided is not kept waiting for more.
    let mut command = sandbox.command(&["produce", "t", "-T", "--format", "%v{re#[0-9]+#}\\n"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"123\n").unwrap();
    let mut line = [0; 4];
    child.stdout.take().unwrap().read_exact(&mut line).unwrap();
    assert_eq!(&line, b"123\n");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
