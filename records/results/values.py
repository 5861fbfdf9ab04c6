"""What was measured: a value exactly as the laboratory sent it, beside what can be computed with."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from records.patients.clinical import CODE_LENGTH, DISPLAY_LENGTH, SYSTEM_LENGTH
from records.patients.display import best_display
from records.results.units import plain_unit

# More decimals than this were made by a computer, not by a laboratory.
LONGEST_FRACTION = 3


class Flag(models.TextChoices):
    """The laboratory's own interpretation; never computed here."""

    NORMAL = "N", _("Normal")
    LOW = "L", _("Low")
    HIGH = "H", _("High")
    CRITICALLY_LOW = "LL", _("Critically low")
    CRITICALLY_HIGH = "HH", _("Critically high")
    ABNORMAL = "A", _("Abnormal")
    CRITICALLY_ABNORMAL = "AA", _("Critically abnormal")
    POSITIVE = "POS", _("Positive")
    NEGATIVE = "NEG", _("Negative")


CRITICAL = frozenset({Flag.CRITICALLY_LOW, Flag.CRITICALLY_HIGH, Flag.CRITICALLY_ABNORMAL})
OUT_OF_RANGE = CRITICAL | {Flag.LOW, Flag.HIGH, Flag.ABNORMAL}


# What is shown of a value in a list.
VALUE_COLUMNS = (
    "value_text",
    "value_number",
    "comparator",
    "unit",
    "unit_text",
    "value_code",
    "value_display",
    "flag",
    "range_low",
    "range_high",
    "range_text",
)


class ValueFields(models.Model):
    """One value: a number with comparator and UCUM unit, a coded answer, or words.

    `value_text` is the value as it was sent, to the last digit; `value_number` is for trends only.
    """

    value_text = models.TextField(max_length=20_000, blank=True)
    value_number = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    comparator = models.CharField(max_length=2, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    unit_text = models.CharField(max_length=100, blank=True)
    value_code_system = models.CharField(max_length=SYSTEM_LENGTH, blank=True)
    value_code = models.CharField(max_length=CODE_LENGTH, blank=True)
    value_display = models.CharField(max_length=DISPLAY_LENGTH, blank=True)
    absent_reason = models.CharField(max_length=255, blank=True)
    flag = models.CharField(max_length=3, choices=Flag, blank=True)
    flag_text = models.CharField(max_length=255, blank=True)
    range_low = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    range_high = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    range_text = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @property
    def has_value(self) -> bool:
        return bool(self.value_text or self.value_code or self.value_display)

    @property
    def shown_value(self) -> str:
        """The value in words or figures, without its unit; empty when there is none."""
        if self.value_code or self.value_display:
            return best_display(self.value_text, self.value_display) or self.value_code
        if self.value_number is None:
            return self.value_text
        return self.comparator + short_number(self.value_text)

    @property
    def shown_unit(self) -> str:
        return plain_unit(self.unit, self.unit_text) if self.value_number is not None else ""

    @property
    def shown(self) -> str:
        """Value and unit together."""
        return " ".join(part for part in (self.shown_value, self.shown_unit) if part)

    @property
    def has_range(self) -> bool:
        return bool(self.range_text) or self.range_low is not None or self.range_high is not None

    @property
    def shown_range(self) -> str:
        """The laboratory's range; empty when none was given."""
        if self.range_text:
            return self.range_text
        low, high = plain_number(self.range_low), plain_number(self.range_high)
        if low and high:
            return f"{low}–{high}"
        if low:
            return f"≥ {low}"
        return f"≤ {high}" if high else ""

    @property
    def is_critical(self) -> bool:
        return self.flag in CRITICAL

    @property
    def is_out_of_range(self) -> bool:
        return self.flag in OUT_OF_RANGE


def short_number(text: str) -> str:
    """“152.0779458245947” → “152.08”; shorter figures stay as they were sent, trailing zeros included."""
    _whole, _point, fraction = text.partition(".")
    if len(fraction) <= LONGEST_FRACTION or not fraction.isdigit():
        return text
    return str(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP))


def plain_number(number: Decimal | None) -> str:
    """Without the column's trailing zeros."""
    if number is None:
        return ""
    number = number.normalize()
    return number_format(number.quantize(Decimal(1)) if number == number.to_integral() else number)


def whole_number(number: Decimal | None) -> str:
    return "" if number is None else str(number.quantize(Decimal(1), ROUND_HALF_UP))
