"""A made-up but believable week of a French restaurant company: two bistros, one till each.

Read in this order: `menu` (what is sold), `ticket` (what a guest gets), `guests` (who comes), `agenda` (what happens
when), `service` (the agenda's service played through), `closing` (the tickets summed up), `files` (written to disk).
"""
