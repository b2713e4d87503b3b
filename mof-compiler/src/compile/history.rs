//! Classes as they were before the text changed them (WMI).
//!
//! An instance is one of its class as that is where the instance stands. What changes the
//! class further down changes the instance: it keeps the values that are values of the new
//! types, too (WQL_MOF.md part 5, class update modes).

use super::redeclare::OpenChange;
use cimarron_model::{
    self as model, Array, CimType, DataType, Instance, Name, Property, Scalar, Value,
};
use cimarron_schema::rules::MAX_DEPTH;
use cimarron_schema::{ClassForm, NamespaceBuilder, ResolvedClass};
use hashbrown::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// How many changes of a class that matter to them its instances follow one by one.
const MOST_STEPS: usize = 16;

/// How many are looked at for that.
const MOST_CHANGES: usize = 128;

/// The declarations that others have replaced.
#[derive(Default)]
pub(super) struct History {
    /// By class, in the order of the text, each with the place of what replaced it.
    past: HashMap<Name, Vec<(usize, Past)>>,
    /// Classes as they were up to a change, which they or others above them saw there.
    made: HashMap<(Name, usize), Option<Arc<ResolvedClass>>>,
    /// The changes of a class that matter to its instances, by its name.
    steps: HashMap<Name, Rc<[Step]>>,
    /// The changes that instances may be in the way of.
    pub(super) open: Vec<OpenChange>,
}

/// A class before a change.
pub(super) enum Past {
    /// It was declared by the text.
    Declared(model::Class),
    /// It was there already.
    Known(Arc<ResolvedClass>),
}

/// A change of a class that matters to its instances.
pub(super) struct Step {
    /// The place in the text of what changes the class, or one above it.
    pub(super) at: usize,
    pub(super) before: Arc<ResolvedClass>,
    pub(super) after: Arc<ResolvedClass>,
}

impl Step {
    /// Why an instance is in the way of the change, whatever values it has.
    pub(super) fn refuses_instances(&self) -> Option<&'static str> {
        let becomes = |qualifier| {
            !self.before.qualifiers.is_true(qualifier) && self.after.qualifiers.is_true(qualifier)
        };
        if becomes("Abstract") {
            return Some("abstract");
        }
        becomes("Singleton").then_some("a singleton")
    }

    /// The properties that must have a value now and need not have had one before, with the
    /// qualifiers that say so.
    pub(super) fn new_demands(&self) -> impl Iterator<Item = (&Property, &'static str)> {
        let demanded = |property: &Property| {
            let before = self.before.property(property.name.as_str());
            before.is_some_and(|(_, member)| demand(&member.declaration).is_some())
        };
        let properties = self.after.properties.iter().map(|member| &*member.declaration);
        properties.filter_map(move |p| Some((p, demand(p).filter(|_| !demanded(p))?)))
    }

    fn matters(&self) -> bool {
        let stays = |before: &Property| {
            let after = self.after.property(before.name.as_str());
            after.is_some_and(|(_, member)| {
                let after = &member.declaration;
                let is_same_key = before.is_key() == after.is_key()
                    && (!before.is_key() || before.default == after.default);
                is_same_key && after.data_type == before.data_type
            })
        };
        self.before.ancestors != self.after.ancestors
            || self.before.properties.len() != self.after.properties.len()
            || !self.before.properties.iter().all(|member| stays(&member.declaration))
            || self.refuses_instances().is_some()
            || self.new_demands().next().is_some()
    }
}

/// The qualifier of a property in WMI that makes it have a value, beside Key.
pub(super) fn demand(property: &Property) -> Option<&'static str> {
    ["Not_Null", "Indexed"].into_iter().find(|name| property.qualifiers.is_true(name))
}

/// Gives classes by their names.
pub(super) type ClassOf<'a> = &'a mut dyn FnMut(&str) -> Option<Arc<ResolvedClass>>;

impl History {
    /// Whether the text changes no classes.
    pub(super) fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    /// Remembers a class that was changed at a place of the text.
    pub(super) fn add(&mut self, name: &Name, until: usize, class: Past) {
        let of_class = self.past.entry(name.clone()).or_default();
        let at = of_class.partition_point(|(before, _)| *before < until);
        of_class.insert(at, (until, class));
    }

    /// The class at a place of the text, if it was changed behind that, itself or through
    /// another one above it. `last` gives classes as they are in the end.
    pub(super) fn class_at(
        &mut self,
        last: ClassOf<'_>,
        now: &ResolvedClass,
        order: usize,
    ) -> Option<Arc<ResolvedClass>> {
        let next = self.next_change(now, order)?;
        let key = (now.name.clone(), next);
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let made = self.make(last, &now.name, order);
        self.made.insert(key, made.clone());
        made
    }

    /// The last place where a class, or one above it, is changed.
    fn last_change(&self, now: &ResolvedClass) -> Option<usize> {
        let lineage = std::iter::once(&now.name).chain(&now.ancestors);
        lineage.filter_map(|name| Some(self.past.get(name)?.last()?.0)).max()
    }

    /// Where a class, or one above it, is changed behind a place of the text.
    fn next_change(&self, now: &ResolvedClass, order: usize) -> Option<usize> {
        if self.past.is_empty() {
            return None;
        }
        let lineage = std::iter::once(&now.name).chain(&now.ancestors);
        lineage.filter_map(|name| Some(self.at(name, order)?.0)).min()
    }

    /// The changes of a class in the order of the text that matter to its instances.
    ///
    /// Of those that come after the first [`MOST_STEPS`] only what they come to counts: each
    /// class below one that changes a thousand times would have a thousand of its own.
    pub(super) fn steps(&mut self, last: ClassOf<'_>, now: &Arc<ResolvedClass>) -> Rc<[Step]> {
        if let Some(known) = self.steps.get(&now.name) {
            return known.clone();
        }
        let mut steps = Vec::new();
        let mut order = 0;
        let mut before = self.class_at(last, now, order);
        let mut changes = 0;
        while let (Some(was), Some(at)) = (before.take(), self.next_change(now, order)) {
            changes += 1;
            if steps.len() + 1 == MOST_STEPS || changes == MOST_CHANGES {
                // What is above it follows the rest there, and what is between at the last one.
                let places = [Some(at), self.last_change(now).filter(|last| *last > at)];
                steps.extend(places.into_iter().flatten().map(|at| Step {
                    at,
                    before: was.clone(),
                    after: now.clone(),
                }));
                break;
            }
            let next = self.class_at(last, now, at);
            let after = next.clone().unwrap_or_else(|| now.clone());
            let step = Step { at, before: was, after };
            if step.matters() {
                steps.push(step);
            }
            (before, order) = (next, at);
        }
        let steps: Rc<[Step]> = steps.into();
        self.steps.insert(now.name.clone(), steps.clone());
        steps
    }

    /// A class that was deleted behind a place of the text.
    pub(super) fn deleted(
        &self,
        last: ClassOf<'_>,
        name: &str,
        order: usize,
    ) -> Option<Arc<ResolvedClass>> {
        let name = Name::new(name);
        self.at(&name, order)?;
        self.make(last, &name, order)
    }

    /// The declaration in force at a place, when it is not the last one.
    fn at(&self, name: &Name, order: usize) -> Option<(usize, &Past)> {
        let of_class = self.past.get(name)?;
        let (until, class) = of_class.get(of_class.partition_point(|(u, _)| *u <= order))?;
        Some((*until, class))
    }

    fn make(&self, last: ClassOf<'_>, name: &Name, order: usize) -> Option<Arc<ResolvedClass>> {
        let mut chain: Vec<model::Class> = Vec::new();
        let mut next = Some(name.clone());
        while let Some(name) = next.take() {
            let class = match self.at(&name, order) {
                Some((_, Past::Declared(class))) => class.clone(),
                Some((_, Past::Known(class))) => class.to_class(ClassForm::Local),
                None => last(name.as_str())?.to_class(ClassForm::Local),
            };
            next.clone_from(&class.superclass);
            chain.push(class);
            if chain.len() > MAX_DEPTH {
                return None;
            }
        }
        let mut builder = NamespaceBuilder::default();
        chain.into_iter().rev().map(|class| builder.add_class(class).ok()).last()?
    }
}

/// Makes an instance of a class as it was one of the class as it is. Gives the properties
/// that it loses.
pub(super) fn carry(
    instance: &mut Instance,
    made_with: &ResolvedClass,
    now: &ResolvedClass,
) -> HashSet<Name> {
    let type_in = |class: &ResolvedClass, name: &Name| {
        class.property(name.as_str()).map(|(_, member)| member.declaration.data_type.clone())
    };
    let names: Vec<Name> = instance.properties().map(|(name, _)| name.clone()).collect();
    let mut lost = HashSet::new();
    for name in names {
        let to = type_in(now, &name);
        if type_in(made_with, &name) == to {
            continue;
        }
        match to.and_then(|to| converted(instance.get(name.as_str())?, &to)) {
            Some(value) => instance.set(name, value),
            None => {
                instance.remove(name.as_str());
                lost.insert(name);
            }
        }
    }
    lost
}

/// The same value as one of another type, if that has it.
fn converted(value: &Value, to: &DataType) -> Option<Value> {
    match value {
        Value::Null(..) => Some(Value::Null(to.cim_type, to.is_array())),
        Value::Scalar(scalar) if !to.is_array() => {
            converted_scalar(scalar, to.cim_type).map(Value::Scalar)
        }
        Value::Array(array) if to.is_array() => {
            let items = (0..array.len()).map(|at| match array.get(at)? {
                Some(item) => converted_scalar(&item, to.cim_type).map(Some),
                None => Some(None),
            });
            let items: Option<Vec<_>> = items.collect();
            Array::from_options(to.cim_type, items?).ok().map(Value::Array)
        }
        _ => None,
    }
}

fn converted_scalar(scalar: &Scalar, to: CimType) -> Option<Scalar> {
    match (scalar.as_integer(), scalar) {
        _ if scalar.cim_type() == to => Some(scalar.clone()),
        (Some(number), _) if to.is_integer() => Scalar::from_integer(to, number),
        (Some(number), _) if to == CimType::Real64 && number.unsigned_abs() <= 1 << 53 => {
            Some(Scalar::Real64(number as f64))
        }
        (Some(number), _) if to == CimType::Real32 && number.unsigned_abs() <= 1 << 24 => {
            Some(Scalar::Real32(number as f32))
        }
        (None, Scalar::Real32(real)) if to == CimType::Real64 => {
            Some(Scalar::Real64(f64::from(*real)))
        }
        _ => None,
    }
}
