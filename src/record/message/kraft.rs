//! Values of KRaft's control records (KIP-595, KIP-630, KIP-853).

use super::schema::{Kind, Schema, field, list};

/// `SnapshotHeaderRecord`: a snapshot begins.
pub const SNAPSHOT_HEADER: Schema = Schema::flexible(
    "SnapshotHeader",
    0,
    &[field("version", Kind::Int16), field("lastContainedLogTimestamp", Kind::Int64)],
);

/// `SnapshotFooterRecord`: a snapshot ends.
pub const SNAPSHOT_FOOTER: Schema = Schema::flexible("SnapshotFooter", 0, &[field("version", Kind::Int16)]);

/// `KRaftVersionRecord`: the version of the protocol.
pub const KRAFT_VERSION: Schema =
    Schema::flexible("KRaftVersion", 0, &[field("version", Kind::Int16), field("kRaftVersion", Kind::Int16)]);

/// `VotersRecord`: who votes.
pub const KRAFT_VOTERS: Schema = Schema::flexible(
    "KRaftVoters",
    0,
    &[
        field("version", Kind::Int16),
        list(
            "voters",
            &Kind::Struct(&[
                field("voterId", Kind::Int32),
                field("voterDirectoryId", Kind::Uuid),
                list(
                    "endpoints",
                    &Kind::Struct(&[
                        field("name", Kind::String),
                        field("host", Kind::String),
                        field("port", Kind::Uint16),
                    ]),
                ),
                field(
                    "kRaftVersionFeature",
                    Kind::Struct(&[
                        field("minSupportedVersion", Kind::Int16),
                        field("maxSupportedVersion", Kind::Int16),
                    ]),
                ),
            ]),
        ),
    ],
);
