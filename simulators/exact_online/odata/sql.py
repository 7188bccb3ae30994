"""A syntax tree to SQL. Values are always bound, never written into the text."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.exact_online.edm import Resource
from simulators.exact_online.errors import BadRequest

from .syntax import Call, Comparison, Expression, Field, Literal, Logical, Not, Scalar

NUMBERS = {"Edm.Byte", "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double"}
OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
TEXT_TO_TEXT = {"trim": "trim", "tolower": "tolower", "toupper": "toupper"}
# One reference or number fits few rows: SQLite, which keeps no statistics here, is to start from that index.
RARELY_EQUAL, RARE = {"Edm.String", "Edm.Int32"}, "0.0001"
HIGHEST_CHARACTER = "\U0010ffff"


@dataclass(slots=True)
class Bindings:
    """The values of a statement by name; each value gets the next name."""

    values: dict[str, Scalar] = field(default_factory=dict)

    def bind(self, value: Scalar) -> str:
        """The mark that stands for the value in the SQL text."""
        name = f"v{len(self.values)}"
        self.values[name] = int(value) if isinstance(value, bool) else value
        return f":{name}"


@dataclass(frozen=True, slots=True)
class _Typed:
    sql: str
    type: str


class FilterCompiler:
    """Compiles trees over one resource; `column` gives the SQL expression of a property."""

    def __init__(
        self, resource: Resource, column: Callable[[str], str], bindings: Bindings, *, ignore_case: bool = False
    ) -> None:
        self._ignore_case = ignore_case
        self._resource = resource
        self._column = column
        self._bindings = bindings

    def condition(self, tree: Expression) -> str:
        """The tree as an SQL condition."""
        compiled = self._compile(tree)
        if compiled.type != "Edm.Boolean":
            raise BadRequest("The filter expression must evaluate to a boolean value.")
        return compiled.sql

    def _compile(self, tree: Expression) -> _Typed:
        match tree:
            case Literal():
                return _Typed(self._bindings.bind(self._comparable_text(tree.value)), tree.type)
            case Field():
                return self._field(tree)
            case Call():
                return self._call(tree)
            case Comparison():
                return self._comparison(tree)
            case Logical():
                joined = f" {tree.operator.upper()} ".join(self.condition(term) for term in tree.terms)
                return _Typed(f"({joined})", "Edm.Boolean")
            case Not():
                return _Typed(f"(NOT {self.condition(tree.term)})", "Edm.Boolean")

    def _field(self, tree: Field) -> _Typed:
        prop = self._resource.properties.get(tree.name)
        if prop is None or prop.is_collection:
            raise BadRequest(
                f"No property '{tree.name}' exists in type '{self._resource.type}' at position {tree.position}."
            )
        column = self._column(tree.name)
        is_text = prop.type == "Edm.String"
        return _Typed(f"tolower({column})" if is_text and self._ignore_case else column, prop.type)

    def _comparable_text(self, value: Scalar) -> Scalar:
        return value.lower() if isinstance(value, str) and self._ignore_case else value

    def _comparison(self, tree: Comparison) -> _Typed:
        left, right = self._compile(tree.left), self._compile(tree.right)
        if not _comparable(left.type, right.type):
            raise BadRequest(
                f"Operator '{tree.operator}' incompatible with operand types '{left.type}' and '{right.type}'"
                f" at position {tree.position}."
            )
        truth = tree.right.value if isinstance(tree.right, Literal) and right.type == "Edm.Boolean" else None
        if truth is True and tree.operator == "eq" and isinstance(tree.left, Call):
            return left  # `startswith(…) eq true` bare, so that an index serves
        if "null" in (left.type, right.type):
            return self._null_comparison(tree.operator, left, right)
        condition = f"({left.sql} {OPERATORS[tree.operator]} {right.sql})"
        if tree.operator == "eq" and left.type in RARELY_EQUAL:
            condition = f"likelihood({condition}, {RARE})"
        return _Typed(condition, "Edm.Boolean")

    def _null_comparison(self, operator: str, left: _Typed, right: _Typed) -> _Typed:
        relation = {"eq": "IS", "ne": "IS NOT"}.get(operator, OPERATORS[operator])
        return _Typed(f"({left.sql} {relation} {right.sql})", "Edm.Boolean")

    def _call(self, tree: Call) -> _Typed:
        if tree.function in TEXT_TO_TEXT:
            (text,) = self._texts(tree, 1)
            return _Typed(f"{TEXT_TO_TEXT[tree.function]}({text})", "Edm.String")
        match tree.function:
            case "substringof":
                part, whole = self._texts(tree, 2)
                return _Typed(f"(instr({whole}, {part}) > 0)", "Edm.Boolean")
            case "startswith":
                return self._starts_with(tree)
            case "endswith":
                whole, part = self._texts(tree, 2)
                # substr(x, -0) would be the whole text.
                return _Typed(f"(length({part}) = 0 OR substr({whole}, -length({part})) = {part})", "Edm.Boolean")
        raise BadRequest(f"Unknown function '{tree.function}' at position {tree.position}.")

    def _starts_with(self, tree: Call) -> _Typed:
        whole, part = self._texts(tree, 2)
        prefix = tree.arguments[1]
        if isinstance(prefix, Literal):
            end = self._bindings.bind(f"{self._comparable_text(prefix.value)}{HIGHEST_CHARACTER}")
            return _Typed(f"({whole} >= {part} AND {whole} < {end})", "Edm.Boolean")  # a range, so an index serves
        return _Typed(f"(substr({whole}, 1, length({part})) = {part})", "Edm.Boolean")

    def _texts(self, tree: Call, count: int) -> tuple[str, ...]:
        arguments = [self._compile(argument) for argument in tree.arguments]
        if len(arguments) != count or any(argument.type != "Edm.String" for argument in arguments):
            raise BadRequest(
                f"No applicable function found for '{tree.function}' at position {tree.position} with the"
                " specified arguments."
            )
        return tuple(argument.sql for argument in arguments)


def _comparable(left: str, right: str) -> bool:
    if "null" in (left, right) or left == right:
        return True
    return left in NUMBERS and right in NUMBERS
