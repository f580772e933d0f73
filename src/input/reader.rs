//! One record after the other out of an input, whatever its form.

use std::io;

use super::buffer::InputBuffer;
use super::formatted::RecordPattern;
use super::json;
use super::line_format::LineFormat;
use super::lines::LineReader;
use super::piece::LinePieces;
use super::record::{Field, InputRecord};

/// The form that records have in an input.
#[derive(Debug, Clone)]
pub enum InputForm {
    /// Each piece that ends with a delimiter is a record.
    Lines {
        /// What ends a line: a byte or more.
        delimiter: Vec<u8>,
        /// What is in a line.
        content: LineContent,
        /// Whether a line with nothing in it is passed over.
        skips_empty: bool,
    },
    /// Records follow one another as a format string says.
    Formatted(RecordPattern),
    /// The whole input is the value of one record.
    Raw,
}

/// What is in a line.
#[derive(Debug, Clone)]
pub enum LineContent {
    /// Headers, key and value with separators between.
    Fields(LineFormat),
    /// A JSON object.
    Json,
}

/// Records that an input does not have, in the words of its form.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The input cannot be read.
    #[error("cannot read {name}")]
    Unreadable {
        /// What it is called.
        name: String,
        /// What the operating system answered.
        source: io::Error,
    },
    /// A record is not in its form.
    #[error("{place}: {message}")]
    Malformed {
        /// Which one of which input.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A line is not in its form; Kafka's message, which says which one.
    #[error("{0}")]
    MalformedLine(String),
    /// A record without an end within the limit.
    #[error(
        "{place} is longer than {limit} bytes, which no record of this topic can hold; raise \
         max.message.bytes of the topic"
    )]
    TooLong {
        /// Which one of which input.
        place: String,
        /// The limit in bytes.
        limit: usize,
    },
}

impl LineContent {
    /// Reads what is in `line`, the `number`-th from 1 of the input called `name`, into `record`.
    ///
    /// # Errors
    /// When it is not in its form.
    pub fn read(
        &self,
        line: &[u8],
        name: &str,
        number: u64,
        record: &mut InputRecord,
    ) -> Result<(), InputError> {
        record.clear();
        match self {
            Self::Fields(format) => {
                let mut headers = Vec::new();
                let fields = format
                    .parse(line, number, &mut headers)
                    .map_err(|error| InputError::MalformedLine(error.to_string()))?;
                record.set(Field::Key, fields.key);
                record.set(Field::Value, fields.value);
                headers.iter().for_each(|header| record.push_header(header.key, header.value));
                Ok(())
            }
            Self::Json => json::read(line, record).map_err(|message| InputError::Malformed {
                place: format!("{name}, line {number}"),
                message,
            }),
        }
    }
}

/// Reads an input record by record.
#[derive(Debug)]
pub struct RecordReader<'a> {
    name: String,
    source: Source<'a>,
    limit: usize,
    /// Records handed out, of an input that is not lines.
    records: u64,
}

#[derive(Debug)]
enum Source<'a> {
    Lines { lines: LineReader, content: &'a LineContent, skips_empty: bool },
    Formatted { input: InputBuffer, pattern: &'a RecordPattern },
    Raw { input: InputBuffer, is_taken: bool },
}

/// How many bytes of JSON or of an encoded field a byte of a record can take: `\u0000`.
const TEXT_PER_BYTE: usize = 6;
/// What JSON has around the fields of a record, and more.
const TEXT_AROUND: usize = 64 << 10;

impl<'a> RecordReader<'a> {
    /// Reads `input`, which is called `name` in messages, for records of at most `limit` bytes.
    pub fn new(input: InputBuffer, name: String, form: &'a InputForm, limit: usize) -> Self {
        let text_limit = limit.saturating_mul(TEXT_PER_BYTE).saturating_add(TEXT_AROUND);
        let (source, limit) = match form {
            InputForm::Lines { delimiter, content, skips_empty } => {
                let lines = LineReader::new(input, delimiter.clone());
                let limit = if matches!(content, LineContent::Json) { text_limit } else { limit };
                (Source::Lines { lines, content, skips_empty: *skips_empty }, limit)
            }
            InputForm::Formatted(pattern) => (Source::Formatted { input, pattern }, text_limit),
            InputForm::Raw => (Source::Raw { input, is_taken: false }, limit),
        };
        Self { name, source, limit, records: 0 }
    }

    /// What is read from.
    pub fn input(&self) -> &InputBuffer {
        match &self.source {
            Source::Lines { lines, .. } => lines.input(),
            Source::Formatted { input, .. } | Source::Raw { input, .. } => input,
        }
    }

    /// Which record was handed out last, for messages: the input's name, and the line or the record's number.
    pub fn place(&self) -> String {
        match &self.source {
            Source::Lines { lines, .. } => self.place_of_line(lines.line_number()),
            Source::Formatted { .. } => format!("{}, record {}", self.name, self.records),
            Source::Raw { .. } => self.name.clone(),
        }
    }

    /// [`RecordReader::place`] of the `number`-th line.
    pub fn place_of_line(&self, number: u64) -> String {
        format!("{}, line {number}", self.name)
    }

    /// The lines and what is in them, if each is a record: the quick way to read them.
    pub fn lines(&mut self) -> Option<(&mut LineReader, &'a LineFormat)> {
        match &mut self.source {
            Source::Lines { lines, content: LineContent::Fields(format), skips_empty: false } => {
                Some((lines, format))
            }
            _ => None,
        }
    }

    /// The same in pieces of about `size` bytes, where they can be taken so, and what is in them.
    pub fn pieces(&mut self, size: usize) -> Option<(LinePieces<'_>, &'a LineFormat)> {
        match &mut self.source {
            Source::Lines { lines, content: LineContent::Fields(format), skips_empty: false } => {
                Some((LinePieces::new(lines, &self.name, size)?, format))
            }
            _ => None,
        }
    }

    /// Whether there is a way on behind a record that is not in its form: with lines, the next line.
    pub fn can_go_on(&self) -> bool {
        matches!(self.source, Source::Lines { .. })
    }

    /// Puts the next record that is in memory into `record`. `false` means that more has to be read, or,
    /// after [`RecordReader::fill`] has answered `false`, that there are no more.
    ///
    /// # Errors
    /// When it is not in its form.
    pub fn next(&mut self, record: &mut InputRecord) -> Result<bool, InputError> {
        match &mut self.source {
            Source::Lines { lines, content, skips_empty } => loop {
                let number = lines.line_number() + 1;
                let Some(line) = lines.next_line() else { return Ok(false) };
                if !(*skips_empty && line.is_empty()) {
                    return content.read(line, &self.name, number, record).map(|()| true);
                }
            },
            Source::Formatted { input, pattern } => {
                let available = input.available();
                if available.is_empty() {
                    return Ok(false);
                }
                let read = pattern.read(available, input.is_at_end(), record);
                let taken = read.map_err(|message| InputError::Malformed {
                    place: format!("{}, record {}", self.name, self.records + 1),
                    message,
                })?;
                if let Some(taken) = taken {
                    input.take(taken, 0);
                    self.records += 1;
                }
                Ok(taken.is_some())
            }
            Source::Raw { input, is_taken } => {
                if !input.is_at_end() || *is_taken {
                    return Ok(false);
                }
                *is_taken = true;
                self.records += 1;
                record.clear();
                record.set(Field::Value, Some(input.take(input.available().len(), 0)));
                Ok(true)
            }
        }
    }

    /// Reads more, waiting for it if need be; `false` at the end of the input.
    ///
    /// # Errors
    /// When it cannot be read, or the record that is not whole yet passes the limit.
    pub fn fill(&mut self) -> Result<bool, InputError> {
        if self.input().available().len() > self.limit {
            let place = match &self.source {
                Source::Lines { lines, .. } => self.place_of_line(lines.line_number() + 1),
                Source::Formatted { .. } => format!("{}, record {}", self.name, self.records + 1),
                Source::Raw { .. } => self.name.clone(),
            };
            return Err(InputError::TooLong { place, limit: self.limit });
        }
        let input = match &mut self.source {
            Source::Lines { lines, .. } => lines.input_mut(),
            Source::Formatted { input, .. } | Source::Raw { input, .. } => input,
        };
        input.fill().map_err(|source| InputError::Unreadable { name: self.name.clone(), source })
    }
}
