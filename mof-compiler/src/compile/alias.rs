//! Aliases (DSP0004 7.10; WMI SDK, "Creating a WMI Alias").
//!
//! An alias stands for the path of the instance that carries it, and a path is
//! made of key values. So aliases are resolved on demand, by converting the keys
//! of the instance they name: forward references work, and only keys that need
//! each other are a circle. What the keys need is resolved first, each alias once and
//! with a stack of its own: texts may have chains of any length.
//!
//! An alias is known in its whole file, whatever namespaces that goes to, so what it stands
//! for may be in another one. Instances are compiled when the classes of all namespaces are;
//! only an alias in a default leads no further than to namespaces that come first in the text.

use super::filter::{NAME, made_name};
use super::key::path_from;
use super::namespace::Namespace;
use super::place::Texts;
use super::roots::Roots;
use super::unit::{Instance as Declared, Unit};
use super::value::{Aliases, Converter};
use super::{At, Context, circle};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Identifier, InstanceDeclaration, Value, ValueKind};
use cimarron_model::{CaseInsensitive, CimType, Name, ObjectPath, Property, suggest};
use cimarron_schema::NamespaceBuilder;
use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;

/// What carries an alias.
enum Target<'d> {
    /// By name.
    Class(&'d str),
    Instance(Declared<'d>),
}

/// An alias, and what it stands for.
struct Alias<'d> {
    file: FileId,
    span: Span,
    namespace: Name,
    /// Whether it is deleted further down.
    buried: bool,
    target: Target<'d>,
}

impl Alias<'_> {
    /// Does something in the namespace that it is of.
    fn within<T>(
        &self,
        namespace: &mut Namespace<'_, '_>,
        what: impl FnOnce(&mut Namespace<'_, '_>) -> T,
    ) -> T {
        if namespace.is_at(&self.namespace) {
            let place = match &self.target {
                Target::Instance(one) => Some(one.order),
                Target::Class(_) => None,
            };
            let before = std::mem::replace(&mut namespace.moment, place);
            let done = what(namespace);
            namespace.moment = before;
            return done;
        }
        let context = Context { namespace: self.namespace.as_str(), ..*namespace.context };
        let (mut builder, mut unheard) = (NamespaceBuilder::default(), Diagnostics::with_limit(0));
        let texts = Texts::default();
        what(&mut Namespace::new(&context, &mut builder, &mut unheard, &texts))
    }
}

/// The aliases of a text. Each is known in its own file and those that are
/// included into it (WMI SDK, "Creating a WMI Alias").
pub(crate) struct AliasTable<'d> {
    declared: HashMap<FileId, HashMap<Name, Alias<'d>>>,
    /// Those of files that are included once more, for another namespace. There they come
    /// first.
    again: HashMap<(FileId, Name), HashMap<Name, Alias<'d>>>,
    resolved: RefCell<HashMap<Key, Resolved>>,
    /// Whether the classes of all namespaces are compiled.
    knows_all_classes: bool,
    /// Where aliases are used in a circle.
    circles: HashSet<(FileId, Span)>,
}

/// An alias: the file that declares it, and its name.
type Key = (FileId, Name);

/// What became of an alias.
#[derive(Clone)]
enum Resolved {
    /// As the namespace sees it that it is of.
    Path(ObjectPath),
    /// Its path would have to contain itself. The `first` of a circle is the one that was
    /// come to first, and somebody in the circle uses it: there the circle is reported.
    Circular { first: bool },
    /// Its keys make no path as long as a namespace has so many classes. What they lack is
    /// reported where they are declared.
    Nothing(Name, usize),
    /// What its keys need is being resolved; its place on the stack.
    Open(usize),
}

/// An alias that is being resolved, and what its keys need and is still to be seen to.
struct Pending<'t, 'd> {
    key: Key,
    alias: &'t Alias<'d>,
    needs: Vec<(Key, &'t Alias<'d>)>,
    /// The lowest place on the stack that what it needs leads back to.
    back: Option<usize>,
}

impl<'d> AliasTable<'d> {
    /// The aliases of the units of some namespaces, each with whether it is deleted as a
    /// whole.
    pub(crate) fn new<'u>(
        units: impl IntoIterator<Item = (&'u str, &'u Unit<'d>, bool)>,
        roots: &Roots,
        sink: &mut Diagnostics,
    ) -> Self
    where
        'd: 'u,
    {
        let mut table = Self {
            declared: HashMap::new(),
            again: HashMap::new(),
            resolved: RefCell::default(),
            knows_all_classes: false,
            circles: HashSet::new(),
        };
        let mut all = Vec::new();
        for (namespace, unit, buried) in units {
            let mut declare = |(file, order), written: Option<Identifier<'d>>, buried, target| {
                let Some(Identifier { text, span }) = written else { return };
                let namespace = Name::new(namespace);
                all.push((order, text, Alias { file, span, namespace, buried, target }));
            };
            let deleted = unit.buried.values().map(|unit| (unit, true));
            for (unit, buried) in std::iter::once((unit, buried)).chain(deleted) {
                for class in &unit.classes {
                    let target = Target::Class(class.node.name.text);
                    declare((class.file, class.order), class.node.alias, buried, target);
                }
                for instance in unit.declared() {
                    if instance.at.node.alias.is_some() {
                        let target = Target::Instance(instance.clone());
                        let place = (instance.at.file, instance.order);
                        declare(place, instance.at.node.alias, buried, target);
                    }
                }
            }
        }
        all.sort_by_key(|(order, ..)| *order);
        for (_, name, alias) in all {
            table.declare(roots, name, alias, sink);
        }
        table
    }

    /// Says that the classes of all namespaces are compiled.
    pub(crate) fn know_all_classes(&mut self) {
        self.knows_all_classes = true;
        self.resolved.get_mut().retain(|_, resolved| !matches!(resolved, Resolved::Nothing(..)));
    }

    /// Finds the aliases that are used in a circle, so that each is reported.
    pub(crate) fn find_circles(&mut self, roots: &Roots) {
        let all = self.declared.iter().flat_map(|(root, of_file)| {
            of_file.iter().filter_map(|(name, alias)| match &alias.target {
                Target::Instance(one) => Some((one, (*root, name.clone()))),
                Target::Class(_) => None,
            })
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|(one, _)| one.order);
        let (instances, keys): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let position: HashMap<_, _> = keys.into_iter().zip(0..).collect();
        let find = |file, name: &str| position.get(&(roots.of(file), Name::new(name))).copied();
        self.circles = circle::closing(&instances, find);
    }

    fn declare(&mut self, roots: &Roots, name: &str, alias: Alias<'d>, sink: &mut Diagnostics) {
        let of_file = self.declared.entry(roots.of(alias.file)).or_default();
        if let Some(first) = of_file.get(&CaseInsensitive(name)) {
            if roots.are_one(first.file, alias.file) && first.span == alias.span {
                let place = (roots.of(alias.file), alias.namespace.clone());
                self.again.entry(place).or_default().insert(Name::new(name), alias);
                return;
            }
            let message = format!("the alias `${name}` is defined twice");
            let found = Diagnostic::new(Code::DuplicateAlias, alias.file, alias.span, message);
            sink.push(found.with_label(first.file, first.span, "first defined here"));
        } else {
            of_file.insert(Name::new(name), alias);
        }
    }

    /// The alias of this name in a file, as a namespace knows it.
    fn find(&self, context: &Context<'_>, file: FileId, name: &str) -> Option<(Key, &Alias<'d>)> {
        let (root, wanted) = (context.roots.of(file), CaseInsensitive(name));
        let again = || self.again.get(&(root, Name::new(context.namespace)))?.get(&wanted);
        let again = if self.again.is_empty() { None } else { again() };
        let alias = again.or_else(|| self.declared.get(&root)?.get(&wanted))?;
        Some(((alias.file, Name::new(name)), alias))
    }

    /// Resolves an alias, after everything that it needs.
    fn resolve(&self, namespace: &mut Namespace<'_, '_>, key: Key, alias: &Alias<'d>) {
        let mut open = Vec::new();
        self.begin(namespace, key, alias, &mut open);
        while let Some(last) = open.last_mut() {
            if let Some((key, alias)) = last.needs.pop() {
                self.begin(namespace, key, alias, &mut open);
            } else if let Some(done) = open.pop() {
                let at = open.len();
                if let (Some(needing), Some(back)) = (open.last_mut(), done.back)
                    && back < at
                {
                    needing.leads_back_to(back);
                }
                let outcome = self.finish(namespace, &done, at);
                self.resolved.borrow_mut().insert(done.key, outcome);
            }
        }
    }

    /// Puts an alias onto the stack, unless it was resolved or is there.
    fn begin<'t>(
        &'t self,
        namespace: &mut Namespace<'_, '_>,
        key: Key,
        alias: &'t Alias<'d>,
        open: &mut Vec<Pending<'t, 'd>>,
    ) {
        match self.resolved.borrow().get(&key) {
            Some(Resolved::Path(_) | Resolved::Circular { .. }) => return,
            Some(Resolved::Open(at)) => {
                if let Some(needing) = open.last_mut() {
                    needing.leads_back_to(*at);
                }
                return;
            }
            // A class that it needs may have come since.
            Some(Resolved::Nothing(of, classes))
                if namespace.is_at(of) && *classes == namespace.builder.classes().len() =>
            {
                return;
            }
            // Elsewhere nothing more will come.
            Some(Resolved::Nothing(..))
                if self.knows_all_classes && !namespace.is_at(&alias.namespace) =>
            {
                return;
            }
            Some(Resolved::Nothing(..)) | None => {}
        }
        self.resolved.borrow_mut().insert(key.clone(), Resolved::Open(open.len()));
        let needs = alias.within(namespace, |namespace| self.needs(namespace, alias));
        open.push(Pending { key, alias, needs, back: None });
    }

    fn finish(
        &self,
        namespace: &mut Namespace<'_, '_>,
        done: &Pending<'_, 'd>,
        at: usize,
    ) -> Resolved {
        if done.back.is_some() {
            return Resolved::Circular { first: done.back == Some(at) };
        }
        match done.alias.within(namespace, |namespace| self.make(namespace, done.alias)) {
            Some(path) => Resolved::Path(path),
            None => {
                let of = Name::new(namespace.context.namespace);
                Resolved::Nothing(of, namespace.builder.classes().len())
            }
        }
    }

    /// The aliases in the keys of what carries one.
    fn needs(
        &self,
        namespace: &mut Namespace<'_, '_>,
        alias: &Alias<'d>,
    ) -> Vec<(Key, &Alias<'d>)> {
        let Target::Instance(one) = &alias.target else { return Vec::new() };
        let Some(class) = namespace.class(one.at.node.class.text) else { return Vec::new() };
        let of_key = |name: &str| {
            let property = class.property(name).map(|(_, member)| &member.declaration);
            property.is_some_and(|p| p.is_key() && p.data_type.cim_type == CimType::Reference)
        };
        let written = one.at.node.properties.iter().filter(|p| of_key(p.name.text));
        let context = namespace.context;
        let aliases = written.filter_map(|p| match &p.value {
            Value { kind: ValueKind::Alias(name), .. } => self.find(context, one.at.file, name),
            _ => None,
        });
        aliases.collect()
    }

    /// The path of what carries an alias, once all that its keys need is resolved.
    fn make(&self, namespace: &mut Namespace<'_, '_>, alias: &Alias<'_>) -> Option<ObjectPath> {
        let one = match &alias.target {
            Target::Class(name) => return Some(ObjectPath::of_class(*name)),
            Target::Instance(one) => one,
        };
        let class = namespace.class(one.at.node.class.text)?;
        let dialect = namespace.context.dialect;
        // Mistakes in the keys are reported when the instance itself is lowered.
        let mut unheard = Diagnostics::with_limit(0);
        let mut quiet = namespace.with_sink(&mut unheard);
        let known = AlreadyResolved(self);
        let mut value_of = |property: &Property| {
            let mut given = one.at.node.properties.iter();
            let written = given.find(|p| property.name.is(p.name.text))?;
            let is_reference = property.data_type.cim_type == CimType::Reference;
            Converter::new(&mut quiet, one.at.file, &one.flavors)
                .with_aliases(is_reference.then_some(&known as &dyn Aliases))
                .value(&written.value, &property.data_type)
        };
        let named = |name: &str| value_of(&class.property(name)?.1.declaration);
        let made = made_name(dialect, &class, named);
        path_from(&class, |property| {
            let made = made.clone().filter(|_| property.name.is(NAME));
            made.or_else(|| value_of(property))
        })
        .ok()
    }

    /// What became of an alias; the error says so where it is used.
    fn outcome(
        &self,
        namespace: &Namespace<'_, '_>,
        key: &Key,
        alias: &Alias<'d>,
    ) -> Result<ObjectPath, Option<(Code, String)>> {
        let is_here = namespace.is_at(&alias.namespace);
        let resolved = self.resolved.borrow();
        if let Some(Resolved::Path(path)) = resolved.get(key) {
            let elsewhere = (!is_here).then(|| alias.namespace.as_str().into());
            return Ok(ObjectPath { namespace: elsewhere, ..path.clone() });
        }
        let name = key.1.as_str();
        if let Target::Instance(one) = &alias.target
            && is_here
            && namespace.doubts(one.at.node.class.text)
        {
            return Ok(ObjectPath::of_class(name));
        }
        Err(match resolved.get(key) {
            // One finding for a circle is enough.
            Some(Resolved::Circular { first: false }) => None,
            Some(Resolved::Circular { first: true }) => {
                let message = format!("the key of `${name}` needs, through aliases, itself");
                Some((Code::CircularAlias, message))
            }
            _ => self.out_of_reach(name, alias, is_here),
        })
    }

    /// Why the keys of an instance are not known, where nothing else has said so.
    fn out_of_reach(&self, name: &str, alias: &Alias<'_>, is_here: bool) -> Option<(Code, String)> {
        let why = if alias.buried {
            "its class is deleted below".to_owned()
        } else if is_here || self.knows_all_classes {
            return None;
        } else {
            format!(
                "a default looks no further, and it is one of `{}`, a namespace that the text names first behind this one",
                alias.namespace
            )
        };
        let message = format!("the keys of the instance `${name}` are not known here: {why}");
        Some((Code::UndefinedAlias, message))
    }
}

impl Pending<'_, '_> {
    fn leads_back_to(&mut self, at: usize) {
        self.back = Some(self.back.map_or(at, |back| back.min(at)));
    }
}

impl Aliases for AliasTable<'_> {
    fn instance(
        &self,
        context: &Context<'_>,
        file: FileId,
        name: &str,
    ) -> Option<(&Name, At<'_, InstanceDeclaration<'_>>)> {
        let alias = self.find(context, file, name)?.1;
        match &alias.target {
            Target::Instance(one) => Some((&alias.namespace, one.at)),
            Target::Class(_) => None,
        }
    }

    fn path(
        &self,
        namespace: &mut Namespace<'_, '_>,
        file: FileId,
        name: &str,
    ) -> Result<ObjectPath, Option<(Code, String)>> {
        let Some((key, alias)) = self.find(namespace.context, file, name) else {
            if namespace.sink.broken.has_alias(name) {
                // Nothing is made of a text with mistakes, so any path will do.
                return Ok(ObjectPath::of_class(name));
            }
            let of_file = self.declared.get(&namespace.context.roots.of(file));
            let known = of_file.filter(|_| namespace.sink.wants_advice());
            let known = known.into_iter().flat_map(|known| known.keys()).map(Name::as_str);
            let message = match suggest::nearest(name, known) {
                Some(similar) => {
                    format!("the alias `${name}` is not defined; did you mean `${similar}`?")
                }
                None => format!("the alias `${name}` is not defined"),
            };
            return Err(Some((Code::UndefinedAlias, message)));
        };
        self.resolve(namespace, key.clone(), alias);
        self.outcome(namespace, &key, alias)
    }

    fn closes_circle(&self, file: FileId, span: Span) -> bool {
        self.circles.contains(&(file, span))
    }
}

/// The aliases that are resolved, and no others.
struct AlreadyResolved<'t, 'd>(&'t AliasTable<'d>);

impl Aliases for AlreadyResolved<'_, '_> {
    fn path(
        &self,
        namespace: &mut Namespace<'_, '_>,
        file: FileId,
        name: &str,
    ) -> Result<ObjectPath, Option<(Code, String)>> {
        let (key, alias) = self.0.find(namespace.context, file, name).ok_or(None)?;
        self.0.outcome(namespace, &key, alias)
    }
}
