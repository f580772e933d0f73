//! Sound bytes to begin with.

use mkafka::record::{
    Batch, BatchBuilder, Compression, Compressor, EncodedBatch, Header, LeaderEpoch, NewRecord, Offset,
    Timestamp,
};

/// A batch of `records` records from `base` on.
fn batch(codec: Compression, base: i64, records: i64) -> Vec<u8> {
    let mut builder = BatchBuilder::new();
    for n in base..base + records {
        let (key, value) = (format!("key {n}"), format!("value {n} ").repeat(7));
        let headers = [Header { key: b"h", value: Some(b"v") }, Header { key: b"", value: None }];
        builder.push(&NewRecord {
            timestamp: Timestamp(1_700_000_000_000 + n),
            key: (n % 3 > 0).then_some(key.as_bytes()),
            value: (n % 5 > 0).then_some(value.as_bytes()),
            headers: &headers[..usize::try_from(n % 3).unwrap()],
        });
    }
    let mut encoded = EncodedBatch::default();
    builder.finish(&mut Compressor::new(codec, None).unwrap(), None, &mut encoded).unwrap();
    encoded.assign(Offset(base), LeaderEpoch(1));
    encoded.bytes().to_vec()
}

/// A message of magic 0 or 1 around `value`.
fn message(magic: u8, attributes: u8, offset: i64, value: &[u8]) -> Vec<u8> {
    let mut body = vec![magic, attributes];
    if magic == 1 {
        body.extend((1_700_000_000_000 + offset).to_be_bytes());
    }
    body.extend((-1i32).to_be_bytes());
    body.extend(i32::try_from(value.len()).unwrap().to_be_bytes());
    body.extend(value);
    let mut out = offset.to_be_bytes().to_vec();
    out.extend(i32::try_from(4 + body.len()).unwrap().to_be_bytes());
    out.extend(crc32fast::hash(&body).to_be_bytes());
    out.extend(body);
    out
}

/// Messages of magic 0 and 1: single ones, and such as wrap others with gzip.
pub(super) fn messages() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for magic in [0, 1] {
        all.push(message(magic, 0, 3, b"single"));
        let inner = [message(magic, 0, 0, b"one"), message(magic, 0, 1, b"two")].concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, &inner).unwrap();
        all.push(message(magic, 1, 1, &gzip.finish().unwrap()));
        all.push(message(magic, 8, 1, b"log append time"));
    }
    all
}

/// Segments of every magic and codec.
pub(super) fn segments() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Compression::ALL
        .into_iter()
        .map(|codec| [batch(codec, 0, 6), batch(codec, 6, 1), batch(codec, 7, 12)].concat())
        .collect();
    all.push(messages().concat());
    let mut control = batch(Compression::None, 0, 1);
    // The control bit, which no builder sets.
    control[22] |= 0x20;
    let crc = crc32c::crc32c(&control[21..]);
    control[17..21].copy_from_slice(&crc.to_be_bytes());
    all.push([control, batch(Compression::Zstd, 1, 2)].concat());
    all
}

/// The records of an uncompressed batch.
pub(super) fn records() -> Vec<Vec<u8>> {
    payloads(Compression::None)
}

/// What stands behind the header of a batch.
pub(super) fn payloads(codec: Compression) -> Vec<Vec<u8>> {
    [1, 100].map(|records| batch(codec, 0, records)[61..].to_vec()).to_vec()
}

/// Indexes whose entries lead to the log of the targets.
pub(super) fn offset_indexes() -> Vec<Vec<u8>> {
    vec![b"\0\0\0\0\0\0\0\0".to_vec(), b"\0\0\0\x01\0\0\0\x23\0\0\0\0\0\0\0\0".to_vec()]
}

/// Time indexes whose entries lead there.
pub(super) fn time_indexes() -> Vec<Vec<u8>> {
    vec![b"\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x06\0\0\0\x01".to_vec()]
}

/// Entries of `size` bytes, and a snapshot's head.
pub(super) fn entries(size: usize) -> Vec<Vec<u8>> {
    vec![vec![0; 3 * size], [&[0, 1][..], &[0; 4], &[0, 0, 0, 1], &vec![0; size]].concat()]
}

/// The small texts.
pub(super) fn texts() -> Vec<Vec<u8>> {
    [
        "0\n2\n0 0\n4 405\n",
        "0\n1\nt 0 5\n",
        "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ",
        "a=b\\u0041\n#\n",
        "{\"a\":[1]}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Records that a broker wrote, for `decoder`: the length of the key, key and value.
pub(super) fn decoded(decoder: &str) -> Vec<Vec<u8>> {
    let unhex = |text: &str| -> Vec<u8> {
        let digits = if text == "-" { "" } else { text };
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    };
    let lines = include_str!("../dump/decoded.tsv").lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let records = lines.filter(|fields| fields[0] == decoder).map(|fields| {
        let (key, value) = (unhex(fields[1]), unhex(fields[2]));
        [&[u8::try_from(key.len()).unwrap()][..], &key, &value].concat()
    });
    records.collect()
}

/// Records of `__share_group_state`, in the form of [`decoded`].
pub(super) fn share_group_state() -> Vec<Vec<u8>> {
    [0u8, 1]
        .map(|kind| {
            let key = [&[0, kind, 0, 1, b'g'][..], &[0; 16], &2i32.to_be_bytes()].concat();
            let epochs = vec![1; if kind == 0 { 12 } else { 8 }];
            let times = vec![3; if kind == 0 { 16 } else { 0 }];
            let value = [&[0, 0][..], &epochs, &[2; 8], &times, &[2], &[0; 20], &[0]].concat();
            [&[u8::try_from(key.len()).unwrap()][..], &key, &value].concat()
        })
        .to_vec()
}

#[test]
fn the_corpus_is_sound() {
    for segment in segments() {
        let mut rest = &segment[..];
        while !rest.is_empty() {
            let batch = Batch::parse(rest).unwrap().unwrap();
            batch.verify().unwrap();
            rest = &rest[batch.size()..];
        }
    }
    assert!(decoded("--offsets-decoder").len() > 20);
}
