//! The layering rule: a crate may use the crates below it and never one beside or above it.
//! Declared dependencies count, normal, build and dev alike, whatever feature or platform
//! they hang on: a test that reaches upwards ties the floors together as well as code does.

use super::Finding;
use crate::workspace::{Metadata, Package};

/// Where a workspace folder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A floor of the house; crates of one floor are siblings.
    Floor(u8),
    /// Stands outside and may look at everything, but carries nothing.
    Outside,
}

/// The house, floor by floor, from the ground up. An entry that ends in `/` stands for every
/// folder below it.
const FLOORS: &[&[&str]] = &[
    &["model", "cells", "journal"],
    &["schema"],
    &["mof-compiler", "wql"],
    &["engine"],
    &["providers/", "consumers", "scenarios"],
    &["protocols/", "bindings/"],
    &["server"],
    &["cli"],
];

const OUTSIDE: &[&str] =
    &["benches", "crash", "snapshots", "conformance", "examples/embedded-schema", "xtask", "fuzz"];

fn place(folder: &str) -> Option<Place> {
    let holds = |entry: &&str| {
        *entry == folder
            || (entry.ends_with('/') && folder.strip_prefix(*entry).is_some_and(|f| !f.is_empty()))
    };
    if OUTSIDE.contains(&folder) {
        return Some(Place::Outside);
    }
    let floor = FLOORS.iter().position(|floor| floor.iter().any(holds))?;
    u8::try_from(floor).ok().map(Place::Floor)
}

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    metadata.members().flat_map(|package| of_package(metadata, package)).collect()
}

fn of_package(metadata: &Metadata, package: &Package) -> Vec<Finding> {
    let Some(folder) = metadata.folder(package.folder()) else {
        let manifest = package.manifest_path.display().to_string();
        return vec![Finding::error(&manifest, None, "a member outside the repository")];
    };
    let manifest = format!("{folder}/Cargo.toml");
    let Some(own) = place(&folder) else {
        let message = format!(
            "`{folder}` has no floor in the house; give it one in FLOORS of xtask/src/tidy/layering.rs \
             and in ARCHITECTURE.md"
        );
        return vec![Finding::error(&manifest, None, message)];
    };

    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        let Some(path) = &dependency.path else { continue };
        let Some(used) = metadata.folder(path) else {
            let message =
                format!("depends on `{}` by a path outside the repository", dependency.name);
            findings.push(Finding::error(&manifest, None, message));
            continue;
        };
        if used == folder {
            continue; // a package that turns on its own features for its tests
        }
        if let Some(wrong) = objection(own, place(&used)) {
            let kind = dependency.kind.as_deref().unwrap_or("normal");
            let message = format!(
                "{kind} dependency on `{}` ({used}), {wrong}; a crate may use only those below it",
                dependency.name
            );
            findings.push(Finding::error(&manifest, None, message));
        }
    }
    findings
}

/// Why a crate at `own` may not use one at `used`; `None` when it may.
fn objection(own: Place, used: Option<Place>) -> Option<&'static str> {
    match (own, used) {
        (_, None) => Some("which has no floor in the house"),
        (_, Some(Place::Outside)) => Some("which nothing may depend on"),
        (Place::Outside, Some(Place::Floor(_))) => None,
        (Place::Floor(own), Some(Place::Floor(used))) => match used.cmp(&own) {
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => Some("which is beside it"),
            std::cmp::Ordering::Greater => Some("which is above it"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    /// A workspace of one package in `folder` that depends on the package in `used`.
    fn workspace(folder: &str, used: &str, kind: Option<&str>) -> Metadata {
        let used = std::path::Path::new("/r").join(used);
        serde_json::from_value(serde_json::json!({
            "packages": [{
                "id": "it", "name": "it", "manifest_path": format!("/r/{folder}/Cargo.toml"),
                "dependencies": [
                    { "name": "used", "kind": kind, "path": used },
                    { "name": "from-the-registry", "kind": null },
                ],
            }],
            "workspace_members": ["it"],
            "resolve": { "nodes": [] },
            "workspace_root": "/r",
            "target_directory": "/r/target",
        }))
        .unwrap()
    }

    #[test]
    fn only_downwards() {
        let allowed = [
            ("schema", "model"),
            ("wql", "schema"),
            ("wql", "model"),
            ("mof-compiler", "schema"),
            ("engine", "wql"),
            ("engine", "mof-compiler"),
            ("providers/host", "engine"),
            ("consumers", "engine"),
            ("protocols/cim-xml", "consumers"),
            ("bindings/python", "engine"),
            ("server", "protocols/wmi"),
            ("cli", "server"),
            ("xtask", "model"),
            ("benches", "cli"),
            ("conformance", "engine"),
            ("model", "model"),
            ("engine", "cells"),
            ("engine", "journal"),
        ];
        for (folder, used) in allowed {
            assert_eq!(
                lines(&check(&workspace(folder, used, None))),
                [""; 0],
                "{folder} -> {used}"
            );
        }
    }

    #[test]
    fn never_beside_or_above() {
        let refused = [
            ("wql", "mof-compiler", "beside"),
            ("mof-compiler", "wql", "beside"),
            ("cells", "model", "beside"),
            ("journal", "model", "beside"),
            ("providers/host", "consumers", "beside"),
            ("protocols/wmi", "protocols/cim-xml", "beside"),
            ("bindings/c", "bindings/python", "beside"),
            ("protocols/wmi", "bindings/c", "beside"),
            ("model", "schema", "above"),
            ("schema", "engine", "above"),
            ("cells", "engine", "above"),
            ("engine", "consumers", "above"),
            ("server", "cli", "above"),
            ("engine", "snapshots", "nothing may depend on"),
            ("snapshots", "conformance", "nothing may depend on"),
            ("engine", "elsewhere", "no floor"),
        ];
        for (folder, used, why) in refused {
            for kind in [None, Some("dev"), Some("build")] {
                let found = lines(&check(&workspace(folder, used, kind)));
                let [line] = found.as_slice() else { panic!("{folder} -> {used}: {found:?}") };
                assert!(line.starts_with(&format!("{folder}/Cargo.toml: error: ")), "{line}");
                assert!(line.contains(why), "{line}");
                assert!(line.contains(kind.unwrap_or("normal")), "{line}");
            }
        }
    }

    #[test]
    fn every_member_has_a_floor() {
        for folder in ["elsewhere", "protocols", "providers", "model/inner"] {
            let found = lines(&check(&workspace(folder, "model", None)));
            assert!(found.concat().contains("has no floor"), "{folder}: {found:?}");
        }
    }

    #[test]
    fn paths_stay_in_the_repository() {
        let found = lines(&check(&workspace("engine", "/elsewhere/model", None)));
        assert!(found.concat().contains("by a path outside the repository"), "{found:?}");
    }
}
