//! Classes, qualifier types and indexes.

use super::context;
use super::values;
use crate::lane::WMI_MOF;
use crate::numbers::Numbers;
use cimarron_engine::{ClassForm, EngineError, PutMode, Session, UpdateMode};
use cimarron_model::{
    CimType, Class, DataType, Flavor, Instance, Name, Property, Qualifier, QualifierType, Scope,
    Scopes, Value,
};

/// Compiles what the work began with.
pub(super) fn restore(session: &Session) -> Result<(), EngineError> {
    let text = format!("#pragma classflags(\"forceupdate\")\n{WMI_MOF}");
    session.compile_mof_text(&context(), "again.mof", &text).map(drop)
}

/// Compiles a version of a class with a subclass and instances.
pub(super) fn compile(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let class = format!("X_More{}", numbers.below(4));
    let flags = numbers.one_of(&["forceupdate", "safeupdate"]);
    let more = numbers.one_of(&[
        "uint32 Size;",
        "uint64 Size = 5;",
        "string Size;",
        "uint8 First; uint32 Size; [Indexed] string Last = \"l\";",
        "datetime Size; sint8 Levels[];",
    ]);
    let mut text = format!(
        "#pragma classflags(\"{flags}\")\n\
         [Description(\"number {0}\")] class {class} {{ [key] string Id; {more} }};\n\
         class {class}_Below : {class} {{ boolean Below; }};\n",
        numbers.below(9)
    );
    for _ in 0..numbers.below(4) {
        let (below, id) = (numbers.one_of(&["", "_Below"]), numbers.below(30));
        text.push_str(&format!("instance of {class}{below} {{ Id = \"{id}\"; }};\n"));
    }
    session.compile_mof_text(&context(), "more.mof", &text).map(drop)
}

/// Changes a class in place: a property more, one less, another type, another note.
pub(super) fn change(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    let name = numbers.one_of(&["X_Disk", "X_Big", "X_Host", "X_Bulk", "X_Holder", "X_HostedOn"]);
    let mut class = session.get_class(context, name, ClassForm::Resolved)?;
    let mode = match numbers.below(4) {
        0 => UpdateMode::Compatible,
        1 => UpdateMode::Safe,
        _ => UpdateMode::Force,
    };
    match numbers.below(4) {
        0 => toggle(&mut class, numbers),
        1 => retype(&mut class, numbers),
        2 => class.qualifiers.set(Qualifier {
            flavor: Flavor::AMENDED,
            ..Qualifier::new("Description", format!("note {}", numbers.below(9)))
        }),
        _ => {
            toggle(&mut class, numbers);
            retype(&mut class, numbers);
        }
    }
    session.put_class(context, &class, PutMode::UpdateOnly, mode)
}

/// Adds a property, or takes it away when it is there.
fn toggle(class: &mut Class, numbers: &mut Numbers) {
    let name = format!("Added{}", numbers.below(3));
    if class.property(&name).is_some() {
        class.properties.retain(|property| !property.name.is(&name));
        return;
    }
    let of = numbers.one_of(&[1_u8, 2, 3]);
    let property = match of {
        1 => Property::new(&*name, DataType::scalar(CimType::String)).with_default("added"),
        2 => Property::new(&*name, DataType::scalar(CimType::UInt16)),
        _ => Property::new(&*name, DataType::scalar(CimType::DateTime)),
    };
    class.properties.push(property);
}

/// Gives a property another type, which its values may fit or not.
fn retype(class: &mut Class, numbers: &mut Numbers) {
    let number = numbers.once_in(2);
    let names = ["Size", "Note", "Owner", "Order", "Even", "Short", "Deep", "Added1"];
    let name = numbers.one_of(&names);
    let wide = if numbers.once_in(2) { CimType::SInt64 } else { CimType::UInt32 };
    let to = if number { wide } else { CimType::String };
    if let Some(property) = class.properties.iter_mut().find(|p| p.name.is(name)) {
        property.data_type = DataType::scalar(to);
        property.default = None;
    }
}

/// Deletes a class, its subclasses and its rows. Without the classes of the beginning, much is
/// refused until they are compiled again.
pub(super) fn drop_one(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let more = format!("X_More{}", numbers.below(4));
    let name = match numbers.below(8) {
        0 => "X_Big",
        1 => "X_Bulk",
        2 => "X_Holder",
        3 => "X_HostedOn",
        _ => &more,
    };
    session.delete_class(&context(), name)
}

pub(super) fn qualifier(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    let name = format!("Mark{}", numbers.below(4));
    match numbers.below(5) {
        0 => session.delete_qualifier_type(context, &name),
        1 => {
            let mut class = session.get_class(context, "X_Only", ClassForm::Resolved)?;
            class.qualifiers.set(Qualifier::new(&*name, values::text(numbers)));
            session.put_class(context, &class, PutMode::UpdateOnly, UpdateMode::Force)
        }
        _ => {
            let declared = QualifierType {
                name: Name::new(&name),
                data_type: DataType::scalar(CimType::String),
                default: Value::from(format!("default {}", numbers.below(5))),
                scopes: Scopes::NONE.with(Scope::Class).with(Scope::Property),
                flavor: if numbers.once_in(2) { Flavor::TO_SUBCLASS } else { Flavor::default() },
            };
            session.set_qualifier_type(context, &declared)
        }
    }
}

pub(super) fn index(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let (class, property) = match numbers.below(6) {
        0 => ("X_Disk", "Size"),
        1 => ("X_Disk", "Note"),
        2 => ("X_Disk", "When"),
        3 => ("X_Big", "Weight"),
        4 => ("X_Bulk", "Text"),
        _ => ("X_Host", "Owner"),
    };
    if numbers.once_in(3) {
        session.drop_index(&context(), class, property)
    } else {
        session.create_index(&context(), class, property)
    }
}

/// An instance that a namespace needs nothing for but a class of its own.
pub(super) fn small(numbers: &mut Numbers) -> Instance {
    Instance::new("Z_Small").with("Id", numbers.below(9) as u32)
}
