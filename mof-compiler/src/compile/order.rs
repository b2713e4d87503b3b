//! What a class needs comes before it: its superclass, and the classes of the
//! instances that the defaults of its properties embed. Nobody needs those of parameters to
//! make a class, so they can wait until all classes are there.
//!
//! A class cannot do without its superclass, so a circle of superclasses is a
//! mistake. Needing a class for a default is weaker: where the two need each other,
//! superclasses still come first, and lowering the default finds its class missing.

use super::place::{methods, properties};
use super::unit::Class;
use crate::source::FileId;
use crate::syntax::ast::{ClassDeclaration, Value, ValueKind};
use cimarron_model::{CaseInsensitive, Name};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The result of ordering.
pub(crate) struct Order {
    /// Positions of the classes, each behind what it needs.
    pub(crate) sequence: Vec<usize>,
    /// Positions of the classes that are their own superclass.
    pub(crate) circular: BTreeSet<usize>,
    /// The circles of these, each in its order and from its first class of the text.
    pub(crate) circles: Vec<Vec<usize>>,
}

/// How far a walk through all, depth first, is with one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mark {
    New,
    Open,
    Done,
}

/// Puts each class behind the classes that it needs and otherwise keeps the text's
/// order. `last` has the position of the declaration that counts.
pub(crate) fn needed_first(
    classes: &[Class<'_>],
    last: &HashMap<Name, usize>,
    aliases: &dyn Fn(FileId, &str) -> Option<String>,
) -> Order {
    let position = |name: &str| last.get(&CaseInsensitive(name)).copied();
    let names = |i: usize| {
        let class = classes.get(i);
        class.map(|class| needed(&class.node, &|alias| aliases(class.file, alias)))
    };
    let parents: Vec<Option<usize>> =
        classes.iter().map(|c| position(c.node.superclass?.text)).collect();
    let circles = circles(&parents);
    let circular: BTreeSet<usize> = circles.iter().flatten().copied().collect();
    let mut walk = Walk {
        parents: parents.iter().map(|p| p.filter(|p| !circular.contains(p))).collect(),
        marks: vec![Mark::New; classes.len()],
        open: Vec::new(),
    };

    let mut sequence = Vec::with_capacity(classes.len());
    for start in 0..classes.len() {
        walk.enter(start);
        while let Some((i, needs)) = walk.open.last_mut() {
            let i = *i;
            let needs = needs.get_or_insert_with(|| {
                let names = names(i).unwrap_or_default();
                names.iter().rev().filter_map(|name| position(name)).collect()
            });
            match needs.pop() {
                Some(needed) => walk.enter(needed),
                None => {
                    walk.open.pop();
                    walk.mark(i, Mark::Done);
                    sequence.push(i);
                }
            }
        }
    }
    Order { sequence, circular, circles }
}

/// A walk through the classes, depth first.
struct Walk {
    parents: Vec<Option<usize>>,
    marks: Vec<Mark>,
    /// The classes on the way, what is needed last first, each with those that it
    /// still has to wait for once it is its turn.
    open: Vec<(usize, Option<Vec<usize>>)>,
}

impl Walk {
    /// Opens a class, and above it its superclasses that are still to come. A class
    /// below an open one has to wait, and whoever needs it does without.
    fn enter(&mut self, class: usize) {
        let mut chain = Vec::new();
        let mut next = Some(class);
        while let Some(i) = next {
            match self.marks.get(i) {
                Some(Mark::New) => chain.push(i),
                Some(Mark::Open) => return,
                _ => break,
            }
            next = self.parents.get(i).copied().flatten();
        }
        for i in chain {
            self.mark(i, Mark::Open);
            self.open.push((i, None));
        }
    }

    fn mark(&mut self, at: usize, mark: Mark) {
        if let Some(slot) = self.marks.get_mut(at) {
            *slot = mark;
        }
    }
}

/// The circles of classes that are, through their superclasses, their own superclass.
fn circles(parents: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut circles = Vec::new();
    let mut marks = vec![Mark::New; parents.len()];
    let mut path = Vec::new();
    for start in 0..parents.len() {
        let mut next = Some(start);
        while let Some(i) = next {
            match marks.get_mut(i) {
                Some(mark @ Mark::New) => *mark = Mark::Open,
                Some(Mark::Open) => {
                    let mut circle: Vec<usize> =
                        path.iter().copied().skip_while(|p| *p != i).collect();
                    let first =
                        circle.iter().min().and_then(|f| circle.iter().position(|p| p == f));
                    circle.rotate_left(first.unwrap_or_default());
                    circles.push(circle);
                    break;
                }
                _ => break,
            }
            path.push(i);
            next = parents.get(i).copied().flatten();
        }
        for i in path.drain(..) {
            if let Some(mark) = marks.get_mut(i) {
                *mark = Mark::Done;
            }
        }
    }
    circles
}

/// The names of the classes whose instances the defaults of a class embed or, by alias,
/// refer to.
fn needed<'a>(
    class: &'a ClassDeclaration<'a>,
    aliases: &dyn Fn(&str) -> Option<String>,
) -> Vec<Cow<'a, str>> {
    let mut names = Vec::new();
    let mut values: Vec<&Value<'_>> = of_properties(class).collect();
    while let Some(value) = values.pop() {
        match &value.kind {
            ValueKind::Array(items) => values.extend(items),
            ValueKind::Class(class) => values.extend(defaults(class)),
            ValueKind::Instance(instance) => {
                names.push(Cow::Borrowed(instance.class.text));
                values.extend(instance.properties.iter().map(|p| &p.value));
            }
            ValueKind::Alias(alias) => names.extend(aliases(alias).map(Cow::Owned)),
            _ => {}
        }
    }
    names
}

fn of_properties<'a>(class: &'a ClassDeclaration<'a>) -> impl Iterator<Item = &'a Value<'a>> {
    properties(class).filter_map(|property| property.default.as_ref())
}

/// All defaults of a class that is a value itself.
pub(super) fn defaults<'a>(class: &'a ClassDeclaration<'a>) -> impl Iterator<Item = &'a Value<'a>> {
    let parameters = methods(class).flat_map(|method| &method.parameters);
    of_properties(class).chain(parameters.filter_map(|parameter| parameter.default.as_ref()))
}

#[cfg(test)]
mod tests {
    use crate::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};

    #[test]
    fn classes_come_behind_what_they_need() {
        let own = "MOF0240 the class `A` cannot be made without this value";
        let circle =
            |class| format!("MOF0101 `{class}` is, through its superclasses, its own superclass");
        for (mof, expected) in [
            ("class A : Z {}; class Z {};", vec![]),
            ("class A { Z P = instance of Z {}; }; class Z {};", vec![]),
            ("class A { object P[] = {instance of Z {}}; }; class Z : Y {}; class Y {};", vec![]),
            ("class A { void M([in] Z P = instance of Z {}); }; class Z {};", vec![]),
            ("class A { void M([in] A P = instance of A {}); };", vec![]),
            ("class A { void M([in] Z P = instance of Z {}); }; class Z : A {};", vec![]),
            (
                "class A { void M([in] B P = instance of B {}); };
                 class B { A Q = instance of A {}; };",
                vec![],
            ),
            ("class A { object P = class B { Z Q = instance of Z {}; }; }; class Z {};", vec![]),
            (
                "class A { void M([in] object P = class B { Z Q = instance of Z {}; }); };
                 class Z {};",
                vec![],
            ),
            (
                "class A { object P = instance of B { Q = instance of Z {}; }; };
                 class B { object Q; }; class Z {};",
                vec![],
            ),
            (
                "class B : A {}; class A : S {}; class S { Z P = instance of Z {}; }; class Z {};",
                vec![],
            ),
            ("class A { A P = instance of A {}; };", vec![own.to_owned()]),
            ("class S { A P = instance of A {}; }; class A : S {};", vec![own.to_owned()]),
            (
                "class A { B P = instance of B {}; }; class B { A P = instance of A {}; };",
                vec![own.to_owned()],
            ),
            ("class A : B {}; class B : A {};", vec![circle("A")]),
            (
                "class C : A {}; class A : B { C P = instance of C {}; }; class B : A {};",
                vec![circle("A")],
            ),
        ] {
            let mut loader = Loader::new(&OsFileSystem);
            loader.add_text("order.mof", mof).unwrap();
            let mut said = Diagnostics::new();
            let sources = loader.finish(&mut said);
            let compiled = compile(&sources, &CompileOptions::default(), &EmptyBase, said);
            let found = compiled.diagnostics.as_slice().iter();
            let found: Vec<_> = found.map(|d| format!("{} {}", d.code, d.message)).collect();
            assert_eq!(found, expected, "{mof}");
        }
    }
}
