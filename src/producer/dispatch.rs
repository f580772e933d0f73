//! What becomes of batches that are full: appended at once, or by the pipeline's threads; and what is known of them.

use super::accumulator::Outlet;
use super::ledger::Ledger;
use super::pipeline::{Pipeline, Sealing, SharedSender, locked};
use super::sender::News;
use super::transaction::InTransaction;
use super::{Acks, ProduceError};
use crate::record::{BatchBuilder, Compressor, EncodedBatch};

/// How many full batches are appended before threads are begun for those that follow: beginning them takes as
/// long as appending one.
const BEFORE_PIPELINE: u32 = 2;

/// Sends batches to the sender, and keeps account of them.
#[derive(Debug)]
pub(super) struct Dispatch {
    pub(super) acks: Acks,
    sealing: Sealing,
    compressor: Compressor,
    encoded: EncodedBatch,
    pub(super) sender: SharedSender,
    pipeline: Option<Pipeline>,
    /// How many batches have been full since the input paused.
    full_batches: u32,
    /// Whether batches were appended that no flush has acknowledged.
    is_unsettled: bool,
    /// With `acks=0`, a failure that is told when another batch follows.
    hidden_failure: Option<ProduceError>,
    pub(super) news: News,
    /// How far all that was sent is acknowledged.
    pub(super) ledger: Ledger,
    pub(super) transaction: Option<Box<InTransaction>>,
}

impl Outlet for Dispatch {
    #[inline]
    fn batch_begun(&mut self, at: usize) {
        self.ledger.begin_batch(at);
    }

    #[inline]
    fn records_added(&mut self, count: u64) {
        self.ledger.add(count);
    }

    fn send_off(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        self.full_batches = self.full_batches.saturating_add(1);
        if self.full_batches == BEFORE_PIPELINE && self.pipeline.is_none() {
            self.pipeline = Pipeline::begin(self.sealing, &self.sender);
        }
        if self.pipeline.is_none() {
            return self.append(at, batch);
        }
        self.collect(false)?;
        self.join_transaction(at, batch)?;
        self.is_unsettled |= self.acks == Acks::All;
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.submit(at, batch);
        }
        Ok(())
    }

    fn send_off_alone(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        self.wait_for_pipeline()?;
        self.append(at, batch)
    }
}

impl Dispatch {
    /// One that seals batches as `sealing` says and gives them to `sender`, for so many partitions.
    ///
    /// # Errors
    /// When the compression level is out of the codec's range.
    pub(super) fn new(
        sealing: Sealing,
        acks: Acks,
        sender: SharedSender,
        partitions: usize,
    ) -> Result<Self, ProduceError> {
        Ok(Self {
            acks,
            sealing,
            compressor: sealing.compressor()?,
            encoded: EncodedBatch::default(),
            sender,
            pipeline: None,
            full_batches: 0,
            is_unsettled: false,
            hidden_failure: None,
            news: News::default(),
            ledger: Ledger::new(partitions),
            transaction: None,
        })
    }

    /// How batches are finished.
    pub(super) fn sealing(&self) -> Sealing {
        self.sealing
    }

    /// Whether the input has filled batches since it paused last.
    pub(super) fn is_flowing(&self) -> bool {
        self.full_batches > 0
    }

    /// Takes note that the input pauses.
    pub(super) fn note_pause(&mut self) {
        self.full_batches = 0;
    }

    #[cfg(test)]
    pub(super) fn has_pipeline(&self) -> bool {
        self.pipeline.is_some()
    }

    /// Whether batches are on their way, or appended and not yet acknowledged.
    pub(super) fn is_unsettled(&self) -> bool {
        self.is_unsettled || self.pipeline.as_ref().is_some_and(Pipeline::is_busy)
    }

    /// Waits until no batch is on its way.
    ///
    /// # Errors
    /// The first failure of those that were.
    pub(super) fn wait_for_pipeline(&mut self) -> Result<(), ProduceError> {
        self.collect(true)
    }

    /// Takes note of what has become of the batches that are on their way; with `waits` of all.
    fn collect(&mut self, waits: bool) -> Result<(), ProduceError> {
        let Some(pipeline) = &mut self.pipeline else { return Ok(()) };
        let mut result = pipeline.collect(waits, &mut self.news);
        if result.is_err() {
            // Those behind the one that failed are dropped on their way.
            result = result.and(pipeline.collect(true, &mut self.news));
            self.ledger.note(&self.news.receipts, true);
            locked(&self.sender).resume();
        }
        self.note_outcome(result)
    }

    /// With `acks=all`, waits until the disk has what was appended, and so acknowledges it.
    ///
    /// # Errors
    /// When a sync fails.
    pub(super) fn settle(&mut self) -> Result<(), ProduceError> {
        let mut settled = Ok(());
        if self.acks == Acks::All {
            let mut sender = locked(&self.sender);
            settled = sender.settle();
            self.news.extend(sender.take_news());
            self.ledger.note(&self.news.receipts, settled.is_err());
        }
        self.is_unsettled = false;
        settled
    }

    /// Takes what has come to light since the last call.
    pub(super) fn take_news(&mut self) -> News {
        self.ledger.note(&self.news.receipts, false);
        let mut news = std::mem::take(&mut self.news);
        if self.transaction.is_some() {
            std::mem::swap(&mut news.receipts, &mut self.news.receipts);
        } else {
            self.ledger.forget_receipts();
        }
        news
    }

    /// The account of what is acknowledged, up to now.
    pub(super) fn noted_ledger(&mut self) -> &Ledger {
        self.ledger.note(&self.news.receipts, false);
        &self.ledger
    }

    /// Ends the pipeline's threads and the sender's work.
    ///
    /// # Errors
    /// As [`super::Producer::close`].
    pub(super) fn close(&mut self) -> Result<(), ProduceError> {
        self.pipeline = None;
        let mut sender = locked(&self.sender);
        let closed = sender.close();
        self.news.extend(sender.take_news());
        closed
    }

    /// Finishes and appends what is in `batch` to the `at`-th partition; nothing else is on its way there.
    ///
    /// # Errors
    /// As [`Dispatch::append_sealed`], and when it cannot be compressed, or not be made a part of the transaction.
    pub(super) fn append(&mut self, at: usize, batch: &mut BatchBuilder) -> Result<(), ProduceError> {
        let mut encoded = std::mem::take(&mut self.encoded);
        let joined = self.join_transaction(at, batch);
        let sealed =
            joined.and_then(|()| Ok(self.sealing.seal(batch, &mut self.compressor, &mut encoded)?));
        let appended = match sealed {
            Ok(()) => self.append_sealed(at, &mut encoded),
            Err(error) => {
                let outcome = self.note_outcome(Err(error));
                self.ledger.note(&self.news.receipts, true);
                outcome
            }
        };
        self.encoded = encoded;
        appended
    }

    /// Appends a finished batch to the `at`-th partition; nothing else is on its way there.
    ///
    /// # Errors
    /// When that fails; with `acks=0`, when it has failed before.
    pub(super) fn append_sealed(&mut self, at: usize, batch: &mut EncodedBatch) -> Result<(), ProduceError> {
        let appended = match self.hidden_failure.take() {
            Some(failure) => Err(failure),
            None => self.append_openly(at, batch),
        };
        let has_failed = appended.is_err() || self.hidden_failure.is_some();
        self.ledger.note(&self.news.receipts, has_failed);
        appended
    }

    fn append_openly(&mut self, at: usize, batch: &mut EncodedBatch) -> Result<(), ProduceError> {
        self.is_unsettled |= self.acks == Acks::All;
        let mut sender = locked(&self.sender);
        let appended = sender.append(at, batch);
        self.news.extend(sender.take_news());
        let Err(failure) = appended else { return Ok(()) };
        sender.resume();
        drop(sender);
        if self.acks == Acks::None && matches!(failure, ProduceError::Log { .. }) {
            self.hidden_failure = Some(failure);
            return Ok(());
        }
        self.note_refused(at, &failure);
        Err(failure)
    }
}
