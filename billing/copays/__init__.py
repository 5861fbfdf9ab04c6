"""What a patient is expected to pay at a visit that lies ahead, as staff entered it; no money moves here."""
