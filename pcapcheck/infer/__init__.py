"""NO TOPOLOGY -> ONE. Takes what was seen at each vantage point; knows no rules."""
