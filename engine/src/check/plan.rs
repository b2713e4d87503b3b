//! Rows of values in a fixed order, for the prepared inserter.
//!
//! What does not depend on the values is worked out once: which values need no
//! look beyond their type, which defaults are added, which slots must not be NULL.
//! A row of plain values is then checked by one comparison a value, and nothing is
//! allocated.

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
    given: Vec<Given>,
    /// Converted defaults of slots that are not given.
    defaults: Vec<(u32, Value)>,
    /// A slot that needs a value and never gets one, and why it needs it.
    missing: Option<(u32, &'static str)>,
}

/// Which values of a slot are taken as they are.
#[derive(Clone, Copy, Debug)]
enum Plain {
    /// Those of this type.
    Of(CimType),
    /// Texts without spaces and control characters (WMI's keys).
    KeyText,
    /// None: each is looked at.
    Never,
}

/// One value of every row.
#[derive(Clone, Copy, Debug)]
struct Given {
    slot: u32,
    plain: Plain,
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
        Ok(Plan { given, defaults, missing })
    }

    fn plain(self, slot: &Slot) -> Plain {
        if slot.array.is_array() {
            Plain::Never
        } else if self.is_plain(slot) {
            Plain::Of(slot.cim_type)
        } else if slot.is_key && slot.cim_type == CimType::String && !slot.is_bounded() {
            Plain::KeyText
        } else {
            Plain::Never
        }
    }

    /// The cells of one row, one value a slot of the plan, appended to `cells`.
    #[inline]
    pub(crate) fn row<'v>(
        self,
        layout: &Layout,
        plan: &'v Plan,
        values: &[ValueView<'v>],
        cells: &mut Cells<'v>,
    ) -> Result<(), EngineError> {
        cells.reserve(plan.given.len() + plan.defaults.len());
        for (given, value) in plan.given.iter().zip(values) {
            let taken = match (given.plain, value) {
                (_, ValueView::Null) => given.needed.is_none(),
                (Plain::Of(CimType::String), ValueView::String(text)) => {
                    text.len() <= self.limits.string_length
                }
                (Plain::KeyText, ValueView::String(text)) => {
                    text.len() <= self.limits.string_length && text.bytes().all(|b| b > 0x20)
                }
                (Plain::Of(cim_type), value) => value.cim_type() == Some(cim_type),
                (Plain::KeyText | Plain::Never, _) => false,
            };
            let checked =
                if taken { Checked::View(*value) } else { self.look(layout, *given, *value)? };
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
