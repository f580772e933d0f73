//! Producers and transactions, as a broker writes them.

use super::*;

/// What a batch of a producer has in its header.
#[derive(Debug, Clone, Copy)]
struct By {
    producer: i64,
    epoch: i16,
    sequence: i32,
    attributes: i16,
}

const TRANSACTIONAL: i16 = 0x10;
const CONTROL: i16 = 0x20;

/// The batch with other fields in its header, and its checksum made right.
fn stamped(mut batch: EncodedBatch, offset: i64, by: By) -> Vec<u8> {
    batch.assign(Offset(offset), crate::record::LeaderEpoch(0));
    let mut bytes = batch.bytes().to_vec();
    let header = BatchHeader {
        producer_id: by.producer,
        producer_epoch: by.epoch,
        base_sequence: by.sequence,
        attributes: Attributes(batch.header().attributes.0 | by.attributes),
        ..*batch.header()
    };
    bytes[..HEADER_LEN].copy_from_slice(&header.encode());
    let crc = crate::record::checksum::crc32c(&bytes[ATTRIBUTES_AT..]);
    bytes[CRC_AT..ATTRIBUTES_AT].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn data(offset: i64, by: By, records: &[(&str, Option<&str>)]) -> Vec<u8> {
    stamped(keyed(records, NOW.0, Compression::None), offset, by)
}

fn marker(offset: i64, producer: i64, epoch: i16, commit: bool) -> Vec<u8> {
    let mut builder = BatchBuilder::new();
    let key = [0, 0, 0, u8::from(commit)];
    let value = [0, 0, 0, 0, 0, 7];
    builder.push(&NewRecord { timestamp: NOW, key: Some(&key), value: Some(&value), headers: &[] });
    let mut batch = EncodedBatch::default();
    builder
        .finish(&mut Compressor::new(Compression::None, None).expect("none"), None, &mut batch)
        .expect("ok");
    let by = By { producer, epoch, sequence: -1, attributes: TRANSACTIONAL | CONTROL };
    stamped(batch, offset, by)
}

/// Makes a sealed segment of `batches`, and an empty active one at `end`.
fn lay_out(dir: &Path, batches: &[Vec<u8>], end: i64) {
    std::fs::write(dir.join("00000000000000000000.log"), batches.concat()).expect("written");
    std::fs::write(dir.join(format!("{end:020}.log")), b"").expect("written");
}

/// Offset, count and whether it is control, of each batch.
fn batches(dir: &Path) -> Vec<(i64, i32, bool)> {
    let mut reader = LogReader::new(dir, Offset::ZERO);
    let mut out = Vec::new();
    while let Some(batch) = reader.next().expect("readable") {
        let header = batch.header();
        out.push((header.base_offset.0, header.count, header.attributes.is_control()));
    }
    out
}

#[test]
fn the_last_batch_of_a_producer_stays_though_empty_until_it_is_forgotten() {
    let by = |producer, sequence| By { producer, epoch: 1, sequence, attributes: 0 };
    let lay = |dir: &Path| {
        lay_out(
            dir,
            &[
                data(0, by(7, 0), &[("a", Some("1"))]),
                data(1, by(7, 1), &[("a", Some("2")), ("a", Some("3"))]),
                data(3, by(8, 0), &[("a", Some("4"))]),
                data(4, by(8, 1), &[("b", Some("5"))]),
            ],
            5,
        );
    };
    let dir = tempfile::tempdir().expect("a folder");
    lay(dir.path());
    clean(dir.path(), config(), NOW);
    assert_eq!(batches(dir.path()), [(1, 0, false), (3, 1, false), (4, 1, false)]);
    let log = std::fs::read(dir.path().join("00000000000000000000.log")).expect("a log");
    let header = BatchHeader::decode(&log).expect("a header");
    assert_eq!((header.producer_id, header.producer_epoch), (7, 1));
    assert_eq!((header.base_sequence, header.last_sequence(), header.last_offset()), (1, 2, Offset(2)));
    assert_sound(dir.path(), "with an empty batch");

    let later = tempfile::tempdir().expect("a folder");
    lay(later.path());
    clean(later.path(), config(), Timestamp(NOW.0 + 25 * 3600 * 1000));
    assert_eq!(batches(later.path()), [(3, 1, false), (4, 1, false)]);
}

#[test]
fn the_end_of_what_is_cleaned_stays_visible() {
    let by = By { producer: -1, epoch: -1, sequence: -1, attributes: 0 };
    let dir = tempfile::tempdir().expect("a folder");
    lay_out(dir.path(), &[data(0, by, &[("a", Some("1"))]), data(1, by, &[("", Some("no key"))])], 2);
    clean(dir.path(), config(), NOW);
    assert_eq!(batches(dir.path()), [(0, 1, false), (1, 0, false)]);
}

#[test]
fn aborted_records_go_and_markers_follow_in_time() {
    let by = |producer| By { producer, epoch: 0, sequence: 0, attributes: TRANSACTIONAL };
    let dir = tempfile::tempdir().expect("a folder");
    let config = CleanerConfig { delete_retention_ms: 1000, ..config() };
    lay_out(
        dir.path(),
        &[
            data(0, by(1), &[("a", Some("committed"))]),
            data(1, by(2), &[("a", Some("aborted")), ("b", Some("aborted"))]),
            marker(3, 1, 0, true),
            marker(4, 2, 0, false),
            data(5, by(3), &[("c", Some("later"))]),
            marker(6, 3, 0, true),
            data(7, By { producer: -1, epoch: -1, sequence: -1, attributes: 0 }, &[("c", Some("last"))]),
        ],
        8,
    );
    // A broker has an index of the one that was aborted.
    let entry = transactions_entry(2, 1, 4, 5);
    std::fs::write(dir.path().join("00000000000000000000.txnindex"), &entry).expect("written");
    clean(dir.path(), config, NOW);
    let text = |b: &str| Some(b.to_owned());
    assert_eq!(
        read(dir.path()).into_iter().map(|r| (r.2, r.3)).collect::<Vec<_>>(),
        [(text("a"), text("committed")), (text("c"), text("last"))],
        "an aborted value does not displace a committed one"
    );
    // The aborted batch is its producer's last and stays, empty; so its marker stays, and is in the index.
    assert_eq!(
        batches(dir.path()),
        [
            (0, 1, false),
            (1, 0, false),
            (3, 1, true),
            (4, 1, true),
            (5, 0, false),
            (6, 1, true),
            (7, 1, false)
        ]
    );
    assert_eq!(std::fs::read(dir.path().join("00000000000000000000.txnindex")).expect("there"), entry);

    // When the producers are forgotten, first the empty batches go. The next cleaning finds markers without
    // any batch, whose time begins then; the one after that time drops them.
    let day = 25 * 3600 * 1000;
    let dirty = |key: &str| append_segment(dir.path(), &[(key, Some("x"))]);
    dirty("d");
    clean(dir.path(), config, Timestamp(NOW.0 + day));
    let markers = [(0, 1, false), (3, 1, true), (4, 1, true), (6, 1, true), (7, 1, false)];
    assert_eq!(batches(dir.path())[..5], markers);
    dirty("e");
    clean(dir.path(), config, Timestamp(NOW.0 + day + 1));
    assert_eq!(batches(dir.path())[..5], markers);
    assert_eq!(std::fs::read(dir.path().join("00000000000000000000.txnindex")).expect("there"), b"");
    dirty("f");
    clean(dir.path(), config, Timestamp(NOW.0 + day + 1001));
    assert_eq!(
        batches(dir.path())[..3],
        [(0, 1, false), (3, 1, true), (7, 1, false)],
        "its data is there yet"
    );
    assert_sound(dir.path(), "after transactions");
}

fn transactions_entry(producer: i64, first: i64, last: i64, stable: i64) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    for field in [producer, first, last, stable] {
        bytes.extend_from_slice(&field.to_be_bytes());
    }
    bytes
}

#[test]
fn nothing_is_cleaned_from_an_open_transaction_on() {
    let plain = By { producer: -1, epoch: -1, sequence: -1, attributes: 0 };
    let by = By { producer: 1, epoch: 0, sequence: 0, attributes: TRANSACTIONAL };
    let dir = tempfile::tempdir().expect("a folder");
    lay_out(
        dir.path(),
        &[
            data(0, plain, &[("a", Some("1"))]),
            data(1, plain, &[("a", Some("2"))]),
            data(2, by, &[("a", Some("open"))]),
            data(3, plain, &[("a", Some("3"))]),
        ],
        4,
    );
    let report = clean(dir.path(), config(), NOW);
    assert!(report.is_complete);
    assert_eq!(read(dir.path()).iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2, 3]);
}
