//! Records of `__cluster_metadata` (Kafka's `metadata/src/main/resources/common/metadata`).

use super::field_reader::FieldReader;
use super::schema::{Field, Kind, Schema, field, list};
use super::{MessageError, Struct};

const STRING: Kind = Kind::String;
const INT8: Kind = Kind::Int8;
const INT32: Kind = Kind::Int32;
const INT64: Kind = Kind::Int64;
const UUID: Kind = Kind::Uuid;

/// A record in the frame that metadata has: a frame version, the api key and the version, all unsigned
/// variable-length integers, and the message.
#[derive(Debug, Clone, Copy)]
pub struct Framed<'a> {
    /// Kafka's name for the api key (`MetadataRecordType`).
    pub type_name: &'static str,
    /// The api key.
    pub api_key: u32,
    /// The version.
    pub version: i16,
    /// The message.
    pub message: Struct<'a>,
}

/// Why a framed record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame has another version.
    #[error("unknown frame version {0} (only frame version 1 is supported)")]
    Frame(u32),
    /// The api key has no message.
    #[error("Unknown metadata id {0}")]
    ApiKey(u32),
    /// The version is above what an `int16` holds.
    #[error("its version, {0}, is too large")]
    Version(u32),
    /// Something in the message.
    #[error("{0}")]
    Message(MessageError),
    /// The message ends before the record does.
    #[error("Found {bytes} byte(s) of garbage after {api_key}")]
    Garbage {
        /// How many bytes are left.
        bytes: usize,
        /// The api key.
        api_key: u32,
    },
}

impl From<MessageError> for FrameError {
    fn from(reason: MessageError) -> Self {
        Self::Message(reason)
    }
}

/// Reads a framed record that is of one of `types` (`AbstractApiMessageSerde.read`).
///
/// # Errors
/// When it is none, in Kafka's words where Kafka has some.
pub fn read_framed<'a>(
    types: &'static [(u32, &'static str, Schema)],
    bytes: &'a [u8],
) -> Result<Framed<'a>, FrameError> {
    let mut reader = FieldReader::new(bytes);
    let frame_version = reader.unsigned_varint()?;
    if frame_version != 1 {
        return Err(FrameError::Frame(frame_version));
    }
    let api_key = reader.unsigned_varint()?;
    let version = reader.unsigned_varint()?;
    let version = i16::try_from(version).map_err(|_| FrameError::Version(version))?;
    let (_, type_name, schema) =
        types.iter().find(|(id, ..)| *id == api_key).ok_or(FrameError::ApiKey(api_key))?;
    let (message, rest) = Struct::read(schema, version, reader.rest())?;
    match rest.len() {
        0 => Ok(Framed { type_name, api_key, version, message }),
        bytes => Err(FrameError::Garbage { bytes, api_key }),
    }
}

const BROKER_ID: Field = field("brokerId", INT32);
const BROKER_EPOCH: Field = field("brokerEpoch", INT64);

const END_POINTS: Field = list(
    "endPoints",
    &Kind::Struct(&[
        field("name", STRING),
        field("host", STRING),
        field("port", Kind::Uint16),
        field("securityProtocol", Kind::Int16),
    ]),
);

const FEATURES: Field = list(
    "features",
    &Kind::Struct(&[
        field("name", STRING),
        field("minSupportedVersion", Kind::Int16),
        field("maxSupportedVersion", Kind::Int16),
    ]),
);

const NO_FIELDS: &[Field] = &[];

/// The types of records that are known, by api key: Kafka's names and tables.
pub const RECORD_TYPES: &[(u32, &str, Schema)] = &[
    (0, "REGISTER_BROKER_RECORD", REGISTER_BROKER),
    (
        1,
        "UNREGISTER_BROKER_RECORD",
        Schema::flexible("UnregisterBrokerRecord", 0, &[BROKER_ID, BROKER_EPOCH]),
    ),
    (2, "TOPIC_RECORD", Schema::flexible("TopicRecord", 0, &[field("name", STRING), field("topicId", UUID)])),
    (3, "PARTITION_RECORD", PARTITION),
    (4, "CONFIG_RECORD", CONFIG),
    (5, "PARTITION_CHANGE_RECORD", PARTITION_CHANGE),
    (7, "FENCE_BROKER_RECORD", Schema::flexible("FenceBrokerRecord", 0, ID_AND_EPOCH)),
    (8, "UNFENCE_BROKER_RECORD", Schema::flexible("UnfenceBrokerRecord", 0, ID_AND_EPOCH)),
    (9, "REMOVE_TOPIC_RECORD", Schema::flexible("RemoveTopicRecord", 0, &[field("topicId", UUID)])),
    (10, "DELEGATION_TOKEN_RECORD", DELEGATION_TOKEN),
    (11, "USER_SCRAM_CREDENTIAL_RECORD", USER_SCRAM_CREDENTIAL),
    (12, "FEATURE_LEVEL_RECORD", FEATURE_LEVEL),
    (14, "CLIENT_QUOTA_RECORD", CLIENT_QUOTA),
    (15, "PRODUCER_IDS_RECORD", PRODUCER_IDS),
    (17, "BROKER_REGISTRATION_CHANGE_RECORD", BROKER_REGISTRATION_CHANGE),
    (18, "ACCESS_CONTROL_ENTRY_RECORD", ACCESS_CONTROL_ENTRY),
    (19, "REMOVE_ACCESS_CONTROL_ENTRY_RECORD", REMOVE_ACCESS_CONTROL_ENTRY),
    (20, "NO_OP_RECORD", Schema::flexible("NoOpRecord", 0, NO_FIELDS)),
    (21, "ZK_MIGRATION_STATE_RECORD", ZK_MIGRATION_STATE),
    (22, "REMOVE_USER_SCRAM_CREDENTIAL_RECORD", REMOVE_USER_SCRAM_CREDENTIAL),
    (23, "BEGIN_TRANSACTION_RECORD", BEGIN_TRANSACTION),
    (24, "END_TRANSACTION_RECORD", Schema::flexible("EndTransactionRecord", 0, NO_FIELDS)),
    (25, "ABORT_TRANSACTION_RECORD", ABORT_TRANSACTION),
    (26, "REMOVE_DELEGATION_TOKEN_RECORD", REMOVE_DELEGATION_TOKEN),
    (27, "REGISTER_CONTROLLER_RECORD", REGISTER_CONTROLLER),
    (28, "CLEAR_ELR_RECORD", Schema::flexible("ClearElrRecord", 0, &[field("topicName", STRING)])),
];

const ID_AND_EPOCH: &[Field] = &[field("id", INT32), field("epoch", INT64)];

const REGISTER_BROKER: Schema = Schema::flexible(
    "RegisterBrokerRecord",
    3,
    &[
        BROKER_ID,
        field("isMigratingZkBroker", Kind::Bool).from(2),
        field("incarnationId", UUID),
        BROKER_EPOCH,
        END_POINTS,
        FEATURES,
        field("rack", STRING).nullable(),
        field("fenced", Kind::Bool),
        field("inControlledShutdown", Kind::Bool).from(1),
        list("logDirs", &UUID).from(3).tagged(0),
    ],
);

const PARTITION: Schema = Schema::flexible(
    "PartitionRecord",
    2,
    &[
        field("partitionId", INT32),
        field("topicId", UUID),
        list("replicas", &INT32),
        list("isr", &INT32),
        list("removingReplicas", &INT32),
        list("addingReplicas", &INT32),
        field("leader", INT32),
        field("leaderRecoveryState", INT8).tagged(0),
        field("leaderEpoch", INT32),
        field("partitionEpoch", INT32),
        list("directories", &UUID).from(1),
        list("eligibleLeaderReplicas", &INT32).from(2).nullable().tagged(1),
        list("lastKnownElr", &INT32).from(2).nullable().tagged(2),
    ],
);

const CONFIG: Schema = Schema::flexible(
    "ConfigRecord",
    0,
    &[
        field("resourceType", INT8),
        field("resourceName", STRING),
        field("name", STRING),
        field("value", STRING).nullable(),
    ],
);

const PARTITION_CHANGE: Schema = Schema::flexible(
    "PartitionChangeRecord",
    2,
    &[
        field("partitionId", INT32),
        field("topicId", UUID),
        list("isr", &INT32).nullable().tagged(0),
        field("leader", INT32).tagged(1),
        list("replicas", &INT32).nullable().tagged(2),
        list("removingReplicas", &INT32).nullable().tagged(3),
        list("addingReplicas", &INT32).nullable().tagged(4),
        field("leaderRecoveryState", INT8).tagged(5),
        list("eligibleLeaderReplicas", &INT32).from(2).nullable().tagged(6),
        list("lastKnownElr", &INT32).from(2).nullable().tagged(7),
        list("directories", &UUID).from(1).nullable().tagged(8),
    ],
);

const DELEGATION_TOKEN: Schema = Schema::flexible(
    "DelegationTokenRecord",
    0,
    &[
        field("owner", STRING),
        field("requester", STRING),
        list("renewers", &STRING),
        field("issueTimestamp", INT64),
        field("maxTimestamp", INT64),
        field("expirationTimestamp", INT64),
        field("tokenId", STRING),
    ],
);

const USER_SCRAM_CREDENTIAL: Schema = Schema::flexible(
    "UserScramCredentialRecord",
    0,
    &[
        field("name", STRING),
        field("mechanism", INT8),
        field("salt", Kind::Bytes),
        field("storedKey", Kind::Bytes),
        field("serverKey", Kind::Bytes),
        field("iterations", INT32),
    ],
);

const FEATURE_LEVEL: Schema =
    Schema::flexible("FeatureLevelRecord", 0, &[field("name", STRING), field("featureLevel", Kind::Int16)]);

const CLIENT_QUOTA: Schema = Schema::flexible(
    "ClientQuotaRecord",
    0,
    &[
        list("entity", &Kind::Struct(&[field("entityType", STRING), field("entityName", STRING).nullable()])),
        field("key", STRING),
        field("value", Kind::Float64),
        field("remove", Kind::Bool),
    ],
);

const PRODUCER_IDS: Schema =
    Schema::flexible("ProducerIdsRecord", 0, &[BROKER_ID, BROKER_EPOCH, field("nextProducerId", INT64)]);

const BROKER_REGISTRATION_CHANGE: Schema = Schema::flexible(
    "BrokerRegistrationChangeRecord",
    2,
    &[
        BROKER_ID,
        BROKER_EPOCH,
        field("fenced", INT8).tagged(0),
        field("inControlledShutdown", INT8).from(1).tagged(1),
        list("logDirs", &UUID).from(2).tagged(2),
    ],
);

const ACCESS_CONTROL_ENTRY: Schema = Schema::flexible(
    "AccessControlEntryRecord",
    0,
    &[
        field("id", UUID),
        field("resourceType", INT8),
        field("resourceName", STRING),
        field("patternType", INT8),
        field("principal", STRING),
        field("host", STRING),
        field("operation", INT8),
        field("permissionType", INT8),
    ],
);

const REMOVE_ACCESS_CONTROL_ENTRY: Schema =
    Schema::flexible("RemoveAccessControlEntryRecord", 0, &[field("id", UUID)]);

const ZK_MIGRATION_STATE: Schema =
    Schema::flexible("ZkMigrationStateRecord", 0, &[field("zkMigrationState", INT8)]);

const REMOVE_USER_SCRAM_CREDENTIAL: Schema = Schema::flexible(
    "RemoveUserScramCredentialRecord",
    0,
    &[field("name", STRING), field("mechanism", INT8)],
);

const BEGIN_TRANSACTION: Schema =
    Schema::flexible("BeginTransactionRecord", 0, &[field("name", STRING).nullable().tagged(0)]);

const ABORT_TRANSACTION: Schema =
    Schema::flexible("AbortTransactionRecord", 0, &[field("reason", STRING).nullable().tagged(0)]);

const REMOVE_DELEGATION_TOKEN: Schema =
    Schema::flexible("RemoveDelegationTokenRecord", 0, &[field("tokenId", STRING)]);

const REGISTER_CONTROLLER: Schema = Schema::flexible(
    "RegisterControllerRecord",
    0,
    &[
        field("controllerId", INT32),
        field("incarnationId", UUID),
        field("zkMigrationReady", Kind::Bool),
        END_POINTS,
        FEATURES,
    ],
);
