//! The small texts that a broker keeps: checkpoints, properties, `partition.metadata`, `quorum-state`.
//!
//! `store` and `log` read some of them strictly; here every line is shown that says something, and every
//! other is described.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::DumpError;
use crate::fs::{FileError, IoContext as _, open_read};
use crate::log::Position;

/// The longest line that is looked at, in bytes.
const LINE_MAX: u64 = 64 << 10;

/// What the lines of a text mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// `leader-epoch-checkpoint`: version, count, and an epoch and its first offset a line.
    LeaderEpochs,
    /// The checkpoints in the root of a log folder: version, count, and topic, partition and offset a line.
    Offsets,
    /// `partition.metadata`: names and values, with a colon between them.
    PartitionMetadata,
    /// `meta.properties`: a Java properties file.
    Properties,
    /// `quorum-state`: a JSON object.
    QuorumState,
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextValue {
    /// A number.
    Number(i64),
    /// Anything else.
    Text(String),
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextItem {
    /// The version of a checkpoint, and how many entries it has.
    Head(Vec<(String, TextValue)>),
    /// Names and values, in order.
    Entry(Vec<(String, TextValue)>),
    /// Nothing that it should.
    Fault {
        /// Where the line begins.
        position: Position,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// An open text.
#[derive(Debug)]
pub struct TextFile {
    kind: TextKind,
    path: PathBuf,
    reader: BufReader<File>,
    position: Position,
    line: u64,
    /// How many entries a checkpoint says that it has, once that has been read.
    declared: Option<i64>,
    entries: i64,
    is_done: bool,
}

impl TextFile {
    /// Opens `path`.
    ///
    /// # Errors
    /// When it cannot be opened or is a folder.
    pub fn open(path: &Path, kind: TextKind) -> Result<Self, DumpError> {
        let file = open_read(path)?;
        if file.metadata().context_io("read the size of", path)?.is_dir() {
            return Err(DumpError::Folder(path.to_owned()));
        }
        Ok(Self {
            kind,
            path: path.to_owned(),
            reader: BufReader::new(file),
            position: Position(0),
            line: 0,
            declared: None,
            entries: 0,
            is_done: false,
        })
    }

    /// What the next line says that says anything; `None` behind the last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_item(&mut self) -> Result<Option<TextItem>, FileError> {
        while !self.is_done {
            let position = self.position;
            let mut bytes = Vec::new();
            let mut line = (&mut self.reader).take(LINE_MAX);
            let read = line.read_until(b'\n', &mut bytes).context_io("read", &self.path)?;
            self.line += 1;
            self.position = position.plus(read);
            if read == 0 {
                self.is_done = true;
                if let Some(reason) = self.missing() {
                    return Ok(Some(TextItem::Fault { position, line: self.line, reason }));
                }
                return Ok(None);
            }
            let fault = |line, reason: String| Ok(Some(TextItem::Fault { position, line, reason }));
            if read as u64 == LINE_MAX && !bytes.ends_with(b"\n") {
                // What is no line of text has no further lines worth looking at.
                self.is_done = true;
                return fault(self.line, format!("is longer than {LINE_MAX} bytes"));
            }
            while bytes.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
                bytes.pop();
            }
            let Ok(text) = String::from_utf8(bytes) else {
                return fault(self.line, "is not a text".to_owned());
            };
            match self.read_line(&text) {
                Ok(Some(head)) if self.declared.is_some() && self.line == 2 => {
                    return Ok(Some(TextItem::Head(head)));
                }
                Ok(Some(entry)) => return Ok(Some(TextItem::Entry(entry))),
                Ok(None) => {}
                Err(reason) => return fault(self.line, reason),
            }
        }
        Ok(None)
    }

    /// What is wrong with the file as a whole, once it has ended.
    fn missing(&self) -> Option<String> {
        match self.kind {
            // A broker makes it empty, and then it declares nothing.
            TextKind::LeaderEpochs | TextKind::Offsets => {
                let declared = self.declared.filter(|declared| *declared != self.entries)?;
                Some(format!("ends after {} entries where {declared} are declared", self.entries))
            }
            _ if self.entries == 0 => Some("says nothing".to_owned()),
            _ => None,
        }
    }

    fn read_line(&mut self, text: &str) -> Result<Option<Vec<(String, TextValue)>>, String> {
        let entry = match self.kind {
            TextKind::LeaderEpochs | TextKind::Offsets => return self.read_checkpoint_line(text),
            TextKind::PartitionMetadata => partition_metadata(text)?,
            TextKind::Properties => match property(text) {
                Some((key, value)) => vec![(key, TextValue::Text(value))],
                None => return Ok(None),
            },
            TextKind::QuorumState => json_members(text)?,
        };
        self.entries += 1;
        Ok(Some(entry))
    }

    fn read_checkpoint_line(&mut self, text: &str) -> Result<Option<Vec<(String, TextValue)>>, String> {
        match self.line {
            1 if text == "0" => return Ok(None),
            1 => return Err(format!("'{text}' should be the version, 0")),
            2 => {
                let count = text.parse().ok().filter(|count| *count >= 0);
                let count = count.ok_or_else(|| format!("'{text}' should be the number of entries"))?;
                self.declared = Some(count);
                let entry = [("version", 0), ("entries", count)];
                return Ok(Some(entry.map(|(name, n)| (name.to_owned(), TextValue::Number(n))).to_vec()));
            }
            _ => {}
        }
        self.entries += 1;
        let number = |name: &str, text: &str| Some((name.to_owned(), TextValue::Number(text.parse().ok()?)));
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let entry = match (self.kind, &fields[..]) {
            (TextKind::LeaderEpochs, [epoch, offset]) => {
                number("epoch", epoch).zip(number("startOffset", offset)).map(|(a, b)| vec![a, b])
            }
            (TextKind::Offsets, [topic, partition, offset]) => {
                let topic = ("topic".to_owned(), TextValue::Text((*topic).to_owned()));
                number("partition", partition).zip(number("offset", offset)).map(|(a, b)| vec![topic, a, b])
            }
            _ => None,
        };
        let form = if self.kind == TextKind::LeaderEpochs {
            "an epoch and an offset"
        } else {
            "a topic, a partition and an offset"
        };
        entry.map(Some).ok_or_else(|| format!("'{text}' should be {form}"))
    }
}

/// `version: 0` or `topic_id: …` (Kafka's `PartitionMetadataFile`).
fn partition_metadata(text: &str) -> Result<Vec<(String, TextValue)>, String> {
    match text.split_once(": ") {
        Some(("version", version)) => match version.parse() {
            Ok(0) => Ok(vec![("version".to_owned(), TextValue::Number(0))]),
            _ => Err(format!("its version is '{version}'; only 0 is known")),
        },
        Some(("topic_id", id)) => {
            use base64::Engine as _;
            let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
            match engine.decode(id).map(|bytes| bytes.len()) {
                Ok(16) => Ok(vec![("topicId".to_owned(), TextValue::Text(id.to_owned()))]),
                _ => Err(format!("'{id}' is not a topic id")),
            }
        }
        _ => Err(format!("'{text}' is neither a version nor a topic id")),
    }
}

/// A line of a Java properties file; `None` for comments and empty lines. Lines that go on in the next one
/// are not put together, as no broker writes such.
fn property(text: &str) -> Option<(String, String)> {
    let text = text.trim_start();
    if text.is_empty() || text.starts_with(['#', '!']) {
        return None;
    }
    let mut is_escaped = false;
    let end = text.find(|c: char| {
        let ends = !is_escaped && (matches!(c, '=' | ':') || c.is_ascii_whitespace());
        is_escaped = !is_escaped && c == '\\';
        ends
    });
    let (key, rest) = text.split_at(end.unwrap_or(text.len()));
    let rest = rest.trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    Some((unescape(key), unescape(value)))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let digits: String = chars.clone().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4);
                if code.is_some() {
                    chars.nth(3);
                }
                out.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// The members of a JSON object on one line.
fn json_members(text: &str) -> Result<Vec<(String, TextValue)>, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| format!("is not a JSON object: {error}"))?;
    let value = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => TextValue::Text(text),
        other => other.as_i64().map_or_else(|| TextValue::Text(other.to_string()), TextValue::Number),
    };
    Ok(object.into_iter().map(|(name, v)| (name, value(v))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(kind: TextKind, bytes: &[u8]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let mut file = TextFile::open(&path, kind).unwrap();
        let mut items = Vec::new();
        while let Some(item) = file.next_item().unwrap() {
            items.push(match item {
                TextItem::Head(fields) | TextItem::Entry(fields) => fields
                    .iter()
                    .map(|(name, value)| match value {
                        TextValue::Number(n) => format!("{name}={n}"),
                        TextValue::Text(text) => format!("{name}={text:?}"),
                    })
                    .collect::<Vec<_>>()
                    .join(" "),
                TextItem::Fault { position, line, reason } => format!("! {position} {line} {reason}"),
            });
        }
        items
    }

    #[test]
    fn each_kind_says_what_it_says() {
        assert_eq!(
            items(TextKind::LeaderEpochs, b"0\n2\n0 0\n4 405\n"),
            ["version=0 entries=2", "epoch=0 startOffset=0", "epoch=4 startOffset=405"]
        );
        assert_eq!(
            items(TextKind::Offsets, b"0\n1\norders 3 17\n"),
            ["version=0 entries=1", "topic=\"orders\" partition=3 offset=17"]
        );
        assert_eq!(
            items(TextKind::PartitionMetadata, b"version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ"),
            ["version=0", "topicId=\"AAAAAAAAAAAAAAAAAAAAAQ\""]
        );
        assert_eq!(
            items(TextKind::Properties, b"#\n#Sat Nov 21\nnode.id=1\ncluster.id = a\\=b\\u0041\n\n"),
            ["node.id=\"1\"", "cluster.id=\"a=bA\""]
        );
        assert_eq!(
            items(TextKind::QuorumState, b"{\"leaderId\":1,\"currentVoters\":[{\"voterId\":1}]}"),
            ["leaderId=1", "currentVoters=\"[{\\\"voterId\\\":1}]\""].join(" ").lines().collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_the_rest_is_read() {
        assert_eq!(
            items(TextKind::LeaderEpochs, b"1\n3\n0 0\nx 1\n"),
            [
                "! 0 1 '1' should be the version, 0",
                "version=0 entries=3",
                "epoch=0 startOffset=0",
                "! 8 4 'x 1' should be an epoch and an offset",
                "! 12 5 ends after 2 entries where 3 are declared",
            ]
        );
        assert_eq!(items(TextKind::Offsets, b""), [""; 0], "a broker makes it empty");
        assert_eq!(items(TextKind::Properties, b"\xff\n"), ["! 0 1 is not a text", "! 2 2 says nothing"]);
        let long = vec![b'x'; 1 << 20];
        assert_eq!(items(TextKind::Properties, &long), ["! 0 1 is longer than 65536 bytes"]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(0u8.., 0..200), which in 0usize..5) {
            let kinds = [
                TextKind::LeaderEpochs,
                TextKind::Offsets,
                TextKind::PartitionMetadata,
                TextKind::Properties,
                TextKind::QuorumState,
            ];
            items(kinds[which], &bytes);
        }
    }
}
