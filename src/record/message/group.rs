//! Records of `__consumer_offsets` (Kafka's `group-coordinator/src/main/resources/common/message`).
//!
//! A key begins with an `int16` that says which message the key and the value are. Kafka calls it the key's
//! version; that of offsets has two.

use super::schema::{Field, Kind, Schema, field, list};

const STRING: Kind = Kind::String;
const INT32: Kind = Kind::Int32;
const INT64: Kind = Kind::Int64;
const GROUP_ID: Field = field("groupId", STRING);
const MEMBER_ID: Field = field("memberId", STRING);

/// A message pair of the group coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupRecordType {
    /// What stands in the first two bytes of the key.
    pub id: i16,
    /// The key behind them.
    pub key: &'static Schema,
    /// The value behind its version. Where a version was changed while it was in development there are
    /// several, and the first that takes up all bytes is meant.
    pub values: &'static [&'static Schema],
}

/// The types of records that are known, by id.
pub const RECORD_TYPES: &[GroupRecordType] = &[
    GroupRecordType { id: 0, key: &OFFSET_COMMIT_KEY, values: &[&OFFSET_COMMIT_VALUE] },
    GroupRecordType { id: 1, key: &OFFSET_COMMIT_KEY, values: &[&OFFSET_COMMIT_VALUE] },
    GroupRecordType { id: 2, key: &GROUP_METADATA_KEY, values: &[&GROUP_METADATA_VALUE] },
    GroupRecordType { id: 3, key: &GROUP_KEY, values: &[&CONSUMER_GROUP_METADATA_VALUE] },
    GroupRecordType { id: 4, key: &GROUP_KEY, values: &[&PARTITION_METADATA_VALUE] },
    GroupRecordType { id: 5, key: &MEMBER_KEY, values: &[&CONSUMER_MEMBER_METADATA_VALUE] },
    GroupRecordType { id: 6, key: &GROUP_KEY, values: &[&ASSIGNMENT_EPOCH_VALUE] },
    GroupRecordType { id: 7, key: &MEMBER_KEY, values: &[&TARGET_ASSIGNMENT_VALUE] },
    GroupRecordType { id: 8, key: &MEMBER_KEY, values: &[&CONSUMER_CURRENT_ASSIGNMENT_VALUE] },
    GroupRecordType { id: 9, key: &GROUP_KEY, values: &[&PARTITION_METADATA_VALUE] },
    GroupRecordType { id: 10, key: &MEMBER_KEY, values: &[&SHARE_MEMBER_METADATA_VALUE] },
    GroupRecordType {
        id: 11,
        key: &GROUP_KEY,
        values: &[&SHARE_GROUP_METADATA_VALUE, &SHARE_GROUP_METADATA_VALUE_4_0],
    },
    GroupRecordType { id: 12, key: &GROUP_KEY, values: &[&ASSIGNMENT_EPOCH_VALUE] },
    GroupRecordType { id: 13, key: &MEMBER_KEY, values: &[&TARGET_ASSIGNMENT_VALUE] },
    GroupRecordType { id: 14, key: &MEMBER_KEY, values: &[&SHARE_CURRENT_ASSIGNMENT_VALUE] },
    GroupRecordType { id: 15, key: &GROUP_KEY, values: &[&SHARE_STATE_VALUE] },
    GroupRecordType { id: 16, key: &REGULAR_EXPRESSION_KEY, values: &[&REGULAR_EXPRESSION_VALUE] },
];

/// `OffsetCommitKey`: whose offset it is. Version 0 and 1 are the same.
pub const OFFSET_COMMIT_KEY: Schema = Schema::rigid(
    "OffsetCommitKey",
    1,
    &[field("group", STRING), field("topic", STRING), field("partition", INT32)],
);

/// `OffsetCommitValue`: a committed offset.
pub const OFFSET_COMMIT_VALUE: Schema = Schema::new(
    "OffsetCommitValue",
    4,
    4,
    &[
        field("offset", INT64),
        field("leaderEpoch", INT32).from(3),
        field("metadata", STRING),
        field("commitTimestamp", INT64),
        field("expireTimestamp", INT64).from(1).until(1),
        field("topicId", Kind::Uuid).from(4).tagged(0),
    ],
);

/// `GroupMetadataKey`: a group of the classic protocol.
pub const GROUP_METADATA_KEY: Schema = Schema::rigid("GroupMetadataKey", 2, &[field("group", STRING)]);

/// `GroupMetadataValue`: a generation of such a group.
pub const GROUP_METADATA_VALUE: Schema = Schema::new(
    "GroupMetadataValue",
    4,
    4,
    &[
        field("protocolType", STRING),
        field("generation", INT32),
        field("protocol", STRING).nullable(),
        field("leader", STRING).nullable(),
        field("currentStateTimestamp", INT64).from(2),
        list(
            "members",
            &Kind::Struct(&[
                MEMBER_ID,
                field("groupInstanceId", STRING).from(3).nullable(),
                field("clientId", STRING),
                field("clientHost", STRING),
                field("rebalanceTimeout", INT32).from(1),
                field("sessionTimeout", INT32),
                field("subscription", Kind::Embedded(&CONSUMER_PROTOCOL_SUBSCRIPTION)),
                field("assignment", Kind::Embedded(&CONSUMER_PROTOCOL_ASSIGNMENT)),
            ]),
        ),
    ],
);

/// `ConsumerProtocolSubscription`: what a member of the protocol type `consumer` asks for.
pub const CONSUMER_PROTOCOL_SUBSCRIPTION: Schema = Schema::rigid(
    "ConsumerProtocolSubscription",
    3,
    &[
        list("topics", &STRING),
        field("userData", Kind::Bytes).nullable(),
        list("ownedPartitions", &NAMED_TOPIC_PARTITIONS).from(1),
        field("generationId", INT32).from(2),
        field("rackId", STRING).from(3).nullable(),
    ],
);

/// `ConsumerProtocolAssignment`: what it got.
pub const CONSUMER_PROTOCOL_ASSIGNMENT: Schema = Schema::rigid(
    "ConsumerProtocolAssignment",
    3,
    &[list("assignedPartitions", &NAMED_TOPIC_PARTITIONS), field("userData", Kind::Bytes).nullable()],
);

const NAMED_TOPIC_PARTITIONS: Kind = Kind::Struct(&[field("topic", STRING), list("partitions", &INT32)]);

const GROUP_KEY: Schema = Schema::rigid("ConsumerGroupMetadataKey", 0, &[GROUP_ID]);

const MEMBER_KEY: Schema = Schema::rigid("ConsumerGroupMemberMetadataKey", 0, &[GROUP_ID, MEMBER_ID]);

const CONSUMER_GROUP_METADATA_VALUE: Schema = Schema::flexible(
    "ConsumerGroupMetadataValue",
    0,
    &[
        field("epoch", INT32),
        field("metadataHash", INT64).tagged(0),
        field("creationTimeMs", INT64).tagged(1),
    ],
);

const PARTITION_METADATA_VALUE: Schema = Schema::flexible(
    "ConsumerGroupPartitionMetadataValue",
    0,
    &[list(
        "topics",
        &Kind::Struct(&[
            field("topicId", Kind::Uuid),
            field("topicName", STRING),
            field("numPartitions", INT32),
            list("partitionMetadata", &Kind::Struct(&[field("partition", INT32), list("racks", &STRING)])),
        ]),
    )],
);

const CONSUMER_MEMBER_METADATA_VALUE: Schema = Schema::flexible(
    "ConsumerGroupMemberMetadataValue",
    0,
    &[
        field("instanceId", STRING).nullable(),
        field("rackId", STRING).nullable(),
        field("clientId", STRING),
        field("clientHost", STRING),
        list("subscribedTopicNames", &STRING),
        field("subscribedTopicRegex", STRING).nullable(),
        field("rebalanceTimeoutMs", INT32),
        field("serverAssignor", STRING).nullable(),
        field(
            "classicMemberMetadata",
            Kind::Struct(&[
                field("sessionTimeoutMs", INT32),
                list(
                    "supportedProtocols",
                    &Kind::Struct(&[field("name", STRING), field("metadata", Kind::Bytes)]),
                ),
            ]),
        )
        .nullable()
        .tagged(0),
    ],
);

const ASSIGNMENT_EPOCH_VALUE: Schema =
    Schema::flexible("ConsumerGroupTargetAssignmentMetadataValue", 0, &[field("assignmentEpoch", INT32)]);

const TOPIC_PARTITIONS: Kind = Kind::Struct(&[field("topicId", Kind::Uuid), list("partitions", &INT32)]);

const TARGET_ASSIGNMENT_VALUE: Schema = Schema::flexible(
    "ConsumerGroupTargetAssignmentMemberValue",
    0,
    &[list("topicPartitions", &TOPIC_PARTITIONS)],
);

const CONSUMER_CURRENT_ASSIGNMENT_VALUE: Schema = Schema::flexible(
    "ConsumerGroupCurrentMemberAssignmentValue",
    0,
    &[
        field("memberEpoch", INT32),
        field("previousMemberEpoch", INT32),
        field("state", Kind::Int8),
        list("assignedPartitions", &TOPIC_PARTITIONS),
        list("partitionsPendingRevocation", &TOPIC_PARTITIONS),
    ],
);

const SHARE_MEMBER_METADATA_VALUE: Schema = Schema::flexible(
    "ShareGroupMemberMetadataValue",
    0,
    &[
        field("rackId", STRING).nullable(),
        field("clientId", STRING),
        field("clientHost", STRING),
        list("subscribedTopicNames", &STRING),
    ],
);

const SHARE_GROUP_METADATA_VALUE: Schema =
    Schema::flexible("ShareGroupMetadataValue", 0, &[field("epoch", INT32), field("metadataHash", INT64)]);

/// The early access of Kafka 4.0 (KIP-932) had no hash in it.
const SHARE_GROUP_METADATA_VALUE_4_0: Schema =
    Schema::flexible("ShareGroupMetadataValue", 0, &[field("epoch", INT32)]);

const SHARE_CURRENT_ASSIGNMENT_VALUE: Schema = Schema::flexible(
    "ShareGroupCurrentMemberAssignmentValue",
    0,
    &[
        field("memberEpoch", INT32),
        field("previousMemberEpoch", INT32),
        field("state", Kind::Int8),
        list("assignedPartitions", &TOPIC_PARTITIONS),
    ],
);

const SHARE_STATE_VALUE: Schema = Schema::flexible(
    "ShareGroupStatePartitionMetadataValue",
    0,
    &[
        list("initializingTopics", &SHARE_STATE_TOPIC),
        list("initializedTopics", &SHARE_STATE_TOPIC),
        list("deletingTopics", &Kind::Struct(&[field("topicId", Kind::Uuid), field("topicName", STRING)])),
    ],
);

const SHARE_STATE_TOPIC: Kind = Kind::Struct(&[
    field("topicId", Kind::Uuid),
    field("topicName", STRING),
    list("partitions", &INT32),
    field("createTimestamp", INT64),
]);

const REGULAR_EXPRESSION_KEY: Schema =
    Schema::rigid("ConsumerGroupRegularExpressionKey", 0, &[GROUP_ID, field("regularExpression", STRING)]);

const REGULAR_EXPRESSION_VALUE: Schema = Schema::flexible(
    "ConsumerGroupRegularExpressionValue",
    0,
    &[list("topics", &STRING), field("version", INT64), field("timestamp", INT64)],
);
