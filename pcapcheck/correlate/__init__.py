"""COLUMNS -> SIGHTINGS -> FLOWS -> PATHS. Takes columns and the topology; does not know rules, causes or files."""
