//! JSON, summaries, filters, and the small texts.

use insta::assert_snapshot;
use mkafka::record::Compression;
use serde_json::Value;

use super::files::{FIRST, Folder, T0, batch, folder_with_log, header, record};

const LOG: &str = "00000000000000000000.log";

/// The objects that a dump prints.
fn objects(folder: &Folder, args: &[&str]) -> Vec<Value> {
    let stdout = folder.dump(&[args, &["--output", "json"]].concat()).stdout;
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The offsets of the records that a dump prints.
fn offsets(folder: &Folder, args: &[&str]) -> Vec<i64> {
    let objects = objects(folder, &[args, &["--deep-iteration"]].concat());
    objects.iter().filter(|o| o["type"] == "record").map(|o| o["offset"].as_i64().unwrap()).collect()
}

#[test]
fn every_line_is_an_object() {
    let mut control = header();
    control.base_offset.0 = 1;
    control.attributes.0 = 0x30;
    control.producer_id = 9;
    let mut bytes = batch(header(), &[record(0, 0, Some(b"k\"\xff"), Some("vä\n".as_bytes()))]);
    bytes.extend(batch(control, &[record(0, 0, Some(b"\0\0\0\x01"), Some(b"\0\0\0\0\0\x05"))]));
    bytes.extend(b"rest");
    let folder = folder_with_log(&bytes);
    folder.write("leader-epoch-checkpoint", b"0\n1\n3 14\n");
    let dumped = folder.dump(&[LOG, "leader-epoch-checkpoint", "--print-data-log", "--output", "json"]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stdout, @r#"
    {"v":1,"type":"batch","file":"00000000000000000000.log","position":0,"size":75,"magic":2,"baseOffset":0,"lastOffset":0,"count":1,"baseTimestamp":1700000000000,"maxTimestamp":1700000000000,"timestampType":"CreateTime","partitionLeaderEpoch":0,"producerId":-1,"producerEpoch":-1,"baseSequence":-1,"lastSequence":-1,"isTransactional":false,"isControl":false,"deleteHorizonMs":null,"compressCodec":"none","crc":4041720656,"isValid":true}
    {"v":1,"type":"record","file":"00000000000000000000.log","position":0,"offset":0,"timestamp":1700000000000,"timestampType":"CreateTime","keySize":3,"valueSize":4,"sequence":-1,"headers":[],"keyBase64":"ayL/","value":"vä\n"}
    {"v":1,"type":"batch","file":"00000000000000000000.log","position":75,"size":78,"magic":2,"baseOffset":1,"lastOffset":1,"count":1,"baseTimestamp":1700000000000,"maxTimestamp":1700000000000,"timestampType":"CreateTime","partitionLeaderEpoch":0,"producerId":9,"producerEpoch":-1,"baseSequence":-1,"lastSequence":-1,"isTransactional":true,"isControl":true,"deleteHorizonMs":null,"compressCodec":"none","crc":1606412249,"isValid":true}
    {"v":1,"type":"record","file":"00000000000000000000.log","position":75,"offset":1,"timestamp":1700000000000,"timestampType":"CreateTime","keySize":4,"valueSize":6,"sequence":-1,"headers":[],"controlType":"COMMIT","coordinatorEpoch":5}
    {"v":1,"type":"fault","file":"00000000000000000000.log","position":153,"reason":"4 bytes are too few for the header of a batch"}
    {"v":1,"type":"entry","file":"leader-epoch-checkpoint","version":0,"entries":1}
    {"v":1,"type":"entry","file":"leader-epoch-checkpoint","epoch":3,"startOffset":14}
    "#);
}

#[test]
fn a_summary_counts_what_is_there() {
    let folder = Folder::new();
    folder.append(10, Compression::Zstd);
    let dumped = folder.dump(&["--summary", LOG, "00000000000000000000.index"]);
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""));
    let summary = &objects(&folder, &["--summary", LOG])[0];
    assert_eq!(
        [&summary["batches"], &summary["records"], &summary["firstOffset"], &summary["lastOffset"]],
        [10, 20, 0, 19]
    );
    assert_eq!([&summary["firstTimestamp"], &summary["lastTimestamp"]], [T0, T0 + 19]);
    assert_eq!([&summary["gaps"], &summary["faults"]], [0, 0]);
    assert_eq!(summary["bytes"], folder.read(LOG).len());
    assert!(dumped.stdout.starts_with(&format!("file: {LOG} size: ")), "{}", dumped.stdout);
    assert!(dumped.stdout.contains(" batches: 10 records: 20 "), "{}", dumped.stdout);
    assert!(dumped.stdout.lines().nth(1).unwrap().starts_with("file: 00000000000000000000.index "));

    // Without compression the sizes are worked out to the byte.
    let plain = Folder::new();
    plain.append(7, Compression::None);
    let summary = &objects(&plain, &["--summary", LOG])[0];
    assert_eq!(summary["uncompressedBytes"], summary["bytes"]);
    assert_eq!(summary["compressionRatio"], 1.0);

    let mut bytes = plain.read(LOG);
    let second = bytes.len() / 7;
    bytes[second + 30] ^= 1;
    plain.write(LOG, &bytes);
    let dumped = plain.dump(&["--summary", "--output", "json", LOG]);
    assert_eq!(dumped.status, 1);
    assert!(dumped.stdout.contains("\"faults\":1"), "{}", dumped.stdout);
}

#[test]
fn gaps_and_producers_are_counted() {
    let mut bytes = Vec::new();
    for (base, producer) in [(0, 7), (5, 8), (6, 7)] {
        let mut header = header();
        (header.base_offset.0, header.producer_id) = (base, producer);
        bytes.extend(batch(header, &[record(0, 0, None, Some(b"value"))]));
    }
    let folder = folder_with_log(&bytes);
    let summary = &objects(&folder, &["--summary", LOG])[0];
    assert_eq!([&summary["gaps"], &summary["missingOffsets"]], [1, 4]);
    assert_eq!(summary["producers"][0], serde_json::json!({"producerId": 7, "batches": 2}));
    assert_eq!(offsets(&folder, &[LOG, "--producer-id", "7"]), [0, 6]);
    assert_eq!(objects(&folder, &[LOG, "--producer-id", "8"]).len(), 1);
}

#[test]
fn filters_print_what_is_wanted_and_nothing_else() {
    let folder = Folder::new();
    folder.append(50, Compression::Lz4);
    assert_eq!(offsets(&folder, &[LOG, "--offset", "7..11"]), [7, 8, 9, 10]);
    assert_eq!(offsets(&folder, &[LOG, "--offset", "97.."]), [97, 98, 99]);
    assert_eq!(offsets(&folder, &[LOG, "--offset", "42"]), [42]);
    let times = format!("{}..{}", T0 + 96, T0 + 98);
    assert_eq!(offsets(&folder, &[LOG, "--timestamp", &times]), [96, 97]);
    assert_eq!(offsets(&folder, &[LOG, "--timestamp", "..2023-11-14T22:13:20.002Z"]), [0, 1]);
    assert_eq!(offsets(&folder, &[LOG, "--timestamp", "15m.."]), [0i64; 0]);
    assert_eq!(offsets(&folder, &[LOG, "--key", "k33"]), [33]);
    assert_eq!(offsets(&folder, &[LOG, "--only-control"]), [0i64; 0]);
    assert_eq!(offsets(&folder, &[LOG, "--limit", "3"]), [0, 1, 2]);
    assert_eq!(offsets(&folder, &[LOG, "--offset", "5..", "--limit", "2"]), [5, 6]);
    // A batch is printed where one of its records is.
    let batches =
        |args: &[&str]| objects(&folder, args).iter().map(|o| o["baseOffset"].clone()).collect::<Vec<_>>();
    assert_eq!(batches(&[LOG, "--offset", "7..11"]), [6, 8, 10]);
    assert_eq!(batches(&[LOG, "--key", "k33"]), [32]);
    assert_eq!(batches(&[LOG, "--limit", "1"]), [0]);

    let index = format!("{FIRST}.index");
    let entries = objects(&folder, &[&index, "--offset", "10..20"]);
    assert!(!entries.is_empty());
    assert!(entries.iter().all(|entry| (10..20).contains(&entry["offset"].as_i64().unwrap())));
    for bad in [["--offset", "9..5"], ["--timestamp", "soon.."], ["--limit", "x"]] {
        assert_eq!(folder.dump(&[LOG, bad[0], bad[1]]).status, 2, "{bad:?}");
    }
}

/// Where an index leads to the wrong place, or nowhere, the log is read from its beginning.
#[test]
fn filters_do_not_trust_an_index_that_the_log_contradicts() {
    for which in ["index", "timeindex"] {
        for at in 0..4 {
            let folder = Folder::new();
            folder.append(50, Compression::None);
            let name = format!("{FIRST}.{which}");
            let mut bytes = folder.read(&name);
            let entry = if which == "index" { 8 } else { 12 };
            for entry in bytes.chunks_mut(entry) {
                let place = at * 2 + 1;
                entry[place] = entry[place].wrapping_add(1);
            }
            folder.write(&name, &bytes);
            assert_eq!(offsets(&folder, &[LOG, "--offset", "60..62"]), [60, 61], "{which} {at}");
            let times = format!("{}..{}", T0 + 60, T0 + 62);
            assert_eq!(offsets(&folder, &[LOG, "--timestamp", &times]), [60, 61], "{which} {at}");
        }
    }
}

#[test]
fn small_texts_say_what_is_in_them() {
    let folder = Folder::new();
    folder.write("leader-epoch-checkpoint", b"0\n2\n0 0\n4 405\n");
    folder.write("recovery-point-offset-checkpoint", b"0\n2\norders 0 17\norders 1 x\n");
    folder.write("partition.metadata", b"version: 0\ntopic_id: 1QOHF26MTgWKXNBEHT0a5w");
    folder.write("meta.properties", b"#\n#Sat Nov 21 07:45:51 UTC 2026\nnode.id=1\ncluster.id=a\\=b\n");
    folder.write("quorum-state", b"{\"leaderId\":1,\"leaderEpoch\":3}");
    let dumped = folder.dump(&["."]);
    assert_eq!(dumped.status, 1);
    assert_snapshot!(dumped.stdout, @r"
    Dumping ./leader-epoch-checkpoint
    version: 0 entries: 2
    epoch: 0 startOffset: 0
    epoch: 4 startOffset: 405
    Dumping ./meta.properties
    node.id: 1
    cluster.id: a=b
    Dumping ./partition.metadata
    version: 0
    topicId: 1QOHF26MTgWKXNBEHT0a5w
    Dumping ./quorum-state
    leaderId: 1 leaderEpoch: 3
    Dumping ./recovery-point-offset-checkpoint
    version: 0 entries: 2
    topic: orders partition: 0 offset: 17
    ");
    assert_snapshot!(dumped.stderr, @"mkafka: ./recovery-point-offset-checkpoint: byte 16: line 4 'orders 1 x' should be a topic, a partition and an offset");
    let entries = objects(&folder, &["recovery-point-offset-checkpoint"]);
    assert_eq!(entries[1]["topic"], "orders");
    assert_eq!((&entries[2]["type"], &entries[2]["position"]), (&Value::from("fault"), &Value::from(16)));
}
