"""fuzz_test: one fuzz target, built twice: as a fuzzer, and as an ordinary test that replays its corpus."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")

def fuzz_test(name, srcs, deps, corpus, **kwargs):
    """Declares <name>_test (replays every file of the corpus) and <name>_fuzzer (libFuzzer, --config=fuzz only).

    Args:
      name: what is fuzzed.
      srcs: sources with LLVMFuzzerTestOneInput.
      deps: of the sources.
      corpus: the files to start from and to replay; a file that once broke something stays here.
      **kwargs: passed on to both.
    """
    cc_test(
        name = name + "_test",
        size = "small",
        srcs = srcs,
        args = ["$(locations {})".format(file) for file in corpus],
        data = corpus,
        deps = deps + ["//tests/fuzz:replay_main"],
        **kwargs
    )
    cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        srcs = srcs,
        data = corpus,
        linkopts = select(
            {"//tests/fuzz:fuzzing": ["-fsanitize=fuzzer"]},
            no_match_error = "a fuzzer needs --config=fuzz",
        ),
        tags = ["manual"],
        deps = deps,
        **kwargs
    )
