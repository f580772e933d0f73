//! The reading side: one stream over all codecs.

use std::fmt;
use std::io::{self, Read};

use super::{Compression, CompressionError, gzip, lz4, snappy, zstd};

/// A buffer that one batch has grown beyond this is given back before the next: the largest block
/// that lz4 allows, so that only snappy data as no client writes them pay for it.
const KEPT_BUFFER: usize = 4 << 20;

/// Decoding contexts and buffers that are kept from batch to batch. Those of a codec are set up when
/// it first occurs.
#[derive(Default)]
pub struct Decompressor {
    block: Vec<u8>,
    gzip: gzip::Context,
    zstd: zstd::Context,
}

impl Decompressor {
    /// A stream of what `payload` unpacks to. `magic` is that of the batch or message, 0, 1 or 2:
    /// lz4 headers of magic 0 have a wrong checksum that readers ignore.
    ///
    /// # Errors
    /// [`CompressionError::Magic`] for zstd below magic 2; [`CompressionError::Truncated`] and
    /// [`CompressionError::Corrupt`] where the frame's header is one that Kafka refuses. Everything
    /// behind the header is looked at while reading.
    pub fn reader<'a>(
        &'a mut self,
        codec: Compression,
        magic: u8,
        payload: &'a [u8],
    ) -> Result<PayloadReader<'a>, CompressionError> {
        if self.block.len() > KEPT_BUFFER {
            self.block = Vec::new();
        }
        let source = match codec {
            Compression::None => Source::Copy(payload),
            Compression::Gzip => Source::Gzip(gzip::Reader::new(payload, &mut self.gzip)?),
            Compression::Snappy => Source::Snappy(snappy::Reader::new(payload, &mut self.block)?),
            Compression::Lz4 => Source::Lz4(lz4::Reader::new(payload, &mut self.block, magic)?),
            Compression::Zstd if magic < 2 => return Err(CompressionError::Magic { codec, magic }),
            Compression::Zstd => Source::Zstd(zstd::Reader::new(payload, &mut self.zstd)?),
        };
        Ok(PayloadReader { source, failed: None })
    }

    /// How large the block buffer has grown.
    #[cfg(test)]
    pub(super) fn block_len(&self) -> usize {
        self.block.len()
    }
}

/// The unpacked payload of one batch or message; see [`Decompressor::reader`].
///
/// `read` fills the buffer it is given unless the payload ends before, so large buffers take few
/// calls and spare a copy. The end (`Ok(0)`) is reported only once everything that the codec has
/// behind the data was found right, so read on to the end to have that checked. Errors wrap a
/// [`CompressionError`] and repeat on every further call.
pub struct PayloadReader<'a> {
    source: Source<'a>,
    failed: Option<CompressionError>,
}

enum Source<'a> {
    Copy(&'a [u8]),
    Gzip(gzip::Reader<'a>),
    Snappy(snappy::Reader<'a>),
    Lz4(lz4::Reader<'a>),
    Zstd(zstd::Reader<'a>),
}

impl Source<'_> {
    /// Reads some bytes into `buf`, which is not empty; 0 at the end.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        match self {
            Self::Copy(rest) => Ok(take(rest, buf)),
            Self::Gzip(reader) => reader.read(buf),
            Self::Snappy(reader) => reader.read(buf),
            Self::Lz4(reader) => reader.read(buf),
            Self::Zstd(reader) => reader.read(buf),
        }
    }
}

/// Moves the start of `rest` into `buf`.
pub(super) fn take(rest: &mut &[u8], buf: &mut [u8]) -> usize {
    let n = rest.len().min(buf.len());
    buf[..n].copy_from_slice(&rest[..n]);
    *rest = &rest[n..];
    n
}

impl fmt::Debug for PayloadReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayloadReader").field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl Read for PayloadReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buf.len() && self.failed.is_none() {
            match self.source.read(&mut buf[filled..]) {
                Ok(0) => return Ok(filled),
                Ok(n) => filled += n,
                Err(error) => self.failed = Some(error),
            }
        }
        match &self.failed {
            // What came before the damage is handed out first.
            Some(error) if filled == 0 && !buf.is_empty() => Err(error.clone().into()),
            _ => Ok(filled),
        }
    }
}
