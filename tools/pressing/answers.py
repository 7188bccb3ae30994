"""The answers to a POST that do not say clearly what became of it, and those that say it wrongly."""

from simulators.exact_online.faults import Fault

UNCLEAR = (
    *(fault for fault in Fault if fault.endswith("_after_commit")),
    Fault.TRUNCATE,
    Fault.BROKEN_BODY,
    Fault.RESET_BEFORE,
    Fault.HTML_200,
    Fault.STATUS_408,
    Fault.STATUS_500,
    Fault.STATUS_503,
    Fault.STATUS_504,
    Fault.GENERAL_ERROR,
    Fault.GATEWAY_FAULT,
    Fault.RATE_LIMIT,
)
