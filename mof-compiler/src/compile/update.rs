//! How declarations meet what is there already (WMI SDK, "pragma classflags", "pragma
//! instanceflags" and "mofcomp"; MS-WMI 3.1.4.3.6).
//!
//! A text that is compiled alone meets only itself. Into a live namespace, what it says
//! about that has to reach whoever loads the result: that is what [`Changes`] is for.

use super::place::Places;
use crate::source::{FileId, Span};
use cimarron_model::{Name, ObjectPath};
use hashbrown::HashMap;

/// Whether a declaration may be of something new, and of something that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Existence {
    /// It is created or updated.
    #[default]
    CreateOrUpdate,
    /// It must be new (`createonly`).
    CreateOnly,
    /// It must be there (`updateonly`).
    UpdateOnly,
}

/// How far the change of a class may go that has subclasses or instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UpdateMode {
    /// Only unimportant qualifiers may change.
    #[default]
    Compatible,
    /// Whatever does not conflict with them (`safeupdate`).
    Safe,
    /// Conflicting qualifiers of subclasses go (`forceupdate`).
    Force,
}

/// The flags in force where a declaration stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UpdateFlags {
    /// What must be there.
    pub existence: Existence,
    /// How far a change may go; of classes only.
    pub mode: UpdateMode,
}

impl UpdateFlags {
    /// The words that stand for class flags.
    pub const CLASS: [&str; 4] = ["createonly", "updateonly", "safeupdate", "forceupdate"];
    /// The words that stand for instance flags.
    pub const INSTANCE: [&str; 2] = ["createonly", "updateonly"];

    /// The flags that some words stand for, each of which may be a list with commas, or
    /// the sum of their values in `WBEM_CHANGE_FLAG_TYPE`. An empty text stands for none.
    ///
    /// # Errors
    /// What is wrong: a word is not among `known`, or two contradict each other.
    pub fn parse<'a>(
        words: impl IntoIterator<Item = &'a str>,
        known: &[&str],
    ) -> Result<Self, String> {
        let mut flags = Self::default();
        let words = words.into_iter().flat_map(|text| text.split(',')).map(str::trim);
        for word in words.filter(|word| !word.is_empty()) {
            match word.parse::<u32>() {
                Ok(sum) => flags.add_sum(sum, known)?,
                Err(_) => flags.add(word, known)?,
            }
        }
        Ok(flags)
    }

    /// Adds the flags that a number is the sum of.
    fn add_sum(&mut self, sum: u32, known: &[&str]) -> Result<(), String> {
        let mut rest = sum;
        for (value, word) in FLAG_VALUES {
            if rest & value != 0 {
                rest -= value;
                self.add(word, known).map_err(|problem| format!("{sum} has {value}: {problem}"))?;
            }
        }
        if rest == 0 { Ok(()) } else { Err(format!("{sum} is no sum of flags: {rest} is unknown")) }
    }

    fn add(&mut self, word: &str, known: &[&str]) -> Result<(), String> {
        let lower = word.to_ascii_lowercase();
        if !known.contains(&lower.as_str()) {
            let known = known.join(", ");
            return Err(format!("the flag `{word}` is unknown: there are {known}"));
        }
        match lower.as_str() {
            "createonly" => set(&mut self.existence, Existence::CreateOnly),
            "updateonly" => set(&mut self.existence, Existence::UpdateOnly),
            "safeupdate" => set(&mut self.mode, UpdateMode::Safe),
            _ => set(&mut self.mode, UpdateMode::Force),
        }
        .map_err(|()| format!("`{word}` contradicts a flag before it"))
    }
}

/// What `WBEM_CHANGE_FLAG_TYPE` has for the flags (WMI SDK, "IWbemServices::PutClass").
const FLAG_VALUES: [(u32, &str); 4] =
    [(0x1, "updateonly"), (0x2, "createonly"), (0x20, "safeupdate"), (0x40, "forceupdate")];

/// Gives a flag its value, unless it has another one already.
fn set<T: Copy + Default + PartialEq>(flag: &mut T, value: T) -> Result<(), ()> {
    let free = *flag == T::default() || *flag == value;
    *flag = value;
    if free { Ok(()) } else { Err(()) }
}

/// What a text asks to delete from what is there (`#pragma deleteclass` and
/// `deleteinstance`).
#[derive(Clone, Debug, PartialEq)]
pub struct Deletion {
    /// The namespace.
    pub namespace: Name,
    /// What to delete.
    pub target: DeletionTarget,
    /// Whether it is a failure that there is nothing to delete.
    pub must_exist: bool,
}

/// What a deletion is of.
#[derive(Clone, Debug, PartialEq)]
pub enum DeletionTarget {
    /// A class, all below it, and the instances of all these.
    Class(Name),
    /// An instance.
    Instance(ObjectPath),
}

/// What a text does to what is there already, beside adding what it declares.
///
/// Deletions come first. What the text itself declared and then deleted is not in its
/// schema any more.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// In the order of the text.
    pub deletions: Vec<Deletion>,
    /// The locale of `#pragma amendment`, as `ms_409`.
    pub amendment: Option<String>,
    /// Whether `#pragma autorecover` stands in the text.
    pub autorecover: bool,
    classes: HashMap<Name, HashMap<Name, UpdateFlags>>,
    instances: HashMap<Name, Vec<(Existence, Place)>>,
    places: HashMap<Name, Places>,
}

/// Where something stands in the text.
type Place = (FileId, Span);

impl Changes {
    /// The flags of a class that the text declares.
    pub fn class(&self, namespace: &str, class: &str) -> UpdateFlags {
        let of_namespace = self.classes.get(&Name::new(namespace));
        of_namespace.and_then(|c| c.get(&Name::new(class))).copied().unwrap_or_default()
    }

    /// What must be there for an instance, by its position in the namespace.
    pub fn instance(&self, namespace: &str, position: usize) -> Existence {
        let of_namespace = self.instances.get(&Name::new(namespace));
        of_namespace.and_then(|i| i.get(position)).map(|(e, _)| *e).unwrap_or_default()
    }

    /// Where the text declares a class.
    pub fn place_of_class(&self, namespace: &str, class: &str) -> Option<(FileId, Span)> {
        self.places.get(&Name::new(namespace))?.class(class)
    }

    /// Where it declares a qualifier type.
    pub fn place_of_qualifier_type(&self, namespace: &str, name: &str) -> Option<(FileId, Span)> {
        self.places.get(&Name::new(namespace))?.qualifier_type(name)
    }

    /// Where it declares an instance, by its position in the namespace.
    pub fn place_of_instance(&self, namespace: &str, position: usize) -> Option<(FileId, Span)> {
        let of_namespace = self.instances.get(&Name::new(namespace))?;
        of_namespace.get(position).map(|(_, place)| *place)
    }

    pub(crate) fn set_class(&mut self, namespace: &str, class: &Name, flags: UpdateFlags) {
        if flags != UpdateFlags::default() {
            let of_namespace = self.classes.entry(Name::new(namespace)).or_default();
            of_namespace.insert(class.clone(), flags);
        }
    }

    pub(crate) fn set_instances(&mut self, namespace: &str, all: Vec<(Existence, Place)>) {
        if !all.is_empty() {
            self.instances.insert(Name::new(namespace), all);
        }
    }

    pub(super) fn set_places(&mut self, namespace: &str, places: Places) {
        self.places.insert(Name::new(namespace), places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_in_every_spelling() {
        let class = |words: &[&str]| {
            UpdateFlags::parse(words.iter().copied(), &UpdateFlags::CLASS)
                .map(|f| (f.existence, f.mode))
        };
        let (any, none) = (Existence::CreateOrUpdate, UpdateMode::Compatible);
        assert_eq!(class(&[""]), Ok((any, none)));
        assert_eq!(
            class(&["CreateOnly, safeupdate"]),
            Ok((Existence::CreateOnly, UpdateMode::Safe))
        );
        let both = class(&["updateonly", "forceupdate"]);
        assert_eq!(both, Ok((Existence::UpdateOnly, UpdateMode::Force)));
        assert_eq!(class(&["safeupdate", "safeupdate"]), Ok((any, UpdateMode::Safe)));
        assert_eq!(class(&["0"]), Ok((any, none)));
        assert_eq!(class(&["64"]), Ok((any, UpdateMode::Force)));
        assert_eq!(class(&["33"]), Ok((Existence::UpdateOnly, UpdateMode::Safe)));
        assert_eq!(class(&["2", "forceupdate"]), Ok((Existence::CreateOnly, UpdateMode::Force)));
        for wrong in ["3", "96", "4", "65537", "-1", "4294967296"] {
            assert!(class(&[wrong]).is_err(), "{wrong}");
        }
        assert!(UpdateFlags::parse(["32"], &UpdateFlags::INSTANCE).is_err());
        assert!(class(&["createonly,updateonly"]).is_err());
        assert!(class(&["safeupdate", "forceupdate"]).is_err());
        assert!(class(&["overwrite"]).is_err());
        assert!(UpdateFlags::parse(["safeupdate"], &UpdateFlags::INSTANCE).is_err());
    }
}
