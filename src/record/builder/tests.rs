//! What batches are encoded as.

use proptest::prelude::*;

use super::super::{Batch, RecordDecoder};
use super::*;

type Parts = (i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>);

fn some_bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
    proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300))
}

fn some_record() -> impl Strategy<Value = Parts> {
    let headers = proptest::collection::vec((".{0,8}", some_bytes()), 0..4);
    (any::<i64>(), some_bytes(), some_bytes(), headers)
}

/// One of which all is likely to be short, or any.
fn any_record() -> impl Strategy<Value = Parts> {
    prop_oneof![(0i64..300, some_bytes(), some_bytes(), Just(Vec::new())), some_record()]
}

fn headers_of(parts: &Parts) -> Vec<Header<'_>> {
    parts.3.iter().map(|(k, v)| Header { key: k.as_bytes(), value: v.as_deref() }).collect()
}

fn encode(records: &[Parts], codec: Compression) -> EncodedBatch {
    let mut builder = BatchBuilder::new();
    for parts in records {
        let (headers, (timestamp, key, value, _)) = (headers_of(parts), parts);
        let record = NewRecord {
            timestamp: Timestamp(*timestamp),
            key: key.as_deref(),
            value: value.as_deref(),
            headers: &headers,
        };
        let before = builder.size();
        builder.push(&record);
        assert!(builder.size() - before <= record.size_max());
    }
    let mut out = EncodedBatch::default();
    let mut compressor = Compressor::new(codec, None).expect("a codec");
    builder.finish(&mut compressor, None, &mut out).expect("it compresses");
    assert!(builder.is_empty());
    out
}

fn decode(bytes: &[u8]) -> Vec<Parts> {
    let batch = Batch::parse(bytes).expect("a batch").expect("a whole one");
    batch.verify().expect("its checksum");
    let mut decoder = RecordDecoder::new();
    let mut records = decoder.records(&batch).expect("records");
    let mut out = Vec::new();
    while let Some(r) = records.next().expect("a record") {
        assert_eq!(r.offset, batch.header().base_offset.plus(out.len() as i64));
        let headers = r
            .headers
            .iter()
            .map(|h| (String::from_utf8(h.key.to_vec()).expect("UTF-8"), h.value.map(<[u8]>::to_vec)));
        out.push((r.timestamp.0, r.key.map(<[u8]>::to_vec), r.value.map(<[u8]>::to_vec), headers.collect()));
    }
    out
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(records in proptest::collection::vec(some_record(), 1..40), codec in 0u8..5) {
        let codec = Compression::from_id(codec).expect("a codec");
        let mut batch = encode(&records, codec);
        batch.assign(Offset(77), LeaderEpoch(3));
        prop_assert_eq!(decode(batch.bytes()), records);
    }

    #[test]
    fn a_damaged_batch_never_panics(
        records in proptest::collection::vec(some_record(), 1..8),
        codec in 0u8..5,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let batch = encode(&records, Compression::from_id(codec).expect("a codec"));
        let mut bytes = batch.bytes().to_vec();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(Some(batch)) = Batch::parse(&bytes) {
            let mut decoder = RecordDecoder::new();
            if let Ok(mut records) = decoder.records(&batch) {
                while let Ok(Some(_)) = records.next() {}
            }
        }
    }
}

proptest! {
    /// The short way for records behind a first one writes the same bytes.
    #[test]
    fn records_are_encoded_alike_in_either_way(
        records in proptest::collection::vec(any_record(), 1..40),
        limit in 100usize..6000,
    ) {
        let headers: Vec<Vec<Header<'_>>> = records.iter().map(headers_of).collect();
        let records = records.iter().zip(&headers).map(|((timestamp, key, value, _), headers)| NewRecord {
            timestamp: Timestamp(*timestamp),
            key: key.as_deref(),
            value: value.as_deref(),
            headers,
        });
        let (mut builder, mut one_by_one) = (BatchBuilder::new(), BatchBuilder::new());
        for (at, record) in records.enumerate() {
            if at == 0 {
                builder.push(&record);
            } else if !builder.push_if_room(&record, limit) {
                prop_assert!(builder.size() + record.size_max() > limit);
                continue;
            }
            one_by_one.push(&record);
            prop_assert_eq!(builder.size(), one_by_one.size());
            prop_assert!(at == 0 || builder.size() <= limit);
        }
        let mut compressor = Compressor::new(Compression::None, None).expect("a codec");
        let mut batches = [EncodedBatch::default(), EncodedBatch::default()];
        builder.finish(&mut compressor, None, &mut batches[0]).expect("it finishes");
        one_by_one.finish(&mut compressor, None, &mut batches[1]).expect("it finishes");
        prop_assert_eq!(batches[0].bytes(), batches[1].bytes());
    }
}

/// Lengths around those at which an integer takes a byte more, and numbers of records of which that is true.
#[test]
fn integers_of_any_length_are_encoded_alike_in_either_way() {
    let value = vec![7; (1 << 21) + 2];
    let mut compressor = Compressor::new(Compression::None, None).expect("a codec");
    let (mut builder, mut one_by_one) = (BatchBuilder::new(), BatchBuilder::new());
    let lengths =
        [0, 62, 63, 64, 65, 8190, 8191, 8192, 1 << 19, (1 << 20) - 9, (1 << 20) - 1, 1 << 20, 1 << 21];
    for (at, length) in lengths.into_iter().chain((0..9000).map(|_| 0)).enumerate() {
        let delta = if at % 2 == 0 { 0 } else { (at as i64) << (at % 40) };
        let key = (at % 3 == 1).then(|| &value[..length + at % 2]);
        let value = (at % 5 != 2).then(|| &value[..length]);
        let record = NewRecord { timestamp: Timestamp(1_700_000_000_000 - delta), key, value, headers: &[] };
        if at == 0 {
            builder.push(&record);
        } else {
            assert!(builder.push_if_room(&record, BATCH_SIZE_MAX));
        }
        one_by_one.push(&record);
        assert_eq!(builder.size(), one_by_one.size(), "record {at}");
    }
    let mut batches = [EncodedBatch::default(), EncodedBatch::default()];
    builder.finish(&mut compressor, None, &mut batches[0]).expect("it finishes");
    one_by_one.finish(&mut compressor, None, &mut batches[1]).expect("it finishes");
    assert!(batches[0].bytes() == batches[1].bytes());
}

/// A buffer that is used again, and one that grows to the limit, hold what they should.
#[test]
fn batches_of_a_used_buffer_are_like_others() {
    let values: Vec<Vec<u8>> = (0..6000).map(|i: i32| i.to_string().repeat(20).into_bytes()).collect();
    let mut compressor = Compressor::new(Compression::None, None).expect("a codec");
    let (mut builder, mut out) = (BatchBuilder::new(), EncodedBatch::default());
    let mut read = Vec::new();
    let mut finish = |builder: &mut BatchBuilder| {
        builder.finish(&mut compressor, None, &mut out).expect("it finishes");
        assert!(out.bytes().len() <= 200_000);
        read.extend(decode(out.bytes()).into_iter().map(|record| record.2.expect("a value")));
    };
    for value in &values {
        let record = NewRecord { timestamp: Timestamp(5), key: None, value: Some(value), headers: &[] };
        if !builder.push_if_room(&record, 200_000) {
            if !builder.is_empty() {
                finish(&mut builder);
            }
            builder.push(&record);
        }
    }
    finish(&mut builder);
    assert_eq!(read, values);
}

#[test]
fn append_time_replaces_the_timestamps() {
    let mut builder = BatchBuilder::new();
    builder.push(&NewRecord { timestamp: Timestamp(5), key: None, value: Some(b"v"), headers: &[] });
    let mut out = EncodedBatch::default();
    let mut compressor = Compressor::new(Compression::None, None).expect("none");
    builder.finish(&mut compressor, Some(Timestamp(99)), &mut out).expect("it finishes");
    assert_eq!(decode(out.bytes())[0].0, 99);
}
