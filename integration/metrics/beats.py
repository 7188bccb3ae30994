"""How long ago worker and beat found each thing well, as their heartbeat says it."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from integration import heartbeat


class Beats:
    """This process' beats. `of`: what its role has to find well; what it never found is as old as the process."""

    def __init__(self, role: str, found_well: Callable[[], Mapping[str, float]]) -> None:
        self._of = heartbeat.ROLES[role]
        self._found_well = found_well
        self._began = heartbeat.now()

    def collect(self) -> Iterator[Metric]:
        """Called by prometheus_client at each scrape: one gauge, in seconds, for each thing that the role checks."""
        ages = GaugeMetricFamily(
            "clyo_heartbeat_age_seconds",
            "Since the database or the broker was last found well, or a task was sent.",
            labels=["of"],
        )
        found = self._found_well()
        for name in self._of:
            ages.add_metric([name], heartbeat.now() - found.get(name, self._began))
        yield ages
