"""The records of the rest of the cast: children, a teen with a private visit, and an elder with a critical value."""

import datetime as dt
from typing import Any

from portal.demo.cast.chart import Chart, Value

INR = [(160, "2.4", "N"), (130, "2.6", "N"), (100, "2.2", "N"), (70, "2.9", "N"), (40, "3.4", "H"), (1, "6.2", "HH")]


def load_leo(chart: Chart) -> None:
    wrist = chart.visit(
        71, "Emergency visit", reason="Fall from a scooter", place="Larkspur Hospital", encounter_class="EMER"
    )
    chart.visit(64, "Orthopedic visit", reason="Broken wrist, first check", place="Larkspur Orthopedics")
    chart.visit(200, "Well-child visit", reason="Yearly visit", place="Larkspur Pediatrics")
    chart.problem(71, "263102004", "Broken left wrist", encounter=wrist)
    chart.problem(1400, "195967001", "Asthma, mild")
    chart.procedure(71, "302488007", "Splint of the left wrist", encounter=wrist)
    chart.report(
        71,
        "37362-1",
        "X-ray of the left wrist",
        [],
        category="imaging",
        performer_name="Larkspur Imaging",
        encounter=wrist,
        conclusion="A small break at the end of the radius. Bones are in line.",
    )
    chart.allergy(1200, "91934008", "Tree nuts", "Swelling of the lips", criticality="high", category="food")
    chart.medication(
        1400,
        "745752",
        "Albuterol inhaler",
        "Two puffs when breathing is hard",
        as_needed=True,
        repeats_allowed=3,
        quantity_text="1 inhaler",
    )
    chart.vaccine(40, "150", "Influenza vaccine", lot_number="FL2291")
    chart.vaccine(1700, "20", "DTaP vaccine, dose 5", dose_number="5")
    chart.vaccine(1700, "21", "Chickenpox vaccine, dose 2", dose_number="2")
    chart.vaccine(1700, "03", "MMR vaccine, dose 2", dose_number="2")
    for days, weight, height in ((930, "22.1", "119"), (565, "25.4", "126"), (200, "28.9", "132")):
        chart.vital(days, "29463-7", "Weight", weight, "kg")
        chart.vital(days, "8302-2", "Height", height, "cm")


def load_sofia(chart: Chart) -> None:
    private: dict[str, Any] = {"is_sensitive": True}
    confidential = chart.visit(
        33,
        "Confidential visit",
        reason="Private talk with the doctor",
        place="Larkspur Teen Clinic",
        is_confidential=True,
        **private,
    )
    chart.visit(310, "Well-child visit", reason="Yearly visit", place="Larkspur Pediatrics")
    knee = chart.visit(25, "Sports medicine visit", reason="Knee pain", place="Larkspur Orthopedics")
    chart.problem(25, "30989003", "Knee pain", encounter=knee)
    chart.problem(33, "35489007", "Depression", encounter=confidential, **private)
    chart.medication(
        33,
        "310384",
        "Fluoxetine 10 mg capsule",
        "One capsule in the morning",
        encounter=confidential,
        repeats_allowed=2,
        **private,
    )
    chart.report(
        33,
        "44249-1",
        "Mood questionnaire (PHQ-9)",
        [],
        category="other",
        encounter=confidential,
        conclusion="Score 11: moderate.",
        **private,
    )
    chart.report(
        18,
        "24802-1",
        "MRI of the right knee",
        [],
        category="imaging",
        performer_name="Larkspur Imaging",
        encounter=knee,
        conclusion="A small strain of the ligament. No tear.",
    )
    chart.allergy(2200, "716186003", "No known allergies")
    chart.vaccine(41, "150", "Influenza vaccine", lot_number="FL2291")
    chart.vaccine(1300, "165", "HPV vaccine, dose 2", dose_number="2")
    chart.vaccine(1310, "114", "Meningitis (MenACWY) vaccine", dose_number="1")
    chart.blood_pressure(25, 108, 68)
    chart.vital(25, "29463-7", "Weight", "56.2", "kg")


def load_omar(chart: Chart) -> None:
    chart.visit(95, "Annual checkup", reason="Yearly visit")
    chart.problem(1800, "59621000", "High blood pressure")
    chart.medication(
        95,
        "314076",
        "Lisinopril 10 mg tablet",
        "One tablet in the morning",
        repeats_allowed=2,
        quantity_text="90 tablets",
        reason_text="High blood pressure",
    )
    chart.report(95, "2857-1", "PSA", [Value("2857-1", "Prostate-specific antigen", "1.1", "ng/mL", "0", "4.0", "N")])
    chart.allergy(4000, "293586001", "Aspirin", "Stomach pain", kind="intolerance")
    chart.vaccine(60, "150", "Influenza vaccine")
    for days, systolic, diastolic in ((460, 148, 94), (280, 141, 90), (95, 134, 86)):
        chart.blood_pressure(days, systolic, diastolic)


def load_lucia(chart: Chart) -> None:
    chart.visit(1, "Anticoagulation visit", reason="INR check")
    chart.visit(160, "Heart clinic visit", reason="Atrial fibrillation", place="Larkspur Heart Center")
    chart.visit(
        900,
        "Hospital stay",
        reason="Hip replacement",
        place="Larkspur Hospital",
        encounter_class="IMP",
        effective_end=chart.when(896),
        effective_end_precision="day",
    )
    chart.problem(1600, "49436004", "Atrial fibrillation")
    chart.problem(3000, "396275006", "Arthritis")
    chart.problem(5000, "59621000", "High blood pressure")
    chart.procedure(900, "52734007", "Hip replacement, right", location_name="Larkspur Hospital")
    chart.procedure(
        None,
        "110473004",
        "Cataract surgery",
        effective_start=dt.datetime(2018, 1, 1, tzinfo=dt.UTC),
        effective_precision="year",
    )
    chart.medication(
        1600,
        "855332",
        "Warfarin 5 mg tablet",
        "As the anticoagulation clinic tells you, in the evening",
        repeats_allowed=1,
        reason_text="Atrial fibrillation",
    )
    chart.medication(1600, "866924", "Metoprolol 25 mg tablet", "One tablet twice a day", repeats_allowed=5)
    chart.medication(
        880,
        "198405",
        "Ibuprofen 400 mg tablet",
        "One tablet when it hurts",
        status="stopped",
        status_reason="Does not go with warfarin",
    )
    for days, value, flag in INR:
        chart.report(days, "6301-6", "INR", [Value("6301-6", "INR", value, "", "2.0", "3.0", flag)])
    chart.allergy(6000, "91936005", "Penicillin", "Rash", criticality="high", category="medication")
    chart.allergy(880, "300913006", "Shellfish", "Swelling", criticality="low", category="food")
    chart.vaccine(50, "197", "Influenza vaccine, high dose")
    chart.vaccine(800, "187", "Shingles vaccine, dose 2", dose_number="2")
    chart.vaccine(49, "313", "RSV vaccine", status="not-done", status_reason="Put off until after the next INR check")
    for days, systolic, diastolic in ((300, 138, 80), (160, 134, 78), (1, 142, 84)):
        chart.blood_pressure(days, systolic, diastolic)


def load_dev(chart: Chart) -> None:
    chart.visit(120, "Sports physical", reason="Track team", place="Larkspur Pediatrics")
    chart.allergy(3000, "716186003", "No known allergies")
    chart.vaccine(120, "114", "Meningitis (MenACWY) vaccine, dose 2", dose_number="2")
    chart.vaccine(60, "150", "Influenza vaccine")
    chart.blood_pressure(120, 112, 70)
    chart.vital(120, "29463-7", "Weight", "71.5", "kg")
    chart.vital(120, "8302-2", "Height", "181", "cm")
