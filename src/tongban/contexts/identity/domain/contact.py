"""How names, usernames and telephone numbers are read from what people type."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"1[0-9]{10}")
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_DOTS = str.maketrans({"•": "·", "‧": "·", "∙": "·", "・": "·", "⋅": "·", "．": "·", "。": "·"})
_NAME_PUNCTUATION = frozenset("·-' ")
NAME_LENGTH = 50


def normalise_phone(text: str) -> str:
    """A mainland mobile number as 11 digits, from any usual way of typing it; other text comes back narrowed."""
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+|00)86", "", digits)


def is_mobile(text: str) -> bool:
    """Whether the normalised text is a mainland mobile number."""
    return _MOBILE.fullmatch(text) is not None


def mask_phone(phone: str) -> str:
    """The number as pages show it: first three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else "*" * len(phone)


def normalise_username(text: str) -> str:
    """A username as it is stored: narrowed, lower case, without blanks around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normalise_login(text: str) -> str:
    """The name that somebody signs in by, in one form however it is typed: a number, an address or a username."""
    phone = normalise_phone(text)
    return phone if is_mobile(phone) else normalise_username(text)


def is_username(text: str) -> bool:
    """Whether the text can be a username: a letter, then letters, digits, dots, dashes or underscores; 2 to 40."""
    return _USERNAME.fullmatch(text) is not None


def normalise_name(text: str) -> str:
    """A person's name as registries write it: one kind of dot, no blanks around or between Chinese characters."""
    dotted = unicodedata.normalize("NFC", text).translate(_DOTS)
    single = re.sub(r"\s+", " ", dotted).strip()
    return _BETWEEN_CHINESE.sub("", single)


def is_name(text: str) -> bool:
    """Whether the text can be a person's name: letters of any script, dot, hyphen, apostrophe, blank; 2 to 50."""
    if not 2 <= len(text) <= NAME_LENGTH:
        return False
    return all(unicodedata.category(char)[0] in "LM" or char in _NAME_PUNCTUATION for char in text)


def given_name(name: str) -> str:
    """How a page addresses someone: the given part of a short Chinese name, else the whole name."""
    is_short_chinese = len(name) in (2, 3, 4) and all("\u4e00" <= char <= "\u9fff" for char in name)
    if not is_short_chinese:
        return name
    return name[2:] if len(name) == 4 else (name[1:] if len(name) == 3 else name)
