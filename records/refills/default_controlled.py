"""The list of controlled medications that a new installation starts with; staff keep it in the admin.

Schedules are those of 21 CFR 1308.12 to 1308.15 as of 2026. It holds what is commonly prescribed in the United
States, by ingredient; a combination stands beside its ingredient where its schedule differs.
"""

from typing import Any

# Schedule → words of the names.
WORDS: dict[str, list[str]] = {
    # 21 CFR 1308.12
    "II": [
        "alfentanil", "amphetamine", "dextroamphetamine", "lisdexamfetamine", "methamphetamine", "methylphenidate",
        "dexmethylphenidate", "serdexmethylphenidate", "amobarbital", "pentobarbital", "secobarbital", "cocaine",
        "codeine", "fentanyl", "hydrocodone", "hydromorphone", "levorphanol", "meperidine", "methadone", "morphine",
        "nabilone", "opium", "oxycodone", "oxymorphone", "remifentanil", "sufentanil", "tapentadol",
    ],
    # 21 CFR 1308.13
    "III": [
        "acetaminophen codeine", "aspirin codeine", "buprenorphine", "butabarbital", "butalbital aspirin",
        "benzphetamine", "phendimetrazine", "dronabinol", "esketamine", "ketamine", "perampanel", "nandrolone",
        "oxandrolone", "methyltestosterone", "testosterone", "oxybate",
    ],
    # 21 CFR 1308.14
    "IV": [
        "alprazolam", "armodafinil", "butorphanol", "carisoprodol", "chlordiazepoxide", "clobazam", "clonazepam",
        "clorazepate", "daridorexant", "diazepam", "diethylpropion", "eluxadoline", "estazolam", "eszopiclone",
        "flurazepam", "lemborexant", "lorazepam", "meprobamate", "midazolam", "modafinil", "oxazepam", "pentazocine",
        "phenobarbital", "phentermine", "quazepam", "solriamfetol", "suvorexant", "temazepam", "tramadol",
        "triazolam", "zaleplon", "zolpidem", "zuranolone",
    ],
    # 21 CFR 1308.15
    "V": [
        "brivaracetam", "cenobamate", "codeine guaifenesin", "codeine promethazine", "diphenoxylate atropine",
        "ganaxolone", "lacosamide", "lasmiditan", "pregabalin",
    ],
}  # fmt: skip


def load(apps: Any, schema_editor: Any) -> None:
    """Of a migration: adds what is not there yet."""
    drug = apps.get_model("records", "ControlledDrug")
    drug.objects.bulk_create(
        [drug(words=words, schedule=schedule) for schedule, listed in WORDS.items() for words in listed],
        ignore_conflicts=True,
    )
