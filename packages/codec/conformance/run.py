"""Runs the test vectors against the Python decoder: `python3 packages/codec/conformance/run.py`.

Prints the counts of each suite it claims, and ends with 1 on any mismatch, or when a suite has no vectors.
"""
import json
import math
import sys
from pathlib import Path

# Nothing is left behind in the folder.
sys.dont_write_bytecode = True
from decoder import ABSENT, Language  # noqa: E402
from encoder import CannotWrite  # noqa: E402
from stream import Scanner  # noqa: E402
from templates import read_codes  # noqa: E402

ROOM = Path(__file__).resolve().parent.parent


def same(one, other) -> bool:
    """Compares as JSON, with the order of members, true apart from 1, and -0 apart from 0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def to_fields(message: dict) -> dict:
    """A field of extra is a list of one value, or of none where it is absent."""
    if "extra" not in message:
        return message
    return {**message, "extra": [[] if value is ABSENT else [value] for value in message["extra"]]}


def from_fields(fields: dict) -> dict:
    extra = fields.get("extra")
    if not isinstance(extra, list):
        return fields
    return {**fields, "extra": [value[0] if value else ABSENT for value in extra]}


def read_line(language: Language, vector: dict) -> dict:
    message, refusal = language.parse(vector["direction"], vector["input"] + "a" * int(vector.get("pad", 0)))
    if refusal is None:
        return {"fields": to_fields(message), "canonical": language.write(vector["direction"], message)}
    error = {"code": refusal.code, "at": refusal.at}
    if refusal.field is not None:
        error["field"] = {"index": refusal.field[0], "name": refusal.field[1]}
    return {"error": error}


def write_line(language: Language, vector: dict) -> dict:
    try:
        return {"canonical": language.write(vector["direction"], from_fields(vector["fields"]))}
    except CannotWrite as refused:
        return {"error": {"code": refused.code}}


def scan(language: Language, vector: dict) -> dict:
    options = {"max_length" if key == "maxLength" else key: value for key, value in vector.get("options", {}).items()}
    events = Scanner(language, **options).scan(vector["input"])
    return {"events": [{**e, "fields": to_fields(e["fields"])} if "fields" in e else e for e in events]}


def read_repaired(language: Language, vector: dict) -> dict:
    """Nothing is mended here: the repairs that a vector tells are made in its line, and the result is read. [C37]"""
    line, by = vector["input"], 0
    for repair in vector["repairs"]:
        start = int(repair["at"]) + by
        end = start + len(repair["from"])
        if line[start:end] != repair["from"]:
            return {"mismatch": repair}
        line = line[:start] + repair["to"] + line[end:]
        by += len(repair["to"]) - len(repair["from"])
    return read_line(language, {**vector, "input": line})


# What is claimed: the suite, how it is run, what is compared, and which vectors of it are meant.
CLAIMS = (
    ("parse", "", read_line, ("fields", "canonical", "error"), lambda vector: True),
    ("diagnose", "", read_line, ("fields", "canonical", "error"), lambda vector: True),
    ("format", "", write_line, ("canonical", "error"), lambda vector: True),
    ("stream", ", the strict ones", scan, ("events",), lambda vector: vector["mode"] == "strict"),
    ("repair", ", their repairs made and read", read_repaired, ("fields", "canonical"), lambda vector: "repairs" in vector),
)


def main() -> int:
    language = Language(read_codes((ROOM / "SPEC.md").read_text("utf-8")))
    failed = 0
    for suite, which, run, keys, is_meant in CLAIMS:
        count = wrong = others = 0
        for path in sorted((ROOM / "vectors").glob(f"{suite}*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                # Every number is a double, and keeps the sign of its zero.
                vector = json.loads(line, parse_int=float)
                if not is_meant(vector):
                    others += 1
                    continue
                count += 1
                got, wanted = run(language, vector), {key: vector[key] for key in keys if key in vector}
                if not same(got, wanted):
                    wrong += 1
                    print(f"{path.name}: {vector['name']}\n  got      {ascii(got)}\n  expected {ascii(wanted)}")
        rest = f"; {others} are not claimed" if others else ""
        print(f"{suite}{which}: {count - wrong} of {count} passed{rest}")
        failed += wrong or (count == 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
