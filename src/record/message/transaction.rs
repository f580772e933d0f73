//! Records of `__transaction_state` (Kafka's `transaction-coordinator/src/main/resources/common/message`).

use super::schema::{Kind, Schema, field, list};

/// `TransactionLogKey`, behind its version: whose transactions they are.
pub const TRANSACTION_LOG_KEY: Schema =
    Schema::rigid("TransactionLogKey", 0, &[field("transactionalId", Kind::String)]);

/// `TransactionLogValue`, behind its version: how far the latest one is.
pub const TRANSACTION_LOG_VALUE: Schema = Schema::new(
    "TransactionLogValue",
    1,
    1,
    &[
        field("producerId", Kind::Int64),
        field("previousProducerId", Kind::Int64).from(1).tagged(0),
        field("nextProducerId", Kind::Int64).from(1).tagged(1),
        field("producerEpoch", Kind::Int16),
        field("transactionTimeoutMs", Kind::Int32),
        field("transactionStatus", Kind::Int8),
        list(
            "transactionPartitions",
            &Kind::Struct(&[field("topic", Kind::String), list("partitionIds", &Kind::Int32)]),
        )
        .nullable(),
        field("transactionLastUpdateTimestampMs", Kind::Int64),
        field("transactionStartTimestampMs", Kind::Int64),
        field("clientTransactionVersion", Kind::Int16).from(1).tagged(2),
    ],
);

/// Kafka's name for a `transactionStatus` (`TransactionState`).
pub fn state_name(status: i64) -> Option<&'static str> {
    Some(match status {
        0 => "Empty",
        1 => "Ongoing",
        2 => "PrepareCommit",
        3 => "PrepareAbort",
        4 => "CompleteCommit",
        5 => "CompleteAbort",
        6 => "Dead",
        7 => "PrepareEpochFence",
        _ => return None,
    })
}
