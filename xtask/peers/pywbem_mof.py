"""The pywbem side of `cargo xtask peers mof`.

Compiles a root MOF file inside pywbem, so that no server and no network takes
part, and prints what it compiled as JSON. Two depths of work:

resolved  the mock repository: every class is resolved (inherited properties and
          methods merged, qualifiers propagated) and checked before it is stored
declared  the compiler's own in-memory handle: declarations are parsed and linked
          to their superclass, nothing is resolved

usage: pywbem_mof.py resolved|declared ROOT_MOF SEARCH_DIR NAMESPACE
"""

import json
import sys


def resolved(root: str, search: str, namespace: str) -> dict:
    from pywbem_mock import FakedWBEMConnection

    connection = FakedWBEMConnection(default_namespace=namespace)
    connection.compile_mof_file(root, namespace=namespace, search_paths=[search])
    return {
        "classes": len(connection.EnumerateClassNames(DeepInheritance=True)),
        "qualifiers": len(connection.EnumerateQualifiers()),
    }


def declared(root: str, search: str, namespace: str) -> dict:
    from pywbem import MOFCompiler, MOFWBEMConnection

    handle = MOFWBEMConnection()
    compiler = MOFCompiler(handle, search_paths=[search], verbose=False, log_func=None)
    compiler.compile_file(root, namespace)
    return {
        "classes": len(handle.classes.get(namespace, {})),
        "qualifiers": len(handle.qualifiers.get(namespace, {})),
    }


def main(arguments: list) -> int:
    depths = {"resolved": resolved, "declared": declared}
    if len(arguments) != 4 or arguments[0] not in depths:
        print(__doc__, file=sys.stderr)
        return 2
    depth, root, search, namespace = arguments
    print(json.dumps(depths[depth](root, search, namespace)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
