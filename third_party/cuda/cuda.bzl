"""The CUDA toolkit of this machine (CUDA_HOME, else /usr/local/cuda), used only under --config=cuda."""

_BUILD = """load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

# The run-time API, linked statically: a program built with kernels still starts where there is no CUDA.
# Dependents see CULTUREMERT_WITH_CUDA defined under --config=cuda; without it the library is empty.
cc_library(
    name = "cudart",
    hdrs = glob(["include/**"], allow_empty = True),
    includes = ["include"],
    defines = {defines},
    linkopts = {linkopts},
)
"""

def _impl(ctx):
    home = ctx.os.environ.get("CUDA_HOME", "") or "/usr/local/cuda"
    wanted = ctx.os.environ.get("CULTUREMERT_CUDA", "") == "1"
    if wanted and not ctx.path(home + "/bin/nvcc").exists:
        fail("\n\n  --config=cuda needs the CUDA toolkit, and there is no {}/bin/nvcc;\n".format(home) +
             "  install it, or name its folder with CUDA_HOME, or build without --config=cuda.\n")
    if wanted:
        ctx.symlink(home + "/include", "include")
    ctx.file("BUILD.bazel", _BUILD.format(
        defines = repr(["CULTUREMERT_WITH_CUDA"] if wanted else []),
        linkopts = repr(["-L{}/lib64".format(home), "-lcudart_static", "-ldl", "-lrt", "-lpthread"] if wanted else []),
    ))
    ctx.file("nvcc.bzl", '"""Path of nvcc; empty unless built with --config=cuda."""\n\nNVCC = "{}"\n'.format(
        home + "/bin/nvcc" if wanted else "",
    ))

cuda_repository = repository_rule(
    implementation = _impl,
    environ = ["CUDA_HOME", "CULTUREMERT_CUDA"],
    local = True,
)
