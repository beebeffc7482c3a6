"""What can be set in the desk, with types and defaults. Unknown keys are refused when written, ignored when read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SiteSettings:
    """The site's name, its legal lines, its contacts and its habits."""

    site_name: str = "职工之家"
    site_name_en: str = "UnionHall"
    organiser: str = ""
    description: str = ""
    hotline: str = "12351"
    hotline_hours: str = ""
    address: str = ""
    contact_email: str = ""
    icp_number: str = ""
    police_number: str = ""
    site_code: str = ""
    privacy_url: str = ""
    credit_required: bool = True
    review_hours: int = 24
    preview_days: int = 7
    quiet_from: str = "22:00"
    quiet_until: str = "07:00"
    terminal_idle_seconds: int = 60
    maintenance: bool = False
    maintenance_note: str = ""
