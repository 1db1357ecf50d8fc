"""The codes of the language, taken from the tables of SPEC.md. [C12][C20]"""
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    op: str
    code: str
    fields: tuple  # (name, kind, required)


def template(op: str, text: str) -> Template:
    fields = []
    for index, hole in enumerate(text[3:].split("|")):
        name, kind, mark = re.fullmatch(r"\{([a-z][a-z0-9_]*)(?::([a-z]+))?(!?)\}", hole).groups()
        fields.append((name, kind or "text", index == 0 or mark == "!"))
    return Template(op, text[:2], tuple(fields))


def read_codes(spec: str) -> dict:
    """Takes the templates from the tables of SPEC.md: {direction: (by code, by op)}."""
    codes = {}
    for direction in ("command", "event"):
        table = spec.split(f"| {direction} | template |", 1)[1].split("\n\n", 1)[0]
        rows = re.findall(r"^\| (\w+) \| `(.+)` \|$", table, re.M)
        templates = [template(op, text.replace("\\|", "|")) for op, text in rows]
        codes[direction] = ({t.code: t for t in templates}, {t.op: t for t in templates})
    return codes
