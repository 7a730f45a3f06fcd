"""NO TOPOLOGY -> ONE. Takes what was seen at each capture point; knows no rules."""
