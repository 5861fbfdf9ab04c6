"""Two people for what one person should not decide alone: somebody asks, somebody else decides."""
