//! Findings as SARIF 2.1.0, which code scanning services read.
//!
//! Only what the format asks for and what viewers use is written; the types below
//! are that part of it, in its words. Texts are named by URI: relative to
//! `%SRCROOT%` where they lie below it. That is the working copy that the working directory is
//! in, as code scanning services count paths from there, or else the working directory.

use cimarron_mof::{Code, Diagnostic, Diagnostics, FileId, Severity, SourceMap, Span};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const ROOT: &str = "%SRCROOT%";

/// Where results point.
struct Scene<'a> {
    sources: &'a SourceMap,
    /// The URI of `%SRCROOT%`.
    root: Option<String>,
    /// What relative names are relative to.
    here: Option<&'a Path>,
}

/// Writes a log of one run.
pub(crate) fn write(
    out: &mut dyn Write,
    diagnostics: &Diagnostics,
    sources: &SourceMap,
    directory: Option<&Path>,
) -> io::Result<()> {
    let sorted = diagnostics.clone().into_sorted();
    let root = directory.map(working_copy);
    let root = root.map(|root| format!("{}/", file_uri(root.to_string_lossy().as_ref())));
    let log = log(&sorted, diagnostics, &Scene { sources, root, here: directory });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

/// Writes a log of a run that came to no findings, for a reason such as an input
/// that is not there.
pub(crate) fn write_failure(out: &mut dyn Write, message: &str, exit_code: u8) -> io::Result<()> {
    let (sources, none) = (SourceMap::new(), Diagnostics::new());
    let mut log = log(&[], &none, &Scene { sources: &sources, root: None, here: None });
    let [run] = &mut log.runs;
    let [invocation] = &mut run.invocations;
    invocation.execution_successful = false;
    invocation.exit_code = exit_code;
    let message = Message { text: message.to_owned() };
    invocation.tool_execution_notifications.push(Notification { level: "error", message });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    original_uri_base_ids: BTreeMap<&'static str, Location>,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
    properties: Counts,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    help: Message,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

/// Why a run came to nothing.
#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

/// Of how many findings the results are.
#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
    omitted: usize,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'a> {
    artifact_location: Location,
    region: Region<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

/// Lines and columns count from 1; the end column is the one behind the last
/// character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet<'a>>,
}

#[derive(Serialize)]
struct Snippet<'a> {
    text: &'a str,
}

fn log<'a>(sorted: &'a [Diagnostic], all: &Diagnostics, scene: &Scene<'a>) -> Log<'a> {
    let mut codes: Vec<Code> = sorted.iter().map(|d| d.code).collect();
    codes.sort_unstable_by_key(|code| code.as_str());
    codes.dedup();
    let base = |root: &String| (ROOT, Location { uri: root.clone(), uri_base_id: None });
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "cimarron",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: codes.iter().map(|code| rule(*code)).collect(),
                },
            },
            // The program ran to its end, whatever it found.
            invocations: [Invocation {
                execution_successful: true,
                exit_code: u8::from(all.has_errors()),
                tool_execution_notifications: Vec::new(),
            }],
            original_uri_base_ids: scene.root.iter().map(base).collect(),
            column_kind: "unicodeCodePoints",
            results: sorted.iter().map(|d| scene.finding(d, &codes)).collect(),
            properties: Counts {
                errors: all.count(Severity::Error),
                warnings: all.count(Severity::Warning),
                notes: all.count(Severity::Note),
                omitted: all.dropped(),
            },
        }],
    }
}

fn rule(code: Code) -> Rule {
    let title = code.title();
    Rule {
        id: code.as_str(),
        short_description: Message { text: title.to_owned() },
        help: Message {
            text: format!(
                "{title}. `cimarron explain {code}` says why, and shows it wrong and right."
            ),
        },
        default_configuration: Configuration { level: level(code.severity()) },
    }
}

/// Whether a file is a log as they are written here, empty, none, or no ordinary file.
pub(super) fn may_replace(path: &Path) -> bool {
    let is_log = |text: &[u8]| text.windows(SCHEMA.len()).any(|part| part == SCHEMA.as_bytes());
    let mut head = Vec::new();
    match std::fs::metadata(path) {
        Err(_) => true,
        Ok(found) if !found.is_file() => true,
        Ok(_) => {
            let read = std::fs::File::open(path).and_then(|f| f.take(256).read_to_end(&mut head));
            read.is_ok() && (head.is_empty() || is_log(&head))
        }
    }
}

/// SARIF's words for severities are the same.
const fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

impl<'a> Scene<'a> {
    fn finding(&self, diagnostic: &'a Diagnostic, codes: &[Code]) -> Finding<'a> {
        let code = diagnostic.code.as_str();
        let text = match &diagnostic.help {
            Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
            None => diagnostic.message.clone(),
        };
        let related = |(i, label): (usize, &'a cimarron_mof::Label)| {
            let message = Message { text: label.message.clone() };
            self.place(label.file, label.span, Some(i + 1), Some(message))
        };
        Finding {
            rule_id: code,
            rule_index: codes.partition_point(|c| c.as_str() < code),
            level: level(diagnostic.severity),
            message: Message { text },
            locations: self
                .place(diagnostic.file, diagnostic.span, None, None)
                .into_iter()
                .collect(),
            related_locations: diagnostic.labels.iter().enumerate().filter_map(related).collect(),
        }
    }

    /// A place; `None` for one in no file of the compilation.
    fn place(
        &self,
        file: FileId,
        span: Span,
        id: Option<usize>,
        message: Option<Message>,
    ) -> Option<Place<'a>> {
        let source = self.sources.get(file)?;
        let (start, end) = (source.position(span.start), source.position(span.end.max(span.start)));
        let text = source.slice(span);
        let artifact_location = self.location(source.name());
        let region = Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            snippet: (!text.is_empty() && text.len() <= 200).then_some(Snippet { text }),
        };
        Some(Place { id, physical_location: Physical { artifact_location, region }, message })
    }

    fn location(&self, name: &str) -> Location {
        let relative = || Location { uri: escape(&slashes(name)), uri_base_id: Some(ROOT) };
        let path = match self.here {
            _ if Path::new(name).is_absolute() => Path::new(name).to_owned(),
            // Standard input and other texts that are no files.
            Some(_) if name.starts_with('<') => return relative(),
            Some(here) => plain(&here.join(name)),
            None => return relative(),
        };
        let uri = file_uri(path.to_string_lossy().as_ref());
        match self.root.as_ref().and_then(|root| uri.strip_prefix(root.as_str())) {
            Some(below) if !below.is_empty() => {
                Location { uri: below.to_owned(), uri_base_id: Some(ROOT) }
            }
            _ => Location { uri, uri_base_id: None },
        }
    }
}

/// The directory at or above this one that git keeps, or this one.
fn working_copy(directory: &Path) -> &Path {
    directory.ancestors().find(|above| above.join(".git").exists()).unwrap_or(directory)
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The `file` URI of an absolute path (RFC 8089; section E.2 and E.3 for those of Windows).
fn file_uri(path: &str) -> String {
    let path = slashes(path);
    let (begin, rest) = if cfg!(windows) { windows_begin(&path) } else { (String::new(), &*path) };
    format!("file://{begin}{}", escape(rest).trim_end_matches('/'))
}

/// What a path of Windows with its slashes turned begins with in a URI, and the rest: a drive,
/// whose colon stays as it is, or a slash less than a server has.
fn windows_begin(path: &str) -> (String, &str) {
    let path = path.strip_prefix("//?/").unwrap_or(path);
    if let Some(share) = path.strip_prefix("UNC/").or_else(|| path.strip_prefix("//")) {
        return (String::new(), share);
    }
    match path.split_once(':') {
        Some((drive, rest)) => (format!("/{drive}:"), rest),
        None => (String::new(), path),
    }
}

fn slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// A path as part of a URI (RFC 3986): all but unreserved characters and slashes
/// are percent-encoded bytes of UTF-8. A leading `./` is dropped.
fn escape(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.trim_start_matches("./").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ROOT_FOLDER: &str = if cfg!(windows) { r"C:\a\b c" } else { "/a/b c" };

    fn written(diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Value {
        let mut all = Diagnostics::with_limit(2);
        diagnostics.into_iter().for_each(|d| all.push(d));
        let mut out = Vec::new();
        write(&mut out, &all, sources, Some(Path::new(ROOT_FOLDER))).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn results_have_rules_places_and_relations() {
        let mut sources = SourceMap::new();
        let main = sources.add("mof/mä in.mof", "class A\n{\n  𝄞 Näme Oops;\n};\n").unwrap();
        let other = sources.add(format!("{ROOT_FOLDER}/x.mof"), "class A {};\n").unwrap();
        let at = |part: &str| {
            let start = sources.text(main).find(part).unwrap();
            Span::from(start..start + part.len())
        };
        let first = Diagnostic::new(Code::UnexpectedToken, main, at("Oops"), "unexpected `Oops`")
            .with_label(other, Span::new(6, 7), "also here")
            .with_help("write a `;`");
        let second = Diagnostic::new(Code::StraySemicolon, other, Span::at(10), "stray");
        let many = (0..3).map(|i| Diagnostic::new(Code::UnclosedString, other, Span::at(i), "x"));
        let log = written([first, second].into_iter().chain(many).collect(), &sources);
        assert_eq!(
            (&log["version"], &log["runs"][0]["columnKind"]),
            (&json!("2.1.0"), &json!("unicodeCodePoints"))
        );
        let run = &log["runs"][0];
        let ids: Vec<&str> = run["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|r| r["id"].as_str())
            .collect();
        assert_eq!(ids, ["MOF0011", "MOF0020", "MOF0023"]);
        let result = &run["results"][0];
        assert_eq!(result["ruleId"], "MOF0020");
        assert_eq!(result["ruleIndex"], 1);
        assert_eq!(result["level"], "error");
        assert_eq!(result["message"]["text"], "unexpected `Oops`\nhelp: write a `;`");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"],
            json!({"uri": "mof/m%C3%A4%20in.mof", "uriBaseId": "%SRCROOT%"})
        );
        assert_eq!(
            place["region"],
            json!({"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 14, "snippet": {"text": "Oops"}})
        );
        let related = &result["relatedLocations"][0];
        assert_eq!((&related["id"], &related["message"]["text"]), (&json!(1), &json!("also here")));
        assert_eq!(related["physicalLocation"]["artifactLocation"]["uri"], "x.mof");
        let root = if cfg!(windows) { "file:///C:/a/b%20c/" } else { "file:///a/b%20c/" };
        assert_eq!(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], root);
        assert_eq!(
            run["properties"],
            json!({"errors": 4, "warnings": 1, "notes": 0, "omitted": 2})
        );
        assert_eq!(run["invocations"][0]["exitCode"], 1);
    }

    #[test]
    fn paths_count_from_the_root() {
        let here = Path::new(ROOT_FOLDER).join("build");
        let root = format!("{}/", file_uri(ROOT_FOLDER));
        let sources = SourceMap::new();
        let scene = Scene { sources: &sources, root: Some(root), here: Some(&here) };
        for (name, uri, is_below) in [
            ("x.mof", "build/x.mof", true),
            ("../mof/./x y.mof", "mof/x%20y.mof", true),
            ("../x.zip/a.mof", "x.zip/a.mof", true),
            ("<stdin>", "%3Cstdin%3E", true),
            ("../../x.mof", "/a/x.mof", false),
        ] {
            let found = scene.location(name);
            assert_eq!(found.uri_base_id.is_some(), is_below, "{name}");
            let is_right = if is_below { found.uri == uri } else { found.uri.ends_with(uri) };
            assert!(is_right, "{name}: {}", found.uri);
        }
    }

    #[test]
    fn names_become_uris() {
        let scene = |root: &str| {
            Scene { sources: &SourceMap::new(), root: Some(root.to_owned()), here: None }
                .location("<stdin>")
                .uri
        };
        assert_eq!(scene("file:///"), "%3Cstdin%3E");
        for (path, expected) in [
            ("./a/b.mof", "a/b.mof"),
            ("a%b#?.mof", "a%25b%23%3F.mof"),
            ("x.zip/c d.mof", "x.zip/c%20d.mof"),
        ] {
            assert_eq!(escape(path), expected);
        }
        for (path, expected) in [
            ("C:/a:b/c", "/C: /a:b/c"),
            ("//?/C:/a", "/C: /a"),
            ("//server/share/a", " server/share/a"),
            ("//?/UNC/server/share", " server/share"),
        ] {
            let (begin, rest) = windows_begin(path);
            assert_eq!(format!("{begin} {rest}"), expected);
        }
    }

    #[test]
    fn a_clean_run_has_an_empty_list_of_results() {
        let log = written(Vec::new(), &SourceMap::new());
        assert_eq!(log["runs"][0]["results"], json!([]));
        assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], 0);
    }
}
