//! What holds for the comparison of any two schemas.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

use cimarron_model::Dialect;
use cimarron_mof::evolution::{Change, Changes, Sign, compare};
use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
use cimarron_schema::Archive;
use proptest::prelude::*;
use std::fmt::Write;

/// A class by number: its superclass among the lower numbers, and its properties.
#[derive(Clone, Debug)]
struct Sketch {
    above: Option<usize>,
    properties: Vec<(u8, u8, u8)>,
    method: Option<u8>,
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let properties = prop::collection::vec((0..4_u8, 0..3_u8, 0..4_u8), 0..4);
    (prop::option::of(0..6_usize), properties, prop::option::of(0..3_u8))
        .prop_map(|(above, properties, method)| Sketch { above, properties, method })
}

fn schema() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::option::weighted(0.8, sketch()), 6).prop_map(|sketches| {
        let mut mof = String::new();
        let hierarchy = sketches.iter().flatten().any(|s| s.above.is_some());
        for (number, sketch) in sketches.iter().enumerate() {
            let Some(sketch) = sketch else { continue };
            write!(mof, "class X_{number}").unwrap();
            // A superclass stands before, so that there is no cycle.
            let above = sketch.above.filter(|a| *a < number && sketches[*a].is_some());
            if let Some(above) = above {
                write!(mof, " : X_{above}").unwrap();
            }
            writeln!(mof, " {{").unwrap();
            let mut seen = Vec::new();
            for (name, word, limit) in &sketch.properties {
                if seen.contains(name) {
                    continue;
                }
                seen.push(*name);
                // In a hierarchy every property has one type, as overrides keep it.
                let word = if hierarchy { 0 } else { *word };
                let kind = ["string", "uint8", "datetime"][usize::from(word)];
                writeln!(mof, "    [MaxLen({limit}) : ToSubclass] {kind} P{name};").unwrap();
            }
            if let Some(parameters) = sketch.method {
                let list: Vec<_> = (0..parameters).map(|n| format!("[in] uint8 A{n}")).collect();
                let list = if hierarchy { String::new() } else { list.join(", ") };
                writeln!(mof, "    uint32 M({list});").unwrap();
            }
            writeln!(mof, "}};").unwrap();
        }
        mof
    })
}

fn archive(mof: &str) -> Archive {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("input.mof", mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect: Dialect::Wmi, ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    assert!(!compiled.has_errors(), "{mof}\n{:?}", compiled.diagnostics.as_slice());
    Archive::from_bytes(compiled.archive().unwrap()).unwrap()
}

/// What came or went, by element.
fn elements(changes: &Changes, sign: Sign) -> Vec<String> {
    let is = |change: &&Change| change.kind.sign() == sign;
    let mut all: Vec<String> =
        changes.changes.iter().filter(is).map(|c| c.element.to_string()).collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn what_comes_one_way_goes_the_other(old in schema(), new in schema()) {
        let (old, new) = (archive(&old), archive(&new));
        prop_assert!(compare(&old, &old).is_empty());
        let (forth, back) = (compare(&old, &new), compare(&new, &old));
        prop_assert_eq!(forth.is_empty(), back.is_empty());
        prop_assert_eq!(elements(&forth, Sign::Added), elements(&back, Sign::Removed));
        prop_assert_eq!(elements(&forth, Sign::Removed), elements(&back, Sign::Added));
        // The order does not depend on chance.
        prop_assert_eq!(forth, compare(&old, &new));
    }
}
