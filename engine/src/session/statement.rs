//! What is the same for every run of a query: which class, which rows pass, what they show.

use super::access;
use super::by_key::KeyWanted;
use super::by_reference::ReferenceWanted;
use super::instance_options::Choice;
use crate::clock::Clock;
use crate::schema::{ClassId, Schema};
use crate::store::KeyRules;
use cimarron_model::{CimType, Location, Name};
use cimarron_wql::plan::Predicate;
use cimarron_wql::{BoundExtended, BoundPath, BoundQuery, Column, Declared, Projection};
use std::sync::Arc;

/// What stands over a column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnHeader {
    /// The property as declared, a system property, or `Property.Member`; the alias or
    /// the aggregate, where an extended query has one.
    pub name: Name,
    /// The type, of the elements for an array. Members of embedded objects that no
    /// class declares count as strings.
    pub cim_type: CimType,
    /// Whether it is an array.
    pub is_array: bool,
}

impl ColumnHeader {
    pub(super) fn of(path: &BoundPath) -> Self {
        let (cim_type, is_array) = match path {
            BoundPath::Column(column) => (column.cim_type, column.is_array),
            BoundPath::System(property) => (property.cim_type(), property.is_array()),
            BoundPath::This => (CimType::Object, false),
            BoundPath::Member(member) => match member.declared {
                Declared::As(cim_type) => (cim_type, false),
                _ => (CimType::String, false),
            },
        };
        let name = match path {
            BoundPath::Column(column) => column.name.clone(),
            other => other.to_string().into(),
        };
        Self { name, cim_type, is_array }
    }
}

/// What a result shows of its rows.
#[derive(Debug)]
pub(super) enum Selection {
    /// Every property of each row's own class.
    All,
    /// Some of them.
    Chosen(Choice),
    /// These, in this order, under these headers.
    Items(Vec<BoundPath>, Vec<ColumnHeader>),
}

/// Where a query was bound: what its results need of their repository and namespace.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) schema: Arc<Schema>,
    pub(super) location: Arc<Location>,
    pub(super) clock: Arc<dyn Clock>,
}

/// A query of instances, ready to run. A result of it shares all of this at once.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) setting: Setting,
    /// The class that was asked for, as declared.
    pub(super) class: Name,
    /// The same in the schema that it was bound against.
    pub(super) class_id: Option<ClassId>,
    pub(super) selection: Selection,
    /// Which rows pass; `None` for all. Boxed, for most results have none, and numbers of
    /// 128 bits would make each statement dear to allocate.
    pub(super) predicate: Option<Box<Predicate>>,
    /// The key of the rows that pass, when the predicate says it.
    pub(super) key: Option<KeyWanted>,
    /// An end of the associations that pass, when the predicate says it.
    pub(super) reference: Option<Box<ReferenceWanted>>,
    /// What is done with the rows that pass.
    pub(super) extended: Option<Box<BoundExtended>>,
}

impl Statement {
    /// All instances of a class.
    pub(super) fn all(setting: Setting, class: Name, choice: Option<Choice>) -> Self {
        let selection = choice.map_or(Selection::All, Selection::Chosen);
        Self {
            setting,
            class,
            class_id: None,
            selection,
            predicate: None,
            key: None,
            reference: None,
            extended: None,
        }
    }

    /// One row of aggregates, under these headers.
    pub(super) fn of_aggregates(setting: Setting, class: Name, headers: Vec<ColumnHeader>) -> Self {
        let column = |(slot, header): (usize, &ColumnHeader)| {
            let ColumnHeader { name, cim_type, is_array } = header.clone();
            BoundPath::Column(Column { slot, name, cim_type, is_array })
        };
        let paths = headers.iter().enumerate().map(column).collect();
        let selection = Selection::Items(paths, headers);
        Self { selection, ..Self::all(setting, class, None) }
    }

    pub(super) fn new(bound: BoundQuery, setting: Setting, rules: &KeyRules) -> Self {
        let schema = setting.schema.clone();
        let headings = bound.extended.as_ref().map_or(&[][..], |e| &e.headings);
        let selection = match bound.projection {
            Projection::All => Selection::All,
            Projection::Items(paths) => {
                let mut headers: Vec<_> = paths.iter().map(ColumnHeader::of).collect();
                for (header, heading) in headers.iter_mut().zip(headings) {
                    if let Some(alias) = heading {
                        header.name.clone_from(alias);
                    }
                }
                Selection::Items(paths, headers)
            }
        };
        let extended = bound.extended;
        let predicate = bound.filter.map(|filter| Box::new(Predicate::new(&filter, bound.dialect)));
        let class = schema.class(bound.class.as_str());
        let class_id = class.map(|class| class.def().id);
        let condition = class.zip(predicate.as_deref());
        let key = condition.and_then(|(class, condition)| KeyWanted::of(condition, class, rules));
        let reference = condition.and_then(|(class, condition)| {
            let parts = access::parts(condition);
            ReferenceWanted::of(parts, class.layout()).map(Box::new)
        });
        let class = bound.class;
        Self { setting, class, class_id, selection, predicate, key, reference, extended }
    }

    pub(super) fn headers(&self) -> Option<&[ColumnHeader]> {
        match &self.selection {
            Selection::All | Selection::Chosen(_) => None,
            Selection::Items(_, headers) => Some(headers),
        }
    }
}
