//! What the standard qualifiers mean, in a line each (DSP0004 5.6.3 and 5.6.4, and
//! the WMI SDK's "WMI Qualifiers").

/// Qualifiers with their meanings, in the order of their lower-case names.
const MEANINGS: [(&str, &str); 82] = [
    ("Abstract", "The class has no instances of its own, only its subclasses have"),
    ("Aggregate", "The reference is to the whole, which has the parts"),
    ("Aggregation", "The association ties parts to a whole"),
    ("Alias", "Another name by which the element is known"),
    (
        "ArrayType",
        "Whether order and duplicates of the elements mean anything: Bag, Indexed or Ordered",
    ),
    ("Association", "The class relates objects to one another through its references"),
    ("BitMap", "Positions of bits that have a meaning"),
    ("BitValues", "Meanings of the bits that BitMap lists"),
    ("CIMType", "The type of the property, as WMI spells it"),
    ("ClassConstraint", "Conditions in OCL that hold for every instance of the class"),
    ("Composition", "The association ties parts to the one whole that owns them"),
    ("Constructor", "The method makes an instance of the class"),
    ("Correlatable", "Properties that identify the same thing where their values agree"),
    ("Counter", "The number only grows, until it wraps to zero"),
    ("Delete", "The association's instance goes when the object that it refers to goes"),
    ("Deprecated", "Not to be used any more; names what to use in its place"),
    ("Description", "What the element is, for people"),
    ("DisplayName", "A name to show to people"),
    ("DN", "The string is a distinguished name"),
    ("Dynamic", "Instances come from a provider when they are asked for"),
    ("EmbeddedInstance", "The string holds an instance of this class"),
    ("EmbeddedObject", "The string holds an instance or a class"),
    ("Exception", "The class describes an error"),
    ("Expensive", "Takes much to find out"),
    ("Experimental", "May change incompatibly in a later version of the schema"),
    ("Gauge", "The number goes up and down, and stays at its limits when it reaches them"),
    ("ID", "The position of the parameter among the method's"),
    ("IfDeleted", "All objects that the association ties go when one of them goes"),
    ("Implemented", "A provider implements the method"),
    ("In", "Callers pass the parameter"),
    ("Indication", "Instances of the class are events"),
    ("Invisible", "Not to be shown to people"),
    ("IsPUnit", "The string holds a unit in programmatic form"),
    ("Key", "Part of what tells one instance of the class from another"),
    ("Large", "Values may be large"),
    ("Locale", "The language of the texts"),
    ("MappingStrings", "Where the element comes from in other standards and systems"),
    ("Max", "The most instances that one instance at the other end is tied to"),
    ("MaxLen", "The most characters of a value"),
    ("MaxValue", "The greatest value"),
    ("MethodConstraint", "Conditions in OCL that hold before or after the method runs"),
    ("Min", "The fewest instances that one instance at the other end is tied to"),
    ("MinLen", "The fewest characters of a value"),
    ("MinValue", "The least value"),
    ("ModelCorrespondence", "Elements that this one is to be read together with"),
    ("Nonlocal", "The class of this element is in another namespace or system"),
    ("NonlocalType", "The type of the class in the other namespace or system"),
    ("NullValue", "The value that stands for none"),
    ("OctetString", "The value is bytes; the first four say how many"),
    ("Optional", "Callers may leave the parameter out"),
    ("Out", "The method gives the parameter back"),
    ("Override", "Replaces the member of this name that the superclass has"),
    ("Privileges", "Privileges that callers need"),
    ("Propagated", "The key takes its value from this property of another class"),
    ("PropertyConstraint", "Conditions in OCL that hold for the value"),
    (
        "PropertyUsage",
        "What role the property plays for management: identity, state, metric and so on",
    ),
    ("Provider", "What answers for instances of the class"),
    ("PUnit", "The unit of the value, in programmatic form"),
    ("Read", "The value can be read"),
    ("Reference", "The class that the reference is to"),
    ("Required", "The value is never NULL"),
    ("Revision", "The minor version of the definition"),
    ("Schema", "The schema that the element belongs to"),
    ("Singleton", "The class has one instance at most, and no key"),
    ("Source", "Where instances of the class come from"),
    ("SourceType", "What kind of source instances of the class come from"),
    ("Static", "Belongs to the class and not to an instance"),
    ("Syntax", "The data type at the source that the value is mapped from"),
    ("SyntaxType", "What kind of data type Syntax names"),
    ("Terminal", "The class has no subclasses"),
    ("TriggerType", "What makes the event happen"),
    ("UMLPackagePath", "The package of the class in the UML model"),
    ("Units", "The unit of the value"),
    ("UnknownValues", "Values that mean that the value is not known"),
    ("UnsupportedValues", "Values that mean that the property is not supported"),
    ("UUID", "The identifier of the class"),
    ("ValueMap", "The values that are allowed"),
    ("Values", "Meanings of the values that ValueMap lists"),
    ("Version", "The version of the schema that last changed the element"),
    ("Weak", "Its key takes part of its value from the object that it is weak to"),
    ("Write", "The value can be changed"),
    ("XMLNamespaceName", "The XML namespace of the value"),
];

/// What a qualifier means, where a standard says so.
pub(super) fn meaning(name: &str) -> Option<&'static str> {
    let lower = |text: &str| text.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
    let wanted = lower(name);
    let at = MEANINGS.binary_search_by(|(known, _)| lower(known).cmp(&wanted)).ok()?;
    MEANINGS.get(at).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_is_found_without_case() {
        for (name, text) in MEANINGS {
            assert_eq!(meaning(&name.to_uppercase()), Some(text), "{name} is out of order");
        }
        assert_eq!(meaning("X_Own"), None);
    }
}
