"""Work on a Dask cluster: a pool on its scheduler.

Invariant: Dask is imported only here, and only when an address is given.
"""

from collections.abc import Callable
from typing import Any

from sitegen.build.pool import OnExecutor, Pool
from sitegen.errors import Problem, UsageError, Where


def join_cluster(address: str) -> tuple[Pool, Callable[[], None]]:
    """A pool on a Dask scheduler, and what closes it. Raises: UsageError."""
    try:
        return cluster_pool(address)
    except ImportError:
        message = "--cluster needs Dask, which is not installed"
        help = "install it with  pip install 'sitegen-articles[cluster]'"
    except (OSError, ValueError, TimeoutError) as error:
        message = f"--cluster: no scheduler answers at {address} ({error})"
        help = "start one with  dask scheduler, and name its address, such as tcp://127.0.0.1:8786"
    raise UsageError(Problem(code="usage.cluster", where=Where(""), message=message, help=help))


def cluster_pool(address: str) -> tuple[Pool, Callable[[], None]]:
    """A pool on a Dask scheduler, and what closes it. Raises: ImportError without `sitegen[cluster]`, OSError."""
    from distributed import Client  # noqa: PLC0415 -- only `--cluster` needs it

    client = Client(address, timeout="10s", set_as_default=False)
    executor = client.get_executor(pure=False)
    workers = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))

    def scatter(value: Any) -> Any:
        return client.scatter(value, broadcast=True, hash=False)

    return OnExecutor(executor, workers, scatter), client.close
