//! The rows of a query, in every form.

use super::{csv, json_lines, table};
use crate::args::RowFormat;
use cimarron_model::{Dialect, Instance, Name, Value};
use cimarron_schema::{PrintOptions, instance_to_mof};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::{self, Write};

/// The system property that every form but MOF shows first.
const CLASS: &str = "__CLASS";

/// The rows that a query gave.
#[derive(Debug, Default)]
pub(crate) struct RowAnswer {
    /// The selected names in order, with repetitions; for `*` the properties of
    /// the class in FROM.
    pub(crate) columns: Vec<Name>,
    /// Whether `*` was selected, so that rows of subclasses have more.
    pub(crate) all: bool,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}

/// One row: selected values by name, in select order.
#[derive(Debug)]
pub(crate) struct Row {
    /// The creation class of the instance.
    pub(crate) class: Name,
    /// Names as declared, and values.
    pub(crate) values: Vec<(Name, Value)>,
}

impl Row {
    fn get(&self, name: &Name) -> Option<&Value> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The row as an instance; system properties are none of an instance's own.
    fn to_instance(&self) -> Instance {
        let mut instance = Instance::new(self.class.clone());
        for (name, value) in self.values.iter().filter(|(name, _)| !name.as_str().starts_with("__"))
        {
            instance.set(name.clone(), value.clone());
        }
        instance
    }
}

impl Serialize for Row {
    /// `{"__CLASS", …}` in select order, each name once.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(CLASS, &self.class)?;
        for (i, (name, value)) in self.values.iter().enumerate() {
            let repeated = self.values.iter().take(i).any(|(earlier, _)| earlier == name);
            if !repeated && !name.is(CLASS) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl RowAnswer {
    /// The names of the columns behind `__CLASS`: what was selected, and for `*`
    /// what subclasses add, in the order that the rows first show it.
    fn columns(&self) -> Vec<Name> {
        let mut columns: Vec<Name> =
            self.columns.iter().filter(|name| !name.is(CLASS)).cloned().collect();
        let mut seen: Option<&Name> = None;
        for row in self.rows.iter().filter(|_| self.all) {
            // Rows of one class have the same properties, and come in runs.
            if seen == Some(&row.class) {
                continue;
            }
            seen = Some(&row.class);
            for (name, _) in &row.values {
                if !name.is(CLASS) && !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
        }
        columns
    }

    /// Writes the rows. `width` is the terminal's, for tables.
    pub(crate) fn write(
        &self,
        out: &mut dyn Write,
        format: RowFormat,
        dialect: Dialect,
        width: Option<usize>,
    ) -> io::Result<()> {
        match format {
            RowFormat::Json => json_lines(out, &self.rows),
            RowFormat::Ndjson => self.rows.iter().try_for_each(|row| {
                serde_json::to_writer(&mut *out, row)?;
                out.write_all(b"\n")
            }),
            RowFormat::Csv => self.write_csv(out),
            RowFormat::Table => {
                self.write_table(out, width)?;
                writeln!(out, "{}", self.count())
            }
            RowFormat::Mof => self.rows.iter().enumerate().try_for_each(|(i, row)| {
                let gap = if i > 0 { "\n" } else { "" };
                let text = instance_to_mof(&row.to_instance(), &PrintOptions::new(dialect));
                write!(out, "{gap}{text}")
            }),
        }
    }

    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns();
        csv::write_texts(out, std::iter::once(CLASS).chain(columns.iter().map(Name::as_str)))?;
        for row in &self.rows {
            let class = Value::from(row.class.as_str());
            let values = columns.iter().map(|name| row.get(name));
            csv::write_values(out, std::iter::once(Some(&class)).chain(values))?;
        }
        Ok(())
    }

    /// `2 rows`
    pub(crate) fn count(&self) -> String {
        super::numbers::counted(self.rows.len(), "row", "rows")
    }

    /// Writes the rows as a table alone.
    pub(crate) fn write_table(&self, out: &mut dyn Write, width: Option<usize>) -> io::Result<()> {
        let columns = self.columns();
        let mut table = table::Table::new(
            std::iter::once(CLASS).chain(columns.iter().map(Name::as_str)).map(str::to_owned),
        );
        for row in &self.rows {
            let class = Value::from(row.class.as_str());
            let values = columns.iter().map(|name| row.get(name));
            table.push(std::iter::once(Some(&class)).chain(values));
        }
        out.write_all(table.render(width).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{CimType, Object};

    fn row(class: &str, values: Vec<(&str, Value)>) -> Row {
        let values = values.into_iter().map(|(n, v)| (n.into(), v)).collect();
        Row { class: class.into(), values }
    }

    fn answer() -> RowAnswer {
        let place = Object::Instance(Instance::new("P").with("Room", "1"));
        RowAnswer {
            columns: vec!["Name".into()],
            all: true,
            rows: vec![
                row("A", vec![("Name", "x".into()), ("Size", 10_u64.into())]),
                row(
                    "B",
                    vec![
                        ("Name", "y".into()),
                        ("Size", Value::null(CimType::UInt64)),
                        ("At", place.into()),
                    ],
                ),
            ],
        }
    }

    fn written(answer: &RowAnswer, format: RowFormat) -> String {
        let mut out = Vec::new();
        answer.write(&mut out, format, Dialect::Wmi, None).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_form() {
        for (format, expected) in [
            (
                RowFormat::Json,
                "[\n{\"__CLASS\":\"A\",\"Name\":\"x\",\"Size\":10},\n{\"__CLASS\":\"B\",\"Name\":\"y\",\"Size\":null,\"At\":{\"__CLASS\":\"P\",\"Room\":\"1\"}}\n]\n",
            ),
            (
                RowFormat::Ndjson,
                "{\"__CLASS\":\"A\",\"Name\":\"x\",\"Size\":10}\n{\"__CLASS\":\"B\",\"Name\":\"y\",\"Size\":null,\"At\":{\"__CLASS\":\"P\",\"Room\":\"1\"}}\n",
            ),
            (
                RowFormat::Csv,
                "__CLASS,Name,Size,At\r\nA,x,10,\r\nB,y,,\"{\"\"__CLASS\"\":\"\"P\"\",\"\"Room\"\":\"\"1\"\"}\"\r\n",
            ),
            (
                RowFormat::Mof,
                "instance of A {\n    Name = \"x\";\n    Size = 10;\n};\n\ninstance of B {\n    Name = \"y\";\n    Size = NULL;\n    At = instance of P { Room = \"1\"; };\n};\n",
            ),
            (
                RowFormat::Table,
                "\
┌─────────┬──────┬──────┬────────────────┐
│ __CLASS ┆ Name ┆ Size ┆ At             │
╞═════════╪══════╪══════╪════════════════╡
│ A       ┆ x    ┆   10 ┆                │
│ B       ┆ y    ┆ NULL ┆ P { Room = 1 } │
└─────────┴──────┴──────┴────────────────┘
2 rows
",
            ),
        ] {
            assert_eq!(written(&answer(), format), expected);
        }
    }

    #[test]
    fn selected_names_keep_their_order_and_repetitions() {
        let names = ["Size", "__CLASS", "Name", "Size"];
        let selected = RowAnswer {
            columns: names.iter().map(|n| Name::from(*n)).collect(),
            all: false,
            rows: vec![row("A", names.iter().map(|n| (*n, Value::from(*n))).collect())],
        };
        assert_eq!(
            written(&selected, RowFormat::Csv),
            "__CLASS,Size,Name,Size\r\nA,Size,Name,Size\r\n"
        );
        assert_eq!(
            written(&selected, RowFormat::Ndjson),
            "{\"__CLASS\":\"A\",\"Size\":\"Size\",\"Name\":\"Name\"}\n"
        );
        let none = RowAnswer { rows: vec![], ..selected };
        assert_eq!(written(&none, RowFormat::Csv), "__CLASS,Size,Name,Size\r\n");
        assert_eq!(written(&none, RowFormat::Json), "[]\n");
        assert!(written(&none, RowFormat::Table).ends_with("0 rows\n"));
    }
}
