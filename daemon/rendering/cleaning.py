"""The only way to HTML: whatever the parser made, only what is named here comes out."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3
from pygments.token import STANDARD_TYPES

from daemon.rendering.addresses import is_footnote, is_image, is_link

CLASSES: dict[str, set[str]] = {
    "a": {"footnote-backref"},
    "code": {"math"},
    "div": {"math"},
    "figure": {"code"},
    "hr": {"footnotes-sep"},
    "input": {"task-list-item-checkbox"},
    "li": {"footnote-item", "task-list-item"},
    "ol": {"contains-task-list", "footnotes-list"},
    "pre": {"plain"},
    "section": {"footnotes"},
    "span": {"language", *filter(None, STANDARD_TYPES.values())},
    "sup": {"footnote-ref"},
    "ul": {"contains-task-list"},
}
"""The classes that the page may give a look to."""

_TEXT_TAGS = (
    "a blockquote br code del div em figcaption figure h1 h2 h3 h4 h5 h6 hr img input li ol p pre s section "
    "span strong sup table tbody td th thead tr ul"
)
_MATH_TAGS = (
    "math menclose mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
_MATH_ATTRIBUTES = {
    "accent", "accentunder", "alttext", "close", "columnalign", "columnlines", "columnspacing", "depth",
    "display", "displaystyle", "fence", "form", "height", "linethickness", "lspace", "mathvariant", "maxsize",
    "minsize", "movablelimits", "notation", "open", "rowlines", "rowspacing", "rspace", "scriptlevel",
    "separator", "separators", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "id", "title"},
    "figure": {"data-language"},
    "img": {"alt", "src", "title"},
    "input": {"checked"},
    "li": {"id"},
    "ol": {"start"},
    **dict.fromkeys(_MATH_TAGS.split(), _MATH_ATTRIBUTES),
}
_VALUES = {tag: {"align": {"left", "center", "right"}} for tag in ("td", "th")}
_FIXED = {"input": {"type": "checkbox", "disabled": ""}, "img": {"loading": "lazy"}}
_LANGUAGE = re.compile(r"[\w+#.-]{0,40}\Z")
_SIMPLE = re.compile(r"[\w.%+-]{0,40}\Z")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")


def clean(html: str) -> str:
    """The part of HTML that may be shown."""
    return _cleaner.clean(html)


def _checked(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, or None for none."""
    if tag in _MATH_ONLY:
        return value if name == "alttext" or _SIMPLE.match(value) else None
    check = _CHECKS.get(name)
    return value if check is None or check(value) else None


_CHECKS: dict[str, Callable[[str], object]] = {
    "href": is_link,
    "src": is_image,
    "id": lambda value: is_footnote(f"#{value}"),
    "start": _NUMBER.match,
    "data-language": _LANGUAGE.match,
}
_MATH_ONLY = frozenset(_MATH_TAGS.split())
_cleaner = nh3.Cleaner(
    tags={*_TEXT_TAGS.split(), *_MATH_ONLY},
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_checked,
    allowed_classes=CLASSES,
    tag_attribute_values=_VALUES,
    set_tag_attribute_values=_FIXED,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)
