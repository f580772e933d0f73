//! Plain tables: a heading, and rows under it.

use comfy_table::{Attribute, Cell, CellAlignment, Table, presets};

/// A table whose first column is aligned to the left and all others to the right, without lines.
pub fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>, colours: bool) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    if colours {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let cell =
        |name: &&str| if colours { Cell::new(name).add_attribute(Attribute::Bold) } else { Cell::new(name) };
    table.set_header(heading.iter().map(cell));
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// A number of bytes for a person: `12.3 MiB`.
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        for (bytes, text) in [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB")] {
            assert_eq!(human_bytes(bytes), text);
        }
    }

    #[test]
    fn columns_are_aligned() {
        let text = table(
            &["A", "B"],
            [vec!["x".to_owned(), "1".to_owned()], vec!["yy".to_owned(), "22".to_owned()]],
            false,
        );
        let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words, [["A", "B"], ["x", "1"], ["yy", "22"]]);
    }
}
