//! Sites of small schemas.

use super::space::{Member, Space};
use super::target::{Scene, Target};
use super::{DocumentOptions, document};
use crate::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
use cimarron_schema::Archive;
use std::collections::BTreeMap;
use std::io;

fn archive(mof: &str) -> Archive {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("x.mof", mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, &CompileOptions::default(), &EmptyBase, said);
    assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics);
    Archive::from_bytes(compiled.archive().unwrap()).unwrap()
}

fn site(mof: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut sink = |path: &str, content: &[u8]| {
        let before = files.insert(path.to_owned(), String::from_utf8(content.to_vec()).unwrap());
        assert!(before.is_none(), "{path} twice");
        Ok(())
    };
    document(&archive(mof), &DocumentOptions::default(), &mut sink).unwrap();
    files
}

const MOF: &str = "
    class X_A { [key] string Id; uint32 Run([in] string P); };
    class X_B : X_A { uint8 N; };
    class X_C : X_B { [Override(\"N\")] uint8 n; };
";

#[test]
fn names_lead_to_the_nearest_declaration() {
    let archive = archive(MOF);
    let space = Space::new(archive.namespaces().next().unwrap(), String::new(), "");
    let scene = Scene::of_class_pages(&space);
    let class = |name| space.find(name).unwrap();
    let target = |name, member, parameter| Some(Target { class: class(name), member, parameter });
    let run = Some(Member::Method("Run"));
    for (text, expected) in [
        ("X_A", target("X_A", None, None)),
        ("x_a", target("X_A", None, None)),
        ("X_C.ID", target("X_A", Some(Member::Property("Id")), None)),
        ("X_C.N", target("X_C", Some(Member::Property("n")), None)),
        ("X_B.N", target("X_B", Some(Member::Property("N")), None)),
        (" X_B.Run() ", target("X_A", run, None)),
        ("X_B.Run", target("X_A", run, None)),
        ("X_B.Run.p", target("X_A", run, Some("P"))),
        ("X_B.Run(p)", target("X_A", run, Some("P"))),
        ("X_B.Run().P", target("X_A", run, Some("P"))),
        ("X_B.Run.Q", None),
        ("X_B.None", None),
        ("X_A.Id.P", None),
        ("None", None),
        ("", None),
        ("X_A.", None),
        (".", None),
        ("()", None),
    ] {
        assert_eq!(scene.target(text), expected, "{text}");
    }
}

#[test]
fn members_know_what_replaces_them() {
    let files = site(MOF);
    let above = files.get("class/X_B.html").unwrap();
    assert!(above.contains("<dt>Overridden in</dt><dd><a href='X_C.html#p-n'>X_C</a>"), "{above}");
    let below = files.get("class/X_C.html").unwrap();
    assert!(below.contains("<dt>Overrides</dt><dd><a href='X_B.html#p-N'>X_B.N</a>"), "{below}");
    assert_eq!(below.matches("Inherited from").count(), 2, "{below}");
}

#[test]
fn a_schema_may_be_empty_or_a_long_chain() {
    assert!(site("").contains_key("classes.html"));
    let mut mof = "class X_0 { [key] string Id; };\n".to_owned();
    for n in 1..120 {
        mof.push_str(&format!("class X_{n} : X_{} {{ }};\n", n - 1));
    }
    let files = site(&mof);
    let tree = files.get("tree.html").unwrap();
    assert_eq!(tree.matches("<details").count(), tree.matches("</details>").count());
    assert!(tree.matches("<details").count() <= 100);
    assert!(files.get("class/X_119.html").unwrap().contains("\u{2026} 111 more"));
}

#[test]
fn a_sink_that_fails_ends_it() {
    let mut left = 5;
    let mut sink = |_: &str, _: &[u8]| {
        left -= 1;
        if left == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    };
    let error = document(&archive(MOF), &DocumentOptions::default(), &mut sink).unwrap_err();
    assert_eq!((error.kind(), left), (io::ErrorKind::StorageFull, 0));
}
