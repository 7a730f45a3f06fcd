"""Callers of the Python API, for mypy: each wrong call here must be an error.

If mypy took a wrong call for right, its `type: ignore` would be superfluous, which strict mypy reports.

Nothing runs this module; `[tool.mypy]` in pyproject.toml names it.
"""

import pcapcheck


def right() -> None:
    """Use the keywords as they are meant."""
    result = pcapcheck.check(
        "captures", profile="flannel-vxlan", parameters={"vni": 5}, jobs=2, fail_on="info"
    )
    assert result.exit_status == 0
    assert pcapcheck.flows("captures", pod=["web-1", "db-0"], since=0).height
    assert pcapcheck.infer_topology("captures", memory="2GB").nodes
    assert not pcapcheck.diff("good", ["bad", "worse"], filter="ip.ttl=1").exit_status


def wrong() -> None:
    """Misspell a keyword, or give it a value of another type."""
    pcapcheck.check("captures", profil="flannel-vxlan")  # type: ignore[call-arg]
    pcapcheck.check("captures", jobs="2")  # type: ignore[arg-type]
    pcapcheck.flows("captures", sightings=True)  # type: ignore[call-arg]
    pcapcheck.infer_topology("captures", topology="topology.yaml")  # type: ignore[call-arg]
    pcapcheck.diff("good", "bad", memory=2.5)  # type: ignore[arg-type]
