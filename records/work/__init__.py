"""Background work: how long to wait before a retry, and jobs that run every so often on one worker."""
