"""One file per kind of evidence: `find(case)` yields facts. Found by looking into this folder."""
