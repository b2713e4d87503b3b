//! Instances, and objects embedded in values.

use super::codes::{self, ObjectForm};
use super::item::Item;
use super::number::{put_count, put_u64};
use super::{Damaged, Decoder, put_class, put_name, put_path, put_qualifiers, put_value};
use cimarron_model::{ClassVersion, Instance, Object};
use std::sync::Arc;

/// What an instance has.
const VERSION: u8 = 0x01;
const PATH: u8 = 0x02;

/// How many bytes a property takes at least: its name, its value, its qualifiers.
const LEAST: usize = 3;

/// Appends an instance.
pub(crate) fn put_instance(out: &mut Vec<u8>, instance: &Instance) {
    let Instance { class, class_version, path, qualifiers, .. } = instance;
    put_name(out, class);
    let has = |what: bool, bit: u8| if what { bit } else { 0 };
    out.push(has(class_version.is_some(), VERSION) | has(path.is_some(), PATH));
    if let Some(version) = class_version {
        put_u64(out, version.0);
    }
    if let Some(path) = path {
        put_path(out, path);
    }
    put_qualifiers(out, qualifiers);
    put_count(out, instance.len());
    for (name, property) in instance.properties() {
        put_name(out, name);
        put_value(out, &property.value);
        put_qualifiers(out, &property.qualifiers);
    }
}

/// Appends an object.
pub(crate) fn put_object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Instance(instance) => {
            out.push(codes::object_code(ObjectForm::Instance));
            put_instance(out, instance);
        }
        Object::Class(class) => {
            out.push(codes::object_code(ObjectForm::Class));
            put_class(out, class);
        }
    }
}

impl Decoder<'_> {
    /// What [`put_instance`] wrote.
    pub(crate) fn instance(&mut self) -> Result<Instance, Damaged> {
        let mut instance = Instance::new(self.name()?);
        let flags = self.u8()?;
        if flags & !(VERSION | PATH) != 0 {
            return Err(self.damaged("an unknown form of an instance"));
        }
        if flags & VERSION != 0 {
            instance.class_version = Some(ClassVersion(self.u64()?));
        }
        if flags & PATH != 0 {
            instance.path = Some(self.path()?);
        }
        instance.qualifiers = self.qualifiers()?;
        for expected in 1..=self.count(LEAST)? {
            let name = self.name()?;
            let value = self.value()?;
            let qualifiers = self.qualifiers()?;
            let key = name.clone();
            instance.set(name, value);
            if instance.len() != expected {
                return Err(self.damaged("a property that is there twice"));
            }
            if !qualifiers.is_empty()
                && let Some(property) = instance.property_mut(key.as_str())
            {
                property.qualifiers = qualifiers;
            }
        }
        Ok(instance)
    }

    /// What [`put_object`] wrote.
    pub(crate) fn object(&mut self) -> Result<Object, Damaged> {
        let code = self.u8()?;
        Ok(match self.known(codes::object_of(code), "an unknown kind of object")? {
            ObjectForm::Instance => Object::Instance(self.instance()?),
            ObjectForm::Class => Object::Class(self.class()?),
        })
    }
}

impl Item for Arc<Object> {
    /// A kind, a name, and the counts of an instance's parts.
    const LEAST: usize = 5;

    fn put(&self, out: &mut Vec<u8>) {
        put_object(out, self);
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
        decoder.nested(Decoder::object).map(Self::new)
    }
}
