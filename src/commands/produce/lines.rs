//! The quick way for what most inputs are: lines whose fields are the records' as they stand. They go from the input's
//! buffer into the batch, and nothing is kept of them in between.

use super::session::{Session, at};
use crate::input::{InputError, LineFormat, LineReader, ParsedLine, RecordReader};
use crate::producer::ProduceError;
use crate::record::{Header, NewRecord};

/// Why a line is no record, or was not produced.
enum Failure {
    Line(InputError),
    Record(ProduceError),
}

impl Session<'_> {
    /// Hands every line that is in memory to the producer.
    pub(super) fn send_lines(&mut self, reader: &mut RecordReader<'_>) -> anyhow::Result<()> {
        let timestamp = self.extras.timestamp.unwrap_or(reader.input().read_at());
        while let Some((lines, format)) = reader.lines() {
            let headers: Vec<Header<'_>> = self.extras.headers().collect();
            let like = NewRecord { timestamp, key: self.extras.key(), value: None, headers: &headers };
            let to = &mut Destination { producer: &mut self.producer, partition: self.extras.partition };
            match to.send_some(lines, format, &like) {
                Ok(true) => {}
                Ok(false) => break,
                Err(Failure::Line(error)) => return Err(error.into()),
                Err(Failure::Record(error)) => return Err(at(error, || reader.place())),
            }
        }
        Ok(())
    }
}

/// Where the lines go.
struct Destination<'a> {
    producer: &'a mut crate::producer::Producer,
    partition: Option<i32>,
}

impl Destination<'_> {
    /// Sends the lines that are whole, and one that may lack its delimiter; `false` when there are no more in memory.
    fn send_some(
        &mut self,
        lines: &mut LineReader,
        format: &LineFormat,
        like: &NewRecord<'_>,
    ) -> Result<bool, Failure> {
        let mut number = lines.line_number();
        if let Some(mut whole) = lines.whole_lines() {
            if format.is_plain() {
                self.producer.send_values(like, &mut whole, self.partition).map_err(Failure::Record)?;
            } else {
                let mut headers = Vec::new();
                for line in whole {
                    number += 1;
                    self.send_line(line, number, format, like, &mut headers)?;
                }
            }
        }
        let number = lines.line_number() + 1;
        let Some(line) = lines.next_line() else { return Ok(false) };
        self.send_line(line, number, format, like, &mut Vec::new())?;
        Ok(true)
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
        let ParsedLine { key, value } =
            parsed.map_err(|error| Failure::Line(InputError::MalformedLine(error.to_string())))?;
        headers.extend_from_slice(like.headers);
        let record = NewRecord { timestamp: like.timestamp, key: like.key.or(key), value, headers };
        self.producer.send(&record, self.partition).map(drop).map_err(Failure::Record)
    }
}
