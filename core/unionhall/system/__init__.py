"""System screens of the desk: plugins and the audit trail."""
