"""Side: one of the two sets of captures that are compared, with its network and its report."""

from dataclasses import dataclass

import polars as pl

from pcapcheck.check.profile import Profile
from pcapcheck.compare.difference import DifferenceSummary
from pcapcheck.correlate.network import Network
from pcapcheck.report.report import Report


@dataclass(frozen=True, slots=True)
class Side:
    """The network, the profile and the report of one set; the profile has no paths where none fits."""

    network: Network
    profile: Profile
    report: Report

    @property
    def summary(self) -> DifferenceSummary:
        """The set in numbers."""
        report = self.report
        return DifferenceSummary(
            verdict=report.verdict,
            profile=report.profiles[0].name if report.profiles else None,
            captures=len(report.captures),
            packets=sum(each.packets for each in report.captures),
            flows=len(report.flows),
            diagnoses=tuple(each.id for each in report.diagnoses if not each.information),
        )

    @property
    def captured(self) -> frozenset[tuple[str, str, str, str]]:
        """Traffic kind (who, where), role and side of all hops that were captured."""
        directions = self.network.directions.select("path", "who", "where").unique()
        if self.network.steps.is_empty() or directions.is_empty():
            return frozenset()
        steps = self.network.steps.drop_nulls("point").join(directions, on="path")
        return frozenset(steps.select("who", "where", "role", "side").unique().iter_rows())

    def passages(self) -> pl.DataFrame:
        """Return a row for each direction and pair of captured hops that follow each other.

        Columns: flow, who, where, before, after (the hops), between (they are at different ends), sent, lost,
        latency.
        """
        network = self.network
        if network.hops.is_empty():
            return pl.DataFrame()
        ranks = network.watched.select("direction", "step", "rank")
        seen = network.hops.join(ranks, on=["direction", "step"])
        before = seen.select(
            "direction", pl.col("rank") + 1, pl.col("step").alias("from"), pl.col("seen").alias("sent")
        )
        kinds = network.directions.select("direction", "flow", "who", "where", "path")
        pairs = seen.join(before, on=["direction", "rank"]).join(kinds, on="direction")
        hops = [
            [self._hop(path, step) for path, step in pairs.select("path", end).iter_rows()]
            for end in ("from", "step")
        ]
        told = pairs.with_columns(
            pl.Series("before", hops[0], pl.String), pl.Series("after", hops[1], pl.String)
        )
        between = pl.col("before").str.contains("(source)", literal=True) & pl.col("after").str.contains(
            "(destination)", literal=True
        )
        columns = ("flow", "who", "where", "before", "after", "sent", "lost", "latency")
        return told.select(*columns, between.alias("between"))

    def _hop(self, path: int, position: int) -> str:
        step = self.network.paths[path][position]
        return f"{step.role} ({step.side})"
