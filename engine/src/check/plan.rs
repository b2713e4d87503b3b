//! Rows of values in a fixed order, for the prepared inserter and for runs of instances.
//!
//! What does not depend on the values is worked out once: which values need no
//! look beyond their type, which defaults are added, which slots must not be NULL.
//! A row of plain values is then checked by one comparison a value, and nothing is
//! allocated.

use super::bounds::is_dense;
use super::problem::{KEY, illegal_null};
use super::{Cells, Checked, Checker};
use crate::error::EngineError;
use crate::schema::{Layout, Slot};
use crate::view::ValueView;
use cimarron_model::{CimType, Value};

/// How values for these slots, in this order, become rows of a layout. It holds for
/// the layout and the schema that it was made with.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(super) given: Vec<Given>,
    /// Converted defaults of slots that are not given.
    pub(super) defaults: Vec<(u32, Value)>,
    /// How many bytes of text those have.
    pub(super) default_text: usize,
    /// Which of the values are the keys, in declaration order; `None` when not all keys are
    /// given.
    pub(super) keys: Option<Vec<usize>>,
    /// A slot that needs a value and never gets one, and why it needs it.
    pub(super) missing: Option<(u32, &'static str)>,
}

/// A row whose values are taken as they are.
pub(crate) struct PlainRow<'p> {
    plan: &'p Plan,
    values: &'p [ValueView<'p>],
    /// How many bytes of text it has.
    pub(crate) text: usize,
}

impl<'p> PlainRow<'p> {
    /// The values of the keys, in declaration order.
    #[inline]
    pub(crate) fn keys(&self) -> impl Iterator<Item = ValueView<'p>> {
        let keys = self.plan.keys.as_deref().unwrap_or_default().iter();
        keys.filter_map(|at| self.values.get(*at)).copied()
    }

    /// The values that were given, with their slots.
    #[inline(always)]
    pub(crate) fn given(&self) -> impl Iterator<Item = (u32, &'p ValueView<'p>)> {
        self.plan.given.iter().map(|given| given.slot).zip(self.values)
    }

    /// The row's other values with their slots.
    #[inline]
    pub(crate) fn defaults(&self) -> impl Iterator<Item = (u32, ValueView<'p>)> {
        self.plan.defaults.iter().map(|(slot, value)| (*slot, value.into()))
    }
}

/// Which values of a slot are taken as they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plain {
    /// Those of this type; datetimes only without asterisks.
    Of(CimType),
    /// Texts without spaces and control characters (WMI's keys).
    KeyText,
    /// None: each is looked at.
    Never,
}

/// One value of every row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub(super) slot: u32,
    pub(super) plain: Plain,
    /// Why it cannot be NULL.
    needed: Option<&'static str>,
}

impl Checker<'_> {
    /// Prepares for rows that give values for these slots, each at most once.
    pub(crate) fn plan(self, layout: &Layout, slots: &[u32]) -> Result<Plan, EngineError> {
        let given = slots
            .iter()
            .filter_map(|number| Some((*number, layout.slot(*number)?)))
            .map(|(number, slot)| Given {
                slot: number,
                plain: self.plain(slot),
                needed: if slot.is_key { Some(KEY) } else { self.needs_value(slot) },
            })
            .collect();
        let mut defaults = Vec::new();
        for number in layout.defaults.iter().filter(|n| !slots.contains(n)) {
            let Some(slot) = layout.slot(*number) else { continue };
            let default = slot.default.as_ref().map_or(ValueView::Null, ValueView::from);
            let converted = self.convert(slot, default)?;
            let default = converted.view().to_value(slot.cim_type, slot.array.is_array());
            defaults.push((*number, default));
        }
        let absent = |needed: &[u32]| {
            let is_there = |n: &u32| slots.contains(n) || layout.defaults.contains(n);
            needed.iter().copied().find(|n| !is_there(n))
        };
        let (needed, reason) = self.needed(layout);
        let missing = absent(&layout.keys).map(|n| (n, KEY));
        let missing = missing.or_else(|| absent(needed).map(|n| (n, reason)));
        let key = |slot: &u32| slots.iter().position(|given| given == slot);
        let keys = layout.keys.iter().map(key).collect();
        let texts = defaults.iter().filter_map(|(_, value)| value.as_str());
        let default_text = texts.map(str::len).sum();
        Ok(Plan { given, defaults, default_text, keys, missing })
    }

    fn plain(self, slot: &Slot) -> Plain {
        if slot.array.is_array() {
            Plain::Never
        } else if self.is_plain(slot)
            || (slot.cim_type == CimType::DateTime && !self.is_bounded(slot))
        {
            Plain::Of(slot.cim_type)
        } else if slot.is_key && slot.cim_type == CimType::String && !self.is_bounded(slot) {
            Plain::KeyText
        } else {
            Plain::Never
        }
    }

    /// One row, one value a slot of the plan, when all of them are taken as they are.
    #[inline]
    pub(crate) fn plain_row<'p>(
        self,
        plan: &'p Plan,
        values: &'p [ValueView<'p>],
    ) -> Option<PlainRow<'p>> {
        if plan.keys.is_none() || plan.missing.is_some() {
            return None;
        }
        let mut text = plan.default_text;
        for (given, value) in plan.given.iter().zip(values) {
            if !self.takes_plain(given, value) {
                return None;
            }
            text = text.saturating_add(value.as_str().map_or(0, str::len));
        }
        (text <= self.limits.row_text_length).then_some(PlainRow { plan, values, text })
    }

    /// Whether a value is taken as it is, as far as that is quickly seen.
    #[inline(always)]
    pub(super) fn takes_plain(self, given: &Given, value: &ValueView<'_>) -> bool {
        match (value, given.plain) {
            (ValueView::Null, _) => given.needed.is_none(),
            (ValueView::String(text), plain) => {
                text.len() <= self.limits.string_length
                    && match plain {
                        Plain::Of(cim_type) => cim_type == CimType::String,
                        Plain::KeyText => is_dense(text),
                        Plain::Never => false,
                    }
            }
            (ValueView::DateTime(datetime), Plain::Of(CimType::DateTime)) => {
                !datetime.has_wildcards()
            }
            (value, Plain::Of(cim_type)) => value.scalar_type() == Some(cim_type),
            (_, Plain::KeyText | Plain::Never) => false,
        }
    }

    /// The cells of one row, one value a slot of the plan, appended to `cells`.
    pub(crate) fn row<'v>(
        self,
        layout: &Layout,
        plan: &'v Plan,
        values: &[ValueView<'v>],
        cells: &mut Cells<'v>,
    ) -> Result<(), EngineError> {
        cells.reserve(plan.given.len() + plan.defaults.len());
        for (given, value) in plan.given.iter().zip(values) {
            let checked = if self.takes_plain(given, value) {
                Checked::View(*value)
            } else {
                self.look(layout, *given, *value)?
            };
            cells.push((given.slot, checked));
        }
        for (slot, default) in &plan.defaults {
            cells.push((*slot, Checked::View(default.into())));
        }
        self.check_text(cells)?;
        match plan.missing {
            Some((slot, reason)) => Err(illegal_null(layout, slot, reason)),
            None => Ok(()),
        }
    }

    #[inline(never)]
    fn look<'v>(
        self,
        layout: &Layout,
        given: Given,
        value: ValueView<'v>,
    ) -> Result<Checked<'v>, EngineError> {
        match (given.needed, layout.slot(given.slot)) {
            (Some(reason), _) if value.is_null() => Err(illegal_null(layout, given.slot, reason)),
            (_, Some(slot)) => self.convert(slot, value),
            (_, None) => Ok(Checked::View(ValueView::Null)),
        }
    }
}
