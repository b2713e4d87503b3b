"""DuckDB's side of `cargo xtask peers query`: python duckdb_query.py FOLDER GROUP

FOLDER has the rows and the questions, as `cimarron-peer export` writes them. Prints what a run
of the other sides prints: {"figures": {NAME: SECONDS}, "checks": {NAME: NUMBER}}.

One thread, tables in memory. Times are CPU times of the process, which that one thread has to
itself; reading the rows is not on the clock.
"""

import json
import pathlib
import statistics
import struct
import sys
import time

import duckdb

TYPES = {
    "Id": "VARCHAR",
    "Model": "VARCHAR",
    "Serial": "VARCHAR",
    "Location": "VARCHAR",
    "Size": "UBIGINT",
    "Speed": "UINTEGER",
    "State": "USMALLINT",
    "Offset": "BIGINT",
    "Load": "DOUBLE",
}


class Run:
    def __init__(self, folder: pathlib.Path, file: str) -> None:
        self.plan = json.loads((folder / "plan.json").read_text())
        self.figures = {}
        self.checks = {}
        self.connection = duckdb.connect(":memory:", config={"threads": 1})
        columns = {name: TYPES[name] for name in self.plan["columns"]}
        self.connection.execute(
            f"CREATE TABLE disk AS SELECT * FROM read_csv('{folder / file}', header = false, "
            f"auto_detect = false, delim = ',', columns = {columns})"
        )

    def count(self, name: str, condition: str, check: str) -> None:
        """Seconds for one row of a scan that counts: the median of some."""
        query = f"SELECT count(*) FROM disk WHERE {condition}"
        costs = []
        for _ in range(self.plan["scans"]):
            begin = time.process_time()
            (found,) = self.connection.execute(query).fetchone()
            costs.append(time.process_time() - begin)
        self.figures[name] = statistics.median(costs) / self.plan["count"]
        self.checks[check] = str(found)

    def counts(self, questions: dict[str, str]) -> None:
        """Cimarron's and SQLite's LIKE fold case: ILIKE gives what they give."""
        for name, condition in questions.items():
            if "LIKE" in condition:
                folding = condition.replace("LIKE", "ILIKE")
                self.count(f"{name}_folding", folding, name)
                self.count(f"{name}_exact", condition, f"{name}_exact")
            else:
                self.count(name, condition, name)

    def ranges(self) -> None:
        """Seconds for one row of ranges of sizes: as Python's values, and as numpy's."""
        query = "SELECT * FROM disk WHERE Size >= {} AND Size < {}"
        total = 0
        rows = 0
        spent = 0.0
        spent_numpy = 0.0
        for start, end in self.plan["ranges"]:
            text = query.format(start, end)
            begin = time.process_time()
            found = self.connection.execute(text).fetchall()
            spent += time.process_time() - begin
            rows += len(found)
            total += sum(touch(value) for row in found for value in row)
            begin = time.process_time()
            self.connection.execute(text).fetchnumpy()
            spent_numpy += time.process_time() - begin
        self.figures["range"] = spent / rows
        self.figures["range_numpy"] = spent_numpy / rows
        self.checks["range_rows"] = str(rows)
        self.checks["range"] = str(total % 2**64)


def touch(value: str | float | int) -> int:
    """The number that the other sides make of a value."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, float):
        return struct.unpack("<Q", struct.pack("<d", value))[0]
    return value


def main() -> None:
    folder, group = pathlib.Path(sys.argv[1]), sys.argv[2]
    if group == "queries":
        run = Run(folder, "ascii.csv")
        run.counts(run.plan["ascii"])
        run.ranges()
    elif group == "letters":
        run = Run(folder, "mixed.csv")
        run.counts(run.plan["mixed"])
    else:
        sys.exit(f"no group `{group}`")
    json.dump({"figures": run.figures, "checks": run.checks}, sys.stdout)


if __name__ == "__main__":
    main()
