"""Who a claim says pays: words for what senders write, and which of them Medicaid protects."""

from django.utils.translation import gettext as _

from records.interop.context import PatientContext
from records.interop.element import Element
from records.models import Coverage

_NOBODY = frozenset({"no_insurance", "no insurance", "uninsured", "self-pay", "self pay"})


def payer_of(resource: Element, context: PatientContext) -> tuple[str, Coverage | None]:
    """The insurer's name and the coverage where it is known; an empty name means that nobody insures the visit."""
    for insurance in resource.elements("insurance"):
        reference = insurance.element("coverage")
        pk = context.pk(reference, Coverage)
        coverage = Coverage.objects.filter(pk=pk).first() if pk else None
        name = coverage.payor_name if coverage else reference.string("display")
        if name.lower() in _NOBODY:
            return "", None
        if name or coverage:
            return _words(name) or _("Insurance"), coverage
    return "", None


def is_medicaid(name: str) -> bool:
    """Medicaid, alone or with Medicare: the patient may be asked for a small copay at most (42 CFR 447.52)."""
    plain = name.lower().replace("_", " ").replace("-", " ")
    return "medicaid" in plain or "dual eligible" in plain


def leaves_share_to_another(resource: Element) -> bool:
    """Whether a further insurer is to answer for what this one leaves to the patient."""
    focal = [n for n, insurance in enumerate(resource.elements("insurance")) if insurance.boolean("focal")]
    return bool(focal) and focal[0] < len(resource.elements("insurance")) - 1


def _words(name: str) -> str:
    known = {
        "medicaid": "Medicaid",
        "medicare": "Medicare",
        "dual_eligible": _("Medicare and Medicaid"),
        "private": _("Private insurance"),
    }
    return known.get(name.lower(), name)
