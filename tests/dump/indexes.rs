//! The files beside a log.

use insta::assert_snapshot;
use mkafka::record::Compression;

use super::files::{FIRST, Folder, T0, small};

const LOG: &str = "00000000000000000000.log";
const INDEX: &str = "00000000000000000000.index";
const TIME_INDEX: &str = "00000000000000000000.timeindex";

/// Four batches of 93 bytes, of which the third has an entry in both indexes.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.append(4, Compression::None);
    folder
}

fn offset_entries(entries: &[(i32, i32)]) -> Vec<u8> {
    entries.iter().flat_map(|(offset, at)| [offset.to_be_bytes(), at.to_be_bytes()].concat()).collect()
}

fn time_entries(entries: &[(i64, i32)]) -> Vec<u8> {
    entries.iter().flat_map(|(t, offset)| [&t.to_be_bytes()[..], &offset.to_be_bytes()].concat()).collect()
}

#[test]
fn entries_and_checks() {
    let folder = folder();
    let both = format!("{INDEX},{TIME_INDEX}");
    for options in [&[][..], &["--verify-index-only"], &["--index-sanity-check"]] {
        let dumped = folder.dump(&[&["--files", &both], options].concat());
        assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""), "{options:?}");
    }
    assert_snapshot!(folder.dump(&["--files", &both]).stdout, @r#"
    Dumping 00000000000000000000.index
    offset: 5 position: 186
    Dumping 00000000000000000000.timeindex
    timestamp: 1700000000005 offset: 5
    "#);
    assert_snapshot!(folder.dump(&["--files", &both, "--verify-index-only"]).stdout, @r#"
    Dumping 00000000000000000000.index
    Dumping 00000000000000000000.timeindex
    "#);
    assert_snapshot!(folder.dump(&["--files", &both, "--index-sanity-check"]).stdout, @r#"
    Dumping 00000000000000000000.index
    00000000000000000000.index passed sanity check.
    Dumping 00000000000000000000.timeindex
    00000000000000000000.timeindex passed sanity check.
    "#);
}

#[test]
fn an_empty_index() {
    let folder = folder();
    folder.write(INDEX, b"");
    folder.write(TIME_INDEX, b"");
    let dumped = folder.dump(&[INDEX, TIME_INDEX]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    assert_snapshot!(dumped.stdout, @r#"
    Dumping 00000000000000000000.index
    00000000000000000000.index is empty.
    Dumping 00000000000000000000.timeindex
    "#);
}

#[test]
fn the_room_that_a_running_broker_keeps() {
    let folder = folder();
    let mut index = folder.read(INDEX);
    index.resize(800, 0);
    folder.write(INDEX, &index);
    let mut time_index = folder.read(TIME_INDEX);
    time_index.resize(1200, 0);
    folder.write(TIME_INDEX, &time_index);
    let dumped = folder.dump(&[INDEX, TIME_INDEX]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    assert_eq!(dumped.stdout.lines().count(), 4, "{}", dumped.stdout);
    // An index that is nothing but room has no entries, which Kafka's tool does not see.
    folder.write(INDEX, &[0; 800]);
    folder.write(TIME_INDEX, &[0; 1200]);
    let dumped = folder.dump(&[INDEX, TIME_INDEX]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    assert!(dumped.stdout.contains("\noffset: 0 position: 0\n"));
}

#[test]
fn entries_that_the_log_contradicts() {
    let folder = folder();
    folder.write(INDEX, &offset_entries(&[(2, 93), (5, 186), (6, 279), (8, 5000)]));
    let dumped = folder.dump(&[INDEX]);
    assert_eq!(dumped.status, 1);
    assert_eq!(dumped.stdout.lines().count(), 5);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: 00000000000000000000.index: the entry for offset 8 leads to byte 5000, where no whole batch begins in the log
    Mismatches in :/dir/00000000000000000000.index
      Index offset: 6, log offset: 7
      Index offset: 2, log offset: 3
    "#);

    folder.write(INDEX, &offset_entries(&[(5, 186)]));
    let entries = [(T0 + 1, 1), (T0 + 9, 3), (T0 + 5, 5), (T0 + 5, 7), (T0 + 6, 6), (T0 + 7, 40)];
    folder.write(TIME_INDEX, &time_entries(&entries));
    let dumped = folder.dump(&[TIME_INDEX, "--verify-index-only"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @r#"
    Found timestamp mismatch in :/dir/00000000000000000000.timeindex
      Index timestamp: 1700000000009, log timestamp: 1700000000003
      Index timestamp: 1700000000005, log timestamp: 1700000000007
    Found out of order timestamp in :/dir/00000000000000000000.timeindex
      Index timestamp: 1700000000005, Previously indexed timestamp: 1700000000009
      Index timestamp: 1700000000005, Previously indexed timestamp: 1700000000005
    The following indexed offsets are not found in the log.
    Indexed offset: 6, found log offset: 7
    Indexed offset: 40, found log offset: -1
    "#);
}

#[test]
fn sanity_checks_that_fail() {
    let folder = folder();
    folder.write(INDEX, &[1; 27]);
    folder.write(TIME_INDEX, &[1; 51]);
    let dumped = folder.dump(&[INDEX, TIME_INDEX, "--index-sanity-check"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: Index file 00000000000000000000.index is corrupt, found 27 bytes which is neither positive nor a multiple of 8
    mkafka: Time index file 00000000000000000000.timeindex is corrupt, found 51 bytes which is neither positive nor a multiple of 12
    "#);
    folder.write(INDEX, &offset_entries(&[(2, 93), (-1, 186)]));
    folder.write(TIME_INDEX, &time_entries(&[(T0, 1), (0, 0)]));
    let dumped = folder.dump(&[INDEX, TIME_INDEX, "--index-sanity-check"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: Corrupt index found, index file 00000000000000000000.index has non-zero size but the last offset is -1 which is less than the base offset 0
    mkafka: Corrupt time index found, time index file (00000000000000000000.timeindex) has non-zero size but the last timestamp is 0 which is less than the first timestamp 1700000000000
    "#);
    folder.write(TIME_INDEX, &time_entries(&[(T0, 1), (T0, -1)]));
    assert_snapshot!(folder.dump(&[TIME_INDEX, "--index-sanity-check"]).stderr, @"mkafka: Corrupt time index found, time index file (00000000000000000000.timeindex) has non-zero size but the last offset is -1 which is less than the first offset 0");
}

#[test]
fn bytes_behind_the_last_entry() {
    let folder = folder();
    let mut index = folder.read(INDEX);
    index.extend_from_slice(b"abc");
    folder.write(INDEX, &index);
    let dumped = folder.dump(&[INDEX]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @"mkafka: 00000000000000000000.index: 3 bytes at its end are too few for an entry");
}

#[test]
fn files_that_must_lie_beside() {
    let folder = folder();
    std::fs::remove_file(folder.path(INDEX)).unwrap();
    let dumped = folder.dump(&[TIME_INDEX]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @"mkafka: 00000000000000000000.timeindex: there is no 00000000000000000000.index beside it");
    folder.write(INDEX, &offset_entries(&[(5, 186)]));
    std::fs::remove_file(folder.path(LOG)).unwrap();
    folder.write("x.index", b"");
    let dumped = folder.dump(&[INDEX, TIME_INDEX, "x.index"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @r#"
    mkafka: 00000000000000000000.index: cannot be checked without 00000000000000000000.log: cannot open 00000000000000000000.log: no such file or directory
    mkafka: 00000000000000000000.timeindex: cannot be checked without 00000000000000000000.log: cannot open 00000000000000000000.log: no such file or directory
    mkafka: x.index: its name does not begin with an offset, to which its entries are relative
    "#);
}

#[test]
fn an_index_entry_that_leads_to_more_than_max_message_size() {
    let dumped = folder().dump(&[INDEX, "--max-message-size", "92"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @"mkafka: 00000000000000000000.index: the entry for offset 5 leads to byte 186, to a batch of 93 bytes, above --max-message-size 92");
}

#[test]
fn aborted_transactions() {
    let folder = Folder::new();
    let mut entry = 0i16.to_be_bytes().to_vec();
    for field in [13i64, 14, 22, 20] {
        entry.extend_from_slice(&field.to_be_bytes());
    }
    let name = "00000000000000000000.txnindex";
    folder.write(name, &entry.repeat(2));
    let dumped = folder.dump(&[name]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    assert_snapshot!(dumped.stdout, @r#"
    Dumping 00000000000000000000.txnindex
    version: 0 producerId: 13 firstOffset: 14 lastOffset: 22 lastStableOffset: 20
    version: 0 producerId: 13 firstOffset: 14 lastOffset: 22 lastStableOffset: 20
    "#);
    folder.write(name, &entry[..33]);
    assert_snapshot!(folder.dump(&[name]).stderr, @"mkafka: 00000000000000000000.txnindex: byte 0: 33 bytes are too few for an entry");
    entry[1] = 1;
    folder.write(name, &entry);
    let dumped = folder.dump(&[name]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stderr, @"mkafka: 00000000000000000000.txnindex: byte 0: unexpected aborted transaction version 1, current version is 0");
}

/// A snapshot of producers: id, last sequence, last offset, offset delta, open transaction.
fn snapshot(producers: &[(i64, i32, i64, i32, i64)]) -> Vec<u8> {
    let mut body = small(producers.len()).to_be_bytes().to_vec();
    for (id, sequence, offset, delta, open) in producers {
        body.extend_from_slice(&id.to_be_bytes());
        body.extend_from_slice(&0i16.to_be_bytes());
        body.extend_from_slice(&sequence.to_be_bytes());
        body.extend_from_slice(&offset.to_be_bytes());
        body.extend_from_slice(&delta.to_be_bytes());
        body.extend_from_slice(&T0.to_be_bytes());
        body.extend_from_slice(&(-1i32).to_be_bytes());
        body.extend_from_slice(&open.to_be_bytes());
    }
    [&1i16.to_be_bytes()[..], &crc32c::crc32c(&body).to_be_bytes(), &body].concat()
}

#[test]
fn producers() {
    let folder = Folder::new();
    let name = "00000000000000000100.snapshot";
    let good = snapshot(&[(13, 6, 6, 6, 0), (14, -1, -1, 0, -1), (15, 1, 99, 3, -1)]);
    folder.write(name, &good);
    let dumped = folder.dump(&[name]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    assert_snapshot!(dumped.stdout.replace(" \n", " (space)\n"), @r#"
    Dumping 00000000000000000100.snapshot
    producerId: 13 producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong[0] lastTimestamp: 1700000000000 firstSequence: 0 lastSequence: 6 lastOffset: 6 offsetDelta: 6 timestamp: 1700000000000
    producerId: 14 producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1700000000000 (space)
    producerId: 15 producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1700000000000 firstSequence: 2147483646 lastSequence: 1 lastOffset: 99 offsetDelta: 3 timestamp: 1700000000000
    "#);

    let mut damaged = good.clone();
    damaged[20] ^= 1;
    let mut newer = good.clone();
    newer[1] = 9;
    let mut claims = good[6..].to_vec();
    claims[0] = 0x7f;
    let claims = [&good[..2], &crc32c::crc32c(&claims).to_be_bytes(), &claims].concat();
    let mut said = String::new();
    for bytes in [damaged, newer, claims, good[..9].to_vec(), Vec::new()] {
        folder.write(name, &bytes);
        let dumped = folder.dump(&[name]);
        assert_eq!(dumped.status, 1);
        said.push_str(&dumped.stderr);
    }
    assert_snapshot!(said, @r#"
    mkafka: 00000000000000000100.snapshot: Snapshot is corrupt (CRC is no longer valid). Stored crc: 2763307010. Computed crc: 3441850016
    mkafka: 00000000000000000100.snapshot: Snapshot contained an unknown file version 9
    mkafka: 00000000000000000100.snapshot: Snapshot failed schema validation: it has 148 bytes where its count asks for 98012496020
    mkafka: 00000000000000000100.snapshot: Snapshot failed schema validation: it has 9 bytes where its count asks for 10
    mkafka: 00000000000000000100.snapshot: Snapshot failed schema validation: it has 0 bytes where its count asks for 10
    "#);
}

/// The log cleaner appends many batches at once: its entry has the place of the first and the last offset
/// that was kept. Kafka's tool reports that; a reader finds everything.
#[test]
fn an_entry_for_several_batches_is_reported_and_no_fault() {
    let folder = Folder::new();
    folder.append(9, Compression::None);
    let second = folder.dump(&[&format!("{FIRST}.log")]).stdout;
    let position = second.lines().nth(3).unwrap().split_once("position: ").unwrap().1;
    let position: u32 = position.split_once(' ').unwrap().0.parse().unwrap();
    let entry = |offset: u32| [offset.to_be_bytes(), position.to_be_bytes()].concat();
    folder.write(&format!("{FIRST}.index"), &entry(12));
    let dumped = folder.dump(&[&format!("{FIRST}.index")]);
    assert_eq!(dumped.status, 0);
    assert_eq!(
        dumped.stderr,
        "Mismatches in :/dir/00000000000000000000.index\n  Index offset: 12, log offset: 3\n"
    );
    for wrong in [1, 99] {
        folder.write(&format!("{FIRST}.index"), &entry(wrong));
        assert_eq!(folder.dump(&[&format!("{FIRST}.index")]).status, 1, "{wrong}");
    }
}
