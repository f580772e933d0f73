//! `mkafka perf latency`: from one end of a topic to the other, a record at a time.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use super::{Latencies, Payload, Payloads, more_than_zero, record_size};
use crate::cli::GlobalArgs;
use crate::cli::perf::PerfLatencyArgs;
use crate::commands::consume::assigned::consumer_partition;
use crate::commands::interrupt::Interrupt;
use crate::commands::produce::{self, Configs};
use crate::commands::{EndedBySignal, data_dir_location};
use crate::consumer::{Consumer, Poll, StartPosition, Waiter};
use crate::output::Ui;
use crate::output::perf::{print_end_to_end, print_one_of_many};
use crate::producer::{Producer, Receipt, RecordSink as _};
use crate::record::{NewRecord, Timestamp};
use crate::store::{StoreError, TopicName, TopicPartition};

/// Of so many records one is told on the way, as Kafka's tool does.
const TOLD: u64 = 1000;

/// Runs the command.
///
/// # Errors
/// When a record cannot be produced, or does not come back in time, or another than it was.
pub(super) fn run(global: &GlobalArgs, args: &PerfLatencyArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let count = more_than_zero("--num-records", args.num_records)?;
    let mut payload = Payload::new(Payloads::Letters(record_size(args.record_size)?));
    let configs = Configs::with_acks(&args.acks)?;
    crate::fs::raise_open_files_limit();
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let waiter = Waiter::new().context("cannot wait for changes")?;
    let waker = waiter.waker();
    interrupt.end_soon(move || waker.wake())?;
    let path = data_dir_location(global)?.path;
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    let (data_dir, (topic, config)) = produce::topic(&path, name.clone(), false, &configs, ui)?;
    let floors = data_dir.log_start_offsets()?;
    let mut ends = Ends {
        consumer: Consumer::new(),
        waiter,
        patience: Duration::from_millis(args.timeout),
        producer: Producer::new(topic, config)?,
    };
    for number in data_dir.topic(&name)?.partitions {
        let of = TopicPartition::new(name.clone(), number);
        let partition = consumer_partition(&data_dir, &floors, of);
        ends.waiter.watch_log(&partition.dir);
        ends.consumer.add(partition, StartPosition::Latest, None)?;
    }
    let mut latencies = Latencies::new();
    let mut done = 0;
    while done < count {
        let Some(latency) = ends.pass(payload.next(), &interrupt, ui)? else { break };
        if done % TOLD == 0 {
            print_one_of_many(done, latency, args.output, ui)?;
        }
        latencies.add(latency, 1);
        done += 1;
    }
    let closed = ends.producer.close();
    ends.take_receipts(ui);
    closed?;
    print_end_to_end(name.as_str(), done, &latencies.figures(), args.output, ui)?;
    match interrupt.status().filter(|_| done < count) {
        Some(status) => Err(EndedBySignal(status).into()),
        None => Ok(()),
    }
}

/// Both ends of the topic.
struct Ends {
    producer: Producer,
    consumer: Consumer,
    waiter: Waiter,
    patience: Duration,
}

impl Ends {
    /// Passes `value` through; answers how long that took, or `None` when the process is to end before.
    fn pass(&mut self, value: &[u8], interrupt: &Interrupt, ui: &mut Ui) -> anyhow::Result<Option<Duration>> {
        let begun = Instant::now();
        let record = NewRecord { timestamp: Timestamp::now(), key: None, value: Some(value), headers: &[] };
        self.producer.send(&record, None)?;
        self.producer.flush()?;
        let [receipt] = self.take_receipts(ui)[..] else { bail!("a record was not acknowledged") };
        let is_it_back = self.receive(receipt, value, begun, interrupt)?;
        Ok(is_it_back.then(|| begun.elapsed()))
    }

    /// What was acknowledged since it was asked last. What else has come to light is told.
    fn take_receipts(&mut self, ui: &mut Ui) -> Vec<Receipt> {
        let news = self.producer.take_news();
        produce::warn_of(news.repairs, news.upkeep_failures, ui);
        news.receipts
    }

    /// Waits for the record that `receipt` is about; `false` when the process is to end before.
    fn receive(
        &mut self,
        receipt: Receipt,
        value: &[u8],
        begun: Instant,
        interrupt: &Interrupt,
    ) -> anyhow::Result<bool> {
        let mut found = None;
        while interrupt.status().is_none() {
            let poll = self.consumer.poll(&mut |record| {
                let place = (record.topic_partition.partition, record.record.offset);
                if place == (receipt.partition, receipt.offsets.first) {
                    found = Some(record.record.value == Some(value));
                }
                ControlFlow::Continue(())
            })?;
            if let Some(is_same) = found {
                ensure!(
                    is_same,
                    "partition {}, offset {}: the record is not what was produced",
                    receipt.partition,
                    receipt.offsets.first
                );
                return Ok(true);
            }
            let left = self.patience.saturating_sub(begun.elapsed());
            ensure!(!left.is_zero(), "a record has not come within {} ms", self.patience.as_millis());
            if poll == Poll::CaughtUp {
                self.waiter.wait(Some(left));
            }
        }
        Ok(false)
    }
}
