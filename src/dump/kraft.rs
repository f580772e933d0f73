//! Control records of KRaft: what is in their values (KIP-595, KIP-630, KIP-853).
//!
//! The values are in Kafka's flexible encoding: lengths as unsigned varints of length + 1, and tagged
//! fields, which are skipped, behind every structure.

use uuid::Uuid;

use crate::record::control::ControlType;
use crate::record::{RecordRef, Timestamp};

/// The value of a KRaft control record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KRaftRecord {
    /// `SnapshotHeaderRecord`: a snapshot begins.
    SnapshotHeader {
        /// The record's version.
        version: i16,
        /// The append time of the last record in the snapshot.
        last_contained_log_timestamp: Timestamp,
    },
    /// `SnapshotFooterRecord`: a snapshot ends.
    SnapshotFooter {
        /// The record's version.
        version: i16,
    },
    /// `KRaftVersionRecord`: the version of the protocol.
    Version {
        /// The record's version.
        version: i16,
        /// `kraft.version`.
        kraft_version: i16,
    },
    /// `VotersRecord`: who votes.
    Voters {
        /// The record's version.
        version: i16,
        /// The voters.
        voters: Vec<Voter>,
    },
}

/// A voter of the metadata quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    /// The node's id.
    pub id: i32,
    /// The id of the folder it keeps the metadata log in.
    pub directory_id: Uuid,
    /// Where it can be reached.
    pub endpoints: Vec<Endpoint>,
    /// The versions of the protocol that it speaks.
    pub kraft_version_feature: SupportedVersions,
}

/// Where a voter can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The listener's name.
    pub name: String,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// A range of versions, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupportedVersions {
    /// The lowest.
    pub min: i16,
    /// The highest.
    pub max: i16,
}

impl KRaftRecord {
    /// Decodes `record`, whose key says `kind`; `None` for a kind whose value Kafka's tool does not show.
    ///
    /// # Errors
    /// A phrase saying what is wrong with the value.
    pub fn of(kind: ControlType, record: &RecordRef<'_>) -> Result<Option<Self>, &'static str> {
        let shown = matches!(
            kind,
            ControlType::SnapshotHeader
                | ControlType::SnapshotFooter
                | ControlType::KRaftVersion
                | ControlType::KRaftVoters
        );
        if !shown {
            return Ok(None);
        }
        let mut value = Fields(record.value.ok_or("it is a control record without a value")?);
        let version = value.i16()?;
        let decoded = match kind {
            ControlType::SnapshotHeader => Self::SnapshotHeader {
                version,
                last_contained_log_timestamp: Timestamp(i64::from_be_bytes(value.array()?)),
            },
            ControlType::SnapshotFooter => Self::SnapshotFooter { version },
            ControlType::KRaftVersion => Self::Version { version, kraft_version: value.i16()? },
            _ => Self::Voters { version, voters: value.list(Fields::voter)? },
        };
        value.skip_tagged_fields()?;
        Ok(Some(decoded))
    }
}

const TRUNCATED: &str = "the value of its control record ends in the middle of a field";

/// What is left of a value in the flexible encoding.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn i16(&mut self) -> Result<i16, &'static str> {
        self.array().map(i16::from_be_bytes)
    }

    fn unsigned_varint(&mut self) -> Result<usize, &'static str> {
        let mut value = 0u32;
        for shift in (0..32).step_by(7) {
            let [byte] = self.array()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value as usize);
            }
        }
        Err("the value of its control record has a malformed length")
    }

    /// A length that is stored plus one; 0 would be null, which none of these fields may be.
    fn length(&mut self) -> Result<usize, &'static str> {
        self.unsigned_varint()?.checked_sub(1).ok_or("a field of its control record is null")
    }

    fn string(&mut self) -> Result<String, &'static str> {
        let len = self.length()?;
        Ok(String::from_utf8_lossy(self.take(len)?).into_owned())
    }

    /// A list whose items are structures. Every item takes bytes, so the count is bounded by the value.
    fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, &'static str>,
    ) -> Result<Vec<T>, &'static str> {
        let count = self.length()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
            self.skip_tagged_fields()?;
        }
        Ok(items)
    }

    fn voter(&mut self) -> Result<Voter, &'static str> {
        let id = i32::from_be_bytes(self.array()?);
        let directory_id = Uuid::from_bytes(self.array()?);
        let endpoints = self.list(Self::endpoint)?;
        let kraft_version_feature = SupportedVersions { min: self.i16()?, max: self.i16()? };
        self.skip_tagged_fields()?;
        Ok(Voter { id, directory_id, endpoints, kraft_version_feature })
    }

    fn endpoint(&mut self) -> Result<Endpoint, &'static str> {
        Ok(Endpoint {
            name: self.string()?,
            host: self.string()?,
            port: self.array().map(u16::from_be_bytes)?,
        })
    }

    fn skip_tagged_fields(&mut self) -> Result<(), &'static str> {
        for _ in 0..self.unsigned_varint()? {
            self.unsigned_varint()?;
            let len = self.unsigned_varint()?;
            self.take(len)?;
        }
        Ok(())
    }
}
