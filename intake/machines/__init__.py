"""Mail that no person wrote: reports, receipts, absence notices, lists."""
