#!/usr/bin/env python3
"""Writes the golden files of npy_test with NumPy itself.

They are in the repository, so that the tests need no Python. To make them anew:

    python3 -m venv /tmp/numpy && /tmp/numpy/bin/pip install numpy==2.4.6
    /tmp/numpy/bin/python make_npy_golden.py testdata

Any NumPy from 1.24 on gives the same bytes, but for the pickle in refused_object.npy.
"""

import io
import pathlib
import sys

import numpy

# npy_test.cc has the same types and values.
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]


def typed_arrays():
    yield "bool", numpy.array([[False, True, True], [True, False, False]])
    for name in INTEGERS:
        limits = numpy.iinfo(name)
        values = [limits.min, limits.max, 0, 1, 2, 100]
        yield name, numpy.array(values, dtype=name).reshape(2, 3)
    for name in FLOATS:
        values = [0.0, -0.0, 1.5, -2.25, numpy.inf, numpy.finfo(name).tiny]
        yield name, numpy.array(values, dtype=name).reshape(2, 3)


def shaped_arrays():
    yield "scalar", numpy.array(2.5, dtype="float32")
    yield "vector", numpy.arange(5, dtype="int32")
    yield "cube", numpy.arange(24, dtype="uint8").reshape(2, 3, 4)
    yield "no_elements", numpy.zeros((0, 768), dtype="float32")


def refused_arrays():
    numbers = numpy.arange(6, dtype="float32").reshape(2, 3)
    yield "refused_fortran_order", numpy.asfortranarray(numbers)
    yield "refused_big_endian", numbers.astype(">f4")
    yield "refused_object", numpy.array([{"a": 1}, None], dtype=object)
    yield "refused_structured", numpy.zeros(2, dtype=[("x", "<f4"), ("y", "<i2")])
    yield "refused_text", numpy.array(["makam", "raga"])
    yield "refused_bytes", numpy.array([b"makam", b"raga"])
    yield "refused_complex", numbers.astype("complex64")
    yield "refused_date", numpy.array(["2025-06-21"], dtype="datetime64[D]")


def headers():
    """Lines "descr<TAB>dimensions<TAB>header in hexadecimal": every padding length."""
    for digits in range(1, 19):
        for shape in [(10 ** (digits - 1),), (3, 10 ** (digits - 1)), (1,) * digits, (0, 7) * digits]:
            contents = {"descr": "<f2", "fortran_order": False, "shape": shape}
            with io.BytesIO() as file:
                numpy.lib.format.write_array_header_1_0(file, contents)
                yield "\t".join(["float16", ",".join(map(str, shape)), file.getvalue().hex()])
    for dimensions in range(65):
        contents = {"descr": "|b1", "fortran_order": False, "shape": (1,) * dimensions}
        with io.BytesIO() as file:
            numpy.lib.format.write_array_header_1_0(file, contents)
            yield "\t".join(["bool", ",".join(["1"] * dimensions), file.getvalue().hex()])


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for arrays in [typed_arrays, shaped_arrays, refused_arrays]:
        for name, array in arrays():
            numpy.save(folder / f"{name}.npy", array)
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"version_{version[0]}.npy", "wb") as file:
            numpy.lib.format.write_array(file, numpy.arange(5, dtype="int32"), version=version)
    (folder / "headers.tsv").write_text("".join(line + "\n" for line in headers()))


if __name__ == "__main__":
    main()
