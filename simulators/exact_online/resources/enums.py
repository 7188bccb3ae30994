"""Descriptions that go with a number: `Type` 110 -> `Revenue`."""

GL_ACCOUNT_TYPE = {
    10: "Cash",
    12: "Bank",
    14: "Credit card",
    16: "Payment services",
    20: "Accounts receivable",
    21: "Prepayment accounts receivable",
    22: "Accounts payable",
    24: "VAT",
    25: "Employees payable",
    26: "Prepaid expenses",
    27: "Accrued expenses",
    29: "Income taxes payable",
    30: "Fixed assets",
    32: "Other assets",
    35: "Accumulated depreciation",
    40: "Inventory",
    50: "Capital stock",
    52: "Retained earnings",
    55: "Long term debt",
    60: "Current portion of debt",
    90: "General",
    100: "Tax payable",
    110: "Revenue",
    111: "Cost of goods",
    120: "Other costs",
    121: "Sales, general administrative expenses",
    122: "Depreciation costs",
    123: "Research and development",
    125: "Employee costs",
    126: "Employment costs",
    130: "Exceptional costs",
    140: "Exceptional income",
    150: "Income taxes",
    160: "Interest income",
    300: "Year end reflection",
    301: "Indirect year end costing",
    302: "Direct year end costing",
}
JOURNAL_TYPE = {
    10: "Cash",
    12: "Bank",
    16: "Payment service",
    20: "Sales",
    21: "Return invoice",
    22: "Purchase",
    23: "Received return invoice",
    90: "General journal",
}
ENTRY_STATUS = {20: "Open", 50: "Processed"}
ENTRY_TYPE = {20: "Sales entry", 21: "Sales credit note", 90: "Other"}
PERIOD_STATUS = {0: "Open", 1: "Closed"}


def description_of(column: str, descriptions: dict[int, str]) -> str:
    """SQL that turns a number into its description."""
    cases = " ".join(f"WHEN {value} THEN '{text}'" for value, text in descriptions.items())
    return f"CASE {column} {cases} END"
