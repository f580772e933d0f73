//! Snappy as snappy-java's `SnappyOutputStream` frames it and `SnappyInputStream` reads it.
//!
//! ```text
//! 82 'SNAPPY' 00   magic
//! version          i32   1; readers take any, except 0 and less in the header of a further stream
//! compatible       i32   1; readers ignore it
//! then, until the payload ends:
//! length           i32   bytes of the chunk
//! chunk                  a raw Snappy block of at most 32 KB
//! ```
//!
//! A payload without that header is a single raw block: other clients write such.

use super::reader::take;
use super::{Compression, CompressionError};

const HEADER: [u8; 16] = *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";
const MAGIC_LEN: usize = 8;
/// snappy-java's default block size.
const CHUNK: usize = 32 * 1024;
/// The most bytes that a chunk may unpack to here. Kafka allocates up to 2³¹ − 1 on a block's word;
/// this is as much as a zstd window may claim.
const MAX_UNPACKED: u64 = 128 << 20;

const TRUNCATED: CompressionError = CompressionError::Truncated { codec: Compression::Snappy };

fn corrupt(reason: impl Into<std::borrow::Cow<'static, str>>) -> CompressionError {
    CompressionError::corrupt(Compression::Snappy, reason)
}

/// Writes the framing.
pub(super) struct Encoder {
    /// Boxed for its table of 2 KB.
    raw: Box<snap::raw::Encoder>,
    block: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self { raw: Box::new(snap::raw::Encoder::new()), block: vec![0; snap::raw::max_compress_len(CHUNK)] }
    }

    pub(super) fn compress(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
        out.extend_from_slice(&HEADER);
        for chunk in payload.chunks(CHUNK) {
            let n = self.raw.compress(chunk, &mut self.block);
            let n = n.map_err(|e| CompressionError::encode(Compression::Snappy, e.to_string()))?;
            #[expect(clippy::cast_possible_truncation, reason = "a chunk of 32 KB grows to 39 KB at most")]
            out.extend_from_slice(&(n as u32).to_be_bytes());
            out.extend_from_slice(&self.block[..n]);
        }
        Ok(())
    }
}

/// Reads the framing, or a bare block.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    framed: bool,
    block: &'a mut Vec<u8>,
    /// Where in `block` unread bytes begin and end.
    unread: std::ops::Range<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(payload: &'a [u8], block: &'a mut Vec<u8>) -> Result<Self, CompressionError> {
        if payload.is_empty() {
            return Err(TRUNCATED);
        }
        let (rest, framed) = match split_header(payload) {
            Some((_, rest)) => (rest, true),
            None => (payload, false),
        };
        Ok(Self { rest, framed, block, unread: 0..0 })
    }

    pub(super) fn read(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        loop {
            if !self.unread.is_empty() {
                let mut unread = &self.block[self.unread.clone()];
                let n = take(&mut unread, buf);
                self.unread.start += n;
                return Ok(n);
            }
            let Some(chunk) = self.next_chunk()? else { return Ok(0) };
            let len = unpacked_len(chunk)?;
            if len > 0 && len <= buf.len() {
                return unpack(chunk, &mut buf[..len]);
            }
            if self.block.len() < len {
                self.block.resize(len, 0);
            }
            self.unread = 0..unpack(chunk, &mut self.block[..len])?;
        }
    }

    /// The next raw block; `None` at the end, as which snappy-java also takes fewer than 4 bytes.
    fn next_chunk(&mut self) -> Result<Option<&'a [u8]>, CompressionError> {
        if !self.framed {
            let whole = std::mem::take(&mut self.rest);
            return Ok((!whole.is_empty()).then_some(whole));
        }
        while let Some((len, behind)) = self.rest.split_first_chunk::<4>() {
            if len[..] == HEADER[..4] {
                // Framed streams may stand one behind the other; see `SnappyInputStream.hasNextChunk`,
                // which ends at a header that only begins like one.
                if self.rest.len() < HEADER.len() {
                    return Err(TRUNCATED);
                }
                self.rest = match split_header(self.rest) {
                    None => &[],
                    Some((1.., rest)) => rest,
                    Some((version, _)) => return Err(corrupt(format!("framing version {version}"))),
                };
                continue;
            }
            let len = i32::from_be_bytes(*len);
            let len = usize::try_from(len).map_err(|_| corrupt(format!("a chunk claims {len} bytes")))?;
            let (chunk, rest) = behind.split_at_checked(len).ok_or(TRUNCATED)?;
            self.rest = rest;
            return Ok(Some(chunk));
        }
        self.rest = &[];
        Ok(None)
    }
}

/// The framing's version and what is behind its header; `None` if there is none.
fn split_header(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<{ HEADER.len() }>()?;
    let [magic @ .., v0, v1, v2, v3, _, _, _, _] = header;
    (magic[..] == HEADER[..MAGIC_LEN]).then_some((i32::from_be_bytes([*v0, *v1, *v2, *v3]), rest))
}

/// What a raw block claims to unpack to, if it can be true: the best that the format has is a copy
/// of 64 bytes out of 3.
fn unpacked_len(chunk: &[u8]) -> Result<usize, CompressionError> {
    if chunk.is_empty() {
        return Err(corrupt("an empty chunk"));
    }
    let len = snap::raw::decompress_len(chunk).map_err(|e| corrupt(e.to_string()))?;
    let (packed, claim) = (chunk.len() as u64, len as u64);
    if claim > packed.saturating_mul(22) || claim > MAX_UNPACKED {
        return Err(corrupt(format!("a chunk of {packed} bytes claims to unpack to {claim}")));
    }
    Ok(len)
}

fn unpack(chunk: &[u8], into: &mut [u8]) -> Result<usize, CompressionError> {
    snap::raw::Decoder::new().decompress(chunk, into).map_err(|e| corrupt(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{noise, packed, unpack as unpacked};
    use super::*;

    const SNAPPY: Compression = Compression::Snappy;

    fn framed(chunks: &[&[u8]]) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        for chunk in chunks {
            out.extend((chunk.len() as u32).to_be_bytes());
            out.extend_from_slice(chunk);
        }
        out
    }

    fn raw(payload: &[u8]) -> Vec<u8> {
        snap::raw::Encoder::new().compress_vec(payload).expect("small")
    }

    #[test]
    fn the_framing_is_that_of_snappy_java() {
        assert_eq!(packed(SNAPPY, b""), HEADER);
        let payload = noise(CHUNK + 1);
        let bytes = packed(SNAPPY, &payload);
        assert_eq!(bytes, framed(&[&raw(&payload[..CHUNK]), &raw(&payload[CHUNK..])]));
    }

    #[test]
    fn bare_blocks_and_other_versions_are_read() {
        let payload = noise(100_000);
        assert_eq!(unpacked(SNAPPY, &raw(&payload)).expect("bare"), payload);
        let mut bytes = packed(SNAPPY, &payload);
        for (version, compatible) in [(9, 7), (0, 0)] {
            bytes[11] = version;
            bytes[15] = compatible;
            assert_eq!(unpacked(SNAPPY, &bytes).expect("any version"), payload);
        }
    }

    #[test]
    fn streams_behind_each_other_and_odd_tails_are_read() {
        let bytes = [packed(SNAPPY, b"one,"), packed(SNAPPY, b"two"), vec![0; 3]].concat();
        assert_eq!(unpacked(SNAPPY, &bytes).expect("valid"), b"one,two");
        let mut version_0 = bytes;
        version_0[packed(SNAPPY, b"one,").len() + 11] = 0;
        assert!(unpacked(SNAPPY, &version_0).is_err());
        let big = framed(&[&raw(&vec![7; 3 << 20])]);
        assert_eq!(unpacked(SNAPPY, &big).expect("a chunk above 32 KB"), vec![7; 3 << 20]);
    }

    #[test]
    fn claims_that_cannot_be_true_are_refused() {
        let claim = [0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1];
        for bytes in [
            claim.to_vec(),
            framed(&[&claim]),
            framed(&[b""]),
            [&HEADER[..], &[0x7f, 0xff, 0xff, 0xff, 1]].concat(),
            [&HEADER[..], &[0xff, 0xff, 0xff, 0xff, 1]].concat(),
        ] {
            assert!(unpacked(SNAPPY, &bytes).is_err(), "{bytes:?}");
        }
    }
}
