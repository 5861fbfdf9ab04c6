"""What staff keep so that visits can be booked, and the times that follow from it; nobody types a slot."""
