"""Own CUDA kernels: libraries that are empty, wrappers and tests that are not there, unless built with --config=cuda."""

load("@cuda//:nvcc.bzl", "NVCC")
load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")

# Ampere and Hopper as machine code; newer devices compile the last one's PTX when the program starts.
_ARCHITECTURES = [
    "-gencode=arch=compute_80,code=sm_80",
    "-gencode=arch=compute_90,code=[sm_90,compute_90]",
]

def cuda_kernels(name, srcs, hdrs, **kwargs):
    """A library of .cu files. Keep LibTorch's headers out of them (55 s a file against 2 s); wrap them in a .cc.

    Dependents see CULTUREMERT_WITH_CUDA defined where the kernels are there.

    Args:
      name: of the library.
      srcs: .cu files.
      hdrs: headers with the launch functions; includes are relative to the workspace.
      **kwargs: passed on to cc_library.
    """
    if not NVCC:
        cc_library(name = name, hdrs = hdrs, deps = ["@cuda//:cudart"], **kwargs)
        return
    native.genrule(
        name = name + "_device",
        srcs = srcs + hdrs,
        outs = ["lib{}_device.a".format(name)],
        cmd = " ".join([NVCC, "-lib", "-std=c++17", "-O3", "-Xcompiler=-fPIC", "-I."] + _ARCHITECTURES + ["-o", "$@"] +
                       ["$(location {})".format(source) for source in srcs]),
        message = "Compiling CUDA kernels",
    )
    cc_library(
        name = name,
        srcs = [name + "_device"],
        hdrs = hdrs,
        deps = ["@cuda//:cudart"],
        **kwargs
    )

def cuda_library(name, **kwargs):
    """A cc_library that wraps kernels in tensors; not there unless built with --config=cuda."""
    if NVCC:
        cc_library(name = name, **kwargs)

def if_cuda(labels):
    """These labels, for dependencies, where built with --config=cuda; else none."""
    return labels if NVCC else []

def cuda_test(name, **kwargs):
    """A cc_test of kernels. On a machine without a GPU it should skip itself (GTEST_SKIP)."""
    if NVCC:
        cc_test(name = name, **kwargs)
