//! Pages of the documentation of a schema.

#![allow(clippy::unwrap_used)]

use cimarron_model::Dialect;
use cimarron_mof::document::{DocumentOptions, document};
use cimarron_schema::Archive;
use cimarron_snapshots::{assert_snapshot_in, compile_clean};

const FLEET: &str = r#"
[abstract, Description("What every managed thing has in common.")]
class X_Element
{
    [Description("Overall health.\n- 0 is fine\n- others are not") : ToSubclass,
     ValueMap{"0", "1..9", ".."} : ToSubclass, Values{"OK", "Degraded", "Reserved"} : ToSubclass]
    uint16 Health = 0;
};
[Description("A computer.\n\nIt has disks, see X_Disk and X_Disk.Serial.")]
class X_Computer : X_Element
{
    [key] string Name;
    [Deprecated{"X_Computer.Name"}, ModelCorrespondence{"X_Disk.Serial"}] string Label;
    [Units("Megabytes")] uint32 Memory;
    [Description("Restarts it.")] uint32 Restart([in] uint32 Delay, [out] datetime Planned);
};
class X_Server : X_Computer { X_Disk Boot; };
class X_Disk : X_Element { [key] string Serial; };
[Association] class X_ComputerDisk { [key, Min(1), Max(1)] X_Computer ref Computer; [key] X_Disk ref Disk; };
instance of X_Computer { Name = "web-01"; Memory = 65536; };
"#;

/// What the fleet has not: associations of all kinds, lists, and what is on trial or gone by.
const RACKS: &str = r#"
Qualifier Unit_Kind : string = null, Scope(property), Flavor(EnableOverride, ToSubclass, Translatable);
Qualifier Seldom : boolean = false, Scope(any), Flavor(DisableOverride, Restricted);
class X_Room { [key] string Id; [Read(false), Write] string Code; uint32 Close([in] X_Rack ref First); };
[Experimental, Description("To set it up:\n1. unpack\n2. mount\n\nThen wait.")]
class X_Rack { [key] string Id; [Unit_Kind("U"), Seldom] uint8 Height; [EmbeddedInstance("X_Room")] string Copy; };
class X_Tall : X_Rack { [Override("Height")] uint8 Height = 42; uint32 Lift(); };
class X_Taller : X_Tall { [Override("Height")] uint8 Height = 48; [Override("Lift")] uint32 Lift(); };
[Association, Aggregation, Composition]
class X_InRoom { [key, Aggregate, Min(1)] X_Room ref Room; [key, Min(2), Max(40)] X_Rack ref Rack; };
[Association, Deprecated{"No value"}] class X_Beside { [key] X_Rack ref One; [key] object ref Other; };
"#;

/// The page with a line an element, so that differences can be read.
fn page(mof: &str, name: &str) -> String {
    let compiled = compile_clean(mof, Dialect::Wmi);
    let archive = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
    let mut found = String::new();
    let mut sink = |path: &str, content: &[u8]| {
        if path == name {
            found = String::from_utf8_lossy(content).replace("><", ">\n<");
        }
        Ok(())
    };
    document(&archive, &DocumentOptions::default(), &mut sink).unwrap();
    found
}

#[test]
fn class_page() {
    assert_snapshot_in!("mof-compiler", "class_page", page(FLEET, "class/X_Computer.html"));
}

#[test]
fn pages_of_associations() {
    for class in ["X_Room", "X_Rack", "X_Taller", "X_InRoom", "X_Beside"] {
        let text = page(RACKS, &format!("class/{class}.html"));
        assert_snapshot_in!("mof-compiler", format!("page_{class}"), text);
    }
    assert_snapshot_in!("mof-compiler", "page_qualifier_types", page(RACKS, "qualifiers.html"));
}

#[test]
fn search_index() {
    assert_snapshot_in!("mof-compiler", "search_index", page(FLEET, "assets/search.js"));
}
