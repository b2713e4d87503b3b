//! Sessions against small namespaces.

mod association_queries;
mod associations;
mod by_key;
mod by_reference;
mod class_associators;
mod class_reads;
mod explain;
mod extended;
mod extended_random;
mod indexed_queries;
mod indexes;
mod inserter;
mod instances;
mod laid_out;
mod limits;
mod migration;
mod namespaces;
mod objects;
mod put_class;
mod qualifier_types;
mod query;
mod random_queries;
mod reader;
mod references;
mod schema;
mod schema_changes;
mod schema_queries;
mod system_classes;
mod update;
mod walks;

use super::*;
use crate::repository::Repository;
use cimarron_model::{Instance, ObjectPath, Status};

pub(super) const MOF: &str = r#"
[abstract] class X_Element { string Caption = "none"; };
class X_Device : X_Element {
    [key] string Id;
    uint32 Size = 7;
    datetime Made;
    uint16 Modes[];
    [Not_Null: ToSubclass] boolean Enabled = true;
};
class X_Disk : X_Device { uint64 Bytes; X_Part Part; X_Part Parts[]; };
class X_Fan : X_Device { sint8 Speed; };
class X_Part { string Name; uint8 Number; };
[singleton] class X_Settings { uint32 Level = 1; };
[association] class X_On { [key] X_Device ref Device; [key] X_Element ref Other; };
"#;

pub(super) const DMTF_MOF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier Abstract : boolean = false, Scope(class, association, indication), Flavor(Restricted);
class X_Device { [Key] string Id; string Text; };
class X_Disk : X_Device { uint64 Bytes; };
class X_Fan : X_Device { };
class X_Loose { uint8 Value; };
"#;

pub(super) fn context() -> CallContext {
    CallContext::new()
}

pub(super) fn wmi() -> Session {
    session(Dialect::Wmi, MOF)
}

pub(super) fn wmi_with(mof: &str) -> Session {
    session(Dialect::Wmi, mof)
}

pub(super) fn session(dialect: Dialect, mof: &str) -> Session {
    let repository = Repository::builder().server("ALPHA").build();
    repository.create_namespace(r"root\cimv2", dialect).unwrap();
    let session = repository.session("ROOT/CIMV2").unwrap();
    let compiled = session.compile_mof_text(&context(), "test.mof", mof);
    compiled.unwrap_or_else(|e| panic!("{e}: {:?}", e.diagnostics()));
    session
}

pub(super) fn path(text: &str) -> ObjectPath {
    ObjectPath::parse(text).unwrap()
}

pub(super) fn device(class: &str, id: &str) -> Instance {
    Instance::new(class).with("Id", id)
}

pub(super) fn get(session: &Session, at: &str) -> Result<Instance, Status> {
    session.get_instance(&context(), &path(at), &PropertyList::All).map_err(|e| e.status())
}

/// The rows of a query as text, columns separated by `|`.
pub(super) fn rows(session: &Session, query: &str) -> Vec<String> {
    let result = session.query(&context(), query).unwrap_or_else(|e| panic!("{query}: {e}"));
    let line = |row: Row<'_>| {
        let fields: Vec<_> = row.fields().map(|f| f.to_value().to_string()).collect();
        fields.join("|")
    };
    let mut lines: Vec<_> = result.rows().map(|row| line(row.unwrap())).collect();
    lines.sort();
    lines
}
