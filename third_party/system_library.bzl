"""system_library: a library of the distribution, under the repository name and labels its upstream uses.

The headers are linked into the repository, so that Bazel sees them change; the library itself is linked by name.
A missing or too old package ends the build at once, with its name and the command that installs it.
"""

def _digits(version):
    """"1.31.2-1+b1" -> [1, 31, 2]; what follows the leading numbers is the distribution's own."""
    for i in range(len(version)):
        if version[i] not in "0123456789.":
            version = version[:i]
            break
    return [int(part) for part in version.split(".") if part]

def _pkg_config(ctx, *arguments):
    tool = ctx.which("pkg-config")
    if not tool or not ctx.attr.pkg_config:
        return ""
    result = ctx.execute([tool] + list(arguments) + [ctx.attr.pkg_config])
    return result.stdout.strip() if result.return_code == 0 else ""

def _installed_version(ctx):
    """The version pkg-config or, where it knows none ("0.0.0"), the package manager states; "" if neither does."""
    version = _pkg_config(ctx, "--modversion")
    if version and version != "0.0.0":
        return version
    if ctx.which("dpkg-query"):
        result = ctx.execute(["dpkg-query", "-W", "-f=${Version}", ctx.attr.package])
        if result.return_code == 0:
            return result.stdout.strip()
    return ""

def _include_directories(ctx):
    stated = _pkg_config(ctx, "--variable=includedir")
    return ([stated] if stated else []) + ["/usr/include", "/usr/local/include"]

def find_system_library(ctx):
    """Links the headers below include/ and returns the include directory; fails where the package will not do."""
    install = "install it with: sudo apt-get install {}".format(ctx.attr.package)
    for include_directory in _include_directories(ctx):
        if all([ctx.path(include_directory + "/" + header).exists for header in ctx.attr.headers]):
            break
        include_directory = None
    if not include_directory:
        fail("\n\n  {} is missing: no {} in {};\n  {}\n".format(
            ctx.attr.package,
            " or ".join(ctx.attr.headers),
            ", ".join(_include_directories(ctx)),
            install,
        ))
    version = _installed_version(ctx)
    if version and _digits(version) < _digits(ctx.attr.min_version):
        fail("\n\n  {} is too old: found {}, at least {} is needed;\n  {}\n".format(
            ctx.attr.package,
            version,
            ctx.attr.min_version,
            install,
        ))
    for header in ctx.attr.headers:
        ctx.symlink(include_directory + "/" + header, "include/" + header)
    return include_directory

system_library_attrs = {
    "package": attr.string(mandatory = True, doc = "Debian's name of the development package"),
    "pkg_config": attr.string(doc = "the module's name for pkg-config; empty if it has none"),
    "min_version": attr.string(default = "0", doc = "the oldest version the code is written for"),
    "headers": attr.string_list(mandatory = True, doc = "files and folders below the include directory"),
}

def _impl(ctx):
    find_system_library(ctx)
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

system_library = repository_rule(
    implementation = _impl,
    local = True,
    attrs = dict(system_library_attrs, build_file = attr.label(mandatory = True)),
)
