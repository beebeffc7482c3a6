"""Services that features share: access, audit, outbox, jobs, mail, storage."""
