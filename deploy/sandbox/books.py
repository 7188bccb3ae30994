"""In the till's container: what stands in the simulated Exact's books, and whether it is there once and adds up."""

import collections
import json
import os
import sys
import urllib.request

address = os.environ["SERVER"].replace("https://", "https://exact.")
with urllib.request.urlopen(f"{address}/_control/books?division=8301", timeout=30) as answer:  # noqa: S310
    books = json.load(answer)
references = collections.Counter(
    (it["kind"], it["reference"], *([] if it["reference"] else [line["description"] for line in it["lines"]]))
    for it in books["entries"]
)
doubled = [it for it, count in references.items() if count > 1]
difference = books["trial_balance"]["difference"]
print(f"{len(books['entries'])} entries, {len(doubled)} doubled, trial balance off by {difference}")
sys.exit(1 if doubled or float(difference) else 0)
