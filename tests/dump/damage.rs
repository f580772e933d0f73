//! What is reported, and that the dump goes on.

use std::io::Read as _;
use std::process::Stdio;

use insta::assert_snapshot;
use mkafka::record::header::Attributes;
use mkafka::record::{Compression, Offset};

use super::files::{Folder, batch, exists, folder_with_log, header, record};
use crate::common::Sandbox;

const LOG: &str = "00000000000000000000.log";

/// Five batches of two records, and how large each is.
fn five() -> (Folder, usize) {
    let folder = Folder::new();
    folder.append(5, Compression::None);
    let size = folder.read(LOG).len() / 5;
    (folder, size)
}

/// The offsets of the batches that were shown.
fn shown(stdout: &str) -> Vec<&str> {
    stdout
        .lines()
        .filter_map(|l| l.strip_prefix("baseOffset: "))
        .filter_map(|l| l.split(' ').next())
        .collect()
}

#[test]
fn a_wrong_checksum() {
    let (folder, size) = five();
    let mut bytes = folder.read(LOG);
    let last_of_second = 2 * size - 2;
    bytes[last_of_second] ^= 1;
    folder.write(LOG, &bytes);
    let dumped = folder.dump(&[LOG, "--print-data-log"]);
    assert_eq!(dumped.status, 1);
    assert_eq!(shown(&dumped.stdout), ["0", "2", "4", "6", "8"]);
    assert_eq!(dumped.stdout.matches("isvalid: false").count(), 1);
    assert!(dumped.stdout.contains("payload: value 2\n"), "its records are shown as far as they go");
    assert!(
        dumped.stderr.starts_with("mkafka: 00000000000000000000.log: byte 93: its checksum is "),
        "{}",
        dumped.stderr
    );
}

#[test]
fn two_wrong_checksums_in_a_row_are_both_shown() {
    let (folder, size) = five();
    let mut bytes = folder.read(LOG);
    bytes[2 * size - 2] ^= 1;
    bytes[3 * size - 2] ^= 1;
    folder.write(LOG, &bytes);
    let dumped = folder.dump(&[LOG]);
    assert_eq!(shown(&dumped.stdout), ["0", "2", "4", "6", "8"]);
    assert_eq!(dumped.stderr.lines().count(), 2);
}

#[test]
fn a_length_that_leads_astray() {
    let (folder, size) = five();
    let mut bytes = folder.read(LOG);
    bytes[size + 11] += 3;
    folder.write(LOG, &bytes);
    let dumped = folder.dump(&[LOG]);
    assert_eq!(dumped.status, 1);
    assert_eq!(shown(&dumped.stdout), ["0", "2", "4", "6", "8"]);
    assert!(
        dumped.stderr.trim_end().ends_with("its length leads to no other batch, going on at byte 186"),
        "{}",
        dumped.stderr
    );
}

#[test]
fn a_length_beyond_the_file() {
    let (folder, size) = five();
    let mut bytes = folder.read(LOG);
    bytes[size + 8] = 0x7f;
    folder.write(LOG, &bytes);
    let dumped = folder.dump(&[LOG, "--deep-iteration"]);
    assert_eq!(dumped.status, 1);
    assert_eq!(shown(&dumped.stdout), ["0", "4", "6", "8"]);
    assert!(!dumped.stdout.contains("invalid bytes"));
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: 00000000000000000000.log: byte 93: the file ends 2130706153 bytes before the batch does; skipped 93 bytes, going on at byte 186
    Non-consecutive offsets in /dir/00000000000000000000.log
      1 is followed by 4
    "#);
}

#[test]
fn an_unknown_magic_is_taken_for_2() {
    let (folder, size) = five();
    let mut bytes = folder.read(LOG);
    bytes[size + 16] = 9;
    folder.write(LOG, &bytes);
    let dumped = folder.dump(&[LOG, "--deep-iteration"]);
    assert_eq!(shown(&dumped.stdout).len(), 5);
    assert!(dumped.stdout.contains(" magic: 9 compresscodec: none "));
    assert_snapshot!(dumped.stderr, @"mkafka: 00000000000000000000.log: byte 93: its magic is 9; 0, 1 and 2 are known");
}

#[test]
fn an_unknown_codec() {
    let mut unknown = header();
    unknown.attributes.0 = 7;
    let dumped = folder_with_log(&batch(unknown, &[])).dump(&[LOG, "--deep-iteration"]);
    assert!(dumped.stdout.contains(" compresscodec: unknown(7) "));
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @"mkafka: 00000000000000000000.log: byte 0: its codec is 7, which is not one of Kafka's");
}

#[test]
fn a_torn_tail() {
    let (folder, size) = five();
    let bytes = folder.read(LOG);
    for (end, invalid) in
        [(5 * size - 1, size - 1), (4 * size + 20, 20), (4 * size + 9, 9), (4 * size + 1, 1)]
    {
        folder.write(LOG, &bytes[..end]);
        let dumped = folder.dump(&[LOG]);
        let line = format!("Found {invalid} invalid bytes at the end of {LOG}\n");
        assert!(dumped.stdout.ends_with(&line), "{}", dumped.stdout);
        assert_eq!(dumped.status, 1);
        assert!(dumped.stderr.contains(&format!("byte {}: ", 4 * size)), "{}", dumped.stderr);
    }
    let mut padded = bytes.clone();
    padded.resize(bytes.len() + 4096, 0);
    folder.write(LOG, &padded);
    let dumped = folder.dump(&[LOG]);
    assert!(dumped.stdout.ends_with("Found 4096 invalid bytes at the end of 00000000000000000000.log\n"));
}

#[test]
fn offsets_that_do_not_follow_one_another() {
    let mut bytes = Vec::new();
    for base in [0, 1, 5, 3, 4] {
        let mut at = header();
        at.base_offset = Offset(base);
        bytes.extend(batch(at, &[record(0, 0, None, Some(b"x"))]));
    }
    let dumped = folder_with_log(&bytes).dump(&[LOG, "--deep-iteration"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: 00000000000000000000.log: byte 207: its offsets begin at 3, not above 5, where those of the batch before it end
    Non-consecutive offsets in /dir/00000000000000000000.log
      5 is followed by 3
      1 is followed by 5
    "#);
}

#[test]
fn records_that_are_not_what_their_header_says() {
    let mut bytes = Vec::new();
    let mut two = header();
    two.count = 2;
    bytes.extend(batch(two, &[record(0, 0, None, Some(b"only one"))]));
    let mut strayed = header();
    strayed.base_offset = Offset(1);
    bytes.extend(batch(strayed, &[record(3, 0, None, Some(b"strayed"))]));
    let mut hidden = header();
    (hidden.base_offset, hidden.count) = (Offset(2), 0);
    bytes.extend(batch(hidden, &[record(0, 0, None, Some(b"hidden"))]));
    let mut control = header();
    control.base_offset = Offset(3);
    control.attributes.0 = 0x20;
    bytes.extend(batch(control, &[record(0, 0, Some(b"?"), None)]));
    let dumped = folder_with_log(&bytes).dump(&[LOG, "--print-data-log"]);
    assert_eq!(dumped.status, 1);
    assert_eq!(shown(&dumped.stdout).len(), 4);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: 00000000000000000000.log: byte 0: record 1 of the batch: it has a malformed integer
    mkafka: 00000000000000000000.log: byte 76: record 0 of the batch: its offset lies outside its batch
    mkafka: 00000000000000000000.log: byte 151: its header counts 0 records, but bytes follow its header
    mkafka: 00000000000000000000.log: byte 225: record 0 of the batch: its control key is shorter than 4 bytes
    Non-consecutive offsets in /dir/00000000000000000000.log
      4 is followed by 3
      0 is followed by 4
    "#);
}

#[test]
fn what_is_too_large_to_be_held_is_named() {
    let folder = Folder::new();
    let value = vec![0u8; 17 << 20];
    let payload = record(0, 0, None, Some(&value));
    let mut packed = Vec::new();
    let mut compressor = mkafka::record::Compressor::new(Compression::Zstd, None).unwrap();
    compressor.compress(&payload, &mut packed).unwrap();
    let mut bomb = header();
    bomb.attributes.0 = 4;
    let mut bytes = batch(bomb, &[packed]);
    let mut large = header();
    large.base_offset = Offset(1);
    bytes.extend(batch(large, &[payload]));
    folder.write(LOG, &bytes);
    let dumped = folder.dump(&[LOG, "--deep-iteration"]);
    assert_eq!(dumped.status, 1);
    assert_eq!(dumped.stdout.matches("isvalid: true").count(), 2);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: 00000000000000000000.log: byte 0: record 0 of the batch: it takes 17825801 bytes unpacked, more than the 16777216 allowed; showing it takes --max-message-size 17825801
    mkafka: 00000000000000000000.log: byte 633: the records of its 17825866 bytes are not shown, which takes --max-message-size 17825866
    "#);
    let dumped = folder.dump(&[LOG, "--deep-iteration", "--max-message-size", "20000000"]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    assert_eq!(dumped.stdout.matches("valueSize: 17825792").count(), 2);
}

#[test]
fn files_that_cannot_be_dumped_do_not_stop_the_others() {
    let (folder, _) = five();
    folder.write("notes.txt", b"x");
    folder.write("leader-epoch-checkpoint", b"1\n0\n");
    std::fs::create_dir(folder.path("folder.log")).unwrap();
    let dumped = folder.dump(&[
        "--files",
        "missing.log,folder.log,notes.txt,leader-epoch-checkpoint,nothing.txt",
        LOG,
    ]);
    assert_eq!(dumped.status, 1);
    assert_eq!(shown(&dumped.stdout).len(), 5);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: cannot open missing.log: no such file or directory
    mkafka: folder.log: holds no file that a broker writes
    Ignoring unknown file notes.txt
    mkafka: leader-epoch-checkpoint: byte 0: line 1 '1' should be the version, 0
    mkafka: cannot open nothing.txt: no such file or directory
    "#);
    let dumped = folder.dump(&["notes.txt", LOG]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, "Ignoring unknown file notes.txt\n"));
}

#[test]
fn a_reader_that_leaves_is_no_error_and_a_full_disk_is_one() {
    let folder = Folder::new();
    folder.append(3000, Compression::None);
    let mut child = folder
        .command(&[LOG, "--print-data-log"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [0; 100];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));

    if exists("/dev/full") {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = folder.command(&[LOG]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with("mkafka: cannot write to standard output: "), "{stderr}");
        assert_eq!(stderr.lines().count(), 1);
    }
}

/// The name says where the offsets of a log begin.
#[test]
fn batches_before_the_files_own_offset_are_damage() {
    let folder = Folder::new();
    folder.append(3, Compression::None);
    let bytes = folder.read(LOG);
    let later = "00000000000000001000.log";
    folder.write(later, &bytes);
    let dumped = folder.dump(&[later]);
    assert_eq!(dumped.status, 1);
    assert!(
        dumped.stderr.contains("its offsets begin at 0, before 1000, where those of the file begin"),
        "{}",
        dumped.stderr
    );
    // Whose name says nothing may begin anywhere, but not below 0.
    folder.write("copy.log", &bytes);
    assert_eq!(folder.dump(&["copy.log"]).status, 0);
    let mut negative = bytes;
    negative[0] = 0x80;
    folder.write("copy.log", &negative);
    assert_eq!(folder.dump(&["copy.log"]).status, 1);
}

/// What a dump finds fault with, verify does not call sound.
#[test]
fn verify_finds_what_lies_within_batches() {
    let control = |value: Option<&[u8]>| {
        let mut control = header();
        (control.producer_id, control.producer_epoch) = (7, 0);
        control.attributes = Attributes(0b11_0000);
        batch(control, &[record(0, 0, Some(&[0, 0, 0, 1]), value)])
    };
    let mut empty = header();
    (empty.count, empty.last_offset_delta) = (0, 0);
    for (bytes, problem) in [
        (control(Some(&[0, 0, 0, 0, 0, 0])), None),
        (control(None), Some("it is a transaction marker without a value")),
        (batch(empty, &[record(0, 0, None, Some(b"hidden"))]), Some("bytes follow its header")),
        (
            batch(header(), &[record(-1, 0, None, Some(b"a"))]),
            Some("the record at offset -1 is out of order"),
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t");
        std::fs::write(sandbox.data_dir().join("t-0").join(LOG), &bytes).unwrap();
        let verified = sandbox.run("verify t");
        let found = problem.is_none_or(|problem| verified.stdout.contains(problem));
        assert!(found, "{problem:?}: {}{}", verified.stdout, verified.stderr);
        let dumped = folder_with_log(&bytes).dump(&[LOG, "--deep-iteration"]);
        assert_eq!(dumped.status == 0, problem.is_none(), "{problem:?}: {}", dumped.stderr);
    }
}
