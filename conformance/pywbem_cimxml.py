"""Has pywbem read the CIM-XML that `cimarron compile --emit cimxml` writes, with the parser that
it reads servers' answers with, and compares what it sees with Cimarron's JSON of the same schema.

Always compares the texts of the program's own tests, and the whole DMTF CIM Schema where
CIM_SCHEMA names its zip. Finds the program in CIMARRON.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, Iterator

import pywbem
from pywbem._tupleparse import TupleParser
from pywbem._tupletree import xml_to_tupletree_sax

from pywbem_schema import SHOWN, Json, class_of, compare, counts, plain, qualifier_of, type_of

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = (
    (ROOT / "cli/demo/fleet.mof", "wmi"),
    (ROOT / "cli/tests/program/values.mof", "wmi"),
    (ROOT / "cli/tests/program/paths.mof", "wmi"),
    (ROOT / "conformance/evolution/qualifiers.mof", "dmtf"),
)

# What XML 1.0 has no form for.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def seen_by_cimarron(program: str, archive: Path, whole: Json, *form: str) -> Json:
    shown = output(program, "show", archive, *form, "--format", "json")
    return {
        "classes": {one["name"]: as_cim_xml_says(one) for one in json.loads(shown)},
        "qualifiers": {
            one["name"]: one for space in whole["namespaces"] for one in space["qualifier_types"]
        },
        "instances": [
            written(one) for space in whole["namespaces"] for one in space["instances"]
        ],
    }


def output(*command: Any) -> bytes:
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ).stdout


def as_cim_xml_says(one: Json) -> Json:
    """The class with WMI's types as CIM-XML has them, which says no namespace of a class."""
    one.pop("namespace")
    for prop in one["properties"].values():
        typed(prop)
        if prop["type"] == "reference" and prop["array"]:
            prop.update(type="string", reference_class=None)
        if prop["type"] == "char16" and prop["value"] is not None:
            prop["value"] = chr(prop["value"])
    for method in one["methods"].values():
        for parameter in method["parameters"].values():
            typed(parameter)
            parameter.pop("value", None)
    return written(one)


def typed(element: Json) -> None:
    if element["type"] != "object":
        return
    target = element["reference_class"]
    element.update(type="string", reference_class=None)
    name, kind, value = (
        ("EmbeddedInstance", "string", target) if target else ("EmbeddedObject", "boolean", True)
    )
    element["qualifiers"].setdefault(
        name,
        {
            "type": kind,
            "value": value,
            "propagated": False,
            "tosubclass": True,
            "toinstance": False,
            "overridable": True,
            "translatable": False,
        },
    )


def written(value: Any) -> Any:
    """The value as XML can have it."""
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [written(item) for item in value]
    return UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value


# What pywbem sees.


def seen_by_pywbem(document: bytes) -> Json:
    parser = TupleParser()
    seen: Json = {"classes": {}, "qualifiers": {}, "instances": []}
    for group in groups(xml_to_tupletree_sax(document, "the document")):
        for element in children(group):
            name = element[0]
            if name == "QUALIFIER.DECLARATION":
                one = parser.parse_qualifier_declaration(element)
                seen["qualifiers"][one.name] = qualifier_type_of(one)
            elif name == "VALUE.OBJECT":
                # Its own parser of VALUE.OBJECT gives a tuple that ends in the object.
                one = parser.parse_value_object(element)[2]
                if isinstance(one, pywbem.CIMClass):
                    seen["classes"][one.classname] = with_embedded(class_of(one), one)
                else:
                    seen["instances"].append(instance_of(one))
            elif name != "LOCALNAMESPACEPATH":
                sys.exit(f"{name} is no part of a DECLGROUP")
    return seen


def children(element: Any) -> list[Any]:
    return [child for child in element[2] if not isinstance(child, str)]


def groups(document: Any) -> Iterator[Any]:
    if document[0] != "CIM":
        sys.exit(f"the document is a {document[0]}")
    for declaration in children(document):
        assert declaration[0] == "DECLARATION", declaration[0]
        for group in children(declaration):
            assert group[0] == "DECLGROUP", group[0]
            yield group


def qualifier_type_of(one: pywbem.CIMQualifierDeclaration) -> Json:
    order = ("CLASS", "ASSOCIATION", "INDICATION", "PROPERTY", "REFERENCE", "METHOD", "PARAMETER")
    scopes = [scope.lower() for scope in order if one.scopes.get(scope)]
    flavors = ("tosubclass", "toinstance", "overridable", "translatable")
    return {
        "name": one.name,
        "type": one.type,
        "array": one.is_array,
        "array_size": one.array_size,
        "reference_class": None,
        "value": plain(one.value),
        "scopes": scopes,
        **{flavor: getattr(one, flavor) for flavor in flavors},
    }


def with_embedded(as_json: Json, one: pywbem.CIMClass) -> Json:
    """Defaults that are objects, which `class_of` does not look into."""
    for name, prop in one.properties.items():
        if prop.embedded_object:
            as_json["properties"][name]["value"] = value_of(prop.value, prop.type)
    return as_json


def instance_of(one: pywbem.CIMInstance) -> Json:
    values = {name: value_of(prop.value, prop.type) for name, prop in one.properties.items()}
    return {"__CLASS": one.classname, **values}


def value_of(value: Any, kind: str) -> Any:
    if isinstance(value, pywbem.CIMInstance):
        return instance_of(value)
    if isinstance(value, pywbem.CIMClass):
        as_class = class_of(value)
        return {"__CLASS": as_class.pop("name"), **as_class}
    if isinstance(value, (pywbem.CIMInstanceName, pywbem.CIMClassName)):
        return wmi_path(value)
    if isinstance(value, list):
        return [value_of(item, kind) for item in value]
    if kind == "char16" and value is not None:
        return ord(value)
    return plain(value)


def wmi_path(path: Any) -> str:
    """The path as Cimarron writes it in the dialect of WMI."""
    place = path.namespace.replace("/", "\\") + ":" if path.namespace else ""
    if path.host:
        place = f"\\\\{path.host}\\{place}"
    if not isinstance(path, pywbem.CIMInstanceName):
        return place + path.classname
    keys = [(name, key_of(value)) for name, value in path.keybindings.items()]
    if not keys:
        return f"{place}{path.classname}=@"
    if keys[0][0] is None:
        return f"{place}{path.classname}={keys[0][1]}"
    return f"{place}{path.classname}." + ",".join(f"{name}={value}" for name, value in keys)


def key_of(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return str(plain(value))
    text = wmi_path(value) if isinstance(value, pywbem.CIMInstanceName) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def differences(ours: Json, theirs: Json) -> Iterator[Any]:
    for group in ("classes", "qualifiers"):
        yield from compare(group, "", ours[group], theirs[group])
    for at, (one, other) in enumerate(zip(ours["instances"], theirs["instances"], strict=True)):
        yield from compare("instance", f"instance {at}", one, other)


def check(program: str, mof: Path, dialect: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        if mof.suffix == ".mof":
            # DSP0201 lets a METHOD have no TYPE, which is void; pywbem knows no void.
            text = re.sub(r"\bvoid\b", "uint32", mof.read_text(encoding="utf-8"))
            mof = Path(folder, mof.name)
            mof.write_text(text, encoding="utf-8")
        archive = Path(folder, "schema.cimar")
        base = (program, "compile", mof, "--dialect", dialect)
        output(*base, "-o", archive)
        whole = json.loads(output(*base, "--emit", "json"))
        ours = seen_by_cimarron(program, archive, whole, "--local")
        document = output(*base, "--emit", "cimxml")
        wrong = judge(mof.name, document, ours)
        # With what is inherited the whole DMTF schema has no other forms, but takes minutes.
        if mof.suffix == ".mof":
            ours = seen_by_cimarron(program, archive, whole)
            document = output(program, "show", archive, "--format", "cimxml")
            wrong += judge(f"{mof.name}, resolved", document, ours)
    return wrong


def judge(name: str, document: bytes, ours: Json) -> int:
    theirs = seen_by_pywbem(document)
    # Cimarron shows classes by name, and writes them behind their superclasses.
    theirs["classes"] = dict(sorted(theirs["classes"].items(), key=lambda one: one[0].lower()))
    print(
        f"pywbem reads {name}: {len(document):,} bytes, {counts(theirs['classes'])},"
        f" {len(theirs['qualifiers']):,} qualifier types, {len(theirs['instances']):,} instances"
    )
    kinds = defaultdict(list)
    for difference in differences(ours, theirs):
        kinds[difference.kind].append(difference)
    for kind, found in sorted(kinds.items()):
        print(f"  DIFFERENT, {len(found):,} times: {kind}")
        for difference in found[:SHOWN]:
            print(f"    {difference}")
    return len(kinds)


def main() -> int:
    program = os.environ.get("CIMARRON")
    if program is None:
        print("CIMARRON does not name the program", file=sys.stderr)
        return 2
    texts = list(FIXTURES)
    schema = os.environ.get("CIM_SCHEMA")
    if schema is None:
        print("CIM_SCHEMA does not name the zip of the DMTF CIM Schema: without it")
    else:
        texts.append((Path(schema), "dmtf"))
    wrong = [check(program, mof, dialect) for mof, dialect in texts]
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
