//! The qualifiers that rules know by name.
//!
//! A schema has a hundred thousand qualifiers and most mean nothing to the rules,
//! so each is looked up once, by its length and letters, and the rules go on with
//! the answer: what a list does not have, nobody looks for in it.

use cimarron_model::{Class, Qualifier, Qualifiers, fold};

macro_rules! known {
    ($($length:literal: $($name:ident $text:literal),+;)*) => {
        /// A qualifier that rules know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Known { $($($name,)+)* }

        impl Known {
            /// The qualifier of this name, without case.
            pub(super) fn of(text: &str) -> Option<Self> {
                let same: &[((u64, u64), &str, Self)] = match text.len() {
                    $($length => const { &[$((fold::ends($text.as_bytes()), $text, Self::$name),)+] },)*
                    _ => return None,
                };
                // The ends of a name are all of most.
                let (first, last) = fold::ends(text.as_bytes());
                let found = same.iter().find(|(ends, ..)| ends.0 == first && ends.1 == last)?;
                let (_, name, known) = found;
                (text.len() <= 16 || fold::eq(name, text)).then_some(*known)
            }

            /// The name.
            pub(super) const fn name(self) -> &'static str {
                match self { $($(Self::$name => $text,)+)* }
            }

            #[cfg(test)]
            const ALL: &[(&str, usize, Self)] = &[$($(($text, $length, Self::$name),)+)*];
        }
    };
}

known! {
    2: DN "DN", Id "ID", In "In";
    3: Key "Key", Max "Max", Min "Min", Out "Out";
    4: Weak "Weak";
    5: Gauge "Gauge", PUnit "PUnit", Units "Units";
    6: BitMap "BitMap", MaxLen "MaxLen", MinLen "MinLen", Schema "Schema", Source "Source",
       Static "Static", Syntax "Syntax", Values "Values";
    7: CimType "CIMTYPE", Counter "Counter", Dynamic "Dynamic", Indexed "Indexed",
       IsPUnit "IsPUnit", SubType "SubType", Version "Version", MaxSize "MaxSize",
       MinSize "MinSize";
    8: Abstract "Abstract", CreateBy "CreateBy", DeleteBy "DeleteBy", DynProps "DynProps",
       MaxValue "MaxValue", MinValue "MinValue", NonLocal "NonLocal", NotNull "Not_Null",
       Optional "Optional", Override "Override", Revision "Revision", Terminal "Terminal",
       ValueMap "ValueMap";
    9: Aggregate "Aggregate", ArrayType "ArrayType", BitValues "BitValues",
       Exception "Exception", NullValue "NullValue", Reference "Reference",
       Singleton "Singleton", Structure "Structure";
    10: Deprecated "Deprecated", Destructor "Destructor", Indication "Indication",
        Propagated "Propagated", SourceType "SourceType", SyntaxType "SyntaxType";
    11: Aggregation "Aggregation", Association "Association", Composition "Composition",
        Constructor "Constructor", Implemented "Implemented", OctetString "OctetString",
        TriggerType "TriggerType";
    12: Correlatable "Correlatable", Experimental "Experimental", NonLocalType "NonLocalType";
    13: PropertyUsage "PropertyUsage", UnknownValues "UnknownValues";
    14: EmbeddedObject "EmbeddedObject", UmlPackagePath "UMLPackagePath";
    15: ClassConstraint "ClassConstraint";
    16: BypassGetObject "Bypass_GetObject", EmbeddedInstance "EmbeddedInstance",
        MethodConstraint "MethodConstraint";
    17: UnsupportedValues "UnsupportedValues";
    18: PropertyConstraint "PropertyConstraint";
}

impl Known {
    /// Whether the qualifier says what values may be, as [`super::check_value`] and, of how many
    /// there are, the compiler judge.
    pub(super) const fn binds_values(self) -> bool {
        matches!(
            self,
            Self::MaxLen
                | Self::MinLen
                | Self::MaxSize
                | Self::MinSize
                | Self::MaxValue
                | Self::MinValue
                | Self::ValueMap
                | Self::IsPUnit
                | Self::OctetString
        )
    }
}

/// Which of the known qualifiers a list has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KnownSet(u128);

impl KnownSet {
    /// That of a list of which nothing was noted: it may have any.
    pub(super) const ANY: Self = Self(u128::MAX);

    /// Whether this one may be there.
    #[inline]
    pub(super) const fn has(self, known: Known) -> bool {
        self.0 >> known as u8 & 1 != 0
    }

    /// This qualifier of the list that the set is of.
    #[inline]
    pub(super) fn get(self, known: Known, list: &Qualifiers) -> Option<&Qualifier> {
        if self.has(known) { list.get(known.name()) } else { None }
    }

    /// Whether this qualifier is there and TRUE.
    #[inline]
    pub(super) fn is_true(self, known: Known, list: &Qualifiers) -> bool {
        self.get(known, list).is_some_and(|q| q.value.as_bool() == Some(true))
    }

    fn add(&mut self, known: Option<Known>, name: &str) {
        match known {
            Some(known) => self.0 |= 1 << known as u8,
            // What stands beyond ASCII may be equal to a known name without case.
            None if !name.is_ascii() => *self = Self::ANY,
            None => {}
        }
    }
}

/// What is known of all the qualifiers of a class.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Those of the class.
    pub(super) class: KnownSet,
    /// Those of each property.
    properties: Vec<KnownSet>,
    /// Each qualifier: those of the class, of its properties, and of its methods, each with its
    /// parameters.
    all: Vec<Option<Known>>,
    /// How many of them were asked for.
    next: usize,
}

impl Marks {
    pub(super) fn of(class: &Class) -> Self {
        let mut marks = Self::default();
        let count = class.properties.iter().map(|p| p.qualifiers.len()).sum::<usize>();
        marks.all.reserve_exact(count + class.qualifiers.len());
        marks.class = marks.list(&class.qualifiers);
        marks.properties.reserve_exact(class.properties.len());
        for property in &class.properties {
            let set = marks.list(&property.qualifiers);
            marks.properties.push(set);
        }
        for method in &class.methods {
            marks.list(&method.qualifiers);
            for parameter in &method.parameters {
                marks.list(&parameter.qualifiers);
            }
        }
        marks
    }

    fn list(&mut self, list: &Qualifiers) -> KnownSet {
        let mut set = KnownSet::default();
        for qualifier in list {
            let name = qualifier.name.as_str();
            let known = Known::of(name);
            set.add(known, name);
            self.all.push(known);
        }
        set
    }

    /// Those of the property at a position.
    pub(super) fn property(&self, at: usize) -> KnownSet {
        self.properties.get(at).copied().unwrap_or(KnownSet::ANY)
    }

    /// What the next qualifier is, in their order.
    pub(super) fn next(&mut self) -> Option<Known> {
        let next = self.all.get(self.next).copied().flatten();
        self.next += 1;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, KnownSet};
    use cimarron_model::{Qualifier, Qualifiers};

    #[test]
    fn a_set_has_what_is_known() {
        let list: Qualifiers = ["In", "PropertyConstraint", "Mine"]
            .map(|n| Qualifier::new(n, true))
            .into_iter()
            .collect();
        let mut set = KnownSet::default();
        for one in &list {
            set.add(Known::of(one.name.as_str()), one.name.as_str());
        }
        assert!(set.is_true(Known::In, &list) && set.has(Known::PropertyConstraint));
        assert!(!set.has(Known::Out) && set.get(Known::Key, &list).is_none());
        set.add(None, "\u{212a}ey");
        assert!(set.has(Known::Key) && set.get(Known::Key, &list).is_none());
    }

    #[test]
    fn lengths_are_those_of_the_names() {
        for (text, length, known) in Known::ALL {
            assert_eq!(text.len(), *length, "{text}");
            assert_eq!(Known::of(&text.to_ascii_uppercase()), Some(*known));
            assert_eq!(known.name(), *text);
            assert!((*known as u8) < 128);
        }
        assert_eq!(Known::of("Description"), None);
    }
}
