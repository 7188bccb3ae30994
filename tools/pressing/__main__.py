"""`make pressing`: DOCUMENTS=100 ONLY="error_after_commit general_error" python -m tools.pressing.

Exits with 1 unless every closing stands in Exact's books once, to the cent.
"""

import os
import shutil
import sys
from pathlib import Path

import httpx

from tools.pressing.answers import UNCLEAR
from tools.stack.processes import Processes, ProgramFailed
from tools.stack.product import IMPATIENT, exact
from tools.stack.programs import free_port
from tools.stack.services import CLONE
from tools.stack.stores import Stores


def main() -> int:
    documents = int(os.environ.get("DOCUMENTS") or 100)
    home = CLONE / ".local" / "pressing-run"
    shutil.rmtree(home, ignore_errors=True)
    (home / "logs").mkdir(parents=True)
    try:
        with Stores("pressing") as stores:
            environment = IMPATIENT | {"DATABASE_URL": stores.database.url, "REDIS_URL": stores.broker.url}
            os.environ.update(environment)
            with Processes(CLONE, home / "logs", environment) as processes:
                return 0 if _run(processes, home, documents) else 1
    except ProgramFailed as failure:
        print(f"failed: {failure}")
        return 1


def _run(processes: Processes, home: Path, documents: int) -> bool:
    processes.run("migrate", "manage.py", "migrate", "--verbosity=1")
    url = f"http://127.0.0.1:{free_port()}"
    processes.start("exact", *exact(url, home / "exact", "--no-limits"))
    processes.wait_for("exact", f"{url}/_control/clock")
    import django

    django.setup()
    # Read only now: they are Django's models' users.
    from tools.fleet.customers import set_up
    from tools.pressing.person import Desk
    from tools.pressing.report import print_row, print_sum, write_report

    chosen = os.environ.get("ONLY", "").split()
    answers = [fault for fault in UNCLEAR if not chosen or fault.value in chosen]
    shops = {shop.user: shop for shop in reversed(set_up(url, tenants=len(answers)))}
    rows = []
    with httpx.Client(base_url=url, timeout=30) as http:
        for fault, shop in zip(answers, shops.values(), strict=True):
            rows.append(Desk(http=http, shop=shop, fault=fault).work(documents))
            print_row(rows[-1])
    write_report(home / "report.json", rows)
    return print_sum(rows)


if __name__ == "__main__":
    sys.exit(main())
