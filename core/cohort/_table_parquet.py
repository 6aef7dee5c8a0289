"""Parquet tables: their types are respected, and handed on in the form of all other tables."""

from __future__ import annotations

from io import BytesIO

from core.cohort._table_text import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Grid, cell_text
from core.errors import TableError


def read_parquet(data: bytes, file: str) -> Grid:
    """Rows of a Parquet file, the column names first.

    Raises
    ------
    TableError
        The file is damaged or too large.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(BytesIO(data))
        n_rows, n_columns = opened.metadata.num_rows, len(opened.schema_arrow.names)
        if n_columns > MAX_COLUMNS:
            raise TableError("errors_table.too_wide", file=file, n=n_columns, limit=MAX_COLUMNS)
        if n_rows > MAX_ROWS or n_rows * n_columns > MAX_CELLS:
            raise TableError("errors_table.too_long", file=file, limit=MAX_ROWS)
        table = opened.read()
        # texts are decoded here: a damaged file may hold what is none
        columns = [[cell_text(value) for value in column.to_pylist()] for column in table.columns]
        names = [str(name) for name in table.column_names]
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as error:
        raise TableError("errors_table.parquet_broken", file=file) from error
    if n_columns == 0:
        raise TableError("errors_table.empty", file=file)
    rows = [names, *map(list, zip(*columns, strict=True))]
    return Grid(rows, list(range(len(rows))), "Parquet", ragged_ok=True)
