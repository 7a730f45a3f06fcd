"""One file per kind of evidence: `find(case)` yields facts with frames to prove them. Found by looking into this folder."""
