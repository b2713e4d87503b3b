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

/// The page with a line an element, so that differences can be read.
fn page(name: &str) -> String {
    let compiled = compile_clean(FLEET, Dialect::Wmi);
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
    assert_snapshot_in!("mof-compiler", "class_page", page("class/X_Computer.html"));
}

#[test]
fn search_index() {
    assert_snapshot_in!("mof-compiler", "search_index", page("assets/search.js"));
}
