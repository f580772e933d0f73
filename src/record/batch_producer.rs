//! The producer that a batch tells of.

use super::header::Attributes;

/// Whose batch it is, and where it stands among that producer's (KIP-98).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchProducer {
    /// The producer's id, from 0.
    pub(super) id: i64,
    /// Its epoch, from 0.
    pub(super) epoch: i16,
    /// Sequence number of the first record in its partition, from 0; −1 in a marker.
    pub(super) base_sequence: i32,
    /// What the batch's attributes get besides.
    pub(super) attributes: Attributes,
}

impl BatchProducer {
    /// Of a batch that is no idempotent producer's.
    pub(super) const NOBODY: Self = Self { id: -1, epoch: -1, base_sequence: -1, attributes: Attributes(0) };

    /// Of data that belong to the open transaction of producer `id` in `epoch`, and whose first record has this
    /// sequence number.
    pub fn in_transaction(id: i64, epoch: i16, base_sequence: i32) -> Self {
        Self { id, epoch, base_sequence, attributes: Attributes::default().with_transactional() }
    }

    /// Of the marker that ends the transaction of producer `id` in `epoch`.
    pub(super) fn of_marker(id: i64, epoch: i16) -> Self {
        let attributes = Attributes::default().with_transactional().with_control();
        Self { id, epoch, base_sequence: -1, attributes }
    }
}
