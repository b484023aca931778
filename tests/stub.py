"""What does an editor see of `import winback as wb`? The stub, written by `run.py stub` from the map of names."""

from pathlib import Path

import winback as wb
from winback import surface

PATH = Path(wb.__file__).with_suffix(".pyi")
TEXT = '''"""The public names, for editors and type checkers. Written by: python3 run.py stub"""

{imports}

__version__: str
__all__ = [
{names}
]
'''


def stub() -> str:
    """Return the stub that the map of public names asks for."""
    homes = {**surface.HOME, **dict.fromkeys(surface.ROOMS, "winback")}
    lines = sorted(f"from {home} import {name} as {name}" for name, home in homes.items())
    return TEXT.format(imports="\n".join(lines), names="\n".join(f'    "{name}",' for name in surface.NAMES))


if __name__ == "__main__":
    PATH.write_text(stub(), encoding="utf-8")
