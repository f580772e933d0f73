//! What a measurement has given, in the lines of Kafka's tools or as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::{StdoutError, Ui};
use crate::cli::OutputFormat;

/// Version of the objects that `--output json` prints.
const VERSION: u32 = 1;

/// Bytes of what these tools call a MB.
const MB: f64 = 1_048_576.0;

/// How long things have taken.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LatencyFigures {
    /// On the average, in milliseconds.
    pub average_ms: f64,
    /// At the longest.
    pub max: Duration,
    /// One half of them, at the most.
    pub p50: Duration,
    /// 95 % of them.
    pub p95: Duration,
    /// 99 % of them.
    pub p99: Duration,
    /// 99.9 % of them.
    pub p999: Duration,
}

/// What a producer has had acknowledged in some time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Produced {
    /// Records.
    pub records: u64,
    /// Bytes of their values.
    pub bytes: u64,
    /// The time.
    pub elapsed: Duration,
    /// From when a record was handed to the producer until it was acknowledged.
    pub latency: LatencyFigures,
}

/// What a consumer has got in some time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Consumed {
    /// Records.
    pub records: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// The time.
    pub elapsed: Duration,
    /// How much of it there was no partition to read.
    pub rebalancing: Duration,
}

/// Which line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerfLine {
    /// On the way, of the time since the last one.
    Interval,
    /// At the end, of all.
    Total,
}

/// What the columns of a consumer's lines are, with one line at the end or one for each interval
/// (`ConsumerPerformance.printHeader`).
pub fn consumed_heading(is_detailed: bool) -> String {
    let time = if is_detailed { "time, threadId" } else { "start.time, end.time" };
    format!(
        "{time}, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, \
         fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec"
    )
}

/// `amount` for each second of `elapsed`; 0 in no time.
fn per_second(amount: f64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() { 0.0 } else { amount / elapsed.as_secs_f64() }
}

fn ms(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

impl LatencyFigures {
    /// The figures, in milliseconds.
    pub fn json(&self) -> Value {
        json!({
            "avg": self.average_ms, "max": ms(self.max), "p50": ms(self.p50), "p95": ms(self.p95),
            "p99": ms(self.p99), "p999": ms(self.p999),
        })
    }
}

impl PerfLine {
    fn name(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::Total => "total",
        }
    }
}

impl Produced {
    /// Prints a line of it, and writes that out.
    pub fn print(
        &self,
        topic: &str,
        line: PerfLine,
        output: OutputFormat,
        ui: &mut Ui,
    ) -> Result<(), StdoutError> {
        match output {
            OutputFormat::Text => ui.print_line(&self.text(line))?,
            OutputFormat::Json => ui.print_json(&self.json(topic, line))?,
        }
        ui.flush()
    }

    /// The line of `ProducerPerformance.Stats`.
    fn text(&self, line: PerfLine) -> String {
        let latency = &self.latency;
        let rate = per_second(self.records as f64, self.elapsed);
        let mb = per_second(self.bytes as f64 / MB, self.elapsed);
        let sent = format!("{} records sent, {rate:.1} records/sec ({mb:.2} MB/sec)", self.records);
        let (average, max) = (latency.average_ms, ms(latency.max));
        match line {
            PerfLine::Interval => format!("{sent}, {average:.1} ms avg latency, {max:.1} ms max latency."),
            PerfLine::Total => format!(
                "{sent}, {average:.2} ms avg latency, {max:.2} ms max latency, {} ms 50th, {} ms 95th, {} ms 99th, \
                 {} ms 99.9th.",
                latency.p50.as_millis(),
                latency.p95.as_millis(),
                latency.p99.as_millis(),
                latency.p999.as_millis(),
            ),
        }
    }

    fn json(&self, topic: &str, line: PerfLine) -> Value {
        json!({
            "v": VERSION, "type": line.name(), "topic": topic, "records": self.records, "bytes": self.bytes,
            "seconds": self.elapsed.as_secs_f64(),
            "recordsPerSecond": per_second(self.records as f64, self.elapsed),
            "mbPerSecond": per_second(self.bytes as f64 / MB, self.elapsed),
            "latencyMs": self.latency.json(),
        })
    }
}

impl Consumed {
    fn fetching(&self) -> Duration {
        self.elapsed.saturating_sub(self.rebalancing)
    }

    /// What `self` has more than `before`, which was noted earlier.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            records: self.records - before.records,
            bytes: self.bytes - before.bytes,
            elapsed: self.elapsed.saturating_sub(before.elapsed),
            rebalancing: self.rebalancing.saturating_sub(before.rebalancing),
        }
    }

    /// The times and rates that stand in any line, behind the columns `amounts`.
    fn columns(&self, mb: f64, records: u64) -> String {
        let fetching = self.fetching();
        let (own_mb, own_records) = (self.bytes as f64 / MB, self.records as f64);
        format!(
            "{mb:.4}, {:.4}, {records}, {:.4}, {}, {}, {:.4}, {:.4}",
            per_second(own_mb, self.elapsed),
            per_second(own_records, self.elapsed),
            self.rebalancing.as_millis(),
            fetching.as_millis(),
            per_second(own_mb, fetching),
            per_second(own_records, fetching),
        )
    }

    /// The line at the end; `start` and `end` are dates.
    pub fn total_text(&self, start: &str, end: &str) -> String {
        format!("{start}, {end}, {}", self.columns(self.bytes as f64 / MB, self.records))
    }

    /// The line for an interval that has ended at the date `time`, behind which there is `so_far` in all.
    pub fn interval_text(&self, so_far: &Self, time: &str) -> String {
        // There is one thread, and Kafka's tool has no more either.
        format!("{time}, 0, {}", self.columns(so_far.bytes as f64 / MB, so_far.records))
    }

    /// The object for a line; times are in milliseconds since 1970.
    pub fn json(&self, topic: &str, line: PerfLine, start: i64, end: i64) -> Value {
        let fetching = self.fetching();
        let mb = self.bytes as f64 / MB;
        json!({
            "v": VERSION, "type": line.name(), "topic": topic, "startTime": start, "endTime": end,
            "records": self.records, "bytes": self.bytes, "seconds": self.elapsed.as_secs_f64(),
            "recordsPerSecond": per_second(self.records as f64, self.elapsed),
            "mbPerSecond": per_second(mb, self.elapsed),
            "rebalanceSeconds": self.rebalancing.as_secs_f64(), "fetchSeconds": fetching.as_secs_f64(),
            "fetchRecordsPerSecond": per_second(self.records as f64, fetching),
            "fetchMbPerSecond": per_second(mb, fetching),
        })
    }
}

/// Prints what the way from one end to the other has taken (`EndToEndLatency`).
pub fn print_end_to_end(
    topic: &str,
    records: u64,
    latency: &LatencyFigures,
    output: OutputFormat,
    ui: &mut Ui,
) -> Result<(), StdoutError> {
    if output == OutputFormat::Json {
        return ui.print_json(&json!({
            "v": VERSION, "type": "total", "topic": topic, "records": records, "latencyMs": latency.json(),
        }));
    }
    let (p50, p99, p999) = (latency.p50.as_millis(), latency.p99.as_millis(), latency.p999.as_millis());
    ui.print_line(&format!("Avg latency: {:.4} ms", latency.average_ms))?;
    ui.print_line(&format!("Percentiles: 50th = {p50}, 99th = {p99}, 99.9th = {p999}"))
}

/// Prints what the record with this number has taken, which one in a thousand is told.
pub fn print_one_of_many(
    number: u64,
    latency: Duration,
    output: OutputFormat,
    ui: &mut Ui,
) -> Result<(), StdoutError> {
    match output {
        OutputFormat::Text => ui.print_line(&format!("{number}\t{:.4}", ms(latency)))?,
        OutputFormat::Json => ui.print_json(&json!({
            "v": VERSION, "type": "record", "number": number, "latencyMs": ms(latency),
        }))?,
    }
    ui.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn produced() -> Produced {
        let micros = Duration::from_micros;
        let latency = LatencyFigures {
            average_ms: 1.2345,
            max: micros(20_987),
            p50: micros(999),
            p95: micros(3_000),
            p99: micros(4_500),
            p999: micros(20_000),
        };
        Produced { records: 5000, bytes: 5 << 20, elapsed: Duration::from_millis(2500), latency }
    }

    #[test]
    fn a_producer_s_lines_are_kafka_s() {
        assert_eq!(
            produced().text(PerfLine::Interval),
            "5000 records sent, 2000.0 records/sec (2.00 MB/sec), 1.2 ms avg latency, 21.0 ms max latency."
        );
        assert_eq!(
            produced().text(PerfLine::Total),
            "5000 records sent, 2000.0 records/sec (2.00 MB/sec), 1.23 ms avg latency, 20.99 ms max latency, \
             0 ms 50th, 3 ms 95th, 4 ms 99th, 20 ms 99.9th."
        );
        let json = produced().json("t", PerfLine::Total).to_string();
        insta::assert_snapshot!(json, @r#"{"v":1,"type":"total","topic":"t","records":5000,"bytes":5242880,"seconds":2.5,"recordsPerSecond":2000.0,"mbPerSecond":2.0,"latencyMs":{"avg":1.2345,"max":20.987,"p50":0.999,"p95":3.0,"p99":4.5,"p999":20.0}}"#);
    }

    #[test]
    fn nothing_in_no_time_is_no_rate() {
        assert!(
            Produced::default().text(PerfLine::Total).starts_with("0 records sent, 0.0 records/sec (0.00")
        );
        assert!(
            Consumed::default().total_text("a", "b").ends_with(", 0.0000, 0, 0.0000, 0, 0, 0.0000, 0.0000")
        );
    }

    #[test]
    fn a_consumer_s_columns_are_kafka_s() {
        let before = Consumed {
            records: 1000,
            bytes: 1 << 20,
            elapsed: Duration::from_secs(1),
            rebalancing: Duration::from_millis(500),
        };
        let now = Consumed { records: 5000, bytes: 5 << 20, elapsed: Duration::from_secs(5), ..before };
        assert_eq!(
            now.total_text("s", "e"),
            "s, e, 5.0000, 1.0000, 5000, 1000.0000, 500, 4500, 1.1111, 1111.1111"
        );
        assert_eq!(
            now.since(&before).interval_text(&now, "e"),
            "e, 0, 5.0000, 1.0000, 5000, 1000.0000, 0, 4000, 1.0000, 1000.0000"
        );
        for is_detailed in [false, true] {
            let columns = consumed_heading(is_detailed).split(", ").count();
            let line = if is_detailed { now.interval_text(&now, "e") } else { now.total_text("s", "e") };
            assert_eq!(columns, line.split(", ").count());
        }
    }
}
