//! Stores instances in three ways and asks for them in three ways.
//!
//! `cargo run -p cimarron-engine --example store_and_query` prints:
//!
//! ```text
//! created X_Disk.Id="c:"
//! 1002 disks
//! X_Disk.Id="c:" has 52 GB free
//! X_Disk.Id="d:" has 7 GB free
//! c: 52 GB of 100
//! d: 7 GB of 10
//! the fullest: d:
//! refused: property `Size` is a scalar uint64 and cannot take a scalar string: convert the text first
//! ```

use cimarron_engine::{CallContext, Repository, ValueView};
use cimarron_model::{Dialect, Instance};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io::{self, Write};

const MOF: &str = r#"
    class X_Disk { [key] string Id; uint64 Size; uint64 Free; string Label = "none"; };
"#;

/// An instance of `X_Disk`; what a program needs of it.
#[derive(Serialize, Deserialize)]
#[serde(rename = "X_Disk", rename_all = "PascalCase")]
struct Disk {
    id: String,
    size: u64,
    free: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout().lock())
}

/// What `main` does, to any output.
pub(crate) fn run(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let repository = Repository::new();
    repository.create_namespace("root/cimv2", Dialect::Wmi)?;
    let session = repository.session("root/cimv2")?;
    // Every call carries one: deadline, cancel token, locale. The default has none.
    let context = CallContext::new();
    session.compile_mof_text(&context, "disk.mof", MOF)?;

    // A struct that is named like its class.
    let disk = Disk { id: "c:".into(), size: 100, free: 52 };
    writeln!(out, "created {}", session.create(&context, &disk)?)?;
    // An instance, when the class is known at run time only.
    let disk = Instance::new("X_Disk").with("Id", "d:").with("Size", 10_u64).with("Free", 7_u64);
    session.create_instance(&context, &disk)?;
    // Many instances of one class: names are looked up once, all become one commit.
    let mut inserter = session.inserter(&context, "X_Disk", &["Id", "Size", "Free"])?;
    for number in 0..1000 {
        let id = format!("slice {number:03}");
        inserter.insert(&[ValueView::String(&id), ValueView::UInt64(1), ValueView::UInt64(1)])?;
    }
    inserter.commit(&context)?;

    // Rows are views into the store; the result keeps what it shows as it was.
    let all = session.query(&context, "SELECT Id FROM X_Disk")?;
    writeln!(out, "{} disks", all.count()?)?;
    let big = session.query(&context, "SELECT * FROM X_Disk WHERE Size >= 10")?;
    for row in big.rows() {
        let row = row?;
        let free = row.property("Free").and_then(ValueView::as_integer).unwrap_or_default();
        writeln!(out, "{} has {free} GB free", row.path())?;
    }
    // Rows as structs, and as plain values.
    let disks: Vec<Disk> =
        session.query_as(&context, "SELECT * FROM X_Disk WHERE NOT Id LIKE 'slice%'")?;
    for Disk { id, size, free } in disks {
        writeln!(out, "{id} {free} GB of {size}")?;
    }
    let full: Vec<String> =
        session.query_as(&context, "SELECT Id FROM X_Disk WHERE Free < 10 AND Size > 1")?;
    writeln!(out, "the fullest: {}", full.join(", "))?;

    // Writes are checked against the class; nothing is changed when they fail.
    let wrong = Instance::new("X_Disk").with("Id", "e:").with("Size", "ten");
    if let Err(error) = session.create_instance(&context, &wrong) {
        writeln!(out, "refused: {error}")?;
    }
    Ok(())
}
