"""Tables for the terminal."""


def text_table(rows):
    """Rows of strings as lines, columns aligned to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
