"""clang-format, one version for everybody: from the pinned wheel, or CLANG_FORMAT=<program of the same version>."""

load("//third_party:pypi.bzl", "unpacked_wheels")

def _impl(ctx):
    program = ctx.os.environ.get("CLANG_FORMAT", "")
    if not program:
        folder = unpacked_wheels(
            ctx,
            name = "clang-format-" + ctx.attr.version,
            requirements = ctx.attr.wheels,
            keep = "clang_format/data/bin/clang-format$",
            platforms = ["manylinux_2_12_x86_64", "manylinux2010_x86_64"],
            instead = "Without a registry: set CLANG_FORMAT=<an installed clang-format {}>.".format(ctx.attr.version),
        )
        program = folder + "/clang_format/data/bin/clang-format"
    found = ctx.execute([program, "--version"])
    if found.return_code or "version {}".format(ctx.attr.version) not in found.stdout:
        fail("\n\n  {} is not clang-format {}: {}\n".format(
            program,
            ctx.attr.version,
            (found.stdout + found.stderr).strip(),
        ))
    ctx.symlink(program, "clang-format")
    ctx.file("BUILD.bazel", 'exports_files(["clang-format"])\n')

clang_format_repository = repository_rule(
    implementation = _impl,
    attrs = {
        "version": attr.string(mandatory = True),
        "wheels": attr.label(default = "//third_party/clang_format:wheels.txt"),
    },
    environ = ["CLANG_FORMAT", "HOME", "XDG_CACHE_HOME"],
)
