"""The break-time exercise programme: the course, and which teams practise."""
