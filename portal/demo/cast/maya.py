"""Maya's record: rising blood sugar, a biopsy that is pending, a corrected value, and one that was refused."""

import datetime as dt

from portal.demo.cast.chart import Chart, Value

A1C = [(1290, "5.4"), (1010, "5.5"), (740, "5.6"), (470, "5.7"), (188, "5.8"), (6, "6.1")]


def load(chart: Chart) -> None:
    _history(chart)
    _medications(chart)
    _results(chart)
    _vitals(chart)


def _history(chart: Chart) -> None:
    checkup = chart.visit(188, "Annual checkup", reason="Yearly visit")
    biopsy = chart.visit(20, "Skin clinic visit", reason="Mole on the left shoulder", place="Larkspur Dermatology")
    chart.visit(6, "Lab visit", reason="Blood tests", place="Larkspur Main Lab")
    chart.visit(402, "Urgent care visit", reason="Sinus pain", place="Larkspur Urgent Care")
    chart.note(
        188,
        "Visit summary",
        "We talked about sleep, stress and blood sugar.\nPlan: repeat A1c in six months, walk 30 minutes a day.",
        encounter=checkup,
    )
    chart.note(187, "Visit summary", "First draft of the summary.", encounter=checkup, status="superseded")
    chart.problem(470, "714628002", "Prediabetes", encounter=checkup)
    chart.problem(2900, "61582004", "Allergic rhinitis")
    chart.problem(700, "48694002", "Anxiety", note="Better since spring; lorazepam for flights only.")
    chart.problem(
        402, "36971009", "Sinusitis", status="resolved", effective_end=chart.when(388), effective_end_precision="day"
    )
    chart.problem(3300, "398254007", "Pre-eclampsia", status="resolved", effective_precision="month")
    chart.procedure(
        20,
        "240977001",
        "Biopsy of skin",
        body_site="Left shoulder",
        encounter=biopsy,
        location_name="Larkspur Dermatology",
    )
    chart.procedure(
        None,
        "80146002",
        "Appendectomy",
        effective_start=dt.datetime(2009, 1, 1, tzinfo=dt.UTC),
        effective_precision="year",
    )
    chart.procedure(3290, "11466000", "Cesarean section", effective_precision="month")
    chart.procedure(210, "71651007", "Mammogram")
    chart.allergy(5200, "91936005", "Penicillin", "Hives", criticality="high", category="medication")
    chart.allergy(2900, "418689008", "Grass pollen", "Runny nose", criticality="low", category="environment")
    chart.allergy(900, "91935009", "Peanut", entered_in_error=True, verification_status="entered-in-error")
    chart.vaccine(40, "150", "Influenza vaccine", lot_number="FL2291", manufacturer="Sanofi Pasteur", site="Left arm")
    chart.vaccine(41, "312", "COVID-19 vaccine", status="not-done", status_reason="You said no for now")
    chart.vaccine(1500, "115", "Tdap vaccine", lot_number="TD8842")
    chart.vaccine(5400, "03", "MMR vaccine", effective_precision="year")


def _medications(chart: Chart) -> None:
    chart.medication(
        188,
        "860975",
        "Metformin 500 mg tablet",
        "One tablet with breakfast and one with dinner",
        reason_text="Prediabetes",
        repeats_allowed=0,
        quantity_text="180 tablets",
        supply_text="90 days",
    )
    chart.medication(
        120,
        "197901",
        "Lorazepam 0.5 mg tablet",
        "One tablet before a flight, if needed",
        as_needed=True,
        repeats_allowed=1,
        quantity_text="10 tablets",
        reason_text="Anxiety",
    )
    chart.medication(2000, "1014676", "Cetirizine 10 mg tablet", "One tablet a day in spring", is_reported=True)
    chart.medication(
        700,
        "312940",
        "Sertraline 50 mg tablet",
        "One tablet a day",
        status="stopped",
        status_reason="You felt better without it",
    )
    chart.medication(
        402, "562251", "Doxycycline 100 mg capsule", "One capsule twice a day for 7 days", status="completed"
    )


def _results(chart: Chart) -> None:
    for days, value in A1C:
        flag = "H" if float(value) > 5.6 else "N"
        note = (
            "Slightly up since spring. Let’s talk about it at your next visit. No need to do anything before."
            if days == 6
            else ""
        )
        chart.report(
            days,
            "4548-4",
            "Hemoglobin A1c",
            [Value("4548-4", "Hemoglobin A1c", value, "%", "4.0", "5.6", flag, note=note)],
        )
    chart.report(188, "51990-0", "Basic metabolic panel", _metabolic("98", "4.3"))
    panel = chart.report(
        6, "51990-0", "Basic metabolic panel", _metabolic("108", "4.1", corrected=True), status="corrected"
    )
    potassium = panel.observations.get(code="2823-3")
    chart.corrected(potassium, was="5.9", days=5)
    chart.report(
        6,
        "58410-2",
        "Complete blood count",
        [
            Value("6690-2", "White blood cells", "6.4", "10*3/uL", "4.0", "10.5", "N"),
            Value("789-8", "Red blood cells", "4.5", "10*6/uL", "3.9", "5.2", "N"),
            Value("718-7", "Hemoglobin", "13.2", "g/dL", "11.7", "15.5", "N"),
            Value("777-3", "Platelets", "261", "10*3/uL", "150", "400", "N"),
        ],
    )
    chart.report(
        188,
        "57698-3",
        "Cholesterol and other fats",
        [
            Value("2093-3", "Total cholesterol", "204", "mg/dL", "", "200", "H"),
            Value("2085-9", "HDL cholesterol", "58", "mg/dL", "50", "", "N"),
            Value("13457-7", "LDL cholesterol", "122", "mg/dL", "", "130", "N"),
            Value("2571-8", "Triglycerides", "119", "mg/dL", "", "150", "N"),
        ],
    )
    chart.report(
        188,
        "3016-3",
        "Thyroid-stimulating hormone",
        [Value("3016-3", "Thyroid-stimulating hormone", "1.9", "m[IU]/L", "0.4", "4.0", "N")],
    )
    chart.report(
        6,
        "14959-1",
        "Urine albumin and creatinine",
        [Value("14959-1", "Albumin/creatinine ratio", "<3", "mg/g", "0", "30", "N")],
    )
    chart.report(
        188,
        "24357-6",
        "Urinalysis",
        [
            Value("5811-5", "Specific gravity", "1.015", "", "1.005", "1.030", "N"),
            Value("20454-5", "Protein", "Negative", flag="NEG"),
            Value("5794-3", "Blood", "Negative", flag="NEG"),
        ],
    )
    chart.report(
        188, "16128-1", "Hepatitis C antibody", [Value("16128-1", "Hepatitis C antibody", "Not detected", flag="NEG")]
    )
    chart.report(
        402,
        "6463-4",
        "Throat culture",
        [],
        category="other",
        conclusion="Normal flora of the throat. No group A streptococcus.",
    )
    chart.report(
        20,
        "60568-3",
        "Pathology: skin, left shoulder",
        [],
        status="registered",
        category="pathology",
        performer_name="Larkspur Pathology",
        issued_at=None,
    )
    chart.report(
        210,
        "24606-6",
        "Mammogram",
        [],
        category="imaging",
        performer_name="Larkspur Imaging",
        conclusion="No sign of cancer (BI-RADS 1). Next mammogram in one year.",
    )
    chart.report(
        188,
        "10524-7",
        "Pap test",
        [],
        category="pathology",
        is_sensitive=True,
        conclusion="Negative for intraepithelial lesion or malignancy.",
    )
    chart.report(188, "56888-1", "HIV antigen and antibody", [], is_sensitive=True, conclusion="Non-reactive.")


def _metabolic(glucose: str, potassium: str, *, corrected: bool = False) -> list[Value]:
    return [
        Value("2345-7", "Glucose", glucose, "mg/dL", "70", "99", "H" if int(glucose) > 99 else "N"),
        Value("3094-0", "Urea nitrogen", "14", "mg/dL", "7", "20", "N"),
        Value("2160-0", "Creatinine", "0.8", "mg/dL", "0.5", "1.1", "N"),
        Value("98979-8", "Estimated kidney function (eGFR)", "95", "mL/min/{1.73_m2}", "60", "", "N"),
        Value("2951-2", "Sodium", "139", "mmol/L", "136", "145", "N"),
        Value(
            "2823-3",
            "Potassium",
            potassium,
            "mmol/L",
            "3.5",
            "5.1",
            "N",
            status="corrected" if corrected else "final",
            note="The first sample was damaged; measured again." if corrected else "",
        ),
        Value("2075-0", "Chloride", "103", "mmol/L", "98", "107", "N"),
        Value("2028-9", "Carbon dioxide", "25", "mmol/L", "22", "29", "N"),
        Value("17861-6", "Calcium", "9.4", "mg/dL", "8.6", "10.3", "N"),
    ]


def _vitals(chart: Chart) -> None:
    for days, systolic, diastolic, weight in (
        (740, 118, 76, "69.4"),
        (470, 121, 78, "70.8"),
        (188, 124, 79, "72.1"),
        (20, 126, 81, "72.6"),
    ):
        chart.blood_pressure(days, systolic, diastolic)
        chart.vital(days, "29463-7", "Weight", weight, "kg")
        chart.vital(days, "8867-4", "Heart rate", str(66 + days % 9), "/min")
    chart.vital(188, "8302-2", "Height", "165", "cm")
    chart.vital(188, "39156-5", "Body mass index", "26.5", "kg/m2")
    chart.vital(20, "8310-5", "Temperature", "36.7", "Cel")
    chart.vital(20, "59408-5", "Oxygen saturation", "98", "%")
    chart.vital(20, "9279-1", "Breathing rate", "14", "/min")
