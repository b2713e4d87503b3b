"""Compares every class of the DMTF CIM Schema, resolved by Cimarron, with pywbem's view of it.

pywbem's mock repository merges inherited members and qualifiers as Cimarron does, in code of
its own, so that each checks the other. Where pywbem departs from DSP0004, or says less,
`CORRECTIONS` names the rule and corrects pywbem's view; after that any difference is a failure,
and so is a correction that corrects nothing.

Finds the program in CIMARRON and the zip of the schema in CIM_SCHEMA; ends with 77 when there
is no schema.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple

from pywbem_mock import FakedWBEMConnection

NAMESPACE = "root/cimv2"
SKIPPED = 77

# How many differences of one kind are shown.
SHOWN = 5

# The flavors that hold where none is written (DSP0004 5.6.1).
DEFAULT_FLAVORS = {
    "tosubclass": True,
    "toinstance": False,
    "overridable": True,
    "translatable": False,
}

# What maps names to elements; every other object of the JSON is one element.
GROUPS = ("classes", "qualifiers", "properties", "methods", "parameters")

Json = dict[str, Any]


# What each side sees, in the shape of `cimarron show --format json`.


def seen_by_cimarron(program: str, schema: Path, folder: Path) -> Json:
    archive = folder / "schema.cimar"
    compiling = ["compile", schema, "--dialect", "dmtf", "--namespace", NAMESPACE, "-o", archive]
    subprocess.run([program, *compiling], check=True, stdout=subprocess.DEVNULL)
    showing = [program, "show", archive, "--format", "json"]
    shown = subprocess.run(showing, check=True, stdout=subprocess.PIPE).stdout
    classes = sorted(json.loads(shown), key=lambda one: one["name"].lower())
    for one in classes:
        del one["namespace"]  # there is one
    return {one["name"].lower(): one for one in classes}


class Recorder(FakedWBEMConnection):
    """A mock repository that also keeps each class as it is declared: from the resolved class
    one cannot tell what the class itself writes."""

    def __init__(self) -> None:
        super().__init__(default_namespace=NAMESPACE)
        self.declared: Json = {}

    def CreateClass(self, NewClass: Any, namespace: str | None = None, **extra: Any) -> None:
        self.declared[NewClass.classname.lower()] = class_of(NewClass)
        return super().CreateClass(NewClass, namespace, **extra)


def seen_by_pywbem(schema: Path, folder: Path) -> tuple[Json, Counter]:
    """The corrected view, and how often each correction was needed."""
    mof = folder / "mof"
    with zipfile.ZipFile(schema) as files:
        files.extractall(mof)
    roots = sorted(mof.glob("cim_schema*.mof"))
    if not roots:
        sys.exit(f"{schema} has no cim_schema*.mof at its top; is it the DMTF schema?")
    needed = Counter({LOST_APOSTROPHES: without_escaped_apostrophes(mof)})
    connection = Recorder()
    connection.compile_mof_file(str(roots[-1]), namespace=NAMESPACE, search_paths=[str(mof)])
    # Not by EnumerateClasses: it loses IncludeClassOrigin on its way to the mock repository.
    store = connection.cimrepository.get_class_store(NAMESPACE)
    classes = sorted(store.iter_values(copy=False), key=lambda one: one.classname.lower())
    seen = {one.classname.lower(): class_of(one) for one in classes}
    needed.update(correct(seen, connection.declared))
    return seen, needed


def class_of(cim: Any) -> Json:
    return {
        "name": cim.classname,
        "superclass": cim.superclass,
        "qualifiers": qualifiers_of(cim),
        "properties": {p.name: property_of(p) for p in cim.properties.values()},
        "methods": {m.name: method_of(m) for m in cim.methods.values()},
    }


def property_of(cim: Any) -> Json:
    return {
        **type_of(cim),
        "class_origin": cim.class_origin,
        "propagated": cim.propagated,
        "value": plain(cim.value),
        "qualifiers": qualifiers_of(cim),
    }


def method_of(cim: Any) -> Json:
    return {
        "return_type": cim.return_type,
        "class_origin": cim.class_origin,
        "propagated": cim.propagated,
        "qualifiers": qualifiers_of(cim),
        "parameters": {
            p.name: {**type_of(p), "qualifiers": qualifiers_of(p)} for p in cim.parameters.values()
        },
    }


def type_of(cim: Any) -> Json:
    return {
        "type": cim.type,
        "array": cim.is_array,
        "array_size": cim.array_size,
        "reference_class": cim.reference_class,
    }


def qualifiers_of(cim: Any) -> Json:
    return {q.name: qualifier_of(q) for q in cim.qualifiers.values()}


def qualifier_of(cim: Any) -> Json:
    flavors = {flavor: getattr(cim, flavor) for flavor in DEFAULT_FLAVORS}
    return {"type": cim.type, "value": plain(cim.value), "propagated": cim.propagated, **flavors}


def plain(value: Any) -> Any:
    """A value as JSON has it, without pywbem's own number types."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value if value is None else str(value)


# Corrections of pywbem's view. Each takes a class as pywbem resolves it, the same class as it is
# declared, and its superclass as corrected (an empty class above the topmost), and gives the
# number of changes.


class Correction(NamedTuple):
    reason: str
    apply: Callable[[Json, Json, Json], int]


LOST_APOSTROPHES = "the escape \\' is an apostrophe (DSP0004 7.11.1); pywbem drops it"


def without_escaped_apostrophes(mof: Path) -> int:
    """Writes apostrophes in strings the other way, which pywbem reads."""
    changes = 0
    for path in mof.rglob("*.mof"):
        text = path.read_text(encoding="utf-8")
        other = re.sub(r"\\(.)", lambda m: "'" if m[1] == "'" else m[0], text)
        if other != text:
            changes += len(text) - len(other)
            path.write_text(other, encoding="utf-8")
    return changes


def unsaid_flavors(resolved: Json, _declared: Json, _above: Json) -> int:
    changes = 0
    for qualifier in all_qualifiers(resolved):
        unsaid = [flavor for flavor in DEFAULT_FLAVORS if qualifier[flavor] is None]
        qualifier.update((flavor, DEFAULT_FLAVORS[flavor]) for flavor in unsaid)
        changes += len(unsaid)
    return changes


def restricted_qualifiers(resolved: Json, declared: Json, _above: Json) -> int:
    changes = 0
    for member, written in members(resolved, declared):
        if written is None:
            for element in (member, *member.get("parameters", {}).values()):
                qualifiers = element["qualifiers"]
                gone = [name for name in qualifiers if not qualifiers[name]["tosubclass"]]
                for name in gone:
                    del qualifiers[name]
                changes += len(gone)
    return changes


def qualifiers_of_the_superclass(resolved: Json, _declared: Json, above: Json) -> int:
    own = {name.lower() for name in resolved["qualifiers"]}
    added = {
        name: dict(qualifier)
        for name, qualifier in above["qualifiers"].items()
        if qualifier["tosubclass"] and name.lower() not in own
    }
    resolved["qualifiers"].update(added)
    return len(added)


def inherited_defaults(resolved: Json, _declared: Json, above: Json) -> int:
    changes = 0
    for own, inherited in members(resolved, above, "properties"):
        if inherited is not None and own["value"] is None and inherited["value"] is not None:
            own["value"] = inherited["value"]
            changes += 1
    return changes


def marks_of_propagation(resolved: Json, declared: Json, _above: Json) -> int:
    changes = 0

    def mark(element: Json, propagated: bool) -> None:
        nonlocal changes
        changes += element["propagated"] is not propagated
        element["propagated"] = propagated

    def mark_qualifiers(element: Json, written: Json | None) -> None:
        own = {name.lower() for name in written["qualifiers"]} if written else ()
        for name, qualifier in element["qualifiers"].items():
            mark(qualifier, name.lower() not in own)

    mark_qualifiers(resolved, declared)
    for member, written in members(resolved, declared):
        mark(member, written is None)
        mark_qualifiers(member, written)
        for name, parameter in member.get("parameters", {}).items():
            mark_qualifiers(parameter, written and named(written["parameters"], name))
    return changes


def inherited_members_first(resolved: Json, _declared: Json, above: Json) -> int:
    changes = 0
    for group in ("properties", "methods"):
        before = resolved[group]
        place = {name.lower(): place for place, name in enumerate(above[group])}
        # Sorting is stable: what the class introduces stays in its order.
        names = sorted(before, key=lambda name: place.get(name.lower(), len(place)))
        changes += names != list(before)
        resolved[group] = {name: before[name] for name in names}
    return changes


def all_qualifiers(of_class: Json) -> Iterator[Json]:
    elements = [of_class, *of_class["properties"].values()]
    for method in of_class["methods"].values():
        elements += (method, *method["parameters"].values())
    for element in elements:
        yield from element["qualifiers"].values()


def members(one: Json, other: Json, *groups: str) -> Iterator[tuple[Json, Json | None]]:
    """Each member of one class with that of the other class, if there is such."""
    for group in groups or ("properties", "methods"):
        for name, member in one[group].items():
            yield member, named(other[group], name)


def named(group: Json, name: str) -> Json | None:
    if name in group:
        return group[name]
    return next((one for key, one in group.items() if key.lower() == name.lower()), None)


CORRECTIONS = (
    Correction(
        "a flavor that nobody writes is the default one (DSP0004 5.6.1); pywbem leaves it unset",
        unsaid_flavors,
    ),
    Correction(
        "Restricted qualifiers do not go on to subclasses (DSP0004 5.6.1); pywbem copies them with"
        " members that are not overridden",
        restricted_qualifiers,
    ),
    Correction(
        "a class's own qualifiers with ToSubclass go on to its subclasses (DSP0004 5.6.1); pywbem"
        " propagates those of members only",
        qualifiers_of_the_superclass,
    ),
    Correction(
        "an override that writes no default keeps the inherited one (DSP0004 5.1.2.8); pywbem"
        " takes NULL",
        inherited_defaults,
    ),
    Correction(
        "what a class writes is not propagated (DSP0201, PROPAGATED), overrides included; pywbem"
        " marks overriding members and some of their qualifiers as propagated, and leaves those of"
        " parameters unmarked",
        marks_of_propagation,
    ),
    Correction(
        "members have no order (DSP0004 5.1.2.6); Cimarron lists inherited ones first, as WMI does,"
        " pywbem those that the class writes",
        inherited_members_first,
    ),
)


def correct(seen: Json, declared: Json) -> Counter:
    needed: Counter = Counter()
    done: set = set()
    nothing: Json = {"qualifiers": {}, "properties": {}, "methods": {}}

    def correct_class(key: str) -> Json:
        resolved = seen[key]
        if key not in done:
            done.add(key)
            superclass = resolved["superclass"]
            above = correct_class(superclass.lower()) if superclass else nothing
            for correction in CORRECTIONS:
                needed[correction.reason] += correction.apply(resolved, declared[key], above)
        return resolved

    for key in seen:
        correct_class(key)
    return needed


# Comparing.


class Difference(NamedTuple):
    kind: str
    path: str
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        return f"{self.path}: ours {clip(self.ours)}, pywbem's {clip(self.theirs)}"


def clip(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def compare(kind: str, path: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    """The differences; the kind is the path without the names of elements."""
    if not (isinstance(ours, dict) and isinstance(theirs, dict)):
        # For Python true is 1; for CIM it is not.
        if ours != theirs or type(ours) is not type(theirs):
            yield Difference(kind, path, ours, theirs)
        return
    is_group = kind.rpartition(".")[2] in GROUPS
    our_names, their_names = ({name.lower(): name for name in side} for side in (ours, theirs))
    both = [key for key in our_names if key in their_names]
    if is_group and both != [key for key in their_names if key in our_names]:
        yield Difference(f"{kind}: order", path, list(ours), list(theirs))
    for key in {**our_names, **their_names}:
        name, their_name = our_names.get(key), their_names.get(key)
        at = f"{path}.{name or their_name}".lstrip(".")
        if name is None or their_name is None:
            yield Difference(f"{kind}: only one side has it", at, name, their_name)
            continue
        if name != their_name:
            yield Difference(f"{kind}: spelling", at, name, their_name)
        # Inside a group stand elements, which are no group whatever their names.
        inner = f"{kind}.*" if is_group else f"{kind}.{key}"
        yield from compare(inner, at, ours[name], theirs[their_name])


def counts(seen: Json) -> str:
    properties, methods = (
        sum(len(one[group]) for one in seen.values()) for group in ("properties", "methods")
    )
    qualifiers = sum(1 for one in seen.values() for _ in all_qualifiers(one))
    return (
        f"{len(seen):,} classes, {properties:,} properties, {methods:,} methods,"
        f" {qualifiers:,} qualifiers"
    )


def main() -> int:
    schema, program = os.environ.get("CIM_SCHEMA"), os.environ.get("CIMARRON")
    if schema is None:
        print("skipped: CIM_SCHEMA does not name the zip of the DMTF CIM Schema")
        return SKIPPED
    if program is None:
        print("CIMARRON does not name the program", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        ours = seen_by_cimarron(program, Path(schema), Path(folder))
        theirs, needed = seen_by_pywbem(Path(schema), Path(folder))

    print(f"compared with pywbem: {counts(ours)}")
    for reason, number in needed.most_common():
        print(f"  corrected {number:,} times: {reason}")
    stale = [reason for reason, number in needed.items() if not number]
    for reason in stale:
        print(f"  NOT NEEDED, take the correction out: {reason}")
    kinds = defaultdict(list)
    for difference in compare("classes", "", ours, theirs):
        kinds[difference.kind].append(difference)
    for kind, differences in sorted(kinds.items()):
        print(f"  DIFFERENT, {len(differences):,} times: {kind}")
        for difference in differences[:SHOWN]:
            print(f"    {difference}")
    return 1 if stale or kinds else 0


if __name__ == "__main__":
    sys.exit(main())
