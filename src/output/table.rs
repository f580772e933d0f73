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

#[cfg(test)]
mod tests {
    use super::*;

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
