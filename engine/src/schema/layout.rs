//! What hot code knows of a class version.
//!
//! A layout is built once per class version, on first use, from the archived
//! class. Reading and writing rows touches layouts only, never archived records.

use super::ClassId;
use super::role::Standing;
use cimarron_model::{ArrayShape, CaseInsensitive, CimType, ClassVersion, Name, Value};
use cimarron_schema::{ClassView, PropertyView};
use hashbrown::HashMap;

/// One property of a class version.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: Name,
    /// How values are held; [`CimType::Object`] also for DMTF's embedded strings.
    pub(crate) cim_type: CimType,
    pub(crate) array: ArrayShape,
    /// The class of a reference or embedded object.
    pub(crate) class: Option<Name>,
    pub(crate) is_key: bool,
    /// `Not_Null` or `Indexed` (WMI).
    pub(crate) not_null: bool,
    /// The declared type is `string` and the values are embedded objects
    /// (DSP0004 5.6.3.14, 5.6.3.15).
    pub(crate) embedded_text: bool,
    pub(crate) default: Option<Value>,
    /// `None` when the property has no bounds and is not required, as nearly all.
    pub(crate) bounds: Option<Box<Bounds>>,
}

/// What `MaxLen`, `MinLen`, `MaxValue`, `MinValue` and `Required` say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) max_len: Option<i128>,
    pub(crate) min_len: Option<i128>,
    pub(crate) max_value: Option<i128>,
    pub(crate) min_value: Option<i128>,
    /// The property needs a value (DSP0004 5.6.3; DMTF).
    pub(crate) required: bool,
}

/// A class version: slots, keys and defaults.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) id: ClassId,
    pub(crate) version: ClassVersion,
    pub(crate) class: Name,
    pub(crate) slots: Vec<Slot>,
    /// The slots of the keys, in declaration order.
    pub(crate) keys: Vec<u32>,
    /// The slots that have a default other than NULL.
    pub(crate) defaults: Vec<u32>,
    /// The slots that are `Not_Null` or `Indexed`.
    pub(crate) not_null: Vec<u32>,
    /// The slots that are `Required`.
    pub(crate) required: Vec<u32>,
    /// The slots of an association's references: its roles. Empty for other classes.
    pub(crate) references: Vec<u32>,
    /// What its instances make the engine do; `None` for nearly all.
    pub(crate) standing: Option<Box<Standing>>,
    by_name: HashMap<Name, u32>,
}

impl Layout {
    pub(crate) fn new(id: ClassId, version: ClassVersion, class: ClassView<'_>) -> Self {
        let slots = class.properties().map(Slot::new);
        let mut layout = Self::from_slots(id, version, class.name().into(), slots);
        layout.standing = Standing::of(class).map(Box::new);
        if class.is_association() {
            let is_role = |s: &Slot| s.cim_type == CimType::Reference && !s.array.is_array();
            let slots = (0..).zip(&layout.slots);
            layout.references = slots.filter(|(_, s)| is_role(s)).map(|(n, _)| n).collect();
        }
        layout
    }

    pub(crate) fn from_slots(
        id: ClassId,
        version: ClassVersion,
        class: Name,
        slots: impl Iterator<Item = Slot>,
    ) -> Self {
        let slots: Vec<Slot> = slots.collect();
        let which = |test: fn(&Slot) -> bool| {
            (0..).zip(&slots).filter(|(_, s)| test(s)).map(|(n, _)| n).collect::<Vec<u32>>()
        };
        let keys = which(|s| s.is_key);
        let defaults = which(|s| s.default.as_ref().is_some_and(|d| !d.is_null()));
        let not_null = which(|s| s.not_null);
        let required = which(Slot::is_required);
        let by_name = (0..).zip(&slots).map(|(n, s)| (s.name.clone(), n)).collect();
        Self {
            id,
            version,
            class,
            slots,
            keys,
            defaults,
            not_null,
            required,
            references: Vec::new(),
            standing: None,
            by_name,
        }
    }

    #[inline]
    pub(crate) fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize)
    }

    /// The slot of a property, without case. `guess` is tried first: callers
    /// mostly give properties in declaration order.
    pub(crate) fn slot_of(&self, name: &str, guess: u32) -> Option<u32> {
        if self.slot(guess).is_some_and(|s| s.name.as_str() == name) {
            return Some(guess);
        }
        self.by_name.get(&CaseInsensitive(name)).copied()
    }

    /// The slot of a property, without case, by a name that mostly is written as declared.
    #[inline(always)]
    pub(crate) fn slot_named(&self, name: &Name, guess: u32) -> Option<u32> {
        if self.slot(guess).is_some_and(|s| s.name.is_written_as(name)) {
            return Some(guess);
        }
        self.slot_of(name.as_str(), guess)
    }

    /// The property of this name, without case.
    pub(crate) fn find(&self, name: &str) -> Option<(u32, &Slot)> {
        let slot = self.slot_of(name, 0)?;
        Some((slot, self.slot(slot)?))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|s| s.name.as_str())
    }
}

impl Slot {
    /// What a row has that is no instance.
    pub(crate) const fn plain(name: Name, cim_type: CimType) -> Self {
        Self {
            name,
            cim_type,
            array: ArrayShape::Scalar,
            class: None,
            is_key: false,
            not_null: false,
            embedded_text: false,
            default: None,
            bounds: None,
        }
    }

    /// Whether DMTF demands a value.
    pub(crate) fn is_required(&self) -> bool {
        self.bounds.as_deref().is_some_and(|bounds| bounds.required)
    }

    /// Whether some values are too long, too short, too great or too small.
    #[inline]
    pub(crate) fn is_bounded(&self) -> bool {
        self.bounds.as_deref().is_some_and(|bounds| {
            bounds.max_len.is_some()
                || bounds.min_len.is_some()
                || bounds.max_value.is_some()
                || bounds.min_value.is_some()
        })
    }

    fn new(property: PropertyView<'_>) -> Self {
        let embedded = embedded_class(property);
        let bound = |name| property.qualifier(name).and_then(|q| q.value().as_integer());
        let bounds = Bounds {
            max_len: bound("MaxLen"),
            min_len: bound("MinLen"),
            max_value: bound("MaxValue"),
            min_value: bound("MinValue"),
            required: property.qualifiers().is_true("Required"),
        };
        Self {
            name: property.name().into(),
            cim_type: if embedded.is_some() { CimType::Object } else { property.cim_type() },
            array: property.array(),
            class: embedded.clone().unwrap_or_else(|| property.type_class().map(Name::new)),
            is_key: property.is_key(),
            not_null: property.qualifiers().is_true("Not_Null")
                || property.qualifiers().is_true("Indexed"),
            embedded_text: embedded.is_some(),
            default: property.default(),
            bounds: (bounds != Bounds::default()).then(|| Box::new(bounds)),
        }
    }
}

/// For a DMTF string with `EmbeddedInstance` the class, with `EmbeddedObject`
/// any class; `None` for all other properties.
fn embedded_class(property: PropertyView<'_>) -> Option<Option<Name>> {
    if property.cim_type() != CimType::String {
        return None;
    }
    let instance = property.qualifier("EmbeddedInstance").and_then(|q| {
        let value = q.value();
        value.as_str().filter(|c| !c.is_empty()).map(Name::new)
    });
    match instance {
        Some(class) => Some(Some(class)),
        None => property.qualifiers().is_true("EmbeddedObject").then_some(None),
    }
}
