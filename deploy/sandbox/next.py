"""In the till's container: writes the closing that follows the last one by a minute, and prints its path."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

MINUTE = timedelta(minutes=1)
WEEK, MORE = Path("/data/week/PARIS01-caisse1/closings"), Path("/data/more")

MORE.mkdir(exist_ok=True)
last = max([*WEEK.glob("*.json"), *MORE.glob("*.json")], key=lambda it: int(it.stem))
closing = json.loads(last.read_text())
closing["number"] += 1
closing["opened_at"] = closing["closed_at"]
closing["closed_at"] = (datetime.fromisoformat(closing["closed_at"]) + MINUTE).isoformat()
closing["business_date"] = closing["opened_at"][:10]
for tickets in closing["tickets"]:
    tickets["first"], tickets["last"] = tickets["last"] + 1, tickets["last"] + tickets["count"]
totals, cash = closing["totals"], closing["cash"]
totals["perpetual_before"] = totals["perpetual_after"]
totals["perpetual_after"] = str(Decimal(totals["perpetual_after"]) + Decimal(totals["gross"]))
taken = sum((Decimal(it["amount"]) for it in closing["payments"] if it["kind"] == "cash"), Decimal())
cash["float_open"] = cash["float_left"]
cash["expected"] = cash["counted"] = str(Decimal(cash["float_open"]) + taken)
cash["movements"], cash["banked"] = [], str(taken)
path = MORE / f"{closing['number']}.json"
path.write_text(json.dumps(closing, ensure_ascii=False))
print(path)
