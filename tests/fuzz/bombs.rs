//! Compressed data that claims gigabytes: the program stays within its memory.

use std::io::Write as _;
use std::process::Command;

use mkafka::record::header::{Attributes, BatchHeader};
use mkafka::record::varint::write_varint;
use mkafka::record::{Compression, LeaderEpoch, Offset, Timestamp};

/// What one record of the bomb claims to be, in bytes.
const CLAIMED: usize = 1 << 30;

/// A batch with one record whose value is `CLAIMED` zeros.
fn bomb(codec: Compression) -> Vec<u8> {
    let mut head = Vec::new();
    write_varint(i32::try_from(CLAIMED + 10).unwrap(), &mut head);
    // Attributes, timestamp, offset, no key, the value's length.
    head.extend([0, 0, 0, 1]);
    write_varint(i32::try_from(CLAIMED).unwrap(), &mut head);
    let zeros = vec![0; 1 << 20];
    let payload = match codec {
        Compression::Zstd => {
            let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
            encoder.write_all(&head).unwrap();
            (0..CLAIMED >> 20).for_each(|_| encoder.write_all(&zeros).unwrap());
            encoder.finish().unwrap()
        }
        _ => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&head).unwrap();
            (0..CLAIMED >> 20).for_each(|_| encoder.write_all(&zeros).unwrap());
            encoder.finish().unwrap()
        }
    };
    let header = BatchHeader {
        base_offset: Offset(0),
        length: i32::try_from(49 + payload.len()).unwrap(),
        leader_epoch: LeaderEpoch(0),
        magic: 2,
        crc: 0,
        attributes: Attributes(0).with_codec(codec.id()),
        last_offset_delta: 0,
        base_timestamp: Timestamp(0),
        max_timestamp: Timestamp(0),
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        count: 1,
    };
    let mut batch = [&header.encode()[..], &payload].concat();
    let crc = crc32c::crc32c(&batch[21..]);
    batch[17..21].copy_from_slice(&crc.to_be_bytes());
    batch
}

/// Runs the program with at most 256 MiB of address space, of which it needs some for its code and its threads.
fn dump(args: &[&str], path: &std::path::Path) -> (Option<i32>, String) {
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -v 262144; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_mkafka"),
            "dump-log-segments",
        ])
        .args(args)
        .arg(path)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_few_megabytes_that_unpack_to_a_gigabyte() {
    let dir = tempfile::tempdir().unwrap();
    for codec in [Compression::Zstd, Compression::Gzip] {
        let path = dir.path().join("00000000000000000000.log");
        let bomb = bomb(codec);
        assert!(bomb.len() < 8 << 20);
        std::fs::write(&path, bomb).unwrap();
        for args in [&["--print-data-log"][..], &["--summary"], &["--salvage", dir.path().to_str().unwrap()]]
        {
            let (status, stderr) = dump(args, &path);
            assert_eq!(status, Some(1), "{codec:?} {args:?}: {stderr}");
            assert!(stderr.contains("bytes unpacked, more than the"), "{codec:?} {args:?}: {stderr}");
        }
    }
}
