"""UCUM units as people write them (https://ucum.org/ucum)."""

import re

PLAIN = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "[ft_i]": "ft",
    "/min": "per minute",
    "1": "",
    "[pH]": "pH",
    "[IU]/L": "IU/L",
    "[iU]/L": "IU/L",
    "m[IU]/L": "mIU/L",
    "u[IU]/mL": "µIU/mL",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mL/min/1.73.m2": "mL/min/1.73 m²",
    "kg/m2": "kg/m²",
    "m/(6.min)": "m in 6 minutes",
}
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
POWER = re.compile(r"10\*(\d+)")
ANNOTATION = re.compile(r"\{([^}]*)\}")


def plain_unit(code: str, text: str = "") -> str:
    """“10*3/uL” → “×10³/µL”, “mm[Hg]” → “mmHg”, “{score}” → “”; a unit without UCUM code is shown as sent."""
    if not code:
        return text
    if code in PLAIN:
        return PLAIN[code]
    if ANNOTATION.fullmatch(code):
        word = code[1:-1].replace("_", " ")
        return "" if word.lower() in ("score", "ratio", "number") else word
    unit = POWER.sub(lambda match: "×10" + match[1].translate(POWERS), code)
    unit = ANNOTATION.sub(lambda match: match[1].replace("_", " "), unit)
    return unit.replace("/uL", "/µL").replace("ug/", "µg/").replace("umol/", "µmol/")
