"""Master data: companies, accounts, journals, VAT codes. Each table keeps what rules need; `extra` the rest."""

from dataclasses import dataclass

from .enums import GL_ACCOUNT_TYPE, JOURNAL_TYPE, PERIOD_STATUS, description_of
from .projection import CREATOR_JOINS, STAMPS, Link, Projection, with_timestamp


@dataclass(frozen=True, slots=True)
class MasterTable:
    """A table callers may write to: which column keeps which property, and what a new row has by itself."""

    table: str
    stored: dict[str, str]
    defaults: dict[str, object]
    used_by: str  # finds a row that stands in the way of deleting this one
    padding: int = 0  # of the code: > 0 on the right, < 0 on the left (rules 3.8)

    def padded(self, code: str) -> str:
        """The code as it is kept and compared."""
        bare = code.strip()
        return bare.rjust(-self.padding) if self.padding < 0 else bare.ljust(self.padding)


TRANSLATED = {"financial/GLAccounts", "financial/Journals", "vat/VATCodes", "cashflow/PaymentConditions"}
DESCRIPTION = (
    "coalesce((SELECT d.text FROM description d WHERE d.row_id = t.id AND d.language = :language), t.description)"
)


def _columns(stored: dict[str, str], **joined: str) -> dict[str, str]:
    return {name: f"t.{column}" for name, column in stored.items()} | joined | STAMPS | {"ID": "t.id"}


TABLES = {
    "financial/GLAccounts": MasterTable(
        table="gl_account",
        stored={
            "Code": "code",
            "Description": "description",
            "Type": "type",
            "BalanceSide": "balance_side",
            "BalanceType": "balance_type",
            "VATCode": "vat_code",
            "UseCostcenter": "use_cost_center",
            "UseCostunit": "use_cost_unit",
            "IsBlocked": "is_blocked",
        },
        defaults={"Type": 90},
        used_by="SELECT 1 FROM line WHERE division = :division AND gl_account = :id",
    ),
    "financial/Journals": MasterTable(
        table="journal",
        stored={
            "Code": "code",
            "Description": "description",
            "Type": "type",
            "GLAccount": "gl_account",
            "Currency": "currency",
            "IsBlocked": "is_blocked",
            "AllowVAT": "allow_vat",
        },
        defaults={"Type": 90},
        used_by="SELECT 1 FROM entry WHERE division = :division AND journal = :code",
    ),
    "vat/VATCodes": MasterTable(
        table="vat_code",
        stored={
            "Code": "code",
            "Description": "description",
            "Type": "type",
            "VATTransactionType": "transaction_type",
            "GLToPay": "gl_to_pay",
            "GLToClaim": "gl_to_claim",
            "IsBlocked": "is_blocked",
        },
        defaults={"Type": "E", "VATTransactionType": "B"},
        used_by="SELECT 1 FROM line WHERE division = :division AND vat_code = :code",
        padding=3,
    ),
    "crm/Accounts": MasterTable(
        table="account",
        stored={
            "Code": "code",
            "Name": "name",
            "Status": "status",
            "StartDate": "start_date",
            "EndDate": "end_date",
            "Blocked": "blocked",
            "GLAR": "receivable_account",
            "PaymentConditionSales": "payment_condition",
            "SalesVATCode": "vat_code",
            "Email": "email",
            "VATNumber": "vat_number",
        },
        defaults={"Status": "A"},
        used_by="SELECT 1 FROM line WHERE division = :division AND account = :id",
        padding=-18,
    ),
    "cashflow/PaymentConditions": MasterTable(
        table="payment_condition",
        stored={
            "Code": "code",
            "Description": "description",
            "PaymentMethod": "payment_method",
            "PaymentDays": "payment_days",
            "PaymentEndOfMonths": "payment_end_of_months",
        },
        defaults={"PaymentMethod": "B"},
        used_by="SELECT 1 FROM entry WHERE division = :division AND payment_condition = :code",
    ),
    "hrm/Costcenters": MasterTable(
        table="cost_center",
        stored={"Code": "code", "Description": "description", "Active": "active", "EndDate": "end_date"},
        defaults={"Active": True},
        used_by="SELECT 1 FROM line WHERE division = :division AND cost_center = :code",
    ),
    "hrm/Costunits": MasterTable(
        table="cost_unit",
        stored={"Code": "code", "Description": "description", "EndDate": "end_date"},
        defaults={},
        used_by="SELECT 1 FROM line WHERE division = :division AND cost_unit = :code",
    ),
}


def _projection(name: str, joins: str = "", links: dict[str, Link] | None = None, **joined: str) -> Projection:
    master = TABLES[name]
    if name in TRANSLATED:  # by the header CustomDescriptionLanguage (rules 3.2)
        joined = {"Description": DESCRIPTION, **joined}
    return Projection(
        source=f"{master.table} t {joins} {CREATOR_JOINS}",
        scope="t.division = :division",
        columns=_columns(master.stored, **joined),
        extra="t.extra",
        links=links or {},
    )


_CURRENT_PERCENTAGE = (
    "(SELECT CAST(p.percentage AS REAL) FROM vat_percentage p WHERE p.vat_code_id = t.id AND p.type = 0"
    " AND coalesce(p.start_date, 0) <= :today AND (p.end_date IS NULL OR :today <= p.end_date)"
    " ORDER BY p.start_date DESC LIMIT 1)"
)
_GL_ACCOUNTS = _projection(
    "financial/GLAccounts",
    "LEFT JOIN vat_code v ON v.division = t.division AND v.code = t.vat_code",
    TypeDescription=description_of("t.type", GL_ACCOUNT_TYPE),
    VATDescription="v.description",
)
_ACCOUNTS = _projection(
    "crm/Accounts",
    "LEFT JOIN payment_condition pc ON pc.division = t.division AND pc.code = t.payment_condition"
    " LEFT JOIN vat_code v ON v.division = t.division AND v.code = t.vat_code",
    PaymentConditionSalesDescription="pc.description",
    SalesVATCodeDescription="v.description",
    IsSales="(t.status = 'C')",
    Type="'A'",
)


_DIVISION_COLUMNS = {
    "Code": "t.division",
    "BlockingStatus": "t.blocking_status",
    "Country": "t.country",
    "Currency": "t.currency",
    "Created": "t.created",
    "Customer": "t.customer",
    "CustomerName": "t.description",
    "Current": "(t.division = :current_division)",
    "Description": "t.description",
    "DivisionMoveDate": "t.moved",
    "Legislation": "t.legislation",
    "Modified": "t.modified",
    "SiretNumber": "t.siret",
    "Status": "t.status",
    "VATNumber": "t.vat_number",
    "IsMainDivision": "0",
    "IsDossierDivision": "0",
    "IsHRDivision": "0",
    "IsPracticeDivision": "0",
    "Main": "0",
    "Hid": "t.division",
    "HID": "t.division",
}
_SPACE = "instr(t.full_name || ' ', ' ')"
_ME = Projection(
    source="user t LEFT JOIN company c ON c.division = t.current_division",
    scope="t.id = :user",
    columns={
        "UserID": "t.id",
        "CurrentDivision": "t.current_division",
        "DivisionCustomer": "c.customer",
        "DivisionCustomerName": "c.description",
        "DivisionCustomerSiretNumber": "c.siret",
        "DivisionCustomerVatNumber": "c.vat_number",
        "Email": "t.name",
        "EmployeeID": "'00000000-0000-0000-0000-000000000000'",  # how Me says "none" (rules 3.7)
        "FirstName": f"substr(t.full_name, 1, {_SPACE} - 1)",
        "FullName": "t.full_name",
        "IsClientUser": "0",
        "IsEmployeeSelfServiceUser": "0",
        "IsMyFirmLiteUser": "0",
        "IsMyFirmPortalUser": "0",
        "IsOEIMigrationMandatory": "0",
        "IsStarterUser": "0",
        "Language": "t.language",
        "LanguageCode": "CASE t.language WHEN 'nl' THEN 'nl-NL' WHEN 'fr' THEN 'fr-FR' ELSE 'en-GB' END",
        "LastName": f"trim(substr(t.full_name, {_SPACE}))",
        "ServerTime": ":server_time",
        "ServerUtcOffset": ":utc_offset_s",
        "UserName": "t.name",
    },
)
_REACHABLE = "t.division IN (SELECT division FROM membership WHERE user_id = :user)"


def _divisions(scope: str, **other: str) -> Projection:
    return Projection("company t", scope, {**_DIVISION_COLUMNS, **other}, "t.extra")


MASTER = {
    "financial/GLAccounts": _GL_ACCOUNTS,
    "bulk/Financial/GLAccounts": _GL_ACCOUNTS,
    "sync/Financial/GLAccounts": with_timestamp(_GL_ACCOUNTS),
    "financial/Journals": _projection(
        "financial/Journals",
        "LEFT JOIN gl_account g ON g.id = t.gl_account",
        GLAccountCode="g.code",
        GLAccountDescription="g.description",
        GLAccountType="g.type",
    ),
    "vat/VATCodes": _projection(
        "vat/VATCodes",
        "LEFT JOIN gl_account tp ON tp.id = t.gl_to_pay LEFT JOIN gl_account tc ON tc.id = t.gl_to_claim",
        links={"VATPercentages": Link("vat/VatPercentages", "VATCodeID")},
        GLToPayCode="tp.code",
        GLToPayDescription="tp.description",
        GLToClaimCode="tc.code",
        GLToClaimDescription="tc.description",
        Percentage=_CURRENT_PERCENTAGE,
    ),
    "vat/VatPercentages": Projection(
        source="vat_percentage t",
        scope="t.division = :division",
        columns={
            "ID": "t.id",
            "Created": "t.created",
            "Division": "t.division",
            "EndDate": "t.end_date",
            "LineNumber": "t.line_number",
            "Modified": "t.modified",
            "Percentage": "CAST(t.percentage AS REAL)",
            "StartDate": "t.start_date",
            "Type": "t.type",
            "VATCodeID": "t.vat_code_id",
        },
    ),
    "crm/Accounts": _ACCOUNTS,
    "sync/CRM/Accounts": with_timestamp(_ACCOUNTS),
    "cashflow/PaymentConditions": _projection("cashflow/PaymentConditions"),
    "hrm/Costcenters": _projection("hrm/Costcenters"),
    "hrm/Costunits": _projection("hrm/Costunits"),
    "financial/FinancialPeriods": Projection(
        source="financial_period t",
        scope="t.division = :division",
        columns={
            "ID": "t.id",
            "Created": "t.created",
            "Division": "t.division",
            "EndDate": "t.end_date",
            "FinPeriod": "t.period",
            "FinYear": "t.year",
            "Modified": "t.modified",
            "StartDate": "t.start_date",
        },
    ),
    "read/financial/JournalStatusList": Projection(
        source="journal t JOIN financial_period p ON p.division = t.division LEFT JOIN closed_period c"
        " ON c.division = t.division AND c.journal = t.code AND c.year = p.year AND c.period = p.period",
        scope="t.division = :division",
        columns={
            "Journal": "t.code",
            "Period": "p.period",
            "Year": "p.year",
            "JournalDescription": "t.description",
            "JournalType": "t.type",
            "JournalTypeDescription": description_of("t.type", JOURNAL_TYPE),
            "Status": "(c.journal IS NOT NULL)",
            "StatusDescription": description_of("(c.journal IS NOT NULL)", PERIOD_STATUS),
        },
    ),
    # hrm/Divisions counts a regular company as status 0, system/Divisions as 1: so say the two pages.
    "hrm/Divisions": _divisions(_REACHABLE, Status="CASE t.status WHEN 1 THEN 0 ELSE 1 END"),
    "system/Divisions": _divisions(f"{_REACHABLE} AND (t.licence = :licence OR :all_licences)"),
    "system/AllDivisions": _divisions(_REACHABLE),
    "current/Me": _ME,
    "sync/Deleted": Projection(
        source="deletion t",
        scope="t.division = :division AND t.deleted_at >= :deletions_since",
        columns={
            "Timestamp": "t.rowversion",
            "DeletedBy": "t.deleted_by",
            "DeletedDate": "t.deleted_at",
            "Division": "t.division",
            "EntityKey": "t.entity_key",
            "EntityType": "t.entity_type",
            "ID": "t.id",
        },
    ),
}
