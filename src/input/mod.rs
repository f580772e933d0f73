//! From bytes that a user gives to records: splitting input into lines, and lines into fields.

pub mod line_format;
pub mod lines;
pub mod ready;

pub use line_format::{LineFormat, LineFormatError, ParsedLine};
pub use lines::{LineReader, LineTooLong};
pub use ready::{Ready, wait_for_input};
