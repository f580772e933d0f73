//! What can go wrong with compressed data.

use std::borrow::Cow;
use std::io;

use super::Compression;

/// Why a payload could not be compressed or decompressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompressionError {
    /// The codec has no such level.
    #[error("{codec} takes {range}, not level {level}")]
    Level {
        /// The codec asked for.
        codec: Compression,
        /// The level asked for.
        level: i32,
        /// What the codec takes, in words.
        range: &'static str,
    },
    /// The codec must not occur in messages of this magic (KIP-110: zstd needs magic 2).
    #[error("{codec} is not allowed in messages of magic {magic}")]
    Magic {
        /// The codec in the attributes.
        codec: Compression,
        /// The message's magic.
        magic: u8,
    },
    /// The compressed data end before the codec's own end.
    #[error("the {codec} data end too early")]
    Truncated {
        /// The codec in the attributes.
        codec: Compression,
    },
    /// The compressed data break the codec's rules, or those that Kafka adds.
    #[error("broken {codec} data: {reason}")]
    Corrupt {
        /// The codec in the attributes.
        codec: Compression,
        /// Which rule.
        reason: Cow<'static, str>,
    },
    /// The codec's library refuses to set up or to compress, as for want of memory.
    #[error("{codec} failed: {reason}")]
    Encode {
        /// The codec asked for.
        codec: Compression,
        /// What the library says.
        reason: Cow<'static, str>,
    },
}

impl CompressionError {
    pub(super) fn corrupt(codec: Compression, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Corrupt { codec, reason: reason.into() }
    }

    pub(super) fn encode(codec: Compression, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Encode { codec, reason: reason.into() }
    }
}

impl From<CompressionError> for io::Error {
    fn from(error: CompressionError) -> Self {
        let kind = match error {
            CompressionError::Level { .. } => io::ErrorKind::InvalidInput,
            CompressionError::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            CompressionError::Magic { .. } | CompressionError::Corrupt { .. } => io::ErrorKind::InvalidData,
            CompressionError::Encode { .. } => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// A name that is none of Kafka's codecs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown codec `{0}`: it is one of none, gzip, snappy, lz4 and zstd")]
pub struct UnknownCompression(
    /// The name as given.
    pub String,
);
