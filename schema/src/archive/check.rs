//! Checking what bytecheck cannot: that numbers point at something.
//!
//! bytecheck guarantees that every record is where it should be. It cannot know
//! that a `u32` is the number of a class or a symbol. One pass over all records
//! does; after it the views need no error path.

use super::format::{
    ArchivedClassRecord, ArchivedInstanceRecord, ArchivedNamespaceRecord, ArchivedRoot,
    ArchivedRun, ArchivedTypeRecord, ArchivedValueRecord, NONE, form,
};
use crate::view::run;
use cimarron_model::{CimType, Flavor, Object, Scopes};

type Check = Result<(), String>;

/// Takes the number of an embedded object that somebody holds; `None` refuses it.
type Hold<'a> = &'a mut dyn FnMut(u64) -> Option<()>;

/// Checks every number in the archive; the error says which kind is wrong.
pub(super) fn check(root: &ArchivedRoot) -> Check {
    let checker = Checker { root };
    checker.strings()?;
    checker.values()?;
    checker.qualifiers()?;
    checker.members()?;
    checker.classes()?;
    checker.instances()?;
    checker.embedded()?;
    root.namespaces.iter().try_for_each(|n| checker.namespace(n))
}

struct Checker<'a> {
    root: &'a ArchivedRoot,
}

fn ensure(holds: bool, what: &str) -> Check {
    if holds { Ok(()) } else { Err(format!("a {what} points nowhere")) }
}

/// Whether a run lies within `len` records.
fn inside(run: &ArchivedRun, len: usize) -> bool {
    let end = u64::from(run.start.to_native()) + u64::from(run.len.to_native());
    end <= len as u64
}

impl Checker<'_> {
    fn symbol(&self, symbol: u32, what: &str) -> Check {
        ensure((symbol as usize) < self.root.symbols.len(), what)
    }

    fn optional_symbol(&self, symbol: u32, what: &str) -> Check {
        if symbol == NONE { Ok(()) } else { self.symbol(symbol, what) }
    }

    fn value(&self, number: u32, what: &str) -> Check {
        ensure((number as usize) < self.root.values.len(), what)
    }

    fn optional_value(&self, number: u32, what: &str) -> Check {
        if number == NONE { Ok(()) } else { self.value(number, what) }
    }

    /// A list of numbers that all must be below `bound`.
    fn list(&self, place: &ArchivedRun, bound: usize, what: &str) -> Check {
        ensure(inside(place, self.root.lists.len()), what)?;
        let numbers = run(&self.root.lists, place);
        ensure(numbers.iter().all(|n| (n.to_native() as usize) < bound), what)
    }

    fn strings(&self) -> Check {
        let text = &self.root.text;
        for place in self.root.symbols.iter() {
            let start = place.start.to_native() as usize;
            let end = start.saturating_add(place.len.to_native() as usize);
            ensure(text.get(start..end).is_some(), "string")?;
        }
        Ok(())
    }

    fn values(&self) -> Check {
        self.root.values.iter().try_for_each(|record| {
            let cim_type = CimType::from_u8(record.cim_type).ok_or("a value has no type")?;
            ensure(record.form <= form::ARRAY_WITH_NULLS, "value")?;
            self.payloads(cim_type, record)
        })
    }

    /// Values whose payload is a number that could point nowhere. Objects are
    /// checked with `embedded`.
    fn payloads(&self, cim_type: CimType, record: &ArchivedValueRecord) -> Check {
        // Most values are strings, which need not be made to see that they could be.
        let symbols = self.root.symbols.len() as u64;
        let decodes = |payload| match cim_type {
            CimType::Object => true,
            CimType::String => payload < symbols,
            _ => self.root.decode_scalar(cim_type, payload).is_some(),
        };
        match record.form {
            form::SCALAR => ensure(decodes(record.payload.to_native()), "value"),
            form::ARRAY | form::ARRAY_WITH_NULLS => {
                let mut elements = self.elements(record).ok_or("an array points nowhere")?;
                ensure(elements.all(decodes), "array element")
            }
            _ => Ok(()),
        }
    }

    /// The payloads of an array's elements but for NULLs; `None` where there is
    /// nothing to read them from.
    fn elements(&self, record: &ArchivedValueRecord) -> Option<impl Iterator<Item = u64>> {
        let len = record.len.to_native() as usize;
        let marks = usize::from(record.form == form::ARRAY_WITH_NULLS) * len.div_ceil(64);
        let start = usize::try_from(record.payload.to_native()).ok()?;
        let words = self.root.words.get(start..start.checked_add(len + marks)?)?;
        let (items, marks) = words.split_at_checked(len)?;
        let is_null =
            |i: usize| marks.get(i / 64).is_some_and(|w| w.to_native() >> (i % 64) & 1 == 1);
        Some(
            items.iter().enumerate().filter(move |(i, _)| !is_null(*i)).map(|(_, w)| w.to_native()),
        )
    }

    fn qualifiers(&self) -> Check {
        for record in self.root.qualifiers.iter() {
            self.symbol(record.name.to_native(), "qualifier's name")?;
            self.value(record.value.to_native(), "qualifier's value")?;
            ensure(Flavor::from_bits(record.flavor).is_some(), "flavor")?;
        }
        for record in self.root.qualifier_types.iter() {
            self.symbol(record.name.to_native(), "qualifier type's name")?;
            self.value(record.default.to_native(), "qualifier type's default")?;
            self.data_type(&record.data_type)?;
            ensure(Flavor::from_bits(record.flavor).is_some(), "flavor")?;
            ensure(Scopes::from_bits(record.scopes).is_some(), "scope")?;
        }
        Ok(())
    }

    fn qualifier_run(&self, place: &ArchivedRun) -> Check {
        ensure(inside(place, self.root.qualifiers.len()), "qualifier list")
    }

    fn data_type(&self, record: &ArchivedTypeRecord) -> Check {
        ensure(CimType::from_u8(record.cim_type).is_some() && record.array <= 2, "type")?;
        self.optional_symbol(record.class.to_native(), "type's class")
    }

    fn members(&self) -> Check {
        for record in self.root.properties.iter() {
            self.symbol(record.name.to_native(), "property's name")?;
            self.optional_symbol(record.origin.to_native(), "property's origin")?;
            self.optional_value(record.default.to_native(), "property's default")?;
            self.data_type(&record.data_type)?;
            self.qualifier_run(&record.qualifiers)?;
        }
        for record in self.root.methods.iter() {
            self.symbol(record.name.to_native(), "method's name")?;
            self.optional_symbol(record.origin.to_native(), "method's origin")?;
            self.data_type(&record.return_type)?;
            self.qualifier_run(&record.qualifiers)?;
            ensure(inside(&record.parameters, self.root.parameters.len()), "parameter list")?;
        }
        for record in self.root.parameters.iter() {
            self.symbol(record.name.to_native(), "parameter's name")?;
            self.optional_value(record.default.to_native(), "parameter's default")?;
            self.data_type(&record.data_type)?;
            self.qualifier_run(&record.qualifiers)?;
        }
        Ok(())
    }

    fn classes(&self) -> Check {
        let count = self.root.classes.len();
        for (number, record) in self.root.classes.iter().enumerate() {
            self.class(record)?;
            let above = record.superclass_number.to_native();
            ensure(above == NONE || (above as usize) < number, "superclass")?;
            let end = record.subtree_end.to_native() as usize;
            ensure(number < end && end <= count, "subtree")?;
        }
        self.root.embedded_classes.iter().try_for_each(|record| self.class(record))
    }

    fn class(&self, record: &ArchivedClassRecord) -> Check {
        self.symbol(record.name.to_native(), "class's name")?;
        self.optional_symbol(record.superclass.to_native(), "superclass's name")?;
        self.qualifier_run(&record.qualifiers)?;
        self.list(&record.ancestors, self.root.symbols.len(), "ancestor")?;
        self.list(&record.properties, self.root.properties.len(), "property")?;
        self.list(&record.methods, self.root.methods.len(), "method")?;
        let slots = record.properties.len.to_native() as usize;
        self.list(&record.properties_by_name, slots, "slot")?;
        self.list(&record.own_properties, slots, "slot")?;
        let methods = record.methods.len.to_native() as usize;
        self.list(&record.methods_by_name, methods, "method's place")?;
        self.list(&record.own_methods, methods, "method's place")
    }

    fn instances(&self) -> Check {
        let all = self.root.instances.iter().chain(self.root.embedded_instances.iter());
        for record in all {
            self.symbol(record.class.to_native(), "instance's class")?;
            self.qualifier_run(&record.qualifiers)?;
            ensure(inside(&record.properties, self.root.instance_properties.len()), "property")?;
        }
        for record in self.root.instance_properties.iter() {
            self.symbol(record.name.to_native(), "property's name")?;
            self.value(record.value.to_native(), "property's value")?;
            self.qualifier_run(&record.qualifiers)?;
        }
        Ok(())
    }

    /// Every embedded object exists, holds only objects before it, and is at most
    /// [`Object::MAX_DEPTH`] deep. No two objects hold the same one: reading copies
    /// what an object holds, and a few that share could unfold without end.
    fn embedded(&self) -> Check {
        let root = self.root;
        // How deep each object is; `None` once another one holds it.
        let mut depths: Vec<Option<usize>> = Vec::with_capacity(root.embedded.len());
        for record in root.embedded.iter() {
            let mut depth = 1;
            let mut hold = |number| {
                let inner = depths.get_mut(usize::try_from(number).ok()?)?.take()?;
                depth = depth.max(inner + 1);
                Some(())
            };
            let at = record.number.to_native() as usize;
            let holds = if record.is_class {
                root.embedded_classes.get(at).and_then(|class| self.of_class(class, &mut hold))
            } else {
                root.embedded_instances.get(at).and_then(|i| self.of_instance(i, &mut hold))
            };
            ensure(holds.is_some(), "embedded object")?;
            if depth > Object::MAX_DEPTH {
                return Err("objects are embedded too deeply".to_owned());
            }
            depths.push(Some(depth));
        }
        let mut exists = |number| (number < depths.len() as u64).then_some(());
        let all = root.values.iter().try_for_each(|v| self.of_value(v, &mut exists));
        ensure(all.is_some(), "embedded object")
    }

    /// Hands over the embedded objects of a value; `None` once one is refused.
    fn of_value(&self, record: &ArchivedValueRecord, hold: Hold<'_>) -> Option<()> {
        if CimType::from_u8(record.cim_type) != Some(CimType::Object) {
            return Some(());
        }
        match record.form {
            form::SCALAR => hold(record.payload.to_native()),
            form::ARRAY | form::ARRAY_WITH_NULLS => self.elements(record)?.try_for_each(hold),
            _ => Some(()),
        }
    }

    fn of_number(&self, value: u32, hold: Hold<'_>) -> Option<()> {
        match value {
            NONE => Some(()),
            number => self.of_value(self.root.values.get(number as usize)?, hold),
        }
    }

    fn of_qualifiers(&self, place: &ArchivedRun, hold: Hold<'_>) -> Option<()> {
        run(&self.root.qualifiers, place)
            .iter()
            .try_for_each(|q| self.of_number(q.value.to_native(), hold))
    }

    fn of_instance(&self, record: &ArchivedInstanceRecord, hold: Hold<'_>) -> Option<()> {
        self.of_qualifiers(&record.qualifiers, hold)?;
        run(&self.root.instance_properties, &record.properties).iter().try_for_each(|p| {
            self.of_number(p.value.to_native(), hold)?;
            self.of_qualifiers(&p.qualifiers, hold)
        })
    }

    fn of_class(&self, record: &ArchivedClassRecord, hold: Hold<'_>) -> Option<()> {
        let root = self.root;
        self.of_qualifiers(&record.qualifiers, hold)?;
        for number in run(&root.lists, &record.properties) {
            let property = root.properties.get(number.to_native() as usize)?;
            self.of_number(property.default.to_native(), hold)?;
            self.of_qualifiers(&property.qualifiers, hold)?;
        }
        for number in run(&root.lists, &record.methods) {
            let method = root.methods.get(number.to_native() as usize)?;
            self.of_qualifiers(&method.qualifiers, hold)?;
            for parameter in run(&root.parameters, &method.parameters) {
                self.of_number(parameter.default.to_native(), hold)?;
                self.of_qualifiers(&parameter.qualifiers, hold)?;
            }
        }
        Some(())
    }

    fn namespace(&self, record: &ArchivedNamespaceRecord) -> Check {
        let root = self.root;
        self.symbol(record.name.to_native(), "namespace's name")?;
        ensure(inside(&record.classes, root.classes.len()), "class")?;
        ensure(inside(&record.qualifier_types, root.qualifier_types.len()), "qualifier type")?;
        ensure(inside(&record.instances, root.instances.len()), "instance")?;
        self.list(&record.classes_by_name, root.classes.len(), "class")?;
        self.list(&record.class_table, root.classes.len() + 1, "class table entry")?;
        let len = record.class_table.len.to_native();
        ensure(len.is_power_of_two(), "class table")
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::{
        ClassRecord, EmbeddedRecord, InstancePropertyRecord, InstanceRecord, NONE, NamespaceRecord,
        Root, Run, ValueRecord, form,
    };
    use super::super::payload::Payload;
    use super::super::{Archive, OpenError};
    use cimarron_model::{CimType, Object, fold};

    /// An archive of nothing but the name `X`.
    fn bare() -> Root {
        Root {
            fold_version: fold::TABLE_VERSION,
            text: "X".to_owned(),
            symbols: vec![Run { start: 0, len: 1 }],
            ..Root::default()
        }
    }

    fn open(root: &Root) -> Result<Archive, OpenError> {
        let payload = Payload::in_memory(0);
        let payload = rkyv::api::high::to_bytes_in::<_, rkyv::rancor::Error>(root, payload);
        Archive::from_bytes(payload.unwrap().finish().unwrap().0)
    }

    /// So many objects, each of which holds the one before it so many times.
    fn embedding(objects: usize, times: usize) -> Root {
        let mut root = bare();
        for number in 0..objects as u32 {
            let held = if number == 0 { 0 } else { times as u32 };
            let payload = u64::from(number.saturating_sub(1));
            let cim_type = CimType::Object as u8;
            let value = root.values.len() as u32;
            let form = form::SCALAR;
            root.values.push(ValueRecord { payload, len: 1, form, cim_type, zeros: 0 });
            let start = root.instance_properties.len() as u32;
            let qualifiers = Run::default();
            let property = InstancePropertyRecord { name: 0, value, qualifiers };
            root.instance_properties.extend((0..held).map(|_| property));
            let properties = Run { start, len: held };
            root.embedded_instances.push(InstanceRecord { class: 0, qualifiers, properties });
            root.embedded.push(EmbeddedRecord { is_class: false, number });
        }
        root
    }

    #[test]
    fn embedded_objects_cannot_unfold_without_end() {
        for (objects, times, fine) in [
            (1, 1, true),
            (Object::MAX_DEPTH, 1, true),
            (Object::MAX_DEPTH + 1, 1, false),
            (100_000, 1, false),
            (2, 2, false),
        ] {
            let opened = open(&embedding(objects, times));
            assert_eq!(opened.is_ok(), fine, "{objects} objects, {times} times");
        }
    }

    #[test]
    fn a_class_as_deep_as_the_numbers_go_has_no_children() {
        let none = Run::default();
        let one = Run { start: 0, len: 1 };
        let mut root = bare();
        root.classes.push(ClassRecord {
            name: 0,
            superclass: NONE,
            superclass_number: NONE,
            depth: u16::MAX,
            flags: 0,
            subtree_end: 1,
            ancestors: none,
            qualifiers: none,
            properties: none,
            properties_by_name: none,
            own_properties: none,
            methods: none,
            methods_by_name: none,
            own_methods: none,
        });
        // A table of one place, which is free.
        root.lists.push(0);
        root.namespaces.push(NamespaceRecord {
            name: 0,
            classes: one,
            class_table: one,
            classes_by_name: one,
            qualifier_types: none,
            instances: none,
        });
        let archive = open(&root).unwrap();
        let schema = archive.namespace("X").unwrap();
        assert!(schema.class("X").is_none());
        assert!(schema.classes().all(|class| class.children().next().is_none()));
    }
}
