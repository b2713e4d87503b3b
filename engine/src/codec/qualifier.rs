//! Qualifiers: on declarations, on rows, and their types.

use super::number::put_count;
use super::{Damaged, Decoder, put_data_type, put_name, put_u32, put_value};
use crate::row_qualifiers::RowQualifiers;
use cimarron_model::{Flavor, Qualifier, QualifierType, Qualifiers, Scopes};

/// How many bytes a qualifier takes at least: its name, its flavors, its value.
const LEAST: usize = 3;

/// How many bytes the qualifiers of a property take at least: its slot and their count.
const LEAST_OF_PROPERTY: usize = 2;

/// Appends the qualifiers of one element.
pub(crate) fn put_qualifiers(out: &mut Vec<u8>, qualifiers: &Qualifiers) {
    put_count(out, qualifiers.len());
    for Qualifier { name, value, flavor } in qualifiers {
        put_name(out, name);
        out.push(flavor.bits());
        put_value(out, value);
    }
}

/// Appends the qualifiers that a row carries itself.
pub(crate) fn put_row_qualifiers(out: &mut Vec<u8>, qualifiers: &RowQualifiers) {
    let RowQualifiers { instance, properties } = qualifiers;
    put_qualifiers(out, instance);
    put_count(out, properties.len());
    for (slot, qualifiers) in properties {
        put_u32(out, *slot);
        put_qualifiers(out, qualifiers);
    }
}

/// Appends the declaration of a qualifier.
pub(crate) fn put_qualifier_type(out: &mut Vec<u8>, declared: &QualifierType) {
    let QualifierType { name, data_type, default, scopes, flavor } = declared;
    put_name(out, name);
    put_data_type(out, data_type);
    put_value(out, default);
    out.push(scopes.bits());
    out.push(flavor.bits());
}

impl Decoder<'_> {
    /// What [`put_qualifiers`] wrote.
    pub(crate) fn qualifiers(&mut self) -> Result<Qualifiers, Damaged> {
        let count = self.count(LEAST)?;
        if count == 0 {
            return Ok(Qualifiers::new());
        }
        let all: Qualifiers =
            (0..count).map(|_| self.qualifier()).collect::<Result<_, Damaged>>()?;
        if all.len() == count {
            Ok(all)
        } else {
            Err(self.damaged("a qualifier that is there twice"))
        }
    }

    fn qualifier(&mut self) -> Result<Qualifier, Damaged> {
        let name = self.name()?;
        let flavor = self.flavor()?;
        Ok(Qualifier { name, value: self.value()?, flavor })
    }

    fn flavor(&mut self) -> Result<Flavor, Damaged> {
        let bits = self.u8()?;
        self.known(Flavor::from_bits(bits), "unknown flavors")
    }

    /// What [`put_row_qualifiers`] wrote.
    pub(crate) fn row_qualifiers(&mut self) -> Result<RowQualifiers, Damaged> {
        let instance = self.qualifiers()?;
        let count = self.count(LEAST_OF_PROPERTY)?;
        let properties = (0..count)
            .map(|_| Ok((self.u32()?, self.qualifiers()?)))
            .collect::<Result<_, Damaged>>()?;
        Ok(RowQualifiers { instance, properties })
    }

    /// What [`put_qualifier_type`] wrote.
    pub(crate) fn qualifier_type(&mut self) -> Result<QualifierType, Damaged> {
        let name = self.name()?;
        let data_type = self.data_type()?;
        let default = self.value()?;
        let scopes = self.u8()?;
        Ok(QualifierType {
            name,
            data_type,
            default,
            scopes: self.known(Scopes::from_bits(scopes), "unknown scopes")?,
            flavor: self.flavor()?,
        })
    }
}
