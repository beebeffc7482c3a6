"""The demo's settings."""

from __future__ import annotations

from datetime import datetime

from unionhall.hooks.types import SYSTEM
from unionhall.settings import services

VALUES = {
    "organiser": "青禾市总工会",
    "description": "青禾市总工会职工之家：新闻、活动、服务，一处办。",
    "hotline_hours": "工作日 8:30–17:30",
    "address": "青禾市东津区同心路 18 号",
    "contact_email": "bianji@qinghe.example",
    "icp_number": "青ICP备00000000号-1",
    "police_number": "青公网安备 00000000000000 号",
    "site_code": "0000000000",
}


def load(now: datetime) -> None:
    """Fill in invented contacts and legal lines."""
    services.change(dict(VALUES), actor=SYSTEM, now=now)
