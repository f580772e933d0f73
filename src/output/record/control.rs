//! What a control record says, and what became of the transaction of a data record.

use crate::consumer::ConsumerRecord;
use crate::record::control::{self, ControlType};

/// A marker that ends a transaction, or another control record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Control {
    /// Kafka's name of its type.
    pub(super) name: &'static str,
    /// The number of its type; −1 for one that is unknown.
    pub(super) id: i16,
    /// That of the transaction coordinator; `None` where it ends no transaction.
    pub(super) coordinator_epoch: Option<i32>,
}

impl Control {
    /// What `consumed` says, if it is a control record.
    pub(super) fn of(consumed: &ConsumerRecord<'_>) -> Option<Self> {
        if !consumed.batch.is_control() {
            return None;
        }
        // A key that says nothing is not worth losing the rest for: the log's checks tell of it.
        let kind = ControlType::of(consumed.record).unwrap_or(ControlType::Unknown(-1));
        let ends_transaction = matches!(kind, ControlType::Commit | ControlType::Abort);
        let epoch = ends_transaction.then(|| control::coordinator_epoch(consumed.record));
        Some(Self { name: kind.name(), id: kind.id(), coordinator_epoch: epoch.and_then(Result::ok) })
    }
}

/// What became of the transaction of a data record: `none` where there is none, or nobody asked.
pub(super) fn transaction_name(consumed: &ConsumerRecord<'_>) -> &'static str {
    consumed.batch.fate.map_or("none", |fate| fate.name())
}
