"""The staff’s side, in the admin: who takes what, and how long people wait."""
