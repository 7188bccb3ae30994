"""Export on demand ("Export vers comptabilité"): a range of closings, to Exact or into a file, with its report.

Read in this order: `period` (which ranges are possible), `models`, `ask` (an export is asked for), `claim` (a worker
takes it), `to_exact` or `freeze` → `numbers` → `to_file`, `comparison` (the same totals in Exact), `mail`, `admin`.
"""
