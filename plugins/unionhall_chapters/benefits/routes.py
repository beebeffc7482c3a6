"""Every route of benefits: importing this module registers them."""

from unionhall_chapters.benefits import desk, desk_catalogue, desk_payments, my, site

__all__ = ["desk", "desk_catalogue", "desk_payments", "my", "site"]
