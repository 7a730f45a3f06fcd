"""COLUMNS -> SIGHTINGS -> FLOWS -> PATHS. Takes columns and the topology; knows no rules, causes or files."""
