//! Tables: a heading, and rows under it. For people as wide as what is in them; for pipes as Kafka's tools print
//! theirs. What is in a cell may be any text: line ends and what steers terminals are escaped.

use comfy_table::{Attribute, Cell, CellAlignment, Table, presets};
use unicode_width::UnicodeWidthStr as _;

use super::escape::on_one_line;

/// What is shown where nothing is known.
pub const MISSING: &str = "-";

/// A table: its columns, each with the width that Kafka gives it at least, and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    heading: Vec<(&'static str, usize)>,
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// A table with these columns and no row yet.
    pub fn new(heading: &[(&'static str, usize)]) -> Self {
        Self { heading: heading.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; it has a cell for each column.
    pub fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().map(|cell| on_one_line(&cell)).collect());
    }

    /// As kafka-consumer-groups prints it: an empty line, the heading, the rows, each column as wide as what is
    /// in it, and no blanks at the ends of lines.
    pub fn kafka_lines(&self) -> String {
        let mut widths: Vec<usize> = self.heading.iter().map(|(_, width)| *width).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let heading: Vec<String> = self.heading.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut text = String::new();
        for row in std::iter::once(&heading).chain(&self.rows) {
            let padded = |(cell, width): (&String, &usize)| {
                format!("{cell}{:blanks$}", "", blanks = width.saturating_sub(cell.width()))
            };
            let cells: Vec<String> = row.iter().zip(&widths).map(padded).collect();
            text.push('\n');
            text.push_str(cells.join(" ").trim_end());
        }
        text
    }

    /// For a person, from the column `skip` on: columns of numbers are aligned to the right.
    pub fn table(&self, skip: usize, colours: bool) -> String {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        if colours {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let cell = |name: &str| {
            if colours { Cell::new(name).add_attribute(Attribute::Bold) } else { Cell::new(name) }
        };
        table.set_header(self.heading.iter().skip(skip).map(|(name, _)| cell(name)));
        for row in &self.rows {
            table.add_row(row.iter().skip(skip));
        }
        for (number, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.is_numeric(skip + number) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }

    /// Whether there are only numbers in a column, where there is anything.
    fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| *cell != MISSING);
        let is_number = |cell: &String| cell.trim_end_matches(" %").parse::<f64>().is_ok();
        cells.clone().next().is_some() && cells.all(is_number)
    }
}

/// A table for a person.
pub fn table(heading: &[&'static str], rows: impl IntoIterator<Item = Vec<String>>, colours: bool) -> String {
    let mut columns = Columns::new(&heading.iter().map(|name| (*name, 0)).collect::<Vec<_>>());
    rows.into_iter().for_each(|row| columns.push(row));
    columns.table(0, colours)
}

/// A timestamp in UTC, or as the bare number where no calendar reaches.
pub fn time(timestamp: i64) -> String {
    match jiff::Timestamp::from_millisecond(timestamp) {
        Ok(time) => format!("{time:.3}"),
        Err(_) => timestamp.to_string(),
    }
}

/// `text`, or what stands for nothing.
pub fn or_missing(text: Option<impl ToString>) -> String {
    text.map_or_else(|| MISSING.to_owned(), |text| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(rows: &[[&str; 3]]) -> Columns {
        let mut columns = Columns::new(&[("WHAT", 6), ("N", 0), ("SHARE", 0)]);
        rows.iter().for_each(|row| columns.push(row.map(str::to_owned)));
        columns
    }

    #[test]
    fn numbers_stand_to_the_right() {
        let table = columns(&[["x", "1", "5.0 %"], ["yy", "-", "95.0 %"], ["z", "-22", "-"]]).table(0, false);
        insta::assert_snapshot!(table, @r"
        WHAT    N   SHARE
        x       1   5.0 %
        yy      -  95.0 %
        z     -22       -
        ");
        assert_eq!(columns(&[["1", "busy", "-"]]).table(0, false), "WHAT  N     SHARE\n   1  busy  -");
        assert!(columns(&[]).table(1, true).contains("\u{1b}[1m"));
    }

    /// Two columns for a character of Chinese or an emoji, none for an accent that is put on what is before it: the é
    /// below is two characters.
    #[test]
    fn columns_are_as_wide_as_what_is_shown() {
        let columns =
            columns(&[["日本", "1", "a"], ["e\u{301}", "2", "b"], ["🦀", "3", "c"], ["abcdefg", "4", "d"]]);
        insta::assert_snapshot!(columns.table(0, false), @r"
        WHAT     N  SHARE
        日本     1  a
        é        2  b
        🦀       3  c
        abcdefg  4  d
        ");
        insta::assert_snapshot!(columns.kafka_lines(), @r"

        WHAT    N SHARE
        日本    1 a
        é       2 b
        🦀      3 c
        abcdefg 4 d
        ");
    }

    #[test]
    fn a_cell_cannot_break_out_of_its_row() {
        let columns = columns(&[["a\nb\u{1b}[2J\u{202e}", "1", "x"]]);
        for text in [columns.table(0, false), columns.kafka_lines().trim_start().to_owned()] {
            assert_eq!(text.lines().count(), 2, "{text}");
            assert!(text.contains("a\\nb\\u{1b}[2J\\u{202e}"), "{text}");
        }
    }
}
