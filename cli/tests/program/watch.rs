//! `cimarron watch`.

use crate::{Place, cimarron, command, run_with_stdin};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

const MOF: &str = "class X_Fan { [key] string Id; uint32 Speed; };";

const ALL: &str =
    "SELECT TargetInstance FROM __InstanceOperationEvent WHERE TargetInstance ISA 'X_Fan'";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn event(kind: &str, id: &str, speed: Option<u32>) -> Value {
    json!({"__CLASS": format!("__Instance{kind}Event"), "TargetInstance": {
        "__CLASS": "X_Fan", "__RELPATH": format!("X_Fan.Id=\"{id}\""), "Id": id, "Speed": speed
    }})
}

#[test]
fn files_have_things_happen_and_then_it_ends() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let then = place.file("then.mof", "instance of X_Fan { Id = \"a\"; };");
    let steps = place.file(
        "then.ndjson",
        "{\"op\": \"modify\", \"path\": \"X_Fan.Id='a'\", \"props\": {\"Speed\": 3}}\n\
         {\"op\": \"advance\", \"seconds\": 0.001}\n\
         {\"op\": \"delete\", \"path\": \"X_Fan.Id='a'\"}\n",
    );
    let run =
        cimarron(["watch", "--mof", &classes, "--then", &then, "--then", &steps, ALL]).succeeds();
    let expected = [
        event("Creation", "a", None),
        event("Modification", "a", Some(3)),
        event("Deletion", "a", Some(3)),
    ];
    assert_eq!(lines(&run.stdout), expected);
    let line = ["watch", "--mof", &classes, "--then", &then, "--format", "json", ALL];
    assert_eq!(cimarron(line).succeeds().json(), json!([event("Creation", "a", None)]));
}

#[test]
fn standard_input_has_mof_and_steps() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let input = "instance of X_Fan\n{\n    Id = \"a\";\n};\n\
                 {\"op\": \"create\", \"class\": \"X_Fan\", \"props\": {\"Id\": \"b\", \"Speed\": 1}}\n\
                 instance of X_Fan { Id = \"c\"; };";
    let run = run_with_stdin(
        command().args(["watch", "--mof", &classes, "--stdin", ALL]),
        input.as_bytes(),
    );
    let expected = [
        event("Creation", "a", None),
        event("Creation", "b", Some(1)),
        event("Creation", "c", None),
    ];
    assert_eq!(lines(&run.succeeds().stdout), expected);
}

#[test]
fn what_is_refused_is_said_and_the_watch_goes_on() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let input = "{\"op\": \"delete\", \"path\": \"X_Fan.Id='a'\"}\n{\"op\": \"mod\"}\n\
                 instance of X_Fam { };\n\n\
                 {\"op\": \"create\", \"class\": \"X_Fan\", \"props\": {\"Id\": \"b\"}}\n";
    let mut watch = command();
    watch.args(["watch", "--mof", &classes, "--stdin", ALL]);
    let run = run_with_stdin(&mut watch, input.as_bytes()).fails_with(1);
    assert_eq!(lines(&run.stdout), [event("Creation", "b", None)]);
    for part in
        ["delete: there is no instance `X_Fan.Id=\"a\"`", "unknown operation `mod`", "<stdin>:1:13"]
    {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn it_ends_by_count_and_says_when_it_came_to_less() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let then = place
        .file("then.mof", "instance of X_Fan { Id = \"a\"; };\ninstance of X_Fan { Id = \"b\"; };");
    let watch = |extra: &[&str]| {
        let mut watch = command();
        watch.args(["watch", "--mof", &classes, "--then", &then]).args(extra).arg(ALL);
        run_with_stdin(&mut watch, b"")
    };
    assert_eq!(lines(&watch(&["--count", "1"]).succeeds().stdout), [event("Creation", "a", None)]);
    assert_eq!(lines(&watch(&["--count", "2"]).succeeds().stdout).len(), 2);
    assert_eq!(lines(&watch(&["--count", "3"]).fails_with(3).stdout).len(), 2);
    assert_eq!(lines(&watch(&["--timeout", "0"]).succeeds().stdout).len(), 0);
    watch(&["--timeout", "0", "--count", "1"]).fails_with(3);
    watch(&["--timeout", "-1"]).fails_with(2);
    watch(&["--count", "0"]).fails_with(2);
}

#[test]
fn windows_and_polls_are_waited_for() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let then = place.file("then.mof", "instance of X_Fan { Id = \"a\"; };");
    let grouped = format!("{} GROUP WITHIN 0.05", ALL.replace("TargetInstance FROM", "* FROM"));
    let run = cimarron(["watch", "--mof", &classes, "--then", &then, &grouped]).succeeds();
    assert_eq!(lines(&run.stdout)[0]["NumberOfEvents"], 1);
    let polled = ALL.replace("WHERE", "WITHIN 0.05 WHERE");
    let line =
        ["watch", "--mof", &classes, "--polled", "X_Fan", "--then", &then, "--count", "1", &polled];
    assert_eq!(lines(&cimarron(line).succeeds().stdout), [event("Creation", "a", None)]);
    let refused =
        cimarron(["watch", "--mof", &classes, "--polled", "X_Fan", "--format", "json", ALL]);
    assert_eq!(
        refused.fails_with(1).error_json()["error"]["wbem"],
        "WBEMESS_E_REGISTRATION_TOO_PRECISE"
    );
}

/// A watch that another program writes to, line by line.
struct Live {
    child: std::process::Child,
    events: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Live {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command();
        command.arg("watch").args(arguments).args(["--stdin", ALL]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, events }
    }

    /// Creates a fan, and waits until its event is there.
    fn create(&mut self, id: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(
            input,
            "{{\"op\": \"create\", \"class\": \"X_Fan\", \"props\": {{\"Id\": \"{id}\"}}}}"
        )
        .unwrap();
        let line = self.events.next().unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), event("Creation", id, None));
    }
}

#[test]
fn events_come_as_they_happen() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let mut live = Live::start(&["--mof", &classes]);
    live.create("a");
    live.create("b");
    drop(live.child.stdin.take());
    assert!(live.events.next().is_none());
    assert_eq!(live.child.wait().unwrap().code(), Some(0));
}

#[test]
fn directories_are_watched_by_one_program() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    let data = place.path("data");
    let mut live = Live::start(&["--mof", &classes, "--data", &data]);
    live.create("a");
    let second = cimarron(["watch", "--data", &data, "--format", "json", ALL]).fails_with(1);
    let message = second.error_json()["error"]["message"].to_string();
    assert!(message.contains("in use by process"), "{message}");
    drop(live.child.stdin.take());
    assert!(live.child.wait().unwrap().success());
    // What happened while it was watched is kept.
    let kept = cimarron(["query", "--data", &data, "--format", "json", "SELECT Id FROM X_Fan"]);
    assert_eq!(kept.succeeds().json(), json!([{"__CLASS": "X_Fan", "Id": "a"}]));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    let place = Place::new();
    let classes = place.file("fan.mof", MOF);
    for (arguments, code) in [(&[][..], 0), (&["--count", "2"], 3)] {
        let mut all = vec!["--mof", &classes];
        all.extend(arguments);
        let mut live = Live::start(&all);
        live.create("a");
        let pid = live.child.id().to_string();
        assert!(
            std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success()
        );
        assert_eq!(live.child.wait().unwrap().code(), Some(code));
        assert!(live.events.next().is_none());
    }
}
