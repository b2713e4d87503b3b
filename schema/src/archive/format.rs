//! The records of a schema archive, as rkyv lays them out.
//!
//! Everything is flat: one text with all strings, one array per kind of record,
//! and `u32` numbers between them. Nothing is nested, so validating is one pass,
//! sharing a record between a class and its subclasses costs nothing, and a
//! class is read where it lies. Numbers are range-checked once, when the archive
//! is opened (`archive::check`); the views rely on that.
//!
//! Records of which there are many are in memory as they are in the archive, with what else
//! would be padding in a field of its own: rkyv copies a whole list of those at once.

use rkyv::{Archive, Serialize};

/// "No number here": the null of every `u32` in the archive.
pub(crate) const NONE: u32 = u32::MAX;

/// A run of consecutive records.
#[derive(Archive, Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Run {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// The whole archive.
#[derive(Archive, Serialize, Debug, Default)]
pub(crate) struct Root<T = String> {
    /// 0 for `Wmi`, 1 for `Dmtf`: what the MOF was compiled as.
    pub(crate) dialect: u8,
    /// The version of the case folding table behind hashes and orders.
    pub(crate) fold_version: u32,
    /// Every string, one after another.
    pub(crate) text: T,
    /// Symbol to its place in `text`.
    pub(crate) symbols: Vec<Run>,
    pub(crate) namespaces: Vec<NamespaceRecord>,
    /// Classes of all namespaces; those of one namespace are consecutive and in
    /// depth-first order, so a class's subtree is a run.
    pub(crate) classes: Vec<ClassRecord>,
    pub(crate) qualifier_types: Vec<QualifierTypeRecord>,
    pub(crate) properties: Vec<PropertyRecord>,
    pub(crate) methods: Vec<MethodRecord>,
    pub(crate) parameters: Vec<ParameterRecord>,
    pub(crate) qualifiers: Vec<QualifierRecord>,
    pub(crate) values: Vec<ValueRecord>,
    /// Array elements and two-word datetimes.
    pub(crate) words: Vec<u64>,
    /// Lists of numbers: members of classes, sorted orders, ancestors, tables.
    pub(crate) lists: Vec<u32>,
    pub(crate) instances: Vec<InstanceRecord>,
    pub(crate) instance_properties: Vec<InstancePropertyRecord>,
    /// Objects that are values. One only holds those with lower numbers, so
    /// embedding has no cycles.
    pub(crate) embedded: Vec<EmbeddedRecord>,
    pub(crate) embedded_instances: Vec<InstanceRecord>,
    /// Each stands alone, outside every hierarchy.
    pub(crate) embedded_classes: Vec<ClassRecord>,
}

/// A namespace with its classes, qualifier types and instances.
#[derive(Archive, Serialize, Debug)]
pub(crate) struct NamespaceRecord {
    pub(crate) name: u32,
    pub(crate) classes: Run,
    /// In `lists`: an open-addressed table of class number + 1 (0 is free),
    /// probed linearly from `fold::hash(name)`; its length is a power of two.
    pub(crate) class_table: Run,
    /// In `lists`: class numbers in name order.
    pub(crate) classes_by_name: Run,
    /// In name order.
    pub(crate) qualifier_types: Run,
    pub(crate) instances: Run,
}

/// The declared type of a member.
#[derive(Archive, Serialize, Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct TypeRecord {
    pub(crate) cim_type: u8,
    /// 0 scalar, 1 variable array, 2 fixed array.
    pub(crate) array: u8,
    pub(crate) zeros: u16,
    pub(crate) size: u32,
    /// Symbol of the reference or object class, or `NONE`.
    pub(crate) class: u32,
}

/// A class, resolved.
#[derive(Archive, Serialize, Debug)]
pub(crate) struct ClassRecord {
    pub(crate) name: u32,
    /// Symbol of the superclass, or `NONE`.
    pub(crate) superclass: u32,
    /// Number of the superclass when it is in the same archive, or `NONE`.
    pub(crate) superclass_number: u32,
    /// How many classes are above this one.
    pub(crate) depth: u16,
    pub(crate) flags: u8,
    /// One past the last class of the subtree.
    pub(crate) subtree_end: u32,
    /// In `lists`: symbols of the classes above, nearest first.
    pub(crate) ancestors: Run,
    pub(crate) qualifiers: Run,
    /// In `lists`: property numbers in slot order.
    pub(crate) properties: Run,
    /// In `lists`: slots in name order.
    pub(crate) properties_by_name: Run,
    /// In `lists`: slots of the properties that the class declares, in written order.
    pub(crate) own_properties: Run,
    /// In `lists`: method numbers, inherited ones first.
    pub(crate) methods: Run,
    /// In `lists`: positions in `methods` in name order.
    pub(crate) methods_by_name: Run,
    /// In `lists`: positions in `methods` of those that the class declares.
    pub(crate) own_methods: Run,
}

/// Bits of [`ClassRecord::flags`].
pub(crate) mod class_flag {
    pub(crate) const ABSTRACT: u8 = 1;
    pub(crate) const ASSOCIATION: u8 = 2;
    pub(crate) const INDICATION: u8 = 4;
    pub(crate) const SINGLETON: u8 = 8;
}

/// A property as the class at `declared_at` declares it.
#[derive(Archive, Serialize, Debug)]
#[repr(C)]
pub(crate) struct PropertyRecord {
    pub(crate) name: u32,
    pub(crate) data_type: TypeRecord,
    pub(crate) qualifiers: Run,
    /// Value number, or `NONE` where no default is declared.
    pub(crate) default: u32,
    pub(crate) default_inherited: bool,
    pub(crate) key: bool,
    pub(crate) zeros: u16,
    /// Symbol of the class that introduced it.
    pub(crate) origin: u32,
    pub(crate) origin_depth: u16,
    /// Depth of the class that wrote this declaration.
    pub(crate) declared_at: u16,
}

/// A method as the class at `declared_at` declares it.
#[derive(Archive, Serialize, Debug)]
pub(crate) struct MethodRecord {
    pub(crate) name: u32,
    pub(crate) is_void: bool,
    /// Meaningless when `is_void`.
    pub(crate) return_type: TypeRecord,
    pub(crate) parameters: Run,
    pub(crate) qualifiers: Run,
    pub(crate) origin: u32,
    pub(crate) origin_depth: u16,
    pub(crate) declared_at: u16,
}

/// A parameter.
#[derive(Archive, Serialize, Debug)]
#[repr(C)]
pub(crate) struct ParameterRecord {
    pub(crate) name: u32,
    pub(crate) data_type: TypeRecord,
    pub(crate) qualifiers: Run,
    pub(crate) default: u32,
}

/// A qualifier on an element.
#[derive(Archive, Serialize, Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct QualifierRecord {
    pub(crate) name: u32,
    pub(crate) value: u32,
    pub(crate) flavor: u8,
    pub(crate) zeros: [u8; 3],
}

/// A qualifier declaration.
#[derive(Archive, Serialize, Debug)]
pub(crate) struct QualifierTypeRecord {
    pub(crate) name: u32,
    pub(crate) data_type: TypeRecord,
    pub(crate) default: u32,
    pub(crate) scopes: u8,
    pub(crate) flavor: u8,
}

/// What a [`ValueRecord`] holds. The payload of one value is the number's bits,
/// the symbol of a string or reference, the first of two `words` of a datetime,
/// or the number of an embedded object.
pub(crate) mod form {
    /// NULL of a scalar type.
    pub(crate) const NULL: u8 = 0;
    /// NULL of an array type.
    pub(crate) const NULL_ARRAY: u8 = 1;
    /// One value in `payload`.
    pub(crate) const SCALAR: u8 = 2;
    /// `len` payloads from `words[payload]`.
    pub(crate) const ARRAY: u8 = 3;
    /// As `ARRAY`, followed by one bit an element that marks NULLs.
    pub(crate) const ARRAY_WITH_NULLS: u8 = 4;
}

/// A value.
#[derive(Archive, Serialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub(crate) struct ValueRecord {
    pub(crate) payload: u64,
    pub(crate) len: u32,
    pub(crate) form: u8,
    pub(crate) cim_type: u8,
    pub(crate) zeros: u16,
}

/// An instance, top-level or embedded.
#[derive(Archive, Serialize, Debug)]
pub(crate) struct InstanceRecord {
    pub(crate) class: u32,
    pub(crate) qualifiers: Run,
    pub(crate) properties: Run,
}

/// A property of an instance.
#[derive(Archive, Serialize, Clone, Copy, Debug)]
pub(crate) struct InstancePropertyRecord {
    pub(crate) name: u32,
    pub(crate) value: u32,
    pub(crate) qualifiers: Run,
}

/// Which embedded instance or class an embedded object is.
#[derive(Archive, Serialize, Clone, Copy, Debug)]
pub(crate) struct EmbeddedRecord {
    pub(crate) is_class: bool,
    pub(crate) number: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_copied() {
        fn is_copied<T: Archive>() -> bool {
            T::COPY_OPTIMIZATION.is_enabled()
        }
        assert!(is_copied::<Run>());
        assert!(is_copied::<PropertyRecord>());
        assert!(is_copied::<ParameterRecord>());
        assert!(is_copied::<QualifierRecord>());
        assert!(is_copied::<ValueRecord>());
    }
}
