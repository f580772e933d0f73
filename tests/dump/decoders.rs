//! What the records of Kafka's own topics say, and keys and payloads that are no text.

use super::files::{Folder, T0, batch, folder_with_log, header, record};

const LOG: &str = "00000000000000000000.log";

/// Keys and values that a real broker (4.0) wrote, with what Kafka's tool says of them: decoder, key, value,
/// text behind the metadata, between tabs. A dash is null.
const DECODED: &str = include_str!("decoded.tsv");

fn unhex(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (text != "-").then(|| (0..text.len()).step_by(2).map(byte).collect())
}

fn one_record(key: Option<&[u8]>, value: Option<&[u8]>) -> Folder {
    folder_with_log(&batch(header(), &[record(0, 0, key, value)]))
}

/// The text behind the metadata of the only record.
fn said(folder: &Folder, args: &[&str]) -> String {
    let dumped = folder.dump(&[&[LOG], args].concat());
    let line = dumped.stdout.lines().find(|line| line.starts_with("| offset: 0 ")).unwrap();
    line.split_once("headerKeys: []").unwrap().1.to_owned()
}

#[test]
fn what_a_broker_wrote_is_said_in_kafka_s_words() {
    let mut types = 0;
    for line in DECODED.lines() {
        let [decoder, key, value, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (key, value) = (unhex(key), unhex(value));
        let folder = one_record(key.as_deref(), value.as_deref());
        assert_eq!(said(&folder, &[decoder]), text);
        assert_eq!(folder.dump(&[LOG, decoder]).status, 0);
        types += 1;

        let json = folder.dump(&[LOG, decoder, "--output", "json", "--skip-record-metadata"]).stdout;
        let json: serde_json::Value = serde_json::from_str(json.lines().nth(1).unwrap()).unwrap();
        let in_json = |field: &str| match &json[field] {
            serde_json::Value::Null if field == "value" => "<DELETE>".to_owned(),
            other => other.to_string(),
        };
        if decoder == "--offsets-decoder" {
            assert_eq!(format!(" key: {} payload: {}", in_json("key"), in_json("value")), text);
        }
        if decoder == "--cluster-metadata-decoder" {
            assert_eq!(format!(" payload: {}", in_json("value")), text);
        }
    }
    assert!(types > 30);
}

#[test]
fn each_message_survives_being_cut_off_and_is_a_fault_then() {
    let mut faults = 0;
    for line in DECODED.lines() {
        let [decoder, key, value, _] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (key, Some(value)) = (unhex(key), unhex(value)) else { continue };
        let folder = one_record(key.as_deref(), Some(&value[..value.len() / 2]));
        let dumped = folder.dump(&[LOG, decoder]);
        assert!(matches!(dumped.status, 0 | 1), "{dumped:?}");
        faults += dumped.status;
        assert_eq!(dumped.status == 1, dumped.stderr.starts_with("mkafka: "), "{dumped:?}");
        let first = value.len() - 1;
        let mut grown = value.clone();
        grown[first] = 0xff;
        one_record(key.as_deref(), Some(&grown)).dump(&[LOG, decoder]);
    }
    assert!(faults > 20, "{faults}");
}

#[test]
fn records_that_cannot_be_made_out_are_named() {
    type Case<'a> = (&'a str, Option<&'a [u8]>, Option<&'a [u8]>, &'a str, &'a str);
    let cases: [Case<'_>; 8] = [
        // Newer than this program is no fault.
        (
            "--offsets-decoder",
            Some(b"\0\x63x"),
            Some(b""),
            " key: Unknown record type 99 at offset 0, skipping.",
            "",
        ),
        ("--transaction-log-decoder", Some(b"\0\x09x"), Some(b""), " key: unknown::version=9", ""),
        (
            "--offsets-decoder",
            Some(b"\0"),
            None,
            " key: Error at offset 0, skipping. Could not read version from key's buffer.",
            "record 0 of the batch: Could not read version from key's buffer.",
        ),
        (
            "--offsets-decoder",
            None,
            None,
            " key: Error at offset 0, skipping. the record has no key",
            "record 0 of the batch: the record has no key",
        ),
        (
            "--share-group-state-decoder",
            Some(b"\0\0\0"),
            None,
            " key: Error at offset 0, skipping. Could not read record with version 0 from key's buffer due to: it \
             ends in the middle of a field.",
            "record 0 of the batch: Could not read record with version 0 from key's buffer due to: it ends in the \
             middle of a field.",
        ),
        (
            "--cluster-metadata-decoder",
            None,
            Some(b"\x01\x63\x00"),
            " payload: Error at 0, skipping. Unknown metadata id 99",
            "record 0 of the batch: Unknown metadata id 99",
        ),
        (
            "--cluster-metadata-decoder",
            None,
            Some(b"\x01\x14\x00\x00abc"),
            " payload: Error at 0, skipping. Found 3 byte(s) of garbage after 20",
            "record 0 of the batch: Found 3 byte(s) of garbage after 20",
        ),
        (
            "--remote-log-metadata-decoder",
            None,
            None,
            " payload: Error at offset 0, skipping. a metadata record has no value",
            "record 0 of the batch: a metadata record has no value",
        ),
    ];
    for (decoder, key, value, text, fault) in cases {
        let folder = one_record(key, value);
        assert_eq!(said(&folder, &[decoder]), text);
        let dumped = folder.dump(&[LOG, decoder]);
        let stderr =
            if fault.is_empty() { String::new() } else { format!("mkafka: {LOG}: byte 0: {fault}\n") };
        assert_eq!((dumped.status, dumped.stderr), (i32::from(!fault.is_empty()), stderr));
    }
}

/// A list that cannot be null, in the compact form: its length plus one, and its bytes.
fn compact(text: &str) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(text.len() + 1).unwrap()];
    bytes.extend(text.as_bytes());
    bytes
}

fn id(last: u8) -> Vec<u8> {
    let mut id = vec![0; 16];
    id[15] = last;
    id
}

#[test]
fn remote_log_metadata_is_what_kafka_s_classes_print() {
    let partition = [compact("orders"), id(1), 3i32.to_be_bytes().to_vec(), vec![0]].concat();
    let segment = [partition.clone(), id(2), vec![0]].concat();
    let mut value = [vec![1, 0, 0], segment.clone(), 10i64.to_be_bytes().to_vec()].concat();
    value.extend([19i64, 7, T0, T0 + 1].iter().enumerate().flat_map(|(i, n)| match i {
        1 => 7i32.to_be_bytes().to_vec(),
        _ => n.to_be_bytes().to_vec(),
    }));
    // Two epochs, size, custom metadata, state, and that the transaction index is empty.
    value.push(3);
    for (epoch, offset) in [(1i32, 15i64), (0, 10)] {
        value.extend([&epoch.to_be_bytes()[..], &offset.to_be_bytes(), &[0]].concat());
    }
    value.extend([&1024i32.to_be_bytes()[..], &[3, 0xab, 0xcd, 1, 1, 0, 1, 1]].concat());
    let expected = " payload: RemoteLogSegmentMetadata{remoteLogSegmentId=RemoteLogSegmentId{topicIdPartition=\
                    AAAAAAAAAAAAAAAAAAAAAQ:orders-3, id=AAAAAAAAAAAAAAAAAAAAAg}, startOffset=10, endOffset=19, \
                    brokerId=7, maxTimestampMs=1700000000000, eventTimestampMs=1700000000001, \
                    segmentLeaderEpochs={0=10, 1=15}, segmentSizeInBytes=1024, customMetadata=Optional[\
                    CustomMetadata{2 bytes}], state=COPY_SEGMENT_FINISHED, txnIdxEmpty=true}";
    assert_eq!(said(&one_record(None, Some(&value)), &["--remote-log-metadata-decoder"]), expected);

    let update =
        [vec![1, 1, 0], segment, 7i32.to_be_bytes().to_vec(), T0.to_be_bytes().to_vec(), vec![0, 2, 0]];
    assert_eq!(
        said(&one_record(None, Some(&update.concat())), &["--remote-log-metadata-decoder"]),
        " payload: RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=RemoteLogSegmentId{topicIdPartition=\
         AAAAAAAAAAAAAAAAAAAAAQ:orders-3, id=AAAAAAAAAAAAAAAAAAAAAg}, customMetadata=Optional.empty, \
         state=DELETE_SEGMENT_STARTED, eventTimestampMs=1700000000000, brokerId=7}"
    );
    let delete =
        [vec![1, 2, 0], partition, 7i32.to_be_bytes().to_vec(), T0.to_be_bytes().to_vec(), vec![2, 0]];
    assert_eq!(
        said(&one_record(None, Some(&delete.concat())), &["--remote-log-metadata-decoder"]),
        " payload: RemotePartitionDeleteMetadata{topicPartition=AAAAAAAAAAAAAAAAAAAAAQ:orders-3, \
         state=DELETE_PARTITION_FINISHED, eventTimestampMs=1700000000000, brokerId=7}"
    );
}

#[test]
fn share_group_state_has_two_layouts() {
    let key = [&b"\0\0\0\x01g"[..], &id(5), &2i32.to_be_bytes()].concat();
    let batch = [&4i64.to_be_bytes()[..], &9i64.to_be_bytes(), &[2], &1i16.to_be_bytes(), &[0]].concat();
    // Kafka 4.0, early access: the epoch of the snapshot has two bytes.
    let old =
        [&b"\0\0\0\x07"[..], &1i32.to_be_bytes(), &2i32.to_be_bytes(), &4i64.to_be_bytes(), &[2]].concat();
    let old = [&old[..], &batch, &[0]].concat();
    let text = " key: {\"type\":\"0\",\"data\":{\"groupId\":\"g\",\"topicId\":\"AAAAAAAAAAAAAAAAAAAABQ\",\
                \"partition\":2}} payload: {\"version\":\"0\",\"data\":{\"snapshotEpoch\":7,\"stateEpoch\":1,\
                \"leaderEpoch\":2,\"startOffset\":4,\"stateBatches\":[{\"firstOffset\":4,\"lastOffset\":9,\
                \"deliveryState\":2,\"deliveryCount\":1}]}}";
    assert_eq!(said(&one_record(Some(&key), Some(&old)), &["--share-group-state-decoder"]), text);
    let new = [&b"\0\0"[..], &7i32.to_be_bytes(), &1i32.to_be_bytes(), &2i32.to_be_bytes()].concat();
    let new =
        [&new[..], &4i64.to_be_bytes(), &T0.to_be_bytes(), &T0.to_be_bytes(), &[2], &batch, &[0]].concat();
    let text = text.replace(
        "\"stateBatches\"",
        "\"createTimestamp\":1700000000000,\"writeTimestamp\":1700000000000,\"stateBatches\"",
    );
    assert_eq!(said(&one_record(Some(&key), Some(&new)), &["--share-group-state-decoder"]), text);
}

#[test]
fn keys_and_payloads_by_deserializers() {
    let folder = one_record(Some(&7i32.to_be_bytes()), Some(&0.5f64.to_be_bytes()));
    let classes = [
        "--key-decoder-class",
        "org.apache.kafka.common.serialization.IntegerDeserializer",
        "--value-decoder-class=double",
    ];
    assert_eq!(said(&folder, &classes), " key: 7 payload: 0.5");
    let json = folder.dump(&[&[LOG, "--output", "json"], &classes[..]].concat()).stdout;
    assert!(json.ends_with("\"key\":7,\"value\":\"0.5\"}\n"), "{json}");

    let dumped = folder.dump(&[LOG, "--value-decoder-class", "long"]);
    assert!(dumped.stdout.contains(" key: \0\0\0\u{7} payload: 4602678819172646912\n"), "{}", dumped.stdout);
    let dumped = folder.dump(&[LOG, "--value-decoder-class", "short"]);
    assert!(dumped.stdout.contains(" payload: ?\\xE0\\x00\\x00\\x00\\x00\\x00\\x00\n"), "{}", dumped.stdout);
    assert_eq!(
        (dumped.status, dumped.stderr.as_str()),
        (
            1,
            "mkafka: 00000000000000000000.log: byte 0: record 0 of the batch: its payload cannot be read: 8 bytes \
             where there should be 2\n"
        )
    );
    let dumped = folder.dump(&[LOG, "--key-decoder-class", "strin"]);
    assert_eq!(dumped.status, 2);
    assert!(
        dumped.stderr.contains("unknown deserializer 'strin'; did you mean 'string'?"),
        "{}",
        dumped.stderr
    );
}
