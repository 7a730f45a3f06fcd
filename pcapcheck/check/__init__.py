"""RULES x PATHS -> FINDINGS. Takes rule files and correlated flows; does not know root causes."""
