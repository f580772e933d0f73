//! Records in the form of a format string.

use serde::Deserialize as _;
use serde_json::value::RawValue;

use super::json;
use super::matching::{FrontMatch, Matcher};
use super::record::{Field, InputRecord};
use crate::format_string::{
    Element, FormatString, FormatStringError, NumberField, NumberForm, TextField, TextForm,
};
use crate::record::Timestamp;

/// A format string that records can be read by.
///
/// Where the length of a field comes before it (`%K{big32}%k`), so many bytes are the field; the length −1
/// is that of null. A regular expression (`%v{re#…#}`) takes as much as it matches. Otherwise a field goes up to
/// the next text of the format. What is said of a record's place and producer is read and changes nothing.
#[derive(Debug, Clone)]
pub struct RecordPattern {
    steps: Vec<Step>,
    null_marker: Option<Vec<u8>>,
}

/// What is to be found next.
#[derive(Debug, Clone)]
enum Step {
    Literal(Vec<u8>),
    Number(NumberField, NumberForm),
    Text(TextField, TextForm, Extent),
    /// Headers, as many as a number before said.
    Headers(Vec<Step>),
}

/// Where a field of bytes ends.
#[derive(Debug, Clone)]
enum Extent {
    /// So many bytes on as its length before said.
    Sized,
    /// Before this text, which is the next step.
    Until(Vec<u8>),
    /// With the JSON value.
    Json,
    /// Where the regular expression has matched.
    Matched(Box<Matcher>),
    /// With the input.
    Rest,
}

/// The lengths and counts that were read of a record so far.
#[derive(Debug, Clone, Copy, Default)]
struct Sizes {
    key: Option<i64>,
    value: Option<i64>,
    headers: i64,
}

/// Why there is no whole record.
enum Fault {
    /// There may be more of it behind what is there.
    Incomplete,
    /// It is not as the format says.
    Mismatch(String),
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self::Mismatch(message)
    }
}

impl RecordPattern {
    /// The pattern that `format` is for reading. Fields that are `null_marker` are null.
    ///
    /// # Errors
    /// When it does not tell where a field ends, or has verbs that cannot be read.
    pub fn new(format: &FormatString, null_marker: Option<Vec<u8>>) -> Result<Self, FormatStringError> {
        let steps = steps(format.elements(), true)?;
        let takes_something = steps.iter().any(|step| match step {
            Step::Literal(_) | Step::Text(..) => true,
            Step::Number(_, form) => !matches!(form, NumberForm::Fixed(_)),
            Step::Headers(_) => false,
        });
        if !takes_something {
            return Err(FormatStringError("there is nothing in it to be read".to_owned()));
        }
        Ok(Self { steps, null_marker })
    }

    /// Reads the record at the front of `bytes` into `record`; answers how many bytes it takes, `None` when
    /// there may be more of it behind them.
    ///
    /// # Errors
    /// When what is there is not as the format says, or `is_all` and the record is cut off.
    pub fn read(
        &self,
        bytes: &[u8],
        is_all: bool,
        record: &mut InputRecord,
    ) -> Result<Option<usize>, String> {
        record.clear();
        let mut reading = Reading {
            bytes,
            at: 0,
            is_all,
            null_marker: self.null_marker.as_deref(),
            sizes: Sizes::default(),
        };
        match reading.record(&self.steps, record) {
            Ok(()) if reading.at == 0 => Err("the format takes nothing from the input".to_owned()),
            Ok(()) => Ok(Some(reading.at)),
            Err(Fault::Incomplete) if !is_all => Ok(None),
            Err(Fault::Incomplete) => Err("the input ends within the record".to_owned()),
            Err(Fault::Mismatch(message)) => Err(message),
        }
    }
}

/// The steps for `elements`; those within headers have no other place to go than key and value.
fn steps(elements: &[Element], is_record: bool) -> Result<Vec<Step>, FormatStringError> {
    let refuse = |message: &str| Err(FormatStringError(message.to_owned()));
    let mut steps = Vec::new();
    let mut sized = [false; 2];
    let mut is_counted = false;
    for (at, element) in elements.iter().enumerate() {
        steps.push(match element {
            Element::Literal(literal) => Step::Literal(literal.clone()),
            Element::Number(field, form) => {
                match field {
                    NumberField::KeyLength => sized[0] = true,
                    NumberField::ValueLength => sized[1] = true,
                    NumberField::HeaderCount => is_counted = true,
                    _ => {}
                }
                Step::Number(*field, *form)
            }
            Element::Text(field, form) => {
                let is_sized = match field {
                    TextField::Key => std::mem::take(&mut sized[0]),
                    TextField::Value => std::mem::take(&mut sized[1]),
                    TextField::Topic => false,
                };
                let extent = match (is_sized, form, elements.get(at + 1)) {
                    // The length is that of the field, not of the JSON that tells of it.
                    (_, TextForm::Json, _) => Extent::Json,
                    (true, ..) => Extent::Sized,
                    (false, _, Some(Element::Literal(literal))) => Extent::Until(literal.clone()),
                    (false, _, None) if is_record => Extent::Rest,
                    _ => {
                        return refuse(
                            "it does not tell where a field ends: put some text behind it, or its length \
                             (%K, %V) before it",
                        );
                    }
                };
                Step::Text(*field, *form, extent)
            }
            Element::Matched(field, pattern) => {
                let is_sized = match field {
                    TextField::Key => sized[0],
                    TextField::Value => sized[1],
                    TextField::Topic => false,
                };
                if is_sized {
                    return refuse("a field has either a length before it or a regular expression");
                }
                let matcher = Matcher::new(pattern).map_err(FormatStringError)?;
                Step::Text(*field, TextForm::Plain, Extent::Matched(Box::new(matcher)))
            }
            Element::Unpacked(..) => {
                return refuse("{unpack[…]} can be written and not read; see %v{big32} and the like");
            }
            Element::Attribute(..) => return refuse("%a can be written and not read"),
            Element::EachHeader(_) if !is_counted => {
                return refuse("%h{…} can be read only behind %H, the number of headers, such as %H{3}");
            }
            Element::EachHeader(inner) => Step::Headers(self::steps(inner, false)?),
            Element::Headers => return refuse("%h can be read only as %h{…}, behind the number of headers"),
            Element::Time(_) => return refuse("%d{…} with a date cannot be read; use %T, in milliseconds"),
        });
    }
    Ok(steps)
}

/// A record on its way out of the bytes of an input.
struct Reading<'a> {
    bytes: &'a [u8],
    at: usize,
    is_all: bool,
    null_marker: Option<&'a [u8]>,
    sizes: Sizes,
}

impl<'a> Reading<'a> {
    fn record(&mut self, steps: &[Step], record: &mut InputRecord) -> Result<(), Fault> {
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Literal(literal) => {
                    let is_last = number + 1 == steps.len();
                    self.literal(literal, is_last)?;
                }
                Step::Number(field, form) => self.number(*field, *form, record)?,
                Step::Text(field, form, extent) => {
                    let size = self.size(*field);
                    let Some(text) = self.text(extent, size, *form)? else { continue };
                    let field = match field {
                        TextField::Key => Field::Key,
                        TextField::Value => Field::Value,
                        TextField::Topic => continue,
                    };
                    match form {
                        TextForm::Json => {
                            let mut is_null = false;
                            record.write(field, |out| {
                                is_null = !json::write_json_value(as_text(text)?, out)?;
                                Ok::<_, String>(())
                            })?;
                            if is_null {
                                record.set(field, None);
                            }
                        }
                        form => record.write(field, |out| form.read(text, out))?,
                    }
                }
                Step::Headers(inner) => {
                    for _ in 0..self.sizes.headers {
                        self.header(inner, record)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads one header: its name and value lie behind one another in a record of their own first.
    fn header(&mut self, steps: &[Step], record: &mut InputRecord) -> Result<(), Fault> {
        let outer = std::mem::take(&mut self.sizes);
        let mut header = InputRecord::new();
        self.record(steps, &mut header)?;
        self.sizes = outer;
        let Some(name) = header.get(Field::Key) else {
            return Err(Fault::Mismatch("a header has no name".to_owned()));
        };
        record.push_header(name, header.get(Field::Value));
        Ok(())
    }

    fn literal(&mut self, literal: &[u8], is_last: bool) -> Result<(), Fault> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(literal) {
            self.at += literal.len();
            return Ok(());
        }
        if literal.starts_with(rest) {
            // The last line of a file may lack its newline.
            if is_last && self.is_all && rest.is_empty() {
                return Ok(());
            }
            return Err(Fault::Incomplete);
        }
        let found = String::from_utf8_lossy(&rest[..rest.len().min(20)]);
        let expected = String::from_utf8_lossy(literal);
        Err(Fault::Mismatch(format!("expected {expected:?}, found {found:?}")))
    }

    fn number(
        &mut self,
        field: NumberField,
        form: NumberForm,
        record: &mut InputRecord,
    ) -> Result<(), Fault> {
        let Some((number, taken)) = form.read(&self.bytes[self.at..], self.is_all)? else {
            return Err(Fault::Incomplete);
        };
        self.at += taken;
        match field {
            NumberField::KeyLength => self.sizes.key = Some(number),
            NumberField::ValueLength => self.sizes.value = Some(number),
            NumberField::HeaderCount => self.sizes.headers = number,
            NumberField::Partition => {
                let partition = i32::try_from(number).ok().filter(|partition| *partition >= 0);
                record.partition = Some(partition.ok_or_else(|| format!("{number} is no partition"))?);
            }
            NumberField::Timestamp if number < Timestamp::NONE.0 => {
                return Err(Fault::Mismatch(format!("{number} is no timestamp")));
            }
            NumberField::Timestamp => record.timestamp = Some(Timestamp(number)),
            NumberField::Offset
            | NumberField::LeaderEpoch
            | NumberField::Index
            | NumberField::ProducerId
            | NumberField::ProducerEpoch
            | NumberField::LogStartOffset
            | NumberField::LastStableOffset
            | NumberField::LogEndOffset => {}
        }
        Ok(())
    }

    fn size(&self, field: TextField) -> Option<i64> {
        match field {
            TextField::Key => self.sizes.key,
            TextField::Value => self.sizes.value,
            TextField::Topic => None,
        }
    }

    /// The bytes of a field; `None` is null.
    fn text(
        &mut self,
        extent: &Extent,
        size: Option<i64>,
        form: TextForm,
    ) -> Result<Option<&'a [u8]>, Fault> {
        let rest = &self.bytes[self.at..];
        let length = match extent {
            Extent::Sized => match size {
                Some(-1) => return Ok(None),
                size => {
                    let size = size.and_then(|size| form.encoded_length(usize::try_from(size).ok()?));
                    size.ok_or_else(|| "a length is negative".to_owned())?
                }
            },
            Extent::Until(literal) => match memchr::memmem::find(rest, literal) {
                Some(at) => at,
                None if self.is_all => rest.len(),
                None => return Err(Fault::Incomplete),
            },
            Extent::Json => json_length(rest, self.is_all)?,
            Extent::Matched(matcher) => match matcher.at_front(rest, self.is_all)? {
                FrontMatch::Length(length) => length,
                FrontMatch::Undecided => return Err(Fault::Incomplete),
                FrontMatch::None => {
                    let found = String::from_utf8_lossy(&rest[..rest.len().min(20)]);
                    return Err(Fault::Mismatch(format!("the regular expression does not match {found:?}")));
                }
            },
            Extent::Rest if self.is_all => rest.len(),
            Extent::Rest => return Err(Fault::Incomplete),
        };
        let text = rest.get(..length).ok_or(Fault::Incomplete)?;
        self.at += length;
        Ok(Some(text).filter(|text| self.null_marker != Some(*text)))
    }
}

/// How long the JSON value at the front of `bytes` is.
fn json_length(bytes: &[u8], is_all: bool) -> Result<usize, Fault> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    match values.next() {
        // A number may go on behind what is there.
        Some(Ok(_)) if values.byte_offset() == bytes.len() && !is_all => Err(Fault::Incomplete),
        Some(Ok(_)) => Ok(values.byte_offset()),
        Some(Err(error)) if error.is_eof() => Err(Fault::Incomplete),
        Some(Err(error)) => Err(Fault::Mismatch(format!("there is no JSON value: {error}"))),
        None => Err(Fault::Incomplete),
    }
}

fn as_text(bytes: &[u8]) -> Result<&str, String> {
    // What serde_json took for a value is text; what a length delimits may be anything.
    let text = std::str::from_utf8(bytes).map_err(|_| "a JSON value is not UTF-8".to_owned())?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = <&RawValue>::deserialize(&mut deserializer).and_then(|value| {
        deserializer.end()?;
        Ok(value)
    });
    value.map(RawValue::get).map_err(|error| format!("there is no JSON value: {error}"))
}

#[cfg(test)]
mod tests;
