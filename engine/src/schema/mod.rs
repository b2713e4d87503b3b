//! The classes of a namespace.
//!
//! A [`Schema`] is one immutable version: readers take the one that is current
//! and keep it as long as they like. Classes come from any number of archives; a
//! class made at run time lies in an archive of its own, so every class is read
//! in the same way.
//!
//! Invariants: a class keeps its [`ClassId`] through every redefinition and no
//! other class ever gets it; a [`ClassVersion`] names one definition; the numbers
//! of the hierarchy belong to one schema version.

mod bind;
mod hierarchy;
pub(crate) mod install;
mod layout;
pub(crate) mod qualifiers;
mod role;
pub(crate) mod slot_map;
pub(crate) mod update;

pub(crate) use layout::{Bounds, Layout, Slot};
pub(crate) use role::{Role, Standing};

use cimarron_model::{CaseInsensitive, Class, ClassVersion, Name, QualifierType, suggest};
use cimarron_schema::{Archive, ClassForm, ClassView};
use hashbrown::{HashMap, HashSet};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The identity of a class within its namespace: stable through redefinitions
/// and never given to another class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub(crate) u32);

impl ClassId {
    /// What rows have that are no instances: no schema knows it.
    pub(crate) const NONE: Self = Self(u32::MAX);
}

/// One definition of a class.
pub(crate) struct ClassDef {
    pub(crate) id: ClassId,
    pub(crate) version: ClassVersion,
    pub(crate) name: Name,
    pub(crate) superclass: Option<Name>,
    pub(crate) is_abstract: bool,
    pub(crate) is_singleton: bool,
    pub(crate) is_association: bool,
    pub(crate) has_keys: bool,
    /// The class holds localised qualifiers (WMI's `Amendment`).
    pub(crate) is_amendment: bool,
    /// What the class is, when DMTF has no instances of it but embedded ones.
    pub(crate) transient: Option<&'static str>,
    /// The class was resolved again because one above it changed; nobody put it.
    pub(crate) follows: bool,
    archive: Arc<Archive>,
    /// Which of the archive's namespaces.
    namespace: usize,
    layout: OnceLock<Arc<Layout>>,
}

impl ClassDef {
    fn new(
        id: ClassId,
        version: ClassVersion,
        archive: &Arc<Archive>,
        namespace: usize,
        class: ClassView<'_>,
    ) -> Self {
        Self {
            id,
            version,
            name: class.name().into(),
            superclass: class.superclass_name().map(Name::new),
            is_abstract: class.is_abstract(),
            is_singleton: class.is_singleton(),
            is_association: class.is_association(),
            has_keys: class.keys().next().is_some(),
            is_amendment: class.qualifiers().is_true("Amendment"),
            transient: transient(class),
            follows: false,
            archive: archive.clone(),
            namespace,
            layout: OnceLock::new(),
        }
    }

    /// A class of this identity and version that lies in an archive; `None` when it does not.
    pub(crate) fn restore(
        (id, version): (ClassId, ClassVersion),
        archive: &Arc<Archive>,
        namespace: u32,
        name: &Name,
    ) -> Option<Self> {
        let namespace = namespace as usize;
        let class = archive.namespaces().nth(namespace)?.class(name.as_str())?;
        Some(Self::new(id, version, archive, namespace, class))
    }

    /// The archive that it lies in.
    pub(crate) const fn archive(&self) -> &Arc<Archive> {
        &self.archive
    }

    /// In which of the archive's namespaces.
    pub(crate) const fn place(&self) -> u32 {
        self.namespace as u32
    }

    /// The class where it lies in its archive.
    pub(crate) fn view(&self) -> Option<ClassView<'_>> {
        self.archive.namespaces().nth(self.namespace)?.class(self.name.as_str())
    }

    pub(crate) fn layout(&self) -> &Arc<Layout> {
        self.layout.get_or_init(|| {
            Arc::new(match self.view() {
                Some(view) => Layout::new(self.id, self.version, view),
                // An archive does not lose classes; an empty layout is what is left to say.
                None => {
                    Layout::from_slots(self.id, self.version, self.name.clone(), std::iter::empty())
                }
            })
        })
    }

    /// Whether the engine put the class there, and nobody has changed it.
    pub(crate) fn is_built_in(&self) -> bool {
        self.version == BUILT_IN
    }

    /// Whether the class is one of WMI's system classes, which only the engine declares.
    pub(crate) fn is_system(&self) -> bool {
        self.is_built_in() && self.name.as_str().starts_with("__")
    }

    /// An owned copy.
    pub(crate) fn to_class(&self, form: ClassForm) -> Class {
        self.view().map_or_else(|| Class::new(self.name.clone()), |view| view.to_class(form))
    }
}

/// What a class is whose instances nothing addresses (DSP0004 5.6.3: `Indication`,
/// `Exception`, `Structure`).
fn transient(class: ClassView<'_>) -> Option<&'static str> {
    let kinds = [
        ("Indication", "an indication"),
        ("Exception", "an exception"),
        ("Structure", "a structure"),
    ];
    let is = |qualifier| class.qualifiers().is_true(qualifier);
    kinds.into_iter().find(|(qualifier, _)| is(qualifier)).map(|(_, kind)| kind)
}

impl fmt::Debug for ClassDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClassDef").field("name", &self.name).field("id", &self.id).finish()
    }
}

/// A class at its place in one schema version.
#[derive(Debug)]
struct Place {
    class: Arc<ClassDef>,
    parent: Option<u32>,
    end: u32,
    /// The topmost class, this one or above, that declares keys.
    key_root: Option<ClassId>,
}

/// The classes, each at its place.
#[derive(Debug)]
struct Tree {
    /// In depth-first order.
    places: Vec<Place>,
    by_name: HashMap<Name, u32>,
    by_id: FxHashMap<ClassId, u32>,
}

/// One version of a namespace's classes and qualifier types.
#[derive(Debug)]
pub(crate) struct Schema {
    tree: Arc<Tree>,
    qualifier_types: Arc<BTreeMap<Name, QualifierType>>,
    /// The next identity to give; identities of deleted classes are not reused.
    next_id: u32,
    /// The next class version to give.
    next_version: u64,
}

/// The version of the classes that nobody put there: WMI's system classes.
const BUILT_IN: ClassVersion = ClassVersion(0);

impl Default for Schema {
    fn default() -> Self {
        Self::assemble(&[], Arc::default(), 0, BUILT_IN.0 + 1)
    }
}

impl Schema {
    /// The schema that an archive's built-in classes make, which stand in several of its
    /// namespaces; identities are given in their order.
    pub(crate) fn built_in(archive: &Arc<Archive>, namespaces: &[usize]) -> Self {
        let mut classes = Vec::new();
        for namespace in namespaces {
            let content = archive.namespaces().nth(*namespace);
            for class in content.into_iter().flat_map(cimarron_schema::SchemaView::classes) {
                let id = ClassId(classes.len() as u32);
                classes.push(Arc::new(ClassDef::new(id, BUILT_IN, archive, *namespace, class)));
            }
        }
        Self::assemble(&classes, Arc::default(), classes.len() as u32, BUILT_IN.0 + 1)
    }

    /// The schema that these classes make.
    fn assemble(
        classes: &[Arc<ClassDef>],
        qualifier_types: Arc<BTreeMap<Name, QualifierType>>,
        next_id: u32,
        next_version: u64,
    ) -> Self {
        let input: Vec<_> = classes.iter().map(|c| (&c.name, c.superclass.as_ref())).collect();
        let nodes = hierarchy::number(&input);
        let mut places: Vec<Place> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let Some(class) = classes.get(node.input) else { continue };
            let above = node.parent.and_then(|p| places.get(p as usize)).and_then(|p| p.key_root);
            places.push(Place {
                key_root: above.or_else(|| class.has_keys.then_some(class.id)),
                class: class.clone(),
                parent: node.parent,
                end: node.end,
            });
        }
        let by_name = (0..).zip(&places).map(|(n, p)| (p.class.name.clone(), n)).collect();
        let by_id = (0..).zip(&places).map(|(n, p)| (p.class.id, n)).collect();
        let tree = Arc::new(Tree { places, by_name, by_id });
        Self { tree, qualifier_types, next_id, next_version }
    }

    /// The schema that these classes make, which were in one before, and the next identity and
    /// version to give; `None` when it cannot be one.
    pub(crate) fn restore(
        classes: &[Arc<ClassDef>],
        qualifier_types: Arc<BTreeMap<Name, QualifierType>>,
        (next_id, next_version): (u32, u64),
    ) -> Option<Self> {
        // No repository gets half as far, and behind the last number there is none to give.
        if next_id > u32::MAX / 2 || next_version > u64::MAX / 2 {
            return None;
        }
        let schema = Self::assemble(classes, qualifier_types, next_id, next_version);
        let is_given =
            |class: &Arc<ClassDef>| class.id.0 < next_id && class.version.0 < next_version;
        // Names that are there twice and circles are lost on the way.
        let is_whole =
            schema.tree.places.len() == classes.len() && schema.tree.by_name.len() == classes.len();
        (is_whole && classes.iter().all(is_given)).then_some(schema)
    }

    /// The same schema with the classes of another that it lacks by name, which are built in;
    /// `None` when it lacks none.
    pub(crate) fn with_built_in(&self, start: &Self) -> Option<Self> {
        let lacks = |class: &ClassRef<'_>| self.class(class.name().as_str()).is_none();
        let mut next_id = self.next_id;
        let mut classes: Vec<_> = self.classes().map(|class| class.def().clone()).collect();
        let known = classes.len();
        for class in start.classes().filter(lacks) {
            let (def, id) = (class.def(), ClassId(next_id));
            let version = (id, def.version);
            let added = ClassDef::restore(version, &def.archive, def.place(), &def.name)?;
            classes.push(Arc::new(added));
            next_id += 1;
        }
        let types = self.qualifier_types.clone();
        (classes.len() > known).then(|| Self::assemble(&classes, types, next_id, self.next_version))
    }

    /// Whether this has the very same classes, and they are all there is.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let same = |(a, b): (ClassRef<'_>, ClassRef<'_>)| {
            let (a, b) = (a.def(), b.def());
            (a.id, a.version, &a.name) == (b.id, b.version, &b.name)
                && a.archive.content_hash() == b.archive.content_hash()
        };
        self.counters() == other.counters()
            && self.tree.places.len() == other.tree.places.len()
            && self.qualifier_types == other.qualifier_types
            && self.classes().zip(other.classes()).all(same)
    }

    /// The next identity and the next version to give.
    pub(crate) const fn counters(&self) -> (u32, u64) {
        (self.next_id, self.next_version)
    }

    /// The same schema without some classes.
    pub(crate) fn without(&self, gone: &[ClassId]) -> Self {
        let gone: HashSet<&ClassId> = gone.iter().collect();
        let kept: Vec<_> = self
            .classes()
            .filter(|c| !gone.contains(&c.def().id))
            .map(|c| c.def().clone())
            .collect();
        Self::assemble(&kept, self.qualifier_types.clone(), self.next_id, self.next_version)
    }

    /// The same classes with other qualifier types.
    pub(crate) fn with_qualifier_types(
        &self,
        qualifier_types: Arc<BTreeMap<Name, QualifierType>>,
    ) -> Self {
        Self { tree: self.tree.clone(), qualifier_types, ..*self }
    }

    /// The class of this name, without case.
    pub(crate) fn class(&self, name: &str) -> Option<ClassRef<'_>> {
        let number = *self.tree.by_name.get(&CaseInsensitive(name))?;
        self.numbered(number)
    }

    pub(crate) fn by_id(&self, id: ClassId) -> Option<ClassRef<'_>> {
        self.numbered(*self.tree.by_id.get(&id)?)
    }

    fn numbered(&self, number: u32) -> Option<ClassRef<'_>> {
        Some(ClassRef { schema: self, number, place: self.tree.places.get(number as usize)? })
    }

    /// The classes of these numbers, which are those of this version.
    pub(crate) fn range(&self, numbers: Range<u32>) -> impl Iterator<Item = ClassRef<'_>> {
        numbers.filter_map(|n| self.numbered(n))
    }

    /// The numbers of all classes.
    pub(crate) fn run(&self) -> Range<u32> {
        0..self.tree.places.len() as u32
    }

    /// All classes in depth-first order.
    pub(crate) fn classes(&self) -> impl Iterator<Item = ClassRef<'_>> {
        self.range(self.run())
    }

    /// Whether there is no class but built-in ones.
    pub(crate) fn is_empty(&self) -> bool {
        self.tree.places.iter().all(|place| place.class.is_built_in())
    }

    pub(crate) const fn qualifier_types(&self) -> &Arc<BTreeMap<Name, QualifierType>> {
        &self.qualifier_types
    }

    /// The class whose name is nearest to one that is not there.
    pub(crate) fn suggestion(&self, name: &str) -> Option<Name> {
        let names = self.tree.places.iter().map(|p| p.class.name.as_str());
        suggest::nearest(name, names).map(Name::new)
    }
}

/// A class in one schema version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClassRef<'a> {
    schema: &'a Schema,
    number: u32,
    place: &'a Place,
}

impl<'a> ClassRef<'a> {
    pub(crate) const fn def(self) -> &'a Arc<ClassDef> {
        &self.place.class
    }

    pub(crate) fn name(self) -> &'a Name {
        &self.def().name
    }

    pub(crate) fn layout(self) -> &'a Arc<Layout> {
        self.def().layout()
    }

    /// The topmost class, this one or above, that declares keys.
    pub(crate) fn key_root_class(self) -> Option<Self> {
        self.schema.by_id(self.key_root()?)
    }

    pub(crate) const fn key_root(self) -> Option<ClassId> {
        self.place.key_root
    }

    pub(crate) fn parent(self) -> Option<Self> {
        self.schema.numbered(self.place.parent?)
    }

    /// Whether this is `other` or below it.
    pub(crate) fn is_a(self, other: Self) -> bool {
        (other.number..other.place.end).contains(&self.number)
    }

    /// The numbers of the class and of everything below it.
    pub(crate) const fn run(self) -> Range<u32> {
        self.number..self.place.end
    }

    /// The class and everything below it, in depth-first order.
    pub(crate) fn subtree(self) -> impl Iterator<Item = Self> + 'a {
        self.schema.range(self.run())
    }

    /// The classes right below, in name order.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> + 'a {
        self.schema
            .range(self.number + 1..self.place.end)
            .filter(move |c| c.place.parent == Some(self.number))
    }
}
