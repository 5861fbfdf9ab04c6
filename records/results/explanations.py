"""What common tests and measurements are, in a sentence of our own, by LOINC code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_GLUCOSE = _("The sugar in your blood at the time of the test.")
_A1C = _("Your average blood sugar over the past three months.")
_CREATININE = _("A waste product that your kidneys clear. It shows how well they work.")
_POTASSIUM = _("A salt your heart and muscles need in the right amount.")
_SODIUM = _("A salt that keeps the water in your body in balance.")
_PRESSURE = _("The force of blood in your arteries, when the heart beats and when it rests.")
_WHITE = _("Cells that fight infection.")
_UREA = _("A waste product that your kidneys clear.")
_CHLORIDE = _("A salt that keeps the fluids of your body in balance.")
_CO2 = _("Shows whether your blood is too acid or not acid enough.")
_CALCIUM = _("A mineral for bones, muscles and nerves.")
_BMI = _("Weight compared with height.")
_OXYGEN = _("How much oxygen your blood carries.")

_WORDS: dict[str, Promise] = {
    "4548-4": _A1C,
    "2339-0": _GLUCOSE,
    "2345-7": _GLUCOSE,
    "38483-4": _CREATININE,
    "2160-0": _CREATININE,
    "33914-3": _("An estimate of how well your kidneys clean your blood."),
    "98979-8": _("An estimate of how well your kidneys clean your blood."),
    "6299-2": _UREA,
    "3094-0": _UREA,
    "2947-0": _SODIUM,
    "2951-2": _SODIUM,
    "6298-4": _POTASSIUM,
    "2823-3": _POTASSIUM,
    "2069-3": _CHLORIDE,
    "2075-0": _CHLORIDE,
    "20565-8": _CO2,
    "2028-9": _CO2,
    "49765-1": _CALCIUM,
    "17861-6": _CALCIUM,
    "14959-1": _("A little protein in the urine can be an early sign of strain on the kidneys."),
    "2093-3": _("All the fat-like cholesterol in your blood together."),
    "18262-6": _("“Bad” cholesterol, which can build up in your arteries."),
    "13457-7": _("“Bad” cholesterol, which can build up in your arteries."),
    "2085-9": _("“Good” cholesterol, which helps to clear your arteries."),
    "2571-8": _("A kind of fat in your blood."),
    "57698-3": _("Cholesterol and other fats in your blood."),
    "51990-0": _("Sugar, salts and kidney values."),
    "24323-8": _("Sugar, salts, kidney and liver values."),
    "24321-2": _("Sugar, salts and kidney values."),
    "58410-2": _("The cells of your blood."),
    "6690-2": _WHITE,
    "26464-8": _WHITE,
    "789-8": _("Red cells carry oxygen."),
    "718-7": _("The part of red cells that carries oxygen."),
    "4544-3": _("How much of your blood is red cells."),
    "787-2": _("The size of your red cells."),
    "777-3": _("Cells that help blood to clot."),
    "3016-3": _("A hormone that steers your thyroid."),
    "6301-6": _("How long your blood takes to clot. People who take warfarin aim for a range of their own."),
    "2857-1": _("A protein of the prostate. Many things can raise it."),
    "16128-1": _("Shows whether you have ever met the hepatitis C virus."),
    "1742-6": _("A liver value."),
    "1920-8": _("A liver value."),
    "85354-9": _PRESSURE,
    "55284-4": _PRESSURE,
    "8480-6": _("The pressure when the heart beats."),
    "8462-4": _("The pressure when the heart rests."),
    "8867-4": _("Heartbeats in a minute."),
    "9279-1": _("Breaths in a minute."),
    "8310-5": _("Body temperature."),
    "8331-1": _("Body temperature."),
    "59408-5": _OXYGEN,
    "2708-6": _OXYGEN,
    "29463-7": _("Body weight."),
    "8302-2": _("Body height."),
    "39156-5": _BMI,
    "59576-9": _("Weight for height, compared with children of the same age and sex."),
    "72514-3": _("How strong pain felt, from 0 to 10."),
}


def explanation(code: str) -> Promise | str:
    """A sentence about the test; empty when we have none, rather than a guess."""
    return _WORDS.get(code, "")
