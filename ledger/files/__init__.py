"""The same entries as files that French accounting packages import: FEC, Ciel, Sage 100.

Read in this order: `booked` (what goes in), `numbering` (EcritureNum), `chart` (what accounts and journals are called),
`journal_lines` (entries made flat), `labels` (text a format can hold), `layout` and one module per format, `check` (all
that stands in the way), `control_sheet` (what was written), `make` (draft: check, count, put into text; then write),
`validated` (what a FEC holds for ever), `read_back` (the bytes against what was booked), `takings` and `totals` (what
must agree).
"""
