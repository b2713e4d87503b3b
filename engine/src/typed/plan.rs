//! Which field of a struct takes which column.
//!
//! A row of a result has the same columns as the row before it, so this is worked out
//! once and then only looked at. Columns are known again by where their names lie,
//! which is why a plan never outlives its result.

use cimarron_wql::SystemProperty;

/// Which field of a struct takes which column of a result.
#[derive(Default)]
pub(super) struct Plan<'de> {
    pub(super) fields: &'static [&'static str],
    pub(super) columns: Vec<(&'de str, Key)>,
    /// Fields that ask for system properties that are not selected.
    pub(super) system: Vec<(&'static str, SystemProperty)>,
}

/// What a column is to a struct.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Key {
    Field(&'static str),
    /// Selected a second time.
    Again,
    Unknown,
}

impl<'de> Plan<'de> {
    /// Makes the plan one for a struct of these fields.
    pub(super) fn reset_for(&mut self, fields: &'static [&'static str]) {
        if !std::ptr::eq(self.fields, fields) {
            self.columns.clear();
            self.fields = fields;
            self.system = fields
                .iter()
                .filter(|f| f.starts_with("__"))
                .filter_map(|f| Some((*f, SystemProperty::from_name(f)?)))
                .collect();
        }
    }

    /// What the column is, when it has this name.
    pub(super) fn key(&mut self, column: usize, name: &'de str) -> Key {
        if let Some((known, key)) = self.columns.get(column)
            && std::ptr::eq(*known, name)
        {
            return *key;
        }
        let mut key = field_of(self.fields, column, name).map_or(Key::Unknown, Key::Field);
        self.columns.truncate(column);
        if key != Key::Unknown
            && self.columns.iter().any(|(n, k)| *k == key && cimarron_model::fold::eq(n, name))
        {
            key = Key::Again;
        }
        self.columns.push((name, key));
        key
    }
}

/// The field for a property: spelled like it, or else equal without case.
pub(super) fn field_of(
    fields: &'static [&'static str],
    guess: usize,
    name: &str,
) -> Option<&'static str> {
    if let Some(field) = fields.get(guess).filter(|f| **f == name) {
        return Some(field);
    }
    let exact = fields.iter().find(|f| **f == name);
    exact.or_else(|| fields.iter().find(|f| cimarron_model::fold::eq(f, name))).copied()
}
