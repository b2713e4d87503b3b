//! Follows associations from an instance to those that it is linked to.
//!
//! `cargo run -p cimarron-engine --example associations` prints:
//!
//! ```text
//! rack 1 holds: d1 d2 f1
//! of them disks: d1 d2
//! d1 is held by: rack 1
//! links of rack 1: 3
//! slot of d2: 2
//! after d3 was promised: d1 d2 f1, by name X_Disk.Id="d3" too
//! once d3 came: d1 d2 d3 f1
//! fans without a rack: f2
//! ```

use cimarron_engine::{AssociationFilter, CallContext, EngineError, Repository, Session};
use cimarron_model::{Dialect, Instance, ObjectPath};
use std::error::Error;
use std::io::{self, Write};

const MOF: &str = r#"
    [abstract] class X_Element { [key] string Id; };
    class X_Rack : X_Element { };
    class X_Device : X_Element { };
    class X_Disk : X_Device { };
    class X_Fan : X_Device { };
    [association] class X_Holds {
        [key] X_Rack ref Rack;
        [key] X_Device ref Device;
        uint8 Slot;
    };

    instance of X_Rack as $rack { Id = "rack 1"; };
    instance of X_Disk as $d1 { Id = "d1"; };
    instance of X_Disk as $d2 { Id = "d2"; };
    instance of X_Fan as $f1 { Id = "f1"; };
    instance of X_Fan { Id = "f2"; };
    instance of X_Holds { Rack = $rack; Device = $d1; Slot = 1; };
    instance of X_Holds { Rack = $rack; Device = $d2; Slot = 2; };
    instance of X_Holds { Rack = $rack; Device = $f1; Slot = 9; };
"#;

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout().lock())
}

/// What `main` does, to any output.
pub(crate) fn run(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let repository = Repository::new();
    repository.create_namespace("root/plant", Dialect::Wmi)?;
    let session = repository.session("root/plant")?;
    let context = CallContext::new();
    session.compile_mof_text(&context, "rack.mof", MOF)?;

    // The cost is that of the links of the rack, not of all links there are.
    let rack = ObjectPath::parse(r#"X_Rack.Id="rack 1""#)?;
    let all = AssociationFilter::new();
    writeln!(out, "rack 1 holds: {}", ids(&session, &rack, &all)?)?;
    let disks = AssociationFilter::new().assoc_class("X_Holds").result_class("X_Disk");
    writeln!(out, "of them disks: {}", ids(&session, &rack, &disks)?)?;
    let disk = ObjectPath::parse(r#"X_Disk.Id="d1""#)?;
    let holder = AssociationFilter::new().role("Device").result_role("Rack");
    writeln!(out, "d1 is held by: {}", ids(&session, &disk, &holder)?)?;

    // Links are instances with properties of their own.
    let links = session.references(&context, &rack, &all)?;
    writeln!(out, "links of rack 1: {}", links.count()?)?;
    let second = ObjectPath::parse(r#"X_Disk.Id="d2""#)?;
    let slots: Result<Vec<Link>, EngineError> =
        session.references(&context, &second, &all)?.rows_as().collect();
    for Link { slot } in slots? {
        writeln!(out, "slot of d2: {slot}")?;
    }

    // A reference may lead to what is not there yet: its name is given, no object.
    let promised = ObjectPath::parse(r#"X_Disk.Id="d3""#)?;
    let link = Instance::new("X_Holds")
        .with("Rack", rack.clone())
        .with("Device", promised.clone())
        .with("Slot", 3_u8);
    session.create_instance(&context, &link)?;
    let names = session.associator_names(&context, &rack, &all)?;
    let held = ids(&session, &rack, &all)?;
    if let Some(name) = names.iter().find(|name| **name == promised) {
        writeln!(out, "after d3 was promised: {held}, by name {name} too")?;
    }
    session.create_instance(&context, &Instance::new("X_Disk").with("Id", "d3"))?;
    writeln!(out, "once d3 came: {}", ids(&session, &rack, &all)?)?;

    let fans: Vec<(String, ObjectPath)> =
        session.query_as(&context, "SELECT Id, __RELPATH FROM X_Fan")?;
    for (id, path) in fans {
        if session.reference_names(&context, &path, &all)?.is_empty() {
            writeln!(out, "fans without a rack: {id}")?;
        }
    }
    Ok(())
}

/// What is needed of a link.
#[derive(serde::Deserialize)]
struct Link {
    slot: u8,
}

/// The keys of what an object is linked to, in order.
fn ids(
    session: &Session,
    path: &ObjectPath,
    filter: &AssociationFilter,
) -> Result<String, EngineError> {
    let found = session.associators(&CallContext::new(), path, filter)?;
    let mut ids = Vec::new();
    for row in found.rows() {
        let id = row?.property("Id").and_then(|id| id.as_str().map(str::to_owned));
        ids.extend(id);
    }
    ids.sort();
    Ok(ids.join(" "))
}
