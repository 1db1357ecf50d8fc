"""Runs the test vectors against the Python decoder: `python3 packages/codec/conformance/run.py`.

Prints the counts of each suite it claims, and ends with 1 on any mismatch, or when a suite has no vectors.
"""
import json
import math
import sys
from pathlib import Path

# Nothing is left behind in the folder.
sys.dont_write_bytecode = True
from decoder import ABSENT, Language, read_codes  # noqa: E402
from encoder import CannotWrite  # noqa: E402

ROOM = Path(__file__).resolve().parent.parent
CLAIMED = ("parse", "diagnose", "format")


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


def outcome(language: Language, suite: str, vector: dict) -> dict:
    direction = vector["direction"]
    if suite == "format":
        try:
            return {"canonical": language.write(direction, from_fields(vector["fields"]))}
        except CannotWrite as refused:
            return {"error": {"code": refused.code}}
    message, refusal = language.parse(direction, vector["input"])
    if refusal is None:
        return {"fields": to_fields(message), "canonical": language.write(direction, message)}
    error = {"code": refusal.code, "at": refusal.at}
    if refusal.field is not None:
        error["field"] = {"index": refusal.field[0], "name": refusal.field[1]}
    return {"error": error}


def expected(suite: str, vector: dict) -> dict:
    keys = ("canonical", "error") if suite == "format" else ("fields", "canonical", "error")
    return {key: vector[key] for key in keys if key in vector}


def main() -> int:
    language = Language(read_codes((ROOM / "SPEC.md").read_text("utf-8")))
    failed = 0
    for suite in CLAIMED:
        count = wrong = 0
        for path in sorted((ROOM / "vectors").glob(f"{suite}*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                # Every number is a double, and keeps the sign of its zero.
                vector = json.loads(line, parse_int=float)
                count += 1
                got, wanted = outcome(language, suite, vector), expected(suite, vector)
                if not same(got, wanted):
                    wrong += 1
                    print(f"{path.name}: {vector['name']}\n  got      {ascii(got)}\n  expected {ascii(wanted)}")
        print(f"{suite}: {count - wrong} of {count} passed")
        failed += wrong or (count == 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
