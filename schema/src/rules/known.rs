//! The qualifiers that rules know by name.
//!
//! A schema has a hundred thousand qualifiers and most mean nothing to the rules,
//! so each is looked up once, by its length and letters, and the rules go on with
//! the answer.

use cimarron_model::fold;

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
       IsPUnit "IsPUnit", SubType "SubType", Version "Version";
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
        Constructor "Constructor", Implemented "Implemented", OctetString "OctetString";
    12: Correlatable "Correlatable", Experimental "Experimental", NonLocalType "NonLocalType";
    13: PropertyUsage "PropertyUsage", UnknownValues "UnknownValues";
    14: EmbeddedObject "EmbeddedObject", UmlPackagePath "UMLPackagePath";
    15: ClassConstraint "ClassConstraint";
    16: BypassGetObject "Bypass_GetObject", EmbeddedInstance "EmbeddedInstance",
        MethodConstraint "MethodConstraint";
    17: UnsupportedValues "UnsupportedValues";
    18: PropertyConstraint "PropertyConstraint";
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn lengths_are_those_of_the_names() {
        for (text, length, known) in Known::ALL {
            assert_eq!(text.len(), *length, "{text}");
            assert_eq!(Known::of(&text.to_ascii_uppercase()), Some(*known));
        }
        assert_eq!(Known::of("Description"), None);
    }
}
