//! Classes and their members in the archive.

use super::by_name::{Inherited, with_new_places};
use super::format::{
    ClassRecord, MethodRecord, NONE, ParameterRecord, PropertyRecord, Run, TypeRecord, class_flag,
};
use super::write::{WriteError, Writer, append, number};
use crate::member::{Member, Named};
use crate::resolve::ResolvedClass;
use cimarron_model::{CimType, Class, Method, Name, Parameter, Property, Qualifiers};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A superclass that is in the archive, written already.
#[derive(Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) class: &'a ResolvedClass,
    pub(super) number: u32,
}

/// The type of what a void method returns.
const UNUSED: TypeRecord =
    TypeRecord { cim_type: CimType::Boolean as u8, array: 0, zeros: 0, size: 0, class: NONE };

/// What all classes have, those that are values included.
struct Shape<'a, 'b> {
    name: &'a Name,
    above: Option<&'a Name>,
    /// Symbols of the classes above.
    ancestors: Vec<u32>,
    qualifiers: &'a Qualifiers,
    /// In `lists`: numbers, and places in name order.
    properties: (Run, Run),
    own_properties: &'b [u32],
    methods: (Run, Run),
    own_methods: &'b [u32],
}

impl<'a> Writer<'a, '_> {
    pub(super) fn class_record(
        &mut self,
        class: &'a ResolvedClass,
        above: Option<Above<'a>>,
        subtree_end: u32,
    ) -> Result<ClassRecord, WriteError> {
        let ancestors = self.names(&class.ancestors)?;
        let superclass_number = above.map_or(NONE, |above| above.number);
        let record = self.root.classes.get(superclass_number as usize);
        let lists = record.map(|c| (c.properties, c.properties_by_name));
        let inherited = above.zip(lists).map(|(a, (list, by_name))| Inherited {
            members: &a.class.properties,
            list,
            by_name,
        });
        let numbers =
            self.members(&class.properties, inherited, |w| &mut w.properties, Self::property)?;
        let properties = self.named_list(&class.properties, &numbers, inherited)?;
        let record = self.root.classes.get(superclass_number as usize);
        let lists = record.map(|c| (c.methods, c.methods_by_name));
        let inherited = above.zip(lists).map(|(a, (list, by_name))| Inherited {
            members: &a.class.methods,
            list,
            by_name,
        });
        let numbers = self.members(&class.methods, inherited, |w| &mut w.methods, Self::method)?;
        let methods = self.named_list(&class.methods, &numbers, inherited)?;
        let shape = Shape {
            name: &class.name,
            above: class.superclass(),
            ancestors,
            qualifiers: &class.qualifiers,
            properties,
            own_properties: &class.own_properties,
            methods,
            own_methods: &class.own_methods,
        };
        Ok(ClassRecord { superclass_number, subtree_end, ..self.shape(shape)? })
    }

    /// A class that is a value: written as it was given, outside any hierarchy.
    pub(super) fn class_as_given(&mut self, class: &'a Class) -> Result<ClassRecord, WriteError> {
        let ancestors = self.names(class.superclass.as_slice())?;
        let depth = u16::from(class.superclass.is_some());
        // Any depth but the class's own reads as propagated.
        let declared_at = |propagated: bool| depth + u16::from(propagated);
        let mut numbers = Vec::with_capacity(class.properties.len());
        for property in &class.properties {
            numbers.push(self.property(property, declared_at(property.propagated))?);
        }
        let properties = self.new_list(&numbers, with_new_places(&class.properties, &[]))?;
        let mut numbers = Vec::with_capacity(class.methods.len());
        for method in &class.methods {
            numbers.push(self.method(method, declared_at(method.propagated))?);
        }
        let methods = self.new_list(&numbers, with_new_places(&class.methods, &[]))?;
        self.shape(Shape {
            name: &class.name,
            above: class.superclass.as_ref(),
            ancestors,
            qualifiers: &class.qualifiers,
            properties,
            own_properties: &positions(&class.properties, |p| !p.propagated),
            methods,
            own_methods: &positions(&class.methods, |m| !m.propagated),
        })
    }

    /// The record of a class outside any hierarchy.
    fn shape(&mut self, shape: Shape<'a, '_>) -> Result<ClassRecord, WriteError> {
        let flag = |name, bit| if shape.qualifiers.is_true(name) { bit } else { 0 };
        Ok(ClassRecord {
            name: self.symbol(shape.name.as_str())?,
            superclass: self.optional_symbol(shape.above)?,
            superclass_number: NONE,
            // Ancestor lists are bounded by `rules::MAX_DEPTH` long before this saturates.
            depth: u16::try_from(shape.ancestors.len()).unwrap_or(u16::MAX),
            flags: flag("Abstract", class_flag::ABSTRACT)
                | flag("Association", class_flag::ASSOCIATION)
                | flag("Indication", class_flag::INDICATION)
                | flag("Singleton", class_flag::SINGLETON),
            subtree_end: 0,
            ancestors: append(&mut self.root.lists, shape.ancestors)?,
            qualifiers: self.qualifiers(shape.qualifiers)?,
            properties: shape.properties.0,
            properties_by_name: shape.properties.1,
            own_properties: append(&mut self.root.lists, shape.own_properties.iter().copied())?,
            methods: shape.methods.0,
            methods_by_name: shape.methods.1,
            own_methods: append(&mut self.root.lists, shape.own_methods.iter().copied())?,
        })
    }

    fn names(&mut self, names: &'a [Name]) -> Result<Vec<u32>, WriteError> {
        names.iter().map(|name| self.symbol(name.as_str())).collect()
    }

    /// The numbers of members. What a superclass in the archive has in the same place is
    /// shared with it; without one, what others of its subclasses have is shared with them.
    fn members<T>(
        &mut self,
        members: &'a [Member<T>],
        inherited: Option<Inherited<'_, T>>,
        written: fn(&mut Self) -> &mut FxHashMap<*const T, u32>,
        write: fn(&mut Self, &'a T, u16) -> Result<u32, WriteError>,
    ) -> Result<Vec<u32>, WriteError> {
        let mut numbers = Vec::with_capacity(members.len());
        for (i, member) in members.iter().enumerate() {
            let identity = Arc::as_ptr(&member.declaration);
            let known = match inherited {
                Some(Inherited { members, list, .. }) => members
                    .get(i)
                    .filter(|above| Arc::as_ptr(&above.declaration) == identity)
                    .and_then(|_| self.root.lists.get(list.start as usize + i)),
                None => written(self).get(&identity),
            };
            let n = match known.copied() {
                Some(n) => n,
                None => write(self, &member.declaration, member.declared_at)?,
            };
            if inherited.is_none() {
                written(self).insert(identity, n);
            }
            numbers.push(n);
        }
        Ok(numbers)
    }

    /// The list of members' numbers, and the one of their places in the order of their
    /// names. A class that adds nothing has those of its superclass.
    fn named_list<T: Named>(
        &mut self,
        members: &[Member<T>],
        numbers: &[u32],
        inherited: Option<Inherited<'_, T>>,
    ) -> Result<(Run, Run), WriteError> {
        let lists = &mut self.root.lists;
        let listed = |list: Run| {
            let (start, len) = (list.start as usize, list.len as usize);
            lists.get(start..).and_then(|rest| rest.get(..len)).unwrap_or_default()
        };
        if let Some(above) = inherited.filter(|above| listed(above.list) == numbers) {
            return Ok((above.list, above.by_name));
        }
        let places = match inherited.filter(|above| above.goes_on_in(members)) {
            Some(above) => with_new_places(members, listed(above.by_name)),
            None => with_new_places(members, &[]),
        };
        self.new_list(numbers, places)
    }

    fn new_list(&mut self, numbers: &[u32], by_name: Vec<u32>) -> Result<(Run, Run), WriteError> {
        let lists = &mut self.root.lists;
        let list = append(lists, numbers.iter().copied())?;
        Ok((list, append(lists, by_name)?))
    }

    fn property(&mut self, property: &'a Property, declared_at: u16) -> Result<u32, WriteError> {
        let record = PropertyRecord {
            name: self.symbol(property.name.as_str())?,
            data_type: self.data_type(&property.data_type)?,
            qualifiers: self.qualifiers(&property.qualifiers)?,
            default: self.optional_value(property.default.as_ref())?,
            default_inherited: property.default_inherited,
            key: property.is_key(),
            zeros: 0,
            origin: self.optional_symbol(property.origin.as_ref().map(|o| &o.class))?,
            origin_depth: property.origin.as_ref().map_or(0, |o| o.depth),
            declared_at,
        };
        let n = number(self.root.properties.len())?;
        self.root.properties.push(record);
        Ok(n)
    }

    fn method(&mut self, method: &'a Method, declared_at: u16) -> Result<u32, WriteError> {
        let record = MethodRecord {
            name: self.symbol(method.name.as_str())?,
            is_void: method.return_type.is_none(),
            return_type: match &method.return_type {
                Some(returned) => self.data_type(returned)?,
                None => UNUSED,
            },
            parameters: self.parameters(&method.parameters)?,
            qualifiers: self.qualifiers(&method.qualifiers)?,
            origin: self.optional_symbol(method.origin.as_ref().map(|o| &o.class))?,
            origin_depth: method.origin.as_ref().map_or(0, |o| o.depth),
            declared_at,
        };
        let n = number(self.root.methods.len())?;
        self.root.methods.push(record);
        Ok(n)
    }

    fn parameters(&mut self, parameters: &'a [Parameter]) -> Result<Run, WriteError> {
        let mut records = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            records.push(ParameterRecord {
                name: self.symbol(parameter.name.as_str())?,
                data_type: self.data_type(&parameter.data_type)?,
                qualifiers: self.qualifiers(&parameter.qualifiers)?,
                default: self.optional_value(parameter.default.as_ref())?,
            });
        }
        append(&mut self.root.parameters, records)
    }
}

/// The positions of some items.
fn positions<T>(items: &[T], wanted: impl Fn(&T) -> bool) -> Vec<u32> {
    (0..).zip(items).filter(|(_, item)| wanted(item)).map(|(at, _)| at).collect()
}
