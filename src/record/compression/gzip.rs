//! gzip (RFC 1952) as `java.util.zip.GZIPOutputStream` writes and `GZIPInputStream` reads it.

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};

use super::{Compression, CompressionError};

/// Deflate, no optional fields, MTIME 0, XFL 0, OS 255 ("unknown"), as the JDK since 16.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// CRC-32 and size modulo 2³², both little-endian.
const TRAILER_LEN: usize = 8;

const FLG_HCRC: u8 = 0x02;
const FLG_EXTRA: u8 = 0x04;
const FLG_NAME: u8 = 0x08;
const FLG_COMMENT: u8 = 0x10;

fn corrupt(reason: &'static str) -> CompressionError {
    CompressionError::corrupt(Compression::Gzip, reason)
}

const TRUNCATED: CompressionError = CompressionError::Truncated { codec: Compression::Gzip };

/// Writes one member a payload.
pub(super) struct Encoder {
    deflate: Compress,
}

impl Encoder {
    /// `level` is −1 (zlib's default, 6) or 1 to 9.
    pub(super) fn new(level: i32) -> Self {
        let level = u32::try_from(level).map_or(flate2::Compression::default(), flate2::Compression::new);
        Self { deflate: Compress::new(level, false) }
    }

    pub(super) fn compress(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
        self.deflate.reset();
        out.extend_from_slice(&HEADER);
        // Records mostly shrink to less than half; what does not is given more below.
        out.reserve(payload.len() / 2 + 64);
        let mut rest = payload;
        loop {
            let before = self.deflate.total_in();
            let status = self.deflate.compress_vec(rest, out, FlushCompress::Finish);
            let status = status.map_err(|e| CompressionError::encode(Compression::Gzip, e.to_string()))?;
            let used = usize::try_from(self.deflate.total_in() - before).unwrap_or(rest.len());
            rest = &rest[used..];
            if status == Status::StreamEnd {
                break;
            }
            out.reserve(rest.len() / 2 + 4096);
        }
        out.extend_from_slice(&crc32fast::hash(payload).to_le_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "the field is the size modulo 2^32")]
        out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        Ok(())
    }
}

/// The inflater, made at the first use.
#[derive(Default)]
pub(super) struct Context {
    inflate: Option<Decompress>,
}

/// Reads any number of members, one behind the other.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    inflate: &'a mut Decompress,
    state: State,
    crc: crc32fast::Hasher,
    size: u32,
}

#[derive(PartialEq, Eq)]
enum State {
    Body,
    Trailer,
    Done,
}

impl<'a> Reader<'a> {
    pub(super) fn new(payload: &'a [u8], context: &'a mut Context) -> Result<Self, CompressionError> {
        let rest = skip_header(payload)?;
        let inflate = context.inflate.get_or_insert_with(|| Decompress::new(false));
        inflate.reset(false);
        Ok(Self { rest, inflate, state: State::Body, crc: crc32fast::Hasher::new(), size: 0 })
    }

    pub(super) fn read(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        loop {
            match self.state {
                State::Done => return Ok(0),
                State::Trailer => self.trailer()?,
                State::Body => {
                    let n = self.inflate(buf)?;
                    if n > 0 {
                        return Ok(n);
                    }
                }
            }
        }
    }

    /// Unpacks into `buf`; 0 only at the end of the deflate stream.
    fn inflate(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(self.rest, buf, FlushDecompress::None);
        let status = status.map_err(|e| {
            let reason = e.message().unwrap_or("invalid deflate stream").to_owned();
            CompressionError::corrupt(Compression::Gzip, reason)
        })?;
        let used = usize::try_from(self.inflate.total_in() - before_in).unwrap_or(self.rest.len());
        let n = usize::try_from(self.inflate.total_out() - before_out).unwrap_or(buf.len());
        self.rest = &self.rest[used..];
        self.crc.update(&buf[..n]);
        #[expect(clippy::cast_possible_truncation, reason = "the trailer has the size modulo 2^32")]
        let step = n as u32;
        self.size = self.size.wrapping_add(step);
        if status == Status::StreamEnd {
            self.state = State::Trailer;
        } else if n == 0 {
            // There was room, so only input can have been missing.
            return Err(TRUNCATED);
        }
        Ok(n)
    }

    /// Checks the trailer and goes on to the next member, if there is one.
    ///
    /// `GZIPInputStream` takes whatever is no member's header for padding, and 18 bytes or fewer
    /// for too little to be one.
    fn trailer(&mut self) -> Result<(), CompressionError> {
        let (trailer, rest) = self.rest.split_first_chunk::<TRAILER_LEN>().ok_or(TRUNCATED)?;
        let [c0, c1, c2, c3, s0, s1, s2, s3] = *trailer;
        if u32::from_le_bytes([c0, c1, c2, c3]) != self.crc.clone().finalize() {
            return Err(corrupt("the trailer's CRC-32 does not match"));
        }
        if u32::from_le_bytes([s0, s1, s2, s3]) != self.size {
            return Err(corrupt("the trailer's size does not match"));
        }
        self.state = State::Done;
        if rest.len() > 18
            && let Ok(body) = skip_header(rest)
        {
            self.rest = body;
            self.inflate.reset(false);
            self.crc = crc32fast::Hasher::new();
            self.size = 0;
            self.state = State::Body;
        }
        Ok(())
    }
}

/// Checks a member's header and answers what is behind it. Like the JDK, it ignores unknown flags.
fn skip_header(member: &[u8]) -> Result<&[u8], CompressionError> {
    if member.len() < HEADER.len() {
        return Err(TRUNCATED);
    }
    if member[..2] != HEADER[..2] {
        return Err(corrupt("not in gzip format"));
    }
    if member[2] != HEADER[2] {
        return Err(corrupt("the compression method is not deflate"));
    }
    let flags = member[3];
    let mut rest = &member[HEADER.len()..];
    if flags & FLG_EXTRA != 0 {
        let (len, behind) = rest.split_first_chunk::<2>().ok_or(TRUNCATED)?;
        rest = behind.get(usize::from(u16::from_le_bytes(*len))..).ok_or(TRUNCATED)?;
    }
    for text in [FLG_NAME, FLG_COMMENT] {
        if flags & text != 0 {
            let end = memchr::memchr(0, rest).ok_or(TRUNCATED)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & FLG_HCRC != 0 {
        let header = &member[..member.len() - rest.len()];
        let (crc, behind) = rest.split_first_chunk::<2>().ok_or(TRUNCATED)?;
        if u32::from(u16::from_le_bytes(*crc)) != crc32fast::hash(header) & 0xffff {
            return Err(corrupt("the header's checksum does not match"));
        }
        rest = behind;
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{packed, unpack};
    use super::*;

    fn member(payload: &[u8]) -> Vec<u8> {
        packed(Compression::Gzip, payload)
    }

    #[test]
    fn the_header_is_that_of_the_jdk() {
        let bytes = member(b"hello, hello, hello");
        assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
        assert_eq!(bytes[bytes.len() - 4..], 19u32.to_le_bytes());
    }

    #[test]
    fn members_are_joined_and_padding_is_ignored() {
        let mut bytes = member(b"one,");
        bytes.extend(member(b""));
        bytes.extend(member(b"two"));
        for padding in [&b""[..], b"\0", &[0x55; 40], &HEADER[..5], &HEADER] {
            let padded = [&bytes[..], padding].concat();
            assert_eq!(unpack(Compression::Gzip, &padded).expect("valid"), b"one,two");
        }
        // A third header with nothing good behind it.
        let broken = [&bytes[..], &HEADER, &[0xff; 20]].concat();
        assert!(unpack(Compression::Gzip, &broken).is_err());
    }

    #[test]
    fn optional_header_fields_are_skipped_and_their_checksum_is_checked() {
        let plain = member(b"payload");
        let mut header = HEADER.to_vec();
        header[3] = FLG_EXTRA | FLG_NAME | FLG_COMMENT | FLG_HCRC;
        header.extend_from_slice(b"\x03\0abcname\0comment\0");
        let crc = (crc32fast::hash(&header) & 0xffff) as u16;
        for (wrong, good) in [(0, true), (1, false)] {
            let bytes = [&header[..], &(crc ^ wrong).to_le_bytes(), &plain[10..]].concat();
            assert_eq!(unpack(Compression::Gzip, &bytes).is_ok(), good);
        }
    }

    #[test]
    fn a_wrong_trailer_is_an_error() {
        let bytes = member(b"payload");
        for at in 1..=8 {
            let mut bytes = bytes.clone();
            let end = bytes.len();
            bytes[end - at] ^= 1;
            let error = unpack(Compression::Gzip, &bytes).expect_err("broken");
            assert!(error.to_string().contains("trailer"), "{error}");
        }
    }
}
