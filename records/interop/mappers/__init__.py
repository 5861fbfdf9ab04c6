"""Which resource type becomes what, in the order in which rows may point at earlier ones."""

from records.interop.mappers import chart, directory, documents, medications, patients, plans, results

PATIENT = patients.PATIENT
DIRECTORY = directory.MAPPERS
PATIENT_ROWS = {
    **patients.MAPPERS,
    **chart.MAPPERS,
    **plans.MAPPERS,
    **medications.MAPPERS,
    **results.MAPPERS,
    **documents.MAPPERS,
}

# Read for what they say about other rows, or of no use to a patient; counted, not rejected.
NOT_KEPT = {
    "Provenance": "Who sent a record is kept with the batch.",
    "Device": "Devices are not shown yet.",
    "Media": "Pictures are not kept.",
    "Specimen": "A specimen is named by its result.",
    "Endpoint": "Technical addresses are of no use to a patient.",
    "ImagingStudy": "Pictures are not kept; their report is.",
    "SupplyDelivery": "Supplies are not shown yet.",
    "ServiceRequest": "Orders are not shown yet; their results are.",
    "Claim": "Billing is not installed.",
    "ExplanationOfBenefit": "Billing is not installed.",
    "OperationOutcome": "A message between systems.",
}
OTHER_NOT_KEPT = "The portal does not show this kind of resource."
