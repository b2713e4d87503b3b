//! Whole rows: what is given, what is added, what must not be missing.

use super::filter::{check_filter, made_name};
use super::problem::{KEY, NOT_NULL, REQUIRED, illegal_null, slot_of};
use super::{Checked, Checker};
use crate::error::EngineError;
use crate::schema::{ClassRef, Layout};
use crate::view::ValueView;
use cimarron_model::{Dialect, Instance};
use smallvec::{SmallVec, smallvec};

/// Values by slot, in no order, each slot at most once. NULL stands for NULL.
pub(crate) type Cells<'a> = SmallVec<[(u32, Checked<'a>); 12]>;

/// The cells as the store takes them.
pub(crate) fn views<'c>(
    cells: &'c [(u32, Checked<'_>)],
) -> impl Iterator<Item = (u32, ValueView<'c>)> + Clone {
    cells.iter().map(|(slot, value)| (*slot, value.view()))
}

/// The values of keys, in declaration order.
pub(crate) type KeyViews<'c> = SmallVec<[ValueView<'c>; 4]>;

/// The values of a row's keys; NULL where one is missing.
#[inline]
pub(crate) fn keys<'c>(layout: &Layout, cells: &'c [(u32, Checked<'_>)]) -> KeyViews<'c> {
    let mut keys = KeyViews::new();
    for key in &layout.keys {
        let cell = cells.iter().find(|(slot, _)| slot == key);
        keys.push(cell.map_or(ValueView::Null, |(_, value)| value.view()));
    }
    keys
}

/// Up to how many slots are looked for one by one.
const FEW: usize = 4;

impl<'a> Checker<'a> {
    /// That the class can have instances of its own.
    pub(crate) fn instantiable(self, class: ClassRef<'_>) -> Result<(), EngineError> {
        let def = class.def();
        let name = || def.name.clone();
        match (self.dialect, def.transient) {
            _ if def.is_abstract => Err(EngineError::AbstractClass { class: name() }),
            (Dialect::Wmi, _) if def.is_amendment => {
                Err(EngineError::AmendmentClass { class: name() })
            }
            (Dialect::Dmtf, Some(kind)) => Err(EngineError::TransientClass { class: name(), kind }),
            _ if !def.has_keys && !def.is_singleton => Err(EngineError::NoKey { class: name() }),
            _ => Ok(()),
        }
    }

    /// The given properties of an instance, converted.
    pub(crate) fn given(
        self,
        layout: &'a Layout,
        instance: &'a Instance,
    ) -> Result<Cells<'a>, EngineError> {
        let mut cells = Cells::new();
        self.take_given(layout, instance, &mut cells)?;
        Ok(cells)
    }

    /// The given properties of an instance, converted, in the place of what is in `cells`.
    pub(crate) fn take_given(
        self,
        layout: &'a Layout,
        instance: &'a Instance,
        cells: &mut Cells<'a>,
    ) -> Result<(), EngineError> {
        cells.clear();
        cells.reserve(instance.len() + layout.defaults.len());
        if !instance.qualifiers.is_empty() {
            self.check_instance_qualifiers(layout, instance)?;
        }
        let mut guess = 0;
        for (name, property) in instance.properties() {
            let number = slot_of(layout, name, guess)?;
            guess = number + 1;
            if let Some(slot) = layout.slot(number) {
                if !property.qualifiers.is_empty() {
                    self.check_property_qualifiers(slot, &property.qualifiers)?;
                }
                let value = self.convert(slot, ValueView::from(&property.value))?;
                cells.push((number, value));
            }
        }
        self.check_text(cells)?;
        check_filter(layout, views(cells), self.limits)
    }

    /// That a row's texts together are not too long for a chunk.
    pub(super) fn check_text(self, cells: &[(u32, Checked<'_>)]) -> Result<(), EngineError> {
        let texts = cells.iter().filter_map(|(_, value)| value.view().as_str());
        let length = texts.map(str::len).fold(0, usize::saturating_add);
        let limit = self.limits.row_text_length;
        if length <= limit {
            return Ok(());
        }
        Err(EngineError::TooLong { what: "text of an instance", length, limit })
    }

    /// Gives a filter of WMI without a name one; says whether it did.
    pub(crate) fn name(self, layout: &Layout, cells: &mut Cells<'a>) -> bool {
        let made = layout.standing.as_ref().and_then(|_| made_name(layout, &views(cells)));
        let Some((key, name)) = made else { return false };
        cells.retain(|(slot, _)| *slot != key);
        cells.push((key, Checked::Text(name.into())));
        true
    }

    /// Completes the cells of a new row: defaults where nothing was given, and
    /// keys and other properties that need a value have one.
    pub(crate) fn complete(
        self,
        layout: &'a Layout,
        cells: &mut Cells<'a>,
    ) -> Result<(), EngineError> {
        let few = layout.keys.len() + self.needed(layout).0.len() <= FEW;
        if few && layout.defaults.is_empty() {
            return self.check_needed(layout, |slot| {
                cells.iter().any(|(s, value)| *s == slot && !value.view().is_null())
            });
        }
        let mut given = SlotSet::new(layout.slots.len());
        let mut valued = SlotSet::new(layout.slots.len());
        for (slot, value) in cells.iter() {
            given.insert(*slot);
            if !value.view().is_null() {
                valued.insert(*slot);
            }
        }
        for number in &layout.defaults {
            if !given.contains(*number) {
                cells.push((*number, self.default(layout, *number)?));
                valued.insert(*number);
            }
        }
        self.check_needed(layout, |slot| valued.contains(slot))
    }

    /// That the keys, and the other properties that need one, have a value.
    fn check_needed(
        self,
        layout: &Layout,
        has_value: impl Fn(u32) -> bool,
    ) -> Result<(), EngineError> {
        let (needed, reason) = self.needed(layout);
        let missing = |slots: &[u32]| slots.iter().copied().find(|n| !has_value(*n));
        match (missing(&layout.keys), missing(needed)) {
            (Some(key), _) => Err(illegal_null(layout, key, KEY)),
            (None, Some(number)) => Err(illegal_null(layout, number, reason)),
            (None, None) => Ok(()),
        }
    }

    /// The slots that need a value besides the keys, and why.
    pub(super) fn needed(self, layout: &Layout) -> (&[u32], &'static str) {
        match self.dialect {
            Dialect::Wmi => (&layout.not_null, NOT_NULL),
            Dialect::Dmtf => (&layout.required, REQUIRED),
        }
    }

    /// What a property is when nothing is given: its default or NULL.
    pub(crate) fn default(
        self,
        layout: &'a Layout,
        number: u32,
    ) -> Result<Checked<'a>, EngineError> {
        match layout.slot(number) {
            Some(slot) => {
                let default = slot.default.as_ref().map_or(ValueView::Null, ValueView::from);
                self.convert(slot, default)
            }
            None => Ok(Checked::View(ValueView::Null)),
        }
    }
}

/// Some of a layout's slots.
struct SlotSet(SmallVec<[u64; 4]>);

impl SlotSet {
    fn new(slots: usize) -> Self {
        Self(smallvec![0; slots.div_ceil(64)])
    }

    fn insert(&mut self, slot: u32) {
        if let Some(word) = self.0.get_mut(slot as usize / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    fn contains(&self, slot: u32) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }
}
