"""Tables on PDF pages: from ruled lines where there are any, else from the columns below a header line."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ntro.capabilities.documents._columns import match_header
from ntro.capabilities.documents._pdf import Page, Rule, Word, lines_of, pieces_of, text_of
from ntro.capabilities.documents._table import Cell, Table, column_letters
from ntro.capabilities.documents._vocabulary import Columns

_NEAR = 2.5
_LONG = 8.0
_MAX_LINES = 400


@dataclass(slots=True)
class _Grid:
    """Rules that touch each other: the heights of its rows from the page's foot up, the places of its columns."""

    heights: list[float]
    places: list[float]


def ruled_tables(page: Page) -> list[Table]:
    """The tables of `page` that are drawn with lines, each row with a cell per column."""
    tables: list[Table] = []
    for grid in _grids(page.rules):
        if len(grid.places) < 3 or len(grid.heights) < 3:
            continue
        rows = _grid_rows(page, grid)
        if rows:
            tables.append(Table(f"page {page.number}", tuple(rows), tuple(round(place) for place in grid.places)))
    return tables


def _grids(rules: tuple[Rule, ...]) -> list[_Grid]:
    flat = _merged(
        [
            (rule.bottom, rule.left, rule.right)
            for rule in rules
            if rule.right - rule.left >= _LONG and rule.top - rule.bottom < 3
        ]
    )
    upright = _merged(
        [
            (rule.left, rule.bottom, rule.top)
            for rule in rules
            if rule.top - rule.bottom >= _LONG and rule.right - rule.left < 3
        ]
    )
    groups: list[tuple[set[int], set[int]]] = []
    for number, (height, left, right) in enumerate(flat):
        crossing = {
            at for at, (place, low, high) in enumerate(upright)
            if left - _NEAR <= place <= right + _NEAR and low - _NEAR <= height <= high + _NEAR
        }  # fmt: skip
        if not crossing:
            continue
        touching = [group for group in groups if group[1] & crossing]
        merged = ({number}.union(*(group[0] for group in touching)), crossing.union(*(group[1] for group in touching)))
        groups = [group for group in groups if group not in touching] + [merged]
    return [
        _Grid(_distinct([flat[at][0] for at in flats]), _distinct([upright[at][0] for at in uprights]))
        for flats, uprights in groups
    ]


def _merged(rules: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Rules on one line that touch, joined; cells are often drawn one by one."""
    joined: list[tuple[float, float, float]] = []
    for place, start, end in sorted((round(place), start, end) for place, start, end in rules):
        if joined and joined[-1][0] == place and start <= joined[-1][2] + _NEAR:
            joined[-1] = (place, joined[-1][1], max(end, joined[-1][2]))
        else:
            joined.append((place, start, end))
    return joined[:_MAX_LINES]


def _distinct(values: list[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _grid_rows(page: Page, grid: _Grid) -> list[tuple[Cell, ...]]:
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in page.words:
        row = _between(word.middle, grid.heights)
        column = _between((word.left + word.right) / 2, grid.places)
        if row is not None and column is not None:
            cells.setdefault((row, column), []).append(word)
    rows: list[tuple[Cell, ...]] = []
    width = len(grid.places) - 1
    for row in reversed(range(len(grid.heights) - 1)):
        columns = [lines_of(tuple(cells.get((row, column), []))) for column in range(width)]
        for split in _split_rows(columns):
            number = len(rows) + 1
            rows.append(
                tuple(
                    Cell(text or None, f"page {page.number}, {column_letters(at)}{number}")
                    for at, text in enumerate(split)
                )
            )
    return rows


def _split_rows(columns: list[list[list[Word]]]) -> list[list[str]]:
    """One row of cells, or several where the drawn row holds several lines of figures without rules between."""
    depth = max((len(lines) for lines in columns), default=0)
    figures = any(
        len(lines) == depth and all(any(character.isdigit() for character in text_of(line)) for line in lines)
        for lines in columns[1:]
    )
    first = next((lines for lines in columns if lines), [])
    if not 2 <= depth <= _MAX_LINES or not figures or len(first) != depth:
        return [[" ".join(text_of(line) for line in lines) for lines in columns]]
    anchors = [line[0].middle for line in first]
    split = [["" for _ in columns] for _ in anchors]
    for at, lines in enumerate(columns):
        for line in lines:
            nearest = min(range(depth), key=lambda number, middle=line[0].middle: abs(anchors[number] - middle))  # type: ignore[misc]  # a lambda's default is not inferred
            split[nearest][at] = f"{split[nearest][at]} {text_of(line)}".strip()
    return split


def _between(value: float, edges: list[float]) -> int | None:
    """The number of the gap between rising `edges` that holds `value`."""
    number = bisect_right(edges, value) - 1
    return number if 0 <= number < len(edges) - 1 else None


@dataclass(frozen=True, slots=True)
class HeaderColumns:
    """The columns of a table without upright rules: where each heading starts and ends."""

    edges: tuple[tuple[float, float], ...]


def text_table(
    page: Page, columns: Columns, is_enough: Callable[[Mapping[str, list[int]]], bool], before: HeaderColumns | None
) -> tuple[Table, HeaderColumns] | None:
    """The table below the first header line of `page`; without one, the columns of the page before go on."""
    lines = lines_of(page.words)
    header, start = before, 0
    for number, line in enumerate(lines):
        pieces = pieces_of(line)
        cells = [Cell(text_of(piece), "") for piece in pieces]
        if is_enough(match_header(cells, columns)):
            header, start = HeaderColumns(tuple((piece[0].left, piece[-1].right) for piece in pieces)), number
            break
    if header is None:
        return None
    rows = tuple(_aligned(line, header, page.number, at) for at, line in enumerate(lines[start:], start=start + 1))
    return Table(f"page {page.number}", rows, tuple(round(edge[0]) for edge in header.edges)), header


def _aligned(line: list[Word], header: HeaderColumns, page: int, number: int) -> tuple[Cell, ...]:
    texts = ["" for _ in header.edges]
    for piece in pieces_of(line):
        at = _nearest(piece[0].left, piece[-1].right, header.edges)
        texts[at] = f"{texts[at]} {text_of(piece)}".strip()
    return tuple(Cell(text or None, f"page {page}, line {number}") for text in texts)


def _nearest(left: float, right: float, edges: tuple[tuple[float, float], ...]) -> int:
    """The column that a piece overlaps most, or whose left, middle or right edge it is nearest to."""

    def distance(edge: tuple[float, float]) -> tuple[float, float]:
        overlap = min(right, edge[1]) - max(left, edge[0])
        apart = min(abs(left - edge[0]), abs(right - edge[1]), abs((left + right) - (edge[0] + edge[1])) / 2)
        return (-max(overlap, 0.0), apart)

    return min(range(len(edges)), key=lambda at: distance(edges[at]))


def joined(tables: list[Table]) -> list[Table]:
    """Tables with the same columns on following pages as one."""
    result: list[Table] = []
    for table in tables:
        if result and len(result[-1].geometry) == len(table.geometry) and _same_columns(result[-1], table):
            last = result[-1]
            result[-1] = Table(last.name, last.rows + table.rows, last.geometry)
        else:
            result.append(table)
    return result


def _same_columns(one: Table, other: Table) -> bool:
    return one.name != other.name and all(abs(a - b) <= 4 for a, b in zip(one.geometry, other.geometry, strict=True))
