//! Resolving a class: merging what it inherits into what it declares.
//!
//! A resolved class shares the declarations of members that it does not
//! override with the class that wrote them. What such a member looks like from
//! below (restricted qualifiers gone, the others marked as propagated) is
//! computed when it is read, so 28,000 exposed properties cost 28,000 pointers.
//!
//! Rules (DSP0004 5.6.1, 5.6.3.34): a qualifier with `ToSubclass` goes on to the
//! subclass's element of the same name unless that element sets it itself; an
//! overriding member keeps the slot and the origin of the one it overrides, and
//! inherits its default when it writes none. Parameters of an overriding method
//! inherit from the parameter of the same name.
//!
//! Nothing is checked here: `rules` judges a declaration before it comes here.

use crate::member::{FEW, Index, Member, index_of, pick, place, with_room};
use cimarron_model::{
    Class, Flavor, Method, Name, Origin, Parameter, Property, Qualifier, Qualifiers, fold,
};
use hashbrown::HashMap;
use std::cell::OnceCell;

/// A class with everything it inherits.
#[derive(Clone, Debug, Default)]
pub struct ResolvedClass {
    /// The name.
    pub name: Name,
    /// The classes above, nearest first.
    pub ancestors: Vec<Name>,
    /// The qualifiers: own ones as written, then propagated ones.
    pub qualifiers: Qualifiers,
    /// The properties; the position is the slot.
    pub properties: Vec<Member<Property>>,
    /// The slots of the properties that the class itself declares, in written order.
    pub own_properties: Vec<u32>,
    /// The methods.
    pub methods: Vec<Member<Method>>,
    /// The positions of the methods that the class itself declares, in written order.
    pub own_methods: Vec<u32>,
    /// Of many properties, where each is.
    pub(crate) properties_by_name: Option<Box<Index>>,
    /// Of many methods, where each is.
    pub(crate) methods_by_name: Option<Box<Index>>,
}

/// Which view of a class to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassForm {
    /// Everything, inherited members and qualifiers included.
    Resolved,
    /// Only what the class itself declares.
    Local,
}

impl ResolvedClass {
    /// Resolves `local` under `superclass`, which must be the one it names.
    pub fn resolve(local: Class, superclass: Option<&Self>) -> Self {
        let mut class = Self {
            name: local.name,
            qualifiers: match superclass {
                Some(above) => merge_class(local.qualifiers, &above.qualifiers),
                None => written(local.qualifiers),
            },
            ..Self::default()
        };
        if let Some(above) = superclass {
            class.ancestors.reserve_exact(above.ancestors.len() + 1);
            class.ancestors.push(above.name.clone());
            class.ancestors.extend_from_slice(&above.ancestors);
            class.properties = with_room(&above.properties, local.properties.len());
            class.methods = with_room(&above.methods, local.methods.len());
        }
        class.properties_by_name = index_of(&class.properties, local.properties.len());
        class.methods_by_name = index_of(&class.methods, local.methods.len());
        class.own_properties.reserve_exact(local.properties.len());
        for property in local.properties {
            class.declare_property(property);
        }
        class.own_methods.reserve_exact(local.methods.len());
        for method in local.methods {
            class.declare_method(method);
        }
        class
    }

    /// How many classes are above this one.
    pub fn depth(&self) -> u16 {
        // Ancestor lists are bounded by `rules::MAX_DEPTH` long before this saturates.
        u16::try_from(self.ancestors.len()).unwrap_or(u16::MAX)
    }

    /// The superclass's name.
    pub fn superclass(&self) -> Option<&Name> {
        self.ancestors.first()
    }

    /// The slot and the property of this name.
    pub fn property(&self, name: &str) -> Option<(usize, &Member<Property>)> {
        Member::find(&self.properties, self.properties_by_name.as_deref(), name)
    }

    /// The position and the method of this name.
    pub fn method(&self, name: &str) -> Option<(usize, &Member<Method>)> {
        Member::find(&self.methods, self.methods_by_name.as_deref(), name)
    }

    /// Whether the class is `name` or below it.
    pub fn is_a(&self, name: &str) -> bool {
        self.name.is(name) || self.ancestors.iter().any(|a| a.is(name))
    }

    /// An owned class in the form asked for.
    pub fn to_class(&self, form: ClassForm) -> Class {
        let depth = self.depth();
        let mut class = Class::new(self.name.clone());
        class.superclass = self.superclass().cloned();
        match form {
            ClassForm::Resolved => {
                class.qualifiers = self.qualifiers.clone();
                class.properties = self.properties.iter().map(|m| m.seen_from(depth)).collect();
                class.methods = self.methods.iter().map(|m| m.seen_from(depth)).collect();
            }
            ClassForm::Local => {
                class.qualifiers = own(&self.qualifiers);
                class.properties =
                    pick(&self.own_properties, &self.properties).map(local_property).collect();
                class.methods = pick(&self.own_methods, &self.methods).map(local_method).collect();
            }
        }
        class
    }

    fn declare_property(&mut self, mut declared: Property) {
        let depth = self.depth();
        declared.propagated = false;
        let above = self.property(declared.name.as_str());
        let above = above.map(|(slot, m)| (slot, m.declaration.clone()));
        let qualifiers = std::mem::take(&mut declared.qualifiers);
        let slot = match above {
            Some((slot, overridden)) => {
                declared.qualifiers = merge(qualifiers, &overridden.qualifiers);
                declared.origin.clone_from(&overridden.origin);
                if declared.default.is_none() && overridden.default.is_some() {
                    declared.default.clone_from(&overridden.default);
                    declared.default_inherited = true;
                }
                slot
            }
            None => {
                declared.qualifiers = written(qualifiers);
                declared.origin = Some(Origin { class: self.name.clone(), depth });
                self.properties.len()
            }
        };
        if let Some(index) = &mut self.properties_by_name {
            index.entry(declared.name.clone()).or_insert(slot);
        }
        place(&mut self.properties, &mut self.own_properties, slot, declared, depth);
    }

    fn declare_method(&mut self, mut declared: Method) {
        let depth = self.depth();
        declared.propagated = false;
        let above = self.method(declared.name.as_str());
        let above = above.map(|(at, m)| (at, m.declaration.clone()));
        let qualifiers = std::mem::take(&mut declared.qualifiers);
        let overridden = above.as_ref().map(|(_, overridden)| &**overridden);
        let parameters = ParametersOf::new(overridden);
        for (at, parameter) in declared.parameters.iter_mut().enumerate() {
            let same = parameters.named(at, &parameter.name);
            let qualifiers = std::mem::take(&mut parameter.qualifiers);
            parameter.qualifiers = match same {
                Some(p) => merge(qualifiers, &p.qualifiers),
                None => written(qualifiers),
            };
        }
        let at = match &above {
            Some((at, overridden)) => {
                declared.qualifiers = merge(qualifiers, &overridden.qualifiers);
                declared.origin.clone_from(&overridden.origin);
                *at
            }
            None => {
                declared.qualifiers = written(qualifiers);
                declared.origin = Some(Origin { class: self.name.clone(), depth });
                self.methods.len()
            }
        };
        if let Some(index) = &mut self.methods_by_name {
            index.entry(declared.name.clone()).or_insert(at);
        }
        place(&mut self.methods, &mut self.own_methods, at, declared, depth);
    }
}

/// The parameter of this name of a method that is overridden. Nearly always it stands at the
/// same position.
pub fn parameter_of<'a>(
    overridden: Option<&'a Method>,
    at: usize,
    name: &Name,
) -> Option<&'a Parameter> {
    ParametersOf::new(overridden).named(at, name)
}

/// The parameters of a method that is overridden, for whoever looks for all of them.
pub(crate) struct ParametersOf<'a> {
    all: &'a [Parameter],
    /// Where the first of each name stands, once one stands elsewhere than expected.
    places: OnceCell<HashMap<&'a Name, usize>>,
}

impl<'a> ParametersOf<'a> {
    pub(crate) fn new(overridden: Option<&'a Method>) -> Self {
        let all = overridden.map(|method| method.parameters.as_slice()).unwrap_or_default();
        Self { all, places: OnceCell::new() }
    }

    /// The one of this name. Nearly always it stands at the same position.
    pub(crate) fn named(&self, at: usize, name: &Name) -> Option<&'a Parameter> {
        if let Some(same) = self.all.get(at).filter(|p| p.name == *name) {
            return Some(same);
        }
        if self.all.len() <= FEW {
            return self.all.iter().find(|p| p.name == *name);
        }
        let places = self.places.get_or_init(|| {
            let mut places = HashMap::with_capacity(self.all.len());
            for (at, parameter) in self.all.iter().enumerate() {
                places.entry(&parameter.name).or_insert(at);
            }
            places
        });
        self.all.get(*places.get(name)?)
    }
}

impl Member<Property> {
    /// The property as a class at this depth shows it.
    pub fn seen_from(&self, depth: u16) -> Property {
        let mut property = (*self.declaration).clone();
        if self.declared_at != depth {
            property.qualifiers = inherited(&property.qualifiers);
            property.propagated = true;
            property.default_inherited = property.default.is_some();
        }
        property
    }
}

impl Member<Method> {
    /// The method as a class at this depth shows it.
    pub fn seen_from(&self, depth: u16) -> Method {
        let mut method = (*self.declaration).clone();
        if self.declared_at != depth {
            method.qualifiers = inherited(&method.qualifiers);
            method.propagated = true;
            for parameter in &mut method.parameters {
                parameter.qualifiers = inherited_with(&parameter.qualifiers, passes_with_method);
            }
        }
        method
    }
}

/// The qualifiers as written, none of them propagated.
fn written(mut qualifiers: Qualifiers) -> Qualifiers {
    // Many elements below may get them.
    qualifiers.share_values();
    for flavor in qualifiers.flavors_mut() {
        *flavor = flavor.without(Flavor::PROPAGATED);
    }
    qualifiers
}

/// Whether a parameter's qualifier comes down with a method that is inherited as
/// it is. `In`, `Out` and `ID` are its signature and do, also in WMI, where
/// nobody writes ToSubclass on them.
pub(crate) fn passes_with_method(name: &str, flavor: Flavor) -> bool {
    flavor.to_subclass() || ["In", "Out", "ID"].into_iter().any(|n| fold::eq(name, n))
}

/// What an element that does not write any qualifier itself gets from `above`.
fn inherited(above: &Qualifiers) -> Qualifiers {
    inherited_with(above, |_, flavor| flavor.to_subclass())
}

fn inherited_with(above: &Qualifiers, passes: impl Fn(&str, Flavor) -> bool) -> Qualifiers {
    let passing = above.iter().filter(|q| passes(q.name.as_str(), q.flavor));
    Qualifiers::of_distinct(passing.cloned().map(|q| with_propagated(q, true)).collect())
}

/// Own qualifiers as written, then those from `above` that go on and are not set here.
fn merge(local: Qualifiers, above: &Qualifiers) -> Qualifiers {
    let mut merged = written(local);
    let (mut new, mut bound) = (Vec::new(), Vec::new());
    let by_name = merged.look_up();
    for qualifier in above.iter().filter(|q| q.flavor.to_subclass()) {
        match by_name.position(&qualifier.name) {
            None => new.push(with_propagated(qualifier.clone(), true)),
            // What must not be overridden stays so when it is written again.
            Some(again) if !qualifier.flavor.overridable() => {
                bound.push((again, qualifier.flavor.without(Flavor::PROPAGATED)));
            }
            Some(_) => {}
        }
    }
    drop(by_name);
    for (again, flavor) in bound {
        if let Some(own) = merged.flavors_mut().nth(again) {
            *own = own.with(flavor);
        }
    }
    merged.append_distinct(new);
    merged
}

/// As `merge`, for classes: what lies below an abstract class is concrete unless
/// it says otherwise, whatever flavor its `Abstract` carries.
fn merge_class(local: Qualifiers, above: &Qualifiers) -> Qualifiers {
    let says_itself = local.get("Abstract").is_some();
    let mut merged = merge(local, above);
    if !says_itself {
        merged.remove("Abstract");
    }
    merged
}

/// Those that the element itself writes.
fn own(qualifiers: &Qualifiers) -> Qualifiers {
    let own = qualifiers.iter().filter(|q| !q.flavor.propagated());
    Qualifiers::of_distinct(own.cloned().collect())
}

fn with_propagated(mut qualifier: Qualifier, on: bool) -> Qualifier {
    qualifier.flavor = qualifier.flavor.set(Flavor::PROPAGATED, on);
    qualifier
}

fn local_property(declared: &Property) -> Property {
    let mut property = declared.clone();
    property.qualifiers = own(&property.qualifiers);
    if property.default_inherited {
        property.default = None;
        property.default_inherited = false;
    }
    property
}

fn local_method(declared: &Method) -> Method {
    let mut method = declared.clone();
    method.qualifiers = own(&method.qualifiers);
    for parameter in &mut method.parameters {
        *parameter = Parameter { qualifiers: own(&parameter.qualifiers), ..parameter.clone() };
    }
    method
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::FEW;
    use cimarron_model::{Array, CimType, DataType, Elements, Value};
    use std::sync::Arc;

    fn qualifier(name: &str, value: impl Into<Value>, flavor: Flavor) -> Qualifier {
        Qualifier { name: name.into(), value: value.into(), flavor }
    }

    fn base() -> Class {
        let mut class = Class::new("X_Base");
        class.qualifiers.set(qualifier("Version", "1", Flavor::default()));
        class.qualifiers.set(qualifier("Association", true, Flavor::TO_SUBCLASS));
        let mut id = Property::new("Id", DataType::scalar(CimType::String));
        id.qualifiers.set(qualifier("Key", true, Flavor::TO_SUBCLASS));
        id.qualifiers.set(qualifier("Deprecated", "x", Flavor::default()));
        id.default = Some("d".into());
        class.properties.push(id);
        class.properties.push(Property::new("Size", DataType::scalar(CimType::UInt8)));
        class
    }

    #[test]
    fn members_keep_slot_origin_default_and_order() {
        let above = ResolvedClass::resolve(base(), None);
        let mut local = Class::new("X_Sub");
        local.superclass = Some("X_Base".into());
        local.properties.push(Property::new("Extra", DataType::scalar(CimType::UInt8)));
        let mut id = Property::new("ID", DataType::scalar(CimType::String));
        id.qualifiers.set(qualifier("Override", "Id", Flavor::default()));
        local.properties.push(id);
        let sub = ResolvedClass::resolve(local.clone(), Some(&above));

        let resolved = sub.to_class(ClassForm::Resolved);
        let names: Vec<_> = resolved.properties.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["ID", "Size", "Extra"]);
        let id = &resolved.properties[0];
        assert_eq!(id.origin.as_ref().unwrap().class, Name::new("X_Base"));
        assert_eq!(id.default, Some("d".into()));
        assert!(id.default_inherited && !id.propagated && id.is_key());
        assert!(id.qualifiers.get("Deprecated").is_none(), "restricted");
        assert!(resolved.properties[1].propagated);
        assert_eq!(resolved.properties[2].origin.as_ref().unwrap().depth, 1);
        assert!(resolved.is_association());
        assert!(resolved.qualifiers.get("Version").is_none());

        let mut expected = local.clone();
        expected.properties[0].origin = Some(Origin { class: "X_Sub".into(), depth: 1 });
        expected.properties[1].origin = Some(Origin { class: "X_Base".into(), depth: 0 });
        assert_eq!(sub.to_class(ClassForm::Local), expected);
    }

    #[test]
    fn overrides_share_long_values_with_what_they_override() {
        let map: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let map = Array::from_elements(Elements::String(map.iter().map(Into::into).collect()));
        let mut above = Class::new("X_A");
        let mut state = Property::new("State", DataType::scalar(CimType::UInt8));
        state.qualifiers.set(qualifier("ValueMap", map, Flavor::TO_SUBCLASS));
        above.properties.push(state);
        let above = ResolvedClass::resolve(above, None);
        let mut local = Class::new("X_B");
        local.properties.push(Property::new("State", DataType::scalar(CimType::UInt8)));
        let sub = ResolvedClass::resolve(local, Some(&above));
        let shared = |class: &ResolvedClass| {
            let (_, state) = class.property("State").unwrap();
            let map = state.declaration.qualifiers.get("ValueMap").unwrap();
            map.value.as_array().unwrap().shared().unwrap().clone()
        };
        assert!(Arc::ptr_eq(&shared(&above), &shared(&sub)));
    }

    #[test]
    fn what_must_not_be_overridden_keeps_its_flavors() {
        let bound = Flavor::TO_SUBCLASS.with(Flavor::NOT_OVERRIDABLE);
        for (above, again, expected) in [
            (Flavor::TO_SUBCLASS, Flavor::AMENDED, Flavor::AMENDED),
            (bound, Flavor::AMENDED, bound.with(Flavor::AMENDED)),
            (bound.with(Flavor::TO_INSTANCE), Flavor::default(), bound.with(Flavor::TO_INSTANCE)),
            (bound.with(Flavor::PROPAGATED), Flavor::default(), bound),
        ] {
            let one = |flavor| [qualifier("Q", true, flavor)].into_iter().collect::<Qualifiers>();
            assert_eq!(merge(one(again), &one(above)), one(expected), "{above:?} {again:?}");
        }
    }

    #[test]
    fn many_members_resolve_as_few_do() {
        for count in [3, FEW + 3] {
            let members = |class: &mut Class, from: usize, to: usize| {
                for n in from..to {
                    let name = format!("P{n}");
                    class.properties.push(Property::new(name.to_lowercase(), uint8()));
                    class.methods.push(method(&format!("M{n}")));
                }
            };
            let mut base = Class::new("Base");
            members(&mut base, 0, count);
            // Of what a mistake declares twice, the first counts.
            members(&mut base, 0, 1);
            let base = ResolvedClass::resolve(base, None);
            let mut derived = Class::new("Derived");
            derived.superclass = Some("Base".into());
            members(&mut derived, count - 1, count + 1);
            let derived = ResolvedClass::resolve(derived, Some(&base));
            assert_eq!((base.properties.len(), base.own_methods.len()), (count, count));
            assert_eq!(derived.own_properties, [count as u32 - 1, count as u32]);
            assert_eq!(derived.own_methods, derived.own_properties);
            for n in 0..=count {
                let found = derived.property(&format!("P{n}")).map(|(at, m)| (at, m.declared_at));
                assert_eq!(found, Some((n, u16::from(n + 1 >= count))));
                assert_eq!(derived.method(&format!("m{n}")).map(|(at, _)| at), Some(n));
            }
            assert!(derived.property("P").is_none());
        }
    }

    fn method(name: &str) -> Method {
        let qualifiers = Qualifiers::default();
        let (parameters, return_type) = (Vec::new(), Some(uint8()));
        let name = name.into();
        Method { name, return_type, parameters, qualifiers, origin: None, propagated: false }
    }

    fn uint8() -> DataType {
        DataType::scalar(CimType::UInt8)
    }
}
