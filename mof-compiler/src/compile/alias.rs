//! Aliases (DSP0004 7.10; WMI SDK, "Creating a WMI Alias").
//!
//! An alias stands for the path of the instance that carries it, and a path is
//! made of key values. So aliases are resolved on demand, by converting the keys
//! of the instance they name: forward references work, and only keys that need
//! each other are a circle.
//!
//! An alias is known in its whole file, whatever namespaces that goes to, so what it stands
//! for may be in another one: in one that comes first in the text, for its classes are
//! known then.

use super::Context;
use super::instance::path_from;
use super::namespace::Namespace;
use super::place::Texts;
use super::roots::Roots;
use super::unit::{Instance as Declared, Unit};
use super::value::{Aliases, Converter};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::syntax::ast::Identifier;
use cimarron_model::{CaseInsensitive, CimType, Name, ObjectPath, suggest};
use cimarron_schema::NamespaceBuilder;
use hashbrown::HashMap;
use std::cell::{Cell, RefCell};

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

/// The aliases of a text. Each is known in its own file and those that are
/// included into it (WMI SDK, "Creating a WMI Alias").
pub(crate) struct AliasTable<'d> {
    declared: HashMap<FileId, HashMap<Name, Alias<'d>>>,
    /// Those of files that are included once more, by these: they are known there.
    again: HashMap<FileId, HashMap<Name, Alias<'d>>>,
    /// Paths already made, as their own namespaces see them; `None` while one is being made.
    paths: RefCell<HashMap<(FileId, Name), Option<ObjectPath>>>,
    /// Whether making a path led back to where it began.
    circle: Cell<bool>,
}

impl<'d> AliasTable<'d> {
    pub(crate) fn new<'u>(
        units: impl IntoIterator<Item = (&'u str, &'u Unit<'d>)>,
        roots: &Roots,
        sink: &mut Diagnostics,
    ) -> Self
    where
        'd: 'u,
    {
        let mut table = Self {
            declared: HashMap::new(),
            again: HashMap::new(),
            paths: RefCell::default(),
            circle: Cell::new(false),
        };
        for (namespace, unit) in units {
            let mut declare = |file, written: Option<Identifier<'d>>, buried, target| {
                let Some(Identifier { text, span }) = written else { return };
                let namespace = Name::new(namespace);
                let alias = Alias { file, span, namespace, buried, target };
                table.declare(roots, text, alias, sink);
            };
            let deleted = unit.buried.values().map(|unit| (unit, true));
            for (unit, buried) in std::iter::once((unit, false)).chain(deleted) {
                for class in &unit.classes {
                    let target = Target::Class(class.node.name.text);
                    declare(class.file, class.node.alias, buried, target);
                }
                for instance in unit.declared() {
                    if instance.at.node.alias.is_some() {
                        let target = Target::Instance(instance.clone());
                        declare(instance.at.file, instance.at.node.alias, buried, target);
                    }
                }
            }
        }
        table
    }

    /// The class of the instance that carries an alias.
    pub(crate) fn class_of(&self, roots: &Roots, file: FileId, name: &str) -> Option<&'d str> {
        match &self.find(roots, file, name)?.target {
            Target::Instance(one) => Some(one.at.node.class.text),
            Target::Class(_) => None,
        }
    }

    fn find(&self, roots: &Roots, file: FileId, name: &str) -> Option<&Alias<'d>> {
        let name = CaseInsensitive(name);
        let again = self.again.get(&file).and_then(|of_file| of_file.get(&name));
        again.or_else(|| self.declared.get(&roots.of(file))?.get(&name))
    }

    fn declare(&mut self, roots: &Roots, name: &str, alias: Alias<'d>, sink: &mut Diagnostics) {
        let of_file = self.declared.entry(roots.of(alias.file)).or_default();
        if let Some(first) = of_file.get(&CaseInsensitive(name)) {
            if roots.are_one(first.file, alias.file) && first.span == alias.span {
                self.again.entry(alias.file).or_default().insert(Name::new(name), alias);
                return;
            }
            let message = format!("the alias `${name}` is defined twice");
            let found = Diagnostic::new(Code::DuplicateAlias, alias.file, alias.span, message);
            sink.push(found.with_label(first.file, first.span, "first defined here"));
        } else {
            of_file.insert(Name::new(name), alias);
        }
    }

    fn make(&self, namespace: &mut Namespace<'_, '_>, alias: &Alias<'_>) -> Option<ObjectPath> {
        let one = match &alias.target {
            Target::Class(name) => return Some(ObjectPath::of_class(*name)),
            Target::Instance(one) => one,
        };
        if namespace.is_at(&alias.namespace) {
            return self.make_here(namespace, one);
        }
        let context = Context { namespace: alias.namespace.as_str(), ..*namespace.context };
        let (mut builder, mut unheard) = (NamespaceBuilder::default(), Diagnostics::with_limit(0));
        let texts = Texts::default();
        self.make_here(&mut Namespace::new(&context, &mut builder, &mut unheard, &texts), one)
    }

    fn make_here(
        &self,
        namespace: &mut Namespace<'_, '_>,
        one: &Declared<'_>,
    ) -> Option<ObjectPath> {
        let class = namespace.class(one.at.node.class.text)?;
        // Mistakes in the keys are reported when the instance itself is lowered.
        let mut unheard = Diagnostics::with_limit(0);
        let mut quiet = namespace.with_sink(&mut unheard);
        path_from(&class, |property| {
            let mut given = one.at.node.properties.iter();
            let written = given.find(|p| property.name.is(p.name.text))?;
            Converter::new(&mut quiet, one.at.file, &one.flavors)
                .with_aliases((property.data_type.cim_type == CimType::Reference).then_some(self))
                .value(&written.value, &property.data_type)
        })
        .ok()
    }
}

impl Aliases for AliasTable<'_> {
    fn path(
        &self,
        namespace: &mut Namespace<'_, '_>,
        file: FileId,
        name: &str,
    ) -> Result<ObjectPath, Option<(Code, String)>> {
        let Some(alias) = self.find(namespace.context.roots, file, name) else {
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
        let is_here = namespace.is_at(&alias.namespace);
        let seen_from_here = |path: ObjectPath| match is_here {
            true => path,
            false => ObjectPath { namespace: Some(alias.namespace.as_str().into()), ..path },
        };
        let doubtful = match &alias.target {
            Target::Instance(one) => is_here && namespace.doubts(one.at.node.class.text),
            Target::Class(_) => false,
        };
        let key = (alias.file, Name::new(name));
        let known = self.paths.borrow().get(&key).cloned();
        match known {
            Some(Some(path)) => return Ok(seen_from_here(path)),
            Some(None) => {
                self.circle.set(true);
                return Err(circular(name));
            }
            None => {}
        }
        self.paths.borrow_mut().insert(key.clone(), None);
        let before = self.circle.replace(false);
        let path = self.make(namespace, alias);
        self.paths.borrow_mut().remove(&key);
        let Some(path) = path else {
            if doubtful {
                return Ok(ObjectPath::of_class(name));
            }
            if self.circle.get() {
                return Err(circular(name));
            }
            // Whatever its key lacks is reported there.
            return Err(out_of_reach(name, alias, is_here));
        };
        self.circle.set(before);
        self.paths.borrow_mut().insert(key, Some(path.clone()));
        Ok(seen_from_here(path))
    }
}

/// Why the keys of an instance are not known, where nothing else has said so.
fn out_of_reach(name: &str, alias: &Alias<'_>, is_here: bool) -> Option<(Code, String)> {
    let why = match (is_here, alias.buried) {
        (_, true) => "its class is deleted below".to_owned(),
        (false, _) => format!("it is one of `{}`, which comes later in the text", alias.namespace),
        (true, false) => return None,
    };
    let message = format!("the keys of the instance `${name}` are not known here: {why}");
    Some((Code::UndefinedAlias, message))
}

fn circular(name: &str) -> Option<(Code, String)> {
    let message = format!("the key of `${name}` needs, through aliases, itself");
    Some((Code::CircularAlias, message))
}
