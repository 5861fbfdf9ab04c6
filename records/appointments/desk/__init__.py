"""The front desk's pages in the admin: a provider's day and week, booking for patients, and the queues."""
