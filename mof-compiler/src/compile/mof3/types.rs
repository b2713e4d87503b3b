//! The types that a namespace's text declares, and the resolving of their names.
//!
//! A local type is visible in the type that declares it, in what derives from that,
//! and in what these hold (DSP0221 7.5.1); the innermost one of a name counts.

mod naming;

pub(super) use naming::local_to;

use super::super::Context;
use super::Placed;
use super::enumeration::Members;
use super::features::{Index, Named};
use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::syntax::ast::Identifier;
use crate::syntax::mof3::ast::{
    Declaration, EnumerationDeclaration, Feature, Method, Property, TypeDeclaration, TypeKind,
    TypeSort,
};
use cimarron_model::{CaseInsensitive, CimType, Name, suggest};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::MAX_DEPTH;
use hashbrown::HashMap;
use naming::{again, schema_name};
use std::sync::Arc;

/// The number of a type of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TypeId(usize);

/// What declares a type.
#[derive(Clone, Copy)]
pub(super) enum Declared<'d> {
    Complex(&'d TypeDeclaration<'d>),
    Enumeration(&'d EnumerationDeclaration<'d>),
}

impl<'d> Declared<'d> {
    const fn sort(self) -> &'static str {
        match self {
            Self::Complex(node) => node.sort.as_str(),
            Self::Enumeration(_) => "enumeration",
        }
    }

    const fn name(self) -> Identifier<'d> {
        match self {
            Self::Complex(node) => node.name,
            Self::Enumeration(node) => node.name,
        }
    }
}

/// A type of the text.
pub(super) struct Node<'d> {
    pub(super) file: FileId,
    pub(super) declared: Declared<'d>,
    /// The name in the archive: `Outer_Inner` of a local type.
    pub(super) name: String,
    /// The type that a local one stands in.
    pub(super) outer: Option<TypeId>,
    locals: HashMap<Name, TypeId>,
    /// What it derives from or extends.
    pub(super) above: Option<Found>,
    /// Whether another type has the name in the archive.
    pub(super) is_taken: bool,
    /// What an enumeration adds to the one that it extends.
    pub(super) members: Members<'d>,
    features: Index,
}

impl<'d> Node<'d> {
    /// What has this name among the properties and methods that it declares itself.
    fn named(&self, name: &str) -> Named<'d> {
        match self.declared {
            Declared::Complex(declared) => self.features.find(&declared.features, name),
            Declared::Enumeration(_) => Named::default(),
        }
    }

    /// The name that the text has for it.
    pub(super) const fn written(&self) -> &'d str {
        self.declared.name().text
    }
}

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Found {
    /// A type of the text.
    Text(TypeId),
    /// A class that was there before.
    Base(Arc<ResolvedClass>),
}

/// What a written type means.
#[derive(Clone)]
pub(super) enum Meaning<'d> {
    Void,
    Primitive(CimType),
    OctetString,
    Enumeration(TypeId),
    Complex(Found),
    Reference(Identifier<'d>),
}

/// A property and where it is declared.
pub(super) enum Member<'d> {
    Text(&'d Property<'d>, TypeId),
    Base(Arc<ResolvedClass>),
}

/// The types of a namespace.
pub(crate) struct Types<'d> {
    nodes: Vec<Node<'d>>,
    global: HashMap<Name, TypeId>,
    /// The local structures by their names in the archive, which no text may use.
    archived: HashMap<Name, TypeId>,
    /// The first local type of each name.
    local: HashMap<Name, TypeId>,
    context: &'d Context<'d>,
}

impl<'d> Types<'d> {
    pub(super) fn new(
        declarations: &[Placed<'d>],
        context: &'d Context<'d>,
        sink: &mut Diagnostics,
    ) -> Self {
        let (global, archived, local) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut types = Self { nodes: Vec::new(), global, archived, local, context };
        for (file, declaration) in declarations {
            match *declaration {
                Declaration::Type(node) => types.declare(*file, Declared::Complex(node), sink),
                Declaration::Enumeration(node) => {
                    types.declare(*file, Declared::Enumeration(node), sink);
                }
                _ => {}
            }
        }
        types.local_names(sink);
        types.resolve_above();
        types
    }

    /// Adds a type of the schema level.
    fn declare(&mut self, file: FileId, declared: Declared<'d>, sink: &mut Diagnostics) {
        let name = declared.name();
        let first = self.global.get(&CaseInsensitive(name.text)).copied();
        // Two complex types of one name are compared as classes.
        if let Some(first) = first.and_then(|id| self.node(id))
            && !matches!((first.declared, declared), (Declared::Complex(_), Declared::Complex(_)))
        {
            sink.push(again(file, name, Some(first)));
        } else if matches!(declared, Declared::Enumeration(_)) && self.is_there(name.text) {
            sink.push(again(file, name, None));
        }
        schema_name(file, declared, sink);
        let id = self.add(file, declared, name.text.to_owned(), None, sink);
        self.global.entry(Name::new(name.text)).or_insert(id);
    }

    /// Adds a type and those within it; braces nest at most
    /// [`MAX_NESTING`](crate::syntax::MAX_NESTING) deep.
    fn add(
        &mut self,
        file: FileId,
        declared: Declared<'d>,
        name: String,
        outer: Option<TypeId>,
        sink: &mut Diagnostics,
    ) -> TypeId {
        let id = TypeId(self.nodes.len());
        let locals = HashMap::new();
        let members = Members::default();
        let (above, is_taken, features) = (None, false, Index::default());
        let node = Node { file, declared, name, outer, locals, above, is_taken, members, features };
        self.nodes.push(node);
        let Declared::Complex(node) = declared else { return id };
        for feature in &node.features {
            let inner = match feature {
                Feature::Structure(inner) => Declared::Complex(inner),
                Feature::Enumeration(inner) => Declared::Enumeration(inner),
                Feature::Property(_) | Feature::Method(_) => continue,
            };
            let local = inner.name();
            let known =
                self.nodes.get(id.0).and_then(|n| n.locals.get(&CaseInsensitive(local.text)));
            if let Some(first) = known.and_then(|first| self.node(*first)) {
                sink.push(again(file, local, Some(first)));
                continue;
            }
            let full = self.nodes.get(id.0).map_or("", |n| n.name.as_str());
            let full = format!("{full}_{}", local.text);
            let inner = self.add(file, inner, full, Some(id), sink);
            let local = Name::new(local.text);
            self.local.entry(local.clone()).or_insert(inner);
            if let Some(node) = self.nodes.get_mut(id.0) {
                node.locals.insert(local, inner);
            }
        }
        id
    }

    /// Finds what each type derives from. Outer types come before inner ones, whose
    /// names may be among what the outer ones inherit.
    fn resolve_above(&mut self) {
        for global in [true, false] {
            for i in 0..self.nodes.len() {
                let Some(node) = self.nodes.get(i).filter(|n| n.outer.is_none() == global) else {
                    continue;
                };
                let above = match node.declared {
                    Declared::Complex(node) => node.supertype,
                    Declared::Enumeration(node) => match node.base.kind {
                        TypeKind::Named(name) if primitive(name.text).is_none() => Some(name),
                        _ => None,
                    },
                };
                let above = above.and_then(|name| self.resolve(name.text, node.outer));
                // An enumeration that is local and extends its own name means another.
                if let Some(node) = self.nodes.get_mut(i) {
                    node.above = above;
                }
            }
        }
    }

    /// What a name stands for within a type, or at the schema level.
    pub(super) fn resolve(&self, name: &str, within: Option<TypeId>) -> Option<Found> {
        let key = CaseInsensitive(name);
        let mut scope = within;
        while let Some(id) = scope {
            let local = self.line(id).find_map(|(_, node)| node.locals.get(&key).copied());
            if let Some(local) = local {
                return Some(Found::Text(local));
            }
            scope = self.node(id)?.outer;
        }
        if let Some(id) = self.global.get(&key) {
            return Some(Found::Text(*id));
        }
        self.context.base.class(self.context.namespace, name).map(Found::Base)
    }

    /// The local structure that an unknown name is in the archive, where it would be found
    /// though it is not visible (DSP0221 7.5.1); with the type that declares it.
    pub(super) fn hidden(&self, name: &str) -> Option<(&str, &str)> {
        let node = self.node(*self.archived.get(&CaseInsensitive(name))?)?;
        Some((node.declared.name().text, self.node(node.outer?)?.declared.name().text))
    }

    /// The local type of this name that comes first, as the text writes it, and the type that
    /// declares it.
    pub(crate) fn local(&self, name: &str) -> Option<(&'d str, &'d str)> {
        let node = self.node(*self.local.get(&CaseInsensitive(name))?)?;
        Some((node.written(), self.node(node.outer?)?.written()))
    }

    /// Where an unknown name would be known, in words.
    pub(crate) fn where_local(&self, name: &str) -> Option<String> {
        self.local(name).map(|(local, outer)| local_to(local, outer))
    }

    /// Whether a name that is not visible within a type may be one that a supertype would
    /// have, had that been without mistakes.
    pub(super) fn may_be_visible(&self, within: Option<TypeId>) -> bool {
        let mut scope = within;
        while let Some(id) = scope {
            let lacks = |node: &Node<'_>| match node.declared {
                Declared::Complex(declared) => declared.supertype.is_some() && node.above.is_none(),
                Declared::Enumeration(_) => false,
            };
            if self.line(id).any(|(_, node)| lacks(node)) {
                return true;
            }
            scope = self.node(id).and_then(|node| node.outer);
        }
        false
    }

    /// A type of the text and those of the text above it, the nearest first.
    pub(super) fn line(&self, from: TypeId) -> impl Iterator<Item = (TypeId, &Node<'d>)> {
        let mut next = Some(from);
        std::iter::from_fn(move || {
            let id = next?;
            let node = self.node(id)?;
            next = match &node.above {
                Some(Found::Text(above)) => Some(*above),
                _ => None,
            };
            Some((id, node))
        })
        .take(MAX_DEPTH)
    }

    /// What a written type means within a type.
    pub(super) fn meaning(
        &self,
        kind: TypeKind<'d>,
        within: Option<TypeId>,
    ) -> Option<Meaning<'d>> {
        let name = match kind {
            TypeKind::Void => return Some(Meaning::Void),
            TypeKind::Intrinsic(cim_type) => return Some(Meaning::Primitive(cim_type)),
            TypeKind::Reference(class) => return Some(Meaning::Reference(class)),
            TypeKind::Named(name) => name.text,
        };
        if let Some(meaning) = primitive(name) {
            return Some(meaning);
        }
        match self.resolve(name, within)? {
            Found::Text(id) => match self.node(id)?.declared {
                Declared::Enumeration(_) => Some(Meaning::Enumeration(id)),
                Declared::Complex(_) => Some(Meaning::Complex(Found::Text(id))),
            },
            base @ Found::Base(_) => Some(Meaning::Complex(base)),
        }
    }

    /// The property of a complex type, inherited ones included.
    pub(super) fn property(&self, of: &Found, name: &str) -> Option<Member<'d>> {
        let base = match of {
            Found::Base(class) => class.clone(),
            Found::Text(id) => {
                let mut last = None;
                for (id, node) in self.line(*id) {
                    if let Some(property) = node.named(name).property {
                        return Some(Member::Text(property, id));
                    }
                    last = node.above.clone();
                }
                match last {
                    Some(Found::Base(class)) => class,
                    _ => return None,
                }
            }
        };
        base.property(name).is_some().then_some(Member::Base(base))
    }

    /// The method of a complex type of the text, inherited ones included, and the type that
    /// declares it.
    pub(super) fn method(&self, of: &Found, name: &str) -> Option<(&'d Method<'d>, TypeId)> {
        let Found::Text(id) = of else { return None };
        self.line(*id).find_map(|(id, node)| Some((node.named(name).method?, id)))
    }

    /// Whether a type can only be a value: a structure, or a class that was there
    /// before and says that it is one.
    pub(super) fn is_structure(&self, found: &Found) -> bool {
        match found {
            Found::Text(id) => self.sort(*id) == Some(TypeSort::Structure),
            Found::Base(class) => class.qualifiers.is_true("Structure"),
        }
    }

    /// The sort of a complex type of the text.
    pub(super) fn sort(&self, id: TypeId) -> Option<TypeSort> {
        match self.node(id)?.declared {
            Declared::Complex(node) => Some(node.sort),
            Declared::Enumeration(_) => None,
        }
    }

    pub(super) fn node(&self, id: TypeId) -> Option<&Node<'d>> {
        self.nodes.get(id.0)
    }

    pub(super) fn node_mut(&mut self, id: TypeId) -> Option<&mut Node<'d>> {
        self.nodes.get_mut(id.0)
    }

    /// All types with their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = (TypeId, &Node<'d>)> {
        self.nodes.iter().enumerate().map(|(i, node)| (TypeId(i), node))
    }

    /// The complex types.
    pub(super) fn complex(&self) -> impl Iterator<Item = (TypeId, &Node<'d>)> {
        self.all().filter(|(_, node)| matches!(node.declared, Declared::Complex(_)))
    }

    /// The name of a complex type in the archive.
    pub(super) fn archived_name<'s>(&'s self, found: &'s Found) -> &'s str {
        match found {
            Found::Text(id) => self.node(*id).map_or("", |node| node.name.as_str()),
            Found::Base(class) => class.name.as_str(),
        }
    }

    /// The type whose name is nearest to a word.
    pub(super) fn similar(&self, word: &str, within: Option<TypeId>) -> Option<String> {
        let mut names: Vec<&str> = CimType::ALL.into_iter().rev().map(CimType::as_str).collect();
        names.retain(|name| !matches!(*name, "reference" | "object" | "char16"));
        names.extend(["integer", "octetstring"]);
        names.extend(self.visible(within).map(|(name, _)| name.as_str()));
        let there = self.context.base.class_names(self.context.namespace);
        names.extend(there.iter().map(Name::as_str));
        suggest::nearest(word, names).map(str::to_owned)
    }

    /// The enumeration, or the type that one can have, whose name is nearest to a word.
    pub(super) fn similar_enumeration(
        &self,
        word: &str,
        within: Option<TypeId>,
        or: &[&str],
    ) -> Option<String> {
        let known = self.visible(within).filter(|(_, id)| self.sort(*id).is_none());
        let names = known.map(|(name, _)| name.as_str()).chain(or.iter().copied());
        suggest::nearest(word, names).map(str::to_owned)
    }

    /// The names of the text that are visible within a type, but for inherited ones.
    fn visible(&self, within: Option<TypeId>) -> impl Iterator<Item = (&Name, TypeId)> {
        let next = |node: &&Node<'d>| self.node(node.outer?);
        let outer = std::iter::successors(within.and_then(|id| self.node(id)), next);
        let all = outer.map(|node| &node.locals).chain([&self.global]);
        all.flatten().map(|(name, id)| (name, *id))
    }
}

/// The primitive types whose keywords MOF 2 does not know.
fn primitive<'d>(name: &str) -> Option<Meaning<'d>> {
    if name.eq_ignore_ascii_case("integer") {
        Some(Meaning::Primitive(CimType::SInt64))
    } else if name.eq_ignore_ascii_case("octetstring") {
        Some(Meaning::OctetString)
    } else {
        None
    }
}
