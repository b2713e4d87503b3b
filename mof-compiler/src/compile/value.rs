//! Converting a written value to the type of what it initialises (DSP0004 7.12
//! and ANNEX A; WMI SDK, "MOF data types").

use super::namespace::Namespace;
use super::reference::leads_here;
use super::{At, Context, GlobalFlavors, class, instance, qualifier};
use crate::diagnostic::Severity;
use crate::source::{FileId, Span};
use crate::syntax::ast::{InstanceDeclaration, Text, Value as Written, ValueKind};
use crate::{Code, Language};
use cimarron_model::{
    Array, ArrayShape, Char16, CimType, DataType, DateTime, DateTimeForm, Dialect, Elements, Name,
    Object, ObjectPath, QualifierType, Scalar, TypeClass, Value,
};
use smol_str::SmolStr;
use std::sync::Arc;

/// The objects that aliases stand for.
pub(crate) trait Aliases {
    /// The path of the object that `$name` stands for in a file; the error says
    /// why there is none, unless that is reported where the object is declared.
    fn path(
        &self,
        namespace: &mut Namespace<'_, '_>,
        file: FileId,
        name: &str,
    ) -> Result<ObjectPath, Option<(Code, String)>>;

    /// The instance that `$name` stands for in a file, and the namespace that it is of.
    fn instance(
        &self,
        context: &Context<'_>,
        file: FileId,
        name: &str,
    ) -> Option<(&Name, At<'_, InstanceDeclaration<'_>>)> {
        let _ = (context, file, name);
        None
    }

    /// The class of that instance, as it is written.
    fn class_of(&self, context: &Context<'_>, file: FileId, name: &str) -> Option<&str> {
        Some(self.instance(context, file, name)?.1.node.class.text)
    }

    /// Whether the alias at a place leads back to the instance that it stands in.
    fn closes_circle(&self, file: FileId, span: Span) -> bool {
        let _ = (file, span);
        false
    }
}

/// What a written string says, as values keep it.
fn as_text(written: &Written<'_>) -> Option<SmolStr> {
    match &written.kind {
        ValueKind::String(text) if !has_nul(text) => Some(text.to_smol()),
        _ => None,
    }
}

/// Whether U+0000 is among the characters. As itself it stands in no literal.
fn has_nul(text: &Text<'_>) -> bool {
    matches!(text, Text::Made(text) if memchr::memchr(0, text.as_bytes()).is_some())
}

/// Converts values of one file.
pub(crate) struct Converter<'x, 'c, 's> {
    pub(super) namespace: &'x mut Namespace<'c, 's>,
    pub(super) file: FileId,
    flavors: &'x GlobalFlavors,
    aliases: Option<&'x dyn Aliases>,
    /// Whether the value is a qualifier's: a wrong type is another mistake there.
    in_qualifier: bool,
}

impl<'x, 'c, 's> Converter<'x, 'c, 's> {
    pub(crate) const fn new(
        namespace: &'x mut Namespace<'c, 's>,
        file: FileId,
        flavors: &'x GlobalFlavors,
    ) -> Self {
        Self { namespace, file, flavors, aliases: None, in_qualifier: false }
    }

    /// The same converter where aliases may stand.
    pub(crate) const fn with_aliases(mut self, aliases: Option<&'x dyn Aliases>) -> Self {
        self.aliases = aliases;
        self
    }

    /// The value as one of `data_type`; `None` once the mismatch is reported.
    pub(crate) fn value(&mut self, written: &Written<'_>, data_type: &DataType) -> Option<Value> {
        match &written.kind {
            ValueKind::Invalid | ValueKind::Absent => None,
            ValueKind::Null => Some(QualifierType::null(data_type)),
            ValueKind::Array(items) if data_type.is_array() => {
                self.array(written, items, data_type).map(Value::from)
            }
            ValueKind::Array(_) => {
                let message = format!("an array cannot initialise {}", self.a(data_type));
                self.mismatch(Code::UnexpectedArray, written.span, message)
            }
            _ if data_type.is_array() => {
                let message =
                    format!("{} cannot initialise {}", self.describe(written), self.a(data_type));
                let help = "write an array: { ... }".to_owned();
                let code =
                    if self.in_qualifier { Code::QualifierValue } else { Code::ArrayExpected };
                self.report_with_help(code, written.span, message, help)
            }
            _ => self.scalar(written, data_type).map(Value::Scalar),
        }
    }

    /// As [`value`](Self::value), for a qualifier: WMI takes one value for an array.
    pub(crate) fn qualifier(
        &mut self,
        written: &Written<'_>,
        data_type: &DataType,
    ) -> Option<Value> {
        self.in_qualifier = true;
        let one =
            !matches!(written.kind, ValueKind::Array(_) | ValueKind::Null | ValueKind::Invalid);
        if one && data_type.is_array() && self.namespace.context.dialect == Dialect::Wmi {
            return qualifier::single(self.scalar(written, data_type)?);
        }
        self.value(written, data_type)
    }

    fn array(
        &mut self,
        written: &Written<'_>,
        items: &[Written<'_>],
        data_type: &DataType,
    ) -> Option<Array> {
        let dialect = self.namespace.context.dialect;
        if let (ArrayShape::Fixed(size), Dialect::Dmtf) = (data_type.array, dialect)
            && items.len() > size as usize
        {
            let message = format!("{} elements do not fit an array of {size}", items.len());
            return self.report(Code::ArrayTooLong, written.span, message);
        }
        // Most arrays hold texts alone.
        if data_type.cim_type == CimType::String {
            let mut texts = Vec::with_capacity(items.len());
            texts.extend(items.iter().map_while(as_text));
            if texts.len() == items.len() {
                return Some(Array::from_elements(Elements::String(texts)));
            }
        }
        let mut array = Array::with_capacity(data_type.cim_type, items.len());
        let mut complete = true;
        for item in items {
            match &item.kind {
                ValueKind::Null if dialect == Dialect::Dmtf => array.push_null(),
                ValueKind::Null => {
                    let message = "WMI arrays have no NULL elements".to_owned();
                    complete = self.report::<()>(Code::NullElement, item.span, message).is_some();
                }
                ValueKind::Array(_) => {
                    let message = "an array cannot hold arrays".to_owned();
                    complete =
                        self.report::<()>(Code::UnexpectedArray, item.span, message).is_some();
                }
                _ => {
                    let scalar = self.scalar(item, data_type);
                    complete &= scalar.is_some_and(|s| array.push(s).is_ok());
                }
            }
        }
        complete.then_some(array)
    }

    fn scalar(&mut self, written: &Written<'_>, data_type: &DataType) -> Option<Scalar> {
        let cim_type = data_type.cim_type;
        let dialect = self.namespace.context.dialect;
        match (&written.kind, cim_type.class()) {
            (ValueKind::Invalid | ValueKind::Absent, _) => None,
            (ValueKind::Boolean(b), TypeClass::Boolean) => Some(Scalar::Boolean(*b)),
            (ValueKind::Integer(n), TypeClass::Unsigned | TypeClass::Signed) => {
                self.integer(written.span, n.value(), cim_type)
            }
            (ValueKind::Real(x), TypeClass::Unsigned | TypeClass::Signed)
                if dialect == Dialect::Wmi =>
            {
                // Rounding to an i128 saturates, which `integer` then refuses.
                self.integer(written.span, x.round() as i128, cim_type)
            }
            (ValueKind::Integer(n), TypeClass::Real) => {
                self.real(written.span, n.value() as f64, cim_type)
            }
            (ValueKind::Real(x), TypeClass::Real) => self.real(written.span, *x, cim_type),
            (ValueKind::Char16(0), TypeClass::Char16) if self.namespace.context.is_dmtf_mof2() => {
                self.nul(written.span)
            }
            (ValueKind::Char16(unit), TypeClass::Char16) => Some(Scalar::Char16(Char16(*unit))),
            (ValueKind::Integer(n), TypeClass::Char16) if dialect == Dialect::Wmi => {
                match u16::try_from(n.value()) {
                    Ok(unit) => Some(Scalar::Char16(Char16(unit))),
                    Err(_) => self.out_of_range(written.span, n.value(), cim_type),
                }
            }
            (ValueKind::String(text), TypeClass::String)
                if self.namespace.context.is_dmtf_mof2() && has_nul(text) =>
            {
                self.nul(written.span)
            }
            (ValueKind::String(text), TypeClass::String) => Some(Scalar::String(text.to_smol())),
            (ValueKind::Integer(n), TypeClass::String) if dialect == Dialect::Wmi => {
                self.number_as_text(written.span, n.value())
            }
            (ValueKind::Integer(n), TypeClass::Boolean)
                if dialect == Dialect::Wmi && !self.in_qualifier && matches!(n.value(), 0 | 1) =>
            {
                self.number_as_boolean(written.span, n.magnitude == 1)
            }
            (ValueKind::String(text), TypeClass::Boolean)
                if dialect == Dialect::Wmi && !self.in_qualifier =>
            {
                self.text_as_boolean(written.span, text)
            }
            (ValueKind::String(text), TypeClass::Unsigned | TypeClass::Signed)
                if is_long(cim_type) && dialect == Dialect::Wmi && !self.in_qualifier =>
            {
                self.text_as_integer(written.span, text, cim_type)
            }
            (ValueKind::String(text), TypeClass::DateTime) => self.datetime(written.span, text),
            (ValueKind::String(text), TypeClass::Reference) => {
                let path = self.reference(written.span, text)?;
                self.referenced(written.span, path, data_type)
            }
            (ValueKind::Alias(name), TypeClass::Reference) => {
                let path = self.alias(written.span, name)?;
                self.referenced(written.span, path, data_type)
            }
            (ValueKind::Alias(name), _) => {
                let message =
                    format!("the alias `${name}` stands for a path, and this is no reference");
                self.report(Code::MisplacedAlias, written.span, message)
            }
            (ValueKind::Instance(embedded), TypeClass::Object) => {
                let file = embedded.elsewhere.map_or(self.file, |elsewhere| elsewhere.file);
                let at = At::new(file, &**embedded);
                let object = instance::embedded(self.namespace, at, self.flavors, self.aliases)?;
                self.embedded_class(written.span, object.class.as_str(), data_type)?;
                Some(Scalar::Object(Arc::new(Object::Instance(object))))
            }
            (ValueKind::Class(embedded), TypeClass::Object) => {
                let at = At::new(self.file, &**embedded);
                let object = class::lower(self.namespace, at, self.flavors).typed();
                Some(Scalar::Object(Arc::new(Object::Class(object))))
            }
            _ => {
                let message = format!(
                    "{} cannot initialise {}",
                    self.describe(written),
                    self.a(&element(data_type))
                );
                self.mismatch(Code::TypeMismatch, written.span, message)
            }
        }
    }

    /// DSP0004 5.2.2, 5.2.3: strings and char16 hold any character but one.
    fn nul<T>(&mut self, span: Span) -> Option<T> {
        let message = "U+0000 is no character of DMTF MOF".to_owned();
        self.report(Code::UnknownEscape, span, message)
    }

    pub(super) fn integer(
        &mut self,
        span: Span,
        number: i128,
        cim_type: CimType,
    ) -> Option<Scalar> {
        match Scalar::from_integer(cim_type, number) {
            Some(scalar) => Some(scalar),
            None => self.out_of_range(span, number, cim_type),
        }
    }

    fn out_of_range<T>(&mut self, span: Span, number: i128, cim_type: CimType) -> Option<T> {
        let name = self.name(cim_type);
        let message = format!("{number} is outside the range of {name}");
        let (least, greatest) = cim_type.integer_range().unwrap_or((0, i128::from(u16::MAX)));
        let help = format!("{name} goes from {least} to {greatest}");
        self.report_with_help(Code::OutOfRange, span, message, help)
    }

    fn real(&mut self, span: Span, number: f64, cim_type: CimType) -> Option<Scalar> {
        if cim_type == CimType::Real64 {
            return Some(Scalar::Real64(number));
        }
        let narrow = number as f32;
        if narrow.is_infinite() && number.is_finite() {
            let message = format!("{number:e} is outside the range of real32");
            return self.report(Code::OutOfRange, span, message);
        }
        Some(Scalar::Real32(narrow))
    }

    fn datetime(&mut self, span: Span, text: &str) -> Option<Scalar> {
        let form = match self.namespace.context.dialect {
            Dialect::Wmi => DateTimeForm::Wmi,
            Dialect::Dmtf => DateTimeForm::Dmtf,
        };
        match DateTime::parse_as(text, form) {
            Ok(datetime) => Some(Scalar::DateTime(datetime)),
            Err(error) => self.report(Code::InvalidDateTime, span, error.to_string()),
        }
    }

    /// A reference names an object of its class or one below it (DSP0004 7.6). Of a path
    /// that leads elsewhere nothing is known, and WMI keeps any path.
    fn referenced(&mut self, span: Span, path: ObjectPath, data_type: &DataType) -> Option<Scalar> {
        let here = leads_here(&path, self.namespace.context.namespace);
        if let (Some(wanted), Some(class), true) = (&data_type.class, &path.class, here)
            && !self.namespace.doubts(class.as_str())
            && let Some(found) = self.namespace.class(class.as_str())
            && !found.is_a(wanted.as_str())
        {
            let message = format!(
                "the path of a `{class}` cannot initialise {}",
                self.a(&element(data_type))
            );
            let report = At::new(self.file, &()).error(Code::TypeMismatch, span, message);
            if self.namespace.context.dialect == Dialect::Dmtf {
                self.namespace.sink.push(report);
                return None;
            }
            self.namespace.sink.push(report.with_severity(Severity::Warning));
        }
        Some(Scalar::Reference(Arc::new(path)))
    }

    fn reference(&mut self, span: Span, text: &str) -> Option<ObjectPath> {
        match ObjectPath::parse(text) {
            Ok(path) if path.class.is_none() => {
                let message = "the path names a namespace and no object".to_owned();
                self.report(Code::InvalidPath, span, message)
            }
            Ok(path) => Some(path),
            Err(error) => self.report(Code::InvalidPath, span, error.to_string()),
        }
    }

    fn alias(&mut self, span: Span, name: &str) -> Option<ObjectPath> {
        let Some(aliases) = self.aliases else {
            let message = format!("the alias `${name}` stands where only instances may use one");
            return self.report(Code::MisplacedAlias, span, message);
        };
        match aliases.path(self.namespace, self.file, name) {
            Ok(path) => {
                if aliases.closes_circle(self.file, span) {
                    let message =
                        format!("`${name}` leads, through aliases, back to this instance");
                    let found = At::new(self.file, &()).error(Code::AliasCircle, span, message);
                    let help = "write the path of one of them as a string";
                    self.namespace.sink.push(found.with_help(help));
                }
                Some(path)
            }
            Err(reason) => reason.and_then(|(code, message)| self.report(code, span, message)),
        }
    }

    /// An embedded instance must be of the declared class or below it.
    fn embedded_class(&mut self, span: Span, class: &str, data_type: &DataType) -> Option<()> {
        let last = self.namespace.last_class(class);
        if last.as_ref().is_some_and(|last| last.qualifiers.is_true("Abstract")) {
            let message =
                format!("the class `{class}` becomes abstract below, and has no instances");
            return self.report(Code::ClassHasInstances, span, message);
        }
        let Some(wanted) = &data_type.class else { return Some(()) };
        let found = self.namespace.class(class)?;
        if found.is_a(wanted.as_str()) {
            // Nobody could tell then that the one is below the other.
            let (code, message) = match (self.namespace.last_class(wanted.as_str()), last) {
                (Some(_), None) => {
                    let message =
                        format!("the class `{class}` is deleted below, and `{wanted}` is not");
                    (Code::UnknownClass, message)
                }
                (Some(_), Some(last)) if !last.is_a(wanted.as_str()) => {
                    let message =
                        format!("the class `{class}` is no longer one of `{wanted}` below");
                    (Code::ClassHasInstances, message)
                }
                _ => return Some(()),
            };
            return self.report(code, span, message);
        }
        // It may be below it by a class that could not be read.
        if self.namespace.doubts(class) {
            return Some(());
        }
        let message =
            format!("an instance of `{class}` cannot initialise {}", self.a(&element(data_type)));
        self.report(Code::TypeMismatch, span, message)
    }

    const fn name(&self, cim_type: CimType) -> &'static str {
        self.namespace.context.type_name(cim_type)
    }

    /// A written value in words.
    fn describe(&self, written: &Written<'_>) -> &'static str {
        match (&written.kind, self.namespace.context.language) {
            (ValueKind::Instance(_), Language::Mof3) => "a complex value",
            _ => describe(written),
        }
    }

    /// A type with its article, as the language calls it.
    fn a(&self, data_type: &DataType) -> String {
        match self.name(data_type.cim_type) {
            "integer" if data_type.is_array() => "an integer[]".to_owned(),
            "integer" => "an integer".to_owned(),
            _ => a(data_type),
        }
    }

    /// Reports a value of a wrong type.
    fn mismatch<T>(&mut self, code: Code, span: Span, message: String) -> Option<T> {
        self.report(if self.in_qualifier { Code::QualifierValue } else { code }, span, message)
    }

    fn report<T>(&mut self, code: Code, span: Span, message: String) -> Option<T> {
        let at = At::new(self.file, &());
        self.namespace.sink.push(at.error(code, span, message));
        None
    }

    pub(super) fn report_with_help<T>(
        &mut self,
        code: Code,
        span: Span,
        message: String,
        help: String,
    ) -> Option<T> {
        let at = At::new(self.file, &());
        self.namespace.sink.push(at.error(code, span, message).with_help(help));
        None
    }
}

/// Whether a type is of 64 bits.
const fn is_long(integer: CimType) -> bool {
    matches!(integer, CimType::UInt64 | CimType::SInt64)
}

/// A type without its array brackets.
fn element(data_type: &DataType) -> DataType {
    DataType { array: ArrayShape::Scalar, ..data_type.clone() }
}

/// A type with its article. Embedded objects have the name of their class as their type.
fn a(data_type: &DataType) -> String {
    match (data_type.cim_type, &data_type.class) {
        (CimType::Object, Some(class)) if data_type.is_array() => format!("a `{class}[]`"),
        (CimType::Object, Some(class)) => format!("a `{class}`"),
        (CimType::Object | CimType::Reference, None) => format!("an {data_type}"),
        _ => format!("a {data_type}"),
    }
}

/// A written value in words.
fn describe(written: &Written<'_>) -> &'static str {
    match written.kind {
        ValueKind::Null => "NULL",
        ValueKind::Boolean(_) => "a boolean",
        ValueKind::Integer(_) => "an integer",
        ValueKind::Real(_) => "a real",
        ValueKind::Char16(_) => "a character",
        ValueKind::String(_) => "a string",
        ValueKind::Alias(_) => "an alias",
        ValueKind::Array(_) => "an array",
        ValueKind::Instance(_) => "an embedded instance",
        ValueKind::Class(_) => "an embedded class",
        ValueKind::Invalid | ValueKind::Absent => "this value",
    }
}
