//! Records of `__remote_log_metadata` (Kafka's `storage/src/main/resources/message`), each in the frame of
//! [`super::metadata::read_framed`].

use super::schema::{Field, Kind, Schema, field, list};

const TOPIC_ID_PARTITION: Field = field(
    "topicIdPartition",
    Kind::Struct(&[field("name", Kind::String), field("id", Kind::Uuid), field("partition", Kind::Int32)]),
);

const SEGMENT_ID: Field =
    field("remoteLogSegmentId", Kind::Struct(&[TOPIC_ID_PARTITION, field("id", Kind::Uuid)]));

const LEADER_EPOCHS: Field = list(
    "segmentLeaderEpochs",
    &Kind::Struct(&[field("leaderEpoch", Kind::Int32), field("offset", Kind::Int64)]),
);

/// The types of records that are known, by api key: Kafka's names and tables.
pub const RECORD_TYPES: &[(u32, &str, Schema)] = &[
    (0, "REMOTE_LOG_SEGMENT_METADATA_RECORD", SEGMENT_METADATA),
    (1, "REMOTE_LOG_SEGMENT_METADATA_UPDATE_RECORD", SEGMENT_METADATA_UPDATE),
    (2, "REMOTE_PARTITION_DELETE_METADATA_RECORD", PARTITION_DELETE_METADATA),
    (3, "REMOTE_LOG_SEGMENT_METADATA_SNAPSHOT_RECORD", SEGMENT_METADATA_SNAPSHOT),
];

const SEGMENT_METADATA: Schema = Schema::flexible(
    "RemoteLogSegmentMetadataRecord",
    1,
    &[
        SEGMENT_ID,
        field("startOffset", Kind::Int64),
        field("endOffset", Kind::Int64),
        field("brokerId", Kind::Int32),
        field("maxTimestampMs", Kind::Int64),
        field("eventTimestampMs", Kind::Int64),
        LEADER_EPOCHS,
        field("segmentSizeInBytes", Kind::Int32),
        field("customMetadata", Kind::Bytes).nullable(),
        field("remoteLogSegmentState", Kind::Int8),
        field("txnIndexEmpty", Kind::Bool).tagged(0),
        field("brokerLeaderEpoch", Kind::Int32).from(1).tagged(1),
    ],
);

const SEGMENT_METADATA_UPDATE: Schema = Schema::flexible(
    "RemoteLogSegmentMetadataUpdateRecord",
    1,
    &[
        SEGMENT_ID,
        field("brokerId", Kind::Int32),
        field("eventTimestampMs", Kind::Int64),
        field("customMetadata", Kind::Bytes).nullable(),
        field("remoteLogSegmentState", Kind::Int8),
        field("brokerLeaderEpoch", Kind::Int32).from(1).tagged(0),
        field("endOffset", Kind::Int64).from(1).tagged(1),
    ],
);

const PARTITION_DELETE_METADATA: Schema = Schema::flexible(
    "RemotePartitionDeleteMetadataRecord",
    1,
    &[
        TOPIC_ID_PARTITION,
        field("brokerId", Kind::Int32),
        field("eventTimestampMs", Kind::Int64),
        field("remotePartitionDeleteState", Kind::Int8),
        field("brokerLeaderEpoch", Kind::Int32).from(1).tagged(0),
        field("endOffset", Kind::Int64).from(1).tagged(1),
    ],
);

const SEGMENT_METADATA_SNAPSHOT: Schema = Schema::flexible(
    "RemoteLogSegmentMetadataSnapshotRecord",
    1,
    &[
        field("segmentId", Kind::Uuid),
        field("startOffset", Kind::Int64),
        field("endOffset", Kind::Int64),
        field("brokerId", Kind::Int32),
        field("maxTimestampMs", Kind::Int64),
        field("eventTimestampMs", Kind::Int64),
        LEADER_EPOCHS,
        field("segmentSizeInBytes", Kind::Int32),
        field("customMetadata", Kind::Bytes).nullable(),
        field("remoteLogSegmentState", Kind::Int8),
        field("txnIndexEmpty", Kind::Bool).tagged(0),
        field("brokerLeaderEpoch", Kind::Int32).from(1).tagged(1),
    ],
);

/// Kafka's name for a `remoteLogSegmentState` (`RemoteLogSegmentState`).
pub fn segment_state_name(state: i64) -> Option<&'static str> {
    Some(match state {
        0 => "COPY_SEGMENT_STARTED",
        1 => "COPY_SEGMENT_FINISHED",
        2 => "DELETE_SEGMENT_STARTED",
        3 => "DELETE_SEGMENT_FINISHED",
        _ => return None,
    })
}

/// Kafka's name for a `remotePartitionDeleteState` (`RemotePartitionDeleteState`).
pub fn delete_state_name(state: i64) -> Option<&'static str> {
    Some(match state {
        0 => "DELETE_PARTITION_MARKED",
        1 => "DELETE_PARTITION_STARTED",
        2 => "DELETE_PARTITION_FINISHED",
        _ => return None,
    })
}
