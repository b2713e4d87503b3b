//! Rust types against rows and instances.

mod read;
mod round_trip;
mod shapes;

use super::*;
use crate::repository::Repository;
use cimarron_model::{Dialect, Status};
use serde::{Deserialize, Serialize};

const MOF: &str = r#"
class X_Device { [key] string Id; uint16 State; string Kind; };
class X_Disk : X_Device {
    uint64 FreeSpace; boolean Removable; real32 Load; real64 Age; char16 Letter;
    datetime Made; datetime Uptime; X_Fan ref CooledBy; X_Part Part; X_Part Parts[];
    uint8 Bytes[]; string Names[]; sint8 Offset; object Any;
};
class X_Fan : X_Device { sint32 Speed; };
class X_Part { string Name; uint8 Number; };
"#;

fn session() -> Session {
    let repository = Repository::builder().server("ALPHA").build();
    repository.create_namespace("root/cimv2", Dialect::Wmi).unwrap();
    let session = repository.session("root/cimv2").unwrap();
    let compiled = session.compile_mof_text(&context(), "test.mof", MOF);
    compiled.unwrap_or_else(|e| panic!("{e}: {:?}", e.diagnostics()));
    session
}

fn context() -> CallContext {
    CallContext::new()
}

fn part(name: &str, number: u8) -> Instance {
    Instance::new("X_Part").with("Name", name).with("Number", number)
}

fn disk() -> Instance {
    use cimarron_model::{Array, Char16, Elements, Object, Scalar};
    let parts = [part("head", 1), part("arm", 2)];
    let parts = parts.map(|p| Some(Scalar::Object(Object::Instance(p).into())));
    Instance::new("X_Disk")
        .with("Id", "d1")
        .with("State", 2_u16)
        .with("Kind", "spinning")
        .with("FreeSpace", u64::MAX)
        .with("Removable", true)
        .with("Load", 0.5_f32)
        .with("Age", 1e300)
        .with("Letter", Char16(0x43))
        .with("Made", "20240229120000.500000+060")
        .with("Uptime", "00000001000001.000007:000")
        .with("CooledBy", "X_Fan.Id=\"f1\"")
        .with("Part", Object::Instance(part("motor", 7)))
        .with("Parts", Array::from_options(cimarron_model::CimType::Object, parts).unwrap())
        .with("Bytes", Array::from_elements(Elements::UInt8(vec![1, 2, 3])))
        .with("Names", Array::from_elements(Elements::String(vec!["a".into(), "b".into()])))
        .with("Offset", -3_i8)
}

/// A session with one disk and one fan.
fn stocked() -> Session {
    let session = session();
    session.create_instance(&context(), &disk()).unwrap();
    let fan = Instance::new("X_Fan").with("Id", "f1").with("Speed", 9_i32);
    session.create_instance(&context(), &fan).unwrap();
    session
}
