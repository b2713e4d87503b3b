//! Collecting the classes, qualifier types and instances of an archive.

use crate::archive::{self, ArchiveBytes, WriteError, WrittenArchive};
use crate::resolve::ResolvedClass;
use crate::shortcut::Shortcut;
use cimarron_model::{CaseInsensitive, Class, Dialect, Instance, Method, Name, QualifierType};
use hashbrown::{DefaultHashBuilder, HashMap};
use std::io::{Seek, Write};
use std::sync::Arc;

/// Sorted by time of arrival, found by name. Names come from texts, so the hash is seeded.
pub(crate) type IndexMap<K, V> = indexmap::IndexMap<K, V, DefaultHashBuilder>;

/// Collects the content of an archive, namespace by namespace.
#[derive(Debug, Default)]
pub struct SchemaBuilder {
    dialect: Dialect,
    namespaces: IndexMap<Name, NamespaceBuilder>,
}

/// The content of one namespace of an archive in the making.
#[derive(Clone, Debug, Default)]
pub struct NamespaceBuilder {
    classes: IndexMap<Name, Arc<ResolvedClass>>,
    /// Classes that are known but belong to somebody else, such as a live
    /// namespace that the new classes will join.
    base: IndexMap<Name, Arc<ResolvedClass>>,
    qualifier_types: IndexMap<Name, QualifierType>,
    shortcut: Shortcut,
    base_qualifier_types: IndexMap<Name, QualifierType>,
    instances: Vec<Instance>,
}

/// The superclass that a class names is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("class {class}: its superclass {superclass} is not known; declare it first")]
pub struct MissingSuperclass {
    /// The class that was added.
    pub class: Name,
    /// The superclass that it names.
    pub superclass: Name,
}

impl SchemaBuilder {
    /// An empty archive whose content follows `dialect`.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, namespaces: IndexMap::default() }
    }

    /// The dialect of the content.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The namespace of this name (`root/cimv2`), made when it is not there yet.
    pub fn namespace(&mut self, name: &str) -> &mut NamespaceBuilder {
        self.namespaces.entry(Name::new(name)).or_default()
    }

    /// The namespace of this name, if it is there.
    pub fn get(&self, name: &str) -> Option<&NamespaceBuilder> {
        self.namespaces.get(&CaseInsensitive(name))
    }

    /// The namespaces in the order in which they were first named.
    pub fn namespaces(&self) -> impl Iterator<Item = (&Name, &NamespaceBuilder)> {
        self.namespaces.iter()
    }

    /// Writes the archive.
    ///
    /// The same content gives the same bytes, whatever the order in which
    /// classes and qualifier types were added; instances keep their order.
    pub fn finish(&self) -> Result<ArchiveBytes, WriteError> {
        archive::to_bytes(self.dialect, &self.namespaces)
    }

    /// Writes the same archive to a file, from its start on. It is never in memory as a
    /// whole: what was written is to be used only when this went well.
    pub fn write_to(&self, target: &mut (impl Write + Seek)) -> Result<WrittenArchive, WriteError> {
        archive::write_to(target, self.dialect, &self.namespaces)
    }
}

impl NamespaceBuilder {
    /// Makes a class known without making it part of the archive.
    pub fn know(&mut self, class: Arc<ResolvedClass>) {
        self.base.insert(class.name.clone(), class);
    }

    /// Resolves a class under its superclass and adds it, in place of one of the
    /// same name. Classes below it that were added before keep what they
    /// resolved against: add superclasses first.
    pub fn add_class(&mut self, local: Class) -> Result<Arc<ResolvedClass>, MissingSuperclass> {
        let above = match &local.superclass {
            Some(name) => Some(self.class(name.as_str()).ok_or_else(|| MissingSuperclass {
                class: local.name.clone(),
                superclass: name.clone(),
            })?),
            None => None,
        };
        let class = Arc::new(ResolvedClass::resolve(local, above.map(|c| &**c)));
        self.add_resolved(class.clone());
        Ok(class)
    }

    /// Adds a class that has been resolved, in place of one of the same name.
    pub fn add_resolved(&mut self, class: Arc<ResolvedClass>) {
        self.classes.insert(class.name.clone(), class);
    }

    /// Replaces methods, each by what it becomes, in the classes that were added: in that
    /// which declares it and in those that inherit it. All that a method becomes may differ
    /// in is its defaults.
    pub fn replace_methods(&mut self, changes: &[(Arc<Method>, Method)]) {
        let after: HashMap<*const Method, Arc<Method>> = changes
            .iter()
            .map(|(before, after)| (Arc::as_ptr(before), Arc::new(after.clone())))
            .collect();
        for class in self.classes.values_mut() {
            let changed = class.methods.iter().enumerate();
            let changed: Vec<_> = changed
                .filter_map(|(i, m)| Some((i, after.get(&Arc::as_ptr(&m.declaration))?.clone())))
                .collect();
            if changed.is_empty() {
                continue;
            }
            let class = Arc::make_mut(class);
            for (i, declaration) in changed {
                if let Some(member) = class.methods.get_mut(i) {
                    member.declaration = declaration;
                }
            }
        }
    }

    /// Adds a qualifier type, in place of one of the same name.
    pub fn add_qualifier_type(&mut self, declaration: QualifierType) {
        let name = declaration.name.clone();
        let (position, _) = self.qualifier_types.insert_full(name.clone(), declaration);
        self.shortcut.add(name.as_str(), position);
    }

    /// Makes a qualifier type known without making it part of the archive.
    pub fn know_qualifier_type(&mut self, declaration: QualifierType) {
        self.base_qualifier_types.insert(declaration.name.clone(), declaration);
    }

    /// Adds an instance.
    pub fn add_instance(&mut self, instance: Instance) {
        self.instances.push(instance);
    }

    /// The class of this name, added or known.
    pub fn class(&self, name: &str) -> Option<&Arc<ResolvedClass>> {
        let key = CaseInsensitive(name);
        self.classes.get(&key).or_else(|| self.base.get(&key))
    }

    /// Whether a class of this name was added.
    pub fn has_added(&self, name: &str) -> bool {
        self.classes.contains_key(&CaseInsensitive(name))
    }

    /// The qualifier type of this name, added or known.
    pub fn qualifier_type(&self, name: &str) -> Option<&QualifierType> {
        let near = self.shortcut.get(name).and_then(|at| self.qualifier_types.get_index(at));
        let is_it = |there: &Name| Shortcut::decides(name) || there.is(name);
        if let Some((_, found)) = near.filter(|(there, _)| is_it(there)) {
            return Some(found);
        }
        let key = CaseInsensitive(name);
        self.qualifier_types.get(&key).or_else(|| self.base_qualifier_types.get(&key))
    }

    /// All qualifier types, added or known.
    pub fn known_qualifier_types(&self) -> impl Iterator<Item = &QualifierType> {
        self.qualifier_types.values().chain(self.base_qualifier_types.values())
    }

    /// The classes that were added.
    pub fn classes(&self) -> impl ExactSizeIterator<Item = &Arc<ResolvedClass>> {
        self.classes.values()
    }

    /// The qualifier types that were added.
    pub fn qualifier_types(&self) -> impl ExactSizeIterator<Item = &QualifierType> {
        self.qualifier_types.values()
    }

    /// The instances that were added.
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{CimType, DataType, Flavor, Scopes};

    fn declared(name: &str, flavor: Flavor) -> QualifierType {
        let data_type = DataType::scalar(CimType::Boolean);
        let default = QualifierType::null(&data_type);
        QualifierType { name: Name::new(name), data_type, default, scopes: Scopes::ANY, flavor }
    }

    #[test]
    fn qualifier_types_are_found_whatever_their_places() {
        let mut namespace = NamespaceBuilder::default();
        let names: Vec<String> = (0..700).map(|n| format!("Q{n}x")).collect();
        namespace.know_qualifier_type(declared("Base", Flavor::DMTF_DEFAULT));
        namespace.know_qualifier_type(declared("Q1x", Flavor::DMTF_DEFAULT));
        for name in &names {
            namespace.add_qualifier_type(declared(name, Flavor::WMI_DEFAULT));
        }
        for name in &names {
            for written in [name.clone(), name.to_uppercase()] {
                let found = namespace.qualifier_type(&written).unwrap();
                assert_eq!((found.name.as_str(), found.flavor), (&**name, Flavor::WMI_DEFAULT));
            }
        }
        namespace.add_qualifier_type(declared("q5X", Flavor::DMTF_DEFAULT));
        assert_eq!(namespace.qualifier_type("Q5x").unwrap().flavor, Flavor::DMTF_DEFAULT);
        assert!(namespace.qualifier_type("base").is_some());
        assert!(namespace.qualifier_type("Q701x").is_none());
        assert_eq!(namespace.qualifier_types().len(), names.len());
    }
}
