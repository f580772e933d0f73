//! Records for people: where and when in one line, then what is in them.

use anstyle::{AnsiColor, Style};

use super::control::Control;
use super::field::FieldForm;
use super::{Fault, FieldForms};
use crate::consumer::{ConsumerRecord, TransactionFate};
use crate::format_string::TimeForm;
use crate::output::escape::escape_text_from;

/// Records for people, several lines each. Values that are JSON are laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrettyFormat {
    /// How keys, values and values of headers are shown.
    pub forms: FieldForms,
    /// Whether there are colours.
    pub colours: bool,
}

const WHERE: Style = AnsiColor::Cyan.on_default().bold();
const WHEN: Style = Style::new().dimmed();
const NAME: Style = AnsiColor::Green.on_default();
const CONTROL: Style = AnsiColor::Yellow.on_default().bold();
const NULL: Style = Style::new().dimmed();

impl PrettyFormat {
    pub(super) fn write(&self, consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let record = &consumed.record;
        let of = consumed.topic_partition;
        self.styled(WHERE, format!("{}-{}@{}", of.topic, of.partition, record.offset).as_bytes(), out);
        out.extend_from_slice(b"  ");
        let mut when = Vec::new();
        TimeForm::Strftime("%Y-%m-%d %H:%M:%S%.3f %:z".to_owned()).write(record.timestamp, &mut when);
        self.styled(WHEN, &when, out);
        out.push(b'\n');
        if let Some(control) = Control::of(consumed) {
            let batch = consumed.batch;
            out.extend_from_slice(b"  ");
            self.styled(CONTROL, control.name.as_bytes(), out);
            let mut rest = format!(" producer {} epoch {}", batch.producer_id, batch.producer_epoch);
            if let Some(epoch) = control.coordinator_epoch {
                rest += &format!(" coordinator epoch {epoch}");
            }
            out.extend_from_slice(rest.as_bytes());
            out.push(b'\n');
            return Ok(());
        }
        if let Some(fate) = consumed.batch.fate {
            out.extend_from_slice(b"  ");
            self.styled(NAME, b"transaction", out);
            out.extend_from_slice(b": ");
            let style = if fate == TransactionFate::Committed { Style::new() } else { CONTROL };
            self.styled(style, fate.name().as_bytes(), out);
            out.push(b'\n');
        }
        for header in record.headers.iter() {
            out.extend_from_slice(b"  header ");
            self.styled(NAME, &escaped(header.key), out);
            self.field("header", &self.forms.header, header.value, out)?;
        }
        if record.key.is_some() {
            out.extend_from_slice(b"  ");
            self.styled(NAME, b"key", out);
            self.field("key", &self.forms.key, record.key, out)?;
        }
        out.extend_from_slice(b"  ");
        self.styled(NAME, b"value", out);
        self.field("value", &self.forms.value, record.value, out)
    }

    /// Appends a colon, the field and a newline; further lines are indented.
    fn field(
        &self,
        name: &'static str,
        form: &FieldForm,
        bytes: Option<&[u8]>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        out.extend_from_slice(b": ");
        let Some(bytes) = bytes else {
            self.styled(NULL, b"null", out);
            out.push(b'\n');
            return Ok(());
        };
        let mut text = Vec::new();
        form.write(bytes, &mut text).map_err(|what| Fault::new(name, what))?;
        if matches!(text.first(), Some(b'{' | b'['))
            && serde_json::from_slice::<serde::de::IgnoredAny>(&text).is_ok()
        {
            text = laid_out(&text);
        }
        escape_text_from(0, &mut text);
        for (i, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if i > 0 {
                out.extend_from_slice(b"    ");
            }
            out.extend_from_slice(line);
            out.push(b'\n');
        }
        Ok(())
    }

    fn styled(&self, style: Style, text: &[u8], out: &mut Vec<u8>) {
        if self.colours {
            out.extend_from_slice(style.render().to_string().as_bytes());
            out.extend_from_slice(text);
            out.extend_from_slice(style.render_reset().to_string().as_bytes());
        } else {
            out.extend_from_slice(text);
        }
    }
}

/// JSON with each member and item on a line of its own. Only space between its tokens is changed, so that
/// numbers stay as they were written.
fn laid_out(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0;
    let (mut in_string, mut is_escaped) = (false, false);
    let new_line = |depth: usize, out: &mut Vec<u8>| {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', 2 * depth));
    };
    for &byte in json {
        if in_string {
            in_string = is_escaped || byte != b'"';
            is_escaped = byte == b'\\' && !is_escaped;
            out.push(byte);
            continue;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'}' | b']' => {
                depth -= 1;
                if !matches!(out.last(), Some(b'{' | b'[')) {
                    new_line(depth, &mut out);
                }
            }
            _ if matches!(out.last(), Some(b'{' | b'[')) => new_line(depth, &mut out),
            _ => {}
        }
        out.push(byte);
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b',' => new_line(depth, &mut out),
            b':' => out.push(b' '),
            _ => {}
        }
    }
    out
}

fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut text = bytes.to_vec();
    escape_text_from(0, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_is_laid_out_and_not_changed() {
        let json = br#"{"a": [1e400, {}, [] ,"x,{\"\\"], "b":12345678901234567890123}"#;
        let expected = "{\n  \"a\": [\n    1e400,\n    {},\n    [],\n    \"x,{\\\"\\\\\"\n  ],\n  \
                        \"b\": 12345678901234567890123\n}";
        assert_eq!(String::from_utf8(laid_out(json)).expect("UTF-8"), expected);
    }

    proptest! {
        #[test]
        fn what_is_laid_out_means_the_same(
            texts in proptest::collection::vec(".{0,6}", 0..4), numbers in proptest::collection::vec(any::<i32>(), 0..4)
        ) {
            let value = serde_json::json!({ "t": texts, "n": { "n": numbers, "e": {} }, "z": null });
            for json in [value.to_string(), format!("{value:#}")] {
                let back: serde_json::Value = serde_json::from_slice(&laid_out(json.as_bytes())).expect("JSON");
                prop_assert_eq!(&back, &value);
            }
        }
    }
}
