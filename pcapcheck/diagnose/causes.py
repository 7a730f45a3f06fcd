"""Root causes."""

from collections.abc import Sequence

from pcapcheck.check.finding import Finding
from pcapcheck.check.profile import Profile
from pcapcheck.correlate.network import Network
from pcapcheck.report.result import Diagnosis


def diagnose(network: Network, findings: Sequence[Finding], profile: Profile) -> tuple[Diagnosis, ...]:
    """Return the root causes."""
    return ()
