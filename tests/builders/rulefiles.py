"""A rule file of a user, with the sample that its tests name."""

import shutil

from pcapcheck.check.rules import rules_directory

MINE = """\
profile: mine
title: Mine
extends: [flannel-vxlan]
rules:
  - id: mine/vni
    title: VNI
    at: uplink
    form: vxlan
    expect: {vxlan.vni: $vni}
    because: why
    fix: how
    references: [RFC 7348]
    tests:
      - {capture: sample, outcome: pass}
      - {capture: sample, change: {vxlan.vni: 7}, outcome: fail}
      - {capture: nowhere, outcome: pass}
"""


def mine_in(folder):
    """Write the rule file and the sample beside it; return the file."""
    shutil.copytree(rules_directory().parent / "samples" / "flannel-vxlan", folder / "sample")
    file = folder / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    return file
