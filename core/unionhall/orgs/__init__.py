"""Orgs: the tree of federations and unions that everything else belongs to."""
