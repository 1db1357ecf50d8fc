"""Writes fields in their canonical form, as SPEC.md section 7 says. Standard library only."""
import math
import re
from typing import Any

DEPTH, SAFE = 16, 2**53 - 1
LEVELS = ("low", "medium", "high")
WORDS = {"true": True, "false": False, "null": None}
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
LETTERS = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


class CannotWrite(Exception):
    """No line can carry the message."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def is_control(sign: str) -> bool:
    return sign < " " or sign == "\x7f"


def is_surrogate(sign: str) -> bool:
    return "\ud800" <= sign <= "\udfff"


def joined(text: str) -> str:
    """Two halves of a pair, written one by one, are one code point."""
    if not any(map(is_surrogate, text)):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def escaped(text: str, signs: str) -> str:
    parts = []
    for sign in joined(text):
        if sign in LETTERS:
            parts.append(LETTERS[sign])
        elif is_control(sign) or is_surrogate(sign) or sign in "\x85\u2028\u2029":
            parts.append(f"\\u{ord(sign):04x}")
        else:
            parts.append("\\" + sign if sign in signs else sign)
    return "".join(parts)


def raw_text(text: str) -> str:
    if text == "":
        return "''"
    body = escaped(text, "[]|\\")
    if body[0] == " ":
        body = "\\s" + body[1:]
    elif body[0] in "{'\"":
        body = "\\" + body
    return body[:-1] + "\\s" if body[-1] == " " else body


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def number_text(value: Any) -> str:
    """Writes a number as JavaScript does; whole ones beyond 2^53 - 1 get an exponent."""
    value = float(value)
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    # The shortest digits that read back: d.ddd and the power of ten of the first.
    mantissa, _, power = next(
        shown for shown in (f"{value:.{places}e}" for places in range(17)) if float(shown) == value
    ).partition("e")
    sign, digits, exponent = "-" * (value < 0), mantissa.lstrip("-").replace(".", "").rstrip("0"), int(power)
    if -6 <= exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    if 0 <= exponent < 21 and not (value.is_integer() and abs(value) > SAFE):
        whole, rest = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
        return f"{sign}{whole}.{rest}" if rest else sign + whole
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{exponent:+d}"


def payload_text(value: Any, depth: int = 1) -> str:
    if isinstance(value, str):
        return f"'{escaped(value, chr(39) + chr(92))}'"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if is_number(value):
        return number_text(value)
    if not isinstance(value, (dict, list)):
        raise CannotWrite("WRONG_TYPE")
    if depth > DEPTH:
        raise CannotWrite("TOO_DEEP")
    if isinstance(value, list):
        return f"[{','.join(payload_text(item, depth + 1) for item in value)}]"
    members = []
    for key, item in value.items():
        name = key if NAME.fullmatch(key) else payload_text(key)
        members.append(f"{name}:{payload_text(item, depth + 1)}")
    return "{" + ",".join(members) + "}"


def field_text(value: Any, kind: str) -> str:
    """Writes one field that is present. [C13]"""
    if kind in ("any", "extra"):
        is_plain = isinstance(value, str) and value not in WORDS and not NUMBER.fullmatch(value)
        return raw_text(value) if is_plain else payload_text(value)
    if kind == "text" and isinstance(value, str):
        return raw_text(value)
    if kind == "level" and value in LEVELS:
        return value
    if kind == "text" or not is_number(value):
        raise CannotWrite("WRONG_TYPE")
    if kind == "unit" and not 0 <= value <= 1:
        raise CannotWrite("OUT_OF_RANGE")
    return number_text(value)
