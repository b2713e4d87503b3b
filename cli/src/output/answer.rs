//! What answers a query, in every form: rows, or classes.

use super::rows::RowAnswer;
use super::{csv, json_lines, numbers, table};
use crate::args::RowFormat;
use cimarron_engine::{ClassResult, SystemProperty};
use cimarron_model::{Class, Dialect, Flavor, Name, Value};
use cimarron_schema::{PrintOptions, class_to_mof};
use std::collections::HashMap;
use std::io::{self, Write};

/// What answers a query.
#[derive(Debug)]
pub(crate) enum Answer {
    Rows(RowAnswer),
    Classes(Box<ClassAnswer>),
}

impl Answer {
    /// Writes it. `width` is the terminal's, for tables.
    pub(crate) fn write(
        &self,
        out: &mut dyn Write,
        format: Option<RowFormat>,
        dialect: Dialect,
        width: Option<usize>,
    ) -> io::Result<()> {
        match self {
            Self::Rows(rows) => rows.write(out, format.unwrap_or(RowFormat::Table), dialect, width),
            Self::Classes(classes) => {
                classes.write(out, format.unwrap_or(RowFormat::Mof), dialect, width)
            }
        }
    }
}

/// The classes that a query gave.
#[derive(Debug)]
pub(crate) struct ClassAnswer {
    pub(crate) result: ClassResult,
    /// The flavors that the namespace declares for qualifiers.
    pub(crate) flavors: HashMap<Name, Flavor>,
}

/// What tables show of a class.
const COLUMNS: [SystemProperty; 4] = [
    SystemProperty::Class,
    SystemProperty::Superclass,
    SystemProperty::Dynasty,
    SystemProperty::PropertyCount,
];

impl ClassAnswer {
    fn write(
        &self,
        out: &mut dyn Write,
        format: RowFormat,
        dialect: Dialect,
        width: Option<usize>,
    ) -> io::Result<()> {
        match format {
            RowFormat::Json => {
                // The first error, which ends the list.
                let mut failed = None;
                let good =
                    self.classes().map_while(|class| class.map_err(|e| failed = Some(e)).ok());
                json_lines(out, good)?;
                failed.map_or(Ok(()), Err)
            }
            RowFormat::Ndjson => self.classes().try_for_each(|class| {
                serde_json::to_writer(&mut *out, &class?)?;
                out.write_all(b"\n")
            }),
            RowFormat::Mof => {
                let flavor_of = |name: &str| self.flavors.get(&Name::new(name)).copied();
                let options = PrintOptions::new(dialect).declared(&flavor_of);
                self.classes().enumerate().try_for_each(|(i, class)| {
                    let gap = if i > 0 { "\n" } else { "" };
                    write!(out, "{gap}{}", class_to_mof(&class?, &options))
                })
            }
            RowFormat::Csv => {
                csv::write_texts(out, COLUMNS.map(SystemProperty::as_str))?;
                self.lines().try_for_each(|line| csv::write_values(out, line.iter().map(Some)))
            }
            RowFormat::Table => {
                let mut table = table::Table::new(COLUMNS.map(|p| p.as_str().to_owned()));
                self.lines().for_each(|line| table.push(line.iter().map(Some)));
                out.write_all(table.render(width).as_bytes())?;
                writeln!(out, "{}", numbers::counted(self.result.len(), "class", "classes"))
            }
        }
    }

    /// The classes, one at a time in memory.
    fn classes(&self) -> impl Iterator<Item = io::Result<Class>> {
        self.result.classes().map(|class| class.map_err(io::Error::other))
    }

    fn lines(&self) -> impl Iterator<Item = [Value; COLUMNS.len()]> {
        (0..self.result.len()).map(|at| COLUMNS.map(|property| self.result.system(at, property)))
    }
}
