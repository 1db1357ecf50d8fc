"""Finds commands in the prose of a model, as SPEC.md section 11 says: strictly, and over the whole stream at once.

How a stream is cut into chunks changes no event once neighbours are joined, so this reader takes it in one piece. [C34]
"""
import re

from decoder import ABSENT, ESCAPES, FIELDS, HEX, Language, Reader, Refused
from encoder import DEPTH, joined

LABEL_LENGTH = 24
LABEL = r"\[(?P<label>[A-Za-z][A-Za-z0-9_-]{0,23})"
SEAL = r"(?: (?P<seal>[A-Za-z0-9]{1,8}))?"
HEAD = r": (?P<code>[a-z]{2})(?:#(?P<cid>[A-Za-z0-9]{1,16}))?:"


def units(text: str) -> int:
    return sum(2 if sign > "\uffff" else 1 for sign in text)


class Scanner:
    def __init__(self, language: Language, seal=None, ops=None, max_length=4096):
        self.language, self.seal, self.ops, self.max_length = language, seal, ops, int(max_length)
        self.opener = re.compile(LABEL + (SEAL if seal else "") + HEAD)

    def scan(self, stream: str) -> list:
        self.events, self.stream, at, prose_from = [], stream, 0, 0
        while at < len(stream):
            opened = None
            if stream[at] == "[" and stream[at - 1 : at] != "\\":
                opened = self.opens(at)
            if opened is None:
                at += 1
                continue
            self.prose(stream[prose_from:at])
            at = prose_from = Body(self, opened).read()
        self.prose(stream[prose_from:])
        return self.events

    def opens(self, at: int):
        """Matches an opener at a bracket. [C30]"""
        found = self.opener.match(self.stream, at)
        if found is None or found.start("code") - 2 - at - 1 > LABEL_LENGTH:
            return None
        template = self.language.codes["command"][0].get(found["code"])
        return found if template and (self.ops is None or template.op in self.ops) else None

    def prose(self, text: str) -> None:
        if text and self.events and self.events[-1]["kind"] == "prose":
            self.events[-1]["text"] += text
        elif text:
            self.events.append({"kind": "prose", "text": text})


class Body:
    """Reads one command that has opened, up to where it ends or breaks. [C31]"""

    def __init__(self, scanner: Scanner, opened):
        self.scanner, self.stream, self.start = scanner, scanner.stream, opened.start()
        self.template = scanner.language.codes["command"][0][opened["code"]]
        self.head_at = opened.start("code") - self.start
        self.is_sealed = scanner.seal is None or opened["seal"] == scanner.seal
        self.at = opened.end()
        room = scanner.max_length - units(opened[0])
        self.end = self.at
        while self.end < len(self.stream) and room >= units(self.stream[self.end]):
            # The first half of a pair is never the last that fits, whatever follows. [C32]
            if room == 1 and "\ud800" <= self.stream[self.end] <= "\udbff":
                break
            room -= units(self.stream[self.end])
            self.end += 1
        self.is_full = room == 0 or self.end < len(self.stream)
        cid = {"cid": opened["cid"]} if opened["cid"] else {}
        self.emit({"kind": "open", "op": self.template.op, "label": opened["label"], **cid})

    def emit(self, event: dict) -> None:
        if self.is_sealed:
            self.scanner.events.append(event)

    def text(self) -> str:
        return self.stream[self.start : self.at]

    def sign(self) -> str:
        """The sign here; nothing at the end of the room, and at a line feed, which ends every command."""
        sign = self.stream[self.at] if self.at < self.end else ""
        return "" if sign == "\n" else sign

    def read(self) -> int:
        index = 0
        while True:
            name, kind = self.template.fields[index][:2] if index < len(self.template.fields) else ("extra", "extra")
            start = self.at
            outcome = self.field(index, name, kind)
            if outcome in ("bar", "closed") and index < FIELDS:
                self.tell(index, name, kind, self.stream[start : self.at])
            if outcome != "bar":
                break
            self.at += 1
            index += 1
        if outcome in ("closed", "mismatch"):
            self.at += 1
            message = self.text()[self.head_at : -1]
            self.finish(message if outcome == "closed" else message + "]")
        elif self.at < self.end:
            self.break_off(self.stream[self.at])
        elif self.is_full:
            self.broken("too_long", len(self.text()))
        else:
            self.broken("unterminated", len(self.text()))
        return self.at

    def field(self, index: int, name: str, kind: str) -> str:
        """Goes to the end of a field: bar, closed, mismatch, or stopped."""
        first = self.sign()
        if first and first in "'\"":
            return self.behind() if self.quoted() else "stopped"
        if first and first in "{[" and kind in ("any", "extra"):
            outcome = self.payload()
            return self.behind() if outcome == "whole" else outcome
        return self.raw(index, name)

    def behind(self) -> str:
        while self.sign() not in ("", "|", "]", "["):
            self.at += 1
        return {"|": "bar", "]": "closed"}.get(self.sign(), "stopped")

    def quoted(self) -> bool:
        quote = self.sign()
        self.at += 1
        while self.sign() not in ("", quote):
            self.at += 1
            if self.stream[self.at - 1] == "\\" and self.sign():
                self.at += 1
        if not self.sign():
            return False
        self.at += 1
        return True

    def payload(self) -> str:
        closers = []
        while self.sign():
            sign = self.sign()
            if sign in "'\"":
                if not self.quoted():
                    return "stopped"
                continue
            if sign in "{[":
                closers.append("}" if sign == "{" else "]")
            elif sign in "}]" and sign != closers.pop():
                return "mismatch" if sign == "]" else self.skip()
            self.at += 1
            if not closers:
                return "whole"
            if len(closers) > DEPTH:
                return self.skip()
        return "stopped"

    def skip(self) -> str:
        while self.sign():
            self.at += 1
        return "stopped"

    def raw(self, index: int, name: str) -> str:
        """Goes over raw text, and tells what it means as it streams. [C33]"""
        shown = []  # (text, whether it is a raw space)
        while self.sign() not in ("", "|", "]", "["):
            sign = self.sign()
            self.at += 1
            if sign != "\\":
                shown.append((sign, sign == " "))
                continue
            if not self.sign():
                break
            from_at = self.at - 1
            digits = re.compile(r"[0-9A-Fa-f]{0,4}").match(self.stream, self.at + 1, self.end)
            is_hex = self.sign() == "u"
            self.at = digits.end() if is_hex else self.at + 1
            if is_hex and len(digits[0]) < 4 and not self.sign():
                break
            shown.append((self.meaning(self.stream[from_at : self.at]), False))
        while shown and shown[0][1]:
            shown.pop(0)
        while shown and shown[-1][1]:
            shown.pop()
        if shown and index < FIELDS:
            self.emit({"kind": "delta", "index": index, "name": name, "text": joined("".join(text for text, _ in shown))})
        return {"|": "bar", "]": "closed"}.get(self.sign(), "stopped")

    @staticmethod
    def meaning(escape: str) -> str:
        if HEX.fullmatch(escape[2:]) and escape[1] == "u":
            return chr(int(escape[2:], 16))
        return ESCAPES.get(escape[1:], escape)

    def tell(self, index: int, name: str, kind: str, raw: str) -> None:
        reader = Reader(raw)
        try:
            value = reader.field(kind)
        except Refused:
            return
        if value is not ABSENT and reader.at == len(raw):
            self.emit({"kind": "field", "index": index, "name": name, "value": value})

    def finish(self, message: str) -> None:
        command, refusal = self.scanner.language.parse("command", message)
        if refusal is not None:
            self.broken(refusal.code, refusal.at + self.head_at)
        elif not self.is_sealed:
            self.broken("unsealed", self.head_at)
        else:
            self.emit({"kind": "command", "fields": command, "line": message, "text": self.text()})

    def break_off(self, found: str) -> None:
        """Ends at a raw bracket or a line feed; tells what came first."""
        _, refusal = self.scanner.language.parse("command", self.text()[self.head_at :] + found)
        here = len(self.text())
        if refusal is None or (found == "[" and refusal.at + self.head_at >= here):
            self.broken("raw_bracket", here)
        else:
            self.broken(refusal.code, refusal.at + self.head_at)

    def broken(self, code: str, at: int) -> None:
        error = {"code": code, "at": at} if self.is_sealed else {"code": "unsealed", "at": self.head_at}
        self.scanner.events.append({"kind": "broken", "error": error, "text": self.text()})
