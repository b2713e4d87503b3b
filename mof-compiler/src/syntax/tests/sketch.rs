//! One line for a declaration, to compare trees in tables.

use crate::syntax::ast::*;

pub(super) fn sketch(declaration: &Declaration<'_>) -> String {
    match declaration {
        Declaration::Class(d) => class(d),
        Declaration::Instance(d) => instance(d),
        Declaration::Qualifier(d) => {
            let scopes = d
                .scopes
                .as_ref()
                .map(|list| format!(" scope {}", join(list, " ", |s| s.kind.as_str().to_owned())));
            let flavors = d.flavors.as_ref().map(|list| format!(" flavor{}", flavors(list)));
            format!(
                "qualifier {}: {}{}{}{}",
                d.name.text,
                data_type(&d.data_type),
                default(d.default.as_ref()),
                scopes.unwrap_or_default(),
                flavors.unwrap_or_default()
            )
        }
        Declaration::Flavors(d) => format!("flavors {}:{}", d.name.text, flavors(&d.flavors)),
        Declaration::Directive(d) => {
            let arguments =
                d.arguments.as_ref().map(|list| join(list, ",", |a| a.text.to_string()));
            format!("{:?} {} {arguments:?}", d.form, d.name.text)
        }
    }
}

fn class(d: &ClassDeclaration<'_>) -> String {
    let features = join(&d.features, " ", |feature| match feature {
        Feature::Property(p) => format!(
            "{}{} {}{};",
            qualifiers(&p.qualifiers),
            data_type(&p.data_type),
            p.name.text,
            default(p.default.as_ref())
        ),
        Feature::Method(m) => {
            let parameters = join(&m.parameters, ", ", |p| {
                format!(
                    "{}{} {}{}",
                    qualifiers(&p.qualifiers),
                    data_type(&p.data_type),
                    p.name.text,
                    default(p.default.as_ref())
                )
            });
            let (q, t) = (qualifiers(&m.qualifiers), data_type(&m.return_type));
            format!("{q}{t} {}({parameters});", m.name.text)
        }
    });
    let alias = d.alias.map(|a| format!(" as {}", a.text)).unwrap_or_default();
    let superclass = d.superclass.map(|s| format!(": {}", s.text)).unwrap_or_default();
    format!("{}class {}{alias}{superclass} {{{features}}}", qualifiers(&d.qualifiers), d.name.text)
}

fn instance(d: &InstanceDeclaration<'_>) -> String {
    let properties = join(&d.properties, " ", |p| {
        format!("{}{}={};", qualifiers(&p.qualifiers), p.name.text, value(&p.value))
    });
    let alias = d.alias.map(|a| format!(" as {}", a.text)).unwrap_or_default();
    format!("{}instance {}{alias} {{{properties}}}", qualifiers(&d.qualifiers), d.class.text)
}

fn qualifiers(list: &[Qualifier<'_>]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let list = join(list, ", ", |q| {
        let value = q.value.as_ref().map(|v| format!("({})", value(v))).unwrap_or_default();
        let colon = if q.flavors.is_empty() { "" } else { ":" };
        format!("{}{value}{colon}{}", q.name.text, flavors(&q.flavors))
    });
    format!("[{list}] ")
}

fn flavors(list: &[Flavor]) -> String {
    list.iter().map(|f| format!(" {}", f.kind.as_str())).collect()
}

fn data_type(t: &DataType<'_>) -> String {
    let name = |class: Option<Identifier<'_>>| class.map_or("*", |c| c.text).to_owned();
    let kind = match t.kind {
        TypeKind::Void => "void".to_owned(),
        TypeKind::Intrinsic(intrinsic) => intrinsic.as_str().to_owned(),
        TypeKind::Object(class) => format!("object:{}", name(class)),
        TypeKind::Reference(class) => format!("ref:{}", name(class)),
        TypeKind::Unknown => "?".to_owned(),
    };
    match t.array {
        None => kind,
        Some(ArraySuffix { size: None, .. }) => format!("{kind}[]"),
        Some(ArraySuffix { size: Some(n), .. }) => format!("{kind}[{n}]"),
    }
}

fn default(value_: Option<&Value<'_>>) -> String {
    value_.map(|v| format!("={}", value(v))).unwrap_or_default()
}

fn value(v: &Value<'_>) -> String {
    match &v.kind {
        ValueKind::Null => "NULL".to_owned(),
        ValueKind::Boolean(b) => b.to_string(),
        ValueKind::Integer(n) => n.value().to_string(),
        ValueKind::Real(r) => format!("{r:?}"),
        ValueKind::Char16(c) => format!("'{c}'"),
        ValueKind::String(s) => format!("{s:?}"),
        ValueKind::Alias(a) => format!("${a}"),
        ValueKind::Array(list) => format!("{{{}}}", join(list, ",", value)),
        ValueKind::Instance(i) => instance(i),
        ValueKind::Class(c) => class(c),
        ValueKind::Invalid => "?".to_owned(),
        ValueKind::Absent => String::new(),
    }
}

fn join<T>(list: &[T], separator: &str, show: impl Fn(&T) -> String) -> String {
    list.iter().map(show).collect::<Vec<_>>().join(separator)
}
