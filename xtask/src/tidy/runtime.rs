//! The core crates are runtime-free: nothing that they link may bring an async runtime or a
//! socket reactor. The resolved graph is walked, so a runtime hidden three crates down is
//! found too. Cargo unifies features over the workspace in that graph, which makes the check
//! stricter than any single build and never laxer.

use std::collections::{HashMap, HashSet, VecDeque};

use super::Finding;
use crate::workspace::{Metadata, Package};

/// The folders of the crates that embedders link.
const RUNTIME_FREE: &[&str] =
    &["model", "cells", "journal", "schema", "mof-compiler", "wql", "engine"];

const RUNTIMES: &[&str] = &[
    "actix-rt",
    "async-executor",
    "async-global-executor",
    "async-io",
    "async-std",
    "compio",
    "embassy-executor",
    "futures-executor",
    "glommio",
    "mio",
    "monoio",
    "polling",
    "smol",
    "tokio",
    "tokio-uring",
];

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let graph = Graph::new(metadata);
    let mut findings = Vec::new();
    for package in metadata.members() {
        let Some(folder) = metadata.folder(package.folder()) else { continue };
        if !RUNTIME_FREE.contains(&folder.as_str()) {
            continue;
        }
        if let Some(chain) = graph.chain_to_a_runtime(package) {
            let message =
                format!("must be runtime-free, but links a runtime: {}", chain.join(" -> "));
            findings.push(Finding::error(&format!("{folder}/Cargo.toml"), None, message));
        }
    }
    findings
}

/// The normal dependencies: what ends up in the program, not what builds or tests it.
struct Graph<'a> {
    names: HashMap<&'a str, &'a str>,
    edges: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn new(metadata: &'a Metadata) -> Self {
        let names = metadata.packages.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
        let edges = metadata
            .resolve
            .nodes
            .iter()
            .map(|node| {
                let normal = node
                    .deps
                    .iter()
                    .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
                (node.id.as_str(), normal.map(|edge| edge.pkg.as_str()).collect())
            })
            .collect();
        Self { names, edges }
    }

    /// The shortest chain of package names from `start` to a runtime.
    fn chain_to_a_runtime(&self, start: &'a Package) -> Option<Vec<&'a str>> {
        let mut reached_from: HashMap<&str, &str> = HashMap::new();
        let mut seen = HashSet::from([start.id.as_str()]);
        let mut queue = VecDeque::from([start.id.as_str()]);
        while let Some(id) = queue.pop_front() {
            if self.names.get(id).is_some_and(|name| RUNTIMES.contains(name)) {
                let mut chain = Vec::new();
                let mut at = Some(id);
                while let Some(id) = at {
                    chain.push(self.names.get(id).copied().unwrap_or(id));
                    at = reached_from.get(id).copied();
                }
                chain.reverse();
                return Some(chain);
            }
            for &next in self.edges.get(id).into_iter().flatten() {
                if seen.insert(next) {
                    reached_from.insert(next, id);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    /// A workspace whose only member is in `folder`; an edge is (from, to, kind), and every
    /// package is called by its id.
    fn workspace(folder: &str, edges: &[(&str, &str, Option<&str>)]) -> Metadata {
        let ids: HashSet<&str> = edges.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
        let packages: Vec<_> = ids
            .iter()
            .map(|id| {
                serde_json::json!({
                    "id": id, "name": id, "dependencies": [],
                    "manifest_path": format!("/r/{}/Cargo.toml", if *id == "core" { folder } else { id }),
                })
            })
            .collect();
        let nodes: Vec<_> = ids
            .iter()
            .map(|id| {
                let deps: Vec<_> = edges
                    .iter()
                    .filter(|(from, ..)| from == id)
                    .map(|(_, to, kind)| serde_json::json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] }))
                    .collect();
                serde_json::json!({ "id": id, "deps": deps })
            })
            .collect();
        serde_json::from_value(serde_json::json!({
            "packages": packages, "workspace_members": ["core"], "resolve": { "nodes": nodes },
            "workspace_root": "/r", "target_directory": "/r/target",
        }))
        .unwrap()
    }

    #[test]
    fn names_the_shortest_chain() {
        let edges = [
            ("core", "a", None),
            ("a", "b", None),
            ("b", "c", None),
            ("b", "tokio", None),
            ("c", "mio", None),
            ("c", "a", None),
        ];
        for folder in RUNTIME_FREE {
            let expected = format!(
                "{folder}/Cargo.toml: error: must be runtime-free, but links a runtime: \
                 core -> a -> b -> tokio"
            );
            assert_eq!(lines(&check(&workspace(folder, &edges))), [expected]);
        }
    }

    #[test]
    fn what_only_builds_or_tests_does_not_count() {
        let edges = [
            ("core", "t", Some("dev")),
            ("core", "u", Some("build")),
            ("t", "tokio", None),
            ("u", "smol", None),
        ];
        assert_eq!(lines(&check(&workspace("engine", &edges))), [""; 0]);
    }

    #[test]
    fn floors_above_the_core_may_have_a_runtime() {
        for folder in ["server", "consumers", "cli", "protocols/wmi"] {
            let edges = [("core", "tokio", None)];
            assert_eq!(lines(&check(&workspace(folder, &edges))), [""; 0], "{folder}");
        }
    }
}
