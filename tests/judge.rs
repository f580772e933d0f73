//! The `kafka-protocol` crate as a judge of the record format, both ways: it shares no code with mkafka.
//!
//! Its limits: magic 2 only; headers in a map, so that a repeated name is kept once; timestamps of a batch no
//! further apart than 2^31 ms.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, Record,
    RecordBatchDecoder, RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::Sandbox;

const CODECS: [(&str, Compression); 5] = [
    ("none", Compression::None),
    ("gzip", Compression::Gzip),
    ("snappy", Compression::Snappy),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut logs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    logs.sort();
    logs
}

fn produce(sandbox: &Sandbox, args: &[&str], input: &[u8]) {
    let mut child = sandbox.command(args).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    assert!(child.wait().unwrap().success(), "{args:?}");
}

/// What the judge reads of a partition, each batch in `codec`.
fn judged(folder: &Path, codec: Compression) -> Vec<Record> {
    let mut records = Vec::new();
    for log in segments(folder) {
        let mut bytes = Bytes::from(std::fs::read(&log).unwrap());
        for set in RecordBatchDecoder::decode_all(&mut bytes).unwrap() {
            assert_eq!((set.version, set.compression), (2, codec), "{}", log.display());
            records.extend(set.records);
        }
    }
    records
}

#[test]
fn what_mkafka_writes_the_judge_reads() {
    for (name, codec) in CODECS {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t --config segment.bytes=20000");
        let lines: Vec<(String, String)> =
            (0..2000).map(|i| (format!("h:{i},g:~"), format!("key {i}~{}", "v".repeat(i % 90)))).collect();
        let mut input = Vec::new();
        for (i, (headers, rest)) in lines.iter().enumerate() {
            // Every tenth key and value is null, every seventh value empty.
            let (key, value) = rest.split_once('~').unwrap();
            let key = if i % 10 == 3 { "~" } else { key };
            let value = if i % 10 == 4 {
                "~"
            } else if i % 7 == 0 {
                ""
            } else {
                value
            };
            writeln!(input, "{headers}\t{key}\t{value}").unwrap();
        }
        let properties = ["--property", "parse.key=true", "--property", "parse.headers=true", "--property"];
        let args = ["produce", "t", "--batch-size", "1500", "--compression-codec", name];
        produce(&sandbox, &[&args[..], &properties, &["null.marker=~"]].concat(), &input);

        let folder = sandbox.data_dir().join("t-0");
        let records = judged(&folder, codec);
        assert!(name != "none" || segments(&folder).len() > 3, "several segments");
        assert_eq!(records.len(), lines.len(), "{name}");
        for (i, (record, (_, rest))) in records.iter().zip(&lines).enumerate() {
            let (key, value) = rest.split_once('~').unwrap();
            let key = (i % 10 != 3).then_some(key.as_bytes());
            let value = match i {
                _ if i % 10 == 4 => None,
                _ if i % 7 == 0 => Some(&b""[..]),
                _ => Some(value.as_bytes()),
            };
            assert_eq!(record.offset, i64::try_from(i).unwrap(), "{name}");
            assert_eq!((record.key.as_deref(), record.value.as_deref()), (key, value), "{name}, record {i}");
            let headers: Vec<(&str, Option<&[u8]>)> =
                record.headers.iter().map(|(k, v)| (k.as_str(), v.as_deref())).collect();
            assert_eq!(headers, [("h", Some(i.to_string().as_bytes())), ("g", None)], "{name}, record {i}");
            assert_eq!(record.timestamp_type, TimestampType::Creation);
            assert!(record.timestamp > 1_700_000_000_000 && !record.control && !record.transactional);
        }
    }
}

type Fields = (Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>, i64);

fn some_bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
    proptest::option::of(proptest::collection::vec(any::<u8>(), 0..60))
}

fn some_records() -> impl Strategy<Value = Vec<Fields>> {
    let headers = proptest::collection::btree_map("[a-zé]{0,6}", some_bytes(), 0..4)
        .prop_map(|map| map.into_iter().collect::<Vec<_>>());
    let timestamp = 1_700_000_000_000i64..1_702_000_000_000;
    proptest::collection::vec((some_bytes(), some_bytes(), headers, timestamp), 1..60)
}

/// A field as `consume --output json` writes it: under its name if it is text, else as base64.
fn json_field(record: &mut Value, name: &str, bytes: Option<&[u8]>) {
    use base64::Engine as _;
    match bytes.map(|bytes| (bytes, std::str::from_utf8(bytes))) {
        None => record[name] = Value::Null,
        Some((_, Ok(text))) => record[name] = json!(text),
        Some((bytes, Err(_))) => {
            record[format!("{name}Base64")] = json!(base64::engine::general_purpose::STANDARD.encode(bytes));
        }
    }
}

fn as_json((key, value, headers, timestamp): &Fields, offset: usize) -> Value {
    use base64::Engine as _;
    let headers: Vec<Value> = headers
        .iter()
        .map(|(name, value)| match value.as_deref().map(|v| (v, std::str::from_utf8(v))) {
            None => json!([name, null]),
            Some((_, Ok(text))) => json!([name, text]),
            Some((bytes, Err(_))) => {
                json!([name, { "base64": base64::engine::general_purpose::STANDARD.encode(bytes) }])
            }
        })
        .collect();
    let mut record = json!({
        "v": 1, "topic": "t", "partition": 0, "offset": offset, "timestamp": timestamp,
        "timestampType": "CreateTime", "leaderEpoch": -1, "headers": headers,
    });
    json_field(&mut record, "key", key.as_deref());
    json_field(&mut record, "value", value.as_deref());
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_the_judge_writes_mkafka_reads(records in some_records(), codec in 0usize..5, segment in 5usize..30) {
        let sandbox = Sandbox::new();
        let folder = sandbox.data_dir().join("t-0");
        std::fs::create_dir_all(&folder).unwrap();
        // Batches of three, some to a segment; no index beside them.
        let encoded: Vec<Record> = records.iter().enumerate().map(|(i, (key, value, headers, timestamp))| {
            let mut map = kafka_protocol::records::Record {
                transactional: false,
                control: false,
                partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
                producer_id: NO_PRODUCER_ID,
                producer_epoch: NO_PRODUCER_EPOCH,
                timestamp_type: TimestampType::Creation,
                offset: i64::try_from(i).unwrap(),
                sequence: NO_SEQUENCE + i32::try_from(i).unwrap(),
                timestamp: *timestamp,
                key: key.clone().map(Bytes::from),
                value: value.clone().map(Bytes::from),
                headers: Default::default(),
            };
            for (name, value) in headers {
                map.headers.insert(StrBytes::from_string(name.clone()), value.clone().map(Bytes::from));
            }
            map
        }).collect();
        for (n, part) in encoded.chunks(segment).enumerate() {
            let mut bytes = BytesMut::new();
            for batch in part.chunks(3) {
                let options = RecordEncodeOptions { version: 2, compression: CODECS[codec].1 };
                RecordBatchEncoder::encode(&mut bytes, batch, &options).unwrap();
            }
            std::fs::write(folder.join(format!("{:020}.log", n * segment)), &bytes).unwrap();
        }
        let read = sandbox.ok("consume t --from-beginning --exit-at-end --output json --quiet");
        let read: Vec<Value> = read.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let expected: Vec<Value> = records.iter().enumerate().map(|(i, r)| as_json(r, i)).collect();
        prop_assert_eq!(read, expected);
    }
}
