"""The ground floor: database, configuration, time, luck, errors, languages, keys, web manners."""
