//! Property paths to slots and members.

use super::{Binder, Refused, Rows, refuse};
use crate::bound::{BoundPath, Column, Declared, Member, MemberPath};
use crate::error::WqlError;
use crate::schema::{ClassInfo, PropertyInfo, Schema, SystemProperty};
use crate::syntax::ast::{Identifier, PropertyPath};
use cimarron_model::{CimType, Name, suggest};

/// A path and what the schema says of its end.
#[derive(Clone)]
pub(super) struct Resolved {
    pub(super) path: BoundPath,
    pub(super) declared: Declared,
    pub(super) is_array: bool,
}

/// Where a walk into embedded objects has come to.
struct Place {
    declared: Declared,
    is_array: bool,
    /// The class of the object there, when it is one of a declared class.
    class: Option<Name>,
}

impl Place {
    fn of(property: &PropertyInfo<'_>) -> Self {
        Self {
            declared: Declared::As(property.cim_type),
            is_array: property.is_array,
            class: property.embedded_class.map(Name::new),
        }
    }

    const fn undeclared(declared: Declared) -> Self {
        Self { declared, is_array: false, class: None }
    }

    fn system(property: SystemProperty) -> Self {
        Self {
            declared: Declared::As(property.cim_type()),
            is_array: property.is_array(),
            class: None,
        }
    }
}

impl<S: Schema, C: ClassInfo> Binder<'_, S, C> {
    pub(super) fn resolve(&self, path: &PropertyPath) -> Result<Resolved, Refused> {
        let name = path.property.name.as_str();
        if let Some(property) = SystemProperty::from_name(name) {
            if !path.members.is_empty() {
                return refuse(no_members(&path.property, property.cim_type()));
            }
            let Place { declared, is_array, .. } = Place::system(property);
            return Ok(Resolved { path: BoundPath::System(property), declared, is_array });
        }
        if self.rows == Rows::Classes && path.property.name.is("__this") {
            if !path.members.is_empty() {
                return refuse(WqlError::ThisWithoutIsa { span: path.span() });
            }
            let declared = Declared::As(CimType::Object);
            return Ok(Resolved { path: BoundPath::This, declared, is_array: false });
        }
        let info =
            self.class.property(name).ok_or_else(|| Box::new(self.unknown_property(path)))?;
        let column = Column {
            slot: info.slot,
            name: info.name.into(),
            cim_type: info.cim_type,
            is_array: info.is_array,
        };
        if path.members.is_empty() {
            let (declared, is_array) = (Declared::As(info.cim_type), info.is_array);
            return Ok(Resolved { path: BoundPath::Column(column), declared, is_array });
        }
        let mut place = Place::of(&info);
        let mut members = Vec::with_capacity(path.members.len());
        let mut owner = &path.property;
        for member in &path.members {
            check_object(owner, &place)?;
            let (member_name, next) = self.step(&place, member);
            members.push(member_name);
            place = next;
            owner = member;
        }
        let Place { declared, is_array, .. } = place;
        let path = BoundPath::Member(Box::new(MemberPath { column, members, declared }));
        Ok(Resolved { path, declared, is_array })
    }

    /// Goes from an object to one of its members.
    fn step(&self, place: &Place, member: &Identifier) -> (Member, Place) {
        let name = member.name.as_str();
        if let Some(property) = SystemProperty::from_name(name) {
            return (Member::System(property), Place::system(property));
        }
        let undeclared =
            |declared| (Member::Property(member.name.clone()), Place::undeclared(declared));
        if place.declared == Declared::Missing {
            return undeclared(Declared::Missing);
        }
        let class = place.class.as_ref().and_then(|class| self.schema.class(class.as_str()));
        let Some(class) = class else { return undeclared(Declared::Open) };
        match class.property(name) {
            Some(info) => (Member::Property(info.name.into()), Place::of(&info)),
            None => undeclared(Declared::Missing),
        }
    }

    fn unknown_property(&self, path: &PropertyPath) -> WqlError {
        let name = &path.property.name;
        let span = path.property.span;
        if name.is("__this") {
            return WqlError::ThisInDataQuery { span };
        }
        let class = self.class.name();
        // `Class.Property` is how other dialects of SQL write it.
        let suggestion = match path.members.first() {
            Some(member) if name.is(class) => Some(member.name.as_str()),
            _ => {
                let system = SystemProperty::ALL.iter().map(|p| p.as_str());
                suggest::nearest(name.as_str(), self.class.property_names().chain(system))
            }
        };
        WqlError::UnknownProperty {
            name: name.to_string(),
            class: class.to_owned(),
            suggestion: suggestion.map(str::to_owned),
            span,
        }
    }
}

/// Whether there can be members below the named property.
fn check_object(owner: &Identifier, place: &Place) -> Result<(), Refused> {
    if place.is_array {
        return refuse(WqlError::ArrayNotAllowed {
            name: owner.name.to_string(),
            span: owner.span,
        });
    }
    match place.declared {
        Declared::As(CimType::Object) | Declared::Missing | Declared::Open => Ok(()),
        Declared::As(cim_type) => refuse(no_members(owner, cim_type)),
    }
}

fn no_members(owner: &Identifier, cim_type: CimType) -> WqlError {
    WqlError::NotAnObject { name: owner.name.to_string(), cim_type, span: owner.span }
}
