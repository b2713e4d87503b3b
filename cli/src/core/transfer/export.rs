//! A repository as text: NDJSON, a line at a time, or MOF.

use super::declarations::{ClassBody, qualifier_type_entries};
use super::mof;
use super::shapes::{Shape, Shapes};
use super::values::{Nulls, instance_entries};
use super::walk::{Walk, failed, namespaces};
use super::{Counts, FORMAT, VERSION};
use crate::args::ExportFormat;
use crate::failure::Stop;
use cimarron_engine::{NamespaceInfo, Repository};
use cimarron_model::{Class, Instance, Name, QualifierType};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::Write;

/// Writes namespaces of a repository, or all of them.
pub(crate) fn export(
    repository: &Repository,
    chosen: &[String],
    format: ExportFormat,
    out: &mut dyn Write,
) -> Result<Counts, Stop> {
    let namespaces = namespaces(repository, chosen)?;
    match format {
        ExportFormat::Mof => mof::export(repository, &namespaces, out),
        ExportFormat::Ndjson => ndjson(repository, &namespaces, out),
    }
}

fn ndjson(
    repository: &Repository,
    namespaces: &[NamespaceInfo],
    out: &mut dyn Write,
) -> Result<Counts, Stop> {
    let mut counts = Counts::default();
    line(out, &Record::Header)?;
    for info in namespaces {
        // All of them first: what creates a namespace decides its dialect.
        line(out, &Record::Namespace(info))?;
        counts.namespaces += 1;
    }
    for info in namespaces {
        let session = repository.session(info.name.as_str()).map_err(|error| failed(&error))?;
        let (walk, shapes) = (Walk::new(&session), Shapes::new(session.clone()));
        let within = &info.name;
        for declared in &walk.qualifier_types()? {
            line(out, &Record::QualifierType(within, declared))?;
            counts.qualifier_types += 1;
        }
        for name in walk.class_names()? {
            line(out, &Record::Class(within, &walk.class(&name)?))?;
            counts.classes += 1;
        }
        for index in walk.indexes()? {
            line(out, &Record::Index(within, &index.class, &index.property))?;
            counts.indexes += 1;
        }
        walk.instances(|instance| {
            let lean = lean(instance, shapes.of(&instance.class).as_deref());
            counts.instances += 1;
            line(out, &Record::Instance(within, &lean, &shapes))
        })?;
    }
    Ok(counts)
}

/// An instance without what it has anyway: NULLs whose property has no default.
pub(super) fn lean(instance: &Instance, shape: Option<&Shape>) -> Instance {
    let mut lean = Instance::new(instance.class.clone());
    lean.qualifiers = instance.qualifiers.clone();
    for (name, property) in instance.properties() {
        let is_implied = property.value.is_null()
            && property.qualifiers.is_empty()
            && shape.and_then(|s| s.property(name)).is_some_and(|declared| !declared.has_default);
        if !is_implied {
            lean.set(name.clone(), property.value.clone());
            if let Some(copied) = lean.property_mut(name.as_str()) {
                copied.qualifiers = property.qualifiers.clone();
            }
        }
    }
    lean
}

fn line(out: &mut dyn Write, record: &Record<'_>) -> Result<(), Stop> {
    serde_json::to_writer(&mut *out, record).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// One line.
enum Record<'a> {
    Header,
    Namespace(&'a NamespaceInfo),
    QualifierType(&'a Name, &'a QualifierType),
    Class(&'a Name, &'a Class),
    Index(&'a Name, &'a Name, &'a Name),
    Instance(&'a Name, &'a Instance, &'a Shapes),
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut head = |kind: &str, namespace: &Name| {
            map.serialize_entry("kind", kind)?;
            map.serialize_entry("namespace", namespace)
        };
        match *self {
            Self::Header => {
                map.serialize_entry("kind", "header")?;
                map.serialize_entry("format", FORMAT)?;
                map.serialize_entry("version", &VERSION)?;
            }
            Self::Namespace(info) => {
                map.serialize_entry("kind", "namespace")?;
                map.serialize_entry("name", &info.name)?;
                map.serialize_entry("dialect", info.dialect.as_str())?;
            }
            Self::QualifierType(namespace, declared) => {
                head("qualifierType", namespace)?;
                qualifier_type_entries(declared, &mut map)?;
            }
            Self::Class(namespace, class) => {
                head("class", namespace)?;
                ClassBody::own(class).entries(&mut map)?;
            }
            Self::Index(namespace, class, property) => {
                head("index", namespace)?;
                map.serialize_entry("class", class)?;
                map.serialize_entry("property", property)?;
            }
            Self::Instance(namespace, instance, shapes) => {
                head("instance", namespace)?;
                map.serialize_entry("class", &instance.class)?;
                instance_entries(instance, Some(shapes), Nulls::HaveNone, &mut map)?;
            }
        }
        map.end()
    }
}
