"""Every library of the distribution that the project links, with the oldest version it is written for."""

load("//third_party:system_library.bzl", "system_library")
load("//third_party/absl:absl.bzl", "absl_repository")

def system_libraries():
    absl_repository(
        name = "com_google_absl",
        package = "libabsl-dev",
        pkg_config = "absl_status",
        min_version = "20220623",
        headers = ["absl"],
    )
    system_library(
        name = "com_googlesource_code_re2",
        package = "libre2-dev",
        pkg_config = "re2",
        min_version = "20220601",
        headers = ["re2"],
        build_file = "//third_party/re2:re2.BUILD",
    )
    system_library(
        name = "com_google_googletest",
        package = "libgmock-dev",
        pkg_config = "gmock",
        min_version = "1.12.1",
        headers = ["gtest", "gmock"],
        build_file = "//third_party/googletest:googletest.BUILD",
    )
    system_library(
        name = "com_github_google_benchmark",
        package = "libbenchmark-dev",
        pkg_config = "benchmark",
        min_version = "1.7.1",
        headers = ["benchmark"],
        build_file = "//third_party/benchmark:benchmark.BUILD",
    )
    system_library(
        name = "nlohmann_json",
        package = "nlohmann-json3-dev",
        pkg_config = "nlohmann_json",
        min_version = "3.11.2",
        headers = ["nlohmann"],
        build_file = "//third_party/json:json.BUILD",
    )
    system_library(
        name = "libsndfile",
        package = "libsndfile1-dev",
        pkg_config = "sndfile",
        min_version = "1.2.0",
        headers = ["sndfile.h"],
        build_file = "//third_party/libsndfile:libsndfile.BUILD",
    )
    system_library(
        name = "libmpg123",
        package = "libmpg123-dev",
        pkg_config = "libmpg123",
        min_version = "1.31.2",
        headers = ["mpg123.h", "fmt123.h"],
        build_file = "//third_party/libmpg123:libmpg123.BUILD",
    )
    system_library(
        name = "libsoxr",
        package = "libsoxr-dev",
        pkg_config = "soxr",
        min_version = "0.1.3",
        headers = ["soxr.h"],
        build_file = "//third_party/libsoxr:libsoxr.BUILD",
    )
    system_library(
        name = "libfluidsynth",
        package = "libfluidsynth-dev",
        pkg_config = "fluidsynth",
        min_version = "2.3.1",
        headers = ["fluidsynth.h", "fluidsynth"],
        build_file = "//third_party/libfluidsynth:libfluidsynth.BUILD",
    )
    system_library(
        name = "xxhash",
        package = "libxxhash-dev",
        pkg_config = "libxxhash",
        min_version = "0.8.1",
        headers = ["xxhash.h", "xxh3.h"],
        build_file = "//third_party/xxhash:xxhash.BUILD",
    )
    system_library(
        name = "gloo",
        package = "libgloo-dev",
        headers = ["gloo"],
        build_file = "//third_party/gloo:gloo.BUILD",
    )
