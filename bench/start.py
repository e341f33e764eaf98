"""How soon a web process is ready, and how much memory it holds once it has served."""

from statistics import median

from bench.login import sign_in
from bench.measures import Measure, Outcome, Size
from bench.processes import Server
from bench.sample import Sample

LONGEST_START = 3.0  # seconds from exec to /readyz
MOST_MEMORY = 130.0  # MB resident
REQUESTS = 20
PAGES = ("/", "/entrar", "/ayuda", "/healthz")


def take(sample: Sample, size: Size) -> Outcome:
    """Of each start the worse of both ratios; of these the median."""
    started = [_started(sample) for _ in range(size.rounds)]
    ratios = [max(seconds / LONGEST_START, megabytes / MOST_MEMORY) for seconds, megabytes, _ in started]
    arms = {"seconds": median(each[0] for each in started), "megabytes": median(each[1] for each in started)}
    return Outcome(median(ratios), arms, {"casestatus": sum(each[2] for each in started)})


def _started(sample: Sample) -> tuple[float, float, float]:
    """Seconds until it was ready, megabytes after some requests, CPU-seconds until then."""
    server = Server("casestatus", "serve", environment=sample.environment, folder=sample.folder)
    try:
        seconds = server.wait_until("/readyz")
        _visit(server, sample)
        return seconds, server.megabytes(), server.cpu_seconds()
    finally:
        server.stop()


def _visit(server: Server, sample: Sample) -> None:
    """Somebody looks around, victims sign in and read their status."""
    connection = server.connect()
    for number in range(REQUESTS):
        token = sign_in(connection, sample.victims[number % len(sample.victims)])
        for path in (*PAGES, "/api/v1/case"):
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            connection.getresponse().read()
    connection.close()


START = Measure("start", 1.0, "lower", "seconds and megabytes", take)
