"""The readings: where public knowledge of Exact Online is doubtful, which answer this program gives.

Each field is one question. Its choices are the values of its type, its default the reading taken; the metadata names
the section of the rules it comes from and how sure that section is. `docs/simulator.md` lists them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Certainty = Literal["contradictory", "documented", "inferred", "seen by clients", "told by vendors", "unverified"]


class UnknownReading(Exception):
    """There is no such question, or no such answer to it; the text says which there are."""


def _reading(default: str, section: str, certainty: Certainty) -> Any:
    return field(default=default, metadata={"section": section, "certainty": certainty})


@dataclass(slots=True)
class Readings:
    """The readings in force."""

    # Log-in and consent
    log_in_session: Literal["kept", "none"] = _reading("kept", "1.2", "inferred")
    redirect_slashes: Literal["any", "not_encoded"] = _reading("any", "1.2", "seen by clients")
    redirect_scheme: Literal["any", "https_only"] = _reading("any", "1.2", "unverified")
    code_characters: Literal["special", "plain"] = _reading("special", "1.2", "unverified")
    refused_consent: Literal["redirect", "page"] = _reading("redirect", "1.2", "unverified")
    # Tokens
    basic_authentication: Literal["accepted", "refused"] = _reading("accepted", "1.3", "seen by clients")
    expires_in: Literal["text", "number"] = _reading("text", "1.3", "seen by clients")
    access_token_length: Literal["long", "short"] = _reading("long", "1.3", "unverified")
    refresh_token_life: Literal["30_days", "180_days"] = _reading("30_days", "1.4", "told by vendors")
    earliest_refresh: Literal["570_s", "600_s"] = _reading("570_s", "1.4", "documented")
    reused_refresh_token: Literal["old_token_text", "user_not_active", "invalid_request"] = _reading(
        "old_token_text", "1.5", "contradictory"
    )
    used_refresh_token_grace: Literal["none", "10_minutes"] = _reading("none", "1.5", "told by vendors")
    access_token_after_refresh: Literal["lives_on", "ends"] = _reading("lives_on", "1.5", "unverified")
    early_refresh: Literal["access_denied", "invalid_request", "text_401"] = _reading(
        "access_denied", "1.6", "contradictory"
    )
    gateway_fault_status: Literal["404", "500"] = _reading("404", "1.8", "unverified")
    withdrawn_consent: Literal["401", "403"] = _reading("401", "1.9", "unverified")
    withdrawn_refresh: Literal["invalid_grant", "user_not_active"] = _reading("invalid_grant", "1.9", "unverified")
    unauthorized_body: Literal["error_body", "empty"] = _reading("error_body", "1.9", "unverified")
    unknown_company: Literal["403", "404"] = _reading("403", "1.9", "unverified")
    # Limits
    blocked_key: Literal["429", "403"] = _reading("429", "2.1", "told by vendors")
    me_budget: Literal["own", "current_company"] = _reading("own", "2.1", "unverified")
    business_errors_count: Literal["no", "yes"] = _reading("no", "2.1", "inferred")
    rate_headers_on_errors: Literal["kept", "none"] = _reading("kept", "2.2", "seen by clients")
    too_many_body: Literal["empty", "error_body"] = _reading("empty", "2.2", "seen by clients")
    refused_calls: Literal["free", "counted"] = _reading("free", "2.3", "unverified")
    # Answers
    entry_without_prefer: Literal["filled", "id_only"] = _reading("filled", "3.2", "inferred")
    top_envelope: Literal["bare", "results_for_one", "results"] = _reading("bare", "3.4", "contradictory")
    inline_count_with_top: Literal["counted", "ignored"] = _reading("counted", "3.4", "contradictory")
    receivables_select: Literal["demanded", "free"] = _reading("demanded", "3.6", "seen by clients")
    sync_select_all: Literal["refused", "accepted"] = _reading("refused", "3.6", "seen by clients")
    text_case: Literal["matters", "does_not_matter"] = _reading("matters", "3.6", "unverified")
    long_query: Literal["accepted", "refused"] = _reading("accepted", "3.6", "unverified")
    zoned_dates: Literal["shifted", "as_written", "refused"] = _reading("shifted", "3.7", "seen by clients")
    stamps_in_filters: Literal["wall_clock", "utc"] = _reading("wall_clock", "3.7", "inferred")
    numbers_as_text: Literal["read", "refused"] = _reading("read", "3.7", "seen by clients")
    amounts_out: Literal["exact", "noisy"] = _reading("exact", "3.7", "unverified")
    int64_out: Literal["number", "text"] = _reading("number", "3.7", "unverified")
    short_vat_code: Literal["accepted", "refused"] = _reading("accepted", "3.8", "seen by clients")
    system_divisions: Literal["own_licence", "all_reachable"] = _reading("own_licence", "3.9", "unverified")
    # Books
    missing_date: Literal["today", "refused"] = _reading("today", "5", "unverified")
    negative_total: Literal["type_21", "type_20"] = _reading("type_21", "5", "unverified")
    sales_line_accounts: Literal["all_but_20_24", "no_payment_accounts", "no_balance_sheet"] = _reading(
        "all_but_20_24", "5", "unverified"
    )
    long_texts: Literal["kept", "cut", "refused"] = _reading("kept", "5", "unverified")
    put_document: Literal["accepted", "refused"] = _reading("accepted", "5", "seen by clients")
    deleted_number: Literal["free", "taken"] = _reading("free", "5", "unverified")
    including_code_on_sales: Literal["gross", "net"] = _reading("gross", "5.1", "unverified")
    line_vat_amount: Literal["any", "within_1_00", "ignored"] = _reading("any", "5.1", "unverified")
    header_vat_amount: Literal["ignored", "taken"] = _reading("ignored", "5.1", "contradictory")
    cash_sign: Literal["receipt_positive", "receipt_negative"] = _reading("receipt_positive", "6", "seen by clients")
    cash_line_accounts: Literal["all", "no_cash_or_bank"] = _reading("all", "6", "unverified")
    cash_line_vat: Literal["on_top", "inside"] = _reading("on_top", "6", "unverified")
    missing_balances: Literal["filled", "refused"] = _reading("filled", "6", "unverified")
    opening_balance: Literal["free", "must_follow"] = _reading("free", "6", "unverified")
    last_cash_entry: Literal["by_number", "by_date"] = _reading("by_number", "6", "unverified")
    receivable_line_party: Literal["demanded", "free"] = _reading("demanded", "6", "seen by clients")
    new_cash_entry: Literal["open", "processed"] = _reading("open", "6", "contradictory")
    general_line_accounts: Literal["no_cash_or_bank", "all"] = _reading("no_cash_or_bank", "6", "told by vendors")
    general_amount_dc: Literal["ignored", "taken"] = _reading("ignored", "6", "contradictory")
    look_up_delay: Literal["none", "30_s"] = _reading("none", "8", "unverified")
    # Webhooks
    webhook_put: Literal["refused", "accepted"] = _reading("refused", "9", "seen by clients")
    webhook_retries: Literal["10_in_34_hours", "none"] = _reading("10_in_34_hours", "9", "seen by clients")

    def choose(self, chosen: Mapping[str, object]) -> None:
        """Take these readings, all or none; the others stay."""
        known = {question.name: question for question in QUESTIONS}
        for name, choice in chosen.items():
            if name not in known:
                raise UnknownReading(f"unknown reading {name!r}; there are {', '.join(known)}")
            if choice not in known[name].choices:
                raise UnknownReading(f"{name} is none of {', '.join(known[name].choices)}")
        for name, choice in chosen.items():
            setattr(self, name, choice)

    def chosen(self) -> dict[str, str]:
        """Every question with the reading in force."""
        return {question.name: getattr(self, question.name) for question in QUESTIONS}


@dataclass(frozen=True, slots=True)
class Question:
    """One doubtful behaviour: its possible readings, the default first."""

    name: str
    choices: tuple[str, ...]
    section: str
    certainty: Certainty

    @property
    def default(self) -> str:
        """The reading taken unless told otherwise."""
        return self.choices[0]


QUESTIONS = tuple(
    Question(entry.name, get_args(entry.type), entry.metadata["section"], entry.metadata["certainty"])
    for entry in fields(Readings)
)
