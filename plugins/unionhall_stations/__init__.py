"""Worker stations: directory, services, stores and their tills, inspections."""
