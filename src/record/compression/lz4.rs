//! LZ4 frames as Kafka's `Lz4BlockOutputStream` writes and `Lz4BlockInputStream` reads them (up to
//! Kafka 3.x `KafkaLZ4Block…`).
//!
//! ```text
//! 04 22 4d 18      magic
//! FLG              version 1 and independent blocks, plus what is optional
//! BD               the largest block
//! content size     u64   if flagged; skipped
//! header checksum  u8    of FLG to here; wrong, and thus ignored, in messages of magic 0
//! then, until a block of length 0:
//! length           u32   of the block; the top bit says that it is stored as it is
//! block
//! block checksum   u32   if flagged; checked
//! content checksum u32   if flagged; must be there, but is not looked at
//! ```
//!
//! All numbers are little-endian. Whatever stands behind the end of the frame is ignored.

use lz4_flex::block;
use twox_hash::XxHash32;

use super::reader::take;
use super::{Compression, CompressionError};

/// Magic, FLG for independent blocks, BD for 64 KB, and the second byte of the hash of both.
const HEADER: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const BLOCK: usize = 64 * 1024;
const END_MARK: [u8; 4] = [0; 4];
const STORED: u32 = 0x8000_0000;

const FLG_RESERVED: u8 = 0b0000_0011;
const FLG_CONTENT_CHECKSUM: u8 = 0b0000_0100;
const FLG_CONTENT_SIZE: u8 = 0b0000_1000;
const FLG_BLOCK_CHECKSUM: u8 = 0b0001_0000;
const FLG_INDEPENDENT: u8 = 0b0010_0000;
const FLG_VERSION: u8 = 0b1100_0000;
const FLG_VERSION_1: u8 = 0b0100_0000;

const TRUNCATED: CompressionError = CompressionError::Truncated { codec: Compression::Lz4 };

fn corrupt(reason: impl Into<std::borrow::Cow<'static, str>>) -> CompressionError {
    CompressionError::corrupt(Compression::Lz4, reason)
}

/// Writes frames.
pub(super) struct Encoder {
    block: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self { block: vec![0; block::get_maximum_output_size(BLOCK)] }
    }

    pub(super) fn compress(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
        out.extend_from_slice(&HEADER);
        for chunk in payload.chunks(BLOCK) {
            let n = block::compress_into(chunk, &mut self.block);
            let n = n.map_err(|e| CompressionError::encode(Compression::Lz4, e.to_string()))?;
            let (bytes, flag) = if n < chunk.len() { (&self.block[..n], 0) } else { (chunk, STORED) };
            #[expect(clippy::cast_possible_truncation, reason = "a block has 64 KB at most")]
            let len = bytes.len() as u32;
            out.extend_from_slice(&(len | flag).to_le_bytes());
            out.extend_from_slice(bytes);
        }
        out.extend_from_slice(&END_MARK);
        Ok(())
    }
}

/// Reads one frame.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    flags: u8,
    max_block: usize,
    block: &'a mut Vec<u8>,
    unread: Unread<'a>,
    done: bool,
}

/// What is left of the block that was read last.
enum Unread<'a> {
    Stored(&'a [u8]),
    Unpacked(std::ops::Range<usize>),
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        payload: &'a [u8],
        block: &'a mut Vec<u8>,
        magic: u8,
    ) -> Result<Self, CompressionError> {
        let (header, rest) = payload.split_first_chunk::<6>().ok_or(TRUNCATED)?;
        let [frame_magic @ .., flags, sizes] = *header;
        if frame_magic[..] != HEADER[..4] {
            return Err(corrupt("no LZ4 frame"));
        }
        check_flags(flags)?;
        let max_block = max_block(sizes)?;
        let optional = if flags & FLG_CONTENT_SIZE == 0 { 0 } else { 8 };
        let (&checksum, rest) = rest.get(optional..).and_then(<[u8]>::split_first).ok_or(TRUNCATED)?;
        // Kafka before 0.10 hashed the frame's magic along with the rest.
        if magic != 0 && checksum != header_checksum(&payload[4..6 + optional]) {
            return Err(corrupt("the frame header's checksum does not match"));
        }
        Ok(Self { rest, flags, max_block, block, unread: Unread::Unpacked(0..0), done: false })
    }

    pub(super) fn read(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        loop {
            let n = self.take_unread(buf);
            if n > 0 || self.done {
                return Ok(n);
            }
            let n = self.next_block(buf)?;
            if n > 0 {
                return Ok(n);
            }
        }
    }

    fn take_unread(&mut self, buf: &mut [u8]) -> usize {
        match &mut self.unread {
            Unread::Stored(rest) => take(rest, buf),
            Unread::Unpacked(range) => {
                let n = take(&mut &self.block[range.clone()], buf);
                range.start += n;
                n
            }
        }
    }

    /// Reads a block: into `buf`, with its length as the answer, if it is sure to fit, or else into
    /// `self.unread`.
    fn next_block(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        let (word, rest) = self.rest.split_first_chunk::<4>().ok_or(TRUNCATED)?;
        let word = u32::from_le_bytes(*word);
        let len = (word & !STORED) as usize;
        if len == 0 {
            if self.flags & FLG_CONTENT_CHECKSUM != 0 && rest.len() < 4 {
                return Err(TRUNCATED);
            }
            self.done = true;
            return Ok(0);
        }
        if len > self.max_block {
            return Err(corrupt(format!("a block of {len} bytes, but {} are the most", self.max_block)));
        }
        let (bytes, mut rest) = rest.split_at_checked(len).ok_or(TRUNCATED)?;
        if self.flags & FLG_BLOCK_CHECKSUM != 0 {
            let (checksum, behind) = rest.split_first_chunk::<4>().ok_or(TRUNCATED)?;
            if u32::from_le_bytes(*checksum) != XxHash32::oneshot(0, bytes) {
                return Err(corrupt("a block's checksum does not match"));
            }
            rest = behind;
        }
        self.rest = rest;
        if word & STORED != 0 {
            self.unread = Unread::Stored(bytes);
            return Ok(0);
        }
        if let Some(buf) = buf.get_mut(..self.max_block) {
            return unpack(bytes, buf);
        }
        if self.block.len() < self.max_block {
            self.block.resize(self.max_block, 0);
        }
        let n = unpack(bytes, &mut self.block[..self.max_block])?;
        self.unread = Unread::Unpacked(0..n);
        Ok(0)
    }
}

fn unpack(bytes: &[u8], into: &mut [u8]) -> Result<usize, CompressionError> {
    block::decompress_into(bytes, into).map_err(|e| corrupt(e.to_string()))
}

fn header_checksum(descriptor: &[u8]) -> u8 {
    XxHash32::oneshot(0, descriptor).to_le_bytes()[1]
}

fn check_flags(flags: u8) -> Result<(), CompressionError> {
    if flags & FLG_RESERVED != 0 {
        return Err(corrupt("a dictionary or a reserved flag"));
    }
    if flags & FLG_INDEPENDENT == 0 {
        return Err(corrupt("linked blocks, which Kafka does not take"));
    }
    if flags & FLG_VERSION != FLG_VERSION_1 {
        return Err(corrupt("an unknown frame version"));
    }
    Ok(())
}

/// The largest block, 64 KB to 4 MB, that the BD byte allows.
fn max_block(sizes: u8) -> Result<usize, CompressionError> {
    match sizes {
        0x40 | 0x50 | 0x60 | 0x70 => Ok(1 << (2 * (sizes >> 4) + 8)),
        _ => Err(corrupt("an unknown block size or a reserved bit")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{noise, packed, unpack as unpacked, unpack_magic};
    use super::*;

    const LZ4: Compression = Compression::Lz4;

    /// A frame with the given flags and block size around blocks that are `(stored, bytes)`.
    fn frame(flags: u8, sizes: u8, blocks: &[(bool, &[u8])]) -> Vec<u8> {
        let mut out = vec![4, 0x22, 0x4d, 0x18, flags, sizes];
        if flags & FLG_CONTENT_SIZE != 0 {
            out.extend([9; 8]);
        }
        out.push(header_checksum(&out[4..]));
        for (stored, bytes) in blocks {
            let flag = if *stored { STORED } else { 0 };
            out.extend((bytes.len() as u32 | flag).to_le_bytes());
            out.extend_from_slice(bytes);
            if flags & FLG_BLOCK_CHECKSUM != 0 {
                out.extend(XxHash32::oneshot(0, bytes).to_le_bytes());
            }
        }
        out.extend(END_MARK);
        if flags & FLG_CONTENT_CHECKSUM != 0 {
            out.extend([1, 2, 3, 4]);
        }
        out
    }

    #[test]
    fn the_frame_is_that_of_kafka() {
        assert_eq!(header_checksum(&[0x60, 0x40]), 0x82);
        assert_eq!(packed(LZ4, b""), [&HEADER[..], &END_MARK].concat());
        let payload = noise(BLOCK + 1);
        assert_eq!(
            packed(LZ4, &payload),
            frame(0x60, 0x40, &[(true, &payload[..BLOCK]), (true, &payload[BLOCK..])])
        );
        let bytes = packed(LZ4, &vec![0; BLOCK]);
        assert_eq!(bytes[..7], HEADER);
        assert_eq!(bytes[9..11], [0, 0], "shorter than 64 KB, not stored");
        assert_eq!(bytes[bytes.len() - 4..], END_MARK);
    }

    #[test]
    fn optional_fields_are_read() {
        let small = block::compress(&[b'x'; 500]);
        for extra in 0..8u8 {
            let flags = 0x60 | extra << 2;
            let mut bytes = frame(flags, 0x50, &[(false, &small), (false, &[0]), (true, b"tail")]);
            let expected = [&[b'x'; 500][..], b"tail"].concat();
            assert_eq!(unpacked(LZ4, &bytes).expect("valid"), expected, "flags {flags:#x}");
            bytes.extend(b"behind the end");
            assert_eq!(unpacked(LZ4, &bytes).expect("valid"), expected);
        }
    }

    #[test]
    fn what_kafka_refuses_is_refused() {
        let blocks: &[(bool, &[u8])] = &[(true, b"payload")];
        for flags in [0x40, 0x61, 0x62, 0x20, 0xa0, 0xe0] {
            assert!(unpacked(LZ4, &frame(flags, 0x40, blocks)).is_err(), "flags {flags:#x}");
        }
        for sizes in [0, 0x30, 0x41, 0x48, 0xc0] {
            assert!(unpacked(LZ4, &frame(0x60, sizes, blocks)).is_err(), "sizes {sizes:#x}");
        }
        assert!(unpacked(LZ4, &frame(0x60, 0x40, &[(true, &noise(BLOCK + 1))])).is_err());
        let mut bytes = frame(0x70, 0x40, blocks);
        bytes[12] ^= 1;
        assert!(unpacked(LZ4, &bytes).expect_err("broken").to_string().contains("checksum"));
        let too_much = block::compress(&vec![0; BLOCK + 1]);
        assert!(unpacked(LZ4, &frame(0x60, 0x40, &[(false, &too_much)])).is_err());
    }

    #[test]
    fn only_magic_0_may_have_a_wrong_header_checksum() {
        let mut bytes = packed(LZ4, b"payload");
        bytes[6] = 0x1a;
        assert_eq!(unpack_magic(LZ4, 0, &bytes).expect("ignored"), b"payload");
        assert!(unpack_magic(LZ4, 1, &bytes).is_err());
        assert!(unpack_magic(LZ4, 2, &bytes).is_err());
    }
}
