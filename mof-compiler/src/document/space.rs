//! A namespace as the pages need it: classes by number with what points at them.
//!
//! Everything here is found in one pass over what each class itself declares, so
//! that writing a page looks up and never searches.

use super::names::FileNames;
use super::prose;
use super::usage::Usage;
use cimarron_model::{CimType, DataType, Instance, Name, Value};
use cimarron_schema::{ClassView, MethodView, PropertyView, QualifiersView, SchemaView};
use hashbrown::HashMap;

/// A class by its place in depth-first order within its namespace.
pub(super) type ClassIndex = usize;

/// One namespace.
pub(super) struct Space<'a> {
    pub(super) schema: SchemaView<'a>,
    /// The folder of its pages: empty, or ending in `/`.
    pub(super) folder: String,
    /// From that folder to the root of the site.
    pub(super) to_root: &'static str,
    pub(super) classes: Vec<Node<'a>>,
    /// The first class's number in the archive.
    first: u32,
    pub(super) usage: Usage<'a>,
    /// Whether any class says in which package it is.
    pub(super) has_packages: bool,
    pub(super) instances: Vec<Vec<Instance>>,
}

/// A class, with what points at it.
pub(super) struct Node<'a> {
    pub(super) view: ClassView<'a>,
    pub(super) name: &'a str,
    /// The file name of its page, without `.html`.
    pub(super) file: String,
    pub(super) parent: Option<ClassIndex>,
    pub(super) children: Vec<ClassIndex>,
    /// The first sentence of its description.
    pub(super) summary: String,
    pub(super) traits: Traits,
    /// The parts of its package's path, outermost first.
    pub(super) package: Vec<String>,
    /// Associations with a reference to exactly this class, and the slot of it.
    pub(super) associations: Vec<(ClassIndex, usize)>,
    /// Members elsewhere whose type names this class.
    pub(super) users: Vec<User<'a>>,
    /// Classes that declare a member again, by the member's name here.
    pub(super) overriders: HashMap<Name, Vec<ClassIndex>>,
}

/// What a class is, in words of the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) association: bool,
    pub(super) indication: bool,
    pub(super) r#abstract: bool,
    pub(super) singleton: bool,
    pub(super) terminal: bool,
    pub(super) deprecated: bool,
    pub(super) experimental: bool,
}

/// A member whose type names a class.
#[derive(Clone, Copy)]
pub(super) struct User<'a> {
    pub(super) class: ClassIndex,
    pub(super) member: Member<'a>,
    /// For a parameter of the member, its name.
    pub(super) parameter: Option<&'a str>,
    /// Embedded, not referred to.
    pub(super) embedded: bool,
}

/// A property or a method by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member<'a> {
    Property(&'a str),
    Method(&'a str),
}

impl<'a> Space<'a> {
    pub(super) fn new(schema: SchemaView<'a>, folder: String, to_root: &'static str) -> Self {
        let first = schema.classes().next().map_or(0, ClassView::number);
        let mut names = FileNames::default();
        let classes: Vec<Node<'a>> =
            schema.classes().map(|view| Node::new(view, first, &mut names)).collect();
        let mut space = Self {
            schema,
            folder,
            to_root,
            has_packages: classes.iter().any(|node| !node.package.is_empty()),
            instances: vec![Vec::new(); classes.len()],
            classes,
            first,
            usage: Usage::new(schema),
        };
        for index in 0..space.classes.len() {
            space.connect(index);
        }
        for instance in schema.instances() {
            let class = space.find(instance.class.as_str());
            if let Some(list) = class.and_then(|index| space.instances.get_mut(index)) {
                list.push(instance);
            }
        }
        space
    }

    pub(super) fn node(&self, index: ClassIndex) -> Option<&Node<'a>> {
        self.classes.get(index)
    }

    pub(super) fn find(&self, name: &str) -> Option<ClassIndex> {
        let number = self.schema.class(name)?.number().checked_sub(self.first)?;
        usize::try_from(number).ok().filter(|index| *index < self.classes.len())
    }

    /// The class and those above it, nearest first.
    pub(super) fn lineage(
        &self,
        index: ClassIndex,
    ) -> impl Iterator<Item = (ClassIndex, &Node<'a>)> {
        let mut next = Some(index);
        std::iter::from_fn(move || {
            let index = next?;
            // A parent stands before its children, so this comes to an end.
            let node = self.classes.get(index)?;
            next = node.parent.filter(|parent| *parent < index);
            Some((index, node))
        })
    }

    /// The class at or above this one that wrote a member declared at this depth.
    pub(super) fn at_depth(&self, index: ClassIndex, depth: u16) -> Option<ClassIndex> {
        self.lineage(index).find(|(_, node)| node.view.depth() == depth).map(|(index, _)| index)
    }

    /// How many classes are below this one.
    pub(super) fn below(&self, index: ClassIndex) -> usize {
        let number = |node: &Node<'_>| node.view.subtree_end().saturating_sub(node.view.number());
        self.node(index).map_or(0, |node| number(node).saturating_sub(1) as usize)
    }

    /// The classes in name order.
    pub(super) fn by_name(&self) -> Vec<ClassIndex> {
        let place = |view: ClassView<'_>| view.number().checked_sub(self.first);
        let order = self.schema.classes_by_name().filter_map(place);
        order.filter_map(|number| usize::try_from(number).ok()).collect()
    }

    /// Notes what one class points at.
    fn connect(&mut self, index: ClassIndex) {
        let Some(node) = self.classes.get(index) else { return };
        let (view, parent, association) = (node.view, node.parent, node.traits.association);
        if let Some(parent) = parent.and_then(|parent| self.classes.get_mut(parent)) {
            parent.children.push(index);
        }
        self.usage.class(index, view);
        if association {
            self.connect_references(index, view);
        }
        for property in view.own_properties() {
            let member = Member::Property(property.name());
            self.usage.member(index, property.name(), property.qualifiers());
            let is_end = association && property.cim_type() == CimType::Reference;
            if !is_end {
                let types = (property.data_type(), property.qualifiers());
                self.connect_type(&types.0, types.1, User::new(index, member, None));
            }
            self.note_override(index, parent, member);
        }
        for method in view.own_methods() {
            self.connect_method(index, method);
            self.note_override(index, parent, Member::Method(method.name()));
        }
    }

    fn connect_references(&mut self, index: ClassIndex, view: ClassView<'a>) {
        for property in view.properties().filter(|p| p.cim_type() == CimType::Reference) {
            let end = property.type_class().and_then(|class| self.find(class));
            if let Some(end) = end.and_then(|end| self.classes.get_mut(end)) {
                end.associations.push((index, property.slot()));
            }
        }
    }

    fn connect_method(&mut self, index: ClassIndex, method: MethodView<'a>) {
        let member = Member::Method(method.name());
        self.usage.member(index, method.name(), method.qualifiers());
        if let Some(returned) = method.return_type() {
            self.connect_type(&returned, method.qualifiers(), User::new(index, member, None));
        }
        for parameter in method.parameters() {
            self.usage.member(index, method.name(), parameter.qualifiers());
            let user = User::new(index, member, Some(parameter.name()));
            self.connect_type(&parameter.data_type(), parameter.qualifiers(), user);
        }
    }

    fn connect_type(
        &mut self,
        data_type: &DataType,
        qualifiers: QualifiersView<'_>,
        user: User<'a>,
    ) {
        let embedded = embedded_class(data_type, qualifiers);
        let class = embedded.clone().or_else(|| data_type.class.clone());
        let named = class.and_then(|class| self.find(class.as_str()));
        if let Some(node) = named.and_then(|named| self.classes.get_mut(named)) {
            node.users.push(User { embedded: embedded.is_some(), ..user });
        }
    }

    /// Tells the nearest class above that declares the member too.
    fn note_override(&mut self, index: ClassIndex, parent: Option<ClassIndex>, member: Member<'a>) {
        let Some((above, name)) = parent.and_then(|parent| self.declarer(parent, member)) else {
            return;
        };
        if let Some(node) = self.classes.get_mut(above) {
            node.overriders.entry(Name::new(name)).or_default().push(index);
        }
    }

    /// Of this class and those above it, the nearest that itself declares the
    /// member, and how that one spells its name.
    pub(super) fn declarer(
        &self,
        index: ClassIndex,
        member: Member<'_>,
    ) -> Option<(ClassIndex, &'a str)> {
        let view = self.node(index)?.view;
        let (name, depth) = match member {
            Member::Property(name) => view.property(name).map(|p| (p.name(), p.declared_at()))?,
            Member::Method(name) => view.method(name).map(|m| (m.name(), m.declared_at()))?,
        };
        Some((self.at_depth(index, depth)?, name))
    }
}

impl<'a> User<'a> {
    const fn new(class: ClassIndex, member: Member<'a>, parameter: Option<&'a str>) -> Self {
        Self { class, member, parameter, embedded: false }
    }
}

impl<'a> Node<'a> {
    fn new(view: ClassView<'a>, first: u32, names: &mut FileNames) -> Self {
        let qualifiers = view.qualifiers();
        let below = |number: u32| number.checked_sub(first).and_then(|n| usize::try_from(n).ok());
        Self {
            view,
            name: view.name(),
            file: names.class(view.name()),
            parent: view.superclass().and_then(|above| below(above.number())),
            children: Vec::new(),
            summary: summary(qualifiers),
            traits: Traits {
                association: view.is_association(),
                indication: view.is_indication(),
                r#abstract: view.is_abstract(),
                singleton: view.is_singleton(),
                terminal: qualifiers.is_true("Terminal"),
                deprecated: value_of(qualifiers, "Deprecated").is_some(),
                experimental: qualifiers.is_true("Experimental"),
            },
            package: package(view),
            associations: Vec::new(),
            users: Vec::new(),
            overriders: HashMap::new(),
        }
    }

    /// The members' keys among the properties, in slot order.
    pub(super) fn keys(&self) -> impl Iterator<Item = PropertyView<'a>> {
        self.view.keys()
    }
}

/// The parts of `UMLPackagePath`, as in `CIM::User::PrivilegeManagementService`.
fn package(view: ClassView<'_>) -> Vec<String> {
    let value = value_of(view.qualifiers(), "UMLPackagePath");
    let path = value.as_ref().and_then(|v| v.as_str()).unwrap_or_default();
    let parts = path.split("::").map(str::trim).filter(|part| !part.is_empty());
    parts.take(MOST_PARTS).map(str::to_owned).collect()
}

/// Packages nested deeper count as part of the last of these.
const MOST_PARTS: usize = 16;

/// What a qualifier says, if it is there and says something.
pub(super) fn value_of(qualifiers: QualifiersView<'_>, name: &str) -> Option<Value> {
    let value = qualifiers.get(name)?.value();
    (!value.is_null()).then_some(value)
}

/// The first sentence of an element's description.
pub(super) fn summary(qualifiers: QualifiersView<'_>) -> String {
    let description = value_of(qualifiers, "Description");
    description.as_ref().and_then(|d| d.as_str()).map_or_else(String::new, prose::summary)
}

/// The class of what is embedded: WMI's `object:Class`, or DMTF's
/// `EmbeddedInstance` on a string.
pub(super) fn embedded_class(data_type: &DataType, qualifiers: QualifiersView<'_>) -> Option<Name> {
    match data_type.cim_type {
        CimType::Object => data_type.class.clone(),
        CimType::String => {
            let value = qualifiers.get("EmbeddedInstance")?.value();
            value.as_str().map(Name::new)
        }
        _ => None,
    }
}
