//! From owned declarations to the bytes of an archive.

use super::by_name::{Inherited, with_new_places};
use super::format::{
    ClassRecord, EmbeddedRecord, InstancePropertyRecord, InstanceRecord, MethodRecord, NONE,
    NamespaceRecord, ParameterRecord, PropertyRecord, QualifierRecord, QualifierTypeRecord, Root,
    Run, TypeRecord, class_flag,
};
use super::values::ValueWriter;
use super::{ArchiveBytes, ArchivePieces, header};
use crate::builder::{IndexMap, NamespaceBuilder};
use crate::hierarchy::depth_first;
use crate::resolve::{Member, Named, ResolvedClass};
use cimarron_model::{
    ArrayShape, Class, DataType, Dialect, Instance, Method, Name, Object, Parameter, Property,
    Qualifiers, Value, fold,
};
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::Arc;

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
}

/// The content of an archive as its records, with no tie to the declarations any more.
pub(crate) fn layout(
    dialect: Dialect,
    namespaces: &IndexMap<Name, NamespaceBuilder>,
) -> Result<LaidOut, WriteError> {
    let mut writer = Writer::new(dialect);
    writer.reserve(namespaces.values().map(|content| content.classes().len()).sum());
    // In the order of their names: which a text fills first makes no difference.
    let mut sorted: Vec<_> = namespaces.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    for (name, content) in sorted {
        writer.namespace(name, content)?;
    }
    if writer.root.text.len() > i32::MAX as usize {
        return Err(WriteError::TooLarge);
    }
    Ok(LaidOut(writer.root))
}

/// All records of an archive.
pub(crate) struct LaidOut(Root);

impl LaidOut {
    pub(crate) fn into_bytes(self) -> Result<ArchiveBytes, WriteError> {
        let Self(root) = self;
        let buffer = header::unsealed(root.text.len() * 2);
        let bytes = rkyv::api::high::to_bytes_in::<_, rkyv::rancor::Error>(&root, buffer)?;
        Ok(header::seal(bytes))
    }

    pub(crate) fn into_pieces(self) -> Result<ArchivePieces, WriteError> {
        Ok(ArchivePieces::of(self.0)?)
    }
}

/// A hash of half the length as tables want it: they look at both ends. Tables of halves
/// stay in the cache.
const fn spread(hash: u32) -> u64 {
    hash as u64 | (hash as u64) << 32
}

/// A length or position as the archive writes it.
pub(super) fn number(n: usize) -> Result<u32, WriteError> {
    u32::try_from(n).ok().filter(|n| *n != NONE).ok_or(WriteError::TooLarge)
}

/// Appends records and says where they went.
fn append<T>(to: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> Result<Run, WriteError> {
    let start = number(to.len())?;
    to.extend(items);
    Ok(Run { start, len: number(to.len())? - start })
}

impl Root {
    /// The text of a symbol while the archive is being written.
    fn symbol_text(&self, symbol: u32) -> &[u8] {
        let place = self.symbols.get(symbol as usize).copied().unwrap_or_default();
        let (start, len) = (place.start as usize, place.len as usize);
        self.text.as_bytes().get(start..start + len).unwrap_or_default()
    }
}

/// A superclass that is in the archive, written already.
#[derive(Clone, Copy)]
struct Above<'a> {
    class: &'a ResolvedClass,
    number: u32,
}

#[derive(Default)]
pub(super) struct Writer {
    pub(super) root: Root,
    /// Symbols by the hash of the text they stand for, which is in `root` already.
    symbols: HashTable<(u32, u32)>,
    pub(super) values: ValueWriter,
    /// Declarations already written, by identity: classes below one that is not in the
    /// archive share them.
    properties: FxHashMap<*const Property, u32>,
    methods: FxHashMap<*const Method, u32>,
    /// The ends of lists that are not whole yet: a value may hold qualifiers.
    open_qualifiers: Vec<QualifierRecord>,
    /// How many objects the one being written is embedded in.
    depth: usize,
}

impl Writer {
    fn new(dialect: Dialect) -> Self {
        let root = Root {
            dialect: u8::from(dialect == Dialect::Dmtf),
            fold_version: fold::TABLE_VERSION,
            ..Root::default()
        };
        Self { root, ..Self::default() }
    }

    /// Makes room as real schemas need it, with little to spare: what an allocator hands out
    /// is cleared two megabytes at a time, used or not. Short lists have the same size in
    /// bytes, whatever they hold, so that allocators lay them side by side.
    fn reserve(&mut self, classes: usize) {
        fn room<T>(list: &mut Vec<T>, bytes: usize) {
            list.reserve(bytes / size_of::<T>());
        }
        let short = classes * 200;
        let root = &mut self.root;
        root.text.reserve(classes.saturating_mul(2 << 10).min(64 << 20));
        room(&mut root.qualifiers, classes * 322);
        room(&mut root.symbols, short);
        room(&mut root.classes, short);
        room(&mut root.properties, short);
        room(&mut root.values, short);
        room(&mut root.words, short);
        room(&mut root.lists, short);
        room(&mut self.values.strings, short);
        self.symbols.reserve(classes * 16, |(h, _)| spread(*h));
        self.values.reserve(classes * 5);
    }

    /// The symbol of a text.
    pub(super) fn symbol(&mut self, text: &str) -> Result<u32, WriteError> {
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(text);
        let hash = (hash ^ hash >> 32) as u32;
        let root = &self.root;
        let same = |(h, s): &(u32, u32)| *h == hash && root.symbol_text(*s) == text.as_bytes();
        let known = self.symbols.find(spread(hash), same);
        if let Some((_, symbol)) = known {
            return Ok(*symbol);
        }
        let symbol = number(self.root.symbols.len())?;
        let run = Run { start: number(self.root.text.len())?, len: number(text.len())? };
        self.root.text.push_str(text);
        self.root.symbols.push(run);
        self.symbols.insert_unique(spread(hash), (hash, symbol), |(h, _)| spread(*h));
        Ok(symbol)
    }

    fn optional_symbol(&mut self, name: Option<&Name>) -> Result<u32, WriteError> {
        name.map_or(Ok(NONE), |n| self.symbol(n.as_str()))
    }

    fn namespace(&mut self, name: &Name, content: &NamespaceBuilder) -> Result<(), WriteError> {
        let classes: Vec<&ResolvedClass> = content.classes().map(|c| &**c).collect();
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

    fn qualifier_types(&mut self, content: &NamespaceBuilder) -> Result<Run, WriteError> {
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

    fn class_record(
        &mut self,
        class: &ResolvedClass,
        above: Option<Above<'_>>,
        subtree_end: u32,
    ) -> Result<ClassRecord, WriteError> {
        let mut ancestors = Vec::with_capacity(class.ancestors.len());
        for name in &class.ancestors {
            ancestors.push(self.symbol(name.as_str())?);
        }
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
        let flag = |name, bit| if class.qualifiers.is_true(name) { bit } else { 0 };
        Ok(ClassRecord {
            name: self.symbol(class.name.as_str())?,
            superclass: self.optional_symbol(class.superclass())?,
            superclass_number,
            depth: class.depth(),
            flags: flag("Abstract", class_flag::ABSTRACT)
                | flag("Association", class_flag::ASSOCIATION)
                | flag("Indication", class_flag::INDICATION)
                | flag("Singleton", class_flag::SINGLETON),
            subtree_end,
            ancestors: append(&mut self.root.lists, ancestors)?,
            qualifiers: self.qualifiers(&class.qualifiers)?,
            properties: properties.0,
            properties_by_name: properties.1,
            own_properties: append(&mut self.root.lists, class.own_properties.iter().copied())?,
            methods: methods.0,
            methods_by_name: methods.1,
            own_methods: append(&mut self.root.lists, class.own_methods.iter().copied())?,
        })
    }

    /// A class that is a value: written as it was given, outside any hierarchy.
    fn embedded_class(&mut self, class: &Class) -> Result<u32, WriteError> {
        let resolved = ResolvedClass::as_given(class);
        let record = self.class_record(&resolved, None, 0)?;
        let n = number(self.root.embedded_classes.len())?;
        self.root.embedded_classes.push(record);
        // The declarations die with `resolved`; their addresses may be reused.
        for member in &resolved.properties {
            self.properties.remove(&Arc::as_ptr(&member.declaration));
        }
        for member in &resolved.methods {
            self.methods.remove(&Arc::as_ptr(&member.declaration));
        }
        Ok(n)
    }

    /// The numbers of members. What a superclass in the archive has in the same place is
    /// shared with it; without one, what others of its subclasses have is shared with them.
    fn members<T>(
        &mut self,
        members: &[Member<T>],
        inherited: Option<Inherited<'_, T>>,
        written: fn(&mut Self) -> &mut FxHashMap<*const T, u32>,
        write: fn(&mut Self, &Member<T>) -> Result<u32, WriteError>,
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
                None => write(self, member)?,
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
        let list = append(lists, numbers.iter().copied())?;
        Ok((list, append(lists, places)?))
    }

    fn property(&mut self, member: &Member<Property>) -> Result<u32, WriteError> {
        let property = &*member.declaration;
        let record = PropertyRecord {
            name: self.symbol(property.name.as_str())?,
            data_type: self.data_type(&property.data_type)?,
            qualifiers: self.qualifiers(&property.qualifiers)?,
            default: self.optional_value(property.default.as_ref())?,
            default_inherited: property.default_inherited,
            key: property.is_key(),
            origin: self.optional_symbol(property.origin.as_ref().map(|o| &o.class))?,
            origin_depth: property.origin.as_ref().map_or(0, |o| o.depth),
            declared_at: member.declared_at,
        };
        let n = number(self.root.properties.len())?;
        self.root.properties.push(record);
        Ok(n)
    }

    fn method(&mut self, member: &Member<Method>) -> Result<u32, WriteError> {
        let method = &*member.declaration;
        let unused = DataType::scalar(cimarron_model::CimType::Boolean);
        let record = MethodRecord {
            name: self.symbol(method.name.as_str())?,
            is_void: method.return_type.is_none(),
            return_type: self.data_type(method.return_type.as_ref().unwrap_or(&unused))?,
            parameters: self.parameters(&method.parameters)?,
            qualifiers: self.qualifiers(&method.qualifiers)?,
            origin: self.optional_symbol(method.origin.as_ref().map(|o| &o.class))?,
            origin_depth: method.origin.as_ref().map_or(0, |o| o.depth),
            declared_at: member.declared_at,
        };
        let n = number(self.root.methods.len())?;
        self.root.methods.push(record);
        Ok(n)
    }

    fn parameters(&mut self, parameters: &[Parameter]) -> Result<Run, WriteError> {
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

    fn qualifiers(&mut self, qualifiers: &Qualifiers) -> Result<Run, WriteError> {
        let bottom = self.open_qualifiers.len();
        for qualifier in qualifiers {
            let record = QualifierRecord {
                name: self.symbol(qualifier.name.as_str())?,
                value: self.value(&qualifier.value)?,
                flavor: qualifier.flavor.bits(),
            };
            self.open_qualifiers.push(record);
        }
        append(&mut self.root.qualifiers, self.open_qualifiers.drain(bottom..))
    }

    fn optional_value(&mut self, value: Option<&Value>) -> Result<u32, WriteError> {
        value.map_or(Ok(NONE), |v| self.value(v))
    }

    fn data_type(&mut self, data_type: &DataType) -> Result<TypeRecord, WriteError> {
        let (array, size) = match data_type.array {
            ArrayShape::Scalar => (0, 0),
            ArrayShape::Variable => (1, 0),
            ArrayShape::Fixed(n) => (2, n),
        };
        let class = self.optional_symbol(data_type.class.as_ref())?;
        Ok(TypeRecord { cim_type: data_type.cim_type as u8, array, size, class })
    }

    fn instances(&mut self, instances: &[Instance]) -> Result<Run, WriteError> {
        let mut records = Vec::with_capacity(instances.len());
        for instance in instances {
            records.push(self.instance_record(instance)?);
        }
        append(&mut self.root.instances, records)
    }

    /// The number of an object that is a value. What it embeds is written before
    /// it, so that it only holds lower numbers.
    pub(super) fn embedded(&mut self, object: &Object) -> Result<u32, WriteError> {
        if self.depth >= Object::MAX_DEPTH {
            return Err(WriteError::TooDeep);
        }
        self.depth += 1;
        let record = match object {
            Object::Instance(instance) => {
                let record = self.instance_record(instance)?;
                self.root.embedded_instances.push(record);
                EmbeddedRecord {
                    is_class: false,
                    number: number(self.root.embedded_instances.len() - 1)?,
                }
            }
            Object::Class(class) => {
                EmbeddedRecord { is_class: true, number: self.embedded_class(class)? }
            }
        };
        self.depth -= 1;
        self.root.embedded.push(record);
        number(self.root.embedded.len() - 1)
    }

    fn instance_record(&mut self, instance: &Instance) -> Result<InstanceRecord, WriteError> {
        let mut records = Vec::with_capacity(instance.len());
        for (name, property) in instance.properties() {
            records.push(InstancePropertyRecord {
                name: self.symbol(name.as_str())?,
                value: self.value(&property.value)?,
                qualifiers: self.qualifiers(&property.qualifiers)?,
            });
        }
        Ok(InstanceRecord {
            class: self.symbol(instance.class.as_str())?,
            qualifiers: self.qualifiers(&instance.qualifiers)?,
            properties: append(&mut self.root.instance_properties, records)?,
        })
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
