//! Making files and dumping them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mkafka::log::{Durability, LogAppender, LogConfig};
use mkafka::record::header::{Attributes, BatchHeader};
use mkafka::record::varint::{varlong_len, write_varint, write_varlong};
use mkafka::record::{
    BatchBuilder, Compression, Compressor, EncodedBatch, LeaderEpoch, NewRecord, Offset, Timestamp,
};
use tempfile::TempDir;

/// The timestamp of the first record.
pub(super) const T0: i64 = 1_700_000_000_000;
/// The name of a partition's first segment, without suffix.
pub(super) const FIRST: &str = "00000000000000000000";

/// A folder whose files are dumped under their bare names.
pub(super) struct Folder(TempDir);

/// What a dump gave.
#[derive(Debug)]
pub(super) struct Dumped {
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// A segment of batches of two records each, with values `value N`.
    pub(super) fn append(&self, batches: i64, compression: Compression) {
        let config = LogConfig { index_interval_bytes: 100, ..LogConfig::default() };
        let mut log = LogAppender::open(self.0.path(), config).unwrap();
        let mut compressor = Compressor::new(compression, None).unwrap();
        for i in 0..batches {
            let mut builder = BatchBuilder::new();
            for n in [2 * i, 2 * i + 1] {
                push(&mut builder, T0 + n, Some(format!("k{n}").as_bytes()), format!("value {n}").as_bytes());
            }
            let mut batch = EncodedBatch::default();
            builder.finish(&mut compressor, None, &mut batch).unwrap();
            log.append(&mut batch, Durability::Written).unwrap();
        }
    }

    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mkafka"));
        command.current_dir(self.0.path()).arg("dump-log-segments").args(args);
        command
    }

    pub(super) fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Dumps, and takes the folder's path out of what is said on standard error.
    pub(super) fn dump(&self, args: &[&str]) -> Dumped {
        let output = self.output(args);
        let folder = self.0.path().canonicalize().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        Dumped {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: stderr.replace(&format!("{}/", folder.display()), "/dir/"),
        }
    }
}

/// Adds a record without headers.
pub(super) fn push(builder: &mut BatchBuilder, timestamp: i64, key: Option<&[u8]>, value: &[u8]) {
    builder.push(&NewRecord { timestamp: Timestamp(timestamp), key, value: Some(value), headers: &[] });
}

/// The header of a batch that was appended at offset 0 by nobody in particular.
pub(super) fn header() -> BatchHeader {
    BatchHeader {
        base_offset: Offset(0),
        length: 0,
        leader_epoch: LeaderEpoch(0),
        magic: 2,
        crc: 0,
        attributes: Attributes(0),
        last_offset_delta: 0,
        base_timestamp: Timestamp(T0),
        max_timestamp: Timestamp(T0),
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        count: 1,
    }
}

/// A batch of magic 2 with `header`, whose length and checksum are put right, and these records.
pub(super) fn batch(mut header: BatchHeader, records: &[Vec<u8>]) -> Vec<u8> {
    let records = records.concat();
    header.length = small(49 + records.len());
    let mut bytes = header.encode().to_vec();
    bytes.extend_from_slice(&records);
    let crc = crc32c::crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// A record of magic 2 without headers.
pub(super) fn record(
    offset_delta: i32,
    timestamp_delta: i64,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
) -> Vec<u8> {
    let mut body = vec![0];
    write_varlong(timestamp_delta, &mut body);
    write_varint(offset_delta, &mut body);
    for field in [key, value] {
        write_varint(field.map_or(-1, |f| small(f.len())), &mut body);
        body.extend_from_slice(field.unwrap_or_default());
    }
    write_varint(0, &mut body);
    let mut out = Vec::with_capacity(varlong_len(0) + body.len());
    write_varint(small(body.len()), &mut out);
    out.extend_from_slice(&body);
    out
}

/// A message of magic 0 or 1.
pub(super) fn message(
    magic: u8,
    offset: i64,
    attributes: u8,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
) -> Vec<u8> {
    let mut body = vec![magic, attributes];
    if magic == 1 {
        body.extend_from_slice(&(T0 + offset).to_be_bytes());
    }
    for field in [key, value] {
        let len = field.map_or(-1, |f| small(f.len()));
        body.extend_from_slice(&len.to_be_bytes());
        body.extend_from_slice(field.unwrap_or_default());
    }
    let mut out = offset.to_be_bytes().to_vec();
    out.extend_from_slice(&small(4 + body.len()).to_be_bytes());
    out.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
    out.extend_from_slice(&body);
    out
}

/// Writes the log of the first segment.
pub(super) fn folder_with_log(bytes: &[u8]) -> Folder {
    let folder = Folder::new();
    folder.write(&format!("{FIRST}.log"), bytes);
    folder
}

/// Whether `path` is there; for tests that need a device.
pub(super) fn exists(path: &str) -> bool {
    Path::new(path).exists()
}

/// A length as the formats store it.
pub(super) fn small(len: usize) -> i32 {
    i32::try_from(len).expect("a test's file is small")
}
