//! Walks along associations while others write.

use super::associations::{add, ids, link, node, session};
use super::*;
use crate::AssociationFilter;
use cimarron_model::Value;

/// How many different instances there are.
fn apart(result: &QueryResult) -> usize {
    let ids = ids(result);
    let mut all: Vec<&str> = ids.split(' ').collect();
    assert_eq!(all.len(), result.count().unwrap());
    all.dedup();
    all.len()
}

#[test]
fn walks_find_every_end_beside_changes() {
    const ENDS: usize = 300;
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let session = session(dialect);
        add(&session, "X_Node", "hub");
        let (end, id) = (|n: usize| node("X_Node", &format!("n{n}")), |n: usize| format!("l{n}"));
        for n in 0..ENDS {
            add(&session, "X_Node", &format!("n{n}"));
            link(
                &session,
                "X_Holds",
                &id(n),
                &[("Holder", node("X_Node", "hub")), ("Held", end(n))],
            );
        }
        let link_at = |n: usize| node("X_Holds", &id(n));
        std::thread::scope(|scope| {
            let writer = {
                let session = session.clone();
                scope.spawn(move || {
                    for round in 0..6_usize {
                        for n in 0..ENDS {
                            let other = (n + 7 * round + 1) % ENDS;
                            let mut batch = session.batch().modify(
                                end(n),
                                Instance::new("X_Node").with("Size", round as u32),
                                Update::Given,
                            );
                            // Links change their ends with each other, and come anew.
                            if n % 3 == 0 && n != other {
                                let ends = [n, other].map(|l| {
                                    let link = session.get_instance(
                                        &context(),
                                        &link_at(l),
                                        &PropertyList::All,
                                    );
                                    link.unwrap().get("Held").unwrap().clone()
                                });
                                let [a, b] = ends;
                                let set = |to: Value| Instance::new("X_Holds").with("Held", to);
                                batch = batch.modify(link_at(n), set(b), Update::Given).modify(
                                    link_at(other),
                                    set(a),
                                    Update::Given,
                                );
                            } else if n % 3 == 1 {
                                let link = session.get_instance(
                                    &context(),
                                    &link_at(n),
                                    &PropertyList::All,
                                );
                                batch = batch.delete(link_at(n)).create(link.unwrap());
                            }
                            batch.commit(&context()).unwrap();
                        }
                        if dialect == Dialect::Wmi {
                            let text = format!(
                                "#pragma classflags(\"forceupdate\")
                                class X_Node {{ [key] string Id; uint32 Size; uint8 R{round}; }};
                                [Association] class X_Holds {{ [key] string Id; X_Node REF Holder;
                                    X_Node REF Held; uint32 Weight; uint8 R{round} = 1; }};"
                            );
                            session.compile_mof_text(&context(), "again.mof", &text).unwrap();
                        }
                    }
                })
            };
            let (hub, filter) = (node("X_Node", "hub"), AssociationFilter::new());
            let mut looks = 0;
            while !writer.is_finished() || looks == 0 {
                looks += 1;
                let pinned = session.snapshot(&context()).unwrap();
                for session in [&session, &pinned] {
                    for _ in 0..3 {
                        let ends = session.associators(&context(), &hub, &filter).unwrap();
                        let links = session.references(&context(), &hub, &filter).unwrap();
                        assert_eq!((apart(&ends), apart(&links)), (ENDS, ENDS));
                    }
                }
            }
        });
    }
}
