//! Everything that a repository holds, as text: two that hold the same give the same.

use crate::{CallContext, ClassForm, Depth, InstanceOptions, Repository};
use std::fmt::Write;

/// What a repository holds.
pub(in crate::durable) fn image_of(repository: &Repository) -> String {
    let context = CallContext::new();
    let mut out = String::new();
    for info in repository.namespaces() {
        writeln!(out, "namespace {} {:?}", info.name, info.dialect).unwrap();
        let session = repository.session(info.name.as_str()).unwrap();
        for declared in session.enumerate_qualifier_types(&context).unwrap() {
            writeln!(out, "  {declared:?}").unwrap();
        }
        for index in session.indexes(&context).unwrap() {
            writeln!(out, "  {index:?}").unwrap();
        }
        let root = session.namespace_root();
        for class in root.schema.classes() {
            let def = class.def();
            writeln!(
                out,
                "  {:?} {:?} {:?}",
                def.id,
                def.version,
                def.to_class(ClassForm::Resolved)
            )
            .unwrap();
            let options = InstanceOptions::default();
            let result = session
                .enumerate_instances_with(&context, class.name().as_str(), Depth::Shallow, &options)
                .unwrap();
            let mut rows: Vec<String> = Vec::new();
            for row in result.rows() {
                let row = row.unwrap().to_instance();
                let path = row.path.clone().unwrap();
                let links: Vec<String> = session
                    .reference_names(&context, &path, &Default::default())
                    .map(|names| names.iter().map(ToString::to_string).collect())
                    .unwrap_or_default();
                let mut links = links;
                links.sort();
                rows.push(format!("    {row:?} <- {links:?}"));
            }
            rows.sort();
            out.extend(rows.into_iter().map(|row| row + "\n"));
        }
    }
    out
}
