//! The quick way for what most inputs are: lines whose fields are the records' as they stand. They go from the input's
//! buffer into the batch, and nothing is kept of them in between.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::session::{PAUSE, Session, at, tell};
use crate::commands::interrupt::Interrupt;
use crate::input::{InputError, LineFormat, LineReader, Piece, Ready, RecordReader, wait_for_input};
use crate::output::progress::Progress;
use crate::producer::{PieceCollector, PieceError, ProduceError, RecordSink};
use crate::record::{Fields, Header, NewRecord, Timestamp};

/// Why a line is no record, or was not produced.
enum Failure {
    Line(InputError),
    Record(ProduceError),
}

/// What is the matter with a piece of the input.
enum PieceFailure {
    /// It cannot be read.
    Input(InputError),
    /// The `number`-th of its lines, from 1, is no record.
    Line { number: u64, line: Vec<u8> },
    /// The `number`-th of its lines, from 1, was not produced.
    Record { number: u64, error: ProduceError },
}

impl Session<'_> {
    /// Hands every line that is in memory to the producer.
    pub(super) fn send_lines(&mut self, reader: &mut RecordReader<'_>) -> anyhow::Result<()> {
        let timestamp = self.extras.timestamp.unwrap_or(reader.input().read_at());
        while let Some((lines, format)) = reader.lines() {
            let headers: Vec<Header<'_>> = self.extras.headers().collect();
            let like = NewRecord { timestamp, key: self.extras.key(), value: None, headers: &headers };
            let to = &mut Destination { sink: &mut self.producer, partition: self.extras.partition };
            match to.send_some(lines, format, &like) {
                Ok(true) => {}
                Ok(false) => break,
                Err(Failure::Line(error)) => return Err(error.into()),
                Err(Failure::Record(error)) => return Err(at(error, || reader.place())),
            }
        }
        Ok(())
    }

    /// Sends what follows in pieces, until the input ends or pauses, if that pays; `false` when nothing was sent. An input
    /// that has no `length` in bytes may pause.
    pub(super) fn send_pieces(
        &mut self,
        reader: &mut RecordReader<'_>,
        length: Option<u64>,
        bar: &mut Progress,
    ) -> anyhow::Result<bool> {
        let left = length.map_or(0, |length| length.saturating_sub(reader.input().bytes_read()));
        let Some(plan) = self.producer.piece_plan(left) else { return Ok(false) };
        let Some((mut pieces, format)) = reader.pieces(plan.bytes) else { return Ok(false) };
        let (key, partition) = (self.extras.key(), self.extras.partition);
        // With keys it does not matter which line it is.
        let goes_round = plan.counts_records && format.is_plain() && key.is_none() && partition.is_none();
        if goes_round {
            pieces.count_lines();
        }
        let headers: Vec<Header<'_>> = self.extras.headers().collect();
        let lines =
            PieceLines { format, headers, key, partition, timestamp: self.extras.timestamp, goes_round };
        let patience = length.is_none().then(|| self.linger.unwrap_or(PAUSE).max(PAUSE));
        let interrupt = &self.interrupt;
        let (before, bytes_read) = (pieces.line_number(), AtomicU64::new(pieces.bytes_read()));
        let read = |piece: &mut Piece| {
            let begun = Instant::now();
            let read = pieces.next(piece, |source| may_read(source, interrupt, patience, begun));
            bytes_read.store(pieces.bytes_read(), Ordering::Relaxed);
            read.map_err(PieceFailure::Input)
        };
        let make = |piece: &Piece, collector: &mut PieceCollector| lines.send(piece, collector);
        let sent = self.producer.send_pieces(plan, read, make, |news| {
            tell(news, &mut self.report, self.ui);
            bar.set(bytes_read.load(Ordering::Relaxed));
        });
        match sent {
            Ok(count) => {
                pieces.note_lines(count);
                Ok(count > 0)
            }
            Err(PieceError::Append(error)) => Err(error.into()),
            Err(PieceError::Piece { before: in_pieces, error }) => {
                Err(error.of_lines_behind(before + in_pieces, reader, format))
            }
        }
    }
}

/// Whether more of a piece that was begun at `begun` may be read from `source`: not once the process is asked to end,
/// nor, where the input may pause, when there is nothing for as long as `patience`.
fn may_read(
    source: &File,
    interrupt: &Interrupt,
    patience: Option<Duration>,
    begun: Instant,
) -> io::Result<bool> {
    let Some(patience) = patience.filter(|_| interrupt.status().is_none()) else {
        return Ok(interrupt.status().is_none());
    };
    let left = patience.saturating_sub(begun.elapsed());
    Ok(wait_for_input(source, Some(interrupt.as_fd()), Some(left))? == Ready::Input)
}

/// What all lines that are sent in pieces have in common.
struct PieceLines<'a> {
    format: &'a LineFormat,
    headers: Vec<Header<'a>>,
    key: Option<&'a [u8]>,
    partition: Option<i32>,
    /// `None` for when the piece was read.
    timestamp: Option<Timestamp>,
    /// Whether the lines go one partition after the other.
    goes_round: bool,
}

impl PieceLines<'_> {
    /// Hands the lines of `piece` to `collector`; answers how many there are.
    fn send(&self, piece: &Piece, collector: &mut PieceCollector) -> Result<u64, PieceFailure> {
        if self.goes_round {
            collector.begin_after(piece.lines_before());
        }
        let timestamp = self.timestamp.unwrap_or(piece.read_at());
        let like = NewRecord { timestamp, key: self.key, value: None, headers: &self.headers };
        let mut lines = piece.lines();
        let mut to = Destination { sink: collector, partition: self.partition };
        let sent = to.send_whole(&mut lines, 0, self.format, &like);
        let number = lines.handed_out();
        match sent {
            Ok(()) => Ok(number),
            Err(Failure::Line(_)) => Err(PieceFailure::Line { number, line: piece.line(number).to_vec() }),
            Err(Failure::Record(error)) => Err(PieceFailure::Record { number, error }),
        }
    }
}

impl PieceFailure {
    /// The error, where the piece's first line comes behind the `before`-th of the input.
    fn of_lines_behind(self, before: u64, reader: &RecordReader<'_>, format: &LineFormat) -> anyhow::Error {
        match self {
            Self::Input(error) => error.into(),
            Self::Record { number, error } => at(error, || reader.place_of_line(before + number)),
            Self::Line { number, line } => match format.parse(&line, before + number, &mut Vec::new()) {
                Err(error) => InputError::MalformedLine(error.to_string()).into(),
                Ok(_) => unreachable!("its number does not make a line good"),
            },
        }
    }
}

/// Where the lines go.
struct Destination<'a, S> {
    sink: &'a mut S,
    partition: Option<i32>,
}

impl<S: RecordSink> Destination<'_, S> {
    /// Sends the lines that are whole, and one that may lack its delimiter; `false` when there are no more in memory.
    fn send_some(
        &mut self,
        lines: &mut LineReader,
        format: &LineFormat,
        like: &NewRecord<'_>,
    ) -> Result<bool, Failure> {
        let number = lines.line_number();
        if let Some(mut whole) = lines.whole_lines() {
            self.send_whole(&mut whole, number, format, like)?;
        }
        let number = lines.line_number() + 1;
        let Some(line) = lines.next_line() else { return Ok(false) };
        self.send_line(line, number, format, like, &mut Vec::new())?;
        Ok(true)
    }

    /// Sends lines; `number` is that of the line before the first.
    ///
    /// A function by itself: what the loop over the lines costs is not to depend on what it would be built into.
    #[inline(never)]
    fn send_whole<'a>(
        &mut self,
        lines: &mut impl Iterator<Item = &'a [u8]>,
        mut number: u64,
        format: &LineFormat,
        like: &NewRecord<'a>,
    ) -> Result<(), Failure> {
        if format.is_plain() {
            let mut fields = lines.map(|line| Fields { key: like.key, value: Some(line) });
            return self.sink.send_fields(like, &mut fields, self.partition).map_err(Failure::Record);
        }
        let mut headers = Vec::new();
        if format.has_headers() {
            for line in lines {
                number += 1;
                self.send_line(line, number, format, like, &mut headers)?;
            }
            return Ok(());
        }
        let mut malformed = None;
        let mut fields = lines.map_while(|line| {
            number += 1;
            let Some(Fields { key, value }) = format.key_and_value(line) else {
                malformed = Some(line);
                return None;
            };
            Some(Fields { key: like.key.or(key), value })
        });
        self.sink.send_fields(like, &mut fields, self.partition).map_err(Failure::Record)?;
        malformed.map_or(Ok(()), |line| self.send_line(line, number, format, like, &mut headers))
    }

    /// Sends what is in `line`, the `number`-th of its input. `headers` is room that is used again.
    fn send_line<'a>(
        &mut self,
        line: &'a [u8],
        number: u64,
        format: &LineFormat,
        like: &NewRecord<'a>,
        headers: &mut Vec<Header<'a>>,
    ) -> Result<(), Failure> {
        let parsed = format.parse(line, number, headers);
        let Fields { key, value } =
            parsed.map_err(|error| Failure::Line(InputError::MalformedLine(error.to_string())))?;
        headers.extend_from_slice(like.headers);
        let record = NewRecord { timestamp: like.timestamp, key: like.key.or(key), value, headers };
        self.sink.send(&record, self.partition).map(drop).map_err(Failure::Record)
    }
}
