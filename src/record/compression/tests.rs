//! What holds for every codec.

use std::io::{self, Read};

use proptest::prelude::*;

use super::*;

/// `payload` compressed at the default level.
pub(super) fn packed(codec: Compression, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Compressor::new(codec, None).expect("a default level").compress(payload, &mut out).expect("compresses");
    out
}

/// All of what a magic 2 payload unpacks to, or the first error.
pub(super) fn unpack(codec: Compression, bytes: &[u8]) -> io::Result<Vec<u8>> {
    unpack_magic(codec, 2, bytes)
}

/// All of what a payload unpacks to, or the first error.
pub(super) fn unpack_magic(codec: Compression, magic: u8, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Decompressor::default().reader(codec, magic, bytes)?.read_to_end(&mut out)?;
    Ok(out)
}

/// Bytes that do not compress (xorshift).
pub(super) fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..len).map(|_| step()).collect()
}

/// Bytes that compress as records do.
fn text(len: usize) -> Vec<u8> {
    let line =
        |i: usize| format!("{{\"id\":{i},\"name\":\"user-{}\",\"ok\":true}}\n", i * 7919 % 1000).into_bytes();
    (0..).flat_map(line).take(len).collect()
}

/// Reads with one buffer size all through, then past the end.
fn read_by(
    codec: Compression,
    bytes: &[u8],
    step: usize,
    decompressor: &mut Decompressor,
) -> io::Result<Vec<u8>> {
    let mut reader = decompressor.reader(codec, 2, bytes)?;
    let (mut out, mut buf) = (Vec::new(), vec![0; step]);
    loop {
        let n = reader.read(&mut buf)?;
        out.extend_from_slice(&buf[..n]);
        if n < step {
            assert_eq!(reader.read(&mut buf)?, 0, "the end stays the end");
            return Ok(out);
        }
    }
}

fn any_codec() -> impl Strategy<Value = Compression> {
    proptest::sample::select(&Compression::ALL[..])
}

/// Reads everything in odd steps and forgets it: what matters is that this returns, within bounds.
fn survive(codec: Compression, bytes: &[u8], decompressor: &mut Decompressor) {
    for magic in [0, 2] {
        let Ok(mut reader) = decompressor.reader(codec, magic, bytes) else { continue };
        let mut buf = vec![0; 70_000];
        for step in [1, 3, 70_000, 500].into_iter().cycle() {
            match reader.read(&mut buf[..step]) {
                Ok(0) => break,
                Ok(_) => {}
                Err(first) => {
                    let again = reader.read(&mut buf).expect_err("errors stay");
                    assert_eq!(first.to_string(), again.to_string());
                    break;
                }
            }
        }
    }
}

#[test]
fn names_and_numbers() {
    for (id, codec) in Compression::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(codec.id()), id);
        assert_eq!(Compression::from_id(codec.id()), Some(codec));
        assert_eq!(codec.to_string().parse(), Ok(codec));
    }
    assert_eq!(Compression::from_id(5), None);
    let error = "brotli".parse::<Compression>().expect_err("not Kafka's").to_string();
    assert!(Compression::ALL.iter().all(|codec| error.contains(codec.name())), "{error}");
}

#[test]
fn levels_have_kafkas_ranges() {
    let ranges = [(Compression::Gzip, 1, 9), (Compression::Lz4, 1, 17), (Compression::Zstd, -131_072, 22)];
    for (codec, low, high) in ranges {
        for level in [low, high] {
            let mut out = Vec::new();
            let mut compressor = Compressor::new(codec, Some(level)).expect("in range");
            compressor.compress(&text(1000), &mut out).expect("compresses");
            assert_eq!(unpack(codec, &out).expect("valid"), text(1000), "{codec} {level}");
        }
        for level in [low - 1, high + 1] {
            let error = Compressor::new(codec, Some(level)).expect_err("out of range").to_string();
            assert!(codec == Compression::Gzip || error.contains(&high.to_string()), "{error}");
        }
    }
    assert!(Compressor::new(Compression::Gzip, Some(-1)).is_ok());
    assert!(Compressor::new(Compression::Snappy, Some(1)).is_err());
}

#[test]
fn all_sizes_come_back() {
    let edges = [0, 1, 2, 15, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_075, 3_000_000];
    let mut decompressor = Decompressor::default();
    for codec in Compression::ALL {
        let mut compressor = Compressor::new(codec, None).expect("a default level");
        assert_eq!(compressor.codec(), codec);
        for len in edges {
            for payload in [noise(len), text(len), vec![0; len]] {
                let mut out = b"kept".to_vec();
                compressor.compress(&payload, &mut out).expect("compresses");
                assert_eq!(&out[..4], b"kept");
                for step in [777, 65_536, 4_000_000] {
                    let read = read_by(codec, &out[4..], step, &mut decompressor).expect("valid");
                    assert!(read == payload, "{codec}, {len} bytes in steps of {step}");
                }
            }
        }
    }
}

#[test]
fn cut_off_anywhere_it_is_an_error_or_a_documented_end() {
    for codec in [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd] {
        let payload = text(40_000);
        let bytes = packed(codec, &payload);
        let mut ends = Vec::new();
        for cut in 0..bytes.len() {
            if let Ok(read) = unpack(codec, &bytes[..cut]) {
                assert!(payload.starts_with(&read));
                ends.push((cut, read.len()));
            }
        }
        match codec {
            // No end mark: a chunk's end is an end, and up to 3 bytes behind it are ignored.
            Compression::Snappy => {
                let second = 20 + u32::from_be_bytes([bytes[16], bytes[17], bytes[18], bytes[19]]) as usize;
                let expected =
                    (16..20).map(|cut| (cut, 0)).chain((second..second + 4).map(|cut| (cut, 32_768)));
                assert_eq!(ends, expected.collect::<Vec<_>>());
            }
            // Nothing at all is no frame, and no error.
            Compression::Zstd => assert_eq!(ends, [(0, 0)]),
            _ => assert_eq!(ends, [], "{codec}"),
        }
    }
}

#[test]
fn bombs_are_read_in_small_pieces() {
    for codec in [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd] {
        let bytes = packed(codec, &vec![0; 64 << 20]);
        let mut decompressor = Decompressor::default();
        let mut reader = decompressor.reader(codec, 2, &bytes).expect("a header");
        let (mut total, mut buf) = (0, [0; 5000]);
        while let n @ 1.. = reader.read(&mut buf).expect("valid") {
            total += n;
        }
        drop(reader);
        assert_eq!(total, 64 << 20);
        assert!(decompressor.block_len() <= 65_536, "{codec}");
    }
}

#[test]
fn a_block_of_unusual_size_is_not_kept() {
    let payload = vec![1; 5 << 20];
    let bare = snap::raw::Encoder::new().compress_vec(&payload).expect("compresses");
    let mut decompressor = Decompressor::default();
    assert!(read_by(Compression::Snappy, &bare, 1000, &mut decompressor).expect("valid") == payload);
    assert_eq!(decompressor.block_len(), payload.len());
    decompressor.reader(Compression::None, 2, b"next").expect("a reader");
    assert_eq!(decompressor.block_len(), 0);
}

#[test]
fn both_sides_may_move_between_threads() {
    fn check<T: Send>() {}
    check::<Compressor>();
    check::<Decompressor>();
    check::<PayloadReader<'_>>();
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked(codec in any_codec(), payload: Vec<u8>, repeat in 1..2000usize, step in 1..100_000usize) {
        let payload = payload.repeat(repeat);
        let read = read_by(codec, &packed(codec, &payload), step, &mut Decompressor::default());
        prop_assert!(read.expect("valid") == payload);
    }

    #[test]
    fn no_bytes_make_it_panic(codec in any_codec(), bytes: Vec<u8>) {
        let mut decompressor = Decompressor::default();
        survive(codec, &bytes, &mut decompressor);
        let header = packed(codec, b"");
        survive(codec, &[&header[..header.len().min(16)], &bytes].concat(), &mut decompressor);
    }

    #[test]
    fn no_damage_makes_it_panic(
        codec in any_codec(),
        len in 0..70_000usize,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut decompressor = Decompressor::default();
        let good = packed(codec, &text(len));
        let mut bytes = good.clone();
        for (at, byte) in damage {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        survive(codec, &bytes, &mut decompressor);
        // The contexts must not carry anything over.
        let read = read_by(codec, &good, 4096, &mut decompressor).expect("valid");
        prop_assert!(read == text(len));
    }
}
