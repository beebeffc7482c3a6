"""UnionHall (职工之家): a plugin-based content and campaign CMS for trade unions."""

__version__ = "0.1.0"
