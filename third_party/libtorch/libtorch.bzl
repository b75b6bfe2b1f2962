"""LibTorch from the official PyPI wheel, or from LIBTORCH=<folder with include/ and lib/> where one is installed."""

load("//third_party:pypi.bzl", "unpacked_wheels")

_KEEP = "|".join([
    "torch/include/.*",
    r"torch/lib/lib(c10|c10_cuda|torch_cpu|gomp)\.so.*",
    r"nvidia/.*/lib/lib(cudart|cupti)\.so.*",
    ".*/(LICENSE|NOTICE|License).*",
])

_VERSION_HEADER = "include/torch/headeronly/version.h"

def _stated_version(ctx, folder):
    """The version that LibTorch's own header states: "2.11.0"."""
    parts = {}
    for line in ctx.read(folder + "/" + _VERSION_HEADER).split("\n"):
        words = line.split(" ")
        if len(words) == 3 and words[1].startswith("TORCH_VERSION_"):
            parts[words[1]] = words[2]
    return ".".join([parts.get("TORCH_VERSION_" + part, "?") for part in ["MAJOR", "MINOR", "PATCH"]])

def _installed(ctx, folder):
    for part in [_VERSION_HEADER, "lib/libtorch_cpu.so", "lib/libc10.so"]:
        if not ctx.path(folder + "/" + part).exists:
            fail("\n\n  LIBTORCH={} has no {}; name the folder that holds include/ and lib/\n".format(folder, part) +
                 "  (of a Python installation: site-packages/torch), or unset LIBTORCH to fetch the official wheel.\n")
    version = _stated_version(ctx, folder)
    if version != ctx.attr.version:
        fail("\n\n  LIBTORCH={} is version {}, and {} is needed (its ABI differs between versions);\n".format(
            folder,
            version,
            ctx.attr.version,
        ) + "  install torch=={} and name its folder, or unset LIBTORCH to fetch the official wheel.\n".format(ctx.attr.version))
    return folder

def _fetched(ctx):
    machine = ctx.execute(["uname", "-sm"]).stdout.strip()
    if machine != "Linux x86_64":
        fail("\n\n  The pinned LibTorch wheel is for Linux x86_64, and this is {};\n".format(machine) +
             "  install torch=={} and set LIBTORCH=<site-packages>/torch.\n".format(ctx.attr.version))
    folder = unpacked_wheels(
        ctx,
        name = "libtorch-" + ctx.attr.version,
        requirements = ctx.attr.wheels,
        keep = _KEEP,
        platforms = ["manylinux_2_28_x86_64", "manylinux2014_x86_64", "manylinux_2_25_x86_64"],
        instead = "Without a registry: set LIBTORCH=<folder of an installed torch {}>,\n".format(ctx.attr.version) +
                  "  or PIP_FIND_LINKS=<folder with the wheels named in third_party/libtorch/wheels.txt> and PIP_NO_INDEX=1.",
    )
    return folder + "/torch"

def _impl(ctx):
    wanted = ctx.os.environ.get("LIBTORCH", "")
    folder = _installed(ctx, wanted) if wanted else _fetched(ctx)
    ctx.symlink(folder + "/include", "include")
    ctx.template("BUILD.bazel", ctx.attr.build_file, {"{lib}": folder + "/lib"})

libtorch_repository = repository_rule(
    implementation = _impl,
    attrs = {
        "version": attr.string(mandatory = True),
        "wheels": attr.label(default = "//third_party/libtorch:wheels.txt"),
        "build_file": attr.label(default = "//third_party/libtorch:libtorch.BUILD"),
    },
    environ = ["LIBTORCH", "HOME", "XDG_CACHE_HOME"],
)
