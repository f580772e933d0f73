//! What is done with arbitrary bytes. No target may panic, hang, or take more memory than is allowed.
//!
//! Also compiled into the programs that cargo-fuzz makes, so nothing here uses the rest of the tests.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use mkafka::dump::{
    Found, Limits, LogWalk, MessageDecoder, OffsetIndexDump, ProducerSnapshot, Salvage, TextFile, TextKind,
    TimeIndexDump, TxnIndexDump,
};
use mkafka::output::data::DataWriter;
use mkafka::output::dump::{Contents, JsonLines, RecordText, Shown, write_batch};
use mkafka::record::header::{Attributes, BatchHeader, HEADER_LEN};
use mkafka::record::{Batch, Compression, Deserializer, LeaderEpoch, Offset, RecordDecoder, Timestamp};

/// The largest record that is unpacked, in bytes.
const RECORD_SIZE_MAX: usize = 1 << 20;

thread_local! {
    /// A folder for the files of this thread, and where text goes.
    static FOLDER: RefCell<Option<(tempfile::TempDir, DataWriter)>> = const { RefCell::new(None) };
}

/// Calls `f` with a folder of this thread's own and a writer to nowhere.
fn in_folder(f: impl FnOnce(&Path, &mut DataWriter)) {
    FOLDER.with_borrow_mut(|folder| {
        let (dir, out) = folder.get_or_insert_with(|| {
            // In memory where that can be: a million files are no work for a disk.
            let memory = Path::new("/dev/shm");
            let dir = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).expect("a folder");
            let null = std::fs::OpenOptions::new().write(true).open("/dev/null").expect("/dev/null");
            (dir, DataWriter::to(null))
        });
        f(dir.path(), out);
    });
}

/// Writes a file of the folder.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

fn limits() -> Limits {
    Limits { batch_size_max: Limits::FLOOR, record_size_max: RECORD_SIZE_MAX }
}

/// A whole `.log`: walked over as a dump does, its records printed in every way, and salvaged.
pub(crate) fn segment(bytes: &[u8]) {
    in_folder(|folder, out| {
        let path = write(folder, "00000000000000000000.log", bytes);
        let json = JsonLines::new(&path);
        let mut decoder = RecordDecoder::tolerant().with_record_size_max(RECORD_SIZE_MAX);
        let mut salvage = Salvage::new(&path, &folder.join("salvaged"), Some(Offset(0)), limits());
        let mut walk = LogWalk::open(&path, u64::MAX, limits()).expect("it opens");
        let mut steps = 0;
        loop {
            match walk.step().expect("it can be read") {
                Found::End => break,
                Found::Batch(found) => {
                    write_batch(
                        out.buffer(),
                        found.position,
                        &found.header,
                        found.size,
                        found.checksum_holds,
                    );
                    json.batch(out.buffer(), found.position, &found.header, found.size, found.checksum_holds);
                    if let Some(batch) = &found.content {
                        print_records(&mut decoder, batch, &json, out);
                    }
                    let _ = salvage.add(&found);
                }
                Found::Gap { .. } | Found::Tail { .. } => {}
            }
            steps += 1;
            assert!(steps <= bytes.len() + 1, "a walk goes on");
        }
        let salvaged = salvage.finish(&path, 4096).expect("salvaged");
        if let Some(log) = &salvaged.log {
            let mut walk = LogWalk::open(log, u64::MAX, limits()).expect("it opens");
            let mut batches = 0;
            loop {
                match walk.step().expect("it can be read") {
                    Found::Batch(found) => assert_eq!(found.damage, None, "salvaged"),
                    Found::End => break,
                    other => panic!("salvaged {other:?}"),
                }
                batches += 1;
            }
            assert_eq!(batches, salvaged.batches);
            let _ = std::fs::remove_dir_all(folder.join("salvaged"));
        }
    });
}

fn print_records(decoder: &mut RecordDecoder, batch: &Batch<'_>, json: &JsonLines, out: &mut DataWriter) {
    let shown = Shown { metadata: true, data: true };
    let text = RecordText::new(batch.header(), shown);
    let Ok(mut records) = decoder.records(batch) else { return };
    while let Ok(Some(record)) = records.next() {
        for contents in [
            Contents::Bytes,
            Contents::Decoded(MessageDecoder::Offsets),
            Contents::Deserialized { key: Deserializer::Bytes, value: Deserializer::Uuid },
        ] {
            text.write(out, &record, &contents).expect("written");
            let position = mkafka::log::Position(0);
            json.record(out, position, batch.header(), &record, shown, &contents).expect("written");
        }
        out.spill().expect("written");
    }
}

/// Bytes in which a batch may begin.
pub(crate) fn batch(bytes: &[u8]) {
    for parsed in [Batch::parse(bytes), Batch::parse_leniently(bytes)] {
        let Ok(Some(batch)) = parsed else { continue };
        let _ = (batch.verify(), batch.compression(), batch.last_offset());
        for mut decoder in [RecordDecoder::new(), RecordDecoder::tolerant()] {
            decoder = decoder.with_record_size_max(RECORD_SIZE_MAX);
            read_all(&mut decoder, &batch);
        }
    }
}

fn read_all(decoder: &mut RecordDecoder, batch: &Batch<'_>) {
    let Ok(mut records) = decoder.records(batch) else { return };
    let mut bytes = 0usize;
    while let Ok(Some(record)) = records.next() {
        let _ = record.headers.iter().count();
        let size = record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len);
        assert!(size <= RECORD_SIZE_MAX.max(batch.size()), "a record larger than allowed");
        bytes = bytes.saturating_add(size);
    }
}

/// A payload of a batch whose header is right.
fn payload(codec: Compression, bytes: &[u8]) {
    let header = BatchHeader {
        base_offset: Offset(0),
        length: i32::try_from(HEADER_LEN - 12 + bytes.len()).unwrap_or(i32::MAX),
        leader_epoch: LeaderEpoch(0),
        magic: 2,
        crc: 0,
        attributes: Attributes(0).with_codec(codec.id()),
        last_offset_delta: 99,
        base_timestamp: Timestamp(0),
        max_timestamp: Timestamp(0),
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        count: 100,
    };
    let whole = [&header.encode()[..], bytes].concat();
    let Ok(Some(batch)) = Batch::parse(&whole) else { return };
    read_all(&mut RecordDecoder::new().with_record_size_max(RECORD_SIZE_MAX), &batch);
}

/// Records of an uncompressed batch.
pub(crate) fn record(bytes: &[u8]) {
    payload(Compression::None, bytes);
}

/// A gzip payload.
pub(crate) fn gzip(bytes: &[u8]) {
    payload(Compression::Gzip, bytes);
}

/// A snappy payload.
pub(crate) fn snappy(bytes: &[u8]) {
    payload(Compression::Snappy, bytes);
}

/// An lz4 payload.
pub(crate) fn lz4(bytes: &[u8]) {
    payload(Compression::Lz4, bytes);
}

/// A zstd payload.
pub(crate) fn zstd(bytes: &[u8]) {
    payload(Compression::Zstd, bytes);
}

/// A message of magic 0 or 1.
pub(crate) fn legacy_message(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    for magic in [0, 1] {
        if let Some(byte) = bytes.get_mut(16) {
            *byte = magic;
        }
        batch(&bytes);
    }
}

/// An `.index` beside a log.
pub(crate) fn offset_index(bytes: &[u8]) {
    in_folder(|folder, _| {
        write(folder, "00000000000000000000.log", LOG);
        let path = write(folder, "00000000000000000000.index", bytes);
        let mut index = OffsetIndexDump::open(&path).expect("it opens");
        let _ = (index.sanity_check(), index.is_empty(), index.fragment());
        let mut check = index.against_log(1 << 20).expect("the log is there");
        while check.next_entry().expect("it can be read").is_some() {}
    });
}

/// A `.timeindex` beside a log and an `.index`.
pub(crate) fn time_index(bytes: &[u8]) {
    in_folder(|folder, _| {
        write(folder, "00000000000000000000.log", LOG);
        write(folder, "00000000000000000000.index", &bytes[..bytes.len() / 2]);
        let path = write(folder, "00000000000000000000.timeindex", bytes);
        let mut index = TimeIndexDump::open(&path).expect("it opens");
        let _ = (index.sanity_check(), index.fragment());
        let mut check = index.against_log(limits()).expect("the log is there");
        while check.next_entry().expect("it can be read").is_some() {}
    });
}

/// Two batches of two messages each, in magic 1: enough for entries to lead to.
const LOG: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\x17\x89\x9c\x11\x20\x01\0\0\0\0\0\0\0\0\x05\xff\xff\xff\xff\0\0\0\x01a\
                     \0\0\0\0\0\0\0\x01\0\0\0\x17\x89\x9c\x11\x20\x01\0\0\0\0\0\0\0\0\x06\xff\xff\xff\xff\0\0\0\x01b";

/// A `.txnindex`.
pub(crate) fn txn_index(bytes: &[u8]) {
    in_folder(|folder, _| {
        let path = write(folder, "00000000000000000000.txnindex", bytes);
        let mut index = TxnIndexDump::open(&path).expect("it opens");
        while let Ok(Some(_)) = index.next_entry() {}
    });
}

/// A `.snapshot`.
pub(crate) fn producer_snapshot(bytes: &[u8]) {
    in_folder(|folder, _| {
        let path = write(folder, "00000000000000000000.snapshot", bytes);
        let Ok(mut snapshot) = ProducerSnapshot::open(&path) else { return };
        while let Ok(Some(_)) = snapshot.next_entry() {}
    });
}

/// A small text of each kind.
pub(crate) fn text_file(bytes: &[u8]) {
    in_folder(|folder, _| {
        let path = write(folder, "text", bytes);
        for kind in [
            TextKind::LeaderEpochs,
            TextKind::Offsets,
            TextKind::PartitionMetadata,
            TextKind::Properties,
            TextKind::QuorumState,
        ] {
            let mut file = TextFile::open(&path, kind).expect("it opens");
            while file.next_item().expect("it can be read").is_some() {}
        }
    });
}

/// A record whose key and value are parts of `bytes`: the first byte says how much is the key.
fn decode(bytes: &[u8], contents: &[Contents]) {
    let (&key_len, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (key, value) = rest.split_at(usize::from(key_len).min(rest.len()));
    let mut builder = mkafka::record::BatchBuilder::new();
    let key = (key_len > 0).then_some(key);
    builder.push(&mkafka::record::NewRecord {
        timestamp: Timestamp(0),
        key,
        value: Some(value),
        headers: &[],
    });
    let mut encoded = mkafka::record::EncodedBatch::default();
    let mut compressor = mkafka::record::Compressor::new(Compression::None, None).expect("no codec");
    builder.finish(&mut compressor, None, &mut encoded).expect("it finishes");
    let batch = Batch::parse(encoded.bytes()).expect("valid").expect("whole");
    let mut decoder = RecordDecoder::new();
    let mut records = decoder.records(&batch).expect("records");
    let record = records.next().expect("valid").expect("a record");
    let shown = Shown { metadata: false, data: true };
    in_folder(|folder, out| {
        let json = JsonLines::new(folder);
        let text = RecordText::new(batch.header(), shown);
        for contents in contents {
            text.write(out, &record, contents).expect("written");
            let position = mkafka::log::Position(0);
            json.record(out, position, batch.header(), &record, shown, contents).expect("written");
            out.spill().expect("written");
        }
    });
}

/// A record of `__consumer_offsets`.
pub(crate) fn offsets_decoder(bytes: &[u8]) {
    decode(bytes, &[Contents::Decoded(MessageDecoder::Offsets)]);
}

/// A record of `__transaction_state`.
pub(crate) fn transaction_log_decoder(bytes: &[u8]) {
    decode(bytes, &[Contents::Decoded(MessageDecoder::TransactionLog)]);
}

/// A record of `__cluster_metadata`.
pub(crate) fn cluster_metadata_decoder(bytes: &[u8]) {
    decode(bytes, &[Contents::Decoded(MessageDecoder::ClusterMetadata)]);
}

/// A record of `__remote_log_metadata`.
pub(crate) fn remote_log_metadata_decoder(bytes: &[u8]) {
    decode(bytes, &[Contents::Decoded(MessageDecoder::RemoteLogMetadata)]);
}

/// A record of `__share_group_state`.
pub(crate) fn share_group_state_decoder(bytes: &[u8]) {
    decode(bytes, &[Contents::Decoded(MessageDecoder::ShareGroupState)]);
}

/// Keys and values by every deserializer.
pub(crate) fn deserializers(bytes: &[u8]) {
    let names =
        ["integer", "double", "uuid", "boolean", "bytes", "list<integer>", "list<list<string>>", "void"];
    let of = |name: &str| name.parse::<Deserializer>().expect("known");
    let pairs = names.map(|name| Contents::Deserialized { key: of(name), value: of(name) });
    decode(bytes, &pairs);
}
