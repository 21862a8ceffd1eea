"""The text of an embedded instance, read by DMTF DSP0201 (CIM-XML) with Python's own XML parser; it knows nothing of hvsnap.

Of the DTD it takes what an instance of values can have: INSTANCE, PROPERTY, PROPERTY.ARRAY, VALUE, VALUE.ARRAY, VALUE.NULL and
QUALIFIER (passed over). Anything else is an error, and so is a value that is not of its type.
"""

import re
import xml.etree.ElementTree as ET

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
INTEGERS = {
    f"{sign}int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if sign == "s" else (0, 2**bits - 1)
    for sign in "us"
    for bits in (8, 16, 32, 64)
}
# DSP0004, 5.2.4: a time with the minutes from UTC, or an interval; asterisks where it is not exact.
DATETIME = re.compile(r"[0-9*]{14}\.[0-9*]{6}(?:[+-][0-9*]{3}|:000)")


def instance(text):
    """Class, and name to typed value: `None` for null, a list for an array."""
    root = ET.fromstring(text)
    assert root.tag == "INSTANCE", root.tag
    attributes(root, {"CLASSNAME"}, {"{http://www.w3.org/XML/1998/namespace}lang"})
    name = root.get("CLASSNAME")
    assert NAME.fullmatch(name), name
    blank(root)
    values = {}
    for each in root:
        if each.tag == "QUALIFIER":
            continue
        assert each.tag in {"PROPERTY", "PROPERTY.ARRAY"}, each.tag
        attributes(each, {"NAME", "TYPE"}, {"CLASSORIGIN", "PROPAGATED", "EmbeddedObject", "MODIFIED"})
        key = each.get("NAME")
        assert NAME.fullmatch(key) and key.lower() not in {known.lower() for known in values}, key
        values[key] = (scalar if each.tag == "PROPERTY" else array)(each)
    return name, values


def scalar(element):
    found = children(element, {"VALUE"})
    assert len(found) <= 1, f"{len(found)} values of {element.get('NAME')}"
    return typed(element.get("TYPE"), found[0]) if found else None


def array(element):
    found = children(element, {"VALUE.ARRAY"})
    assert len(found) <= 1, f"{len(found)} arrays of {element.get('NAME')}"
    if not found:
        return None
    members = children(found[0], {"VALUE", "VALUE.NULL"})
    return [None if each.tag == "VALUE.NULL" else typed(element.get("TYPE"), each) for each in members]


def typed(kind, value):
    """DSP0201, 5.2.3 and the types of DSP0004."""
    assert value.tag == "VALUE" and not len(value) and not value.attrib, ET.tostring(value)
    text = value.text or ""
    if kind in INTEGERS:
        low, high = INTEGERS[kind]
        assert low <= int(text) <= high, f"{text} is no {kind}"
        return int(text)
    if kind == "boolean":
        assert text.upper() in {"TRUE", "FALSE"}, text
        return text.upper() == "TRUE"
    if kind in {"real32", "real64"}:
        return float(text)
    if kind == "datetime":
        assert DATETIME.fullmatch(text), text
    else:
        assert kind == "string", kind
    return text


def children(element, allowed):
    blank(element)
    found = [each for each in element if each.tag != "QUALIFIER"]
    assert all(each.tag in allowed for each in found), [each.tag for each in found]
    return found


def attributes(element, needed, allowed):
    given = set(element.attrib)
    assert needed <= given <= needed | allowed, f"{element.tag} has {sorted(given)}"


def blank(element):
    """There is no text between elements."""
    texts = [element.text, *(each.tail for each in element)]
    assert not any((text or "").strip() for text in texts), f"text in {element.tag}"
