//! A program that carries its CIM schema. The build script compiled the MOF to an
//! archive; the archive is a part of this executable and is read where it lies:
//! nothing is copied, unpacked or deserialised, and no file is needed at run time.
//!
//! `cargo run -p embedded-schema`

use cimarron_schema::{Archive, OpenError, SchemaView, include_archive};
use std::io::{self, Write};

/// The archive, aligned so that it can be read in place.
static WEATHER: &[u8] = include_archive!(concat!(env!("OUT_DIR"), "/weather.cimar"));

fn open() -> Result<Archive, OpenError> {
    // The checks take microseconds for a schema of this size. For a large one,
    // `Archive::from_static_trusted` leaves them out.
    Archive::from_static(WEATHER)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let archive = open()?;
    let mut out = io::stdout().lock();
    let bytes = archive.bytes();
    writeln!(out, "{} bytes of archive, read where the program has them", bytes.len())?;
    for schema in archive.namespaces() {
        write_schema(&mut out, schema)?;
    }
    Ok(())
}

/// Lists the classes of a namespace with their properties, inherited ones too.
fn write_schema(out: &mut dyn Write, schema: SchemaView<'_>) -> io::Result<()> {
    writeln!(out, "\n{}: {} classes", schema.name(), schema.class_count())?;
    for class in schema.classes() {
        let above = class.superclass().map(|above| format!(" : {}", above.name()));
        writeln!(out, "  {}{}", class.name(), above.unwrap_or_default())?;
        for property in class.properties() {
            let kind = property.data_type();
            writeln!(out, "    {kind} {}", property.name())?;
        }
    }
    for instance in schema.instances() {
        let values: Vec<String> = instance
            .properties()
            .map(|(name, property)| format!("{name} = {}", property.value))
            .collect();
        writeln!(out, "  instance of {} {{ {} }}", instance.class, values.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_read_where_the_program_has_it() {
        let archive = open().unwrap();
        assert_eq!(archive.bytes().as_ptr(), WEATHER.as_ptr());
        assert_eq!(archive.bytes().len(), WEATHER.len());
        let schema = archive.namespace("root/weather").unwrap();
        let station = schema.class("weather_station").unwrap();
        // Names are slices of the program's own bytes as well.
        let inside = WEATHER.as_ptr_range().contains(&station.name().as_ptr());
        assert!(inside, "the name was copied");
    }

    #[test]
    fn it_shows_what_it_carries() {
        let archive = open().unwrap();
        let mut out = Vec::new();
        archive.namespaces().try_for_each(|schema| write_schema(&mut out, schema)).unwrap();
        let text = String::from_utf8(out).unwrap();
        for part in ["root/weather: 4 classes", "Weather_Sensor : Weather_Element", "t1"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
