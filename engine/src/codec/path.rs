//! Object paths, in the spelling they have.

use super::codes::{self, KeyForm, KeysForm};
use super::item::Item;
use super::number::{put_count, put_i64};
use super::{Damaged, Decoder, put_name, put_text};
use cimarron_model::{KeyBinding, KeyValue, Keys, ObjectPath};
use smol_str::SmolStr;
use std::sync::Arc;

/// What a path has, beside the form of its keys in the two lowest bits.
const HOST: u8 = 0x04;
const NAMESPACE: u8 = 0x08;
const CLASS: u8 = 0x10;
const KEYS: u8 = 0x03;

/// How many bytes a named key takes at least: the length of its name and a code.
const LEAST: usize = 2;

/// Appends a path.
pub(crate) fn put_path(out: &mut Vec<u8>, path: &ObjectPath) {
    let form = match &path.keys {
        Keys::Class => KeysForm::Class,
        Keys::Singleton => KeysForm::Singleton,
        Keys::Unnamed(_) => KeysForm::Unnamed,
        Keys::Named(_) => KeysForm::Named,
    };
    let has = |what: bool, bit: u8| if what { bit } else { 0 };
    out.push(
        codes::keys_code(form)
            | has(path.host.is_some(), HOST)
            | has(path.namespace.is_some(), NAMESPACE)
            | has(path.class.is_some(), CLASS),
    );
    if let Some(host) = &path.host {
        put_text(out, host);
    }
    if let Some(namespace) = &path.namespace {
        put_text(out, namespace);
    }
    if let Some(class) = &path.class {
        put_name(out, class);
    }
    match &path.keys {
        Keys::Class | Keys::Singleton => {}
        Keys::Unnamed(value) => put_key(out, value),
        Keys::Named(bindings) => {
            put_count(out, bindings.len());
            for binding in bindings {
                put_name(out, &binding.name);
                put_key(out, &binding.value);
            }
        }
    }
}

fn put_key(out: &mut Vec<u8>, value: &KeyValue) {
    let mut form = |form| out.push(codes::key_code(form));
    match value {
        KeyValue::String(text) => {
            form(KeyForm::String);
            put_text(out, text);
        }
        KeyValue::Integer(number) => match i64::try_from(*number) {
            Ok(number) => {
                form(KeyForm::Integer);
                put_i64(out, number);
            }
            Err(_) => {
                form(KeyForm::WideInteger);
                out.extend_from_slice(&number.to_le_bytes());
            }
        },
        KeyValue::Real(number) => {
            form(KeyForm::Real);
            number.put(out);
        }
        KeyValue::Boolean(false) => form(KeyForm::False),
        KeyValue::Boolean(true) => form(KeyForm::True),
        KeyValue::Reference(path) => {
            form(KeyForm::Reference);
            put_path(out, path);
        }
        KeyValue::Untyped(text) => {
            form(KeyForm::Untyped);
            put_text(out, text);
        }
    }
}

impl Decoder<'_> {
    /// What [`put_path`] wrote.
    pub(crate) fn path(&mut self) -> Result<ObjectPath, Damaged> {
        let flags = self.u8()?;
        let unknown = flags & !(HOST | NAMESPACE | CLASS | KEYS) != 0;
        if unknown {
            return Err(self.damaged("an unknown form of a path"));
        }
        let form = self.known(codes::keys_of(flags & KEYS), "an unknown form of keys")?;
        let has = |bit: u8| flags & bit != 0;
        Ok(ObjectPath {
            host: has(HOST).then(|| self.text().map(SmolStr::new)).transpose()?,
            namespace: has(NAMESPACE).then(|| self.text().map(SmolStr::new)).transpose()?,
            class: has(CLASS).then(|| self.name()).transpose()?,
            keys: match form {
                KeysForm::Class => Keys::Class,
                KeysForm::Singleton => Keys::Singleton,
                KeysForm::Unnamed => Keys::Unnamed(self.key()?),
                KeysForm::Named => Keys::Named(self.bindings()?),
            },
        })
    }

    fn bindings(&mut self) -> Result<Vec<KeyBinding>, Damaged> {
        let count = self.count(LEAST)?;
        let mut bindings = Vec::with_capacity(count);
        for _ in 0..count {
            bindings.push(KeyBinding { name: self.name()?, value: self.key()? });
        }
        Ok(bindings)
    }

    fn key(&mut self) -> Result<KeyValue, Damaged> {
        let code = self.u8()?;
        Ok(match self.known(codes::key_of(code), "an unknown kind of key")? {
            KeyForm::String => KeyValue::String(SmolStr::new(self.text()?)),
            KeyForm::Integer => KeyValue::Integer(self.i64()?.into()),
            KeyForm::WideInteger => {
                let number = i128::from_le_bytes(self.fixed()?);
                if i64::try_from(number).is_ok() {
                    return Err(self.damaged("a number that could be shorter"));
                }
                KeyValue::Integer(number)
            }
            KeyForm::Real => KeyValue::Real(Item::read(self)?),
            KeyForm::False => KeyValue::Boolean(false),
            KeyForm::True => KeyValue::Boolean(true),
            KeyForm::Reference => KeyValue::Reference(Box::new(self.nested(Self::path)?)),
            KeyForm::Untyped => KeyValue::Untyped(SmolStr::new(self.text()?)),
        })
    }
}

impl Item for Arc<ObjectPath> {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        put_path(out, self);
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
        decoder.nested(Decoder::path).map(Self::new)
    }
}
