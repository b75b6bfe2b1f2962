"""Wheels from PyPI, pinned by SHA-256, unpacked once a user into a cache folder that all clones share."""

def unpacked_wheels(ctx, name, requirements, keep, platforms, instead):
    """Returns the folder that holds what the wheels of the requirements file unpack to.

    Args:
      ctx: the repository rule's context.
      name: folder in the cache; it must change whenever the requirements or keep do.
      requirements: label of a pip requirements file with hashes.
      keep: regular expression; only the wheels' members that it matches are unpacked.
      platforms: pip's platform tags to choose wheels by.
      instead: what the user can do if no registry can be reached.
    """
    cache = ctx.os.environ.get("XDG_CACHE_HOME", "") or ctx.os.environ.get("HOME", "/tmp") + "/.cache"
    folder = "{}/culturemert/{}".format(cache, name)
    if ctx.path(folder).exists:
        return folder
    python = ctx.which("python3")
    if not python:
        fail("\n\n  python3 is missing; install it with: sudo apt-get install python3 python3-pip\n")
    ctx.report_progress("fetching {}; this happens once a user".format(name))
    result = ctx.execute(
        [
            python,
            ctx.path(Label("//third_party:unpack_wheels.py")),
            "--requirements={}".format(ctx.path(requirements)),
            "--keep=" + keep,
            "--into=" + folder,
        ] + ["--platform=" + tag for tag in platforms],
        timeout = 3600,
    )
    if result.return_code:
        lines = (result.stdout + result.stderr).strip().split("\n")
        fail("\n\n  {} could not be fetched from PyPI:\n{}\n\n  {}\n".format(
            name,
            "\n".join(["    " + line for line in lines[-6:]]),
            instead,
        ))
    return folder
