"""Words of danger in what a patient writes: one check for every free text, which warns and never blocks."""
