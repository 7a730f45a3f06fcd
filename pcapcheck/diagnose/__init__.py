"""FINDINGS + PATHS -> ROOT CAUSES. Takes findings and correlated flows; does not know how they are shown."""
