//! What WQL says about queries that it refuses.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_engine::{CallContext, Repository};
use cimarron_model::Dialect;
use cimarron_snapshots::assert_snapshot_in;

const CLASSES: &str = "
class X_Location { string Site; };
class X_Disk {
    [key] string Id; uint8 Bay; sint64 Size; boolean Hot; real64 Load; datetime Since;
    string Tags[]; X_Location Place;
};
class X_Ssd : X_Disk { uint32 Wear; };";

const QUERIES: &[&str] = &[
    // Syntax
    "",
    "SELECT",
    "SELEC * FROM X_Disk",
    "SELECT * FROM",
    "SELECT Id Size FROM X_Disk",
    "SELECT * FROM X_Disk WHERE",
    "SELECT * FROM X_Disk WHERE (Size > 5",
    "SELECT * FROM X_Disk WHERE Size => 5",
    "SELECT * FROM X_Disk WHERE Id = 'open",
    "SELECT * FROM X_Disk WHERE Id = 'C:\\dir'",
    "SELECT * FROM X_Disk WHERE Size = 0x10",
    "SELECT * FROM X_Disk -- all of them",
    // What SQL has and WQL has not
    "SELECT TOP 5 * FROM X_Disk",
    "SELECT COUNT(*) FROM X_Disk",
    "SELECT * FROM X_Disk ORDER BY Size",
    "SELECT * FROM X_Disk, X_Ssd",
    "SELECT * FROM X_Disk WHERE Size BETWEEN 1 AND 5",
    "SELECT * FROM X_Disk WHERE Size IN (1, 2)",
    "SELECT * FROM X_Disk WHERE Id NOT LIKE 'a%'",
    // Names
    "SELECT * FROM X_Dsik",
    "SELECT Szie FROM X_Disk",
    "SELECT * FROM X_Disk WHERE Wear > 5",
    "SELECT Size.Bytes FROM X_Disk",
    // Types
    "SELECT * FROM X_Disk WHERE Size = 'big'",
    "SELECT * FROM X_Disk WHERE Size = 1.5",
    "SELECT * FROM X_Disk WHERE Hot > TRUE",
    "SELECT * FROM X_Disk WHERE Tags = 'a'",
    "SELECT * FROM X_Disk WHERE Size = Bay",
    "SELECT * FROM X_Disk WHERE Since = 'yesterday'",
    "SELECT * FROM X_Disk WHERE Size LIKE '5%'",
    "SELECT * FROM X_Disk WHERE Place = 'x'",
    "SELECT * FROM X_Disk WHERE Size >= NULL",
    // Schema queries
    "SELECT Id FROM meta_class",
    "SELECT * FROM meta_class WHERE Id = 'a'",
    "SELECT * FROM meta_class WHERE __this = 'X_Disk'",
    "SELECT * FROM meta_class WHERE __this ISA 'X_Dsik'",
    // Associations
    "ASSOCIATORS OF {X_Dsik.Id='a'}",
    "ASSOCIATORS OF {X_Disk.Id='a'} WHERE ClassDefsOnly ResultClass = X_Ssd",
    "ASSOCIATORS OF {X_Disk.Id='a'} WHERE ResultClass = X_Sdd",
    "ASSOCIATORS OF {X_Disk.Id='a'} WHERE SchemaOnly",
    "REFERENCES OF {X_Disk.Id='a'} WHERE AssocClass = X_Ssd",
    "REFERENCES OF {X_Disk.Id='a} WHERE Role = Held",
    // What answers a query is not what the operation gives, or is not there.
    "SELECT * FROM meta_class",
    "ASSOCIATORS OF {X_Disk.Id='a'}",
    // Events
    "SELECT * FROM __InstanceCreationEvent WITHIN 5",
];

#[test]
fn errors() {
    let repository = Repository::new();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    let context = CallContext::new();
    session.compile_mof_text(&context, "x.mof", CLASSES).unwrap();
    let mut text = String::new();
    for query in QUERIES {
        let Err(error) = session.query(&context, query) else { panic!("accepted: {query}") };
        let span = error.span().unwrap_or_default();
        let carets = "^".repeat(span.len().max(1));
        let status = error.status();
        text.push_str(&format!("{query}\n{:indent$}{carets}\n", "", indent = span.start));
        text.push_str(&format!("{error}\n{} {}\n\n", status.wbem().name(), status.cim().name()));
    }
    assert_snapshot_in!("wql", "errors", text);
}
