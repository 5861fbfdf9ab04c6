"""The list of sensitive codes a new installation starts with; staff add and remove codes in the admin.

Categories are those of 42 CFR Part 2 and of the state laws that let minors consent by themselves. The list is
short on purpose: it holds what common systems send, and a clinic's own lawyers know the rest.
"""

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

# (system, code, category, what it is)
CODES: list[tuple[str, str, str, str]] = [
    (LOINC, "56888-1", "sti", "HIV 1+2 antigen and antibody"),
    (LOINC, "75622-1", "sti", "HIV 1 and 2 tests"),
    (LOINC, "7917-8", "sti", "HIV 1 antibody"),
    (LOINC, "68961-2", "sti", "HIV 1 antibody, rapid"),
    (LOINC, "20447-9", "sti", "HIV 1 viral load"),
    (LOINC, "21613-5", "sti", "Chlamydia"),
    (LOINC, "24111-7", "sti", "Gonorrhea"),
    (LOINC, "20507-0", "sti", "Syphilis"),
    (SNOMED, "86406008", "sti", "HIV infection"),
    (SNOMED, "240589008", "sti", "Chlamydia"),
    (SNOMED, "15628003", "sti", "Gonorrhea"),
    (SNOMED, "76272004", "sti", "Syphilis"),
    (LOINC, "2106-3", "sexual", "Pregnancy test, urine"),
    (LOINC, "82810-3", "sexual", "Pregnancy status"),
    (LOINC, "86645-9", "sexual", "Pregnancy intention"),
    (LOINC, "10524-7", "sexual", "Pap test"),
    (LOINC, "76690-7", "sexual", "Sexual orientation"),
    (SNOMED, "72892002", "sexual", "Normal pregnancy"),
    (SNOMED, "19169002", "sexual", "Miscarriage in first trimester"),
    (SNOMED, "386639001", "sexual", "Ending a pregnancy"),
    (SNOMED, "65200003", "sexual", "Insertion of an intrauterine device"),
    (SNOMED, "169553002", "sexual", "Insertion of a contraceptive implant"),
    (SNOMED, "68254000", "sexual", "Removal of an intrauterine device"),
    (SNOMED, "424441002", "sexual", "Prenatal initial visit"),
    (SNOMED, "424619006", "sexual", "Prenatal visit"),
    (SNOMED, "252160004", "sexual", "Pregnancy test"),
    (SNOMED, "169230002", "sexual", "Ultrasound for fetal viability"),
    (SNOMED, "10383002", "sexual", "Counseling about ending a pregnancy"),
    (SNOMED, "714812005", "sexual", "Induced ending of a pregnancy"),
    (SNOMED, "386394001", "sexual", "Care when a pregnancy is ended"),
    (SNOMED, "5880005", "sexual", "Examination after an abortion"),
    (RXNORM, "1367439", "sexual", "NuvaRing"),
    (RXNORM, "749762", "sexual", "Seasonique"),
    (RXNORM, "751905", "sexual", "TriNessa"),
    (LOINC, "44249-1", "mental", "PHQ-9 questionnaire"),
    (LOINC, "44261-6", "mental", "PHQ-9 score"),
    (LOINC, "55758-7", "mental", "PHQ-2 score"),
    (LOINC, "44250-9", "mental", "PHQ, little interest"),
    (LOINC, "44255-8", "mental", "PHQ, feeling down"),
    (LOINC, "70274-6", "mental", "GAD-7 score"),
    (SNOMED, "171207006", "mental", "Depression screening"),
    (SNOMED, "35489007", "mental", "Depression"),
    (SNOMED, "370143000", "mental", "Major depression"),
    (SNOMED, "48694002", "mental", "Anxiety"),
    (SNOMED, "47505003", "mental", "Post-traumatic stress"),
    (RXNORM, "310384", "mental", "Fluoxetine 10 mg"),
    (RXNORM, "312940", "mental", "Sertraline 50 mg"),
    (LOINC, "75626-2", "substance", "AUDIT-C score"),
    (LOINC, "3426-4", "substance", "Drug screen, urine"),
    (SNOMED, "7200002", "substance", "Alcohol dependence"),
    (SNOMED, "75544000", "substance", "Opioid dependence"),
    (SNOMED, "5602001", "substance", "Opioid misuse"),
    (SNOMED, "55680006", "substance", "Drug overdose"),
    (RXNORM, "351266", "substance", "Buprenorphine and naloxone"),
]
