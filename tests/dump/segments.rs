//! The lines of batches and records.

use insta::assert_snapshot;
use mkafka::record::header::{Attributes, BatchHeader};
use mkafka::record::{
    BatchBuilder, Compression, Compressor, EncodedBatch, Header, NewRecord, Offset, Timestamp,
};

use super::files::{Folder, T0, batch, folder_with_log, header, message, push, record};

const LOG: &str = "00000000000000000000.log";

#[test]
fn batches_and_their_records() {
    let mut builder = BatchBuilder::new();
    push(&mut builder, T0, Some(b"key"), b"value");
    push(&mut builder, T0 + 5, None, b"");
    let headers = [Header { key: b"a", value: Some(b"1") }, Header { key: b"b", value: None }];
    builder.push(&NewRecord { timestamp: Timestamp(T0 + 3), key: Some(b""), value: None, headers: &headers });
    let mut encoded = EncodedBatch::default();
    let mut compressor = Compressor::new(Compression::None, None).unwrap();
    builder.finish(&mut compressor, None, &mut encoded).unwrap();
    let folder = folder_with_log(encoded.bytes());

    assert_snapshot!(folder.dump(&["--files", LOG]).stdout, @r#"
    Dumping 00000000000000000000.log
    Log starting offset: 0
    baseOffset: 0 lastOffset: 2 count: 3 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000005 size: 97 magic: 2 compresscodec: none crc: 18142992 isvalid: true
    "#);
    assert_snapshot!(folder.dump(&[LOG, "--deep-iteration"]).stdout, @r#"
    Dumping 00000000000000000000.log
    Log starting offset: 0
    baseOffset: 0 lastOffset: 2 count: 3 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000005 size: 97 magic: 2 compresscodec: none crc: 18142992 isvalid: true
    | offset: 0 CreateTime: 1700000000000 keySize: 3 valueSize: 5 sequence: -1 headerKeys: []
    | offset: 1 CreateTime: 1700000000005 keySize: -1 valueSize: 0 sequence: -1 headerKeys: []
    | offset: 2 CreateTime: 1700000000003 keySize: 0 valueSize: -1 sequence: -1 headerKeys: [a,b]
    "#);
    assert_snapshot!(folder.dump(&[LOG, "--print-data-log"]).stdout, @r#"
    Dumping 00000000000000000000.log
    Log starting offset: 0
    baseOffset: 0 lastOffset: 2 count: 3 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000005 size: 97 magic: 2 compresscodec: none crc: 18142992 isvalid: true
    | offset: 0 CreateTime: 1700000000000 keySize: 3 valueSize: 5 sequence: -1 headerKeys: [] key: key payload: value
    | offset: 1 CreateTime: 1700000000005 keySize: -1 valueSize: 0 sequence: -1 headerKeys: [] payload: 
    | offset: 2 CreateTime: 1700000000003 keySize: 0 valueSize: -1 sequence: -1 headerKeys: [a,b] key:
    "#);
    // Kafka's own quirk: a keyless payload has no bar in front.
    assert_snapshot!(folder.dump(&[LOG, "--print-data-log", "--skip-record-metadata"]).stdout, @r#"
    Dumping 00000000000000000000.log
    Log starting offset: 0
    baseOffset: 0 lastOffset: 2 count: 3 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000005 size: 97 magic: 2 compresscodec: none crc: 18142992 isvalid: true
    | key: key payload: value
     payload: 
    | key:
    "#);
    assert_eq!(folder.dump(&[LOG, "--print-data-log"]).status, 0);
}

#[test]
fn keys_payloads_and_header_names_are_the_bytes_they_are() {
    let bytes = batch(header(), &[record(0, 0, Some(b"\xff\n"), Some(b"\x00\x80\r"))]);
    let output = folder_with_log(&bytes).output(&[LOG, "--print-data-log", "--skip-record-metadata"]);
    assert!(output.stdout.ends_with(b"\n| key: \xff\n payload: \x00\x80\r\n"), "{output:?}");
}

#[test]
fn flags_of_a_batch() {
    let mut bytes = Vec::new();
    let mut idempotent = header();
    (idempotent.producer_id, idempotent.producer_epoch, idempotent.base_sequence) = (13, 2, i32::MAX);
    (idempotent.last_offset_delta, idempotent.count) = (1, 2);
    idempotent.attributes = Attributes(0x10);
    let records = [record(0, 0, None, Some(b"a")), record(1, 1, None, Some(b"b"))];
    bytes.extend(batch(idempotent, &records));

    let mut append_time = header();
    append_time.base_offset = Offset(2);
    append_time.attributes = Attributes(0x08);
    append_time.max_timestamp = Timestamp(T0 + 99);
    bytes.extend(batch(append_time, &[record(0, 7, None, Some(b"c"))]));

    let mut horizon = header();
    horizon.base_offset = Offset(3);
    horizon.attributes = Attributes(0x40);
    horizon.base_timestamp = Timestamp(T0 + 1000);
    bytes.extend(batch(horizon, &[record(0, -1000, Some(b"gone"), None)]));

    let mut emptied = header();
    (emptied.base_offset, emptied.last_offset_delta, emptied.count) = (Offset(4), 5, 0);
    emptied.base_timestamp = Timestamp(-1);
    bytes.extend(batch(emptied, &[]));
    let dumped = folder_with_log(&bytes).dump(&[LOG, "--print-data-log"]);
    assert_snapshot!(dumped.stdout, @r#"
    Dumping 00000000000000000000.log
    Log starting offset: 0
    baseOffset: 0 lastOffset: 1 count: 2 baseSequence: 2147483647 lastSequence: 0 producerId: 13 producerEpoch: 2 partitionLeaderEpoch: 0 isTransactional: true isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000000 size: 77 magic: 2 compresscodec: none crc: 1757539084 isvalid: true
    | offset: 0 CreateTime: 1700000000000 keySize: -1 valueSize: 1 sequence: 2147483647 headerKeys: [] payload: a
    | offset: 1 CreateTime: 1700000000001 keySize: -1 valueSize: 1 sequence: 0 headerKeys: [] payload: b
    baseOffset: 2 lastOffset: 2 count: 1 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 77 LogAppendTime: 1700000000099 size: 69 magic: 2 compresscodec: none crc: 131642442 isvalid: true
    | offset: 2 LogAppendTime: 1700000000099 keySize: -1 valueSize: 1 sequence: -1 headerKeys: [] payload: c
    baseOffset: 3 lastOffset: 3 count: 1 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong[1700000001000] position: 146 CreateTime: 1700000000000 size: 73 magic: 2 compresscodec: none crc: 1577244194 isvalid: true
    | offset: 3 CreateTime: 1700000000000 keySize: 4 valueSize: -1 sequence: -1 headerKeys: [] key: gone
    baseOffset: 4 lastOffset: 9 count: 0 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 219 CreateTime: 1700000000000 size: 61 magic: 2 compresscodec: none crc: 2222164160 isvalid: true
    "#);
    assert_eq!(dumped.status, 0);
}

/// Control records in the order of their types, with a type that nobody knows yet.
#[test]
fn control_records() {
    let marker = b"\0\0\0\0\0\x07".as_slice();
    let voters = b"\0\0\x02\0\0\0\x01\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\
        \x02\x0bCONTROLLER\x0alocalhost\x23\x85\0\0\0\0\x01\0\0\0";
    let values: [(i16, &[u8]); 8] = [
        (0, marker),
        (1, marker),
        (2, b"whatever"),
        (3, b"\0\0\0\0\x01\x8b\xcf\xe5\x68\x00\0"),
        (4, b"\0\0\0"),
        (5, b"\0\0\0\x01\0"),
        (6, voters),
        (9, b""),
    ];
    let mut bytes = Vec::new();
    for (i, (kind, value)) in values.into_iter().enumerate() {
        let mut control = header();
        control.base_offset = Offset(i64::try_from(i).unwrap());
        control.attributes = Attributes(0x20);
        let key = [[0, 0], kind.to_be_bytes()].concat();
        bytes.extend(batch(control, &[record(0, 0, Some(&key), Some(value))]));
    }
    let folder = folder_with_log(&bytes);
    let dumped = folder.dump(&[LOG, "--print-data-log"]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    let records: Vec<&str> = dumped.stdout.lines().filter(|l| l.starts_with('|')).collect();
    assert_snapshot!(records.join("\n"), @r#"
    | offset: 0 CreateTime: 1700000000000 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: ABORT coordinatorEpoch: 7
    | offset: 1 CreateTime: 1700000000000 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: COMMIT coordinatorEpoch: 7
    | offset: 2 CreateTime: 1700000000000 keySize: 4 valueSize: 8 sequence: -1 headerKeys: [] controlType: LEADER_CHANGE(2)
    | offset: 3 CreateTime: 1700000000000 keySize: 4 valueSize: 11 sequence: -1 headerKeys: [] SnapshotHeader {"version":0,"lastContainedLogTimestamp":1700000000000}
    | offset: 4 CreateTime: 1700000000000 keySize: 4 valueSize: 3 sequence: -1 headerKeys: [] SnapshotFooter {"version":0}
    | offset: 5 CreateTime: 1700000000000 keySize: 4 valueSize: 5 sequence: -1 headerKeys: [] KRaftVersion {"version":0,"kRaftVersion":1}
    | offset: 6 CreateTime: 1700000000000 keySize: 4 valueSize: 55 sequence: -1 headerKeys: [] KRaftVoters {"version":0,"voters":[{"voterId":1,"voterDirectoryId":"AAECAwQFBgcICQoLDA0ODw","endpoints":[{"name":"CONTROLLER","host":"localhost","port":9093}],"kRaftVersionFeature":{"minSupportedVersion":0,"maxSupportedVersion":1}}]}
    | offset: 7 CreateTime: 1700000000000 keySize: 4 valueSize: 0 sequence: -1 headerKeys: [] controlType: UNKNOWN(9)
    "#);
    // Kafka's own quirk: nothing is left of a control record without its metadata.
    let dumped = folder.dump(&[LOG, "--print-data-log", "--skip-record-metadata"]);
    assert_eq!(dumped.stdout.lines().filter(|l| l.is_empty()).count(), 8);
}

#[test]
fn messages_of_magic_0_and_1() {
    let mut bytes = message(0, 0, 0, Some(b"k"), Some(b"old"));
    bytes.extend(message(1, 1, 0, None, Some(b"less old")));
    bytes.extend(message(1, 2, 8, Some(b"k"), None));
    // A wrapper has the offset of its last message, and those in it count from 0.
    let inner = [message(1, 0, 0, None, Some(b"x")), message(1, 1, 0, None, Some(b"y"))].concat();
    let mut packed = Vec::new();
    Compressor::new(Compression::Gzip, None).unwrap().compress(&inner, &mut packed).unwrap();
    bytes.extend(message(1, 4, 1, None, Some(&packed)));
    let dumped = folder_with_log(&bytes).dump(&[LOG, "--print-data-log"]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = dumped.stdout.lines().filter(|l| !l.contains("gzip")).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    Dumping 00000000000000000000.log
    Log starting offset: 0
    offset: 0 position: 0 NoTimestampType: -1 size: 30 magic: 0 compresscodec: none crc: 2582147952 isvalid: true
    | offset: 0 NoTimestampType: -1 keySize: 1 valueSize: 3 isValid: true crc: 2582147952} key: k payload: old
    offset: 1 position: 30 CreateTime: 1700000000001 size: 42 magic: 1 compresscodec: none crc: 210181948 isvalid: true
    | offset: 1 CreateTime: 1700000000001 keySize: -1 valueSize: 8 isValid: true crc: 210181948} payload: less old
    offset: 2 position: 72 LogAppendTime: 1700000000002 size: 35 magic: 1 compresscodec: none crc: 2421026807 isvalid: true
    | offset: 2 LogAppendTime: 1700000000002 keySize: 1 valueSize: -1 isValid: true crc: 2421026807} key: k
    | offset: 3 CreateTime: 1700000000000 keySize: -1 valueSize: 1 isValid: true crc: 652150722} payload: x
    | offset: 4 CreateTime: 1700000000001 keySize: -1 valueSize: 1 isValid: true crc: 3189398634} payload: y
    "#);
    assert!(dumped.stdout.contains("\noffset: 4 position: "), "{}", dumped.stdout);
}

#[test]
fn every_codec_holds_the_same_records() {
    let records = |compression| {
        let folder = Folder::new();
        folder.append(20, compression);
        let dumped = folder.dump(&["--print-data-log", "--files", LOG]);
        assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
        assert!(dumped.stdout.contains(&format!("compresscodec: {compression} ")));
        let lines: Vec<&str> = dumped.stdout.lines().filter(|l| l.starts_with('|')).collect();
        lines.join("\n")
    };
    let plain = records(Compression::None);
    assert_eq!(plain.lines().count(), 40);
    for compression in Compression::ALL {
        assert_eq!(records(compression), plain, "{compression}");
    }
}

#[test]
fn names_that_say_more_or_less() {
    let bytes = batch(header(), &[record(0, 0, None, Some(b"x"))]);
    let folder = Folder::new();
    for name in ["copy.log", "bootstrap.checkpoint"] {
        folder.write(name, &bytes);
    }
    let at_42 = BatchHeader { base_offset: Offset(42), ..header() };
    folder.write("00000000000000000042.log", &batch(at_42, &[record(0, 0, None, Some(b"x"))]));
    folder.write("00000000000000000007-0000000003.checkpoint", &bytes);
    let first_lines = |name: &str| {
        let dumped = folder.dump(&[name]);
        assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
        dumped.stdout.lines().take_while(|l| !l.starts_with("baseOffset")).collect::<Vec<_>>().join(" / ")
    };
    assert_eq!(
        first_lines("00000000000000000042.log"),
        "Dumping 00000000000000000042.log / Log starting offset: 42"
    );
    assert_eq!(first_lines("copy.log"), "Dumping copy.log");
    assert_eq!(
        first_lines("bootstrap.checkpoint"),
        "Dumping bootstrap.checkpoint / KRaft bootstrap snapshot"
    );
    assert_eq!(
        first_lines("00000000000000000007-0000000003.checkpoint"),
        "Dumping 00000000000000000007-0000000003.checkpoint / Snapshot end offset: 7, epoch: 3"
    );
}

#[test]
fn max_bytes_ends_at_a_whole_batch_and_says_nothing_of_the_rest() {
    let folder = Folder::new();
    folder.append(3, Compression::None);
    let size = folder.read(LOG).len() / 3;
    for (bytes, batches) in
        [(0, 0), (size - 1, 0), (size, 1), (3 * size - 1, 2), (3 * size, 3), (10 * size, 3)]
    {
        let dumped = folder.dump(&[LOG, "--max-bytes", &bytes.to_string()]);
        assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
        assert_eq!(dumped.stdout.matches("baseOffset").count(), batches, "{bytes}");
    }
}
