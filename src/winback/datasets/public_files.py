"""How is a file that others published fetched? From its pinned source, checked by its hash, kept in a cache.

Set the environment variable ``WINBACK_DATA_DIR`` to a folder with copies of the files to work without a network.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from winback.provenance import sha256_of


@dataclass(frozen=True)
class PublicFile:
    """A file somebody published, pinned by its hash."""

    name: str
    url: str
    sha256: str
    licence: str = "none stated"


def load_public_file(file: PublicFile) -> Path:
    """Return the path of a published file whose content is the published one.

    Raises
    ------
    RuntimeError
        Saying what to do.
    """
    by_hand = f"Fetch it by hand from {file.url} and set WINBACK_DATA_DIR to its folder."
    folder = os.environ.get("WINBACK_DATA_DIR")
    if folder:
        path = Path(folder) / file.name
        if not path.is_file():
            raise RuntimeError(f"WINBACK_DATA_DIR has no file {file.name}. {by_hand}")
        if sha256_of(path) != file.sha256:
            raise RuntimeError(f"{path.name} in WINBACK_DATA_DIR is not the published file. {by_hand}")
        return path
    return _fetch(file, by_hand)


def _fetch(file: PublicFile, by_hand: str) -> Path:
    try:
        import pooch
    except ModuleNotFoundError:
        raise RuntimeError("Fetching public data needs pooch: pip install 'winback[public]'.") from None
    pooch.get_logger().setLevel("ERROR")
    try:
        fetched = pooch.retrieve(
            file.url, known_hash=f"sha256:{file.sha256}", fname=file.name, path=pooch.os_cache("winback")
        )
    except ValueError:
        raise RuntimeError(f"{file.name} at its source is no longer the published file. {by_hand}") from None
    except OSError as error:  # no network, no host, no such page
        raise RuntimeError(f"{file.name} could not be fetched ({type(error).__name__}). {by_hand}") from None
    return Path(fetched)
