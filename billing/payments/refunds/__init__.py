"""Money sent back to who paid it: asked for by staff, sometimes approved by a second person, sent by a worker."""
