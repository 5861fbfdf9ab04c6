"""The list of controlled medications that a new installation starts with; staff keep it in the admin.

Schedules are those of 21 CFR 1308.12 to 1308.15 as of 2026. It holds what is commonly prescribed in the United
States, by ingredient and by brand; a combination stands beside its ingredient where its schedule differs.
"""

from typing import Any

# Schedule → words of the names.
INGREDIENTS: dict[str, list[str]] = {
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


# Prescriptions of other systems may name nothing but the brand.
BRANDS: dict[str, list[str]] = {
    "II": [
        "adderall", "adzenys", "aptensio", "azstarys", "concerta", "cotempla", "daytrana", "demerol", "desoxyn",
        "dexedrine", "dilaudid", "dolophine", "duragesic", "dyanavel", "endocet", "evekeo", "fentora", "focalin",
        "hysingla", "jornay", "lorcet", "lortab", "metadate", "methadose", "methylin", "ms contin", "mydayis", "norco",
        "nucynta", "opana", "oxaydo", "oxycontin", "percocet", "percodan", "quillichew", "quillivant", "relexxii",
        "ritalin", "roxicodone", "roxybond", "seconal", "syndros", "vicodin", "vyvanse", "xelstrym", "xtampza",
        "zenzedi",
    ],
    "III": [
        "androgel", "aveed", "belbuca", "brixadi", "butrans", "fioricet codeine", "fiorinal", "fortesta", "fycompa",
        "jatenzo", "ketalar", "kyzatrex", "lumryz", "marinol", "natesto", "spravato", "sublocade", "suboxone",
        "subutex", "testim", "tlando", "tylenol codeine", "vogelxo", "xyosted", "xyrem", "xywav", "zubsolv",
    ],
    "IV": [
        "adipex", "ambien", "ativan", "belsomra", "conzip", "dayvigo", "diastat", "doral", "edluar", "halcion",
        "intermezzo", "klonopin", "librax", "librium", "lomaira", "lunesta", "motofen", "nayzilam", "nuvigil", "onfi",
        "provigil", "qdolo", "qsymia", "quviviq", "restoril", "seglentis", "soma", "sonata", "sunosi", "sympazan",
        "tranxene", "ultracet", "ultram", "valium", "valtoco", "versed", "viberzi", "xanax", "zurzuvae",
    ],
    "V": ["briviact", "lomotil", "lyrica", "motpoly", "reyvow", "vimpat", "xcopri", "ztalmy"],
}  # fmt: skip


def words_by_schedule() -> list[tuple[str, str]]:
    """Each entry's words and schedule."""
    lists = (INGREDIENTS, BRANDS)
    return [(words, schedule) for listed in lists for schedule, names in listed.items() for words in names]


def load(apps: Any, schema_editor: Any) -> None:
    """Of a migration: adds what is not there yet."""
    drug = apps.get_model("records", "ControlledDrug")
    drug.objects.bulk_create(
        [drug(words=words, schedule=schedule) for words, schedule in words_by_schedule()],
        ignore_conflicts=True,
    )
