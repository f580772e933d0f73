//! Records of `__share_group_state` (Kafka's `share-coordinator/src/main/resources/common/message`).

use super::schema::{Field, Kind, Schema, field, list};

/// Key of both types of records, behind the `int16` that says which: 0 a snapshot, 1 an update.
pub const SHARE_KEY: Schema = Schema::rigid(
    "ShareSnapshotKey",
    1,
    &[field("groupId", Kind::String), field("topicId", Kind::Uuid), field("partition", Kind::Int32)],
);

const BATCHES: Field = list(
    "stateBatches",
    &Kind::Struct(&[
        field("firstOffset", Kind::Int64),
        field("lastOffset", Kind::Int64),
        field("deliveryState", Kind::Int8),
        field("deliveryCount", Kind::Int16),
    ]),
);

/// `ShareSnapshotValue`, as it is since Kafka 4.1, and in its early access before.
pub const SHARE_SNAPSHOT_VALUES: &[&Schema] = &[&SNAPSHOT, &SNAPSHOT_4_0];

/// `ShareUpdateValue`, as it is since Kafka 4.1, and in its early access before.
pub const SHARE_UPDATE_VALUES: &[&Schema] = &[&UPDATE, &UPDATE_4_0];

const SNAPSHOT: Schema = Schema::flexible(
    "ShareSnapshotValue",
    0,
    &[
        field("snapshotEpoch", Kind::Int32),
        field("stateEpoch", Kind::Int32),
        field("leaderEpoch", Kind::Int32),
        field("startOffset", Kind::Int64),
        field("deliveryCompleteCount", Kind::Int32).tagged(0),
        field("createTimestamp", Kind::Int64),
        field("writeTimestamp", Kind::Int64),
        BATCHES,
    ],
);

const SNAPSHOT_4_0: Schema = Schema::flexible(
    "ShareSnapshotValue",
    0,
    &[
        field("snapshotEpoch", Kind::Uint16),
        field("stateEpoch", Kind::Int32),
        field("leaderEpoch", Kind::Int32),
        field("startOffset", Kind::Int64),
        BATCHES,
    ],
);

const UPDATE: Schema = Schema::flexible(
    "ShareUpdateValue",
    0,
    &[
        field("snapshotEpoch", Kind::Int32),
        field("leaderEpoch", Kind::Int32),
        field("startOffset", Kind::Int64),
        field("deliveryCompleteCount", Kind::Int32).tagged(0),
        BATCHES,
    ],
);

const UPDATE_4_0: Schema = Schema::flexible(
    "ShareUpdateValue",
    0,
    &[
        field("snapshotEpoch", Kind::Uint16),
        field("leaderEpoch", Kind::Int32),
        field("startOffset", Kind::Int64),
        BATCHES,
    ],
);
