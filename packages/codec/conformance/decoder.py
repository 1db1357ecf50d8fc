"""The coded language in Python: reads and writes lines as SPEC.md and coded.abnf say. Standard library only.

parse(direction, line) -> (message, None) or (None, Refusal); write(direction, message) -> line, or raises CannotWrite.
A message is a dict: op, cid, the fields of the template, and extra, a list whose absent fields are ABSENT.
"""
import math
import re
from dataclasses import dataclass
from typing import Any, Optional

from encoder import (
    DEPTH,
    LEVELS,
    NAME,
    NUMBER,
    SAFE,
    WORDS,
    CannotWrite,
    field_text,
    is_control,
    is_surrogate,
    joined,
    number_text,
)
from templates import Template

FRAME_BYTES, CID_LENGTH, FIELDS = 65_536, 16, 8
ABSENT = object()


class Refused(Exception):
    """A line is refused: the code, and the place in code points."""

    def __init__(self, code: str, at: int):
        super().__init__(code)
        self.code, self.at = code, at


@dataclass(frozen=True)
class Refusal:
    code: str
    at: int
    field: Optional[tuple] = None  # index from 0, name


# --- Signs (the classes of coded.abnf) ---
PLACEHOLDER = re.compile(r"\{[A-Za-z_$][A-Za-z0-9_$]*(?::(?:text|unit|level|number|any))?!?\}")
ESCAPES = {sign: sign for sign in "|[]{'\"\\/"} | {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "s": " ", "t": "\t"}
HEX = re.compile(r"[0-9A-Fa-f]{4}")


class Reader:
    """Reads the fields of one line. `at` is where it stands, in code points."""

    def __init__(self, line: str, at: int = 0):
        self.line, self.at = line, at

    def sign(self) -> str:
        return self.line[self.at] if self.at < len(self.line) else ""

    def escape(self) -> str:
        """Reads an escape; stands on its backslash. [C6]"""
        sign = self.line[self.at + 1 : self.at + 2]
        if sign in ESCAPES:
            self.at += 2
            return ESCAPES[sign]
        digits = HEX.match(self.line, self.at + 2) if sign == "u" else None
        if digits is None:
            raise Refused("bad_escape", self.at)
        self.at += 6
        return chr(int(digits[0], 16))

    def text(self) -> str:
        """Reads raw text up to a bar or the end. [C5]"""
        start, parts, was_escape = self.at, [], False
        if self.sign() == " ":
            raise Refused("edge_space", start)
        while self.sign() not in ("", "|"):
            sign = self.sign()
            was_escape = sign == "\\"
            if was_escape:
                parts.append(self.escape())
                continue
            if sign in "[]":
                raise Refused("raw_bracket", self.at)
            if is_control(sign):
                raise Refused("raw_control", self.at)
            if is_surrogate(sign):
                raise Refused("lone_surrogate", self.at)
            parts.append(sign)
            self.at += 1
        if parts and not was_escape and parts[-1] == " ":
            raise Refused("edge_space", self.at - 1)
        return joined("".join(parts))

    def string(self) -> str:
        """Reads a string in single or double quotes. [C8]"""
        quote, parts = self.sign(), []
        self.at += 1
        while True:
            sign = self.sign()
            if sign == "":
                raise Refused("unterminated", self.at)
            if sign == quote:
                self.at += 1
                return joined("".join(parts))
            if sign == "\\":
                parts.append(self.escape())
                continue
            if is_control(sign):
                raise Refused("raw_control", self.at)
            if is_surrogate(sign):
                raise Refused("lone_surrogate", self.at)
            parts.append(sign)
            self.at += 1

    def blanks(self) -> str:
        while self.sign() and self.sign() in " \t":
            self.at += 1
        return self.sign()

    def unexpected(self) -> Refused:
        return Refused("bad_payload" if self.sign() else "unterminated", self.at)

    def value(self, depth: int = 1) -> Any:
        """Reads one value of a payload. [C8]"""
        sign = self.sign()
        if sign and sign in "'\"":
            return self.string()
        if sign and sign in "{[":
            if depth > DEPTH:
                raise Refused("too_deep", self.at)
            self.at += 1
            return self.members(depth) if sign == "{" else self.items(depth)
        number = NUMBER.match(self.line, self.at)
        if number:
            start, self.at = self.at, number.end()
            return to_number(number[0], start)
        for word, meaning in WORDS.items():
            if self.line.startswith(word, self.at):
                self.at += len(word)
                return meaning
        raise self.unexpected()

    def members(self, depth: int) -> dict:
        found = {}
        if self.blanks() == "}":
            self.at += 1
            return found
        while True:
            start = self.at
            key = self.key()
            if key in found:
                raise Refused("duplicate_key", start)
            if self.blanks() != ":":
                raise self.unexpected()
            self.at += 1
            self.blanks()
            found[key] = self.value(depth + 1)
            if self.goes_on("}"):
                return found

    def items(self, depth: int) -> list:
        found = []
        if self.blanks() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value(depth + 1))
            if self.goes_on("]"):
                return found

    def goes_on(self, closer: str) -> bool:
        """Steps over a comma, or over the closer, and tells whether it was the closer."""
        sign = self.blanks()
        if sign not in (",", closer):
            raise self.unexpected()
        self.at += 1
        if sign == ",":
            self.blanks()
        return sign == closer

    def key(self) -> str:
        if self.sign() and self.sign() in "'\"":
            return self.string()
        name = NAME.match(self.line, self.at)
        if name is None:
            raise self.unexpected()
        self.at = name.end()
        return name[0]

    def field(self, kind: str) -> Any:
        """Reads a field up to its bar; ABSENT when nothing is there. [C4][C13]"""
        start, sign = self.at, self.sign()
        if sign in ("", "|"):
            return ABSENT
        if sign in "{['\"":
            value = self.delimited(start)
            if sign in "{[":
                is_fit = kind in ("any", "extra")
            else:
                is_fit = kind in ("text", "any", "extra") or (kind == "level" and value in LEVELS)
            if not is_fit:
                raise Refused("wrong_kind", start)
            return value
        text = self.text()
        if kind == "text":
            return text
        # What an escape is in is text, whatever it reads as. [C14]
        is_raw = "\\" not in self.line[start : self.at]
        return to_kind(kind, text, start, is_raw)

    def delimited(self, start: int) -> Any:
        """Reads a payload or a quoted text, with nothing behind it."""
        hole = PLACEHOLDER.match(self.line, start)
        try:
            value = self.value()
        except Refused as refused:
            if hole and refused.at < hole.end():
                raise Refused("unfilled_placeholder", start) from None
            raise
        if self.sign() not in ("", "|"):
            raise Refused("text_after_value", self.at)
        return value


def to_number(lexeme: str, at: int) -> Any:
    """Turns a lexeme into a number, and refuses what would change. [C11]"""
    value = float(lexeme)
    is_whole = re.fullmatch(r"-?[0-9]+", lexeme) is not None
    if math.isinf(value) or (is_whole and abs(int(lexeme) if len(lexeme) < 400 else SAFE + 1) > SAFE):
        raise Refused("unsafe_number", at)
    return value


def to_kind(kind: str, text: str, at: int, is_raw: bool) -> Any:
    """Gives raw text the kind of its field. [C13][C14][C18]"""
    is_number = is_raw and NUMBER.fullmatch(text) is not None
    if kind in ("any", "extra") and is_raw and text in WORDS:
        return WORDS[text]
    if kind == "extra":
        return float(text) if is_number and is_kept(text) else text
    if is_number:
        value = to_number(text, at)
        if kind == "unit" and not 0 <= value <= 1:
            raise Refused("out_of_range", at)
        return value
    if kind == "any" or (kind == "level" and text in LEVELS):
        return text
    raise Refused("wrong_kind", at)


def is_kept(text: str) -> bool:
    """Beyond the template only a number in its canonical form is one. [C18]"""
    return not math.isinf(float(text)) and number_text(float(text)) == text


def overflow(line: str) -> int:
    """Finds the first code point beyond the frame, or -1. [C7]"""
    size = 0
    for at, sign in enumerate(line):
        size += len(sign.encode("utf-8", "surrogatepass"))
        if size > FRAME_BYTES:
            return at
    return -1


class Language:
    """The codes of both directions, and what reads and writes by them."""

    def __init__(self, codes: dict):
        self.codes = codes

    def parse(self, direction: str, line: str):
        try:
            found, cid, at = self.head(direction, line)
        except Refused as refused:
            return None, Refusal(refused.code, refused.at)
        reader, values = Reader(line, at), []
        name = ""
        try:
            while True:
                index = len(values)
                if index == FIELDS:
                    return None, Refusal("too_many_fields", reader.at - 1)
                name, kind, required = found.fields[index] if index < len(found.fields) else ("extra", "extra", False)
                start = reader.at
                value = reader.field(kind)
                if required and value is ABSENT:
                    raise Refused("missing_field", start)
                if required and kind == "text" and value == "":
                    raise Refused("empty_field", start)
                values.append(value)
                if reader.at == len(line):
                    break
                reader.at += 1
        except Refused as refused:
            return None, Refusal(refused.code, refused.at, (index, name))
        for index in range(len(values), len(found.fields)):
            if found.fields[index][2]:
                return None, Refusal("missing_field", len(line), (index, found.fields[index][0]))
        return message_of(found, cid, values), None

    def head(self, direction: str, line: str):
        """Reads the code, the cid and the colon. [C2]"""
        too_long = overflow(line)
        if too_long >= 0:
            raise Refused("too_long", too_long)
        for at in (0, 1):
            if not re.match(r"[a-z]", line[at : at + 1]):
                raise Refused("bad_code", at)
        at, cid = 2, None
        if line[2:3] == "#":
            cid = re.match(r"[A-Za-z0-9]*", line[3:])[0]
            if not 1 <= len(cid) <= CID_LENGTH:
                raise Refused("bad_cid", 3 + min(len(cid), CID_LENGTH))
            at = 3 + len(cid)
        if line[at : at + 1] != ":":
            raise Refused("missing_colon" if cid is None else "bad_cid", at)
        found = self.codes[direction][0].get(line[:2])
        if found is None:
            raise Refused("unknown_code", 0)
        return found, cid, at + 1

    def write(self, direction: str, message: dict) -> str:
        """Writes the canonical line. [C9][C22]"""
        op = message.get("op")
        found = self.codes[direction][1].get(op) if isinstance(op, str) else None
        if found is None:
            raise CannotWrite("UNKNOWN_OP")
        head = found.code
        if "cid" in message:
            cid = message["cid"]
            if not isinstance(cid, str) or not re.fullmatch(r"[A-Za-z0-9]{1,%d}" % CID_LENGTH, cid):
                raise CannotWrite("BAD_CID")
            head += "#" + cid
        fields = []
        for name, kind, required in found.fields:
            value = message.get(name, ABSENT)
            if required and (value is ABSENT or (kind == "text" and value == "")):
                raise CannotWrite("MISSING_FIELD")
            fields.append("" if value is ABSENT else field_text(value, kind))
        extra = message.get("extra", [])
        if not isinstance(extra, list):
            raise CannotWrite("WRONG_TYPE")
        if len(fields) + len(extra) > FIELDS:
            raise CannotWrite("TOO_MANY_FIELDS")
        fields += ["" if value is ABSENT else field_text(value, "extra") for value in extra]
        while fields and fields[-1] == "":
            fields.pop()
        line = f"{head}:{'|'.join(fields)}"
        if overflow(line) >= 0:
            raise CannotWrite("TOO_LONG")
        return line


def message_of(found: Template, cid: Optional[str], values: list) -> dict:
    """Puts a message together; what is absent is no property. [C60]"""
    message = {"op": found.op}
    if cid is not None:
        message["cid"] = cid
    for (name, _, _), value in zip(found.fields, values):
        if value is not ABSENT:
            message[name] = value
    extra = values[len(found.fields) :]
    while extra and extra[-1] is ABSENT:
        extra.pop()
    if extra:
        message["extra"] = extra
    return message
