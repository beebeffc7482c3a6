"""How plugins are found, ordered, mounted, migrated, isolated and switched. Core features go through it too."""
