//! Whether two declarations of a class have the same defaults.
//!
//! Where a class is declared again, no default is there yet that needs a class of the text
//! which is still to be made, and what is written is compared.

use super::flavors::GlobalFlavors;
use super::namespace::Namespace;
use super::place::{methods, properties};
use super::unit::Class;
use super::waiting::needs_more;
use super::{At, qualifier};
use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::syntax::ast;
use cimarron_model::{CaseInsensitive, fold};
use hashbrown::{HashMap, HashSet};

/// Whether two declarations of a class have the same defaults, as far as these need classes
/// that are still to be made.
pub(super) fn agree(
    namespace: &mut Namespace<'_, '_>,
    before: &Class<'_>,
    now: &Class<'_>,
) -> bool {
    let flavors = (&before.flavors, &now.flavors);
    let mut pairs = Pairs { namespace, flavors, open: Vec::new(), seen: HashSet::new() };
    let mut same = pairs.same_defaults(before.at(), now.at());
    while same && let Some((a, b)) = pairs.open.pop() {
        same = pairs.same_values(a, b);
    }
    same
}

/// The defaults of all properties and parameters, none where none is written.
fn all_defaults<'a>(
    class: &'a ast::ClassDeclaration<'a>,
) -> impl Iterator<Item = Option<&'a ast::Value<'a>>> {
    let parameters = methods(class).flat_map(|method| &method.parameters);
    let of_properties = properties(class).map(|property| property.default.as_ref());
    of_properties.chain(parameters.map(|parameter| parameter.default.as_ref()))
}

type Instance<'t> = At<'t, ast::InstanceDeclaration<'t>>;

/// Compares what is written in two declarations of a class.
struct Pairs<'x, 'c, 's> {
    namespace: &'x mut Namespace<'c, 's>,
    flavors: (&'x GlobalFlavors, &'x GlobalFlavors),
    /// The instances that aliases lead to and that are still to be compared: texts may have
    /// chains of any length.
    open: Vec<(Instance<'s>, Instance<'s>)>,
    /// All of these.
    seen: HashSet<[(FileId, u32); 2]>,
}

impl Pairs<'_, '_, '_> {
    fn same_defaults(
        &mut self,
        a: At<'_, ast::ClassDeclaration<'_>>,
        b: At<'_, ast::ClassDeclaration<'_>>,
    ) -> bool {
        same_length_and(all_defaults(a.node), all_defaults(b.node), |pair| {
            let waits = |file, one: Option<&_>| {
                one.is_some_and(|value| needs_more(self.namespace, file, value))
            };
            if !waits(a.file, pair.0) && !waits(b.file, pair.1) {
                return true;
            }
            match pair {
                (Some(one), Some(other)) => {
                    self.same_value(At::new(a.file, one), At::new(b.file, other))
                }
                _ => false,
            }
        })
    }

    fn same_value(&mut self, a: At<'_, ast::Value<'_>>, b: At<'_, ast::Value<'_>>) -> bool {
        use ast::ValueKind::{Alias, Array, Class, Instance, Integer, Real};
        match (&a.node.kind, &b.node.kind) {
            (Alias(one), Alias(other)) => self.same_object((a.file, one), (b.file, other)),
            (Array(one), Array(other)) => {
                same_length_and(one.iter(), other.iter(), |(one, other)| {
                    self.same_value(At::new(a.file, one), At::new(b.file, other))
                })
            }
            (Instance(one), Instance(other)) => {
                let file_of = |one: &ast::InstanceDeclaration<'_>, file| {
                    one.elsewhere.map_or(file, |elsewhere| elsewhere.file)
                };
                let one = At::new(file_of(one, a.file), &**one);
                let other = At::new(file_of(other, b.file), &**other);
                let qualifiers = (&*one.node.qualifiers, &*other.node.qualifiers);
                self.same_qualifiers((one.file, other.file), qualifiers)
                    && self.same_values(one, other)
            }
            (Class(one), Class(other)) => {
                let (one, other) = (At::new(a.file, &**one), At::new(b.file, &**other));
                self.namespace.lowered(one, self.flavors.0)
                    == self.namespace.lowered(other, self.flavors.1)
                    && self.same_defaults(one, other)
            }
            (Integer(whole), Real(real)) | (Real(real), Integer(whole)) => {
                whole.value() as f64 == *real
            }
            (one, other) => one == other,
        }
    }

    /// Whether two instances of one class have the same values, in any order.
    fn same_values(&mut self, a: Instance<'_>, b: Instance<'_>) -> bool {
        let by_name = b.node.properties.iter().map(|p| (CaseInsensitive(p.name.text), p));
        let by_name: HashMap<_, _> = by_name.collect();
        fold::eq(a.node.class.text, b.node.class.text)
            && a.node.properties.len() == b.node.properties.len()
            && a.node.properties.iter().all(|one| {
                let Some(other) = by_name.get(&CaseInsensitive(one.name.text)) else {
                    return false;
                };
                let qualifiers = (&*one.qualifiers, &*other.qualifiers);
                self.same_qualifiers((a.file, b.file), qualifiers)
                    && self.same_value(At::new(a.file, &one.value), At::new(b.file, &other.value))
            })
    }

    fn same_qualifiers(
        &mut self,
        files: (FileId, FileId),
        written: (&[ast::Qualifier<'_>], &[ast::Qualifier<'_>]),
    ) -> bool {
        if written.0.is_empty() && written.1.is_empty() {
            return true;
        }
        let mut unheard = Diagnostics::new();
        let mut quiet = self.namespace.with_sink(&mut unheard);
        qualifier::lower_all(&mut quiet, files.0, written.0, self.flavors.0)
            == qualifier::lower_all(&mut quiet, files.1, written.1, self.flavors.1)
    }

    /// Whether two aliases stand for one object. Its path is not known yet, so what carries
    /// them is compared, once.
    fn same_object(&mut self, a: (FileId, &str), b: (FileId, &str)) -> bool {
        let (context, aliases) = (self.namespace.context, self.namespace.aliases);
        let roots = context.roots;
        let same_aliases = roots.of(a.0) == roots.of(b.0) || roots.are_one(a.0, b.0);
        if same_aliases && fold::eq(a.1, b.1) {
            return true;
        }
        let find = |(file, alias): (FileId, &str)| aliases?.instance(context, file, alias);
        let (Some((of, one)), Some((of_other, other))) = (find(a), find(b)) else { return false };
        if of != of_other {
            return false;
        }
        let place = |at: Instance<'_>| (at.file, at.node.span.start);
        if self.seen.insert([place(one), place(other)]) {
            self.open.push((one, other));
        }
        true
    }
}

fn same_length_and<T: Copy>(
    mut a: impl Iterator<Item = T>,
    mut b: impl Iterator<Item = T>,
    mut same: impl FnMut((T, T)) -> bool,
) -> bool {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same((a, b)) => {}
            _ => return false,
        }
    }
}
