"""The routes of members on the site: imported for what they register."""

from unionhall.members import my, my_account, my_privacy, my_profile, my_transfer, site
from unionhall.members.site_blueprint import bp

__all__ = ["bp", "my", "my_account", "my_privacy", "my_profile", "my_transfer", "site"]
