"""What the page shows of the books, read from the tables. Amounts are cents."""

from dataclasses import dataclass

from simulators.exact_online.clock import ms_of
from simulators.exact_online.database import Database, Row

from .selection import Selection

ENTRIES_PER_PAGE = 20
ITEMS_PER_ACCOUNT = 40
RECEIVABLE = 20  # the type of a GL account that holds what customers owe


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The entries of one page with their lines, and how many there are in all."""

    entries: list[tuple[Row, list[Row]]]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // ENTRIES_PER_PAGE))


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """A customer with its items on the receivable accounts, the latest first; `items` may be only some of `count`."""

    customer: Row
    items: list[Row]


class Books:
    """The books of one company as a reader sees them."""

    def __init__(self, database: Database, division: int) -> None:
        self._database = database
        self._division = division

    def journals(self) -> list[Row]:
        """Every journal with the number of its entries and the sum of their amounts."""
        return self._database.rows(
            "SELECT j.code, j.description, j.type, j.is_blocked, g.code AS account_code, g.description AS account_name,"
            " coalesce(e.count, 0) AS count, coalesce(e.amount, 0) AS amount, e.last_day"
            " FROM journal j LEFT JOIN gl_account g ON g.id = j.gl_account LEFT JOIN ("
            "   SELECT journal, count(*) AS count, sum(amount_dc) AS amount, max(date) AS last_day FROM entry"
            "   WHERE division = :division GROUP BY journal) e ON e.journal = j.code"
            " WHERE j.division = :division ORDER BY j.code",
            {"division": self._division},
        )

    def entries(self, selection: Selection) -> EntryPage:
        """The page of entries the reader asked for, the latest first; past the end it is the last one."""
        condition, values = self._condition(selection)
        total: int = self._database.value(f"SELECT count(*) FROM entry e WHERE {condition}", values)  # noqa: S608
        number = min(selection.page, max(1, -(-total // ENTRIES_PER_PAGE)))
        # The condition's text is this module's own; every value is bound.
        rows = self._database.rows(
            "SELECT e.*, j.description AS journal_name, trim(a.code) AS customer_code, a.name AS customer_name,"  # noqa: S608
            " u.full_name AS modified_by FROM entry e"
            " LEFT JOIN journal j ON j.division = e.division AND j.code = e.journal"
            " LEFT JOIN account a ON a.id = e.customer LEFT JOIN user u ON u.id = e.modifier"
            f" WHERE {condition} ORDER BY e.date DESC, e.journal, e.number DESC LIMIT :limit OFFSET :offset",
            values | {"limit": ENTRIES_PER_PAGE, "offset": (number - 1) * ENTRIES_PER_PAGE},
        )
        return EntryPage([(row, self._lines(row["id"])) for row in rows], total, number)

    def _condition(self, selection: Selection) -> tuple[str, dict[str, object]]:
        values: dict[str, object] = {"division": self._division}
        conditions = ["e.division = :division"]
        if selection.journal:
            conditions.append("e.journal = :journal")
            values["journal"] = selection.journal
        if selection.first_day is not None:
            conditions.append("e.date >= :first_day")
            values["first_day"] = ms_of(selection.first_day)
        if selection.last_day is not None:
            conditions.append("e.date <= :last_day")
            values["last_day"] = ms_of(selection.last_day)
        if selection.entry_id:
            conditions.append("e.id = :entry_id")
            values["entry_id"] = selection.entry_id
        if selection.reference:
            conditions.append(_mentions("lower" if selection.reference.isascii() else "tolower"))
            values["reference"] = selection.reference
        return " AND ".join(conditions), values

    def _lines(self, entry_id: str) -> list[Row]:
        return self._database.rows(
            "SELECT l.*, g.code AS account_code, g.description AS account_name, trim(a.code) AS party_code,"
            " a.name AS party_name FROM line l JOIN gl_account g ON g.id = l.gl_account"
            " LEFT JOIN account a ON a.id = l.account"
            " WHERE l.division = ? AND l.entry_id = ? ORDER BY l.line_number",
            (self._division, entry_id),
        )

    def customer_accounts(self) -> list[CustomerAccount]:
        """Who owes what: every third party with items on a receivable account. Nothing is matched: all are open."""
        customers = self._database.rows(
            "SELECT l.account, trim(a.code) AS code, a.name, sum(l.count) AS count, sum(l.debit) AS debit,"
            " sum(l.credit) AS credit FROM ("
            "   SELECT account, count(*) AS count, sum(max(amount_dc, 0)) AS debit, sum(max(-amount_dc, 0)) AS credit"
            "   FROM line WHERE division = ?1 AND gl_account IN ("
            "     SELECT id FROM gl_account WHERE division = ?1 AND type = ?2) GROUP BY gl_account, account) l"
            " LEFT JOIN account a ON a.id = l.account GROUP BY l.account ORDER BY a.code",
            (self._division, RECEIVABLE),
        )
        return [CustomerAccount(customer, self._items(customer["account"])) for customer in customers]

    def _items(self, account: str | None) -> list[Row]:
        return self._database.rows(
            "SELECT l.date, l.amount_dc, l.description, e.journal, e.number, e.your_ref, e.due_date, g.code"
            " FROM gl_account g"
            " JOIN line l ON l.division = g.division AND l.gl_account = g.id AND l.account IS :account"
            " JOIN entry e ON e.id = l.entry_id WHERE g.division = :division AND g.type = :type"
            " ORDER BY l.date DESC, e.number DESC LIMIT :limit",
            {"account": account, "division": self._division, "type": RECEIVABLE, "limit": ITEMS_PER_ACCOUNT},
        )


def _mentions(fold: str) -> str:
    """Entries that say the reference. `fold` makes texts small; SQLite's own is far faster, and knows ASCII only.

    Descriptions of lines are read in their index, and only the lines that fit in the table.
    """
    small = f"{fold}(:reference)"
    return (  # the text is this module's own; the reference is bound
        f"(instr({fold}(e.your_ref), {small}) OR instr({fold}(e.description), {small})"  # noqa: S608
        " OR CAST(e.number AS TEXT) = :reference OR e.id = :reference OR e.id IN ("
        "   SELECT l.entry_id FROM line l WHERE l.rowid IN (SELECT d.rowid FROM line d INDEXED BY line_description"
        f"    WHERE d.division = :division AND instr({fold}(d.description), {small}))))"
    )


def companies(database: Database) -> list[Row]:
    """Every company with the number of its entries."""
    return database.rows(
        "SELECT c.division, c.description, c.country, c.currency, c.legislation, coalesce(e.count, 0) AS count"
        " FROM company c LEFT JOIN (SELECT division, count(*) AS count FROM entry GROUP BY division) e"
        " ON e.division = c.division ORDER BY c.division"
    )
