//! Aliases (DSP0004 7.10; WMI SDK, "Creating a WMI Alias").
//!
//! An alias stands for the path of the instance that carries it, and a path is
//! made of key values. So aliases are resolved on demand, by converting the keys
//! of the instance they name: forward references work, and only keys that need
//! each other are a circle.

use super::instance::path_from;
use super::namespace::Namespace;
use super::roots::Roots;
use super::unit::{Class, Instance as Declared, Item, declared};
use super::value::{Aliases, Converter};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::syntax::ast::Identifier;
use cimarron_model::{CaseInsensitive, CimType, Name, ObjectPath, suggest};
use hashbrown::HashMap;
use std::cell::{Cell, RefCell};

/// What carries an alias.
enum Target<'d> {
    /// By name.
    Class(&'d str),
    Instance(&'d Declared<'d>),
}

/// The aliases of a namespace. Each is known in its own file and those that are
/// included into it (WMI SDK, "Creating a WMI Alias").
pub(crate) struct AliasTable<'d> {
    declared: HashMap<FileId, HashMap<Name, (FileId, Span, Target<'d>)>>,
    /// Paths already made; `None` while one is being made.
    paths: RefCell<HashMap<(FileId, Name), Option<ObjectPath>>>,
    /// Whether making a path led back to where it began.
    circle: Cell<bool>,
}

impl<'d> AliasTable<'d> {
    pub(crate) fn new(
        namespace: &mut Namespace<'_, '_>,
        classes: &[Class<'d>],
        items: &'d [Item<'d>],
    ) -> Self {
        let mut table =
            Self { declared: HashMap::new(), paths: RefCell::default(), circle: Cell::new(false) };
        for class in classes {
            if let Some(alias) = class.node.alias {
                table.declare(namespace, (class.file, alias), Target::Class(class.node.name.text));
            }
        }
        for instance in declared(items) {
            if let Some(alias) = instance.at.node.alias {
                table.declare(namespace, (instance.at.file, alias), Target::Instance(instance));
            }
        }
        table
    }

    /// The class of the instance that carries an alias.
    pub(crate) fn class_of(&self, roots: &Roots, file: FileId, name: &str) -> Option<&'d str> {
        match self.declared.get(&roots.of(file))?.get(&CaseInsensitive(name))? {
            (_, _, Target::Instance(one)) => Some(one.at.node.class.text),
            _ => None,
        }
    }

    fn declare(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        (file, alias): (FileId, Identifier<'d>),
        target: Target<'d>,
    ) {
        let root = namespace.context.roots.of(file);
        let of_file = self.declared.entry(root).or_default();
        if let Some((first_file, first, _)) = of_file.get(&CaseInsensitive(alias.text)) {
            let message = format!("the alias `${}` is defined twice", alias.text);
            let found = Diagnostic::new(Code::DuplicateAlias, file, alias.span, message);
            namespace.sink.push(found.with_label(*first_file, *first, "first defined here"));
        } else {
            of_file.insert(Name::new(alias.text), (file, alias.span, target));
        }
    }

    fn make(&self, namespace: &mut Namespace<'_, '_>, target: &Target<'_>) -> Option<ObjectPath> {
        let one = match target {
            Target::Class(name) => return Some(ObjectPath::of_class(*name)),
            Target::Instance(one) => one,
        };
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
        let root = namespace.context.roots.of(file);
        let of_file = self.declared.get(&root);
        let Some((_, _, target)) = of_file.and_then(|known| known.get(&CaseInsensitive(name)))
        else {
            if namespace.sink.broken.has_alias(name) {
                // Nothing is made of a text with mistakes, so any path will do.
                return Ok(ObjectPath::of_class(name));
            }
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
        let doubtful = match target {
            Target::Instance(one) => namespace.doubts(one.at.node.class.text),
            Target::Class(_) => false,
        };
        let key = (root, Name::new(name));
        let known = self.paths.borrow().get(&key).cloned();
        match known {
            Some(Some(path)) => return Ok(path),
            Some(None) => {
                self.circle.set(true);
                return Err(circular(name));
            }
            None => {}
        }
        self.paths.borrow_mut().insert(key.clone(), None);
        let before = self.circle.replace(false);
        let path = self.make(namespace, target);
        self.paths.borrow_mut().remove(&key);
        let Some(path) = path else {
            if doubtful {
                return Ok(ObjectPath::of_class(name));
            }
            if self.circle.get() {
                return Err(circular(name));
            }
            // Whatever its key lacks is reported there.
            return Err(None);
        };
        self.circle.set(before);
        self.paths.borrow_mut().insert(key, Some(path.clone()));
        Ok(path)
    }
}

fn circular(name: &str) -> Option<(Code, String)> {
    let message = format!("the key of `${name}` needs, through aliases, itself");
    Some((Code::CircularAlias, message))
}
