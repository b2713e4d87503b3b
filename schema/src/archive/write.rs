//! From owned declarations to the bytes of an archive.

use super::format::{
    NONE, NamespaceRecord, QualifierRecord, QualifierTypeRecord, Root, Run, TypeRecord,
};
use super::members::Above;
use super::payload::Payload;
use super::symbols::Symbols;
use super::text::WrittenText;
use super::values::ValueWriter;
use super::{ArchiveBytes, WrittenArchive};
use crate::builder::{IndexMap, NamespaceBuilder};
use crate::hierarchy::depth_first;
use crate::resolve::ResolvedClass;
use cimarron_model::{
    ArrayShape, DataType, Dialect, Method, Name, Object, Property, Qualifiers, Value, fold,
};
use rustc_hash::FxHashMap;
use std::io::{self, Seek, Write};

/// Why an archive could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The content does not fit the archive's 32-bit numbers.
    #[error("the schema is too large for one archive (2 GiB): compile it in parts")]
    TooLarge,
    /// Objects are embedded in one another too deeply.
    #[error("objects are embedded more than {} deep", Object::MAX_DEPTH)]
    TooDeep,
    /// rkyv could not lay the content out.
    #[error("the archive could not be laid out: {0}")]
    Layout(#[from] rkyv::rancor::Error),
    /// It could not be written where it was to go.
    #[error("the archive cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// How many bytes the payload has for each class of a real schema.
const CLASS_BYTES: usize = 3 << 10;

/// The bytes of an archive in memory.
pub(crate) fn to_bytes(dialect: Dialect, content: &Namespaces) -> Result<ArchiveBytes, WriteError> {
    let expected = classes(content).saturating_mul(CLASS_BYTES).min(64 << 20);
    Ok(fill(Payload::in_memory(expected), dialect, content)?.finish()?.0)
}

/// Writes an archive to a target, from its start on.
pub(crate) fn write_to(
    target: &mut (impl Write + Seek),
    dialect: Dialect,
    content: &Namespaces,
) -> Result<WrittenArchive, WriteError> {
    Ok(fill(Payload::to(target), dialect, content)?.finish()?.1)
}

/// What is in an archive.
type Namespaces = IndexMap<Name, NamespaceBuilder>;

fn classes(content: &Namespaces) -> usize {
    content.values().map(|content| content.classes().len()).sum()
}

/// Makes all bytes that come after the header.
fn fill<'o>(
    payload: Payload<'o>,
    dialect: Dialect,
    content: &Namespaces,
) -> Result<Payload<'o>, WriteError> {
    let mut writer = Writer::new(payload, dialect);
    writer.reserve(classes(content));
    // In the order of their names: which a text fills first makes no difference.
    let mut sorted: Vec<_> = content.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    for (name, content) in sorted {
        writer.namespace(name, content)?;
    }
    let Writer { mut payload, root, .. } = writer;
    let text = WrittenText::of(&mut payload).ok_or(WriteError::TooLarge)?;
    let root = Root { text, ..root };
    Ok(rkyv::api::high::to_bytes_in::<_, rkyv::rancor::Error>(&root, payload)?)
}

/// A length or position as the archive writes it.
pub(super) fn number(n: usize) -> Result<u32, WriteError> {
    u32::try_from(n).ok().filter(|n| *n != NONE).ok_or(WriteError::TooLarge)
}

/// Appends records and says where they went.
pub(super) fn append<T>(
    to: &mut Vec<T>,
    items: impl IntoIterator<Item = T>,
) -> Result<Run, WriteError> {
    let start = number(to.len())?;
    to.extend(items);
    Ok(Run { start, len: number(to.len())? - start })
}

/// Makes an archive's records of declarations, which it borrows: their texts go to the payload
/// as they come.
pub(super) struct Writer<'a, 'o> {
    pub(super) payload: Payload<'o>,
    pub(super) root: Root<WrittenText>,
    pub(super) symbols: Symbols<'a>,
    pub(super) values: ValueWriter,
    /// Declarations already written, by identity: classes below one that is not in the
    /// archive share them.
    pub(super) properties: FxHashMap<*const Property, u32>,
    pub(super) methods: FxHashMap<*const Method, u32>,
    /// The ends of lists that are not whole yet: a value may hold qualifiers.
    open_qualifiers: Vec<QualifierRecord>,
    /// How many objects the one being written is embedded in.
    pub(super) depth: usize,
}

impl<'a, 'o> Writer<'a, 'o> {
    pub(super) fn new(payload: Payload<'o>, dialect: Dialect) -> Self {
        let root = Root {
            dialect: u8::from(dialect == Dialect::Dmtf),
            fold_version: fold::TABLE_VERSION,
            ..Root::default()
        };
        Self {
            payload,
            root,
            symbols: Symbols::default(),
            values: ValueWriter::default(),
            properties: FxHashMap::default(),
            methods: FxHashMap::default(),
            open_qualifiers: Vec::new(),
            depth: 0,
        }
    }

    /// Makes room as real schemas need it, with little to spare: what an allocator hands out
    /// is cleared two megabytes at a time, used or not.
    fn reserve(&mut self, classes: usize) {
        fn room<T>(list: &mut Vec<T>, bytes: usize) {
            list.reserve(bytes / size_of::<T>());
        }
        let root = &mut self.root;
        root.classes.reserve(classes);
        room(&mut root.symbols, classes * 136);
        room(&mut root.properties, classes * 188);
        room(&mut root.qualifiers, classes * 262);
        room(&mut root.values, classes * 164);
        room(&mut root.words, classes * 132);
        room(&mut root.lists, classes * 180);
        room(&mut self.values.strings, classes * 84);
        self.symbols.reserve(classes * 17);
        self.values.reserve(classes * 5);
    }

    fn namespace(
        &mut self,
        name: &'a Name,
        content: &'a NamespaceBuilder,
    ) -> Result<(), WriteError> {
        let classes: Vec<&'a ResolvedClass> = content.classes().map(|c| &**c).collect();
        let order = depth_first(&classes);
        let first = number(self.root.classes.len())?;
        for place in &order.places {
            let Some(class) = classes.get(place.class) else { continue };
            let above = place.parent.and_then(|p| Some((p, order.places.get(p)?.class)));
            let above = match above.and_then(|(p, c)| Some((p, *classes.get(c)?))) {
                Some((place, class)) => Some(Above { class, number: number(place)? + first }),
                None => None,
            };
            let subtree_end = number(place.subtree_end)? + first;
            let record = self.class_record(class, above, subtree_end)?;
            self.root.classes.push(record);
        }
        let named: Vec<(u32, &str)> = (first..)
            .zip(&order.places)
            .filter_map(|(n, place)| Some((n, classes.get(place.class)?.name.as_str())))
            .collect();
        let class_table = append(&mut self.root.lists, hash_table(&named))?;
        let mut by_name = Vec::with_capacity(order.by_name.len());
        for place in order.by_name {
            by_name.push(number(place)? + first);
        }
        let classes_by_name = append(&mut self.root.lists, by_name)?;
        let record = NamespaceRecord {
            name: self.symbol(name.as_str())?,
            classes: Run { start: first, len: number(order.places.len())? },
            class_table,
            classes_by_name,
            qualifier_types: self.qualifier_types(content)?,
            instances: self.instances(content.instances())?,
        };
        self.root.namespaces.push(record);
        Ok(())
    }

    fn qualifier_types(&mut self, content: &'a NamespaceBuilder) -> Result<Run, WriteError> {
        let mut sorted: Vec<_> = content.qualifier_types().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        let mut records = Vec::with_capacity(sorted.len());
        for declaration in sorted {
            records.push(QualifierTypeRecord {
                name: self.symbol(declaration.name.as_str())?,
                data_type: self.data_type(&declaration.data_type)?,
                default: self.value(&declaration.default)?,
                scopes: declaration.scopes.bits(),
                flavor: declaration.flavor.bits(),
            });
        }
        append(&mut self.root.qualifier_types, records)
    }

    pub(super) fn qualifiers(&mut self, qualifiers: &'a Qualifiers) -> Result<Run, WriteError> {
        let bottom = self.open_qualifiers.len();
        for qualifier in qualifiers {
            let record = QualifierRecord {
                name: self.qualifier_symbol(qualifier.name.as_str())?,
                value: self.value(&qualifier.value)?,
                flavor: qualifier.flavor.bits(),
                zeros: [0; 3],
            };
            self.open_qualifiers.push(record);
        }
        append(&mut self.root.qualifiers, self.open_qualifiers.drain(bottom..))
    }

    pub(super) fn optional_value(&mut self, value: Option<&'a Value>) -> Result<u32, WriteError> {
        value.map_or(Ok(NONE), |v| self.value(v))
    }

    pub(super) fn data_type(&mut self, data_type: &'a DataType) -> Result<TypeRecord, WriteError> {
        let (array, size) = match data_type.array {
            ArrayShape::Scalar => (0, 0),
            ArrayShape::Variable => (1, 0),
            ArrayShape::Fixed(n) => (2, n),
        };
        let class = self.optional_symbol(data_type.class.as_ref())?;
        Ok(TypeRecord { cim_type: data_type.cim_type as u8, array, zeros: 0, size, class })
    }
}

/// The open-addressed table that finds a class by name.
#[expect(clippy::indexing_slicing, reason = "positions are masked to the table's length")]
fn hash_table(named: &[(u32, &str)]) -> Vec<u32> {
    let len = (named.len() * 2).next_power_of_two().max(2);
    let mask = len - 1;
    let mut table = vec![0; len];
    for (n, name) in named {
        let mut at = fold::hash(name) as usize & mask;
        while table[at] != 0 {
            at = (at + 1) & mask;
        }
        table[at] = n + 1;
    }
    table
}
