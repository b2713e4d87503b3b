//! What a repository holds, a JSON array a line.

use cimarron_engine::{
    AssociationFilter, CallContext, ClassForm, Depth, InstanceOptions, Repository, Session,
};
use serde_json::{Value, json};

/// Of a class with more rows than this only some are shown, and how many they are.
const MANY: usize = 200;

/// The lines.
pub(crate) fn of(repository: &Repository) -> String {
    let context = &CallContext::new();
    let mut lines = Vec::new();
    for info in repository.namespaces() {
        let name = info.name.as_str();
        lines.push(json!(["namespace", name, format!("{:?}", info.dialect)]));
        namespace(&repository.session(name).unwrap(), context, &mut lines);
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn namespace(session: &Session, context: &CallContext, lines: &mut Vec<Value>) {
    for declared in session.enumerate_qualifier_types(context).unwrap() {
        lines.push(json!(["qualifier", declared]));
    }
    for index in session.indexes(context).unwrap() {
        let (class, property) = (index.class.as_str(), index.property.as_str());
        let found = session.find(context, class, property, ..).unwrap().count().unwrap();
        lines.push(json!(["index", class, property, index.declared, found]));
    }
    let classes = session.enumerate_classes(context, None, Depth::Deep, ClassForm::Local).unwrap();
    for class in classes {
        // The system's classes are those of the program that reads.
        if !class.name.as_str().starts_with("__") {
            lines.push(json!(["class", class]));
        }
        rows(session, context, class.name.as_str(), lines);
    }
}

fn rows(session: &Session, context: &CallContext, class: &str, lines: &mut Vec<Value>) {
    let options = InstanceOptions::default();
    let found = session.enumerate_instances_with(context, class, Depth::Shallow, &options).unwrap();
    let rows = found.rows().map(|row| row.unwrap().to_instance());
    let mut rows: Vec<_> = rows.map(|row| (row.path.clone().unwrap(), row)).collect();
    rows.sort_by_cached_key(|(path, _)| path.to_string());
    if rows.is_empty() {
        return;
    }
    lines.push(json!(["count", class, rows.len()]));
    let step = if rows.len() > MANY { 97 } else { 1 };
    for (path, row) in rows.iter().step_by(step) {
        lines.push(json!(["row", path.to_string(), row]));
        let of_properties: Vec<_> = row
            .properties()
            .filter(|(_, property)| !property.qualifiers.is_empty())
            .map(|(name, property)| json!([name.as_str(), property.qualifiers]))
            .collect();
        if !row.qualifiers.is_empty() || !of_properties.is_empty() {
            lines.push(json!(["qualified", row.qualifiers, of_properties]));
        }
        let links = session.reference_names(context, path, &AssociationFilter::new()).unwrap();
        if !links.is_empty() {
            let mut links: Vec<String> = links.iter().map(ToString::to_string).collect();
            links.sort();
            lines.push(json!(["links", links]));
        }
    }
}
