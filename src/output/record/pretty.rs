//! Records for people: where and when in one line, then what is in them.

use anstyle::{AnsiColor, Style};

use super::field::{FieldForm, escape_from};
use super::{Fault, FieldForms};
use crate::consumer::ConsumerRecord;
use crate::format_string::TimeForm;

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
            && let Ok(value) = serde_json::from_slice::<serde_json::Value>(&text)
            && let Ok(laid_out) = serde_json::to_vec_pretty(&value)
        {
            text = laid_out;
        }
        escape_from(0, &mut text);
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

fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut text = bytes.to_vec();
    escape_from(0, &mut text);
    text
}
