use crate::cimarron;

#[test]
fn the_demo_needs_nothing_and_every_query_has_rows() {
    let run = cimarron(["demo"]).succeeds();
    assert!(run.stdout.contains("10 classes (3 associations"), "{}", run.stdout);
    assert!(run.stdout.contains("66 instances"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("SELECT ").count(), 6, "{}", run.stdout);
    assert_eq!(run.stdout.matches("ASSOCIATORS OF ").count(), 1, "{}", run.stdout);
    assert!(!run.stdout.contains("\n0 rows"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}
