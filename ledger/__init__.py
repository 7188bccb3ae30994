"""The double-entry core: a till's closing and a booking plan become balanced entries.

Pure values in, pure values out: no framework, no clock, no input or output.
Read in this order: money, closing, plan, entry, book; then check and plan_check for what can be wrong.
"""
