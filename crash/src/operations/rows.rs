//! Single instances.

use super::context;
use super::values::{self, path};
use crate::numbers::Numbers;
use cimarron_engine::{EngineError, PutMode, Session, Update};
use cimarron_model::{Instance, Name, ObjectPath, Qualifier, Value};

/// How many keys there are, so that operations meet.
const KEYS: u64 = 60;

/// A disk's key.
pub(super) fn id(numbers: &mut Numbers) -> String {
    class_and_id(numbers).1
}

/// A disk's class and its key, which says which class it is, nearly always.
fn class_and_id(numbers: &mut Numbers) -> (&'static str, String) {
    let number = numbers.below(KEYS);
    let is_big = number.is_multiple_of(3) != numbers.once_in(60);
    (if is_big { "X_Big" } else { "X_Disk" }, format!("disk {number}"))
}

/// Where a disk is, or would be.
pub(super) fn disk_path(numbers: &mut Numbers) -> ObjectPath {
    let (class, id) = class_and_id(numbers);
    let class = if numbers.once_in(2) { class } else { "X_Disk" };
    path(&format!("{class}.Id=\"{id}\""))
}

/// A disk of either class, with some of its properties.
pub(super) fn disk(numbers: &mut Numbers) -> Instance {
    let (class, id) = class_and_id(numbers);
    let mut disk = Instance::new(class).with("Id", id);
    if numbers.once_in(2) {
        disk.set("Size", values::large(numbers));
    }
    if numbers.once_in(2) {
        disk.set("Note", values::text(numbers));
    }
    if numbers.once_in(3) {
        disk.set("When", values::time(numbers));
        disk.set("Bytes", values::bytes(numbers));
    }
    if numbers.once_in(3) {
        disk.set("Up", numbers.once_in(2));
        disk.set("Letter", values::letter(numbers));
    }
    if class == "X_Big" && numbers.once_in(2) {
        disk.set("Weight", values::real(numbers));
        disk.set("Ratio", values::real(numbers) as f32);
        disk.set("Deep", values::large(numbers) as i64);
        disk.set("Names", values::texts(numbers));
    }
    disk
}

/// A host, of which there are few.
pub(super) fn host(numbers: &mut Numbers) -> Instance {
    let (name, port) = (host_name(numbers), numbers.below(3) as u16);
    Instance::new("X_Host").with("Name", name).with("Port", port)
}

pub(super) fn host_name(numbers: &mut Numbers) -> &'static str {
    numbers.one_of(&["a", "B", "straße", "d e"])
}

/// How much of an instance a write means.
pub(super) fn update(numbers: &mut Numbers) -> Update {
    match numbers.below(5) {
        0 => Update::Whole,
        1 => Update::GivenValues,
        2 => Update::Listed(vec![Name::new("Note"), Name::new("Size")]),
        _ => Update::Given,
    }
}

pub(super) fn mode(numbers: &mut Numbers) -> PutMode {
    match numbers.below(4) {
        0 => PutMode::CreateOnly,
        1 => PutMode::UpdateOnly,
        _ => PutMode::CreateOrUpdate,
    }
}

/// Without its key, for a change.
pub(super) fn without_key(mut instance: Instance) -> Instance {
    instance.remove("Id");
    instance
}

pub(super) fn one(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    match numbers.below(6) {
        0 | 1 => session.create_instance(context, &disk(numbers)).map(drop),
        2 => session.create_instance(context, &host(numbers)).map(drop),
        3 => {
            let (mode, update) = (mode(numbers), update(numbers));
            session.put_instance(context, &disk(numbers), mode, &update).map(drop)
        }
        4 => {
            let (at, update) = (disk_path(numbers), update(numbers));
            let mut disk = without_key(disk(numbers));
            if let Some(class) = &at.class {
                disk.class = class.clone();
            }
            session.modify_instance(context, &at, &disk, &update)
        }
        _ => session.delete_instance(context, &disk_path(numbers)),
    }
}

pub(super) fn holder(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    let id = numbers.below(20) as u32;
    if numbers.once_in(5) {
        return session.delete_instance(context, &path(&format!("X_Holder.Id={id}")));
    }
    let mut holder = Instance::new("X_Holder").with("Id", id);
    if numbers.once_in(2) {
        holder.set("Inner", values::object(numbers, "X_Big"));
    }
    if numbers.once_in(3) {
        holder.set("Many", values::objects(numbers));
    }
    if numbers.once_in(2) {
        holder.set("Loose", Value::from(disk_path(numbers)));
    }
    if numbers.once_in(2) {
        holder.set("Short", numbers.number() as i16);
    }
    holder = values::arrays(numbers, holder);
    if numbers.once_in(3) {
        holder.qualifiers.set(Qualifier::new("Note", format!("of {id}")));
        let weight = numbers.below(9) as i32;
        if let Some(inner) = holder.property_mut("Inner") {
            inner.qualifiers.set(Qualifier::new("Weight", weight));
        }
    }
    let update = if numbers.once_in(2) { Update::Whole } else { Update::Given };
    session.put_instance(context, &holder, PutMode::CreateOrUpdate, &update).map(drop)
}

pub(super) fn only(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    if numbers.once_in(4) {
        return session.delete_instance(context, &path("X_Only=@"));
    }
    let only = Instance::new("X_Only")
        .with("Text", values::text(numbers))
        .with("Small", numbers.number() as i8);
    session.put_instance(context, &only, PutMode::CreateOrUpdate, &Update::Given).map(drop)
}
