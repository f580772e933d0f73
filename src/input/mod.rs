//! From bytes that a user gives to records.
//!
//! | what | where |
//! | --- | --- |
//! | bytes read and not taken yet | `buffer` |
//! | much of it at a time, for several threads | `piece` |
//! | lines, or what else ends with a delimiter | `lines` |
//! | headers, key and value of a line | `line_format` |
//! | records as JSON | `json` |
//! | records in the form of a format string | `formatted`; with a regular expression in it, `matching` |
//! | all of these behind one face | `reader` |
//! | text as the bytes of a number, by Kafka's names | `serializer` |

pub mod buffer;
mod formatted;
mod json;
pub mod line_format;
pub mod lines;
mod matching;
mod piece;
pub mod reader;
pub mod ready;
mod record;
pub mod serializer;

pub use buffer::InputBuffer;
pub use formatted::RecordPattern;
pub use line_format::{LineFormat, LineFormatError};
pub use lines::LineReader;
pub use piece::{LinePieces, Piece, PieceLines};
pub use reader::{InputError, InputForm, LineContent, RecordReader};
pub use ready::{Ready, wait_for_input};
pub use record::{Field, InputRecord};
pub use serializer::Serializer;
