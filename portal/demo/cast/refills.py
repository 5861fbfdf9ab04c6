"""Refill requests in every state: some of Maya's family and Lucia's, and what waits for staff."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from portal.demo.cast.chart import Chart
from portal.demo.cast.people import Family
from records.access.models import Grant, User
from records.access.scope import Scope
from records.models import MedicationRequest, Patient, Pharmacy, Practitioner, RefillItem
from records.refills import asking, handling, pharmacies
from records.refills.actors import Actor
from records.refills.asking import Destination, Wish
from records.refills.states import State

OURS = "Larkspur Pharmacy"
# Name, street, town, ZIP, phone, hours.
PHARMACIES = [
    (OURS, "40 Garden Street", "Hartford", "06105", "860-555-0150", "Monday to Friday, 8 to 7; Saturday, 9 to 1"),
    ("Elm Street Pharmacy", "218 Elm Street", "Hartford", "06106", "860-555-0171", "Every day, 8 to 9"),
    ("Capitol Drugs", "9 Trumbull Street", "Hartford", "06103", "860-555-0172", "Monday to Saturday, 9 to 6"),
    ("Night Owl Pharmacy", "700 Farmington Avenue", "West Hartford", "06119", "860-555-0173", "Day and night"),
    ("Maple Hill Pharmacy", "31 Maple Hill Road", "West Hartford", "06107", "860-555-0174", "Monday to Friday, 9 to 6"),
    ("Riverbend Pharmacy", "5 Ferry Road", "East Hartford", "06108", "860-555-0175", "Every day, 9 to 8"),
    ("Old Mill Pharmacy", "12 Mill Lane", "Glastonbury", "06033", "860-555-0176", "Monday to Saturday, 8 to 8"),
]  # fmt: skip


@dataclass(frozen=True)
class Counter:
    """Asks and answers as one of the cast; every time is days before the loading, at an hour of the clinic's clock."""

    now: dt.datetime
    users: dict[str, User]
    shops: dict[str, Pharmacy]

    def when(self, days: int, hour: int) -> dt.datetime:
        day = timezone.localdate(self.now) - dt.timedelta(days=days)
        return min(timezone.make_aware(dt.datetime.combine(day, dt.time(hour))), self.now)

    def ask(
        self,
        name: str,
        patient: Patient,
        at: dt.datetime,
        wanted: dict[MedicationRequest, int],
        shop: str,
        comment: str = "",
    ) -> list[RefillItem]:
        """`wanted` says how many days of each are left; the items come back in that order."""
        user = self.users[name]
        grant = Grant.objects.get(user=user, patient=patient)
        request = asking.ask(
            actor=Actor(user, Scope(user, patient, grant.kind, grant.permission_set)),
            wishes=[Wish(medication.pk, left) for medication, left in wanted.items()],
            destination=Destination(self.shops[shop]),
            comment=comment,
            once=uuid.uuid4(),
            at=at,
        )
        return list(request.items.order_by("position"))

    def nurse(self) -> Actor:
        return Actor(self.users["nurse"])

    def doctor(self) -> Actor:
        return Actor(self.users["clinician"])

    def supply(self, item: RefillItem, *steps: tuple[State, int, int]) -> None:
        """Has it approved by the doctor at the first time, and handed on along the pharmacy at the others."""
        for target, days, hour in steps:
            at = self.when(days, hour)
            if target == State.APPROVED:
                handling.approve(actor=self.doctor(), item_id=item.pk, at=at)
            else:
                handling.forward(actor=self.nurse(), item_id=item.pk, target=target, at=at)


def load(family: Family, now: dt.datetime) -> None:
    """Writes prescriptions that the records do not hold yet, and asks; the clinic's hours must be there."""
    users = {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith="@example.org")}
    shops = {name: _shop(name, *rest) for name, *rest in PHARMACIES}
    counter = Counter(now, users, shops)
    pharmacies.prefer(patient=family.maya, pharmacy=shops["Elm Street Pharmacy"], at=now)
    pharmacies.prefer(patient=family.omar, pharmacy=shops["Capitol Drugs"], at=now)
    okafor = Practitioner.objects.get(family="Okafor")
    _maya(counter, Chart(family.maya, now, okafor))
    _leo(counter, Chart(family.leo, now, okafor))
    _omar(counter, Chart(family.omar, now, okafor))
    _lucia(counter, Chart(family.lucia, now, okafor))
    _teens(counter, Chart(family.sofia, now, okafor), Chart(family.dev, now, okafor))
    handling.escalate_late(now)


def _shop(name: str, street: str, town: str, zip_code: str, phone: str, hours: str) -> Pharmacy:
    return Pharmacy.objects.create(
        name=name,
        lines=street,
        city=town,
        state="CT",
        postal_code=zip_code,
        phone=phone,
        hours=hours,
        is_clinics_own=name == OURS,
    )


def _drug(chart: Chart, days: int, rxnorm: str, text: str, dosage: str, refills: int, supply: int, **extra: Any) -> Any:
    fields = {"repeats_allowed": refills, "days_supply": supply, "supply_text": f"{supply} days"} | extra
    return chart.medication(days, rxnorm, text, dosage, **fields)


def _maya(counter: Counter, chart: Chart) -> None:
    """A batch of long ago with one denied, and something that is ready today. Metformin waits for her to ask."""
    MedicationRequest.objects.filter(patient=chart.patient, text__startswith="Metformin").update(
        days_supply=90, pharmacy_name="Elm Street Pharmacy"
    )
    lorazepam = MedicationRequest.objects.get(patient=chart.patient, text__startswith="Lorazepam")
    chart.fill(118, lorazepam, "Elm Street Pharmacy")
    nose = _drug(chart, 420, "1797907", "Fluticasone nasal spray 50 mcg", "One spray in each side, in spring", 1, 60)
    cream = _drug(chart, 500, "197786", "Hydrocortisone cream 2.5%", "Thinly, twice a day, for a week", 0, 14)
    thyroid = _drug(chart, 100, "892246", "Levothyroxine 50 mcg tablet", "One tablet in the morning", 3, 90)
    chart.fill(96, thyroid, OURS)
    spray, denied = counter.ask(
        "maya", chart.patient, counter.when(45, 9), {nose: 5, cream: 3}, "Elm Street Pharmacy", "Pollen season again."
    )
    counter.supply(
        spray, (State.APPROVED, 44, 10), (State.SENT, 44, 11), (State.READY, 43, 9), (State.PICKED_UP, 42, 17)
    )
    reason = "A weaker cream without a prescription is enough for this skin. If it is not better in two weeks, come in."
    handling.deny(actor=counter.doctor(), item_id=denied.pk, text=reason, at=counter.when(44, 10))
    (pills,) = counter.ask("maya", chart.patient, counter.when(3, 10), {thyroid: 4}, OURS)
    counter.supply(pills, (State.APPROVED, 2, 9), (State.SENT, 2, 10), (State.READY, 0, 8))


def _leo(counter: Counter, chart: Chart) -> None:
    """In review, and the nurse has it."""
    inhaler = MedicationRequest.objects.get(patient=chart.patient, text__startswith="Albuterol")
    (item,) = counter.ask(
        "maya", chart.patient, counter.when(1, 17), {inhaler: 6}, "Elm Street Pharmacy", "For school, please."
    )
    handling.take(actor=counter.nurse(), item_id=item.pk, at=counter.when(0, 9))


def _omar(counter: Counter, chart: Chart) -> None:
    """A question that waits for him, one he took back, one at another pharmacy, and one that is plain to approve."""
    pressure = MedicationRequest.objects.get(patient=chart.patient, text__startswith="Lisinopril")
    MedicationRequest.objects.filter(pk=pressure.pk).update(days_supply=90)
    chart.fill(93, pressure, "Capitol Drugs", days_supply=90)
    _drug(
        chart, 95, "617318", "Atorvastatin 20 mg tablet", "One tablet in the evening", 0, 90, quantity_text="90 tablets"
    )
    fats = MedicationRequest.objects.get(patient=chart.patient, text__startswith="Atorvastatin")
    chart.fill(20, fats, "Capitol Drugs")
    inhaler = _drug(chart, 380, "745752", "Albuterol inhaler", "Two puffs when breathing is hard", 2, 30)
    water = _drug(chart, 95, "310798", "Hydrochlorothiazide 25 mg tablet", "One tablet in the morning", 3, 90)
    chart.fill(88, water, OURS)
    stomach = _drug(chart, 400, "402014", "Omeprazole 20 mg capsule", "One capsule before breakfast", 0, 30)
    (asked,) = counter.ask("omar", chart.patient, counter.when(2, 8), {inhaler: 9}, "Capitol Drugs")
    words = "How often do you need the inhaler now, by day and by night?"
    handling.question(actor=counter.nurse(), item_id=asked.pk, text=words, at=counter.when(1, 11))
    (over,) = counter.ask("omar", chart.patient, counter.when(8, 8), {stomach: 10}, "Capitol Drugs")
    user = counter.users["omar"]
    grant = Grant.objects.get(user=user, patient=chart.patient)
    own = Actor(user, Scope(user, chart.patient, grant.kind, grant.permission_set))
    asking.cancel(actor=own, item_id=over.pk, at=counter.when(8, 12))
    counter.ask("omar", chart.patient, counter.when(0, 8), {water: 5}, OURS)


def _lucia(counter: Counter, chart: Chart) -> None:
    """Late and urgent, waiting for a signature, approved and not sent yet, sent, and with words of danger."""
    warfarin = MedicationRequest.objects.get(patient=chart.patient, text__startswith="Warfarin")
    heart = MedicationRequest.objects.get(patient=chart.patient, text__startswith="Metoprolol")
    water = _drug(chart, 370, "310429", "Furosemide 20 mg tablet", "One tablet in the morning", 1, 90)
    pain = _drug(
        chart, 200, "993781", "Acetaminophen 300 mg and codeine 30 mg tablet", "One tablet for strong pain", 0, 10
    )
    spray = _drug(
        chart, 400, "705129", "Nitroglycerin spray 0.4 mg", "One spray under the tongue for chest pain", 1, 60
    )
    fats = _drug(chart, 120, "617311", "Atorvastatin 40 mg tablet", "One tablet in the evening", 2, 90)
    chart.fill(90, fats, OURS)
    counter.ask(
        "omar", chart.patient, counter.when(5, 9), {heart: 2}, "Elm Street Pharmacy", "She counts them every evening."
    )
    (blood,) = counter.ask("lucia", chart.patient, counter.when(1, 9), {warfarin: 7}, "Elm Street Pharmacy")
    note = "INR 6.2 yesterday: please look before you sign."
    handling.pass_on(actor=counter.nurse(), item_id=blood.pk, note=note, at=counter.when(1, 14))
    (legs, strong) = counter.ask("omar", chart.patient, counter.when(2, 10), {water: 6, pain: 4}, "Elm Street Pharmacy")
    counter.supply(legs, (State.APPROVED, 0, 9))
    counter.supply(strong, (State.APPROVED, 1, 10), (State.SENT, 1, 15))
    words = "The spray is nearly empty. I had chest pain on the stairs twice this week."
    counter.ask("lucia", chart.patient, counter.when(0, 9), {spray: 3}, "Elm Street Pharmacy", words)
    counter.ask("lucia", chart.patient, counter.when(0, 10), {fats: 5}, OURS)


def _teens(counter: Counter, sofia: Chart, dev: Chart) -> None:
    """Sofia's own, which her mother does not see; and a medication of Schedule II."""
    pill = _drug(
        sofia, 400, "748798", "Norgestimate and ethinyl estradiol tablet", "One tablet a day", 12, 28, is_sensitive=True
    )
    counter.ask(
        "sofia", sofia.patient, counter.when(1, 16), {pill: 8}, "Night Owl Pharmacy", "Please call only my own phone."
    )
    focus = _drug(
        dev, 29, "1091155", "Methylphenidate 27 mg extended-release tablet", "One tablet in the morning", 0, 30
    )
    counter.ask("dev", dev.patient, counter.when(0, 8), {focus: 3}, OURS)
