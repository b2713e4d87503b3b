//! Tables for people.
//!
//! Numbers stand right, NULL is spelled `NULL`, a property that a row does not
//! have is blank. Control characters are shown as escapes, so a value cannot
//! drive the terminal. Where the columns do not fit the terminal even when
//! wrapped, each row becomes a record of its own, one property a line.

use cimarron_model::{Object, Scalar, TypeClass, Value};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement};
use std::fmt::Write;

/// The least columns that a wrapped cell is still readable in.
const READABLE: usize = 8;

/// A border and two spaces.
const FRAME: usize = 3;

/// A table being filled.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    numeric: Vec<bool>,
}

impl Table {
    pub(crate) fn new(header: impl IntoIterator<Item = String>) -> Self {
        let header: Vec<String> = header.into_iter().collect();
        let numeric = vec![true; header.len()];
        Self { header, rows: Vec::new(), numeric }
    }

    /// Adds a row; `None` is a property that the row does not have.
    pub(crate) fn push<'a>(&mut self, values: impl IntoIterator<Item = Option<&'a Value>>) {
        let mut row = Vec::with_capacity(self.header.len());
        for (value, numeric) in values.into_iter().zip(&mut self.numeric) {
            *numeric &= value.is_none_or(is_number);
            row.push(value.map(cell).unwrap_or_default());
        }
        self.rows.push(row);
    }

    /// The table within `width` columns, or as wide as it is.
    pub(crate) fn render(&self, width: Option<usize>) -> String {
        match width {
            Some(width) if self.least_width() > width => self.records(width),
            _ => self.grid(width),
        }
    }

    /// The width that the table needs at least to be read.
    fn least_width(&self) -> usize {
        let columns = self.header.iter().enumerate().map(|(i, name)| {
            let cells =
                self.rows.iter().filter_map(|row| row.get(i)).map(|text| text.chars().count());
            cells.chain([name.chars().count()]).max().unwrap_or(0).min(READABLE) + FRAME
        });
        columns.sum::<usize>() + 1
    }

    fn grid(&self, width: Option<usize>) -> String {
        let mut table = drawn(width);
        table.set_header(&self.header);
        table.add_rows(&self.rows);
        for (column, numeric) in table.column_iter_mut().zip(&self.numeric) {
            if *numeric && !self.rows.is_empty() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        format!("{table}\n")
    }

    fn records(&self, width: usize) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let mut table = drawn(Some(width));
            for (name, value) in self.header.iter().zip(row).filter(|(_, value)| !value.is_empty())
            {
                table.add_row([name, value]);
            }
            let _ = writeln!(text, "{table}");
        }
        text
    }
}

fn drawn(width: Option<usize>) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    match width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table
}

fn is_number(value: &Value) -> bool {
    let class = value.cim_type().class();
    let number = matches!(class, TypeClass::Unsigned | TypeClass::Signed | TypeClass::Real);
    number && !value.is_array()
}

/// The text of a value in a cell.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null(..) => "NULL".to_owned(),
        Value::Scalar(scalar) => scalar_text(scalar),
        Value::Array(array) => {
            let items: Vec<String> = array
                .iter()
                .map(|item| item.as_ref().map_or_else(|| "NULL".to_owned(), scalar_text))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        // Debug is the shortest exact form, with an exponent where it is long.
        Scalar::Real32(x) => format!("{x:?}"),
        Scalar::Real64(x) => format!("{x:?}"),
        Scalar::Object(object) => match &**object {
            Object::Instance(instance) => {
                let values: Vec<String> = instance
                    .properties()
                    .map(|(name, property)| format!("{name} = {}", cell(&property.value)))
                    .collect();
                format!("{} {{ {} }}", instance.class, values.join(", "))
            }
            Object::Class(class) => class.to_string(),
        },
        other => shown(&other.to_string()),
    }
}

/// The text with control characters as escapes; line breaks stay.
fn shown(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push('\n'),
            '\t' => shown.push_str("    "),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{Array, CimType};

    #[test]
    fn cells_are_safe_and_exact() {
        let list = Array::from_options(CimType::UInt8, [Some(Scalar::UInt8(1)), None]).unwrap();
        for (value, expected) in [
            (Value::null(CimType::String), "NULL"),
            (Value::from("a\u{1b}[2J\tb\nc"), "a\\u{1b}[2J    b\nc"),
            (Value::from(1e300_f64), "1e300"),
            (Value::from(3.0_f32), "3.0"),
            (Value::from(list), "{1, NULL}"),
            (Value::from(false), "FALSE"),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }

    #[test]
    fn long_cells_wrap_and_wide_tables_become_records() {
        let mut table = Table::new(["Name", "Note"].map(str::to_owned));
        let (name, note) = (Value::from("disk"), Value::from("somewhat long words to wrap"));
        table.push([Some(&name), Some(&note)]);
        let text = table.render(Some(24));
        assert!(text.lines().all(|line| line.chars().count() <= 24), "{text}");
        assert!(text.lines().count() > 5, "{text}");
        let names: Vec<String> = (0..10).map(|i| format!("Property{i}")).collect();
        let mut wide = Table::new(names);
        wide.push((0..10).map(|i| (i != 3).then_some(&name)));
        let text = wide.render(Some(60));
        assert!(text.contains("│ Property9 ┆ disk"), "{text}");
        assert!(!text.contains("Property3"), "{text}");
        assert!(wide.render(None).contains("Property3"));
    }
}
