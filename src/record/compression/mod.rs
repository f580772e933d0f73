//! Kafka's four codecs, framed byte for byte as Kafka frames them.
//!
//! [`Compressor`] writes what Kafka's own streams write; [`Decompressor`] reads what they read:
//! generous where Kafka is generous, refusing what Kafka refuses. What a reader holds is bounded by
//! a block or window of the codec, never by what the data claim, so a small batch that unpacks to
//! gigabytes costs time only.

mod error;
mod gzip;
mod lz4;
mod reader;
mod snappy;
mod zstd;

use std::fmt;
use std::str::FromStr;

pub use error::{CompressionError, UnknownCompression};
pub use reader::{Decompressor, PayloadReader};

/// Kafka's codecs (`CompressionType`); the discriminant is the codec's number in the attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// The records as they are.
    None = 0,
    /// One gzip member (RFC 1952).
    Gzip = 1,
    /// Raw Snappy blocks in snappy-java's framing.
    Snappy = 2,
    /// An LZ4 frame of independent blocks.
    Lz4 = 3,
    /// A Zstandard frame (RFC 8878); magic 2 only.
    Zstd = 4,
}

impl Compression {
    /// All codecs, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The codec with this number; `None` for 5 and above, which Kafka does not know.
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.get(usize::from(id)).copied()
    }

    /// The number that stands in the attributes.
    pub fn id(self) -> u8 {
        self as u8
    }

    /// Kafka's name for it, as in `compression.type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Whether [`Compressor::new`] takes this level. Ranges as in Kafka's `CompressionType`.
    ///
    /// # Errors
    /// [`CompressionError::Level`] when not.
    pub fn check_level(self, level: i32) -> Result<(), CompressionError> {
        let (fits, range) = match self {
            Self::None | Self::Snappy => (false, "no level"),
            Self::Gzip => (level == -1 || (1..=9).contains(&level), "a level from 1 to 9, or -1"),
            Self::Lz4 => ((1..=17).contains(&level), "a level from 1 to 17"),
            Self::Zstd => ((-131_072..=22).contains(&level), "a level from -131072 to 22"),
        };
        if fits { Ok(()) } else { Err(CompressionError::Level { codec: self, level, range }) }
    }
}

impl FromStr for Compression {
    type Err = UnknownCompression;

    /// Reads a name as [`Compression::name`] gives it (`CompressionType.forName`).
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|codec| codec.name() == name);
        found.ok_or_else(|| UnknownCompression(name.to_owned()))
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Encodes payloads with one codec. Keeps its contexts and buffers from batch to batch, since
/// setting them up costs more than compressing a small batch.
pub struct Compressor {
    codec: Compression,
    encoder: Encoder,
}

enum Encoder {
    Copy,
    Gzip(gzip::Encoder),
    Snappy(snappy::Encoder),
    Lz4(lz4::Encoder),
    Zstd(zstd::Encoder),
}

impl Compressor {
    /// Sets up `codec` at `level`; `None` is Kafka's default (gzip 6, zstd 3).
    ///
    /// The levels are those of Kafka: gzip 1 to 9, or −1 for its default; lz4 1 to 17; zstd −131072
    /// to 22. The lz4 encoder knows one level, a fast one, so all of 1 to 17 give the same.
    ///
    /// # Errors
    /// [`CompressionError::Level`], which names the range, for a level outside it or for a codec
    /// without levels; [`CompressionError::Encode`] where there is no memory for the context.
    pub fn new(codec: Compression, level: Option<i32>) -> Result<Self, CompressionError> {
        if let Some(level) = level {
            codec.check_level(level)?;
        }
        let encoder = match codec {
            Compression::None => Encoder::Copy,
            Compression::Gzip => Encoder::Gzip(gzip::Encoder::new(level.unwrap_or(-1))),
            Compression::Snappy => Encoder::Snappy(snappy::Encoder::new()),
            Compression::Lz4 => Encoder::Lz4(lz4::Encoder::new()),
            Compression::Zstd => Encoder::Zstd(zstd::Encoder::new(level.unwrap_or(zstd::DEFAULT_LEVEL))?),
        };
        Ok(Self { codec, encoder })
    }

    /// The codec whose number belongs into the attributes.
    pub fn codec(&self) -> Compression {
        self.codec
    }

    /// Appends the compressed form of `payload` to `out`; for [`Compression::None`] a copy.
    ///
    /// # Errors
    /// [`CompressionError::Encode`] if the codec's library fails; `out` is then as it was.
    pub fn compress(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
        let start = out.len();
        let result = match &mut self.encoder {
            Encoder::Copy => {
                out.extend_from_slice(payload);
                Ok(())
            }
            Encoder::Gzip(encoder) => encoder.compress(payload, out),
            Encoder::Snappy(encoder) => encoder.compress(payload, out),
            Encoder::Lz4(encoder) => encoder.compress(payload, out),
            Encoder::Zstd(encoder) => encoder.compress(payload, out),
        };
        if result.is_err() {
            out.truncate(start);
        }
        result
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor").field("codec", &self.codec).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
