"""What claims and explanations of benefits in FHIR files mean for the ledger."""
