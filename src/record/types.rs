//! The numbers of a log, each a type of its own so that they cannot be mixed up.

use std::fmt;

/// A record's number within its partition: from 0, growing by one, never reused.
///
/// A batch read from disk may claim any 64-bit number, so negative values can occur there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Offset(pub i64);

impl Offset {
    /// The first offset of every partition.
    pub const ZERO: Self = Self(0);

    /// The offset `delta` further on; wraps like Java's `long`, for numbers from hostile files.
    #[must_use]
    pub fn plus(self, delta: i64) -> Self {
        Self(self.0.wrapping_add(delta))
    }

    /// The offset after this one.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// How far this offset lies above `base` (negative below); wraps like Java's `long`.
    pub fn since(self, base: Self) -> i64 {
        self.0.wrapping_sub(base.0)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z. [`Timestamp::NONE`] (−1) says that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// No timestamp (`RecordBatch.NO_TIMESTAMP`).
    pub const NONE: Self = Self(-1);

    /// The wall clock's time.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The term of the leader that appended a batch; 0 in a log that mkafka began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LeaderEpoch(pub i32);

impl fmt::Display for LeaderEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
