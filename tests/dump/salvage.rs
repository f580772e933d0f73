//! What is good of damaged segments, written to new ones; and logs that grow.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use mkafka::record::Compression;

use super::files::{FIRST, Folder, T0, batch, folder_with_log, header, message, record};
use crate::common::Sandbox;

const LOG: &str = "00000000000000000000.log";

/// Every file below `dir`, with what is in it.
fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn good_batches_make_a_new_segment_with_the_indexes_that_kafka_would_write() {
    let folder = Folder::new();
    folder.append(400, Compression::None);
    let whole = folder.read(LOG);
    let size = whole.len() / 400;
    let mut damaged = whole.clone();
    // A wrong byte in batch 100, a length that leads nowhere in 200, and a torn end.
    let starts: Vec<usize> = folder
        .dump(&[LOG])
        .stdout
        .lines()
        .filter_map(|line| line.split_once("position: ")?.1.split_once(' ')?.0.parse().ok())
        .collect();
    damaged[starts[100] + 65] ^= 0xff;
    damaged[starts[200] + 8] = 0x7f;
    damaged.truncate(damaged.len() - size / 2);
    folder.write(LOG, &damaged);
    let before = contents(&folder.path(""));

    let dumped = folder.dump(&["--salvage", "rescued", LOG]);
    assert_eq!(dumped.status, 1);
    assert_eq!(dumped.stderr.lines().count(), 3, "{}", dumped.stderr);
    assert!(
        dumped.stdout.starts_with("Salvaged batches: 397 records: 794 bytes: ")
            && dumped.stdout.contains(" leftOut: 1 "),
        "{}",
        dumped.stdout
    );
    assert_eq!(contents(&folder.path("")), before, "the source is as it was");

    // The batches of the new segment are the good ones, byte for byte.
    let rescued = folder.path("rescued");
    let log = std::fs::read(rescued.join(LOG)).unwrap();
    let good =
        [&whole[..starts[100]], &whole[starts[101]..starts[200]], &whole[starts[201]..starts[399]]].concat();
    assert!(log == good);
    let check = folder.dump(&[
        "--deep-iteration",
        "rescued/00000000000000000000.log",
        "rescued/00000000000000000000.index",
        "rescued/00000000000000000000.timeindex",
    ]);
    assert_eq!(check.status, 0, "{}", check.stderr);
    assert!(check.stdout.matches("\noffset: ").count() > 5, "one entry in 4096 bytes");

    let again = folder.dump(&["--salvage", "rescued", LOG]);
    assert_eq!(again.status, 1);
    assert!(again.stderr.contains("file exists"), "nothing is overwritten: {}", again.stderr);
    assert!(std::fs::read(rescued.join(LOG)).unwrap() == log);
}

#[test]
fn a_partition_s_folder_is_kept_so_that_what_is_salvaged_can_be_consumed() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut child = sandbox.command(&["produce", "t"]).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"one\ntwo\n").unwrap();
    assert!(child.wait().unwrap().success());
    let log = sandbox.data_dir().join("t-0").join(LOG);
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.extend(b"torn");
    std::fs::write(&log, bytes).unwrap();
    let target = sandbox.path().join("rescued");
    let ran = sandbox.run_args(&[
        "dump-log-segments",
        "--salvage",
        target.to_str().unwrap(),
        "--output",
        "json",
        sandbox.data_dir().join("t-0").to_str().unwrap(),
    ]);
    assert_eq!(ran.status, 1);
    let salvaged: serde_json::Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(salvaged["type"], "salvaged");
    assert_eq!([&salvaged["records"], &salvaged["leftOut"]], [2, 0]);
    let consumed = sandbox.run_args(&[
        "--data-dir",
        target.to_str().unwrap(),
        "consume",
        "t",
        "--from-beginning",
        "--exit-at-end",
        "--quiet",
    ]);
    assert_eq!((consumed.status, consumed.stdout.as_str()), (0, "one\ntwo\n"));
}

#[test]
fn batches_whose_records_or_offsets_are_wrong_are_left_out() {
    let at = |base: i64, records: &[Vec<u8>]| {
        let mut header = header();
        header.base_offset.0 = base;
        header.last_offset_delta = i32::try_from(records.len()).unwrap() - 1;
        header.count = header.last_offset_delta + 1;
        batch(header, records)
    };
    let good = at(10, &[record(0, 0, None, Some(b"a")), record(1, 1, None, Some(b"b"))]);
    let legacy = message(1, 14, 0, None, Some(b"old"));
    let bytes = [
        good.clone(),
        at(12, &[record(0, 0, None, Some(b"c")), record(0, 1, None, Some(b"the same offset"))]),
        at(11, &[record(0, 0, None, Some(b"goes back"))]),
        legacy.clone(),
        at(15, &[vec![9, 9, 9]]),
    ]
    .concat();
    let folder = folder_with_log(&bytes);
    let dumped = folder.dump(&["--salvage", "out", LOG]);
    assert!(dumped.stdout.contains("Salvaged batches: 2 records: 3 "), "{}", dumped.stdout);
    assert!(dumped.stdout.contains(" leftOut: 3 "), "{}", dumped.stdout);
    assert_eq!(dumped.status, 1);
    assert!(std::fs::read(folder.path("out").join(LOG)).unwrap() == [good, legacy].concat());

    let nothing = folder_with_log(b"nothing good");
    let dumped = nothing.dump(&["--salvage", "out", LOG]);
    assert_eq!(
        (dumped.status, dumped.stdout.as_str()),
        (1, &*format!("Salvaged nothing from: {LOG} leftOut: 0\n"))
    );
    assert!(!nothing.path("out").exists());
}

#[test]
fn a_log_is_followed_into_the_segments_behind_it() {
    let folder = Folder::new();
    folder.append(1, Compression::None);
    let mut child = folder
        .command(&[LOG, "--follow", "--deep-iteration", "--output", "json", "--limit", "6"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next_record = || loop {
        let line: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if line["type"] == "record" {
            return (line["file"].as_str().unwrap().to_owned(), line["offset"].as_i64().unwrap());
        }
    };
    assert_eq!([next_record(), next_record()], [(LOG.to_owned(), 0), (LOG.to_owned(), 1)]);
    // A batch that is only half there is waited for.
    let mut more = header();
    (more.base_offset.0, more.last_offset_delta, more.count) = (2, 1, 2);
    let more = batch(more, &[record(0, 0, None, Some(b"c")), record(1, 0, None, Some(b"d"))]);
    let mut log = folder.read(LOG);
    log.extend(&more[..40]);
    folder.write(LOG, &log);
    log.extend(&more[40..]);
    folder.write(LOG, &log);
    assert_eq!([next_record(), next_record()], [(LOG.to_owned(), 2), (LOG.to_owned(), 3)]);
    let mut next = header();
    (next.base_offset.0, next.last_offset_delta, next.count, next.max_timestamp.0) = (4, 1, 2, T0);
    let second = format!("{}4.log", &FIRST[..19]);
    folder.write(&second, &batch(next, &[record(0, 0, None, Some(b"e")), record(1, 0, None, Some(b"f"))]));
    assert_eq!([next_record(), next_record()], [(second.clone(), 4), (second, 5)]);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}
