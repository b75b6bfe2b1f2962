"""One line a target: an experiment with its definition."""

def experiment(name):
    """`bazel run //experiments:<name>` runs configs/<name>.json."""
    native.sh_binary(
        name = name,
        srcs = ["run_experiment.sh"],
        args = [name],
        data = [
            ":definitions",
            ":main",
            "//models/mini_base",
        ],
    )
