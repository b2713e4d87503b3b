//! Makes classes while the program runs: from MOF text, and piece by piece.
//!
//! `cargo run -p cimarron-engine --example class_at_run_time` prints:
//!
//! ```text
//! compiled 1 class
//! X_Sensor.Id="s1" reads 21.5
//! X_Thermometer : X_Sensor
//!   string Id
//!   real32 Reading
//!   string Unit = C
//! X_Thermometer.Id="t1" reads 36.6 C
//! redefined: X_Sensor.Id="s1" is in the cellar
//! MOF0100: the superclass `X_Senzor` of `X_A` does not exist
//! ```

use cimarron_engine::{CallContext, ClassForm, Depth, EngineError, Repository, ValueView};
use cimarron_model::{CimType, Class, Dialect, Instance, Property};
use std::error::Error;
use std::io::{self, Write};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout().lock())
}

/// What `main` does, to any output.
pub(crate) fn run(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let repository = Repository::new();
    repository.create_namespace("root/plant", Dialect::Wmi)?;
    let session = repository.session("root/plant")?;
    let context = CallContext::new();

    // The text could come from a file, a form or another program.
    let mof = "class X_Sensor { [key] string Id; real32 Reading; };";
    let (loaded, _warnings) = session.compile_mof_text(&context, "sensor.mof", mof)?;
    writeln!(out, "compiled {} class", loaded.classes)?;
    let sensor = Instance::new("X_Sensor").with("Id", "s1").with("Reading", 21.5_f32);
    session.create_instance(&context, &sensor)?;
    let readings = "SELECT __RELPATH, Reading FROM X_Sensor";
    for (path, reading) in session.query_as::<(String, f32)>(&context, readings)? {
        writeln!(out, "{path} reads {reading}")?;
    }

    // A class as a value: what a schema editor works with.
    let class = Class::new("X_Thermometer")
        .below("X_Sensor")
        .with(Property::new("Unit", CimType::String).with_default("C"));
    session.create_class(&context, &class)?;
    let class = session.get_class(&context, "x_thermometer", ClassForm::Resolved)?;
    writeln!(out, "{} : {}", class.name, class.superclass.clone().unwrap_or_default())?;
    for property in &class.properties {
        write!(out, "  {} {}", property.data_type, property.name)?;
        match &property.default {
            Some(default) => writeln!(out, " = {default}")?,
            None => writeln!(out)?,
        }
    }
    let thermometer = Instance::new("X_Thermometer").with("Id", "t1").with("Reading", 36.6_f32);
    let path = session.create_instance(&context, &thermometer)?;
    let readings = "SELECT Reading, Unit FROM X_Thermometer";
    for (reading, unit) in session.query_as::<(f32, String)>(&context, readings)? {
        writeln!(out, "{path} reads {reading} {unit}")?;
    }
    session.delete_instance(&context, &path)?;
    session.delete_class(&context, "X_Thermometer")?;

    // A class that has instances gets another property; old instances have its default.
    let mof = r#"
        #pragma classflags("safeupdate")
        class X_Sensor { [key] string Id; real32 Reading; string Place = "the cellar"; };
    "#;
    session.compile_mof_text(&context, "sensor.mof", mof)?;
    for row in session.enumerate_instances(&context, "X_Sensor", Depth::Deep)?.rows() {
        let row = row?;
        let place = row.property("Place").and_then(ValueView::as_str).unwrap_or("nowhere");
        writeln!(out, "redefined: {} is in {place}", row.path())?;
    }

    // What is wrong with a text is told with code, place and hint.
    let wrong = session.compile_mof_text(&context, "bad.mof", "class X_A : X_Senzor { };");
    if let Err(EngineError::Mof(diagnostics)) = wrong {
        for diagnostic in diagnostics.as_slice() {
            writeln!(out, "{}: {}", diagnostic.code, diagnostic.message)?;
        }
    }
    Ok(())
}
