//! Lowering a class declaration.

use super::mof3::value_type;
use super::namespace::Namespace;
use super::place::{methods, properties};
use super::waiting::{self, Waiting};
use super::{At, GlobalFlavors, qualifier, value};
use crate::Code;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::ast;
use cimarron_model::{
    ArrayShape, CimType, Class, DataType, Dialect, Method, Name, Parameter, Property, Qualifier,
    QualifierType, Qualifiers, Value, suggest,
};
use cimarron_schema::implied_flavor;
use cimarron_schema::rules::{Element, Environment, Rule, Violation};
use hashbrown::HashSet;

/// A class as its declaration says.
pub(crate) struct Lowered {
    /// Nothing of it is resolved. The positions of properties and methods are those of
    /// [`properties`] and [`methods`].
    pub(crate) class: Class,
    /// The elements whose types are unknown, which has been reported.
    pub(crate) untyped: HashSet<Element>,
    /// The parameters whose defaults are to be made when all classes are there; till then
    /// these are NULL.
    pub(crate) waiting: Vec<Waiting>,
}

impl Lowered {
    /// Whether a violation says more of an element without a type than that it has none.
    pub(crate) fn is_of_untyped(&self, violation: &Violation) -> bool {
        // Whatever its type is, these hold.
        let by_name = matches!(
            violation.rule,
            Rule::DuplicateProperty
                | Rule::DuplicateMethod
                | Rule::DuplicateParameter
                | Rule::InvalidMemberName
                | Rule::PropertyNameTooLong
                | Rule::MethodNameTooLong
                | Rule::ReservedParameterName
                | Rule::SharedMemberName
                | Rule::OverrideTarget
                | Rule::UndeclaredQualifier
        );
        let is_end = |element: &Element| matches!(element, Element::Property(_));
        match violation.rule {
            // Such an element may have been meant for an end.
            Rule::TooFewReferences => self.untyped.iter().any(is_end),
            // A signature has all types of the method.
            Rule::MethodSignatureChanged => {
                self.untyped.iter().any(|e| e.method() == violation.element.method())
            }
            _ => !by_name && self.untyped.contains(&violation.element),
        }
    }

    /// Takes properties that are declared twice, with different types, for ones without: which
    /// is meant, nobody knows.
    pub(super) fn doubt_repeated(&mut self, violations: &[Violation]) {
        /// Of those that come behind, values are judged by the first type.
        const MOST: usize = 16;
        let repeated = violations.iter().filter(|v| v.rule == Rule::DuplicateProperty).take(MOST);
        for violation in repeated {
            let Element::Property(again) = violation.element else { continue };
            let all = &self.class.properties;
            let Some(property) = all.get(again) else { continue };
            let first = all.iter().position(|p| p.name == property.name);
            let differs =
                |i: &usize| all.get(*i).is_some_and(|p| p.data_type != property.data_type);
            if let Some(first) = first.filter(differs) {
                self.untyped.extend([Element::Property(first), violation.element]);
            }
        }
    }

    /// The class without the members that have no type, for nobody to judge by them.
    pub(crate) fn typed(mut self) -> Class {
        if self.untyped.is_empty() {
            return self.class;
        }
        let (mut property, mut method) = (0.., 0..);
        self.class.properties.retain(|_| {
            property.next().is_none_or(|i| !self.untyped.contains(&Element::Property(i)))
        });
        let untyped: HashSet<usize> = self.untyped.iter().filter_map(Element::method).collect();
        self.class.methods.retain(|_| method.next().is_none_or(|i| !untyped.contains(&i)));
        self.class
    }
}

/// Lowers a class declaration.
pub(crate) fn lower(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::ClassDeclaration<'_>>,
    flavors: &GlobalFlavors,
) -> Lowered {
    lower_in(namespace, at, flavors, false)
}

/// As [`lower`], where defaults of parameters may wait for the classes of their values: for
/// the class itself, those below it and those that need it.
pub(super) fn lower_before_others(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::ClassDeclaration<'_>>,
    flavors: &GlobalFlavors,
) -> Lowered {
    lower_in(namespace, at, flavors, true)
}

fn lower_in(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::ClassDeclaration<'_>>,
    flavors: &GlobalFlavors,
    may_wait: bool,
) -> Lowered {
    let node = at.node;
    let (untyped, waiting) = (HashSet::new(), Vec::new());
    let mut lowering = Lowering { namespace, class: at, flavors, untyped, may_wait, waiting };
    let qualifiers = lowering.qualifiers(&node.qualifiers);
    // Made in their size: to grow a list of these is to copy much.
    let mut all_properties = Vec::with_capacity(properties(node).count());
    all_properties.extend(properties(node).enumerate().map(|(i, p)| lowering.property(i, p)));
    let mut all_methods = Vec::with_capacity(methods(node).count());
    all_methods.extend(methods(node).enumerate().map(|(i, m)| lowering.method(i, m)));
    let class = Class {
        name: Name::new(node.name.text),
        superclass: node.superclass.map(|s| Name::new(s.text)),
        qualifiers,
        properties: all_properties,
        methods: all_methods,
    };
    Lowered { class, untyped: lowering.untyped, waiting: lowering.waiting }
}

/// Gives each parameter that writes no `ID` the one of its position, as WMI's compiler
/// does (WMI SDK, "Standard WMI Qualifiers").
fn number(parameters: &mut [Parameter]) {
    for (position, parameter) in parameters.iter_mut().enumerate() {
        let Ok(id) = i32::try_from(position) else { return };
        if parameter.qualifiers.get("ID").is_none() {
            let flavor = implied_flavor(Dialect::Wmi, "ID", None);
            parameter.qualifiers.set(Qualifier { name: "ID".into(), value: id.into(), flavor });
        }
    }
}

struct Lowering<'x, 'c, 's> {
    namespace: &'x mut Namespace<'c, 's>,
    /// The class that is lowered.
    class: At<'x, ast::ClassDeclaration<'x>>,
    flavors: &'x GlobalFlavors,
    untyped: HashSet<Element>,
    may_wait: bool,
    waiting: Vec<Waiting>,
}

impl Lowering<'_, '_, '_> {
    fn error(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.class.file, span, message)
    }

    fn qualifiers(&mut self, written: &[ast::Qualifier<'_>]) -> Qualifiers {
        qualifier::lower_all(self.namespace, self.class.file, written, self.flavors)
    }

    fn property(&mut self, position: usize, property: &ast::Property<'_>) -> Property {
        let element = Element::Property(position);
        let data_type = self.data_type(element, &property.data_type);
        if let (ast::TypeKind::Object(Some(class)), Dialect::Wmi) =
            (property.data_type.kind, self.namespace.context.dialect)
        {
            self.doubtful_type(element, class, property);
        }
        let references = data_type.cim_type == CimType::Reference && data_type.is_array();
        if references && self.namespace.context.is_dmtf_mof2() {
            let message = "a reference is no array in DMTF MOF".to_owned();
            self.wmi_form(property.data_type.span, message, "declare one reference for each end");
        }
        let mut lowered = Property::new(property.name.text, data_type);
        lowered.qualifiers = self.qualifiers(&property.qualifiers);
        lowered.default = self.default(
            element,
            property.default.as_ref(),
            &lowered.data_type,
            &lowered.qualifiers,
        );
        lowered
    }

    fn method(&mut self, position: usize, method: &ast::Method<'_>) -> Method {
        let return_type = match method.return_type.kind {
            ast::TypeKind::Void => None,
            _ => Some(self.data_type(Element::Method(position), &method.return_type)),
        };
        if return_type.is_none() && method.return_type.array.is_some() {
            let message = "`void` says that nothing is returned, and has no array";
            let found = self.error(Code::VoidType, method.return_type.span, message);
            self.namespace.sink.push(found);
        } else if return_type.is_none() && self.namespace.context.is_dmtf_mof2() {
            let message = "DMTF methods return a value".to_owned();
            self.wmi_form(method.return_type.span, message, "write uint32");
        }
        if matches!(method.return_type.kind, ast::TypeKind::Reference(Some(_)))
            && self.namespace.context.is_dmtf_mof2()
        {
            let message = "DMTF methods return no references".to_owned();
            self.wmi_form(method.return_type.span, message, "return it through an [Out] parameter");
        }
        let parameters = method.parameters.iter().enumerate();
        let mut parameters: Vec<_> =
            parameters.map(|(i, parameter)| self.parameter((position, i), parameter)).collect();
        if self.namespace.context.dialect == Dialect::Wmi {
            number(&mut parameters);
        }
        Method {
            name: Name::new(method.name.text),
            return_type,
            parameters,
            qualifiers: self.qualifiers(&method.qualifiers),
            origin: None,
            propagated: false,
        }
    }

    fn parameter(&mut self, position: (usize, usize), parameter: &ast::Parameter<'_>) -> Parameter {
        let element = Element::Parameter(position.0, position.1);
        let data_type = self.data_type(element, &parameter.data_type);
        let qualifiers = self.qualifiers(&parameter.qualifiers);
        let mut written = parameter.default.as_ref().filter(|_| !self.untyped.contains(&element));
        if self.namespace.context.is_dmtf_mof2()
            && let Some(default) = written.take()
        {
            let message = "a parameter has no default in DMTF MOF".to_owned();
            let help = "leave it out, and say in the Description what a method assumes";
            self.wmi_form(default.span, message, help);
        }
        let name = Name::new(parameter.name.text);
        if let Some(value) = written
            && self.may_wait
            && waiting::needs_more(self.namespace, self.class.file, value)
        {
            let default = Some(QualifierType::null(&data_type));
            let lowered = Parameter { name, data_type, qualifiers, default };
            self.waiting.push(Waiting { position, lowered: lowered.clone() });
            return lowered;
        }
        let default = self.default(element, written, &data_type, &qualifiers);
        Parameter { name, data_type, qualifiers, default }
    }

    fn data_type(&mut self, element: Element, written: &ast::DataType<'_>) -> DataType {
        if written.kind == ast::TypeKind::Unknown {
            self.untyped.insert(element);
        }
        if written.kind == ast::TypeKind::Void {
            let message = "`void` is a return type only";
            let found = self.error(Code::VoidType, written.span, message);
            self.namespace.sink.push(found);
        }
        if self.namespace.context.dialect == Dialect::Dmtf {
            return self.dmtf_type(element, written);
        }
        if let ast::TypeKind::Object(Some(class)) = written.kind
            && !matches!(element, Element::Property(_))
        {
            self.perhaps_misspelled(class);
        }
        lower_type(written)
    }

    /// DSP0004 Annex A: a type is intrinsic or a reference to a class. Embedded
    /// objects are strings with a qualifier.
    fn dmtf_type(&mut self, element: Element, written: &ast::DataType<'_>) -> DataType {
        match written.kind {
            ast::TypeKind::Object(Some(class))
                if self.namespace.environment().superclass(class.text).is_none() =>
            {
                let message = format!("unknown type `{}`", class.text);
                let mut found = self.error(Code::UnknownType, class.span, message);
                found.help = similar_type(class.text).map(suggest::did_you_mean);
                self.namespace.sink.push(found);
                self.untyped.insert(element);
            }
            ast::TypeKind::Object(Some(class))
                if matches!(element, Element::Property(_)) && self.is_association() =>
            {
                let message = "an end of an association is a reference in DMTF MOF".to_owned();
                self.wmi_form(written.span, message, &format!("write {} REF", class.text));
                self.untyped.insert(element);
            }
            ast::TypeKind::Object(class) => {
                let qualifier = match class {
                    Some(class) => format!("EmbeddedInstance(\"{}\")", class.text),
                    None => "EmbeddedObject".to_owned(),
                };
                let message = "an embedded object is a string in DMTF MOF".to_owned();
                self.wmi_form(written.span, message, &format!("write [{qualifier}] string"));
                self.untyped.insert(element);
            }
            ast::TypeKind::Reference(None) => {
                let message = "a reference names its class in DMTF MOF".to_owned();
                self.wmi_form(written.span, message, "write Class REF");
            }
            _ => {}
        }
        plain_size(self.namespace, self.class.file, written);
        lower_type(written)
    }

    /// Whether the class is an association, as far as that is known now.
    fn is_association(&self) -> bool {
        let node = self.class.node;
        let is_false = |q: &ast::Qualifier<'_>| {
            q.value.as_ref().is_some_and(|v| v.kind == ast::ValueKind::Boolean(false))
        };
        let written = node.qualifiers.iter().filter(|q| !is_false(q));
        let above = node.superclass.and_then(|s| self.namespace.environment().resolved(s.text));
        written.map(|q| q.name.text).any(|name| name.eq_ignore_ascii_case("Association"))
            || above.is_some_and(|above| above.qualifiers.is_true("Association"))
    }

    fn wmi_form(&mut self, span: Span, message: String, help: &str) {
        let found = self.error(Code::WmiForm, span, message);
        self.namespace.sink.push(found.with_help(help));
    }

    /// A property whose type is a word of its own. As the type of a key, or of a value that is
    /// no object, a misspelled one is an error, and the only one; a type that stands where the name should is a slip, too.
    fn doubtful_type(
        &mut self,
        element: Element,
        class: ast::Identifier<'_>,
        property: &ast::Property<'_>,
    ) {
        let is_known = self.namespace.environment().superclass(class.text).is_some();
        let similar = similar_type(class.text).filter(|_| !is_known);
        let is_type = |t: &CimType| t.as_str().eq_ignore_ascii_case(property.name.text);
        if let Some(similar) = similar
            && (property.qualifiers.iter().any(|q| q.name.text.eq_ignore_ascii_case("key"))
                || property.default.as_ref().is_some_and(is_no_object))
        {
            let message = format!("unknown type `{}`", class.text);
            let found = self.error(Code::UnknownType, class.span, message);
            self.namespace.sink.push(found.with_help(suggest::did_you_mean(similar)));
            self.untyped.insert(element);
        } else if similar.is_none() && !is_known && CimType::ALL.iter().any(is_type) {
            let message = format!(
                "`{}` is no known class, and `{}` is a type: type and name are swapped",
                class.text, property.name.text
            );
            let found = self.error(Code::MisspelledType, class.span, message);
            let help = format!("write {} {}", property.name.text, class.text);
            self.namespace.sink.push(found.with_help(help));
        } else {
            self.perhaps_misspelled(class);
        }
    }

    /// To WMI any word is the class of an embedded object. One that names no known
    /// class and looks like a type is probably a slip.
    fn perhaps_misspelled(&mut self, class: ast::Identifier<'_>) {
        if self.namespace.environment().superclass(class.text).is_some() {
            return;
        }
        if let Some(similar) = similar_type(class.text) {
            let message =
                format!("`{}` is no type, and no class of that name is known", class.text);
            let found = self.error(Code::MisspelledType, class.span, message);
            self.namespace.sink.push(found.with_help(suggest::did_you_mean(similar)));
        }
    }

    /// A default value; what cannot be converted is reported and left out.
    fn default(
        &mut self,
        element: Element,
        written: Option<&ast::Value<'_>>,
        data_type: &DataType,
        qualifiers: &Qualifiers,
    ) -> Option<Value> {
        let written = written.filter(|_| !self.untyped.contains(&element))?;
        default(
            self.namespace,
            At::new(self.class.file, written),
            self.flavors,
            data_type,
            qualifiers,
        )
    }
}

/// Whether a value, or one of an array, can be no embedded object.
fn is_no_object(value: &ast::Value<'_>) -> bool {
    match &value.kind {
        ast::ValueKind::Array(items) => items.iter().any(is_no_object),
        ast::ValueKind::Boolean(_)
        | ast::ValueKind::Integer(_)
        | ast::ValueKind::Real(_)
        | ast::ValueKind::Char16(_)
        | ast::ValueKind::String(_) => true,
        _ => false,
    }
}

/// A default value; none once it is reported that it cannot be converted.
pub(super) fn default(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, ast::Value<'_>>,
    flavors: &GlobalFlavors,
    data_type: &DataType,
    qualifiers: &Qualifiers,
) -> Option<Value> {
    let aliases = namespace.aliases;
    let embedded = value_type(namespace.context.language, data_type, qualifiers);
    value::Converter::new(namespace, at.file, flavors)
        .with_aliases(aliases)
        .value(at.node, embedded.as_ref().unwrap_or(data_type))
}

/// The type that is called so elsewhere, or whose keyword is nearest to a word; a signed one
/// before an unsigned one.
fn similar_type(word: &str) -> Option<&'static str> {
    const ELSEWHERE: [(&str, &str); 10] = [
        ("bool", "boolean"),
        ("byte", "uint8"),
        ("char", "char16"),
        ("double", "real64"),
        ("float", "real32"),
        ("guid", "string"),
        ("int", "sint32"),
        ("long", "sint32"),
        ("short", "sint16"),
        ("word", "uint16"),
    ];
    let elsewhere = ELSEWHERE.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
    if let Some((_, here)) = elsewhere {
        return Some(here);
    }
    suggest::nearest(word, CimType::ALL.into_iter().rev().map(CimType::as_str))
}

/// DSP0004 Annex A: the size of an array is a decimal number without sign or leading zeros.
pub(crate) fn plain_size(
    namespace: &mut Namespace<'_, '_>,
    file: FileId,
    written: &ast::DataType<'_>,
) {
    let Some(ast::ArraySuffix { span, size: Some(size), plain: false }) = written.array else {
        return;
    };
    if namespace.context.is_dmtf_mof2() {
        let message = "the size of an array is a plain decimal number in DMTF MOF";
        let found = Diagnostic::new(Code::WmiForm, file, span, message);
        namespace.sink.push(found.with_help(format!("write [{size}]")));
    }
}

/// A written type. `void` becomes `uint32`: whoever may not write it has said so. What is
/// unknown becomes a string.
pub(crate) fn lower_type(written: &ast::DataType<'_>) -> DataType {
    let (cim_type, class) = match written.kind {
        ast::TypeKind::Void => (CimType::UInt32, None),
        ast::TypeKind::Intrinsic(cim_type) => (cim_type, None),
        ast::TypeKind::Object(class) => (CimType::Object, class),
        ast::TypeKind::Reference(class) => (CimType::Reference, class),
        ast::TypeKind::Unknown => (CimType::String, None),
    };
    let array = match written.array {
        None => ArrayShape::Scalar,
        Some(ast::ArraySuffix { size: None, .. }) => ArrayShape::Variable,
        Some(ast::ArraySuffix { size: Some(n), .. }) => ArrayShape::Fixed(n),
    };
    // `object ref` and a class named Object are the same words; both mean any.
    let class = class.filter(|c| !c.text.eq_ignore_ascii_case("object"));
    DataType { cim_type, array, class: class.map(|c| Name::new(c.text)) }
}
