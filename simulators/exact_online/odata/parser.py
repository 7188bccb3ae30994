"""Tokens to a syntax tree, by recursive descent; `or` binds least, `not` most (rules 3.6)."""

from collections.abc import Callable

from simulators.exact_online.errors import BadRequest

from .lexer import Kind, Token, tokens
from .literals import literal_of
from .syntax import Call, Comparison, Expression, Field, Literal, Logical, Not

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
DEPTH_MAX = 60
TOKENS_MAX = 3_000


def parse_filter(text: str) -> Expression:
    """The tree of a `$filter`."""
    return _Parser(text).whole()


def parse_literals(text: str) -> tuple[Literal, ...]:
    """The values of a `$skiptoken`, separated by commas."""
    return _Parser(text).literals()


def parse_key(text: str) -> dict[str, Literal]:
    """The key between the parentheses of a URL: one value (under the empty name), or `Name=value,…`."""
    return _Parser(text).key()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        if len(self._tokens) > TOKENS_MAX:
            raise BadRequest("The query is too long.")
        self._index = 0
        self._depth = 0

    def whole(self) -> Expression:
        tree = self._parse_or()
        self._expect(Kind.END)
        return tree

    def literals(self) -> tuple[Literal, ...]:
        found = [self._literal()]
        while self._take(Kind.COMMA):
            found.append(self._literal())
        self._expect(Kind.END)
        return tuple(found)

    def key(self) -> dict[str, Literal]:
        if self._tokens[0].kind is not Kind.NAME or self._tokens[1].kind is not Kind.EQUALS:
            single = {"": self._literal()}
            self._expect(Kind.END)
            return single
        named = dict((self._parse_named(),))
        while self._take(Kind.COMMA):
            named.update((self._parse_named(),))
        self._expect(Kind.END)
        return named

    def _parse_named(self) -> tuple[str, Literal]:
        name = self._expect(Kind.NAME).text
        self._expect(Kind.EQUALS)
        return name, self._literal()

    def _parse_or(self) -> Expression:
        return self._chain("or", self._parse_and)

    def _parse_and(self) -> Expression:
        return self._chain("and", self._comparison)

    def _chain(self, operator: str, operand: Callable[[], Expression]) -> Expression:
        position = self._peek.position
        terms = [operand()]
        while self._take_word(operator):
            terms.append(operand())
        return terms[0] if len(terms) == 1 else Logical(operator, tuple(terms), position)

    def _comparison(self) -> Expression:
        left = self._unary()
        token = self._peek
        if token.kind is Kind.NAME and token.text in COMPARISONS:
            self._index += 1
            return Comparison(token.text, left, self._unary(), token.position)
        return left

    def _unary(self) -> Expression:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise BadRequest("Recursion limit exceeded in the query.")
        position = self._peek.position
        tree = Not(self._unary(), position) if self._take_word("not") else self._primary()
        self._depth -= 1
        return tree

    def _primary(self) -> Expression:
        if self._take(Kind.LEFT):
            inner = self._parse_or()
            self._expect(Kind.RIGHT)
            return inner
        literal = literal_of(self._peek)
        if literal is not None:
            self._index += 1
            return literal
        name = self._expect(Kind.NAME)
        return self._call(name) if self._peek.kind is Kind.LEFT else Field(name.text, name.position)

    def _call(self, name: Token) -> Call:
        self._expect(Kind.LEFT)
        arguments = [self._parse_or()]
        while self._take(Kind.COMMA):
            arguments.append(self._parse_or())
        self._expect(Kind.RIGHT)
        return Call(name.text, tuple(arguments), name.position)

    def _literal(self) -> Literal:
        literal = literal_of(self._peek)
        if literal is None:
            raise self._error()
        self._index += 1
        return literal

    @property
    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _take(self, kind: Kind) -> bool:
        if self._peek.kind is not kind:
            return False
        self._index += 1
        return True

    def _take_word(self, word: str) -> bool:
        return self._peek.text == word and self._take(Kind.NAME)

    def _expect(self, kind: Kind) -> Token:
        token = self._peek
        if token.kind is not kind:
            raise self._error()
        self._index += 1
        return token

    def _error(self) -> BadRequest:
        return BadRequest(f"Syntax error at position {self._peek.position}.")
