"""Abseil as the distribution packages it, under upstream's labels: @com_google_absl//absl/status:statusor."""

load("//third_party:system_library.bzl", "find_system_library", "system_library_attrs")

# Package -> target -> the module pkg-config knows it by. To use one more target, add its line.
_TARGETS = {
    "base": {"core_headers": "absl_core_headers"},
    "cleanup": {"cleanup": "absl_cleanup"},
    "container": {
        "flat_hash_map": "absl_flat_hash_map",
        "flat_hash_set": "absl_flat_hash_set",
    },
    "debugging": {
        "failure_signal_handler": "absl_failure_signal_handler",
        "symbolize": "absl_symbolize",
    },
    "flags": {
        "commandlineflag": "absl_flags_commandlineflag",
        "config": "absl_flags_config",
        "flag": "absl_flags",
        "parse": "absl_flags_parse",
        "reflection": "absl_flags_reflection",
        "usage": "absl_flags_usage",
    },
    "functional": {"function_ref": "absl_function_ref"},
    "memory": {"memory": "absl_memory"},
    "numeric": {"int128": "absl_int128"},
    "status": {
        "status": "absl_status",
        "statusor": "absl_statusor",
    },
    "strings": {
        "cord": "absl_cord",
        "str_format": "absl_str_format",
        "strings": "absl_strings",
    },
    "time": {"time": "absl_time"},
    "types": {
        "optional": "absl_optional",
        "span": "absl_span",
    },
}

_HEADERS = """load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "headers",
    hdrs = glob(["include/absl/**"]),
    includes = ["include"],
)
"""

_LIBRARY = """
cc_library(
    name = "{name}",
    linkopts = {libraries},
    deps = ["//:headers"],
)
"""

def _libraries(ctx, module):
    result = ctx.execute(["pkg-config", "--libs-only-l", module])
    if result.return_code:
        fail("\n\n  Abseil's module {} is unknown to pkg-config: {}\n".format(module, result.stderr.strip()))
    return [flag for flag in result.stdout.strip().split(" ") if flag.startswith("-labsl")]

def _impl(ctx):
    find_system_library(ctx)
    ctx.file("BUILD.bazel", _HEADERS)
    for package, targets in _TARGETS.items():
        build = 'load("@rules_cc//cc:defs.bzl", "cc_library")\n\npackage(default_visibility = ["//visibility:public"])\n'
        for name, module in targets.items():
            build += _LIBRARY.format(name = name, libraries = repr(_libraries(ctx, module)))
        ctx.file("absl/{}/BUILD.bazel".format(package), build)

absl_repository = repository_rule(
    implementation = _impl,
    local = True,
    attrs = system_library_attrs,
)
