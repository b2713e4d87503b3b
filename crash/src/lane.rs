//! Lanes: what one writer writes and no other, so that each writer's work has an order of its own.

use cimarron_engine::{CallContext, EngineError, Repository, Session};
use cimarron_model::Dialect;

/// The namespaces of a writer, and its rows of the namespace that all of them share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane(pub u32);

/// The namespace in which all lanes have rows of one class.
pub const SHARED: &str = "root/shared";

/// Where the instances are that stand for namespaces in DMTF's world.
pub const INTEROP: &str = "interop";

impl Lane {
    /// Its namespace of the WMI dialect.
    #[must_use]
    pub fn wmi(self) -> String {
        format!("root/lane{}", self.0)
    }

    /// Its namespace of the DMTF dialect.
    #[must_use]
    pub fn dmtf(self) -> String {
        format!("lane{}", self.0)
    }

    /// Whether a namespace is one of its own.
    #[must_use]
    pub fn has(self, namespace: &str) -> bool {
        let (wmi, dmtf) = (self.wmi(), self.dmtf());
        let rest = namespace.strip_prefix(&wmi).or_else(|| namespace.strip_prefix(&dmtf));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Makes what the work begins with.
///
/// # Errors
/// The engine's.
pub fn prepare(repository: &Repository, lanes: u32) -> Result<(), EngineError> {
    let context = &CallContext::new();
    compile(&made(repository, INTEROP, Dialect::Dmtf)?, context, INTEROP_MOF)?;
    compile(&made(repository, SHARED, Dialect::Wmi)?, context, SHARED_MOF)?;
    for lane in (0..lanes).map(Lane) {
        compile(&made(repository, &lane.wmi(), Dialect::Wmi)?, context, WMI_MOF)?;
        compile(&made(repository, &lane.dmtf(), Dialect::Dmtf)?, context, DMTF_MOF)?;
    }
    Ok(())
}

fn made(repository: &Repository, name: &str, dialect: Dialect) -> Result<Session, EngineError> {
    repository.create_namespace(name, dialect)?;
    repository.session(name)
}

fn compile(session: &Session, context: &CallContext, text: &str) -> Result<(), EngineError> {
    session.compile_mof_text(context, "start.mof", text).map(drop)
}

const INTEROP_MOF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
class CIM_Namespace {
    [Key] string SystemCreationClassName; [Key] string SystemName;
    [Key] string ObjectManagerCreationClassName; [Key] string ObjectManagerName;
    [Key] string CreationClassName; [Key] string Name;
};
"#;

const SHARED_MOF: &str = "
class X_Shared { [key] string Id; [Indexed] uint32 Lane; string Text; sint64 Amount; };
";

/// The classes of a WMI namespace.
pub(crate) const WMI_MOF: &str = r#"
class X_Disk {
    [key] string Id; uint64 Size = 7; string Note; datetime When; uint8 Bytes[]; boolean Up;
    char16 Letter;
};
class X_Big : X_Disk { real64 Weight; real32 Ratio; sint64 Deep; string Names[]; };
class X_Host { [key] string Name; [key] uint16 Port; string Owner = "nobody"; };
[Association] class X_HostedOn { [key] X_Disk ref Disk; [key] X_Host ref Host; uint32 Order; };
[Singleton] class X_Only { string Text; sint8 Small; };
class X_Holder {
    [key] uint32 Id; object Inner; object Many[]; datetime Times[]; real64 Reals[]; sint16 Short;
    X_Disk ref Loose;
};
class X_Bulk { [key] uint32 N; string Text; [Indexed] sint32 Even; string Same = "same"; };
"#;

/// The classes of a DMTF namespace.
pub(crate) const DMTF_MOF: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride, ToSubclass);
Qualifier EmbeddedInstance : string = null, Scope(property, method, parameter);
Qualifier Description : string = null, Scope(any), Flavor(EnableOverride, ToSubclass, Translatable);
class Y_Item { [Key] string Id; boolean Up; sint32 Level = -1; uint16 Codes[]; };
class Y_Part : Y_Item { char16 Letter; [EmbeddedInstance("Y_Item")] string Inner; };
class Y_Rack { [Key] uint32 Number; string Place; };
[Association] class Y_In { [Key] Y_Item REF What; [Key] Y_Rack REF Where; };
"#;
